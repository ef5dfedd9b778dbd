//! Batches of ballots in their stores: a batch is there whole or not at all, equal answers do not look alike, and one ballot can be
//! shown without any other; beside it, what is destroyed (ATTACKS T39, T40, T41).

#[path = "../asked/mod.rs"]
mod asked;
mod destroyed;

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use asked::{asks, head, id, row, table};
use bytes::Bytes;
use intake::evidence::{Files, MasterKey};
use intake::survey::{
    Ballots, Ended, Lot, Sent, SurveyError, Taken, destroy, kept, preview, prove, take_in, take_in_once,
};
use platform::objects::Objects;
use proto::act::survey::{BallotSet, Method};
use proto::{BatchId, Hash, RoundId};
use tempfile::TempDir;
use tokio_util::io::StreamReader;

/// Who collected the ballots here: it stands in no store in the clear.
const COLLECTOR: &str = "dtv01";

/// The stores of a folder.
struct Stores {
    folder: TempDir,
    files: Files,
    ballots: Ballots,
}

impl Stores {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        MasterKey::make(&folder.path().join("files.key")).expect("a key");
        let (files, ballots) = Self::open(folder.path()).await;
        Self { folder, files, ballots }
    }

    async fn open(path: &Path) -> (Files, Ballots) {
        let master = MasterKey::read(&path.join("files.key")).expect("a key");
        let objects = Objects::in_folder(&path.join("files")).expect("a folder");
        let files = Files::open(objects, &path.join("keys.db").into(), Box::new(master)).await.expect("opens");
        (files, Ballots::open(&path.join("ballots.db").into()).await.expect("opens"))
    }

    async fn take(&mut self, batch: &str, bytes: &[u8]) -> Result<Taken, SurveyError> {
        take_in((&self.files, &mut self.ballots), &Arc::new(asks()), &sent(batch), bytes).await
    }

    /// Everything that lies in the folder.
    fn all(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path)
                } else {
                    found.push((path.clone(), std::fs::read(path).expect("reads")))
                }
            }
        }
        found
    }

    fn holds(&self, bytes: &[u8]) -> bool {
        self.all().iter().any(|(_, found)| found.windows(bytes.len()).any(|w| w == bytes))
    }

    /// Whether any file of the folder holds 32 bytes that stand behind each other in these, from wherever they begin.
    fn holds_a_piece_of(&self, bytes: &[u8]) -> bool {
        let pieces: HashSet<&[u8]> = bytes.windows(32).collect();
        self.all().iter().any(|(_, found)| found.windows(32).any(|piece| pieces.contains(piece)))
    }

    fn files(&self) -> usize {
        self.all().iter().filter(|(path, _)| path.starts_with(self.folder.path().join("files"))).count()
    }
}

fn sent(batch: &str) -> Sent {
    Sent {
        batch: id(batch),
        method: Method::Paper,
        unit: id("noivu"),
        name: "phieu.csv".to_owned(),
        encoding: None,
        tally: id("tally"),
        replaces: None,
    }
}

fn named(batch: &str) -> (RoundId, BatchId) {
    (id("r22"), id(batch))
}

/// A file of ballots of which each of four answers is given by a quarter.
fn file(ballots: usize) -> String {
    let rows = (0..ballots).map(|n| row(["SNV", "STC"][n % 2], "citizens", "1/12/2022", ["a", "b", "c", "0.5"][n % 4]));
    table(';', &std::iter::once(head()).chain(rows).collect::<Vec<_>>())
}

fn set(taken: &Taken) -> &BallotSet {
    taken.record.ballots.as_ref().expect("ballots")
}

#[tokio::test]
async fn a_batch_is_taken_with_its_file_and_every_ballot_is_shown_to_be_counted() {
    let mut stores = Stores::new().await;
    let text = file(10_000);
    let taken = stores.take("b1", text.as_bytes()).await.expect("is taken");
    let (record, set) = (&taken.record, set(&taken));
    assert_eq!((record.respondents, record.tally.digest), (10_000, taken.tally.digest()));
    assert_eq!((set.from.to_string().as_str(), set.to), ("2022-12-01", set.from));
    assert_eq!(set.file.media_type, "text/csv");
    let mut out = Vec::new();
    stores.files.hand_out(set.file.address, &mut out).await.expect("is handed out");
    assert!(out == text.as_bytes(), "what was counted is what is stored");
    let (round, batch) = named("b1");
    for index in [0, 1, 4_095, 4_096, 4_097, 9_999] {
        let proof = prove((&stores.files, &mut stores.ballots), (&round, &batch), index).await.expect("is proved");
        proof.verify(10_000, set.root).expect("it holds");
        assert!(proof.verify(10_000, Hash([0; 32])).is_err(), "another root");
        let ballot = &proof.opening.ballot;
        assert_eq!(ballot.answers[0].answer.as_str(), ["a", "b", "c", "0.5"][index as usize % 4]);
        assert_eq!((ballot.collector.as_str(), ballot.answers.len()), (COLLECTOR, asked::QUESTIONS));
    }
    let beyond = prove((&stores.files, &mut stores.ballots), (&round, &batch), 10_000).await.expect_err("refused");
    assert!(beyond.to_string().starts_with("ballot_unknown: "), "{beyond}");
    // What is kept is what was taken, and neither a collector nor an answer stands in the clear.
    let again = kept((&stores.files, &mut stores.ballots), &round, &batch).await.expect("opens").expect("is there");
    assert!(again.record == taken.record && again.tally == taken.tally);
    assert!(!stores.holds(COLLECTOR.as_bytes()) && !stores.holds(b"citizens"));
}

#[tokio::test]
async fn equal_answers_have_unequal_entries_and_no_batch_can_be_laid_beside_another() {
    let mut stores = Stores::new().await;
    let text = file(400);
    let first = stores.take("b1", text.as_bytes()).await.expect("is taken");
    let second = stores.take("b2", text.as_bytes()).await.expect("is taken");
    let mut entries = BTreeSet::new();
    for batch in ["b1", "b2"] {
        let (round, batch) = named(batch);
        for index in 0..400 {
            let proof = prove((&stores.files, &mut stores.ballots), (&round, &batch), index).await.expect("is proved");
            entries.insert(proof.opening.entry().expect("canonical"));
        }
    }
    assert_eq!(entries.len(), 800, "every entry is another one");
    let (first, second) = (set(&first), set(&second));
    assert!(first.root != second.root && first.file.address != second.file.address);
    assert!(first.file.digest_commitment != second.file.digest_commitment);
    // A dictionary of all ballots that there could be opens nothing without the salt: not even under one of zeros.
    let (round, batch) = named("b1");
    let mut guess = prove((&stores.files, &mut stores.ballots), (&round, &batch), 7).await.expect("is proved");
    guess.opening.salt = Hash([0; 32]);
    assert!(guess.verify(400, first.root).is_err());
}

#[tokio::test]
async fn a_collector_is_committed_to_differently_in_every_batch() {
    let mut stores = Stores::new().await;
    let mut seen = BTreeSet::new();
    for batch in ["b1", "b2", "b3"] {
        let taken = stores.take(batch, file(8).as_bytes()).await.expect("is taken");
        let tally: proto::document::Tally =
            serde_json::from_slice(&taken.tally.json(intake::Spelling::Canonical)).expect("a tally");
        assert_eq!((tally.collectors.len(), tally.collectors[0].ballots), (1, 8));
        seen.insert(tally.collectors[0].collector);
    }
    assert_eq!(seen.len(), 3);
}

#[tokio::test]
async fn nothing_is_proved_from_entries_that_do_not_lead_to_the_recorded_root() {
    let mut stores = Stores::new().await;
    stores.take("b1", file(600).as_bytes()).await.expect("is taken");
    change(
        &stores,
        "UPDATE entries SET hashes = substr(hashes, 33, 32) || substr(hashes, 1, 32) || substr(hashes, 65)",
    )
    .await;
    let (round, batch) = named("b1");
    let error = prove((&stores.files, &mut stores.ballots), (&round, &batch), 599).await.expect_err("refused");
    assert!(matches!(error, SurveyError::Altered { .. }), "{error}");
    change(&stores, "UPDATE entries SET hashes = substr(hashes, 33)").await;
    let error = prove((&stores.files, &mut stores.ballots), (&round, &batch), 0).await.expect_err("refused");
    assert!(error.to_string().starts_with("ballots_damaged: "), "{error}");
}

/// Changes the database of ballots past the program.
async fn change(stores: &Stores, statement: &'static str) {
    use sqlx::Connection;
    let path = stores.folder.path().join("ballots.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let mut db = sqlx::sqlite::SqliteConnection::connect_with(&options).await.expect("opens");
    sqlx::query(statement).execute(&mut db).await.expect("changes it");
    db.close().await.expect("closes");
}

#[tokio::test]
async fn a_block_opens_in_its_own_place_alone() {
    let mut stores = Stores::new().await;
    stores.take("b1", file(600).as_bytes()).await.expect("is taken");
    change(&stores, "UPDATE blocks SET sealed = (SELECT sealed FROM blocks WHERE place = 256) WHERE place = 0").await;
    let (round, batch) = named("b1");
    for prove in [true, false] {
        let stores = (&stores.files, &mut stores.ballots);
        let error = match prove {
            true => intake::survey::prove(stores, (&round, &batch), 0).await.expect_err("refused"),
            false => destroy(stores, (&round, &batch), 0).await.expect_err("refused"),
        };
        assert!(error.to_string().starts_with("ballot_unsealed: "), "{error}");
    }
    prove((&stores.files, &mut stores.ballots), (&round, &batch), 599).await.expect("is proved");
}

#[tokio::test]
async fn a_batch_with_a_fault_leaves_nothing_behind() {
    let mut stores = Stores::new().await;
    let bad = file(9_000).replacen("SNV;citizens;1/12/2022", "SNV;citizens;1/13/2022", 1);
    // The fault stands in the first row, in the last, and behind whole lots of good ones.
    for text in [bad, file(9_000) + "SNV;citizens;1/12", file(100) + "?\n"] {
        let error = stores.take("b1", text.as_bytes()).await.expect_err("refused");
        assert!(matches!(error, SurveyError::Faults(_)), "{error}");
        let (round, batch) = named("b1");
        assert!(kept((&stores.files, &mut stores.ballots), &round, &batch).await.expect("opens").is_none());
        assert_eq!(stores.files(), 0, "no file is kept");
        assert_eq!(stores.files.batch_key("r22/b1").await.expect("opens"), None);
    }
    // A name that no such file has: everything was read, and nothing is kept.
    let wrong = Sent { name: "phieu.pdf".to_owned(), ..sent("b1") };
    let error = take_in((&stores.files, &mut stores.ballots), &Arc::new(asks()), &wrong, file(10).as_bytes()).await;
    assert!(error.expect_err("refused").to_string().starts_with("file_name_differs: "));
    assert_eq!(stores.files(), 0);
    stores.take("b1", file(9_000).as_bytes()).await.expect("the same name is free");
}

#[tokio::test]
async fn a_file_that_breaks_off_on_its_way_is_kept_by_nobody() {
    let mut stores = Stores::new().await;
    // At the end of a row, where what has come could be taken for a whole file.
    let came = [Ok(Bytes::from(file(9_000))), Err(std::io::Error::other("the connection was cut"))];
    let cut = StreamReader::new(futures::stream::iter(came));
    let error = take_in((&stores.files, &mut stores.ballots), &Arc::new(asks()), &sent("b1"), cut).await;
    assert!(matches!(error.expect_err("refused"), SurveyError::Io(_)));
    let (round, batch) = named("b1");
    assert!(kept((&stores.files, &mut stores.ballots), &round, &batch).await.expect("opens").is_none());
    assert_eq!((stores.files(), stores.files.batch_key("r22/b1").await.expect("opens")), (0, None));
}

#[tokio::test]
async fn a_batch_that_broke_off_is_none_and_is_begun_anew() {
    let Stores { folder, files, mut ballots } = Stores::new().await;
    // As a process that was killed leaves it: a key, a batch that was begun, ballots, and no end.
    files.make_batch_key("r22/b1").await.expect("a key");
    ballots.begin("r22/b1").await.expect("begins");
    files.close().await.expect("closes");
    ballots.close().await.expect("closes");
    let (files, ballots) = Stores::open(folder.path()).await;
    let mut stores = Stores { folder, files, ballots };
    let (round, batch) = named("b1");
    assert!(kept((&stores.files, &mut stores.ballots), &round, &batch).await.expect("opens").is_none());
    let none = prove((&stores.files, &mut stores.ballots), (&round, &batch), 0).await.expect_err("there is none");
    assert!(none.to_string().starts_with("batch_not_stored: "), "{none}");
    let taken = stores.take("b1", file(10).as_bytes()).await.expect("is taken");
    let proof = prove((&stores.files, &mut stores.ballots), (&round, &batch), 9).await.expect("is proved");
    proof.verify(10, set(&taken).root).expect("it holds");
}

#[tokio::test]
async fn whoever_is_too_late_with_a_batch_that_was_begun_again_adds_nothing_to_it() {
    let mut stores = Stores::new().await;
    let late = stores.ballots.begin("r22/b1").await.expect("begins");
    let taken = stores.take("b1", file(10).as_bytes()).await.expect("begins anew, and is taken");
    let added = stores.ballots.add(late, Lot::default()).await.expect_err("it is no longer his");
    let ended = stores.ballots.end(late, 99, Ended::default()).await.expect_err("it is no longer his");
    for error in [added, ended] {
        assert!(error.to_string().starts_with("batch_taken_over: "), "{error}");
    }
    let (round, batch) = named("b1");
    let proof = prove((&stores.files, &mut stores.ballots), (&round, &batch), 9).await.expect("is proved");
    proof.verify(10, set(&taken).root).expect("it holds");
}

#[tokio::test]
async fn the_same_batch_sent_twice_is_one_and_another_file_takes_its_place_before_it_is_on_record() {
    let mut stores = Stores::new().await;
    let asks = Arc::new(asks());
    let mut send = async |text: String| {
        let file = std::io::Cursor::new(text.into_bytes());
        take_in_once((&stores.files, &mut stores.ballots), &asks, &sent("b1"), file).await.map(|taken| taken.record)
    };
    let first = send(file(20)).await.expect("is taken");
    assert_eq!(send(file(20)).await.expect("is there"), first);
    let other = send(file(21)).await.expect("takes its place");
    assert_eq!(other.respondents, 21);
    let mut recorded = asked::asks();
    recorded.recorded.insert(id("b1"));
    let (asks, file) = (Arc::new(recorded), std::io::Cursor::new(file(22).into_bytes()));
    let refused =
        take_in_once((&stores.files, &mut stores.ballots), &asks, &sent("b1"), file).await.expect_err("refused");
    assert!(refused.to_string().starts_with("batch_stored: "), "{refused}");
    // The same file, said to be collected otherwise, is another batch too.
    let (otherwise, file) =
        (Sent { method: Method::Online, ..sent("b1") }, std::io::Cursor::new(crate::file(21).into_bytes()));
    let refused =
        take_in_once((&stores.files, &mut stores.ballots), &asks, &otherwise, file).await.expect_err("refused");
    assert!(refused.to_string().starts_with("batch_stored: "), "{refused}");
    // Whoever takes in and does not ask whether it is there already takes nobody's place.
    let refused = stores.take("b1", b"").await.expect_err("refused");
    assert!(refused.to_string().starts_with("batch_stored: "), "{refused}");
}

#[tokio::test]
async fn a_preview_counts_what_would_be_taken_and_keeps_nothing() {
    let mut stores = Stores::new().await;
    let asks = Arc::new(asks());
    let seen = preview(&asks, None, file(30).as_bytes()).await.expect("is read");
    let taken = stores.take("b1", file(30).as_bytes()).await.expect("is taken");
    let tally: proto::document::Tally =
        serde_json::from_slice(&taken.tally.json(intake::Spelling::Canonical)).expect("a tally");
    assert_eq!((seen.rows, seen.respondents, seen.findings), (tally.rows, tally.respondents, tally.findings));
    assert_ne!(seen.collectors, tally.collectors, "under a key that nobody has");
}

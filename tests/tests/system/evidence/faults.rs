//! A store of files that fails: every step in every way that a store can, a full disk, a server that is gone or answers nobody.
//! Each time there is an error with its code and nothing half done, and the same upload succeeds once the store is well.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use intake::evidence::{FileError, Files, MasterKey, Standing, TakenIn};
use object_store::memory::InMemory;
use platform::objects::Objects;
use proto::UnitId;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use system_tests::faulty_store::{Fault, FaultyStore, Step};
use system_tests::small_disk::SmallDisk;

use super::shelf::{Shelf, pdf};

/// How long the faulty store may take for a step; and how long all that a test asks of it, in seconds.
const STEP_S: u64 = 5;
const ALL_S: u64 = 60;
/// How many cases run at once: most wait, and what does not must not keep the others from their answers in time.
const AT_ONCE: usize = 8;

/// What is asked for while the store fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    TakeIn,
    HandOut,
    HoldAgainstTheLog,
}
use Asked::{HandOut, HoldAgainstTheLog, TakeIn};

/// Which step fails how while what is asked for, and the code of the error; none where it succeeds all the same.
const CASES: [(Step, Fault, Asked, &str); 36] = [
    (Step::Begin, Fault::Down, TakeIn, "files_unusable"),
    (Step::Begin, Fault::Hangs, TakeIn, "files_unusable"),
    (Step::Begin, Fault::Full, TakeIn, "files_unusable"),
    (Step::Begin, Fault::AnswerLost, TakeIn, "files_unusable"),
    (Step::Piece, Fault::Down, TakeIn, "files_unusable"),
    (Step::Piece, Fault::Hangs, TakeIn, "files_unusable"),
    (Step::Piece, Fault::Full, TakeIn, "files_unusable"),
    (Step::Piece, Fault::AnswerLost, TakeIn, "files_unusable"),
    (Step::Piece, Fault::BreaksOff(1), TakeIn, "files_unusable"),
    (Step::Finish, Fault::Down, TakeIn, "files_unusable"),
    (Step::Finish, Fault::Hangs, TakeIn, "files_unusable"),
    (Step::Finish, Fault::Full, TakeIn, "files_unusable"),
    (Step::Finish, Fault::AnswerLost, TakeIn, "files_unusable"),
    (Step::Ask, Fault::Down, TakeIn, "files_unusable"),
    (Step::Ask, Fault::Hangs, TakeIn, "files_unusable"),
    (Step::Copy, Fault::Down, TakeIn, "files_unusable"),
    (Step::Copy, Fault::Hangs, TakeIn, "files_unusable"),
    (Step::Copy, Fault::Full, TakeIn, "files_unusable"),
    (Step::Copy, Fault::Lies, TakeIn, "files_unusable"),
    (Step::Copy, Fault::Half, TakeIn, "files_unusable"),
    // It is asked what stands there, and it does.
    (Step::Copy, Fault::AnswerLost, TakeIn, ""),
    // What has come stays where it came, which is told as broken off.
    (Step::Remove, Fault::Down, TakeIn, ""),
    (Step::Remove, Fault::Hangs, TakeIn, ""),
    (Step::Open, Fault::Down, HandOut, "files_unusable"),
    (Step::Open, Fault::Hangs, HandOut, "files_unusable"),
    (Step::Read, Fault::Down, HandOut, "files_unusable"),
    (Step::Read, Fault::Hangs, HandOut, "files_unusable"),
    (Step::Read, Fault::BreaksOff(70_000), HandOut, "files_unusable"),
    (Step::Read, Fault::CutsOff(70_000), HandOut, "file_altered"),
    (Step::Read, Fault::CutsOff(0), HandOut, "file_altered"),
    (Step::Read, Fault::Corrupts, HandOut, "file_altered"),
    (Step::Read, Fault::BreaksOff(70_000), HoldAgainstTheLog, "files_unusable"),
    (Step::Read, Fault::Corrupts, HoldAgainstTheLog, "altered"),
    (Step::List, Fault::Down, HoldAgainstTheLog, "files_unusable"),
    (Step::List, Fault::Hangs, HoldAgainstTheLog, "files_unusable"),
    (Step::List, Fault::BreaksOff(1), HoldAgainstTheLog, "files_unusable"),
];

/// Files over a store that fails, and the same store as it is.
struct World {
    files: Files,
    faulty: FaultyStore,
    plain: Objects,
    keys: PathBuf,
    plain_bytes: Vec<u8>,
    _scratch: tempfile::TempDir,
}

impl World {
    async fn new(asked: Asked) -> Self {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let inner: Arc<InMemory> = Arc::default();
        let faulty = FaultyStore::around(inner.clone());
        let limit = Duration::from_secs(STEP_S);
        let (objects, plain) = (Objects::over(Arc::new(faulty.clone()), limit), Objects::over(inner, limit));
        let master = MasterKey::make(&scratch.path().join("files.key")).expect("a key");
        let keys = scratch.path().join("keys.db");
        let files = Files::open(objects, &keys.clone().into(), Box::new(master)).await.expect("opens");
        // What comes in comes in two pieces, as S3 takes them.
        let plain_bytes = pdf(if asked == TakeIn { 6 << 20 } else { 200_000 });
        Self { files, faulty, plain, keys, plain_bytes, _scratch: scratch }
    }

    async fn take_in(&self) -> Result<TakenIn, FileError> {
        let unit = UnitId::parse("001").expect("a unit");
        self.files.take_in((&unit, "a.pdf", ""), &self.plain_bytes[..]).await
    }

    async fn asked(&self, asked: Asked, first: &TakenIn) -> Result<(), String> {
        let said = |error: FileError| error.to_string();
        match asked {
            TakeIn => self.take_in().await.map(drop).map_err(said),
            HandOut => {
                let mut out = Vec::new();
                self.files.hand_out(first.receipt.evidence.address, &mut out).await.map_err(said)?;
                if out == self.plain_bytes { Ok(()) } else { Err("other bytes were handed out".to_owned()) }
            }
            HoldAgainstTheLog => {
                let standing = self.files.standing(&first.receipt.evidence).await.map_err(said)?;
                self.files.orphans(&[first.receipt.evidence.address].into()).await.map_err(said)?;
                if standing == Standing::Sound { Ok(()) } else { Err(format!("{standing:?}").to_lowercase()) }
            }
        }
    }

    /// The names under which files stand whole, and how many keys there are.
    async fn stand(&self) -> (Vec<String>, i64) {
        let mut names: Vec<String> = self.plain.all().await.expect("lists").into_iter().map(|k| k.name).collect();
        names.sort();
        let options = SqliteConnectOptions::new().filename(&self.keys).read_only(true);
        let mut keys = options.connect().await.expect("opens");
        let count = sqlx::query_scalar("SELECT COUNT(*) FROM files").fetch_one(&mut keys).await.expect("counts");
        keys.close().await.expect("closes");
        (names, count)
    }
}

async fn fails_at(step: Step, fault: Fault, asked: Asked, code: &str) {
    let what = format!("{step:?} {fault:?} {asked:?}");
    let world = World::new(asked).await;
    let first = world.take_in().await.expect("the store is well");
    let before = world.stand().await;
    assert_eq!((before.0.as_slice(), before.1), ([first.receipt.evidence.address.to_string()].as_slice(), 1), "{what}");

    world.faulty.set(Some((step, fault)));
    let answer = tokio::time::timeout(Duration::from_secs(ALL_S), world.asked(asked, &first)).await;
    let answer = answer.unwrap_or_else(|_| panic!("{what}: it hangs"));
    let after = world.stand().await;
    match &answer {
        Ok(()) => {
            assert!(code.is_empty(), "{what}: it succeeds");
            assert!(after.0.len() == 2 && after.1 == 2, "{what}: {after:?}");
        }
        Err(error) => {
            assert!(!code.is_empty() && error.starts_with(code), "{what}: {error}");
            assert_eq!(after, before, "{what}: something half done is left");
        }
    }

    world.faulty.set(None);
    let second = world.take_in().await.unwrap_or_else(|e| panic!("{what}: it is well again: {e}"));
    assert!(second.again.is_some(), "{what}: the same bytes");
    for taken in [&first, &second] {
        world.asked(HandOut, taken).await.unwrap_or_else(|e| panic!("{what}: {e}"));
        world.asked(HoldAgainstTheLog, taken).await.unwrap_or_else(|e| panic!("{what}: {e}"));
    }
}

#[tokio::test]
async fn whatever_step_fails_in_whatever_way_there_is_an_error_and_nothing_half_done() {
    let cases = futures::stream::iter(CASES);
    cases.for_each_concurrent(AT_ONCE, |(step, fault, asked, code)| fails_at(step, fault, asked, code)).await;
}

/// The upload fails with a clear error and leaves nothing under an address and no key; what it leaves has broken off.
fn refused_and_nothing_stands(shelf: &Shelf, name: &str) {
    let keys = || fs::read(shelf.data().join("keys.db")).expect("keys");
    let (stand, before) = (shelf.whole(), keys());
    let said = shelf.add(name, &[]);
    // The program says of a full disk so first, whatever was written to it.
    let error = said.err.strip_prefix("error: ").map(|error| error.strip_prefix("disk_full: ").unwrap_or(error));
    let refused = error.is_some_and(|error| error.starts_with("files_unusable: "));
    assert!(said.code == Some(2) && refused, "{name}: {}", said.err);
    assert!(said.out.is_empty() && shelf.whole() == stand, "{name}: {}", said.out);
    assert!(keys() == before, "{name}: the keys have changed");
}

#[test]
fn a_full_disk_is_an_error_and_takes_files_again_once_it_has_room() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let disk = SmallDisk::mount(scratch.path().join("small"));
    let shelf = Shelf::at(&disk.path().join("files"));
    let first = shelf.taken("first.pdf", &pdf(1_000));
    // One for which there is room, but for the ballast; one that fills the disk itself while it comes.
    fs::write(shelf.beside("fits.pdf"), pdf(6 << 20)).expect("writes");
    fs::write(shelf.beside("too_large.pdf"), pdf(40 << 20)).expect("writes");
    refused_and_nothing_stands(&shelf, "too_large.pdf");
    disk.fill();
    refused_and_nothing_stands(&shelf, "fits.pdf");
    assert_eq!(shelf.get(&first, "out-1.pdf").code, Some(0), "what stands can be read");
    disk.free();
    let fits = shelf.taken("fits.pdf", &pdf(6 << 20));
    shelf.refer(&[&first, &fits]);
    let said = shelf.scrub();
    assert!(said.code == Some(0) && said.out.contains(": 2 sound"), "{}", said.out);
}

#[test]
fn a_server_that_is_gone_or_answers_nobody_is_an_error_in_time() {
    let mut shelf = Shelf::in_bucket();
    let first = shelf.taken("first.pdf", &pdf(1_000));
    fs::write(shelf.beside("second.pdf"), pdf(6 << 20)).expect("writes");
    let whole = Instant::now();
    shelf.server.as_mut().expect("a server").kill();
    refused_and_nothing_stands(&shelf, "second.pdf");
    let said = shelf.get(&first, "out-1.pdf");
    assert!(said.err.starts_with("error: files_unusable: ") && !shelf.beside("out-1.pdf").exists(), "{}", said.err);
    shelf.server.as_mut().expect("a server").start();

    shelf.server.as_ref().expect("a server").signal("STOP");
    refused_and_nothing_stands(&shelf, "second.pdf");
    shelf.server.as_ref().expect("a server").signal("CONT");
    assert!(whole.elapsed() < Duration::from_secs(3 * ALL_S), "{:?}", whole.elapsed());

    let second = shelf.taken("second.pdf", &pdf(6 << 20));
    shelf.refer(&[&first, &second]);
    let said = shelf.scrub();
    assert!(said.code == Some(0) && said.out.contains(": 2 sound"), "{}", said.out);
    assert_eq!(shelf.get(&second, "out-2.pdf").code, Some(0));
}

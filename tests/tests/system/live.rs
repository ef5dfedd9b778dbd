//! A round that is held between questions is the round that is folded anew: at every part of the sample, from its opening to its end.

use domain::{World, result_digest};
use inspector::{Inspector, Live, Source};
use proto::{Hash, Origin, RoundId};
use system_tests::folder::{Folder, sample_round};

/// What is seen of a round: position, root, the result, every sheet's digest and version, decisions, appeals, publications, people.
type Seen = (u64, Hash, Hash, Vec<(Hash, u64)>, [usize; 5], bool);

fn seen(round: &RoundId) -> impl FnOnce(&World, Hash) -> Seen + Send + '_ {
    move |world, root| {
        let round = &world.rounds[round];
        let sheets = round.units.iter().map(|unit| (unit.sheet.digest(), unit.sheet.version));
        let counts = [
            round.decisions.len(),
            round.appeals.len(),
            round.publications.len(),
            round.batches.len(),
            world.people.values().map(|person| person.grants.len() + person.credentials.len()).sum(),
        ];
        (world.position, root, result_digest(round), sheets.collect(), counts, round.closed)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_held_between_questions_is_the_round_folded_anew() {
    let folder = Folder::new();
    let origin = Origin::parse("test.example/live").expect("an origin");
    let round = RoundId::parse("hanoi-2022").expect("a round");
    let mut files: Vec<_> =
        std::fs::read_dir(sample_round()).expect("the sample").map(|f| f.expect("a file").path()).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "ndjson"));
    files.sort();
    let first = std::fs::read_to_string(&files[0]).expect("the setup");
    let first: serde_json::Value = serde_json::from_str(first.lines().next().expect("lines")).expect("a line");
    let mut init = vec!["init", "--data", "@", "--origin", origin.as_str(), "--training"];
    init.extend(["--administrator", "admin-a", "--administrator", "admin-b"]);
    init.extend(["--scripted-from", first["at"].as_str().expect("a moment")]);
    folder.must(&init);

    let mut held: Option<Live> = None;
    let mut last = 0;
    for file in &files {
        folder.must(&["play", "--data", "@", file.to_str().expect("a path")]);
        let source = Source::open(folder.data().join("ledger.db")).await.expect("opens");
        let anew = Live::new(Inspector::new(source, origin.clone()));
        let live = held.get_or_insert_with(|| {
            let path = folder.data().join("ledger.db");
            let source = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(Source::open(path)));
            Live::new(Inspector::new(source.expect("opens"), origin.clone()))
        });
        let (one, other) = (live.look(Some(&round), seen(&round)).await, anew.look(Some(&round), seen(&round)).await);
        let (one, other) = (one.expect("folds on"), other.expect("folds"));
        assert_eq!(one, other, "{}", file.display());
        assert!(one.0 > last, "{}: the log went on", file.display());
        last = one.0;
    }
    assert!(held.is_some() && files.len() > 3);
}

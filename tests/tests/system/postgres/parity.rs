//! The same script gives the same bytes on both engines, and the same rows (invariant 8).

use platform::db::{Place, Role};
use serde_json::Value;
use system_tests::folder::{PARTS, sample_round};
use system_tests::parity::{Places, play, project};
use system_tests::postgres::{Disk, Postgres};

fn script(parts: &[&str]) -> String {
    let read =
        |part: &&str| std::fs::read_to_string(sample_round().join(format!("{part}.ndjson"))).expect("the sample");
    parts.iter().map(read).collect()
}

/// Plays a script on both engines; events must be equal byte for byte, and so must what follows from them.
async fn alike(script: &str) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| Place::from(folder.path().join(name));
    let places = Places { ledger: file("ledger.db"), index: file("index.db"), ranking: file("ranking.db") };
    let server = Postgres::start(Disk::Unsynced);
    let on_server = Places {
        ledger: server.place("ledger", Role::Ledger),
        index: server.place("index", Role::Index),
        ranking: server.place("ranking", Role::Ranking),
    };
    let ours = play(&places.ledger, script).await.expect("plays on SQLite");
    let theirs = play(&on_server.ledger, script).await.expect("plays on PostgreSQL");
    assert_eq!(ours.len(), theirs.len());
    for (position, (one, other)) in (1..).zip(ours.iter().zip(&theirs)) {
        assert_eq!(String::from_utf8_lossy(one), String::from_utf8_lossy(other), "position {position}");
    }
    let paths = inspector::Paths {
        ledger: places.ledger.clone(),
        index: places.index.clone(),
        ranking: places.ranking.clone(),
    };
    let here = project(&places, &paths).await.expect("projects on SQLite");
    let there = project(&on_server, &server.paths()).await.expect("projects on PostgreSQL");
    assert!(here.holds() && there.holds(), "{:?} {:?}", here.findings, there.findings);
    assert_eq!(here.root, there.root);
    assert_eq!(here.projections, there.projections);
    assert_eq!(here.projections.len(), 2);
    assert!(there.notes.is_empty(), "every trigger stands: {:?}", there.notes);
    ours
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_script_gives_the_same_bytes_and_digests_on_both_engines() {
    let events = alike(&script(&PARTS)).await;
    assert!(events.len() > 10_000, "{} events", events.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_with_any_character_is_projected_alike_on_both_engines() {
    let title = "Đánh giá";
    let lines = script(&PARTS[..1]);
    let odd = "\\u0000\u{10ffff}0\\u0001\u{fffd}\u{1f600}";
    let changed: Vec<String> = lines
        .lines()
        .map(|line| {
            let mut value: Value = serde_json::from_str(line).expect("a line");
            let data = &mut value["command"]["data"];
            if data.get("title").is_some_and(|title| title.get("vi").is_some()) {
                let text: String = serde_json::from_str(&format!("\"{title}{odd}\"")).expect("a text");
                data["title"]["vi"] = text.into();
            }
            value.to_string()
        })
        .collect();
    let events = alike(&(changed.join("\n") + "\n")).await;
    let with = events.iter().filter(|body| String::from_utf8_lossy(body).contains("\\u0000")).count();
    assert!(with > 0, "the text stands in the log");
}

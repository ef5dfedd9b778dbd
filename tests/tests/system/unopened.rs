//! Databases that cannot be opened, or not be built on: each is named, and what stands beside it stays as it was.

use sqlx::Connection;
use system_tests::folder::{Folder, execute};

use super::tamper::{body, flipped, found, set_body, verify};

const SELF_SCORES: usize = 700;

#[tokio::test]
async fn a_projection_that_cannot_be_opened_is_named_and_the_log_is_walked() {
    let base = Folder::small_round(SELF_SCORES);
    let events = base.count("ledger.db", "events").await;
    for name in ["index", "ranking"] {
        for damage in ["missing", "garbage", "no format", "no cursor"] {
            let copy = base.copy();
            let file = format!("{name}.db");
            let path = copy.data().join(&file);
            match damage {
                "missing" => std::fs::remove_file(&path).expect("removes"),
                "garbage" => std::fs::write(&path, "this is no database, however long it may be").expect("writes"),
                other => {
                    let table = other.split(' ').nth(1).expect("a table");
                    let mut db = copy.tamper(&file).await;
                    execute(&mut db, format!("DELETE FROM {table}")).await;
                    db.close().await.expect("closes");
                }
            }
            let said = verify(&copy);
            // Without a cursor it stands before the first event, where it may hold no row.
            let place = match damage {
                "no cursor" => format!("{name}, table "),
                _ => format!("the projection {name}: "),
            };
            found(&said, &place, damage);
            assert!(said.out.contains(&format!("log: {events} events hold, root ")), "{damage}: {}", said.out);
            assert!(said.out.contains("`parindex rebuild`"), "{damage}: {}", said.out);
            copy.must(&["rebuild", "--data", "@"]);
            assert_eq!(verify(&copy).code, Some(0), "{damage}");
        }
    }
}

#[tokio::test]
async fn a_log_that_is_no_database_has_a_code_and_a_broken_one_rebuilds_nothing() {
    let base = Folder::small_round(SELF_SCORES);
    let garbage = base.copy();
    std::fs::write(garbage.data().join("ledger.db"), "this is no database, however long it may be").expect("writes");
    for reader in [&["verify", "--data", "@"][..], &["export", "--data", "@", "x"], &["serve", "--data", "@"]] {
        let said = garbage.run(reader);
        assert_eq!(said.code, Some(2), "{}", said.out);
        assert!(said.err.contains("error: data_damaged: "), "{reader:?}: {}", said.err);
    }
    let broken = base.copy();
    let p = base.count("ledger.db", "events").await / 2;
    let mut db = broken.tamper("ledger.db").await;
    let changed = flipped(body(&mut db, p).await);
    set_body(&mut db, p, changed).await;
    db.close().await.expect("closes");
    let before = std::fs::read(broken.data().join("index.db")).expect("the index");
    let said = broken.run(&["rebuild", "--data", "@"]);
    assert_eq!(said.code, Some(2), "{}", said.out);
    assert!(said.err.starts_with(&format!("error: log_broken: position {p}: ")), "{}", said.err);
    assert_eq!(said.err.matches("position").count(), 1, "it is said once: {}", said.err);
    assert!(!broken.data().join("index.next.db").exists());
    assert_eq!(std::fs::read(broken.data().join("index.db")).expect("the index"), before);
    // A history is told from the log alone, but not from one that does not hold.
    std::fs::remove_file(broken.data().join("index.db")).expect("removes");
    found(&broken.run(&["replay", "--data", "@", "--unit", "001"]), &format!("position {p}:"), "replay");
    let good = base.copy();
    std::fs::remove_file(good.data().join("index.db")).expect("removes");
    good.must(&["replay", "--data", "@", "--unit", "001"]);
}

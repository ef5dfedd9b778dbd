//! Verifying from what was verified before: the log is held to its root, and read again from there on only.
//! Whatever does not hold is told as a whole verification tells it.

use std::fs;

use sqlx::{Connection, Row};
use system_tests::folder::{Folder, Said, execute};
use system_tests::forged;

const BEFORE: usize = 300;
const MORE: usize = 60;
const VERIFY: [&str; 5] = ["verify", "--data", "@", "--verified", "verified"];

/// A folder that was verified, and has grown since; how many events it then had.
fn grown() -> (Folder, u64) {
    let folder = Folder::small_round(BEFORE);
    let first = folder.must(&VERIFY);
    assert!(!first.out.contains("verified before"), "{}", first.out);
    let verified = size(&folder);
    folder.play_scores(BEFORE, MORE);
    (folder, verified)
}

/// The size that the file names.
fn size(folder: &Folder) -> u64 {
    let kept = fs::read_to_string(folder.beside("verified")).expect("it was written");
    kept.lines().nth(1).and_then(|line| line.parse().ok()).expect("a size")
}

/// A copy, and what was verified beside it.
fn copy(folder: &Folder) -> Folder {
    let copy = folder.copy();
    fs::copy(folder.beside("verified"), copy.beside("verified")).expect("copies");
    copy
}

#[track_caller]
fn resumed(said: &Said, from: u64) {
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(said.out.contains(&format!("events 1 to {from} were verified before")), "{}", said.out);
    assert!(said.out.contains("NOTHING OUTSIDE VOUCHES FOR THE END"), "{}", said.out);
    assert!(said.out.contains("index: at #") && said.out.contains("ranking: at #"), "{}", said.out);
}

#[track_caller]
fn broken(folder: &Folder, place: &str, case: &str) {
    let said = folder.run(&VERIFY);
    assert_eq!(said.code, Some(1), "{case}: {}{}", said.out, said.err);
    assert!(said.out.contains(&format!("BROKEN  {place}")), "{case}: {place:?} is not named in\n{}", said.out);
    let found = |said: &Said| -> Vec<String> {
        let told = said.out.lines().filter(|l| l.starts_with("BROKEN") || l.starts_with("log:"));
        told.map(|l| l.replace("the head", KEPT)).collect()
    };
    assert_eq!(found(&said), found(&folder.run(&["verify", "--data", "@", "--head", "verified"])), "{case}");
}

/// What the file's root is called in what is told.
const KEPT: &str = "what was verified before";

#[tokio::test]
async fn verifying_goes_on_from_what_was_verified_and_comes_to_the_same() {
    let (folder, verified) = grown();
    let whole = folder.must(&["verify", "--data", "@"]);
    let said = folder.must(&VERIFY);
    resumed(&said, verified);
    let line = |said: &Said, of: &str| said.out.lines().find(|l| l.starts_with(of)).map(str::to_owned);
    for of in ["log: ", "index: ", "ranking: "] {
        assert_eq!(line(&said, of), line(&whole, of));
    }
    let events = u64::try_from(folder.count("ledger.db", "events").await).expect("a count");
    assert_eq!(size(&folder), events, "it was moved on");
    assert!(events >= verified + MORE as u64, "{events}");
    resumed(&folder.must(&VERIFY), events);
    // What another version of the program has verified may not have been looked at as this one does.
    let kept = fs::read_to_string(folder.beside("verified")).expect("it is there");
    fs::write(folder.beside("verified"), kept.replace("parindex ", "parindex 0.0.")).expect("writes");
    assert!(!folder.must(&VERIFY).out.contains("were verified before"));
}

#[tokio::test]
async fn what_was_changed_behind_it_is_found_as_by_a_whole_verification() {
    let (base, verified) = grown();
    let p = verified + 20;
    let edits = [
        format!("UPDATE events SET body = replace(body, '\"claimed\":\"', '\"claimed\":\"1') WHERE position = {p}"),
        format!("UPDATE events SET hash = zeroblob(32) WHERE position = {p}"),
        format!("UPDATE events SET version = version + 1000 WHERE position = {p}"),
        format!("DELETE FROM events WHERE position = {p}"),
    ];
    for edit in edits {
        let folder = copy(&base);
        let mut db = folder.tamper("ledger.db").await;
        execute(&mut db, edit.clone()).await;
        db.close().await.expect("closes");
        broken(&folder, &format!("position {p}:"), &edit);
    }
    let folder = copy(&base);
    let mut db = folder.tamper("index.db").await;
    execute(&mut db, "UPDATE scores SET flag = 'forged' WHERE rowid = (SELECT MIN(rowid) FROM scores)").await;
    db.close().await.expect("closes");
    broken(&folder, "index, table scores, row", "a projection's row");
    // By every rule of bytes and links, but not by those of the round.
    let folder = copy(&base);
    let mut db = folder.tamper("ledger.db").await;
    forged::rewrite(&mut db, i64::try_from(p).expect("small"), |event| {
        if let proto::Fact::SelfScored(score) = &mut event.fact {
            score.claimed = "99".parse().expect("a number");
        }
    })
    .await;
    db.close().await.expect("closes");
    broken(&folder, &format!("position {p}: the rules"), "against the rules");
}

#[tokio::test]
async fn what_was_verified_is_held_to_its_root() {
    let (base, verified) = grown();
    let p = verified - 20;
    let folder = copy(&base);
    let mut db = folder.tamper("ledger.db").await;
    forged::rewrite(&mut db, i64::try_from(p).expect("small"), |event| {
        if let proto::Fact::SelfScored(score) = &mut event.fact {
            score.explanation.push_str(" (sửa)");
        }
    })
    .await;
    db.close().await.expect("closes");
    broken(&folder, &format!("position {verified}: the root up to here is not that of {KEPT}"), "rewritten");
    // A grant's event stands under the name of another stream, and that one's under its own: hashes and counts fit.
    let folder = copy(&base);
    let mut db = folder.tamper("ledger.db").await;
    let grants = "(SELECT MAX(position) FROM events WHERE stream LIKE 'grants/%' AND version = 1)";
    let others = "(SELECT MIN(position) FROM events WHERE stream LIKE 'sheet/%' AND version = 1)";
    let pair = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT position, stream FROM events WHERE position IN ({grants}, {others}) ORDER BY position"
    )));
    let pair = pair.fetch_all(&mut db).await.expect("reads");
    let of = |row: usize| (pair[row].get::<i64, _>(0), pair[row].get::<String, _>(1));
    let ((first, grant), (second, sheet)) = (of(0), of(1));
    for (position, stream) in [(first, "lent".to_owned()), (second, grant), (first, sheet)] {
        execute(&mut db, format!("UPDATE events SET stream = '{stream}' WHERE position = {position}")).await;
    }
    db.close().await.expect("closes");
    broken(&folder, &format!("position {first}: the column stream"), "exchanged streams");
    // The last of a stream's events lent to no stream, so that another could take its place.
    let edits = [
        (format!("UPDATE events SET hash = zeroblob(32) WHERE position = {p}"), p),
        (format!("UPDATE events SET version = 0 WHERE position = {p}"), p),
        (format!("UPDATE events SET stream = 'log' WHERE position = {p}"), p),
        (
            "UPDATE events SET body = replace(body, 'hanoi-2022', 'hanoi-2023') WHERE kind = 'round_opened'".to_owned(),
            0,
        ),
    ];
    for (edit, place) in edits {
        let folder = copy(&base);
        let mut db = folder.tamper("ledger.db").await;
        execute(&mut db, edit.clone()).await;
        db.close().await.expect("closes");
        let place = if place == 0 { "position ".to_owned() } else { format!("position {place}:") };
        broken(&folder, &place, &edit);
    }
}

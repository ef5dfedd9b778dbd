//! A tamperer with the database's password, and no triggers in his way: every change is found, at its place.
//! Whoever changes a case here must see it fail without the check it stands for.

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Row};
use system_tests::folder::{Folder, Said, execute};

use super::walked::walks_agree;

const SELF_SCORES: usize = 700;

pub async fn body(db: &mut SqliteConnection, position: i64) -> Vec<u8> {
    let row = sqlx::query("SELECT body FROM events WHERE position = $1").bind(position).fetch_one(db).await;
    row.expect("an event").get(0)
}

pub async fn set_body(db: &mut SqliteConnection, position: i64, body: Vec<u8>) {
    let set = sqlx::query("UPDATE events SET body = $1 WHERE position = $2").bind(body).bind(position);
    assert_eq!(set.execute(db).await.expect("updates").rows_affected(), 1);
}

/// Exchanges one letter or digit of a body for another: the body stays canonical JSON as far as one can see.
pub fn flipped(mut body: Vec<u8>) -> Vec<u8> {
    let data = body.windows(7).position(|w| w == b"\"data\":").expect("data");
    let at = (data + 12..body.len()).find(|&i| body[i].is_ascii_digit() && body[i] != b'9').expect("a digit");
    body[at] += 1;
    body
}

pub fn verify(folder: &Folder) -> Said {
    walks_agree(&folder.data().join("ledger.db"));
    folder.run(&["verify", "--data", "@"])
}

#[track_caller]
pub fn found(said: &Said, place: &str, case: &str) {
    assert_eq!(said.code, Some(1), "{case}: {}{}", said.out, said.err);
    let named = said.out.lines().any(|l| l.strip_prefix("BROKEN  ").is_some_and(|l| l.starts_with(place)));
    assert!(named, "{case}: {place:?} is not named in\n{}", said.out);
}

/// The independent verifier on an export; the place that it names.
fn independent(folder: &Folder, head: bool) -> (Option<i32>, String) {
    let exported = folder.run(&["export", "--data", "@", "log.ndjson"]);
    assert!(matches!(exported.code, Some(0 | 1)), "export works on a broken log too: {}", exported.err);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto/verify.py");
    let mut python = std::process::Command::new("python3");
    python.arg(script).arg(folder.beside("log.ndjson"));
    if head && folder.beside("log.ndjson.head").exists() {
        python.arg("--head").arg(folder.beside("log.ndjson.head"));
    }
    let output = python.output().expect("python3");
    let first = String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned();
    (output.status.code(), first)
}

#[track_caller]
fn independent_agrees(folder: &Folder, place: &str, case: &str) {
    let (code, first) = independent(folder, true);
    assert_eq!(code, Some(1), "{case}: {first}");
    assert!(first.starts_with(&format!("broken at {place}")), "{case}: {place:?}, verify.py says {first:?}");
}

#[tokio::test]
async fn the_good_log_holds_and_the_independent_verifier_agrees() {
    let base = Folder::small_round(SELF_SCORES);
    let said = verify(&base);
    assert_eq!(said.code, Some(0), "{}", said.out);
    assert!(said.out.contains("NOTHING OUTSIDE VOUCHES FOR THE END"));
    let (code, first) = independent(&base, true);
    assert_eq!(code, Some(0), "{first}");
    assert!(first.ends_with("the head vouches for the end"), "{first}");
    let (code, first) = independent(&base, false);
    assert_eq!(code, Some(0), "{first}");
    assert!(first.ends_with("NOTHING OUTSIDE THIS FILE VOUCHES FOR ITS END"), "{first}");
    let with_head = base.run(&["verify", "--data", "@", "--head", "log.ndjson.head"]);
    assert_eq!(with_head.code, Some(0), "{}", with_head.out);
    assert!(with_head.out.contains("the head vouches for the end"));
}

#[tokio::test]
async fn a_changed_body_is_found_at_its_position() {
    let base = Folder::small_round(SELF_SCORES);
    let n = base.count("ledger.db", "events").await;
    for p in [1, 2, n / 2, n - 1, n] {
        let copy = base.copy();
        let mut db = copy.tamper("ledger.db").await;
        let changed = flipped(body(&mut db, p).await);
        set_body(&mut db, p, changed).await;
        db.close().await.expect("closes");
        found(&verify(&copy), &format!("position {p}:"), "flip");
        // Without columns, an edit of the last event shows in the root alone, one of the last but one in the last's prev.
        let place = match n - p {
            0 => format!("position {n}: the root"),
            1 => format!("position {n}: prev"),
            _ => format!("position {p}:"),
        };
        independent_agrees(&copy, &place, "flip");
    }
}

#[tokio::test]
async fn a_body_spelled_otherwise_is_found_at_its_position() {
    let base = Folder::small_round(SELF_SCORES);
    let n = base.count("ledger.db", "events").await;
    let p = n / 2;
    let spelled: [fn(String) -> String; 3] = [
        |b| b.replacen("{\"actor\"", "{ \"actor\"", 1),
        |b| b.replacen("\"explanation\":", "\"explanation\": ", 1),
        |b| b.replacen("\"revision\":", "\"revision\":0,\"revision\":", 1),
    ];
    for (case, spell) in spelled.into_iter().enumerate() {
        let copy = base.copy();
        let mut db = copy.tamper("ledger.db").await;
        let text = String::from_utf8(body(&mut db, p).await).expect("text");
        let other = spell(text.clone());
        assert_ne!(other, text, "spelling {case} changes something");
        set_body(&mut db, p, other.into_bytes()).await;
        db.close().await.expect("closes");
        found(&verify(&copy), &format!("position {p}:"), &format!("spelling {case}"));
        independent_agrees(&copy, &format!("position {p}:"), &format!("spelling {case}"));
    }
}

#[tokio::test]
async fn nothing_is_written_behind_a_hole_or_another_end() {
    let base = Folder::small_round(SELF_SCORES);
    let n = base.count("ledger.db", "events").await;
    let edits = [
        format!("DELETE FROM events WHERE position = {}", n / 2),
        "DELETE FROM events WHERE position = 1".to_owned(),
        format!("DELETE FROM events WHERE position = {n}"),
        format!("UPDATE events SET position = {} WHERE position = {}", n + 1, n / 2),
        format!("UPDATE events SET body = body || ' ' WHERE position = {n}"),
        format!("UPDATE events SET hash = zeroblob(32) WHERE position = {n}"),
        "UPDATE head SET hash = zeroblob(32)".to_owned(),
    ];
    for edit in edits {
        let copy = base.copy();
        let mut db = copy.tamper("ledger.db").await;
        execute(&mut db, edit.clone()).await;
        db.close().await.expect("closes");
        let before = copy.count("ledger.db", "events").await;
        for writer in [&["token", "--data", "@", "--actor", "001-d"][..], &["play", "--data", "@", "script.ndjson"]] {
            std::fs::write(copy.beside("script.ndjson"), "").expect("writes");
            let said = copy.run(writer);
            assert_eq!(said.code, Some(2), "{edit}: {}", said.out);
            assert!(said.err.starts_with("error: log_damaged: "), "{edit}: {}", said.err);
        }
        assert_eq!(copy.count("ledger.db", "events").await, before, "{edit}");
    }
}

#[tokio::test]
async fn a_missing_event_is_found_where_it_stood() {
    let base = Folder::small_round(SELF_SCORES);
    let n = base.count("ledger.db", "events").await;
    for p in [1, n / 2, n] {
        let copy = base.copy();
        let mut db = copy.tamper("ledger.db").await;
        execute(&mut db, format!("DELETE FROM events WHERE position = {p}")).await;
        db.close().await.expect("closes");
        let end = format!("the end, after position {}:", n - 1);
        found(&verify(&copy), &if p == n { end } else { format!("position {p}:") }, "delete");
        independent_agrees(&copy, &if p == n { "the end".to_owned() } else { format!("position {p}:") }, "delete");
    }
}

#[tokio::test]
async fn events_cut_off_at_the_end_are_missed_by_whoever_kept_a_head() {
    let base = Folder::small_round(SELF_SCORES);
    let n = base.count("ledger.db", "events").await;
    base.must(&["export", "--data", "@", "kept.ndjson"]);
    for k in [1, 2, 17, 100] {
        let copy = base.copy();
        std::fs::copy(base.beside("kept.ndjson.head"), copy.beside("kept.head")).expect("copies");
        let mut db = copy.tamper("ledger.db").await;
        execute(&mut db, format!("DELETE FROM events WHERE position > {}", n - k)).await;
        db.close().await.expect("closes");
        let said = copy.run(&["verify", "--data", "@", "--head", "kept.head"]);
        found(&said, &format!("the end, after position {}:", n - k), "cut");
    }
}

#[tokio::test]
async fn exchanged_events_are_found_at_the_first_of_them() {
    let base = Folder::small_round(SELF_SCORES);
    let n = base.count("ledger.db", "events").await;
    for (a, b) in [(1, 2), (n / 2, n / 2 + 7), (n - 1, n)] {
        let copy = base.copy();
        let mut db = copy.tamper("ledger.db").await;
        let (first, second) = (body(&mut db, a).await, body(&mut db, b).await);
        set_body(&mut db, a, second).await;
        set_body(&mut db, b, first).await;
        db.close().await.expect("closes");
        found(&verify(&copy), &format!("position {a}:"), "exchanged bodies");
        independent_agrees(&copy, &format!("position {a}:"), "exchanged bodies");

        let copy = base.copy();
        let mut db = copy.tamper("ledger.db").await;
        for (from, to) in [(a, -1), (b, a), (-1, b)] {
            execute(&mut db, format!("UPDATE events SET position = {to} WHERE position = {from}")).await;
        }
        db.close().await.expect("closes");
        found(&verify(&copy), &format!("position {a}:"), "exchanged rows");
        independent_agrees(&copy, &format!("position {a}:"), "exchanged rows");
    }
}

#[tokio::test]
async fn an_inserted_event_is_found_where_it_stands() {
    let base = Folder::small_round(SELF_SCORES);
    let n = base.count("ledger.db", "events").await;
    for p in [1, n / 2, n + 1] {
        let copy = base.copy();
        let mut db = copy.tamper("ledger.db").await;
        execute(&mut db, format!("UPDATE events SET position = -position - 1 WHERE position >= {p}")).await;
        execute(&mut db, "UPDATE events SET position = -position WHERE position < 0").await;
        let copied = format!(
            "INSERT INTO events SELECT {p}, stream, 100000, id, 'forged', kind, at, hash, body FROM events \
             WHERE position = {}",
            n / 3
        );
        execute(&mut db, copied).await;
        db.close().await.expect("closes");
        found(&verify(&copy), &format!("position {p}:"), "insert");
        independent_agrees(&copy, &format!("position {p}:"), "insert");
    }
}

#[tokio::test]
async fn an_edited_column_is_found_at_its_position() {
    let base = Folder::small_round(SELF_SCORES);
    let n = base.count("ledger.db", "events").await;
    let edits = [
        ("stream", "'round/other'"),
        ("version", "version + 1000"),
        ("id", "'018430b4-f2fd-7aff-81c2-414f7a48fa9a'"),
        ("command", "'forged'"),
        ("kind", "'score_confirmed'"),
        ("at", "'2022-10-20T00:00:00.000000Z'"),
        ("hash", "zeroblob(32)"),
        ("hash", "'text'"),
        ("body", "CAST(body AS TEXT) || ' '"),
    ];
    for (column, value) in edits {
        for p in [1, n / 2, n] {
            let copy = base.copy();
            let mut db = copy.tamper("ledger.db").await;
            execute(&mut db, format!("UPDATE events SET {column} = {value} WHERE position = {p}")).await;
            db.close().await.expect("closes");
            found(&verify(&copy), &format!("position {p}:"), column);
        }
    }
}

#[tokio::test]
async fn an_edited_head_row_is_found() {
    let base = Folder::small_round(SELF_SCORES);
    let n = base.count("ledger.db", "events").await;
    let edits = [
        ("UPDATE head SET root = zeroblob(32)".to_owned(), "the head row:", "position"),
        ("UPDATE head SET hash = zeroblob(32)".to_owned(), "the head row:", ""),
        ("UPDATE head SET range = zeroblob(32)".to_owned(), "the head row:", ""),
        (format!("UPDATE head SET position = {}", n - 1), "the head row:", "position"),
        (format!("UPDATE head SET position = {}", n + 1), "the end,", "the end"),
        ("DELETE FROM head".to_owned(), "the head row:", ""),
    ];
    for (edit, place, independent) in edits {
        let copy = base.copy();
        let mut db = copy.tamper("ledger.db").await;
        execute(&mut db, edit.clone()).await;
        db.close().await.expect("closes");
        found(&verify(&copy), place, &edit);
        if !independent.is_empty() {
            independent_agrees(&copy, independent, &edit);
        }
    }
}

#[tokio::test]
async fn an_edited_cursor_is_found() {
    let base = Folder::small_round(SELF_SCORES);
    for projection in ["index", "ranking"] {
        let edits = [
            "position = position - 1",
            "position = position + 1",
            "position = 0",
            "hash = ''",
            "hash = 'x'",
            "root = hash",
            "range = zeroblob(32)",
            "at = '2022-10-20T00:00:00.000000Z'",
        ];
        for edit in edits {
            let copy = base.copy();
            let mut db = copy.tamper(&format!("{projection}.db")).await;
            execute(&mut db, format!("UPDATE cursor SET {edit}")).await;
            db.close().await.expect("closes");
            found(&verify(&copy), &format!("the cursor of {projection}:"), edit);
        }
    }
}

#[tokio::test]
async fn every_column_of_every_projected_row_is_held_against_the_log() {
    let base = Folder::new();
    base.must(&["demo", "--no-serve", "--data", "@"]);
    let tables: [(&str, &str, &[&str]); 10] = [
        ("index", "rounds", &["title_vi", "digits", "decided", "publication"]),
        ("index", "phases", &["until", "closed"]),
        ("index", "blocks", &["title_vi", "ordinal"]),
        ("index", "nodes", &["title_vi", "maximum", "ordinal"]),
        ("index", "units", &["state", "version", "digest", "index_value", "short"]),
        ("index", "totals", &["reached", "maximum"]),
        ("index", "scores", &["final_points", "self_points", "revision", "flag", "evidence"]),
        ("index", "extras", &["points"]),
        ("ranking", "standings", &["rank", "printed", "index_value", "name_vi", "movement"]),
        ("ranking", "publications", &["digest", "reason", "position"]),
    ];
    for (projection, table, columns) in tables {
        let rows = base.count(&format!("{projection}.db"), table).await;
        let row = |at: i64| format!("rowid = (SELECT rowid FROM {table} LIMIT 1 OFFSET {at})");
        let mut edits: Vec<String> = Vec::new();
        for (i, column) in columns.iter().enumerate() {
            let at = [0, rows / 2, rows - 1][i % 3];
            edits.push(format!("UPDATE {table} SET {column} = {column} || '1' WHERE {}", row(at)));
        }
        edits.push(format!("DELETE FROM {table} WHERE {}", row(rows / 2)));
        edits.push(format!("UPDATE {table} SET round = 'another' WHERE {}", row(rows - 1)));
        for edit in edits {
            let copy = base.copy();
            let mut db = copy.tamper(&format!("{projection}.db")).await;
            execute(&mut db, edit.clone()).await;
            db.close().await.expect("closes");
            found(&verify(&copy), &format!("{projection}, table {table}, row"), &edit);
        }
    }
}

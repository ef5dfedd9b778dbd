//! Verification against what was signed: a log that was rewritten whole is found by a checkpoint, and by its tiles at the
//! very event. A tile that was changed is told apart from an event that was.

use std::collections::HashMap;
use std::path::Path;

use proto::tree::CompactRange;
use proto::{Event, Hash, Stream};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Row};
use system_tests::folder::{Folder, Said};

use super::public_key;

/// Rewrites the log from a position on as somebody without the key would: one body otherwise, and everything that hangs on
/// it made anew, columns, links, tree and head row.
async fn rewrite(db: &mut SqliteConnection, position: u64) {
    let rows = sqlx::query("SELECT body FROM events ORDER BY position").fetch_all(&mut *db).await.expect("reads");
    let (mut range, mut prev, mut heads) = (CompactRange::default(), None, HashMap::<Stream, Hash>::new());
    for (row, at) in rows.iter().zip(1_u64..) {
        let mut event = Event::decode(row.get(0)).expect("an event");
        if at == position {
            // What no rule looks at: with anything else `verify` finds it without what was signed.
            event.envelope.command.digest = Hash::entry(b"another command");
        }
        event.envelope.prev = prev;
        event.envelope.stream_prev = heads.get(&event.envelope.stream).copied();
        let body = event.encode().expect("encodes");
        let hash = Hash::entry(&body);
        if at >= position {
            let set = sqlx::query("UPDATE events SET body = $1, hash = $2 WHERE position = $3");
            let set = set.bind(body).bind(hash.0.to_vec()).bind(i64::try_from(at).expect("small"));
            set.execute(&mut *db).await.expect("updates");
        }
        range.append(hash);
        prev = Some(hash);
        heads.insert(event.envelope.stream, hash);
    }
    let head = sqlx::query("UPDATE head SET hash = $1, root = $2, range = $3");
    let head = head.bind(prev.expect("events").0.to_vec()).bind(range.root().0.to_vec()).bind(range.to_bytes());
    head.execute(&mut *db).await.expect("updates");
}

fn verify(folder: &Folder, more: &[&str]) -> Said {
    folder.run(&[&["verify", "--data", "@"], more].concat())
}

#[track_caller]
fn found(said: &Said, place: &str) {
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    let first = said.out.lines().find_map(|line| line.strip_prefix("BROKEN  ")).unwrap_or_default();
    assert!(first.starts_with(place), "{place:?} is not what comes first in\n{}", said.out);
}

fn key(folder: &Folder) -> String {
    public_key(&folder.data().join("signer")).to_string()
}

#[tokio::test]
async fn a_log_that_was_rewritten_whole_is_found_at_its_position_by_the_tiles_and_by_a_checkpoint_outside() {
    let base = Folder::small_round(700);
    let n = u64::try_from(base.count("ledger.db", "events").await).expect("a count");
    for position in [1, n / 2, n] {
        let copy = base.copy();
        let checkpoint = copy.beside("kept");
        std::fs::copy(copy.data().join("signer/checkpoint"), &checkpoint).expect("copies");
        let mut db = copy.tamper("ledger.db").await;
        rewrite(&mut db, position).await;
        db.close().await.expect("closes");
        let said = verify(&copy, &[]);
        found(&said, &format!("position {position}: the event is not the one whose hash was signed"));
        // Where nobody has the tiles, a checkpoint kept outside says that it is another log, up to its own end.
        let key = key(&copy);
        std::fs::remove_dir_all(copy.data().join("signer")).expect("removes");
        copy.must(&["rebuild", "--data", "@"]);
        assert_eq!(verify(&copy, &[]).code, Some(0), "nothing within the folder shows it");
        let kept = checkpoint.to_str().expect("a name");
        let said = verify(&copy, &["--checkpoint", kept, "--log-key", &key]);
        found(&said, &format!("position {n}: the root up to here is not that of the checkpoint"));
    }
}

#[tokio::test]
async fn of_two_checkpoints_it_is_told_between_which_the_change_lies() {
    let base = Folder::small_round(300);
    std::fs::copy(base.data().join("signer/checkpoint"), base.beside("first")).expect("copies");
    super::refused::play(&base, 300, 200);
    std::fs::copy(base.data().join("signer/checkpoint"), base.beside("second")).expect("copies");
    let key = key(&base);
    let kept = ["--checkpoint", "first", "--checkpoint", "second", "--log-key", &key];
    let said = verify(&base, &kept);
    assert!(said.code == Some(0) && said.out.contains("vouches for the end"), "{}{}", said.out, said.err);
    let n = u64::try_from(base.count("ledger.db", "events").await).expect("a count");
    let mut db = base.tamper("ledger.db").await;
    rewrite(&mut db, n - 20).await;
    db.close().await.expect("closes");
    std::fs::remove_dir_all(base.data().join("signer")).expect("removes");
    let said = verify(&base, &kept);
    assert!(said.out.contains("is not that of the checkpoint second; up to position"), "{}", said.out);
    assert!(said.out.contains("that of the checkpoint first: the change lies between"), "{}", said.out);
}

/// What is done to a tile, with another one at hand.
type Change = fn(&Path, &Path);

#[tokio::test]
async fn a_tile_that_was_changed_exchanged_or_taken_away_is_named_and_the_log_holds() {
    let base = Folder::small_round(700);
    let n = base.count("ledger.db", "events").await;
    let (full, partial) = ("0/001".to_owned(), format!("0/{:03}.p/{}", n / 256, n % 256));
    let above = format!("1/000.p/{}", n / 256);
    let change: [(&str, Change); 3] = [
        ("changed", |tile, _| {
            let mut bytes = std::fs::read(tile).expect("reads");
            bytes[40] ^= 4;
            std::fs::write(tile, bytes).expect("writes");
        }),
        ("exchanged", |tile, other| {
            std::fs::copy(other, tile).expect("copies");
        }),
        ("taken away", |tile, _| std::fs::remove_file(tile).expect("removes")),
    ];
    for name in [&full, &partial, &above] {
        for (case, change) in change {
            let copy = base.copy();
            let tile = |name: &str| copy.data().join("signer/tile").join(name);
            change(&tile(name), &tile("0/000"));
            let said = verify(&copy, &[]);
            found(&said, &format!("the tile tile/{name}:"));
            assert!(said.out.contains(&format!("log: {n} events hold")), "{case}: {}", said.out);
        }
    }
}

#[tokio::test]
async fn what_was_cut_off_below_the_last_checkpoint_is_missed() {
    let base = Folder::small_round(300);
    let n = base.count("ledger.db", "events").await;
    let mut db = base.tamper("ledger.db").await;
    for statement in
        [format!("DELETE FROM events WHERE position > {}", n - 5), format!("UPDATE head SET position = {}", n - 5)]
    {
        system_tests::folder::execute(&mut db, statement).await;
    }
    db.close().await.expect("closes");
    let said = verify(&base, &[]);
    assert!(
        said.out.contains(&format!("the signer's checkpoint counts {n} events, the log has {}", n - 5)),
        "{}",
        said.out
    );
}

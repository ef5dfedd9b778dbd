//! Verification against what was signed: a log that was rewritten whole is found by a checkpoint, and by its tiles at the
//! very event. A tile that was changed is told apart from an event that was.

use std::path::Path;

use proto::Hash;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use system_tests::folder::{Folder, Said};
use system_tests::forged;

use super::public_key;

/// Rewrites the log from a position on as somebody without the key would. What is changed no rule looks at: with anything else
/// `verify` finds it without what was signed.
async fn rewrite(db: &mut SqliteConnection, position: u64) {
    let position = i64::try_from(position).expect("small");
    forged::rewrite(db, position, |event| event.envelope.command.digest = Hash::entry(b"another command")).await;
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
    base.play_scores(300, 200);
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

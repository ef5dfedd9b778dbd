//! A log that ended, and another one that goes on from it under a name and a key of its own: how the algorithm is changed.

use std::path::Path;

use proto::{Event, Fact, Hash};
use sqlx::Connection;
use system_tests::folder::Folder;
use system_tests::forged::{bodies, rewrite};

const TWO: [&str; 4] = ["--administrator", "admin-a", "--administrator", "admin-b"];

/// The old log's own key, as its signer's folder tells it.
fn key(data: &Path) -> String {
    std::fs::read_to_string(data.join("signer/key")).expect("a key").trim().to_owned()
}

/// A folder whose log ended.
fn ended() -> (Folder, String) {
    let folder = Folder::small_round(20);
    assert!(
        folder
            .must(&["close-log", "--data", "@", "--reason", "Chuyển sang thuật toán mới"])
            .out
            .contains("the log ended at #")
    );
    let key = key(&folder.data());
    (folder, key)
}

#[tokio::test]
async fn a_log_that_ended_is_named_by_the_one_that_goes_on_from_it_and_no_other_matches() {
    let (old, old_key) = ended();
    // Nothing more is written to it, and its last checkpoint covers the end.
    let again = old.run(&["close-log", "--data", "@", "--reason", "x"]);
    assert!(again.code == Some(2) && again.err.contains("log_closed"), "{again:?}");
    let said =
        old.must(&["verify", "--data", "@", "--log-key", &old_key, "--checkpoint", "data/signer/checkpoint"]).out;
    assert!(said.contains("it ended at #") && said.contains("vouches for the end"), "{said}");

    let checkpoint = old.data().join("signer/checkpoint").to_str().expect("text").to_owned();
    let new = Folder::new();
    let begin = |folder: &Folder, origin: &str, file: &str, key: &str| {
        let named = ["init", "--data", "@", "--origin", origin, "--training", "--continues", file, "--log-key", key];
        folder.run(&[&named[..], &TWO].concat())
    };
    // A checkpoint that is not signed by whom was named, one that was changed, the log's own name: nothing begins.
    let stranger = Folder::small_round(0);
    let changed = old.beside("changed");
    let text = std::fs::read_to_string(&checkpoint).expect("a checkpoint");
    let size = text.lines().nth(1).expect("a size").to_owned();
    std::fs::write(&changed, text.replacen(&size, &format!("{size}0"), 1)).expect("writes");
    for (origin, file, key, code) in [
        ("test.example/new", checkpoint.as_str(), key(&stranger.data()), "bad_checkpoint"),
        ("test.example/new", changed.to_str().expect("text"), old_key.clone(), "bad_checkpoint"),
        ("test.example/small", &checkpoint, old_key.clone(), "continues_itself"),
    ] {
        let said = begin(&new, origin, file, &key);
        assert!(said.code == Some(2) && said.err.contains(code), "{code}: {said:?}");
        assert!(!new.data().join("parindex.json").exists(), "nothing begins");
    }
    let said = begin(&new, "test.example/new", &checkpoint, &old_key);
    assert_eq!(said.code, Some(0), "{said:?}");
    let names = format!("it goes on from the log test.example/small: {size} events");
    assert!(new.must(&["verify", "--data", "@"]).out.contains(&names));

    let ask = ["inspector", "predecessor", "--data", "@", "--log-key", &old_key, "--to", "end", "--checkpoint"];
    let told = |file: &str| new.run(&[&ask[..], &[file]].concat());
    let same = told(&checkpoint);
    assert!(same.code == Some(0) && same.out.contains("is of the same end"), "{same:?}");
    let end = new.beside("end").to_str().expect("text").to_owned();
    assert_eq!(std::fs::read_to_string(&end).expect("it was written"), text);
    assert!(told(changed.to_str().expect("text")).err.contains("bad_checkpoint"));
    old.must(&["verify", "--data", "@", "--log-key", &old_key, "--checkpoint", &end]);

    // Whoever changes the old log afterwards, links and all, has another log than the one that is named.
    let forged = old.copy();
    let mut db = forged.tamper("ledger.db").await;
    let all = bodies(&mut db, 1).await;
    let token = |body: &[u8]| matches!(Event::decode(body).expect("an event").fact, Fact::CredentialBound(_));
    let position = all.iter().find(|(_, body)| token(body)).expect("a token").0;
    rewrite(&mut db, position, |event| {
        let Fact::CredentialBound(bound) = &mut event.fact else { panic!("a token") };
        bound.commitment = Hash([7; 32]);
    })
    .await;
    db.close().await.expect("closes");
    let said = forged.run(&["verify", "--data", "@", "--log-key", &old_key, "--checkpoint", &end]);
    assert!(
        said.code == Some(1) && said.out.contains("the root up to here is not that of the checkpoint"),
        "{}",
        said.out
    );
}

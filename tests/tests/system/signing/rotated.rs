//! A key takes another one's place: the old one signs until its end, and no more once that has come; the new one goes on.
//! Nothing is signed in between by anyone.

use platform::key_file;
use proto::checkpoint::Checkpoint;
use proto::note::{Note, NoteSigner};
use proto::{Event, Instant};
use sqlx::{Connection, Row};
use system_tests::folder::{Folder, execute};

/// The time of the last event.
async fn last_at(folder: &Folder) -> Instant {
    let mut db = folder.tamper("ledger.db").await;
    let row = sqlx::query("SELECT body FROM events ORDER BY position DESC LIMIT 1").fetch_one(&mut db).await;
    let event = Event::decode(row.expect("an event").get(0)).expect("an event");
    db.close().await.expect("closes");
    event.envelope.at
}

fn checkpoint(folder: &Folder) -> Note {
    Note::parse(&std::fs::read(folder.data().join("signer/checkpoint")).expect("reads")).expect("a note")
}

fn size(note: &Note) -> u64 {
    Checkpoint::parse(note.text()).expect("a checkpoint").head.size
}

fn ids(note: &Note) -> Vec<[u8; 4]> {
    note.signatures().iter().map(|line| line.id).collect()
}

fn key(folder: &Folder, name: &str) -> NoteSigner {
    key_file::read(&folder.data().join(name)).expect("a key")
}

#[tokio::test]
async fn a_key_that_has_ended_signs_no_more_and_the_one_in_its_place_goes_on() {
    let folder = Folder::small_round(300);
    let data = |name: &str| folder.data().join(name).display().to_string();
    let (old, new, store) = (data("signing.key"), data("new.key"), data("signer"));
    folder.must(&["keygen", "--kind", "log", "--name", "test.example/small", &new]);
    let end = last_at(&folder).await.plus_micros(1).to_string();
    let named = ["name-key", "--data", "@", "--key", &new, "--replaces", &old, "--until", &end];
    folder.must(&named);
    let again = folder.run(&named);
    assert!(again.code == Some(2) && again.err.contains("bad_key_statement"), "{}", again.err);
    let (at_end, keys) = (size(&checkpoint(&folder)), (key(&folder, "signing.key"), key(&folder, "new.key")));
    assert_eq!(ids(&checkpoint(&folder)), [keys.0.key().id()], "until its end the old one signs");

    // Its end has come: what is written now it does not sign, and nothing else does.
    folder.play_scores(300, 100);
    assert_eq!(size(&checkpoint(&folder)), at_end);
    // The new one takes its folder over.
    let strange = folder.run(&["signer-store", "--key", &new, &store]);
    assert!(strange.code == Some(2) && strange.err.contains("signer_store_taken"), "{}", strange.err);
    folder.must(&["signer-store", "--add", "--key", &new, &store]);
    std::fs::rename(&old, data("old.key")).expect("renames");
    std::fs::rename(&new, &old).expect("renames");
    folder.play_scores(400, 10);
    let signed = checkpoint(&folder);
    assert!(size(&signed) > at_end + 100, "it goes on from what the old one signed");
    assert_eq!(ids(&signed), [keys.1.key().id()]);
    folder.must(&["verify", "--data", "@"]);
}

#[tokio::test]
async fn a_checkpoint_by_a_key_that_had_ended_is_named() {
    let folder = Folder::small_round(50);
    let data = |name: &str| folder.data().join(name).display().to_string();
    let (old, new, store) = (data("signing.key"), data("new.key"), data("signer"));
    folder.must(&["keygen", "--kind", "log", "--name", "test.example/small", &new]);
    let end = last_at(&folder).await.plus_micros(1).to_string();
    folder.must(&["name-key", "--data", "@", "--key", &new, "--replaces", &old, "--until", &end]);
    folder.must(&["signer-store", "--add", "--key", &new, &store]);
    let keys = ["signing.key", "new.key"].map(|name| key(&folder, name));
    std::fs::rename(&old, data("old.key")).expect("renames");
    std::fs::rename(&new, &old).expect("renames");
    folder.play_scores(50, 20);
    // Whoever still has the old key signs what the new one has signed.
    let good = checkpoint(&folder);
    let mut forged = Note::new(good.text().to_owned()).expect("a text");
    forged.push(keys[0].sign(forged.text(), 0)).expect("room");
    let log_keys = keys.each_ref().map(|key| key.key().to_string());
    for (note, is_good) in [(&good, true), (&forged, false)] {
        std::fs::write(folder.beside("kept"), note.to_string()).expect("writes");
        let [first, second] = &log_keys;
        let arguments = [
            "verify",
            "--data",
            "@",
            "--checkpoint",
            "kept",
            "--log-key",
            first.as_str(),
            "--log-key",
            second.as_str(),
        ];
        let said = folder.run(&arguments);
        let named = said.out.contains(&format!("position {}:", size(&good))) && said.out.contains("had ended by then");
        assert_eq!((said.code, named), (Some(i32::from(!is_good)), !is_good), "{}{}", said.out, said.err);
    }
}

#[tokio::test]
async fn a_statement_that_was_slipped_into_the_log_without_the_old_keys_signature_is_found() {
    let folder = Folder::small_round(10);
    let mut db = folder.tamper("ledger.db").await;
    let forged = "UPDATE events SET kind = 'key_named', stream = 'log', version = 2 WHERE position = 100";
    execute(&mut db, forged).await;
    db.close().await.expect("closes");
    folder.play_scores(10, 5);
    let said = folder.run(&["verify", "--data", "@"]);
    assert!(said.code == Some(1) && said.out.contains("position 100:"), "{}", said.out);
}

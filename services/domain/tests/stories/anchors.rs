//! Stories of anchors: what the log's first events come to, and where every stream ends by them, on record.
//! Of the heads map nothing is decided here: whoever folds the log again finds one that is wrong.

use proto::act::log::Anchor;
use proto::checkpoint::{Checkpoint, RECORDED_BYTES_MAX};
use proto::heads::HeadsRoot;
use proto::note::{KeyKind, KeyName, Note, NoteSigner};
use proto::tree::TreeHead;
use proto::{Act, Hash};

use super::acts::FRESH_DIGEST;
use super::given::{begun, does, opened, scored};
use super::harness::origin;
use super::keys::{first, signer};
use super::people::{operator, secretary, timer};
use super::story::{given, given_nothing};

/// An anchor over a log's first events, with the roots that they have.
pub fn over(size: u64) -> Act {
    holding(size, None)
}

/// The same with a checkpoint in it.
fn holding(size: u64, checkpoint: Option<String>) -> Act {
    Act::Anchor(Anchor { checkpoint, heads: HeadsRoot { count: 0, root: FRESH_DIGEST }, root: FRESH_DIGEST, size })
}

/// A checkpoint, signed by these.
fn checkpoint(origin: &str, head: TreeHead, by: &[&NoteSigner]) -> Option<String> {
    let mut note = Note::new(Checkpoint::new(origin, head).to_string()).expect("a text");
    by.iter().for_each(|key| note.push(key.sign(note.text(), 1_665_000_000)).expect("room"));
    Some(note.to_string())
}

fn witness() -> NoteSigner {
    NoteSigner::new(KeyName::parse("w.example").expect("a name"), KeyKind::Witness, &[7; 32]).expect("a key")
}

#[test]
fn an_anchor_says_where_every_stream_ends() {
    let story = given([opened(), scored("a", "1.1", "4")]);
    let (size, streams) = (story.log.world.position, {
        let names: std::collections::BTreeSet<String> =
            story.log.events.iter().map(|e| e.envelope.stream.to_string()).filter(|name| name != "log").collect();
        names.len() as u64
    });
    assert_eq!(story.log.heads(size).count, streams, "every stream but the log's own");
    let story = story.when(timer(), over(size)).then("anchored").in_stream("log").without_cause();
    // What comes later changes no stream's end at the anchor, and the anchor itself none at all.
    let before = story.log.heads(size);
    let story = story.and(scored("b", "1.1", "4"));
    assert_eq!(story.log.heads(size), before);
    assert_eq!(story.log.heads(size + 1), before);
    assert_ne!(story.log.heads(size + 2).root, before.root);
    story.when(operator(), over(size + 2)).then("anchored");
}

#[test]
fn an_anchor_over_what_the_log_has_not_is_refused() {
    let wrong = |root: Hash, size| {
        Act::Anchor(Anchor { checkpoint: None, heads: HeadsRoot { count: 1, root: Hash([7; 32]) }, root, size })
    };
    given_nothing([begun()])
        .when(timer(), wrong(Hash([7; 32]), 0))
        .then_refused("bad_anchor")
        .when(timer(), wrong(Hash([7; 32]), 4))
        .then_refused("bad_anchor")
        .when(timer(), wrong(Hash([7; 32]), 3))
        .then_refused_with("bad_anchor", "detail", "the root is not the log's")
        .when(timer(), over(3))
        .then("anchored");
    given_nothing([]).when(timer(), wrong(Hash([7; 32]), 1)).then_refused("log_missing");
}

#[test]
fn an_anchor_goes_on_from_the_last_one() {
    given_nothing([begun()])
        .when(operator(), over(2))
        .then("anchored")
        .when(operator(), over(2))
        .then_refused("anchor_stale")
        .when(operator(), over(1))
        .then_refused("anchor_stale")
        .when(operator(), over(3))
        .then("anchored")
        .when(operator(), over(5))
        .then("anchored");
}

#[test]
fn a_checkpoint_in_an_anchor_is_this_logs_over_what_it_covers_and_cosigned() {
    let (log, witness) = (signer(1), witness());
    let both = [&log, &witness];
    let story = given_nothing([begun(), does(operator(), first())]);
    let (own, size) = (origin(), story.log.world.position);
    let head = |size| TreeHead { size, root: story.log.root(size) };
    let good = checkpoint(own.as_str(), head(2), &both);
    let named = "by the keys that the log names: ";
    let nobodys = format!("{named}no known key signed the note");
    let no_note = "bad_checkpoint: the note is no text, a blank line and signature lines, each ended by a line feed";
    let other_root = TreeHead { size: 2, root: Hash([7; 32]) };
    let table = [
        (checkpoint("elsewhere.example/1", head(2), &both), "it is of another log"),
        (checkpoint(own.as_str(), other_root, &both), "its root is not the log's"),
        (checkpoint(own.as_str(), TreeHead { size: 3, ..head(2) }, &both), "its root is not the log's"),
        (checkpoint(own.as_str(), head(size), &both), &format!("it covers {size} events, the anchor {}", size - 1)),
        (
            checkpoint(own.as_str(), TreeHead { size: 900, ..head(2) }, &both),
            &format!("it covers 900 events, the anchor {}", size - 1),
        ),
        (checkpoint(own.as_str(), head(2), &[&signer(9), &witness]), &nobodys),
        (checkpoint(own.as_str(), head(2), &[&witness]), &nobodys),
        (checkpoint(own.as_str(), head(2), &[&log]), "nobody else has signed it"),
        (checkpoint(own.as_str(), head(2), &[&log, &witness, &log]), &format!("{named}the key {own} signed twice")),
        (good.clone().map(|note| note.replacen('2', "02", 1)), "bad_checkpoint: the size is not as it must be"),
        (good.clone().map(|note| note.trim_end().to_owned()), no_note),
        (
            good.clone().map(|note| note + &"x".repeat(RECORDED_BYTES_MAX)),
            "bad_checkpoint: it has more than 16384 bytes",
        ),
        (Some(String::new()), no_note),
    ];
    let mut story = story;
    for (bad, words) in table {
        story =
            story.when(operator(), holding(size - 1, bad)).then_refused_with("bad_anchor_checkpoint", "detail", words);
    }
    story.when(operator(), holding(size - 1, good.clone())).then("anchored");
    // A log that names no key takes none: nobody could say that it is the log's.
    given_nothing([begun()]).when(operator(), holding(2, good)).then_refused_with(
        "bad_anchor_checkpoint",
        "detail",
        &nobodys,
    );
}

#[test]
fn nobody_with_a_token_anchors() {
    given([]).when(secretary(), over(1)).then_refused_with("capacity_wrong", "needed", "operator");
}

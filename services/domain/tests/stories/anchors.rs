//! Stories of anchors: what the log's first events come to, and where every stream ends by them, on record.
//! Of the heads map nothing is decided here: whoever folds the log again finds one that is wrong.

use proto::act::log::Anchor;
use proto::heads::HeadsRoot;
use proto::{Act, Hash};

use super::acts::FRESH_DIGEST;
use super::given::{begun, opened, scored};
use super::people::{operator, secretary, timer};
use super::story::{given, given_nothing};

/// An anchor over a log's first events, with the roots that they have.
pub fn over(size: u64) -> Act {
    Act::Anchor(Anchor { heads: HeadsRoot { count: 0, root: FRESH_DIGEST }, root: FRESH_DIGEST, size })
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
    let wrong =
        |root: Hash, size| Act::Anchor(Anchor { heads: HeadsRoot { count: 1, root: Hash([7; 32]) }, root, size });
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
fn nobody_with_a_token_anchors() {
    given([]).when(secretary(), over(1)).then_refused_with("capacity_wrong", "needed", "operator");
}

//! Stories of the keys that sign a log's checkpoints: what stands on record rests on the keys' own signatures.
//! The operator who hands a statement in decides nothing by it.

use proto::act::log::NameKey;
use proto::key_statement::{KeyStatement, Replaced};
use proto::note::{KeyKind, KeyName, NoteSigner};
use proto::{Act, Instant};

use super::fixture::moment;
use super::given::begun;
use super::harness::origin;
use super::people::operator;
use super::story::given_nothing;

/// A key of the log.
pub fn signer(seed: u8) -> NoteSigner {
    let name = KeyName::parse(origin().as_str()).expect("a name");
    NoteSigner::new(name, KeyKind::Log, &[seed; 32]).expect("a key")
}

/// A statement about a key, and the key whose place it takes, signed by these.
fn statement(key: &NoteSigner, old: Option<(&NoteSigner, Instant)>, by: &[&NoteSigner]) -> Act {
    let replaces = old.map(|(old, until)| Replaced { key: old.key().clone(), until });
    let statement = KeyStatement { log: origin(), key: key.key().clone(), replaces };
    Act::NameKey(NameKey { statement: statement.signed(by) })
}

/// The first key.
pub fn first() -> Act {
    statement(&signer(1), None, &[&signer(1)])
}

#[test]
fn a_key_takes_the_place_of_the_one_that_signs() {
    let (one, two, three) = (signer(1), signer(2), signer(3));
    let until = moment("12-01");
    given_nothing([begun()])
        .when(operator(), first())
        .then("key_named")
        .in_stream("log")
        .when(operator(), statement(&two, Some((&one, until)), &[&one, &two]))
        .then("key_named")
        .when(operator(), statement(&three, Some((&two, until)), &[&two, &three]))
        .then("key_named");
    // The first statement may name a key that was known before the log said so.
    given_nothing([begun()]).when(operator(), statement(&two, Some((&one, until)), &[&one, &two])).then("key_named");
}

#[test]
fn a_key_that_only_the_new_one_signs_for_is_refused() {
    let (one, two, other) = (signer(1), signer(2), signer(9));
    let until = moment("12-01");
    for by in [&[&two][..], &[&one], &[&other, &two], &[&one, &other]] {
        given_nothing([begun()])
            .when(operator(), first())
            .then("key_named")
            .when(operator(), statement(&two, Some((&one, until)), by))
            .then_refused("bad_key_statement");
    }
}

#[test]
fn a_statement_that_does_not_fit_the_keys_on_record_is_refused() {
    let (one, two, three) = (signer(1), signer(2), signer(3));
    let (past, until) = (moment("10-01").plus_micros(-1), moment("12-01"));
    let none = |text: &str| Act::NameKey(NameKey { statement: text.to_owned() });
    given_nothing([begun()])
        .when(operator(), none(""))
        .then_refused("bad_key_statement")
        .when(operator(), first())
        .then("key_named")
        .when(operator(), first())
        .then_refused("bad_key_statement")
        .when(operator(), statement(&two, None, &[&two]))
        .then_refused("bad_key_statement")
        .when(operator(), statement(&two, Some((&three, until)), &[&two, &three]))
        .then_refused("bad_key_statement")
        .when(operator(), statement(&one, Some((&one, until)), &[&one]))
        .then_refused("bad_key_statement")
        .when(operator(), statement(&two, Some((&one, past)), &[&one, &two]))
        .then_refused("bad_key_statement");
}

//! Stories of the log's beginning. It begins once, by the operator, with two administrators.
//! Nobody's power is assumed here that genesis does not give.

use proto::act::log::{ClockKind, CloseLog, Continued, CreateLog, Mode};
use proto::act::round::Phase;
use proto::checkpoint::Checkpoint;
use proto::note::Note;
use proto::tree::TreeHead;
use proto::{Act, Capacity};

use super::acts::{WHY, bind, close_phase, create_log, grant, score, unbind};
use super::fixture::id;
use super::given::{self, begun, does, opened};
use super::people::{admin_a, drafter, operator, timer};
use super::story::{given, given_nothing};

fn genesis(change: impl FnOnce(&mut CreateLog)) -> Act {
    let mut act = create_log();
    change(&mut act);
    Act::CreateLog(act)
}

#[test]
fn a_log_begins_with_the_operator_and_two_administrators() {
    given_nothing([]).when(operator(), genesis(|_| ())).then("log_created").in_stream("log").without_cause();
}

#[test]
fn the_two_administrators_hold_their_capacity_from_genesis_on() {
    let drafter = Act::GrantCapacity(grant("d", "g1", Capacity::Drafter, "a"));
    given_nothing([given::genesis(), does(operator(), bind("admin-a", "token-admin-a"))])
        .when(admin_a(), drafter)
        .then("capacity_granted");
}

#[test]
fn a_log_begins_once() {
    given_nothing([begun()]).when(operator(), genesis(|_| ())).then_refused("log_exists");
}

#[test]
fn a_log_begins_with_exactly_two_different_administrators() {
    for names in [&[][..], &["one"], &["one", "one"], &["one", "two", "three"]] {
        let administrators = names.iter().map(|n| id(n)).collect();
        given_nothing([]).when(operator(), genesis(|a| a.administrators = administrators)).then_refused_with(
            "bad_genesis",
            "detail",
            "two different administrators must be named",
        );
    }
}

#[test]
fn only_a_training_log_runs_on_a_scripted_clock() {
    let of = |mode, clock| genesis(move |a| (a.mode, a.clock) = (mode, clock));
    given_nothing([])
        .when(operator(), of(Mode::Live, ClockKind::Scripted))
        .then_refused("bad_genesis")
        .when(operator(), of(Mode::Live, ClockKind::System))
        .then("log_created");
    given_nothing([]).when(operator(), of(Mode::Training, ClockKind::System)).then("log_created");
}

/// The log's end.
pub fn closes() -> Act {
    Act::CloseLog(CloseLog { reason: WHY.to_owned() })
}

#[test]
fn a_log_that_ended_takes_nothing_more() {
    let story = given([opened()]);
    let (last, due) = (story.log.world.position + 1, story.log.world.next_due());
    assert!(due.is_some(), "the timer has something to do");
    let story = story
        .when(operator(), Act::CloseLog(CloseLog { reason: " ".to_owned() }))
        .then_refused("reason_required")
        .when(operator(), closes())
        .then("log_closed")
        .in_stream("log")
        .without_cause()
        .when(operator(), closes())
        .then_refused_with("log_closed", "position", &last.to_string())
        .when(drafter("a"), score("a", "1.1", "6"))
        .then_refused("log_closed")
        .when(timer(), close_phase(Phase::SelfScoring))
        .then_refused("log_closed")
        .when(operator(), super::anchors::over(last))
        .then_refused("log_closed");
    assert_eq!(story.log.world.next_due(), None, "a deadline closes nothing in a log that ended");
    assert_eq!(story.at("12-20").log.world.position, last);
}

#[test]
fn a_log_goes_on_from_another_one_by_the_checkpoint_over_its_end() {
    let root = proto::Hash([7; 32]);
    let note = |origin: &str, size: u64| {
        let head = TreeHead { size, root };
        let mut note = Note::new(Checkpoint::new(origin, head).to_string()).expect("a text");
        note.push(super::keys::signer(1).sign(note.text(), 0)).expect("room");
        note.to_string()
    };
    let of = |checkpoint: String, size: u64| {
        let old = Continued { checkpoint, origin: "old.example/1".parse().expect("an origin"), root, size };
        genesis(|act| act.continues = Some(old))
    };
    let differs = "the checkpoint is not over the end of the log before that is named";
    given_nothing([])
        .when(operator(), of(note("old.example/2", 9), 9))
        .then_refused_with("bad_genesis", "detail", differs)
        .when(operator(), of(note("old.example/1", 8), 9))
        .then_refused_with("bad_genesis", "detail", differs)
        .when(operator(), of("old.example/1\n".to_owned(), 9))
        .then_refused("bad_genesis")
        .when(operator(), of(note("old.example/1", 9), 9))
        .then("log_created");
}

#[test]
fn nothing_is_written_before_the_log_begins() {
    given_nothing([])
        .when(operator(), bind("admin-a", "t1"))
        .then_refused("log_missing")
        .when(operator(), unbind("admin-a", "t1"))
        .then_refused("log_missing")
        .when(timer(), close_phase(Phase::SelfScoring))
        .then_refused("log_missing")
        .when(admin_a(), Act::GrantCapacity(grant("d", "g1", Capacity::Drafter, "a")))
        .then_refused("credential_not_bound");
}

#[test]
fn nobody_but_the_operator_begins_a_log_or_binds_a_credential() {
    given([])
        .when(admin_a(), genesis(|_| ()))
        .then_refused_with("capacity_wrong", "needed", "operator")
        .when(admin_a().in_capacity(Capacity::Operator), bind("x", "t1"))
        .then_refused_with("capacity_wrong", "needed", "operator")
        .when(operator().in_capacity(Capacity::Administrator), bind("x", "t1"))
        .then_refused_with("capacity_wrong", "needed", "operator");
}

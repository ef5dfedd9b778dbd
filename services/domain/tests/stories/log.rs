//! Stories of the log's beginning. It begins once, by the operator, with two administrators.
//! Nobody's power is assumed here that genesis does not give.

use proto::act::log::{ClockKind, CreateLog, Mode};
use proto::act::round::Phase;
use proto::{Act, Capacity};

use super::acts::{bind, close_phase, create_log, grant, unbind};
use super::fixture::id;
use super::given::{self, begun, does};
use super::people::{admin_a, operator, timer};
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

//! Stories of who held which capacity when: what was granted, confirmed, ended, and what spoke for whom.
//! The register is shown a log's own events; it knows nothing of an account.

use domain::Register;
use proto::act::grants::GrantCapacity;
use proto::who::GrantLine;
use proto::{Act, Capacity, Instant};

use super::acts::{bind, confirm_grant, grant, revoke, unbind};
use super::fixture::{id, just_before, moment};
use super::given::{Steps, at, does, founded, play};
use super::harness::Log;
use super::people::{admin_a, admin_b, operator};

fn log_of(steps: Steps) -> Log {
    let mut log = Log::of(founded());
    play(&mut log, steps);
    log
}

fn shown(mut register: Register, log: &Log) -> Register {
    for (event, hash) in log.events.iter().zip(&log.hashes) {
        register.take(event, *hash);
    }
    register
}

fn grants(log: &Log, actor: &str, at: Instant) -> Vec<GrantLine> {
    shown(Register::of_actor(id(actor)), log).all(at).0
}

fn holders(log: &Log, capacity: Capacity, unit: &str, at: &str) -> Vec<String> {
    let unit = (!unit.is_empty()).then(|| id(unit));
    let held = shown(Register::of_capacity(capacity, unit), log).holding(moment(at));
    held.iter().map(|g| g.actor.to_string()).collect()
}

#[test]
fn a_grant_is_told_with_the_events_that_made_and_ended_it() {
    let log = log_of([at("10-20"), does(admin_a(), revoke("drafter-a", "g1"))].concat());
    let told = grants(&log, "drafter-a", log.at);
    assert_eq!(told.len(), 1);
    let line = &told[0];
    assert_eq!((line.capacity, line.unit.clone(), line.state.word()), (Capacity::Drafter, Some(id("a")), "revoked"));
    assert_eq!((line.granted.kind.as_str(), line.granted.actor.id.as_str()), ("capacity_granted", "admin-a"));
    let revoked = line.revoked.as_ref().expect("it was");
    assert_eq!((revoked.position, revoked.reason.as_str()), (log.events.len() as u64, "Biên bản số 12"));
    assert!(line.confirmed.is_none() && !line.awaits_second);
}

#[test]
fn what_takes_two_people_waits_for_the_second() {
    let granted = Act::GrantCapacity(grant("auditor", "g1", Capacity::Inspector, ""));
    let first = [does(operator(), bind("auditor", "token-auditor")), does(admin_a(), granted)].concat();
    let log = log_of(first.clone());
    assert_eq!(grants(&log, "auditor", log.at)[0].state.word(), "pending");
    assert_eq!(holders(&log, Capacity::Inspector, "", "10-02"), ["inspector"], "he who was confirmed alone");
    let log = log_of([first, does(admin_b(), confirm_grant("auditor", "g1"))].concat());
    let line = &grants(&log, "auditor", log.at)[0];
    let confirmed = line.confirmed.as_ref().expect("it was");
    assert_eq!((line.state.word(), confirmed.actor.id.as_str()), ("holds", "admin-b"));
    assert_eq!(holders(&log, Capacity::Inspector, "", "10-02"), ["auditor", "inspector"]);
}

#[test]
fn a_grant_holds_between_its_dates() {
    let dated = GrantCapacity {
        from: moment("11-01"),
        until: Some(moment("11-10")),
        ..grant("deputy", "g1", Capacity::Chief, "a")
    };
    let log =
        log_of([does(operator(), bind("deputy", "t-deputy")), does(admin_a(), Act::GrantCapacity(dated))].concat());
    let held = |at| (grants(&log, "deputy", moment(at))[0].state.word(), holders(&log, Capacity::Chief, "a", at).len());
    assert_eq!(held("10-31 23:59"), ("not_yet", 1));
    assert_eq!(held("11-01"), ("holds", 2));
    assert_eq!(held("11-09 23:59"), ("holds", 2));
    assert_eq!(held("11-10"), ("over", 1), "the end is the first moment at which it no longer holds");
}

#[test]
fn genesis_names_two_administrators() {
    let log = log_of(Steps::new());
    assert_eq!(holders(&log, Capacity::Administrator, "", "10-02"), ["admin-a", "admin-b"]);
    let line = &grants(&log, "admin-a", log.at)[0];
    assert_eq!((line.grant.as_str(), line.granted.kind.as_str()), ("genesis", "log_created"));
}

#[test]
fn a_capacity_is_looked_for_in_one_unit_or_everywhere() {
    let log = log_of(Steps::new());
    assert_eq!(holders(&log, Capacity::Drafter, "b", "10-02"), ["drafter-b"]);
    assert_eq!(holders(&log, Capacity::Drafter, "", "10-02").len(), 5);
    assert!(holders(&log, Capacity::Drafter, "agency", "10-02").is_empty());
    let register = shown(Register::of_capacity(Capacity::Drafter, Some(id("b"))), &log);
    assert!(register.holding(just_before(moment("10-01"))).is_empty(), "before its first moment it did not hold");
}

#[test]
fn a_credential_is_told_from_its_binding_to_its_end() {
    let again = [does(operator(), bind("drafter-a", "t-2")), does(operator(), unbind("drafter-a", "t-2"))].concat();
    let log = log_of(again);
    let told = shown(Register::of_actor(id("drafter-a")), &log).all(log.at).1;
    let told: Vec<_> = told.iter().map(|c| (c.credential.as_str(), c.unbound.is_some())).collect();
    assert_eq!(told, [("token-drafter-a", false), ("t-2", true)]);
    assert!(shown(Register::of_actor(id("nobody")), &log).all(log.at).1.is_empty());
}

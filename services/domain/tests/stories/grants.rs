//! Stories of powers: who is granted what by whom, for how long, in which unit and round.
//! A power that the log does not say was granted is never assumed.

use proto::act::grants::GrantCapacity;
use proto::act::log::Incompatible;
use proto::{Act, Capacity};

use super::acts::{self, bind, confirm_grant, grant, revoke, score, submit, unbind};
use super::fixture::{id, just_before, moment, r22};
use super::given::{Steps, at, does, drafted, genesis, opened};
use super::people::{admin_a, admin_b, chief, drafter, operator, person, token_of};
use super::story::{given, given_nothing};
use super::variant::because;

fn granting(change: impl FnOnce(&mut GrantCapacity)) -> Act {
    let mut act = grant("new", "g1", Capacity::Chief, "a");
    change(&mut act);
    Act::GrantCapacity(act)
}

fn token(actor: &str) -> Steps {
    does(operator(), bind(actor, &token_of(actor)))
}

/// A log in which one person may hold anything together.
fn compatible() -> Steps {
    let mut create = acts::create_log();
    create.incompatible.clear();
    let tokens = ["admin-a", "admin-b"].map(|a| does(operator(), bind(a, &token_of(a)))).concat();
    [does(operator(), Act::CreateLog(create)), tokens].concat()
}

#[test]
fn an_administrator_grants_a_capacity() {
    let act = grant("new", "g1", Capacity::Chief, "a");
    let fact = proto::act::grants::CapacityGranted { grant: act.clone(), awaits_second: false };
    given([]).when(admin_a(), Act::GrantCapacity(act)).then(proto::Fact::CapacityGranted(fact)).in_stream("grants/new");
}

#[test]
fn administrator_and_inspector_take_two_people() {
    for capacity in [Capacity::Administrator, Capacity::Inspector] {
        let act = grant("new", "g1", capacity, "");
        let fact = proto::act::grants::CapacityGranted { grant: act.clone(), awaits_second: true };
        let next = Act::GrantCapacity(grant("newer", "g1", Capacity::Publisher, ""));
        let new = || person("new", capacity, "");
        // What an inspector does is reading; for the gate it is enough that he has the capacity and the act is another's.
        let after = if capacity == Capacity::Administrator { None } else { Some("capacity_wrong") };
        let story = given([token("new")])
            .when(admin_a(), Act::GrantCapacity(act))
            .then(proto::Fact::CapacityGranted(fact))
            .when(new(), next.clone())
            .then_refused(after.unwrap_or("capacity_missing"))
            .when(admin_a(), confirm_grant("new", "g1"))
            .then_refused("second_person_required")
            .when(admin_b(), confirm_grant("new", "g1"))
            .then("grant_confirmed")
            .in_stream("grants/new")
            .when(new(), next);
        match after {
            None => story.then("capacity_granted"),
            Some(code) => story.then_refused(code),
        };
    }
}

#[test]
fn who_receives_a_grant_does_not_confirm_it() {
    given_nothing([compatible()])
        .when(admin_a(), Act::GrantCapacity(grant("admin-b", "g2", Capacity::Inspector, "")))
        .then("capacity_granted")
        .when(admin_b(), confirm_grant("admin-b", "g2"))
        .then_refused("second_person_required");
}

#[test]
fn only_a_pending_grant_is_confirmed_and_only_once() {
    given([does(admin_a(), Act::GrantCapacity(grant("new", "g1", Capacity::Inspector, "")))])
        .when(admin_b(), confirm_grant("new", "g9"))
        .then_refused("grant_unknown")
        .when(admin_b(), confirm_grant("nobody", "g1"))
        .then_refused("grant_unknown")
        .when(admin_b(), confirm_grant("chief-a", "g1"))
        .then_refused("grant_not_pending")
        .when(admin_b(), confirm_grant("new", "g1"))
        .then("grant_confirmed")
        .when(admin_b(), confirm_grant("new", "g1"))
        .then_refused("grant_not_pending");
}

#[test]
fn a_grant_that_was_taken_back_while_it_waited_is_not_confirmed() {
    given([does(admin_a(), Act::GrantCapacity(grant("new", "g1", Capacity::Inspector, "")))])
        .when(admin_a(), revoke("new", "g1"))
        .then("capacity_revoked")
        .when(admin_b(), confirm_grant("new", "g1"))
        .then_refused("grant_not_pending");
}

#[test]
fn nobody_grants_himself() {
    let own = |capacity| Act::GrantCapacity(grant("admin-a", "g2", capacity, "a"));
    given([])
        .when(admin_a(), own(Capacity::Chief))
        .then_refused("self_grant")
        .when(admin_a(), own(Capacity::Administrator))
        .then_refused("self_grant");
}

#[test]
fn operator_and_timer_are_granted_to_nobody() {
    for capacity in [Capacity::Operator, Capacity::System] {
        given([]).when(admin_a(), granting(|a| a.capacity = capacity)).then_refused_with(
            "not_grantable",
            "capacity",
            capacity.as_str(),
        );
    }
}

#[test]
fn a_grants_id_stands_once_in_the_history_of_its_actor() {
    given([does(admin_a(), granting(|_| ()))])
        .when(admin_a(), granting(|a| a.unit = Some(id("b"))))
        .then_refused("grant_exists")
        .when(admin_a(), revoke("new", "g1"))
        .then("capacity_revoked")
        .when(admin_a(), granting(|_| ()))
        .then_refused("grant_exists")
        .when(admin_a(), granting(|a| a.actor = id("newer")))
        .then("capacity_granted");
}

#[test]
fn a_grant_has_what_its_capacity_needs() {
    let from = moment("10-01");
    let table: [(&str, Act); 8] = [
        ("it would end before it begins", granting(|a| a.until = Some(from))),
        ("it would end before it begins", granting(|a| a.until = Some(just_before(from)))),
        ("acting for the chief is a grant of chief with an end", granting(|a| a.acting_for = Some(id("chief-a")))),
        (
            "acting for the chief is a grant of chief with an end",
            granting(|a| {
                (a.capacity, a.until) = (Capacity::Drafter, Some(moment("11-01")));
                a.acting_for = Some(id("chief-a"));
            }),
        ),
        ("only appraisers are granted fields", granting(|a| a.fields = vec![id("1")])),
        ("drafter, chief and appraiser are held in a unit", granting(|a| a.unit = None)),
        (
            "drafter, chief and appraiser are held in a unit",
            granting(|a| (a.capacity, a.unit) = (Capacity::Drafter, None)),
        ),
        (
            "drafter, chief and appraiser are held in a unit",
            granting(|a| (a.capacity, a.unit) = (Capacity::Appraiser, None)),
        ),
    ];
    for (detail, act) in table {
        given([]).when(admin_a(), act).then_refused_with("bad_grant", "detail", detail);
    }
}

#[test]
fn capacities_that_exclude_each_other_are_not_held_together() {
    let chief = |actor: &str| granting(|a| (a.actor, a.grant) = (id(actor), id("g2")));
    given([])
        .when(admin_a(), chief("admin-b"))
        .then_refused_with("capacities_incompatible", "one", "administrator")
        .when(admin_a(), Act::GrantCapacity(grant("chief-a", "g2", Capacity::Administrator, "")))
        .then_refused_with("capacities_incompatible", "one", "chief")
        .when(admin_a(), chief("drafter-a"))
        .then("capacity_granted");
}

#[test]
fn a_rule_of_incompatibility_holds_in_both_directions() {
    let mut create = acts::create_log();
    create.incompatible = vec![Incompatible { capacity: Capacity::Council, with: vec![Capacity::Appraiser] }];
    let tokens = ["admin-a", "admin-b"].map(|a| does(operator(), bind(a, &token_of(a)))).concat();
    let log = [does(operator(), Act::CreateLog(create)), tokens].concat();
    let of = |actor: &str, id: &str, capacity| Act::GrantCapacity(grant(actor, id, capacity, "a"));
    given_nothing([
        log,
        does(admin_a(), of("m", "g1", Capacity::Council)),
        does(admin_a(), of("p", "g1", Capacity::Appraiser)),
    ])
    .when(admin_a(), of("m", "g2", Capacity::Appraiser))
    .then_refused("capacities_incompatible")
    .when(admin_a(), of("p", "g2", Capacity::Council))
    .then_refused("capacities_incompatible");
}

#[test]
fn a_pending_grant_excludes_others_but_one_that_is_over_does_not() {
    let pending = Act::GrantCapacity(grant("new", "g0", Capacity::Administrator, ""));
    let ended = Act::GrantCapacity(GrantCapacity {
        until: Some(moment("11-01")),
        ..grant("old", "g0", Capacity::Administrator, "")
    });
    let from_then_on = granting(|a| (a.actor, a.from) = (id("old"), moment("11-01")));
    let just_after = moment("11-01").plus_micros(1);
    let over_before = |end| {
        let act = grant("old", "g2", Capacity::Administrator, "");
        Act::GrantCapacity(GrantCapacity { until: Some(end), ..act })
    };
    let a_moment_before = granting(|a| (a.actor, a.from) = (id("old"), just_before(moment("11-01"))));
    given([does(admin_a(), pending), does(admin_a(), ended)])
        .when(admin_a(), granting(|_| ()))
        .then_refused("capacities_incompatible")
        .when(admin_a(), a_moment_before)
        .then_refused("capacities_incompatible")
        .when(admin_a(), from_then_on)
        .then("capacity_granted")
        .when(admin_a(), over_before(just_after))
        .then_refused("capacities_incompatible")
        .when(admin_a(), over_before(moment("11-01")))
        .then("capacity_granted")
        .when(admin_a(), revoke("new", "g0"))
        .then("capacity_revoked")
        .when(admin_a(), granting(|_| ()))
        .then("capacity_granted");
}

#[test]
fn a_capacity_that_was_taken_back_is_gone() {
    given([opened()])
        .when(drafter("a"), score("a", "1.1", "6"))
        .then("self_scored")
        .when(admin_b(), revoke("drafter-a", "g1"))
        .then("capacity_revoked")
        .in_stream("grants/drafter-a")
        .when(drafter("a"), score("a", "1.1", "5"))
        .then_refused_with("capacity_missing", "capacity", "drafter")
        .when(admin_b(), revoke("drafter-a", "g1"))
        .then_refused("grant_unknown")
        .when(admin_b(), revoke("drafter-a", "g9"))
        .then_refused("grant_unknown");
}

#[test]
fn taking_back_gives_a_reason() {
    given([])
        .when(admin_b(), because("  \n", revoke("drafter-a", "g1")))
        .then_refused("reason_required")
        .when(operator(), because("", unbind("drafter-a", "token-drafter-a")))
        .then_refused("reason_required");
}

#[test]
fn an_administrator_who_was_revoked_grants_nothing() {
    let third = does(admin_b(), Act::GrantCapacity(grant("admin-c", "g1", Capacity::Administrator, "")));
    let confirmed = does(admin_a(), confirm_grant("admin-c", "g1"));
    given([third, confirmed])
        .when(admin_b(), revoke("admin-a", "genesis"))
        .then("capacity_revoked")
        .when(admin_a(), granting(|_| ()))
        .then_refused("capacity_missing")
        .when(admin_a(), confirm_grant("new", "g1"))
        .then_refused("capacity_missing");
}

#[test]
fn who_signs_for_the_chief_does_so_within_his_dates() {
    let deputy = granting(|a| {
        (a.from, a.until) = (moment("11-05"), Some(moment("11-08")));
        a.acting_for = Some(id("chief-a"));
    });
    let new = || person("new", Capacity::Chief, "a");
    let end = moment("11-08");
    given([token("new"), does(admin_a(), deputy), opened(), drafted("a", &[])])
        .at_instant(just_before(moment("11-05")))
        .when(new(), submit("a"))
        .then_refused("capacity_missing")
        .at("11-05")
        .when(new(), submit("a"))
        .then("sheet_submitted")
        .at_instant(just_before(end))
        .when(new(), acts::withdraw("a"))
        .then("sheet_withdrawn")
        .at_instant(end)
        .when(new(), submit("a"))
        .then_refused("capacity_missing")
        .when(chief("a"), submit("a"))
        .then("sheet_submitted");
}

#[test]
fn a_grant_for_one_round_holds_in_no_other() {
    let bound = granting(|a| (a.capacity, a.round) = (Capacity::Drafter, Some(id("r21"))));
    let here = granting(|a| (a.capacity, a.round, a.grant) = (Capacity::Drafter, Some(r22()), id("g2")));
    let new = || person("new", Capacity::Drafter, "a");
    given([token("new"), does(admin_a(), bound), opened()])
        .when(new(), score("a", "1.1", "6"))
        .then_refused("capacity_missing")
        .when(admin_a(), here)
        .then("capacity_granted")
        .when(new(), score("a", "1.1", "6"))
        .then("self_scored");
}

#[test]
fn a_grant_for_one_round_holds_for_nothing_outside_rounds() {
    let bound = GrantCapacity { round: Some(r22()), ..grant("new", "g1", Capacity::Secretariat, "") };
    let whole = super::fixture::catalogue_value(&super::fixture::catalogue());
    given([token("new"), does(admin_a(), Act::GrantCapacity(bound)), opened()])
        .when(person("new", Capacity::Secretariat, ""), acts::part(proto::document::DocKind::Catalogue, "d", 1, &whole))
        .then_refused("capacity_missing");
}

#[test]
fn a_capacity_held_in_a_unit_is_used_in_that_unit() {
    given([opened()])
        .when(drafter("a").in_unit("b"), score("b", "1.1", "6"))
        .then_refused("capacity_missing")
        .when(drafter("a").in_unit(""), score("a", "1.1", "6"))
        .then_refused("capacity_missing")
        .when(drafter("a"), score("b", "1.1", "6"))
        .then_refused_with("unit_not_own", "unit", "b");
}

#[test]
fn powers_are_given_in_a_log_that_has_begun_however_late() {
    given_nothing([genesis(), at("12-01"), does(operator(), bind("admin-a", &token_of("admin-a")))])
        .when(admin_a(), granting(|a| a.from = moment("11-01")))
        .then("capacity_granted");
}

#[test]
fn the_operator_makes_an_administrator_only_where_fewer_than_two_are_left() {
    let recovers = || Act::GrantCapacity(grant("rescuer", "g1", Capacity::Administrator, ""));
    let held = |awaits_second| {
        let grant = grant("rescuer", "g1", Capacity::Administrator, "");
        proto::Fact::CapacityGranted(proto::act::grants::CapacityGranted { grant, awaits_second })
    };
    let rescuer = || person("rescuer", Capacity::Administrator, "");
    let new_chief = |actor: &str| Act::GrantCapacity(grant(actor, "g1", Capacity::Chief, "a"));
    // While two are left, nothing of it is the operator's.
    given([]).when(operator(), recovers()).then_refused_with("capacity_wrong", "needed", "administrator");
    // One left is the second person.
    given([token("rescuer"), does(admin_a(), revoke("admin-b", "genesis"))])
        .when(operator(), granting(|_| ()))
        .then_refused_with("capacity_wrong", "needed", "operator")
        .when(operator(), recovers())
        .then(held(true))
        .when(rescuer(), new_chief("new"))
        .then_refused("capacity_missing")
        .when(admin_a(), confirm_grant("rescuer", "g1"))
        .then("grant_confirmed")
        .when(rescuer(), new_chief("new"))
        .then("capacity_granted")
        .when(operator(), Act::GrantCapacity(grant("third", "g1", Capacity::Administrator, "")))
        .then_refused_with("capacity_wrong", "needed", "administrator");
    // Nobody left: the operator's word stands alone, for one.
    let gone = [does(admin_a(), revoke("admin-b", "genesis")), does(admin_a(), revoke("admin-a", "genesis"))];
    let until = |act: Act| match act {
        Act::GrantCapacity(grant) => Act::GrantCapacity(GrantCapacity { until: Some(moment("12-31")), ..grant }),
        other => other,
    };
    given([[token("rescuer")].concat(), gone.concat()])
        .when(operator(), until(recovers()))
        .then_refused_with("capacity_wrong", "needed", "administrator")
        .when(operator(), recovers())
        .then(held(false))
        .when(rescuer(), new_chief("new"))
        .then("capacity_granted")
        .when(operator(), Act::GrantCapacity(grant("third", "g1", Capacity::Administrator, "")))
        .then("capacity_granted")
        .when(rescuer(), confirm_grant("third", "g1"))
        .then("grant_confirmed");
}

//! Stories of credentials: bound and ended by the operator, by administrators who are signed in, and by everybody for himself; each for
//! one actor, each as what it is. A credential that the log does not bind to an actor never speaks for him.

use proto::act::grants::BindCredential;
use proto::{Act, Capacity, ViaKind};

use super::acts::{bind, confirm_grant, grant, revoke, score, unbind};
use super::given::{Steps, does, opened};
use super::people::{Who, admin_a, admin_b, drafter, granted, operator, person};
use super::story::given;

/// An account, and no token.
fn account(actor: &str, credential: &str) -> Act {
    let Act::BindCredential(bind) = bind(actor, credential) else { unreachable!("it is that") };
    Act::BindCredential(BindCredential { method: ViaKind::Session, ..bind })
}

/// Somebody's account, by the operator.
fn has_account(actor: &str) -> Steps {
    does(operator(), account(actor, &format!("account-{actor}")))
}

/// The same person, signed in.
fn signed_in(who: Who) -> Who {
    let credential = format!("account-{}", who.principal.actor);
    who.with_credential(Some(&credential)).through(ViaKind::Session)
}

#[test]
fn a_credential_is_bound_to_one_actor() {
    given([])
        .when(operator(), bind("new", "t1"))
        .then("credential_bound")
        .in_stream("grants/new")
        .when(operator(), bind("newer", "t1"))
        .then_refused("credential_exists")
        .when(operator(), bind("new", "t1"))
        .then_refused("credential_exists");
}

#[test]
fn a_credential_that_was_ended_speaks_for_nobody() {
    given([opened()])
        .when(operator(), unbind("drafter-a", "token-drafter-b"))
        .then_refused("credential_not_bound")
        .when(operator(), unbind("nobody", "token-drafter-b"))
        .then_refused("credential_not_bound")
        .when(operator(), unbind("drafter-a", "token-drafter-a"))
        .then("credential_unbound")
        .when(drafter("a"), score("a", "1.1", "6"))
        .then_refused_with("credential_not_bound", "actor", "drafter-a")
        .when(operator(), unbind("drafter-a", "token-drafter-a"))
        .then_refused("credential_not_bound")
        .when(operator(), bind("drafter-a", "token-drafter-a"))
        .then("credential_bound")
        .when(drafter("a"), score("a", "1.1", "6"))
        .then("self_scored");
}

#[test]
fn a_credential_speaks_for_its_actor_only_and_only_as_what_it_is() {
    let table = [
        drafter("a").with_credential(Some("token-drafter-b")),
        drafter("a").with_credential(Some("token-nobody")),
        drafter("a").with_credential(None),
        drafter("a").through(ViaKind::Session),
        drafter("a").through(ViaKind::Oidc),
    ];
    for who in table {
        given([opened()]).when(who, score("a", "1.1", "6")).then_refused("credential_not_bound");
    }
}

#[test]
fn an_administrator_who_is_signed_in_gives_accounts_out_and_ends_them() {
    given([has_account("admin-a"), has_account("secretary")])
        .when(signed_in(admin_a()), account("new", "a1"))
        .then("credential_bound")
        .in_stream("grants/new")
        .when(signed_in(admin_a()), account("new", "a1"))
        .then_refused("credential_exists")
        .when(signed_in(granted("secretary")), account("newer", "a2"))
        .then_refused_with("capacity_wrong", "needed", "administrator")
        .when(signed_in(granted("secretary")).in_capacity(Capacity::Administrator), account("newer", "a2"))
        .then_refused("capacity_missing")
        .when(admin_a(), account("newer", "a2"))
        .then_refused_with("capacity_wrong", "needed", "operator")
        .when(signed_in(admin_a()), unbind("new", "a1"))
        .then("credential_unbound");
}

#[test]
fn nobody_alone_gives_a_credential_to_whom_it_takes_two_to_make() {
    let admin = || signed_in(admin_a());
    let story = given([has_account("admin-a"), has_account("admin-b"), has_account("inspector")]);
    let mut story = story.when(admin(), account("admin-a", "a2")).then_refused("terminal_required");
    for other in ["admin-b", "inspector"] {
        story = story
            .when(admin(), account(other, "a2"))
            .then_refused_with("terminal_required", "actor", other)
            .when(admin(), unbind(other, &format!("account-{other}")))
            .then_refused("terminal_required");
    }
    story
        .when(admin(), unbind("admin-a", "account-admin-a"))
        .then_refused("terminal_required")
        // Nor one that waits to become it.
        .when(admin(), Act::GrantCapacity(grant("next", "g1", Capacity::Inspector, "")))
        .then("capacity_granted")
        .when(admin(), account("next", "a3"))
        .then_refused("terminal_required")
        .when(admin(), revoke("next", "g1"))
        .then("capacity_revoked")
        .when(admin(), account("next", "a3"))
        .then("credential_bound");
}

#[test]
fn whoever_has_an_account_by_an_administrators_hand_does_not_become_what_takes_two() {
    let inspector = || Act::GrantCapacity(grant("new", "g1", Capacity::Inspector, ""));
    given([has_account("admin-a")])
        .when(signed_in(admin_a()), account("new", "a1"))
        .then("credential_bound")
        .when(admin_b(), inspector())
        .then_refused_with("terminal_required", "actor", "new")
        .when(admin_b(), Act::GrantCapacity(grant("new", "g0", Capacity::Publisher, "")))
        .then("capacity_granted")
        .when(signed_in(admin_a()), unbind("new", "a1"))
        .then("credential_unbound")
        .when(operator(), account("new", "a2"))
        .then("credential_bound")
        .when(admin_b(), inspector())
        .then(proto::Fact::CapacityGranted(proto::act::grants::CapacityGranted {
            grant: grant("new", "g1", Capacity::Inspector, ""),
            awaits_second: true,
        }))
        .when(admin_a(), confirm_grant("new", "g1"))
        .then("grant_confirmed");
}

#[test]
fn everybody_who_is_signed_in_and_holds_a_capacity_makes_and_ends_his_own_tokens_and_nobody_elses() {
    let own = || signed_in(drafter("a"));
    given([opened(), has_account("drafter-a"), has_account("admin-a"), has_account("nobody")])
        .when(own(), bind("drafter-a", "t2"))
        .then("credential_bound")
        .when(drafter("a").with_credential(Some("t2")), score("a", "1.1", "6"))
        .then("self_scored")
        .when(own(), bind("drafter-b", "t3"))
        .then_refused_with("capacity_wrong", "needed", "administrator")
        .when(own(), unbind("drafter-b", "token-drafter-b"))
        .then_refused_with("capacity_wrong", "needed", "administrator")
        .when(signed_in(admin_a()), bind("drafter-b", "t3"))
        .then_refused("terminal_required")
        .when(drafter("a"), bind("drafter-a", "t3"))
        .then_refused_with("capacity_wrong", "needed", "operator")
        .when(signed_in(person("nobody", Capacity::Drafter, "a")), bind("nobody", "t3"))
        .then_refused("capacity_missing")
        .when(own().in_capacity(Capacity::Chief), bind("drafter-a", "t3"))
        .then_refused("capacity_missing")
        .when(own(), unbind("drafter-a", "t2"))
        .then("credential_unbound")
        .when(drafter("a").with_credential(Some("t2")), score("a", "1.2", "6"))
        .then_refused("credential_not_bound");
}

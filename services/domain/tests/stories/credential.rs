//! Stories of credentials: bound and ended by the operator, each for one actor, each as what it is.
//! A credential that the log does not bind to an actor never speaks for him.

use proto::ViaKind;

use super::acts::{bind, score, unbind};
use super::given::opened;
use super::people::{drafter, operator};
use super::story::given;

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

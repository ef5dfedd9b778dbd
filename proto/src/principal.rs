//! Who speaks, as identity found out: the actor and through what. A command never says this of itself (RULINGS 3).

use crate::envelope::{Via, ViaKind};
use crate::ids::{ActorId, CredentialId};

/// An authenticated speaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The actor.
    pub actor: ActorId,
    /// Through what he speaks.
    pub via: Via,
}

impl Principal {
    /// Someone who speaks by a bearer token.
    #[must_use]
    pub fn token(actor: ActorId, credential: CredentialId) -> Self {
        Self { actor, via: Via { kind: ViaKind::Token, credential: Some(credential) } }
    }

    /// Someone who is signed in on a page.
    #[must_use]
    pub fn session(actor: ActorId, credential: CredentialId) -> Self {
        Self { actor, via: Via { kind: ViaKind::Session, credential: Some(credential) } }
    }

    /// Someone who is signed in on a page, by an identity provider.
    #[must_use]
    pub fn oidc(actor: ActorId, credential: CredentialId) -> Self {
        Self { actor, via: Via { kind: ViaKind::Oidc, credential: Some(credential) } }
    }

    /// The operator at the data folder.
    #[must_use]
    pub fn operator() -> Self {
        let actor = ActorId::parse("operator").expect("an actor's form");
        Self { actor, via: Via { kind: ViaKind::Cli, credential: None } }
    }

    /// The ledger's own timer.
    #[must_use]
    pub fn system() -> Self {
        let actor = ActorId::parse("system").expect("an actor's form");
        Self { actor, via: Via { kind: ViaKind::System, credential: None } }
    }
}

//! Powers: who was granted which capacity, and which credential speaks for whom (RULINGS 3, 18, 19).
//! No secret and no name stands here: a credential is its public id and a commitment.

use super::wire;
use crate::envelope::{Capacity, ViaKind};
use crate::hash::Hash;
use crate::ids::{ActorId, Code, CredentialId, GrantId, RoundId, UnitId};
use crate::instant::Instant;

wire! {
    /// Grants a capacity.
    pub struct GrantCapacity {
        /// Who receives it.
        pub actor: ActorId,
        /// The grant's id, unique within the actor.
        pub grant: GrantId,
        /// The capacity.
        pub capacity: Capacity,
        /// The unit it is held in: for drafters and chiefs the assessed unit, for others the agency they belong to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unit: Option<UnitId>,
        /// The only round it holds for; absent: every round.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub round: Option<RoundId>,
        /// The only fields it holds for; empty: every field.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub fields: Vec<Code>,
        /// From this moment on.
        pub from: Instant,
        /// The first moment at which it no longer holds; absent: until revoked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub until: Option<Instant>,
        /// The chief in whose place the holder signs (ký thay); needs `until`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub acting_for: Option<ActorId>,
    }

    /// A capacity was granted.
    pub struct CapacityGranted {
        /// What was granted.
        pub grant: GrantCapacity,
        /// Whether it holds only once a second administrator has confirmed it (RULINGS 19).
        pub awaits_second: bool,
    }

    /// A second administrator confirms a grant that takes two people.
    pub struct ConfirmGrant {
        /// Whose grant.
        pub actor: ActorId,
        /// Which grant.
        pub grant: GrantId,
    }

    /// Takes a granted capacity back.
    pub struct RevokeCapacity {
        /// Whose grant.
        pub actor: ActorId,
        /// Which grant.
        pub grant: GrantId,
        /// Why.
        pub reason: String,
    }

    /// Binds a credential to the actor that it speaks for.
    pub struct BindCredential {
        /// For whom it speaks.
        pub actor: ActorId,
        /// The credential's public id.
        pub credential: CredentialId,
        /// What it is.
        pub method: ViaKind,
        /// HMAC-SHA-256 over the digest of its secret (or over issuer and subject), under a salt kept by identity.
        pub commitment: Hash,
    }

    /// Ends a credential.
    pub struct UnbindCredential {
        /// For whom it spoke.
        pub actor: ActorId,
        /// The credential's public id.
        pub credential: CredentialId,
        /// Why.
        pub reason: String,
    }
}

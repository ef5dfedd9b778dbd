//! Who did what, and who held which capacity when, as the log says it (RULINGS 3, 18, 19).
//! People stand here by their opaque ids alone: no name is in the log.

use crate::act::{wire, words};
use crate::as_of::AsOf;
use crate::between::{EventLine, KindCount};
use crate::envelope::{Capacity, ViaKind};
use crate::hash::Hash;
use crate::ids::{ActorId, Code, CredentialId, GrantId, RoundId, UnitId};
use crate::instant::Instant;

wire! {
    /// Asks for every act of an actor, what he was granted, and what spoke for him.
    pub struct WhoQuery {
        /// The actor.
        pub actor: ActorId,
        /// Only up to this moment; absent: as it stands.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub as_of: Option<AsOf>,
        /// The first of his acts behind this position; absent: the latest ones.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub after: Option<u64>,
        /// The most acts; absent: as many as an answer holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub limit: Option<u64>,
    }

    /// A grant, and what became of it.
    pub struct GrantLine {
        /// To whom.
        pub actor: ActorId,
        /// The grant's id, unique within the actor.
        pub grant: GrantId,
        /// The capacity.
        pub capacity: Capacity,
        /// The unit it is held in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unit: Option<UnitId>,
        /// The only round it holds for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub round: Option<RoundId>,
        /// The only fields it holds for; empty: every field.
        pub fields: Vec<Code>,
        /// From this moment on.
        pub from: Instant,
        /// The first moment at which it no longer holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub until: Option<Instant>,
        /// The chief in whose place the holder signs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub acting_for: Option<ActorId>,
        /// Whether it holds only once a second administrator has confirmed it.
        pub awaits_second: bool,
        /// The event that granted it.
        pub granted: EventLine,
        /// The event that confirmed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub confirmed: Option<EventLine>,
        /// The event that took it back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub revoked: Option<EventLine>,
        /// How it stands at the moment that the answer is about.
        pub state: GrantStands,
    }

    /// A credential that speaks or spoke for an actor.
    pub struct CredentialLine {
        /// Its public id.
        pub credential: CredentialId,
        /// What it is.
        pub method: ViaKind,
        /// The event that bound it.
        pub bound: EventLine,
        /// The event that ended it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unbound: Option<EventLine>,
    }

    /// An actor as the log knows him.
    pub struct Who {
        /// What was asked.
        pub query: WhoQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The moment for which it is said what holds: that which was asked for, or the last event's; absent before the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub at: Option<Instant>,
        /// Every grant, in order; the latest ones where there are too many.
        pub grants: Vec<GrantLine>,
        /// How many grants are left out before these.
        pub grants_left_out: u64,
        /// Every credential, in order; the latest ones where there are too many.
        pub credentials: Vec<CredentialLine>,
        /// How many credentials are left out before these.
        pub credentials_left_out: u64,
        /// All of his acts, by kind.
        pub kinds: Vec<KindCount>,
        /// His acts in order; the latest ones where there are too many, or the first ones behind the position that was asked for.
        pub acts: Vec<EventLine>,
        /// How many acts are left out before these: asked as of the position before the first of these, they are told.
        pub acts_left_out: u64,
        /// How many acts are left out behind these.
        pub acts_behind: u64,
    }

    /// Asks who held a capacity at a moment.
    pub struct HoldersQuery {
        /// The capacity.
        pub capacity: Capacity,
        /// In this unit alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unit: Option<UnitId>,
        /// At this moment; absent: at the last event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub as_of: Option<AsOf>,
    }

    /// Who held a capacity at a moment.
    pub struct Holders {
        /// What was asked.
        pub query: HoldersQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The moment; absent before the first event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub at: Option<Instant>,
        /// The grants that hold then, by actor.
        pub held: Vec<GrantLine>,
        /// How many are left out, because there are too many.
        pub left_out: u64,
    }
}

words! {
    /// How a grant stands at a moment.
    pub enum GrantStands {
        /// A second administrator must confirm it.
        Pending,
        /// Its time has not come.
        NotYet,
        /// It holds.
        Holds,
        /// Its time is over.
        Over,
        /// It was taken back.
        Revoked,
    }
}

impl GrantStands {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::NotYet => "not_yet",
            Self::Holds => "holds",
            Self::Over => "over",
            Self::Revoked => "revoked",
        }
    }
}

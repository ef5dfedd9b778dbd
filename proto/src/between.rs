//! What is asked of a round between two moments: what changed (diff), and why a unit's rank moved (why-rank).
//! Each answer names the position and root at both ends; what it leaves out for length it counts.

use crate::act::round::Stage;
use crate::act::wire;
use crate::as_of::AsOf;
use crate::document::Text;
use crate::envelope::Actor;
use crate::exact::Exact;
use crate::hash::Hash;
use crate::ids::{BlockId, Code, RoundId, UnitId};
use crate::instant::Instant;
use crate::rows::{ExemptionState, FlagState, SheetState};
use crate::stream::Stream;

wire! {
    /// A place in the log that an answer stands on.
    #[derive(Copy)]
    pub struct Mark {
        /// The last position that was read; 0 for before the first event.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
    }

    /// An event as an answer names it.
    pub struct EventLine {
        /// Where it stands in the log.
        pub position: u64,
        /// Its hash.
        pub hash: Hash,
        /// Its stream.
        pub stream: Stream,
        /// Its version in the stream.
        pub version: u64,
        /// When.
        pub at: Instant,
        /// Who, in which capacity, in which unit.
        pub actor: Actor,
        /// What kind of event.
        pub kind: String,
        /// The leaf, bonus or penalty that it touched; absent for events of a whole sheet or round.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub leaf: Option<Code>,
        /// The reason, explanation, ground or text that stands in the event, its beginning where it is long.
        pub reason: String,
    }

    /// How many events of a kind there were.
    pub struct KindCount {
        /// The kind.
        pub kind: String,
        /// How many.
        pub events: u64,
    }

    /// Asks what changed in a round between two moments.
    pub struct DiffQuery {
        /// The round.
        pub round: RoundId,
        /// From what stood at this moment; absent: from before the first event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<AsOf>,
        /// To what stood at this moment; absent: as it stands.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to: Option<AsOf>,
        /// This unit alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unit: Option<UnitId>,
        /// This leaf, bonus or penalty alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub leaf: Option<Code>,
    }

    /// The points of a stage.
    pub struct StagePoints {
        /// The stage.
        pub stage: Stage,
        /// Its points.
        pub points: Exact,
    }

    /// A score as a diff compares it.
    #[derive(Default)]
    pub struct ScoreShown {
        /// The stages that are there, in rising order.
        pub stages: Vec<StagePoints>,
        /// The points that count, the survey's included; absent for none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub points: Option<Exact>,
        /// What became of a flag.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub flag: Option<FlagState>,
        /// What became of an exemption.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub exemption: Option<ExemptionState>,
        /// Pieces of evidence.
        pub evidence: u64,
    }

    /// What did it: the events that changed one thing, the latest ones.
    #[derive(Default)]
    pub struct DoneBy {
        /// The latest events, in order.
        pub events: Vec<EventLine>,
        /// How many more there are before these.
        pub earlier: u64,
    }

    /// A leaf that changed.
    pub struct LeafDiff {
        /// The leaf.
        pub leaf: Code,
        /// Its title.
        pub title: Text,
        /// As it stood.
        pub before: ScoreShown,
        /// As it stands after.
        pub after: ScoreShown,
        /// What did it.
        pub by: DoneBy,
    }

    /// A bonus or penalty that changed.
    pub struct ExtraDiff {
        /// Its code.
        pub code: Code,
        /// Its points before; absent for none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub before: Option<Exact>,
        /// Its points after.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub after: Option<Exact>,
        /// What did it.
        pub by: DoneBy,
    }

    /// A unit's sheet and totals as a diff compares them.
    pub struct UnitShown {
        /// The sheet's state.
        pub state: SheetState,
        /// Its rank; 0 for none.
        pub rank: u64,
        /// Its exact index; absent for none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub index: Option<Exact>,
        /// Its band; empty for none.
        pub band: String,
        /// All points.
        pub reached: Exact,
        /// The applicable maximum.
        pub maximum: Exact,
        /// Appraised points.
        pub appraisal: Exact,
        /// Survey points.
        pub survey: Exact,
        /// Bonus points.
        pub bonus: Exact,
        /// Penalty points.
        pub penalty: Exact,
    }

    /// A unit of which something changed.
    pub struct UnitDiff {
        /// The unit.
        pub unit: UnitId,
        /// Its name.
        pub name: Text,
        /// Its block.
        pub block: BlockId,
        /// As it stood; absent where the round was not open yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub before: Option<UnitShown>,
        /// As it stands after.
        pub after: UnitShown,
        /// What changed the sheet's state.
        pub sheet_by: DoneBy,
        /// The leaves that changed, in the tree's order.
        pub leaves: Vec<LeafDiff>,
        /// The bonuses and penalties that changed.
        pub extras: Vec<ExtraDiff>,
    }

    /// What changed in a round between two moments.
    pub struct Diff {
        /// What was asked.
        pub query: DiffQuery,
        /// Where it begins.
        pub from: Mark,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The events of the round in between, by kind, whatever they changed.
        pub kinds: Vec<KindCount>,
        /// The units of which something changed, in the round's order.
        pub units: Vec<UnitDiff>,
        /// How many leaves changed that the answer leaves out, because it would be too long.
        pub leaves_left_out: u64,
    }

    /// Asks why a unit's rank moved between two moments.
    pub struct WhyRankQuery {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// From what stood at this moment; absent: from before the first event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<AsOf>,
        /// To what stood at this moment; absent: as it stands.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to: Option<AsOf>,
    }

    /// How a unit stood: by the scores as they were, whether published or not.
    #[derive(Default)]
    pub struct Stood {
        /// Its rank; 0 for none.
        pub rank: u64,
        /// Its exact index; absent for none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub index: Option<Exact>,
    }

    /// What events did to a unit together. Such sums add up exactly, whichever way the events are told apart.
    #[derive(Default)]
    pub struct Effects {
        /// How many events had an effect.
        pub events: u64,
        /// Places gained: the rank before less the rank after. No rank counts as 0.
        pub places: i64,
        /// The change of the index. No index counts as 0.
        pub index: Exact,
    }

    /// What one event did to a unit, at its place in the log: the standing behind it against the standing before it.
    pub struct Effect {
        /// The event.
        pub event: EventLine,
        /// The position of the event that it follows from, if it is one of the round.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub cause: Option<u64>,
        /// The one unit whose scores it changed; absent where it changed those of several at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub mover: Option<UnitId>,
        /// How the unit stood before it.
        pub before: Stood,
        /// How it stood after it.
        pub after: Stood,
        /// Places gained by it: the rank before less the rank after. No rank counts as 0.
        pub places: i64,
        /// The change of the index by it. No index counts as 0.
        pub index: Exact,
        /// Units that stand before it now and did not.
        pub overtaken_by: Vec<UnitId>,
        /// Units that stood before it and do no longer.
        pub overtook: Vec<UnitId>,
    }

    /// A unit of the block: how it stood itself, and what changes of its scores did to the unit that was asked about.
    pub struct Mover {
        /// The unit.
        pub unit: UnitId,
        /// Its name.
        pub name: Text,
        /// How it stood.
        pub before: Stood,
        /// How it stands after.
        pub after: Stood,
        /// What events at its scores did to the unit that was asked about.
        pub effects: Effects,
    }

    /// An event that others follow from, and what those did together.
    pub struct Cause {
        /// The event.
        pub event: EventLine,
        /// What follows from it.
        pub effects: Effects,
    }

    /// Why a unit's rank moved. Effects are those of the events in their order: each is what its event changed when it was
    /// written, so that they add up to the whole change.
    pub struct WhyRank {
        /// What was asked.
        pub query: WhyRankQuery,
        /// Where it begins.
        pub from: Mark,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The unit's name.
        pub name: Text,
        /// Its block.
        pub block: BlockId,
        /// How it stood.
        pub before: Stood,
        /// How it stands after.
        pub after: Stood,
        /// All that moved it, together.
        pub whole: Effects,
        /// The events of the round in between, with an effect or without.
        pub read: u64,
        /// The units of its block, itself included, by size of effect on its rank, then on its index.
        pub movers: Vec<Mover>,
        /// What events did that changed the scores of several units at once, as a merged survey does.
        pub together: Effects,
        /// Events from which several others with an effect follow, by size of effect.
        pub causes: Vec<Cause>,
        /// The events that had an effect, by size of effect on its rank, then on its index, then in order.
        pub effects: Vec<Effect>,
        /// Those of them that the answer leaves out, because it would be too long: the smallest.
        pub left_out: Effects,
    }
}

impl Stood {
    /// Places gained from here to another standing; no rank counts as 0.
    #[must_use]
    pub fn places_to(&self, after: &Self) -> i64 {
        let rank = |stood: &Self| i64::try_from(stood.rank).expect("there are fewer units than that");
        rank(self) - rank(after)
    }

    /// The change of the index from here to another standing; no index counts as 0.
    #[must_use]
    pub fn index_to(&self, after: &Self) -> Exact {
        let index = |stood: &Self| stood.index.clone().unwrap_or_default();
        index(after) - index(self)
    }
}

impl Effects {
    /// Adds others to these.
    pub fn add(&mut self, others: &Self) {
        self.events += others.events;
        self.places += others.places;
        self.index = &self.index + &others.index;
    }
}

impl Effect {
    /// The effect as a sum of one.
    #[must_use]
    pub fn alone(&self) -> Effects {
        Effects { events: 1, places: self.places, index: self.index.clone() }
    }
}

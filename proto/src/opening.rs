//! How a round is opened, step by step, as its pages ask for it: which documents are on record, what a file that was brought holds, what keeps
//! a round from being opened. Nothing of it goes on record: what does is the commands that it leads to.

use crate::act::grants::GrantCapacity;
use crate::act::round::OpenRound;
use crate::act::{wire, words};
use crate::decimal::Decimal;
use crate::document::{CatalogueUnit, DocKind, Text};
use crate::hash::Hash;
use crate::ids::{Code, DocId, RoundId, UnitId};
use crate::instant::Instant;
use crate::returned_sheet::ReturnedFault;
use crate::work::Role;

wire! {
    /// Asks what stands on record for the opening of a round.
    pub struct OpeningQuery {
        /// A round whose declarations are wanted, for the next one to begin with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub like: Option<RoundId>,
        /// The one kind of document that is wanted, where no other and nobody's declarations are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub only: Option<DocKind>,
    }

    /// What stands on record for the opening of a round.
    pub struct OpeningDesk {
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The moment, by the log's clock.
        pub at: Instant,
        /// In which capacities whoever asks acts outside any one round.
        pub roles: Vec<Role>,
        /// The rulebooks, catalogues and forms, in the order in which they were last touched.
        pub documents: Vec<KeptDocument>,
        /// What the round that was named has declared.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub like: Option<OpenRound>,
    }

    /// A document on record.
    pub struct KeptDocument {
        /// Its kind.
        pub kind: DocKind,
        /// Its id.
        pub id: DocId,
        /// How many parts were entered.
        pub parts: u32,
        /// The position of its last event.
        pub position: u64,
        /// When that was.
        pub at: Instant,
        /// The digest that it is sealed by; absent while parts are still to come.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub sealed: Option<Hash>,
        /// What it holds, once it is sealed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub summary: Option<DocumentSummary>,
    }

    /// What a document holds.
    pub struct DocumentSummary {
        /// Its title.
        pub title: Text,
        /// What it rests on.
        pub basis: Text,
        /// A rulebook's trees, in its order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub trees: Vec<TreeSummary>,
        /// A catalogue's units, in its order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub units: Vec<CatalogueUnit>,
        /// What a form asks, in its order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub questions: Vec<QuestionSummary>,
    }

    /// A question of a form.
    pub struct QuestionSummary {
        /// Its code.
        pub question: Code,
        /// The survey leaf that it scores.
        pub leaf: Code,
        /// What is asked.
        pub text: Text,
    }

    /// The tree of one kind of unit.
    pub struct TreeSummary {
        /// The kind.
        pub kind: Code,
        /// Its total.
        pub total: Decimal,
        /// Its fields.
        pub fields: Vec<FieldSummary>,
        /// How many leaves it has.
        pub leaves: u64,
        /// How many of them the survey scores.
        pub survey: u64,
    }

    /// A field of a tree.
    pub struct FieldSummary {
        /// Its code.
        pub field: Code,
        /// Its title.
        pub title: Text,
        /// Its maximum.
        pub maximum: Decimal,
        /// How many leaves it has.
        pub leaves: u64,
        /// How many of them the survey scores.
        pub survey: u64,
    }

    /// Under which id a file is to be entered, and as what.
    pub struct DocumentQuery {
        /// The kind that it must be.
        pub kind: DocKind,
        /// The id.
        pub id: DocId,
    }

    /// A file that was brought, read as a document.
    pub struct BroughtDocument {
        /// What was asked.
        pub query: DocumentQuery,
        /// All that is wrong with it; with a fault, there is nothing else.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub faults: Vec<ReturnedFault>,
        /// How many more faults there are.
        pub more: u64,
        /// Its digest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub digest: Option<Hash>,
        /// What it holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub summary: Option<DocumentSummary>,
        /// The document that it was held against: of rulebooks and catalogues, the last one on record.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub against: Option<DocId>,
        /// What a catalogue has otherwise than that one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub changes: Vec<UnitChange>,
        /// What a rulebook has otherwise than that one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub rules: Vec<RuleChange>,
        /// The commands that enter it and seal it, in canonical form and in their order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub commands: Vec<String>,
    }

    /// What has changed of a unit from one catalogue to another.
    pub struct UnitChange {
        /// The unit.
        pub unit: UnitId,
        /// In which way.
        pub change: UnitChanged,
        /// As the one before has it.
        pub was: Text,
        /// As this one has it.
        pub now: Text,
    }

    /// What has changed of a node, or of what stands beside the trees, from one rulebook to another.
    pub struct RuleChange {
        /// What it is of: kind and code of a node, or the member in words.
        pub of: Text,
        /// In which way.
        pub change: UnitChanged,
        /// As the one before has it: of what has changed, only that.
        pub was: Text,
        /// As this one has it.
        pub now: Text,
    }

    /// What keeps a round from being opened, or should be seen to before.
    pub struct OpeningFault {
        /// What it is about: a member of the command, and which.
        pub path: String,
        /// The stable code.
        pub code: String,
        /// What is wrong.
        pub text: Text,
    }

    /// A round that is to be opened, held against the log.
    pub struct CheckedOpening {
        /// What keeps it from being opened.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub faults: Vec<OpeningFault>,
        /// Whom it will want, and nobody is granted it yet.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub missing: Vec<OpeningFault>,
    }

    /// A workbook of grants that was brought.
    pub struct BroughtGrants {
        /// All that is wrong with it; with a fault, there are no rows.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub faults: Vec<ReturnedFault>,
        /// How many more faults there are.
        pub more: u64,
        /// Its rows, in their order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub rows: Vec<GrantRow>,
    }

    /// A row of it.
    pub struct GrantRow {
        /// Where it stands.
        pub place: Text,
        /// What it grants.
        pub grant: GrantCapacity,
        /// What it comes to.
        pub outcome: GrantOutcome,
        /// Why it would be refused, as the log stands.
        pub text: Text,
        /// The command that would be sent, in canonical form.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub command: Option<String>,
    }
}

words! {
    /// In which way a unit, or a part of a rulebook, has changed.
    pub enum UnitChanged {
        /// It was not there.
        Added,
        /// It is not there any more, which a catalogue never says of a unit that has been.
        Gone,
        /// It was otherwise.
        Changed,
    }

    /// What a row of grants comes to.
    pub enum GrantOutcome {
        /// It would be granted.
        New,
        /// It is granted already.
        Done,
        /// It would be refused.
        Refused,
    }
}

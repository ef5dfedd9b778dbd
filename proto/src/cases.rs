//! Requests about personal data as a list: what each asks for, by when it is due, what happened, and what is late.
//! Nobody is named here who is not named in the log: whoever asks is a salted commitment.

use crate::act::privacy::{CaseOutcome, RequestKind};
use crate::act::{is_false, wire};
use crate::as_of::AsOf;
use crate::between::EventLine;
use crate::hash::Hash;
use crate::ids::CaseId;
use crate::instant::{Day, Instant};

wire! {
    /// Asks for every case.
    pub struct CasesQuery {
        /// As they stood at this moment, which is also the one that deadlines are held against; absent: as they stand now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub as_of: Option<AsOf>,
    }

    /// A case.
    pub struct CaseLine {
        /// The case.
        pub case: CaseId,
        /// What is asked for.
        pub request: RequestKind,
        /// The legal ground.
        pub ground: String,
        /// The day on which the request came.
        pub received: Day,
        /// The day by whose end whoever asked is to be answered; absent where nobody asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub answer_by: Option<Day>,
        /// Whether he was answered later, or is not answered though the day is over.
        #[serde(default, skip_serializing_if = "is_false")]
        pub answer_late: bool,
        /// The day by whose end it is to be carried out.
        pub done_by: Day,
        /// Whether it ended later, or has not ended though the day is over.
        #[serde(default, skip_serializing_if = "is_false")]
        pub done_late: bool,
        /// How many files, ballots and batches are ordered to be erased, and not confirmed.
        pub waiting: u64,
        /// How many a second person has confirmed.
        pub erased: u64,
        /// How it ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub outcome: Option<CaseOutcome>,
        /// Its events, in their order.
        pub events: Vec<EventLine>,
    }

    /// All cases.
    pub struct Cases {
        /// What was asked.
        pub query: CasesQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The moment that deadlines are held against.
        pub at: Instant,
        /// The cases, in the order in which they were opened.
        pub cases: Vec<CaseLine>,
    }
}

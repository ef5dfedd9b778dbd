//! What somebody is to be told of a round: deadlines that come near, questions, appraisals that were released, results, decisions on
//! appeals. A notice stands as long as what it tells of does; nothing of it is on record, and none holds a figure of the result.

use crate::act::council::Outcome;
use crate::act::round::{Phase, Stage};
use crate::act::{wire, words};
use crate::document::Text;
use crate::hash::Hash;
use crate::ids::{ActorId, Code, RoundId, UnitId};
use crate::instant::Instant;
use crate::work::RoundQuery;

words! {
    /// What a notice tells of.
    pub enum NoticeKind {
        /// A deadline is near, and something is still to be done before it.
        DeadlineNear,
        /// A score was asked about, and waits for the unit's explanation.
        FlagRaised,
        /// An appraisal was released to the unit.
        AppraisalReleased,
        /// The result was published.
        ResultPublished,
        /// An appeal was decided.
        AppealDecided,
    }
}

wire! {
    /// The notices of whoever asks.
    pub struct Notices {
        /// What was asked for.
        pub query: RoundQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The moment, by the log's clock.
        pub at: Instant,
        /// What he is to be told, the most urgent first.
        pub notices: Vec<Notice>,
    }

    /// The notices of somebody, for whoever sends them on.
    pub struct NoticesOf {
        /// Whose.
        pub actor: ActorId,
        /// What he is to be told.
        pub notices: Vec<Notice>,
    }

    /// A notice.
    pub struct Notice {
        /// What it tells of.
        pub kind: NoticeKind,
        /// The unit that it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unit: Option<UnitId>,
        /// Its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<Text>,
        /// The leaf that was asked about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub leaf: Option<Code>,
        /// The phase whose deadline is near.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub phase: Option<Phase>,
        /// The first moment that is too late.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub until: Option<Instant>,
        /// The stage that was released.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub stage: Option<Stage>,
        /// The number of the publication or of the appeal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub number: Option<u32>,
        /// What became of the appeal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub outcome: Option<Outcome>,
        /// How many scores are still to be seen to before a deadline.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub waiting: Option<u64>,
    }
}

impl NoticeKind {
    /// Every kind there is.
    pub const ALL: [Self; 5] =
        [Self::DeadlineNear, Self::FlagRaised, Self::AppraisalReleased, Self::ResultPublished, Self::AppealDecided];

    /// The kind of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether somebody may not want it by mail. That a result was published everybody is told who has an address.
    #[must_use]
    pub fn may_be_left_out(self) -> bool {
        self != Self::ResultPublished
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DeadlineNear => "deadline_near",
            Self::FlagRaised => "flag_raised",
            Self::AppraisalReleased => "appraisal_released",
            Self::ResultPublished => "result_published",
            Self::AppealDecided => "appeal_decided",
        }
    }
}

impl Notice {
    /// A notice that tells nothing yet but its kind.
    #[must_use]
    pub fn of(kind: NoticeKind) -> Self {
        Self {
            kind,
            unit: None,
            name: None,
            leaf: None,
            phase: None,
            until: None,
            stage: None,
            number: None,
            outcome: None,
            waiting: None,
        }
    }

    /// What tells it apart from every other notice of a person: how many wait is left out, for it changes while the notice stands.
    #[must_use]
    pub fn key(&self, round: &RoundId) -> String {
        let word = |word: Option<String>| word.unwrap_or_default();
        let parts = [
            round.to_string(),
            self.kind.as_str().to_owned(),
            word(self.unit.as_ref().map(ToString::to_string)),
            word(self.leaf.as_ref().map(ToString::to_string)),
            word(self.phase.map(|phase| phase.as_str().to_owned())),
            word(self.until.map(|until| until.to_string())),
            word(self.stage.map(|stage| stage.as_str().to_owned())),
            word(self.number.map(|number| number.to_string())),
        ];
        parts.join("/")
    }
}

//! What every fold of the log has in common: it takes events in order, and may need earlier ones that it has dropped.
//! A fold is pure; whoever drives it does the reading.

use crate::document::DocKind;
use crate::event::Event;
use crate::ids::{DocId, RoundId, UnitId};
use crate::stream::Stream;

/// An event that does not fit what came before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("position {position}: {what}")]
pub struct Unfit {
    /// The event's position.
    pub position: u64,
    /// What it refers to that is not there.
    pub what: String,
}

/// Streams that belong together and are read together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Streams {
    /// The log's own.
    Log,
    /// The powers of all actors.
    Grants,
    /// All requests about personal data.
    Cases,
    /// One document.
    Document(DocKind, DocId),
    /// All documents of a kind.
    Documents(DocKind),
    /// A round with its sheets, batches and appeals.
    Round(RoundId),
    /// A round as far as one unit's scores need it: its batches and appeals, and of the sheets this unit's alone.
    Sheet(RoundId, UnitId),
    /// One stream.
    One(Stream),
}

impl Streams {
    /// The streams as ranges of names: from the first, included, to the second, excluded, in byte order.
    #[must_use]
    pub fn ranges(&self) -> Vec<(String, String)> {
        // No name holds a control character, so the first of them that every database takes bounds a name of its own.
        let one = |name: String| (name.clone(), format!("{name}\u{1}"));
        // '0' follows '/' in ASCII, so "sheet/r/" to "sheet/r0" holds exactly the names that begin with "sheet/r/".
        let below = |name: String| (format!("{name}/"), format!("{name}0"));
        match self {
            Self::Log => vec![one("log".to_owned())],
            Self::Grants => vec![below("grants".to_owned())],
            Self::Cases => vec![below("case".to_owned())],
            Self::Document(kind, id) => vec![one(format!("{kind}/{id}"))],
            Self::Documents(kind) => vec![below(kind.to_string())],
            Self::Round(round) => vec![
                one(format!("round/{round}")),
                below(format!("sheet/{round}")),
                below(format!("survey/{round}")),
                below(format!("appeal/{round}")),
            ],
            Self::Sheet(round, unit) => vec![
                one(format!("round/{round}")),
                one(format!("sheet/{round}/{unit}")),
                below(format!("survey/{round}")),
                below(format!("appeal/{round}")),
            ],
            Self::One(stream) => vec![one(stream.to_string())],
        }
    }
}

/// A fold of the log.
pub trait Fold {
    /// Takes the next event of the log.
    ///
    /// # Errors
    /// [`Unfit`] when it refers to what does not exist; the fold is then no longer to be used.
    fn fold(&mut self, event: &Event) -> Result<(), Unfit>;

    /// Takes an event again that was dropped.
    ///
    /// # Errors
    /// As [`Fold::fold`].
    fn restore(&mut self, event: &Event) -> Result<(), Unfit>;

    /// What must be restored before an event can be taken.
    fn needs(&self, event: &Event) -> Vec<Streams>;
}

//! Faults of a document: all that keep it from being sealed, at once, each with its path and a stable code.
//! Where a fault is, is the document's business; this only carries it to whoever entered it.

use proto::document::Text;
use proto::text;

/// How many faults are told before the rest is only counted: a rejection stays small, whatever was entered.
const TOLD_MAX: usize = 100;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where: the kind of unit and the code of a node, or the member of the document.
    pub path: String,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong.
    pub what: Text,
}

/// All faults of a document.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    /// One fault alone.
    pub fn one(path: impl Into<String>, code: &'static str, what: Text) -> Self {
        let mut faults = Self::default();
        faults.push(path, code, what);
        faults
    }

    /// One more fault.
    pub fn push(&mut self, path: impl Into<String>, code: &'static str, what: Text) {
        self.0.push(Fault { path: path.into(), code, what });
    }

    /// Nothing where there is no fault.
    ///
    /// # Errors
    /// All faults.
    pub fn none(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    /// All of them, as one text.
    #[must_use]
    pub fn told(&self) -> Text {
        let line = |f: &Fault| {
            let (path, vi, en) = (&f.path, &f.what.vi, &f.what.en);
            text!("{path}: {vi}", "{path}: {en}")
        };
        let mut told: Vec<Text> = self.0.iter().take(TOLD_MAX).map(line).collect();
        let more = self.0.len().saturating_sub(TOLD_MAX);
        if more > 0 {
            told.push(text!("và {more} lỗi nữa", "and {more} more"));
        }
        Text::join(&told)
    }
}

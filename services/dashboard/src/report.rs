//! The report of a round: its result with annexes as an office hands it on, in the form of Decree 30/2020/NĐ-CP.
//! It says nothing that the projections do not say; what the record does not hold is given by whoever asks, or left blank.
//!
//! The report is one value. A document of text, a workbook and a page print it, so that no two of them can differ. It stands
//! here, and not with the other workbooks in `intake`, because it is made from the rows of both projections, as the pages are,
//! and printed with their declared digits: who may depend on whom leaves no other place that reads both.

mod annexes;
mod cell;
mod code;
mod compose;
mod docx;
pub(crate) mod form;
mod package;
pub(crate) mod read;
pub(crate) mod said;
mod xlsx;

pub use cell::{Align, Cell, Column, Line, Table};
pub use code::Code;
pub use form::{BadForm, Form, Typed};

use proto::{Hash, Origin, RoundId};
use ranking::Which;

use crate::refusal::Refusal;

/// What a report is read from.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The index's rows.
    pub index: &'a index::Reader,
    /// The ranking's rows.
    pub ranking: &'a ranking::Reader,
    /// The log that all of it comes from.
    pub origin: &'a Origin,
}

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A document of text.
    Docx,
    /// A workbook.
    Xlsx,
}

impl Kind {
    /// The end of a file's name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
        }
    }

    /// The media type.
    #[must_use]
    pub fn media(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// The last event that was taken in.
    pub position: u64,
    /// The root over everything up to there.
    pub root: Hash,
}

/// A paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paragraph {
    /// The head of a part.
    Head(String),
    /// A plain one.
    Plain(String),
    /// One that must not be overlooked.
    Strong(String),
    /// Text that is compared letter by letter.
    Exact(String),
}

impl Paragraph {
    /// Its text.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Head(text) | Self::Plain(text) | Self::Strong(text) | Self::Exact(text) => text,
        }
    }

    /// Its name as a style.
    #[must_use]
    pub fn style(&self) -> &'static str {
        match self {
            Self::Head(_) => "Head",
            Self::Plain(_) => "Plain",
            Self::Strong(_) => "Strong",
            Self::Exact(_) => "Exact",
        }
    }
}

/// What follows the signature, each from a page of its own and numbered by itself.
#[derive(Debug, Clone)]
pub struct Annex {
    /// "I", "II" ...
    pub number: String,
    /// Its title, in capitals.
    pub title: String,
    /// A short name, for the tab of a workbook's sheet.
    pub tab: String,
    /// Whether its table needs the paper's long side.
    pub wide: bool,
    /// What stands above the table.
    pub above: Vec<Paragraph>,
    /// Its table.
    pub table: Option<Table>,
    /// What stands below the table.
    pub below: Vec<Paragraph>,
    /// Whether the code stands in it.
    pub code: bool,
}

/// The report.
#[derive(Debug)]
pub struct Report {
    /// The round.
    pub round: RoundId,
    /// The publication; 0 for the provisional standing.
    pub publication: u64,
    /// Whose report it is, as the rulebook's round names it.
    pub authority: String,
    /// What it is about.
    pub title: String,
    /// What must stand on every page: that it is provisional, superseded, or of a training round.
    pub marks: Vec<String>,
    /// What the record does not hold.
    pub form: Form,
    /// The paragraphs before the rankings.
    pub opening: Vec<Paragraph>,
    /// The blocks side by side.
    pub summary: Table,
    /// The ranking of each block.
    pub rankings: Vec<Table>,
    /// The paragraphs behind them.
    pub closing: Vec<Paragraph>,
    /// The annexes.
    pub annexes: Vec<Annex>,
    /// Where the ranking's rows stand.
    pub ranking: Stand,
    /// Where the index's rows stand.
    pub index: Stand,
    /// The log.
    pub origin: Origin,
    /// The ranking's place as a code for cameras.
    pub code: Code,
}

/// A report as a file.
#[derive(Debug)]
pub struct ReportFile {
    /// What it is written as.
    pub kind: Kind,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The publication; 0 for the provisional standing.
    pub publication: u64,
    /// Its name, in ASCII, without its end.
    pub plain_name: String,
    /// Its name as people write it, without its end.
    pub name: String,
    /// Where the ranking's rows stand.
    pub ranking: Stand,
}

impl Report {
    /// Reads a report's rows, both projections at one moment each, and composes it.
    ///
    /// # Errors
    /// [`Refusal`]: `round_unknown`, `publication_unknown`, or a projection that cannot be read.
    pub async fn read(sources: Sources<'_>, round: &RoundId, which: Which, form: Form) -> Result<Self, Refusal> {
        compose::report(read::found(sources, round, which).await?, sources.origin, form)
    }

    /// What stands at the foot of every page: from what the figures were read.
    #[must_use]
    pub fn foot(&self) -> String {
        let Stand { position, root } = &self.ranking;
        let fields = if self.index == self.ranking {
            String::new()
        } else {
            format!("; điểm theo lĩnh vực: sự kiện số {}, gốc {}", self.index.position, self.index.root)
        };
        format!("Nhật ký {}; tính đến sự kiện số {position}, gốc {root}{fields}", self.origin)
    }

    /// With what an annex goes out.
    #[must_use]
    pub fn with(&self) -> String {
        format!("(Kèm theo Báo cáo số {}, {} của {})", self.form.number(), self.form.date(), self.authority)
    }

    /// An annex's first line; the only one has no number.
    #[must_use]
    pub fn annex_head(&self, annex: &Annex) -> String {
        if self.annexes.len() == 1 { "Phụ lục".to_owned() } else { format!("Phụ lục {}", annex.number) }
    }

    /// Writes it. The same report always gives the same bytes.
    ///
    /// # Errors
    /// [`Refusal::Write`].
    pub fn file(&self, kind: Kind) -> Result<ReportFile, Refusal> {
        let bytes = match kind {
            Kind::Docx => docx::written(self)?,
            Kind::Xlsx => xlsx::written(self)?,
        };
        let (plain, name) = match self.publication {
            0 => ("tam-tinh".to_owned(), "tạm tính".to_owned()),
            n => (format!("lan-{n}"), format!("lần {n}")),
        };
        Ok(ReportFile {
            kind,
            bytes,
            publication: self.publication,
            plain_name: format!("bao-cao-{}-{plain}", self.round),
            name: format!("Báo cáo {}, {name}", self.round),
            ranking: self.ranking.clone(),
        })
    }
}

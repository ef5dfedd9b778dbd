//! Checks of a ranking table that was published elsewhere: what in it cannot be, and what it must have meant.
//! It never corrects anything; it reads what was printed and says what that allows.
//!
//! **Rounding.** A figure v printed with n digits stands for [v - h, v + h], with h half a unit of its last place:
//! rounded to the nearest, ends included, because how a half was rounded is unknown. Cutting digits off is not covered.
//! A fault is said only where the widest reading of this, with every figure's rounding against it, cannot be met.
//! A table shows no bonus or penalty, which lie outside both parts; where one could explain a row, it is a doubt.

mod fit;
mod means;
mod order;
mod places;
mod values;

use proto::decimal::SCALE_MAX;
use proto::document::Text;
use proto::exact::RoundingMode;
use proto::inquiry::{Bounds, Figure, Observation, Severity};
use proto::{Decimal, Exact};

/// The most rows of a table: looking for the rows out of order takes the square of their number.
pub const ROWS_MAX: usize = 1_000;

/// A table of one block as it was printed.
#[derive(Debug, Clone)]
pub struct PrintedTable {
    /// In printed order, the best first.
    pub rows: Vec<PrintedRow>,
    /// The means of the block, over all of its rows.
    pub means: Figures,
    /// The appraisal's share of the index, in percent, where it is known; beyond 0 to 100 it counts as unknown.
    pub split: Option<Decimal>,
    /// Digits after the point; more than 9 count as 9.
    pub digits: u8,
}

/// One row.
#[derive(Debug, Clone)]
pub struct PrintedRow {
    /// The printed place.
    pub place: u64,
    /// The unit's code.
    pub unit: String,
    /// Its name, for sentences.
    pub name: String,
    /// Its figures.
    pub figures: Figures,
}

/// Figures of a unit or of a block; none where nothing was printed or the source is cut off.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    /// The index.
    pub index: Option<Decimal>,
    /// What the appraisal gave, in percent of its maximum.
    pub appraisal: Option<Decimal>,
    /// What the survey gave, in percent of its maximum.
    pub survey: Option<Decimal>,
}

/// Looks at a table from every side. A table of more than [`ROWS_MAX`] rows is not looked at, and that is said.
#[must_use]
pub fn check_printed(table: &PrintedTable) -> Vec<Observation> {
    let rows = table.rows.len();
    if rows > ROWS_MAX {
        let text = proto::text!(
            "Bảng có {rows} dòng, tối đa là {ROWS_MAX}.",
            "The table has {rows} rows, the most is {ROWS_MAX}."
        );
        return vec![seen("too_many_rows", Severity::Fault, [], text)];
    }
    let places = places::places(table);
    let twice = places::duplicates(table);
    // A mean says something about the rows only if each of its units stands there, and once.
    let whole = twice.is_empty() && !places.iter().any(|o| o.code == "missing_place");
    let (values, order) = (values::values(table), order::order(table));
    let rows_alone = PrintedTable { means: Figures::default(), ..table.clone() };
    let table = if whole { table } else { &rows_alone };
    [places, twice, values, order, fit::fits(table), means::means(table)].concat()
}

impl Default for PrintedTable {
    fn default() -> Self {
        Self { rows: Vec::new(), means: Figures::default(), split: None, digits: 2 }
    }
}

impl Figures {
    /// One of them.
    #[must_use]
    pub fn get(&self, figure: Figure) -> Option<Decimal> {
        match figure {
            Figure::Index => self.index,
            Figure::Appraisal => self.appraisal,
            Figure::Survey => self.survey,
        }
    }
}

/// As people say it.
fn said(figure: Figure) -> Text {
    match figure {
        Figure::Index => Text::new("Chỉ số CCHC", "index"),
        Figure::Appraisal => Text::new("điểm thẩm định", "appraisal"),
        Figure::Survey => Text::new("điểm điều tra xã hội học", "survey"),
    }
}

/// An observation about rows of a table.
fn seen<'a>(code: &str, severity: Severity, rows: impl IntoIterator<Item = &'a PrintedRow>, text: Text) -> Observation {
    Observation::of(code, severity, rows.into_iter().map(|row| row.unit.clone()).collect(), text)
}

impl PrintedTable {
    fn digits(&self) -> u8 {
        self.digits.min(SCALE_MAX)
    }

    /// One unit of the last printed place: twice the h of the module's text.
    fn last_place(&self) -> Exact {
        Exact::ratio(1, 10_i128.pow(u32::from(self.digits()))).expect("a power of ten is not zero")
    }

    fn indices(&self) -> Vec<Option<Decimal>> {
        self.rows.iter().map(|row| row.figures.index).collect()
    }

    /// A value as it is printed: a comma in Vietnamese, a point in English.
    fn said(&self, value: Decimal) -> Text {
        let digits = self.digits().max(value.scale());
        let en = Exact::from(value).rounded(digits, RoundingMode::Down);
        Text::new(en.replace('.', ","), en)
    }

    fn said_bounds(&self, bounds: Bounds) -> Text {
        let (from, to) = (self.said(bounds.from), self.said(bounds.to));
        if bounds.from == bounds.to { from } else { say!("từ {from} đến {to}", "{from} to {to}", from, to) }
    }
}

fn name(row: &PrintedRow) -> Text {
    Text::new(&row.name, &row.name)
}

/// Several things of one sentence.
fn listed(texts: impl IntoIterator<Item = Text>) -> Text {
    Text::join(&texts.into_iter().collect::<Vec<_>>())
}

/// A sentence of other texts, each standing there in its own language.
macro_rules! say {
    ($vi:literal, $en:literal, $($part:ident),+) => {
        proto::document::Text {
            vi: { $(let $part = &$part.vi;)+ format!($vi) },
            en: { $(let $part = &$part.en;)+ format!($en) },
        }
    };
}
use say;

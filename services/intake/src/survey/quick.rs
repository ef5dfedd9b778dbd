//! The quick way through a row: most cells repeat what stood in rows above, so what those came to mean is looked up by their bytes.
//! It knows only what the plain way has read before, tells no fault, and leaves every row to the plain way that it does not know
//! all of.

use proto::Day;

use super::asks::{AskedQuestion, Asks};
use super::cell::{Cleaned, clean};
use super::columns::Columns;
use super::count::{Marked, Seen, UNANSWERED};
use super::known::Known;
use super::rows::Places;
use super::split::Row;

/// How many spellings of a unit with its group, of days, of collectors, and of longer answers are remembered, as powers of two.
const PLACES_BITS: u32 = 12;
const DAYS_BITS: u32 = 10;
const COLLECTORS_BITS: u32 = 14;
const ANSWERS_BITS: u32 = 6;
/// What stands between a unit and a group: no byte of UTF-8.
const BETWEEN: u8 = 0xff;

/// What rows have come to mean.
#[derive(Debug)]
pub struct Quick {
    places: Known<(usize, usize)>,
    days: Known<Day>,
    collectors: Known<usize>,
    /// None before a ballot of it was read; none within that where a question of it has no column.
    sheets: Vec<Option<Option<Sheet>>>,
    both: Vec<u8>,
    answers: Vec<u8>,
}

/// Where a sheet's questions stand, and by which scale each is answered.
#[derive(Debug)]
struct Sheet {
    asked: Vec<(usize, usize)>,
    others: Vec<usize>,
    scales: Vec<Scale>,
}

/// What cells mean to the questions of one scale.
#[derive(Debug)]
struct Scale {
    /// One of them.
    question: usize,
    /// By the one byte that stands there.
    short: [Option<u8>; 128],
    long: Known<u8>,
}

impl Quick {
    /// Begins with nothing.
    #[must_use]
    pub fn begin(asks: &Asks) -> Self {
        let (places, days) = (Known::new(PLACES_BITS), Known::new(DAYS_BITS));
        let (collectors, sheets) = (Known::new(COLLECTORS_BITS), asks.sheets.iter().map(|_| None).collect());
        Self { places, days, collectors, sheets, both: Vec::new(), answers: Vec::new() }
    }

    /// The ballot of a row, if each of its cells is known.
    pub fn read<'r>(&'r mut self, row: &Row<'r>, columns: &Columns) -> Option<Seen<'r>> {
        if row.width() != columns.width() {
            return None;
        }
        let (unit, sheet) = self.places.get(both(&mut self.both, row, columns))?;
        let day = self.days.get(row.bytes(columns.day))?;
        let seconds = columns.seconds.map_or(Some(None), |at| seconds(row.bytes(at)))?;
        let collector = columns.collector.map_or("", |at| row.cell(at));
        let who = if collector.is_empty() { None } else { Some(self.collectors.get(collector.as_bytes())?) };
        let Sheet { asked, others, scales } = self.sheets[sheet].as_ref()?.as_ref()?;
        if others.iter().any(|at| !row.bytes(*at).is_empty()) {
            return None;
        }
        self.answers.clear();
        let mut given = false;
        for (at, scale) in asked {
            let answer = scales[*scale].answer(row.bytes(*at))?;
            given |= answer != UNANSWERED;
            self.answers.push(answer);
        }
        given.then_some(Seen { unit, sheet, day, answers: &self.answers, seconds, collector, who })
    }

    /// Remembers a row that was read the plain way, without a fault.
    pub fn learn(&mut self, row: &Row, columns: &Columns, ballot: (&Marked, Option<usize>), asks: &Asks, at: &Places) {
        let (Marked { unit, sheet, day, collector, .. }, who) = ballot;
        self.places.put(both(&mut self.both, row, columns), (*unit, *sheet));
        self.days.put(row.bytes(columns.day), *day);
        // One with spaces around it, or with its accents apart, is another text than its name.
        let named = columns.collector.filter(|at| row.cell(*at) == collector);
        if let (Some(at), Some(who)) = (named, who) {
            self.collectors.put(row.bytes(at), who);
        }
        let questions = &asks.sheets[*sheet].questions;
        let Some(sheet) = self.sheets[*sheet].get_or_insert_with(|| Sheet::of(questions, at)).as_mut() else { return };
        for (at, scale) in &sheet.asked {
            sheet.scales[*scale].learn(row.cell(*at), questions);
        }
    }
}

impl Sheet {
    /// Of a sheet; none where a question of it has no column.
    fn of(questions: &[AskedQuestion], at: &Places) -> Option<Self> {
        let mut scales: Vec<Scale> = Vec::new();
        let mut asked = Vec::new();
        for (place, (question, column)) in questions.iter().zip(&at.asked).enumerate() {
            let same = scales.iter().position(|scale| questions[scale.question].scale == question.scale);
            let scale = same.unwrap_or_else(|| {
                scales.push(Scale::of(place, question));
                scales.len() - 1
            });
            asked.push(((*column)?, scale));
        }
        Some(Self { asked, others: at.others.clone(), scales })
    }
}

impl Scale {
    fn of(place: usize, question: &AskedQuestion) -> Self {
        let mut short = [None; 128];
        for (byte, answer) in (0_u8..).zip(&mut short) {
            *answer = meant(question, char::from(byte).encode_utf8(&mut [0; 4]));
        }
        Self { question: place, short, long: Known::new(ANSWERS_BITS) }
    }

    fn answer(&self, cell: &[u8]) -> Option<u8> {
        match cell {
            [] => Some(UNANSWERED),
            // One byte of UTF-8 is below 128.
            [byte] => self.short[usize::from(byte & 0x7f)],
            bytes => self.long.get(bytes),
        }
    }

    fn learn(&mut self, cell: &str, questions: &[AskedQuestion]) {
        if cell.len() > 1
            && let Some(answer) = meant(&questions[self.question], cell)
        {
            self.long.put(cell.as_bytes(), answer);
        }
    }
}

/// What a cell means to a question, the plain way.
fn meant(question: &AskedQuestion, cell: &str) -> Option<u8> {
    match clean(cell) {
        Cleaned::Text(text) => question.marked(&text).ok(),
        Cleaned::Wrong(..) => None,
    }
}

/// A row's unit and group, behind each other.
fn both<'b>(both: &'b mut Vec<u8>, row: &Row, columns: &Columns) -> &'b [u8] {
    both.clear();
    both.extend_from_slice(row.bytes(columns.unit));
    both.push(BETWEEN);
    both.extend_from_slice(row.bytes(columns.group));
    both
}

/// A few digits, or nothing.
fn seconds(cell: &[u8]) -> Option<Option<u32>> {
    if cell.is_empty() {
        return Some(None);
    }
    let plain = cell.len() < 10 && cell.iter().all(u8::is_ascii_digit);
    plain.then(|| Some(cell.iter().fold(0, |seconds, digit| seconds * 10 + u32::from(digit - b'0'))))
}

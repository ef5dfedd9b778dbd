//! A workbook in which survey staff say how those of a batch answered who were asked again: for each question of a unit and group, the answer that
//! was given first, the one that was given when asked again, and how many did so. Rows about the same add up. Whether it fits what the batch
//! counts is decided by `domain`.

use std::collections::BTreeMap;

use proto::document::{RecheckRow, Tally};
use proto::{Code, RoundId, UnitId, text};

use super::asks::{AskedQuestion, Asks, Named};
use crate::book::Book;
use crate::fault::{Faults, Place};
use crate::grid;
use crate::print;
use crate::sheet::{Line, Look, Put, Sheet};
use crate::table::{Column, Holds, Row, Table, column};

/// The sheet's name.
const AGAIN: &str = "Hỏi lại";
/// The most rows of one workbook.
const ROWS_MAX: usize = 20_000;

const UNIT: usize = 0;
const GROUP: usize = 1;
const QUESTION: usize = 2;
const FIRST: usize = 3;
const SECOND: usize = 4;
const PEOPLE: usize = 5;

static COLUMNS: [Column; 6] = [
    column("Đơn vị", "Unit", 14.0, Holds::Codes),
    column("Nhóm", "Group", 14.0, Holds::Codes),
    column("Câu hỏi", "Question", 12.0, Holds::Codes),
    column("Trả lời lần đầu", "First answer", 18.0, Holds::Codes),
    column("Trả lời khi hỏi lại", "Answer when asked again", 18.0, Holds::Codes),
    column("Số người", "People", 10.0, Holds::Plain),
];

/// The workbook of a batch, to be filled in: for each answer that it counts, every one that could be given instead.
///
/// # Errors
/// What no workbook can hold.
pub fn write(asks: &Asks, first: &Tally) -> Result<Vec<u8>, Faults> {
    let mut lines = Vec::new();
    for row in &first.rows {
        let Some(question) = asked(asks, &row.unit, &row.group, (&row.leaf, row.question.as_ref())) else { continue };
        let code = |code: &str| Put::Code(code.to_owned());
        for (given, _) in question.scale.iter().zip(&row.counts).filter(|(_, count)| **count > 0) {
            let line = |instead: &super::asks::AskedAnswer| {
                Line::new(Look::Plain)
                    .with(UNIT, code(row.unit.as_str()))
                    .with(GROUP, code(row.group.as_str()))
                    .with(QUESTION, code(question.column().as_str()))
                    .with(FIRST, code(given.code.as_str()))
                    .with(SECOND, code(instead.code.as_str()))
            };
            lines.extend(question.scale.iter().map(line));
        }
    }
    // More than anybody fills in by rows: he writes those that he has.
    if lines.len() > ROWS_MAX {
        lines.clear();
    }
    let title = text!("KẾT QUẢ HỎI LẠI", "What those said who were asked again");
    print::print(&[Sheet { name: AGAIN.to_owned(), title, columns: &COLUMNS, printed: COLUMNS.len(), lines }])
}

fn asked<'a>(asks: &'a Asks, unit: &UnitId, group: &Code, named: (&Code, Option<&Code>)) -> Option<&'a AskedQuestion> {
    let (Named::One(unit), (leaf, question)) = (asks.unit(unit.as_str()), named) else { return None };
    let Named::One(sheet) = asks.sheet(unit, group.as_str()) else { return None };
    asks.sheets[sheet].questions.iter().find(|of| of.leaf == *leaf && of.question.as_ref() == question)
}

/// The tally of such a workbook.
///
/// # Errors
/// All its faults, each at its place.
pub fn read(asks: &Asks, bytes: &[u8]) -> Result<Tally, Faults> {
    let book = Book::new(grid::read(bytes)?);
    let mut faults = Faults::default();
    let mut sums: BTreeMap<(usize, usize, usize), Vec<u32>> = BTreeMap::new();
    if let Some(table) = book.must(AGAIN, &mut faults).and_then(|grid| Table::find(grid, &COLUMNS, &mut faults)) {
        for (n, row) in table.rows().enumerate() {
            if n == ROWS_MAX {
                let what = text!("quá {ROWS_MAX} dòng", "more than {ROWS_MAX} rows");
                faults.push("rows_too_many", Place::sheet(AGAIN), what);
                break;
            }
            add(asks, &row, &mut sums, &mut faults);
        }
    }
    book.rest(&mut faults);
    sums.retain(|_, counts| counts.iter().any(|n| *n > 0));
    if sums.is_empty() && faults.is_empty() {
        let what = text!("không có dòng nào có số người", "no row says how many people");
        faults.push("rows_none", Place::sheet(AGAIN), what);
    }
    faults.none()?;
    Ok(tally(asks, &asks.round, sums))
}

fn tally(asks: &Asks, round: &RoundId, sums: BTreeMap<(usize, usize, usize), Vec<u32>>) -> Tally {
    let row = |((unit, sheet, question), counts): ((usize, usize, usize), Vec<u32>)| {
        let (of, sheet) = (&asks.units[unit], &asks.sheets[sheet]);
        let asked = &sheet.questions[question];
        RecheckRow {
            unit: of.unit.clone(),
            group: sheet.group.clone(),
            leaf: asked.leaf.clone(),
            question: asked.question.clone(),
            counts,
        }
    };
    Tally {
        round: round.clone(),
        rows: Vec::new(),
        rechecks: sums.into_iter().map(row).collect(),
        respondents: Vec::new(),
        collectors: Vec::new(),
        findings: Vec::new(),
    }
}

/// Adds what a row says. One without a number says nothing: so stands what nobody has answered in a workbook that was given out.
fn add(asks: &Asks, row: &Row, sums: &mut BTreeMap<(usize, usize, usize), Vec<u32>>, faults: &mut Faults) {
    let texts = [UNIT, GROUP, QUESTION, FIRST, SECOND].map(|at| row.code(at, faults, |text| Some(text.to_owned())));
    let people = row.some_count(PEOPLE, faults);
    row.rest(faults);
    let ([Some(unit), Some(group), Some(question), Some(first), Some(second)], Some(Some(people))) = (texts, people)
    else {
        return;
    };
    let Named::One(unit) = asks.unit(&unit) else {
        let what = text!("không có đơn vị “{unit}” trong kỳ", "the round has no unit {unit:?}");
        return faults.push("unit_unknown", row.place_of(UNIT), what);
    };
    let Named::One(sheet) = asks.sheet(unit, &group) else {
        let what = text!("không có nhóm “{group}” cho đơn vị này", "no group {group:?} is asked about this unit");
        return faults.push("group_unknown", row.place_of(GROUP), what);
    };
    let questions = &asks.sheets[sheet].questions;
    let Some(at) = questions.iter().position(|of| of.column().as_str() == question) else {
        let what = text!("không có câu hỏi “{question}”", "there is no question {question:?}");
        return faults.push("question_unknown", row.place_of(QUESTION), what);
    };
    let answer = |text: &str| match questions[at].answer(text) {
        Named::One(answer) => Some(answer),
        Named::Several | Named::None => None,
    };
    let mut places = [0; 2];
    for ((column, text), place) in [(FIRST, &first), (SECOND, &second)].into_iter().zip(&mut places) {
        let Some(found) = answer(text) else {
            let what = text!("thang trả lời không có mức “{text}”", "the scale has no answer {text:?}");
            return faults.push("answer_unknown", row.place_of(column), what);
        };
        *place = found;
    }
    let width = questions[at].scale.len();
    let counts = sums.entry((unit, sheet, at)).or_insert_with(|| vec![0; width * width]);
    let [first, second] = places;
    let count = &mut counts[first * width + second];
    match count.checked_add(people) {
        Some(sum) => *count = sum,
        None => faults.push("number_too_large", row.place_of(PEOPLE), text!("quá lớn", "it is too large")),
    }
}

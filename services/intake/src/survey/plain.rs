//! The plain way through a row: what stands in each of its cells, and whatever is wrong with it. It passes over nothing, and gives a
//! ballot only where there is no fault.

use proto::text;

use super::asks::Named;
use super::cell::{Cleaned, Wrong, clean, day, is_formula, seconds, wrong};
use super::columns::Columns;
use super::count::{Marked, UNANSWERED};
use super::rows::{Places, Rows};
use super::split::Row;
use crate::fault::Place;

/// The most bytes of who collected a ballot.
const COLLECTOR_BYTES_MAX: usize = 100;

impl Rows<'_> {
    fn fault(&mut self, row: &Row, columns: &Columns, column: usize, (code, what): Wrong) {
        self.faults.push(code, columns.place(self.sheet.as_deref(), row.number, column), what);
    }

    /// A cell's text; none where it is a fault, which is told.
    fn text<'r>(&mut self, row: &Row<'r>, columns: &Columns, column: usize) -> Option<std::borrow::Cow<'r, str>> {
        match clean(row.cell(column)) {
            Cleaned::Text(text) => Some(text),
            Cleaned::Wrong(code, what) => {
                self.fault(row, columns, column, (code, what));
                None
            }
        }
    }

    /// The ballot of a row; none where it has a fault. What does not hang on another cell is looked at in any case.
    pub(super) fn ballot(&mut self, row: &Row, columns: &Columns) -> Option<Marked> {
        self.width(row, columns)?;
        let place = self.who(row, columns);
        let day = self.day(row, columns);
        let seconds = columns.seconds.map_or(Some(None), |at| self.seconds(row, columns, at));
        let collector = columns.collector.map_or(Some(String::new()), |at| self.collector(row, columns, at));
        let (unit, sheet) = place?;
        let answers = self.answers(row, columns, sheet);
        let (day, answers, seconds, collector) = (day?, answers?, seconds?, collector?);
        Some(Marked { unit, sheet, day, answers, seconds, collector })
    }

    /// A row that was cut off, or whose cells have shifted, is no ballot.
    fn width(&mut self, row: &Row, columns: &Columns) -> Option<()> {
        let (has, needs) = (row.width(), columns.width());
        if has < needs {
            let what = text!("dòng có {has} ô, cần {needs}", "the row has {has} cells, {needs} are expected");
            self.fault(row, columns, has.saturating_sub(1), ("cells_missing", what));
            return None;
        }
        if let Some(more) = (needs..has).find(|at| !row.cell(*at).trim().is_empty()) {
            let what = text!("dòng có nhiều ô hơn dòng tiêu đề", "the row has more cells than that of the headings");
            self.fault(row, columns, more, ("cells_too_many", what));
            return None;
        }
        Some(())
    }

    fn who(&mut self, row: &Row, columns: &Columns) -> Option<(usize, usize)> {
        let (unit, group) = (self.text(row, columns, columns.unit), self.text(row, columns, columns.group));
        let unit = unit?;
        let place = match self.asks.unit(&unit) {
            Named::One(place) => place,
            Named::Several => {
                let (vi, en) =
                    ("nhiều đơn vị có tên này: hãy dùng mã", "several units have this name: their id is expected");
                self.fault(row, columns, columns.unit, wrong("unit_ambiguous", &unit, vi, en));
                return None;
            }
            Named::None => {
                let (vi, en) = (
                    "cần mã, tên viết tắt hoặc tên đơn vị của kỳ này",
                    "the id, short name or name of a unit of the round is expected",
                );
                self.fault(row, columns, columns.unit, wrong("unit_unknown", &unit, vi, en));
                return None;
            }
        };
        let group = group?;
        if let Named::One(sheet) = self.asks.sheet(place, &group) {
            return Some((place, sheet));
        }
        let (groups, unit) = (self.asks.groups(place), &self.asks.units[place].unit);
        let (vi, en) =
            (format!("nhóm được hỏi về {unit}: {groups}"), format!("the groups asked about {unit}: {groups}"));
        self.fault(row, columns, columns.group, wrong("group_unknown", &group, &vi, &en));
        None
    }

    fn day(&mut self, row: &Row, columns: &Columns) -> Option<proto::Day> {
        let text = self.text(row, columns, columns.day)?;
        let Some(read) = day(&text) else {
            let (vi, en) = ("cần ngày dạng dd/mm/yyyy", "a day as dd/mm/yyyy is expected");
            self.fault(row, columns, columns.day, wrong("cell_not_day", &text, vi, en));
            return None;
        };
        if let Some((from, to)) = self.asks.days.filter(|(from, to)| read < *from || read > *to) {
            let (from, to) = (from.vietnam(), to.vietnam());
            let (vi, en) = (format!("điều tra từ {from} đến {to}"), format!("the survey is held from {from} to {to}"));
            self.fault(row, columns, columns.day, wrong("day_outside", &text, &vi, &en));
            return None;
        }
        Some(read)
    }

    fn seconds(&mut self, row: &Row, columns: &Columns, at: usize) -> Option<Option<u32>> {
        let text = self.text(row, columns, at)?;
        let read = seconds(&text);
        if read.is_none() && !text.is_empty() {
            let (vi, en) = ("cần số giây, số nguyên không âm", "whole seconds are expected");
            self.fault(row, columns, at, wrong("cell_not_count", &text, vi, en));
            return None;
        }
        Some(read)
    }

    fn collector(&mut self, row: &Row, columns: &Columns, at: usize) -> Option<String> {
        let text = self.text(row, columns, at)?;
        if is_formula(&text) || text.starts_with('-') || text.len() > COLLECTOR_BYTES_MAX {
            let vi = format!("cần mã hoặc tên, tối đa {COLLECTOR_BYTES_MAX} byte");
            let en = format!("a code or name of at most {COLLECTOR_BYTES_MAX} bytes is expected");
            self.fault(row, columns, at, wrong("cell_not_name", &text, &vi, &en));
            return None;
        }
        Some(text.into_owned())
    }

    /// The answers to all questions of a sheet; and none to any other.
    fn answers(&mut self, row: &Row, columns: &Columns, sheet: usize) -> Option<Vec<u8>> {
        let before = self.faults.count();
        let asks = self.asks;
        let places = match self.places[sheet].take() {
            Some(places) => places,
            None => self.find(row, columns, sheet),
        };
        let mut answers = Vec::with_capacity(places.asked.len());
        for (question, at) in asks.sheets[sheet].questions.iter().zip(&places.asked) {
            let Some(at) = *at else { continue };
            let text = self.text(row, columns, at).unwrap_or_default();
            match question.marked(&text) {
                Ok(answer) => answers.push(answer),
                Err(found) => {
                    let codes: Vec<&str> = question.scale.iter().map(|answer| answer.code.as_str()).collect();
                    let codes = codes.join(", ");
                    let (vi, en) = (format!("cần một trong: {codes}"), format!("one of these is expected: {codes}"));
                    let code = if found == Named::None { "answer_unknown" } else { "answer_ambiguous" };
                    self.fault(row, columns, at, wrong(code, &text, &vi, &en));
                }
            }
        }
        for at in &places.others {
            if !row.cell(*at).trim().is_empty() {
                let name = &columns.headings[*at];
                let what = text!("nhóm này không được hỏi câu {name}", "this group is not asked {name}");
                self.fault(row, columns, *at, ("answer_unasked", what));
            }
        }
        self.places[sheet] = Some(places);
        if self.faults.count() == before && !self.spoilt && answers.iter().all(|answer| *answer == UNANSWERED) {
            let what = text!("phiếu không trả lời câu nào", "nothing is answered on it");
            let place = Place::Ballots { sheet: self.sheet.clone(), row: row.number, column: None };
            self.faults.push("ballot_empty", place, what);
        }
        (self.faults.count() == before).then_some(answers)
    }

    /// Where the questions of a sheet stand; each that has no column is told once.
    fn find(&mut self, row: &Row, columns: &Columns, sheet: usize) -> Places {
        let asks = self.asks;
        let of = |question: &super::asks::AskedQuestion| {
            let name = question.column().as_str();
            columns.questions.iter().find(|(_, heading)| heading == name).map(|(at, _)| *at)
        };
        let asked: Vec<Option<usize>> = asks.sheets[sheet].questions.iter().map(of).collect();
        for (question, _) in asks.sheets[sheet].questions.iter().zip(&asked).filter(|(_, at)| at.is_none()) {
            let (name, group) = (question.column(), &asks.sheets[sheet].group);
            let what = text!(
                "không có cột {name}, nhóm {group} được hỏi câu này",
                "there is no column {name}, which {group} are asked"
            );
            self.faults.push(
                "column_missing",
                Place::Ballots { sheet: self.sheet.clone(), row: row.number, column: None },
                what,
            );
        }
        let headed = columns.questions.iter().map(|(at, _)| *at);
        let others = headed.filter(|at| !asked.contains(&Some(*at))).collect();
        Places { asked, others }
    }
}

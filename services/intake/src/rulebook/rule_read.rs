//! A leaf's rule from the rows below the leaf.
//! A row that the rule does not take, or takes once and finds twice, is a fault where it stands.

use proto::document::{Band, Bound, CountStep, Delay, FigureName, OptionPoints, Rule, Text, Tier, WhenNone};
use proto::text;
use proto::{Code, Decimal};

use super::tree;
use crate::fault::{Faults, Place};
use crate::table::Row;
use crate::terms::read;
use crate::words::{LOWER, NONE, ROWS, RULES, UPPER};

/// The rows below a leaf, by what they are.
pub struct Rows<'r, 't> {
    rows: Vec<(&'static str, &'r Row<'t>)>,
    /// Where the leaf itself is.
    leaf: Place,
    rule: &'static str,
}

impl<'r, 't> Rows<'r, 't> {
    /// Rows whose kind could be read.
    pub fn new(rule: &'static str, leaf: Place, below: &'r [Row<'t>], faults: &mut Faults) -> Self {
        let kind = |row: &'r Row<'t>| Some((row.word(tree::RULE, &ROWS, faults)?, row));
        Self { rows: below.iter().filter_map(kind).collect(), leaf, rule }
    }

    /// All rows of a kind.
    fn all<T>(
        &mut self,
        kind: &str,
        faults: &mut Faults,
        read: impl Fn(&Row<'t>, &mut Faults) -> Option<T>,
    ) -> Option<Vec<T>> {
        let (these, others) = self.rows.drain(..).partition(|(k, _)| *k == kind);
        self.rows = others;
        let these: Vec<(&str, &Row)> = these;
        let mut found = Vec::new();
        let mut whole = true;
        for (_, row) in these {
            match read(row, faults) {
                Some(value) => found.push(value),
                None => whole = false,
            }
            row.rest(faults);
        }
        whole.then_some(found)
    }

    /// The one row of a kind.
    fn one<T>(
        &mut self,
        kind: &'static str,
        faults: &mut Faults,
        read: impl Fn(&Row<'t>, &mut Faults) -> Option<T>,
    ) -> Option<T> {
        let twice: Vec<Place> =
            self.rows.iter().filter(|(k, _)| *k == kind).skip(1).map(|(_, row)| row.place()).collect();
        let name = ROWS.of(kind);
        let (vi, en) = (name.vi, name.en);
        if !twice.is_empty() {
            for place in twice {
                faults.push("row_twice", place, text!("dòng “{vi}” có hai lần", "the row {vi:?} ({en}) stands twice"));
            }
            self.all(kind, faults, read);
            return None;
        }
        let mut found = self.all(kind, faults, read)?;
        if found.is_empty() {
            let rule = RULES.of(self.rule);
            let (rule_vi, rule_en) = (rule.vi, rule.en);
            let what = text!(
                "quy tắc “{rule_vi}” cần dòng “{vi}” ở dưới",
                "the rule {rule_vi:?} ({rule_en}) needs a row {vi:?} ({en}) below"
            );
            faults.push("row_missing", self.leaf.clone(), what);
        }
        found.pop()
    }

    /// What the rule does not take.
    fn rest(self, faults: &mut Faults) {
        let rule = RULES.of(self.rule);
        let (vi, en) = (rule.vi, rule.en);
        for (_, row) in self.rows {
            let what = text!("quy tắc “{vi}” không có dòng này", "the rule {vi:?} ({en}) has no such row");
            faults.push("row_unexpected", row.place_of(tree::RULE), what);
        }
    }
}

fn points(row: &Row, faults: &mut Faults) -> Option<Decimal> {
    row.decimal(tree::POINTS, faults)
}

fn named(row: &Row, faults: &mut Faults) -> Option<(Code, Text)> {
    let code = row.code(tree::CODE, faults, |t| Code::parse(t).ok());
    let title = row.texts(tree::TITLE, tree::TITLE_EN, faults);
    Some((code?, title?))
}

fn figure(row: &Row, faults: &mut Faults) -> Option<FigureName> {
    let (name, title) = named(row, faults)?;
    Some(FigureName { name, title })
}

fn lower(row: &Row, faults: &mut Faults) -> Option<Bound> {
    let (end, at) = (row.word(tree::LOWER, &LOWER, faults), row.decimal(tree::FROM, faults));
    Some(Bound { at: at?, closed: end? == "closed" })
}

fn upper(row: &Row, faults: &mut Faults) -> Option<Bound> {
    let (end, at) = (row.word(tree::UPPER, &UPPER, faults), row.decimal(tree::TO, faults));
    Some(Bound { at: at?, closed: end? == "closed" })
}

fn none(row: &Row, faults: &mut Faults) -> Option<WhenNone> {
    row.word(tree::POINTS, &NONE, faults).map(read)
}

fn interval(row: &Row, faults: &mut Faults) -> Option<(Bound, Bound, Decimal)> {
    let (from, to, points) = (lower(row, faults), upper(row, faults), points(row, faults));
    Some((from?, to?, points?))
}

/// The rule that the rows make.
pub fn rule(mut rows: Rows, faults: &mut Faults) -> Option<Rule> {
    let rule = taken(&mut rows, faults);
    rows.rest(faults);
    rule
}

fn taken(rows: &mut Rows, f: &mut Faults) -> Option<Rule> {
    match rows.rule {
        "options" => {
            let option = |row: &Row, f: &mut Faults| {
                let (named, points) = (named(row, f), points(row, f));
                let (code, title) = named?;
                Some(OptionPoints { code, title, points: points? })
            };
            Some(Rule::Options { options: rows.all("option", f, option)? })
        }
        "number" => Some(Rule::Number { step: rows.one("increment", f, points)? }),
        "yes_no" => {
            let (yes, no) = (rows.one("yes", f, points), rows.one("no", f, points));
            Some(Rule::YesNo { yes: yes?, no: no? })
        }
        "steps" => {
            let count = rows.one("count", f, figure);
            let step = |row: &Row, f: &mut Faults| {
                let (from, points) = (row.count(tree::FROM, f), points(row, f));
                Some(CountStep { from: from?, points: points? })
            };
            let steps = rows.all("step", f, step);
            Some(Rule::Steps { count: count?, steps: steps? })
        }
        "per_unit" | "deduct" => {
            let (count, each) = (rows.one("count", f, figure), rows.one("each", f, points));
            let (count, each) = (count?, each?);
            Some(if rows.rule == "deduct" { Rule::Deduct { count, each } } else { Rule::PerUnit { count, each } })
        }
        "external_index" => {
            let (value, scale) = (rows.one("value", f, figure), rows.one("scale", f, points));
            Some(Rule::ExternalIndex { value: value?, scale: scale? })
        }
        "deadline" => {
            let due = rows.one("due", f, |row, f| row.day(tree::POINTS, f));
            let delay = |row: &Row, f: &mut Faults| {
                let (days, points) = (row.count(tree::TO, f), points(row, f));
                Some(Delay { days: days?, points: points? })
            };
            let delays = rows.all("delay", f, delay);
            let (after, never) = (rows.one("after", f, points), rows.one("never", f, points));
            Some(Rule::Deadline { due: due?, delays: delays?, after: after?, never: never? })
        }
        "formula" => {
            let figures = rows.all("figure", f, figure);
            let expression = rows.one("expression", f, |row, f| row.text(tree::TITLE, f));
            let none = rows.one("none", f, none);
            Some(Rule::Formula { figures: figures?, expression: expression?, none: none? })
        }
        "survey_average" => Some(Rule::SurveyAverage {}),
        _ => ratio(rows, f),
    }
}

/// The rules on a ratio: part, whole, what stands between, and what is given where there is nothing to reach.
fn ratio(rows: &mut Rows, f: &mut Faults) -> Option<Rule> {
    let (part, whole) = (rows.one("part", f, figure), rows.one("whole", f, figure));
    match rows.rule {
        "ratio_bands" => {
            let band = |row: &Row, f: &mut Faults| interval(row, f).map(|(from, to, points)| Band { from, to, points });
            let (bands, none) = (rows.all("band", f, band), rows.one("none", f, none));
            Some(Rule::RatioBands { part: part?, whole: whole?, bands: bands?, none: none? })
        }
        "tiers" => {
            let tier = |row: &Row, f: &mut Faults| interval(row, f).map(|(from, to, share)| Tier { from, to, share });
            let (tiers, none) = (rows.all("tier", f, tier), rows.one("none", f, none));
            Some(Rule::Tiers { part: part?, whole: whole?, tiers: tiers?, none: none? })
        }
        "linear_floor" => {
            let (floor, none) = (rows.one("floor", f, lower), rows.one("none", f, none));
            Some(Rule::LinearFloor { part: part?, whole: whole?, floor: floor?, none: none? })
        }
        _ => {
            let none = rows.one("none", f, none);
            Some(Rule::Linear { part: part?, whole: whole?, none: none? })
        }
    }
}

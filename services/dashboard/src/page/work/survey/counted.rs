//! What a tally counts, as pages show it: by unit and group against the plan, by question, and what was noticed, in words.

use proto::Exact;
use proto::document::Lang;
use proto::surveyed::{Counted, CountedQuestion, Covered, FindingTold};

use crate::number::{Printer, percent};
use crate::page::Bar;
use crate::page::fill::text;
use crate::words::{SurveyWords, fill, finding};

/// The most rows of a table on a page; how many more there are is said.
const ROWS_MAX: usize = 500;
/// The digits of what stands for a collector that are shown.
const COLLECTOR_DIGITS: usize = 12;

/// What a tally counts.
pub struct Shown {
    /// By unit and group.
    pub units: Vec<Line>,
    /// That there are more of them.
    pub more_units: Option<String>,
    /// By question: a table for each group and scale.
    pub tables: Vec<Table>,
    /// What somebody should look at.
    pub findings: Vec<String>,
    /// That there are more of them.
    pub more_findings: Option<String>,
}

/// What was planned and collected.
pub struct Line {
    /// The unit; none where it is about all of them.
    pub unit: String,
    /// The group.
    pub group: String,
    /// How many were planned, in words where none were.
    pub planned: String,
    /// How many were collected.
    pub collected: String,
    /// Their share in percent; empty where none were planned.
    pub share: String,
    /// How many are missing.
    pub missing: String,
    /// Whether any are.
    pub is_short: bool,
    /// The share as a bar.
    pub bar: Bar,
}

/// The questions of a group that have one scale.
pub struct Table {
    /// What it is of.
    pub title: String,
    /// The answers.
    pub answers: Vec<String>,
    /// The questions.
    pub rows: Vec<Row>,
}

/// A question.
pub struct Row {
    /// Its code.
    pub code: String,
    /// What is asked.
    pub text: String,
    /// How many gave each answer, and their share.
    pub counts: Vec<(String, String)>,
    /// How many answered.
    pub answered: String,
}

/// What a tally counts, told.
pub fn shown(printer: &Printer, counted: &Counted) -> Shown {
    let w = SurveyWords::of(printer.lang);
    let more = |of: usize| {
        let more = of.saturating_sub(ROWS_MAX) as u64;
        (more > 0).then(|| fill(w.more_rows, &[&printer.count(more)]))
    };
    Shown {
        units: counted.units.iter().take(ROWS_MAX).map(|covered| line(printer, covered)).collect(),
        more_units: more(counted.units.len()),
        tables: tables(printer, &counted.questions),
        findings: counted.findings.iter().take(ROWS_MAX).map(|found| said(printer, found)).collect(),
        more_findings: more(counted.findings.len()),
    }
}

/// A unit and group.
pub fn line(printer: &Printer, covered: &Covered) -> Line {
    let names = (text(printer.lang, &covered.name), text(printer.lang, &covered.title));
    let (planned, collected) = (covered.planned.map(u64::from), covered.collected);
    let missing = planned.map_or(0, |planned| planned.saturating_sub(collected));
    line_of(printer, names, Sum { planned, collected, missing })
}

/// What was planned and collected of one unit, or of several: what one has too many of does not make up for what another one misses.
#[derive(Default)]
pub struct Sum {
    /// How many were planned.
    pub planned: Option<u64>,
    /// How many were collected.
    pub collected: u64,
    /// How many are missing.
    pub missing: u64,
}

/// So many of so many. The share is that of the plan which was reached.
pub fn line_of(printer: &Printer, (unit, group): (String, String), sum: Sum) -> Line {
    let w = SurveyWords::of(printer.lang);
    let Sum { planned, collected, missing } = sum;
    let planned = planned.filter(|planned| *planned > 0);
    let reached = planned.map_or(0, |planned| planned.saturating_sub(missing));
    let share = planned.and_then(|planned| percent(&whole(reached), &whole(planned)));
    Line {
        unit,
        group,
        planned: planned.map_or_else(|| w.unplanned.to_owned(), |planned| printer.count(planned)),
        collected: printer.count(collected),
        share: share.map_or_else(String::new, |share| format!("{} %", tenth(printer, &share))),
        missing: match (planned, missing) {
            (None, _) => String::new(),
            (Some(_), 0) => w.enough.to_owned(),
            (Some(_), missing) => printer.count(missing),
        },
        is_short: missing > 0,
        bar: Bar::one(&whole(reached), &whole(planned.unwrap_or(1))),
    }
}

fn whole(n: u64) -> Exact {
    Exact::whole(i64::try_from(n).unwrap_or(i64::MAX))
}

/// A share with one digit after the point: it is no score, and no round declares how it is rounded.
fn tenth(printer: &Printer, share: &Exact) -> String {
    printer.set(&share.rounded(1, proto::exact::RoundingMode::HalfUp))
}

fn tables(printer: &Printer, questions: &[CountedQuestion]) -> Vec<Table> {
    let scale = |question: &CountedQuestion| {
        let title = |answer: &proto::surveyed::CountedAnswer| match &answer.title {
            Some(title) => text(printer.lang, title),
            None => answer.code.to_string(),
        };
        question.answers.iter().map(title).collect::<Vec<_>>()
    };
    let w = SurveyWords::of(printer.lang);
    let mut tables: Vec<Table> = Vec::new();
    for question in questions {
        let (title, answers) = (fill(w.of_group, &[&text(printer.lang, &question.title)]), scale(question));
        let is_same = tables.last().is_some_and(|table| table.title == title && table.answers == answers);
        if !is_same {
            tables.push(Table { title, answers, rows: Vec::new() });
        }
        tables.last_mut().expect("one was pushed").rows.push(row(printer, question));
    }
    tables
}

fn row(printer: &Printer, question: &CountedQuestion) -> Row {
    let answered: u64 = question.answers.iter().map(|answer| answer.count).sum();
    let counts = question.answers.iter().map(|answer| {
        let share = percent(&whole(answer.count), &whole(answered));
        let share = share.map_or_else(String::new, |share| format!("{} %", tenth(printer, &share)));
        (printer.count(answer.count), share)
    });
    Row {
        code: question.question.as_ref().unwrap_or(&question.leaf).to_string(),
        text: text(printer.lang, &question.text),
        counts: counts.collect(),
        answered: printer.count(answered),
    }
}

/// A finding: whom it is about, and what.
fn said(printer: &Printer, found: &FindingTold) -> String {
    let lang: Lang = printer.lang;
    let collector = found.collector.map(|hash| {
        let digits = hash.to_string();
        format!("{} {}…", SurveyWords::of(lang).collectors, &digits[..COLLECTOR_DIGITS])
    });
    let about = found.unit.iter().chain(&found.group).map(|name| text(lang, name)).chain(collector);
    let about = about.collect::<Vec<_>>().join(", ");
    let what =
        fill(finding(lang, found.kind), &[&printer.count(found.ballots.into()), &printer.count(found.of.into())]);
    format!("{about}: {what}.")
}

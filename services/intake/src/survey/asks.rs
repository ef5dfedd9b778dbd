//! What a round's survey asks: which groups answer which questions about which units, by which scales; and the names by which a
//! file may say so. A name that could mean two things means none of them.

use std::collections::{BTreeSet, HashMap};

use domain::{Round, World};
use platform::feed::Feed;
use platform::restore::{END, restore};
use proto::act::round::Phase;
use proto::document::{Answer, Source, Text};
use proto::fold::Streams;
use proto::{BatchId, Code, Day, Instant, RoundId, UnitId};
use unicode_normalization::UnicodeNormalization;

use super::count::UNANSWERED;
use super::error::SurveyError;

/// What a round's survey asks.
#[derive(Debug)]
pub struct Asks {
    /// The round.
    pub round: RoundId,
    /// The units, in the round's order.
    pub units: Vec<AskedUnit>,
    /// What each group is asked.
    pub sheets: Vec<Sheet>,
    /// The batches that are on record.
    pub recorded: BTreeSet<BatchId>,
    /// The first day of the survey, and the last.
    pub days: Option<(Day, Day)>,
    by_name: HashMap<String, Option<usize>>,
    planned: HashMap<(usize, usize), u32>,
}

/// A unit that is asked about.
#[derive(Debug)]
pub struct AskedUnit {
    /// The unit.
    pub unit: UnitId,
    kind: Code,
}

/// What a group is asked about units of a kind.
#[derive(Debug)]
pub struct Sheet {
    kind: Code,
    /// The group.
    pub group: Code,
    title: Text,
    /// The questions, in the order of the form.
    pub questions: Vec<AskedQuestion>,
}

/// A question.
#[derive(Debug)]
pub struct AskedQuestion {
    /// The survey leaf that it belongs to.
    pub leaf: Code,
    /// The question, where the round has forms.
    pub question: Option<Code>,
    /// The answers, in the scale's order.
    pub scale: Vec<AskedAnswer>,
}

/// An answer of a scale, by what it may be called.
#[derive(Debug, PartialEq, Eq)]
pub struct AskedAnswer {
    /// Its code.
    pub code: Code,
    titles: Vec<String>,
}

/// What a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// One thing, by its place.
    One(usize),
    /// More than one.
    Several,
    /// Nothing.
    None,
}

/// How far clocks in Vietnam are ahead of UTC, in microseconds.
const VIETNAM_AHEAD_US: i64 = 7 * 3_600 * 1_000_000;

/// The day in Vietnam.
fn day(at: Instant) -> Option<Day> {
    Day::parse(at.plus_micros(VIETNAM_AHEAD_US).to_string().get(..10)?).ok()
}

/// Text as it is compared: by its letters, not by how they are put together.
fn nfc(text: &str) -> String {
    text.trim().nfc().collect()
}

impl AskedQuestion {
    /// The name of its column.
    #[must_use]
    pub fn column(&self) -> &Code {
        self.question.as_ref().unwrap_or(&self.leaf)
    }

    /// The answer of a code or title. A code goes before every title.
    #[must_use]
    pub fn answer(&self, text: &str) -> Named {
        if let Some(found) = self.scale.iter().position(|answer| answer.code.as_str() == text) {
            return Named::One(found);
        }
        let mut found = (0..self.scale.len()).filter(|at| self.scale[*at].titles.iter().any(|title| title == text));
        match (found.next(), found.next()) {
            (Some(one), None) => Named::One(one),
            (Some(_), Some(_)) => Named::Several,
            (None, _) => Named::None,
        }
    }
}

impl AskedQuestion {
    /// What a cell's text marks: the place of an answer, or nothing.
    ///
    /// # Errors
    /// What it means instead of one answer.
    pub fn marked(&self, text: &str) -> Result<u8, Named> {
        let found = match self.answer(text) {
            // A code with a point, as a program writes it that has decimal commas.
            Named::None if text.contains(',') => self.answer(&text.replace(',', ".")),
            found => found,
        };
        match found {
            Named::One(answer) => Ok(u8::try_from(answer).expect("a scale has few answers")),
            _ if text.is_empty() => Ok(UNANSWERED),
            found => Err(found),
        }
    }
}

impl Asks {
    /// Of a round as a log leads to it, up to its end.
    ///
    /// # Errors
    /// [`SurveyError`].
    pub async fn read(log: &dyn Feed, round: &RoundId) -> Result<Self, SurveyError> {
        let mut world = World::default();
        for streams in [Streams::Log, Streams::Round(round.clone())] {
            restore(log, &mut world, streams, END).await?;
        }
        let round = world.rounds.get(round).ok_or_else(|| SurveyError::RoundUnknown(round.clone()))?;
        if round.survey_held() { Ok(Self::of(round)) } else { Err(SurveyError::NoSurvey(round.id().clone())) }
    }

    /// Of a round as it stands.
    #[must_use]
    pub fn of(round: &Round) -> Self {
        let units: Vec<AskedUnit> =
            round.units.iter().map(|u| AskedUnit { unit: u.unit.clone(), kind: u.tree.kind.clone() }).collect();
        let mut by_name = HashMap::new();
        for (place, unit) in round.units.iter().enumerate() {
            for name in [&unit.entry.short, &unit.entry.name.vi, &unit.entry.name.en] {
                let seen = by_name.entry(nfc(name)).or_insert(Some(place));
                if *seen != Some(place) {
                    *seen = None;
                }
            }
        }
        by_name.remove("");
        // An id goes before every name.
        by_name.extend(units.iter().enumerate().map(|(place, unit)| (unit.unit.to_string(), Some(place))));
        let sheets: Vec<Sheet> = round.book.groups.iter().filter_map(|group| sheet(round, group)).collect();
        let mut planned = HashMap::new();
        for (place, unit) in units.iter().enumerate() {
            for (at, sheet) in sheets.iter().enumerate().filter(|(_, sheet)| sheet.kind == unit.kind) {
                let group = round.book.groups.iter().find(|g| g.kind == sheet.kind && g.code == sheet.group);
                let sample = group.and_then(|group| round.planned(&unit.unit, group));
                planned.extend(sample.map(|sample| ((place, at), sample)));
            }
        }
        let until = round.until(Phase::Survey, None);
        let from = round.windows.get(&Phase::Survey).map(|window| window.from);
        // A deadline is the first moment that is too late.
        let days = from.zip(until).and_then(|(from, until)| Some((day(from)?, day(until.plus_micros(-1))?)));
        let recorded = round.batches.keys().cloned().collect();
        Self { round: round.id().clone(), units, sheets, recorded, days, by_name, planned }
    }

    /// The unit of an id, a short name or a title.
    #[must_use]
    pub fn unit(&self, text: &str) -> Named {
        match self.by_name.get(text) {
            Some(Some(place)) => Named::One(*place),
            Some(None) => Named::Several,
            None => Named::None,
        }
    }

    /// What a group is asked about a unit, by the group's code or title.
    #[must_use]
    pub fn sheet(&self, unit: usize, text: &str) -> Named {
        let kind = &self.units[unit].kind;
        let of_kind = || (0..self.sheets.len()).filter(|at| self.sheets[*at].kind == *kind);
        if let Some(found) = of_kind().find(|at| self.sheets[*at].group.as_str() == text) {
            return Named::One(found);
        }
        let titled =
            |at: &usize| [&self.sheets[*at].title.vi, &self.sheets[*at].title.en].iter().any(|t| t.as_str() == text);
        let mut found = of_kind().filter(titled);
        match (found.next(), found.next()) {
            (Some(one), None) => Named::One(one),
            (Some(_), Some(_)) => Named::Several,
            (None, _) => Named::None,
        }
    }

    /// How many are planned to answer.
    #[must_use]
    pub fn planned(&self, unit: usize, sheet: usize) -> Option<u32> {
        self.planned.get(&(unit, sheet)).copied()
    }

    /// Whether any sheet has a question of this name.
    #[must_use]
    pub fn asks(&self, column: &str) -> bool {
        self.sheets.iter().any(|sheet| sheet.questions.iter().any(|q| q.column().as_str() == column))
    }

    /// The groups that are asked about a unit, as they are shown to whoever named another.
    #[must_use]
    pub fn groups(&self, unit: usize) -> String {
        let of_kind = self.sheets.iter().filter(|sheet| sheet.kind == self.units[unit].kind);
        of_kind.map(|sheet| sheet.group.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// What a group is asked; none where the round has forms and none of them is for it, or nothing is asked about its units.
fn sheet(round: &Round, group: &proto::document::Group) -> Option<Sheet> {
    let asked = |leaf: &Code, question: Option<&Code>, scale: &[Answer]| AskedQuestion {
        leaf: leaf.clone(),
        question: question.cloned(),
        scale: scale.iter().map(answer).collect(),
    };
    let questions: Vec<AskedQuestion> = if round.forms.is_empty() {
        let leaves = round.book.trees.get(&group.kind)?.leaves.iter();
        leaves.filter(|l| l.leaf.source == Source::Survey).map(|l| asked(&l.code, None, &round.book.answers)).collect()
    } else {
        let form = round.form(&group.kind, &group.code)?;
        form.questions.iter().map(|q| asked(&q.leaf, Some(&q.code), round.scale(q))).collect()
    };
    let title = Text { vi: nfc(&group.title.vi), en: nfc(&group.title.en) };
    (!questions.is_empty()).then(|| Sheet { kind: group.kind.clone(), group: group.code.clone(), title, questions })
}

fn answer(answer: &Answer) -> AskedAnswer {
    let titles = answer.title.iter().flat_map(|title| [nfc(&title.vi), nfc(&title.en)]);
    let mut titles: Vec<String> = titles.filter(|title| !title.is_empty()).collect();
    titles.dedup();
    AskedAnswer { code: answer.code.clone(), titles }
}

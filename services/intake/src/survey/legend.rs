//! What the places in a stored ballot stand for: the units, groups, questions and answers of the round, by their ids and codes. It is
//! kept with the batch, so that a ballot can be told without the log. Nothing in it is of any ballot.

use proto::ballot::{Answered, Ballot};
use proto::{Code, UnitId};
use serde::{Deserialize, Serialize};

use super::asks::Asks;
use super::count::{Marked, UNANSWERED};

/// What places stand for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Legend {
    /// The units.
    pub units: Vec<UnitId>,
    /// What each group is asked.
    pub sheets: Vec<LegendSheet>,
}

/// What a group is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegendSheet {
    /// The group.
    pub group: Code,
    /// The questions, in the order of the form.
    pub questions: Vec<LegendQuestion>,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegendQuestion {
    /// The survey leaf that it belongs to.
    pub leaf: Code,
    /// The question, where the round has forms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Code>,
    /// The codes of the answers, in the scale's order.
    pub answers: Vec<Code>,
}

impl Legend {
    /// Of what a round asks.
    #[must_use]
    pub fn of(asks: &Asks) -> Self {
        let question = |asked: &super::asks::AskedQuestion| LegendQuestion {
            leaf: asked.leaf.clone(),
            question: asked.question.clone(),
            answers: asked.scale.iter().map(|answer| answer.code.clone()).collect(),
        };
        let sheets = asks.sheets.iter().map(|sheet| LegendSheet {
            group: sheet.group.clone(),
            questions: sheet.questions.iter().map(question).collect(),
        });
        Self { units: asks.units.iter().map(|unit| unit.unit.clone()).collect(), sheets: sheets.collect() }
    }

    /// A ballot as the protocol writes it; none where a place stands for nothing.
    #[must_use]
    pub fn ballot(&self, marked: &Marked) -> Option<Ballot> {
        let sheet = self.sheets.get(marked.sheet).filter(|sheet| sheet.questions.len() == marked.answers.len())?;
        let given = sheet.questions.iter().zip(&marked.answers).filter(|(_, answer)| **answer != UNANSWERED);
        let answers = given.map(|(asked, answer)| {
            let answer = asked.answers.get(usize::from(*answer))?.clone();
            Some(Answered { leaf: asked.leaf.clone(), question: asked.question.clone(), answer })
        });
        Some(Ballot {
            unit: self.units.get(marked.unit)?.clone(),
            group: sheet.group.clone(),
            day: marked.day,
            answers: answers.collect::<Option<_>>()?,
            seconds: marked.seconds,
            collector: marked.collector.clone(),
        })
    }
}

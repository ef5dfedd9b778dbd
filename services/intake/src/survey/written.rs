//! Ballots in their canonical form, put together out of pieces that are written once for each batch: whatever is committed to is, byte
//! for byte, what the protocol writes (proto/README.md, section 28).

use std::collections::HashMap;
use std::io::Write;

use proto::Day;
use proto::ballot::Answered;
use proto::canon::{WriteError, escape, to_vec};

use super::count::{Marked, UNANSWERED};
use super::legend::Legend;

/// The pieces.
#[derive(Debug)]
pub struct Pieces {
    units: Vec<Vec<u8>>,
    sheets: Vec<Sheet>,
}

#[derive(Debug)]
struct Sheet {
    group: Vec<u8>,
    /// For each question and answer, the answer as it is written, and a comma.
    answered: Vec<Vec<Vec<u8>>>,
}

/// Days as they were written last: ballots have few.
#[derive(Debug, Default)]
pub struct Days(HashMap<Day, [u8; 10]>);

impl Days {
    /// A day, `2022-10-28`.
    pub fn text(&mut self, day: Day) -> [u8; 10] {
        let write = || {
            let mut text = [0; 10];
            write!(&mut text[..], "{day}").expect("a day has ten characters");
            text
        };
        *self.0.entry(day).or_insert_with(write)
    }
}

impl Pieces {
    /// Of what a batch's places stand for.
    ///
    /// # Errors
    /// [`WriteError`] where something has no canonical form.
    pub fn of(legend: &Legend) -> Result<Self, WriteError> {
        let mut sheets = Vec::new();
        for sheet in &legend.sheets {
            let mut answered = Vec::new();
            for asked in &sheet.questions {
                let written = asked.answers.iter().map(|answer| {
                    let (leaf, question) = (asked.leaf.clone(), asked.question.clone());
                    let mut written = to_vec(&Answered { leaf, question, answer: answer.clone() })?;
                    written.push(b',');
                    Ok(written)
                });
                answered.push(written.collect::<Result<_, WriteError>>()?);
            }
            sheets.push(Sheet { group: to_vec(&sheet.group)?, answered });
        }
        let units = legend.units.iter().map(to_vec).collect::<Result<_, _>>()?;
        Ok(Self { units, sheets })
    }

    /// A ballot, in the place of what was written before. Its places are those that the pieces were made of.
    pub fn write(&self, marked: &Marked, days: &mut Days, out: &mut Vec<u8>) {
        let sheet = &self.sheets[marked.sheet];
        out.clear();
        out.extend_from_slice(b"{\"answers\":[");
        let given = sheet.answered.iter().zip(&marked.answers).filter(|(_, answer)| **answer != UNANSWERED);
        for (answers, answer) in given {
            out.extend_from_slice(&answers[usize::from(*answer)]);
        }
        // No comma stands behind the last one.
        if out.ends_with(b",") {
            out.pop();
        }
        out.extend_from_slice(b"],\"collector\":");
        escape(&marked.collector, out);
        out.extend_from_slice(b",\"day\":\"");
        out.extend_from_slice(&days.text(marked.day));
        out.extend_from_slice(b"\",\"group\":");
        out.extend_from_slice(&sheet.group);
        if let Some(seconds) = marked.seconds {
            write!(out, ",\"seconds\":{seconds}").expect("memory takes it");
        }
        out.extend_from_slice(b",\"unit\":");
        out.extend_from_slice(&self.units[marked.unit]);
        out.push(b'}');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proto::canon::to_vec;

    use super::{Days, Pieces};
    use crate::survey::count::{Marked, UNANSWERED};
    use crate::survey::legend::{Legend, LegendQuestion, LegendSheet};

    fn legend() -> Legend {
        let codes = |codes: &[&str]| codes.iter().map(|code| code.parse().expect("a code")).collect();
        let question = |leaf: &str, question: Option<&str>, answers| LegendQuestion {
            leaf: leaf.parse().expect("a code"),
            question: question.map(|code| code.parse().expect("a code")),
            answers,
        };
        let sheet = |group: &str, questions| LegendSheet { group: group.parse().expect("a code"), questions };
        let many = |n: usize| question("2.1", Some(&format!("q{n}")), codes(&["a", "b", "0.5"]));
        let sheets = vec![
            sheet("citizens", (0..5).map(many).collect()),
            sheet("firms", vec![question("1.6.1", None, codes(&["1", "2"]))]),
        ];
        Legend { units: ["noivu", "001"].map(|unit| unit.parse().expect("a unit")).into(), sheets }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_put_together_is_what_the_protocol_writes(
            unit in 0_usize..2, sheet in 0_usize..2, day in 0_u32..40_000, seconds in any::<Option<u32>>(), collector in "\\PC{0,9}|[\\x00-\\x7f]{0,9}",
            drawn in prop::collection::vec(any::<u8>(), 5)
        ) {
            let legend = legend();
            let questions = &legend.sheets[sheet].questions;
            let answers = questions.iter().zip(drawn).map(|(asked, drawn)| match usize::from(drawn) % (asked.answers.len() + 1) {
                0 => UNANSWERED,
                answer => u8::try_from(answer - 1).expect("few"),
            });
            let day = proto::Day::parse("1970-01-01").expect("a day").plus_days(day);
            let marked = Marked { unit, sheet, day, answers: answers.collect(), seconds, collector };
            let mut written = b"what was written before,".to_vec();
            Pieces::of(&legend).expect("canonical").write(&marked, &mut Days::default(), &mut written);
            let ballot = legend.ballot(&marked).expect("a ballot");
            prop_assert_eq!(written, to_vec(&ballot).expect("canonical"));
        }
    }
}

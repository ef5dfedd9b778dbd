//! A self-score or an adjustment out of what was said of a leaf, once its inputs were read: typed on a page or into a workbook's row, it is
//! made here, and in one way. It decides nothing: what a self-score may say is `domain`'s to judge, and is asked there.

use domain::{LeafNode, Round, UnitState, fits};
use proto::act::sheet::{Evidence, Inputs, ScoreSelf};
use proto::document::{Lang, Text};
use proto::{Act, Decimal, Exact, Rejection, text};

use super::cells::is_stated;
use super::rows::stated;

/// What a unit has said of a leaf.
pub struct Said {
    /// The score's revision that it goes on from.
    pub revision: u64,
    /// What it rests on; none where nothing was said.
    pub inputs: Option<Inputs>,
    /// The points, where they were stated.
    pub points: Option<Decimal>,
    /// The files.
    pub evidence: Vec<Evidence>,
    /// The explanation.
    pub explanation: String,
}

/// Which part of what was said something is wrong with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// The inputs, which are missing.
    Inputs,
    /// The points.
    Points,
    /// The explanation.
    Explanation,
}

/// What is wrong.
pub struct Wrong {
    /// With which part.
    pub part: Part,
    /// The stable code.
    pub code: &'static str,
    /// What, and what was expected.
    pub text: Text,
}

/// What it comes to: the points that the rule gives, where it gives any, and what would go on record.
pub fn scored(
    round: &Round,
    unit: &UnitState,
    leaf: &LeafNode,
    said: Said,
) -> (Option<Exact>, Result<ScoreSelf, Wrong>) {
    let (by_rule, read) = read(round, leaf, said.inputs, said.points);
    let act = |(inputs, claimed)| ScoreSelf {
        round: round.id().clone(),
        unit: unit.unit.clone(),
        leaf: leaf.code.clone(),
        revision: said.revision,
        inputs,
        claimed,
        evidence: said.evidence,
        explanation: said.explanation,
        from_paper: false,
    };
    (by_rule, read.map(act).and_then(|act| fitting(round, act, Act::ScoreSelf)))
}

/// The points that the rule gives, where it gives any, and the inputs with the points that stand: those stated, or the rule's.
pub fn read(
    round: &Round,
    leaf: &LeafNode,
    inputs: Option<Inputs>,
    points: Option<Decimal>,
) -> (Option<Exact>, Result<(Inputs, Decimal), Wrong>) {
    let Some(inputs) = inputs.or_else(|| is_stated(&leaf.leaf.rule).then(Inputs::default)) else {
        let told =
            text!("thiếu phương án, số liệu hoặc ngày theo quy tắc", "the rule's option, figures or day are missing");
        return (None, Err(Wrong { part: Part::Inputs, code: "inputs_missing", text: told }));
    };
    let by_rule = match domain::computed(leaf, &inputs) {
        Ok(points) => points,
        Err(refused) => return (None, Err(wrong(Part::Whole, &refused))),
    };
    match points.or_else(|| stated(by_rule.as_ref()?, round.book.claims.digits)) {
        Some(points) => (by_rule, Ok((inputs, points))),
        None => {
            let told = text!("phải ghi điểm", "the points must be stated");
            (by_rule, Err(Wrong { part: Part::Points, code: "claim_missing", text: told }))
        }
    }
}

/// What was read, if it fits as an act.
pub fn fitting<A: Clone>(round: &Round, read: A, act: impl FnOnce(A) -> Act) -> Result<A, Wrong> {
    let fits = fits(round, &act(read.clone()));
    fits.map(|()| read).map_err(|refused| wrong(part_of(&refused), &refused))
}

fn wrong(part: Part, refused: &Rejection) -> Wrong {
    let text = Text::new(refused.sentence(Lang::Vi), refused.sentence(Lang::En));
    Wrong { part, code: refused.code(), text }
}

/// What a refusal is about.
fn part_of(refused: &Rejection) -> Part {
    match refused {
        Rejection::PointsNegative { .. }
        | Rejection::PointsOverMaximum { .. }
        | Rejection::PointsOffStep { .. }
        | Rejection::ClaimedDiffers { .. } => Part::Points,
        Rejection::GroundRequired { .. }
        | Rejection::EvidenceRequired { .. }
        | Rejection::TextTooLong { .. }
        | Rejection::ReasonRequired {} => Part::Explanation,
        _ => Part::Whole,
    }
}

//! A unit's sheet as a page asks for it: every leaf that the unit scores itself, with its rule in words, what it asks for and what
//! stands there. It decides nothing, and shows what the log leads to at one position.

use domain::{AtSheet, BatchState, LeafNode, Round, UnitState};
use proto::Instant;
use proto::act::round::{Phase, Stage};
use proto::document::Source;
use proto::filling::{
    AppealBatch, AppealForm, Choice, Claimed, Fields, Heading, LeafForm, SheetForm, SheetQuery, StageForm, Typed,
    TypedFigure,
};
use proto::said::with_comma;
use proto::score::{Score, StageState};

use super::rows::stated;
use super::slots::{Filled, slots};
use super::{Basis, cells, rule_words};

/// What a chosen option is typed as, where it has no code: a thing with a deadline that was never done.
pub const NEVER: &str = "never";

/// The sheet of a unit, for somebody who fills it in, or signs it, or only reads it, at a moment.
pub fn form(basis: &Basis, unit: &UnitState, query: SheetQuery, (does, at): (AtSheet, Instant)) -> SheetForm {
    let (round, claims) = (basis.round, &basis.round.book.claims);
    let own = unit.tree.leaves.iter().zip(&unit.sheet.scores).filter(|(leaf, _)| leaf.leaf.source != Source::Survey);
    SheetForm {
        query,
        position: basis.position,
        root: basis.root,
        held: does.held,
        state: unit.sheet.state,
        version: unit.sheet.version,
        digest: unit.sheet.digest(),
        signed: unit.sheet.signed.clone(),
        until: round.sheet_until(unit),
        fills_in: does.fills_in,
        signs: does.signs,
        digits: claims.digits,
        differing: claims.differing == proto::document::Differing::Ground,
        leaves: own.map(|(leaf, score)| leaf_form(round, unit, leaf, score)).collect(),
        explained_until: round.open_until(Phase::Explanation, Some(&unit.unit), at).ok(),
        appeal: appeal(round, unit, at),
    }
}

/// How the unit appeals now.
fn appeal(round: &Round, unit: &UnitState, at: Instant) -> Option<AppealForm> {
    let publication = round.publications.last()?.number;
    let until = round.open_until(Phase::Appeals, Some(&unit.unit), at).ok().filter(|_| !round.closed)?;
    let number = u32::try_from(round.appeals.len()).ok()?.checked_add(1)?;
    let stands = round.batches.values().filter(|batch| batch.state == BatchState::Stands);
    let batches = stands.map(|batch| AppealBatch {
        batch: batch.recorded.batch.clone(),
        respondents: batch.recorded.respondents,
        merged: round.merged.contains(&batch.recorded.batch),
    });
    Some(AppealForm { number, until, publication, batches: batches.collect() })
}

/// A leaf of the sheet.
pub fn leaf_form(round: &Round, unit: &UnitState, leaf: &LeafNode, score: &Score) -> LeafForm {
    let above = leaf.path.iter().map(|at| &unit.tree.nodes[*at]).filter(|node| node.code != leaf.code);
    LeafForm {
        leaf: leaf.code.clone(),
        title: cells::title(&unit.tree, leaf).clone(),
        under: above.map(|node| Heading { code: node.code.clone(), title: node.title.clone() }).collect(),
        maximum: leaf.maximum,
        rule: rule_words::said(&leaf.leaf.rule, leaf.maximum),
        asks: leaf.leaf.asks.clone(),
        evidence: leaf.leaf.evidence,
        exemptible: leaf.leaf.exemptible,
        fields: fields(leaf),
        revision: score.revision,
        claimed: claimed(leaf, score, round.book.claims.digits),
        flag: score.flag,
        exemption: score.exemption,
        stages: score.stages.iter().map(stage).collect(),
        counts: unit.sheet.final_points(score, round.policy()),
    }
}

fn stage(stage: &StageState) -> StageForm {
    StageForm { stage: stage.stage, points: stage.points.clone(), reason: stage.reason.clone() }
}

fn fields(leaf: &LeafNode) -> Fields {
    let slots = slots(&leaf.leaf.rule);
    let choice = |choice: &super::slots::Choice| Choice {
        value: choice.code.as_ref().map_or(NEVER.to_owned(), ToString::to_string),
        text: choice.said(&leaf.leaf.rule),
        points: choice.points,
    };
    Fields {
        choices: slots.choices.iter().map(choice).collect(),
        figures: slots.named.into_iter().cloned().collect(),
        day: slots.day,
        points: cells::is_stated(&leaf.leaf.rule),
    }
}

/// What a unit has claimed.
fn claimed(leaf: &LeafNode, score: &Score, digits: u8) -> Option<Claimed> {
    let own = score.stage(Stage::Own)?;
    let typed = typed_of(leaf, own, &score.explanation, digits);
    Some(Claimed { points: own.points.clone(), typed, evidence: score.evidence.clone() })
}

/// A stage, as it would have been typed.
pub fn typed_of(leaf: &LeafNode, stage: &StageState, explanation: &str, digits: u8) -> Typed {
    let slots = slots(&leaf.leaf.rule);
    let Filled { option, figures, day, .. } = slots.fill(&stage.inputs);
    let chosen = slots.choices.iter().find(|choice| Some(&choice.text) == option.as_ref());
    let figures = slots
        .named
        .iter()
        .zip(figures)
        .filter_map(|(name, value)| Some(TypedFigure { name: name.name.clone(), value: with_comma(&value?) }));
    // Points that follow from the rule are not typed.
    let by_rule = domain::computed(leaf, &stage.inputs).ok().flatten();
    let typed = (by_rule.as_ref() != Some(&stage.points)).then(|| stated(&stage.points, digits)).flatten();
    Typed {
        option: chosen.map_or(String::new(), |c| c.code.as_ref().map_or(NEVER.to_owned(), ToString::to_string)),
        figures: figures.collect(),
        day: day.map_or(String::new(), |day| day.to_string()),
        points: typed.map_or(String::new(), |points| with_comma(&points)),
        explanation: explanation.to_owned(),
    }
}

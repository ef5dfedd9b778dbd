//! Points from inputs: one arm for each kind of scoring rule of the rulebook (`domain/PAR-INDEX.md` lists the kinds).
//! It never rounds and never reads anything but its arguments.

pub mod explain;
pub mod faults;
mod inputs;

use proto::act::sheet::Inputs;
use proto::document::{Bound, Claims, Delay, Differing, Rule, WhenNone};
use proto::{Code, Decimal, Exact, Rejection};

use crate::formula::Expr;
use crate::rulebook::LeafNode;
use inputs::Declared;

/// Whether the sender may stand by points that are not the rule's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Insists {
    /// No: appraisers correct the inputs, and the points follow.
    Never,
    /// Where the rulebook allows it, with a written ground.
    WithGround(bool),
}

/// The points of a stage: those that the rule gives, or, with a ground, those that were claimed.
///
/// # Errors
/// Inputs that the rule does not take, stated points outside 0 to the maximum, off the step, or not the rule's.
pub fn points(
    claims: &Claims,
    leaf: &LeafNode,
    inputs: &Inputs,
    stated: Decimal,
    insists: Insists,
) -> Result<Exact, Rejection> {
    let code = || leaf.code.clone();
    if stated.is_negative() {
        return Err(Rejection::PointsNegative { leaf: code(), points: stated.to_string() });
    }
    if stated > leaf.maximum {
        let (points, maximum) = (stated.to_string(), leaf.maximum.to_string());
        return Err(Rejection::PointsOverMaximum { leaf: code(), points, maximum });
    }
    let Some(computed) = computed(leaf, inputs)? else {
        return off_step(leaf, stated).map_or(Ok(Exact::from(stated)), Err);
    };
    if agrees(claims, &computed, stated) {
        return Ok(computed);
    }
    let (claimed, computed) = (stated.to_string(), computed.plain());
    match (claims.differing, insists) {
        (Differing::Ground, Insists::WithGround(true)) => Ok(Exact::from(stated)),
        (Differing::Ground, Insists::WithGround(false)) => {
            Err(Rejection::GroundRequired { leaf: code(), claimed, computed })
        }
        (Differing::Refuse, _) | (_, Insists::Never) => {
            Err(Rejection::ClaimedDiffers { leaf: code(), claimed, computed })
        }
    }
}

fn off_step(leaf: &LeafNode, stated: Decimal) -> Option<Rejection> {
    let Rule::Number { step } = &leaf.leaf.rule else { return None };
    let (leaf, points, step_) = (leaf.code.clone(), stated.to_string(), step.to_string());
    (!stated.is_multiple_of(*step)).then_some(Rejection::PointsOffStep { leaf, points, step: step_ })
}

/// Whether a stated decimal is the computed value, or that value rounded to the rulebook's digits.
pub fn agrees(claims: &Claims, computed: &Exact, stated: Decimal) -> bool {
    let stated_exact = Exact::from(stated);
    if stated_exact == *computed {
        return true;
    }
    let apart = &stated_exact - computed;
    let apart = if apart.is_negative() { -apart } else { apart };
    let half = Exact::ratio(1, 2 * 10_i128.pow(u32::from(claims.digits.min(proto::decimal::SCALE_MAX))));
    stated.scale() <= claims.digits && half.is_some_and(|half| apart <= half)
}

/// The points that the rule gives; none where it leaves them to whoever states them.
///
/// # Errors
/// Inputs that the rule does not take.
pub fn computed(leaf: &LeafNode, inputs: &Inputs) -> Result<Option<Exact>, Rejection> {
    let declared = Declared { leaf, inputs };
    let maximum = || Exact::from(leaf.maximum);
    Ok(Some(match &leaf.leaf.rule {
        Rule::SurveyAverage {} => return Err(Rejection::LeafIsSurvey { leaf: leaf.code.clone() }),
        Rule::Number { .. } => {
            declared.only(&[], false)?;
            declared.no_option()?;
            return Ok(None);
        }
        Rule::Options { options } => {
            declared.only(&[], false)?;
            let chosen = options.iter().find(|o| inputs.option.as_ref() == Some(&o.code));
            Exact::from(chosen.ok_or_else(|| declared.unknown_option())?.points)
        }
        Rule::YesNo { yes, no } => {
            declared.only(&[], false)?;
            match declared.option() {
                "yes" => Exact::from(*yes),
                "no" => Exact::from(*no),
                _ => return Err(declared.unknown_option()),
            }
        }
        Rule::RatioBands { part, whole, bands, none } => match declared.ratio(part, whole)? {
            None => declared.when_none(*none)?,
            Some(ratio) => {
                let percent = percent(&ratio);
                let band = bands.iter().find(|b| within(&percent, &b.from, &b.to));
                band.map_or_else(Exact::zero, |b| Exact::from(b.points))
            }
        },
        Rule::Tiers { part, whole, tiers, none } => match declared.ratio(part, whole)? {
            None => declared.when_none(*none)?,
            Some(ratio) => {
                let percent = percent(&ratio);
                let tier = tiers.iter().find(|t| within(&percent, &t.from, &t.to));
                tier.map_or_else(Exact::zero, |t| Exact::from(t.share) * maximum())
            }
        },
        Rule::Linear { part, whole, none } => match declared.ratio(part, whole)? {
            None => declared.when_none(*none)?,
            Some(ratio) => ratio * maximum(),
        },
        Rule::LinearFloor { part, whole, floor, none } => match declared.ratio(part, whole)? {
            None => declared.when_none(*none)?,
            Some(ratio) if above(&percent(&ratio), floor) => ratio * maximum(),
            Some(_) => Exact::zero(),
        },
        Rule::Steps { count, steps } => {
            let n = declared.count(count)?;
            let reached = steps.iter().rev().find(|step| Exact::whole(i64::from(step.from)) <= n);
            reached.map_or_else(Exact::zero, |step| Exact::from(step.points))
        }
        Rule::PerUnit { count, each } => (declared.count(count)? * Exact::from(*each)).min(maximum()),
        Rule::Deduct { count, each } => (maximum() - declared.count(count)? * Exact::from(*each)).max(Exact::zero()),
        Rule::Formula { figures, expression, none } => {
            let names: Vec<_> = figures.iter().collect();
            declared.only(&names, false)?;
            declared.no_option()?;
            for name in names {
                declared.figure(name)?;
            }
            match formula_value(expression, inputs) {
                Some(value) => value.max(Exact::zero()).min(maximum()),
                None => declared.when_none(*none)?,
            }
        }
        Rule::ExternalIndex { value, scale } => {
            let (value, scale) = (declared.value(value, *scale)?, Exact::from(*scale));
            let share = value.checked_div(&scale).unwrap_or_default();
            share * maximum()
        }
        Rule::Deadline { due, delays, after, never } => {
            declared.only(&[], true)?;
            declared.no_option()?;
            let late = inputs.date.map(|date| date.days_since(*due));
            Exact::from(late.map_or(*never, |late| delay(delays, late).map_or(*after, |d| d.points)))
        }
    }))
}

/// The value of a formula; none where it divides by zero. Sealing has made sure that it can be read.
pub fn formula_value(expression: &str, inputs: &Inputs) -> Option<Exact> {
    let value = |name: &Code| inputs.figures.iter().find(|f| f.name == *name).map(|f| Exact::from(f.value));
    Expr::parse(expression).ok()?.eval(&value).ok()
}

/// The first delay that is not exceeded.
pub fn delay(delays: &[Delay], late: i64) -> Option<&Delay> {
    delays.iter().find(|d| late <= i64::from(d.days))
}

/// A ratio in percent.
pub fn percent(ratio: &Exact) -> Exact {
    ratio * &Exact::whole(100)
}

/// Whether a value is not below a lower end.
pub fn above(value: &Exact, from: &Bound) -> bool {
    let at = Exact::from(from.at);
    if from.closed { *value >= at } else { *value > at }
}

/// Whether a value lies in an interval.
pub fn within(value: &Exact, from: &Bound, to: &Bound) -> bool {
    let at = Exact::from(to.at);
    above(value, from) && if to.closed { *value <= at } else { *value < at }
}

impl Declared<'_> {
    /// What a rule gives where there is nothing to reach.
    fn when_none(&self, none: WhenNone) -> Result<Exact, Rejection> {
        match none {
            WhenNone::Zero => Ok(Exact::zero()),
            WhenNone::Maximum => Ok(Exact::from(self.leaf.maximum)),
            WhenNone::Refuse => Err(self.nothing_to_reach()),
        }
    }
}

//! Points from inputs: one function for each kind of scoring rule.
//! It never rounds and never reads anything but its arguments.

use proto::act::sheet::{FIGURES_MAX, Inputs};
use proto::document::Rule;
use proto::text;
use proto::{Decimal, Exact, Rejection};

use crate::rulebook::LeafNode;

/// The points that `inputs` and the stated `points` give at a leaf.
///
/// # Errors
/// An option that does not exist, stated points that are not the rule's, outside 0 to the maximum, or off the step.
pub fn points(leaf: &LeafNode, inputs: &Inputs, stated: Decimal) -> Result<Exact, Rejection> {
    let code = || leaf.code.clone();
    figures_fit(leaf, inputs)?;
    if stated.is_negative() {
        return Err(Rejection::PointsNegative { leaf: code(), points: stated.to_string() });
    }
    if stated > leaf.maximum {
        let (points, maximum) = (stated.to_string(), leaf.maximum.to_string());
        return Err(Rejection::PointsOverMaximum { leaf: code(), points, maximum });
    }
    match &leaf.leaf.rule {
        Rule::Options { options } => {
            let option = inputs.option.as_ref().map_or("", |o| o.as_str());
            let Some(chosen) = options.iter().find(|o| o.code.as_str() == option) else {
                return Err(Rejection::OptionUnknown { leaf: code(), option: option.to_owned() });
            };
            if chosen.points != stated {
                let (claimed, computed) = (stated.to_string(), chosen.points.to_string());
                return Err(Rejection::ClaimedDiffers { leaf: code(), claimed, computed });
            }
        }
        Rule::Number { step } => {
            if let Some(option) = &inputs.option {
                return Err(Rejection::OptionUnknown { leaf: code(), option: option.to_string() });
            }
            if !stated.is_multiple_of(*step) {
                let (points, step) = (stated.to_string(), step.to_string());
                return Err(Rejection::PointsOffStep { leaf: code(), points, step });
            }
        }
        Rule::SurveyAverage {} => return Err(Rejection::LeafIsSurvey { leaf: code() }),
    }
    Ok(Exact::from(stated))
}

fn figures_fit(leaf: &LeafNode, inputs: &Inputs) -> Result<(), Rejection> {
    let bad = |detail| Rejection::BadInputs { leaf: leaf.code.clone(), detail };
    if inputs.figures.len() > FIGURES_MAX {
        return Err(bad(text!("quá nhiều số liệu", "too many figures")));
    }
    let twice = inputs.figures.iter().enumerate().any(|(i, f)| inputs.figures[..i].iter().any(|g| g.name == f.name));
    if twice { Err(bad(text!("một số liệu có hai lần", "a figure stands twice"))) } else { Ok(()) }
}

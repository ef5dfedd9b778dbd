//! A leaf's rule as rows below the leaf.
//! Each kind of row says one thing; which kinds a rule has is matched by name.

use proto::Decimal;
use proto::document::{Bound, FigureName, Rule, WhenNone};

use super::tree;
use crate::sheet::{Line, Look, Put};
use crate::terms::spelled;
use crate::words::{LOWER, NONE, ROWS, UPPER};

/// How the protocol names the kind of a rule.
pub fn kind(rule: &Rule) -> &'static str {
    match rule {
        Rule::Options { .. } => "options",
        Rule::Number { .. } => "number",
        Rule::YesNo { .. } => "yes_no",
        Rule::RatioBands { .. } => "ratio_bands",
        Rule::Linear { .. } => "linear",
        Rule::LinearFloor { .. } => "linear_floor",
        Rule::Steps { .. } => "steps",
        Rule::PerUnit { .. } => "per_unit",
        Rule::Deduct { .. } => "deduct",
        Rule::Tiers { .. } => "tiers",
        Rule::ExternalIndex { .. } => "external_index",
        Rule::Deadline { .. } => "deadline",
        Rule::Formula { .. } => "formula",
        Rule::SurveyAverage {} => "survey_average",
    }
}

fn row(kind: &'static str) -> Line {
    Line::new(Look::Part).with(tree::RULE, Put::Word(&ROWS, kind))
}

fn points(kind: &'static str, points: Decimal) -> Line {
    row(kind).with(tree::POINTS, Put::Number(points))
}

fn figure(kind: &'static str, figure: &FigureName) -> Line {
    row(kind).with(tree::CODE, Put::Code(figure.name.to_string())).texts(tree::TITLE, tree::TITLE_EN, &figure.title)
}

fn none(when: WhenNone) -> Line {
    let code = NONE.of(&spelled(&when)).code;
    row("none").with(tree::POINTS, Put::Word(&NONE, code))
}

fn end(closed: bool) -> &'static str {
    if closed { "closed" } else { "open" }
}

fn from(line: Line, bound: &Bound) -> Line {
    line.with(tree::LOWER, Put::Word(&LOWER, end(bound.closed))).with(tree::FROM, Put::Number(bound.at))
}

fn to(line: Line, bound: &Bound) -> Line {
    line.with(tree::UPPER, Put::Word(&UPPER, end(bound.closed))).with(tree::TO, Put::Number(bound.at))
}

/// The rows of a rule.
pub fn rows(rule: &Rule) -> Vec<Line> {
    match rule {
        Rule::SurveyAverage {} => Vec::new(),
        Rule::Options { options } => {
            let line = |o: &proto::document::OptionPoints| {
                let line = points("option", o.points).with(tree::CODE, Put::Code(o.code.to_string()));
                line.texts(tree::TITLE, tree::TITLE_EN, &o.title)
            };
            options.iter().map(line).collect()
        }
        Rule::Number { step } => vec![points("increment", *step)],
        Rule::YesNo { yes, no } => vec![points("yes", *yes), points("no", *no)],
        Rule::RatioBands { part, whole, bands, none: when } => {
            let mut lines = vec![figure("part", part), figure("whole", whole)];
            lines.extend(bands.iter().map(|b| to(from(points("band", b.points), &b.from), &b.to)));
            lines.push(none(*when));
            lines
        }
        Rule::Tiers { part, whole, tiers, none: when } => {
            let mut lines = vec![figure("part", part), figure("whole", whole)];
            lines.extend(tiers.iter().map(|t| to(from(points("tier", t.share), &t.from), &t.to)));
            lines.push(none(*when));
            lines
        }
        Rule::Linear { part, whole, none: when } => vec![figure("part", part), figure("whole", whole), none(*when)],
        Rule::LinearFloor { part, whole, floor, none: when } => {
            vec![figure("part", part), figure("whole", whole), from(row("floor"), floor), none(*when)]
        }
        Rule::Steps { count, steps } => {
            let mut lines = vec![figure("count", count)];
            lines.extend(steps.iter().map(|s| points("step", s.points).with(tree::FROM, Put::Count(s.from))));
            lines
        }
        Rule::PerUnit { count, each } | Rule::Deduct { count, each } => {
            vec![figure("count", count), points("each", *each)]
        }
        Rule::ExternalIndex { value, scale } => vec![figure("value", value), points("scale", *scale)],
        Rule::Deadline { due, delays, after, never } => {
            let mut lines = vec![row("due").with(tree::POINTS, Put::Day(*due))];
            lines.extend(delays.iter().map(|d| points("delay", d.points).with(tree::TO, Put::Count(d.days))));
            lines.extend([points("after", *after), points("never", *never)]);
            lines
        }
        Rule::Formula { figures, expression, none: when } => {
            let mut lines: Vec<Line> = figures.iter().map(|f| figure("figure", f)).collect();
            lines.push(row("expression").with(tree::TITLE, Put::Text(crate::value::marked(expression))));
            lines.push(none(*when));
            lines
        }
    }
}

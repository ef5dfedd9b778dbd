//! What a rule made of its inputs, in words and as an expression that evaluates to the points.
//! It says what `rule::computed` does, rule by rule; a law holds the two together.

use proto::act::sheet::Inputs;
use proto::document::{Bound, FigureName, Rule, Text};
use proto::inquiry::Line;
use proto::text;
use proto::{Decimal, Exact};

use super::{above, computed, delay, percent, within};
use crate::explain::{line, number};
use crate::formula::Expr;
use crate::rulebook::LeafNode;

/// The line of one stage: its inputs, the rule's arithmetic, its points.
pub fn rule_line(leaf: &LeafNode, inputs: &Inputs, points: &Exact) -> Line {
    match computed(leaf, inputs) {
        Ok(Some(by_rule)) if by_rule == *points => {
            let (what, expression) = told(leaf, inputs);
            line(what, expression, by_rule)
        }
        Ok(Some(by_rule)) => {
            let by_rule = by_rule.plain();
            let what = text!(
                "giữ mức khai, có giải trình; theo quy tắc là {by_rule}",
                "as claimed, with a ground; the rule gives {by_rule}";
                by_rule
            );
            line(what, number(points), points.clone())
        }
        Ok(None) | Err(_) => line(text!("điểm được nêu", "points as stated"), number(points), points.clone()),
    }
}

fn figure(inputs: &Inputs, name: &FigureName) -> Decimal {
    inputs.figures.iter().find(|f| f.name == name.name).map_or(Decimal::ZERO, |f| f.value)
}

/// The part and the whole of a ratio, in words and as a quotient; none where the whole is 0.
fn quotient(inputs: &Inputs, part: &FigureName, whole: &FigureName) -> (Text, Option<(String, Exact)>) {
    let (a, b) = (figure(inputs, part), figure(inputs, whole));
    let (Text { vi: part_vi, en: part_en }, Text { vi: whole_vi, en: whole_en }) = (&part.title, &whole.title);
    let said = text!("{part_vi} {a} / {whole_vi} {b}", "{part_en} {a} / {whole_en} {b}"; a, b);
    let ratio = Exact::from(a).checked_div(&Exact::from(b));
    (said, ratio.map(|ratio| (format!("{a} / {b}"), ratio)))
}

/// A ratio with what follows from it, or what the rule gives where the whole is 0.
fn of_ratio(
    leaf: &LeafNode,
    inputs: &Inputs,
    (part, whole): (&FigureName, &FigureName),
    follows: impl FnOnce(String, &Exact) -> (Text, String),
) -> (Text, String) {
    let (said, quotient) = quotient(inputs, part, whole);
    let (what, expression) = match quotient {
        Some((quotient, ratio)) => follows(quotient, &percent(&ratio)),
        None => {
            let points = computed(leaf, inputs).ok().flatten().unwrap_or_default();
            (text!("không phát sinh, theo quy tắc", "nothing to reach, as the rule says"), number(&points))
        }
    };
    (Text::new(format!("{}: {}", said.vi, what.vi), format!("{}: {}", said.en, what.en)), expression)
}

fn told(leaf: &LeafNode, inputs: &Inputs) -> (Text, String) {
    let maximum = leaf.maximum;
    match &leaf.leaf.rule {
        Rule::Number { .. } | Rule::SurveyAverage {} => (Text::new("", ""), String::new()),
        Rule::Options { options } => {
            let chosen = options.iter().find(|o| inputs.option.as_ref() == Some(&o.code));
            let (Text { vi, en }, points) = chosen.map_or_else(
                || (Text { vi: String::new(), en: String::new() }, Decimal::ZERO),
                |o| (o.title.clone(), o.points),
            );
            (text!("phương án “{vi}”", "option {en:?}"), points.to_string())
        }
        Rule::YesNo { yes, no } => {
            let is_yes = inputs.option.as_ref().is_some_and(|o| o.as_str() == "yes");
            let (vi, en) = if is_yes { ("có", "yes") } else { ("không", "no") };
            (Text::new(vi, en), if is_yes { yes } else { no }.to_string())
        }
        Rule::RatioBands { part, whole, bands, .. } => of_ratio(leaf, inputs, (part, whole), |_, percent| {
            let band = bands.iter().find(|b| within(percent, &b.from, &b.to));
            let (share, points) = (percent.plain(), band.map_or(Decimal::ZERO, |b| b.points));
            (placed(&share, band.map(|b| (&b.from, &b.to))), points.to_string())
        }),
        Rule::Tiers { part, whole, tiers, .. } => of_ratio(leaf, inputs, (part, whole), |_, percent| {
            let tier = tiers.iter().find(|t| within(percent, &t.from, &t.to));
            let (share, of) = (percent.plain(), tier.map_or(Decimal::ZERO, |t| t.share));
            (placed(&share, tier.map(|t| (&t.from, &t.to))), format!("{of} * {maximum}"))
        }),
        Rule::Linear { part, whole, .. } => of_ratio(leaf, inputs, (part, whole), |quotient, _| {
            (text!("tỷ lệ nhân điểm tối đa", "the ratio times the maximum"), format!("{quotient} * {maximum}"))
        }),
        Rule::LinearFloor { part, whole, floor, .. } => of_ratio(leaf, inputs, (part, whole), |quotient, percent| {
            let at = floor.at;
            if above(percent, floor) {
                (text!("đạt ngưỡng {at} %", "at or over the floor of {at} %"; at), format!("{quotient} * {maximum}"))
            } else {
                (text!("dưới ngưỡng {at} %", "below the floor of {at} %"; at), "0".to_owned())
            }
        }),
        Rule::Steps { count, steps } => {
            let n = figure(inputs, count);
            let reached = steps.iter().rev().find(|s| Exact::whole(i64::from(s.from)) <= Exact::from(n));
            let (from, points) = reached.map_or((0, Decimal::ZERO), |s| (s.from, s.points));
            let Text { vi, en } = &count.title;
            (text!("{vi} {n}: bậc từ {from}", "{en} {n}: the step from {from}"), points.to_string())
        }
        Rule::PerUnit { count, each } => {
            let (n, Text { vi, en }) = (figure(inputs, count), &count.title);
            let what = text!("{vi} {n}, mỗi một {each}, tối đa {maximum}", "{en} {n}, {each} each, {maximum} at most"; each, maximum);
            (what, format!("min({n} * {each}, {maximum})"))
        }
        Rule::Deduct { count, each } => {
            let (n, Text { vi, en }) = (figure(inputs, count), &count.title);
            let what =
                text!("{vi} {n}, mỗi một trừ {each}, không dưới 0", "{en} {n}, {each} off for each, 0 at least"; each);
            (what, format!("max({maximum} - {n} * {each}, 0)"))
        }
        Rule::Formula { figures, expression, .. } => {
            let declared = figures.iter().map(|f| {
                let (n, Text { vi, en }) = (figure(inputs, f), &f.title);
                text!("{vi} {n}", "{en} {n}"; n)
            });
            let Text { vi, en } = Text::join(&declared.collect::<Vec<_>>());
            let points = computed(leaf, inputs).ok().flatten().unwrap_or_default();
            let put_in = with_figures(expression, inputs, maximum);
            (text!("{vi}: {expression}", "{en}: {expression}"), put_in.unwrap_or_else(|| number(&points)))
        }
        Rule::ExternalIndex { value, scale } => {
            let (n, Text { vi, en }) = (figure(inputs, value), &value.title);
            (
                text!("{vi} {n} trên thang {scale}", "{en} {n} on a scale of {scale}"; n, scale),
                format!("{n} / {scale} * {maximum}"),
            )
        }
        Rule::Deadline { due, delays, after, never } => {
            let Some(date) = inputs.date else {
                return (text!("không thực hiện", "not done"), never.to_string());
            };
            let late = date.days_since(*due);
            let points = delay(delays, late).map_or(*after, |d| d.points);
            let (day_vi, due_vi, late) = (date.vietnam(), due.vietnam(), late.max(0));
            let what = text!("ngày {day_vi}, hạn {due_vi}: trễ {late} ngày", "on {date}, due {due}: {late} days late");
            (what, points.to_string())
        }
    }
}

/// A formula with its figures put in, cut off at 0 and at the maximum; none where it divides by zero.
fn with_figures(expression: &str, inputs: &Inputs, maximum: Decimal) -> Option<String> {
    super::formula_value(expression, inputs)?;
    // As it prints itself, a comma stands before a space and never between two digits.
    let printed = Expr::parse(expression).ok()?.to_string();
    let is_name = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let mut put_in = String::new();
    let mut rest = printed.as_str();
    while let Some(next) = rest.chars().next() {
        let end = if is_name(next) { rest.find(|c| !is_name(c)).unwrap_or(rest.len()) } else { next.len_utf8() };
        let (word, after) = rest.split_at(end);
        match inputs.figures.iter().find(|f| f.name.as_str() == word) {
            Some(figure) => put_in.push_str(&figure.value.to_string()),
            None => put_in.push_str(word),
        }
        rest = after;
    }
    Some(format!("min(max({put_in}, 0), {maximum})"))
}

/// A ratio in percent, and the interval that holds it.
fn placed(share: &str, interval: Option<(&Bound, &Bound)>) -> Text {
    let Some((from, to)) = interval else { return text!("{share} %", "{share} %"; share) };
    let (open, close) = (if from.closed { '[' } else { '(' }, if to.closed { ']' } else { ')' });
    let (from, to) = (from.at, to.at);
    text!("{share} % thuộc {open}{from}; {to}{close} %", "{share} % is in {open}{from}, {to}{close} %"; share, from, to)
}

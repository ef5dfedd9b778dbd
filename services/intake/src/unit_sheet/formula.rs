//! A scoring rule as a formula of a spreadsheet, so that whoever fills a sheet in sees the points at once.
//! What it gives is never read back: points that count are computed from the inputs, exactly.

use domain::{Comparison, Condition, Expr, List, Operator};
use proto::document::{Bound, Rule, WhenNone};
use proto::{Code, Decimal};

/// The cells that a rule's formula looks at.
pub struct Cells {
    /// The chosen option.
    pub option: String,
    /// The figures, in the rule's order.
    pub figures: Vec<String>,
    /// The day.
    pub day: String,
    /// Where the options' texts and points stand, if the rule has any.
    pub choices: Option<(String, String)>,
}

/// The formula, without the sign of equality; none where the points are left to whoever states them.
pub fn formula(rule: &Rule, maximum: Decimal, cells: &Cells) -> Option<String> {
    let (a, b) = (cells.figures.first(), cells.figures.get(1));
    let (a, b) = (a.map_or("", String::as_str), b.map_or("", String::as_str));
    let filled = |value: String| format!("IF(OR({a}=\"\",{b}=\"\"),\"\",{value})");
    let counted = |value: String| format!("IF({a}=\"\",\"\",{value})");
    let of_ratio = |none: WhenNone, value: String| filled(format!("IF({b}=0,{},{value})", nothing(none, maximum)));
    Some(match rule {
        Rule::Number { .. } | Rule::SurveyAverage {} => return None,
        Rule::Options { .. } | Rule::YesNo { .. } => {
            let ((texts, points), chosen) = (cells.choices.as_ref()?, &cells.option);
            format!("IF({chosen}=\"\",\"\",IFERROR(INDEX({points},MATCH({chosen},{texts},0)),\"\"))")
        }
        Rule::RatioBands { bands, none, .. } => {
            let each = bands.iter().map(|band| (within(a, b, &band.from, &band.to), band.points.to_string()));
            of_ratio(*none, first_of(each.collect()))
        }
        Rule::Tiers { tiers, none, .. } => {
            let each = tiers.iter().map(|t| (within(a, b, &t.from, &t.to), format!("{}*{maximum}", t.share)));
            of_ratio(*none, first_of(each.collect()))
        }
        Rule::Linear { none, .. } => of_ratio(*none, format!("{a}/{b}*{maximum}")),
        Rule::LinearFloor { floor, none, .. } => {
            of_ratio(*none, format!("IF({},{a}/{b}*{maximum},0)", above(a, b, floor)))
        }
        Rule::Steps { steps, .. } => {
            let each = steps.iter().rev().map(|s| (format!("{a}>={}", s.from), s.points.to_string()));
            counted(first_of(each.collect()))
        }
        Rule::PerUnit { each, .. } => counted(format!("MIN({a}*{each},{maximum})")),
        Rule::Deduct { each, .. } => counted(format!("MAX({maximum}-{a}*{each},0)")),
        Rule::ExternalIndex { scale, .. } => counted(format!("{a}/{scale}*{maximum}")),
        Rule::Deadline { due, delays, after, never } => {
            let (day, chosen) = (&cells.day, &cells.option);
            let due = due.to_string().replace('-', ",");
            let late = format!("{day}-DATE({due})");
            let mut each: Vec<_> =
                delays.iter().map(|d| (format!("{late}<={}", d.days), d.points.to_string())).collect();
            each.push(("TRUE".to_owned(), after.to_string()));
            format!("IF({chosen}<>\"\",{never},IF({day}=\"\",\"\",{}))", first_of(each))
        }
        Rule::Formula { figures, expression, none } => {
            let expr = Expr::parse(expression).ok()?;
            let names: Vec<(&Code, &String)> = figures.iter().map(|f| &f.name).zip(&cells.figures).collect();
            let blank = cells.figures.iter().map(|cell| format!("{cell}=\"\"")).collect::<Vec<_>>().join(",");
            let value = format!("MAX(0,MIN({maximum},{}))", written(&expr, &names)?);
            format!("IF(OR({blank}),\"\",IFERROR({value},{}))", nothing(*none, maximum))
        }
    })
}

fn nothing(none: WhenNone, maximum: Decimal) -> String {
    match none {
        WhenNone::Zero => "0".to_owned(),
        WhenNone::Maximum => maximum.to_string(),
        WhenNone::Refuse => "\"\"".to_owned(),
    }
}

/// The value of the first condition that holds, otherwise 0.
fn first_of(each: Vec<(String, String)>) -> String {
    each.iter().rev().fold("0".to_owned(), |rest, (condition, value)| format!("IF({condition},{value},{rest})"))
}

/// Ends of an interval are compared as products: a quotient of doubles may miss the end that it stands on.
fn above(a: &str, b: &str, from: &Bound) -> String {
    format!("{a}*100{}{}*{b}", if from.closed { ">=" } else { ">" }, from.at)
}

fn within(a: &str, b: &str, from: &Bound, to: &Bound) -> String {
    format!("AND({},{a}*100{}{}*{b})", above(a, b, from), if to.closed { "<=" } else { "<" }, to.at)
}

/// An expression of the rulebook as a spreadsheet writes it: every operation in brackets, so that no order is assumed.
fn written(expr: &Expr, names: &[(&Code, &String)]) -> Option<String> {
    Some(match expr {
        Expr::Number(number) => format!("({})", number.plain()),
        Expr::Input(name) => names.iter().find(|(n, _)| *n == name)?.1.clone(),
        Expr::Minus(of) => format!("(0-{})", written(of, names)?),
        Expr::Binary(operator, pair) => {
            let sign = match operator {
                Operator::Add => "+",
                Operator::Sub => "-",
                Operator::Mul => "*",
                Operator::Div => "/",
            };
            format!("({}{sign}{})", written(&pair[0], names)?, written(&pair[1], names)?)
        }
        Expr::Min(list) => format!("MIN({})", listed(list, |e| written(e, names))?),
        Expr::Max(list) => format!("MAX({})", listed(list, |e| written(e, names))?),
        Expr::If(condition, pair) => {
            format!("IF({},{},{})", tested(condition, names)?, written(&pair[0], names)?, written(&pair[1], names)?)
        }
    })
}

fn tested(condition: &Condition, names: &[(&Code, &String)]) -> Option<String> {
    Some(match condition {
        Condition::Compare(comparison, pair) => {
            let sign = match comparison {
                Comparison::Less => "<",
                Comparison::AtMost => "<=",
                Comparison::More => ">",
                Comparison::AtLeast => ">=",
                Comparison::Equal => "=",
                Comparison::Unequal => "<>",
            };
            format!("({}{sign}{})", written(&pair[0], names)?, written(&pair[1], names)?)
        }
        Condition::And(list) => format!("AND({})", listed(list, |c| tested(c, names))?),
        Condition::Or(list) => format!("OR({})", listed(list, |c| tested(c, names))?),
        Condition::Not(of) => format!("NOT({})", tested(of, names)?),
    })
}

fn listed<T>(list: &List<T>, each: impl Fn(&T) -> Option<String>) -> Option<String> {
    Some(list.iter().map(each).collect::<Option<Vec<_>>>()?.join(","))
}

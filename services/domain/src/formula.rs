//! A small language of expressions over exact fractions, for the points of a leaf and for explaining a number.
//! It never rounds, loops, or knows a float; every expression has one value, or one reason why it has none.
//!
//! Own code: evalexpr is AGPL, fasteval is f64, nanoexpr's fractions end at 64 bits, exmex's operators cannot fail.
//!
//! ```text
//! sum     = product { ("+" | "-") product }
//! product = signed { ("*" | "/") signed }
//! signed  = "-" signed | number | name | "(" sum ")" | ("min" | "max") "(" sum { "," sum } ")"
//!         | "if" "(" test "," sum "," sum ")"
//! test    = sum ("<" | "<=" | ">" | ">=" | "=" | "!=") sum
//!         | ("and" | "or") "(" test { "," test } ")" | "not" "(" test ")"
//! number  = a decimal that is not negative, as Exact::plain prints it: 8.25, 0.5, 12
//! name    = [a-z][a-z0-9_]*, at most 64 characters, none of the words above
//! ```
//!
//! Spaces may stand between all of these. After a number, a comma and a digit need one: `min(8,25)` is refused, since
//! it may be meant for 8.25.
//!
//! The printed form is one that is parsed, with the fewest brackets, and it obeys two laws (tests/formula.rs):
//! 1. For every `e` that [`Expr::parse`] made, `parse(print(e)) == e`.
//! 2. For every `e` whose names are formula names and whose printed form is within the limits, `parse(print(e))` has
//!    the value of `e` for all inputs, or is undefined for the same reason. Only the structure may differ: a number
//!    that is no decimal of 9 places is printed as a division, 2/3, and a minus before a number becomes part of it.

mod parse;
mod print;

use std::collections::BTreeSet;

use proto::document::Text;
use proto::{Code, Exact};

pub use parse::is_formula_name;

/// The most bytes of a formula, spaces not counted: what printing adds to a formula are spaces only.
pub const FORMULA_BYTES_MAX: usize = 1_000;
/// The most brackets, calls and minus signs inside one another: parsing recurses this deep at most.
pub const FORMULA_DEPTH_MAX: usize = 32;
/// The most numbers, names, operations and tests together: all else recurses this deep at most, as in `a + b + c`.
///
/// It bounds the values too. A result has at most one digit more, above and below the line, than all four parts of its
/// two operands together, and without powers or definitions each operand stands in the text: so the digits of a value
/// grow only as the text does, by those of its numbers and inputs. The dearest found, 128 factors of 18 digits, took
/// 0.08 s.
pub const FORMULA_PARTS_MAX: usize = 256;

/// An expression. One that code builds must keep to the limits that [`Expr::parse`] enforces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// A number as it stands.
    Number(Exact),
    /// The value of an input, by name.
    Input(Code),
    /// The value below or above zero instead of above or below.
    Minus(Box<Expr>),
    /// An operation on two values.
    Binary(Operator, Box<[Expr; 2]>),
    /// The smallest of the values.
    Min(List<Expr>),
    /// The largest of the values.
    Max(List<Expr>),
    /// The first value where the condition holds, otherwise the second. The other one is not evaluated.
    If(Box<Condition>, Box<[Expr; 2]>),
}

/// What is done with two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Operator {
    Add,
    Sub,
    Mul,
    Div,
}

/// What an `if` asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// How two values compare.
    Compare(Comparison, Box<[Expr; 2]>),
    /// Every one holds: asked in order, up to the first that does not.
    And(List<Condition>),
    /// One holds: asked in order, up to the first that does.
    Or(List<Condition>),
    /// The condition does not hold.
    Not(Box<Condition>),
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Unequal,
}

/// One or more, so that the smallest of them always exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T> {
    /// The first.
    pub first: Box<T>,
    /// Those after it.
    pub rest: Vec<T>,
}

/// Text that is no formula.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {what}")]
pub struct BadFormula {
    /// Where, in bytes from the beginning.
    pub at: usize,
    /// What is wrong there.
    pub what: Text,
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undefined {
    /// A divisor is zero.
    #[error("division by zero")]
    DivisionByZero,
    /// An input has no value.
    #[error("{0} has no value")]
    Unknown(Code),
}

/// Where inputs get their values.
type Values<'a> = &'a dyn Fn(&Code) -> Option<Exact>;

impl Expr {
    /// The operation on two expressions.
    #[must_use]
    pub fn binary(operator: Operator, left: Self, right: Self) -> Self {
        Self::Binary(operator, Box::new([left, right]))
    }

    /// The value, where `value` gives that of each input. Operands are evaluated from left to right.
    ///
    /// # Errors
    /// [`Undefined`]: the first reason on the way.
    pub fn eval(&self, value: Values) -> Result<Exact, Undefined> {
        Ok(match self {
            Self::Number(number) => number.clone(),
            Self::Input(name) => value(name).ok_or_else(|| Undefined::Unknown(name.clone()))?,
            Self::Minus(of) => -of.eval(value)?,
            Self::Binary(operator, pair) => {
                let [left, right] = evaluated(pair, value)?;
                match operator {
                    Operator::Add => left + right,
                    Operator::Sub => left - right,
                    Operator::Mul => left * right,
                    Operator::Div => left.checked_div(&right).ok_or(Undefined::DivisionByZero)?,
                }
            }
            Self::Min(list) => list.fold(value, Exact::min)?,
            Self::Max(list) => list.fold(value, Exact::max)?,
            Self::If(condition, pair) => {
                let [then, otherwise] = pair.as_ref();
                if condition.holds(value)? { then.eval(value)? } else { otherwise.eval(value)? }
            }
        })
    }

    /// The names of the inputs, in all branches: sorted, each once.
    #[must_use]
    pub fn inputs(&self) -> BTreeSet<&Code> {
        let mut names = BTreeSet::new();
        self.gather(&mut names);
        names
    }

    fn gather<'a>(&'a self, names: &mut BTreeSet<&'a Code>) {
        match self {
            Self::Number(_) => {}
            Self::Input(name) => drop(names.insert(name)),
            Self::Minus(of) => of.gather(names),
            Self::Binary(_, pair) => pair.iter().for_each(|e| e.gather(names)),
            Self::Min(list) | Self::Max(list) => list.iter().for_each(|e| e.gather(names)),
            Self::If(condition, pair) => {
                condition.gather(names);
                pair.iter().for_each(|e| e.gather(names));
            }
        }
    }
}

impl Condition {
    fn holds(&self, value: Values) -> Result<bool, Undefined> {
        Ok(match self {
            Self::Compare(comparison, pair) => {
                let [left, right] = evaluated(pair, value)?;
                match comparison {
                    Comparison::Less => left < right,
                    Comparison::AtMost => left <= right,
                    Comparison::More => left > right,
                    Comparison::AtLeast => left >= right,
                    Comparison::Equal => left == right,
                    Comparison::Unequal => left != right,
                }
            }
            Self::And(list) => !list.any(value, false)?,
            Self::Or(list) => list.any(value, true)?,
            Self::Not(of) => !of.holds(value)?,
        })
    }

    fn gather<'a>(&'a self, names: &mut BTreeSet<&'a Code>) {
        match self {
            Self::Compare(_, pair) => pair.iter().for_each(|e| e.gather(names)),
            Self::And(list) | Self::Or(list) => list.iter().for_each(|c| c.gather(names)),
            Self::Not(of) => of.gather(names),
        }
    }
}

fn evaluated(pair: &[Expr; 2], value: Values) -> Result<[Exact; 2], Undefined> {
    Ok([pair[0].eval(value)?, pair[1].eval(value)?])
}

impl<T> List<T> {
    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        std::iter::once(self.first.as_ref()).chain(&self.rest)
    }
}

impl List<Expr> {
    fn fold(&self, value: Values, best: fn(Exact, Exact) -> Exact) -> Result<Exact, Undefined> {
        self.rest.iter().try_fold(self.first.eval(value)?, |so_far, e| Ok(best(so_far, e.eval(value)?)))
    }
}

impl List<Condition> {
    /// Whether one comes out as `wanted`.
    fn any(&self, value: Values, wanted: bool) -> Result<bool, Undefined> {
        for condition in self.iter() {
            if condition.holds(value)? == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

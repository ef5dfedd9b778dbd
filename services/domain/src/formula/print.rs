//! Printing: an expression as a text that is parsed again, with the fewest brackets.
//! It never shortens a number: what is no decimal of 9 places is printed as a division.

use std::fmt::{Display, Formatter, Result};

use super::{Comparison, Condition, Expr, List, Operator};

/// How closely an expression holds together: a looser one inside a tighter one stands in brackets.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Bond {
    Sum,
    Product,
    Signed,
}

impl Operator {
    fn bond(self) -> Bond {
        match self {
            Self::Add | Self::Sub => Bond::Sum,
            Self::Mul | Self::Div => Bond::Product,
        }
    }
}

impl Expr {
    fn bond(&self) -> Bond {
        match self {
            Self::Binary(operator, _) => operator.bond(),
            Self::Number(number) if number.plain().contains('/') => Bond::Product,
            _ => Bond::Signed,
        }
    }

    /// The expression where nothing looser than `bond` may stand without brackets.
    fn print(&self, f: &mut Formatter, bond: Bond) -> Result {
        if self.bond() < bond { write!(f, "({self})") } else { write!(f, "{self}") }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            Self::Number(number) => f.write_str(&number.plain()),
            Self::Input(name) => write!(f, "{name}"),
            Self::Minus(of) => {
                f.write_str("-")?;
                of.print(f, Bond::Signed)
            }
            Self::Binary(operator, pair) => {
                let [left, right] = pair.as_ref();
                left.print(f, operator.bond())?;
                write!(f, " {operator} ")?;
                // Operations go from left to right: a - (b - c) needs what (a - b) - c does not.
                right.print(f, if operator.bond() == Bond::Sum { Bond::Product } else { Bond::Signed })
            }
            Self::Min(list) => write!(f, "min({list})"),
            Self::Max(list) => write!(f, "max({list})"),
            Self::If(condition, pair) => write!(f, "if({condition}, {}, {})", pair[0], pair[1]),
        }
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            Self::Compare(comparison, pair) => write!(f, "{} {comparison} {}", pair[0], pair[1]),
            Self::And(list) => write!(f, "and({list})"),
            Self::Or(list) => write!(f, "or({list})"),
            Self::Not(of) => write!(f, "not({of})"),
        }
    }
}

impl Display for Operator {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
        })
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
            Self::Equal => "=",
            Self::Unequal => "!=",
        })
    }
}

impl<T: Display> Display for List<T> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        write!(f, "{}", self.first)?;
        self.rest.iter().try_for_each(|item| write!(f, ", {item}"))
    }
}

//! Parsing: text to an expression, by recursive descent.
//! It refuses at a byte and says why; it never panics, guesses what was meant, or recurses beyond the limits.

use proto::document::Text;
use proto::{Code, Decimal, Exact, text};

use super::{
    BadFormula, Comparison, Condition, Expr, FORMULA_BYTES_MAX, FORMULA_DEPTH_MAX, FORMULA_PARTS_MAX, List, Operator,
};

const WORDS: [&str; 6] = ["and", "if", "max", "min", "not", "or"];
const SUMS: [(&str, Operator); 2] = [("+", Operator::Add), ("-", Operator::Sub)];
const PRODUCTS: [(&str, Operator); 2] = [("*", Operator::Mul), ("/", Operator::Div)];
/// A sign before any that it begins with.
const COMPARISONS: [(&str, Comparison); 6] = [
    ("<=", Comparison::AtMost),
    ("<", Comparison::Less),
    (">=", Comparison::AtLeast),
    (">", Comparison::More),
    ("=", Comparison::Equal),
    ("!=", Comparison::Unequal),
];

type Parsed<T> = Result<T, BadFormula>;

/// Whether an input of this name can stand in a formula: `[a-z][a-z0-9_]*`, at most 64 bytes, no word of the language.
/// A code may have dots and dashes, or begin with a digit; in a formula those are numbers and minus signs.
#[must_use]
pub fn is_formula_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(in_name)
        && !WORDS.contains(&name)
        && Code::parse(name).is_ok()
}

impl Expr {
    /// Parses a formula; its grammar stands at the head of the module.
    ///
    /// # Errors
    /// [`BadFormula`] for any other text, and for one beyond the limits.
    pub fn parse(text: &str) -> Result<Self, BadFormula> {
        let mut printed = text.bytes().enumerate().filter(|(_, b)| !b.is_ascii_whitespace());
        if let Some((beyond, _)) = printed.nth(FORMULA_BYTES_MAX) {
            let vi = format!("công thức dài quá {FORMULA_BYTES_MAX} byte");
            let en = format!("the formula is longer than {FORMULA_BYTES_MAX} bytes");
            return Err(BadFormula { at: text.floor_char_boundary(beyond), what: Text::new(vi, en) });
        }
        let mut reader = Reader { text, at: 0, depth: 0, parts: 0 };
        reader.spaces();
        let expr = reader.sum()?;
        if reader.at < text.len() {
            return Err(reader.bad(text!("ở đây cần một phép tính", "an operator is wanted here")));
        }
        Ok(expr)
    }
}

/// It stands before `at`, which is never a space: those are passed over with what is before them.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    parts: usize,
}

impl<'a> Reader<'a> {
    fn sum(&mut self) -> Parsed<Expr> {
        self.chain(SUMS, Self::product)
    }

    fn product(&mut self) -> Parsed<Expr> {
        self.chain(PRODUCTS, Self::signed)
    }

    fn chain(&mut self, signs: [(&str, Operator); 2], next: fn(&mut Self) -> Parsed<Expr>) -> Parsed<Expr> {
        let mut left = next(self)?;
        while let Some(operator) = self.one_of(&signs) {
            let right = next(self)?;
            left = self.part(Expr::binary(operator, left, right))?;
        }
        Ok(left)
    }

    fn signed(&mut self) -> Parsed<Expr> {
        if self.take("-") {
            return match self.inside(Self::signed)? {
                Expr::Number(number) => Ok(Expr::Number(-number)),
                of => self.part(Expr::Minus(Box::new(of))),
            };
        }
        if self.take("(") {
            let within = self.inside(Self::sum)?;
            self.want(")")?;
            return Ok(within);
        }
        match self.rest().as_bytes().first() {
            Some(b'0'..=b'9') => self.number(),
            Some(b'a'..=b'z') => self.named(),
            _ => Err(self.bad(text!("ở đây cần một số, tên hoặc dấu (", "a number, a name or ( is wanted here"))),
        }
    }

    fn number(&mut self) -> Parsed<Expr> {
        let start = self.at;
        let digits = self.while_(|b| b.is_ascii_digit() || b == b'.');
        // To read 8,25 as two numbers would be a silent mistake where people write decimals with a comma.
        if self.rest().starts_with(',') && self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) {
            let vi = "số thập phân viết với dấu chấm, như 8.25; hai số cách nhau bằng dấu phẩy và dấu cách";
            let en = "decimals are written with a point, as in 8.25; two numbers are parted by a comma and a space";
            return Err(self.bad(Text::new(vi, en)));
        }
        let Some(number) = decimal(digits) else {
            let vi = "số phải viết ngắn nhất, như 8.25, tối đa 9 chữ số sau dấu chấm";
            let en = "a number is written in its shortest form, as in 8.25, with at most 9 places";
            return Err(BadFormula { at: start, what: Text::new(vi, en) });
        };
        self.spaces();
        self.part(Expr::Number(number))
    }

    fn named(&mut self) -> Parsed<Expr> {
        let start = self.at;
        let name = self.while_(in_name);
        self.spaces();
        let bad = |what| Err(BadFormula { at: start, what });
        match name {
            "min" => {
                let list = self.list(Self::sum)?;
                self.part(Expr::Min(list))
            }
            "max" => {
                let list = self.list(Self::sum)?;
                self.part(Expr::Max(list))
            }
            "if" => self.choice(),
            "and" | "or" | "not" => {
                bad(text!("{name} chỉ dùng cho điều kiện của if", "{name} can only be in the condition of an if"))
            }
            _ if self.rest().starts_with('(') => {
                bad(text!("không có hàm tên này", "there is no function of this name"))
            }
            _ => match Code::parse(name) {
                Ok(code) => self.part(Expr::Input(code)),
                Err(_) => bad(text!("tên dài quá 64 ký tự", "a name has at most 64 characters")),
            },
        }
    }

    fn choice(&mut self) -> Parsed<Expr> {
        self.want("(")?;
        let choice = self.inside(|r| {
            let condition = r.condition()?;
            r.want(",")?;
            let then = r.sum()?;
            r.want(",")?;
            Ok(Expr::If(Box::new(condition), Box::new([then, r.sum()?])))
        })?;
        self.want(")")?;
        self.part(choice)
    }

    fn condition(&mut self) -> Parsed<Condition> {
        let start = self.at;
        let word = self.while_(in_name);
        self.spaces();
        let condition = match word {
            "and" => Condition::And(self.list(Self::condition)?),
            "or" => Condition::Or(self.list(Self::condition)?),
            "not" => {
                self.want("(")?;
                let of = self.inside(Self::condition)?;
                self.want(")")?;
                Condition::Not(Box::new(of))
            }
            _ => {
                self.at = start;
                let left = self.sum()?;
                let Some(comparison) = self.one_of(&COMPARISONS) else {
                    return Err(self.bad(text!(
                        "ở đây cần một phép so sánh: < <= > >= = !=",
                        "a comparison is wanted here: < <= > >= = !="
                    )));
                };
                Condition::Compare(comparison, Box::new([left, self.sum()?]))
            }
        };
        self.part(condition)
    }

    fn list<T>(&mut self, item: fn(&mut Self) -> Parsed<T>) -> Parsed<List<T>> {
        self.want("(")?;
        let list = self.inside(|r| {
            let mut list = List { first: Box::new(item(r)?), rest: Vec::new() };
            while r.take(",") {
                list.rest.push(item(r)?);
            }
            Ok(list)
        })?;
        self.want(")")?;
        Ok(list)
    }

    /// What stands one level deeper.
    fn inside<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == FORMULA_DEPTH_MAX {
            return Err(
                self.bad(text!("lồng quá {FORMULA_DEPTH_MAX} tầng", "nested more than {FORMULA_DEPTH_MAX} deep"))
            );
        }
        self.depth += 1;
        let read = read(self)?;
        self.depth -= 1;
        Ok(read)
    }

    /// One part more.
    fn part<T>(&mut self, part: T) -> Parsed<T> {
        self.parts += 1;
        if self.parts <= FORMULA_PARTS_MAX {
            return Ok(part);
        }
        Err(self.bad(text!(
            "công thức quá {FORMULA_PARTS_MAX} phần",
            "the formula has more than {FORMULA_PARTS_MAX} parts"
        )))
    }

    fn want(&mut self, sign: &str) -> Parsed<()> {
        if self.take(sign) {
            Ok(())
        } else {
            Err(self.bad(text!("ở đây cần dấu {sign}", "{sign} is wanted here")))
        }
    }

    fn one_of<T: Copy>(&mut self, signs: &[(&str, T)]) -> Option<T> {
        signs.iter().find(|(sign, _)| self.take(sign)).map(|(_, meaning)| *meaning)
    }

    fn take(&mut self, sign: &str) -> bool {
        let taken = self.rest().starts_with(sign);
        if taken {
            self.at += sign.len();
            self.spaces();
        }
        taken
    }

    fn spaces(&mut self) {
        self.while_(|b| b.is_ascii_whitespace());
    }

    /// Passes over the bytes (all ASCII) that `wanted` takes.
    fn while_(&mut self, wanted: fn(u8) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.bytes().position(|b| !wanted(b)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn bad(&self, what: Text) -> BadFormula {
        BadFormula { at: self.at, what }
    }
}

fn in_name(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'
}

/// Digits and points as a number, if they are the one written form of a decimal: of any length before the point.
fn decimal(digits: &str) -> Option<Exact> {
    let (whole, places) = digits.split_once('.').map_or((digits, None), |(whole, places)| (whole, Some(places)));
    let whole = Exact::parse(&format!("{whole}/1")).ok()?;
    let Some(places) = places else { return Some(whole) };
    Some(whole + Exact::from(Decimal::parse(&format!("0.{places}")).ok()?))
}

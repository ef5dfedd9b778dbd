//! Exact fractions: every score, total and index, until it is printed.
//! A fraction never becomes a float; it is rounded once, on the way out, to declared digits.

mod small;

use std::cmp::Ordering;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Div, Mul, Neg, Sub};

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use crate::decimal::{Decimal, SCALE_MAX};
use small::{Small, ten_to};

/// An exact rational number in lowest terms, written "n/d" with d > 0.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Exact(Repr);

/// Nearly every value of a round fits two machine words, which is ten times as fast as big integers. A value that fits
/// `Small` is never `Big`, so that equal values are equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Repr {
    Small(Small),
    Big(Box<BigRational>),
}

/// Text that is no fraction "n/d" in lowest terms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no fraction in lowest terms, as in \"33/4\"")]
pub struct BadExact(String);

/// How a value is rounded when it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// To the nearest, a half away from zero: 0.125 -> 0.13.
    HalfUp,
    /// To the nearest, a half to the even digit: 0.125 -> 0.12.
    HalfEven,
    /// Toward zero: 0.129 -> 0.12.
    Down,
}

impl Exact {
    /// Zero.
    #[must_use]
    pub fn zero() -> Self {
        Self::whole(0)
    }

    /// One.
    #[must_use]
    pub fn one() -> Self {
        Self::whole(1)
    }

    /// `numer` / `denom`; `None` when `denom` is zero.
    #[must_use]
    pub fn ratio(numer: i128, denom: i128) -> Option<Self> {
        if denom == 0 {
            return None;
        }
        let words = i64::try_from(numer).ok().zip(i64::try_from(denom).ok());
        let small = words.and_then(|(n, d)| Small::ratio(n, d));
        let big = || Self::of_big(BigRational::new(BigInt::from(numer), BigInt::from(denom)));
        Some(small.map_or_else(big, |small| Self(Repr::Small(small))))
    }

    /// A whole number.
    #[must_use]
    pub fn whole(n: i64) -> Self {
        Self(Repr::Small(Small::whole(n)))
    }

    /// The sum of decimals, faster than adding fractions one by one.
    pub fn sum_decimals<'a>(decimals: impl Iterator<Item = &'a Decimal>) -> Self {
        let nanos: i128 = decimals.map(|d| d.nanos()).sum();
        Self::ratio(nanos, ten_to(SCALE_MAX)).expect("a power of ten is not zero")
    }

    /// What is in lowest terms already.
    fn of_lowest((n, d): (i128, i128)) -> Self {
        match Small::of_lowest(n, d) {
            Some(small) => Self(Repr::Small(small)),
            None => Self(Repr::Big(Box::new(BigRational::new_raw(BigInt::from(n), BigInt::from(d))))),
        }
    }

    fn of_big(big: BigRational) -> Self {
        let words = i64::try_from(big.numer()).ok().zip(i64::try_from(big.denom()).ok());
        match words.and_then(|(n, d)| Small::of_lowest(n.into(), d.into())) {
            Some(small) => Self(Repr::Small(small)),
            None => Self(Repr::Big(Box::new(big))),
        }
    }

    fn big(&self) -> BigRational {
        match &self.0 {
            Repr::Small(small) => BigRational::new_raw(BigInt::from(small.numer()), BigInt::from(small.denom())),
            Repr::Big(big) => (**big).clone(),
        }
    }

    fn both(
        &self,
        other: &Self,
        small: impl FnOnce(Small, Small) -> (i128, i128),
        big: impl FnOnce(BigRational, BigRational) -> BigRational,
    ) -> Self {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => Self::of_lowest(small(*a, *b)),
            _ => Self::of_big(big(self.big(), other.big())),
        }
    }

    /// Whether the value is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        matches!(&self.0, Repr::Small(small) if small.numer() == 0)
    }

    /// Whether the value is below zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small(small) => small.numer() < 0,
            Repr::Big(big) => big.is_negative(),
        }
    }

    /// `self` / `other`, or `None` when `other` is zero.
    #[must_use]
    pub fn checked_div(&self, other: &Self) -> Option<Self> {
        (!other.is_zero()).then(|| self.both(other, Small::div, |a, b| a / b))
    }

    /// Parses "n/d" in lowest terms.
    ///
    /// # Errors
    /// [`BadExact`] for any other text.
    pub fn parse(text: &str) -> Result<Self, BadExact> {
        let bad = || BadExact(text.chars().take(80).collect());
        let (n, d) = text.split_once('/').ok_or_else(bad)?;
        let n: BigInt = n.parse().map_err(|_| bad())?;
        let d: BigInt = d.parse().map_err(|_| bad())?;
        if !d.is_positive() {
            return Err(bad());
        }
        let value = Self::of_big(BigRational::new(n, d));
        if value.to_string() == text { Ok(value) } else { Err(bad()) }
    }

    /// The value as a decimal; `None` where it is none of at most 9 places and 18 digits.
    #[must_use]
    pub fn decimal(&self) -> Option<Decimal> {
        // A decimal's numerator and denominator fit machine words, so a big value is none.
        let Repr::Small(small) = &self.0 else { return None };
        let denom = i128::from(small.denom());
        let scale = (0..=SCALE_MAX).find(|&scale| ten_to(scale) % denom == 0)?;
        Decimal::new(i64::try_from(i128::from(small.numer()) * (ten_to(scale) / denom)).ok()?, scale)
    }

    /// The value for people: a decimal in shortest form where it is one of at most 9 places, otherwise "n/d".
    #[must_use]
    pub fn plain(&self) -> String {
        if !self.times_ten_to(SCALE_MAX).1.is_zero() {
            return self.to_string();
        }
        let nine = self.rounded(SCALE_MAX, RoundingMode::Down);
        nine.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// The greatest value of `digits` after the point that is not above this one.
    #[must_use]
    pub fn floor(&self, digits: u8) -> Self {
        let unit = power_of_ten(digits);
        Self::of_big((self.big() * &unit).floor() / unit)
    }

    /// The least value of `digits` after the point that is not below this one.
    #[must_use]
    pub fn ceil(&self, digits: u8) -> Self {
        let unit = power_of_ten(digits);
        Self::of_big((self.big() * &unit).ceil() / unit)
    }

    /// The magnitude times 10^digits: its whole part, and what is left of it over the denominator.
    fn times_ten_to(&self, digits: u8) -> (BigInt, BigInt, BigInt) {
        let scaled = self.big() * power_of_ten(digits);
        let (whole, rest) = scaled.numer().abs().div_rem(scaled.denom());
        (whole, rest, scaled.denom().clone())
    }

    /// The value rounded to `digits` after the point, with all of them printed: "8.50".
    #[must_use]
    pub fn rounded(&self, digits: u8, mode: RoundingMode) -> String {
        let text = match &self.0 {
            Repr::Small(small) if digits <= SCALE_MAX => small.magnitude(digits, mode).to_string(),
            _ => {
                let (whole, rest, denom) = self.times_ten_to(digits);
                let up = small::goes_up((rest * 2_u8).cmp(&denom), whole.is_odd(), mode);
                if up { whole + 1_u8 } else { whole }.to_string()
            }
        };
        let sign = if self.is_negative() && text != "0" { "-" } else { "" };
        let digits = usize::from(digits);
        if digits == 0 {
            return format!("{sign}{text}");
        }
        let text = format!("{text:0>width$}", width = digits + 1);
        let (head, tail) = text.split_at(text.len() - digits);
        format!("{sign}{head}.{tail}")
    }
}

fn power_of_ten(digits: u8) -> BigRational {
    BigRational::from_integer(BigInt::from(10).pow(u32::from(digits)))
}

impl Default for Exact {
    fn default() -> Self {
        Self::zero()
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => a.cmp(b),
            _ => self.big().cmp(&other.big()),
        }
    }
}

impl From<Decimal> for Exact {
    fn from(d: Decimal) -> Self {
        Self::ratio(d.mantissa().into(), ten_to(d.scale())).expect("a power of ten is not zero")
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $op:tt;)*) => {$(
        impl $trait for Exact {
            type Output = Exact;
            fn $method(self, other: Exact) -> Exact { &self $op &other }
        }
        impl $trait<&Exact> for &Exact {
            type Output = Exact;
            fn $method(self, other: &Exact) -> Exact { self.both(other, Small::$method, |a, b| a $op b) }
        }
    )*};
}
operators! { Add add +; Sub sub -; Mul mul *; }

impl Div<i64> for Exact {
    type Output = Exact;
    /// Divides by a whole number that must not be zero.
    fn div(self, other: i64) -> Exact {
        self.checked_div(&Exact::whole(other)).expect("division of a fraction by zero")
    }
}

impl Neg for Exact {
    type Output = Exact;
    fn neg(self) -> Exact {
        &Exact::zero() - &self
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Exact>>(iter: I) -> Exact {
        iter.fold(Exact::zero(), |a, b| a + b)
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match &self.0 {
            Repr::Small(small) => write!(f, "{}/{}", small.numer(), small.denom()),
            Repr::Big(big) => write!(f, "{}/{}", big.numer(), big.denom()),
        }
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Exact {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Exact".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^(0/1|-?[1-9][0-9]*/[1-9][0-9]*)$" })
    }
}

#[cfg(test)]
mod tests {
    use super::{Exact, RoundingMode};
    use crate::decimal::Decimal;

    #[test]
    fn rounding_happens_once_and_as_declared() {
        let eighth = Exact::ratio(1, 8).expect("not zero");
        assert_eq!(eighth.rounded(2, RoundingMode::HalfUp), "0.13");
        assert_eq!(eighth.rounded(2, RoundingMode::HalfEven), "0.12");
        assert_eq!(eighth.rounded(2, RoundingMode::Down), "0.12");
        assert_eq!((-eighth).rounded(2, RoundingMode::HalfUp), "-0.13");
        assert_eq!(Exact::ratio(-1, 1000).expect("not zero").rounded(2, RoundingMode::HalfUp), "0.00");
        assert_eq!(Exact::whole(12).rounded(0, RoundingMode::HalfUp), "12");
        assert_eq!(Exact::ratio(2, 3).expect("not zero").rounded(2, RoundingMode::HalfUp), "0.67");
    }

    #[test]
    fn a_fraction_has_one_written_form() {
        assert_eq!(Exact::from(Decimal::parse("8.25").expect("decimal")).to_string(), "33/4");
        for bad in ["66/8", "1/-2", "1/0", "1", "", "1/2/3", "+1/2"] {
            assert!(Exact::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Exact::parse("-1/2").expect("parses").to_string(), "-1/2");
    }

    #[test]
    fn people_read_a_decimal_where_there_is_one() {
        for (n, d, text) in [(33, 4, "8.25"), (6, 5, "1.2"), (12, 1, "12"), (2, 3, "2/3"), (-1, 2, "-0.5")] {
            assert_eq!(Exact::ratio(n, d).expect("not zero").plain(), text);
        }
        let dong =
            [(12_345_678_901, 1, "12345678901"), (-24_691_357_803, 2, "-12345678901.5"), (0, 1, "0"), (100, 1, "100")];
        for (n, d, text) in dong {
            assert_eq!(Exact::ratio(n, d).expect("not zero").plain(), text);
        }
        assert_eq!(Exact::ratio(1, 10_000_000_000).expect("not zero").plain(), "1/10000000000");
    }

    #[test]
    fn a_value_lies_between_its_floor_and_its_ceiling() {
        for (n, d, floor, ceil) in
            [(2, 3, "0.66", "0.67"), (-2, 3, "-0.67", "-0.66"), (33, 4, "8.25", "8.25"), (-1, 1000, "-0.01", "0")]
        {
            let value = Exact::ratio(n, d).expect("not zero");
            assert_eq!((value.floor(2).plain(), value.ceil(2).plain()), (floor.to_owned(), ceil.to_owned()), "{n}/{d}");
        }
    }

    #[test]
    fn a_decimal_comes_back_from_its_fraction() {
        for text in ["0", "8.25", "-0.5", "0.000000001", "999999999999999999", "-99999999999999999.9"] {
            let d = Decimal::parse(text).expect("decimal");
            assert_eq!(Exact::from(d).decimal(), Some(d));
        }
        for (n, d) in [(1, 3), (1, 10_000_000_000), (1_000_000_000_000_000_000, 1)] {
            assert_eq!(Exact::ratio(n, d).expect("not zero").decimal(), None, "{n}/{d}");
        }
    }

    #[test]
    fn the_two_parts_of_so_tai_chinh_2020_make_its_published_total() {
        let d = |t: &str| Decimal::parse(t).expect("decimal");
        let total = Exact::sum_decimals([d("66.4"), d("26.36")].iter());
        assert_eq!(total.rounded(2, RoundingMode::HalfUp), "92.76");
    }
}

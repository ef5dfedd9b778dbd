//! Exact fractions: every score, total and index, until it is printed.
//! A fraction never becomes a float; it is rounded once, on the way out, to declared digits.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Div, Mul, Neg, Sub};

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use crate::decimal::{Decimal, SCALE_MAX};

/// An exact rational number in lowest terms, written "n/d" with d > 0.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(BigRational);

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
        Self(BigRational::zero())
    }

    /// One.
    #[must_use]
    pub fn one() -> Self {
        Self(BigRational::one())
    }

    /// `numer` / `denom`; `None` when `denom` is zero.
    #[must_use]
    pub fn ratio(numer: i128, denom: i128) -> Option<Self> {
        (denom != 0).then(|| Self(BigRational::new(BigInt::from(numer), BigInt::from(denom))))
    }

    /// A whole number.
    #[must_use]
    pub fn whole(n: i64) -> Self {
        Self(BigRational::from_integer(BigInt::from(n)))
    }

    /// The sum of decimals, faster than adding fractions one by one.
    pub fn sum_decimals<'a>(decimals: impl Iterator<Item = &'a Decimal>) -> Self {
        let nanos: i128 = decimals.map(|d| d.nanos()).sum();
        Self::ratio(nanos, 10_i128.pow(u32::from(SCALE_MAX))).expect("a power of ten is not zero")
    }

    /// Whether the value is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether the value is below zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    /// `self` / `other`, or `None` when `other` is zero.
    #[must_use]
    pub fn checked_div(&self, other: &Self) -> Option<Self> {
        (!other.is_zero()).then(|| Self(&self.0 / &other.0))
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
        let value = Self(BigRational::new(n, d));
        if value.to_string() == text { Ok(value) } else { Err(bad()) }
    }

    /// The value as a decimal; `None` where it is none of at most 9 places and 18 digits.
    #[must_use]
    pub fn decimal(&self) -> Option<Decimal> {
        let at = |scale| (scale, &self.0 * &power_of_ten(scale));
        let (scale, scaled) = (0..=SCALE_MAX).map(at).find(|(_, scaled)| scaled.is_integer())?;
        Decimal::new(i64::try_from(scaled.to_integer()).ok()?, scale)
    }

    /// The value for people: a decimal in shortest form where it is one of at most 9 places, otherwise "n/d".
    #[must_use]
    pub fn plain(&self) -> String {
        let scaled = &self.0 * power_of_ten(SCALE_MAX);
        if !scaled.is_integer() {
            return self.to_string();
        }
        let nine = self.rounded(SCALE_MAX, RoundingMode::Down);
        nine.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// The greatest value of `digits` after the point that is not above this one.
    #[must_use]
    pub fn floor(&self, digits: u8) -> Self {
        let unit = power_of_ten(digits);
        Self((&self.0 * &unit).floor() / unit)
    }

    /// The least value of `digits` after the point that is not below this one.
    #[must_use]
    pub fn ceil(&self, digits: u8) -> Self {
        let unit = power_of_ten(digits);
        Self((&self.0 * &unit).ceil() / unit)
    }

    /// The value rounded to `digits` after the point, with all of them printed: "8.50".
    #[must_use]
    pub fn rounded(&self, digits: u8, mode: RoundingMode) -> String {
        let scaled = &self.0 * power_of_ten(digits);
        let (mut whole, rest) = scaled.numer().abs().div_rem(scaled.denom());
        let twice: BigInt = rest * 2;
        let up = match mode {
            RoundingMode::Down => false,
            RoundingMode::HalfUp => twice >= *scaled.denom(),
            RoundingMode::HalfEven => twice > *scaled.denom() || (twice == *scaled.denom() && whole.is_odd()),
        };
        if up {
            whole += 1;
        }
        let sign = if self.is_negative() && !whole.is_zero() { "-" } else { "" };
        let text = whole.to_string();
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

impl From<Decimal> for Exact {
    fn from(d: Decimal) -> Self {
        Self(BigRational::new(BigInt::from(d.mantissa()), BigInt::from(10).pow(u32::from(d.scale()))))
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $op:tt;)*) => {$(
        impl $trait for Exact {
            type Output = Exact;
            fn $method(self, other: Exact) -> Exact { Exact(self.0 $op other.0) }
        }
        impl $trait<&Exact> for &Exact {
            type Output = Exact;
            fn $method(self, other: &Exact) -> Exact { Exact(&self.0 $op &other.0) }
        }
    )*};
}
operators! { Add add +; Sub sub -; Mul mul *; }

impl Div<i64> for Exact {
    type Output = Exact;
    /// Divides by a whole number that must not be zero.
    fn div(self, other: i64) -> Exact {
        assert!(other != 0, "division of a fraction by zero");
        Exact(self.0 / BigInt::from(other))
    }
}

impl Neg for Exact {
    type Output = Exact;
    fn neg(self) -> Exact {
        Exact(-self.0)
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Exact>>(iter: I) -> Exact {
        iter.fold(Exact::zero(), |a, b| a + b)
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}/{}", self.0.numer(), self.0.denom())
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

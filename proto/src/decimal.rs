//! Decimals as they stand in events: strings in one shortest form ("8.25", "0.5", "12").
//! A decimal never becomes a float.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

/// The most digits after the point.
pub const SCALE_MAX: u8 = 9;
/// The largest magnitude, in units of the last place: 18 digits.
const MANTISSA_MAX: u64 = 999_999_999_999_999_999;

/// A decimal number: `mantissa` / 10^`scale`, in lowest form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Decimal {
    mantissa: i64,
    scale: u8,
}

/// Text that is no decimal in shortest form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no decimal in shortest form, as in \"8.25\", \"0.5\", \"12\"")]
pub struct BadDecimal(String);

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };
    /// One.
    pub const ONE: Self = Self { mantissa: 1, scale: 0 };

    /// `mantissa` / 10^`scale`, brought to its lowest form; `None` beyond 18 digits or 9 places.
    #[must_use]
    pub fn new(mut mantissa: i64, mut scale: u8) -> Option<Self> {
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        (scale <= SCALE_MAX && mantissa.unsigned_abs() <= MANTISSA_MAX).then_some(Self { mantissa, scale })
    }

    /// Parses the one written form.
    ///
    /// # Errors
    /// [`BadDecimal`] for signs of plus, leading or trailing zeros, minus zero, exponents, more than 18 digits or 9 places.
    pub fn parse(text: &str) -> Result<Self, BadDecimal> {
        Self::read(text).filter(|d| d.to_string() == text).ok_or_else(|| BadDecimal(text.chars().take(40).collect()))
    }

    fn read(text: &str) -> Option<Self> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |t| (true, t));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() || whole.len() + part.len() > 18 || part.len() > usize::from(SCALE_MAX) {
            return None;
        }
        let mut mantissa: i64 = 0;
        for b in whole.bytes().chain(part.bytes()) {
            if !b.is_ascii_digit() {
                return None;
            }
            mantissa = mantissa * 10 + i64::from(b - b'0');
        }
        Self::new(if negative { -mantissa } else { mantissa }, u8::try_from(part.len()).ok()?)
    }

    /// The number in units of its last place.
    #[must_use]
    pub fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// Digits after the point.
    #[must_use]
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// The number in units of 10^-9.
    #[must_use]
    pub fn nanos(self) -> i128 {
        i128::from(self.mantissa) * 10_i128.pow(u32::from(SCALE_MAX - self.scale))
    }

    /// Whether the number is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// Whether the number is a whole multiple of `step` (which must not be zero).
    #[must_use]
    pub fn is_multiple_of(self, step: Self) -> bool {
        step.mantissa != 0 && self.nanos() % step.nanos() == 0
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.nanos().cmp(&other.nanos())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let magnitude = self.mantissa.unsigned_abs();
        if self.scale == 0 {
            return write!(f, "{sign}{magnitude}");
        }
        let unit = 10_u64.pow(u32::from(self.scale));
        let width = usize::from(self.scale);
        write!(f, "{sign}{}.{:0width$}", magnitude / unit, magnitude % unit)
    }
}

impl std::str::FromStr for Decimal {
    type Err = BadDecimal;
    fn from_str(text: &str) -> Result<Self, BadDecimal> {
        Self::parse(text)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Decimal {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Decimal".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        // It does not know that whole part and places have 18 digits at most together.
        let pattern = "^(0|-?[1-9][0-9]{0,17}|-?(0|[1-9][0-9]{0,16})\\.[0-9]{0,8}[1-9])$";
        schemars::json_schema!({ "type": "string", "pattern": pattern, "maxLength": 20 })
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;
    use proptest::prelude::*;

    #[test]
    fn a_decimal_has_one_written_form() {
        for good in ["0", "12", "-3", "8.25", "0.5", "-0.5", "999999999999999999", "0.000000001"] {
            assert_eq!(Decimal::parse(good).expect("parses").to_string(), good);
        }
        let bad =
            ["", "-", ".5", "5.", "1.10", "01", "+1", "-0", "1e3", "8,25", " 1", "0.0000000001", "1000000000000000000"];
        for bad in bad {
            assert!(Decimal::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_decimal_has_at_most_18_digits() {
        for beyond in [i64::MIN, -1_000_000_000_000_000_000, 1_000_000_000_000_000_000, i64::MAX] {
            assert_eq!(Decimal::new(beyond, 0), None, "{beyond}");
            assert_eq!(Decimal::new(beyond, 1).is_some(), beyond % 10 == 0, "{beyond}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_are_inverse(mantissa in -999_999_999_999_999_999_i64..=999_999_999_999_999_999, scale in 0_u8..=9) {
            let d = Decimal::new(mantissa, scale).expect("in range");
            prop_assert_eq!(Decimal::parse(&d.to_string()).expect("parses"), d);
        }
    }
}

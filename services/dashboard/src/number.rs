//! Numbers as they are printed: exact until here, rounded once as the round declares, then set in the reader's language.
//! No number passes through a float.

use proto::document::Lang;
use proto::exact::RoundingMode;
use proto::rows::RoundRow;
use proto::{Decimal, Exact};

use crate::refusal::Refusal;
use crate::table::Value;

/// The most digits after the point that a fraction is written out with before it is rounded instead.
const WRITTEN_OUT_MAX: u8 = 6;

/// Prints numbers of one round in one language.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    /// The language.
    pub lang: Lang,
    /// Declared digits after the point.
    pub digits: u8,
    /// Declared rounding.
    pub rounding: RoundingMode,
}

impl Printer {
    /// The printer that a round declares.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] when the row holds no such declaration.
    pub fn of(lang: Lang, round: &RoundRow) -> Result<Self, Refusal> {
        let rounding = match round.rounding.as_str() {
            "half_up" => RoundingMode::HalfUp,
            "half_even" => RoundingMode::HalfEven,
            "down" => RoundingMode::Down,
            other => return Err(Refusal::Malformed(format!("rounding {other:?} of round {}", round.round))),
        };
        let digits = u8::try_from(round.digits)
            .map_err(|_| Refusal::Malformed(format!("digits {} of round {}", round.digits, round.round)))?;
        Ok(Self { lang, digits, rounding })
    }

    /// The value with the declared digits, with a point: for machines.
    pub fn decimal(&self, value: &Exact) -> String {
        value.rounded(self.digits, self.rounding)
    }

    /// The value with the declared digits, in the reader's language.
    pub fn points(&self, value: &Exact) -> String {
        set(self.lang, &self.decimal(value))
    }

    /// The same, a dash where there is no value.
    pub fn points_or_dash(&self, value: Option<&Exact>) -> String {
        value.map_or_else(|| "–".to_owned(), |v| self.points(v))
    }

    /// The value as it is: a decimal, or a fraction with the printed value beside it.
    pub fn exact(&self, value: &Exact) -> String {
        let plain = value.plain();
        if plain.contains('/') { format!("{plain} ≈ {}", self.points(value)) } else { self.set(&plain) }
    }

    /// A printed decimal in the reader's language.
    pub fn set(&self, decimal: &str) -> String {
        set(self.lang, decimal)
    }

    /// The value as a cell of a table holds it; a dash for none.
    pub fn value(&self, value: Option<&Exact>) -> Value {
        value.map_or(Value::Dash, |value| Value::Number(self.decimal(value)))
    }

    /// reached / maximum x 100 as a cell of a table holds it; a dash where nothing applies.
    pub fn share(&self, reached: &Exact, maximum: &Exact) -> Value {
        self.value(percent(reached, maximum).as_ref())
    }

    /// The mean of some values as a cell of a table holds it; a dash where there are none.
    pub fn mean(&self, values: &[Exact]) -> Value {
        let count = i64::try_from(values.len()).expect("a block has not 2^63 units");
        let mean = values.iter().cloned().sum::<Exact>().checked_div(&Exact::whole(count));
        self.value(mean.as_ref())
    }

    /// A decimal that was rounded before, in the reader's language; a dash for none.
    pub fn printed(&self, decimal: &str) -> String {
        if decimal.is_empty() { "–".to_owned() } else { set(self.lang, decimal) }
    }

    /// A fraction "n/d" as short as it can be said: "8,25", "2", or rounded and marked "≈ 0,57". None for other text.
    pub fn fraction(&self, text: &str) -> Option<String> {
        let value = Exact::parse(text).ok()?;
        let written = (0..=WRITTEN_OUT_MAX)
            .map(|digits| value.rounded(digits, RoundingMode::Down))
            .find(|text| Decimal::parse(text).is_ok_and(|d| Exact::from(d) == value));
        Some(written.map_or_else(|| format!("≈ {}", self.points(&value)), |text| set(self.lang, &text)))
    }

    /// A count, in the reader's language.
    pub fn count(&self, n: u64) -> String {
        count(self.lang, n)
    }
}

/// reached / maximum x 100; none where the maximum is zero.
pub fn percent(reached: &Exact, maximum: &Exact) -> Option<Exact> {
    (reached * &Exact::whole(100)).checked_div(maximum)
}

/// A count, in the reader's language: 1.234 or 1,234.
pub fn count(lang: Lang, n: u64) -> String {
    set(lang, &n.to_string())
}

/// A value from 0 to 100 as the width of a bar in SVG: one digit after the point, always with a point.
pub fn width(value: &Exact) -> String {
    let hundred = Exact::whole(100);
    let kept = if value.is_negative() {
        Exact::zero()
    } else if *value > hundred {
        hundred
    } else {
        value.clone()
    };
    kept.rounded(1, RoundingMode::HalfUp)
}

/// Sets a plain decimal in a language: groups of three, and the language's marks.
pub fn set(lang: Lang, plain: &str) -> String {
    let (group, point) = match lang {
        Lang::Vi => ('.', ','),
        Lang::En => (',', '.'),
    };
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |rest| ("\u{2212}", rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(group);
        }
        out.push(digit);
    }
    if !part.is_empty() {
        out.push(point);
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Printer, count, percent, set, width};
    use crate::table::Value;
    use proto::Exact;
    use proto::document::Lang;
    use proto::exact::RoundingMode;

    fn exact(n: i128, d: i128) -> Exact {
        Exact::ratio(n, d).expect("not zero")
    }

    #[test]
    fn numbers_are_set_as_the_language_does() {
        let table = [
            ("0.50", "0,50", "0.50"),
            ("1234.56", "1.234,56", "1,234.56"),
            ("123", "123", "123"),
            ("1234567", "1.234.567", "1,234,567"),
            ("-1234.5", "\u{2212}1.234,5", "\u{2212}1,234.5"),
        ];
        for (plain, vi, en) in table {
            assert_eq!(set(Lang::Vi, plain), vi);
            assert_eq!(set(Lang::En, plain), en);
        }
        assert_eq!(count(Lang::Vi, 4210), "4.210");
    }

    #[test]
    fn a_fraction_is_written_out_if_it_ends_and_marked_if_it_was_rounded() {
        let printer = Printer { lang: Lang::Vi, digits: 2, rounding: RoundingMode::HalfUp };
        assert_eq!(printer.fraction("33/4").as_deref(), Some("8,25"));
        assert_eq!(printer.fraction("1/8").as_deref(), Some("0,125"));
        assert_eq!(printer.fraction("-1/2").as_deref(), Some("\u{2212}0,5"));
        assert_eq!(printer.fraction("2/3").as_deref(), Some("≈ 0,67"));
        assert_eq!(printer.fraction("8.25"), None);
    }

    #[test]
    fn a_share_of_nothing_is_a_dash() {
        let printer = Printer { lang: Lang::En, digits: 2, rounding: RoundingMode::HalfUp };
        assert_eq!(printer.share(&exact(1, 3), &Exact::zero()), Value::Dash);
        assert_eq!(printer.share(&exact(2, 1), &exact(3, 1)), Value::Number("66.67".to_owned()));
        assert_eq!(percent(&exact(1, 2), &exact(1, 1)), Some(exact(50, 1)));
    }

    #[test]
    fn a_bar_stays_within_its_frame() {
        assert_eq!(width(&exact(-1, 2)), "0.0");
        assert_eq!(width(&exact(9168, 100)), "91.7");
        assert_eq!(width(&exact(205, 2)), "100.0");
    }
}

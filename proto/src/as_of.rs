//! A moment of the log that a question names: a position, an instant, a day, or a minute on Vietnamese clocks.
//! It never says what the clock says now, only how far in the log a question reaches.

use std::fmt;
use std::str::FromStr;

use crate::instant::{Day, Instant};

/// The last microsecond of a minute, so that "08:30" includes what is printed as 08:30.
const REST_OF_MINUTE_US: i64 = 59_999_999;
/// Vietnam's clocks are seven hours ahead of UTC.
const VIETNAM_US: i64 = 7 * 3600 * 1_000_000;
/// A day.
const DAY_US: i64 = 24 * 3600 * 1_000_000;

/// How far in the log a question reaches, what it names included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum AsOf {
    /// Up to this position; 0 for before the first event.
    Position(u64),
    /// Up to this moment.
    At(Instant),
}

/// Text that names no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no position, no day as in 2022-10-28, and no moment as in 2022-10-28T08:30 or 2022-10-28T01:30:00.000000Z"
)]
pub struct BadAsOf(String);

impl AsOf {
    /// Parses a position; an instant; a day, for its last moment in Vietnam; or a minute or second on Vietnamese clocks,
    /// all of it included.
    ///
    /// # Errors
    /// [`BadAsOf`] for any other text.
    pub fn parse(text: &str) -> Result<Self, BadAsOf> {
        let bad = || BadAsOf(text.chars().take(40).collect());
        if text.bytes().all(|b| b.is_ascii_digit()) {
            return text.parse().ok().filter(|p| *p <= i64::MAX.unsigned_abs()).map(Self::Position).ok_or_else(bad);
        }
        let at = Instant::parse(text).ok().or_else(|| end_of_day(text)).or_else(|| on_vietnamese_clocks(text));
        at.map(Self::At).ok_or_else(bad)
    }

    /// As the two members of a query that has one for each.
    #[must_use]
    pub fn split(self) -> (Option<u64>, Option<Instant>) {
        match self {
            Self::Position(position) => (Some(position), None),
            Self::At(at) => (None, Some(at)),
        }
    }
}

impl FromStr for AsOf {
    type Err = BadAsOf;
    fn from_str(text: &str) -> Result<Self, BadAsOf> {
        Self::parse(text)
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Position(position) => write!(f, "{position}"),
            Self::At(at) => write!(f, "{at}"),
        }
    }
}

/// The last moment of a day in Vietnam.
fn end_of_day(text: &str) -> Option<Instant> {
    Day::parse(text).ok()?;
    let midnight = Instant::parse(&format!("{text}T00:00:00.000000Z")).ok()?;
    Some(midnight.plus_micros(DAY_US - 1 - VIETNAM_US))
}

/// `2022-10-28T08:30` or `2022-10-28T08:30:15` on Vietnamese clocks, as browsers write them: the last moment of it.
#[must_use]
pub fn on_vietnamese_clocks(text: &str) -> Option<Instant> {
    // Browsers send seconds only where the reader gave some.
    let (moment, rest) = match text.len() {
        16 => (format!("{text}:00.000000Z"), REST_OF_MINUTE_US),
        19 => (format!("{text}.999999Z"), 0),
        _ => return None,
    };
    Some(Instant::parse(&moment).ok()?.plus_micros(rest - VIETNAM_US))
}

/// The beginning of a minute on Vietnamese clocks, as browsers send it: `2022-10-28T17:00`.
#[must_use]
pub fn minute_in_vietnam(text: &str) -> Option<Instant> {
    let whole = (text.len() == 16).then(|| format!("{text}:00.000000Z"))?;
    Some(Instant::parse(&whole).ok()?.plus_micros(-VIETNAM_US))
}

#[cfg(test)]
mod tests {
    use super::{AsOf, minute_in_vietnam};

    #[test]
    fn a_moment_is_a_position_an_instant_a_day_or_a_minute_in_vietnam() {
        let table = [
            ("0", "0"),
            ("812", "812"),
            ("2022-10-28", "2022-10-28T16:59:59.999999Z"),
            ("2022-10-28T08:30", "2022-10-28T01:30:59.999999Z"),
            ("2022-10-28T08:30:15", "2022-10-28T01:30:15.999999Z"),
            ("2022-10-28T01:30:00.000000Z", "2022-10-28T01:30:00.000000Z"),
        ];
        for (text, means) in table {
            let parsed = AsOf::parse(text).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(parsed.to_string(), means, "{text}");
            let json = serde_json::to_string(&parsed).expect("has a form");
            assert_eq!(serde_json::from_str::<AsOf>(&json).ok(), Some(parsed), "{json}");
        }
    }

    #[test]
    fn whatever_names_no_moment_is_refused() {
        let bad = [
            "",
            "-1",
            "+1",
            "1.5",
            "x",
            "2022-13-01",
            "2022-02-30",
            "2022-2-3",
            "28/10/2022",
            "28/10/2022 08:30",
            "2022-10-28 08:30",
            "2022-10-28T25:00",
            "2022-10-28T08:30Z",
            "9223372036854775808",
            "99999999999999999999",
            "ngày mai, lúc 8 h",
            "１２",
            "2022-10-28T08:30:00+07:00",
        ];
        for text in bad {
            assert!(AsOf::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_deadline_is_the_beginning_of_its_minute() {
        let at = |text| minute_in_vietnam(text).map(|at| at.to_string());
        assert_eq!(at("2022-10-28T17:00").as_deref(), Some("2022-10-28T10:00:00.000000Z"));
        assert_eq!(at("2022-11-01T00:00").as_deref(), Some("2022-10-31T17:00:00.000000Z"));
        for bad in ["", "2022-10-28", "2022-10-28T17:00:00", "2022-10-28T25:00", "2022-13-01T00:00", "28/10/2022 17:00"]
        {
            assert_eq!(at(bad), None, "{bad}");
        }
    }
}

//! Moments in time: UTC with microseconds, in one written form.
//! It never reads a clock.

use std::fmt;

use chrono::{DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, TimeZone, Timelike, Utc, Weekday};
use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(i64);

/// Text that is no instant in the one written form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no instant: RFC 3339 in UTC with six decimals, as in 2022-10-28T01:30:00.000000Z")]
pub struct BadInstant(String);

impl Instant {
    /// From microseconds since 1970; `None` outside the years 1970 to 9999.
    #[must_use]
    pub fn from_micros(micros: i64) -> Option<Self> {
        const END_OF_9999: i64 = 253_402_300_800_000_000;
        (0..END_OF_9999).contains(&micros).then_some(Self(micros))
    }

    /// Microseconds since 1970.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since 1970, rounded down.
    #[must_use]
    pub fn millis(self) -> u64 {
        u64::try_from(self.0 / 1000).unwrap_or(0)
    }

    /// The moment `micros` later (or earlier, if negative), kept within the years 1970 to 9999.
    #[must_use]
    pub fn plus_micros(self, micros: i64) -> Self {
        Self::from_micros(self.0.saturating_add(micros)).unwrap_or(self)
    }

    /// Parses the one written form, `YYYY-MM-DDTHH:MM:SS.ffffffZ`.
    ///
    /// # Errors
    /// [`BadInstant`] for any other text, a date that does not exist, a leap second.
    pub fn parse(text: &str) -> Result<Self, BadInstant> {
        Self::read(text.as_bytes()).ok_or_else(|| BadInstant(text.chars().take(40).collect()))
    }

    fn read(b: &[u8]) -> Option<Self> {
        if b.len() != 27 {
            return None;
        }
        let shape: &[u8; 27] = b"dddd-dd-ddTdd:dd:dd.ddddddZ";
        let fits = b.iter().zip(shape).all(|(c, s)| if *s == b'd' { c.is_ascii_digit() } else { c == s });
        if !fits {
            return None;
        }
        let n = |from: usize, to: usize| b[from..to].iter().fold(0_u32, |n, c| n * 10 + u32::from(c - b'0'));
        let date = NaiveDate::from_ymd_opt(i32::try_from(n(0, 4)).ok()?, n(5, 7), n(8, 10))?;
        if n(17, 19) > 59 {
            return None;
        }
        let moment = date.and_hms_micro_opt(n(11, 13), n(14, 16), n(17, 19), n(20, 26))?;
        Self::from_micros(moment.and_utc().timestamp_micros())
    }

    fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).expect("from_micros keeps to the years 1970 to 9999")
    }

    /// The same moment on Vietnamese clocks (+07:00), as `28/10/2022 08:30`.
    #[must_use]
    pub fn vietnam(self) -> String {
        let t = self.utc().with_timezone(&vietnam());
        format!("{:02}/{:02}/{:04} {:02}:{:02}", t.day(), t.month(), t.year(), t.hour(), t.minute())
    }

    /// The first moment of a calendar day in Vietnam (+07:00).
    #[must_use]
    pub fn vietnam_midnight(year: i32, month: u32, day: u32) -> Option<Self> {
        let t = vietnam().with_ymd_and_hms(year, month, day, 0, 0, 0).single()?;
        Self::from_micros(t.timestamp_micros())
    }
}

/// A calendar day, written `2022-10-28`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

/// Text that is no day in the one written form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no day of the years 1970 to 9999, as in 2022-10-28")]
pub struct BadDay(String);

impl Day {
    /// Parses the one written form, `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`BadDay`] for any other text, or a day that does not exist.
    pub fn parse(text: &str) -> Result<Self, BadDay> {
        let midnight = format!("{text}T00:00:00.000000Z");
        let moment = Instant::parse(&midnight).map_err(|_| BadDay(text.chars().take(40).collect()))?;
        Ok(Self(moment.utc().date_naive()))
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// Days from another day to this one; negative if this one is earlier.
    #[must_use]
    pub fn days_since(self, other: Self) -> i64 {
        self.0.signed_duration_since(other.0).num_days()
    }

    /// The day so many working days later, Saturdays and Sundays not counted; public holidays are not known here.
    #[must_use]
    pub fn plus_working_days(self, days: u32) -> Self {
        let working = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let later = self.0.iter_days().skip(1).filter(working).take(days as usize);
        Self(later.last().unwrap_or(self.0))
    }

    /// The day so many days later.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        Self(self.0.checked_add_days(Days::new(days.into())).unwrap_or(self.0))
    }

    /// The same day so many years later; the last of February for a leap day.
    #[must_use]
    pub fn plus_years(self, years: u32) -> Self {
        Self(self.0.checked_add_months(Months::new(years.saturating_mul(12))).unwrap_or(NaiveDate::MAX))
    }

    /// The day of a moment in Vietnam.
    #[must_use]
    pub fn of(at: Instant) -> Self {
        Self(at.utc().with_timezone(&vietnam()).date_naive())
    }

    /// As Vietnamese write it, `28/10/2022`.
    #[must_use]
    pub fn vietnam(self) -> String {
        format!("{:02}/{:02}/{:04}", self.0.day(), self.0.month(), self.0.year())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl std::str::FromStr for Day {
    type Err = BadDay;
    fn from_str(text: &str) -> Result<Self, BadDay> {
        Self::parse(text)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Day {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let pattern = "^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
        schemars::json_schema!({ "type": "string", "pattern": pattern })
    }
}

fn vietnam() -> FixedOffset {
    FixedOffset::east_opt(7 * 3600).expect("seven hours is a valid offset")
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let t = self.utc();
        let (y, mo, d, h) = (t.year(), t.month(), t.day(), t.hour());
        let (mi, s, us) = (t.minute(), t.second(), t.nanosecond() / 1000);
        write!(f, "{y:04}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}.{us:06}Z")
    }
}

impl std::str::FromStr for Instant {
    type Err = BadInstant;
    fn from_str(text: &str) -> Result<Self, BadInstant> {
        Self::parse(text)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// The form as a pattern, for the schemas. It does not know which dates exist.
#[cfg(test)]
pub(crate) const PATTERN: &str = "^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3])(:[0-5][0-9]){2}\\.[0-9]{6}Z$";

#[cfg(test)]
impl schemars::JsonSchema for Instant {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Instant".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": PATTERN })
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, Instant};

    #[test]
    fn a_day_has_one_written_form() {
        let day = Day::parse("2024-02-29").expect("a leap day");
        assert_eq!((day.to_string(), day.vietnam(), day.year()), ("2024-02-29".into(), "29/02/2024".into(), 2024));
        assert_eq!(Day::parse("2024-03-02").expect("a day").days_since(day), 2);
        for bad in ["2023-02-29", "2023-2-1", "23-02-01", "2023-02-01T", "", "2023/02/01", "1969-12-31"] {
            assert!(Day::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_instant_has_one_written_form() {
        let text = "2022-10-28T01:30:00.000001Z";
        assert_eq!(Instant::parse(text).expect("parses").to_string(), text);
        for bad in [
            "2022-10-28T01:30:00Z",
            "2022-10-28T01:30:00.000Z",
            "2022-10-28T01:30:00.000000+00:00",
            "2022-02-29T00:00:00.000000Z",
            "2022-10-28T24:00:00.000000Z",
            "2022-12-31T23:59:60.000000Z",
            "1969-12-31T23:59:59.999999Z",
            "2022-10-28t01:30:00.000000z",
        ] {
            assert!(Instant::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn working_days_leave_out_the_end_of_the_week() {
        let day = |text: &str| Day::parse(text).expect("a day");
        let later = |from: &str, days| day(from).plus_working_days(days).to_string();
        assert_eq!(later("2026-03-02", 2), "2026-03-04", "from a Monday");
        assert_eq!(later("2026-03-06", 2), "2026-03-10", "from a Friday");
        assert_eq!(later("2026-03-07", 1), "2026-03-09", "from a Saturday");
        assert_eq!(later("2026-03-06", 0), "2026-03-06");
        assert_eq!(day("2026-02-20").plus_days(10).to_string(), "2026-03-02");
        let midnight = Instant::parse("2026-03-01T17:00:00.000000Z").expect("a moment");
        assert_eq!(Day::of(midnight).to_string(), "2026-03-02");
    }

    #[test]
    fn a_day_in_vietnam_begins_seven_hours_before_utc() {
        let day = Instant::vietnam_midnight(2022, 10, 28).expect("a day");
        assert_eq!(day.to_string(), "2022-10-27T17:00:00.000000Z");
        assert_eq!(day.vietnam(), "28/10/2022 00:00");
    }
}

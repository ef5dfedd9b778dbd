//! Working time in Hanoi in 2022 and 2023, and moments spread over it.
//! It never reads a clock.

use proto::Instant;

use super::prng::Rng;

/// A calendar day in Vietnam: year, month, day.
pub type Day = (i32, u32, u32);

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// Morning 08:00 to 11:30 and afternoon 13:30 to 17:00, as offsets from midnight.
const HOURS: [(i64, i64); 2] = [(8 * 3600, 11 * 3600 + 1800), (13 * 3600 + 1800, 17 * 3600)];
/// Working time of one day.
const OFFICE_DAY: i64 = 7 * 3600 * SECOND;
/// Days off: the New Year's holiday and Tết of 2023.
const HOLIDAYS: [Day; 6] = [(2023, 1, 2), (2023, 1, 20), (2023, 1, 23), (2023, 1, 24), (2023, 1, 25), (2023, 1, 26)];

/// The first moment of a day in Vietnam.
#[must_use]
pub fn midnight(day: Day) -> Instant {
    Instant::vietnam_midnight(day.0, day.1, day.2).expect("the sample's days exist")
}

/// A time of day in Vietnam.
#[must_use]
pub fn at(day: Day, hour: i64, minute: i64) -> Instant {
    midnight(day).plus_micros((hour * 3600 + minute * 60) * SECOND)
}

/// Rising moments within office hours from the first to the last day, spread evenly with some play.
#[must_use]
pub fn office_times(first: Day, last: Day, count: usize, rng: &mut Rng) -> Vec<Instant> {
    let days = working_days(first, last);
    let length = i64::try_from(days.len()).expect("a phase is short") * OFFICE_DAY;
    let slot = length / i64::try_from(count.max(1)).expect("a phase is short");
    let count = i64::try_from(count).expect("a phase is short");
    (0..count).map(|i| office_moment(&days, i * slot + rng.below(slot))).collect()
}

fn office_moment(days: &[Instant], offset: i64) -> Instant {
    let day = days[usize::try_from(offset / OFFICE_DAY).expect("it is not negative")];
    let mut rest = offset % OFFICE_DAY;
    for (from, until) in HOURS {
        let length = (until - from) * SECOND;
        if rest < length {
            return day.plus_micros(from * SECOND + rest);
        }
        rest -= length;
    }
    unreachable!("the parts of a day add up to it")
}

/// Midnights of the working days from the first to the last day.
pub fn working_days(first: Day, last: Day) -> Vec<Instant> {
    let (end, holidays) = (midnight(last), HOLIDAYS.map(midnight));
    let mut days = Vec::new();
    let mut day = midnight(first);
    while day <= end {
        // 1970-01-01 was a Thursday; midnight in Vietnam lies on the day before in UTC, so half a day is added.
        let weekday = (day.micros() + DAY / 2).div_euclid(DAY).rem_euclid(7);
        let weekend = weekday == 2 || weekday == 3;
        if !weekend && !holidays.contains(&day) {
            days.push(day);
        }
        day = day.plus_micros(DAY);
    }
    assert!(!days.is_empty(), "there is a working day from {first:?} to {last:?}");
    days
}

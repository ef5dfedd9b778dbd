//! Moments and days as people here write them: `28/10/2022 17:00` and `28/10/2022`, on Vietnamese clocks.

use proto::as_of::minute_in_vietnam;
use proto::{Day, Instant};

/// A day, `28/10/2022` or `1/7/2025`.
pub fn day(text: &str) -> Option<Day> {
    Day::parse(&written(text.trim())?).ok()
}

/// The beginning of a minute: `28/10/2022 17:00`, or as browsers send it.
pub fn minute(text: &str) -> Option<Instant> {
    let text = text.trim();
    let Some((day, time)) = text.split_once(' ') else { return minute_in_vietnam(text) };
    let (hour, minute) = time.trim().split_once(':')?;
    let hour = two(hour).filter(|_| minute.len() == 2)?;
    minute_in_vietnam(&format!("{}T{hour}:{minute}", written(day)?))
}

/// The day as the protocol writes it.
fn written(text: &str) -> Option<String> {
    let (day, rest) = text.split_once('/')?;
    let (month, year) = rest.split_once('/')?;
    (year.len() == 4).then(|| Some(format!("{year}-{}-{}", two(month)?, two(day)?)))?
}

/// A number of one or two digits, as two.
fn two(text: &str) -> Option<String> {
    let plain = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| format!("{text:0>2}"))
}

#[cfg(test)]
mod tests {
    use super::{day, minute};

    #[test]
    fn a_moment_is_read_as_it_is_printed() {
        for text in ["28/10/2022 17:00", "01/12/2022 00:00", "31/12/2022 23:59"] {
            assert_eq!(minute(text).expect(text).vietnam(), text);
        }
        assert_eq!(minute("1/7/2025 8:30").expect("short").vietnam(), "01/07/2025 08:30");
        assert_eq!(minute("2022-10-28T17:00"), minute("28/10/2022 17:00"));
        assert_eq!(day("1/7/2025").expect("a day").to_string(), "2025-07-01");
        for bad in [
            "",
            "28/10/2022",
            "31/02/2022 10:00",
            "10/28/2022 10:00",
            "28/10/22 10:00",
            "28/10/2022 24:00",
            "28/10/2022 17",
            "28/10/2022 17:0",
            "+1/10/2022 17:00",
        ] {
            assert_eq!(minute(bad), None, "{bad}");
        }
    }
}

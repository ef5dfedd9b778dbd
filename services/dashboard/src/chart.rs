//! Charts as SVG, made from the tables that stand beneath them: a figure in a chart is the cell's own, and its place follows from it.
//! Nothing is told by colour alone, and no chart says what its table does not.
//!
//! Lengths across are percent of the chart, so that letters keep their size on a phone and on paper; lengths down are pixels.

mod bars;
mod heat;
mod line;
mod slope;

pub use bars::{Bars, Pair};
pub use heat::{Heat, STEPS};
pub use line::Line;
pub use slope::Slope;

use proto::Exact;
use proto::exact::RoundingMode;

/// What names a chart, for whoever does not see it.
pub struct Named {
    /// What the ids of its title and description begin with.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it shows, in a sentence.
    pub desc: String,
}

/// A line across or down with what it stands for.
pub struct Tick {
    /// Where it stands.
    pub at: String,
    /// What stands there.
    pub label: String,
}

/// A value from 0 to 100 within a stretch that begins at `from` and is `long`, all in percent.
fn across(value: &Exact, from: i64, long: i64) -> String {
    let hundred = Exact::whole(100);
    let zero = Exact::zero();
    let kept = if *value < zero {
        &zero
    } else if *value > hundred {
        &hundred
    } else {
        value
    };
    let place = &Exact::whole(from) + &((kept * &Exact::whole(long)) / 100);
    format!("{}%", place.rounded(2, RoundingMode::HalfUp))
}

/// The place `n` of `count` equal ones in a stretch: its beginning and its middle, and how wide each is.
fn shared(n: usize, count: usize, from: i64, long: i64) -> (String, String, String) {
    let part = |halves: usize| {
        let halves = i128::try_from(halves).expect("a chart has few columns");
        let count = i128::try_from(count.max(1)).expect("a chart has few columns");
        Exact::ratio(halves * 50, count).expect("a chart has a column")
    };
    (across(&part(2 * n), from, long), across(&part(2 * n + 1), from, long), across(&part(2), 0, long))
}

#[cfg(test)]
mod tests {
    use super::{across, shared};
    use proto::Exact;

    #[test]
    fn places_follow_from_figures_and_stay_within_the_chart() {
        let value = |n, d| Exact::ratio(n, d).expect("not zero");
        assert_eq!(across(&value(9168, 100), 28, 60), "83.01%");
        assert_eq!(across(&value(-1, 2), 28, 60), "28.00%");
        assert_eq!(across(&value(205, 2), 0, 60), "60.00%");
        assert_eq!(shared(1, 4, 20, 80), ("40.00%".to_owned(), "50.00%".to_owned(), "20.00%".to_owned()));
    }
}

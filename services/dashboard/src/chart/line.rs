//! A line over years: a point for each row of a table, in its order, joined where two beside each other have figures.

use proto::Exact;
use proto::exact::RoundingMode;

use super::{Named, Tick, shared};
use crate::table::Table;

/// Where points begin, and how wide all of them stand, in percent of the chart.
const FROM: i64 = 8;
const LONG: i64 = 90;
/// Pixels above the highest line, between the highest and the lowest, and below.
const TOP: u32 = 24;
const HIGH: u32 = 180;
const FOOT: u32 = 26;
/// The axis begins at a multiple of that below the lowest figure.
const STEP: i64 = 10;

/// A line.
pub struct Line {
    /// What names it.
    pub named: Named,
    /// How high the chart is.
    pub height: u32,
    /// Where the labels of its points stand.
    pub axis: u32,
    /// Its lines across: how far down, and what they stand for.
    pub ticks: Vec<Tick>,
    /// Its points.
    pub points: Vec<Point>,
    /// Its stretches: from where to where, across and down.
    pub stretches: Vec<[String; 4]>,
    /// Where the axis begins.
    pub lowest: i64,
}

/// A point.
pub struct Point {
    /// Where it stands.
    pub across: String,
    /// What it is of.
    pub label: String,
    /// How far down it stands, and its figure's line of letters; none where there is no figure.
    pub down: Option<(String, String)>,
    /// The figure, as the table has it.
    pub figure: String,
}

impl Line {
    /// A line of one column over another.
    pub fn of(named: Named, table: &Table, (labels, figures): (&str, &str)) -> Self {
        let (labels, figures) = (table.place(labels), table.place(figures));
        let rows: Vec<_> = table.rows.iter().filter(|row| !row.sum).collect();
        let values: Vec<Option<Exact>> = rows.iter().map(|row| row.cells[figures].value.exact()).collect();
        let lowest = lowest(values.iter().flatten());
        let points: Vec<Point> = rows
            .iter()
            .zip(&values)
            .enumerate()
            .map(|(n, (row, value))| Point {
                across: shared(n, rows.len(), FROM, LONG).1,
                label: row.cells[labels].value.read(table.lang),
                down: value.as_ref().map(|value| (down(value, lowest, 0), down(value, lowest, -10))),
                figure: row.cells[figures].value.read(table.lang),
            })
            .collect();
        let joined = points.windows(2).filter_map(|pair| {
            let ((from, _), (to, _)) = (pair[0].down.as_ref()?, pair[1].down.as_ref()?);
            Some([pair[0].across.clone(), from.clone(), pair[1].across.clone(), to.clone()])
        });
        let stretches = joined.collect();
        let tick = |at: i64| Tick { at: down(&Exact::whole(at), lowest, 0), label: at.to_string() };
        let each = if lowest < 50 { 2 * STEP } else { STEP };
        let ticks = (0..).map(|n| 100 - n * each).take_while(|at| *at >= lowest).map(tick).collect();
        Self { named, height: TOP + HIGH + FOOT, axis: TOP + HIGH + 19, ticks, points, stretches, lowest }
    }
}

/// Where the axis begins: a ten below the lowest figure.
fn lowest<'a>(values: impl Iterator<Item = &'a Exact>) -> i64 {
    let least = values.min();
    let below = |from: &i64| least.is_some_and(|least| Exact::whole(*from + STEP) < *least);
    (0..100 / STEP - 1).map(|n| n * STEP).rfind(below).unwrap_or(0)
}

/// How far down a figure stands, moved by some pixels.
fn down(value: &Exact, lowest: i64, moved: i64) -> String {
    let (top, high) = (i64::from(TOP), i64::from(HIGH));
    let below = &Exact::whole(100) - value;
    let down = (&below * &Exact::whole(high)) / (100 - lowest);
    (&down + &Exact::whole(top + moved)).rounded(1, RoundingMode::HalfUp)
}

#[cfg(test)]
mod tests {
    use super::{down, lowest};
    use proto::Exact;

    #[test]
    fn an_axis_begins_below_its_lowest_figure_and_ends_at_100() {
        let of = |values: &[i64]| lowest(values.iter().map(|n| Exact::whole(*n)).collect::<Vec<_>>().iter());
        assert_eq!((of(&[]), of(&[4]), of(&[84, 91]), of(&[100])), (0, 0, 70, 80));
        assert_eq!(down(&Exact::whole(100), 70, 0), "24.0");
        assert_eq!(down(&Exact::whole(70), 70, 0), "204.0");
    }
}

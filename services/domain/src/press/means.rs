//! Stated means against the rows, for each figure that every row shows.
//! Rows that lack a figure are no ground for a word about its mean.

use proto::inquiry::{Bounds, Figure, Observation, Severity};
use proto::{Decimal, Exact};

use super::{PrintedTable, said, say, seen};

/// Means that the rows cannot give: each row and the mean itself are off by half a unit of the last place at most.
pub fn means(table: &PrintedTable) -> Vec<Observation> {
    Figure::ALL.into_iter().filter_map(|figure| mean(table, figure)).collect()
}

fn mean(table: &PrintedTable, figure: Figure) -> Option<Observation> {
    let stated = table.means.get(figure)?;
    let values: Vec<Decimal> = table.rows.iter().map(|row| row.figures.get(figure)).collect::<Option<_>>()?;
    let rows = Exact::whole(i64::try_from(values.len()).ok()?);
    let computed = Exact::sum_decimals(values.iter()).checked_div(&rows)?;
    let slack = table.last_place();
    let bounds = Bounds::within(&(&computed - &slack), &(&computed + &slack), table.digits())?;
    if bounds.contains(stated) {
        return None;
    }
    let (name, stated, given) = (said(figure), table.said(stated), table.said_bounds(bounds));
    let text = say!(
        "Trung bình của khối về {name} in là {stated}, còn các dòng cho {given}.",
        "The block's mean of {name} is printed as {stated}, but the rows give {given}.",
        name,
        stated,
        given
    );
    Some(seen("mean_differs", Severity::Fault, [], text).about(figure, Some(bounds)))
}

//! Which rows break the falling order of the index, as far as the order alone can tell.
//! Rows without a value neither break it nor are judged.

use proto::Decimal;
use proto::document::Text;
use proto::inquiry::{Figure, Observation, Severity};

use super::{PrintedTable, listed, name, say, seen};

/// Where each row with a value stands toward the longest runs of rows that never rise.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// In every longest run.
    pub sure: Vec<usize>,
    /// In some of them: of each group exactly one row is in a run, and any of them may be.
    pub doubtful: Vec<Vec<usize>>,
    /// In none: the order is restored by leaving them out, not their neighbours.
    pub astray: Vec<usize>,
}

impl Order {
    /// Judges values in printed order.
    pub fn of(values: &[Option<Decimal>]) -> Self {
        let known: Vec<(usize, Decimal)> = values.iter().enumerate().filter_map(|(i, v)| Some((i, (*v)?))).collect();
        let falling: Vec<Decimal> = known.iter().map(|(_, v)| *v).collect();
        let rising: Vec<Decimal> = falling.iter().rev().map(|v| mirrored(*v)).collect();
        let (until, mut from) = (lengths(&falling), lengths(&rising));
        from.reverse();
        let longest = until.iter().max().copied().unwrap_or(0);
        // The rows of a longest run that can be its first, its second ...
        let mut ranks: Vec<Vec<usize>> = vec![Vec::new(); longest];
        let mut order = Self::default();
        for (k, (row, _)) in known.iter().enumerate() {
            if until[k] + from[k] - 1 == longest {
                ranks[until[k] - 1].push(*row);
            } else {
                order.astray.push(*row);
            }
        }
        for rows in ranks {
            match rows[..] {
                [row] => order.sure.push(row),
                _ => order.doubtful.push(rows),
            }
        }
        order
    }
}

/// The value whose order is the other way round.
fn mirrored(value: Decimal) -> Decimal {
    Decimal::new(-value.mantissa(), value.scale()).expect("a sign takes no digit")
}

/// The length of the longest run that never rises and ends in each value.
fn lengths(values: &[Decimal]) -> Vec<usize> {
    let mut lengths: Vec<usize> = Vec::with_capacity(values.len());
    for (k, value) in values.iter().enumerate() {
        let before = (0..k).filter(|&j| values[j] >= *value).map(|j| lengths[j]).max();
        lengths.push(before.unwrap_or(0) + 1);
    }
    lengths
}

/// Rows out of order: by themselves where only leaving out that row restores it, otherwise with those it may be instead.
pub fn order(table: &PrintedTable) -> Vec<Observation> {
    let values = table.indices();
    let order = Order::of(&values);
    let astray = order.astray.iter().map(|&row| (row, alone(table, &values, row), vec![row]));
    let doubtful = order.doubtful.iter().map(|rows| (rows[0], together(table, rows), rows.clone()));
    let mut found: Vec<_> = astray.chain(doubtful).collect();
    found.sort_by_key(|(first, ..)| *first);
    let observe = |(_, text, rows): (usize, Text, Vec<usize>)| {
        let rows = rows.iter().map(|&row| &table.rows[row]);
        seen("out_of_order", Severity::Fault, rows, text).about(Figure::Index, None)
    };
    found.into_iter().map(observe).collect()
}

fn valued(table: &PrintedTable, row: usize) -> Text {
    let name = name(&table.rows[row]);
    let value = table.rows[row].figures.index.map_or_else(|| Text::new("", ""), |v| table.said(v));
    say!("{name} {value}", "{name} {value}", name, value)
}

fn alone(table: &PrintedTable, values: &[Option<Decimal>], row: usize) -> Text {
    let above = (0..row).rev().find(|&r| values[r].is_some()).map(|r| valued(table, r));
    let below = (row + 1..values.len()).find(|&r| values[r].is_some()).map(|r| valued(table, r));
    let this = valued(table, row);
    let neighbours = match (above, below) {
        (Some(above), Some(below)) => say!("giữa {above} và {below}", "between {above} and {below}", above, below),
        (Some(above), None) => say!("sau {above}", "after {above}", above),
        (None, Some(below)) => say!("trước {below}", "before {below}", below),
        (None, None) => unreachable!("a value alone is in order"),
    };
    say!(
        "{this} đứng {neighbours}: sai thứ tự, và chỉ bỏ dòng này thì thứ tự mới đúng.",
        "{this} stands {neighbours}: out of order, and only leaving out this row restores it.",
        this,
        neighbours
    )
}

fn together(table: &PrintedTable, rows: &[usize]) -> Text {
    let rows = listed(rows.iter().map(|&row| valued(table, row)));
    say!(
        "Các dòng đứng theo thứ tự tăng, nhiều nhất một dòng đúng chỗ, và thứ tự không cho biết dòng nào sai: {rows}.",
        "These rows stand in rising order; at most one is in its place, and order alone does not tell which: {rows}.",
        rows
    )
}

#[cfg(test)]
mod tests {
    use super::Order;
    use proptest::prelude::*;
    use proto::Decimal;

    /// The same from the definition: every choice of rows is tried.
    fn tried(values: &[Option<Decimal>]) -> (Vec<usize>, Vec<usize>) {
        let known: Vec<usize> = (0..values.len()).filter(|&r| values[r].is_some()).collect();
        let chosen = |bits: u32| known.iter().enumerate().filter(move |(k, _)| bits >> k & 1 == 1).map(|(_, r)| *r);
        let falls = |bits: &u32| chosen(*bits).is_sorted_by(|a, b| values[*a] >= values[*b]);
        let runs: Vec<u32> = (0..1 << known.len()).filter(falls).collect();
        let longest = runs.iter().map(|b| b.count_ones()).max().unwrap_or(0);
        let in_runs = |k: usize| runs.iter().filter(|b| b.count_ones() == longest).map(move |b| b >> k & 1 == 1);
        let rows = |keep: &dyn Fn(usize) -> bool| (0..known.len()).filter(|&k| keep(k)).map(|k| known[k]).collect();
        (rows(&|k| in_runs(k).all(|is| is)), rows(&|k| in_runs(k).all(|is| !is)))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_row_is_sure_in_every_longest_run_and_astray_in_none(
            values in prop::collection::vec(prop::option::weighted(0.8, 0_i64..6), 0..9),
        ) {
            let values: Vec<_> = values.into_iter().map(|v| v.and_then(|v| Decimal::new(v, 1))).collect();
            let order = Order::of(&values);
            prop_assert!(order.doubtful.iter().all(|group| group.len() > 1));
            prop_assert_eq!((order.sure, order.astray), tried(&values));
        }
    }
}

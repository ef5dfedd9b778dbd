//! Places and units: each place in its turn, each unit once.
//! It looks at no value but to tell a shared place from a wrong one.

use proto::document::Text;
use proto::inquiry::{Observation, Severity};
use proto::text;

use super::{PrintedRow, PrintedTable, listed, name, say, seen};

/// Places that are not 1, 2, 3 ...; equal values may share a place, and the next may then be skipped or not.
pub fn places(table: &PrintedTable) -> Vec<Observation> {
    let mut found = Vec::new();
    // The place that comes next where the one before is shared without skipping, and where it is skipped.
    let (mut next, mut skipped) = (1, 1);
    let mut before: Option<&PrintedRow> = None;
    for row in &table.rows {
        let place = row.place;
        let shared = before.is_some_and(|b| b.place == place && may_be_equal(b, row));
        if !shared && place < next {
            found.push(out_of_turn(row));
        } else if !shared && place > skipped {
            found.push(missing(skipped, row));
        }
        skipped = if shared { skipped.saturating_add(1) } else { place.saturating_add(1) };
        next = place.saturating_add(1);
        found.extend(before.filter(|b| b.place != place).and_then(|b| equal_values(table, b, row)));
        before = Some(row);
    }
    found
}

/// Whether two rows can have the same index: a value that is cut off may be any.
fn may_be_equal(a: &PrintedRow, b: &PrintedRow) -> bool {
    a.figures.index.zip(b.figures.index).is_none_or(|(a, b)| a == b)
}

fn out_of_turn(row: &PrintedRow) -> Observation {
    let (name, place) = (&row.name, row.place);
    let text = text!(
        "{name} in ở hạng {place}, hạng này không thể đứng sau dòng trước đó.",
        "{name} is printed at place {place}, which cannot follow the row before it."
    );
    seen("place_out_of_turn", Severity::Fault, [row], text)
}

fn missing(first: u64, row: &PrintedRow) -> Observation {
    let (name, place, last) = (&row.name, row.place, row.place - 1);
    let places = if first == last { format!("{first}") } else { format!("{first}-{last}") };
    let text = text!(
        "Thiếu hạng {places} trước hạng {place} ({name}).",
        "Place {places} is missing before place {place} ({name})."
    );
    seen("missing_place", Severity::Fault, [row], text)
}

/// Tables print equal values at different places, by no stated rule: the values may differ in digits not printed.
fn equal_values(table: &PrintedTable, a: &PrintedRow, b: &PrintedRow) -> Option<Observation> {
    let value = a.figures.index.filter(|value| Some(*value) == b.figures.index)?;
    let (value, names) = (table.said(value), listed([name(a), name(b)]));
    let places = Text::new(format!("{} và {}", a.place, b.place), format!("{} and {}", a.place, b.place));
    let text = say!(
        "Cùng in {value} nhưng ở các hạng {places}: {names}.",
        "Both are printed as {value} but at places {places}: {names}.",
        value,
        places,
        names
    );
    Some(seen("equal_values_differ", Severity::Note, [a, b], text))
}

/// Units that stand in the table more than once.
pub fn duplicates(table: &PrintedTable) -> Vec<Observation> {
    let again = |(i, row): (usize, &PrintedRow)| {
        let first = table.rows[..i].iter().find(|earlier| earlier.unit == row.unit)?;
        let (name, unit, one, other) = (&row.name, &row.unit, first.place, row.place);
        let text = text!(
            "{name} ({unit}) có ở cả hạng {one} và hạng {other}.",
            "{name} ({unit}) stands both at place {one} and at place {other}."
        );
        Some(seen("duplicate_unit", Severity::Fault, [row], text))
    };
    table.rows.iter().enumerate().filter_map(again).collect()
}

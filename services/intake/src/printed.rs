//! A table of somebody else's as rows of text: the first sheet of a workbook that holds something.
//! It says nothing about what the table means; a formula's or an error's cell is refused, as everywhere.

use crate::fault::{Faults, Place};
use crate::grid::{Cell, Grid, read};
use crate::value::text_of;
use proto::text;

/// The rows of a workbook's table, each with its number in the sheet, counted from 1.
///
/// # Errors
/// All cells that hold no text and no number.
pub fn printed_rows(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, Faults> {
    let grids = read(bytes)?;
    let Some(grid) = grids.iter().find(|g| !g.rows.is_empty()) else {
        return Err(Faults::one("workbook_empty", Place::File, text!("bảng tính trống", "the workbook is empty")));
    };
    let mut faults = Faults::default();
    let last = grid.rows.values().filter_map(|cells| cells.keys().max()).max().copied().unwrap_or(0);
    let mut rows = Vec::new();
    for (row, cells) in &grid.rows {
        let number = usize::try_from(*row).expect("a sheet has few rows") + 1;
        let text =
            |column: u32| cells.get(&column).map_or(String::new(), |c| shown(grid, *row, column, c, &mut faults));
        rows.push((number, (0..=last).map(text).collect()));
    }
    faults.none()?;
    Ok(rows)
}

fn shown(grid: &Grid, row: u32, column: u32, cell: &Cell, faults: &mut Faults) -> String {
    text_of(cell).unwrap_or_else(|(code, what)| {
        let place = Place::Sheet { sheet: grid.name.clone(), row: Some(row + 1), column: Some(column), heading: None };
        faults.push(code, place, what);
        String::new()
    })
}

/// Whether a file is a workbook, and not a text.
#[must_use]
pub fn is_workbook(bytes: &[u8]) -> bool {
    crate::archive::is_archive(bytes)
}

//! The digest of a projection: over its rows in key order, round by round (RULINGS 23).
//! It is made from rows alone, so that rows read back from a store can be held against rows folded from the log.

use super::{Cell, Row, Table, row_json};
use crate::hash::{Digesting, Hash};
use crate::ids::RoundId;

/// All rows of one table, as cells.
pub type TableRows = (&'static Table, Vec<Vec<Cell>>);

/// The rows of a table as cells.
pub fn table_rows<R: Row>(rows: &[R]) -> TableRows {
    (R::TABLE, rows.iter().map(Row::cells).collect())
}

/// The digest of one round's rows: table by table in the projection's fixed order, sorted by key, each row as its
/// canonical JSON and a line feed.
#[must_use]
pub fn round_digest(tables: &[TableRows]) -> Hash {
    let mut digest = Digesting::default();
    each_line(tables, |line| digest.take(line));
    digest.digest()
}

/// What the digest of rows is made over: [`round_digest`] is SHA-256 of these bytes.
#[must_use]
pub fn row_lines(tables: &[TableRows]) -> Vec<u8> {
    let mut lines = Vec::new();
    each_line(tables, |line| lines.extend_from_slice(line));
    lines
}

fn each_line(tables: &[TableRows], mut take: impl FnMut(&[u8])) {
    for (table, rows) in tables {
        let mut rows: Vec<&Vec<Cell>> = rows.iter().collect();
        rows.sort_by(|a, b| a[..table.key].cmp(&b[..table.key]));
        for row in rows {
            take(&row_json(table, row));
            take(b"\n");
        }
    }
}

/// The digest of a projection: SHA-256 over the lines "round digest", in byte order of rounds.
#[must_use]
pub fn projection_digest<'a>(rounds: impl Iterator<Item = (&'a RoundId, Hash)>) -> Hash {
    let mut lines: Vec<String> = rounds.map(|(round, digest)| format!("{round} {digest}\n")).collect();
    lines.sort();
    Hash::digest(lines.concat().as_bytes())
}

//! The digest of a projection: over its rows in key order, round by round (RULINGS 23).
//! It is made from rows alone, so that rows read back from a store can be held against rows folded from the log.

use sha2::{Digest, Sha256};

use super::{Cell, Row, row_json};
use crate::hash::Hash;
use crate::ids::RoundId;

/// The digest of one round's rows, table by table in the projection's fixed order.
#[derive(Debug, Default)]
pub struct RoundDigest(Sha256);

impl RoundDigest {
    /// Takes all rows of one table: sorts them by key and hashes each as its canonical JSON and a line feed.
    pub fn table<R: Row>(&mut self, rows: &[R]) {
        let mut cells: Vec<Vec<Cell>> = rows.iter().map(Row::cells).collect();
        cells.sort_by(|a, b| a[..R::TABLE.key].cmp(&b[..R::TABLE.key]));
        for row in &cells {
            self.0.update(row_json(R::TABLE, row));
            self.0.update(b"\n");
        }
    }

    /// The digest.
    #[must_use]
    pub fn finish(self) -> Hash {
        Hash(self.0.finalize().into())
    }
}

/// The digest of a projection: SHA-256 over the lines "round digest", in byte order of rounds.
#[must_use]
pub fn projection_digest<'a>(rounds: impl Iterator<Item = (&'a RoundId, Hash)>) -> Hash {
    let mut lines: Vec<String> = rounds.map(|(round, digest)| format!("{round} {digest}\n")).collect();
    lines.sort();
    Hash::digest(lines.concat().as_bytes())
}

//! Proofs out of tiles: which tiles a proof needs, and the proof from them.
//! A damaged tile may make a wrong proof: whoever hands one out verifies it first.

use std::collections::BTreeMap;

use super::{TILE_HEIGHT, TILE_WIDTH, Tile, root_over};
use crate::hash::Hash;
use crate::tree::{Subtree, Wanted};

/// A tile that is not there, or is not what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TileFault {
    /// It is not there.
    #[error("the tile at level {} with index {} is missing", .0.level, .0.index)]
    Missing(Tile),
    /// It has too few hashes.
    #[error("the tile at level {} with index {} has fewer than {} hashes", .0.level, .0.index, .0.width)]
    Short(Tile),
}

/// The tiles that a proof needs in a tree of a size: at most two for each of its levels of tiles.
#[must_use]
pub fn tiles_of(wanted: &Wanted, size: u64) -> Vec<Tile> {
    let mut tiles: Vec<Tile> = wanted.subtrees().filter_map(|s| Tile::holding(s, size)).collect();
    tiles.sort_unstable();
    tiles.dedup();
    tiles
}

/// Tiles of a tree of one size, as they were read.
#[derive(Debug, Clone, Default)]
pub struct Tiles {
    size: u64,
    held: BTreeMap<(u8, u64), Vec<Hash>>,
}

impl Tiles {
    /// None yet, of a tree of a size.
    #[must_use]
    pub fn of(size: u64) -> Self {
        Self { size, held: BTreeMap::new() }
    }

    /// Takes a tile's hashes; a full tile serves where a partial one is wanted.
    pub fn put(&mut self, tile: Tile, hashes: Vec<Hash>) {
        self.held.insert((tile.level, tile.index), hashes);
    }

    /// The hash of a full subtree.
    ///
    /// # Errors
    /// [`TileFault`].
    ///
    /// # Panics
    /// Never: a subtree of the tree lies in one of its tiles.
    pub fn subtree(&self, subtree: Subtree) -> Result<Hash, TileFault> {
        let none = Tile { level: subtree.level / TILE_HEIGHT, index: subtree.index, width: 0 };
        let tile = Tile::holding(subtree, self.size).ok_or(TileFault::Missing(none))?;
        let hashes = self.held.get(&(tile.level, tile.index)).ok_or(TileFault::Missing(tile))?;
        let height = subtree.level % TILE_HEIGHT;
        let first = (subtree.index << height) % u64::from(TILE_WIDTH);
        let first = usize::try_from(first).expect("below 256");
        let part = hashes.get(first..first + (1 << height)).ok_or(TileFault::Short(tile))?;
        Ok(root_over(part))
    }

    /// A proof.
    ///
    /// # Errors
    /// [`TileFault`].
    pub fn prove(&self, wanted: &Wanted) -> Result<Vec<Hash>, TileFault> {
        wanted.prove(|subtree| self.subtree(subtree))
    }
}

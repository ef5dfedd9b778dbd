//! The right edge of a tiled tree: the tiles that are not full yet, one for each level.
//! It never holds a full tile: that one is handed on, and only its root is kept, a level above.

use super::{TILE_WIDTH, Tile, root_over};
use crate::hash::Hash;
use crate::tree::{CompactRange, TreeHead, empty_root};

/// The tiles that are not full.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edge {
    size: u64,
    /// The hashes of each level's partial tile, from level 0 up; none of them has 256.
    levels: Vec<Vec<Hash>>,
}

/// Tiles that are not the edge of a tree of this size and root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadEdge {
    /// A tile has not as many hashes as it must have.
    #[error("the tile at level {} with index {} has not {} hashes", .0.level, .0.index, .0.width)]
    Width(Tile),
    /// The tiles lead to another root.
    #[error("the tiles of the right edge lead to another root")]
    Root,
}

impl Edge {
    /// The edge of a tree, from its partial tiles. They must lead to its root.
    ///
    /// # Errors
    /// [`BadEdge`], or what `tile` says where it has not one.
    pub fn read<E: From<BadEdge>>(
        head: TreeHead,
        mut tile: impl FnMut(Tile) -> Result<Vec<Hash>, E>,
    ) -> Result<Self, E> {
        let mut levels: Vec<Vec<Hash>> = Vec::new();
        for partial in Tile::partial(head.size) {
            let hashes = tile(partial)?;
            if hashes.len() != usize::from(partial.width) {
                return Err(BadEdge::Width(partial).into());
            }
            levels.resize(usize::from(partial.level), Vec::new());
            levels.push(hashes);
        }
        let edge = Self { size: head.size, levels };
        if edge.root() == head.root { Ok(edge) } else { Err(BadEdge::Root.into()) }
    }

    /// Entries in the tree.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Size and root.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }

    /// Appends an entry's hash; each tile that becomes full by it is handed on, from level 0 up.
    pub fn append(&mut self, entry: Hash, mut full: impl FnMut(Tile, Vec<Hash>)) {
        let mut hash = entry;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::with_capacity(usize::from(TILE_WIDTH)));
            }
            self.levels[level].push(hash);
            if self.levels[level].len() < usize::from(TILE_WIDTH) {
                break;
            }
            let hashes = std::mem::take(&mut self.levels[level]);
            hash = root_over(&hashes);
            let level = u8::try_from(level).expect("a tree has at most eight levels of tiles");
            let index = self.size >> (u32::from(level + 1) * 8);
            full(Tile { level, index, width: TILE_WIDTH }, hashes);
        }
        self.size += 1;
    }

    /// The partial tiles, from level 0 up.
    pub fn partial(&self) -> impl Iterator<Item = (Tile, &[Hash])> {
        Tile::partial(self.size).map(|tile| (tile, self.levels[usize::from(tile.level)].as_slice()))
    }

    /// The root over all entries.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut right: Option<Hash> = None;
        for hashes in self.levels.iter().filter(|hashes| !hashes.is_empty()) {
            // What stands to the right is smaller than any subtree of this level.
            let mut range = CompactRange::default();
            hashes.iter().for_each(|hash| range.append(*hash));
            right = Some(range.root_with(right));
        }
        right.unwrap_or_else(empty_root)
    }
}

//! Tiles and entry bundles (C2SP tlog-tiles): where they are found, what stands in them, how they grow.
//! It holds no more than the right edge of a tree; a full tile is handed on the moment it is full.

mod edge;
mod path;
mod proving;

use crate::EVENT_BYTES_MAX;
use crate::hash::Hash;
use crate::tree::{CompactRange, Subtree};

pub use edge::{BadEdge, Edge};
pub use path::{BadPath, Resource};
pub use proving::{TileFault, Tiles, tiles_of};

/// Hashes of a full tile, entries of a full bundle.
pub const TILE_WIDTH: u16 = 256;
/// The levels of subtrees that one tile spans.
const TILE_HEIGHT: u8 = 8;
/// The most bytes of a bundle.
pub const BUNDLE_BYTES_MAX: usize = TILE_WIDTH as usize * (EVENT_BYTES_MAX + 2);

/// A tile: consecutive hashes of one level. Level 0 holds the entries' hashes, each level above the roots of full tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// Its level.
    pub level: u8,
    /// Which one of its level, from 0.
    pub index: u64,
    /// How many hashes it has, 1 to 256.
    pub width: u16,
}

impl Tile {
    /// The tile of a level and index in a tree of a size; none where nothing of it is there.
    #[must_use]
    pub fn at(level: u8, index: u64, size: u64) -> Option<Self> {
        let hashes = size.checked_shr(u32::from(level) * u32::from(TILE_HEIGHT)).unwrap_or(0);
        let width = hashes.saturating_sub(index.checked_mul(u64::from(TILE_WIDTH))?).min(u64::from(TILE_WIDTH));
        let width = u16::try_from(width).expect("at most 256");
        (width > 0).then_some(Self { level, index, width })
    }

    /// The tile that holds what a full subtree is made of, in a tree of a size.
    #[must_use]
    pub fn holding(subtree: Subtree, size: u64) -> Option<Self> {
        // A shift would lose the index's highest bits: such a subtree lies in no tile, not in the one of what is left.
        let first = subtree.index.checked_mul(1 << (subtree.level % TILE_HEIGHT))?;
        Self::at(subtree.level / TILE_HEIGHT, first / u64::from(TILE_WIDTH), size)
    }

    /// The tiles that are not full in a tree of a size, from level 0 up.
    pub fn partial(size: u64) -> impl Iterator<Item = Self> {
        let levels = 0..=(u64::BITS.div_ceil(u32::from(TILE_HEIGHT)) as u8 - 1);
        levels.filter_map(move |level| {
            let hashes = size.checked_shr(u32::from(level) * u32::from(TILE_HEIGHT))?;
            Self::at(level, hashes / u64::from(TILE_WIDTH), size)
        })
    }

    /// Whether nothing will be added to it.
    #[must_use]
    pub fn is_full(self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The same tile once it is full.
    #[must_use]
    pub fn full(self) -> Self {
        Self { width: TILE_WIDTH, ..self }
    }
}

/// The hashes of a tile, from its bytes; none where they are not 1 to 256 whole hashes.
#[must_use]
pub fn read_tile(bytes: &[u8]) -> Option<Vec<Hash>> {
    let hashes = bytes.chunks_exact(32);
    if !hashes.remainder().is_empty() || bytes.is_empty() || bytes.len() > usize::from(TILE_WIDTH) * 32 {
        return None;
    }
    Some(hashes.map(|h| Hash(h.try_into().expect("chunks of 32"))).collect())
}

/// A tile as it is stored and served.
#[must_use]
pub fn write_tile(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|h| h.0).collect()
}

/// A bundle that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bundle breaks off or has more than {TILE_WIDTH} entries, at byte {0}")]
pub struct BadBundle(usize);

/// The entries of a bundle, at most 256: each is its length in two bytes, then itself.
///
/// # Errors
/// [`BadBundle`] with the offset of what does not fit.
pub fn read_bundle(bytes: &[u8]) -> Result<Vec<&[u8]>, BadBundle> {
    let (mut entries, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        let bad = BadBundle(bytes.len() - rest.len());
        let (length, behind) = rest.split_first_chunk::<2>().ok_or(bad)?;
        let (entry, behind) = behind.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(bad)?;
        if entries.len() == usize::from(TILE_WIDTH) {
            return Err(bad);
        }
        entries.push(entry);
        rest = behind;
    }
    Ok(entries)
}

/// A bundle of entries, each of at most 65,535 bytes.
///
/// # Panics
/// Where an entry is longer: no event is.
#[must_use]
pub fn write_bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bundle = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len()).expect("an event has at most 65,535 bytes");
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    bundle
}

/// The root over hashes that stand side by side.
fn root_over(hashes: &[Hash]) -> Hash {
    let mut range = CompactRange::default();
    for hash in hashes {
        range.append(*hash);
    }
    range.root()
}

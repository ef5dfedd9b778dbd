//! The addresses of tiles and bundles: `tile/0/x001/x234/067.p/8`, `tile/entries/000`.
//! There is one address for each, and no other text is read as one.

use std::fmt;

use super::{TILE_WIDTH, Tile};

/// The most bytes of an address that are looked at.
const PATH_BYTES_MAX: usize = 64;
/// The highest level that an address may name (C2SP tlog-tiles).
const LEVEL_MAX: u8 = 63;

/// What an address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    /// A tile of hashes.
    Tile(Tile),
    /// A bundle of entries.
    Entries {
        /// Which one, from 0.
        index: u64,
        /// How many entries it has, 1 to 256.
        width: u16,
    },
}

/// Text that is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no address of a tile or of a bundle of entries")]
pub struct BadPath;

impl Resource {
    /// Parses an address, `tile/` included.
    ///
    /// # Errors
    /// [`BadPath`].
    pub fn parse(path: &str) -> Result<Self, BadPath> {
        Self::read(path).filter(|found| found.to_string() == path).ok_or(BadPath)
    }

    fn read(path: &str) -> Option<Self> {
        if path.len() > PATH_BYTES_MAX {
            return None;
        }
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok().filter(|w| (1..TILE_WIDTH).contains(w))?),
            None => (rest, TILE_WIDTH),
        };
        let index = read_index(number)?;
        if level == "entries" {
            return Some(Self::Entries { index, width });
        }
        let level = level.parse().ok().filter(|level| *level <= LEVEL_MAX)?;
        Some(Self::Tile(Tile { level, index, width }))
    }

    fn width(self) -> u16 {
        match self {
            Self::Tile(tile) => tile.width,
            Self::Entries { width, .. } => width,
        }
    }
}

/// Groups of three digits, all but the last one behind an `x`. Whoever writes the number back finds what is not in its one form.
fn read_index(text: &str) -> Option<u64> {
    let mut index: u64 = 0;
    for group in text.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        index = index.checked_mul(1_000)?.checked_add(digits.parse().ok()?)?;
    }
    Some(index)
}

fn write_index(f: &mut fmt::Formatter, index: u64) -> fmt::Result {
    let mut groups = vec![index % 1_000];
    let mut rest = index / 1_000;
    while rest > 0 {
        groups.push(rest % 1_000);
        rest /= 1_000;
    }
    while groups.len() > 1 {
        write!(f, "x{:03}/", groups.pop().expect("more than one"))?;
    }
    write!(f, "{:03}", groups[0])
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Tile(tile) => {
                write!(f, "tile/{}/", tile.level)?;
                write_index(f, tile.index)?;
            }
            Self::Entries { index, .. } => {
                f.write_str("tile/entries/")?;
                write_index(f, *index)?;
            }
        }
        if self.width() == TILE_WIDTH { Ok(()) } else { write!(f, ".p/{}", self.width()) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Resource, Tile};

    #[test]
    fn an_address_reads_back_the_same_and_no_other_text_is_one() {
        let tile = |level, index, width| Resource::Tile(Tile { level, index, width });
        for (resource, path) in [
            (tile(0, 1_234_067, 256), "tile/0/x001/x234/067"),
            (tile(63, 0, 1), "tile/63/000.p/1"),
            (Resource::Entries { index: 999, width: 256 }, "tile/entries/999"),
            (Resource::Entries { index: 1_000, width: 255 }, "tile/entries/x001/000.p/255"),
            (tile(0, u64::MAX, 256), "tile/0/x018/x446/x744/x073/x709/x551/615"),
        ] {
            assert_eq!(resource.to_string(), path);
            assert_eq!(Resource::parse(path), Ok(resource));
        }
        for bad in [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "tile/00/000",
            "tile/64/000",
            "tile/-1/000",
            "tile/+1/000",
            "tile/0/0",
            "tile/0/0000",
            "tile/0/x000",
            "tile/0/x000/000",
            "tile/0/001/000",
            "tile/0/x1/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/",
            "tile/0/000.p/1/2",
            "tile/entries",
            "tile/Entries/000",
            "/tile/0/000",
            "tile/0/000/",
            "tile/0/../000",
            "tile/0/00\u{663}",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert!(Resource::parse(bad).is_err(), "{bad:?}");
        }
    }
}

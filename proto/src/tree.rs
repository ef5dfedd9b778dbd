//! The Merkle tree over the log (RFC 9162, 2.1) as a compact range: the roots of its full subtrees.
//! Appending costs amortised one inner hash; nothing is ever rebuilt to append.

use crate::hash::Hash;

/// The roots of the full subtrees that tile `size` entries, largest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompactRange {
    size: u64,
    hashes: Vec<Hash>,
}

/// A stored range whose hashes do not fit its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a range over {size} entries has {expected} hashes of 32 bytes, not {bytes} bytes")]
pub struct BadRange {
    size: u64,
    expected: u32,
    bytes: usize,
}

impl CompactRange {
    /// Entries in the tree.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends one entry's hash.
    pub fn append(&mut self, entry: Hash) {
        let mut hash = entry;
        for _ in 0..self.size.trailing_ones() {
            let left = self.hashes.pop().expect("a full subtree for each set bit of the size");
            hash = Hash::node(&left, &hash);
        }
        self.hashes.push(hash);
        self.size += 1;
    }

    /// The root over all entries; of no entries, SHA-256 of nothing (RFC 9162, 2.1.1).
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut subtrees = self.hashes.iter().rev();
        let Some(&smallest) = subtrees.next() else {
            return Hash::digest(b"");
        };
        subtrees.fold(smallest, |right, left| Hash::node(left, &right))
    }

    /// The hashes as stored: 32 bytes each, largest subtree first.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(|h| h.0).collect()
    }

    /// A range read back from its store.
    ///
    /// # Errors
    /// [`BadRange`] when the number of hashes is not the number of set bits in `size`.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Result<Self, BadRange> {
        let expected = size.count_ones();
        if bytes.len() != expected as usize * 32 {
            return Err(BadRange { size, expected, bytes: bytes.len() });
        }
        let hashes = bytes.chunks_exact(32).map(|c| Hash(c.try_into().expect("chunks of 32"))).collect();
        Ok(Self { size, hashes })
    }
}

#[cfg(test)]
mod tests {
    use super::CompactRange;
    use crate::hash::Hash;

    /// RFC 9162, 2.1.1, word for word.
    fn root_by_definition(entries: &[Hash]) -> Hash {
        match entries {
            [] => Hash::digest(b""),
            [one] => *one,
            _ => {
                let split = entries.len().next_power_of_two() / 2;
                Hash::node(&root_by_definition(&entries[..split]), &root_by_definition(&entries[split..]))
            }
        }
    }

    #[test]
    fn the_root_of_a_growing_range_is_the_root_by_definition() {
        let mut range = CompactRange::default();
        let mut entries = Vec::new();
        assert_eq!(range.root(), root_by_definition(&entries));
        for i in 0..300_u32 {
            let entry = Hash::entry(&i.to_be_bytes());
            range.append(entry);
            entries.push(entry);
            assert_eq!(range.root(), root_by_definition(&entries), "{i}");
            let again = CompactRange::from_bytes(range.size(), &range.to_bytes()).expect("fits");
            assert_eq!(again, range);
        }
        assert!(CompactRange::from_bytes(3, &[0; 32]).is_err());
    }
}

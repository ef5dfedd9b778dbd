//! The tree over a log's stored hashes, with every full subtree at hand: out of it proofs of any number of events are made.
//! Two hashes are held for each event. Nothing is handed out unless all of them make the root that was signed.

use proto::Hash;
use proto::tree::{BadProof, CompactRange, Subtree, TreeHead, Wanted};

use super::DossierError;
use crate::source::{Source, SourceError};

/// The hashes of all full subtrees, level by level.
#[derive(Debug, Default)]
pub struct Grown {
    levels: Vec<Vec<Hash>>,
    range: CompactRange,
}

impl Grown {
    /// Takes the next entry's hash.
    pub fn append(&mut self, entry: Hash) {
        self.range.append(entry);
        let mut hash = entry;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            self.levels[level].push(hash);
            match self.levels[level].as_slice() {
                [.., left, right] if self.levels[level].len().is_multiple_of(2) => hash = Hash::node(left, right),
                _ => return,
            }
        }
    }

    /// The tree under a checkpoint, from the hashes of a log as they are stored.
    ///
    /// # Errors
    /// [`DossierError`] where the log is shorter, or another than was signed.
    pub async fn under(source: &Source, head: TreeHead) -> Result<Self, DossierError> {
        let mut tree = Self::default();
        source.each_hash(head.size, |hash| tree.append(hash)).await.map_err(SourceError::from)?;
        match tree.head() {
            TreeHead { size, .. } if size < head.size => Err(DossierError::Ahead { signed: head.size, events: size }),
            found if found == head => Ok(tree),
            _ => Err(DossierError::Differs(head.size)),
        }
    }

    /// Size and root.
    pub fn head(&self) -> TreeHead {
        self.range.head()
    }

    /// The inclusion proof of an entry.
    ///
    /// # Errors
    /// [`BadProof::Index`] where there is no such entry.
    pub fn inclusion(&self, index: u64) -> Result<Vec<Hash>, BadProof> {
        let size = self.range.size();
        let none = BadProof::Index { index, size };
        Wanted::inclusion(index, size)?.prove(|Subtree { level, index }| {
            let at = usize::try_from(index).map_err(|_| none)?;
            self.levels.get(usize::from(level)).and_then(|hashes| hashes.get(at)).copied().ok_or(none)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Grown;
    use proto::Hash;
    use proto::tree::verify_inclusion;

    #[test]
    fn every_entry_of_every_small_tree_is_proven() {
        let mut tree = Grown::default();
        for size in 1..=70_u64 {
            tree.append(Hash::entry(&(size - 1).to_be_bytes()));
            for index in 0..size {
                let (proof, head) = (tree.inclusion(index).expect("within"), tree.head());
                let entry = Hash::entry(&index.to_be_bytes());
                assert_eq!(verify_inclusion(index, entry, head.size, head.root, &proof), Ok(()), "{index} of {size}");
            }
            assert!(tree.inclusion(size).is_err());
        }
    }
}

//! What a mirror knows of the entries that it holds: the hash of each, and where those of each stream stand.
//! It holds no body, and no hash that was not made here from one.

use std::collections::BTreeMap;
use std::ops::Bound;

use proto::Hash;
use proto::fold::Streams;
use proto::tail::Tail;
use proto::tree::{CompactRange, TreeHead};

/// Entries, from the first or from behind others on.
#[derive(Debug, Default)]
pub struct Entries {
    /// Over those before it too.
    range: CompactRange,
    hashes: Vec<Hash>,
    /// By the stream's name, the positions in order.
    streams: BTreeMap<Box<[u8]>, Vec<u64>>,
}

impl Entries {
    /// Those that will come behind others.
    pub fn behind(before: &Self) -> Self {
        Self { range: before.range.clone(), ..Self::default() }
    }

    /// Size and root over all of them, those before included.
    pub fn head(&self) -> TreeHead {
        self.range.head()
    }

    /// Takes the next one. One that is no event stands in no stream: whoever walks finds it.
    pub fn take(&mut self, body: &[u8]) -> Hash {
        let hash = Hash::entry(body);
        self.range.append(hash);
        self.hashes.push(hash);
        if let Some(tail) = Tail::read(body) {
            match self.streams.get_mut(tail.stream) {
                Some(positions) => positions.push(self.range.size()),
                None => {
                    self.streams.insert(tail.stream.into(), vec![self.range.size()]);
                }
            }
        }
        hash
    }

    /// Takes those that came behind these.
    pub fn extend(&mut self, more: Self) {
        self.range = more.range;
        self.hashes.extend(more.hashes);
        for (stream, positions) in more.streams {
            self.streams.entry(stream).or_default().extend(positions);
        }
    }

    /// The hash at a position, where these begin at the first.
    pub fn hash(&self, position: u64) -> Option<Hash> {
        let index = usize::try_from(position.checked_sub(1)?).ok()?;
        self.hashes.get(index).copied()
    }

    /// The root over the first so many, where these begin at the first; none where there are less.
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        if size == self.range.size() {
            return Some(self.range.root());
        }
        let mut range = CompactRange::default();
        self.hashes.get(..usize::try_from(size).ok()?)?.iter().for_each(|hash| range.append(*hash));
        Some(range.root())
    }

    /// The positions of some streams' entries up to one, in order.
    pub fn within(&self, streams: &Streams, upto: u64) -> Vec<u64> {
        let mut found = Vec::new();
        for (from, to) in streams.ranges() {
            let names = (Bound::Included(from.as_bytes()), Bound::Excluded(to.as_bytes()));
            for (_, positions) in self.streams.range::<[u8], _>(names) {
                found.extend(positions.iter().take_while(|position| **position <= upto));
            }
        }
        found.sort_unstable();
        found
    }
}

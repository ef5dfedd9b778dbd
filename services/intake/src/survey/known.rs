//! What cells have come to mean: a small table of bounded size that forgets, and is never the only one who knows. However its cells are
//! chosen, asking it takes a few comparisons.

/// The most bytes of a cell that is remembered.
const BYTES_MAX: usize = 160;
/// An odd number without a pattern: 2^64 divided by the golden ratio.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// A table of meanings by the bytes of cells.
#[derive(Debug)]
pub struct Known<T> {
    places: Vec<Option<(Box<[u8]>, T)>>,
}

impl<T: Copy> Known<T> {
    /// An empty table of two to the power of `bits` places.
    #[must_use]
    pub fn new(bits: u32) -> Self {
        Self { places: (0..1_usize << bits).map(|_| None).collect() }
    }

    /// Where bytes may stand: there, and beside it.
    fn place(&self, bytes: &[u8]) -> usize {
        let (words, rest) = bytes.as_chunks::<8>();
        let mut last = [0; 8];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        let mixed = |hash: u64, word: [u8; 8]| (hash.rotate_left(23) ^ u64::from_le_bytes(word)).wrapping_mul(MIX);
        let hash = mixed(words.iter().copied().fold(bytes.len() as u64, mixed), last);
        usize::try_from(hash >> 32).unwrap_or(0) & (self.places.len() - 1)
    }

    /// What bytes mean, if that is remembered.
    #[must_use]
    pub fn get(&self, bytes: &[u8]) -> Option<T> {
        let place = self.place(bytes);
        let of = |place: usize| self.places[place].as_ref().filter(|(known, _)| **known == *bytes);
        of(place).or_else(|| of(place ^ 1)).map(|(_, meaning)| *meaning)
    }

    /// Remembers what bytes mean, and may forget others.
    pub fn put(&mut self, bytes: &[u8], meaning: T) {
        if bytes.len() > BYTES_MAX {
            return;
        }
        let place = self.place(bytes);
        if let Some(before) = self.places[place].replace((bytes.into(), meaning))
            && *before.0 != *bytes
        {
            self.places[place ^ 1] = Some(before);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::{BYTES_MAX, Known};

    #[test]
    fn what_is_too_long_is_not_remembered() {
        let mut known = Known::new(3);
        known.put(&[b'x'; BYTES_MAX], 1);
        known.put(&[b'y'; BYTES_MAX + 1], 2);
        assert_eq!((known.get(&[b'x'; BYTES_MAX]), known.get(&[b'y'; BYTES_MAX + 1])), (Some(1), None));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_table_that_forgets_never_tells_another_meaning(
            puts in prop::collection::vec((prop::collection::vec(0_u8..3, 0..20), any::<u16>()), 0..200)
        ) {
            let (mut known, mut all) = (Known::new(4), HashMap::new());
            for (bytes, meaning) in puts {
                known.put(&bytes, meaning);
                all.insert(bytes.clone(), meaning);
                prop_assert_eq!(known.get(&bytes), Some(meaning), "the last one is known");
                for (bytes, meaning) in &all {
                    prop_assert!(known.get(bytes).is_none_or(|found| found == *meaning));
                }
            }
        }
    }
}

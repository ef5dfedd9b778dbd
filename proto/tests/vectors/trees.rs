//! `vectors/trees.json`: roots of trees of many sizes.
//! The roots come from the definition in RFC 9162, never from the compact range that they are there to check.

use proto::Hash;
use serde::Serialize;

/// Every size up to 20, then those around powers of two, and some without pattern.
pub const SIZES: [u64; 35] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 31, 32, 33, 63, 64, 65, 100, 127, 128,
    129, 1000, 1023, 1025, 15012,
];

#[derive(Serialize)]
pub struct Tree {
    size: u64,
    root: Hash,
}

/// The entry with this index: the number in ASCII.
pub fn entry(index: u64) -> Hash {
    Hash::entry(index.to_string().as_bytes())
}

/// RFC 9162, 2.1.1, over the entries from `from` on.
pub fn root(from: u64, size: u64) -> Hash {
    match size {
        0 => Hash::digest(b""),
        1 => entry(from),
        _ => {
            let split = size.next_power_of_two() / 2;
            Hash::node(&root(from, split), &root(from + split, size - split))
        }
    }
}

pub fn file() -> Vec<Tree> {
    SIZES.iter().map(|&size| Tree { size, root: root(0, size) }).collect()
}

//! `vectors/samples.json`: which ballots a seed draws. Frozen: a sample that was drawn once must be drawn so for ever.

use proto::Hash;
use proto::sample::{commitment, drawn};
use serde::Serialize;

#[derive(Serialize)]
pub struct Sample {
    name: &'static str,
    seed: Hash,
    commitment: Hash,
    root: Hash,
    ballots: u32,
    count: u32,
    indexes: Vec<u32>,
}

pub fn file() -> Vec<Sample> {
    let case = |(name, seed, ballots, count): (&'static str, u8, u32, u32)| {
        let (seed, root) = (Hash([seed; 32]), Hash::digest(b"the ballots' tree"));
        let indexes = drawn(&seed, &root, ballots, count);
        Sample { name, seed, commitment: commitment(&seed), root, ballots, count, indexes }
    };
    [
        ("none", 1, 10, 0),
        ("of none", 1, 0, 3),
        ("the only one", 1, 1, 1),
        ("one of two", 1, 2, 1),
        ("all", 2, 20, 20),
        ("more than there are", 2, 20, 21),
        ("five of a hundred", 3, 100, 5),
        ("twenty of a hundred, the five among them", 3, 100, 20),
        ("of a power of two", 4, 65_536, 12),
        ("of one more", 4, 65_537, 12),
        ("of a million", 255, 1_000_000, 25),
        ("of as many as there can be", 255, u32::MAX, 25),
    ]
    .map(case)
    .into()
}

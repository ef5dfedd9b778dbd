//! The file that keeps a sample's seed until it is drawn from: read as it was written, and as nothing else.

use std::fmt;
use std::str::FromStr;

use crate::hash::Hash;
use crate::ids::{BadId, RoundId, SampleId};

/// The first line of a seed's file.
const FIRST: &str = "parindex sample seed v1";

/// What stands in a seed's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// The round.
    pub round: RoundId,
    /// The sample.
    pub sample: SampleId,
    /// The seed, a secret until it is drawn from.
    pub seed: Hash,
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{FIRST}\nround {}\nsample {}\nseed {}", self.round, self.sample, self.seed)
    }
}

impl FromStr for Seed {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        let (first, mut value) = (lines.next(), |word: &str| {
            let line = lines.next().and_then(|line| line.strip_prefix(word)?.strip_prefix(' '));
            line.ok_or_else(|| format!("no line \"{word} ...\" in its place"))
        });
        if first != Some(FIRST) {
            return Err(format!("it does not begin with {FIRST:?}"));
        }
        let round = value("round")?.parse().map_err(|e: BadId| e.to_string())?;
        let sample = value("sample")?.parse().map_err(|e: BadId| e.to_string())?;
        // What is wrong with a seed is not repeated: it is a secret still.
        let seed = Hash::parse(value("seed")?).map_err(|_| "the seed is not 64 hexadecimal digits".to_owned())?;
        let read = Self { round, sample, seed };
        if read.to_string() == text { Ok(read) } else { Err("something stands behind the seed".to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use super::{FIRST, Seed};
    use crate::hash::Hash;

    #[test]
    fn a_seeds_file_is_read_as_it_was_written_and_nothing_else_is() {
        let id = |text: &str| (text.parse().expect("a round"), text.parse().expect("a sample"));
        let (round, sample) = id("r22");
        let seed = Seed { round, sample, seed: Hash([7; 32]) };
        let text = seed.to_string();
        assert_eq!(text.parse(), Ok(seed));
        for (from, to) in [(FIRST, "seed"), ("round r22", "round R"), ("seed 07", "seed 7"), ("sample", "round")] {
            assert!(text.replacen(from, to, 1).parse::<Seed>().is_err(), "{from} {to}");
        }
        assert!(format!("{text}\n").parse::<Seed>().is_err());
        let told = text.replace("07070", "0707").parse::<Seed>().expect_err("too short");
        assert!(!told.contains("0707"), "{told}");
    }
}

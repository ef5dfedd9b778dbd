//! What a test draws at random, from a seed that is printed and can be given again.

/// A number that a test draws, from a seed that is printed.
pub struct Seed(u64);

impl Seed {
    /// The seed in PARINDEX_SEED, or a fresh one.
    ///
    /// # Panics
    /// When the variable holds no number.
    #[must_use]
    pub fn drawn() -> Self {
        let given = std::env::var("PARINDEX_SEED").ok().map(|s| s.parse().expect("PARINDEX_SEED is a number"));
        let seed = given.unwrap_or_else(|| getrandom::u64().expect("random bytes") >> 32);
        eprintln!("PARINDEX_SEED={seed}");
        Self(seed)
    }

    /// A seed of its own for something that draws beside this one.
    pub fn apart(&mut self) -> Self {
        Self(self.next(0, u64::MAX))
    }

    /// The next number, from `least` on and below `below`.
    pub fn next(&mut self, least: u64, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        least + (z ^ (z >> 31)) % (below - least)
    }
}

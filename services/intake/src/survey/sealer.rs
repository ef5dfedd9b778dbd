//! Ballots on their way from whoever reads them to the store: committed to, written into blocks and sealed, some thousands at a time, on
//! more than one thread and in order.

use proto::Hash;
use proto::commitment::commit;
use proto::tree::CompactRange;

use super::block::{BLOCK_BALLOTS, push};
use super::count::Marked;
use super::error::SurveyError;
use super::legend::Legend;
use super::sealed::{NONCE_BYTES, Vault};
use super::store::Lot;
use super::written::{Days, Pieces};

/// How many ballots are sealed at once, and written in one transaction: whole blocks, and a full subtree.
pub const LOT_BALLOTS: usize = 4_096;
const _: () = assert!(LOT_BALLOTS.is_power_of_two() && LOT_BALLOTS.is_multiple_of(BLOCK_BALLOTS));

/// Whoever seals.
pub struct Sealer {
    pieces: Pieces,
    vault: Vault,
}

impl Sealer {
    /// For a batch.
    ///
    /// # Errors
    /// [`SurveyError`].
    pub fn new(legend: &Legend, vault: Vault) -> Result<Self, SurveyError> {
        Ok(Self { pieces: Pieces::of(legend)?, vault })
    }

    /// Seals ballots, the first of which has this index; gives them and the part of the tree that they are.
    ///
    /// # Errors
    /// [`SurveyError`].
    pub fn lot(&self, first: u64, read: &[Marked]) -> Result<(Lot, CompactRange), SurveyError> {
        let (mut days, mut canonical, mut block) = (Days::default(), Vec::new(), Vec::new());
        let (mut lot, mut range) = (Lot { first, ..Lot::default() }, CompactRange::default());
        let mut random = vec![0; BLOCK_BALLOTS * 32 + NONCE_BYTES];
        for (at, ballots) in (first..).step_by(BLOCK_BALLOTS).zip(read.chunks(BLOCK_BALLOTS)) {
            getrandom::fill(&mut random)?;
            let (nonce, salts) = random.split_first_chunk::<NONCE_BYTES>().expect("it is longer");
            block.clear();
            for (marked, salt) in ballots.iter().zip(salts.as_chunks::<32>().0) {
                self.pieces.write(marked, &mut days, &mut canonical);
                let entry = Hash::entry(&commit(salt, &canonical).0);
                lot.entries.push(entry);
                range.append(entry);
                push(&mut block, salt, marked, &mut days);
            }
            lot.blocks.push(self.vault.seal_block(at, *nonce, &block)?);
        }
        Ok((lot, range))
    }
}

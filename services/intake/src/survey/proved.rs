//! One ballot of a batch: shown to be counted, or destroyed so that all others can still be shown. Neither opens another ballot.

use proto::act::survey::RecordBatch;
use proto::ballot::{BallotOpening, BallotProof};
use proto::tree::Levels;
use proto::{BatchId, RoundId};

use super::block::{self, place_of};
use super::error::SurveyError;
use super::legend::Legend;
use super::sealed::{NONCE_BYTES, Sealed, Vault};
use super::store::{Ballots, StoreError, Stored};
use super::taken::name_of;
use crate::evidence::Files;

async fn stored(ballots: &mut Ballots, name: &str, index: u64) -> Result<Stored, SurveyError> {
    let found = ballots.find(name).await?.filter(|stored| stored.ballots > 0);
    let stored = found.ok_or_else(|| SurveyError::NotStored(name.to_owned()))?;
    if index >= stored.ballots {
        return Err(SurveyError::BallotUnknown { index, ballots: stored.ballots });
    }
    Ok(stored)
}

/// The proof that a ballot is one of those that a batch counts, held against the root that the batch is recorded with.
///
/// # Errors
/// [`SurveyError`].
pub async fn prove(
    (files, ballots): (&Files, &mut Ballots),
    (round, batch): (&RoundId, &BatchId),
    index: u64,
) -> Result<BallotProof, SurveyError> {
    let name = name_of(round, batch);
    let stored = stored(ballots, &name, index).await?;
    let vault = Vault::of(files.batch_key(&name).await?.ok_or_else(|| SurveyError::NoKey(name.clone()))?);
    let damaged = || StoreError::Damaged(name.clone());
    let (first, place) = place_of(index);
    // An order may have taken the whole batch.
    let sealed = ballots.block(&stored, first).await?.ok_or(SurveyError::BallotDestroyed(index))?;
    let found = block::at(&vault.open_block(first, &sealed)?, place).ok_or_else(damaged)?;
    let (salt, marked) = found.ok_or(SurveyError::BallotDestroyed(index))?;
    let legend: Legend = serde_json::from_slice(&vault.open(Sealed::Legend, &stored.legend)?)?;
    let opening = BallotOpening { ballot: legend.ballot(&marked).ok_or_else(damaged)?, salt };
    let record: RecordBatch = serde_json::from_slice(&vault.open(Sealed::Record, &stored.record)?)?;
    let tree = Levels::over(ballots.entries(&name, &stored).await?);
    let found = tree.head(stored.ballots).root;
    if let Some(recorded) = record.ballots.map(|set| set.root).filter(|root| *root != found) {
        return Err(SurveyError::Altered { found, recorded });
    }
    Ok(BallotProof { opening, index, proof: tree.inclusion(index, stored.ballots)? })
}

/// Destroys a ballot with its salt and the block that held it, and the key of the file in which it came: the file holds it too. What is left of it is its entry,
/// which says nothing without them, and by which every other ballot is still proved.
///
/// # Errors
/// [`SurveyError`]; where it ends with one, it is to be done again.
pub async fn destroy(
    (files, ballots): (&Files, &mut Ballots),
    (round, batch): (&RoundId, &BatchId),
    index: u64,
) -> Result<(), SurveyError> {
    let name = name_of(round, batch);
    let stored = stored(ballots, &name, index).await?;
    // The file first: once the ballot is gone, nobody would come back for it.
    let vault = Vault::of(files.batch_key(&name).await?.ok_or_else(|| SurveyError::NoKey(name.clone()))?);
    destroy_file(files, &stored, &vault).await?;
    let gone = remove(ballots, &vault, (&name, &stored), index).await?;
    // Also where it was gone before: whoever removed it may not have come so far.
    ballots.leave_no_trace().await?;
    if gone { Ok(()) } else { Err(SurveyError::BallotDestroyed(index)) }
}

/// Writes a ballot's block again without it, under another nonce. Says whether it was there.
async fn remove(
    ballots: &mut Ballots,
    vault: &Vault,
    (name, stored): (&str, &Stored),
    index: u64,
) -> Result<bool, SurveyError> {
    let damaged = || StoreError::Damaged(name.to_owned());
    let (first, place) = place_of(index);
    loop {
        // An order may have taken the whole batch.
        let Some(read) = ballots.block(stored, first).await? else { return Ok(false) };
        let block = vault.open_block(first, &read)?;
        if block::at(&block, place).ok_or_else(damaged)?.is_none() {
            return Ok(false);
        }
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce)?;
        let left = vault.seal_block(first, nonce, &block::without(&block, place).ok_or_else(damaged)?)?;
        // Somebody else may have destroyed another one of the block meanwhile: he must not have done so in vain.
        if ballots.change(stored, first, (read, left)).await? {
            return Ok(true);
        }
    }
}

/// Destroys every ballot of a batch with its salt, and the key of the file in which they came. Says whether there was anything to be
/// destroyed. What is left is the tree's entries, and the tally.
///
/// # Errors
/// [`SurveyError`]; where it ends with one, it is to be done again.
pub async fn destroy_batch(
    (files, ballots): (&Files, &mut Ballots),
    (round, batch): (&RoundId, &BatchId),
) -> Result<bool, SurveyError> {
    let name = name_of(round, batch);
    let found = ballots.find(&name).await?.filter(|stored| stored.ballots > 0);
    let Some(stored) = found else { return Ok(false) };
    let vault = Vault::of(files.batch_key(&name).await?.ok_or_else(|| SurveyError::NoKey(name.clone()))?);
    let file = destroy_file(files, &stored, &vault).await?;
    Ok(ballots.destroy_all(&stored).await? || file)
}

/// Destroys the key of the file in which a batch's ballots came. Says whether there was one.
async fn destroy_file(files: &Files, stored: &Stored, vault: &Vault) -> Result<bool, SurveyError> {
    let record: RecordBatch = serde_json::from_slice(&vault.open(Sealed::Record, &stored.record)?)?;
    match record.ballots {
        Some(set) => Ok(files.destroy_key(set.file.address).await?),
        None => Ok(false),
    }
}

//! Proofs out of the signer's folder: receipts for single events, and that one checkpoint goes on from another.
//! A proof that does not lead to the signed root is never handed out, whatever has become of the tiles.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use platform::ports::{NoReceipt, Receipts};
use proto::note::Note;
use proto::receipt::Receipt;
use proto::tile::{Tile, TileFault, Tiles};
use proto::tree::{
    BadProof, Subtree, TreeHead, Wanted, empty_root, root_of_inclusion, verify_consistency, verify_inclusion,
};
use proto::{Hash, Vouched};
use tokio::sync::{Notify, watch};

use crate::store::{Store, StoreError};

/// A checkpoint that was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpointed {
    /// The note, with the cosignatures that have come.
    pub note: Note,
    /// Size and root.
    pub head: TreeHead,
}

/// How signing stands.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The last checkpoint.
    pub signed: Option<Arc<Checkpointed>>,
    /// The last one that enough witnesses have cosigned; without witnesses in the policy, there is none.
    pub cosigned: Option<Arc<Checkpointed>>,
    /// The log's size when it was last looked at.
    pub log: u64,
    /// Why nothing is signed now, if that is so.
    pub refused: Option<String>,
}

impl State {
    /// The last checkpoint that is vouched for so far.
    #[must_use]
    pub fn vouched(&self, by: Vouched) -> Option<&Arc<Checkpointed>> {
        match by {
            Vouched::Signed => self.signed.as_ref(),
            Vouched::Cosigned => self.cosigned.as_ref(),
        }
    }

    /// Events that are under no checkpoint that is vouched for so far.
    #[must_use]
    pub fn window(&self, by: Vouched) -> u64 {
        self.log.saturating_sub(self.vouched(by).map_or(0, |c| c.head.size))
    }
}

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum NoProof {
    /// What is asked for is not in the tree.
    #[error(transparent)]
    Proof(#[from] BadProof),
    /// A tile is missing or damaged.
    #[error(transparent)]
    Tile(#[from] TileFault),
    /// The folder cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The tiles lead to another root than was signed.
    #[error("tiles_damaged: the tiles do not lead to the root that was signed: {0}")]
    Damaged(BadProof),
    /// The tree has grown less than that.
    #[error("proof_beyond: nothing beyond {0} events is signed")]
    Beyond(u64),
}

/// Where proofs are made.
#[derive(Debug, Clone)]
pub struct Proofs {
    store: Store,
    state: watch::Receiver<State>,
    /// Wakes the signer: somebody waits.
    wanted: Arc<Notify>,
}

impl Proofs {
    /// Proofs out of a folder, as far as signing has come.
    #[must_use]
    pub fn new(store: Store, state: watch::Receiver<State>, wanted: Arc<Notify>) -> Self {
        Self { store, state, wanted }
    }

    /// How signing stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// The folder.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The tiles of a tree of a size that hold these subtrees.
    fn tiles(&self, size: u64, subtrees: impl Iterator<Item = Subtree>) -> Result<Tiles, NoProof> {
        let wanted: BTreeSet<Tile> = subtrees.filter_map(|subtree| Tile::holding(subtree, size)).collect();
        let mut tiles = Tiles::of(size);
        for tile in wanted {
            tiles.put(tile, self.store.tile(tile)?);
        }
        Ok(tiles)
    }

    /// The hash of an entry and its inclusion proof in a tree, out of the tiles of one that is as large or larger.
    ///
    /// # Errors
    /// [`NoProof`].
    pub fn inclusion(&self, index: u64, tree: TreeHead, tiles_of: u64) -> Result<(Hash, Vec<Hash>), NoProof> {
        let (wanted, own) = (Wanted::inclusion(index, tree.size)?, Subtree { level: 0, index });
        let tiles = self.tiles(tiles_of, wanted.subtrees().chain([own]))?;
        let (entry, proof) = (tiles.subtree(own)?, tiles.prove(&wanted)?);
        verify_inclusion(index, entry, tree.size, tree.root, &proof).map_err(NoProof::Damaged)?;
        Ok((entry, proof))
    }

    /// The proof that a tree goes on from an older one.
    ///
    /// # Errors
    /// [`NoProof`].
    pub fn consistency(&self, old: TreeHead, new: TreeHead, tiles_of: u64) -> Result<Vec<Hash>, NoProof> {
        let proof = self.hashes(old.size, new.size, tiles_of)?;
        verify_consistency(old, new, &proof).map_err(NoProof::Damaged)?;
        Ok(proof)
    }

    /// The hashes of a consistency proof, whatever the older root is said to be.
    ///
    /// # Errors
    /// [`NoProof`].
    pub fn hashes(&self, old: u64, new: u64, tiles_of: u64) -> Result<Vec<Hash>, NoProof> {
        let wanted = Wanted::consistency(old, new)?;
        Ok(self.tiles(tiles_of, wanted.subtrees())?.prove(&wanted)?)
    }

    /// A tree as it was at an older size, proven to be one that a signed tree goes on from.
    ///
    /// # Errors
    /// [`NoProof`].
    pub fn tree_at(&self, size: u64, signed: TreeHead) -> Result<TreeHead, NoProof> {
        if size > signed.size {
            return Err(NoProof::Beyond(signed.size));
        }
        let Some(index) = size.checked_sub(1) else { return Ok(TreeHead { size, root: empty_root() }) };
        // What stands to the left of the last entry are full subtrees, of the signed tree too.
        let (wanted, last) = (Wanted::inclusion(index, size)?, Subtree { level: 0, index });
        let tiles = self.tiles(signed.size, wanted.subtrees().chain([last]))?;
        let root = root_of_inclusion(index, size, tiles.subtree(last)?, &tiles.prove(&wanted)?)?;
        let tree = TreeHead { size, root };
        self.consistency(tree, signed, signed.size)?;
        Ok(tree)
    }

    /// The receipt of the event at a position, under a checkpoint.
    ///
    /// # Errors
    /// [`NoProof`].
    pub fn receipt(&self, position: u64, under: &Checkpointed) -> Result<(Hash, Receipt), NoProof> {
        let index = position.checked_sub(1).ok_or(BadProof::Index { index: 0, size: under.head.size })?;
        let (entry, proof) = self.inclusion(index, under.head, under.head.size)?;
        Ok((entry, Receipt { extra: None, index, proof, checkpoint: under.note.clone() }))
    }

    /// Waits until a position is under a checkpoint that is vouched for so far; none where that takes too long.
    pub async fn under(&self, position: u64, by: Vouched, wait: Duration) -> Option<Arc<Checkpointed>> {
        let mut state = self.state.clone();
        let covers = |state: &State| state.vouched(by).filter(|c| c.head.size >= position).cloned();
        if let Some(found) = covers(&state.borrow()) {
            return Some(found);
        }
        self.wanted.notify_one();
        let waited = state.wait_for(|state| covers(state).is_some());
        let found = tokio::time::timeout(wait, waited).await.ok()?.ok()?;
        covers(&found)
    }
}

#[async_trait]
impl Receipts for Proofs {
    async fn receipt(&self, position: u64, by: Vouched, wait: Duration) -> Result<Receipt, NoReceipt> {
        let Some(under) = self.under(position, by, wait).await else { return Err(NoReceipt::Pending) };
        let proofs = self.clone();
        let made = tokio::task::spawn_blocking(move || proofs.receipt(position, &under)).await;
        let failed = |e: String| NoReceipt::Failed(e);
        let (_, receipt) = made.map_err(|e| failed(e.to_string()))?.map_err(|e| failed(e.to_string()))?;
        Ok(receipt)
    }

    async fn cosigned(&self) -> Result<Option<String>, NoReceipt> {
        Ok(self.state().cosigned.map(|cosigned| cosigned.note.to_string()))
    }
}

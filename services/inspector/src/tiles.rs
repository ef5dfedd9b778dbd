//! The tiles of a folder held against the log while it is walked: each hash in them against the event's own.
//! Where an event differs from its tile, the signed root says which of the two was changed.

use std::path::PathBuf;

use proto::Hash;
use proto::tile::{Edge, Resource, TILE_WIDTH, Tile, read_tile};
use proto::tree::TreeHead;

use crate::finding::{Finding, Place};

/// Tiles that do not fit which are told; further ones are counted.
const FINDINGS_MAX: usize = 16;

/// The tiles of a tree, while its log is walked.
pub struct TilesHeld {
    folder: PathBuf,
    /// The tree that was signed over them.
    signed: TreeHead,
    edge: Edge,
    /// The tile of entries that the walk is in, as it was read.
    leaves: Option<Vec<Hash>>,
    /// The first event that differs from its tile.
    differs: Option<u64>,
    findings: Vec<Finding>,
    /// Tiles that do not fit beside those.
    more: usize,
}

impl TilesHeld {
    /// The tiles of a folder, of which none has been read yet.
    pub fn new(folder: PathBuf, signed: TreeHead) -> Self {
        let (edge, findings) = (Edge::default(), Vec::new());
        Self { folder, signed, edge, leaves: None, differs: None, findings, more: 0 }
    }

    /// Takes the hash of the next event.
    pub fn step(&mut self, hash: Hash) {
        let index = self.edge.size();
        if index >= self.signed.size {
            return;
        }
        let place = usize::try_from(index % u64::from(TILE_WIDTH)).expect("below 256");
        if place == 0 {
            let tile = Tile::at(0, index / u64::from(TILE_WIDTH), self.signed.size);
            self.leaves = tile.and_then(|tile| self.read(tile));
        }
        let leaf = self.leaves.as_ref().and_then(|leaves| leaves.get(place));
        if leaf.is_some_and(|leaf| *leaf != hash) {
            self.differs = self.differs.or(Some(index + 1));
        }
        let mut full = Vec::new();
        self.edge.append(hash, |tile, hashes| full.push((tile, hashes)));
        for (tile, hashes) in full {
            self.hold(tile, &hashes);
        }
        if self.edge.size() == self.signed.size {
            let partial: Vec<(Tile, Vec<Hash>)> = self.edge.partial().map(|(t, h)| (t, h.to_vec())).collect();
            for (tile, hashes) in partial {
                self.hold(tile, &hashes);
            }
        }
    }

    /// A tile, or the beginning of the full one where that has come since.
    fn read(&self, tile: Tile) -> Option<Vec<Hash>> {
        let read = |tile: Tile| read_tile(&std::fs::read(self.folder.join(Resource::Tile(tile).to_string())).ok()?);
        let mut hashes = read(tile).or_else(|| read(tile.full()))?;
        (hashes.len() >= usize::from(tile.width)).then(|| {
            hashes.truncate(usize::from(tile.width));
            hashes
        })
    }

    fn hold(&mut self, tile: Tile, hashes: &[Hash]) {
        let what = match self.read(tile) {
            Some(found) if found == hashes => return,
            Some(_) => "it does not hold what the log does",
            None => "it is missing, or has not its length",
        };
        if self.findings.len() == FINDINGS_MAX {
            self.more += 1;
            return;
        }
        self.findings.push(Finding::new(Place::Tile(tile), what));
    }

    /// What does not fit: an event where the signed root is no longer the log's, and otherwise tiles.
    pub fn findings(mut self, whole: bool) -> Vec<Finding> {
        if self.edge.size() < self.signed.size {
            // The walk broke off, or the log ends before what was signed, which the checkpoint itself tells.
            let event = self.differs.filter(|_| whole);
            return event.map(not_signed).into_iter().collect();
        }
        if self.edge.root() != self.signed.root {
            return self.differs.map(not_signed).into_iter().collect();
        }
        if self.more > 0 {
            let last = self.findings.last_mut().expect("more than none");
            last.what.push_str(&format!("; {} more tiles do not fit", self.more));
        }
        self.findings
    }
}

fn not_signed(position: u64) -> Finding {
    Finding::new(Place::Position(position), "the event is not the one whose hash was signed")
}

//! What a receipt costs: made out of the signer's folder, for events all over a small tree and all over a large one.
//! It counts what is read for it beside the time.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use proto::Hash;
use proto::checkpoint::Checkpoint;
use proto::note::{KeyKind, Note, NoteSigner};
use proto::tile::{Edge, Tile, tiles_of};
use proto::tree::{TreeHead, Wanted};
use signer::{Checkpointed, Proofs, State, Store};
use tokio::sync::{Notify, watch};

use super::{bar, median, rate};
use crate::grown::key;

const SMALL: u64 = 1_000;
const LARGE: u64 = 1_000_000;
const REPEATS: usize = 9;
/// Receipts of one repeat.
const RECEIPTS: u64 = 1_000;
/// A step that comes to every part of a tree: it has no divisor in common with either size.
const STEP: u64 = 386_117;

/// Measures and prints.
///
/// # Errors
/// When a folder cannot be written, or a proof cannot be made.
pub fn measure(folder: &Path) -> Result<()> {
    let signer = key("load.example/log", KeyKind::Log, 7);
    let small = Served::grow(&folder.join("small"), &signer, SMALL)?;
    let large = Served::grow(&folder.join("large"), &signer, LARGE)?;
    let (mut at_small, mut at_large) = (Vec::new(), Vec::new());
    for _ in 0..REPEATS {
        at_small.push(small.receipts()?);
        at_large.push(large.receipts()?);
    }
    let (a, b) = (median(at_small), median(at_large));
    println!("\nreceipts out of tiles: {SMALL} and {LARGE} events, {REPEATS} times in turn");
    println!("  at {SMALL}: {a:.0}/s; at {LARGE}: {b:.0}/s");
    bar("a receipt at the large log / at the small one", a / b, 3.0, true);
    let (hashes, tiles) = large.most()?;
    println!("  at {LARGE} a proof has at most {hashes} hashes, out of at most {tiles} tiles");
    Ok(())
}

/// A log that is signed and served, as far as proofs go.
struct Served {
    proofs: Proofs,
    under: Checkpointed,
}

impl Served {
    fn grow(folder: &Path, signer: &NoteSigner, size: u64) -> Result<Self> {
        Store::create(folder, signer.key(), None)?;
        let store = Store::hold(folder, &[signer.key()])?;
        let mut edge = Edge::default();
        for i in 0..size {
            let mut full: Vec<(Tile, Vec<Hash>)> = Vec::new();
            edge.append(Hash::entry(&i.to_be_bytes()), |tile, hashes| full.push((tile, hashes)));
            full.iter().try_for_each(|(tile, hashes)| store.put_tile(*tile, hashes))?;
        }
        edge.partial().try_for_each(|(tile, hashes)| store.put_tile(tile, hashes))?;
        let head: TreeHead = edge.head();
        let mut note = Note::new(Checkpoint::new(signer.key().name().as_str(), head).to_string())?;
        note.push(signer.sign(note.text(), 0))?;
        let (_, state) = watch::channel(State::default());
        let proofs = Proofs::new(Store::of(folder), state, std::sync::Arc::new(Notify::new()));
        Ok(Self { proofs, under: Checkpointed { note, head } })
    }

    /// Receipts per second, each as the text that is handed out.
    fn receipts(&self) -> Result<f64> {
        let start = Instant::now();
        for turn in 0..RECEIPTS {
            let position = turn * STEP % self.under.head.size + 1;
            let (_, receipt) = self.proofs.receipt(position, &self.under)?;
            anyhow::ensure!(!receipt.to_string().is_empty(), "a receipt has a text");
        }
        Ok(rate(usize::try_from(RECEIPTS)?, start.elapsed()))
    }

    /// The most hashes of any proof asked for here, and the most tiles that one is made of.
    fn most(&self) -> Result<(usize, usize)> {
        let size = self.under.head.size;
        let needs = (0..RECEIPTS).map(|turn| {
            let index = turn * STEP % size;
            let (_, receipt) = self.proofs.receipt(index + 1, &self.under)?;
            anyhow::Ok((receipt.proof.len(), tiles_of(&Wanted::inclusion(index, size)?, size).len()))
        });
        let needs: Vec<_> = needs.collect::<Result<_>>()?;
        let most = |of: fn(&(usize, usize)) -> usize| needs.iter().map(of).max().context("some");
        Ok((most(|n| n.0)?, most(|n| n.1)?))
    }
}

//! A log as a test shows it over HTTP: its entries are whatever the test says, signed by its key, and harmed on the way.

use std::sync::{Arc, Mutex};

use proto::Hash;
use proto::checkpoint::Checkpoint;
use proto::note::{KeyKind, Note, NoteSigner};
use proto::tile::{Resource, TILE_WIDTH, Tile, write_bundle};
use proto::tree::{Levels, TreeHead};
use proto::witness::AddCheckpoint;
use system_tests::grown::key;

use super::fixture::{ORIGIN, answering};

/// A log that is nothing but entries and a key.
#[derive(Clone)]
pub struct Shown {
    pub origin: String,
    pub seed: u8,
    pub entries: Vec<Vec<u8>>,
    /// By whom its checkpoints are cosigned: the seeds of their keys.
    pub cosigned: Vec<u8>,
}

/// A witness of a log that is shown.
pub fn witness(seed: u8) -> NoteSigner {
    key(&format!("w{seed}.example"), KeyKind::Witness, seed)
}

impl Shown {
    /// Entries that are no events, each of its own length.
    pub fn of(entries: u64) -> Self {
        let entry = |i: u64| i.to_string().repeat(usize::try_from(i % 7 + 1).expect("small")).into_bytes();
        Self { origin: ORIGIN.to_owned(), seed: 1, entries: (0..entries).map(entry).collect(), cosigned: Vec::new() }
    }

    /// A log of real events, which some checkpoint may be over.
    pub fn of_events(entries: Vec<Vec<u8>>) -> Self {
        Self { origin: "test.example/small".to_owned(), seed: 1, entries, cosigned: Vec::new() }
    }

    /// The same up to a position, and another log from the next one on.
    pub fn forked(&self, position: usize) -> Self {
        let mut fork = self.clone();
        fork.entries[position..].iter_mut().for_each(|entry| entry.push(b'!'));
        fork
    }

    /// The same with another entry at a position.
    pub fn with(&self, position: usize) -> Self {
        let mut other = self.clone();
        other.entries[position - 1].push(b'!');
        other
    }

    pub fn signer(&self) -> NoteSigner {
        key(&self.origin, KeyKind::Log, self.seed)
    }

    pub fn policy(&self) -> String {
        format!("log {}\nquorum none\n", self.signer().key())
    }

    pub fn head(&self, size: usize) -> TreeHead {
        Levels::over(self.entries[..size].iter().map(|entry| Hash::entry(entry)).collect()).head(size as u64)
    }

    pub fn note(&self, size: usize) -> Note {
        let mut note = Note::new(Checkpoint::new(&self.origin, self.head(size)).to_string()).expect("a text");
        note.push(self.signer().sign(note.text(), 0)).expect("room");
        for seed in &self.cosigned {
            note.push(witness(*seed).sign(note.text(), 1_700_000_000)).expect("room");
        }
        note
    }

    /// The request that a checkpoint be cosigned by who has cosigned up to an older one.
    pub fn request(&self, old: usize, new: usize) -> AddCheckpoint {
        let hashes = self.entries.iter().map(|entry| Hash::entry(entry)).collect();
        let proof = Levels::over(hashes).consistency(old as u64, new as u64).expect("sizes in order");
        AddCheckpoint { old: old as u64, proof, note: self.note(new) }
    }

    /// What stands at an address of the log at a size.
    fn at(&self, path: &str, size: usize) -> Option<Vec<u8>> {
        if path == "checkpoint" {
            return Some(self.note(size).to_string().into_bytes());
        }
        if path == "api/head" {
            return Some(format!("{{\"size\":{}}}", self.entries.len()).into_bytes());
        }
        let Ok(Resource::Entries { index, width }) = Resource::parse(path) else { return None };
        Tile::at(0, index, size as u64).filter(|whole| width <= whole.width)?;
        let from = usize::try_from(index).expect("small") * usize::from(TILE_WIDTH);
        Some(write_bundle(self.entries[from..from + usize::from(width)].iter().map(Vec::as_slice)))
    }
}

/// What becomes of an answer on the way; none is a 404.
pub type Harm = fn(&str, Vec<u8>) -> Option<Vec<u8>>;

/// No harm.
pub const WELL: Harm = |_, bytes| Some(bytes);

/// What is shown now.
pub struct Showing {
    pub log: Shown,
    pub size: usize,
    pub harm: Harm,
}

/// Shows a log, and tells its address.
pub async fn show(log: Shown, size: usize) -> (Arc<Mutex<Showing>>, String) {
    let showing = Arc::new(Mutex::new(Showing { log, size, harm: WELL }));
    let shown = Arc::clone(&showing);
    let url = answering(move |asked| {
        let path = asked.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
        let (found, harm) = {
            let showing = shown.lock().expect("nobody panics while he holds this");
            (showing.log.at(path, showing.size), showing.harm)
        };
        let found = found.and_then(|bytes| harm(path, bytes));
        let (status, body) = found.map_or((404, Vec::new()), |body| (200, body));
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        [head.into_bytes(), body].concat()
    });
    (showing, url.await)
}

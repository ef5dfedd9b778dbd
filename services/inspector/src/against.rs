//! What a log is held against while it is walked: heads and checkpoints that were kept, and the tiles of a signer's folder.
//! It tells which of them the log bears out, and between which of them it changed; it never takes the log's own word.

use std::collections::BTreeSet;
use std::path::PathBuf;

use domain::SigningKey;
use proto::checkpoint::BadCheckpoint;
use proto::note::{Key, Note};
use proto::policy::{Believed, Policy};
use proto::tree::{TreeHead, empty_root};
use proto::walk::Walk;
use proto::{Hash, Instant, Origin};

use crate::finding::{Finding, Place};
use crate::head::HeadFile;
use crate::tiles::TilesHeld;

/// Who keeps a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Somebody outside: whoever runs the log cannot change it.
    Outside,
    /// The log's own signer, in his folder.
    Beside,
    /// Whoever verified it before, beside what he verifies it with.
    Before,
}

/// Size and root of a log at some moment, as somebody keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptHead {
    /// What it is called in what is told.
    pub name: String,
    /// Who keeps it.
    pub kept: Kept,
    /// The origin that it names.
    pub origin: String,
    /// Size and root.
    pub head: TreeHead,
    /// Who vouches for it, where it is signed.
    pub signed: Option<Believed>,
}

impl KeptHead {
    /// A head without signatures.
    #[must_use]
    pub fn of_head(name: &str, head: &HeadFile) -> Self {
        let (origin, head) = (head.origin.to_string(), TreeHead { size: head.size, root: head.root });
        Self { name: name.to_owned(), kept: Kept::Outside, origin, head, signed: None }
    }

    /// A signed checkpoint, as far as a policy believes it.
    ///
    /// # Errors
    /// [`BadCheckpoint`] for one that no known log has signed.
    pub fn of_checkpoint(name: &str, kept: Kept, bytes: &[u8], policy: &Policy) -> Result<Self, BadCheckpoint> {
        let signed = policy.open(&Note::parse(bytes)?)?;
        let (origin, head) = (signed.checkpoint.origin.clone(), signed.checkpoint.head);
        Ok(Self { name: name.to_owned(), kept, origin, head, signed: Some(signed) })
    }
}

/// Everything that a log is held against.
#[derive(Debug, Clone, Default)]
pub struct Against {
    /// Heads and checkpoints.
    pub heads: Vec<KeptHead>,
    /// A folder of tiles, of a tree as large as its checkpoint.
    pub tiles: Option<(PathBuf, TreeHead)>,
    /// What was verified before, so that it need not be again.
    pub verified: Option<TreeHead>,
    /// Whose cosignatures bound the times of events, where somebody was named.
    pub believed: Option<Policy>,
}

impl From<HeadFile> for Against {
    fn from(head: HeadFile) -> Self {
        Self { heads: vec![KeptHead::of_head("the head", &head)], ..Self::default() }
    }
}

/// The same while a log is walked.
pub struct Comparing<'a> {
    against: &'a Against,
    /// The roots that the walk came to at the sizes of the heads.
    roots: Vec<Option<Hash>>,
    /// The times of the last events under them.
    times: Vec<Option<Instant>>,
    tiles: Option<TilesHeld>,
}

impl<'a> Comparing<'a> {
    /// Begins before the first event.
    #[must_use]
    pub fn new(against: &'a Against) -> Self {
        let roots: Vec<_> = against.heads.iter().map(|kept| (kept.head.size == 0).then(empty_root)).collect();
        let tiles = against.tiles.as_ref().map(|(folder, head)| TilesHeld::new(folder.clone(), *head));
        Self { against, times: vec![None; roots.len()], roots, tiles }
    }

    /// Takes the next event, which the walk stands behind.
    pub fn step(&mut self, walk: &Walk, at: Instant) {
        if self.against.heads.iter().any(|kept| kept.head.size == walk.position()) {
            self.reached(walk.range().head(), at);
        }
        if let Some(hash) = walk.hash() {
            self.entry(hash);
        }
    }

    /// The sizes of the heads, in order.
    pub fn sizes(&self) -> Vec<u64> {
        let sizes: BTreeSet<u64> = self.against.heads.iter().map(|kept| kept.head.size).collect();
        sizes.into_iter().collect()
    }

    /// Whether it must be shown every event's hash.
    pub fn wants_entries(&self) -> bool {
        self.tiles.is_some()
    }

    /// Takes what the log comes to at a size of [`Comparing::sizes`], and the time of its last event.
    pub fn reached(&mut self, head: TreeHead, at: Instant) {
        for (i, kept) in self.against.heads.iter().enumerate() {
            if kept.head.size == head.size {
                (self.roots[i], self.times[i]) = (Some(head.root), Some(at));
            }
        }
    }

    /// Takes the next event's hash.
    pub fn entry(&mut self, hash: Hash) {
        if let Some(tiles) = &mut self.tiles {
            tiles.step(hash);
        }
    }

    /// What does not fit, once the walk has come to its end. Where the walk broke off, heads beyond it say nothing.
    #[must_use]
    pub fn findings(self, log: (&Origin, &[SigningKey]), walk: &Walk, whole: bool) -> Vec<Finding> {
        let (origin, keys) = log;
        // A tile knows the very event; a head only that it lies before it.
        let mut findings = self.tiles.map_or_else(Vec::new, |tiles| tiles.findings(whole));
        let at_end = |what: String| Finding::new(Place::End(walk.position()), what);
        let mut kept: Vec<(&KeptHead, Option<Hash>)> = self.against.heads.iter().zip(self.roots).collect();
        for ((kept, root), at) in kept.iter().zip(self.times) {
            let mut by = kept.signed.iter().flat_map(|signed| &signed.signed_by).peekable();
            // What a log says of its keys is believed only as far as the log itself is that of the checkpoint.
            if keys.is_empty() || by.peek().is_none() || *root != Some(kept.head.root) {
                continue;
            }
            let signs = |key: &Key| {
                let on_record = keys.iter().find(|k| k.key == *key);
                on_record.is_some_and(|k| k.until.is_none_or(|until| at.is_some_and(|at| at < until)))
            };
            if !by.any(signs) {
                let what =
                    format!("{} is signed by no key that the log names, or by one that had ended by then", kept.name);
                findings.push(Finding::new(Place::Position(kept.head.size), what));
            }
        }
        kept.sort_by_key(|(kept, _)| kept.head.size);
        let mut borne_out: Option<&KeptHead> = None;
        for (kept, root) in kept {
            let KeptHead { name, head, .. } = kept;
            if kept.origin != origin.as_str() {
                findings.push(at_end(format!("{name} is of the log {:?}", kept.origin)));
                continue;
            }
            match root {
                Some(root) if root == head.root => borne_out = Some(kept),
                Some(_) => {
                    let since = borne_out.map_or(String::new(), |last| {
                        format!(
                            "; up to position {} the log is that of {}: the change lies between",
                            last.head.size, last.name
                        )
                    });
                    let what = format!("the root up to here is not that of {name}{since}");
                    findings.push(Finding::new(Place::Position(head.size), what));
                }
                None if whole => {
                    findings.push(at_end(format!(
                        "{name} counts {} events, the log has {}",
                        head.size,
                        walk.position()
                    )));
                }
                None => {}
            }
        }
        findings
    }
}

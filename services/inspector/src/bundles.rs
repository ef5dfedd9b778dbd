//! A log in files, as anyone can copy it who may read it: bundles of entries (C2SP tlog-tiles), walked on several cores.
//! Nothing beside them is needed, and nothing in them is believed.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread;

use proto::Origin;
use proto::tile::{BUNDLE_BYTES_MAX, Resource, TILE_WIDTH, read_bundle};
use proto::tree::Subtree;
use proto::walk::{Fault, Stretch, Walk, blame};

use crate::bounded::read_bounded;
use crate::finding::{Finding, Place};
use crate::wide::Wide;

/// The height of a bundle's subtree: 256 entries.
const BUNDLE_LEVEL: u8 = 8;
/// Stretches that each thread may be ahead of whoever joins them.
const AHEAD: usize = 1;

/// Why a log in files cannot be walked.
#[derive(Debug, thiserror::Error)]
#[error("bundle_unreadable: {path}: {what}")]
pub struct BundleError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub what: String,
}

/// The bundles of a log of some size, in a folder.
#[derive(Debug, Clone)]
pub struct Bundles {
    folder: PathBuf,
    size: u64,
}

impl Bundles {
    /// The bundles of a log's first `size` events, of which none has been read yet.
    #[must_use]
    pub fn of(folder: &Path, size: u64) -> Self {
        Self { folder: folder.to_owned(), size }
    }

    /// The bundle of this index; none behind the log's end.
    fn bundle(&self, index: u64) -> Result<Option<Bundle>, BundleError> {
        let width = u64::from(TILE_WIDTH);
        let Some(left) = self.size.checked_sub(index * width).filter(|left| *left > 0) else { return Ok(None) };
        let held = u16::try_from(left.min(width)).expect("at most 256");
        let file = |width| self.folder.join(Resource::Entries { index, width }.to_string());
        let failed = |what: String| BundleError { path: file(held), what };
        // Where a log has grown since, the full bundle has taken the place of a part of it.
        let bytes = read_bounded(&file(held), BUNDLE_BYTES_MAX).or_else(|e| match e.kind() {
            io::ErrorKind::NotFound => read_bounded(&file(TILE_WIDTH), BUNDLE_BYTES_MAX).map_err(|_| e),
            _ => Err(e),
        });
        let (bytes, held) = (bytes.map_err(|e| failed(e.to_string()))?, usize::from(held));
        let entries = read_bundle(&bytes).map_err(|e| failed(e.to_string()))?.len();
        if entries < held {
            return Err(failed(format!("it has {entries} entries, not {held}")));
        }
        Ok(Some(Bundle { bytes, held }))
    }

    /// Walks a stretch; nothing if something in it does not fit.
    fn stretch(&self, origin: Origin, of: Subtree) -> Result<Option<Stretch>, BundleError> {
        let mut stretch = Stretch::new(origin, of);
        let bundles = 1 << (of.level - BUNDLE_LEVEL);
        for index in of.index * bundles..(of.index + 1) * bundles {
            let Some(bundle) = self.bundle(index)? else { break };
            if bundle.entries().into_iter().any(|body| stretch.step(body).is_err()) {
                return Ok(None);
            }
        }
        Ok(Some(stretch))
    }

    /// Walks all events on some cores: what the walk came to, and the first event that does not fit.
    ///
    /// # Errors
    /// [`BundleError`] for a bundle that is not there, or is none.
    ///
    /// # Panics
    /// When a thread cannot be begun, or stretches are smaller than bundles.
    pub fn walk(&self, origin: &Origin, wide: Wide) -> Result<(Walk, Option<Finding>), BundleError> {
        assert!(wide.level >= BUNDLE_LEVEL, "a stretch has whole bundles");
        let (stretches, cores) = (wide.stretches(self.size), wide.cores.max(1));
        let mut walk = Walk::new(origin.clone());
        thread::scope(|scope| {
            // Each thread has its turn, so that what is walked ahead stays little.
            let turns: Vec<_> = (0..cores as u64)
                .map(|first| {
                    let (out, walked) = sync_channel(AHEAD);
                    scope.spawn(move || {
                        for index in (first..stretches).step_by(cores) {
                            let one = self.stretch(origin.clone(), Subtree { level: wide.level, index });
                            let last = !matches!(one, Ok(Some(_)));
                            if out.send(one).is_err() || last {
                                return;
                            }
                        }
                    });
                    walked
                })
                .collect();
            for turn in turns.iter().cycle().take(usize::try_from(stretches).unwrap_or(usize::MAX)) {
                let Some(stretch) = turn.recv().unwrap_or(Ok(None))? else { break };
                if walk.join(stretch).is_err() {
                    break;
                }
            }
            Ok(())
        })?;
        self.rest(walk)
    }

    /// The ordinary walk over what did not fit.
    fn rest(&self, mut walk: Walk) -> Result<(Walk, Option<Finding>), BundleError> {
        while walk.position() < self.size {
            let index = walk.position() / u64::from(TILE_WIDTH);
            let Some(bundle) = self.bundle(index)? else { break };
            let entries = bundle.entries();
            for (i, body) in entries.iter().enumerate() {
                let Err(fault) = walk.step(body) else { continue };
                let behind = if i + 1 < entries.len() { None } else { self.bundle(index + 1).ok().flatten() };
                let next = entries.get(i + 1).copied().or_else(|| behind.as_ref()?.entries().first().copied());
                let Fault { position, broken } = blame(fault, body, next);
                return Ok((walk, Some(Finding::new(Place::Position(position), broken.to_string()))));
            }
        }
        Ok((walk, None))
    }
}

/// A bundle that was read.
struct Bundle {
    bytes: Vec<u8>,
    /// How many of its entries belong to the log.
    held: usize,
}

impl Bundle {
    fn entries(&self) -> Vec<&[u8]> {
        let mut entries = read_bundle(&self.bytes).expect("it is one");
        entries.truncate(self.held);
        entries
    }
}

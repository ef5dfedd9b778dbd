//! A log as a validating witness has recomputed it: its mirror walked, every event folded, every command decided once more,
//! every anchor's heads map made again. What it has found wrong once stays wrong.

use std::collections::HashSet;
use std::sync::Arc;

use platform::feed::{Feed, FeedError};
use proto::tail::Front;
use proto::walk::{Fault, Walk, blame};
use proto::{Hash, Origin};

use crate::finding::{Finding, Place};
use crate::folding::Folding;
use crate::mirror::{Mirror, MirrorError};

/// Events that are folded before others come to their turn.
const BATCH_EVENTS: usize = 256;

/// Why a checkpoint was not recomputed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRecomputed {
    /// It is not what its log comes to, or the log holds what no rule allows.
    #[error(transparent)]
    Disputed(#[from] Dispute),
    /// Nothing is known yet: the log cannot be read now, or was not folded so far. Ask again.
    #[error("witness_behind: {0}")]
    Behind(String),
}

/// What a witness that recomputes a log cannot make of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Dispute {
    /// The entries that the log gives do not come to the root that it has signed.
    #[error("entries_differ: position {position}: {what}")]
    Entries {
        /// Up to where they were looked at.
        position: u64,
        /// In what.
        what: &'static str,
    },
    /// An event does not fit, is not allowed, or says what the log does not.
    #[error("rules_broken: position {position}: {what}")]
    Rules {
        /// Where.
        position: u64,
        /// What is wrong. It may tell what the event says.
        what: String,
    },
}

impl Dispute {
    /// Its stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Entries { .. } => "entries_differ",
            Self::Rules { .. } => "rules_broken",
        }
    }

    /// Where.
    #[must_use]
    pub fn position(&self) -> u64 {
        match self {
            Self::Entries { position, .. } | Self::Rules { position, .. } => *position,
        }
    }
}

impl From<MirrorError> for NotRecomputed {
    fn from(error: MirrorError) -> Self {
        match error {
            MirrorError::RootDiffers(position) => {
                let what = "the entries up to there do not come to the root";
                Dispute::Entries { position, what }.into()
            }
            MirrorError::Changed(position) => {
                let what = "the entry is not the one that the log gave before";
                Dispute::Entries { position, what }.into()
            }
            error => Self::Behind(error.to_string()),
        }
    }
}

/// The fold over a mirror.
pub struct Recomputed {
    mirror: Mirror,
    walk: Walk,
    folding: Folding,
    /// The commands that have an event, by the beginnings of their ids' digests.
    commands: HashSet<[u8; 16]>,
    wrong: Option<Dispute>,
    /// How often the mirror had failed when this began.
    failed: u64,
}

impl Recomputed {
    /// Before the first event.
    ///
    /// # Errors
    /// [`FeedError`].
    pub async fn begin(mirror: Mirror, origin: Origin) -> Result<Self, FeedError> {
        let failed = mirror.failed();
        let folding = Folding::begin(Arc::new(mirror.clone()), origin.clone()).await?;
        Ok(Self { mirror, walk: Walk::new(origin), folding, commands: HashSet::new(), wrong: None, failed })
    }

    /// How many events were found to be what they must be.
    pub fn position(&self) -> u64 {
        self.wrong.as_ref().map_or(self.walk.position(), |wrong| wrong.position().saturating_sub(1))
    }

    /// Goes on to a size, which the mirror has; tells how far it has come.
    ///
    /// # Errors
    /// [`NotRecomputed`]; after `Behind` it is no longer to be used.
    pub async fn go_to(&mut self, size: u64, mut progress: impl FnMut(u64)) -> Result<(), NotRecomputed> {
        let unread = |error: FeedError| NotRecomputed::Behind(error.to_string());
        let goes_on = self.wrong.is_none() && self.walk.position() < size;
        if goes_on {
            self.folding.expect(size, &self.walk).await.map_err(unread)?;
        }
        while self.wrong.is_none() && self.walk.position() < size {
            let position = self.walk.position();
            let wanted = usize::try_from(size - position).map_or(BATCH_EVENTS, |left| left.min(BATCH_EVENTS));
            let bodies = self.mirror.after(position, wanted).await.map_err(unread)?;
            if bodies.is_empty() {
                return Err(NotRecomputed::Behind(format!("the mirror ends at {position}")));
            }
            for (i, body) in bodies.iter().enumerate() {
                let taken = self.take(body, bodies.get(i + 1).map(Vec::as_slice)).await;
                if self.mirror.failed() != self.failed {
                    // What could not be read says nothing of the log.
                    return Err(NotRecomputed::Behind("the mirror cannot be read".to_owned()));
                }
                if let Err(Finding { place, what }) = taken {
                    let position = if let Place::Position(at) = place { at } else { self.walk.position() };
                    self.wrong = Some(Dispute::Rules { position, what });
                    break;
                }
            }
            progress(self.position());
            tokio::task::yield_now().await;
        }
        if goes_on {
            self.mark();
        }
        match &self.wrong {
            Some(wrong) if wrong.position() <= size => Err(wrong.clone().into()),
            _ => Ok(()),
        }
    }

    async fn take(&mut self, body: &[u8], next: Option<&[u8]>) -> Result<(), Finding> {
        self.walk.step(body).map_err(|fault| {
            let Fault { position, broken } = blame(fault, body, next);
            Finding::new(Place::Position(position), broken.to_string())
        })?;
        let command = Front::read(body).map(|front| Hash::digest(front.command).0);
        let beginning = command.and_then(|digest| digest.first_chunk().copied());
        if beginning.is_some_and(|command| !self.commands.insert(command)) {
            let what = "the command has an event already";
            return Err(Finding::new(Place::Position(self.walk.position()), what));
        }
        self.folding.take_body(&self.walk, body).await.map(|_| ())
    }

    /// Keeps the heads map's root here: an anchor is often over what was offered last before it was made.
    fn mark(&mut self) {
        if self.wrong.is_none()
            && let Err(Finding { what, .. }) = self.folding.mark(&self.walk)
        {
            self.wrong = Some(Dispute::Rules { position: self.walk.position(), what });
        }
    }
}

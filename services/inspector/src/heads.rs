//! The heads map as the inspector folds it: at each anchor, to be held against what the anchor says, and once more from the
//! first event for whoever asks for proofs out of it. It takes nothing over from whoever made the anchor.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use domain::{Heads, Unfolded, World};
use platform::along::{Along, AlongError};
use platform::feed::{Feed, FeedError, SharedFeed};
use proto::act::log::Anchor;
use proto::fold::Streams;
use proto::heads::{HeadsRoot, HeadsTree};
use proto::tree::Levels;
use proto::walk::Walk;
use proto::{Event, Fact, Hash, Origin};

use crate::finding::{Finding, Place};
use crate::source::Source;

/// Why there is no map.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// The log cannot be walked and folded up to there.
    #[error(transparent)]
    Along(#[from] AlongError),
    /// A stream has no state.
    #[error(transparent)]
    Unfolded(#[from] Unfolded),
}

/// The heads map over a log's first `size` events, and the log's tree over the first `upto`, walked and folded from the first
/// one on.
///
/// # Errors
/// [`MapError`].
pub async fn mapped(log: &dyn Feed, origin: Origin, size: u64, upto: u64) -> Result<(Levels, HeadsTree), MapError> {
    let (mut along, mut heads) = (Along::new(origin, World::default()), Heads::default());
    let mut entries = Vec::new();
    along
        .go_to(log, size, |world, event, hash| {
            entries.push(hash);
            heads.follow(world, event, hash)
        })
        .await?;
    let map = heads.tree(along.fold())?;
    let only_the_tree = |world: &mut World, event: &Event, hash| {
        entries.push(hash);
        // What has ended is in no later proof.
        if matches!(event.fact, Fact::RoundClosed(_)) {
            world.forget_closed();
        }
        Ok(())
    };
    along.go_to(log, upto, only_the_tree).await?;
    Ok((Levels::over(entries), map))
}

/// How many sizes are kept for anchors that are still to come.
const MARKS_MAX: usize = 64;

/// The map while a log is walked, and what it came to at the sizes that anchors are over.
pub struct Anchored {
    log: SharedFeed,
    heads: Heads,
    /// By the sizes that the log's anchors name; none before the walk has come there.
    at: BTreeMap<u64, Option<(Hash, HeadsRoot)>>,
    /// Sizes among them that no anchor has named yet, the oldest first.
    marks: VecDeque<u64>,
    /// The roots at the sizes of the checkpoints in them.
    roots: BTreeMap<u64, Option<Hash>>,
    /// Anchors that hold.
    held: u64,
    /// The log's hashes, where not all was folded, so that there is no map.
    behind: Option<Source>,
    /// Anchors whose maps could not be held against anything for that.
    unmapped: u64,
}

impl Anchored {
    /// Before the first event; what anchors there are is read beforehand, for an anchor comes behind what it is over.
    ///
    /// # Errors
    /// [`FeedError`].
    pub async fn begin(log: SharedFeed) -> Result<Self, FeedError> {
        let (at, marks) = (BTreeMap::new(), VecDeque::new());
        let (heads, roots) = (Heads::default(), BTreeMap::new());
        let mut anchored = Self { log, heads, at, marks, roots, held: 0, behind: None, unmapped: 0 };
        anchored.look(u64::MAX, 0).await?;
        Ok(anchored)
    }

    /// The same behind what was verified before: anchors there are held to the log's roots, and not to maps.
    ///
    /// # Errors
    /// [`FeedError`].
    pub async fn behind(source: Source) -> Result<Self, FeedError> {
        Ok(Self { behind: Some(source.clone()), ..Self::begin(Arc::new(source)).await? })
    }

    /// Looks for anchors up to a position that were not there when this began.
    ///
    /// # Errors
    /// [`FeedError`].
    pub async fn expect(&mut self, upto: u64, walk: &Walk) -> Result<(), FeedError> {
        self.look(upto, walk.position()).await
    }

    /// Notes what anchors are over behind a position.
    async fn look(&mut self, upto: u64, behind: u64) -> Result<(), FeedError> {
        for body in self.log.streams(&Streams::Log, upto).await? {
            // A body that is no event is found where the walk comes to it.
            if let Ok(Event { fact: Fact::Anchored(anchor), .. }) = Event::decode(&body)
                && anchor.size > behind
            {
                self.at.entry(anchor.size).or_default();
                self.roots.extend(anchor.cosigned().map(|head| (head.size, None)));
            }
        }
        Ok(())
    }

    /// Keeps root and map where the walk stands, for an anchor that may come.
    ///
    /// # Errors
    /// A stream that has no state.
    pub fn mark(&mut self, world: &World, walk: &Walk) -> Result<(), Finding> {
        let size = walk.position();
        if self.at.get(&size).copied().flatten().is_some() {
            return Ok(());
        }
        let root = self.heads.root(world);
        let root = root.map_err(|unfolded| Finding::new(Place::Position(size), unfolded.to_string()))?;
        self.at.insert(size, Some((walk.root(), root)));
        self.marks.push_back(size);
        if self.marks.len() > MARKS_MAX {
            self.marks.pop_front().and_then(|oldest| self.at.remove(&oldest));
        }
        Ok(())
    }

    /// How many anchors were held to the log's roots alone.
    pub fn unmapped(&self) -> u64 {
        self.unmapped
    }

    /// How many anchors hold so far.
    pub fn held(&self) -> u64 {
        self.held
    }

    /// Takes an event that was folded, before the world forgets anything.
    ///
    /// # Errors
    /// What does not hold.
    pub fn take(&mut self, world: &World, event: &Event, walk: &Walk) -> Result<(), Finding> {
        let finding = |unfolded: Unfolded| Finding::new(Place::Position(walk.position()), unfolded.to_string());
        if self.behind.is_some() {
            return Ok(());
        }
        if let Some(hash) = walk.hash() {
            self.heads.take(event, hash);
        }
        let round = event.envelope.stream.round().and_then(|id| world.rounds.get(id));
        if round.is_some_and(|round| round.closed) {
            self.heads.settle(world).map_err(finding)?;
        }
        if let Some(root) = self.roots.get_mut(&walk.position()) {
            *root = Some(walk.root());
        }
        if let Some(at) = self.at.get_mut(&walk.position()) {
            *at = Some((walk.root(), self.heads.root(world).map_err(finding)?));
        }
        Ok(())
    }

    /// Holds an anchor against what the log comes to.
    ///
    /// # Errors
    /// What it says that the log does not.
    pub async fn hold(&mut self, anchor: &Anchor, walk: &Walk, origin: &Origin) -> Result<(), Finding> {
        let finding = |what: String| Finding::new(Place::Position(walk.position()), what);
        let size = anchor.size;
        if size == 0 || size >= walk.position() {
            return Err(finding(format!("the anchor is over {size} events, which do not all stand before it")));
        }
        if let Some(source) = &self.behind {
            let root = async |size| source.root_at(size).await.map_err(|e| finding(e.to_string()));
            if root(size).await? != anchor.root {
                return Err(finding(other_root(size)));
            }
            if let Some(head) = anchor.cosigned().filter(|head| head.size <= size)
                && root(head.size).await? != head.root
            {
                return Err(finding(other_checkpoint(head.size)));
            }
            self.unmapped += 1;
            return Ok(());
        }
        let (root, heads) = match self.at.get(&size).copied().flatten() {
            Some(found) => found,
            None => self.again(origin, size).await.map_err(finding)?,
        };
        if root != anchor.root {
            return Err(finding(other_root(size)));
        }
        if heads.count != anchor.heads.count {
            let (said, must) = (anchor.heads.count, heads.count);
            return Err(finding(format!("the anchor's heads map has {said} streams, the log had {must}")));
        }
        if heads != anchor.heads {
            let what = "the anchor's heads map is not the one that the log led to: a stream ends otherwise, or folds to \
                        another state";
            return Err(finding(what.to_owned()));
        }
        if let Some(head) = anchor.cosigned().filter(|head| head.size <= size) {
            let root = match self.roots.get(&head.size).copied().flatten() {
                Some(root) => root,
                None => self.again(origin, head.size).await.map_err(finding)?.0,
            };
            if root != head.root {
                return Err(finding(other_checkpoint(head.size)));
            }
        }
        self.held += 1;
        Ok(())
    }

    /// What an anchor names that was written since the anchors were read, or stands in another stream than theirs.
    async fn again(&self, origin: &Origin, size: u64) -> Result<(Hash, HeadsRoot), String> {
        let again = mapped(&*self.log, origin.clone(), size, size).await;
        let (tree, map) = again.map_err(|e| e.to_string())?;
        Ok((tree.head(size).root, map.root()))
    }
}

fn other_root(size: u64) -> String {
    format!("the anchor's root is not the log's over its first {size} events")
}

fn other_checkpoint(size: u64) -> String {
    format!("the anchor holds a checkpoint whose root is not the log's over its first {size} events")
}

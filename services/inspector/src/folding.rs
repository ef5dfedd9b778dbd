//! The fold of the log that projections are held against.
//! It keeps no round that has ended, but the digests of its rows.

use std::sync::Arc;

use domain::{Past, World, decide_by, lodged, reach};
use platform::feed::{Feed, FeedError, SharedFeed};
use platform::restore::{RestoreError, restore};
use proto::event::DecodeError;
use proto::fold::{Fold, Streams};
use proto::walk::Walk;
use proto::{Act, Command, Event, Fact, Instant, Origin, Principal};

use crate::ahead::ReadEvent;
use crate::examine::{differs, verdicts};
use crate::finding::{Finding, Place};
use crate::heads::Anchored;
use crate::projections::Expected;
use crate::source::Source;

/// The fold.
pub struct Folding {
    log: SharedFeed,
    origin: Origin,
    world: World,
    anchored: Anchored,
    expected: Expected,
}

impl Folding {
    /// A fold before the first event; what it has dropped it reads again from the log.
    ///
    /// # Errors
    /// [`FeedError`].
    pub async fn begin(log: SharedFeed, origin: Origin) -> Result<Self, FeedError> {
        let anchored = Anchored::begin(Arc::clone(&log)).await?;
        Ok(Self { log, origin, world: World::default(), anchored, expected: Expected::default() })
    }

    /// A fold behind a position that was verified before. Rounds before it are folded again, for projections hold them, but
    /// nothing in them is decided once more.
    ///
    /// # Errors
    /// [`RestoreError`].
    pub async fn resume(source: Source, origin: Origin, position: u64, at: Instant) -> Result<Self, RestoreError> {
        let source = source.proven();
        let anchored = Anchored::behind(source.clone()).await?;
        let mut world = World::default();
        for streams in [Streams::Log, Streams::Grants, Streams::Cases] {
            restore(&source, &mut world, streams, position).await?;
        }
        let mut expected = Expected::default();
        for round in source.rounds(position).await.map_err(|e| FeedError(e.to_string()))? {
            restore(&source, &mut world, Streams::Round(round.clone()), position).await?;
            expected.settle(&mut world, &round);
        }
        (world.position, world.at) = (position, Some(at));
        Ok(Self { log: Arc::new(source), origin, world, anchored, expected })
    }

    /// How many anchors were held to the log's roots alone, and not to their heads maps.
    pub fn unmapped(&self) -> u64 {
        self.anchored.unmapped()
    }

    /// How many anchors hold so far.
    pub fn anchors(&self) -> u64 {
        self.anchored.held()
    }

    /// Looks for anchors up to a position, so that the heads map is kept where they are over on the way there.
    ///
    /// # Errors
    /// [`FeedError`].
    pub async fn expect(&mut self, upto: u64, walk: &Walk) -> Result<(), FeedError> {
        self.anchored.expect(upto, walk).await
    }

    /// Keeps the heads map's root where the walk stands, for an anchor that is still to come.
    ///
    /// # Errors
    /// A stream that has no state.
    pub fn mark(&mut self, walk: &Walk) -> Result<(), Finding> {
        self.anchored.mark(&self.world, walk)
    }

    /// What a projection is held against.
    pub fn folded(&self) -> (&dyn Feed, &World, &Expected) {
        (&*self.log, &self.world, &self.expected)
    }

    /// An examination is made once more from the events before it: it must say what they say. What was read for that is what
    /// it is decided by.
    async fn examined(&self, event: &Event, position: u64) -> Result<Past, Finding> {
        let Fact::AppealExamined(said) = &event.fact else { return Ok(Past::default()) };
        let finding = |what: String| Finding::new(Place::Position(position), what);
        let number = said.act.number;
        let Some((round, appeal)) = lodged(&self.world, &said.act.round, number) else {
            return Err(finding(format!("it examines the appeal {number}, which was not lodged")));
        };
        let made = verdicts(&*self.log, round, appeal, position - 1).await;
        let (verdicts, past) = made.map_err(|e| finding(e.to_string()))?;
        differs(said, &verdicts).map_or(Ok(past), |what| Err(finding(what)))
    }

    /// What was asked is decided once more, by the state before it: the rules must lead to this event and no other.
    async fn decided(
        &mut self,
        event: &Event,
        (principal, command): &(Principal, Command),
        mut past: Past,
        position: u64,
    ) -> Result<(), Finding> {
        let finding = |what: String| Finding::new(Place::Position(position), what);
        for streams in reach(&command.act) {
            if !self.world.holds(&streams) {
                let restored = restore(&*self.log, &mut self.world, streams, position - 1).await;
                restored.map_err(|e| finding(e.to_string()))?;
            }
        }
        if let Act::Anchor(anchor) = &command.act {
            // They were held against the walk before.
            past.take_root(anchor.size, anchor.root);
            anchor.cosigned().into_iter().for_each(|head| past.take_root(head.size, head.root));
        }
        leads_to(event, (principal, command), &self.world, &past).map_err(finding)
    }

    /// Reads the body that a walk stands behind and folds it; gives its time.
    pub async fn take_body(&mut self, walk: &Walk, body: &[u8]) -> Result<Instant, Finding> {
        let unfit = |e: DecodeError| Finding::new(Place::Position(walk.position()), e.to_string());
        self.take(walk, &Event::decode(body).map_err(unfit)?.into()).await
    }

    /// Folds the event that a walk stands behind, once the rules have led to it; gives its time.
    pub async fn take(&mut self, walk: &Walk, read: &ReadEvent) -> Result<Instant, Finding> {
        let position = walk.position();
        let finding = |what: String| Finding::new(Place::Position(position), what);
        let ReadEvent { event, asked } = read;
        if self.world.at.is_some_and(|last| event.envelope.at < last) {
            return Err(finding("at lies before the at of the event before".to_owned()));
        }
        for need in self.world.needs(event) {
            let restored = restore(&*self.log, &mut self.world, need, position - 1).await;
            restored.map_err(|e| finding(e.to_string()))?;
        }
        let past = self.examined(event, position).await?;
        if let Fact::Anchored(anchor) = &event.fact {
            self.anchored.hold(anchor, walk, &self.origin).await?;
        }
        self.decided(event, asked, past, position).await?;
        self.world.fold(event).map_err(|unfit| finding(unfit.what))?;
        self.anchored.take(&self.world, event, walk)?;
        self.expected.note(&mut self.world, event);
        Ok(event.envelope.at)
    }
}

/// Decides once more, by the state before an event, what was asked: the rules must lead to this event and no other. The error is
/// what they say instead.
pub fn leads_to(
    event: &Event,
    (principal, command): (&Principal, &Command),
    world: &World,
    past: &Past,
) -> Result<(), String> {
    let e = &event.envelope;
    let decision = decide_by(world, past, principal, e.at, command);
    let decision = decision.map_err(|refused| format!("the rules refuse it: {refused}"))?;
    let differs = match () {
        () if decision.stream != e.stream => "stream",
        () if decision.cause != e.cause => "cause",
        () if decision.fact != event.fact => "data",
        () => return Ok(()),
    };
    Err(format!("the rules lead to another {differs} than this event has"))
}

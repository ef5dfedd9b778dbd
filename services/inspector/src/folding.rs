//! The fold of the log that projections are held against.
//! It keeps no round that has ended, but the digests of its rows.

use domain::{Past, World, decide_by, lodged, reach};
use platform::feed::FeedError;
use platform::restore::restore;
use proto::fold::Fold;
use proto::walk::Walk;
use proto::{Act, Event, Fact, Instant, Origin};

use crate::examine::{differs, verdicts};
use crate::finding::{Finding, Place};
use crate::heads::Anchored;
use crate::projections::Expected;
use crate::source::Source;

/// The fold.
pub struct Folding {
    source: Source,
    origin: Origin,
    world: World,
    anchored: Anchored,
    expected: Expected,
}

impl Folding {
    /// A fold before the first event; what it has dropped it reads again from the source.
    ///
    /// # Errors
    /// [`FeedError`].
    pub async fn begin(source: Source, origin: Origin) -> Result<Self, FeedError> {
        let anchored = Anchored::begin(source.clone()).await?;
        Ok(Self { source, origin, world: World::default(), anchored, expected: Expected::default() })
    }

    /// How many anchors hold so far.
    pub fn anchors(&self) -> u64 {
        self.anchored.held()
    }

    /// What a projection is held against.
    pub fn folded(&self) -> (&Source, &World, &Expected) {
        (&self.source, &self.world, &self.expected)
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
        let made = verdicts(&self.source, round, appeal, position - 1).await;
        let (verdicts, past) = made.map_err(|e| finding(e.to_string()))?;
        differs(said, &verdicts).map_or(Ok(past), |what| Err(finding(what)))
    }

    /// What was asked is decided once more, by the state before it: the rules must lead to this event and no other.
    async fn decided(&mut self, event: &Event, mut past: Past, position: u64) -> Result<(), Finding> {
        let finding = |what: String| Finding::new(Place::Position(position), what);
        let (principal, command) = event.asked();
        for streams in reach(&command.act) {
            if !self.world.holds(&streams) {
                let restored = restore(&self.source, &mut self.world, streams, position - 1).await;
                restored.map_err(|e| finding(e.to_string()))?;
            }
        }
        if let Act::Anchor(anchor) = &command.act {
            // They were held against the walk before.
            past.take_root(anchor.size, anchor.root);
            anchor.cosigned().into_iter().for_each(|head| past.take_root(head.size, head.root));
        }
        let e = &event.envelope;
        let decision = decide_by(&self.world, &past, &principal, e.at, &command)
            .map_err(|refused| finding(format!("the rules refuse it: {refused}")))?;
        let differs = match () {
            () if decision.stream != e.stream => "stream",
            () if decision.cause != e.cause => "cause",
            () if decision.fact != event.fact => "data",
            () => return Ok(()),
        };
        Err(finding(format!("the rules lead to another {differs} than this event has")))
    }

    /// Reads the body that a walk stands behind and folds it; gives its time.
    pub async fn take(&mut self, walk: &Walk, body: &[u8]) -> Result<Instant, Finding> {
        let position = walk.position();
        let finding = |what: String| Finding::new(Place::Position(position), what);
        let event = Event::decode(body).map_err(|e| finding(e.to_string()))?;
        if self.world.at.is_some_and(|last| event.envelope.at < last) {
            return Err(finding("at lies before the at of the event before".to_owned()));
        }
        for need in self.world.needs(&event) {
            let restored = restore(&self.source, &mut self.world, need, position - 1).await;
            restored.map_err(|e| finding(e.to_string()))?;
        }
        let past = self.examined(&event, position).await?;
        if let Fact::Anchored(anchor) = &event.fact {
            self.anchored.hold(anchor, walk, &self.origin).await?;
        }
        self.decided(&event, past, position).await?;
        self.world.fold(&event).map_err(|unfit| finding(unfit.what))?;
        self.anchored.take(&self.world, &event, walk)?;
        self.expected.note(&mut self.world, &event);
        Ok(event.envelope.at)
    }
}

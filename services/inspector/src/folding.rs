//! The fold of the log that projections are held against.
//! It keeps no round that has ended, but the digests of its rows.

use domain::{World, lodged};
use platform::restore::restore;
use proto::fold::Fold;
use proto::{Event, Fact, Instant};

use crate::examine::{differs, verdicts};
use crate::finding::{Finding, Place};
use crate::projections::Expected;
use crate::source::Source;

/// The fold.
pub struct Folding {
    source: Source,
    world: World,
    expected: Expected,
}

impl Folding {
    /// A fold before the first event; what it has dropped it reads again from the source.
    pub fn new(source: Source) -> Self {
        Self { source, world: World::default(), expected: Expected::default() }
    }

    /// What a projection is held against.
    pub fn folded(&self) -> (&Source, &World, &Expected) {
        (&self.source, &self.world, &self.expected)
    }

    /// An examination is made once more from the events before it: it must say what they say.
    async fn examined(&self, event: &Event, position: u64) -> Result<(), Finding> {
        let Fact::AppealExamined(said) = &event.fact else { return Ok(()) };
        let finding = |what: String| Finding::new(Place::Position(position), what);
        let number = said.act.number;
        let Some((round, appeal)) = lodged(&self.world, &said.act.round, number) else {
            return Err(finding(format!("it examines the appeal {number}, which was not lodged")));
        };
        let verdicts = verdicts(&self.source, round, appeal, position - 1).await.map_err(|e| finding(e.to_string()))?.0;
        differs(said, &verdicts).map_or(Ok(()), |what| Err(finding(what)))
    }

    /// Reads a body whole and folds it; gives its time.
    pub async fn take(&mut self, position: u64, body: &[u8]) -> Result<Instant, Finding> {
        let finding = |what: String| Finding::new(Place::Position(position), what);
        let event = Event::decode(body).map_err(|e| finding(e.to_string()))?;
        if self.world.at.is_some_and(|last| event.envelope.at < last) {
            return Err(finding("at lies before the at of the event before".to_owned()));
        }
        for need in self.world.needs(&event) {
            let restored = restore(&self.source, &mut self.world, need, position - 1).await;
            restored.map_err(|e| finding(e.to_string()))?;
        }
        self.examined(&event, position).await?;
        self.world.fold(&event).map_err(|unfit| finding(unfit.what))?;
        self.expected.note(&mut self.world, &event);
        Ok(event.envelope.at)
    }
}

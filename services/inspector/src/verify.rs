//! Verification: bytes, columns, chain, gaplessness, root, and both projections computed again from the log.
//! It stops at the first event that does not fit, because everything after it hangs on that one.

use std::sync::Arc;

use domain::World;
use platform::db::{DbError, Place as Where};
use platform::feed::FeedError;
use platform::restore::restore;
use proto::act::log::Continued;
use proto::fold::Streams;
use proto::walk::Walk;
use proto::{Hash, Instant, Origin};

use crate::against::{Against, Comparing, KeptHead};
use crate::ahead::Ahead;
use crate::bounds::Bounds;
use crate::commands::Commands;
use crate::finding::{Finding, Place};
use crate::folding::Folding;
use crate::passed::{Passed, grown, head_row};
use crate::projections::Held;
use crate::resumed::{Resumed, resume};
use crate::source::{Source, SourceError, StoredHead};
use crate::walking::Stopped;
use crate::wide::{Wide, walk_wide};

/// The triggers that guard the log.
const GUARDS: [&str; 4] =
    ["events_are_not_deleted", "events_are_not_updated", "head_is_not_deleted", "head_only_grows"];

/// Where the databases are.
#[derive(Debug, Clone)]
pub struct Paths {
    /// The log.
    pub ledger: Where,
    /// The index.
    pub index: Where,
    /// The ranking.
    pub ranking: Where,
}

/// What was found about a projection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectionReport {
    /// Its name.
    pub name: &'static str,
    /// The position that it stands at.
    pub position: u64,
    /// The digest of its rows.
    pub digest: Hash,
}

/// What verification found.
#[derive(Debug, Clone)]
pub struct Report {
    /// The log's origin.
    pub origin: Origin,
    /// Events that hold, from the first on.
    pub events: u64,
    /// How many of them were verified before and only held to their root.
    pub resumed: u64,
    /// The root over the whole log, if all of it holds.
    pub root: Option<Hash>,
    /// The projections that hold.
    pub projections: Vec<ProjectionReport>,
    /// The heads and checkpoints that it was held against and that the log bears out, the smallest first.
    pub vouched: Vec<KeptHead>,
    /// The log that it goes on from, by its first event.
    pub continues: Option<Continued>,
    /// Where it ended, if it did.
    pub closed: Option<u64>,
    /// Anchors on record that the log bears out.
    pub anchors: u64,
    /// Up to where witnesses bound the events' times from above, and from where on from below.
    pub bounded: (Option<u64>, Option<u64>),
    /// Things to know that are no faults.
    pub notes: Vec<String>,
    /// What does not hold.
    pub findings: Vec<Finding>,
}

impl Report {
    /// A report of a walk, before anything was found.
    fn new(origin: Origin, walk: &Walk) -> Self {
        let (events, root) = (walk.position(), Some(walk.root()));
        let (projections, vouched) = (Vec::new(), Vec::new());
        Self {
            origin,
            events,
            resumed: 0,
            root,
            projections,
            vouched,
            continues: None,
            closed: None,
            anchors: 0,
            bounded: (None, None),
            notes: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// The report with what was found, and what the guards of the log are.
    async fn conclude(
        mut self,
        source: &Source,
        against: &Against,
        mut findings: Vec<Finding>,
    ) -> Result<Self, VerifyError> {
        // What is wrong with the log comes first: projections may only follow it.
        findings.sort_by_key(of_projection);
        let guards = source.guards().await?;
        let missing = GUARDS.iter().filter(|g| !guards.iter().any(|there| there == *g));
        self.notes.extend(missing.map(|g| format!("the trigger {g} is missing")));
        if findings.is_empty() {
            self.vouched.clone_from(&against.heads);
            self.vouched.sort_by_key(|kept| kept.head.size);
        }
        // What was found to be changed has been walked over before it was known; no root vouches for it then.
        let position = |f: &Finding| if let Place::Position(p) = f.place { Some(p) } else { None };
        if let Some(first) = findings.iter().filter_map(position).min() {
            (self.events, self.root) = (first.saturating_sub(1), None);
        }
        self.findings = findings;
        Ok(self)
    }

    /// Whether everything holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }

    /// Whether the log holds and projections alone do not: they can be made again from it.
    #[must_use]
    pub fn needs_rebuild(&self) -> bool {
        !self.findings.is_empty() && self.findings.iter().all(of_projection)
    }
}

/// Why verification could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The log cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A projection cannot be opened.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The engine failed.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// The log's own stream cannot be read.
    #[error(transparent)]
    Feed(FeedError),
}

/// Verifies the log and both projections: whole, or from what was verified before. What does not hold from there on is told
/// by a whole verification, which knows where it begins.
///
/// # Errors
/// [`VerifyError`] when it could not be carried out; what does not hold is in the report.
pub async fn verify(
    paths: &Paths,
    origin: Origin,
    against: &Against,
    mut progress: impl FnMut(u64, u64),
) -> Result<Report, VerifyError> {
    let source = Source::open(&paths.ledger).await?;
    let report = verify_all(&source, paths, origin, against, &mut progress).await;
    source.close().await;
    report
}

async fn verify_all(
    source: &Source,
    paths: &Paths,
    origin: Origin,
    against: &Against,
    progress: &mut impl FnMut(u64, u64),
) -> Result<Report, VerifyError> {
    if let Some(verified) = against.verified {
        let (held, findings) = Held::open(paths).await?;
        let mut comparing = Comparing::new(against);
        // A projection that lags behind what was verified can only be held against a fold from the first event on.
        let resumed = if findings.is_empty() && held.all_from(verified.size) {
            resume(source, &origin, verified, &mut comparing).await?
        } else {
            None
        };
        if let Some(Resumed { walk, at }) = resumed
            && let Ok(fold) = Folding::resume(source.clone(), origin.clone(), verified.size, at).await
        {
            let bounds = Bounds::begin(source, against).await.map_err(VerifyError::Feed)?;
            let going = Going { walk, fold, at, comparing, bounds, held, findings };
            let report = going.on((source, &origin), against, progress).await?;
            if report.holds() {
                return Ok(report);
            }
        }
    }
    let (held, findings) = Held::open(paths).await?;
    let fold = Folding::begin(Arc::new(source.clone()), origin.clone()).await.map_err(VerifyError::Feed)?;
    let (walk, at, comparing) = (Walk::new(origin.clone()), Instant::default(), Comparing::new(against));
    let bounds = Bounds::begin(source, against).await.map_err(VerifyError::Feed)?;
    Going { walk, fold, at, comparing, bounds, held, findings }.on((source, &origin), against, progress).await
}

/// A verification, where it stands.
struct Going<'a> {
    walk: Walk,
    fold: Folding,
    /// The time of the event before.
    at: Instant,
    comparing: Comparing<'a>,
    bounds: Bounds,
    held: Held,
    findings: Vec<Finding>,
}

impl Going<'_> {
    /// Goes to the log's end. The walk goes ahead on a core of its own, and rules and fold come after it on another.
    async fn on(
        self,
        (source, origin): (&Source, &Origin),
        against: &Against,
        progress: &mut impl FnMut(u64, u64),
    ) -> Result<Report, VerifyError> {
        let Self { mut walk, mut fold, at, mut comparing, mut bounds, mut held, mut findings } = self;
        let stored = source.head().await?;
        let mut total = stored.as_ref().map_or(0, |h| u64::try_from(h.position).unwrap_or(0));
        let resumed = walk.position();
        findings.extend(held.at(resumed, at, &walk, fold.folded()).await);
        let mut commands = Commands::behind(resumed);
        let mut passed = Passed::new(stored, &walk);
        let mut ahead = Ahead::begin(source.clone(), walk.clone());
        let broken = loop {
            let read = match ahead.next().await {
                Ok(Some(read)) => read,
                // A projection has gone on meanwhile, and the log with it: the walk goes on to where it stands.
                Ok(None) if grown(source, &held, &walk).await? => {
                    ahead = match ahead.go_on(source.clone()).await {
                        Ok(ahead) => ahead,
                        Err(Stopped::Broken(finding)) => break Some(finding),
                        Err(Stopped::Unread(error)) => return Err(error.into()),
                    };
                    continue;
                }
                Ok(None) => break None,
                Err(Stopped::Broken(finding)) => break Some(finding),
                Err(Stopped::Unread(error)) => return Err(error.into()),
            };
            walk.pass(read.hash);
            commands.take(read.event.asked.1.id.as_str().as_bytes());
            passed.step(&walk);
            total = total.max(walk.position());
            progress(walk.position(), total);
            match fold.take(&walk, &read.event).await {
                Ok(at) => {
                    comparing.step(&walk, at);
                    bounds.step(&walk, at);
                    findings.extend(held.at(walk.position(), at, &walk, fold.folded()).await);
                }
                Err(finding) => break Some(finding),
            }
        };
        let whole = broken.is_none();
        findings.extend(broken);
        if whole {
            findings.extend(held.end(&walk));
            findings.extend(passed.head_row(source, &walk).await?);
            findings.extend(twice(source, commands).await?);
        }
        let keys = fold.folded().1.log.as_ref().map_or(&[][..], |log| &log.keys);
        findings.extend(comparing.findings((origin, keys), &walk, whole));
        findings.extend(bounds.findings());
        let (projections, anchors) = (held.reports(), fold.anchors());
        let (bounded, mut notes) = (bounds.reach(), bounds.notes().to_vec());
        if fold.unmapped() > 0 {
            let anchors = fold.unmapped();
            notes.push(format!(
                "{anchors} anchors were held to the log's roots, NOT TO THEIR HEADS MAPS: verify the whole log"
            ));
        }
        let log = fold.folded().1.log.as_ref();
        let (continues, closed) = (log.and_then(|log| log.genesis.continues.clone()), log.and_then(|log| log.closed));
        let begun = Report { continues, closed, ..Report::new(origin.clone(), &walk) };
        let report = Report { resumed, projections, anchors, bounded, notes, ..begun };
        report.conclude(source, against, findings).await
    }
}

/// Verifies the log alone, on some cores: the walk, and what the log is held against. Neither rules nor projections are
/// looked at.
///
/// # Errors
/// As [`verify`].
pub async fn verify_log(
    ledger: &Where,
    origin: Origin,
    against: &Against,
    wide: Wide,
    mut progress: impl FnMut(u64, u64),
) -> Result<Report, VerifyError> {
    let source = Source::open(ledger).await?;
    let report = verify_rows(&source, origin, against, wide, &mut progress).await;
    source.close().await;
    report
}

async fn verify_rows(
    source: &Source,
    origin: Origin,
    against: &Against,
    wide: Wide,
    progress: &mut impl FnMut(u64, u64),
) -> Result<Report, VerifyError> {
    let stored = source.head().await?;
    let total = stored.as_ref().map_or(0, |h| u64::try_from(h.position).unwrap_or(0));
    let mut comparing = Comparing::new(against);
    let mut commands = Commands::behind(0);
    let taking = (&mut comparing, &mut commands);
    let (walk, broken) = walk_wide(source, origin.clone(), wide, taking, |at| progress(at, total)).await?;
    let mut findings: Vec<Finding> = broken.into_iter().collect();
    let mut world = World::default();
    if findings.is_empty() {
        findings.extend(of_the_log(source, stored.as_ref(), &walk, commands).await?);
        // The keys that the log names: it holds, but whether its rules do was not asked.
        if let Err(error) = restore(source, &mut world, Streams::Log, walk.position()).await {
            findings.push(Finding::new(Place::End(walk.position()), error.to_string()));
        }
    }
    let keys = world.log.as_ref().map_or(&[][..], |log| &log.keys);
    let whole = findings.is_empty();
    findings.extend(comparing.findings((&origin, keys), &walk, whole));
    Report::new(origin, &walk).conclude(source, against, findings).await
}

/// What the log as a whole has that does not fit its rows.
async fn of_the_log(
    source: &Source,
    stored: Option<&StoredHead>,
    walk: &Walk,
    commands: Commands,
) -> Result<Vec<Finding>, sqlx::Error> {
    let twice = twice(source, commands).await?;
    Ok(head_row(stored, walk).into_iter().chain(twice).collect())
}

/// A command that two events answer.
async fn twice(source: &Source, commands: Commands) -> Result<Option<Finding>, sqlx::Error> {
    Ok(commands.twice(source).await?.map(|(position, id)| {
        Finding::new(Place::Position(position), format!("the command has an event already: {id}"))
    }))
}

/// Whether a finding is about a projection, and not about the log.
fn of_projection(finding: &Finding) -> bool {
    matches!(finding.place, Place::Cursor(_) | Place::Row { .. } | Place::Projection(_))
}

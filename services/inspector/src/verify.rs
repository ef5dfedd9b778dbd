//! Verification: bytes, columns, chain, gaplessness, root, and both projections computed again from the log.
//! It stops at the first event that does not fit, because everything after it hangs on that one.

use platform::db::{DbError, Place as Where};
use platform::feed::FeedError;
use proto::act::log::Continued;
use proto::walk::{Fault, Walk, blame};
use proto::{Hash, Instant, Origin};

use crate::against::{Against, Comparing, KeptHead};
use crate::bounds::Bounds;
use crate::finding::{Finding, Place};
use crate::folding::Folding;
use crate::projections::Held;
use crate::rows::{LogRow, Stored};
use crate::source::{Source, SourceError};

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

/// Walks the log row by row: bytes, links, positions, versions, tree, columns. Each event that fits is shown to `see`,
/// with the walk behind it; `see` may give a finding, which ends the walk.
///
/// # Errors
/// When the database fails.
pub async fn walk_log(
    source: &Source,
    origin: Origin,
    mut see: impl AsyncFnMut(&Walk, &[u8]) -> Result<(), Finding>,
) -> Result<(Walk, Option<Finding>), SourceError> {
    let mut walk = Walk::new(origin);
    let mut rows = source.rows().await?;
    while let Some(row) = rows.next().await? {
        let expected = walk.position() + 1;
        let fault = |what: String| Some(Finding::new(Place::Position(expected), what));
        let row = match LogRow::read(&row) {
            Ok(row) => row,
            Err(column) => return Ok((walk, fault(format!("the column {column} holds no readable value")))),
        };
        if u64::try_from(row.position).ok().is_some_and(|p| p > expected) {
            let what = format!("the event is missing; the next one stands at {}", row.position);
            return Ok((walk, fault(what)));
        }
        let hash = match walk.step(row.body) {
            Ok(hash) => hash,
            Err(found) => {
                let next = rows.next().await?;
                let next = next.as_ref().and_then(Stored::body);
                let Fault { position, broken } = blame(found, row.body, next);
                return Ok((walk, Some(Finding::new(Place::Position(position), broken.to_string()))));
            }
        };
        if u64::try_from(row.position) != Ok(expected) {
            return Ok((walk, fault(format!("the column position says {}", row.position))));
        }
        if let Some(column) = row.column_that_differs(hash) {
            return Ok((walk, fault(format!("the column {column} does not say what the body says"))));
        }
        if let Err(finding) = see(&walk, row.body).await {
            return Ok((walk, Some(finding)));
        }
    }
    drop(rows);
    Ok((walk, None))
}

/// Verifies the log and both projections.
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
    let (mut held, mut findings) = Held::open(paths).await?;
    let stored = source.head().await?;
    let total = stored.as_ref().map_or(0, |h| u64::try_from(h.position).unwrap_or(0));
    let mut fold = Folding::begin(source.clone(), origin.clone()).await.map_err(VerifyError::Feed)?;
    let mut comparing = Comparing::new(against);
    let mut bounds = Bounds::begin(&source, against).await.map_err(VerifyError::Feed)?;
    let start = Walk::new(origin.clone());
    let epoch = Instant::from_micros(0).expect("1970 is an instant");
    findings.extend(held.at(0, epoch, &start, fold.folded()).await);
    let seen = async |walk: &Walk, body: &[u8]| {
        let position = walk.position();
        progress(position, total);
        let at = fold.take(walk, body).await?;
        comparing.step(walk, at);
        bounds.step(walk, at);
        findings.extend(held.at(position, at, walk, fold.folded()).await);
        Ok(())
    };
    let (walk, broken) = walk_log(&source, origin.clone(), seen).await?;
    let whole = broken.is_none();
    findings.extend(broken);
    if whole {
        findings.extend(held.end(&walk));
        findings.extend(head_row(stored.as_ref(), &walk));
        if let Some((position, id)) = source.command_twice().await? {
            let what = format!("the command has an event already: {id}");
            findings.push(Finding::new(Place::Position(position), what));
        }
    }
    let keys = fold.folded().1.log.as_ref().map_or(&[][..], |log| &log.keys);
    findings.extend(comparing.findings((&origin, keys), &walk, whole));
    findings.extend(bounds.findings());
    // What is wrong with the log comes first: projections may only follow it.
    findings.sort_by_key(of_projection);
    let guards = source.guards().await?;
    let missing = GUARDS.iter().filter(|g| !guards.iter().any(|there| there == *g));
    let anchors = fold.anchors();
    let log = fold.folded().1.log.as_ref();
    let (continues, closed) = (log.and_then(|log| log.genesis.continues.clone()), log.and_then(|log| log.closed));
    let notes = missing.map(|g| format!("the trigger {g} is missing")).chain(bounds.notes().iter().cloned()).collect();
    let mut vouched = if findings.is_empty() { against.heads.clone() } else { Vec::new() };
    vouched.sort_by_key(|kept| kept.head.size);
    // What was found to be changed has been walked over before it was known; no root vouches for it then.
    let first = findings.iter().filter_map(|f| if let Place::Position(p) = f.place { Some(p) } else { None }).min();
    let (events, root) = match first {
        Some(position) => (position.saturating_sub(1), None),
        None => (walk.position(), Some(walk.root())),
    };
    Ok(Report {
        origin,
        events,
        root,
        projections: held.reports(),
        vouched,
        continues,
        closed,
        anchors,
        bounded: bounds.reach(),
        notes,
        findings,
    })
}

/// Whether a finding is about a projection, and not about the log.
fn of_projection(finding: &Finding) -> bool {
    matches!(finding.place, Place::Cursor(_) | Place::Row { .. } | Place::Projection(_))
}

fn head_row(stored: Option<&crate::source::StoredHead>, walk: &Walk) -> Option<Finding> {
    let wrong = |what: &str| Some(Finding::new(Place::HeadRow, what));
    let Some(stored) = stored else { return wrong("it is missing") };
    let hash = walk.hash().map_or(Vec::new(), |h| h.0.to_vec());
    match u64::try_from(stored.position) {
        Ok(p) if p > walk.position() => {
            let what = format!("it says {p} events, the log ends at {}", walk.position());
            Some(Finding::new(Place::End(walk.position()), what))
        }
        Ok(p) if p == walk.position() => {
            let checks = [
                (stored.hash == hash, "its hash is not that of the last event"),
                (stored.root == walk.root().0, "its root is not the tree's"),
                (stored.range == walk.range().to_bytes(), "its range is not the tree's"),
            ];
            checks.into_iter().find(|(fits, _)| !fits).and_then(|(_, what)| wrong(what))
        }
        Ok(_) | Err(_) => wrong("its position is before the log's end"),
    }
}

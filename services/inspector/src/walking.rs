//! The walk over the log's rows: bytes, links, positions, versions, tree, and every copied column.
//! It stops at the first row that does not fit, because everything after it hangs on that one.

use proto::tail::Tail;
use proto::walk::{Fault, Walk, blame};
use proto::{Hash, Origin};

use crate::finding::{Finding, Place};
use crate::rows::{LogRow, Stored};
use crate::source::{Rows, Source, SourceError};

/// Why a walk goes no further.
pub enum Stopped {
    /// A row does not fit.
    Broken(Finding),
    /// The log cannot be read.
    Unread(SourceError),
}

impl From<sqlx::Error> for Stopped {
    fn from(error: sqlx::Error) -> Self {
        Self::Unread(error.into())
    }
}

/// A walk, and the rows behind it.
pub struct Walking<'s> {
    walk: Walk,
    rows: Rows<'s>,
}

impl<'s> Walking<'s> {
    /// Goes on from where a walk stands, to the log's end.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn on(source: &'s Source, walk: Walk) -> Result<Self, sqlx::Error> {
        let rows = source.rows(walk.position(), None).await?;
        Ok(Self { walk, rows })
    }

    /// The walk as far as it has come.
    pub fn walk(&self) -> &Walk {
        &self.walk
    }

    /// The walk where it has ended.
    pub fn ended(self) -> Walk {
        self.walk
    }

    /// The next row, whose body the walk then stands behind; none at the log's end.
    ///
    /// # Errors
    /// [`Stopped`]; the walk then stays where it is.
    pub async fn next(&mut self) -> Result<Option<Stored>, Stopped> {
        let Some(stored) = self.rows.next().await? else { return Ok(None) };
        match take(&stored, self.walk.position() + 1, |body| self.walk.step_read(body)) {
            Ok(_) => Ok(Some(stored)),
            Err(Unfit::Column(what)) => Err(broken(self.walk.position(), what)),
            Err(Unfit::Place(what)) => Err(broken(self.walk.position() + 1, what)),
            Err(Unfit::Body(fault)) => {
                let next = self.rows.next().await?;
                let body = stored.body().unwrap_or_default();
                let Fault { position, broken: what } = blame(fault, body, next.as_ref().and_then(Stored::body));
                Err(broken(position, what.to_string()))
            }
        }
    }
}

fn broken(position: u64, what: String) -> Stopped {
    Stopped::Broken(Finding::new(Place::Position(position), what))
}

/// In what a row does not fit.
pub enum Unfit {
    /// It is not one that can stand there.
    Place(String),
    /// Its body does not follow those before.
    Body(Fault),
    /// A column does not say what its body says, over which the walk has gone.
    Column(String),
}

/// Takes a row where this position is expected: its body by `step`, and its columns by its body.
///
/// # Errors
/// [`Unfit`].
pub fn take<'r>(
    stored: &'r Stored,
    expected: u64,
    step: impl FnOnce(&'r [u8]) -> Result<(Hash, Tail<'r>), Fault>,
) -> Result<Hash, Unfit> {
    let row =
        LogRow::read(stored).map_err(|column| Unfit::Place(format!("the column {column} holds no readable value")))?;
    if u64::try_from(row.position).ok().is_some_and(|p| p > expected) {
        let what = format!("the event is missing; the next one stands at {}", row.position);
        return Err(Unfit::Place(what));
    }
    let (hash, tail) = step(row.body).map_err(Unfit::Body)?;
    if u64::try_from(row.position) != Ok(expected) {
        return Err(Unfit::Column(format!("the column position says {}", row.position)));
    }
    match row.column_that_differs(hash, &tail) {
        Some(column) => Err(Unfit::Column(format!("the column {column} does not say what the body says"))),
        None => Ok(hash),
    }
}

/// Walks the log from its first row. Each event that fits is shown to `see`, with the walk behind it; `see` may give a
/// finding, which ends the walk.
///
/// # Errors
/// When the database fails.
pub async fn walk_log(
    source: &Source,
    origin: Origin,
    mut see: impl AsyncFnMut(&Walk, &[u8]) -> Result<(), Finding>,
) -> Result<(Walk, Option<Finding>), SourceError> {
    let mut walking = Walking::on(source, Walk::new(origin)).await?;
    loop {
        let found = match walking.next().await {
            Ok(Some(row)) => see(&walking.walk, row.body().unwrap_or_default()).await,
            Ok(None) => return Ok((walking.walk, None)),
            Err(Stopped::Broken(finding)) => Err(finding),
            Err(Stopped::Unread(error)) => return Err(error),
        };
        if let Err(finding) = found {
            return Ok((walking.walk, Some(finding)));
        }
    }
}

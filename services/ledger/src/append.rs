//! The group's append: the fence and the one INSERT of events, for each engine in its own way (RULINGS 25).
//! A group is written whole or not at all; zero fenced rows mean that someone else has moved the head.

mod postgres;
mod sqlite;

use platform::db::{At, Place};
use proto::Accepted;

use crate::lead::Lead;
use crate::log::HeadRow;
use crate::submit::StartError;

/// The fence: the head moves only from where this writer left it.
const FENCE: &str = "UPDATE head SET position = $1, hash = $2, root = $3, range = $4 \
    WHERE one = 1 AND position = $5 AND hash = $6";
/// The one INSERT of events in the workspace; its rows are added behind it.
const INSERT: &str = "INSERT INTO events (position, stream, version, id, command, kind, at, hash, body) ";

/// An event that is stamped and waits for its group.
#[derive(Debug)]
pub struct Stamped {
    /// What the answer will say.
    pub accepted: Accepted,
    /// Its kind.
    pub kind: &'static str,
    /// Its body.
    pub body: Vec<u8>,
}

/// Why a group was not written.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The head is not where this writer left it.
    #[error("lost the place: the head was moved by another writer")]
    LostPlace,
    /// The engine refused it: nothing was written.
    #[error("database: {0}")]
    Refused(sqlx::Error),
    /// Whether it was written is known once the session that was asked is over and the head is read again.
    #[error("database: {0}")]
    Unknown(sqlx::Error),
    /// The same, where no answer came at all.
    #[error("the database gave no answer within {0} ms")]
    NoAnswer(u64),
}

impl AppendError {
    /// Whether it may have been written, or may still be.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_) | Self::NoAnswer(_))
    }
}

/// Appends groups over the writer's connection.
pub enum Appender {
    /// To a file.
    Sqlite(sqlite::Appender),
    /// To a server.
    Postgres(postgres::Appender),
}

impl Appender {
    /// Opens the writer's connection. On a server it takes the lead first, and waits for it as it is told to.
    ///
    /// # Errors
    /// [`StartError`]: no database, or another ledger leads.
    pub async fn open(place: &Place, lead: Lead) -> Result<Self, StartError> {
        Ok(match place {
            Place::File(path) => Self::Sqlite(sqlite::Appender::open(path).await?),
            Place::Schema { .. } => Self::Postgres(postgres::Appender::open(place, lead).await?),
        })
    }

    /// The writer's connection.
    pub fn db(&mut self) -> At<'_> {
        match self {
            Self::Sqlite(appender) => At::Sqlite(appender.db()),
            Self::Postgres(appender) => At::Postgres(appender.db()),
        }
    }

    /// Whether the connection can be used on after what happened over it.
    pub fn is_sound(&self) -> bool {
        match self {
            Self::Sqlite(appender) => appender.is_sound(),
            Self::Postgres(appender) => appender.is_sound(),
        }
    }

    /// Writes a group's events durably and moves the head from `old` to `next` with them.
    ///
    /// # Errors
    /// [`AppendError`].
    pub async fn append(&mut self, old: &HeadRow, next: &HeadRow, events: &mut [Stamped]) -> Result<(), AppendError> {
        match self {
            Self::Sqlite(appender) => appender.append(old, next, events).await,
            Self::Postgres(appender) => appender.append(old, next, events).await,
        }
    }

    /// Whether the server is to be shown that this ledger is alive: a while after it last was.
    pub fn is_quiet(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(appender) => appender.is_quiet(),
        }
    }

    /// Shows the server that this ledger is alive.
    ///
    /// # Errors
    /// [`AppendError`]; the connection, and the lead with it, are then lost.
    pub async fn beat(&mut self) -> Result<(), AppendError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(appender) => appender.beat().await,
        }
    }

    /// Whether the server gives the lead to another ledger once it has not heard of this one for a while.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn guard(&mut self, watched: Watched) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(appender) => appender.guard(watched).await,
        }
    }

    /// Closes the connection; on a server the lead is free with it.
    pub async fn close(self) {
        let closed = match self {
            Self::Sqlite(appender) => appender.close().await,
            Self::Postgres(appender) => appender.close().await,
        };
        if let Err(error) = closed {
            tracing::warn!(%error, "ledger.close");
        }
    }
}

/// Whether a silent leader is taken to be gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watched {
    /// While it serves: it says something at short intervals.
    Serving,
    /// While it reads the log, which may take long, it is not.
    Loading,
}

fn integer(n: u64) -> i64 {
    i64::try_from(n).expect("positions and versions stay below 2^53")
}

//! PostgreSQL: one database, a schema and a role for each service. Every connection takes its service's role, so that a
//! single process on one login may do in each of its parts no more than that part may.
//! Nothing here grants anything: deploy/postgres/roles.sql does, run by the database's administrator.

pub(crate) mod sweep;

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{Acquire, AssertSqlSafe, ConnectOptions, Row};

use super::{DbError, FORMAT_DDL, FORMAT_READ, FORMAT_WRITE, Schema, known_format};

/// Connections for reading of one service, in one process.
pub const READERS_MAX: u32 = 8;
/// How long a reader waits for a connection, the making of one included, in milliseconds.
pub const ACQUIRE_WAIT_MS: u64 = 10_000;
/// How long a new connection may take, in milliseconds.
const CONNECT_WAIT_MS: u64 = 5_000;
/// A transaction in which everything is read as of one moment.
pub const ONE_MOMENT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// What the server itself keeps to of a connection: a client whose machine has died is noticed after 2 + 2 x 1 seconds
/// of silence, and what it held (the writer's lock) is free again. A commit has reached the disk when it is told.
const SETTINGS: [(&str, &str); 5] = [
    ("tcp_keepalives_idle", "2"),
    ("tcp_keepalives_interval", "1"),
    ("tcp_keepalives_count", "2"),
    ("tcp_user_timeout", "4000"),
    ("synchronous_commit", "on"),
];

/// As whom a part of the system speaks to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Owns the log's tables; no service logs in as it.
    Owner,
    /// Inserts events.
    Ledger,
    /// Reads the log to sign it.
    Signer,
    /// Projects the index.
    Index,
    /// Projects the ranking.
    Ranking,
    /// Keeps tokens.
    Identity,
    /// Reads both projections, and the log for who sees and does what.
    Dashboard,
    /// Reads the log and both projections.
    Inspector,
    /// Keeps files' keys, ballots and the access log, and reads the log.
    Intake,
}

impl Role {
    /// The role's name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "parindex_owner",
            Self::Ledger => "parindex_ledger",
            Self::Signer => "parindex_signer",
            Self::Index => "parindex_index",
            Self::Ranking => "parindex_ranking",
            Self::Identity => "parindex_identity",
            Self::Dashboard => "parindex_dashboard",
            Self::Inspector => "parindex_inspector",
            Self::Intake => "parindex_intake",
        }
    }
}

/// A server, its database and a login. The password is never shown.
#[derive(Clone)]
pub struct Server(Box<PgConnectOptions>);

impl FromStr for Server {
    type Err = String;
    fn from_str(url: &str) -> Result<Self, String> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err("a database is named as postgres://USER@HOST:PORT/DATABASE".to_owned());
        }
        // The driver's own words may repeat the address, and with it the password.
        let options = PgConnectOptions::from_str(url).map_err(|_| "the address of the database is malformed")?;
        Ok(Self(Box::new(options)))
    }
}

impl std::fmt::Display for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let database = self.0.get_database().unwrap_or_else(|| self.0.get_username());
        write!(f, "{}:{}/{database}", self.0.get_host(), self.0.get_port())
    }
}
impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Server({self})")
    }
}

impl Server {
    /// A connection as whoever the address names, for the database's administrator.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn connect(&self) -> Result<PgConnection, DbError> {
        connect(&self.options(None), self).await
    }

    /// Runs a script of the administrator's.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn run(&self, script: &'static str) -> Result<(), DbError> {
        let mut db = self.connect().await?;
        sqlx::raw_sql(script).execute(&mut db).await?;
        Ok(sqlx::Connection::close(db).await?)
    }

    fn options(&self, within: Option<(&str, Role)>) -> PgConnectOptions {
        let options = self.0.as_ref().clone().options(SETTINGS).statement_cache_capacity(256);
        match within {
            None => options.application_name("parindex"),
            Some((schema, role)) => {
                let options = options.options([("search_path", schema), ("role", role.name())]);
                options.application_name(role.name())
            }
        }
    }
}

async fn connect(options: &PgConnectOptions, place: impl std::fmt::Display) -> Result<PgConnection, DbError> {
    let place = place.to_string();
    match tokio::time::timeout(Duration::from_millis(CONNECT_WAIT_MS), options.connect()).await {
        Ok(connected) => connected.map_err(|source| not_connected(place, source)),
        Err(_) => Err(DbError::Unreachable { place, source: sqlx::Error::PoolTimedOut }),
    }
}

fn not_connected(place: String, source: sqlx::Error) -> DbError {
    match source {
        sqlx::Error::Database(_) => DbError::Refused { place, source },
        other => DbError::Unreachable { place, source: other },
    }
}

/// A statement that makes a table, as PostgreSQL spells it: whole numbers of 64 bits, text in the order of its bytes.
#[must_use]
pub fn spelled(ddl: &str) -> String {
    ddl.replace(" INTEGER PRIMARY KEY", " BIGINT PRIMARY KEY").replace(" TEXT ", " TEXT COLLATE \"C\" ")
}

/// Two processes that come at once do not make the same tables twice.
const ONE_MAKER: &str = "SELECT pg_advisory_xact_lock(7309453, 1)";
const FORMAT_THERE: &str = "SELECT to_regclass(current_schema() || '.format') IS NOT NULL";

/// What PostgreSQL says to one who may not (`insufficient_privilege`).
const FORBIDDEN: &str = "42501";
/// And to one whose schema is not there (`invalid_schema_name`).
const NO_SCHEMA: &str = "3F000";

/// A session within a schema, whatever there is in it.
///
/// # Errors
/// [`DbError`].
pub(crate) async fn session(server: &Server, name: &str, role: Role) -> Result<PgConnection, DbError> {
    connect(&server.options(Some((name, role))), format!("the schema {name} of {server}")).await
}

/// Opens a service's schema for its one writer. Tables are made if they are not there and the role may make them; those
/// of the log belong to nobody who serves, and are made by `parindex prepare`.
///
/// # Errors
/// [`DbError`].
pub async fn open_writer(server: &Server, name: &str, role: Role, schema: &Schema) -> Result<PgConnection, DbError> {
    let place = || format!("the schema {name} of {server}");
    let mut db = session(server, name, role).await?;
    if format(&mut db).await? != Some(schema.format) && !schema.ddl.is_empty() {
        make(&mut db, &place(), schema).await?;
    }
    let found = format(&mut db).await?.ok_or_else(|| DbError::Unprepared(place()))?;
    known_format(place(), schema.format, found)?;
    Ok(db)
}

pub(super) async fn make(db: &mut PgConnection, place: &str, schema: &Schema) -> Result<(), DbError> {
    let mut tx = Acquire::begin(db).await?;
    sqlx::query(ONE_MAKER).execute(&mut *tx).await?;
    if let Some(found) = format(&mut tx).await? {
        known_format(place, schema.format, found)?;
    }
    let ddl = [FORMAT_DDL.to_owned()].into_iter().chain(schema.ddl.iter().cloned());
    for statement in ddl {
        let made = sqlx::raw_sql(AssertSqlSafe(spelled(&statement))).execute(&mut *tx).await;
        made.map_err(|e| match e.as_database_error().and_then(|e| e.code()) {
            Some(code) if code == FORBIDDEN || code == NO_SCHEMA => DbError::Unprepared(place.to_owned()),
            _ => e.into(),
        })?;
    }
    sqlx::query(FORMAT_WRITE).bind(schema.format).execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}

/// The format of the schema's tables; none where there are none.
async fn format(db: &mut PgConnection) -> Result<Option<i64>, DbError> {
    if !sqlx::query(FORMAT_THERE).fetch_one(&mut *db).await?.try_get::<bool, _>(0)? {
        return Ok(None);
    }
    Ok(sqlx::query(FORMAT_READ).fetch_optional(db).await?.map(|row| row.try_get(0)).transpose()?)
}

/// Opens a service's schema for reading beside its writer.
///
/// # Errors
/// [`DbError`]: no tables, a newer format, or what the engine says.
pub async fn open_readers(server: &Server, name: &str, role: Role, schema: &Schema) -> Result<PgPool, DbError> {
    let place = || format!("the schema {name} of {server}");
    let options = server.options(Some((name, role))).options([("default_transaction_read_only", "on")]);
    // One connection first: it says at once what a pool would only run into the time limit with.
    let mut first = connect(&options, place()).await?;
    let found = format(&mut first).await?.ok_or_else(|| DbError::Unprepared(place()))?;
    known_format(place(), schema.format, found)?;
    sqlx::Connection::close(first).await?;
    let wait = Duration::from_millis(ACQUIRE_WAIT_MS);
    Ok(PgPoolOptions::new().max_connections(READERS_MAX).acquire_timeout(wait).connect_lazy_with(options))
}

//! The log's rows as the signer reads them: its own connection, its own statements, SELECT alone.
//! What a row says is believed only as far as its bytes bear it out.

use platform::db::{Db, DbError, Place, Schema, open_readers};
use platform::on;
use proto::key_statement::KeyStatement;
use proto::tail::{Front, Tail};
use proto::tree::TreeHead;
use proto::{Event, Fact, Hash, Instant, Origin};

/// Rows that are read at once.
pub const ROWS_MAX: usize = 1_024;

const HEAD: &str = "SELECT position, root FROM head WHERE one = 1";
const ROWS: &str = "SELECT position, hash, body FROM events WHERE position > $1 ORDER BY position LIMIT $2";
const HASH: &str = "SELECT hash FROM events WHERE position = $1";
const KEYS: &str = "SELECT body FROM events WHERE stream = 'log' AND kind = 'key_named' ORDER BY position";
const BODIES: &str = "SELECT body FROM events WHERE position > $1 ORDER BY position LIMIT $2";

/// The log's rows.
#[derive(Debug, Clone)]
pub struct LogRows {
    db: Db,
    origin: Origin,
}

/// Why the log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// What the engine says. A column that another type was put in is among it.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// A row does not fit what came before it.
    #[error("position {position}: {what}")]
    Row {
        /// Where it should stand.
        position: u64,
        /// What does not fit.
        what: &'static str,
    },
}

impl LogRows {
    /// Opens the log for reading.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn open(place: impl Into<Place>, origin: Origin) -> Result<Self, DbError> {
        let schema = Schema { name: "ledger", format: 1, ddl: Vec::new() };
        Ok(Self { db: open_readers(&place.into(), &schema).await?, origin })
    }

    /// Closes it, and all its copies.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// The log's origin.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What the head row says of size and root.
    ///
    /// # Errors
    /// [`RowsError`].
    pub async fn head(&self) -> Result<TreeHead, RowsError> {
        let row: Option<(i64, Vec<u8>)> = on!(&self.db, db => sqlx::query_as(HEAD).fetch_optional(db).await?);
        let bad = RowsError::Row { position: 0, what: "the head row is missing or damaged" };
        let read = row.and_then(|(size, root)| {
            Some(TreeHead { size: u64::try_from(size).ok()?, root: Hash(root.try_into().ok()?) })
        });
        read.ok_or(bad)
    }

    /// The hash column at a position, if there is such a row.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn hash(&self, position: u64) -> Result<Option<Hash>, RowsError> {
        let at = integer(position);
        let hash: Option<Vec<u8>> = on!(&self.db, db => sqlx::query_scalar(HASH).bind(at).fetch_optional(db).await?);
        Ok(hash.and_then(|hash| hash.try_into().ok()).map(Hash))
    }

    /// What the log says of the keys that sign it, in order.
    ///
    /// # Errors
    /// [`RowsError`] for a statement that is none: nothing is signed then.
    pub async fn statements(&self) -> Result<Vec<KeyStatement>, RowsError> {
        let bodies: Vec<Vec<u8>> = on!(&self.db, db => sqlx::query_scalar(KEYS).fetch_all(db).await?);
        let read = |body: &Vec<u8>| {
            let event = Event::decode(body).ok()?;
            let Fact::KeyNamed(named) = event.fact else { return None };
            KeyStatement::open(named.statement.as_bytes()).ok()
        };
        let statements: Option<Vec<KeyStatement>> = bodies.iter().map(read).collect();
        statements.ok_or(RowsError::Row { position: 0, what: "a statement about a signing key is none" })
    }

    /// When the event at a position happened, by its own bytes.
    ///
    /// # Errors
    /// [`RowsError`].
    pub async fn at(&self, position: u64) -> Result<Instant, RowsError> {
        let body = self.bodies(position.saturating_sub(1), 1).await?.pop();
        let at =
            body.as_deref().and_then(Front::read).and_then(|f| Instant::parse(std::str::from_utf8(f.at).ok()?).ok());
        at.ok_or(RowsError::Row { position, what: "the event has no time" })
    }

    /// Bodies of so many events after a position, for whoever may read them.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn bodies(&self, after: u64, count: usize) -> Result<Vec<Vec<u8>>, RowsError> {
        let (after, count) = (integer(after), i64::try_from(count).unwrap_or(i64::MAX));
        Ok(on!(&self.db, db => sqlx::query_scalar(BODIES).bind(after).bind(count).fetch_all(db).await?))
    }

    /// The hashes of the next events, computed from their bytes: gapless, linked to what came before, each equal to the
    /// column beside it, all of this log.
    ///
    /// # Errors
    /// [`RowsError`] at the first row that does not fit.
    pub async fn hashes(&self, after: u64, last: Option<Hash>, upto: u64) -> Result<Vec<Hash>, RowsError> {
        let limit = u64::min(ROWS_MAX as u64, upto.saturating_sub(after));
        let (from, limit) = (integer(after), integer(limit));
        let rows: Vec<(i64, Vec<u8>, Vec<u8>)> =
            on!(&self.db, db => sqlx::query_as(ROWS).bind(from).bind(limit).fetch_all(db).await?);
        let (mut hashes, mut prev) = (Vec::with_capacity(rows.len()), last);
        for ((column, hash, body), position) in rows.iter().zip(after + 1..) {
            let wrong = |what| RowsError::Row { position, what };
            if u64::try_from(*column) != Ok(position) {
                return Err(wrong("the event is missing"));
            }
            let tail = Tail::read(body).ok_or(wrong("the body is no event's"))?;
            if tail.position != position || tail.log != self.origin.as_str().as_bytes() {
                return Err(wrong("the body is another event's"));
            }
            if tail.prev != prev.map(|hash| hash.hex()).as_ref().map_or(&[][..], |hex| &hex[..]) {
                return Err(wrong("the event is not linked to the one before it"));
            }
            let computed = Hash::entry(body);
            if hash.as_slice() != computed.0 {
                return Err(wrong("the hash column is not the body's"));
            }
            prev = Some(computed);
            hashes.push(computed);
        }
        Ok(hashes)
    }
}

fn integer(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

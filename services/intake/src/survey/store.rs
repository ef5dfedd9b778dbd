//! The store of ballots: a batch's ballots, sealed in blocks, and the entries of its tree. A batch stands there whole or is none, and
//! a ballot that was destroyed stands in no page of it any more, nor does the block that held it.

use platform::db::{DbError, Place, Schema, Writing, open_writer};
use platform::on;
use proto::Hash;

use super::block::BLOCK_BALLOTS;

const BATCHES_DDL: &str = "CREATE TABLE IF NOT EXISTS batches (id BIGINT PRIMARY KEY, batch TEXT NOT NULL UNIQUE, \
    ballots BIGINT NOT NULL, legend BYTEA NOT NULL, record BYTEA NOT NULL, tally BYTEA NOT NULL)";
const ENTRIES_DDL: &str = "CREATE TABLE IF NOT EXISTS entries (batch BIGINT NOT NULL, place BIGINT NOT NULL, \
    hashes BYTEA NOT NULL, PRIMARY KEY (batch, place))";
const BLOCKS_DDL: &str = "CREATE TABLE IF NOT EXISTS blocks (batch BIGINT NOT NULL, place BIGINT NOT NULL, \
    sealed BYTEA NOT NULL, PRIMARY KEY (batch, place))";
const HELD: &str = "SELECT COUNT(*) FROM batches WHERE id = $1";
const BEGIN: &str = "INSERT INTO batches (id, batch, ballots, legend, record, tally) VALUES ($1, $2, 0, $3, $3, $3)";
const END: &str = "UPDATE batches SET ballots = $2, legend = $3, record = $4, tally = $5 WHERE id = $1";
const READ: &str = "SELECT id, ballots, legend, record, tally FROM batches WHERE batch = $1";
const DROP: [&str; 3] = [
    "DELETE FROM blocks WHERE batch = $1",
    "DELETE FROM entries WHERE batch = $1",
    "DELETE FROM batches WHERE id = $1",
];
const ENTRIES_WRITE: &str = "INSERT INTO entries (batch, place, hashes) VALUES ($1, $2, $3)";
const ENTRIES_READ: &str = "SELECT hashes FROM entries WHERE batch = $1 ORDER BY place";
const BLOCK_WRITE: &str = "INSERT INTO blocks (batch, place, sealed) VALUES ($1, $2, $3)";
const BLOCK_READ: &str = "SELECT sealed FROM blocks WHERE batch = $1 AND place = $2";
/// Whoever changes a block changes the one that he has read: of two at once, one comes too late and reads again.
const BLOCK_CHANGE: &str = "UPDATE blocks SET sealed = $4 WHERE batch = $1 AND place = $2 AND sealed = $3";
const BLOCKS_DESTROY: &str = "DELETE FROM blocks WHERE batch = $1";

fn schema() -> Schema {
    let ddl = [BATCHES_DDL, ENTRIES_DDL, BLOCKS_DDL].map(str::to_owned);
    Schema { name: "ballots", format: 1, ddl: ddl.into() }
}

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be opened.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The database failed.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// What stands there is not what was written.
    #[error("ballots_damaged: what is stored of the batch {0} is not what was stored")]
    Damaged(String),
    /// Somebody else has begun the same batch since.
    #[error("batch_taken_over: the same batch was begun again meanwhile")]
    Gone,
    /// The operating system gave no random bytes.
    #[error("no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// Some ballots on their way into the store, in order.
#[derive(Debug, Default)]
pub struct Lot {
    /// The index of the first.
    pub first: u64,
    /// The entries of their tree.
    pub entries: Vec<Hash>,
    /// The blocks that hold what opens them, sealed.
    pub blocks: Vec<Vec<u8>>,
}

/// What is kept of a batch beside its ballots, sealed.
#[derive(Debug, Default)]
pub struct Ended {
    /// What the places in its ballots stand for.
    pub legend: Vec<u8>,
    /// The command that records it.
    pub record: Vec<u8>,
    /// Its tally.
    pub tally: Vec<u8>,
}

/// Id, ballots, legend, record and tally.
type BatchColumns = (i64, i64, Vec<u8>, Vec<u8>, Vec<u8>);

/// A batch as it is kept.
#[derive(Debug)]
pub struct Stored {
    /// Its number in the store.
    pub id: i64,
    /// Its ballots, the destroyed ones included; 0 for one that has not come to its end.
    pub ballots: u64,
    /// What the places in its ballots stand for, sealed.
    pub legend: Vec<u8>,
    /// The command that records it, sealed.
    pub record: Vec<u8>,
    /// Its tally, sealed.
    pub tally: Vec<u8>,
}

/// The store.
pub struct Ballots {
    db: Writing,
}

fn number(place: u64) -> i64 {
    i64::try_from(place).expect("a batch has fewer ballots")
}

impl Ballots {
    /// Opens the store, making it if it is not there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(place: &Place) -> Result<Self, StoreError> {
        let mut db = open_writer(place, &schema()).await?;
        db.overwrite_deleted().await?;
        Ok(Self { db })
    }

    /// A batch, whole or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&mut self, batch: &str) -> Result<Option<Stored>, StoreError> {
        let row: Option<BatchColumns> =
            on!(self.db.at(), db => sqlx::query_as(READ).bind(batch.to_owned()).fetch_optional(db).await?);
        let Some((id, ballots, legend, record, tally)) = row else { return Ok(None) };
        let ballots = u64::try_from(ballots).map_err(|_| StoreError::Damaged(batch.to_owned()))?;
        Ok(Some(Stored { id, ballots, legend, record, tally }))
    }

    /// Begins a batch, and drops what was there of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin(&mut self, batch: &str) -> Result<i64, StoreError> {
        if let Some(stored) = self.find(batch).await? {
            self.drop_batch(&stored).await?;
        }
        // Drawn, so that whoever was taking the same batch in, and is too late, meets no number of somebody else's.
        let mut id = [0; 8];
        getrandom::fill(&mut id)?;
        let id = number(u64::from_be_bytes(id) >> 1);
        on!(self.db.at(), db => {
            sqlx::query(BEGIN).bind(id).bind(batch.to_owned()).bind(Vec::<u8>::new()).execute(db).await?;
        });
        Ok(id)
    }

    /// Adds ballots to a batch that was begun, all of them or none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add(&mut self, id: i64, lot: Lot) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let held: i64 = on!(tx.at(), db => sqlx::query_scalar(HELD).bind(id).fetch_one(db).await?);
        if held == 0 {
            return Err(StoreError::Gone);
        }
        let hashes: Vec<u8> = lot.entries.iter().flat_map(|hash| hash.0).collect();
        on!(tx.at(), db => {
            sqlx::query(ENTRIES_WRITE).bind(id).bind(number(lot.first)).bind(hashes).execute(db).await?;
        });
        for (place, sealed) in (lot.first..).step_by(BLOCK_BALLOTS).zip(lot.blocks) {
            on!(tx.at(), db => {
                sqlx::query(BLOCK_WRITE).bind(id).bind(number(place)).bind(sealed).execute(db).await?;
            });
        }
        Ok(tx.commit().await?)
    }

    /// A batch has come whole: from now on it is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end(&mut self, id: i64, ballots: u64, sealed: Ended) -> Result<(), StoreError> {
        let Ended { legend, record, tally } = sealed;
        let ended = on!(self.db.at(), db => {
            let row = sqlx::query(END).bind(id).bind(number(ballots)).bind(legend).bind(record).bind(tally);
            row.execute(db).await?.rows_affected()
        });
        if ended == 1 { Ok(()) } else { Err(StoreError::Gone) }
    }

    /// Drops a batch, which nothing opens any more once its key is gone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn drop_batch(&mut self, stored: &Stored) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        for statement in DROP {
            on!(tx.at(), db => { sqlx::query(statement).bind(stored.id).execute(db).await?; });
        }
        Ok(tx.commit().await?)
    }

    /// The entries of a batch's tree, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn entries(&mut self, batch: &str, stored: &Stored) -> Result<Vec<Hash>, StoreError> {
        let rows: Vec<Vec<u8>> =
            on!(self.db.at(), db => sqlx::query_scalar(ENTRIES_READ).bind(stored.id).fetch_all(db).await?);
        let (hashes, rest): (Vec<_>, Vec<&[u8]>) = rows.iter().map(|row| row.as_chunks::<32>()).unzip();
        let hashes: Vec<Hash> = hashes.into_iter().flatten().map(|hash| Hash(*hash)).collect();
        let whole = rest.iter().all(|rest| rest.is_empty()) && hashes.len() as u64 == stored.ballots;
        if whole { Ok(hashes) } else { Err(StoreError::Damaged(batch.to_owned())) }
    }

    /// The block that begins with a ballot, sealed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn block(&mut self, stored: &Stored, first: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(on!(self.db.at(), db => {
            sqlx::query_scalar(BLOCK_READ).bind(stored.id).bind(number(first)).fetch_optional(db).await?
        }))
    }

    /// Writes over a block. Says whether it was still the one that was read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn change(
        &mut self,
        stored: &Stored,
        first: u64,
        (read, sealed): (Vec<u8>, Vec<u8>),
    ) -> Result<bool, StoreError> {
        let changed = on!(self.db.at(), db => {
            let row = sqlx::query(BLOCK_CHANGE).bind(stored.id).bind(number(first)).bind(read).bind(sealed);
            row.execute(db).await?.rows_affected()
        });
        Ok(changed == 1)
    }

    /// Has what was written over leave the write-ahead log too.
    ///
    /// # Errors
    /// [`StoreError`]; it is then to be done again.
    pub async fn leave_no_trace(&mut self) -> Result<(), StoreError> {
        Ok(self.db.leave_no_trace().await?)
    }

    /// Destroys every ballot of a batch with its salt; the entries stay, and with them the root. Says whether there were any.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn destroy_all(&mut self, stored: &Stored) -> Result<bool, StoreError> {
        let gone = on!(self.db.at(), db => {
            sqlx::query(BLOCKS_DESTROY).bind(stored.id).execute(db).await?.rows_affected()
        });
        self.db.leave_no_trace().await?;
        Ok(gone > 0)
    }

    /// Closes it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.db.close().await?)
    }
}

//! The log's rows from PostgreSQL by COPY in its binary form: the server sends them as fast as it reads them (RULINGS 25).
//! What came is taken as it stands; whether it fits is for the walk to say.

use std::ops::Range;

use bytes::Bytes;
use futures::StreamExt;
use sqlx::postgres::{PgConnection, PgPool};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// What opens a binary COPY, with flags and the length of an extension behind it.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
const OPENING: usize = SIGNATURE.len() + 4 + 4;
const COLUMNS: usize = 9;
/// Rows that are handed over at once.
const BATCH_ROWS: usize = 256;
/// Batches that the connection may be ahead of whoever walks them.
const BATCHES_AHEAD: usize = 8;

/// A row as the server sent it.
pub struct Copied {
    bytes: Bytes,
    columns: [Range<usize>; COLUMNS],
}

impl Copied {
    /// A row of a message; none at the end of the rows.
    fn read(bytes: Bytes) -> Result<Option<Self>, sqlx::Error> {
        let malformed = || sqlx::Error::Protocol("a row of COPY is malformed".to_owned());
        let mut at = if bytes.starts_with(SIGNATURE) { OPENING } else { 0 };
        let mut take = |many: usize| {
            let range = at..at + many;
            at += many;
            bytes.get(range.clone()).map(|part| (range, part)).ok_or_else(malformed)
        };
        let count = i16::from_be_bytes(take(2)?.1.try_into().expect("two bytes"));
        if count == -1 {
            return Ok(None);
        }
        let mut columns: [Range<usize>; COLUMNS] = std::array::from_fn(|_| 0..0);
        if usize::try_from(count) != Ok(COLUMNS) {
            return Err(malformed());
        }
        for column in &mut columns {
            let length = i32::from_be_bytes(take(4)?.1.try_into().expect("four bytes"));
            // A column without a value is read as an empty one, which no event has.
            *column = take(usize::try_from(length).unwrap_or(0))?.0;
        }
        Ok(Some(Self { bytes, columns }))
    }

    /// A column of whole numbers.
    pub fn integer(&self, column: usize) -> Option<i64> {
        Some(i64::from_be_bytes(self.bytes(column)?.try_into().ok()?))
    }

    /// A column of text or bytes.
    pub fn bytes(&self, column: usize) -> Option<&[u8]> {
        self.bytes.get(self.columns.get(column)?.clone())
    }
}

type Batch = Result<Vec<Copied>, sqlx::Error>;

/// Rows as they come, over a connection of their own: one that is left in the middle of a COPY is no use to anyone else.
pub struct Rows {
    batches: mpsc::Receiver<Batch>,
    batch: std::vec::IntoIter<Copied>,
    /// Ends with this.
    _reading: JoinSet<()>,
}

/// The rows lie in the order of their index, and are to be read so: the server would rather sort them all on its disk first.
const AS_THEY_LIE: &str = "SET enable_sort = off";

/// Begins to copy.
pub async fn begin(db: &PgPool, rows: &str) -> Result<Rows, sqlx::Error> {
    let mut connection = db.acquire().await?.detach();
    sqlx::query(AS_THEY_LIE).execute(&mut connection).await?;
    let statement = format!("COPY ({rows}) TO STDOUT (FORMAT binary)");
    let (out, batches) = mpsc::channel(BATCHES_AHEAD);
    let mut reading = JoinSet::new();
    reading.spawn(read(connection, statement, out));
    Ok(Rows { batches, batch: Vec::new().into_iter(), _reading: reading })
}

async fn read(mut connection: PgConnection, statement: String, out: mpsc::Sender<Batch>) {
    let mut messages = match connection.copy_out_raw(&statement).await {
        Ok(messages) => messages.ready_chunks(BATCH_ROWS),
        Err(error) => return drop(out.send(Err(error)).await),
    };
    while let Some(ready) = messages.next().await {
        let rows =
            ready.into_iter().filter_map(|message| message.and_then(Copied::read).transpose()).collect::<Batch>();
        let (empty, failed) = (rows.as_ref().is_ok_and(Vec::is_empty), rows.is_err());
        // Whoever walks may have seen enough.
        if !empty && out.send(rows).await.is_err() || failed {
            return;
        }
    }
    // An end is said: rows that merely stop coming are none.
    let _ = out.send(Ok(Vec::new())).await;
}

impl Rows {
    /// The next row.
    pub async fn next(&mut self) -> Result<Option<Copied>, sqlx::Error> {
        loop {
            if let Some(row) = self.batch.next() {
                return Ok(Some(row));
            }
            let broke_off = || sqlx::Error::Protocol("COPY broke off".to_owned());
            let batch = self.batches.recv().await.ok_or_else(broke_off)??;
            if batch.is_empty() {
                return Ok(None);
            }
            self.batch = batch.into_iter();
        }
    }
}

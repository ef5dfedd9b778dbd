//! The log's rows from PostgreSQL by COPY in its binary form: the server sends them as fast as it reads them (RULINGS 25).
//! What came is taken as it stands; whether it fits is for the walk to say.

use bytes::Bytes;
use futures::StreamExt;
use sqlx::postgres::{PgConnection, PgPool};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// What opens a binary COPY, with flags and the length of an extension behind it.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
const OPENING: usize = SIGNATURE.len() + 4 + 4;
const COLUMNS: usize = 9;
/// Rows that are handed over at once: two threads that woke each other for every few would spend more on that than on rows.
const BATCH_ROWS: usize = 256;
/// Batches that the connection may be ahead of whoever walks them.
const BATCHES_AHEAD: usize = 8;

/// A row as the server sent it.
pub struct Copied {
    bytes: Bytes,
    /// Where each column's value begins and ends in it.
    columns: [(u32, u32); COLUMNS],
}

impl Copied {
    /// A row of a message; none at the end of the rows.
    fn read(bytes: Bytes) -> Result<Option<Self>, sqlx::Error> {
        let mut message = Message { at: if bytes.starts_with(SIGNATURE) { OPENING } else { 0 }, bytes: &bytes };
        let count = i16::from_be_bytes(message.take()?);
        if count == -1 {
            return Ok(None);
        }
        if usize::try_from(count) != Ok(COLUMNS) {
            return Err(malformed());
        }
        let mut columns = [(0, 0); COLUMNS];
        for column in &mut columns {
            let length = i32::from_be_bytes(message.take()?);
            // A column without a value is read as an empty one, which no event has.
            *column = message.pass(usize::try_from(length).unwrap_or(0))?;
        }
        Ok(Some(Self { bytes, columns }))
    }

    /// A column of whole numbers.
    pub fn integer(&self, column: usize) -> Option<i64> {
        Some(i64::from_be_bytes(self.bytes(column)?.try_into().ok()?))
    }

    /// A column of text or bytes.
    pub fn bytes(&self, column: usize) -> Option<&[u8]> {
        let (from, to) = *self.columns.get(column)?;
        self.bytes.get(from as usize..to as usize)
    }
}

/// A message that is being read.
struct Message<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Message<'_> {
    /// So many bytes of it.
    fn take<const BYTES: usize>(&mut self) -> Result<[u8; BYTES], sqlx::Error> {
        let taken = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk).ok_or_else(malformed)?;
        self.at += BYTES;
        Ok(*taken)
    }

    /// Goes over so many bytes, and says where they stand.
    fn pass(&mut self, many: usize) -> Result<(u32, u32), sqlx::Error> {
        let (from, to) = (self.at, self.at + many);
        self.at = to;
        let within = to <= self.bytes.len();
        let place = u32::try_from(from).ok().zip(u32::try_from(to).ok());
        place.filter(|_| within).ok_or_else(malformed)
    }
}

fn malformed() -> sqlx::Error {
    sqlx::Error::Protocol("a row of COPY is malformed".to_owned())
}

/// Messages of the server, of which one that failed is the last.
type Batch = Vec<Result<Bytes, sqlx::Error>>;

/// Rows as they come, over a connection of their own: one that is left in the middle of a COPY is no use to anyone else.
pub struct Rows {
    batches: mpsc::Receiver<Batch>,
    batch: std::vec::IntoIter<Result<Bytes, sqlx::Error>>,
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
        Ok(messages) => messages.chunks(BATCH_ROWS),
        Err(error) => return drop(out.send(vec![Err(error)]).await),
    };
    while let Some(batch) = messages.next().await {
        // Whoever walks may have seen enough.
        if out.send(batch).await.is_err() {
            return;
        }
    }
}

impl Rows {
    /// The next row; none where the server says that there are no more: rows that merely stop coming are no end.
    pub async fn next(&mut self) -> Result<Option<Copied>, sqlx::Error> {
        loop {
            if let Some(message) = self.batch.next() {
                return Copied::read(message?);
            }
            let broke_off = || sqlx::Error::Protocol("COPY broke off".to_owned());
            self.batch = self.batches.recv().await.ok_or_else(broke_off)?.into_iter();
        }
    }
}

//! The access log of files (proto/README.md, section 29): one entry for every file that is handed out, durable before its first byte
//! leaves. Nothing is ever changed in it or taken out.

use platform::db::{DbError, Place, Schema, Writer, Writing};
use platform::on;
use proto::access::{AccessEntry, AccessHead, AccessKind, BadAccess};
use proto::canon::WriteError;
use proto::{Hash, Instant, Principal};

const ACCESSES_DDL: &str = "CREATE TABLE IF NOT EXISTS accesses (number BIGINT PRIMARY KEY, body BYTEA NOT NULL)";
const ACCESS_LAST: &str = "SELECT number, body FROM accesses ORDER BY number DESC LIMIT 1";
const ACCESS_WRITE: &str = "INSERT INTO accesses (number, body) VALUES ($1, $2) ON CONFLICT (number) DO NOTHING";
const ACCESSES_AFTER: &str = "SELECT body FROM accesses WHERE number > $1 ORDER BY number LIMIT $2";
/// How many entries are read at once.
const ENTRIES: i64 = 1_000;
/// How often an entry is tried that others were quicker with.
const TRIES: u32 = 100;

/// Why the access log cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// Its database cannot be opened.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Its database failed.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// An entry has no canonical form.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// It is not what was written.
    #[error(transparent)]
    Bad(#[from] BadAccess),
    /// So many others write at once.
    #[error("so many others write to the access log that there was no place in it")]
    Busy,
}

/// Something that is to be on record.
#[derive(Debug)]
pub struct Access<'a> {
    /// Who asked, and through what.
    pub principal: &'a Principal,
    /// For which file.
    pub address: Hash,
    /// When.
    pub at: Instant,
    /// What was done.
    pub kind: AccessKind,
}

/// The access log.
pub struct AccessLog {
    db: Writer,
}

impl AccessLog {
    /// Opens it, making it if it is not there.
    ///
    /// # Errors
    /// [`AccessError`].
    pub async fn open(place: &Place) -> Result<Self, AccessError> {
        let schema = Schema { name: "access", format: 1, ddl: vec![ACCESSES_DDL.to_owned()] };
        Ok(Self { db: Writer::open(place, schema).await? })
    }

    /// Puts on record. Once this returns it outlasts a power loss.
    ///
    /// # Errors
    /// [`AccessError`]; nothing may then be handed out.
    pub async fn put(&self, access: Access<'_>) -> Result<(), AccessError> {
        let mut db = self.db.writing().await?;
        // Other processes write here too. What the last entry was when the next one is written is a matter of the engine's lock,
        // or of the number, which one of them has.
        for _ in 0..TRIES {
            if follows(&mut db, &access).await? {
                return Ok(());
            }
        }
        Err(AccessError::Busy)
    }

    /// Shows every entry in order, each held against the one before; says where the log ends.
    ///
    /// # Errors
    /// [`AccessError`], at the first entry that does not follow; whatever keeps one from being shown.
    pub async fn walk<E: From<AccessError>>(
        &self,
        mut show: impl FnMut(&AccessEntry, AccessHead) -> Result<(), E>,
    ) -> Result<AccessHead, E> {
        let mut head = AccessHead::default();
        loop {
            let after = i64::try_from(head.number).unwrap_or(i64::MAX);
            let bodies = self.after(after).await?;
            if bodies.is_empty() {
                return Ok(head);
            }
            for body in bodies {
                let entry = head.step(&body).map_err(AccessError::from)?;
                show(&entry, head)?;
            }
        }
    }

    async fn after(&self, number: i64) -> Result<Vec<Vec<u8>>, AccessError> {
        let mut db = self.db.writing().await?;
        Ok(on!(db.at(), db => sqlx::query_scalar(ACCESSES_AFTER).bind(number).bind(ENTRIES).fetch_all(db).await?))
    }

    /// Closes it.
    ///
    /// # Errors
    /// [`AccessError`].
    pub async fn close(self) -> Result<(), AccessError> {
        Ok(self.db.close().await?)
    }
}

/// Writes an entry behind the last one, unless somebody else has written there since it was read.
async fn follows(db: &mut Writing, access: &Access<'_>) -> Result<bool, AccessError> {
    let mut tx = db.begin().await?;
    let last: Option<(i64, Vec<u8>)> = on!(&mut tx, tx => sqlx::query_as(ACCESS_LAST).fetch_optional(&mut **tx).await?);
    let (number, prev) = last.map_or((0, None), |(number, body)| (number, Some(Hash::entry(&body))));
    let number = number + 1;
    let via = &access.principal.via;
    let entry = AccessEntry {
        actor: access.principal.actor.clone(),
        address: access.address,
        at: access.at,
        credential: via.credential.clone(),
        kind: access.kind,
        number: number.unsigned_abs(),
        prev,
        via: via.kind,
    };
    let body = entry.encode()?;
    let written = on!(&mut tx, tx => {
        sqlx::query(ACCESS_WRITE).bind(number).bind(body).execute(&mut **tx).await?.rows_affected()
    });
    on!(tx, tx => tx.commit().await?);
    Ok(written == 1)
}

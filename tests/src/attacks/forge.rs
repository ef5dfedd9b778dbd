//! How a log is changed past the ledger: single statements, or the whole of it written anew, with every link, column and
//! root made to fit again. Whoever has the database can do this; he cannot sign.

use proto::tree::CompactRange;
use proto::{Event, Hash};
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use super::ground::Ground;
use crate::folder::{Folder, execute};
use crate::forged::insert;

/// The table without any law.
const LAWLESS: [&str; 3] = [
    "DROP TABLE events",
    "CREATE TABLE events (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version BIGINT NOT NULL, \
        id TEXT NOT NULL, command TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL, hash BYTEA NOT NULL, \
        body BYTEA NOT NULL)",
    "DELETE FROM head",
];

impl Ground {
    /// A copy on which statements were executed, with no trigger in the way.
    pub fn after<S: Into<String>>(&self, statements: impl IntoIterator<Item = S>) -> Folder {
        self.after_in("ledger.db", statements)
    }

    /// The same in another of the databases.
    pub fn after_in<S: Into<String>>(&self, database: &str, statements: impl IntoIterator<Item = S>) -> Folder {
        let copy = self.folder.copy();
        self.runtime.block_on(async {
            let mut db = copy.tamper(database).await;
            for statement in statements {
                execute(&mut db, statement).await;
            }
            db.close().await.expect("closes");
        });
        copy
    }

    /// A copy in which one body was exchanged for other bytes, and nothing else.
    pub fn with_body(&self, position: u64, body: &[u8]) -> Folder {
        let hex: String = body.iter().map(|byte| format!("{byte:02x}")).collect();
        self.after([format!("UPDATE events SET body = x'{hex}' WHERE position = {position}")])
    }

    /// The log's events.
    pub fn events(&self) -> Vec<Event> {
        self.bodies.iter().map(|body| Event::decode(body).expect("an event")).collect()
    }

    /// A copy whose log is these bodies, and projections that were made again from it, as far as the log lets them.
    pub fn rewritten_whole(&self, bodies: &[Vec<u8>]) -> Folder {
        let copy = self.rewritten(bodies);
        for projection in ["index", "ranking"] {
            let _ = copy.run(&["rebuild", "--data", "@", projection]);
        }
        copy
    }

    /// A copy whose log is these bodies: rows, columns and head all fit them.
    pub fn rewritten(&self, bodies: &[Vec<u8>]) -> Folder {
        let copy = self.folder.copy();
        self.runtime.block_on(async {
            let mut db = copy.tamper("ledger.db").await;
            for statement in LAWLESS {
                execute(&mut db, statement).await;
            }
            write(&mut db, bodies).await;
            db.close().await.expect("closes");
        });
        copy
    }
}

async fn write(db: &mut SqliteConnection, bodies: &[Vec<u8>]) {
    let mut range = CompactRange::default();
    execute(db, "BEGIN").await;
    for body in bodies {
        range.append(insert(db, body).await);
    }
    let last = bodies.last().map_or(Vec::new(), |body| Hash::entry(body).0.to_vec());
    let head = sqlx::query("INSERT INTO head VALUES (1, $1, $2, $3, $4)")
        .bind(i64::try_from(bodies.len()).expect("small"))
        .bind(last)
        .bind(range.root().0.to_vec())
        .bind(range.to_bytes());
    head.execute(&mut *db).await.expect("inserts");
    execute(db, "COMMIT").await;
}

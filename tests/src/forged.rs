//! What somebody does who has the database and every rule of the log: an event changed, and all that follows made anew on it.
//! No check of bytes and links finds that: a checkpoint kept outside does, or whoever folds the log again.

use std::collections::BTreeMap;

use proto::tree::CompactRange;
use proto::{Event, Hash};
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

/// The bodies from a position on.
///
/// # Panics
/// When the engine refuses.
pub async fn bodies(db: &mut SqliteConnection, from: i64) -> Vec<(i64, Vec<u8>)> {
    let rows = sqlx::query("SELECT position, body FROM events WHERE position >= $1 ORDER BY position");
    let rows = rows.bind(from).fetch_all(db).await.expect("reads");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Changes an event and writes all that follows anew upon it, the head row too.
///
/// # Panics
/// When the engine refuses, or what was changed is no event any more.
pub async fn rewrite(db: &mut SqliteConnection, position: i64, change: impl Fn(&mut Event)) {
    let mut became: BTreeMap<String, String> = BTreeMap::new();
    for (at, body) in bodies(db, position).await {
        let old = Hash::entry(&body).to_string();
        let mut text = String::from_utf8(body).expect("text");
        for (old, new) in &became {
            text = text.replace(old, new);
        }
        let mut event = Event::decode(text.as_bytes()).expect("an event");
        if at == position {
            change(&mut event);
        }
        let body = event.encode().expect("a body");
        let hash = Hash::entry(&body);
        became.insert(old, hash.to_string());
        let set = sqlx::query("UPDATE events SET body = $1, hash = $2 WHERE position = $3");
        set.bind(body).bind(hash.0.to_vec()).bind(at).execute(&mut *db).await.expect("updates");
    }
    let rows = sqlx::query("SELECT hash FROM events ORDER BY position").fetch_all(&mut *db).await.expect("reads");
    let hashes = rows.iter().map(|row| row.get::<Vec<u8>, _>(0).try_into().expect("32 bytes"));
    let (mut range, mut last) = (CompactRange::default(), [0; 32]);
    for hash in hashes {
        last = hash;
        range.append(Hash(hash));
    }
    let head = sqlx::query("UPDATE head SET hash = $1, root = $2, range = $3");
    head.bind(last.to_vec()).bind(range.root().0.to_vec()).bind(range.to_bytes()).execute(db).await.expect("updates");
}

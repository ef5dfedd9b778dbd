//! What somebody does who has the database and every rule of the log: an event changed, and all that follows made anew on it.
//! No check of bytes and links finds that: a checkpoint kept outside does, or whoever folds the log again.

use std::collections::{BTreeMap, HashMap};

use domain::{Heads, World};
use proto::checkpoint::Checkpoint;
use proto::fold::Fold;
use proto::heads::{HeadsTree, StreamHead};
use proto::note::{Note, NoteSigner};
use proto::tree::{CompactRange, Levels};
use proto::{Command, CommandId, Event, EventId, Fact, Hash, Stream};
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
    make_head_fit(db).await;
}

/// Writes the head row anew, so that it fits the rows.
async fn make_head_fit(db: &mut SqliteConnection) {
    let rows = sqlx::query("SELECT hash FROM events ORDER BY position").fetch_all(&mut *db).await.expect("reads");
    let hashes = rows.iter().map(|row| row.get::<Vec<u8>, _>(0).try_into().expect("32 bytes"));
    let (mut range, mut last) = (CompactRange::default(), [0; 32]);
    for hash in hashes {
        last = hash;
        range.append(Hash(hash));
    }
    let head = sqlx::query("UPDATE head SET position = $4, hash = $1, root = $2, range = $3");
    let position = i64::try_from(range.size()).expect("small");
    let head = head.bind(last.to_vec()).bind(range.root().0.to_vec()).bind(range.to_bytes()).bind(position);
    head.execute(db).await.expect("updates");
}

/// Writes one more event behind a log's end, past every rule; each of its bytes and links fits. Gives its position.
///
/// # Panics
/// When the engine refuses.
pub async fn append(db: &mut SqliteConnection, make: impl FnOnce(&[Event]) -> Event) -> u64 {
    let mut events: Vec<Event> =
        bodies(db, 1).await.iter().map(|(_, body)| Event::decode(body).expect("an event")).collect();
    events.push(make(&events));
    let position = events.len() as u64;
    insert(db, chained(events).last().expect("the one more")).await;
    make_head_fit(db).await;
    position
}

/// Writes a body as a row of its own, whatever stands before it; gives its hash.
///
/// # Panics
/// When the engine refuses, or it is no event.
pub async fn insert(db: &mut SqliteConnection, body: &[u8]) -> Hash {
    let event = Event::decode(body).expect("an event");
    let (e, hash) = (&event.envelope, Hash::entry(body));
    let row = sqlx::query("INSERT INTO events VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(i64::try_from(e.position).expect("small"))
        .bind(e.stream.to_string())
        .bind(i64::try_from(e.version).expect("small"))
        .bind(e.id.as_str())
        .bind(e.command.id.as_str())
        .bind(event.fact.kind())
        .bind(e.at.to_string())
        .bind(hash.0.to_vec())
        .bind(body.to_vec());
    row.execute(db).await.expect("inserts");
    hash
}

/// An event like the one at a position, behind the end of a log's events, with ids of its own.
///
/// # Panics
/// When there is no event at the position.
#[must_use]
pub fn like(events: &[Event], position: u64) -> Event {
    let mut one = events[usize::try_from(position - 1).expect("small")].clone();
    one.envelope.at = events.last().expect("events").envelope.at;
    one.envelope.command.id = CommandId::v7(1_700_000_000_000, [7; 10]);
    one.envelope.id = EventId::v7(1_700_000_000_000, [8; 10]);
    one
}

/// The command of an event that was changed is made to fit it.
pub fn asked_so(event: &mut Event) {
    let (_, asked) = event.asked();
    event.envelope.command.digest = Command::new(asked.id, asked.acting, asked.act).digest;
}

/// The bodies of events whose positions, versions and links are made to fit their order.
///
/// # Panics
/// When one is too large for an event.
#[must_use]
pub fn chained(events: Vec<Event>) -> Vec<Vec<u8>> {
    let mut streams: HashMap<Stream, (u64, Hash)> = HashMap::new();
    let (mut prev, mut bodies) = (None, Vec::with_capacity(events.len()));
    for (position, mut event) in (1..).zip(events) {
        let e = &mut event.envelope;
        let before = streams.get(&e.stream).copied();
        (e.position, e.prev) = (position, prev);
        (e.version, e.stream_prev) = (before.map_or(1, |(version, _)| version + 1), before.map(|(_, hash)| hash));
        let body = event.encode().expect("a body");
        let hash = Hash::entry(&body);
        streams.insert(event.envelope.stream.clone(), (event.envelope.version, hash));
        prev = Some(hash);
        bodies.push(body);
    }
    bodies
}

/// A log's end as whoever has its key can make it: the anchor that is its last event holds another heads map.
pub struct Reanchored {
    /// The map that it holds.
    pub map: HeadsTree,
    /// The anchor's body.
    pub anchor: Vec<u8>,
    /// The log's tree with it.
    pub tree: Levels,
    /// A checkpoint over it, signed.
    pub note: Note,
}

/// Makes the last anchor of an exported log anew, over heads that were changed.
///
/// # Panics
/// When the log does not end in an anchor, or the heads make no map.
#[must_use]
pub fn reanchored(log: &[u8], signer: &NoteSigner, change: impl FnOnce(&mut [StreamHead])) -> Reanchored {
    let (mut world, mut heads, mut entries) = (World::default(), Heads::default(), Vec::new());
    let mut bodies: Vec<&[u8]> = log.split(|b| *b == b'\n').filter(|line| !line.is_empty()).collect();
    let last = bodies.pop().expect("events");
    for body in bodies {
        let (event, hash) = (Event::decode(body).expect("an event"), Hash::entry(body));
        world.fold(&event).expect("fits");
        heads.take(&event, hash);
        entries.push(hash);
    }
    let honest = heads.tree(&world).expect("a map");
    let mut heads: Vec<StreamHead> = honest.listing("").within.into_iter().map(|one| one.head).collect();
    change(&mut heads);
    let map = HeadsTree::over(heads).expect("a map");
    let mut event = Event::decode(last).expect("an event");
    let Fact::Anchored(fact) = &mut event.fact else { panic!("the last event is no anchor") };
    fact.heads = map.root();
    let anchor = event.encode().expect("a body");
    entries.push(Hash::entry(&anchor));
    let size = entries.len() as u64;
    let tree = Levels::over(entries);
    let checkpoint = Checkpoint::new(event.envelope.log.as_str(), tree.head(size)).to_string();
    let mut note = Note::new(checkpoint.clone()).expect("a text");
    note.push(signer.sign(&checkpoint, 0)).expect("room");
    Reanchored { map, anchor, tree, note }
}

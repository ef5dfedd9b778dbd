//! The sample round played through a ledger's own door with nothing left to chance: credentials, command ids and moments
//! are the same every time, so that the bytes must be too, on whatever store.

use std::collections::{BTreeMap, VecDeque};

use anyhow::{Context, Result, bail};
use index::Index;
use inspector::{Paths, Report, verify};
use ledger::{Config, Door, Ledger, Pending};
use platform::db::Place;
use platform::feed::Feed;
use platform::projector::Projector;
use proto::act::grants::BindCredential;
use proto::act::log::{ClockKind, CreateLog, Mode};
use proto::script::Line;
use proto::{
    Act, Acting, ActorId, Answer, Capacity, Command, CommandId, CredentialId, Hash, Instant, Origin, Principal, ViaKind,
};
use ranking::Ranking;
use tokio::sync::watch;

/// Lines that are under way at once.
const UNDER_WAY_MAX: usize = 256;

/// The origin of these logs.
///
/// # Panics
/// Never: the text is an origin.
#[must_use]
pub fn origin() -> Origin {
    Origin::parse("test.example/parity").expect("an origin")
}

/// Where a log and its projections are written.
pub struct Places {
    /// The log.
    pub ledger: Place,
    /// The index.
    pub index: Place,
    /// The ranking.
    pub ranking: Place,
}

/// Plays lines of a script into a new log and gives the bodies of its events.
///
/// # Errors
/// When a line is refused.
pub async fn play(place: &Place, script: &str) -> Result<Vec<Vec<u8>>> {
    let lines: Vec<Line> = script.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let from = lines.first().context("a line")?.at;
    let config = Config { origin: Some(origin()), scripted_from: Some(from), ..Config::begun(place) };
    let ledger = Ledger::open(config).await?;
    let door = ledger.door();
    let genesis = CreateLog {
        mode: Mode::Training,
        clock: ClockKind::Scripted,
        administrators: vec![ActorId::parse("admin-a")?, ActorId::parse("admin-b")?],
        incompatible: Vec::new(),
        continues: None,
    };
    let mut under_way = VecDeque::from([operate(&door, Act::CreateLog(genesis), "genesis", from).await]);
    let mut bound: BTreeMap<ActorId, CredentialId> = BTreeMap::new();
    for Line { at, actor, command } in lines {
        if !bound.contains_key(&actor) {
            let credential = CredentialId::parse(&format!("t-{actor}"))?;
            let act = BindCredential {
                actor: actor.clone(),
                credential: credential.clone(),
                method: ViaKind::Token,
                commitment: Hash::digest(actor.as_str().as_bytes()),
            };
            under_way.push_back(operate(&door, Act::BindCredential(act), actor.as_str(), at).await);
            bound.insert(actor.clone(), credential);
        }
        let principal = Principal::token(actor.clone(), bound[&actor].clone());
        under_way.push_back(door.enqueue(principal, vec![Command::from_value(command)], Some(at)).await);
        drain(&mut under_way, UNDER_WAY_MAX).await?;
    }
    drain(&mut under_way, 0).await?;
    let bodies = ledger.log().after(0, usize::MAX >> 1).await?;
    drop(door);
    ledger.stop().await;
    Ok(bodies)
}

async fn operate(door: &Door, act: Act, what: &str, at: Instant) -> Pending {
    let digest = Hash::digest(what.as_bytes());
    let bits: [u8; 10] = digest.0[..10].try_into().expect("ten of 32");
    let acting = Acting { capacity: Capacity::Operator, unit: None };
    let command = Command::new(CommandId::v7(at.millis(), bits), acting, act);
    door.enqueue(Principal::operator(), vec![Ok(command)], Some(at)).await
}

async fn drain(under_way: &mut VecDeque<Pending>, down_to: usize) -> Result<()> {
    while under_way.len() > down_to {
        let pending = under_way.pop_front().context("it is longer than it may be")?;
        for answer in pending.answers().await {
            if let Answer::Refused(r) = answer {
                bail!("{}: {}", r.code, r.en);
            }
        }
    }
    Ok(())
}

/// Projects a log and verifies everything.
///
/// # Errors
/// When it cannot be read or projected.
pub async fn project(places: &Places, paths: &Paths) -> Result<Report> {
    let log = std::sync::Arc::new(ledger::Log::open(&places.ledger, watch::channel(0).1).await?);
    let feed: platform::feed::SharedFeed = log;
    let cursor = || watch::channel(0).0;
    let mut index = Projector::<Index>::open(&places.index, origin(), feed.clone(), cursor()).await?;
    index.catch_up(|_| {}).await?;
    index.close().await?;
    let mut ranking = Projector::<Ranking>::open(&places.ranking, origin(), feed, cursor()).await?;
    ranking.catch_up(|_| {}).await?;
    ranking.close().await?;
    Ok(verify(paths, origin(), &inspector::Against::default(), |_, _| {}).await?)
}

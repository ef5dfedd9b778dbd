//! `parindex scrub`: every file of evidence held against the log, and orphans that are old taken away. It never removes a file
//! that any event names, in whatever member, nor one that is younger than [`ORPHAN_DAYS`].

use std::collections::{BTreeMap, HashMap, HashSet};
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::Context;
use clap::Args;
use intake::erasure::{Erased, ordered};
use intake::evidence::{Files, ORPHAN_DAYS, Orphans, Standing};
use platform::feed::Feed;
use proto::act::sheet::Evidence;
use proto::{BatchId, Event, Fact, Hash, RoundId};

use crate::files_home::{FilesArgs, FilesHome};
use crate::progress::bar;

/// How many events are read at once.
const EVENTS: usize = 1_000;

/// `scrub`
#[derive(Debug, Args)]
pub struct Scrub {
    /// Where files and keys are.
    #[command(flatten)]
    pub at: FilesArgs,
    /// Remove what no event refers to and what broke off, where it has stood for more than 30 days.
    #[arg(long)]
    pub remove_orphans: bool,
}

/// What the log's events refer to, by address, each with the first position that does.
type Referred = BTreeMap<Hash, (u64, Evidence)>;
/// The files that batches of ballots came in.
type BatchFiles = HashMap<(RoundId, BatchId), Hash>;
/// Positions and addresses, by how the files stand.
type Found = BTreeMap<Standing, Vec<(u64, Hash)>>;

/// `scrub`
pub async fn run(args: Scrub) -> anyhow::Result<ExitCode> {
    let home = args.at.home()?;
    let store = home.store()?;
    let files = store.there().await?;
    // The log first, to its end: a file that is listed afterwards and that it does not refer to is an orphan.
    let (referred, batches) = references(&home).await?;
    let found = held(files.as_deref(), &referred).await?;
    let erased = erased(&home, &found, &batches).await?;
    let addresses: HashSet<Hash> = referred.keys().copied().collect();
    let orphans = match &files {
        Some(files) => files.orphans(&addresses).await?,
        None => Orphans::default(),
    };
    tell(&referred, &found, &orphans, &erased)?;
    if let Some(files) = files.filter(|_| args.remove_orphans) {
        remove(&home, &files, &orphans).await?;
    }
    store.close().await?;
    let sound = found.get(&Standing::Sound).map_or(0, Vec::len);
    Ok(if sound + erased.len() == referred.len() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Looks at every file that is referred to.
async fn held(files: Option<&Files>, referred: &Referred) -> anyhow::Result<Found> {
    let looking = bar("scrubbing", referred.len() as u64);
    let mut found = Found::new();
    for (address, (position, evidence)) in referred {
        let standing = match files {
            Some(files) => files.standing(evidence).await?,
            None => Standing::Missing,
        };
        found.entry(standing).or_default().push((*position, *address));
        looking.inc(1);
    }
    looking.finish_and_clear();
    Ok(found)
}

/// Those that nothing opens any more because two people have put that on record, by the position where the second one did: such as an
/// order names, and such as ballots came in that it names.
async fn erased(home: &FilesHome, found: &Found, batches: &BatchFiles) -> anyhow::Result<HashMap<Hash, u64>> {
    let source = home.log().await?;
    let ordered = ordered(&source).await?;
    source.close().await;
    let keyless: HashSet<Hash> =
        found.get(&Standing::Keyless).into_iter().flatten().map(|(_, address)| *address).collect();
    let files = ordered.into_iter().filter_map(|erasure| {
        let address = match erasure.what {
            Erased::File(address) => address,
            Erased::Ballot(ballot) => *batches.get(&(ballot.round, ballot.batch))?,
            Erased::Batch(batch) => *batches.get(&(batch.round, batch.batch))?,
        };
        Some((address, erasure.position))
    });
    Ok(files.filter(|(address, _)| keyless.contains(address)).collect())
}

fn tell(referred: &Referred, found: &Found, orphans: &Orphans, erased: &HashMap<Hash, u64>) -> anyhow::Result<()> {
    let words = [
        (Standing::Missing, "MISSING", "it is not in the store"),
        (Standing::Altered, "ALTERED", "other bytes stand there"),
        (Standing::Keyless, "KEYLESS", "nothing opens it any more"),
    ];
    for (standing, name, what) in words {
        for (position, address) in found.get(&standing).into_iter().flatten() {
            match erased.get(address) {
                Some(confirmed) => {
                    say!("erased  {address}, first referred to at #{position}: confirmed at #{confirmed}")
                }
                None => say!("{name}  {address}, first referred to at #{position}: {what}"),
            }
        }
    }
    for orphan in &orphans.whole {
        say!("orphan  {}: no event refers to it", orphan.name);
    }
    let count = |standing| found.get(&standing).map_or(0, Vec::len);
    say!(
        "{} files are referred to: {} sound, {} missing, {} altered, {} without a key, {} erased; {} more are stored, {} broke off",
        referred.len(),
        count(Standing::Sound),
        count(Standing::Missing),
        count(Standing::Altered),
        count(Standing::Keyless) - erased.len(),
        erased.len(),
        orphans.whole.len(),
        orphans.broken_off.len()
    );
    Ok(())
}

/// Takes old orphans away. What was written since they were listed is read first, with everything before it: a name that stands
/// anywhere in an event is kept, even if this program does not know that kind of reference.
async fn remove(home: &FilesHome, files: &Files, orphans: &Orphans) -> anyhow::Result<()> {
    let mut old = orphans.old(SystemTime::now());
    if !old.whole.is_empty() {
        let named = named(home, old.whole.iter().map(|kept| kept.name.as_str()).collect()).await?;
        for (name, position) in &named {
            say!("kept  {name}: event #{position} names it");
        }
        old.whole.retain(|kept| !named.contains_key(&kept.name));
    }
    for (orphan, what) in
        old.whole.iter().map(|o| (o, "no event refers to it")).chain(old.broken_off.iter().map(|o| (o, "it broke off")))
    {
        files.remove(orphan).await?;
        say!("removed  {}: {what}, and it stood for more than {ORPHAN_DAYS} days", orphan.name);
    }
    files.leave_no_trace().await?;
    say!("{} removed, {} broken off removed", old.whole.len(), old.broken_off.len());
    Ok(())
}

/// What the log's events refer to.
async fn references(home: &FilesHome) -> anyhow::Result<(Referred, BatchFiles)> {
    let (mut referred, mut batches) = (Referred::new(), BatchFiles::new());
    each_body(home, |body| {
        let event = Event::decode(body).context("log_damaged: run `parindex verify`")?;
        let position = event.envelope.position;
        for evidence in event.fact.files() {
            referred.entry(evidence.address).or_insert_with(|| (position, evidence.clone()));
        }
        if let Fact::BatchRecorded(batch) = event.fact
            && let Some(ballots) = batch.ballots
        {
            batches.insert((batch.round, batch.batch), ballots.file.address);
        }
        Ok(position)
    })
    .await?;
    Ok((referred, batches))
}

/// Which of these names stand in the log's events as texts, each with a position.
async fn named(home: &FilesHome, names: HashSet<&str>) -> anyhow::Result<HashMap<String, u64>> {
    let mut found = HashMap::new();
    each_body(home, |body| {
        let position = Event::decode(body).context("log_damaged: run `parindex verify`")?.envelope.position;
        let texts = body.split(|byte| *byte == b'"').filter_map(|text| std::str::from_utf8(text).ok());
        for name in texts.filter(|text| names.contains(text)) {
            found.entry(name.to_owned()).or_insert(position);
        }
        Ok(position)
    })
    .await?;
    Ok(found)
}

/// Reads the log to its end; what is done with each event gives its position.
async fn each_body(home: &FilesHome, mut done: impl FnMut(&[u8]) -> anyhow::Result<u64>) -> anyhow::Result<()> {
    let source = home.log().await?;
    let mut position = 0;
    loop {
        let bodies = source.after(position, EVENTS).await?;
        if bodies.is_empty() {
            source.close().await;
            return Ok(());
        }
        for body in bodies {
            position = done(&body)?;
        }
    }
}

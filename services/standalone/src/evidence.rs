//! `parindex evidence` and `parindex scrub`: files of evidence into a data folder's store and out of it, and all of them held
//! against the log.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use inspector::Source;
use intake::evidence::{FileError, Files, MasterKey, Orphans, Standing};
use platform::durable::{self, Readable};
use platform::feed::Feed;
use platform::objects::Objects;
use proto::act::sheet::Evidence;
use proto::canon::to_vec;
use proto::{Event, Hash, UnitId};

use crate::folder::Folder;
use crate::progress::bar;

/// A data folder's files, their keys, and the key of these.
pub const FILES: &str = "files";
const KEYS: &str = "keys.db";
const MASTER: &str = "files.key";
/// How many events are read at once.
const EVENTS: usize = 1_000;

/// What is done with a file.
#[derive(Debug, Subcommand)]
pub enum EvidenceWhat {
    /// Take a file in, encrypted; prints what a command is to refer to it by. A file that is taken in is evidence of nothing
    /// before a score, an explanation or an appeal refers to it.
    Add(Add),
    /// Hand a file out as it was taken in.
    Get(Get),
}

/// `evidence add`
#[derive(Debug, Args)]
pub struct Add {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Whose file it is.
    #[arg(long)]
    pub unit: UnitId,
    /// The page or section that matters.
    #[arg(long, default_value = "")]
    pub page: String,
    /// Where the receipt goes: what opens the log's commitments to the file's bytes and name. Only its owner may read it.
    #[arg(long, value_name = "FILE")]
    pub receipt: Option<PathBuf>,
    /// The file: PDF, JPEG, PNG, DOCX, XLSX, ODT or ODS.
    pub file: PathBuf,
}

/// `evidence get`
#[derive(Debug, Args)]
pub struct Get {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The file's address.
    pub address: String,
    /// Where it goes: a file that is not there yet.
    pub to: PathBuf,
}

/// `scrub`
#[derive(Debug, Args)]
pub struct Scrub {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
}

/// `evidence`
pub async fn run(what: EvidenceWhat) -> anyhow::Result<ExitCode> {
    match what {
        EvidenceWhat::Add(args) => add(args).await,
        EvidenceWhat::Get(args) => get(args).await,
    }
}

/// The folder's files; none where it never had any.
async fn open(folder: &Folder) -> anyhow::Result<Option<Files>> {
    let keys = folder.file(KEYS);
    if !keys.exists() {
        return Ok(None);
    }
    let master = MasterKey::read(&folder.file(MASTER))?;
    let objects = Objects::in_folder(&folder.file(FILES))?;
    Ok(Some(Files::open(objects, &keys.into(), Box::new(master)).await?))
}

/// The same; begun where it has none. A key that was lost is not made anew over keys that are wrapped under it.
async fn begun(folder: &Folder) -> anyhow::Result<Files> {
    if let Some(files) = open(folder).await? {
        return Ok(files);
    }
    let path = folder.file(MASTER);
    let master = if path.exists() { MasterKey::read(&path)? } else { MasterKey::make(&path)? };
    let objects = Objects::in_folder(&folder.file(FILES))?;
    Ok(Files::open(objects, &folder.file(KEYS).into(), Box::new(master)).await?)
}

async fn add(args: Add) -> anyhow::Result<ExitCode> {
    let files = begun(&Folder::open(&args.data)?).await?;
    let path = &args.file;
    let plain = tokio::fs::File::open(path).await.with_context(|| format!("file_missing: {}", path.display()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let taken = files.take_in((&args.unit, &name, &args.page), plain).await?;
    if let Some(to) = &args.receipt {
        let receipt = to_vec(&taken.receipt)?;
        durable::create(to, &receipt, Readable::ByOwner).with_context(|| format!("writing {}", to.display()))?;
    }
    if let Some(again) = taken.again {
        eprintln!("note: {} has sent the same bytes before: {again}", args.unit);
    }
    say!("{}", String::from_utf8_lossy(&to_vec(&taken.receipt.evidence)?));
    files.close().await?;
    Ok(ExitCode::SUCCESS)
}

async fn get(args: Get) -> anyhow::Result<ExitCode> {
    let address = Hash::parse(&args.address)?;
    let files = open(&Folder::open(&args.data)?).await?.ok_or(FileError::Missing(address))?;
    let out = tokio::fs::File::create_new(&args.to).await.with_context(|| format!("writing {}", args.to.display()))?;
    let record = match files.hand_out(address, out).await {
        Ok(record) => record,
        Err(error) => {
            // What was written of it is not the file.
            tokio::fs::remove_file(&args.to).await?;
            return Err(error.into());
        }
    };
    files.close().await?;
    say!("{} of {}, {}", record.secrets.opening.name, record.unit, record.media_type);
    Ok(ExitCode::SUCCESS)
}

/// `scrub`
pub async fn scrub(args: Scrub) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&args.data)?;
    let files = open(&folder).await?;
    let referred = references(&folder).await?;
    let looking = bar("scrubbing", referred.len() as u64);
    let mut found: BTreeMap<Standing, Vec<(u64, Hash)>> = BTreeMap::new();
    for (address, (position, evidence)) in &referred {
        let standing = match &files {
            Some(files) => files.standing(evidence).await?,
            None => Standing::Missing,
        };
        found.entry(standing).or_default().push((*position, *address));
        looking.inc(1);
    }
    looking.finish_and_clear();
    let addresses: HashSet<Hash> = referred.keys().copied().collect();
    let orphans = match &files {
        Some(files) => files.orphans(&addresses).await?,
        None => Orphans::default(),
    };
    if let Some(files) = files {
        files.close().await?;
    }
    let count = |standing| found.get(&standing).map_or(0, Vec::len);
    let words = [
        (Standing::Missing, "MISSING", "it is not in the store"),
        (Standing::Altered, "ALTERED", "other bytes stand there"),
        (Standing::Keyless, "KEYLESS", "nothing opens it any more"),
    ];
    for (standing, name, what) in words {
        for (position, address) in found.get(&standing).into_iter().flatten() {
            say!("{name}  {address}, first referred to at #{position}: {what}");
        }
    }
    for name in &orphans.whole {
        say!("orphan  {name}: no event refers to it");
    }
    say!(
        "{} files are referred to: {} sound, {} missing, {} altered, {} without a key; {} more are stored, {} broke off",
        referred.len(),
        count(Standing::Sound),
        count(Standing::Missing),
        count(Standing::Altered),
        count(Standing::Keyless),
        orphans.whole.len(),
        orphans.broken_off.len()
    );
    Ok(if count(Standing::Sound) == referred.len() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// What the log's events refer to, by address, each with the first position that does.
async fn references(folder: &Folder) -> anyhow::Result<BTreeMap<Hash, (u64, Evidence)>> {
    let source = Source::open(folder.file("ledger.db")).await?;
    let (mut referred, mut position) = (BTreeMap::new(), 0);
    loop {
        let bodies = source.after(position, EVENTS).await?;
        if bodies.is_empty() {
            source.close().await;
            return Ok(referred);
        }
        for body in bodies {
            let event = Event::decode(&body).context("log_damaged: run `parindex verify`")?;
            position = event.envelope.position;
            for evidence in event.fact.evidence() {
                referred.entry(evidence.address).or_insert_with(|| (position, evidence.clone()));
            }
        }
    }
}

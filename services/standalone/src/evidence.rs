//! `parindex evidence` and `parindex scrub`: files of evidence into a data folder's store and out of it, and all of them held
//! against the log.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use inspector::Source;
use intake::access::{Access, AccessLog};
use intake::evidence::{FileError, FileRecord, Orphans, Standing, Store};
use platform::clock::Clock;
use platform::durable::{self, Readable};
use platform::feed::Feed;
use proto::access::AccessKind;
use proto::act::sheet::Evidence;
use proto::canon::to_vec;
use proto::{Event, Hash, Principal, UnitId};
use tokio::io::AsyncWriteExt;

use crate::accesses;
use crate::folder::Folder;
use crate::progress::bar;

/// A data folder's access log of files.
pub const ACCESS: &str = "access.db";
/// How many events are read at once.
const EVENTS: usize = 1_000;

/// What is done with a file.
#[derive(Debug, Subcommand)]
pub enum EvidenceWhat {
    /// Take a file in, encrypted; prints what a command is to refer to it by. A file that is taken in is evidence of nothing
    /// before a score, an explanation or an appeal refers to it.
    Add(Add),
    /// Hand a file out as it was taken in; that is on record in the access log.
    Get(Get),
    /// Show the access log of files, each entry held against the one before.
    Log(accesses::Accesses),
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
        EvidenceWhat::Log(args) => accesses::run(args).await,
    }
}

async fn add(args: Add) -> anyhow::Result<ExitCode> {
    let files = Store::in_folder(Folder::open(&args.data)?.path()).begun().await?;
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
    Ok(ExitCode::SUCCESS)
}

async fn get(args: Get) -> anyhow::Result<ExitCode> {
    let address = Hash::parse(&args.address)?;
    let folder = Folder::open(&args.data)?;
    let files = Store::in_folder(folder.path()).there().await?.ok_or(FileError::Missing(address))?;
    let mut file = files.open_file(address).await?;
    let mut piece = file.piece().await?;
    let mut out =
        tokio::fs::File::create_new(&args.to).await.with_context(|| format!("writing {}", args.to.display()))?;
    let copied = async {
        on_record(&folder, address).await?;
        while let Some(plain) = piece {
            out.write_all(&plain).await?;
            piece = file.piece().await?;
        }
        anyhow::Ok(out.flush().await?)
    };
    if let Err(error) = copied.await {
        // What was written of it is not the file.
        tokio::fs::remove_file(&args.to).await?;
        return Err(error);
    }
    let FileRecord { unit, media_type, secrets, .. } = file.record;
    say!("{} of {unit}, {media_type}", secrets.opening.name);
    Ok(ExitCode::SUCCESS)
}

/// Puts on record that the operator takes a file out.
async fn on_record(folder: &Folder, address: Hash) -> anyhow::Result<()> {
    let access = AccessLog::open(&folder.file(ACCESS).into()).await?;
    let (principal, at) = (Principal::operator(), Clock::System.now());
    access.put(Access { principal: &principal, address, at, kind: AccessKind::HandOut }).await?;
    Ok(access.close().await?)
}

/// `scrub`
pub async fn scrub(args: Scrub) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&args.data)?;
    let files = Store::in_folder(folder.path()).there().await?;
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
            for evidence in event.fact.files() {
                referred.entry(evidence.address).or_insert_with(|| (position, evidence.clone()));
            }
        }
    }
}

//! `parindex evidence`: files of evidence into a store and out of it, with the keys of a data folder, or of an intake. It asks for no
//! right but that of whoever may read the master key.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use intake::access::{Access, AccessLog};
use intake::evidence::{FileError, FileRecord};
use platform::clock::Clock;
use platform::durable::{self, Readable};
use proto::access::AccessKind;
use proto::canon::to_vec;
use proto::{Hash, Principal, UnitId};
use tokio::io::AsyncWriteExt;

use crate::accesses;
use crate::files_home::{FilesArgs, FilesHome};

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
    /// Where files and keys are.
    #[command(flatten)]
    pub at: FilesArgs,
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
    /// Where files and keys are.
    #[command(flatten)]
    pub at: FilesArgs,
    /// The file's address.
    pub address: String,
    /// Where it goes: a file that is not there yet.
    pub to: PathBuf,
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
    let path = &args.file;
    let plain = tokio::fs::File::open(path).await.with_context(|| format!("file_missing: {}", path.display()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let store = args.at.home()?.store()?;
    let taken = store.begun().await?.take_in((&args.unit, &name, &args.page), plain).await;
    store.close().await?;
    let taken = taken?;
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
    let home = args.at.home()?;
    let store = home.store()?;
    let file = match store.there().await? {
        Some(files) => files.open_file(address).await,
        None => Err(FileError::Missing(address)),
    };
    store.close().await?;
    let mut file = file?;
    let mut piece = file.piece().await?;
    let mut out =
        tokio::fs::File::create_new(&args.to).await.with_context(|| format!("writing {}", args.to.display()))?;
    let copied = async {
        on_record(&home, address).await?;
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
async fn on_record(home: &FilesHome, address: Hash) -> anyhow::Result<()> {
    let access = AccessLog::open(&home.access_begun()).await?;
    let (principal, at) = (Principal::operator(), Clock::System.now());
    access.put(Access { principal: &principal, address, at, kind: AccessKind::HandOut }).await?;
    Ok(access.close().await?)
}

//! `parindex document`: check, convert, enter and export documents, as JSON or as Excel workbooks.
//! A document with a fault goes nowhere; all its faults are told, and the status is 1.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use inspector::{Inspector, Source};
use intake::{Faults, Spelling};
use proto::document::{DocKind, Lang};
use proto::{DocId, UnitId};

use crate::command_line::language;
use crate::data::Data;
use crate::failure::Failure;
use crate::home::Home;
use crate::out;
use crate::submit::Sender;

/// What is done with a document.
#[derive(Debug, Subcommand)]
pub enum Document {
    /// Check a file as sealing would; exit status 1 with all faults, each with its place.
    Check(Check),
    /// Convert between JSON and a workbook, by the endings .json and .xlsx.
    Convert(Convert),
    /// Enter a file into the log in parts and seal it; prints its digest. Sent twice, it is one document.
    Enter(Enter),
    /// Export a sealed document from the log, held against its digest.
    Export(Export),
}

/// `document check`
#[derive(Debug, Args)]
pub struct Check {
    /// The file, JSON or .xlsx.
    pub file: PathBuf,
    /// Which kind it must be; seen from what is in it if absent.
    #[arg(long, value_parser = kind)]
    pub kind: Option<DocKind>,
    /// The language of faults.
    #[arg(long, value_parser = language, default_value = "vi")]
    pub lang: Lang,
}

/// `document convert`
#[derive(Debug, Args)]
pub struct Convert {
    /// The file that is there.
    pub from: PathBuf,
    /// The file that is written.
    pub to: PathBuf,
    /// JSON as the canonical bytes that are hashed, instead of indented.
    #[arg(long)]
    pub canonical: bool,
    /// The language of faults.
    #[arg(long, value_parser = language, default_value = "vi")]
    pub lang: Lang,
}

/// `document enter`
#[derive(Debug, Args)]
pub struct Enter {
    #[command(flatten)]
    pub data: Data,
    /// The sender's token; or in the environment variable PARINDEX_TOKEN.
    #[arg(long, env = "PARINDEX_TOKEN", hide_env_values = true)]
    pub token: String,
    /// The id under which it is entered.
    #[arg(long)]
    pub id: DocId,
    /// The unit in which the sender holds the capacity (secretariat; survey staff for forms and tallies), if it is held in one.
    #[arg(long)]
    pub unit: Option<UnitId>,
    /// The file, JSON or .xlsx.
    pub file: PathBuf,
    /// The language of faults.
    #[arg(long, value_parser = language, default_value = "vi")]
    pub lang: Lang,
}

/// `document export`
#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    pub data: Data,
    /// The document's kind.
    #[arg(long, value_parser = kind)]
    pub kind: DocKind,
    /// The document.
    #[arg(long)]
    pub id: DocId,
    /// The file that is written, .json or .xlsx.
    pub to: PathBuf,
    /// JSON as the canonical bytes that are hashed, instead of indented.
    #[arg(long)]
    pub canonical: bool,
}

fn kind(text: &str) -> Result<DocKind, String> {
    DocKind::parse(text).ok_or_else(|| "rulebook, catalogue, form or tally".to_owned())
}

/// Does it.
pub async fn run(what: Document) -> anyhow::Result<ExitCode> {
    match what {
        Document::Check(args) => match read(&args.file, args.kind, args.lang)? {
            Some(document) => {
                say!("{} {}", document.kind(), document.digest());
                Ok(ExitCode::SUCCESS)
            }
            None => Ok(ExitCode::from(1)),
        },
        Document::Convert(args) => {
            let form = Form::of(&args.to, args.canonical)?;
            match read(&args.from, None, args.lang)? {
                Some(document) => write(&document, &args.to, form, args.lang),
                None => Ok(ExitCode::from(1)),
            }
        }
        Document::Enter(args) => enter(args).await,
        Document::Export(args) => export(args).await,
    }
}

/// How a file is written.
#[derive(Clone, Copy)]
enum Form {
    Json(Spelling),
    Workbook,
}

impl Form {
    /// By the file's ending.
    fn of(path: &Path, canonical: bool) -> anyhow::Result<Self> {
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("json") if canonical => Ok(Self::Json(Spelling::Canonical)),
            Some("json") => Ok(Self::Json(Spelling::Indented)),
            Some("xlsx") => Ok(Self::Workbook),
            _ => {
                Err(Failure::new("file_ending", format!("{} ends neither in .json nor in .xlsx", path.display()))
                    .into())
            }
        }
    }
}

/// A file's document; none if it has faults, which are told then.
fn read(path: &Path, kind: Option<DocKind>, lang: Lang) -> anyhow::Result<Option<intake::Document>> {
    let file = std::fs::File::open(path).with_context(|| format!("file_missing: {}", path.display()))?;
    // One byte more than may be: a file that is too large is refused, and never read whole.
    let mut bytes = Vec::new();
    let most = intake::limits::JSON_BYTES_MAX as u64 + 1;
    std::io::Read::read_to_end(&mut std::io::Read::take(file, most), &mut bytes).context("reading")?;
    match intake::Document::read(&bytes, kind) {
        Ok(document) => Ok(Some(document)),
        Err(faults) => tell(&faults, lang).map(|()| None),
    }
}

/// Prints faults, a line each.
pub fn tell(faults: &Faults, lang: Lang) -> anyhow::Result<()> {
    for fault in &faults.told {
        say!("{}: {}", fault.code, fault.told().get(lang));
    }
    if faults.more > 0 {
        match lang {
            Lang::Vi => say!("và {} lỗi nữa", faults.more),
            Lang::En => say!("and {} more", faults.more),
        }
    }
    Ok(())
}

fn write(document: &intake::Document, to: &Path, form: Form, lang: Lang) -> anyhow::Result<ExitCode> {
    let bytes = match form {
        Form::Json(spelling) => Ok(document.json(spelling)),
        Form::Workbook => document.workbook(),
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(faults) => {
            tell(&faults, lang)?;
            return Ok(ExitCode::from(1));
        }
    };
    std::fs::write(to, bytes).with_context(|| format!("writing {}", to.display()))?;
    say!("{} {}", document.kind(), document.digest());
    Ok(ExitCode::SUCCESS)
}

/// Enters part after part; the first that is refused ends it, so that nothing is added to a document of somebody else's.
async fn enter(args: Enter) -> anyhow::Result<ExitCode> {
    let Some(document) = read(&args.file, None, args.lang)? else { return Ok(ExitCode::from(1)) };
    let home = Home::open(&args.data).await?;
    let commands = match intake::commands(&document, &args.id, home.origin(), args.unit.as_ref()) {
        Ok(commands) => commands,
        Err(faults) => {
            tell(&faults, args.lang)?;
            return Ok(ExitCode::from(1));
        }
    };
    match Sender::open(&home, args.token).await?.send_each(commands).await? {
        Some(answer) => {
            out::answer(&answer)?;
            Ok(ExitCode::from(1))
        }
        None => {
            say!("{}", document.digest());
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn export(args: Export) -> anyhow::Result<ExitCode> {
    let form = Form::of(&args.to, args.canonical)?;
    let home = Home::open(&args.data).await?;
    let inspector = Inspector::new(Source::open(&home.paths().ledger).await?, home.origin().clone());
    let (whole, digest) = inspector.document(args.kind, &args.id).await?;
    let document = match intake::Document::of(args.kind, whole) {
        Ok(document) => document,
        Err(faults) => {
            tell(&faults, Lang::En)?;
            return Ok(ExitCode::from(1));
        }
    };
    debug_assert_eq!(document.digest(), digest, "it is kept member for member");
    write(&document, &args.to, form, Lang::En)
}

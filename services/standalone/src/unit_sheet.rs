//! `parindex sheet` and `parindex appraisal`: sheets that officials fill in offline, out of the log as workbooks and back as commands.
//! What would change is shown before anything is sent, and a conflict is never sent.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use inspector::RoundAt;
use intake::unit_sheet::{Basis, Entry, Of, Outcome, Preview, Returned, of_appraisal, of_unit};
use proto::act::appraisal::Appraisal;
use proto::document::Lang;
use proto::{Acting, Answer, AsOf, BlockId, Capacity, Code, RoundId, UnitId};

use crate::command_line::language;
use crate::data::{Data, OfUnit};
use crate::document::tell;
use crate::home::Home;
use crate::inquiry::{open, open_log};
use crate::out;
use crate::submit::{Sender, Sent};

/// The most commands of one request.
const BATCH_COMMANDS: usize = 100;
/// How many characters of a title are shown.
const TITLE_CHARS: usize = 48;

/// What is done with a unit's sheet.
#[derive(Debug, Subcommand)]
pub enum SheetWhat {
    /// Write a unit's sheet as a workbook that can be filled in offline.
    Export(ExportUnit),
    /// Show what a workbook that was filled in would change, and send it with --submit; exit status 1 for a fault or a conflict.
    Read(ReadUnit),
}

/// What is done with an appraiser's sheet.
#[derive(Debug, Subcommand)]
pub enum AppraisalWhat {
    /// Write a field over all units of a block as a workbook that an appraiser fills in offline.
    Export(ExportAppraisal),
    /// Show what a workbook that was filled in would decide, and send it with --submit; exit status 1 for a fault or a conflict.
    Read(ReadAppraisal),
}

/// `sheet export`
#[derive(Debug, Args)]
pub struct ExportUnit {
    #[command(flatten)]
    pub of: OfUnit,
    /// As it stood at this position, moment or day, included.
    #[arg(long, value_name = "POSITION|INSTANT|DAY")]
    pub as_of: Option<AsOf>,
    /// The file that is written, .xlsx.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// `appraisal export`
#[derive(Debug, Args)]
pub struct ExportAppraisal {
    #[command(flatten)]
    pub data: Data,
    /// The round; the latest one if absent.
    #[arg(long)]
    pub round: Option<RoundId>,
    /// The block.
    #[arg(long)]
    pub block: BlockId,
    /// The field.
    #[arg(long)]
    pub field: Code,
    /// Which appraisal.
    #[arg(long, default_value = "first")]
    pub appraisal: Which,
    /// As it stood at this position, moment or day, included.
    #[arg(long, value_name = "POSITION|INSTANT|DAY")]
    pub as_of: Option<AsOf>,
    /// The file that is written, .xlsx.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Which appraisal.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Which {
    /// The first.
    First,
    /// The second.
    Second,
}

/// In which capacity a unit's sheet is sent.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum OwnCapacity {
    /// As a drafter.
    Drafter,
    /// As the chief.
    Chief,
}

/// What becomes of a workbook that was read.
#[derive(Debug, Args)]
pub struct Reading {
    #[command(flatten)]
    pub data: Data,
    /// The sender's token; or in the environment variable PARINDEX_TOKEN.
    #[arg(long, env = "PARINDEX_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Send what changes, through the running server where there is one.
    #[arg(long, requires = "token")]
    pub submit: bool,
    /// Write the commands to a file, one a line, as `submit` takes them.
    #[arg(long, value_name = "FILE")]
    pub commands: Option<PathBuf>,
    /// The language of faults and outcomes.
    #[arg(long, value_parser = language, default_value = "vi")]
    pub lang: Lang,
    /// The workbook.
    pub file: PathBuf,
}

/// `sheet read`
#[derive(Debug, Args)]
pub struct ReadUnit {
    #[command(flatten)]
    pub reading: Reading,
    /// The sender's capacity in the unit.
    #[arg(long = "as", default_value = "drafter")]
    pub capacity: OwnCapacity,
}

/// `appraisal read`
#[derive(Debug, Args)]
pub struct ReadAppraisal {
    #[command(flatten)]
    pub reading: Reading,
    /// The unit in which the sender is an appraiser, if he is one in a unit.
    #[arg(long)]
    pub unit: Option<UnitId>,
}

/// `sheet`
pub async fn sheet(what: SheetWhat) -> anyhow::Result<ExitCode> {
    match what {
        SheetWhat::Export(args) => {
            let at = round_at(&args.of.data, args.of.round, args.as_of).await?;
            written(of_unit(&basis(&at)?, &args.of.unit), &at, &args.out)
        }
        SheetWhat::Read(args) => {
            let capacity = match args.capacity {
                OwnCapacity::Drafter => Capacity::Drafter,
                OwnCapacity::Chief => Capacity::Chief,
            };
            read(args.reading, |of| match of {
                Of::Unit(unit) => Some(Acting { capacity, unit: Some(unit.clone()) }),
                Of::Appraisal { .. } => None,
            })
            .await
        }
    }
}

/// `appraisal`
pub async fn appraisal(what: AppraisalWhat) -> anyhow::Result<ExitCode> {
    match what {
        AppraisalWhat::Export(args) => {
            let at = round_at(&args.data, args.round, args.as_of).await?;
            let which = match args.appraisal {
                Which::First => Appraisal::First,
                Which::Second => Appraisal::Second,
            };
            written(of_appraisal(&basis(&at)?, &args.block, &args.field, which), &at, &args.out)
        }
        AppraisalWhat::Read(args) => {
            let unit = args.unit;
            read(args.reading, |of| match of {
                Of::Appraisal { .. } => Some(Acting { capacity: Capacity::Appraiser, unit }),
                Of::Unit(_) => None,
            })
            .await
        }
    }
}

async fn round_at(data: &Data, round: Option<RoundId>, as_of: Option<AsOf>) -> anyhow::Result<RoundAt> {
    let (inspector, round) = open(&Home::open(data).await?, round).await?;
    let (position, at) = as_of.map_or((None, None), AsOf::split);
    Ok(inspector.round_at(&round, position, at).await?)
}

fn basis(at: &RoundAt) -> anyhow::Result<Basis<'_>> {
    Ok(Basis { round: at.round()?, log: at.log()?, position: at.position, root: at.root })
}

fn written(made: Result<Vec<u8>, intake::Faults>, at: &RoundAt, to: &Path) -> anyhow::Result<ExitCode> {
    match made {
        Ok(bytes) => {
            std::fs::write(to, bytes).with_context(|| format!("writing {}", to.display()))?;
            say!("{}, as of #{}, root {}", to.display(), at.position, at.root);
            Ok(ExitCode::SUCCESS)
        }
        Err(faults) => {
            tell(&faults, Lang::Vi)?;
            Ok(ExitCode::from(1))
        }
    }
}

/// Reads a workbook, shows what it would change, and sends that where it was asked to.
async fn read(args: Reading, acting: impl FnOnce(&Of) -> Option<Acting>) -> anyhow::Result<ExitCode> {
    let path = &args.file;
    let file = std::fs::File::open(path).with_context(|| format!("file_missing: {}", path.display()))?;
    // One byte more than may be: a file that is too large is refused, and never read whole.
    let mut bytes = Vec::new();
    let most = intake::limits::WORKBOOK_BYTES_MAX as u64 + 1;
    std::io::Read::read_to_end(&mut std::io::Read::take(file, most), &mut bytes).context("reading")?;
    let home = Home::open(&args.data).await?;
    let preview = match previewed(&home, &bytes, acting).await? {
        Ok(preview) => preview,
        Err(faults) => {
            tell(&faults, args.lang)?;
            return Ok(ExitCode::from(1));
        }
    };
    show(&preview, args.lang)?;
    if let Some(to) = &args.commands {
        let lines = preview.commands().flat_map(|c| [c.to_canonical(), b"\n".to_vec()].concat()).collect::<Vec<u8>>();
        std::fs::write(to, lines).with_context(|| format!("writing {}", to.display()))?;
    }
    let conflicts = preview.count(Outcome::Conflict) > 0;
    let refused = match args.token.filter(|_| args.submit) {
        Some(token) => send(&home, token, &preview).await?,
        None => false,
    };
    Ok(if conflicts || refused { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// What a workbook would change, by the log at the position that it names and by the log now.
async fn previewed(
    home: &Home,
    bytes: &[u8],
    acting: impl FnOnce(&Of) -> Option<Acting>,
) -> anyhow::Result<Result<Preview, intake::Faults>> {
    let returned = match Returned::open(bytes) {
        Ok(returned) => returned,
        Err(faults) => return Ok(Err(faults)),
    };
    let card = &returned.card;
    let Some(acting) = acting(&card.of) else { return Ok(Err(returned.other_kind())) };
    // Another log may have neither this position nor this round: whose it is, is said first.
    if let Err(faults) = card.is_of(home.origin()) {
        return Ok(Err(faults));
    }
    let inspector = open_log(home).await?;
    let made = inspector.round_at(&card.round, Some(card.position), None).await?;
    let now = inspector.round_at(&card.round, None, None).await?;
    Ok(returned.preview(&basis(&made)?, &basis(&now)?, &acting))
}

async fn send(home: &Home, token: String, preview: &Preview) -> anyhow::Result<bool> {
    let commands: Vec<_> = preview.commands().cloned().collect();
    let sender = Sender::open(home, token).await?;
    let mut refused = 0;
    let sent = async {
        for batch in commands.chunks(BATCH_COMMANDS) {
            let batch = batch.iter().map(|c| Sent { bytes: c.to_canonical(), command: Ok(c.clone()) }).collect();
            for answer in sender.send(batch).await? {
                out::answer(&answer)?;
                refused += usize::from(matches!(answer, Answer::Refused(_)));
            }
        }
        anyhow::Ok(())
    }
    .await;
    sender.close().await;
    sent?;
    eprintln!("{} accepted, {refused} refused", commands.len() - refused);
    Ok(refused > 0)
}

/// The rows that come to something, and how many there are of each kind.
fn show(preview: &Preview, lang: Lang) -> anyhow::Result<()> {
    for remark in &preview.remarks {
        say!("{}: {}", remark.code, remark.told().get(lang));
    }
    for entry in preview.entries.iter().filter(|entry| entry.outcome != Outcome::Unchanged) {
        let title: String = entry.title.get(lang).chars().take(TITLE_CHARS).collect();
        let (word, unit, leaf) = (word(entry.outcome, lang), &entry.unit, &entry.leaf);
        say!("{word:<12} {unit} {leaf} {title}");
        say!("             {}", change(entry, lang));
    }
    let all = [Outcome::Changed, Outcome::Conflict, Outcome::Elsewhere, Outcome::Done, Outcome::Unchanged];
    let counts = all.map(|outcome| format!("{} {}", preview.count(outcome), word(outcome, lang)));
    say!("{}", counts.join(", "));
    Ok(())
}

fn word(outcome: Outcome, lang: Lang) -> &'static str {
    let (vi, en) = match outcome {
        Outcome::Changed => ("thay đổi", "changed"),
        Outcome::Conflict => ("XUNG ĐỘT", "CONFLICT"),
        Outcome::Elsewhere => ("nơi khác sửa", "elsewhere"),
        Outcome::Done => ("đã có", "done"),
        Outcome::Unchanged => ("không đổi", "unchanged"),
    };
    match lang {
        Lang::Vi => vi,
        Lang::En => en,
    }
}

fn change(entry: &Entry, lang: Lang) -> String {
    let (was, now, wanted) = (entry.was.get(lang), entry.now.get(lang), entry.wanted.get(lang));
    let (seen, revision) = (entry.seen, entry.revision);
    match (entry.outcome, lang) {
        (Outcome::Changed, Lang::Vi) => format!("{was} -> {wanted}  (lần sửa {seen})"),
        (Outcome::Changed, Lang::En) => format!("{was} -> {wanted}  (revision {seen})"),
        (Outcome::Conflict, Lang::Vi) => {
            format!("phiếu: {was} -> {wanted}; hệ thống nay: {now}  (lần sửa {seen} -> {revision}); không gửi")
        }
        (Outcome::Conflict, Lang::En) => {
            format!("workbook: {was} -> {wanted}; the log now: {now}  (revision {seen} -> {revision}); not sent")
        }
        (Outcome::Elsewhere, _) => format!("{was} -> {now}  ({seen} -> {revision})"),
        (Outcome::Done | Outcome::Unchanged, _) => now.to_owned(),
    }
}

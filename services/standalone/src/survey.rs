//! `parindex survey`: ballots out of a file, looked at, taken in and put on record; one ballot shown to be counted, or destroyed.
//! It prints no answer of anybody but in a proof that was asked for.

mod seed;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, Subcommand};
use inspector::Source;
use intake::evidence::Files;
use intake::survey::{Asks, Ballots, Encoding, Sent as Batch, SurveyError, Taken};
use platform::durable::{self, Readable};
use platform::feed::Feed;
use proto::act::survey::{Method, Replaced};
use proto::ballot::BallotProof;
use proto::canon::to_vec;
use proto::document::{Lang, Tally};
use proto::{BatchId, Command, DocId, Event, Fact, RoundId, UnitId};

use crate::command_line::language;
use crate::data::Data;
use crate::document::tell;
use crate::failure::Failure;
use crate::files_home::FilesArgs;
use crate::home::Home;
use crate::out;
use crate::submit::Sender;

/// How many events are read at once.
const EVENTS: usize = 1_000;

/// What is done with ballots.
#[derive(Debug, Subcommand)]
pub enum SurveyWhat {
    /// Read a file of ballots and print what would be counted; exit status 1 with all faults, each with its place. Nothing is kept.
    Read(Read),
    /// Take a file of ballots in, and put its tally and the batch on record. Sent twice, it is one batch.
    Enter(Enter),
    /// Write the proof that a batch counts a ballot. It holds the ballot itself.
    Prove(Prove),
    /// Verify such a proof against the batch as the log holds it; exit status 1 if it does not hold.
    CheckBallot(CheckBallot),
    /// Destroy a ballot, with its salt and the key of the file in which it came. Every other ballot can still be proved.
    DropBallot(DropBallot),
    /// Make the seed of a sample that is to be asked again, and commit to it before the batch is recorded.
    Seed(seed::MakeSeed),
    /// Open the seed, and draw which ballots of a batch are asked again; prints their indexes.
    Draw(seed::Draw),
}

/// A file of ballots.
#[derive(Debug, Args)]
pub struct OfFile {
    /// The round.
    #[arg(long)]
    pub round: RoundId,
    /// Its encoding, where it is a text and cannot be seen to be in one: utf-8, utf-16le, utf-16be, cp1258, tcvn3.
    #[arg(long, value_parser = encoding)]
    pub encoding: Option<Encoding>,
    /// The language of faults.
    #[arg(long, value_parser = language, default_value = "vi")]
    pub lang: Lang,
    /// The file: .csv, .tsv, .txt or .xlsx.
    #[arg(long)]
    pub file: PathBuf,
}

/// `survey read`
#[derive(Debug, Args)]
pub struct Read {
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub of: OfFile,
}

/// `survey enter`
#[derive(Debug, Args)]
pub struct Enter {
    /// Where files and keys are.
    #[command(flatten)]
    pub at: FilesArgs,
    #[command(flatten)]
    pub of: OfFile,
    /// The batch's id.
    #[arg(long)]
    pub batch: BatchId,
    /// The tally's id.
    #[arg(long)]
    pub tally: DocId,
    /// How the answers were collected: paper, online or interview.
    #[arg(long, value_parser = method)]
    pub method: Method,
    /// Whose file it is: the body that held the survey.
    #[arg(long)]
    pub unit: UnitId,
    /// The unit in which the sender is survey staff, if it is held in one.
    #[arg(long)]
    pub held_in: Option<UnitId>,
    /// The batch that it takes the place of.
    #[arg(long, requires = "reason")]
    pub replaces: Option<BatchId>,
    /// Why.
    #[arg(long, requires = "replaces")]
    pub reason: Option<String>,
    /// The sender's token; or in the environment variable PARINDEX_TOKEN.
    #[arg(long, env = "PARINDEX_TOKEN", hide_env_values = true, required_unless_present = "out")]
    pub token: Option<String>,
    /// Write the commands into a file instead, one a line, for `submit`.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Which ballot.
#[derive(Debug, Args)]
pub struct OfBallot {
    /// Where files and keys are.
    #[command(flatten)]
    pub at: FilesArgs,
    /// The round.
    #[arg(long)]
    pub round: RoundId,
    /// The batch.
    #[arg(long)]
    pub batch: BatchId,
    /// The ballot's index: its place in the file, from 0.
    #[arg(long)]
    pub index: u64,
}

/// `survey prove`
#[derive(Debug, Args)]
pub struct Prove {
    #[command(flatten)]
    pub of: OfBallot,
    /// Where the proof goes; only its owner may read it.
    pub to: PathBuf,
}

/// `survey check-ballot`
#[derive(Debug, Args)]
pub struct CheckBallot {
    #[command(flatten)]
    pub data: Data,
    /// The round.
    #[arg(long)]
    pub round: RoundId,
    /// The batch.
    #[arg(long)]
    pub batch: BatchId,
    /// The proof.
    #[arg(long)]
    pub proof: PathBuf,
}

/// `survey drop-ballot`
#[derive(Debug, Args)]
pub struct DropBallot {
    #[command(flatten)]
    pub of: OfBallot,
}

fn encoding(text: &str) -> Result<Encoding, String> {
    Encoding::parse(text).ok_or_else(|| Encoding::ALL.map(Encoding::name).join(", "))
}

fn method(text: &str) -> Result<Method, String> {
    match text {
        "paper" => Ok(Method::Paper),
        "online" => Ok(Method::Online),
        "interview" => Ok(Method::Interview),
        _ => Err("paper, online or interview".to_owned()),
    }
}

/// Does it.
pub async fn run(what: SurveyWhat) -> anyhow::Result<ExitCode> {
    match what {
        SurveyWhat::Read(args) => read(args).await,
        SurveyWhat::Enter(args) => enter(args).await,
        SurveyWhat::Prove(args) => prove(args).await,
        SurveyWhat::CheckBallot(args) => check_ballot(args).await,
        SurveyWhat::DropBallot(args) => drop_ballot(args).await,
        SurveyWhat::Seed(args) => seed::make(args).await,
        SurveyWhat::Draw(args) => seed::draw(args).await,
    }
}

/// What the round's survey asks, as the log leads to it.
async fn asks(source: &Source, round: &RoundId) -> anyhow::Result<Arc<Asks>> {
    Ok(Arc::new(Asks::read(source, round).await?))
}

async fn file(of: &OfFile) -> anyhow::Result<tokio::fs::File> {
    tokio::fs::File::open(&of.file).await.with_context(|| format!("file_missing: {}", of.file.display()))
}

/// Faults are told and make the status 1; all else goes up.
fn told<T>(done: Result<T, SurveyError>, lang: Lang) -> anyhow::Result<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(SurveyError::Faults(faults)) => tell(&faults, lang).map(|()| None),
        Err(error) => Err(error.into()),
    }
}

async fn read(args: Read) -> anyhow::Result<ExitCode> {
    let source = Source::open(&Home::open(&args.data).await?.paths().ledger).await?;
    let asks = asks(&source, &args.of.round).await?;
    let read = intake::survey::preview(&asks, args.of.encoding, file(&args.of).await?).await;
    let Some(tally) = told(read, args.of.lang)? else { return Ok(ExitCode::from(1)) };
    show(&tally)?;
    Ok(ExitCode::SUCCESS)
}

/// What a batch counts, and what was noticed of it.
fn show(tally: &Tally) -> anyhow::Result<()> {
    let ballots: u64 = tally.respondents.iter().map(|row| u64::from(row.ballots)).sum();
    say!("{ballots} ballots, {} collectors", tally.collectors.len());
    for row in &tally.respondents {
        say!("{} {}: {}", row.unit, row.group, row.ballots);
    }
    for finding in &tally.findings {
        let kind = serde_json::to_value(finding.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
        let unit = finding.unit.as_ref().map_or(String::new(), |unit| format!(" {unit}"));
        let group = finding.group.as_ref().map_or(String::new(), |group| format!(" {group}"));
        let collector = finding.collector.as_ref().map_or(String::new(), |who| format!(" collector {who}"));
        let kind = kind.unwrap_or_default();
        say!("finding {kind}:{unit}{group}{collector}: {} of {}", finding.ballots, finding.of);
    }
    Ok(())
}

async fn enter(args: Enter) -> anyhow::Result<ExitCode> {
    let at = args.at.home()?;
    let home = at.of_the_log().await?;
    let asks = asks(&at.log().await?, &args.of.round).await?;
    let store = at.store()?;
    let files = store.begun().await?;
    let mut ballots = store.ballots_begun().await?;
    let replaces = args.replaces.clone().zip(args.reason.clone());
    let batch = Batch {
        batch: args.batch.clone(),
        method: args.method,
        unit: args.unit.clone(),
        name: args.of.file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        encoding: args.of.encoding,
        tally: args.tally.clone(),
        replaces: replaces.map(|(batch, reason)| Replaced { batch, reason }),
    };
    let file = file(&args.of).await?;
    let taken = intake::survey::take_in_once((&files, &mut ballots), &asks, &batch, file).await;
    ballots.close().await?;
    drop(files);
    store.close().await?;
    let Some(taken) = told(taken, args.of.lang)? else { return Ok(ExitCode::from(1)) };
    show(&serde_json::from_slice(&taken.tally.json(intake::Spelling::Canonical))?)?;
    let commands = match intake::survey::commands(&taken, home.origin(), args.held_in.as_ref()) {
        Ok(commands) => commands,
        Err(faults) => return tell(&faults, args.of.lang).map(|()| ExitCode::from(1)),
    };
    match (args.out, args.token) {
        (Some(out), _) => {
            let lines: Vec<u8> = commands.iter().flat_map(|c| [c.to_canonical(), b"\n".to_vec()].concat()).collect();
            std::fs::write(&out, lines).with_context(|| format!("writing {}", out.display()))?;
            Ok(ExitCode::SUCCESS)
        }
        (None, Some(token)) => send(&home, token, commands, &taken).await,
        (None, None) => Err(Failure::new("usage", "say --token TOKEN or --out FILE").into()),
    }
}

/// Sends command after command; the first that is refused ends it.
async fn send(home: &Home, token: String, commands: Vec<Command>, taken: &Taken) -> anyhow::Result<ExitCode> {
    match Sender::open(home, token).await?.send_each(commands).await? {
        Some(answer) => {
            out::answer(&answer)?;
            Ok(ExitCode::from(1))
        }
        None => {
            say!("on record: {} {}", taken.record.round, taken.record.batch);
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The stores of a folder that has ballots.
async fn stores(of: &OfBallot) -> anyhow::Result<(Files, Ballots)> {
    let store = of.at.home()?.store()?;
    let none = || SurveyError::NotStored(format!("{}/{}", of.round, of.batch));
    let files = store.there().await?.ok_or_else(none)?;
    let ballots = store.ballots().await?.ok_or_else(none)?;
    drop(store);
    Ok((Arc::into_inner(files).expect("nobody else holds it"), ballots))
}

async fn prove(args: Prove) -> anyhow::Result<ExitCode> {
    let (files, mut ballots) = stores(&args.of).await?;
    let named = (&args.of.round, &args.of.batch);
    let proof = intake::survey::prove((&files, &mut ballots), named, args.of.index).await?;
    durable::create(&args.to, &to_vec(&proof)?, Readable::ByOwner)
        .with_context(|| format!("writing {}", args.to.display()))?;
    ballots.close().await?;
    files.close().await?;
    Ok(ExitCode::SUCCESS)
}

async fn check_ballot(args: CheckBallot) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(&args.proof).with_context(|| format!("file_missing: {}", args.proof.display()))?;
    let proof: BallotProof = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::new("not_a_proof", format!("{}: {error}", args.proof.display())))?;
    let home = Home::open(&args.data).await?;
    let source = Source::open(&home.paths().ledger).await?;
    let mut position = 0;
    loop {
        let bodies = source.after(position, EVENTS).await?;
        for body in &bodies {
            position += 1;
            if let Fact::BatchRecorded(batch) = Event::decode(body)?.fact
                && (&batch.round, &batch.batch) == (&args.round, &args.batch)
            {
                let Some(set) = &batch.ballots else {
                    return Err(Failure::new("batch_without_ballots", "the batch was not counted from ballots").into());
                };
                return Ok(match proof.verify(u64::from(batch.respondents), set.root) {
                    Ok(()) => {
                        say!("OK  ballot {} of {} is counted by #{position}", proof.index, batch.respondents);
                        ExitCode::SUCCESS
                    }
                    Err(error) => {
                        say!("NOT COUNTED  by #{position}: {error}");
                        ExitCode::from(1)
                    }
                });
            }
        }
        if bodies.len() < EVENTS {
            return Err(Failure::new("batch_unknown", format!("no batch {} is on record", args.batch)).into());
        }
    }
}

async fn drop_ballot(args: DropBallot) -> anyhow::Result<ExitCode> {
    let (files, mut ballots) = stores(&args.of).await?;
    let named = (&args.of.round, &args.of.batch);
    intake::survey::destroy((&files, &mut ballots), named, args.of.index).await?;
    ballots.close().await?;
    files.close().await?;
    say!("ballot {} is destroyed, and so is the key of the file that it came in", args.of.index);
    Ok(ExitCode::SUCCESS)
}

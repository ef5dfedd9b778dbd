//! `parindex survey seed` and `survey draw`: the seed of a sample committed to before there are ballots, and opened when the sample
//! is drawn. The seed stands in one file that only its owner reads, until it is sent.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use inspector::Source;
use platform::durable::{self, Readable};
use platform::feed::Feed;
use proto::act::survey::{CommitSeed, DrawSample};
use proto::sample::commitment;
use proto::{Act, Acting, Answer, BatchId, Capacity, Command, Event, Fact, Hash, RoundId, SampleId, UnitId};

use crate::data::Data;
use crate::failure::Failure;
use crate::home::Home;
use crate::out;
use crate::submit::{Sender, Sent};
use proto::seed_file::Seed;

/// Which sample, and who sends.
#[derive(Debug, Args)]
pub struct OfSample {
    #[command(flatten)]
    pub data: Data,
    /// The round.
    #[arg(long)]
    pub round: RoundId,
    /// The sample's id.
    #[arg(long)]
    pub sample: SampleId,
    /// The unit in which the sender is secretariat, if it is held in one.
    #[arg(long)]
    pub held_in: Option<UnitId>,
    /// The sender's token; or in the environment variable PARINDEX_TOKEN. Without one the command is printed, for `submit`.
    #[arg(long, env = "PARINDEX_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
}

/// `survey seed`
#[derive(Debug, Args)]
pub struct MakeSeed {
    #[command(flatten)]
    pub of: OfSample,
    /// Where the seed goes; only its owner may read it. One that stands there for this sample is committed to again.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// `survey draw`
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("many").required(true).args(["count", "share"])))]
pub struct Draw {
    #[command(flatten)]
    pub of: OfSample,
    /// The batch.
    #[arg(long)]
    pub batch: BatchId,
    /// The seed's file.
    #[arg(long, value_name = "FILE")]
    pub seed: PathBuf,
    /// How many ballots.
    #[arg(long)]
    pub count: Option<u32>,
    /// Or how many of a hundred, rounded up.
    #[arg(long, value_name = "PERCENT")]
    pub share: Option<u32>,
}

/// The seed of a file, which must be of that sample.
fn read(path: &Path, of: &OfSample) -> anyhow::Result<Seed> {
    let text = std::fs::read_to_string(path).with_context(|| format!("file_missing: {}", path.display()))?;
    let bad = |what: String| Failure::new("not_a_seed", format!("{}: {what}", path.display()));
    let seed: Seed = text.parse().map_err(bad)?;
    if (&seed.round, &seed.sample) != (&of.round, &of.sample) {
        return Err(bad(format!("it is of the sample {} of {}", seed.sample, seed.round)).into());
    }
    Ok(seed)
}

/// `survey seed`
pub async fn make(args: MakeSeed) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.of.data).await?;
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let (round, sample) = (args.of.round.clone(), args.of.sample.clone());
    let made = Seed { round: round.clone(), sample: sample.clone(), seed: Hash(bytes) };
    let seed = match durable::create(&args.out, made.to_string().as_bytes(), Readable::ByOwner) {
        Ok(()) => made,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => read(&args.out, &args.of)?,
        Err(error) => return Err(error).with_context(|| format!("writing {}", args.out.display())),
    };
    let act = Act::CommitSeed(CommitSeed { round, sample, commitment: commitment(&seed.seed) });
    match send(&args.of, &home, act).await? {
        Done::Printed => Ok(ExitCode::SUCCESS),
        Done::Refused => Ok(ExitCode::from(1)),
        Done::Accepted(position) => {
            say!(
                "the seed of the sample {} is committed to at #{position}; keep {}",
                args.of.sample,
                args.out.display()
            );
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// `survey draw`
pub async fn draw(args: Draw) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.of.data).await?;
    let Seed { round, sample, seed } = read(&args.seed, &args.of)?;
    let (batch, count, share) = (args.batch, args.count, args.share);
    let act = Act::DrawSample(DrawSample { round, sample, batch, seed, count, share });
    match send(&args.of, &home, act).await? {
        Done::Printed => Ok(ExitCode::SUCCESS),
        Done::Refused => Ok(ExitCode::from(1)),
        Done::Accepted(position) => tell(&home, position).await,
    }
}

/// What was drawn, as it stands on record.
async fn tell(home: &Home, position: u64) -> anyhow::Result<ExitCode> {
    let source = Source::open(&home.paths().ledger).await?;
    let body = source.after(position - 1, 1).await?.into_iter().next();
    let event = Event::decode(&body.context("log_damaged: the event is not there")?)?;
    let Fact::SampleDrawn(drawn) = event.fact else { anyhow::bail!("log_damaged: #{position} is no sample") };
    say!("{} ballots of {} are drawn at #{position}", drawn.indexes.len(), drawn.act.batch);
    for index in drawn.indexes {
        say!("{index}");
    }
    source.close().await;
    Ok(ExitCode::SUCCESS)
}

/// What became of a command.
enum Done {
    Printed,
    Refused,
    Accepted(u64),
}

/// Sends a command where there is a token, otherwise prints it.
async fn send(of: &OfSample, home: &Home, act: Act) -> anyhow::Result<Done> {
    let acting = Acting { capacity: Capacity::Secretariat, unit: of.held_in.clone() };
    let said = String::from_utf8(act.data()?)?;
    let id = intake::command_id(&format!("{}\n{}\n{said}", act.kind(), home.origin()));
    let command = Command::new(id, acting, act);
    let Some(token) = of.token.clone() else {
        say!("{}", String::from_utf8(command.to_canonical())?);
        return Ok(Done::Printed);
    };
    let sender = Sender::open(home, token).await?;
    let sent = Sent { bytes: command.to_canonical(), command: Ok(command) };
    let answers = sender.send(vec![sent]).await;
    sender.close().await;
    match answers?.into_iter().next().context("the ledger gave no answer")? {
        Answer::Accepted(accepted) => Ok(Done::Accepted(accepted.position)),
        refused @ Answer::Refused(_) => {
            out::answer(&refused)?;
            Ok(Done::Refused)
        }
    }
}

//! The command line: what can be asked of `parindex`, and who answers.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use proto::document::Lang;
use proto::{ActorId, AsOf, BlockId, Code, CredentialId, Decimal, Instant, Origin, RoundId};

use crate::against::BelievedArgs;
use crate::bus::OnNats;
use crate::data::{Data, DatabaseUrl, OfUnit};
use crate::inspector::Inspector;
use crate::signing::{Keygen, NameKey, SignerStore, Signing};
use crate::{
    anchor, backup, check, client, demo, document, export, init, inquiry, inspector, moving, play, prepare,
    ranking_table, rebuild, replay, run, serve, signing, submit, token, verify,
};

/// PAR Index Ledger: scores of the administrative reform index that can be proven.
#[derive(Debug, Parser)]
#[command(name = "parindex", version, about, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Begin a log in a new data folder.
    Init(Init),
    /// Play the sample round (Hanoi 2022), print its ranking and the verification, serve its pages.
    Demo(Demo),
    /// Serve pages and API until stopped.
    Serve(Serve),
    /// Run one service of the production form until stopped: ledger, signer, index, ranking, inspector or dashboard.
    Run(Run),
    /// Print the documented configuration file of the services that run apart.
    Config,
    /// Ask a service whether it answers, as in http://127.0.0.1:8281/readyz; exit status 1 if it does not say yes.
    Health(Health),
    /// Submit commands, one a line; prints a result a line.
    Submit(Submit),
    /// Play a script of {at, actor, command} in a training log on a scripted clock.
    Play(Play),
    /// Verify the log and both projections; exit status 1 if something does not hold.
    Verify(verify::Verify),
    /// Replay the history of a score or a sheet.
    Replay(replay::Replay),
    /// Explain how a score, a total, an index and a rank came about.
    Explain(Explain),
    /// Calculate everyone's index, rank and band as if a leaf had other points; nothing is written.
    WhatIf(WhatIf),
    /// Check a round before it is published, or a table that was published elsewhere; exit status 1 for a fault.
    Check(Check),
    /// Check, convert, enter and export rulebooks, catalogues, forms and tallies, as JSON or Excel workbooks.
    #[command(subcommand)]
    Document(document::Document),
    /// What an auditor, an appellant or a court asks.
    #[command(subcommand)]
    Inspector(Inspector),
    /// Make a projection anew from the log, beside the one that serves, and put it in its place once it was verified.
    Rebuild(Rebuild),
    /// Print the ranking.
    Ranking(Ranking),
    /// Export the log, a stored body a line, and the stored head beside it.
    Export(Export),
    /// Copy a data folder as it stands at one moment, also while it is served.
    Backup(Backup),
    /// Make a data folder from a backup and verify it; exit status 1 if something does not hold or is known to be lost.
    Restore(Restore),
    /// Move a log and its tokens from a data folder to a database, byte for byte.
    Move(Move),
    /// Make roles, schemas and the log's tables in a database, as its administrator.
    Prepare(Prepare),
    /// Make a key that signs a log's checkpoints or cosigns those of others, in a file of its own; prints its public half.
    Keygen(Keygen),
    /// Make the folder in which a signer keeps its last checkpoint, or make it anew after it was lost.
    SignerStore(SignerStore),
    /// Put on record which key signs the log from now on, signed by that key and by the one whose place it takes.
    NameKey(NameKey),
    /// Put on record where every stream of the log ends, and what it folds to: what complete histories are proven by.
    Anchor(anchor::Anchor),
    /// End the log: nothing more is written to it. Another one may go on from it (init --continues).
    CloseLog(anchor::CloseLog),
    /// Make a bearer token for an actor and bind it on record; list tokens; revoke one.
    Token(Token),
}

/// `init`
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("mode").required(true).args(["training", "live"])))]
pub struct Init {
    #[command(flatten)]
    pub data: Data,
    /// The log's origin, the first line of its checkpoints, as in cchc.hanoi.gov.vn/2026.
    #[arg(long)]
    pub origin: Origin,
    /// A log for practice.
    #[arg(long)]
    pub training: bool,
    /// A log that counts.
    #[arg(long)]
    pub live: bool,
    /// One of the two first administrators; give it twice.
    #[arg(long = "administrator", value_name = "ACTOR", required = true)]
    pub administrators: Vec<ActorId>,
    /// A training log on a scripted clock that begins at this moment (RFC 3339, UTC, six decimals).
    #[arg(long, value_name = "INSTANT")]
    pub scripted_from: Option<Instant>,
    /// The log that ended where this one begins, by the last signed checkpoint over it; --policy or --log-key says whose
    /// signature is believed.
    #[arg(long, value_name = "FILE")]
    pub continues: Option<PathBuf>,
    #[command(flatten)]
    pub believed: BelievedArgs,
}

/// `demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// The data folder.
    #[arg(long, value_name = "DIR", default_value = "demo")]
    pub data: PathBuf,
    /// End after the verification instead of serving.
    #[arg(long)]
    pub no_serve: bool,
    /// Play only up to the end of this part, and leave the round open there.
    #[arg(long, value_name = "PART", value_parser = demo::part)]
    pub until: Option<String>,
    /// Where to serve.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8282")]
    pub listen: SocketAddr,
}

/// `serve`
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub data: Data,
    /// Where to serve. On any address but loopback, reading needs a token too.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8282")]
    pub listen: SocketAddr,
    /// How often an anchor is put on record where something was written, in hours; 0: only when a result is published or a
    /// round ends.
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u64).range(..=8_760))]
    pub anchor_hours: u64,
    #[command(flatten)]
    pub nats: OnNats,
    #[command(flatten)]
    pub signing: Signing,
}

/// `run`
#[derive(Debug, Args)]
pub struct Run {
    /// Which.
    pub service: Service,
    /// The configuration file; the environment goes over it.
    #[arg(long, value_name = "FILE", env = "PARINDEX_CONFIG")]
    pub config: Option<PathBuf>,
    /// Say what is wrong with the configuration, and start nothing; exit status 2 if anything is.
    #[arg(long)]
    pub check_config: bool,
}

/// A service that runs apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Service {
    /// The only writer; a second one stands by.
    Ledger,
    /// Signs checkpoints of the log, and serves them with tiles and receipts.
    Signer,
    /// The projector of scores and indexes.
    Index,
    /// The projector of ranks.
    Ranking,
    /// The auditor.
    Inspector,
    /// Pages and read API.
    Dashboard,
}

/// `health`
#[derive(Debug, Args)]
pub struct Health {
    /// The address.
    pub url: String,
}

/// `submit`
#[derive(Debug, Args)]
pub struct Submit {
    #[command(flatten)]
    pub data: Data,
    /// The sender's token; or in the environment variable PARINDEX_TOKEN.
    #[arg(long, env = "PARINDEX_TOKEN", hide_env_values = true)]
    pub token: String,
    /// The commands, one a line; - for standard input.
    pub file: PathBuf,
}

/// `play`
#[derive(Debug, Args)]
pub struct Play {
    #[command(flatten)]
    pub data: Data,
    /// The script's files, in order.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

/// `explain`
#[derive(Debug, Args)]
pub struct Explain {
    #[command(flatten)]
    pub of: OfUnit,
    /// A leaf, criterion or field; the unit's index and rank if absent.
    #[arg(long)]
    pub leaf: Option<Code>,
    /// As it stood at this position, moment or day, included.
    #[arg(long, value_name = "POSITION|INSTANT|DAY")]
    pub as_of: Option<AsOf>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
    /// The language.
    #[arg(long, value_parser = language, default_value = "vi")]
    pub lang: Lang,
}

/// `what-if`
#[derive(Debug, Args)]
pub struct WhatIf {
    #[command(flatten)]
    pub of: OfUnit,
    /// The leaf.
    #[arg(long)]
    pub leaf: Code,
    /// Its points.
    #[arg(long)]
    pub points: Decimal,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
    /// The language of names.
    #[arg(long, value_parser = language, default_value = "vi")]
    pub lang: Lang,
}

/// `check`
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["data", "database_url", "table"])))]
pub struct Check {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Or the database.
    #[arg(long, value_name = "URL")]
    pub database_url: Option<DatabaseUrl>,
    /// The round; the latest one if absent.
    #[arg(long, conflicts_with = "table")]
    pub round: Option<RoundId>,
    /// The table as CSV or XLSX: place, unit, index; name, appraisal and survey as they are there.
    #[arg(long, value_name = "FILE")]
    pub table: Option<PathBuf>,
    /// The stated means as CSV or XLSX: block, index, appraisal, survey.
    #[arg(long, value_name = "FILE", requires = "block", requires = "table")]
    pub means: Option<PathBuf>,
    /// Which of the means' blocks the table is.
    #[arg(long)]
    pub block: Option<String>,
    /// The appraisal's share of the index in percent, where it is known.
    #[arg(long, value_name = "PERCENT")]
    pub split: Option<Decimal>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
    /// The language.
    #[arg(long, value_parser = language, default_value = "vi")]
    pub lang: Lang,
}

/// `rebuild`
#[derive(Debug, Args)]
pub struct Rebuild {
    #[command(flatten)]
    pub data: Data,
    /// Which projection; both if absent.
    #[arg(value_parser = ["index", "ranking"])]
    pub projection: Option<String>,
}

/// `ranking`
#[derive(Debug, Args)]
pub struct Ranking {
    #[command(flatten)]
    pub data: Data,
    /// The round; the latest one if absent.
    #[arg(long)]
    pub round: Option<RoundId>,
    /// Only this block.
    #[arg(long)]
    pub block: Option<BlockId>,
    /// The provisional standing of this moment instead of the latest publication.
    #[arg(long, conflicts_with = "publication")]
    pub live: bool,
    /// A publication by its number.
    #[arg(long)]
    pub publication: Option<u64>,
    /// As JSON: an array of rows.
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// As CSV.
    #[arg(long)]
    pub csv: bool,
    /// The language of names.
    #[arg(long, value_parser = language, default_value = "vi")]
    pub lang: Lang,
}

/// `export`
#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    pub data: Data,
    /// Where to write; the head goes beside it, with .head behind the name.
    pub file: PathBuf,
}

/// `backup`
#[derive(Debug, Args)]
pub struct Backup {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Where the copy goes: a folder that is empty or not there yet.
    pub to: PathBuf,
}

/// `restore`
#[derive(Debug, Args)]
pub struct Restore {
    /// The data folder to be made: empty, or not there yet.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// A head kept outside: origin, size and root on three lines. It says what the backup has not.
    #[arg(long, value_name = "FILE")]
    pub head: Option<PathBuf>,
    /// The backup.
    pub from: PathBuf,
}

/// `move`
#[derive(Debug, Args)]
pub struct Move {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The database, prepared and empty.
    #[arg(long, value_name = "URL", env = "PARINDEX_DATABASE_URL", hide_env_values = true)]
    pub database_url: DatabaseUrl,
}

/// `prepare`
#[derive(Debug, Args)]
pub struct Prepare {
    /// The database, and a login that may make roles and schemas in it.
    #[arg(long, value_name = "URL")]
    pub database_url: DatabaseUrl,
}

/// `token`
#[derive(Debug, Args)]
pub struct Token {
    #[command(flatten)]
    pub data: Data,
    /// For whom it speaks.
    #[arg(long, required_unless_present_any = ["revoke", "list"])]
    pub actor: Option<ActorId>,
    /// What it is for.
    #[arg(long, default_value = "")]
    pub label: String,
    /// Revoke the token of this credential (the part of a token between its underscores, behind `t-`).
    #[arg(long, value_name = "CREDENTIAL", requires = "reason", conflicts_with = "label")]
    pub revoke: Option<CredentialId>,
    /// Why it is revoked; it stands on record.
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub reason: String,
    /// List the tokens of the store: credential, when made, for whom, for what.
    #[arg(long, conflicts_with_all = ["actor", "revoke", "reason", "label"])]
    pub list: bool,
}

pub fn language(text: &str) -> Result<Lang, String> {
    match text {
        "vi" => Ok(Lang::Vi),
        "en" => Ok(Lang::En),
        _ => Err("vi or en".to_owned()),
    }
}

/// Does what the command line asks.
pub async fn run() -> anyhow::Result<ExitCode> {
    let what = CommandLine::parse().command;
    // A service's log lines follow its configuration.
    if !matches!(what, What::Run(_)) {
        platform::telemetry::at_a_terminal();
    }
    match what {
        What::Init(args) => init::run(args).await,
        What::Demo(args) => demo::run(args).await,
        What::Serve(args) => serve::run(args).await,
        What::Run(args) => run::run(args).await,
        What::Config => {
            print!("{}", platform::config::keys::documented());
            Ok(ExitCode::SUCCESS)
        }
        What::Health(args) => client::health(&args.url).await,
        What::Submit(args) => submit::run(args).await,
        What::Play(args) => play::run(args).await,
        What::Verify(args) => verify::run(args).await,
        What::Replay(args) => replay::run(args).await,
        What::Explain(args) => inquiry::explain(args).await,
        What::WhatIf(args) => inquiry::what_if(args).await,
        What::Check(args) => check::run(args).await,
        What::Inspector(what) => inspector::run(what).await,
        What::Document(what) => document::run(what).await,
        What::Rebuild(args) => rebuild::run(args).await,
        What::Ranking(args) => ranking_table::run(args).await,
        What::Export(args) => export::run(args).await,
        What::Backup(args) => backup::backup(args).await,
        What::Restore(args) => backup::restore(args).await,
        What::Move(args) => moving::run(args).await,
        What::Prepare(args) => prepare::run(args).await,
        What::Keygen(args) => signing::keygen(&args),
        What::NameKey(args) => signing::name_key(args).await,
        What::SignerStore(args) => signing::signer_store(&args),
        What::Anchor(args) => anchor::run(args).await,
        What::CloseLog(args) => anchor::close_log(args).await,
        What::Token(args) => token::run(args).await,
    }
}

//! `parindex inspector`: what an auditor, an appellant or a court asks, and a witness of others' logs.
//! It reads what it is given, or the log beside whoever writes it, and writes nothing but a witness's own store, and mirrors.

mod diff;
mod examine;
mod export;
mod history;
mod mirror;
mod predecessor;
mod verify_dossier;
mod verify_mirror;
mod verify_receipt;
mod watch;
mod who;
mod why_rank;
mod witness;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use proto::AsOf;
use proto::between::{Effects, EventLine, Stood};
use proto::document::Lang;
use serde::Serialize;

use crate::command_line::language;

/// `inspector`
#[derive(Debug, Subcommand)]
pub enum Inspector {
    /// What the log says to the claims of an appeal, with the events that decide each.
    Examine(examine::Examine),
    /// Export a round in one file that can be kept and checked without this program.
    #[command(subcommand)]
    Export(export::Export),
    /// Verify a dossier with nothing but itself and the keys to be believed; exit status 1 if it does not hold.
    VerifyDossier(verify_dossier::VerifyDossier),
    /// Verify a log in files, as `mirror` keeps it, on all cores; exit status 1 if it does not hold.
    VerifyMirror(verify_mirror::VerifyMirror),
    /// Verify a receipt with nothing but itself and the keys to be believed; exit status 1 if it does not hold.
    VerifyReceipt(verify_receipt::VerifyReceipt),
    /// Write the complete history of a unit's sheet to a file: all events, and the proof that none is missing.
    ProveHistory(history::ProveHistory),
    /// Verify a complete history with nothing but itself and the keys to be believed; exit status 1 if it does not hold.
    VerifyHistory(history::VerifyHistory),
    /// Keep a copy of a log that is served, entries and last checkpoint, at the addresses of C2SP tlog-tiles.
    Mirror(mirror::MirrorArgs),
    /// Tell which log this one goes on from, and whether that is the one of a checkpoint; exit status 1 if it is not.
    Predecessor(predecessor::Predecessor),
    /// Follow a log's checkpoints and the log under them; exit status 1 with the first thing that does not hold.
    Watch(watch::Watch),
    /// Cosign checkpoints of logs that others hold, over HTTP until stopped (C2SP tlog-witness).
    Witness(witness::Witness),
    /// Make the store of a witness's key, once in the key's life.
    WitnessInit(witness::WitnessInit),
    /// Say what a witness's exhibit proves; exit status 1 if it proves nothing.
    Exhibit(witness::Exhibit),
    /// Tell what changed in a round between two moments: scores, sheets, totals, ranks, and which events did it.
    Diff(diff::Diff),
    /// Tell which events moved a unit's rank between two moments, the one with the greatest effect first.
    WhyRank(why_rank::WhyRank),
    /// Tell every act of an actor and what he was granted; or who held a capacity at a moment.
    Who(who::Who),
}

/// Between which moments.
#[derive(Debug, Args)]
pub struct Between {
    /// From what stood at this position, moment or day; from before the first event if absent.
    #[arg(long, value_name = "POSITION|INSTANT|DAY")]
    pub from: Option<AsOf>,
    /// To what stood at this position, moment or day; as it stands if absent.
    #[arg(long, value_name = "POSITION|INSTANT|DAY")]
    pub to: Option<AsOf>,
}

/// How an answer is printed.
#[derive(Debug, Args)]
pub struct Printed {
    /// As JSON.
    #[arg(long)]
    pub json: bool,
    /// The language of names.
    #[arg(long, value_parser = language, default_value = "vi")]
    pub lang: Lang,
}

/// Does it.
pub async fn run(what: Inspector) -> anyhow::Result<ExitCode> {
    match what {
        Inspector::Examine(args) => examine::run(args).await,
        Inspector::Export(what) => export::run(what).await,
        Inspector::VerifyDossier(args) => verify_dossier::run(&args),
        Inspector::VerifyMirror(args) => verify_mirror::run(&args),
        Inspector::VerifyReceipt(args) => verify_receipt::run(&args),
        Inspector::ProveHistory(args) => history::prove(args).await,
        Inspector::VerifyHistory(args) => history::verify(&args),
        Inspector::Mirror(args) => mirror::run(args).await,
        Inspector::Predecessor(args) => predecessor::run(args).await,
        Inspector::Watch(args) => watch::run(args).await,
        Inspector::Witness(args) => witness::run(args).await,
        Inspector::WitnessInit(args) => witness::init(&args),
        Inspector::Exhibit(args) => witness::exhibit(&args),
        Inspector::Diff(args) => diff::run(args).await,
        Inspector::WhyRank(args) => why_rank::run(args).await,
        Inspector::Who(args) => who::run(args).await,
    }
}

/// Prints an answer as JSON; it was told then.
pub fn as_json(printed: &Printed, told: &impl Serialize) -> anyhow::Result<bool> {
    if printed.json {
        say!("{}", String::from_utf8(proto::canon::to_vec(told)?)?);
    }
    Ok(printed.json)
}

/// Prints an event: where, when, what, and below it by whom and why.
pub fn say_event(indent: &str, event: &EventLine) -> anyhow::Result<()> {
    let leaf = event.leaf.as_ref().map_or(String::new(), |leaf| format!(" {leaf}"));
    say!("{indent}#{:<8} {}  {}{leaf}  {} #{}", event.position, event.at, event.kind, event.stream, event.version);
    let unit = event.actor.unit.as_ref().map_or(String::new(), |unit| format!(" of {unit}"));
    say!("{indent}          {} as {}{unit}  {}", event.actor.id, event.actor.capacity.as_str(), event.hash);
    if !event.reason.is_empty() {
        say!("{indent}          {}", event.reason.replace('\n', " "));
    }
    Ok(())
}

/// A rank and an index, as in "9 (88.41)".
fn stood(stood: &Stood, digits: u8) -> String {
    let rank = if stood.rank == 0 { "-".to_owned() } else { stood.rank.to_string() };
    let index = stood.index.as_ref().map_or("-".to_owned(), |index| index.rounded(digits, HALF_UP));
    format!("{rank} ({index})")
}

/// Effects, as in "+2 places, index +0.40".
fn effects(effects: &Effects, digits: u8) -> String {
    let index = effects.index.rounded(digits, HALF_UP);
    let sign = if effects.index.is_negative() || effects.index.is_zero() { "" } else { "+" };
    format!("{:+} places, index {sign}{index}", effects.places)
}

const HALF_UP: proto::exact::RoundingMode = proto::exact::RoundingMode::HalfUp;
/// Digits of an index as these answers print it; as JSON it is exact.
const DIGITS: u8 = 4;

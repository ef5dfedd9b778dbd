//! `parindex replay`: the history of one score or sheet, before -> after, who, in which capacity, when, why.

use std::process::ExitCode;

use clap::Args;
use inspector::{Between, Bounds, ReplayError, Source};
use proto::history::HistoryQuery;
use proto::{AsOf, Code};

use crate::against::KeptArgs;
use crate::data::OfUnit;
use crate::home::Home;
use crate::inquiry::open;
use crate::progress::bar;

/// `replay`
#[derive(Debug, Args)]
pub struct Replay {
    #[command(flatten)]
    pub of: OfUnit,
    /// The leaf; the whole sheet if absent.
    #[arg(long)]
    pub leaf: Option<Code>,
    /// Only up to this position, moment or day, included.
    #[arg(long, value_name = "POSITION|INSTANT|DAY")]
    pub as_of: Option<AsOf>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
    /// Tell also between which moments each event was made, as the witnesses of this policy say.
    #[command(flatten)]
    pub kept: KeptArgs,
}

/// Does it.
pub async fn run(args: Replay) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.of.data).await?;
    let against = args.kept.against(&home)?;
    let (inspector, round) = open(&home, args.of.round).await?;
    let (position, at) = args.as_of.map_or((None, None), AsOf::split);
    let query = HistoryQuery { round, unit: args.of.unit, leaf: args.leaf, position, at, held: None };
    let bar = bar("replaying", 0);
    let history = inspector.replay(query, |at| {
        if at % 256 == 0 {
            bar.set_position(at);
        }
    });
    let history = history.await;
    bar.finish_and_clear();
    let history = match history {
        Err(ReplayError::Broken(finding)) => {
            say!("BROKEN  {finding}");
            say!("FAILED: nothing is told from a log that does not hold");
            return Ok(ExitCode::from(1));
        }
        other => other?,
    };
    if args.json {
        say!("{}", String::from_utf8(proto::canon::to_vec(&history)?)?);
        return Ok(ExitCode::SUCCESS);
    }
    let bounds = match &against.believed {
        Some(_) => Bounds::walked(&Source::open(home.paths().ledger).await?, home.origin().clone(), &against).await?,
        None => Bounds::default(),
    };
    say!("as of #{}, root {}; every event up to there was walked", history.position, history.root);
    for step in &history.steps {
        let unit = step.actor.unit.as_ref().map_or(String::new(), |u| format!(" of {u}"));
        let leaf = step.leaf.as_ref().map_or(String::new(), |l| format!(" {l}"));
        let own = if step.own_unit { " [own unit]" } else { "" };
        say!(
            "#{:<8} {}  {}{leaf}: {} -> {}",
            step.position,
            step.at,
            step.kind,
            shown(&step.before),
            shown(&step.after)
        );
        say!("          {} as {}{unit}{own}", step.actor.id, step.actor.capacity.as_str());
        match bounds.of(step.position) {
            Between { since: Some(since), by: Some(by) } => say!("          witnesses: made between {since} and {by}"),
            Between { since: Some(since), by: None } => say!("          witnesses: made after {since}"),
            Between { since: None, by: Some(by) } => say!("          witnesses: made no later than {by}"),
            Between { since: None, by: None } => {}
        }
        if !step.reason.is_empty() {
            say!("          {}", step.reason.replace('\n', " "));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A state as people read it: decimals for fractions where they are finite.
fn shown(state: &str) -> String {
    if state.is_empty() {
        return "-".to_owned();
    }
    let word = |word: &str| {
        let (fraction, comma) = word.strip_suffix(',').map_or((word, ""), |w| (w, ","));
        proto::Exact::parse(fraction).map_or_else(|_| word.to_owned(), |exact| exact.plain() + comma)
    };
    state.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

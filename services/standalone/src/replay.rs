//! `parindex replay`: the history of one score or sheet, before -> after, who, in which capacity, when, why.

use std::process::ExitCode;

use inspector::{Inspector, Source};
use proto::Instant;
use proto::history::HistoryQuery;

use crate::command_line::Replay;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::progress::bar;

/// A position or a moment.
#[derive(Debug, Clone, Copy)]
pub enum AsOf {
    /// A position.
    Position(u64),
    /// A moment.
    At(Instant),
}

/// Parses a position or a moment.
pub fn as_of(text: &str) -> Result<AsOf, String> {
    if let Ok(position) = text.parse() {
        return Ok(AsOf::Position(position));
    }
    Instant::parse(text).map(AsOf::At).map_err(|e| e.to_string())
}

/// Does it.
pub async fn run(args: Replay) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&args.data.data)?;
    let round = match args.round {
        Some(round) => round,
        None => {
            let mut index = index::Reader::open(&folder.paths().index).await?.view().await?;
            let latest = index.rounds().await?.into_iter().next();
            latest.ok_or_else(|| Failure::new("round_unknown", "there is no round"))?.round
        }
    };
    let (position, at) = match args.as_of {
        None => (None, None),
        Some(AsOf::Position(position)) => (Some(position), None),
        Some(AsOf::At(at)) => (None, Some(at)),
    };
    let query = HistoryQuery { round, unit: args.unit, leaf: args.leaf, position, at };
    let source = Source::open(&folder.paths().ledger).await?;
    let inspector = Inspector::new(source, folder.origin().clone());
    let bar = bar("replaying", 0);
    let history = inspector.replay(query, |at| {
        if at % 256 == 0 {
            bar.set_position(at);
        }
    });
    let history = history.await;
    bar.finish_and_clear();
    let history = history?;
    if args.json {
        say!("{}", String::from_utf8(proto::canon::to_vec(&history)?)?);
        return Ok(ExitCode::SUCCESS);
    }
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

//! `parindex replay`: the history of one score or sheet, before -> after, who, in which capacity, when, why.

use std::process::ExitCode;

use inspector::ReplayError;
use proto::Instant;
use proto::history::HistoryQuery;

use crate::command_line::Replay;
use crate::home::Home;
use crate::inquiry::open;
use crate::progress::bar;

const DAY_MICROS: i64 = 24 * 3600 * 1_000_000;

/// A position or a moment.
#[derive(Debug, Clone, Copy)]
pub enum AsOf {
    /// A position.
    Position(u64),
    /// A moment.
    At(Instant),
}

impl AsOf {
    /// As the members of a query.
    pub fn split(self) -> (Option<u64>, Option<Instant>) {
        match self {
            Self::Position(position) => (Some(position), None),
            Self::At(at) => (None, Some(at)),
        }
    }
}

/// Parses a position, a moment, or a day, which stands for its last moment in Vietnam.
pub fn as_of(text: &str) -> Result<AsOf, String> {
    if let Ok(position) = text.parse() {
        return Ok(AsOf::Position(position));
    }
    if let Some(midnight) = day_after(text) {
        return Ok(AsOf::At(midnight.plus_micros(-1)));
    }
    Instant::parse(text).map(AsOf::At).map_err(|e| format!("{e}; or a position; or a day, as in 2022-10-28"))
}

/// The first moment behind a day.
fn day_after(text: &str) -> Option<Instant> {
    let mut parts = text.splitn(3, '-').map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    Some(Instant::vietnam_midnight(i32::try_from(year).ok()?, month, day)?.plus_micros(DAY_MICROS))
}

/// Does it.
pub async fn run(args: Replay) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let (inspector, round) = open(&home, args.round).await?;
    let (position, at) = args.as_of.map_or((None, None), AsOf::split);
    let query = HistoryQuery { round, unit: args.unit, leaf: args.leaf, position, at };
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

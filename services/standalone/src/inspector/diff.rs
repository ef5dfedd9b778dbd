//! `parindex inspector diff`: what changed in a round between two moments, unit by unit, and which events did it.
//! It prints the inspector's answer and reckons nothing.

use std::process::ExitCode;

use clap::Args;
use proto::between::{DiffQuery, DoneBy, ScoreShown, UnitDiff, UnitShown};
use proto::document::Lang;
use proto::{Code, Exact, RoundId, UnitId};

use super::{Between, DIGITS, Printed, as_json, say_event, stood};
use crate::data::Data;
use crate::home::Home;
use crate::inquiry::open;

/// `inspector diff`
#[derive(Debug, Args)]
pub struct Diff {
    #[command(flatten)]
    pub data: Data,
    /// The round; the latest one if absent.
    #[arg(long)]
    pub round: Option<RoundId>,
    #[command(flatten)]
    pub between: Between,
    /// This unit alone.
    #[arg(long)]
    pub unit: Option<UnitId>,
    /// This leaf, bonus or penalty alone.
    #[arg(long)]
    pub leaf: Option<Code>,
    #[command(flatten)]
    pub printed: Printed,
}

/// Does it.
pub async fn run(args: Diff) -> anyhow::Result<ExitCode> {
    let (inspector, round) = open(&Home::open(&args.data).await?, args.round).await?;
    let Between { from, to } = args.between;
    let told = inspector.diff(DiffQuery { round, from, to, unit: args.unit, leaf: args.leaf }).await?;
    if as_json(&args.printed, &told)? {
        return Ok(ExitCode::SUCCESS);
    }
    say!("{}: from #{}, root {}", told.query.round, told.from.position, told.from.root);
    say!("    to as of #{}, root {}", told.position, told.root);
    let kinds: Vec<String> = told.kinds.iter().map(|k| format!("{} {}", k.events, k.kind)).collect();
    say!("events of the round in between: {}", if kinds.is_empty() { "none".to_owned() } else { kinds.join(", ") });
    for unit in &told.units {
        say_unit(unit, args.printed.lang)?;
    }
    say!("{} units changed", told.units.len());
    if told.leaves_left_out > 0 {
        say!("{} more leaves changed that are left out; ask for one unit or leaf", told.leaves_left_out);
    }
    Ok(ExitCode::SUCCESS)
}

fn say_unit(unit: &UnitDiff, lang: Lang) -> anyhow::Result<()> {
    say!("");
    say!("{}  {}", unit.unit, unit.name.get(lang));
    let before = unit.before.as_ref();
    let (was, is) = (before.map_or_else(|| "-".to_owned(), place), place(&unit.after));
    say!("  rank (index) band: {}", change(&was, &is));
    let points = |shown: &UnitShown| format!("{} of {}", shown.reached.plain(), shown.maximum.plain());
    say!("  points: {}", change(&before.map_or_else(|| "-".to_owned(), points), &points(&unit.after)));
    let state = |shown: &UnitShown| shown.state.to_string();
    say!("  sheet: {}", change(&before.map_or_else(|| "-".to_owned(), state), &state(&unit.after)));
    say_by(&unit.sheet_by)?;
    for leaf in &unit.leaves {
        say!("  {} {}: {}", leaf.leaf, leaf.title.get(lang), change(&score(&leaf.before), &score(&leaf.after)));
        say_by(&leaf.by)?;
    }
    for extra in &unit.extras {
        let points = |points: &Option<Exact>| points.as_ref().map_or_else(|| "-".to_owned(), Exact::plain);
        say!("  {}: {}", extra.code, change(&points(&extra.before), &points(&extra.after)));
        say_by(&extra.by)?;
    }
    Ok(())
}

fn say_by(by: &DoneBy) -> anyhow::Result<()> {
    if by.earlier > 0 {
        say!("      ({} events before these)", by.earlier);
    }
    by.events.iter().try_for_each(|event| say_event("      ", event))
}

fn place(shown: &UnitShown) -> String {
    let place = proto::between::Stood { rank: shown.rank, index: shown.index.clone() };
    format!("{} {}", stood(&place, DIGITS), shown.band.to_uppercase()).trim_end().to_owned()
}

fn change(was: &str, is: &str) -> String {
    if was == is { is.to_owned() } else { format!("{was} -> {is}") }
}

/// A score, as in "self 10, first 8.5; counts 8.5; flag raised".
fn score(shown: &ScoreShown) -> String {
    let stages: Vec<String> = shown.stages.iter().map(|s| format!("{} {}", s.stage, s.points.plain())).collect();
    let mut said = if stages.is_empty() { Vec::new() } else { vec![stages.join(", ")] };
    said.extend(shown.points.as_ref().map(|points| format!("counts {}", points.plain())));
    said.extend(shown.flag.map(|flag| format!("flag {flag}")));
    said.extend(shown.exemption.map(|exemption| format!("exemption {exemption}")));
    if shown.evidence > 0 {
        said.push(format!("{} evidence", shown.evidence));
    }
    if said.is_empty() { "-".to_owned() } else { said.join("; ") }
}

//! `parindex inspector why-rank`: which events moved a unit's rank, by size of effect; the effects add up to the change.
//! It prints the inspector's answer and reckons nothing.

use std::process::ExitCode;

use clap::Args;
use proto::UnitId;
use proto::between::{Effect, Effects, WhyRankQuery};
use proto::document::Lang;

use super::{Between, DIGITS, Printed, as_json, effects, say_event, stood};
use crate::data::OfUnit;
use crate::home::Home;
use crate::inquiry::open;

/// `inspector why-rank`
#[derive(Debug, Args)]
pub struct WhyRank {
    #[command(flatten)]
    pub of: OfUnit,
    #[command(flatten)]
    pub between: Between,
    #[command(flatten)]
    pub printed: Printed,
}

/// Does it.
pub async fn run(args: WhyRank) -> anyhow::Result<ExitCode> {
    let (inspector, round) = open(&Home::open(&args.of.data).await?, args.of.round).await?;
    let Between { from, to } = args.between;
    let told = inspector.why_rank(WhyRankQuery { round, unit: args.of.unit, from, to }).await?;
    if as_json(&args.printed, &told)? {
        return Ok(ExitCode::SUCCESS);
    }
    let lang = args.printed.lang;
    say!("{}  {}, block {}", told.query.unit, told.name.get(lang), told.block);
    say!("from #{}, root {}: rank {}", told.from.position, told.from.root, stood(&told.before, DIGITS));
    say!("to as of #{}, root {}: rank {}", told.position, told.root, stood(&told.after, DIGITS));
    say!("{}, by {} of {} events", effects(&told.whole, DIGITS), told.whole.events, told.read);
    say!("");
    say!("by whose scores:");
    for mover in told.movers.iter().filter(|m| m.effects.events > 0) {
        let own = if mover.unit == told.query.unit { " (itself)" } else { "" };
        let (did, moved) = (sum(&mover.effects), (stood(&mover.before, DIGITS), stood(&mover.after, DIGITS)));
        say!("  {}{own}: {did}; its own rank {} -> {}", mover.name.get(lang), moved.0, moved.1);
    }
    if told.together.events > 0 {
        say!("  {}: {}", several(lang), sum(&told.together));
    }
    if !told.causes.is_empty() {
        say!("by what they follow from:");
    }
    for cause in &told.causes {
        say_event("  ", &cause.event)?;
        say!("            {}", sum(&cause.effects));
    }
    say!("event by event:");
    for effect in &told.effects {
        say_effect(effect, lang)?;
    }
    if told.left_out.events > 0 {
        say!("  smaller ones that are left out: {}", sum(&told.left_out));
    }
    Ok(ExitCode::SUCCESS)
}

fn several(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => "nhiều đơn vị cùng lúc",
        Lang::En => "several units at once",
    }
}

fn sum(all: &Effects) -> String {
    format!("{}, by {} events", effects(all, DIGITS), all.events)
}

fn say_effect(effect: &Effect, lang: Lang) -> anyhow::Result<()> {
    let mover = effect.mover.as_ref().map_or(several(lang), |unit| unit.as_str());
    let (was, is) = (stood(&effect.before, DIGITS), stood(&effect.after, DIGITS));
    say!("  {}  {mover}: {was} -> {is}", effects(&effect.alone(), DIGITS));
    let list = |units: &[UnitId]| units.iter().map(UnitId::as_str).collect::<Vec<_>>().join(", ");
    if !effect.overtook.is_empty() {
        say!("      overtook {}", list(&effect.overtook));
    }
    if !effect.overtaken_by.is_empty() {
        say!("      overtaken by {}", list(&effect.overtaken_by));
    }
    say_event("      ", &effect.event)?;
    if let Some(cause) = effect.cause {
        say!("                follows from #{cause}");
    }
    Ok(())
}

//! `parindex explain` and `parindex what-if`: the inspector's answers, as text or as JSON.
//! They read the log beside whoever writes it, and write nothing.

use std::process::ExitCode;

use clap::Args;
use inspector::{Inspector, Source};
use proto::document::Lang;
use proto::inquiry::{ExplainQuery, Place, WhatIfQuery};
use proto::{AsOf, Code, Decimal, RoundId};

use crate::command_line::language;
use crate::data::OfUnit;
use crate::failure::Failure;
use crate::home::Home;

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

/// `explain`
pub async fn explain(args: Explain) -> anyhow::Result<ExitCode> {
    let (inspector, round) = open(&Home::open(&args.of.data).await?, args.of.round).await?;
    let (position, at) = args.as_of.map_or((None, None), AsOf::split);
    let query = ExplainQuery { round, unit: args.of.unit, node: args.leaf, position, at, held: None };
    let told = inspector.explain(query).await?;
    if args.json {
        say!("{}", String::from_utf8(proto::canon::to_vec(&told)?)?);
        return Ok(ExitCode::SUCCESS);
    }
    let node = told.query.node.as_ref().map_or(String::new(), |code| format!(" {code}"));
    say!("{}{node}: {}", told.query.unit, told.title.get(args.lang));
    say!("as of #{}, root {}", told.position, told.root);
    for line in &told.lines {
        say!("- {}", line.text.get(args.lang));
        if let Some(value) = line.value.as_ref().filter(|_| !line.expression.is_empty()) {
            let value = value.plain();
            match line.expression == value {
                true => say!("    {value}"),
                false => say!("    {} = {value}", line.expression),
            }
        }
        if let Some(event) = &line.event {
            say!("    {} #{}", event.stream, event.version);
        }
    }
    Ok(ExitCode::SUCCESS)
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

/// `what-if`
pub async fn what_if(args: WhatIf) -> anyhow::Result<ExitCode> {
    let (inspector, round) = open(&Home::open(&args.of.data).await?, args.of.round).await?;
    let query = WhatIfQuery { round, unit: args.of.unit, leaf: args.leaf, points: args.points, as_of: None };
    let told = inspector.what_if(query).await?;
    if args.json {
        say!("{}", String::from_utf8(proto::canon::to_vec(&told)?)?);
        return Ok(ExitCode::SUCCESS);
    }
    let query = &told.query;
    say!("if {} had {} points at {}; nothing is written", query.unit, query.points, query.leaf);
    say!("as of #{}, root {}", told.position, told.root);
    let width = told.units.iter().map(|m| m.name.get(args.lang).chars().count()).max().unwrap_or(0);
    for moved in &told.units {
        let name = moved.name.get(args.lang);
        let pad = " ".repeat(width - name.chars().count());
        let was = if moved.before == moved.after {
            String::new()
        } else {
            format!("   was {}", place(&moved.before).trim_end())
        };
        let pad = if was.is_empty() { "" } else { &pad };
        say!("{}  {name}{pad}{was}", place(&moved.after));
    }
    Ok(ExitCode::SUCCESS)
}

fn place(place: &Place) -> String {
    let rank = if place.rank == 0 { "-".to_owned() } else { place.rank.to_string() };
    format!("{rank:>4}  {:>6}  {:<3}", place.index, place.band.to_uppercase())
}

/// The inspector of a log, and the round that is asked about: the latest one if none is named.
pub async fn open(home: &Home, round: Option<RoundId>) -> anyhow::Result<(Inspector, RoundId)> {
    let inspector = open_log(home).await?;
    let round = match round {
        Some(round) => round,
        None => {
            let latest = inspector.latest_round().await?;
            latest.ok_or_else(|| Failure::new("round_unknown", "there is no round"))?
        }
    };
    Ok((inspector, round))
}

/// The inspector of a log.
pub async fn open_log(home: &Home) -> anyhow::Result<Inspector> {
    Ok(Inspector::new(Source::open(&home.paths().ledger).await?, home.origin().clone()))
}

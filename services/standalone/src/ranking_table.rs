//! `parindex ranking`: the ranking as a table, JSON or CSV, from the projection alone, with the position it stands on.

use std::process::ExitCode;

use clap::Args;
use index::Reader as IndexReader;
use platform::projector::Cursor;
use proto::document::Lang;
use proto::rows::{BlockRow, RoundRow, StandingRow};
use proto::{BlockId, RoundId};
use ranking::{Reader as RankingReader, Which};
use serde_json::{Value, json};

use crate::command_line::language;
use crate::data::Data;
use crate::failure::Failure;
use crate::home::{Home, Part};

/// How many characters wide the longest bar is.
const BAR_WIDTH: usize = 20;

/// What is asked for.
pub struct Asked {
    round: Option<RoundId>,
    block: Option<String>,
    which: Which,
    lang: Lang,
}

impl Asked {
    /// The latest publication of all blocks of the latest round.
    pub fn everything() -> Self {
        Self { round: None, block: None, which: Which::Latest, lang: Lang::Vi }
    }
}

struct Found {
    round: RoundRow,
    blocks: Vec<BlockRow>,
    publication: u64,
    cursor: Cursor,
    rows: Vec<StandingRow>,
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

/// Does it.
pub async fn run(args: Ranking) -> anyhow::Result<ExitCode> {
    let which = match args.publication {
        Some(number) => Which::Publication(number),
        None if args.live => Which::Live,
        None => Which::Latest,
    };
    let block = args.block.map(|b| b.to_string());
    let asked = Asked { round: args.round, block, which, lang: args.lang };
    let home = Home::open(&args.data).await?;
    if args.json || args.csv {
        let found = find(&home, &asked).await?;
        if args.json {
            say!("{}", serde_json::to_string_pretty(&json(&found, asked.lang))?);
        } else {
            say!("{}", csv(&found, asked.lang).trim_end());
        }
    } else {
        print(&home, &asked).await?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn find(home: &Home, asked: &Asked) -> anyhow::Result<Found> {
    let mut index = IndexReader::open(home.projection(Part::Index)).await?.view().await?;
    let round = match &asked.round {
        Some(id) => index.round(id).await?,
        None => index.rounds().await?.into_iter().next(),
    };
    let round = round.ok_or_else(|| Failure::new("round_unknown", "there is no such round"))?;
    let mut ranking = RankingReader::open(home.projection(Part::Ranking)).await?.view().await?;
    let (publication, mut rows) = ranking.standings(&round.round, asked.which).await?;
    if rows.is_empty() {
        return Err(Failure::new("publication_unknown", "there is no such publication").into());
    }
    let mut known: Vec<String> = rows.iter().map(|r| r.block.to_string()).collect();
    rows.retain(|r| asked.block.as_ref().is_none_or(|b| r.block.as_str() == b));
    if rows.is_empty() {
        known.dedup();
        return Err(Failure::new("block_unknown", format!("the blocks are {}", known.join(", "))).into());
    }
    let blocks = index.blocks(&round.round).await?;
    let place = |row: &StandingRow| blocks.iter().position(|b| b.block == row.block);
    rows.sort_by_key(place);
    Ok(Found { round, blocks, publication, cursor: ranking.cursor().clone(), rows })
}

fn name(row: &StandingRow, lang: Lang) -> &str {
    match lang {
        Lang::Vi => &row.name_vi,
        Lang::En => &row.name_en,
    }
}

fn json(found: &Found, lang: Lang) -> Value {
    let row = |r: &StandingRow| {
        json!({
            "rank": r.rank,
            "unit": r.unit.as_str(),
            "name": name(r, lang),
            "short": r.short,
            "index": r.printed,
            "band": r.band.as_ref().map_or("", |b| b.as_str()),
            "block": r.block.as_str(),
            "movement": r.movement,
            "index_value": r.index_value.as_ref().map_or(String::new(), ToString::to_string),
            "round": found.round.round.as_str(),
            "publication": found.publication,
            "as_of": { "position": found.cursor.position, "root": found.cursor.root.to_string() },
        })
    };
    Value::Array(found.rows.iter().map(row).collect())
}

fn csv(found: &Found, lang: Lang) -> String {
    let mut out = "rank,unit,name,index,band,block,movement,publication,position,root\n".to_owned();
    for r in &found.rows {
        // A name that begins like a formula must not become one in a spreadsheet.
        let name = name(r, lang).replace('"', "\"\"");
        let guard = if name.starts_with(['=', '+', '-', '@', '\t']) { "'" } else { "" };
        let band = r.band.as_ref().map_or("", |b| b.as_str());
        let (rank, unit, index, block, movement) = (r.rank, &r.unit, &r.printed, &r.block, r.movement);
        let (publication, position, root) = (found.publication, found.cursor.position, found.cursor.root);
        let line = format!(
            "{rank},{unit},\"{guard}{name}\",{index},{band},{block},{movement},{publication},{position},{root}\n"
        );
        out.push_str(&line);
    }
    out
}

/// Prints the table.
pub async fn print(home: &Home, asked: &Asked) -> anyhow::Result<()> {
    let found = find(home, asked).await?;
    let (title, training) = match asked.lang {
        Lang::Vi => (&found.round.title_vi, "KỲ TẬP HUẤN"),
        Lang::En => (&found.round.title_en, "TRAINING ROUND"),
    };
    say!("\n{title}{}", if found.round.training { format!("  [{training}]") } else { String::new() });
    let standing = match (found.publication, asked.lang) {
        (0, Lang::Vi) => "tạm tính".to_owned(),
        (0, Lang::En) => "provisional".to_owned(),
        (n, Lang::Vi) => format!("công bố lần {n}"),
        (n, Lang::En) => format!("publication {n}"),
    };
    say!("{standing}; #{}, root {}", found.cursor.position, found.cursor.root);
    let width = found.rows.iter().map(|r| name(r, asked.lang).chars().count()).max().unwrap_or(0);
    let mut block = None;
    for row in &found.rows {
        if block != Some(&row.block) {
            block = Some(&row.block);
            let titled = found.blocks.iter().find(|b| b.block == row.block);
            let title = titled.map_or("", |b| if asked.lang == Lang::Vi { &b.title_vi } else { &b.title_en });
            say!("\n{title} ({})", row.block);
        }
        let name = name(row, asked.lang);
        let pad = " ".repeat(width - name.chars().count());
        let moved = match row.movement {
            0 => String::new(),
            up if up > 0 => format!("  +{up}"),
            down => format!("  {down}"),
        };
        let band = row.band.as_ref().map_or(String::new(), |b| b.as_str().to_uppercase());
        let index = if asked.lang == Lang::Vi { row.printed.replace('.', ",") } else { row.printed.clone() };
        say!("{:>4}  {name}{pad}  {index:>6}  {band:<3} {}{moved}", row.rank, stroke(&row.printed));
    }
    Ok(())
}

/// A bar for the eye; the number beside it is what counts.
fn stroke(printed: &str) -> String {
    let whole: usize = printed.split('.').next().and_then(|w| w.parse().ok()).unwrap_or(0);
    "█".repeat(whole.min(100) * BAR_WIDTH / 100)
}

//! `parindex check`: what is missing or odd in a round before it is published; or what in a table that was published
//! elsewhere cannot be, and what it must have meant.
//! Status 1 if there is a fault.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use inspector::{PrintedRows, check_printed, printed_table};
use proto::document::Lang;
use proto::inquiry::{CheckQuery, Observation, Severity};
use proto::{Decimal, RoundId};

use crate::command_line::language;
use crate::data::{Data, DatabaseUrl};
use crate::failure::Failure;
use crate::home::Home;
use crate::inquiry::open;

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

/// Does it.
pub async fn run(args: Check) -> anyhow::Result<ExitCode> {
    let found = match &args.table {
        Some(table) => of_table(&args, table)?,
        None => {
            let data = Data { data: args.data.clone(), database_url: args.database_url.clone() };
            let (inspector, round) = open(&Home::open(&data).await?, args.round.clone()).await?;
            let checks = inspector.check(CheckQuery { round, as_of: None }).await?;
            if args.json {
                say!("{}", serde_json::to_string(&checks)?);
            } else {
                say!("{}, as of #{}, root {}", checks.query.round, checks.position, checks.root);
            }
            checks.observations
        }
    };
    if args.json && args.table.is_some() {
        say!("{}", serde_json::to_string(&found)?);
    } else if !args.json {
        for observation in &found {
            let told = if args.lang == Lang::Vi { &observation.text.vi } else { &observation.text.en };
            say!("{:<5}  {}: {told}", observation.severity.word(), observation.code);
        }
        say!("{} observations", found.len());
    }
    let fault = found.iter().any(|o| o.severity == Severity::Fault);
    Ok(if fault { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn of_table(args: &Check, table: &Path) -> anyhow::Result<Vec<Observation>> {
    let rows = read(table)?;
    let means = args.means.as_deref().map(read).transpose()?;
    let block = args.block.as_deref().unwrap_or_default();
    let table = printed_table(&rows, means.as_ref().map(|means| (means, block)), args.split)?;
    Ok(check_printed(&table))
}

/// The rows of a CSV or of a workbook.
fn read(path: &Path) -> anyhow::Result<PrintedRows> {
    let bytes = std::fs::read(path).with_context(|| format!("file_missing: {}", path.display()))?;
    if !intake::is_workbook(&bytes) {
        return Ok(PrintedRows::csv(&bytes)?);
    }
    let rows = intake::printed_rows(&bytes).map_err(|faults| {
        let fault = &faults.told[0];
        Failure::new(fault.code, format!("{}: {}", path.display(), fault.told().en))
    })?;
    Ok(PrintedRows::of(rows))
}

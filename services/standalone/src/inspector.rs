//! `parindex inspector`: questions that only the inspector answers, from the log alone.
//! None of them writes anything.

mod examine;

use std::process::ExitCode;

use clap::Subcommand;

/// What is asked.
#[derive(Debug, Subcommand)]
pub enum Inspector {
    /// What the log says to the claims of an appeal, with the events that decide each.
    Examine(examine::Examine),
}

/// Asks it.
pub async fn run(what: Inspector) -> anyhow::Result<ExitCode> {
    match what {
        Inspector::Examine(args) => examine::run(args).await,
    }
}

//! `parindex`: the whole system in one process, and the operator's command line.
//! It holds no rule and no statement: it opens the services and connects them.

#[macro_use]
mod out;

mod backup;
mod bus;
mod check;
mod client;
mod command_line;
mod demo;
mod document;
mod export;
mod failure;
mod folder;
mod home;
mod init;
mod inquiry;
mod lines;
mod moving;
mod node;
mod operate;
mod play;
mod prepare;
mod progress;
mod ranking_table;
mod rebuild;
mod replay;
mod serve;
mod submit;
mod token;
mod verify;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("PARINDEX_LOG");
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match command_line::run().await {
        Ok(code) => code,
        Err(error) => failure::report(&error),
    }
}

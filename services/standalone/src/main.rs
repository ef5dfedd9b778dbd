//! `parindex`: the whole system in one process or a service of it apart, and the operator's command line.
//! It holds no rule and no statement: it opens the services and connects them.

#[macro_use]
mod out;

mod accesses;
mod account;
mod against;
mod anchor;
mod backup;
mod bus;
mod check;
mod client;
mod command_line;
mod data;
mod demo;
mod document;
mod erase;
mod evidence;
mod export;
mod failure;
mod files_home;
mod folder;
mod home;
mod init;
mod inquiry;
mod inspector;
mod lines;
mod moving;
mod node;
mod operate;
mod play;
mod prepare;
mod privacy;
mod progress;
mod ranking_table;
mod rebuild;
mod recover;
mod replay;
mod report;
mod retention;
mod rounds;
mod run;
mod scrub;
mod serve;
mod signed;
mod signing;
mod submit;
mod survey;
mod token;
mod unit_sheet;
mod verify;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match command_line::run().await {
        Ok(code) => code,
        Err(error) => failure::report(&error),
    }
}

//! The command line: what can be asked of `parindex`, and who answers.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use proto::document::Lang;

use crate::inspector::Inspector;
use crate::signing::{Keygen, NameKey, SignerStore};
use crate::{
    account, anchor, backup, check, client, demo, document, erase, evidence, export, init, inquiry, inspector, moving,
    play, prepare, privacy, ranking_table, rebuild, recover, replay, report, retention, run, scrub, serve, signing,
    submit, survey, token, unit_sheet, verify,
};

/// PAR Index Ledger: scores of the administrative reform index that can be proven.
#[derive(Debug, Parser)]
#[command(name = "parindex", version, about, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Begin a log in a new data folder.
    Init(init::Init),
    /// Play the sample round (Hanoi 2022), print its ranking and the verification, serve its pages.
    Demo(demo::Demo),
    /// Serve pages and API until stopped.
    Serve(Box<serve::Serve>),
    /// Run one service of the production form until stopped: ledger, signer, index, ranking, inspector or dashboard.
    Run(run::Run),
    /// Print the documented configuration file of the services that run apart.
    Config,
    /// Ask a service whether it answers, as in http://127.0.0.1:8281/readyz; exit status 1 if it does not say yes.
    Health(client::Health),
    /// Submit commands, one a line; prints a result a line.
    Submit(submit::Submit),
    /// Play a script of {at, actor, command} in a training log on a scripted clock.
    Play(play::Play),
    /// Verify the log and both projections; exit status 1 if something does not hold.
    Verify(verify::Verify),
    /// Replay the history of a score or a sheet.
    Replay(replay::Replay),
    /// Explain how a score, a total, an index and a rank came about.
    Explain(inquiry::Explain),
    /// Calculate everyone's index, rank and band as if a leaf had other points; nothing is written.
    WhatIf(inquiry::WhatIf),
    /// Check a round before it is published, or a table that was published elsewhere; exit status 1 for a fault.
    Check(check::Check),
    /// Check, convert, enter and export rulebooks, catalogues, forms and tallies, as JSON or Excel workbooks.
    #[command(subcommand)]
    Document(document::Document),
    /// A unit's sheet as a workbook to fill in offline, and back: what it would change, then commands.
    #[command(subcommand)]
    Sheet(unit_sheet::SheetWhat),
    /// An appraiser's sheet of one field over all units of a block, likewise.
    #[command(subcommand)]
    Appraisal(unit_sheet::AppraisalWhat),
    /// Take files of evidence into a data folder, encrypted, and hand them out.
    #[command(subcommand)]
    Evidence(evidence::EvidenceWhat),
    /// Hold every file of evidence against the log: sound, missing, altered, or referred to by nothing; exit status 1 for a fault.
    Scrub(scrub::Scrub),
    /// Carry out what the log orders to be erased.
    Erase(erase::Erase),
    /// Requests about personal data, and the register of what is held.
    #[command(subcommand)]
    Privacy(privacy::PrivacyWhat),
    /// List what is past the time for which it is kept, and write the commands that bring its erasure before two people.
    Retention(retention::RetentionArgs),
    /// Take ballots of a survey in, count them and put the batch on record; prove one, or destroy one; draw who is asked again.
    #[command(subcommand)]
    Survey(survey::SurveyWhat),
    /// What an auditor, an appellant or a court asks.
    #[command(subcommand)]
    Inspector(Inspector),
    /// Make a projection anew from the log, beside the one that serves, and put it in its place once it was verified.
    Rebuild(rebuild::Rebuild),
    /// Print the ranking.
    Ranking(ranking_table::Ranking),
    /// Write the result of a round with its annexes as an official document (.docx) or a workbook (.xlsx).
    Report(report::Report),
    /// Export the log, a stored body a line, and the stored head beside it.
    Export(export::Export),
    /// Copy a data folder as it stands at one moment, also while it is served.
    Backup(backup::Backup),
    /// Make a data folder from a backup and verify it; exit status 1 if something does not hold or is known to be lost.
    Restore(backup::Restore),
    /// Move a log with its tokens and accounts from a data folder to a database, byte for byte.
    Move(moving::Move),
    /// Make roles, schemas and the log's tables in a database, as its administrator.
    Prepare(prepare::Prepare),
    /// Make a key that signs a log's checkpoints or cosigns those of others, in a file of its own; prints its public half.
    Keygen(Keygen),
    /// Make the folder in which a signer keeps its last checkpoint, or make it anew after it was lost.
    SignerStore(SignerStore),
    /// Put on record which key signs the log from now on, signed by that key and by the one whose place it takes.
    NameKey(NameKey),
    /// Put on record where every stream of the log ends, and what it folds to: what complete histories are proven by.
    Anchor(anchor::Anchor),
    /// End the log: nothing more is written to it. Another one may go on from it (init --continues).
    CloseLog(anchor::CloseLog),
    /// Make a bearer token for an actor and bind it on record; list tokens; revoke one.
    Token(token::Token),
    /// Grant an administrator where fewer than two are left, on record as the operator's act.
    Recover(recover::Recover),
    /// Make an account to sign in with on pages and bind it on record; list accounts; give one another password, or end one.
    Account(account::Account),
}

pub fn language(text: &str) -> Result<Lang, String> {
    match text {
        "vi" => Ok(Lang::Vi),
        "en" => Ok(Lang::En),
        _ => Err("vi or en".to_owned()),
    }
}

/// Does what the command line asks.
pub async fn run() -> anyhow::Result<ExitCode> {
    let what = CommandLine::parse().command;
    // A service's log lines follow its configuration.
    if !matches!(what, What::Run(_)) {
        platform::telemetry::at_a_terminal();
    }
    match what {
        What::Init(args) => init::run(args).await,
        What::Demo(args) => demo::run(args).await,
        What::Serve(args) => serve::run(*args).await,
        What::Run(args) => run::run(args).await,
        What::Config => {
            print!("{}", platform::config::keys::documented());
            Ok(ExitCode::SUCCESS)
        }
        What::Health(args) => client::health(&args.url).await,
        What::Submit(args) => submit::run(args).await,
        What::Play(args) => play::run(args).await,
        What::Verify(args) => verify::run(args).await,
        What::Replay(args) => replay::run(args).await,
        What::Explain(args) => inquiry::explain(args).await,
        What::WhatIf(args) => inquiry::what_if(args).await,
        What::Check(args) => check::run(args).await,
        What::Inspector(what) => inspector::run(what).await,
        What::Document(what) => document::run(what).await,
        What::Sheet(what) => unit_sheet::sheet(what).await,
        What::Appraisal(what) => unit_sheet::appraisal(what).await,
        What::Evidence(what) => evidence::run(what).await,
        What::Scrub(args) => scrub::run(args).await,
        What::Erase(args) => erase::run(args).await,
        What::Privacy(what) => privacy::run(what).await,
        What::Retention(args) => retention::run(args).await,
        What::Survey(what) => survey::run(what).await,
        What::Rebuild(args) => rebuild::run(args).await,
        What::Ranking(args) => ranking_table::run(args).await,
        What::Report(args) => report::run(args).await,
        What::Export(args) => export::run(args).await,
        What::Backup(args) => backup::backup(args).await,
        What::Restore(args) => backup::restore(args).await,
        What::Move(args) => moving::run(args).await,
        What::Prepare(args) => prepare::run(args).await,
        What::Keygen(args) => signing::keygen(&args),
        What::NameKey(args) => signing::name_key(args).await,
        What::SignerStore(args) => signing::signer_store(&args),
        What::Anchor(args) => anchor::run(args).await,
        What::CloseLog(args) => anchor::close_log(args).await,
        What::Token(args) => token::run(args).await,
        What::Recover(args) => recover::run(args).await,
        What::Account(args) => account::run(args).await,
    }
}

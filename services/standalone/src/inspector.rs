//! `parindex inspector`: what an auditor, an appellant or a court asks.
//! It reads what it is given, or the log beside whoever writes it, and writes nothing.

mod verify_receipt;

use std::process::ExitCode;

use clap::Subcommand;

/// `inspector`
#[derive(Debug, Subcommand)]
pub enum Inspector {
    /// Verify a receipt with nothing but itself and the keys to be believed; exit status 1 if it does not hold.
    VerifyReceipt(verify_receipt::VerifyReceipt),
}

/// Does it.
pub async fn run(what: Inspector) -> anyhow::Result<ExitCode> {
    match what {
        Inspector::VerifyReceipt(args) => verify_receipt::run(&args),
    }
}

//! `parindex inspector`: what an auditor, an appellant or a court asks, and a witness of others' logs.
//! It reads what it is given, or the log beside whoever writes it, and writes nothing but a witness's own store.

mod examine;
mod verify_receipt;
mod witness;

use std::process::ExitCode;

use clap::Subcommand;

/// `inspector`
#[derive(Debug, Subcommand)]
pub enum Inspector {
    /// What the log says to the claims of an appeal, with the events that decide each.
    Examine(examine::Examine),
    /// Verify a receipt with nothing but itself and the keys to be believed; exit status 1 if it does not hold.
    VerifyReceipt(verify_receipt::VerifyReceipt),
    /// Cosign checkpoints of logs that others hold, over HTTP until stopped (C2SP tlog-witness).
    Witness(witness::Witness),
    /// Make the store of a witness's key, once in the key's life.
    WitnessInit(witness::WitnessInit),
    /// Say what a witness's exhibit proves; exit status 1 if it proves nothing.
    Exhibit(witness::Exhibit),
}

/// Does it.
pub async fn run(what: Inspector) -> anyhow::Result<ExitCode> {
    match what {
        Inspector::Examine(args) => examine::run(args).await,
        Inspector::VerifyReceipt(args) => verify_receipt::run(&args),
        Inspector::Witness(args) => witness::run(args).await,
        Inspector::WitnessInit(args) => witness::init(&args),
        Inspector::Exhibit(args) => witness::exhibit(&args),
    }
}

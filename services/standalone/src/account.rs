//! `parindex account`: a login name and a first password for an actor, bound on record; the password is printed once, kept nowhere, and
//! must be changed at the first sign-in. With `--reset` another one, with `--disable` the end, both with a reason on record. With `--mail`
//! an address for notices, on no record, which its owner confirms before he is sent any.

use std::process::ExitCode;

use clap::Args;
use proto::ActorId;

use crate::data::Data;
use crate::failure::Failure;
use crate::home::Home;
use crate::operate::{Done, Operation, operate};

/// `account`
#[derive(Debug, Args)]
pub struct Account {
    #[command(flatten)]
    pub data: Data,
    /// For whom a new account speaks.
    #[arg(long, required_unless_present_any = ["reset", "disable", "unlock", "list", "mail"],
        conflicts_with_all = ["reset", "disable", "unlock", "list"])]
    pub actor: Option<ActorId>,
    /// The login name: 2 to 64 of a-z 0-9 . _ -
    #[arg(long, required_unless_present = "list")]
    pub name: Option<String>,
    /// Give the account another first password and credential; all its sessions end.
    #[arg(long, requires_all = ["reason", "name"], conflicts_with = "disable")]
    pub reset: bool,
    /// End the account; all its sessions end.
    #[arg(long, requires_all = ["reason", "name"])]
    pub disable: bool,
    /// Open an account that too many wrong passwords have locked.
    #[arg(long, requires = "name", conflicts_with_all = ["reset", "disable", "reason"])]
    pub unlock: bool,
    /// Where notices are sent once whoever has the account has confirmed it; of a new account, or of one that there is.
    #[arg(long, requires = "name", conflicts_with_all = ["reset", "disable", "unlock", "list"], value_name = "ADDRESS")]
    pub mail: Option<String>,
    /// Why; it stands on record.
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub reason: String,
    /// List the accounts: credential, when made, for whom, login name, and what is to be known of it.
    #[arg(long, conflicts_with_all = ["name", "reset", "disable", "unlock", "reason"])]
    pub list: bool,
}

/// Does it, through the running server where there is one.
pub async fn run(args: Account) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let usage = || {
        Failure::new(
            "usage",
            "say --actor with --name, or --name with --reset, --disable, --unlock or --mail, or --list",
        )
    };
    let operation = match (args.name, args.actor) {
        _ if args.list => Operation::ListAccounts {},
        (Some(name), _) if args.reset => Operation::ResetAccount { name, reason: args.reason },
        (Some(name), _) if args.unlock => Operation::UnlockAccount { name },
        (Some(name), _) if args.disable => Operation::DisableAccount { name, reason: args.reason },
        (Some(name), Some(actor)) => Operation::MakeAccount { actor, name, mail: args.mail },
        (Some(name), None) if args.mail.is_some() => {
            Operation::GiveAddress { name, mail: args.mail.unwrap_or_default() }
        }
        _ => return Err(usage().into()),
    };
    match operate(&home, operation).await? {
        Done::AccountMade { password, credential, actor, known } => {
            say!("{password}");
            eprintln!("credential {credential} speaks for {actor}; the password must be changed at the first sign-in");
            if !known {
                eprintln!("note: no grant names this actor yet");
            }
        }
        Done::AccountDisabled { actor } => say!("disabled: it speaks for {actor} no more"),
        Done::Accounts { accounts } => {
            for a in accounts {
                let first = if a.must_change { "  first password" } else { "" };
                let locked = a.locked_until.map_or(String::new(), |until| format!("  locked until {until}"));
                say!("{}  {}  {}  {}{first}{locked}", a.credential, a.created_at, a.actor, a.name);
            }
        }
        Done::AddressGiven { actor } => say!("kept: the address of {actor}, who is asked to confirm it"),
        Done::AccountUnlocked { actor } => say!("unlocked: the account of {actor}"),
        Done::Minted { .. }
        | Done::Recovered { .. }
        | Done::Revoked { .. }
        | Done::Tokens { .. }
        | Done::Named {}
        | Done::Anchored { .. }
        | Done::Closed { .. } => {}
    }
    Ok(ExitCode::SUCCESS)
}

//! `parindex account`: a login name and a first password for an actor, bound on record; the password is printed once, kept nowhere, and
//! must be changed at the first sign-in. With `--reset` another one, with `--disable` the end, both with a reason on record. With `--mail`
//! an address for notices, on no record, which its owner confirms before he is sent any. With `--oidc-subject` an account of somebody whom an
//! identity provider vouches for, which has no password.

use std::process::ExitCode;

use clap::Args;
use identity::Voucher;
use platform::provider::SUBJECT;
use proto::{ActorId, CredentialId};

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
    #[arg(long, required_unless_present_any = ["list", "oidc_subject", "credential"])]
    pub name: Option<String>,
    /// Who the actor is to the identity provider, to the letter: he signs in there.
    #[arg(long, value_name = "SUBJECT", requires = "actor", conflicts_with_all = ["name", "list"])]
    pub oidc_subject: Option<String>,
    /// The provider's issuer, if not that of the server which serves the log.
    #[arg(long, value_name = "URL", requires = "oidc_subject")]
    pub oidc_issuer: Option<String>,
    /// The claim that the subject is read from at that provider.
    #[arg(long, value_name = "NAME", requires = "oidc_issuer", default_value = SUBJECT)]
    pub oidc_claim: String,
    /// Which account by a provider ends, as --list names it.
    #[arg(long, value_name = "ID", requires_all = ["disable", "reason"], conflicts_with = "name")]
    pub credential: Option<CredentialId>,
    /// Give the account another first password and credential; all its sessions end.
    #[arg(long, requires_all = ["reason", "name"], conflicts_with = "disable")]
    pub reset: bool,
    /// End the account; all its sessions end.
    #[arg(long, requires = "reason")]
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
            "say --actor with --name or --oidc-subject, or --name with --reset, --disable, --unlock or --mail, or --list",
        )
    };
    let claim = args.oidc_claim;
    let operation = match (args.name, args.actor) {
        _ if args.list => Operation::ListAccounts {},
        (None, None) if args.disable && args.credential.is_some() => {
            let credential = args.credential.ok_or_else(usage)?;
            Operation::UnbindSubject { credential, reason: args.reason }
        }
        (None, Some(actor)) if args.oidc_subject.is_some() => {
            let subject = args.oidc_subject.ok_or_else(usage)?;
            Operation::BindSubject { actor, subject, by: args.oidc_issuer.map(|issuer| Voucher { issuer, claim }) }
        }
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
        Done::SubjectBound { credential, actor, by, known } => {
            say!("{credential}");
            eprintln!(
                "credential {credential} speaks for {actor}, whom {} vouches for by its claim {}",
                by.issuer, by.claim
            );
            if !known {
                eprintln!("note: no grant names this actor yet");
            }
        }
        Done::AccountDisabled { actor } => say!("disabled: it speaks for {actor} no more"),
        Done::Accounts { accounts } => {
            for a in accounts {
                let first = if a.must_change { "  first password" } else { "" };
                let locked = a.locked_until.map_or(String::new(), |until| format!("  locked until {until}"));
                let by = a.by.map_or(String::new(), |by| format!("  by {} ({})", by.issuer, by.claim));
                say!("{}  {}  {}  {}{first}{locked}{by}", a.credential, a.created_at, a.actor, a.name);
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

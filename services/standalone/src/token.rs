//! `parindex token`: a bearer token for an actor, with its scopes, bound on record; the secret is printed once and kept nowhere.
//! With `--revoke` the end of one, with its reason on record; with `--list` what there is.

use std::process::ExitCode;

use clap::Args;
use proto::{ActorId, CredentialId, Scopes};

use crate::data::Data;
use crate::failure::Failure;
use crate::home::Home;
use crate::operate::{Done, Operation, operate};

/// `token`
#[derive(Debug, Args)]
pub struct Token {
    #[command(flatten)]
    pub data: Data,
    /// For whom it speaks.
    #[arg(long, required_unless_present_any = ["revoke", "list"])]
    pub actor: Option<ActorId>,
    /// What it is for.
    #[arg(long, default_value = "")]
    pub label: String,
    /// What it opens: `commands` to send as the actor, `read` to read what he may, `log` to read the log itself, whole. Those of the
    /// first two that are left out are refused to it too.
    #[arg(long, value_name = "SCOPE,...", default_value_t = Scopes::OWN, conflicts_with_all = ["revoke", "list"])]
    pub scope: Scopes,
    /// Revoke the token of this credential (the part of a token between its underscores, behind `t-`).
    #[arg(long, value_name = "CREDENTIAL", requires = "reason", conflicts_with = "label")]
    pub revoke: Option<CredentialId>,
    /// Why it is revoked; it stands on record.
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub reason: String,
    /// List the tokens of the store: credential, when made, for whom, what it opens, for what. One that opens everything was made
    /// before there were scopes.
    #[arg(long, conflicts_with_all = ["actor", "revoke", "reason", "label"])]
    pub list: bool,
}

/// Does it, through the running server where there is one.
pub async fn run(args: Token) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let operation = match (args.revoke, args.actor) {
        _ if args.list => Operation::List {},
        (Some(credential), actor) => Operation::Revoke { credential, actor, reason: args.reason },
        (None, Some(actor)) => Operation::Mint { actor, label: args.label, scopes: args.scope },
        (None, None) => return Err(Failure::new("usage", "say --actor, --revoke or --list").into()),
    };
    match operate(&home, operation).await? {
        Done::Minted { token, credential, known } => {
            say!("{token}");
            eprintln!("credential {credential}; revoke it by: parindex token --revoke {credential} --reason TEXT");
            if !known {
                eprintln!("note: no grant names this actor yet");
            }
        }
        Done::Revoked { actor } => say!("revoked: it speaks for {actor} no more"),
        Done::Named {}
        | Done::Anchored { .. }
        | Done::Closed { .. }
        | Done::AccountMade { .. }
        | Done::AccountDisabled { .. }
        | Done::SubjectBound { .. }
        | Done::AccountUnlocked { .. }
        | Done::AddressGiven { .. }
        | Done::Recovered { .. }
        | Done::Accounts { .. } => {}
        Done::Tokens { tokens } => {
            for t in tokens {
                let scopes = t.scopes.map_or("everything".to_owned(), |scopes| scopes.to_string().replace(' ', ","));
                say!("{}  {}  {}  {scopes}  {}", t.credential, t.created_at, t.actor, t.label);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

//! `parindex token`: a bearer token for an actor, bound on record; the secret is printed once and kept nowhere.
//! With `--revoke` the end of one, with its reason on record; with `--list` what there is.

use std::process::ExitCode;

use crate::command_line::Token;
use crate::failure::Failure;
use crate::home::Home;
use crate::operate::{Done, Operation, operate};

/// Does it, through the running server where there is one.
pub async fn run(args: Token) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let operation = match (args.revoke, args.actor) {
        _ if args.list => Operation::List {},
        (Some(credential), actor) => Operation::Revoke { credential, actor, reason: args.reason },
        (None, Some(actor)) => Operation::Mint { actor, label: args.label },
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
        Done::Named {} | Done::Anchored { .. } | Done::Closed { .. } => {}
        Done::Tokens { tokens } => {
            for t in tokens {
                say!("{}  {}  {}  {}", t.credential, t.created_at, t.actor, t.label);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

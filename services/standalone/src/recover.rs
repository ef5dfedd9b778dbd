//! `parindex recover`: an administrator granted by whoever sits at the data folder, where fewer than two are left and so nobody could be
//! made one by two people (RULINGS 3, 19). It stands on record as the operator's act, and is refused while two are left.

use std::process::ExitCode;

use clap::Args;
use proto::{ActorId, GrantId};

use crate::data::Data;
use crate::home::Home;
use crate::operate::{Done, Operation, operate};

/// `recover`
#[derive(Debug, Args)]
pub struct Recover {
    #[command(flatten)]
    pub data: Data,
    /// Who is to be administrator, by his opaque id.
    #[arg(long, value_name = "ACTOR")]
    pub administrator: ActorId,
    /// The grant's id, which he must not have had before.
    #[arg(long, value_name = "ID", default_value = "recovery")]
    pub grant: GrantId,
}

/// Does it, through the running server where there is one.
pub async fn run(args: Recover) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let operation = Operation::Recover { actor: args.administrator, grant: args.grant };
    if let Done::Recovered { actor, position, awaits_second } = operate(&home, operation).await? {
        say!("#{position}: {actor} is granted the capacity of administrator by the operator");
        if awaits_second {
            eprintln!("note: it holds once the administrator who is left has confirmed it");
        }
        eprintln!("an account for him: parindex account --actor {actor} --name NAME");
    }
    Ok(ExitCode::SUCCESS)
}

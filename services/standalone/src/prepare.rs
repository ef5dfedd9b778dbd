//! `parindex prepare`: makes roles, schemas and the log's tables in a database of PostgreSQL, or the place of files' keys in another, as
//! its administrator.
//! It may be run again at any time; it changes no event and takes no table away.

use std::process::ExitCode;

use clap::Args;
use ledger::schema_of_postgres;
use platform::db::{Place, Role, open_writer};

use crate::data::DatabaseUrl;

/// Who may do what; the second run finds the tables, and grants what is to be granted on them.
const ROLES: &str = include_str!("../../../deploy/postgres/roles.sql");
/// The same of the database of keys.
const KEYS: &str = include_str!("../../../deploy/postgres/keys.sql");

/// `prepare`
#[derive(Debug, Args)]
pub struct Prepare {
    /// The database, and a login that may make roles and schemas in it.
    #[arg(long, value_name = "URL")]
    pub database_url: DatabaseUrl,
    /// It is the one of files' keys and ballots, on a server of its own: no log is ever in it.
    #[arg(long)]
    pub keys: bool,
}

/// Does it.
pub async fn run(args: Prepare) -> anyhow::Result<ExitCode> {
    let server = args.database_url.server()?;
    if args.keys {
        server.run(KEYS).await?;
        say!("{server}: prepared for keys");
        return Ok(ExitCode::SUCCESS);
    }
    server.run(ROLES).await?;
    let place = Place::Schema { server: server.clone(), schema: "ledger", role: Role::Owner };
    open_writer(&place, &schema_of_postgres()).await?.close().await?;
    server.run(ROLES).await?;
    say!("{server}: prepared");
    Ok(ExitCode::SUCCESS)
}

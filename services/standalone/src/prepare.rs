//! `parindex prepare`: makes roles, schemas and the log's tables in a database of PostgreSQL, as its administrator.
//! It may be run again at any time; it changes no event and takes no table away.

use std::process::ExitCode;

use ledger::schema_of_postgres;
use platform::db::{Place, Role, open_writer};

use crate::command_line::Prepare;

/// Who may do what; the second run finds the tables, and grants what is to be granted on them.
const ROLES: &str = include_str!("../../../deploy/postgres/roles.sql");

/// Does it.
pub async fn run(args: Prepare) -> anyhow::Result<ExitCode> {
    let server = args.database_url.server()?;
    server.run(ROLES).await?;
    let place = Place::Schema { server: server.clone(), schema: "ledger", role: Role::Owner };
    open_writer(&place, &schema_of_postgres()).await?.close().await?;
    server.run(ROLES).await?;
    say!("{server}: prepared");
    Ok(ExitCode::SUCCESS)
}

//! Where the data is, as the command line and the environment name it: a folder or a database.
//! A database's address may hold a password, so it is never repeated.

use std::path::PathBuf;

use clap::Args;
use platform::db::Server;
use proto::{RoundId, UnitId};

use crate::failure::Failure;

/// Where the data is.
#[derive(Debug, Args)]
pub struct Data {
    /// The data folder; it goes before a database that the environment names.
    #[arg(long = "data", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Or the database, as in postgres://parindex@127.0.0.1/parindex, best in the environment variable.
    #[arg(long, value_name = "URL", env = "PARINDEX_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<DatabaseUrl>,
}

/// A database's address as it was given. It is read where it is used: what the command line refuses it repeats, and there
/// may be a password in it.
#[derive(Clone)]
pub struct DatabaseUrl(String);

impl From<&str> for DatabaseUrl {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}
impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("DatabaseUrl")
    }
}
impl DatabaseUrl {
    /// The server, its database and a login.
    pub fn server(&self) -> anyhow::Result<Server> {
        self.0.parse().map_err(|what: String| Failure::new("usage", what).into())
    }
}

/// A unit in a round of a log.
#[derive(Debug, Args)]
pub struct OfUnit {
    #[command(flatten)]
    pub data: Data,
    /// The round; the latest one if absent.
    #[arg(long)]
    pub round: Option<RoundId>,
    /// The unit.
    #[arg(long)]
    pub unit: UnitId,
}

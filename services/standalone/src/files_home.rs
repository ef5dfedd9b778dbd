//! Where files of evidence are, with their keys, the access log and the log that refers to them: a data folder, or what the intake's
//! configuration names where services run apart. It opens things, and asks for no right but to read that configuration.

use std::path::PathBuf;

use clap::Args;
use inspector::Source;
use intake::evidence::Store;
use platform::config::Config;
use platform::db::{Place, Role};
use platform::objects::FilesPlace;

use crate::data::Data;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::home::{Home, Logins};

/// A data folder's access log of files.
pub const ACCESS: &str = "access.db";

/// Where files and keys are.
#[derive(Debug, Args)]
pub struct FilesArgs {
    /// The data folder: the log, the keys of files, and the key of these.
    #[arg(long, value_name = "DIR", required_unless_present = "config")]
    pub data: Option<PathBuf>,
    /// Or the intake's configuration, where services run apart. The environment goes over it, and is the place for secrets.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "files_config"])]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub kept: KeptElsewhere,
}

/// Where files are kept, if not in their home.
#[derive(Debug, Default, Args)]
pub struct KeptElsewhere {
    /// A configuration whose section `files` says where files are kept; without it, in the data folder. The environment goes
    /// over it, and is the place for the bucket's key.
    #[arg(long, value_name = "FILE")]
    pub files_config: Option<PathBuf>,
}

/// Where they are, once that was read.
pub enum FilesHome {
    /// In a data folder, the files perhaps elsewhere.
    Folder(Folder, Option<FilesPlace>),
    /// Where an intake has them.
    Apart(Box<Config>),
}

impl FilesArgs {
    /// Reads it.
    pub fn home(&self) -> anyhow::Result<FilesHome> {
        match (&self.data, &self.config) {
            (Some(data), _) => Ok(FilesHome::Folder(Folder::open(data)?, self.kept.place()?)),
            (None, Some(config)) => {
                Ok(FilesHome::Apart(Box::new(Config::read(Some(config.as_path()), environment())?)))
            }
            (None, None) => Err(Failure::new("usage", "say --data DIR or --config FILE").into()),
        }
    }
}

impl KeptElsewhere {
    fn place(&self) -> anyhow::Result<Option<FilesPlace>> {
        Ok(self.files_config.as_ref().map(|file| Config::files(file, std::env::vars())).transpose()?)
    }

    /// A folder's files.
    pub fn store(&self, folder: &Folder) -> anyhow::Result<Store> {
        Ok(Store::of(folder.path(), self.place()?))
    }
}

/// What the environment says, as far as it is text.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
}

impl FilesHome {
    /// Files and keys.
    pub fn store(&self) -> anyhow::Result<Store> {
        match self {
            Self::Folder(folder, place) => Ok(Store::of(folder.path(), place.clone())),
            Self::Apart(config) => apart(config),
        }
    }

    /// The log, read as the intake reads it.
    pub async fn log(&self) -> anyhow::Result<Source> {
        Ok(match self {
            Self::Folder(folder, _) => Source::open(folder.file("ledger.db")).await?,
            Self::Apart(config) => Source::open(in_database(config, "ledger")).await?,
        })
    }

    /// The access log; none where there never was one.
    pub fn access(&self) -> Option<Place> {
        match self {
            Self::Folder(folder, _) => Some(folder.file(ACCESS)).filter(|file| file.exists()).map(Place::from),
            Self::Apart(config) => Some(in_database(config, "access")),
        }
    }

    /// The same; begun where there never was one.
    pub fn access_begun(&self) -> Place {
        match self {
            Self::Folder(folder, _) => folder.file(ACCESS).into(),
            Self::Apart(config) => in_database(config, "access"),
        }
    }

    /// The home of the log, for whoever sends commands to its server.
    pub async fn of_the_log(&self) -> anyhow::Result<Home> {
        match self {
            Self::Folder(folder, _) => Home::open(&Data { data: Some(folder.path().into()), database_url: None }).await,
            Self::Apart(config) => {
                let logins = Logins { own: config.database.clone(), identity: config.identity.clone() };
                Ok(Home::Database(logins, config.origin.clone()))
            }
        }
    }
}

/// Files and keys as a configuration names them, for the intake itself too.
pub fn apart(config: &Config) -> anyhow::Result<Store> {
    let missing = |key| Failure::new("config_value_missing", format!("{key} must be set for the intake"));
    let server = config.keys.database.clone().ok_or_else(|| missing("keys.database_url"))?;
    let master = config.keys.master.clone().ok_or_else(|| missing("keys.master"))?;
    let place = config.files.clone().ok_or_else(|| missing("files.folder or files.bucket"))?;
    Ok(Store::in_database(server, master, place))
}

fn in_database(config: &Config, schema: &'static str) -> Place {
    Place::Schema { server: config.database.clone(), schema, role: Role::Intake }
}

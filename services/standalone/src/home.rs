//! Where a log lives: in a data folder, or in a database of PostgreSQL. It says for each part of the system where its
//! tables are, and as whom they are opened.

use std::path::{Path, PathBuf};

use anyhow::Context;
use inspector::{Paths, Source};
use platform::db::{Place, Role, Server as Database};
use platform::feed::Feed;
use proto::{Event, Origin};

use crate::data::Data;
use crate::failure::Failure;
use crate::folder::{Folder, HeldFolder};

/// A home, for reading.
#[derive(Debug, Clone)]
pub enum Home {
    /// A data folder.
    Folder(Folder),
    /// A database, and the origin of the log in it.
    Database(Logins, Origin),
}

/// A home whose log this process writes.
#[derive(Debug)]
pub enum Held {
    /// A data folder, which one process writes.
    Folder(HeldFolder),
    /// A database, whose log is written by whoever has the lead.
    Database(Logins),
}

/// A database and who comes to it: one login that may be all services, or one for each that runs apart.
#[derive(Debug, Clone)]
pub struct Logins {
    /// For everything but tokens.
    pub own: Database,
    /// For tokens.
    pub identity: Database,
}

impl From<Database> for Logins {
    fn from(database: Database) -> Self {
        Self { identity: database.clone(), own: database }
    }
}

/// What has tables of its own.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// The log.
    Ledger,
    /// The index.
    Index,
    /// The ranking.
    Ranking,
    /// The tokens.
    Identity,
}

impl Part {
    /// Its schema's name, and its file's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Index => "index",
            Self::Ranking => "ranking",
            Self::Identity => "identity",
        }
    }

    fn writer(self) -> Role {
        match self {
            Self::Ledger => Role::Ledger,
            Self::Index => Role::Index,
            Self::Ranking => Role::Ranking,
            Self::Identity => Role::Identity,
        }
    }
}

/// What the command line names.
enum Named<'a> {
    Folder(&'a Path),
    Database(Logins),
}

fn named(data: &Data) -> anyhow::Result<Named<'_>> {
    match (&data.data, &data.database_url) {
        (Some(folder), _) => Ok(Named::Folder(folder)),
        (None, Some(url)) => Ok(Named::Database(url.server()?.into())),
        (None, None) => Err(Failure::new("usage", "say --data DIR or --database-url URL").into()),
    }
}

impl Home {
    /// Opens a home for reading.
    pub async fn open(data: &Data) -> anyhow::Result<Self> {
        match named(data)? {
            Named::Folder(path) => Ok(Self::Folder(Folder::open(path)?)),
            Named::Database(database) => {
                let source = Source::open(in_database(&database, Part::Ledger, Role::Inspector)).await?;
                let first = source.after(0, 1).await?;
                let missing = || Failure::new("log_missing", format!("no log has begun in {}", database.own));
                let event = Event::decode(first.first().ok_or_else(missing)?).context("log_damaged")?;
                Ok(Self::Database(database, event.envelope.log))
            }
        }
    }

    /// The log's origin.
    pub fn origin(&self) -> &Origin {
        match self {
            Self::Folder(folder) => folder.origin(),
            Self::Database(_, origin) => origin,
        }
    }

    /// Where the inspector reads.
    pub fn paths(&self) -> Paths {
        let place = |part| self.read(part, Role::Inspector);
        Paths { ledger: place(Part::Ledger), index: place(Part::Index), ranking: place(Part::Ranking) }
    }

    /// Where the signer reads.
    pub fn signer(&self) -> Place {
        self.read(Part::Ledger, Role::Signer)
    }

    /// Where pages and tables are read from.
    pub fn projection(&self, part: Part) -> Place {
        self.read(part, Role::Dashboard)
    }

    /// Where a part is written, by one who does not write the log and takes no lead.
    pub fn writing(&self, part: Part) -> Place {
        self.read(part, part.writer())
    }

    /// Where the tokens are.
    pub fn identity(&self) -> Place {
        self.read(Part::Identity, Role::Identity)
    }

    fn read(&self, part: Part, role: Role) -> Place {
        match self {
            Self::Folder(folder) => in_folder(folder, part),
            Self::Database(database, _) => in_database(database, part, role),
        }
    }

    /// Takes the home for writing.
    pub fn hold(&self) -> anyhow::Result<Held> {
        Ok(match self {
            Self::Folder(folder) => Held::Folder(Folder::hold(folder.path())?),
            Self::Database(database, _) => Held::Database(database.clone()),
        })
    }
}

impl Held {
    /// Takes what the command line names for writing; the log in it has begun.
    pub fn hold(data: &Data) -> anyhow::Result<Self> {
        Ok(match named(data)? {
            Named::Folder(path) => Self::Folder(Folder::hold(path)?),
            Named::Database(database) => Self::Database(database),
        })
    }

    /// Takes what the command line names for a new log.
    pub fn create(data: &Data, origin: &Origin) -> anyhow::Result<Self> {
        Ok(match named(data)? {
            Named::Folder(path) => Self::Folder(Folder::create(path, origin.clone())?),
            Named::Database(database) => Self::Database(database),
        })
    }

    /// Where a part is written.
    pub fn place(&self, part: Part) -> Place {
        match self {
            Self::Folder(held) => in_folder(held.folder(), part),
            Self::Database(database) => in_database(database, part, part.writer()),
        }
    }

    /// The home of the log with this origin.
    pub fn home(&self, origin: &Origin) -> Home {
        match self {
            Self::Folder(held) => Home::Folder(held.folder().clone()),
            Self::Database(database) => Home::Database(database.clone(), origin.clone()),
        }
    }
}

fn in_folder(folder: &Folder, part: Part) -> Place {
    let path: PathBuf = folder.file(&format!("{}.db", part.name()));
    path.into()
}

fn in_database(logins: &Logins, part: Part, role: Role) -> Place {
    let server = if matches!(part, Part::Identity) { &logins.identity } else { &logins.own };
    Place::Schema { server: server.clone(), schema: part.name(), role }
}

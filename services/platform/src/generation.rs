//! The next generation of a projection: made in a place beside the live one, which it replaces in one transaction.
//! It touches the live one in that transaction alone, and puts nothing there but what stands at the cursor it was told.

mod postgres;
mod sqlite;

use std::marker::PhantomData;

use proto::Hash;
use sqlx::postgres::PgConnection;

use crate::db::{DbError, Either, Place, open_readers};
use crate::projector::{Cursor, ProjectError, Projection, Snapshot, schema};

/// Why a generation could not be made, or could not take its place.
#[derive(Debug, thiserror::Error)]
pub enum GenerationError {
    /// Another one makes it.
    #[error("rebuild_running: another rebuild makes {0}")]
    Running(Place),
    /// Its place or the live one cannot be opened.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The engine failed.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// A file could not be made, moved or taken away.
    #[error("io_failed: {0}")]
    Io(#[from] std::io::Error),
    /// Its cursor cannot be read.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// Somebody has read the live one for so long that it could not be replaced.
    #[error("rebuild_blocked: somebody reads {0} and does not end; the live projection stands as it was")]
    Blocked(Place),
    /// It does not stand where it was said to stand.
    #[error("rebuild_moved: {0} was changed by somebody else; the live projection stands as it was")]
    Moved(Place),
}

/// What there is of a next generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nothing.
    Nothing,
    /// It was begun, and has come so far.
    At(Cursor),
    /// Something that no rebuild can go on with, and why.
    Unusable(String),
}

/// The place of a projection's next generation, taken by the one who makes it. It is free again when this is dropped, or
/// its process dies.
pub struct Next<P> {
    live: Place,
    place: Place,
    alone: Either<std::fs::File, PgConnection>,
    of: PhantomData<fn() -> P>,
}

impl<P: Projection> Next<P> {
    /// Takes the place beside a live projection.
    ///
    /// # Errors
    /// [`GenerationError::Running`] when somebody has it, and [`DbError::Newer`] when the live one is of a newer format: what
    /// this version makes would be a step back.
    pub async fn take(live: &Place) -> Result<Self, GenerationError> {
        match open_readers(live, &schema::<P>()).await {
            Err(error @ DbError::Newer { .. }) => return Err(error.into()),
            Ok(db) => db.close().await,
            Err(_) => {}
        }
        let (place, alone) = match live {
            Place::File(path) => {
                let beside = sqlite::beside(path);
                let alone = sqlite::alone(&beside)?.map(Either::Sqlite);
                (Place::File(beside), alone)
            }
            Place::Schema { server, schema, role } => {
                let place = Place::Schema { server: server.clone(), schema: P::NEXT, role: *role };
                let alone = postgres::alone(server, schema, P::NEXT, *role).await?.map(Either::Postgres);
                (place, alone)
            }
        };
        let alone = alone.ok_or_else(|| GenerationError::Running(place.clone()))?;
        Ok(Self { live: live.clone(), place, alone, of: PhantomData })
    }

    /// Where it is made.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What stands there.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn begun(&self) -> Result<Begun, GenerationError> {
        let db = match open_readers(&self.place, &schema::<P>()).await {
            Ok(db) => db,
            Err(DbError::Missing(_) | DbError::Unprepared(_)) => return Ok(Begun::Nothing),
            Err(e @ (DbError::Newer { .. } | DbError::Older { .. } | DbError::Damaged { .. })) => {
                return Ok(Begun::Unusable(e.to_string()));
            }
            Err(error) => return Err(error.into()),
        };
        let cursor = Snapshot::begin(&db).await.map(|snapshot| snapshot.cursor().clone());
        db.close().await;
        match cursor {
            Ok(cursor) if cursor.is_whole() => Ok(Begun::At(cursor)),
            Ok(_) => Ok(Begun::Unusable(ProjectError::Cursor.to_string())),
            Err(error @ ProjectError::Cursor) => Ok(Begun::Unusable(error.to_string())),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes away whatever stands there.
    ///
    /// # Errors
    /// When it cannot be taken away.
    pub async fn clear(&mut self) -> Result<(), GenerationError> {
        match (&mut self.alone, &self.place) {
            (Either::Postgres(db), Place::Schema { schema, .. }) => postgres::clear(db, schema).await?,
            (_, Place::File(path)) => sqlite::clear(path)?,
            (Either::Sqlite(_), Place::Schema { .. }) => unreachable!("each was taken with its own lock"),
        }
        Ok(())
    }

    /// Holds the live projection still: its readers go on, and its projector waits.
    ///
    /// # Errors
    /// When the engine refuses.
    pub async fn hold(self) -> Result<Held<P>, GenerationError> {
        let (held, position) = match (&self.live, self.alone) {
            (Place::File(path), Either::Sqlite(alone)) => {
                let (held, position) = sqlite::hold(path).await?;
                (Either::Sqlite((held, alone)), position)
            }
            (_, Either::Postgres(mut db)) => {
                let position = postgres::hold(&mut db).await?;
                (Either::Postgres(db), position)
            }
            (Place::Schema { .. }, Either::Sqlite(_)) => unreachable!("each was taken with its own lock"),
        };
        let position = u64::try_from(position).unwrap_or(0);
        Ok(Held { live: self.live, place: self.place, held, position, of: self.of })
    }
}

/// A live projection that stands still, until its next generation has taken its place or this is dropped.
pub struct Held<P> {
    live: Place,
    place: Place,
    held: Either<(sqlite::Held, std::fs::File), PgConnection>,
    position: u64,
    of: PhantomData<fn() -> P>,
}

impl<P: Projection> Held<P> {
    /// Where the live projection stands; 0 where there is none that could be read.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Lets the live projection go on as it was, and takes the next generation away.
    ///
    /// # Errors
    /// When it cannot be taken away.
    pub async fn discard(self) -> Result<(), GenerationError> {
        match (self.held, &self.place) {
            (Either::Postgres(mut db), Place::Schema { schema, .. }) => {
                postgres::let_go(&mut db).await?;
                postgres::clear(&mut db, schema).await?;
            }
            (Either::Sqlite((_, _alone)), Place::File(path)) => sqlite::clear(path)?,
            _ => unreachable!("the lock and the place are of one engine"),
        }
        Ok(())
    }

    /// Puts the next generation, which stands at a position and its hash, in the place of the live one, in one transaction, and takes away
    /// what it was made in. Nobody may have the next generation open.
    ///
    /// # Errors
    /// [`GenerationError`]; the live projection then stands as it was.
    pub async fn switch(self, (position, hash): (u64, Option<Hash>)) -> Result<(), GenerationError> {
        let position = i64::try_from(position).expect("positions stay below 2^53");
        let at = (position, hash.map_or(String::new(), |hash| hash.to_string()));
        match (self.held, &self.live, &self.place) {
            (Either::Sqlite((held, _alone)), Place::File(live), Place::File(next)) => {
                if !sqlite::switch(held, live, next, &schema::<P>(), &at).await? {
                    return Err(GenerationError::Moved(self.place));
                }
                sqlite::clear(next)?;
            }
            (Either::Postgres(mut db), Place::Schema { schema, .. }, Place::Schema { schema: next, .. }) => {
                match postgres::switch(&mut db, schema, next, &at).await? {
                    postgres::Switched::Done => {}
                    postgres::Switched::Moved => return Err(GenerationError::Moved(self.place)),
                    postgres::Switched::Blocked => return Err(GenerationError::Blocked(self.live)),
                }
            }
            _ => unreachable!("both places are of one engine"),
        }
        Ok(())
    }
}

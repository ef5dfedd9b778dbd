//! The connection of one who writes, for as long as his process lives: made anew where the server was away in between. What was
//! under way when a connection broke is told as a failure, and never done twice here.

use tokio::sync::{Mutex, MutexGuard};

use super::{DbError, Place, Schema, Writing, open_writer};

/// A writer's connection.
#[derive(Debug)]
pub struct Writer {
    place: Place,
    schema: Schema,
    db: Mutex<Writing>,
}

impl Writer {
    /// Opens it, making the tables if they are not there.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn open(place: &Place, schema: Schema) -> Result<Self, DbError> {
        let db = Mutex::new(open_writer(place, &schema).await?);
        Ok(Self { place: place.clone(), schema, db })
    }

    /// The same, for whoever keeps what must be possible to destroy.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn of_what_can_be_destroyed(place: &Place, schema: Schema) -> Result<Self, DbError> {
        let writer = Self::open(place, schema).await?;
        // It is a matter of the connection where the engine is SQLite, and that one is never made anew.
        writer.db.lock().await.overwrite_deleted().await?;
        Ok(writer)
    }

    /// The connection, for one who writes now.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn writing(&self) -> Result<MutexGuard<'_, Writing>, DbError> {
        let mut db = self.db.lock().await;
        if !db.answers().await {
            *db = open_writer(&self.place, &self.schema).await?;
        }
        Ok(db)
    }

    /// Has what was deleted leave ([`Writing::leave_no_trace`]). A server is told on a connection of its own, so that nobody waits
    /// who wants to read or write meanwhile.
    ///
    /// # Errors
    /// [`DbError`]; it is then to be done again.
    pub async fn leave_no_trace(&self) -> Result<(), DbError> {
        match &self.place {
            Place::File(_) => self.writing().await?.leave_no_trace().await,
            place @ Place::Schema { .. } => {
                let mut own = open_writer(place, &self.schema).await?;
                own.leave_no_trace().await?;
                Ok(own.close().await?)
            }
        }
    }

    /// Closes it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn close(self) -> Result<(), DbError> {
        Ok(self.db.into_inner().close().await?)
    }
}

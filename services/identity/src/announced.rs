//! Where the log is served now, and the secret by which the operator's own programs reach the server: for a log on a
//! database server, which has no folder to leave a note in.
//! Whoever can read it can read the tokens' rows too; it gives no more than they do.

use platform::on;

use crate::tokens::{Identity, IdentityError};

pub(crate) const SERVER_DDL: &str = "CREATE TABLE IF NOT EXISTS server (one INTEGER PRIMARY KEY CHECK (one = 1), \
    url TEXT NOT NULL, operator TEXT NOT NULL)";
const SERVER_WRITE: &str = "INSERT INTO server (one, url, operator) VALUES (1, $1, $2) \
    ON CONFLICT (one) DO UPDATE SET url = excluded.url, operator = excluded.operator";
const SERVER_READ: &str = "SELECT url, operator FROM server WHERE one = 1";
const SERVER_FORGET: &str = "DELETE FROM server WHERE operator = $1";

impl Identity {
    /// Says where the log is served, and by which secret the operator is known there.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn announce(&self, url: &str, operator: &str) -> Result<(), IdentityError> {
        let (url, operator) = (url.to_owned(), operator.to_owned());
        let mut db = self.writing().await?;
        on!(db.at(), db => sqlx::query(SERVER_WRITE).bind(url).bind(operator).execute(db).await.map(|_| ()))?;
        Ok(())
    }

    /// Where the log is served, by the one who said so last: address and secret.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn announced(&self) -> Result<Option<(String, String)>, IdentityError> {
        let mut db = self.writing().await?;
        Ok(on!(db.at(), db => sqlx::query_as(SERVER_READ).fetch_optional(db).await?))
    }

    /// Takes the announcement back, if nobody else has made his own since.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn withdraw(&self, operator: &str) -> Result<(), IdentityError> {
        let operator = operator.to_owned();
        let mut db = self.writing().await?;
        on!(db.at(), db => sqlx::query(SERVER_FORGET).bind(operator).execute(db).await.map(|_| ()))?;
        Ok(())
    }
}

//! Who was sent to an identity provider and is awaited back: by a secret that his browser's cookie holds, once, for minutes. Of the secret
//! the digest alone is stored, and what the provider is shown of it gives neither it nor the others away.

use platform::on;
use proto::{Hash, Instant};

use crate::tokens::{Identity, IdentityError};

/// How long somebody is awaited, in minutes.
pub const AWAITED_MINUTES: i64 = 10;
/// The most who are awaited at once: anybody can be sent, and each is a row of a few hundred bytes.
pub const AWAITED_MAX: i64 = 20_000;

pub(crate) const AWAITED_DDL: &str = "CREATE TABLE IF NOT EXISTS sign_ins_awaited (digest TEXT PRIMARY KEY, \
    next TEXT NOT NULL, begun_at TEXT NOT NULL)";
const AWAITED_OVER: &str = "DELETE FROM sign_ins_awaited WHERE begun_at <= $1";
/// Only while there is room.
const AWAITED_WRITE: &str = "INSERT INTO sign_ins_awaited (digest, next, begun_at) SELECT $1, $2, $3 \
    WHERE (SELECT COUNT(*) FROM sign_ins_awaited) < $4";
const AWAITED_READ: &str = "SELECT next, begun_at FROM sign_ins_awaited WHERE digest = $1";
const AWAITED_TAKE: &str = "DELETE FROM sign_ins_awaited WHERE digest = $1";

/// Somebody who is awaited back, by his secret.
pub struct Awaiting(String);

impl Awaiting {
    /// By the secret that a browser brings.
    #[must_use]
    pub fn by(secret: &str) -> Self {
        Self(secret.to_owned())
    }

    /// What the cookie holds; it is stored nowhere.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// What the provider sends back with him, so that nobody else's answer is taken for his.
    pub(crate) fn state(&self) -> String {
        self.derived("state")
    }

    /// What the ID token must hold, so that none of another sign-in is taken for this one's.
    pub(crate) fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// What proves to the provider that whoever brings its code asked for it (RFC 7636); it is shown the digest first.
    pub(crate) fn verifier(&self) -> String {
        self.derived("verifier")
    }

    fn digest(&self) -> String {
        self.derived("awaited")
    }

    /// The secret has as many bits as the digest, so none of these leads to another.
    fn derived(&self, what: &str) -> String {
        Hash::digest(format!("{what}\n{}", self.0).as_bytes()).to_string()
    }
}

impl Identity {
    /// Begins to await somebody, who is to be led on to a place of this site.
    ///
    /// # Errors
    /// [`IdentityError::Overloaded`] where too many are awaited already.
    pub async fn awaits(&self, next: &str, now: Instant) -> Result<Awaiting, IdentityError> {
        let mut random = [0; 32];
        getrandom::fill(&mut random)?;
        let awaiting = Awaiting(random.iter().map(|b| format!("{b:02x}")).collect());
        let (digest, next, over) = (awaiting.digest(), next.to_owned(), is_over(now));
        let mut db = self.writing().await?;
        on!(db.at(), db => sqlx::query(AWAITED_OVER).bind(over.to_string()).execute(db).await.map(|_| ()))?;
        let rows = on!(db.at(), db => {
            let write = sqlx::query(AWAITED_WRITE).bind(digest).bind(next).bind(now.to_string()).bind(AWAITED_MAX);
            write.execute(db).await.map(|done| done.rows_affected())
        })?;
        if rows == 1 { Ok(awaiting) } else { Err(IdentityError::Overloaded) }
    }

    /// Whether somebody who comes back with a state was awaited, and where he is led on; not once more, whatever becomes of it. Who comes with
    /// another's state is awaited still: he may have been led here by somebody else.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn came_back(
        &self,
        awaiting: &Awaiting,
        state: &str,
        now: Instant,
    ) -> Result<Option<String>, IdentityError> {
        // As digests, so that the time it takes tells nothing of the state.
        if Hash::digest(awaiting.state().as_bytes()) != Hash::digest(state.as_bytes()) {
            return Ok(None);
        }
        let digest = awaiting.digest();
        let mut db = self.writing().await?;
        let row: Option<(String, String)> =
            on!(db.at(), db => sqlx::query_as(AWAITED_READ).bind(digest.clone()).fetch_optional(db).await?);
        let Some((next, begun_at)) = row else { return Ok(None) };
        // Of two who come at once the one who takes it away is the first.
        let rows = on!(db.at(), db => {
            sqlx::query(AWAITED_TAKE).bind(digest.clone()).execute(db).await.map(|done| done.rows_affected())
        })?;
        let begun_at = Instant::parse(&begun_at).map_err(|_| IdentityError::Damaged(digest))?;
        Ok((rows == 1 && begun_at > is_over(now)).then_some(next))
    }
}

/// Whoever was sent at this moment or before is awaited no more.
fn is_over(now: Instant) -> Instant {
    now.plus_micros(-AWAITED_MINUTES * 60_000_000)
}

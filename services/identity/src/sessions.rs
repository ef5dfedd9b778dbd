//! Sessions of a browser: a secret that its cookie holds, of which the digest alone is stored. One ends by itself, is never
//! prolonged past its longest time, and never outlives its account.

use std::fmt;

use platform::on;
use proto::{ActorId, CredentialId, Hash, Instant, Principal, ViaKind};

use crate::accounts::Account;
use crate::provided::PROVIDED_SESSION_BEGIN;
use crate::tokens::{Identity, IdentityError};

/// A session that nobody has used for so long is over, in minutes.
pub const IDLE_MINUTES: i64 = 60;
/// A session is over after so long, however it was used, in hours.
pub const LONGEST_HOURS: i64 = 12;
/// That a session is used is written down no more often than this, in seconds: so one may end by so much too early.
const SEEN_EVERY_S: i64 = 60;

pub(crate) const SESSIONS_DDL: &str = "CREATE TABLE IF NOT EXISTS sessions (digest TEXT PRIMARY KEY, \
    credential TEXT NOT NULL, csrf TEXT NOT NULL, created_at TEXT NOT NULL, seen_at TEXT NOT NULL)";
/// Only for the account whose password was just proven: one that was changed or reset meanwhile has another.
pub(crate) const SESSION_BEGIN: &str = "INSERT INTO sessions (digest, credential, csrf, created_at, seen_at) \
    SELECT $1, credential, $2, $3, $4 FROM accounts WHERE credential = $5 AND password = $6";
/// Of an account of either kind: a local one, or one of a provider, which has no password.
const SESSION_READ: &str = "SELECT s.credential, a.name, a.actor, a.must_change, s.csrf, s.created_at, s.seen_at, \
    CAST(0 AS BIGINT) FROM sessions s JOIN accounts a ON a.credential = s.credential WHERE s.digest = $1 \
    UNION ALL SELECT s.credential, p.subject, p.actor, CAST(0 AS BIGINT), s.csrf, s.created_at, s.seen_at, \
    CAST(1 AS BIGINT) FROM sessions s JOIN provided_accounts p ON p.credential = s.credential WHERE s.digest = $1";
const SESSION_SEEN: &str = "UPDATE sessions SET seen_at = $2 WHERE digest = $1";
const SESSION_END: &str = "DELETE FROM sessions WHERE digest = $1";
pub(crate) const SESSIONS_END: &str = "DELETE FROM sessions WHERE credential = $1";
const SESSIONS_OVER: &str = "DELETE FROM sessions WHERE created_at <= $1 OR seen_at <= $2";
const SESSIONS_COUNT: &str = "SELECT COUNT(*) FROM sessions WHERE credential = $1 AND created_at > $2 AND seen_at > $3";

/// Credential, name, actor, whether the password must be changed, the forms' secret, when begun, when last used, whether by a provider.
type Row = (String, String, String, i64, String, String, String, i64);

/// What the cookie of a session holds, while somebody asks by it: a service that runs apart is shown it. It is never told.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionSecret(String);

impl SessionSecret {
    /// The secret, for whoever looks the session up.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("SessionSecret")
    }
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The credential by which the log knows the account.
    pub credential: CredentialId,
    /// The login name; of an account by a provider, whom the provider says it is.
    pub name: String,
    /// By which way somebody was let in: his password (`session`), or an identity provider (`oidc`).
    pub method: ViaKind,
    /// For whom it speaks.
    pub actor: ActorId,
    /// Whether the password must be changed before anything else.
    pub must_change: bool,
    /// What every form of this session brings back: another site does not know it.
    pub csrf: String,
    /// By what it was found.
    pub secret: SessionSecret,
}

/// A session that has just begun.
pub struct NewSession {
    /// What the cookie holds; it is stored nowhere.
    pub secret: String,
    /// Who is signed in.
    pub session: Session,
}

impl NewSession {
    /// A session of an account. It is none before it is stored.
    pub(crate) fn mint(account: &Account) -> Result<Self, IdentityError> {
        let mut random = [0; 32 + 32];
        getrandom::fill(&mut random)?;
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let (secret, csrf) = random.split_at(32);
        let Account { credential, name, by, actor, must_change, .. } = account.clone();
        let method = if by.is_some() { ViaKind::Oidc } else { ViaKind::Session };
        let kept = SessionSecret(hex(secret));
        let session = Session { credential, name, method, actor, must_change, csrf: hex(csrf), secret: kept };
        Ok(Self { secret: hex(secret), session })
    }

    /// By what it is stored.
    pub(crate) fn digest(&self) -> String {
        digest(&self.secret)
    }
}

impl Identity {
    /// Begins a session of an account whose password was proven; none where that is not its password any more. Of one that a provider
    /// vouches for there is no password; none where there is no such account any more.
    pub(crate) async fn begin_session(
        &self,
        account: &Account,
        password: Option<String>,
        now: Instant,
    ) -> Result<Option<NewSession>, IdentityError> {
        let new = NewSession::mint(account)?;
        let mut db = self.writing().await?;
        let (begun, used) = not_over(now);
        on!(db.at(), db => {
            sqlx::query(SESSIONS_OVER).bind(begun.to_string()).bind(used.to_string()).execute(db).await.map(|_| ())
        })?;
        let rows = on!(db.at(), db => {
            let statement = if password.is_some() { SESSION_BEGIN } else { PROVIDED_SESSION_BEGIN };
            let begin = sqlx::query(statement).bind(new.digest()).bind(new.session.csrf.clone());
            let begin = begin.bind(now.to_string()).bind(now.to_string()).bind(account.credential.as_str().to_owned());
            let begin = match password {
                Some(password) => begin.bind(password),
                None => begin,
            };
            begin.execute(db).await.map(|done| done.rows_affected())
        })?;
        Ok((rows == 1).then_some(new))
    }

    /// Who is signed in by the secret of a cookie; none for a session that is unknown or over.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn session(&self, secret: &str, now: Instant) -> Result<Option<Session>, IdentityError> {
        let digest = digest(secret);
        let mut db = self.writing().await?;
        let row: Option<Row> =
            on!(db.at(), db => sqlx::query_as(SESSION_READ).bind(digest.clone()).fetch_optional(db).await?);
        let Some((credential, name, actor, must_change, csrf, created_at, seen_at, provided)) = row else {
            return Ok(None);
        };
        let damaged = || IdentityError::Damaged(credential.clone());
        let instant = |text: &str| Instant::parse(text).map_err(|_| damaged());
        let (created_at, seen_at) = (instant(&created_at)?, instant(&seen_at)?);
        let (begun, used) = not_over(now);
        if created_at <= begun || seen_at <= used {
            return Ok(None);
        }
        if seen_at.plus_micros(SEEN_EVERY_S * 1_000_000) <= now {
            on!(db.at(), db => {
                sqlx::query(SESSION_SEEN).bind(digest).bind(now.to_string()).execute(db).await.map(|_| ())
            })?;
        }
        Ok(Some(Session {
            credential: CredentialId::parse(&credential).map_err(|_| damaged())?,
            actor: ActorId::parse(&actor).map_err(|_| damaged())?,
            must_change: must_change != 0,
            method: if provided == 0 { ViaKind::Session } else { ViaKind::Oidc },
            name,
            csrf,
            secret: SessionSecret(secret.to_owned()),
        }))
    }

    /// Who speaks by the secret of a cookie; nobody before his first password was changed.
    pub(crate) async fn speaking(&self, secret: &str, now: Instant) -> Result<Option<Principal>, IdentityError> {
        let ready = self.session(secret, now).await?.filter(|session| !session.must_change);
        Ok(ready.map(|session| match session.method {
            ViaKind::Oidc => Principal::oidc(session.actor, session.credential),
            _ => Principal::session(session.actor, session.credential),
        }))
    }

    /// Ends one session.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn end_session(&self, secret: &str) -> Result<(), IdentityError> {
        let digest = digest(secret);
        let mut db = self.writing().await?;
        on!(db.at(), db => sqlx::query(SESSION_END).bind(digest).execute(db).await.map(|_| ()))?;
        Ok(())
    }

    /// Ends every session of an account.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn end_sessions(&self, credential: &CredentialId) -> Result<(), IdentityError> {
        let id = credential.as_str().to_owned();
        let mut db = self.writing().await?;
        on!(db.at(), db => sqlx::query(SESSIONS_END).bind(id).execute(db).await.map(|_| ()))?;
        Ok(())
    }

    /// How many sessions of an account are not over.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn sessions_of(&self, credential: &CredentialId, now: Instant) -> Result<u64, IdentityError> {
        let (id, (begun, used)) = (credential.as_str().to_owned(), not_over(now));
        let mut db = self.writing().await?;
        let (count,): (i64,) = on!(db.at(), db => {
            let count = sqlx::query_as(SESSIONS_COUNT).bind(id).bind(begun.to_string()).bind(used.to_string());
            count.fetch_one(db).await?
        });
        Ok(count.unsigned_abs())
    }
}

fn digest(secret: &str) -> String {
    Hash::digest(secret.as_bytes()).to_string()
}

/// After which moments a session must have begun and been used, not to be over.
fn not_over(now: Instant) -> (Instant, Instant) {
    (now.plus_micros(-LONGEST_HOURS * 3_600_000_000), now.plus_micros(-IDLE_MINUTES * 60_000_000))
}

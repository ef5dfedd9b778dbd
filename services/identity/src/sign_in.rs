//! Signing in, and changing one's own password. Whatever is wrong (no such name, a wrong password, an account that is locked) is
//! answered alike, and costs alike: nobody learns by asking which names there are, nor, while an account is locked, its password.

use platform::on;
use proto::{CredentialId, Instant, ViaKind};

use crate::accounts::{Account, Kept};
use crate::lockout::Attempts;
use crate::login_name::LoginName;
use crate::password::{Password, Unfit};
use crate::sessions::{NewSession, SESSION_BEGIN, SESSIONS_END, Session};
use crate::tokens::{Identity, IdentityError};

/// Moves the count on from what was read: of two processes that count at once the second one reads again.
const ATTEMPT_COUNT: &str = "UPDATE accounts SET failed = $1, locked_until = $2 \
    WHERE credential = $3 AND failed = $4 AND locked_until = $5";
const ATTEMPTS_FORGET: &str = "UPDATE accounts SET failed = 0, locked_until = '' WHERE credential = $1";
const PASSWORD_CHANGE: &str =
    "UPDATE accounts SET password = $1, must_change = 0 WHERE credential = $2 AND password = $3";

/// When somebody was let in last, by account: what whoever gives accounts out sees of whether one is used.
pub(crate) const SIGNED_IN_DDL: &str =
    "CREATE TABLE IF NOT EXISTS signed_in (credential TEXT PRIMARY KEY, at TEXT NOT NULL)";
const SIGNED_IN_WRITE: &str = "INSERT INTO signed_in (credential, at) VALUES ($1, $2) \
    ON CONFLICT (credential) DO UPDATE SET at = excluded.at";

pub(crate) const ATTEMPTS_DDL: &str =
    "CREATE TABLE IF NOT EXISTS attempts (one INTEGER PRIMARY KEY CHECK (one = 1), of_nobody BIGINT NOT NULL)";
/// An attempt with nothing to look at is written down too: otherwise the disk's time would tell it from the others.
const ATTEMPT_OF_NOBODY: &str = "INSERT INTO attempts (one, of_nobody) VALUES (1, 1) \
    ON CONFLICT (one) DO UPDATE SET of_nobody = attempts.of_nobody + 1";

/// How often a count is tried again that another process has moved on.
const COUNT_AGAIN_MAX: u32 = 16;

/// What came of changing a password.
pub enum Changed {
    /// It is changed; every session of before is over, and this is the one that goes on.
    Done(NewSession),
    /// The present password is another, or the account is locked.
    Refused,
    /// The new one is not taken.
    Unfit(Unfit),
}

impl Identity {
    /// A session for whoever knows a name and its password; none for anybody else.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn sign_in(&self, name: &str, password: &str, now: Instant) -> Result<Option<NewSession>, IdentityError> {
        let Some(kept) = self.proven(name, password, now).await? else { return Ok(None) };
        self.let_in(&kept.account, Some(kept.password), now).await
    }

    /// Begins a session, and notes when.
    pub(crate) async fn let_in(
        &self,
        account: &Account,
        password: Option<String>,
        now: Instant,
    ) -> Result<Option<NewSession>, IdentityError> {
        let begun = self.begin_session(account, password, now).await?;
        if begun.is_some() {
            let credential = account.credential.as_str().to_owned();
            let mut db = self.writing().await?;
            on!(db.at(), db => {
                sqlx::query(SIGNED_IN_WRITE).bind(credential).bind(now.to_string()).execute(db).await.map(|_| ())
            })?;
        }
        Ok(begun)
    }

    /// Opens a locked account again, and forgets what failed.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn unlock_account(&self, credential: &CredentialId) -> Result<(), IdentityError> {
        let credential = credential.as_str().to_owned();
        let mut db = self.writing().await?;
        Ok(on!(db.at(), db => sqlx::query(ATTEMPTS_FORGET).bind(credential).execute(db).await.map(|_| ()))?)
    }

    /// Changes the password of whoever is signed in, if he knows the present one.
    ///
    /// # Errors
    /// [`IdentityError`]; nothing is changed then.
    pub async fn change_password(
        &self,
        session: &Session,
        (present, new): (&str, &str),
        now: Instant,
    ) -> Result<Changed, IdentityError> {
        // Whom a provider vouches for has no password here, though somebody else's account may have his name.
        if session.method != ViaKind::Session {
            return Ok(Changed::Refused);
        }
        let Some(kept) = self.proven(&session.name, present, now).await? else { return Ok(Changed::Refused) };
        let name = LoginName::parse(&session.name).map_err(|_| IdentityError::Damaged(session.name.clone()))?;
        let new = match Password::chosen(new, &name) {
            Ok(new) if new.bytes() == Password::typed(present).bytes() => return Ok(Changed::Unfit(Unfit::IsOld)),
            Ok(new) => new,
            Err(unfit) => return Ok(Changed::Unfit(unfit)),
        };
        let hash = self.hasher.turn().await?.hash(new).await?;
        let mut account = kept.account;
        account.must_change = false;
        let (begins, credential) = (NewSession::mint(&account)?, account.credential.as_str().to_owned());
        let mut db = self.writing().await?;
        let mut tx = db.begin().await?;
        let rows = on!(tx.at(), db => {
            let change = sqlx::query(PASSWORD_CHANGE).bind(hash.clone()).bind(credential.clone()).bind(kept.password);
            change.execute(db).await.map(|done| done.rows_affected())
        })?;
        if rows != 1 {
            return Ok(Changed::Refused);
        }
        on!(tx.at(), db => sqlx::query(SESSIONS_END).bind(credential.clone()).execute(db).await.map(|_| ()))?;
        on!(tx.at(), db => {
            let begin = sqlx::query(SESSION_BEGIN).bind(begins.digest()).bind(begins.session.csrf.clone());
            let begin = begin.bind(now.to_string()).bind(now.to_string()).bind(credential).bind(hash);
            begin.execute(db).await.map(|_| ())
        })?;
        tx.commit().await?;
        Ok(Changed::Done(begins))
    }

    /// The account of a name whose password was proven. A hash is made for everybody who asks, once his turn has come.
    async fn proven(&self, name: &str, password: &str, now: Instant) -> Result<Option<Kept>, IdentityError> {
        // Nobody's attempt is counted who is turned away for want of room.
        let turn = self.hasher.turn().await?;
        let counted = match LoginName::parse(name) {
            Ok(name) => self.count_attempt(&name, now).await?,
            Err(_) => None,
        };
        if counted.is_none() {
            let mut db = self.writing().await?;
            on!(db.at(), db => sqlx::query(ATTEMPT_OF_NOBODY).execute(db).await.map(|_| ()))?;
        }
        let fits = turn.fits(Password::typed(password), counted.as_ref().map(|kept| kept.password.clone())).await?;
        let Some(kept) = counted.filter(|_| fits) else { return Ok(None) };
        self.unlock_account(&kept.account.credential).await?;
        Ok(Some(kept))
    }

    /// Counts an attempt before it is looked at; none where there is nothing to look at: no account, or a locked one.
    async fn count_attempt(&self, name: &LoginName, now: Instant) -> Result<Option<Kept>, IdentityError> {
        for _ in 0..COUNT_AGAIN_MAX {
            let Some(kept) = self.kept(name).await? else { return Ok(None) };
            let Some(next) = kept.attempts.one_more(now) else { return Ok(None) };
            let text = |attempts: Attempts| attempts.locked_until.map_or(String::new(), |until| until.to_string());
            let mut db = self.writing().await?;
            let rows = on!(db.at(), db => {
                let count = sqlx::query(ATTEMPT_COUNT).bind(i64::from(next.failed)).bind(text(next));
                let count = count.bind(kept.account.credential.as_str().to_owned());
                let count = count.bind(i64::from(kept.attempts.failed)).bind(text(kept.attempts));
                count.execute(db).await.map(|done| done.rows_affected())
            })?;
            if rows == 1 {
                return Ok(Some(kept));
            }
        }
        Err(IdentityError::Overloaded)
    }
}

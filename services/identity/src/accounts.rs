//! Local accounts: a login name and a password for an actor, each a credential that the log has bound. One that the log was not told
//! of is never stored here, and none says what its actor may do. Those of an identity provider stand beside them (provided.rs).

use std::collections::HashMap;

use platform::on;
use proto::act::grants::BindCredential;
use proto::canon::{Value, to_vec};
use proto::commitment::commit;
use proto::{ActorId, CredentialId, Hash, Instant, ViaKind};
use serde::{Deserialize, Serialize};

use crate::lockout::Attempts;
use crate::login_name::LoginName;
use crate::password::Password;
use crate::provided::PROVIDED_FORGET;
use crate::sessions::SESSIONS_END;
use crate::tokens::{Identity, IdentityError};

/// Who vouches for the login names of these accounts.
const ISSUER: &str = "local";

pub(crate) const ACCOUNTS_DDL: &str = "CREATE TABLE IF NOT EXISTS accounts (credential TEXT PRIMARY KEY, \
    name TEXT NOT NULL UNIQUE, actor TEXT NOT NULL, salt BYTEA NOT NULL, password TEXT NOT NULL, must_change BIGINT NOT NULL, \
    failed BIGINT NOT NULL, locked_until TEXT NOT NULL, created_at TEXT NOT NULL)";
const ACCOUNT_WRITE: &str = "INSERT INTO accounts (credential, name, actor, salt, password, must_change, failed, \
    locked_until, created_at) VALUES ($1, $2, $3, $4, $5, $6, 0, '', $7)";
const ACCOUNTS_READ: &str =
    "SELECT credential, name, actor, password, must_change, failed, locked_until, created_at FROM accounts";
const ACCOUNT_READ: &str = "SELECT credential, name, actor, password, must_change, failed, locked_until, created_at \
    FROM accounts WHERE name = $1";
const ACCOUNTS_WHOLE: &str = "SELECT credential, name, actor, salt, password, must_change, created_at FROM accounts";
const SIGNED_IN_READ: &str = "SELECT credential, at FROM signed_in";
const SIGNED_IN_FORGET: &str = "DELETE FROM signed_in WHERE credential = $1";
const ACCOUNT_FORGET: &str = "DELETE FROM accounts WHERE credential = $1";

/// A row: credential, name, actor, hash of the password, whether it must be changed, failures, locked until, when made.
type Row = (String, String, String, String, i64, i64, String, String);
/// Credential, name, actor, salt, hash of the password, whether it must be changed, when made.
type WholeRow = (String, String, String, Vec<u8>, String, i64, String);

/// A new account. It is nobody's before it is stored, and it is stored only once the log has bound it.
pub struct MintedAccount {
    name: LoginName,
    salt: [u8; 32],
    password: Password,
    /// What the log is to record of it.
    pub bind: BindCredential,
}

/// What is known of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The credential by which the log knows it.
    pub credential: CredentialId,
    /// The login name; of an account by a provider, whom the provider says it is.
    pub name: String,
    /// Who vouches for the name, where it is a provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Voucher>,
    /// For whom it speaks.
    pub actor: ActorId,
    /// Whether its password must be changed before anything else.
    pub must_change: bool,
    /// Until when it is locked, if it is or was.
    pub locked_until: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
}

/// An identity provider that vouches for a name, and the claim that it is read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voucher {
    /// The issuer of ID tokens.
    pub issuer: String,
    /// The claim.
    pub claim: String,
}

/// An account with what its password is held against.
pub(crate) struct Kept {
    pub account: Account,
    pub password: String,
    pub attempts: Attempts,
}

impl Identity {
    /// Makes an account for an actor, with a first password. Nothing is stored yet.
    ///
    /// # Errors
    /// [`IdentityError::Random`].
    pub fn mint_account(actor: ActorId, name: LoginName) -> Result<MintedAccount, IdentityError> {
        let mut random = [0; 32 + 8];
        getrandom::fill(&mut random)?;
        let (salt, id) = random.split_at(32);
        let salt: [u8; 32] = salt.try_into().expect("split at 32");
        let id: String = id.iter().map(|b| format!("{b:02x}")).collect();
        let credential = CredentialId::parse(&format!("a-{id}")).expect("the form of a credential's id");
        let commitment = commit(&salt, &subject(&[("issuer", ISSUER), ("subject", name.as_str())]).0);
        let bind = BindCredential { actor, credential, method: ViaKind::Session, commitment };
        Ok(MintedAccount { name, salt, password: Password::by_chance()?, bind })
    }

    /// Stores an account that the log has bound, and gives its first password, once: it must be changed at the first sign-in.
    ///
    /// # Errors
    /// [`IdentityError`]; nothing is stored then.
    pub async fn store_account(&self, minted: MintedAccount, at: Instant) -> Result<String, IdentityError> {
        let MintedAccount { name, salt, password, bind } = minted;
        let hash = self.hasher.turn().await?.hash(password.clone()).await?;
        let mut db = self.writing().await?;
        on!(db.at(), db => {
            sqlx::query(ACCOUNT_WRITE)
                .bind(bind.credential.as_str().to_owned())
                .bind(name.as_str().to_owned())
                .bind(bind.actor.as_str().to_owned())
                .bind(salt.to_vec())
                .bind(hash)
                .bind(1_i64)
                .bind(at.to_string())
                .execute(db)
                .await
                .map(|_| ())
        })?;
        Ok(password.shown_once())
    }

    /// The account of a name.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn account(&self, name: &LoginName) -> Result<Option<Account>, IdentityError> {
        Ok(self.kept(name).await?.map(|kept| kept.account))
    }

    /// The account of a name, with what its password is held against.
    pub(crate) async fn kept(&self, name: &LoginName) -> Result<Option<Kept>, IdentityError> {
        let name = name.as_str().to_owned();
        let mut db = self.writing().await?;
        let row: Option<Row> = on!(db.at(), db => sqlx::query_as(ACCOUNT_READ).bind(name).fetch_optional(db).await?);
        row.map(kept).transpose()
    }

    /// All accounts in the order of their making, also those of a provider.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn accounts(&self) -> Result<Vec<Account>, IdentityError> {
        let mut all = self.provided_accounts().await?;
        let mut db = self.writing().await?;
        let rows: Vec<Row> = on!(db.at(), db => sqlx::query_as(ACCOUNTS_READ).fetch_all(db).await?);
        for row in rows {
            all.push(kept(row)?.account);
        }
        all.sort_by(|a, b| (a.created_at, a.credential.as_str()).cmp(&(b.created_at, b.credential.as_str())));
        Ok(all)
    }

    /// When somebody was let into each account last, of those into which anybody was.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn signed_in(&self) -> Result<HashMap<CredentialId, Instant>, IdentityError> {
        let mut db = self.writing().await?;
        let rows: Vec<(String, String)> = on!(db.at(), db => sqlx::query_as(SIGNED_IN_READ).fetch_all(db).await?);
        let read = |(credential, at): (String, String)| {
            let id = CredentialId::parse(&credential).ok();
            id.zip(Instant::parse(&at).ok()).ok_or(IdentityError::Damaged(credential))
        };
        rows.into_iter().map(read).collect()
    }

    /// Forgets an account that the log binds no more, with its sessions, whoever vouched for it.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn forget_account(&self, credential: &CredentialId) -> Result<(), IdentityError> {
        let mut db = self.writing().await?;
        let mut tx = db.begin().await?;
        for statement in [SESSIONS_END, SIGNED_IN_FORGET, ACCOUNT_FORGET, PROVIDED_FORGET] {
            let id = credential.as_str().to_owned();
            on!(tx.at(), db => sqlx::query(statement).bind(id).execute(db).await.map(|_| ()))?;
        }
        Ok(tx.commit().await?)
    }

    /// Takes every account of another store, and says how many. Sessions stay behind: whoever had one signs in once more.
    ///
    /// # Errors
    /// [`IdentityError`]; those taken before stay.
    pub async fn take_accounts_from(&self, other: &Self) -> Result<usize, IdentityError> {
        let provided = self.take_provided_from(other).await?;
        let rows: Vec<WholeRow> =
            on!(other.writing().await?.at(), db => sqlx::query_as(ACCOUNTS_WHOLE).fetch_all(db).await?);
        let mut db = self.writing().await?;
        for (credential, name, actor, salt, password, must_change, created_at) in rows.iter().cloned() {
            on!(db.at(), db => {
                let write = sqlx::query(ACCOUNT_WRITE).bind(credential).bind(name).bind(actor).bind(salt);
                write.bind(password).bind(must_change).bind(created_at).execute(db).await.map(|_| ())
            })?;
        }
        Ok(rows.len() + provided)
    }
}

/// What the log commits to: who vouches for the name, and the name.
pub(crate) fn subject(members: &[(&str, &str)]) -> Hash {
    let members = members.iter().map(|(member, text)| ((*member).to_owned(), Value::Text((*text).to_owned())));
    let canonical = to_vec(&Value::Object(members.collect())).expect("texts have a canonical form");
    Hash::digest(&canonical)
}

fn kept(row: Row) -> Result<Kept, IdentityError> {
    let (credential, name, actor, password, must_change, failed, locked_until, created_at) = row;
    let damaged = || IdentityError::Damaged(credential.clone());
    let instant = |text: &str| Instant::parse(text).map_err(|_| damaged());
    let locked_until = if locked_until.is_empty() { None } else { Some(instant(&locked_until)?) };
    let failed = u32::try_from(failed).map_err(|_| damaged())?;
    let account = Account {
        credential: CredentialId::parse(&credential).map_err(|_| damaged())?,
        actor: ActorId::parse(&actor).map_err(|_| damaged())?,
        created_at: instant(&created_at)?,
        must_change: must_change != 0,
        locked_until,
        name,
        by: None,
    };
    Ok(Kept { account, password, attempts: Attempts { failed, locked_until } })
}

#[cfg(test)]
mod tests {
    use super::{ISSUER, LoginName, subject};
    use proto::Hash;

    #[test]
    fn what_the_log_commits_to_is_issuer_and_name_in_canonical_form() {
        let name = LoginName::parse("An.NV").expect("a name");
        assert_eq!(
            subject(&[("issuer", ISSUER), ("subject", name.as_str())]),
            Hash::digest(br#"{"issuer":"local","subject":"an.nv"}"#)
        );
    }
}

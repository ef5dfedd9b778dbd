//! Bearer tokens, each with its scopes: made, stored as SHA-256 only, looked up in memory and, where they are not known there, in the store.
//! The secret itself is shown once and kept nowhere. Tokens that another process made or forgot are noticed within seconds.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant as Moment};

use async_trait::async_trait;
use platform::clock::Clock;
use platform::db::{DbError, Place, Schema, Writing, open_writer};
use platform::on;
use platform::ports::Authenticate;
use proto::act::grants::BindCredential;
use proto::canon::{Value, to_vec};
use proto::commitment::commit;
use proto::{ActorId, Bearer, CredentialId, Hash, Instant, Principal, Scopes, ViaKind};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, MutexGuard, Notify};

use crate::accounts::ACCOUNTS_DDL;
use crate::announced::SERVER_DDL;
use crate::awaited::AWAITED_DDL;
use crate::hasher::Hasher;
use crate::mail::{ADDRESSES_DDL, LEFT_OUT_DDL, SENT_DDL};
use crate::mail_confirmed::{CONFIRMED_DDL, LETTERS_DDL};
use crate::provided::PROVIDED_DDL;
use crate::sessions::SESSIONS_DDL;
use crate::sign_in::{ATTEMPTS_DDL, SIGNED_IN_DDL};

const TOKENS_DDL: &str = "CREATE TABLE IF NOT EXISTS tokens (credential TEXT PRIMARY KEY, secret_hash TEXT NOT NULL UNIQUE, \
    actor TEXT NOT NULL, label TEXT NOT NULL, salt BYTEA NOT NULL, created_at TEXT NOT NULL)";
const TOKENS_READ: &str = "SELECT credential, secret_hash, actor, label, created_at FROM tokens";
/// For those that come from a store of before there were scopes.
const TOKEN_WRITE: &str = "INSERT INTO tokens (credential, secret_hash, actor, label, salt, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6)";
const TOKENS_WHOLE: &str = "SELECT credential, secret_hash, actor, label, salt, created_at FROM tokens";
const TOKEN_FORGET: &str = "DELETE FROM tokens WHERE credential = $1";

/// A token with scopes stands in a table of its own: a version that knows no scopes does not know it either, and gives it nothing instead
/// of everything. Those in the other one were made before there were scopes, and are good for what they were good for: all of it.
pub(crate) const SCOPED_TOKENS_DDL: &str = "CREATE TABLE IF NOT EXISTS scoped_tokens (credential TEXT PRIMARY KEY, \
    secret_hash TEXT NOT NULL UNIQUE, actor TEXT NOT NULL, label TEXT NOT NULL, scopes TEXT NOT NULL, salt BYTEA NOT NULL, \
    created_at TEXT NOT NULL)";
const SCOPED_READ: &str = "SELECT credential, secret_hash, actor, label, created_at, scopes FROM scoped_tokens";
const SCOPED_WRITE: &str = "INSERT INTO scoped_tokens (credential, secret_hash, actor, label, scopes, salt, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const SCOPED_WHOLE: &str = "SELECT credential, secret_hash, actor, label, scopes, salt, created_at FROM scoped_tokens";
const SCOPED_FORGET: &str = "DELETE FROM scoped_tokens WHERE credential = $1";

/// How often the store is read again for what other processes changed, in milliseconds: a token that was revoked elsewhere
/// speaks for so long at the most.
const REFRESH_MS: u64 = 5_000;
/// How often at the most the store is asked because of tokens that are not known, in milliseconds: whoever guesses costs
/// no more than this.
const MISSES_MS: u64 = 250;

/// The same with the salt of its commitment before the time.
type WholeRow = (String, String, String, String, Vec<u8>, String);
/// The same with the scopes before the salt.
type WholeScopedRow = (String, String, String, String, String, Vec<u8>, String);
/// A stored token: credential, hash of the secret, actor, label, when it was made.
type TokenRow = (String, String, String, String, String);
/// The same with its scopes.
type ScopedRow = (String, String, String, String, String, String);

fn schema() -> Schema {
    // Tables came to it later, and none was changed: so it is of one format still, and an older version reads its own.
    let ddl = [TOKENS_DDL, SERVER_DDL, ACCOUNTS_DDL, SESSIONS_DDL, ATTEMPTS_DDL, SCOPED_TOKENS_DDL, SIGNED_IN_DDL];
    let of_mail = [ADDRESSES_DDL, SENT_DDL, CONFIRMED_DDL, LETTERS_DDL, LEFT_OUT_DDL];
    let ddl = ddl.into_iter().chain(of_mail).chain([PROVIDED_DDL, AWAITED_DDL]).map(str::to_owned).collect();
    Schema { name: "identity", format: 1, ddl }
}

/// Why identity failed.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Its database cannot be opened.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Its database failed.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// The operating system gave no random bytes.
    #[error("no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// A stored row is damaged.
    #[error("the token or account {0} is damaged")]
    Damaged(String),
    /// A password could not be hashed.
    #[error("hashing a password: {0}")]
    Hash(String),
    /// Too many want to sign in at once.
    #[error("overloaded: too many want to sign in at once")]
    Overloaded,
}

/// A new token. It is nobody's before it is stored, and it is stored only once the log has bound it.
pub struct Minted {
    token: String,
    digest: Hash,
    salt: [u8; 32],
    scopes: Scopes,
    /// What the log is to record of it.
    pub bind: BindCredential,
}

/// What is known of a stored token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The credential by which the log knows it.
    pub credential: CredentialId,
    /// For whom it speaks.
    pub actor: ActorId,
    /// What it is for, in words.
    pub label: String,
    /// When it was made.
    pub created_at: Instant,
    /// What it opens; absent: it was made before there were scopes, and opens everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Scopes>,
}

/// The store of tokens, accounts and sessions.
#[derive(Debug)]
pub struct Identity {
    pub(crate) hasher: Hasher,
    place: Place,
    db: Mutex<Writing>,
    known: RwLock<HashMap<Hash, Token>>,
    /// When it was last begun to ask the store because of a token that was not known.
    missed: Mutex<Option<Moment>>,
    /// That somebody gave an address to be written to.
    pub(crate) address_given: Notify,
}

impl Identity {
    /// Opens the store, making it if it is not there.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn open(place: impl Into<Place>) -> Result<Self, IdentityError> {
        let place = place.into();
        let mut db = open_writer(&place, &schema()).await?;
        // A server's schema was made by an earlier version, perhaps, which knew fewer tables.
        db.complete(&place, &schema()).await?;
        let known = stored(&mut db).await?;
        let (db, known) = (Mutex::new(db), RwLock::new(known));
        Ok(Self { hasher: Hasher::default(), place, db, known, missed: Mutex::default(), address_given: Notify::new() })
    }

    /// Reads the store again and again, for what other processes make and forget, until nobody else holds it.
    pub async fn follow(identity: Arc<Self>) {
        let waiting = Arc::downgrade(&identity);
        drop(identity);
        loop {
            tokio::time::sleep(Duration::from_millis(REFRESH_MS)).await;
            let Some(identity) = waiting.upgrade() else { return };
            if let Err(error) = identity.refresh().await {
                tracing::warn!(%error, "identity.refresh");
            }
        }
    }

    /// Sees to it that the store was read since this was called, because of a token that is not known. All who wait share one
    /// reading, and who comes right after one waits for the next: a token made a moment ago is found, whoever guesses meanwhile.
    async fn look_again(&self) {
        let called = Moment::now();
        let mut missed = self.missed.lock().await;
        if let Some(last) = *missed {
            if last >= called {
                return;
            }
            tokio::time::sleep_until((last + Duration::from_millis(MISSES_MS)).into()).await;
        }
        *missed = Some(Moment::now());
        if let Err(error) = self.refresh().await {
            tracing::warn!(%error, "identity.refresh");
        }
    }

    /// Reads the store again. Where it cannot be read, what is known stays.
    async fn refresh(&self) -> Result<(), IdentityError> {
        let mut db = self.writing().await?;
        let known = stored(&mut db).await?;
        // Still with the connection in hand, so that a token that is stored meanwhile is not lost.
        *self.known.write().expect("no thread panics while it holds this") = known;
        Ok(())
    }

    /// The connection; a new one where the server was away in between.
    pub(crate) async fn writing(&self) -> Result<MutexGuard<'_, Writing>, IdentityError> {
        let mut db = self.db.lock().await;
        if !db.answers().await {
            *db = open_writer(&self.place, &schema()).await?;
        }
        Ok(db)
    }

    /// Makes a token for an actor, with what it is for. Nothing is stored yet. The commitment that goes on record is one to the scopes too.
    ///
    /// # Errors
    /// [`IdentityError::Random`].
    pub fn mint(actor: ActorId, scopes: Scopes) -> Result<Minted, IdentityError> {
        let mut random = [0; 32 + 32 + 8];
        getrandom::fill(&mut random)?;
        let (secret, rest) = random.split_at(32);
        let (salt, id) = rest.split_at(32);
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let credential = CredentialId::parse(&format!("t-{}", hex(id))).expect("the form of a credential's id");
        let token = format!("parindex_{}_{}", hex(id), hex(secret));
        let digest = Hash::digest(token.as_bytes());
        let salt: [u8; 32] = salt.try_into().expect("split at 32");
        let commitment = commit(&salt, &subject(digest, scopes).0);
        let bind = BindCredential { actor, credential, method: ViaKind::Token, commitment };
        Ok(Minted { token, digest, salt, scopes, bind })
    }

    /// Stores a token that the log has bound, and gives its secret, once. A crash before this leaves a credential on
    /// record that nobody can use; the other way round it would leave a token that speaks for nobody.
    ///
    /// # Errors
    /// [`IdentityError`]; nothing is stored then.
    pub async fn store(&self, minted: Minted, label: &str, at: Instant) -> Result<String, IdentityError> {
        let Minted { token, digest, salt, scopes, bind } = minted;
        let mut db = self.writing().await?;
        on!(db.at(), db => {
            sqlx::query(SCOPED_WRITE)
                .bind(bind.credential.as_str().to_owned())
                .bind(digest.to_string())
                .bind(bind.actor.as_str().to_owned())
                .bind(label.to_owned())
                .bind(scopes.to_string())
                .bind(salt.to_vec())
                .bind(at.to_string())
                .execute(db)
                .await
                .map(|_| ())
        })?;
        let (actor, credential) = (bind.actor, bind.credential);
        let entry = Token { actor, credential, label: label.to_owned(), created_at: at, scopes: Some(scopes) };
        self.known.write().expect("no thread panics while it holds this").insert(digest, entry);
        Ok(token)
    }

    /// Takes every token of another store, with all that is stored of it, and says how many.
    ///
    /// # Errors
    /// [`IdentityError`]; those taken before stay.
    pub async fn take_from(&self, other: &Self) -> Result<usize, IdentityError> {
        let rows: Vec<WholeRow> =
            on!(other.writing().await?.at(), db => sqlx::query_as(TOKENS_WHOLE).fetch_all(db).await?);
        let mut db = self.writing().await?;
        for (credential, secret, actor, label, salt, created_at) in rows.iter().cloned() {
            on!(db.at(), db => {
                let write = sqlx::query(TOKEN_WRITE).bind(credential).bind(secret).bind(actor).bind(label);
                write.bind(salt).bind(created_at).execute(db).await.map(|_| ())
            })?;
        }
        let scoped: Vec<WholeScopedRow> =
            on!(other.writing().await?.at(), db => sqlx::query_as(SCOPED_WHOLE).fetch_all(db).await?);
        for (credential, secret, actor, label, scopes, salt, created_at) in scoped.iter().cloned() {
            on!(db.at(), db => {
                let write = sqlx::query(SCOPED_WRITE).bind(credential).bind(secret).bind(actor).bind(label);
                write.bind(scopes).bind(salt).bind(created_at).execute(db).await.map(|_| ())
            })?;
        }
        Ok(rows.len() + scoped.len())
    }

    /// Forgets a token that the log binds no more: it speaks for nobody from now on.
    ///
    /// # Errors
    /// [`IdentityError::Engine`].
    pub async fn forget(&self, credential: &CredentialId) -> Result<(), IdentityError> {
        let mut db = self.writing().await?;
        for statement in [TOKEN_FORGET, SCOPED_FORGET] {
            let id = credential.as_str().to_owned();
            on!(db.at(), db => sqlx::query(statement).bind(id).execute(db).await.map(|_| ()))?;
        }
        self.known.write().expect("no thread panics while it holds this").retain(|_, t| t.credential != *credential);
        Ok(())
    }

    /// The stored tokens in the order of their making.
    #[must_use]
    pub fn tokens(&self) -> Vec<Token> {
        let known = self.known.read().expect("no thread panics while it holds this");
        let mut tokens: Vec<Token> = known.values().cloned().collect();
        tokens.sort_by(|a, b| (a.created_at, a.credential.as_str()).cmp(&(b.created_at, b.credential.as_str())));
        tokens
    }

    /// Closes the store.
    ///
    /// # Errors
    /// [`IdentityError::Engine`].
    pub async fn close(self) -> Result<(), IdentityError> {
        Ok(self.db.into_inner().close().await?)
    }

    /// The credential of an actor's token with this label, for the operator's own programs (`parindex play`).
    #[must_use]
    pub fn labelled(&self, actor: &ActorId, label: &str) -> Option<CredentialId> {
        let known = self.known.read().expect("no thread panics while it holds this");
        known.values().find(|k| k.actor == *actor && k.label == label).map(|k| k.credential.clone())
    }
}

/// The tokens of a store by the hash of their secret.
async fn stored(db: &mut Writing) -> Result<HashMap<Hash, Token>, IdentityError> {
    let rows: Vec<TokenRow> = on!(db.at(), db => sqlx::query_as(TOKENS_READ).fetch_all(db).await?);
    let scoped: Vec<ScopedRow> = on!(db.at(), db => sqlx::query_as(SCOPED_READ).fetch_all(db).await?);
    let old =
        rows.into_iter().map(|(credential, secret, actor, label, at)| (credential, secret, actor, label, at, None));
    let scoped = scoped
        .into_iter()
        .map(|(credential, secret, actor, label, at, scopes)| (credential, secret, actor, label, at, Some(scopes)));
    let mut known = HashMap::new();
    for (credential, secret, actor, label, created_at, scopes) in old.chain(scoped) {
        let damaged = || IdentityError::Damaged(credential.clone());
        let secret = Hash::parse(&secret).map_err(|_| damaged())?;
        let actor = ActorId::parse(&actor).map_err(|_| damaged())?;
        let id = CredentialId::parse(&credential).map_err(|_| damaged())?;
        let created_at = Instant::parse(&created_at).map_err(|_| damaged())?;
        let scopes = scopes.map(|scopes| scopes.parse()).transpose().map_err(|_| damaged())?;
        known.insert(secret, Token { actor, credential: id, label, created_at, scopes });
    }
    Ok(known)
}

#[async_trait]
impl Authenticate for Identity {
    async fn authenticate(&self, token: &str) -> Option<Bearer> {
        let digest = Hash::digest(token.as_bytes());
        let find = || self.known.read().expect("no thread panics while it holds this").get(&digest).cloned();
        let known = match find() {
            Some(known) => known,
            None => {
                self.look_again().await;
                find()?
            }
        };
        let scopes = known.scopes.unwrap_or(Scopes::ALL);
        Some(Bearer { principal: Principal::token(known.actor, known.credential), scopes })
    }

    async fn session(&self, secret: &str) -> Result<Option<Principal>, String> {
        self.speaking(secret, Clock::System.now()).await.map_err(|error| error.to_string())
    }
}

/// What the log commits to: the digest of the secret, and what it is for. So whoever widens a stored row is found by its opening.
fn subject(secret: Hash, scopes: Scopes) -> Hash {
    let words = scopes.each().map(|scope| Value::Text(scope.as_str().to_owned())).collect();
    let members = [("scopes", Value::Array(words)), ("secret", Value::Text(secret.to_string()))];
    let members = members.map(|(member, value)| (member.to_owned(), value));
    Hash::digest(&to_vec(&Value::Object(members.into())).expect("texts have a canonical form"))
}

#[cfg(test)]
mod tests {
    use super::{ActorId, Authenticate, Identity, Instant, Scopes};

    #[tokio::test]
    async fn a_token_speaks_for_its_actor_and_its_secret_is_not_stored() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("identity.db");
        let actor = ActorId::parse("a1").expect("actor");
        let at = Instant::from_micros(0).expect("1970");
        let token = {
            let identity = Identity::open(&path).await.expect("opens");
            let minted = Identity::mint(actor.clone(), Scopes::OWN).expect("mints");
            identity.store(minted, "test", at).await.expect("stores")
        };
        let identity = Identity::open(&path).await.expect("opens again");
        assert_eq!(identity.authenticate(&token).await.expect("known").principal.actor, actor);
        assert!(identity.authenticate(&format!("{token}x")).await.is_none());
        for file in std::fs::read_dir(folder.path()).expect("folder") {
            let bytes = std::fs::read(file.expect("file").path()).expect("bytes");
            assert!(!bytes.windows(token.len()).any(|w| w == token.as_bytes()));
        }
        let credential = identity.tokens()[0].credential.clone();
        identity.forget(&credential).await.expect("forgets");
        assert!(identity.authenticate(&token).await.is_none() && identity.tokens().is_empty());
        drop(identity);
        assert!(Identity::open(&path).await.expect("opens once more").authenticate(&token).await.is_none());
    }

    #[tokio::test]
    async fn what_another_process_makes_and_forgets_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("identity.db");
        let (here, there) = (Identity::open(&path).await.expect("opens"), Identity::open(&path).await.expect("opens"));
        let minted = Identity::mint(ActorId::parse("a1").expect("actor"), Scopes::OWN).expect("mints");
        let credential = minted.bind.credential.clone();
        assert!(here.authenticate("guessed").await.is_none(), "nobody's");
        let token = there.store(minted, "test", Instant::from_micros(0).expect("1970")).await.expect("stores");
        assert!(here.authenticate(&token).await.is_some(), "found in the store, right after somebody guessed");
        there.forget(&credential).await.expect("forgets");
        here.refresh().await.expect("reads");
        assert!(here.authenticate(&token).await.is_none(), "gone once the store was read again");
    }
}

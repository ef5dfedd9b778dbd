//! Accounts by an identity provider: somebody whom it knows by a claim, for an actor; each a credential that the log has bound. There is
//! no password, nothing of what the provider says is kept beside that one claim, and nobody gets an account by coming.

use platform::on;
use platform::provider::SUBJECT;
use proto::act::grants::BindCredential;
use proto::commitment::commit;
use proto::{ActorId, CredentialId, Instant, ViaKind};

use crate::accounts::{Account, Voucher, subject};
use crate::sessions::NewSession;
use crate::tokens::{Identity, IdentityError};

/// The most characters of what somebody is called (OpenID Connect Core 1.0, 2).
const SUBJECT_CHARS_MAX: usize = 255;

pub(crate) const PROVIDED_DDL: &str = "CREATE TABLE IF NOT EXISTS provided_accounts (credential TEXT PRIMARY KEY, \
    issuer TEXT NOT NULL, claim TEXT NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, salt BYTEA NOT NULL, \
    created_at TEXT NOT NULL, UNIQUE (issuer, claim, subject))";
const PROVIDED_WRITE: &str = "INSERT INTO provided_accounts (credential, issuer, claim, subject, actor, salt, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const PROVIDED_READ: &str = "SELECT credential, issuer, claim, subject, actor, created_at FROM provided_accounts";
const PROVIDED_READ_ONE: &str = "SELECT credential, issuer, claim, subject, actor, created_at FROM provided_accounts \
    WHERE issuer = $1 AND claim = $2 AND subject = $3";
const PROVIDED_WHOLE: &str =
    "SELECT credential, issuer, claim, subject, actor, salt, created_at FROM provided_accounts";
pub(crate) const PROVIDED_FORGET: &str = "DELETE FROM provided_accounts WHERE credential = $1";
/// Only for an account that is there still: one may end between the provider's word and this.
pub(crate) const PROVIDED_SESSION_BEGIN: &str = "INSERT INTO sessions (digest, credential, csrf, created_at, seen_at) \
    SELECT $1, credential, $2, $3, $4 FROM provided_accounts WHERE credential = $5";

/// Credential, issuer, claim, subject, actor, when made.
type Row = (String, String, String, String, String, String);
/// The same with the salt of its commitment before the time.
type WholeRow = (String, String, String, String, String, Vec<u8>, String);

/// Somebody as an identity provider knows him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    by: Voucher,
    value: String,
}

/// A text by which nobody is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("whom the provider knows has 1 to 255 characters, and none that is no letter, digit or sign")]
pub struct BadSubject;

/// A new account. It is nobody's before it is stored, and it is stored only once the log has bound it.
pub struct MintedProvided {
    subject: Subject,
    salt: [u8; 32],
    /// What the log is to record of it.
    pub bind: BindCredential,
}

impl Subject {
    /// Whom a provider calls so. Capitals are not small letters: a provider may tell two people by them.
    ///
    /// # Errors
    /// [`BadSubject`].
    pub fn new(by: Voucher, value: &str) -> Result<Self, BadSubject> {
        let chars = value.chars().count();
        let plain = (1..=SUBJECT_CHARS_MAX).contains(&chars) && !value.chars().any(char::is_control);
        if plain && value.trim() == value { Ok(Self { by, value: value.to_owned() }) } else { Err(BadSubject) }
    }

    /// What the provider calls him.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What the log commits to. The claim stands in it unless it is the one that every provider has: what two claims say of two people
    /// may be the same.
    fn digest(&self) -> proto::Hash {
        let Voucher { issuer, claim } = &self.by;
        let both = [("issuer", issuer.as_str()), ("subject", self.value.as_str())];
        if claim == SUBJECT { subject(&both) } else { subject(&[("claim", claim.as_str()), both[0], both[1]]) }
    }
}

impl Identity {
    /// Makes an account of somebody whom a provider knows. Nothing is stored yet.
    ///
    /// # Errors
    /// [`IdentityError::Random`].
    pub fn mint_provided(actor: ActorId, subject: Subject) -> Result<MintedProvided, IdentityError> {
        let mut random = [0; 32 + 8];
        getrandom::fill(&mut random)?;
        let (salt, id) = random.split_at(32);
        let salt: [u8; 32] = salt.try_into().expect("split at 32");
        let id: String = id.iter().map(|b| format!("{b:02x}")).collect();
        let credential = CredentialId::parse(&format!("o-{id}")).expect("the form of a credential's id");
        let commitment = commit(&salt, &subject.digest().0);
        Ok(MintedProvided {
            subject,
            salt,
            bind: BindCredential { actor, credential, method: ViaKind::Oidc, commitment },
        })
    }

    /// Stores an account that the log has bound.
    ///
    /// # Errors
    /// [`IdentityError`]; nothing is stored then.
    pub async fn store_provided(&self, minted: MintedProvided, at: Instant) -> Result<(), IdentityError> {
        let MintedProvided { subject: Subject { by, value }, salt, bind } = minted;
        let (credential, actor) = (bind.credential.to_string(), bind.actor.to_string());
        self.write_provided((credential, by.issuer, by.claim, value, actor, salt.to_vec(), at.to_string())).await
    }

    /// The account of somebody whom a provider knows.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn provided(&self, subject: &Subject) -> Result<Option<Account>, IdentityError> {
        let Subject { by: Voucher { issuer, claim }, value } = subject.clone();
        let mut db = self.writing().await?;
        let row: Option<Row> = on!(db.at(), db => {
            sqlx::query_as(PROVIDED_READ_ONE).bind(issuer).bind(claim).bind(value).fetch_optional(db).await?
        });
        row.map(account).transpose()
    }

    /// Every account by a provider, in no order.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn provided_accounts(&self) -> Result<Vec<Account>, IdentityError> {
        let mut db = self.writing().await?;
        let rows: Vec<Row> = on!(db.at(), db => sqlx::query_as(PROVIDED_READ).fetch_all(db).await?);
        rows.into_iter().map(account).collect()
    }

    /// A session for somebody whom the provider has just vouched for; none where nobody has given him an account.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn sign_in_by(&self, subject: &Subject, now: Instant) -> Result<Option<NewSession>, IdentityError> {
        let Some(account) = self.provided(subject).await? else { return Ok(None) };
        self.let_in(&account, None, now).await
    }

    /// Takes every account by a provider of another store, and says how many.
    pub(crate) async fn take_provided_from(&self, other: &Self) -> Result<usize, IdentityError> {
        let rows: Vec<WholeRow> =
            on!(other.writing().await?.at(), db => sqlx::query_as(PROVIDED_WHOLE).fetch_all(db).await?);
        for row in rows.iter().cloned() {
            self.write_provided(row).await?;
        }
        Ok(rows.len())
    }

    async fn write_provided(&self, row: WholeRow) -> Result<(), IdentityError> {
        let (credential, issuer, claim, subject, actor, salt, at) = row;
        let mut db = self.writing().await?;
        on!(db.at(), db => {
            let write = sqlx::query(PROVIDED_WRITE).bind(credential).bind(issuer).bind(claim).bind(subject);
            write.bind(actor).bind(salt).bind(at).execute(db).await.map(|_| ())
        })?;
        Ok(())
    }
}

fn account((credential, issuer, claim, name, actor, created_at): Row) -> Result<Account, IdentityError> {
    let damaged = || IdentityError::Damaged(credential.clone());
    Ok(Account {
        credential: CredentialId::parse(&credential).map_err(|_| damaged())?,
        actor: ActorId::parse(&actor).map_err(|_| damaged())?,
        created_at: Instant::parse(&created_at).map_err(|_| damaged())?,
        by: Some(Voucher { issuer, claim }),
        must_change: false,
        locked_until: None,
        name,
    })
}

#[cfg(test)]
mod tests {
    use super::{BadSubject, SUBJECT, Subject, Voucher};
    use proto::Hash;

    fn by(claim: &str) -> Voucher {
        Voucher { issuer: "https://id.example".to_owned(), claim: claim.to_owned() }
    }

    #[test]
    fn what_the_log_commits_to_is_issuer_and_subject_and_the_claim_where_it_is_another() {
        let digest = |claim: &str| Subject::new(by(claim), "An").expect("a subject").digest();
        let (plain, other) = (
            br#"{"issuer":"https://id.example","subject":"An"}"#.as_slice(),
            br#"{"claim":"employee","issuer":"https://id.example","subject":"An"}"#.as_slice(),
        );
        assert_eq!([digest(SUBJECT), digest("employee")], [Hash::digest(plain), Hash::digest(other)]);
    }

    #[test]
    fn a_subject_is_what_the_provider_says_to_the_letter() {
        for good in ["x", "Nguyễn Văn An", "248289761001", &"đ".repeat(255)] {
            assert_eq!(Subject::new(by(SUBJECT), good).expect(good).value(), good);
        }
        for bad in ["", " ", "an ", " an", "a\nb", "a\u{0}", &"x".repeat(256)] {
            assert_eq!(Subject::new(by(SUBJECT), bad), Err(BadSubject), "{bad:?}");
        }
    }
}

//! Where somebody wants to be written to, and which notices he was sent. He says it himself; the log knows nothing of it. An address is
//! forgotten with the last account of its actor.

use platform::on;
use proto::document::Lang;
use proto::{ActorId, Instant};

use crate::tokens::{Identity, IdentityError};

pub(crate) const ADDRESSES_DDL: &str = "CREATE TABLE IF NOT EXISTS mail_addresses (actor TEXT PRIMARY KEY, \
    address TEXT NOT NULL, lang TEXT NOT NULL, refused TEXT NOT NULL, set_at TEXT NOT NULL)";
pub(crate) const SENT_DDL: &str = "CREATE TABLE IF NOT EXISTS mails_sent (actor TEXT NOT NULL, notice TEXT NOT NULL, \
    sent_at TEXT NOT NULL, PRIMARY KEY (actor, notice))";
const ADDRESS_FORGET: &str = "DELETE FROM mail_addresses WHERE actor = $1";
const ADDRESS_WRITE: &str =
    "INSERT INTO mail_addresses (actor, address, lang, refused, set_at) VALUES ($1, $2, $3, '', $4)";
const ADDRESS_REFUSED: &str = "UPDATE mail_addresses SET refused = $3 WHERE actor = $1 AND address = $2";
const ADDRESSES_READ: &str = "SELECT actor, address, lang, refused, set_at FROM mail_addresses ORDER BY actor";
const SENT_READ: &str = "SELECT notice FROM mails_sent WHERE actor = $1";
const SENT_WRITE: &str = "INSERT INTO mails_sent (actor, notice, sent_at) VALUES ($1, $2, $3)";
const SENT_FORGET: &str = "DELETE FROM mails_sent WHERE actor = $1 AND notice = $2";
/// What is kept of people who have no account any more.
const OF_NOBODY: [&str; 2] = [
    "DELETE FROM mail_addresses WHERE actor NOT IN (SELECT actor FROM accounts UNION SELECT actor FROM provided_accounts)",
    "DELETE FROM mails_sent WHERE actor NOT IN (SELECT actor FROM accounts UNION SELECT actor FROM provided_accounts)",
];

/// Actor, address, language, why it was refused, when it was given.
type Row = (String, String, String, String, String);

/// Where somebody is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailAddress {
    /// Who.
    pub actor: ActorId,
    /// The address.
    pub address: String,
    /// The language of what he is sent.
    pub lang: Lang,
    /// What the server of mail said when it would not take anything for this address; empty where it did.
    pub refused: String,
    /// When he gave it.
    pub set_at: Instant,
}

impl Identity {
    /// Every address that was given, by actor.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn mail_addresses(&self) -> Result<Vec<MailAddress>, IdentityError> {
        let mut db = self.writing().await?;
        let rows: Vec<Row> = on!(db.at(), db => sqlx::query_as(ADDRESSES_READ).fetch_all(db).await?);
        rows.into_iter().map(address).collect()
    }

    /// Where somebody is written to.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn mail_address(&self, actor: &ActorId) -> Result<Option<MailAddress>, IdentityError> {
        Ok(self.mail_addresses().await?.into_iter().find(|known| known.actor == *actor))
    }

    /// Says where somebody wants to be written to from now on; nowhere, if there is no address. What was refused of another address is
    /// forgotten with it.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn set_mail_address(
        &self,
        actor: &ActorId,
        wanted: Option<(&str, Lang)>,
        at: Instant,
    ) -> Result<(), IdentityError> {
        let mut db = self.writing().await?;
        let mut tx = db.begin().await?;
        let id = actor.to_string();
        on!(tx.at(), db => sqlx::query(ADDRESS_FORGET).bind(id).execute(db).await.map(|_| ()))?;
        if let Some((address, lang)) = wanted {
            on!(tx.at(), db => {
                let write = sqlx::query(ADDRESS_WRITE).bind(actor.to_string()).bind(address.to_owned());
                write.bind(code(lang).to_owned()).bind(at.to_string()).execute(db).await.map(|_| ())
            })?;
        }
        Ok(tx.commit().await?)
    }

    /// Notes that nothing is taken for an address; whoever has another by now loses nothing.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn mail_refused(&self, of: &MailAddress, why: &str) -> Result<(), IdentityError> {
        let mut db = self.writing().await?;
        on!(db.at(), db => {
            let write = sqlx::query(ADDRESS_REFUSED).bind(of.actor.to_string()).bind(of.address.clone());
            write.bind(why.to_owned()).execute(db).await.map(|_| ())
        })?;
        Ok(())
    }

    /// The notices that somebody was sent and that still stand.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn mails_sent(&self, actor: &ActorId) -> Result<Vec<String>, IdentityError> {
        let id = actor.to_string();
        let mut db = self.writing().await?;
        let rows: Vec<(String,)> = on!(db.at(), db => sqlx::query_as(SENT_READ).bind(id).fetch_all(db).await?);
        Ok(rows.into_iter().map(|(notice,)| notice).collect())
    }

    /// Notes which notices somebody was sent, and forgets those that stand no more.
    ///
    /// # Errors
    /// [`IdentityError`]; nothing of it is noted then.
    pub async fn mails_noted(
        &self,
        actor: &ActorId,
        (sent, over): (&[String], &[String]),
        at: Instant,
    ) -> Result<(), IdentityError> {
        let mut db = self.writing().await?;
        let mut tx = db.begin().await?;
        for notice in sent {
            on!(tx.at(), db => {
                let write = sqlx::query(SENT_WRITE).bind(actor.to_string()).bind(notice.clone()).bind(at.to_string());
                write.execute(db).await.map(|_| ())
            })?;
        }
        for notice in over {
            on!(tx.at(), db => {
                sqlx::query(SENT_FORGET).bind(actor.to_string()).bind(notice.clone()).execute(db).await.map(|_| ())
            })?;
        }
        Ok(tx.commit().await?)
    }

    /// Forgets the addresses of those who have no account any more, and what they were sent.
    ///
    /// # Errors
    /// [`IdentityError`]; nothing is forgotten then.
    pub async fn forget_mail_of_nobody(&self) -> Result<(), IdentityError> {
        let mut db = self.writing().await?;
        let mut tx = db.begin().await?;
        for statement in OF_NOBODY {
            on!(tx.at(), db => sqlx::query(statement).execute(db).await.map(|_| ()))?;
        }
        Ok(tx.commit().await?)
    }

    /// Takes every address of another store, and which notices were sent there: nobody is told the same twice for it.
    ///
    /// # Errors
    /// [`IdentityError`]; those taken before stay.
    pub async fn take_mail_from(&self, other: &Self) -> Result<(), IdentityError> {
        for known in other.mail_addresses().await? {
            self.set_mail_address(&known.actor, Some((&known.address, known.lang)), known.set_at).await?;
            let sent = other.mails_sent(&known.actor).await?;
            self.mails_noted(&known.actor, (&sent, &[]), known.set_at).await?;
        }
        Ok(())
    }
}

fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => "vi",
        Lang::En => "en",
    }
}

fn address((actor, address, lang, refused, set_at): Row) -> Result<MailAddress, IdentityError> {
    let damaged = || IdentityError::Damaged(actor.clone());
    Ok(MailAddress {
        actor: ActorId::parse(&actor).map_err(|_| damaged())?,
        lang: if lang == "en" { Lang::En } else { Lang::Vi },
        set_at: Instant::parse(&set_at).map_err(|_| damaged())?,
        address,
        refused,
    })
}

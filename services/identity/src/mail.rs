//! Where somebody wants to be written to, what of, and which notices he was sent. He says it himself, or whoever gave him his account says
//! where; the log knows nothing of it. An address is forgotten with the last account of its actor.

use platform::on;
use proto::document::Lang;
use proto::notices::NoticeKind;
use proto::{ActorId, Instant};

use crate::mail_confirmed::CONFIRMED_FORGET;
use crate::tokens::{Identity, IdentityError};

pub(crate) const ADDRESSES_DDL: &str = "CREATE TABLE IF NOT EXISTS mail_addresses (actor TEXT PRIMARY KEY, \
    address TEXT NOT NULL, lang TEXT NOT NULL, refused TEXT NOT NULL, set_at TEXT NOT NULL)";
pub(crate) const SENT_DDL: &str = "CREATE TABLE IF NOT EXISTS mails_sent (actor TEXT NOT NULL, notice TEXT NOT NULL, \
    sent_at TEXT NOT NULL, PRIMARY KEY (actor, notice))";
/// The kinds of notices that somebody does not want by mail.
pub(crate) const LEFT_OUT_DDL: &str = "CREATE TABLE IF NOT EXISTS mail_left_out (actor TEXT NOT NULL, kind TEXT NOT NULL, \
    PRIMARY KEY (actor, kind))";
const LEFT_OUT_READ: &str = "SELECT kind FROM mail_left_out WHERE actor = $1";
const LEFT_OUT_FORGET: &str = "DELETE FROM mail_left_out WHERE actor = $1";
const LEFT_OUT_WRITE: &str = "INSERT INTO mail_left_out (actor, kind) VALUES ($1, $2)";
const ADDRESS_FORGET: &str = "DELETE FROM mail_addresses WHERE actor = $1";
const ADDRESS_WRITE: &str =
    "INSERT INTO mail_addresses (actor, address, lang, refused, set_at) VALUES ($1, $2, $3, '', $4)";
const ADDRESS_REFUSED: &str = "UPDATE mail_addresses SET refused = $3 WHERE actor = $1 AND address = $2";
const ADDRESSES_READ: &str = "SELECT a.actor, a.address, a.lang, a.refused, a.set_at, \
    COALESCE(c.confirmed_at, '') FROM mail_addresses a LEFT JOIN mail_confirmed c ON c.actor = a.actor AND \
    c.address = a.address ORDER BY a.actor";
const SENT_READ: &str = "SELECT notice FROM mails_sent WHERE actor = $1";
const SENT_WRITE: &str = "INSERT INTO mails_sent (actor, notice, sent_at) VALUES ($1, $2, $3)";
const SENT_FORGET: &str = "DELETE FROM mails_sent WHERE actor = $1 AND notice = $2";
/// What is kept of people who have no account any more.
const OF_NOBODY: [&str; 5] = [
    "DELETE FROM mail_addresses WHERE actor NOT IN (SELECT actor FROM accounts UNION SELECT actor FROM provided_accounts)",
    "DELETE FROM mails_sent WHERE actor NOT IN (SELECT actor FROM accounts UNION SELECT actor FROM provided_accounts)",
    "DELETE FROM mail_confirmed WHERE actor NOT IN (SELECT actor FROM accounts UNION SELECT actor FROM provided_accounts)",
    "DELETE FROM mail_letters WHERE actor NOT IN (SELECT actor FROM accounts UNION SELECT actor FROM provided_accounts)",
    "DELETE FROM mail_left_out WHERE actor NOT IN (SELECT actor FROM accounts UNION SELECT actor FROM provided_accounts)",
];

/// Actor, address, language, why it was refused, when it was given, when it was confirmed.
type Row = (String, String, String, String, String, String);

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
    /// When it was given.
    pub set_at: Instant,
    /// When he confirmed that it is his; before, he is sent nothing there but the letter that asks.
    pub confirmed_at: Option<Instant>,
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
    /// forgotten with it, and that another was confirmed.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn set_mail_address(
        &self,
        actor: &ActorId,
        wanted: Option<(&str, Lang)>,
        at: Instant,
    ) -> Result<(), IdentityError> {
        let known = self.mail_address(actor).await?.filter(|known| wanted.is_some_and(|(to, _)| to == known.address));
        let is_confirmed = known.is_some_and(|known| known.confirmed_at.is_some());
        if !is_confirmed {
            self.letter_wanted(actor, wanted.map_or("", |(address, _)| address), at).await?;
        }
        let mut db = self.writing().await?;
        let mut tx = db.begin().await?;
        let mut gone = vec![ADDRESS_FORGET];
        gone.extend((!is_confirmed).then_some(CONFIRMED_FORGET));
        for statement in gone {
            let id = actor.to_string();
            on!(tx.at(), db => sqlx::query(statement).bind(id).execute(db).await.map(|_| ()))?;
        }
        if let Some((address, lang)) = wanted {
            on!(tx.at(), db => {
                let write = sqlx::query(ADDRESS_WRITE).bind(actor.to_string()).bind(address.to_owned());
                write.bind(code(lang).to_owned()).bind(at.to_string()).execute(db).await.map(|_| ())
            })?;
        }
        tx.commit().await?;
        self.address_given.notify_one();
        Ok(())
    }

    /// Says where somebody is to be written to, in the name of whoever gave him his account: one that he has confirmed himself stays, and
    /// whether it was taken is told.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn give_mail_address(
        &self,
        actor: &ActorId,
        wanted: (&str, Lang),
        at: Instant,
    ) -> Result<bool, IdentityError> {
        if self.mail_address(actor).await?.is_some_and(|known| known.confirmed_at.is_some()) {
            return Ok(false);
        }
        self.set_mail_address(actor, Some(wanted), at).await?;
        Ok(true)
    }

    /// Waits until an address is given in this process.
    pub async fn address_given(&self) {
        self.address_given.notified().await;
    }

    /// What somebody does not want to be told by mail.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn left_out(&self, actor: &ActorId) -> Result<Vec<NoticeKind>, IdentityError> {
        let id = actor.to_string();
        let mut db = self.writing().await?;
        let rows: Vec<(String,)> = on!(db.at(), db => sqlx::query_as(LEFT_OUT_READ).bind(id).fetch_all(db).await?);
        Ok(rows.into_iter().filter_map(|(kind,)| NoticeKind::parse(&kind)).collect())
    }

    /// Says what somebody does not want to be told by mail; of what everybody is told nothing is left out.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn leave_out(&self, actor: &ActorId, kinds: &[NoticeKind]) -> Result<(), IdentityError> {
        let mut db = self.writing().await?;
        let mut tx = db.begin().await?;
        let id = actor.to_string();
        on!(tx.at(), db => sqlx::query(LEFT_OUT_FORGET).bind(id).execute(db).await.map(|_| ()))?;
        for kind in NoticeKind::ALL.into_iter().filter(|kind| kind.may_be_left_out() && kinds.contains(kind)) {
            let (id, kind) = (actor.to_string(), kind.as_str().to_owned());
            on!(tx.at(), db => sqlx::query(LEFT_OUT_WRITE).bind(id).bind(kind).execute(db).await.map(|_| ()))?;
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

    /// Takes every address of another store, whether it was confirmed, what is left out, and which notices were sent there: nobody is told
    /// the same twice for it. A letter that still waits for its answer is sent once more.
    ///
    /// # Errors
    /// [`IdentityError`]; those taken before stay.
    pub async fn take_mail_from(&self, other: &Self) -> Result<(), IdentityError> {
        for known in other.mail_addresses().await? {
            self.set_mail_address(&known.actor, Some((&known.address, known.lang)), known.set_at).await?;
            if let Some(at) = known.confirmed_at {
                self.confirmed(&known.actor, &known.address, at).await?;
            }
            let sent = other.mails_sent(&known.actor).await?;
            self.mails_noted(&known.actor, (&sent, &[]), known.set_at).await?;
        }
        for account in other.accounts().await? {
            self.leave_out(&account.actor, &other.left_out(&account.actor).await?).await?;
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

fn address((actor, address, lang, refused, set_at, confirmed_at): Row) -> Result<MailAddress, IdentityError> {
    let damaged = || IdentityError::Damaged(actor.clone());
    Ok(MailAddress {
        actor: ActorId::parse(&actor).map_err(|_| damaged())?,
        lang: if lang == "en" { Lang::En } else { Lang::Vi },
        set_at: Instant::parse(&set_at).map_err(|_| damaged())?,
        confirmed_at: match confirmed_at.as_str() {
            "" => None,
            at => Some(Instant::parse(at).map_err(|_| damaged())?),
        },
        address,
        refused,
    })
}

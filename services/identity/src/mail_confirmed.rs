//! Whether an address belongs to whoever is written to there: he says so himself, by what stands in a letter that was sent to it. Nothing
//! else is sent before. What the letter holds is stored as a digest, good for one use and for two days.

use platform::on;
use proto::{ActorId, Hash, Instant};

use crate::mail::MailAddress;
use crate::tokens::{Identity, IdentityError};

/// How long what stands in a letter is good for, in hours.
pub const LETTER_HOURS: i64 = 48;
/// The most letters of one person in a day: whoever types foreign addresses writes to few people.
pub const LETTERS_MAX: i64 = 5;
/// Within so many seconds an address that is given twice is given once.
const AGAIN_S: i64 = 60;
const DAY_HOURS: i64 = 24;

pub(crate) const CONFIRMED_DDL: &str = "CREATE TABLE IF NOT EXISTS mail_confirmed (actor TEXT PRIMARY KEY, \
    address TEXT NOT NULL, confirmed_at TEXT NOT NULL)";
/// The last letter of somebody: to which address, the digest of what stands in it, how long that is good for, when it was sent; and how
/// many he was sent since a moment.
pub(crate) const LETTERS_DDL: &str = "CREATE TABLE IF NOT EXISTS mail_letters (actor TEXT PRIMARY KEY, \
    address TEXT NOT NULL, digest TEXT NOT NULL, good_until TEXT NOT NULL, sent_at TEXT NOT NULL, letters BIGINT NOT NULL, \
    since TEXT NOT NULL)";
const LETTER_READ: &str =
    "SELECT address, digest, good_until, sent_at, letters, since FROM mail_letters WHERE actor = $1";
const LETTER_FORGET: &str = "DELETE FROM mail_letters WHERE actor = $1";
const LETTER_WRITE: &str = "INSERT INTO mail_letters (actor, address, digest, good_until, sent_at, letters, since) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
pub(crate) const CONFIRMED_FORGET: &str = "DELETE FROM mail_confirmed WHERE actor = $1";
const CONFIRMED_WRITE: &str = "INSERT INTO mail_confirmed (actor, address, confirmed_at) VALUES ($1, $2, $3)";

/// Address, digest, how long it is good for, when it was sent, how many, since when.
type Row = (String, String, String, String, i64, String);

/// How it stands with the letter to an address that is not confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letter {
    /// It is still to be sent.
    Due,
    /// It was sent.
    Sent {
        /// When.
        at: Instant,
        /// The first moment at which what stands in it is good for nothing.
        until: Instant,
    },
    /// It was sent, and is good for nothing any more.
    Over,
    /// None is sent before this moment: there were too many.
    TooMany(Instant),
}

/// A letter as it is stored.
struct Stored {
    address: String,
    digest: String,
    good_until: Option<Instant>,
    sent_at: Option<Instant>,
    letters: i64,
    since: Option<Instant>,
}

impl Stored {
    fn none() -> Self {
        Self { address: String::new(), digest: String::new(), good_until: None, sent_at: None, letters: 0, since: None }
    }

    /// Until when there are no more, if that is so.
    fn full_until(&self, now: Instant) -> Option<Instant> {
        let over = self.since?.plus_micros(DAY_HOURS * 3_600_000_000);
        (self.letters >= LETTERS_MAX && now < over).then_some(over)
    }

    fn stands(&self, address: &str, now: Instant) -> Letter {
        match (self.sent_at, self.good_until) {
            (Some(_), Some(until)) if self.address == address && until <= now => Letter::Over,
            (Some(at), Some(until)) if self.address == address => Letter::Sent { at, until },
            _ => self.full_until(now).map_or(Letter::Due, Letter::TooMany),
        }
    }
}

impl Identity {
    /// How it stands with the letter to somebody's address.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn letter(&self, of: &MailAddress, now: Instant) -> Result<Letter, IdentityError> {
        Ok(self.stored_letter(&of.actor).await?.stands(&of.address, now))
    }

    /// What a letter to an address is to hold; the one before it is good for nothing any more. It is told once, and stored as a digest.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn begin_letter(&self, to: &MailAddress, now: Instant) -> Result<String, IdentityError> {
        let mut random = [0; 32];
        getrandom::fill(&mut random)?;
        let secret: String = random.iter().map(|b| format!("{b:02x}")).collect();
        let before = self.stored_letter(&to.actor).await?;
        let letter = Stored {
            address: to.address.clone(),
            digest: digest(&secret),
            good_until: Some(now.plus_micros(LETTER_HOURS * 3_600_000_000)),
            sent_at: None,
            ..before
        };
        self.store_letter(&to.actor, letter).await?;
        Ok(secret)
    }

    /// Notes that the letter has left. After a crash before that, another one is sent.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn letter_sent(&self, to: &MailAddress, now: Instant) -> Result<(), IdentityError> {
        let letter = self.stored_letter(&to.actor).await?;
        // Another address was given meanwhile: its letter is still to be sent.
        if letter.address != to.address {
            return Ok(());
        }
        let goes_on = letter.since.is_some_and(|since| now < since.plus_micros(DAY_HOURS * 3_600_000_000));
        let (letters, since) = if goes_on { (letter.letters + 1, letter.since) } else { (1, Some(now)) };
        self.store_letter(&to.actor, Stored { sent_at: Some(now), letters, since, ..letter }).await
    }

    /// Confirms somebody's address by what stood in the letter to it, once; says whether that was it.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn confirm_mail(&self, actor: &ActorId, secret: &str, now: Instant) -> Result<bool, IdentityError> {
        let letter = self.stored_letter(actor).await?;
        let Some(known) = self.mail_address(actor).await? else { return Ok(false) };
        let is_good = letter.good_until.is_some_and(|until| now < until) && letter.address == known.address;
        if !is_good || letter.digest != digest(secret) {
            return Ok(false);
        }
        let used = Stored { digest: String::new(), good_until: None, sent_at: None, ..letter };
        self.store_letter(actor, used).await?;
        self.confirmed(actor, &known.address, now).await?;
        // What stands already he is told now.
        self.address_given.notify_one();
        Ok(true)
    }

    /// That an address is somebody's.
    pub(crate) async fn confirmed(&self, actor: &ActorId, address: &str, at: Instant) -> Result<(), IdentityError> {
        let (id, address) = (actor.to_string(), address.to_owned());
        let mut db = self.writing().await?;
        let mut tx = db.begin().await?;
        on!(tx.at(), db => sqlx::query(CONFIRMED_FORGET).bind(id.clone()).execute(db).await.map(|_| ()))?;
        on!(tx.at(), db => {
            let write = sqlx::query(CONFIRMED_WRITE).bind(id).bind(address).bind(at.to_string());
            write.execute(db).await.map(|_| ())
        })?;
        Ok(tx.commit().await?)
    }

    /// That somebody gave an address, perhaps once more: another letter is sent where that is what he wants.
    pub(crate) async fn letter_wanted(
        &self,
        actor: &ActorId,
        address: &str,
        now: Instant,
    ) -> Result<(), IdentityError> {
        let letter = self.stored_letter(actor).await?;
        let just_sent = letter.sent_at.is_some_and(|sent| now < sent.plus_micros(AGAIN_S * 1_000_000));
        if letter.address == address && just_sent {
            return Ok(());
        }
        let again =
            Stored { address: address.to_owned(), digest: String::new(), good_until: None, sent_at: None, ..letter };
        self.store_letter(actor, again).await
    }

    async fn stored_letter(&self, actor: &ActorId) -> Result<Stored, IdentityError> {
        let id = actor.to_string();
        let mut db = self.writing().await?;
        let row: Option<Row> = on!(db.at(), db => sqlx::query_as(LETTER_READ).bind(id).fetch_optional(db).await?);
        let Some((address, digest, good_until, sent_at, letters, since)) = row else { return Ok(Stored::none()) };
        let damaged = || IdentityError::Damaged(actor.to_string());
        let moment = |text: &str| match text {
            "" => Ok(None),
            text => Instant::parse(text).map(Some).map_err(|_| damaged()),
        };
        let (good_until, sent_at, since) = (moment(&good_until)?, moment(&sent_at)?, moment(&since)?);
        Ok(Stored { address, digest, good_until, sent_at, letters, since })
    }

    async fn store_letter(&self, actor: &ActorId, letter: Stored) -> Result<(), IdentityError> {
        let (id, moment) = (actor.to_string(), |at: Option<Instant>| at.map_or_else(String::new, |at| at.to_string()));
        let mut db = self.writing().await?;
        let mut tx = db.begin().await?;
        on!(tx.at(), db => sqlx::query(LETTER_FORGET).bind(id.clone()).execute(db).await.map(|_| ()))?;
        on!(tx.at(), db => {
            let write = sqlx::query(LETTER_WRITE).bind(id).bind(letter.address).bind(letter.digest);
            let write = write.bind(moment(letter.good_until)).bind(moment(letter.sent_at)).bind(letter.letters);
            write.bind(moment(letter.since)).execute(db).await.map(|_| ())
        })?;
        Ok(tx.commit().await?)
    }
}

fn digest(secret: &str) -> String {
    Hash::digest(secret.as_bytes()).to_string()
}

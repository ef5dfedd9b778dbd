//! Notices by mail: whoever has confirmed an address is sent each new notice once, several of one moment in one message. An address that
//! nobody has confirmed is sent one letter, which asks. What is new is what stands
//! and was not sent yet, so that a server that was away tells what it missed, and nothing that is over by now.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use identity::{Identity, IdentityError, LETTER_HOURS, Letter, MailAddress};
use platform::clock::Clock;
use platform::mail::{Mail, NotSent};
use platform::ports::SharedWork;
use platform::projector::ProjectError;
use proto::document::Lang;
use proto::notices::Notice;
use proto::rows::RoundRow;
use proto::{ActorId, Rejection, RoundId};
use tokio::sync::watch;

use crate::sign_in::Site;
use crate::words::{NoticeWords, fill, notice, pick};

/// How often it is looked at the longest, in milliseconds: deadlines come near without an event.
const EVERY_MS: u64 = 60_000;
/// How soon an event is looked at, in milliseconds.
const SOON_MS: u64 = 1_000;
/// How long a server of mail that is away is left alone at first, and at the longest, in milliseconds.
const AWAY_MS_MIN: u64 = 5_000;
const AWAY_MS_MAX: u64 = 600_000;
/// The most notices that one message tells; the rest is counted, and stands on the page.
const TOLD_MAX: usize = 40;

/// What mail is made from.
pub struct Mailing {
    /// The index, for the rounds that are open.
    pub index: index::Reader,
    /// The rounds.
    pub work: SharedWork,
    /// Who wants to be written to.
    pub identity: Arc<Identity>,
    /// The moment that an address is told at.
    pub clock: Arc<Clock>,
    /// Where the mail goes.
    pub mail: Mail,
    /// How browsers reach this site.
    pub site: Site,
}

/// Why a look at what is new failed; it is looked at again.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Rows(#[from] ProjectError),
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error("{0:?}")]
    Work(Box<Rejection>),
    #[error("{0}")]
    Away(String),
}

/// What somebody is to be told: round by round, each notice with what tells it apart.
type News = Vec<(RoundRow, Vec<(String, Notice)>)>;

impl Mailing {
    /// Sends what is new, again and again, until it is told to stop. A server of mail that is away is asked less and less often.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let (mut seen, mut waited, mut away) = (None, EVERY_MS, 0);
        loop {
            let position = self.position().await;
            let pause = if away > 0 { away } else { EVERY_MS };
            if waited >= pause || (away == 0 && position != seen) {
                (seen, waited) = (position, 0);
                away = match self.pass().await {
                    Ok(()) => 0,
                    Err(error) => {
                        tracing::warn!(%error, "mailing");
                        let longer = (away * 2).clamp(AWAY_MS_MIN, AWAY_MS_MAX);
                        if matches!(error, Failed::Away(_)) { longer } else { 0 }
                    }
                };
            }
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = self.identity.address_given() => seen = None,
                () = tokio::time::sleep(Duration::from_millis(SOON_MS)) => waited += SOON_MS,
            }
        }
    }

    async fn position(&self) -> Option<u64> {
        self.index.view().await.ok().map(|view| view.cursor().position)
    }

    /// Sends everybody what is new to him.
    async fn pass(&self) -> Result<(), Failed> {
        let addresses = self.identity.mail_addresses().await?;
        let reached: Vec<MailAddress> = addresses.into_iter().filter(|known| known.refused.is_empty()).collect();
        let (reached, asked): (Vec<MailAddress>, Vec<MailAddress>) =
            reached.into_iter().partition(|known| known.confirmed_at.is_some());
        for to in &asked {
            self.ask(to).await?;
        }
        if reached.is_empty() {
            return Ok(());
        }
        let actors: Vec<ActorId> = reached.iter().map(|known| known.actor.clone()).collect();
        let mut news: BTreeMap<String, News> = BTreeMap::new();
        for row in self.index.view().await?.rounds().await?.into_iter().filter(|row| !row.closed) {
            let told = self.work.notices_of(&row.round, &actors).await.map_err(|why| Failed::Work(Box::new(why)))?;
            for of in told {
                let notices = keyed(&row.round, of.notices);
                news.entry(of.actor.to_string()).or_default().push((row.clone(), notices));
            }
        }
        for to in &reached {
            self.tell(to, news.remove(to.actor.as_str()).unwrap_or_default()).await?;
        }
        Ok(())
    }

    /// Asks whoever reads what is sent to an address to confirm that it is his, where that was not asked yet.
    async fn ask(&self, to: &MailAddress) -> Result<(), Failed> {
        if self.identity.letter(to, self.clock.now()).await? != Letter::Due {
            return Ok(());
        }
        let secret = self.identity.begin_letter(to, self.clock.now()).await?;
        match self.mail.send(&to.address, NoticeWords::of(to.lang).letter, letter(to.lang, &secret, &self.site)).await {
            Ok(()) => Ok(self.identity.letter_sent(to, self.clock.now()).await?),
            Err(NotSent::Refused(why)) => Ok(self.identity.mail_refused(to, &why).await?),
            Err(NotSent::Later(why)) => Err(Failed::Away(why)),
        }
    }

    /// Sends somebody what he was not sent yet, and notes it once the server of mail has taken it: after a crash between the two it is
    /// sent twice, and never lost.
    async fn tell(&self, to: &MailAddress, news: News) -> Result<(), Failed> {
        let sent = self.identity.mails_sent(&to.actor).await?;
        let stands = |key: &String| news.iter().any(|(_, notices)| notices.iter().any(|(known, _)| known == key));
        let over: Vec<String> = sent.iter().filter(|key| !stands(key)).cloned().collect();
        let left_out = self.identity.left_out(&to.actor).await?;
        let is_new = |(key, of): &(String, Notice)| !sent.contains(key) && !left_out.contains(&of.kind);
        let new: News = news
            .into_iter()
            .map(|(row, notices)| (row, notices.into_iter().filter(is_new).collect()))
            .filter(|(_, notices): &(RoundRow, Vec<_>)| !notices.is_empty())
            .collect();
        let keys: Vec<String> =
            new.iter().flat_map(|(_, notices)| notices.iter().map(|(key, _)| key.clone())).collect();
        if !keys.is_empty() {
            let subject = fill(NoticeWords::of(to.lang).subject, &[&keys.len().to_string()]);
            match self.mail.send(&to.address, &subject, text(to.lang, &new, self.site.address())).await {
                Ok(()) => {}
                Err(NotSent::Refused(why)) => return Ok(self.identity.mail_refused(to, &why).await?),
                Err(NotSent::Later(why)) => return Err(Failed::Away(why)),
            }
        }
        if !keys.is_empty() || !over.is_empty() {
            self.identity.mails_noted(&to.actor, (&keys, &over), self.clock.now()).await?;
        }
        Ok(())
    }
}

fn keyed(round: &RoundId, notices: Vec<Notice>) -> Vec<(String, Notice)> {
    notices.into_iter().map(|notice| (notice.key(round), notice)).collect()
}

/// The letter that asks: by a link where browsers reach this site by one address, else by what is to be entered there.
fn letter(lang: Lang, secret: &str, site: &Site) -> String {
    let w = NoticeWords::of(lang);
    let how = match site.address() {
        Some(address) => fill(w.letter_link, &[&format!("{address}/notices?token={secret}#mail-title")]),
        None => fill(w.letter_code, &[secret]),
    };
    let until = fill(w.letter_until, &[&LETTER_HOURS.to_string()]);
    [w.letter_lead, "", &how, "", &until, w.letter_foreign, ""].join("\r\n")
}

/// The text of a message.
fn text(lang: Lang, news: &News, site: Option<&str>) -> String {
    let w = NoticeWords::of(lang);
    let mut lines = vec![w.greeting.to_owned()];
    let mut left = TOLD_MAX;
    for (row, notices) in news {
        lines.extend([String::new(), pick(lang, &row.title_vi, &row.title_en).to_owned()]);
        lines.extend(notices.iter().take(left).map(|(_, of)| format!("- {}", notice(lang, of))));
        if notices.len() > left {
            lines.push(format!("- {}", fill(w.more, &[&(notices.len() - left).to_string()])));
        }
        left = left.saturating_sub(notices.len());
    }
    let place = site.map_or_else(|| w.at_page.to_owned(), |site| fill(w.at_site, &[&format!("{site}/notices")]));
    lines.extend([String::new(), place, String::new(), w.footer.to_owned(), String::new()]);
    lines.join("\r\n")
}

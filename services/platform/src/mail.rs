//! Mail to people, by SMTP (RFC 5321). A message is text, in UTF-8, to one address at a time, so that nobody sees who else is told.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

/// How long a server of mail may take for a step, in seconds.
const STEP_S: u64 = 20;
/// The most bytes of an address (RFC 5321, 4.5.3.1.3).
const ADDRESS_BYTES_MAX: usize = 254;

/// Where mail is handed in, and from whom it comes.
#[derive(Debug, Clone)]
pub struct MailPlace {
    /// The server: `smtps://HOST`, `smtp://HOST:PORT?tls=required`, or `smtp://HOST:PORT` on a network that is one's own; with a user, not
    /// with a password.
    pub url: String,
    /// From whom, as `Name <address>` or an address.
    pub from: String,
    /// A file whose first line is the user's password, for its owner's eyes alone.
    pub password_file: Option<PathBuf>,
}

/// A server of mail.
#[derive(Debug)]
pub struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why there is no mail.
#[derive(Debug, thiserror::Error)]
pub enum BadMail {
    /// The server's address is of no use.
    #[error("smtp_unusable: {0}; say smtps://USER@HOST, or smtp://HOST:PORT?tls=required")]
    Url(String),
    /// Nobody can be written to from this address.
    #[error("mail_from_unusable: {0} is no address")]
    From(String),
    /// The password's file is of no use.
    #[error("smtp_password_unusable: {path}: {why}")]
    Password {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotSent {
    /// The server refuses it for good.
    #[error("{0}")]
    Refused(String),
    /// The server is away, or will not take it now.
    #[error("{0}")]
    Later(String),
}

/// Whether a text is an address that mail can be sent to.
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.len() <= ADDRESS_BYTES_MAX && text.parse::<Address>().is_ok()
}

impl Mail {
    /// A server of mail; it is not asked yet.
    ///
    /// # Errors
    /// [`BadMail`].
    pub fn new(place: &MailPlace) -> Result<Self, BadMail> {
        let from = place.from.parse().map_err(|_| BadMail::From(place.from.clone()))?;
        let bad = |why: String| BadMail::Url(why);
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(&place.url).map_err(|error| bad(error.to_string()))?;
        let (user, has_password) = user(&place.url);
        if has_password {
            return Err(bad("a password stands in it, which others may see".to_owned()));
        }
        match (&place.password_file, user) {
            (Some(path), Some(user)) => {
                builder = builder.credentials(Credentials::new(user, password(path)?));
            }
            (Some(_), None) => return Err(bad("there is a password and no user".to_owned())),
            (None, Some(_)) => return Err(bad("there is a user and no password file".to_owned())),
            (None, None) => {}
        }
        Ok(Self { transport: builder.timeout(Some(Duration::from_secs(STEP_S))).build(), from })
    }

    /// Hands a message in; once this returns, the server has taken it.
    ///
    /// # Errors
    /// [`NotSent`].
    pub async fn send(&self, to: &str, subject: &str, text: String) -> Result<(), NotSent> {
        let to: Mailbox = to.parse().map_err(|_| NotSent::Refused("no address".to_owned()))?;
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| NotSent::Later(error.to_string()))?;
        let random: String = random.iter().map(|b| format!("{b:02x}")).collect();
        let id = format!("<{random}@{}>", self.from.email.domain());
        let message = Message::builder().from(self.from.clone()).to(to).subject(subject).message_id(Some(id));
        let message = message.header(ContentType::TEXT_PLAIN).body(text);
        let message = message.map_err(|error| NotSent::Refused(error.to_string()))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(NotSent::Refused(error.to_string())),
            Err(error) => Err(NotSent::Later(error.to_string())),
        }
    }
}

/// The user that an address of a server names, and whether a password stands in it too.
fn user(url: &str) -> (Option<String>, bool) {
    let authority = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((login, _)) = authority.rsplit_once('@') else { return (None, false) };
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    (Some(user.replace("%40", "@")).filter(|user| !user.is_empty()), !password.is_empty())
}

fn password(path: &Path) -> Result<String, BadMail> {
    let bad = |why: String| BadMail::Password { path: path.to_owned(), why };
    let mode = fs::metadata(path).map_err(|error| bad(error.to_string()))?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(bad(format!("it has the mode {mode:o}; only its owner may read it: chmod 600")));
    }
    let text = fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
    let line = text.lines().next().unwrap_or_default().to_owned();
    if line.is_empty() { Err(bad("it is empty".to_owned())) } else { Ok(line) }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::{BadMail, Mail, MailPlace, is_address, user};

    fn place(url: &str) -> MailPlace {
        MailPlace { url: url.to_owned(), from: "PAR Index <par@example.vn>".to_owned(), password_file: None }
    }

    #[test]
    fn a_server_of_mail_is_told_by_its_address_and_no_password_stands_in_it() {
        for good in ["smtp://127.0.0.1:2525", "smtps://mail.example.vn", "smtp://mail.example.vn:587?tls=required"] {
            assert!(Mail::new(&place(good)).is_ok(), "{good}");
        }
        let with_password = "smtps://par:secret@mail.example.vn";
        for bad in ["mail.example.vn", "http://mail.example.vn", with_password, "smtps://par@mail.example.vn", ""] {
            let refused = Mail::new(&place(bad)).expect_err(bad).to_string();
            assert!(refused.starts_with("smtp_unusable: ") && !refused.contains("secret"), "{refused}");
        }
        let nobody = MailPlace { from: "nobody".to_owned(), ..place("smtp://127.0.0.1:2525") };
        assert!(matches!(Mail::new(&nobody), Err(BadMail::From(_))));
        assert_eq!(user("smtps://par%40example.vn@mail.example.vn/"), (Some("par@example.vn".to_owned()), false));
    }

    #[test]
    fn a_password_that_others_may_read_is_not_used() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("password");
        fs::write(&file, "long and secret\n").expect("written");
        let place = MailPlace { password_file: Some(file.clone()), ..place("smtps://par@mail.example.vn") };
        for (mode, is_used) in [(0o644, false), (0o640, false), (0o600, true), (0o400, true)] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("a mode");
            assert_eq!(Mail::new(&place).is_ok(), is_used, "{mode:o}");
        }
    }

    #[test]
    fn an_address_is_one_address_and_nothing_beside() {
        for good in ["an@example.vn", "an.nv+par@so-noi-vu.example.vn"] {
            assert!(is_address(good), "{good}");
        }
        let long = format!("{}@example.vn", "a".repeat(250));
        for bad in
            ["", "an", "an@", "an@example.vn, b@example.vn", "An <an@example.vn>", "a\r\nBcc: b@example.vn", &long]
        {
            assert!(!is_address(bad), "{bad}");
        }
    }
}

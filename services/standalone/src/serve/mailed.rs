//! Notices by mail, where the operator has named a server of mail.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use dashboard::{Dashboard, Mailing, SignIn};
use platform::mail::{BadMail, Mail, MailPlace};
use platform::ports::SharedWork;
use tokio::sync::watch;

/// Where mail is handed in.
#[derive(Debug, Args)]
pub struct ByMail {
    /// The server that takes notices by mail: smtps://USER@HOST, smtp://USER@HOST:PORT?tls=required, or smtp://HOST:PORT on a network of one's own.
    #[arg(long, value_name = "URL", requires = "mail_from")]
    pub smtp: Option<String>,
    /// From whom notices come: an address, or NAME <ADDRESS>.
    #[arg(long, value_name = "ADDRESS", requires = "smtp")]
    pub mail_from: Option<String>,
    /// The file whose first line is the password of the user in --smtp; only its owner may read it.
    #[arg(long, value_name = "FILE", requires = "smtp")]
    pub smtp_password_file: Option<PathBuf>,
}

impl ByMail {
    /// The server, if one is named.
    ///
    /// # Errors
    /// [`BadMail`].
    pub fn server(self) -> Result<Option<Mail>, BadMail> {
        let (Some(url), Some(from)) = (self.smtp, self.mail_from) else { return Ok(None) };
        Mail::new(&MailPlace { url, from, password_file: self.smtp_password_file }).map(Some)
    }
}

/// Sends what is new until what this gives is dropped.
pub fn begin(mail: Mail, pages: &Dashboard, (work, sign_in): (&SharedWork, &SignIn)) -> watch::Sender<bool> {
    let (stop, stopped) = watch::channel(false);
    let mailing = Mailing {
        index: pages.index.clone(),
        work: Arc::clone(work),
        identity: Arc::clone(&sign_in.identity),
        clock: Arc::clone(&sign_in.clock),
        mail,
        site: sign_in.site.clone(),
    };
    tokio::spawn(mailing.run(stopped));
    stop
}

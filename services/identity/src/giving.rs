//! Credentials given out, reset and ended: each step on record before it is done here, in the name of whoever asks. Whether he may, the
//! ledger decides. It knows no page and no terminal, and puts no login name, password or secret on record.

use std::sync::Arc;

use platform::clock::Clock;
use platform::ports::SharedSubmit;
use proto::act::grants::UnbindCredential;
use proto::{Act, Acting, ActorId, Answer, Command, CommandId, CredentialId, Principal, Refused, Scopes};

use crate::accounts::Account;
use crate::login_name::{BadLoginName, LoginName};
use crate::provided::{BadSubject, Subject};
use crate::tokens::{Identity, IdentityError, Minted, Token};

/// What keeps a credential from being given out or ended; what was not yet on record stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum GivingError {
    /// It is not taken on record.
    #[error("{}: {}", .0.code, .0.en)]
    Refused(Box<Refused>),
    /// There is an account of that name.
    #[error("account_exists: there is an account {0} already")]
    Exists(String),
    /// There is no account of that name.
    #[error("account_unknown: there is no account {0}")]
    Unknown(String),
    /// A login name that is none.
    #[error("login_name_wrong: {0}")]
    Name(#[from] BadLoginName),
    /// Nobody whom a provider could name.
    #[error("oidc_subject_wrong: {0}")]
    Subject(#[from] BadSubject),
    /// The store of accounts and tokens failed.
    #[error(transparent)]
    Store(#[from] IdentityError),
}

/// An account that was given out, or given another password.
pub struct GivenAccount {
    /// The first password, shown this once.
    pub password: String,
    /// The credential by which the log knows it.
    pub credential: CredentialId,
    /// For whom it speaks.
    pub actor: ActorId,
}

/// An account by a provider that was given out.
pub struct GivenSubject {
    /// The credential by which the log knows it.
    pub credential: CredentialId,
    /// For whom it speaks.
    pub actor: ActorId,
}

/// A token that was made.
pub struct GivenToken {
    /// The secret, shown this once.
    pub token: String,
    /// The credential by which the log knows it.
    pub credential: CredentialId,
}

/// Whoever gives a credential out, or ends one.
pub struct Giving<'a> {
    /// The store.
    pub identity: &'a Identity,
    /// The door by which it goes on record.
    pub submit: SharedSubmit,
    /// Who asks.
    pub by: Principal,
    /// In which capacity.
    pub acting: Acting,
    /// By which accounts and tokens are dated.
    pub clock: Arc<Clock>,
}

impl Giving<'_> {
    /// A new account. The same form sent twice makes one.
    ///
    /// # Errors
    /// [`GivingError`].
    pub async fn account(&self, id: CommandId, actor: ActorId, name: &str) -> Result<GivenAccount, GivingError> {
        let name = LoginName::parse(name)?;
        if self.identity.account(&name).await?.is_some() {
            return Err(GivingError::Exists(name.as_str().to_owned()));
        }
        self.bind(id, actor, name).await
    }

    /// Another credential and a first password for an account. Whoever gives a password out could speak by it, so the old credential
    /// ends on record, with the reason, and the one that replaces it begins there.
    ///
    /// # Errors
    /// [`GivingError`].
    pub async fn reset(&self, id: CommandId, name: &str, reason: String) -> Result<GivenAccount, GivingError> {
        let name = LoginName::parse(name)?;
        let account = self.known(&name).await?;
        self.end_account(id, &account, reason, &["credential_not_bound"]).await?;
        self.bind(self.another()?, account.actor, name).await
    }

    /// The end of an account.
    ///
    /// # Errors
    /// [`GivingError`].
    pub async fn disable(&self, id: CommandId, name: &str, reason: String) -> Result<Account, GivingError> {
        let account = self.known(&LoginName::parse(name)?).await?;
        // A log that has ended takes nothing more, and its readers' accounts end all the same.
        self.end_account(id, &account, reason, &["credential_not_bound", "log_closed"]).await?;
        self.identity.forget_mail_of_nobody().await?;
        Ok(account)
    }

    /// A new account of somebody whom a provider vouches for; nobody is shown anything, for there is no password. The same form sent
    /// twice makes one.
    ///
    /// # Errors
    /// [`GivingError`].
    pub async fn subject(&self, id: CommandId, actor: ActorId, subject: Subject) -> Result<GivenSubject, GivingError> {
        if self.identity.provided(&subject).await?.is_some() {
            return Err(GivingError::Exists(subject.value().to_owned()));
        }
        let minted = Identity::mint_provided(actor.clone(), subject)?;
        let credential = minted.bind.credential.clone();
        self.on_record(id, Act::BindCredential(minted.bind.clone())).await?;
        self.identity.store_provided(minted, self.clock.now()).await?;
        Ok(GivenSubject { credential, actor })
    }

    /// The end of an account by a provider.
    ///
    /// # Errors
    /// [`GivingError`].
    pub async fn end_subject(
        &self,
        id: CommandId,
        credential: &CredentialId,
        reason: String,
    ) -> Result<Account, GivingError> {
        let mut provided = self.identity.provided_accounts().await?.into_iter();
        let account = provided.find(|account| account.credential == *credential);
        let account = account.ok_or_else(|| GivingError::Unknown(credential.to_string()))?;
        // A log that has ended takes nothing more, and its readers' accounts end all the same.
        self.end_account(id, &account, reason, &["credential_not_bound", "log_closed"]).await?;
        self.identity.forget_mail_of_nobody().await?;
        Ok(account)
    }

    /// A new token.
    ///
    /// # Errors
    /// [`GivingError`].
    pub async fn token(
        &self,
        id: CommandId,
        actor: ActorId,
        (label, scopes): (&str, Scopes),
    ) -> Result<GivenToken, GivingError> {
        let minted: Minted = Identity::mint(actor, scopes)?;
        let credential = minted.bind.credential.clone();
        self.on_record(id, Act::BindCredential(minted.bind.clone())).await?;
        let token = self.identity.store(minted, label, self.clock.now()).await?;
        Ok(GivenToken { token, credential })
    }

    /// The end of a token, of a store that knows it or not: `actor` says whose.
    ///
    /// # Errors
    /// [`GivingError`].
    pub async fn end_token(
        &self,
        id: CommandId,
        (actor, credential): (ActorId, &CredentialId),
        reason: String,
    ) -> Result<(), GivingError> {
        // Another's stays, whoever says that it is his.
        let is_his = |token: &Token| token.credential == *credential && token.actor == actor;
        let stored = self.identity.tokens().iter().any(is_his);
        let act = UnbindCredential { actor, credential: credential.clone(), reason };
        // A crash between the two leaves a stored token that the log does not bind: it goes the second time.
        // A log that has ended takes nothing more, and its readers' tokens end all the same.
        let gone: &[&str] = if stored { &["credential_not_bound", "log_closed"] } else { &[] };
        self.ended(id, act, gone).await?;
        Ok(self.identity.forget(credential).await?)
    }

    async fn bind(&self, id: CommandId, actor: ActorId, name: LoginName) -> Result<GivenAccount, GivingError> {
        let minted = Identity::mint_account(actor.clone(), name)?;
        let credential = minted.bind.credential.clone();
        self.on_record(id, Act::BindCredential(minted.bind.clone())).await?;
        let password = self.identity.store_account(minted, self.clock.now()).await?;
        Ok(GivenAccount { password, credential, actor })
    }

    /// Ends an account's credential on record, then the account. A crash between the two leaves one that the log does not bind: it
    /// goes the second time, by what the refusal then says.
    async fn end_account(
        &self,
        id: CommandId,
        account: &Account,
        reason: String,
        gone: &[&str],
    ) -> Result<(), GivingError> {
        let (actor, credential) = (account.actor.clone(), account.credential.clone());
        self.ended(id, UnbindCredential { actor, credential, reason }, gone).await?;
        Ok(self.identity.forget_account(&account.credential).await?)
    }

    async fn ended(&self, id: CommandId, act: UnbindCredential, gone: &[&str]) -> Result<(), GivingError> {
        match self.on_record(id, Act::UnbindCredential(act)).await {
            Err(GivingError::Refused(refused)) if gone.contains(&refused.code.as_str()) => Ok(()),
            other => other,
        }
    }

    async fn on_record(&self, id: CommandId, act: Act) -> Result<(), GivingError> {
        let command = Command::new(id, self.acting.clone(), act);
        // Through the same door as every other: there texts are brought into one form, and limits are met.
        let command = Command::parse(&command.to_canonical());
        let mut answers = self.submit.submit(self.by.clone(), vec![command]).await;
        match answers.pop().expect("one answer for each command") {
            Answer::Accepted(_) => Ok(()),
            Answer::Refused(refused) => Err(GivingError::Refused(Box::new(refused))),
        }
    }

    async fn known(&self, name: &LoginName) -> Result<Account, GivingError> {
        let account = self.identity.account(name).await?;
        account.ok_or_else(|| GivingError::Unknown(name.as_str().to_owned()))
    }

    /// An id for a command of no form.
    fn another(&self) -> Result<CommandId, IdentityError> {
        let mut bits = [0; 10];
        getrandom::fill(&mut bits)?;
        Ok(CommandId::v7(self.clock.now().millis(), bits))
    }
}

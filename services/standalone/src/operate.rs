//! What only the operator at the data folder does: makes, lists and ends tokens and accounts, and names signing keys. Where somebody serves the
//! log, the same operations go through him.

mod accounts;

use identity::{Account, Identity, Token, Voucher};
use ledger::{AnchorError, StartError};
use proto::act::log::{Anchor, CloseLog, NameKey};
use proto::fold::Streams;
use proto::{Act, ActorId, Answer, CredentialId, Event, Fact, GrantId, Scopes, Stream};
use serde::{Deserialize, Serialize};

use crate::client;
use crate::failure::Failure;
use crate::folder::Server;
use crate::home::Home;
use crate::node::{Node, Opening, accepted};

/// What is asked of whoever holds the folder.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case", deny_unknown_fields)]
pub enum Operation {
    /// A new token.
    Mint {
        /// For whom it speaks.
        actor: ActorId,
        /// What it is for.
        label: String,
        /// What it opens.
        scopes: Scopes,
    },
    /// The end of a token.
    Revoke {
        /// Which.
        credential: CredentialId,
        /// Whose it is, where the token store does not know it.
        actor: Option<ActorId>,
        /// Why.
        reason: String,
    },
    /// All tokens.
    List {},
    /// A new account.
    MakeAccount {
        /// For whom it speaks.
        actor: ActorId,
        /// Its login name.
        name: String,
        /// Where whoever has it is written to, where that is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mail: Option<String>,
    },
    /// Where whoever has an account is written to.
    GiveAddress {
        /// Its login name.
        name: String,
        /// The address.
        mail: String,
    },
    /// A new account of somebody whom an identity provider vouches for.
    BindSubject {
        /// For whom it speaks.
        actor: ActorId,
        /// Who he is to the provider.
        subject: String,
        /// The provider, if not the one by which people sign in here.
        by: Option<Voucher>,
    },
    /// The end of such an account.
    UnbindSubject {
        /// Which.
        credential: CredentialId,
        /// Why.
        reason: String,
    },
    /// Another password and credential for an account.
    ResetAccount {
        /// Its login name.
        name: String,
        /// Why.
        reason: String,
    },
    /// The end of an account.
    DisableAccount {
        /// Its login name.
        name: String,
        /// Why.
        reason: String,
    },
    /// A locked account opened again.
    UnlockAccount {
        /// Its login name.
        name: String,
    },
    /// An administrator where too few are left.
    Recover {
        /// Who.
        actor: ActorId,
        /// The grant's id.
        grant: GrantId,
    },
    /// All accounts.
    ListAccounts {},
    /// Another signing key, by a statement that the keys themselves have signed.
    NameKey {
        /// The statement.
        statement: String,
    },
    /// Where every stream ends, put on record.
    Anchor {
        /// The checkpoint that it holds; the newest cosigned one that the signer has, if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        checkpoint: Option<String>,
    },
    /// The end of the log.
    CloseLog {
        /// Why.
        reason: String,
    },
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "done", rename_all = "snake_case")]
pub enum Done {
    /// A token was bound on record.
    Minted {
        /// The secret, shown this once.
        token: String,
        /// The credential by which the log knows it.
        credential: CredentialId,
        /// Whether the log grants its actor anything, or ever did.
        known: bool,
    },
    /// A token speaks for nobody any more.
    Revoked {
        /// Whose it was.
        actor: ActorId,
    },
    /// The tokens of the store.
    Tokens {
        /// In the order of their making.
        tokens: Vec<Token>,
    },
    /// An account was bound on record, and stored.
    AccountMade {
        /// Its first password, shown this once.
        password: String,
        /// The credential by which the log knows it.
        credential: CredentialId,
        /// For whom it speaks.
        actor: ActorId,
        /// Whether the log grants its actor anything, or ever did.
        known: bool,
    },
    /// An account by a provider was bound on record, and stored.
    SubjectBound {
        /// The credential by which the log knows it.
        credential: CredentialId,
        /// For whom it speaks.
        actor: ActorId,
        /// Who vouches for him.
        by: Voucher,
        /// Whether the log grants its actor anything, or ever did.
        known: bool,
    },
    /// An account speaks for nobody any more.
    AccountDisabled {
        /// Whose it was.
        actor: ActorId,
    },
    /// An address is kept, and is to be confirmed.
    AddressGiven {
        /// Whose it is.
        actor: ActorId,
    },
    /// An account is locked no more.
    AccountUnlocked {
        /// Whose it is.
        actor: ActorId,
    },
    /// An administrator was granted by the operator.
    Recovered {
        /// Who.
        actor: ActorId,
        /// Where that stands.
        position: u64,
        /// Whether the one who is left must confirm it.
        awaits_second: bool,
    },
    /// The accounts of the store.
    Accounts {
        /// In the order of their making.
        accounts: Vec<Account>,
    },
    /// A signing key stands on record.
    Named {},
    /// An anchor stands on record.
    Anchored {
        /// Where.
        position: u64,
        /// What it says.
        anchor: Anchor,
    },
    /// The log ended.
    Closed {
        /// Where.
        position: u64,
    },
}

/// Who takes commands for a home.
pub enum Reached {
    /// The server that serves it.
    Server(Server),
    /// Nobody did: this process does now.
    Node(Box<Node>),
}

/// Comes to whoever serves a home; where nobody does, takes it.
pub async fn reach(home: &Home) -> anyhow::Result<Reached> {
    if let Home::Folder(folder) = home
        && let Some(server) = folder.server()
    {
        return Ok(Reached::Server(server));
    }
    let opened = Node::open(home.hold()?, Opening::passing()).await;
    let led = |e: &anyhow::Error| matches!(e.downcast_ref(), Some(StartError::LeadHeld));
    match opened {
        Ok(node) => Ok(Reached::Node(Box::new(node))),
        Err(error) if led(&error) => {
            let announced = Identity::open(home.identity()).await?.announced().await?;
            let (url, operator) = announced.ok_or(error)?;
            Ok(Reached::Server(Server { url, operator }))
        }
        Err(error) => Err(error),
    }
}

/// Does it: through the server of the home, or at the home itself.
pub async fn operate(home: &Home, operation: Operation) -> anyhow::Result<Done> {
    let node = match reach(home).await? {
        Reached::Server(server) => return client::operate(&server, &operation).await,
        Reached::Node(node) => node,
    };
    let done = perform(&node, operation).await;
    node.stop().await;
    done
}

/// Does it on a node that is open.
pub async fn perform(node: &Node, operation: Operation) -> anyhow::Result<Done> {
    let now = node.ledger().clock().now();
    match operation {
        Operation::Mint { actor, label, scopes } => accounts::token(node, actor, &label, scopes).await,
        Operation::Revoke { credential, actor, reason } => {
            if let Some(account) = node.identity.accounts().await?.into_iter().find(|a| a.credential == credential) {
                let which = match account.by {
                    Some(_) => format!("--credential {credential}"),
                    None => format!("--name {}", account.name),
                };
                let told = format!("{credential} is the account {}: say account --disable {which}", account.name);
                return Err(Failure::new("token_unknown", told).into());
            }
            let stored = node.identity.tokens().into_iter().find(|t| t.credential == credential).map(|t| t.actor);
            let unknown = || Failure::new("token_unknown", format!("the store has no {credential}; say --actor"));
            let actor = stored.or(actor).ok_or_else(unknown)?;
            accounts::end_token(node, actor, &credential, reason).await
        }
        Operation::MakeAccount { actor, name, mail } => accounts::make(node, actor, &name, mail.as_deref()).await,
        Operation::GiveAddress { name, mail } => accounts::give_address(node, &name, &mail).await,
        Operation::BindSubject { actor, subject, by } => accounts::bind_subject(node, actor, (&subject, by)).await,
        Operation::UnbindSubject { credential, reason } => accounts::unbind_subject(node, &credential, reason).await,
        Operation::ResetAccount { name, reason } => accounts::reset(node, &name, reason).await,
        Operation::DisableAccount { name, reason } => accounts::disable(node, &name, reason).await,
        Operation::UnlockAccount { name } => accounts::unlock(node, &name).await,
        Operation::Recover { actor, grant } => accounts::recover(node, actor, grant).await,
        Operation::ListAccounts {} => Ok(Done::Accounts { accounts: node.identity.accounts().await? }),
        Operation::List {} => Ok(Done::Tokens { tokens: node.identity.tokens() }),
        Operation::NameKey { statement } => {
            accepted(&node.operate(Act::NameKey(NameKey { statement }), now, None).await)?;
            Ok(Done::Named {})
        }
        Operation::CloseLog { reason } => match node.operate(Act::CloseLog(CloseLog { reason }), now, None).await {
            Answer::Accepted(closed) => Ok(Done::Closed { position: closed.position }),
            refused @ Answer::Refused(_) => Err(accepted(&refused).expect_err("it is a refusal").into()),
        },
        Operation::Anchor { checkpoint } => {
            let made = node.ledger().anchor(checkpoint).await.map_err(|e| failure(&e))?;
            Ok(Done::Anchored { position: made.accepted.position, anchor: made.anchor })
        }
    }
}

/// A failure whose text begins with its code.
fn failure(error: &AnchorError) -> Failure {
    let told = error.to_string();
    let (code, what) = told.split_once(": ").unwrap_or(("anchor_failed", &told));
    Failure::new(code.to_owned(), what)
}

/// Whether genesis or any grant names an actor.
pub async fn is_known(node: &Node, actor: &ActorId) -> anyhow::Result<bool> {
    let log = node.ledger().log();
    let mut bodies = platform::feed::Feed::after(&log, 0, 1).await?;
    let own = Streams::One(Stream::Grants(actor.clone()));
    bodies.extend(platform::feed::Feed::streams(&log, &own, u64::MAX).await?);
    for body in bodies {
        match Event::decode(&body)?.fact {
            Fact::LogCreated(genesis) if genesis.administrators.contains(actor) => return Ok(true),
            Fact::CapacityGranted(_) => return Ok(true),
            _ => {}
        }
    }
    Ok(false)
}

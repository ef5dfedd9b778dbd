//! Accounts: made, given another password, ended; each step on record before it is done here. What is on record is who speaks for
//! whom, never a login name nor a password.

use identity::{Account, Identity, LoginName};
use proto::act::grants::UnbindCredential;
use proto::{Act, ActorId};

use super::{Done, is_known};
use crate::failure::Failure;
use crate::node::{Node, accepted};

/// A new account, bound on record.
pub async fn make(node: &Node, actor: ActorId, name: &str) -> anyhow::Result<Done> {
    let name = login_name(name)?;
    if node.identity.account(&name).await?.is_some() {
        return Err(Failure::new("account_exists", format!("there is an account {name} already; say --reset")).into());
    }
    let known = is_known(node, &actor).await?;
    bind(node, actor, name, known).await
}

/// Another credential and a first password for an account. Whoever gives a password out could speak by it, so the old credential
/// ends on record, with the reason, and the one that replaces it begins there.
pub async fn reset(node: &Node, name: &str, reason: String) -> anyhow::Result<Done> {
    let account = known_account(node, name).await?;
    let known = is_known(node, &account.actor).await?;
    end(node, &account, reason, &["credential_not_bound"]).await?;
    bind(node, account.actor, login_name(name)?, known).await
}

/// The end of an account.
pub async fn disable(node: &Node, name: &str, reason: String) -> anyhow::Result<Done> {
    let account = known_account(node, name).await?;
    // A log that has ended takes nothing more, and its readers' accounts end all the same.
    end(node, &account, reason, &["credential_not_bound", "log_closed"]).await?;
    node.identity.forget_mail_of_nobody().await?;
    Ok(Done::AccountDisabled { actor: account.actor })
}

async fn bind(node: &Node, actor: ActorId, name: LoginName, known: bool) -> anyhow::Result<Done> {
    let now = node.ledger().clock().now();
    let minted = Identity::mint_account(actor.clone(), name)?;
    let credential = minted.bind.credential.clone();
    accepted(&node.operate(Act::BindCredential(minted.bind.clone()), now, None).await)?;
    let password = node.identity.store_account(minted, now).await?;
    Ok(Done::AccountMade { password, credential, actor, known })
}

/// Ends an account's credential on record, then the account. A crash between the two leaves one that the log does not bind: it
/// goes the second time, by what the refusal then says.
async fn end(node: &Node, account: &Account, reason: String, gone: &[&str]) -> anyhow::Result<()> {
    let now = node.ledger().clock().now();
    let (actor, credential) = (account.actor.clone(), account.credential.clone());
    let act = UnbindCredential { actor, credential, reason };
    if let Err(failure) = accepted(&node.operate(Act::UnbindCredential(act), now, None).await)
        && !gone.contains(&failure.code())
    {
        return Err(failure.into());
    }
    Ok(node.identity.forget_account(&account.credential).await?)
}

async fn known_account(node: &Node, name: &str) -> anyhow::Result<Account> {
    let name = login_name(name)?;
    let account = node.identity.account(&name).await?;
    account.ok_or_else(|| Failure::new("account_unknown", format!("there is no account {name}")).into())
}

fn login_name(name: &str) -> Result<LoginName, Failure> {
    LoginName::parse(name).map_err(|e| Failure::new("login_name_wrong", e.to_string()))
}

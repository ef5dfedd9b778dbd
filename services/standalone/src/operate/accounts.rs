//! Accounts and tokens by the word of whoever sits at the data folder: made, given another password, ended. The same code as on pages
//! ([`identity::Giving`]); what is on record is who speaks for whom, never a login name nor a password.

use std::sync::Arc;

use identity::{GivenAccount, Giving, GivingError, LoginName, Subject, Voucher};
use platform::clock::Clock;
use platform::mail::is_address;
use proto::act::grants::GrantCapacity;
use proto::document::Lang;
use proto::{Act, Acting, ActorId, Answer, Capacity, CommandId, CredentialId, Event, Fact, GrantId, Principal, Scopes};

use super::{Done, is_known};
use crate::failure::Failure;
use crate::node::{Node, accepted};

/// A new account, bound on record; with an address, on no record, where one is said.
pub async fn make(node: &Node, actor: ActorId, name: &str, mail: Option<&str>) -> anyhow::Result<Done> {
    let known = is_known(node, &actor).await?;
    let mail = mail.map(address).transpose()?;
    let given = giving(node).account(id(node)?, actor, name).await;
    let given = given.map_err(|error| match error {
        GivingError::Exists(name) => {
            Failure::new("account_exists", format!("there is an account {name} already; say --reset")).into()
        }
        error => told(error),
    })?;
    if let Some(address) = mail {
        keep_address(node, &given.actor, address).await?;
    }
    Ok(made(given, known))
}

/// Where whoever has an account is written to.
pub async fn give_address(node: &Node, name: &str, mail: &str) -> anyhow::Result<Done> {
    let (name, mail) = (LoginName::parse(name).map_err(|e| told(e.into()))?, address(mail)?);
    let account = node.identity.account(&name).await?;
    let account = account.ok_or_else(|| told(GivingError::Unknown(name.as_str().to_owned())))?;
    keep_address(node, &account.actor, mail).await?;
    Ok(Done::AddressGiven { actor: account.actor })
}

fn address(mail: &str) -> anyhow::Result<&str> {
    let wrong = || Failure::new("mail_address_wrong", format!("{mail} is no mail address")).into();
    if is_address(mail) { Ok(mail) } else { Err(wrong()) }
}

/// By the machine's clock, also where the log runs on a script's: a letter is of today, as a session is.
async fn keep_address(node: &Node, actor: &ActorId, address: &str) -> anyhow::Result<()> {
    if node.identity.give_mail_address(actor, (address, Lang::default()), Clock::System.now()).await? {
        return Ok(());
    }
    let own = format!("{actor} has confirmed an address, and changes it on the page of notices");
    Err(Failure::new("mail_address_own", own).into())
}

/// A new account of somebody whom a provider vouches for, bound on record.
pub async fn bind_subject(node: &Node, actor: ActorId, (subject, by): (&str, Option<Voucher>)) -> anyhow::Result<Done> {
    let here = || node.provider.as_ref().map(|provider| provider.voucher().clone());
    let unnamed = || Failure::new("oidc_issuer_needed", "no provider is known here now; say --oidc-issuer");
    let by = by.or_else(here).ok_or_else(unnamed)?;
    let subject = Subject::new(by.clone(), subject).map_err(|error| told(error.into()))?;
    let known = is_known(node, &actor).await?;
    let given = giving(node).subject(id(node)?, actor, subject).await.map_err(told)?;
    Ok(Done::SubjectBound { credential: given.credential, actor: given.actor, by, known })
}

/// The end of such an account.
pub async fn unbind_subject(node: &Node, credential: &CredentialId, reason: String) -> anyhow::Result<Done> {
    let account = giving(node).end_subject(id(node)?, credential, reason).await.map_err(told)?;
    Ok(Done::AccountDisabled { actor: account.actor })
}

/// Another credential and a first password for an account.
pub async fn reset(node: &Node, name: &str, reason: String) -> anyhow::Result<Done> {
    let given = giving(node).reset(id(node)?, name, reason).await.map_err(told)?;
    let known = is_known(node, &given.actor).await?;
    Ok(made(given, known))
}

/// The end of an account.
pub async fn disable(node: &Node, name: &str, reason: String) -> anyhow::Result<Done> {
    let account = giving(node).disable(id(node)?, name, reason).await.map_err(told)?;
    Ok(Done::AccountDisabled { actor: account.actor })
}

/// A locked account opened again.
pub async fn unlock(node: &Node, name: &str) -> anyhow::Result<Done> {
    let name = LoginName::parse(name).map_err(|e| told(e.into()))?;
    let account = node.identity.account(&name).await?;
    let account = account.ok_or_else(|| told(GivingError::Unknown(name.as_str().to_owned())))?;
    node.identity.unlock_account(&account.credential).await?;
    Ok(Done::AccountUnlocked { actor: account.actor })
}

/// A new token, bound on record.
pub async fn token(node: &Node, actor: ActorId, label: &str, scopes: Scopes) -> anyhow::Result<Done> {
    let known = is_known(node, &actor).await?;
    let given = giving(node).token(id(node)?, actor, (label, scopes)).await.map_err(told)?;
    Ok(Done::Minted { token: given.token, credential: given.credential, known })
}

/// The end of a token.
pub async fn end_token(node: &Node, actor: ActorId, credential: &CredentialId, reason: String) -> anyhow::Result<Done> {
    giving(node).end_token(id(node)?, (actor.clone(), credential), reason).await.map_err(told)?;
    Ok(Done::Revoked { actor })
}

/// An administrator where too few are left to make one by two people (RULINGS 3, 19): granted by the operator, on record as that.
pub async fn recover(node: &Node, actor: ActorId, grant: GrantId) -> anyhow::Result<Done> {
    let now = node.ledger().clock().now();
    let act = GrantCapacity {
        actor: actor.clone(),
        grant,
        capacity: Capacity::Administrator,
        unit: None,
        round: None,
        fields: Vec::new(),
        from: now,
        until: None,
        acting_for: None,
    };
    match node.operate(Act::GrantCapacity(act), now, None).await {
        Answer::Accepted(granted) => {
            // Whether the one who is left must confirm it the event says.
            let log = node.ledger().log();
            let bodies = platform::feed::Feed::after(&log, granted.position - 1, 1).await?;
            let fact = bodies.first().map(|body| Event::decode(body)).transpose()?.map(|event| event.fact);
            let awaits_second = matches!(fact, Some(Fact::CapacityGranted(fact)) if fact.awaits_second);
            Ok(Done::Recovered { actor, position: granted.position, awaits_second })
        }
        Answer::Refused(refused) if refused.code == "capacity_wrong" => {
            let what = "two administrators are left: they grant and confirm, on the page /powers or by a command";
            Err(Failure::new("recovery_not_needed", what).into())
        }
        refused @ Answer::Refused(_) => Err(accepted(&refused).expect_err("it is a refusal").into()),
    }
}

fn giving(node: &Node) -> Giving<'_> {
    Giving {
        identity: &node.identity,
        submit: Arc::new(node.door()),
        by: Principal::operator(),
        acting: Acting { capacity: Capacity::Operator, unit: None },
        clock: node.ledger().clock(),
    }
}

fn id(node: &Node) -> anyhow::Result<CommandId> {
    let mut bits = [0; 10];
    getrandom::fill(&mut bits)?;
    Ok(CommandId::v7(node.ledger().clock().now().millis(), bits))
}

fn made(given: GivenAccount, known: bool) -> Done {
    let GivenAccount { password, credential, actor } = given;
    Done::AccountMade { password, credential, actor, known }
}

/// A failure by its code.
fn told(error: GivingError) -> anyhow::Error {
    match error {
        GivingError::Refused(refused) => Failure::new(refused.code, refused.en).into(),
        GivingError::Store(error) => error.into(),
        GivingError::Exists(name) => Failure::new("account_exists", format!("there is an account {name}")).into(),
        GivingError::Unknown(name) => Failure::new("account_unknown", format!("there is no account {name}")).into(),
        GivingError::Subject(error) => Failure::new("oidc_subject_wrong", error.to_string()).into(),
        GivingError::Name(error) => Failure::new("login_name_wrong", error.to_string()).into(),
    }
}

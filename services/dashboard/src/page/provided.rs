//! Signing in by an identity provider: somebody is sent to it, and comes back with its word. Whatever comes back is good once, for the
//! browser that was sent, and makes a session of its own; nobody gets an account by coming, and nothing of the provider's is kept.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use identity::{Awaiting, NewSession, Provider, ProviderError};
use platform::http::see_other;

use super::sign_in::{let_in, not_let_in, with_cookie};
use super::start;
use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::sign_in::{Doors, ME, Visitor, awaited, awaiting, no_longer_awaited, place_here};

/// The most bytes of what the provider says of why it refuses, as it is recorded.
const WHY_BYTES_MAX: usize = 200;

/// `GET /sign-in/oidc`: by a link, since no form of this site may lead to another. Whoever makes somebody follow it makes him sign in as
/// himself.
pub async fn begin(State(doors): State<Doors>, ask: Ask) -> Response {
    let Some(provider) = &doors.sign_in.provider else { return nowhere(&ask, &doors) };
    if let Some(Visitor(Some(_))) = &ask.visitor {
        return see_other(ME);
    }
    let next = match ask.value("next") {
        Ok(next) => next.and_then(place_here).unwrap_or_default().to_owned(),
        Err(refusal) => return not_let_in(&ask, &doors, "", refusal),
    };
    match sent(&doors, &ask, provider, &next).await {
        Ok((address, secret)) => with_cookie(see_other(&address), awaiting(secret.secret(), &doors.sign_in.site)),
        Err(refusal) => not_let_in(&ask, &doors, &next, refusal),
    }
}

/// Where somebody is sent, and by what he is awaited.
async fn sent(doors: &Doors, ask: &Ask, provider: &Provider, next: &str) -> Result<(String, Awaiting), Refusal> {
    let sign_in = &doors.sign_in;
    let awaiting = sign_in.identity.awaits(next, sign_in.now()).await?;
    let address = provider.address(&awaiting, ask.lang).await?;
    Ok((address, awaiting))
}

/// `GET /sign-in/oidc/back`
pub async fn back(State(doors): State<Doors>, ask: Ask, headers: HeaderMap) -> Response {
    let Some(provider) = doors.sign_in.provider.clone() else { return nowhere(&ask, &doors) };
    let (awaiting, next) = match came_back(&doors, &ask, &headers).await {
        Ok(awaited) => awaited,
        // Whoever else is awaited in this browser is awaited still.
        Err(refusal) => return not_let_in(&ask, &doors, "", refusal),
    };
    let mut answer = match vouched(&doors, &ask, (&provider, &awaiting)).await {
        Ok(new) => let_in(&doors.sign_in, &headers, &new, place_here(&next).unwrap_or("/")).await,
        Err(refusal) => not_let_in(&ask, &doors, &next, refusal),
    };
    let cookie: HeaderValue = no_longer_awaited(&doors.sign_in.site);
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    answer
}

/// Who is awaited by this browser with this state, and where he goes on.
async fn came_back(doors: &Doors, ask: &Ask, headers: &HeaderMap) -> Result<(Awaiting, String), Refusal> {
    let sign_in = &doors.sign_in;
    let secret = awaited(headers, &sign_in.site).ok_or(Refusal::Unawaited)?;
    let state = ask.value("state")?.ok_or(Refusal::Unawaited)?;
    let awaiting = Awaiting::by(secret);
    let next = sign_in.identity.came_back(&awaiting, state, sign_in.now()).await?;
    Ok((awaiting, next.ok_or(Refusal::Unawaited)?))
}

/// A session for whom the provider vouches for.
async fn vouched(
    doors: &Doors,
    ask: &Ask,
    (provider, awaiting): (&Arc<Provider>, &Awaiting),
) -> Result<NewSession, Refusal> {
    // Who answers says so, if it says anything (RFC 9207): the answer of one provider is none of another's.
    if let Some(issuer) = ask.value("iss")?
        && issuer != provider.voucher().issuer
    {
        return Err(ProviderError::Token("another issuer answered".to_owned()).into());
    }
    let why = ask.value("error")?.unwrap_or("neither a code nor an error");
    let refused = || ProviderError::Refused(why.chars().filter(char::is_ascii_graphic).take(WHY_BYTES_MAX).collect());
    let code = ask.value("code")?.ok_or_else(refused)?;
    let sign_in = &doors.sign_in;
    let subject = provider.who(awaiting, code, sign_in.now()).await?;
    let begun = sign_in.identity.sign_in_by(&subject, sign_in.now()).await?;
    begun.ok_or_else(|| Refusal::SubjectUnknown(subject.value().to_owned()))
}

fn nowhere(ask: &Ask, doors: &Doors) -> Response {
    start::refused(ask, &doors.dashboard.origin, Refusal::unknown("page_unknown"))
}

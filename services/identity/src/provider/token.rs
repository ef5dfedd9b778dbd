//! An ID token as proof of who came: signed by a key of the provider's, for this client alone, for this sign-in alone, and not expired.
//! A signature that whoever knows the client's secret could make, or none, is no proof.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use openidconnect::core::{CoreIdToken, CoreJwsSigningAlgorithm as Algorithm};
use openidconnect::{ClaimsVerificationError, Nonce, SignatureVerificationError};
use proto::Instant;

use super::Client;

/// Signatures by a key that the provider alone has.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// What is wrong with a token.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The protocol's own rules.
    #[error(transparent)]
    Claims(#[from] ClaimsVerificationError),
    /// It was made for another client, whoever else may use it.
    #[error("it was made for another client")]
    Party,
    /// The clock is out of reach.
    #[error("the time is none")]
    Time,
}

impl Fault {
    /// Whether another key may prove it.
    pub fn is_of_key(&self) -> bool {
        let Self::Claims(ClaimsVerificationError::SignatureVerification(fault)) = self else { return false };
        matches!(fault, SignatureVerificationError::NoMatchingKey)
    }
}

/// Whom a token proves: its subject.
pub fn proven(client: &Client, token: &CoreIdToken, (nonce, now): (&Nonce, Instant)) -> Result<String, Fault> {
    let now: DateTime<Utc> = DateTime::from_timestamp_micros(now.micros()).ok_or(Fault::Time)?;
    let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS).set_time_fn(move || now);
    let claims = token.claims(&verifier, nonce)?;
    if claims.authorized_party().is_some_and(|party| party != client.client_id()) {
        return Err(Fault::Party);
    }
    Ok(claims.subject().to_string())
}

/// A claim of a token that was proven, if it is a text.
pub fn claim(token: &CoreIdToken, name: &str) -> Option<String> {
    // The very bytes that are signed: three parts, the claims in the middle.
    let whole = token.to_string();
    let bytes = URL_SAFE_NO_PAD.decode(whole.split('.').nth(1)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    claims.get(name)?.as_str().map(str::to_owned)
}

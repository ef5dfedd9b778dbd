//! An identity provider as an operator names it. It is never asked here, and whether its address is one to ask is said before anything runs.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// The claim that every provider has, and never gives to somebody else (OpenID Connect Core 1.0, 5.7).
pub const SUBJECT: &str = "sub";
/// The most characters of a claim's name.
const CLAIM_CHARS_MAX: usize = 64;

/// An identity provider, and as whom this server is known there.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderPlace {
    /// The issuer, as the provider writes it: `https://HOST/PATH`; over plain http on loopback alone.
    pub issuer: String,
    /// As whom this server is registered.
    pub client_id: String,
    /// The secret that goes with it; it is never told.
    pub client_secret: String,
    /// By which claim of an ID token people are known: [`SUBJECT`], or one that the provider never gives to somebody else.
    pub claim: String,
}

/// Why a provider is of no use.
#[derive(Debug, thiserror::Error)]
pub enum BadProvider {
    /// Its address.
    #[error(
        "oidc_issuer_unusable: {0}; say https:// and the issuer as the provider writes it (http:// on loopback alone)"
    )]
    Issuer(String),
    /// The name that this server has there.
    #[error("oidc_client_unusable: the client's id is empty")]
    Client,
    /// The claim.
    #[error("oidc_claim_unusable: {0} is no name of a claim")]
    Claim(String),
    /// The secret's file.
    #[error("oidc_secret_unusable: {path}: {why}")]
    Secret {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// People cannot be sent back.
    #[error(
        "oidc_needs_public_url: the provider sends people back to one address; say --public-url, or listen on loopback"
    )]
    NoWayBack,
}

impl ProviderPlace {
    /// Whether it can be asked at all.
    ///
    /// # Errors
    /// [`BadProvider`].
    pub fn check(&self) -> Result<(), BadProvider> {
        let bad = || BadProvider::Issuer(self.issuer.clone());
        let url: reqwest::Url = self.issuer.parse().map_err(|_| bad())?;
        let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        if !plain || url.password().is_some() || !may_be_asked(&url) {
            return Err(bad());
        }
        if self.client_id.trim().is_empty() {
            return Err(BadProvider::Client);
        }
        let named =
            (1..=CLAIM_CHARS_MAX).contains(&self.claim.len()) && self.claim.bytes().all(|b| b.is_ascii_graphic());
        if named { Ok(()) } else { Err(BadProvider::Claim(self.claim.clone())) }
    }
}

impl fmt::Debug for ProviderPlace {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { issuer, client_id, claim, client_secret: _ } = self;
        f.debug_struct("ProviderPlace")
            .field("issuer", issuer)
            .field("client_id", client_id)
            .field("claim", claim)
            .finish()
    }
}

/// The secret of a client: the first line of a file that its owner alone may read.
///
/// # Errors
/// [`BadProvider::Secret`].
pub fn secret_of(file: &Path) -> Result<String, BadProvider> {
    let bad = |why: String| BadProvider::Secret { path: file.to_owned(), why };
    let text = crate::key_file::text(file).map_err(|error| bad(error.to_string()))?;
    let line = text.lines().next().unwrap_or_default().trim().to_owned();
    if line.is_empty() { Err(bad("it is empty".to_owned())) } else { Ok(line) }
}

/// Whether what is sent to an address stays between the two: over TLS, or on this machine.
#[must_use]
pub fn may_be_asked(url: &reqwest::Url) -> bool {
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => true,
        ("http", Some(host)) => {
            let literal = host.trim_start_matches('[').trim_end_matches(']');
            host == "localhost" || literal.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{BadProvider, ProviderPlace, SUBJECT};

    fn place(issuer: &str) -> ProviderPlace {
        let (issuer, client_id) = (issuer.to_owned(), "parindex".to_owned());
        ProviderPlace { issuer, client_id, client_secret: "hidden".to_owned(), claim: SUBJECT.to_owned() }
    }

    #[test]
    fn a_provider_is_reached_over_tls_or_on_this_machine() {
        for good in [
            "https://id.example.gov.vn",
            "https://id.example.gov.vn/realms/tinh/",
            "http://127.0.0.1:9000",
            "http://[::1]:9000/x",
            "http://localhost:9000",
        ] {
            assert!(place(good).check().is_ok(), "{good}");
        }
        let bad = [
            "",
            "id.example.gov.vn",
            "http://id.example.gov.vn",
            "http://127.0.0.1.example.vn",
            "http://10.0.0.1",
            "ftp://127.0.0.1",
            "https://a@id.example.vn",
            "https://a:b@id.example.vn",
            "https://id.example.vn/?x=1",
            "https://id.example.vn/#x",
        ];
        for issuer in bad {
            assert!(matches!(place(issuer).check(), Err(BadProvider::Issuer(_))), "{issuer}");
        }
        for claim in ["", "đơn vị", "a b", &"x".repeat(65)] {
            let place = ProviderPlace { claim: claim.to_owned(), ..place("https://id.example.vn") };
            assert!(matches!(place.check(), Err(BadProvider::Claim(_))), "{claim}");
        }
        let nameless = ProviderPlace { client_id: " ".to_owned(), ..place("https://id.example.vn") };
        assert!(matches!(nameless.check(), Err(BadProvider::Client)));
    }
}

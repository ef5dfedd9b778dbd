//! Sign-in by an identity provider, where the operator has named one. It is asked when somebody wants to sign in, never to start.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use dashboard::{BACK, Site};
use identity::Provider;
use platform::provider::{BadProvider, ProviderPlace, SUBJECT, secret_of};

/// The identity provider.
#[derive(Debug, Args)]
pub struct ByProvider {
    /// The identity provider by which people sign in too (OpenID Connect), as it writes its issuer; http:// on loopback alone.
    #[arg(long, value_name = "URL", requires_all = ["oidc_client_id", "oidc_client_secret_file"])]
    pub oidc_issuer: Option<String>,
    /// As which client this server is registered there; people are sent back to /sign-in/oidc/back at the address of this site.
    #[arg(long, value_name = "ID", requires = "oidc_issuer")]
    pub oidc_client_id: Option<String>,
    /// The file whose first line is that client's secret; only its owner may read it.
    #[arg(long, value_name = "FILE", requires = "oidc_issuer")]
    pub oidc_client_secret_file: Option<PathBuf>,
    /// By which claim of an ID token people are known: one that the provider never gives to somebody else.
    #[arg(long, value_name = "NAME", default_value = SUBJECT)]
    pub oidc_claim: String,
}

impl ByProvider {
    /// The provider, if one is named, looked at as far as that can be done without asking it.
    ///
    /// # Errors
    /// [`BadProvider`].
    pub fn place(self, site: Option<&Site>, listen: SocketAddr) -> Result<Option<ProviderPlace>, BadProvider> {
        let (Some(issuer), Some(client_id), Some(file)) =
            (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret_file)
        else {
            return Ok(None);
        };
        let place = ProviderPlace { issuer, client_id, client_secret: secret_of(&file)?, claim: self.oidc_claim };
        place.check()?;
        // Elsewhere a browser may come by any name, and the provider sends it back to one.
        if site.is_none() && !listen.ip().is_loopback() {
            return Err(BadProvider::NoWayBack);
        }
        Ok(Some(place))
    }
}

/// The provider, for a site that browsers reach by its own address, or on loopback where it listens.
///
/// # Errors
/// [`BadProvider`].
pub fn provider(place: &ProviderPlace, site: &Site, listens: SocketAddr) -> Result<Provider, BadProvider> {
    let here = site.address().map_or_else(|| format!("http://{listens}"), str::to_owned);
    Provider::new(place, format!("{here}{BACK}"))
}

//! HTTP to others: the one way to a client, with TLS by the provider and the authorities that the whole program uses.
//! It trusts whom the machine trusts, or SSL_CERT_FILE names, and has no way to trust anybody else or nobody.

use std::error::Error;
use std::io;
use std::sync::{Arc, LazyLock};

use reqwest::{Client, ClientBuilder};
use rustls::crypto::ring::default_provider;
use rustls::{ClientConfig, RootCertStore};

/// Read once: whoever changes the machine's authorities starts the program again.
static TLS: LazyLock<ClientConfig> = LazyLock::new(|| {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "tls.authorities");
    }
    let mut roots = RootCertStore::empty();
    let (_, refused) = roots.add_parsable_certificates(found.certs);
    if refused > 0 {
        tracing::debug!(refused, "tls.authorities_refused");
    }
    let builder =
        ClientConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions();
    builder.expect("the provider knows the versions").with_root_certificates(roots).with_no_client_auth()
});

/// The provider for clients that a library makes for itself.
pub fn for_libraries() {
    // Where it was set before, it was set to the same.
    let _ = default_provider().install_default();
}

/// A client to be set up.
pub fn builder() -> ClientBuilder {
    Client::builder().tls_backend_preconfigured(TLS.clone())
}

/// A client without limits of its own.
///
/// # Panics
/// Where the machine has no resolver.
#[must_use]
pub fn client() -> Client {
    builder().build().expect("the machine gives a client")
}

/// What is wrong with the other side's certificate, where a request failed for that.
#[must_use]
pub fn bad_certificate(error: &reqwest::Error) -> Option<String> {
    let mut cause: &(dyn Error + 'static) = error;
    loop {
        if let Some(tls @ rustls::Error::InvalidCertificate(_)) = cause.downcast_ref() {
            return Some(tls.to_string());
        }
        // What an error of input or output wraps is passed over by its own source.
        cause = match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => inner,
            None => cause.source()?,
        };
    }
}

//! A bucket of a store that speaks S3: where it is, who comes to it, how often a request is tried. Its secret never stands in
//! what is printed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, S3CopyIfNotExists};
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ObjectStore, RetryConfig};

use super::http::Connector;

/// How often a request that failed is tried again.
const RETRIES_MAX: usize = 4;
/// How long after a request's first attempt another one is made, in seconds. With one more attempt's silence it is still less
/// than [`super::STEP_S_MAX`].
const RETRY_S_MAX: u64 = 30;
/// The first wait between attempts, and the longest, in milliseconds.
const WAIT_MS: (u64, u64) = (100, 3_000);

/// A bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Where the store is; Amazon's own in the region, if absent.
    pub endpoint: Option<String>,
    /// The region, as the store spells it.
    pub region: String,
    /// What all names in it begin with, if anything.
    pub prefix: Option<String>,
    /// Who comes.
    pub login: Login,
}

/// Who comes to a bucket.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The key's name.
    pub access_key: String,
    /// The key.
    pub secret_key: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Login({})", self.access_key)
    }
}

/// Opens a bucket, and asks it for nothing. Each request is signed over its body's digest, so that the store takes no bytes that
/// were changed on the way; one without TLS is sent where the address begins with http:// alone.
pub(super) fn open(bucket: &Bucket) -> object_store::Result<Arc<dyn ObjectStore>> {
    let retry = RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(WAIT_MS.0),
            max_backoff: Duration::from_millis(WAIT_MS.1),
            base: 2.0,
        },
        max_retries: RETRIES_MAX,
        retry_timeout: Duration::from_secs(RETRY_S_MAX),
    };
    let mut builder = AmazonS3Builder::new()
        .with_http_connector(Connector)
        .with_retry(retry)
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        .with_access_key_id(&bucket.login.access_key)
        .with_secret_access_key(&bucket.login.secret_key)
        .with_copy_if_not_exists(S3CopyIfNotExists::Header("if-none-match".to_owned(), "*".to_owned()))
        // One file at a time is removed; not every store knows how to remove several.
        .with_disable_bulk_delete(true);
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    let store = builder.build()?;
    Ok(match &bucket.prefix {
        Some(prefix) => Arc::new(PrefixStore::new(store, prefix.as_str())),
        None => Arc::new(store),
    })
}

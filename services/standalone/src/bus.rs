//! Where the bus is, as `serve` is told: one process on the production bus, or none without an address.
//! It connects nowhere itself, and a password never stands in an address.

use std::path::PathBuf;

use clap::Args;
use platform::jetstream::{Bus, BusError, Settings, User};
use proto::Origin;
use proto::subject::LogName;

use crate::failure::Failure;

/// `--nats-...`
#[derive(Debug, Args)]
pub struct OnNats {
    /// Publish the log to NATS JetStream at these addresses (nats://HOST:PORT or tls://, several with commas between them),
    /// and let the projections follow it there.
    #[arg(long, value_name = "URL", value_delimiter = ',', env = "PARINDEX_NATS_URL")]
    pub nats_url: Vec<String>,
    /// The user, as deploy/nats/accounts.conf has it.
    #[arg(long, value_name = "NAME", env = "PARINDEX_NATS_USER", requires = "nats_password")]
    pub nats_user: Option<String>,
    /// His password; better in the environment variable PARINDEX_NATS_PASSWORD, for a command line is seen by others.
    #[arg(long, value_name = "TEXT", env = "PARINDEX_NATS_PASSWORD", hide_env_values = true)]
    pub nats_password: Option<String>,
    /// Certificates by which the servers are trusted, beside the machine's own.
    #[arg(long, value_name = "FILE", env = "PARINDEX_NATS_CA")]
    pub nats_ca: Option<PathBuf>,
    /// On how many servers each event stands: 3 in a cluster of three.
    #[arg(long, value_name = "N", env = "PARINDEX_NATS_REPLICAS", default_value_t = 1,
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=5))]
    pub nats_replicas: usize,
    /// The log's short name on the bus; made from its origin if absent.
    #[arg(long, value_name = "NAME", env = "PARINDEX_NATS_LOG", value_parser = LogName::parse)]
    pub nats_log: Option<LogName>,
}

impl OnNats {
    /// The bus for a log, if there is to be one.
    pub fn bus(self, origin: &Origin) -> anyhow::Result<Option<Bus>> {
        if self.nats_url.is_empty() {
            return Ok(None);
        }
        let mut settings = Settings::new(self.nats_url, origin.clone());
        settings.user = self.nats_user.zip(self.nats_password).map(|(name, password)| User { name, password });
        settings.ca = self.nats_ca;
        settings.replicas = self.nats_replicas;
        if let Some(log) = self.nats_log {
            settings.log = log;
        }
        Bus::new(settings).map(Some).map_err(|error| match error {
            BusError::Address(what) => Failure::new("bus_address_bad", what).into(),
            other => other.into(),
        })
    }
}

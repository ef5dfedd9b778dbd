//! The connection to NATS: made when it is first needed, and again whenever it was closed for good.
//! It never waits for a server that is away: whoever asks then is told so at once, and goes on by other means.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::{ConnectOptions, Event, ServerAddr};
use proto::Origin;
use proto::subject::LogName;
use tokio::sync::{Mutex, watch};

/// How long a request to JetStream and the acknowledgement of a publish may take, in milliseconds.
pub const REQUEST_MS: u64 = 3_000;
/// How long making a connection may take, in milliseconds.
const CONNECT_MS: u64 = 3_000;
/// The longest wait between two attempts of the client to reach a server again, in milliseconds.
const RECONNECT_MS_MAX: u64 = 1_000;
/// The bytes that a connection reads at once: many small messages come together.
const READ_BYTES: u16 = u16::MAX;

/// Who speaks to NATS.
#[derive(Clone)]
pub struct User {
    /// The user's name, as deploy/nats gives one to each service.
    pub name: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "User({})", self.name)
    }
}

/// Where the bus is, and what the log's stream is like there.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Servers of the cluster, any of which is enough to begin with: `nats://host:port`, or `tls://`.
    pub servers: Vec<String>,
    /// Who speaks; none where the servers ask nobody.
    pub user: Option<User>,
    /// A file of certificates that servers are trusted by, beside the machine's own.
    pub ca: Option<PathBuf>,
    /// The log's origin.
    pub origin: Origin,
    /// Its short name on the bus.
    pub log: LogName,
    /// On how many servers each message stands.
    pub replicas: usize,
    /// The first position that the stream holds; events before it are read from the log alone.
    pub first: u64,
}

impl Settings {
    /// A log's settings with its usual short name, its stream whole and on one server.
    #[must_use]
    pub fn new(servers: Vec<String>, origin: Origin) -> Self {
        let log = LogName::of(&origin);
        Self { servers, user: None, ca: None, origin, log, replicas: 1, first: 1 }
    }

    /// The name of the log's stream.
    #[must_use]
    pub fn stream(&self) -> String {
        format!("{}-{}", proto::subject::ROOT, self.log)
    }
}

/// Why the bus cannot be used now.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// An address cannot be read.
    #[error("bus_address_bad: {0}")]
    Address(String),
    /// No server is reached, or it does not let this user in.
    #[error("bus_away: {0}")]
    Away(String),
    /// JetStream refused or did not answer.
    #[error("bus_failed: {0}")]
    Failed(String),
    /// The stream of this name belongs to another log.
    #[error("bus_stream_foreign: the stream {stream} holds the log {origin:?}: give this log another short name")]
    Foreign {
        /// The stream.
        stream: String,
        /// The origin that it names.
        origin: String,
    },
    /// The stream goes on behind the log's end.
    #[error(
        "bus_stream_ahead: the stream holds #{last}, the log ends at #{head}: the log has lost events, perhaps by a \
         restore. Nothing is published or deleted; save the stream, then delete it"
    )]
    Ahead {
        /// The last position in the stream.
        last: u64,
        /// The last position in the log.
        head: u64,
    },
    /// The stream is not what it was when it was last looked at.
    #[error("bus_stream_changed: {0}")]
    Changed(String),
    /// The log gave nothing.
    #[error(transparent)]
    Feed(#[from] crate::feed::FeedError),
    /// A body of the log has no envelope, so that it has no subject.
    #[error("log_broken: position {0} has no envelope; run `parindex verify`")]
    Body(u64),
}

impl BusError {
    /// What JetStream said.
    pub(super) fn failed(error: impl fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

/// How the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// No server is reached; the client tries by itself, if there is one.
    Away,
    /// A server is reached.
    Connected,
    /// The client has given up, as when a password was refused: a new one is needed.
    Closed,
}

struct Shared {
    settings: Settings,
    servers: Vec<ServerAddr>,
    client: Mutex<Option<Context>>,
    link: watch::Sender<Link>,
}

/// The bus, shared by everyone in this process who speaks as one user.
#[derive(Clone)]
pub struct Bus(Arc<Shared>);

impl Bus {
    /// The bus at some servers; nothing is reached yet.
    ///
    /// # Errors
    /// [`BusError::Address`] for an address that cannot be read, or one with a user in it.
    pub fn new(mut settings: Settings) -> Result<Self, BusError> {
        settings.first = settings.first.max(1);
        let mut servers = Vec::new();
        for text in &settings.servers {
            let address: ServerAddr = text.parse().map_err(|e| BusError::Address(format!("{text:?}: {e}")))?;
            if address.has_user_pass() {
                // An address is shown in logs and lists of processes.
                let what = "an address names no user and no password: give them apart".to_owned();
                return Err(BusError::Address(what));
            }
            servers.push(address);
        }
        let (link, client) = (watch::channel(Link::Away).0, Mutex::new(None));
        Ok(Self(Arc::new(Shared { settings, servers, client, link })))
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// How the connection stands, as it changes.
    #[must_use]
    pub fn link(&self) -> watch::Receiver<Link> {
        self.0.link.subscribe()
    }

    /// JetStream, if a server is reached.
    ///
    /// # Errors
    /// [`BusError::Away`].
    pub async fn context(&self) -> Result<Context, BusError> {
        let mut client = self.0.client.lock().await;
        if let Some(context) = client.as_ref() {
            match *self.0.link.borrow() {
                Link::Connected => return Ok(context.clone()),
                Link::Away => return Err(BusError::Away("no server is reached".to_owned())),
                Link::Closed => {}
            }
        }
        *client = None;
        let made = self.connect().await?;
        Ok(client.insert(made).clone())
    }

    async fn connect(&self) -> Result<Context, BusError> {
        let Settings { user, ca, .. } = &self.0.settings;
        let link = self.0.link.clone();
        let mut options = ConnectOptions::new()
            .connection_timeout(Duration::from_millis(CONNECT_MS))
            .request_timeout(Some(Duration::from_millis(REQUEST_MS)))
            .read_buffer_capacity(READ_BYTES)
            .reconnect_delay_callback(|attempts| {
                Duration::from_millis((attempts as u64).saturating_mul(50).min(RECONNECT_MS_MAX))
            })
            .event_callback(move |event| {
                let link = link.clone();
                async move { noted(&link, &event) }
            });
        if let Some(user) = user {
            // Each user's answers go to inboxes of his own, which nobody else may listen to (deploy/nats).
            options = options.user_and_password(user.name.clone(), user.password.clone());
            options = options.name(format!("parindex {}", user.name));
            options = options.custom_inbox_prefix(format!("_INBOX.{}", user.name));
        }
        if let Some(ca) = ca {
            options = options.add_root_certificates(ca.clone());
        }
        let client = options.connect(self.0.servers.clone()).await.map_err(|e| BusError::Away(e.to_string()))?;
        self.0.link.send_replace(Link::Connected);
        Ok(ContextBuilder::new().timeout(Duration::from_millis(REQUEST_MS)).build(client))
    }
}

/// Waits until the connection is lost.
pub(super) async fn parted(link: &mut watch::Receiver<Link>) -> BusError {
    // The bus outlives whoever uses it: its end is a loss like any other.
    let _ = link.wait_for(|link| *link != Link::Connected).await.is_ok();
    BusError::Away("the connection was lost".to_owned())
}

fn noted(link: &watch::Sender<Link>, event: &Event) {
    let to = match event {
        Event::Connected => Link::Connected,
        Event::Disconnected => Link::Away,
        Event::Closed => Link::Closed,
        Event::ServerError(_) | Event::ClientError(_) | Event::SlowConsumer(_) => {
            tracing::warn!(%event, "bus.said");
            return;
        }
        Event::LameDuckMode | Event::Draining => return,
    };
    let before = link.send_replace(to);
    if before != to {
        tracing::info!(?before, ?to, "bus.link");
    }
}

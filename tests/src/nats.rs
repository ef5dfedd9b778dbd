//! Real NATS servers for tests: one, or a cluster of three, on loopback, with the very files of deploy/nats.
//! They end and leave nothing behind with the test that started them, also when it panics.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use async_nats::ConnectOptions;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::ContextBuilder;
use platform::jetstream::{Bus, Settings, User};
use proto::Origin;
use tempfile::TempDir;

/// How long servers may take to be ready, in seconds.
const READY_S: u64 = 30;
/// How long a request of a test may take, in seconds.
const REQUEST_S: u64 = 10;

/// The `nats-server` that `tests/run` has set up.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn program() -> PathBuf {
    if let Some(given) = std::env::var_os("PARINDEX_NATS_SERVER") {
        return given.into();
    }
    let usual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/nats/bin/nats-server");
    assert!(usual.exists(), "tests/run sets up nats-server; {} is not there", usual.display());
    usual
}

/// Passwords of a test's servers: each user's is his name and this.
const PASSWORD: &str = "password1only2for3tests";

struct Node {
    client: SocketAddr,
    environment: Vec<(&'static str, String)>,
    child: Option<Child>,
}

/// Running servers.
pub struct Nats {
    nodes: Vec<Node>,
    conf: &'static str,
    scratch: TempDir,
}

impl Drop for Nats {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            node.end();
        }
    }
}

impl Node {
    fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            // SIGKILL: a server that is to be gone is gone, and a killed one has to come back without a word of farewell.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Nats {
    /// One server.
    pub async fn one() -> Self {
        let nats = Self::prepare(1, "single.conf");
        nats.started().await
    }

    /// A cluster of three.
    pub async fn three() -> Self {
        let nats = Self::prepare(3, "server.conf");
        nats.started().await
    }

    /// One server that is not started yet.
    #[must_use]
    pub fn not_yet() -> Self {
        Self::prepare(1, "single.conf")
    }

    fn prepare(count: usize, conf: &'static str) -> Self {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let ports = free_ports(2 * count);
        let (clients, routes) = ports.split_at(count);
        let list = |ports: &[SocketAddr]| {
            let each: Vec<String> = ports.iter().map(|p| format!("nats-route://route:route{PASSWORD}@{p}")).collect();
            format!("[{}]", each.join(", "))
        };
        let node = |i: usize| {
            let mut environment = vec![
                ("NATS_NAME", format!("nats-{}", ["a", "b", "c"][i])),
                ("NATS_LISTEN", clients[i].to_string()),
                ("NATS_CLUSTER_LISTEN", routes[i].to_string()),
                ("NATS_ROUTES", list(routes)),
                ("NATS_ROUTE_PASSWORD", format!("route{PASSWORD}")),
                ("NATS_STORE", scratch.path().join(format!("store-{i}")).display().to_string()),
            ];
            for (name, user) in [
                ("NATS_LEDGER_PASSWORD", "ledger"),
                ("NATS_INDEX_PASSWORD", "index"),
                ("NATS_RANKING_PASSWORD", "ranking"),
                ("NATS_OPERATOR_PASSWORD", "operator"),
            ] {
                environment.push((name, format!("{user}{PASSWORD}")));
            }
            Node { client: clients[i], environment, child: None }
        };
        let nodes = (0..count).map(node).collect();
        Self { nodes, conf, scratch }
    }

    async fn started(mut self) -> Self {
        for i in 0..self.nodes.len() {
            self.start(i);
        }
        self.ready().await;
        self
    }

    /// Starts a server that does not run.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(&mut self, i: usize) {
        let conf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/nats").join(self.conf);
        let log = File::options().create(true).append(true).open(self.log(i)).expect("the scratch folder takes it");
        let node = &mut self.nodes[i];
        assert!(node.child.is_none(), "server {i} runs");
        let mut command = Command::new(program());
        command.arg("-c").arg(conf).envs(node.environment.iter().cloned()).stdin(Stdio::null());
        command.stdout(log.try_clone().expect("a handle")).stderr(log);
        node.child = Some(command.spawn().expect("nats-server starts"));
    }

    /// Kills a server.
    pub fn kill(&mut self, i: usize) {
        self.nodes[i].end();
    }

    /// A server's process.
    ///
    /// # Panics
    /// When it does not run.
    #[must_use]
    pub fn process(&self, i: usize) -> u32 {
        self.nodes[i].child.as_ref().expect("it runs").id()
    }

    /// Waits until JetStream answers; in a cluster, until it has a leader.
    ///
    /// # Panics
    /// When it does not in time.
    pub async fn ready(&self) {
        let until = Instant::now() + Duration::from_secs(READY_S);
        for (i, node) in self.nodes.iter().enumerate().filter(|(_, n)| n.child.is_some()) {
            while !greets(node.client) {
                assert!(Instant::now() < until, "server {i} is not there:\n{}", self.told(i));
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        loop {
            // To look at a stream that is not there takes a leader that knows so.
            if let Ok(context) = self.connect("ledger").await
                && let Err(error) = context.get_stream("parindex-none").await
                && error.to_string().contains("not found")
            {
                return;
            }
            assert!(Instant::now() < until, "JetStream does not answer:\n{}", self.told(0));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The folder in which the servers keep what they were sent.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.scratch.path()
    }

    /// The servers' addresses.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(|n| format!("nats://{}", n.client)).collect()
    }

    /// The password of a user.
    #[must_use]
    pub fn password(user: &str) -> String {
        format!("{user}{PASSWORD}")
    }

    /// A log's settings on these servers, speaking as a user.
    #[must_use]
    pub fn settings(&self, origin: &Origin, user: &str) -> Settings {
        let mut settings = Settings::new(self.urls(), origin.clone());
        settings.user = Some(User { name: user.to_owned(), password: Self::password(user) });
        settings.replicas = self.nodes.len();
        settings
    }

    /// The bus for a user.
    ///
    /// # Panics
    /// Never for these addresses.
    #[must_use]
    pub fn bus(&self, origin: &Origin, user: &str) -> Bus {
        Bus::new(self.settings(origin, user)).expect("addresses")
    }

    /// JetStream as a test meddles with it, speaking as a user.
    ///
    /// # Errors
    /// When no server lets him in.
    pub async fn connect(&self, user: &str) -> Result<Context, async_nats::Error> {
        let options = ConnectOptions::with_user_and_password(user.to_owned(), Self::password(user));
        let options = options.custom_inbox_prefix(format!("_INBOX.{user}"));
        let options = options.request_timeout(Some(Duration::from_secs(REQUEST_S)));
        let client = options.connect(self.urls()).await?;
        Ok(ContextBuilder::new().timeout(Duration::from_secs(REQUEST_S)).build(client))
    }

    fn log(&self, i: usize) -> PathBuf {
        self.scratch.path().join(format!("server-{i}.log"))
    }

    /// What a server has logged.
    #[must_use]
    pub fn told(&self, i: usize) -> String {
        std::fs::read_to_string(self.log(i)).unwrap_or_default()
    }
}

/// Addresses on loopback that nobody listens on now.
fn free_ports(count: usize) -> Vec<SocketAddr> {
    let listen = || TcpListener::bind("127.0.0.1:0").expect("a port");
    let held: Vec<TcpListener> = (0..count).map(|_| listen()).collect();
    held.iter().map(|l| l.local_addr().expect("an address")).collect()
}

/// Whether a server greets whoever connects.
fn greets(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_secs(1)) else { return false };
    let mut first = [0; 5];
    stream.set_read_timeout(Some(Duration::from_secs(2))).is_ok()
        && stream.read_exact(&mut first).is_ok()
        && stream.flush().is_ok()
        && &first == b"INFO "
}

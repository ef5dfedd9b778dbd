//! The production form as it runs in a data centre, on loopback: PostgreSQL, NATS, and each service a process of its own
//! with its own login. Every process can be killed, paused and started again.

use platform::outward;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use proto::{Answer, Origin};
use reqwest::{Client, StatusCode};
use serde_json::Value;

use crate::folder::{Said, parindex};
use crate::nats::Nats;
use crate::postgres::{Disk, KEYS_DATABASE, Postgres, signal};
use crate::served::{Kind, lasting_address};

/// The services, the second ledger and the second intake under names of their own.
pub const SERVICES: [&str; 9] =
    ["ledger", "standby", "signer", "index", "ranking", "inspector", "dashboard", "intake", "intake-too"];
/// How long anything that is waited for may take, in seconds.
const WAIT_S: u64 = 60;

/// The whole of it.
pub struct Stack {
    /// The database server.
    pub postgres: Postgres,
    /// The bus, if there is one.
    pub nats: Option<Nats>,
    origin: Origin,
    addresses: BTreeMap<&'static str, SocketAddr>,
    running: BTreeMap<&'static str, Child>,
    settings: BTreeMap<String, String>,
    http: Client,
}

impl Drop for Stack {
    fn drop(&mut self) {
        for child in self.running.values_mut() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Stack {
    /// A log played from scripts; nothing runs yet but its servers.
    ///
    /// # Panics
    /// When the scripts cannot be played.
    #[must_use]
    pub fn new(disk: Disk, nats: Option<Nats>, origin: &str, scripts: &[&Path]) -> Self {
        let postgres = Postgres::start(disk);
        postgres.begin(origin, scripts);
        Self::of(postgres, nats, Origin::parse(origin).expect("an origin"))
    }

    /// A log that has begun on a server; nothing runs yet.
    #[must_use]
    pub fn of(postgres: Postgres, nats: Option<Nats>, origin: Origin) -> Self {
        let mut addresses = BTreeMap::new();
        for name in SERVICES {
            let free = std::iter::repeat_with(lasting_address).find(|a| !addresses.values().any(|taken| taken == a));
            addresses.extend(free.map(|address| (name, address)));
        }
        let (running, settings) = (BTreeMap::new(), BTreeMap::new());
        Self { postgres, nats, origin, addresses, running, settings, http: outward::client() }
    }

    /// Makes the signing key and the signer's folder; gives the folder.
    pub fn make_signer(&self) -> PathBuf {
        let (key, store) = (self.postgres.beside("signing.key"), self.postgres.beside("signer"));
        let (key, folder) = (key.to_str().expect("a name"), store.to_str().expect("a name"));
        self.postgres.must(&["keygen", "--kind", "log", "--name", self.origin.as_str(), key]);
        self.postgres.must(&["signer-store", "--key", key, folder]);
        store
    }

    /// A setting of every service that is started from now on.
    pub fn set(&mut self, variable: &str, value: &str) {
        self.settings.insert(variable.to_owned(), value.to_owned());
    }

    /// A setting that was made; empty where none was.
    #[must_use]
    pub fn setting(&self, variable: &str) -> String {
        self.settings.get(variable).cloned().unwrap_or_default()
    }

    /// Where a service listens.
    #[must_use]
    pub fn address(&self, name: &str) -> SocketAddr {
        self.addresses[name]
    }

    /// The address of a service.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        format!("http://{}", self.address(name))
    }

    /// What a service is told, as variables of its environment.
    fn environment(&self, name: &str) -> Vec<(String, String)> {
        let service = service(name);
        let mut told = vec![
            (format!("PARINDEX_{}_LISTEN", service.to_uppercase()), self.address(name).to_string()),
            ("PARINDEX_LOG_ORIGIN".to_owned(), self.origin.to_string()),
            ("PARINDEX_DATABASE_URL".to_owned(), self.postgres.url(&format!("parindex_{service}"))),
            ("PARINDEX_IDENTITY_DATABASE_URL".to_owned(), self.postgres.url("parindex_identity")),
            ("PARINDEX_LEDGER_URL".to_owned(), format!("{},{}", self.url("ledger"), self.url("standby"))),
            ("PARINDEX_INSPECTOR_URL".to_owned(), self.url("inspector")),
            ("PARINDEX_SIGNER_URL".to_owned(), self.url("signer")),
        ];
        if service == "intake" {
            let path = |name| self.postgres.beside(name).display().to_string();
            told.push((
                "PARINDEX_KEYS_DATABASE_URL".to_owned(),
                self.postgres.url_of("parindex_intake", KEYS_DATABASE),
            ));
            told.push(("PARINDEX_KEYS_MASTER".to_owned(), path("files.key")));
            told.push(("PARINDEX_FILES_FOLDER".to_owned(), path("files")));
        }
        if service == "signer" {
            let path = |name| self.postgres.beside(name).display().to_string();
            told.push(("PARINDEX_SIGNER_KEY".to_owned(), path("signing.key")));
            told.push(("PARINDEX_SIGNER_STORE".to_owned(), path("signer")));
        }
        if let Some(nats) = self.nats.as_ref().filter(|_| ["ledger", "index", "ranking"].contains(&service)) {
            told.extend([
                ("PARINDEX_NATS_URL".to_owned(), nats.urls().join(",")),
                ("PARINDEX_NATS_USER".to_owned(), service.to_owned()),
                ("PARINDEX_NATS_PASSWORD".to_owned(), Nats::password(service)),
                ("PARINDEX_NATS_REPLICAS".to_owned(), nats.urls().len().to_string()),
            ]);
        }
        told.extend(self.settings.clone());
        told
    }

    /// The command that runs a service; its log lines go to a file.
    ///
    /// # Panics
    /// When the file cannot be opened.
    #[must_use]
    pub fn command(&self, name: &'static str) -> Command {
        let log = self.postgres.beside(&format!("{name}.log"));
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log).expect("a file for its lines");
        let mut command = run(name, &self.environment(name));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command
    }

    /// Runs the operator's program with a service's configuration, to its end.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn operates(&self, name: &str, arguments: &[&str]) -> Said {
        let config = self.postgres.beside("parindex.toml");
        std::fs::write(&config, "").expect("the scratch folder takes it");
        let mut command = cleared();
        command.args(arguments).arg("--config").arg(config).envs(self.environment(name));
        Said::by(command)
    }

    /// How a service is started by whoever kills it.
    #[must_use]
    pub fn kind(&self, name: &'static str) -> Kind {
        let environment = self.environment(name);
        let command = move || {
            let mut command = run(name, &environment);
            command.stdin(Stdio::null());
            command
        };
        Kind { name, command: Box::new(command), ready: "\"stage\":\"serving\"" }
    }

    /// Starts a service; it may take a while until it is ready.
    ///
    /// # Panics
    /// When it runs already, or cannot be started.
    pub fn start(&mut self, name: &'static str) {
        let child = self.command(name).spawn().expect("the binary starts");
        assert!(self.running.insert(name, child).is_none(), "{name} runs already");
    }

    /// Starts services and waits until each is ready.
    pub async fn start_ready(&mut self, names: &[&'static str]) {
        for name in names {
            self.start(name);
        }
        for name in names {
            self.until_ready(name).await;
        }
    }

    /// Ends a service with SIGKILL.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill(&mut self, name: &'static str) {
        let mut child = self.running.remove(name).expect("it runs");
        child.kill().expect("kills");
        child.wait().expect("waits");
    }

    /// Tells a service to end, and gives the status that it ends with.
    ///
    /// # Panics
    /// When it does not run, or does not end.
    pub fn end(&mut self, name: &'static str) -> Option<i32> {
        signal(self.process(name), "TERM");
        let begun = Instant::now();
        while self.runs(name) {
            // It is killed with the stack.
            assert!(begun.elapsed() < Duration::from_secs(WAIT_S), "{name} does not end: {}", self.said(name));
            std::thread::sleep(Duration::from_millis(10));
        }
        self.running.remove(name).expect("it ran").wait().expect("waits").code()
    }

    /// The process of a service.
    ///
    /// # Panics
    /// When it does not run.
    #[must_use]
    pub fn process(&self, name: &str) -> u32 {
        self.running.get(name).expect("it runs").id()
    }

    /// Whether a service runs.
    ///
    /// # Panics
    /// When the system does not say.
    pub fn runs(&mut self, name: &str) -> bool {
        self.running.get_mut(name).is_some_and(|child| child.try_wait().expect("it is a child").is_none())
    }

    /// The log lines of a service.
    #[must_use]
    pub fn said(&self, name: &str) -> String {
        std::fs::read_to_string(self.postgres.beside(&format!("{name}.log"))).unwrap_or_default()
    }

    /// What a service says of its readiness, and whether it is ready; none where it does not answer.
    pub async fn readiness(&self, name: &str) -> Option<(bool, Value)> {
        let answer = self.http.get(format!("{}/readyz", self.url(name))).send().await.ok()?;
        let ready = answer.status() == StatusCode::OK;
        Some((ready, serde_json::from_str(&answer.text().await.ok()?).ok()?))
    }

    /// Waits until a service says something of itself.
    ///
    /// # Panics
    /// When that does not come in time.
    pub async fn until(&self, name: &str, wanted: impl Fn(bool, &Value) -> bool) -> Value {
        let begun = Instant::now();
        let mut last = None;
        while begun.elapsed() < Duration::from_secs(WAIT_S) {
            last = self.readiness(name).await;
            if let Some((ready, told)) = &last
                && wanted(*ready, told)
            {
                return told.clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{name} does not come to that: {last:?}\n{}", self.said(name));
    }

    /// Waits until a service is ready.
    pub async fn until_ready(&self, name: &str) -> Value {
        self.until(name, |ready, _| ready).await
    }

    /// Waits until a reader of a service stands at a position.
    pub async fn until_at(&self, name: &str, reader: &str, position: u64) {
        self.until(name, |_, told| told["readers"][reader]["position"].as_u64() >= Some(position)).await;
    }

    /// A token for an actor that opens everything, made through whoever leads.
    #[must_use]
    pub fn token(&self, actor: &str) -> String {
        self.postgres.must(&["token", "--actor", actor, "--scope", "commands,read,log"]).out.trim().to_owned()
    }

    /// Sends a command to a ledger; none where no answer comes.
    pub async fn submit(&self, ledger: &str, token: &str, command: String) -> Option<(StatusCode, Value)> {
        let request = self.http.post(format!("{}/api/commands", self.url(ledger)));
        let answer = request.bearer_auth(token).body(command).send().await.ok()?;
        let status = answer.status();
        Some((status, serde_json::from_str(&answer.text().await.ok()?).ok()?))
    }

    /// The log's last position, as whoever leads tells it.
    ///
    /// # Panics
    /// When nobody does.
    pub async fn head(&self) -> u64 {
        for name in ["ledger", "standby"] {
            let answer = self.http.get(format!("{}/api/head", self.url(name))).send().await;
            if let Ok(answer) = answer
                && answer.status() == StatusCode::OK
            {
                let told: Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
                return told["size"].as_u64().expect("a size");
            }
        }
        panic!("no ledger leads");
    }

    /// A page or an answer of a service.
    ///
    /// # Panics
    /// When none comes.
    pub async fn get(&self, name: &str, path: &str) -> (StatusCode, String) {
        let answer = self.http.get(format!("{}{path}", self.url(name))).send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("a body"))
    }

    /// The log and both projections hold.
    ///
    /// # Panics
    /// When something does not.
    pub fn verify(&self) {
        let said = self.postgres.must(&["verify"]);
        assert!(said.out.contains("OK"), "{}", said.out);
    }
}

/// The command that runs a service in an environment.
fn run(name: &str, environment: &[(String, String)]) -> Command {
    let mut command = cleared();
    command.args(["run", service(name)]).envs(environment.iter().cloned());
    command
}

/// The binary, without what the tests themselves are told.
fn cleared() -> Command {
    let mut command = Command::new(parindex());
    for (variable, _) in std::env::vars_os() {
        if variable.to_string_lossy().starts_with("PARINDEX_") {
            command.env_remove(variable);
        }
    }
    command
}

/// What a service is called on the command line.
fn service(name: &str) -> &str {
    match name {
        "standby" => "ledger",
        "intake-too" => "intake",
        name => name,
    }
}

/// The answer to a single command, as HTTP gives it.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn answer(told: &Value) -> Answer {
    serde_json::from_value(told.clone()).expect("an answer")
}

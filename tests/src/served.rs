//! Processes that serve a log on PostgreSQL, to be killed and started again, and callers who reach them over HTTP.
//! Which processes there are is a test's matter: here stands how one is started, waited for and ended.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Result;
use identity::Identity;
use platform::clock::Clock;
use platform::db::Role;
use proto::{ActorId, Scopes};

use crate::calling::{Calling, Way};
use crate::load::round::{Caller, OpenLedger, bind};
use crate::postgres::Postgres;
use crate::seed::Seed;

/// How long a process may take until it does its work.
const READY: Duration = Duration::from_secs(60);
/// Lines of what a process says that are kept.
const LINES: usize = 60;
/// How many ports are tried before there is taken to be none.
const PORTS_MAX: usize = 1_000;

/// How a process is started, and by which line of what it says it is known to be at work.
pub struct Kind {
    /// What it is called.
    pub name: &'static str,
    /// Its command, every time.
    pub command: Box<dyn Fn() -> Command + Send + Sync>,
    /// How the line begins that it says once it works.
    pub ready: &'static str,
}

/// A running process; it is killed with this handle.
pub struct Running {
    child: Child,
    said: Arc<Mutex<VecDeque<String>>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Kind {
    /// Starts it and waits until it works.
    ///
    /// # Panics
    /// When it does not in time, with what it said.
    pub async fn start(&self) -> Running {
        let running = self.begin();
        running.until_said(self.name, self.ready).await;
        running
    }

    /// Starts it.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn begin(&self) -> Running {
        let mut child = (self.command)().stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
        let (lines, said) = (BufReader::new(child.stderr.take().expect("piped")).lines(), Arc::default());
        let kept: Arc<Mutex<VecDeque<String>>> = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mut kept = kept.lock().expect("nobody panics while he holds this");
                kept.push_back(line);
                if kept.len() > LINES {
                    kept.pop_front();
                }
            }
        });
        Running { child, said }
    }
}

impl Running {
    /// Its process.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Ends it with SIGKILL.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Waits until one of the last lines that it said has these words.
    ///
    /// # Panics
    /// When none has in time.
    pub async fn until_said(&self, name: &str, words: &str) {
        let until = Instant::now() + READY;
        while !self.last_lines().iter().any(|line| line.contains(words)) {
            assert!(Instant::now() < until, "{name} does not say {words:?}: {:#?}", self.last_lines());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// What it said last.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn last_lines(&self) -> Vec<String> {
        self.said.lock().expect("nobody panics while he holds this").iter().cloned().collect()
    }
}

/// An address that a process can listen on every time that it is started: its port is none that the system gives to
/// whoever connects.
///
/// # Panics
/// When every port is taken.
#[must_use]
pub fn lasting_address() -> SocketAddr {
    let start = getrandom::u32().expect("random bytes");
    let ports = (0..PORTS_MAX as u32).map(|i| 12_000 + u16::try_from(start.wrapping_add(i) % 18_000).expect("small"));
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let port = ports.into_iter().find(free).expect("a free port");
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// `parindex serve` on a database, at an address; more arguments are those of a bus.
#[must_use]
pub fn serve(server: &Postgres, address: SocketAddr, more: Vec<String>, env: Vec<(&'static str, String)>) -> Kind {
    let url = server.url("parindex");
    let folder = server.beside("");
    let command = move || {
        let mut command = Command::new(crate::folder::parindex());
        command.args(["serve", "--listen", &address.to_string()]).args(&more);
        command.env("PARINDEX_DATABASE_URL", &url).envs(env.iter().cloned());
        command.stdin(Stdio::null()).current_dir(&folder);
        command
    };
    Kind { name: "parindex serve", command: Box::new(command), ready: "serving " }
}

/// Callers with tokens, who reach the ledger at an address. Their tokens are bound in the open log.
///
/// # Errors
/// When a token cannot be bound or stored.
pub async fn callers(
    server: &Postgres,
    open: &OpenLedger,
    address: SocketAddr,
    count: usize,
) -> Result<Vec<(Caller, Way)>> {
    let identity = Identity::open(server.place("identity", Role::Identity)).await?;
    let mut callers = Vec::new();
    for i in 0..count {
        let minted = Identity::mint(ActorId::parse(&format!("{}-d", open.units[i % open.units.len()]))?, Scopes::ALL)?;
        bind(&open.ledger.door(), minted.bind.clone()).await?;
        let token = identity.store(minted, "test", Clock::System.now()).await?;
        callers.push((Caller::new(i, &open.units)?, Way::http(&format!("http://{address}"), &token)));
    }
    identity.close().await?;
    Ok(callers)
}

/// Kills one of some processes with SIGKILL, and starts it again, as often as asked: which one, after how many commands,
/// how many microseconds later, and for how long it is away, is drawn.
///
/// # Panics
/// When a process does not come back, or nothing is acknowledged any more.
pub async fn kill_at_random(processes: &mut [(&Kind, Running)], kills: usize, calling: &Calling, seed: &mut Seed) {
    for kill in 0..kills {
        let which = usize::try_from(seed.next(0, processes.len() as u64)).expect("small");
        let (kind, running) = &mut processes[which];
        calling.more(usize::try_from(seed.next(1, 120)).expect("small")).await;
        tokio::time::sleep(Duration::from_micros(seed.next(0, 8_000))).await;
        eprintln!("kill {kill}: {} after {} commands", kind.name, calling.accepted());
        running.kill();
        tokio::time::sleep(Duration::from_millis(seed.next(0, 50))).await;
        *running = kind.start().await;
    }
}

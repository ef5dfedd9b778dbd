//! A PostgreSQL server for one test: the machine's own binaries, a data folder in /tmp, a port on loopback. It is stopped
//! and removed when the test ends, however it ends.
//! Its administrator is known here alone: what the system does it does in its own roles.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;

use inspector::Paths;
use intake::evidence::Store;
use platform::db::{Place, Role, Server};
use platform::objects::FilesPlace;
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;
use tempfile::TempDir;

use crate::folder::{Said, parindex};
use crate::small_disk::SmallDisk;

/// The account that the server runs as where the tests run as root, for whom it refuses to start.
const ACCOUNT: &str = "postgres";
/// How often a server that does not start is tried again: its port may be taken, its predecessor not wholly gone.
const STARTS_MAX: u32 = 40;

/// Whether a commit waits for the disk. Tests that only look at what is written are quicker without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// It waits, as it does in earnest.
    Synced,
    /// It does not: nothing in the test is killed.
    Unsynced,
}

/// The database of files' keys. It is on the same server here, which is then set up as the one of keys must be.
pub const KEYS_DATABASE: &str = "keys";

/// A running server.
pub struct Postgres {
    /// The small disk that its write-ahead log lies on; unmounted before the folder around it is removed.
    small: Option<SmallDisk>,
    scratch: TempDir,
    disk: Disk,
    port: u16,
    child: Option<Child>,
}

/// The folder of the newest server's binaries.
fn binaries() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed: tests/run does so");
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| entry.ok())
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    versions.sort();
    versions.pop().expect("PostgreSQL is installed: tests/run does so").1
}

/// User and group of the server's account; none where the tests are no root themselves.
pub(crate) fn account() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    if std::fs::metadata("/proc/self").expect("Linux").uid() != 0 {
        return None;
    }
    let passwd = std::fs::read_to_string("/etc/passwd").expect("accounts");
    let line = passwd.lines().find(|l| l.starts_with(&format!("{ACCOUNT}:"))).expect("the package makes the account");
    let mut ids = line.split(':').skip(2).map(|id| id.parse().expect("a number"));
    Some((ids.next().expect("a user"), ids.next().expect("a group")))
}

fn command(program: &str) -> Command {
    let mut command = Command::new(binaries().join(program));
    if let Some((user, group)) = account() {
        command.uid(user).gid(group);
    }
    command.stdin(Stdio::null()).current_dir("/tmp");
    command
}

impl Postgres {
    /// A server with an empty database, prepared for the log.
    ///
    /// # Panics
    /// When PostgreSQL is not there or does not start.
    #[must_use]
    pub fn start(disk: Disk) -> Self {
        Self::prepared(disk, false)
    }

    /// The same, with its write-ahead log on a disk of its own of a few MiB, that a test can fill.
    ///
    /// # Panics
    /// When the tests are neither root nor have sudo, or as [`Postgres::start`].
    #[must_use]
    pub fn on_a_small_disk() -> Self {
        Self::prepared(Disk::Synced, true)
    }

    fn prepared(disk: Disk, small: bool) -> Self {
        let scratch = tempfile::Builder::new().prefix("parindex-pg-").tempdir_in("/tmp").expect("a scratch folder");
        if let Some((user, group)) = account() {
            chown(scratch.path(), Some(user), Some(group)).expect("the server may write there");
        }
        let small = small.then(|| SmallDisk::mount(scratch.path().join("small")));
        let data = scratch.path().join("data");
        let mut initdb = command("initdb");
        initdb.args(["--auth=trust", "--username=admin", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
        if let Some(small) = &small {
            // Segments of 1 MiB, so that a small disk holds some.
            initdb.args(["--wal-segsize=1", "--waldir"]).arg(small.path().join("wal"));
        }
        let initdb = initdb.arg("-D").arg(&data).output().expect("initdb starts");
        assert!(initdb.status.success(), "{}", String::from_utf8_lossy(&initdb.stderr));
        let mut server = Self { small, scratch, disk, port: 0, child: None };
        server.run_it();
        server.must(&["prepare", "--database-url", &server.url("admin")]);
        server
    }

    /// Starts the server on its data folder and waits until it takes connections.
    fn run_it(&mut self) {
        for _ in 0..STARTS_MAX {
            if self.port == 0 {
                let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
                self.port = free.local_addr().expect("an address").port();
            }
            let fsync = format!("fsync={}", if self.disk == Disk::Synced { "on" } else { "off" });
            let port = format!("port={}", self.port);
            let settings = [
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "max_connections=200",
                "shared_buffers=64MB",
                &fsync,
                &port,
                // The write-ahead log is kept short where its disk is small.
                if self.small.is_some() { "max_wal_size=4MB" } else { "max_wal_size=1GB" },
                if self.small.is_some() { "min_wal_size=2MB" } else { "min_wal_size=80MB" },
            ];
            let mut server = command("postgres");
            server.arg("-D").arg(self.scratch.path().join("data"));
            for setting in settings {
                server.args(["-c", setting]);
            }
            let mut child = server.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the server starts");
            let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines().map_while(Result::ok);
            let ready = lines.by_ref().any(|line| line.contains("ready to accept connections"));
            // What it says later is of no interest, but must be taken off the pipe.
            std::thread::spawn(move || lines.for_each(drop));
            self.child = Some(child);
            if ready {
                return;
            }
            self.child.take().expect("just put there").wait().expect("it has ended");
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("the server does not start");
    }

    /// Ends it with SIGKILL, as a machine that loses its power does.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().expect("kills");
        child.wait().expect("waits");
    }

    /// Ends it in order, its clients' connections cut off.
    ///
    /// # Panics
    /// When it does not run.
    pub fn stop(&mut self) {
        let mut child = self.child.take().expect("it runs");
        signal(child.id(), "INT");
        child.wait().expect("waits");
    }

    /// The process that clients connect to.
    ///
    /// # Panics
    /// When it does not run.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// Whether it has ended by itself.
    ///
    /// # Panics
    /// When the machine does not say.
    pub fn has_ended(&mut self) -> bool {
        let ended = self.child.as_mut().is_none_or(|child| child.try_wait().expect("asks").is_some());
        if ended {
            self.child = None;
        }
        ended
    }

    /// The small disk.
    ///
    /// # Panics
    /// When it has none.
    #[must_use]
    pub fn small_disk(&self) -> &SmallDisk {
        self.small.as_ref().expect("it was started on one")
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// A schema in a role, reached by another address: that of a proxy.
    ///
    /// # Panics
    /// Never: the address is well formed.
    #[must_use]
    pub fn place_by(&self, proxy: SocketAddr, schema: &'static str, role: Role) -> Place {
        let server = Server::from_str(&format!("postgres://parindex@{proxy}/postgres")).expect("an address");
        Place::Schema { server, schema, role }
    }

    /// Starts it again.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&mut self) {
        self.run_it();
    }

    /// The address of the database for a login.
    #[must_use]
    pub fn url(&self, login: &str) -> String {
        format!("postgres://{login}@127.0.0.1:{}/postgres", self.port)
    }

    /// The database for a login.
    ///
    /// # Panics
    /// Never: the address is well formed.
    #[must_use]
    pub fn server(&self, login: &str) -> Server {
        Server::from_str(&self.url(login)).expect("an address")
    }

    /// Has every session that comes from now on find a setting so.
    ///
    /// # Panics
    /// When the server does not take it.
    pub async fn set(&self, setting: &str, value: &str) {
        let mut admin = self.admin().await;
        execute(&mut admin, format!("ALTER SYSTEM SET {setting} = {value}")).await;
        execute(&mut admin, "SELECT pg_reload_conf()").await;
        loop {
            let read = sqlx::query_scalar("SELECT current_setting($1)").bind(setting);
            let found: String = read.fetch_one(&mut self.admin().await).await.expect("it has it");
            if found == value {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Another database of the server for a login.
    ///
    /// # Panics
    /// Never: the address is well formed.
    #[must_use]
    pub fn server_of(&self, login: &str, database: &str) -> Server {
        Server::from_str(&self.url_of(login, database)).expect("an address")
    }

    /// The address of another database of the server for a login.
    #[must_use]
    pub fn url_of(&self, login: &str, database: &str) -> String {
        self.url(login).replace("/postgres", &format!("/{database}"))
    }

    /// Makes the database of keys, and gives the schema of files' keys in it, with its tables.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn begin_keys(&self) -> Place {
        self.set("wal_recycle", "off").await;
        execute(&mut self.admin().await, format!("CREATE DATABASE {KEYS_DATABASE}")).await;
        self.must(&["prepare", "--keys", "--database-url", &self.url_of("admin", KEYS_DATABASE)]);
        let master = self.beside("files.key");
        self.must(&["keygen", "--kind", "files", master.to_str().expect("a path")]);
        let server = self.server_of(Role::Intake.name(), KEYS_DATABASE);
        let files = FilesPlace::Folder(self.beside("files"));
        Store::in_database(server.clone(), master, files).begun().await.expect("the place of keys");
        Place::Schema { server, schema: "keys", role: Role::Intake }
    }

    /// A schema in a role.
    #[must_use]
    pub fn place(&self, schema: &'static str, role: Role) -> Place {
        Place::Schema { server: self.server("parindex"), schema, role }
    }

    /// Where the inspector reads.
    #[must_use]
    pub fn paths(&self) -> Paths {
        let place = |schema| self.place(schema, Role::Inspector);
        Paths { ledger: place("ledger"), index: place("index"), ranking: place("ranking") }
    }

    /// A connection as the administrator.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn admin(&self) -> PgConnection {
        self.server("admin").connect().await.expect("the administrator may come in")
    }

    /// A file beside the data folder.
    #[must_use]
    pub fn beside(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// The binary's command on this database.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(parindex());
        command.args(arguments).env("PARINDEX_DATABASE_URL", self.url("parindex"));
        command.stdin(Stdio::null()).current_dir(self.scratch.path());
        command
    }

    /// Runs the binary to its end.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Said {
        Said::by(self.command(arguments))
    }

    /// Runs the binary and expects success.
    ///
    /// # Panics
    /// When it does not end with status 0.
    pub fn must(&self, arguments: &[&str]) -> Said {
        self.run(arguments).well(arguments)
    }

    /// A training log on a scripted clock, played from files.
    ///
    /// # Panics
    /// When the script cannot be played.
    pub fn begin(&self, origin: &str, files: &[&Path]) {
        let script = std::fs::read_to_string(files[0]).expect("a script");
        let first: proto::script::Line =
            serde_json::from_str(script.lines().next().expect("lines")).expect("a script's line");
        let at = first.at.to_string();
        let mut init = vec!["init", "--origin", origin, "--training", "--scripted-from", &at];
        init.extend(["--administrator", "admin-a", "--administrator", "admin-b"]);
        self.must(&init);
        let files = files.iter().map(|file| file.to_str().expect("a path"));
        self.must(&["play"].into_iter().chain(files).collect::<Vec<_>>());
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // At once, and with what it holds of the machine's shared memory given back.
            signal(child.id(), "QUIT");
            let _ = child.wait();
        }
    }
}

/// Sends a signal to a process that the test has started.
///
/// # Panics
/// When there is no shell.
pub fn signal(process: u32, name: &str) {
    let sent = Command::new("sh").arg("-c").arg(format!("kill -{name} {process}")).status().expect("a shell");
    assert!(sent.success(), "kill -{name} {process}");
}

/// Executes a statement.
///
/// # Panics
/// When the server refuses it.
pub async fn execute(db: &mut PgConnection, sql: impl Into<String>) {
    let sql = sql.into();
    sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(db).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

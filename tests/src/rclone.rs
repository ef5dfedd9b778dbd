//! A real server that speaks S3, for tests: rclone's, over a folder that a test can look into, on loopback. It ends with this
//! handle, and never listens anywhere else.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use platform::objects::{Bucket, FilesPlace, Login};
use tempfile::TempDir;

/// How long it may take to be ready, in seconds.
const READY_S: u64 = 30;
/// The bucket, and what names in it begin with.
const BUCKET: &str = "par-files";
const PREFIX: &str = "live/1";
/// Who comes to it; both illustrative.
const ACCESS_KEY: &str = "illustrative1key";
const SECRET_KEY: &str = "illustrative2secret";

/// The variable that the binary reads the key from.
pub const SECRET: (&str, &str) = ("PARINDEX_FILES_SECRET_KEY", SECRET_KEY);

/// The `rclone` that `tests/run` has set up.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn program() -> PathBuf {
    if let Some(given) = std::env::var_os("PARINDEX_RCLONE") {
        return given.into();
    }
    let usual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/rclone/bin/rclone");
    assert!(usual.exists(), "tests/run sets up rclone; {} is not there", usual.display());
    usual
}

/// A running server.
#[derive(Debug)]
pub struct Rclone {
    address: SocketAddr,
    child: Option<Child>,
    scratch: TempDir,
}

impl Drop for Rclone {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Rclone {
    /// A server with an empty bucket.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn one() -> Self {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        std::fs::create_dir_all(scratch.path().join("served").join(BUCKET)).expect("a bucket");
        let listening = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listening.local_addr().expect("an address");
        drop(listening);
        let mut server = Self { address, child: None, scratch };
        server.start();
        server
    }

    /// Starts it where it does not run, and waits until it takes connections.
    ///
    /// # Panics
    /// When it does not in time.
    pub fn start(&mut self) {
        let log = std::fs::File::create(self.scratch.path().join("log")).expect("a log");
        let mut command = Command::new(program());
        command.args(["serve", "s3", "--addr"]).arg(self.address.to_string());
        command.args(["--auth-key", &format!("{ACCESS_KEY},{SECRET_KEY}")]).arg(self.scratch.path().join("served"));
        command.env("RCLONE_CONFIG", self.scratch.path().join("rclone.conf")).stdin(Stdio::null());
        command.stdout(log.try_clone().expect("a handle")).stderr(log);
        self.child = Some(command.spawn().expect("rclone starts"));
        let until = Instant::now() + Duration::from_secs(READY_S);
        while TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).is_err() {
            assert!(Instant::now() < until, "rclone is not there: {}", self.told());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Kills it.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Starts it anew, so that it sees what a test has changed in its folder: it remembers what it has listed, and without such a
    /// memory (`--dir-cache-time 0s`) it sometimes lists without an end.
    pub fn restart(&mut self) {
        self.kill();
        self.start();
    }

    /// Stops it as it stands, or has it go on: it takes connections meanwhile, and answers nobody.
    ///
    /// # Panics
    /// When it does not run.
    pub fn signal(&self, name: &str) {
        let child = self.child.as_ref().expect("it runs");
        let status = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
        assert!(status.expect("kill").success(), "it runs");
    }

    /// Where its files lie.
    #[must_use]
    pub fn files(&self) -> PathBuf {
        self.scratch.path().join("served").join(BUCKET).join(PREFIX)
    }

    /// The configuration by which it is found, without the key.
    #[must_use]
    pub fn config(&self) -> String {
        format!(
            "[files]\nbucket = \"{BUCKET}\"\nprefix = \"{PREFIX}\"\nendpoint = \"http://{}\"\naccess_key = \"{ACCESS_KEY}\"\n",
            self.address
        )
    }

    /// The same, for a program that is linked with ours.
    #[must_use]
    pub fn place(&self) -> FilesPlace {
        FilesPlace::S3(Bucket {
            name: BUCKET.to_owned(),
            endpoint: Some(format!("http://{}", self.address)),
            region: "us-east-1".to_owned(),
            prefix: Some(PREFIX.to_owned()),
            login: Login { access_key: ACCESS_KEY.to_owned(), secret_key: SECRET_KEY.to_owned() },
        })
    }

    /// What it has logged.
    #[must_use]
    pub fn told(&self) -> String {
        std::fs::read_to_string(self.scratch.path().join("log")).unwrap_or_default()
    }
}

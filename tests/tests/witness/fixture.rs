//! Witnesses with keys and stores of their own, and servers that answer whatever a test says.

use std::path::PathBuf;
use std::sync::Arc;

use inspector::{Validating, Witness, WitnessStore, WitnessStoreError, serve_witness, witness_limits};
use platform::clock::Clock;
use platform::key_file;
use platform::shell::Shell;
use proto::note::{Key, KeyKind, KeyName};
use proto::policy::Policy;
use system_tests::grown::Grown;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

pub const ORIGIN: &str = "log.example/1";

/// A log of some entries, whose key every witness here knows.
pub fn log(entries: u64) -> Grown {
    Grown::new(ORIGIN, 1, entries)
}

/// A witness's key and store.
pub struct Place {
    scratch: TempDir,
    pub key: Key,
}

impl Place {
    /// A key without a store.
    pub fn bare(name: &str) -> Self {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let name = KeyName::parse(name).expect("a name");
        let made = key_file::generate(&scratch.path().join("key"), name, KeyKind::Witness).expect("makes a key");
        Self { key: made.key().clone(), scratch }
    }

    /// A key and its store.
    pub fn new(name: &str) -> Self {
        let place = Self::bare(name);
        assert_eq!(WitnessStore::init(&place.store(), &place.key_file()).expect("makes a store"), place.key);
        place
    }

    pub fn key_file(&self) -> PathBuf {
        self.scratch.path().join("key")
    }

    pub fn store(&self) -> PathBuf {
        self.scratch.path().join("store")
    }

    pub fn beside(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// The one file below `checkpoints`.
    pub fn record(&self) -> PathBuf {
        let mut files = std::fs::read_dir(self.store().join("checkpoints")).expect("a folder");
        files.next().expect("a checkpoint").expect("a file").path()
    }

    /// The exhibits, sorted by their names.
    pub fn exhibits(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.store().join("exhibits")).expect("a folder");
        let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
        files.sort();
        files
    }

    pub fn open(&self, log: &Grown) -> Result<Witness, WitnessStoreError> {
        Witness::open(&self.store(), &self.key_file(), &Policy::parse(&log.policy()).expect("a policy"))
    }

    /// Serves the witness with the machine's clock.
    pub async fn serve(&self, log: &Grown) -> Serving {
        self.serve_at(log, Clock::System).await
    }

    pub async fn serve_at(&self, log: &Grown, clock: Clock) -> Serving {
        self.serve_logs(&log.policy(), clock).await
    }

    /// Serves the witness of the logs that a policy names.
    pub async fn serve_logs(&self, policy: &str, clock: Clock) -> Serving {
        self.serve_with(policy, None, clock).await
    }

    /// Serves the witness, which recomputes what it cosigns where that is said.
    pub async fn serve_with(&self, policy: &str, validating: Option<Validating>, clock: Clock) -> Serving {
        let logs = Policy::parse(policy).expect("a policy");
        let witness = Witness::open(&self.store(), &self.key_file(), &logs).expect("opens");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shell = Shell::new("witness", witness_limits());
        let (stop, stopped) = oneshot::channel::<()>();
        serve_witness(witness, validating, Arc::new(clock), &shell);
        let serving = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            shell.serve(listener, stopped).await.expect("serves");
        });
        Serving { url, stop, serving }
    }
}

/// A witness that is served.
pub struct Serving {
    pub url: String,
    stop: oneshot::Sender<()>,
    serving: tokio::task::JoinHandle<()>,
}

impl Serving {
    /// Ends it, so that its store can be opened again.
    pub async fn end(self) {
        drop(self.stop);
        self.serving.await.expect("ends");
    }
}

/// What came back over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub media: String,
    pub body: String,
}

impl Answer {
    /// The code of problem details.
    pub fn code(&self) -> String {
        let problem: serde_json::Value = serde_json::from_str(&self.body).expect(&self.body);
        assert!(!problem["vi"].as_str().expect("vi").is_empty() && !problem["en"].as_str().expect("en").is_empty());
        problem["code"].as_str().expect("a code").to_owned()
    }

    pub async fn of(response: reqwest::Response) -> Self {
        let media = response.headers().get("content-type").map(|v| v.to_str().expect("text").to_owned());
        let (status, media) = (response.status().as_u16(), media.unwrap_or_default());
        Self { status, media, body: response.text().await.expect("a body") }
    }
}

/// Hands a request in.
pub async fn post(http: &reqwest::Client, url: &str, body: impl ToString) -> Answer {
    let sent = http.post(format!("{url}/add-checkpoint")).body(body.to_string()).send().await;
    Answer::of(sent.expect("an answer")).await
}

/// A server that answers each request, head and body, with what a test says, and tells its address.
pub async fn answering<A: Into<Vec<u8>> + 'static>(answer: impl Fn(&str) -> A + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer_one(stream, Arc::clone(&answer)));
        }
    });
    url
}

async fn answer_one<A: Into<Vec<u8>> + 'static>(
    mut stream: TcpStream,
    answer: Arc<impl Fn(&str) -> A + Send + Sync + 'static>,
) {
    let mut read = Vec::new();
    let mut chunk = [0; 8_192];
    while let Ok(n) = stream.read(&mut chunk).await {
        read.extend_from_slice(&chunk[..n]);
        let text = String::from_utf8_lossy(&read).into_owned();
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length =
                head.lines().find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            body.len() >= length.unwrap_or(0)
        });
        if whole || n == 0 {
            // It may take its time, in which nobody else is to wait.
            let answer = tokio::task::spawn_blocking(move || -> Vec<u8> { answer(&text).into() });
            let answer = answer.await.expect("a test's answer");
            // Whoever asked may have had enough before the end.
            let _ = stream.write_all(&answer).await;
            return;
        }
    }
}

/// An answer as it goes over the wire.
pub fn told(status: u16, media: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {media}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

/// An address where nobody is.
pub async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
    format!("http://{}", listener.local_addr().expect("an address"))
}

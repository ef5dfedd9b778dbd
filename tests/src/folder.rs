//! Data folders for tests: made by the real binary, copied, tampered with, looked into.
//! It never writes an event by any other way than the binary's, except where a test plays a tamperer.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, Row};
use tempfile::TempDir;

/// The `parindex` binary beside the tests.
///
/// # Panics
/// When it was not built before the tests.
#[must_use]
pub fn parindex() -> PathBuf {
    let mut path = std::env::current_exe().expect("a test knows where it is");
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    path.push("parindex");
    assert!(path.exists(), "build first: cargo build --workspace --bins ({} is not there)", path.display());
    path
}

/// The sample round's folder in the tree.
#[must_use]
pub fn sample_round() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/rounds/hanoi-2022")
}

/// The parts of the sample round's script, in order.
pub const PARTS: [&str; 9] = [
    "01-setup",
    "02-self-scoring",
    "03-first-appraisal",
    "04-explanation",
    "05-second-appraisal",
    "06-survey",
    "07-council",
    "08-publication",
    "09-appeals",
];

/// What a run of the binary said.
#[derive(Debug)]
pub struct Said {
    /// Its exit status; none if it was killed.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

impl Said {
    /// Runs a command to its end.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn by(mut command: Command) -> Self {
        command.output().expect("the binary starts").into()
    }

    /// It ended well.
    ///
    /// # Panics
    /// When it did not end with status 0.
    #[must_use]
    pub fn well(self, arguments: &[&str]) -> Self {
        assert_eq!(self.code, Some(0), "{arguments:?}: {}{}", self.out, self.err);
        self
    }
}

/// A data folder in a scratch folder of its own.
#[derive(Debug)]
pub struct Folder {
    scratch: TempDir,
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

impl Folder {
    /// A scratch folder with no data folder in it yet.
    ///
    /// # Panics
    /// When the machine has no place for it.
    #[must_use]
    pub fn new() -> Self {
        Self { scratch: tempfile::tempdir().expect("a scratch folder") }
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.scratch.path().join("data")
    }

    /// A file beside the data folder.
    #[must_use]
    pub fn beside(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
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

    /// The binary's command; `@` stands for the data folder.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(parindex());
        let data = self.data();
        for argument in arguments {
            match *argument {
                "@" => command.arg(&data),
                other => command.arg(other),
            };
        }
        command.stdin(Stdio::null()).current_dir(self.scratch.path());
        command
    }

    /// A training log on a scripted clock with the sample's setup and the first self-scores.
    ///
    /// # Panics
    /// When the sample cannot be played.
    #[must_use]
    pub fn small_round(self_scores: usize) -> Self {
        let folder = Self::new();
        let read = |name: &str| std::fs::read_to_string(sample_round().join(name)).expect("the sample is there");
        let scores = read("02-self-scoring.ndjson");
        let end = scores.match_indices('\n').nth(self_scores.saturating_sub(1)).map_or(scores.len(), |(i, _)| i + 1);
        let script = read("01-setup.ndjson") + if self_scores == 0 { "" } else { &scores[..end] };
        std::fs::write(folder.beside("script.ndjson"), &script).expect("the scratch folder takes it");
        let from: proto::script::Line =
            serde_json::from_str(script.lines().next().expect("lines")).expect("a script's line");
        let mut init = vec!["init", "--data", "@", "--origin", "test.example/small", "--training"];
        let at = from.at.to_string();
        init.extend(["--administrator", "admin-a", "--administrator", "admin-b", "--scripted-from", &at]);
        folder.must(&init);
        folder.must(&["play", "--data", "@", "script.ndjson"]);
        folder
    }

    /// Plays further self-scores of the sample.
    ///
    /// # Panics
    /// When the sample cannot be played.
    pub fn play_scores(&self, skip: usize, take: usize) {
        let all = std::fs::read_to_string(sample_round().join("02-self-scoring.ndjson")).expect("the sample");
        let lines: String = all.split_inclusive('\n').skip(skip).take(take).collect();
        std::fs::write(self.beside("more.ndjson"), lines).expect("the scratch folder takes it");
        self.must(&["play", "--data", "@", "more.ndjson"]);
    }

    /// A copy to do anything to.
    ///
    /// # Panics
    /// When it cannot be copied.
    #[must_use]
    pub fn copy(&self) -> Self {
        let copy = Self::new();
        copy_folder(&self.data(), &copy.data());
        copy
    }

    /// How many rows a table has.
    ///
    /// # Panics
    /// When the engine refuses to say.
    pub async fn count(&self, database: &str, table: &str) -> i64 {
        let options = SqliteConnectOptions::new().filename(self.data().join(database));
        let mut db = SqliteConnection::connect_with(&options).await.expect("opens");
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut db).await.expect("counts").get(0);
        db.close().await.expect("closes");
        rows
    }

    /// Opens one of the databases as a tamperer would: past the service, with its triggers dropped.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn tamper(&self, database: &str) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.data().join(database));
        let mut db = SqliteConnection::connect_with(&options).await.expect("opens");
        for trigger in ["events_are_not_updated", "events_are_not_deleted", "head_only_grows", "head_is_not_deleted"] {
            let sql = format!("DROP TRIGGER IF EXISTS {trigger}");
            sqlx::query(AssertSqlSafe(sql)).execute(&mut db).await.expect("drops");
        }
        db
    }
}

/// Copies a folder and all that is in it.
///
/// # Panics
/// When it cannot be copied.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir(to).expect("a folder");
    let files = std::fs::read_dir(from).expect("the folder").map(|file| file.expect("a file"));
    let mut files: Vec<_> = files.map(|file| (file.path(), to.join(file.file_name()))).collect();
    // The engine's own companions come and go while someone looks into a database. What its log holds is copied before the
    // database: if it goes away meanwhile, all of it stands there.
    let is = |path: &Path, end: &str| path.to_string_lossy().ends_with(end);
    files.sort_by_key(|(path, _)| !is(path, "-wal"));
    for (path, to) in files.into_iter().filter(|(path, _)| !is(path, "-shm")) {
        if path.is_dir() {
            copy_folder(&path, &to);
        } else if let Err(error) = std::fs::copy(&path, to) {
            assert!(is(&path, "-wal") && error.kind() == ErrorKind::NotFound, "{}: {error}", path.display());
        }
    }
}

/// Executes a tamperer's statement.
///
/// # Panics
/// When the engine refuses it.
pub async fn execute(db: &mut SqliteConnection, sql: impl Into<String>) {
    let sql = sql.into();
    sqlx::query(AssertSqlSafe(sql.clone())).execute(db).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

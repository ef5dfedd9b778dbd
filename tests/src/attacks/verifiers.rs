//! The verifiers that an attack meets: the inspector's, and the independent one in Python.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use inspector::{Against, HeadFile, Source};
use proto::Origin;
use tokio::runtime::Runtime;

use crate::folder::Folder;
use crate::prove::paths;

/// What one verifier said.
#[derive(Debug)]
pub struct Verdict {
    /// Who.
    pub by: &'static str,
    /// What it found first; none where everything holds for it.
    pub found: Option<String>,
    /// How that must begin, where there is a place to name.
    pub place: Option<String>,
    /// How long it took.
    pub took: Duration,
}

impl Verdict {
    /// Takes what somebody says, and how long he took.
    pub fn of(by: &'static str, say: impl FnOnce() -> Option<String>) -> Self {
        let begun = Instant::now();
        let found = say();
        Self { by, found, place: None, took: begun.elapsed() }
    }

    /// It must name this place.
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// Whether it refused.
    pub fn is_refusal(&self) -> bool {
        self.found.is_some()
    }

    /// Whether it named the right place; none where there is none to name.
    pub fn is_placed(&self) -> Option<bool> {
        let place = self.place.as_ref()?;
        Some(self.found.as_ref().is_some_and(|found| found.starts_with(place.as_str())))
    }
}

/// The name of the inspector's verification.
pub const INSPECTOR: &str = "inspector";
/// The name of the independent verifier.
pub const PYTHON: &str = "verify.py";

/// The inspector over a folder, holding what is kept elsewhere.
pub fn inspector(runtime: &Runtime, folder: &Folder, origin: &Origin, against: &Against) -> Verdict {
    Verdict::of(INSPECTOR, || {
        let paths = paths(&folder.data());
        let verified = inspector::verify(&paths, origin.clone(), against, |_, _| {});
        match runtime.block_on(verified) {
            Ok(report) => report.findings.first().map(ToString::to_string),
            Err(error) => Some(error.to_string()),
        }
    })
}

/// The independent verifier over what the folder's log exports, with further arguments.
pub fn python(runtime: &Runtime, folder: &Folder, origin: &Origin, more: &[&Path]) -> Verdict {
    let file = folder.beside("attacked.ndjson");
    runtime.block_on(exported(folder, origin, &file));
    let arguments: Vec<PathBuf> = std::iter::once(file).chain(more.iter().map(|p| p.to_path_buf())).collect();
    run_python(&arguments)
}

/// The independent verifier with these arguments.
pub fn run_python(arguments: &[PathBuf]) -> Verdict {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto/verify.py");
    Verdict::of(PYTHON, || {
        let output = Command::new("python3").arg(script).args(arguments).output().expect("python3");
        let told = String::from_utf8_lossy(&output.stdout);
        let first =
            told.lines().find(|l| l.starts_with("broken") || l.starts_with("refused") || l.starts_with("contra"));
        match output.status.code() {
            Some(0) => None,
            Some(1) => Some(first.unwrap_or("?").trim_start_matches("broken at ").to_owned()),
            other => panic!("verify.py ended with {other:?}: {}", String::from_utf8_lossy(&output.stderr)),
        }
    })
}

async fn exported(folder: &Folder, origin: &Origin, to: &Path) -> Option<HeadFile> {
    let source = Source::open(folder.data().join("ledger.db")).await.expect("opens");
    let mut out = std::io::BufWriter::new(std::fs::File::create(to).expect("a file"));
    let exported = inspector::export(&source, origin, &mut out, |_| {}).await.expect("exports");
    source.close().await;
    exported.head
}

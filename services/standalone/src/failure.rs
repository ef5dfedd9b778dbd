//! Failures of the command line: a stable code and a sentence, on standard error, and an exit status.
//! Status 1: refused or found wrong. Status 2: could not be done.

use std::process::ExitCode;

use crate::out;

/// A failure that has a code of its own.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {what}")]
pub struct Failure {
    code: &'static str,
    what: String,
}

impl Failure {
    /// A failure.
    pub fn new(code: &'static str, what: impl Into<String>) -> Self {
        Self { code, what: what.into() }
    }
}

/// Prints an error with its causes. What the engine says about a full disk gets a code that says so.
pub fn report(error: &anyhow::Error) -> ExitCode {
    if out::is_closed(error) {
        return ExitCode::from(out::PIPE_CLOSED);
    }
    let mut told: Vec<String> = error.chain().map(ToString::to_string).collect();
    // A transparent error repeats its cause's words.
    told.dedup();
    let told = told.join(": ");
    let code = if told.contains("database or disk is full") { "disk_full: " } else { "" };
    eprintln!("error: {code}{told}");
    ExitCode::from(2)
}

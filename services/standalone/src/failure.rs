//! Failures of the command line: a stable code and a sentence, on standard error, and an exit status.
//! Status 1: refused or found wrong. Status 2: could not be done.

use std::borrow::Cow;
use std::process::ExitCode;

use crate::out;

/// A failure that has a code of its own.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {what}")]
pub struct Failure {
    code: Cow<'static, str>,
    what: String,
}

impl Failure {
    /// A failure.
    pub fn new(code: impl Into<Cow<'static, str>>, what: impl Into<String>) -> Self {
        Self { code: code.into(), what: what.into() }
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What happened.
    pub fn what(&self) -> &str {
        &self.what
    }
}

/// Prints an error with its causes, its stable code first.
pub fn report(error: &anyhow::Error) -> ExitCode {
    if out::is_closed(error) {
        return ExitCode::from(out::PIPE_CLOSED);
    }
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        // An error may have said its cause's words already.
        if !told.contains(&cause) {
            told.push_str(if told.is_empty() { "" } else { ": " });
            told.push_str(&cause);
        }
    }
    let (before, code) = code(error, &told);
    eprintln!("error: {}{told}", if before { String::new() } else { format!("{code}: ") });
    ExitCode::from(2)
}

/// The code of an error, and whether its words begin with it already.
fn code(error: &anyhow::Error, told: &str) -> (bool, String) {
    let engine = [
        ("database or disk is full", "disk_full"),
        ("No space left on device", "disk_full"),
        ("file is not a database", "data_damaged"),
        ("database disk image is malformed", "data_damaged"),
        ("database is locked", "database_busy"),
    ];
    if let Some((_, code)) = engine.into_iter().find(|(words, _)| told.contains(words)) {
        return (told.starts_with(&format!("{code}: ")), code.to_owned());
    }
    let is_code = |word: &&str| word.contains('_') && word.bytes().all(|b| b == b'_' || b.is_ascii_lowercase());
    let mut words = told.split(": ");
    if let Some(first) = words.next()
        && is_code(&first)
    {
        return (true, first.to_owned());
    }
    if let Some(word) = words.find(is_code) {
        return (false, word.to_owned());
    }
    let io = error.chain().any(|e| e.downcast_ref::<std::io::Error>().is_some());
    (false, if io { "io_failed" } else { "failed" }.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Failure, code};
    use anyhow::Context;

    #[test]
    fn every_error_has_a_code_and_says_it_once() {
        let failure = || anyhow::Error::from(Failure::new("not_the_demo", "x"));
        let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
        let table = [
            (failure(), (true, "not_the_demo")),
            (failure().context("opening the ledger"), (false, "not_the_demo")),
            (anyhow::anyhow!("database: (code: 13) database or disk is full"), (false, "disk_full")),
            (anyhow::anyhow!("data_damaged: x: file is not a database"), (true, "data_damaged")),
            (Err::<(), _>(missing).context("writing x").expect_err("it is one"), (false, "io_failed")),
            (anyhow::anyhow!("something else"), (false, "failed")),
        ];
        for (error, (before, wanted)) in table {
            let told: Vec<String> = error.chain().map(ToString::to_string).collect();
            assert_eq!(code(&error, &told.join(": ")), (before, wanted.to_owned()), "{error:#}");
        }
    }
}

//! `parindex inspector verify-dossier`: whether a dossier holds, from itself and the keys to be believed.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use inspector::{BadDossier, verify_dossier};

use super::export;
use crate::against::BelievedArgs;
use crate::verify::tell_bounds;

/// `verify-dossier`
#[derive(Debug, Args)]
pub struct VerifyDossier {
    /// The dossier.
    pub file: PathBuf,
    #[command(flatten)]
    pub believed: BelievedArgs,
}

/// Does it.
pub fn run(args: &VerifyDossier) -> anyhow::Result<ExitCode> {
    let policy = args.believed.policy()?;
    let file = File::open(&args.file).with_context(|| format!("file_missing: {}", args.file.display()))?;
    let checked = match verify_dossier(BufReader::new(file), policy.as_ref()) {
        Ok(checked) => checked,
        Err(BadDossier::Io(error)) => return Err(error.into()),
        Err(bad) => {
            say!("FAILED: {bad}");
            return Ok(ExitCode::from(1));
        }
    };
    export::tell_dossier(&checked.manifest)?;
    export::tell(&checked.believed)?;
    tell_bounds(checked.bounds.reach())?;
    for note in checked.bounds.notes() {
        say!("note: {note}");
    }
    if !checked.page_known {
        say!("  index.html is of another version than is known here: NOTHING VOUCHES FOR WHAT IT SAYS");
    }
    match checked.by_its_own_word {
        false => say!("OK: the dossier holds"),
        true => say!(
            "OK: the dossier holds, BY THE KEY THAT IT NAMES ITSELF: give --log-key or --policy from elsewhere, or whoever \
             made it may have made the key too"
        ),
    }
    Ok(ExitCode::SUCCESS)
}

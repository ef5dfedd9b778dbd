//! `parindex inspector export`: what is handed to an archive, an appellant or a court, in one file under a signed checkpoint.
//! `parindex export` is the whole log as lines; here is a part of it that can be checked by itself.

mod publication;
mod round;
mod score;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use inspector::{DossierError, Seal};
use proto::dossier::{About, Complete, Manifest};
use proto::policy::Believed;
use signer::Store;

use crate::against::{BelievedArgs, read};
use crate::failure::Failure;
use crate::home::Home;
use crate::signing::STORE;

/// `inspector export`
#[derive(Debug, Subcommand)]
pub enum Export {
    /// A round as one archive: events, checkpoint, documents, results, a page to read, and how to check it.
    Round(round::Round),
    /// The history of one score, or of a unit's sheet, as one archive: events, their proofs, checkpoint.
    Score(score::Score),
    /// A publication's proof for paper: a sheet with position, size, root, and codes that verify offline.
    Publication(publication::Publication),
}

/// Does it.
pub async fn run(what: Export) -> anyhow::Result<ExitCode> {
    match what {
        Export::Round(args) => round::run(args).await,
        Export::Score(args) => score::run(args).await,
        Export::Publication(args) => publication::run(args).await,
    }
}

/// Under which checkpoint.
#[derive(Debug, Args)]
pub struct SealArgs {
    /// The signer's folder, whose last checkpoint it is; a data folder's own if absent.
    #[arg(long, value_name = "DIR")]
    signer_store: Option<PathBuf>,
    /// A signed checkpoint kept outside, in its place.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Whom to believe; the keys of the signer's folder if nobody is named. With witnesses in the policy it is the last
    /// checkpoint that enough of them have cosigned.
    #[command(flatten)]
    believed: BelievedArgs,
}

impl SealArgs {
    /// The checkpoint and whom to believe that it is the log's.
    fn seal(&self, home: &Home) -> anyhow::Result<Seal> {
        let store = match (&self.signer_store, home) {
            (Some(store), _) => Some(Store::of(store)),
            (None, Home::Folder(folder)) => Some(Store::of(&folder.file(STORE))),
            (None, Home::Database(..)) => None,
        };
        let policy = self.believed.policy()?;
        let checkpoint = match (&self.checkpoint, &store) {
            (Some(file), _) => read(file)?,
            (None, Some(store)) => {
                let cosigned = match &policy {
                    Some(policy) if policy.least_witnesses() > 0 => store.cosigned()?,
                    _ => store.checkpoint()?,
                };
                cosigned
                    .ok_or_else(|| Failure::new("checkpoint_missing", "the signer's folder has no such checkpoint"))?
            }
            (None, None) => return Err(Failure::new("usage", "say --signer-store DIR or --checkpoint FILE").into()),
        };
        let text = match (self.believed.text()?, &store) {
            (Some(text), _) => text,
            (None, Some(store)) => BelievedArgs::of_keys(&store.keys()?),
            (None, None) => return Err(Failure::new("usage", "say --policy FILE or --log-key KEY").into()),
        };
        Ok(Seal::new(checkpoint, text)?)
    }
}

/// Writes a dossier to a file that must not be there yet. Half a dossier is none: it does not stay.
async fn new_file(
    path: &Path,
    export: impl AsyncFnOnce(&File) -> Result<Manifest, DossierError>,
) -> anyhow::Result<Manifest> {
    let file = File::create_new(path).with_context(|| format!("writing {}", path.display()))?;
    match export(&file).await {
        Ok(manifest) => {
            file.sync_all()?;
            Ok(manifest)
        }
        Err(error) => {
            let _ = std::fs::remove_file(path);
            Err(error.into())
        }
    }
}

/// What a dossier holds, for people.
pub fn tell_dossier(manifest: &Manifest) -> anyhow::Result<()> {
    let Manifest { round, log, bodies, withheld, publications, evidence, .. } = manifest;
    let references = evidence.references;
    match (manifest.about, &manifest.unit) {
        (About::Score, Some(unit)) => {
            say!(
                "dossier of the sheet of {unit} in the round {round} of the log {log}: {bodies} events with their proofs"
            );
        }
        _ => {
            say!("dossier of the round {round} of the log {log}: {bodies} events, {withheld} others by hash alone");
            say!("  {} publications", publications.len());
        }
    }
    say!("  {references} references to evidence, without the files");
    match (manifest.complete, manifest.about) {
        (Complete::WholeLog, _) => say!("  no event is missing: all of the log's up to the checkpoint are here"),
        (Complete::Unproven, About::Round) => {
            say!("  NOT PROVEN: that the events here by hash alone are none of the round's");
        }
        (Complete::History, _) => {
            let (to, of) = (manifest.complete_to.unwrap_or_default(), manifest.size);
            say!("  no event is missing up to #{to} of {of}, and they lead to its points, by its complete history");
            say!("  NOT PROVEN: that no event came after #{to}");
        }
        (Complete::Heads, _) => {
            let (to, of) = (manifest.complete_to.unwrap_or_default(), manifest.size);
            say!("  none of the round's events is missing up to #{to} of {of}, by the heads map that an anchor holds");
            say!("  NOT PROVEN: that no event of the round came after #{to} beside those that are here");
        }
        (Complete::Unproven, About::Score) => say!("  NOT PROVEN: that no event came after these in their streams"),
    }
    Ok(())
}

/// Who vouches for a checkpoint, for people.
pub fn tell(believed: &Believed) -> anyhow::Result<()> {
    let head = believed.checkpoint.head;
    say!("under the checkpoint of {} events, root {}", head.size, head.root);
    for key in &believed.signed_by {
        say!("  signed by {}", key.short());
    }
    for (witness, _) in &believed.cosigned_by {
        say!("  cosigned by {witness}");
    }
    if believed.cosigned_by.is_empty() {
        say!("  NO WITNESS HAS COSIGNED IT: whoever holds the log's key can make others");
    }
    Ok(())
}

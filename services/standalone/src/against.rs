//! What a verification is told to hold the log against: heads and checkpoints kept elsewhere, and the signer's own folder.
//! A checkpoint is taken only if a key signed it that the operator named.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use inspector::{Against, HeadFile, Kept, KeptHead};
use proto::note::Key;
use proto::policy::Policy;
use signer::Store;

use crate::failure::Failure;
use crate::home::Home;
use crate::signing::STORE;

/// What is kept, and whom to believe.
#[derive(Debug, Default, Args)]
pub struct KeptArgs {
    /// A head kept outside: origin, size and root on three lines.
    #[arg(long, value_name = "FILE")]
    pub head: Option<PathBuf>,
    /// A signed checkpoint kept outside; several may be given, and what changed lies between two of them.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Vec<PathBuf>,
    #[command(flatten)]
    pub believed: BelievedArgs,
    /// The signer's folder, whose checkpoint and tiles are held against the log; a data folder's own if absent.
    #[arg(long, value_name = "DIR")]
    pub signer_store: Option<PathBuf>,
}

/// Whom to believe.
#[derive(Debug, Default, Args)]
pub struct BelievedArgs {
    /// Keys of the log and of witnesses, and how many of these must have cosigned (C2SP tlog-policy).
    #[arg(long, value_name = "FILE", conflicts_with = "log_key")]
    pub policy: Option<PathBuf>,
    /// The log's key alone, NAME+ID+BASE64; no witness is asked for.
    #[arg(long, value_name = "KEY")]
    pub log_key: Vec<Key>,
}

impl BelievedArgs {
    /// The policy; none where nobody was named.
    pub fn policy(&self) -> anyhow::Result<Option<Policy>> {
        Ok(self.text()?.map(|text| Policy::parse(&text)).transpose()?)
    }

    /// The policy; somebody must be named.
    pub fn named(&self) -> anyhow::Result<Policy> {
        self.policy()?.ok_or_else(nobody)
    }

    /// The policy; the keys of a data folder's own signer where nobody was named.
    pub fn named_or_own(&self, home: &Home) -> anyhow::Result<Policy> {
        match (self.policy()?, home) {
            (Some(policy), _) => Ok(policy),
            (None, Home::Folder(folder)) => own_policy(&folder.file(STORE)),
            (None, Home::Database(..)) => Err(nobody()),
        }
    }

    /// The same as it is written: the file, or the keys and no witness.
    pub fn text(&self) -> anyhow::Result<Option<String>> {
        if let Some(path) = &self.policy {
            let text = std::fs::read_to_string(path).with_context(|| format!("file_missing: {}", path.display()))?;
            return Ok(Some(text));
        }
        Ok((!self.log_key.is_empty()).then(|| Self::of_keys(&self.log_key)))
    }

    /// A policy that believes a log by its keys and asks for no witness.
    pub fn of_keys(keys: &[Key]) -> String {
        keys.iter().map(|key| format!("log {key}\n")).collect::<String>() + "quorum none\n"
    }
}

impl KeptArgs {
    /// What to hold a log against.
    pub fn against(&self, home: &Home) -> anyhow::Result<Against> {
        let policy = self.believed.policy()?;
        let mut against = match &self.signer_store {
            Some(store) => {
                in_store(store, policy.as_ref())?.context("data_missing: the signer's folder has no checkpoint")?
            }
            None => beside(home, policy.as_ref())?,
        };
        if let Some(path) = &self.head {
            let head = HeadFile::parse(&String::from_utf8_lossy(&read(path)?))?;
            against.heads.push(KeptHead::of_head("the head", &head));
        }
        against.believed.clone_from(&policy);
        for path in &self.checkpoint {
            let name = format!("the checkpoint {}", path.display());
            let policy = policy.as_ref().ok_or_else(nobody)?;
            against.heads.push(KeptHead::of_checkpoint(&name, Kept::Outside, &read(path)?, policy)?);
        }
        Ok(against)
    }
}

fn nobody() -> anyhow::Error {
    Failure::new("usage", "say --policy FILE or --log-key KEY: whose signature is believed").into()
}

/// The file of a checkpoint: the one that was named, or a data folder's own.
pub fn checkpoint_file(named: Option<PathBuf>, home: &Home) -> anyhow::Result<PathBuf> {
    match (named, home) {
        (Some(path), _) => Ok(path),
        (None, Home::Folder(folder)) => Ok(folder.file(STORE).join("checkpoint")),
        (None, Home::Database(..)) => Err(Failure::new("usage", "say --checkpoint FILE").into()),
    }
}

/// What stands in a data folder's own signer's folder; nothing where the log is not signed there.
pub fn beside(home: &Home, policy: Option<&Policy>) -> anyhow::Result<Against> {
    match home {
        Home::Folder(folder) => Ok(in_store(&folder.file(STORE), policy)?.unwrap_or_default()),
        Home::Database(..) => Ok(Against::default()),
    }
}

/// A signer's folder: its checkpoint, believed by the keys that it names where nobody named others, and its tiles.
fn in_store(store: &Path, policy: Option<&Policy>) -> anyhow::Result<Option<Against>> {
    let path = store.join("checkpoint");
    if !path.exists() {
        return Ok(None);
    }
    let own = match policy {
        Some(policy) => policy.clone(),
        None => own_policy(store)?,
    };
    let kept = KeptHead::of_checkpoint("the signer's checkpoint", Kept::Beside, &read(&path)?, &own)?;
    let (tiles, mut heads) = (Some((store.to_owned(), kept.head)), vec![kept]);
    // The last one that enough witnesses have cosigned, where it is not the same.
    if policy.is_some()
        && let Some(cosigned) = Store::of(store).cosigned()?
    {
        let kept = KeptHead::of_checkpoint("the signer's last cosigned checkpoint", Kept::Beside, &cosigned, &own)?;
        heads.extend((kept.head.size < heads[0].head.size).then_some(kept));
    }
    Ok(Some(Against { heads, tiles, ..Against::default() }))
}

/// The keys that a signer's folder names of itself.
fn own_policy(store: &Path) -> anyhow::Result<Policy> {
    Ok(Policy::of_logs(Store::of(store).keys()?))
}

/// A file that was named.
pub fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("file_missing: {}", path.display()))
}

//! Signing beside the writer, in one process: where the key and the signer's folder are, and the signer that runs there.
//! Whoever holds key and database can rewrite the log unseen by all who keep nothing of it: README says so.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, ValueEnum};
use intake::evidence::MasterKey;
use platform::db::Place;
use platform::key_file;
use platform::shell::Shell;
use proto::key_statement::{KeyStatement, Replaced};
use proto::note::{KeyKind, KeyName, NoteSigner};
use proto::policy::Policy;
use proto::{Instant, Origin, Vouched};
use signer::{Cosigners, Following, LogRows, Proofs, Served, Signer, State, Store, WITNESS_WAIT_MS, Witnesses, follow};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::data::Data;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::home::{Held, Home};
use crate::operate::{Operation, operate};

/// A data folder's signing key.
pub const KEY: &str = "signing.key";
/// A data folder's folder of checkpoints and tiles.
pub const STORE: &str = "signer";
/// How often a signer looks at the log when nobody waits for a checkpoint.
pub const EVERY: Duration = Duration::from_millis(1_000);

/// Where the signing key is.
#[derive(Debug, Clone, Default, Args)]
pub struct Signing {
    /// The signing key's file; in a data folder `signing.key` if absent. Two while one takes the other's place. Without one, a
    /// database's log is not signed here.
    #[arg(long, value_name = "FILE")]
    pub signing_key: Vec<PathBuf>,
    /// The signer's folder: its last checkpoint and the tiles; in a data folder `signer` if absent.
    #[arg(long, value_name = "DIR", requires = "signing_key")]
    pub signer_store: Option<PathBuf>,
    /// The witnesses that are asked to cosign, and how many are enough (C2SP tlog-policy); the log's key stands there too.
    #[arg(long, value_name = "FILE")]
    pub witnesses: Option<PathBuf>,
}

/// What signs a log.
struct Signs {
    keys: Vec<NoteSigner>,
    store: PathBuf,
}

impl Signing {
    /// The key and the folder, where the log is signed by this process.
    fn of(&self, held: &Held) -> anyhow::Result<Option<Signs>> {
        let (keys, store) = match held {
            Held::Folder(held) => {
                let store = self.signer_store.clone().unwrap_or_else(|| held.folder().file(STORE));
                // A folder that was made without a signer, or restored without one, is not signed.
                if !store.exists() && self.signing_key.is_empty() {
                    return Ok(None);
                }
                let own = vec![held.folder().file(KEY)];
                (if self.signing_key.is_empty() { own } else { self.signing_key.clone() }, store)
            }
            Held::Database(_) => match (self.signing_key.clone(), self.signer_store.clone()) {
                (keys, _) if keys.is_empty() => return Ok(None),
                (keys, Some(store)) => (keys, store),
                (_, None) => return Err(Failure::new("usage", "say --signer-store DIR too").into()),
            },
        };
        Ok(Some(Signs { keys: keys.iter().map(|key| key_file::read(key)).collect::<Result<_, _>>()?, store }))
    }
}

/// Makes the key and the folder of a new log in its data folder.
pub fn begin(folder: &Folder) -> anyhow::Result<()> {
    let name = KeyName::parse(folder.origin().as_str())?;
    let key = key_file::generate(&folder.file(KEY), name, KeyKind::Log)?;
    Ok(Store::create(&folder.file(STORE), key.key(), None)?)
}

/// A policy that names the witnesses of a log: its own key must stand there, or nobody's cosignature would count for it.
fn policy(file: &Path, keys: &[NoteSigner]) -> anyhow::Result<Policy> {
    let text = std::fs::read_to_string(file).with_context(|| format!("file_missing: {}", file.display()))?;
    let policy = Policy::parse(&text)?;
    match keys.iter().find(|key| !policy.logs().iter().any(|known| known.key == *key.key())) {
        Some(key) => {
            let what = format!("{} does not name the log's key {}", file.display(), key.key());
            Err(Failure::new("policy_without_log", what).into())
        }
        None => Ok(policy),
    }
}

/// A signer that runs.
pub struct Running {
    served: Served,
    state: watch::Receiver<State>,
    following: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Running {
    /// Begins to sign the log at a place, if there is a key for it.
    pub async fn begin(signing: &Signing, held: &Held, place: Place, origin: Origin) -> anyhow::Result<Option<Self>> {
        let Some(Signs { keys, store }) = signing.of(held)? else { return Ok(None) };
        let rows = LogRows::open(place, origin).await?;
        Self::of(keys, store, rows, EVERY, signing.witnesses.as_deref()).map(Some)
    }

    /// Begins to sign with a key, in a folder.
    pub fn of(
        keys: Vec<NoteSigner>,
        store: PathBuf,
        rows: LogRows,
        every: Duration,
        witnesses: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let policy = witnesses.map(|file| policy(file, &keys)).transpose()?;
        let signer = Signer::new(rows.clone(), &store, keys)?;
        let (wanted, (tell, state)) = (Arc::new(Notify::new()), watch::channel(State::default()));
        let (stop, stopped) = watch::channel(false);
        let proofs = Proofs::new(Store::of(&store), state.clone(), Arc::clone(&wanted));
        let witnesses = match policy {
            Some(policy) => {
                let cosigners = Cosigners::new(&policy, Duration::from_millis(WITNESS_WAIT_MS));
                let cosigners = cosigners.map_err(|e| Failure::new("witnesses_unusable", e))?;
                Witnesses::new(cosigners, policy, proofs.clone())
            }
            None => None,
        };
        let following = tokio::spawn(follow(signer, witnesses, Following { every, wanted, state: tell, stopped }));
        Ok(Self { served: Served { proofs, rows }, state, following, stop })
    }

    /// What is served of it.
    pub fn served(&self) -> Served {
        self.served.clone()
    }

    /// Says how signing stands, and its figures, in a shell.
    pub fn observe(&self, shell: &Shell) {
        let help = "Events of the log that no checkpoint covers, by who vouches for it: the log's signature, or enough witnesses";
        for (by, name) in [(Vouched::Signed, "signed"), (Vouched::Cosigned, "cosigned")] {
            let state = self.state.clone();
            let labels = vec![("vouched", name.to_owned())];
            shell.metrics().gauge("parindex_window_events", help, labels, move || state.borrow().window(by) as f64);
        }
        let state = self.state.clone();
        shell.health().needs("signing", move || {
            let refused = state.borrow().refused.clone();
            async move { refused.map_or(Ok(()), Err) }
        });
    }

    /// Signs once more, and ends.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        self.following.await.context("signing")
    }
}

/// `keygen`
#[derive(Debug, Args)]
pub struct Keygen {
    /// What it signs.
    #[arg(long, value_enum)]
    pub kind: Kind,
    /// Its name: of a log's key the log's origin, of a witness's an address without its scheme. A master key has none.
    #[arg(long, required_if_eq_any([("kind", "log"), ("kind", "witness")]))]
    pub name: Option<String>,
    /// The file: it must not be there yet, and only its owner may read it.
    pub file: PathBuf,
}

/// Kinds of keys.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Kind {
    /// Signs a log's checkpoints.
    Log,
    /// Cosigns checkpoints of others' logs.
    Witness,
    /// Signs nothing: the keys of files are wrapped under it. A data folder makes its own.
    Files,
}

/// `signer-store`
#[derive(Debug, Args)]
pub struct SignerStore {
    /// The signing key's file.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// The last checkpoint that the key has signed, where it has signed one: from a witness, a receipt, an export.
    #[arg(long, value_name = "FILE")]
    pub last: Option<PathBuf>,
    /// The folder is there: the key takes the place of the one that signs in it. `name-key` says so on record.
    #[arg(long, conflicts_with = "last")]
    pub add: bool,
    /// The folder.
    pub folder: PathBuf,
}

/// `name-key`
#[derive(Debug, Args)]
pub struct NameKey {
    #[command(flatten)]
    pub data: Data,
    /// The key's file.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// The file of the key whose place it takes.
    #[arg(long, value_name = "FILE", requires = "until")]
    pub replaces: Option<PathBuf>,
    /// The first moment from which the old key signs no more (RFC 3339, UTC, six decimals); until then both do.
    #[arg(long, value_name = "INSTANT", requires = "replaces")]
    pub until: Option<Instant>,
}

/// Puts a key on record.
pub async fn name_key(args: NameKey) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let key = key_file::read(&args.key)?;
    let old = args.replaces.as_deref().map(key_file::read).transpose()?;
    let replaces = old.as_ref().zip(args.until).map(|(old, until)| Replaced { key: old.key().clone(), until });
    let statement = KeyStatement { log: home.origin().clone(), key: key.key().clone(), replaces };
    let by: Vec<&NoteSigner> = old.iter().chain([&key]).collect();
    operate(&home, Operation::NameKey { statement: statement.signed(&by) }).await?;
    say!("{} is on record", key.key());
    Ok(ExitCode::SUCCESS)
}

/// Makes a key; prints its public half, where it has one.
pub fn keygen(args: &Keygen) -> anyhow::Result<ExitCode> {
    let kind = match args.kind {
        Kind::Log => KeyKind::Log,
        Kind::Witness => KeyKind::Witness,
        Kind::Files => {
            MasterKey::make(&args.file)?;
            say!("{}: the master key of files; keep a copy apart from them and from their keys", args.file.display());
            return Ok(ExitCode::SUCCESS);
        }
    };
    let name = KeyName::parse(args.name.as_deref().unwrap_or_default())?;
    let key = key_file::generate(&args.file, name, kind)?;
    say!("{}", key.key());
    Ok(ExitCode::SUCCESS)
}

/// Makes a signer's folder.
pub fn signer_store(args: &SignerStore) -> anyhow::Result<ExitCode> {
    let key = key_file::read(&args.key)?;
    if args.add {
        Store::add_key(&args.folder, key.key())?;
        say!("{}: {} signs there too", args.folder.display(), key.key().short());
        return Ok(ExitCode::SUCCESS);
    }
    let read = |path: &PathBuf| std::fs::read(path).with_context(|| format!("file_missing: {}", path.display()));
    let last = args.last.as_ref().map(read).transpose()?;
    if let Some(last) = &last {
        let note = proto::note::Note::parse(last).map_err(proto::checkpoint::BadCheckpoint::from)?;
        proto::checkpoint::Checkpoint::open(&note, std::slice::from_ref(key.key()))?;
    }
    Store::create(&args.folder, key.key(), last.as_deref())?;
    say!("{}: the folder of {}", args.folder.display(), key.key());
    Ok(ExitCode::SUCCESS)
}

//! Files of evidence: taken in as they come, encrypted, kept under the address of what is stored, handed out again as they were.
//! The log holds the address and salted commitments; what opens them lies apart, and can be destroyed.

mod batch;
mod inflow;
mod keys;
mod kind;
mod master;
mod orphans;
mod outgoing;
mod refusal;
mod sealed;
mod store;

use futures::TryStreamExt;
use platform::db::Place;
use platform::key_file::KeyFileError;
use platform::objects::{Objects, ObjectsError};
use proto::act::sheet::Evidence;
use proto::commitment::commit;
use proto::hash::Digesting;
use proto::stored_file::{FileOpening, FileReceipt, FileSecrets};
use proto::{Hash, UnitId};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

pub use batch::BatchFile;
pub use keys::{FileRecord, KeysError};
pub use kind::{FileKind, NotTaken};
pub use master::{MasterKey, Wrap};
pub use orphans::{ORPHAN_DAYS, Orphans};
pub use outgoing::Outgoing;
pub use sealed::NotSealed;
pub(crate) use sealed::plain_bytes;
pub use store::{FILES, Store};

use inflow::seal;
use keys::Keys;
use kind::Looking;

/// The most bytes of a file.
pub const FILE_BYTES_MAX: u64 = 1 << 30;
/// The most bytes that are stored for a unit.
pub const UNIT_BYTES_MAX: u64 = 16 << 30;
/// The most bytes of a file's name.
const NAME_BYTES_MAX: usize = 255;

/// Why a file is not taken, or not handed out.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// What is in it.
    #[error("file_refused: {0}")]
    Kind(#[from] NotTaken),
    /// Its name says that it is something else.
    #[error("file_name_differs: its name ends in .{ending}, but it is {kind}")]
    Ending {
        /// How the name ends.
        ending: String,
        /// The media type of what is in it.
        kind: &'static str,
    },
    /// Its name is none.
    #[error("file_name_bad: a name has 1 to {NAME_BYTES_MAX} bytes, no path and no control characters")]
    Name,
    /// It has too many bytes.
    #[error("file_too_large: more than {FILE_BYTES_MAX} bytes")]
    TooLarge,
    /// The unit has stored too many bytes.
    #[error("unit_full: more than {UNIT_BYTES_MAX} bytes would be stored for {0}")]
    UnitFull(UnitId),
    /// It could not be read to its end, or not be written.
    #[error("reading: {0}")]
    Io(#[from] std::io::Error),
    /// The store of files failed.
    #[error(transparent)]
    Objects(#[from] ObjectsError),
    /// The store of keys failed.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// There is no such file.
    #[error("file_missing: no file is stored under {0}")]
    Missing(Hash),
    /// Its key is not there: it never was, or it was destroyed.
    #[error("file_key_missing: the key of {0} is not there, or was destroyed")]
    NoKey(Hash),
    /// The stored bytes are not those of the address.
    #[error("file_altered: what is stored under {0} is not what was stored there")]
    Altered(Hash),
    /// It cannot be encrypted.
    #[error("file_unsealed: {0}")]
    Sealed(#[from] NotSealed),
    /// The master key cannot be used.
    #[error(transparent)]
    Master(#[from] KeyFileError),
    /// The operating system gave no random bytes.
    #[error("no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// A file that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenIn {
    /// What the log is to hold of it, and what opens that.
    pub receipt: FileReceipt,
    /// Where the same bytes stand already that the unit has sent before.
    pub again: Option<Hash>,
}

/// How a file stands that the log refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It is there, byte for byte, and its key opens.
    Sound,
    /// It is not there.
    Missing,
    /// Other bytes are there.
    Altered,
    /// It is there, and nothing opens it any more.
    Keyless,
}

/// The files of an authority.
pub struct Files {
    objects: Objects,
    keys: Keys,
}

impl Files {
    /// Opens files and keys.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn open(objects: Objects, keys: &Place, wrap: Box<dyn Wrap>) -> Result<Self, FileError> {
        Ok(Self { objects, keys: Keys::open(keys, wrap).await? })
    }

    /// Takes a file in. Once this returns, file and key outlast a power loss. Where it fails, no key of it is kept: what the store
    /// may have of it, where the store failed too, nobody can open and nobody was told of, and `scrub` tells it.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn take_in(
        &self,
        of: (&UnitId, &str, &str),
        plain: impl AsyncRead + Unpin,
    ) -> Result<TakenIn, FileError> {
        self.take_in_as(of, plain, |looking, name| Ok(kind_of(looking, name)?.media_type())).await
    }

    /// The same, for whatever says which media type a file has, or why it is not taken.
    async fn take_in_as(
        &self,
        (unit, name, page): (&UnitId, &str, &str),
        plain: impl AsyncRead + Unpin,
        media_type: impl FnOnce(&Looking, &str) -> Result<&'static str, FileError>,
    ) -> Result<TakenIn, FileError> {
        let plain_name = !name.is_empty() && name.len() <= NAME_BYTES_MAX;
        if !plain_name || name.chars().any(|c| c.is_control() || c == '/' || c == '\\') {
            return Err(FileError::Name);
        }
        let left = UNIT_BYTES_MAX.saturating_sub(self.keys.bytes_of(unit).await?);
        let mut incoming = self.objects.incoming().await?;
        let sealed = seal(&mut incoming, plain, (unit, left)).await;
        let sealed = sealed.and_then(|sealed| Ok((media_type(&sealed.looking, name)?, sealed)));
        let (media_type, inflow::Sealed { stored, digest, key, .. }) = match sealed {
            Ok(sealed) => sealed,
            Err(error) => {
                // A store that fails here as well says nothing new, and what is left has broken off.
                let _ = incoming.drop_it().await;
                return Err(error);
            }
        };
        let opening = FileOpening { digest, digest_salt: random()?, name: name.to_owned(), name_salt: random()? };
        let evidence = Evidence {
            size: stored.bytes(),
            address: stored.digest(),
            media_type: media_type.to_owned(),
            page: page.to_owned(),
            digest_commitment: commit(&opening.digest_salt.0, &digest.0),
            name_commitment: commit(&opening.name_salt.0, name.as_bytes()),
        };
        let again = self.keys.again(unit, digest).await?;
        self.objects.keep(incoming, &evidence.address.to_string()).await?;
        self.keys.keep(unit, &evidence, &FileSecrets { key: Hash(key), opening: opening.clone() }).await?;
        Ok(TakenIn { receipt: FileReceipt { evidence, opening }, again })
    }

    /// A file on its way out, as it was taken in.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn open_file(&self, address: Hash) -> Result<Outgoing, FileError> {
        let stored = self.objects.read(&address.to_string()).await?;
        let stored = stored.ok_or(FileError::Missing(address))?;
        let record = self.keys.find(address).await?.ok_or(FileError::NoKey(address))?;
        Ok(Outgoing::new(address, record, stored))
    }

    /// What is kept of a file; none where it never was, or was destroyed.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn record(&self, address: Hash) -> Result<Option<FileRecord>, FileError> {
        Ok(self.keys.find(address).await?)
    }

    /// Hands a file out as it was taken in. What was written before an error is not the file.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn hand_out(&self, address: Hash, mut out: impl AsyncWrite + Unpin) -> Result<FileRecord, FileError> {
        let mut file = self.open_file(address).await?;
        while let Some(piece) = file.piece().await? {
            out.write_all(&piece).await?;
        }
        out.flush().await?;
        Ok(file.record)
    }

    /// Whether a reference is to a file that is here: its address and size, its type and commitments, and its unit, where one is
    /// named.
    ///
    /// # Errors
    /// [`FileError`] where the stores cannot be asked.
    pub async fn answers_to(&self, unit: Option<&UnitId>, evidence: &Evidence) -> Result<bool, FileError> {
        if self.objects.bytes(&evidence.address.to_string()).await? != Some(evidence.size) {
            return Ok(false);
        }
        let record = match self.keys.find(evidence.address).await {
            Ok(record) => record,
            Err(KeysError::Damaged(_)) => None,
            Err(error) => return Err(error.into()),
        };
        let same = |file: &FileRecord| file.media_type == evidence.media_type && file.size == evidence.size;
        let its =
            |file: &FileRecord| unit.is_none_or(|unit| file.unit == *unit) && file.secrets.opening.opens(evidence);
        Ok(record.is_some_and(|file| same(&file) && its(&file)))
    }

    /// How a file stands that the log refers to.
    ///
    /// # Errors
    /// [`FileError`] where the stores cannot be asked.
    pub async fn standing(&self, evidence: &Evidence) -> Result<Standing, FileError> {
        let Some(mut stored) = self.objects.read(&evidence.address.to_string()).await? else {
            return Ok(Standing::Missing);
        };
        let mut digest = Digesting::default();
        while let Some(piece) = stored.try_next().await? {
            digest.take(&piece);
        }
        if digest.bytes() != evidence.size || digest.digest() != evidence.address {
            return Ok(Standing::Altered);
        }
        match self.keys.find(evidence.address).await {
            Ok(Some(_)) => Ok(Standing::Sound),
            Ok(None) | Err(KeysError::Damaged(_)) => Ok(Standing::Keyless),
            Err(error) => Err(error.into()),
        }
    }

    /// Closes the keys.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn close(self) -> Result<(), FileError> {
        Ok(self.keys.close().await?)
    }
}

/// What a file is, if its name does not say otherwise.
fn kind_of(looking: &Looking, name: &str) -> Result<FileKind, FileError> {
    let kind = looking.kind()?;
    let ending = name.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_ascii_lowercase());
    if kind.endings().contains(&ending.as_str()) {
        Ok(kind)
    } else {
        Err(FileError::Ending { ending, kind: kind.media_type() })
    }
}

fn random() -> Result<Hash, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(Hash(bytes))
}

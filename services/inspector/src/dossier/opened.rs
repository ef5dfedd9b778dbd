//! A dossier's archive as it is read: nothing is taken out of it before it is known to be small enough and where it belongs.
//! An archive may lie about everything; what it says is held against its limits first, and against its bytes while they come.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use proto::EVENT_BYTES_MAX;
use proto::checkpoint::BadCheckpoint;
use proto::dossier::{BadManifest, DOSSIER_BYTES_MAX, MEMBER_BYTES_MAX, MEMBERS_MAX, Member, MemberName};
use proto::hash::Digesting;
use proto::policy::BadPolicy;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

/// The most that a member may be packed: what dossiers hold is packed to a tenth, and never to a hundredth.
const PACKED_MAX: u64 = 200;
/// Where the record that ends an archive begins, from the end.
const END_BYTES: i64 = -22;
/// Below this many bytes a member may be packed as well as it can.
const SMALL_BYTES: u64 = 1 << 20;

/// Why a dossier is not believed. Each kind of damage has its own code.
#[derive(Debug, thiserror::Error)]
pub enum BadDossier {
    /// It is no archive of the kind that dossiers are, or beyond its limits.
    #[error("dossier_archive: {0}")]
    Archive(String),
    /// Its manifest is none.
    #[error("dossier_manifest: {0}")]
    Manifest(#[from] BadManifest),
    /// A member is missing, or one is there that the manifest does not name.
    #[error("dossier_members: {0}")]
    Members(String),
    /// A member is not the one that the manifest names.
    #[error("dossier_changed: the member {0} is not the one that the manifest names")]
    Changed(String),
    /// Its policy is none.
    #[error("dossier_policy: {0}")]
    Policy(#[from] BadPolicy),
    /// Its checkpoint is not believed.
    #[error("dossier_checkpoint: {0}")]
    Checkpoint(String),
    /// Too few witnesses have seen the checkpoint.
    #[error("dossier_quorum: the quorum is not met")]
    Quorum,
    /// An event does not fit.
    #[error("dossier_events: position {position}: {what}")]
    Event {
        /// Where.
        position: u64,
        /// What is wrong.
        what: String,
    },
    /// The events are not those of the checkpoint.
    #[error("dossier_root: {0}")]
    Root(String),
    /// An event is not proven to be in the log.
    #[error("dossier_proofs: position {position}: no proof leads from the event to the checkpoint's root")]
    Proofs {
        /// Where.
        position: u64,
    },
    /// Its complete history is none, or tells of other events than the dossier.
    #[error("dossier_history: {0}")]
    History(String),
    /// The heads map's proof is none, or tells of other streams than the dossier has.
    #[error("dossier_heads: {0}")]
    Heads(String),
    /// The manifest counts or names something otherwise than the events.
    #[error("dossier_manifest_differs: the manifest's {0} is not what the events say")]
    Differs(&'static str),
    /// A document is not what was sealed.
    #[error("dossier_documents: {0}")]
    Documents(String),
    /// The rows of a publication are not those that were published.
    #[error("dossier_results: {0}")]
    Results(String),
    /// The evidence manifest is not what the events say.
    #[error("dossier_evidence: the references to evidence are not those of the events")]
    Evidence,
    /// The rules give something else than an event says.
    #[error("dossier_rules: position {position}: {what}")]
    Rules {
        /// Where.
        position: u64,
        /// What is wrong.
        what: String,
    },
    /// An event's time lies outside the bounds that witnesses set.
    #[error("dossier_times: position {position}: {what}")]
    Times {
        /// Where.
        position: u64,
        /// What is wrong.
        what: String,
    },
    /// The page is not what these events make.
    #[error("dossier_page: {0}")]
    Page(String),
    /// The file cannot be read.
    #[error("reading: {0}")]
    Io(#[from] std::io::Error),
}

impl From<ZipError> for BadDossier {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(io) if io.kind() != std::io::ErrorKind::UnexpectedEof => unreadable(&io),
            other => Self::Archive(format!("it is damaged, cut short or no archive: {other}")),
        }
    }
}

impl From<BadCheckpoint> for BadDossier {
    fn from(bad: BadCheckpoint) -> Self {
        Self::Checkpoint(bad.to_string())
    }
}

/// Whether a file ends in the record that ends an archive without a comment; false for whatever is too short.
fn ends<R: Read + Seek>(file: &mut R) -> Result<bool, BadDossier> {
    const RECORD: &[u8; 4] = b"PK\x05\x06";
    let mut begins = [0; RECORD.len()];
    if file.seek(SeekFrom::End(0))? < END_BYTES.unsigned_abs() {
        return Ok(false);
    }
    file.seek(SeekFrom::End(END_BYTES))?;
    file.read_exact(&mut begins)?;
    file.rewind()?;
    Ok(begins == *RECORD)
}

/// What comes out of an archive cannot be read: it is the archive's fault.
fn unreadable(error: &std::io::Error) -> BadDossier {
    BadDossier::Archive(format!("a member cannot be unpacked: {error}"))
}

/// An archive within its limits.
pub struct Opened<R> {
    zip: ZipArchive<R>,
    names: Vec<MemberName>,
}

impl<R: Read + Seek> Opened<R> {
    /// Opens an archive; nothing is unpacked yet.
    pub fn open(mut file: R) -> Result<Self, BadDossier> {
        let refused = |what: &str| Err(BadDossier::Archive(what.to_owned()));
        let ended = ends(&mut file)?;
        let mut zip = ZipArchive::new(file)?;
        if zip.len() > MEMBERS_MAX {
            return refused("it has too many members");
        }
        if zip.has_duplicate_names() {
            return refused("a member stands there twice");
        }
        if !ended || zip.offset() != 0 || !zip.comment().is_empty() {
            return refused("something stands before it or behind it");
        }
        if zip.has_overlapping_files()? {
            return refused("its members overlap");
        }
        let (mut names, mut total) = (Vec::new(), 0_u64);
        for place in 0..zip.len() {
            let member = zip.by_index_raw(place)?;
            let name = MemberName::parse(&String::from_utf8_lossy(member.name_raw()));
            let name = name.map_err(|e| BadDossier::Archive(e.to_string()))?;
            total = total.saturating_add(member.size());
            if member.encrypted() || !member.is_file() || member.is_symlink() {
                return refused("a member is locked, or no file");
            }
            if ![CompressionMethod::Stored, CompressionMethod::Deflated].contains(&member.compression()) {
                return refused("a member is packed otherwise than by deflate");
            }
            if member.size() > SMALL_BYTES && member.size() / PACKED_MAX > member.compressed_size() {
                return refused("a member unpacks to far more than dossiers do");
            }
            names.push(name);
        }
        if total > DOSSIER_BYTES_MAX {
            return refused("it unpacks to too many bytes");
        }
        names.sort();
        Ok(Self { zip, names })
    }

    /// The members' names, sorted.
    pub fn names(&self) -> &[MemberName] {
        &self.names
    }

    /// A member's bytes.
    pub fn whole(&mut self, name: &str) -> Result<Vec<u8>, BadDossier> {
        let missing = || BadDossier::Members(format!("the member {name} is missing"));
        let place = self.zip.index_for_name(name).ok_or_else(missing)?;
        let member = self.zip.by_index(place)?;
        if member.size() > MEMBER_BYTES_MAX {
            return Err(BadDossier::Archive(format!("the member {name} has too many bytes")));
        }
        let mut bytes = Vec::new();
        member.take(MEMBER_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|e| unreadable(&e))?;
        Ok(bytes)
    }

    /// Holds a member against what the manifest says of it, without keeping it.
    pub fn check(&mut self, said: &Member) -> Result<(), BadDossier> {
        let changed = || BadDossier::Changed(said.name.as_str().to_owned());
        let place = self.zip.index_for_name(said.name.as_str()).ok_or_else(changed)?;
        let member = self.zip.by_index(place)?;
        if member.size() != said.size {
            return Err(changed());
        }
        let (mut digest, mut piece) = (Digesting::default(), vec![0; 1 << 16]);
        let mut member = member.take(said.size + 1);
        loop {
            match member.read(&mut piece).map_err(|e| unreadable(&e))? {
                0 => break,
                read => digest.take(&piece[..read]),
            }
        }
        let same = digest.bytes() == said.size && digest.digest() == said.sha256;
        if same { Ok(()) } else { Err(changed()) }
    }

    /// Shows each line of a member, without its line feed; `None` for one that is longer than an event may be.
    pub fn lines(
        &mut self,
        name: &str,
        mut see: impl FnMut(Option<&[u8]>) -> Result<(), BadDossier>,
    ) -> Result<(), BadDossier> {
        let missing = || BadDossier::Members(format!("the member {name} is missing"));
        let place = self.zip.index_for_name(name).ok_or_else(missing)?;
        let mut member = BufReader::with_capacity(1 << 16, self.zip.by_index(place)?);
        let mut line = Vec::new();
        loop {
            line.clear();
            let most = EVENT_BYTES_MAX as u64 + 1;
            let read = member.by_ref().take(most).read_until(b'\n', &mut line).map_err(|e| unreadable(&e))?;
            match line.split_last() {
                None if read == 0 => return Ok(()),
                Some((b'\n', line)) => see(Some(line))?,
                _ => see(None)?,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::super::archive::Archive;
    use super::super::verify_dossier;
    use super::{BadDossier, Opened};

    fn archive() -> Vec<u8> {
        let mut archive = Archive::new(Cursor::new(Vec::new()));
        for (name, bytes) in [("README.txt", &b"read"[..]), ("events.ndjson", b"{}\n{}\n"), ("manifest.json", b"{}")] {
            archive.put(name, bytes).expect("writes");
        }
        archive.finish().expect("ends").into_inner()
    }

    #[test]
    fn what_was_written_is_read_and_the_same_members_make_the_same_bytes() {
        let bytes = archive();
        assert_eq!(bytes, archive());
        let mut opened = Opened::open(Cursor::new(bytes)).expect("opens");
        assert_eq!(opened.whole("README.txt").expect("reads"), b"read");
        let mut lines = Vec::new();
        let see = |line: Option<&[u8]>| {
            lines.push(line.map(<[u8]>::to_vec));
            Ok(())
        };
        opened.lines("events.ndjson", see).expect("reads");
        assert_eq!(lines, [Some(b"{}".to_vec()), Some(b"{}".to_vec())]);
        assert!(matches!(opened.whole("policy"), Err(BadDossier::Members(_))));
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: if std::env::var_os("PARINDEX_FULL").is_some() { 30_000 } else { 1_000 },
            failure_persistence: None,
            ..Default::default()
        })]

        #[test]
        fn no_archive_that_was_spoiled_makes_it_panic_or_is_believed(
            changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..6), cut in any::<Index>(), whole in any::<bool>()
        ) {
            let mut bytes = archive();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if !whole {
                bytes.truncate(cut.index(bytes.len()));
            }
            prop_assert!(verify_dossier(Cursor::new(bytes), None).is_err());
        }
    }
}

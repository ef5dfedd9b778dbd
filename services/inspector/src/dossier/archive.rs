//! The archive that a dossier is written as: the same members always make the same bytes.
//! Every member has one time and one mode; they come in the order of their names, or are refused.

use std::io::{Seek, Write};

use proto::dossier::{Member, MemberName, names};
use proto::hash::Digesting;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::DossierError;

/// An archive that is written.
pub struct Archive<W: Write + Seek> {
    zip: ZipWriter<W>,
    members: Vec<Member>,
    open: Option<(MemberName, Digesting)>,
}

impl<W: Write + Seek> Archive<W> {
    /// An archive without members yet.
    pub fn new(out: W) -> Self {
        Self { zip: ZipWriter::new(out), members: Vec::new(), open: None }
    }

    /// Begins a member that comes in pieces.
    pub fn begin(&mut self, name: &str) -> Result<(), DossierError> {
        let name = MemberName::parse(name)?;
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644)
            // The events alone may have more than 4 GiB, which is not known before they are written.
            .large_file(name.as_str() == names::EVENTS);
        self.zip.start_file(name.as_str(), options)?;
        self.open = Some((name, Digesting::default()));
        Ok(())
    }

    /// The next piece of the member that was begun.
    pub fn piece(&mut self, bytes: &[u8]) -> Result<(), DossierError> {
        self.zip.write_all(bytes)?;
        if let Some((_, digest)) = &mut self.open {
            digest.take(bytes);
        }
        Ok(())
    }

    /// Ends the member that was begun.
    pub fn end(&mut self) {
        if let Some((name, digest)) = self.open.take() {
            self.members.push(Member { name, size: digest.bytes(), sha256: digest.digest() });
        }
    }

    /// A member as a whole.
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), DossierError> {
        self.begin(name)?;
        self.piece(bytes)?;
        self.end();
        Ok(())
    }

    /// The members so far, in the order in which they came.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Ends the archive.
    ///
    /// # Panics
    /// When members did not come in the order of their names.
    pub fn finish(self) -> Result<W, DossierError> {
        assert!(self.members.is_sorted_by(|a, b| a.name < b.name), "members come in the order of their names");
        Ok(self.zip.finish()?)
    }
}

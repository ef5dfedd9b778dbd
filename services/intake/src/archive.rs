//! A workbook's archive before anything reads it: what it says it is, and how large it really is.
//! Nothing is unpacked into memory; every file is inflated once only to be counted.

use std::io::{Cursor, Read, copy, sink};

use proto::document::Text;
use proto::text;
use zip::ZipArchive;

use crate::fault::{Faults, Place};
use crate::limits::{ARCHIVE_BYTES_MAX, ARCHIVE_FILES_MAX, WORKBOOK_BYTES_MAX};

/// How a file of the older kind begins, and an encrypted one of the newer kind.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// The name of the stream in which an encrypted workbook lies, as UTF-16.
const ENCRYPTED: &str = "EncryptedPackage";
/// The most bytes of the two small files that say what an archive is.
const LABEL_BYTES_MAX: u64 = 1024 * 1024;

fn refused(code: &'static str, what: Text) -> Faults {
    Faults::one(code, Place::File, what)
}

fn damaged() -> Faults {
    refused("archive_damaged", text!("tệp nén bị hỏng hoặc bị cắt cụt", "its archive is damaged or cut short"))
}

/// Whether bytes begin as a workbook of any kind.
#[must_use]
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") || bytes.starts_with(COMPOUND)
}

/// How much of a workbook is taken.
#[derive(Debug, Clone, Copy)]
pub struct Most {
    /// Bytes as it lies on the disk.
    pub bytes: usize,
    /// Bytes of its sheets once they are inflated, beyond those that everything in it may have together.
    pub sheets: u64,
}

/// How much of a document's workbook is taken: its sheets are held whole, as all else is.
pub const DOCUMENT: Most = Most { bytes: WORKBOOK_BYTES_MAX, sheets: 0 };

/// Where a workbook's sheets lie.
const SHEETS: &str = "xl/worksheets/";

/// Measures an archive.
///
/// # Errors
/// Why it is no workbook that can be taken.
pub fn measure(bytes: &[u8], most: Most) -> Result<(), Faults> {
    if bytes.len() > most.bytes {
        let most = most.bytes;
        let what = text!("lớn hơn {most} byte", "it has more than {most} bytes");
        return Err(refused("file_too_large", what));
    }
    if bytes.starts_with(COMPOUND) {
        return Err(compound(bytes));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    if archive.len() > ARCHIVE_FILES_MAX {
        let what = text!("quá {ARCHIVE_FILES_MAX} tệp bên trong", "more than {ARCHIVE_FILES_MAX} files are in it");
        return Err(refused("archive_too_many_files", what));
    }
    let too_large = || {
        let most = ARCHIVE_BYTES_MAX + most.sheets;
        let what = text!("giải nén ra hơn {most} byte", "it inflates to over {most} bytes");
        refused("archive_too_large", what)
    };
    // What an archive declares costs nothing to check; what it really holds is counted because it may lie.
    let mut left = Left { all: ARCHIVE_BYTES_MAX, sheets: most.sheets };
    for place in 0..archive.len() {
        let file = archive.by_index_raw(place).map_err(|_| damaged())?;
        let name = file.name().map_err(|_| damaged())?;
        left.take(&name, file.size()).ok_or_else(too_large)?;
    }
    let mut left = Left { all: ARCHIVE_BYTES_MAX, sheets: most.sheets };
    for place in 0..archive.len() {
        if archive.by_index_raw(place).map_err(|_| damaged())?.encrypted() {
            return Err(refused("workbook_encrypted", text!("tệp có mật khẩu", "it is locked with a password")));
        }
        let file = archive.by_index(place).map_err(|_| damaged())?;
        let name = file.name().map_err(|_| damaged())?.into_owned();
        let inflated = copy(&mut file.take(left.of(&name) + 1), &mut sink()).map_err(|_| damaged())?;
        left.take(&name, inflated).ok_or_else(too_large)?;
    }
    label(&mut archive)
}

/// Bytes that may still be inflated: by sheets alone, and by everything.
struct Left {
    all: u64,
    sheets: u64,
}

impl Left {
    fn of(&self, name: &str) -> u64 {
        if name.starts_with(SHEETS) { self.sheets.saturating_add(self.all) } else { self.all }
    }

    fn take(&mut self, name: &str, bytes: u64) -> Option<()> {
        let of_sheets = if name.starts_with(SHEETS) { bytes.min(self.sheets) } else { 0 };
        self.sheets -= of_sheets;
        self.all = self.all.checked_sub(bytes - of_sheets)?;
        Some(())
    }
}

/// What the archive is, by the files that say so.
fn label(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), Faults> {
    let mut read = |name: &str| {
        let mut text = Vec::new();
        let file = archive.by_name(name).ok()?;
        file.take(LABEL_BYTES_MAX).read_to_end(&mut text).ok()?;
        Some(String::from_utf8_lossy(&text).into_owned())
    };
    let other = |vi: &str, en: &str| {
        let what = text!("{vi}; cần tệp Excel .xlsx", "{en}; an Excel file .xlsx is expected");
        refused("workbook_other", what)
    };
    if read("mimetype").is_some_and(|m| m.contains("opendocument")) {
        return Err(other("tệp OpenDocument (.ods)", "it is an OpenDocument file (.ods)"));
    }
    let Some(types) = read("[Content_Types].xml") else {
        return Err(other("không phải bảng tính", "it is no workbook"));
    };
    if types.contains("macroEnabled") || types.contains("vbaProject") || read("xl/vbaProject.bin").is_some() {
        return Err(refused("workbook_macros", text!("tệp có macro", "there are macros in it")));
    }
    if types.contains("sheet.binary") || read("xl/workbook.bin").is_some() {
        return Err(other("tệp nhị phân (.xlsb)", "it is a binary workbook (.xlsb)"));
    }
    if !types.contains("spreadsheetml") {
        return Err(other("không phải bảng tính", "it is no workbook"));
    }
    Ok(())
}

fn compound(bytes: &[u8]) -> Faults {
    let name: Vec<u8> = ENCRYPTED.encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(name.len()).any(|w| w == name) {
        return refused("workbook_encrypted", text!("tệp có mật khẩu", "it is locked with a password"));
    }
    let what =
        text!("tệp đời cũ (.xls); hãy lưu lại thành .xlsx", "it is a file of the older kind (.xls); save it as .xlsx");
    refused("workbook_old", what)
}

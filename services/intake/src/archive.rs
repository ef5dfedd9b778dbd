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

/// Measures an archive.
///
/// # Errors
/// Why it is no workbook that can be taken.
pub fn measure(bytes: &[u8]) -> Result<(), Faults> {
    if bytes.len() > WORKBOOK_BYTES_MAX {
        let what = text!("lớn hơn {WORKBOOK_BYTES_MAX} byte", "it has more than {WORKBOOK_BYTES_MAX} bytes");
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
        let what = text!("giải nén ra hơn {ARCHIVE_BYTES_MAX} byte", "it inflates to over {ARCHIVE_BYTES_MAX} bytes");
        refused("archive_too_large", what)
    };
    // What an archive declares costs nothing to check; what it really holds is counted because it may lie.
    let mut declared: u64 = 0;
    for place in 0..archive.len() {
        declared = declared.saturating_add(archive.by_index_raw(place).map_err(|_| damaged())?.size());
    }
    if declared > ARCHIVE_BYTES_MAX {
        return Err(too_large());
    }
    let mut left = ARCHIVE_BYTES_MAX;
    for place in 0..archive.len() {
        if archive.by_index_raw(place).map_err(|_| damaged())?.encrypted() {
            return Err(refused("workbook_encrypted", text!("tệp có mật khẩu", "it is locked with a password")));
        }
        let file = archive.by_index(place).map_err(|_| damaged())?;
        let inflated = copy(&mut file.take(left + 1), &mut sink()).map_err(|_| damaged())?;
        left = left.checked_sub(inflated).ok_or_else(too_large)?;
    }
    label(&mut archive)
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

//! What a file is, by what is in it and never by its name: scans and office documents are taken, archives and all else are not.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use proto::document::Text;
use proto::text;
use zip::ZipArchive;

/// The first bytes of a file that are looked at.
const HEAD_BYTES: usize = 4_096;
/// The last ones: an office document's list of members stands there.
const TAIL_BYTES: usize = 1 << 20;

/// A kind of file that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A document as it was scanned or printed, signed or not.
    Pdf,
    /// A photograph.
    Jpeg,
    /// A picture.
    Png,
    /// Office Open XML: text.
    Docx,
    /// Office Open XML: a workbook.
    Xlsx,
    /// OpenDocument: text.
    Odt,
    /// OpenDocument: a workbook.
    Ods,
}

impl FileKind {
    /// Its media type (RFC 6838).
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
        }
    }

    /// How the names of such files end.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Odt => &["odt"],
            Self::Ods => &["ods"],
        }
    }
}

/// Why a file is not taken for what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// It has no bytes.
    #[error("it is empty")]
    Empty,
    /// It packs other files.
    #[error("it is an archive: send the files in it one by one")]
    Archive,
    /// It is cut off, or its list of members cannot be read.
    #[error("it is damaged or cut off")]
    Damaged,
    /// Something else.
    #[error("it is none of PDF, JPEG, PNG, DOCX, XLSX, ODT, ODS")]
    Unknown,
}

impl NotTaken {
    /// The same in both languages.
    pub fn told(self) -> Text {
        let en = self.to_string();
        match self {
            Self::Empty => text!("tệp rỗng", "{en}"),
            Self::Archive => text!("đây là tệp nén: hãy gửi từng tệp bên trong", "{en}"),
            Self::Damaged => text!("tệp bị hỏng hoặc không đầy đủ", "{en}"),
            Self::Unknown => text!("không phải PDF, JPEG, PNG, DOCX, XLSX, ODT hay ODS", "{en}"),
        }
    }
}

/// A file while it goes by.
#[derive(Debug, Default)]
pub struct Looking {
    head: Vec<u8>,
    tail: Vec<u8>,
    size: u64,
}

impl Looking {
    /// Takes the next bytes.
    pub fn take(&mut self, bytes: &[u8]) {
        let missing = HEAD_BYTES - self.head.len();
        self.head.extend_from_slice(&bytes[..bytes.len().min(missing)]);
        self.tail.extend_from_slice(bytes);
        // It is cut seldom, so that its bytes are moved seldom.
        if self.tail.len() > 2 * TAIL_BYTES {
            self.tail.drain(..self.tail.len() - TAIL_BYTES);
        }
        self.size += bytes.len() as u64;
    }

    /// What it was.
    ///
    /// # Errors
    /// [`NotTaken`].
    pub fn kind(&self) -> Result<FileKind, NotTaken> {
        let head = &self.head[..];
        let ends =
            |mark: &[u8]| self.tail[self.tail.len().saturating_sub(2_048)..].windows(mark.len()).any(|w| w == mark);
        match () {
            () if head.is_empty() => Err(NotTaken::Empty),
            () if head.starts_with(b"%PDF-") => {
                if ends(b"%%EOF") {
                    Ok(FileKind::Pdf)
                } else {
                    Err(NotTaken::Damaged)
                }
            }
            () if head.starts_with(b"\xff\xd8\xff") => {
                if ends(b"\xff\xd9") {
                    Ok(FileKind::Jpeg)
                } else {
                    Err(NotTaken::Damaged)
                }
            }
            () if head.starts_with(b"\x89PNG\r\n\x1a\n") => {
                if ends(b"IEND") {
                    Ok(FileKind::Png)
                } else {
                    Err(NotTaken::Damaged)
                }
            }
            () if head.starts_with(b"PK") => self.office(),
            () if ARCHIVES.iter().any(|mark| head.starts_with(mark)) => Err(NotTaken::Archive),
            () => Err(NotTaken::Unknown),
        }
    }

    /// What a ZIP archive holds, by the names of its members: nothing is unpacked.
    fn office(&self) -> Result<FileKind, NotTaken> {
        let archive = ZipArchive::new(Edges { looking: self, at: 0 }).map_err(|_| NotTaken::Damaged)?;
        let has = |name: &str| archive.index_for_name(name).is_some();
        match () {
            () if has("[Content_Types].xml") && has("word/document.xml") => Ok(FileKind::Docx),
            () if has("[Content_Types].xml") && has("xl/workbook.xml") => Ok(FileKind::Xlsx),
            () if self.begins_with_type(FileKind::Odt) => Ok(FileKind::Odt),
            () if self.begins_with_type(FileKind::Ods) => Ok(FileKind::Ods),
            () => Err(NotTaken::Archive),
        }
    }

    /// Whether the first member is `mimetype`, stored as it is, and names a type (OpenDocument 1.3, part 2, section 3.3).
    fn begins_with_type(&self, kind: FileKind) -> bool {
        let name = &b"mimetype"[..];
        let names = [name, kind.media_type().as_bytes()].concat();
        // The local header has 30 bytes before the name.
        self.head.get(30..30 + names.len()) == Some(&names)
            && self.head.get(30 + names.len()..32 + names.len()) == Some(b"PK")
    }
}

/// How other archives begin: RAR, 7-Zip, gzip, bzip2, xz.
const ARCHIVES: [&[u8]; 5] = [b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0"];

/// A file of which only both ends are there; nothing between them is ever asked for.
struct Edges<'a> {
    looking: &'a Looking,
    at: u64,
}

impl Read for Edges<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Looking { head, tail, size } = self.looking;
        let tail_at = size - tail.len() as u64;
        let (bytes, from) = if self.at >= tail_at { (tail, tail_at) } else { (head, 0) };
        let mut bytes = Cursor::new(bytes);
        bytes.set_position(self.at - from);
        let read = bytes.read(out)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Edges<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let beyond = || io::Error::from(io::ErrorKind::InvalidInput);
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => self.looking.size.checked_add_signed(by).ok_or_else(beyond)?,
            SeekFrom::Current(by) => self.at.checked_add_signed(by).ok_or_else(beyond)?,
        };
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    use super::{FileKind, Looking, NotTaken};

    fn looked_at(bytes: &[u8]) -> Result<FileKind, NotTaken> {
        let mut looking = Looking::default();
        bytes.chunks(60_000).for_each(|piece| looking.take(piece));
        looking.kind()
    }

    fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
            zip.start_file(*name, options).expect("begins");
            zip.write_all(bytes).expect("writes");
        }
        zip.finish().expect("ends").into_inner()
    }

    fn workbook() -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write(0, 0, "Điểm").expect("writes");
        book.save_to_buffer().expect("a workbook")
    }

    fn open_document(kind: FileKind) -> Vec<u8> {
        zipped(&[("mimetype", kind.media_type().as_bytes()), ("content.xml", b"<a/>")])
    }

    #[test]
    fn scans_and_office_documents_are_known_by_what_is_in_them() {
        let long = [b"%PDF-1.7\n".to_vec(), vec![b'x'; 5 << 20], b"\n%%EOF\n".to_vec()].concat();
        let docx = zipped(&[("[Content_Types].xml", b"<a/>"), ("word/document.xml", &vec![b' '; 3 << 20]), ("z", b"")]);
        for (bytes, kind) in [
            (&long[..], FileKind::Pdf),
            (b"\xff\xd8\xff\xe0photo\xff\xd9", FileKind::Jpeg),
            (b"\x89PNG\r\n\x1a\npicture\0\0\0\0IEND\xae\x42\x60\x82", FileKind::Png),
            (&docx, FileKind::Docx),
            (&workbook(), FileKind::Xlsx),
            (&open_document(FileKind::Odt), FileKind::Odt),
            (&open_document(FileKind::Ods), FileKind::Ods),
        ] {
            assert_eq!(looked_at(bytes), Ok(kind));
        }
    }

    #[test]
    fn whatever_else_is_said_to_be_what_it_is() {
        let book = workbook();
        let damaged = NotTaken::Damaged;
        let many: &[(&[u8], NotTaken)] = &[
            (b"", NotTaken::Empty),
            (b"%PDF-1.7 cut", damaged),
            (b"\xff\xd8\xff\xe0 cut", damaged),
            (b"\x89PNG\r\n\x1a\n cut", damaged),
            (&book[..book.len() / 2], damaged),
            (&book[..book.len() - 1], damaged),
            (b"PK\x03\x04", damaged),
            (b"PK", damaged),
            (&zipped(&[("a.pdf", b"%PDF-1.7 %%EOF")]), NotTaken::Archive),
            (&zipped(&[("[Content_Types].xml", b"<a/>")]), NotTaken::Archive),
            (&zipped(&[("word/document.xml", b"<a/>")]), NotTaken::Archive),
            (&zipped(&[("a", b"x"), ("mimetype", b"application/vnd.oasis.opendocument.text")]), NotTaken::Archive),
            (&zipped(&[("mimetype", b"application/epub+zip"), ("b", b"")]), NotTaken::Archive),
            (&zipped(&[]), NotTaken::Archive),
            (b"Rar!\x1a\x07\x01\0", NotTaken::Archive),
            (b"7z\xbc\xaf\x27\x1c", NotTaken::Archive),
            (b"\x1f\x8b\x08", NotTaken::Archive),
            (b"BZh91AY", NotTaken::Archive),
            (b"\xfd7zXZ\0", NotTaken::Archive),
            (b" %PDF-1.7 %%EOF", NotTaken::Unknown),
            (b"<html><script>alert(1)</script>", NotTaken::Unknown),
            (b"<?xml version=\"1.0\"?><svg/>", NotTaken::Unknown),
            (b"MZ\x90\0", NotTaken::Unknown),
            (b"\x7fELF", NotTaken::Unknown),
            (b"GIF89a", NotTaken::Unknown),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", NotTaken::Unknown),
            (b"=cmd|'/C calc'!A0", NotTaken::Unknown),
            (b"\0", NotTaken::Unknown),
        ];
        for (bytes, not) in many {
            assert_eq!(looked_at(bytes), Err(*not), "{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(40)]));
        }
    }
}

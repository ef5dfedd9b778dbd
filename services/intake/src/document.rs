//! A document at the door: from a file of either form into the value that is hashed and entered, and back.
//! A document with a fault is not taken at all.

use proto::canon::{Value, to_vec};
use proto::document::{Catalogue, DocKind, Form, Rulebook, Tally};
use proto::text;
use proto::{DocId, Hash};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::archive::is_archive;
use crate::book::Book;
use crate::fault::{Faults, Place, Places};
use crate::json::{self, Spelling};
use crate::{catalogue, form, grid, print, rulebook};

/// A document without fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    kind: DocKind,
    whole: Value,
}

impl Document {
    /// Reads a file: JSON, or an Excel workbook. Which kind of document it is, is seen from what is in it.
    ///
    /// It comes in the form in which the protocol's types write it: a list that the file leaves out is an empty one, a member
    /// that only states a default is left out. So a document has one digest, whichever file it came from.
    ///
    /// # Errors
    /// All faults: first of the file, then of its cells or its shape, then of what it means.
    pub fn read(bytes: &[u8], expected: Option<DocKind>) -> Result<Self, Faults> {
        let (document, places) = if is_archive(bytes) { workbook(bytes, expected)? } else { text(bytes, expected)? };
        document.check().map_err(|found| places.faults(&found))?;
        Ok(document)
    }

    /// A value that was read elsewhere, kept member for member as the log holds it.
    ///
    /// # Errors
    /// All faults.
    pub fn of(kind: DocKind, whole: Value) -> Result<Self, Faults> {
        json::shape(kind, &whole)?;
        let document = Self { kind, whole };
        document.check().map_err(|found| Places::default().faults(&found))?;
        Ok(document)
    }

    /// The faults that would keep it from being sealed.
    fn check(&self) -> Result<(), domain::Faults> {
        let id = DocId::parse("checked").expect("it is an id");
        domain::meaning(self.kind, &id, &self.whole).map(|_| ())
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> DocKind {
        self.kind
    }

    /// What is hashed.
    #[must_use]
    pub fn whole(&self) -> &Value {
        &self.whole
    }

    /// SHA-256 of its canonical form.
    ///
    /// # Panics
    /// Never: what was taken has a canonical form.
    #[must_use]
    pub fn digest(&self) -> Hash {
        Hash::digest(&to_vec(&self.whole).expect("it was taken, so it has a canonical form"))
    }

    /// As JSON.
    #[must_use]
    pub fn json(&self, spelling: Spelling) -> Vec<u8> {
        json::write(&self.whole, spelling)
    }

    /// As a workbook.
    ///
    /// # Errors
    /// What no workbook can hold; tallies go as JSON only.
    pub fn workbook(&self) -> Result<Vec<u8>, Faults> {
        let sheets = match self.kind {
            DocKind::Rulebook => rulebook::write(&typed::<Rulebook>(&self.whole)?),
            DocKind::Catalogue => catalogue::write(&typed::<Catalogue>(&self.whole)?),
            DocKind::Form => form::write(&typed::<Form>(&self.whole)?),
            DocKind::Tally => {
                let what = text!("kết quả kiểm phiếu chỉ dùng tệp JSON", "a tally goes as JSON only");
                return Err(Faults::one("workbook_no_tally", Place::File, what));
            }
        };
        print::print(&sheets)
    }
}

fn typed<T: DeserializeOwned>(whole: &Value) -> Result<T, Faults> {
    json::typed(whole).map_err(|told| {
        let what = text!("sai cấu trúc (chi tiết kỹ thuật: {told})", "it has another shape: {told}");
        Faults::one("wrong_shape", Place::Path("document".to_owned()), what)
    })
}

fn value<T: Serialize>(document: &T) -> Value {
    let bytes = to_vec(document).expect("a document of the protocol's types has a canonical form");
    Value::parse(&bytes).expect("canonical JSON is JSON")
}

/// The kind that was found, if it is the one that was expected.
fn fits(found: Option<DocKind>, expected: Option<DocKind>) -> Result<DocKind, Faults> {
    let Some(found) = found else {
        let what = text!(
            "không rõ là bộ tiêu chí, danh mục đơn vị, phiếu hỏi hay kết quả kiểm phiếu",
            "it is neither a rulebook nor a catalogue, a form or a tally"
        );
        return Err(Faults::one("kind_unknown", Place::File, what));
    };
    match expected.filter(|expected| *expected != found) {
        None => Ok(found),
        Some(expected) => {
            let what = text!("là {found}, không phải {expected}", "it is a {found}, not a {expected}");
            Err(Faults::one("kind_differs", Place::File, what))
        }
    }
}

fn text(bytes: &[u8], expected: Option<DocKind>) -> Result<(Document, Places), Faults> {
    let whole = json::read(bytes)?;
    let kind = fits(json::kind(&whole), expected)?;
    json::shape(kind, &whole)?;
    let whole = match kind {
        DocKind::Rulebook => value(&typed::<Rulebook>(&whole)?),
        DocKind::Catalogue => value(&typed::<Catalogue>(&whole)?),
        DocKind::Form => value(&typed::<Form>(&whole)?),
        DocKind::Tally => value(&typed::<Tally>(&whole)?),
    };
    Ok((Document { kind, whole }, Places::default()))
}

fn workbook(bytes: &[u8], expected: Option<DocKind>) -> Result<(Document, Places), Faults> {
    let book = Book::new(grid::read(bytes)?);
    let kind = fits(book.kind(), expected)?;
    let mut faults = Faults::default();
    let (whole, places) = match kind {
        DocKind::Rulebook => taken(&book, rulebook::HEAD, &mut faults, rulebook::read),
        DocKind::Catalogue => taken(&book, catalogue::HEAD, &mut faults, catalogue::read),
        DocKind::Form => taken(&book, form::HEAD, &mut faults, form::read),
        DocKind::Tally => unreachable!("no workbook is a tally"),
    };
    book.rest(&mut faults);
    faults.none()?;
    let whole = whole.expect("where nothing is read there is a fault");
    Ok((Document { kind, whole }, places))
}

fn taken<T: Serialize>(
    book: &Book,
    head: &str,
    faults: &mut Faults,
    read: impl Fn(&Book, &mut Places, &mut Faults) -> Option<T>,
) -> (Option<Value>, Places) {
    let mut places = Places::on(head);
    let whole = read(book, &mut places, faults).map(|document| value(&document));
    (whole, places)
}

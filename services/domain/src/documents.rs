//! Documents while they are entered and once they are sealed.
//! A sealed document is held as what it means; its parts are in the log.

use std::sync::Arc;

use proto::canon::{Value, to_vec};
use proto::document::{self, Catalogue, DocKind, DocRef, Form, Rulebook, Tally};
use proto::text;
use proto::{DocId, Hash};

use crate::catalogue::catalogue_faults;
use crate::faults::Faults;
use crate::form::form_faults;
use crate::rulebook::Book;

/// A document.
#[derive(Debug)]
pub enum Document {
    /// Parts are still entered.
    Open {
        /// Parts so far.
        parts: u32,
        /// What they join to.
        whole: Value,
    },
    /// It is sealed.
    Sealed {
        /// Its digest.
        digest: Hash,
        /// What it means.
        meaning: Meaning,
    },
}

/// What a sealed document means.
#[derive(Debug, Clone)]
pub enum Meaning {
    /// Scoring rules.
    Rulebook(Arc<Book>),
    /// Units.
    Catalogue(Arc<Catalogue>),
    /// A survey form.
    Form(Arc<Form>),
    /// Counted answers.
    Tally(Arc<Tally>),
}

/// An open document before its first part.
pub fn empty() -> Value {
    Value::Object(std::collections::BTreeMap::new())
}

/// The digest of the assembled document.
pub fn digest(whole: &Value) -> Hash {
    Hash::digest(&to_vec(whole).expect("parts came through the door, so the whole has a canonical form"))
}

/// What an assembled document means.
///
/// # Errors
/// All faults that keep it from being sealed.
pub fn meaning(kind: DocKind, id: &DocId, whole: &Value) -> Result<Meaning, Faults> {
    let bytes = to_vec(whole).map_err(|e| shape(&e))?;
    let doc = DocRef { id: id.clone(), digest: Hash::digest(&bytes) };
    match kind {
        DocKind::Rulebook => {
            let rulebook: Rulebook = serde_json::from_slice(&bytes).map_err(|e| shape(&e))?;
            Book::build(doc, rulebook).map(|book| Meaning::Rulebook(Arc::new(book)))
        }
        DocKind::Catalogue => {
            let catalogue: Catalogue = serde_json::from_slice(&bytes).map_err(|e| shape(&e))?;
            catalogue_faults(&catalogue)?;
            Ok(Meaning::Catalogue(Arc::new(catalogue)))
        }
        DocKind::Tally => {
            let tally: Tally = serde_json::from_slice(&bytes).map_err(|e| shape(&e))?;
            Ok(Meaning::Tally(Arc::new(tally)))
        }
        DocKind::Form => {
            let form: Form = serde_json::from_slice(&bytes).map_err(|e| shape(&e))?;
            form_faults(&form)?;
            Ok(Meaning::Form(Arc::new(form)))
        }
    }
}

/// JSON of another shape than the document's; the reader says where.
fn shape(error: &dyn std::error::Error) -> Faults {
    let told = error.to_string();
    Faults::one("document", "wrong_shape", text!("sai cấu trúc (chi tiết kỹ thuật: {told})", "{told}"))
}

/// Re-exported for the fold: joins a part.
pub use document::{fits, join};

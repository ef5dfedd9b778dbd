//! Large documents enter in parts and are sealed by the digest of the whole (RULINGS 1).
//! A part is never changed or replaced; a document that went wrong is entered again under another id.

use super::wire;
use crate::canon::Value;
use crate::document::DocKind;
use crate::hash::Hash;
use crate::ids::DocId;

wire! {
    /// Enters the next part of a document.
    pub struct EnterPart {
        /// The document's kind.
        pub document: DocKind,
        /// The document.
        pub id: DocId,
        /// The part's number: 1, 2, 3 ...
        pub part: u32,
        /// An object whose members join those of the other parts: arrays are appended, anything else stands in one part only.
        pub content: Value,
    }

    /// Closes a document.
    pub struct SealDocument {
        /// The document's kind.
        pub document: DocKind,
        /// The document.
        pub id: DocId,
        /// How many parts it has.
        pub parts: u32,
        /// SHA-256 of the assembled document in canonical JSON.
        pub digest: Hash,
    }
}

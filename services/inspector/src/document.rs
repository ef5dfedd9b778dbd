//! A document as the log holds it: its parts joined, and held against the digest that it was sealed with.
//! One that is not sealed, or whose digest is another, is not given out.

use platform::feed::Feed;
use proto::canon::{Value, to_vec};
use proto::document::{DocKind, join};
use proto::fold::Streams;
use proto::{DocId, Event, Fact, Hash};

use crate::replay::{Inspector, ReplayError};

impl Inspector {
    /// A sealed document and its digest.
    ///
    /// # Errors
    /// [`ReplayError::Unknown`] with `document_unknown` or `document_open`; [`ReplayError::Document`] where the parts do not
    /// make what was sealed.
    pub async fn document(&self, kind: DocKind, id: &DocId) -> Result<(Value, Hash), ReplayError> {
        let bodies = self.source().streams(&Streams::Document(kind, id.clone()), u64::MAX).await?;
        if bodies.is_empty() {
            return Err(ReplayError::Unknown("document_unknown"));
        }
        let broken = || ReplayError::Document(format!("{kind}/{id}"));
        let mut whole = Value::Object([].into());
        let mut sealed = None;
        for body in &bodies {
            match Event::decode(body)?.fact {
                Fact::PartEntered(part) => join(&mut whole, &part.content).map_err(|_| broken())?,
                Fact::DocumentSealed(seal) => sealed = Some(seal.digest),
                _ => return Err(broken()),
            }
        }
        let sealed = sealed.ok_or(ReplayError::Unknown("document_open"))?;
        let digest = Hash::digest(&to_vec(&whole).map_err(|_| broken())?);
        if digest == sealed { Ok((whole, digest)) } else { Err(broken()) }
    }
}

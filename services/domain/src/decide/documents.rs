//! Documents: parts in order, then the seal by digest. A faulty document is never sealed.

use proto::act::documents::{EnterPart, SealDocument};
use proto::canon::{Value, to_vec};
use proto::document::{DocKind, PART_BYTES_MAX, PARTS_MAX};
use proto::text;
use proto::{Capacity, Fact, Rejection, Stream};

use super::Decision;
use super::hearing::Hearing;
use crate::documents::{self, Document};

fn capacity(kind: DocKind) -> Capacity {
    match kind {
        DocKind::Rulebook | DocKind::Catalogue => Capacity::Secretariat,
        DocKind::Form | DocKind::Tally => Capacity::SurveyStaff,
    }
}

pub fn enter(hearing: &Hearing, act: &EnterPart) -> Result<Decision, Rejection> {
    hearing.log()?;
    hearing.capacity(&[capacity(act.document)], None)?;
    let bad = |detail| Rejection::BadPart { detail };
    let bytes = to_vec(&act.content).map_err(|e| bad(text!("{e}", "{e}")))?.len();
    if bytes > PART_BYTES_MAX {
        return Err(bad(text!(
            "{bytes} byte, tối đa là {PART_BYTES_MAX}",
            "{bytes} bytes, the most is {PART_BYTES_MAX}"
        )));
    }
    let empty = documents::empty();
    let (parts, whole) = match hearing.world.documents.get(&(act.document, act.id.clone())) {
        None => (0, &empty),
        Some(Document::Open { parts, whole }) => (*parts, whole),
        Some(Document::Sealed { .. }) => return Err(Rejection::DocumentSealed { id: act.id.clone() }),
    };
    if act.part != parts + 1 {
        return Err(Rejection::PartOutOfOrder { expected: parts + 1, got: act.part });
    }
    if act.part > PARTS_MAX {
        return Err(bad(text!("quá {PARTS_MAX} phần", "more than {PARTS_MAX} parts")));
    }
    if !matches!(&act.content, Value::Object(members) if !members.is_empty()) {
        return Err(bad(text!("không phải đối tượng có thành phần", "it is no object with members")));
    }
    documents::fits(whole, &act.content).map_err(|member| {
        bad(text!("thành phần “{member}” đã có ở phần trước", "the member {member:?} stands in an earlier part"))
    })?;
    Ok(Decision::new(Stream::Document(act.document, act.id.clone()), Fact::PartEntered(act.clone())))
}

pub fn seal(hearing: &Hearing, act: &SealDocument) -> Result<Decision, Rejection> {
    hearing.log()?;
    hearing.capacity(&[capacity(act.document)], None)?;
    let (parts, whole) = match hearing.world.documents.get(&(act.document, act.id.clone())) {
        None => return Err(Rejection::DocumentUnknown { id: act.id.clone() }),
        Some(Document::Open { parts, whole }) => (*parts, whole),
        Some(Document::Sealed { .. }) => return Err(Rejection::DocumentSealed { id: act.id.clone() }),
    };
    if act.parts != parts {
        return Err(Rejection::PartOutOfOrder { expected: parts, got: act.parts });
    }
    let digest = documents::digest(whole);
    if digest != act.digest {
        return Err(Rejection::DigestMismatch { expected: digest.to_string() });
    }
    documents::meaning(act.document, &act.id, whole)
        .map_err(|faults| Rejection::DocumentInvalid { faults: faults.told() })?;
    Ok(Decision::new(Stream::Document(act.document, act.id.clone()), Fact::DocumentSealed(act.clone())))
}

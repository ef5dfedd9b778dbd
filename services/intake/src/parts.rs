//! A document cut into the parts in which it enters, and the commands that enter and seal it.
//! However it is cut, it is one document: its digest is that of the whole (RULINGS 1).

use proto::act::documents::{EnterPart, SealDocument};
use proto::canon::{Value, to_vec};
use proto::document::{DocKind, PART_BYTES_MAX, PARTS_MAX};
use proto::text;
use proto::{Act, Acting, Capacity, Command, CommandId, DocId, Hash, Origin, UnitId};

use crate::document::Document;
use crate::fault::{Faults, Place};

/// Bytes kept free in each part for the braces and names around its entries.
const AROUND_BYTES: usize = 1_000;

/// The capacity in which a kind of document is entered.
#[must_use]
pub fn capacity(kind: DocKind) -> Capacity {
    match kind {
        DocKind::Rulebook | DocKind::Catalogue => Capacity::Secretariat,
        DocKind::Form | DocKind::Tally => Capacity::SurveyStaff,
    }
}

/// The contents of a document's parts, in order: members that fit together, then long lists slice by slice.
///
/// # Errors
/// An entry that no part can hold, or too many parts.
pub fn cut(whole: &Value) -> Result<Vec<Value>, Faults> {
    let room = PART_BYTES_MAX - AROUND_BYTES;
    let Value::Object(members) = whole else { return Ok(vec![whole.clone()]) };
    let size = |value: &Value| to_vec(value).expect("a document that was taken has a canonical form").len() + 1;
    let mut parts = Parts { done: Vec::new(), open: Value::Object([].into()), bytes: 0 };
    for (name, value) in members {
        let around = name.len() + 8;
        match value {
            Value::Array(entries) if size(value) + around > room => {
                for (at, entry) in entries.iter().enumerate() {
                    let bytes = size(entry);
                    if bytes + around > room {
                        return Err(too_long(&format!("{name}[{at}]")));
                    }
                    parts.append(name, entry, bytes + around, room);
                }
            }
            _ if size(value) + around > room => return Err(too_long(name)),
            _ => parts.put(name, value, size(value) + around, room),
        }
    }
    parts.close();
    if parts.done.len() > PARTS_MAX as usize {
        let what = text!("cần quá {PARTS_MAX} phần", "it needs more than {PARTS_MAX} parts");
        return Err(Faults::one("document_too_long", Place::File, what));
    }
    Ok(parts.done)
}

/// A command as `/api/commands` takes it.
pub fn command_told(command: &Command) -> serde_json::Value {
    serde_json::from_slice(&command.to_canonical()).expect("canonical bytes are JSON")
}

fn too_long(path: &str) -> Faults {
    let what = text!("dài hơn {PART_BYTES_MAX} byte", "it has more than {PART_BYTES_MAX} bytes");
    Faults::one("part_too_long", Place::Path(path.to_owned()), what)
}

struct Parts {
    done: Vec<Value>,
    open: Value,
    bytes: usize,
}

impl Parts {
    fn close(&mut self) {
        if self.bytes > 0 {
            self.done.push(std::mem::replace(&mut self.open, Value::Object([].into())));
            self.bytes = 0;
        }
    }

    fn members(&mut self, bytes: usize, room: usize) -> &mut std::collections::BTreeMap<String, Value> {
        if self.bytes + bytes > room {
            self.close();
        }
        self.bytes += bytes;
        let Value::Object(members) = &mut self.open else { unreachable!("a part is an object") };
        members
    }

    fn put(&mut self, name: &str, value: &Value, bytes: usize, room: usize) {
        self.members(bytes, room).insert(name.to_owned(), value.clone());
    }

    fn append(&mut self, name: &str, entry: &Value, bytes: usize, room: usize) {
        let list = self.members(bytes, room).entry(name.to_owned()).or_insert_with(|| Value::Array(Vec::new()));
        let Value::Array(entries) = list else { unreachable!("a list is cut into lists") };
        entries.push(entry.clone());
    }
}

/// The commands that enter a document and seal it.
///
/// Their ids follow from the log, the document's kind and id, the digest of the whole, and each command's place. So the same
/// file sent again is the same commands, one document and the same answers, also after a run that broke off in the middle
/// and with a renewed token. Another document under the same id makes other ids, and meets the refusals of the log, not old
/// answers. The sender is left out on purpose: the log itself answers `command_reused` to anybody else.
///
/// The capacity is the one that enters such documents; `unit` is where its holder has it, if in one.
///
/// # Errors
/// As [`cut`].
pub fn commands(document: &Document, id: &DocId, log: &Origin, unit: Option<&UnitId>) -> Result<Vec<Command>, Faults> {
    let kind = document.kind();
    let digest = document.digest();
    let contents = cut(document.whole())?;
    let parts = u32::try_from(contents.len()).expect("there are at most PARTS_MAX");
    let part = |(part, content)| Act::EnterPart(EnterPart { document: kind, id: id.clone(), part, content });
    let mut acts: Vec<Act> = (1..).zip(contents).map(part).collect();
    acts.push(Act::SealDocument(SealDocument { document: kind, id: id.clone(), parts, digest }));
    let acting = || Acting { capacity: capacity(kind), unit: unit.cloned() };
    let command = |(place, act)| {
        let name = format!("document\n{log}\n{kind}/{id}\n{digest}\n{parts}\n{place}");
        Command::new(command_id(&name), acting(), act)
    };
    Ok((0_usize..).zip(acts).map(command).collect())
}

/// An id of the required shape from a hash alone: the version bits are checked, the time is not (RULINGS 4).
pub fn command_id(name: &str) -> CommandId {
    let hash = Hash::digest(name.as_bytes()).0;
    let (time, rest) = hash.split_at(8);
    // 48 bits of it stand where a client's clock would.
    let millis = u64::from_be_bytes(time.try_into().expect("eight bytes")) >> 16;
    CommandId::v7(millis, rest[..10].try_into().expect("ten bytes"))
}

#[cfg(test)]
mod tests {
    use super::{command_id, cut};
    use proto::CommandId;
    use proto::canon::{Value, to_vec};
    use proto::document::{PART_BYTES_MAX, join};

    fn parse(text: &str) -> Value {
        Value::parse(text.as_bytes()).expect("json")
    }

    #[test]
    fn parts_are_small_and_join_to_the_whole() {
        let text = "x".repeat(900);
        let entries: Vec<String> = (0..300).map(|n| format!("{{\"n\":{n},\"t\":\"{text}\"}}")).collect();
        let list = entries.join(",");
        let long = "y".repeat(40_000);
        let whole = parse(&format!("{{\"a\":[{list}],\"b\":\"{long}\",\"c\":[{list}],\"d\":\"{long}\",\"e\":[]}}"));
        let parts = cut(&whole).expect("cuts");
        assert!(parts.len() > 9, "{}", parts.len());
        let mut joined = parse("{}");
        for part in &parts {
            assert!(to_vec(part).expect("canonical").len() <= PART_BYTES_MAX);
            join(&mut joined, part).expect("joins");
        }
        assert_eq!(joined, whole);
        assert_eq!(cut(&parse("{\"a\":[],\"b\":1}")).expect("cuts"), [parse("{\"a\":[],\"b\":1}")]);
    }

    #[test]
    fn what_no_part_can_hold_is_named() {
        let long = "y".repeat(60_000);
        for (whole, path) in [(format!("{{\"a\":\"{long}\"}}"), "a"), (format!("{{\"a\":[1,\"{long}\"]}}"), "a[1]")] {
            let faults = cut(&parse(&whole)).expect_err("too long");
            assert_eq!((faults.told[0].code, faults.told[0].place.text().en.as_str()), ("part_too_long", path));
        }
    }

    #[test]
    fn an_id_follows_from_its_name_and_has_the_required_shape() {
        let id = command_id("a");
        assert_eq!(id, command_id("a"));
        assert_ne!(id, command_id("b"));
        assert!(CommandId::parse(id.as_str()).is_ok());
    }
}

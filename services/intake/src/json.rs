//! A document as JSON: any spelling in, canonical or indented out.
//! Where its shape is wrong, every entry of its lists is looked at, so that all such faults are told at once.

use proto::canon::{Value, to_vec};
use proto::document::{
    Answer, BallotFinding, Catalogue, CatalogueUnit, Collected, DocKind, Extra, Form, Group, KindTotal, Node, Question,
    RecheckRow, Respondents, Rulebook, Tally, TallyRow,
};
use proto::text;
use serde::de::DeserializeOwned;

use crate::fault::{Faults, Place};
use crate::limits::JSON_BYTES_MAX;

/// How JSON is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// The canonical bytes, as they are hashed.
    Canonical,
    /// Indented, for people.
    Indented,
}

/// Reads JSON as a value that has a canonical form.
///
/// # Errors
/// The one place at which it is no JSON.
pub fn read(bytes: &[u8]) -> Result<Value, Faults> {
    if bytes.len() > JSON_BYTES_MAX {
        let what = text!("lớn hơn {JSON_BYTES_MAX} byte", "it has more than {JSON_BYTES_MAX} bytes");
        return Err(Faults::one("file_too_large", Place::File, what));
    }
    // Some editors put a mark before UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let not_json = |told: String| {
        let told: String = told.chars().take(200).collect();
        let what = text!("không phải JSON hợp lệ (chi tiết kỹ thuật: {told})", "it is no valid JSON: {told}");
        Faults::one("not_json", Place::File, what)
    };
    let value = Value::parse(bytes).map_err(|e| not_json(e.to_string()))?.nfc();
    to_vec(&value).map_err(|e| not_json(e.to_string()))?;
    Ok(value)
}

/// Which document a value is, by the members that only one kind has.
#[must_use]
pub fn kind(value: &Value) -> Option<DocKind> {
    let Value::Object(members) = value else { return None };
    let marks = [
        ("nodes", DocKind::Rulebook),
        ("units", DocKind::Catalogue),
        ("questions", DocKind::Form),
        ("rows", DocKind::Tally),
    ];
    marks.into_iter().find(|(member, _)| members.contains_key(*member)).map(|(_, kind)| kind)
}

/// Holds a value against the shape of its kind.
///
/// # Errors
/// All entries that have another shape, each with its path.
pub fn shape(kind: DocKind, value: &Value) -> Result<(), Faults> {
    let mut shape = Shape { value, faults: Faults::default() };
    match kind {
        DocKind::Rulebook => {
            shape.entries::<KindTotal>("kinds");
            shape.entries::<Node>("nodes");
            shape.entries::<Extra>("extras");
            shape.entries::<Group>("groups");
            shape.entries::<Answer>("answers");
            shape.whole::<Rulebook>(&["kinds", "nodes", "extras", "groups", "answers"]);
        }
        DocKind::Catalogue => {
            shape.entries::<CatalogueUnit>("units");
            shape.whole::<Catalogue>(&["units"]);
        }
        DocKind::Form => {
            shape.entries::<Question>("questions");
            shape.whole::<Form>(&["questions"]);
        }
        DocKind::Tally => {
            shape.entries::<TallyRow>("rows");
            shape.entries::<RecheckRow>("rechecks");
            shape.entries::<Respondents>("respondents");
            shape.entries::<Collected>("collectors");
            shape.entries::<BallotFinding>("findings");
            shape.whole::<Tally>(&["rows", "rechecks", "respondents", "collectors", "findings"]);
        }
    }
    shape.faults.none()
}

struct Shape<'v> {
    value: &'v Value,
    faults: Faults,
}

impl Shape<'_> {
    /// Looks at each entry of a list.
    fn entries<T: DeserializeOwned>(&mut self, member: &str) {
        let Value::Object(members) = self.value else { return };
        let Some(Value::Array(entries)) = members.get(member) else { return };
        for (place, entry) in entries.iter().enumerate() {
            if let Err(told) = typed::<T>(entry) {
                self.wrong(format!("{member}[{place}]{}", named(entry)), &told);
            }
        }
    }

    /// Looks at everything but the entries of the lists.
    fn whole<T: DeserializeOwned>(&mut self, lists: &[&str]) {
        let mut bare = self.value.clone();
        if let Value::Object(members) = &mut bare {
            for list in lists {
                if let Some(Value::Array(entries)) = members.get_mut(*list) {
                    entries.clear();
                }
            }
        }
        if let Err(told) = typed::<T>(&bare) {
            self.wrong("document".to_owned(), &told);
        }
    }

    fn wrong(&mut self, path: String, told: &str) {
        let what = text!("sai cấu trúc (chi tiết kỹ thuật: {told})", "it has another shape: {told}");
        self.faults.push("wrong_shape", Place::Path(path), what);
    }
}

/// What an entry calls itself, so that people find it: ` (so 1.1.2)`.
fn named(entry: &Value) -> String {
    let Value::Object(members) = entry else { return String::new() };
    let name = |member: &str| match members.get(member) {
        Some(Value::Text(text)) => Some(text.chars().take(64).collect::<String>()),
        _ => None,
    };
    let names: Vec<String> = ["kind", "unit", "group", "leaf", "code"].into_iter().filter_map(name).collect();
    if names.is_empty() { String::new() } else { format!(" ({})", names.join(" ")) }
}

/// A value as one of the protocol's types.
///
/// # Errors
/// What the reader says, without its place in bytes that nobody has seen.
pub fn typed<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    let bytes = to_vec(value).map_err(|e| e.to_string())?;
    serde_json::from_slice(&bytes).map_err(|e| {
        let told = e.to_string();
        let told = told.rsplit_once(" at line ").map_or(told.as_str(), |(what, _)| what);
        told.chars().take(200).collect()
    })
}

/// A value as bytes.
///
/// # Panics
/// For a value without a canonical form, which only a defect can bring about.
#[must_use]
pub fn write(value: &Value, spelling: Spelling) -> Vec<u8> {
    let mut bytes = match spelling {
        Spelling::Canonical => return to_vec(value).expect("a document that was taken has a canonical form"),
        Spelling::Indented => serde_json::to_vec_pretty(value).expect("a value is JSON"),
    };
    bytes.push(b'\n');
    bytes
}

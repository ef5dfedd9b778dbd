//! What is declared of a round before it is opened, as it stands in an address or a form. Nothing keeps it anywhere else, and nothing of it goes
//! on from here but as text that somebody parses.

use proto::Code;
use proto::act::round::Phase;

/// The phases of a round, in the order of the work.
pub const PHASES: [Phase; 7] = [
    Phase::SelfScoring,
    Phase::FirstAppraisal,
    Phase::Explanation,
    Phase::SecondAppraisal,
    Phase::Survey,
    Phase::Council,
    Phase::Appeals,
];
/// How many bands can be declared.
pub const BANDS: usize = 8;
/// How many blocks of one kind of unit can be declared.
pub const BLOCKS: usize = 5;
/// The fields that stand for themselves.
const PLAIN: [&str; 20] = [
    "round",
    "year",
    "title.vi",
    "title.en",
    "authority.vi",
    "authority.en",
    "rulebook",
    "catalogue",
    "units_on",
    "own_unit",
    "unsubmitted",
    "count.second",
    "count.council",
    "count.correction",
    "digits",
    "rounding",
    "ties",
    "deciding",
    "receipts",
    "wait",
];
/// The most bytes of one value.
const VALUE_BYTES_MAX: usize = 4_096;

/// A draft.
#[derive(Debug, Clone, Default)]
pub struct Draft(Vec<(String, String)>);

impl Draft {
    /// The fields of a draft among others; of two of one name the first.
    pub fn of<'p>(pairs: impl Iterator<Item = (&'p str, &'p str)>) -> Self {
        let mut draft = Self::default();
        for (name, value) in pairs.filter(|(name, value)| is_field(name) && value.len() <= VALUE_BYTES_MAX) {
            if draft.get(name).is_none() {
                draft.0.push((name.to_owned(), value.trim().to_owned()));
            }
        }
        draft
    }

    /// A field, if it is there, be it empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// With another value in a field.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Whether the declarations were begun, and not only a document chosen.
    pub fn is_begun(&self) -> bool {
        self.get("round").is_some()
    }

    /// An address with the draft behind it.
    pub fn at(&self, path: &str) -> String {
        let mut address = path.to_owned();
        for (at, (name, value)) in self.0.iter().enumerate() {
            address.push(if at == 0 { '?' } else { '&' });
            spell(name, &mut address);
            address.push('=');
            spell(value, &mut address);
        }
        address
    }
}

/// Whether a name is one of a draft's fields.
fn is_field(name: &str) -> bool {
    if PLAIN.contains(&name) {
        return true;
    }
    let code = |text: &str| Code::parse(text).is_ok();
    match name.split_once('.') {
        Some(("from" | "until", phase)) => PHASES.iter().any(|known| known.as_str() == phase),
        Some(("form", id)) => code(id),
        Some(("block", rest)) => rest
            .rsplit_once('.')
            .is_some_and(|(kind, member)| code(kind) && ["id", "vi", "en", "without", "unranked"].contains(&member)),
        Some(("more", rest)) => rest.split_once('.').is_some_and(|(place, rest)| {
            place.parse().is_ok_and(|place: usize| (2..=BLOCKS).contains(&place))
                && rest.rsplit_once('.').is_some_and(|(kind, member)| {
                    code(kind) && ["id", "vi", "en", "units", "unranked"].contains(&member)
                })
        }),
        Some(("band", rest)) => rest.split_once('.').is_some_and(|(place, member)| {
            place.parse().is_ok_and(|place: usize| place < BANDS)
                && ["code", "from", "vi", "en", "kind"].contains(&member)
        }),
        _ => false,
    }
}

/// As a query spells it (RFC 3986).
fn spell(text: &str, into: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'~' => into.push(char::from(byte)),
            other => into.push_str(&format!("%{other:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Draft;

    #[test]
    fn an_address_holds_a_draft_whatever_was_typed_and_nothing_else() {
        let typed = "\"><script>&=+%20 ấ";
        let pairs = [("round", "r-1"), ("title.vi", typed), ("csrf", "secret"), ("band.8.code", "x"), ("round", "r-2")];
        let draft = Draft::of(pairs.into_iter()).with("rulebook", "b");
        let address = draft.at("/open");
        assert!(address.starts_with("/open?round=r-1&title.vi=%22%3E%3Cscript%3E"), "{address}");
        assert!(address.is_ascii() && !address.contains("secret") && !address.contains("band.8"), "{address}");
        let uri: axum::http::Uri = address.parse().expect("an address");
        let read: Vec<(String, String)> = axum::extract::Query::try_from_uri(&uri).expect("a query").0;
        let back = Draft::of(read.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        assert_eq!((back.get("title.vi"), back.get("rulebook")), (Some(typed), Some("b")));
        assert_eq!(back.at("/open"), address);
    }
}

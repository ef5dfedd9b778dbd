//! Documents that enter in parts: rulebook, catalogue, form, tally; and how parts become one.
//! What a document means is decided in `services/domain`; here is only its shape.

mod catalogue;
mod rule;
mod survey;

use std::fmt;

use crate::act::{is_false, wire, words};
use crate::canon::Value;
use crate::decimal::Decimal;
use crate::hash::Hash;
use crate::ids::{Code, DocId};
use crate::instant::Day;

pub use catalogue::{Catalogue, CatalogueUnit};
pub use rule::{Band, Bound, CountStep, Delay, FigureName, OptionPoints, Rule, Tier, WhenNone};
pub use survey::{
    Answer, BallotFinding, BallotFindingKind, Collected, Form, Group, MissingGroup, Question, RecheckRow, Respondents,
    ShortGroup, Tally, TallyRow,
};

/// The most bytes of one part's content (RULINGS 1).
pub const PART_BYTES_MAX: usize = 60_000;
/// The most parts of one document.
pub const PARTS_MAX: u32 = 1_000;

words! {
    /// Kinds of document.
    pub enum DocKind {
        /// The scoring rules of a round (bộ tiêu chí).
        Rulebook,
        /// Units and their names.
        Catalogue,
        /// A survey form.
        Form,
        /// A survey batch's counted answers.
        Tally,
    }
}

impl DocKind {
    /// Parses the kind's name in streams.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Rulebook, Self::Catalogue, Self::Form, Self::Tally].into_iter().find(|k| k.as_str() == text)
    }

    /// The kind's name in streams.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rulebook => "rulebook",
            Self::Catalogue => "catalogue",
            Self::Form => "form",
            Self::Tally => "tally",
        }
    }
}

impl fmt::Display for DocKind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Joins one more part to a document: arrays are appended, anything else may stand in one part only.
///
/// # Errors
/// The name of a member that stands in two parts and is no array; an empty name where the part is no object.
pub fn join(whole: &mut Value, part: &Value) -> Result<(), String> {
    fits(whole, part)?;
    let (Value::Object(whole), Value::Object(part)) = (whole, part) else {
        return Err(String::new());
    };
    for (name, value) in part {
        match (whole.get_mut(name), value) {
            (None, value) => {
                whole.insert(name.clone(), value.clone());
            }
            (Some(Value::Array(there)), Value::Array(more)) => there.extend(more.iter().cloned()),
            (Some(_), _) => return Err(name.clone()),
        }
    }
    Ok(())
}

/// Whether a part can be joined to a document, without joining it.
///
/// # Errors
/// As [`join`].
pub fn fits(whole: &Value, part: &Value) -> Result<(), String> {
    let (Value::Object(whole), Value::Object(part)) = (whole, part) else {
        return Err(String::new());
    };
    let clash = part.iter().find(|(name, value)| match whole.get(*name) {
        None => false,
        Some(there) => !matches!((there, value), (Value::Array(_), Value::Array(_))),
    });
    clash.map_or(Ok(()), |(name, _)| Err(name.clone()))
}

wire! {
    /// A document by its id and the digest that it was sealed with.
    #[derive(Hash, PartialOrd, Ord)]
    pub struct DocRef {
        /// The document.
        pub id: DocId,
        /// SHA-256 of the assembled document in canonical JSON.
        pub digest: Hash,
    }

    /// A text in both languages.
    pub struct Text {
        /// English.
        pub en: String,
        /// Vietnamese.
        pub vi: String,
    }

    /// A rulebook: one tree for each kind of unit.
    pub struct Rulebook {
        /// Its title.
        pub title: Text,
        /// The decision it rests on, and what in it is real or illustrative.
        pub basis: Text,
        /// The years that it is for; without it, any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub effective: Option<Effective>,
        /// Part of a set, of which only some counts or leaves are known: it can be entered and shown, never bound by a round.
        #[serde(default, skip_serializing_if = "is_false")]
        pub fragment: bool,
        /// How claimed points are held against the rule's.
        #[serde(default, skip_serializing_if = "Claims::is_default")]
        pub claims: Claims,
        /// The stated total of each kind of unit.
        pub kinds: Vec<KindTotal>,
        /// Fields, criteria and leaves of all trees; a parent stands before its children.
        pub nodes: Vec<Node>,
        /// Bonuses and penalties, outside the total.
        #[serde(default)]
        pub extras: Vec<Extra>,
        /// Respondent groups of each kind of unit.
        #[serde(default)]
        pub groups: Vec<Group>,
        /// The share of the maximum that each answer of a survey question is worth.
        #[serde(default)]
        pub answers: Vec<Answer>,
        /// What becomes of a respondent group that gave no answer about a unit.
        #[serde(default, skip_serializing_if = "MissingGroup::is_default")]
        pub missing_group: MissingGroup,
        /// What becomes of a respondent group that did not reach its planned sample at a unit.
        #[serde(default, skip_serializing_if = "ShortGroup::is_default")]
        pub short_group: ShortGroup,
        /// The least share of equal answers when respondents are asked again, 0 to 1; without it, none is demanded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub agreement: Option<Decimal>,
    }

    /// The days between which a document is for rounds, both included.
    pub struct Effective {
        /// The first day.
        pub from: Day,
        /// The last day; none while nothing has replaced it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub until: Option<Day>,
    }

    /// How claimed points are held against the points that the rule gives.
    pub struct Claims {
        /// Digits after the point to which a claim may be rounded, where the rule's value has more.
        pub digits: u8,
        /// What happens to a claim that differs.
        pub differing: Differing,
    }

    /// A kind of unit and its total.
    pub struct KindTotal {
        /// The kind.
        pub kind: Code,
        /// The stated total, which need not be 100.
        pub total: Decimal,
    }

    /// A node of a tree: field, criterion or leaf.
    pub struct Node {
        /// The kind of unit whose tree it is in.
        pub kind: Code,
        /// Its code, unique within the tree; the code of a node below begins with its parent's and a dot.
        pub code: Code,
        /// Its title.
        pub title: Text,
        /// Its maximum.
        pub maximum: Decimal,
        /// What makes it a leaf; absent in fields and criteria.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub leaf: Option<Leaf>,
    }

    /// How a leaf is scored.
    pub struct Leaf {
        /// Where its points come from.
        pub source: Source,
        /// The rule that gives the points.
        pub rule: Rule,
        /// Whether evidence, or an explanation of its absence, must stand with the self-score.
        pub evidence: bool,
        /// Which evidence is asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub asks: Option<Text>,
        /// Whether a unit may claim that it does not apply.
        pub exemptible: bool,
    }

    /// A bonus or penalty.
    pub struct Extra {
        /// The kind of unit.
        pub kind: Code,
        /// Its code.
        pub code: Code,
        /// Its title.
        pub title: Text,
        /// Bonus or penalty.
        pub sign: Sign,
        /// The most points.
        pub cap: Decimal,
    }
}

words! {
    /// Where a leaf's points come from.
    pub enum Source {
        /// Self-score, appraised.
        Appraisal,
        /// The survey.
        Survey,
        /// Another authority's index, declared and appraised.
        External,
    }

    /// What happens to claimed points that are not the rule's.
    pub enum Differing {
        /// They are refused.
        Refuse,
        /// They are taken with a written ground, and stand as claimed until appraisal.
        Ground,
    }

    /// Which way an extra counts.
    pub enum Sign {
        /// Added.
        Bonus,
        /// Subtracted.
        Penalty,
    }
}

impl Default for Claims {
    fn default() -> Self {
        Self { digits: 2, differing: Differing::Refuse }
    }
}

impl Claims {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Text {
    /// A text.
    #[must_use]
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { vi: vi.into(), en: en.into() }
    }

    /// Several texts as one.
    #[must_use]
    pub fn join(texts: &[Self]) -> Self {
        let joined = |lang| texts.iter().map(|t| t.get(lang)).collect::<Vec<_>>().join("; ");
        Self::new(joined(Lang::Vi), joined(Lang::En))
    }

    /// The text in one of the two languages.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

/// In English, as a program's member shows it.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.en)
    }
}

/// The two languages of every sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Vietnamese, the default.
    #[default]
    Vi,
    /// English.
    En,
}

#[cfg(test)]
impl schemars::JsonSchema for Value {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Value".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "description": "any canonical JSON value" })
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, join};

    #[test]
    fn a_document_is_the_same_however_it_was_cut() {
        let parse = |t: &str| Value::parse(t.as_bytes()).expect("json");
        let whole = parse(r#"{"title":"t","nodes":[1,2,3,4]}"#);
        for cuts in [
            vec![r#"{"title":"t","nodes":[1,2,3,4]}"#],
            vec![r#"{"nodes":[1]}"#, r#"{"title":"t"}"#, r#"{"nodes":[2,3]}"#, r#"{"nodes":[4]}"#],
        ] {
            let mut joined = parse("{}");
            for cut in cuts {
                join(&mut joined, &parse(cut)).expect("joins");
            }
            assert_eq!(joined, whole);
        }
        let mut joined = parse(r#"{"title":"t"}"#);
        assert_eq!(join(&mut joined, &parse(r#"{"title":"u"}"#)), Err("title".to_owned()));
        assert_eq!(join(&mut joined, &parse("[]")), Err(String::new()));
    }
}

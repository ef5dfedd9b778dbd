//! Documents that enter in parts: rulebook, catalogue, tally; and how parts become one.
//! What a document means is decided in `services/domain`; here is only its shape.

use std::fmt;

use crate::act::{wire, words};
use crate::canon::Value;
use crate::decimal::Decimal;
use crate::hash::Hash;
use crate::ids::{Code, DocId, RoundId, UnitId};

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

    /// A respondent group.
    pub struct Group {
        /// The kind of unit that it is asked about.
        pub kind: Code,
        /// Its code.
        pub code: Code,
        /// Its title.
        pub title: Text,
    }

    /// An answer of the scale.
    pub struct Answer {
        /// Its code.
        pub code: Code,
        /// The share of the maximum, 0 to 1.
        pub share: Decimal,
    }

    /// One option of a rule.
    pub struct OptionPoints {
        /// Its code.
        pub code: Code,
        /// Its title.
        pub title: Text,
        /// Its points.
        pub points: Decimal,
    }

    /// The units of an authority.
    pub struct Catalogue {
        /// Its title.
        pub title: Text,
        /// Where it comes from.
        pub basis: Text,
        /// The units.
        pub units: Vec<CatalogueUnit>,
    }

    /// A unit of the catalogue.
    pub struct CatalogueUnit {
        /// Its id.
        pub unit: UnitId,
        /// Its name.
        pub name: Text,
        /// Its usual abbreviation, or short name.
        pub short: String,
        /// Its statistical code; may be empty.
        pub code: String,
        /// The kind of unit.
        pub kind: Code,
    }

    /// The counted answers of a survey batch.
    pub struct Tally {
        /// The round.
        pub round: RoundId,
        /// The counts.
        pub rows: Vec<TallyRow>,
    }

    /// How one group answered one question about one unit.
    pub struct TallyRow {
        /// The unit.
        pub unit: UnitId,
        /// The respondent group.
        pub group: Code,
        /// The survey leaf that the question belongs to.
        pub leaf: Code,
        /// Answers counted, in the order of the rulebook's scale.
        pub counts: Vec<u32>,
    }
}

words! {
    /// Where a leaf's points come from.
    pub enum Source {
        /// Self-score, appraised.
        Appraisal,
        /// The survey.
        Survey,
    }

    /// Which way an extra counts.
    pub enum Sign {
        /// Added.
        Bonus,
        /// Subtracted.
        Penalty,
    }
}

/// How points follow from inputs. Each kind of rule is data; `domain::rule` computes it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// A list of options with fixed points.
    Options {
        /// The options.
        options: Vec<OptionPoints>,
    },
    /// Points given as a plain number from 0 to the maximum, in steps.
    Number {
        /// The step.
        step: Decimal,
    },
    /// The average of a survey's answers, converted by the scale.
    SurveyAverage {},
}

impl Text {
    /// The text in one of the two languages.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
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

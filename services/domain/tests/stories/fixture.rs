//! The small round that the stories play in: two blocks, two trees, five units, every phase, and its days.
//! It holds documents and configuration only; nothing here decides or folds.

use std::fmt::Debug;
use std::str::FromStr;

use proto::act::round::{Band, Block, OpenRound, OwnUnit, Phase, Policy, Stage, Ties, Unsubmitted, Window};
use proto::act::sheet::Evidence;
use proto::act::survey::BallotSet;
use proto::canon::{Value, to_vec};
use proto::document::{
    Answer, Catalogue, CatalogueUnit, Claims, DocRef, Extra, Form, Group, KindTotal, Leaf, Node, OptionPoints,
    Question, RecheckRow, Respondents, Rule, Rulebook, Sign, Source, Tally, TallyRow, Text,
};
use proto::exact::RoundingMode;
use proto::{Decimal, Hash, Instant, RoundId};

/// The round.
pub const ROUND: &str = "r22";
/// Units of the block `so`; `c` comes last.
pub const SO: [&str; 3] = ["a", "b", "c"];
/// Units of the block `huyen`; `y` is not ranked.
pub const HUYEN: [&str; 2] = ["x", "y"];
/// The leaves that a unit of kind `so` scores itself, with their maxima: 6 + 4 + 4 + 2 = 16 of 20.
pub const SO_LEAVES: [(&str, &str); 4] = [("1.1", "6"), ("1.2", "4"), ("2.1.1", "4"), ("2.1.2", "2")];
/// The leaf that a unit of kind `huyen` scores itself: 6 of 10.
pub const HUYEN_LEAVES: [(&str, &str); 1] = [("1.1", "6")];

/// An id of any type.
pub fn id<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect(text)
}

/// A decimal.
pub fn dec(text: &str) -> Decimal {
    Decimal::parse(text).expect(text)
}

/// Words in both languages, which differ.
pub fn text(words: &str) -> Text {
    Text { en: words.to_owned(), vi: format!("{words} (vi)") }
}

/// The round's id.
pub fn r22() -> RoundId {
    id(ROUND)
}

/// A moment on Vietnamese clocks, "11-16" for a day's beginning or "11-16 09:30". October to December are of 2022, the
/// rest of 2023.
pub fn moment(text: &str) -> Instant {
    let number = |from: usize, to: usize| text.get(from..to).map_or(0, |t| t.parse::<u32>().expect("digits"));
    let (month, day, hour, minute) = (number(0, 2), number(3, 5), number(6, 8), number(9, 11));
    let year = if month >= 10 { 2022 } else { 2023 };
    let midnight = Instant::vietnam_midnight(year, month, day).expect("a day");
    midnight.plus_micros(i64::from(hour * 60 + minute) * 60_000_000)
}

/// The last moment before another.
pub fn just_before(moment: Instant) -> Instant {
    moment.plus_micros(-1)
}

fn leaf(source: Source, rule: Rule) -> Leaf {
    Leaf { source, rule, evidence: false, asks: None, exemptible: false }
}

/// A leaf scored as a plain number.
pub fn number(step: &str) -> Leaf {
    leaf(Source::Appraisal, Rule::Number { step: dec(step) })
}

/// A leaf scored by a choice.
pub fn options(list: &[(&str, &str)]) -> Leaf {
    let option =
        |(code, points): &(&str, &str)| OptionPoints { code: id(code), title: text(code), points: dec(points) };
    leaf(Source::Appraisal, Rule::Options { options: list.iter().map(option).collect() })
}

/// A leaf scored by the survey.
pub fn surveyed() -> Leaf {
    leaf(Source::Survey, Rule::SurveyAverage {})
}

/// A node of a tree.
pub fn node(kind: &str, code: &str, maximum: &str, leaf: Option<Leaf>) -> Node {
    Node { kind: id(kind), code: id(code), title: text(code), maximum: dec(maximum), leaf }
}

/// The rulebook: `so` has 20 points, 4 of them by the survey; `huyen` has 10, 4 of them by the survey.
pub fn rulebook() -> Rulebook {
    let extra =
        |code: &str, sign, cap: &str| Extra { kind: id("so"), code: id(code), title: text(code), sign, cap: dec(cap) };
    let group = |kind: &str, code: &str| Group {
        kind: id(kind),
        code: id(code),
        title: text(code),
        weight: None,
        sample: None,
        margin: None,
    };
    let answer = |(code, share): (&str, &str)| Answer { code: id(code), share: Some(dec(share)), title: None };
    let total = |kind: &str, total: &str| KindTotal { kind: id(kind), total: dec(total) };
    Rulebook {
        title: text("Rulebook of the stories"),
        basis: text("Illustrative"),
        effective: None,
        fragment: false,
        claims: Claims::default(),
        missing_group: proto::document::MissingGroup::default(),
        short_group: proto::document::ShortGroup::default(),
        agreement: None,
        kinds: vec![total("so", "20"), total("huyen", "10")],
        nodes: vec![
            node("so", "1", "10", None),
            node("so", "1.1", "6", Some(Leaf { evidence: true, ..number("0.25") })),
            node(
                "so",
                "1.2",
                "4",
                Some(Leaf { exemptible: true, ..options(&[("full", "4"), ("part", "2.5"), ("none", "0")]) }),
            ),
            node("so", "2", "10", None),
            node("so", "2.1", "6", None),
            node("so", "2.1.1", "4", Some(Leaf { exemptible: true, ..number("0.5") })),
            node("so", "2.1.2", "2", Some(options(&[("yes", "2"), ("no", "0")]))),
            node("so", "2.2", "4", Some(surveyed())),
            node("huyen", "1", "6", None),
            node("huyen", "1.1", "6", Some(number("0.25"))),
            node("huyen", "2", "4", None),
            node("huyen", "2.1", "4", Some(surveyed())),
        ],
        extras: vec![extra("plus", Sign::Bonus, "1"), extra("minus", Sign::Penalty, "2")],
        groups: vec![
            group("so", "citizens"),
            group("so", "firms"),
            group("huyen", "citizens"),
            group("huyen", "firms"),
            group("huyen", "leaders"),
        ],
        answers: [("a", "1"), ("b", "0.6"), ("c", "0.2"), ("d", "0")].map(answer).to_vec(),
    }
}

/// The catalogue: the units of both blocks, and an agency that is not assessed.
pub fn catalogue() -> Catalogue {
    let unit = |kind: &str, unit: &str| CatalogueUnit {
        unit: id(unit),
        name: text(&format!("Unit {unit}")),
        short: unit.to_uppercase(),
        code: format!("0{unit}"),
        kind: id(kind),
        effective: None,
        succeeds: Vec::new(),
    };
    let mut units: Vec<CatalogueUnit> = SO.map(|u| unit("so", u)).to_vec();
    units.extend(HUYEN.map(|u| unit("huyen", u)));
    units.push(unit("agency", "agency"));
    Catalogue { title: text("Units of the stories"), basis: text("Illustrative"), units }
}

/// A survey's counted answers: unit, group, leaf, counts in the order of the scale.
pub fn tally(rows: &[(&str, &str, &str, [u32; 4])]) -> Tally {
    let row = |(unit, group, leaf, counts): &(&str, &str, &str, [u32; 4])| TallyRow {
        unit: id(unit),
        group: id(group),
        leaf: id(leaf),
        question: None,
        counts: counts.to_vec(),
    };
    Tally {
        round: r22(),
        rows: rows.iter().map(row).collect(),
        rechecks: Vec::new(),
        respondents: Vec::new(),
        collectors: Vec::new(),
        findings: Vec::new(),
    }
}

/// The tally of most stories: `a`, `b` and `x` reach the whole of their survey leaf, `c` and `y` three fifths.
pub fn usual_tally() -> Tally {
    tally(&[
        ("a", "citizens", "2.2", [10, 0, 0, 0]),
        ("b", "citizens", "2.2", [10, 0, 0, 0]),
        ("c", "citizens", "2.2", [0, 10, 0, 0]),
        ("x", "citizens", "2.1", [10, 0, 0, 0]),
        ("y", "citizens", "2.1", [0, 10, 0, 0]),
    ])
}

/// A batch of ballots about `a` and `b`, counted from a file of its own: which groups answered, and how many of each.
pub fn ballots(respondents: &[(&str, &str, u32)]) -> (Tally, BallotSet) {
    let row = |(unit, group, ballots): &(&str, &str, u32)| Respondents {
        unit: id(unit),
        group: id(group),
        ballots: *ballots,
    };
    let counted = tally(&[("a", "citizens", "2.2", [40, 10, 0, 0]), ("b", "firms", "2.2", [20, 20, 5, 0])]);
    let tally = Tally { respondents: respondents.iter().map(row).collect(), ..counted };
    let file = Evidence {
        size: 9_000,
        address: Hash::digest(b"file"),
        media_type: "text/csv".to_owned(),
        page: String::new(),
        digest_commitment: Hash::digest(b"digest"),
        name_commitment: Hash::digest(b"name"),
    };
    let root = Hash::digest(b"root");
    (tally, BallotSet { file, root, from: id("2022-11-12"), to: id("2022-11-18") })
}

/// A form that asks citizens one question about the survey leaf of `so`.
pub fn usual_form() -> Form {
    let question =
        Question { code: id("q1"), leaf: id("2.2"), text: text("Satisfied?"), weight: None, answers: Vec::new() };
    let (title, basis) = (text("Form of the stories"), text("Illustrative"));
    Form { title, basis, kind: id("so"), groups: vec![id("citizens")], questions: vec![question] }
}

/// Ten citizens who answered about `a` are asked again: nine say what they said, one says less.
pub fn asked_again() -> Tally {
    let counts = [[9, 1, 0, 0], [0; 4], [0; 4], [0; 4]].concat();
    let row = RecheckRow { unit: id("a"), group: id("citizens"), leaf: id("2.2"), question: None, counts };
    Tally { rechecks: vec![row], ..tally(&[]) }
}

macro_rules! as_value {
    ($($name:ident: $type:ty;)*) => {$(
        /// The document as a value.
        pub fn $name(document: &$type) -> Value {
            Value::parse(&to_vec(document).expect("a canonical form")).expect("canonical JSON is JSON")
        }
    )*};
}
as_value! { rulebook_value: Rulebook; catalogue_value: Catalogue; tally_value: Tally; form_value: Form; }

/// The digest of a whole document.
pub fn digest_of(whole: &Value) -> Hash {
    Hash::digest(&to_vec(whole).expect("a canonical form"))
}

/// The name by which a round calls a document.
pub fn doc_ref(doc: &str, whole: &Value) -> DocRef {
    DocRef { id: id(doc), digest: digest_of(whole) }
}

/// A phase's window.
pub fn window(phase: Phase, from: &str, until: &str) -> Window {
    Window { phase, from: moment(from), until: moment(until) }
}

/// A band.
pub fn band(code: &str, from: &str) -> Band {
    Band { code: id(code), title: text(&code.to_uppercase()), from: dec(from), kind: None }
}

/// The round's configuration.
pub fn round() -> OpenRound {
    let block = |block: &str, units: &[&str], unranked: &[&str]| Block {
        block: id(block),
        title: text(block),
        kind: id(block),
        units: units.iter().map(|u| id(u)).collect(),
        unranked: unranked.iter().map(|u| id(u)).collect(),
    };
    OpenRound {
        round: r22(),
        year: 2022,
        title: text("Round of the stories"),
        authority: text("Authority of the stories"),
        rulebook: doc_ref("rules", &rulebook_value(&rulebook())),
        catalogue: doc_ref("units", &catalogue_value(&catalogue())),
        units_on: None,
        forms: Vec::new(),
        blocks: vec![block("so", &SO, &[]), block("huyen", &HUYEN, &["y"])],
        phases: vec![
            window(Phase::SelfScoring, "11-01", "11-16"),
            window(Phase::FirstAppraisal, "11-16", "12-01"),
            window(Phase::Explanation, "12-01", "12-08"),
            window(Phase::SecondAppraisal, "12-08", "12-20"),
            window(Phase::Survey, "11-10", "12-20"),
            window(Phase::Council, "12-20", "01-05"),
            window(Phase::Appeals, "01-05", "01-20"),
        ],
        policy: Policy {
            own_unit: OwnUnit::Refuse,
            unsubmitted: Unsubmitted::Zero,
            counts: vec![Stage::Own, Stage::First, Stage::Second, Stage::Council, Stage::Correction],
            receipts: None,
            digits: 2,
            rounding: RoundingMode::HalfUp,
            ties: Ties::Competition,
            deciding: Vec::new(),
            bands: vec![band("good", "90"), band("fair", "80"), band("weak", "0")],
        },
    }
}

/// The configuration with a change.
pub fn round_with(change: impl FnOnce(&mut OpenRound)) -> OpenRound {
    let mut config = round();
    change(&mut config);
    config
}

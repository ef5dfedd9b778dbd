//! The sample's rulebook, built from `criteria.txt`: trees, points, options, respondent groups, scale.
//! Field names and field maxima are real (the maxima are the national set's); everything else is illustrative.

use proto::Code;
use proto::document::{
    Answer, Claims, Extra, KindTotal, Leaf, MissingGroup, Node, OptionPoints, Rule, Rulebook, ShortGroup, Sign, Source,
    Text,
};

use super::units::{HUYEN, SO};
use super::words::{code, hundredths, text};

const CRITERIA: &str = include_str!("criteria.txt");

/// Maxima of the eight fields, in tenths, and of these the survey's part for departments and for districts.
/// The sums are 100; 30.8 and 30.
const FIELDS: [(i64, i64, i64); 8] = [
    (100, 20, 20),
    (100, 25, 25),
    (145, 30, 30),
    (110, 20, 20),
    (160, 33, 30),
    (70, 15, 15),
    (160, 30, 25),
    (155, 135, 135),
];

/// The code of the bonus.
pub const BONUS: &str = "thuong";
/// The code of the penalty.
pub const PENALTY: &str = "tru";
/// Shares of the answers A, B, C, D in tenths.
pub const ANSWERS: [(&str, i64); 4] = [("a", 10), ("b", 6), ("c", 2), ("d", 0)];

/// A leaf as the rest of the generator needs it.
#[derive(Debug, Clone)]
pub struct LeafSpec {
    /// Its code.
    pub code: Code,
    /// Its maximum in hundredths.
    pub maximum: i64,
    /// How it is scored.
    pub form: Form,
    /// Whether it asks for evidence.
    pub evidence: bool,
    /// Whether it may be exempted.
    pub exemptible: bool,
}

/// How a leaf is scored.
#[derive(Debug, Clone)]
pub enum Form {
    /// Options with their points in hundredths, the best one first, and what they measure.
    Options(&'static str, Vec<(Code, i64)>),
    /// A number in steps of so many hundredths.
    Number(i64),
    /// The survey.
    Survey,
}

struct Row {
    field: usize,
    criterion: usize,
    who: &'static str,
    rule: &'static str,
    weight: i64,
    marks: &'static str,
    title: Text,
}

/// The rulebook, and the leaves of each kind in the tree's order.
#[must_use]
pub fn rulebook() -> (Rulebook, [(&'static str, Vec<LeafSpec>); 2]) {
    let (headings, rows) = read();
    let mut nodes = Vec::new();
    let kinds = [SO, HUYEN].map(|kind| (kind, tree(kind, &headings, &rows, &mut nodes)));
    let both = [SO, HUYEN].into_iter();
    let rulebook = Rulebook {
        title: text(
            "Bộ tiêu chí Chỉ số CCHC năm 2022 (minh họa theo Quyết định số 4210/QĐ-UBND)",
            "Criteria of the PAR Index 2022 (illustrative, after Decision 4210/QĐ-UBND)",
        ),
        basis: super::documents::rulebook_basis(),
        effective: None,
        fragment: false,
        claims: Claims::default(),
        missing_group: MissingGroup::default(),
        short_group: ShortGroup::default(),
        agreement: None,
        kinds: both.clone().map(|kind| KindTotal { kind: code(kind), total: hundredths(10_000) }).collect(),
        nodes,
        extras: both.flat_map(extras).collect(),
        groups: super::documents::groups(),
        answers: ANSWERS
            .map(|(answer, share)| Answer { code: code(answer), share: Some(hundredths(share * 10)), title: None })
            .to_vec(),
    };
    (rulebook, kinds)
}

/// Headings (field, criterion or 0, title) and leaves of the table.
fn read() -> (Vec<(usize, usize, Text)>, Vec<Row>) {
    let (mut headings, mut rows) = (Vec::new(), Vec::new());
    let (mut field, mut criterion) = (0, 0);
    for line in CRITERIA.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let columns: Vec<&str> = line.split(" | ").collect();
        let [head, vi, en] = columns[..] else { panic!("criteria.txt: {line:?} has not three columns") };
        let title = text(vi, en);
        match head.split(' ').collect::<Vec<_>>()[..] {
            ["F", _] => {
                (field, criterion) = (field + 1, 0);
                headings.push((field, 0, title));
            }
            ["C"] => {
                criterion += 1;
                headings.push((field, criterion, title));
            }
            [who, rule, weight, marks] => {
                let weight = weight.parse().expect("a weight is a number");
                rows.push(Row { field, criterion, who, rule, weight, marks, title });
            }
            _ => panic!("criteria.txt: {line:?} is no field, criterion or leaf"),
        }
    }
    (headings, rows)
}

fn tree(kind: &'static str, headings: &[(usize, usize, Text)], rows: &[Row], nodes: &mut Vec<Node>) -> Vec<LeafSpec> {
    let rows: Vec<&Row> = rows.iter().filter(|r| r.who == "both" || r.who == kind).collect();
    let maxima = maxima(kind, &rows);
    let mut leaves = Vec::new();
    let mut node = |code: Code, title: &Text, maximum: i64, leaf: Option<Leaf>| {
        let (kind, maximum) = (super::words::code(kind), hundredths(maximum));
        nodes.push(Node { kind, code, title: title.clone(), maximum, leaf });
    };
    for (field, criterion, title) in headings {
        let here = |r: &Row| r.field == *field && (*criterion == 0 || r.criterion == *criterion);
        let below = || rows.iter().zip(&maxima).filter(|(r, _)| here(r));
        let total: i64 = below().map(|(_, m)| m).sum();
        if *criterion == 0 {
            node(code(&field.to_string()), title, total, None);
            continue;
        }
        node(code(&format!("{field}.{criterion}")), title, total, None);
        for (i, (row, maximum)) in below().enumerate() {
            let spec = leaf_spec(row, code(&format!("{field}.{criterion}.{}", i + 1)), *maximum);
            node(spec.code.clone(), &row.title, *maximum, Some(leaf(&spec)));
            leaves.push(spec);
        }
    }
    leaves
}

/// Each leaf's maximum in hundredths: the field's points of its source shared out by weight, in tenths, the largest
/// remainders rounded up.
fn maxima(kind: &str, rows: &[&Row]) -> Vec<i64> {
    let mut maxima = vec![0; rows.len()];
    for (i, (all, so, huyen)) in FIELDS.into_iter().enumerate() {
        let survey = if kind == SO { so } else { huyen };
        for (surveyed, points) in [(false, all - survey), (true, survey)] {
            let places: Vec<usize> =
                (0..rows.len()).filter(|&p| rows[p].field == i + 1 && (rows[p].rule == "survey") == surveyed).collect();
            let weights: i64 = places.iter().map(|&p| rows[p].weight).sum();
            for &p in &places {
                maxima[p] = points * rows[p].weight / weights;
            }
            let left = points - places.iter().map(|&p| maxima[p]).sum::<i64>();
            let mut by_rest = places.clone();
            by_rest.sort_by_key(|&p| -(points * rows[p].weight % weights));
            for &p in by_rest.iter().take(usize::try_from(left).expect("remainders are fewer than leaves")) {
                maxima[p] += 1;
            }
        }
    }
    maxima.iter().map(|tenths| tenths * 10).collect()
}

/// Options of each rule: code, titles, share of the maximum in per cent.
fn options(rule: &str) -> &'static [(&'static str, &'static str, &'static str, i64)] {
    match rule {
        "late" => &[
            ("on_time", "Đúng thời hạn", "On time", 100),
            ("late", "Chậm so với thời hạn", "Late", 50),
            ("none", "Không thực hiện", "Not done", 0),
        ],
        "done" => &[
            ("full", "Thực hiện đầy đủ", "Fully", 100),
            ("part", "Thực hiện một phần", "In part", 50),
            ("none", "Không thực hiện", "Not done", 0),
        ],
        "yes" => &[("yes", "Có", "Yes", 100), ("no", "Không", "No", 0)],
        "grade" => &[
            ("all", "Đạt toàn bộ yêu cầu", "All requirements met", 100),
            ("most", "Đạt phần lớn yêu cầu", "Most requirements met", 60),
            ("some", "Đạt một số yêu cầu", "Some requirements met", 30),
            ("none", "Không đạt", "None met", 0),
        ],
        "count" => &[
            ("three", "Từ 3 trở lên", "3 or more", 100),
            ("two", "2", "2", 70),
            ("one", "1", "1", 40),
            ("none", "Không có", "None", 0),
        ],
        "band" => &[
            ("over_90", "Trên 90%", "Over 90 %", 100),
            ("from_70", "Từ 70% đến 90%", "70 to 90 %", 50),
            ("under_70", "Dưới 70%", "Under 70 %", 0),
        ],
        _ => panic!("criteria.txt: no rule {rule:?}"),
    }
}

fn leaf_spec(row: &Row, code: Code, maximum: i64) -> LeafSpec {
    let form = match row.rule {
        "survey" => Form::Survey,
        "ratio" => Form::Number(1),
        "tenth" => Form::Number(5),
        rule => {
            let options = options(rule).iter();
            Form::Options(rule, options.map(|o| (super::words::code(o.0), maximum * o.3 / 100)).collect())
        }
    };
    LeafSpec { code, maximum, form, evidence: row.marks.contains('e'), exemptible: row.marks.contains('x') }
}

fn leaf(spec: &LeafSpec) -> Leaf {
    let (source, rule) = match &spec.form {
        Form::Survey => (Source::Survey, Rule::SurveyAverage {}),
        Form::Number(step) => (Source::Appraisal, Rule::Number { step: hundredths(*step) }),
        Form::Options(rule, points) => {
            let options = options(rule).iter().zip(points).map(|(o, (code, points))| OptionPoints {
                code: code.clone(),
                title: text(o.1, o.2),
                points: hundredths(*points),
            });
            (Source::Appraisal, Rule::Options { options: options.collect() })
        }
    };
    Leaf { source, rule, evidence: spec.evidence, asks: None, exemptible: spec.exemptible }
}

fn extras(kind: &'static str) -> [Extra; 2] {
    let extra = |extra, sign, title, cap| Extra { kind: code(kind), code: code(extra), title, sign, cap };
    [
        extra(BONUS, Sign::Bonus, text("Điểm thưởng (minh họa)", "Bonus (illustrative)"), hundredths(200)),
        extra(PENALTY, Sign::Penalty, text("Điểm trừ (minh họa)", "Penalty (illustrative)"), hundredths(300)),
    ]
}

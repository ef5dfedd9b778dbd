//! A round of the rulebook that has every kind of rule, as it stands at a position: two units, scores put in place.
//! It decides nothing; the points follow from the inputs as domain says.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::sync::Arc;

use domain::{Book, LogState, Round, computed};
use intake::unit_sheet::Basis;
use proto::act::log::{ClockKind, CreateLog, Mode};
use proto::act::round::{Block, OpenRound, OwnUnit, Phase, Policy, Stage, Ties, Unsubmitted, Window};
use proto::act::sheet::Inputs;
use proto::canon::to_vec;
use proto::document::{CatalogueUnit, DocRef, Rulebook, Text};
use proto::exact::RoundingMode;
use proto::score::StageState;
use proto::{Acting, Capacity, Code, Decimal, Exact, Hash, Instant, Origin, UnitId};

/// A round at a position of its log.
pub struct Stood {
    pub round: Round,
    pub log: LogState,
    pub position: u64,
    pub root: Hash,
}

pub fn unit(text: &str) -> UnitId {
    UnitId::parse(text).expect("an id")
}

pub fn code(text: &str) -> Code {
    Code::parse(text).expect("a code")
}

/// The rulebook with every kind of rule.
pub fn rulebook() -> Rulebook {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/rulebooks/all-kinds.json");
    serde_json::from_slice(&std::fs::read(path).expect("the file")).expect("a rulebook")
}

/// The round of a rulebook before anybody has scored.
pub fn of(rulebook: Rulebook) -> Stood {
    let digest = Hash::digest(&to_vec(&rulebook).expect("canonical"));
    let doc = DocRef { id: "book".parse().expect("an id"), digest };
    let book = Arc::new(Book::build(doc.clone(), rulebook).expect("no faults"));
    let units = ["a", "b"];
    let block = Block {
        block: "so".parse().expect("an id"),
        title: Text::new("Các Sở (minh họa)", "Departments (illustrative)"),
        kind: code("so"),
        units: units.map(unit).to_vec(),
        unranked: Vec::new(),
    };
    let day = |month, day| Instant::vietnam_midnight(2022, month, day).expect("a day");
    let config = OpenRound {
        round: "r22".parse().expect("an id"),
        year: 2022,
        title: Text::new("Kỳ minh họa", "Illustrative round"),
        authority: Text::new("UBND", "People's Committee"),
        rulebook: doc.clone(),
        catalogue: doc,
        units_on: None,
        forms: Vec::new(),
        blocks: vec![block],
        phases: vec![Window { phase: Phase::SelfScoring, from: day(11, 1), until: day(12, 1) }],
        policy: Policy {
            own_unit: OwnUnit::Refuse,
            unsubmitted: Unsubmitted::Zero,
            counts: vec![Stage::Own, Stage::First, Stage::Second, Stage::Council, Stage::Correction],
            digits: 2,
            rounding: RoundingMode::HalfUp,
            ties: Ties::Competition,
            deciding: Vec::new(),
            bands: Vec::new(),
            receipts: None,
        },
    };
    let entry = |id: &str| CatalogueUnit {
        unit: unit(id),
        name: Text::new(format!("Sở {id} (minh họa)"), format!("Department {id} (illustrative)")),
        short: String::new(),
        code: String::new(),
        kind: code("so"),
        effective: None,
        succeeds: Vec::new(),
    };
    let catalogue: Vec<CatalogueUnit> = units.iter().map(|id| entry(id)).collect();
    let round = Round::open(config, book, &catalogue, Vec::new()).expect("it fits");
    let genesis = CreateLog {
        mode: Mode::Training,
        clock: ClockKind::System,
        administrators: Vec::new(),
        incompatible: Vec::new(),
        continues: None,
    };
    let origin = Origin::parse("test.example/sheets").expect("an origin");
    let log = LogState { origin, genesis, keys: Vec::new(), anchor: None, closed: None };
    Stood { round, log, position: 10, root: Hash([7; 32]) }
}

impl Stood {
    /// The round of the rulebook with every kind of rule.
    pub fn new() -> Self {
        of(rulebook())
    }

    pub fn basis(&self) -> Basis<'_> {
        Basis { round: &self.round, log: &self.log, position: self.position, root: self.root }
    }

    /// The same at a later position.
    pub fn later(mut self) -> Self {
        self.position += 5;
        self.root = Hash([8; 32]);
        self
    }

    /// With a stage of a score, in the place of the one before.
    pub fn with(mut self, of: &str, leaf: &str, (inputs, claimed, explanation): Said, stage: Stage) -> Self {
        let (place, state) = self.round.unit(&unit(of)).expect("a unit");
        let (at, node) = state.tree.leaf(&code(leaf)).expect("a leaf");
        let inputs: Inputs = serde_json::from_str(inputs).expect("inputs");
        let by_rule = computed(node, &inputs).expect("lawful").unwrap_or_else(Exact::zero);
        let points = claimed.map_or(by_rule, |c| Exact::from(Decimal::parse(c).expect("a decimal")));
        let sheet = &mut self.round.units[place].sheet;
        sheet.version += 1;
        let (event, score) = (sheet.version, &mut sheet.scores[at]);
        score.revision = event;
        let reason = if stage == Stage::Own { String::new() } else { explanation.to_owned() };
        if stage == Stage::Own {
            score.explanation = explanation.to_owned();
        }
        score.set(StageState { stage, inputs, points, reason, event });
        self
    }

    /// With the unit's own score of a leaf.
    pub fn own(self, of: &str, leaf: &str, said: Said) -> Self {
        self.with(of, leaf, said, Stage::Own)
    }
}

/// Inputs as JSON, points where they are not the rule's, a text.
pub type Said<'t> = (&'t str, Option<&'t str>, &'t str);

/// A drafter of a unit.
pub fn drafter(of: &str) -> Acting {
    Acting { capacity: Capacity::Drafter, unit: Some(unit(of)) }
}

/// An appraiser.
pub fn appraiser() -> Acting {
    Acting { capacity: Capacity::Appraiser, unit: None }
}

/// One score for each kind of rule: the leaf, and what was said of it.
pub const SAID: [(&str, Said); 14] = [
    ("1.1", (r#"{"option":"late"}"#, None, "đã ban hành chậm")),
    ("1.2", (r#"{"figures":[{"name":"done","value":"9"},{"name":"due","value":"10"}]}"#, None, "có báo cáo")),
    ("1.3", (r#"{"figures":[{"name":"in_time","value":"2"},{"name":"files","value":"3"}]}"#, None, "hồ sơ")),
    ("1.4", (r#"{"figures":[{"name":"online","value":"61.5"},{"name":"files","value":"100"}]}"#, None, "hồ sơ")),
    ("1.5", (r#"{"figures":[{"name":"initiatives","value":"3"}]}"#, None, "quyết định công nhận")),
    ("1.6", (r#"{"figures":[{"name":"trainings","value":"5"}]}"#, None, "kế hoạch")),
    ("1.7", (r#"{"figures":[{"name":"violations","value":"1"}]}"#, None, "")),
    ("1.8", (r#"{"figures":[{"name":"done","value":"0"},{"name":"due","value":"0"}]}"#, None, "không giao")),
    ("2.1", (r#"{"figures":[{"name":"value","value":"87.35"}]}"#, None, "quyết định công bố")),
    ("2.2", (r#"{"option":"yes"}"#, None, "quy chế")),
    ("2.3", (r#"{"date":"2022-12-18"}"#, None, "báo cáo")),
    (
        "2.4",
        (
            r#"{"figures":[{"name":"cut","value":"6"},{"name":"all","value":"8"},{"name":"overdue","value":"1"}]}"#,
            Some("3"),
            "đề nghị xem xét",
        ),
    ),
    ("2.5", (r#"{"figures":[{"name":"percent","value":"87.5"}]}"#, Some("3.5"), "biên bản")),
    ("2.3", (r#"{}"#, None, "không nộp")),
];

/// A round in which the unit `a` has scored every kind of rule.
pub fn scored() -> Stood {
    SAID[..13].iter().fold(Stood::new(), |stood, (leaf, said)| stood.own("a", leaf, *said))
}

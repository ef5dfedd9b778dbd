//! Hanoi across 1 July 2025: one catalogue of districts that end and communes that begin, under rounds before and after.
//! What a round of 2022 came to is the same under it, and stays so when the districts are gone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::{World, decide, exists_on, result_digest, successors};
use proto::act::documents::{EnterPart, SealDocument};
use proto::act::round::OpenRound;
use proto::canon::{Value, to_vec};
use proto::document::Lang;
use proto::document::{
    Catalogue, Claims, DocKind, DocRef, KindTotal, Leaf, MissingGroup, Node, Rule, Rulebook, ShortGroup, Source, Text,
};
use proto::script::Line;
use proto::{
    Act, Acting, ActorId, BlockId, Capacity, Code, Command, CommandId, CredentialId, Day, Decimal, DocId, Hash,
    Instant, Principal, RoundId, UnitId, Via, ViaKind,
};
use system_tests::folder::sample_round;
use system_tests::sample::simulation::{Simulation, bits};

fn hanoi() -> (Value, Catalogue) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/catalogues/hanoi.json");
    let value = Value::parse(&std::fs::read(path).expect("the file")).expect("JSON");
    let catalogue = serde_json::from_slice(&to_vec(&value).expect("canonical")).expect("a catalogue");
    (value, catalogue)
}

fn day(text: &str) -> Day {
    Day::parse(text).expect(text)
}

fn code(text: &str) -> Code {
    Code::parse(text).expect(text)
}

fn digest(value: &Value) -> Hash {
    Hash::digest(&to_vec(value).expect("canonical"))
}

#[test]
fn the_catalogue_holds_the_districts_until_they_end_and_the_communes_from_then_on() {
    let (_, catalogue) = hanoi();
    let on = |date: &str, kind: &str| {
        let there = catalogue.units.iter().filter(|u| u.kind.as_str() == kind && exists_on(u, day(date)));
        there.map(|u| u.unit.as_str()).collect::<BTreeSet<_>>()
    };
    assert_eq!(
        (on("2022-12-31", "so").len(), on("2022-12-31", "huyen").len(), on("2022-12-31", "xa").len()),
        (22, 30, 0)
    );
    assert_eq!((on("2025-06-30", "huyen").len(), on("2025-06-30", "xa").len()), (30, 0));
    assert_eq!((on("2025-07-01", "huyen").len(), on("2025-07-01", "xa").len()), (0, 126));
    let named = |word: &str| {
        let begins = format!("Ủy ban nhân dân {word} ");
        catalogue.units.iter().filter(|u| u.kind.as_str() == "xa" && u.name.vi.starts_with(&begins)).count()
    };
    assert_eq!((named("phường"), named("xã")), (51, 75), "Resolution 1656/NQ-UBTVQH15");
    // No district ends without somebody after it, and every commune came from somewhere.
    let districts = on("2022-12-31", "huyen");
    for district in &districts {
        let district = UnitId::parse(district).expect("an id");
        assert!(successors(&catalogue, &district).count() >= 2, "{district}");
    }
    for unit in catalogue.units.iter().filter(|u| u.kind.as_str() == "xa") {
        assert!(
            !unit.succeeds.is_empty() && unit.succeeds.iter().all(|u| districts.contains(u.as_str())),
            "{}",
            unit.unit
        );
        assert_eq!(unit.unit.as_str(), unit.code);
    }
    // As article 1 of the resolution has it: Hồng Hà was made of parts of five districts, Ô Diên of three.
    let of = |name: &str| {
        let unit = catalogue.units.iter().find(|u| u.kind.as_str() == "xa" && u.short == name).expect(name);
        unit.succeeds.iter().map(|u| u.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(of("Hồng Hà"), ["001", "002", "003", "004", "007"]);
    assert_eq!(of("Ô Diên"), ["021", "250", "273"]);
    assert_eq!(of("Sơn Tây"), ["269"]);
}

/// The sample's lines, with another catalogue in the place of its own: in as many parts, so that every position stays.
fn lines(other: Option<&Value>) -> Vec<Line> {
    let mut files: Vec<_> =
        std::fs::read_dir(sample_round()).expect("the sample").map(|f| f.expect("a file").path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "ndjson"));
    files.sort();
    let read = |file| std::fs::read_to_string(file).expect("a file");
    let text: String = files.iter().map(read).collect();
    let mut lines: Vec<Line> = text.lines().map(|l| serde_json::from_str(l).expect("a line")).collect();
    let Some(other) = other else { return lines };
    let Value::Object(mut head) = other.clone() else { panic!("an object") };
    let units = head.remove("units").expect("units");
    let parts = [Value::Object(head), Value::Object([("units".to_owned(), units)].into())];
    for line in &mut lines {
        let Value::Object(command) = &mut line.command else { panic!("a command") };
        let kind = command["kind"].clone();
        let Some(Value::Object(data)) = command.get_mut("data") else { panic!("data") };
        let ours = data.get("document") == Some(&Value::Text("catalogue".to_owned()));
        match kind {
            Value::Text(kind) if ours && kind == "enter_part" => {
                let Value::Int(part) = data["part"] else { panic!("a part") };
                data.insert("content".to_owned(), parts[usize::try_from(part - 1).expect("it begins at 1")].clone());
            }
            Value::Text(kind) if ours && kind == "seal_document" => {
                assert_eq!(data["parts"], Value::Int(2), "the sample's catalogue has two parts");
                data.insert("digest".to_owned(), Value::Text(digest(other).to_string()));
            }
            Value::Text(kind) if kind == "open_round" => {
                let Some(Value::Object(catalogue)) = data.get_mut("catalogue") else { panic!("a reference") };
                catalogue.insert("digest".to_owned(), Value::Text(digest(other).to_string()));
            }
            _ => {}
        }
    }
    lines
}

/// The simulated ledger after the sample, and the configuration that it opened its round with.
fn played(other: Option<&Value>) -> (Simulation, OpenRound) {
    let mut simulation = Simulation::default();
    let mut opened = None;
    for line in lines(other) {
        simulation.take(&line);
        if let Ok(Command { act: Act::OpenRound(open), .. }) = Command::from_value(line.command) {
            opened = Some(open);
        }
    }
    (simulation, opened.expect("the sample opens a round"))
}

/// Three kinds of unit, a leaf each.
fn rulebook() -> Value {
    let one = || Decimal::ONE;
    let text = || Text::new("Minh họa", "Illustrative");
    let leaf = |rule| Leaf { source: Source::Appraisal, rule, evidence: false, asks: None, exemptible: false };
    let kinds = ["so", "huyen", "xa"];
    let node = |kind: &&str| Node {
        kind: code(kind),
        code: code("1"),
        title: text(),
        maximum: one(),
        leaf: Some(leaf(Rule::YesNo { yes: one(), no: Decimal::ZERO })),
    };
    let rulebook = Rulebook {
        title: text(),
        basis: text(),
        effective: None,
        fragment: false,
        claims: Claims::default(),
        kinds: kinds.iter().map(|k| KindTotal { kind: code(k), total: one() }).collect(),
        nodes: kinds.iter().map(node).collect(),
        extras: Vec::new(),
        groups: Vec::new(),
        answers: Vec::new(),
        missing_group: MissingGroup::default(),
        short_group: ShortGroup::default(),
        agreement: None,
    };
    Value::parse(&to_vec(&rulebook).expect("canonical")).expect("JSON")
}

fn secretary(at: Instant, act: Act) -> Line {
    let acting = Acting { capacity: Capacity::Secretariat, unit: Some(UnitId::parse("noivu").expect("an id")) };
    let id = CommandId::v7(at.millis(), bits(&format!("{act:?}")));
    let command = Value::parse(&Command::new(id, acting, act).to_canonical()).expect("JSON");
    Line { at, actor: ActorId::parse("sec-1").expect("an id"), command }
}

/// What the ledger would say, without doing it.
fn refused(world: &World, line: &Line) -> String {
    // As the simulation bound it when this actor first spoke.
    let credential = CredentialId::parse(&format!("sample-{}", line.actor)).expect("an actor's id is short");
    let via = Via { credential: Some(credential), kind: ViaKind::Token };
    let principal = Principal { actor: line.actor.clone(), via };
    let command = Command::from_value(line.command.clone()).expect("a command");
    decide(world, &principal, line.at, &command).expect_err("refused").sentence(Lang::En)
}

#[test]
fn a_round_of_2022_is_the_same_under_it_and_a_round_of_2025_takes_communes() {
    let (value, _) = hanoi();
    let (before, _) = played(None);
    let (mut after, opened) = played(Some(&value));
    let of_2022 = RoundId::parse("hanoi-2022").expect("an id");
    let result = result_digest(&before.world.rounds[&of_2022]);
    assert_eq!(result_digest(&after.world.rounds[&of_2022]), result, "22 departments and 30 districts, the same rows");

    // Three years later, in the same log.
    let day_micros = 86_400_000_000;
    let later = |at: Instant| at.plus_micros((3 * 365 + 1) * day_micros);
    let start = later(opened.phases.iter().map(|w| w.from).min().expect("windows")).plus_micros(-9 * day_micros);
    let at = |n: i64| start.plus_micros(n * 60_000_000);
    let (id, whole) = (DocId::parse("three-kinds").expect("an id"), rulebook());
    let part = EnterPart { document: DocKind::Rulebook, id: id.clone(), part: 1, content: whole.clone() };
    after.take(&secretary(at(1), Act::EnterPart(part)));
    let seal = SealDocument { document: DocKind::Rulebook, id: id.clone(), parts: 1, digest: digest(&whole) };
    after.take(&secretary(at(2), Act::SealDocument(seal)));

    let round = |name: &str, year: u32, kind: &str, units: Vec<UnitId>| {
        let mut open = opened.clone();
        open.round = RoundId::parse(name).expect("an id");
        open.year = year;
        open.rulebook = DocRef { id: id.clone(), digest: digest(&whole) };
        open.blocks.truncate(1);
        open.blocks[0].block = BlockId::parse(kind).expect("an id");
        (open.blocks[0].kind, open.blocks[0].units) = (code(kind), units);
        for window in &mut open.phases {
            (window.from, window.until) = (later(window.from), later(window.until));
        }
        secretary(at(3), Act::OpenRound(open))
    };
    let unit = |text: &str| UnitId::parse(text).expect("an id");
    let told = refused(&after.world, &round("hanoi-2025", 2025, "huyen", vec![unit("002")]));
    let wanted = ["002", "does not exist on 2025-12-31", "00070", "00082", "00004", "00097", "00226"];
    assert!(wanted.iter().all(|w| told.contains(w)), "its successors are told: {told}");
    let told = refused(&after.world, &round("hanoi-2022-again", 2022, "xa", vec![unit("00070")]));
    assert!(told.contains("00070") && told.contains("does not exist on 2022-12-31"), "{told}");
    let communes = communes();
    after.take(&round("hanoi-2025", 2025, "xa", communes.keys().cloned().collect()));
    let of_2025 = &after.world.rounds[&RoundId::parse("hanoi-2025").expect("an id")];
    assert_eq!(of_2025.config.blocks[0].units.len(), 126);
    assert_eq!(result_digest(&after.world.rounds[&of_2022]), result, "2022 stands as it stood");
    // And it can be folded again from the beginning, by whoever doubts it.
    let (again, _) = played(Some(&value));
    assert_eq!(result_digest(&again.world.rounds[&of_2022]), result);
}

fn communes() -> BTreeMap<UnitId, ()> {
    let (_, catalogue) = hanoi();
    catalogue.units.into_iter().filter(|u| u.kind.as_str() == "xa").map(|u| (u.unit, ())).collect()
}

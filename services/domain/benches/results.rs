//! What scoring costs: index and ranking of 10,000 units with 164 leaves each, from scratch, against reading the same
//! events; and one changed score against all of it.
//! It never compares with a number of another run: each pass reads and folds the same bodies in turn.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::{Duration, Instant as Clock};

use domain::{TouchedRound, World, all_totals, index_rows, ranking_rows, standings_of};
use proto::act::documents::{EnterPart, SealDocument};
use proto::act::log::{ClockKind, CreateLog, Mode};
use proto::act::round::{Band, Block, OpenRound, OwnUnit, Phase, Policy, Stage, Ties, Unsubmitted, Window};
use proto::act::sheet::{Figure, Inputs, ScoreSelf};
use proto::canon::{Value, to_vec};
use proto::document::{
    Catalogue, CatalogueUnit, Claims, DocKind, DocRef, FigureName, KindTotal, Leaf, Node, OptionPoints, Rule, Rulebook,
    Source, Text, WhenNone,
};
use proto::envelope::CommandRef;
use proto::exact::RoundingMode;
use proto::{
    Actor, Capacity, Code, CommandId, Decimal, Envelope, Event, EventId, Fact, Hash, Instant, Stream, UnitId, Via,
    ViaKind,
};

const UNITS: usize = 10_000;
const LEAVES: usize = 164;
/// Units whose events are held at once.
const CHUNK: usize = 100;
const PASSES: usize = 3;
/// The least share of the speed of reading.
const TARGET: f64 = 0.3;

fn code(text: &str) -> Code {
    Code::parse(text).expect("a code")
}

fn text(words: &str) -> Text {
    Text::new(words, words)
}

fn moment(day: u32) -> Instant {
    Instant::vietnam_midnight(2022, 11, day).expect("a day of November")
}

fn unit(place: usize) -> UnitId {
    UnitId::parse(&format!("u{place}")).expect("an id")
}

/// Every leaf's rule in turn: options, a ratio, a number in steps.
fn rule(leaf: usize) -> Rule {
    let figure = |name: &str| FigureName { name: code(name), title: text(name) };
    let option = |name: &str, points: i64| OptionPoints {
        code: code(name),
        title: text(name),
        points: Decimal::new(points, 2).expect("two places"),
    };
    match leaf % 3 {
        0 => Rule::Options { options: vec![option("full", 100), option("part", 50), option("none", 0)] },
        1 => Rule::Linear { part: figure("done"), whole: figure("due"), none: WhenNone::Refuse },
        _ => Rule::Number { step: Decimal::new(25, 2).expect("two places") },
    }
}

fn leaf_code(leaf: usize) -> Code {
    code(&format!("{}.{}", 1 + leaf / 21, 1 + leaf % 21))
}

fn rulebook() -> Rulebook {
    let node = |at: Code, maximum: usize, leaf: Option<Leaf>| Node {
        kind: code("unit"),
        title: text(at.as_str()),
        code: at,
        maximum: Decimal::new(i64::try_from(maximum).expect("small"), 0).expect("whole"),
        leaf,
    };
    let mut nodes = Vec::new();
    for leaf in 0..LEAVES {
        if leaf % 21 == 0 {
            nodes.push(node(code(&(1 + leaf / 21).to_string()), (LEAVES - leaf).min(21), None));
        }
        let rule = rule(leaf);
        let of = Leaf { source: Source::Appraisal, rule, evidence: false, asks: None, exemptible: false };
        nodes.push(node(leaf_code(leaf), 1, Some(of)));
    }
    Rulebook {
        title: text("Illustrative"),
        basis: text("Illustrative"),
        effective: None,
        fragment: false,
        claims: Claims::default(),
        kinds: vec![KindTotal { kind: code("unit"), total: Decimal::new(164, 0).expect("whole") }],
        nodes,
        extras: Vec::new(),
        groups: Vec::new(),
        answers: Vec::new(),
        missing_group: Default::default(),
        short_group: Default::default(),
        agreement: None,
    }
}

fn catalogue() -> Catalogue {
    let entry = |place| CatalogueUnit {
        unit: unit(place),
        name: text("Illustrative"),
        short: String::new(),
        code: String::new(),
        kind: code("unit"),
        effective: None,
        succeeds: Vec::new(),
    };
    Catalogue { title: text("Illustrative"), basis: text("Illustrative"), units: (0..UNITS).map(entry).collect() }
}

fn opening(rulebook: DocRef, catalogue: DocRef) -> OpenRound {
    let window = |(phase, from, until)| Window { phase, from: moment(from), until: moment(until) };
    let block = Block {
        block: "all".parse().expect("an id"),
        title: text("Illustrative"),
        kind: code("unit"),
        units: (0..UNITS).map(unit).collect(),
        unranked: Vec::new(),
    };
    OpenRound {
        round: "r22".parse().expect("an id"),
        year: 2022,
        title: text("Illustrative"),
        authority: text("Illustrative"),
        rulebook,
        catalogue,
        units_on: None,
        forms: Vec::new(),
        blocks: vec![block],
        phases: [(Phase::SelfScoring, 1, 10), (Phase::FirstAppraisal, 10, 20), (Phase::Council, 20, 30)]
            .map(window)
            .to_vec(),
        policy: Policy {
            own_unit: OwnUnit::Refuse,
            unsubmitted: Unsubmitted::Zero,
            counts: vec![Stage::Own, Stage::First],
            receipts: None,
            digits: 2,
            rounding: RoundingMode::HalfUp,
            ties: Ties::Competition,
            deciding: Vec::new(),
            bands: vec![Band { code: code("all"), title: text("all"), from: Decimal::ZERO, kind: None }],
        },
    }
}

fn event(position: u64, stream: Stream, version: u64, fact: Fact) -> Event {
    let bits: [u8; 10] = Hash::digest(&position.to_be_bytes()).0[..10].try_into().expect("ten of them");
    let at = moment(2);
    let envelope = Envelope {
        actor: Actor { capacity: Capacity::Drafter, id: "a-1".parse().expect("an id"), unit: None },
        at,
        cause: None,
        command: CommandRef { digest: Hash::digest(&bits), id: CommandId::v7(at.millis(), bits) },
        id: EventId::v7(at.millis(), bits),
        log: "bench.example/cchc".parse().expect("an origin"),
        position,
        prev: Some(Hash::digest(&bits)),
        stream,
        stream_prev: Some(Hash::digest(&bits)),
        version,
        via: Via { credential: Some("c-1".parse().expect("an id")), kind: ViaKind::Token },
    };
    Event { envelope, fact }
}

/// A world in which the round is open. Nobody could send its opening, which names 10,000 units: it is folded as it is.
fn opened() -> World {
    let mut world = World::tracking();
    let administrators = ["admin-a", "admin-b"].map(|a| a.parse().expect("an id")).to_vec();
    let genesis = CreateLog {
        mode: Mode::Live,
        clock: ClockKind::System,
        administrators,
        incompatible: Vec::new(),
        continues: None,
    };
    let mut facts = vec![(Stream::Log, Fact::LogCreated(genesis))];
    let mut enter = |document: DocKind, name: &str, whole: Vec<u8>| {
        let id: proto::DocId = name.parse().expect("an id");
        let digest = Hash::digest(&whole);
        let content = Value::parse(&whole).expect("canonical JSON is JSON");
        let stream = Stream::Document(document, id.clone());
        facts.push((stream.clone(), Fact::PartEntered(EnterPart { document, id: id.clone(), part: 1, content })));
        facts.push((stream, Fact::DocumentSealed(SealDocument { document, id: id.clone(), parts: 1, digest })));
        DocRef { id, digest }
    };
    let rules = enter(DocKind::Rulebook, "rules", to_vec(&rulebook()).expect("canonical"));
    let units = enter(DocKind::Catalogue, "units", to_vec(&catalogue()).expect("canonical"));
    let opening = opening(rules, units);
    facts.push((Stream::Round(opening.round.clone()), Fact::RoundOpened(opening)));
    for (position, (stream, fact)) in (1..).zip(facts) {
        world.evolve(&event(position, stream, 1, fact)).expect("it fits");
    }
    world
}

/// The self-score of a leaf; `again` makes another one of it.
fn scored(place: usize, leaf: usize, again: u64) -> Event {
    let draw = u64::from_be_bytes(
        Hash::digest(format!("{place} {leaf} {again}").as_bytes()).0[..8].try_into().expect("eight of them"),
    );
    let none = || Inputs { option: None, figures: Vec::new(), date: None };
    let (inputs, claimed) = match leaf % 3 {
        0 => {
            let (option, points) = [("full", 100), ("part", 50), ("none", 0)][(draw % 3) as usize];
            (Inputs { option: Some(code(option)), ..none() }, points)
        }
        1 => {
            let (done, due) = (draw % 80, 80);
            let figure = |name, n: u64| Figure { name: code(name), value: n.to_string().parse().expect("whole") };
            // A claim is rounded to two digits, half up.
            (
                Inputs { figures: vec![figure("done", done), figure("due", due)], ..none() },
                (done * 1_000 / due + 5) / 10,
            )
        }
        _ => (none(), draw % 5 * 25),
    };
    let fact = Fact::SelfScored(ScoreSelf {
        round: "r22".parse().expect("an id"),
        unit: unit(place),
        leaf: leaf_code(leaf),
        revision: 0,
        inputs,
        claimed: Decimal::new(i64::try_from(claimed).expect("small"), 2).expect("two places"),
        evidence: Vec::new(),
        explanation: "Báo cáo số 125/BC-UBND ngày 14/11/2022".to_owned(),
        from_paper: false,
    });
    let stream = Stream::Sheet("r22".parse().expect("an id"), unit(place));
    event((6 + place * LEAVES + leaf) as u64, stream, leaf as u64 + 1 + again * 1_000, fact)
}

/// One pass: how long reading took, folding, and everything that follows from the fold; and one changed score.
struct Pass {
    read: Duration,
    computed: Duration,
    changed: Duration,
}

fn pass() -> Pass {
    let mut world = opened();
    let (mut read, mut computed) = (Duration::ZERO, Duration::ZERO);
    for chunk in (0..UNITS).step_by(CHUNK) {
        let scores = (chunk..chunk + CHUNK).flat_map(|place| (0..LEAVES).map(move |leaf| scored(place, leaf, 0)));
        let bodies: Vec<Vec<u8>> = scores.map(|event| event.encode().expect("it fits")).collect();
        let clock = Clock::now();
        let events: Vec<Event> = bodies.iter().map(|body| Event::decode(body).expect("an event")).collect();
        read += clock.elapsed();
        let clock = Clock::now();
        events.iter().for_each(|event| world.evolve(event).expect("it fits"));
        computed += clock.elapsed();
    }
    world.take_touched();
    let id: proto::RoundId = "r22".parse().expect("an id");
    let clock = Clock::now();
    let totals = all_totals(&world.rounds[&id]);
    black_box(standings_of(&world.rounds[&id], &totals, None));
    computed += clock.elapsed();
    Pass { read, computed, changed: changed(&mut world, totals) }
}

/// One changed score: its unit's rows, and its block's places from the totals that are kept of all others.
fn changed(world: &mut World, mut totals: Vec<std::sync::Arc<domain::UnitTotals>>) -> Duration {
    let event = scored(UNITS / 2, 1, 1);
    let clock = Clock::now();
    world.evolve(&event).expect("it fits");
    let touched = world.take_touched().rounds.into_values().next().expect("the round was touched");
    let round = world.rounds.values().next().expect("the round is held");
    for &place in touched.units.keys() {
        totals[place] = domain::unit_totals(round, &round.units[place]).into();
    }
    black_box((index_rows(world, round, &touched), ranking_rows(round, &totals, &touched)));
    let taken = clock.elapsed();
    assert_eq!(touched.units.keys().copied().collect::<BTreeSet<_>>(), BTreeSet::from([UNITS / 2]));
    assert_eq!(index_rows(world, round, &touched).units.len(), 1);
    assert_eq!(index_rows(world, round, &TouchedRound::everything(round)).units.len(), UNITS);
    taken
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn main() {
    // `cargo test` starts benchmarks too, without this word; there is nothing to test here.
    if !std::env::args().any(|a| a == "--bench") {
        return;
    }
    let passes: Vec<Pass> = (0..PASSES).map(|_| pass()).collect();
    let of = |f: fn(&Pass) -> f64| median(passes.iter().map(f).collect());
    let ratio = of(|p| p.read.as_secs_f64() / p.computed.as_secs_f64());
    let share = of(|p| p.changed.as_secs_f64() / p.computed.as_secs_f64());
    println!("{UNITS} units x {LEAVES} leaves, medians of {PASSES} passes:");
    println!("  index and ranking from scratch / reading the same events: {ratio:.2} x (at least {TARGET})");
    println!("  one changed score / all of it: 1/{:.0}", 1.0 / share);
}

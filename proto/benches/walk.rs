//! What checking costs: the walk against hashing alone, reading and writing against serde_json, over the same bytes.
//! It never compares with a number of another run: every ratio stands beside its own baseline, taken in turns with it.

use std::hint::black_box;
use std::time::Instant as Clock;

use criterion::{Criterion, Throughput};
use proto::act::sheet::{Figure, Inputs, ScoreSelf};
use proto::envelope::CommandRef;
use proto::walk::Walk;
use proto::{
    Act, Acting, Actor, ActorId, Capacity, Code, Command, CommandId, CredentialId, Decimal, Envelope, Event, EventId,
    Fact, Hash, Instant, Origin, RoundId, Stream, UnitId, Via, ViaKind, canon,
};
use sha2::{Digest, Sha256};

const EVENTS: u64 = 20_000;
/// The sheets of a province's units.
const SHEETS: u64 = 52;
/// How often each side of a comparison has its turn; the medians count.
const TURNS: usize = 31;
/// The walk's least share of the speed of hashing alone.
const TARGET: f64 = 0.4;
/// 08:00 in Hanoi on 28/10/2022, in microseconds since 1970.
const START: i64 = 1_666_918_800_000_000;

const REMARKS: [&str; 4] = [
    "Đã hoàn thành",
    "Báo cáo số 125/BC-UBND ngày 14/11/2022 về kết quả thực hiện kế hoạch cải cách hành chính quý IV năm 2022",
    "Sở đã ban hành kế hoạch đúng hạn; còn ba nhiệm vụ chuyển tiếp sang quý I năm 2023 theo ý kiến của \"tổ công tác\"",
    "Kèm theo danh sách 33 nhiệm vụ",
];

struct Log {
    origin: Origin,
    events: Vec<Event>,
    bodies: Vec<Vec<u8>>,
    commands: Vec<Vec<u8>>,
}

/// The self-score that stands at this position.
fn score(position: u64) -> ScoreSelf {
    let turn = position / SHEETS;
    let code = |text: &str| Code::parse(text).expect("a code");
    let figure =
        |name, value: u64| Figure { name: code(name), value: value.to_string().parse().expect("a whole number") };
    ScoreSelf {
        round: RoundId::parse("hanoi-2022").expect("a round"),
        unit: UnitId::parse(&format!("unit-{:02}", position % SHEETS)).expect("a unit"),
        leaf: code(&format!("{}.{}.{}", 1 + turn % 8, 1 + turn % 5, 1 + turn % 3)),
        revision: turn,
        inputs: Inputs { option: None, figures: vec![figure("done", turn % 41), figure("due", 40)], date: None },
        claimed: Decimal::new(i64::try_from(turn % 400).expect("small"), 2).expect("two places"),
        evidence: Vec::new(),
        explanation: REMARKS[usize::try_from(turn % 4).expect("small")].to_owned(),
        from_paper: false,
    }
}

fn log() -> Log {
    let origin = Origin::parse("hanoi.example/cchc/2022").expect("an origin");
    let mut log = Log { origin: origin.clone(), events: Vec::new(), bodies: Vec::new(), commands: Vec::new() };
    let mut walk = Walk::new(origin.clone());
    for position in 1..=EVENTS {
        let data = score(position);
        let (unit, stream) = (data.unit.clone(), Stream::Sheet(data.round.clone(), data.unit.clone()));
        let at =
            Instant::from_micros(START).expect("2022").plus_micros(i64::try_from(position).expect("small") * 1_700_000);
        let bits: [u8; 10] = Hash::digest(&position.to_be_bytes()).0[..10].try_into().expect("ten of them");
        let acting = Acting { capacity: Capacity::Drafter, unit: Some(unit.clone()) };
        let command = Command::new(CommandId::v7(at.millis(), bits), acting, Act::ScoreSelf(data.clone()));
        let head = walk.head(&stream.to_string());
        let envelope = Envelope {
            actor: Actor {
                capacity: Capacity::Drafter,
                id: ActorId::parse(&format!("a-{}", position % SHEETS)).expect("an actor"),
                unit: Some(unit),
            },
            at,
            cause: None,
            command: CommandRef { digest: command.digest, id: command.id.clone() },
            id: EventId::v7(at.millis(), bits),
            log: origin.clone(),
            position,
            prev: walk.hash(),
            stream,
            stream_prev: head.map(|h| h.hash),
            version: head.map_or(0, |h| h.version) + 1,
            via: Via { credential: Some(CredentialId::parse("t-07").expect("a credential")), kind: ViaKind::Token },
        };
        let event = Event { envelope, fact: Fact::SelfScored(data) };
        let body = event.encode().expect("small");
        // All but the first of a stream, which has no hash before it.
        assert!(position <= SHEETS || (700..=1000).contains(&body.len()), "{} bytes", body.len());
        walk.step(&body).expect("the next one");
        log.events.push(event);
        log.bodies.push(body);
        log.commands.push(command.to_canonical());
    }
    log
}

/// Hashing alone: what any check of the log must at least do.
fn hash_alone(bodies: &[Vec<u8>]) {
    for body in bodies {
        black_box(Sha256::new().chain_update([0]).chain_update(body).finalize());
    }
}

fn walk_over(log: &Log) {
    let mut walk = Walk::new(log.origin.clone());
    for body in &log.bodies {
        walk.step(black_box(body)).expect("a good log");
    }
    black_box(walk.root());
}

fn plain_json(texts: &[Vec<u8>]) {
    for text in texts {
        black_box(serde_json::from_slice::<serde_json::Value>(text).expect("JSON"));
    }
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// Prints how fast the baseline and the work are, and their ratio.
fn compare(texts: &[Vec<u8>], baseline: (&str, &dyn Fn()), work: (&str, &dyn Fn())) -> f64 {
    let seconds = |run: &dyn Fn()| {
        let start = Clock::now();
        run();
        start.elapsed().as_secs_f64()
    };
    let turns = (0..TURNS).map(|_| (seconds(baseline.1), seconds(work.1)));
    let (under, over): (Vec<f64>, Vec<f64>) = turns.unzip();
    let (under, over) = (median(under), median(over));
    let bytes: usize = texts.iter().map(Vec::len).sum();
    let speed = |name: &str, seconds: f64| {
        let (rate, megabytes) = (EVENTS as f64 / seconds, bytes as f64 / seconds / 1e6);
        println!("  {name:<32} {rate:>10.0} events/s {megabytes:>8.0} MB/s");
    };
    speed(baseline.0, under);
    speed(work.0, over);
    println!("  {:<32} {:>10.2}", "ratio", under / over);
    under / over
}

fn ratios(log: &Log) {
    println!("\n{EVENTS} events, one core, medians of {TURNS} turns");
    let hashing: (&str, &dyn Fn()) = ("SHA-256(0x00 || body)", &|| hash_alone(&log.bodies));
    let ratio = compare(&log.bodies, hashing, ("Walk::step", &|| walk_over(log)));
    let verdict = if ratio >= TARGET { "met" } else { "MISSED" };
    println!("  walk / hashing: {ratio:.2}, target >= {TARGET}: {verdict}");
    let json: (&str, &dyn Fn()) = ("serde_json::Value, bodies", &|| plain_json(&log.bodies));
    let check = || log.bodies.iter().for_each(|b| canon::check(black_box(b)).expect("canonical"));
    compare(&log.bodies, json, ("canon::check", &check));
    let decode = || log.bodies.iter().for_each(|b| drop(black_box(Event::decode(b).expect("an event"))));
    compare(&log.bodies, json, ("canon::check and Event::decode", &decode));
    let encode = || log.events.iter().for_each(|e| drop(black_box(e.encode().expect("small"))));
    compare(&log.bodies, json, ("Event::encode", &encode));
    let json: (&str, &dyn Fn()) = ("serde_json::Value, commands", &|| plain_json(&log.commands));
    let parse = || log.commands.iter().for_each(|c| drop(black_box(Command::parse(c).expect("a command"))));
    compare(&log.commands, json, ("Command::parse", &parse));
}

fn main() {
    let log = log();
    let mut criterion = Criterion::default().sample_size(20).configure_from_args();
    let mut group = criterion.benchmark_group("log of 20,000 events");
    group.throughput(Throughput::Bytes(log.bodies.iter().map(|b| b.len() as u64).sum()));
    group.bench_function("hashing alone", |b| b.iter(|| hash_alone(&log.bodies)));
    group.bench_function("walk", |b| b.iter(|| walk_over(&log)));
    group.finish();
    criterion.final_summary();
    // Not when a test runner lists what is here.
    if std::env::args().any(|arg| arg == "--bench") {
        ratios(&log);
    }
}

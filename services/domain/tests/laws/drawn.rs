//! What the laws draw: acts at one sheet, acts at any time by anyone, and how two sequences are interleaved.
//! Nothing here is made to be accepted: a strategy that only draws good acts would prove little.

use proptest::prelude::*;
use proto::act::council::{ScoreChange, Vote};
use proto::act::round::Phase;
use proto::document::DocKind;
use proto::{Act, Instant};

use crate::acts::*;
use crate::fixture::{HUYEN, SO, asked_again, moment, tally_value, usual_tally};
use crate::given::{self, Steps, founded, opened_as, own_leaves, play};
use crate::harness::Log;
use crate::people::{Who, admin_a, appraiser, chief, drafter, granted, member, publisher, secretary, surveyor};
use crate::variant::{second, seen};

/// How many cases each law is tried with; nothing is kept of failures but what the failing test prints.
pub fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Who does what.
pub type Ask = (Who, Act);

/// A log in which the round is open, on 2 November.
pub fn opened() -> Log {
    opened_by(crate::fixture::round())
}

/// The same with another configuration.
pub fn opened_by(config: proto::act::round::OpenRound) -> Log {
    let mut log = Log::of(founded());
    play(&mut log, opened_as(config));
    log
}

/// Sends acts; those that are refused are left out.
pub fn send(log: &mut Log, asks: impl IntoIterator<Item = Ask>) {
    for (who, act) in asks {
        let _ = log.send(&who, act);
    }
}

/// Any unit of the round.
pub fn unit() -> impl Strategy<Value = &'static str> {
    prop::sample::select([SO.as_slice(), HUYEN.as_slice()].concat())
}

/// Points in quarters, from just below zero to just above six.
pub fn points() -> impl Strategy<Value = String> {
    (-1_i64..=25).prop_map(|quarters| proto::Decimal::new(quarters * 25, 2).expect("small").to_string())
}

fn leaf_and_points(unit: &'static str) -> impl Strategy<Value = (&'static str, String)> {
    let leaf = prop::sample::select(own_leaves(unit)).prop_map(|(leaf, _)| leaf);
    let leaf = prop_oneof![8 => leaf, 8 => Just("1.1"), 1 => Just("9.9"), 1 => Just("2.2")];
    // Points that an option has come up often enough to fit one.
    let points =
        prop_oneof![2 => points(), 1 => prop::sample::select(vec!["0", "2", "2.5", "4", "6"]).prop_map(str::to_owned)];
    (leaf, points)
}

/// The score with two files.
fn with_files(score: proto::act::sheet::ScoreSelf) -> Act {
    Act::ScoreSelf(proto::act::sheet::ScoreSelf { evidence: vec![file(1), file(2)], ..score })
}

/// An act of a unit at its own sheet.
pub fn own_act(unit: &'static str) -> impl Strategy<Value = Ask> {
    leaf_and_points(unit).prop_flat_map(move |(leaf, points)| {
        prop_oneof![
            12 => Just((drafter(unit), score(unit, leaf, &points))),
            1 => Just((drafter(unit), seen(1, score(unit, leaf, &points)))),
            2 => Just((drafter(unit), claim(unit, leaf))),
            2 => Just((drafter(unit), with_files(score_self(unit, leaf, &points)))),
            2 => Just((drafter(unit), withdraw_file(unit, leaf, 1))),
            2 => Just((chief(unit), submit(unit))),
            2 => Just((chief(unit), withdraw(unit))),
        ]
        // On the heap: so many acts side by side are more than a test's stack takes.
        .boxed()
    })
}

/// An act of an appraiser, or of the secretariat, at one sheet.
pub fn appraisal(unit: &'static str) -> impl Strategy<Value = Ask> {
    leaf_and_points(unit).prop_flat_map(move |(leaf, points)| {
        prop_oneof![
            4 => Just((appraiser(), confirm(unit, leaf))),
            6 => Just((appraiser(), adjust(unit, leaf, &points))),
            2 => Just((appraiser(), flag(unit, leaf))),
            2 => Just((appraiser(), accept(unit, leaf))),
            1 => Just((appraiser(), refuse(unit, leaf))),
            1 => Just((appraiser(), bonus(unit, &points))),
            1 => Just((secretary(), penalty(unit, &points))),
            1 => Just((granted("appraiser-b"), adjust(unit, leaf, &points))),
        ]
    })
}

/// What happens at the sheets of all units: their own acts in autumn, then appraisals.
#[derive(Debug, Clone)]
pub struct Sheets {
    /// Acts of the units, sheet by sheet.
    pub own: Vec<Vec<Ask>>,
    /// Acts of appraisers, sheet by sheet.
    pub appraised: Vec<Vec<Ask>>,
}

/// Acts at all five sheets.
pub fn sheets() -> impl Strategy<Value = Sheets> {
    let own = |unit| prop::collection::vec(own_act(unit), 0..14);
    let appraised = |unit| prop::collection::vec(appraisal(unit), 0..8);
    let [a, b, c] = SO;
    let [x, y] = HUYEN;
    let own = (own(a), own(b), own(c), own(x), own(y)).prop_map(|(a, b, c, x, y)| vec![a, b, c, x, y]);
    let appraised = (appraised(a), appraised(b), appraised(c), appraised(x), appraised(y));
    (own, appraised).prop_map(|(own, (a, b, c, x, y))| Sheets { own, appraised: vec![a, b, c, x, y] })
}

/// Puts several sequences into one, each keeping its own order; `order` says whose turn it is.
pub fn interleave(sequences: &[Vec<Ask>], order: &[usize]) -> Vec<Ask> {
    let mut rest: Vec<_> = sequences.iter().map(|s| s.iter().cloned()).collect();
    let mut out = Vec::new();
    let mut turns = order.iter().cycle();
    while rest.iter().any(|r| r.len() > 0) {
        let turn = turns.next().copied().unwrap_or(0);
        // A sequence that is at its end gives its turn to the next one that is not.
        let next = (0..rest.len()).map(|i| (turn + i) % rest.len()).find(|&i| rest[i].len() > 0);
        out.extend(next.and_then(|i| rest[i].next()));
    }
    out
}

/// Plays all that happens at the sheets, in an order.
pub fn play_sheets(log: &mut Log, sheets: &Sheets, order: &[usize]) {
    send(log, interleave(&sheets.own, order));
    log.go_to(moment("11-20"));
    send(log, interleave(&sheets.appraised, order));
}

fn phase() -> impl Strategy<Value = Phase> {
    use Phase::{Appeals, Council, Explanation, FirstAppraisal, SecondAppraisal, SelfScoring, Survey};
    prop::sample::select(vec![SelfScoring, FirstAppraisal, Explanation, SecondAppraisal, Survey, Council, Appeals])
}

fn day() -> impl Strategy<Value = String> {
    (0_usize..100).prop_map(|n| match n {
        0..30 => format!("11-{:02}", n + 1),
        30..61 => format!("12-{:02}", n - 29),
        61..92 => format!("01-{:02}", n - 60),
        _ => format!("02-{:02}", n - 91),
    })
}

/// Any act in a round, by whoever is likely to do it, at whatever time it may be.
pub fn any_act() -> impl Strategy<Value = Ask> {
    // One unit, one number and one leaf come up often, so that acts that belong together meet.
    let unit = prop_oneof![1 => Just("c"), 1 => unit()];
    let number = prop_oneof![2 => Just(1_u32), 1 => Just(2_u32), 1 => Just(3_u32)];
    let named = (unit, number, day(), phase(), any::<bool>(), 1_u32..=5);
    named.prop_flat_map(|(unit, number, day, phase, whole, voter)| {
        leaf_and_points(unit).prop_flat_map(move |(leaf, points)| {
            let (decision, of) = (format!("d{number}"), if whole { "" } else { unit });
            let changes: Vec<ScoreChange> =
                (!points.starts_with('-')).then(|| change(unit, leaf, &points)).into_iter().collect();
            let everyday = prop_oneof![
                4 => own_act(unit),
                4 => appraisal(unit),
                2 => appraisal(unit).prop_map(|(who, act)| match act {
                    Act::ConfirmScore(_) | Act::AdjustScore(_) => (who, second(act)),
                    act => (who, act),
                }),
                3 => Just((drafter(unit), explain(unit, leaf))),
            ];
            let office = prop::sample::select(vec![
                (secretary(), extend(phase, of, &day)),
                (secretary(), reopen(unit, &day)),
                (secretary(), merge(&["b1"])),
                (secretary(), close_round()),
                (secretary(), decide_appeal(1 + voter % 2, &decision)),
                (secretary(), correct(unit, leaf, number)),
                (secretary(), set_score(unit, leaf, &decision)),
                (appraiser(), answer(number)),
                (chief(unit), lodge(number, unit, &[leaf])),
                (publisher(), publish(number, &decision)),
                (surveyor(), merge(&["b1"])),
                (surveyor(), plan(&[(unit, "citizens", None, Some(10))])),
                (surveyor(), void("b2")),
                (secretary(), commit_seed("s2", 2)),
                (secretary(), draw_sample("s1", "b3", 1, 7)),
                (secretary(), draw_sample("s2", "b3", 2, 7)),
                (surveyor(), recheck("b1", "again", &tally_value(&asked_again()))),
            ]);
            let council = prop_oneof![
                1 => Just((secretary(), propose_result(&decision))),
                1 => Just((secretary(), propose_scores(&decision, &changes))),
                2 => Just((secretary(), propose_appeal(&decision, number, &changes))),
                2 => Just((secretary(), record(&decision))),
                9 => Just((member(voter), vote(&decision, Vote::For))),
                1 => Just((member(voter), vote(&decision, Vote::Against))),
            ];
            let case = format!("p{number}");
            let privacy = prop::sample::select(vec![
                (secretary(), open_case(&case)),
                (secretary(), answer_case(&case)),
                (secretary(), order_erasure(&case, &[1])),
                (secretary(), order_erasure(&case, &[2])),
                (admin_a(), confirm_erasure(&case)),
                (admin_a(), confirm_erasure(&case)),
                (admin_a(), confirm_erasure(&case)),
                (secretary(), close_case(&case)),
            ]);
            prop_oneof![10 => everyday, 8 => office, 10 => council, 1 => privacy]
        })
    })
}

/// How long it takes until the next act, in hours: some hundred acts take two weeks, as long as a phase lasts.
pub fn pause() -> impl Strategy<Value = i64> {
    prop_oneof![14 => Just(0_i64), 4 => 1_i64..6, 1 => 6_i64..72]
}

/// A moment some hours later.
pub fn later(at: Instant, hours: i64) -> Instant {
    at.plus_micros(hours * 3_600_000_000)
}

/// How far a round has come when the drawing begins, so that every room is drawn from.
pub fn stage() -> impl Strategy<Value = usize> {
    0_usize..STAGES
}

/// How many stages there are to begin from.
pub const STAGES: usize = 7;

/// A round that has come so far, with a batch that can be merged.
pub fn begun(stage: usize) -> Log {
    let again = given::sealed(&surveyor(), DocKind::Tally, "again", &tally_value(&asked_again()));
    let both = [given::batched("b1", &usual_tally()), given::batched("b2", &usual_tally())].concat();
    let seeded = given::does(secretary(), commit_seed("s1", 1));
    let batched = [given::at("11-10"), both, seeded, given::balloted("b3"), again].concat();
    let council = || [given::opened(), given::all_signed(), given::surveyed(), given::at("12-21")].concat();
    let adopted = || [given::opened(), given::all_signed(), given::surveyed(), given::adopted()].concat();
    let claims = ["1.2", "2.1.1"].map(|leaf| given::does(drafter("c"), claim("c", leaf))).concat();
    let again = |act| given::does(chief("c"), act);
    let claimed = [again(withdraw("c")), claims, again(submit("c"))].concat();
    let steps: Steps = match stage {
        0 => [given::opened(), batched].concat(),
        1 => [given::opened(), given::all_signed(), claimed, batched, given::at("11-20")].concat(),
        2 => [council(), given::carried("d3", propose_scores("d3", &[change("c", "1.1", "3")]))].concat(),
        3 => adopted(),
        4 => [given::appealed(), given::carried("d3", propose_appeal("d3", 1, &[change("c", "1.1", "3")]))].concat(),
        5 => given::upheld(),
        _ => given::republished(),
    };
    let mut log = Log::of(founded());
    play(&mut log, steps);
    log
}

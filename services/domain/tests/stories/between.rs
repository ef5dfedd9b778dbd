//! Stories of what happened between two moments: what changed, which events did it, and why a unit's rank moved.
//! The tellers are shown a log's own events; nothing is told that no event has changed.

use domain::in_order;
use proto::between::{Diff, Effect, UnitDiff, WhyRank};
use proto::{Exact, Rejection, UnitId};

use super::acts::{accept, adjust, bonus, claim, confirm, flag, score, submit};
use super::fixture::{dec, id, round_with};
use super::given::{
    Steps, all_signed, at, does, drafted, founded, opened, opened_as, play, published, republished, surveyed,
};
use super::harness::Log;
use super::people::{appraiser, chief, drafter};
use super::told::{diff, why_rank};
use super::variant::because;

/// A log, and its last position before these last steps.
fn log_of(first: Steps, then: Steps) -> (Log, u64) {
    let mut log = Log::of(founded());
    play(&mut log, first);
    let from = log.events.len() as u64;
    play(&mut log, then);
    (log, from)
}

fn why(log: &Log, unit: &str, from: u64) -> WhyRank {
    why_rank(log, unit, from, log.events.len() as u64).expect("it is told")
}

fn changed(log: &Log, asked: (&str, &str), from: u64) -> Diff {
    diff(log, asked, from, log.events.len() as u64).expect("it is told")
}

fn names(units: &[UnitId]) -> Vec<&str> {
    units.iter().map(UnitId::as_str).collect()
}

/// Kind, who moved, places, change of the index as a decimal.
fn told(effect: &Effect) -> (&str, Option<&str>, i64, String) {
    (&effect.event.kind, effect.mover.as_ref().map(UnitId::as_str), effect.places, effect.index.plain())
}

#[test]
fn a_rank_moves_by_the_units_own_scores_and_by_those_of_others() {
    // `c` has 12 points of 16 and stands third; `b` has 14 and falls to 11, then `c` falls to 10.
    let falls = [does(appraiser(), adjust("b", "1.1", "1")), does(appraiser(), adjust("c", "1.1", "0"))];
    let others = [does(appraiser(), adjust("a", "1.1", "5.5")), does(appraiser(), flag("c", "1.1"))];
    let (log, from) = log_of([opened(), all_signed(), at("11-20")].concat(), [falls, others].concat().concat());
    let told_of_c = why(&log, "c", from);
    assert_eq!((told_of_c.before.rank, told_of_c.after.rank, told_of_c.whole.places), (3, 3, 0));
    let effects: Vec<_> = told_of_c.effects.iter().map(told).collect();
    assert_eq!(
        effects,
        [("score_adjusted", Some("c"), -1, "-12.5".to_owned()), ("score_adjusted", Some("b"), 1, "0".to_owned()),],
        "of equal places the greater index first; what changed neither is left out"
    );
    assert_eq!(
        (names(&told_of_c.effects[1].overtook), names(&told_of_c.effects[0].overtaken_by)),
        (vec!["b"], vec!["b"])
    );
    assert_eq!((told_of_c.read, told_of_c.whole.events, told_of_c.whole.index.plain()), (4, 2, "-12.5".to_owned()));
    let movers: Vec<_> =
        told_of_c.movers.iter().map(|m| (m.unit.as_str(), m.effects.places, m.effects.events)).collect();
    assert_eq!(movers, [("c", -1, 1), ("b", 1, 1), ("a", 0, 0)], "its block, by size of effect");
    let event = &told_of_c.effects[1].event;
    let place = usize::try_from(event.position).expect("a position") - 1;
    assert_eq!((event.hash, &event.actor), (log.hashes[place], &log.events[place].envelope.actor));
    assert_eq!((event.stream.to_string(), event.leaf.clone()), ("sheet/r22/b".to_owned(), Some(id("1.1"))));
    assert!(why(&log, "x", from).effects.is_empty(), "another block is none of its business");
}

#[test]
fn a_tie_is_a_place_gained_by_whoever_stood_behind() {
    let first = [opened(), all_signed(), at("11-20")].concat();
    let (log, from) = log_of(first, does(appraiser(), adjust("b", "1.1", "2")));
    let (b, c) = (why(&log, "b", from), why(&log, "c", from));
    assert_eq!((b.before.rank, b.after.rank, c.before.rank, c.after.rank), (2, 2, 3, 2));
    assert_eq!((names(&c.effects[0].overtook), c.effects[0].mover.clone()), (vec!["b"], Some(id("b"))));
    assert_eq!((b.effects[0].places, b.effects[0].index.plain()), (0, "-12.5".to_owned()));
}

#[test]
fn a_merged_survey_moves_several_at_once_and_an_exemption_takes_a_leaf_out() {
    let claimed = [drafted("c", &[("1.1", "2"), ("2.1.1", "0")]), does(drafter("c"), claim("c", "2.1.1"))].concat();
    let first = [opened(), claimed, does(chief("c"), submit("c")), at("11-20")].concat();
    let (log, from) = log_of(first, [does(appraiser(), accept("c", "2.1.1")), surveyed()].concat());
    let told_of_c = why(&log, "c", from);
    let merged = told_of_c.effects.iter().find(|e| e.event.kind == "survey_merged").expect("it changed the index");
    assert_eq!((merged.mover.clone(), told_of_c.together.events), (None, 1));
    let accepted = told_of_c.effects.iter().find(|e| e.event.kind == "exemption_accepted").expect("it has one");
    assert_eq!((accepted.mover.clone(), accepted.index.is_negative()), (Some(id("c")), false));
    assert_eq!(told_of_c.whole.index, told_of_c.before.index_to(&told_of_c.after));
}

#[test]
fn what_follows_from_one_event_is_added_up_under_it() {
    let scores = |unit| drafted(unit, &[]);
    let (log, from) = log_of([opened(), scores("a"), scores("b"), scores("c")].concat(), at("11-17"));
    // All three stood first with nothing between them; each sheet that is closed at the deadline counts as 0.
    let told_of_c = why(&log, "c", from);
    let closed: Vec<_> = told_of_c.effects.iter().filter(|e| e.event.kind == "sheet_closed").collect();
    assert_eq!((closed.len(), told_of_c.before.rank, told_of_c.after.rank), (1, 1, 1));
    let told_of_a = why(&log, "a", from);
    let phase = log.events.iter().find(|e| e.fact.kind() == "phase_closed").expect("it was closed").envelope.position;
    assert!(told_of_a.effects.iter().all(|e| e.cause == Some(phase)));
    let cause = &told_of_a.causes[0];
    assert_eq!((cause.event.position, cause.effects.events), (phase, told_of_a.whole.events));
    assert_eq!((cause.effects.places, told_of_a.whole.places), (0, 0));
}

#[test]
fn the_opening_of_the_round_is_the_first_effect() {
    let mut log = Log::of(founded());
    let from = log.events.len() as u64;
    play(&mut log, [opened(), drafted("b", &[])].concat());
    let told_of_b = why(&log, "b", from);
    assert_eq!((told_of_b.before.rank, told_of_b.before.index.clone(), told_of_b.after.rank), (0, None, 1));
    let opening = told_of_b.effects.iter().find(|e| e.event.kind == "round_opened").expect("it has one");
    assert_eq!((opening.after.rank, opening.after.index.clone()), (1, Some(Exact::zero())));
    assert_eq!((told_of_b.whole.places, told_of_b.whole.index.plain()), (-1, "100".to_owned()), "no rank counts as 0");
    // Who had no rank is passed by nobody.
    assert!(opening.overtaken_by.is_empty() && opening.overtook.is_empty());
    assert_eq!(why(&log, "y", from).after.rank, 0, "it is not ranked");
}

#[test]
fn deciding_fields_move_a_rank_where_the_index_does_not() {
    let config = round_with(|config| config.policy.deciding = vec![id("1")]);
    let drafts = [drafted("a", &[("1.1", "4")]), drafted("b", &[("2.1.1", "2")])].concat();
    let (log, from) = log_of([opened_as(config), drafts].concat(), Steps::new());
    let told_of_a = why_rank(&log, "a", 0, from).expect("it is told");
    assert_eq!((told_of_a.after.rank, why_rank(&log, "b", 0, from).expect("it is told").after.rank), (2, 1));
}

#[test]
fn what_is_not_there_is_refused() {
    let (log, from) = log_of(Steps::new(), opened());
    let end = log.events.len() as u64;
    let code = |told: Result<WhyRank, Rejection>| told.expect_err("refused").code();
    assert_eq!(code(why_rank(&log, "z", 0, end)), "unit_unknown");
    assert_eq!(code(why_rank(&log, "a", 0, from)), "round_unknown");
    let code = |told: Result<Diff, Rejection>| told.expect_err("refused").code();
    assert_eq!(code(diff(&log, ("", ""), 0, from)), "round_unknown");
    assert_eq!(code(diff(&log, ("z", ""), 0, end)), "unit_unknown");
    assert_eq!(code(diff(&log, ("", "9.9"), 0, end)), "leaf_unknown");
    assert_eq!(code(diff(&log, ("x", "1.2"), 0, end)), "leaf_unknown", "its tree has not that leaf");
    assert!(diff(&log, ("a", "plus"), 0, end).expect("a bonus can be asked for").units.is_empty());
}

#[test]
fn the_first_moment_does_not_lie_behind_the_last() {
    assert_eq!(in_order(7, 7), Ok(()));
    let refused = in_order(8, 7).expect_err("refused");
    assert_eq!(refused.code(), "moments_reversed");
    assert_eq!(refused.members().get("from").map(String::as_str), Some("8"));
}

fn unit<'d>(diff: &'d Diff, unit: &str) -> &'d UnitDiff {
    diff.units.iter().find(|u| u.unit.as_str() == unit).unwrap_or_else(|| panic!("{unit} did not change"))
}

#[test]
fn a_diff_names_leaf_stages_totals_and_the_events_that_did_it() {
    let first = [opened(), all_signed(), at("11-20")].concat();
    let does = |act| does(appraiser(), act);
    let then = [
        does(because("Thiếu văn bản", adjust("b", "1.1", "1"))),
        does(confirm("a", "1.1")),
        does(bonus("a", "0.5")),
        does(flag("b", "1.2")),
    ];
    let (log, from) = log_of(first, then.concat());
    let told = changed(&log, ("", ""), from);
    assert_eq!(told.units.iter().map(|u| u.unit.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    let b = unit(&told, "b");
    let before = b.before.as_ref().expect("it was open");
    assert_eq!((before.rank, b.after.rank, before.band.as_str(), b.after.band.as_str()), (2, 3, "fair", "weak"));
    assert_eq!((before.reached.plain(), b.after.reached.plain()), ("14".to_owned(), "11".to_owned()));
    let leaves: Vec<_> = b.leaves.iter().map(|l| l.leaf.as_str()).collect();
    assert_eq!(leaves, ["1.1", "1.2"]);
    let stages = |shown: &proto::between::ScoreShown| {
        shown.stages.iter().map(|s| format!("{} {}", s.stage, s.points.plain())).collect::<Vec<_>>().join(", ")
    };
    assert_eq!((stages(&b.leaves[0].before), stages(&b.leaves[0].after)), ("self 4".into(), "self 4, first 1".into()));
    assert_eq!(b.leaves[0].after.points, Some(Exact::from(dec("1"))));
    assert_eq!((b.leaves[1].before.flag, b.leaves[1].after.flag.map(|f| f.as_str())), (None, Some("raised")));
    let by = &b.leaves[0].by.events;
    assert_eq!((by.len(), by[0].position, by[0].reason.as_str()), (1, from + 1, "Thiếu văn bản"));
    assert_eq!(by[0].hash, log.hashes[usize::try_from(from).expect("a position")]);
    let a = unit(&told, "a");
    assert_eq!((a.extras[0].before.clone(), a.extras[0].after.clone()), (None, Some(Exact::from(dec("0.5")))));
    assert_eq!(
        (a.leaves[0].by.events[0].kind.as_str(), a.extras[0].by.events[0].position),
        ("score_confirmed", from + 3)
    );
    let c = unit(&told, "c");
    assert!(
        c.leaves.is_empty() && c.before.as_ref().is_some_and(|b| (b.rank, c.after.rank) == (3, 2)),
        "its rank alone"
    );
    assert_eq!(told.kinds.iter().map(|k| k.events).sum::<u64>(), 4);
}

#[test]
fn a_diff_is_narrowed_to_a_unit_or_a_leaf() {
    let scores = [does(drafter("a"), score("a", "1.1", "3")), does(drafter("b"), score("b", "1.2", "4"))];
    let (log, from) = log_of(opened(), scores.concat());
    let of = |asked| {
        let told = changed(&log, asked, from);
        let leaves = |u: &UnitDiff| u.leaves.iter().map(|l| format!("{} {}", u.unit, l.leaf)).collect::<Vec<_>>();
        told.units.iter().flat_map(leaves).collect::<Vec<_>>()
    };
    assert_eq!(of(("", "")), ["a 1.1", "b 1.2"]);
    assert_eq!(of(("a", "")), ["a 1.1"]);
    assert_eq!(of(("", "1.2")), ["b 1.2"]);
    assert!(of(("a", "1.2")).is_empty());
    assert!(
        changed(&log, ("a", "1.2"), from).units.is_empty(),
        "a leaf that is asked for and did not change is not told"
    );
}

#[test]
fn what_came_back_to_what_it_was_is_no_change_and_many_events_are_counted() {
    let points = ["1", "2", "3", "4", "5", "1", "2", "3", "4", "5", "6"];
    let scores = points.map(|p| does(drafter("a"), score("a", "1.1", p))).concat();
    let back = does(drafter("a"), score("a", "1.1", "1"));
    let (log, from) = log_of([opened(), does(drafter("a"), score("a", "1.1", "1"))].concat(), [scores, back].concat());
    assert!(changed(&log, ("", ""), from).units.is_empty());
    let told = diff(&log, ("", ""), from, from + 11).expect("it is told");
    let by = &unit(&told, "a").leaves[0].by;
    // The first of the eleven sets what stood already.
    assert_eq!((by.events.len(), by.earlier, by.events[7].position), (8, 2, from + 11));
}

#[test]
fn a_sheets_state_is_a_change_and_so_are_corrected_points() {
    let (log, _) = log_of(republished(), Steps::new());
    let published = log.events.iter().filter(|e| e.fact.kind() == "result_published");
    let published: Vec<u64> = published.map(|e| e.envelope.position).collect();
    let told = diff(&log, ("", ""), published[0], published[1]).expect("it is told");
    assert_eq!(told.units.len(), 1, "one unit was corrected, and nobody passed anybody");
    let c = unit(&told, "c");
    assert_eq!((c.leaves[0].by.events[0].kind.as_str(), c.sheet_by.events.len()), ("score_corrected", 0));
    let (log, from) = log_of([opened(), drafted("a", &[])].concat(), does(chief("a"), submit("a")));
    let told = changed(&log, ("", ""), from);
    let a = unit(&told, "a");
    assert_eq!((a.before.as_ref().map(|b| b.state.as_str()), a.after.state.as_str()), (Some("open"), "submitted"));
    assert_eq!((a.sheet_by.events[0].kind.as_str(), a.leaves.len()), ("sheet_submitted", 0));
}

#[test]
fn a_diff_from_before_the_opening_tells_what_was_scored_since() {
    let (log, _) = log_of(published(), Steps::new());
    let told = changed(&log, ("", ""), 0);
    assert_eq!((told.units.len(), unit(&told, "a").before.is_none()), (5, true));
    assert_eq!(unit(&told, "x").leaves.iter().map(|l| l.leaf.as_str()).collect::<Vec<_>>(), ["1.1", "2.1"]);
    assert_eq!(unit(&told, "x").leaves[1].by.events[0].kind, "survey_merged");
}

#[test]
fn a_long_reason_is_told_by_its_beginning() {
    let long = "Lý do ".repeat(200);
    let (log, from) = log_of(
        [opened(), all_signed(), at("11-20")].concat(),
        does(appraiser(), because(&long, adjust("b", "1.1", "1"))),
    );
    let reason = changed(&log, ("b", ""), from).units[0].leaves[0].by.events[0].reason.clone();
    assert_eq!((reason.chars().count(), reason.ends_with('…')), (401, true));
}

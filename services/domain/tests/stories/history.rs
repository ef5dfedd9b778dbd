//! Stories of histories: what the inspector tells of a score or a sheet, step by step, before and after.
//! A history is a fold of the log alone; no step tells what its event does not say.

use domain::Historian;
use proto::act::council::Vote;
use proto::act::round::Phase;
use proto::history::{HistoryQuery, Step};

use super::acts::{
    accept, adjust, answer, change, claim, confirm, explain, extend, flag, lodge, propose_result, propose_scores,
    record, reopen, submit, vote, withdraw,
};
use super::fixture::{id, r22};
use super::given::{Steps, all_signed, at, does, drafted, founded, opened, play, republished, signed, surveyed};
use super::harness::Log;
use super::people::{appraiser, chief, drafter, member, secretary};
use super::variant::{because, second};

fn log_of(steps: Steps) -> Log {
    let mut log = Log::of(founded());
    play(&mut log, steps);
    log
}

/// The history of a leaf of a unit; of the whole sheet if the leaf is empty.
fn history(log: &Log, unit: &str, leaf: &str) -> Vec<Step> {
    let leaf = (!leaf.is_empty()).then(|| id(leaf));
    let mut historian =
        Historian::new(HistoryQuery { round: r22(), unit: id(unit), leaf, position: None, at: None, held: None });
    for (event, hash) in log.events.iter().zip(&log.hashes) {
        historian.step(event, *hash).expect("a log folds again");
    }
    assert_eq!(historian.world().position, log.world.position);
    historian.into_steps()
}

/// Kind, before, after.
fn told(steps: &[Step]) -> Vec<(&str, &str, &str)> {
    steps.iter().map(|s| (s.kind.as_str(), s.before.as_str(), s.after.as_str())).collect()
}

/// Of these, those that say something about the score.
fn changes(steps: &[Step]) -> Vec<(&str, &str, &str)> {
    told(steps).into_iter().filter(|(_, before, after)| before != after).collect()
}

#[test]
fn a_score_is_told_from_its_first_draft_to_its_correction() {
    let log = log_of(republished());
    let steps = history(&log, "c", "1.1");
    assert_eq!(
        told(&steps),
        [
            ("round_opened", "", ""),
            ("self_scored", "", "self 2/1"),
            ("sheet_submitted", "self 2/1", "self 2/1"),
            ("phase_closed", "self 2/1", "self 2/1"),
            ("phase_closed", "self 2/1", "self 2/1"),
            ("phase_closed", "self 2/1", "self 2/1"),
            ("phase_closed", "self 2/1", "self 2/1"),
            ("phase_closed", "self 2/1", "self 2/1"),
            ("decision_proposed", "self 2/1", "self 2/1"),
            ("vote_cast", "self 2/1", "self 2/1"),
            ("vote_cast", "self 2/1", "self 2/1"),
            ("vote_cast", "self 2/1", "self 2/1"),
            ("decision_recorded", "self 2/1", "self 2/1"),
            ("result_published", "self 2/1", "self 2/1"),
            ("phase_closed", "self 2/1", "self 2/1"),
            ("appeal_lodged", "self 2/1", "self 2/1"),
            ("decision_proposed", "self 2/1", "self 2/1"),
            ("vote_cast", "self 2/1", "self 2/1"),
            ("vote_cast", "self 2/1", "self 2/1"),
            ("vote_cast", "self 2/1", "self 2/1"),
            ("decision_recorded", "self 2/1", "self 2/1"),
            ("appeal_decided", "self 2/1", "self 2/1"),
            ("score_corrected", "self 2/1", "correction 5/1"),
            ("result_published", "correction 5/1", "correction 5/1"),
            ("phase_closed", "correction 5/1", "correction 5/1"),
        ]
    );
}

#[test]
fn each_step_names_position_hash_version_time_and_actor_of_its_event() {
    let log = log_of(republished());
    for step in history(&log, "c", "1.1") {
        let at = usize::try_from(step.position).expect("a position") - 1;
        let (event, envelope) = (&log.events[at], &log.events[at].envelope);
        assert_eq!((step.hash, &step.kind[..]), (log.hashes[at], event.fact.kind()));
        assert_eq!((&step.stream, step.version), (&envelope.stream, envelope.version));
        assert_eq!((step.at, &step.actor), (envelope.at, &envelope.actor));
    }
}

#[test]
fn appraisals_flags_and_explanations_are_told_with_their_reasons() {
    let first =
        [does(appraiser(), because("Thiếu văn bản", adjust("a", "1.1", "5"))), does(appraiser(), flag("a", "1.1"))];
    let then = [does(drafter("a"), because("Đã bổ sung", explain("a", "1.1"))), at("12-09")];
    let last = does(appraiser(), second(confirm("a", "1.1")));
    let log = log_of([opened(), all_signed(), at("11-20"), first.concat(), at("12-02"), then.concat(), last].concat());
    let steps = history(&log, "a", "1.1");
    assert_eq!(
        changes(&steps),
        [
            ("self_scored", "", "self 6/1"),
            ("score_adjusted", "self 6/1", "first 5/1"),
            ("score_flagged", "first 5/1", "first 5/1, flag raised"),
            ("flag_explained", "first 5/1, flag raised", "first 5/1, flag explained"),
            ("score_confirmed", "first 5/1, flag explained", "second 5/1, flag settled"),
        ]
    );
    let reason = |kind: &str| steps.iter().find(|s| s.kind == kind).expect(kind).reason.clone();
    assert_eq!(reason("score_adjusted"), "Thiếu văn bản");
    assert_eq!(reason("flag_explained"), "Đã bổ sung");
    assert_eq!(reason("score_confirmed"), "");
    assert!(steps.iter().filter(|s| s.kind == "score_adjusted").all(|s| s.leaf == Some(id("1.1"))));
}

#[test]
fn a_history_of_one_leaf_leaves_out_the_others_and_that_of_a_sheet_has_them_all() {
    let log = log_of([opened(), all_signed(), at("11-20"), does(appraiser(), adjust("a", "1.2", "0"))].concat());
    let kinds = |leaf: &str| history(&log, "a", leaf).iter().filter(|s| s.leaf.is_some()).count();
    assert_eq!((kinds("1.1"), kinds("1.2"), kinds("")), (1, 2, 5));
    let others = history(&log, "a", "").iter().filter(|s| s.stream.to_string() == "sheet/r22/b").count();
    assert_eq!(others, 0, "no other unit's sheet");
}

#[test]
fn a_sheets_state_is_told_before_and_after() {
    let steps = [
        signed("a", &[]),
        does(chief("a"), because("Sai số liệu", withdraw("a"))),
        does(chief("a"), submit("a")),
        at("11-18"),
        does(secretary(), because("Theo đề nghị", reopen("a", "11-22"))),
        at("11-23"),
    ];
    let log = log_of([opened(), steps.concat()].concat());
    let steps = history(&log, "a", "");
    let states: Vec<_> = told(&steps).into_iter().filter(|(kind, ..)| kind.starts_with("sheet_")).collect();
    assert_eq!(
        states,
        [
            ("sheet_submitted", "open", "submitted"),
            ("sheet_withdrawn", "submitted", "open"),
            ("sheet_submitted", "open", "submitted"),
            ("sheet_reopened", "submitted", "open"),
            ("sheet_closed", "open", "closed"),
        ]
    );
    let reasons: Vec<_> =
        steps.iter().filter(|s| !s.reason.is_empty() && s.leaf.is_none()).map(|s| &s.reason[..]).collect();
    assert_eq!(reasons, ["Sai số liệu", "Theo đề nghị"]);
}

#[test]
fn what_was_not_submitted_is_told_as_it_counts() {
    let log = log_of([opened(), drafted("a", &[]), at("11-17")].concat());
    assert_eq!(
        changes(&history(&log, "a", "1.1")),
        [("self_scored", "", "self 6/1"), ("sheet_closed", "self 6/1", "self 0/1")]
    );
}

#[test]
fn an_exemption_is_told() {
    let steps = [
        drafted("a", &[]),
        does(drafter("a"), because("Không có thẩm quyền", claim("a", "1.2"))),
        does(chief("a"), submit("a")),
        at("11-20"),
        does(appraiser(), accept("a", "1.2")),
    ];
    let log = log_of([opened(), steps.concat()].concat());
    let steps = history(&log, "a", "1.2");
    assert_eq!(
        changes(&steps),
        [
            ("self_scored", "", "self 4/1"),
            ("exemption_claimed", "self 4/1", "self 4/1, exemption claimed"),
            ("exemption_accepted", "self 4/1, exemption claimed", "self 4/1, exemption accepted"),
        ]
    );
    assert_eq!(steps.iter().find(|s| s.kind == "exemption_claimed").expect("a claim").reason, "Không có thẩm quyền");
}

#[test]
fn survey_points_are_told_at_the_survey_leaf() {
    let log = log_of([opened(), all_signed(), surveyed()].concat());
    assert_eq!(changes(&history(&log, "c", "2.2")), [("survey_merged", "", "12/5")]);
}

#[test]
fn a_decision_is_told_to_those_whose_points_it_sets_with_votes_and_minutes() {
    let decided = [
        does(secretary(), propose_scores("d1", &[change("a", "1.1", "5")])),
        does(member(3), vote("d1", Vote::For)),
        does(member(4), vote("d1", Vote::Against)),
        does(secretary(), record("d1")),
    ];
    let log = log_of([opened(), all_signed(), at("12-21"), decided.concat()].concat());
    let of = |unit: &str, leaf: &str| -> Vec<String> {
        let steps = history(&log, unit, leaf);
        let council = steps.iter().filter(|s| s.kind.starts_with("decision") || s.kind == "vote_cast");
        council.map(|s| format!("{} {}", s.kind, s.reason).trim().to_owned()).collect()
    };
    let told = ["decision_proposed", "vote_cast for", "vote_cast against", "decision_recorded Biên bản số 12"];
    assert_eq!(of("a", "1.1"), told);
    assert_eq!(of("a", ""), told);
    assert!(of("a", "1.2").is_empty() && of("b", "1.1").is_empty());
}

#[test]
fn votes_on_the_result_concern_everyone_and_are_marked_where_the_member_belongs() {
    let decided = [
        does(secretary(), propose_result("d1")),
        does(member(1), vote("d1", Vote::For)),
        does(member(3), vote("d1", Vote::Abstain)),
    ];
    let log = log_of([opened(), all_signed(), at("12-21"), decided.concat()].concat());
    for (unit, leaf, own) in [("a", "1.1", true), ("a", "", true), ("y", "", false)] {
        let steps = history(&log, unit, leaf);
        let votes: Vec<_> =
            steps.iter().filter(|s| s.kind == "vote_cast").map(|s| (&s.reason[..], s.own_unit)).collect();
        assert_eq!(votes, [("for", own), ("abstain", false)]);
    }
}

#[test]
fn an_appeal_is_told_to_its_unit_and_at_the_leaves_it_is_about() {
    let log =
        log_of([super::given::appealed(), does(appraiser(), answer(1)), does(chief("b"), lodge(2, "b", &[]))].concat());
    let appeals = |unit: &str, leaf: &str| {
        history(&log, unit, leaf)
            .iter()
            .filter(|s| s.kind.starts_with("appeal_"))
            .map(|s| s.kind.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(appeals("c", "1.1"), ["appeal_lodged", "appeal_answered"]);
    assert_eq!(appeals("c", ""), ["appeal_lodged", "appeal_answered"]);
    assert!(appeals("c", "1.2").is_empty() && appeals("a", "1.1").is_empty());
    assert_eq!(appeals("b", "1.2"), ["appeal_lodged"], "an appeal that names no leaf is about all of them");
}

#[test]
fn an_extension_is_told_to_those_it_is_for() {
    let extended = [
        does(secretary(), because("Bão số 4", extend(Phase::SelfScoring, "a", "11-20"))),
        does(secretary(), because("Nghỉ lễ", extend(Phase::Council, "", "01-10"))),
    ];
    let log = log_of([opened(), extended.concat()].concat());
    let reasons = |unit: &str| {
        let steps = history(&log, unit, "1.1");
        steps.into_iter().filter(|s| s.kind == "deadline_extended").map(|s| s.reason).collect::<Vec<_>>()
    };
    assert_eq!(reasons("a"), ["Bão số 4", "Nghỉ lễ"]);
    assert_eq!(reasons("b"), ["Nghỉ lễ"]);
}

#[test]
fn a_round_or_unit_that_is_not_there_has_no_history() {
    let log = log_of([opened(), all_signed()].concat());
    assert!(history(&log, "z", "").is_empty());
    let query = HistoryQuery { round: id("r21"), unit: id("a"), leaf: None, position: None, at: None, held: None };
    let mut historian = Historian::new(query);
    for (event, hash) in log.events.iter().zip(&log.hashes) {
        historian.step(event, *hash).expect("a log folds again");
    }
    assert!(historian.into_steps().is_empty());
}

#[test]
fn a_historian_stops_at_an_event_that_does_not_fit() {
    let log = log_of([opened(), all_signed()].concat());
    let mut historian =
        Historian::new(HistoryQuery { round: r22(), unit: id("a"), leaf: None, position: None, at: None, held: None });
    let opening = log.events.iter().position(|e| e.fact.kind() == "round_opened").expect("an opening");
    for (event, hash) in log.events.iter().zip(&log.hashes).take(opening) {
        historian.step(event, *hash).expect("what comes before");
    }
    let unfit = historian.step(&log.events[opening + 1], log.hashes[opening + 1]).expect_err("its round is not there");
    assert_eq!((unfit.position, unfit.what.as_str()), (opening as u64 + 2, "no round r22"));
}

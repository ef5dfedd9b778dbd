//! Stories of the survey: batches by sealed tally, merged by name, fixed once the result is published.
//! Survey points enter in no other way.

use proto::Act;
use proto::act::round::Phase;
use proto::act::survey::{BallotSet, RecordBatch};
use proto::document::{Collected, DocKind, Tally};

use super::acts::{batch, merge, part, propose_result, publish, seal};
use super::fixture::{ballots, id, just_before, moment, round_with, tally, tally_value, usual_tally};
use super::given::{
    Steps, adopted, all_signed, at, batched, carried, does, opened, opened_as, published, sealed, surveyed,
};
use super::people::{appraiser, publisher, secretary, surveyor};
use super::story::given;
use super::variant::second;

/// A sealed tally, and the batch that names it.
fn ready(tally: &Tally) -> (Steps, RecordBatch) {
    let value = tally_value(tally);
    (sealed(&surveyor(), DocKind::Tally, "t1", &value), batch("b1", "t1", &value))
}

fn autumn() -> Steps {
    [opened(), at("11-20")].concat()
}

#[test]
fn survey_staff_record_a_batch_by_its_sealed_tally() {
    let (sealed, batch) = ready(&usual_tally());
    given([autumn(), sealed])
        .when(secretary(), Act::RecordBatch(batch.clone()))
        .then_refused_with("capacity_wrong", "needed", "survey_staff")
        .when(surveyor(), Act::RecordBatch(batch))
        .then("batch_recorded")
        .in_stream("survey/r22/b1")
        .shows("a", "2.2", "")
        .reaches("a", "0", "16");
}

#[test]
fn survey_points_enter_when_the_batches_are_merged() {
    given([autumn(), batched("b1", &usual_tally())])
        .when(surveyor(), merge(&["b1"]))
        .then_refused_with("capacity_wrong", "needed", "secretariat")
        .when(secretary(), merge(&["b1"]))
        .then("survey_merged")
        .in_stream("round/r22")
        .shows("a", "2.2", "survey 4")
        .shows("c", "2.2", "survey 12/5")
        .shows("y", "2.1", "survey 12/5")
        .reaches("a", "4", "20")
        .reaches("y", "12/5", "10");
}

#[test]
fn merging_again_takes_the_batches_that_are_named_and_no_others() {
    let second = tally(&[("a", "citizens", "2.2", [0, 0, 0, 10]), ("b", "citizens", "2.2", [0, 0, 0, 10])]);
    given([autumn(), batched("b1", &usual_tally()), batched("b2", &second)])
        .when(secretary(), merge(&["b2"]))
        .then("survey_merged")
        .shows("a", "2.2", "survey 0")
        .shows("c", "2.2", "")
        .when(secretary(), merge(&["b1", "b2"]))
        .then("survey_merged")
        .shows("a", "2.2", "survey 2")
        .shows("c", "2.2", "survey 12/5")
        .when(secretary(), merge(&["b1"]))
        .then("survey_merged")
        .shows("a", "2.2", "survey 4");
}

#[test]
fn groups_weigh_the_same_however_many_answer_and_a_silent_group_weighs_nothing() {
    let rows = tally(&[
        ("a", "citizens", "2.2", [30, 0, 0, 0]),
        ("a", "firms", "2.2", [0, 0, 0, 1]),
        ("b", "citizens", "2.2", [0, 0, 5, 0]),
        ("b", "firms", "2.2", [0, 0, 0, 0]),
        ("c", "citizens", "2.2", [1, 1, 1, 0]),
        ("x", "firms", "2.1", [0, 0, 0, 0]),
    ]);
    given([autumn(), batched("b1", &rows), does(secretary(), merge(&["b1"]))])
        // (1 + 0) / 2 of 4; 0.2 of 4; (1 + 0.6 + 0.2) / 3 = 0.6 of 4; nobody answered about x.
        .shows("a", "2.2", "survey 2")
        .shows("b", "2.2", "survey 4/5")
        .shows("c", "2.2", "survey 12/5")
        .shows("x", "2.1", "")
        .reaches("x", "0", "6");
}

#[test]
fn a_round_without_a_survey_takes_no_batches() {
    let without = round_with(|r| r.phases.retain(|w| w.phase != Phase::Survey));
    let (sealed, batch) = ready(&usual_tally());
    given([opened_as(without), sealed])
        .when(surveyor(), Act::RecordBatch(batch))
        .then_refused("no_survey")
        .when(secretary(), merge(&["b1"]))
        .then_refused("no_survey");
}

#[test]
fn a_batch_is_recorded_while_the_survey_runs() {
    let (sealed, batch) = ready(&usual_tally());
    let batch = || Act::RecordBatch(batch.clone());
    given([opened(), sealed.clone()])
        .at_instant(just_before(moment("11-10")))
        .when(surveyor(), batch())
        .then_refused_with("too_early", "phase", "survey")
        .at_before_the_timer("12-20")
        .when(surveyor(), batch())
        .then_refused_with("deadline_passed", "phase", "survey");
    given([opened(), sealed]).at_instant(just_before(moment("12-20"))).when(surveyor(), batch()).then("batch_recorded");
}

#[test]
fn a_batch_and_a_tally_are_recorded_once() {
    let value = tally_value(&usual_tally());
    let again = Act::RecordBatch(batch("b1", "tally-b1", &value));
    let elsewhere = Act::RecordBatch(batch("b2", "tally-b1", &value));
    given([autumn(), batched("b1", &usual_tally())])
        .when(surveyor(), again)
        .then_refused_with("batch_exists", "batch", "b1")
        .when(surveyor(), elsewhere)
        .then_refused_with("bad_tally", "detail", "the tally tally-b1 is in another batch");
}

#[test]
fn a_batch_names_a_tally_that_is_sealed_with_this_digest() {
    let (value, other) = (tally_value(&usual_tally()), tally_value(&tally(&[("a", "citizens", "2.2", [1, 0, 0, 0])])));
    let entered = does(surveyor(), part(DocKind::Tally, "t1", 1, &value));
    given([autumn(), entered])
        .when(surveyor(), Act::RecordBatch(batch("b1", "t1", &value)))
        .then_refused_with("document_unknown", "id", "t1")
        .when(surveyor(), seal(DocKind::Tally, "t1", 1, &value))
        .then("document_sealed")
        .when(surveyor(), Act::RecordBatch(batch("b1", "t1", &other)))
        .then_refused("document_unknown")
        .when(surveyor(), Act::RecordBatch(batch("b1", "rules", &value)))
        .then_refused("document_unknown")
        .when(surveyor(), Act::RecordBatch(batch("b1", "t1", &value)))
        .then("batch_recorded");
}

#[test]
fn a_tally_that_does_not_fit_the_round_is_refused_whole() {
    let good = ("a", "citizens", "2.2", [1, 0, 0, 0]);
    let table = [
        (tally(&[]), "it is empty"),
        (Tally { round: id("r21"), ..tally(&[good]) }, "it is of round r21"),
        (tally(&[good, ("z", "citizens", "2.2", [1, 0, 0, 0])]), "z citizens 2.2: no such unit"),
        (tally(&[good, ("a", "citizens", "1.1", [1, 0, 0, 0])]), "a citizens 1.1: no such survey leaf"),
        (tally(&[good, ("x", "citizens", "2.2", [1, 0, 0, 0])]), "x citizens 2.2: no such survey leaf"),
        (tally(&[good, ("a", "delegates", "2.2", [1, 0, 0, 0])]), "a delegates 2.2: no such group in this batch"),
        (tally(&[good, ("b", "citizens", "2.2", [50, 50, 1, 0])]), "b citizens 2.2: more answers than respondents"),
        (tally(&[good, good]), "a citizens 2.2: stands twice"),
    ];
    for (tally, detail) in table {
        let (sealed, batch) = ready(&tally);
        given([autumn(), sealed]).when(surveyor(), Act::RecordBatch(batch)).then_refused_with(
            "bad_tally",
            "detail",
            detail,
        );
    }
}

#[test]
fn a_tally_counts_every_answer_of_the_scale_for_groups_of_its_batch() {
    let mut short = tally(&[("a", "citizens", "2.2", [1, 0, 0, 0])]);
    short.rows[0].counts.pop();
    let (sealed, batch) = ready(&short);
    given([autumn(), sealed]).when(surveyor(), Act::RecordBatch(batch)).then_refused_with(
        "bad_tally",
        "detail",
        "a citizens 2.2: 3 counts, the scale has 4 answers",
    );
    for group in ["delegates", "leaders"] {
        // No group at all, or one that is asked about the other kind of unit only.
        let (sealed, mut batch) = ready(&tally(&[("a", group, "2.2", [1, 0, 0, 0])]));
        batch.groups = vec![id("citizens"), id(group)];
        given([autumn(), sealed]).when(surveyor(), Act::RecordBatch(batch)).then_refused_with(
            "bad_tally",
            "detail",
            &format!("a {group} 2.2: no such group in this batch"),
        );
    }
    let (sealed, mut batch) = ready(&usual_tally());
    batch.groups = vec![id("firms")];
    given([autumn(), sealed]).when(surveyor(), Act::RecordBatch(batch)).then_refused_with(
        "bad_tally",
        "detail",
        "a citizens 2.2: no such group in this batch",
    );
}

#[test]
fn as_many_answers_as_respondents_are_taken() {
    let (sealed, mut batch) = ready(&tally(&[("a", "citizens", "2.2", [50, 50, 0, 0])]));
    batch.respondents = 99;
    let fewer = Act::RecordBatch(batch.clone());
    batch.respondents = 100;
    given([autumn(), sealed])
        .when(surveyor(), fewer)
        .then_refused("bad_tally")
        .when(surveyor(), Act::RecordBatch(batch))
        .then("batch_recorded");
}

#[test]
fn only_recorded_batches_are_merged_each_once_and_at_least_one() {
    given([autumn(), batched("b1", &usual_tally())])
        .when(secretary(), merge(&["b1", "b2"]))
        .then_refused_with("batch_unknown", "batch", "b2")
        .when(secretary(), merge(&["b1", "b1"]))
        .then_refused_with("batch_unknown", "batch", "b1")
        .when(secretary(), merge(&[]))
        .then_refused("survey_not_merged");
}

#[test]
fn nothing_is_published_before_the_survey_is_merged() {
    given([opened(), all_signed(), at("11-20"), batched("b1", &usual_tally()), adopted()])
        .when(publisher(), publish(1, "d1"))
        .then_refused("survey_not_merged")
        .when(secretary(), merge(&["b1"]))
        .then("survey_merged")
        .and(carried("d2", propose_result("d2")))
        .when(publisher(), publish(1, "d2"))
        .then("result_published");
}

#[test]
fn the_survey_stands_once_the_result_is_published() {
    given([published()]).when(secretary(), merge(&["b1"])).then_refused("result_fixed");
}

#[test]
fn nobody_appraises_what_the_survey_scored() {
    given([opened(), all_signed(), surveyed(), at("12-09")])
        .when(appraiser(), second(super::acts::confirm("a", "2.2")))
        .then_refused_with("leaf_is_survey", "leaf", "2.2");
}

#[test]
fn a_batch_of_ballots_says_how_many_of_each_group_answered() {
    let (tally, set) = ballots(&[("a", "citizens", 50), ("b", "firms", 50)]);
    let (sealed, mut batch) = ready(&tally);
    batch.ballots = Some(set);
    given([autumn(), sealed])
        .when(surveyor(), Act::RecordBatch(batch))
        .then("batch_recorded")
        .in_stream("survey/r22/b1");
}

/// How many of a group answered about a unit.
type Answered<'a> = (&'a str, &'a str, u32);

#[test]
fn ballots_that_do_not_come_to_what_the_batch_says_are_refused() {
    let table: [(&[Answered], &str); 6] = [
        (&[("a", "citizens", 50), ("b", "firms", 49)], "99 ballots, the batch says 100"),
        (&[("a", "citizens", 50), ("b", "firms", u32::MAX)], "4294967345 ballots, the batch says 100"),
        (&[("a", "citizens", 50), ("b", "leaders", 50)], "b leaders: no such group in this batch"),
        (&[("a", "citizens", 50), ("a", "citizens", 50)], "a citizens: stands twice"),
        (&[("a", "citizens", 49), ("b", "firms", 51)], "a citizens 2.2: more answers than respondents"),
        (&[("a", "citizens", 100)], "b firms 2.2: more answers than respondents"),
    ];
    for (respondents, detail) in table {
        let (tally, set) = ballots(respondents);
        let (sealed, mut batch) = ready(&tally);
        batch.ballots = Some(set);
        given([autumn(), sealed]).when(surveyor(), Act::RecordBatch(batch)).then_refused_with(
            "bad_tally",
            "detail",
            detail,
        );
    }
}

#[test]
fn ballots_come_in_a_file_on_days_in_their_order_and_from_collectors_who_brought_no_more_of_them() {
    let (mut tally, set) = ballots(&[("a", "citizens", 50), ("b", "firms", 50)]);
    tally.collectors = vec![Collected { collector: set.root, ballots: 101 }];
    let (sealed, mut batch) = ready(&tally);
    batch.ballots = Some(set);
    given([autumn(), sealed]).when(surveyor(), Act::RecordBatch(batch)).then_refused_with(
        "bad_tally",
        "detail",
        "collectors brought more ballots than there are",
    );
    let (tally, set) = ballots(&[("a", "citizens", 50), ("b", "firms", 50)]);
    let (sealed, mut batch) = ready(&tally);
    let mut with = |spoil: fn(&mut BallotSet)| {
        let mut set = set.clone();
        spoil(&mut set);
        batch.ballots = Some(set);
        Act::RecordBatch(batch.clone())
    };
    given([autumn(), sealed])
        .when(surveyor(), with(|set| set.to = id("2022-11-11")))
        .then_refused_with("bad_tally", "detail", "the first day 2022-11-12 is after the last, 2022-11-11")
        .when(surveyor(), with(|set| set.file.size = 0))
        .then_refused_with("bad_evidence", "detail", "an empty file")
        .when(surveyor(), with(|set| set.file.media_type = "csv".to_owned()))
        .then_refused("bad_evidence")
        .when(surveyor(), with(|set| set.to = set.from))
        .then("batch_recorded");
}

//! Stories of survey batches that turn out wrong or doubtful: voided, replaced, asked again.
//! What was recorded is never changed, and says what became of it.

use proto::document::{DocKind, RecheckRow, Tally};
use proto::inquiry::Severity;

use super::acts::{batch, in_place_of, merge, publish, recheck, void};
use super::fixture::{
    asked_again, dec, doc_ref, id, r22, round_with, rulebook, rulebook_value, tally, tally_value, usual_tally,
};
use super::given::{Steps, adopted, all_signed, at, batched, does, opened, opened_as, published, sealed, surveyed};
use super::people::{publisher, secretary, surveyor};
use super::story::{Story, given};
use super::variant::because;

/// The usual re-check with other counts.
fn counted_again(counts: [[u32; 4]; 4]) -> Tally {
    let row = RecheckRow { counts: counts.concat(), ..asked_again().rechecks[0].clone() };
    Tally { rechecks: vec![row], ..asked_again() }
}

fn second_tally() -> Tally {
    tally(&[("a", "citizens", "2.2", [0, 0, 0, 20]), ("x", "citizens", "2.1", [10, 0, 0, 0])])
}

fn doubted(recheck: &Tally) -> (Steps, proto::canon::Value) {
    let value = tally_value(recheck);
    (sealed(&surveyor(), DocKind::Tally, "again", &value), value)
}

#[test]
fn a_voided_batch_takes_its_answers_out_until_the_survey_is_merged_anew() {
    given([opened(), at("11-20"), batched("b1", &usual_tally()), batched("b2", &second_tally())])
        .when(secretary(), merge(&["b1", "b2"]))
        .then("survey_merged")
        .shows("a", "2.2", "survey 4/3")
        .when(surveyor(), because(" ", void("b1")))
        .then_refused("reason_required")
        .when(surveyor(), void("b3"))
        .then_refused_with("batch_unknown", "batch", "b3")
        .when(surveyor(), void("b1"))
        .then("batch_voided")
        .in_stream("survey/r22/b1")
        .shows("a", "2.2", "")
        .when(secretary(), merge(&["b1", "b2"]))
        .then_refused_with("batch_void", "batch", "b1")
        .when(secretary(), void("b1"))
        .then_refused_with("batch_void", "batch", "b1")
        .when(secretary(), merge(&["b2"]))
        .then("survey_merged")
        .shows("a", "2.2", "survey 0")
        .shows("b", "2.2", "");
}

#[test]
fn a_batch_that_was_not_merged_is_voided_without_touching_the_survey() {
    given([opened(), at("11-20"), batched("b1", &usual_tally()), batched("b2", &second_tally())])
        .when(secretary(), merge(&["b1"]))
        .then("survey_merged")
        .when(secretary(), void("b2"))
        .then("batch_voided")
        .shows("a", "2.2", "survey 4");
}

#[test]
fn a_batch_takes_the_place_of_another_and_says_why() {
    let (value, other) = (tally_value(&second_tally()), batched("b1", &usual_tally()));
    let better = || batch("b2", "t2", &value);
    let entered = sealed(&surveyor(), DocKind::Tally, "t2", &value);
    given([opened(), at("11-20"), other, entered, does(secretary(), merge(&["b1"]))])
        .when(surveyor(), in_place_of("b3", better()))
        .then_refused_with("batch_unknown", "batch", "b3")
        .when(surveyor(), in_place_of("b1", better()))
        .then("batch_recorded")
        .in_stream("survey/r22/b2")
        .shows("a", "2.2", "")
        .when(surveyor(), void("b1"))
        .then_refused_with("batch_void", "batch", "b1")
        .when(secretary(), merge(&["b1"]))
        .then_refused_with("batch_void", "batch", "b1")
        .when(secretary(), merge(&["b2"]))
        .then("survey_merged")
        .shows("a", "2.2", "survey 0");
}

#[test]
fn nothing_is_voided_replaced_or_asked_again_once_the_result_is_published() {
    let (entered, value) = doubted(&asked_again());
    given([published(), entered])
        .when(surveyor(), void("b1"))
        .then_refused("result_fixed")
        .when(surveyor(), recheck("b1", "again", &value))
        .then_refused("result_fixed");
}

#[test]
fn a_result_is_not_published_while_a_merged_batch_is_void() {
    given([opened(), all_signed(), surveyed(), adopted(), at("01-03"), does(secretary(), void("b1"))])
        .when(publisher(), publish(1, "d1"))
        .then_refused("survey_not_merged");
}

#[test]
fn respondents_are_asked_again_and_their_agreement_is_told() {
    let (entered, value) = doubted(&asked_again());
    let story = given([opened(), at("11-20"), batched("b1", &usual_tally()), entered])
        .when(surveyor(), because("", recheck("b1", "again", &value)))
        .then_refused("reason_required")
        .when(surveyor(), recheck("b1", "again", &value))
        .then("batch_rechecked")
        .in_stream("survey/r22/b1")
        .when(secretary(), merge(&["b1"]))
        .then("survey_merged")
        .shows("a", "2.2", "survey 4");
    assert_eq!(rechecks(&story), [(10, 9)]);
    let told = domain::explain(&story.log.world.rounds[&r22()], &id("a"), Some(&id("2.2"))).expect("it is there").1;
    let last = told.last().expect("there are lines");
    assert_eq!(last.text.en, "batch b1: 100 respondents; asked again, answered alike: 9/10 (90.0 %)");
    assert_eq!(last.event.as_ref().map(|e| e.stream.to_string()).as_deref(), Some("survey/r22/b1"));
}

fn rechecks(story: &Story) -> Vec<(u64, u64)> {
    story.log.world.rounds[&r22()].batches[&id::<proto::BatchId>("b1")]
        .rechecks
        .iter()
        .map(|r| (r.asked, r.same))
        .collect()
}

#[test]
fn a_re_check_that_does_not_fit_its_batch_is_refused_whole() {
    let row = || asked_again().rechecks[0].clone();
    let few = Tally { rechecks: vec![RecheckRow { counts: vec![1, 2, 3], ..row() }], ..asked_again() };
    let table = [
        (Tally { rechecks: Vec::new(), ..asked_again() }, "it is empty"),
        (usual_tally(), "it is the tally of a batch"),
        (few, "a citizens 2.2: 3 counts, a scale of 4 answers needs 16"),
        (counted_again([[6, 6, 0, 0], [0; 4], [0; 4], [0; 4]]), "a citizens 2.2: more answers than respondents"),
        // Nobody had given the second answer.
        (
            counted_again([[0; 4], [0, 1, 0, 0], [0; 4], [0; 4]]),
            "a citizens 2.2: more were asked again than had answered so",
        ),
        (Tally { round: id("r21"), ..asked_again() }, "it is of round r21"),
        (
            Tally { rechecks: [asked_again().rechecks, asked_again().rechecks].concat(), ..asked_again() },
            "a citizens 2.2: stands twice",
        ),
        (
            Tally {
                rechecks: vec![RecheckRow { group: id("firms"), ..asked_again().rechecks[0].clone() }],
                ..asked_again()
            },
            "a firms 2.2: the batch did not ask this",
        ),
        (
            Tally { rechecks: vec![RecheckRow { question: Some(id("q1")), ..row() }], ..asked_again() },
            "a citizens 2.2 q1: the round has no forms",
        ),
    ];
    for (tally, detail) in table {
        let (entered, value) = doubted(&tally);
        given([opened(), at("11-20"), batched("b1", &usual_tally()), entered])
            .when(surveyor(), recheck("b1", "again", &value))
            .then_refused_with("bad_tally", "detail", detail);
    }
}

#[test]
fn a_tally_belongs_to_one_batch_or_one_re_check() {
    let (entered, value) = doubted(&asked_again());
    given([opened(), at("11-20"), batched("b1", &usual_tally()), entered])
        .when(surveyor(), proto::Act::RecordBatch(batch("b2", "again", &value)))
        .then_refused_with("bad_tally", "detail", "it is the tally of a re-check")
        .when(surveyor(), recheck("b1", "again", &value))
        .then("batch_rechecked")
        .when(surveyor(), recheck("b1", "again", &value))
        .then_refused_with("bad_tally", "detail", "the tally again is in another batch")
        .when(surveyor(), recheck("b2", "again", &value))
        .then_refused_with("batch_unknown", "batch", "b2");
}

#[test]
fn an_agreement_under_what_the_rulebook_demands_is_a_fault_before_publication() {
    for (demanded, severity) in [(None, Severity::Note), (Some("0.9"), Severity::Note), (Some("0.91"), Severity::Fault)]
    {
        let mut book = rulebook();
        book.agreement = demanded.map(dec);
        let whole = rulebook_value(&book);
        let config = round_with(|r| r.rulebook = doc_ref("own", &whole));
        let own = [sealed(&secretary(), DocKind::Rulebook, "own", &whole), opened_as(config)].concat();
        let (entered, value) = doubted(&asked_again());
        let story = given([own, at("11-20"), batched("b1", &usual_tally()), entered])
            .when(surveyor(), recheck("b1", "again", &value))
            .then("batch_rechecked");
        let found = domain::check_round(&story.log.world.rounds[&r22()]);
        let seen: Vec<_> = found.iter().filter(|o| o.code == "recheck_agreement").collect();
        assert_eq!(seen.iter().map(|o| o.severity).collect::<Vec<_>>(), [severity], "{demanded:?}");
        assert!(seen[0].text.en.contains("9/10 (90.0 %)"), "{}", seen[0].text.en);
    }
}

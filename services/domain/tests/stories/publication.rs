//! Stories of publication: what the council adopted, as it stands now, numbered, and never changed afterwards.
//! No row comes from whoever publishes: he names the digest of what he saw.

use proto::act::publication::PublishResult;
use proto::act::round::Phase;
use proto::document::DocKind;
use proto::{Act, Hash};

use super::acts::{
    adjust, bonus, change, close_round, confirm, correct, decide_appeal, extend, lodge, merge, penalty, propose_appeal,
    propose_result, propose_scores, publish, publish_as, record, reopen, set_score,
};
use super::check::ranking_of;
use super::fixture::{doc_ref, id, r22, round_with, rulebook, rulebook_value};
use super::given::{
    Steps, adopted, all_signed, at, carried, corrected, does, opened, opened_as, published, sealed, surveyed,
};
use super::people::{admin_a, appraiser, chief, member, publisher, secretary};
use super::story::given;
use super::variant::{because, second};

/// The council has adopted the result by `d1`, and it is 3 January.
fn ready() -> Steps {
    [opened(), all_signed(), surveyed(), adopted(), at("01-03")].concat()
}

fn publishing(change: impl FnOnce(&mut PublishResult)) -> Act {
    let mut act = publish_as(1, "d1");
    change(&mut act);
    Act::PublishResult(act)
}

#[test]
fn the_publisher_publishes_what_the_council_adopted() {
    given([ready()])
        .when(publisher(), publish(1, "d1"))
        .then("result_published")
        .in_stream("round/r22")
        .because_of("decision_recorded")
        .stands(1, "a", "100.00", 1, "good")
        .stands(1, "b", "90.00", 2, "good")
        .stands(1, "c", "72.00", 3, "weak")
        .stands(1, "x", "100.00", 1, "good")
        .stands(1, "y", "54.00", 0, "weak");
}

#[test]
fn a_fault_found_before_publication_needs_a_written_reason() {
    let mut book = rulebook();
    book.groups[0].sample = Some(11);
    let whole = rulebook_value(&book);
    let config = round_with(|r| r.rulebook = doc_ref("own", &whole));
    let own = [sealed(&secretary(), DocKind::Rulebook, "own", &whole), opened_as(config)].concat();
    let story = given([own, all_signed(), surveyed(), adopted(), at("01-03")]);
    let found = domain::check_round(&story.log.world.rounds[&r22()]);
    let told: Vec<_> = found.iter().map(|o| (o.severity.word(), o.code.as_str(), o.units[0].as_str())).collect();
    // Ten citizens answered about each department, eleven were planned; no firm answered at all.
    for unit in ["a", "b", "c"] {
        assert!(told.contains(&("fault", "sample_short", unit)) && told.contains(&("doubt", "group_missing", unit)));
    }
    assert_eq!(told.iter().filter(|(severity, ..)| *severity == "fault").count(), 3, "{told:?}");
    story
        .when(publisher(), publish(1, "d1"))
        .then_refused_with("checks_failed", "faults", "3")
        .when(publisher(), publishing(|a| a.reason = "Bão số 4: không lấy đủ mẫu".to_owned()))
        .then("result_published");
}

#[test]
fn nobody_but_the_publisher_publishes() {
    for who in [secretary(), member(3), chief("a"), admin_a()] {
        given([ready()]).when(who, publish(1, "d1")).then_refused_with("capacity_wrong", "needed", "publisher");
    }
}

#[test]
fn publications_are_numbered_from_one_without_gaps() {
    given([ready()])
        .when(publisher(), publishing(|a| a.reason = "x".repeat(8_001)))
        .then_refused("text_too_long")
        .when(publisher(), publish(2, "d1"))
        .then_refused_with("publication_out_of_order", "expected", "1")
        .when(publisher(), publish(0, "d1"))
        .then_refused("publication_out_of_order")
        .when(publisher(), publish(1, "d1"))
        .then("result_published")
        .when(publisher(), publish(1, "d1"))
        .then_refused_with("publication_out_of_order", "expected", "2");
}

#[test]
fn what_the_council_did_not_adopt_is_not_published() {
    let lost = [does(secretary(), propose_result("d3")), does(secretary(), record("d3"))].concat();
    let unrecorded = does(secretary(), propose_result("d4"));
    let scores = [
        carried("d5", propose_scores("d5", &[change("a", "1.1", "5")])),
        does(secretary(), set_score("a", "1.1", "d5")),
    ];
    given([opened(), all_signed(), surveyed(), at("12-21"), lost, unrecorded, scores.concat()])
        .when(publisher(), publish(1, "d2"))
        .then_refused_with("decision_unknown", "decision", "d2")
        .when(publisher(), publish(1, "d3"))
        .then_refused_with("decision_unfit", "decision", "d3")
        .when(publisher(), publish(1, "d4"))
        .then_refused("decision_unfit")
        .when(publisher(), publish(1, "d5"))
        .then_refused("decision_unfit");
}

#[test]
fn nothing_is_published_before_decided_points_are_carried_out() {
    let scores = carried("d5", propose_scores("d5", &[change("a", "1.1", "5"), change("b", "1.1", "5")]));
    let carried_out = ["a", "b"].map(|unit| does(secretary(), set_score(unit, "1.1", "d5"))).concat();
    given([ready(), scores])
        .when(publisher(), publish(1, "d1"))
        .then_refused_with("changes_pending", "decision", "d5")
        .and([carried_out, carried("d6", propose_result("d6"))].concat())
        .when(publisher(), publish(1, "d6"))
        .then("result_published")
        .stands(1, "a", "95.00", 1, "good")
        .stands(1, "b", "95.00", 1, "good");
}

#[test]
fn a_result_that_moved_on_since_it_was_adopted_is_not_published() {
    let story = given([ready()]);
    let adopted = domain::result_digest(&story.log.world.rounds[&r22()]);
    let story = story.when(appraiser(), bonus("a", "0.25")).then("bonus_awarded");
    let now = domain::result_digest(&story.log.world.rounds[&r22()]);
    story
        .when(publisher(), publishing(|a| a.digest = adopted))
        .then_refused_with("result_moved", "digest", &now.to_string())
        .when(publisher(), publishing(|a| a.digest = now))
        .then_refused_with("decision_unfit", "decision", "d1")
        .when(publisher(), publishing(|a| a.digest = Hash::digest(b"a guess")))
        .then_refused("result_moved")
        .when(appraiser(), bonus("a", "0"))
        .then("bonus_awarded")
        .when(publisher(), publishing(|a| a.digest = adopted))
        .then("result_published");
}

#[test]
fn a_result_that_moved_on_is_adopted_anew() {
    given([ready(), does(appraiser(), bonus("b", "1")), carried("d2", propose_result("d2"))])
        .when(publisher(), publish(1, "d1"))
        .then_refused("decision_unfit")
        .when(publisher(), publish(1, "d2"))
        .then("result_published")
        .stands(1, "b", "95.00", 2, "good");
}

#[test]
fn once_a_result_is_published_only_the_council_changes_it() {
    let more_time = does(secretary(), extend(Phase::SecondAppraisal, "a", "01-20"));
    let steps = [opened(), all_signed(), surveyed(), more_time, adopted(), at("01-03")].concat();
    given([steps, does(publisher(), publish(1, "d1"))])
        .when(appraiser(), second(confirm("a", "1.1")))
        .then_refused("result_fixed")
        .when(appraiser(), second(adjust("a", "1.1", "5")))
        .then_refused("result_fixed")
        .when(appraiser(), bonus("a", "1"))
        .then_refused("result_fixed")
        .when(secretary(), penalty("a", "1"))
        .then_refused("result_fixed")
        .when(secretary(), reopen("a", "01-10"))
        .then_refused("result_fixed")
        .when(secretary(), merge(&["b1"]))
        .then_refused("result_fixed");
}

#[test]
fn points_that_the_council_sets_after_a_publication_are_published_before_the_round_ends() {
    let scores = [
        carried("d5", propose_scores("d5", &[change("c", "1.1", "6")])),
        does(secretary(), set_score("c", "1.1", "d5")),
    ];
    given([ready(), does(publisher(), publish(1, "d1")), scores.concat(), at("01-21")])
        .when(secretary(), close_round())
        .then_refused("correction_unpublished")
        .when(publisher(), publish(2, "d5"))
        .then("result_published")
        .stands(2, "c", "92.00", 2, "good")
        .when(secretary(), close_round())
        .then("round_closed");
}

#[test]
fn the_position_that_was_seen_exists() {
    let story = given([ready()]);
    let last = story.log.world.position;
    story
        .when(publisher(), publishing(|a| a.position = last + 1))
        .then_refused_with("position_ahead", "position", &(last + 1).to_string())
        .when(publisher(), publishing(|a| a.position = last - 5))
        .then("result_published");
}

#[test]
fn a_later_publication_gives_a_reason_and_rests_on_a_decision_that_carried() {
    let lost = [does(secretary(), propose_appeal("d9", 2, &[])), does(secretary(), record("d9"))].concat();
    given([corrected(), does(chief("b"), lodge(2, "b", &[])), lost])
        .when(publisher(), because("", publish(2, "d2")))
        .then_refused("reason_required")
        .when(publisher(), because(&"x".repeat(8_001), publish(2, "d2")))
        .then_refused("text_too_long")
        .when(publisher(), publish(2, "d9"))
        .then_refused_with("decision_unfit", "decision", "d9")
        .when(publisher(), publish(2, "d2"))
        .then("result_published")
        .stands(2, "c", "87.00", 3, "fair");
}

#[test]
fn a_later_publication_shows_who_moved_and_leaves_the_earlier_one_as_it_was() {
    let story = given([published(), at("01-06")]);
    let of = |story: &super::story::Story, publication: u64| {
        let rows = ranking_of(&story.log.world, &r22());
        (
            rows.standings.into_iter().filter(|r| r.publication == publication).collect::<Vec<_>>(),
            rows.publications.into_iter().filter(|r| r.publication == publication).collect::<Vec<_>>(),
        )
    };
    let first = of(&story, 1);
    let steps = [
        does(chief("c"), lodge(1, "c", &["1.1"])),
        carried("d2", propose_appeal("d2", 1, &[change("c", "1.1", "6")])),
        does(secretary(), decide_appeal(1, "d2")),
        does(secretary(), correct("c", "1.1", 1)),
    ];
    let story = story.and(steps.concat()).when(publisher(), publish(2, "d2")).then("result_published");
    // c: 14.4 + 4 = 18.4 of 20; it passes b, which has 18.
    let story =
        story.stands(2, "c", "92.00", 2, "good").stands(2, "b", "90.00", 3, "good").stands(2, "a", "100.00", 1, "good");
    let moved = ["a", "b", "c", "x", "y"].map(|unit| story.standing(2, unit).movement);
    assert_eq!(moved, [0, -1, 1, 0, 0]);
    assert_eq!(of(&story, 1), first, "a published row never changes");
    let story = story.stands(1, "c", "72.00", 3, "weak");
    assert_eq!(story.standing(1, "c").movement, 0, "the first publication has none before it");
    let story = story.stands(0, "c", "92.00", 2, "good");
    assert_eq!(story.standing(0, "c").movement, 0, "live rows move against the last publication");
}

#[test]
fn a_publication_says_when_where_and_on_what_it_rests() {
    let story = given([published()]);
    let row = ranking_of(&story.log.world, &r22()).publications.remove(0);
    let event = story.log.events.last().expect("the publication");
    assert_eq!((row.publication, row.at, row.position), (1, event.envelope.at, event.envelope.position));
    assert_eq!((row.decision, row.reason.as_str()), (id("d1"), ""));
    let round = super::check::index_of(&story.log.world, &r22()).rounds.remove(0);
    assert_eq!((round.publication, round.decided, round.survey_merged, round.closed), (1, true, true, false));
}

#[test]
fn the_digest_that_stands_in_the_event_is_the_one_of_its_rows() {
    let story = given([ready()]);
    let before = domain::result_digest(&story.log.world.rounds[&r22()]);
    let story = story.when(publisher(), publish(1, "d1")).then("result_published");
    assert_eq!(story.log.world.rounds[&r22()].publications[0].digest, before);
}

#[test]
fn a_table_is_looked_at_as_it_would_be_printed() {
    let story = given([opened(), all_signed(), surveyed()]);
    let round = &story.log.world.rounds[&r22()];
    let mut standings = domain::standings(round);
    assert!(domain::own_tables(round, &standings).is_empty());
    // Two units change places: the values no longer fall.
    let first = standings.iter().position(|s| s.rank == 1).expect("somebody is first");
    let second = standings.iter().position(|s| s.rank == 2).expect("somebody is second");
    (standings[first].rank, standings[second].rank) = (2, 1);
    let found = domain::own_tables(round, &standings);
    assert!(found.iter().any(|o| o.code == "out_of_order"), "{found:?}");
}

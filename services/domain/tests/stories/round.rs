//! Stories of a round as a whole: its opening with everything declared, and its end.
//! What is not declared at the opening is never made up later.

use proto::Act;
use proto::act::round::{OpenRound, Phase, Stage};
use proto::act::sheet::ScoreSelf;
use proto::document::DocKind;
use proto::{Decimal, Hash};

use super::acts::{self, close_round, open, part, score};
use super::fixture::{
    band, catalogue, catalogue_value, dec, doc_ref, id, just_before, moment, round, round_with, window,
};
use super::given::{
    adopted, all_signed, appealed, at, corrected, does, ended, opened, published, republished, sealed, surveyed, upheld,
};
use super::people::{drafter, publisher, secretary, timer};
use super::story::given;

/// Opening a round of this configuration is refused with exactly this detail.
fn faulty(detail: &str, change: impl FnOnce(&mut OpenRound)) {
    given([]).when(secretary(), open(round_with(change))).then_refused_with("bad_round", "detail", detail);
}

#[test]
fn the_secretariat_opens_a_round() {
    given([])
        .when(secretary(), open(round()))
        .then("round_opened")
        .in_stream("round/r22")
        .sheet("a", "open", 0)
        .sheet("y", "open", 0)
        .reaches("a", "0", "16");
}

#[test]
fn a_round_is_opened_once() {
    given([opened()]).when(secretary(), open(round())).then_refused("round_exists");
    given([opened()])
        .when(secretary(), open(round_with(|r| r.round = id("r23"))))
        .then("round_opened")
        .in_stream("round/r23");
}

#[test]
fn a_round_names_documents_that_are_sealed_with_this_digest() {
    let other = catalogue_value(&catalogue());
    let open_only = does(secretary(), part(DocKind::Catalogue, "unsealed", 1, &other));
    let table: [fn(&mut OpenRound); 5] = [
        |r| r.rulebook.id = id("nothing"),
        |r| r.rulebook.digest = Hash::digest(b"another"),
        |r| r.rulebook = r.catalogue.clone(),
        |r| r.catalogue.digest = Hash::digest(b"another"),
        |r| r.catalogue = doc_ref("unsealed", &catalogue_value(&catalogue())),
    ];
    for change in table {
        given([open_only.clone()]).when(secretary(), open(round_with(change))).then_refused("document_unknown");
    }
}

#[test]
fn a_configuration_with_a_fault_opens_no_round() {
    given([])
        .when(secretary(), open(round_with(|r| r.blocks.clear())))
        .then_refused_with("bad_round", "detail", "no blocks")
        .when(secretary(), open(round()))
        .then("round_opened");
}

#[test]
fn blocks_hold_units_of_their_kind_each_once() {
    faulty("no blocks", |r| r.blocks.clear());
    faulty("block so stands twice", |r| r.blocks[1].block = id("so"));
    faulty("block huyen has no units", |r| (r.blocks[1].units, r.blocks[1].unranked) = (vec![], vec![]));
    faulty("unit a stands twice", |r| r.blocks[0].units.push(id("a")));
    faulty("unit a stands twice; unit a is of kind so, not huyen", |r| r.blocks[1].units.push(id("a")));
    faulty("unit z is not in the catalogue", |r| r.blocks[0].units.push(id("z")));
    faulty("unit x is of kind huyen, not so", |r| {
        r.blocks.pop();
        r.blocks[0].units.push(id("x"));
    });
    faulty("unranked unit x is not in block so", |r| r.blocks[0].unranked.push(id("x")));
    faulty("block so: the rulebook has no tree for agency", |r| {
        r.blocks.truncate(1);
        (r.blocks[0].kind, r.blocks[0].units) = (id("agency"), vec![id("agency")]);
    });
}

#[test]
fn windows_stand_once_end_after_they_begin_and_follow_one_another() {
    faulty("phase survey stands twice", |r| r.phases.push(window(Phase::Survey, "12-01", "12-02")));
    faulty("phase appeals ends before it begins", |r| r.phases[6].until = r.phases[6].from);
    faulty("phase survey ends before it begins", |r| r.phases[4].until = moment("11-09"));
    faulty("phase first_appraisal begins before self_scoring has ended", |r| {
        r.phases[1].from = just_before(moment("11-16"));
    });
    faulty("phase council begins before second_appraisal has ended", |r| r.phases[5].from = moment("12-19"));
    faulty("phase council begins before explanation has ended", |r| {
        r.phases.remove(3);
        r.phases[4].from = moment("12-07");
    });
}

#[test]
fn self_scoring_first_appraisal_and_council_are_part_of_every_round() {
    for (i, phase) in [(0, "self_scoring"), (1, "first_appraisal"), (5, "council")] {
        faulty(&format!("phase {phase} is missing"), |r| {
            r.phases.remove(i);
        });
    }
    given([])
        .when(
            secretary(),
            open(round_with(|r| r.phases.retain(|w| [0, 1, 5].map(|i| round().phases[i].phase).contains(&w.phase)))),
        )
        .then("round_opened");
}

#[test]
fn digits_stages_and_bands_are_declared_without_gaps() {
    faulty("more than 6 digits", |r| r.policy.digits = 7);
    faulty("self and first must be among the stages that count", |r| {
        r.policy.counts = vec![Stage::Own, Stage::Council]
    });
    faulty("self and first must be among the stages that count", |r| r.policy.counts.retain(|s| *s != Stage::Own));
    faulty("the last band must begin at 0", |r| r.policy.bands[2].from = dec("10"));
    faulty("the last band must begin at 0", |r| {
        r.policy.bands.pop();
    });
    faulty("bands must fall, each with a code of its own", |r| r.policy.bands[1].from = dec("90"));
    faulty("bands must fall, each with a code of its own", |r| r.policy.bands.swap(0, 1));
    faulty("bands must fall, each with a code of its own", |r| r.policy.bands[1].code = id("good"));
    assert_eq!(round_with(|r| r.policy.bands.push(band("none", "0"))).policy.bands[3].from, Decimal::ZERO);
}

#[test]
fn all_faults_of_a_configuration_are_told_at_once() {
    faulty("unit z is not in the catalogue; phase appeals ends before it begins; more than 6 digits", |r| {
        r.blocks[0].units.push(id("z"));
        r.phases[6].until = r.phases[6].from;
        r.policy.digits = 9;
    });
}

#[test]
fn a_unit_or_round_that_is_not_there_is_named() {
    let elsewhere = |mut act: ScoreSelf| {
        act.round = id("r21");
        Act::ScoreSelf(act)
    };
    given([opened()])
        .when(drafter("a"), elsewhere(acts::score_self("a", "1.1", "6")))
        .then_refused_with("round_unknown", "round", "r21")
        .when(drafter("a"), score("agency", "1.1", "6"))
        .then_refused_with("unit_unknown", "unit", "agency");
}

#[test]
fn a_round_ends_after_its_last_appeal() {
    given([republished()]).when(secretary(), close_round()).then("round_closed").in_stream("round/r22");
}

#[test]
fn a_round_without_appeals_ends_once_their_time_is_over() {
    given([published()])
        .when(secretary(), close_round())
        .then_refused_with("not_due", "until", &moment("01-20").to_string())
        .at_instant(just_before(moment("01-20")))
        .when(secretary(), close_round())
        .then_refused("not_due")
        .at("01-20")
        .when(secretary(), close_round())
        .then("round_closed");
}

#[test]
fn a_round_does_not_end_before_it_is_published() {
    given([opened(), all_signed(), surveyed(), adopted(), at("01-25")])
        .when(secretary(), close_round())
        .then_refused("not_published");
}

#[test]
fn a_round_does_not_end_while_an_appeal_is_open() {
    given([appealed(), at("01-20")]).when(secretary(), close_round()).then_refused_with("appeal_open", "number", "1");
}

#[test]
fn a_round_does_not_end_before_a_decision_is_carried_out() {
    given([upheld(), at("01-20")]).when(secretary(), close_round()).then_refused_with(
        "changes_pending",
        "decision",
        "d2",
    );
}

#[test]
fn a_round_does_not_end_before_a_correction_is_published() {
    given([corrected(), at("01-20")])
        .when(secretary(), close_round())
        .then_refused("correction_unpublished")
        .when(publisher(), acts::publish(2, "d2"))
        .then("result_published")
        .when(secretary(), close_round())
        .then("round_closed");
}

#[test]
fn a_round_without_a_phase_of_appeals_ends_when_it_is_published() {
    let without = round_with(|r| r.phases.retain(|w| w.phase != Phase::Appeals));
    given([super::given::published_as(without)]).when(secretary(), close_round()).then("round_closed");
}

#[test]
fn a_round_that_has_ended_is_over_for_the_timer_too() {
    let story = given([ended()]).when(timer(), acts::close_phase(Phase::Appeals)).then_refused("round_closed");
    assert_eq!(story.log.world.next_due(), None);
}

#[test]
fn a_decision_that_did_not_carry_does_not_hold_up_the_end() {
    let lost = acts::propose_scores("d9", &[acts::change("c", "1.1", "0")]);
    let unvoted = [does(secretary(), lost), does(secretary(), acts::record("d9"))].concat();
    given([opened(), all_signed(), surveyed(), adopted(), unvoted])
        .when(publisher(), acts::publish(1, "d1"))
        .then("result_published")
        .at("01-20")
        .when(secretary(), close_round())
        .then("round_closed");
}

#[test]
fn one_rulebook_serves_two_rounds_and_each_keeps_its_own_state() {
    let other = round_with(|r| r.round = id("r23"));
    let mut elsewhere = acts::score_self("a", "1.1", "5");
    // The same leaf is still at revision 0 there.
    (elsewhere.round, elsewhere.revision) = (id("r23"), 0);
    given([opened(), does(secretary(), open(other))])
        .when(drafter("a"), score("a", "1.1", "6"))
        .then("self_scored")
        .in_stream("sheet/r22/a")
        .when(drafter("a"), Act::ScoreSelf(elsewhere))
        .then("self_scored")
        .in_stream("sheet/r23/a")
        .shows("a", "1.1", "self 6");
}

#[test]
fn a_catalogue_that_was_sealed_later_serves_as_well() {
    let mut later = catalogue();
    later.title.en = "Units of 2023".to_owned();
    let value = catalogue_value(&later);
    given([sealed(&secretary(), DocKind::Catalogue, "later", &value)])
        .when(secretary(), open(round_with(|r| r.catalogue = doc_ref("later", &value))))
        .then("round_opened");
}

#[test]
fn what_the_council_adopted_may_be_published_after_its_phase() {
    given([opened(), all_signed(), surveyed(), adopted(), at("02-01")])
        .when(publisher(), acts::publish(1, "d1"))
        .then("result_published");
}

//! Stories of samples for asking respondents again: who commits to a seed, when it draws, and that it draws once.
//! Nobody chooses who is asked: what is drawn follows from the seed and the ballots alone.

use proto::act::survey::{DrawSample, SampleDrawn};
use proto::{Act, Fact, Hash};

use super::acts::{commit_seed, draw_sample, publish, seed, void};
use super::fixture::{id, r22, round_with, usual_tally};
use super::given::{Steps, adopted, all_signed, at, balloted, batched, does, opened, opened_as, surveyed};
use super::people::{chief, publisher, secretary, surveyor};
use super::story::{Story, given};

fn committed() -> Steps {
    does(secretary(), commit_seed("s1", 1))
}

/// The draw with something else.
fn drawing(change: impl FnOnce(&mut DrawSample)) -> Act {
    let mut act = draw_sample("s1", "b1", 1, 25);
    if let Act::DrawSample(draw) = &mut act {
        change(draw);
    }
    act
}

fn drawn(story: &Story) -> &SampleDrawn {
    let Fact::SampleDrawn(fact) = &story.event().fact else { panic!("a sample") };
    fact
}

#[test]
fn a_sample_follows_from_a_seed_that_stood_before_the_ballots() {
    let story = given([opened(), at("11-12")])
        .when(secretary(), commit_seed("s1", 1))
        .then("seed_committed")
        .in_stream("round/r22")
        .and(balloted("b1"))
        .when(secretary(), drawing(|_| {}))
        .then("sample_drawn")
        .in_stream("round/r22");
    let indexes = drawn(&story).indexes.clone();
    assert_eq!(indexes, proto::sample::drawn(&seed(1), &Hash::digest(b"root"), 100, 25));
    assert_eq!(indexes.len(), 25);
    // By a share it is as many, and the same ones.
    let by_share = given([opened(), at("11-12"), committed(), balloted("b1")])
        .when(secretary(), drawing(|draw| (draw.count, draw.share) = (None, Some(25))))
        .then("sample_drawn");
    assert_eq!(drawn(&by_share).indexes, indexes);
    // Whoever stops later has asked the first ones too.
    let more = given([opened(), at("11-12"), committed(), balloted("b1")])
        .when(secretary(), drawing(|draw| draw.count = Some(40)))
        .then("sample_drawn");
    assert!(indexes.iter().all(|index| drawn(&more).indexes.contains(index)));
}

#[test]
fn a_seed_is_for_one_sample_and_a_sample_has_one_seed() {
    given([opened(), at("11-12")])
        .when(surveyor(), commit_seed("s1", 1))
        .then_refused("capacity_wrong")
        .when(chief("a"), commit_seed("s1", 1))
        .then_refused("capacity_wrong")
        .and(committed())
        .when(secretary(), commit_seed("s1", 2))
        .then_refused_with("sample_exists", "sample", "s1")
        .when(secretary(), commit_seed("s2", 1))
        .then_refused_with("seed_reused", "sample", "s1")
        .when(secretary(), commit_seed("s2", 2))
        .then("seed_committed");
    let without = round_with(|r| r.phases.retain(|p| p.phase != proto::act::round::Phase::Survey));
    given([opened_as(without)]).when(secretary(), commit_seed("s1", 1)).then_refused("no_survey");
}

#[test]
fn only_the_seed_that_was_committed_to_draws_and_only_once() {
    given([opened(), at("11-12"), committed(), balloted("b1")])
        .when(secretary(), drawing(|draw| draw.sample = id("s2")))
        .then_refused_with("sample_unknown", "sample", "s2")
        .when(secretary(), drawing(|draw| draw.seed = seed(2)))
        .then_refused_with("seed_differs", "sample", "s1")
        .when(surveyor(), drawing(|_| {}))
        .then_refused("capacity_wrong")
        .when(secretary(), drawing(|_| {}))
        .then("sample_drawn")
        .when(secretary(), drawing(|_| {}))
        .then_refused_with("sample_already_drawn", "sample", "s1")
        .when(secretary(), drawing(|draw| draw.count = Some(24)))
        .then_refused("sample_already_drawn")
        // What was opened is known to everybody: it is never a seed again.
        .when(secretary(), commit_seed("s2", 1))
        .then_refused("seed_reused");
}

#[test]
fn a_batch_that_was_there_before_the_seed_or_counts_no_ballots_is_not_drawn_from() {
    given([opened(), at("11-12"), balloted("b1"), committed(), batched("b2", &usual_tally())])
        .when(secretary(), drawing(|_| {}))
        .then_refused_with("batch_before_seed", "batch", "b1")
        .when(secretary(), drawing(|draw| draw.batch = id("b2")))
        .then_refused_with("batch_without_ballots", "batch", "b2")
        .when(secretary(), drawing(|draw| draw.batch = id("b3")))
        .then_refused_with("batch_unknown", "batch", "b3");
}

#[test]
fn a_voided_batch_is_not_drawn_from() {
    given([opened(), at("11-12"), committed(), balloted("b1"), does(surveyor(), void("b1"))])
        .when(secretary(), drawing(|_| {}))
        .then_refused_with("batch_void", "batch", "b1");
}

#[test]
fn a_number_or_share_that_cannot_be_is_refused() {
    const EITHER: &str = "either a number of ballots or a share of 1 to 100 in a hundred";
    let mut story = given([opened(), at("11-12"), committed(), balloted("b1")]);
    for (count, share, detail) in [
        (None, None, EITHER),
        (Some(5), Some(5), EITHER),
        (None, Some(0), EITHER),
        (None, Some(101), EITHER),
        (Some(0), None, "0 ballots, the batch has 100"),
        (Some(101), None, "101 ballots, the batch has 100"),
    ] {
        let act = drawing(|draw| (draw.count, draw.share) = (count, share));
        story = story.when(secretary(), act).then_refused_with("bad_sample", "detail", detail);
    }
    story.when(secretary(), drawing(|draw| (draw.count, draw.share) = (None, Some(100)))).then("sample_drawn");
}

#[test]
fn nothing_is_drawn_once_the_result_is_published() {
    let own = [committed(), balloted("b2")].concat();
    given([opened(), all_signed(), at("11-20"), own, surveyed(), adopted(), at("01-03")])
        .when(publisher(), publish(1, "d1"))
        .then("result_published")
        .when(secretary(), drawing(|draw| draw.batch = id("b2")))
        .then_refused("result_fixed");
}

#[test]
fn a_round_that_is_loaded_again_knows_what_stood_before_what() {
    let story = given([opened(), at("11-12"), balloted("b1"), committed(), balloted("b2")]);
    let round = &story.log.world.rounds[&r22()];
    let seed = &round.seeds[&id::<proto::SampleId>("s1")];
    let position = |batch: &str| round.batches[&id::<proto::BatchId>(batch)].position;
    assert!(position("b1") < seed.position && seed.position < position("b2"));
}

//! Stories of the survey's plan: how many are to be asked, and what becomes of a group that did not reach it.
//! The plan stands before the first answer.

use proto::document::{DocKind, ShortGroup};

use super::acts::{merge, plan};
use super::fixture::{dec, doc_ref, id, r22, round_with, rulebook, rulebook_value, tally, usual_tally};
use super::given::{Steps, at, batched, does, opened, opened_as, sealed};
use super::people::{secretary, surveyor};
use super::story::given;

/// A round by the usual rulebook, with a margin of error of 5 % for citizens, and a policy for short groups.
fn measured(short: ShortGroup) -> Steps {
    let mut book = rulebook();
    book.short_group = short;
    for group in book.groups.iter_mut().filter(|g| g.code == id("citizens")) {
        group.margin = Some(dec("0.05"));
    }
    let whole = rulebook_value(&book);
    let config = round_with(|r| r.rulebook = doc_ref("own", &whole));
    [sealed(&secretary(), DocKind::Rulebook, "own", &whole), opened_as(config)].concat()
}

#[test]
fn a_sample_follows_from_the_population_and_the_margin_of_error() {
    // 4000 / (1 + 4000 x 0.0025) = 363.6; 1 / 1.0025 = 0.998; 400 / 2 = 200, which is whole.
    let table =
        [(4_000, "0.05", 364), (1, "0.05", 1), (400, "0.05", 200), (4_294_967_295, "0.05", 400), (10, "0.9", 2)];
    for (population, margin, sample) in table {
        assert_eq!(domain::sample_of(population, dec(margin)), sample, "{population} {margin}");
    }
    let story = given([measured(ShortGroup::Counts)])
        .when(surveyor(), plan(&[("a", "citizens", Some(4_000), None), ("a", "firms", None, Some(30))]))
        .then("sample_planned")
        .in_stream("round/r22")
        .when(secretary(), plan(&[("a", "citizens", Some(400), None)]))
        .then("sample_planned");
    let round = &story.log.world.rounds[&r22()];
    let planned: Vec<_> = round.book.groups.iter().take(2).map(|g| round.planned(&id("a"), g)).collect();
    assert_eq!(planned, [Some(200), Some(30)], "the later plan stands, and what it does not name as well");
    assert_eq!(round.planned(&id("b"), &round.book.groups[0]), None);
}

#[test]
fn samples_that_do_not_fit_the_round_are_refused_whole() {
    const EITHER: &str = "a citizens: either a population or a number of respondents, above 0";
    let table = [
        (plan(&[]), "no rows"),
        (plan(&[("agency", "citizens", None, Some(1))]), "agency: no such unit"),
        (plan(&[("a", "leaders", None, Some(1))]), "a leaders: no such group"),
        (plan(&[("a", "firms", Some(100), None)]), "a firms: the group has no margin of error"),
        (plan(&[("a", "citizens", None, None)]), EITHER),
        (plan(&[("a", "citizens", Some(9), Some(9))]), EITHER),
        (plan(&[("a", "citizens", Some(0), None)]), EITHER),
        (plan(&[("a", "citizens", None, Some(0))]), EITHER),
        (plan(&[("a", "firms", None, Some(1)), ("a", "firms", None, Some(2))]), "a firms: stands twice"),
    ];
    for (act, detail) in table {
        given([measured(ShortGroup::Counts)]).when(surveyor(), act).then_refused_with("bad_sample", "detail", detail);
    }
}

#[test]
fn the_plan_stands_once_the_first_batch_is_in() {
    given([opened(), at("11-20"), batched("b1", &usual_tally())])
        .when(surveyor(), plan(&[("a", "citizens", None, Some(5))]))
        .then_refused("survey_begun");
    let without = round_with(|r| r.phases.retain(|w| w.phase != proto::act::round::Phase::Survey));
    given([opened_as(without)]).when(surveyor(), plan(&[("a", "citizens", None, Some(5))])).then_refused("no_survey");
}

#[test]
fn a_group_under_its_sample_counts_or_not_as_the_rulebook_says() {
    // Citizens give the whole, firms nothing; ten citizens were planned and nine answered.
    let rows = tally(&[("a", "citizens", "2.2", [9, 0, 0, 0]), ("a", "firms", "2.2", [0, 0, 0, 5])]);
    for (short, shown) in [(ShortGroup::Counts, "survey 2"), (ShortGroup::Missing, "survey 0")] {
        let planned = does(surveyor(), plan(&[("a", "citizens", None, Some(10)), ("a", "firms", None, Some(5))]));
        let story = given([measured(short), planned, at("11-20"), batched("b1", &rows)])
            .when(secretary(), merge(&["b1"]))
            .then("survey_merged")
            .shows("a", "2.2", shown);
        let found = domain::check_round(&story.log.world.rounds[&r22()]);
        assert_eq!(found.iter().filter(|o| o.code == "sample_short").count(), 1);
    }
}

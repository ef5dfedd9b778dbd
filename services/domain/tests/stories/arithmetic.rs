//! Stories of arithmetic, with their numbers: what counts, out of what, rounded once, ranked exactly, in which band.
//! No figure here is worked out by the crate under test: each stands as it was worked out by hand.

use proto::act::round::{Band, OpenRound, Phase, Ties, Unsubmitted};
use proto::document::{DocKind, Leaf, MissingGroup};
use proto::exact::RoundingMode;
use proto::rows::TotalRow;

use super::acts::{accept, bonus, claim, merge, penalty, submit};
use super::check::index_of;
use super::fixture::{
    band, dec, doc_ref, id, node, number, r22, round, round_with, rulebook, rulebook_value, tally, usual_tally,
};
use super::given::{
    Steps, all_signed, at, batched, does, drafted, opened, opened_as, scored, sealed, signed, surveyed,
};
use super::people::{appraiser, chief, drafter, secretary};
use super::story::{Story, given, plain};

fn without_survey(change: impl FnOnce(&mut OpenRound)) -> Steps {
    let mut config = round_with(|r| r.phases.retain(|w| w.phase != Phase::Survey));
    change(&mut config);
    opened_as(config)
}

/// `a` scores these points, claims that these leaves do not apply, and the claims are accepted.
fn exempted(points: &[(&str, &str)], leaves: &[&str]) -> Steps {
    let claims = leaves.iter().map(|l| does(drafter("a"), claim("a", l))).collect::<Vec<_>>().concat();
    let accepts = leaves.iter().map(|l| does(appraiser(), accept("a", l))).collect::<Vec<_>>().concat();
    [drafted("a", points), claims, does(chief("a"), submit("a")), at("11-20"), accepts].concat()
}

/// The totals of a unit at a node: reached and maximum.
fn total(story: &Story, unit: &str, node: &str) -> (String, String) {
    let rows = index_of(&story.log.world, &r22()).totals;
    let row: TotalRow = rows.into_iter().find(|r| r.unit.as_str() == unit && r.node.as_str() == node).expect(node);
    (plain(&row.reached), plain(&row.maximum))
}

#[test]
fn an_exemption_makes_the_maximum_smaller_and_not_the_points() {
    // 3 + 4 + 2 = 9 of 16 - 4 = 12 is 75 %; scored with 0 instead, 9 of 16 is 56.25 %.
    given([opened(), exempted(&[("1.1", "3"), ("1.2", "4")], &["1.2"])])
        .reaches("a", "9", "12")
        .stands(0, "a", "75.00", 1, "weak");
    given([opened(), signed("a", &[("1.1", "3"), ("1.2", "0")])])
        .reaches("a", "9", "16")
        .stands(0, "a", "56.25", 1, "weak");
}

#[test]
fn an_exemption_is_taken_out_of_every_node_above_it() {
    let story = given([opened(), exempted(&[("1.1", "3")], &["1.2"]), surveyed()]);
    assert_eq!(total(&story, "a", "1"), ("3".to_owned(), "6".to_owned()));
    assert_eq!(total(&story, "a", "2"), ("10".to_owned(), "10".to_owned()));
    assert_eq!(total(&story, "a", "2.1"), ("6".to_owned(), "6".to_owned()));
    assert_eq!(total(&story, "a", "appraisal"), ("9".to_owned(), "12".to_owned()));
    assert_eq!(total(&story, "a", "survey"), ("4".to_owned(), "4".to_owned()));
    assert_eq!(story.unit("a").exempted, 1);
}

#[test]
fn where_no_survey_is_held_the_appraised_part_is_the_whole() {
    // 12 of 16, not of 20.
    given([without_survey(|_| ()), signed("a", &[("1.1", "2")])])
        .reaches("a", "12", "16")
        .stands(0, "a", "75.00", 1, "weak");
}

#[test]
fn until_the_survey_is_merged_its_leaves_count_nowhere() {
    let unmerged = [opened(), signed("a", &[("1.1", "2")]), at("11-20"), batched("b1", &usual_tally())];
    // 12 of 16, then 12 + 4 of 20; y: 2.4 of 4 alone, its own 0 of 6 included: 2.4 of 10.
    given([unmerged.concat()])
        .stands(0, "a", "75.00", 1, "weak")
        .stands(0, "y", "0.00", 0, "weak")
        .when(secretary(), merge(&["b1"]))
        .then("survey_merged")
        .stands(0, "a", "80.00", 1, "fair")
        .stands(0, "y", "24.00", 0, "weak");
}

#[test]
fn a_unit_about_which_nobody_answered_is_measured_without_the_survey() {
    let only_b = tally(&[("b", "firms", "2.2", [0, 0, 0, 4])]);
    let merged = does(secretary(), merge(&["b1"]));
    given([opened(), signed("a", &[]), signed("b", &[]), at("11-20"), batched("b1", &only_b), merged])
        .reaches("a", "16", "16")
        .reaches("b", "16", "20")
        .stands(0, "b", "80.00", 2, "fair");
}

#[test]
fn bonus_and_penalty_change_what_is_reached_and_not_the_maximum() {
    // (16 + 1) / 16 = 106.25 %; (12 - 2) / 16 = 62.5 %; (12 + 0.5 - 2) / 16 = 65.625 %, which prints as 65.63.
    let extras = [does(appraiser(), bonus("a", "1")), does(appraiser(), penalty("b", "2"))].concat();
    let story = given([opened(), signed("a", &[]), signed("b", &[("1.1", "2")]), at("11-20"), extras])
        .stands(0, "a", "106.25", 1, "good")
        .stands(0, "b", "62.50", 2, "weak")
        .when(appraiser(), bonus("b", "0.5"))
        .then("bonus_awarded")
        .reaches("b", "21/2", "16")
        .stands(0, "b", "65.63", 2, "weak");
    let row = story.standing(0, "b");
    assert_eq!(
        (plain(&row.bonus), plain(&row.penalty), plain(&row.appraisal_reached)),
        ("1/2".into(), "2".into(), "12".into())
    );
    assert_eq!(total(&story, "b", "1"), ("6".to_owned(), "10".to_owned()), "no node carries a bonus or penalty");
}

#[test]
fn what_was_not_submitted_counts_as_the_round_declares() {
    for (policy, reached, printed) in [(Unsubmitted::Zero, "0", "0.00"), (Unsubmitted::AsDrafted, "9", "56.25")] {
        let drafts = [scored("a", "1.1", "5"), scored("a", "1.2", "4")].concat();
        given([opened_as(round_with(|r| r.policy.unsubmitted = policy)), drafts])
            .reaches("a", "9", "16")
            .at("11-16")
            .reaches("a", reached, "16")
            .stands(0, "a", printed, 1, "weak");
    }
}

#[test]
fn equal_values_share_the_better_rank_and_the_next_one_is_skipped() {
    // a and b have 12 of 16 by different leaves, c has 11.
    let sheets = [signed("a", &[("1.1", "2")]), signed("b", &[("1.2", "0")]), signed("c", &[("1.1", "1")])].concat();
    given([opened(), sheets])
        .stands(0, "a", "75.00", 1, "weak")
        .stands(0, "b", "75.00", 1, "weak")
        .stands(0, "c", "68.75", 3, "weak");
    let sheets = [signed("a", &[("1.1", "1")]), signed("b", &[("1.2", "0")]), signed("c", &[("1.1", "2")])].concat();
    given([opened(), sheets])
        .stands(0, "b", "75.00", 1, "weak")
        .stands(0, "c", "75.00", 1, "weak")
        .stands(0, "a", "68.75", 3, "weak");
}

#[test]
fn where_the_round_says_so_no_rank_is_skipped_behind_equal_values() {
    let dense = round_with(|r| r.policy.ties = Ties::Dense);
    let sheets = [signed("a", &[("1.1", "2")]), signed("b", &[("1.2", "0")]), signed("c", &[("1.1", "1")])].concat();
    given([opened_as(dense), sheets])
        .stands(0, "a", "75.00", 1, "weak")
        .stands(0, "b", "75.00", 1, "weak")
        .stands(0, "c", "68.75", 2, "weak");
}

#[test]
fn between_equal_values_the_deciding_fields_decide_in_their_order() {
    // a: 6 of 10 and 6 of 6; b: 10 of 10 and 2 of 6; c as b. Each has 12 of 16.
    let sheets =
        || [signed("a", &[("1.1", "2")]), signed("b", &[("2.1.1", "0")]), signed("c", &[("2.1.1", "0")])].concat();
    for (fields, a, b) in [(&["1", "2"][..], 3, 1), (&["2"], 1, 2), (&["2", "1"], 1, 2)] {
        let config = round_with(|r| r.policy.deciding = fields.iter().map(|f| id(f)).collect());
        given([opened_as(config), sheets()])
            .stands(0, "a", "75.00", a, "weak")
            .stands(0, "b", "75.00", b, "weak")
            .stands(0, "c", "75.00", b, "weak");
    }
}

#[test]
fn a_kind_of_unit_may_have_bands_of_its_own() {
    let of_huyen = |code: &str, from: &str| Band { kind: Some(id("huyen")), ..band(code, from) };
    let config = round_with(|r| r.policy.bands.extend([of_huyen("top", "50"), of_huyen("low", "0")]));
    given([opened_as(config), all_signed()])
        .stands(0, "a", "100.00", 1, "good")
        .stands(0, "x", "100.00", 1, "top")
        .stands(0, "y", "50.00", 0, "top");
}

#[test]
fn groups_count_by_their_weights_and_a_missing_one_as_the_rulebook_says() {
    let one = [("a", "citizens", "2.2", [10, 0, 0, 0])];
    let both = [one[0], ("a", "firms", "2.2", [0, 0, 0, 5])];
    // Citizens say the whole, firms nothing: 4 x 3/4 = 3, unweighted 2. Firms missing: 4, or 4 x 3/4 = 3 where they count as 0.
    let table: [(Option<&str>, MissingGroup, &[_], &str); 4] = [
        (None, MissingGroup::Others, &both, "2"),
        (Some("3"), MissingGroup::Others, &both, "3"),
        (Some("3"), MissingGroup::Others, &one, "4"),
        (Some("3"), MissingGroup::Zero, &one, "3"),
    ];
    for (weight, missing, rows, points) in table {
        let mut book = rulebook();
        book.groups[0].weight = weight.map(dec);
        book.missing_group = missing;
        let whole = rulebook_value(&book);
        let config = round_with(|r| r.rulebook = doc_ref("own", &whole));
        let merged = does(secretary(), merge(&["b1"]));
        let survey = [at("11-20"), batched("b1", &tally(rows)), at("12-01"), merged].concat();
        let story = given([sealed(&secretary(), DocKind::Rulebook, "own", &whole), opened_as(config), survey]);
        assert_eq!(total(&story, "a", "survey"), (points.to_owned(), "4".to_owned()), "{weight:?} {missing:?}");
    }
}

#[test]
fn equal_values_out_of_different_maxima_are_equal() {
    // a: 9 of 12; b: 12 of 16.
    given([opened(), signed("b", &[("1.1", "2")]), exempted(&[("1.1", "3")], &["1.2"])])
        .stands(0, "a", "75.00", 1, "weak")
        .stands(0, "b", "75.00", 1, "weak");
}

#[test]
fn ranks_go_by_exact_values_even_where_the_printed_ones_are_equal() {
    let rough = round_with(|r| r.policy.digits = 0);
    // a: 13.25 + 4 = 17.25 of 20, 86.25 %; c: 14.75 + 2.4 = 17.15, 85.75 %; b: 13 + 4 = 17, 85 %.
    let sheets = [signed("a", &[("1.1", "3.25")]), signed("b", &[("1.1", "3")]), signed("c", &[("1.1", "4.75")])];
    given([opened_as(rough), sheets.concat(), surveyed()])
        .stands(0, "a", "86", 1, "fair")
        .stands(0, "c", "86", 2, "fair")
        .stands(0, "b", "85", 3, "fair");
}

#[test]
fn exactly_at_a_bands_edge_is_in_the_upper_band_and_a_hair_below_is_not_whatever_is_printed() {
    let rough = |r: &mut OpenRound| r.policy.digits = 0;
    // 12.8 of 16 would be 80 %; on steps of 0.25, 16 + 4 gives it: 12 + 4 = 16 of 20.
    given([opened(), signed("a", &[("1.1", "2")]), surveyed()]).stands(0, "a", "80.00", 1, "fair");
    // 14 + 4 = 18 of 20 is 90 %.
    given([opened(), signed("a", &[("1.1", "4")]), surveyed()]).stands(0, "a", "90.00", 1, "good");
    // 12.75 of 16 is 79.6875 %: it prints as 80 and is still below the edge.
    given([without_survey(rough), signed("a", &[("1.1", "2.75")])]).stands(0, "a", "80", 1, "weak");
    // 14.25 of 16 is 89.0625 %, 14.5 is 90.625 %.
    given([without_survey(rough), signed("a", &[("1.1", "4.25")])]).stands(0, "a", "89", 1, "fair");
    given([without_survey(rough), signed("a", &[("1.1", "4.5")])]).stands(0, "a", "91", 1, "good");
    // Nothing at all is in the last band, which begins at 0.
    given([opened()]).stands(0, "a", "0.00", 1, "weak");
}

#[test]
fn a_round_without_bands_names_none() {
    given([opened_as(round_with(|r| r.policy.bands.clear())), all_signed()]).stands(0, "a", "100.00", 1, "");
    let one = round_with(|r| r.policy.bands = vec![band("any", "0")]);
    given([opened_as(one), all_signed()]).stands(0, "y", "50.00", 0, "any");
}

#[test]
fn a_unit_that_is_assessed_but_not_ranked_takes_no_rank_from_the_others() {
    let best_is_unranked = round_with(|r| r.blocks[0].unranked = vec![id("a")]);
    given([opened_as(best_is_unranked), all_signed()])
        .stands(0, "a", "100.00", 0, "good")
        .stands(0, "b", "87.50", 1, "fair")
        .stands(0, "c", "75.00", 2, "weak");
}

#[test]
fn blocks_are_ranked_apart() {
    given([opened(), all_signed()])
        .stands(0, "a", "100.00", 1, "good")
        .stands(0, "x", "100.00", 1, "good")
        .stands(0, "b", "87.50", 2, "fair");
}

#[test]
fn a_total_is_rounded_once_and_is_not_the_sum_of_its_rounded_parts() {
    // 1.1: 3.5 and 2.1.2: 2 of 8, the survey 2/3 of 4: 5.5/12 + (8/3)/12 = 45.8333 % + 22.2222 % = 68.0556 %.
    let two_thirds = tally(&[("a", "citizens", "2.2", [2, 0, 0, 1])]);
    let merged = does(secretary(), merge(&["b1"]));
    let story = given([opened(), exempted(&[("1.1", "3.5")], &["1.2", "2.1.1"]), batched("b1", &two_thirds), merged]);
    let story = story.reaches("a", "49/6", "12").stands(0, "a", "68.06", 1, "weak");
    let row = story.standing(0, "a");
    let percent =
        |points: &proto::Exact| (points * &proto::Exact::whole(100)).checked_div(&row.maximum).expect("a maximum");
    let parts = [percent(&row.appraisal_reached), percent(&row.survey_reached)];
    let parts = parts.map(|p| p.rounded(2, RoundingMode::HalfUp));
    assert_eq!(parts, ["45.83", "22.22"], "which add up to 68.05");
}

#[test]
fn an_index_is_rounded_as_the_round_declares() {
    use RoundingMode::{Down, HalfEven, HalfUp};
    // Of 16: 0.25 is 1.5625 %, 0.75 is 4.6875 %, 5.5 is 34.375 %.
    let table = [
        ("0.25", 3, HalfUp, "1.563"),
        ("0.25", 3, HalfEven, "1.562"),
        ("0.25", 3, Down, "1.562"),
        ("0.75", 3, HalfUp, "4.688"),
        ("0.75", 3, HalfEven, "4.688"),
        ("0.75", 3, Down, "4.687"),
        ("5.5", 2, HalfUp, "34.38"),
        ("5.5", 2, HalfEven, "34.38"),
        ("5.5", 2, Down, "34.37"),
        ("5.5", 0, HalfUp, "34"),
        ("5.5", 6, Down, "34.375000"),
    ];
    for (points, digits, mode, printed) in table {
        let config = round_with(|r| (r.policy.digits, r.policy.rounding) = (digits, mode));
        given([opened_as(config), scored("a", "1.1", points)]).stands(0, "a", printed, 1, "weak");
    }
}

#[test]
fn a_unit_to_which_nothing_applies_has_no_index_no_rank_and_no_band() {
    let mut book = rulebook();
    book.nodes.truncate(8);
    book.nodes.push(node("huyen", "1", "10", Some(Leaf { exemptible: true, ..number("1") })));
    let value = rulebook_value(&book);
    let config = round_with(|r| {
        r.rulebook = doc_ref("free", &value);
        r.phases.retain(|w| w.phase != Phase::Survey);
    });
    let exempt = [
        does(drafter("x"), claim("x", "1")),
        does(chief("x"), submit("x")),
        at("11-20"),
        does(appraiser(), accept("x", "1")),
    ];
    let story = given([sealed(&secretary(), DocKind::Rulebook, "free", &value), opened_as(config), exempt.concat()])
        .reaches("x", "0", "0")
        .stands(0, "x", "", 0, "");
    assert_eq!(story.unit("x").index_value, None);
}

#[test]
fn a_total_other_than_a_hundred_is_measured_out_of_itself() {
    // 3 of 6 without the survey, 3 + 2.4 of 10 with it.
    given([opened(), signed("y", &[("1.1", "3")])])
        .stands(0, "y", "50.00", 0, "weak")
        .and(surveyed())
        .stands(0, "y", "54.00", 0, "weak");
}

#[test]
fn points_of_a_part_are_exact_however_fine() {
    let mut book = rulebook();
    book.nodes[9].leaf = Some(number("0.000000001"));
    let value = rulebook_value(&book);
    let config = round_with(|r| {
        r.rulebook = doc_ref("fine", &value);
        r.policy.digits = 6;
    });
    assert_eq!(dec("0.000000001").nanos(), 1);
    // 5.999999999 of 6 is 99.99999998333 %.
    given([
        sealed(&secretary(), DocKind::Rulebook, "fine", &value),
        opened_as(config),
        signed("x", &[("1.1", "5.999999999")]),
    ])
    .reaches("x", "5999999999/1000000000", "6")
    .stands(0, "x", "100.000000", 1, "good");
}

#[test]
fn the_configuration_of_the_stories_is_as_the_numbers_here_assume() {
    let config = round();
    assert_eq!((config.policy.digits, config.policy.rounding), (2, RoundingMode::HalfUp));
    assert_eq!(config.policy.bands.iter().map(|b| b.from.to_string()).collect::<Vec<_>>(), ["90", "80", "0"]);
}

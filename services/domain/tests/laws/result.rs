//! Laws of the result: points within their maxima, totals that are sums, ranks by value, a digest that misses nothing.
//! Each is worked out again from the rows that are shown.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proto::Exact;
use proto::document::Source;
use proto::rows::{NodeRow, StandingRow};

use crate::acts::{adjust, bonus, flag};
use crate::check::{index_of, ranking_of};
use crate::drawn::{Sheets, cases, opened, own_act, play_sheets, points, send, sheets, unit};
use crate::fixture::{moment, r22};
use crate::given::{own_leaves, play, surveyed};
use crate::harness::Log;
use crate::people::appraiser;

fn played(sheets: &Sheets, with_survey: bool) -> Log {
    let mut log = opened();
    play_sheets(&mut log, sheets, &[0, 3, 1]);
    if with_survey {
        play(&mut log, surveyed());
    }
    log
}

fn live(log: &Log) -> Vec<StandingRow> {
    ranking_of(&log.world, &r22()).standings
}

fn index(log: &Log, unit: &str) -> Option<Exact> {
    live(log).into_iter().find(|r| r.unit.as_str() == unit).expect("a unit").index_value
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn no_points_are_below_zero_or_over_the_maximum(sheets in sheets(), with_survey: bool) {
        let log = played(&sheets, with_survey);
        let rows = index_of(&log.world, &r22());
        let kinds: BTreeMap<_, _> = rows.units.iter().map(|u| (&u.unit, &u.kind)).collect();
        let nodes: BTreeMap<_, &NodeRow> = rows.nodes.iter().map(|n| ((&n.kind, &n.code), n)).collect();
        for score in &rows.scores {
            let maximum = &nodes[&(kinds[&score.unit], &score.leaf)].maximum;
            let stages = [&score.self_points, &score.first_points, &score.survey_points, &score.final_points];
            for points in stages.into_iter().flatten() {
                prop_assert!(!points.is_negative() && points <= maximum, "{} {}: {points}", score.unit, score.leaf);
            }
        }
        for total in &rows.totals {
            prop_assert!(!total.reached.is_negative() && total.reached <= total.maximum, "{total:?}");
        }
    }

    #[test]
    fn a_total_is_the_sum_of_the_points_of_its_leaves(sheets in sheets(), with_survey: bool) {
        let log = played(&sheets, with_survey);
        let rows = index_of(&log.world, &r22());
        for unit in &rows.units {
            let node = |code: &str| rows.nodes.iter().find(|n| n.kind == unit.kind && n.code.as_str() == code);
            let own = rows.scores.iter().filter(|s| s.unit == unit.unit);
            let applies = own.filter(|s| s.exemption.is_none_or(|e| e.as_str() != "accepted")).filter(|s| {
                let source = node(s.leaf.as_str()).expect("a leaf").source;
                source != Some(Source::Survey) || s.survey_points.is_some()
            });
            let leaves: Vec<_> = applies.collect();
            let of = |under: &str| {
                let within = |leaf: &str| leaf == under || leaf.starts_with(&format!("{under}.")) || under.is_empty();
                let leaves = leaves.iter().filter(|s| within(s.leaf.as_str()));
                let sums = leaves.map(|s| {
                    let maximum = node(s.leaf.as_str()).expect("a leaf").maximum.clone();
                    (s.final_points.clone().unwrap_or_default(), maximum)
                });
                sums.fold((Exact::zero(), Exact::zero()), |sum, one| (sum.0 + one.0, sum.1 + one.1))
            };
            let standing = live(&log).into_iter().find(|s| s.unit == unit.unit).expect("a standing");
            let (reached, maximum) = of("");
            prop_assert_eq!(&reached + &(&standing.bonus - &standing.penalty), unit.reached.clone());
            prop_assert_eq!(&maximum, &unit.maximum);
            let parts = &standing.appraisal_reached + &standing.survey_reached;
            prop_assert_eq!(parts, reached, "appraisal and survey are all there is");
            for total in rows.totals.iter().filter(|t| t.unit == unit.unit && node(t.node.as_str()).is_some()) {
                prop_assert_eq!((total.reached.clone(), total.maximum.clone()), of(total.node.as_str()), "{}", total.node);
            }
            let index = (&unit.reached * &Exact::whole(100)).checked_div(&unit.maximum);
            prop_assert_eq!(&unit.index_value, &index);
            prop_assert_eq!(&standing.index_value, &index);
        }
    }

    #[test]
    fn more_points_at_one_leaf_never_lower_the_index(
        sheets in sheets(),
        (unit, leaf) in unit().prop_flat_map(|unit| {
            (Just(unit), prop::sample::select(own_leaves(unit)).prop_map(|(leaf, _)| leaf))
        }),
        points in (points(), points()),
        with_survey: bool,
    ) {
        let (mut one, mut other) = (played(&sheets, false), played(&sheets, false));
        let taken = [(&mut one, &points.0), (&mut other, &points.1)].map(|(log, points)| {
            let taken = log.send(&appraiser(), adjust(unit, leaf, points)).is_ok();
            if with_survey {
                play(log, surveyed());
            }
            taken
        });
        prop_assume!(taken == [true, true]);
        let ((lower, less), (higher, more)) = {
            let of = |log: &Log| log.score_row(unit, leaf).final_points.expect("points");
            let mut both = [(of(&one), index(&one, unit)), (of(&other), index(&other, unit))];
            both.sort();
            let [first, second] = both;
            (first, second)
        };
        prop_assert!(less <= more);
        prop_assert_eq!(lower == higher, less == more, "and more points at a leaf that applies raise it");
    }

    #[test]
    fn a_rank_is_one_more_than_the_number_of_ranked_units_with_a_higher_index(sheets in sheets(), with_survey: bool) {
        let rows = live(&played(&sheets, with_survey));
        for row in &rows {
            let ranked = row.unit.as_str() != "y" && row.index_value.is_some();
            let higher = rows.iter().filter(|r| r.block == row.block && r.rank > 0 && r.index_value > row.index_value);
            let expected = if ranked { higher.count() as u64 + 1 } else { 0 };
            prop_assert_eq!(row.rank, expected, "{}", row.unit);
        }
    }

    #[test]
    fn the_digest_of_a_result_changes_exactly_when_a_row_of_it_does(
        sheets in sheets(),
        (unit, act) in unit().prop_flat_map(|unit| (Just(unit), own_act(unit))),
        points in points(),
        which in 0_u8..3,
    ) {
        let mut log = played(&sheets, false);
        let of = |log: &Log| (live(log), domain::result_digest(&log.world.rounds[&r22()]));
        let before = of(&log);
        let asked = match which {
            0 => (appraiser(), bonus(unit, &points)),
            1 => (appraiser(), flag(unit, own_leaves(unit)[0].0)),
            _ => act,
        };
        send(&mut log, [asked]);
        let after = of(&log);
        prop_assert_eq!(before.0 == after.0, before.1 == after.1);
    }
}

#[test]
fn the_smallest_change_of_what_is_printed_changes_the_digest() {
    let mut log = opened();
    log.go_to(moment("11-20"));
    let mut seen = vec![domain::result_digest(&log.world.rounds[&r22()])];
    for (unit, points) in [("a", "0.000000001"), ("b", "0.000000001"), ("a", "0.000000002"), ("a", "0")] {
        log.send(&appraiser(), bonus(unit, points)).expect("a bonus");
        seen.push(domain::result_digest(&log.world.rounds[&r22()]));
    }
    let mut distinct = seen.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!((seen.len(), distinct.len()), (5, 5));
}

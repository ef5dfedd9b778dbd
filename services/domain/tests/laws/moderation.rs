//! Laws of what a council looks at before it decides: spreads that hold whatever the order of values, classes that miss nobody, differences that
//! are the same sum by unit and by field, units that stand apart exactly by the stated rule.

use domain::{moderation, outliers, spread};
use proptest::prelude::*;
use proto::moderation::{Moderation, Side, Spread};
use proto::work::RoundQuery;
use proto::{Exact, Hash};

use crate::check::index_of;
use crate::drawn::{Sheets, cases, opened, play_sheets, sheets};
use crate::fixture::r22;
use crate::given::{play, surveyed};
use crate::harness::Log;
use crate::people::{Who, appraiser, chief, member, secretary};

/// Shares of 0 to 100 % in sevenths, so that hardly any is a decimal.
fn shares(most: usize) -> impl Strategy<Value = Vec<Exact>> {
    let share = (0_i128..=700).prop_map(|n| Exact::ratio(n, 7).expect("7 is not zero"));
    prop::collection::vec(share, 1..most)
}

fn of(values: &[Exact]) -> Spread {
    spread(values.to_vec()).expect("there are values")
}

fn looked(log: &Log, who: &Who) -> Result<Moderation, proto::Rejection> {
    moderation(&log.world, &who.principal, (log.at, Hash([0; 32])), RoundQuery { round: r22() })
}

fn played(sheets: &Sheets, with_survey: bool) -> Log {
    let mut log = opened();
    play_sheets(&mut log, sheets, &[0, 3, 1]);
    if with_survey {
        play(&mut log, surveyed());
    }
    log
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn a_spread_rises_from_the_least_to_the_most_and_counts_everybody_once(values in shares(40)) {
        let told = of(&values);
        let rising = [&told.least, &told.low, &told.median, &told.high, &told.most];
        prop_assert!(rising.windows(2).all(|two| two[0] <= two[1]), "{told:?}");
        prop_assert!(told.least <= told.mean && told.mean <= told.most);
        let total: Exact = values.iter().cloned().sum();
        prop_assert_eq!(&told.mean * &Exact::whole(i64::try_from(values.len()).expect("few")), total);
        prop_assert_eq!(told.classes.iter().sum::<u64>(), values.len() as u64);
        for (class, count) in (0_i64..).zip(&told.classes) {
            let (from, to) = (Exact::whole(class * 10), Exact::whole(class * 10 + 10));
            let within = |value: &&Exact| **value >= from && (**value < to || (class == 9 && **value == to));
            prop_assert_eq!(*count, values.iter().filter(within).count() as u64, "class {}", class);
        }
        // At least half of the values lie on either side of the median, a quarter beyond each quartile.
        let at_most = |bound: &Exact| 4 * values.iter().filter(|value| *value <= bound).count();
        let at_least = |bound: &Exact| 4 * values.iter().filter(|value| *value >= bound).count();
        prop_assert!(at_most(&told.median) >= 2 * values.len() && at_least(&told.median) >= 2 * values.len());
        prop_assert!(at_most(&told.low) >= values.len() && at_least(&told.high) >= values.len());
    }

    #[test]
    fn a_spread_does_not_hang_on_the_order_of_values_and_moves_along_with_all_of_them(
        values in shares(30).prop_shuffle(),
        by in 0_i64..50,
    ) {
        let told = of(&values);
        let mut sorted = values.clone();
        sorted.sort();
        prop_assert_eq!(&of(&sorted), &told);
        let moved = of(&values.iter().map(|value| value + &Exact::whole(by)).collect::<Vec<_>>());
        for (one, other) in [(&told.low, &moved.low), (&told.median, &moved.median), (&told.high, &moved.high), (&told.mean, &moved.mean)] {
            prop_assert_eq!(&(one + &Exact::whole(by)), other);
        }
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn differences_are_one_sum_by_unit_and_by_field_and_are_those_of_the_rows(sheets in sheets(), with_survey: bool) {
        let log = played(&sheets, with_survey);
        let told = looked(&log, &member(3)).expect("a member sees it");
        let rows = index_of(&log.world, &r22());
        for block in &told.blocks {
            let of_units = block.units.iter().map(|unit| &unit.claims);
            let of_fields = block.fields.iter().map(|field| &field.claims);
            let sum = |of: &mut dyn Iterator<Item = &proto::moderation::Claimed>| {
                of.fold((0, 0, 0, Exact::zero()), |(n, down, up, sum), one| {
                    (n + one.of, down + one.lowered, up + one.raised, &sum + &one.sum)
                })
            };
            prop_assert_eq!(sum(&mut of_units.clone()), sum(&mut of_fields.clone()));
            for unit in &block.units {
                let scores = rows.scores.iter().filter(|score| score.unit == unit.unit);
                let applies = scores.filter(|score| score.exemption.is_none_or(|state| state.as_str() != "accepted"));
                let later = applies.filter(|score| score.first_points.is_some() || score.second_points.is_some());
                let both = later.filter_map(|s| Some((s.self_points.clone()?, s.final_points.clone()?)));
                let (n, total) = both.fold((0, Exact::zero()), |(n, sum), (own, counts)| (n + 1, sum + (own - counts)));
                prop_assert_eq!((unit.claims.of, &unit.claims.sum), (n, &total), "{}", unit.unit);
                let times = |mean: &Exact| mean * &Exact::whole(i64::try_from(n).expect("few"));
                prop_assert_eq!(unit.claims.mean.as_ref().map(times), (n > 0).then_some(total));
            }
        }
    }

    #[test]
    fn a_unit_stands_apart_where_the_rule_says_so_and_nowhere_else(sheets in sheets()) {
        let log = played(&sheets, false);
        let told = looked(&log, &secretary()).expect("the secretariat sees it");
        for block in &told.blocks {
            // No block of this round has five units: nobody is said to stand apart.
            prop_assert!(block.units.len() < 5 && block.outliers.is_empty());
        }
        prop_assert!(looked(&log, &appraiser()).is_err() && looked(&log, &chief("a")).is_err());
    }
}

#[test]
fn of_five_units_the_one_beyond_the_bound_stands_apart_and_one_at_it_does_not() {
    // By hand: the quartiles of x, 50, 60, 60, 70 in their order are 50 and 60, so the bounds are 35 and 75.
    let values = |x: i64| [50, 60, 60, 70, x].map(Exact::whole).to_vec();
    let apart = |x: i64| outliers(&values(x));
    assert_eq!(apart(10), [(4, Side::Below)]);
    assert_eq!(apart(34), [(4, Side::Below)]);
    assert_eq!(apart(35), []);
    // Those of 50, 60, 60, 70, x are 60 and 70: 45 and 85.
    assert_eq!(apart(85), []);
    assert_eq!(apart(86), [(4, Side::Above)]);
    assert_eq!(outliers(&values(10)[..4]), [], "of four nobody does");
}

#[test]
fn a_quartile_between_two_values_is_as_far_between_them_as_it_falls() {
    // By hand: of 1, 2, 4, 8 the quartiles fall at the places 0.75, 1.5 and 2.25.
    let told = of(&[8, 1, 4, 2].map(Exact::whole));
    let quarters = |n| Exact::ratio(n, 4).expect("4 is not zero");
    assert_eq!([told.low, told.median, told.high], [quarters(7), quarters(12), quarters(20)]);
}

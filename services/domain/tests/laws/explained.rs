//! Laws of explanations and of what would be: their arithmetic is that of the result, whatever was scored.
//! An explanation that does not evaluate to its number explains nothing.

use domain::{Expr, explain, standings, what_if};
use proptest::prelude::*;
use proto::UnitId;

use crate::drawn::{cases, opened, play_sheets, sheets};
use crate::fixture::{HUYEN, SO, dec, id, r22};
use crate::given::{play, surveyed};

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn every_expression_of_every_explanation_evaluates_to_the_value_beside_it(sheets in sheets()) {
        let mut log = opened();
        play_sheets(&mut log, &sheets, &[0]);
        play(&mut log, surveyed());
        let round = &log.world.rounds[&r22()];
        for unit in &round.units {
            let nodes = unit.tree.nodes.iter().map(|n| Some(&n.code));
            for node in nodes.chain([None]) {
                let (_, lines) = explain(round, &unit.unit, node).expect("it is there");
                prop_assert!(!lines.is_empty());
                for line in lines.iter().filter(|l| !l.expression.is_empty()) {
                    let value = Expr::parse(&line.expression).expect(&line.expression).eval(&|_| None);
                    prop_assert_eq!(value.ok(), line.value.clone(), "{}", &line.expression);
                }
            }
        }
        let indexes = standings(round);
        for standing in &indexes {
            let (_, lines) = explain(round, &round.units[standing.place].unit, None).expect("it is there");
            let Some(index) = &standing.totals.index else { continue };
            prop_assert!(lines.iter().any(|l| l.value.as_ref() == Some(index)), "the index itself is explained");
        }
    }

    #[test]
    fn more_points_at_a_leaf_never_lower_its_units_index_and_change_nobody_elses(
        sheets in sheets(),
        unit in prop::sample::select([SO.as_slice(), HUYEN.as_slice()].concat()),
        quarters in (0_i64..=24, 0_i64..=24),
    ) {
        let mut log = opened();
        play_sheets(&mut log, &sheets, &[0]);
        play(&mut log, surveyed());
        let round = &log.world.rounds[&r22()];
        let (unit, leaf): (UnitId, _) = (id(unit), id("1.1"));
        let (low, high) = (quarters.0.min(quarters.1), quarters.0.max(quarters.1));
        let points = |quarters: i64| dec(&proto::Decimal::new(quarters * 25, 2).expect("small").to_string());
        let with = |quarters| what_if(round, &unit, &leaf, points(quarters)).expect("the leaf takes it");
        let (fewer, more) = (with(low), with(high));
        for moved in &more {
            let was = fewer.iter().find(|m| m.unit == moved.unit).expect("the same units");
            if moved.unit == unit {
                prop_assert!(dec_of(&moved.after.index) >= dec_of(&was.after.index));
                prop_assert!(moved.after.rank <= was.after.rank || was.after.rank == 0);
            } else {
                prop_assert_eq!(&moved.after.index, &moved.before.index);
            }
        }
    }
}

fn dec_of(printed: &str) -> Option<u64> {
    printed.replace('.', "").parse().ok()
}

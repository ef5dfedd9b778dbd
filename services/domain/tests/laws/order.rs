//! Laws of order: what happens at one sheet does not depend on what happens at another, nor a rank on how a list is written.
//! Two orders are compared by every row that is shown, not by a summary.

use proptest::prelude::*;
use proto::UnitId;

use crate::check::{index_of, ranking_of};
use crate::drawn::{cases, opened, opened_by, play_sheets, sheets};
use crate::fixture::{r22, round_with};

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn acts_at_different_sheets_may_come_in_any_order(
        sheets in sheets(),
        one in prop::collection::vec(0_usize..5, 1..40),
        other in prop::collection::vec(0_usize..5, 1..40),
    ) {
        let [first, second] = [one, other].map(|order| {
            let mut log = opened();
            play_sheets(&mut log, &sheets, &order);
            log
        });
        prop_assert_eq!(ranking_of(&first.world, &r22()), ranking_of(&second.world, &r22()));
        prop_assert_eq!(index_of(&first.world, &r22()), index_of(&second.world, &r22()));
        let digests = [&first, &second].map(|log| domain::result_digest(&log.world.rounds[&r22()]));
        prop_assert_eq!(digests[0], digests[1]);
    }

    #[test]
    fn a_rank_does_not_depend_on_the_order_of_the_blocks_units(
        sheets in sheets(),
        units in Just(["a", "b", "c"].map(|u| u.parse::<UnitId>().expect("a unit")).to_vec()).prop_shuffle(),
    ) {
        let mut usual = opened();
        let mut shuffled = opened_by(round_with(|r| r.blocks[0].units = units));
        for log in [&mut usual, &mut shuffled] {
            play_sheets(log, &sheets, &[0]);
        }
        let sorted = |log: &crate::harness::Log| {
            let mut rows = ranking_of(&log.world, &r22()).standings;
            rows.sort_by(|a, b| a.unit.cmp(&b.unit));
            rows
        };
        prop_assert_eq!(sorted(&usual), sorted(&shuffled));
        let digests = [&usual, &shuffled].map(|log| domain::result_digest(&log.world.rounds[&r22()]));
        prop_assert_eq!(digests[0], digests[1], "the digest goes by keys, not by the order of a list");
    }
}

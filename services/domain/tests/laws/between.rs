//! Laws of what happened between two moments: effects add up to the whole change, and a diff is the difference of the rows.
//! Both ends are worked out again from scratch.

use std::collections::BTreeMap;

use domain::{Kinds, World, standings};
use proptest::prelude::*;
use proto::between::{Effects, Stood};
use proto::rows::ScoreRow;
use proto::{Code, UnitId};

use crate::check::index_of;
use crate::drawn::{any_act, begun, cases, later, pause, send, stage};
use crate::fixture::{HUYEN, SO, r22};
use crate::harness::Log;
use crate::told::{diff, why_rank};

/// What the log's first events lead to.
fn world_at(log: &Log, position: u64) -> World {
    let mut world = World::default();
    for event in log.events.iter().take(usize::try_from(position).expect("a position")) {
        world.evolve(event).expect("a log folds again");
    }
    world
}

fn stood(world: &World, unit: &str) -> Stood {
    let Some(round) = world.rounds.get(&r22()) else { return Stood::default() };
    let all = standings(round);
    let own = all.iter().find(|s| round.units[s.place].unit.as_str() == unit).expect("a unit");
    Stood { rank: own.rank, index: own.totals.index.clone() }
}

fn sum<'e>(effects: impl Iterator<Item = &'e Effects>) -> Effects {
    let mut sum = Effects::default();
    effects.for_each(|one| sum.add(one));
    sum
}

fn drawn(stage: usize, asks: Vec<(crate::drawn::Ask, i64)>) -> Log {
    let mut log = begun(stage);
    for (ask, hours) in asks {
        log.go_to(later(log.at, hours));
        send(&mut log, [ask]);
    }
    log
}

/// Two positions in order, from shares of the log's length.
fn ends(log: &Log, (one, other): (u64, u64)) -> (u64, u64) {
    let at = |share: u64| log.events.len() as u64 * share / 100;
    (at(one.min(other)), at(one.max(other)))
}

/// The scores by unit and leaf, but for their revisions, which count events that changed nothing.
fn scores(world: &World) -> BTreeMap<(UnitId, Code), ScoreRow> {
    if !world.rounds.contains_key(&r22()) {
        return BTreeMap::new();
    }
    let shown = |row: ScoreRow| ScoreRow { revision: 0, final_stage: None, ..row };
    index_of(world, &r22()).scores.into_iter().map(|s| ((s.unit.clone(), s.leaf.clone()), shown(s))).collect()
}

/// A score that nothing has touched.
fn blank((unit, leaf): &(UnitId, Code)) -> ScoreRow {
    ScoreRow {
        round: r22(),
        unit: unit.clone(),
        leaf: leaf.clone(),
        revision: 0,
        self_points: None,
        first_points: None,
        second_points: None,
        council_points: None,
        correction_points: None,
        survey_points: None,
        final_points: None,
        final_stage: None,
        flag: None,
        exemption: None,
        evidence: 0,
    }
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn the_effects_on_a_unit_add_up_to_the_whole_change_of_its_rank_and_index(
        stage in stage(),
        asks in prop::collection::vec((any_act(), pause()), 0..80),
        shares in (0_u64..=100, 0_u64..=100),
        unit in prop::sample::select([SO.as_slice(), HUYEN.as_slice()].concat()),
    ) {
        let log = drawn(stage, asks);
        let (from, to) = ends(&log, shares);
        let (first, last) = (world_at(&log, from), world_at(&log, to));
        let told = why_rank(&log, unit, from, to);
        if !last.rounds.contains_key(&r22()) {
            prop_assert_eq!(told.expect_err("it is not open").code(), "round_unknown");
            return Ok(());
        }
        let told = told.expect("it is told");
        let (before, after) = (stood(&first, unit), stood(&last, unit));
        prop_assert_eq!((&told.before, &told.after), (&before, &after));
        let rank = |stood: &Stood| i64::try_from(stood.rank).expect("small");
        prop_assert_eq!(told.whole.places, rank(&before) - rank(&after));
        prop_assert_eq!(&told.whole.index, &(after.index.clone().unwrap_or_default() - before.index.clone().unwrap_or_default()));

        let mut each = sum(told.effects.iter().map(proto::between::Effect::alone).collect::<Vec<_>>().iter());
        each.add(&told.left_out);
        prop_assert_eq!(&each, &told.whole, "event by event");
        let mut by_unit = sum(told.movers.iter().map(|m| &m.effects));
        by_unit.add(&told.together);
        prop_assert_eq!(&by_unit, &told.whole, "unit by unit");

        let size = |e: &proto::between::Effect| (e.places.unsigned_abs(), if e.index.is_negative() { -e.index.clone() } else { e.index.clone() });
        prop_assert!(told.effects.windows(2).all(|pair| size(&pair[0]) >= size(&pair[1])), "the greatest first");
        let mut chain = told.effects.clone();
        chain.sort_by_key(|e| e.event.position);
        let mut stands = before;
        for effect in &chain {
            prop_assert!((from + 1..=to).contains(&effect.event.position));
            prop_assert_eq!(&effect.before, &stands, "each begins where the one before ended");
            prop_assert_ne!(&effect.before, &effect.after);
            if effect.before.rank > 0 && effect.after.rank > 0 {
                let passed = effect.overtook.len() as i64 - effect.overtaken_by.len() as i64;
                prop_assert_eq!(effect.places, passed, "a place is gained by each unit that is passed");
            }
            stands = effect.after.clone();
        }
        prop_assert_eq!(stands, after);
        for mover in &told.movers {
            prop_assert_eq!(&mover.after, &stood(&last, mover.unit.as_str()));
            prop_assert_eq!(&mover.before, &stood(&first, mover.unit.as_str()));
        }
    }

    #[test]
    fn a_diff_names_exactly_the_leaves_whose_rows_differ_and_events_in_between(
        stage in stage(),
        asks in prop::collection::vec((any_act(), pause()), 0..80),
        shares in (0_u64..=100, 0_u64..=100),
    ) {
        let log = drawn(stage, asks);
        let (from, to) = ends(&log, shares);
        let (first, last) = (world_at(&log, from), world_at(&log, to));
        let Ok(told) = diff(&log, ("", ""), from, to) else {
            prop_assert!(!last.rounds.contains_key(&r22()));
            return Ok(());
        };
        let (before, after) = (scores(&first), scores(&last));
        let was = |key| before.get(key).cloned().unwrap_or_else(|| blank(key));
        let differs = after.iter().filter(|(key, row)| was(*key) != **row);
        let expected: Vec<_> = differs.map(|(key, _)| key.clone()).collect();
        let mut named = Vec::new();
        for unit in &told.units {
            for leaf in &unit.leaves {
                named.push((unit.unit.clone(), leaf.leaf.clone()));
                prop_assert!(!leaf.by.events.is_empty(), "something did it");
                prop_assert!(leaf.by.events.iter().all(|e| (from + 1..=to).contains(&e.position)));
            }
            let row = index_of(&last, &r22()).units.into_iter().find(|u| u.unit == unit.unit).expect("a unit");
            prop_assert_eq!((&unit.after.reached, &unit.after.index), (&row.reached, &row.index_value));
            prop_assert_eq!(&unit.after.rank, &stood(&last, unit.unit.as_str()).rank);
        }
        named.sort();
        prop_assert_eq!(named, expected);
        let mut kinds = Kinds::default();
        let ours = log.events.iter().filter(|e| e.envelope.stream.round() == Some(&r22()));
        ours.filter(|e| (from + 1..=to).contains(&e.envelope.position)).for_each(|e| kinds.count(e));
        prop_assert_eq!(told.kinds, kinds.told());
        prop_assert!(diff(&log, ("", ""), to, to).expect("it is told").units.is_empty(), "nothing changes in no time");
    }
}

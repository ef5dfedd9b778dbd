//! Laws of the heads map: whoever follows the log comes to the same map, whatever he forgot on the way, and a stream's state
//! changes by its own events alone. On this rests that a history can be proven from its own streams.

use std::collections::BTreeMap;

use domain::{Heads, World, folded};
use proptest::prelude::*;
use proto::heads::Folded;
use proto::{Event, Fact, Stream};

use crate::drawn::{any_act, begun, cases, later, pause, stage};
use crate::harness::Log;

/// A log of drawn acts.
fn drawn(stage: usize, asks: Vec<(crate::drawn::Ask, i64)>) -> Log {
    let mut log = begun(stage);
    for ((who, act), hours) in asks {
        log.go_to(later(log.at, hours));
        let _ = log.send(&who, act);
    }
    log
}

/// Every stream that a log has events of, and its state.
fn states(world: &World, events: &[Event]) -> BTreeMap<Stream, Folded> {
    let streams = events.iter().map(|event| event.envelope.stream.clone()).filter(|stream| *stream != Stream::Log);
    streams
        .map(|stream| (folded(world, &stream).expect("a stream with events has a state"), stream))
        .map(|(a, b)| (b, a))
        .collect()
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn a_streams_state_changes_only_by_its_own_events(
        stage in stage(),
        asks in prop::collection::vec((any_act(), pause()), 1..60),
    ) {
        let log = drawn(stage, asks);
        let mut world = World::default();
        let mut before = BTreeMap::new();
        for (i, event) in log.events.iter().enumerate() {
            world.evolve(event).expect("folds");
            let mut after = states(&world, &log.events[..=i]);
            let now = after.clone();
            // Genesis alone gives the first grants of the two whom it names.
            after.remove(&event.envelope.stream);
            before.remove(&event.envelope.stream);
            prop_assert_eq!(&after, &before, "by {} in {}", event.fact.kind(), &event.envelope.stream);
            before = now;
        }
    }

    #[test]
    fn the_map_is_the_same_whenever_it_was_looked_at_and_whatever_was_forgotten(
        stage in stage(),
        asks in prop::collection::vec((any_act(), pause()), 1..60),
        every in 1..20_usize,
    ) {
        let log = drawn(stage, asks);
        let (mut world, mut heads) = (World::default(), Heads::default());
        for (i, (event, hash)) in log.events.iter().zip(&log.hashes).enumerate() {
            world.evolve(event).expect("folds");
            heads.take(event, *hash);
            let ended = matches!(event.fact, Fact::RoundClosed(_));
            if i % every == 0 || ended {
                heads.settle(&world).expect("every stream has a state");
            }
            if ended {
                world.forget_closed();
            }
        }
        let size = log.events.len() as u64;
        prop_assert_eq!(heads.root(&world).expect("every stream has a state"), log.heads(size));
        let tree = heads.tree(&world).expect("every stream has a state");
        prop_assert_eq!(tree.root(), log.heads(size));
    }
}

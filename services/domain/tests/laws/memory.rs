//! Laws of what is held: a round that was dropped and loaded again is the same, at whatever point that happens.
//! Loading again reads the log's events and nothing else.

use domain::World;
use proptest::prelude::*;
use proto::Event;
use proto::fold::{Fold, Streams};

use crate::check::{index_of, ranking_of};
use crate::drawn::{Ask, any_act, begun, cases, later, opened, pause, play_sheets, send, sheets, stage};
use crate::fixture::r22;
use crate::given::{adopted, at, does, play, surveyed};
use crate::people::{publisher, secretary};

/// Takes the events of these streams again, before each of them what it needs in turn.
fn restore(world: &mut World, events: &[Event], streams: &Streams) {
    let ranges = streams.ranges();
    for event in events {
        let name = event.envelope.stream.to_string();
        if !ranges.iter().any(|(from, until)| *from <= name && name < *until) {
            continue;
        }
        for need in world.needs(event).iter().filter(|need| *need != streams) {
            restore(world, events, need);
        }
        world.restore(event).expect("what was folded once folds again");
    }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn a_round_that_was_dropped_and_loaded_again_has_the_same_rows(sheets in sheets()) {
        use crate::acts::{close_round, publish};
        let mut log = opened();
        play_sheets(&mut log, &sheets, &[0]);
        let last = [surveyed(), adopted(), does(publisher(), publish(1, "d1")), at("01-20"), does(secretary(), close_round())];
        play(&mut log, last.concat());
        let before = (index_of(&log.world, &r22()), ranking_of(&log.world, &r22()));
        let crate::harness::Log { mut world, events, .. } = log;
        world.forget_closed();
        prop_assert!(world.rounds.is_empty() && world.documents.is_empty());
        restore(&mut world, &events, &Streams::Round(r22()));
        prop_assert_eq!((index_of(&world, &r22()), ranking_of(&world, &r22())), before);
    }

    #[test]
    fn an_open_round_loads_from_its_streams_alone_at_any_point(
        stage in stage(),
        asks in prop::collection::vec((any_act(), pause()), 0..60),
    ) {
        let mut log = begun(stage);
        for (ask, hours) in asks {
            log.go_to(later(log.at, hours));
            let ask: Ask = ask;
            send(&mut log, [ask]);
        }
        let mut world = World::default();
        for streams in [Streams::Log, Streams::Grants, Streams::Round(r22())] {
            restore(&mut world, &log.events, &streams);
        }
        prop_assert_eq!(index_of(&world, &r22()), index_of(&log.world, &r22()));
        prop_assert_eq!(ranking_of(&world, &r22()), ranking_of(&log.world, &r22()));
        prop_assert_eq!(world.next_due(), log.world.next_due());
    }
}

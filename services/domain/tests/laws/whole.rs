//! Laws of a whole round: drawn acts of every room, at drawn times, by whoever is likely to try them.
//! What is decided can be folded and written; what is refused leaves no trace; what is published stays.

use proptest::prelude::*;
use proto::rows::round_digest;
use proto::{Act, Hash};

use crate::check::{index_of, ranking_of};
use crate::drawn::{STAGES, any_act, begun, cases, later, pause, stage};
use crate::fixture::r22;
use crate::given::{founded, play, published};
use crate::harness::Log;
use crate::variant::revision_of;

/// Everything that is shown of the round, in two digests.
fn shown(log: &Log) -> (Hash, Hash) {
    let index = index_of(&log.world, &r22());
    (round_digest(&index.tables()), round_digest(&ranking_of(&log.world, &r22()).tables()))
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn a_refusal_changes_nothing_and_says_why_in_both_languages(
        stage in stage(),
        asks in prop::collection::vec((any_act(), pause()), 1..80),
    ) {
        use proto::document::Lang;
        let mut log = begun(stage);
        for ((who, act), hours) in asks {
            log.go_to(later(log.at, hours));
            let before = (shown(&log), log.events.len(), log.world.next_due());
            match log.send(&who, act) {
                Ok(_) => prop_assert_eq!(log.events.len(), before.1 + 1, "one command makes one event"),
                Err(refused) => {
                    prop_assert_eq!((shown(&log), log.events.len(), log.world.next_due()), before);
                    prop_assert_ne!(refused.sentence(Lang::Vi), refused.sentence(Lang::En));
                }
            }
        }
    }

    #[test]
    fn whatever_is_decided_folds_to_the_same_from_scratch_and_by_what_was_touched(
        stage in stage(),
        asks in prop::collection::vec((any_act(), pause()), 1..50),
    ) {
        // The checker looks at everything after every step, the timer's own included.
        let mut log = begun(stage).checked();
        for ((who, act), hours) in asks {
            log.go_to(later(log.at, hours));
            let _ = log.send(&who, act);
        }
    }

    #[test]
    fn a_command_that_was_taken_is_refused_when_it_comes_with_what_it_saw_before(
        stage in stage(),
        asks in prop::collection::vec((any_act(), pause()), 1..60),
    ) {
        let mut log = begun(stage);
        for ((who, act), hours) in asks {
            log.go_to(later(log.at, hours));
            let mut act = log.as_it_stands(act);
            if revision_of(&mut act).is_some() && log.send(&who, act.clone()).is_ok() {
                prop_assert!(log.send(&who, act).is_err(), "an act on a revision is taken once");
            }
        }
    }

    #[test]
    fn what_is_published_never_changes(asks in prop::collection::vec((any_act(), pause()), 1..60)) {
        let mut log = Log::of(founded());
        play(&mut log, published());
        let first = |log: &Log| {
            let rows = ranking_of(&log.world, &r22());
            let standings: Vec<_> = rows.standings.into_iter().filter(|r| r.publication == 1).collect();
            (standings, rows.publications.into_iter().find(|p| p.publication == 1))
        };
        let before = first(&log);
        for ((who, act), hours) in asks {
            log.go_to(later(log.at, hours));
            let _ = log.send(&who, act);
            prop_assert_eq!(&first(&log), &before);
        }
    }
}

/// The drawn acts must reach far enough: a law over refusals alone would prove nothing.
#[test]
fn drawn_acts_reach_every_room() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(cases(1), rng);
    let strategy = prop::collection::vec((any_act(), pause()), 120);
    let mut taken: std::collections::BTreeMap<&str, u32> = std::collections::BTreeMap::new();
    for draw in 0..30 * STAGES {
        let mut log = begun(draw % STAGES);
        for ((who, act), hours) in strategy.new_tree(&mut runner).expect("a draw").current() {
            log.go_to(later(log.at, hours));
            if let Ok(event) = log.send(&who, act) {
                *taken.entry(event.fact.kind()).or_default() += 1;
            }
        }
    }
    let of_a_round = Act::KINDS.iter().zip(proto::Fact::KINDS).skip(13).map(|(_, fact)| *fact);
    // The timer closes sheets by itself; batches are recorded, and so samples planned, before the drawing begins. What an
    // examination says hangs on the log that it is of, which no draw knows.
    let elsewhere = ["sheet_closed", "sample_planned", "batch_recorded", "appeal_examined"];
    let by_hand = of_a_round.filter(|fact| !elsewhere.contains(fact));
    let missing: Vec<&str> = by_hand.filter(|fact| !taken.contains_key(fact)).collect();
    assert!(missing.is_empty(), "never drawn: {missing:?}; drawn: {taken:?}");
}

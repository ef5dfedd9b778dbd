//! T43: erasures that two people never ordered, put behind a log's end past every rule, each of their bytes and links in order.

use proto::act::privacy::{ConfirmErasure, OpenCase, OrderErasure, RequestKind};
use proto::{ActorId, CaseId, CommandId, EventId, Fact, Hash, Stream};

use super::ground::Ground;
use super::{Attack, Case};
use crate::forged::{asked_so, chained, like};

pub const ATTACKS: [Attack; 1] =
    [Attack { id: "T43", by: "D", what: "a forged erasure to hide a fact", evidence: "none", run: erasures }];

/// Steps of an erasure.
#[derive(Clone, Copy)]
enum Step {
    /// A case is opened.
    Open,
    /// Its erasure is ordered, with a ground or without.
    Order(&'static str),
    /// It is confirmed.
    Confirm,
}

fn case() -> CaseId {
    CaseId::parse("2026-1").expect("a case")
}

fn fact(step: Step, ground: &Ground) -> Fact {
    let ground_of = "Luật 91/2025/QH15";
    match step {
        Step::Open => Fact::CaseOpened(OpenCase {
            case: case(),
            request: RequestKind::Erasure,
            requester: Some(Hash([1; 32])),
            ground: ground_of.to_owned(),
            received: "2022-10-03".parse().expect("a day"),
            within_days: 20,
        }),
        Step::Order(why) => {
            let files =
                ground.events().iter().flat_map(|event| event.fact.files()).map(|file| file.address).take(1).collect();
            Fact::ErasureOrdered(OrderErasure {
                case: case(),
                ground: why.to_owned(),
                files,
                ballots: Vec::new(),
                batches: Vec::new(),
            })
        }
        Step::Confirm => Fact::ErasureConfirmed(ConfirmErasure { case: case() }),
    }
}

impl Ground {
    /// A log that ends with these steps, each by somebody who has acted before; the last is the one that may not be.
    fn erased_by(&self, done: &str, steps: &[(&str, Step)]) -> Case {
        let mut events = self.events();
        let before = events.len();
        for (n, (actor, step)) in (1..).zip(steps) {
            let by = events.iter().find(|event| event.envelope.actor.id.as_str() == *actor);
            let by = by.map_or(self.scored(), |event| event.envelope.position);
            let mut one = like(&events, by);
            one.envelope.actor.id = ActorId::parse(actor).expect("an actor");
            one.envelope.command.id = CommandId::v7(1_700_000_000_000, [n; 10]);
            one.envelope.id = EventId::v7(1_700_000_000_000, [100 + n; 10]);
            (one.envelope.stream, one.envelope.cause) = (Stream::Case(case()), None);
            one.fact = fact(*step, self);
            asked_so(&mut one);
            events.push(one);
        }
        let copy = self.rewritten(&chained(events));
        self.inspector_names(done, &copy, &format!("position {}:", before + steps.len())).named()
    }
}

fn erasures(ground: &Ground) -> Vec<Case> {
    let (open, order) = (("sec-1", Step::Open), ("sec-1", Step::Order("Người có dữ liệu yêu cầu")));
    vec![
        ground.erased_by("ordered without a case", &[order]),
        ground.erased_by("ordered without a ground", &[open, ("sec-1", Step::Order(""))]),
        ground.erased_by("ordered by an administrator", &[open, ("admin-a", Step::Order("x"))]),
        ground.erased_by("confirmed without an order", &[open, ("admin-a", Step::Confirm)]),
        ground.erased_by("confirmed by whoever ordered it", &[open, order, ("sec-1", Step::Confirm)]),
        ground
            .erased_by("confirmed by an actor to whom nothing was granted", &[open, order, ("nobody", Step::Confirm)]),
        ground.erased_by("confirmed twice", &[open, order, ("admin-a", Step::Confirm), ("admin-b", Step::Confirm)]),
    ]
}

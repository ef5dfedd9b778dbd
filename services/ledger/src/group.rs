//! A group in the making: commands that are decided one after the other and become durable together.

use std::collections::HashMap;

use proto::{Accepted, ActorId, Answer, Command, CommandId, Event, Fact, Hash, Instant, Principal, Rejection};
use tokio::sync::oneshot;

use crate::append::Stamped;
use crate::lookup::reused;

/// Commands of one sender, and where their answers go.
pub struct Job {
    pub principal: Principal,
    pub commands: Vec<Result<Command, Rejection>>,
    /// The moment of a script's line.
    pub at: Option<Instant>,
    pub reply: oneshot::Sender<Vec<Answer>>,
}

/// One answer in the making.
pub enum Outcome {
    /// The answer stands.
    Done(Answer),
    /// It is the event at this place of the group.
    Written(usize),
    /// It was refused, unless the command made an event before.
    Refused(Rejection),
    /// The command is in the group before this one.
    Before,
}

/// Jobs, what became of their commands, and the events to be written.
#[derive(Default)]
pub struct Group {
    /// Each job with the outcomes of its commands, in order.
    pub jobs: Vec<(Job, Vec<Outcome>)>,
    /// The events in order.
    pub events: Vec<Stamped>,
    /// Commands in all.
    pub commands: usize,
    /// Whether it closes a round.
    pub closes: bool,
    /// Whether an anchor is to follow: it publishes a result or closes a round.
    pub anchors: bool,
    /// Where each command's event is, and what makes a repetition the same.
    by_command: HashMap<CommandId, (usize, Hash, ActorId)>,
}

impl Group {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty() && self.events.is_empty()
    }

    /// Takes a job and what became of its commands.
    pub fn put(&mut self, job: Job, outcomes: Vec<Outcome>) {
        self.commands += job.commands.len();
        self.jobs.push((job, outcomes));
    }

    /// The jobs alone, for another attempt.
    pub fn into_jobs(self) -> Vec<Job> {
        self.jobs.into_iter().map(|(job, _)| job).collect()
    }

    /// Whether a command of this id has an event here.
    pub fn has(&self, command: &CommandId) -> bool {
        self.by_command.contains_key(command)
    }

    /// What became of a command whose id has an event here already.
    pub fn repeated(&self, principal: &Principal, command: &Command) -> Option<Outcome> {
        let (place, digest, actor) = self.by_command.get(&command.id)?;
        let same = *digest == command.digest && *actor == principal.actor;
        Some(if same { Outcome::Written(*place) } else { Outcome::Done(reused(command)) })
    }

    /// Takes an event of an actor and gives its place.
    pub fn take(&mut self, event: Event, body: Vec<u8>, hash: Hash, actor: ActorId) -> usize {
        let Event { envelope: e, fact } = event;
        self.closes |= matches!(fact, Fact::RoundClosed(_));
        self.anchors |= matches!(fact, Fact::RoundClosed(_) | Fact::ResultPublished(_));
        let place = self.events.len();
        self.by_command.insert(e.command.id.clone(), (place, e.command.digest, actor));
        let accepted = Accepted {
            command: e.command.id,
            event: e.id,
            position: e.position,
            hash,
            stream: e.stream,
            version: e.version,
            at: e.at,
            receipt: None,
        };
        self.events.push(Stamped { accepted, kind: fact.kind(), body });
        place
    }
}

#[cfg(test)]
mod tests {
    use proto::act::log::NameKey;
    use proto::act::round::CloseRound;
    use proto::envelope::CommandRef;
    use proto::{Actor, Capacity, CommandId, Envelope, Event, EventId, Fact, Hash, Instant, Principal, Stream};

    use super::Group;

    fn event(fact: Fact) -> Event {
        let principal = Principal::system();
        let envelope = Envelope {
            actor: Actor { capacity: Capacity::System, id: principal.actor.clone(), unit: None },
            at: Instant::from_micros(0).expect("1970"),
            cause: None,
            command: CommandRef { digest: Hash([0; 32]), id: CommandId::v7(0, [0; 10]) },
            id: EventId::v7(0, [0; 10]),
            log: "a.example/1".parse().expect("an origin"),
            position: 1,
            prev: None,
            stream: Stream::Log,
            stream_prev: None,
            version: 1,
            via: principal.via,
        };
        Event { envelope, fact }
    }

    #[test]
    fn what_ends_a_round_is_followed_by_an_anchor_and_most_is_not() {
        let taken = |fact| {
            let mut group = Group::default();
            let event = event(fact);
            let actor = event.envelope.actor.id.clone();
            group.take(event, Vec::new(), Hash([0; 32]), actor);
            (group.closes, group.anchors)
        };
        let round = "r22".parse().expect("a round");
        assert_eq!(taken(Fact::RoundClosed(CloseRound { round })), (true, true));
        assert_eq!(taken(Fact::KeyNamed(NameKey { statement: String::new() })), (false, false));
    }
}

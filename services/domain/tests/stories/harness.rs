//! A log in memory that takes commands as the ledger does: decide, stamp, fold; and its timer.
//! Nothing is written into it but what `decide` gave, and `decide` is asked twice each time: it must say the same.

use domain::{Decision, Heads, Past, World, decide_by, due, examine, lodged, result_digest};
use proto::act::council::Matter;
use proto::act::examination::verdicts_digest;
use proto::envelope::CommandRef;
use proto::heads::HeadsRoot;
use proto::rows::ScoreRow;
use proto::tree::CompactRange;
use proto::walk::Walk;
use proto::{
    Act, Acting, Actor, Code, Command, CommandId, Envelope, Event, EventId, Fact, Hash, Instant, Origin, Principal,
    Rejection, RoundId, Stream, UnitId,
};

use super::acts::{FRESH, FRESH_DIGEST};
use super::check::Check;
use super::fixture::{id, moment};
use super::people::{Who, timer};
use super::variant::revision_of;

/// A log with its working state.
pub struct Log {
    /// What its events have led to.
    pub world: World,
    /// Its events.
    pub events: Vec<Event>,
    /// Their hashes.
    pub hashes: Vec<Hash>,
    /// What the clock says.
    pub at: Instant,
    walk: Walk,
    commands: u64,
    check: Option<Check>,
}

impl Log {
    /// A log without events, on 1 October 2022.
    pub fn empty() -> Self {
        Self {
            world: World::tracking(),
            events: Vec::new(),
            hashes: Vec::new(),
            at: moment("10-01"),
            walk: Walk::new(origin()),
            commands: 0,
            check: None,
        }
    }

    /// A log of these events.
    pub fn of(events: &[Event]) -> Self {
        let mut log = Self::empty();
        for event in events {
            log.follow(event.clone());
            log.at = log.at.max(event.envelope.at);
        }
        log.commands = events.len() as u64;
        log
    }

    /// From now on everything is looked at after each step.
    pub fn checked(mut self) -> Self {
        let mut check = Check::default();
        check.look(&mut self.world, &self.events);
        self.check = Some(check);
        self
    }

    /// Sends a command; what the sender saw is what stands.
    pub fn send(&mut self, who: &Who, act: Act) -> Result<Event, Rejection> {
        let command = self.command(who.acting.clone(), act);
        self.take(&who.principal, &command)
    }

    /// A command with a new id, its revisions and digests filled in.
    pub fn command(&mut self, acting: Acting, act: Act) -> Command {
        self.commands += 1;
        let id = CommandId::v7(self.at.millis(), bits(self.commands));
        Command::new(id, acting, self.as_it_stands(act))
    }

    /// Takes a command as it is.
    pub fn take(&mut self, principal: &Principal, command: &Command) -> Result<Event, Rejection> {
        let past = self.past(&command.act);
        let decided = decide_by(&self.world, &past, principal, self.at, command);
        let again = decide_by(&self.world, &past, principal, self.at, command);
        assert_eq!(decided, again, "decide says one thing, then another");
        let event = self.stamp(principal, command, decided?);
        assert_eq!(event.asked(), (principal.clone(), command.clone()), "an event gives back what was asked");
        self.follow(event.clone());
        if let Some(check) = &mut self.check {
            check.look(&mut self.world, &self.events);
        }
        Ok(event)
    }

    /// What a command asks of the past, read from the log's bodies as the ledger does.
    fn past(&self, act: &Act) -> Past {
        let mut past = Past::default();
        if let Act::Anchor(anchor) = act
            && anchor.size <= self.world.position
        {
            past.take_root(anchor.size, self.root(anchor.size));
            if let Some(head) = anchor.cosigned().filter(|head| head.size <= self.world.position) {
                past.take_root(head.size, self.root(head.size));
            }
        }
        while let Some(streams) = past.wants_for(&self.world, act) {
            let ranges = streams.ranges();
            let within = |name: &str| ranges.iter().any(|(from, to)| from.as_str() <= name && name < to.as_str());
            let events = self.events.iter().filter(|e| within(&e.envelope.stream.to_string()));
            let bodies: Vec<Vec<u8>> = events.map(|e| e.encode().expect("it has a body")).collect();
            past.take(streams, &bodies).expect("a body reads back");
        }
        past
    }

    /// Lets the timer do what is due by now.
    pub fn tick(&mut self) -> Vec<Event> {
        let mut done = Vec::new();
        while let Some(due) = due(&self.world, self.at) {
            assert!(due.deadline <= self.at, "the timer is before the deadline");
            let event = self.take(&timer().principal, &due.command).expect("what is due is accepted");
            done.push(event);
        }
        assert!(
            self.world.next_due().is_none_or(|next| next > self.at),
            "something is due, but the timer does nothing"
        );
        done
    }

    /// Moves the clock, the timer acting at each deadline on the way.
    pub fn go_to(&mut self, at: Instant) {
        assert!(at >= self.at, "the clock goes back from {} to {at}", self.at);
        while let Some(next) = self.world.next_due().filter(|next| *next <= at) {
            self.at = self.at.max(next);
            assert!(!self.tick().is_empty(), "the timer was to act at {next} and did nothing");
        }
        self.at = at;
    }

    /// A score as the index shows it.
    pub fn score_row(&self, unit: &str, leaf: &str) -> ScoreRow {
        let rows = super::check::index_of(&self.world, &super::fixture::r22());
        let found = rows.scores.into_iter().find(|r| r.unit.as_str() == unit && r.leaf.as_str() == leaf);
        found.unwrap_or_else(|| panic!("no score {unit} {leaf}"))
    }

    /// Writes an event that no rule would have let in, as somebody might who has the database: the fold takes it.
    #[allow(dead_code, reason = "the laws, which share this file, forge nothing")]
    pub fn forge(&mut self, who: &Who, stream: Stream, fact: Fact) {
        let command = self.command(who.acting.clone(), some_act());
        let event = self.stamp(&who.principal, &command, Decision { stream, fact, cause: None });
        self.follow(event);
    }

    fn follow(&mut self, event: Event) {
        let body = event.encode().expect("an event that was decided has a body");
        assert_eq!(Event::decode(&body).expect("a body reads back"), event);
        self.hashes.push(self.walk.step(&body).expect("an event that follows"));
        self.world.evolve(&event).expect("an event that was decided can be folded");
        self.events.push(event);
    }

    fn stamp(&self, principal: &Principal, command: &Command, decision: Decision) -> Event {
        let head = self.walk.head(&decision.stream.to_string());
        let position = self.walk.position() + 1;
        let Acting { capacity, unit } = command.acting.clone();
        let envelope = Envelope {
            actor: Actor { capacity, id: principal.actor.clone(), unit },
            at: self.at,
            cause: decision.cause,
            command: CommandRef { digest: command.digest, id: command.id.clone() },
            id: EventId::v7(self.at.millis(), bits(position)),
            log: origin(),
            position,
            prev: self.walk.hash(),
            stream: decision.stream,
            stream_prev: head.map(|h| h.hash),
            version: head.map_or(0, |h| h.version) + 1,
            via: principal.via.clone(),
        };
        Event { envelope, fact: decision.fact }
    }

    /// The act with what its sender saw filled in, where that is what stands.
    pub fn as_it_stands(&self, mut act: Act) -> Act {
        if let Some((round, unit, leaf, revision)) = revision_of(&mut act)
            && *revision == FRESH
        {
            *revision = self.revision(&round, &unit, &leaf);
        }
        match &mut act {
            Act::SubmitSheet(a) => {
                let sheet = self.world.rounds.get(&a.round).and_then(|r| r.unit(&a.unit)).map(|(_, u)| &u.sheet);
                if a.version == FRESH {
                    a.version = sheet.map_or(0, |s| s.version);
                }
                if a.digest == FRESH_DIGEST {
                    a.digest = sheet.map_or(FRESH_DIGEST, domain::Sheet::digest);
                }
            }
            Act::ProposeDecision(a) => {
                if let Matter::Result { digest } = &mut a.matter
                    && *digest == FRESH_DIGEST
                {
                    *digest = self.world.rounds.get(&a.round).map_or(FRESH_DIGEST, result_digest);
                }
            }
            Act::PublishResult(a) => {
                if a.position == FRESH {
                    a.position = self.world.position;
                }
                if a.digest == FRESH_DIGEST {
                    a.digest = self.world.rounds.get(&a.round).map_or(FRESH_DIGEST, result_digest);
                }
            }
            Act::Anchor(a) => {
                if a.root == FRESH_DIGEST {
                    a.root = self.root(a.size);
                }
                if a.heads.root == FRESH_DIGEST {
                    a.heads = self.heads(a.size);
                }
            }
            Act::ExamineAppeal(_) => self.see_verdicts(&mut act),
            _ => {}
        }
        act
    }

    /// The log's root over its first events.
    pub fn root(&self, size: u64) -> Hash {
        let mut range = CompactRange::default();
        let first = self.hashes.iter().take(usize::try_from(size).expect("small"));
        first.for_each(|hash| range.append(*hash));
        range.root()
    }

    /// The heads map over them, folded from scratch.
    pub fn heads(&self, size: u64) -> HeadsRoot {
        let (mut world, mut heads) = (World::default(), Heads::default());
        for (event, hash) in self.events.iter().zip(&self.hashes).take(usize::try_from(size).expect("small")) {
            world.evolve(event).expect("a log folds again");
            heads.take(event, *hash);
        }
        heads.root(&world).expect("every stream has a state")
    }

    /// The verdicts that the sender of an examination saw, where he says nothing else.
    fn see_verdicts(&self, act: &mut Act) {
        let past = self.past(act);
        let Act::ExamineAppeal(a) = act else { return };
        if a.position == FRESH {
            a.position = self.world.position;
        }
        if a.digest == FRESH_DIGEST
            && let Some((round, appeal)) = lodged(&self.world, &a.round, a.number)
        {
            a.digest = verdicts_digest(&examine(round, appeal, &past).expect("what was folded folds again"));
        }
    }

    /// The revision of a score, bonus or penalty; 0 where there is none.
    pub fn revision(&self, round: &RoundId, unit: &UnitId, leaf: &Code) -> u64 {
        let unit = self.world.rounds.get(round).and_then(|r| r.unit(unit)).map(|(_, unit)| unit);
        unit.map_or(0, |unit| match unit.tree.leaf(leaf) {
            Some((i, _)) => unit.sheet.scores[i].revision,
            None => unit.sheet.extras.get(leaf).map_or(0, |e| e.revision),
        })
    }
}

/// The log's origin.
pub fn origin() -> Origin {
    id("stories.example/cchc")
}

/// An act for the command of an event that came from none.
#[allow(dead_code, reason = "only what is forged needs it")]
fn some_act() -> Act {
    super::acts::close_round()
}

fn bits(n: u64) -> [u8; 10] {
    let mut bits = [0; 10];
    bits[2..].copy_from_slice(&n.to_be_bytes());
    bits
}

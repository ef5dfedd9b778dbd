//! A ledger in memory, as far as a script can tell: it does what is due, binds whoever speaks first, decides and folds.
//! It links nothing, and it panics where the ledger would refuse: every line of the sample must be taken.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{Past, World, decide_by, due};
use proto::act::grants::BindCredential;
use proto::act::log::{ClockKind, CreateLog, Incompatible, Mode};
use proto::envelope::CommandRef;
use proto::script::Line;
use proto::{
    Act, Acting, Actor, ActorId, Capacity, Command, CommandId, CredentialId, Envelope, Event, EventId, Hash, Instant,
    Origin, Principal, Stream, Via, ViaKind,
};

use super::words::actor;

/// The two administrators that genesis names.
pub const ADMINISTRATORS: [&str; 2] = ["admin-a", "admin-b"];

/// The state after the lines so far.
#[derive(Debug)]
pub struct Simulation {
    /// What the log has come to.
    pub world: World,
    /// Events so far by kind, genesis, bindings and the timer's own included.
    pub events: BTreeMap<&'static str, u64>,
    origin: Origin,
    /// Their bodies, without the links.
    bodies: Vec<(String, Vec<u8>)>,
    versions: HashMap<Stream, u64>,
    spoken: HashSet<ActorId>,
}

impl Default for Simulation {
    fn default() -> Self {
        Self {
            world: World::default(),
            events: BTreeMap::new(),
            origin: Origin::parse("parindex.example/sample").expect("it is an origin"),
            bodies: Vec::new(),
            versions: HashMap::new(),
            spoken: HashSet::new(),
        }
    }
}

impl Simulation {
    /// Takes a line as the ledger would. The first one is preceded by genesis, at its moment.
    ///
    /// # Panics
    /// When the command is refused, or its moment lies before the last event's.
    pub fn take(&mut self, line: &Line) {
        let command = Command::from_value(line.command.clone());
        let command = command.unwrap_or_else(|e| panic!("{} {}: {e}", line.at, line.actor));
        if self.world.log.is_none() {
            self.operator(line.at, Act::CreateLog(genesis()));
        }
        while let Some(due) = due(&self.world, line.at) {
            let at = self.world.at.map_or(due.deadline, |last| last.max(due.deadline));
            self.run(&principal("system", ViaKind::System), at, &due.command);
        }
        assert!(self.world.at.is_none_or(|last| last <= line.at), "{}: time goes back", line.at);
        let credential = CredentialId::parse(&format!("sample-{}", line.actor)).expect("an actor's id is short");
        if self.spoken.insert(line.actor.clone()) {
            let (actor, commitment) = (line.actor.clone(), Hash::digest(line.actor.as_str().as_bytes()));
            let bind = BindCredential { actor, credential: credential.clone(), method: ViaKind::Token, commitment };
            self.operator(line.at, Act::BindCredential(bind));
        }
        let via = Via { credential: Some(credential), kind: ViaKind::Token };
        self.run(&Principal { actor: line.actor.clone(), via }, line.at, &command);
    }

    /// What a command asks of the past.
    ///
    /// # Panics
    /// When a body does not read back.
    #[must_use]
    pub fn past(&self, act: &Act) -> Past {
        let mut past = Past::default();
        while let Some(streams) = past.wants_for(&self.world, act) {
            let ranges = streams.ranges();
            let within = |name: &String| ranges.iter().any(|(from, to)| from <= name && name < to);
            let bodies = self.bodies.iter().filter(|(stream, _)| within(stream)).map(|(_, body)| body.clone());
            past.take(streams, &bodies.collect::<Vec<_>>()).expect("a body reads back");
        }
        past
    }

    fn operator(&mut self, at: Instant, act: Act) {
        let id = CommandId::v7(at.millis(), bits(&format!("operator {}", self.world.position)));
        let command = Command::new(id, Acting { capacity: Capacity::Operator, unit: None }, act);
        self.run(&principal("operator", ViaKind::Cli), at, &command);
    }

    fn run(&mut self, principal: &Principal, at: Instant, command: &Command) {
        let past = self.past(&command.act);
        let decision = decide_by(&self.world, &past, principal, at, command).unwrap_or_else(|rejection| {
            let told = String::from_utf8_lossy(&command.to_canonical()).into_owned();
            panic!("refused at {at}, {}: {rejection}\n{told}", principal.actor)
        });
        let position = self.world.position + 1;
        let version = self.versions.entry(decision.stream.clone()).or_default();
        *version += 1;
        let envelope = Envelope {
            actor: Actor {
                capacity: command.acting.capacity,
                id: principal.actor.clone(),
                unit: command.acting.unit.clone(),
            },
            at,
            cause: decision.cause,
            command: CommandRef { digest: command.digest, id: command.id.clone() },
            id: EventId::v7(at.millis(), bits(&format!("event {position}"))),
            log: self.origin.clone(),
            position,
            prev: None,
            stream: decision.stream,
            stream_prev: None,
            version: *version,
            via: principal.via.clone(),
        };
        *self.events.entry(decision.fact.kind()).or_default() += 1;
        let event = Event { envelope, fact: decision.fact };
        let body = event.encode().unwrap_or_else(|e| panic!("position {position}: {e}"));
        self.bodies.push((event.envelope.stream.to_string(), body));
        self.world.evolve(&event).unwrap_or_else(|e| panic!("{e}"));
    }
}

fn principal(id: &str, kind: ViaKind) -> Principal {
    Principal { actor: actor(id), via: Via { credential: None, kind } }
}

/// Ten bytes that are the same for the same text.
#[must_use]
pub fn bits(text: &str) -> [u8; 10] {
    let mut bits = [0; 10];
    bits.copy_from_slice(&Hash::digest(text.as_bytes()).0[..10]);
    bits
}

/// The sample's genesis, which whoever plays the script writes himself.
#[must_use]
pub fn genesis() -> CreateLog {
    let others = Capacity::ALL.into_iter().filter(|c| c.is_grantable() && *c != Capacity::Administrator);
    CreateLog {
        mode: Mode::Training,
        clock: ClockKind::Scripted,
        administrators: ADMINISTRATORS.map(actor).to_vec(),
        incompatible: vec![Incompatible { capacity: Capacity::Administrator, with: others.collect() }],
        continues: None,
    }
}

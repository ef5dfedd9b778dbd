//! A round that is open now, made from the sample's setup through the ledger's own door, and the callers that score in it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use ledger::{Config, Door, Ledger};
use platform::db::Place;
use platform::ports::Submit;
use proto::act::grants::BindCredential;
use proto::act::log::{ClockKind, CreateLog, Mode};
use proto::act::round::{OpenRound, Phase};
use proto::script::Line;
use proto::{
    Accepted, Act, Acting, ActorId, Answer, Capacity, Command, CommandId, CredentialId, Hash, Instant, Origin,
    Principal, Rejection, UnitId, ViaKind,
};

use crate::folder::sample_round;
use crate::record::Records;

/// A ledger with an open round.
pub struct OpenLedger {
    /// The ledger.
    pub ledger: Ledger,
    /// The units of the round, the departments first.
    pub units: Vec<UnitId>,
}

/// The origin of load logs.
///
/// # Panics
/// Never: the text is an origin.
#[must_use]
pub fn origin() -> Origin {
    Origin::parse("load.example/log").expect("an origin")
}

/// A command id that nobody else makes.
#[must_use]
pub fn fresh_id() -> CommandId {
    let mut bits = [0; 10];
    getrandom::fill(&mut bits).expect("random bytes");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    CommandId::v7(u64::try_from(now.as_millis()).expect("before the year 9999"), bits)
}

/// Begins a log and opens the sample's round in it, with windows around now.
///
/// # Errors
/// When the sample's setup is refused.
pub async fn begin(place: impl Into<Place>) -> Result<OpenLedger> {
    let config = Config { origin: Some(origin()), ..Config::begun(place) };
    let ledger = Ledger::open(config).await?;
    let door = ledger.door();
    let administrators = vec![ActorId::parse("admin-a")?, ActorId::parse("admin-b")?];
    let genesis = CreateLog {
        mode: Mode::Training,
        clock: ClockKind::System,
        administrators,
        incompatible: Vec::new(),
        continues: None,
    };
    operate(&door, Act::CreateLog(genesis)).await?;
    let mut bound: BTreeMap<ActorId, CredentialId> = BTreeMap::new();
    let mut units = Vec::new();
    for line in std::fs::read_to_string(sample_round().join("01-setup.ndjson"))?.lines() {
        let line: Line = serde_json::from_str(line)?;
        let principal = speaker(&door, &line.actor, &mut bound).await?;
        let mut command = Command::from_value(line.command).context("the sample's own command")?;
        if let Act::OpenRound(open) = &mut command.act {
            units.extend(open.blocks.iter().flat_map(|b| b.units.iter().cloned()));
            around_now(open)?;
            command = Command::new(command.id, command.acting, command.act);
        }
        must(door.submit(principal, vec![Ok(command)]).await)?;
    }
    for unit in &units {
        speaker(&door, &ActorId::parse(&format!("{unit}-d"))?, &mut bound).await?;
    }
    Ok(OpenLedger { ledger, units })
}

/// The units of the sample's round, the departments first.
///
/// # Errors
/// When the sample cannot be read.
pub fn units() -> Result<Vec<UnitId>> {
    let mut units = Vec::new();
    for line in std::fs::read_to_string(sample_round().join("01-setup.ndjson"))?.lines() {
        let line: Line = serde_json::from_str(line)?;
        if let Act::OpenRound(open) = Command::from_value(line.command).context("the sample's own command")?.act {
            units.extend(open.blocks.into_iter().flat_map(|b| b.units));
        }
    }
    Ok(units)
}

/// Windows that are open for a century from 2020 on, one after the other.
fn around_now(open: &mut OpenRound) -> Result<()> {
    let year = |y: i32| Instant::vietnam_midnight(y, 1, 1).context("a year");
    for window in &mut open.phases {
        let (from, until) = match window.phase {
            Phase::SelfScoring | Phase::Survey => (2020, 2120),
            Phase::FirstAppraisal => (2120, 2121),
            Phase::Explanation => (2121, 2122),
            Phase::SecondAppraisal => (2122, 2123),
            Phase::Council => (2123, 2124),
            Phase::Appeals => (2124, 2125),
        };
        (window.from, window.until) = (year(from)?, year(until)?);
    }
    Ok(())
}

async fn operate(door: &Door, act: Act) -> Result<()> {
    let acting = Acting { capacity: Capacity::Operator, unit: None };
    must(door.submit(Principal::operator(), vec![Ok(Command::new(fresh_id(), acting, act))]).await)
}

/// Binds a credential as the operator.
///
/// # Errors
/// When it is refused.
pub async fn bind(door: &Door, bind: BindCredential) -> Result<()> {
    operate(door, Act::BindCredential(bind)).await
}

async fn speaker(door: &Door, actor: &ActorId, bound: &mut BTreeMap<ActorId, CredentialId>) -> Result<Principal> {
    if !bound.contains_key(actor) {
        let credential = credential(actor)?;
        let bind = BindCredential {
            actor: actor.clone(),
            credential: credential.clone(),
            method: ViaKind::Token,
            commitment: Hash([0; 32]),
        };
        operate(door, Act::BindCredential(bind)).await?;
        bound.insert(actor.clone(), credential);
    }
    Ok(Principal::token(actor.clone(), bound[actor].clone()))
}

fn credential(actor: &ActorId) -> Result<CredentialId> {
    Ok(CredentialId::parse(&format!("t-{actor}"))?)
}

fn must(answers: Vec<Answer>) -> Result<()> {
    for answer in answers {
        if let Answer::Refused(r) = answer {
            bail!("{}: {}", r.code, r.en);
        }
    }
    Ok(())
}

/// One caller: a drafter who changes one score again and again.
pub struct Caller {
    unit: UnitId,
    leaf: (&'static str, &'static str),
    principal: Principal,
    revision: u64,
    /// A command that was sent and not yet acknowledged.
    sent: Option<Command>,
    name: String,
    /// Commands that were acknowledged or given up.
    turn: u64,
    /// Whether a command was given up since the revision was known.
    given_up: bool,
}

/// Leaves of both trees that take the option "late", and its points.
const LEAVES: [(&str, &str); 3] = [("1.1.1", "0.2"), ("1.2.1", "0.25"), ("1.3.1", "0.2")];

impl Caller {
    /// The i-th of many callers, each with a score of its own.
    ///
    /// # Errors
    /// Never for the sample's units.
    pub fn new(i: usize, units: &[UnitId]) -> Result<Self> {
        let unit = units[i % units.len()].clone();
        let actor = ActorId::parse(&format!("{unit}-d"))?;
        let principal = Principal::token(actor.clone(), credential(&actor)?);
        let (leaf, name) = (LEAVES[i / units.len()], format!("caller-{i}"));
        Ok(Self { unit, leaf, principal, revision: 0, sent: None, name, turn: 0, given_up: false })
    }

    /// What it is called in records.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which of its commands is the one that it sends now.
    #[must_use]
    pub fn turn(&self) -> u64 {
        self.turn
    }

    /// Sends the command that was not acknowledged no more.
    pub fn give_up(&mut self) {
        if self.sent.take().is_some() {
            (self.given_up, self.turn) = (true, self.turn + 1);
        }
    }

    /// Whether a command was given up since it last knew where its score stands.
    #[must_use]
    pub fn has_given_up(&self) -> bool {
        self.given_up
    }

    /// Whether a command was sent and not yet acknowledged.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.sent.is_some()
    }

    /// Who it is.
    #[must_use]
    pub fn principal(&self) -> Principal {
        self.principal.clone()
    }

    /// The caller's next self-score.
    ///
    /// # Errors
    /// Never for the sample's units.
    pub fn next(&self) -> Result<Command, Rejection> {
        Command::parse(self.text(self.revision).as_bytes())
    }

    /// So many self-scores as they are sent, each on top of the one before; nobody else may score in the unit meanwhile.
    ///
    /// # Errors
    /// Before the caller's first score, which says where the versions of the unit stand.
    pub fn batch(&self, many: usize) -> Result<Vec<String>> {
        ensure!(self.revision > 0, "no score says yet where the versions stand");
        Ok((self.revision..).take(many).map(|revision| self.text(revision)).collect())
    }

    fn text(&self, revision: u64) -> String {
        let hash = "7600b82afc737f83bb2b6c3deca869c5b0405ffe352055c04214c742ed340507";
        let with = format!(
            "\"evidence\":[{{\"address\":\"{hash}\",\"digest_commitment\":\"{hash}\",\"name_commitment\":\"{hash}\",\
             \"page\":\"tr. 9\",\"size\":3284200,\"type\":\"application/pdf\"}}],\"explanation\":\"\""
        );
        let without = "\"evidence\":[],\"explanation\":\"Bản giấy gửi kèm công văn của đơn vị\"";
        let evidence = if revision.is_multiple_of(2) { &with } else { without };
        format!(
            "{{\"id\":\"{}\",\"capacity\":\"drafter\",\"unit\":\"{unit}\",\"kind\":\"score_self\",\"data\":{{\
             \"round\":\"hanoi-2022\",\"unit\":\"{unit}\",\"leaf\":\"{}\",\"revision\":{},\
             \"inputs\":{{\"option\":\"late\"}},\"claimed\":\"{}\",{evidence}}}}}",
            fresh_id(),
            self.leaf.0,
            revision,
            self.leaf.1,
            unit = self.unit,
        )
    }

    /// Takes the answer to its last self-score.
    pub fn scored(&mut self, accepted: &Accepted) {
        self.scored_at(accepted.version);
    }

    /// Takes the version that its score stands at.
    pub fn scored_at(&mut self, version: u64) {
        (self.revision, self.sent, self.given_up) = (version, None, false);
        self.turn += 1;
    }

    /// The command that was not acknowledged yet, or the next one: sent again it has the same id.
    ///
    /// # Errors
    /// Never for the sample's units.
    pub fn pending(&mut self) -> Result<Command, Rejection> {
        if self.sent.is_none() {
            // As it is sent over HTTP too: the digest is of the bytes that go out.
            let Command { id, acting, act, .. } = self.next()?;
            self.sent = Some(Command::new(id, acting, act));
        }
        Ok(self.sent.clone().expect("put there above"))
    }

    /// The same, written down.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn score_on_record(&mut self, door: &Door, records: &Records) -> Result<u64> {
        let command = self.next()?;
        let open = records.begin(&self.name, self.turn, &command);
        let answer = door.submit(self.principal.clone(), vec![Ok(command)]).await.pop().context("no answer")?;
        records.told(open, answer.clone());
        match answer {
            Answer::Accepted(accepted) => {
                self.scored(&accepted);
                Ok(accepted.position)
            }
            Answer::Refused(r) => bail!("{}: {}", r.code, r.en),
        }
    }

    /// Sends one self-score as bytes through the door and waits until it is durable.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn score(&mut self, door: &Door) -> Result<u64> {
        let command = self.next();
        match door.submit(self.principal.clone(), vec![command]).await.pop() {
            Some(Answer::Accepted(a)) => {
                self.scored(&a);
                Ok(a.position)
            }
            Some(Answer::Refused(r)) => bail!("{}: {}", r.code, r.en),
            None => bail!("no answer"),
        }
    }
}

//! A log whose server's clock a test sets, however wrong, and a witness who has another one.
//! Genesis says that the clock is the machine's: only what second parties signed can tell that it was not.

use std::collections::{BTreeMap, VecDeque};
use std::io::Cursor;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use index::Index;
use inspector::{
    Against, BadDossier, Bounds, Checked, Finding, Kept, KeptHead, Report, Seal, Source, export_round, verify,
    verify_dossier,
};
use ledger::{Config, Ledger};
use platform::db::Place;
use platform::feed::{Feed, SharedFeed};
use platform::projector::Projector;
use proto::act::grants::BindCredential;
use proto::act::log::{ClockKind, CreateLog, Mode, NameKey};
use proto::checkpoint::Checkpoint;
use proto::key_statement::KeyStatement;
use proto::note::{KeyKind, KeyName, Note, NoteSigner};
use proto::policy::Policy;
use proto::script::Line;
use proto::tree::CompactRange;
use proto::{
    Act, Acting, ActorId, Answer, Capacity, Command, CommandId, CredentialId, Hash, Instant, Origin, Principal,
    RoundId, ViaKind,
};
use ranking::Ranking;
use tempfile::TempDir;
use tokio::sync::watch;

use crate::folder::sample_round;
use crate::grown::key;
use crate::prove::paths;

/// The origin of these logs.
const ORIGIN: &str = "test.example/timed";

/// How many commands may wait for their answers.
const PENDING_MAX: usize = 512;

/// The log, its key, and a ledger that writes it.
pub struct Timed {
    scratch: TempDir,
    ledger: Ledger,
    key: NoteSigner,
    bound: BTreeMap<ActorId, CredentialId>,
    commands: u64,
}

/// The lines of one of the sample's files.
///
/// # Errors
/// When it cannot be read.
pub fn lines(name: &str) -> Result<Vec<Line>> {
    let text = std::fs::read_to_string(sample_round().join(name))?;
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// A witness's key.
#[must_use]
pub fn witness(seed: u8) -> NoteSigner {
    key(&format!("w{seed}.example"), KeyKind::Witness, seed)
}

impl Timed {
    /// Begins a log that names its key.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn begin(at: Instant) -> Result<Self> {
        let (scratch, origin) = (TempDir::new()?, Origin::parse(ORIGIN)?);
        let place = scratch.path().join("ledger.db");
        let config = Config { origin: Some(origin.clone()), scripted_from: Some(at), ..Config::begun(place) };
        let key = NoteSigner::new(KeyName::parse(ORIGIN)?, KeyKind::Log, &[1; 32])?;
        let statement = KeyStatement { log: origin, key: key.key().clone(), replaces: None }.signed(&[&key]);
        let ledger = Ledger::open(config).await?;
        let mut log = Self { scratch, ledger, key, bound: BTreeMap::new(), commands: 0 };
        let genesis = CreateLog {
            mode: Mode::Training,
            clock: ClockKind::System,
            administrators: vec![ActorId::parse("admin-a")?, ActorId::parse("admin-b")?],
            incompatible: Vec::new(),
            continues: None,
        };
        log.operate(Act::CreateLog(genesis), at).await?;
        log.operate(Act::NameKey(NameKey { statement }), at).await?;
        Ok(log)
    }

    /// The operator does something, by the server's clock at a moment.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn operate(&mut self, act: Act, at: Instant) -> Result<u64> {
        self.commands += 1;
        let bits = Hash::digest(&self.commands.to_be_bytes()).0[..10].try_into().expect("ten of 32");
        let command =
            Command::new(CommandId::v7(at.millis(), bits), Acting { capacity: Capacity::Operator, unit: None }, act);
        accepted(self.ledger.door().play(at, Principal::operator(), vec![command]).await)
    }

    /// Somebody does what stands in a line, by the server's clock at a moment. Gives the event's position.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn play(&mut self, line: &Line, at: Instant) -> Result<u64> {
        let principal = self.speaks(&line.actor, at).await?;
        let command = Command::from_value(line.command.clone())?;
        accepted(self.ledger.door().play(at, principal, vec![command]).await)
    }

    /// All that stands in lines happens at its own time. Nobody waits for the one before.
    ///
    /// # Errors
    /// When something is refused.
    pub async fn play_all(&mut self, lines: &[Line]) -> Result<()> {
        let mut pending = VecDeque::new();
        for line in lines {
            let principal = self.speaks(&line.actor, line.at).await?;
            let command = Command::from_value(line.command.clone())?;
            pending.push_back(self.ledger.door().enqueue(principal, vec![Ok(command)], Some(line.at)).await);
            if pending.len() > PENDING_MAX
                && let Some(first) = pending.pop_front()
            {
                accepted(first.answers().await)?;
            }
        }
        for left in pending {
            accepted(left.answers().await)?;
        }
        Ok(())
    }

    /// Who somebody is by the credential that was bound to him, at a moment if none was yet.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn speaks(&mut self, actor: &ActorId, at: Instant) -> Result<Principal> {
        if !self.bound.contains_key(actor) {
            let credential = CredentialId::parse(&format!("t-{actor}"))?;
            let commitment = Hash::digest(actor.as_str().as_bytes());
            let (method, actor) = (ViaKind::Token, actor.clone());
            let act = BindCredential { actor: actor.clone(), credential: credential.clone(), method, commitment };
            self.operate(Act::BindCredential(act), at).await?;
            self.bound.insert(actor, credential);
        }
        Ok(Principal::token(actor.clone(), self.bound[actor].clone()))
    }

    /// All bodies.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn bodies(&self) -> Result<Vec<Vec<u8>>> {
        Ok(self.ledger.log().after(0, usize::MAX >> 1).await?)
    }

    /// The log's checkpoint over all that there is, cosigned by witnesses, each by his own clock.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn checkpoint(&self, cosigned: &[(&NoteSigner, Instant)]) -> Result<String> {
        let mut range = CompactRange::default();
        self.bodies().await?.iter().for_each(|body| range.append(Hash::entry(body)));
        let mut note = Note::new(Checkpoint::new(ORIGIN, range.head()).to_string())?;
        note.push(self.key.sign(note.text(), 0))?;
        for (witness, at) in cosigned {
            note.push(witness.sign(note.text(), at.millis() / 1_000))?;
        }
        Ok(note.to_string())
    }

    /// Puts an anchor on record that holds a checkpoint, and gives its position.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn anchor(&self, checkpoint: String) -> Result<u64> {
        Ok(self.ledger.anchor(Some(checkpoint)).await?.accepted.position)
    }

    /// Ends the ledger and projects the log.
    ///
    /// # Errors
    /// When it cannot be projected.
    pub async fn end(self) -> Result<Ended> {
        let feed: SharedFeed = Arc::new(self.ledger.log());
        let (folder, origin) = (self.scratch.path(), self.ledger.origin().clone());
        let cursor = || watch::channel(0).0;
        let place: Place = folder.join("index.db").into();
        let mut index = Projector::<Index>::open(&place, origin.clone(), Arc::clone(&feed), cursor()).await?;
        index.catch_up(|_| {}).await?;
        index.close().await?;
        let place: Place = folder.join("ranking.db").into();
        let mut ranking = Projector::<Ranking>::open(&place, origin.clone(), feed, cursor()).await?;
        ranking.catch_up(|_| {}).await?;
        ranking.close().await?;
        self.ledger.stop().await;
        Ok(Ended { scratch: self.scratch, origin, key: self.key })
    }
}

/// A log that nobody writes any more.
pub struct Ended {
    /// Where it lies.
    pub scratch: TempDir,
    origin: Origin,
    key: NoteSigner,
}

impl Ended {
    /// A policy that asks these witnesses, so many of them.
    ///
    /// # Panics
    /// Never: what it writes is a policy.
    #[must_use]
    pub fn policy(&self, quorum: usize, witnesses: &[&NoteSigner]) -> Policy {
        Policy::parse(&self.policy_text(quorum, witnesses)).expect("a policy")
    }

    fn policy_text(&self, quorum: usize, witnesses: &[&NoteSigner]) -> String {
        let names: Vec<String> = (0..witnesses.len()).map(|i| format!("w{i}")).collect();
        let lines: String =
            names.iter().zip(witnesses).map(|(name, w)| format!("witness {name} {}\n", w.key())).collect();
        format!("log {}\n{lines}group all {quorum} {}\nquorum all\n", self.key.key(), names.join(" "))
    }

    /// What a dossier of its round under a checkpoint is found to be, by a witness who is believed.
    ///
    /// # Errors
    /// When there is none.
    pub async fn dossier(&self, witness: &NoteSigner, checkpoint: &str) -> Result<Result<Checked, BadDossier>> {
        let source = Source::open(self.scratch.path().join("ledger.db")).await?;
        let seal = Seal::new(checkpoint.as_bytes().to_vec(), self.policy_text(1, &[witness]))?;
        let (round, mut file) = (RoundId::parse("hanoi-2022")?, Cursor::new(Vec::new()));
        export_round((&source, &self.origin), &round, &seal, &mut file, |_| {}).await?;
        Ok(verify_dossier(file, Some(&self.policy(1, &[witness]))))
    }

    /// What `verify` finds with checkpoints that were kept outside.
    ///
    /// # Errors
    /// When it cannot be carried out.
    pub async fn verify(&self, policy: &Policy, kept: &[&str]) -> Result<Report> {
        Ok(verify(&paths(self.scratch.path()), self.origin.clone(), &against(policy, kept)?, |_, _| {}).await?)
    }

    /// Between which moments events were made, by the same.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn bounds(&self, policy: &Policy, kept: &[&str]) -> Result<Bounds> {
        let source = Source::open(self.scratch.path().join("ledger.db")).await?;
        Ok(Bounds::walked(&source, self.origin.clone(), &against(policy, kept)?).await?)
    }
}

fn against(policy: &Policy, kept: &[&str]) -> Result<Against> {
    let name = "the checkpoint kept outside";
    let head = |text: &&str| KeptHead::of_checkpoint(name, Kept::Outside, text.as_bytes(), policy);
    let heads = kept.iter().map(head).collect::<Result<_, _>>()?;
    Ok(Against { heads, believed: Some(policy.clone()), ..Against::default() })
}

/// What is told of findings.
#[must_use]
pub fn told(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(ToString::to_string).collect()
}

fn accepted(mut answers: Vec<Answer>) -> Result<u64> {
    match answers.pop().context("an answer")? {
        Answer::Accepted(accepted) => Ok(accepted.position),
        Answer::Refused(r) => bail!("{}: {}", r.code, r.en),
    }
}

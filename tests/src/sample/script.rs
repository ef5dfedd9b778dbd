//! The script while it is written: deeds get their moment, what their sender sees, an id, and are played at once.
//! A line is written only if the simulated ledger took it.

use std::collections::{BTreeMap, VecDeque};

use proto::act::council::Matter;
use proto::act::examination::verdicts_digest;
use proto::canon::{Value, to_vec};
use proto::script::Line;
use proto::{Act, Acting, ActorId, Code, Command, CommandId, Instant, UnitId};

use domain::{Round, World, examine, lodged, result_digest};

use super::prng::Rng;
use super::simulation::{Simulation, bits};
use super::words::round;

/// What somebody does. Revisions, versions and digests are filled in when it is done.
#[derive(Debug, Clone)]
pub struct Deed {
    /// Who.
    pub actor: ActorId,
    /// In which capacity.
    pub acting: Acting,
    /// What.
    pub act: Act,
}

/// The files so far.
#[derive(Debug, Default)]
pub struct Script {
    /// The state that the lines have led to.
    pub simulation: Simulation,
    /// Lines by kind of command.
    pub kinds: BTreeMap<&'static str, u64>,
    /// Name, bytes and number of lines of each file.
    pub files: Vec<(String, Vec<u8>, u64)>,
    lines: u64,
}

impl Script {
    /// Begins the next file.
    pub fn begin(&mut self, phase: &str) {
        let number = self.files.len() + 1;
        self.files.push((format!("{number:02}-{phase}.ndjson"), Vec::new(), 0));
    }

    /// Writes and plays one deed.
    pub fn send(&mut self, at: Instant, deed: Deed) {
        let Deed { actor, acting, act } = deed;
        let act = seen(&self.simulation, act);
        *self.kinds.entry(act.kind()).or_default() += 1;
        self.lines += 1;
        let id = CommandId::v7(at.millis(), bits(&format!("line {}", self.lines)));
        let command = Value::parse(&Command::new(id, acting, act).to_canonical()).expect("canonical JSON is JSON");
        let line = Line { at, actor, command };
        self.simulation.take(&line);
        let (_, bytes, lines) = self.files.last_mut().expect("a file was begun");
        bytes.extend(to_vec(&line).expect("a line has a canonical form"));
        bytes.push(b'\n');
        *lines += 1;
    }

    /// Writes deeds at their moments.
    pub fn send_all(&mut self, moments: Vec<Instant>, deeds: Vec<Deed>) {
        assert_eq!(moments.len(), deeds.len(), "each deed has its moment");
        for (at, deed) in moments.into_iter().zip(deeds) {
            self.send(at, deed);
        }
    }

    /// The round as it stands.
    #[must_use]
    pub fn round(&self) -> &Round {
        &self.simulation.world.rounds[&round()]
    }
}

/// Mixes queues into one: somebody sits down, does several things of his queue, and leaves the place to another.
#[must_use]
pub fn interleave(queues: Vec<Vec<Deed>>, sitting: (i64, i64), rng: &mut Rng) -> Vec<Deed> {
    let mut queues: Vec<VecDeque<Deed>> = queues.into_iter().map(VecDeque::from).collect();
    let mut left: i64 = queues.iter().map(|q| i64::try_from(q.len()).expect("a queue is short")).sum();
    let mut mixed = Vec::new();
    while left > 0 {
        let mut place = rng.below(left);
        let queue = queues.iter_mut().find(|q| {
            place -= i64::try_from(q.len()).expect("a queue is short");
            place < 0
        });
        let queue = queue.expect("the place lies within what is left");
        for _ in 0..rng.between(sitting.0, sitting.1) {
            let Some(deed) = queue.pop_front() else { break };
            mixed.push(deed);
            left -= 1;
        }
    }
    mixed
}

fn revision(world: &World, unit: &UnitId, leaf: &Code) -> u64 {
    let round = &world.rounds[&round()];
    let (_, state) = round.unit(unit).expect("the unit is in the round");
    let (place, _) = state.tree.leaf(leaf).expect("the leaf is in the tree");
    state.sheet.scores[place].revision
}

/// The act with what its sender sees at this moment: revisions, a sheet's version and digest, the result's.
fn seen(simulation: &Simulation, mut act: Act) -> Act {
    let (world, past) = (&simulation.world, simulation.past(&act));
    let of = |unit: &UnitId, leaf: &Code| revision(world, unit, leaf);
    match &mut act {
        Act::ScoreSelf(a) => a.revision = of(&a.unit, &a.leaf),
        Act::WithdrawEvidence(a) => a.revision = of(&a.unit, &a.leaf),
        Act::ClaimExemption(a) => a.revision = of(&a.unit, &a.leaf),
        Act::ConfirmScore(a) => a.revision = of(&a.unit, &a.leaf),
        Act::AdjustScore(a) => a.revision = of(&a.unit, &a.leaf),
        Act::FlagScore(a) => a.revision = of(&a.unit, &a.leaf),
        Act::ExplainFlag(a) => a.revision = of(&a.unit, &a.leaf),
        Act::AcceptExemption(a) | Act::RefuseExemption(a) => a.revision = of(&a.unit, &a.leaf),
        Act::SetCouncilScore(a) => a.revision = of(&a.unit, &a.leaf),
        Act::CorrectScore(a) => a.revision = of(&a.unit, &a.leaf),
        Act::AwardBonus(a) | Act::ImposePenalty(a) => {
            let (_, state) = world.rounds[&round()].unit(&a.unit).expect("the unit is in the round");
            a.revision = state.sheet.extras.get(&a.code).map_or(0, |e| e.revision);
        }
        Act::SubmitSheet(a) => {
            let (_, state) = world.rounds[&round()].unit(&a.unit).expect("the unit is in the round");
            (a.version, a.digest) = (state.sheet.version, state.sheet.digest());
        }
        Act::PublishResult(a) => {
            (a.position, a.digest) = (world.position, result_digest(&world.rounds[&round()]));
        }
        Act::ExamineAppeal(a) => {
            let (round, appeal) = lodged(world, &a.round, a.number).expect("the appeal was lodged");
            let verdicts = examine(round, appeal, &past).expect("what was folded folds again");
            (a.position, a.digest) = (world.position, verdicts_digest(&verdicts));
        }
        Act::ProposeDecision(a) => {
            if let Matter::Result { digest } = &mut a.matter {
                *digest = result_digest(&world.rounds[&round()]);
            }
        }
        Act::CreateLog(_)
        | Act::NameKey(_)
        | Act::Anchor(_)
        | Act::CloseLog(_)
        | Act::GrantCapacity(_)
        | Act::ConfirmGrant(_)
        | Act::RevokeCapacity(_)
        | Act::BindCredential(_)
        | Act::UnbindCredential(_)
        | Act::EnterPart(_)
        | Act::SealDocument(_)
        | Act::OpenRound(_)
        | Act::ClosePhase(_)
        | Act::ExtendDeadline(_)
        | Act::WithdrawSheet(_)
        | Act::ReopenSheet(_)
        | Act::CloseSheet(_)
        | Act::PlanSample(_)
        | Act::CommitSeed(_)
        | Act::DrawSample(_)
        | Act::RecordBatch(_)
        | Act::VoidBatch(_)
        | Act::RecheckBatch(_)
        | Act::MergeSurvey(_)
        | Act::CastVote(_)
        | Act::RecordDecision(_)
        | Act::LodgeAppeal(_)
        | Act::AnswerAppeal(_)
        | Act::DecideAppeal(_)
        | Act::CloseRound(_)
        | Act::OpenCase(_)
        | Act::AnswerCase(_)
        | Act::OrderErasure(_)
        | Act::ConfirmErasure(_)
        | Act::CloseCase(_) => {}
    }
    act
}

//! The fold: what each event does to the working state. It decides nothing; what is in the log has happened.
//! An event that refers to what does not exist is unfit: a fold stops there and says so, it never guesses.

use std::collections::{BTreeMap, BTreeSet};

use proto::act::appraisal::{Appraisal, SetExtra};
use proto::act::documents::{EnterPart, SealDocument};
use proto::act::grants::CapacityGranted;
use proto::act::round::{OpenRound, Stage};
use proto::act::sheet::Inputs;
use proto::document::{DocKind, Sign};
use proto::fold::{Fold, Streams, Unfit};
use proto::rows::{ExemptionState, FlagState, SheetState};
use proto::score::{Score, StageState};
use proto::{ActorId, Code, Event, Exact, Fact, RoundId, Stream, UnitId};

use crate::council::DecisionState;
use crate::documents::{self, Document, Meaning};
use crate::people::{Grant, GrantState, Person};
use crate::result::standings;
use crate::round::{Appeal, Publication, Round, UnitState};
use crate::sheet::ExtraState;
use crate::survey::survey_points;
use crate::world::{LogState, World};

type Done = Result<(), String>;

impl Fold for World {
    fn fold(&mut self, event: &Event) -> Result<(), Unfit> {
        self.apply(event).map_err(|what| Unfit { position: event.envelope.position, what })?;
        self.position = event.envelope.position;
        self.at = Some(event.envelope.at);
        Ok(())
    }

    fn restore(&mut self, event: &Event) -> Result<(), Unfit> {
        let touched = self.touched.take();
        let done = self.apply(event).map_err(|what| Unfit { position: event.envelope.position, what });
        self.touched = touched;
        done
    }

    fn needs(&self, event: &Event) -> Vec<Streams> {
        let held = |kind, id: &proto::DocId| self.documents.contains_key(&(kind, id.clone()));
        let document = |kind, id: &proto::DocId| (!held(kind, id)).then(|| Streams::Document(kind, id.clone()));
        let mut needs = Vec::new();
        if let Some(round) = event.envelope.stream.round()
            && !matches!(event.fact, Fact::RoundOpened(_))
            && !self.rounds.contains_key(round)
        {
            needs.push(Streams::Round(round.clone()));
        }
        if let Fact::RoundOpened(f) = &event.fact {
            needs.extend(document(DocKind::Rulebook, &f.rulebook.id));
            needs.extend(document(DocKind::Catalogue, &f.catalogue.id));
        }
        if let Fact::BatchRecorded(f) = &event.fact {
            needs.extend(document(DocKind::Tally, &f.tally.id));
        }
        if let Stream::Document(kind, id) = &event.envelope.stream
            && event.envelope.version > 1
        {
            needs.extend(document(*kind, id));
        }
        needs
    }
}

impl World {
    /// Folds the next event of the log.
    ///
    /// # Errors
    /// As [`Fold::fold`].
    pub fn evolve(&mut self, event: &Event) -> Result<(), Unfit> {
        self.fold(event)
    }

    fn apply(&mut self, event: &Event) -> Done {
        match &event.fact {
            Fact::LogCreated(f) => {
                let from = event.envelope.at;
                for actor in &f.administrators {
                    let person = self.people.entry(actor.clone()).or_default();
                    person.grants.push(genesis_grant(actor, from)?);
                }
                self.log = Some(LogState { origin: event.envelope.log.clone(), genesis: f.clone() });
                Ok(())
            }
            Fact::CapacityGranted(f) => {
                self.granted(f, &event.envelope.actor.id);
                Ok(())
            }
            Fact::GrantConfirmed(f) => set_grant(self.person(&f.actor), &f.grant, GrantState::Active),
            Fact::CapacityRevoked(f) => set_grant(self.person(&f.actor), &f.grant, GrantState::Revoked),
            Fact::CredentialBound(f) => {
                self.person(&f.actor).credentials.insert(f.credential.clone(), f.method);
                Ok(())
            }
            Fact::CredentialUnbound(f) => {
                self.person(&f.actor).credentials.remove(&f.credential);
                Ok(())
            }
            Fact::PartEntered(f) => self.part_entered(f),
            Fact::DocumentSealed(f) => self.sealed(f),
            Fact::RoundOpened(f) => self.round_opened(f),
            fact => self.in_round(event, fact),
        }
    }

    fn person(&mut self, actor: &ActorId) -> &mut Person {
        self.people.entry(actor.clone()).or_default()
    }

    fn granted(&mut self, f: &CapacityGranted, by: &ActorId) {
        let state = if f.awaits_second { GrantState::Pending } else { GrantState::Active };
        let grant = Grant { grant: f.grant.clone(), by: by.clone(), state };
        self.person(&f.grant.actor).grants.push(grant);
    }

    fn part_entered(&mut self, f: &EnterPart) -> Done {
        let key = (f.document, f.id.clone());
        let document =
            self.documents.entry(key).or_insert_with(|| Document::Open { parts: 0, whole: documents::empty() });
        match document {
            Document::Open { parts, whole } => {
                *parts += 1;
                documents::join(whole, &f.content).map_err(|member| format!("the part repeats the member {member:?}"))
            }
            Document::Sealed { .. } => Err(format!("a part for the sealed document {}", f.id)),
        }
    }

    fn sealed(&mut self, f: &SealDocument) -> Done {
        let key = (f.document, f.id.clone());
        let Some(Document::Open { whole, .. }) = self.documents.get(&key) else {
            return Err(format!("no open document {}", f.id));
        };
        let meaning = documents::meaning(f.document, &f.id, whole).map_err(|faults| faults.join("; "))?;
        self.documents.insert(key, Document::Sealed { digest: f.digest, meaning });
        Ok(())
    }

    fn round_opened(&mut self, f: &OpenRound) -> Done {
        let missing = || format!("the documents of round {} are not there", f.round);
        let (Some(Meaning::Rulebook(book)), Some(Meaning::Catalogue(catalogue))) = (
            self.meaning(DocKind::Rulebook, &f.rulebook.id, f.rulebook.digest),
            self.meaning(DocKind::Catalogue, &f.catalogue.id, f.catalogue.digest),
        ) else {
            return Err(missing());
        };
        let round = Round::open(f.clone(), book.clone(), &catalogue.units).ok_or_else(missing)?;
        self.rounds.insert(f.round.clone(), round);
        self.touch_all(&f.round);
        Ok(())
    }

    /// A sealed document by id and digest.
    pub(crate) fn meaning(&self, kind: DocKind, id: &proto::DocId, digest: proto::Hash) -> Option<Meaning> {
        match self.documents.get(&(kind, id.clone()))? {
            Document::Sealed { digest: sealed, meaning } if *sealed == digest => Some(meaning.clone()),
            Document::Sealed { .. } | Document::Open { .. } => None,
        }
    }

    fn touch_all(&mut self, round: &RoundId) {
        if let Some(touched) = &mut self.touched {
            touched.rounds.entry(round.clone()).or_default().all = true;
        }
    }

    fn in_round(&mut self, event: &Event, fact: &Fact) -> Done {
        let id = event.envelope.stream.round().ok_or("an event of a round outside its streams")?.clone();
        let survey = match fact {
            Fact::SurveyMerged(f) => Some(self.merged(&id, &f.batches)?),
            _ => None,
        };
        let round = self.rounds.get_mut(&id).ok_or_else(|| format!("no round {id}"))?;
        let mut marks = Marks::default();
        round.fold(event, fact, &mut marks)?;
        if let Some(points) = survey {
            round.survey = Some(points);
            marks.all = true;
        }
        if let Some(touched) = &mut self.touched {
            let of = touched.rounds.entry(id).or_default();
            of.all |= marks.all;
            for (place, leaves) in marks.units {
                of.units.entry(place).or_default().extend(leaves);
            }
            of.publications.extend(marks.publication);
        }
        Ok(())
    }

    fn merged(&self, round: &RoundId, batches: &[proto::BatchId]) -> Result<crate::survey::SurveyPoints, String> {
        let round = self.rounds.get(round).ok_or_else(|| format!("no round {round}"))?;
        let mut tallies = Vec::new();
        for batch in batches {
            let recorded = round.batches.get(batch).ok_or_else(|| format!("no batch {batch}"))?;
            match self.meaning(DocKind::Tally, &recorded.tally.id, recorded.tally.digest) {
                Some(Meaning::Tally(tally)) => tallies.push(tally),
                _ => return Err(format!("the tally of batch {batch} is not there")),
            }
        }
        Ok(survey_points(round, &tallies))
    }
}

fn genesis_grant(actor: &ActorId, from: proto::Instant) -> Result<Grant, String> {
    let grant = proto::act::grants::GrantCapacity {
        actor: actor.clone(),
        grant: proto::GrantId::parse("genesis").map_err(|e| e.to_string())?,
        capacity: proto::Capacity::Administrator,
        unit: None,
        round: None,
        fields: Vec::new(),
        from,
        until: None,
        acting_for: None,
    };
    Ok(Grant { grant, by: actor.clone(), state: GrantState::Active })
}

fn set_grant(person: &mut Person, id: &proto::GrantId, state: GrantState) -> Done {
    let grant = person.grants.iter_mut().find(|g| g.grant.grant == *id).ok_or_else(|| format!("no grant {id}"))?;
    grant.state = state;
    Ok(())
}

/// What one event touched.
#[derive(Default)]
struct Marks {
    all: bool,
    units: BTreeMap<usize, BTreeSet<usize>>,
    publication: Option<u32>,
}

/// What an event changes in one score.
struct Change<'a> {
    unit: &'a UnitId,
    leaf: &'a Code,
    version: u64,
}

impl Round {
    fn fold(&mut self, event: &Event, fact: &Fact, marks: &mut Marks) -> Done {
        let version = event.envelope.version;
        let at = |unit, leaf| Change { unit, leaf, version };
        match fact {
            Fact::LogCreated(_)
            | Fact::CapacityGranted(_)
            | Fact::GrantConfirmed(_)
            | Fact::CapacityRevoked(_)
            | Fact::CredentialBound(_)
            | Fact::CredentialUnbound(_)
            | Fact::PartEntered(_)
            | Fact::DocumentSealed(_)
            | Fact::RoundOpened(_) => Err("an event of another stream".to_owned()),
            Fact::PhaseClosed(f) => {
                self.closed_phases.insert(f.phase, event.envelope.id.clone());
                self.schedule();
                Ok(())
            }
            Fact::DeadlineExtended(f) => {
                match &f.unit {
                    Some(unit) => {
                        self.extensions.insert((f.phase, unit.clone()), f.until);
                    }
                    None => self.windows.get_mut(&f.phase).ok_or("no such phase")?.until = f.until,
                }
                self.schedule();
                Ok(())
            }
            Fact::SelfScored(f) => self.score(&at(&f.unit, &f.leaf), marks, |score, maximum| {
                let points = Exact::from(f.claimed.min(maximum));
                score.set(stage(Stage::Own, &f.inputs, points, String::new(), version));
                score.exemption = None;
                score.evidence.clone_from(&f.evidence);
                score.explanation.clone_from(&f.explanation);
            }),
            Fact::ExemptionClaimed(f) => {
                self.score(&at(&f.unit, &f.leaf), marks, |s, _| s.exemption = Some(ExemptionState::Claimed))
            }
            Fact::SheetSubmitted(f) => self.sheet(&f.unit, version, marks, |u| u.sheet.state = SheetState::Submitted),
            Fact::SheetWithdrawn(f) => self.sheet(&f.unit, version, marks, |u| u.sheet.state = SheetState::Open),
            Fact::SheetReopened(f) => self.sheet(&f.unit, version, marks, |u| {
                u.sheet.state = SheetState::Open;
                u.sheet.unsubmitted = None;
                u.sheet.reopened_until = Some(f.until);
            }),
            Fact::SheetClosed(f) => self.sheet(&f.unit, version, marks, |u| {
                u.sheet.state = SheetState::Closed;
                u.sheet.unsubmitted = Some(f.policy);
            }),
            Fact::ScoreConfirmed(f) => {
                let f = &f.act;
                let stands = self.standing_points(&f.unit, &f.leaf).ok_or("nothing to confirm")?;
                self.score(&at(&f.unit, &f.leaf), marks, |score, _| {
                    score.set(stage(appraised(f.appraisal), &stands.0, stands.1, String::new(), version));
                    settle(score, f.appraisal);
                })
            }
            Fact::ScoreAdjusted(f) => {
                let f = &f.act;
                self.score(&at(&f.unit, &f.leaf), marks, |score, _| {
                    let points = Exact::from(f.points);
                    score.set(stage(appraised(f.appraisal), &f.inputs, points, f.reason.clone(), version));
                    settle(score, f.appraisal);
                })
            }
            Fact::ScoreFlagged(f) => {
                self.score(&at(&f.act.unit, &f.act.leaf), marks, |s, _| s.flag = Some(FlagState::Raised))
            }
            Fact::FlagExplained(f) => self.score(&at(&f.unit, &f.leaf), marks, |score, _| {
                score.flag = Some(FlagState::Explained);
                score.evidence.extend(f.evidence.iter().cloned());
            }),
            Fact::ExemptionAccepted(f) => {
                let f = &f.act;
                self.score(&at(&f.unit, &f.leaf), marks, |s, _| s.exemption = Some(ExemptionState::Accepted))
            }
            Fact::ExemptionRefused(f) => {
                let f = &f.act;
                self.score(&at(&f.unit, &f.leaf), marks, |s, _| s.exemption = Some(ExemptionState::Refused))
            }
            Fact::BonusAwarded(f) => self.extra(&f.act, Sign::Bonus, version, marks),
            Fact::PenaltyImposed(f) => self.extra(&f.act, Sign::Penalty, version, marks),
            Fact::BatchRecorded(f) => {
                self.batches.insert(f.batch.clone(), f.clone());
                Ok(())
            }
            Fact::SurveyMerged(_) => Ok(()),
            Fact::DecisionProposed(f) => {
                let state = DecisionState {
                    matter: f.matter.clone(),
                    votes: BTreeMap::new(),
                    carried: None,
                    recorded_by: None,
                    applied: BTreeSet::new(),
                };
                self.decisions.insert(f.decision.clone(), state);
                Ok(())
            }
            Fact::VoteCast(f) => {
                let decision = self.decision(&f.act.decision)?;
                decision.votes.insert(event.envelope.actor.id.clone(), f.act.vote);
                Ok(())
            }
            Fact::DecisionRecorded(f) => {
                let decision = self.decision(&f.act.decision)?;
                decision.carried = Some(f.carried);
                decision.recorded_by = Some(event.envelope.id.clone());
                Ok(())
            }
            Fact::CouncilScored(f) => {
                let applied = (f.act.unit.clone(), f.act.leaf.clone());
                self.decision(&f.act.decision)?.applied.insert(applied);
                self.unpublished_correction |= !self.publications.is_empty();
                self.score(&at(&f.act.unit, &f.act.leaf), marks, |score, _| {
                    score.set(stage(Stage::Council, &f.inputs, Exact::from(f.points), f.reason.clone(), version));
                })
            }
            Fact::ResultPublished(f) => {
                self.publications.push(Publication {
                    number: f.publication,
                    at: event.envelope.at,
                    position: event.envelope.position,
                    digest: f.digest,
                    decision: f.decision.clone(),
                    reason: f.reason.clone(),
                    standings: standings(self),
                });
                self.unpublished_correction = false;
                marks.publication = Some(f.publication);
                Ok(())
            }
            Fact::AppealLodged(f) => {
                self.appeals.push(Appeal { lodged: f.clone(), answers: 0, decided: None });
                Ok(())
            }
            Fact::AppealAnswered(f) => {
                self.appeal_mut(f.number)?.answers += 1;
                Ok(())
            }
            Fact::AppealDecided(f) => {
                let decided = (f.act.decision.clone(), event.envelope.id.clone());
                self.appeal_mut(f.act.number)?.decided = Some(decided);
                Ok(())
            }
            Fact::ScoreCorrected(f) => {
                let appeal = self.appeal_mut(f.act.appeal)?;
                let decision = appeal.decided.as_ref().ok_or("a correction before its decision")?.0.clone();
                let applied = (f.act.unit.clone(), f.act.leaf.clone());
                self.decision(&decision)?.applied.insert(applied);
                self.unpublished_correction = true;
                self.score(&at(&f.act.unit, &f.act.leaf), marks, |score, _| {
                    score.set(stage(Stage::Correction, &f.inputs, Exact::from(f.points), f.reason.clone(), version));
                })
            }
            Fact::RoundClosed(_) => {
                self.closed = true;
                self.schedule();
                Ok(())
            }
        }
    }

    fn decision(&mut self, id: &proto::DecisionId) -> Result<&mut DecisionState, String> {
        self.decisions.get_mut(id).ok_or_else(|| format!("no decision {id}"))
    }

    fn appeal_mut(&mut self, number: u32) -> Result<&mut Appeal, String> {
        let place = (number as usize).checked_sub(1);
        place.and_then(|i| self.appeals.get_mut(i)).ok_or_else(|| format!("no appeal {number}"))
    }

    fn unit_mut(&mut self, unit: &UnitId) -> Result<(usize, &mut UnitState), String> {
        let place = self.place(unit).ok_or_else(|| format!("no unit {unit}"))?;
        Ok((place, &mut self.units[place]))
    }

    fn sheet(&mut self, unit: &UnitId, version: u64, marks: &mut Marks, change: impl Fn(&mut UnitState)) -> Done {
        let (place, unit) = self.unit_mut(unit)?;
        change(unit);
        unit.sheet.version = version;
        // Whether the unit's own stages count hangs on the sheet's state, so every leaf is touched.
        marks.units.entry(place).or_default().extend(0..unit.tree.leaves.len());
        self.schedule();
        Ok(())
    }

    fn score(&mut self, at: &Change, marks: &mut Marks, change: impl FnOnce(&mut Score, proto::Decimal)) -> Done {
        let (place, unit) = self.unit_mut(at.unit)?;
        let (leaf, node) = unit.tree.leaf(at.leaf).ok_or_else(|| format!("no leaf {}", at.leaf))?;
        let maximum = node.maximum;
        let score = &mut unit.sheet.scores[leaf];
        change(score, maximum);
        score.revision = at.version;
        unit.sheet.version = at.version;
        marks.units.entry(place).or_default().insert(leaf);
        Ok(())
    }

    fn extra(&mut self, act: &SetExtra, sign: Sign, version: u64, marks: &mut Marks) -> Done {
        let (place, unit) = self.unit_mut(&act.unit)?;
        let state = ExtraState { sign, points: Exact::from(act.points), revision: version };
        unit.sheet.extras.insert(act.code.clone(), state);
        unit.sheet.version = version;
        marks.units.entry(place).or_default();
        Ok(())
    }

    /// The inputs and points that a confirmation confirms.
    fn standing_points(&self, unit: &UnitId, leaf: &Code) -> Option<(Inputs, Exact)> {
        let (_, unit) = self.unit(unit)?;
        let (leaf, _) = unit.tree.leaf(leaf)?;
        let score = &unit.sheet.scores[leaf];
        let points = unit.sheet.final_points(score, self.policy())?;
        Some((unit.sheet.final_stage(score, self.policy())?.inputs.clone(), points))
    }
}

fn stage(stage: Stage, inputs: &Inputs, points: Exact, reason: String, event: u64) -> StageState {
    StageState { stage, inputs: inputs.clone(), points, reason, event }
}

fn appraised(appraisal: Appraisal) -> Stage {
    match appraisal {
        Appraisal::First => Stage::First,
        Appraisal::Second => Stage::Second,
    }
}

/// A second appraisal settles a flag.
fn settle(score: &mut Score, appraisal: Appraisal) {
    if appraisal == Appraisal::Second && score.flag.is_some() {
        score.flag = Some(FlagState::Settled);
    }
}

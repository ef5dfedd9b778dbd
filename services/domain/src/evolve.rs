//! The fold: what each event does to the working state. It decides nothing; what is in the log has happened.
//! An event that refers to what does not exist is unfit: a fold stops there and says so, it never guesses.

mod cases;
mod round;

use std::sync::Arc;

use proto::act::documents::{EnterPart, SealDocument};
use proto::act::round::OpenRound;
use proto::act::survey::{RecheckBatch, RecordBatch};
use proto::document::{DocKind, DocRef, Tally};
use proto::fold::{Fold, Streams, Unfit};
use proto::key_statement::KeyStatement;
use proto::work::PowerEvent;
use proto::{ActorId, Event, Fact, RoundId, Stream};

pub(crate) use self::cases::take as take_case;
pub(crate) use self::round::Marks;
use crate::batch::Recheck;
use crate::documents::{self, Document, Meaning};
use crate::people::{Grant, GrantState, Person, power_event};
use crate::round::Round;
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
            needs.extend(f.forms.iter().filter_map(|form| document(DocKind::Form, &form.id)));
        }
        if let Fact::BatchRecorded(RecordBatch { tally, .. }) | Fact::BatchRechecked(RecheckBatch { tally, .. }) =
            &event.fact
        {
            needs.extend(document(DocKind::Tally, &tally.id));
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
                if f.continues.as_ref().is_some_and(|old| old.origin == event.envelope.log) {
                    return Err("the log goes on from itself".to_owned());
                }
                for actor in &f.administrators {
                    let person = self.people.entry(actor.clone()).or_default();
                    person.grants.push(genesis_grant(event, actor, from)?);
                }
                let origin = event.envelope.log.clone();
                self.log = Some(LogState { origin, genesis: f.clone(), keys: Vec::new(), anchor: None, closed: None });
                Ok(())
            }
            Fact::KeyNamed(f) => {
                let log = self.log.as_mut().ok_or("a key before the log began")?;
                let statement = KeyStatement::open(f.statement.as_bytes()).map_err(|e| e.to_string())?;
                log.name_key(statement, event.envelope.at)
            }
            Fact::Anchored(f) => {
                if f.size == 0 || f.size >= event.envelope.position {
                    return Err(format!("an anchor over {} events", f.size));
                }
                self.log.as_mut().ok_or("an anchor before the log began")?.anchor = Some(f.clone());
                Ok(())
            }
            Fact::LogClosed(_) => {
                self.log.as_mut().ok_or("an end before the log began")?.closed = Some(event.envelope.position);
                Ok(())
            }
            Fact::CapacityGranted(f) => {
                self.person(&f.grant.actor).grants.push(Grant::made(event, f));
                Ok(())
            }
            Fact::GrantConfirmed(f) => {
                let grant = grant_of(self.person(&f.actor), &f.grant)?;
                (grant.state, grant.confirmed) = (GrantState::Active, Some(power_event(event)));
                Ok(())
            }
            Fact::CapacityRevoked(f) => {
                let grant = grant_of(self.person(&f.actor), &f.grant)?;
                (grant.state, grant.revoked) = (GrantState::Revoked, Some(power_event(event)));
                Ok(())
            }
            Fact::CredentialBound(f) => {
                let giver = &event.envelope.actor;
                let given_out = giver.capacity.is_grantable() && giver.id != f.actor;
                let person = self.person(&f.actor);
                person.credentials.insert(f.credential.clone(), f.method);
                if given_out {
                    person.given_out.insert(f.credential.clone());
                }
                Ok(())
            }
            Fact::CredentialUnbound(f) => {
                let person = self.person(&f.actor);
                person.credentials.remove(&f.credential);
                person.given_out.remove(&f.credential);
                Ok(())
            }
            Fact::PartEntered(f) => self.part_entered(f),
            Fact::DocumentSealed(f) => self.sealed(f),
            Fact::RoundOpened(f) => self.round_opened(f),
            Fact::CaseOpened(_)
            | Fact::CaseAnswered(_)
            | Fact::ErasureOrdered(_)
            | Fact::ErasureConfirmed(_)
            | Fact::CaseClosed(_) => cases::take(&mut self.cases, event),
            fact => self.in_round(event, fact),
        }
    }

    fn person(&mut self, actor: &ActorId) -> &mut Person {
        self.people.entry(actor.clone()).or_default()
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
        let meaning = documents::meaning(f.document, &f.id, whole).map_err(|faults| faults.told().en)?;
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
        let form = |doc: &DocRef| match self.meaning(DocKind::Form, &doc.id, doc.digest) {
            Some(Meaning::Form(form)) => Some(form),
            _ => None,
        };
        let forms = f.forms.iter().map(form).collect::<Option<Vec<_>>>().ok_or_else(missing)?;
        let round = Round::open(f.clone(), book.clone(), &catalogue.units, forms).ok_or_else(missing)?;
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
        // What an event of the survey says stands in documents, which a round does not hold.
        let survey = match fact {
            Fact::SurveyMerged(f) => Some(self.merged(&id, &f.batches)?),
            _ => None,
        };
        let recheck = match fact {
            Fact::BatchRechecked(f) => Some(Recheck::of(&*self.tally(&f.tally)?, f.clone(), event.envelope.position)),
            _ => None,
        };
        let round = self.rounds.get_mut(&id).ok_or_else(|| format!("no round {id}"))?;
        let mut marks = Marks::default();
        round.take(event, fact, &mut marks)?;
        if let Some(points) = survey {
            round.survey = Some(points);
            marks.all = true;
        }
        if let (Some(recheck), Fact::BatchRechecked(f)) = (recheck, fact) {
            round.batch_mut(&f.batch)?.rechecks.push(recheck);
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
            let found = round.batches.get(batch).ok_or_else(|| format!("no batch {batch}"))?;
            tallies.push((batch.clone(), self.tally(&found.recorded.tally)?));
        }
        Ok(survey_points(round, &tallies))
    }

    fn tally(&self, doc: &DocRef) -> Result<Arc<Tally>, String> {
        match self.meaning(DocKind::Tally, &doc.id, doc.digest) {
            Some(Meaning::Tally(tally)) => Ok(tally),
            _ => Err(format!("the tally {} is not there", doc.id)),
        }
    }
}

fn genesis_grant(event: &Event, actor: &ActorId, from: proto::Instant) -> Result<Grant, String> {
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
    // Whom genesis names nobody has granted anything: by himself, as ever.
    let granted = PowerEvent { by: actor.clone(), ..power_event(event) };
    Ok(Grant { grant, granted, confirmed: None, revoked: None, state: GrantState::Active })
}

fn grant_of<'p>(person: &'p mut Person, id: &proto::GrantId) -> Result<&'p mut Grant, String> {
    person.grants.iter_mut().find(|g| g.grant.grant == *id).ok_or_else(|| format!("no grant {id}"))
}

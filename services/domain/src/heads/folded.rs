//! The state of one stream, out of the world: what its own events have led to.
//! It leaves out whatever another stream's event may change, so that a state changes only when its stream grows.

use proto::Stream;
use proto::document::DocKind;
use proto::heads::folded::{
    Folded, FoldedAppeal, FoldedBatch, FoldedCase, FoldedCredential, FoldedDecision, FoldedDocument, FoldedErasure,
    FoldedExtension, FoldedExtra, FoldedGrant, FoldedGrants, FoldedOutcome, FoldedPhase, FoldedPublication,
    FoldedRecheck, FoldedRound, FoldedSample, FoldedSeed, FoldedSheet, FoldedVote, GrantStands,
};
use proto::{DecisionId, DocId};

use crate::batch::{Batch, BatchState};
use crate::case::Case;
use crate::council::DecisionState;
use crate::documents::{self, Document};
use crate::people::{GrantState, Person};
use crate::round::{Appeal, Publication, Round};
use crate::sheet::Sheet;
use crate::world::World;

/// The state of a stream; none where the world does not hold it, and for the log's own stream.
#[must_use]
pub fn folded(world: &World, stream: &Stream) -> Option<Folded> {
    let round = |id| world.rounds.get(id);
    Some(match stream {
        Stream::Log => return None,
        Stream::Case(case) => Folded::Case(of_case(world.cases.get(case)?)),
        Stream::Grants(actor) => Folded::Grants(of_person(world.people.get(actor)?)),
        Stream::Document(kind, id) => Folded::Document(of_document(world, *kind, id)?),
        Stream::Round(id) => Folded::Round(Box::new(of_round(round(id)?))),
        Stream::Sheet(id, unit) => Folded::Sheet(of_sheet(&round(id)?.unit(unit)?.1.sheet)),
        Stream::Survey(id, batch) => Folded::Survey(of_batch(round(id)?.batches.get(batch)?)),
        Stream::Appeal(id, number) => {
            let place = (*number as usize).checked_sub(1)?;
            Folded::Appeal(of_appeal(round(id)?.appeals.get(place)?))
        }
    })
}

fn of_case(case: &Case) -> FoldedCase {
    let orders = case.orders.iter().map(|order| FoldedErasure {
        by: order.by.clone(),
        confirmed: order.confirmed.is_some(),
        ordered: order.ordered.clone(),
    });
    FoldedCase { answers: case.answers, outcome: case.outcome, opened: case.opened.clone(), orders: orders.collect() }
}

fn of_person(person: &Person) -> FoldedGrants {
    let mut credentials: Vec<FoldedCredential> = person
        .credentials
        .iter()
        .map(|(credential, method)| FoldedCredential { credential: credential.clone(), method: *method })
        .collect();
    credentials.sort_by(|a, b| a.credential.cmp(&b.credential));
    let grants = person.grants.iter().map(|g| FoldedGrant {
        by: g.by().clone(),
        grant: g.grant.clone(),
        stands: match g.state {
            GrantState::Pending => GrantStands::Pending,
            GrantState::Active => GrantStands::Active,
            GrantState::Revoked => GrantStands::Revoked,
        },
    });
    FoldedGrants { credentials, grants: grants.collect() }
}

fn of_document(world: &World, kind: DocKind, id: &DocId) -> Option<FoldedDocument> {
    Some(match world.documents.get(&(kind, id.clone()))? {
        Document::Open { whole, .. } => FoldedDocument { digest: documents::digest(whole), sealed: false },
        Document::Sealed { digest, .. } => FoldedDocument { digest: *digest, sealed: true },
    })
}

fn of_round(round: &Round) -> FoldedRound {
    let phases = round.closed_phases.iter();
    let mut extensions: Vec<FoldedExtension> = round
        .extensions
        .iter()
        .map(|((phase, unit), until)| FoldedExtension { phase: *phase, unit: unit.clone(), until: *until })
        .collect();
    extensions.sort_by(|a, b| (a.phase, &a.unit).cmp(&(b.phase, &b.unit)));
    let samples = round.samples.iter().map(|((unit, group), respondents)| FoldedSample {
        group: group.clone(),
        respondents: *respondents,
        unit: unit.clone(),
    });
    let seeds = round.seeds.iter().map(|(sample, seed)| FoldedSeed {
        commitment: seed.commitment,
        drawn: seed.drawn.clone(),
        sample: sample.clone(),
    });
    FoldedRound {
        closed: round.closed,
        closed_phases: phases.map(|(phase, event)| FoldedPhase { event: event.clone(), phase: *phase }).collect(),
        decisions: round.decisions.iter().map(of_decision).collect(),
        extensions,
        merged: round.last_merged.clone(),
        opened: round.config.clone(),
        publications: round.publications.iter().map(of_publication).collect(),
        samples: samples.collect(),
        seeds: seeds.collect(),
        windows: round.windows.values().cloned().collect(),
    }
}

/// Without the examination that lay before the council, which stands in the appeal, and without the changes that were
/// carried out, which stand in the sheets.
fn of_decision((decision, state): (&DecisionId, &DecisionState)) -> FoldedDecision {
    let votes = state.votes.iter();
    FoldedDecision {
        carried: state.carried,
        decision: decision.clone(),
        matter: state.matter.clone(),
        recorded_by: state.recorded_by.clone(),
        votes: votes.map(|(actor, vote)| FoldedVote { actor: actor.clone(), vote: *vote }).collect(),
    }
}

/// Without its rows: these stand in its digest.
fn of_publication(publication: &Publication) -> FoldedPublication {
    let Publication { number, at, position, digest, decision, reason, standings: _ } = publication;
    FoldedPublication {
        at: *at,
        decision: decision.clone(),
        digest: *digest,
        number: *number,
        position: *position,
        reason: reason.clone(),
    }
}

fn of_sheet(sheet: &Sheet) -> FoldedSheet {
    let extras = sheet.extras.iter().map(|(code, extra)| FoldedExtra {
        code: code.clone(),
        points: extra.points.clone(),
        revision: extra.revision,
        sign: extra.sign,
    });
    FoldedSheet {
        extras: extras.collect(),
        reopened_until: sheet.reopened_until,
        scores: sheet.scores.iter().filter(|score| score.revision > 0).cloned().collect(),
        state: sheet.state,
        unsubmitted: sheet.unsubmitted,
    }
}

fn of_batch(batch: &Batch) -> FoldedBatch {
    let rechecks = batch.rechecks.iter();
    FoldedBatch {
        rechecks: rechecks.map(|r| FoldedRecheck { asked: r.asked, same: r.same, tally: r.tally.clone() }).collect(),
        recorded: batch.recorded.clone(),
        voided: batch.state == BatchState::Voided,
    }
}

fn of_appeal(appeal: &Appeal) -> FoldedAppeal {
    let decided = appeal.decided.as_ref();
    FoldedAppeal {
        answers: appeal.answers,
        decided: decided.map(|(decision, event)| FoldedOutcome { decision: decision.clone(), event: event.clone() }),
        examined: appeal.examined.clone(),
        lodged: appeal.lodged.clone(),
    }
}

//! One function for each kind of claim: which events speak of it, and what they say.
//! "Not on record" names no event; "borne out" and "contradicted" name at least one.

use proto::act::appeal::LodgeAppeal;
use proto::act::examination::{Asserted, CITED_EVENTS_MAX, Cited, Found, Verdict};
use proto::act::round::Stage;
use proto::act::sheet::Evidence;
use proto::{BatchId, Code, Decimal, Event, Exact, Fact, GrantId, Hash, Instant, Stream, UnitId};

use super::past::{Past, Read};
use super::trail::{Step, Trail};
use super::without_events;
use crate::batch::BatchState;
use crate::people::{Grant, GrantState};
use crate::rule;
use crate::sheet::exempt;

/// The claims of an appeal before the events that bear on them.
pub struct Question<'a> {
    pub appeal: &'a LodgeAppeal,
    pub trail: &'a Trail<'a>,
    pub past: &'a Past,
}

/// The leaf that an act of the appraisal set or judged.
pub fn appraised(fact: &Fact) -> Option<&Code> {
    if let Fact::ScoreConfirmed(f) = fact {
        return Some(&f.act.leaf);
    }
    if let Fact::ExemptionAccepted(f) | Fact::ExemptionRefused(f) = fact {
        return Some(&f.act.leaf);
    }
    if let Fact::ScoreAdjusted(f) = fact { Some(&f.act.leaf) } else { None }
}

/// Whether a text gives a reason: white space, dashes and marks that nobody sees are none.
fn gives_a_reason(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// A verdict and the events that decide it, the weightiest first; what is over the limit is counted.
fn verdict<'a>(found: Found, events: impl IntoIterator<Item = &'a Read>) -> Verdict {
    let mut cited: Vec<Cited> = Vec::new();
    for event in events {
        let event = event.cited();
        if !cited.contains(&event) {
            cited.push(event);
        }
    }
    let more = u32::try_from(cited.len().saturating_sub(CITED_EVENTS_MAX)).unwrap_or(u32::MAX);
    cited.truncate(CITED_EVENTS_MAX);
    cited.sort_by_key(|event| event.position);
    Verdict { found, events: cited, more }
}

/// Whether a moment lies before another, or none is given.
fn in_time(at: &Read, before: Option<Instant>) -> bool {
    before.is_none_or(|before| at.event.envelope.at < before)
}

impl<'a> Question<'a> {
    /// What the log says to a claim.
    pub fn answer(&self, that: &Asserted) -> Verdict {
        match that {
            Asserted::SelfScored { leaf, points, before } => self.self_scored(leaf, *points, *before),
            Asserted::EvidenceAttached { leaf, address, digest_commitment, before } => {
                self.evidence_attached(leaf, *address, *digest_commitment, *before)
            }
            Asserted::AdjustedWithoutReason { leaf, from, to } => self.without_reason(leaf, *from, *to),
            Asserted::AdjustedAfterDeadline { leaf } => self.after_deadline(leaf),
            Asserted::AdjustedByInterested { leaf, unit } => {
                self.by_interested(leaf, unit.as_ref().unwrap_or(&self.appeal.unit))
            }
            Asserted::PublishedDiffers { leaf, publication } => self.published_differs(leaf, *publication),
            Asserted::BatchOmitted { batch } => self.batch_omitted(batch),
            Asserted::Judgement {} => without_events(Found::NeedsJudgement),
        }
    }

    fn steps(&self) -> impl DoubleEndedIterator<Item = &'a Step<'a>> {
        self.trail.steps.iter()
    }

    /// The unit's entries at a leaf, with the points that each claims.
    fn entries(&self, leaf: &Code) -> Vec<(&'a Read, Decimal)> {
        let entry = |step: &'a Step<'a>| match &step.read.event.fact {
            Fact::SelfScored(f) if f.leaf == *leaf => Some((step.read, f.claimed)),
            _ => None,
        };
        self.steps().filter_map(entry).collect()
    }

    fn self_scored(&self, leaf: &Code, points: Decimal, before: Option<Instant>) -> Verdict {
        let entries = self.entries(leaf);
        let said = |(_, claimed): &&(&Read, Decimal)| *claimed == points;
        let timely = |(read, _): &&(&Read, Decimal)| in_time(read, before);
        if let Some((filed, _)) = entries.iter().filter(timely).rfind(said) {
            return verdict(Found::BorneOut, std::iter::once(*filed).chain(self.what_became_of(filed, &entries)));
        }
        let late = entries.iter().find(said);
        let other = entries.iter().rfind(timely);
        match late.or(other) {
            Some((read, _)) => verdict(Found::Contradicted, [*read]),
            None => without_events(Found::NotOnRecord),
        }
    }

    /// The entry that took an entry's place, or else the signing of the sheet with it.
    fn what_became_of(&self, entry: &Read, entries: &[(&'a Read, Decimal)]) -> Option<&'a Read> {
        let position = |read: &Read| read.event.envelope.position;
        let next = entries.iter().map(|(read, _)| *read).find(|read| position(read) > position(entry));
        let signing =
            |read: &&'a Read| position(read) > position(entry) && matches!(read.event.fact, Fact::SheetSubmitted(_));
        next.or_else(|| self.steps().map(|step| step.read).find(signing))
    }

    fn evidence_attached(
        &self,
        leaf: &Code,
        address: Hash,
        commitment: Option<Hash>,
        before: Option<Instant>,
    ) -> Verdict {
        let holds = |read: &Read, exactly: bool| {
            let same = |e: &Evidence| !exactly || commitment.is_none_or(|c| c == e.digest_commitment);
            files_of(&read.event, leaf).iter().any(|e| e.address == address && same(e))
        };
        let attached: Vec<&Read> = self.steps().map(|step| step.read).filter(|read| holds(read, false)).collect();
        let exact = || attached.iter().copied().filter(|read| holds(read, true));
        if let Some(first) = exact().find(|read| in_time(read, before)) {
            return verdict(Found::BorneOut, [first]);
        }
        match exact().next().or(attached.first().copied()) {
            Some(read) => verdict(Found::Contradicted, [read]),
            None => without_events(Found::NotOnRecord),
        }
    }

    /// What the appraisal did at a leaf.
    fn appraisals(&self, leaf: &Code) -> Vec<&'a Step<'a>> {
        self.steps().filter(|step| appraised(&step.read.event.fact) == Some(leaf)).collect()
    }

    fn without_reason(&self, leaf: &Code, from: Decimal, to: Decimal) -> Verdict {
        let claims = &self.trail.round.book.claims;
        let stated = |points: &Exact| rule::agrees(claims, points, from);
        let acts = self.appraisals(leaf);
        let meant = |step: &&&Step| {
            let set = matches!(&step.read.event.fact, Fact::ScoreAdjusted(f) if f.act.points == to);
            set && step.before.as_ref().is_some_and(stated)
        };
        let meant: Vec<&Step> = acts.iter().filter(meant).copied().collect();
        let bare =
            |step: &&&Step| matches!(&step.read.event.fact, Fact::ScoreAdjusted(f) if !gives_a_reason(&f.act.reason));
        let reads = |steps: &[&'a Step<'a>]| steps.iter().rev().map(|step| step.read).collect::<Vec<_>>();
        let bare: Vec<&Step> = meant.iter().filter(bare).copied().collect();
        match (bare.is_empty(), meant.is_empty(), acts.is_empty()) {
            (false, ..) => verdict(Found::BorneOut, reads(&bare)),
            (true, false, _) => verdict(Found::Contradicted, reads(&meant)),
            (true, true, false) => verdict(Found::Contradicted, reads(&acts)),
            (true, true, true) => without_events(Found::NotOnRecord),
        }
    }

    fn after_deadline(&self, leaf: &Code) -> Verdict {
        let acts = self.appraisals(leaf);
        let late = |step: &&&Step| step.deadline.is_some_and(|(until, _)| step.read.event.envelope.at >= until);
        let late: Vec<&Step> = acts.iter().filter(late).copied().collect();
        let (found, decide) = if late.is_empty() { (Found::Contradicted, acts) } else { (Found::BorneOut, late) };
        if decide.is_empty() {
            return without_events(Found::NotOnRecord);
        }
        let with_deadline = |step: &&'a Step<'a>| {
            let set = step.deadline.and_then(|(_, set)| set);
            std::iter::once(step.read).chain(set)
        };
        verdict(found, decide.iter().rev().flat_map(with_deadline))
    }

    fn by_interested(&self, leaf: &Code, unit: &UnitId) -> Verdict {
        let acts = self.appraisals(leaf);
        if acts.is_empty() {
            return without_events(Found::NotOnRecord);
        }
        let mut decide: Vec<&Read> = Vec::new();
        for step in acts.iter().rev() {
            let granted = self.grants_in(unit, &step.read.event);
            if self.marked(unit, &step.read.event) || !granted.is_empty() {
                decide.push(step.read);
                decide.extend(granted);
            }
        }
        match decide.is_empty() {
            true => verdict(Found::Contradicted, acts.iter().rev().map(|step| step.read)),
            false => verdict(Found::BorneOut, decide),
        }
    }

    /// Whether an event says by itself that its actor belongs to a unit: he acted in it, or it is marked so.
    fn marked(&self, unit: &UnitId, event: &Event) -> bool {
        let own = match &event.fact {
            Fact::ScoreConfirmed(f) => f.own_unit,
            Fact::ScoreAdjusted(f) => f.own_unit,
            Fact::ExemptionAccepted(f) | Fact::ExemptionRefused(f) => f.own_unit,
            _ => false,
        };
        event.envelope.actor.unit.as_ref() == Some(unit) || (own && *unit == self.appeal.unit)
    }

    /// The grants by which an event's actor belonged to a unit when he acted.
    fn grants_in(&self, unit: &UnitId, event: &Event) -> Vec<&'a Read> {
        let stream = Stream::Grants(event.envelope.actor.id.clone());
        let before = self.past.events().take_while(|read| read.event.envelope.position < event.envelope.position);
        let mut held: Vec<(Grant, &Read)> = Vec::new();
        for read in before.filter(|read| read.event.envelope.stream == stream) {
            let mut set = |grant: &GrantId, state| {
                held.iter_mut().filter(|(g, _)| g.grant.grant == *grant).for_each(|(g, _)| g.state = state);
            };
            match &read.event.fact {
                Fact::CapacityGranted(f) => {
                    held.push((Grant::made(&read.event, f), read));
                }
                Fact::GrantConfirmed(f) => set(&f.grant, GrantState::Active),
                Fact::CapacityRevoked(f) => set(&f.grant, GrantState::Revoked),
                _ => {}
            }
        }
        let holds =
            |(grant, _): &&(Grant, &Read)| grant.grant.unit.as_ref() == Some(unit) && grant.holds(event.envelope.at);
        held.iter().filter(holds).map(|(_, read)| *read).collect()
    }

    fn published_differs(&self, leaf: &Code, publication: Option<u32>) -> Verdict {
        let nothing = || without_events(Found::NotOnRecord);
        let Some(published) = self.trail.published(publication) else { return nothing() };
        let round = &self.trail.round;
        let Some((place, _)) = round.units[0].tree.leaf(leaf) else { return nothing() };
        let (sheet, score) = (&published.sheet, &published.sheet.scores[place]);
        let Some(appraised) = [Stage::Second, Stage::First].iter().find_map(|stage| score.stage(*stage)) else {
            return nothing();
        };
        let counts = sheet.final_stage(score, round.policy());
        let same = !exempt(score) && sheet.final_points(score, round.policy()).as_ref() == Some(&appraised.points);
        let stages = [Some(appraised), counts].into_iter().flatten();
        let set = stages.filter_map(|stage| self.trail.of_version(stage.event));
        let exempted = || {
            let of = |step: &&Step| matches!(&step.read.event.fact, Fact::ExemptionAccepted(f) if f.act.leaf == *leaf);
            self.steps().filter(of).map(|step| step.read).next_back()
        };
        let exempted = if exempt(score) { exempted() } else { None };
        let found = if same { Found::Contradicted } else { Found::BorneOut };
        verdict(found, std::iter::once(published.read).chain(exempted).chain(set))
    }

    fn batch_omitted(&self, batch: &BatchId) -> Verdict {
        let Some(published) = self.trail.published(None) else { return without_events(Found::NotOnRecord) };
        let last = |of: &dyn Fn(&Fact) -> bool| {
            let mut reads = self.steps().map(|step| step.read);
            reads.rfind(|read| of(&read.event.fact))
        };
        let recorded = last(&|fact| matches!(fact, Fact::BatchRecorded(f) if f.batch == *batch));
        let Some(recorded) = recorded else { return without_events(Found::NotOnRecord) };
        let until = published.read.event.envelope.position;
        let merged = self
            .steps()
            .map(|step| step.read)
            .rfind(|read| read.event.envelope.position < until && matches!(read.event.fact, Fact::SurveyMerged(_)));
        let gone = match published.batches.get(batch).map(|b| &b.state) {
            // It was recorded when the survey was published already: there was nothing to leave out.
            None => Some(published.read),
            Some(BatchState::Voided) => last(&|fact| matches!(fact, Fact::BatchVoided(f) if f.batch == *batch)),
            Some(BatchState::Replaced(by)) => last(&|fact| matches!(fact, Fact::BatchRecorded(f) if f.batch == *by)),
            Some(BatchState::Stands) => None,
        };
        match gone {
            Some(gone) => verdict(Found::Contradicted, [recorded, gone]),
            None if published.merged.contains(batch) => {
                verdict(Found::Contradicted, std::iter::once(recorded).chain(merged))
            }
            None => verdict(Found::BorneOut, [recorded].into_iter().chain(merged).chain([published.read])),
        }
    }
}

/// The files that an event attaches to a leaf.
fn files_of<'e>(event: &'e Event, leaf: &Code) -> &'e [Evidence] {
    match &event.fact {
        Fact::SelfScored(f) if f.leaf == *leaf => &f.evidence,
        Fact::FlagExplained(f) if f.leaf == *leaf => &f.evidence,
        _ => &[],
    }
}

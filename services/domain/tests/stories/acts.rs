//! What people ask for, one function for each act, with what a story does not vary filled in.
//! A revision, version or digest that is not given is the one that stands; `harness` fills it in, never this file.

use proto::Act;
use proto::act::appeal::{AnswerAppeal, CorrectScore, DecideAppeal, LodgeAppeal};
use proto::act::appraisal::{AdjustScore, Appraisal, ConfirmScore, FlagScore, JudgeExemption, SetExtra};
use proto::act::council::{
    CastVote, Manner, Matter, Outcome, ProposeDecision, RecordDecision, ScoreChange, SetCouncilScore, Vote,
};
use proto::act::documents::{EnterPart, SealDocument};
use proto::act::examination::{Asserted, Claim, ExamineAppeal};
use proto::act::grants::{BindCredential, ConfirmGrant, GrantCapacity, RevokeCapacity, UnbindCredential};
use proto::act::log::{ClockKind, CreateLog, Incompatible, Mode};
use proto::act::privacy::{AnswerCase, CaseOutcome, CloseCase, ConfirmErasure, OpenCase, OrderErasure, RequestKind};
use proto::act::publication::PublishResult;
use proto::act::round::{ClosePhase, CloseRound, ExtendDeadline, OpenRound, Phase};
use proto::act::sheet::{
    ClaimExemption, CloseSheet, Evidence, ExplainFlag, Figure, Inputs, ReopenSheet, ScoreSelf, SubmitSheet,
    WithdrawEvidence, WithdrawSheet,
};
use proto::act::survey::{
    CommitSeed, DrawSample, MergeSurvey, Method, PlanSample, PlannedSample, RecheckBatch, RecordBatch, Replaced,
    VoidBatch,
};
use proto::canon::Value;
use proto::document::DocKind;
use proto::{Capacity, Hash, ViaKind};

use super::fixture::{dec, doc_ref, id, moment, r22};

/// Stands for the revision, version or position that is the present one; the largest integer of canonical JSON.
pub const FRESH: u64 = (1 << 53) - 1;
/// Stands for the digest that is the present one.
pub const FRESH_DIGEST: Hash = Hash([0; 32]);
/// The reason that is given where a story asks for none.
pub const WHY: &str = "Biên bản số 12";

/// Genesis: two administrators, who may hold nothing else.
pub fn create_log() -> CreateLog {
    let others = Capacity::ALL.into_iter().filter(|c| c.is_grantable() && *c != Capacity::Administrator);
    CreateLog {
        mode: Mode::Training,
        clock: ClockKind::Scripted,
        administrators: vec![id("admin-a"), id("admin-b")],
        incompatible: vec![Incompatible { capacity: Capacity::Administrator, with: others.collect() }],
        continues: None,
    }
}

/// A grant from 1 October on, until it is revoked.
pub fn grant(actor: &str, grant: &str, capacity: Capacity, unit: &str) -> GrantCapacity {
    GrantCapacity {
        actor: id(actor),
        grant: id(grant),
        capacity,
        unit: (!unit.is_empty()).then(|| id(unit)),
        round: None,
        fields: Vec::new(),
        from: moment("10-01"),
        until: None,
        acting_for: None,
    }
}

pub fn confirm_grant(actor: &str, grant: &str) -> Act {
    Act::ConfirmGrant(ConfirmGrant { actor: id(actor), grant: id(grant) })
}

pub fn revoke(actor: &str, grant: &str) -> Act {
    Act::RevokeCapacity(RevokeCapacity { actor: id(actor), grant: id(grant), reason: WHY.to_owned() })
}

pub fn bind(actor: &str, credential: &str) -> Act {
    let commitment = Hash::digest(credential.as_bytes());
    Act::BindCredential(BindCredential {
        actor: id(actor),
        credential: id(credential),
        method: ViaKind::Token,
        commitment,
    })
}

pub fn unbind(actor: &str, credential: &str) -> Act {
    Act::UnbindCredential(UnbindCredential { actor: id(actor), credential: id(credential), reason: WHY.to_owned() })
}

pub fn part(document: DocKind, doc: &str, part: u32, content: &Value) -> Act {
    Act::EnterPart(EnterPart { document, id: id(doc), part, content: content.clone() })
}

pub fn seal(document: DocKind, doc: &str, parts: u32, whole: &Value) -> Act {
    let digest = super::fixture::digest_of(whole);
    Act::SealDocument(SealDocument { document, id: id(doc), parts, digest })
}

pub fn open(config: OpenRound) -> Act {
    Act::OpenRound(config)
}

pub fn close_phase(phase: Phase) -> Act {
    Act::ClosePhase(ClosePhase { round: r22(), phase })
}

/// Extends a deadline; for one unit, or for all if it is empty.
pub fn extend(phase: Phase, unit: &str, until: &str) -> Act {
    let unit = (!unit.is_empty()).then(|| id(unit));
    Act::ExtendDeadline(ExtendDeadline { round: r22(), phase, unit, until: moment(until), reason: WHY.to_owned() })
}

pub fn close_round() -> Act {
    Act::CloseRound(CloseRound { round: r22() })
}

/// The inputs of points at a leaf: the option that gives them where the leaf has options, otherwise none.
pub fn inputs(leaf: &str, points: &str) -> Inputs {
    let option = match (leaf, points) {
        ("1.2", "4") => Some("full"),
        ("1.2", "2.5") => Some("part"),
        ("1.2", _) => Some("none"),
        ("2.1.2", "2") => Some("yes"),
        ("2.1.2", _) => Some("no"),
        _ => None,
    };
    Inputs { option: option.map(id), ..Inputs::default() }
}

/// A declared figure.
pub fn figure(name: &str, value: &str) -> Figure {
    Figure { name: id(name), value: dec(value) }
}

/// A unit's own score, without a file but with an explanation.
pub fn score_self(unit: &str, leaf: &str, points: &str) -> ScoreSelf {
    ScoreSelf {
        round: r22(),
        unit: id(unit),
        leaf: id(leaf),
        revision: FRESH,
        inputs: inputs(leaf, points),
        claimed: dec(points),
        evidence: Vec::new(),
        explanation: "Kế hoạch số 5".to_owned(),
        from_paper: false,
    }
}

pub fn score(unit: &str, leaf: &str, points: &str) -> Act {
    Act::ScoreSelf(score_self(unit, leaf, points))
}

/// A file that has the form of one.
pub fn file(n: u8) -> Evidence {
    Evidence {
        address: Hash([n; 32]),
        size: 1_000,
        media_type: "application/pdf".to_owned(),
        page: "3".to_owned(),
        digest_commitment: Hash([1; 32]),
        name_commitment: Hash([2; 32]),
    }
}

/// Takes the file with this number back.
pub fn withdraw_file(unit: &str, leaf: &str, n: u8) -> Act {
    let (unit, leaf, address) = (id(unit), id(leaf), file(n).address);
    Act::WithdrawEvidence(WithdrawEvidence {
        round: r22(),
        unit,
        leaf,
        revision: FRESH,
        address,
        reason: WHY.to_owned(),
    })
}

pub fn claim(unit: &str, leaf: &str) -> Act {
    let (unit, leaf) = (id(unit), id(leaf));
    Act::ClaimExemption(ClaimExemption { round: r22(), unit, leaf, revision: FRESH, ground: WHY.to_owned() })
}

pub fn submit(unit: &str) -> Act {
    Act::SubmitSheet(SubmitSheet {
        round: r22(),
        unit: id(unit),
        version: FRESH,
        digest: FRESH_DIGEST,
        evidence: Vec::new(),
    })
}

pub fn withdraw(unit: &str) -> Act {
    Act::WithdrawSheet(WithdrawSheet { round: r22(), unit: id(unit), reason: WHY.to_owned() })
}

pub fn reopen(unit: &str, until: &str) -> Act {
    Act::ReopenSheet(ReopenSheet { round: r22(), unit: id(unit), until: moment(until), reason: WHY.to_owned() })
}

pub fn close_sheet(unit: &str) -> Act {
    Act::CloseSheet(CloseSheet { round: r22(), unit: id(unit) })
}

pub fn explain(unit: &str, leaf: &str) -> Act {
    let (unit, leaf, text) = (id(unit), id(leaf), "Báo cáo số 7".to_owned());
    Act::ExplainFlag(ExplainFlag { round: r22(), unit, leaf, revision: FRESH, text, evidence: Vec::new() })
}

/// Confirms in the first appraisal.
pub fn confirm(unit: &str, leaf: &str) -> Act {
    let (unit, leaf, appraisal) = (id(unit), id(leaf), Appraisal::First);
    Act::ConfirmScore(ConfirmScore { round: r22(), unit, leaf, revision: FRESH, appraisal })
}

/// Adjusts in the first appraisal.
pub fn adjust(unit: &str, leaf: &str, points: &str) -> Act {
    Act::AdjustScore(AdjustScore {
        round: r22(),
        unit: id(unit),
        leaf: id(leaf),
        revision: FRESH,
        appraisal: Appraisal::First,
        inputs: inputs(leaf, points),
        points: dec(points),
        reason: WHY.to_owned(),
    })
}

pub fn flag(unit: &str, leaf: &str) -> Act {
    let (unit, leaf) = (id(unit), id(leaf));
    Act::FlagScore(FlagScore { round: r22(), unit, leaf, revision: FRESH, reason: WHY.to_owned() })
}

fn judge(unit: &str, leaf: &str) -> JudgeExemption {
    JudgeExemption { round: r22(), unit: id(unit), leaf: id(leaf), revision: FRESH, reason: WHY.to_owned() }
}

pub fn accept(unit: &str, leaf: &str) -> Act {
    Act::AcceptExemption(judge(unit, leaf))
}

pub fn refuse(unit: &str, leaf: &str) -> Act {
    Act::RefuseExemption(judge(unit, leaf))
}

pub fn extra(unit: &str, code: &str, points: &str) -> SetExtra {
    let (unit, code, points) = (id(unit), id(code), dec(points));
    SetExtra { round: r22(), unit, code, revision: FRESH, points, reason: WHY.to_owned() }
}

pub fn bonus(unit: &str, points: &str) -> Act {
    Act::AwardBonus(extra(unit, "plus", points))
}

pub fn penalty(unit: &str, points: &str) -> Act {
    Act::ImposePenalty(extra(unit, "minus", points))
}

/// A batch of citizens' answers on paper.
pub fn batch(batch: &str, doc: &str, tally: &Value) -> RecordBatch {
    RecordBatch {
        round: r22(),
        batch: id(batch),
        tally: doc_ref(doc, tally),
        groups: vec![id("citizens"), id("firms")],
        method: Method::Paper,
        respondents: 100,
        ballots: None,
        replaces: None,
    }
}

/// Samples planned by unit and group: a population, or a number of respondents.
pub fn plan(rows: &[(&str, &str, Option<u32>, Option<u32>)]) -> Act {
    let row = |(unit, group, population, respondents): &(&str, &str, Option<u32>, Option<u32>)| PlannedSample {
        unit: id(unit),
        group: id(group),
        population: *population,
        respondents: *respondents,
    };
    Act::PlanSample(PlanSample { round: r22(), rows: rows.iter().map(row).collect() })
}

/// A seed.
pub fn seed(n: u8) -> Hash {
    Hash([n; 32])
}

/// Commits to a seed.
pub fn commit_seed(sample: &str, n: u8) -> Act {
    let commitment = proto::sample::commitment(&seed(n));
    Act::CommitSeed(CommitSeed { round: r22(), sample: id(sample), commitment })
}

/// Draws so many ballots of a batch.
pub fn draw_sample(sample: &str, batch: &str, n: u8, count: u32) -> Act {
    Act::DrawSample(DrawSample {
        round: r22(),
        sample: id(sample),
        batch: id(batch),
        seed: seed(n),
        count: Some(count),
        share: None,
    })
}

pub fn void(batch: &str) -> Act {
    Act::VoidBatch(VoidBatch { round: r22(), batch: id(batch), reason: "Forms filled in by the surveyors".to_owned() })
}

/// The batch in the place of another.
pub fn in_place_of(old: &str, batch: RecordBatch) -> Act {
    let replaces = Some(Replaced { batch: id(old), reason: "Counted wrongly".to_owned() });
    Act::RecordBatch(RecordBatch { replaces, ..batch })
}

/// Respondents of a batch are asked again.
pub fn recheck(batch: &str, doc: &str, tally: &Value) -> Act {
    Act::RecheckBatch(RecheckBatch {
        round: r22(),
        batch: id(batch),
        tally: doc_ref(doc, tally),
        method: Method::Interview,
        respondents: 10,
        reason: "One in ten is asked again".to_owned(),
    })
}

pub fn merge(batches: &[&str]) -> Act {
    Act::MergeSurvey(MergeSurvey { round: r22(), batches: batches.iter().map(|b| id(b)).collect() })
}

/// Points to set by decision.
pub fn change(unit: &str, leaf: &str, points: &str) -> ScoreChange {
    let reason = WHY.to_owned();
    ScoreChange { unit: id(unit), leaf: id(leaf), inputs: inputs(leaf, points), points: dec(points), reason }
}

pub fn propose(decision: &str, matter: Matter) -> Act {
    Act::ProposeDecision(ProposeDecision { round: r22(), decision: id(decision), matter })
}

/// The result as a whole is put to the vote.
pub fn propose_result(decision: &str) -> Act {
    propose(decision, Matter::Result { digest: FRESH_DIGEST })
}

/// Points of single leaves are put to the vote.
pub fn propose_scores(decision: &str, changes: &[ScoreChange]) -> Act {
    propose(decision, Matter::Scores { changes: changes.to_vec() })
}

/// An appeal is put to the vote: upheld if there are changes.
pub fn propose_appeal(decision: &str, number: u32, changes: &[ScoreChange]) -> Act {
    let outcome = if changes.is_empty() { Outcome::Dismissed } else { Outcome::Upheld };
    propose(decision, Matter::Appeal { number, outcome, changes: changes.to_vec(), reason: WHY.to_owned() })
}

pub fn vote(decision: &str, vote: Vote) -> Act {
    Act::CastVote(CastVote { round: r22(), decision: id(decision), vote, manner: Manner::Meeting })
}

pub fn record(decision: &str) -> Act {
    Act::RecordDecision(RecordDecision { round: r22(), decision: id(decision), minutes: WHY.to_owned() })
}

pub fn set_score(unit: &str, leaf: &str, decision: &str) -> Act {
    let (unit, leaf, decision) = (id(unit), id(leaf), id(decision));
    Act::SetCouncilScore(SetCouncilScore { round: r22(), unit, leaf, revision: FRESH, decision })
}

/// A publication by number, of the result as it stands; from the second on with a reason.
pub fn publish_as(publication: u32, decision: &str) -> PublishResult {
    let reason = if publication > 1 { WHY } else { "" }.to_owned();
    let (decision, digest) = (id(decision), FRESH_DIGEST);
    PublishResult { round: r22(), publication, decision, position: FRESH, digest, reason }
}

pub fn publish(publication: u32, decision: &str) -> Act {
    Act::PublishResult(publish_as(publication, decision))
}

pub fn lodge_appeal(number: u32, unit: &str, leaves: &[&str]) -> LodgeAppeal {
    let leaves = leaves.iter().map(|l| id(l)).collect();
    let (text, evidence, claims) = (WHY.to_owned(), Vec::new(), Vec::new());
    LodgeAppeal { round: r22(), number, unit: id(unit), leaves, text, evidence, claims }
}

/// An appeal of `c` about all of its leaves that claims this.
pub fn lodge_claiming(claims: &[Asserted]) -> Act {
    let claim = |that: &Asserted| Claim { that: that.clone(), text: WHY.to_owned() };
    Act::LodgeAppeal(LodgeAppeal { claims: claims.iter().map(claim).collect(), ..lodge_appeal(1, "c", &[]) })
}

/// What the log says to the appeal's claims is put on record.
pub fn examine(number: u32) -> Act {
    Act::ExamineAppeal(ExamineAppeal { round: r22(), number, position: FRESH, digest: FRESH_DIGEST })
}

pub fn lodge(number: u32, unit: &str, leaves: &[&str]) -> Act {
    Act::LodgeAppeal(lodge_appeal(number, unit, leaves))
}

pub fn answer(number: u32) -> Act {
    Act::AnswerAppeal(AnswerAppeal { round: r22(), number, text: WHY.to_owned() })
}

pub fn decide_appeal(number: u32, decision: &str) -> Act {
    Act::DecideAppeal(DecideAppeal { round: r22(), number, decision: id(decision) })
}

pub fn correct(unit: &str, leaf: &str, appeal: u32) -> Act {
    Act::CorrectScore(CorrectScore { round: r22(), unit: id(unit), leaf: id(leaf), revision: FRESH, appeal })
}

pub fn open_case(case: &str) -> Act {
    Act::OpenCase(OpenCase {
        case: id(case),
        request: RequestKind::Erasure,
        requester: Some(Hash([3; 32])),
        ground: "Luật 91/2025/QH15".to_owned(),
        received: id("2022-09-30"),
        within_days: 20,
    })
}

pub fn answer_case(case: &str) -> Act {
    Act::AnswerCase(AnswerCase { case: id(case), text: WHY.to_owned() })
}

/// The erasure of these files.
pub fn order_erasure(case: &str, files: &[u8]) -> Act {
    let files = files.iter().map(|n| Hash([*n; 32])).collect();
    Act::OrderErasure(OrderErasure {
        case: id(case),
        ground: WHY.to_owned(),
        files,
        ballots: Vec::new(),
        batches: Vec::new(),
    })
}

pub fn confirm_erasure(case: &str) -> Act {
    Act::ConfirmErasure(ConfirmErasure { case: id(case) })
}

pub fn close_case(case: &str) -> Act {
    Act::CloseCase(CloseCase { case: id(case), outcome: CaseOutcome::CarriedOut, text: WHY.to_owned() })
}

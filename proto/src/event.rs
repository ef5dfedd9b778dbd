//! Events: what happened. One command makes exactly one event, or a rejection (RULINGS 2).
//! An event's bytes are made once, when it is stamped, and copied ever after.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::EVENT_BYTES_MAX;
use crate::act::sheet::Evidence;
use crate::act::{
    appeal, appraisal, council, documents, examination, grants, log, privacy, publication, round, sheet, survey,
};
use crate::canon::{self, CanonError, WriteError};
use crate::envelope::{Actor, CommandRef, Envelope, Via, empty};
use crate::hash::Hash;
use crate::ids::{EventId, Origin};
use crate::instant::Instant;
use crate::kinds::kinds;
use crate::spelled::spelled;
use crate::stream::Stream;

kinds! {
    /// Every kind of event, with its data.
    Fact {
        /// The log began.
        LogCreated(log::CreateLog) = "log_created";
        /// Another key signs the log's checkpoints from now on.
        KeyNamed(log::NameKey) = "key_named";
        /// Where every stream ended was put on record.
        Anchored(log::Anchor) = "anchored";
        /// The log ended.
        LogClosed(log::CloseLog) = "log_closed";
        /// A capacity was granted.
        CapacityGranted(grants::CapacityGranted) = "capacity_granted";
        /// A grant was confirmed by a second administrator.
        GrantConfirmed(grants::ConfirmGrant) = "grant_confirmed";
        /// A capacity was taken back.
        CapacityRevoked(grants::RevokeCapacity) = "capacity_revoked";
        /// A credential was bound.
        CredentialBound(grants::BindCredential) = "credential_bound";
        /// A credential was ended.
        CredentialUnbound(grants::UnbindCredential) = "credential_unbound";
        /// A document's part was entered.
        PartEntered(documents::EnterPart) = "part_entered";
        /// A document was sealed.
        DocumentSealed(documents::SealDocument) = "document_sealed";
        /// A round was opened.
        RoundOpened(round::OpenRound) = "round_opened";
        /// A phase was closed.
        PhaseClosed(round::ClosePhase) = "phase_closed";
        /// A deadline was extended.
        DeadlineExtended(round::ExtendDeadline) = "deadline_extended";
        /// A unit scored itself.
        SelfScored(sheet::ScoreSelf) = "self_scored";
        /// A file was taken back from a score.
        EvidenceWithdrawn(sheet::WithdrawEvidence) = "evidence_withdrawn";
        /// An exemption was claimed.
        ExemptionClaimed(sheet::ClaimExemption) = "exemption_claimed";
        /// A sheet was signed and submitted.
        SheetSubmitted(sheet::SubmitSheet) = "sheet_submitted";
        /// A sheet was withdrawn.
        SheetWithdrawn(sheet::WithdrawSheet) = "sheet_withdrawn";
        /// A sheet was reopened.
        SheetReopened(sheet::ReopenSheet) = "sheet_reopened";
        /// A sheet was closed unsubmitted.
        SheetClosed(sheet::SheetClosed) = "sheet_closed";
        /// Points were confirmed.
        ScoreConfirmed(appraisal::Appraised<appraisal::ConfirmScore>) = "score_confirmed";
        /// Points were adjusted.
        ScoreAdjusted(appraisal::Appraised<appraisal::AdjustScore>) = "score_adjusted";
        /// A score was flagged.
        ScoreFlagged(appraisal::Appraised<appraisal::FlagScore>) = "score_flagged";
        /// A flag was explained.
        FlagExplained(sheet::ExplainFlag) = "flag_explained";
        /// An exemption was accepted.
        ExemptionAccepted(appraisal::Appraised<appraisal::JudgeExemption>) = "exemption_accepted";
        /// An exemption was refused.
        ExemptionRefused(appraisal::Appraised<appraisal::JudgeExemption>) = "exemption_refused";
        /// A bonus was awarded.
        BonusAwarded(appraisal::Appraised<appraisal::SetExtra>) = "bonus_awarded";
        /// A penalty was imposed.
        PenaltyImposed(appraisal::Appraised<appraisal::SetExtra>) = "penalty_imposed";
        /// Samples were planned.
        SamplePlanned(survey::PlanSample) = "sample_planned";
        /// The seed of a sample was committed to.
        SeedCommitted(survey::CommitSeed) = "seed_committed";
        /// A survey batch was recorded.
        BatchRecorded(survey::RecordBatch) = "batch_recorded";
        /// A survey batch was voided.
        BatchVoided(survey::VoidBatch) = "batch_voided";
        /// Respondents of a survey batch were asked again.
        BatchRechecked(survey::RecheckBatch) = "batch_rechecked";
        /// Who of a batch is to be asked again was drawn.
        SampleDrawn(survey::SampleDrawn) = "sample_drawn";
        /// The survey was merged.
        SurveyMerged(survey::MergeSurvey) = "survey_merged";
        /// A matter was put to the vote.
        DecisionProposed(council::ProposeDecision) = "decision_proposed";
        /// A vote was cast.
        VoteCast(council::VoteCast) = "vote_cast";
        /// A decision was recorded.
        DecisionRecorded(council::DecisionRecorded) = "decision_recorded";
        /// The council's points were set.
        CouncilScored(council::CouncilScored) = "council_scored";
        /// The result was published.
        ResultPublished(publication::PublishResult) = "result_published";
        /// An appeal was lodged.
        AppealLodged(appeal::LodgeAppeal) = "appeal_lodged";
        /// What the log says to an appeal's claims was put on record.
        AppealExamined(examination::AppealExamined) = "appeal_examined";
        /// An appeal was answered.
        AppealAnswered(appeal::AnswerAppeal) = "appeal_answered";
        /// An appeal was decided.
        AppealDecided(appeal::AppealDecided) = "appeal_decided";
        /// A leaf was corrected.
        ScoreCorrected(appeal::ScoreCorrected) = "score_corrected";
        /// The round ended.
        RoundClosed(round::CloseRound) = "round_closed";
        /// A case about personal data was opened.
        CaseOpened(privacy::OpenCase) = "case_opened";
        /// Whoever asked was answered.
        CaseAnswered(privacy::AnswerCase) = "case_answered";
        /// An erasure was ordered.
        ErasureOrdered(privacy::OrderErasure) = "erasure_ordered";
        /// An erasure was confirmed by a second person.
        ErasureConfirmed(privacy::ConfirmErasure) = "erasure_confirmed";
        /// A case ended.
        CaseClosed(privacy::CloseCase) = "case_closed";
    }
}

/// The version of every kind's schema so far (RULINGS 6).
pub const SCHEMA_V: u32 = 1;

/// An event read from its body.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Who, when, where in the log.
    pub envelope: Envelope,
    /// What happened.
    pub fact: Fact,
}

/// Why an event has no body.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// Its data has no canonical form.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// It would be larger than an entry of the tree may be.
    #[error("the event would have {0} bytes, the limit is {EVENT_BYTES_MAX}")]
    TooLarge(usize),
}

/// Why bytes are no event.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// More bytes than an entry of the tree may have.
    #[error("{0} bytes, the limit is {EVENT_BYTES_MAX}")]
    TooLarge(usize),
    /// Not canonical JSON.
    #[error("not canonical JSON: {0}")]
    Canon(#[from] CanonError),
    /// Not an envelope, or not the data of its kind. What the reader says may repeat what the body says.
    #[error("not an event: {}", spelled(.0.to_string().as_bytes()))]
    Shape(#[from] serde_json::Error),
    /// A kind that this version does not know.
    #[error("unknown kind \"{kind}\" of v {v}")]
    Kind {
        /// The first 60 characters of the kind, spelled in ASCII.
        kind: String,
        /// Its schema's version.
        v: u32,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    actor: Actor,
    at: Instant,
    #[serde(with = "empty")]
    cause: Option<EventId>,
    command: CommandRef,
    #[serde(borrow)]
    data: &'a RawValue,
    id: EventId,
    kind: String,
    log: Origin,
    position: u64,
    #[serde(with = "empty")]
    prev: Option<Hash>,
    stream: Stream,
    #[serde(with = "empty")]
    stream_prev: Option<Hash>,
    v: u32,
    version: u64,
    via: Via,
}

impl Fact {
    /// The evidence that it attaches. `verify.py` takes the member `evidence` of any kind: one that were forgotten here
    /// would make the two disagree.
    #[must_use]
    pub fn evidence(&self) -> &[Evidence] {
        match self {
            Self::SelfScored(f) => &f.evidence,
            Self::FlagExplained(f) => &f.evidence,
            Self::SheetSubmitted(f) => &f.evidence,
            Self::AppealLodged(f) => &f.evidence,
            _ => &[],
        }
    }

    /// Every stored file that it refers to: evidence, and the file of a survey batch.
    pub fn files(&self) -> impl Iterator<Item = &Evidence> {
        let batch = match self {
            Self::BatchRecorded(f) => f.ballots.as_ref(),
            _ => None,
        };
        self.evidence().iter().chain(batch.map(|ballots| &ballots.file))
    }
}

impl Event {
    /// The event's body: canonical JSON of envelope and data. Made once; from then on copied.
    ///
    /// # Errors
    /// [`EncodeError`] when the data has no canonical form or the body would be too large.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        let e = &self.envelope;
        let data = self.fact.data()?;
        let mut out = Vec::with_capacity(data.len() + 640);
        let mut put = |text: &str| out.extend_from_slice(text.as_bytes());
        put("{\"actor\":{\"capacity\":\"");
        put(e.actor.capacity.as_str());
        put("\",\"id\":\"");
        put(e.actor.id.as_str());
        put("\",\"unit\":\"");
        put(e.actor.unit.as_ref().map_or("", |u| u.as_str()));
        put("\"},\"at\":\"");
        put(&e.at.to_string());
        put("\",\"cause\":\"");
        put(e.cause.as_ref().map_or("", |c| c.as_str()));
        put("\",\"command\":{\"digest\":\"");
        put_hex(&mut out, Some(&e.command.digest));
        let mut put = |text: &str| out.extend_from_slice(text.as_bytes());
        put("\",\"id\":\"");
        put(e.command.id.as_str());
        put("\"},\"data\":");
        out.extend_from_slice(&data);
        let mut put = |text: &str| out.extend_from_slice(text.as_bytes());
        put(",\"id\":\"");
        put(e.id.as_str());
        put("\",\"kind\":\"");
        put(self.fact.kind());
        put("\",\"log\":\"");
        put(e.log.as_str());
        put("\",\"position\":");
        put(&e.position.to_string());
        put(",\"prev\":\"");
        put_hex(&mut out, e.prev.as_ref());
        let mut put = |text: &str| out.extend_from_slice(text.as_bytes());
        put("\",\"stream\":\"");
        put(&e.stream.to_string());
        put("\",\"stream_prev\":\"");
        put_hex(&mut out, e.stream_prev.as_ref());
        let mut put = |text: &str| out.extend_from_slice(text.as_bytes());
        put("\",\"v\":");
        put(&SCHEMA_V.to_string());
        put(",\"version\":");
        put(&e.version.to_string());
        put(",\"via\":{\"credential\":\"");
        put(e.via.credential.as_ref().map_or("", |c| c.as_str()));
        put("\",\"kind\":\"");
        put(e.via.kind.as_str());
        put("\"}}");
        if out.len() > EVENT_BYTES_MAX {
            return Err(EncodeError::TooLarge(out.len()));
        }
        Ok(out)
    }

    /// Reads a body whole: canonical form, envelope, data.
    ///
    /// # Errors
    /// [`DecodeError`] with what is wrong.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        if body.len() > EVENT_BYTES_MAX {
            return Err(DecodeError::TooLarge(body.len()));
        }
        canon::check(body)?;
        let w: Wire = serde_json::from_slice(body)?;
        let unknown = || {
            let kind: String = w.kind.chars().take(60).collect();
            DecodeError::Kind { kind: spelled(kind.as_bytes()), v: w.v }
        };
        if w.v != SCHEMA_V {
            return Err(unknown());
        }
        let fact = Fact::parse(&w.kind, w.data.get()).ok_or_else(unknown)??;
        let envelope = Envelope {
            actor: w.actor,
            at: w.at,
            cause: w.cause,
            command: w.command,
            id: w.id,
            log: w.log,
            position: w.position,
            prev: w.prev,
            stream: w.stream,
            stream_prev: w.stream_prev,
            version: w.version,
            via: w.via,
        };
        Ok(Self { envelope, fact })
    }
}

fn put_hex(out: &mut Vec<u8>, hash: Option<&Hash>) {
    if let Some(hash) = hash {
        out.extend_from_slice(&hash.hex());
    }
}

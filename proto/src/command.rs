//! Commands: what a client asks for. A command carries no actor; the ledger stamps him (RULINGS 3).
//! Parsing is the door: it normalises strings to NFC, fixes the digest, and refuses what has no canonical form.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::act::sheet::Evidence;
use crate::act::{
    appeal, appraisal, council, documents, examination, grants, log, privacy, publication, round, sheet, survey,
};
use crate::canon::{Value, to_vec};
use crate::envelope::Capacity;
use crate::hash::Hash;
use crate::ids::{CommandId, UnitId};
use crate::kinds::kinds;
use crate::rejection::Rejection;

/// The most bytes of one command: what fits an event together with its envelope.
pub const COMMAND_BYTES_MAX: usize = 64_000;

kinds! {
    /// Every kind of command, with its data.
    Act {
        /// Begins the log.
        CreateLog(log::CreateLog) = "create_log";
        /// Says which key signs the log's checkpoints from now on.
        NameKey(log::NameKey) = "name_key";
        /// Puts on record where every stream ends.
        Anchor(log::Anchor) = "anchor";
        /// Ends the log.
        CloseLog(log::CloseLog) = "close_log";
        /// Grants a capacity.
        GrantCapacity(grants::GrantCapacity) = "grant_capacity";
        /// Confirms a grant as the second administrator.
        ConfirmGrant(grants::ConfirmGrant) = "confirm_grant";
        /// Takes a capacity back.
        RevokeCapacity(grants::RevokeCapacity) = "revoke_capacity";
        /// Binds a credential.
        BindCredential(grants::BindCredential) = "bind_credential";
        /// Ends a credential.
        UnbindCredential(grants::UnbindCredential) = "unbind_credential";
        /// Enters a document's next part.
        EnterPart(documents::EnterPart) = "enter_part";
        /// Seals a document.
        SealDocument(documents::SealDocument) = "seal_document";
        /// Opens a round.
        OpenRound(round::OpenRound) = "open_round";
        /// Closes a phase.
        ClosePhase(round::ClosePhase) = "close_phase";
        /// Extends a deadline.
        ExtendDeadline(round::ExtendDeadline) = "extend_deadline";
        /// Scores oneself.
        ScoreSelf(sheet::ScoreSelf) = "score_self";
        /// Takes a file back from a score.
        WithdrawEvidence(sheet::WithdrawEvidence) = "withdraw_evidence";
        /// Claims an exemption.
        ClaimExemption(sheet::ClaimExemption) = "claim_exemption";
        /// Signs and submits.
        SubmitSheet(sheet::SubmitSheet) = "submit_sheet";
        /// Withdraws before the deadline.
        WithdrawSheet(sheet::WithdrawSheet) = "withdraw_sheet";
        /// Reopens after the deadline.
        ReopenSheet(sheet::ReopenSheet) = "reopen_sheet";
        /// Closes a sheet that was not submitted.
        CloseSheet(sheet::CloseSheet) = "close_sheet";
        /// Confirms points.
        ConfirmScore(appraisal::ConfirmScore) = "confirm_score";
        /// Adjusts points.
        AdjustScore(appraisal::AdjustScore) = "adjust_score";
        /// Flags for explanation.
        FlagScore(appraisal::FlagScore) = "flag_score";
        /// Explains a flag.
        ExplainFlag(sheet::ExplainFlag) = "explain_flag";
        /// Accepts an exemption.
        AcceptExemption(appraisal::JudgeExemption) = "accept_exemption";
        /// Refuses an exemption.
        RefuseExemption(appraisal::JudgeExemption) = "refuse_exemption";
        /// Awards a bonus.
        AwardBonus(appraisal::SetExtra) = "award_bonus";
        /// Imposes a penalty.
        ImposePenalty(appraisal::SetExtra) = "impose_penalty";
        /// Plans samples.
        PlanSample(survey::PlanSample) = "plan_sample";
        /// Commits to the seed of a sample.
        CommitSeed(survey::CommitSeed) = "commit_seed";
        /// Records a survey batch.
        RecordBatch(survey::RecordBatch) = "record_batch";
        /// Voids a survey batch.
        VoidBatch(survey::VoidBatch) = "void_batch";
        /// Records that respondents of a batch were asked again.
        RecheckBatch(survey::RecheckBatch) = "recheck_batch";
        /// Draws who of a batch is to be asked again.
        DrawSample(survey::DrawSample) = "draw_sample";
        /// Merges the survey.
        MergeSurvey(survey::MergeSurvey) = "merge_survey";
        /// Puts a matter to the vote.
        ProposeDecision(council::ProposeDecision) = "propose_decision";
        /// Votes.
        CastVote(council::CastVote) = "cast_vote";
        /// Records the council's decision.
        RecordDecision(council::RecordDecision) = "record_decision";
        /// Carries out a decision at a leaf.
        SetCouncilScore(council::SetCouncilScore) = "set_council_score";
        /// Publishes the result.
        PublishResult(publication::PublishResult) = "publish_result";
        /// Appeals.
        LodgeAppeal(appeal::LodgeAppeal) = "lodge_appeal";
        /// Puts on record what the log says to an appeal's claims.
        ExamineAppeal(examination::ExamineAppeal) = "examine_appeal";
        /// Answers an appeal.
        AnswerAppeal(appeal::AnswerAppeal) = "answer_appeal";
        /// Decides an appeal.
        DecideAppeal(appeal::DecideAppeal) = "decide_appeal";
        /// Corrects a leaf after an appeal.
        CorrectScore(appeal::CorrectScore) = "correct_score";
        /// Ends the round.
        CloseRound(round::CloseRound) = "close_round";
        /// Opens a case about personal data.
        OpenCase(privacy::OpenCase) = "open_case";
        /// Answers whoever asked.
        AnswerCase(privacy::AnswerCase) = "answer_case";
        /// Orders an erasure.
        OrderErasure(privacy::OrderErasure) = "order_erasure";
        /// Confirms an erasure as the second person.
        ConfirmErasure(privacy::ConfirmErasure) = "confirm_erasure";
        /// Ends a case.
        CloseCase(privacy::CloseCase) = "close_case";
    }
}

impl Act {
    /// The stored files that it refers to, and the unit whose files they must be; a survey batch's file is no unit's.
    #[must_use]
    pub fn files(&self) -> (Option<&UnitId>, &[Evidence]) {
        match self {
            Self::ScoreSelf(a) => (Some(&a.unit), &a.evidence),
            Self::ExplainFlag(a) => (Some(&a.unit), &a.evidence),
            Self::LodgeAppeal(a) => (Some(&a.unit), &a.evidence),
            Self::SubmitSheet(a) => (Some(&a.unit), &a.evidence),
            Self::RecordBatch(a) => {
                (None, a.ballots.as_ref().map_or(&[], |ballots| std::slice::from_ref(&ballots.file)))
            }
            _ => (None, &[]),
        }
    }
}

/// The capacity, and where it needs one the unit, that a sender acts in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acting {
    /// The capacity.
    pub capacity: Capacity,
    /// The unit; absent where the capacity is held in none.
    pub unit: Option<UnitId>,
}

/// A command as it came through the door.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// The client's id: sent twice, it is one event and the same answer.
    pub id: CommandId,
    /// In which capacity the sender acts.
    pub acting: Acting,
    /// What he asks for.
    pub act: Act,
    /// SHA-256 of the canonical command.
    pub digest: Hash,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    id: CommandId,
    capacity: Capacity,
    #[serde(default)]
    unit: Option<UnitId>,
    kind: String,
    #[serde(borrow)]
    data: &'a RawValue,
}

impl Command {
    /// Takes a command in at the door.
    ///
    /// # Errors
    /// [`Rejection`] `command_too_large`, `not_json`, `wrong_shape` or `unknown_kind`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Rejection> {
        if bytes.len() > COMMAND_BYTES_MAX {
            return Err(Rejection::CommandTooLarge { bytes: bytes.len(), maximum: COMMAND_BYTES_MAX });
        }
        let value = Value::parse(bytes).map_err(|e| Rejection::NotJson { detail: e.to_string() })?;
        Self::from_value(value)
    }

    /// Takes in a command that was read as a value already.
    ///
    /// # Errors
    /// As [`Command::parse`].
    pub fn from_value(value: Value) -> Result<Self, Rejection> {
        let shape = |detail: String| Rejection::WrongShape { detail };
        let canonical = to_vec(&value.nfc()).map_err(|e| shape(e.to_string()))?;
        if canonical.len() > COMMAND_BYTES_MAX {
            return Err(Rejection::CommandTooLarge { bytes: canonical.len(), maximum: COMMAND_BYTES_MAX });
        }
        let wire: Wire = serde_json::from_slice(&canonical).map_err(|e| shape(e.to_string()))?;
        let act = Act::parse(&wire.kind, wire.data.get())
            .ok_or_else(|| Rejection::UnknownKind { kind: wire.kind.chars().take(60).collect() })?
            .map_err(|e| shape(format!("data of {}: {e}", wire.kind)))?;
        let acting = Acting { capacity: wire.capacity, unit: wire.unit };
        Ok(Self { id: wire.id, acting, act, digest: Hash::digest(&canonical) })
    }

    /// A command made in this process: the same form and digest as if it had come through the door.
    ///
    /// # Panics
    /// When the act holds what has no canonical form, which only a defect can bring about.
    #[must_use]
    pub fn new(id: CommandId, acting: Acting, act: Act) -> Self {
        let mut command = Self { id, acting, act, digest: Hash([0; 32]) };
        command.digest = Hash::digest(&command.to_canonical());
        command
    }

    /// The command in canonical form.
    ///
    /// # Panics
    /// As [`Command::new`].
    #[must_use]
    pub fn to_canonical(&self) -> Vec<u8> {
        let data = self.act.data().expect("an act's types have a canonical form");
        let data = RawValue::from_string(String::from_utf8(data).expect("canonical JSON is UTF-8"))
            .expect("canonical JSON is JSON");
        let mut out = format!("{{\"capacity\":\"{}\",\"data\":{},", self.acting.capacity.as_str(), data.get());
        out.push_str(&format!("\"id\":\"{}\",\"kind\":\"{}\"", self.id, self.act.kind()));
        if let Some(unit) = &self.acting.unit {
            out.push_str(&format!(",\"unit\":\"{unit}\""));
        }
        out.push('}');
        out.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::{Act, Command};

    const GOOD: &str = r#"{"id":"01840000-0000-7000-8000-000000000001","capacity":"chief","unit":"ldtbxh",
        "kind":"withdraw_sheet","data":{"round":"r","unit":"ldtbxh","reason":"Nhập thiếu"}}"#;

    #[test]
    fn a_command_has_one_digest_in_any_order_spacing_and_normal_form() {
        let a = Command::parse(GOOD.as_bytes()).expect("good");
        let b = Command::parse(GOOD.replace(",\"", " , \"").replace("ế", "e\u{302}\u{301}").as_bytes()).expect("good");
        assert_eq!(a.digest, b.digest);
        assert_eq!(a, Command::new(a.id.clone(), a.acting.clone(), a.act.clone()));
        assert!(matches!(a.act, Act::WithdrawSheet(_)));
    }

    #[test]
    fn every_fault_at_the_door_has_its_code() {
        let table = [
            (GOOD.replace("\"data\"", "data"), "not_json"),
            (GOOD.replace("withdraw_sheet", "burn_sheet"), "unknown_kind"),
            (GOOD.replace("\"reason\":", "\"why\":"), "wrong_shape"),
            (GOOD.replace("\"round\":\"r\"", "\"round\":7"), "wrong_shape"),
            (GOOD.replace("7000-8000", "4000-8000"), "wrong_shape"),
            (GOOD.replace("chief", "emperor"), "wrong_shape"),
            (GOOD.replace("\"unit\":\"ldtbxh\",\n", "\"unit\":\"ldtbxh\",\"actor\":\"me\","), "wrong_shape"),
            (GOOD.replace("\"round\":\"r\"", "\"round\":\"r\",\"round\":\"s\""), "not_json"),
            (GOOD[..40].to_owned(), "not_json"),
            ("[]".to_owned(), "wrong_shape"),
            (GOOD.replace("Nhập", &"N".repeat(64_001)), "command_too_large"),
        ];
        for (text, code) in table {
            assert_eq!(Command::parse(text.as_bytes()).expect_err(&text).code(), code, "{text}");
        }
    }

    #[test]
    fn a_part_that_is_nested_too_deeply_does_not_come_in() {
        let part = |brackets: usize| {
            let (open, close) = ("[".repeat(brackets), "]".repeat(brackets));
            let content = format!(r#"{{"document":"form","id":"f1","part":1,"content":{{"a":{open}0{close}}}}}"#);
            format!(
                r#"{{"id":"01840000-0000-7000-8000-000000000001","capacity":"secretariat","kind":"enter_part","data":{content}}}"#
            )
        };
        // The command, its data and the content are three; 29 more may stand around the number.
        assert!(Command::parse(part(29).as_bytes()).is_ok());
        for brackets in [30, 31, 100] {
            assert_eq!(Command::parse(part(brackets).as_bytes()).expect_err("too deep").code(), "wrong_shape");
        }
    }
}

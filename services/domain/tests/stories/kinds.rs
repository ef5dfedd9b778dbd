//! Which fact each act makes. It is written down here once more, so that the crate's own list is held against another.

/// Act and fact, in the order of `Act::KINDS`.
pub const KINDS: [(&str, &str); 44] = [
    ("create_log", "log_created"),
    ("name_key", "key_named"),
    ("anchor", "anchored"),
    ("close_log", "log_closed"),
    ("grant_capacity", "capacity_granted"),
    ("confirm_grant", "grant_confirmed"),
    ("revoke_capacity", "capacity_revoked"),
    ("bind_credential", "credential_bound"),
    ("unbind_credential", "credential_unbound"),
    ("enter_part", "part_entered"),
    ("seal_document", "document_sealed"),
    ("open_round", "round_opened"),
    ("close_phase", "phase_closed"),
    ("extend_deadline", "deadline_extended"),
    ("score_self", "self_scored"),
    ("claim_exemption", "exemption_claimed"),
    ("submit_sheet", "sheet_submitted"),
    ("withdraw_sheet", "sheet_withdrawn"),
    ("reopen_sheet", "sheet_reopened"),
    ("close_sheet", "sheet_closed"),
    ("confirm_score", "score_confirmed"),
    ("adjust_score", "score_adjusted"),
    ("flag_score", "score_flagged"),
    ("explain_flag", "flag_explained"),
    ("accept_exemption", "exemption_accepted"),
    ("refuse_exemption", "exemption_refused"),
    ("award_bonus", "bonus_awarded"),
    ("impose_penalty", "penalty_imposed"),
    ("plan_sample", "sample_planned"),
    ("record_batch", "batch_recorded"),
    ("void_batch", "batch_voided"),
    ("recheck_batch", "batch_rechecked"),
    ("merge_survey", "survey_merged"),
    ("propose_decision", "decision_proposed"),
    ("cast_vote", "vote_cast"),
    ("record_decision", "decision_recorded"),
    ("set_council_score", "council_scored"),
    ("publish_result", "result_published"),
    ("lodge_appeal", "appeal_lodged"),
    ("examine_appeal", "appeal_examined"),
    ("answer_appeal", "appeal_answered"),
    ("decide_appeal", "appeal_decided"),
    ("correct_score", "score_corrected"),
    ("close_round", "round_closed"),
];

/// The fact that an act makes.
pub fn fact_of(act: &str) -> &'static str {
    KINDS.iter().find(|(a, _)| *a == act).unwrap_or_else(|| panic!("no fact is known for {act}")).1
}

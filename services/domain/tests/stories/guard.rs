//! The guard: every act, every fact and every rejection of the rules has its story, by name.
//! A new kind or code, or a story that no longer says what it is listed for, breaks this file.

use std::collections::BTreeSet;

use proto::{Act, Fact, Rejection};

use super::kinds::KINDS;

/// Codes that the door or the ledger gives, not the rules; they are tested there.
const ELSEWHERE: [&str; 25] = [
    "not_json",
    "wrong_shape",
    "unknown_kind",
    "command_too_large",
    "event_too_large",
    "unauthenticated",
    "session_over",
    "scope_missing",
    "command_reused",
    "clock_behind",
    "not_written",
    "outcome_unknown",
    "lost_lead",
    "overloaded",
    "evidence_not_stored",
    "file_missing",
    "file_key_missing",
    "file_altered",
    "file_not_open",
    "file_refused",
    "file_name_differs",
    "file_name_bad",
    "file_too_large",
    "unit_full",
    "files_unusable",
];

/// The story of each fact, in the order of `Fact::KINDS`.
const FACTS: [(&str, &str); 52] = [
    ("log_created", "log::a_log_begins_with_the_operator_and_two_administrators"),
    ("key_named", "keys::a_key_takes_the_place_of_the_one_that_signs"),
    ("anchored", "anchors::an_anchor_says_where_every_stream_ends"),
    ("log_closed", "log::a_log_that_ended_takes_nothing_more"),
    ("capacity_granted", "log::the_two_administrators_hold_their_capacity_from_genesis_on"),
    ("grant_confirmed", "grants::administrator_and_inspector_take_two_people"),
    ("capacity_revoked", "grants::a_capacity_that_was_taken_back_is_gone"),
    ("credential_bound", "credential::a_credential_is_bound_to_one_actor"),
    ("credential_unbound", "credential::a_credential_that_was_ended_speaks_for_nobody"),
    ("part_entered", "documents::a_document_enters_in_parts_and_is_sealed_by_the_digest_of_the_whole"),
    ("document_sealed", "documents::a_document_enters_in_parts_and_is_sealed_by_the_digest_of_the_whole"),
    ("round_opened", "round::the_secretariat_opens_a_round"),
    ("phase_closed", "timer::only_the_timer_closes_a_phase_only_when_due_and_only_once"),
    ("deadline_extended", "deadline::a_deadline_that_is_extended_for_all_holds_for_all"),
    ("self_scored", "sheet::a_units_drafter_scores_a_leaf"),
    ("evidence_withdrawn", "withdrawal::a_file_is_taken_back_and_the_score_stays_as_it_was"),
    ("exemption_claimed", "exemption::a_unit_claims_that_a_leaf_does_not_apply_to_it"),
    ("sheet_submitted", "signing::the_chief_signs_and_submits_the_sheet"),
    ("sheet_withdrawn", "signing::the_chief_takes_a_sheet_back_before_the_deadline_and_says_why"),
    ("sheet_reopened", "signing::the_secretariat_reopens_a_locked_sheet_until_a_deadline_of_its_own"),
    ("sheet_closed", "signing::the_timer_closes_what_was_not_submitted_and_says_how_it_counts"),
    ("score_confirmed", "appraisal::the_second_appraisal_counts_over_the_first"),
    ("score_adjusted", "appraisal::the_second_appraisal_counts_over_the_first"),
    ("score_flagged", "appraisal::a_flag_stands_until_the_second_appraisal_and_is_raised_once"),
    ("flag_explained", "sheet::a_flag_is_explained_by_the_unit_and_settled_by_the_second_appraisal"),
    ("exemption_accepted", "exemption::an_accepted_exemption_takes_the_leaf_out_of_the_maximum"),
    ("exemption_refused", "exemption::a_refused_exemption_leaves_the_leaf_as_it_was"),
    ("bonus_awarded", "extras::a_bonus_or_penalty_that_is_set_again_takes_the_place_of_the_last_one"),
    ("penalty_imposed", "extras::a_bonus_or_penalty_that_is_set_again_takes_the_place_of_the_last_one"),
    ("sample_planned", "sampling::a_sample_follows_from_the_population_and_the_margin_of_error"),
    ("seed_committed", "resample::a_sample_follows_from_a_seed_that_stood_before_the_ballots"),
    ("batch_recorded", "survey::survey_staff_record_a_batch_by_its_sealed_tally"),
    ("batch_voided", "batch::a_voided_batch_takes_its_answers_out_until_the_survey_is_merged_anew"),
    ("batch_rechecked", "batch::respondents_are_asked_again_and_their_agreement_is_told"),
    ("sample_drawn", "resample::a_sample_follows_from_a_seed_that_stood_before_the_ballots"),
    ("survey_merged", "survey::survey_points_enter_when_the_batches_are_merged"),
    ("decision_proposed", "council::the_secretariat_puts_the_result_and_points_to_the_vote"),
    ("vote_cast", "appeal::the_council_decides_an_appeal_after_its_own_phase_is_over"),
    ("decision_recorded", "council::a_decision_carries_with_more_than_half_of_the_members"),
    ("council_scored", "council::points_that_were_decided_are_carried_out_leaf_by_leaf"),
    ("result_published", "publication::the_publisher_publishes_what_the_council_adopted"),
    ("appeal_lodged", "appeal::a_units_chief_appeals_against_the_published_result"),
    ("appeal_examined", "examination::what_the_log_says_to_the_claims_of_an_appeal_is_put_on_record"),
    ("appeal_answered", "appeal::an_appeal_is_answered_by_those_who_appraised_and_not_by_the_unit"),
    ("appeal_decided", "correction::an_appeal_is_decided_as_the_council_decided"),
    ("score_corrected", "correction::only_what_was_decided_is_corrected_once_on_the_revision_seen"),
    ("round_closed", "round::a_round_ends_after_its_last_appeal"),
    ("case_opened", "erasure::a_request_is_a_case_with_its_ground_and_its_days"),
    ("case_answered", "erasure::a_request_is_a_case_with_its_ground_and_its_days"),
    ("erasure_ordered", "erasure::an_erasure_takes_a_ground_and_two_people"),
    ("erasure_confirmed", "erasure::an_erasure_takes_a_ground_and_two_people"),
    ("case_closed", "erasure::a_case_ends_once_nothing_waits_to_be_confirmed"),
];

/// The story of each rejection.
const REJECTIONS: &[(&str, &str)] = &[
    ("log_exists", "log::a_log_begins_once"),
    ("log_missing", "log::nothing_is_written_before_the_log_begins"),
    ("log_closed", "log::a_log_that_ended_takes_nothing_more"),
    ("bad_genesis", "log::a_log_begins_with_exactly_two_different_administrators"),
    ("bad_key_statement", "keys::a_statement_that_does_not_fit_the_keys_on_record_is_refused"),
    ("bad_anchor", "anchors::an_anchor_over_what_the_log_has_not_is_refused"),
    ("bad_anchor_checkpoint", "anchors::a_checkpoint_in_an_anchor_is_this_logs_over_what_it_covers_and_cosigned"),
    ("anchor_stale", "anchors::an_anchor_goes_on_from_the_last_one"),
    ("credential_not_bound", "credential::a_credential_speaks_for_its_actor_only_and_only_as_what_it_is"),
    ("credential_exists", "credential::a_credential_is_bound_to_one_actor"),
    ("capacity_missing", "grants::a_capacity_that_was_taken_back_is_gone"),
    ("capacity_wrong", "powers::every_act_is_done_in_its_capacities_and_in_no_other"),
    ("unit_not_own", "sheet::a_unit_scores_only_its_own_sheet"),
    ("field_not_granted", "appraisal::an_appraiser_acts_in_the_fields_that_he_was_granted"),
    ("self_grant", "grants::nobody_grants_himself"),
    ("not_grantable", "grants::operator_and_timer_are_granted_to_nobody"),
    ("grant_exists", "grants::a_grants_id_stands_once_in_the_history_of_its_actor"),
    ("grant_unknown", "grants::only_a_pending_grant_is_confirmed_and_only_once"),
    ("grant_not_pending", "grants::only_a_pending_grant_is_confirmed_and_only_once"),
    ("terminal_required", "credential::nobody_alone_gives_a_credential_to_whom_it_takes_two_to_make"),
    ("second_person_required", "grants::who_receives_a_grant_does_not_confirm_it"),
    ("capacities_incompatible", "grants::capacities_that_exclude_each_other_are_not_held_together"),
    ("bad_grant", "grants::a_grant_has_what_its_capacity_needs"),
    ("part_out_of_order", "documents::parts_enter_in_their_order_and_the_seal_counts_them"),
    ("bad_part", "documents::a_part_that_cannot_join_is_refused"),
    ("document_sealed", "documents::a_sealed_document_takes_no_more"),
    ("document_unknown", "documents::a_document_that_nobody_entered_is_not_sealed"),
    ("digest_mismatch", "documents::a_seal_with_another_digest_is_refused_and_names_the_right_one"),
    ("document_invalid", "documents::a_catalogue_without_units_or_with_one_twice_is_not_sealed"),
    ("round_exists", "round::a_round_is_opened_once"),
    ("round_unknown", "powers::every_act_about_a_round_that_is_not_there_is_refused"),
    ("round_closed", "powers::every_act_about_a_round_that_has_ended_is_refused"),
    ("bad_round", "round::a_configuration_with_a_fault_opens_no_round"),
    ("unit_unknown", "round::a_unit_or_round_that_is_not_there_is_named"),
    ("leaf_unknown", "appeal::an_appeal_is_about_leaves_of_the_unit_and_says_why"),
    ("too_early", "sheet::self_scoring_lasts_from_its_first_moment_until_just_before_its_deadline"),
    ("deadline_passed", "sheet::self_scoring_lasts_from_its_first_moment_until_just_before_its_deadline"),
    ("phase_unknown", "timer::a_phase_that_the_round_has_not_is_not_closed"),
    ("phase_closed", "timer::only_the_timer_closes_a_phase_only_when_due_and_only_once"),
    ("not_due", "timer::only_the_timer_closes_a_phase_only_when_due_and_only_once"),
    ("not_an_extension", "deadline::an_extension_lies_after_the_deadline_and_after_now"),
    ("reason_required", "appraisal::an_adjustment_and_a_flag_give_a_reason"),
    ("text_too_long", "points::a_text_has_at_most_eight_thousand_bytes"),
    ("stale_revision", "sheet::a_score_that_moved_on_is_not_overwritten"),
    ("stale_sheet", "signing::the_chief_signs_the_version_and_the_digest_that_he_saw"),
    ("sheet_locked", "sheet::a_sheet_that_is_signed_is_locked_for_its_unit"),
    ("sheet_open", "appraisal::a_sheet_that_is_still_open_is_not_appraised"),
    ("sheet_not_submitted", "signing::only_a_submitted_sheet_is_taken_back"),
    ("sheet_incomplete", "signing::every_leaf_is_scored_or_claimed_as_exempt_before_the_chief_signs"),
    ("leaf_is_survey", "survey::nobody_appraises_what_the_survey_scored"),
    ("points_over_maximum", "points::a_refusal_names_what_the_rule_gives"),
    ("points_negative", "extras::each_code_has_its_own_cap_and_no_points_below_zero"),
    ("points_off_step", "points::a_refusal_names_what_the_rule_gives"),
    ("option_unknown", "points::an_option_is_one_of_the_rules"),
    ("claimed_differs", "points::a_refusal_names_what_the_rule_gives"),
    ("bad_inputs", "points::a_figure_stands_once_and_only_so_many"),
    ("checks_failed", "publication::a_fault_found_before_publication_needs_a_written_reason"),
    ("ground_required", "claimed::a_claim_that_differs_needs_a_written_ground_where_the_rulebook_says_so"),
    ("evidence_required", "points::neither_evidence_nor_an_explanation_is_too_little_where_the_rule_asks_for_it"),
    ("bad_evidence", "points::a_reference_that_cannot_be_a_file_is_refused"),
    ("evidence_not_attached", "withdrawal::only_a_file_that_is_attached_there_is_taken_back"),
    ("not_exemptible", "exemption::only_what_the_rulebook_says_may_be_claimed_with_a_ground_on_the_revision_seen"),
    ("exemption_not_claimed", "exemption::an_exemption_that_was_not_claimed_is_not_judged"),
    ("leaf_exempt", "exemption::a_leaf_that_does_not_apply_is_not_appraised"),
    ("not_scored", "appraisal::a_leaf_without_points_is_adjusted_not_confirmed"),
    ("conflict_of_interest", "appraisal::an_appraiser_who_belongs_to_the_unit_is_refused"),
    ("already_flagged", "appraisal::a_flag_stands_until_the_second_appraisal_and_is_raised_once"),
    ("not_flagged", "sheet::only_what_was_flagged_is_explained"),
    ("extra_unknown", "extras::a_code_is_of_its_sign_and_of_its_kind_of_unit"),
    ("over_cap", "extras::each_code_has_its_own_cap_and_no_points_below_zero"),
    ("no_survey", "survey::a_round_without_a_survey_takes_no_batches"),
    ("batch_exists", "survey::a_batch_and_a_tally_are_recorded_once"),
    ("batch_unknown", "survey::only_recorded_batches_are_merged_each_once_and_at_least_one"),
    ("batch_void", "batch::a_voided_batch_takes_its_answers_out_until_the_survey_is_merged_anew"),
    ("survey_begun", "sampling::the_plan_stands_once_the_first_batch_is_in"),
    ("bad_sample", "sampling::samples_that_do_not_fit_the_round_are_refused_whole"),
    ("sample_exists", "resample::a_seed_is_for_one_sample_and_a_sample_has_one_seed"),
    ("seed_reused", "resample::a_seed_is_for_one_sample_and_a_sample_has_one_seed"),
    ("sample_unknown", "resample::only_the_seed_that_was_committed_to_draws_and_only_once"),
    ("sample_already_drawn", "resample::only_the_seed_that_was_committed_to_draws_and_only_once"),
    ("seed_differs", "resample::only_the_seed_that_was_committed_to_draws_and_only_once"),
    ("batch_before_seed", "resample::a_batch_that_was_there_before_the_seed_or_counts_no_ballots_is_not_drawn_from"),
    (
        "batch_without_ballots",
        "resample::a_batch_that_was_there_before_the_seed_or_counts_no_ballots_is_not_drawn_from",
    ),
    ("case_exists", "erasure::a_request_is_a_case_with_its_ground_and_its_days"),
    ("case_unknown", "erasure::a_request_is_a_case_with_its_ground_and_its_days"),
    ("case_closed", "erasure::a_case_ends_once_nothing_waits_to_be_confirmed"),
    ("bad_case", "erasure::a_case_or_an_order_that_cannot_be_is_refused"),
    ("erasure_not_ordered", "erasure::an_erasure_takes_a_ground_and_two_people"),
    ("erasure_pending", "erasure::a_case_ends_once_nothing_waits_to_be_confirmed"),
    ("erasure_same_person", "erasure::an_erasure_takes_a_ground_and_two_people"),
    ("bad_tally", "survey::a_tally_that_does_not_fit_the_round_is_refused_whole"),
    ("survey_not_merged", "survey::nothing_is_published_before_the_survey_is_merged"),
    ("result_fixed", "publication::once_a_result_is_published_only_the_council_changes_it"),
    ("decision_exists", "council::a_decisions_id_stands_once_in_its_round"),
    ("decision_unknown", "council::only_members_vote"),
    ("decision_closed", "council::a_decision_that_is_recorded_takes_no_more_votes_and_is_not_recorded_again"),
    ("decision_unfit", "publication::what_the_council_did_not_adopt_is_not_published"),
    ("recused", "council::a_member_who_belongs_to_the_unit_does_not_vote_on_its_points"),
    ("empty_matter", "council::what_is_put_to_the_vote_fits_the_rules_and_gives_its_reasons"),
    ("publication_out_of_order", "publication::publications_are_numbered_from_one_without_gaps"),
    ("result_moved", "publication::a_result_that_moved_on_since_it_was_adopted_is_not_published"),
    ("position_ahead", "publication::the_position_that_was_seen_exists"),
    ("moments_reversed", "between::the_first_moment_does_not_lie_behind_the_last"),
    ("not_published", "appeal::there_is_no_appeal_before_a_publication"),
    ("appeal_out_of_order", "appeal::appeals_are_numbered_from_one_without_gaps_across_units"),
    ("appeal_unknown", "appeal::an_appeal_that_nobody_lodged_is_unknown"),
    ("bad_claim", "examined::claims_are_few_and_about_what_the_appeal_and_the_round_have"),
    ("nothing_claimed", "examined::an_appeal_without_claims_is_decided_as_ever_and_not_examined"),
    ("examination_differs", "examined::verdicts_that_the_log_does_not_give_are_refused_whoever_sends_them"),
    ("appeal_not_examined", "examined::an_appeal_with_claims_is_put_to_the_vote_once_it_was_examined"),
    ("appeal_closed", "correction::an_appeal_that_is_decided_is_closed"),
    ("appeal_open", "correction::nothing_is_corrected_while_the_appeal_is_open"),
    ("change_unknown", "correction::only_what_was_decided_is_corrected_once_on_the_revision_seen"),
    ("changes_pending", "publication::nothing_is_published_before_decided_points_are_carried_out"),
    ("correction_unpublished", "round::a_round_does_not_end_before_a_correction_is_published"),
];

const SOURCES: [(&str, &str); 32] = [
    ("anchors", include_str!("anchors.rs")),
    ("appeal", include_str!("appeal.rs")),
    ("appraisal", include_str!("appraisal.rs")),
    ("arithmetic", include_str!("arithmetic.rs")),
    ("batch", include_str!("batch.rs")),
    ("between", include_str!("between.rs")),
    ("claimed", include_str!("claimed.rs")),
    ("correction", include_str!("correction.rs")),
    ("council", include_str!("council.rs")),
    ("credential", include_str!("credential.rs")),
    ("deadline", include_str!("deadline.rs")),
    ("documents", include_str!("documents.rs")),
    ("erasure", include_str!("erasure.rs")),
    ("examination", include_str!("examination.rs")),
    ("examined", include_str!("examined.rs")),
    ("exemption", include_str!("exemption.rs")),
    ("extras", include_str!("extras.rs")),
    ("grants", include_str!("grants.rs")),
    ("keys", include_str!("keys.rs")),
    ("log", include_str!("log.rs")),
    ("points", include_str!("points.rs")),
    ("powers", include_str!("powers.rs")),
    ("publication", include_str!("publication.rs")),
    ("resample", include_str!("resample.rs")),
    ("round", include_str!("round.rs")),
    ("rules", include_str!("rules.rs")),
    ("sampling", include_str!("sampling.rs")),
    ("sheet", include_str!("sheet.rs")),
    ("signing", include_str!("signing.rs")),
    ("survey", include_str!("survey.rs")),
    ("timer", include_str!("timer.rs")),
    ("withdrawal", include_str!("withdrawal.rs")),
];

/// The text of a story, from its `#[test]` to the end of its function.
fn text_of(story: &str) -> &'static str {
    let (file, name) = story.split_once("::").expect("file::story");
    let source = SOURCES.iter().find(|(f, _)| *f == file).unwrap_or_else(|| panic!("no file {file}")).1;
    let head = format!("#[test]\nfn {name}() {{\n");
    let from = source.find(&head).unwrap_or_else(|| panic!("no story {story}"));
    let rest = &source[from..];
    &rest[..rest.find("\n}\n").expect("a function ends")]
}

#[test]
fn every_act_makes_the_fact_of_its_own_name() {
    assert_eq!(KINDS.map(|(act, _)| act), Act::KINDS);
    assert_eq!(KINDS.map(|(_, fact)| fact), Fact::KINDS);
}

#[test]
fn every_fact_has_its_story() {
    assert_eq!(FACTS.map(|(fact, _)| fact), Fact::KINDS);
    for (fact, story) in FACTS {
        assert!(text_of(story).contains(&told(fact)), "{story} does not tell of {fact}");
    }
}

/// How a story says that a fact happened: by its kind, or as a whole fact.
fn told(fact: &str) -> String {
    match fact {
        "sheet_closed" => "then(Fact::SheetClosed(fact))".to_owned(),
        "appeal_decided" => "then(fact(Outcome::Dismissed))".to_owned(),
        _ => format!("then(\"{fact}\")"),
    }
}

#[test]
fn every_rejection_has_its_story() {
    let listed: BTreeSet<&str> = ELSEWHERE.into_iter().chain(REJECTIONS.iter().map(|(code, _)| *code)).collect();
    let codes: BTreeSet<&str> = Rejection::CODES.iter().copied().collect();
    assert_eq!(listed.len(), ELSEWHERE.len() + REJECTIONS.len(), "no code is listed twice");
    assert_eq!(codes.difference(&listed).collect::<Vec<_>>(), [&""; 0], "codes without a story");
    assert_eq!(listed.difference(&codes).collect::<Vec<_>>(), [&""; 0], "stories of codes that are no more");
    for (code, story) in REJECTIONS {
        assert!(text_of(story).contains(&format!("\"{code}\"")), "{story} does not tell of {code}");
    }
}

//! Attacks that are stories of many seconds, or of many processes: the card names the tests that tell them.

/// An attack that tests tell.
pub struct Told {
    /// Its number in the list.
    pub id: &'static str,
    /// What is done.
    pub what: &'static str,
    /// The tests, by name.
    pub by: &'static [&'static str],
}

/// Those attacks, in the order of the list; last the bugs that were seen in chains that others had made for themselves.
#[must_use]
pub fn stories() -> &'static [Told] {
    &[
        Told {
            id: "T16",
            what: "restore yesterday's backup and go on writing",
            by: &[
                "a_restored_backup_and_a_log_that_grew_otherwise_are_not_signed",
                "a_backup_restored_with_the_signers_own_folder_is_found_by_a_witness_before_anything_is_signed",
                "a_witness_answers_as_the_specification_says",
            ],
        },
        Told {
            id: "T17",
            what: "six processes x eight callers on one database",
            by: &["six_processes_of_eight_callers_make_one_log_however_the_lead_goes_round"],
        },
        Told {
            id: "T18",
            what: "timeouts and retries in storms",
            by: &[
                "a_connection_that_is_cut_or_stalled_leaves_no_doubt_behind",
                "a_session_that_is_cut_off_in_the_middle_leaves_no_doubt_behind",
                "a_command_sent_many_times_at_once_is_one_event",
            ],
        },
        Told {
            id: "T19",
            what: "kill -9, ENOSPC, EIO at each system call of append, tile, checkpoint",
            by: &[
                "whatever_call_fails_nothing_acknowledged_is_lost_and_the_log_holds",
                "every_acknowledged_line_of_a_script_survives_sigkill_once",
                "a_full_disk_refuses_and_loses_nothing",
            ],
        },
        Told {
            id: "T20",
            what: "flip a bit in the hash column, a tile, the stored range before signing",
            by: &[
                "rows_that_are_not_what_they_say_are_not_signed",
                "tiles_that_were_changed_are_made_anew_from_the_log_or_not_at_all",
            ],
        },
        Told {
            id: "T21",
            what: "two failures, then success",
            by: &["groups_that_fail_lose_nothing_and_write_nothing_twice"],
        },
        Told {
            id: "T23",
            what: "alter a leaf of the heads map, drop a stream from it, give an older version, a wrong state",
            by: &["an_anchor_that_says_what_the_log_does_not_is_found_at_its_position"],
        },
        Told {
            id: "T24 to T26",
            what: "leave the newest event of a score out of a dossier, or one in the middle; deny a stream",
            by: &["a_complete_history_proves_itself_and_whatever_is_left_out_of_it_is_found"],
        },
        Told {
            id: "T33",
            what: "rotation signed by the new key alone; the old key signing after its end",
            by: &[
                "a_statement_that_was_slipped_into_the_log_without_the_old_keys_signature_is_found",
                "a_checkpoint_by_a_key_that_had_ended_is_named",
            ],
        },
        Told {
            id: "T36",
            what: "requests interleaved; a crash between persist and reply; a lost store",
            by: &[
                "requests_that_cross_never_take_a_witness_back",
                "a_witness_killed_at_any_moment_goes_back_on_nothing_that_it_answered",
                "a_key_whose_store_is_lost_never_cosigns_again",
            ],
        },
        Told {
            id: "T45",
            what: "disabled trigger, session_replication_role, TRUNCATE, COPY, an edited file, a purged stream",
            by: &[
                "triggers_refuse_to_the_owner_and_to_the_administrator_what_nobody_may_do",
                "every_act_that_a_role_has_no_business_with_is_refused",
                "a_stream_with_other_content_deceives_no_projector_and_is_replaced",
                "an_edited_column_is_found_at_its_position",
            ],
        },
        Told {
            id: "bugs",
            what: "nanoseconds hashed and microseconds stored; content not hashed; the tail locked in name only; time read before the lock; a sequence re-seeded from a truncated head",
            by: &[
                "an_edited_column_is_found_at_its_position",
                "a_changed_body_is_found_at_its_position",
                "the_fence_holds_against_a_writer_that_asks_for_no_lead",
                "nothing_is_written_behind_a_hole_or_another_end",
                "six_processes_of_eight_callers_make_one_log_however_the_lead_goes_round",
            ],
        },
    ]
}

//! Pure rules: what may happen in a round, what follows from what happened, and what it adds up to.
//! It sees no time, IO, randomness or float: time and ids come in as values.

mod asking;
mod batch;
mod between;
mod case;
mod case_list;
mod catalogue;
mod check;
mod council;
mod decide;
mod diff;
mod documents;
mod due;
mod evolve;
mod examine;
mod explain;
mod extra_work;
mod faults;
mod files;
mod form;
mod formula;
mod heads;
mod history;
mod ids;
mod moderation;
mod notices;
mod offline;
mod opening;
mod people;
mod powers;
mod press;
mod reach;
mod receipted;
mod released;
mod result;
mod retention;
mod round;
mod rows;
mod rule;
mod rulebook;
mod sheet;
mod survey;
mod surveyed;
mod timeline;
mod what_if;
mod who;
mod why_rank;
mod work;
mod worklist;
mod world;

pub use batch::{Batch, BatchState, Recheck, Seed};
pub use between::{Kinds, Teller, event_line, in_order};
pub use case::{Case, Cases, Confirmed, Order, confirmed};
pub use case_list::{CaseList, may_read_cases};
pub use catalogue::{exists_on, successors};
pub use check::{check_round, own_tables};
pub use decide::{Decision, decide, decide_by, fits};
pub use diff::DiffTeller;
pub use documents::{Meaning, meaning};
pub use due::{Due, due};
pub use examine::{Past, examine, lodged};
pub use explain::{Told, explain, explain_own};
pub use extra_work::extras_work;
pub use faults::{Fault, Faults};
pub use files::{FilesOf, may_open, may_send};
pub use formula::{
    BadFormula, Comparison, Condition, Expr, FORMULA_BYTES_MAX, FORMULA_DEPTH_MAX, FORMULA_PARTS_MAX, List, Operator,
    Undefined, is_formula_name,
};
pub use heads::{Heads, Unfolded, folded};
pub use history::{Historian, told};
pub use ids::{system_command_id, system_command_id_after};
pub use moderation::{moderation, outliers, spread};
pub use notices::{NEAR_HOURS, notices, notices_of};
pub use offline::{
    AtSheet, appraises_field, at_sheet, is_event_of_sheet, may_have_field, may_have_sheet, may_send_ballots,
};
pub use opening::{opening_roles, unfit_opening, unstaffed};
pub use people::{Grant, GrantState, Person, takes_two};
pub use powers::{may_ask_who, own_powers, powers};
pub use press::{Figures, PrintedRow, PrintedTable, ROWS_MAX, check_printed};
pub use proto::Principal;
pub use proto::fold::Unfit;
pub use reach::reach;
pub use receipted::receipted;
pub use released::{held, hold_back};
pub use result::{
    Standing, UnitTotals, all_totals, leaf_points, published_rows, result_digest, result_of_leaves, standings,
    standings_of, unit_totals,
};
pub use retention::{KeptFor, PastTime, Retained, Retention, RoundEnd, Years};
pub use round::{Publication, Round, UnitState};
pub use rows::{IndexRows, RankingRows, index_rows, ranking_rows, rows_of_unit};
pub use rule::explain::rule_line;
pub use rule::{Insists, agrees, computed};
pub use rulebook::{Book, LeafNode, Tree, TreeNode};
pub use sheet::Sheet;
pub use survey::sample_of;
pub use surveyed::{again_fits, asked_again, batch_told, counted, may_see_survey, staff_of, survey_told, tally_of};
pub use timeline::Chronicler;
pub use what_if::what_if;
pub use who::Register;
pub use why_rank::RankTeller;
pub use work::{round_work, sees};
pub use worklist::{appraised, at_score, open as open_appraisal, worklist};
pub use world::{LogState, SigningKey, Touched, TouchedRound, World};

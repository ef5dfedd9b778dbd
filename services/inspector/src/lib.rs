//! The auditor: verifies the log and what was projected from it, replays histories, exports.
//! It trusts none of the services: it reads with statements of its own and computes everything again.

mod against;
mod ahead;
mod beside;
mod between;
mod bounded;
mod bounds;
mod bundles;
mod cases;
mod commands;
mod document;
mod dossier;
mod examine;
mod export;
mod finding;
mod folding;
mod head;
mod heads;
mod history_proof;
mod inquiry;
mod live;
mod mirror;
mod passed;
mod printed;
mod projections;
mod replay;
mod resumed;
mod retained;
mod rows;
mod source;
mod stood;
mod tiles;
mod verify;
mod verifying;
mod walking;
mod watching;
mod who;
mod wide;
mod witness;

pub use against::{Against, Kept, KeptHead};
pub use beside::{Beside, BesideError};
pub use bounded::read_bounded;
pub use bounds::{Between, Bounds, TIME_TOLERANCE_S};
pub use bundles::{BundleError, Bundles};
pub use cases::http::{CasesHttp, cases_router};
pub use domain::{KeptFor, PastTime, Retained, Retention, Years, check_printed};
pub use dossier::{
    BadDossier, Checked, DossierError, OfScore, PrintedPublication, Seal, export_round, export_score,
    print_publication, verify_dossier,
};
pub use export::{ExportError, Exported, export};
pub use finding::{Finding, Place};
pub use head::{BadHead, HeadFile};
pub use history_proof::{ProveError, ProvenHistory, ProvenScore, verify_history};
pub use inquiry::RoundAt;
pub use live::Live;
pub use mirror::{Mirror, MirrorError, NotServed, Served};
pub use printed::{PrintedRows, TableError, printed_table};
pub use replay::{Inspector, ReplayError};
pub use retained::retained;
pub use source::{Source, SourceError};
pub use verify::{Paths, ProjectionReport, Report, VerifyError, verify, verify_log};
pub use verifying::Verifier;
pub use walking::walk_log;
pub use watching::{Alarm, Look, Mirrored, Now, Watched, Watching};
pub use wide::Wide;
pub use witness::{
    Dispute, FOLD_WAIT_MS, Held, NotCosigned, NotRecomputed, Standing, Validating, Witness, WitnessStore,
    WitnessStoreError, serve_witness, witness_limits,
};

//! The auditor: verifies the log and what was projected from it, replays histories, exports.
//! It trusts none of the services: it reads with statements of its own and computes everything again.

mod against;
mod beside;
mod between;
mod bounds;
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
mod printed;
mod projections;
mod replay;
mod rows;
mod source;
mod tiles;
mod verify;
mod watching;
mod who;
mod witness;

pub use against::{Against, Kept, KeptHead};
pub use beside::{Beside, BesideError};
pub use bounds::{Between, Bounds, TIME_TOLERANCE_S};
pub use domain::check_printed;
pub use dossier::{
    BadDossier, Checked, DossierError, OfScore, PrintedPublication, Seal, export_round, export_score,
    print_publication, verify_dossier,
};
pub use export::{ExportError, Exported, export};
pub use finding::{Finding, Place};
pub use head::{BadHead, HeadFile};
pub use history_proof::{ProveError, ProvenHistory, ProvenScore, verify_history};
pub use printed::{PrintedRows, TableError, printed_table};
pub use replay::{Inspector, ReplayError};
pub use source::{Source, SourceError};
pub use verify::{Paths, ProjectionReport, Report, VerifyError, verify, walk_log};
pub use watching::{Alarm, Look, Now, Watching};
pub use witness::{Held, NotCosigned, Witness, WitnessStore, WitnessStoreError, serve_witness, witness_limits};

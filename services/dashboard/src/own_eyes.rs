//! Somebody who sees a unit's pages as one of its own people: what is not released to them is in nothing that he is shown (RULINGS 20).
//! Which part that is comes from the log, with who he is; no page decides it.

use std::fmt;

use platform::ports::SharedSheets;
use proto::filling::{SheetQuery, SheetRows};
use proto::work::Held;
use proto::{Principal, Rejection, RoundId, UnitId};

/// One of a unit's own people, while something is held back from them.
#[derive(Clone)]
pub struct OwnEyes {
    /// What is.
    pub held: Held,
    /// Who it is.
    pub principal: Principal,
    /// Where his unit's rows come from.
    pub sheets: SharedSheets,
}

impl OwnEyes {
    /// The rows of his unit, as far as they are released.
    pub async fn rows(&self, round: &RoundId, unit: &UnitId) -> Result<SheetRows, Rejection> {
        self.sheets.rows(&self.principal, SheetQuery { round: round.clone(), unit: unit.clone() }).await
    }
}

impl fmt::Debug for OwnEyes {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("OwnEyes").field("held", &self.held).field("principal", &self.principal).finish_non_exhaustive()
    }
}

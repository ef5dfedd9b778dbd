//! Clocks: the machine's, or a script's in a training log (RULINGS 32).
//! A clock never decides anything: the ledger does, with the time that it was told.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use proto::Instant;

/// Where the ledger reads its time.
#[derive(Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// The moment that a script has come to, in microseconds since 1970.
    Scripted(AtomicI64),
}

impl Clock {
    /// A scripted clock at a moment.
    #[must_use]
    pub fn scripted(at: Instant) -> Self {
        Self::Scripted(AtomicI64::new(at.micros()))
    }

    /// The present moment.
    ///
    /// # Panics
    /// When the machine's clock stands outside the years 1970 to 9999.
    #[must_use]
    pub fn now(&self) -> Instant {
        let micros = match self {
            Self::Scripted(at) => at.load(Ordering::SeqCst),
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock stands after 1970");
                i64::try_from(since.as_micros()).expect("the clock stands before the year 9999")
            }
        };
        Instant::from_micros(micros).expect("the clock stands between 1970 and 9999")
    }

    /// Moves a scripted clock on; it never goes back. Nothing happens to the machine's clock.
    pub fn advance(&self, to: Instant) {
        if let Self::Scripted(at) = self {
            at.fetch_max(to.micros(), Ordering::SeqCst);
        }
    }
}

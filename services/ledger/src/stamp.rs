//! The stamp: what the ledger itself adds to a fact. Ids come from the operating system's randomness;
//! in a scripted training log from the command's id, so that one script gives the same bytes everywhere (RULINGS 32).

use proto::{CommandId, EventId, Hash, Instant, Origin};

/// Random bytes fetched at a time.
const POOL_BYTES: usize = 4_096;
/// Random bytes of one id, of which 74 bits are used (RFC 9562, 5.7).
const ID_BYTES: usize = 10;

/// Makes event ids.
#[derive(Debug)]
pub struct Ids {
    pool: Vec<u8>,
    scripted: bool,
}

impl Ids {
    /// Ids of a log with a scripted clock, or of any other.
    pub fn new(scripted: bool) -> Self {
        Self { pool: Vec::new(), scripted }
    }

    /// The id of the event that a command makes at a moment.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn next(&mut self, log: &Origin, command: &CommandId, at: Instant) -> Result<EventId, getrandom::Error> {
        let mut bits = [0; ID_BYTES];
        if self.scripted {
            let digest = Hash::digest(format!("event\n{log}\n{command}").as_bytes());
            bits.copy_from_slice(&digest.0[..ID_BYTES]);
        } else {
            if self.pool.len() < ID_BYTES {
                self.pool.resize(POOL_BYTES, 0);
                getrandom::fill(&mut self.pool)?;
            }
            let from = self.pool.len() - ID_BYTES;
            bits.copy_from_slice(&self.pool[from..]);
            self.pool.truncate(from);
        }
        Ok(EventId::v7(at.millis(), bits))
    }
}

//! The lead: which of several ledgers on one server writes. It is a lock of the writer's own session, free as soon as
//! that session ends, however it ends.
//! It spares work and errors; it is never what safety rests on: that is the fence.

use std::time::{Duration, Instant};

use sqlx::postgres::PgConnection;

use crate::submit::StartError;

/// The lock is one for the whole database, as the log is.
const TRY: &str = "SELECT pg_try_advisory_lock(7309453, 2)";

/// How often one who waits asks, in milliseconds.
const ASK_MS: u64 = 200;
/// How long a ledger that led a moment ago asks for its lead again, in milliseconds: its old session may be noticed to be
/// gone only after the server's own limits (3 s idle, 4 s of silence).
const AGAIN_MS: u64 = 5_000;
/// How long one asks that does not want to wait: somebody may be about to let go.
const NOW_MS: u64 = 500;

/// What a ledger does where another one leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// It stands by until the other one is gone.
    Wait,
    /// It does not start.
    Now,
    /// It had the lead and asks for it again.
    Again,
}

/// Takes the lead for the session of a connection.
pub async fn take(db: &mut PgConnection, lead: Lead) -> Result<(), StartError> {
    let begun = Instant::now();
    let (limit, lost) = match lead {
        Lead::Wait => (None, StartError::LeadHeld),
        Lead::Now => (Some(NOW_MS), StartError::LeadHeld),
        Lead::Again => (Some(AGAIN_MS), StartError::LostLead),
    };
    let mut told = false;
    loop {
        let taken: bool = sqlx::query_scalar(TRY).fetch_one(&mut *db).await?;
        if taken {
            return Ok(());
        }
        if limit.is_some_and(|limit| begun.elapsed() >= Duration::from_millis(limit)) {
            return Err(lost);
        }
        if lead == Lead::Wait && !told {
            told = true;
            tracing::info!("ledger.stands_by");
        }
        tokio::time::sleep(Duration::from_millis(ASK_MS)).await;
    }
}

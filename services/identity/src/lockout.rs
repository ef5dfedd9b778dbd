//! When an account is locked because of wrong passwords, and for how long. It knows no account and reads no clock.

use proto::Instant;

/// So many wrong passwords in a row lock an account.
pub const FAILURES_MAX: u32 = 10;
/// How long it is locked then, in minutes.
pub const LOCKED_MINUTES: i64 = 15;

/// What is remembered of attempts to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attempts {
    /// How many have failed in a row.
    pub failed: u32,
    /// Until when no attempt is looked at.
    pub locked_until: Option<Instant>,
}

impl Attempts {
    /// Whether attempts are looked at now.
    #[must_use]
    pub fn is_locked(self, now: Instant) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }

    /// One more attempt, counted as failed before anybody has looked at its password: so of many that come at once no
    /// more are looked at than of those that come in a row. None while the account is locked: such an attempt is not
    /// counted, or whoever guesses could lock its owner out for ever.
    #[must_use]
    pub fn one_more(self, now: Instant) -> Option<Self> {
        if self.is_locked(now) {
            return None;
        }
        let failed = if self.locked_until.is_some() { 1 } else { self.failed + 1 };
        let locked = failed >= FAILURES_MAX;
        let until = now.plus_micros(LOCKED_MINUTES * 60_000_000);
        Some(Self { failed, locked_until: locked.then_some(until) })
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempts, FAILURES_MAX, LOCKED_MINUTES};
    use proto::Instant;

    #[test]
    fn ten_failures_in_a_row_lock_for_a_quarter_of_an_hour_and_then_ten_more_are_looked_at() {
        let now = Instant::from_micros(0).expect("1970");
        let mut attempts = Attempts::default();
        for n in 1..=FAILURES_MAX {
            attempts = attempts.one_more(now).expect("looked at");
            assert_eq!(attempts.is_locked(now), n == FAILURES_MAX, "{n}");
        }
        let last = now.plus_micros(LOCKED_MINUTES * 60_000_000 - 1);
        assert!(attempts.is_locked(last) && attempts.one_more(last).is_none());
        let then = last.plus_micros(1);
        let again = attempts.one_more(then).expect("looked at again");
        assert_eq!(again, Attempts { failed: 1, locked_until: None });
    }
}

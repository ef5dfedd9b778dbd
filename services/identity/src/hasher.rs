//! How passwords are kept: argon2id in a PHC string, never in the clear. Each hash takes memory and a core, so no more than a few are
//! made at once, and never on a thread that serves requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::password::Password;
use crate::tokens::{Identity, IdentityError};

/// Memory, passes and lanes: what OWASP's Password Storage Cheat Sheet asks of argon2id at least (19 MiB, 2, 1).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashes at once: 38 MiB and two cores at the most, whoever asks.
const AT_ONCE: usize = 2;
/// How long one more waits for its turn, in milliseconds.
const WAIT_MS: u64 = 5_000;
const SALT_BYTES: usize = 16;

/// What a password is held against where there is no account: it fits none, and costs the same.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Makes hashes of passwords.
#[derive(Debug)]
pub struct Hasher {
    places: Arc<Semaphore>,
    made: Arc<AtomicU64>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)), made: Arc::default() }
    }
}

/// Somebody's turn.
#[derive(Debug)]
pub struct Turn {
    place: OwnedSemaphorePermit,
    made: Arc<AtomicU64>,
}

impl Hasher {
    /// Waits for a turn.
    ///
    /// # Errors
    /// [`IdentityError::Overloaded`] where too many wait.
    pub async fn turn(&self) -> Result<Turn, IdentityError> {
        self.turn_within(Duration::from_millis(WAIT_MS)).await
    }

    async fn turn_within(&self, wait: Duration) -> Result<Turn, IdentityError> {
        let place = Arc::clone(&self.places).acquire_owned();
        match tokio::time::timeout(wait, place).await {
            Ok(Ok(place)) => Ok(Turn { place, made: Arc::clone(&self.made) }),
            _ => Err(IdentityError::Overloaded),
        }
    }
}

impl Identity {
    /// How many hashes of passwords were made so far, for whoever watches what they cost.
    #[must_use]
    pub fn hashes_made(&self) -> u64 {
        self.hasher.made.load(Ordering::SeqCst)
    }
}

impl Turn {
    /// The hash of a password under a new salt, as a PHC string.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn hash(self, password: Password) -> Result<String, IdentityError> {
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt)?;
        self.work(move |argon2| {
            let hash = argon2.hash_password_with_salt(password.bytes(), &salt);
            hash.map(|hash: PasswordHash| hash.to_string())
        })
        .await?
        .map_err(|e| IdentityError::Hash(e.to_string()))
    }

    /// Whether a password is the one that is kept; none fits nobody's. Both cost the same.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn fits(self, password: Password, kept: Option<String>) -> Result<bool, IdentityError> {
        let there = kept.is_some();
        let kept = kept.unwrap_or_else(|| NOBODYS.to_owned());
        let fits = self.work(move |argon2| argon2.verify_password(password.bytes(), kept.as_str()).is_ok()).await?;
        Ok(fits && there)
    }

    async fn work<T: Send + 'static>(
        self,
        work: impl FnOnce(Argon2<'static>) -> T + Send + 'static,
    ) -> Result<T, IdentityError> {
        let Self { place, made } = self;
        let done = tokio::task::spawn_blocking(move || {
            made.fetch_add(1, Ordering::SeqCst);
            let done = work(argon2());
            // The turn is over with the work, also where nobody waits for it any more.
            drop(place);
            done
        });
        done.await.map_err(|e| IdentityError::Hash(e.to_string()))
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("constants that argon2 takes");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::{AT_ONCE, Duration, Hasher, NOBODYS, Password};

    #[tokio::test]
    async fn a_hash_is_not_the_password_and_fits_it_alone() {
        let hasher = Hasher::default();
        let password = || Password::typed("mật khẩu của tôi");
        let kept = hasher.turn().await.expect("a turn").hash(password()).await.expect("hashes");
        let again = hasher.turn().await.expect("a turn").hash(password()).await.expect("hashes");
        assert!(kept != again && !kept.contains("mật"), "each has a salt of its own");
        let (form, _) = NOBODYS.split_once("$AAAA").expect("a salt");
        assert!(kept.starts_with(form), "{kept} costs what nobody's costs");
        let fits = async |text: &str, kept: Option<&str>| {
            let turn = hasher.turn().await.expect("a turn");
            turn.fits(Password::typed(text), kept.map(str::to_owned)).await.expect("holds it against it")
        };
        assert!(fits("mật khẩu của tôi", Some(&kept)).await);
        assert!(!fits("mật khẩu của tôi ", Some(&kept)).await);
        assert!(!fits("mật khẩu của tôi", None).await && !fits("", None).await);
        assert!(!fits("mật khẩu của tôi", Some("no PHC string")).await);
    }

    #[tokio::test]
    async fn no_more_than_a_few_hashes_are_made_at_once() {
        let hasher = Hasher::default();
        let mut turns = Vec::new();
        for _ in 0..AT_ONCE {
            turns.push(hasher.turn().await.expect("a turn"));
        }
        let soon = Duration::from_millis(1);
        assert!(hasher.turn_within(soon).await.is_err(), "one more has waited long enough");
        turns.pop();
        assert!(hasher.turn_within(soon).await.is_ok());
    }
}

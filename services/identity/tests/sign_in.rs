//! Stories of signing in, on a store of its own: what is answered, what it costs, and when a session is over.
//! Time is told, never waited for.

use std::collections::HashMap;
use std::sync::Arc;

use identity::{
    Changed, FAILURES_MAX, IDLE_MINUTES, Identity, LOCKED_MINUTES, LONGEST_HOURS, LoginName, NewSession, Unfit,
};
use platform::db::{Schema, open_writer};
use platform::on;
use proto::{ActorId, Instant};
use tempfile::TempDir;

const CHOSEN: &str = "một câu dài dễ nhớ";

/// A store with one account, and the password that it has.
struct Story {
    folder: TempDir,
    identity: Arc<Identity>,
    password: String,
}

fn at(minutes: i64) -> Instant {
    Instant::from_micros(1_700_000_000_000_000 + minutes * 60_000_000).expect("a moment")
}

fn name() -> LoginName {
    LoginName::parse("an.nv").expect("a name")
}

impl Story {
    async fn begins() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let identity = Arc::new(Identity::open(folder.path().join("identity.db")).await.expect("opens"));
        let minted = Identity::mint_account(ActorId::parse("a1").expect("an actor"), name()).expect("mints");
        let password = identity.store_account(minted, at(0)).await.expect("stores");
        Self { folder, identity, password }
    }

    /// The same, with the password changed.
    async fn goes_on() -> Self {
        let mut story = Self::begins().await;
        let new = story.enters(at(0)).await;
        assert!(matches!(story.changes(&new, CHOSEN, at(0)).await, Changed::Done(_)));
        story.password = CHOSEN.to_owned();
        story
    }

    async fn tries(&self, name: &str, password: &str, now: Instant) -> Option<NewSession> {
        self.identity.sign_in(name, password, now).await.expect("answers")
    }

    async fn enters(&self, now: Instant) -> NewSession {
        self.tries("an.nv", &self.password, now).await.expect("the right password")
    }

    async fn changes(&self, session: &NewSession, new: &str, now: Instant) -> Changed {
        let changed = self.identity.change_password(&session.session, (&self.password, new), now).await;
        changed.expect("answers")
    }

    async fn holds(&self, session: &NewSession, now: Instant) -> bool {
        self.identity.session(&session.secret, now).await.expect("answers").is_some()
    }
}

#[tokio::test]
async fn whoever_knows_the_password_is_in_and_neither_it_nor_the_sessions_secret_is_stored() {
    let story = Story::begins().await;
    let new = story.enters(at(0)).await;
    let session = story.identity.session(&new.secret, at(1)).await.expect("answers").expect("holds");
    assert_eq!((session.name.as_str(), session.actor.as_str(), session.must_change), ("an.nv", "a1", true));
    assert_eq!(story.tries(" AN.NV", &story.password, at(0)).await.map(|n| n.session.name), Some("an.nv".to_owned()));
    for wrong in ["", "x", &story.password[1..], &format!("{} ", story.password), &story.password.to_uppercase()] {
        assert!(story.tries("an.nv", wrong, at(0)).await.is_none(), "{wrong:?}");
    }
    for file in ["identity.db", "identity.db-wal"] {
        let bytes = std::fs::read(story.folder.path().join(file)).unwrap_or_default();
        for secret in [&story.password, &new.secret] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{file}");
        }
    }
}

#[tokio::test]
async fn an_unknown_name_a_wrong_password_and_a_locked_account_are_answered_alike_and_cost_alike() {
    let story = Story::begins().await;
    let one_hash_for = async |name: &str, password: &str| {
        let before = story.identity.hashes_made();
        assert!(story.tries(name, password, at(0)).await.is_none(), "{name}");
        assert_eq!(story.identity.hashes_made(), before + 1, "{name}");
    };
    one_hash_for("nobody", &story.password).await;
    one_hash_for("no name at all", &story.password).await;
    for _ in 0..FAILURES_MAX {
        one_hash_for("an.nv", "wrong").await;
    }
    // Locked: the right password is answered as a wrong one is, or guessing would go on meanwhile.
    one_hash_for("an.nv", &story.password).await;
    one_hash_for("an.nv", "wrong").await;
}

/// How often the store has been written so far: SQLite's own counter of the pages' file (its file format, section 1.3.8), and the frames
/// of its log ahead of that.
fn written(story: &Story) -> u64 {
    let wal = std::fs::metadata(story.folder.path().join("identity.db-wal")).map_or(0, |wal| wal.len());
    // Every frame is a page of 4,096 bytes behind a head of 24; the file has a head of 32.
    wal.saturating_sub(32) / (4_096 + 24)
}

#[tokio::test]
async fn whatever_is_wrong_one_hash_is_made_and_one_statement_writes() {
    let story = Story::begins().await;
    for _ in 0..FAILURES_MAX {
        assert!(story.tries("locked", "wrong", at(0)).await.is_none());
    }
    let minted =
        Identity::mint_account(ActorId::parse("a2").expect("an actor"), LoginName::parse("locked").expect("a name"));
    story.identity.store_account(minted.expect("mints"), at(0)).await.expect("stores");
    for _ in 0..FAILURES_MAX {
        assert!(story.tries("locked", "wrong", at(0)).await.is_none());
    }
    // Two of each: the first writing of a table may take a page more than the ones after it.
    let mut work = Vec::new();
    for name in ["nobody", "an.nv", "locked", "no name at all", "nobody", "an.nv", "locked", "no name at all"] {
        let (hashes, frames) = (story.identity.hashes_made(), written(&story));
        assert!(story.tries(name, "wrong", at(1)).await.is_none(), "{name}");
        work.push((story.identity.hashes_made() - hashes, written(&story) - frames));
    }
    assert!(work[4..].iter().all(|(hashes, frames)| *hashes == 1 && *frames == work[4].1), "{work:?}");
    assert!(work[4].1 >= 1, "each of them is written down");
}

#[tokio::test]
async fn an_account_that_is_unlocked_opens_at_once_and_it_is_known_when_somebody_was_let_in_last() {
    let story = Story::begins().await;
    let credential = story.identity.account(&name()).await.expect("reads").expect("is there").credential;
    assert!(story.identity.signed_in().await.expect("reads").is_empty(), "nobody was let in");
    for _ in 0..FAILURES_MAX {
        assert!(story.tries("an.nv", "wrong", at(0)).await.is_none());
    }
    assert!(story.tries("an.nv", &story.password, at(1)).await.is_none(), "locked");
    assert!(story.identity.signed_in().await.expect("reads").is_empty(), "failures are no sign-in");
    story.identity.unlock_account(&credential).await.expect("unlocks");
    story.enters(at(2)).await;
    story.enters(at(3)).await;
    assert_eq!(story.identity.signed_in().await.expect("reads"), HashMap::from([(credential.clone(), at(3))]));
    story.identity.forget_account(&credential).await.expect("forgets");
    assert!(story.identity.signed_in().await.expect("reads").is_empty());
}

#[tokio::test]
async fn a_locked_account_opens_by_itself_and_guessing_meanwhile_locks_it_no_longer() {
    let story = Story::begins().await;
    let before = story.enters(at(0)).await;
    for _ in 0..FAILURES_MAX {
        assert!(story.tries("an.nv", "wrong", at(0)).await.is_none());
    }
    let account = story.identity.account(&name()).await.expect("reads").expect("is there");
    assert_eq!(account.locked_until, Some(at(LOCKED_MINUTES)));
    assert!(story.holds(&before, at(1)).await, "who is in stays in");
    for minute in 1..LOCKED_MINUTES {
        assert!(story.tries("an.nv", &story.password, at(minute)).await.is_none(), "{minute}");
    }
    story.enters(at(LOCKED_MINUTES)).await;
    // A success forgets what failed before it.
    for _ in 1..FAILURES_MAX {
        assert!(story.tries("an.nv", "wrong", at(20)).await.is_none());
    }
    story.enters(at(20)).await;
    assert!(story.tries("an.nv", "wrong", at(20)).await.is_none());
    story.enters(at(20)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_is_counted_before_its_password_is_looked_at() {
    let story = Story::begins().await;
    for n in 0..FAILURES_MAX {
        let (identity, before) = (Arc::clone(&story.identity), story.identity.hashes_made());
        let guess = tokio::spawn(async move { identity.sign_in("an.nv", "wrong", at(0)).await.map(|_| ()) });
        while story.identity.hashes_made() == before {
            tokio::task::yield_now().await;
        }
        // Its password is being looked at now, and nobody waits for what comes of it.
        guess.abort();
        assert!(guess.await.is_err_and(|e| e.is_cancelled()), "{n}");
    }
    assert!(story.tries("an.nv", &story.password, at(0)).await.is_none(), "locked");
}

#[tokio::test]
async fn a_session_ends_idle_and_after_its_longest_time_however_it_is_used() {
    let story = Story::goes_on().await;
    let idle = story.enters(at(0)).await;
    assert!(story.holds(&idle, at(IDLE_MINUTES - 1)).await, "used");
    assert!(story.holds(&idle, at(2 * IDLE_MINUTES - 2)).await, "and used again");
    assert!(!story.holds(&idle, at(3 * IDLE_MINUTES - 2)).await, "an hour later");
    let used = story.enters(at(0)).await;
    for minute in (0..LONGEST_HOURS * 60).step_by(30) {
        assert!(story.holds(&used, at(minute)).await, "{minute}");
    }
    assert!(!story.holds(&used, at(LONGEST_HOURS * 60)).await);
    assert!(!story.holds(&NewSession { secret: "0".repeat(64), ..used }, at(1)).await);
}

#[tokio::test]
async fn a_session_is_of_one_sign_in_and_all_of_an_account_end_at_once() {
    let story = Story::goes_on().await;
    let (one, two) = (story.enters(at(0)).await, story.enters(at(0)).await);
    assert!(one.secret != two.secret && one.session.csrf != two.session.csrf && one.secret != one.session.csrf);
    let credential = one.session.credential.clone();
    assert_eq!(story.identity.sessions_of(&credential, at(1)).await.expect("counts"), 3, "with that of the change");
    story.identity.end_session(&one.secret).await.expect("ends");
    assert!(!story.holds(&one, at(1)).await && story.holds(&two, at(1)).await);
    story.identity.end_sessions(&credential).await.expect("ends them");
    assert!(!story.holds(&two, at(1)).await);
    let again = story.enters(at(1)).await;
    story.identity.forget_account(&credential).await.expect("forgets");
    assert!(!story.holds(&again, at(1)).await);
    assert!(story.tries("an.nv", CHOSEN, at(1)).await.is_none());
}

#[tokio::test]
async fn a_changed_password_ends_every_session_of_before_and_begins_another() {
    let story = Story::begins().await;
    let (here, elsewhere) = (story.enters(at(0)).await, story.enters(at(0)).await);
    let table = [("short", Unfit::TooShort), ("aaaaaaaaaaaaaa", Unfit::Obvious), (&story.password, Unfit::IsOld)];
    for (new, why) in table {
        assert!(matches!(story.changes(&here, new, at(1)).await, Changed::Unfit(unfit) if unfit == why), "{new}");
    }
    let wrong = story.identity.change_password(&here.session, ("wrong", CHOSEN), at(1)).await;
    assert!(matches!(wrong.expect("answers"), Changed::Refused));
    assert!(story.holds(&here, at(1)).await && story.holds(&elsewhere, at(1)).await, "nothing was changed");
    let Changed::Done(new) = story.changes(&here, CHOSEN, at(2)).await else { panic!("it is taken") };
    assert!(!story.holds(&here, at(2)).await && !story.holds(&elsewhere, at(2)).await);
    let session = story.identity.session(&new.secret, at(2)).await.expect("answers").expect("holds");
    assert!(!session.must_change && !new.session.must_change && new.secret != here.secret);
    assert!(story.tries("an.nv", &story.password, at(2)).await.is_none(), "the old one");
    assert!(story.tries("an.nv", CHOSEN, at(2)).await.is_some_and(|n| !n.session.must_change));
}

#[tokio::test]
async fn a_wrong_present_password_counts_as_a_failed_attempt() {
    let story = Story::goes_on().await;
    let session = story.enters(at(0)).await;
    for _ in 0..FAILURES_MAX {
        let changed = story.identity.change_password(&session.session, ("wrong", "một câu khác nữa"), at(0)).await;
        assert!(matches!(changed.expect("answers"), Changed::Refused));
    }
    assert!(matches!(story.changes(&session, "một câu khác nữa", at(0)).await, Changed::Refused), "locked");
}

#[tokio::test]
async fn a_name_is_one_accounts_and_a_store_moves_with_its_accounts_and_without_sessions() {
    let story = Story::goes_on().await;
    let second = Identity::mint_account(ActorId::parse("a2").expect("an actor"), name()).expect("mints");
    assert!(story.identity.store_account(second, at(0)).await.is_err());
    let session = story.enters(at(0)).await;
    let other = Identity::open(story.folder.path().join("other.db")).await.expect("opens");
    assert_eq!(other.take_accounts_from(&story.identity).await.expect("takes"), 1);
    assert!(other.session(&session.secret, at(0)).await.expect("answers").is_none());
    let moved = other.sign_in("an.nv", CHOSEN, at(0)).await.expect("answers").expect("is in");
    assert_eq!(moved.session.credential, session.session.credential);
    assert_eq!(other.accounts().await.expect("reads"), story.identity.accounts().await.expect("reads"));
}

#[tokio::test]
async fn sessions_that_are_over_are_not_kept() {
    let story = Story::goes_on().await;
    story.enters(at(0)).await;
    story.enters(at(LONGEST_HOURS * 60)).await;
    let nothing = Schema { name: "any", format: 1, ddl: Vec::new() };
    let mut db = open_writer(&story.folder.path().join("identity.db").into(), &nothing).await.expect("opens");
    let (rows,): (i64,) =
        on!(db.at(), db => sqlx::query_as("SELECT COUNT(*) FROM sessions").fetch_one(db).await.expect("counts"));
    assert_eq!(rows, 1);
}

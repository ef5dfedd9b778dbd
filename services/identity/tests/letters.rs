//! Stories of addresses that are confirmed by a letter, on a store of its own: what confirms one, once and for two days, how many letters
//! there are, who may give an address, and that nothing of it outlives the account.

use identity::{Identity, LETTER_HOURS, LETTERS_MAX, Letter, LoginName, MailAddress};
use proto::document::Lang;
use proto::notices::NoticeKind;
use proto::{ActorId, CredentialId, Instant};
use tempfile::TempDir;

const HOUR: i64 = 3_600_000_000;

fn now() -> Instant {
    Instant::from_micros(1_700_000_000_000_000).expect("a moment")
}

fn actor(name: &str) -> ActorId {
    ActorId::parse(name).expect("an actor")
}

async fn store() -> (TempDir, Identity) {
    let folder = tempfile::tempdir().expect("a folder");
    let identity = Identity::open(folder.path().join("identity.db")).await.expect("opens");
    (folder, identity)
}

async fn account(identity: &Identity, name: &str) -> CredentialId {
    let minted = Identity::mint_account(actor(name), LoginName::parse(name).expect("a name")).expect("mints");
    let credential = minted.bind.credential.clone();
    identity.store_account(minted, now()).await.expect("stores");
    credential
}

async fn gives(identity: &Identity, name: &str, address: &str, at: Instant) -> MailAddress {
    identity.set_mail_address(&actor(name), Some((address, Lang::Vi)), at).await.expect("keeps");
    known(identity, name).await
}

async fn known(identity: &Identity, name: &str) -> MailAddress {
    identity.mail_address(&actor(name)).await.expect("reads").expect("an address")
}

#[tokio::test]
async fn an_address_is_confirmed_once_by_what_its_own_last_letter_holds_within_two_days() {
    let (_folder, identity) = store().await;
    let to = gives(&identity, "a1", "a1@example.vn", now()).await;
    assert_eq!((to.confirmed_at, identity.letter(&to, now()).await.expect("reads")), (None, Letter::Due));
    let first = identity.begin_letter(&to, now()).await.expect("a letter");
    // Before it is noted as sent it is still due: it goes again after a crash, and the last one counts.
    assert_eq!(identity.letter(&to, now()).await.expect("reads"), Letter::Due);
    let secret = identity.begin_letter(&to, now()).await.expect("a letter");
    identity.letter_sent(&to, now()).await.expect("notes");
    let until = now().plus_micros(LETTER_HOURS * HOUR);
    let confirms =
        async |name: &str, secret: &str, at| identity.confirm_mail(&actor(name), secret, at).await.expect("reads");
    assert_eq!(identity.letter(&to, now()).await.expect("reads"), Letter::Sent { at: now(), until });
    assert_eq!(identity.letter(&to, until).await.expect("reads"), Letter::Over);
    assert!(!confirms("a1", &first, now()).await, "of a letter before");
    assert!(!confirms("a1", "", now()).await && !confirms("a1", &secret[1..], now()).await);
    assert!(!confirms("a1", &secret, until).await, "too old");
    gives(&identity, "b1", "b1@example.vn", now()).await;
    assert!(!confirms("b1", &secret, now()).await, "somebody else's");
    assert!(known(&identity, "a1").await.confirmed_at.is_none());

    let last = until.plus_micros(-1);
    assert!(confirms("a1", &secret, last).await);
    assert_eq!(known(&identity, "a1").await.confirmed_at, Some(last));
    assert!(!confirms("a1", &secret, last).await, "once");
    // Saved again it stays confirmed; another address is to be confirmed for itself, and so is the first one after it.
    assert!(gives(&identity, "a1", "a1@example.vn", last).await.confirmed_at.is_some());
    let other = gives(&identity, "a1", "other@example.vn", last).await;
    assert_eq!((other.confirmed_at, identity.letter(&other, last).await.expect("reads")), (None, Letter::Due));
    let of_other = identity.begin_letter(&other, last).await.expect("a letter");
    assert!(gives(&identity, "a1", "a1@example.vn", last).await.confirmed_at.is_none());
    assert!(!confirms("a1", &of_other, last).await, "of another address");
    identity.set_mail_address(&actor("a1"), None, last).await.expect("forgets");
    assert!(!confirms("a1", &of_other, last).await && !confirms("nobody", &secret, last).await);
}

#[tokio::test]
async fn letters_are_few_and_an_address_that_is_given_twice_at_once_is_given_once() {
    let (_folder, identity) = store().await;
    let mut at = now();
    for n in 0..LETTERS_MAX {
        let to = gives(&identity, "a1", &format!("a{n}@example.vn"), at).await;
        assert_eq!(identity.letter(&to, at).await.expect("reads"), Letter::Due, "{n}");
        let secret = identity.begin_letter(&to, at).await.expect("a letter");
        identity.letter_sent(&to, at).await.expect("notes");
        let again = gives(&identity, "a1", &format!("a{n}@example.vn"), at.plus_micros(1)).await;
        assert!(matches!(identity.letter(&again, at).await.expect("reads"), Letter::Sent { .. }), "a form sent twice");
        assert!(n > 0 || identity.confirm_mail(&actor("a1"), &secret, at).await.expect("reads"));
        at = at.plus_micros(HOUR);
    }
    let over = now().plus_micros(24 * HOUR);
    for address in ["more@example.vn", "a4@example.vn"] {
        let to = gives(&identity, "a1", address, at).await;
        assert_eq!(identity.letter(&to, at).await.expect("reads"), Letter::TooMany(over), "{address}");
        assert_eq!(identity.letter(&to, over).await.expect("reads"), Letter::Due, "{address}");
    }
    identity.set_mail_address(&actor("a1"), None, at).await.expect("forgets");
    let to = gives(&identity, "a1", "more@example.vn", at).await;
    assert_eq!(
        identity.letter(&to, at).await.expect("reads"),
        Letter::TooMany(over),
        "nor by leaving it empty between"
    );
    identity.begin_letter(&to, over).await.expect("a letter");
    identity.letter_sent(&to, over).await.expect("notes");
    let next = gives(&identity, "a1", "next@example.vn", over).await;
    assert_eq!(identity.letter(&next, over).await.expect("reads"), Letter::Due, "a new day, a new count");
}

#[tokio::test]
async fn what_somebody_confirmed_nobody_else_changes_and_all_of_it_moves_and_ends_with_his_account() {
    let (folder, identity) = store().await;
    let credential = account(&identity, "a1").await;
    account(&identity, "b1").await;
    let given = async |name: &str, address: &str| {
        identity.give_mail_address(&actor(name), (address, Lang::Vi), now()).await.expect("reads")
    };
    assert!(
        given("a1", "wrong@example.vn").await
            && given("a1", "a1@example.vn").await
            && given("b1", "b1@example.vn").await
    );
    let to = known(&identity, "a1").await;
    let secret = identity.begin_letter(&to, now()).await.expect("a letter");
    assert!(identity.confirm_mail(&actor("a1"), &secret, now()).await.expect("reads"));
    assert!(!given("a1", "wrong@example.vn").await);
    assert_eq!(known(&identity, "a1").await.address, "a1@example.vn");

    let kinds = [NoticeKind::DeadlineNear, NoticeKind::ResultPublished];
    identity.leave_out(&actor("a1"), &kinds).await.expect("notes");
    assert_eq!(identity.left_out(&actor("a1")).await.expect("reads"), [kinds[0]], "a result is for everybody");
    let moved = Identity::open(folder.path().join("other.db")).await.expect("opens");
    moved.take_mail_from(&identity).await.expect("takes");
    assert_eq!(known(&moved, "a1").await.confirmed_at, Some(now()));
    assert_eq!(moved.left_out(&actor("a1")).await.expect("reads"), [kinds[0]]);
    let b = known(&moved, "b1").await;
    assert_eq!((b.confirmed_at, moved.letter(&b, now()).await.expect("reads")), (None, Letter::Due));

    identity.forget_account(&credential).await.expect("forgets");
    identity.forget_mail_of_nobody().await.expect("forgets");
    assert!(identity.mail_address(&actor("a1")).await.expect("reads").is_none());
    assert!(identity.left_out(&actor("a1")).await.expect("reads").is_empty());
    let again = gives(&identity, "a1", "a1@example.vn", now()).await;
    assert!(again.confirmed_at.is_none(), "nor is it confirmed for the next one of that name");
    identity.leave_out(&actor("a1"), &[]).await.expect("notes");
}

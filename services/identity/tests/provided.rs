//! Stories of people whom an identity provider vouches for, on a store of its own: who is awaited, for how long and how often, and what an
//! account of theirs opens. The provider itself is asked in tests/tests/system/oidc.rs. Time is told, never waited for.

use identity::{AWAITED_MAX, AWAITED_MINUTES, Awaiting, Identity, IdentityError, LoginName, Subject, Voucher};
use platform::db::{Schema, open_writer};
use platform::on;
use proto::document::Lang;
use proto::{ActorId, Hash, Instant, ViaKind};
use tempfile::TempDir;

fn at(minutes: i64) -> Instant {
    Instant::from_micros(1_700_000_000_000_000 + minutes * 60_000_000).expect("a moment")
}

fn actor() -> ActorId {
    ActorId::parse("a1").expect("an actor")
}

fn whom(claim: &str, value: &str) -> Subject {
    let by = Voucher { issuer: "https://id.example".to_owned(), claim: claim.to_owned() };
    Subject::new(by, value).expect("a subject")
}

async fn store(folder: &TempDir, name: &str) -> Identity {
    Identity::open(folder.path().join(name)).await.expect("opens")
}

async fn bound(identity: &Identity, subject: Subject) -> Result<(), IdentityError> {
    let minted = Identity::mint_provided(actor(), subject).expect("mints");
    assert_eq!(minted.bind.method, ViaKind::Oidc);
    identity.store_provided(minted, at(0)).await
}

/// What the provider is shown of somebody who is awaited, from the address where he is sent: by the same derivation, from his secret.
fn state(awaiting: &Awaiting) -> String {
    Hash::digest(format!("state\n{}", awaiting.secret()).as_bytes()).to_string()
}

#[tokio::test]
async fn somebody_who_was_sent_is_awaited_once_and_for_ten_minutes_and_his_secret_is_not_stored() {
    let folder = tempfile::tempdir().expect("a folder");
    let (here, there) = (store(&folder, "identity.db").await, store(&folder, "identity.db").await);
    let one = here.awaits("/me", at(0)).await.expect("awaits");
    let two = here.awaits("", at(0)).await.expect("awaits");
    let back = async |identity: &Identity, awaiting: &Awaiting, state: &str, now| {
        identity.came_back(awaiting, state, now).await.expect("answers")
    };
    for wrong in ["", "x", &state(&two), one.secret()] {
        assert_eq!(back(&here, &one, wrong, at(1)).await, None, "{wrong}");
    }
    assert_eq!(back(&here, &Awaiting::by("x"), &state(&Awaiting::by("x")), at(1)).await, None, "of his own making");
    // Two who come at once are one.
    let state_of_one = state(&one);
    let both = tokio::join!(back(&here, &one, &state_of_one, at(1)), back(&there, &one, &state_of_one, at(1)));
    assert!(matches!(both, (Some(_), None) | (None, Some(_))), "{both:?}");
    assert_eq!(both.0.or(both.1).as_deref(), Some("/me"));
    assert_eq!(back(&here, &one, &state(&one), at(1)).await, None, "once");
    assert_eq!(back(&here, &two, &state(&two), at(AWAITED_MINUTES)).await, None, "too late");
    let three = here.awaits("/x", at(0)).await.expect("awaits");
    let last = at(AWAITED_MINUTES).plus_micros(-1);
    assert_eq!(back(&there, &three, &state(&three), last).await.as_deref(), Some("/x"), "not yet");
    for file in std::fs::read_dir(folder.path()).expect("folder") {
        let bytes = std::fs::read(file.expect("file").path()).expect("bytes");
        assert!(!bytes.windows(64).any(|w| w == three.secret().as_bytes() || w == state(&three).as_bytes()));
    }
}

#[tokio::test]
async fn no_more_are_awaited_than_there_is_room_for_and_those_who_are_late_make_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let identity = store(&folder, "identity.db").await;
    let nothing = Schema { name: "any", format: 1, ddl: Vec::new() };
    let mut db = open_writer(&folder.path().join("identity.db").into(), &nothing).await.expect("opens");
    on!(db.at(), db => {
        let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) \
            INSERT INTO sign_ins_awaited (digest, next, begun_at) SELECT 'x' || i, '', $2 FROM n";
        let write = sqlx::query(many).bind(AWAITED_MAX).bind(at(0).to_string());
        write.execute(db).await.map(|_| ())
    })
    .expect("writes");
    assert!(matches!(identity.awaits("", at(1)).await, Err(IdentityError::Overloaded)));
    assert!(identity.awaits("", at(AWAITED_MINUTES)).await.is_ok(), "they are late by now");
}

#[tokio::test]
async fn an_account_by_a_provider_opens_for_one_subject_of_one_claim_and_ends_with_its_sessions() {
    let folder = tempfile::tempdir().expect("a folder");
    let identity = store(&folder, "identity.db").await;
    bound(&identity, whom("sub", "an.nv")).await.expect("stores");
    assert!(bound(&identity, whom("sub", "an.nv")).await.is_err(), "one account for each");
    let other = Voucher { issuer: "https://id.example/".to_owned(), claim: "sub".to_owned() };
    let others = [whom("sub", "An.nv"), whom("email", "an.nv"), Subject::new(other, "an.nv").expect("a subject")];
    for other in others {
        assert!(identity.sign_in_by(&other, at(0)).await.expect("answers").is_none(), "{other:?}");
    }
    let new = identity.sign_in_by(&whom("sub", "an.nv"), at(0)).await.expect("answers").expect("is in");
    let session = identity.session(&new.secret, at(1)).await.expect("answers").expect("holds");
    assert_eq!((session.method, session.actor, session.must_change), (ViaKind::Oidc, actor(), false));
    assert!(identity.sign_in("an.nv", "", at(1)).await.expect("answers").is_none(), "there is no password");
    assert_eq!(identity.accounts().await.expect("reads").len(), 1);
    let credential = new.session.credential.clone();
    assert!(credential.as_str().starts_with("o-"));
    assert_eq!(identity.signed_in().await.expect("reads").get(&credential), Some(&at(0)));

    // It moves to another store, and its sessions do not; an address for mail is kept as long as the account.
    let moved = store(&folder, "other.db").await;
    assert_eq!(moved.take_accounts_from(&identity).await.expect("takes"), 1);
    assert!(moved.session(&new.secret, at(1)).await.expect("answers").is_none());
    assert!(moved.sign_in_by(&whom("sub", "an.nv"), at(1)).await.expect("answers").is_some());
    identity.set_mail_address(&actor(), Some(("an@example.vn", Lang::Vi)), at(1)).await.expect("sets");
    identity.forget_mail_of_nobody().await.expect("forgets");
    assert!(identity.mail_address(&actor()).await.expect("reads").is_some());
    identity.forget_account(&credential).await.expect("forgets");
    identity.forget_mail_of_nobody().await.expect("forgets");
    assert!(identity.mail_address(&actor()).await.expect("reads").is_none());
    assert!(identity.session(&new.secret, at(1)).await.expect("answers").is_none());
    assert!(identity.sign_in_by(&whom("sub", "an.nv"), at(1)).await.expect("answers").is_none());
}

#[tokio::test]
async fn whom_a_provider_vouches_for_changes_nobodys_password_though_he_is_called_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    let identity = store(&folder, "identity.db").await;
    let name = LoginName::parse("an.nv").expect("a name");
    let minted = Identity::mint_account(ActorId::parse("a2").expect("an actor"), name).expect("mints");
    let password = identity.store_account(minted, at(0)).await.expect("stores");
    bound(&identity, whom("sub", "an.nv")).await.expect("stores");
    let new = identity.sign_in_by(&whom("sub", "an.nv"), at(0)).await.expect("answers").expect("is in");
    let changed =
        identity.change_password(&new.session, (&password, "một câu khác hẳn"), at(0)).await.expect("answers");
    assert!(matches!(changed, identity::Changed::Refused));
    let local = identity.sign_in("an.nv", &password, at(0)).await.expect("answers").expect("is in");
    assert_eq!(local.session.method, ViaKind::Session);
    assert_ne!(local.session.actor, new.session.actor);
}

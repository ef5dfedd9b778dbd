//! Stories of tokens' scopes, on a store of its own: what a token is good for, what one of before there were scopes is, and that neither
//! an older version of this program nor whoever writes in the store makes more of one unseen.

use identity::{Identity, Minted};
use platform::db::{Schema, Writing, open_writer};
use platform::on;
use platform::ports::Authenticate;
use proto::canon::{Value, to_vec};
use proto::commitment::commit;
use proto::{ActorId, Hash, Instant, Scope, Scopes};
use tempfile::TempDir;

fn mint(scopes: Scopes) -> Minted {
    Identity::mint(ActorId::parse("a1").expect("an actor"), scopes).expect("mints")
}

fn now() -> Instant {
    Instant::from_micros(1_700_000_000_000_000).expect("a moment")
}

async fn store() -> (TempDir, Identity) {
    let folder = tempfile::tempdir().expect("a folder");
    let identity = Identity::open(folder.path().join("identity.db")).await.expect("opens");
    (folder, identity)
}

/// The store by a hand of its own.
async fn by_hand(folder: &TempDir) -> Writing {
    let nothing = Schema { name: "any", format: 1, ddl: Vec::new() };
    open_writer(&folder.path().join("identity.db").into(), &nothing).await.expect("opens")
}

#[tokio::test]
async fn a_token_is_for_what_it_was_made_for_also_after_the_store_was_opened_again_or_moved() {
    let (folder, identity) = store().await;
    let mut tokens = Vec::new();
    for scopes in [vec![Scope::Commands], vec![Scope::Read, Scope::Commands], vec![Scope::Log]] {
        let scopes = Scopes::of(scopes).expect("some");
        tokens.push((scopes, identity.store(mint(scopes), "test", now()).await.expect("stores")));
    }
    identity.close().await.expect("closes");
    let again = Identity::open(folder.path().join("identity.db")).await.expect("opens");
    let moved = Identity::open(folder.path().join("other.db")).await.expect("opens");
    assert_eq!(moved.take_from(&again).await.expect("takes"), 3);
    let moved = Identity::open(folder.path().join("other.db")).await.expect("opens");
    for store in [&again, &moved] {
        for (scopes, token) in &tokens {
            assert_eq!(store.authenticate(token).await.expect("known").scopes, *scopes);
        }
    }
    assert!(again.tokens().iter().all(|token| token.scopes.is_some()));
}

#[tokio::test]
async fn a_token_of_before_there_were_scopes_opens_what_it_opened_and_is_listed_as_that() {
    let (folder, identity) = store().await;
    identity.close().await.expect("closes");
    let secret = "parindex_00_11";
    let mut db = by_hand(&folder).await;
    on!(db.at(), db => {
        let old = "INSERT INTO tokens (credential, secret_hash, actor, label, salt, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
        let old = sqlx::query(old).bind("t-00").bind(Hash::digest(secret.as_bytes()).to_string()).bind("svc-index");
        let old = old.bind("feed").bind(vec![0_u8; 32]).bind(now().to_string());
        old.execute(db).await.map(|_| ()).expect("writes")
    });
    let identity = Identity::open(folder.path().join("identity.db")).await.expect("opens");
    assert_eq!(identity.authenticate(secret).await.expect("known").scopes, Scopes::ALL);
    assert_eq!(identity.tokens()[0].scopes, None, "it says that nobody chose them");
    let credential = identity.tokens()[0].credential.clone();
    identity.forget(&credential).await.expect("forgets");
    assert!(identity.authenticate(secret).await.is_none());
}

#[tokio::test]
async fn a_version_that_knows_no_scopes_gives_a_token_with_scopes_nothing() {
    let (folder, identity) = store().await;
    identity.store(mint(Scopes::OWN), "test", now()).await.expect("stores");
    let mut db = by_hand(&folder).await;
    // All that such a version ever reads of tokens.
    let (known,): (i64,) =
        on!(db.at(), db => sqlx::query_as("SELECT COUNT(*) FROM tokens").fetch_one(db).await.expect("counts"));
    assert_eq!(known, 0);
}

#[tokio::test]
async fn the_log_is_told_of_a_tokens_scopes_by_a_commitment_that_wider_ones_do_not_fit() {
    let (folder, identity) = store().await;
    let minted = mint(Scopes::OWN);
    let told = minted.bind.commitment;
    let token = identity.store(minted, "test", now()).await.expect("stores");
    let mut db = by_hand(&folder).await;
    let (salt, scopes): (Vec<u8>, String) = on!(db.at(), db => {
        sqlx::query_as("SELECT salt, scopes FROM scoped_tokens").fetch_one(db).await.expect("a row")
    });
    let salt: [u8; 32] = salt.try_into().expect("32 bytes");
    let opened = |scopes: &str| {
        let words = scopes.split(' ').map(|word| Value::Text(word.to_owned())).collect();
        let secret = Hash::digest(token.as_bytes()).to_string();
        let members = [("scopes".to_owned(), Value::Array(words)), ("secret".to_owned(), Value::Text(secret))];
        let canonical = to_vec(&Value::Object(members.into())).expect("canonical");
        commit(&salt, &Hash::digest(&canonical).0)
    };
    assert_eq!((scopes.as_str(), opened(&scopes)), ("commands read", told));
    assert_ne!(opened("commands read log"), told);
    assert_ne!(opened("read"), told);
}

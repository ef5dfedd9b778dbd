//! Accounts and sessions on PostgreSQL: the statements of the other engine, and tables that an earlier version did not make.

use identity::{Changed, FAILURES_MAX, Identity, LOCKED_MINUTES, Subject, Voucher};
use platform::db::Role;
use proto::{Hash, Instant, ViaKind};
use system_tests::postgres::{Disk, Postgres, execute};

const CHOSEN: &str = "một câu dài dễ nhớ";

fn at(minutes: i64) -> Instant {
    Instant::from_micros(1_700_000_000_000_000 + minutes * 60_000_000).expect("a moment")
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_stand_on_postgresql_also_where_an_earlier_version_made_the_schema() {
    let postgres = Postgres::start(Disk::Unsynced);
    let init = "init --origin test.example/accounts --training --administrator admin-a --administrator admin-b";
    postgres.must(&init.split(' ').collect::<Vec<_>>());
    execute(&mut postgres.admin().await, "DROP TABLE identity.accounts, identity.sessions, identity.attempts").await;
    let first = postgres.must(&["account", "--actor", "admin-a", "--name", "an.nv"]).out.trim().to_owned();
    // Two processes on one store.
    let open = async || Identity::open(postgres.place("identity", Role::Identity)).await.expect("opens");
    let (here, there) = (open().await, open().await);
    let enters = async |identity: &Identity, password: &str, now| {
        identity.sign_in("an.nv", password, now).await.expect("answers")
    };
    let session = enters(&here, &first, at(0)).await.expect("the first password");
    let known = there.session(&session.secret, at(1)).await.expect("answers").expect("known to both");
    let changed = there.change_password(&known, (&first, CHOSEN), at(2)).await.expect("answers");
    let Changed::Done(new) = changed else { panic!("it is taken") };
    assert!(here.session(&session.secret, at(2)).await.expect("answers").is_none(), "over in both");
    assert!(here.session(&new.secret, at(2)).await.expect("answers").is_some_and(|s| !s.must_change));
    for n in 0..FAILURES_MAX {
        let identity = if n % 2 == 0 { &here } else { &there };
        assert!(enters(identity, "wrong", at(3)).await.is_none());
    }
    assert!(enters(&here, CHOSEN, at(4)).await.is_none() && enters(&there, CHOSEN, at(4)).await.is_none(), "locked");
    assert!(here.sign_in("nobody", CHOSEN, at(4)).await.expect("answers").is_none());
    let late = enters(&here, CHOSEN, at(3 + LOCKED_MINUTES)).await.expect("open again");
    assert_eq!(there.sessions_of(&late.session.credential, at(20)).await.expect("counts"), 2);
    // Somebody whom a provider vouches for is awaited once, and his account stands beside the others.
    let by = Voucher { issuer: "https://id.example".to_owned(), claim: "sub".to_owned() };
    let subject = Subject::new(by, "an.nv").expect("a subject");
    let bind = ["account", "--actor", "admin-b", "--oidc-subject", "an.nv", "--oidc-issuer", "https://id.example"];
    let credential = postgres.must(&bind).out.trim().to_owned();
    let awaiting = here.awaits("/me", at(20)).await.expect("awaits");
    let state = Hash::digest(format!("state\n{}", awaiting.secret()).as_bytes()).to_string();
    assert_eq!(there.came_back(&awaiting, &state, at(20)).await.expect("answers").as_deref(), Some("/me"));
    assert_eq!(here.came_back(&awaiting, &state, at(20)).await.expect("answers"), None);
    let vouched = there.sign_in_by(&subject, at(20)).await.expect("answers").expect("is in");
    let known = here.session(&vouched.secret, at(20)).await.expect("answers").expect("known to both");
    assert_eq!((known.method, known.credential.as_str()), (ViaKind::Oidc, credential.as_str()));
    assert_eq!(here.accounts().await.expect("reads").len(), 2);
    here.forget_mail_of_nobody().await.expect("forgets");
    postgres.must(&["account", "--credential", &credential, "--disable", "--reason", "hết việc"]);
    assert!(here.session(&vouched.secret, at(20)).await.expect("answers").is_none());
    assert!(here.sign_in_by(&subject, at(20)).await.expect("answers").is_none());
    postgres.must(&["account", "--name", "an.nv", "--disable", "--reason", "hết việc"]);
    assert!(here.session(&late.secret, at(20)).await.expect("answers").is_none());
    postgres.must(&["verify"]);
}

//! What each role may not do, attempted in that role and refused; what no role may do, refused to the owner too.
//! The statements are a stranger's: none of them is the program's own.

use intake::access::AccessLog;
use platform::db::{Either, Place, Role, Schema, open_writer};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;
use system_tests::folder::sample_round;
use system_tests::postgres::{Disk, KEYS_DATABASE, Postgres, execute};

/// What PostgreSQL says to one who may not, and to one whom a trigger stops.
const FORBIDDEN: &str = "42501";
const RAISED: &str = "P0001";
/// To one who names a schema's table that he may not even look for.
const ROLES: [(Role, &str); 8] = [
    (Role::Ledger, "ledger"),
    (Role::Signer, "ledger"),
    (Role::Index, "index"),
    (Role::Ranking, "ranking"),
    (Role::Identity, "identity"),
    (Role::Dashboard, "index"),
    (Role::Inspector, "ledger"),
    (Role::Intake, "access"),
];

const COPY_EVENT: &str = "INSERT INTO ledger.events SELECT position + 1000000, stream, version + 1000000, id, \
    command || 'x', kind, at, hash, body FROM ledger.events WHERE position = 1";
const NEW_HEAD: &str = "INSERT INTO ledger.head SELECT 2, position, hash, root, range FROM ledger.head";
const MOVE_HEAD: &str = "UPDATE ledger.head SET position = position + 1";

/// A server whose log has begun, with both projections, and something of their next generations.
async fn begun() -> Postgres {
    let server = Postgres::start(Disk::Unsynced);
    server.begin("test.example/forbidden", &[&sample_round().join("01-setup.ndjson")]);
    let mut admin = server.admin().await;
    for part in ["index", "ranking"] {
        let made = format!("SET ROLE parindex_{part}; CREATE TABLE {part}_next.made (one int); RESET ROLE");
        execute(&mut admin, made).await;
    }
    drop(AccessLog::open(&server.place("access", Role::Intake)).await.expect("opens"));
    server
}

async fn as_role(server: &Postgres, role: Role, schema: &'static str) -> PgConnection {
    let place = Place::Schema { server: server.server("parindex"), schema, role };
    let nothing = Schema { name: "any", format: 1, ddl: Vec::new() };
    match open_writer(&place, &nothing).await.expect("the role comes in") {
        Either::Postgres(db) => db,
        Either::Sqlite(_) => unreachable!("it is a schema"),
    }
}

/// What a statement came to: the code of the refusal, or none.
async fn code(db: &mut PgConnection, statement: &str) -> Option<String> {
    let error = sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(db).await.err()?;
    Some(error.as_database_error().and_then(|e| e.code()).map_or(error.to_string(), |code| code.into_owned()))
}

/// Statements that nobody may say, but for what a role is for.
fn attempts() -> Vec<(&'static str, Vec<Role>)> {
    use Role::{Dashboard, Identity, Index, Inspector, Intake, Ledger, Ranking, Signer};
    let (everyone, nobody) = (vec![Ledger, Signer, Index, Ranking, Identity, Dashboard, Inspector, Intake], Vec::new());
    assert_eq!(everyone.len(), ROLES.len());
    vec![
        ("UPDATE ledger.events SET kind = kind", nobody.clone()),
        ("DELETE FROM ledger.events", nobody.clone()),
        ("TRUNCATE ledger.events", nobody.clone()),
        ("DELETE FROM ledger.head", nobody.clone()),
        ("TRUNCATE ledger.head", nobody.clone()),
        ("DROP TABLE ledger.events", nobody.clone()),
        ("DROP SCHEMA ledger CASCADE", nobody.clone()),
        ("ALTER TABLE ledger.events DISABLE TRIGGER ALL", nobody.clone()),
        ("DROP TRIGGER events_are_not_updated ON ledger.events", nobody.clone()),
        ("CREATE TRIGGER more BEFORE INSERT ON ledger.events EXECUTE FUNCTION ledger.never('x')", nobody.clone()),
        (
            "CREATE OR REPLACE FUNCTION ledger.never() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            nobody.clone(),
        ),
        ("CREATE TABLE ledger.mine (one int)", nobody.clone()),
        ("CREATE TABLE public.mine (one int)", nobody.clone()),
        ("CREATE SCHEMA mine", nobody.clone()),
        ("UPDATE ledger.format SET version = 2", nobody.clone()),
        ("SET ROLE parindex_owner", nobody.clone()),
        ("SET session_replication_role = replica", nobody.clone()),
        ("GRANT UPDATE ON ledger.events TO parindex_ledger", vec![]),
        (COPY_EVENT, vec![Ledger]),
        (MOVE_HEAD, vec![Ledger]),
        ("SELECT body FROM ledger.events", vec![Ledger, Signer, Dashboard, Inspector, Intake]),
        ("SELECT position FROM ledger.head", vec![Ledger, Signer, Dashboard, Inspector, Intake]),
        ("SELECT * FROM index.cursor", vec![Index, Dashboard, Inspector]),
        ("SELECT * FROM index.scores", vec![Index, Dashboard, Inspector]),
        ("UPDATE index.scores SET revision = revision", vec![Index]),
        ("DELETE FROM index.cursor", vec![Index]),
        ("SELECT * FROM ranking.standings", vec![Ranking, Dashboard, Inspector]),
        ("UPDATE ranking.standings SET rank = rank", vec![Ranking]),
        // The next generations: made and moved by their projector's role, looked at by the inspector, and by nobody who
        // shows them before they serve.
        ("CREATE TABLE index_next.more (one int)", vec![Index]),
        ("CREATE TABLE ranking_next.more (one int)", vec![Ranking]),
        ("SELECT * FROM index_next.made", vec![Index, Inspector]),
        ("SELECT * FROM ranking_next.made", vec![Ranking, Inspector]),
        ("INSERT INTO index_next.made VALUES (1)", vec![Index]),
        ("INSERT INTO ranking_next.made VALUES (1)", vec![Ranking]),
        ("ALTER TABLE index_next.made SET SCHEMA index", vec![Index]),
        ("ALTER TABLE ranking_next.made SET SCHEMA ranking", vec![Ranking]),
        ("ALTER TABLE index.scores SET SCHEMA ranking", nobody.clone()),
        ("DROP TABLE index.scores", vec![Index]),
        ("DROP TABLE ranking.standings", vec![Ranking]),
        ("DROP TABLE index_next.made", vec![Index]),
        ("LOCK TABLE index.cursor IN ACCESS EXCLUSIVE MODE", vec![Index]),
        ("SELECT * FROM identity.tokens", vec![Identity]),
        ("UPDATE identity.tokens SET label = label", vec![Identity]),
        // The access log: nobody's but the intake's. Keys are not here at all.
        ("SELECT * FROM access.accesses", vec![Intake]),
        ("INSERT INTO access.accesses VALUES (1, '')", vec![Intake]),
        ("CREATE TABLE access.mine (one int)", vec![Intake]),
        ("CHECKPOINT", nobody.clone()),
        ("SELECT pg_switch_wal()", nobody.clone()),
    ]
}

#[tokio::test]
async fn every_act_that_a_role_has_no_business_with_is_refused() {
    let server = begun().await;
    let before = digest(&server).await;
    for (role, schema) in ROLES {
        for (statement, allowed) in attempts() {
            let mut db = as_role(&server, role, schema).await;
            execute(&mut db, "BEGIN").await;
            let code = code(&mut db, statement).await;
            let granted_nothing = statement.starts_with("GRANT") && code.is_none();
            if allowed.contains(&role) {
                assert_eq!(code, None, "{role:?}: {statement}");
            } else if !granted_nothing {
                assert_eq!(code.as_deref(), Some(FORBIDDEN), "{role:?}: {statement}");
            }
            let _ = sqlx::Connection::close(db).await;
        }
    }
    assert_eq!(digest(&server).await, before, "nothing of it was committed");
    server.must(&["verify"]);
}

#[tokio::test]
async fn nobody_but_the_intake_comes_to_the_keys_and_it_makes_nothing_of_the_log() {
    let server = begun().await;
    let keys = server.begin_keys().await;
    let refused = async |login: &str| {
        let Err(error) = server.server_of(login, KEYS_DATABASE).connect().await else { return false };
        assert!(error.to_string().contains("permission denied for database"), "{login}: {error}");
        true
    };
    for (role, _) in ROLES {
        assert_eq!(refused(role.name()).await, role != Role::Intake, "{role:?}");
    }
    assert!(refused("parindex").await, "nor the operator's login");
    let Ok(Either::Postgres(mut db)) = open_writer(&keys, &Schema { name: "any", format: 1, ddl: Vec::new() }).await
    else {
        panic!("it has been begun")
    };
    assert_eq!(code(&mut db, "SELECT sealed FROM keys.files").await, None);
    for statement in
        ["CREATE SCHEMA mine", "CREATE TABLE public.mine (one int)", "CREATE ROLE mine", "SELECT * FROM pg_authid"]
    {
        assert_eq!(code(&mut db, statement).await.as_deref(), Some(FORBIDDEN), "{statement}");
    }
}

#[tokio::test]
async fn triggers_refuse_to_the_owner_and_to_the_administrator_what_nobody_may_do() {
    let server = begun().await;
    let owner = Place::Schema { server: server.server("admin"), schema: "ledger", role: Role::Owner };
    let nothing = Schema { name: "ledger", format: 1, ddl: Vec::new() };
    let Ok(Either::Postgres(mut owner)) = open_writer(&owner, &nothing).await else { panic!("the owner is there") };
    let mut admin = server.admin().await;
    execute(&mut admin, "SET session_replication_role = replica").await;
    let attempts = [
        "UPDATE ledger.events SET kind = kind",
        "UPDATE ledger.events SET kind = kind WHERE false",
        "DELETE FROM ledger.events WHERE position = 1",
        "TRUNCATE ledger.events",
        "UPDATE ledger.head SET position = position - 1",
        "UPDATE ledger.head SET hash = root",
        "DELETE FROM ledger.head",
        "TRUNCATE ledger.head",
    ];
    for statement in attempts {
        assert_eq!(code(&mut owner, statement).await.as_deref(), Some(RAISED), "owner: {statement}");
        assert_eq!(code(&mut admin, statement).await.as_deref(), Some(RAISED), "administrator: {statement}");
    }
    assert_eq!(code(&mut owner, NEW_HEAD).await.as_deref(), Some("23514"), "there is one head");
    server.must(&["verify"]);
    // Whoever switches a trigger off is told of by the inspector, even if he changes nothing yet.
    execute(&mut admin, "ALTER TABLE ledger.events DISABLE TRIGGER events_are_not_deleted").await;
    let said = server.must(&["verify"]);
    assert!(said.out.contains("note: the trigger events_are_not_deleted is missing"), "{}", said.out);
    // And what he then changes is found.
    execute(&mut admin, "DELETE FROM ledger.events WHERE position = 7").await;
    let said = server.run(&["verify"]);
    assert!(said.code == Some(1) && said.out.contains("BROKEN  position 7: the event is missing"), "{}", said.out);
    let said = server.run(&["play", "x.ndjson"]);
    assert_eq!(said.code, Some(2), "{}", said.out);
}

#[tokio::test]
async fn the_roles_file_takes_back_what_was_granted_by_hand() {
    let server = begun().await;
    let mut admin = server.admin().await;
    execute(&mut admin, "GRANT ALL ON ledger.events TO parindex_ledger, PUBLIC; GRANT parindex_owner TO parindex")
        .await;
    execute(&mut admin, "GRANT ALL ON SCHEMA ledger TO parindex_index; ALTER ROLE parindex_ledger SUPERUSER").await;
    server.must(&["prepare", "--database-url", &server.url("admin")]);
    for (role, statement) in [
        (Role::Ledger, "UPDATE ledger.events SET kind = kind"),
        (Role::Ledger, "SET ROLE parindex_owner"),
        (Role::Index, "SELECT * FROM ledger.events"),
    ] {
        let schema = if role == Role::Ledger { "ledger" } else { "index" };
        let mut db = as_role(&server, role, schema).await;
        assert_eq!(code(&mut db, statement).await.as_deref(), Some(FORBIDDEN), "{role:?}: {statement}");
    }
    server.must(&["verify"]);
}

#[tokio::test]
async fn a_login_without_the_roles_and_a_database_without_tables_are_told_apart() {
    let server = Postgres::start(Disk::Unsynced);
    let mut admin = server.admin().await;
    execute(&mut admin, "CREATE ROLE stranger LOGIN; GRANT CONNECT ON DATABASE postgres TO stranger").await;
    execute(&mut admin, "CREATE DATABASE empty").await;
    let stranger = server.url("stranger");
    let empty = server.url("admin").replace("/postgres", "/empty");
    let nowhere = "postgres://parindex@127.0.0.1:1/parindex".to_owned();
    for (url, code) in [
        (stranger, "database_refused"),
        (server.url("nobody"), "database_refused"),
        (empty, "database_unprepared"),
        (nowhere, "database_unreachable"),
    ] {
        let said = server.run(&["verify", "--database-url", &url]);
        assert_eq!(said.code, Some(2), "{url}: {}", said.out);
        assert!(said.err.starts_with(&format!("error: {code}: ")), "{url}: {}", said.err);
    }
    let said = server.run(&["verify"]);
    assert!(said.err.starts_with("error: log_missing: "), "{}", said.err);
    let said = server.run(&["verify", "--database-url", "postgres://someone:secret@nowhere:port/x"]);
    assert!(said.code == Some(2) && !said.err.contains("secret"), "{}", said.err);
}

/// The log and both projections as they stand.
async fn digest(server: &Postgres) -> Vec<String> {
    let mut admin = server.admin().await;
    let mut digests = Vec::new();
    for table in ["ledger.events", "ledger.head", "index.scores", "ranking.standings", "identity.tokens"] {
        let sql = format!("SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t");
        let digest: Option<String> =
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut admin).await.expect("it can be read");
        digests.push(digest.unwrap_or_default());
    }
    digests
}

//! The writer under failures and haste: every command is answered truthfully and written once.
//! Groups fail here by a trigger of the test's own; a real engine fails by its disk.

use std::collections::BTreeSet;

use inspector::{Source, walk_log};
use platform::db::Schema;
use platform::db::sqlite::open_writer;
use platform::ports::Submit;
use proto::{Answer, Instant, Origin, Refused, RoundId};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};
use system_tests::calling::{Calling, Way};
use system_tests::folder::Folder;
use system_tests::load::round::{Caller, OpenLedger, begin, origin};
use system_tests::prove::{Projected, paths, prove};
use system_tests::record::Records;
use system_tests::seed::Seed;
use tempfile::TempDir;

const FAILURES: usize = 10;

async fn beside(folder: &TempDir) -> SqliteConnection {
    let schema = Schema { name: "ledger", format: 1, ddl: Vec::new() };
    open_writer(&folder.path().join("ledger.db"), &schema).await.expect("opens")
}

async fn run(db: &mut SqliteConnection, statement: &str) {
    sqlx::query(AssertSqlSafe(statement.to_owned())).execute(db).await.expect(statement);
}

/// The log holds, and no command stands in it twice. Gives the commands.
async fn commands_of(folder: &TempDir) -> BTreeSet<String> {
    let source = Source::open(&folder.path().join("ledger.db")).await.expect("opens");
    let (walk, broken) = walk_log(&source, origin(), async |_, _| Ok(())).await.expect("reads");
    assert_eq!(broken, None);
    let mut db = beside(folder).await;
    let rows = sqlx::query("SELECT command FROM events").fetch_all(&mut db).await.expect("reads");
    let commands: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!((rows.len(), commands.len()), (usize::try_from(walk.position()).expect("fits"), rows.len()));
    commands
}

fn callers(open: &OpenLedger) -> Vec<Caller> {
    (0..open.units.len() * 2).map(|i| Caller::new(i, &open.units).expect("a caller")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_sent_many_times_at_once_is_one_event() {
    let folder = TempDir::new().expect("a folder");
    let open = begin(folder.path().join("ledger.db")).await.expect("begins");
    let (mut sent, records) = (Vec::new(), Records::default());
    let since = open.ledger.log().head_row().await.expect("a head").position;
    for caller in callers(&open) {
        let command = caller.next().expect("a command");
        for _ in 0..6 {
            let (door, principal, command) = (open.ledger.door(), caller.principal(), command.clone());
            let (id, records) = (command.id.to_string(), records.clone());
            let at = records.begin(caller.name(), 0, &command);
            let answer = async move {
                let answer = door.submit(principal, vec![Ok(command)]).await.pop();
                records.told(at, answer.clone().expect("an answer"));
                answer
            };
            sent.push((id, tokio::spawn(answer)));
        }
    }
    let mut answers = BTreeSet::new();
    for (id, answer) in sent {
        let Some(Answer::Accepted(accepted)) = answer.await.expect("answers") else { panic!("{id} was refused") };
        answers.insert((id, accepted.position));
    }
    assert_eq!(answers.len(), open.units.len() * 2, "each command has one position");
    open.ledger.stop().await;
    let written = commands_of(&folder).await;
    assert!(answers.iter().all(|(id, _)| written.contains(id)));
    let paths = paths(folder.path());
    let here = Projected::Here { index: paths.index.clone(), ranking: paths.ranking.clone() };
    prove(&paths, origin(), &records, since, here).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_that_fail_lose_nothing_and_write_nothing_twice() {
    let folder = TempDir::new().expect("a folder");
    let open = begin(folder.path().join("ledger.db")).await.expect("begins");
    let mut db = beside(&folder).await;
    run(&mut db, "CREATE TABLE failing (one INTEGER)").await;
    run(
        &mut db,
        "CREATE TRIGGER fails BEFORE INSERT ON events WHEN (SELECT COUNT(*) FROM failing) > 0 \
         BEGIN SELECT RAISE(ABORT, 'injected'); END",
    )
    .await;
    let since = open.ledger.log().head_row().await.expect("a head").position;
    let (records, mut seed) = (Records::default(), Seed::drawn());
    let ways = callers(&open).into_iter().map(|caller| (caller, Way::Door(open.ledger.door())));
    let calling = Calling::start(ways.collect(), &records, &mut seed);
    for _ in 0..FAILURES {
        calling.more(usize::try_from(seed.next(20, 200)).expect("small")).await;
        run(&mut db, "INSERT INTO failing VALUES (1)").await;
        calling.trouble(1).await;
        run(&mut db, "DELETE FROM failing").await;
    }
    calling.more(open.units.len()).await;
    calling.end().await;
    open.ledger.stop().await;
    let paths = paths(folder.path());
    let here = Projected::Here { index: paths.index.clone(), ranking: paths.ranking.clone() };
    let proof = prove(&paths, origin(), &records, since, here).await;
    assert!(proof.counts.denied >= FAILURES as u64 && proof.counts.unknown == 0, "{:?}", proof.counts);
}

/// A line of a script: a drafter scores a leaf under a command id of his choice.
fn line(at: &str, id: &str, leaf: &str) -> String {
    format!(
        "{{\"at\":\"{at}\",\"actor\":\"001-d\",\"command\":{{\"id\":\"{id}\",\"capacity\":\"drafter\",\"unit\":\"001\",\
         \"kind\":\"score_self\",\"data\":{{\"round\":\"hanoi-2022\",\"unit\":\"001\",\"leaf\":\"{leaf}\",\"revision\":0,\
         \"inputs\":{{\"option\":\"late\"}},\"claimed\":\"0.2\",\"explanation\":\"x\"}}}}}}\n"
    )
}

#[test]
fn whoever_uses_the_timers_id_keeps_no_phase_from_closing() {
    let folder = Folder::small_round(1);
    let until = Instant::parse("2022-11-30T17:00:00.000000Z").expect("the sample's deadline");
    let origin = Origin::parse("test.example/small").expect("an origin");
    let round = RoundId::parse("hanoi-2022").expect("a round");
    let squatted = domain::system_command_id(&origin, &round, "self_scoring", "", until).to_string();
    let late = proto::ids::uuid_v7(1_667_500_000_000, [7; 10]);
    let script =
        line("2022-11-29T03:00:00.000000Z", &squatted, "1.1.1") + &line("2022-12-02T03:00:00.000000Z", &late, "1.1.2");
    std::fs::write(folder.beside("squatter.ndjson"), script).expect("writes");
    let said = folder.run(&["play", "--data", "@", "squatter.ndjson"]);
    let codes: Vec<String> = said.out.lines().map(|line| code(serde_json::from_str(line).expect(line))).collect();
    assert_eq!(codes, ["accepted", "sheet_locked"], "{}", said.err);
    folder.must(&["verify", "--data", "@"]);
    let told = folder.must(&["replay", "--data", "@", "--unit", "001"]);
    assert!(told.out.contains("phase_closed") && told.out.contains("sheet_closed"), "{}", told.out);
}

fn code(answer: Answer) -> String {
    match answer {
        Answer::Accepted(_) => "accepted".to_owned(),
        Answer::Refused(Refused { code, .. }) => code,
    }
}

//! One ledger leads, another stands by: it takes over when the first one dies or is silent for too long, and whoever
//! comes back too late writes nothing. Safety is the fence's alone, so it is tried without the lead too.

use platform::outward;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use inspector::{Source, walk_log};
use ledger::{Config, Ledger};
use platform::db::{Either, Place, Role, Schema, open_writer};
use platform::feed::Feed;
use platform::ports::Submit;
use proto::walk::Walk;
use proto::{Answer, Event, Fact, Hash};
use sqlx::postgres::PgConnection;
use system_tests::folder::sample_round;
use system_tests::load::round::{Caller, begin, fresh_id, origin};
use system_tests::postgres::{Disk, Postgres, execute, signal};
use system_tests::prove::{Projected, prove};
use system_tests::record::Records;

/// Within which time a standby has taken over.
const TAKE_OVER: Duration = Duration::from_secs(5);

/// A `parindex serve` on the database.
struct Server {
    child: Child,
    lines: Box<dyn Iterator<Item = String>>,
}

impl Server {
    fn start(server: &Postgres) -> Self {
        let mut command = server.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.stderr(Stdio::piped()).spawn().expect("starts");
        let lines = BufReader::new(child.stderr.take().expect("piped")).lines().map_while(Result::ok);
        Self { child, lines: Box::new(lines) }
    }

    /// Waits for a line of what it says.
    fn said(&mut self, beginning: &str) -> String {
        self.lines.by_ref().find(|line| line.starts_with(beginning)).unwrap_or_else(|| panic!("it says {beginning:?}"))
    }

    /// The address that it serves, once it does.
    fn url(&mut self) -> String {
        self.said("serving ").split(' ').nth(1).expect("an address").to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn begun(disk: Disk) -> (Postgres, String) {
    let server = Postgres::start(disk);
    server.begin("test.example/lead", &[&sample_round().join("01-setup.ndjson")]);
    let scores = std::fs::read_to_string(sample_round().join("02-self-scoring.ndjson")).expect("the sample");
    std::fs::write(server.beside("one.ndjson"), format!("{}\n", scores.lines().next().expect("a line")))
        .expect("writes");
    server.must(&["play", "one.ndjson"]);
    let token = server.must(&["token", "--actor", "001-d"]).out.trim().to_owned();
    (server, token)
}

/// The i-th change of one score, on top of the one before.
fn score(i: u64) -> String {
    let id = proto::ids::uuid_v7(1_667_500_000_000 + i, [i as u8; 10]);
    format!(
        "{{\"id\":\"{id}\",\"capacity\":\"drafter\",\"unit\":\"001\",\"kind\":\"score_self\",\"data\":{{\
         \"round\":\"hanoi-2022\",\"unit\":\"001\",\"leaf\":\"1.1.1\",\"revision\":{i},\"inputs\":{{\"option\":\"late\"}},\
         \"claimed\":\"0.2\",\"explanation\":\"lần {i}\"}}}}"
    )
}

#[test]
fn a_standby_takes_over_from_a_killed_leader_and_nothing_acknowledged_is_lost() {
    let (server, token) = begun(Disk::Synced);
    let commands: String = (0..4_000).map(|i| score(i) + "\n").collect();
    std::fs::write(server.beside("commands.ndjson"), commands).expect("writes");
    let submit = ["submit", "--token", &token, "commands.ndjson"];
    let mut leader = Server::start(&server);
    leader.url();
    let mut acknowledged = BTreeSet::new();
    for _ in 0..3 {
        let mut standby = Server::start(&server);
        standby.said("waiting for the lead");
        let mut client = server.command(&submit).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
        let mut answers = BufReader::new(client.stdout.take().expect("piped")).lines().map_while(Result::ok);
        acknowledged.extend(answers.by_ref().take(700));
        leader.child.kill().expect("kills");
        let killed = Instant::now();
        acknowledged.extend(answers);
        client.wait().expect("waits");
        standby.url();
        assert!(killed.elapsed() < TAKE_OVER, "it took {:?}", killed.elapsed());
        leader = standby;
    }
    let last = server.run(&submit);
    assert_eq!(last.code, Some(0), "{}", last.err);
    let answers: BTreeSet<&str> = last.out.lines().collect();
    assert_eq!(answers.len(), 4_000);
    for line in &acknowledged {
        let answer: Answer = serde_json::from_str(line).expect("an answer");
        assert!(matches!(answer, Answer::Accepted(_)), "{line}");
        assert!(answers.contains(line.as_str()), "the same answer as before: {line}");
    }
    drop(leader);
    server.must(&["verify"]);
}

#[test]
fn a_leader_that_was_paused_writes_nothing_more_and_says_so() {
    let (server, token) = begun(Disk::Synced);
    let mut first = Server::start(&server);
    let paused_url = first.url();
    let mut second = Server::start(&server);
    second.said("waiting for the lead");
    signal(first.child.id(), "STOP");
    let paused = Instant::now();
    let url = second.url();
    assert!(paused.elapsed() < TAKE_OVER, "it took {:?}", paused.elapsed());
    let (runtime, client) = (tokio::runtime::Runtime::new().expect("a runtime"), outward::client());
    let post = |url: &str, body: String| {
        let request = client.post(format!("{url}/api/commands")).bearer_auth(&token).body(body);
        runtime.spawn(async move {
            let response = request.send().await.expect("answers");
            let status = response.status().as_u16();
            (status, response.headers().contains_key("retry-after"), response.text().await.expect("a body"))
        })
    };
    let (status, _, told) = runtime.block_on(post(&url, score(0))).expect("answers");
    assert_eq!(status, 200, "{told}");
    // The first one is asked while it is still paused, and answers once it wakes.
    let late = post(&paused_url, score(1));
    signal(first.child.id(), "CONT");
    let (status, retry, told) = runtime.block_on(late).expect("answers");
    assert_eq!((status, retry), (503, true), "{told}");
    let problem: serde_json::Value = serde_json::from_str(&told).expect("problem details");
    assert_eq!(problem["code"], "lost_lead");
    assert_eq!(first.child.wait().expect("it steps down").code(), Some(2));
    first.said("error: lost_lead: ");
    // The same command again, where it is taken.
    let (status, _, told) = runtime.block_on(post(&url, score(1))).expect("answers");
    assert_eq!(status, 200, "{told}");
    drop(second);
    server.must(&["verify"]);
    let exported = server.must(&["export", "after.ndjson"]).out;
    let said = server.must(&["replay", "--unit", "001", "--leaf", "1.1.1"]).out;
    assert_eq!(said.matches("self_scored").count(), 2, "{exported}{said}");
}

/// Two events behind the last one, as another writer would make them: the same caller's score once more.
fn forged(last: &[u8], head: &ledger::HeadRow) -> (Vec<u8>, Walk) {
    let mut event = Event::decode(last).expect("an event");
    let Fact::SelfScored(score) = &mut event.fact else { panic!("the last event is a self-score") };
    score.revision = event.envelope.version;
    let e = &mut event.envelope;
    (e.prev, e.stream_prev) = (head.hash, head.hash);
    (e.position, e.version, e.command.id) = (e.position + 1, e.version + 1, fresh_id());
    e.command.digest = Hash([7; 32]);
    let body = event.encode().expect("encodes");
    let mut range = head.range.clone();
    range.append(Hash::entry(&body));
    (body.clone(), Walk::resume(origin(), range, Some(Hash::entry(&body))))
}

/// Another writer that has no lead and asks for none; its transaction is left open.
async fn write_beside(db: &mut PgConnection, body: &[u8], walk: &Walk) {
    let e = Event::decode(body).expect("an event");
    let position = i64::try_from(walk.position()).expect("fits");
    sqlx::raw_sql("BEGIN").execute(&mut *db).await.expect("begins");
    sqlx::query("UPDATE head SET position = $1, hash = $2, root = $3, range = $4")
        .bind(position)
        .bind(Hash::entry(body).0.to_vec())
        .bind(walk.root().0.to_vec())
        .bind(walk.range().to_bytes())
        .execute(&mut *db)
        .await
        .expect("moves the head");
    let insert = "INSERT INTO events (position, stream, version, id, command, kind, at, hash, body) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    sqlx::query(insert)
        .bind(position)
        .bind(e.envelope.stream.to_string())
        .bind(i64::try_from(e.envelope.version).expect("fits"))
        .bind(e.envelope.id.to_string())
        .bind(e.envelope.command.id.to_string())
        .bind(e.fact.kind())
        .bind(e.envelope.at.to_string())
        .bind(Hash::entry(body).0.to_vec())
        .bind(body.to_vec())
        .execute(db)
        .await
        .expect("inserts");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fence_holds_against_a_writer_that_asks_for_no_lead() {
    let server = Postgres::start(Disk::Synced);
    let open = begin(server.place("ledger", Role::Ledger)).await.expect("begins");
    let door = open.ledger.door();
    let mut caller = Caller::new(0, &open.units).expect("a caller");
    let place = Place::Schema { server: server.server("parindex"), schema: "ledger", role: Role::Ledger };
    let nothing = Schema { name: "ledger", format: 1, ddl: Vec::new() };
    let Ok(Either::Postgres(mut beside)) = open_writer(&place, &nothing).await else { panic!("it comes in") };
    for _ in 0..5 {
        caller.score(&door).await.expect("scores");
        let head = open.ledger.log().head_row().await.expect("a head");
        let last = open.ledger.log().after(head.position - 1, 1).await.expect("reads").pop().expect("an event");
        let (body, walk) = forged(&last, &head);
        write_beside(&mut beside, &body, &walk).await;
        // The ledger's own statement waits for the other's row, and finds the head moved.
        let stale = caller.next().expect("a command");
        let submitted = tokio::spawn({
            let (door, principal) = (door.clone(), caller.principal());
            async move { door.submit(principal, vec![Ok(stale)]).await.pop() }
        });
        let mut admin = server.admin().await;
        loop {
            let waiting: i64 = sqlx::query_scalar(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'WITH moved%'",
            )
            .fetch_one(&mut admin)
            .await
            .expect("asks");
            if waiting == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        sqlx::raw_sql("COMMIT").execute(&mut beside).await.expect("commits");
        // It was decided again behind the other's event, which had changed the score.
        let Some(Answer::Refused(refused)) = submitted.await.expect("answers") else { panic!("it was stale") };
        assert_eq!(refused.code, "stale_revision");
        caller.scored_at(Event::decode(&body).expect("an event").envelope.version);
    }
    caller.score(&door).await.expect("scores");
    drop(door);
    open.ledger.stop().await;
    walk_whole(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_behind_a_head_that_somebody_else_has_moved() {
    let server = Postgres::start(Disk::Unsynced);
    let open = begin(server.place("ledger", Role::Ledger)).await.expect("begins");
    let mut caller = Caller::new(0, &open.units).expect("a caller");
    let mut admin = server.admin().await;
    let count = "SELECT COUNT(*) FROM ledger.events";
    // No event comes with any of these, and no trigger sees the last two, so that nothing stands against the next event
    // but the fence.
    let moved = [
        "UPDATE ledger.head SET position = position + 7",
        "UPDATE ledger.head SET position = position - 3",
        "UPDATE ledger.head SET hash = sha256(hash)",
    ];
    for change in moved {
        // It has just written, so that it reads nothing again before it writes.
        caller.score(&open.ledger.door()).await.expect("scores");
        let command = caller.next().expect("a command");
        let before: i64 = sqlx::query_scalar(count).fetch_one(&mut admin).await.expect("counts");
        execute(&mut admin, "CREATE TABLE public.kept AS SELECT * FROM ledger.head").await;
        execute(&mut admin, "ALTER TABLE ledger.head DISABLE TRIGGER head_only_grows").await;
        execute(&mut admin, change).await;
        execute(&mut admin, "ALTER TABLE ledger.head ENABLE ALWAYS TRIGGER head_only_grows").await;
        let answer = open.ledger.door().submit(caller.principal(), vec![Ok(command)]).await.pop();
        let Some(Answer::Refused(refused)) = answer else { panic!("{change}: it was written: {answer:?}") };
        assert_eq!(refused.code, "not_written", "{}", refused.en);
        assert!(refused.en.contains("log_damaged"), "{}", refused.en);
        let after: i64 = sqlx::query_scalar(count).fetch_one(&mut admin).await.expect("counts");
        assert_eq!(after, before, "{change}");
        let back = "ALTER TABLE ledger.head DISABLE TRIGGER head_only_grows; \
            UPDATE ledger.head SET position = kept.position, hash = kept.hash FROM public.kept; \
            ALTER TABLE ledger.head ENABLE ALWAYS TRIGGER head_only_grows; DROP TABLE public.kept";
        execute(&mut admin, back).await;
    }
    caller.score(&open.ledger.door()).await.expect("scores, once the head is back");
    open.ledger.stop().await;
}

/// The log holds, from the first event to the last.
async fn walk_whole(server: &Postgres) -> u64 {
    let source = Source::open(server.paths().ledger).await.expect("opens");
    let (walk, broken) = walk_log(&source, origin(), async |_, _| Ok(())).await.expect("reads");
    assert_eq!(broken, None);
    walk.position()
}

const PROCESSES: usize = 6;
const CALLERS: usize = 8;
const EACH: usize = 150;

#[tokio::test(flavor = "multi_thread")]
async fn six_processes_of_eight_callers_make_one_log_however_the_lead_goes_round() {
    let server = Postgres::start(Disk::Synced);
    let open = begin(server.place("ledger", Role::Ledger)).await.expect("begins");
    let first = open.ledger.log().head_row().await.expect("a head").position;
    open.ledger.stop().await;
    let program = std::env::current_exe().expect("a test knows where it is");
    let contend = program.parent().and_then(|deps| deps.parent()).expect("a folder").join("contend");
    let url = server.url("parindex");
    let mut processes: Vec<Child> = (0..PROCESSES)
        .map(|i| {
            let arguments = [url.clone(), (i * CALLERS).to_string(), CALLERS.to_string(), EACH.to_string()];
            Command::new(&contend).args(arguments).stdout(Stdio::piped()).spawn().expect("starts")
        })
        .collect();
    let readers: Vec<_> = processes
        .iter_mut()
        .map(|process| {
            let out = process.stdout.take().expect("piped");
            std::thread::spawn(move || BufReader::new(out).lines().map_while(Result::ok).collect::<Vec<_>>())
        })
        .collect();
    // The lead is taken from whoever has it, again and again, in the middle of whatever he is doing.
    let mut admin = server.admin().await;
    let mut cut = 0_u64;
    while processes.iter_mut().any(|p| p.try_wait().expect("asks").is_none()) {
        let ended: Vec<bool> = sqlx::query_scalar(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 2 AND granted",
        )
        .fetch_all(&mut admin)
        .await
        .expect("ends a session");
        cut += ended.len() as u64;
        // Long enough for a leader to write something, short enough to meet him at it.
        tokio::time::sleep(Duration::from_millis(150 + (cut * 37) % 100)).await;
    }
    let records = Records::default();
    for (process, reader) in processes.iter_mut().zip(readers) {
        for line in reader.join().expect("reads") {
            records.take(serde_json::from_str(&line).expect("a record"));
        }
        assert!(process.wait().expect("waits").success());
    }
    assert!(cut > 3, "the lead was taken {cut} times");
    let (index, ranking) = (server.place("index", Role::Index), server.place("ranking", Role::Ranking));
    let proof = prove(&server.paths(), origin(), &records, first, Projected::Here { index, ranking }).await;
    let all = (PROCESSES * CALLERS * EACH) as u64;
    // Every command of every caller was acknowledged in the end, and nothing else stands in the log.
    assert_eq!((proof.counts.acknowledged, proof.counts.asked, proof.counts.events - first), (all, all, all));
    let config = Config::begun(server.place("ledger", Role::Ledger));
    Ledger::open(config).await.expect("goes on").stop().await;
}

//! Files of evidence where services run apart: the intake keeps them and their keys, the ledger asks it before a file is attached.
//! The log is on the machine's clock, as a live one is; keys are in a database that no other service comes to.

mod ballots;
mod erased;
mod killed;

use std::time::{Duration, Instant};

use platform::db::Role;
use platform::outward;
use reqwest::StatusCode;
use serde_json::{Value, json};
use system_tests::load::round::{begin, origin};
use system_tests::nats::Nats;
use system_tests::postgres::{Disk, Postgres, signal};
use system_tests::stack::Stack;

use super::super::files::{Client, code, pdf};

/// A round that is open now, with a place for files; nothing runs yet.
pub async fn apart(nats: Option<Nats>) -> Stack {
    let server = Postgres::start(Disk::Synced);
    begin(server.place("ledger", Role::Ledger)).await.expect("begins").ledger.stop().await;
    server.begin_keys().await;
    let mut stack = Stack::of(server, nats, origin());
    let intakes = format!("{},{}", stack.url("intake"), stack.url("intake-too"));
    stack.set("PARINDEX_INTAKE_URL", &intakes);
    stack
}

fn client(stack: &Stack, actor: &str) -> Client {
    Client { files: stack.url("intake"), ledger: stack.url("ledger"), token: stack.token(actor) }
}

/// The log holds; no projector runs in these stories.
fn log_holds(stack: &Stack) {
    stack.postgres.must(&["verify", "--log-only"]);
}

/// The texts of the access log: done, and for whom.
pub async fn accesses(stack: &Stack) -> Vec<(String, String)> {
    let sql = "SELECT body FROM access.accesses ORDER BY number";
    let bodies: Vec<Vec<u8>> =
        sqlx::query_scalar(sql).fetch_all(&mut stack.postgres.admin().await).await.expect("reads");
    let mut head = proto::access::AccessHead::default();
    let told = bodies.iter().map(|body| {
        let entry = head.step(body).expect("each entry is linked to the one before");
        (format!("{:?}", entry.kind), entry.actor.to_string())
    });
    told.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_sent_to_one_service_attached_by_another_and_its_words_stand_nowhere_else() {
    let mut stack = apart(Some(Nats::one().await)).await;
    stack.start_ready(&["ledger", "index", "ranking", "intake", "intake-too"]).await;
    let (drafter, other, inspector) = (client(&stack, "001-d"), client(&stack, "002-d"), client(&stack, "insp-1"));
    let (words, name) = ("một câu chỉ có trong tệp này", "Biên bản chỉ có ở đây.pdf");
    let plain = [pdf(300_000), words.as_bytes().to_vec(), b"\n%%EOF\n".to_vec()].concat();
    let taken = drafter.taken("001", name, plain.clone()).await;
    let (evidence, address) = (&taken.receipt.evidence, taken.receipt.evidence.address.to_string());

    // A reference to what is not there, or is another unit's, makes no event; one to what is there does.
    let before = stack.head().await;
    let mut wrong = evidence.clone();
    wrong.size += 1;
    let foreign = other.taken("002", "a.pdf", pdf(10)).await.receipt.evidence;
    for file in [&wrong, &foreign] {
        assert_eq!(drafter.attach(file).await, "evidence_not_stored");
    }
    assert_eq!(stack.head().await, before);
    assert_eq!(drafter.attach(evidence).await, "accepted");
    let head = stack.head().await;

    // Either intake hands out what one of them took, and both write one access log.
    let of_the_other = |client: &Client| Client { files: stack.url("intake-too"), ..client.clone() };
    let (drafter_too, inspector_too) = (of_the_other(&drafter), of_the_other(&inspector));
    let opened = futures::future::join_all((0..40).map(|i| {
        let who = [&drafter, &inspector, &drafter_too, &inspector_too][i % 4];
        who.open("001", &address)
    }));
    for response in opened.await {
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.bytes().await.expect("whole"), plain);
    }
    assert_eq!(code(other.open("001", &address).await).await, "file_not_open");
    let nobody = Client { token: "parindex_wrong".to_owned(), ..drafter.clone() };
    assert_eq!(code(nobody.open("001", &address).await).await, "unauthenticated");
    let told = accesses(&stack).await;
    assert_eq!(told.len(), 41);
    assert_eq!(told.iter().filter(|(done, who)| done == "HandOut" && who == "insp-1").count(), 20);
    assert_eq!(told.iter().filter(|(done, who)| done == "Refuse" && who == "002-d").count(), 1);
    let (_, figures) = stack.get("intake", "/metrics").await;
    assert!(figures.contains("route=\"/api/files/{round}/{unit}/{address}\"") && figures.contains("parindex_position"));

    // Neither the bus nor any database nor the store of files has a word of it in the clear, nor its name.
    for reader in ["index", "ranking"] {
        stack.until_at(reader, reader, head).await;
    }
    sqlx::raw_sql("CHECKPOINT").execute(&mut stack.postgres.admin().await).await.expect("writes out");
    let bus = stack.nats.as_ref().expect("it has a bus").folder().to_owned();
    let holds = |folder: &std::path::Path, bytes: &[u8]| {
        super::super::erasure::holding(folder, &|held| held.windows(bytes.len()).any(|at| at == bytes))
    };
    for text in [words, name] {
        assert_eq!(holds(&bus, text.as_bytes()), Vec::<String>::new(), "{text}");
        assert_eq!(holds(&stack.postgres.beside(""), text.as_bytes()), Vec::<String>::new(), "{text}");
    }
    assert!(!holds(&bus, address.as_bytes()).is_empty(), "the search finds what an event holds");
    assert!(!holds(&stack.postgres.beside("data"), address.as_bytes()).is_empty());
    stack.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intake_that_is_away_or_slow_holds_back_what_has_files_and_nothing_else() {
    let mut stack = apart(None).await;
    stack.start_ready(&["ledger", "intake"]).await;
    let drafter = client(&stack, "001-d");
    let evidence = drafter.taken("001", "a.pdf", pdf(9_000)).await.receipt.evidence;
    let score = |leaf: &str, claimed: &str, files: &Value| {
        let explanation = if files.as_array().is_some_and(Vec::is_empty) { "Bản giấy" } else { "" };
        let data = json!({
            "round": "hanoi-2022", "unit": "001", "leaf": leaf, "revision": 0, "inputs": { "option": "late" },
            "claimed": claimed, "evidence": files, "explanation": explanation,
        });
        json!({ "id": system_tests::load::round::fresh_id(), "capacity": "drafter", "unit": "001", "kind": "score_self", "data": data })
    };
    let with = score("1.1.1", "0.2", &json!([evidence]));
    let commands = format!("{}/api/commands", drafter.ledger);
    let send = async |command: &Value| {
        let request = outward::client().post(&commands).bearer_auth(&drafter.token).body(command.to_string());
        let told = code(request.send().await.expect("an answer")).await;
        if told.is_empty() { "accepted".to_owned() } else { told }
    };
    let before = stack.head().await;

    // It is silent: whoever has a file is told so within seconds, a thousand of them at once too, and whoever has none goes on.
    signal(stack.process("intake"), "STOP");
    let begun = Instant::now();
    let many: Vec<Value> = (0..1_000).map(|_| score("1.1.1", "0.2", &json!([evidence]))).collect();
    let (waited, without) =
        tokio::join!(stack.submit("ledger", &drafter.token, Value::Array(many).to_string()), async {
            (send(&score("1.2.1", "0.25", &json!([]))).await, begun.elapsed())
        });
    assert_eq!(without.0, "accepted");
    assert!(without.1 < Duration::from_secs(3), "{:?}", without.1);
    let (_, waited) = waited.expect("an answer");
    let refused = waited.as_array().expect("answers").iter().filter(|told| told["code"] == "files_unusable").count();
    assert_eq!(refused, 1_000);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!(send(&with).await, "files_unusable");
    assert_eq!(stack.head().await, before + 1, "nothing was written but what had no file");
    signal(stack.process("intake"), "CONT");
    assert_eq!(send(&with).await, "accepted", "the same command");

    // It is away: the same; what was answered before is answered as it was.
    stack.kill("intake");
    let again = score("1.3.1", "0.2", &json!([evidence]));
    assert_eq!(send(&again).await, "files_unusable");
    assert_eq!(send(&with).await, "accepted", "sent once more, it gets the old answer");
    assert_eq!(stack.head().await, before + 2);
    // Its database away: it says so, is not ready, and comes back by itself.
    stack.start_ready(&["intake"]).await;
    assert_eq!(send(&again).await, "accepted");
    stack.postgres.stop();
    let told = stack.until("intake", |ready, _| !ready).await;
    assert_ne!(told["needs"]["files"], "ok");
    stack.postgres.start_again();
    stack.until_ready("intake").await;
    stack.until_ready("ledger").await;
    let opened = drafter.open("001", &evidence.address.to_string()).await;
    assert_eq!(opened.status(), StatusCode::OK);
    assert_eq!(stack.end("intake"), Some(0), "{}", stack.said("intake"));
    log_holds(&stack);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intake_without_what_it_needs_says_so_and_serves_nobody() {
    let mut stack = apart(None).await;
    for (variable, wanted) in [
        ("PARINDEX_KEYS_MASTER", "keys.master"),
        ("PARINDEX_KEYS_DATABASE_URL", "keys.database_url"),
        ("PARINDEX_FILES_FOLDER", "files.folder or files.bucket"),
    ] {
        let said =
            stack.command("intake").env(variable, "").stderr(std::process::Stdio::piped()).output().expect("runs");
        let told = String::from_utf8_lossy(&said.stderr).into_owned();
        assert!(said.status.code() == Some(2) && told.contains(&format!("config_value_missing: {wanted}")), "{told}");
    }
    // A server that keeps old segments of its log under other names is none for keys.
    stack.postgres.set("wal_recycle", "on").await;
    let said = stack.command("intake").stderr(std::process::Stdio::piped()).output().expect("runs");
    let told = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.status.code() == Some(2) && told.contains("keys_server_unfit: "), "{told}");
    stack.postgres.set("wal_recycle", "off").await;

    // Who sends or opens a file needs a token everywhere; the ledger needs one where the intake does not listen on loopback alone.
    let port = stack.address("intake").port();
    stack.set("PARINDEX_INTAKE_LISTEN", &format!("0.0.0.0:{port}"));
    stack.start_ready(&["intake"]).await;
    let nobody = Client { files: stack.url("intake"), ledger: String::new(), token: "x".to_owned() };
    assert_eq!(code(nobody.send("001", "a.pdf", pdf(9)).await).await, "unauthenticated");
    let erase = outward::client().post(format!("{}/intake/erase", stack.url("intake")));
    let refused = erase.try_clone().expect("no body").send().await.expect("answers");
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let told = erase.bearer_auth(stack.token("svc-ledger")).send().await.expect("answers");
    assert_eq!(told.status(), StatusCode::NO_CONTENT);
}

//! The intake killed with SIGKILL while files come, at moments from a printed seed: what was acknowledged opens, and no event refers
//! to a file that is not there.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use intake::evidence::{Standing, Store};
use platform::feed::Feed;
use platform::objects::FilesPlace;
use proto::act::sheet::Evidence;
use proto::{Event, Hash};
use reqwest::StatusCode;
use serde_json::{Value, json};
use system_tests::load::round::fresh_id;
use system_tests::postgres::KEYS_DATABASE;
use system_tests::seed::Seed;

use super::super::super::files::{Client, pdf};
use super::{apart, client, log_holds};

/// Units that send at once.
const UNITS: [&str; 4] = ["001", "002", "003", "004"];
/// How often the intake is killed; ten times as often with `--full`.
const KILLS: usize = 6;

/// A unit at work until it is told to stop.
struct Sender {
    unit: &'static str,
    client: Client,
    seed: Seed,
    over: Arc<AtomicBool>,
    acknowledged: Arc<AtomicUsize>,
}

/// What a unit was acknowledged: files with what was sent, and those that were attached.
type Kept = (BTreeMap<Hash, Vec<u8>>, Vec<Evidence>);

impl Sender {
    async fn work(mut self) -> Kept {
        let (mut sent, mut attached, mut revision) = (BTreeMap::new(), Vec::new(), 0);
        while !self.over.load(Ordering::SeqCst) {
            let plain = pdf(self.seed.next(1, 2_000_000) as usize);
            let Some(evidence) = self.send(plain.clone()).await else {
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            };
            sent.insert(evidence.address, plain);
            self.acknowledged.fetch_add(1, Ordering::SeqCst);
            if let Some(version) = self.attach(&evidence, revision).await {
                revision = version;
                attached.push(evidence);
            }
        }
        (sent, attached)
    }

    async fn send(&self, plain: Vec<u8>) -> Option<Evidence> {
        let url = format!("{}/api/files/hanoi-2022/{}?name=a.pdf", self.client.files, self.unit);
        let http = platform::outward::client();
        let request = http.post(url).bearer_auth(&self.client.token).timeout(Duration::from_secs(30));
        let response = request.body(plain).send().await.ok()?;
        if response.status() != StatusCode::CREATED {
            return None;
        }
        let told: Value = serde_json::from_slice(&response.bytes().await.ok()?).ok()?;
        serde_json::from_value(told["receipt"]["evidence"].clone()).ok()
    }

    /// Attaches a file; the version that the score then has. Sent again with its id until the answer is one of the two.
    async fn attach(&self, evidence: &Evidence, revision: u64) -> Option<u64> {
        let data = json!({
            "round": "hanoi-2022", "unit": self.unit, "leaf": "1.1.1", "revision": revision, "inputs": { "option": "late" },
            "claimed": "0.2", "evidence": [evidence], "explanation": "",
        });
        let command =
            json!({ "id": fresh_id(), "capacity": "drafter", "unit": self.unit, "kind": "score_self", "data": data });
        let url = format!("{}/api/commands", self.client.ledger);
        loop {
            let request = platform::outward::client().post(&url).bearer_auth(&self.client.token);
            let response = request.body(command.to_string()).send().await.expect("the ledger stands");
            let told: Value = serde_json::from_slice(&response.bytes().await.expect("a body")).expect("JSON");
            match told["code"].as_str() {
                None => return told["version"].as_u64(),
                Some("files_unusable") if !self.over.load(Ordering::SeqCst) => {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Some("files_unusable") => return None,
                Some(other) => panic!("{}: {other}: {told}", self.unit),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intake_killed_while_files_come_loses_none_that_it_acknowledged_and_the_log_names_none_that_is_not_there() {
    let mut seed = Seed::drawn();
    let kills = if std::env::var_os("PARINDEX_FULL").is_some() { KILLS * 10 } else { KILLS };
    let mut stack = apart(None).await;
    stack.start_ready(&["ledger", "intake"]).await;
    let (over, acknowledged): (Arc<AtomicBool>, Arc<AtomicUsize>) = Default::default();
    let mut working = Vec::new();
    for unit in UNITS {
        let client = client(&stack, &format!("{unit}-d"));
        let (over, acknowledged) = (Arc::clone(&over), Arc::clone(&acknowledged));
        working.push(tokio::spawn(Sender { unit, client, seed: seed.apart(), over, acknowledged }.work()));
    }
    let more = async |count: usize| {
        let wanted = acknowledged.load(Ordering::SeqCst) + count;
        let begun = std::time::Instant::now();
        while acknowledged.load(Ordering::SeqCst) < wanted {
            assert!(begun.elapsed() < Duration::from_secs(60), "files are taken");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    for _ in 0..kills {
        more(2).await;
        tokio::time::sleep(Duration::from_micros(seed.next(0, 60_000))).await;
        stack.kill("intake");
        stack.start_ready(&["intake"]).await;
    }
    more(4).await;
    over.store(true, Ordering::SeqCst);
    let (mut sent, mut attached) = (0, 0);
    for (unit, working) in UNITS.into_iter().zip(working) {
        let client = client(&stack, &format!("{unit}-d"));
        let (files, scores) = working.await.expect("it ends");
        for (address, plain) in &files {
            let response = client.open(unit, &address.to_string()).await;
            assert_eq!(response.status(), StatusCode::OK, "{unit}: {address}");
            assert!(response.bytes().await.expect("whole") == plain, "{unit}: {address} is what was sent");
        }
        sent += files.len();
        attached += scores.len();
    }

    // The log, read by itself: every file that any event refers to is there, byte for byte, and its key opens.
    let server = stack.postgres.server_of("parindex_intake", KEYS_DATABASE);
    let folder = FilesPlace::Folder(stack.postgres.beside("files"));
    let files = Store::in_database(server, stack.postgres.beside("files.key"), folder).begun().await.expect("opens");
    let log = ledger::Log::open(&stack.postgres.paths().ledger, tokio::sync::watch::channel(0).1).await.expect("opens");
    let since = (stack.head().await).saturating_sub(attached as u64 * 2 + 50);
    let mut named = 0;
    for body in log.after(since, 100_000).await.expect("reads") {
        let event = Event::decode(&body).expect("an event");
        for evidence in event.fact.files() {
            assert_eq!(files.standing(evidence).await.expect("asks"), Standing::Sound, "#{}", event.envelope.position);
            named += 1;
        }
    }
    assert!(named >= attached && attached > 0, "{named} of {attached}");
    eprintln!("{kills} kills: {sent} files acknowledged, {attached} attached, all sound");
    log_holds(&stack);
}

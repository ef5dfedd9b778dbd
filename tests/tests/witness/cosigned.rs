//! A served log and its witnesses: answers with cosigned receipts, the window while too few cosign, and a log that was
//! restored from a backup with all that stood beside it.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use platform::clock::Clock;
use platform::outward;
use platform::ports::{FarReceipts, Receipts};
use proto::Hash;
use proto::note::Note;
use proto::policy::{Believed, Policy};
use proto::receipt::Receipt;
use serde_json::Value;
use system_tests::folder::{Folder, copy_folder};

use super::fixture::{Place, Serving};

const NAMES: [&str; 3] = ["w1.example", "w2.example", "w3.example"];
const LISTEN: &str = "127.0.0.1:0";

/// A folder's log with three witnesses, of whom two are enough.
struct Watched {
    folder: Folder,
    places: Vec<Place>,
    serving: Vec<Serving>,
    policy: String,
}

impl Watched {
    async fn new() -> Self {
        let folder = Folder::small_round(20);
        let key = std::fs::read_to_string(folder.data().join("signer/key")).expect("a key");
        let log = format!("log {key}");
        let (mut places, mut serving, mut lines) = (Vec::new(), Vec::new(), String::new());
        for (i, name) in NAMES.into_iter().enumerate() {
            let place = Place::new(name);
            let served = place.serve_logs(&format!("{log}quorum none\n"), Clock::System).await;
            lines.push_str(&format!("witness w{i} {} {}\n", place.key, served.url));
            places.push(place);
            serving.push(served);
        }
        let policy = format!("{log}{lines}group all 2 w0 w1 w2\nquorum all\n");
        std::fs::write(folder.beside("policy"), &policy).expect("writes");
        Self { folder, places, serving, policy }
    }

    fn serve(&self) -> Server {
        serve(&self.folder, &[])
    }

    fn said(&self) -> String {
        said(&self.folder)
    }

    fn token(&self) -> String {
        token(&self.folder)
    }

    /// What the policy says of an answer's receipt; none while it is pending.
    fn believed(&self, answer: &Value) -> Option<Believed> {
        let text = answer["receipt"]["text"].as_str().unwrap_or_else(|| panic!("{answer}: {}", self.said()));
        if text.is_empty() {
            return None;
        }
        let receipt = Receipt::parse(text.as_bytes()).expect("a receipt");
        let body = receipt.extra.clone().expect("the event");
        let policy = Policy::parse(&self.policy).expect("a policy");
        Some(receipt.verify(Hash::entry(&body), &policy).expect("it holds"))
    }
}

/// Serves a folder with the witnesses of the file `policy` beside it.
pub fn serve(folder: &Folder, variables: &[(&str, &Path)]) -> Server {
    let arguments = ["serve", "--data", "@", "--listen", LISTEN, "--witnesses", "policy"];
    let log = std::fs::File::create(folder.beside("serve.log")).expect("a file");
    let mut command = folder.command(&arguments);
    let child = command.envs(variables.iter().copied()).stderr(Stdio::from(log)).spawn().expect("starts");
    let begun = Instant::now();
    let card = loop {
        if let Ok(text) = std::fs::read_to_string(folder.data().join("server.json")) {
            break serde_json::from_str::<Value>(&text).expect("a card");
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{}", said(folder));
        std::thread::yield_now();
    };
    Server { child, url: card["url"].as_str().expect("an address").to_owned() }
}

/// What the server of a folder has said.
pub fn said(folder: &Folder) -> String {
    std::fs::read_to_string(folder.beside("serve.log")).unwrap_or_default()
}

/// A token of the one who scores.
pub fn token(folder: &Folder) -> String {
    folder.must(&["token", "--data", "@", "--actor", "282-d"]).out.trim().to_owned()
}

/// A running server; it is ended with the test.
pub struct Server {
    child: Child,
    pub url: String,
}

impl Server {
    pub fn end(mut self) {
        system_tests::postgres::signal(self.child.id(), "TERM");
        self.child.wait().expect("ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn score(n: u8, revision: u64) -> String {
    let id = proto::ids::uuid_v7(1_667_500_000_000, [n; 10]);
    format!(
        "{{\"id\":\"{id}\",\"capacity\":\"drafter\",\"unit\":\"282\",\"kind\":\"score_self\",\"data\":{{\
         \"round\":\"hanoi-2022\",\"unit\":\"282\",\"leaf\":\"1.1.1\",\"revision\":{revision},\
         \"inputs\":{{\"option\":\"late\"}},\"claimed\":\"0.2\",\"explanation\":\"x\"}}}}"
    )
}

pub async fn post(server: &Server, token: &str, wait_ms: u32, body: String) -> Value {
    let url = format!("{}/api/commands?receipt=cosigned&wait_ms={wait_ms}", server.url);
    let answer = outward::client().post(url).bearer_auth(token).body(body).send().await.expect("answers");
    serde_json::from_slice(&answer.bytes().await.expect("bytes")).expect("json")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_waits_until_enough_witnesses_have_cosigned_and_is_pending_while_too_few_do() {
    let mut watched = Watched::new().await;
    let (server, token) = (watched.serve(), watched.token());
    let believed = watched.believed(&post(&server, &token, 30_000, score(1, 0)).await).expect("a receipt");
    assert!(believed.quorum_met && believed.cosigned_by.len() >= 2, "{believed:?}");
    // One of three away: two are enough. Two away: they are not, and the event stands all the same.
    watched.serving.pop().expect("the third").end().await;
    let believed = watched.believed(&post(&server, &token, 30_000, score(2, 1)).await).expect("a receipt");
    assert!(believed.quorum_met);
    watched.serving.pop().expect("the second").end().await;
    let answer = post(&server, &token, 1_000, score(3, 2)).await;
    assert_eq!((&answer["result"], watched.believed(&answer)), (&Value::from("accepted"), None));
    let metrics = outward::client().get(format!("{}/metrics", server.url)).send().await.expect("answers");
    let metrics = metrics.text().await.expect("text");
    let window = |vouched: &str| {
        let name = format!("parindex_window_events{{vouched=\"{vouched}\"}} ");
        metrics.lines().find_map(|l| l.strip_prefix(&name)).unwrap_or_else(|| panic!("{metrics}")).to_owned()
    };
    assert_eq!((window("signed"), window("cosigned")), ("0.0".to_owned(), "1.0".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_restored_with_the_signers_own_folder_is_found_by_a_witness_before_anything_is_signed() {
    let watched = Watched::new().await;
    let yesterday = watched.folder.beside("yesterday");
    let (server, token) = (watched.serve(), watched.token());
    assert!(watched.believed(&post(&server, &token, 30_000, score(1, 0)).await).is_some());
    server.end();
    copy_folder(&watched.folder.data(), &yesterday);
    let server = watched.serve();
    for n in 2..6 {
        let answer = post(&server, &token, 30_000, score(n, u64::from(n) - 1)).await;
        assert!(watched.believed(&answer).is_some());
    }
    server.end();
    // Yesterday's folder, with yesterday's checkpoint and tiles: nothing in it contradicts anything else in it.
    std::fs::remove_dir_all(watched.folder.data()).expect("removes");
    copy_folder(&yesterday, &watched.folder.data());
    let before = checkpoint(&watched.folder.data());
    let server = watched.serve();
    let answer = post(&server, &token, 1_000, score(9, 1)).await;
    assert_eq!(watched.believed(&answer), None, "it is not signed");
    let refused = async {
        loop {
            let ready = outward::client().get(format!("{}/readyz", server.url)).send().await.expect("answers");
            let told = ready.text().await.expect("text");
            if told.contains("witness_ahead") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), refused).await.unwrap_or_else(|_| panic!("{}", watched.said()));
    assert_eq!(checkpoint(&watched.folder.data()), before, "what was signed yesterday is all that is signed");
    assert!(watched.places.iter().all(|place| place.record().exists()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anchor_holds_the_newest_checkpoint_that_enough_witnesses_have_cosigned() {
    let mut watched = Watched::new().await;
    let (server, token) = (watched.serve(), watched.token());
    assert!(watched.believed(&post(&server, &token, 30_000, score(1, 0)).await).is_some());
    let said = watched.folder.must(&["anchor", "--data", "@"]).out;
    assert!(
        said.contains("without a cosigned checkpoint"),
        "the log names no key, so nobody could say whose it is: {said}"
    );
    watched.folder.must(&["name-key", "--data", "@", "--key", "data/signing.key"]);
    let answer = post(&server, &token, 30_000, score(2, 1)).await;
    let believed = watched.believed(&answer).expect("a receipt");
    // Two of three are gone: what comes now is signed, and not cosigned by enough.
    watched.serving.pop().expect("the third").end().await;
    watched.serving.pop().expect("the second").end().await;
    post(&server, &token, 0, score(3, 2)).await;
    let far = FarReceipts::new(&server.url).expect("a client");
    let newest = far.cosigned().await.expect("answers").expect("there is one");
    let note = Note::parse(newest.as_bytes()).expect("a note");
    let told = Policy::parse(&watched.policy).expect("a policy").open(&note).expect("believed");
    assert!(told.quorum_met && told.checkpoint.head.size >= believed.checkpoint.head.size);
    let said = watched.folder.must(&["anchor", "--data", "@"]).out;
    let held = format!("it holds the checkpoint of {} events", told.checkpoint.head.size);
    assert!(said.contains(&held), "{said}: {}", watched.said());
    server.end();
    let said = watched.folder.must(&["verify", "--data", "@", "--policy", "policy"]).out;
    assert!(said.contains("anchors: 2 hold") && said.contains("the log's clock is a script's"), "{said}");
    // By hand, and from the signer's own folder; of another log it is refused.
    let by_hand = ["anchor", "--data", "@", "--checkpoint", "data/signer/cosigned"];
    assert!(watched.folder.must(&by_hand).out.contains(&held));
    std::fs::write(watched.folder.beside("other"), newest.replacen("test.example", "other.example", 2))
        .expect("writes");
    let refused = watched.folder.run(&["anchor", "--data", "@", "--checkpoint", "other"]);
    assert!(refused.code == Some(2) && refused.err.contains("bad_anchor_checkpoint"), "{refused:?}");
}

fn checkpoint(data: &Path) -> String {
    let note = std::fs::read_to_string(data.join("signer/checkpoint")).expect("a checkpoint");
    note.lines().take(3).collect::<Vec<_>>().join("\n")
}

//! A served log, its signer, a plain witness and one that recomputes the log, each by its own program: an honest log is cosigned
//! by both, however often the one that recomputes is killed; an act past the rules by the plain one alone.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use platform::clock::Clock;
use platform::outward;
use proto::policy::Policy;
use proto::receipt::Receipt;
use proto::{ActorId, Fact, Hash};
use serde_json::Value;
use sqlx::Connection;
use system_tests::folder::Folder;
use system_tests::forged::{append, asked_so, like};
use system_tests::seed::Seed;
use system_tests::served::{Kind, lasting_address};

use super::fixture::{Place, Serving};

const KILLS: usize = 6;

/// The log and both witnesses, by their addresses and files.
struct House {
    folder: Folder,
    recomputing: Place,
    _plain: (Place, Serving),
    /// Of the log, and of the witness that recomputes it.
    addresses: [SocketAddr; 2],
    policy: String,
}

impl House {
    async fn new() -> Self {
        let (folder, addresses) = (Folder::small_round(20), [lasting_address(), lasting_address()]);
        let log = format!("log {}", std::fs::read_to_string(folder.data().join("signer/key")).expect("a key"));
        let (recomputing, plain) = (Place::new("recomputing.example"), Place::new("plain.example"));
        let serving = plain.serve_logs(&format!("{log}quorum none\n"), Clock::System).await;
        std::fs::write(recomputing.beside("logs"), format!("{log}quorum none\n")).expect("writes");
        let witnesses = format!(
            "witness recomputing {} http://{}\nwitness plain {} {}\n",
            recomputing.key, addresses[1], plain.key, serving.url
        );
        let policy = format!("{log}{witnesses}group both all recomputing plain\nquorum both\n");
        std::fs::write(folder.beside("policy"), &policy).expect("writes");
        Self { folder, recomputing, _plain: (plain, serving), addresses, policy }
    }

    /// The log's program, and the witness's that recomputes it.
    fn kinds(&self) -> [Kind; 2] {
        let [log, witness] = self.addresses.map(|address| address.to_string());
        let (data, scratch) = (self.folder.data(), self.folder.beside(""));
        let served = log.clone();
        let serve = move || {
            let mut command = std::process::Command::new(system_tests::folder::parindex());
            command.args(["serve", "--listen", &served, "--witnesses", "policy", "--data"]).arg(&data);
            command.stdin(Stdio::null()).current_dir(&scratch);
            command
        };
        let place = self.recomputing.beside("");
        let watch = move || {
            let mut command = std::process::Command::new(system_tests::folder::parindex());
            let line = format!(
                "inspector witness --key key --store store --logs logs --listen {witness} --follow http://{log} --mirror mirror"
            );
            command.args(line.split(' ')).stdin(Stdio::null()).current_dir(&place);
            command
        };
        [
            Kind { name: "parindex serve", command: Box::new(serve), ready: "serving " },
            Kind { name: "the witness", command: Box::new(watch), ready: "serving " },
        ]
    }

    /// Sends a self-score; the names of those who cosigned its receipt, where it was waited for and came.
    async fn score(&self, token: &str, n: u8, wait: Option<u32>) -> Vec<String> {
        let id = proto::ids::uuid_v7(1_667_500_000_000, [n; 10]);
        let body = format!(
            "{{\"id\":\"{id}\",\"capacity\":\"drafter\",\"unit\":\"282\",\"kind\":\"score_self\",\"data\":{{\
             \"round\":\"hanoi-2022\",\"unit\":\"282\",\"leaf\":\"1.1.1\",\"revision\":{},\
             \"inputs\":{{\"option\":\"late\"}},\"claimed\":\"0.2\",\"explanation\":\"x\"}}}}",
            n - 1
        );
        let more = wait.map_or(String::new(), |wait| format!("?receipt=cosigned&wait_ms={wait}"));
        let url = format!("http://{}/api/commands{more}", self.addresses[0]);
        let answer = outward::client().post(url).bearer_auth(token).body(body).send().await.expect("answers");
        let answer: Value = serde_json::from_slice(&answer.bytes().await.expect("bytes")).expect("json");
        assert_eq!(answer["result"], "accepted", "{answer}");
        let text = answer["receipt"]["text"].as_str().unwrap_or_default();
        if text.is_empty() {
            return Vec::new();
        }
        let receipt = Receipt::parse(text.as_bytes()).expect("a receipt");
        let hash = Hash::entry(receipt.extra.as_ref().expect("the event"));
        let believed = receipt.verify(hash, &Policy::parse(&self.policy).expect("a policy")).expect("it holds");
        believed.cosigned_by.into_iter().map(|(name, _)| name).collect()
    }

    async fn get(&self, which: usize, path: &str) -> String {
        let url = format!("http://{}/{path}", self.addresses[which]);
        outward::client().get(url).send().await.expect("answers").text().await.expect("text")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_past_the_rules_is_signed_and_cosigned_by_whoever_looks_at_the_tree_alone() {
    let house = House::new().await;
    let [serve, watch] = house.kinds();
    let (mut witness, mut server) = (watch.start().await, serve.start().await);
    let token = house.folder.must(&["token", "--data", "@", "--actor", "282-d"]).out.trim().to_owned();
    let mut both = house.score(&token, 1, Some(30_000)).await;
    both.sort();
    assert_eq!(both, ["plain", "recomputing"], "{:#?} {:#?}", server.last_lines(), witness.last_lines());

    let mut seed = Seed::drawn();
    for n in 0..KILLS {
        house.score(&token, 2 + u8::try_from(n).expect("small"), None).await;
        if n % 2 == 0 {
            house.folder.must(&["anchor", "--data", "@"]);
        }
        tokio::time::sleep(Duration::from_micros(seed.next(0, 1_500_000))).await;
        witness.kill();
        witness = watch.start().await;
    }
    let both = house.score(&token, 2 + u8::try_from(KILLS).expect("small"), Some(30_000)).await;
    assert_eq!(both.len(), 2, "{:#?} {:#?}", server.last_lines(), witness.last_lines());

    server.kill();
    let mut db = house.folder.tamper("ledger.db").await;
    let position = append(&mut db, |events| {
        let scored = events.iter().rev().find(|event| event.fact.kind() == "self_scored").expect("one");
        let mut one = like(events, scored.envelope.position);
        let Fact::SelfScored(score) = &mut one.fact else { unreachable!("it is a self-score") };
        score.revision = one.envelope.version;
        // What is wrong with the points themselves keeps an honest ledger from opening the log.
        one.envelope.actor.id = ActorId::parse("nobody").expect("an actor");
        asked_so(&mut one);
        one
    });
    let position = position.await;
    db.close().await.expect("closes");
    let server = serve.start().await;
    let disputes = format!("witness_disputes: rules_broken, at position {position}");
    server.until_said("parindex serve", &disputes).await;
    witness.until_said("the witness", &format!("rules_broken: position {position}: ")).await;
    let shown = async {
        loop {
            let note = house.get(0, "checkpoint").await;
            if note.contains("plain.example") {
                return note;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let note = tokio::time::timeout(Duration::from_secs(60), shown).await.expect("the plain one cosigns it");
    assert_eq!(note.lines().nth(1), Some(position.to_string().as_str()), "it is signed");
    assert!(!note.contains("recomputing.example"), "{note}");
    let held =
        house.get(1, &format!("{}/checkpoint", Hash::digest(note.lines().next().expect("a line").as_bytes()))).await;
    assert_eq!(held.lines().nth(1), Some((position - 1).to_string().as_str()));

    // It says so after it was killed too, from what it holds itself.
    witness.kill();
    let witness = watch.start().await;
    witness.until_said("the witness", &format!("rules_broken: position {position}: ")).await;
    let ready = house.get(1, "readyz").await;
    assert!(ready.contains(&format!("rules_broken: position {position}")), "{ready}");
    let line = ["inspector", "watch", "--from", &format!("http://{}", house.addresses[0]), "--mirror", "m"];
    let watched = house.folder.run(&[&line[..], &["--policy", "policy", "--looks", "1"]].concat());
    assert!(watched.out.starts_with("ALARM: watch_quorum: "), "whoever asks for both sees it: {}", watched.out);
}

//! The client that asks witnesses: real ones, and one that hangs, is away, lies, has seen more, or holds another tree.

use std::convert::Infallible;
use std::time::Duration;

use proto::Hash;
use proto::note::{KeyKind, Note, NoteSigner};
use proto::policy::Policy;
use proto::witness::write_size;
use signer::{Alarm, Cosigners, NoCosignature, Outcome};
use system_tests::grown::{Grown, key};
use tokio::net::TcpListener;

use super::fixture::{Place, answering, log, nobody, told};

/// How long a witness has in these tests.
const WITHIN: Duration = Duration::from_millis(3_000);
const TEXT: &str = "text/plain";
const SIZE: &str = "text/x.tlog.size";
const PROBLEM: &str = "application/problem+json";

/// A policy of a log and witnesses by their names, keys and addresses, of whom all must have cosigned.
fn policy(log: &Grown, witnesses: &[(&str, String, &str)]) -> Policy {
    let lines: String = witnesses.iter().map(|(name, key, url)| format!("witness {name} {key} {url}\n")).collect();
    let names: Vec<&str> = witnesses.iter().map(|(name, ..)| *name).collect();
    let text = format!("log {}\n{lines}group all all {}\nquorum all\n", log.key(), names.join(" "));
    Policy::parse(&text).expect("a policy")
}

fn cosigners(policy: &Policy) -> Cosigners {
    Cosigners::new(policy, WITHIN).expect("a client")
}

/// Asks all of them to cosign a log at a size.
async fn ask(cosigners: &Cosigners, log: &Grown, size: u64) -> Vec<Outcome> {
    let prove = async |old| log.proof(old, size);
    cosigners.ask(&log.note(size), log.head(size), prove).await
}

/// What came of asking one witness at an address, whose key is known.
async fn ask_one(log: &Grown, key: &NoteSigner, url: &str, size: u64) -> Outcome {
    let policy = policy(log, &[("w", key.key().to_string(), url)]);
    ask(&cosigners(&policy), log, size).await.pop().expect("an outcome")
}

fn code(outcome: &Outcome) -> String {
    let error = outcome.answer.as_ref().expect_err("no cosignature").to_string();
    error.split(':').next().expect("a code").to_owned()
}

#[tokio::test]
async fn real_witnesses_cosign_a_log_as_it_grows_and_make_the_quorum() {
    let log = log(200);
    let places = [Place::new("a.example"), Place::new("b.example"), Place::new("c.example")];
    let mut serving = Vec::new();
    for place in &places {
        serving.push(place.serve(&log).await);
    }
    let each = [0, 1, 2].map(|i| (["a", "b", "c"][i], places[i].key.to_string(), serving[i].url.as_str()));
    let policy = policy(&log, &each);
    let asked = cosigners(&policy);
    for size in [1, 2, 7, 64, 65, 130, 130] {
        let mut note = log.note(size);
        for outcome in ask(&asked, &log, size).await {
            note.push(outcome.answer.expect(&outcome.witness)).expect("room");
        }
        let believed = policy.open(&note).expect("signed");
        assert!(believed.quorum_met && believed.cosigned_by.len() == 3);
    }
    // One who knows nothing of what they have cosigned (a new process) finds out by asking.
    let fresh = cosigners(&policy);
    assert!(ask(&fresh, &log, 200).await.iter().all(|outcome| outcome.answer.is_ok()));
    // And one whom another has overtaken meanwhile.
    assert!(ask(&asked, &log, 200).await.iter().all(|outcome| outcome.answer.is_ok()));
}

#[tokio::test]
async fn one_that_hangs_or_is_away_holds_nobody_up_and_shows() {
    let log = log(20);
    let place = Place::new("a.example");
    let serving = place.serve(&log).await;
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("listens");
    let silent_url = format!("http://{}", silent.local_addr().expect("an address"));
    let (hangs, gone) = (key("h.example", KeyKind::Witness, 11), key("n.example", KeyKind::Witness, 12));
    let policy = policy(
        &log,
        &[
            ("h", hangs.key().to_string(), &silent_url),
            ("a", place.key.to_string(), &serving.url),
            ("n", gone.key().to_string(), &nobody().await),
        ],
    );
    let began = std::time::Instant::now();
    let outcomes = ask(&cosigners(&policy), &log, 20).await;
    assert!(began.elapsed() < WITHIN * 3, "{:?}", began.elapsed());
    let names: Vec<&str> = outcomes.iter().map(|outcome| outcome.witness.as_str()).collect();
    assert_eq!(names, ["h", "a", "n"]);
    assert_eq!((code(&outcomes[0]), code(&outcomes[2])), ("witness_silent".to_owned(), "witness_away".to_owned()));
    assert!(outcomes[1].answer.is_ok(), "{:?}", outcomes[1]);
    assert!(outcomes.iter().all(|o| o.answer.as_ref().err().and_then(NoCosignature::alarm).is_none()));
}

/// T37: nothing that a witness can answer is taken for a cosignature but its own over the very text, of now.
#[tokio::test]
async fn what_a_lying_witness_answers_is_no_cosignature() {
    let log = log(20);
    let (w, other) = (key("w.example", KeyKind::Witness, 11), key("w.example", KeyKind::Witness, 12));
    let as_log = key("w.example", KeyKind::Log, 11);
    let now = platform::clock::Clock::System.now().millis() / 1_000;
    let (text, forked) = (log.note(20).text().to_owned(), log.forked(3, 1).note(20).text().to_owned());
    let ok = |body: &str| told(200, TEXT, body);
    let forged = |mut line: proto::note::NoteSignature| {
        line.id = w.key().id();
        ok(&line.to_string())
    };
    let moved = format!("HTTP/1.1 307 X\r\nlocation: {}/add-checkpoint\r\ncontent-length: 0\r\n\r\n", nobody().await);
    let table = [
        ("another's cosignature", ok(&other.sign(&text, now).to_string()), "witness_wrong"),
        ("another's in its name", forged(other.sign(&text, now)), "witness_wrong"),
        ("a log's signature by the same bytes", ok(&as_log.sign(&text, now).to_string()), "witness_wrong"),
        ("a log's signature in its name", forged(as_log.sign(&text, now)), "witness_wrong"),
        ("another checkpoint", ok(&w.sign(&forked, now).to_string()), "witness_wrong"),
        ("an hour ahead", ok(&w.sign(&text, now + 3_600).to_string()), "witness_wrong"),
        ("an hour ago", ok(&w.sign(&text, now - 3_600).to_string()), "witness_wrong"),
        ("nothing", ok(""), "witness_wrong"),
        ("no lines", ok("<html>"), "witness_wrong"),
        ("a size of nothing", told(409, SIZE, "many\n"), "witness_wrong"),
        ("too much", ok(&other.sign(&text, now).to_string().repeat(10_000)), "witness_wrong"),
        ("without end", format!("HTTP/1.1 200 X\r\n\r\n{}", "x".repeat(5_000_000)), "witness_wrong"),
        ("another size each time", told(409, SIZE, "7\n"), "witness_contradicts"),
        ("elsewhere", moved, "witness_refuses"),
        ("it does not know the log", told(404, TEXT, ""), "witness_refuses"),
        ("it is full", told(429, TEXT, ""), "witness_refuses"),
        ("it fails", told(500, TEXT, ""), "witness_refuses"),
        ("it disputes the log", told(424, PROBLEM, r#"{"code":"rules_broken","position":7}"#), "witness_disputes"),
        ("it disputes, without a word", told(424, TEXT, "<html>"), "witness_disputes"),
        ("no HTTP", "x\r\n\r\n".to_owned(), "witness_away"),
    ];
    for (what, answer, expected) in table {
        let url = answering(move |_| answer.clone()).await;
        let outcome = ask_one(&log, &w, &url, 20).await;
        assert_eq!(code(&outcome), expected, "{what}: {outcome:?}");
        assert_ne!(outcome.answer.expect_err("none").alarm(), Some(Alarm::Proven), "{what}");
    }
    // Of what it says beside a refusal a code and a position are told on, and nothing else.
    for (code, says) in [("rules_broken", "rules_broken"), ("x\\nforged line", "unknown"), ("", "unknown")] {
        let body = format!("{{\"code\":\"{code}\",\"position\":7,\"en\":\"whatever\"}}");
        let url = answering(move |_| told(424, PROBLEM, &body)).await;
        let error = ask_one(&log, &w, &url, 20).await.answer.expect_err("none");
        assert_eq!(error.to_string(), format!("witness_disputes: {says}, at position 7"));
    }
    // Lines of others beside its own are passed over.
    let both = [other.sign(&text, now), key("x.example", KeyKind::Witness, 13).sign(&text, now), w.sign(&text, now)];
    let both: String = both.iter().map(ToString::to_string).collect();
    let url = answering(move |_| ok(&both)).await;
    assert!(ask_one(&log, &w, &url, 20).await.answer.is_ok());
}

/// T16: a log that was restored from yesterday's backup is told so by whoever has cosigned more of it.
#[tokio::test]
async fn a_witness_that_has_seen_more_says_so_and_shows_the_logs_own_signature() {
    let log = log(40);
    let place = Place::new("a.example");
    let serving = place.serve(&log).await;
    let policy = policy(&log, &[("a", place.key.to_string(), &serving.url)]);
    assert!(ask(&cosigners(&policy), &log, 40).await[0].answer.is_ok());
    for restored in [30, 39] {
        match &ask(&cosigners(&policy), &log, restored).await[0].answer {
            Err(error @ NoCosignature::Ahead { size: 40, proof: Some(note) }) => {
                assert_eq!(error.alarm(), Some(Alarm::Proven));
                assert_eq!(note.text(), log.note(40).text());
                assert!(error.to_string().starts_with("witness_ahead: "));
            }
            other => panic!("{other:?}"),
        }
    }
    // Gone on with otherwise, up to the same size and beyond it: it is another log.
    let other = log.forked(30, 1);
    match &ask(&cosigners(&policy), &other, 40).await[0].answer {
        Err(error @ NoCosignature::Contradicts { size: 40, proof: Some(note) }) => {
            assert_eq!(error.alarm(), Some(Alarm::Proven));
            assert_eq!(note.text(), log.note(40).text());
        }
        other => panic!("{other:?}"),
    }
    let longer = Grown::new(log.origin(), 1, 60).forked(30, 1);
    match &ask(&cosigners(&policy), &longer, 60).await[0].answer {
        Err(NoCosignature::Contradicts { size: 40, proof: Some(_) }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(place.exhibits().len(), 2, "and the witness has kept both");
}

#[tokio::test]
async fn a_witnesss_word_alone_is_told_apart_from_proof() {
    let log = log(40);
    let w = key("w.example", KeyKind::Witness, 11);
    let stranger = Grown::new(log.origin(), 2, 60);
    let longer = Grown::new("other.example", 1, 60);
    let ahead = told(409, SIZE, &write_size(50));
    // What it shows was not signed by the log, is another log's, or is not beyond what there is.
    for shown in [String::new(), stranger.note(50).to_string(), longer.note(50).to_string(), log.note(40).to_string()] {
        let (ahead, shown) = (ahead.clone(), told(200, TEXT, &shown));
        let url = answering(move |asked| if asked.starts_with("GET") { shown.clone() } else { ahead.clone() }).await;
        match ask_one(&log, &w, &url, 40).await.answer {
            Err(error @ NoCosignature::Ahead { size: 50, proof: None }) => {
                assert_eq!(error.alarm(), Some(Alarm::Said));
            }
            other => panic!("{other:?}"),
        }
    }
    // It refuses every proof and shows what this log goes on from.
    let url = answering(move |asked| match asked.starts_with("GET") {
        true => told(200, TEXT, &Grown::new("log.example/1", 1, 40).note(20).to_string()),
        false if asked.contains("\r\n\r\nold 20\n") => told(422, TEXT, ""),
        false => told(409, SIZE, "20\n"),
    });
    match ask_one(&log, &w, &url.await, 40).await.answer {
        Err(error @ NoCosignature::Contradicts { size: 20, proof: None }) => {
            assert_eq!(error.alarm(), Some(Alarm::Said));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_proof_that_cannot_be_made_is_told_and_none_is_asked_without_an_address() {
    let log = log(20);
    let w = key("w.example", KeyKind::Witness, 11);
    let url = answering(|_| told(409, SIZE, "7\n")).await;
    let asked = cosigners(&policy(&log, &[("w", w.key().to_string(), &url)]));
    let prove = async |old: u64| if old == 0 { Ok(Vec::<Hash>::new()) } else { Err("a tile is gone") };
    let outcomes = asked.ask(&log.note(20), log.head(20), prove).await;
    assert_eq!(code(&outcomes[0]), "witness_unproven");
    let without = policy(&log, &[("w", w.key().to_string(), "")]);
    let none = cosigners(&without);
    assert!(none.is_empty());
    let prove = async |_| Ok::<_, Infallible>(Vec::new());
    let note: Note = log.note(20);
    assert!(none.ask(&note, log.head(20), prove).await.is_empty());
}

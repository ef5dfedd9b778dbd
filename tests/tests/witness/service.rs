//! A witness over HTTP: the specification's answers, requests that cross, forks, exhibits, the clock.

use platform::outward;
use std::collections::BTreeMap;
use std::sync::Arc;

use platform::clock::Clock;
use proto::checkpoint::Checkpoint;
use proto::note::{KeyKind, Note};
use proto::witness::{AddCheckpoint, Exhibit, Weight, read_cosignatures, read_size};
use proto::{Hash, Instant};
use system_tests::grown::{Grown, key};
use system_tests::seed::Seed;

use super::fixture::{Answer, ORIGIN, Place, log, post};

const SIZE: &str = "text/x.tlog.size";
const PROBLEM: &str = "application/problem+json";

/// The checkpoint's text with what a witness answered verifies under the witness's key, and says when.
fn cosigned(place: &Place, request: &AddCheckpoint, answer: &Answer) -> u64 {
    assert_eq!((answer.status, answer.media.as_str()), (200, "text/plain; charset=utf-8"), "{answer:?}");
    let mut note = Note::new(request.note.text().to_owned()).expect("a text");
    for line in read_cosignatures(answer.body.as_bytes()).expect("signature lines") {
        note.push(line).expect("room");
    }
    let signed = note.verify(std::slice::from_ref(&place.key)).expect("it verifies");
    signed[0].time.expect("a time")
}

#[tokio::test]
async fn a_witness_answers_as_the_specification_says() {
    let (place, log, http) = (Place::new("w.example"), log(40), outward::client());
    let serving = place.serve(&log).await;
    let first = log.request(0, 8);
    let before = Clock::System.now().millis() / 1_000;
    let time = cosigned(&place, &first, &post(&http, &serving.url, &first).await);
    assert!((before..=before + 60).contains(&time));
    let next = log.request(8, 20);
    cosigned(&place, &next, &post(&http, &serving.url, &next).await);
    let again = log.request(20, 20);
    cosigned(&place, &again, &post(&http, &serving.url, &again).await);

    let size = |body: &str| Answer { status: 409, media: SIZE.to_owned(), body: body.to_owned() };
    for request in [log.request(0, 30), log.request(8, 30), log.request(25, 30), log.request(8, 8)] {
        assert_eq!(post(&http, &serving.url, &request).await, size("20\n"), "{request}");
    }
    let stranger = Grown::new(ORIGIN, 2, 40);
    let elsewhere = Grown::new("other.example/1", 1, 40);
    let cut = AddCheckpoint { proof: Vec::new(), ..log.request(20, 30) };
    let table = [
        (elsewhere.request(0, 30).to_string(), 404, "log_unknown"),
        (stranger.request(20, 30).to_string(), 403, "checkpoint_untrusted"),
        (log.request(35, 30).to_string(), 400, "old_size_ahead"),
        ("old 20\n".to_owned(), 400, "checkpoint_malformed"),
        (log.request(20, 30).to_string().replace('\n', "\r\n"), 400, "checkpoint_malformed"),
        (cut.to_string(), 422, "proof_wrong"),
        (log.forked(5, 1).request(20, 30).to_string(), 422, "proof_wrong"),
        (log.forked(5, 1).request(20, 20).to_string(), 409, "root_differs"),
    ];
    for (body, status, code) in table {
        let answer = post(&http, &serving.url, &body).await;
        assert_eq!((answer.status, answer.media.as_str()), (status, PROBLEM), "{body}");
        assert_eq!(answer.code(), code);
    }
    assert_eq!(post(&http, &serving.url, "x".repeat(200_000)).await.status, 413);
    let get = async |path: &str| {
        Answer::of(http.get(format!("{}{path}", serving.url)).send().await.expect("it answers")).await
    };
    assert_eq!(get("/add-checkpoint").await.status, 405);
    let last = get(&format!("/{}/checkpoint", Hash::digest(ORIGIN.as_bytes()))).await;
    let note = Note::parse(last.body.as_bytes()).expect("a note");
    assert_eq!(note.verify(&[place.key.clone(), log.key().clone()]).expect("both signed").len(), 2);
    assert_eq!(Checkpoint::parse(note.text()).expect("a checkpoint").head, log.head(20), "no refusal moved it");
    assert_eq!(get(&format!("/{}/checkpoint", Hash::digest(b"x"))).await.code(), "log_unknown");
    assert_eq!((get("/healthz").await.status, get("/readyz").await.status), (200, 200));
    let figures = get("/metrics").await.body;
    for line in ["parindex_witness_cosigned_total 3.0", "parindex_witness_size{log=\"log.example/1\"} 20.0"] {
        assert!(figures.lines().any(|l| l == line), "{line} in {figures}");
    }
}

/// T36: of two requests that cross, one is answered with a cosignature, and the other one with the size of the first.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_that_cross_never_take_a_witness_back() {
    let (place, log, http) = (Place::new("w.example"), log(200), outward::client());
    let serving = place.serve(&log).await;
    let (mut seed, mut at) = (Seed::drawn(), 0);
    while at < 190 {
        let sizes: Vec<u64> = (0..6).map(|_| at + seed.next(1, 10)).collect();
        let asked = sizes.iter().map(|size| {
            let (http, url, request) = (http.clone(), serving.url.clone(), log.request(at, *size));
            tokio::spawn(async move { post(&http, &url, &request).await })
        });
        let mut won = Vec::new();
        let mut told = Vec::new();
        for (size, answer) in sizes.iter().zip(asked.collect::<Vec<_>>()) {
            let answer = answer.await.expect("no panic");
            match answer.status {
                200 => {
                    cosigned(&place, &log.request(at, *size), &answer);
                    won.push(*size);
                }
                409 => told.push(read_size(answer.body.as_bytes()).expect("a size")),
                status => panic!("{status}"),
            }
        }
        assert_eq!(won.len(), 1, "from one size on, one request is cosigned");
        assert!(told.iter().all(|size| *size == won[0]), "{told:?} {won:?}");
        at = won[0];
    }
}

/// T36: many who ask at once, each from what it was told last, for two logs that are one up to a point.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_branches_a_witness_cosigns_one() {
    let (place, log) = (Place::new("w.example"), log(120));
    let serving = place.serve(&log).await;
    let branches = Arc::new([log.forked(30, 1), log.forked(30, 2)]);
    let mut seed = Seed::drawn();
    let callers = (0..8).map(|i| {
        let (branches, url, mut seed) = (Arc::clone(&branches), serving.url.clone(), seed.apart());
        tokio::spawn(async move {
            let (http, branch, mut old, mut cosigned) = (outward::client(), i % 2, 0, Vec::new());
            for _ in 0..60 {
                let new = (old + seed.next(0, 6)).min(120);
                let answer = post(&http, &url, branches[branch].request(old, new)).await;
                match answer.status {
                    200 => {
                        old = new;
                        cosigned.push((new, branch));
                    }
                    409 if answer.media == SIZE => {
                        let size = read_size(answer.body.as_bytes()).expect("a size");
                        assert!(size >= old, "{size} {old}: the witness went back");
                        old = size;
                    }
                    status => assert!([409, 422].contains(&status), "{answer:?}"),
                }
            }
            cosigned
        })
    });
    let mut roots = BTreeMap::new();
    for caller in callers.collect::<Vec<_>>() {
        for (size, branch) in caller.await.expect("no panic") {
            let root = branches[branch].head(size).root;
            assert_eq!(*roots.entry(size).or_insert(root), root, "two roots at {size}");
        }
    }
    let beyond = roots.iter().filter(|(size, _)| **size > 30);
    let of = |branch: usize| beyond.clone().all(|(size, root)| branches[branch].head(*size).root == *root);
    assert!(of(0) ^ of(1), "beyond the fork all that was cosigned is of one branch: {roots:?}");
}

/// T14: what proves that a log shows two faces is kept, so that it can be handed to anyone; nobody fills the disk with it.
#[tokio::test]
async fn an_exhibit_is_kept_once_for_each_checkpoint_and_never_without_bound() {
    let (place, log, http) = (Place::new("w.example"), log(40), outward::client());
    let serving = place.serve(&log).await;
    let forged = log.forked(5, 1);
    assert_eq!(post(&http, &serving.url, forged.request(0, 20)).await.status, 200, "the first is taken as it comes");
    for refused in [log.request(20, 20), log.request(3, 20), log.request(20, 20)] {
        assert_eq!(post(&http, &serving.url, refused).await.status, 409);
    }
    assert_eq!(place.exhibits().len(), 1, "one checkpoint, one file");
    let exhibit = Exhibit::parse(&std::fs::read(&place.exhibits()[0]).expect("reads")).expect("an exhibit");
    let keys = [log.key().clone()];
    assert_eq!(exhibit.weigh(&keys), Ok(Weight::Contradiction));
    assert_eq!(exhibit.held.text(), forged.note(20).text());
    assert_eq!(exhibit.offered.note.text(), log.note(20).text());

    // Somebody who is not the log adds signatures of nobody to what the log signed, and hands in proofs of nothing.
    for i in 0..60 {
        let mut request = AddCheckpoint { proof: vec![Hash::entry(&[i])], ..log.request(20, 21 + u64::from(i % 19)) };
        let line = key("nobody.example", KeyKind::Log, i).sign(request.note.text(), 0);
        request.note.push(line).expect("room");
        assert_eq!(post(&http, &serving.url, request).await.status, 422);
    }
    for i in 10..50 {
        assert_eq!(post(&http, &serving.url, log.forked(5, i).request(20, 20)).await.status, 409);
    }
    let mut found = BTreeMap::new();
    for path in place.exhibits() {
        let exhibit = Exhibit::parse(&std::fs::read(path).expect("reads")).expect("an exhibit");
        assert!(exhibit.offered.note.signatures().iter().all(|line| line.name == *log.key().name()));
        *found.entry(exhibit.weigh(&keys).expect("an exhibit")).or_insert(0) += 1;
    }
    assert_eq!(found, BTreeMap::from([(Weight::Unproven, 16), (Weight::Contradiction, 16)]));
    let honest = forged.request(20, 30);
    assert_eq!(post(&http, &serving.url, honest).await.status, 200, "what it holds goes on as before");
}

#[tokio::test]
async fn a_clock_that_went_back_stops_a_witness_until_it_is_mended() {
    let (place, log, http) = (Place::new("w.example"), log(40), outward::client());
    let at = |seconds: i64| Clock::scripted(Instant::from_micros(seconds * 1_000_000).expect("a time"));
    let serving = place.serve_at(&log, at(1_700_000_000)).await;
    let first = log.request(0, 8);
    assert_eq!(cosigned(&place, &first, &post(&http, &serving.url, &first).await), 1_700_000_000);
    serving.end().await;
    let serving = place.serve_at(&log, at(1_699_999_999)).await;
    let answer = post(&http, &serving.url, log.request(8, 9)).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "clock_behind"));
    serving.end().await;
    let serving = place.serve_at(&log, at(1_700_000_000)).await;
    let next = log.request(8, 9);
    assert_eq!(cosigned(&place, &next, &post(&http, &serving.url, &next).await), 1_700_000_000);
}

//! A rebuild beside whoever serves: read all the time, killed at any moment, meddled with, begun twice; told of both engines.
//! What is compared with is always what `verify` makes of the log.

mod site;

use platform::outward;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use index::Index;
use ledger::Log;
use platform::feed::BATCH_EVENTS_MAX;
use platform::projector::Projector;
use proto::Origin;
use serde_json::Value;
use system_tests::folder::{Folder, execute, sample_round};
use system_tests::seed::Seed;
use tokio::sync::watch;

use self::site::{Running, Site};

/// Rebuilds that are killed, of each engine.
fn kills() -> usize {
    if std::env::var_os("PARINDEX_FULL").is_some() { 60 } else { 6 }
}

/// A log of more batches than one: the sample's setup, and each self-score and first appraisal in it.
fn long_log() -> Folder {
    let folder = Folder::small_round(0);
    let files = ["02-self-scoring.ndjson", "03-first-appraisal.ndjson"].map(|name| sample_round().join(name));
    let mut play = vec!["play", "--data", "@"];
    play.extend(files.iter().map(|file| file.to_str().expect("a path")));
    folder.must(&play);
    folder
}

/// Scores that stand in the log before anyone serves it: more than one batch has.
const WRITTEN_BEFORE: u64 = BATCH_EVENTS_MAX as u64 + 400;

/// A log in which one score was changed again and again, so that a rebuild takes more batches than one.
fn changed_often() -> Folder {
    let folder = Folder::small_round(1);
    let line = |i| {
        let command = score(i);
        format!("{{\"at\":\"2022-11-03T02:14:06.000000Z\",\"actor\":\"001-d\",\"command\":{command}}}\n")
    };
    let script: String = (0..WRITTEN_BEFORE).map(line).collect();
    std::fs::write(folder.beside("changes.ndjson"), script).expect("writes");
    folder.must(&["play", "--data", "@", "changes.ndjson"]);
    folder
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

/// Writes some scores at a time until it is over.
async fn write_on(url: String, token: String, over: Arc<AtomicBool>) {
    let (client, mut next) = (outward::client(), WRITTEN_BEFORE);
    while !over.load(Ordering::SeqCst) {
        let commands: Vec<String> = (next..next + 20).map(score).collect();
        let body = format!("[{}]", commands.join(","));
        let answer = client.post(&url).bearer_auth(&token).body(body).send().await.expect("it answers");
        let told: Vec<Value> = serde_json::from_str(&answer.text().await.expect("a body")).expect("json");
        assert!(told.iter().all(|a| a["result"] == "accepted"), "{told:?}");
        next += 20;
    }
}

/// Reads an answer again and again, each with its position: none may be refused, or stand before an earlier one.
async fn read_on(url: String, over: Arc<AtomicBool>, last: Arc<AtomicU64>) -> usize {
    let (client, mut reads, mut before) = (outward::client(), 0, 0);
    while !over.load(Ordering::SeqCst) {
        let answer = client.get(&url).send().await.expect("it answers");
        let (status, text) = (answer.status(), answer.text().await.expect("a body"));
        assert_eq!(status.as_u16(), 200, "{url}: {text}");
        let told: Value = serde_json::from_str(&text).expect("json");
        let position = told["as_of"]["position"].as_u64().expect("a position");
        assert!(position >= before, "{url}: #{position} came after #{before}");
        let rows = told["rows"].as_array().or(told["scores"].as_array()).expect("rows");
        assert!(!rows.is_empty(), "{url}: nothing at #{position}");
        (before, reads) = (position, reads + 1);
        last.store(position, Ordering::SeqCst);
    }
    reads
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_read_and_events_written_all_the_time_while_projections_are_rebuilt() {
    for site in Site::both(changed_often()) {
        let (server, url) = site.serve();
        let token = site.must("token", &["--actor", "001-d"]).out.trim().to_owned();
        let over = Arc::new(AtomicBool::new(false));
        let writer = tokio::spawn(write_on(format!("{url}/api/commands"), token, Arc::clone(&over)));
        let mut readers = Vec::new();
        for path in ["/units/001", "/ranking?publication=live", "/units/001"] {
            let last = Arc::new(AtomicU64::new(0));
            let url = format!("{url}/api/rounds/hanoi-2022{path}");
            readers.push((Arc::clone(&last), tokio::spawn(read_on(url, Arc::clone(&over), last))));
        }
        let read = |i: usize| readers[i].0.load(Ordering::SeqCst);
        let deadline = Instant::now() + Duration::from_secs(60);
        while read(0).min(read(1)) <= BATCH_EVENTS_MAX as u64 {
            assert!(Instant::now() < deadline, "{}: nothing is read", site.name());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        for _ in 0..3 {
            let before = (read(0), read(1));
            let rebuild = site.command("rebuild", &[]);
            let said = tokio::task::spawn_blocking(move || { rebuild }.output().expect("starts"));
            let said = said.await.expect("it ends");
            let told = String::from_utf8_lossy(&said.stdout).into_owned();
            assert!(said.status.success(), "{}: {told}{}", site.name(), String::from_utf8_lossy(&said.stderr));
            // What is written later reaches the projections too, by the projectors that were there all the time.
            let rebuilt: Vec<u64> =
                told.lines().filter_map(|l| l.split('#').nth(1)?.split(',').next()?.parse().ok()).collect();
            assert!(rebuilt.len() == 2 && rebuilt[0] > before.0 && rebuilt[1] > before.1, "{told}");
            let deadline = Instant::now() + Duration::from_secs(60);
            while read(0) <= rebuilt[0] || read(1) <= rebuilt[1] {
                assert!(Instant::now() < deadline, "{}: #{} and #{} stand still", site.name(), read(0), read(1));
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        over.store(true, Ordering::SeqCst);
        for (_, reader) in readers {
            let reads = reader.await.expect("no reader met an error");
            assert!(reads > 20, "{}: read {reads} times", site.name());
        }
        writer.await.expect("everything was written");
        stop(server);
        site.digests();
    }
}

/// Ends a server in order.
fn stop(mut server: Running) {
    system_tests::postgres::signal(server.0.id(), "TERM");
    server.0.wait().expect("it ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_killed_at_any_moment_leaves_the_old_one_serving_and_the_next_run_goes_on() {
    let mut seed = Seed::drawn();
    for site in Site::both(long_log()) {
        let before = site.digests();
        let begun = Instant::now();
        site.must("rebuild", &["index"]);
        let whole = u64::try_from(begun.elapsed().as_micros()).expect("a while");
        for _ in 0..kills() {
            let mut rebuild = site.command("rebuild", &["index"]).stdout(Stdio::null()).spawn().expect("starts");
            tokio::time::sleep(Duration::from_micros(seed.next(0, whole))).await;
            let _ = rebuild.kill();
            rebuild.wait().expect("waits");
            assert_eq!(site.digests(), before, "{}", site.name());
        }
        site.must("rebuild", &["index"]);
        let half = site.rebuild_half().await;
        assert_eq!(site.digests(), before, "{}", site.name());
        let said = site.must("rebuild", &["index"]).out;
        assert!(said.contains(&format!("index: goes on at #{half} ")), "{}: {said}", site.name());
        assert_eq!(site.digests(), before, "{}", site.name());
        assert_eq!(site.next_position().await, 0, "{}: nothing is left beside", site.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_next_generation_that_was_meddled_with_is_not_switched_to() {
    let fake =
        "INSERT INTO blocks SELECT round, 'fake', ordinal, kind, title_en, title_vi FROM blocks WHERE ordinal = 0";
    let elsewhere = format!("UPDATE cursor SET hash = '{}'", "ab".repeat(32));
    for site in Site::both(long_log()) {
        let before = site.digests();
        site.rebuild_half().await;
        site.meddle("index_next", fake).await;
        let said = site.run("rebuild", &["index"]);
        assert_eq!(said.code, Some(2), "{}: {}", site.name(), said.out);
        assert!(said.err.starts_with("error: rebuild_differs: "), "{}: {}", site.name(), said.err);
        assert!(said.err.contains("index, table blocks, row fake: no event leads to it"), "{}", said.err);
        assert_eq!(site.digests(), before, "{}", site.name());
        assert_eq!(site.next_position().await, 0, "{}: it was dropped", site.name());
        // What is of another log, of another format, or says nothing, is begun again.
        for (meddling, why) in [
            (elsewhere.as_str(), "is not of this log"),
            ("UPDATE cursor SET root = hash", "the cursor is damaged"),
            ("UPDATE format SET version = 0", "data_older"),
            ("UPDATE format SET version = 99", "data_newer"),
        ] {
            site.rebuild_half().await;
            site.meddle("index_next", meddling).await;
            let said = site.must("rebuild", &["index"]).out;
            assert!(said.contains("dropped and is begun again: ") && said.contains(why), "{}: {said}", site.name());
            assert_eq!(site.digests(), before, "{}: {meddling}", site.name());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rebuilds_at_once_do_no_harm() {
    for site in Site::both(long_log()) {
        let before = site.digests();
        let begin = |mut command: Command| {
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts").wait_with_output()
        };
        let said = std::thread::scope(|scope| {
            let begun: Vec<_> = (0..3).map(|_| scope.spawn(|| begin(site.command("rebuild", &["index"])))).collect();
            begun.into_iter().map(|b| b.join().expect("no panic").expect("it ends")).collect::<Vec<_>>()
        });
        for output in &said {
            let told = String::from_utf8_lossy(&output.stderr);
            let refused = output.status.code() == Some(2) && told.starts_with("error: rebuild_running: ");
            assert!(output.status.success() || refused, "{}: {told}", site.name());
        }
        assert!(said.iter().any(|output| output.status.success()), "{}: one of them gets there", site.name());
        assert_eq!(site.digests(), before, "{}", site.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_format_is_read_and_written_by_nobody_and_a_rebuild_brings_it_up() {
    let older = "CREATE TABLE left_over (x BIGINT); ALTER TABLE units DROP COLUMN code; UPDATE format SET version = 0";
    for site in Site::both(Folder::small_round(300)) {
        let before = site.digests();
        site.meddle("index", older).await;
        let nothing = site.file("nothing.ndjson", "");
        for (word, more) in [("play", vec![nothing.as_str()]), ("serve", vec!["--listen", "127.0.0.1:0"])] {
            let said = site.run(word, &more);
            assert_eq!(said.code, Some(2), "{}: {word}: {}", site.name(), said.out);
            assert!(said.err.contains("data_older: "), "{}: {word}: {}", site.name(), said.err);
        }
        let said = site.run("verify", &[]);
        assert!(said.code == Some(1) && said.out.contains("BROKEN  the projection index: data_older"), "{}", said.out);
        site.must("rebuild", &["index"]);
        assert_eq!(site.digests(), before, "{}", site.name());
        assert_eq!(site.ask("index", "SELECT version FROM format").await, Some(1), "{}", site.name());
        assert_eq!(site.ask("index", "SELECT COUNT(*) FROM left_over").await, None, "{}: it is gone", site.name());
        site.must("play", &[&nothing]);
        // What a newer version has made is no older version's to replace.
        site.meddle("index", "UPDATE format SET version = 99").await;
        let said = site.run("rebuild", &["index"]);
        assert!(said.code == Some(2) && said.err.starts_with("error: data_newer: "), "{}", said.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_was_read_ahead_costs_not_the_batch_before_it() {
    let folder = long_log();
    let mut db = folder.tamper("ledger.db").await;
    let changed = "UPDATE events SET body = CAST(REPLACE(CAST(body AS TEXT), 'claimed', 'claimeD') AS BLOB) WHERE position = 5000";
    execute(&mut db, changed).await;
    sqlx::Connection::close(db).await.expect("closes");
    let log = Arc::new(Log::open(folder.data().join("ledger.db"), watch::channel(0).1).await.expect("opens"));
    let (origin, path) = (Origin::parse("test.example/small").expect("an origin"), folder.beside("fresh.db"));
    for _ in 0..2 {
        let (moved, cursor) = watch::channel(0);
        let opened = Projector::<Index>::open(&path, origin.clone(), log.clone(), moved).await;
        let error = opened.expect("opens").catch_up(|_| {}).await.expect_err("an event was changed");
        assert!(error.is_of_the_log() && error.to_string().contains("position 5000"), "{error}");
        // The second time it opens there and gets no further.
        assert_eq!(*cursor.borrow(), BATCH_EVENTS_MAX as u64);
    }
}

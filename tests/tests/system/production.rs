//! One process on the bus (`serve --nats-url`), and a reader that has only the ledger's address.
//! Both come to what the log itself makes.

use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;

use index::Index;
use ledger::Log;
use platform::db::open_readers;
use platform::feed::{Feed, HttpFeed};
use platform::projector::{Projector, Snapshot, schema};
use proto::fold::Streams;
use proto::subject::LogName;
use proto::{Origin, RoundId, Stream, UnitId};
use system_tests::bus::same_as_the_log;
use system_tests::folder::{Folder, sample_round};
use system_tests::nats::Nats;
use tokio::sync::watch;

/// A running server; it is ended with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Serves a folder, and gives the address once it does.
async fn serve(folder: &Folder, more: &[String]) -> (Server, String) {
    let mut arguments = vec!["serve", "--data", "@", "--listen", "127.0.0.1:0"];
    arguments.extend(more.iter().map(String::as_str));
    let mut command = folder.command(&arguments);
    command.env("PARINDEX_NATS_PASSWORD", Nats::password("ledger")).stderr(Stdio::null());
    let server = Server(command.spawn().expect("starts"));
    for _ in 0..3_000 {
        if let Ok(text) = std::fs::read_to_string(folder.data().join("server.json")) {
            let card: serde_json::Value = serde_json::from_str(&text).expect("a card");
            return (server, card["url"].as_str().expect("an address").to_owned());
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the server does not say where it serves");
}

fn origin() -> Origin {
    Origin::parse("test.example/small").expect("an origin")
}

async fn log(folder: &Folder) -> Log {
    Log::open(&folder.data().join("ledger.db"), watch::channel(0).1).await.expect("opens")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_on_the_bus_comes_to_the_same_figures() {
    let nats = Nats::one().await;
    let folder = Folder::small_round(400);
    let settings = nats.settings(&origin(), "ledger");
    let on = ["--nats-url".to_owned(), nats.urls().join(","), "--nats-user".to_owned(), "ledger".to_owned()];
    let (server, _) = serve(&folder, &on).await;
    let token = folder.must(&["token", "--data", "@", "--actor", "001-d"]).out.trim().to_owned();
    let scores = std::fs::read_to_string(sample_round().join("02-self-scoring.ndjson")).expect("the sample");
    let of_001 = scores.lines().filter_map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        (line["actor"] == "001-d").then(|| line["command"].to_string())
    });
    std::fs::write(folder.beside("some.ndjson"), of_001.collect::<Vec<_>>().join("\n")).expect("writes");
    folder.must(&["submit", "--data", "@", "--token", &token, "some.ndjson"]);
    let kept = log(&folder).await;
    let size = kept.head_row().await.expect("reads").position;
    // The stream comes to the log's end, and so do both projections.
    let context = nats.connect("ledger").await.expect("lets in");
    for _ in 0..3_000 {
        let sent = context.get_stream(settings.stream()).await;
        if sent.is_ok_and(|s| s.cached_info().state.last_sequence == size) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    same_as_the_log(&context, &settings.stream(), &kept).await.expect("reads");
    assert_eq!(settings.log, LogName::of(&origin()), "the name that a log has on the bus by itself");
    // Both projectors read the stream, under consumers of their own.
    for consumer in ["index", "ranking"] {
        let mut seen = false;
        for _ in 0..1_000 {
            let stream = context.get_stream(settings.stream()).await.expect("is there");
            seen = stream.consumer_info(consumer).await.is_ok_and(|info| info.num_pending == 0);
            if seen {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert!(seen, "{consumer} reads the stream to its end");
    }
    kept.close().await;
    drop(server);
    let said = folder.run(&["verify", "--data", "@"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
}

#[test]
fn an_address_that_is_none_is_refused_at_the_start() {
    let folder = Folder::small_round(0);
    for (url, code) in [("nats://ledger:secret@127.0.0.1:4222", "bus_address_bad"), ("x://y", "bus_address_bad")] {
        let said = folder.run(&["serve", "--data", "@", "--listen", "127.0.0.1:0", "--nats-url", url]);
        assert_eq!(said.code, Some(2), "{}", said.err);
        assert!(said.err.contains(code) && !said.err.contains("secret"), "{}", said.err);
    }
}

async fn projected(path: &Path, feed: Arc<dyn Feed>) -> (platform::projector::Cursor, Vec<String>) {
    let mut projector = Projector::<Index>::open(path, origin(), feed, watch::channel(0).0).await.expect("opens");
    projector.catch_up(|_| {}).await.expect("projects");
    projector.close().await.expect("closes");
    let db = open_readers(&path.into(), &schema::<Index>()).await.expect("opens");
    let mut rows = Vec::new();
    for table in <Index as platform::projector::Projection>::TABLES {
        let mut connection = db.acquire().await.expect("a connection");
        let found = platform::rows::select_cells(connection.at(), table, &[]).await.expect("reads");
        rows.extend(found.iter().map(|row| format!("{} {row:?}", table.name)));
    }
    rows.sort();
    let cursor = Snapshot::begin(&db).await.expect("reads").cursor().clone();
    (cursor, rows)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_over_http_comes_to_the_same_rows() {
    let folder = Folder::small_round(400);
    let (_server, url) = serve(&folder, &[]).await;
    let over_http: Arc<dyn Feed> = Arc::new(HttpFeed::new(std::slice::from_ref(&url), None).expect("a client"));
    let kept = log(&folder).await;
    let size = kept.head_row().await.expect("reads").position;
    let mut head = over_http.head();
    head.wait_for(|at| *at == size).await.expect("is told");
    for (after, limit) in [(0, 4_096), (0, 1), (17, 100), (size - 1, 10), (size, 10), (0, usize::MAX >> 1)] {
        let fed = over_http.after(after, limit).await.expect("reads");
        assert_eq!(fed, kept.after(after, limit).await.expect("reads"), "after {after}, {limit} at the most");
    }
    let round = RoundId::parse("hanoi-2022").expect("a round");
    let unit = UnitId::parse("001").expect("a unit");
    let all = [
        Streams::Log,
        Streams::Grants,
        Streams::Round(round.clone()),
        Streams::Sheet(round.clone(), unit.clone()),
        Streams::One(Stream::Sheet(round, unit)),
    ];
    for streams in all {
        for upto in [size, size / 2, 0] {
            let fed = over_http.streams(&streams, upto).await.expect("reads");
            assert_eq!(fed, kept.streams(&streams, upto).await.expect("reads"), "{streams:?} up to {upto}");
        }
    }
    let scratch = tempfile::tempdir().expect("a folder");
    let by_http = projected(&scratch.path().join("http.db"), over_http).await;
    let by_log = projected(&scratch.path().join("log.db"), Arc::new(kept)).await;
    assert!(by_log.1.len() > 100);
    assert_eq!(by_http, by_log);
}

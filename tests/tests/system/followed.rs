//! Pages that follow what is new: the stream of events over HTTP, however many listen, and an open page in a real browser.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

use platform::outward;
use reqwest::Response;
use serde_json::Value;
use system_tests::folder::Folder;

use super::api::{Server, score};
use super::chromium::told;

/// How many may listen at once (services/dashboard/src/live.rs).
const LISTENERS_MAX: usize = 256;
/// A server that ends waits up to 20 seconds for the requests that it has: one with listeners alone must not.
const ENDS_WITHIN: Duration = Duration::from_secs(8);

async fn listen(server: &Server, page: &str) -> Response {
    let request = outward::client().get(format!("{}/rounds/hanoi-2022{page}/events", server.url));
    request.header("accept", "text/event-stream").send().await.expect("answers")
}

/// The next position that a stream tells of; none once it has ended.
async fn next(stream: &mut Response) -> Option<u64> {
    let mut text = String::new();
    while let Some(chunk) = stream.chunk().await.expect("whole pieces") {
        text.push_str(std::str::from_utf8(&chunk).expect("text"));
        if let Some(event) = text.split("\n\n").find(|event| event.contains("event: position")) {
            let data = event.lines().find_map(|line| line.strip_prefix("data: ")).expect("data");
            assert!(event.contains(&format!("id: {data}")), "{event}");
            return Some(data.parse().expect("a position, and nothing else"));
        }
    }
    None
}

async fn head(server: &Server) -> u64 {
    let head = outward::client().get(format!("{}/api/head", server.url)).send().await.expect("answers");
    let head: Value = serde_json::from_str(&head.text().await.expect("a body")).expect("JSON");
    head["size"].as_u64().expect("a number")
}

/// Does an act, and gives the position of its event.
async fn act(server: &Server, token: &str, (n, revision): (u8, u64)) -> u64 {
    let request = outward::client().post(format!("{}/api/commands", server.url)).bearer_auth(token);
    let text = request.body(score(n, revision, "282")).send().await.expect("answers").text().await.expect("a body");
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    answer["position"].as_u64().unwrap_or_else(|| panic!("{text}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_listens_hears_of_an_act_and_of_no_figure() {
    let server = Server::over(Folder::small_round(10), "127.0.0.1:0");
    let token = server.token("282-d");
    let mut streams = Vec::new();
    for page in ["", "/state", "/units/282"] {
        let stream = listen(&server, page).await;
        let told = |name: &str| stream.headers()[name].to_str().expect("ASCII").to_owned();
        assert_eq!((stream.status().as_u16(), told("content-type")), (200, "text/event-stream".to_owned()), "{page}");
        assert_eq!(told("cache-control"), "no-store", "{page}");
        streams.push(stream);
    }
    let stood = head(&server).await;
    for stream in &mut streams {
        // The rows may be a moment behind the log.
        while next(stream).await.expect("the present position") < stood {}
    }
    let position = act(&server, &token, (1, 0)).await;
    assert_eq!(position, stood + 1);
    for stream in &mut streams {
        assert_eq!(next(stream).await, Some(position));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_listen_as_may_and_none_keeps_a_server_that_ends_from_ending() {
    let server = Server::over(Folder::small_round(10), "127.0.0.1:0");
    let mut streams = Vec::new();
    for _ in 0..LISTENERS_MAX {
        let mut stream = listen(&server, "").await;
        assert!(next(&mut stream).await.is_some());
        streams.push(stream);
    }
    let one_more = listen(&server, "").await;
    assert_eq!(one_more.status().as_u16(), 429);
    let problem: Value = serde_json::from_str(&one_more.text().await.expect("a body")).expect("JSON");
    assert_eq!(problem["code"], "listeners_full");
    // Pages are answered all the same.
    let page = outward::client().get(format!("{}/rounds/hanoi-2022", server.url)).send().await.expect("answers");
    assert_eq!(page.status().as_u16(), 200);
    // Who goes makes room.
    drop(streams.pop());
    loop {
        if listen(&server, "").await.status().as_u16() == 200 {
            break;
        }
        tokio::task::yield_now().await;
    }
    let begun = Instant::now();
    let ended = tokio::task::spawn_blocking(move || server.stop());
    for stream in &mut streams {
        while next(stream).await.is_some() {}
    }
    ended.await.expect("it ends in order");
    assert!(begun.elapsed() < ENDS_WITHIN, "{:?}", begun.elapsed());
}

#[test]
fn a_page_that_is_open_in_a_real_browser_shows_what_is_new_by_itself() {
    let server = Server::over(Folder::small_round(10), "127.0.0.1:0");
    let token = server.token("282-d");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut node = told("live.mjs", &server, &[]);
    let mut node = node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("node runs");
    let (mut to, from) = (node.stdin.take().expect("piped"), node.stdout.take().expect("piped"));
    let mut acts = 0;
    for line in BufReader::new(from).lines() {
        if line.expect("a line") != "ACT" {
            continue;
        }
        let position = runtime.block_on(act(&server, &token, (acts + 1, acts.into())));
        to.write_all(format!("{position}\n").as_bytes()).expect("node reads");
        acts += 1;
    }
    let mut said = String::new();
    node.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
    assert!(node.wait().expect("it ends").success(), "{said}");
    assert_eq!(acts, 3);
}

//! The services as processes of their own, each with its own login, on PostgreSQL and NATS: they come to the same figures,
//! say how they are, keep their limits, stand by for one another, and end in order.

use platform::outward;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use proto::Answer;
use reqwest::StatusCode;
use system_tests::folder::sample_round;
use system_tests::nats::Nats;
use system_tests::postgres::{Disk, signal};
use system_tests::stack::{Stack, answer};

const ALL: [&str; 5] = ["ledger", "index", "ranking", "inspector", "dashboard"];

/// Self-scores that stand in the log already: the clock of a script is then in the phase of self-scoring.
const SCORED: usize = 100;

/// The self-scores of the sample.
fn scores() -> String {
    std::fs::read_to_string(sample_round().join("02-self-scoring.ndjson")).expect("the sample")
}

/// A round in which units score themselves.
fn stack(nats: Option<Nats>) -> Stack {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let some = folder.path().join("some.ndjson");
    std::fs::write(&some, scores().split_inclusive('\n').take(SCORED).collect::<String>()).expect("writes");
    Stack::new(Disk::Unsynced, nats, "test.example/apart", &[&sample_round().join("01-setup.ndjson"), &some])
}

/// Self-scores of an actor that do not stand in the log, as commands.
fn scores_of(actor: &str) -> Vec<String> {
    let script = scores();
    let of_actor = script.lines().skip(SCORED).filter_map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).expect("a script's line");
        (line["actor"] == actor).then(|| line["command"].to_string())
    });
    of_actor.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn services_apart_come_to_the_figures_of_the_log() {
    let mut stack = stack(Some(Nats::three().await));
    stack.start_ready(&ALL).await;
    let token = stack.token("001-d");
    let (mut commands, mut sent, mut head) = (scores_of("001-d").into_iter(), 0, 0);
    // Over the bus: what was acknowledged came by it. While the cluster had no stream yet the log itself may have been read: a
    // reader goes back to the bus a little later, and says so with the next event that comes by it.
    let by_the_bus = |said: &str| said.rfind("feed.follows_log") <= said.rfind("feed.follows_stream");
    while sent < 40 || !by_the_bus(&stack.said("index")) {
        let command = commands.next().unwrap_or_else(|| panic!("{}", stack.said("index")));
        let (status, told) = stack.submit("ledger", &token, command).await.expect("an answer");
        assert_eq!(status, StatusCode::OK, "{told}");
        sent += 1;
        if sent >= 40 {
            head = stack.head().await;
            for name in ["index", "ranking"] {
                stack.until_at(name, name, head).await;
            }
        }
    }
    assert!(stack.said("index").contains("stage\":\"serving"), "{}", stack.said("index"));
    for name in ["index", "ranking"] {
        stack.until_at("dashboard", name, head).await;
    }
    stack.until_at("ledger", "stream", head).await;
    let (status, page) = stack.get("dashboard", "/rounds/hanoi-2022/units/001").await;
    assert!(status == StatusCode::OK && page.contains(&format!("#{head}")), "{page}");
    // What the dashboard does not know it asks the inspector, over HTTP.
    let (status, history) = stack.get("dashboard", "/api/rounds/hanoi-2022/units/001/history").await;
    assert_eq!(status, StatusCode::OK, "{history}");
    let told: serde_json::Value = serde_json::from_str(&history).expect("JSON");
    assert!(told["steps"].as_array().expect("steps").len() >= 40, "{history}");
    for (path, list) in [
        ("/api/rounds/hanoi-2022/diff?unit=001", "units"),
        ("/api/rounds/hanoi-2022/units/001/why-rank", "effects"),
        ("/api/who?actor=001-d", "acts"),
        ("/api/who?capacity=drafter&unit=001", "held"),
    ] {
        let (status, body) = stack.get("dashboard", path).await;
        let told: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        assert!(status == StatusCode::OK && !told[list].as_array().expect(list).is_empty(), "{path}: {body}");
    }
    for (path, status, code) in [
        ("/api/rounds/none/units/001/history", StatusCode::NOT_FOUND, "round_unknown"),
        (
            "/api/rounds/hanoi-2022/units/001/explain?position=99999999",
            StatusCode::UNPROCESSABLE_ENTITY,
            "position_ahead",
        ),
        ("/api/rounds/hanoi-2022/diff?from=9&to=8", StatusCode::UNPROCESSABLE_ENTITY, "moments_reversed"),
        ("/api/rounds/hanoi-2022/units/none/why-rank", StatusCode::NOT_FOUND, "unit_unknown"),
    ] {
        let (found, body) = stack.get("dashboard", path).await;
        let told: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!((found, told["code"].as_str()), (status, Some(code)), "{path}: {body}");
    }
    for name in ALL {
        let (status, figures) = stack.get(name, "/metrics").await;
        assert_eq!(status, StatusCode::OK);
        assert!(figures.contains("process_resident_memory_bytes "), "{name}: {figures}");
    }
    let (_, figures) = stack.get("index", "/metrics").await;
    for line in [
        format!("parindex_position{{reader=\"index\"}} {head}.0"),
        "parindex_lag_events{reader=\"index\"} 0.0".to_owned(),
    ] {
        assert!(figures.lines().any(|l| l == line), "{line}: {figures}");
    }
    let (_, figures) = stack.get("ledger", "/metrics").await;
    let answered = format!("route=\"/api/commands\",status=\"200\"}} {sent}\n");
    for part in ["parindex_groups_total ", &answered, "parindex_queue_jobs 0.0"] {
        assert!(figures.contains(part), "{part}: {figures}");
    }
    stack.verify();
    for name in ALL {
        assert_eq!(stack.end(name), Some(0), "{}", stack.said(name));
        assert!(stack.said(name).contains("service.ended"), "{}", stack.said(name));
    }
    stack.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_takes_over_within_five_seconds_and_readers_find_it() {
    let mut stack = stack(None);
    stack.start_ready(&["ledger"]).await;
    stack.start("standby");
    let told = stack.until("standby", |ready, told| !ready && told["stage"] == "stands_by").await;
    assert_eq!(told["service"], "ledger");
    assert_eq!(stack.get("standby", "/healthz").await, (StatusCode::OK, "ok\n".to_owned()));
    let (status, refused) =
        stack.submit("standby", "parindex_x_y", scores_of("001-d").remove(0)).await.expect("an answer");
    assert_eq!((status, refused["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("stands_by")), "{refused}");
    stack.start_ready(&["index"]).await;
    let token = stack.token("001-d");
    let mut commands = scores_of("001-d").into_iter();
    let mut acknowledged = Vec::new();
    for command in commands.by_ref().take(10) {
        let (_, told) = stack.submit("ledger", &token, command.clone()).await.expect("an answer");
        acknowledged.push((command, answer(&told)));
    }
    let killed = Instant::now();
    stack.kill("ledger");
    stack.until_ready("standby").await;
    let took = killed.elapsed();
    assert!(took < Duration::from_secs(5), "it took {took:?}");
    // What was acknowledged is answered again, by the one that leads now; and it goes on.
    for (command, before) in acknowledged {
        assert!(matches!(before, Answer::Accepted(_)), "{before:?}");
        let (_, told) = stack.submit("standby", &token, command).await.expect("an answer");
        assert_eq!(answer(&told), before);
    }
    for command in commands.take(10) {
        let (status, told) = stack.submit("standby", &token, command).await.expect("an answer");
        assert_eq!(status, StatusCode::OK, "{told}");
    }
    let head = stack.head().await;
    stack.until_at("index", "index", head).await;
    stack.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_says_why_it_is_not_ready() {
    let mut stack = stack(None);
    stack.set("PARINDEX_LIMITS_LAG_SECONDS", "1");
    // Nothing to read from yet: it lives, and waits.
    stack.start("index");
    let told = stack.until("index", |ready, told| !ready && told["readers"]["index"]["late"] == true).await;
    assert_eq!(told["readers"]["index"]["head_known"], false);
    stack.start_ready(&["ledger"]).await;
    let told = stack.until_ready("index").await;
    assert_eq!(
        (&told["readers"]["index"]["lag_events"], &told["readers"]["index"]["head_known"]),
        (&0.into(), &true.into())
    );
    stack.start_ready(&["inspector"]).await;
    // The database gone: the inspector says so, and comes back with it.
    stack.postgres.stop();
    let told = stack.until("inspector", |ready, _| !ready).await;
    assert_ne!(told["needs"]["log"], "ok");
    stack.postgres.start_again();
    stack.until_ready("inspector").await;
    stack.until_ready("ledger").await;
    stack.until_ready("index").await;
    stack.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_configuration_is_told_at_once_and_nothing_starts() {
    let stack = stack(None);
    for name in ALL {
        let good =
            stack.command(name).arg("--check-config").stdout(std::process::Stdio::piped()).output().expect("runs");
        let told = String::from_utf8_lossy(&good.stdout).into_owned();
        assert!(good.status.success() && told.contains("127.0.0.1:"), "{name}: {told}");
    }
    let bad = stack
        .command("index")
        .env("PARINDEX_LIMITS_REQUESTS", "many")
        .env("PARINDEX_INDEX_LISTENS", "127.0.0.1:1")
        .arg("--check-config")
        .stderr(std::process::Stdio::piped())
        .output()
        .expect("runs");
    let told = String::from_utf8_lossy(&bad.stderr).into_owned();
    assert_eq!(bad.status.code(), Some(2), "{told}");
    for part in ["config_value_bad: PARINDEX_LIMITS_REQUESTS", "config_key_unknown: PARINDEX_INDEX_LISTENS"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let documented = stack.postgres.must(&["config"]);
    assert_eq!(documented.out, platform::config::keys::documented());
}

/// Begins a request whose body does not come to its end.
fn half_a_request(stack: &Stack, token: &str, body: &str) -> TcpStream {
    let at = stack.address("ledger").to_string();
    let mut stream = TcpStream::connect(&at).expect("connects");
    let head = format!(
        "POST /api/commands HTTP/1.1\r\nHost: {at}\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body[..body.len() / 2]).as_bytes()).expect("sends");
    stream
}

/// Whether there is an answer already, or the connection has ended.
fn is_answered(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).expect("a socket");
    let peeked = stream.peek(&mut [0]);
    stream.set_nonblocking(false).expect("a socket");
    !matches!(peeked, Err(e) if e.kind() == ErrorKind::WouldBlock)
}

fn the_rest(mut stream: TcpStream, body: &str) -> String {
    stream.write_all(&body.as_bytes()[body.len() / 2..]).expect("sends");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn more_requests_than_there_is_room_for_are_told_to_come_back_and_nothing_is_lost() {
    let mut stack = stack(None);
    stack.set("PARINDEX_LIMITS_REQUESTS", "1");
    stack.start_ready(&["ledger"]).await;
    let token = stack.token("001-d");
    let mut commands = scores_of("001-d");
    let (first, second) = (commands.remove(0), commands.remove(0));
    let mut slow = half_a_request(&stack, &token, &first);
    let client = outward::client();
    let submit =
        || client.post(format!("{}/api/commands", stack.url("ledger"))).bearer_auth(&token).body(second.clone());
    let begun = Instant::now();
    let refused = loop {
        let answer = submit().send().await.expect("an answer");
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            break answer;
        }
        // One that came while another had the place was itself told to come back.
        if is_answered(&slow) {
            slow = half_a_request(&stack, &token, &first);
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "the slow request never takes its place");
    };
    assert_eq!(refused.headers()["retry-after"], "1");
    assert!(refused.text().await.expect("a body").contains("overloaded"));
    // Whoever asks how it is needs no place.
    stack.until_ready("ledger").await;
    assert!(the_rest(slow, &first).starts_with("HTTP/1.1 200"));
    let accepted = submit().send().await.expect("an answer");
    assert_eq!(accepted.status(), StatusCode::OK);
    let (_, figures) = stack.get("ledger", "/metrics").await;
    assert!(figures.contains("status=\"429\"} "), "{figures}");
    stack.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_told_to_stop_answers_what_it_has() {
    let mut stack = stack(None);
    stack.start_ready(&["ledger"]).await;
    let token = stack.token("001-d");
    let command = scores_of("001-d").remove(0);
    let slow = half_a_request(&stack, &token, &command);
    // The half of it has come once the server has read a request behind it.
    stack.until_ready("ledger").await;
    signal(stack.process("ledger"), "TERM");
    refuses(&stack);
    assert!(the_rest(slow, &command).starts_with("HTTP/1.1 200"), "{}", stack.said("ledger"));
    let begun = Instant::now();
    while stack.runs("ledger") {
        assert!(begun.elapsed() < Duration::from_secs(30), "{}", stack.said("ledger"));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stack.verify();
    // One that never sends the rest is cut off after the time that is set.
    stack.set("PARINDEX_LIMITS_DRAIN_SECONDS", "1");
    stack.kill("ledger");
    stack.start_ready(&["ledger"]).await;
    let _never = half_a_request(&stack, &token, &command);
    stack.until_ready("ledger").await;
    let begun = Instant::now();
    assert_eq!(stack.end("ledger"), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert!(stack.said("ledger").contains("shell.requests_cut_off"), "{}", stack.said("ledger"));
}

/// Waits until nobody takes connections at the ledger's address any more.
fn refuses(stack: &Stack) {
    let at = stack.address("ledger").to_string();
    let begun = Instant::now();
    while TcpStream::connect(&at).is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(30), "it still takes connections");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_go_to_the_endpoint_that_is_configured() {
    let collector = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let mut stack = stack(None);
    stack.set("PARINDEX_TELEMETRY_OTLP_URL", &format!("http://{}", collector.local_addr().expect("an address")));
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for mut stream in collector.incoming().map_while(Result::ok) {
            let (mut request, mut part) = (Vec::new(), [0; 65_536]);
            stream.set_read_timeout(Some(Duration::from_secs(1))).expect("a timeout");
            while let Ok(count @ 1..) = stream.read(&mut part) {
                request.extend_from_slice(&part[..count]);
                if String::from_utf8_lossy(&request).contains("http.request") {
                    break;
                }
            }
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            if tell.send(String::from_utf8_lossy(&request).into_owned()).is_err() {
                return;
            }
        }
    });
    stack.start_ready(&["ledger"]).await;
    let (status, _) = stack.get("ledger", "/api/head").await;
    assert_eq!(status, StatusCode::OK);
    let sent = told.recv_timeout(Duration::from_secs(30)).expect("traces come");
    assert!(sent.starts_with("POST /v1/traces ") && sent.contains("parindex-ledger"), "{sent}");
    assert!(sent.contains("http.request"), "{sent}");
    assert_eq!(stack.end("ledger"), Some(0));
}

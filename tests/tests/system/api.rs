//! The HTTP door: tokens, answers in order, problem details, the log as NDJSON, who may read.

use platform::outward;
use std::process::{Child, Stdio};

use reqwest::StatusCode;
use serde_json::Value;
use system_tests::folder::Folder;
use system_tests::postgres::signal;

/// A running server; it is ended with the test.
pub struct Server {
    pub folder: Folder,
    child: Child,
    pub url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(listen: &str) -> Self {
        Self::over(Folder::small_round(100), listen)
    }

    /// A server over a folder.
    pub fn over(folder: Folder, listen: &str) -> Self {
        Self::told(folder, listen, &[])
    }

    /// A server over a folder that is told more.
    pub fn told(folder: Folder, listen: &str, more: &[&str]) -> Self {
        let arguments = [&["serve", "--data", "@", "--listen", listen][..], more].concat();
        let serve = folder.command(&arguments).stderr(Stdio::null()).spawn();
        let child = serve.expect("starts");
        let card = loop {
            if let Ok(text) = std::fs::read_to_string(folder.data().join("server.json")) {
                break serde_json::from_str::<Value>(&text).expect("a card");
            }
            std::thread::yield_now();
        };
        let url = card["url"].as_str().expect("an address").replace("0.0.0.0", "127.0.0.1");
        Self { folder, child, url }
    }

    /// Ends it in order, and gives what it stood over and where.
    pub fn stop(mut self) -> (Folder, String) {
        signal(self.child.id(), "TERM");
        assert!(self.child.wait().expect("it ends").success());
        let address = self.url.trim_start_matches("http://").to_owned();
        (std::mem::replace(&mut self.folder, Folder::new()), address)
    }

    /// A token that opens everything.
    pub fn token(&self, actor: &str) -> String {
        self.token_for(actor, "commands,read,log")
    }

    /// A token with these scopes.
    pub fn token_for(&self, actor: &str, scopes: &str) -> String {
        self.folder.must(&["token", "--data", "@", "--actor", actor, "--scope", scopes]).out.trim().to_owned()
    }
}

/// A score of a unit as a command.
pub fn score(n: u8, revision: u64, unit: &str) -> String {
    let id = proto::ids::uuid_v7(1_667_500_000_000, [n; 10]);
    format!(
        "{{\"id\":\"{id}\",\"capacity\":\"drafter\",\"unit\":\"{unit}\",\"kind\":\"score_self\",\"data\":{{\
         \"round\":\"hanoi-2022\",\"unit\":\"{unit}\",\"leaf\":\"1.1.1\",\"revision\":{revision},\
         \"inputs\":{{\"option\":\"late\"}},\"claimed\":\"0.2\",\"explanation\":\"x\"}}}}"
    )
}

#[tokio::test]
async fn commands_need_a_token_and_are_answered_in_order() {
    let server = Server::start("127.0.0.1:0");
    let (http, url) = (outward::client(), format!("{}/api/commands", server.url));
    let post = |token: &str, body: String| http.post(&url).bearer_auth(token).body(body).send();
    let nobody = http.post(&url).body(score(1, 0, "282")).send().await.expect("answers");
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(nobody.headers()["content-type"], "application/problem+json");
    let wrong = post("parindex_wrong", score(1, 0, "282")).await.expect("answers");
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);

    let token = server.token("282-d");
    let one = post(&token, score(1, 0, "282")).await.expect("answers");
    assert_eq!(one.status(), StatusCode::OK);
    let one: Value = serde_json::from_str(&one.text().await.expect("a body")).expect("json");
    assert_eq!((&one["result"], &one["version"]), (&"accepted".into(), &1.into()));

    let stale = post(&token, score(2, 0, "282")).await.expect("answers");
    assert_eq!(stale.status(), StatusCode::CONFLICT);
    assert_eq!(stale.headers()["content-type"], "application/problem+json");
    let stale: Value = serde_json::from_str(&stale.text().await.expect("a body")).expect("json");
    assert_eq!((&stale["code"], &stale["current"]), (&"stale_revision".into(), &"1".into()));
    assert!(stale["vi"].as_str().is_some_and(|s| s.contains("đã thay đổi")));

    let many = format!("[{},{},{{\"x\":1.5}},{}]", score(1, 0, "282"), score(3, 1, "282"), score(4, 0, "001"));
    let many = post(&token, many).await.expect("answers");
    assert_eq!(many.status(), StatusCode::OK);
    let many: Vec<Value> = serde_json::from_str(&many.text().await.expect("a body")).expect("json");
    let told: Vec<&str> = many.iter().map(|a| a["code"].as_str().unwrap_or("accepted")).collect();
    assert_eq!(told, ["accepted", "accepted", "not_json", "capacity_missing"]);
    assert_eq!(many[0], one, "the same command gives the same answer");

    let unread = post(&token, "[{".to_owned()).await.expect("answers");
    assert_eq!(unread.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_the_library_refuses_of_itself_has_problem_details_too() {
    let server = Server::start("127.0.0.1:0");
    let token = server.token("282-d");
    let http = outward::client();
    let to = |path: &str| format!("{}{path}", server.url);
    let huge = format!("[\"{}\"]", "x".repeat(9_000_000));
    let requests = [
        (http.post(to("/api/commands")).bearer_auth(&token).body(huge), 413, "body_too_large"),
        (http.get(to("/api/commands")), 405, "method_wrong"),
        (http.delete(to("/api/events")), 405, "method_wrong"),
        (http.post(to("/api/operator")).body("{}"), 415, "media_type_wrong"),
        (http.get(to("/api/nothing")), 404, "page_unknown"),
        (http.get(to("/api/streams/sheet/nope/x")), 404, "stream_unknown"),
        (http.post(to("/api/commands")), 401, "unauthenticated"),
    ];
    for (request, status, code) in requests {
        let response = request.send().await.expect(code);
        assert_eq!(response.status().as_u16(), status, "{code}");
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{code}");
        assert_eq!(response.headers().contains_key("www-authenticate"), status == 401, "{code}");
        assert_eq!(response.headers().contains_key("allow"), status == 405, "{code}");
        let problem: Value = serde_json::from_str(&response.text().await.expect("a body")).expect("json");
        assert_eq!((&problem["code"], &problem["status"]), (&code.into(), &status.into()));
        assert!(problem["vi"].is_string() && problem["en"].is_string(), "{code}");
    }
}

#[tokio::test]
async fn every_page_and_every_answer_names_the_position_it_stands_on() {
    let server = Server::start("127.0.0.1:0");
    let get = async |path: &str| {
        let response = outward::client().get(format!("{}{path}", server.url)).send().await.expect("answers");
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.text().await.expect("a body")
    };
    let head: Value = serde_json::from_str(&get("/api/head").await).expect("json");
    let (size, root) = (head["size"].as_u64().expect("a number"), head["root"].as_str().expect("text"));
    let below = [
        "",
        "/state",
        "/units/019",
        "/units/019/history",
        "/units/019/history?leaf=1.1.1",
        "/units/019/why-rank",
        "/diff",
        "/diff?unit=019",
        "/who?actor=019-d",
        "/who?capacity=chief",
    ];
    let pages = below.map(|path| format!("/rounds/hanoi-2022{path}"));
    for page in pages.iter().map(String::as_str).chain(["/"]) {
        for lang in ["vi", "en"] {
            let html = get(&format!("{page}{}lang={lang}", if page.contains('?') { "&" } else { "?" })).await;
            let grouped = html.replace(['.', ','], "");
            assert!(grouped.contains(&format!("#{size}")) && html.contains(root), "{page} {lang}");
        }
    }
    let answers = [
        "/rounds",
        "/rounds/hanoi-2022",
        "/rounds/hanoi-2022/ranking",
        "/rounds/hanoi-2022/diff",
        "/rounds/hanoi-2022/units/019",
        "/rounds/hanoi-2022/units/019/history",
        "/rounds/hanoi-2022/units/019/why-rank",
        "/who?actor=019-d",
        "/who?capacity=chief&unit=019",
    ];
    for path in answers {
        let answer: Value = serde_json::from_str(&get(&format!("/api{path}")).await).expect("json");
        let named = (&answer["as_of"]["position"], &answer["as_of"]["root"]);
        assert_eq!(named, (&size.into(), &root.into()), "/api{path}");
    }
    let csv = server.folder.must(&["ranking", "--data", "@", "--live", "--csv"]).out;
    assert!(csv.lines().count() > 50 && csv.lines().skip(1).all(|l| l.ends_with(&format!(",{size},{root}"))));
    let rows: Value =
        serde_json::from_str(&server.folder.must(&["ranking", "--data", "@", "--live", "--json"]).out).expect("json");
    let rows = rows.as_array().expect("rows");
    assert!(!rows.is_empty() && rows.iter().all(|r| r["as_of"]["position"] == size && r["as_of"]["root"] == root));
}

#[tokio::test]
async fn a_revoked_token_speaks_for_nobody() {
    let server = Server::start("127.0.0.1:0");
    let (http, url) = (outward::client(), format!("{}/api/commands", server.url));
    let token = server.token("282-d");
    let status =
        async |token: &str| http.post(&url).bearer_auth(token).body("[]").send().await.expect("answers").status();
    assert_eq!(status(&token).await, StatusCode::OK);
    let credential = format!("t-{}", token.split('_').nth(1).expect("its middle part"));
    let listed = server.folder.must(&["token", "--data", "@", "--list"]).out;
    assert!(listed.lines().any(|l| l.starts_with(&credential) && l.contains("282-d")), "{listed}");
    let why = ["--reason", "Mất máy"];
    let revoke = ["token", "--data", "@", "--revoke", &credential];
    server.folder.must(&[&revoke[..], &why].concat());
    assert_eq!(status(&token).await, StatusCode::UNAUTHORIZED);
    let again = server.folder.run(&[&revoke[..], &why].concat());
    assert!(again.code == Some(2) && again.err.contains("token_unknown"), "{}", again.err);
    let again = server.folder.run(&[&revoke[..], &why, &["--actor", "282-d"]].concat());
    assert!(again.code == Some(2) && again.err.contains("credential_not_bound"), "{}", again.err);
    server.folder.must(&["export", "--data", "@", "log.ndjson"]);
    let log = std::fs::read_to_string(server.folder.beside("log.ndjson")).expect("exported");
    assert!(log.lines().any(|l| l.contains("credential_unbound") && l.contains(&credential) && l.contains("Mất máy")));
}

#[tokio::test]
async fn the_log_is_read_as_lines_that_anyone_can_walk() {
    let server = Server::start("127.0.0.1:0");
    let get = async |path: &str| {
        let response = outward::client().get(format!("{}{path}", server.url)).send().await.expect("answers");
        (response.status(), response.text().await.expect("a body"))
    };
    let (_, head) = get("/api/head").await;
    let head: Value = serde_json::from_str(&head).expect("json");
    let (_, all) = get("/api/events").await;
    let origin = proto::Origin::parse(head["origin"].as_str().expect("text")).expect("an origin");
    let mut walk = proto::walk::Walk::new(origin);
    for line in all.lines() {
        walk.step(line.as_bytes()).expect("the log holds");
    }
    assert_eq!(Some(walk.position()), head["size"].as_u64());
    assert_eq!(walk.root().to_string(), head["root"].as_str().expect("text"));
    let (_, some) = get("/api/events?after=10&limit=5").await;
    assert_eq!(some.lines().collect::<Vec<_>>(), all.lines().skip(10).take(5).collect::<Vec<_>>());
    let (_, fed) = get("/api/feed?after=10&limit=5").await;
    assert_eq!(fed, some);
    assert_eq!(get("/api/feed?limit=5000").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(get("/api/feed?after=-1").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, sheet) = get("/api/feed/streams?streams=one/sheet/hanoi-2022/019").await;
    assert_eq!(sheet, get("/api/streams/sheet/hanoi-2022/019").await.1);
    assert_eq!(get("/api/feed/streams?streams=nothing").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, stream) = get("/api/streams/sheet/hanoi-2022/019").await;
    assert!(stream.lines().count() > 0);
    assert!(stream.lines().all(|l| l.contains("\"stream\":\"sheet/hanoi-2022/019\"")));
    assert_eq!(get("/api/streams/nothing").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(get("/api/events?after=x").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, page) = get("/rounds/hanoi-2022").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains(head["root"].as_str().expect("text")), "a page names the root that it stands on");
}

#[tokio::test]
async fn beyond_loopback_reading_needs_a_token_too() {
    let server = Server::start("0.0.0.0:0");
    let http = outward::client();
    let token = server.token("282-d");
    for path in ["/rounds/hanoi-2022/units/282", "/api/events", "/api/head", "/api/rounds", "/api/feed"] {
        let url = format!("{}{path}", server.url);
        let nobody = http.get(&url).send().await.expect("answers");
        match path.starts_with("/api/") {
            true => assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED, "{path}"),
            false => assert_eq!(nobody.url().path(), "/sign-in", "{path}"),
        }
        let status = http.get(&url).bearer_auth(&token).send().await.expect("answers").status();
        assert_eq!(status, StatusCode::OK, "{path}");
    }
    let operator = format!("{}/api/operator", server.url);
    let body = "{\"operation\":\"mint\",\"actor\":\"admin-a\",\"label\":\"\",\"scopes\":[\"read\"]}";
    let asked = http.post(&operator).bearer_auth(&token).header("content-type", "application/json").body(body);
    assert_eq!(asked.send().await.expect("answers").status(), StatusCode::UNAUTHORIZED);
}

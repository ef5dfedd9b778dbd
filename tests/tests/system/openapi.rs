//! The document that describes the API, against the sources' routes and against what a running server answers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use platform::outward;
use serde_json::Value;
use system_tests::folder::Folder;

use super::api::{Server, score};

/// What is not asked for below: files and sheets that other tests bring, and the operator's own door.
const ELSEWHERE: [&str; 8] = [
    "get /api/files/{round}/{unit}/{address}",
    "get /api/privacy/cases",
    "post /api/ballots/{round}",
    "post /api/ballots/{round}/{batch}",
    "post /api/files/{round}/{unit}",
    "post /api/operator",
    "post /api/sheets",
    "get /api/sheets/{round}/fields/{block}/{field}",
];

/// What a server with a small round is asked; some of it is refused.
const ASKED: &[(&str, &str)] = &[
    ("/api/rounds", "/api/rounds"),
    ("/api/rounds", "/api/rounds?limit=1&lang=en"),
    ("/api/rounds", "/api/rounds?as_of=5"),
    ("/api/rounds/{round}", "/api/rounds/hanoi-2022"),
    ("/api/rounds/{round}", "/api/rounds/hanoi-2022?limit=3&block=huyen"),
    ("/api/rounds/{round}", "/api/rounds/hanoi-2022?as_of=2023-01-01"),
    ("/api/rounds/{round}", "/api/rounds/hanoi-1999"),
    ("/api/rounds/{round}/ranking", "/api/rounds/hanoi-2022/ranking"),
    ("/api/rounds/{round}/ranking", "/api/rounds/hanoi-2022/ranking?publication=live&limit=2"),
    ("/api/rounds/{round}/ranking", "/api/rounds/hanoi-2022/ranking?publication=9"),
    ("/api/rounds/{round}/units/{unit}", "/api/rounds/hanoi-2022/units/019"),
    ("/api/rounds/{round}/units/{unit}", "/api/rounds/hanoi-2022/units/019?field=1&limit=2"),
    ("/api/rounds/{round}/units/{unit}/history", "/api/rounds/hanoi-2022/units/019/history"),
    ("/api/rounds/{round}/units/{unit}/history", "/api/rounds/hanoi-2022/units/019/history?leaf=1.1.1&limit=1"),
    ("/api/rounds/{round}/units/{unit}/history", "/api/rounds/hanoi-2022/units/019/history?limit=x"),
    ("/api/rounds/{round}/units/{unit}/explain", "/api/rounds/hanoi-2022/units/019/explain"),
    ("/api/rounds/{round}/units/{unit}/explain", "/api/rounds/hanoi-2022/units/019/explain?node=1.1.1"),
    ("/api/rounds/{round}/units/{unit}/what-if", "/api/rounds/hanoi-2022/units/019/what-if?leaf=1.1.1&points=0.5"),
    ("/api/rounds/{round}/units/{unit}/why-rank", "/api/rounds/hanoi-2022/units/019/why-rank"),
    ("/api/rounds/{round}/check", "/api/rounds/hanoi-2022/check"),
    ("/api/rounds/{round}/diff", "/api/rounds/hanoi-2022/diff"),
    ("/api/rounds/{round}/diff", "/api/rounds/hanoi-2022/diff?from=9&to=8"),
    ("/api/rounds/{round}/appeals/{number}", "/api/rounds/hanoi-2022/appeals/1"),
    ("/api/who", "/api/who?actor=019-d"),
    ("/api/who", "/api/who?actor=019-d&limit=2"),
    ("/api/who", "/api/who?capacity=chief"),
    ("/api/who", "/api/who?capacity=chief&limit=2"),
    ("/api/who", "/api/who"),
    ("/api/openapi.json", "/api/openapi.json"),
    ("/api/docs", "/api/docs"),
    ("/api/events", "/api/events?after=20&limit=60"),
    ("/api/events", "/api/events?after=x"),
    ("/api/streams/{stream}", "/api/streams/sheet/hanoi-2022/019"),
    ("/api/streams/{stream}", "/api/streams/sheet/hanoi-2022/none"),
    ("/api/head", "/api/head"),
    ("/api/receipt", "/api/receipt?position=1&wait_ms=20000"),
    ("/api/receipt", "/api/receipt"),
    ("/api/receipt/whole", "/api/receipt/whole?position=1"),
    ("/api/proof/inclusion", "/api/proof/inclusion?position=1"),
    ("/api/proof/inclusion", "/api/proof/inclusion?position=999999"),
    ("/api/proof/consistency", "/api/proof/consistency?old=1"),
    ("/api/proof/consistency", "/api/proof/consistency?old=x"),
    ("/api/sheets/{round}/units/{unit}", "/api/sheets/hanoi-2022/units/282"),
    ("/api/feed", "/api/feed?limit=3"),
    ("/api/feed/streams", "/api/feed/streams?streams=log"),
    ("/api/feed/streams", "/api/feed/streams?streams=nothing"),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The routes of the sources below `/api`, each with its method.
fn routes() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../services"), &mut files);
    let mut routes = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a file");
        for route in text.split(".route(").skip(1) {
            let Some((path, rest)) = route.trim_start().strip_prefix('"').and_then(|r| r.split_once('"')) else {
                continue;
            };
            if !path.starts_with("/api") {
                continue;
            }
            let handled =
                rest.split(".route(").next().and_then(|rest| rest.trim_start_matches(',').trim().split('\n').next());
            let handled = handled.expect("a handler");
            let methods =
                ["get", "post", "put", "delete", "patch"].into_iter().filter(|m| handled.contains(&format!("{m}(")));
            let before = routes.len();
            routes.extend(methods.map(|method| format!("{method} {}", path.replace("{*", "{"))));
            assert!(routes.len() > before, "{}: {path}", file.display());
        }
    }
    routes
}

/// The operations of the document: method and path, and what stands there.
fn operations(document: &Value) -> BTreeMap<String, Value> {
    let paths = document["paths"].as_object().expect("paths");
    let of = |(path, methods): (&String, &Value)| {
        let all = methods.as_object().expect("methods").clone();
        all.into_iter().map(|(method, operation)| (format!("{method} {path}"), operation)).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

/// What is wrong with a value by a schema of the document.
fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut whole = schema.clone();
    whole["components"] = document["components"].clone();
    let validator = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&whole).expect("a schema");
    validator.iter_errors(value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

/// What an answer has that is not said of it.
fn not_as_described(document: &Value, operation: &Value, (status, media, body): (u16, &str, &str)) -> Vec<String> {
    let responses = &operation["responses"];
    let stated = [&responses[status.to_string()], &responses["default"]].into_iter().find(|r| r.is_object());
    let Some(mut stated) = stated else { return vec![format!("{status} is not described")] };
    if let Some(reference) = stated["$ref"].as_str() {
        stated = document.pointer(reference.trim_start_matches('#')).expect("a component");
    }
    let Some(content) = stated["content"].get(media) else { return vec![format!("{status} {media} is not described")] };
    if let Some(line) = content.get("x-line") {
        let lines: Vec<Value> = body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        return lines.iter().flat_map(|value| faults(document, line, value)).collect();
    }
    if !media.ends_with("json") {
        return Vec::new();
    }
    faults(document, &content["schema"], &serde_json::from_str(body).expect("JSON"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_below_api_is_described_no_other_is_and_what_a_running_server_answers_is_as_described() {
    let server = Server::over(Folder::small_round(100), "127.0.0.1:0");
    let http = outward::client();
    let get = async |path: &str, token: &str| {
        let request = http.get(format!("{}{path}", server.url)).bearer_auth(token);
        let response = request.send().await.expect("answers");
        let media = response.headers()["content-type"].to_str().expect("ASCII").split(';').next().map(str::to_owned);
        (response.status().as_u16(), media.expect("a media type"), response.bytes().await.expect("a body"))
    };
    let token = server.token("282-d");
    let (_, _, text) = get("/api/openapi.json?lang=en", &token).await;
    let document: Value = serde_json::from_slice(&text).expect("JSON");
    let described = operations(&document);
    assert_eq!(described.keys().cloned().collect::<BTreeSet<_>>(), routes());

    let mut wrong = Vec::new();
    let mut asked: BTreeSet<String> = ELSEWHERE.map(str::to_owned).into();
    for &(template, path) in ASKED {
        let operation = &described[&format!("get {template}")];
        let (status, media, body) = get(path, &token).await;
        let body = String::from_utf8_lossy(&body);
        let faults = not_as_described(&document, operation, (status, &media, &body));
        wrong.extend(faults.into_iter().map(|fault| format!("{path}: {fault}")));
        asked.insert(format!("get {template}"));
    }
    let operation = &described["post /api/commands"];
    for (body, expected) in [
        (score(1, 0, "282"), 200),
        (score(2, 0, "282"), 409),
        (format!("[{},{}]", score(3, 1, "282"), score(4, 1, "001")), 200),
        ("[{".to_owned(), 400),
    ] {
        let request = http.post(format!("{}/api/commands", server.url)).bearer_auth(&token).body(body);
        let response = request.send().await.expect("answers");
        let media = response.headers()["content-type"].to_str().expect("ASCII").to_owned();
        let (status, body) = (response.status().as_u16(), response.text().await.expect("a body"));
        assert_eq!(status, expected, "{body}");
        let faults = not_as_described(&document, operation, (status, &media, &body));
        wrong.extend(faults.into_iter().map(|fault| format!("/api/commands: {fault}")));
    }
    asked.insert("post /api/commands".to_owned());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(asked, described.keys().cloned().collect::<BTreeSet<_>>(), "each is asked here or elsewhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_speaks_the_language_that_was_asked_for_wherever_it_comes_from() {
    let server = Server::over(Folder::small_round(10), "127.0.0.1:0");
    let http = outward::client();
    // One of each part: rows, the inspector, the log, the signer, sheets, and what the HTTP library refuses of itself.
    let paths = [
        "/api/rounds/hanoi-1999",
        "/api/who",
        "/api/streams/sheet/hanoi-2022/none",
        "/api/receipt",
        "/api/sheets/hanoi-2022/units/019",
        "/api/commands",
    ];
    for path in paths {
        let mut told = Vec::new();
        for (accepts, query) in [("vi-VN,en;q=0.5", ""), ("en", ""), ("en", "?lang=vi"), ("fr", "")] {
            let request = http.get(format!("{}{path}{query}", server.url)).header("accept-language", accepts);
            let response = request.send().await.expect("answers");
            assert!(response.status().is_client_error(), "{path}");
            let said = response.headers()["content-language"].to_str().expect("ASCII").to_owned();
            let problem: Value = serde_json::from_str(&response.text().await.expect("a body")).expect("JSON");
            assert_eq!(problem["detail"], problem[&said], "{path} {accepts}");
            told.push((said, problem));
        }
        let languages: Vec<&str> = told.iter().map(|(said, _)| said.as_str()).collect();
        assert_eq!(languages, ["vi", "en", "vi", "en"], "{path}");
        assert!(told.iter().all(|(_, p)| p["code"] == told[0].1["code"] && p["vi"] == told[0].1["vi"]), "{path}");
        assert_ne!(told[0].1["title"], told[1].1["title"], "{path}");
        assert_eq!(told[0].1["title"], told[2].1["title"], "{path}");
    }
    let whole = http.get(format!("{}/api/head", server.url)).header("accept-language", "vi").send().await;
    assert!(!whole.expect("answers").headers().contains_key("content-language"), "what is no problem is as it is");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_as_of_an_earlier_position_are_those_that_stood_there() {
    let server = Server::over(Folder::small_round(100), "127.0.0.1:0");
    let http = outward::client();
    let get = async |path: &str| {
        let text = http.get(format!("{}{path}", server.url)).send().await.expect("answers").text().await;
        serde_json::from_str::<Value>(&text.expect("a body")).expect("JSON")
    };
    let paths = [
        "/api/rounds/hanoi-2022",
        "/api/rounds/hanoi-2022/ranking",
        "/api/rounds/hanoi-2022/units/282",
        "/api/rounds/hanoi-2022/units/282/history",
    ];
    let mut before = Vec::new();
    for path in paths {
        before.push(get(path).await);
    }
    let position = before[0]["as_of"]["position"].as_u64().expect("a position");
    let token = server.token("282-d");
    let later = position + 1;
    let revision = before[2]["scores"].as_array().expect("scores").iter().find(|s| s["leaf"] == "1.1.1").expect("one");
    let body = score(7, revision["revision"].as_u64().expect("a revision"), "282");
    let sent = http.post(format!("{}/api/commands", server.url)).bearer_auth(&token).body(body).send().await;
    let text = sent.expect("answers").text().await.expect("a body");
    let accepted: Value = serde_json::from_str(&text).expect("JSON");
    // The token was bound on record first.
    assert_eq!(accepted["position"], later + 1, "{text}");
    loop {
        if get(paths[0]).await["as_of"]["position"] == later + 1
            && get(paths[1]).await["as_of"]["position"] == later + 1
        {
            break;
        }
        tokio::task::yield_now().await;
    }
    for (path, before) in paths.iter().zip(&before) {
        let now = get(path).await;
        let then = get(&format!("{path}?as_of={position}")).await;
        if then.get("query").is_some() {
            // A history is told by what stands in it up to there; it names the log's end.
            assert_eq!(then["steps"], before["steps"], "{path}");
            assert_ne!(now["steps"], before["steps"], "{path}");
            continue;
        }
        assert_eq!(then["as_of"], before["as_of"], "{path}: position and root");
        assert_eq!(&then, before, "{path}");
        for member in ["units", "scores"] {
            assert!(now[member].is_null() || now[member] != before[member], "{path}: something has changed since");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn before_a_result_was_published_its_tables_are_nobodys_afterwards_either() {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--until", "publication", "--data", "@"]);
    let server = Server::over(folder, "0.0.0.0:0");
    let get = async |path: &str| {
        let answer = outward::client().get(format!("{}/api/rounds/hanoi-2022{path}", server.url)).send().await;
        let answer = answer.expect("answers");
        let status = answer.status().as_u16();
        (status, serde_json::from_str::<Value>(&answer.text().await.expect("a body")).expect("JSON"))
    };
    let (status, whole) = get("/ranking").await;
    let first = &whole["publications"][0];
    let (position, at) = (first["position"].as_u64().expect("a position"), first["at"].as_str().expect("an instant"));
    assert_eq!(status, 200);
    for path in ["", "/ranking"] {
        let earlier = position - 1;
        let table = [
            (format!("?as_of={position}"), 200),
            (format!("?at={at}"), 200),
            (format!("?as_of={earlier}"), 401),
            (format!("?position={earlier}"), 401),
            (format!("?%61s_of={earlier}"), 401),
            ("?as_of=2022-12-31".to_owned(), 401),
            (format!("?as_of={earlier}&as_of={position}"), 401),
            (format!("?publication=1&as_of={earlier}"), 401),
            (format!("?publication=live&as_of={position}"), 401),
        ];
        for (query, expected) in table {
            let (status, told) = get(&format!("{path}{query}")).await;
            assert_eq!(status, expected, "{path}{query}: {told}");
        }
    }
    // What somebody may read he may read in pieces.
    let (mut query, mut units) = ("?limit=20".to_owned(), 0);
    while !query.is_empty() {
        let (status, piece) = get(&query).await;
        assert_eq!(status, 200, "{query}: {piece}");
        units += piece["units"].as_array().map_or(0, Vec::len);
        query = piece["next"].as_str().unwrap_or_default().to_owned();
    }
    assert_eq!(units, 52);
}

#[tokio::test]
async fn an_answer_of_the_inspectors_is_sent_anew_once_something_has_happened() {
    let server = Server::over(Folder::small_round(100), "127.0.0.1:0");
    let (http, token) = (outward::client(), server.token("282-d"));
    let history = format!("{}/api/rounds/hanoi-2022/units/282/history", server.url);
    let tag = async |held: &str| {
        let got = http.get(&history).header("if-none-match", held).send().await.expect("answers");
        (got.status().as_u16(), got.headers()["etag"].to_str().expect("text").to_owned())
    };
    let (status, before) = tag("").await;
    assert_eq!(status, 200);
    assert_eq!(tag(&before).await, (304, before.clone()));
    let sent = http.post(format!("{}/api/commands", server.url)).bearer_auth(&token).body(score(1, 0, "282"));
    assert_eq!(sent.send().await.expect("answers").status(), 200);
    let (status, after) = tag(&before).await;
    assert!(status == 200 && after != before, "{status} {before} {after}");
}

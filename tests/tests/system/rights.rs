//! Who may open what: `deploy/RIGHTS.md` against the routes, so that none is forgotten in it, and against a server that is asked for
//! every address in every capacity.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use platform::outward;
use reqwest::redirect::Policy;

use super::api::Server;
use super::browser::{Browser, signed_in};
use super::unit_sheets::round;

/// Who holds each column's capacity; nobody in the first.
const COLUMNS: [(&str, &str); 11] = [
    ("nobody", ""),
    ("other", "yte-d"),
    ("own", "ldtbxh-d"),
    ("chief", "ldtbxh-c"),
    ("field", "apr-8"),
    ("council", "council-1"),
    ("secretariat", "sec-1"),
    ("survey staff", "srv-1"),
    ("publisher", "pub-1"),
    ("inspector", "insp-1"),
    ("administrator", "admin-a"),
];

/// The files with routes that `parindex serve` has; those of its signed checkpoint are the log's, and open like it.
const SERVED: [&str; 9] = [
    "dashboard/src/desk.rs",
    "dashboard/src/lib.rs",
    "inspector/src/cases/http.rs",
    "intake/src/http.rs",
    "intake/src/survey/http.rs",
    "intake/src/unit_sheet/http.rs",
    "ledger/src/http.rs",
    "signer/src/http.rs",
    "standalone/src/serve.rs",
];
/// Those between services, and of a witness.
const BETWEEN: [&str; 6] = [
    "inspector/src/witness/http.rs",
    "ledger/src/http/feed.rs",
    "platform/src/ports/far.rs",
    "platform/src/ports/far_desk.rs",
    "platform/src/ports/files.rs",
    "platform/src/shell.rs",
];
/// What is asked for by other tests: a file by its address, and what only a log with keys or its operator has.
const ELSEWHERE: [&str; 5] = [
    "/api/files/{round}/{unit}/{address}",
    "/rounds/{round}/units/{unit}/files/{address}",
    "/checkpoint",
    "/tile/entries/{*place}",
    "/tile/{level}/{*place}",
];

/// Where a form brings a file; who may send one there is asked in `unit_pages`, `opening`, `survey_pages` and `appraisers_pages`.
const BRINGS: [&str; 11] = [
    "/open/documents/{kind}",
    "/open/people",
    "/rounds/{round}/units/{unit}/fill/{leaf}/files",
    "/rounds/{round}/units/{unit}/workbook",
    "/rounds/{round}/units/{unit}/sign/files",
    "/rounds/{round}/units/{unit}/appeal/files",
    "/rounds/{round}/fields/{block}/{field}/workbook",
    "/rounds/{round}/survey/send",
    "/rounds/{round}/survey/batches/{batch}/again",
    "/rounds/{round}/survey/commit",
    "/rounds/{round}/survey/draw",
];

fn services() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../services")
}

/// The files below a folder that add routes.
fn routing(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            routing(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs")
            && std::fs::read_to_string(&path).expect("a file").contains(".route(")
        {
            let below = path.strip_prefix(services()).expect("below the services").display().to_string();
            found.insert(below);
        }
    }
}

/// The routes of the served files: an address, and whether it is opened, or something is sent there.
pub fn routes() -> BTreeMap<String, (bool, bool)> {
    let mut routes = BTreeMap::new();
    for file in SERVED {
        let text = std::fs::read_to_string(services().join(file)).expect("a file");
        for route in text.split(".route(").skip(1) {
            let (head, rest) = route.split_once(',').expect("a path and its handler");
            let methods = rest.split(".route(").next().expect("the handler").split('\n').next().expect("its line");
            let path = head.trim_matches('"').to_owned();
            routes.insert(path, (methods.contains("get("), methods.contains("post(")));
        }
    }
    routes
}

/// The table: each address with what each column says.
pub fn table() -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(services().join("../deploy/RIGHTS.md")).expect("the table");
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let cells =
        rows.map(|line| line.trim_matches('|').split('|').map(str::trim).map(str::to_owned).collect::<Vec<_>>());
    cells.map(|mut cells| (cells.remove(0).trim_matches('`').to_owned(), cells)).collect()
}

/// An address with a leaf, a unit and so on in the places of its parameters.
pub fn filled(path: &str) -> String {
    let path = match path {
        "/rounds/{round}/propose" => "/rounds/{round}/propose?unit=ldtbxh&leaf=1.1",
        "/api/sheets/{round}/fields/{block}/{field}" => "/api/sheets/{round}/fields/so/1",
        "/api/who" => "/api/who?actor=sec-1",
        other => other,
    };
    let values = [
        ("{round}", "hanoi-2022"),
        ("{unit}", "ldtbxh"),
        ("{leaf}", "1.1"),
        ("{number}", "1"),
        ("{file}", "style.css"),
        ("{version}", "x"),
        ("{*stream}", "round/hanoi-2022"),
        ("{doing}", "confirm"),
        ("{kind}", "rulebook"),
        ("{actor}", "sec-1"),
        ("{batch}", "phieu-1"),
        ("{sample}", "mau-1"),
        ("{block}", "so"),
        ("{field}", "1"),
        ("{position}", "1"),
    ];
    values.into_iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
}

#[test]
fn every_route_stands_in_the_table_of_rights_and_no_other_address_does() {
    let mut found = BTreeSet::new();
    routing(&services(), &mut found);
    let known: BTreeSet<String> = SERVED.into_iter().chain(BETWEEN).map(str::to_owned).collect();
    assert_eq!(found, known, "files with routes");
    let opened = routes().into_iter().filter(|(_, (get, _))| *get).map(|(path, _)| path);
    let opened: BTreeSet<String> = opened.filter(|path| !ELSEWHERE.contains(&path.as_str())).collect();
    assert_eq!(table().into_keys().collect::<BTreeSet<_>>(), opened);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_is_opened_or_refused_in_every_capacity_as_the_table_of_rights_says() {
    let server = Server::over(round(), "0.0.0.0:0");
    let mut sessions = Vec::new();
    for (_, actor) in COLUMNS {
        sessions.push(match actor {
            "" => (Browser::new(&server), String::new()),
            actor => (signed_in(&server, actor).await, server.token(actor)),
        });
    }
    let http = outward::builder().redirect(Policy::none()).build().expect("a client");
    let mut differs = Vec::new();
    for (path, cells) in table() {
        assert_eq!(cells.len(), COLUMNS.len(), "{path}");
        for ((column, _), ((browser, token), cell)) in COLUMNS.iter().zip(sessions.iter_mut().zip(&cells)) {
            let is_page = !path.starts_with("/api/");
            let (status, to) = if is_page {
                let got = browser.opens(&filled(&path)).await;
                (got.status, got.to)
            } else {
                let request = http.get(format!("{}{}", server.url, filled(&path)));
                let request = if token.is_empty() { request } else { request.bearer_auth(token) };
                (request.send().await.expect("answers").status().as_u16(), String::new())
            };
            let refused = matches!(status, 401 | 403 | 409) || to.starts_with("/sign-in");
            assert!(status < 500, "{path} as {column}: {status}");
            // Nothing is published here yet: what is out later is not.
            let expected = cell.starts_with("no");
            if refused != expected {
                differs.push(format!("{path} as {column}: {status} {to}, and the table says {cell}"));
            }
        }
    }
    assert!(differs.is_empty(), "{}", differs.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_sent_needs_a_session_of_its_own_or_a_token() {
    let server = Server::over(round(), "0.0.0.0:0");
    let mut inspector = signed_in(&server, "insp-1").await;
    let mut nobody = Browser::new(&server);
    let http = outward::builder().redirect(Policy::none()).build().expect("a client");
    for (path, (_, sent)) in routes() {
        if !sent || path == "/sign-in" {
            continue;
        }
        let place = filled(&path);
        if path.starts_with("/api/") {
            let status = http.post(format!("{}{place}", server.url)).send().await.expect("answers").status().as_u16();
            // The operator's own door reads nothing but JSON.
            assert!(status == 401 || (status == 415 && path == "/api/operator"), "{path}: {status}");
            continue;
        }
        if BRINGS.contains(&path.as_str()) {
            assert_eq!(inspector.sends(&place, &[("csrf", "x")]).await.status, 400, "{path}");
            continue;
        }
        let got = nobody.sends(&place, &[("csrf", "x")]).await;
        assert!(got.status == 303 && got.to.starts_with("/sign-in"), "{path}: {} {}", got.status, got.to);
        let got = inspector.sends(&place, &[("csrf", "x"), ("command", "x")]).await;
        assert_eq!(got.status, 403, "{path}: {}", got.html);
    }
    let session = inspector.opens("/api/events").await;
    assert_eq!(session.status, 401, "a session opens pages, and not the log");
}

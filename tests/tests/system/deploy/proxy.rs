//! The proxy's file against the routes of our services: each is forwarded to the one that has it, or kept in by name.
//! A route that somebody adds is in no list yet, and turns this red.

use std::collections::BTreeMap;

use super::{port, read};

/// What stays in, whoever serves it; and where people sign in, which a dashboard that runs apart has not yet.
const KEPT_IN: [&str; 13] = [
    "/api/feed",
    "/api/feed/streams",
    "/api/operator",
    "/healthz",
    "/me",
    "/metrics",
    "/password",
    "/readyz",
    "/sign-in",
    "/sign-in/oidc",
    "/sign-in/oidc/back",
    "/sign-out",
    "/sign-out-everywhere",
];

/// The matchers of the file by name, and the body of each block that handles one.
struct File {
    matchers: BTreeMap<String, Vec<String>>,
    handled: BTreeMap<String, String>,
}

fn file() -> File {
    let text = read("deploy/proxy/Caddyfile");
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.starts_with('#') && !l.is_empty()).collect();
    let (mut matchers, mut handled) = (BTreeMap::new(), BTreeMap::new());
    let mut i = 0;
    while i < lines.len() {
        if let Some((name, paths)) = lines[i].strip_prefix('@').and_then(|l| l.split_once(" path ")) {
            matchers.insert(name.to_owned(), paths.split(' ').map(str::to_owned).collect());
        }
        if let Some(name) = lines[i].strip_prefix("handle ").and_then(|l| l.strip_suffix('{')) {
            let mut depth = 1;
            let mut body = String::new();
            while depth > 0 {
                i += 1;
                depth += usize::from(lines[i].ends_with('{'));
                depth -= usize::from(lines[i] == "}");
                body.push_str(lines[i]);
                body.push('\n');
            }
            handled.insert(name.trim().trim_start_matches('@').to_owned(), body);
        }
        i += 1;
    }
    File { matchers, handled }
}

impl File {
    /// The matchers that take a path. A path ends in `*` or is exact.
    fn takers(&self, path: &str) -> Vec<&str> {
        let takes = |pattern: &String| match pattern.strip_suffix('*') {
            Some(beginning) => path.starts_with(beginning),
            None => path == pattern,
        };
        self.matchers.iter().filter(|(_, all)| all.iter().any(takes)).map(|(name, _)| name.as_str()).collect()
    }
}

/// The routes of a source file, with something in the place of each parameter.
fn routes(path: &str) -> Vec<String> {
    let text = read(path);
    let literal = |rest: &str| {
        let route = rest.split('"').nth(1).expect("a route's path");
        let parts = route.split('/').map(|part| match part.strip_prefix('{') {
            Some(rest) if rest.starts_with('*') => "a/b",
            Some(_) => "a",
            None => part,
        });
        parts.collect::<Vec<_>>().join("/")
    };
    text.split(".route(").skip(1).map(literal).collect()
}

#[test]
fn every_route_is_forwarded_to_who_has_it_or_kept_in_by_name() {
    let file = file();
    let served: [(&str, Vec<String>); 4] = [
        ("ledger", [routes("services/ledger/src/http.rs"), routes("services/ledger/src/http/feed.rs")].concat()),
        ("signer", routes("services/signer/src/http.rs")),
        ("dashboard", routes("services/dashboard/src/lib.rs")),
        (
            "intake",
            ["http.rs", "survey/http.rs", "unit_sheet/http.rs"]
                .map(|f| routes(&format!("services/intake/src/{f}")))
                .concat(),
        ),
    ];
    for (service, routes) in served {
        assert!(routes.len() >= if service == "intake" { 7 } else { 6 }, "{service}: {routes:?}");
        for route in routes {
            let expected: &[&str] = if KEPT_IN.contains(&route.as_str()) { &[] } else { &[service] };
            assert_eq!(file.takers(&route), expected, "{service}: {route}");
        }
    }
    for path in KEPT_IN.iter().chain(&[
        "/api/operator/x",
        "/intake/erase",
        "/intake/first-missing",
        "/api/files",
        "/metrics/",
        "/api",
        "/api/x",
        "/x",
    ]) {
        assert!(file.takers(path).is_empty(), "{path} stays in");
    }
}

#[test]
fn it_asks_ledgers_whether_they_are_ready_and_answers_the_rest_itself() {
    let file = file();
    let names: Vec<&str> = file.handled.keys().map(String::as_str).collect();
    assert_eq!(names, ["", "dashboard", "intake", "ledger", "signer"]);
    let (ledger, dashboard) = (port("ledger"), port("dashboard"));
    let expected = format!("reverse_proxy ledger:{ledger} ledger-standby:{ledger} {{\n");
    assert!(file.handled["ledger"].starts_with(&expected), "{}", file.handled["ledger"]);
    for line in ["health_uri /readyz", "health_status 200", "health_interval 1s", "lb_try_duration 8s"] {
        assert!(file.handled["ledger"].lines().any(|l| l == line), "{line}");
    }
    assert!(file.handled["dashboard"].starts_with(&format!("reverse_proxy dashboard:{dashboard}\n")));
    assert!(file.handled["signer"].starts_with(&format!("reverse_proxy signer:{}\n", port("signer"))));
    assert_eq!(file.handled[""], "respond 404\n}\n");
    let text = read("deploy/proxy/Caddyfile");
    let bytes = platform::config::keys::KEYS.iter().find(|k| k.path == "limits.body_bytes").and_then(|k| k.default);
    assert_eq!(bytes, Some((8 * 1024 * 1024).to_string().as_str()));
    for (name, body) in file.handled.iter().filter(|(name, _)| !name.is_empty()) {
        // A file has up to 1 GiB, and is refused by the intake itself where it has more.
        let size = if name == "intake" { "max_size 1100MiB" } else { "max_size 8MiB" };
        assert!(body.lines().any(|l| l == size), "{name}: what is too large for a service is too large for the proxy");
    }
    assert!(file.handled["intake"].starts_with(&format!("reverse_proxy intake:{}\n", port("intake"))));
    assert!(text.contains("admin off") && !text.to_lowercase().contains("header_up"), "it adds nothing to a request");
    assert!(text.contains("tls /run/secrets/tls_certificate /run/secrets/tls_key"));
}

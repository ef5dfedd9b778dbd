//! What a token opens: `deploy/RIGHTS.md`'s table of scopes against every address that a program asks, and what an address says that wants
//! another scope.

use std::collections::BTreeMap;
use std::path::Path;

use platform::outward;
use serde_json::Value;

use super::api::Server;
use super::rights::filled;
use super::unit_sheets::round;

/// The table: each address of programs, with its method, and the scope that it wants; none for those that are for everybody.
fn table() -> BTreeMap<(String, String), String> {
    let rights = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/RIGHTS.md");
    let text = std::fs::read_to_string(rights).expect("the table");
    let rows = text.lines().filter(|line| line.starts_with("| GET `") || line.starts_with("| POST `"));
    let cells = rows.map(|line| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>());
    let row = |cells: Vec<&str>| {
        let (method, path) = cells[0].split_once(' ').expect("a method and a path");
        ((method.to_owned(), path.trim_matches('`').to_owned()), cells[1].trim_matches('`').to_owned())
    };
    cells.map(row).collect()
}

#[test]
fn every_address_of_programs_stands_in_the_table_of_scopes_and_no_other_does() {
    let routes = super::rights::routes();
    let both = routes.iter().flat_map(|(path, (get, post))| {
        let methods = [("GET", *get), ("POST", *post)].into_iter().filter(|(_, is)| *is);
        methods.map(move |(method, _)| (method.to_owned(), path.clone()))
    });
    // The operator's own door takes no token of an actor; a checkpoint and hashes are for everybody.
    let of_programs = |(_, path): &(String, String)| {
        (path.starts_with("/api/") && path != "/api/operator") || path.starts_with("/tile/entries/")
    };
    assert_eq!(table().into_keys().collect::<Vec<_>>(), {
        let mut all: Vec<_> = both.filter(of_programs).collect();
        all.sort();
        all
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_what_its_scope_is_for_and_is_told_which_scope_is_wanted_elsewhere() {
    let server = Server::over(round(), "0.0.0.0:0");
    let http = outward::client();
    let tokens = ["commands", "read", "log"].map(|scope| (scope, server.token_for("insp-1", scope)));
    let mut wrong = Vec::new();
    for ((method, path), wanted) in table() {
        let address = match path.as_str() {
            "/tile/entries/{*place}" => "/tile/entries/000.p/1".to_owned(),
            "/api/files/{round}/{unit}/{address}" => format!("/api/files/hanoi-2022/ldtbxh/{}", "0".repeat(64)),
            path => filled(path),
        };
        let address = format!("{}{address}", server.url);
        for (scope, token) in &tokens {
            let request = if method == "GET" { http.get(&address) } else { http.post(&address).body("[]") };
            let got = request.bearer_auth(token).send().await.expect("answers");
            let status = got.status().as_u16();
            let asked = got.headers().get("www-authenticate").and_then(|value| value.to_str().ok()).map(str::to_owned);
            let told: Value = serde_json::from_slice(&got.bytes().await.expect("a body")).unwrap_or_default();
            let refused = told["code"] == "scope_missing";
            let as_the_table_says = refused == (wanted != "-" && wanted != *scope);
            let says_which = !refused
                || (status == 403
                    && told["wanted"] == wanted.as_str()
                    && asked.is_some_and(|asked| asked.contains(&format!("scope=\"{wanted}\""))));
            if !as_the_table_says || !says_which {
                wrong.push(format!("{method} {path} with {scope}: {status} {told}, and the table says {wanted}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Pages are no other than the rows beneath them.
    for (scope, status) in [("commands", 403), ("read", 200), ("log", 403)] {
        let (_, token) = tokens.iter().find(|(known, _)| *known == scope).expect("a token");
        let page = http.get(format!("{}/rounds/hanoi-2022/state", server.url)).bearer_auth(token);
        assert_eq!(page.send().await.expect("answers").status().as_u16(), status, "{scope}");
    }
}

#[test]
fn a_token_is_made_with_the_least_scopes_unless_others_are_said_and_listed_with_them() {
    let folder = round();
    let make = |more: &[&str]| {
        let said = folder.run(&[&["token", "--data", "@", "--actor", "ldtbxh-d"], more].concat());
        (said.code, format!("t-{}", said.out.split('_').nth(1).unwrap_or_default()), said.err)
    };
    let (_, usual, _) = make(&[]);
    let (_, log, _) = make(&["--scope", "log", "--label", "bản sao"]);
    let (code, _, told) = make(&["--scope", "everything"]);
    assert!(code == Some(2) && told.contains("commands, read, log"), "{told}");
    assert_eq!(make(&["--scope", ""]).0, Some(2));
    let listed = folder.must(&["token", "--data", "@", "--list"]).out;
    for (credential, scopes) in [(usual, "commands,read"), (log, "log  bản sao")] {
        let line = listed.lines().find(|line| line.starts_with(&credential)).expect("it is listed");
        assert!(line.contains(&format!("ldtbxh-d  {scopes}")), "{line}");
    }
    let reads = folder.must(&["token", "--data", "@", "--actor", "ldtbxh-d", "--scope", "read"]).out;
    std::fs::write(folder.beside("none.ndjson"), "").expect("writes");
    let said = folder.run(&["submit", "--data", "@", "--token", reads.trim(), "none.ndjson"]);
    assert!(said.code == Some(2) && said.err.contains("scope_missing"), "{}", said.err);
}

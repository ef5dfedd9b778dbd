//! What is asked about personal data: cases with their days, by right; what is past its time, listed and brought before two people; and
//! the register, which knows every column of every store.

use std::collections::BTreeSet;
use std::fs;

use platform::outward;
use platform::register::{REGISTER, WITHOUT};
use serde_json::{Value, json};
use sqlx::Row;
use system_tests::folder::Folder;
use system_tests::postgres::{Disk, Postgres};

use super::api::Server;
use super::files::{Client, open_now};
use super::survey::{enter, file};

const REQUESTER: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn of_case(kind: &str, data: Value) -> Value {
    json!({ "capacity": "secretariat", "unit": "noivu", "kind": kind, "data": data })
}

async fn cases(server: &Server, token: Option<&str>, query: &str) -> (u16, Value) {
    let mut request = outward::client().get(format!("{}/api/privacy/cases{query}", server.url));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.expect("answers");
    let status = response.status().as_u16();
    let bytes = response.bytes().await.expect("a body");
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_are_told_with_their_days_to_those_who_may_read_them() {
    let server = Server::over(open_now().await, "127.0.0.1:0");
    let client = |actor: &str| Client::of(&server, server.token(actor));
    let (secretariat, inspector, drafter) = (client("sec-1"), client("insp-1"), client("001-d"));
    let opened = json!({
        "case": "2026-1", "request": "erasure", "requester": REQUESTER, "ground": "Luật 91/2025/QH15",
        "received": "2026-03-06", "within_days": 20,
    });
    assert_eq!(secretariat.ask(of_case("open_case", opened)).await, "accepted");
    // Without a token nobody is told, on loopback neither; and a drafter is not.
    assert_eq!(cases(&server, None, "").await.0, 401);
    let (status, told) = cases(&server, Some(&drafter.token), "").await;
    assert_eq!((status, &told["code"]), (403, &json!("capacity_missing")));
    for token in [&secretariat.token, &inspector.token] {
        let (status, told) = cases(&server, Some(token), "").await;
        assert_eq!(status, 200, "{told}");
        let case = &told["cases"][0];
        // Two working days from a Friday, and twenty days; both are over.
        assert_eq!((&case["answer_by"], &case["done_by"]), (&json!("2026-03-10"), &json!("2026-03-26")), "{case}");
        assert_eq!((&case["answer_late"], &case["done_late"]), (&json!(true), &json!(true)), "{case}");
        assert_eq!(case["events"][0]["kind"], "case_opened");
    }
    let (status, told) = cases(&server, Some(&inspector.token), "?as_of=0").await;
    assert_eq!((status, &told["cases"]), (200, &json!([])));
    assert_eq!(cases(&server, Some(&inspector.token), "?as_of=never").await.0, 422);
    assert_eq!(cases(&server, Some(&inspector.token), "?when=now").await.0, 422);
    // Once it is answered and closed, it says so; late it stays.
    let answer = json!({ "case": "2026-1", "text": "Đã tiếp nhận" });
    assert_eq!(secretariat.ask(of_case("answer_case", answer)).await, "accepted");
    let close = json!({ "case": "2026-1", "outcome": "refused", "text": "Không đủ căn cứ" });
    assert_eq!(secretariat.ask(of_case("close_case", close)).await, "accepted");
    let said = server.folder.must(&["privacy", "cases", "--data", "@", "--lang", "en"]).out;
    for told in
        ["2026-1  to have it erased: refused", "answer due by 2026-03-10 (LATE)", "case_closed", "1 cases, 1 late"]
    {
        assert!(said.contains(told), "{told}: {said}");
    }
    let said = server.folder.must(&["privacy", "cases", "--data", "@", "--json"]).out;
    let told: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(told["cases"][0]["outcome"], "refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_what_is_held_is_for_everybody_and_of_one_piece_with_the_register() {
    let server = Server::over(Folder::small_round(0), "0.0.0.0:0");
    let get = async |path: &str| outward::client().get(format!("{}{path}", server.url)).send().await.expect("answers");
    assert_eq!(
        get("/rounds/hanoi-2022").await.url().path(),
        "/sign-in",
        "elsewhere than on loopback one signs in to read"
    );
    for lang in ["vi", "en"] {
        let page = get(&format!("/privacy?lang={lang}")).await;
        assert_eq!(page.status().as_u16(), 200);
        let html = String::from_utf8(page.bytes().await.expect("a body").to_vec()).expect("text");
        assert!(!html.contains("<script") && !html.contains(" style="), "{html}");
        let said = server.folder.must(&["privacy", "register", "--lang", lang]).out;
        for record in REGISTER {
            let lang = if lang == "vi" { proto::document::Lang::Vi } else { proto::document::Lang::En };
            for text in record.members().iter().chain([&record.what]).map(|text| text.get(lang)) {
                assert!(said.contains(text), "{text}");
                let escaped = text.replace('<', "&#60;").replace('>', "&#62;").replace('\'', "&#39;");
                assert!(html.contains(&escaped), "{text}");
            }
        }
        let style = html.split("/assets/").nth(1).and_then(|rest| rest.split('"').next()).expect("its style");
        assert_eq!(get(&format!("/assets/{style}")).await.status().as_u16(), 200);
    }
}

/// Every column of a folder's stores.
async fn columns_of(folder: &Folder) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder.data()).expect("a folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        let Some(store) = name.strip_suffix(".db") else { continue };
        let mut db = folder.tamper(&name).await;
        let columns = "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c \
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!'";
        for row in sqlx::query(columns).fetch_all(&mut db).await.expect("reads") {
            found.insert(format!("{store}.{}.{}", row.get::<String, _>(0), row.get::<String, _>(1)));
        }
    }
    found
}

fn registered() -> BTreeSet<String> {
    let held = REGISTER.iter().flat_map(|record| record.columns);
    held.chain(WITHOUT).map(|column| (*column).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_column_of_every_store_is_in_the_register_or_said_to_hold_no_personal_data() {
    let folder = Folder::small_round(20);
    fs::write(folder.beside("phieu.csv"), file(10)).expect("writes");
    assert_eq!(enter(&folder, "phieu.csv", &["--out", "commands.ndjson"]).code, Some(0));
    fs::write(folder.beside("a.pdf"), super::files::pdf(1_000)).expect("writes");
    let added = folder.must(&["evidence", "add", "--data", "@", "--unit", "gtvt", "a.pdf"]).out;
    let added: Value = serde_json::from_str(added.lines().last().expect("a line")).expect("a reference");
    let address = added["address"].as_str().expect("an address");
    folder.must(&["evidence", "get", "--data", "@", address, "again.pdf"]);
    let found = columns_of(&folder).await;
    let stores: BTreeSet<&str> = found.iter().filter_map(|column| column.split('.').next()).collect();
    assert_eq!(stores, ["access", "ballots", "identity", "index", "keys", "ledger", "ranking"].into());
    let (held, registered) = (&found, &registered());
    assert_eq!(held - registered, BTreeSet::new(), "neither in a record nor in the list of those without");
    assert_eq!(registered - held, BTreeSet::new(), "the register tells of columns that are not there");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_column_of_a_database_is_in_the_register_or_said_to_hold_no_personal_data() {
    let postgres = Postgres::start(Disk::Unsynced);
    let init = "init --origin test.example/columns --training --administrator admin-a --administrator admin-b";
    postgres.must(&init.split(' ').collect::<Vec<_>>());
    let columns = "SELECT table_schema, table_name, column_name FROM information_schema.columns \
        WHERE table_schema NOT IN ('pg_catalog', 'information_schema')";
    let rows = sqlx::query(columns).fetch_all(&mut postgres.admin().await).await.expect("reads");
    let text = |row: &sqlx::postgres::PgRow, at: usize| row.get::<String, _>(at);
    let found: BTreeSet<String> =
        rows.iter().map(|row| format!("{}.{}.{}", text(row, 0), text(row, 1), text(row, 2))).collect();
    let stores: BTreeSet<&str> = found.iter().filter_map(|column| column.split('.').next()).collect();
    assert!(["identity", "index", "ledger", "ranking"].iter().all(|store| stores.contains(store)), "{stores:?}");
    assert_eq!(&found - &registered(), BTreeSet::new());
}

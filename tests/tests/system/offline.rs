//! Sheets filled in offline and ballots, over HTTP: given by right, looked at, sent on as commands; nothing is written by a look.

use platform::outward;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use system_tests::folder::Folder;

use super::api::Server;
use super::survey::file as ballots;
use super::unit_sheets::{UNIT, by_typing, data, filled_in, id, play, round, score};

/// Somebody with a token, or without one.
struct Client<'a>(&'a Server, String);

impl Client<'_> {
    async fn get(&self, path: &str) -> Response {
        let url = format!("{}/api/{path}", self.0.url);
        outward::client().get(url).bearer_auth(&self.1).send().await.expect("answers")
    }

    async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> (StatusCode, Value) {
        let url = format!("{}/api/{path}", self.0.url);
        told(outward::client().post(url).bearer_auth(&self.1).body(body).send().await.expect("answers")).await
    }
}

async fn told(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    (status, serde_json::from_slice(&response.bytes().await.expect("a body")).unwrap_or_default())
}

async fn workbook(response: Response) -> Vec<u8> {
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "private, no-store");
    response.bytes().await.expect("whole").to_vec()
}

fn commands(preview: &Value) -> Vec<Value> {
    let entries = preview["entries"].as_array().expect("entries");
    entries.iter().map(|entry| entry["command"].clone()).filter(|command| !command.is_null()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_goes_out_and_comes_back_over_http_as_it_does_by_the_binary() {
    let folder = round();
    let other = folder.copy();
    let server = Server::over(folder, "127.0.0.1:0");
    let client = |actor: &str| Client(&server, server.token(actor));
    let (drafter, stranger, nobody) = (client("ldtbxh-d"), client("yte-d"), Client(&server, "parindex_no".to_owned()));
    server.folder.must(&["sheet", "export", "--data", "@", "--unit", UNIT, "--out", "a.xlsx"]);
    let path = format!("sheets/hanoi-2022/units/{UNIT}");
    let bytes = workbook(drafter.get(&path).await).await;
    assert!(std::fs::read(server.folder.beside("a.xlsx")).expect("a file") == bytes, "the same bytes");
    for (who, path, code) in [
        (&nobody, path.as_str(), "unauthenticated"),
        (&stranger, &path, "unit_not_own"),
        (&stranger, "sheets/hue-2022/units/yte", "round_unknown"),
        (&stranger, "sheets/hanoi-2022/units/nowhere", "unit_unknown"),
        (&stranger, "sheets/hanoi-2022/fields/so/1", "capacity_missing"),
        (&drafter, &format!("{path}?as_of=99999999"), "position_ahead"),
        (&drafter, &format!("{path}?appraisal=first"), "wrong_shape"),
        (&drafter, &format!("{path}?as_of=x"), "wrong_shape"),
    ] {
        assert_eq!(told(who.get(path).await).await.1["code"], code, "{path}");
    }

    let filled = filled_in(bytes.clone());
    let (status, preview) = drafter.post("sheets", filled.clone()).await;
    assert_eq!(status, StatusCode::OK, "{preview}");
    let counts = json!({ "changed": 13, "conflict": 0, "elsewhere": 0, "done": 0, "unchanged": 2 });
    assert_eq!((&preview["counts"], commands(&preview).len()), (&counts, 13));
    for command in commands(&preview) {
        let (status, answer) = drafter.post("commands", command.to_string()).await;
        assert_eq!((status, &answer["result"]), (StatusCode::OK, &json!("accepted")), "{answer}");
    }
    let (_, done) = drafter.post("sheets", filled.clone()).await;
    assert_eq!((&done["counts"]["done"], commands(&done).len()), (&json!(13), 0));

    // Whoever may not have the sheet is told nothing of it, and a file that is none is refused with its faults.
    for (who, query, body, code) in [
        (&stranger, "", filled.clone(), "unit_not_own"),
        (&drafter, "?capacity=appraiser", filled.clone(), "wrong_shape"),
        (&drafter, "?unit=yte", filled, "wrong_shape"),
        (&drafter, "", b"not a workbook".to_vec(), "file_faulty"),
        (&drafter, "", vec![0; (16 << 20) + 1], "file_faulty"),
    ] {
        let (_, refused) = who.post(&format!("sheets{query}"), body).await;
        assert_eq!((&refused["code"], &refused["counts"]), (&json!(code), &Value::Null), "{refused}");
    }
    let faults = drafter.post("sheets", b"no".to_vec()).await.1["faults"].clone();
    assert_eq!(faults[0]["code"], "workbook_other", "{faults}");

    let by_sheet = data(&server.folder, "self_scored");
    assert_eq!((by_sheet.len(), &by_sheet), (13, &by_typing(&other)));
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_meanwhile_has_no_command_and_an_appraiser_gets_his_fields_alone() {
    let server = Server::over(round(), "127.0.0.1:0");
    let drafter = Client(&server, server.token("ldtbxh-d"));
    let filled = filled_in(workbook(drafter.get(&format!("sheets/hanoi-2022/units/{UNIT}")).await).await);
    let meanwhile = score(90, UNIT, "1.1", 0, &json!({ "option": "ontime" }), "1", "đúng hạn");
    assert_eq!(drafter.post("commands", meanwhile.to_string()).await.0, StatusCode::OK);
    let (_, preview) = drafter.post("sheets?capacity=drafter", filled).await;
    let conflict = preview["entries"].as_array().expect("entries").iter().find(|entry| entry["outcome"] == "conflict");
    let conflict = conflict.expect("a conflict");
    assert_eq!(
        (&conflict["leaf"], &conflict["command"], &conflict["revision"]),
        (&json!("1.1"), &Value::Null, &json!(1))
    );
    assert_eq!(commands(&preview).len(), 12);

    let grant = json!({
        "at": "2022-12-08T02:00:00.000000Z", "actor": "admin-a",
        "command": { "id": id(200), "capacity": "administrator", "kind": "grant_capacity", "data": {
            "actor": "apr-x", "capacity": "appraiser", "fields": ["2"], "from": "2022-12-07T17:00:00.000000Z",
            "grant": "later", "round": "hanoi-2022", "unit": "noivu" } },
    });
    let folder = server.folder.copy();
    drop(server);
    play(&folder, &format!("{grant}\n"));
    let server = Server::over(folder, "127.0.0.1:0");
    let appraiser = Client(&server, server.token("apr-x"));
    let sheet = workbook(appraiser.get("sheets/hanoi-2022/fields/so/2?appraisal=second").await).await;
    assert_eq!(told(appraiser.get("sheets/hanoi-2022/fields/so/1").await).await.1["code"], "field_not_granted");
    assert_eq!(
        told(appraiser.get(&format!("sheets/hanoi-2022/units/{UNIT}")).await).await.1["code"],
        "capacity_missing"
    );
    let (status, preview) = appraiser.post("sheets?unit=noivu", sheet).await;
    assert_eq!((status, &preview["of"]["field"], commands(&preview).len()), (StatusCode::OK, &json!("2"), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn ballots_come_over_http_as_they_do_by_the_binary_and_sent_twice_they_are_one_batch() {
    let server = Server::over(Folder::small_round(0), "127.0.0.1:0");
    let (staff, stranger) = (Client(&server, server.token("srv-1")), Client(&server, server.token("282-d")));
    let (status, looked) = staff.post("ballots/hanoi-2022", ballots(500)).await;
    assert_eq!(status, StatusCode::OK, "{looked}");
    assert_eq!(looked["tally"]["respondents"][0]["ballots"], 250, "{looked}");
    assert!(!server.folder.data().join("ballots.db").exists(), "a look keeps nothing");

    let batch = "ballots/hanoi-2022/phieu-1?tally=phieu-1&method=paper&unit=noivu&name=phieu.csv";
    let (status, taken) = staff.post(batch, ballots(500)).await;
    assert_eq!(status, StatusCode::CREATED, "{taken}");
    let (_, again) = staff.post(batch, ballots(500)).await;
    assert_eq!(again, taken, "sent twice it is one batch");
    std::fs::write(server.folder.beside("phieu.csv"), ballots(500)).expect("writes");
    let enter =
        ["survey", "enter", "--data", "@", "--file", "phieu.csv", "--round", "hanoi-2022", "--batch", "phieu-1"];
    let rest = ["--tally", "phieu-1", "--method", "paper", "--unit", "noivu", "--out", "commands.ndjson"];
    server.folder.must(&[&enter[..], &rest].concat());
    let written = std::fs::read_to_string(server.folder.beside("commands.ndjson")).expect("commands");
    let written: Vec<Value> = written.lines().map(|line| serde_json::from_str(line).expect("a command")).collect();
    assert_eq!(taken["commands"], json!(written), "the binary makes the same commands of it");

    for (who, path, body, code) in [
        (&stranger, "ballots/hanoi-2022", ballots(2), "capacity_missing"),
        (&stranger, batch, ballots(2), "capacity_missing"),
        (&staff, "ballots/hue-2022", ballots(2), "round_unknown"),
        (&staff, batch, ballots(499), "batch_stored"),
        (&staff, "ballots/hanoi-2022?encoding=latin-1", ballots(2), "wrong_shape"),
        (&staff, "ballots/hanoi-2022/x?tally=x&method=post&unit=noivu&name=a.csv", ballots(2), "wrong_shape"),
        (
            &staff,
            "ballots/hanoi-2022/x?tally=x&method=paper&unit=noivu&name=a.csv&replaces=y",
            ballots(2),
            "wrong_shape",
        ),
    ] {
        assert_eq!(who.post(path, body).await.1["code"], code, "{path}");
    }
    let bad = ballots(3).replacen("congthuong;", "congthuongx;", 1).replacen("240;b;b;b", "240;b;e;b", 1);
    for path in ["ballots/hanoi-2022", "ballots/hanoi-2022/x?tally=x&method=paper&unit=noivu&name=a.csv"] {
        let (status, refused) = staff.post(path, bad.clone()).await;
        assert_eq!((status, &refused["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("file_faulty")));
        let codes: Vec<&Value> = refused["faults"].as_array().expect("faults").iter().map(|f| &f["code"]).collect();
        assert_eq!(codes, ["unit_unknown", "answer_unknown"], "{refused}");
    }
}

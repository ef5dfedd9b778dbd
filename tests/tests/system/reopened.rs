//! Projections that are opened again in the middle of a log: what stood on record before goes on from there, whatever it is about.

use proto::Hash;
use serde_json::{Value, json};
use system_tests::folder::Folder;
use system_tests::load::round;

/// Sends one command, in a process of its own.
fn submit(folder: &Folder, (actor, capacity, unit): (&str, &str, &str), kind: &str, data: &Value) {
    let token = folder.must(&["token", "--data", "@", "--actor", actor]).out.trim().to_owned();
    let mut command = json!({ "id": round::fresh_id(), "capacity": capacity, "kind": kind, "data": data });
    if !unit.is_empty() {
        command["unit"] = json!(unit);
    }
    std::fs::write(folder.beside("command.ndjson"), format!("{command}\n")).expect("writes");
    folder.must(&["submit", "--data", "@", "--token", &token, "command.ndjson"]);
}

#[test]
fn powers_and_cases_go_on_where_projections_were_opened_again() {
    let folder = Folder::small_round(0);
    let (administrator, second) = (("admin-a", "administrator", ""), ("admin-b", "administrator", ""));
    let secretariat = ("sec-1", "secretariat", "noivu");
    for (grant, capacity) in [("g1", "publisher"), ("g2", "inspector")] {
        let granted =
            json!({ "actor": "new", "grant": grant, "capacity": capacity, "from": "2022-01-01T00:00:00.000000Z" });
        submit(&folder, administrator, "grant_capacity", &granted);
    }
    submit(&folder, administrator, "revoke_capacity", &json!({ "actor": "new", "grant": "g1", "reason": "x" }));
    submit(&folder, second, "confirm_grant", &json!({ "actor": "new", "grant": "g2" }));
    let case = |more: Value| {
        let mut data = json!({ "case": "2026-1" });
        data.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        data
    };
    let opened = json!({
        "request": "erasure", "requester": Hash([1; 32]), "ground": "Luật 91/2025/QH15", "received": "2022-10-03", "within_days": 20,
    });
    submit(&folder, secretariat, "open_case", &case(opened));
    submit(&folder, secretariat, "order_erasure", &case(json!({ "ground": "x", "files": [Hash([2; 32])] })));
    submit(&folder, second, "confirm_erasure", &case(json!({})));
    submit(&folder, secretariat, "close_case", &case(json!({ "outcome": "carried_out", "text": "x" })));
    let said = folder.must(&["verify", "--data", "@"]).out;
    let at = |what: &str| {
        let line = said.lines().find(|line| line.starts_with(what)).unwrap_or_else(|| panic!("{what}: {said}"));
        line.split('#').nth(1).and_then(|rest| rest.split(',').next()).map(str::to_owned)
    };
    let events = said.lines().find_map(|line| line.split(": ").nth(1)?.strip_suffix(" events").map(str::to_owned));
    assert!(events.is_some() && at("index: at ") == events && at("ranking: at ") == events, "{said}");
}

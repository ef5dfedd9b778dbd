//! The schemas of what is answered: of the protocol's types as proto makes them, of rows by their tables' columns, and of the few answers
//! that are put together from those.

use proto::rows::{ExtraRow, PhaseRow, PublicationRow, RoundRow, Row, ScoreRow, StandingRow, TotalRow, UnitRow};
use serde_json::{Map, Value, json};

/// Of the protocol's types (proto/src/schema/answers.rs).
const ANSWERS: &str = include_str!("../../../../proto/answers.json");
const COMMAND: &str = include_str!("../../../../proto/schema/command.json");
const ENVELOPE: &str = include_str!("../../../../proto/schema/envelope.json");

/// The answers of the inspector's, each told with the place that it stands on.
const TOLD: [&str; 9] =
    ["Checks", "Diff", "Examination", "Explanation", "History", "Holders", "WhatIf", "Who", "WhyRank"];

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("proto's own files are JSON")
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn list(name: &str) -> Value {
    json!({ "type": "array", "items": reference(name) })
}

/// An object whose members are all there, and maybe some more.
fn object(must: Value, may: Value) -> Value {
    let (Value::Object(must), Value::Object(may)) = (must, may) else { unreachable!("both are objects") };
    let required: Vec<&String> = must.keys().collect();
    let members: Map<String, Value> = must.clone().into_iter().chain(may).collect();
    json!({ "type": "object", "required": required, "properties": members, "additionalProperties": false })
}

/// A row: its table's columns, and members beside them.
fn row<R: Row>(beside: Value) -> Value {
    let Value::Object(beside) = beside else { unreachable!("members") };
    let kind = |integer: bool| json!({ "type": if integer { "integer" } else { "string" } });
    let columns = R::TABLE.columns.iter().map(|column| (column.name.to_owned(), kind(column.integer)));
    object(Value::Object(columns.chain(beside).collect()), json!({}))
}

/// Every schema by its name.
pub fn all() -> Value {
    let Value::Object(mut all) = read(ANSWERS) else { unreachable!("answers.json is an object") };
    for name in TOLD {
        let schema = all.get_mut(name).expect("a test holds answers.json against the types");
        schema["properties"]["as_of"] = reference("Stands");
        schema["required"].as_array_mut().expect("it has members").push("as_of".into());
    }
    let history = all.get_mut("History").expect("it is there");
    history["properties"]["total"] = count();
    history["properties"]["next"] = next();
    history["required"].as_array_mut().expect("it has members").push("total".into());
    // Acts are told in pieces where that is asked for; holders always are.
    for (name, always) in [("Who", false), ("Holders", true)] {
        let told = all.get_mut(name).expect("it is there");
        told["properties"]["total"] = count();
        told["properties"]["next"] = next();
        if always {
            told["required"].as_array_mut().expect("it has members").push("total".into());
        }
    }
    for (name, text) in [("Command", COMMAND), ("Event", ENVELOPE)] {
        let mut schema = read(text);
        schema.as_object_mut().expect("a schema is an object").remove("$schema");
        all.insert(name.to_owned(), schema);
    }
    for (name, schema) in own() {
        all.insert(name.to_owned(), schema);
    }
    Value::Object(all)
}

fn count() -> Value {
    json!({ "type": "integer", "minimum": 0, "description": "rows in all pieces together" })
}

fn next() -> Value {
    json!({ "type": "string", "description": "the query of the next piece, below the same address; absent in the last one" })
}

fn own() -> Vec<(&'static str, Value)> {
    let (text, number, whole) =
        (json!({ "type": "string" }), json!({ "type": "integer" }), json!({ "type": "boolean" }));
    let hash = json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" });
    let hashes = json!({ "type": "array", "items": hash });
    let part = object(json!({ "reached": text, "maximum": text, "percent": text }), json!({}));
    let parts = object(json!({ "appraisal": part, "survey": part, "bonus": text, "penalty": text }), json!({}));
    let paged = || json!({ "next": next() });
    let problem_members = json!({ "type": text, "title": text, "status": number, "code": known_code(), "detail": text, "vi": text, "en": text });
    let mut problem = object(problem_members, json!({}));
    problem["additionalProperties"] = true.into();
    let mark = object(json!({ "position": number, "root": hash }), json!({}));
    let commands = json!({ "type": "array", "items": { "type": "object" } });
    vec![
        ("Stands", mark.clone()),
        ("Problem", problem),
        ("Answers", list("Answer")),
        ("RoundRow", row::<RoundRow>(json!({}))),
        ("PhaseRow", row::<PhaseRow>(json!({}))),
        ("UnitRow", row::<UnitRow>(json!({ "index": text, "name": text }))),
        ("TotalRow", row::<TotalRow>(json!({}))),
        ("ScoreRow", row::<ScoreRow>(json!({}))),
        ("ExtraRow", row::<ExtraRow>(json!({}))),
        ("PublicationRow", row::<PublicationRow>(json!({}))),
        ("StandingRow", row::<StandingRow>(json!({ "index": text, "name": text, "parts": parts }))),
        (
            "Rounds",
            object(json!({ "as_of": reference("Stands"), "rounds": list("RoundRow"), "total": count() }), paged()),
        ),
        (
            "Round",
            object(
                json!({ "as_of": reference("Stands"), "round": reference("RoundRow"), "phases": list("PhaseRow"), "units": list("UnitRow"), "total": count() }),
                paged(),
            ),
        ),
        (
            "Ranking",
            object(
                json!({ "as_of": reference("Stands"), "round": text, "publication": number, "provisional": whole, "publications": list("PublicationRow"), "rows": list("StandingRow"), "total": count() }),
                paged(),
            ),
        ),
        (
            "Unit",
            object(
                json!({ "as_of": reference("Stands"), "unit": reference("UnitRow"), "totals": list("TotalRow"), "scores": list("ScoreRow"), "extras": list("ExtraRow"), "total": count() }),
                paged(),
            ),
        ),
        ("Head", object(json!({ "origin": text, "size": number, "root": hash, "hash": text }), json!({}))),
        (
            "Inclusion",
            object(
                json!({ "position": number, "size": number, "hash": hash, "root": hash, "proof": hashes }),
                json!({}),
            ),
        ),
        (
            "Consistency",
            object(
                json!({ "old": number, "old_root": hash, "new": number, "new_root": hash, "proof": hashes }),
                json!({}),
            ),
        ),
        ("BallotsSeen", object(json!({ "tally": reference("Tally") }), json!({}))),
        ("BallotsTaken", object(json!({ "tally": { "type": "object" }, "commands": commands }), json!({}))),
        (
            "SheetLooked",
            object(
                json!({ "round": text, "of": { "type": "object" }, "made": mark, "now": mark, "counts": { "type": "object" }, "entries": { "type": "array", "items": { "type": "object" } }, "remarks": { "type": "array", "items": { "type": "object" } } }),
                json!({}),
            ),
        ),
    ]
}

/// A code: one of a command's rejections, or one of the places where something is asked.
fn known_code() -> Value {
    json!({ "type": "string", "pattern": "^[a-z][a-z_]*$", "x-rejections": proto::Rejection::CODES })
}

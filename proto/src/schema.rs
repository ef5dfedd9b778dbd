//! JSON Schemas made from the types, and the LOCK of their hashes: `schema/`, compared on every test run.
//! A test run never changes a file, unless PROTO_SCHEMAS=write is set (RULINGS 6: until the tag v1, then never).

mod answers;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use schemars::{Schema, json_schema, schema_for};
use serde_json::{Map, Value};

use crate::access::AccessEntry;
use crate::ballot::BallotProof;
use crate::command::Act;
use crate::document::{Catalogue, Form, Rulebook, Tally};
use crate::dossier::{Attached, Manifest, Proven, RoundHeads};
use crate::envelope::{Capacity, ViaKind};
use crate::event::{Fact, SCHEMA_V};
use crate::hash::{self, Hash};
use crate::ids::pattern::{ID, ORIGIN, UUID};
use crate::script::Line;
use crate::stored_file::{FileReceipt, FileTaken};
use crate::{instant, stream};

/// A pattern whose text may also be "".
fn or_none(pattern: &str) -> String {
    format!("^({})?$", pattern.trim_start_matches('^').trim_end_matches('$'))
}

fn text(pattern: &str, description: &str) -> Schema {
    json_schema!({ "type": "string", "pattern": pattern, "description": description })
}

fn one_of(words: &[&str], description: &str) -> Schema {
    json_schema!({ "type": "string", "enum": words, "description": description })
}

fn number(least: u64, greatest: u64, description: &str) -> Schema {
    json_schema!({ "type": "integer", "minimum": least, "maximum": greatest, "description": description })
}

/// An object with these members; those whose name ends in `?` may be left out.
fn object(description: &str, members: Vec<(&str, Schema)>) -> Schema {
    let required: Vec<&str> = members.iter().map(|(name, _)| *name).filter(|name| !name.ends_with('?')).collect();
    let properties: Map<String, Value> = members
        .iter()
        .map(|(name, schema)| (name.trim_end_matches('?').to_owned(), schema.clone().to_value()))
        .collect();
    json_schema!({
        "type": "object", "description": description, "properties": properties, "required": required,
        "additionalProperties": false,
    })
}

fn capacity() -> Schema {
    one_of(&Capacity::ALL.map(Capacity::as_str), "in which capacity")
}

fn position(description: &str) -> Schema {
    number(1, crate::canon::INTEGER_MAX.unsigned_abs(), description)
}

/// The whole body. The envelope has no type of its own that serde writes: `Event::encode` does it by hand.
fn envelope() -> Schema {
    let ways = [ViaKind::Token, ViaKind::Session, ViaKind::Oidc, ViaKind::Cli, ViaKind::System].map(ViaKind::as_str);
    let actor = vec![
        ("capacity", capacity()),
        ("id", text(ID, "an opaque id, never a name")),
        ("unit", text(&or_none(ID), "in which unit, or \"\"")),
    ];
    let command = vec![
        ("digest", text(hash::PATTERN, "SHA-256 of the canonical command")),
        ("id", text(UUID, "the client's id")),
    ];
    let via =
        vec![("credential", text(&or_none(ID), "its public id, or \"\"")), ("kind", one_of(&ways, "through what"))];
    let members = vec![
        ("actor", object("who acted", actor)),
        ("at", text(instant::PATTERN, "when, by the ledger's clock")),
        ("cause", text(&or_none(UUID), "the event that this one follows from, or \"\"")),
        ("command", object("the command that it came from", command)),
        ("data", json_schema!({ "type": "object", "description": "by kind and v: event.<kind>.v<v>.json" })),
        ("id", text(UUID, "the event's own id")),
        ("kind", one_of(Fact::KINDS, "what kind of event")),
        ("log", text(ORIGIN, "the log's origin")),
        ("position", position("1, 2, 3 ... in the log")),
        ("prev", text(&or_none(hash::PATTERN), "the hash of the event before, or \"\" at the first")),
        ("stream", text(&stream::pattern(), "the stream")),
        (
            "stream_prev",
            text(&or_none(hash::PATTERN), "the hash of the event before in the stream, or \"\" at the first"),
        ),
        ("v", number(1, SCHEMA_V.into(), "the version of the data's schema")),
        ("version", position("1, 2, 3 ... in the stream")),
        ("via", object("through what the command came", via)),
    ];
    object("The body of an event: proto/README.md, section 4.", members)
}

/// The whole command as a client sends it.
fn command() -> Schema {
    let members = vec![
        ("capacity", capacity()),
        ("data", json_schema!({ "type": "object", "description": "by kind: command.<kind>.v1.json" })),
        ("id", text(UUID, "made by the client")),
        ("kind", one_of(Act::KINDS, "what kind of command")),
        ("unit?", text(ID, "in which unit; left out where there is none")),
    ];
    object("A command: proto/README.md, section 8.", members)
}

/// The schema as canonical JSON has it: nothing is null, every integer has a limit. Members in the order of their
/// names, whatever serde_json's features are.
fn settled(value: Value) -> Value {
    match value {
        Value::Object(mut members) => {
            without_null(&mut members);
            let greatest = match members.get("format").and_then(Value::as_str) {
                Some("uint64") => Some(crate::canon::INTEGER_MAX.into()),
                Some("uint32") => Some(u32::MAX.into()),
                _ => None,
            };
            members.extend(greatest.map(|greatest: Value| ("maximum".to_owned(), greatest)));
            let members: BTreeMap<String, Value> = members.into_iter().map(|(k, v)| (k, settled(v))).collect();
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(settled).collect()),
        other => other,
    }
}

/// A member that may be left out is never null (section 2): `Option` in Rust says more than is meant.
fn without_null(members: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = members.get_mut("type") {
        types.retain(|t| t != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            members.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = members.get_mut("anyOf") {
        choices.retain(|c| c["type"] != "null");
        if let [Value::Object(only)] = &choices[..] {
            let only = only.clone();
            members.remove("anyOf");
            for (name, value) in only {
                members.entry(name).or_insert(value);
            }
        }
    }
}

/// Every schema by its file's name, and the LOCK.
fn files() -> BTreeMap<String, String> {
    let mut schemas = vec![
        ("envelope.json".to_owned(), envelope()),
        ("command.json".to_owned(), command()),
        ("document.catalogue.v1.json".to_owned(), schema_for!(Catalogue)),
        ("document.form.v1.json".to_owned(), schema_for!(Form)),
        ("document.rulebook.v1.json".to_owned(), schema_for!(Rulebook)),
        ("document.tally.v1.json".to_owned(), schema_for!(Tally)),
        ("heads.state.v1.json".to_owned(), schema_for!(crate::heads::Folded)),
        ("dossier.attached.v1.json".to_owned(), schema_for!(Attached)),
        ("dossier.heads.v1.json".to_owned(), schema_for!(RoundHeads)),
        ("dossier.manifest.v1.json".to_owned(), schema_for!(Manifest)),
        ("access.entry.v1.json".to_owned(), schema_for!(AccessEntry)),
        ("ballot.proof.v1.json".to_owned(), schema_for!(BallotProof)),
        ("file.receipt.v1.json".to_owned(), schema_for!(FileReceipt)),
        ("file.taken.v1.json".to_owned(), schema_for!(FileTaken)),
        ("dossier.proven.v1.json".to_owned(), schema_for!(Proven)),
        ("script.line.v1.json".to_owned(), schema_for!(Line)),
    ];
    schemas.extend(Act::schemas().into_iter().map(|(kind, schema)| (format!("command.{kind}.v1.json"), schema)));
    schemas.extend(Fact::schemas().into_iter().map(|(kind, schema)| (format!("event.{kind}.v1.json"), schema)));
    let mut files = BTreeMap::new();
    for (name, mut schema) in schemas {
        schema.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
        // The name on the wire, not that of a type in Rust, which may change.
        schema.insert("title".to_owned(), name.trim_end_matches(".json").into());
        files.insert(name, format!("{:#}\n", settled(schema.to_value())));
    }
    let lock = files.iter().map(|(name, text)| format!("{}  {name}\n", Hash::digest(text.as_bytes()))).collect();
    files.insert("LOCK".to_owned(), lock);
    files
}

fn on_disk(folder: &PathBuf) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let names = entries.map(|e| e.expect("it can be listed").file_name().into_string().expect("names are ASCII"));
    names.map(|name| (name.clone(), fs::read_to_string(folder.join(&name)).expect("it is text"))).collect()
}

#[test]
fn the_schemas_on_disk_are_those_of_the_types() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/schema"));
    let (made, there) = (files(), on_disk(&folder));
    if std::env::var("PROTO_SCHEMAS").is_ok_and(|v| v == "write") {
        for name in there.keys().filter(|name| !made.contains_key(*name)) {
            fs::remove_file(folder.join(name)).expect("it can be removed");
        }
        for (name, text) in &made {
            fs::write(folder.join(name), text).expect("it can be written");
        }
        return;
    }
    let names = made.keys().chain(there.keys());
    let mut differ: Vec<&str> = names.filter(|n| made.get(*n) != there.get(*n)).map(String::as_str).collect();
    differ.sort_unstable();
    differ.dedup();
    assert!(
        differ.is_empty(),
        "these schemas differ from their types: {differ:?}; if that is meant, run this test with PROTO_SCHEMAS=write \
         and name the kinds in the commit"
    );
}

#[test]
fn the_envelopes_schema_names_the_members_that_an_event_has() {
    let vectors = include_str!("../vectors/events.json");
    let events: Vec<Map<String, Value>> = serde_json::from_str(vectors).expect("an array of objects");
    let schema = envelope().to_value();
    for event in events {
        let body: Value = serde_json::from_str(event["body"].as_str().expect("text")).expect("JSON");
        agree(&body, &schema, "the body");
    }
}

/// What people write as they like, by member, or by type and member; any other string has a form.
const FREE: [&str; 32] = [
    "AdjustScore.reason",
    "Ballot.collector",
    "CatalogueUnit.code",
    "CatalogueUnit.short",
    "Claim.text",
    "Continued.checkpoint",
    "Evidence.page",
    "Evidence.type",
    "FileOpening.name",
    "FlagScore.reason",
    "FoldedPublication.reason",
    "JudgeExemption.reason",
    "LodgeAppeal.text",
    "Matter.reason",
    "Replaced.reason",
    "OpenCase.ground",
    "OrderErasure.ground",
    "Rule.expression",
    "RecordDecision.minutes",
    "Score.explanation",
    "ScoreChange.reason",
    "SetExtra.reason",
    "StageState.reason",
    "Text.en",
    "Text.vi",
    "checkpoint",
    "explanation",
    "ground",
    "minutes",
    "reason",
    "statement",
    "text",
];

#[test]
fn every_string_but_a_free_text_has_its_form_in_the_schema() {
    let mut free = BTreeSet::new();
    for (name, text) in files() {
        if name != "LOCK" {
            let schema: Value = serde_json::from_str(&text).expect("JSON");
            formless(&schema, "", &mut free);
            for (of, schema) in schema["$defs"].as_object().into_iter().flatten() {
                formless(schema, of, &mut free);
            }
        }
    }
    assert_eq!(free, BTreeSet::from(FREE.map(str::to_owned)));
}

/// Collects the members of a type that are strings without a form.
fn formless(schema: &Value, name: &str, found: &mut BTreeSet<String>) {
    let stated = ["pattern", "enum", "const"].iter().any(|form| schema.get(form).is_some());
    if schema["type"] == "string" && !stated {
        found.insert(name.to_owned());
    }
    for (member, schema) in schema["properties"].as_object().into_iter().flatten() {
        formless(schema, format!("{name}.{member}").trim_start_matches('.'), found);
    }
    for inner in ["items", "additionalProperties"].iter().filter_map(|inner| schema.get(inner)) {
        formless(inner, name, found);
    }
    for choices in ["oneOf", "anyOf"].iter().filter_map(|choices| schema.get(choices)?.as_array()) {
        choices.iter().for_each(|choice| formless(choice, name, found));
    }
}

/// Objects have the members that their schema names, all of them required and no others, down to the last.
fn agree(value: &Value, schema: &Value, name: &str) {
    let (Some(members), Some(properties)) = (value.as_object(), schema["properties"].as_object()) else { return };
    let mut stated: Vec<&String> = properties.keys().collect();
    let mut found: Vec<&String> = members.keys().collect();
    stated.sort_unstable();
    found.sort_unstable();
    assert_eq!(stated, found, "{name}");
    assert_eq!(schema["required"].as_array().map(Vec::len), Some(found.len()), "{name}");
    for (member, value) in members {
        agree(value, &properties[member], member);
    }
}

//! What a sheet would change, as JSON: every row that comes to something, with the command that it would send.
//! Rows that nobody has changed are only counted.

use serde_json::{Value, json};

use super::http::Stood;
use super::{Card, Entry, Of, Outcome, Preview};
use crate::faulty::fault;
use crate::parts::command_told;

/// A preview.
pub fn preview(card: &Card, now: &Stood, preview: &Preview) -> Value {
    let entries = preview.entries.iter().filter(|entry| entry.outcome != Outcome::Unchanged);
    json!({
        "round": card.round,
        "of": of(&card.of),
        "made": { "position": card.position, "root": card.root },
        "now": { "position": now.position, "root": now.root },
        "counts": {
            "changed": preview.count(Outcome::Changed),
            "conflict": preview.count(Outcome::Conflict),
            "elsewhere": preview.count(Outcome::Elsewhere),
            "done": preview.count(Outcome::Done),
            "unchanged": preview.count(Outcome::Unchanged),
        },
        "entries": entries.map(entry).collect::<Vec<Value>>(),
        "remarks": preview.remarks.iter().map(fault).collect::<Vec<Value>>(),
    })
}

fn of(of: &Of) -> Value {
    match of {
        Of::Unit(unit) => json!({ "unit": unit }),
        Of::Appraisal { block, field, appraisal } => json!({ "block": block, "field": field, "appraisal": appraisal }),
    }
}

fn entry(entry: &Entry) -> Value {
    json!({
        "unit": entry.unit,
        "leaf": entry.leaf,
        "title": entry.title,
        "outcome": outcome(entry.outcome),
        "was": entry.was,
        "now": entry.now,
        "wanted": entry.wanted,
        "seen": entry.seen,
        "revision": entry.revision,
        "command": entry.command.as_ref().map(command_told),
    })
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Unchanged => "unchanged",
        Outcome::Changed => "changed",
        Outcome::Conflict => "conflict",
        Outcome::Elsewhere => "elsewhere",
        Outcome::Done => "done",
    }
}

//! Tables as JSON: rows as objects of their columns' names. A number that was rounded stands as text, as everywhere in the read API;
//! "" stands for none.

use serde_json::{Map, Value as Json, json};

use super::written::Whole;
use super::{Row, Table, Value};

/// Writes them.
pub fn written(whole: &Whole, tables: &[&Table]) -> Vec<u8> {
    let stands = whole
        .stands
        .iter()
        .map(|stand| json!({ "name": stand.name, "position": stand.position, "root": stand.root.to_string() }));
    let told = json!({
        "origin": whole.origin,
        "title": whole.title,
        "said": whole.standing,
        "as_of": stands.collect::<Vec<_>>(),
        "tables": tables.iter().map(|table| one(table)).collect::<Vec<_>>(),
    });
    told.to_string().into_bytes()
}

fn one(table: &Table) -> Json {
    let columns = table.in_files().map(|column| json!({ "name": column.name, "title": column.said() }));
    let rows = |sum: bool| -> Vec<Json> {
        table.rows.iter().filter(|row| row.sum == sum).map(|row| object(table, row)).collect()
    };
    json!({
        "name": table.name,
        "caption": table.caption,
        "columns": columns.collect::<Vec<_>>(),
        "rows": rows(false),
        "sums": rows(true),
    })
}

fn object(table: &Table, row: &Row) -> Json {
    let members = table.held(row).map(|(column, value)| (column.name.clone(), held(value)));
    Json::Object(members.collect::<Map<_, _>>())
}

fn held(value: &Value) -> Json {
    match value {
        Value::Text(text) | Value::Number(text) => text.as_str().into(),
        Value::Count(n) => (*n).into(),
        Value::Moved(places) => (*places).into(),
        Value::Time(at) => at.to_string().into(),
        Value::Dash | Value::Empty => "".into(),
    }
}

//! Rows as JSON: the columns of their tables, and the few members that people expect beside them.
//! A column keeps its form: integers, and text with fractions as "n/d"; truth stands as 1 or 0, as it is digested.

use proto::rows::{Cell, Row, StandingRow, UnitRow};
use proto::{Exact, Hash};
use serde_json::{Map, Value, json};

use crate::number::{Printer, percent};
use crate::words::pick;

/// What an answer stands on.
pub fn as_of((position, root): (u64, Hash)) -> Value {
    json!({ "position": position, "root": root.to_string() })
}

/// A row as the object of its columns.
pub fn object<R: Row>(row: &R) -> Map<String, Value> {
    let value = |cell| match cell {
        Cell::Int(n) => Value::from(n),
        Cell::Text(text) => Value::from(text),
    };
    let names = R::TABLE.columns.iter().map(|column| column.name.to_owned());
    names.zip(row.cells().into_iter().map(value)).collect()
}

/// Rows as objects.
pub fn objects<R: Row>(rows: &[R]) -> Value {
    rows.iter().map(|row| Value::Object(object(row))).collect()
}

/// A unit, with `index` rounded as declared ("" for none) and `name` in the language asked for.
pub fn unit_row(printer: &Printer, row: &UnitRow) -> Map<String, Value> {
    let mut members = object(row);
    let index = row.index_value.as_ref().map_or_else(String::new, |i| printer.decimal(i));
    members.insert("index".to_owned(), index.into());
    members.insert("name".to_owned(), pick(printer.lang, &row.name_vi, &row.name_en).into());
    members
}

/// A unit's place, with `index`, `name`, and the `parts` that the index is made of.
pub fn place(printer: &Printer, row: &StandingRow) -> Map<String, Value> {
    let part = |reached: &Exact, maximum: &Exact| {
        let share = percent(reached, maximum).map_or_else(String::new, |p| printer.decimal(&p));
        json!({ "reached": reached.to_string(), "maximum": maximum.to_string(), "percent": share })
    };
    let parts = json!({
        "appraisal": part(&row.appraisal_reached, &row.appraisal_maximum),
        "survey": part(&row.survey_reached, &row.survey_maximum),
        "bonus": row.bonus.to_string(),
        "penalty": row.penalty.to_string(),
    });
    let mut members = object(row);
    members.insert("index".to_owned(), row.printed.clone().into());
    members.insert("name".to_owned(), pick(printer.lang, &row.name_vi, &row.name_en).into());
    members.insert("parts".to_owned(), parts);
    members
}

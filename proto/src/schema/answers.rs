//! JSON Schemas of what the API answers, made from the types: `answers.json`, compared on every test run and put into the
//! document that describes the API. They are not frozen: no hashed byte hangs on them. Set PROTO_SCHEMAS=write to write them anew.

use std::borrow::Cow;
use std::fs;

use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::answer::{Answer, Refused};
use crate::between::{Diff, WhyRank};
use crate::cases::Cases;
use crate::document::Tally;
use crate::examined::Examination;
use crate::history::History;
use crate::inquiry::{Checks, Explanation, WhatIf};
use crate::stored_file::FileTaken;
use crate::who::{Holders, Who};

use super::settled;

#[test]
fn the_schemas_of_the_answers_are_those_of_the_types() {
    let settings = SchemaSettings::draft2020_12().with(|s| s.definitions_path = Cow::Borrowed("/components/schemas"));
    let mut made = settings.into_generator();
    macro_rules! take {
        ($($answer:ty),*) => {$(made.subschema_for::<$answer>();)*};
    }
    take!(
        Answer,
        Cases,
        Checks,
        Diff,
        Examination,
        Explanation,
        FileTaken,
        History,
        Holders,
        Refused,
        Tally,
        WhatIf,
        Who,
        WhyRank
    );
    let text = format!("{:#}\n", settled(Value::Object(made.take_definitions(true))));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/answers.json");
    if std::env::var("PROTO_SCHEMAS").is_ok_and(|v| v == "write") {
        fs::write(path, text).expect("it can be written");
        return;
    }
    let there = fs::read_to_string(path).expect("answers.json is there");
    assert!(
        there == text,
        "answers.json differs from the types; if that is meant, run this test with PROTO_SCHEMAS=write"
    );
}

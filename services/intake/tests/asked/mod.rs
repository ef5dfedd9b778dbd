//! A small round that asks about two departments and a district, illustrative in every word, and tables of ballots about them.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::fmt::Debug;
use std::str::FromStr;
use std::sync::Arc;

use domain::{Book, Round};
use intake::Faults;
use intake::survey::{Asks, Encoding, Marked, Reading};
use proto::Hash;
use proto::act::round::OpenRound;
use proto::document::{Catalogue, DocRef, Form, Rulebook, Tally};
use serde_json::{Value, json};

/// The questions of the form about departments.
pub const QUESTIONS: usize = 10;

pub fn id<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect(text)
}

fn both(vi: &str, en: &str) -> Value {
    json!({ "vi": vi, "en": en })
}

fn typed<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("of the protocol")
}

fn rulebook() -> Rulebook {
    let leaf = |kind: &str, source: &str, rule: Value, code: &str, maximum: &str| {
        json!({ "kind": kind, "code": code, "title": both(code, code), "maximum": maximum,
            "leaf": { "source": source, "rule": rule, "evidence": false, "exemptible": false } })
    };
    let number = || json!({ "kind": "number", "step": "1" });
    let survey = || json!({ "kind": "survey_average" });
    let field = |kind: &str, code: &str, maximum: &str| json!({ "kind": kind, "code": code, "title": both(code, code), "maximum": maximum });
    let group = |kind: &str, code: &str, vi: &str, sample: Value| {
        let mut group = json!({ "kind": kind, "code": code, "title": both(vi, code) });
        if !sample.is_null() {
            group["sample"] = sample;
        }
        group
    };
    let answer =
        |code: &str, share: &str, vi: &str, en: &str| json!({ "code": code, "share": share, "title": both(vi, en) });
    typed(json!({
        "title": both("Bộ tiêu chí minh họa", "Illustrative rulebook"), "basis": both("Minh họa", "Illustrative"),
        "kinds": [{ "kind": "so", "total": "10" }, { "kind": "huyen", "total": "10" }],
        "nodes": [
            field("so", "1", "6"), leaf("so", "appraisal", number(), "1.1", "6"),
            field("so", "2", "4"), leaf("so", "survey", survey(), "2.1", "4"),
            field("huyen", "1", "6"), leaf("huyen", "appraisal", number(), "1.1", "6"),
            field("huyen", "2", "4"), leaf("huyen", "survey", survey(), "2.1", "4"),
        ],
        "extras": [],
        "groups": [
            group("so", "citizens", "Người dân", json!(4)), group("so", "firms", "Doanh nghiệp", Value::Null),
            group("huyen", "citizens", "Người dân", Value::Null),
        ],
        "answers": [answer("a", "1", "Rất hài lòng", "Very satisfied"), answer("b", "0.6", "Hài lòng", "Satisfied"),
            answer("c", "0.2", "Bình thường", "Neither"), answer("0.5", "0", "Không hài lòng", "Not satisfied")],
    }))
}

fn catalogue() -> Catalogue {
    let unit = |unit: &str, kind: &str, short: &str, vi: &str| json!({ "unit": unit, "name": both(vi, unit), "short": short, "code": "", "kind": kind });
    typed(json!({
        "title": both("Đơn vị", "Units"), "basis": both("Minh họa", "Illustrative"),
        "units": [unit("noivu", "so", "SNV", "Sở Nội vụ"), unit("taichinh", "so", "STC", "Sở Tài chính"),
            unit("001", "huyen", "BĐ", "Quận Ba Đình"), unit("002", "huyen", "BĐ", "Quận Hai")],
    }))
}

fn form() -> Form {
    let question = |n: usize| json!({ "code": format!("q{n}"), "leaf": "2.1", "text": both("Hỏi?", "Asked?") });
    typed(json!({
        "title": both("Phiếu", "Form"), "basis": both("Minh họa", "Illustrative"), "kind": "so", "groups": ["citizens", "firms"],
        "questions": (1..=QUESTIONS).map(question).collect::<Vec<_>>(),
    }))
}

fn form_of_districts() -> Form {
    typed(json!({
        "title": both("Phiếu", "Form"), "basis": both("Minh họa", "Illustrative"), "kind": "huyen", "groups": ["citizens"],
        "questions": [{ "code": "q1", "leaf": "2.1", "text": both("Hỏi?", "Asked?") }, { "code": "d2", "leaf": "2.1", "text": both("Hỏi?", "Asked?") }],
    }))
}

/// What the round asks, with forms or without.
pub fn asks_with(forms: Vec<Form>) -> Asks {
    let doc = DocRef { id: id("book"), digest: Hash([0; 32]) };
    let book = Book::build(doc, rulebook()).expect("a rulebook");
    let named = json!({ "id": "book", "digest": Hash([0; 32]).to_string() });
    let config: OpenRound = typed(json!({
        "round": "r22", "title": both("Kỳ", "Round"), "authority": both("UBND", "Committee"), "year": 2022,
        "rulebook": named, "catalogue": named,
        "blocks": [{ "block": "so", "kind": "so", "title": both("Sở", "So"), "units": ["noivu", "taichinh"] },
            { "block": "huyen", "kind": "huyen", "title": both("Huyện", "Huyen"), "units": ["001", "002"] }],
        "phases": [{ "phase": "survey", "from": "2022-11-09T17:00:00.000000Z", "until": "2022-12-19T17:00:00.000000Z" }],
        "policy": { "bands": [], "counts": ["self"], "digits": 2, "own_unit": "refuse", "rounding": "half_up", "ties": "competition",
            "unsubmitted": "zero" },
    }));
    let forms = forms.into_iter().map(Arc::new).collect();
    Asks::of(&Round::open(config, Arc::new(book), &catalogue().units, forms).expect("a round"))
}

/// What the round asks by its forms.
pub fn asks() -> Asks {
    asks_with(vec![form(), form_of_districts()])
}

/// What it asks without any.
pub fn asks_by_leaf() -> Asks {
    asks_with(Vec::new())
}

/// A table by its separator, of cells.
pub fn table(separator: char, rows: &[Vec<String>]) -> String {
    rows.iter().map(|row| row.join(&separator.to_string()) + "\r\n").collect()
}

/// The head of a table about departments.
pub fn head() -> Vec<String> {
    let questions = (1..=QUESTIONS).map(|n| format!("q{n}"));
    ["đơn vị", "nhóm", "ngày", "điều tra viên", "giây"].map(str::to_owned).into_iter().chain(questions).collect()
}

/// A row about a department that answers all alike.
pub fn row(unit: &str, group: &str, day: &str, answer: &str) -> Vec<String> {
    let answers = (0..QUESTIONS).map(|_| answer.to_owned());
    [unit, group, day, "dtv01", "95,0"].map(str::to_owned).into_iter().chain(answers).collect()
}

/// What is read of a file in pieces: its tally, and its ballots.
pub fn read(asks: &Asks, bytes: &[u8], named: Option<Encoding>, piece: usize) -> Result<(Tally, Vec<Marked>), Faults> {
    read_by(Reading::begin(asks, named, true), bytes, piece)
}

/// What is read of it the plain way, which is what the other must come to.
pub fn read_plainly(
    asks: &Asks,
    bytes: &[u8],
    named: Option<Encoding>,
    piece: usize,
) -> Result<(Tally, Vec<Marked>), Faults> {
    read_by(Reading::plainly(asks, named, true), bytes, piece)
}

fn read_by(mut reading: Reading, bytes: &[u8], piece: usize) -> Result<(Tally, Vec<Marked>), Faults> {
    let mut ballots = Vec::new();
    for piece in bytes.chunks(piece.max(1)) {
        reading.take(piece);
        ballots.extend(reading.ready());
    }
    let asks = reading.asks();
    let (counting, rest) = reading.end()?;
    ballots.extend(rest);
    Ok((counting.tally(asks, |name| Hash::digest(name.as_bytes())), ballots))
}

/// The codes of all faults of a file.
pub fn codes(asks: &Asks, bytes: &[u8]) -> Vec<&'static str> {
    match read(asks, bytes, None, 1_000) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.told.iter().map(|fault| fault.code).collect(),
    }
}

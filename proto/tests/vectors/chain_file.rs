//! How a chain with its verdicts stands in `vectors/chains.json`, and the head of one.

use proto::Hash;
use serde::Serialize;

use super::canon::hex;
use crate::story::check::head;
use crate::story::log::{ORIGIN, STORY, whole};

/// What a verifier must say; a reason is what its words begin with.
#[derive(Serialize, Clone, Debug, PartialEq, Eq)]
#[serde(untagged)]
pub enum Verdict {
    Ok { ok: u64 },
    Broken { position: u64, reason: String },
    End { end: String },
}

/// A line of an export.
#[derive(Serialize)]
#[serde(untagged)]
enum Line {
    /// The body of this position in the good chain.
    Good(usize),
    Text(String),
    Hex {
        hex: String,
    },
    Repeat {
        repeat: char,
        times: usize,
    },
}

/// A chain as it stands in the file.
#[derive(Serialize)]
struct Row {
    name: String,
    lines: Vec<Line>,
    breaks_off: bool,
    head: String,
    without_head: Verdict,
    with_head: Verdict,
}

#[derive(Serialize)]
pub struct File {
    good: Vec<String>,
    chains: Vec<Row>,
}

/// A chain with its verdicts.
pub struct Case {
    pub name: String,
    pub bodies: Vec<Vec<u8>>,
    /// Whether the last line has no LF.
    pub breaks_off: bool,
    pub head: String,
    pub without_head: Verdict,
    pub with_head: Verdict,
}

impl Case {
    /// The bytes of the export.
    pub fn export(&self) -> Vec<u8> {
        let mut bytes = crate::story::log::export(&self.bodies);
        if self.breaks_off {
            bytes.pop();
        }
        bytes
    }
}

/// The root over these bodies, by definition.
pub fn root(bodies: &[Vec<u8>]) -> Hash {
    match bodies {
        [] => Hash::digest(b""),
        [one] => Hash::entry(one),
        _ => {
            let (left, right) = bodies.split_at(bodies.len().next_power_of_two() / 2);
            Hash::node(&root(left), &root(right))
        }
    }
}

pub fn head_of(bodies: &[Vec<u8>]) -> String {
    head(ORIGIN, bodies.len() as u64, root(bodies))
}

fn line(body: &[u8], good: &[Vec<u8>]) -> Line {
    if let Some(i) = good.iter().position(|b| b == body) {
        return Line::Good(i + 1);
    }
    if body.len() > 60_000 && body.iter().all(|b| *b == body[0]) {
        return Line::Repeat { repeat: char::from(body[0]), times: body.len() };
    }
    std::str::from_utf8(body).map_or_else(|_| Line::Hex { hex: hex(body) }, |text| Line::Text(text.to_owned()))
}

/// The cases as they stand in the file.
pub fn file(cases: &[Case]) -> File {
    let good = whole(&STORY);
    let row = |case: &Case| Row {
        name: case.name.clone(),
        lines: case.bodies.iter().map(|body| line(body, &good)).collect(),
        breaks_off: case.breaks_off,
        head: case.head.clone(),
        without_head: case.without_head.clone(),
        with_head: case.with_head.clone(),
    };
    let chains = cases.iter().map(row).collect();
    File { good: good.into_iter().map(|b| String::from_utf8(b).expect("written as text")).collect(), chains }
}

//! T01 and T02: single events whose bytes were changed, with nothing else made to fit.

use super::ground::{Ground, Holding};
use super::{Attack, Case};
use crate::forged::chained;
use proto::{Event, Fact};

pub const ATTACKS: [Attack; 2] = [
    Attack {
        id: "T01",
        by: "D",
        what: "flip a bit of each field of a body, and of each copied column",
        evidence: "none",
        run: flipped_bits,
    },
    Attack { id: "T02", by: "D", what: "change bytes but not the meaning", evidence: "none", run: respelled },
];

impl Ground {
    /// The position of a self-score about the middle of the log that claims 0.2 points.
    pub fn scored(&self) -> u64 {
        let middle = self.bodies.len() / 2;
        let fits = |body: &Vec<u8>| String::from_utf8_lossy(body).contains("\"claimed\":\"0.2\"");
        let found = self.bodies[middle..].iter().position(fits).expect("there are many");
        (middle + found + 1) as u64
    }

    /// The body at a position as text.
    pub fn body(&self, position: u64) -> String {
        String::from_utf8(self.bodies[usize::try_from(position - 1).expect("small")].clone()).expect("text")
    }

    /// Both verifiers, of whom each must name a position.
    pub fn both_name(&self, done: impl Into<String>, copy: &crate::folder::Folder, position: u64) -> Case {
        let place = format!("position {position}:");
        let inspector = self.inspected(copy, Holding::Nothing).at(place.clone());
        Case::new(done, vec![inspector, self.independent(copy, Holding::Nothing).at(place)]).named()
    }

    /// The inspector alone, who must name a place.
    pub fn inspector_names(&self, done: impl Into<String>, copy: &crate::folder::Folder, place: &str) -> Case {
        Case::new(done, vec![self.inspected(copy, Holding::Nothing).at(place)])
    }

    /// A copy in which a score says something else, as if it had always said so: every link, column and root fits.
    pub fn rewritten_from(&self, position: u64) -> crate::folder::Folder {
        self.rewritten_whole(&chained(self.with_other_words(&[position])))
    }

    /// The events, of which the self-scores at some positions have another explanation, and commands that fit it.
    pub fn with_other_words(&self, positions: &[u64]) -> Vec<Event> {
        let mut events = self.events();
        for position in positions {
            let event = &mut events[usize::try_from(position - 1).expect("small")];
            let Fact::SelfScored(score) = &mut event.fact else { panic!("#{position} is no self-score") };
            score.explanation = "Đã bổ sung sau".to_owned();
            let (_, asked) = event.asked();
            event.envelope.command.digest = proto::Command::new(asked.id, asked.acting, asked.act).digest;
        }
        events
    }
}

fn flipped_bits(ground: &Ground) -> Vec<Case> {
    let p = ground.scored();
    let body = ground.body(p).into_bytes();
    let mut cases: Vec<Case> = values(&body)
        .into_iter()
        .map(|(field, at)| {
            let mut flipped = body.clone();
            flipped[at] ^= 1;
            ground.both_name(format!("a bit of {field}"), &ground.with_body(p, &flipped), p)
        })
        .collect();
    let event = Event::decode(&body).expect("an event");
    let e = &event.envelope;
    let flip = |text: &str| {
        let mut bytes = text.as_bytes().to_vec();
        *bytes.last_mut().expect("it is not empty") ^= 1;
        format!("'{}'", String::from_utf8(bytes).expect("ASCII"))
    };
    let mut hash = proto::Hash::entry(&body).0;
    hash[7] ^= 1;
    let columns = [
        ("position", (p ^ (1 << 40)).to_string()),
        ("stream", flip(&e.stream.to_string())),
        ("version", (e.version ^ (1 << 20)).to_string()),
        ("id", flip(e.id.as_str())),
        ("command", flip(e.command.id.as_str())),
        ("kind", flip(event.fact.kind())),
        ("at", flip(&e.at.to_string())),
        ("hash", format!("x'{}'", proto::Hash(hash))),
    ];
    for (column, value) in columns {
        let copy = ground.after([format!("UPDATE events SET {column} = {value} WHERE position = {p}")]);
        let case = ground.inspector_names(format!("a bit of the column {column}"), &copy, &format!("position {p}:"));
        cases.push(case.named());
    }
    cases
}

/// Every value of a body that is no object and no list, by its key, and a byte about its middle.
fn values(body: &[u8]) -> Vec<(String, usize)> {
    let (mut found, mut at, mut key) = (Vec::new(), 0, String::new());
    while at < body.len() {
        let start = at;
        match body[at] {
            b'"' => {
                at += 1;
                while body[at] != b'"' {
                    at += if body[at] == b'\\' { 2 } else { 1 };
                }
                let text = &body[start + 1..at];
                at += 1;
                if body.get(at) == Some(&b':') {
                    key = String::from_utf8_lossy(text).into_owned();
                } else if text.is_ascii() && !text.is_empty() && !text.contains(&b'\\') {
                    found.push((key.clone(), start + 1 + text.len() / 2));
                }
            }
            b'0'..=b'9' => {
                while body[at].is_ascii_digit() {
                    at += 1;
                }
                found.push((key.clone(), at - 1));
            }
            _ => at += 1,
        }
    }
    found
}

fn respelled(ground: &Ground) -> Vec<Case> {
    let p = ground.scored();
    let body = ground.body(p);
    let (actor, rest) = body.split_once(",\"at\":").expect("a body");
    let (at, rest) = rest.split_once(',').expect("a body");
    let other_order = format!("{{\"at\":{at},{},{rest}", &actor[1..]);
    let once = |from: &str, to: &str| body.replacen(from, to, 1);
    let position = format!("\"position\":{p}");
    let spelled = [
        ("0.2 as 0.20", once("\"claimed\":\"0.2\"", "\"claimed\":\"0.20\"")),
        ("0.2 as .2", once("\"claimed\":\"0.2\"", "\"claimed\":\".2\"")),
        ("a string as a number", once("\"claimed\":\"0.2\"", "\"claimed\":0.2")),
        ("keys in another order", other_order),
        ("a key twice", once("\"revision\":", "\"revision\":0,\"revision\":")),
        ("a space behind a brace", once("{\"actor\"", "{ \"actor\"")),
        ("a space behind a colon", once("\"revision\":", "\"revision\": ")),
        ("a tab at the end", format!("{body}\t")),
        ("an escape for a letter", once("\"self_scored\"", "\"\\u0073elf_scored\"")),
        ("2^53 + 1", once("\"revision\":0", "\"revision\":9007199254740993")),
        ("0 as -0", once("\"revision\":0", "\"revision\":-0")),
        ("0 as 0.0", once("\"revision\":0", "\"revision\":0.0")),
        ("0 as 0e0", once("\"revision\":0", "\"revision\":0e0")),
        ("a position as a float", once(&position, &format!("{position}.0"))),
        ("a member that is null", once("\"revision\":", "\"nothing\":null,\"revision\":")),
        ("a byte order mark", format!("\u{feff}{body}")),
    ];
    spelled
        .into_iter()
        .map(|(what, other)| {
            assert_ne!(other, body, "{what} changes something");
            ground.both_name(what, &ground.with_body(p, other.as_bytes()), p)
        })
        .collect()
}

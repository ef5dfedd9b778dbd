//! `vectors/notes.json`: keys, policies, signed checkpoints and receipts, good ones and bad ones, each with its verdict.
//! The secret keys are of numbers that anyone can count up to: nothing that they sign is worth anything.

#[path = "notes/cosigned.rs"]
mod cosigned;
#[path = "notes/keys.rs"]
mod keys;
#[path = "notes/receipts.rs"]
mod receipts;
#[path = "notes/signed.rs"]
mod signed;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proto::checkpoint::Checkpoint;
use proto::note::{KeyKind, KeyName, NoteSigner};
use proto::tree::TreeHead;
use serde::Serialize;

use crate::proofs;

/// The log's name and its checkpoint's size.
const ORIGIN: &str = crate::story::log::ORIGIN;
const SIZE: u64 = 100;
/// The entry that the receipts are about.
const INDEX: u64 = 41;
/// When the witnesses cosign, in seconds since 1970.
const TIME: u64 = 1_679_315_147;

#[derive(Serialize)]
pub struct File {
    pub keys: Vec<KeyCase>,
    /// The policies by which notes and receipts are judged.
    pub policies: BTreeMap<&'static str, String>,
    pub bad_policies: Vec<PolicyCase>,
    pub notes: Vec<NoteCase>,
    pub receipts: Vec<ReceiptCase>,
}

/// A key as it is handed round.
#[derive(Serialize)]
pub struct KeyCase {
    pub name: String,
    pub key: String,
    pub good: bool,
}

/// A policy that is none.
#[derive(Serialize)]
pub struct PolicyCase {
    pub name: &'static str,
    pub policy: String,
}

/// A signed checkpoint, judged by one of the policies.
#[derive(Serialize)]
pub struct NoteCase {
    pub name: String,
    pub policy: &'static str,
    pub note: Vec<Part>,
    pub verdict: Verdict,
}

/// A receipt of the entry whose bytes are `event`.
#[derive(Serialize)]
pub struct ReceiptCase {
    pub name: String,
    pub policy: &'static str,
    pub event: String,
    pub receipt: Vec<Part>,
    pub verdict: Verdict,
}

/// A stretch of a note: as it stands, as bytes in hexadecimal, or many times.
#[derive(Serialize, Clone)]
#[serde(untagged)]
pub enum Part {
    Text(String),
    Hex { hex: String },
    Repeat { repeat: String, times: usize },
}

/// What is found.
#[derive(Debug, Serialize, Clone, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The log signed it.
    Believed(Believed),
    /// It is no note, receipt or checkpoint, or one that must not be believed.
    Refused(bool),
}

/// What a good one says.
#[derive(Debug, Serialize, Clone, PartialEq, Eq)]
pub struct Believed {
    pub size: u64,
    pub extensions: Vec<String>,
    /// How many keys of the log signed it.
    pub signed: usize,
    /// Who cosigned it, by the policy's names, and when.
    pub cosigned: Vec<(String, u64)>,
    pub quorum_met: bool,
}

pub fn bytes(parts: &[Part]) -> Vec<u8> {
    let one = |part: &Part| match part {
        Part::Text(text) => text.clone().into_bytes(),
        Part::Hex { hex } => {
            let digits = hex.as_bytes().as_chunks::<2>().0;
            let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16);
            digits.iter().map(|pair| byte(pair).expect("hexadecimal")).collect()
        }
        Part::Repeat { repeat, times } => repeat.repeat(*times).into_bytes(),
    };
    parts.iter().flat_map(one).collect()
}

fn signer(name: &str, kind: KeyKind, seed: u8) -> NoteSigner {
    NoteSigner::new(KeyName::parse(name).expect("a name"), kind, &[seed; 32]).expect("a key")
}

/// The log's key and the one that follows it, and three witnesses.
struct People {
    log: NoteSigner,
    next: NoteSigner,
    other_log: NoteSigner,
    witnesses: [NoteSigner; 3],
}

impl People {
    fn all() -> Self {
        let witness = |i: u8| signer(&format!("witness.example/w{i}"), KeyKind::Witness, 10 + i);
        Self {
            log: signer(ORIGIN, KeyKind::Log, 1),
            next: signer(ORIGIN, KeyKind::Log, 2),
            other_log: signer("parindex.example/training/2023", KeyKind::Log, 3),
            witnesses: [witness(1), witness(2), witness(3)],
        }
    }

    fn policies(&self) -> BTreeMap<&'static str, String> {
        let log = format!("log {}\n", self.log.key());
        let known: Vec<String> =
            self.witnesses.iter().enumerate().map(|(i, w)| format!("witness w{} {}\n", i + 1, w.key())).collect();
        BTreeMap::from([
            ("alone", format!("{log}quorum none\n")),
            ("rotating", format!("{log}log {}\nquorum none\n", self.next.key())),
            ("another", format!("log {}\nquorum none\n", self.other_log.key())),
            ("both", format!("{log}log {}\nquorum none\n", self.other_log.key())),
            ("w1", format!("{log}{}quorum w1\n", known[0])),
            ("two of three", format!("{log}\n# Three.\n{}group g 2 w1 w2 w3\nquorum g\n", known.concat())),
            ("nested", format!("{log}{}\tgroup  a any w1 w2 \ngroup b all a w3\nquorum b\n", known.concat())),
        ])
    }
}

fn head(size: u64) -> TreeHead {
    proofs::tree().head(size)
}

fn text() -> String {
    Checkpoint::new(ORIGIN, head(SIZE)).to_string()
}

/// A signature line of anyone, of bytes as they are.
fn line(name: &str, bytes: &[u8]) -> String {
    format!("\u{2014} {name} {}\n", STANDARD.encode(bytes))
}

/// A line in which the log's key has given these bytes as its signature.
fn by_log(people: &People, signature: &[u8]) -> String {
    line(ORIGIN, &[&people.log.key().id(), signature].concat())
}

const REFUSED: Verdict = Verdict::Refused(true);

/// What a checkpoint of the usual size says if these witnesses cosigned it at the usual time.
fn believed(cosigned: &[&str], quorum_met: bool) -> Verdict {
    let cosigned = cosigned.iter().map(|name| ((*name).to_owned(), TIME)).collect();
    Verdict::Believed(Believed { size: SIZE, extensions: Vec::new(), signed: 1, cosigned, quorum_met })
}

/// What a checkpoint of another size says, or with further lines.
fn log_says(size: u64, extensions: &[&str]) -> Verdict {
    let extensions = extensions.iter().map(|line| (*line).to_owned()).collect();
    Verdict::Believed(Believed { size, extensions, signed: 1, cosigned: Vec::new(), quorum_met: true })
}

pub fn file() -> File {
    let people = People::all();
    File {
        keys: keys::keys(&people),
        policies: people.policies(),
        bad_policies: keys::bad_policies(&people),
        notes: signed::notes(&people),
        receipts: receipts::receipts(&people),
    }
}

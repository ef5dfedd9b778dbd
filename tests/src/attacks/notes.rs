//! T30 to T34 and T37: checkpoints, cosignatures, keys and policies that are not what they say.

use std::path::PathBuf;

use proto::note::{Key, KeyKind, Note, NoteSigner, SIGNATURES_MAX};
use proto::policy::Policy;

use super::ground::Ground;
use super::verifiers::{Verdict, run_python};
use super::{Attack, Case};
use crate::grown::key;

pub const ATTACKS: [Attack; 6] = [
    Attack { id: "T30", by: "R", what: "checkpoints that are no good notes", evidence: "the policy", run: spoiled },
    Attack {
        id: "T31",
        by: "R",
        what: "cosignatures as a log's, a log's as cosignatures, times, one key twice",
        evidence: "the policy",
        run: cosignatures,
    },
    Attack { id: "T32", by: "R", what: "weak and non-canonical keys and points", evidence: "the policy", run: weak },
    Attack { id: "T33", by: "S", what: "the policy's file exchanged", evidence: "the policy", run: policies },
    Attack { id: "T34", by: "R", what: "data that name another algorithm", evidence: "the policy", run: algorithms },
    Attack { id: "T37", by: "W", what: "one of three witnesses signs anything", evidence: "the policy", run: one_liar },
];

/// When somebody cosigned: a moment in 2022, in seconds since 1970.
pub const THEN: u64 = 1_667_500_000;
/// The identity's one encoding, and the same with a field element that is not reduced: the points of which every signature
/// would verify (Chalkias and others, Taming the many EdDSAs, 2020).
const WEAK: [(&str, [u8; 32]); 4] = [
    ("the identity", low(1, 0)),
    ("a point of order 4", low(0, 0)),
    ("the identity, its sign set", low(1, 0x80)),
    ("a point that is not reduced", {
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (0xee, 0x7f);
        bytes
    }),
];

const fn low(first: u8, last: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    (bytes[0], bytes[31]) = (first, last);
    bytes
}

impl Ground {
    fn kept_text(&self) -> String {
        std::fs::read_to_string(self.kept_file(1)).expect("reads")
    }

    /// What both verifiers say of a checkpoint's file under a policy, of which a quorum may be wanted.
    fn checkpoint_refused(&self, done: &str, note: &[u8], policy: &str) -> Case {
        let files: [PathBuf; 2] = ["spoiled.checkpoint", "spoiled.policy"].map(|name| self.folder.beside(name));
        std::fs::write(&files[0], note).expect("writes");
        std::fs::write(&files[1], policy).expect("writes");
        let ours = Verdict::of("policy", || refusal(note, policy));
        let arguments = [PathBuf::from("--checkpoint"), files[0].clone(), PathBuf::from("--policy"), files[1].clone()];
        Case::new(done, vec![ours, run_python(&arguments)])
    }

    fn own_policy(&self) -> String {
        std::fs::read_to_string(self.policy_file()).expect("reads")
    }
}

fn refusal(note: &[u8], policy: &str) -> Option<String> {
    let policy = match Policy::parse(policy) {
        Ok(policy) => policy,
        Err(bad) => return Some(bad.to_string()),
    };
    let believed = Note::parse(note).map_err(|bad| bad.to_string());
    match believed.and_then(|note| policy.open(&note).map_err(|bad| bad.to_string())) {
        Ok(believed) if believed.quorum_met => None,
        Ok(_) => Some("the quorum is not met".to_owned()),
        Err(bad) => Some(bad),
    }
}

fn spoiled(ground: &Ground) -> Vec<Case> {
    let (text, policy) = (ground.kept_text(), ground.own_policy());
    assert!(!ground.checkpoint_refused("nothing", text.as_bytes(), &policy).is_detected(), "the good one holds");
    let size = ground.sizes[1].to_string();
    let sized = |to: &str| text.replacen(&format!("\n{size}\n"), &format!("\n{to}\n"), 1);
    let (body, signature) = text.split_once("\n\n").expect("a note");
    let root = body.lines().nth(2).expect("a root");
    let (name, encoded) = signature.rsplit_once(' ').expect("a line");
    let bad_line = format!("{name} {}{}", if encoded.starts_with('A') { "B" } else { "A" }, &encoded[1..]);
    let other = key("other.example", KeyKind::Log, 9);
    let unknown = Note::parse(text.as_bytes()).expect("a note");
    let mut beside = Note::new(unknown.text().to_owned()).expect("a text");
    beside.push(other.sign(unknown.text(), 0)).expect("room");
    let middle = signature.len() - 20;
    let altered = format!(
        "{}{}{}",
        &signature[..middle],
        if &signature[middle..=middle] == "A" { "B" } else { "A" },
        &signature[middle + 1..]
    );
    let cases = [
        ("no final newline", text.trim_end().to_owned()),
        ("CRLF", text.replace('\n', "\r\n")),
        ("two blank lines", text.replacen("\n\n", "\n\n\n", 1)),
        ("size 01", sized(&format!("0{size}"))),
        ("size +5", sized("+5")),
        ("size 2^64", sized("18446744073709551616")),
        ("size with a space", sized(&format!("{size} "))),
        ("another size", sized("7")),
        ("a root without its padding", text.replacen(root, root.trim_end_matches('='), 1)),
        ("a root whose last bits are not zero", text.replacen(root, &loose(root), 1)),
        ("a signature in base64 of another form", format!("{body}\n\n{}\n", loose(signature.trim_end()))),
        ("more signatures than are read", text.clone() + &signature.repeat(SIGNATURES_MAX)),
        ("1 MB", format!("{}\n{text}", "x".repeat(1 << 20))),
        ("the same key twice", text.clone() + signature),
        ("the same key twice, once badly", text.clone() + &altered),
        ("the same key badly, then well", format!("{body}\n\n{altered}{signature}")),
        (
            "a known key badly beside an unknown one",
            format!("{body}\n\n{altered}{}", beside.to_string().split_once("\n\n").expect("a note").1),
        ),
        ("the right name and another id", format!("{body}\n\n{bad_line}")),
        ("an unknown key alone", beside.to_string()),
        ("a homoglyph in the origin", text.replacen("test.example", "t\u{435}st.example", 1)),
        ("a line slipped in behind the root", text.replacen("\n\n", "\nextension\n\n", 1)),
        ("no signature", format!("{body}\n\n")),
        ("nothing", String::new()),
        ("a zero byte", text.replacen("\n\n", "\u{0}\n\n", 1)),
    ];
    let refuse = |(what, note): (&str, String)| {
        assert_ne!(note, text, "{what} changes something");
        ground.checkpoint_refused(what, note.as_bytes(), &policy)
    };
    cases.into_iter().map(refuse).collect()
}

/// The same bytes in base64 that ends in one `=`, with a last letter whose unused bits are not zero.
fn loose(text: &str) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (rest, last) = text.strip_suffix('=').expect("it ends so").split_at(text.len() - 2);
    let at = LETTERS.find(last).expect("a letter of base64");
    format!("{rest}{}=", &LETTERS[at + 1..at + 2])
}

/// A policy of the log and of witnesses, all of whom must have cosigned.
pub fn all_of(ground: &Ground, witnesses: &[(&str, String)]) -> String {
    let mut policy = format!("log {}\n", ground.key());
    let mut group = format!("group all {}", witnesses.len());
    for (name, key) in witnesses {
        policy.push_str(&format!("witness {name} {key}\n"));
        group.push_str(&format!(" {name}"));
    }
    policy + &group + "\nquorum all\n"
}

pub fn cosigned_by(ground: &Ground, witness: &NoteSigner, time: u64) -> Note {
    let mut note = Note::parse(ground.kept_text().as_bytes()).expect("a note");
    note.push(witness.sign(note.text(), time)).expect("room");
    note
}

fn cosignatures(ground: &Ground) -> Vec<Case> {
    let witness = key("w.example", KeyKind::Witness, 7);
    let policy = all_of(ground, &[("w", witness.key().to_string())]);
    let good = cosigned_by(ground, &witness, THEN);
    let refuse =
        |what: &str, note: &Note, policy: &str| ground.checkpoint_refused(what, note.to_string().as_bytes(), policy);
    assert!(!refuse("nothing", &good, &policy).is_detected(), "the good one holds");
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut line = good.signatures()[1].clone();
        change(&mut line.signature);
        let mut note = Note::parse(ground.kept_text().as_bytes()).expect("a note");
        note.push(line).expect("room");
        note
    };
    // The witness's key as if it were a log's signs the checkpoint itself, and the log's as if it were a witness's cosigns it.
    let as_log = key("w.example", KeyKind::Log, 7);
    let mut plain = Note::parse(ground.kept_text().as_bytes()).expect("a note");
    let mut line = as_log.sign(plain.text(), 0);
    line.id = witness.key().id();
    plain.push(line).expect("room");
    let mut only = Note::new(good.text().to_owned()).expect("a text");
    only.push(good.signatures()[1].clone()).expect("room");
    let twice = all_of(
        ground,
        &[("w", witness.key().to_string()), ("v", key("v.example", KeyKind::Witness, 7).key().to_string())],
    );
    let mut both = cosigned_by(ground, &witness, THEN);
    both.push(key("v.example", KeyKind::Witness, 7).sign(both.text(), THEN)).expect("room");
    vec![
        refuse("a log's signature as a cosignature", &plain, &policy),
        refuse("a cosignature as the log's", &only, &policy),
        refuse("time 0", &with(&|s| s[..8].fill(0)), &policy),
        refuse("a time over 2^63-1", &with(&|s| s[0] |= 0x80), &policy),
        refuse("another time than was signed", &with(&|s| s[7] ^= 1), &policy),
        refuse("a cosignature that breaks off", &with(&|s| s.truncate(s.len() - 1)), &policy),
        refuse("one key under two names toward two of two", &both, &twice),
    ]
}

fn weak(ground: &Ground) -> Vec<Case> {
    let text = ground.kept_text();
    let mut cases: Vec<Case> = WEAK
        .into_iter()
        .map(|(what, bytes)| {
            let policy = format!("log {}\nquorum none\n", verifier_key(ground.origin.as_str(), 0x01, &bytes));
            ground.checkpoint_refused(what, text.as_bytes(), &policy)
        })
        .collect();
    // A signature whose point R is of small order, and one whose scalar is not reduced: adding the group's order to it.
    let note = Note::parse(text.as_bytes()).expect("a note");
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut line = note.signatures()[0].clone();
        change(&mut line.signature);
        let mut spoiled = Note::new(note.text().to_owned()).expect("a text");
        spoiled.push(line).expect("room");
        spoiled.to_string()
    };
    let policy = ground.own_policy();
    for (what, bytes) in WEAK {
        let spoiled = with(&|s| s[..32].copy_from_slice(&bytes));
        cases.push(ground.checkpoint_refused(&format!("R: {what}"), spoiled.as_bytes(), &policy));
    }
    let malleable = with(&|s| add_order(&mut s[32..]));
    cases.push(ground.checkpoint_refused("a scalar beyond the order", malleable.as_bytes(), &policy));
    cases
}

/// Adds the order of the base point (RFC 8032, 5.1) to a scalar, which then says the same and is another signature.
fn add_order(scalar: &mut [u8]) {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0;
    for (byte, order) in scalar.iter_mut().zip(ORDER) {
        carry += u16::from(*byte) + u16::from(order);
        *byte = carry.to_le_bytes()[0];
        carry >>= 8;
    }
}

/// A verifier key as it is handed round, of any bytes and any algorithm (C2SP signed-note).
fn verifier_key(name: &str, algorithm: u8, bytes: &[u8]) -> String {
    let encoded = [&[algorithm], bytes].concat();
    let id = proto::Hash::digest(&[name.as_bytes(), b"\n", &encoded].concat());
    let hex = String::from_utf8(id.hex()[..8].to_vec()).expect("ASCII");
    format!("{name}+{hex}+{}", base64(&encoded))
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn policies(ground: &Ground) -> Vec<Case> {
    let text = ground.kept_text();
    let same_name = key(ground.origin.as_str(), KeyKind::Log, 3);
    let other = key("log.example/other", KeyKind::Log, 3);
    let witness = key("w.example", KeyKind::Witness, 7);
    let of = |key: &Key| format!("log {key}\nquorum none\n");
    let cases = [
        ("another key of the log's name", of(same_name.key())),
        ("another log", of(other.key())),
        ("a witness's key as the log's", of(witness.key())),
        ("a witness who has not cosigned", all_of(ground, &[("w", witness.key().to_string())])),
        ("no log", "quorum none\n".to_owned()),
        ("a quorum of nobody who is named", format!("log {}\nquorum w\n", ground.key())),
        ("nothing", String::new()),
    ];
    cases.into_iter().map(|(what, policy)| ground.checkpoint_refused(what, text.as_bytes(), &policy)).collect()
}

fn algorithms(ground: &Ground) -> Vec<Case> {
    let (text, policy) = (ground.kept_text(), ground.own_policy());
    let (p, own) = (ground.scored(), ground.key());
    let named = |algorithm| format!("log {}\nquorum none\n", verifier_key(own.name().as_str(), algorithm, own.bytes()));
    let mut cases: Vec<Case> = [0x00, 0x02, 0x04, 0x05, 0x06, 0xff]
        .into_iter()
        .map(|algorithm| {
            ground.checkpoint_refused(&format!("a key of type {algorithm:#04x}"), text.as_bytes(), &named(algorithm))
        })
        .collect();
    let algorithm = text.replacen("\n\n", "\nalgorithm none\n\n", 1);
    cases.push(ground.checkpoint_refused("a line that names one", algorithm.as_bytes(), &policy));
    let body = ground.body(p);
    let edits = [
        ("a body of another version", body.replacen("\"v\":1", "\"v\":2", 1)),
        ("a body that names one", body.replacen("{\"actor\"", "{\"a\":\"md5\",\"actor\"", 1)),
    ];
    for (what, other) in edits {
        assert_ne!(other, body, "{what} changes something");
        cases.push(ground.both_name(what, &ground.with_body(p, other.as_bytes()), p));
    }
    cases
}

fn one_liar(ground: &Ground) -> Vec<Case> {
    let three = [1, 2, 3].map(|seed| key(&format!("w{seed}.example"), KeyKind::Witness, seed));
    let mut policy = format!("log {}\n", ground.key());
    for (i, witness) in three.iter().enumerate() {
        policy.push_str(&format!("witness w{i} {}\n", witness.key()));
    }
    policy.push_str("group all 2 w0 w1 w2\nquorum all\n");
    let liar = &three[0];
    let mut both = cosigned_by(ground, liar, THEN);
    both.push(three[1].sign(both.text(), THEN)).expect("room");
    let refuse = |what: &str, note: &Note| ground.checkpoint_refused(what, note.to_string().as_bytes(), &policy);
    assert!(!refuse("nothing", &both,).is_detected(), "two of three are enough");
    let mut twice = cosigned_by(ground, liar, THEN);
    twice.push(liar.sign(twice.text(), THEN + 1)).expect("room");
    let mut as_other = cosigned_by(ground, liar, THEN);
    let mut line = liar.sign(as_other.text(), THEN);
    (line.name, line.id) = (three[1].key().name().clone(), three[1].key().id());
    as_other.push(line).expect("room");
    vec![
        refuse("he alone", &cosigned_by(ground, liar, THEN)),
        refuse("he twice", &twice),
        refuse("he in another's name", &as_other),
    ]
}

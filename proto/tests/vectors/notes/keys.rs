//! Keys and policies, good ones and bad ones.
//! The bad ones are bad for one reason each, which is their name.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proto::Hash;
use proto::note::KeyKind;

use super::{KeyCase, ORIGIN, People, PolicyCase, signer};
use crate::curve;

fn key_text(name: &str, typed: &[u8]) -> String {
    let id = Hash::digest(&[name.as_bytes(), b"\n", typed].concat()).0;
    let id = u32::from_be_bytes([id[0], id[1], id[2], id[3]]);
    format!("{name}+{id:08x}+{}", STANDARD.encode(typed))
}

pub fn keys(people: &People) -> Vec<KeyCase> {
    let mut cases = Vec::new();
    let mut add = |name: &str, good, key: String| cases.push(KeyCase { name: name.to_owned(), key, good });
    let log = people.log.key().to_string();
    let (id, point) = (log.split('+').nth(1).expect("an id").to_owned(), people.log.key().bytes());
    let typed = |kind: u8| [&[kind], point.as_slice()].concat();
    add("a log's key", true, log.clone());
    add("a witness's key", true, people.witnesses[0].key().to_string());
    add("the key in the documentation of Go's note package", true, PETER.to_owned());
    add("a name beyond ASCII", true, key_text("nhật-ký.example", &typed(1)));
    add("another key's id", false, log.replacen(&id, "00000000", 1));
    add("an id in capital letters", false, log.replacen(&id, &id.to_uppercase(), 1));
    add("an id of seven digits", false, log.replacen(&id, &id[1..], 1));
    add("an id of nine digits", false, log.replacen(&id, &format!("0{id}"), 1));
    add("no name", false, key_text("", &typed(1)));
    add("a name with a space", false, key_text("a b", &typed(1)));
    add("a name with a space that is not ASCII", false, key_text("a\u{3000}b", &typed(1)));
    add("no id", false, log.replacen(&format!("{id}+"), "", 1));
    add("nothing", false, String::new());
    add("a secret key", false, people.log.secret());
    add("a line feed at the end", false, log.clone() + "\n");
    add("base64 with a digit too many", false, log.trim_end_matches('=').to_owned() + "A");
    for kind in [0x00, 0x02, 0x03, 0x05, 0x06, 0xff] {
        add(&format!("of type {kind:02x}"), false, key_text(ORIGIN, &typed(kind)));
    }
    add("of 31 bytes", false, key_text(ORIGIN, &typed(1)[..32]));
    add("of 33 bytes", false, key_text(ORIGIN, &[typed(1).as_slice(), &[0]].concat()));
    add("of no bytes", false, key_text(ORIGIN, &[1]));
    add("of 1312 bytes", false, key_text(ORIGIN, &[&[6][..], &[0x11; 1312]].concat()));
    let mut no_point = *point;
    // y = 2 has no x: 3 / (4 d + 1) is no square.
    no_point.fill(0);
    no_point[0] = 2;
    add("no point of the curve", false, key_text(ORIGIN, &[&[1], no_point.as_slice()].concat()));
    for (i, bytes) in curve::small_order().iter().enumerate() {
        add(&format!("small order {i}"), false, key_text(ORIGIN, &[&[1], bytes.as_slice()].concat()));
        add(&format!("small order {i}, a witness's"), false, key_text(ORIGIN, &[&[4], bytes.as_slice()].concat()));
    }
    for (i, (bytes, small)) in curve::second_spellings().iter().enumerate() {
        let of = if *small { " of small order" } else { "" };
        add(&format!("second spelling {i}{of}"), false, key_text(ORIGIN, &[&[1], bytes.as_slice()].concat()));
    }
    cases
}

/// From the documentation of golang.org/x/mod/sumdb/note.
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

pub fn bad_policies(people: &People) -> Vec<PolicyCase> {
    let log = format!("log {}\n", people.log.key());
    let [w1, w2, _] = people.witnesses.each_ref().map(|w| w.key().to_string());
    let twin = signer("elsewhere.example/w1", KeyKind::Witness, 11).key().to_string();
    let same_bytes = signer(ORIGIN, KeyKind::Log, 11).key().to_string();
    let two = format!("{log}witness w1 {w1}\nwitness w2 {w2}\n");
    [
        ("no quorum", two.clone()),
        ("two quorums", format!("{two}quorum w1\nquorum w2\n")),
        ("a quorum of nobody who is named", format!("{two}quorum w3\n")),
        ("a quorum before its name", format!("quorum w1\n{two}")),
        ("one key under two names", format!("{two}witness w3 {twin}\ngroup g 2 w1 w3\nquorum g\n")),
        ("one key as log and witness", format!("{two}log {same_bytes}\nquorum w1\n")),
        ("a log twice", format!("{log}{log}quorum none\n")),
        ("a witness twice", format!("{two}witness w3 {w1}\nquorum w1\n")),
        ("a name twice", format!("{two}group w1 any w2\nquorum w1\n")),
        ("a witness named none", format!("{log}witness none {w1}\nquorum none\n")),
        ("a member that is none", format!("{two}group g any none w1\nquorum g\n")),
        ("a member twice", format!("{two}group g 2 w1 w1\nquorum g\n")),
        ("a member of two groups", format!("{two}group g any w1\ngroup h any w1 w2\nquorum h\n")),
        ("a member that is counted again", format!("{two}group g any w1\ngroup h 2 g w1\nquorum h\n")),
        ("a group of itself", format!("{two}group g any g\nquorum g\n")),
        ("a group of nobody", format!("{two}group g any\nquorum g\n")),
        ("none of two", format!("{two}group g 0 w1 w2\nquorum g\n")),
        ("three of two", format!("{two}group g 3 w1 w2\nquorum g\n")),
        ("01 of two", format!("{two}group g 01 w1 w2\nquorum g\n")),
        ("+1 of two", format!("{two}group g +1 w1 w2\nquorum g\n")),
        ("a log's key for a witness's", format!("witness w1 {}\nquorum w1\n", people.log.key())),
        ("a witness's key for a log's", format!("log {w1}\nquorum none\n")),
        ("a line of another word", format!("{two}monitor w1\nquorum none\n")),
        ("a word too many", format!("{two}quorum w1 w2\n")),
        ("a carriage return", format!("{two}quorum w1\r\n")),
        ("a NUL", format!("{two}# \0\nquorum w1\n")),
        ("a DEL", format!("{two}# \u{7f}\nquorum w1\n")),
    ]
    .map(|(name, policy)| PolicyCase { name, policy })
    .into()
}

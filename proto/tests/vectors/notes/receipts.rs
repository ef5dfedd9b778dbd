//! Receipts, good ones and bad ones, of one entry.
//! What is wrong is wrong in the file alone: the event and the log's key are the right ones but where the name says so.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proto::Hash;
use proto::checkpoint::Checkpoint;

use super::{INDEX, ORIGIN, Part, People, REFUSED, ReceiptCase, SIZE, TIME, Verdict, believed, log_says, text};
use crate::proofs;

pub fn receipts(people: &People) -> Vec<ReceiptCase> {
    let tree = proofs::tree();
    let note = |size: u64| {
        let text = Checkpoint::new(ORIGIN, tree.head(size)).to_string();
        format!("{text}\n{}", people.log.sign(&text, 0))
    };
    let hashes = |proof: &[Hash]| -> String { proof.iter().map(|hash| hash.base64() + "\n").collect() };
    let proof = tree.inclusion(INDEX, SIZE);
    let lines = hashes(&proof);
    let first = "c2sp.org/tlog-proof@v1\n";
    let good = format!("{first}index {INDEX}\n{lines}\n{}", note(SIZE));
    let mut cases = Vec::new();
    let mut add = |name: &str, receipt: Vec<Part>, verdict: Verdict| {
        let event = INDEX.to_string();
        cases.push(ReceiptCase { name: name.to_owned(), policy: "alone", event, receipt, verdict });
    };
    let mut taken = |name: &str, receipt: String| add(name, vec![Part::Text(receipt)], believed(&[], true));
    taken("a receipt", good.clone());
    taken("with extra data", good.replacen("index", "extra eyJhbGciOiJub25lIn0=\nindex", 1));
    taken("with extra data of no bytes", good.replacen("index", "extra \nindex", 1));
    let another = |size: u64| format!("{first}index {INDEX}\n{}\n{}", hashes(&tree.inclusion(INDEX, size)), note(size));
    add("of an older tree", vec![Part::Text(another(42))], log_says(42, &[]));
    let witnessed = good.clone() + &people.witnesses[0].sign(&text(), TIME).to_string();
    add("with a cosignature", vec![Part::Text(witnessed)], believed(&[], true));
    let index = format!("index {INDEX}\n");
    let with_index = |number: &str| good.replacen(&index, &format!("index {number}\n"), 1);
    let with_lines = |lines: &str| format!("{first}{index}{lines}\n{}", note(SIZE));
    let stranger = Hash::digest(b"no node of the tree");
    let rooted = tree.head(SIZE).root;
    let shortened = |cut: usize| STANDARD.encode(&proof[0].0[..cut]) + "\n" + &hashes(&proof[1..]);
    let longer = STANDARD.encode([&proof[0].0[..], &[0]].concat()) + "\n" + &hashes(&proof[1..]);
    let bad = [
        ("the index one higher", with_index("42")),
        ("the index one lower", with_index("40")),
        ("the index of no entry", with_index("100")),
        ("the index 2^63-1", with_index("9223372036854775807")),
        ("the index 2^64-1", with_index("18446744073709551615")),
        ("the index 2^64 + 41", with_index("18446744073709551657")),
        ("the index 041", with_index("041")),
        ("the index +41", with_index("+41")),
        ("the index -41", with_index("-41")),
        ("the index in two lines", with_index("4\n1")),
        ("no number", with_index("")),
        ("no index", good.replacen(&index, "", 1)),
        ("two spaces before the index", good.replacen("index ", "index  ", 1)),
        ("the index in capital letters", good.replacen("index", "INDEX", 1)),
        ("two indexes", good.replacen(&index, &format!("{index}{index}"), 1)),
        ("extra data behind the index", good.replacen(&index, &format!("{index}extra AAAA\n"), 1)),
        ("extra data twice", good.replacen("index", "extra AAAA\nextra AAAA\nindex", 1)),
        ("extra data in no base64", good.replacen("index", "extra {}\nindex", 1)),
        ("extra data whose last bits are not 0", good.replacen("index", "extra AAF=\nindex", 1)),
        ("extra without a space", good.replacen("index", "extra\nindex", 1)),
        ("another version", good.replacen("@v1", "@v2", 1)),
        ("another algorithm", good.replacen("@v1", "@v1 alg=none", 1)),
        ("no first line", good.replacen(first, "", 1)),
        ("a blank line before it", format!("\n{good}")),
        ("CRLF", good.replace('\n', "\r\n")),
        ("no final line feed", good.trim_end().to_owned()),
        ("no checkpoint", format!("{first}{index}{lines}\n")),
        ("no blank line", with_lines(&lines).replacen("\n\n", "\n", 1)),
        ("two blank lines", with_lines(&(lines.clone() + "\n"))),
        ("no proof", with_lines("")),
        ("a hash of no bytes", with_lines(&format!("\n{}", hashes(&proof[1..])))),
        ("a hash of 31 bytes", with_lines(&shortened(31))),
        ("a hash of 33 bytes", with_lines(&longer)),
        ("a hash in hexadecimal", with_lines(&format!("{}\n{}", proof[0], hashes(&proof[1..])))),
        ("a hash too few", with_lines(&hashes(&proof[1..]))),
        ("a hash too many", with_lines(&(lines.clone() + &hashes(&[stranger])))),
        ("another hash", with_lines(&hashes(&[&[stranger], &proof[1..]].concat()))),
        ("63 hashes", with_lines(&hashes(&[stranger; 63]))),
        ("64 hashes", with_lines(&hashes(&[stranger; 64]))),
        ("the proof of a later tree", with_lines(&hashes(&tree.inclusion(INDEX, tree.size())))),
        ("the present proof with an older checkpoint", format!("{first}{index}{lines}\n{}", note(99))),
        ("the present proof with a later checkpoint", format!("{first}{index}{lines}\n{}", note(101))),
        ("a proof of another entry", with_lines(&hashes(&tree.inclusion(INDEX + 1, SIZE)))),
        ("the root for a proof", with_lines(&hashes(&[rooted]))),
        ("another's checkpoint", good.replacen("\n100\n", "\n101\n", 1)),
        ("a checkpoint that nobody known signed", {
            format!("{first}{index}{lines}\n{}\n{}", text(), people.other_log.sign(&text(), 0))
        }),
    ];
    for (name, receipt) in bad {
        add(name, vec![Part::Text(receipt)], REFUSED);
    }
    let (before, behind) = good.split_at(first.len());
    for (name, times, verdict) in
        [("98,304 bytes of extra data", 32_768, believed(&[], true)), ("1 MB", 400_000, REFUSED)]
    {
        let extra = Part::Repeat { repeat: "AAAA".to_owned(), times };
        let parts = vec![Part::Text(format!("{before}extra ")), extra, Part::Text(format!("\n{behind}"))];
        add(name, parts, verdict);
    }
    let other = |event: String, name: &str| ReceiptCase {
        name: name.to_owned(),
        policy: "alone",
        event,
        receipt: vec![Part::Text(good.clone())],
        verdict: REFUSED,
    };
    cases.push(other("42".to_owned(), "another event"));
    cases.push(other("41 ".to_owned(), "an event with a space more"));
    cases.push(other(String::new(), "no event"));
    let same = ReceiptCase { policy: "another", ..other("41".to_owned(), "another log's policy") };
    cases.push(same);
    cases
}

//! The limits of what is read: at each of them it is read, and one beyond it is refused.
//! A parser that keeps to them holds no more than its input's size; none of them asks the input how much to hold.

use proto::Hash;
use proto::checkpoint::Checkpoint;
use proto::note::{BadNote, Key, KeyKind, NOTE_BYTES_MAX, Note, NoteSigner, SIGNATURES_MAX};
use proto::policy::{POLICY_BYTES_MAX, POLICY_LINES_MAX, Policy};
use proto::receipt::{RECEIPT_BYTES_MAX, Receipt};
use proto::tree::{CompactRange, PROOF_HASHES_MAX, TREE_SIZE_MAX, TreeHead};

use super::signer;

/// Whether all is to be gone through, and not a sample.
pub fn wide() -> bool {
    std::env::var_os("PARINDEX_FULL").is_some()
}

/// A text of so many bytes with a good signature under it.
fn note_of(text: String) -> String {
    let log = signer("log", KeyKind::Log, 1);
    let signature = log.sign(&text, 0);
    format!("{text}\n{signature}")
}

#[test]
fn a_note_has_at_most_so_many_bytes() {
    let around = note_of("\n".to_owned()).len() - 1;
    let at = note_of("x".repeat(NOTE_BYTES_MAX - around - 1) + "\n");
    assert_eq!(at.len(), NOTE_BYTES_MAX);
    let key = signer("log", KeyKind::Log, 1).key().clone();
    assert_eq!(Note::parse(at.as_bytes()).expect("a note").verify(&[key]).expect("signed").len(), 1);
    let beyond = note_of("x".repeat(NOTE_BYTES_MAX - around) + "\n");
    assert_eq!(Note::parse(beyond.as_bytes()), Err(BadNote::TooLong));
    assert_eq!(Note::new("x".repeat(NOTE_BYTES_MAX) + "\n"), Err(BadNote::TooLong));
}

#[test]
fn a_note_has_at_most_so_many_signatures() {
    let line = signer("a", KeyKind::Log, 2).sign("text\n", 0);
    let of = |count: usize| format!("text\n\n{}", line.to_string().repeat(count));
    let mut at = Note::parse(of(SIGNATURES_MAX).as_bytes()).expect("a note");
    assert_eq!(at.push(line.clone()), Err(BadNote::TooMany));
    assert_eq!(Note::parse(of(SIGNATURES_MAX + 1).as_bytes()), Err(BadNote::TooMany));
}

#[test]
fn a_key_has_a_name_of_at_most_255_bytes() {
    for (length, good) in [(255, true), (256, false)] {
        let key = signer("x", KeyKind::Log, 1).key().to_string();
        let named = proto::note::KeyName::parse(&"x".repeat(length));
        assert_eq!(named.is_ok(), good);
        let line = format!("\u{2014} {} {}", "x".repeat(length), "AAAAAAA=");
        assert_eq!(proto::note::NoteSignature::parse(&line).is_some(), good);
        if let Ok(name) = named {
            let long = NoteSigner::new(name, KeyKind::Log, &[1; 32]).expect("a key");
            assert_eq!(Key::parse(&long.key().to_string()).as_ref(), Ok(long.key()));
        }
        assert!(Key::parse(&key.replacen('x', &"x".repeat(length), 1)).is_err(), "the id is another's");
    }
}

#[test]
fn a_checkpoint_has_an_origin_of_at_most_255_bytes_and_16_lines_behind_the_root() {
    let head = TreeHead { size: TREE_SIZE_MAX, root: Hash::digest(b"any") };
    for (length, lines, good) in [(255, 0, true), (256, 0, false), (9, 16, true), (9, 17, false), (9, 10_000, false)] {
        let mut checkpoint = Checkpoint::new(&"o".repeat(length), head);
        checkpoint.extensions = vec!["x".to_owned(); lines];
        let read = Checkpoint::parse(&checkpoint.to_string());
        assert_eq!(read.is_ok(), good, "{length} {lines}");
    }
}

#[test]
fn a_receipt_has_at_most_63_hashes_and_so_many_bytes_of_extra_data() {
    let head = TreeHead { size: TREE_SIZE_MAX, root: Hash::digest(b"any") };
    let note = note_of(Checkpoint::new("log", head).to_string());
    let mut receipt = Receipt {
        extra: Some(vec![0; 98_304]),
        index: TREE_SIZE_MAX - 1,
        proof: vec![Hash::digest(b"any"); PROOF_HASHES_MAX],
        checkpoint: Note::parse(note.as_bytes()).expect("a note"),
    };
    assert_eq!(Receipt::parse(receipt.to_string().as_bytes()).as_ref(), Ok(&receipt));
    receipt.proof.push(Hash::digest(b"any"));
    assert!(Receipt::parse(receipt.to_string().as_bytes()).is_err());
    receipt.proof.clear();
    receipt.extra = Some(vec![0; 98_305]);
    assert!(Receipt::parse(receipt.to_string().as_bytes()).is_err());
    receipt.extra = None;
    receipt.index = TREE_SIZE_MAX;
    assert!(Receipt::parse(receipt.to_string().as_bytes()).is_err());
    let long = vec![b'\n'; RECEIPT_BYTES_MAX + 1];
    assert!(Receipt::parse(&long).is_err_and(|bad| bad.to_string().contains("too many bytes")));
}

/// The largest receipt that the rest of the limits allow must not be larger than its own.
#[test]
fn a_receipt_may_be_as_large_as_its_parts() {
    let head = TreeHead { size: TREE_SIZE_MAX, root: Hash::digest(b"any") };
    let mut text = Checkpoint::new(&"o".repeat(255), head).to_string();
    let around = note_of("\n".to_owned()).len() - 1;
    text += &("x".repeat(NOTE_BYTES_MAX - around - text.len() - 1) + "\n");
    let receipt = Receipt {
        extra: Some(vec![0; 98_304]),
        index: TREE_SIZE_MAX - 1,
        proof: vec![Hash::digest(b"any"); PROOF_HASHES_MAX],
        checkpoint: Note::parse(note_of(text).as_bytes()).expect("a note"),
    };
    assert!(receipt.to_string().len() <= RECEIPT_BYTES_MAX);
    assert_eq!(Receipt::parse(receipt.to_string().as_bytes()), Ok(receipt));
}

#[test]
fn a_policy_has_at_most_64_logs_witnesses_and_groups_and_so_many_bytes() {
    let line = |i: usize, kind: KeyKind| {
        let seed = [u8::try_from(i).expect("few") + 1; 32];
        NoteSigner::new(proto::note::KeyName::parse("x").expect("a name"), kind, &seed)
            .expect("a key")
            .key()
            .to_string()
    };
    let logs = |n: usize| -> String { (0..n).map(|i| format!("log {}\n", line(i, KeyKind::Log))).collect() };
    let witnesses = |n: usize| -> String {
        (100..100 + n).map(|i| format!("witness w{i} {}\n", line(i, KeyKind::Witness))).collect()
    };
    let groups = |n: usize| -> String {
        let one =
            |i: usize| if i == 0 { "group g0 any w100\n".to_owned() } else { format!("group g{i} all g{}\n", i - 1) };
        (0..n).map(one).collect()
    };
    let max = POLICY_LINES_MAX;
    let of = |l, w, g| Policy::parse(&format!("{}{}{}quorum none\n", logs(l), witnesses(w), groups(g)));
    assert!(of(max, max, max).is_ok());
    for (l, w, g) in [(max + 1, 1, 1), (1, max + 1, 1), (1, 1, max + 1)] {
        assert!(of(l, w, g).expect_err("too many").what.contains("too many"), "{l} {w} {g}");
    }
    let padded = |length: usize| format!("{}\nquorum none\n", "#".repeat(length - "\nquorum none\n".len()));
    assert!(Policy::parse(&padded(POLICY_BYTES_MAX)).is_ok());
    assert!(Policy::parse(&padded(POLICY_BYTES_MAX + 1)).is_err());
}

#[test]
fn a_range_counts_at_most_so_many_entries() {
    let stored = |size: u64| CompactRange::from_bytes(size, &vec![7; size.count_ones() as usize * 32]);
    for size in [0, 1, TREE_SIZE_MAX] {
        let mut range = stored(size).expect("it fits");
        assert_eq!(CompactRange::from_bytes(size, &range.to_bytes()).as_ref(), Ok(&range));
        range.append(Hash::digest(b"one more"));
        assert_eq!(range.size(), size + 1);
    }
    // Nothing can be appended to a tree of 2^64-1 entries, and nothing proves anything of one of more than 2^63-1.
    for size in [TREE_SIZE_MAX + 1, u64::MAX] {
        assert!(stored(size).is_err(), "{size}");
    }
}

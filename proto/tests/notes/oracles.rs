//! Our notes, keys and checkpoints against crates that were written elsewhere: what one signs, the other verifies.
//! Where ours refuses what theirs takes, the reason is one of those that are named here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use proptest::prelude::*;
use proto::Hash;
use proto::checkpoint::Checkpoint;
use proto::note::{BadNote, Key, KeyKind, KeyName, Note, NoteSignature, NoteSigner};
use proto::tree::TreeHead;
use signed_note::{Signer as _, StandardSigner, StandardVerifier, Verifier as _, VerifierList};

use super::{curve, signer};

fn verifiers(keys: &[&Key]) -> VerifierList {
    let one = |key: &&Key| Box::new(StandardVerifier::new(&key.to_string()).expect("a key")) as Box<_>;
    VerifierList::new(keys.iter().map(one).collect())
}

/// A key's name, as odd as one may be.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![Just("example.com/log".to_owned()), "[!-*,-~]{1,20}", "[^\\pZ\\pC\\s+]{1,12}"]
}

/// Lines of a text; some are blank, some look like signatures.
fn text() -> impl Strategy<Value = String> {
    let line = prop_oneof![Just(String::new()), Just("\u{2014} a AAAAAAA=".to_owned()), "[^\\x00-\\x1f]{0,40}"];
    prop::collection::vec(line, 1..6).prop_map(|lines| lines.join("\n") + "\n")
}

/// What is done to a note's bytes.
fn spoiled() -> impl Strategy<Value = Vec<(usize, u8)>> {
    prop::collection::vec((any::<usize>(), prop_oneof![any::<u8>(), Just(b'\n'), Just(b' '), Just(b'=')]), 0..3)
}

/// Whether ours may refuse a note that theirs reads: its limits, and names that hold control characters beyond ASCII.
fn is_stricter(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().any(|c| c.is_control() && c >= ' '))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if crate::limits::wide() { 30_000 } else { 300 },
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn what_we_sign_they_verify_and_what_they_sign_we_verify(
        name in name(), text in text(), seed in 1_u8..9, other in 10_u8..19
    ) {
        let (ours, second) = (signer(&name, KeyKind::Log, seed), signer(&name, KeyKind::Log, other));
        let mut note = Note::new(text.clone()).expect("a text");
        note.push(ours.sign(&text, 0)).expect("room");
        note.push(second.sign(&text, 0)).expect("room");
        let read = signed_note::Note::from_bytes(note.to_string().as_bytes()).expect("a note");
        prop_assert_eq!(read.text(), text.as_bytes());
        let (known, unknown) = read.verify(&verifiers(&[ours.key()])).expect("signed");
        prop_assert_eq!((known.len(), unknown.len()), (1, 1));
        let (known, _) = read.verify(&verifiers(&[ours.key(), second.key()])).expect("signed");
        prop_assert_eq!(known.len(), 2);

        let theirs = StandardSigner::new(&ours.secret()).expect("a secret key");
        prop_assert_eq!(theirs.key_id().to_be_bytes(), ours.key().id());
        let mut made = signed_note::Note::new(text.as_bytes(), &[]).expect("a text");
        made.add_sigs(&[&theirs]).expect("it signs");
        let read = Note::parse(&made.to_bytes()).expect("a note");
        prop_assert_eq!(read.to_string().into_bytes(), made.to_bytes());
        prop_assert_eq!(read.verify(std::slice::from_ref(ours.key())).expect("signed").len(), 1);
    }

    #[test]
    fn of_a_spoiled_note_both_say_the_same(text in text(), spoiled in spoiled(), double in any::<bool>()) {
        let (ours, second) = (signer("a", KeyKind::Log, 1), signer("b", KeyKind::Log, 2));
        let mut note = Note::new(text.clone()).expect("a text");
        note.push(ours.sign(&text, 0)).expect("room");
        note.push(second.sign(&text, 0)).expect("room");
        if double {
            note.push(ours.sign(&text, 0)).expect("room");
        }
        let mut bytes = note.to_string().into_bytes();
        for (at, byte) in spoiled {
            let count = bytes.len();
            bytes[at % count] = byte;
        }
        match (Note::parse(&bytes), signed_note::Note::from_bytes(&bytes)) {
            (Err(_), Err(_)) => {}
            (Err(bad), Ok(_)) => prop_assert!(is_stricter(&bytes), "{:?}", bad),
            (Ok(_), Err(bad)) => prop_assert!(false, "{:?}", bad),
            (Ok(here), Ok(there)) => {
                prop_assert_eq!(here.text().as_bytes(), there.text());
                prop_assert_eq!(here.to_string().into_bytes(), bytes);
                let here = here.verify(std::slice::from_ref(ours.key()));
                let there = there.verify(&verifiers(&[ours.key()]));
                // Of a key that signed twice theirs looks at the first line alone.
                if !matches!(here, Err(BadNote::Twice(_))) {
                    prop_assert_eq!(here.is_ok(), there.is_ok(), "{:?}", here);
                }
            }
        }
    }

    #[test]
    fn a_key_is_theirs(name in name(), seed in any::<[u8; 32]>()) {
        let ours = NoteSigner::new(KeyName::parse(&name).expect("a name"), KeyKind::Log, &seed).expect("a key");
        let theirs = StandardVerifier::new(&ours.key().to_string()).expect("a key");
        prop_assert_eq!((theirs.name(), theirs.key_id().to_be_bytes()), (name.as_str(), ours.key().id()));
    }

    #[test]
    fn a_cosignature_is_a_plain_signature_over_the_stated_message(
        text in text(), time in 1..=i64::MAX.unsigned_abs(), seed in 1_u8..200
    ) {
        let witness = signer("w", KeyKind::Witness, seed);
        let cosigned = witness.sign(&text, time);
        let (stamp, signature) = cosigned.signature.split_first_chunk::<8>().expect("a time");
        prop_assert_eq!(u64::from_be_bytes(*stamp), time);
        // A witness's key is of a type that theirs does not know: the same bytes as a log's key verify.
        let plain = StandardVerifier::new(&signer("w", KeyKind::Log, seed).key().to_string()).expect("a key");
        let stated = |time: u64| format!("cosignature/v1\ntime {time}\n{text}");
        prop_assert!(plain.verify(stated(time).as_bytes(), signature));
        prop_assert!(!plain.verify(stated(time - 1).as_bytes(), signature));
        prop_assert!(!plain.verify(text.as_bytes(), signature));
    }

    #[test]
    fn a_checkpoint_is_theirs(
        origin in "[^\\x00-\\x1f]{1,40}", size in 1..=i64::MAX.unsigned_abs(), root in any::<[u8; 32]>(),
        extensions in prop::collection::vec("[^\\x00-\\x1f]{1,20}", 0..4)
    ) {
        let ours = Checkpoint { origin, head: TreeHead { size, root: Hash(root) }, extensions };
        let further: String = ours.extensions.iter().map(|line| format!("{line}\n")).collect();
        let theirs = tlog_tiles::Checkpoint::new(&ours.origin, size, tlog_tiles::Hash(root), &further).expect("one");
        prop_assert_eq!(theirs.to_bytes(), ours.to_string().into_bytes());
        prop_assert_eq!(Checkpoint::parse(&ours.to_string()), Ok(ours));
    }

    #[test]
    fn of_a_spoiled_checkpoint_both_say_the_same(size in 1..300_u64, root in any::<[u8; 32]>(), spoiled in spoiled()) {
        let ours = Checkpoint::new("example.com/log", TreeHead { size, root: Hash(root) });
        let mut bytes = ours.to_string().into_bytes();
        for (at, byte) in spoiled {
            let count = bytes.len();
            bytes[at % count] = byte;
        }
        let Ok(text) = std::str::from_utf8(&bytes) else { return Ok(()) };
        let (here, there) = (Checkpoint::parse(text), tlog_tiles::Checkpoint::from_bytes(text.as_bytes()));
        match (here, there) {
            (Ok(here), Ok(there)) => {
                prop_assert_eq!((here.origin.as_str(), here.head.size), (there.origin(), there.size()));
                prop_assert_eq!(here.to_string(), text);
            }
            (Err(_), Err(_)) => {}
            // A tree without entries has one root; theirs takes any.
            (Err(_), Ok(there)) if there.size() == 0 => {}
            (here, there) => prop_assert!(false, "{:?} {:?}", here, there),
        }
    }
}

/// What a verifier takes that follows RFC 8032 without asking for one spelling and for keys that are keys.
#[test]
fn what_a_lenient_verifier_takes_is_refused() {
    let text = "any text\n";
    let seed = [1; 32];
    let log = signer("log", KeyKind::Log, 1);
    let lenient = StandardVerifier::new(&log.key().to_string()).expect("a key");
    let refused = |signature: &[u8; 64]| {
        let mut note = Note::new(text.to_owned()).expect("a text");
        let id = log.key().id();
        note.push(NoteSignature { name: log.key().name().clone(), id, signature: signature.to_vec() }).expect("room");
        note.verify(std::slice::from_ref(log.key())) == Err(BadNote::Signature(log.key().name().clone()))
    };
    // R is the neutral point: the equation holds, and theirs takes it.
    let neutral = curve::small_order().into_iter().find(|r| r[0] == 1).expect("it is one of them");
    let forged = curve::with_r(neutral, &seed, text.as_bytes());
    assert!(lenient.verify(text.as_bytes(), &forged));
    assert!(refused(&forged));
    for r in curve::small_order().into_iter().chain(curve::second_spellings().into_iter().map(|(r, _)| r)) {
        assert!(refused(&curve::with_r(r, &seed, text.as_bytes())), "{r:02x?}");
    }
    let honest: [u8; 64] = log.sign(text, 0).signature.try_into().expect("64 bytes");
    assert!(!refused(&honest));
    assert!(refused(&curve::with_larger_s(&honest)));
    assert!(refused(&curve::with_torsion(&seed, text.as_bytes())));

    // The neutral point as a key: one signature holds for every text.
    let typed = [&[1], neutral.as_slice()].concat();
    let any = format!("log+{:08x}+{}", signed_note::key_id("log", &typed), STANDARD.encode(&typed));
    let lenient = StandardVerifier::new(&any).expect("theirs takes it");
    let s = Scalar::from(7_u64);
    let forged = [EdwardsPoint::mul_base(&s).compress().to_bytes(), s.to_bytes()].concat();
    assert!(lenient.verify(b"any text\n", &forged) && lenient.verify(b"any other text\n", &forged));
    assert!(Key::parse(&any).is_err());
}

#[test]
fn there_are_eight_points_of_small_order_and_six_more_spellings_of_them() {
    let points = curve::small_order();
    assert!(points.iter().all(|point| points.iter().filter(|other| *other == point).count() == 1));
    let second = curve::second_spellings();
    assert_eq!(second.iter().filter(|(_, small)| *small).count(), 6);
    assert!(second.iter().any(|(_, small)| !small), "a point of large order has a second spelling too");
    for (bytes, _) in second.iter().copied().chain(points.map(|point| (point, true))) {
        for kind in [KeyKind::Log, KeyKind::Witness] {
            assert!(Key::new(KeyName::parse("a").expect("a name"), kind, bytes).is_err(), "{bytes:02x?}");
        }
    }
}

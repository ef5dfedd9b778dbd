//! Laws of witnesses: what may be cosigned, how it is asked for and answered, what is kept as an exhibit.
//! The specification's rules each stand in the table with the status that they demand.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use proto::Hash;
use proto::checkpoint::Checkpoint;
use proto::document::Lang;
use proto::note::{Key, KeyKind, KeyName, Note, NoteSignature, NoteSigner, SIGNATURES_MAX};
use proto::policy::Policy;
use proto::tile::{Edge, Tiles, read_tile, write_tile};
use proto::tree::{CompactRange, PROOF_HASHES_MAX, TreeHead, Wanted, empty_root};
use proto::witness::{
    AddCheckpoint, Exhibit, REQUEST_BYTES_MAX, Refusal, Weight, judge, read_cosignatures, read_size, write_size,
};

const ORIGIN: &str = "example.com/log";

fn signer(name: &str, kind: KeyKind, seed: u8) -> NoteSigner {
    NoteSigner::new(KeyName::parse(name).expect("a name"), kind, &[seed; 32]).expect("a key")
}

fn entry(i: u64) -> Hash {
    Hash::entry(&i.to_be_bytes())
}

fn head(size: u64) -> TreeHead {
    let mut range = CompactRange::default();
    (0..size).for_each(|i| range.append(entry(i)));
    range.head()
}

fn proof(old: u64, new: u64) -> Vec<Hash> {
    let (mut edge, mut tiles) = (Edge::default(), Tiles::of(new));
    let mut put = |tile, hashes: &[Hash]| tiles.put(tile, read_tile(&write_tile(hashes)).expect("a tile"));
    (0..new).for_each(|i| edge.append(entry(i), |tile, hashes| put(tile, &hashes)));
    edge.partial().for_each(|(tile, hashes)| put(tile, hashes));
    tiles.prove(&Wanted::consistency(old, new).expect("in order")).expect("all tiles are there")
}

fn signed(by: &NoteSigner, origin: &str, head: TreeHead) -> Note {
    let mut note = Note::new(Checkpoint::new(origin, head).to_string()).expect("a text");
    note.push(by.sign(note.text(), 0)).expect("room");
    note
}

fn request(old: u64, new: TreeHead) -> AddCheckpoint {
    let proof = if old <= new.size { proof(old, new.size) } else { Vec::new() };
    AddCheckpoint { old, proof, note: signed(&signer(ORIGIN, KeyKind::Log, 1), ORIGIN, new) }
}

/// What a witness that has cosigned up to a size answers to a request, as its status.
fn status(known: Option<TreeHead>, request: &AddCheckpoint) -> u16 {
    let keys = [signer(ORIGIN, KeyKind::Log, 1).key().clone()];
    let judged = request.recognise(&keys).and_then(|checkpoint| judge(known, request, checkpoint.head));
    judged.map_or_else(|refusal| refusal.status(), |()| 200)
}

#[test]
fn each_rule_of_the_specification_has_its_status() {
    let other = |size| TreeHead { root: entry(99), ..head(size) };
    let (log, stranger) = (signer(ORIGIN, KeyKind::Log, 1), signer(ORIGIN, KeyKind::Log, 2));
    let with = |note: Note| AddCheckpoint { old: 0, proof: Vec::new(), note };
    let proof_of = |proof: Vec<Hash>, old, new| AddCheckpoint { proof, ..request(old, new) };
    let both = |bad: bool| {
        let mut note = signed(&log, ORIGIN, head(5));
        let mut line = stranger.sign(note.text(), 0);
        if bad {
            // Name and id of the known key over bytes that are not its signature.
            line.id = log.key().id();
        }
        note.push(line).expect("room");
        with(note)
    };
    let twice = {
        let mut note = signed(&log, ORIGIN, head(5));
        note.push(log.sign(note.text(), 0)).expect("room");
        with(note)
    };
    let table: [(&str, Option<u64>, AddCheckpoint, u16); 26] = [
        ("the first checkpoint of a log", None, request(0, head(5)), 200),
        ("the next one", Some(5), request(5, head(8)), 200),
        ("the same again", Some(8), request(8, head(8)), 200),
        ("a log without entries", None, request(0, head(0)), 200),
        ("its first entries", Some(0), request(0, head(3)), 200),
        ("a further signature by somebody who is not known", None, both(false), 200),
        ("a log that is not watched", None, with(signed(&signer("x", KeyKind::Log, 1), "x", head(5))), 404),
        ("a name that looks the same", None, with(signed(&log, "ex\u{430}mple.com/log", head(5))), 404),
        ("only another's signature", None, with(signed(&stranger, ORIGIN, head(5))), 403),
        ("another name over the known key", None, with(signed(&signer("y", KeyKind::Log, 1), ORIGIN, head(5))), 403),
        ("a known key's signature that does not verify", None, both(true), 403),
        ("a known key that signed twice", None, twice, 403),
        ("an old size beyond the checkpoint's", Some(9), request(9, head(8)), 400),
        ("an old size beyond it of a log that is new here", None, request(9, head(8)), 400),
        ("an old size that is too small", Some(5), request(3, head(8)), 409),
        ("an old size that is too large", Some(5), request(7, head(8)), 409),
        ("an old size where there is none", None, request(5, head(8)), 409),
        ("no old size where there is one", Some(5), request(0, head(8)), 409),
        ("a smaller checkpoint", Some(8), request(5, head(5)), 409),
        ("the same size and another root", Some(8), request(8, other(8)), 409),
        ("the same size, another root and an old size that is wrong", Some(8), request(5, other(8)), 409),
        ("another root", Some(5), request(5, other(8)), 422),
        ("no proof", Some(5), proof_of(Vec::new(), 5, head(8)), 422),
        ("a proof from nothing", None, proof_of(vec![entry(1)], 0, head(8)), 422),
        ("a proof to the same size", Some(8), proof_of(vec![entry(1)], 8, head(8)), 422),
        ("no entries, and a root all the same", None, request(0, other(0)), 400),
    ];
    for (what, known, request, expected) in table {
        assert_eq!(status(known.map(head), &request), expected, "{what}");
    }
    // Proofs from the tree that the witness does not know: that of somebody else, of other sizes, cut, too long.
    for wrong in [proof(4, 8), proof(5, 9), proof(5, 8)[1..].to_vec(), [proof(5, 8), vec![entry(0)]].concat()] {
        assert_eq!(status(Some(head(5)), &proof_of(wrong, 5, head(8))), 422);
    }
    assert_eq!(status(Some(other(5)), &request(5, head(8))), 422, "what was cosigned is another tree");
}

#[test]
fn every_step_of_a_log_is_cosigned_and_no_step_back() {
    for old in 0..20 {
        for new in 0..20 {
            let expected = if old <= new { 200 } else { 409 };
            let asked = request(old.min(new), head(new));
            assert_eq!(status(Some(head(old)), &asked), expected, "{old} {new}");
        }
    }
}

#[test]
fn the_specifications_request_is_read_and_written_as_it_stands() {
    let text = "old 20852014\n\
        PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\
        jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
        5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n\
        /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\
        \n\
        example.com/behind-the-sofa\n\
        20852163\n\
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\
        \n\
        \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        \u{2014} example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
    let read = AddCheckpoint::parse(text.as_bytes()).expect("a request");
    assert_eq!((read.old, read.proof.len(), read.note.signatures().len()), (20_852_014, 4, 2));
    assert_eq!(read.to_string(), text);
    assert_eq!(read.recognise(&[]), Err(Refusal::Unknown));
    let answer = "\u{2014} witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==\n\
        \u{2014} witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==\n\
        \u{2014} witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==\n";
    let read = read_cosignatures(answer.as_bytes()).expect("signature lines");
    assert_eq!(read.iter().map(ToString::to_string).collect::<String>(), answer);
}

#[test]
fn what_is_no_request_is_refused_whatever_it_is() {
    let good = request(5, head(8)).to_string();
    let hash = entry(0).base64();
    let replaced = |from: &str, to: &str| good.replacen(from, to, 1);
    let many = |n: usize| good.replacen("old 5\n", &format!("old 5\n{}", format!("{hash}\n").repeat(n)), 1);
    let table = [
        String::new(),
        "\n\n".to_owned(),
        "old 5\n".to_owned(),
        "old 5\n\n".to_owned(),
        good.trim_end().to_owned(),
        good.replace('\n', "\r\n"),
        format!(" {good}"),
        format!("{good}\n"),
        replaced("old 5", "old 05"),
        replaced("old 5", "old +5"),
        replaced("old 5", "old -5"),
        replaced("old 5", "old "),
        replaced("old 5", "old  5"),
        replaced("old 5", "old 5 "),
        replaced("old 5", "Old 5"),
        replaced("old 5", "5"),
        replaced("old 5", "old 9223372036854775808"),
        replaced("old 5", "old 18446744073709551616"),
        replaced("old 5\n", "old 5\n\n"),
        replaced("old 5\n", "old 5\nAAAA\n"),
        replaced("old 5\n", &format!("old 5\n{}\n", STANDARD.encode([0; 31]))),
        replaced("old 5\n", &format!("old 5\n{}\n", STANDARD.encode([0; 33]))),
        replaced("old 5\n", &format!("old 5\n{}\n", hash.replace('=', ""))),
        // The last digit's unused bits: another spelling of the same hash.
        replaced("old 5\n", "old 5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n"),
        many(PROOF_HASHES_MAX - proof(5, 8).len() + 1),
        many(2_000),
        format!("{good}{}", "\u{2014} x AAAAAAAA\n".repeat(SIGNATURES_MAX)),
        format!("{good}{}", "x".repeat(REQUEST_BYTES_MAX)),
        replaced("\n8\n", "\n08\n"),
        replaced("\n8\n", "\n9223372036854775808\n"),
        replaced("example.com/log\n8", "8"),
    ];
    let keys = [signer(ORIGIN, KeyKind::Log, 1).key().clone()];
    let read = |bytes: &[u8]| AddCheckpoint::parse(bytes).map_err(Refusal::from);
    let refused = |bytes: &[u8]| read(bytes).and_then(|request| request.recognise(&keys)).expect_err("no request");
    for text in table {
        let told: String = text.chars().take(300).collect();
        let refused = refused(text.as_bytes());
        assert_eq!((refused.status(), refused.code()), (400, "checkpoint_malformed"), "{told:?}");
    }
    assert_eq!(refused(&[good.as_bytes(), &[0xff]].concat()).status(), 400);
    assert_eq!(refused(&[b"old \xff\n\n", good.as_bytes()].concat()).status(), 400);
    let fits = many(PROOF_HASHES_MAX - proof(5, 8).len());
    assert_eq!(AddCheckpoint::parse(fits.as_bytes()).expect("63 hashes are taken").proof.len(), PROOF_HASHES_MAX);
}

#[test]
fn a_size_is_a_number_and_a_line_feed_and_nothing_else() {
    for size in [0, 1, 20_852_014, (1 << 63) - 1] {
        assert_eq!(read_size(write_size(size).as_bytes()), Some(size));
    }
    for text in ["", "\n", "5", "05\n", "+5\n", " 5\n", "5\n\n", "5\r\n", "9223372036854775808\n", "five\n"] {
        assert_eq!(read_size(text.as_bytes()), None, "{text:?}");
    }
}

#[test]
fn an_answer_is_signature_lines_and_not_too_many() {
    let line = signer("w.example", KeyKind::Witness, 9).sign("x\n", 1).to_string();
    assert_eq!(read_cosignatures(line.repeat(SIGNATURES_MAX).as_bytes()).expect("lines").len(), SIGNATURES_MAX);
    let table = [
        String::new(),
        "\n".to_owned(),
        line.trim_end().to_owned(),
        format!("{line}\n"),
        format!("{line}x\n"),
        line.repeat(SIGNATURES_MAX + 1),
        line.repeat(2_000),
    ];
    for text in table {
        assert!(read_cosignatures(text.as_bytes()).is_err(), "{:?}", text.chars().take(300).collect::<String>());
    }
}

/// T31: what a witness's key signed counts for a witness alone, and with a time that a clock can have.
#[test]
fn a_cosignature_is_no_logs_signature_nor_the_reverse_and_has_a_time() {
    let seed = [7; 32];
    let (log, witness) = (signer("same", KeyKind::Log, 7), signer("same", KeyKind::Witness, 7));
    let text = Checkpoint::new("same", head(3)).to_string();
    let holds = |key: &Key, signature: NoteSignature| {
        let mut note = Note::new(text.clone()).expect("a text");
        note.push(signature).expect("room");
        note.verify(std::slice::from_ref(key)).is_ok()
    };
    assert!(holds(log.key(), log.sign(&text, 0)));
    assert!(holds(witness.key(), witness.sign(&text, 1)));
    let under = |id: &NoteSigner, line: NoteSignature| NoteSignature { id: id.key().id(), ..line };
    assert!(!holds(witness.key(), log.sign(&text, 0)), "another id is another key");
    assert!(!holds(witness.key(), under(&witness, log.sign(&text, 0))));
    assert!(!holds(log.key(), under(&log, witness.sign(&text, 1))));
    let cosigned = |time: u64, said: &str| {
        let signature = SigningKey::from_bytes(&seed).sign(format!("cosignature/v1\ntime {said}\n{text}").as_bytes());
        let signature = [time.to_be_bytes().as_slice(), &signature.to_bytes()].concat();
        NoteSignature { name: witness.key().name().clone(), id: witness.key().id(), signature }
    };
    assert!(holds(witness.key(), cosigned(1_700_000_000, "1700000000")));
    assert!(holds(witness.key(), cosigned((1 << 63) - 1, "9223372036854775807")));
    assert!(!holds(witness.key(), cosigned(0, "0")));
    assert!(!holds(witness.key(), cosigned(1 << 63, "9223372036854775808")));
    assert!(!holds(witness.key(), cosigned(u64::MAX, "18446744073709551615")));
    assert!(!holds(witness.key(), cosigned(1_700_000_000, "1700000001")), "the time is under the signature");
}

/// T31, T37: neither a key under two names nor one witness that signs anything makes a quorum.
#[test]
fn one_witness_is_one_however_often_and_whatever_it_signs() {
    let log = signer(ORIGIN, KeyKind::Log, 1);
    let (a, b) = (signer("a.example", KeyKind::Witness, 2), signer("b.example", KeyKind::Witness, 3));
    let same = signer("c.example", KeyKind::Witness, 2);
    let policy = |second: &NoteSigner| {
        format!("log {}\nwitness a {}\nwitness b {}\ngroup q 2 a b\nquorum q\n", log.key(), a.key(), second.key())
    };
    let refused = Policy::parse(&policy(&same)).expect_err("one key under two names");
    assert_eq!(refused.what, "the same key stands there twice");
    let policy = Policy::parse(&policy(&b)).expect("a policy");
    // The log shows a forked tree to one reader; the one bad witness cosigns it, with as many lines as it likes.
    let mut note = signed(&log, ORIGIN, TreeHead { root: entry(99), ..head(8) });
    note.push(a.sign(note.text(), 1_700_000_000)).expect("room");
    assert!(!policy.open(&note).expect("signed").quorum_met);
    for line in [same.sign(note.text(), 1_700_000_000), signer("b.example", KeyKind::Witness, 2).sign(note.text(), 1)] {
        let mut more = note.clone();
        more.push(line).expect("room");
        assert!(!policy.open(&more).expect("signed").quorum_met, "under another name it is nobody's");
    }
    let mut forged = note.clone();
    let line = NoteSignature { name: b.key().name().clone(), id: b.key().id(), ..a.sign(note.text(), 1_700_000_000) };
    forged.push(line).expect("room");
    assert!(policy.open(&forged).is_err(), "a signature in another's name is refused");
    let mut twice = note.clone();
    twice.push(a.sign(note.text(), 1_700_000_001)).expect("room");
    assert!(policy.open(&twice).is_err(), "one key signs once");
    note.push(b.sign(note.text(), 1_700_000_000)).expect("room");
    assert!(policy.open(&note).expect("signed").quorum_met);
}

/// T14: two checkpoints of one size for two readers.
#[test]
fn two_roots_of_one_size_make_an_exhibit_that_anyone_can_check() {
    let log = signer(ORIGIN, KeyKind::Log, 1);
    let keys = [log.key().clone()];
    let mut held = signed(&log, ORIGIN, head(8));
    held.push(signer("w.example", KeyKind::Witness, 9).sign(held.text(), 1_700_000_000)).expect("room");
    let fork = |size| TreeHead { root: entry(99), ..head(size) };
    let table = [
        ("two roots of one size", request(8, fork(8)), Ok(Weight::Contradiction)),
        ("whatever the old size", request(3, fork(8)), Ok(Weight::Contradiction)),
        ("a proof that does not hold", request(8, fork(9)), Ok(Weight::Unproven)),
        ("a proof that holds", request(8, head(9)), Err("go together")),
        ("the same", request(8, head(8)), Err("go together")),
        ("a proof from elsewhere", request(5, fork(9)), Err("go together")),
        ("a smaller one", request(5, fork(7)), Err("go together")),
    ];
    for (what, offered, expected) in table {
        let exhibit = Exhibit { held: held.clone(), offered };
        let read = Exhibit::parse(exhibit.to_string().as_bytes()).expect("it reads back");
        assert_eq!(read, exhibit, "{what}");
        match (read.weigh(&keys), expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{what}"),
            (Err(found), Err(words)) => assert!(found.to_string().contains(words) || words == "go together", "{what}"),
            (found, _) => panic!("{what}: {found:?}"),
        }
        assert!(read.weigh(&[signer(ORIGIN, KeyKind::Log, 2).key().clone()]).is_err(), "{what}: by whom?");
    }
    let stranger =
        AddCheckpoint { note: signed(&signer(ORIGIN, KeyKind::Log, 2), ORIGIN, fork(8)), ..request(8, fork(8)) };
    assert!(Exhibit { held, offered: stranger }.weigh(&keys).is_err(), "what the log did not sign says nothing of it");
    for text in ["", "parindex-exhibit/v1\n", "parindex-exhibit/v1\n\nx\n\nold 1\n", "parindex-exhibit/v2\n\n"] {
        assert!(Exhibit::parse(text.as_bytes()).is_err(), "{text:?}");
    }
}

#[test]
fn every_refusal_has_a_code_and_both_sentences() {
    let untrusted = AddCheckpoint::parse(request(0, head(1)).to_string().as_bytes()).expect("a request");
    let untrusted = untrusted.recognise(&[signer(ORIGIN, KeyKind::Log, 2).key().clone()]).expect_err("another's");
    let malformed = Refusal::from(AddCheckpoint::parse(b"").expect_err("nothing"));
    let wrong =
        judge(Some(head(5)), &request(5, TreeHead { root: empty_root(), ..head(8) }), head(9)).expect_err("wrong");
    let all = [
        malformed,
        Refusal::Unknown,
        untrusted,
        Refusal::OldAhead { old: 9, size: 8 },
        Refusal::Size { size: 5 },
        Refusal::Root { size: 5 },
        wrong,
        Refusal::EmptyRoot,
    ];
    for refusal in all {
        let (vi, en) = (refusal.sentence(Lang::Vi), refusal.sentence(Lang::En));
        assert!(vi != en && vi.ends_with('.') && en.ends_with('.') && !vi.is_ascii(), "{vi} {en}");
        assert!(refusal.code().bytes().all(|b| b == b'_' || b.is_ascii_lowercase()));
        assert!((400..500).contains(&refusal.status()));
    }
}

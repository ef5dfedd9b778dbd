//! Laws of trees, tiles, notes and receipts: what is made verifies, and nothing else does.
//! The trees are small enough to be made by definition.

#[path = "proofs/forged.rs"]
mod forged;
#[path = "proofs/oracles.rs"]
mod oracles;
#[path = "proofs/trees.rs"]
mod trees;

use proto::checkpoint::Checkpoint;
use proto::note::{BadNote, Key, KeyKind, KeyName, Note, NoteSigner};
use proto::policy::Policy;
use proto::receipt::Receipt;
use proto::tile::{Edge, TILE_WIDTH, Tile, Tiles, read_tile, tiles_of, write_tile};
use proto::tree::{CompactRange, TreeHead, Wanted, verify_consistency, verify_inclusion};
use proto::{EVENT_BYTES_MAX, Hash};

/// Whether all is to be gone through, and not a sample.
fn wide() -> bool {
    std::env::var_os("PARINDEX_FULL").is_some()
}

fn entry(i: u64) -> Hash {
    Hash::entry(&i.to_be_bytes())
}

/// A tree's head at each size up to `n`.
fn heads(n: u64) -> Vec<TreeHead> {
    let mut range = CompactRange::default();
    let mut heads = vec![range.head()];
    for i in 0..n {
        range.append(entry(i));
        heads.push(range.head());
    }
    heads
}

/// Every tile of a tree, full and partial.
fn tiles(size: u64) -> (Edge, Tiles, Vec<(Tile, Vec<u8>)>) {
    let (mut edge, mut held, mut stored) = (Edge::default(), Tiles::of(size), Vec::new());
    for i in 0..size {
        edge.append(entry(i), |tile, hashes| stored.push((tile, write_tile(&hashes))));
    }
    stored.extend(edge.partial().map(|(tile, hashes)| (tile, write_tile(hashes))));
    for (tile, bytes) in &stored {
        held.put(*tile, read_tile(bytes).expect("a tile"));
    }
    (edge, held, stored)
}

#[test]
fn every_proof_out_of_tiles_verifies_and_needs_few_of_them() {
    for size in [1, 2, 3, 7, 255, 256, 257, 511, 512, 1_000, 65_535, 65_536, 65_537, 70_000] {
        let (edge, held, stored) = tiles(size);
        let all = heads(size);
        let head = all[usize::try_from(size).expect("small")];
        assert_eq!(edge.head(), head);
        let again = Edge::read(head, |tile| {
            let found = stored.iter().find(|(t, _)| *t == tile).expect("a partial tile");
            Ok::<_, proto::tile::BadEdge>(read_tile(&found.1).expect("a tile"))
        });
        assert_eq!(again.expect("the edge"), edge);
        for index in (0..size).step_by(usize::try_from(size / 97 + 1).expect("small")) {
            let wanted = Wanted::inclusion(index, size).expect("in the tree");
            assert!(tiles_of(&wanted, size).len() <= 6, "{size} {index}");
            let proof = held.prove(&wanted).expect("all tiles are there");
            verify_inclusion(index, entry(index), size, head.root, &proof).expect("it holds");
            assert!(verify_inclusion(index, entry(index + 1), size, head.root, &proof).is_err());
            let old = all[usize::try_from(index).expect("small")];
            let wanted = Wanted::consistency(old.size, size).expect("in order");
            let proof = held.prove(&wanted).expect("all tiles are there");
            verify_consistency(old, head, &proof).expect("it goes on");
            if old.size > 0 {
                assert!(verify_consistency(TreeHead { root: entry(9), ..old }, head, &proof).is_err());
                assert!(verify_consistency(old, TreeHead { root: entry(9), ..head }, &proof).is_err());
            }
        }
    }
}

#[test]
fn the_tiles_of_seventy_thousand_entries_are_those_of_the_specification() {
    let (_, _, stored) = tiles(70_000);
    let count = |level, full: bool| stored.iter().filter(|(t, _)| t.level == level && t.is_full() == full).count();
    assert_eq!([count(0, true), count(1, true), count(2, true)], [273, 1, 0]);
    let partial: Vec<(u8, u16)> = Tile::partial(70_000).map(|t| (t.level, t.width)).collect();
    assert_eq!(partial, [(0, 112), (1, 17), (2, 1)]);
    let partial: Vec<(u8, u16)> = Tile::partial(256).map(|t| (t.level, t.width)).collect();
    assert_eq!(partial, [(1, 1)]);
    assert_eq!(usize::from(TILE_WIDTH) * 32, 8_192);
    assert_eq!(EVENT_BYTES_MAX, usize::from(u16::MAX));
}

#[test]
fn a_receipt_reads_back_the_same_and_holds_for_its_event_alone() {
    let log = signer("example.com/log", KeyKind::Log, 1);
    let witnesses: Vec<NoteSigner> =
        (2..5_u8).map(|i| signer(&format!("w{i}.example.com"), KeyKind::Witness, i)).collect();
    let names = ["w2", "w3", "w4"];
    let lines: Vec<String> =
        names.iter().zip(&witnesses).map(|(name, w)| format!("witness {name} {}\n", w.key())).collect();
    let policy = format!("log {}\n{}group all 2 w2 w3 w4\nquorum all\n", log.key(), lines.concat());
    let policy = Policy::parse(&policy).expect("a policy");
    assert_eq!(policy.least_witnesses(), 2);

    let (_, held, _) = tiles(1_000);
    let head = heads(1_000)[1_000];
    let text = Checkpoint::new("example.com/log", head).to_string();
    let mut note = Note::new(text.clone()).expect("a text");
    note.push(log.sign(&text, 0)).expect("room");
    note.push(witnesses[0].sign(&text, 1_700_000_000)).expect("room");
    let proof = held.prove(&Wanted::inclusion(41, 1_000).expect("in")).expect("tiles");
    let mut receipt = Receipt { extra: None, index: 41, proof, checkpoint: note };
    for extra in [None, Some(Vec::new()), Some(b"anything".to_vec())] {
        receipt.extra = extra;
        assert_eq!(Receipt::parse(receipt.to_string().as_bytes()).as_ref(), Ok(&receipt));
    }
    let believed = receipt.verify(entry(41), &policy).expect("it holds");
    assert!(!believed.quorum_met);
    assert_eq!((believed.no_later_than(), believed.not_before()), (None, None), "one is not enough");
    receipt.checkpoint.push(witnesses[2].sign(&text, 1_600_000_000)).expect("room");
    let believed = receipt.verify(entry(41), &policy).expect("it holds");
    assert!(believed.quorum_met);
    // One of two that must agree cannot move a bound alone, however early or late it says that it was.
    assert_eq!((believed.no_later_than(), believed.not_before()), (Some(1_700_000_000), Some(1_600_000_000)));
    receipt.checkpoint.push(witnesses[1].sign(&text, 1_650_000_000)).expect("room");
    let believed = receipt.verify(entry(41), &policy).expect("it holds");
    assert_eq!((believed.no_later_than(), believed.not_before()), (Some(1_650_000_000), Some(1_650_000_000)));
    assert!(receipt.verify(entry(42), &policy).is_err());
    receipt.checkpoint.push(log.sign(&text, 0)).expect("room");
    let twice = policy.open(&receipt.checkpoint).expect_err("twice");
    assert!(twice.to_string().contains("signed twice"), "{twice}");
}

#[test]
fn a_key_reads_back_the_same_and_the_secret_one_shows_only_its_public_half() {
    for kind in [KeyKind::Log, KeyKind::Witness] {
        let made = signer("example.com/x", kind, 7);
        assert_eq!(Key::parse(&made.key().to_string()).as_ref(), Ok(made.key()));
        let again = NoteSigner::parse(&made.secret()).expect("a secret key");
        assert_eq!(again.key(), made.key());
        assert!(!format!("{made:?}").contains(&made.secret()[12..]));
    }
}

#[test]
fn a_note_without_a_known_signature_is_refused() {
    let (a, b) = (signer("a", KeyKind::Log, 1), signer("b", KeyKind::Log, 2));
    let mut note = Note::new("text\n".to_owned()).expect("a text");
    note.push(a.sign(note.text(), 0)).expect("room");
    assert_eq!(note.verify(&[b.key().clone()]), Err(BadNote::Unsigned));
    assert_eq!(note.verify(&[b.key().clone(), a.key().clone()]).expect("signed").len(), 1);
    let read = Note::parse(note.to_string().replace("text", "texz").as_bytes()).expect("a note");
    assert!(matches!(read.verify(&[a.key().clone()]), Err(BadNote::Signature(_))));
}

fn signer(name: &str, kind: KeyKind, seed: u8) -> NoteSigner {
    NoteSigner::new(KeyName::parse(name).expect("a name"), kind, &[seed; 32]).expect("a key")
}

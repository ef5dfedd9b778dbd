//! Every parser of proofs, notes, tiles and dossiers meets bytes without pattern, and good inputs that were spoiled.
//! None of them panics, and none holds a second spelling for the first one: what is read prints back to the same bytes.

use std::str::FromStr;

use proptest::prelude::*;
use proptest::sample::Index;
use proto::canon::to_vec;
use proto::checkpoint::Checkpoint;
use proto::dossier::{Manifest, MemberName, Proven, RoundHeads};
use proto::heads::{Listing, Presence, StreamHead};
use proto::note::{Key, KeyKind, KeyName, Note, NoteSignature, NoteSigner};
use proto::policy::Policy;
use proto::receipt::Receipt;
use proto::tile::{Resource, TILE_WIDTH, Tile, read_bundle, read_tile, write_bundle, write_tile};
use proto::tree::{CompactRange, Subtree, TreeHead, Wanted, root_of_inclusion, verify_consistency, verify_inclusion};
use proto::{Hash, Stream};

fn signer(name: &str, kind: KeyKind, seed: u8) -> NoteSigner {
    NoteSigner::new(KeyName::parse(name).expect("a name"), kind, &[seed; 32]).expect("a key")
}

fn log() -> NoteSigner {
    signer("example.com/log", KeyKind::Log, 1)
}

fn witness() -> NoteSigner {
    signer("witness.example/w1", KeyKind::Witness, 2)
}

fn policy() -> String {
    let second = signer("w2", KeyKind::Witness, 3);
    format!(
        "# Two.\nlog {}\nwitness w1 {} https://w1.example/\n\twitness  w2 {}\ngroup g 1 w1 w2\nquorum g\n",
        log().key(),
        witness().key(),
        second.key()
    )
}

fn note() -> Note {
    let head = TreeHead { size: 2, root: Hash::node(&Hash::entry(b"a"), &Hash::entry(b"b")) };
    let text = Checkpoint::new("example.com/log", head).to_string();
    let mut note = Note::new(text.clone()).expect("a text");
    note.push(log().sign(&text, 0)).expect("room");
    note.push(witness().sign(&text, 1_679_315_147)).expect("room");
    note
}

fn receipt() -> Receipt {
    Receipt { extra: Some(b"extra".to_vec()), index: 0, proof: vec![Hash::entry(b"b")], checkpoint: note() }
}

/// A dossier's manifest.
fn manifest() -> String {
    let hash = Hash::entry(b"a");
    format!(
        "{{\"about\":\"score\",\"bodies\":1,\"complete\":\"unproven\",\"documents\":[{{\"digest\":\"{hash}\",\"id\":\"a\",\
         \"kind\":\"rulebook\"}}],\"evidence\":{{\"files\":0,\"references\":3}},\"format\":1,\"leaf\":\"1.1\",\"log\":\"a.b/c\",\
         \"members\":[{{\"name\":\"README.txt\",\"sha256\":\"{hash}\",\"size\":9}},{{\"name\":\"a/b\",\"sha256\":\"{hash}\",\
         \"size\":0}}],\"page\":1,\"publications\":[{{\"digest\":\"{hash}\",\"position\":2,\"publication\":1}}],\
         \"root\":\"{hash}\",\"round\":\"r\",\"size\":4,\"unit\":\"u\",\"withheld\":3}}"
    )
}

#[test]
fn the_manifest_that_is_spoiled_is_one() {
    Manifest::parse(manifest().as_bytes()).expect("a manifest");
}

/// Where a round's streams end.
fn round_heads() -> RoundHeads {
    let presence = |stream: &str, index| Presence {
        head: StreamHead {
            hash: Hash::entry(b"a"),
            state: Hash::entry(b"b"),
            stream: Stream::parse(stream).expect("a stream"),
            version: 2,
        },
        index,
        proof: vec![Hash::entry(b"c")],
    };
    let listing = Listing {
        after: Some(presence("round/r", 2)),
        before: None,
        prefix: "grants/".to_owned(),
        within: vec![presence("grants/a", 0), presence("grants/b", 1)],
    };
    RoundHeads { anchor: 9, listings: vec![listing], streams: vec![presence("round/r", 2)] }
}

/// A good input of each parser of texts.
fn good() -> Vec<String> {
    vec![
        note().to_string(),
        note().text().to_owned(),
        note().signatures()[1].to_string().trim_end().to_owned(),
        log().key().to_string(),
        witness().key().to_string(),
        log().secret(),
        policy(),
        receipt().to_string(),
        receipt().code().expect("it has one"),
        manifest(),
        String::from_utf8(to_vec(&Proven { position: 1, proof: vec![Hash::entry(b"b")] }).expect("canonical"))
            .expect("text"),
        String::from_utf8(to_vec(&round_heads()).expect("canonical")).expect("text"),
        "results/publication-1.ndjson".to_owned(),
        "tile/0/x001/x234/067.p/8".to_owned(),
        "tile/entries/000".to_owned(),
    ]
}

/// One change of an input.
#[derive(Debug, Clone)]
enum Spoil {
    Set(Index, u8),
    Insert(Index, String),
    Cut(Index, usize),
    Repeat(Index, Index, usize),
    Swap(Index, Index),
}

fn spoil() -> impl Strategy<Value = Spoil> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "\n",
            "\n\n",
            " ",
            "\t",
            "\r",
            "\0",
            "+",
            "=",
            "==",
            "/",
            "x",
            ".p/",
            "0",
            "1",
            "-",
            "\u{2014} ",
            "\u{a0}",
            "\u{7f}",
            "\u{85}",
            "extra ",
            "index ",
            "18446744073709551616",
            "log ",
            "group ",
            "quorum none\n",
            "none",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,4}",
    ];
    let at = any::<Index>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Spoil::Set(at, byte)),
        (at(), piece).prop_map(|(at, piece)| Spoil::Insert(at, piece)),
        (at(), 1..40_usize).prop_map(|(at, count)| Spoil::Cut(at, count)),
        (at(), at(), 1..200_usize).prop_map(|(from, to, times)| Spoil::Repeat(from, to, times)),
        (at(), at()).prop_map(|(a, b)| Spoil::Swap(a, b)),
    ]
}

impl Spoil {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let count = bytes.len();
        if count == 0 {
            return;
        }
        match self {
            Self::Set(at, byte) => bytes[at.index(count)] = *byte,
            Self::Insert(at, piece) => drop(bytes.splice(at.index(count)..at.index(count), piece.bytes())),
            Self::Cut(at, length) => drop(bytes.drain(at.index(count)..count.min(at.index(count) + length))),
            Self::Repeat(a, b, times) => {
                let (from, to) = (a.index(count).min(b.index(count)), a.index(count).max(b.index(count)));
                let stretch = bytes[from..to].repeat(*times);
                drop(bytes.splice(to..to, stretch));
            }
            Self::Swap(a, b) => bytes.swap(a.index(count), b.index(count)),
        }
    }
}

/// A good input with up to four changes, or bytes without pattern.
fn input() -> impl Strategy<Value = Vec<u8>> {
    let spoiled = (prop::sample::select(good()), prop::collection::vec(spoil(), 0..4)).prop_map(|(text, spoils)| {
        let mut bytes = text.into_bytes();
        spoils.iter().for_each(|spoil| spoil.apply(&mut bytes));
        bytes
    });
    prop_oneof![6 => spoiled, 1 => prop::collection::vec(any::<u8>(), 0..600), 1 => "\\PC{0,200}".prop_map(String::into_bytes)]
}

/// What was read from a text prints back as this text.
fn prints_back<T: ToString, E>(read: Result<T, E>, text: &str) {
    if let Ok(read) = read {
        assert_eq!(read.to_string(), text);
    }
}

fn read_text(text: &str) {
    prints_back(Checkpoint::parse(text), text);
    prints_back(MemberName::parse(text).map(|name| name.as_str().to_owned()), text);
    prints_back(Key::parse(text), text);
    prints_back(Key::from_str(text), text);
    prints_back(Resource::parse(text), text);
    prints_back(NoteSignature::parse(text).map(|line| line.to_string().trim_end().to_owned()).ok_or(()), text);
    prints_back(NoteSigner::parse(text).map(|signer| signer.secret()), text);
    prints_back(Hash::from_base64(text).map(|hash| hash.base64()).ok_or(()), text);
    if let Ok(policy) = Policy::parse(text) {
        assert!(policy.least_witnesses() <= policy.witnesses().len());
        assert!(policy.logs().len() + policy.witnesses().len() <= text.len());
        let _ = policy.open(&note());
    }
}

fn read(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        read_text(text);
    }
    let keys = [log().key().clone(), witness().key().clone()];
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes);
        // A changed note may still be signed; its text is then the one that was signed.
        assert!(note.verify(&keys[..1]).is_err() || note.text() == self::note().text());
        let _ = Checkpoint::open(&note, &keys);
    }
    if let Ok(manifest) = Manifest::parse(bytes) {
        assert_eq!(to_vec(&manifest).expect("canonical"), bytes);
    }
    if let Ok(heads) = RoundHeads::parse(bytes) {
        assert_eq!(to_vec(&heads).expect("canonical"), bytes);
    }
    if let Some(proven) = Proven::parse(bytes) {
        assert_eq!(to_vec(&proven).expect("canonical"), bytes);
    }
    if let Ok(receipt) = Receipt::parse(bytes) {
        match bytes.strip_prefix(b"PAR1:") {
            Some(_) => {
                assert_eq!(receipt.code().expect("it was one").as_bytes(), bytes.strip_suffix(b"\n").unwrap_or(bytes))
            }
            None => assert_eq!(receipt.to_string().as_bytes(), bytes),
        }
        let held = receipt.verify(Hash::entry(b"a"), &Policy::of_logs(keys));
        assert!(held.is_err() || (receipt.index, receipt.proof) == (0, self::receipt().proof));
    }
    if let Some(hashes) = read_tile(bytes) {
        assert_eq!(write_tile(&hashes), bytes);
        assert!((1..=usize::from(TILE_WIDTH)).contains(&hashes.len()));
    }
    if let Ok(entries) = read_bundle(bytes) {
        assert!(entries.len() <= usize::from(TILE_WIDTH));
        assert_eq!(write_bundle(entries), bytes);
    }
}

/// Sizes and indexes: small ones, those around powers of two, and any.
fn number() -> impl Strategy<Value = u64> {
    let near = (0..64_u32, 0..3_u64).prop_map(|(bit, off)| (1_u64 << bit).wrapping_add(off).wrapping_sub(1));
    prop_oneof![0..600_u64, near, Just(u64::MAX), any::<u64>()]
}

fn hashes() -> impl Strategy<Value = Vec<Hash>> {
    prop::collection::vec(any::<[u8; 32]>().prop_map(Hash), 0..70)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if std::env::var_os("PARINDEX_FULL").is_some() { 30_000 } else { 400 },
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn no_parser_panics_and_each_text_has_one_form(input in input()) {
        read(&input);
    }

    #[test]
    fn a_bundle_reads_back_and_its_lengths_are_never_believed(
        entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..300), spoil in spoil()
    ) {
        let mut bundle = write_bundle(entries.iter().map(Vec::as_slice));
        match read_bundle(&bundle) {
            Ok(read) => prop_assert_eq!(read, entries.iter().map(Vec::as_slice).collect::<Vec<_>>()),
            Err(_) => prop_assert!(entries.len() > usize::from(TILE_WIDTH)),
        }
        spoil.apply(&mut bundle);
        read(&bundle);
    }

    #[test]
    fn a_tile_has_1_to_256_whole_hashes(bytes in prop::collection::vec(any::<u8>(), 0..8_400)) {
        let whole = bytes.len() % 32 == 0 && (1..=256).contains(&(bytes.len() / 32));
        prop_assert_eq!(read_tile(&bytes).is_some(), whole);
        let mut even = bytes;
        even.truncate(even.len() / 32 * 32);
        prop_assert_eq!(read_tile(&even).is_some(), (1..=256).contains(&(even.len() / 32)));
    }

    #[test]
    fn a_range_reads_back_and_goes_on(size in number(), bytes in prop::collection::vec(any::<u8>(), 0..2_100), fits in any::<bool>()) {
        let mut stored = bytes;
        if fits {
            stored.resize(size.count_ones() as usize * 32, 7);
        }
        if let Ok(mut range) = CompactRange::from_bytes(size, &stored) {
            prop_assert_eq!(range.to_bytes(), stored);
            let _ = range.head();
            range.append(Hash::digest(b"one more"));
            prop_assert_eq!(range.size(), size + 1);
        }
    }

    #[test]
    fn no_verifier_panics_whatever_the_sizes(index in number(), size in number(), proof in hashes(), root in any::<[u8; 32]>()) {
        let root = Hash(root);
        prop_assert!(verify_inclusion(index, Hash::entry(b"x"), size, root, &proof).is_err());
        if let Ok(root) = root_of_inclusion(index, size, Hash::entry(b"x"), &proof) {
            verify_inclusion(index, Hash::entry(b"x"), size, root, &proof).expect("that root");
        }
        let (old, new) = (TreeHead { size: index, root: Hash::digest(b"old") }, TreeHead { size, root });
        prop_assert!(verify_consistency(old, new, &proof).is_err());
        for wanted in [Wanted::inclusion(index, size), Wanted::consistency(index, size)].into_iter().flatten() {
            // Each hash of a proof is made of at most 63 subtrees, and they all lie in the tree's tiles.
            prop_assert!(wanted.subtrees().count() <= 63 * 2);
            prop_assert!(wanted.subtrees().all(|subtree| Tile::holding(subtree, size).is_some()));
        }
    }

    #[test]
    fn a_subtree_lies_in_the_tile_that_holds_it_or_in_none(level in 0..80_u8, index in number(), size in number()) {
        let subtree = Subtree { level, index };
        let Some(tile) = Tile::holding(subtree, size) else { return Ok(()) };
        // Its first entry, and the first one and the end of its tile, counted exactly.
        let first = u128::from(index) << level;
        let of_tile = |n: u64| u128::from(n) << (u32::from(tile.level) * 8 + 8);
        prop_assert!((of_tile(tile.index)..of_tile(tile.index + 1)).contains(&first), "{:?} {:?}", subtree, tile);
        prop_assert!((1..=TILE_WIDTH).contains(&tile.width));
    }
}

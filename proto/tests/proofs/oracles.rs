//! Our trees, proofs and tiles against two crates that were written elsewhere: what one makes, the others accept.
//! It never takes agreement for truth where a proof was forged: there the verdicts are compared, and stated in `forged.rs`.

use std::cell::RefCell;
use std::collections::HashMap;

use ct_merkle::{ConsistencyProof, InclusionProof, RootHash, mem_backed_tree::MemoryBackedTree};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use proto::Hash;
use proto::tile::{Resource, TILE_WIDTH, Tile, write_bundle};
use proto::tree::{TreeHead, verify_consistency, verify_inclusion};
use sha2::{Digest, Sha256};
use tlog_tiles as tlog;

use super::trees::Grown;
use super::{tiles, wide};

/// The largest tree.
const ENTRIES_MAX: u64 = 10_000;

/// What an entry of a drawn tree holds: 0 to 63 bytes without pattern.
fn body(draw: u64, index: u64) -> Vec<u8> {
    let bytes: [u8; 32] = Sha256::digest([draw.to_be_bytes(), index.to_be_bytes()].concat()).into();
    bytes.iter().cycle().take(usize::from(bytes[0]) % 64).copied().collect()
}

/// The hashes that `tlog_tiles` stores, in its own order.
#[derive(Default)]
struct Stored(Vec<tlog::Hash>);

impl Stored {
    fn append(&mut self, index: u64, body: &[u8]) {
        let hashes = tlog::stored_hashes(index, body, self).expect("it has all hashes before");
        self.0.extend(hashes);
    }
}

impl tlog::HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        let one = |i: &u64| self.0.get(usize::try_from(*i).expect("small")).copied();
        indexes.iter().map(|i| one(i).ok_or(tlog::Error::IndexesNotInTree)).collect()
    }
}

fn theirs(hash: Hash) -> tlog::Hash {
    tlog::Hash(hash.0)
}

fn all_theirs(proof: &[Hash]) -> Vec<tlog::Hash> {
    proof.iter().copied().map(theirs).collect()
}

fn bytes(proof: &[Hash]) -> Vec<u8> {
    proof.iter().flat_map(|hash| hash.0).collect()
}

fn ours(proof: &[tlog::Hash]) -> Vec<Hash> {
    proof.iter().map(|hash| Hash(hash.0)).collect()
}

fn root_of(head: TreeHead) -> RootHash<Sha256> {
    RootHash::new(head.root.0.into(), head.size)
}

/// One tree, grown three times.
struct Thrice {
    draw: u64,
    ours: Grown,
    stored: Stored,
    merkle: MemoryBackedTree<Sha256, Vec<u8>>,
}

impl Thrice {
    /// The tree that a number draws, of a size.
    fn grown(draw: u64, size: u64) -> Self {
        let ours = Grown::over((0..size).map(|i| Hash::entry(&body(draw, i))));
        let (mut stored, mut merkle) = (Stored::default(), MemoryBackedTree::new());
        for i in 0..size {
            stored.append(i, &body(draw, i));
            merkle.push(body(draw, i));
        }
        Self { draw, ours, stored, merkle }
    }

    fn heads_agree(&self) {
        let head = self.ours.head(self.ours.size());
        assert_eq!(tlog::tree_hash(head.size, &self.stored).expect("stored"), theirs(head.root));
        assert_eq!(self.merkle.root().as_bytes().as_slice(), head.root.0);
    }

    /// An entry's proof in the whole tree: the same bytes from all three, and each accepts it.
    fn inclusion_agrees(&self, index: u64) {
        let head = self.ours.head(self.ours.size());
        let (entry, proof) = (self.ours.entry(index), self.ours.inclusion(index, head.size));
        let stored = tlog::prove_record(head.size, index, &self.stored).expect("in the tree");
        let merkle = self.merkle.prove_inclusion(usize::try_from(index).expect("small"));
        assert_eq!(ours(&stored), proof, "{index} of {}", head.size);
        assert_eq!(merkle.as_bytes(), bytes(&proof), "{index} of {}", head.size);
        verify_inclusion(index, entry, head.size, head.root, &ours(&stored)).expect("theirs holds here");
        tlog::check_record(&all_theirs(&proof), head.size, theirs(head.root), index, theirs(entry))
            .expect("ours holds");
        let proof = InclusionProof::from_bytes(bytes(&proof));
        root_of(head).verify_inclusion(&body(self.draw, index), index, &proof).expect("ours holds there too");
    }

    /// A proof that the whole tree goes on from an older one.
    fn consistency_agrees(&self, old: u64) {
        let (old, new) = (self.ours.head(old), self.ours.head(self.ours.size()));
        let proof = self.ours.consistency(old.size, new.size);
        let stored = tlog::prove_tree(new.size, old.size, &self.stored).expect("in order");
        assert_eq!(ours(&stored), proof, "{} to {}", old.size, new.size);
        verify_consistency(old, new, &ours(&stored)).expect("theirs holds here");
        let (root, root_before) = (theirs(new.root), theirs(old.root));
        tlog::check_tree(&all_theirs(&proof), new.size, root, old.size, root_before).expect("ours holds");
        let added = usize::try_from(new.size - old.size).expect("small");
        assert_eq!(self.merkle.prove_consistency(added).as_bytes(), bytes(&proof), "{} to {}", old.size, new.size);
        let proof = ConsistencyProof::try_from_bytes(bytes(&proof)).expect("whole hashes");
        root_of(new).verify_consistency(&root_of(old), &proof).expect("ours holds there too");
    }

    fn agrees_at_every_index(&self) {
        self.heads_agree();
        (0..self.ours.size()).for_each(|index| self.inclusion_agrees(index));
        (1..=self.ours.size()).for_each(|old| self.consistency_agrees(old));
    }
}

#[test]
fn every_proof_of_a_small_tree_and_of_ten_thousand_entries_is_theirs() {
    let small = if wide() { 600 } else { 130 };
    for size in 1..=small {
        Thrice::grown(size, size).agrees_at_every_index();
    }
    for size in [255, 256, 257, 1_023, ENTRIES_MAX] {
        Thrice::grown(size, size).agrees_at_every_index();
    }
}

#[test]
fn every_proof_of_a_drawn_tree_is_theirs() {
    let trees = if wide() { 60 } else { 2 };
    for draw in 0..trees {
        let at = u64::from_be_bytes(Hash::digest(&u64::to_be_bytes(draw)).0[..8].try_into().expect("eight"));
        Thrice::grown(draw, 1 + at % ENTRIES_MAX).agrees_at_every_index();
    }
}

/// How a proof is spoiled, or left as it is.
#[derive(Debug, Clone)]
enum Spoil {
    Nothing,
    Drop(usize),
    Repeat(usize),
    Swap(usize, usize),
    Flip(usize, usize),
    Place(u64),
    Size(u64),
}

fn spoil() -> impl Strategy<Value = Spoil> {
    prop_oneof![
        Just(Spoil::Nothing),
        (0..20_usize).prop_map(Spoil::Drop),
        (0..20_usize).prop_map(Spoil::Repeat),
        (0..20_usize, 0..20_usize).prop_map(|(a, b)| Spoil::Swap(a, b)),
        (0..20_usize, 0..256_usize).prop_map(|(at, bit)| Spoil::Flip(at, bit)),
        (0..700_u64).prop_map(Spoil::Place),
        (0..700_u64).prop_map(Spoil::Size),
    ]
}

impl Spoil {
    /// Spoils a proof, the place that it is about (an index or an older size) and the size.
    fn apply(&self, proof: &mut Vec<Hash>, place: &mut u64, size: &mut u64) {
        let count = proof.len();
        match *self {
            Self::Nothing => {}
            Self::Place(other) => *place = other,
            Self::Size(other) => *size = other,
            _ if count == 0 => {}
            Self::Drop(at) => _ = proof.remove(at % count),
            Self::Repeat(at) => proof.insert(at % count, proof[at % count]),
            Self::Swap(a, b) => proof.swap(a % count, b % count),
            Self::Flip(at, bit) => proof[at % count].0[bit / 8] ^= 1 << (bit % 8),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if wide() { 30_000 } else { 500 },
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn of_a_spoiled_inclusion_proof_all_say_the_same(
        size in 1..600_u64, place in any::<u64>(), spoils in prop::collection::vec(spoil(), 1..3)
    ) {
        let tree = Grown::over((0..size).map(|i| Hash::entry(&body(1, i))));
        let (head, mut index) = (tree.head(size), place % size);
        let (body, entry) = (body(1, index), tree.entry(index));
        let (mut proof, mut claimed) = (tree.inclusion(index, size), size);
        spoils.iter().for_each(|spoil| spoil.apply(&mut proof, &mut index, &mut claimed));
        let here = verify_inclusion(index, entry, claimed, head.root, &proof);
        let stored = tlog::check_record(&all_theirs(&proof), claimed, theirs(head.root), index, theirs(entry));
        let merkle = root_of(TreeHead { size: claimed, ..head });
        let merkle = merkle.verify_inclusion(&body, index, &InclusionProof::from_bytes(bytes(&proof)));
        prop_assert_eq!((stored.is_ok(), merkle.is_ok()), (here.is_ok(), here.is_ok()), "{:?}", here);
    }

    #[test]
    fn of_a_spoiled_consistency_proof_all_say_the_same(
        size in 1..600_u64, place in any::<u64>(), spoils in prop::collection::vec(spoil(), 1..3)
    ) {
        let tree = Grown::over((0..size).map(|i| Hash::entry(&body(2, i))));
        let (old, new) = (tree.head(1 + place % size), tree.head(size));
        let (mut from, mut to, mut proof) = (old.size, new.size, tree.consistency(old.size, new.size));
        spoils.iter().for_each(|spoil| spoil.apply(&mut proof, &mut from, &mut to));
        // Of an older tree without entries the oracles say nothing.
        prop_assume!(from > 0);
        let (old, new) = (TreeHead { size: from, ..old }, TreeHead { size: to, ..new });
        let here = verify_consistency(old, new, &proof);
        let stored = tlog::check_tree(&all_theirs(&proof), to, theirs(new.root), from, theirs(old.root));
        let spoiled = ConsistencyProof::try_from_bytes(bytes(&proof)).expect("whole hashes");
        let merkle = root_of(new).verify_consistency(&root_of(old), &spoiled);
        prop_assert_eq!((stored.is_ok(), merkle.is_ok()), (here.is_ok(), here.is_ok()), "{:?}", here);
    }

    #[test]
    fn an_address_is_theirs(level in 0..64_u8, index in prop_oneof![0..2_000_000_u64, any::<u64>()], width in 1..=256_u16) {
        let tile = Resource::Tile(Tile { level, index, width });
        addresses_agree(tile, tlog::Tile::new(8, level, index, u32::from(width), false))?;
        let entries = Resource::Entries { index, width };
        addresses_agree(entries, tlog::Tile::new(8, 0, index, u32::from(width), true))?;
    }
}

/// Theirs names the height, and calls entries data.
fn as_theirs(path: &str) -> String {
    path.replacen("tile/", "tile/8/", 1).replacen("/entries/", "/data/", 1)
}

fn addresses_agree(resource: Resource, tile: tlog::Tile) -> Result<(), TestCaseError> {
    prop_assert_eq!(as_theirs(&resource.to_string()), tile.path());
    prop_assert_eq!(Resource::parse(&resource.to_string()), Ok(resource));
    Ok(())
}

/// The tiles that we store, by the addresses that theirs ask for.
struct Served {
    tiles: HashMap<String, Vec<u8>>,
    asked: RefCell<usize>,
}

impl tlog::TileReader for Served {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog::Tile]) -> Result<Vec<Vec<u8>>, tlog::Error> {
        *self.asked.borrow_mut() += tiles.len();
        let one = |tile: &tlog::Tile| self.tiles.get(&tile.path()).cloned();
        tiles.iter().map(|tile| one(tile).ok_or(tlog::Error::InvalidTile)).collect()
    }

    fn save_tiles(&self, _: &[tlog::Tile], _: &[Vec<u8>]) {}
}

#[test]
fn our_tiles_are_theirs_and_their_client_proves_from_them() {
    for size in [1, 255, 256, 257, 511, 5_000, 65_536, 66_001] {
        let (edge, _, stored) = tiles(size);
        let made: HashMap<String, Vec<u8>> =
            stored.into_iter().map(|(tile, bytes)| (as_theirs(&Resource::Tile(tile).to_string()), bytes)).collect();
        let mut kept = Stored::default();
        (0..size).for_each(|i| kept.append(i, &i.to_be_bytes()));
        let wanted = tlog::Tile::new_tiles(8, 0, size);
        assert_eq!(wanted.len(), made.len(), "{size}");
        for tile in wanted {
            assert_eq!(made[&tile.path()], tile.read_data(&kept).expect("stored"), "{} of {size}", tile.path());
        }
        let (root, served) = (edge.root(), Served { tiles: made, asked: RefCell::new(0) });
        let client = tlog::TileHashReader::new(size, theirs(root), &served);
        for index in (0..size).step_by(usize::try_from(size / 40 + 1).expect("small")) {
            let proof = tlog::prove_record(size, index, &client).expect("the tiles lead to the root");
            verify_inclusion(index, super::entry(index), size, root, &ours(&proof)).expect("it holds");
        }
        assert!(*served.asked.borrow() > 0 || size == 1);
    }
}

#[test]
fn a_bundle_holds_what_the_hashes_of_its_tile_are_made_of() {
    let bodies: Vec<Vec<u8>> = (0..u64::from(TILE_WIDTH)).map(|i| body(7, i)).collect();
    let bundle = write_bundle(bodies.iter().map(Vec::as_slice));
    let read = proto::tile::read_bundle(&bundle).expect("a bundle");
    let hashes: Vec<tlog::Hash> = read.into_iter().map(tlog::record_hash).collect();
    let mut stored = Stored::default();
    bodies.iter().enumerate().for_each(|(i, body)| stored.append(i as u64, body));
    let tile = tlog::Tile::new(8, 0, 0, 256, false).read_data(&stored).expect("stored");
    assert_eq!(tile, hashes.iter().flat_map(|hash| hash.0).collect::<Vec<u8>>());
}

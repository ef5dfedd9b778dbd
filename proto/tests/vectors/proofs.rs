//! `vectors/proofs.json`: inclusion and consistency proofs, good ones and forged ones, each with its verdict.
//! A verdict is what the definition of the tree says, never what this crate found.

use proto::Hash;
use proto::tree::TreeHead;
use serde::Serialize;

use crate::grown::Grown;
use crate::trees;

/// The sizes whose proofs are spoiled: one less and one more than a power of two, and one without pattern.
const SIZES: [u64; 3] = [7, 9, LARGEST];
/// The one of them whose proofs are also made too long for any tree.
const LARGEST: u64 = 100;
/// The entries of the tree that they are all taken from.
const ENTRIES: u64 = 130;

#[derive(Serialize)]
pub struct File {
    pub inclusion: Vec<Inclusion>,
    pub consistency: Vec<Consistency>,
}

/// Whether `entry` is the hash of the entry with this index in the tree of this size and root.
#[derive(Serialize, Clone)]
pub struct Inclusion {
    pub name: String,
    pub index: u64,
    pub size: u64,
    pub entry: Hash,
    pub root: Hash,
    pub proof: Vec<Hash>,
    pub holds: bool,
}

/// Whether the tree of size `new` goes on from that of size `old`.
#[derive(Serialize, Clone)]
pub struct Consistency {
    pub name: String,
    pub old: u64,
    pub old_root: Hash,
    pub new: u64,
    pub new_root: Hash,
    pub proof: Vec<Hash>,
    pub holds: bool,
}

/// The tree that all cases are about: its entries are those of `trees.json`.
pub fn tree() -> Grown {
    Grown::over((0..ENTRIES).map(trees::entry))
}

/// A hash that stands nowhere in the tree.
fn stranger() -> Hash {
    Hash::digest(b"no node of the tree")
}

/// What was wrong with lists of hashes, whatever they prove.
fn spoiled(proof: &[Hash], size: u64) -> Vec<(&'static str, Vec<Hash>)> {
    let with = |change: &dyn Fn(&mut Vec<Hash>)| {
        let mut spoiled = proof.to_vec();
        change(&mut spoiled);
        spoiled
    };
    let mut cases = vec![
        ("an empty proof", Vec::new()),
        ("a proof without its first hash", proof.split_first().expect("one").1.to_vec()),
        ("a proof without its last hash", proof.split_last().expect("one").1.to_vec()),
        ("a hash more at the end", with(&|p| p.push(stranger()))),
        ("a hash more at the beginning", with(&|p| p.insert(0, stranger()))),
        ("the last hash twice", with(&|p| p.push(*p.last().expect("one")))),
        ("another last hash", with(&|p| *p.last_mut().expect("one") = stranger())),
        ("the hashes in reverse", with(&|p| p.reverse())),
    ];
    if size == LARGEST {
        cases.push(("64 hashes", with(&|p| p.resize(64, stranger()))));
        cases.push(("65 hashes", with(&|p| p.resize(65, stranger()))));
    }
    cases
}

fn inclusion(tree: &Grown, index: u64, size: u64) -> Inclusion {
    let (entry, root, proof) = (tree.entry(index), tree.head(size).root, tree.inclusion(index, size));
    Inclusion { name: format!("entry {index} of {size}"), index, size, entry, root, proof, holds: true }
}

fn inclusions(tree: &Grown) -> Vec<Inclusion> {
    let mut cases: Vec<Inclusion> = [(0, 1), (0, 2), (1, 2), (2, 3), (6, 7), (63, 64), (64, 65), (128, 129)]
        .into_iter()
        .map(|(index, size)| inclusion(tree, index, size))
        .collect();
    for size in SIZES {
        let good = inclusion(tree, size / 3, size);
        let (index, other) = (good.index, tree.head(size + 1));
        let mut add = |what: &str, change: &dyn Fn(&mut Inclusion)| {
            let mut bad = Inclusion { name: format!("{}: {what}", good.name), holds: false, ..good.clone() };
            change(&mut bad);
            cases.push(bad);
        };
        add("the index one higher", &|case| case.index += 1);
        add("the index one lower", &|case| case.index -= 1);
        add("the index of no entry", &|case| case.index = size);
        add("the index 2^64-1", &|case| case.index = u64::MAX);
        add("size 0", &|case| case.size = 0);
        add("size 2^64-1", &|case| case.size = u64::MAX);
        add("size 2^63", &|case| case.size = 1 << 63);
        add("size and root of the next tree", &|case| (case.size, case.root) = (other.size, other.root));
        add("size and root of the tree before", &|case| {
            let before = tree.head(size - 1);
            (case.size, case.root) = (before.size, before.root);
        });
        add("the proof in the next tree", &|case| case.proof = tree.inclusion(index, size + 1));
        add("the next entry", &|case| case.entry = tree.entry(index + 1));
        add("another root", &|case| case.root = stranger());
        add("the root as an entry, with an empty proof", &|case| (case.entry, case.proof) = (case.root, Vec::new()));
        add("the root as an entry", &|case| case.entry = case.root);
        add("an inner node as an entry", &|case| {
            let (left, right) = (tree.entry(index & !1), tree.entry(index | 1));
            case.entry = Hash::node(&left, &right);
            case.proof.remove(0);
        });
        for (what, proof) in spoiled(&good.proof, good.size) {
            add(what, &|case| case.proof.clone_from(&proof));
        }
        cases.push(good);
    }
    // The one entry of a tree is its root, and no other tree's.
    let one = inclusion(tree, 0, 1);
    cases.push(Inclusion { name: "a root as the one entry of another tree".to_owned(), size: 2, holds: false, ..one });
    cases
}

fn consistency(tree: &Grown, old: u64, new: u64) -> Consistency {
    let (before, after) = (tree.head(old), tree.head(new));
    let proof = tree.consistency(old, new);
    let name = format!("from {old} to {new}");
    Consistency { name, old, old_root: before.root, new, new_root: after.root, proof, holds: true }
}

fn consistencies(tree: &Grown) -> Vec<Consistency> {
    let mut cases: Vec<Consistency> =
        [(0, 0), (0, 9), (1, 1), (1, 2), (2, 3), (3, 4), (4, 7), (6, 7), (7, 7), (64, 65), (64, 128), (65, 130)]
            .into_iter()
            .map(|(old, new)| consistency(tree, old, new))
            .collect();
    for new in SIZES {
        let good = consistency(tree, new - 2, new);
        let old = good.old;
        let mut add = |what: &str, change: &dyn Fn(&mut Consistency)| {
            let mut bad = Consistency { name: format!("{}: {what}", good.name), holds: false, ..good.clone() };
            change(&mut bad);
            cases.push(bad);
        };
        let head = |TreeHead { size, root }| (size, root);
        add("the older size one higher", &|case| (case.old, case.old_root) = head(tree.head(old + 1)));
        add("the older size one lower", &|case| (case.old, case.old_root) = head(tree.head(old - 1)));
        add("the newer size one higher", &|case| (case.new, case.new_root) = head(tree.head(new + 1)));
        add("the older size is 0, with the older root", &|case| case.old = 0);
        add("the older size is 0, with hashes", &|case| (case.old, case.old_root) = head(tree.head(0)));
        add("the newer size is 0", &|case| case.new = 0);
        add("the older size is 2^64-1", &|case| case.old = u64::MAX);
        add("the newer size is 2^64-1", &|case| case.new = u64::MAX);
        add("both sizes are 2^64-1", &|case| (case.old, case.new) = (u64::MAX, u64::MAX));
        add("the newer size is 2^63", &|case| case.new = 1 << 63);
        add("the newer tree is older", &|case| {
            (case.old, case.new) = (case.new, case.old);
            (case.old_root, case.new_root) = (case.new_root, case.old_root);
        });
        add("another older root", &|case| case.old_root = stranger());
        add("another newer root", &|case| case.new_root = stranger());
        add("the newer root twice", &|case| case.old_root = case.new_root);
        add("one size, two roots, an empty proof", &|case| {
            case.old = new;
            case.proof = Vec::new();
        });
        add("one size, one root, hashes", &|case| (case.old, case.old_root) = (case.new, case.new_root));
        for (what, proof) in spoiled(&good.proof, new) {
            add(what, &|case| case.proof.clone_from(&proof));
        }
        cases.push(good);
    }
    let nothing = consistency(tree, 0, 9);
    let bad = |what: &str| Consistency { name: format!("from 0 to 9: {what}"), holds: false, ..nothing.clone() };
    cases.push(Consistency { old_root: stranger(), ..bad("another root over nothing") });
    cases.push(Consistency { proof: vec![nothing.new_root], ..bad("a hash where there must be none") });
    let same = consistency(tree, 7, 7);
    let bad = |what: &str| Consistency { name: format!("from 7 to 7: {what}"), holds: false, ..same.clone() };
    cases.push(Consistency { new_root: stranger(), ..bad("two roots of one size") });
    cases.push(Consistency { proof: vec![same.new_root], ..bad("a hash where there must be none") });
    cases
}

pub fn file() -> File {
    let tree = tree();
    File { inclusion: inclusions(&tree), consistency: consistencies(&tree) }
}

//! Which claims a proof is good for, said by the definition of the tree alone, over every small tree.
//! It never calls a verifier in order to say what the verifier must say.

use proto::Hash;
use proto::tree::{TreeHead, verify_consistency, verify_inclusion};

use super::entry;
use super::trees::Grown;

/// The largest tree whose claims are gone through one by one.
const ENTRIES_MAX: u64 = 20;

/// On which side of the way from an entry to the root each hash of its proof stands (RFC 9162, 2.1.3.1).
fn sides(index: u64, size: u64) -> Option<Vec<char>> {
    if index >= size {
        return None;
    }
    if size == 1 {
        return Some(Vec::new());
    }
    let split = size.next_power_of_two() / 2;
    let (mut below, side) =
        if index < split { (sides(index, split)?, 'r') } else { (sides(index - split, size - split)?, 'l') };
    below.push(side);
    Some(below)
}

/// What each hash of a consistency proof is for (RFC 9162, 2.1.4.1): it is where both roots begin, or stands to the right
/// in the newer tree alone, or to the left in both.
fn uses(old: u64, new: u64, whole: bool) -> Option<Vec<char>> {
    if old == 0 || old > new {
        return None;
    }
    if old == new {
        return Some(if whole { Vec::new() } else { vec!['b'] });
    }
    let split = new.next_power_of_two() / 2;
    let (mut below, side) =
        if old <= split { (uses(old, split, whole)?, 'r') } else { (uses(old - split, new - split, false)?, 'l') };
    below.push(side);
    Some(below)
}

/// The other numbers that are claimed for `n`: its neighbours, all that are small, and the outermost.
fn others() -> impl Iterator<Item = u64> {
    (0..=ENTRIES_MAX + 1).chain([(1 << 63) - 1, 1 << 63, u64::MAX - 1, u64::MAX])
}

/// The sides of small trees; of the outermost sizes none that a proof of a small tree could have.
fn small<T>(size: u64, of: impl FnOnce() -> Option<T>) -> Option<T> {
    if size > ENTRIES_MAX + 1 { None } else { of() }
}

#[test]
fn an_inclusion_proof_is_good_for_the_places_of_its_shape_alone() {
    let tree = Grown::over((0..ENTRIES_MAX).map(entry));
    let mut elsewhere = 0;
    for size in 1..=ENTRIES_MAX {
        for index in 0..size {
            let (proof, root) = (tree.inclusion(index, size), tree.head(size).root);
            let way = sides(index, size);
            for claimed_size in others() {
                for claimed in others() {
                    // The root does not hold the size: two sizes of one shape are told apart by the checkpoint's signature.
                    let same = small(claimed_size, || sides(claimed, claimed_size)) == way;
                    let verdict = verify_inclusion(claimed, tree.entry(index), claimed_size, root, &proof);
                    assert_eq!(verdict.is_ok(), same, "{index} of {size} as {claimed} of {claimed_size}: {verdict:?}");
                    elsewhere += u32::from(same && claimed != index);
                    let head = Some(claimed_size).filter(|s| *s <= ENTRIES_MAX && *s != size).map(|s| tree.head(s));
                    if let Some(TreeHead { size, root }) = head {
                        assert!(verify_inclusion(claimed, tree.entry(index), size, root, &proof).is_err());
                    }
                }
            }
        }
    }
    assert!(elsewhere > 0, "the last entry of trees with as many ways to the right is one of them");
}

#[test]
fn no_inner_node_and_no_root_is_an_entry_anywhere() {
    let tree = Grown::over((0..ENTRIES_MAX).map(entry));
    for size in 2..=ENTRIES_MAX {
        let root = tree.head(size).root;
        // Every node on the way of every entry, with what is left of the proof above it.
        for of in 0..size {
            let (mut node, proof) = (tree.entry(of), tree.inclusion(of, size));
            for (at, side) in sides(of, size).expect("in the tree").into_iter().enumerate() {
                node = if side == 'r' { Hash::node(&node, &proof[at]) } else { Hash::node(&proof[at], &node) };
                for index in 0..size {
                    assert!(verify_inclusion(index, node, size, root, &proof[at + 1..]).is_err(), "{of} {at} {index}");
                    assert!(verify_inclusion(index, node, size, root, &proof).is_err(), "{of} {at} {index}");
                }
            }
            assert_eq!(node, root);
        }
    }
}

#[test]
fn a_consistency_proof_is_good_for_the_sizes_of_its_shape_alone() {
    let tree = Grown::over((0..ENTRIES_MAX).map(entry));
    for new in 1..=ENTRIES_MAX {
        for old in 1..new {
            let (proof, before, after) = (tree.consistency(old, new), tree.head(old), tree.head(new));
            let shape = uses(old, new, true);
            for size in others() {
                for older in others() {
                    let same = small(size, || uses(older, size, true)) == shape;
                    let (claimed, from) = (TreeHead { size, ..after }, TreeHead { size: older, ..before });
                    let verdict = verify_consistency(from, claimed, &proof);
                    assert_eq!(verdict.is_ok(), same, "{old} to {new} as {older} to {size}: {verdict:?}");
                    if size <= ENTRIES_MAX && older <= size && (older, size) != (old, new) {
                        assert!(verify_consistency(tree.head(older), tree.head(size), &proof).is_err());
                    }
                }
            }
            assert!(verify_consistency(after, before, &proof).is_err());
            assert!(verify_consistency(after, before, &[]).is_err());
        }
    }
}

#[test]
fn a_tree_of_the_largest_size_is_verified_and_one_larger_is_not() {
    let largest = (1 << 63) - 1;
    // The way of its first entry is the longest that there is: 63 hashes, all to the right.
    let proof: Vec<Hash> = (0..63).map(entry).collect();
    let root = proof.iter().fold(entry(99), |below, right| Hash::node(&below, right));
    verify_inclusion(0, entry(99), largest, root, &proof).expect("it holds");
    for size in [largest + 1, u64::MAX] {
        assert!(verify_inclusion(0, entry(99), size, root, &proof).is_err());
        let longer = [proof.as_slice(), &[entry(64)]].concat();
        assert!(verify_inclusion(0, entry(99), size, root, &longer).is_err());
        let head = TreeHead { size, root };
        assert!(verify_consistency(head, head, &[]).is_err());
    }
    let head = TreeHead { size: largest, root };
    verify_consistency(head, head, &[]).expect("it is the same");
    verify_consistency(TreeHead { size: 1, root: entry(99) }, head, &proof).expect("it goes on");
}

//! T27 to T29: proofs that are not of this entry, this tree, or of any.

use std::path::PathBuf;

use proto::Hash;
use proto::note::Note;
use proto::receipt::Receipt;
use proto::tree::{TreeHead, empty_root, verify_consistency, verify_inclusion};

use super::ground::Ground;
use super::verifiers::{Verdict, run_python};
use super::{Attack, Case};

pub const ATTACKS: [Attack; 3] = [
    Attack { id: "T27", by: "R", what: "inclusion proofs made wrong", evidence: "the proof", run: inclusion },
    Attack {
        id: "T28",
        by: "R",
        what: "a proof from the current tree with an older checkpoint",
        evidence: "the receipt",
        run: older_checkpoint,
    },
    Attack { id: "T29", by: "R", what: "consistency proofs made wrong", evidence: "the proof", run: consistency },
];

impl Ground {
    /// What both verifiers say of a receipt's file.
    fn receipt_refused(&self, done: &str, text: &str) -> Case {
        let file = self.folder.beside("spoiled.receipt");
        std::fs::write(&file, text).expect("writes");
        let policy = self.policy();
        let ours = Verdict::of("receipt", || {
            let receipt = match Receipt::parse(text.as_bytes()) {
                Ok(receipt) => receipt,
                Err(bad) => return Some(bad.to_string()),
            };
            let hash = Hash::entry(receipt.extra.as_deref().unwrap_or_default());
            receipt.verify(hash, &policy).err().map(|bad| bad.to_string())
        });
        let arguments = [PathBuf::from("--receipt"), file, PathBuf::from("--policy"), self.policy_file()];
        Case::new(done, vec![ours, run_python(&arguments)])
    }
}

fn inclusion(ground: &Ground) -> Vec<Case> {
    let p = ground.scored();
    let good = ground.receipt(p, 1);
    assert!(!ground.receipt_refused("nothing", &good.to_string()).is_detected(), "the good one holds");
    let (index, size, root) = (good.index, ground.sizes[1], ground.tree().head(ground.sizes[1]).root);
    let (leaf, proof) = (Hash::entry(good.extra.as_ref().expect("it has its event")), good.proof.clone());
    let with = |change: &dyn Fn(&mut Receipt)| {
        let mut receipt = good.clone();
        change(&mut receipt);
        receipt.to_string()
    };
    let text = good.to_string();
    let line = |n: usize| text.lines().nth(n).expect("a line").to_owned();
    let first = line(3);
    let spoiled = [
        ("index + 1", with(&|r| r.index += 1)),
        ("index - 1", with(&|r| r.index -= 1)),
        ("index 2^64-1", text.replacen(&format!("index {index}"), "index 18446744073709551615", 1)),
        ("an empty proof", with(&|r| r.proof.clear())),
        ("a hash less", with(&|r| r.proof.truncate(r.proof.len() - 1))),
        ("a hash more", with(&|r| r.proof.push(root))),
        ("64 hashes", with(&|r| r.proof = vec![root; 64])),
        ("1,000 hashes", with(&|r| r.proof = vec![root; 1_000])),
        ("two hashes exchanged", with(&|r| r.proof.swap(0, 1))),
        ("a hash of 0 bytes", text.replacen(&first, "", 1)),
        ("a hash of 31 bytes", text.replacen(&first, &("BwcH".repeat(10) + "Bw=="), 1)),
        ("a hash of 33 bytes", text.replacen(&first, &"BwcH".repeat(11), 1)),
        ("another event", with(&|r| r.extra = Some(ground.bodies[3].clone()))),
    ];
    let mut cases: Vec<Case> = spoiled.iter().map(|(what, text)| ground.receipt_refused(what, text)).collect();
    // What a receipt cannot say, because the log's signature is over it, a proof by API can.
    let inner = Hash::node(&leaf, &proof[0]);
    let alone = [
        ("size + 1", (index, leaf, size * 2, root, proof.clone())),
        ("size - 1", (index, leaf, index + 1, root, proof.clone())),
        ("size 0", (index, leaf, 0, root, proof.clone())),
        ("size 2^64-1", (index, leaf, u64::MAX, root, proof.clone())),
        ("index and size 2^64-1", (u64::MAX - 1, leaf, u64::MAX, root, proof.clone())),
        ("the root as a leaf", (index, root, size, root, Vec::new())),
        ("an inner node as a leaf", (index >> 1, inner, size, root, proof[1..].to_vec())),
        (
            "a proof for another size",
            (index, leaf, ground.sizes[0], ground.tree().head(ground.sizes[0]).root, proof.clone()),
        ),
    ];
    cases.extend(alone.into_iter().map(|(what, (index, leaf, size, root, proof))| {
        let say = || verify_inclusion(index, leaf, size, root, &proof).err().map(|bad| bad.to_string());
        Case::new(what, vec![Verdict::of("proof", say)])
    }));
    cases
}

fn older_checkpoint(ground: &Ground) -> Vec<Case> {
    let note = |i: usize| Note::parse(&std::fs::read(ground.kept_file(i)).expect("reads")).expect("a note");
    let p = ground.sizes[0] / 2;
    let (mut newer, mut older) = (ground.receipt(p, 1), ground.receipt(p, 0));
    (newer.checkpoint, older.checkpoint) = (note(0), note(1));
    vec![
        ground.receipt_refused("the current proof, an older checkpoint", &newer.to_string()),
        ground.receipt_refused("an older proof, the current checkpoint", &older.to_string()),
    ]
}

fn consistency(ground: &Ground) -> Vec<Case> {
    let [old, new] = ground.sizes.map(|size| ground.tree().head(size));
    let proof = ground.tree().consistency(old.size, new.size).expect("it goes on");
    verify_consistency(old, new, &proof).expect("the good one holds");
    let nothing = TreeHead { size: 0, root: empty_root() };
    let other = |head: TreeHead| TreeHead { root: Hash::entry(b"another"), ..head };
    let spoiled = [
        ("old = 0 with a proof", (nothing, new, proof.clone())),
        ("old = 0 with another root", (other(nothing), new, Vec::new())),
        ("old = new with a proof", (new, new, proof.clone())),
        ("old = new, two roots", (other(new), new, Vec::new())),
        ("old > new", (new, old, proof.clone())),
        ("an empty proof", (old, new, Vec::new())),
        ("another old root", (other(old), new, proof.clone())),
        ("another new root", (old, other(new), proof.clone())),
        ("another old size", (TreeHead { size: old.size - 1, ..old }, new, proof.clone())),
        // A size beside it may have a proof of the same shape: it is the checkpoint's signature that binds size and root.
        ("another new size", (old, TreeHead { size: new.size * 2, ..new }, proof.clone())),
        ("a hash less", (old, new, proof[1..].to_vec())),
        ("a hash more", (old, new, [&proof[..], &proof[..1]].concat())),
        (
            "sizes of 2^64-1",
            (TreeHead { size: u64::MAX - 1, ..old }, TreeHead { size: u64::MAX, ..new }, proof.clone()),
        ),
    ];
    let refuse = |(what, (old, new, proof)): (&str, (TreeHead, TreeHead, Vec<Hash>))| {
        let say = || verify_consistency(old, new, &proof).err().map(|bad| bad.to_string());
        Case::new(what, vec![Verdict::of("proof", say)])
    };
    spoiled.into_iter().map(refuse).collect()
}

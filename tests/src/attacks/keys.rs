//! T10 to T14: a log that was written anew whole, without the signing key and with it. What was kept elsewhere tells.

use std::path::PathBuf;

use proto::checkpoint::Checkpoint;
use proto::note::Note;
use proto::policy::Policy;
use proto::tree::TreeHead;
use proto::witness::{AddCheckpoint, Exhibit, Weight};
use proto::{Event, Hash};

use super::ground::{Ground, Holding};
use super::verifiers::{Verdict, run_python};
use super::{Attack, Case};
use crate::folder::Folder;
use crate::forged::chained;

pub const ATTACKS: [Attack; 5] = [
    Attack {
        id: "T10",
        by: "D",
        what: "rewrite one and recompute all that follows, without the key",
        evidence: "signer's tiles, checkpoint or receipt",
        run: rewritten,
    },
    Attack { id: "T11", by: "S", what: "the same, signed anew", evidence: "checkpoint or receipt", run: signed_anew },
    Attack { id: "T12", by: "S", what: "truncate and sign anew", evidence: "checkpoint", run: truncated },
    Attack {
        id: "T13",
        by: "S",
        what: "truncate, then grow to the same size otherwise",
        evidence: "checkpoint",
        run: grown_again,
    },
    Attack {
        id: "T14",
        by: "S",
        what: "two checkpoints of one size for two readers",
        evidence: "both checkpoints",
        run: two_of_one_size,
    },
];

/// How many events are cut off, or written otherwise, at the end.
const AT_THE_END: u64 = 50;

impl Ground {
    /// A position under the first checkpoint, and one behind it, of self-scores.
    fn under_each(&self) -> [u64; 2] {
        let events = self.events();
        let is_score = |event: &&Event| matches!(event.fact, proto::Fact::SelfScored(_));
        let last = |upto: u64| {
            let upto = usize::try_from(upto).expect("small") - 20;
            events[..upto].iter().rev().find(is_score).expect("there are many").envelope.position
        };
        self.sizes.map(last)
    }

    /// Where whoever holds both checkpoints places a change: at the first of them that the log does not lead to, and the
    /// number of events between it and the one before.
    fn between(&self, position: u64) -> (String, u64) {
        let [first, second] = self.sizes;
        if position <= first {
            (format!("position {first}:"), first)
        } else {
            (format!("position {second}:"), second - first)
        }
    }

    /// Somebody who holds the receipt of an event asks whether what the log says now is what he was given.
    fn by_receipt(&self, copy: &Folder, position: u64, i: usize) -> Verdict {
        let now = self.bodies_in(copy);
        let body = now.get(usize::try_from(position - 1).expect("small")).cloned().unwrap_or_default();
        let receipt = self.receipt(position, i);
        let policy = self.policy();
        Verdict::of("receipt", || receipt.verify(Hash::entry(&body), &policy).err().map(|bad| bad.to_string()))
    }

    fn by_checkpoints(&self, done: &str, copy: &Folder, position: u64) -> Case {
        let (place, window) = self.between(position);
        let inspector = self.inspected(copy, Holding::Checkpoints).at(place);
        let python = self.independent(copy, Holding::Checkpoints);
        Case::new(format!("{done}, by checkpoints"), vec![inspector, python]).within(window)
    }
}

fn rewritten(ground: &Ground) -> Vec<Case> {
    let mut cases = Vec::new();
    for (i, p) in ground.under_each().into_iter().enumerate() {
        let copy = ground.rewritten_from(p);
        let named = format!("position {p}:");
        let by_tiles = Case::new(format!("#{p}, by tiles"), vec![ground.inspected(&copy, Holding::Tiles).at(named)]);
        cases.push(by_tiles.named().without(ground.inspected(&copy, Holding::Nothing).is_refusal()));
        cases.push(ground.by_checkpoints(&format!("#{p}"), &copy, p));
        cases.push(Case::new(format!("#{p}, by its receipt"), vec![ground.by_receipt(&copy, p, i)]).named());
    }
    cases
}

fn signed_anew(ground: &Ground) -> Vec<Case> {
    let mut cases = Vec::new();
    for (i, p) in ground.under_each().into_iter().enumerate() {
        let copy = ground.rewritten_from(p);
        ground.signed_anew(&copy);
        let case = ground.by_checkpoints(&format!("#{p}"), &copy, p);
        cases.push(case.without(ground.inspected(&copy, Holding::Nothing).is_refusal()));
        cases.push(Case::new(format!("#{p}, by its receipt"), vec![ground.by_receipt(&copy, p, i)]).named());
    }
    cases
}

fn truncated(ground: &Ground) -> Vec<Case> {
    let end = ground.last() - AT_THE_END;
    let copy = ground.rewritten_whole(&ground.bodies[..usize::try_from(end).expect("small")]);
    ground.signed_anew(&copy);
    let inspector = ground.inspected(&copy, Holding::Checkpoints).at(format!("the end, after position {end}:"));
    let python = ground.independent(&copy, Holding::Checkpoints).at("the end:");
    let case = Case::new(format!("the last {AT_THE_END}"), vec![inspector, python]).within(1);
    vec![case.without(ground.inspected(&copy, Holding::Nothing).is_refusal())]
}

fn grown_again(ground: &Ground) -> Vec<Case> {
    let end = ground.last() - AT_THE_END;
    let is_score =
        |p: &u64| matches!(ground.events()[usize::try_from(*p - 1).expect("small")].fact, proto::Fact::SelfScored(_));
    let others: Vec<u64> = (end + 1..=ground.last()).filter(is_score).collect();
    let copy = ground.rewritten_whole(&chained(ground.with_other_words(&others)));
    ground.signed_anew(&copy);
    let case = ground.by_checkpoints(&format!("the last {AT_THE_END} written otherwise"), &copy, end + 1);
    vec![case.without(ground.inspected(&copy, Holding::Nothing).is_refusal())]
}

fn two_of_one_size(ground: &Ground) -> Vec<Case> {
    let size = ground.sizes[1];
    let note = |root: Hash| {
        let checkpoint = Checkpoint::new(ground.origin.as_str(), TreeHead { size, root });
        let mut note = Note::new(checkpoint.to_string()).expect("a text");
        note.push(ground.signer().sign(note.text(), 0)).expect("room");
        note
    };
    let (one, other) = (note(ground.tree().head(size).root), note(Hash::entry(b"for another reader")));
    let files: [PathBuf; 2] = ["one", "other"].map(|name| ground.folder.beside(name));
    for (file, note) in files.iter().zip([&one, &other]) {
        std::fs::write(file, note.to_string()).expect("writes");
    }
    let keys: Vec<_> = Policy::logs(&ground.policy()).iter().map(|known| known.key.clone()).collect();
    let exhibit = Exhibit { held: one, offered: AddCheckpoint { old: size, proof: Vec::new(), note: other } };
    let file = Verdict::of("exhibit", || {
        let read = Exhibit::parse(exhibit.to_string().as_bytes()).expect("it is one");
        (read.weigh(&keys) == Ok(Weight::Contradiction)).then(|| "contradiction".to_owned())
    });
    let mut arguments: Vec<PathBuf> = Vec::new();
    for file in files {
        arguments.extend([PathBuf::from("--checkpoint"), file]);
    }
    arguments.extend([PathBuf::from("--policy"), ground.policy_file()]);
    vec![Case::new("a portable file", vec![file, run_python(&arguments).at("contradiction")])]
}

//! The inspector's questions through the binary, on the sample round: what changed, why a rank moved, who did what.
//! Each answer is held against the ranking's own tables and the exported log.

use std::collections::BTreeMap;

use proto::between::{Diff, Effects, WhyRank};
use proto::who::{Holders, Who};
use proto::{Event, Exact, Fact, Hash};
use serde_json::Value;
use system_tests::folder::Folder;

fn told<T: serde::de::DeserializeOwned>(folder: &Folder, arguments: &[&str]) -> T {
    let all = [&["inspector"], arguments, &["--data", "@", "--json"]].concat();
    serde_json::from_str(&folder.must(&all).out).expect("an answer")
}

/// The ranks of a publication by unit.
fn ranks(folder: &Folder, publication: &str) -> BTreeMap<String, (u64, String)> {
    let said = folder.must(&["ranking", "--data", "@", "--publication", publication, "--json"]);
    let rows: Vec<Value> = serde_json::from_str(&said.out).expect("rows");
    let of = |row: &Value| {
        let text = |name: &str| row[name].as_str().expect("text").to_owned();
        (text("unit"), (row["rank"].as_u64().expect("a rank"), text("index")))
    };
    rows.iter().map(of).collect()
}

fn exported(folder: &Folder) -> Vec<(Event, Hash)> {
    folder.must(&["export", "--data", "@", "log.ndjson"]);
    let log = std::fs::read_to_string(folder.beside("log.ndjson")).expect("exported");
    log.lines().map(|l| (Event::decode(l.as_bytes()).expect("an event"), Hash::entry(l.as_bytes()))).collect()
}

#[test]
fn the_inspector_tells_of_the_sample_round_what_changed_why_ranks_moved_and_who_did_it() {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--data", "@"]);
    let log = exported(&folder);
    let published: Vec<u64> = log
        .iter()
        .filter(|(event, _)| matches!(event.fact, Fact::ResultPublished(_)))
        .map(|(event, _)| event.envelope.position)
        .collect();
    let [first, second] = [published[0], published[1]].map(|p| p.to_string());
    let (before, after) = (ranks(&folder, "1"), ranks(&folder, "2"));

    // Every unit's change between two publications is that of their tables, and its effects add up to it.
    let mut moved = 0;
    for (unit, (rank, index)) in &before {
        let now = &after[unit];
        if now == &(*rank, index.clone()) {
            continue;
        }
        moved += 1;
        let told: WhyRank = told(&folder, &["why-rank", "--unit", unit, "--from", &first, "--to", &second]);
        assert_eq!((told.before.rank, told.after.rank), (*rank, now.0), "{unit}");
        let printed =
            |exact: &Option<Exact>| exact.as_ref().expect("an index").rounded(2, proto::exact::RoundingMode::HalfUp);
        assert_eq!((printed(&told.before.index), printed(&told.after.index)), (index.clone(), now.1.clone()), "{unit}");
        let mut sum = told.left_out.clone();
        told.effects.iter().for_each(|effect| sum.add(&effect.alone()));
        assert_eq!(sum, told.whole, "{unit}");
        for effect in &told.effects {
            let (event, hash) = &log[usize::try_from(effect.event.position).expect("a position") - 1];
            assert_eq!((*hash, event.fact.kind()), (effect.event.hash, effect.event.kind.as_str()));
        }
    }
    assert!(moved > 0, "an appeal was upheld");

    // The whole round, told from its first event to its last.
    let whole: WhyRank = told(&folder, &["why-rank", "--unit", "gtvt"]);
    assert_eq!((whole.position, whole.after.rank, whole.before.rank), (log.len() as u64, 9, 0));
    assert_eq!(whole.effects.len() as u64 + whole.left_out.events, whole.whole.events);
    let mut sum: Effects = whole.together.clone();
    whole.movers.iter().for_each(|mover| sum.add(&mover.effects));
    assert_eq!((sum.places, &sum), (-9, &whole.whole));

    // What changed between the publications is what was corrected.
    let diff: Diff = told(&folder, &["diff", "--from", &first, "--to", &second]);
    let corrected: Vec<(String, String)> = log
        .iter()
        .filter_map(|(event, _)| match &event.fact {
            Fact::ScoreCorrected(f) => Some((f.act.unit.to_string(), f.act.leaf.to_string())),
            _ => None,
        })
        .collect();
    let leaves = diff.units.iter().flat_map(|u| u.leaves.iter().map(|l| (u.unit.to_string(), l.leaf.to_string())));
    let (mut leaves, mut expected) = (leaves.collect::<Vec<_>>(), corrected);
    leaves.sort();
    expected.sort();
    expected.dedup();
    assert_eq!(leaves, expected);
    let unit = diff.units.iter().find(|u| u.unit.as_str() == "273").expect("its appeal was upheld in part");
    let event = &unit.leaves[0].by.events[0];
    assert_eq!((event.kind.as_str(), event.hash), ("score_corrected", log[event.position as usize - 1].1));
    let one: Diff = told(&folder, &["diff", "--from", "2022-11-01", "--to", "2022-11-30", "--unit", "gtvt"]);
    assert!(one.units.len() == 1 && one.units[0].leaves.len() > 20, "a day is its last moment in Vietnam");
    let none: Diff = told(&folder, &["diff", "--from", &second, "--to", &second]);
    assert!(none.units.is_empty() && none.kinds.is_empty());

    // Every act of an actor, and no other's.
    let own = log.iter().filter(|(event, _)| event.envelope.actor.id.as_str() == "gtvt-d").count() as u64;
    let who: Who = told(&folder, &["who", "--actor", "gtvt-d"]);
    assert_eq!((who.acts.len() as u64 + who.acts_left_out, who.kinds.iter().map(|k| k.events).sum()), (own, own));
    assert_eq!((who.grants[0].capacity.as_str(), who.grants[0].state.word()), ("drafter", "holds"));
    assert!(who.acts.iter().all(|act| act.hash == log[act.position as usize - 1].1));
    let earlier: Who = told(&folder, &["who", "--actor", "gtvt-d", "--as-of", &who.acts[3].position.to_string()]);
    assert_eq!(earlier.acts.last(), Some(&who.acts[3]));
    let nobody: Who = told(&folder, &["who", "--actor", "nobody"]);
    assert!(nobody.acts.is_empty() && nobody.grants.is_empty() && nobody.position == log.len() as u64);
    let held: Holders = told(&folder, &["who", "--capacity", "drafter", "--unit", "gtvt"]);
    assert_eq!(held.held.iter().map(|g| g.actor.as_str()).collect::<Vec<_>>(), ["gtvt-d"]);
    let before_all: Holders = told(&folder, &["who", "--capacity", "drafter", "--as-of", "1"]);
    assert!(before_all.held.is_empty());

    // As text, each names where it stands; what cannot be asked has a code.
    let (last, root) = (log.len(), who.root);
    let texts: [&[&str]; 4] = [
        &["diff", "--from", &first],
        &["why-rank", "--unit", "273", "--from", &first, "--lang", "en"],
        &["who", "--actor", "gtvt-d"],
        &["who", "--capacity", "council"],
    ];
    for arguments in texts {
        let said = folder.must(&[&["inspector"], arguments, &["--data", "@"]].concat()).out;
        assert!(said.contains(&format!("as of #{last}, root {root}")), "{arguments:?}: {said}");
    }
    let refused: [(&[&str], &str); 7] = [
        (&["diff", "--from", "9", "--to", "8"], "moments_reversed"),
        (&["diff", "--unit", "nobody"], "unit_unknown"),
        (&["diff", "--leaf", "9.9.9"], "leaf_unknown"),
        (&["diff", "--round", "none"], "round_unknown"),
        (&["why-rank", "--unit", "nobody"], "unit_unknown"),
        (&["why-rank", "--unit", "gtvt", "--to", "99999999"], "position_ahead"),
        (&["why-rank", "--unit", "gtvt", "--to", "3"], "round_unknown"),
    ];
    for (arguments, code) in refused {
        let said = folder.run(&[&["inspector"], arguments, &["--data", "@"]].concat());
        assert!(said.code == Some(2) && said.err.contains(code), "{arguments:?}: {}", said.err);
    }
    for arguments in
        [&["who"][..], &["who", "--actor", "A B"], &["who", "--capacity", "king"], &["diff", "--from", "x"]]
    {
        let said = folder.run(&[&["inspector"], arguments, &["--data", "@"]].concat());
        assert_eq!(said.code, Some(2), "{arguments:?}: {}", said.err);
    }
}

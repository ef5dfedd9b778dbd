//! Laws of the heads map: what is in it proves itself, what is not proves that, and nothing else is proven by anything.
//! Every proof is also met in spoiled bytes: no parser panics, and none reads two spellings of one proof.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;
use proto::heads::{Absence, BadHeads, BadMap, HeadsRoot, HeadsTree, Listing, Presence, StreamHead};
use proto::{Hash, Stream};

fn stream(name: &str) -> Stream {
    Stream::parse(name).expect(name)
}

fn head(name: &str, version: u64) -> StreamHead {
    let of = |what: &str| Hash::digest(format!("{what} {name} {version}").as_bytes());
    StreamHead { hash: of("hash"), state: of("state"), stream: stream(name), version }
}

fn tree(names: &BTreeSet<String>) -> HeadsTree {
    HeadsTree::over(names.iter().map(|name| head(name, 1 + name.len() as u64)).collect()).expect("sorted and once each")
}

/// A few names that lie close together, so that a drawn one is often there and often has near neighbours.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        (1..6_u32).prop_map(|n| format!("appeal/r1/{n}")),
        (1..4_u32).prop_map(|n| format!("appeal/r2/{n}")),
        "[a-c]{1,2}".prop_map(|id| format!("grants/{id}")),
        "[a-c]".prop_map(|id| format!("round/{id}")),
        ("r[12]", "[a-b]{1,2}").prop_map(|(round, unit)| format!("sheet/{round}/{unit}")),
        ("r[12]?", "[a-b]").prop_map(|(round, batch)| format!("survey/r{round}/{batch}")),
    ]
}

fn names() -> impl Strategy<Value = BTreeSet<String>> {
    prop::collection::btree_set(name(), 0..24)
}

proptest! {
    #[test]
    fn what_is_there_proves_to_be_there_and_what_is_not_proves_that(names in names(), asked in name()) {
        let map = tree(&names);
        let root = map.root();
        let of = stream(&asked);
        match (map.presence(&of), map.absence(&of)) {
            (Some(presence), None) => {
                prop_assert!(names.contains(&asked));
                presence.verify(&root).expect("holds");
                let again = Presence::parse(&presence.to_bytes().expect("writes")).expect("reads");
                prop_assert_eq!(again, presence);
            }
            (None, Some(absence)) => {
                prop_assert!(!names.contains(&asked));
                absence.verify(&of, &root).expect("holds");
                let again = Absence::parse(&absence.to_bytes().expect("writes")).expect("reads");
                prop_assert_eq!(again, absence);
            }
            both => prop_assert!(false, "one of the two: {:?}", both),
        }
    }

    #[test]
    fn a_listing_names_all_streams_of_its_kind_and_one_that_leaves_any_out_does_not_hold(names in names()) {
        let map = tree(&names);
        let root = map.root();
        for prefix in ["appeal/r1/", "appeal/r2/", "survey/r/", "sheet/r1/", "zzz/"] {
            let listing = map.listing(prefix);
            listing.verify(prefix, &root).expect("holds");
            let told: BTreeSet<String> = listing.within.iter().map(|one| one.head.stream.to_string()).collect();
            let of: BTreeSet<String> = names.iter().filter(|name| name.starts_with(prefix)).cloned().collect();
            prop_assert_eq!(told, of);
            for left_out in 0..listing.within.len() {
                let mut short = listing.clone();
                short.within.remove(left_out);
                prop_assert!(short.verify(prefix, &root).is_err());
            }
            // One at the end of which it is said that it lies outside.
            for moved in [true, false] {
                let mut moved_out = listing.clone();
                if moved && !moved_out.within.is_empty() {
                    moved_out.before = Some(moved_out.within.remove(0));
                    prop_assert!(moved_out.verify(prefix, &root).is_err());
                } else if let Some(last) = moved_out.within.pop() {
                    moved_out.after = Some(last);
                    prop_assert!(moved_out.verify(prefix, &root).is_err());
                }
            }
            for edge in [true, false] {
                let mut open = listing.clone();
                let gone = if edge { open.before.take() } else { open.after.take() };
                prop_assert_eq!(open.verify(prefix, &root).is_ok(), gone.is_none());
            }
        }
    }

    #[test]
    fn no_proof_holds_for_anything_else(names in names(), at in any::<Index>(), what in 0..8_usize, by in 1..u64::MAX) {
        prop_assume!(!names.is_empty());
        let map = tree(&names);
        let root = map.root();
        let name = at.get(&names.iter().collect::<Vec<_>>()).to_string();
        let good = map.presence(&stream(&name)).expect("it is there");
        let (mut bad, mut of) = (good.clone(), root);
        match what {
            0 => bad.head.version = by,
            1 => bad.head.hash = Hash::digest(&by.to_be_bytes()),
            2 => bad.head.state = Hash::digest(&by.to_be_bytes()),
            3 => bad.index = by,
            4 => bad.head.stream = stream("sheet/other/unit"),
            5 => of.count = by,
            6 => bad.proof.push(Hash::digest(b"more")),
            _ => of.root = Hash::digest(&by.to_be_bytes()),
        }
        prop_assume!(bad != good || of != root);
        prop_assert!(bad.verify(&of).is_err());
        if !good.proof.is_empty() {
            let mut short = good.clone();
            short.proof.pop();
            prop_assert!(short.verify(&root).is_err());
            let mut other = good.clone();
            other.proof[0].0[0] ^= 1;
            prop_assert!(other.verify(&root).is_err());
        }
    }

    #[test]
    fn the_root_changes_with_every_head_that_is_altered_dropped_or_older(names in names(), at in any::<Index>()) {
        prop_assume!(!names.is_empty());
        let heads: Vec<StreamHead> = names.iter().map(|name| head(name, 7)).collect();
        let root = HeadsTree::over(heads.clone()).expect("a map").root();
        let at = at.index(heads.len());
        let mut dropped = heads.clone();
        dropped.remove(at);
        let altered = |change: fn(&mut StreamHead)| {
            let mut heads = heads.clone();
            change(&mut heads[at]);
            heads
        };
        let others = [
            dropped,
            altered(|head| head.version = 6),
            altered(|head| head.hash = Hash::digest(b"other")),
            altered(|head| head.state = Hash::digest(b"other")),
        ];
        for other in others {
            prop_assert_ne!(HeadsTree::over(other).expect("a map").root(), root);
        }
    }

    #[test]
    fn no_bytes_make_a_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), at in any::<Index>(), to in any::<u8>()) {
        let map = tree(&["grants/a", "grants/b", "round/r"].map(str::to_owned).into());
        let good = [
            map.presence(&stream("grants/a")).expect("there").to_bytes().expect("writes"),
            map.absence(&stream("grants/aa")).expect("not there").to_bytes().expect("writes"),
            map.listing("grants/").to_bytes().expect("writes"),
        ];
        let mut all = vec![bytes];
        for mut spoiled in good {
            let at = at.index(spoiled.len());
            spoiled[at] = to;
            all.push(spoiled);
        }
        let root = map.root();
        for bytes in all {
            if let Ok(one) = Presence::parse(&bytes) {
                prop_assert_eq!(one.to_bytes().expect("writes"), bytes.clone());
                let _ = one.verify(&root);
            }
            if let Ok(one) = Absence::parse(&bytes) {
                prop_assert_eq!(one.to_bytes().expect("writes"), bytes.clone());
                let _ = one.verify(&one.stream, &root);
            }
            if let Ok(one) = Listing::parse(&bytes) {
                prop_assert_eq!(one.to_bytes().expect("writes"), bytes.clone());
                let _ = one.verify(&one.prefix, &root);
            }
        }
    }
}

#[test]
fn heads_stand_in_the_order_of_names_and_once_each() {
    let over = |names: &[&str]| HeadsTree::over(names.iter().map(|name| head(name, 1)).collect());
    assert!(over(&["appeal/r/10", "appeal/r/2", "grants/a", "grants/a-1", "grants/a.b"]).is_ok());
    assert!(matches!(over(&["grants/b", "grants/a"]), Err(BadMap::Order(_))));
    assert!(matches!(over(&["grants/a", "grants/a"]), Err(BadMap::Order(_))));
    assert!(matches!(over(&["grants/a", "log"]), Err(BadMap::Log)));
    assert!(matches!(HeadsTree::over(vec![head("grants/a", 0)]), Err(BadMap::Version(_))));
}

#[test]
fn an_empty_map_holds_nothing_and_says_so() {
    let (empty, one) = (tree(&BTreeSet::new()), tree(&["grants/a".to_owned()].into()));
    let of = stream("grants/a");
    let absence = empty.absence(&of).expect("it is not there");
    absence.verify(&of, &empty.root()).expect("holds");
    empty.listing("grants/").verify("grants/", &empty.root()).expect("holds");
    assert!(matches!(absence.verify(&of, &one.root()), Err(BadHeads::Gap(_))));
    assert!(matches!(absence.verify(&stream("grants/b"), &empty.root()), Err(BadHeads::Other(_))));
    // A count of nothing under another root, and the root of nothing under another count.
    let root = empty.root();
    assert!(absence.verify(&of, &HeadsRoot { root: one.root().root, ..root }).is_err());
    assert!(absence.verify(&of, &HeadsRoot { count: 1, ..root }).is_err());
}

#[test]
fn two_that_do_not_stand_side_by_side_prove_no_absence() {
    let map = tree(&["grants/a", "grants/b", "grants/c"].map(str::to_owned).into());
    let (root, gone) = (map.root(), stream("grants/b"));
    let at = |name: &str| map.presence(&stream(name));
    let claim = |before, after| Absence { after, before, stream: gone.clone() };
    for (before, after) in [
        (at("grants/a"), at("grants/c")),
        (at("grants/a"), None),
        (None, at("grants/c")),
        (None, None),
        (at("grants/b"), at("grants/c")),
        (at("grants/a"), at("grants/b")),
        (at("grants/c"), at("grants/a")),
    ] {
        assert!(claim(before, after).verify(&gone, &root).is_err());
    }
    assert!(matches!(
        Absence { after: None, before: None, stream: Stream::Log }.verify(&Stream::Log, &root),
        Err(BadHeads::Log)
    ));
}

#[test]
fn no_entry_of_the_log_is_one_of_the_map() {
    let one = head("grants/a", 1);
    let bytes = proto::canon::to_vec(&one).expect("canonical");
    assert_ne!(one.entry(), Hash::entry(&bytes));
    let alone = HeadsTree::over(vec![one.clone()]).expect("a map").root();
    assert_ne!(alone.root, one.entry(), "the root holds the count, also of one");
    assert_eq!(alone, HeadsRoot { count: 1, root: Hash::heads(1, &one.entry()) });
}

//! `vectors/heads.json`: heads maps with their roots, and proofs about them, good ones and forged ones, each with its verdict.
//! Roots come from the definition in the README, and a verdict from how the case was made, never from what this crate found.

use proto::heads::{Absence, HeadsRoot, HeadsTree, Listing, Presence, StreamHead};
use proto::{Hash, Stream};
use serde::Serialize;

/// The streams of the largest map, in the order of their names.
const NAMES: [&str; 9] = [
    "appeal/r22/1",
    "appeal/r22/10",
    "appeal/r22/2",
    "grants/a-07",
    "round/r22",
    "rulebook/r.1",
    "sheet/r22/gtvt",
    "survey/r22/b1",
    "survey/r22/b2",
];
/// How many of them each map has: the first so many.
const COUNTS: [usize; 6] = [0, 1, 2, 3, 6, 9];

#[derive(Serialize)]
pub struct File {
    pub maps: Vec<Map>,
    pub presences: Vec<Case<Presence>>,
    pub absences: Vec<Case<Absence>>,
    pub listings: Vec<Case<Listing>>,
}

/// A map and its root.
#[derive(Serialize)]
pub struct Map {
    pub heads: Vec<StreamHead>,
    pub root: HeadsRoot,
}

/// Whether a proof holds of what was asked: a stream, or how the names begin.
#[derive(Serialize)]
pub struct Case<P> {
    pub name: String,
    pub asked: String,
    pub root: HeadsRoot,
    pub proof: P,
    pub holds: bool,
}

fn head(name: &str, version: u64) -> StreamHead {
    let of = |what: &str| Hash::digest(format!("{what} {name}").as_bytes());
    StreamHead { hash: of("hash"), state: of("state"), stream: stream(name), version }
}

fn stream(name: &str) -> Stream {
    Stream::parse(name).expect(name)
}

fn heads(count: usize) -> Vec<StreamHead> {
    NAMES.iter().take(count).enumerate().map(|(i, name)| head(name, 1 + i as u64)).collect()
}

/// The root by the README's definition.
fn root(heads: &[StreamHead]) -> HeadsRoot {
    let entry = |h: &StreamHead| {
        let text = format!(
            "\u{2}{{\"hash\":\"{}\",\"state\":\"{}\",\"stream\":\"{}\",\"version\":{}}}",
            h.hash, h.state, h.stream, h.version
        );
        Hash::digest(text.as_bytes())
    };
    let count = heads.len() as u64;
    let tree = tree(&heads.iter().map(entry).collect::<Vec<_>>());
    HeadsRoot { count, root: Hash::digest(&[&[3][..], &count.to_be_bytes(), &tree.0].concat()) }
}

fn tree(entries: &[Hash]) -> Hash {
    match entries {
        [] => Hash::digest(b""),
        [one] => *one,
        _ => {
            let (left, right) = entries.split_at(entries.len().next_power_of_two() / 2);
            Hash::node(&tree(left), &tree(right))
        }
    }
}

fn map(count: usize) -> (HeadsTree, HeadsRoot) {
    (HeadsTree::over(heads(count)).expect("in order"), root(&heads(count)))
}

fn case<P>(name: impl Into<String>, asked: &str, root: HeadsRoot, proof: P, holds: bool) -> Case<P> {
    Case { name: name.into(), asked: asked.to_owned(), root, proof, holds }
}

fn presences() -> Vec<Case<Presence>> {
    let mut cases = Vec::new();
    for count in COUNTS {
        let (map, root) = map(count);
        for name in &NAMES[..count] {
            let proof = map.presence(&stream(name)).expect("it is there");
            cases.push(case(format!("{name} of {count}"), name, root, proof, true));
        }
    }
    let (map, root) = map(6);
    let asked = NAMES[4];
    let good = map.presence(&stream(asked)).expect("it is there");
    let mut spoil = |name: &str, root: HeadsRoot, change: fn(&mut Presence)| {
        let mut bad = good.clone();
        change(&mut bad);
        cases.push(case(name, asked, root, bad, false));
    };
    spoil("another version", root, |p| p.head.version += 1);
    spoil("version 0", root, |p| p.head.version = 0);
    spoil("another hash", root, |p| p.head.hash = p.head.state);
    spoil("another state", root, |p| p.head.state = p.head.hash);
    spoil("another index", root, |p| p.index -= 1);
    spoil("an index beyond the map", root, |p| p.index = 6);
    spoil("a hash less", root, |p| p.proof.truncate(p.proof.len() - 1));
    spoil("a hash more", root, |p| p.proof.push(Hash::digest(b"more")));
    spoil("another count", HeadsRoot { count: 7, ..root }, |_| ());
    spoil("an empty map", HeadsRoot { count: 0, ..root }, |_| ());
    cases
}

fn absences() -> Vec<Case<Absence>> {
    let mut cases = Vec::new();
    for count in COUNTS {
        let (map, root) = map(count);
        for asked in ["appeal/r22/0", "appeal/r22/11", "round/r21", "survey/r22/b1.x", "tally/z"] {
            let proof = map.absence(&stream(asked)).expect("it is not there");
            cases.push(case(format!("{asked} in {count}"), asked, root, proof, true));
        }
        for name in &NAMES[count..] {
            let proof = map.absence(&stream(name)).expect("not in this map");
            cases.push(case(format!("{name} in {count}"), name, root, proof, true));
        }
    }
    let (map, root) = map(6);
    let at = |name: &str| map.presence(&stream(name));
    let (there, gone) = (NAMES[2], "appeal/r22/11");
    let mut claim = |name: &str, asked: &str, before: Option<Presence>, after: Option<Presence>| {
        cases.push(case(name, asked, root, Absence { after, before, stream: stream(asked) }, false));
    };
    claim("one that is there, its neighbours around it", there, at(NAMES[1]), at(NAMES[3]));
    claim("one that is there, beside itself", there, at(NAMES[1]), at(NAMES[2]));
    claim("one that is there, at the map's edges", there, None, None);
    claim("one that is not there, without neighbours", gone, None, None);
    claim("one that is not there, with one neighbour only", gone, at(NAMES[1]), None);
    claim("one that is not there, with the other only", gone, None, at(NAMES[2]));
    claim("neighbours of another place", gone, at(NAMES[3]), at(NAMES[4]));
    claim("neighbours in the wrong order", gone, at(NAMES[2]), at(NAMES[1]));
    let proof = map.absence(&stream(gone)).expect("it is not there");
    let other = HeadsRoot { count: 5, ..root };
    cases.push(case("another count", gone, other, proof, false));
    cases
}

fn listings() -> Vec<Case<Listing>> {
    let mut cases = Vec::new();
    for count in COUNTS {
        let (map, root) = map(count);
        for asked in ["appeal/r22/", "survey/r22/", "sheet/", "tally/"] {
            cases.push(case(format!("{asked} in {count}"), asked, root, map.listing(asked), true));
        }
    }
    let (map, root) = map(9);
    let asked = "appeal/r22/";
    let mut spoil = |name: &str, change: fn(&mut Listing)| {
        let mut bad = map.listing(asked);
        change(&mut bad);
        cases.push(case(name, asked, root, bad, false));
    };
    spoil("the first left out", |l| drop(l.within.remove(0)));
    spoil("the last left out", |l| drop(l.within.pop()));
    spoil("one in the middle left out", |l| drop(l.within.remove(1)));
    spoil("the last said to lie behind", |l| l.after = l.within.pop());
    spoil("the first said to lie before", |l| l.before = Some(l.within.remove(0)));
    spoil("nothing behind", |l| l.after = None);
    spoil("nothing at all", |l| (l.within, l.after) = (Vec::new(), None));
    spoil("in another order", |l| l.within.swap(0, 1));
    spoil("one twice", |l| l.within.push(l.within[2].clone()));
    spoil("one more, of another kind", |l| l.within.extend(l.after.clone()));
    cases
}

pub fn file() -> File {
    let maps = COUNTS.map(|count| Map { heads: heads(count), root: root(&heads(count)) });
    File { maps: maps.into(), presences: presences(), absences: absences(), listings: listings() }
}

//! Every chain of the vectors once more in stretches: they join exactly where a walk from the first event goes through.
//! What a walk finds where they do not is the same fault.

use proto::tree::Subtree;
use proto::walk::{Fault, Stretch, Walk};

use super::chains::cases;
use crate::story::check::origin;

/// Walks from the first body on.
fn walked(walk: &mut Walk, bodies: &[Vec<u8>]) -> Result<(), Fault> {
    bodies.iter().try_for_each(|body| walk.step(body).map(|_| ()))
}

/// Walks a stretch; what it finds, and what the walk finds on joining it.
fn joined(walk: &mut Walk, mut stretch: Stretch, bodies: &[Vec<u8>]) -> Result<(), (Fault, bool)> {
    for body in bodies {
        stretch.step(body).map_err(|fault| (fault, false))?;
    }
    walk.join(stretch).map_err(|fault| (fault, true))
}

#[test]
fn stretches_join_where_a_walk_goes_through_and_nowhere_else() {
    for case in cases() {
        let origin = origin(case.bodies.first().map(Vec::as_slice).unwrap_or_default());
        let mut whole = Walk::new(origin.clone());
        let verdict = walked(&mut whole, &case.bodies);
        for level in 0..4 {
            let mut walk = Walk::new(origin.clone());
            let mut found = Ok(());
            for (index, bodies) in (0..).zip(case.bodies.chunks(1 << level)) {
                let stretch = Stretch::new(origin.clone(), Subtree { level, index });
                let Err((fault, on_joining)) = joined(&mut walk, stretch, bodies) else { continue };
                found = walked(&mut walk, bodies);
                let name = &case.name;
                assert!(!on_joining || found.as_ref() == Err(&fault), "{name}, level {level}: {fault}, not {found:?}");
                break;
            }
            assert_eq!(found, verdict, "{}, level {level}", case.name);
            assert_eq!((walk.range(), walk.hash()), (whole.range(), whole.hash()), "{}, level {level}", case.name);
        }
    }
}

#[test]
fn a_stretch_behind_a_gap_is_not_joined() {
    let good = cases().swap_remove(0).bodies;
    let stretch = |index: u64, bodies: &[Vec<u8>]| {
        let mut stretch = Stretch::new(origin(&good[0]), Subtree { level: 2, index });
        for body in bodies {
            stretch.step(body).expect("they follow each other");
        }
        stretch
    };
    let mut walk = Walk::new(origin(&good[0]));
    walk.join(stretch(0, &good[..3])).expect("the first three");
    let fault = walk.join(stretch(1, &good[4..8])).expect_err("the fourth is missing");
    assert_eq!((fault.position, walk.position()), (4, 3));
    assert_eq!(fault.broken.to_string(), "the body says position 5");
    walk.join(stretch(2, &[])).expect("nothing is nowhere");
}

#[test]
fn a_stretch_takes_no_more_than_its_subtree_has() {
    let good = cases().swap_remove(0).bodies;
    let mut second = Stretch::new(origin(&good[0]), Subtree { level: 2, index: 1 });
    for body in &good[4..8] {
        assert!(!second.is_full());
        second.step(body).expect("they follow each other");
    }
    assert!(second.is_full());
    let beyond = std::panic::catch_unwind(move || second.step(&good[8]));
    assert!(beyond.is_err(), "four are all");
}

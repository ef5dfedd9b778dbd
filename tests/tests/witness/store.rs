//! A witness's store: made once in the life of a key, held by one process, never used when it is not what was left there.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};

use inspector::{NotCosigned, WitnessStore, WitnessStoreError};
use platform::key_file;
use proto::note::{KeyKind, KeyName};
use proto::witness::AddCheckpoint;

use super::fixture::{Place, log};

fn code(error: &WitnessStoreError) -> String {
    let told = error.to_string();
    told.split(':').next().expect("a code").to_owned()
}

fn body(request: &AddCheckpoint) -> Vec<u8> {
    request.to_string().into_bytes()
}

/// T36: a witness that lost its store is retired.
#[test]
fn a_key_whose_store_is_lost_never_cosigns_again() {
    let (place, log) = (Place::new("w.example"), log(40));
    let opened = place.open(&log).expect("opens");
    opened.add(&body(&log.request(0, 8)), || 1_700_000_000).expect("cosigns");
    drop(opened);
    fs::rename(place.store(), place.beside("lost")).expect("moves");
    assert_eq!(code(&place.open(&log).expect_err("no store")), "witness_store_missing");
    let again = WitnessStore::init(&place.store(), &place.key_file()).expect_err("it has had one");
    assert_eq!(code(&again), "witness_key_used");
    // An empty store that somebody makes by hand, or with another key, is not the one that the key was given.
    let other = Place::new("w.example");
    fs::rename(other.store(), place.store()).expect("moves");
    assert_eq!(code(&place.open(&log).expect_err("another's")), "witness_store_missing");
    let card = fs::read_to_string(place.store().join("card")).expect("reads");
    fs::write(place.store().join("card"), card.replace(&other.key.to_string(), &place.key.to_string()))
        .expect("writes");
    assert_eq!(code(&place.open(&log).expect_err("another number")), "witness_store_missing");
    // A key is marked wherever it goes.
    fs::copy(place.key_file(), place.beside("copied")).expect("copies");
    let copied = WitnessStore::init(&place.beside("new"), &place.beside("copied")).expect_err("the mark goes with it");
    assert_eq!(code(&copied), "witness_key_used");
    // With its own store back it goes on where it was.
    fs::remove_dir_all(place.store()).expect("removes");
    fs::rename(place.beside("lost"), place.store()).expect("moves");
    let opened = place.open(&log).expect("opens");
    assert_eq!(opened.last(log.origin()).expect("it has cosigned").head, log.head(8));
    assert!(opened.add(&body(&log.request(8, 9)), || 1_700_000_000).is_ok());
}

#[test]
fn a_store_is_made_for_one_key_and_in_no_folder_that_holds_anything() {
    let (place, other, log) = (Place::new("w.example"), Place::bare("x.example"), log(1));
    let taken = WitnessStore::init(&place.store(), &other.key_file()).expect_err("another key's");
    assert_eq!(code(&taken), "witness_store_taken");
    fs::create_dir(other.store()).expect("makes");
    fs::write(other.store().join("photo"), "x").expect("writes");
    assert_eq!(
        code(&WitnessStore::init(&other.store(), &other.key_file()).expect_err("not empty")),
        "witness_store_taken"
    );
    assert_eq!(code(&other.open(&log).expect_err("never given one")), "witness_store_missing");
    let of_log = other.beside("log.key");
    key_file::generate(&of_log, KeyName::parse("log.example").expect("a name"), KeyKind::Log).expect("makes");
    assert_eq!(code(&WitnessStore::init(&other.beside("s"), &of_log).expect_err("a log's")), "witness_key_wrong");
    fs::remove_file(other.store().join("photo")).expect("removes");
    WitnessStore::init(&other.store(), &other.key_file()).expect("it is empty now");
    assert!(other.open(&log).is_ok());
}

#[test]
fn making_a_store_that_broke_off_is_gone_on_with() {
    let (place, log) = (Place::bare("w.example"), log(1));
    // Before the card: the folders are there. After it: the key has no mark yet.
    fs::create_dir_all(place.store().join("exhibits")).expect("makes");
    let unmarked = fs::read(place.key_file()).expect("reads");
    WitnessStore::init(&place.store(), &place.key_file()).expect("makes");
    let marked = fs::read(place.key_file()).expect("reads");
    fs::write(place.key_file(), unmarked).expect("writes");
    assert_eq!(code(&place.open(&log).expect_err("not marked")), "witness_store_missing");
    WitnessStore::init(&place.store(), &place.key_file()).expect("goes on");
    assert_eq!(fs::read(place.key_file()).expect("reads"), marked, "the same store");
    assert!(place.open(&log).is_ok());
}

#[test]
fn a_store_is_held_by_one() {
    let (place, log) = (Place::new("w.example"), log(1));
    let held = place.open(&log).expect("opens");
    assert_eq!(code(&place.open(&log).expect_err("held")), "witness_store_locked");
    drop(held);
    assert!(place.open(&log).is_ok());
}

#[test]
fn nothing_is_cosigned_on_top_of_what_the_witness_did_not_leave_there() {
    let (place, log) = (Place::new("w.example"), log(40));
    let opened = place.open(&log).expect("opens");
    let before = body(&log.request(8, 20));
    opened.add(&body(&log.request(0, 8)), || 1_700_000_000).expect("cosigns");
    let old = fs::read(place.record()).expect("reads");
    opened.add(&before, || 1_700_000_001).expect("cosigns");
    let new = fs::read(place.record()).expect("reads");
    let refused = |body: &[u8]| match opened.add(body, || 1_700_000_002) {
        Err(NotCosigned::Store(error)) => code(&error),
        other => panic!("{other:?}"),
    };
    // Somebody puts yesterday's checkpoint back under a witness that runs, or takes it away.
    fs::write(place.record(), &old).expect("writes");
    assert_eq!(refused(&before), "witness_store_damaged");
    let path = place.record();
    fs::remove_file(&path).expect("removes");
    assert_eq!(refused(&body(&log.request(0, 8))), "witness_store_damaged");
    fs::write(&path, &new).expect("writes");
    opened.add(&body(&log.request(20, 21)), || 1_700_000_002).expect("what it left there is there again");
    drop(opened);

    // The same before it starts: what is missing, not signed by it, another log's, or no checkpoint at all.
    let whole = fs::read_to_string(&path).expect("reads");
    let others =
        [String::new(), whole.replace("\n21\n", "\n20\n"), log.note(21).to_string(), whole.replace(ORIGIN_LINE, "x\n")];
    for other in others {
        fs::write(&path, &other).expect("writes");
        assert_eq!(code(&place.open(&log).expect_err(&other)), "witness_store_damaged");
    }
    fs::remove_file(&path).expect("removes");
    assert_eq!(code(&place.open(&log).expect_err("gone")), "witness_store_damaged");
    fs::write(&path, &whole).expect("writes");
    assert_eq!(place.open(&log).expect("opens").last(log.origin()).expect("held").head, log.head(21));
    fs::write(place.store().join("card"), "x").expect("writes");
    assert_eq!(code(&place.open(&log).expect_err("no card")), "witness_store_damaged");
}

const ORIGIN_LINE: &str = "log.example/1\n";

/// Of requests that cross, none is told that the clock went back because another one was quicker.
#[test]
fn the_clock_is_read_once_a_requests_turn_has_come() {
    let (place, log) = (Place::new("w.example"), log(20));
    let opened = place.open(&log).expect("opens");
    opened.add(&body(&log.request(0, 20)), || 1_700_000_000).expect("cosigns");
    let (again, seconds) = (body(&log.request(20, 20)), AtomicU64::new(1_700_000_001));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..25 {
                    opened.add(&again, || seconds.fetch_add(1, Ordering::SeqCst)).expect("its time is the latest");
                }
            });
        }
    });
    assert_eq!(opened.last(log.origin()).expect("cosigned").time, seconds.load(Ordering::SeqCst) - 1);
}

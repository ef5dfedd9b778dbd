//! Stories of files: who may send one for a unit, and who may open one, by what the log granted and where the file stands.
//! The files themselves are nowhere here: a reference is all that the rules know.

use domain::{FilesOf, may_open, may_send};
use proto::act::appeal::LodgeAppeal;
use proto::act::sheet::ScoreSelf;
use proto::{Act, Capacity, Hash, ViaKind};

use super::acts::{file, lodge_appeal, revoke, score_self};
use super::fixture::{id, r22, round_with};
use super::given::{Steps, at, does, founded, opened, opened_as, play, published, scored};
use super::harness::Log;
use super::people::{Who, admin_a, chief, drafter, granted, person};

fn after(steps: impl IntoIterator<Item = Steps>) -> Log {
    let mut log = Log::of(founded());
    steps.into_iter().for_each(|steps| play(&mut log, steps));
    log
}

/// What is answered to somebody who would send a file for a unit: a code, or nothing.
fn sending(log: &Log, who: &Who, unit: &str) -> &'static str {
    let of = FilesOf { round: &r22(), unit: &id(unit) };
    may_send(&log.world, &who.principal, log.at, of).map_or_else(|refused| refused.code(), |()| "")
}

/// What is answered to somebody who would open a unit's file.
fn opening(log: &Log, who: &Who, unit: &str, file: u8) -> &'static str {
    let of = FilesOf { round: &r22(), unit: &id(unit) };
    may_open(&log.world, &who.principal, log.at, (of, Hash([file; 32]))).map_or_else(|refused| refused.code(), |()| "")
}

/// A unit's score of a leaf, with files.
fn with_files(unit: &str, leaf: &str, files: &[u8]) -> Steps {
    let evidence = files.iter().map(|n| file(*n)).collect();
    does(drafter(unit), Act::ScoreSelf(ScoreSelf { evidence, ..score_self(unit, leaf, "4") }))
}

#[test]
fn a_units_drafter_and_its_chief_send_files_for_it_and_nobody_else_does() {
    let log = after([opened()]);
    let stolen = drafter("a").with_credential(Some("token-chief-a"));
    for (who, unit, code) in [
        (drafter("a"), "a", ""),
        (chief("a"), "a", ""),
        (drafter("b"), "a", "unit_not_own"),
        (granted("appraiser"), "a", "capacity_missing"),
        (granted("inspector"), "a", "capacity_missing"),
        (granted("member-1"), "a", "capacity_missing"),
        (stolen, "a", "credential_not_bound"),
        (drafter("a").through(ViaKind::Session), "a", "credential_not_bound"),
        (drafter("a").with_credential(None), "a", "credential_not_bound"),
        (person("nobody", Capacity::Drafter, "a"), "a", "credential_not_bound"),
        (drafter("a"), "nowhere", "unit_unknown"),
    ] {
        assert_eq!(sending(&log, &who, unit), code, "{} for {unit}", who.principal.actor);
    }
    assert_eq!(sending(&after([]), &drafter("a"), "a"), "round_unknown");
    let gone = after([opened(), does(admin_a(), revoke("drafter-a", "g1"))]);
    assert_eq!(sending(&gone, &drafter("a"), "a"), "capacity_missing");
}

#[test]
fn a_file_is_opened_by_its_unit_by_council_and_inspectors_and_by_whoever_appraises_where_it_stands() {
    let log = after([opened(), with_files("a", "1.1", &[1]), with_files("a", "1.2", &[2])]);
    for (actor, files) in [
        ("drafter-a", [1, 2, 9].as_slice()),
        ("chief-a", &[1, 2, 9]),
        ("drafter-b", &[]),
        ("chief-b", &[]),
        ("appraiser", &[1, 2]),
        ("appraiser-1", &[1, 2]),
        ("appraiser-b", &[1, 2]),
        ("member-3", &[1, 2, 9]),
        ("inspector", &[1, 2, 9]),
        ("secretary", &[]),
        ("publisher", &[]),
        ("surveyor", &[]),
        ("admin-a", &[]),
    ] {
        let who = match actor {
            "admin-a" => admin_a(),
            _ => granted(actor),
        };
        for file in [1, 2, 9] {
            let code = if files.contains(&file) { "" } else { "file_not_open" };
            assert_eq!(opening(&log, &who, "a", file), code, "{actor} opens {file}");
        }
    }
    // The files of one unit are not another's, whatever they are called.
    assert_eq!(opening(&log, &granted("appraiser"), "b", 1), "file_not_open");
}

#[test]
fn an_appraiser_opens_what_stands_in_his_fields_now_and_nothing_of_his_own_unit() {
    let elsewhere = with_files("b", "2.1.1", &[3]);
    let log = after([opened(), with_files("b", "1.1", &[1]), elsewhere]);
    assert_eq!(opening(&log, &granted("appraiser-1"), "b", 1), "");
    assert_eq!(opening(&log, &granted("appraiser-1"), "b", 3), "file_not_open", "another field");
    assert_eq!(opening(&log, &granted("appraiser"), "b", 3), "");
    assert_eq!(opening(&log, &granted("appraiser-b"), "b", 1), "file_not_open", "his own unit");
    let recorded = round_with(|round| round.policy.own_unit = proto::act::round::OwnUnit::Record);
    let log = after([opened_as(recorded), with_files("b", "1.1", &[1])]);
    assert_eq!(opening(&log, &granted("appraiser-b"), "b", 1), "", "where the round records it");
    let log = after([opened(), with_files("b", "1.1", &[1]), scored("b", "1.1", "5")]);
    assert_eq!(opening(&log, &granted("appraiser"), "b", 1), "file_not_open", "it stands at no score any more");
    assert_eq!(opening(&log, &drafter("b"), "b", 1), "");
}

#[test]
fn what_came_with_an_appeal_is_opened_where_its_leaves_are() {
    let appeal = |leaves: &[&str]| {
        let evidence = vec![file(7)];
        let lodged = LodgeAppeal { evidence, ..lodge_appeal(1, "c", leaves) };
        after([published(), at("01-06"), does(chief("c"), Act::LodgeAppeal(lodged))])
    };
    let log = appeal(&["1.1"]);
    assert_eq!(opening(&log, &granted("appraiser-1"), "c", 7), "");
    assert_eq!(opening(&log, &drafter("b"), "c", 7), "file_not_open");
    assert_eq!(opening(&appeal(&[]), &granted("appraiser-1"), "c", 7), "", "an appeal about all of them");
}

//! Stories of files that are taken back from a score: by whom, when, on which revision, and what stays.
//! What the log referred to once it refers to for ever; a score merely holds it no longer.

use proto::act::sheet::{Evidence, ScoreSelf};
use proto::document::DocKind;
use proto::{Act, Capacity, Hash};

use super::acts::{accept, claim, file, flag, reopen, score_self, submit, withdraw, withdraw_file};
use super::fixture::{doc_ref, id, r22, round_with, rulebook, rulebook_value};
use super::given::{Steps, all_signed, at, does, drafted, opened, opened_as, sealed, signed};
use super::people::{appraiser, chief, drafter, person, secretary};
use super::story::{Story, given};
use super::variant::{because, seen};

/// A self-score with these files.
fn filed(files: &[u8]) -> ScoreSelf {
    ScoreSelf { evidence: files.iter().map(|n| file(*n)).collect(), ..score_self("a", "1.1", "5.5") }
}

fn scored(score: ScoreSelf) -> Steps {
    does(drafter("a"), Act::ScoreSelf(score))
}

/// The files that a score holds.
fn held(story: &Story) -> Vec<Hash> {
    let (_, unit) = story.log.world.rounds[&r22()].unit(&id("a")).expect("the unit");
    let (leaf, _) = unit.tree.leaf(&id("1.1")).expect("the leaf");
    unit.sheet.scores[leaf].evidence.iter().map(|file| file.address).collect()
}

#[test]
fn a_file_is_taken_back_and_the_score_stays_as_it_was() {
    let story = given([opened(), scored(filed(&[1, 2]))])
        .when(drafter("a"), withdraw_file("a", "1.1", 1))
        .then("evidence_withdrawn")
        .in_stream("sheet/r22/a")
        .without_cause()
        .shows("a", "1.1", "self 11/2")
        .sheet("a", "open", 1)
        .reaches("a", "11/2", "16");
    assert_eq!(held(&story), [file(2).address]);
    let story = story
        .when(drafter("a"), seen(1, withdraw_file("a", "1.1", 2)))
        .then_refused_with("stale_revision", "current", "2")
        .when(chief("a"), seen(2, withdraw_file("a", "1.1", 2)))
        .then("evidence_withdrawn");
    assert_eq!(held(&story), []);
    // It may come back with the next self-score.
    let story = story.when(drafter("a"), Act::ScoreSelf(filed(&[1]))).then("self_scored");
    assert_eq!(held(&story), [file(1).address]);
}

#[test]
fn every_page_of_a_file_goes_with_it() {
    let pages = vec![file(1), Evidence { page: "7".to_owned(), ..file(1) }, file(2)];
    let story = given([opened(), scored(ScoreSelf { evidence: pages, ..filed(&[]) })])
        .when(drafter("a"), withdraw_file("a", "1.1", 1))
        .then("evidence_withdrawn");
    assert_eq!(held(&story), [file(2).address]);
}

#[test]
fn only_a_file_that_is_attached_there_is_taken_back() {
    let address = file(9).address.to_string();
    given([opened(), scored(filed(&[1]))])
        .when(drafter("a"), withdraw_file("a", "1.1", 9))
        .then_refused_with("evidence_not_attached", "address", &address)
        .when(drafter("a"), withdraw_file("a", "1.2", 1))
        .then_refused_with("evidence_not_attached", "leaf", "1.2")
        .when(drafter("a"), withdraw_file("a", "9.9", 1))
        .then_refused("leaf_unknown")
        .when(drafter("a"), because(" ", withdraw_file("a", "1.1", 1)))
        .then_refused("reason_required")
        .when(drafter("a"), withdraw_file("a", "1.1", 1))
        .then("evidence_withdrawn")
        .when(drafter("a"), withdraw_file("a", "1.1", 1))
        .then_refused("evidence_not_attached");
}

#[test]
fn only_the_unit_itself_takes_its_files_back() {
    given([opened(), scored(filed(&[1]))])
        .when(drafter("b"), withdraw_file("a", "1.1", 1))
        .then_refused_with("unit_not_own", "unit", "a")
        .when(secretary(), withdraw_file("a", "1.1", 1))
        .then_refused("capacity_wrong")
        .when(appraiser(), withdraw_file("a", "1.1", 1))
        .then_refused("capacity_wrong")
        .when(person("nobody", Capacity::Drafter, "a"), withdraw_file("a", "1.1", 1))
        .then_refused("credential_not_bound");
}

#[test]
fn files_are_taken_back_while_the_sheet_is_the_units_to_edit() {
    let own = [opened(), signed("a", &[]), does(chief("a"), withdraw("a")), scored(filed(&[1, 2]))].concat();
    given([own])
        .when(chief("a"), submit("a"))
        .then("sheet_submitted")
        .when(drafter("a"), withdraw_file("a", "1.1", 1))
        .then_refused_with("sheet_locked", "state", "submitted")
        .when(chief("a"), withdraw("a"))
        .then("sheet_withdrawn")
        .when(drafter("a"), withdraw_file("a", "1.1", 1))
        .then("evidence_withdrawn")
        .at_before_the_timer("11-16")
        .when(drafter("a"), withdraw_file("a", "1.1", 2))
        .then_refused("deadline_passed")
        .at("11-17")
        .when(drafter("a"), withdraw_file("a", "1.1", 2))
        .then_refused_with("sheet_locked", "state", "closed");
}

#[test]
fn a_withdrawal_leaves_no_score_bare_that_a_self_score_could_not_have_left_so() {
    let bare = ScoreSelf { explanation: String::new(), ..filed(&[1, 2]) };
    let story = given([opened(), scored(bare)])
        .when(drafter("a"), withdraw_file("a", "1.1", 1))
        .then("evidence_withdrawn")
        .when(drafter("a"), withdraw_file("a", "1.1", 2))
        .then_refused_with("evidence_required", "leaf", "1.1")
        .when(drafter("a"), Act::ScoreSelf(filed(&[])))
        .then("self_scored");
    assert_eq!(held(&story), []);
}

#[test]
fn who_may_open_a_file_may_open_it_after_it_was_taken_back_but_for_whoever_appraises() {
    let may = |story: &Story, who: super::people::Who| {
        let (round, unit) = (r22(), id("a"));
        let of = domain::FilesOf { round: &round, unit: &unit };
        domain::may_open(&story.log.world, &who.principal, story.log.at, (of, file(1).address)).is_ok()
    };
    let story = given([opened(), scored(filed(&[1]))]);
    assert!(may(&story, drafter("a")) && may(&story, appraiser()));
    let story = story.when(drafter("a"), withdraw_file("a", "1.1", 1)).then("evidence_withdrawn");
    let all = [drafter("a"), chief("a"), super::people::member(3), super::people::granted("inspector")];
    assert!(all.into_iter().all(|who| may(&story, who)));
    assert!(!may(&story, appraiser()) && !may(&story, drafter("b")));
}

#[test]
fn a_file_that_came_with_an_explanation_is_taken_back_once_the_sheet_is_open_again() {
    let mut explained = super::acts::explain("a", "1.1");
    if let Act::ExplainFlag(a) = &mut explained {
        a.evidence = vec![file(5)];
    }
    let flagged = does(appraiser(), flag("a", "1.1"));
    let story = given([opened(), all_signed(), at("11-20"), flagged, at("12-02"), does(drafter("a"), explained)])
        .when(drafter("a"), withdraw_file("a", "1.1", 5))
        .then_refused("sheet_locked")
        .when(secretary(), reopen("a", "12-06"))
        .then("sheet_reopened")
        .when(drafter("a"), withdraw_file("a", "1.1", 5))
        .then("evidence_withdrawn")
        .shows("a", "1.1", "self 6, flag explained");
    assert_eq!(held(&story), []);
}

#[test]
fn a_leaf_that_does_not_apply_needs_no_file() {
    let mut book = rulebook();
    for leaf in book.nodes.iter_mut().filter(|node| node.code == id("1.2")).filter_map(|node| node.leaf.as_mut()) {
        leaf.evidence = true;
    }
    let whole = rulebook_value(&book);
    let config = round_with(|r| r.rulebook = doc_ref("own", &whole));
    let begun = [sealed(&secretary(), DocKind::Rulebook, "own", &whole), opened_as(config), drafted("a", &[])].concat();
    let own = ScoreSelf { explanation: String::new(), evidence: vec![file(1)], ..score_self("a", "1.2", "4") };
    let claimed = [scored(own), does(drafter("a"), claim("a", "1.2")), does(chief("a"), submit("a"))].concat();
    let reopened = |accepted: Steps| {
        let again = does(secretary(), reopen("a", "12-06"));
        given([begun.clone(), claimed.clone(), at("11-20"), accepted, again])
    };
    let withdrawn = || withdraw_file("a", "1.2", 1);
    reopened(Vec::new()).when(drafter("a"), withdrawn()).then_refused("evidence_required");
    let accepted = does(appraiser(), accept("a", "1.2"));
    reopened(accepted).when(drafter("a"), withdrawn()).then("evidence_withdrawn");
}

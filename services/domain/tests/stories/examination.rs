//! Stories of what the log says to an appeal's claims: each kind borne out, contradicted and, where it can be, not on record.
//! A verdict is held against the events that it names: they are the log's own, of the kinds that the story tells.

use proto::act::appraisal::{AdjustScore, Appraised};
use proto::act::examination::{AppealExamined, Asserted, Found};
use proto::act::round::{OwnUnit, Phase};
use proto::act::sheet::ScoreSelf;
use proto::{Act, Capacity, Fact, Hash, Stream};

use super::acts::{
    WHY, accept, adjust, answer, change, claim, confirm, examine, extend, file, flag, lodge_claiming, propose_scores,
    publish, revoke, score, score_self, set_score,
};
use super::fixture::{dec, id, moment, r22, round, round_with, tally};
use super::given::{
    Steps, adopted, all_signed, at, batched, carried, does, drafted, empowered, opened_as, published, signed, surveyed,
};
use super::people::{admin_a, appraiser, chief, drafter, granted, person, publisher, secretary, surveyor};
use super::story::{Story, given};
use super::variant::{because, second};

/// Everything up to the publication, with these steps on 18 November, and it is 6 January.
pub fn with(appraisal: Steps) -> Steps {
    in_a(round(), all_signed(), appraisal)
}

fn in_a(config: proto::act::round::OpenRound, sheets: Steps, appraisal: Steps) -> Steps {
    let publishes = does(publisher(), publish(1, "d1"));
    let first = [opened_as(config), sheets, at("11-18"), appraisal, surveyed(), adopted()].concat();
    [first, at("01-03"), publishes, at("01-06")].concat()
}

/// The appeal is lodged and examined.
fn examined(story: Story, claims: &[Asserted]) -> Story {
    let lodged = story.when(chief("c"), lodge_claiming(claims)).then("appeal_lodged");
    lodged.when(secretary(), examine(1)).then("appeal_examined").in_stream("appeal/r22/1")
}

/// The verdicts of the last examination, each with the kinds of the events that it names.
pub fn told(story: &Story) -> Vec<String> {
    let Fact::AppealExamined(AppealExamined { verdicts, .. }) = &story.event().fact else { panic!("an examination") };
    let verdict = |verdict: &proto::act::examination::Verdict| {
        let mut words = vec![verdict.found.word().to_owned()];
        for cited in &verdict.events {
            let place = usize::try_from(cited.position).expect("small") - 1;
            let event = &story.log.events[place];
            let e = &event.envelope;
            assert_eq!((cited.hash, &cited.stream, cited.version), (story.log.hashes[place], &e.stream, e.version));
            assert!(cited.position < story.event().envelope.position);
            words.push(event.fact.kind().to_owned());
        }
        assert!(verdict.events.is_sorted_by_key(|e| e.position), "in the order of the log");
        let names_none = matches!(verdict.found, Found::NotOnRecord | Found::NeedsJudgement);
        assert_eq!(verdict.events.is_empty(), names_none, "{words:?}");
        words.join(" ")
    };
    verdicts.iter().map(verdict).collect()
}

/// Each claim with what the log says to it, in one appeal.
fn says(steps: Steps, table: &[(Asserted, &str)]) {
    says_after(given([steps]), table);
}

fn says_after(story: Story, table: &[(Asserted, &str)]) {
    let claims: Vec<Asserted> = table.iter().map(|(claim, _)| claim.clone()).collect();
    let expected: Vec<&str> = table.iter().map(|(_, expected)| *expected).collect();
    assert_eq!(told(&examined(story, &claims)), expected);
}

pub fn self_scored(leaf: &str, points: &str, before: Option<&str>) -> Asserted {
    Asserted::SelfScored { leaf: id(leaf), points: dec(points), before: before.map(moment) }
}

fn attached(leaf: &str, n: u8, commitment: Option<u8>, before: Option<&str>) -> Asserted {
    Asserted::EvidenceAttached {
        leaf: id(leaf),
        address: Hash([n; 32]),
        digest_commitment: commitment.map(|n| Hash([n; 32])),
        before: before.map(moment),
    }
}

pub fn without_reason(leaf: &str, from: &str, to: &str) -> Asserted {
    Asserted::AdjustedWithoutReason { leaf: id(leaf), from: dec(from), to: dec(to) }
}

pub fn after_deadline(leaf: &str) -> Asserted {
    Asserted::AdjustedAfterDeadline { leaf: id(leaf) }
}

fn by_interested(leaf: &str, unit: Option<&str>) -> Asserted {
    Asserted::AdjustedByInterested { leaf: id(leaf), unit: unit.map(id) }
}

pub fn published_differs(leaf: &str, publication: Option<u32>) -> Asserted {
    Asserted::PublishedDiffers { leaf: id(leaf), publication }
}

pub fn omitted(batch: &str) -> Asserted {
    Asserted::BatchOmitted { batch: id(batch) }
}

/// An adjustment as it stands in an event.
fn adjusted(points: &str, reason: &str, own_unit: bool) -> Fact {
    let Act::AdjustScore(act) = adjust("c", "1.1", points) else { panic!("an adjustment") };
    Fact::ScoreAdjusted(Appraised { act: AdjustScore { revision: 0, reason: reason.to_owned(), ..act }, own_unit })
}

fn sheet_of_c() -> Stream {
    Stream::Sheet(r22(), id("c"))
}

#[test]
fn what_the_log_says_to_the_claims_of_an_appeal_is_put_on_record() {
    let story = given([published(), at("01-06")])
        .when(chief("c"), lodge_claiming(&[self_scored("1.1", "2", Some("11-16")), Asserted::Judgement {}]))
        .then("appeal_lodged")
        .when(granted("inspector"), examine(1))
        .then("appeal_examined")
        .in_stream("appeal/r22/1")
        .without_cause();
    assert_eq!(told(&story), ["borne_out self_scored sheet_submitted", "needs_judgement"]);
    // Once more, after an answer: the same verdicts, another event.
    let story = story.when(appraiser(), answer(1)).then("appeal_answered").when(secretary(), examine(1));
    assert_eq!(told(&story.then("appeal_examined"))[1], "needs_judgement");
}

#[test]
fn a_self_score_was_entered_in_time_or_with_other_points_or_not_at_all() {
    // The drafter enters 5, then 2; the sheet is signed with 2 on 2 November.
    let twice = [does(drafter("c"), score("c", "1.1", "5")), signed("c", &[("1.1", "2")])].concat();
    let others = [signed("a", &[]), signed("b", &[]), signed("x", &[]), signed("y", &[])].concat();
    says(
        in_a(round(), [others, twice].concat(), Vec::new()),
        &[
            (self_scored("1.1", "2", None), "borne_out self_scored sheet_submitted"),
            (self_scored("1.1", "2", Some("11-16")), "borne_out self_scored sheet_submitted"),
            (self_scored("1.1", "5", Some("11-16")), "borne_out self_scored self_scored"),
            (self_scored("1.1", "2", Some("11-02")), "contradicted self_scored"),
            (self_scored("1.1", "6", None), "contradicted self_scored"),
            (self_scored("1.1", "6", Some("11-01")), "not_on_record"),
        ],
    );
    // A leaf that was claimed as exempt has no self-score.
    let drafts = drafted("c", &[("1.1", "2")]);
    let without: Steps = drafts.into_iter().filter(|step| !about(step, "1.2")).collect();
    let exempt = [without, does(drafter("c"), claim("c", "1.2")), does(chief("c"), super::acts::submit("c"))].concat();
    let others = [signed("a", &[]), signed("b", &[]), signed("x", &[]), signed("y", &[])].concat();
    says(
        in_a(round(), [others, exempt].concat(), Vec::new()),
        &[
            (self_scored("1.2", "4", None), "not_on_record"),
            (self_scored("2.1.1", "4", None), "borne_out self_scored sheet_submitted"),
        ],
    );
}

fn about(step: &super::given::Step, leaf: &str) -> bool {
    let super::given::Step::Act(step) = step else { return false };
    matches!(&step.1, Act::ScoreSelf(a) if a.leaf == id(leaf))
}

#[test]
fn evidence_was_attached_in_time_by_its_address_and_commitment_or_not_at_all() {
    let entered = ScoreSelf { evidence: vec![file(7), file(8)], ..score_self("c", "1.1", "2") };
    let own = [drafted("c", &[]), does(drafter("c"), Act::ScoreSelf(entered))].concat();
    let sheets = [own, does(chief("c"), super::acts::submit("c"))].concat();
    let others = [signed("a", &[]), signed("b", &[]), signed("x", &[]), signed("y", &[])].concat();
    let Act::ExplainFlag(explained) = super::acts::explain("c", "1.1") else { panic!("an explanation") };
    let explained = proto::act::sheet::ExplainFlag { evidence: vec![file(9)], ..explained };
    let flagged = does(appraiser(), flag("c", "1.1"));
    let publishes = does(publisher(), publish(1, "d1"));
    let explains = [at("12-02"), does(drafter("c"), Act::ExplainFlag(explained))].concat();
    let steps = [
        opened_as(round()),
        others,
        sheets,
        at("11-18"),
        flagged,
        surveyed(),
        explains,
        adopted(),
        at("01-03"),
        publishes,
        at("01-06"),
    ];
    says(
        steps.concat(),
        &[
            (attached("1.1", 7, None, Some("11-16")), "borne_out self_scored"),
            (attached("1.1", 8, Some(1), None), "borne_out self_scored"),
            (attached("1.1", 9, None, None), "borne_out flag_explained"),
            (attached("1.1", 9, None, Some("11-16")), "contradicted flag_explained"),
            (attached("1.1", 8, Some(3), None), "contradicted self_scored"),
            (attached("1.1", 10, None, None), "not_on_record"),
            (attached("1.2", 7, None, None), "not_on_record"),
        ],
    );
}

#[test]
fn an_adjustment_gave_a_reason_or_none_that_holds_a_word() {
    says(
        with([does(appraiser(), adjust("c", "1.1", "1")), does(appraiser(), confirm("c", "1.2"))].concat()),
        &[
            (without_reason("1.1", "2", "1"), "contradicted score_adjusted"),
            (without_reason("1.1", "2", "0.5"), "contradicted score_adjusted"),
            (without_reason("1.1", "3", "1"), "contradicted score_adjusted"),
            (without_reason("1.2", "4", "0"), "contradicted score_confirmed"),
            (without_reason("2.1.1", "4", "3"), "not_on_record"),
        ],
    );
    // The rules refuse white space; a dash, or a mark that nobody sees, they take.
    for bare in ["-", "…", "\u{200b}\u{200b}", " \u{2060}. "] {
        says(
            with(does(appraiser(), because(bare, adjust("c", "1.1", "1")))),
            &[(without_reason("1.1", "2", "1"), "borne_out score_adjusted")],
        );
    }
}

#[test]
fn an_adjustment_that_was_forged_without_a_reason_is_borne_out() {
    let mut story = given([opened_as(round()), all_signed(), at("11-18")]);
    story.log.forge(&appraiser(), sheet_of_c(), adjusted("1", " \n", false));
    let publishes = does(publisher(), publish(1, "d1"));
    let story = story.and([surveyed(), adopted(), at("01-03"), publishes, at("01-06")].concat());
    says_after(story, &[(without_reason("1.1", "2", "1"), "borne_out score_adjusted")]);
}

#[test]
fn an_appraisal_came_within_its_deadline_and_its_extensions_or_after_them() {
    let extended = [
        does(secretary(), extend(Phase::FirstAppraisal, "", "12-02")),
        does(secretary(), extend(Phase::FirstAppraisal, "c", "12-05")),
    ];
    let late = [at("12-04"), does(appraiser(), adjust("c", "1.1", "1"))].concat();
    let publishes = does(publisher(), publish(1, "d1"));
    let merges = does(secretary(), super::acts::merge(&["b1"]));
    let surveyed = [at("11-20"), batched("b1", &super::fixture::usual_tally())].concat();
    let accepted = [at("12-10"), does(appraiser(), second(confirm("c", "1.2")))].concat();
    let steps = [
        opened_as(round()),
        all_signed(),
        at("11-18"),
        extended.concat(),
        surveyed,
        late,
        merges,
        accepted,
        adopted(),
        at("01-03"),
        publishes,
        at("01-06"),
    ];
    says(
        steps.concat(),
        &[
            (after_deadline("1.1"), "contradicted deadline_extended score_adjusted"),
            (after_deadline("1.2"), "contradicted round_opened score_confirmed"),
            (after_deadline("2.1.1"), "not_on_record"),
        ],
    );
    // Only whoever goes past the rules comes too late.
    let mut story = given([opened_as(round()), all_signed(), surveyed_late()]);
    story.log.forge(&appraiser(), sheet_of_c(), adjusted("1", WHY, false));
    let publishes = does(publisher(), publish(1, "d1"));
    let story = story.and([adopted(), at("01-03"), publishes, at("01-06")].concat());
    says_after(story, &[(after_deadline("1.1"), "borne_out round_opened score_adjusted")]);
}

/// The survey is merged, and it is 1 December, the first appraisal's deadline.
fn surveyed_late() -> Steps {
    surveyed()
}

#[test]
fn an_appraiser_belonged_to_the_unit_by_his_act_its_mark_or_his_grants() {
    let recorded = || round_with(|r| r.policy.own_unit = OwnUnit::Record);
    // He appraises as the agency's, and is the drafter of `c` besides, until that is taken back.
    let home = empowered("appraiser-2", Capacity::Appraiser, "agency");
    let mut drafts = super::acts::grant("appraiser-2", "g2", Capacity::Drafter, "c");
    drafts.from = moment("11-01");
    let two = [home, does(admin_a(), Act::GrantCapacity(drafts))].concat();
    let him = || person("appraiser-2", Capacity::Appraiser, "agency");
    let acts = [
        two,
        does(him(), adjust("c", "1.1", "1")),
        does(admin_a(), revoke("appraiser-2", "g2")),
        does(him(), confirm("c", "1.2")),
        does(granted("appraiser-b"), confirm("c", "2.1.1")),
    ];
    says(
        in_a(recorded(), all_signed(), acts.concat()),
        &[
            (by_interested("1.1", None), "borne_out capacity_granted score_adjusted"),
            (by_interested("1.2", None), "contradicted score_confirmed"),
            (by_interested("2.1.1", None), "contradicted score_confirmed"),
            (by_interested("2.1.1", Some("b")), "borne_out capacity_granted score_confirmed"),
            (by_interested("1.1", Some("b")), "contradicted score_adjusted"),
            (by_interested("2.1.2", None), "not_on_record"),
        ],
    );
    // A mark in an event says so by itself.
    let mut story = given([opened_as(round()), all_signed(), at("11-18")]);
    story.log.forge(&appraiser(), sheet_of_c(), adjusted("1", WHY, true));
    let publishes = does(publisher(), publish(1, "d1"));
    let story = story.and([surveyed(), adopted(), at("01-03"), publishes, at("01-06")].concat());
    says_after(
        story,
        &[
            (by_interested("1.1", None), "borne_out score_adjusted"),
            (by_interested("1.1", Some("b")), "contradicted score_adjusted"),
        ],
    );
}

#[test]
fn the_published_points_are_those_of_the_last_appraisal_or_of_somebody_else() {
    let appraised = [does(appraiser(), adjust("c", "1.1", "1")), does(appraiser(), confirm("c", "1.2"))].concat();
    let council = [at("12-20"), carried("d0", propose_scores("d0", &[change("c", "1.1", "3")]))].concat();
    let set = does(secretary(), set_score("c", "1.1", "d0"));
    let publishes = does(publisher(), publish(1, "d1"));
    let first =
        [opened_as(round()), all_signed(), at("11-18"), appraised, surveyed(), council, set, adopted()].concat();
    says(
        [first, at("01-03"), publishes, at("01-06")].concat(),
        &[
            (published_differs("1.1", None), "borne_out score_adjusted council_scored result_published"),
            (published_differs("1.1", Some(1)), "borne_out score_adjusted council_scored result_published"),
            (published_differs("1.2", None), "contradicted score_confirmed result_published"),
            (published_differs("2.1.1", None), "not_on_record"),
        ],
    );
}

#[test]
fn a_leaf_that_was_exempted_after_its_appraisal_is_not_published_as_appraised() {
    let drafts: Steps = drafted("c", &[]).into_iter().collect();
    let own = [drafts, does(drafter("c"), claim("c", "1.2")), does(chief("c"), super::acts::submit("c"))].concat();
    let others = [signed("a", &[]), signed("b", &[]), signed("x", &[]), signed("y", &[])].concat();
    let acts = [does(appraiser(), confirm("c", "1.2")), does(appraiser(), accept("c", "1.2"))].concat();
    says(
        in_a(round(), [others, own].concat(), acts),
        &[(published_differs("1.2", None), "borne_out score_confirmed exemption_accepted result_published")],
    );
}

#[test]
fn a_batch_was_left_out_or_merged_or_voided_or_replaced_or_never_recorded() {
    let one = |n: u32| tally(&[("c", "citizens", "2.2", [n, 0, 0, 0])]);
    let value = |n| super::fixture::tally_value(&one(n));
    let replaced = super::acts::batch("b5", "tally-b5", &value(5));
    let sealed = super::given::sealed(&surveyor(), proto::document::DocKind::Tally, "tally-b5", &value(5));
    let batches = [
        batched("b2", &one(2)),
        batched("b3", &one(3)),
        batched("b4", &one(4)),
        does(surveyor(), super::acts::void("b3")),
        sealed,
        does(surveyor(), super::acts::in_place_of("b4", replaced)),
    ];
    says(
        with([at("11-19"), batches.concat()].concat()),
        &[
            (omitted("b1"), "contradicted batch_recorded survey_merged"),
            (omitted("b2"), "borne_out batch_recorded survey_merged result_published"),
            (omitted("b3"), "contradicted batch_recorded batch_voided"),
            (omitted("b4"), "contradicted batch_recorded batch_recorded"),
            (omitted("b5"), "borne_out batch_recorded survey_merged result_published"),
            (omitted("b9"), "not_on_record"),
        ],
    );
}

#[test]
fn what_the_log_cannot_say_is_handed_to_people() {
    says(with(Vec::new()), &[(Asserted::Judgement {}, "needs_judgement")]);
}

#[test]
fn a_verdict_names_so_many_events_and_counts_the_others() {
    let acts = (0..20).map(|n| does(appraiser(), adjust("c", "1.1", if n % 2 == 0 { "1" } else { "1.5" })));
    let story = examined(given([with(acts.collect::<Vec<_>>().concat())]), &[after_deadline("1.1")]);
    let Fact::AppealExamined(f) = &story.event().fact else { panic!("an examination") };
    assert_eq!((f.verdicts[0].found, f.verdicts[0].events.len(), f.verdicts[0].more), (Found::Contradicted, 8, 13));
}

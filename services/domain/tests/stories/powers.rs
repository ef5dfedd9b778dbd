//! Stories of powers as tables: every act against every capacity, every way in which a grant does not hold, every round.
//! An act that is missing here breaks the test.

use std::collections::BTreeMap;

use proto::act::grants::GrantCapacity;
use proto::canon::Value;
use proto::document::DocKind;
use proto::{Act, Capacity, Command, CommandId, Rejection};

use super::acts::{self, *};
use super::fixture::{catalogue, catalogue_value, id, moment, round, tally_value, usual_tally};
use super::given::{Steps, at, does, ended, founded, opened, play};
use super::harness::Log;
use super::people::{
    Who, admin_a, admin_b, appraiser, chief, drafter, granted, member, operator, person, publisher, secretary,
    surveyor, timer, token_of,
};
use super::variant::revision_of;

use Capacity::{
    Administrator, Appraiser, Chief, Council, Drafter, Inspector, Operator, Publisher, Secretariat, SurveyStaff, System,
};

/// Every act, as it might come on 2 November, and the capacities in which it is done.
fn all() -> Vec<(Act, &'static [Capacity])> {
    let units = catalogue_value(&catalogue());
    let tally = tally_value(&usual_tally());
    vec![
        (Act::CreateLog(create_log()), &[Operator]),
        (super::keys::first(), &[Operator]),
        (super::anchors::over(1), &[Operator, System]),
        (super::log::closes(), &[Operator]),
        (Act::GrantCapacity(grant("new", "g1", Chief, "a")), &[Administrator]),
        (confirm_grant("new", "g1"), &[Administrator]),
        (revoke("new", "g1"), &[Administrator]),
        (bind("new", "t1"), &[Operator]),
        (unbind("chief-b", &token_of("chief-b")), &[Operator]),
        (part(DocKind::Catalogue, "d", 1, &units), &[Secretariat]),
        (seal(DocKind::Catalogue, "d", 1, &units), &[Secretariat]),
        (open(round()), &[Secretariat]),
        (close_phase(proto::act::round::Phase::SelfScoring), &[System]),
        (extend(proto::act::round::Phase::SelfScoring, "", "11-20"), &[Secretariat]),
        (score("a", "1.1", "6"), &[Drafter, Chief]),
        (withdraw_file("a", "1.1", 1), &[Drafter, Chief]),
        (claim("a", "1.2"), &[Drafter, Chief]),
        (submit("a"), &[Chief]),
        (withdraw("a"), &[Chief]),
        (reopen("a", "11-20"), &[Secretariat]),
        (close_sheet("a"), &[System]),
        (confirm("a", "1.1"), &[Appraiser]),
        (adjust("a", "1.1", "5"), &[Appraiser]),
        (flag("a", "1.1"), &[Appraiser]),
        (explain("a", "1.1"), &[Drafter, Chief]),
        (accept("a", "1.2"), &[Appraiser]),
        (refuse("a", "1.2"), &[Appraiser]),
        (bonus("a", "1"), &[Appraiser, Secretariat]),
        (penalty("a", "1"), &[Appraiser, Secretariat]),
        (plan(&[("a", "citizens", None, Some(20))]), &[SurveyStaff, Secretariat]),
        (commit_seed("s1", 1), &[Secretariat]),
        (Act::RecordBatch(batch("b1", "t1", &tally)), &[SurveyStaff]),
        (void("b1"), &[SurveyStaff, Secretariat]),
        (recheck("b1", "t2", &tally), &[SurveyStaff]),
        (draw_sample("s1", "b1", 1, 5), &[Secretariat]),
        (merge(&["b1"]), &[Secretariat]),
        (propose_result("d1"), &[Secretariat]),
        (vote("d1", proto::act::council::Vote::For), &[Council]),
        (record("d1"), &[Secretariat]),
        (set_score("a", "1.1", "d1"), &[Secretariat]),
        (publish(1, "d1"), &[Publisher]),
        (lodge(1, "a", &["1.1"]), &[Chief]),
        (examine(1), &[Inspector, Secretariat]),
        (answer(1), &[Appraiser, Secretariat]),
        (decide_appeal(1, "d1"), &[Secretariat]),
        (correct("a", "1.1", 1), &[Secretariat]),
        (close_round(), &[Secretariat]),
        (open_case("p1"), &[Secretariat]),
        (answer_case("p1"), &[Secretariat]),
        (order_erasure("p1", &[1]), &[Secretariat]),
        (confirm_erasure("p1"), &[Administrator]),
        (close_case("p1"), &[Secretariat]),
    ]
}

/// Someone who holds the capacity.
fn holder(capacity: Capacity) -> Who {
    match capacity {
        Administrator => admin_a(),
        Secretariat => secretary(),
        Drafter => drafter("a"),
        Chief => chief("a"),
        Appraiser => appraiser(),
        Council => member(3),
        SurveyStaff => surveyor(),
        Publisher => publisher(),
        Inspector => granted("inspector"),
        Operator => operator(),
        System => timer(),
    }
}

const OF_POWERS: [&str; 3] = ["capacity_wrong", "capacity_missing", "credential_not_bound"];

fn log_of(steps: Steps) -> Log {
    let mut log = Log::of(founded());
    play(&mut log, steps);
    log
}

fn answer_of(log: &mut Log, who: &Who, act: Act) -> Result<(), Rejection> {
    let command = log.command(who.acting.clone(), act);
    domain::decide(&log.world, &who.principal, log.at, &command).map(drop)
}

#[test]
fn the_table_of_acts_is_whole() {
    let kinds: Vec<&str> = all().iter().map(|(act, _)| act.kind()).collect();
    assert_eq!(kinds, Act::KINDS);
}

#[test]
fn every_act_is_done_in_its_capacities_and_in_no_other() {
    let mut log = log_of(opened());
    for (act, allowed) in all() {
        for capacity in Capacity::ALL {
            let answer = answer_of(&mut log, &holder(capacity), act.clone());
            let code = answer.as_ref().map_or_else(Rejection::code, |()| "accepted");
            if allowed.contains(&capacity) {
                assert!(!OF_POWERS.contains(&code), "{} as {}: {code}", act.kind(), capacity.as_str());
            } else {
                assert_eq!(code, "capacity_wrong", "{} as {}", act.kind(), capacity.as_str());
            }
        }
    }
}

#[test]
fn the_inspector_reads_and_changes_nothing_but_may_say_what_the_log_says() {
    let mut log = log_of(opened());
    for (act, _) in all().into_iter().filter(|(act, _)| act.kind() != "examine_appeal") {
        let refused = answer_of(&mut log, &granted("inspector"), act.clone()).expect_err(act.kind());
        assert_eq!(refused.code(), "capacity_wrong", "{}", act.kind());
    }
}

#[test]
fn operator_and_timer_are_known_by_their_door_and_not_by_what_they_say() {
    let mut log = log_of(opened());
    for (act, allowed) in all() {
        for claimed in [Operator, System] {
            let who = secretary().in_capacity(claimed).in_unit("");
            let refused = answer_of(&mut log, &who, act.clone()).expect_err(act.kind());
            assert_eq!(refused.code(), "capacity_wrong", "{} as {} by a token", act.kind(), claimed.as_str());
        }
        for capacity in Capacity::ALL.into_iter().filter(|c| c.is_grantable()) {
            for door in [operator(), timer()] {
                let refused = answer_of(&mut log, &door.in_capacity(capacity), act.clone()).expect_err(act.kind());
                assert_eq!(refused.code(), "capacity_wrong", "{} ({allowed:?})", act.kind());
            }
        }
    }
}

/// Every person's act with someone whose grant of the right capacity does not hold.
fn powerless(name: &str, spoil: impl Fn(&mut GrantCapacity), revoked: bool) {
    let mut steps = Vec::new();
    for capacity in Capacity::ALL.into_iter().filter(|c| c.is_grantable()) {
        let actor = format!("{name}-{}", capacity.as_str().replace('_', "-"));
        let unit = holder(capacity).acting.unit.map_or(String::new(), |u| u.to_string());
        let mut act = grant(&actor, "g1", capacity, &unit);
        spoil(&mut act);
        steps.extend(does(operator(), bind(&actor, &token_of(&actor))));
        steps.extend(does(admin_a(), Act::GrantCapacity(act)));
        if matches!(capacity, Administrator | Capacity::Inspector) {
            steps.extend(does(admin_b(), confirm_grant(&actor, "g1")));
        }
        if revoked {
            steps.extend(does(admin_b(), revoke(&actor, "g1")));
        }
    }
    let mut log = log_of([opened(), steps].concat());
    for (act, allowed) in all() {
        for capacity in allowed.iter().filter(|c| c.is_grantable()) {
            let actor = format!("{name}-{}", capacity.as_str().replace('_', "-"));
            let unit = holder(*capacity).acting.unit.map_or(String::new(), |u| u.to_string());
            let refused = answer_of(&mut log, &person(&actor, *capacity, &unit), act.clone()).expect_err(act.kind());
            assert_eq!(refused.code(), "capacity_missing", "{} by {actor}", act.kind());
        }
    }
}

#[test]
fn a_grant_that_is_over_holds_for_nothing() {
    powerless("late", |g| g.until = Some(moment("11-02")), false);
}

#[test]
fn a_grant_that_has_not_begun_holds_for_nothing() {
    powerless("early", |g| g.from = moment("11-03"), false);
}

#[test]
fn a_grant_for_another_round_holds_for_nothing() {
    powerless("elsewhere", |g| g.round = Some(id("r21")), false);
}

#[test]
fn a_grant_that_was_taken_back_holds_for_nothing() {
    powerless("former", |_| (), true);
}

#[test]
fn a_grant_that_awaits_its_second_person_holds_for_nothing() {
    let act = grant("pending", "g1", Administrator, "");
    let token = does(operator(), bind("pending", &token_of("pending")));
    let mut log = log_of([opened(), token, does(admin_a(), Act::GrantCapacity(act))].concat());
    for (act, _) in all().into_iter().filter(|(_, allowed)| allowed.contains(&Administrator)) {
        let refused = answer_of(&mut log, &person("pending", Administrator, ""), act).expect_err("pending");
        assert_eq!(refused.code(), "capacity_missing");
    }
}

#[test]
fn whoever_the_log_knows_no_credential_of_does_nothing() {
    let mut log = log_of(opened());
    for (act, allowed) in all() {
        for capacity in allowed.iter().filter(|c| c.is_grantable()) {
            let who = holder(*capacity).with_credential(Some("token-nobody"));
            let refused = answer_of(&mut log, &who, act.clone()).expect_err(act.kind());
            assert_eq!(refused.code(), "credential_not_bound", "{}", act.kind());
        }
    }
}

/// The act's data with another round; none for acts that name no round.
fn elsewhere(act: &Act, round: &str) -> Option<Act> {
    let data = String::from_utf8(act.data().expect("data")).expect("UTF-8");
    let Value::Object(mut data) = Value::parse(data.as_bytes()).expect("JSON") else { panic!("an object") };
    data.get("round")?;
    data.insert("round".to_owned(), Value::Text(round.to_owned()));
    let text = |t: &str| Value::Text(t.to_owned());
    let whole = Value::Object(BTreeMap::from([
        ("id".to_owned(), text(CommandId::v7(1, [7; 10]).as_str())),
        ("capacity".to_owned(), text("secretariat")),
        ("kind".to_owned(), text(act.kind())),
        ("data".to_owned(), Value::Object(data)),
    ]));
    Some(Command::from_value(whole).expect("a command").act)
}

/// Every act about a round but its opening, with whoever does it.
fn about_a_round(log: &Log) -> Vec<(Act, Who)> {
    let acts = all().into_iter().filter(|(act, _)| act.kind() != "open_round" && act.kind() != "create_log");
    let stands = |mut act: Act| {
        if let Some((round, unit, leaf, revision)) = revision_of(&mut act) {
            *revision = log.revision(&round, &unit, &leaf);
        }
        if let Act::SubmitSheet(a) = &mut act {
            a.version = 0;
        }
        if let Act::PublishResult(a) = &mut act {
            a.position = 1;
        }
        if let Act::ExamineAppeal(a) = &mut act {
            a.position = 1;
        }
        act
    };
    acts.filter_map(|(act, allowed)| Some((elsewhere(&stands(act), "r22")?, holder(allowed[0])))).collect()
}

#[test]
fn every_act_about_a_round_that_is_not_there_is_refused() {
    let mut log = log_of(opened());
    let table = about_a_round(&log);
    assert_eq!(table.len(), 35);
    for (act, who) in table {
        let act = elsewhere(&act, "r99").expect("a round");
        let refused = answer_of(&mut log, &who, act.clone()).expect_err(act.kind());
        assert_eq!(refused.code(), "round_unknown", "{}", act.kind());
    }
}

#[test]
fn every_act_about_a_round_that_has_ended_is_refused() {
    let mut log = log_of(ended());
    for (act, who) in about_a_round(&log) {
        let refused = answer_of(&mut log, &who, act.clone()).expect_err(act.kind());
        assert_eq!(refused.code(), "round_closed", "{}", act.kind());
    }
    let refused = answer_of(&mut log, &secretary(), acts::open(round())).expect_err("it exists");
    assert_eq!(refused.code(), "round_exists");
}

#[test]
fn an_act_is_decided_by_the_moment_at_which_its_turn_came() {
    let late = [opened(), at("11-02 10:00")].concat();
    let mut log = log_of(late);
    let who = drafter("a");
    let command = log.command(who.acting.clone(), score("a", "1.1", "6"));
    let answers = ["11-15 23:59", "11-16"].map(|at| domain::decide(&log.world, &who.principal, moment(at), &command));
    assert!(answers[0].is_ok());
    assert_eq!(answers[1].as_ref().expect_err("too late").code(), "deadline_passed");
}

#[test]
fn every_act_about_a_round_reaches_it() {
    let log = log_of(opened());
    for (act, _) in about_a_round(&log) {
        let reached = domain::reach(&act);
        assert!(reached.contains(&proto::fold::Streams::Round(id("r22"))), "{} reaches {reached:?}", act.kind());
    }
}

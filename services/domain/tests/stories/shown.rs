//! Stories of rows: what is shown of a round, member by member, in both languages.
//! The checker compares rows with rows; here they are held against what was sent.

use proto::act::round::{Phase, Stage};
use proto::document::{Sign, Source};
use proto::rows::{ExtraRow, Level, PhaseRow, RoundRow, ScoreRow, StandingRow, UnitRow};
use proto::{Exact, Hash};

use super::acts::{adjust, bonus, extend, penalty, propose_result, record, vote};
use super::check::{index_of, ranking_of};
use super::fixture::{id, moment, r22, round_with};
use super::given::{
    Steps, all_signed, at, carried, does, ended, founded, opened, opened_as, play, published, surveyed,
};
use super::harness::Log;
use super::people::{appraiser, member, secretary};
use super::variant::because;

fn log_of(steps: Steps) -> Log {
    let mut log = Log::of(founded());
    play(&mut log, steps);
    log
}

fn whole(n: i64) -> Exact {
    Exact::whole(n)
}

#[test]
fn a_round_is_shown_as_it_was_declared() {
    let config = round_with(|r| r.policy.digits = 3);
    let row = |log: &Log| index_of(&log.world, &r22()).rounds.remove(0);
    let opened = RoundRow {
        round: r22(),
        year: 2022,
        title_en: "Round of the stories".to_owned(),
        title_vi: "Round of the stories (vi)".to_owned(),
        authority_en: "Authority of the stories".to_owned(),
        authority_vi: "Authority of the stories (vi)".to_owned(),
        basis_en: "Illustrative".to_owned(),
        basis_vi: "Illustrative (vi)".to_owned(),
        digits: 3,
        rounding: "half_up".to_owned(),
        training: true,
        survey_held: true,
        survey_merged: false,
        decided: false,
        publication: 0,
        closed: false,
    };
    assert_eq!(row(&log_of(opened_as(config))), opened);
    let ended = RoundRow { digits: 2, survey_merged: true, decided: true, publication: 2, closed: true, ..opened };
    assert_eq!(row(&log_of(super::given::ended())), ended);
}

#[test]
fn the_council_has_decided_once_it_adopted_the_result_and_not_before() {
    let decided = |steps: Steps| index_of(&log_of(steps).world, &r22()).rounds[0].decided;
    let winter = [opened(), all_signed(), at("12-21"), does(secretary(), propose_result("d0"))].concat();
    assert!(!decided(winter.clone()), "it is only proposed");
    let lost = [winter.clone(), does(secretary(), record("d0"))].concat();
    assert!(!decided(lost.clone()), "it did not carry");
    let scores = super::acts::propose_scores("d1", &[super::acts::change("a", "1.1", "5")]);
    let of_scores = [lost, carried("d1", scores)].concat();
    assert!(!decided(of_scores.clone()), "points are not the result");
    let adopted = [of_scores, carried("d2", propose_result("d2")), does(secretary(), propose_result("d3"))].concat();
    assert!(decided(adopted), "other decisions do not take it back");
    let voted = does(member(3), vote("d0", proto::act::council::Vote::For));
    assert!(!decided([winter, voted].concat()), "votes alone decide nothing");
}

#[test]
fn phases_are_shown_with_their_extensions_for_all_and_as_closed_once_they_are() {
    let extended = [
        does(secretary(), extend(Phase::SelfScoring, "", "11-16 12:00")),
        does(secretary(), extend(Phase::Appeals, "a", "02-01")),
    ];
    let log = log_of([opened(), extended.concat(), at("11-17")].concat());
    let rows = index_of(&log.world, &r22()).phases;
    let row = |phase, opens: &str, until: &str, closed| PhaseRow {
        round: r22(),
        phase,
        opens: moment(opens),
        until: moment(until),
        closed,
    };
    assert_eq!(rows.len(), 7);
    assert_eq!(rows[0], row(Phase::SelfScoring, "11-01", "11-16 12:00", true));
    assert_eq!(rows[1], row(Phase::FirstAppraisal, "11-16", "12-01", false));
    assert_eq!(rows[6], row(Phase::Appeals, "01-05", "01-20", false));
}

#[test]
fn the_trees_of_both_kinds_are_shown_in_their_order() {
    let log = log_of(opened());
    let rows = index_of(&log.world, &r22()).nodes;
    let told: Vec<String> = rows
        .iter()
        .map(|n| {
            let (parent, source) =
                (n.parent.as_ref().map_or("-", |p| p.as_str()), n.source.map_or("-", Source::as_str));
            format!("{} {} {} {parent} {} {} {source}", n.kind, n.ordinal, n.code, n.level, n.maximum)
        })
        .collect();
    assert_eq!(
        told,
        [
            "huyen 0 1 - field 6/1 -",
            "huyen 1 1.1 1 leaf 6/1 appraisal",
            "huyen 2 2 - field 4/1 -",
            "huyen 3 2.1 2 leaf 4/1 survey",
            "so 0 1 - field 10/1 -",
            "so 1 1.1 1 leaf 6/1 appraisal",
            "so 2 1.2 1 leaf 4/1 appraisal",
            "so 3 2 - field 10/1 -",
            "so 4 2.1 2 criterion 6/1 -",
            "so 5 2.1.1 2.1 leaf 4/1 appraisal",
            "so 6 2.1.2 2.1 leaf 2/1 appraisal",
            "so 7 2.2 2 leaf 4/1 survey",
        ]
    );
    assert!(rows.iter().all(|n| n.title_en == n.code.as_str() && n.title_vi == format!("{} (vi)", n.code)));
    assert!(rows.iter().all(|n| n.round == r22() && (n.level == Level::Leaf) == n.source.is_some()));
}

#[test]
fn a_unit_is_shown_with_its_names_its_sheet_and_what_it_reached() {
    let log = log_of([opened(), all_signed(), at("11-20"), does(appraiser(), adjust("a", "1.1", "5"))].concat());
    let rows = index_of(&log.world, &r22()).units;
    let row = rows.iter().find(|u| u.unit.as_str() == "a").expect("a");
    let digest: Hash = log.world.rounds[&r22()].unit(&id("a")).expect("a").1.sheet.digest();
    let expected = UnitRow {
        round: r22(),
        unit: id("a"),
        block: id("so"),
        kind: id("so"),
        name_en: "Unit a".to_owned(),
        name_vi: "Unit a (vi)".to_owned(),
        short: "A".to_owned(),
        code: "0a".to_owned(),
        ranked: true,
        state: proto::rows::SheetState::Submitted,
        version: 6,
        digest,
        leaves: 4,
        scored: 4,
        flagged: 0,
        exempted: 0,
        reached: whole(15),
        maximum: whole(16),
        index_value: Exact::ratio(375, 4),
    };
    assert_eq!(*row, expected);
    let ranked: Vec<bool> = rows.iter().map(|u| u.ranked).collect();
    assert_eq!(ranked, [true, true, true, true, false]);
}

#[test]
fn a_score_is_shown_with_every_stage_and_the_one_that_counts() {
    let council = [
        carried("d1", super::acts::propose_scores("d1", &[super::acts::change("a", "1.1", "4")])),
        does(secretary(), super::acts::set_score("a", "1.1", "d1")),
    ];
    let second = does(appraiser(), super::variant::second(adjust("a", "1.1", "4.5")));
    let appraised = [at("11-20"), does(appraiser(), adjust("a", "1.1", "5")), surveyed(), at("12-09"), second];
    let log = log_of([opened(), all_signed(), appraised.concat(), at("12-21"), council.concat()].concat());
    let none = None::<Exact>;
    let row = log.score_row("a", "1.1");
    let expected = ScoreRow {
        round: r22(),
        unit: id("a"),
        leaf: id("1.1"),
        revision: 8,
        self_points: Some(whole(6)),
        first_points: Some(whole(5)),
        second_points: Exact::ratio(9, 2),
        council_points: Some(whole(4)),
        correction_points: none.clone(),
        survey_points: none.clone(),
        final_points: Some(whole(4)),
        final_stage: Some(Stage::Council),
        flag: None,
        exemption: None,
        evidence: 0,
    };
    assert_eq!(row, expected);
    let of_survey = log.score_row("a", "2.2");
    assert_eq!((of_survey.survey_points, of_survey.final_points), (Some(whole(4)), Some(whole(4))));
    assert_eq!((of_survey.final_stage, of_survey.self_points, of_survey.revision), (None, none, 0));
}

#[test]
fn bonus_and_penalty_are_shown_with_their_titles() {
    let set = [does(appraiser(), bonus("a", "0.5")), does(appraiser(), penalty("a", "2"))].concat();
    let log = log_of([opened(), all_signed(), at("11-20"), set].concat());
    let row = |code: &str, sign, points, revision| ExtraRow {
        round: r22(),
        unit: id("a"),
        code: id(code),
        sign,
        title_en: code.to_owned(),
        title_vi: format!("{code} (vi)"),
        points,
        revision,
    };
    let half = Exact::ratio(1, 2).expect("not zero");
    let expected = [row("minus", Sign::Penalty, whole(2), 7), row("plus", Sign::Bonus, half, 6)];
    assert_eq!(index_of(&log.world, &r22()).extras, expected);
}

#[test]
fn a_standing_is_shown_with_names_band_and_what_it_is_made_of() {
    let log = log_of(published());
    let rows = ranking_of(&log.world, &r22()).standings;
    let row = |publication| {
        let found = rows.iter().find(|r| r.unit.as_str() == "c" && r.publication == publication);
        found.expect("c").clone()
    };
    let expected = StandingRow {
        round: r22(),
        publication: 1,
        block: id("so"),
        unit: id("c"),
        rank: 3,
        name_en: "Unit c".to_owned(),
        name_vi: "Unit c (vi)".to_owned(),
        short: "C".to_owned(),
        index_value: Some(whole(72)),
        printed: "72.00".to_owned(),
        band: Some(id("weak")),
        band_en: "WEAK".to_owned(),
        band_vi: "WEAK (vi)".to_owned(),
        movement: 0,
        reached: Exact::ratio(72, 5).expect("not zero"),
        maximum: whole(20),
        appraisal_reached: whole(12),
        appraisal_maximum: whole(16),
        survey_reached: Exact::ratio(12, 5).expect("not zero"),
        survey_maximum: whole(4),
        bonus: whole(0),
        penalty: whole(0),
    };
    assert_eq!(row(1), expected);
    assert_eq!(row(0), StandingRow { publication: 0, ..expected });
}

#[test]
fn publications_are_shown_with_when_where_and_why() {
    let log = log_of(ended());
    let rows = ranking_of(&log.world, &r22()).publications;
    let told: Vec<_> = rows.iter().map(|p| (p.publication, p.decision.as_str(), p.reason.as_str())).collect();
    assert_eq!(told, [(1, "d1", ""), (2, "d2", super::acts::WHY)]);
    for row in rows {
        let at = usize::try_from(row.position).expect("a position") - 1;
        let event = &log.events[at];
        assert_eq!((event.fact.kind(), event.envelope.at), ("result_published", row.at));
        let data: serde_json::Value = serde_json::from_slice(&event.fact.data().expect("data")).expect("JSON");
        assert_eq!(data["digest"], row.digest.to_string());
    }
}

#[test]
fn reasons_do_not_reach_the_rows() {
    let secret = "Điều này chỉ có trong nhật ký";
    let acts = does(appraiser(), because(secret, adjust("a", "1.1", "5")));
    let log = log_of([opened(), all_signed(), at("11-20"), acts].concat());
    let shown = format!("{:?}{:?}", index_of(&log.world, &r22()), ranking_of(&log.world, &r22()));
    assert!(!shown.contains(secret));
    assert!(log.events.iter().any(|e| String::from_utf8(e.encode().expect("a body")).expect("UTF-8").contains(secret)));
}

//! Checks of a round before it is published: what is missing, short, or odd, from the round's own state.
//! A fault keeps the result from being published without a written reason; a doubt is for people to look at.

mod own;

use std::collections::HashMap;

use proto::act::round::Stage;
use proto::document::Source;
use proto::document::Text;
use proto::inquiry::{Observation, Severity};
use proto::rows::{FlagState, SheetState};
use proto::text;
use proto::{Code, Exact};

use crate::result::{Standing, leaf_points, standings};
use crate::round::{Round, UnitState};
use crate::sheet::exempt;
use crate::survey::{GroupMean, SurveyLeaf};
pub use own::own_tables;

/// From how many survey leaves on equal answers at all of them are odd.
const STRAIGHT_LEAVES: usize = 5;
/// From how many survey leaves on equal tallies of two units are odd.
const TWIN_LEAVES: usize = 5;
/// By how many percent of a maximum a self-score may lie above what counts before it is named.
const INFLATED_PERCENT: i64 = 10;

/// Looks at a round from every side, the gravest first.
#[must_use]
pub fn check_round(round: &Round) -> Vec<Observation> {
    let standings = standings(round);
    let mut found = Vec::new();
    for standing in &standings {
        let unit = &round.units[standing.place];
        found.extend(of_sheet(unit));
        found.extend(of_index(unit, standing));
        found.extend(inflation(round, unit));
        if round.survey.is_some() {
            found.extend(of_survey(round, unit));
        }
    }
    found.extend(twins(round));
    found.extend(rechecks(round));
    found.extend(own_tables(round, &standings));
    found.sort_by_key(|o| std::cmp::Reverse(o.severity));
    found
}

fn seen(code: &str, severity: Severity, unit: &UnitState, text: Text) -> Observation {
    let name = &unit.entry.name;
    let text = Text::new(format!("{}: {}", name.vi, text.vi), format!("{}: {}", name.en, text.en));
    Observation::of(code, severity, vec![unit.unit.to_string()], text)
}

fn of_sheet(unit: &UnitState) -> Vec<Observation> {
    let mut found = Vec::new();
    if unit.sheet.state != SheetState::Submitted {
        let what = text!("phiếu chưa nộp", "the sheet was not submitted");
        found.push(seen("sheet_not_submitted", Severity::Doubt, unit, what));
    }
    let open = unit.sheet.scores.iter().filter(|s| matches!(s.flag, Some(FlagState::Raised | FlagState::Explained)));
    let n = open.count();
    if n > 0 {
        let what = text!("{n} yêu cầu giải trình chưa xem xét xong", "{n} flags are not settled");
        found.push(seen("flag_open", Severity::Doubt, unit, what));
    }
    found
}

fn of_index(unit: &UnitState, standing: &Standing) -> Option<Observation> {
    if standing.totals.index.is_none() && unit.ranked {
        let what = text!("không có chỉ số vì không tiêu chí nào áp dụng", "no index, because nothing applies to it");
        return Some(seen("unit_without_index", Severity::Fault, unit, what));
    }
    let (low, high) = (Exact::zero(), Exact::whole(100));
    let index = standing.totals.index.as_ref()?;
    if *index < low || *index > high {
        let value = index.plain();
        let what = text!(
            "chỉ số {value} ngoài 0 đến 100 do điểm thưởng, trừ",
            "the index {value} is outside 0 to 100 by bonus or penalty";
            value
        );
        return Some(seen("index_outside", Severity::Doubt, unit, what));
    }
    None
}

/// Self-scores above what counts, in the whole and by field.
fn inflation(round: &Round, unit: &UnitState) -> Option<Observation> {
    let mut fields: Vec<(Code, Exact, Exact)> = Vec::new();
    let (mut over, mut maximum) = (Exact::zero(), Exact::zero());
    for (i, leaf) in unit.tree.leaves.iter().enumerate() {
        let score = &unit.sheet.scores[i];
        let Some(own) = score.stage(Stage::Own).filter(|_| leaf.leaf.source != Source::Survey && !exempt(score)) else {
            continue;
        };
        let counts = leaf_points(round, unit, i).0.unwrap_or_default();
        let (more, of) = (&own.points - &counts, Exact::from(leaf.maximum));
        over = &over + &more;
        maximum = &maximum + &of;
        let field = &unit.tree.nodes[leaf.path[0]].code;
        match fields.iter_mut().find(|(code, ..)| code == field) {
            Some((_, o, m)) => (*o, *m) = (&*o + &more, &*m + &of),
            None => fields.push((field.clone(), more, of)),
        }
    }
    let high = |over: &Exact, maximum: &Exact| over * &Exact::whole(100) > maximum * &Exact::whole(INFLATED_PERCENT);
    let named: Vec<String> = fields.iter().filter(|(_, o, m)| high(o, m)).map(|(code, ..)| code.to_string()).collect();
    if !high(&over, &maximum) && named.is_empty() {
        return None;
    }
    let (over, fields) = (over.plain(), if named.is_empty() { "-".to_owned() } else { named.join(", ") });
    let what = text!(
        "tự chấm cao hơn điểm tính {over} điểm; quá {INFLATED_PERCENT} % ở lĩnh vực: {fields}",
        "the self-score is {over} points above what counts; by over {INFLATED_PERCENT} % in the fields: {fields}";
        over
    );
    Some(seen("inflated", Severity::Note, unit, what))
}

/// The survey leaves of a unit that somebody answered.
fn answered<'a>(round: &'a Round, unit: &'a UnitState) -> impl Iterator<Item = (&'a Code, &'a SurveyLeaf)> {
    let leaves = unit.tree.leaves.iter().enumerate();
    leaves.filter_map(|(i, leaf)| Some((&leaf.code, round.survey_leaf(unit, i)?)))
}

fn of_survey(round: &Round, unit: &UnitState) -> Vec<Observation> {
    let mut found = Vec::new();
    let surveyed = unit.tree.leaves.iter().filter(|l| l.leaf.source == Source::Survey).count();
    let missing = surveyed - answered(round, unit).count();
    if missing > 0 {
        let what = text!("{missing} tiêu chí điều tra không có trả lời", "{missing} survey leaves have no answers");
        found.push(seen("survey_missing", Severity::Doubt, unit, what));
    }
    for group in round.book.groups.iter().filter(|g| g.kind == unit.tree.kind) {
        let of_group = |s: &SurveyLeaf| s.groups.iter().find(|m| m.group == group.code).cloned();
        let means: Vec<GroupMean> = answered(round, unit).filter_map(|(_, s)| of_group(s)).collect();
        let code = &group.code;
        let most = means.iter().map(|m| m.answered).max().unwrap_or(0);
        if !means.is_empty() && most == 0 {
            let what = text!("nhóm {code} không có trả lời", "the group {code} gave no answer");
            found.push(seen("group_missing", Severity::Doubt, unit, what));
        } else if let Some(sample) = round.planned(&unit.unit, group).filter(|n| most < u64::from(*n)) {
            let what = text!(
                "nhóm {code}: {most} trả lời, kế hoạch {sample}",
                "group {code}: {most} answers, {sample} planned"
            );
            found.push(seen("sample_short", Severity::Fault, unit, what));
        }
        let straight = means.windows(2).all(|w| (w[0].answered, &w[0].mean) == (w[1].answered, &w[1].mean));
        if straight && most > 0 && means.len() >= STRAIGHT_LEAVES {
            let n = means.len();
            let what =
                text!("nhóm {code} trả lời giống hệt ở cả {n} tiêu chí", "group {code} answered all {n} leaves alike");
            found.push(seen("straight_lined", Severity::Doubt, unit, what));
        }
    }
    found
}

/// How far respondents who were asked again said the same.
fn rechecks(round: &Round) -> Vec<Observation> {
    let least = round.book.agreement.map(Exact::from);
    let again = round.batches.values().flat_map(|b| b.rechecks.iter().map(move |r| (&b.recorded.batch, r)));
    let seen = again.map(|(batch, recheck)| {
        let short = recheck.agreement().zip(least.as_ref()).is_some_and(|(share, least)| share < *least);
        let told = recheck.told();
        let what = text!(
            "đợt {batch}: hỏi lại, trả lời giống nhau {told}",
            "batch {batch}: asked again, {told} answered alike";
            told
        );
        let severity = if short { Severity::Fault } else { Severity::Note };
        Observation::of("recheck_agreement", severity, Vec::new(), what)
    });
    seen.collect()
}

/// Units of one kind of which every group said exactly the same at every leaf.
fn twins(round: &Round) -> Vec<Observation> {
    let mut first: HashMap<(&Code, String), &UnitState> = HashMap::new();
    let mut found = Vec::new();
    for unit in &round.units {
        let all: Vec<&SurveyLeaf> = answered(round, unit).map(|(_, s)| s).collect();
        if all.len() < TWIN_LEAVES {
            continue;
        }
        let told = |g: &GroupMean| format!("{} {} {:?};", g.group, g.answered, g.mean);
        let tally: String = all.iter().flat_map(|s| &s.groups).map(told).collect();
        match first.get(&(&unit.tree.kind, tally.clone())) {
            Some(other) => {
                let (vi, en) = (&other.entry.name.vi, &other.entry.name.en);
                let what = text!("bảng tổng hợp giống hệt của {vi}", "the tally is exactly that of {en}");
                let mut twin = seen("tally_twice", Severity::Fault, unit, what);
                twin.units.push(other.unit.to_string());
                found.push(twin);
            }
            None => drop(first.insert((&unit.tree.kind, tally), unit)),
        }
    }
    found
}

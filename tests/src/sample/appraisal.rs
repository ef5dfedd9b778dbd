//! 03 to 05: first appraisal field by field, explanations of what was flagged, second appraisal, bonuses and a penalty.
//! Nobody appraises his own agency.

use proto::Act;
use proto::act::appraisal::{AdjustScore, Appraisal, ConfirmScore, FlagScore, JudgeExemption, SetExtra};
use proto::act::sheet::ExplainFlag;

use super::calendar::office_times;
use super::cast::{Cast, Player};
use super::people::{Who, appraiser, chief, drafter, secretariat};
use super::prng::Rng;
use super::rulebook::{BONUS, PENALTY};
use super::script::{Deed, Script, interleave};
use super::self_scoring::file;
use super::specials::{BONUSES, PENALTIES};
use super::story::{Claim, Move, Story};
use super::texts;
use super::words::{code, hundredths, round};

/// Writes the file of the first appraisal.
pub fn play_first(script: &mut Script, cast: &Cast) {
    script.begin("first-appraisal");
    let mut rng = Rng::of("first appraisal");
    // Each appraiser goes through the units in an order of his own.
    let mut queues: Vec<(Who, Vec<Deed>)> = Vec::new();
    let mut players: Vec<&Player> = cast.players.iter().collect();
    rng.shuffle(&mut players);
    for player in players {
        for story in &player.stories {
            let who = appraiser(player.unit.id().as_str(), story.leaf.code.field());
            let deeds = first(player, story, &who);
            match queues.iter_mut().find(|(w, _)| w.id == who.id) {
                Some((_, queue)) => queue.extend(deeds),
                None => queues.push((who, deeds)),
            }
        }
    }
    let queues = queues.into_iter().map(|(_, queue)| queue).collect();
    let deeds = interleave(queues, (15, 60), &mut rng);
    script.send_all(office_times((2022, 12, 7), (2023, 1, 6), deeds.len(), &mut rng), deeds);
}

/// What the first appraisal does at one leaf.
fn first(player: &Player, story: &Story, who: &Who) -> Vec<Deed> {
    let mut rng = Rng::of(&format!("first {} {}", player.unit.id(), story.leaf.code));
    let mut acts = Vec::new();
    let judged = |reason: &str| JudgeExemption {
        round: round(),
        unit: player.unit.id().clone(),
        leaf: story.leaf.code.clone(),
        revision: 0,
        reason: reason.to_owned(),
    };
    match story.claim {
        Some(Claim::Accepted) => acts.push(Act::AcceptExemption(judged(
            "Đã đối chiếu: đơn vị không có đối tượng thực hiện trong năm; chấp nhận không áp dụng.",
        ))),
        Some(Claim::Refused) => acts.push(Act::RefuseExemption(judged(
            "Trong năm đơn vị có được giao nhiệm vụ này; không chấp nhận đề nghị không áp dụng.",
        ))),
        None => {}
    }
    match story.first {
        Move::Leave => {}
        Move::Confirm => acts.push(confirm(player, story, Appraisal::First)),
        Move::Adjust(points) => {
            let reason = texts::adjusted(&story.leaf, story.claimed(), points, &mut rng);
            acts.push(adjust(player, story, Appraisal::First, points, reason));
        }
    }
    if story.flag {
        let reason = texts::flagged(&story.leaf, story.claimed().unwrap_or(0), &mut rng);
        acts.push(Act::FlagScore(FlagScore {
            round: round(),
            unit: player.unit.id().clone(),
            leaf: story.leaf.code.clone(),
            revision: 0,
            reason,
        }));
    }
    acts.into_iter().map(|act| who.does(act)).collect()
}

fn confirm(player: &Player, story: &Story, appraisal: Appraisal) -> Act {
    let (unit, leaf) = (player.unit.id().clone(), story.leaf.code.clone());
    Act::ConfirmScore(ConfirmScore { round: round(), unit, leaf, revision: 0, appraisal })
}

fn adjust(player: &Player, story: &Story, appraisal: Appraisal, points: i64, reason: String) -> Act {
    Act::AdjustScore(AdjustScore {
        round: round(),
        unit: player.unit.id().clone(),
        leaf: story.leaf.code.clone(),
        revision: 0,
        appraisal,
        inputs: story.leaf.inputs(points),
        points: hundredths(points),
        reason,
    })
}

fn flagged(cast: &Cast) -> impl Iterator<Item = (&Player, &Story)> {
    cast.players.iter().flat_map(|p| p.stories.iter().filter(|s| s.flag).map(move |s| (p, s)))
}

/// Writes the file of the explanations.
pub fn play_explanation(script: &mut Script, cast: &Cast) {
    script.begin("explanation");
    let mut rng = Rng::of("explanation");
    let mut deeds = Vec::new();
    for (player, story) in flagged(cast).filter(|(_, s)| s.explained) {
        let by = if rng.chance(800) { drafter(&player.unit) } else { chief(&player.unit) };
        let part = format!("explanation {} {}", player.unit.id(), story.leaf.code);
        let text = texts::explained(&story.leaf, story.claimed().unwrap_or(0), &mut rng);
        let sends = ["gửi kèm", "gửi lại", "bổ sung"].iter().any(|word| text.contains(word));
        let evidence = if sends { vec![file(&part, &mut rng)] } else { Vec::new() };
        deeds.push(by.does(Act::ExplainFlag(ExplainFlag {
            round: round(),
            unit: player.unit.id().clone(),
            leaf: story.leaf.code.clone(),
            revision: 0,
            text,
            evidence,
        })));
    }
    rng.shuffle(&mut deeds);
    script.send_all(office_times((2023, 1, 9), (2023, 1, 18), deeds.len(), &mut rng), deeds);
}

/// Writes the file of the second appraisal.
pub fn play_second(script: &mut Script, cast: &Cast) {
    script.begin("second-appraisal");
    let mut rng = Rng::of("second appraisal");
    let mut deeds = Vec::new();
    for (player, story) in flagged(cast) {
        let act = match story.second {
            Move::Leave => panic!("{}: a flag is settled", story.leaf.code),
            Move::Confirm => confirm(player, story, Appraisal::Second),
            Move::Adjust(points) => {
                let raised = story.after_first().is_some_and(|before| points > before);
                let reason = texts::settled(story.explained, raised, &mut rng);
                adjust(player, story, Appraisal::Second, points, reason)
            }
        };
        deeds.push(appraiser(player.unit.id().as_str(), story.leaf.code.field()).does(act));
    }
    rng.shuffle(&mut deeds);
    deeds.extend(extras(cast));
    script.send_all(office_times((2023, 1, 30), (2023, 2, 14), deeds.len(), &mut rng), deeds);
}

/// Bonuses and the penalty, entered by the secretariat.
fn extras(cast: &Cast) -> Vec<Deed> {
    let by = secretariat();
    let act = |unit: &str, extra: &str, points: i64, reason: &str| SetExtra {
        round: round(),
        unit: cast.player(unit).unit.id().clone(),
        code: code(extra),
        revision: 0,
        points: hundredths(points),
        reason: reason.to_owned(),
    };
    let bonus = "Có mô hình mới về giải quyết TTHC được Thành phố cho nhân rộng trong năm 2022.";
    let penalty = "Một vụ việc vi phạm kỷ luật công vụ đã có kết luận trong năm 2022.";
    let bonuses = BONUSES.iter().map(|(unit, points)| Act::AwardBonus(act(unit, BONUS, *points, bonus)));
    let penalties = PENALTIES.iter().map(|(unit, points)| Act::ImposePenalty(act(unit, PENALTY, *points, penalty)));
    bonuses.chain(penalties).map(|act| by.does(act)).collect()
}

//! 02: units score themselves and sign; one withdraws, one gets more time, one is late and is opened again.
//! The timer closes what was not submitted; that is no line of the script.

use proto::act::round::{ExtendDeadline, Phase};
use proto::act::sheet::{ClaimExemption, Evidence, ReopenSheet, ScoreSelf, SubmitSheet, WithdrawSheet};
use proto::{Act, Hash};

use super::calendar::{at, midnight, office_times};
use super::cast::{Cast, Player};
use super::opening::SELF_SCORING_FROM;
use super::people::{drafter, secretariat, signer};
use super::prng::Rng;
use super::script::{Deed, Script, interleave};
use super::specials::{EXTENDED, FROM_PAPER, LATE, WITHDRAWN};
use super::story::Story;
use super::texts;
use super::words::{hundredths, round, unit};

/// Writes the file.
pub fn play(script: &mut Script, cast: &Cast) {
    script.begin("self-scoring");
    let mut rng = Rng::of("self-scoring");
    let mut queues: Vec<Vec<Deed>> = Vec::new();
    let (mut again, mut extended, mut late) = (Vec::new(), Vec::new(), Vec::new());
    for player in &cast.players {
        let mut queue = sheet(player);
        // Of the late ones the last part of the sheet, with its signature, is still to come; of the withdrawn one what
        // follows its first signature.
        match player.unit.id().as_str() {
            WITHDRAWN => {
                let signed = queue.iter().position(|d| matches!(d.act, Act::SubmitSheet(_))).expect("it is signed");
                again = queue.split_off(signed + 1);
            }
            EXTENDED => extended = queue.split_off(queue.len() * 4 / 5),
            LATE => late = queue.split_off(queue.len() * 2 / 3),
            _ => {}
        }
        queues.push(queue);
    }
    let deeds = interleave(queues, (4, 20), &mut rng);
    script.send_all(office_times(SELF_SCORING_FROM, (2022, 11, 29), deeds.len(), &mut rng), deeds);

    script.send_all(office_times((2022, 11, 30), (2022, 11, 30), again.len(), &mut rng), again);

    let by = secretariat();
    let extend = ExtendDeadline {
        round: round(),
        phase: Phase::SelfScoring,
        unit: Some(unit(EXTENDED)),
        until: midnight((2022, 12, 3)),
        reason: "Hệ thống mạng của đơn vị bị gián đoạn từ ngày 28/11 đến 30/11/2022; gia hạn hai ngày theo văn bản đề \
                 nghị của đơn vị."
            .to_owned(),
    };
    script.send(at((2022, 11, 30), 17, 10), by.does(Act::ExtendDeadline(extend)));
    script.send_all(office_times((2022, 12, 1), (2022, 12, 1), extended.len(), &mut rng), extended);
    let reopen = ReopenSheet {
        round: round(),
        unit: unit(LATE),
        until: midnight((2022, 12, 6)),
        reason:
            "Đơn vị chưa nộp phiếu khi hết hạn do thay đổi cán bộ đầu mối; có văn bản giải trình và cam kết nộp trong \
                 ngày 05/12/2022. Thường trực Hội đồng đồng ý cho mở lại phiếu."
                .to_owned(),
    };
    script.send(at((2022, 12, 2), 8, 45), by.does(Act::ReopenSheet(reopen)));
    script.send_all(office_times((2022, 12, 5), (2022, 12, 5), late.len(), &mut rng), late);
}

/// A unit's acts on its sheet, in order, up to its signature.
fn sheet(player: &Player) -> Vec<Deed> {
    let id = player.unit.id().as_str();
    let mut rng = Rng::of(&format!("sheet {id}"));
    // The withdrawn sheet claimed the maximum at two leaves where it then claims less.
    let mut too_high: Vec<&Story> = player.stories.iter().collect();
    too_high.retain(|s| id == WITHDRAWN && s.drafts.len() == 1 && s.claimed().is_some_and(|p| p < s.leaf.maximum));
    too_high.truncate(2);
    let mut acts: Vec<(usize, Deed)> = Vec::new();
    let by = drafter(&player.unit);
    for (i, story) in player.stories.iter().enumerate() {
        if story.claim.is_some() {
            acts.push((i, by.does(claim(player, story))));
        }
        // A change of mind comes some leaves later.
        let mut place = i;
        for points in &story.drafts {
            let high = too_high.iter().any(|s| s.leaf.code == story.leaf.code);
            let points = if high { story.leaf.maximum } else { *points };
            acts.push((place, by.does(score(player, story, points, &mut rng))));
            place += usize::try_from(rng.between(3, 25)).expect("it is positive");
        }
    }
    acts.sort_by_key(|(place, _)| *place);
    let mut deeds: Vec<Deed> = acts.into_iter().map(|(_, deed)| deed).collect();
    let sign = signer(&player.unit).does(Act::SubmitSheet(submit(player)));
    deeds.push(sign.clone());
    if !too_high.is_empty() {
        let reason = "Rà soát lại thấy hai tiêu chí tự chấm cao hơn tài liệu kiểm chứng; rút phiếu để sửa.".to_owned();
        let withdraw = WithdrawSheet { round: round(), unit: player.unit.id().clone(), reason };
        deeds.push(signer(&player.unit).does(Act::WithdrawSheet(withdraw)));
        for story in too_high {
            let points = story.claimed().expect("it was asked for");
            deeds.push(by.does(score(player, story, points, &mut rng)));
        }
        deeds.push(sign);
    }
    deeds
}

fn submit(player: &Player) -> SubmitSheet {
    let nothing_seen_yet = Hash([0; 32]);
    SubmitSheet {
        round: round(),
        unit: player.unit.id().clone(),
        version: 0,
        digest: nothing_seen_yet,
        evidence: Vec::new(),
    }
}

fn claim(player: &Player, story: &Story) -> Act {
    Act::ClaimExemption(ClaimExemption {
        round: round(),
        unit: player.unit.id().clone(),
        leaf: story.leaf.code.clone(),
        revision: 0,
        ground: "Năm 2022 đơn vị không phát sinh nội dung này; đề nghị không áp dụng và loại khỏi tổng điểm."
            .to_owned(),
    })
}

fn score(player: &Player, story: &Story, points: i64, rng: &mut Rng) -> Act {
    let (leaf, unit) = (&story.leaf, player.unit.id().clone());
    let part = format!("{unit} {} {points}", leaf.code);
    let mut evidence = Vec::new();
    let mut explanation = String::new();
    if leaf.evidence && rng.chance(120) {
        explanation = texts::no_evidence(rng);
    } else if leaf.evidence {
        evidence.push(file(&part, rng));
        if rng.chance(40) {
            evidence.push(file(&format!("{part} annex"), rng));
        }
    }
    Act::ScoreSelf(ScoreSelf {
        round: round(),
        unit,
        leaf: leaf.code.clone(),
        revision: 0,
        inputs: leaf.inputs(points),
        claimed: hundredths(points),
        evidence,
        explanation,
        from_paper: player.unit.id().as_str() == FROM_PAPER,
    })
}

/// A reference to a file that does not exist: its address and commitments are hashes of made-up words.
pub fn file(part: &str, rng: &mut Rng) -> Evidence {
    let of = |what: &str| Hash::digest(format!("illustrative {what} {part}").as_bytes());
    let media_type = ["application/pdf", "application/pdf", "application/pdf", "image/jpeg", "application/zip"];
    Evidence {
        address: of("file"),
        size: u64::try_from(rng.between(40_000, 6_000_000)).expect("it is positive"),
        media_type: (*rng.pick(&media_type)).to_owned(),
        page: texts::page(rng),
        digest_commitment: of("digest"),
        name_commitment: of("name"),
    }
}

//! 09: one appeal is upheld in part and corrected, one is dismissed; the result is published again; the round ends.
//! All of it is illustrative.

use proto::act::appeal::{AnswerAppeal, CorrectScore, DecideAppeal, LodgeAppeal};
use proto::act::council::{Matter, Outcome, ScoreChange, Vote};
use proto::act::examination::{Asserted, Claim, ExamineAppeal};
use proto::act::round::CloseRound;
use proto::{Act, Hash};

use super::calendar::{at, midnight};
use super::cast::{Cast, Player};
use super::council::{Proceeding, decide, decision, publish};
use super::opening::SELF_SCORING_UNTIL;
use super::people::{appraiser, chief, inspector, secretariat};
use super::prng::Rng;
use super::script::Script;
use super::self_scoring::file;
use super::specials::{DISMISSED, UPHELD};
use super::story::{Move, Story};
use super::words::{hundredths, round};

/// Writes the file.
pub fn play(script: &mut Script, cast: &Cast) {
    script.begin("appeals");
    let by = secretariat();
    let upheld = cast.player(UPHELD);
    let corrected = upheld.stories.iter().find(|s| s.correction.is_some()).expect("a leaf is corrected");
    let dismissed = cast.player(DISMISSED);
    let lowered: Vec<&Story> =
        dismissed.stories.iter().filter(|s| !s.flag && matches!(s.first, Move::Adjust(_))).take(2).collect();
    lodge_both(script, (upheld, corrected), (dismissed, &lowered));

    let points = corrected.correction.expect("it was asked for");
    let reason = "Danh sách bổ sung chứng minh một phần hồ sơ bị tính quá hạn do lỗi đồng bộ dữ liệu; phần còn lại \
                  quá hạn thực tế.";
    let change = ScoreChange {
        unit: upheld.unit.id().clone(),
        leaf: corrected.leaf.code.clone(),
        inputs: corrected.leaf.inputs(points),
        points: hundredths(points),
        reason: reason.to_owned(),
    };
    let (outcome, changes) = (Outcome::UpheldInPart, vec![change.clone()]);
    decide(
        script,
        Proceeding {
            number: 3,
            matter: Matter::Appeal { number: 1, outcome, changes, reason: reason.to_owned() },
            days: ((2023, 4, 11), (2023, 4, 12)),
            recused: &[],
            others: &[],
            in_writing: &[2],
            minutes: "Biên bản họp Hội đồng thẩm định ngày 12/4/2023 (minh họa): chấp nhận một phần kiến nghị số 1.",
        },
    );
    decide(
        script,
        Proceeding {
            number: 4,
            matter: Matter::Appeal {
                number: 2,
                outcome: Outcome::Dismissed,
                changes: Vec::new(),
                reason: "Tài liệu gửi kèm đã được xem xét khi thẩm định, không có tình tiết mới.".to_owned(),
            },
            days: ((2023, 4, 13), (2023, 4, 14)),
            recused: &[],
            others: &[(8, Vote::Against), (4, Vote::Abstain)],
            in_writing: &[],
            minutes: "Biên bản họp Hội đồng thẩm định ngày 14/4/2023 (minh họa): giữ nguyên điểm, trả lời kiến nghị số 2.",
        },
    );
    for (number, minute) in [(1, 0), (2, 5)] {
        let act = DecideAppeal { round: round(), number, decision: decision(number + 2) };
        script.send(at((2023, 4, 17), 9, minute), by.does(Act::DecideAppeal(act)));
    }
    let correct = CorrectScore { round: round(), unit: change.unit, leaf: change.leaf, revision: 0, appeal: 1 };
    script.send(at((2023, 4, 17), 9, 30), by.does(Act::CorrectScore(correct)));
    let reason = "Điều chỉnh điểm của huyện Đan Phượng theo kiến nghị số 1 được chấp nhận một phần (minh họa).";
    publish(script, at((2023, 4, 18), 9, 0), 2, 3, reason);
    script.send(at((2023, 4, 28), 15, 0), by.does(Act::CloseRound(CloseRound { round: round() })));
}

/// Both appeals and the answers of the agencies in charge.
fn lodge_both(script: &mut Script, upheld: (&Player, &Story), dismissed: (&Player, &[&Story])) {
    let mut rng = Rng::of("appeals");
    let lodged = [
        (
            upheld.0,
            vec![upheld.1],
            "Đề nghị Hội đồng xem xét lại tiêu chí này: các hồ sơ bị tính quá hạn đã trả kết quả đúng hạn, hệ thống ghi \
             nhận chậm do lỗi đồng bộ. Đơn vị gửi kèm danh sách hồ sơ và ảnh chụp hệ thống.",
            claims_of_upheld(upheld.1),
            "Đối chiếu danh sách với hệ thống một cửa: một phần hồ sơ đúng là ghi nhận chậm do đồng bộ; phần còn lại quá \
             hạn. Đề nghị Hội đồng chấp nhận một phần.",
        ),
        (
            dismissed.0,
            dismissed.1.to_vec(),
            "Đề nghị công nhận điểm tự chấm của hai tiêu chí vì đơn vị đã thực hiện đầy đủ theo kế hoạch.",
            claims_of_dismissed(dismissed.1[0]),
            "Tài liệu kiểm chứng không có nội dung mới so với khi thẩm định; đề nghị giữ nguyên điểm.",
        ),
    ];
    let (mut answers, mut examinations) = (Vec::new(), Vec::new());
    for (number, (player, stories, text, claims, answer)) in (1..).zip(lodged) {
        let act = LodgeAppeal {
            round: round(),
            number,
            unit: player.unit.id().clone(),
            leaves: stories.iter().map(|s| s.leaf.code.clone()).collect(),
            text: text.to_owned(),
            evidence: vec![file(&format!("appeal {number}"), &mut rng)],
            claims,
        };
        let day = (2023, 3, 27 + 2 * number);
        script.send(at(day, 14, 10), chief(&player.unit).does(Act::LodgeAppeal(act)));
        let field = stories[0].leaf.code.field();
        let act = AnswerAppeal { round: round(), number, text: answer.to_owned() };
        examinations.push(ExamineAppeal { round: round(), number, position: 0, digest: Hash([0; 32]) });
        answers.push(appraiser(player.unit.id().as_str(), field).does(Act::AnswerAppeal(act)));
    }
    for (minute, examination) in (0..).zip(examinations) {
        script.send(at((2023, 4, 3), 9, 10 * minute), inspector().does(Act::ExamineAppeal(examination)));
    }
    for (day, answer) in [(4, 4), (4, 6)].into_iter().zip(answers) {
        script.send(at((2023, day.0, day.1), 10, 30), answer);
    }
}

fn claim(that: Asserted, text: &str) -> Claim {
    Claim { that, text: text.to_owned() }
}

/// What the appeal that is upheld in part claims of the log: one that it bears out, one that it contradicts, and one for people.
fn claims_of_upheld(story: &Story) -> Vec<Claim> {
    let leaf = || story.leaf.code.clone();
    let claimed = hundredths(story.claimed().expect("it was scored by the unit"));
    let before = Some(midnight(SELF_SCORING_UNTIL));
    vec![
        claim(Asserted::SelfScored { leaf: leaf(), points: claimed, before }, ""),
        claim(Asserted::AdjustedAfterDeadline { leaf: leaf() }, "Đơn vị chỉ nhận được thông báo sau khi hết hạn."),
        claim(Asserted::Judgement {}, "Hồ sơ bị tính quá hạn do lỗi đồng bộ, không phải do đơn vị."),
    ]
}

/// What the appeal that is dismissed claims; the log says otherwise.
fn claims_of_dismissed(story: &Story) -> Vec<Claim> {
    let leaf = || story.leaf.code.clone();
    let claimed = hundredths(story.claimed().expect("it was scored by the unit"));
    let set = hundredths(story.after_first().expect("it was appraised"));
    let without_reason = Asserted::AdjustedWithoutReason { leaf: leaf(), from: claimed, to: set };
    vec![
        claim(without_reason, "Phiếu không nêu lý do giảm điểm."),
        claim(Asserted::AdjustedByInterested { leaf: leaf(), unit: None }, ""),
    ]
}

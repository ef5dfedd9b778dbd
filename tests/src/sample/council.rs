//! 07 and 08: the council sets points at three leaves, adopts the result, and the result is published.
//! A member whose agency a matter is about does not vote on it.

use proto::act::council::{
    CastVote, Manner, Matter, ProposeDecision, RecordDecision, ScoreChange, SetCouncilScore, Vote,
};
use proto::act::publication::PublishResult;
use proto::{Act, DecisionId, Hash, Instant};

use super::calendar::{Day, at};
use super::cast::Cast;
use super::people::{COUNCIL, member, publisher, secretariat};
use super::script::{Deed, Script};
use super::specials::{self, Council};
use super::words::{hundredths, round};

/// A decision's id.
#[must_use]
pub fn decision(number: u32) -> DecisionId {
    DecisionId::parse(&format!("qn-{number:02}")).expect("it is well formed")
}

/// A matter from its proposal to its record: when the council votes, who votes how, and the minutes.
pub struct Proceeding<'a> {
    /// The decision's number.
    pub number: u32,
    /// What is put to the vote.
    pub matter: Matter,
    /// The day of the proposal and that of the votes.
    pub days: (Day, Day),
    /// Members who do not vote.
    pub recused: &'a [usize],
    /// Members who vote otherwise than for it.
    pub others: &'a [(usize, Vote)],
    /// Members who vote in writing.
    pub in_writing: &'a [usize],
    /// The minutes.
    pub minutes: &'a str,
}

/// Proposes, votes, records.
pub fn decide(script: &mut Script, proceeding: Proceeding) {
    let Proceeding { number, matter, days, recused, others, in_writing, minutes } = proceeding;
    let by = secretariat();
    let decision = decision(number);
    let propose = ProposeDecision { round: round(), decision: decision.clone(), matter };
    script.send(at(days.0, 10, 0), by.does(Act::ProposeDecision(propose)));
    let mut minute = 0;
    for number in (1..=COUNCIL.len()).filter(|n| !recused.contains(n)) {
        let vote = others.iter().find(|(n, _)| *n == number).map_or(Vote::For, |(_, vote)| *vote);
        let manner = if in_writing.contains(&number) { Manner::Writing } else { Manner::Meeting };
        let cast = CastVote { round: round(), decision: decision.clone(), vote, manner };
        script.send(at(days.1, 9, minute), member(number).does(Act::CastVote(cast)));
        minute += 2;
    }
    let record = RecordDecision { round: round(), decision, minutes: minutes.to_owned() };
    script.send(at(days.1, 16, 20), by.does(Act::RecordDecision(record)));
}

/// Writes the council's file.
pub fn play(script: &mut Script, cast: &Cast) {
    script.begin("council");
    let changes = changes(cast);
    let carried_out: Vec<Deed> = changes
        .iter()
        .map(|c| SetCouncilScore {
            round: round(),
            unit: c.unit.clone(),
            leaf: c.leaf.clone(),
            revision: 0,
            decision: decision(1),
        })
        .map(|act| secretariat().does(Act::SetCouncilScore(act)))
        .collect();
    decide(
        script,
        Proceeding {
            number: 1,
            matter: Matter::Scores { changes },
            days: ((2023, 3, 8), (2023, 3, 10)),
            recused: &[9],
            others: &[(5, Vote::Against)],
            in_writing: &[],
            minutes: "Biên bản họp Hội đồng thẩm định ngày 10/3/2023 (minh họa): thống nhất điểm của ba tiêu chí thành \
                      phần còn ý kiến khác nhau; thành viên thuộc Sở Y tế không biểu quyết vì liên quan đơn vị mình.",
        },
    );
    let moments: Vec<Instant> = (0..).map(|i| at((2023, 3, 13), 9, 10 * i)).take(carried_out.len()).collect();
    script.send_all(moments, carried_out);
    decide(
        script,
        Proceeding {
            number: 2,
            matter: Matter::Result { digest: Hash([0; 32]) },
            days: ((2023, 3, 17), (2023, 3, 21)),
            recused: &[],
            others: &[(6, Vote::Abstain)],
            in_writing: &[3, 7],
            minutes: "Biên bản họp Hội đồng thẩm định ngày 21/3/2023 (minh họa): thông qua kết quả Chỉ số CCHC năm 2022; \
                      hai thành viên biểu quyết bằng văn bản, một thành viên không có ý kiến.",
        },
    );
}

/// The points that the council sets.
fn changes(cast: &Cast) -> Vec<ScoreChange> {
    let change = |(unit, council): &(&str, Council)| {
        let player = cast.player(unit);
        let story = player.stories.iter().find(|s| s.council.is_some()).expect("the council has a leaf here");
        let points = story.council.expect("it was asked for");
        let reason = match council {
            Council::Lowers => "Kết luận thanh tra công vụ quý IV cho thấy nội dung chưa thực hiện đầy đủ.",
            Council::Raises => "Mức trừ của thẩm định cao hơn mức áp dụng cho các đơn vị có cùng kết quả.",
            Council::Restores => "Đơn vị xuất trình bản gốc tại phiên họp; đủ căn cứ công nhận điểm tự chấm.",
        };
        ScoreChange {
            unit: player.unit.id().clone(),
            leaf: story.leaf.code.clone(),
            inputs: story.leaf.inputs(points),
            points: hundredths(points),
            reason: reason.to_owned(),
        }
    };
    specials::COUNCIL.iter().map(change).collect()
}

/// Publishes.
pub fn publish(script: &mut Script, moment: Instant, publication: u32, rests_on: u32, reason: &str) {
    let nothing_seen_yet = Hash([0; 32]);
    let act = PublishResult {
        round: round(),
        publication,
        decision: decision(rests_on),
        position: 0,
        digest: nothing_seen_yet,
        reason: reason.to_owned(),
    };
    script.send(moment, publisher().does(Act::PublishResult(act)));
}

/// Writes the file of the first publication, on the day of the real one.
pub fn play_publication(script: &mut Script) {
    script.begin("publication");
    publish(script, at((2023, 3, 23), 9, 0), 1, 2, "");
}

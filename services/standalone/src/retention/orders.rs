//! The commands by which what is past its time is brought before two people: a case on the ground of retention, and the order of the
//! erasure. The same list of the same day makes the same commands, so that sent twice they are one.

use std::collections::{BTreeMap, BTreeSet};

use inspector::{PastTime, Retained, Years};
use proto::act::privacy::{ERASED_MAX, ErasedBatch, OpenCase, OrderErasure, RequestKind, WITHIN_DAYS_MAX};
use proto::{Act, Acting, Capacity, CaseId, Command, Day, Hash, Origin, RoundId, UnitId};

/// The commands, two for each case; a case has one round's, and at most as many as one order may name.
pub fn of(
    past: &[&PastTime],
    (years, rule): (Years, Hash),
    day: Day,
    (log, held_in): (&Origin, Option<&UnitId>),
) -> Vec<Command> {
    let (mut rounds, mut files) = (BTreeMap::<&RoundId, BTreeSet<&Retained>>::new(), BTreeSet::new());
    for past in past {
        // A file that several rounds refer to is erased once.
        let again = matches!(&past.what, Retained::File(file) | Retained::BatchFile(file) if !files.insert(file));
        if !again {
            rounds.entry(&past.round).or_default().insert(&past.what);
        }
    }
    let mut commands = Vec::new();
    for (round, held) in rounds {
        let held: Vec<&Retained> = held.into_iter().collect();
        for held in held.chunks(ERASED_MAX) {
            let ground = ground(round, years, rule);
            for act in acts(round, held, &ground, day, log) {
                let said = String::from_utf8(act.data().expect("its types have a canonical form"));
                let said = said.expect("canonical JSON is UTF-8");
                let id = intake::command_id(&format!("{}\n{log}\n{said}", act.kind()));
                let acting = Acting { capacity: Capacity::Secretariat, unit: held_in.cloned() };
                commands.push(Command::new(id, acting, act));
            }
        }
    }
    commands
}

/// Why, in the language of the record.
fn ground(round: &RoundId, years: Years, rule: Hash) -> String {
    let Years { evidence, ballots, .. } = years;
    format!(
        "Hết thời hạn lưu trữ (Luật 33/2024/QH15) của kỳ {round}: tài liệu kiểm chứng {evidence} năm, phiếu điều tra {ballots} năm \
         kể từ ngày kết thúc kỳ; quy tắc có SHA-256 {rule}"
    )
}

fn acts(round: &RoundId, held: &[&Retained], ground: &str, day: Day, log: &Origin) -> [Act; 2] {
    let (mut files, mut batches) = (Vec::new(), Vec::new());
    for held in held {
        match held {
            Retained::File(address) | Retained::BatchFile(address) => files.push(*address),
            Retained::Ballots(batch) => batches.push(ErasedBatch { round: round.clone(), batch: batch.clone() }),
        }
    }
    let named = format!("{log}\n{round}\n{files:?}\n{batches:?}");
    let case = format!("retention-{day}-{}", &Hash::digest(named.as_bytes()).to_string()[..16]);
    let case = CaseId::parse(&case).expect("a day and hexadecimal digits");
    let opened = OpenCase {
        case: case.clone(),
        request: RequestKind::Retention,
        requester: None,
        ground: ground.to_owned(),
        received: day,
        within_days: WITHIN_DAYS_MAX,
    };
    let order = OrderErasure { case, ground: ground.to_owned(), files, ballots: Vec::new(), batches };
    [Act::OpenCase(opened), Act::OrderErasure(order)]
}

#[cfg(test)]
mod tests {
    use super::of;
    use inspector::{PastTime, Retained, Years};
    use proto::act::privacy::ERASED_MAX;
    use proto::{Act, Day, Hash, Origin};

    #[test]
    fn what_is_past_its_time_stands_in_one_order_each_and_the_same_list_makes_the_same_commands() {
        let (day, log) = (Day::parse("2033-04-02").expect("a day"), Origin::parse("a.example/1").expect("an origin"));
        let past = |round: &str, what: Retained| PastTime {
            round: round.parse().expect("a round"),
            what,
            since: day,
            kept: None,
        };
        let file = |n: usize| Retained::File(Hash::digest(&n.to_be_bytes()));
        let mut all: Vec<PastTime> = (0..=ERASED_MAX).map(|n| past("r1", file(n))).collect();
        all.push(past("r2", file(0)));
        all.push(past("r2", Retained::Ballots("b1".parse().expect("a batch"))));
        let past: Vec<&PastTime> = all.iter().collect();
        let years = Years { evidence: 10, ballots: 2, access: 5 };
        let commands = of(&past, (years, Hash([1; 32])), day, (&log, None));
        let named = |command: &proto::Command| match &command.act {
            Act::OrderErasure(order) => Some((order.files.len(), order.batches.len())),
            _ => None,
        };
        let orders: Vec<(usize, usize)> = commands.iter().filter_map(named).collect();
        assert_eq!(orders, [(ERASED_MAX, 0), (1, 0), (0, 1)], "a file of two rounds is erased once");
        assert_eq!(commands, of(&past, (years, Hash([1; 32])), day, (&log, None)));
    }
}

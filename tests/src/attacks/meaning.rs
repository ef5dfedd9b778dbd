//! T35, T44 and T46: logs whose every byte fits, and which say what the rules do not allow.

use proto::act::appraisal::{Appraisal, Appraised, ConfirmScore};
use proto::act::sheet::{Inputs, ScoreSelf};
use proto::envelope::Capacity;
use proto::tree::{BadProof, Wanted};
use proto::{ActorId, Code, CredentialId, Decimal, Event, Fact, Hash, Instant, RoundId, Stream, UnitId};

use super::ground::Ground;
use super::verifiers::Verdict;
use super::{Attack, Case};
use crate::forged::{asked_so, chained, like};

pub const ATTACKS: [Attack; 3] = [
    Attack {
        id: "T35",
        by: "D",
        what: "times that go back, come too late, or are another zone's",
        evidence: "none",
        run: times,
    },
    Attack { id: "T44", by: "D", what: "a valid log with an illegal score", evidence: "none", run: illegal },
    Attack {
        id: "T46",
        by: "-",
        what: "a proof at 100,000,000 events has at most 27 hashes",
        evidence: "-",
        run: long,
    },
];

const DAY: i64 = 86_400_000_000;

impl Ground {
    /// A log that ends with one more event: like a self-score of it, and then changed.
    fn with_one_more(&self, done: &str, change: impl FnOnce(&mut Event, &mut ScoreSelf)) -> Case {
        let mut events = self.events();
        let mut one = like(&events, self.scored());
        let Fact::SelfScored(mut score) = one.fact.clone() else { unreachable!("it is a self-score") };
        score.revision = 1;
        change(&mut one, &mut score);
        if matches!(one.fact, Fact::SelfScored(_)) {
            one.fact = Fact::SelfScored(score);
        }
        asked_so(&mut one);
        events.push(one);
        let copy = self.rewritten(&chained(events));
        self.inspector_names(done, &copy, &format!("position {}:", self.last() + 1)).named()
    }
}

fn times(ground: &Ground) -> Vec<Case> {
    let p = ground.scored();
    let i = usize::try_from(p - 1).expect("small");
    let shifted = |what: &str, micros: i64| {
        let mut events = ground.events();
        let at = &mut events[i].envelope.at;
        *at = Instant::from_micros(at.micros() + micros).expect("an instant");
        let place = if micros < 0 { p } else { p + 1 };
        let copy = ground.rewritten(&chained(events));
        ground.inspector_names(what, &copy, &format!("position {place}:")).named()
    };
    let body = ground.body(p);
    let at = ground.events()[i].envelope.at.to_string();
    let zone = format!("{}+07:00", at.trim_end_matches('Z'));
    let mut cases = vec![
        shifted("a day back", -DAY),
        shifted("seven hours back", -DAY * 7 / 24),
        shifted("seven hours ahead", DAY * 7 / 24),
        ground.both_name("written in +07:00", &ground.with_body(p, body.replacen(&at, &zone, 1).as_bytes()), p),
        ground.both_name(
            "written without its zone",
            &ground.with_body(p, body.replacen(&at, &at[..at.len() - 1], 1).as_bytes()),
            p,
        ),
    ];
    // The clock stood a day off: what came after the deadline is said to have come, and no phase was closed before it.
    cases.push(ground.with_one_more("a score after the deadline", |event, _| {
        event.envelope.at = Instant::from_micros(event.envelope.at.micros() + 60 * DAY).expect("an instant");
    }));
    cases
}

fn illegal(ground: &Ground) -> Vec<Case> {
    let claimed = |text: &str| Decimal::parse(text).expect("a decimal");
    let unit = |text: &str| UnitId::parse(text).expect("a unit");
    let other = |event: &mut Event, score: &mut ScoreSelf, name: &str| {
        (score.unit, event.envelope.actor.unit) = (unit(name), Some(unit(name)));
        event.envelope.stream = Stream::Sheet(score.round.clone(), score.unit.clone());
    };
    vec![
        ground.with_one_more("over the maximum", |_, score| score.claimed = claimed("99")),
        ground.with_one_more("other points than the option gives", |_, score| score.claimed = claimed("0.3")),
        ground.with_one_more("an option that the rule has not", |_, score| {
            score.inputs = Inputs { option: Some(Code::parse("never").expect("a code")), ..Inputs::default() };
        }),
        ground.with_one_more("on top of a state that nobody saw", |_, score| score.revision = 7),
        ground.with_one_more("by a drafter of another unit", |event, score| other(event, score, "282")),
        ground.with_one_more("of a unit that the round has not", |event, score| other(event, score, "nobody")),
        ground.with_one_more("by an actor to whom nothing was granted", |event, _| {
            event.envelope.actor.id = ActorId::parse("nobody").expect("an actor");
        }),
        ground.with_one_more("by whoever acts as an appraiser", |event, _| {
            event.envelope.actor.capacity = Capacity::Appraiser;
        }),
        ground.with_one_more("by a credential that was never bound", |event, _| {
            event.envelope.via.credential = Some(CredentialId::parse("nobody").expect("a credential"));
        }),
        ground.with_one_more("in a round that was not opened", |event, score| {
            score.round = RoundId::parse("hanoi-2021").expect("a round");
            event.envelope.stream = Stream::Sheet(score.round.clone(), score.unit.clone());
        }),
        ground.with_one_more("an appraisal before its phase", |event, score| {
            event.fact = Fact::ScoreConfirmed(Appraised {
                act: ConfirmScore {
                    round: score.round.clone(),
                    unit: score.unit.clone(),
                    leaf: score.leaf.clone(),
                    revision: 1,
                    appraisal: Appraisal::First,
                },
                own_unit: false,
            });
            event.envelope.actor.capacity = Capacity::Appraiser;
        }),
    ]
}

fn long(_: &Ground) -> Vec<Case> {
    let most = [0, 1, 49_999_999, 67_108_863, 67_108_864, 99_999_999]
        .into_iter()
        .map(|index| {
            let wanted = Wanted::inclusion(index, 100_000_000).expect("it is in the tree");
            wanted.prove(|_| Ok::<_, BadProof>(Hash([0; 32]))).expect("hashes").len()
        })
        .max();
    let most = most.expect("some");
    let fits = Verdict::of("proof", || (most <= 27).then(|| format!("{most} hashes")));
    vec![Case::new(format!("{most} hashes"), vec![fits])]
}

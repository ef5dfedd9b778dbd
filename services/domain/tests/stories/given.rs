//! What a story begins with, in steps that are sent like any command and must be accepted.
//! No step writes state, and none hides a refusal.

use std::sync::OnceLock;

use proto::act::council::Vote;
use proto::act::round::OpenRound;
use proto::canon::Value;
use proto::document::DocKind;
use proto::{Act, Capacity, Event, Instant};

use super::acts;
use super::fixture::{self, HUYEN_LEAVES, SO, SO_LEAVES, id, moment};
use super::harness::Log;
use super::people::{self, GRANTED, Who, admin_a, admin_b, operator, token_of};

/// One step.
#[derive(Clone)]
pub enum Step {
    /// Someone does something.
    Act(Box<(Who, Act)>),
    /// Time passes, and the timer does what falls due.
    Clock(Instant),
}

/// Steps, one after the other.
pub type Steps = Vec<Step>;

/// Someone does something.
pub fn does(who: Who, act: Act) -> Steps {
    vec![Step::Act(Box::new((who, act)))]
}

/// Time passes, and the timer does what falls due.
pub fn at(text: &str) -> Steps {
    vec![Step::Clock(moment(text))]
}

/// Takes steps; each must be accepted.
pub fn play(log: &mut Log, steps: impl IntoIterator<Item = Step>) {
    for step in steps {
        match step {
            Step::Clock(at) => log.go_to(at),
            Step::Act(step) => {
                let (who, act) = *step;
                let kind = act.kind();
                log.send(&who, act).unwrap_or_else(|e| panic!("given {kind} by {}: {e}", who.principal.actor));
            }
        }
    }
}

/// An actor with a token and a grant.
pub fn empowered(actor: &str, capacity: Capacity, unit: &str) -> Steps {
    let mut steps = does(operator(), acts::bind(actor, &token_of(actor)));
    steps.extend(does(admin_a(), Act::GrantCapacity(acts::grant(actor, "g1", capacity, unit))));
    if matches!(capacity, Capacity::Administrator | Capacity::Inspector) {
        steps.extend(does(admin_b(), acts::confirm_grant(actor, "g1")));
    }
    steps
}

/// A document in one part, and its seal.
pub fn sealed(who: &Who, kind: DocKind, doc: &str, whole: &Value) -> Steps {
    [does(who.clone(), acts::part(kind, doc, 1, whole)), does(who.clone(), acts::seal(kind, doc, 1, whole))].concat()
}

/// Genesis.
pub fn genesis() -> Steps {
    does(operator(), Act::CreateLog(acts::create_log()))
}

/// The beginning of a log: genesis and the administrators' tokens.
pub fn begun() -> Steps {
    let tokens = ["admin-a", "admin-b"].map(|a| does(operator(), acts::bind(a, &token_of(a)))).concat();
    [genesis(), tokens].concat()
}

/// A log with its people, rulebook and catalogue, but without a round.
pub fn founded() -> &'static [Event] {
    static FOUNDED: OnceLock<Vec<Event>> = OnceLock::new();
    FOUNDED.get_or_init(|| {
        let mut log = Log::empty();
        play(&mut log, begun());
        for (actor, capacity, unit, fields) in GRANTED {
            let mut steps = empowered(actor, *capacity, unit);
            for step in &mut steps {
                if let Step::Act(step) = step
                    && let Act::GrantCapacity(grant) = &mut step.1
                {
                    grant.fields = fields.iter().map(|f| id(f)).collect();
                }
            }
            play(&mut log, steps);
        }
        let secretary = people::secretary();
        let rulebook = fixture::rulebook_value(&fixture::rulebook());
        let catalogue = fixture::catalogue_value(&fixture::catalogue());
        play(&mut log, sealed(&secretary, DocKind::Rulebook, "rules", &rulebook));
        play(&mut log, sealed(&secretary, DocKind::Catalogue, "units", &catalogue));
        log.events
    })
}

/// The round is open, and it is 2 November.
pub fn opened() -> Steps {
    opened_as(fixture::round())
}

/// A round of another configuration is open, and it is 2 November.
pub fn opened_as(config: OpenRound) -> Steps {
    [at("10-28"), does(people::secretary(), acts::open(config)), at("11-02")].concat()
}

/// A unit's drafter scores a leaf.
pub fn scored(unit: &str, leaf: &str, points: &str) -> Steps {
    does(people::drafter(unit), acts::score(unit, leaf, points))
}

/// The leaves that a unit scores itself, with their maxima.
pub fn own_leaves(unit: &str) -> &'static [(&'static str, &'static str)] {
    if SO.contains(&unit) { &SO_LEAVES } else { &HUYEN_LEAVES }
}

/// A unit's drafter scores every leaf: these, and the maximum for the others.
pub fn drafted(unit: &str, points: &[(&str, &str)]) -> Steps {
    let own = own_leaves(unit).iter().map(|(leaf, maximum)| {
        let given = points.iter().find(|(l, _)| l == leaf).map_or(*maximum, |(_, p)| *p);
        scored(unit, leaf, given)
    });
    own.collect::<Vec<_>>().concat()
}

/// A unit's sheet is drafted and its chief has signed it.
pub fn signed(unit: &str, points: &[(&str, &str)]) -> Steps {
    [drafted(unit, points), does(people::chief(unit), acts::submit(unit))].concat()
}

/// Every unit has signed: `a` has 16 of 16, `b` 14, `c` 12, `x` 6 of 6, `y` 3.
pub fn all_signed() -> Steps {
    let points = [("a", "6"), ("b", "4"), ("c", "2"), ("x", "6"), ("y", "3")];
    points.map(|(unit, points)| signed(unit, &[("1.1", points)])).concat()
}

/// A batch with its tally.
pub fn batched(batch: &str, tally: &proto::document::Tally) -> Steps {
    let (doc, value) = (format!("tally-{batch}"), fixture::tally_value(tally));
    let recorded = Act::RecordBatch(acts::batch(batch, &doc, &value));
    [sealed(&people::surveyor(), DocKind::Tally, &doc, &value), does(people::surveyor(), recorded)].concat()
}

/// A batch of a hundred ballots with its tally.
pub fn balloted(batch: &str) -> Steps {
    let (tally, set) = fixture::ballots(&[("a", "citizens", 50), ("b", "firms", 50)]);
    let (doc, value) = (format!("tally-{batch}"), fixture::tally_value(&tally));
    let mut recorded = acts::batch(batch, &doc, &value);
    recorded.ballots = Some(set);
    let entered = sealed(&people::surveyor(), DocKind::Tally, &doc, &value);
    [entered, does(people::surveyor(), Act::RecordBatch(recorded))].concat()
}

/// The usual batch is recorded on 20 November and merged on 1 December.
pub fn surveyed() -> Steps {
    let merged = does(people::secretary(), acts::merge(&["b1"]));
    [at("11-20"), batched("b1", &fixture::usual_tally()), at("12-01"), merged].concat()
}

/// A decision is proposed, three of five members vote for it, and it is recorded.
pub fn carried(decision: &str, proposed: Act) -> Steps {
    let votes = [3, 4, 5].map(|n| does(people::member(n), acts::vote(decision, Vote::For))).concat();
    let secretary = people::secretary;
    [does(secretary(), proposed), votes, does(secretary(), acts::record(decision))].concat()
}

/// On 21 December the council adopts the result by the decision `d1`.
pub fn adopted() -> Steps {
    [at("12-21"), carried("d1", acts::propose_result("d1"))].concat()
}

/// Everything up to the first publication on 3 January: `a` 20, `b` 18, `c` 14.4 of 20, `x` 10, `y` 5.4 of 10.
pub fn published() -> Steps {
    published_as(fixture::round())
}

/// The same in a round of another configuration.
pub fn published_as(config: OpenRound) -> Steps {
    let publishes = does(people::publisher(), acts::publish(1, "d1"));
    [opened_as(config), all_signed(), surveyed(), adopted(), at("01-03"), publishes].concat()
}

/// The result is published, and on 6 January the chief of `c` has lodged the appeal 1 about its leaf 1.1.
pub fn appealed() -> Steps {
    [published(), at("01-06"), does(people::chief("c"), acts::lodge(1, "c", &["1.1"]))].concat()
}

/// The appeal 1 is upheld by the decision `d2`: 5 points at 1.1 in place of 2.
pub fn upheld() -> Steps {
    let proposed = acts::propose_appeal("d2", 1, &[acts::change("c", "1.1", "5")]);
    let decided = does(people::secretary(), acts::decide_appeal(1, "d2"));
    [appealed(), carried("d2", proposed), decided].concat()
}

/// The leaf is corrected.
pub fn corrected() -> Steps {
    [upheld(), does(people::secretary(), acts::correct("c", "1.1", 1))].concat()
}

/// The corrected result is published, and the time for appeals is over.
pub fn republished() -> Steps {
    [corrected(), does(people::publisher(), acts::publish(2, "d2")), at("01-21")].concat()
}

/// The round has ended.
pub fn ended() -> Steps {
    [republished(), does(people::secretary(), acts::close_round())].concat()
}

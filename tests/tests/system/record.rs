//! The checker itself: honest records hold, and each kind of forged record, or forged log, is found by its rule.

use std::collections::BTreeSet;

use platform::feed::Feed;
use proto::{Answer, Event, Hash};
use system_tests::calling::{Calling, Way};
use system_tests::load::round::{Caller, begin, fresh_id, origin};
use system_tests::record::{Counts, Fault, Records, Rule, Sent, check};
use system_tests::seed::Seed;
use tempfile::TempDir;

/// What four honest callers did: their records, the log, and how many events stood before they came.
struct Honest {
    sent: Vec<Sent>,
    bodies: Vec<Vec<u8>>,
    since: u64,
}

async fn honest() -> Honest {
    let folder = TempDir::new().expect("a folder");
    let open = begin(folder.path().join("ledger.db")).await.expect("begins");
    let since = *open.ledger.log().head().borrow();
    let records = Records::default();
    let callers = (0..4).map(|i| (Caller::new(i, &open.units).expect("a caller"), Way::Door(open.ledger.door())));
    let calling = Calling::start(callers.collect(), &records, &mut Seed::drawn());
    calling.more(40).await;
    calling.end().await;
    let bodies = open.ledger.log().after(0, usize::MAX >> 1).await.expect("reads");
    open.ledger.stop().await;
    Honest { sent: records.all(), bodies, since }
}

impl Honest {
    fn check(&self) -> Result<Counts, Vec<Fault>> {
        check(&self.sent, &self.bodies, origin(), self.since)
    }

    /// The rules that a forgery breaks.
    fn broken(&self, forge: impl FnOnce(&mut Vec<Sent>, &mut Vec<Vec<u8>>)) -> BTreeSet<Rule> {
        let (mut sent, mut bodies) = (self.sent.clone(), self.bodies.clone());
        forge(&mut sent, &mut bodies);
        match check(&sent, &bodies, origin(), self.since) {
            Ok(counts) => panic!("nothing was found: {counts:?}"),
            Err(faults) => faults.into_iter().map(|f| f.rule).collect(),
        }
    }
}

/// What the i-th sending was told, which was an acknowledgement.
fn accepted(sent: &mut Sent) -> &mut proto::Accepted {
    match &mut sent.told {
        Some((_, Answer::Accepted(accepted))) => accepted,
        other => panic!("no acknowledgement: {other:?}"),
    }
}

/// The same sending, answered with a refusal.
fn refused(sent: &mut Sent, code: &str) {
    let (at, command) = (sent.told.as_ref().expect("it was answered").0, sent.command.to_string());
    let none = String::new();
    let told =
        proto::Refused { command, code: code.to_owned(), en: none.clone(), vi: none, members: [].into(), status: 503 };
    sent.told = Some((at, Answer::Refused(told)));
}

/// A sending of a command that came before.
fn again(sent: &mut Vec<Sent>, i: usize) -> &mut Sent {
    let mut copy = sent[i].clone();
    let end = copy.told.as_ref().expect("it was answered").0;
    copy.began = end.plus_micros(1);
    copy.told = copy.told.map(|(at, answer)| (at.plus_micros(2), answer));
    sent.push(copy);
    sent.last_mut().expect("just pushed")
}

/// Changes an event of the log, and every link behind it, so that the chain holds.
fn relinked(bodies: &mut [Vec<u8>], from: usize, change: impl FnOnce(&mut Event)) {
    let mut change = Some(change);
    let mut heads: std::collections::HashMap<String, Hash> = std::collections::HashMap::new();
    for at in 0..bodies.len() {
        let mut event = Event::decode(&bodies[at]).expect("an event");
        if at == from
            && let Some(change) = change.take()
        {
            change(&mut event);
        }
        if at > from {
            event.envelope.prev = Some(Hash::entry(&bodies[at - 1]));
            event.envelope.stream_prev = heads.get(&event.envelope.stream.to_string()).copied();
        }
        if at >= from {
            bodies[at] = event.encode().expect("encodes");
        }
        heads.insert(event.envelope.stream.to_string(), Hash::entry(&bodies[at]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn honest_records_hold_and_whatever_is_forged_is_found_by_its_rule() {
    let honest = honest().await;
    let counts = honest.check().expect("honest records hold");
    assert!(counts.asked >= 40 && counts.acknowledged == counts.asked, "{counts:?}");
    let last =
        honest.sent.iter().enumerate().max_by_key(|(_, s)| accepted(&mut (*s).clone()).position).expect("some").0;
    let position = accepted(&mut honest.sent[last].clone()).position;
    let place = usize::try_from(position - 1).expect("small");
    let only = |rules: &[Rule]| rules.iter().copied().collect::<BTreeSet<_>>();

    // A lost one: the log ends before it.
    assert_eq!(honest.broken(|_, log| log.truncate(place)), only(&[Rule::Kept]));
    // A doubled one: it stands at the end once more, linked as it must be.
    let doubled = honest.broken(|_, log| {
        let mut event = Event::decode(log.last().expect("events")).expect("an event");
        let hash = Hash::entry(log.last().expect("events"));
        let e = &mut event.envelope;
        (e.prev, e.stream_prev, e.position, e.version) = (Some(hash), Some(hash), e.position + 1, e.version + 1);
        log.push(event.encode().expect("encodes"));
    });
    assert!(doubled.contains(&Rule::Once), "{doubled:?}");
    // Left out in the middle, or changed there.
    assert!(honest.broken(|_, log| drop(log.remove(place - 3))).contains(&Rule::Chained));
    let changed = honest.broken(|_, log| relinked(log, place - 3, |e| e.envelope.command.digest = Hash([9; 32])));
    assert!(changed.contains(&Rule::Borne), "{changed:?}");

    // Answers that the log does not bear out, one member after the other.
    let forgeries: [fn(&mut proto::Accepted); 4] = [
        |a| a.hash = Hash([7; 32]),
        |a| a.version += 1,
        |a| a.at = a.at.plus_micros(-1),
        |a| a.stream = proto::Stream::parse("grants/somebody").expect("a stream"),
    ];
    for forge in forgeries {
        assert_eq!(honest.broken(|sent, _| forge(accepted(&mut sent[last]))), only(&[Rule::Borne]));
    }
    assert_eq!(honest.broken(|sent, _| sent[last].digest = Hash([8; 32])), only(&[Rule::Borne]));
    // Two answers name one position.
    let shared = honest.broken(|sent, _| accepted(&mut sent[last]).position -= 1);
    assert_eq!(shared, only(&[Rule::Borne, Rule::Same]));
    // Sent again, it was acknowledged in another way.
    let several = honest.broken(|sent, _| accepted(again(sent, last)).position += 1);
    assert_eq!(several, only(&[Rule::Borne, Rule::Same]));
    // An id that was used for this very thing.
    assert_eq!(honest.broken(|sent, _| refused(again(sent, last), "command_reused")), only(&[Rule::Borne]));
    // What stands in the log was sent by nobody.
    assert_eq!(honest.broken(|sent, _| drop(sent.remove(last))), only(&[Rule::Asked]));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_told_that_nothing_was_written_must_find_nothing() {
    let honest = honest().await;
    let only = |rules: &[Rule]| rules.iter().copied().collect::<BTreeSet<_>>();
    let i = honest.sent.len() / 2;
    for code in ["not_written", "stale_revision"] {
        assert_eq!(honest.broken(|sent, _| refused(&mut sent[i], code)), only(&[Rule::Denied]), "{code}");
    }
    // First it was not known, then denied: an event that stands there all the same was there before.
    let denied = honest.broken(|sent, _| {
        refused(again(sent, i), "not_written");
        refused(&mut sent[i], "outcome_unknown");
    });
    assert_eq!(denied, only(&[Rule::Denied]));
    // Nobody took it, and there it stands.
    assert_eq!(honest.broken(|sent, _| refused(&mut sent[i], "overloaded")), only(&[Rule::Denied]));
    // Not to know, or to hear nothing, is no lie, whether it was written or not.
    let mut unsure = honest.sent.clone();
    refused(&mut unsure[i], "outcome_unknown");
    unsure[i + 1].told = None;
    let mut silent = unsure[i].clone();
    (silent.command, silent.client, silent.told) = (fresh_id(), "silent".to_owned(), None);
    unsure.push(silent);
    let counts = check(&unsure, &honest.bodies, origin(), honest.since).expect("that holds");
    assert_eq!((counts.unknown, counts.acknowledged), (3, counts.asked - 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_clients_did_not_see_is_found() {
    let honest = honest().await;
    let only = |rules: &[Rule]| rules.iter().copied().collect::<BTreeSet<_>>();
    // Two commands of one client, in the other order.
    let of_one: Vec<usize> = (0..honest.sent.len()).filter(|i| honest.sent[*i].client == "caller-0").collect();
    let (first, second) = (of_one[0], of_one[1]);
    let swapped =
        honest.broken(|sent, _| (sent[first].turn, sent[second].turn) = (sent[second].turn, sent[first].turn));
    assert_eq!(swapped, only(&[Rule::Ordered]));
    // One was acknowledged before another was begun, and stands behind it: the log was written in another order than it
    // was answered in. The two are of different clients, and only their times tell.
    let early = honest.broken(|sent, _| {
        let end = sent.len() - 1;
        let moment = sent[0].began.plus_micros(-20);
        sent[end].began = moment;
        sent[end].told.as_mut().expect("answered").0 = moment.plus_micros(10);
    });
    assert!(early.contains(&Rule::Ordered) && early.contains(&Rule::Timed), "{early:?}");
}

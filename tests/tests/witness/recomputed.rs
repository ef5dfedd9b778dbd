//! A validating witness over logs that a test shows: what it recomputes it cosigns, what it cannot it refuses by a code of its
//! own, and where it does not know yet it says so at once. A plain witness beside it cosigns all of them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use inspector::{Mirror, MirrorError, Served, Validating};
use platform::clock::Clock;
use platform::outward;
use proto::envelope::Capacity;
use proto::policy::Policy;
use proto::{Decimal, Event, Fact, Hash, Origin};
use system_tests::folder::Folder;
use system_tests::forged::{asked_so, bodies, chained, like};

use super::fixture::{Place, Serving, post};
use super::shown::{Showing, Shown, WELL, show};

/// A log with anchors, and what somebody makes of it who has its key.
async fn anchored() -> Vec<Event> {
    let folder = Folder::small_round(40);
    folder.must(&["anchor", "--data", "@"]);
    folder.play_scores(40, 20);
    folder.must(&["anchor", "--data", "@"]);
    let mut db = folder.tamper("ledger.db").await;
    bodies(&mut db, 1).await.iter().map(|(_, body)| Event::decode(body).expect("an event")).collect()
}

fn last(events: &[Event], kind: &str) -> u64 {
    events.iter().rev().find(|event| event.fact.kind() == kind).expect("there is one").envelope.position
}

/// A witness that recomputes a log, and a plain one.
struct Both {
    places: [Place; 2],
    serving: [Serving; 2],
    showing: Arc<Mutex<Showing>>,
    url: String,
    log: Shown,
}

impl Both {
    async fn new(log: Shown) -> Self {
        let places = [Place::new("validating.example"), Place::new("plain.example")];
        let (showing, url) = show(log.clone(), log.entries.len()).await;
        let serving =
            [Self::validating(&places[0], &log, &url).await, places[1].serve_logs(&log.policy(), Clock::System).await];
        Self { places, serving, showing, url, log }
    }

    async fn validating(place: &Place, log: &Shown, url: &str) -> Serving {
        let (policy, origin) = (Policy::parse(&log.policy()).expect("a policy"), Origin::parse(&log.origin));
        let origin = origin.expect("an origin");
        // Whoever was ended lets go of it a moment later.
        let mirror = loop {
            match Mirror::open(&place.beside("mirror"), origin.clone(), policy.clone()) {
                Err(MirrorError::Locked(_)) => tokio::task::yield_now().await,
                opened => break opened.expect("opens"),
            }
        };
        Self::over(mirror, place, log, url).await
    }

    async fn over(mirror: Mirror, place: &Place, log: &Shown, url: &str) -> Serving {
        let origin = Origin::parse(&log.origin).expect("an origin");
        let validating = Validating::begin(mirror, Served::new(url, None).expect("a client"), origin);
        place.serve_with(&log.policy(), Some(validating), Clock::System).await
    }

    /// Asks both: the status and, where there is one, the code and position that the validating one answers.
    async fn ask(&self, old: usize, new: usize) -> (u16, String, u16) {
        let http = outward::client();
        let request = self.log.request(old, new);
        let validating = post(&http, &self.serving[0].url, &request).await;
        let told = match validating.media.as_str() {
            "application/problem+json" => {
                let problem: serde_json::Value = serde_json::from_str(&validating.body).expect("json");
                let position = problem["position"].as_u64().map_or(String::new(), |at| format!(" {at}"));
                format!("{}{position}", validating.code())
            }
            _ => String::new(),
        };
        (validating.status, told, post(&http, &self.serving[1].url, &request).await.status)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validating_witness_cosigns_a_log_that_keeps_the_rules_and_a_plain_one_any() {
    let events = anchored().await;
    let all = events.len();
    let honest = Both::new(Shown::of_events(chained(events.clone()))).await;
    let mut old = 0;
    for new in [1, 2, 100, all - 21, all - 1, all, all] {
        assert_eq!(honest.ask(old, new).await, (200, String::new(), 200), "{old} to {new}");
        old = new;
    }
    let figures = outward::client().get(format!("{}/metrics", honest.serving[0].url)).send().await.expect("answers");
    let figures = figures.text().await.expect("text");
    assert!(figures.contains(&format!("parindex_witness_recomputed {all}.0\n")), "{figures}");

    let illegal = |change: fn(&mut Event)| {
        let mut one = like(&events, last(&events, "self_scored"));
        if let Fact::SelfScored(score) = &mut one.fact {
            score.revision = one.envelope.version;
        }
        change(&mut one);
        asked_so(&mut one);
        one
    };
    // The anchor with which the log ends says something else, or it says what it did.
    let anchor = |change: fn(&mut proto::act::log::Anchor)| {
        let mut one = events[all - 1].clone();
        let Fact::Anchored(anchor) = &mut one.fact else { panic!("it is an anchor") };
        change(anchor);
        asked_so(&mut one);
        one
    };
    let over = |e: &mut Event| scored(e).claimed = Decimal::parse("99").expect("a decimal");
    let cases = [
        ("as it was", all, illegal(|_| ()), true),
        ("over the maximum", all, illegal(over), false),
        ("on a state that nobody saw", all, illegal(|e| scored(e).revision -= 1), false),
        ("by an appraiser", all, illegal(|e| e.envelope.actor.capacity = Capacity::Appraiser), false),
        ("an anchor as it was", all - 1, anchor(|_| ()), true),
        ("another heads map", all - 1, anchor(|anchor| anchor.heads.root = Hash([7; 32])), false),
        ("a stream less", all - 1, anchor(|anchor| anchor.heads.count -= 1), false),
        ("another root", all - 1, anchor(|anchor| anchor.root = Hash([7; 32])), false),
        ("over itself", all - 1, anchor(|anchor| anchor.size += 1), false),
    ];
    for (what, before, one, lawful) in cases {
        let at = before + 1;
        let both = Both::new(Shown::of_events(chained([&events[..before], &[one]].concat()))).await;
        assert_eq!(both.ask(0, before).await, (200, String::new(), 200), "{what}");
        let must = if lawful { (200, String::new(), 200) } else { (424, format!("rules_broken {at}"), 200) };
        assert_eq!(both.ask(before, at).await, must, "{what}");
        let ready = outward::client().get(format!("{}/readyz", both.serving[0].url)).send().await.expect("answers");
        assert_eq!(ready.status().as_u16(), if lawful { 200 } else { 503 }, "{what}");
        if lawful {
            continue;
        }
        // Begun anew over the same mirror it says the same, and before the event it has nothing against the log.
        let Both { places, serving: [validating, plain], showing, url, log } = both;
        validating.end().await;
        let serving = [Both::validating(&places[0], &log, &url).await, plain];
        let again = Both { places, serving, showing, url, log };
        assert_eq!(
            post(&outward::client(), &again.serving[0].url, again.log.request(before, at)).await.status,
            424,
            "{what}"
        );
        assert_eq!(
            post(&outward::client(), &again.serving[0].url, again.log.request(before, before)).await.status,
            200,
            "{what}"
        );
    }
}

fn scored(event: &mut Event) -> &mut proto::act::sheet::ScoreSelf {
    let Fact::SelfScored(score) = &mut event.fact else { panic!("it is a self-score") };
    score
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_are_not_those_that_were_signed_are_refused_and_no_answer_is_no_refusal() {
    let events = anchored().await;
    let all = events.len();
    let both = Both::new(Shown::of_events(chained(events.clone()))).await;
    let harm = |harm| both.showing.lock().expect("free").harm = harm;
    let flipped = |_: &str, mut bytes: Vec<u8>| {
        let at = bytes.len() - 20;
        bytes[at] ^= 1;
        Some(bytes)
    };
    let cut = |_: &str, bytes: Vec<u8>| Some(bytes[..bytes.len() / 2].to_vec());
    let steps: [(&str, super::shown::Harm, u16, &str); 4] = [
        ("nothing is there", |_, _| None, 503, "witness_behind"),
        ("half of it", cut, 503, "witness_behind"),
        ("another byte", flipped, 424, "entries_differ 100"),
        ("all of it", WELL, 200, ""),
    ];
    for (what, harmed, status, told) in steps {
        harm(harmed);
        let (is, says, _) = both.ask(0, 100).await;
        assert_eq!((is, says.as_str()), (status, told), "{what}");
    }
    // The protocol's own refusals come before anything is fetched or folded.
    harm(|_, _| None);
    assert_eq!(both.ask(7, all).await, (409, String::new(), 409));
    harm(WELL);

    // The log has signed another history behind the same size: both witnesses can tell only once one of them was taken.
    let mut fork = events.clone();
    fork[all - 1] = like(&events[..all - 1], last(&events[..all - 1], "self_scored"));
    let mut fork = Shown::of_events(chained(fork));
    assert_eq!(both.ask(100, all - 1).await, (200, String::new(), 200));
    assert_eq!(fork.head(all - 1), both.log.head(all - 1));
    fork.entries.truncate(all);
    let other = fork.request(all - 1, all);
    assert_eq!(
        post(&outward::client(), &both.serving[0].url, &other).await.status,
        424,
        "it is not the log that is served"
    );
    assert_eq!(both.ask(all - 1, all).await, (200, String::new(), 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_mirror_holds_already_is_recomputed_too_and_what_it_cannot_read_says_nothing_of_the_log() {
    let events = anchored().await;
    let (all, log) = (events.len(), Shown::of_events(chained(events.clone())));
    let (_, url) = show(log.clone(), all).await;
    let (place, http) = (Place::new("late.example"), outward::client());
    let policy = Policy::parse(&log.policy()).expect("a policy");
    let mirror =
        Mirror::open(&place.beside("mirror"), Origin::parse(&log.origin).expect("an origin"), policy).expect("opens");
    mirror.follow(&Served::new(&url, None).expect("a client")).await.expect("it holds all of it");
    let file = place.beside(&format!("mirror/tile/entries/000.p/{all}"));
    let whole = std::fs::read(&file).expect("reads");
    std::fs::write(&file, &whole[..whole.len() - 1]).expect("writes");
    let serving = Both::over(mirror, &place, &log, &url).await;
    let answer = post(&http, &serving.url, log.request(0, 100)).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "witness_behind"), "a damaged mirror");
    std::fs::write(&file, whole).expect("writes");
    let fork = [&events[..all - 1], &[like(&events[..all - 1], last(&events[..all - 1], "self_scored"))]].concat();
    let answer = post(&http, &serving.url, Shown::of_events(chained(fork)).request(0, all)).await;
    assert_eq!((answer.status, answer.code().as_str()), (424, "entries_differ"), "it holds another log of this size");
    assert_eq!(post(&http, &serving.url, log.request(0, 100)).await.status, 200);
    assert_eq!(post(&http, &serving.url, log.request(100, all)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_is_still_folding_says_so_at_once_and_folds_on() {
    let events = anchored().await;
    let (all, both) = (events.len(), Both::new(Shown::of_events(chained(events))).await);
    // Whoever serves it takes longer than anyone waits.
    both.showing.lock().expect("free").harm = |_, bytes| {
        std::thread::sleep(Duration::from_millis(6_000));
        Some(bytes)
    };
    let begun = Instant::now();
    let (status, told, _) = both.ask(0, 200).await;
    assert_eq!((status, told.as_str()), (503, "witness_behind"));
    // Within that time a signer wants to have its answer.
    assert!(begun.elapsed() < Duration::from_millis(signer::WITNESS_WAIT_MS), "{:?}", begun.elapsed());
    assert!(all > 200);
    let cosigned =
        async { while post(&outward::client(), &both.serving[0].url, both.log.request(0, 200)).await.status != 200 {} };
    tokio::time::timeout(Duration::from_secs(60), cosigned).await.expect("what was begun is done");
    both.showing.lock().expect("free").harm = |_, _| None;
    assert_eq!(
        post(&outward::client(), &both.serving[0].url, both.log.request(200, 200)).await.status,
        200,
        "it has it"
    );
}

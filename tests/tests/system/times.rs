//! Events' times between the bounds of second parties (ATTACKS T35): a server's clock a day ahead, a day behind, around a deadline.
//! The ledger takes what its clock says; the cosignatures tell.

use inspector::{BadDossier, Between};
use proto::act::log::Anchor;
use proto::script::Line;
use proto::{Event, Fact, Instant};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use system_tests::folder::execute;
use system_tests::forged::{bodies, rewrite};
use system_tests::timed::{Timed, lines, told, witness};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;

fn at(text: &str) -> Instant {
    Instant::parse(text).expect("an instant")
}

/// The sample's setup, at its own times, and the self-scores of one unit, which are played at any.
async fn opened() -> (Timed, Vec<Line>) {
    let setup = lines("01-setup.ndjson").expect("the sample");
    let mut log = Timed::begin(setup[0].at).await.expect("begins");
    for line in &setup {
        log.play(line, line.at).await.expect("the sample's own line");
    }
    (log, lines("02-self-scoring.ndjson").expect("the sample"))
}

#[tokio::test]
async fn times_within_the_bounds_of_witnesses_hold_and_both_are_told() {
    let (mut log, scores) = opened().await;
    let w = witness(11);
    let right = at("2022-11-10T02:00:00.000000Z");
    log.play(&scores[0], right).await.expect("taken");
    // The witness's clock is a little behind, then a little ahead: that is no finding.
    let first = log.checkpoint(&[(&w, right.plus_micros(-300 * SECOND))]).await.expect("a checkpoint");
    let anchor = log.anchor(first).await.expect("an anchor");
    log.play(&scores[1], right.plus_micros(DAY)).await.expect("taken");
    let ahead = log.checkpoint(&[(&w, right.plus_micros(DAY + 300 * SECOND))]).await.expect("a checkpoint");
    let second = log.anchor(ahead).await.expect("an anchor");
    let kept = log.checkpoint(&[(&w, right.plus_micros(DAY + HOUR))]).await.expect("a checkpoint");
    let log = log.end().await.expect("projected");
    let policy = log.policy(1, &[&w]);
    let report = log.verify(&policy, &[&kept]).await.expect("verifies");
    assert_eq!((told(&report.findings), report.notes.clone()), (vec![], vec![]));
    assert_eq!((report.bounded, report.anchors), ((Some(second), Some(anchor)), 2));
    let bounds = log.bounds(&policy, &[&kept]).await.expect("walks");
    let (before, after) = (right.plus_micros(-300 * SECOND), right.plus_micros(DAY + 300 * SECOND));
    let between = |since: Option<Instant>, by: Instant| Between { since, by: Some(by) };
    assert_eq!(bounds.of(anchor - 1), between(None, before), "covered by the first checkpoint");
    assert_eq!(bounds.of(anchor), between(Some(before), after), "at the anchor, under the second");
    assert_eq!(bounds.of(second), between(Some(after), right.plus_micros(DAY + HOUR)));
    assert_eq!(bounds.of(second + 1), Between { since: Some(after), by: None });
    let dossier = log.dossier(&w, &kept).await.expect("a dossier").expect("holds");
    assert_eq!(dossier.bounds.reach(), report.bounded);
    // Who believes other witnesses, or asks for more, is told that these bound nothing.
    for policy in [log.policy(1, &[&witness(12)]), log.policy(2, &[&w, &witness(12)])] {
        let report = log.verify(&policy, &[&kept]).await.expect("verifies");
        assert_eq!((told(&report.findings), report.bounded), (vec![], (None, None)));
        assert!(report.notes[0].starts_with(&format!("the anchor at {anchor} bounds no time: ")), "{:?}", report.notes);
    }
}

#[tokio::test]
async fn a_clock_a_day_ahead_is_found_at_the_first_event_that_it_dated() {
    let (mut log, scores) = opened().await;
    let (w, lies) = (witness(11), witness(13));
    let right = at("2022-11-10T02:00:00.000000Z");
    log.play(&scores[0], right).await.expect("taken");
    let wrong = log.play(&scores[1], right.plus_micros(DAY)).await.expect("the ledger takes what its clock says");
    log.play(&scores[2], right.plus_micros(DAY + HOUR)).await.expect("taken");
    let kept = log.checkpoint(&[(&w, right.plus_micros(2 * HOUR))]).await.expect("a checkpoint");
    let pair = [(&w, right.plus_micros(DAY + 2 * HOUR)), (&lies, right)];
    let liar = log.checkpoint(&pair).await.expect("a checkpoint");
    let last = log.play(&scores[3], right.plus_micros(DAY + 3 * HOUR)).await.expect("taken");
    let log = log.end().await.expect("projected");
    let policy = log.policy(1, &[&w]);
    assert_eq!(told(&log.verify(&policy, &[]).await.expect("verifies").findings), Vec::<String>::new());
    let report = log.verify(&policy, &[&kept]).await.expect("verifies");
    let said = format!(
        "position {wrong}: its time is 2022-11-11T02:00:00.000000Z, but witnesses had seen it by \
         2022-11-10T04:00:00.000000Z, under the checkpoint kept outside; the same holds of the next {}",
        last - 1 - wrong
    );
    assert_eq!(told(&report.findings), [said]);
    assert_eq!((report.events, report.root), (wrong - 1, None));
    let dossier = log.dossier(&w, &kept).await.expect("a dossier");
    assert!(matches!(&dossier, Err(BadDossier::Times { position, .. }) if *position == wrong), "{dossier:?}");
    // One witness of two that says it has seen all of it long ago accuses nobody.
    let both = log.policy(2, &[&w, &lies]);
    assert_eq!(told(&log.verify(&both, &[&liar]).await.expect("verifies").findings), Vec::<String>::new());
}

#[tokio::test]
async fn a_clock_set_back_over_a_deadline_is_found_by_the_anchor_before() {
    let (mut log, scores) = opened().await;
    let w = witness(11);
    let deadline = at("2022-11-30T17:00:00.000000Z");
    log.play(&scores[0], deadline.plus_micros(-2 * DAY)).await.expect("taken");
    // An hour after the deadline the server's clock is set back by a day, before its timer has come.
    let (late, set_back) = (deadline.plus_micros(HOUR), deadline.plus_micros(HOUR - DAY));
    let before = log.checkpoint(&[(&w, late)]).await.expect("a checkpoint");
    let anchor = log.anchor(before.clone()).await.expect("an anchor");
    let score = log.play(&scores[1], set_back).await.expect("by its clock the server is in time");
    let whole = log.checkpoint(&[(&w, late.plus_micros(HOUR))]).await.expect("a checkpoint");
    let log = log.end().await.expect("projected");
    let policy = log.policy(1, &[&w]);
    let report = log.verify(&policy, &[&before]).await.expect("verifies");
    let said = format!(
        "position {anchor}: its time is 2022-11-28T17:00:00.000000Z, but it was made after 2022-11-30T18:00:00.000000Z: the \
         anchor at {anchor} holds cosignatures from then; the same holds of the next {}",
        score - anchor
    );
    assert_eq!(told(&report.findings), [said]);
    let dossier = log.dossier(&w, &whole).await.expect("a dossier");
    assert!(matches!(&dossier, Err(BadDossier::Times { position, .. }) if *position == anchor), "{dossier:?}");
}

#[tokio::test]
async fn five_minutes_are_no_finding_and_a_second_more_is_one() {
    for (off, found) in [(300, false), (301, true), (-300, false), (-301, true)] {
        let (mut log, _) = opened().await;
        let w = witness(11);
        let end = Event::decode(log.bodies().await.expect("reads").last().expect("one")).expect("an event").envelope.at;
        let whole = Instant::from_micros(end.micros() / SECOND * SECOND + 10 * SECOND).expect("an instant");
        let setup = lines("01-setup.ndjson").expect("the sample");
        assert!(setup.last().expect("one").at < whole);
        let act = proto::Act::BindCredential(proto::act::grants::BindCredential {
            actor: "later".parse().expect("an id"),
            credential: "t-later".parse().expect("an id"),
            method: proto::ViaKind::Token,
            commitment: proto::Hash([7; 32]),
        });
        let position = log.operate(act, whole).await.expect("taken");
        let kept = log.checkpoint(&[(&w, whole.plus_micros(-off * SECOND))]).await.expect("a checkpoint");
        log.anchor(kept.clone()).await.expect("an anchor");
        let log = log.end().await.expect("projected");
        let findings = told(&log.verify(&log.policy(1, &[&w]), &[&kept]).await.expect("verifies").findings);
        let place = if off > 0 { position } else { position + 1 };
        assert_eq!(findings.len(), usize::from(found), "{off}: {findings:?}");
        assert!(findings.iter().all(|f| f.starts_with(&format!("position {place}: its time is "))), "{findings:?}");
    }
}

/// Whoever has the database makes the log anew with another checkpoint in the anchor, or with one of another log.
#[tokio::test]
async fn a_checkpoint_that_is_not_this_logs_is_found_at_the_anchor_that_holds_it() {
    let (log, _) = opened().await;
    let w = witness(11);
    let right = at("2022-11-10T02:00:00.000000Z");
    let anchor = log.anchor(log.checkpoint(&[(&w, right)]).await.expect("a checkpoint")).await.expect("an anchor");
    let log = log.end().await.expect("projected");
    let options = SqliteConnectOptions::new().filename(log.scratch.path().join("ledger.db"));
    let mut db = SqliteConnection::connect_with(&options).await.expect("opens");
    for trigger in ["events_are_not_updated", "head_only_grows"] {
        execute(&mut db, format!("DROP TRIGGER {trigger}")).await;
    }
    let position = i64::try_from(anchor).expect("small");
    let policy = log.policy(1, &[&w]);
    let stands = Event::decode(&bodies(&mut db, position).await[0].1).expect("an event");
    let Fact::Anchored(Anchor { checkpoint: Some(good), size, .. }) = stands.fact else { panic!("an anchor") };
    let root = good.lines().nth(2).expect("three lines").to_owned();
    let (other_root, fewer) = (proto::Hash([7; 32]).base64(), size - 1);
    let cases = [
        (good.replace(&root, &other_root), "the anchor holds a checkpoint whose root is not the log's over its first"),
        (
            good.replacen(&format!("\n{size}\n"), &format!("\n{fewer}\n"), 1),
            "whose root is not the log's over its first",
        ),
        (good.replacen(&format!("\n{size}\n"), &format!("\n{}\n", size + 1), 1), "the rules refuse it"),
        (good.replacen("test.example/timed\n", "test.example/other\n", 1), "the rules refuse it"),
        (
            good.lines().filter(|line| !line.contains("w11.example")).map(|line| format!("{line}\n")).collect(),
            "the rules refuse it",
        ),
        ("nothing".to_owned(), "the rules refuse it"),
    ];
    for (forged, words) in cases {
        rewrite(&mut db, position, |event| {
            let Fact::Anchored(anchor) = &mut event.fact else { panic!("an anchor") };
            anchor.checkpoint = Some(forged.clone());
        })
        .await;
        let report = log.verify(&policy, &[]).await.expect("verifies");
        let found = report.findings[0].to_string();
        assert!(found.starts_with(&format!("position {anchor}: ")) && found.contains(words), "{forged}: {found}");
    }
}

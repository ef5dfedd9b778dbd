//! An inspector at work: a history whose every step says how the unit stood, the log verified from a page, dossiers taken from one, and
//! a log that grows while it is verified. The sample round, through the doors that people use.

use std::process::Command;

use domain::standings;
use inspector::{Against, Inspector, Paths, Source, verify};
use platform::outward;
use platform::ports::AskInspector;
use proto::history::HistoryQuery;
use proto::{Code, Origin, RoundId, UnitId};
use reqwest::header::COOKIE;
use system_tests::folder::{Folder, Said, execute};

use super::api::Server;
use super::browser::{Browser, Got, signed_in};
use super::signing::public_key;
use super::tamper::{body, flipped, set_body};
use super::unit_sheets::round;

const PLACE: &str = "/rounds/hanoi-2022";

fn demo() -> Folder {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--data", "@"]);
    folder
}

async fn inspector(folder: &Folder) -> Inspector {
    let source = Source::open(&folder.data().join("ledger.db")).await.expect("opens");
    Inspector::new(source, Origin::parse("parindex.example/hanoi-2022/training").expect("an origin"))
}

#[tokio::test(flavor = "multi_thread")]
async fn how_a_unit_stood_behind_each_step_is_what_a_fold_up_to_there_comes_to() {
    let folder = demo();
    let inspector = inspector(&folder).await;
    let round = RoundId::parse("hanoi-2022").expect("a round");
    for (unit, leaf, steps) in [("273", None, 6), ("gtvt", Some("1.1.1"), 4)] {
        let unit = UnitId::parse(unit).expect("a unit");
        let leaf = leaf.map(|leaf| Code::parse(leaf).expect("a leaf"));
        let query = |position| HistoryQuery {
            round: round.clone(),
            unit: unit.clone(),
            leaf: leaf.clone(),
            position,
            at: None,
            held: None,
        };
        let told = inspector.timeline(query(None)).await.expect("tells");
        let walked = inspector.replay(query(None), |_| {}).await.expect("tells");
        assert_eq!(told.history, walked, "{unit}: the history is the one that the walk tells");
        assert_eq!(told.behind.len(), walked.steps.len(), "{unit}");
        let mut ranks = std::collections::BTreeSet::new();
        let every = (told.behind.len() / steps).max(1);
        for (at, (step, stood)) in walked.steps.iter().zip(&told.behind).enumerate() {
            assert_eq!(step.position, stood.position);
            ranks.insert(stood.stood.rank);
            // Folding a whole round anew takes its time: some steps, and the last ones, where ranks move.
            if at % every != 0 && at + 4 < told.behind.len() {
                continue;
            }
            let anew = inspector.round_at(&round, Some(step.position), None).await.expect("folds");
            let folded = anew.round().expect("the round");
            let (place, state) = folded.unit(&unit).expect("the unit");
            let standing = standings(folded).into_iter().find(|s| s.place == place).expect("a place");
            let what = format!("{unit} behind #{}", step.position);
            assert_eq!((stood.stood.rank, &stood.stood.index), (standing.rank, &standing.totals.index), "{what}");
            assert_eq!(
                (&stood.reached, &stood.maximum),
                (&standing.totals.reached, &standing.totals.maximum),
                "{what}"
            );
            let touched = step.leaf.as_ref().or(leaf.as_ref()).and_then(|leaf| state.tree.leaf(leaf));
            let points = touched.map(|(leaf, _)| domain::leaf_points(folded, state, leaf).0);
            if let Some(points) = points {
                assert_eq!(stood.score.as_ref().and_then(|s| s.points.clone()), points, "{what}");
            }
            let upto = inspector.history(query(Some(step.position))).await.expect("tells");
            assert_eq!(upto.steps, walked.steps[..=at], "{what}: the steps up to there");
        }
        assert!(leaf.is_some() || ranks.len() > 2, "{unit}: its rank moved on the way: {ranks:?}");
    }
}

/// What a page says in a header, beside what it shows.
async fn opens_with(browser: &mut Browser<'_>, server: &Server, path: &str) -> (Option<String>, String) {
    let request = Browser::http().get(format!("{}{path}", server.url));
    let request = request.header(COOKIE, browser.cookie.clone().unwrap_or_default());
    let response = request.send().await.expect("answers");
    let refresh = response.headers().get("refresh").map(|v| v.to_str().expect("text").to_owned());
    (refresh, response.text().await.expect("a body"))
}

/// Presses the button, and looks until there is a verdict; what was seen on the way.
async fn verified(browser: &mut Browser<'_>, server: &Server) -> (Vec<String>, String) {
    let page = browser.opens(&format!("{PLACE}/verify")).await;
    let sent = browser.fills(&page, &format!("{PLACE}/verify"), &[]).await;
    assert_eq!((sent.status, sent.to.as_str()), (303, "/rounds/hanoi-2022/verify?follow=1"), "{}", sent.html);
    let mut seen = Vec::new();
    loop {
        let (refresh, html) = opens_with(browser, server, &sent.to).await;
        let runs = html.contains("<progress");
        assert_eq!(refresh.as_deref(), runs.then_some("3"), "it loads itself again as long as one runs");
        if !runs {
            return (seen, html);
        }
        assert!(!html.contains("<form class=\"own-buttons"), "no second one can be begun: {html}");
        let (still, _) = opens_with(browser, server, &format!("{PLACE}/verify")).await;
        assert_eq!(still, None, "whoever does not want that is not made to");
        let told = html.split("id=\"walked\">").nth(1).and_then(|rest| rest.split('<').next());
        seen.push(told.expect("how far it is").to_owned());
    }
}

fn python(file: &std::path::Path, key: &str) -> Said {
    let mut command = Command::new("python3");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../proto/verify.py"));
    command.arg("--dossier").arg(file).args(["--log-key", key]);
    Said::by(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inspector_verifies_from_a_page_and_what_was_changed_is_found_at_its_position() {
    let server = Server::over(demo(), "0.0.0.0:0");
    let mut inspector = signed_in(&server, "insp-1").await;
    let none = inspector.opens(&format!("{PLACE}/verify")).await;
    assert!(none.html.contains("Chưa kiểm chứng lần nào từ khi máy chủ khởi động."), "{}", none.html);
    let (seen, html) = verified(&mut inspector, &server).await;
    assert!(html.contains("Nhật ký và cả hai bảng đều đúng."), "{html}");
    assert!(seen.iter().any(|told| told.starts_with("Đã đọc và dựng lại ")), "it tells how far it is: {seen:?}");
    let head = server.folder.must(&["verify", "--data", "@"]).out;
    let root = head.split("root ").nth(1).and_then(|rest| rest.split(',').next()).expect("a root");
    let stands = format!("<strong>#{}</strong>", server.folder.count("ledger.db", "events").await);
    for said in [&*stands, root, "bảng index tại sự kiện", "do insp-1 yêu cầu", "Không có gì giữ ở bên ngoài"]
    {
        assert!(html.contains(said), "{said}: {html}");
    }
    // Somebody with the database's password changes one score.
    let mut db = server.folder.tamper("ledger.db").await;
    let position: i64 =
        sqlx::query_scalar("SELECT position FROM events WHERE kind = 'score_adjusted' ORDER BY position LIMIT 1")
            .fetch_one(&mut db)
            .await
            .expect("an adjustment");
    let (old, changed) = {
        let old = body(&mut db, position).await;
        (old.clone(), flipped(old))
    };
    set_body(&mut db, position, changed).await;
    let (_, html) = verified(&mut inspector, &server).await;
    assert!(html.contains("Có điều không đúng.") && !html.contains("Nhật ký và cả hai bảng đều đúng."), "{html}");
    let fault = html.split("<table class=\"faults\">").nth(1).expect("a table of what does not hold");
    assert!(fault.contains(&format!("<th scope=\"row\">#{position}</th><td><code>event</code>")), "{fault}");
    assert!(html.contains(&format!("<dd>#{}</dd>", position - 1)), "it holds up to the event before: {html}");
    set_body(&mut db, position, old).await;
    // And one figure of a table alone: the log holds.
    let mut index = server.folder.tamper("index.db").await;
    execute(&mut index, "UPDATE scores SET flag = 'forged' WHERE rowid = (SELECT MIN(rowid) FROM scores)").await;
    let (_, html) = verified(&mut inspector, &server).await;
    assert!(html.contains("parindex rebuild") && html.contains("<code>row</code>"), "{html}");
    // A server that is told to stop while one runs ends in order.
    let page = inspector.opens(&format!("{PLACE}/verify")).await;
    assert_eq!(inspector.fills(&page, &format!("{PLACE}/verify"), &[]).await.status, 303);
    drop(inspector);
    let begun = std::time::Instant::now();
    server.stop();
    assert!(begun.elapsed().as_secs() < 20, "it did not wait for the verification");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_that_is_taken_from_a_page_holds_for_both_verifiers_and_stands_on_record() {
    let server = Server::over(demo(), "0.0.0.0:0");
    let key = public_key(&server.folder.data().join("signer")).to_string();
    let mut inspector = signed_in(&server, "insp-1").await;
    let place = format!("{PLACE}/dossiers");
    let page = inspector.opens(&place).await;
    let csrf = page.value("csrf").expect("a form");
    let taken = async |fields: &[(&str, &str)]| {
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
        let request = Browser::http().post(format!("{}{place}", server.url)).header("origin", server.url.as_str());
        let request = request
            .header("sec-fetch-site", "same-origin")
            .header(COOKIE, inspector.cookie.clone().expect("a session"));
        let mut address = reqwest::Url::parse("http://x").expect("an address");
        address.query_pairs_mut().extend_pairs(&fields);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let response = request.body(address.query().unwrap_or_default().to_owned()).send().await.expect("answers");
        let kept = response.headers().get("content-disposition").map(|v| v.to_str().expect("text").to_owned());
        (response.status().as_u16(), kept.unwrap_or_default(), response.bytes().await.expect("a body").to_vec())
    };
    let complete = [("dossier", "score"), ("unit", "gtvt"), ("leaf", "1.1.1"), ("complete", "yes")];
    let (none, _, told) = taken(&complete).await;
    assert!(none == 404 && String::from_utf8_lossy(&told).contains("anchor_missing"), "no anchor stands in it yet");
    server.folder.must(&["anchor", "--data", "@"]);
    // Until the log is signed with the anchor in it.
    while taken(&complete).await.0 == 404 {}
    let wanted: [(&[(&str, &str)], &str); 3] = [
        (&[("dossier", "round")], "dossier-hanoi-2022.zip"),
        (&[("dossier", "score"), ("unit", "273"), ("leaf", "")], "dossier-hanoi-2022-273.zip"),
        (&complete, "dossier-hanoi-2022-gtvt-1.1.1.zip"),
    ];
    for (fields, name) in wanted {
        let (status, kept, bytes) = taken(fields).await;
        assert_eq!((status, kept.as_str()), (200, format!("attachment; filename=\"{name}\"").as_str()));
        let file = server.folder.beside(name);
        std::fs::write(&file, &bytes).expect("the scratch folder takes it");
        let ours = server.folder.run(&["inspector", "verify-dossier", name, "--log-key", &key]);
        for said in [ours, python(&file, &key)] {
            assert_eq!(said.code, Some(0), "{name}: {}{}", said.out, said.err);
        }
    }
    let (status, kept, sheet) = taken(&[("dossier", "publication"), ("publication", "2")]).await;
    assert_eq!((status, kept.as_str()), (200, "attachment; filename=\"publication-hanoi-2022-2.svg\""));
    assert!(String::from_utf8_lossy(&sheet).contains("<svg"), "a sheet to print");
    let unknown = taken(&[("dossier", "score"), ("unit", "nobody"), ("leaf", "")]).await;
    assert_eq!(unknown.0, 404);
    assert_eq!(taken(&[("dossier", "everything")]).await.0, 400);
    // Each that was handed out is on record, by what identifies it, and nothing else is.
    let log = server.folder.must(&["evidence", "log", "--data", "@"]).out;
    assert_eq!(log.matches("handed out").count(), 5, "{log}");
    assert_eq!(log.matches("to insp-1 by session").count(), 5, "{log}");
    let manifest = super::dossier::manifest_bytes(&server.folder.beside("dossier-hanoi-2022.zip"));
    assert!(log.contains(&proto::Hash::digest(&manifest).to_string()), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_verifies_or_takes_dossiers_and_no_form_of_another_site_does() {
    let server = Server::over(round(), "0.0.0.0:0");
    let refused = |got: &Got| got.status == 403 && got.html.contains("capacity_missing");
    for actor in ["council-1", "sec-1", "pub-1", "admin-a", "ldtbxh-c", "apr-8"] {
        let mut other = signed_in(&server, actor).await;
        let csrf = other.csrf("/me").await;
        for page in ["verify", "dossiers"] {
            let place = format!("{PLACE}/{page}");
            let got = other.opens(&place).await;
            assert!(refused(&got), "{actor} {page}: {} {}", got.status, got.html);
            let got = other.sends(&place, &[("csrf", csrf.as_str()), ("dossier", "round")]).await;
            assert!(refused(&got), "{actor} sends to {page}: {} {}", got.status, got.html);
        }
    }
    let mut inspector = signed_in(&server, "insp-1").await;
    let csrf = inspector.csrf(&format!("{PLACE}/verify")).await;
    for page in ["verify", "dossiers"] {
        let place = format!("{PLACE}/{page}");
        let got = inspector.sends(&place, &[("csrf", "x"), ("dossier", "round")]).await;
        assert_eq!(got.status, 403, "{}", got.html);
        let elsewhere = [("origin", "https://elsewhere.example"), ("sec-fetch-site", "cross-site")];
        let got = inspector.sends_from(&place, &[("csrf", csrf.as_str()), ("dossier", "round")], &elsewhere).await;
        assert_eq!(got.status, 403, "{}", got.html);
    }
    let none = inspector.opens(&format!("{PLACE}/verify")).await;
    assert!(none.html.contains("Chưa kiểm chứng lần nào"), "nothing was begun: {}", none.html);
    let log = server.folder.must(&["evidence", "log", "--data", "@"]).out;
    assert_eq!(log.trim(), "0 entries");
}

/// Waits until both projections stand at a position.
async fn followed(http: &reqwest::Client, server: &Server, wanted: u64) {
    for rows in ["/api/rounds/hanoi-2022", "/api/rounds/hanoi-2022/ranking"] {
        loop {
            let told = http.get(format!("{}{rows}?publication=live", server.url)).send().await.expect("answers");
            let told: serde_json::Value = serde_json::from_str(&told.text().await.expect("a body")).expect("JSON");
            if told["as_of"]["position"].as_u64().expect("a position") >= wanted {
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_grows_while_it_is_verified_holds() {
    let server = Server::over(Folder::small_round(300), "127.0.0.1:0");
    let data = server.folder.data();
    let place = |name: &str| data.join(name).into();
    let paths = Paths { ledger: place("ledger.db"), index: place("index.db"), ranking: place("ranking.db") };
    server.folder.must(&["export", "--data", "@", "log.ndjson"]);
    let head = std::fs::read_to_string(server.folder.beside("log.ndjson.head")).expect("a head");
    let origin = Origin::parse(head.lines().next().expect("its origin")).expect("an origin");
    let before = server.folder.count("ledger.db", "events").await;
    let (mut grown, http) = (0, outward::client());
    // Somebody is given a token now and then, each an event, while the walk goes on; both projections follow it before the walk
    // comes to where they stood.
    let progress = |at: u64, _: u64| {
        if at % 100 == 50 && grown < 4 {
            grown += 1;
            server.token("282-d");
            let wanted = u64::try_from(before).expect("a count") + grown;
            tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current().block_on(followed(&http, &server, wanted))
            });
        }
    };
    let report = verify(&paths, origin, &Against::default(), progress).await.expect("is carried out");
    assert!(report.holds(), "{:?}", report.findings);
    assert!(
        grown > 2 && report.events > u64::try_from(before).expect("a count"),
        "it grew on the way: {}",
        report.events
    );
    let stood: Vec<u64> = report.projections.iter().map(|p| p.position).collect();
    assert!(stood.len() == 2 && stood.iter().all(|p| *p > u64::try_from(before).expect("a count")), "{stood:?}");
}

//! What a unit's own people see of its appraisal (RULINGS 20): at every address that there is, nothing of what is not released to them; and
//! all of it once it is. Whoever decides or audits sees it all the time.

use platform::outward;
use serde_json::{Value, json};
use system_tests::folder::Folder;

use super::api::Server;
use super::browser::{Browser, signed_in};
use super::chromium::moved;
use super::rights::{filled, table};
use super::unit_pages::{appraises, appraising, line};
use super::unit_sheets::{data, play};

const UNIT: &str = "/rounds/hanoi-2022/units/ldtbxh";
/// What the first appraisal says and asks, and what the second says.
const FIRST: [&str; 2] = ["Chỉ hai sáng kiến (minh họa)", "Ban hành đúng hạn (minh họa)"];
const ASKED: &str = "rõ? (minh họa)";
const SECOND: &str = "Lần hai (minh họa)";
/// The log itself, with a token: who has one reads all of it (deploy/RIGHTS.md).
const OF_THE_LOG: [&str; 4] = ["/api/events", "/api/streams/", "/api/receipt", "/api/who"];
/// What describes the API, with the sample's own kinds of events as examples: it is read from no log.
const OF_NO_LOG: [&str; 2] = ["/api/docs", "/api/openapi.json"];
/// An appraiser's acts, in a session.
const ACTS: &str = "/api/who?actor=apr-1";

/// Every address that is opened, with the leaves in its places that something was said of, and what can be asked beside.
fn addresses() -> Vec<String> {
    let passed = OF_THE_LOG.into_iter().chain(OF_NO_LOG);
    let known = table().into_keys().filter(|path| !passed.clone().any(|of| path.starts_with(of)));
    let mut all: Vec<String> =
        known.flat_map(|path| ["1.1", "1.5", "1.6"].map(|leaf| filled(&path.replace("{leaf}", leaf)))).collect();
    for leaf in ["1.1", "1.5", "1.6"] {
        for of in ["", "/api"] {
            all.push(format!("{of}{UNIT}/history?leaf={leaf}"));
            all.push(format!("{of}{UNIT}/explain?node={leaf}"));
            all.push(format!("{of}{UNIT}/what-if?leaf={leaf}&points=1"));
        }
    }
    all.sort();
    all.dedup();
    all
}

/// What somebody is answered at every address, in his session and by his token.
async fn answers(server: &Server, (browser, token): (&mut Browser<'_>, &str)) -> Vec<(String, String)> {
    let http = outward::client();
    let mut all = Vec::new();
    for address in addresses() {
        all.push((address.clone(), browser.opens(&address).await.html));
        if address.starts_with("/api/") {
            let asked = http.get(format!("{}{address}", server.url)).bearer_auth(token).send().await.expect("answers");
            let bytes = asked.bytes().await.expect("a body");
            all.push((format!("{address} by token"), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    all
}

/// The addresses that say something.
fn saying<'a>(answers: &'a [(String, String)], what: &str) -> Vec<&'a str> {
    answers.iter().filter(|(_, body)| body.contains(what)).map(|(address, _)| address.as_str()).collect()
}

/// The points of a leaf's stages, as the read API has them.
async fn points(browser: &mut Browser<'_>, leaf: &str) -> [Value; 3] {
    let unit: Value = serde_json::from_str(&browser.opens(&format!("/api{UNIT}")).await.html).expect("JSON");
    let scores = unit["scores"].as_array().expect("scores");
    let score = scores.iter().find(|score| score["leaf"] == leaf).expect("a score");
    ["first_points", "second_points", "final_points"].map(|points| score[points].clone())
}

/// The second appraisal settles what was asked.
fn settled(folder: &Folder) {
    moved(folder, 41, "2023-02-01T02:00:00.000000Z");
    let scores = data(folder, "self_scored");
    let of = scores.iter().position(|score| score["leaf"] == "1.6").expect("a score");
    // Its score and the question stand behind the thirteen self-scores.
    let revision = u64::try_from(scores.len()).expect("few") + 2;
    assert!(of < scores.len());
    let more = json!({
        "appraisal": "second", "points": "0.5", "reason": SECOND,
        "inputs": { "figures": [{ "name": "trainings", "value": "2" }] },
    });
    let adjusts = appraises(160, "adjust_score", "1.6", revision, &more);
    play(folder, &line("2023-02-01T03:00:00.000000Z", "apr-1", &adjusts));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_sees_of_its_appraisal_what_was_released_and_at_no_address_more() {
    let server = Server::over(appraising(), "0.0.0.0:0");
    let (mut drafter, mut inspector) = (signed_in(&server, "ldtbxh-d").await, signed_in(&server, "insp-1").await);
    let (own, all) = (server.token("ldtbxh-d"), server.token("insp-1"));
    let cookies = [drafter.cookie.clone(), inspector.cookie.clone()];

    // While the first appraisal goes on, its unit sees nothing of it, and not where it stands among others.
    let seen = answers(&server, (&mut drafter, &own)).await;
    for said in [FIRST[0], FIRST[1], ASKED, "score_adjusted", "score_flagged"] {
        assert_eq!(saying(&seen, said), Vec::<&str>::new(), "{said}");
    }
    assert_eq!(points(&mut drafter, "1.5").await, ["", "", "0/1"]);
    for path in ["what-if?leaf=1.5&points=1", "why-rank"] {
        for of in ["", "/api"] {
            assert_eq!(drafter.opens(&format!("{of}{UNIT}/{path}")).await.status, 409, "{of} {path}");
        }
    }
    let page = drafter.opens(UNIT).await;
    assert!(page.status == 200 && page.html.contains("đã được công bố cho mình"), "{}", page.html);
    assert!(!page.html.contains("class=\"place\""), "no rank: {}", page.html);
    assert_eq!(drafter.opens(ACTS).await.status, 403);
    assert_eq!(
        drafter.opens("/api/who?actor=ldtbxh-d").await.status,
        403,
        "not of himself either: it is for who sees all"
    );
    assert!(inspector.opens(ACTS).await.html.contains(FIRST[0]));
    // Whoever audits sees it, at the pages and rows of that unit.
    let audited = answers(&server, (&mut inspector, &all)).await;
    for said in [FIRST[0], FIRST[1], ASKED] {
        assert!(saying(&audited, said).len() >= 3, "{said}: {:?}", saying(&audited, said));
    }
    assert_eq!(points(&mut inspector, "1.5").await[0], "2/1");

    // The phase has ended, and flags are explained: both are released.
    let (folder, _) = server.stop();
    moved(&folder, 40, "2023-01-10T02:00:00.000000Z");
    let server = Server::over(folder, "0.0.0.0:0");
    let mut drafter = Browser::with(&server, cookies[0].clone());
    let seen = answers(&server, (&mut drafter, &own)).await;
    for said in [FIRST[0], FIRST[1], ASKED] {
        let pages = saying(&seen, said);
        assert!(pages.iter().any(|page| page.contains("/history")), "{said}: {pages:?}");
    }
    assert_eq!(points(&mut drafter, "1.5").await, ["2/1", "", "2/1"]);

    // The second goes on: the unit sees what was asked, and not what came of it, until its phase has ended too.
    let (folder, _) = server.stop();
    settled(&folder);
    let server = Server::over(folder, "0.0.0.0:0");
    let mut drafter = Browser::with(&server, cookies[0].clone());
    let seen = answers(&server, (&mut drafter, &own)).await;
    assert_eq!(saying(&seen, SECOND), Vec::<&str>::new());
    assert!(!saying(&seen, ASKED).is_empty());
    let page = drafter.opens(&format!("{UNIT}/fill/1.6")).await;
    assert!(page.html.contains("chờ giải trình"), "that it is settled, the second appraisal says: {}", page.html);
    let mut inspector = Browser::with(&server, cookies[1].clone());
    assert_eq!(points(&mut inspector, "1.6").await[1], "1/2");
    let (folder, _) = server.stop();
    moved(&folder, 42, "2023-02-16T02:00:00.000000Z");
    let server = Server::over(folder, "0.0.0.0:0");
    let mut drafter = Browser::with(&server, cookies[0].clone());
    let seen = answers(&server, (&mut drafter, &own)).await;
    assert!(saying(&seen, SECOND).iter().any(|page| page.contains("/outcome")), "{:?}", saying(&seen, SECOND));
    assert_eq!(points(&mut drafter, "1.6").await[1], "1/2");
    server.folder.must(&["verify", "--data", "@"]);
}

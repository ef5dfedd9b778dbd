//! The receipts of what is in a unit's sheet, downloaded in a session from any address: whole, by the unit's own people alone, and of
//! nothing that is not released to them. One is believed by the log's key and itself.

use proto::Hash;
use proto::policy::Policy;
use proto::receipt::Receipt;
use serde_json::Value;

use super::api::Server;
use super::browser::{Browser, signed_in};
use super::chromium::moved;
use super::signing::public_key;
use super::survey_pages::events;
use super::unit_pages::appraising;
use super::unit_sheets::{SAID, round};

const UNIT: &str = "/rounds/hanoi-2022/units/ldtbxh";

/// Where an event stands.
fn position(event: &Value) -> u64 {
    event["position"].as_u64().expect("a position")
}

/// The event that a receipt proves, by the key of the server's log.
fn proven(server: &Server, receipt: &[u8]) -> Value {
    let receipt = Receipt::parse(receipt).expect("a receipt");
    let body = receipt.extra.clone().expect("the event");
    let policy = Policy::of_logs([public_key(&server.folder.data().join("signer"))]);
    receipt.verify(Hash::entry(&body), &policy).expect("it holds");
    serde_json::from_slice(&body).expect("an event")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_saved_has_a_whole_receipt_for_the_units_own_people_and_for_nobody_else() {
    let server = Server::over(round(), "0.0.0.0:0");
    let mut drafter = signed_in(&server, "ldtbxh-d").await;
    let page = drafter.opens(&format!("{UNIT}/fill/1.1")).await;
    let typed = [("option", "late"), ("explanation", SAID), ("do", "save")];
    let saved = drafter.fills(&page, &format!("{UNIT}/fill/1.1"), &typed).await;
    let page = drafter.opens(&saved.to).await.html;
    let link = page.split("href=\"").find(|link| link.starts_with(&format!("{UNIT}/receipts/"))).expect("a link");
    let link = link.split('"').next().expect("its end").to_owned();
    let chief = signed_in(&server, "ldtbxh-c").await;
    for who in [&drafter, &chief] {
        let (status, kept, receipt) = who.downloads(&link).await;
        assert!(status == 200 && kept.ends_with(".tlog-proof\""), "{status} {kept}");
        let event = proven(&server, &receipt);
        assert_eq!((&event["kind"], &event["data"]["leaf"]), (&"self_scored".into(), &"1.1".into()));
        assert!(link.ends_with(&format!("/{}", position(&event))), "{link}");
    }
    let stranger = signed_in(&server, "yte-d").await;
    assert_eq!(stranger.downloads(&link).await.0, 403);
    for actor in ["insp-1", "council-1", "sec-1", "apr-8", "admin-a"] {
        assert_eq!(
            signed_in(&server, actor).await.downloads(&link).await.0,
            403,
            "{actor} reads the log by other ways"
        );
    }
    assert_eq!(Browser::new(&server).downloads(&link).await.0, 303, "nobody is led to where he signs in");

    // No event of another sheet or stream, whoever may see it, and none that is not there: all are answered alike.
    let own = position(&events(&server.folder, "self_scored").pop().expect("the unit's own"));
    let others = events(&server.folder, "self_scored").swap_remove(0);
    assert_eq!(others["stream"], "sheet/hanoi-2022/yte");
    let opened = position(&events(&server.folder, "round_opened")[0]);
    let elsewhere = [position(&others), opened, 1, own + 1_000].map(|at| at.to_string());
    let none = ["0", "-1", "x", "007", "18446744073709551616"].map(str::to_owned);
    for at in elsewhere.into_iter().chain(none) {
        let (status, _, html) = drafter.downloads(&format!("{UNIT}/receipts/{at}")).await;
        let html = String::from_utf8(html).expect("a page");
        assert!(status == 404 && html.contains("Phiếu này không có sự kiện ở vị trí đó."), "{at}: {status} {html}");
    }
    let theirs = "/rounds/hanoi-2022/units/yte/receipts";
    assert_eq!(stranger.downloads(&format!("{theirs}/{own}")).await.0, 404);
    assert_eq!(stranger.downloads(&format!("{theirs}/{}", position(&others))).await.0, 200);
    assert_eq!(drafter.downloads(&format!("/rounds/nowhere/units/ldtbxh/receipts/{own}")).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_appraiser_does_has_no_receipt_for_the_unit_before_it_is_released() {
    let mut server = Server::over(appraising(), "0.0.0.0:0");
    let acts = ["score_flagged", "score_adjusted"].map(|kind| position(&events(&server.folder, kind)[0]));
    for (released, status) in [(false, 404), (true, 200)] {
        if released {
            let (folder, _) = server.stop();
            moved(&folder, 40, "2023-01-10T02:00:00.000000Z");
            server = Server::over(folder, "0.0.0.0:0");
        }
        let actor = if released { "ldtbxh-c" } else { "ldtbxh-d" };
        let who = signed_in(&server, actor).await;
        for at in acts {
            let (got, _, receipt) = who.downloads(&format!("{UNIT}/receipts/{at}")).await;
            assert_eq!(got, status, "{at}");
            assert!(!released || position(&proven(&server, &receipt)) == at);
        }
    }
}

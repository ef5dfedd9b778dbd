//! Who may do what, on its page: told to those who grant, keep the secretariat or audit it; granted, confirmed by a second person, taken
//! back with a reason; to nobody by himself.

use super::api::Server;
use super::browser::{Browser, Got, signed_in};
use super::unit_sheets::{id, round};
use system_tests::folder::execute;

/// A new grant, with a command of its own.
async fn grants(browser: &mut Browser<'_>, n: u8, fields: &[(&str, &str)]) -> Got {
    let (csrf, command) = (browser.csrf("/powers").await, id(n));
    let own = [("csrf", csrf.as_str()), ("command", command.as_str()), ("from", "2022-11-02T00:00")];
    browser.sends("/powers/grant", &[&own[..], fields].concat()).await
}

async fn sends(browser: &mut Browser<'_>, n: u8, doing: &str, fields: &[(&str, &str)]) -> Got {
    let (csrf, command) = (browser.csrf("/powers").await, id(n));
    let own = [("csrf", csrf.as_str()), ("command", command.as_str())];
    browser.sends(&format!("/powers/{doing}"), &[&own[..], fields].concat()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn powers_are_granted_on_a_page_by_two_where_it_takes_two_and_to_nobody_by_himself() {
    let server = Server::over(round(), "127.0.0.1:0");
    let (mut one, mut two) = (signed_in(&server, "admin-a").await, signed_in(&server, "admin-b").await);
    let page = one.opens("/powers").await;
    for shown in ["<code>ldtbxh-c</code>", "Thủ trưởng", "đang có hiệu lực", "<code>admin-a</code>"] {
        assert!(page.html.contains(shown), "{shown}: {}", page.html);
    }
    let hostile = "\"><script>alert(1)</script>";
    let table: [(&[(&str, &str)], u16); 6] = [
        (&[("actor", "admin-a"), ("grant", "g1"), ("capacity", "council")], 403),
        (&[("actor", "apr-20"), ("grant", "g1"), ("capacity", "appraiser")], 422),
        (&[("actor", hostile), ("grant", "g1"), ("capacity", "council")], 400),
        (&[("actor", "c-20"), ("grant", "g1"), ("capacity", "king")], 400),
        (&[("actor", "c-20"), ("grant", "g1"), ("capacity", "council"), ("until", "hôm qua")], 400),
        (&[("actor", "c-20"), ("grant", "g1"), ("capacity", "appraiser"), ("unit", "noivu"), ("fields", "1, Đ")], 400),
    ];
    for (n, (fields, status)) in table.into_iter().enumerate() {
        let got = grants(&mut one, u8::try_from(n).expect("few") + 60, fields).await;
        assert_eq!(got.status, status, "{fields:?}: {}", got.html);
        assert!(!got.html.contains("<script>alert"), "escaped");
    }
    // An inspector takes two people.
    let inspector = [("actor", "insp-2"), ("grant", "g1"), ("capacity", "inspector")];
    assert_eq!(grants(&mut one, 80, &inspector).await.status, 303);
    let waiting = [("actor", "insp-2"), ("grant", "g1")];
    assert_eq!(sends(&mut one, 81, "confirm", &waiting).await.status, 403, "not by whoever granted it");
    assert!(two.opens("/powers").await.html.contains("action=\"/powers/confirm\""));
    assert!(!one.opens("/powers").await.html.contains("action=\"/powers/confirm\""), "it is not offered to him either");
    assert_eq!(sends(&mut two, 82, "confirm", &waiting).await.status, 303);
    // Taken back with a reason, and only with one.
    let back = |reason: &'static str| [("actor", "insp-2"), ("grant", "g1"), ("reason", reason)];
    assert_eq!(sends(&mut two, 83, "revoke", &back(" ")).await.status, 422);
    assert_eq!(sends(&mut two, 84, "revoke", &back("Chuyển công tác (minh họa)")).await.status, 303);
    assert_eq!(sends(&mut two, 85, "fly", &waiting).await.status, 404);

    for (who, status) in [("ldtbxh-d", 403), ("council-1", 403), ("sec-1", 200), ("insp-1", 200)] {
        let mut reader = signed_in(&server, who).await;
        let got = reader.opens("/powers").await;
        assert_eq!(got.status, status, "{who}: {}", got.html);
        assert!(!got.html.contains("action=\"/powers/grant\""), "{who} grants nothing");
        let csrf = reader.csrf("/me").await;
        let forged = [
            ("csrf", csrf.as_str()),
            ("command", &id(90)),
            ("actor", "x-1"),
            ("grant", "g1"),
            ("capacity", "council"),
            ("from", "2022-11-02T00:00"),
        ];
        assert_eq!(reader.sends("/powers/grant", &forged).await.status, 403, "{who}");
    }
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_power_names_the_events_that_gave_it_and_took_it_back_and_leads_to_them() {
    let server = Server::over(round(), "127.0.0.1:0");
    let mut admin = signed_in(&server, "admin-a").await;
    let acting = [
        ("actor", "ldtbxh-p"),
        ("grant", "g1"),
        ("capacity", "chief"),
        ("unit", "ldtbxh"),
        ("acting_for", "ldtbxh-c"),
        ("until", "2023-01-01T00:00"),
    ];
    let granted = grants(&mut admin, 70, &acting).await;
    assert_eq!(granted.status, 303, "{}", granted.html);
    let at = |to: &str| to.split("position=").nth(1).expect("where it stands").to_owned();
    let granted = at(&granted.to);
    let back = [("actor", "ldtbxh-p"), ("grant", "g1"), ("reason", "thủ trưởng đã về (minh họa)")];
    let page = admin.opens("/powers").await.html;
    assert!(page.contains(&format!("href=\"/powers/of/ldtbxh-p#event-{granted}\"")), "{page}");
    // Acting for the chief stands beside the chief, with its dates.
    let offices =
        page.split("id=\"offices-title\"").nth(1).expect("offices").split("</section>").next().expect("its end");
    for shown in
        ["<code>ldtbxh-c</code>", "<code>ldtbxh-p</code>, ký thay ldtbxh-c", "2022-11-01T17:00", "2022-12-31T17:00"]
    {
        assert!(offices.contains(shown), "{shown}: {offices}");
    }
    assert!(!offices.contains("gtvt"), "an office that stayed as it was is not told");
    let revoked = at(&sends(&mut admin, 71, "revoke", &back).await.to);
    let page = admin.opens("/powers").await.html;
    for position in [&granted, &revoked] {
        assert!(page.contains(&format!("#event-{position}\">#{position}</a>")), "{page}");
    }
    // Each link leads to where that event is told, and its receipt is to be had there.
    let person = admin.opens("/powers/of/ldtbxh-p").await;
    assert_eq!(person.status, 200);
    for (position, what) in [(&granted, "cấp"), (&revoked, "thu hồi")] {
        let line = person.html.split(&format!("id=\"event-{position}\"")).nth(1).expect("its line");
        let line = line.split("</li>").next().expect("its end");
        assert!(line.contains(what) && line.contains("<code>admin-a</code>"), "{line}");
        let receipt = admin.opens(&format!("/api/receipt?position={position}&wait_ms=20000")).await;
        assert_eq!(receipt.status, 200, "{}", receipt.html);
    }
    assert_eq!(admin.opens("/powers/of/nobody-1").await.status, 404);
    assert!(!person.html.contains("/who?actor="), "administrators see nobody's acts");
    let mut secretary = signed_in(&server, "sec-1").await;
    let to = "/rounds/hanoi-2022/who?actor=ldtbxh-p";
    assert!(secretary.opens("/powers/of/ldtbxh-p").await.html.contains(&format!("href=\"{to}\"")));
    assert_eq!(secretary.opens(to).await.status, 200);
    let mut drafter = signed_in(&server, "ldtbxh-d").await;
    assert_eq!(drafter.opens("/powers/of/ldtbxh-d").await.status, 403);
    assert!(drafter.opens("/me").await.html.contains("<code>admin-"), "his own he is told, with who granted it");
}

/// However long the log is, the page of oneself costs what is new in it: it stands on what the log's people are, held and gone on with. So
/// early events are spoiled behind the server's back: whoever read them again would fail.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_oneself_reads_no_act_of_the_log_again() {
    let server = Server::over(round(), "127.0.0.1:0");
    let mut admin = signed_in(&server, "admin-a").await;
    let mut drafter = signed_in(&server, "ldtbxh-d").await;
    assert_eq!(drafter.opens("/me").await.status, 200);
    let mut log = server.folder.tamper("ledger.db").await;
    execute(&mut log, "UPDATE events SET body = X'00' WHERE position BETWEEN 2 AND 10").await;
    let me = drafter.opens("/me").await;
    assert!(me.status == 200 && me.html.contains("Người lập phiếu"), "{}", me.html);
    // What comes new is seen all the same.
    let more = [("actor", "ldtbxh-d"), ("grant", "g9"), ("capacity", "chief"), ("unit", "ldtbxh")];
    assert_eq!(grants(&mut admin, 72, &more).await.status, 303);
    assert!(drafter.opens("/me").await.html.contains("Thủ trưởng đơn vị"));
}

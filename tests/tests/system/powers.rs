//! Who may do what, on its page: told to those who grant, keep the secretariat or audit it; granted, confirmed by a second person, taken
//! back with a reason; to nobody by himself.

use super::api::Server;
use super::browser::{Browser, Got, signed_in};
use super::unit_sheets::{id, round};

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

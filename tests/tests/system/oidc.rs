//! Signing in by an identity provider that nobody here wrote: who is let in and as whom, what is no proof, what is good once, and what goes
//! on when the provider is away.

pub mod provider;
pub mod sent;

use serde_json::Value;
use system_tests::folder::Folder;

use self::provider::Provider;
use self::sent::{Back, Sent};
use super::api::Server;
use super::browser::{Browser, Got, signed_in};
use super::chromium::told;
use super::unit_sheets::round;

/// An account by the provider, made at the terminal; its credential.
fn bound(server: &Server, actor: &str, subject: &str) -> String {
    server.folder.must(&["account", "--data", "@", "--actor", actor, "--oidc-subject", subject]).out.trim().to_owned()
}

/// The facts of the log on credentials of the method `oidc`, and what was done by one.
fn exported(folder: &Folder) -> Vec<Value> {
    let _ = std::fs::remove_file(folder.beside("log.ndjson"));
    folder.must(&["export", "--data", "@", "log.ndjson"]);
    let text = std::fs::read_to_string(folder.beside("log.ndjson")).expect("a log");
    text.lines().map(|line| serde_json::from_str(line).expect("an event")).collect()
}

fn refused(back: &Back, status: u16, code: &str) {
    assert_eq!((back.status, back.session.as_ref()), (status, None), "{code}: {}", back.html);
    assert!(back.html.contains(&format!("<code>{code}</code>")), "{code}: {}", back.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_provider_vouches_for_signs_in_as_the_actor_that_the_log_binds_him_to() {
    let provider = Provider::at("127.0.0.1:0");
    let server = provider.served(round(), &[]).await;
    let credential = bound(&server, "ldtbxh-d", "An.NV");
    let page = Browser::new(&server).opens("/sign-in?next=/me&lang=en").await.html;
    assert!(page.contains("href=\"/sign-in/oidc?next=/me\"") && page.contains("Sign in with the province"), "{page}");

    let mut sent = Sent::new(&server);
    let address = sent.begins("/me").await;
    for said in
        ["response_type=code", "code_challenge_method=S256", "scope=openid", "ui_locales=vi", "state=", "nonce="]
    {
        assert!(address.contains(said), "{said}: {address}");
    }
    let planted = format!("session={}", "0".repeat(64));
    sent.session = Some(planted.clone());
    let back = sent.comes_back(&provider.lets("An.NV", &address).await).await;
    assert_eq!((back.status, back.to.as_str()), (303, "/me"), "{}", back.html);
    let session = back.session.expect("a session");
    assert_ne!(session, planted, "one of its own");
    let mut browser = Browser::with(&server, Some(session));
    let me = browser.opens("/me?lang=en").await.html;
    for said in ["<code>ldtbxh-d</code>", "An.NV", &format!("<code>{credential}</code>")] {
        assert!(me.contains(said), "{said}: {me}");
    }
    assert!(!me.contains("href=\"/password\""), "he has no password");
    assert_eq!(browser.opens("/password").await.to, "/me");

    // What he does is on record as by the provider's word, and he makes his own tokens.
    let page = browser.opens("/me").await;
    let made = browser.fills(&page, "/me/tokens/make", &[("label", "x"), ("scope", "read")]).await;
    assert_eq!(made.status, 200, "{}", made.html);
    let log = exported(&server.folder);
    let bound: Vec<&Value> = log.iter().filter(|event| event["data"]["credential"] == credential.as_str()).collect();
    assert_eq!((bound.len(), &bound[0]["data"]["method"]), (1, &"oidc".into()));
    let by_him: Vec<&Value> = log.iter().filter(|event| event["via"]["credential"] == credential.as_str()).collect();
    assert!(by_him.len() == 1 && by_him[0]["via"]["kind"] == "oidc" && by_him[0]["actor"]["id"] == "ldtbxh-d");
    let text = std::fs::read_to_string(server.folder.beside("log.ndjson")).expect("a log");
    assert!(!text.contains("An.NV") && !text.contains(&provider.issuer), "who he is to the provider is not in the log");

    // Signing out ends it, and another sign-in is another session.
    let csrf = browser.csrf("/me").await;
    assert_eq!(browser.sends("/sign-out", &[("csrf", csrf.as_str())]).await.to, "/sign-in");
    assert_eq!(browser.opens("/me").await.to, "/sign-in");
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_an_account_by_coming_and_one_that_has_ended_opens_nothing() {
    let provider = Provider::at("127.0.0.1:0");
    let server = provider.served(round(), &[]).await;
    let before = exported(&server.folder).len();
    let unknown = Sent::new(&server).signs_in(&provider, "la.ai", "/me").await;
    refused(&unknown, 403, "oidc_subject_unknown");
    assert!(unknown.html.contains("la.ai"), "so that he can say who he is: {}", unknown.html);
    let hostile = Sent::new(&server).signs_in(&provider, "<script>alert(1)</script>", "").await;
    refused(&hostile, 403, "oidc_subject_unknown");
    assert!(!hostile.html.contains("<script>alert"), "{}", hostile.html);
    assert_eq!(exported(&server.folder).len(), before, "nothing was made");

    let credential = bound(&server, "ldtbxh-d", "an");
    let again = server.folder.run(&["account", "--data", "@", "--actor", "gtvt-d", "--oidc-subject", "an"]);
    assert!(again.code != Some(0) && again.err.contains("account_exists"), "{}", again.err);
    refused(&Sent::new(&server).signs_in(&provider, "An", "").await, 403, "oidc_subject_unknown");
    let begun = Sent::new(&server).signs_in(&provider, "an", "").await;
    let mut browser = Browser::with(&server, begun.session);
    assert_eq!(browser.opens("/me").await.status, 200);
    // A local account that is called so is another, and its password opens it alone.
    let said = server.folder.must(&["account", "--data", "@", "--actor", "gtvt-d", "--name", "an"]);
    assert_eq!(Browser::new(&server).signs_in("an", "").await.status, 403);
    let mut local = Browser::new(&server);
    local.enters("an", said.out.trim()).await;
    assert!(local.opens("/me").await.html.contains("<code>gtvt-d</code>"));
    assert!(browser.opens("/me").await.html.contains("<code>ldtbxh-d</code>"));
    let csrf = browser.csrf("/me").await;
    let fields = [
        ("csrf", csrf.as_str()),
        ("present", super::browser::CHOSEN),
        ("new", "một câu khác hẳn"),
        ("again", "một câu khác hẳn"),
    ];
    assert_ne!(browser.sends("/password", &fields).await.status, 303, "nor does he change another's");

    let listed = server.folder.must(&["account", "--data", "@", "--list"]).out;
    let line = listed.lines().find(|line| line.starts_with(&credential)).expect("it is listed");
    assert!(line.contains("ldtbxh-d  an") && line.contains(&provider.issuer) && line.contains("(sub)"), "{listed}");
    let token = server.folder.run(&["token", "--data", "@", "--revoke", &credential, "--reason", "x"]);
    assert!(token.err.contains(&format!("account --disable --credential {credential}")), "{}", token.err);
    let ends = ["account", "--data", "@", "--disable", "--credential", &credential, "--reason", "nghỉ việc"];
    server.folder.must(&ends);
    assert_eq!(browser.opens("/me").await.to, "/sign-in", "its sessions are over");
    assert_eq!(local.opens("/me").await.status, 200, "and no other");
    refused(&Sent::new(&server).signs_in(&provider, "an", "").await, 403, "oidc_subject_unknown");
    let gone = server.folder.run(&ends);
    assert!(gone.err.contains("account_unknown"), "{}", gone.err);
    let ended = exported(&server.folder);
    let facts = ended.iter().filter(|event| event["data"]["credential"] == credential.as_str());
    assert_eq!(
        facts.map(|event| event["kind"].clone()).collect::<Vec<_>>(),
        ["credential_bound", "credential_unbound"]
    );
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_was_sent_by_this_browser_for_this_sign_in_and_comes_once() {
    let provider = Provider::at("127.0.0.1:0");
    let server = provider.served(round(), &[]).await;
    bound(&server, "ldtbxh-d", "an");
    bound(&server, "gtvt-d", "attacker");
    let back = format!("{}/sign-in/oidc/back", server.url);

    // Nobody was sent, or he brings nothing.
    refused(&Sent::new(&server).comes_back(&format!("{back}?code=x&state=y")).await, 403, "oidc_unawaited");
    let (mut sent, mut attacker) = (Sent::new(&server), Sent::new(&server));
    let address = sent.begins("").await;
    refused(&sent.comes_back(&back).await, 403, "oidc_unawaited");
    refused(&sent.comes_back(&format!("{back}?code=x&state=y")).await, 403, "oidc_unawaited");
    // An attacker's own sign-in, which he makes somebody else's browser end: it would be signed in as him.
    let theirs = attacker.begins("").await;
    let theirs = provider.lets("attacker", &theirs).await;
    refused(&sent.comes_back(&theirs).await, 403, "oidc_unawaited");
    // Theirs without any cookie, or under a cookie of their own choice.
    let awaited = std::mem::take(&mut sent.awaited);
    refused(&sent.comes_back(&theirs).await, 403, "oidc_unawaited");
    for chosen in [format!("oidc={}", "0".repeat(64)), "oidc=x".to_owned(), "oidc=".to_owned()] {
        sent.awaited = chosen;
        refused(&sent.comes_back(&theirs).await, 403, "oidc_unawaited");
    }
    sent.awaited = awaited;
    // None of that has kept out whoever was sent; and he comes once.
    let own = provider.lets("an", &address).await;
    let first = sent.comes_back(&own).await;
    assert_eq!((first.status, first.to.as_str()), (303, "/"), "{}", first.html);
    refused(&sent.comes_back(&own).await, 403, "oidc_unawaited");

    let address = sent.begins("").await;
    // The answer of another provider.
    let mixed = provider.lets("an", &address).await.replace("iss=http", "iss=https");
    assert!(mixed.contains("iss=https"), "it says who it is: {mixed}");
    refused(&sent.comes_back(&mixed).await, 403, "oidc_token_wrong");
    refused(&sent.comes_back(&mixed.replace("iss=https", "iss=http")).await, 403, "oidc_unawaited");
    // The code of another sign-in of one's own: the proof of who asked for it does not fit.
    let (mut one, mut two) = (Sent::new(&server), Sent::new(&server));
    let (to_one, to_two) = (one.begins("").await, two.begins("").await);
    let (of_one, of_two) = (provider.lets("an", &to_one).await, provider.lets("an", &to_two).await);
    let part = |address: &str, name: &str| {
        let url = reqwest::Url::parse(address).expect("an address");
        url.query_pairs().find(|(key, _)| key == name).expect("is there").1.into_owned()
    };
    let crossed = of_two.replace(&part(&of_two, "code"), &part(&of_one, "code"));
    refused(&two.comes_back(&crossed).await, 403, "oidc_refused");
    // He says no at the provider.
    let mut no = Sent::new(&server);
    let state = part(&no.begins("").await, "state");
    refused(&no.comes_back(&format!("{back}?error=access_denied&state={state}")).await, 403, "oidc_refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_proof_of_who_came_lets_nobody_in() {
    let provider = Provider::at("127.0.0.1:0");
    let server = provider.served(round(), &[]).await;
    bound(&server, "ldtbxh-d", "an.nv");
    let wrong = [
        "nonce",
        "nonce-missing",
        "audience",
        "audience-more",
        "party",
        "issuer",
        "expired",
        "key",
        "key-unknown",
        "subject",
        "none",
        "secret",
        "missing",
        "garbage",
    ];
    for what in wrong {
        provider.alters(what).await;
        let name = if what == "subject" { "somebody" } else { "an.nv" };
        let back = Sent::new(&server).signs_in(&provider, name, "").await;
        assert_eq!(back.status, 403, "{what}");
        refused(&back, 403, "oidc_token_wrong");
    }
    provider.alters("long").await;
    refused(&Sent::new(&server).signs_in(&provider, "an.nv", "").await, 503, "oidc_away");
    // The relay itself is no hindrance.
    provider.alters("again").await;
    assert_eq!(Sent::new(&server).signs_in(&provider, "an.nv", "").await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_is_told_so_and_nothing_else_waits_for_it() {
    let provider = Provider::at("127.0.0.1:0");
    let address = provider.issuer.trim_start_matches("http://").to_owned();
    let server = provider.served(round(), &[]).await;
    bound(&server, "ldtbxh-d", "an");
    drop(provider);
    // It was never asked yet: the server stands, people with accounts of its own sign in.
    let page = Browser::new(&server).opens("/sign-in/oidc?next=/me").await;
    assert!(page.status == 503 && page.html.contains("<code>oidc_away</code>"), "{}", page.html);
    assert!(page.html.contains("href=\"/sign-in/oidc?next=/me\"") && page.html.contains("name=\"password\""));
    assert_eq!(signed_in(&server, "sec-1").await.opens("/me").await.status, 200);

    // Once it is there it is found, without the server being told.
    let provider = Provider::at(&address);
    provider.sends_back(&server.url).await;
    let mut sent = Sent::new(&server);
    let to = loop {
        let answer = Browser::new(&server).opens("/sign-in/oidc").await;
        if answer.status == 303 {
            break sent.begins("/me").await;
        }
        assert_eq!(answer.status, 503, "{}", answer.html);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    let back = provider.lets("an", &to).await;
    // It goes away between the two.
    drop(provider);
    refused(&sent.comes_back(&back).await, 503, "oidc_away");
    // And comes again with other keys: they are asked for once a token names one that is not known.
    let provider = Provider::at(&address);
    provider.sends_back(&server.url).await;
    let back = Sent::new(&server).signs_in(&provider, "an", "/me").await;
    assert_eq!((back.status, back.to.as_str()), (303, "/me"), "{}", back.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_by_the_provider_leads_to_a_place_of_this_site() {
    let provider = Provider::at("127.0.0.1:0");
    let server = provider.served(round(), &[]).await;
    bound(&server, "ldtbxh-d", "an");
    let table = [
        ("/rounds/hanoi-2022?lang=en", "/rounds/hanoi-2022?lang=en"),
        ("", "/"),
        ("//x.example", "/"),
        ("/\\x.example", "/"),
        ("https://x.example/", "/"),
        ("/a\r\nSet-Cookie: session=x", "/"),
    ];
    for (next, to) in table {
        let back = Sent::new(&server).signs_in(&provider, "an", next).await;
        assert_eq!((back.status, back.to.as_str()), (303, to), "{next:?}");
    }
    let mut browser = Browser::with(&server, Sent::new(&server).signs_in(&provider, "an", "").await.session);
    assert_eq!(browser.opens("/sign-in/oidc").await.to, "/me", "who is in is not sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_known_by_a_claim_of_the_operators_choice_and_by_no_other() {
    let provider = Provider::at("127.0.0.1:0");
    let server = provider.served(round(), &["--oidc-claim", "employee_number"]).await;
    bound(&server, "ldtbxh-d", "nv-an");
    // Bound by another claim of the same provider, as it was told before.
    let other =
        ["account", "--data", "@", "--actor", "gtvt-d", "--oidc-subject", "nv-binh", "--oidc-issuer", &provider.issuer];
    server.folder.must(&other);
    let back = Sent::new(&server).signs_in(&provider, "an", "/me").await;
    assert_eq!(back.status, 303, "{}", back.html);
    let me = Browser::with(&server, back.session).opens("/me").await.html;
    assert!(me.contains("nv-an") && me.contains("<code>ldtbxh-d</code>"), "{me}");
    refused(&Sent::new(&server).signs_in(&provider, "binh", "").await, 403, "oidc_subject_unknown");
    refused(&Sent::new(&server).signs_in(&provider, "nv-an", "").await, 403, "oidc_subject_unknown");
    refused(&Sent::new(&server).signs_in(&provider, "no.number", "").await, 403, "oidc_claim_missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_binds_the_provinces_accounts_on_a_page_and_each_is_on_record_as_his() {
    let provider = Provider::at("127.0.0.1:0");
    let server = provider.served(round(), &[]).await;
    let mut admin = signed_in(&server, "admin-a").await;
    let page = admin.opens("/accounts").await;
    let bind = [("actor", "ldtbxh-d"), ("subject", "248289761001")];
    let done = admin.fills(&page, "/accounts/bind", &bind).await;
    assert!(
        done.status == 200 && done.html.contains("248289761001") && done.html.contains(&provider.issuer),
        "{}",
        done.html
    );
    let again = does(&mut admin, "/accounts/bind", &bind).await;
    assert_eq!(again.status, 409, "{}", again.html);
    for (actor, subject, status) in
        [("gtvt-d", "", 422), ("", "x", 400), ("admin-b", "x", 403), ("insp-1", "x", 403), ("admin-a", "x", 403)]
    {
        let got = does(&mut admin, "/accounts/bind", &[("actor", actor), ("subject", subject)]).await;
        assert_eq!(got.status, status, "{actor} {subject}: {}", got.html);
    }
    let begun = Sent::new(&server).signs_in(&provider, "248289761001", "/me").await;
    let mut person = Browser::with(&server, begun.session);
    assert_eq!(person.opens("/me").await.status, 200);
    assert_eq!(person.opens("/accounts").await.status, 403);
    let page = admin.opens("/accounts").await;
    let credential = page.values("credential").pop().expect("it can be ended");
    let silent = [("credential", credential.as_str()), ("reason", " ")];
    assert_eq!(admin.fills(&page, "/accounts/unbind", &silent).await.status, 422);
    let ends = [("credential", credential.as_str()), ("reason", "nghỉ việc")];
    assert_eq!(does(&mut admin, "/accounts/unbind", &ends).await.status, 200);
    assert_eq!(person.opens("/me").await.to, "/sign-in");
    let by: Vec<[String; 3]> = exported(&server.folder)
        .iter()
        .filter(|event| event["data"]["credential"] == credential.as_str())
        .map(|event| {
            [&event["kind"], &event["actor"]["id"], &event["via"]["kind"]]
                .map(|v| v.as_str().unwrap_or_default().to_owned())
        })
        .collect();
    let own = |kind: &str| [kind, "admin-a", "session"].map(str::to_owned);
    assert_eq!(by, [own("credential_bound"), own("credential_unbound")]);
    server.folder.must(&["verify", "--data", "@"]);
}

/// A form of the page of accounts, with a command of its own.
async fn does(admin: &mut Browser<'_>, to: &str, fields: &[(&str, &str)]) -> Got {
    let page = admin.opens("/accounts").await;
    admin.fills(&page, to, fields).await
}

#[test]
fn what_is_told_wrongly_of_a_provider_is_said_before_anything_is_served() {
    let folder = Folder::small_round(0);
    let secret = folder.beside("secret");
    std::fs::write(&secret, "x\n").expect("writes");
    let secret = secret.to_str().expect("a path");
    let tried = |listen: &str, issuer: &str, claim: &str| {
        let more = [
            "--oidc-issuer",
            issuer,
            "--oidc-client-id",
            "p",
            "--oidc-client-secret-file",
            secret,
            "--oidc-claim",
            claim,
        ];
        let ran = folder.run(&[&["serve", "--data", "@", "--listen", listen][..], &more].concat());
        assert_ne!(ran.code, Some(0));
        ran.err
    };
    let https = "https://id.example.gov.vn";
    let opened = tried("127.0.0.1:0", https, "sub");
    assert!(opened.contains("oidc_secret_unusable"), "others may read it: {opened}");
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(secret, std::fs::Permissions::from_mode(0o600)).expect("its mode");
    for (listen, issuer, claim, code) in [
        ("127.0.0.1:0", "http://id.example.gov.vn", "sub", "oidc_issuer_unusable"),
        ("127.0.0.1:0", https, "tên", "oidc_claim_unusable"),
        ("0.0.0.0:0", https, "sub", "oidc_needs_public_url"),
    ] {
        let told = tried(listen, issuer, claim);
        assert!(told.contains(code), "{code}: {told}");
    }
    let alone = folder.run(&["account", "--data", "@", "--actor", "282-d", "--oidc-subject", "an"]);
    assert!(alone.err.contains("oidc_issuer_needed"), "{}", alone.err);
    folder.must(&["account", "--data", "@", "--actor", "282-d", "--oidc-subject", "an", "--oidc-issuer", https]);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_in_at_the_providers_own_page_in_a_real_browser() {
    let provider = Provider::at("127.0.0.1:0");
    let server = provider.served(round(), &[]).await;
    let mut node = told("oidc.mjs", &server, &["admin-a"]);
    let told = tokio::task::spawn_blocking(move || node.output().expect("node runs")).await.expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(told.status.success(), "{}\n{}", text(&told.stdout), text(&told.stderr));
    let log = exported(&server.folder);
    assert_eq!(log.iter().filter(|event| event["via"]["kind"] == "oidc").count(), 1, "he made a token");
    server.folder.must(&["verify", "--data", "@"]);
}

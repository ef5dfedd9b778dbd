//! People at work where services run apart: they sign in at the dashboard, and what they do is put on record by the ledger and kept by the
//! intake, each of which looks up for itself whose session it is. The dashboard speaks for nobody.

use platform::outward;
use serde_json::{Value, json};
use system_tests::load::round::fresh_id;
use system_tests::postgres::execute;
use system_tests::stack::Stack;

use super::super::browser::{Browser, CHOSEN, Got};
use super::super::files::{code, pdf};
use super::super::oidc::provider::{CLIENT_SECRET, Provider};
use super::super::oidc::sent::Sent;
use super::super::survey::file;
use super::files::apart;

const UNIT: &str = "/rounds/hanoi-2022/units/001";
const HEADER: &str = "parindex-session";

/// The whole of it, with a dashboard to which browsers come.
async fn with_people() -> Stack {
    let mut stack = apart(None).await;
    stack.start_ready(&["ledger", "index", "ranking", "inspector", "intake"]).await;
    let token = stack.postgres.must(&["token", "--actor", "svc-dashboard", "--scope", "log"]).out;
    stack.set("PARINDEX_SERVICE_TOKEN", token.trim());
    stack.set("PARINDEX_DASHBOARD_PUBLIC_URL", &stack.url("dashboard"));
    stack.start_ready(&["dashboard"]).await;
    stack
}

/// The token by which the dashboard asks others.
fn own_token(stack: &Stack) -> String {
    stack.setting("PARINDEX_SERVICE_TOKEN")
}

/// Somebody who has an account, signed in for the first time.
async fn signed_in<'s>(stack: &Stack, site: &'s str, actor: &str) -> Browser<'s> {
    let said = stack.postgres.must(&["account", "--actor", actor, "--name", actor]);
    let mut browser = Browser::at(site, None);
    browser.enters(actor, said.out.trim()).await;
    browser
}

fn leaf(code: &str) -> String {
    format!("{UNIT}/fill/{code}")
}

async fn saves(browser: &mut Browser<'_>, code: &str, fields: &[(&str, &str)]) -> Got {
    let page = browser.opens(&leaf(code)).await;
    let fields = [fields, &[("explanation", "trên trang (minh họa)"), ("do", "save")]].concat();
    browser.fills(&page, &leaf(code), &fields).await
}

/// The last event.
async fn last(stack: &Stack) -> Value {
    let sql = "SELECT body FROM ledger.events ORDER BY position DESC LIMIT 1";
    let body: Vec<u8> = sqlx::query_scalar(sql).fetch_one(&mut stack.postgres.admin().await).await.expect("an event");
    serde_json::from_slice(&body).expect("JSON")
}

/// What a cookie holds.
fn secret(browser: &Browser<'_>) -> String {
    let cookie = browser.cookie.as_deref().expect("signed in");
    cookie.split_once('=').expect("a pair").1.to_owned()
}

/// A score of a leaf, as a command.
fn score(leaf: &str) -> String {
    let data = json!({
        "round": "hanoi-2022", "unit": "001", "leaf": leaf, "revision": 0, "inputs": { "option": "late" },
        "claimed": "0.2", "evidence": [], "explanation": "x",
    });
    json!({ "id": fresh_id(), "capacity": "drafter", "unit": "001", "kind": "score_self", "data": data }).to_string()
}

/// What a ledger answers to a command that is sent with this token and this session; its code, or nothing where it is accepted.
async fn sent(stack: &Stack, token: Option<&str>, sessions: &[&str], command: &str) -> String {
    let mut request = outward::client().post(format!("{}/api/commands", stack.url("ledger")));
    for session in sessions {
        request = request.header(HEADER, *session);
    }
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    code(request.body(command.to_owned()).send().await.expect("answers")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_at_a_dashboard_apart_and_what_they_do_is_on_record_as_theirs() {
    let mut stack = with_people().await;
    let site = stack.url("dashboard");
    let mut nobody = Browser::at(&site, None);
    assert!(nobody.opens(UNIT).await.to.starts_with("/sign-in?next="), "a page leads to where people sign in");
    assert_eq!(nobody.opens("/api/rounds").await.status, 401, "on loopback too");
    let mut drafter = signed_in(&stack, &site, "001-d").await;
    assert!(drafter.opens("/me").await.html.contains("001-d"));

    // A leaf is filled in: the event is his, by his session's credential, and none of the dashboard's.
    let saved = saves(&mut drafter, "1.1.1", &[("option", "late")]).await;
    assert_eq!(saved.status, 303, "{}\n{}", saved.html, stack.said("dashboard"));
    let event = last(&stack).await;
    let sql = "SELECT credential FROM identity.accounts WHERE actor = '001-d'";
    let credential: String =
        sqlx::query_scalar(sql).fetch_one(&mut stack.postgres.admin().await).await.expect("an account");
    assert_eq!(
        (&event["kind"], &event["actor"]["id"], &event["via"]),
        (&"self_scored".into(), &"001-d".into(), &json!({ "credential": credential, "kind": "session" })),
        "{event}"
    );
    assert!(drafter.opens(&saved.to).await.html.contains("Đã lưu: sự kiện #"), "his next page knows it");

    // Figures that are not published are for whom they are, by session and by token.
    let head = stack.head().await;
    for reader in ["index", "ranking"] {
        stack.until_at("dashboard", reader, head).await;
    }
    let token = stack.postgres.must(&["token", "--actor", "001-d", "--scope", "read"]).out.trim().to_owned();
    for (path, status) in [
        ("/rounds/hanoi-2022", 409),
        ("/rounds/hanoi-2022?publication=live", 409),
        ("/rounds/hanoi-2022/state", 403),
        ("/rounds/hanoi-2022/units/002", 403),
        (UNIT, 200),
    ] {
        let got = drafter.opens(path).await;
        assert_eq!(got.status, status, "{path}: {}", got.html);
        let row = format!("{site}/api{}", path.replace("/state", "/check"));
        let told = outward::client().get(row).bearer_auth(&token).send().await.expect("answers");
        assert_eq!(told.status().as_u16(), status, "{path} as rows");
    }
    let of_the_log = outward::client().get(format!("{site}/api{UNIT}")).bearer_auth(own_token(&stack));
    assert_eq!(
        code(of_the_log.send().await.expect("answers")).await,
        "scope_missing",
        "a token for the log is none here"
    );
    let mut inspector = signed_in(&stack, &site, "insp-1").await;
    assert_eq!(inspector.opens("/rounds/hanoi-2022/state").await.status, 200);
    // What wants the log's own folder says so, and does nothing.
    for (page, told) in [("verify", "parindex verify"), ("dossiers", "parindex inspector export")] {
        let page = inspector.opens(&format!("/rounds/hanoi-2022/{page}")).await;
        assert!(page.status == 200 && page.html.contains(told), "{}", page.html);
    }
    let csrf = inspector.csrf("/me").await;
    assert_eq!(inspector.sends("/rounds/hanoi-2022/verify", &[("csrf", &csrf)]).await.status, 404);

    // Whoever signs out everywhere is out everywhere, at once.
    let mut elsewhere = Browser::at(&site, None);
    assert_eq!(elsewhere.signs_in("001-d", CHOSEN).await.status, 303);
    let (was, page) = (secret(&elsewhere), elsewhere.opens(&leaf("1.2.1")).await);
    let csrf = drafter.csrf("/me").await;
    assert_eq!(drafter.sends("/sign-out-everywhere", &[("csrf", &csrf)]).await.to, "/sign-in");
    assert!(
        elsewhere.fills(&page, &leaf("1.2.1"), &[("option", "late"), ("do", "save")]).await.to.starts_with("/sign-in")
    );
    assert_eq!(sent(&stack, Some(&own_token(&stack)), &[&was], &score("1.2.1")).await, "session_over");
    assert_eq!(stack.head().await, head + 2, "a token and the inspector's account, and nothing else");
    stack.verify();

    // Without an address by which it is reached it is what it was: nobody signs in, and it says so.
    assert_eq!(stack.end("dashboard"), Some(0), "{}", stack.said("dashboard"));
    stack.set("PARINDEX_DASHBOARD_PUBLIC_URL", "");
    stack.start_ready(&["dashboard"]).await;
    assert_eq!(stack.get("dashboard", "/sign-in").await.0.as_u16(), 404);
    assert!(stack.said("dashboard").contains("dashboard.read_only"), "{}", stack.said("dashboard"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_an_identity_provider_vouches_for_works_at_a_dashboard_apart_too() {
    let provider = Provider::at("127.0.0.1:0");
    let mut stack = with_people().await;
    let site = stack.url("dashboard");
    provider.sends_back(&site).await;
    assert_eq!(stack.end("dashboard"), Some(0), "{}", stack.said("dashboard"));
    stack.set("PARINDEX_DASHBOARD_OIDC_ISSUER", &provider.issuer);
    stack.set("PARINDEX_DASHBOARD_OIDC_CLIENT_ID", "parindex");
    stack.set("PARINDEX_DASHBOARD_OIDC_CLIENT_SECRET", CLIENT_SECRET);
    stack.start_ready(&["dashboard"]).await;
    let bind = ["account", "--actor", "001-d", "--oidc-subject", "an", "--oidc-issuer", &provider.issuer];
    let credential = stack.postgres.must(&bind).out.trim().to_owned();
    assert_eq!(Sent::at(&site).signs_in(&provider, "la", "/me").await.status, 403, "whom nobody has bound");
    let back = Sent::at(&site).signs_in(&provider, "an", "/me").await;
    assert_eq!((back.status, back.to.as_str()), (303, "/me"), "{}", back.html);
    let mut drafter = Browser::at(&site, back.session);
    let saved = saves(&mut drafter, "1.1.1", &[("option", "late")]).await;
    assert_eq!(saved.status, 303, "{}\n{}", saved.html, stack.said("dashboard"));
    let event = last(&stack).await;
    assert_eq!(
        (&event["actor"]["id"], &event["via"]),
        (&"001-d".into(), &json!({ "credential": credential, "kind": "oidc" })),
        "the ledger finds out by itself how he was let in: {event}"
    );
    stack.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_command_rests_on_the_dashboards_word_and_none_on_a_session_alone() {
    let stack = with_people().await;
    let site = stack.url("dashboard");
    let token = own_token(&stack);
    let first = stack.postgres.must(&["account", "--actor", "001-d", "--name", "001-d"]).out;
    let mut drafter = Browser::at(&site, None);
    assert_eq!(drafter.signs_in("001-d", first.trim()).await.to, "/password");
    let head = stack.head().await;
    // Who must change his password first does nothing before.
    assert_eq!(sent(&stack, Some(&token), &[&secret(&drafter)], &score("1.1.1")).await, "session_over");
    assert_eq!(drafter.changes(first.trim(), CHOSEN).await.to, "/me");
    let his = secret(&drafter);
    let (commands, none) =
        (stack.postgres.must(&["token", "--actor", "001-c", "--scope", "commands"]).out, "0".repeat(64));
    let commands = commands.trim();
    for (token, sessions, refused) in [
        (Some(token.as_str()), &[][..], "scope_missing"),
        (Some(&token), &[none.as_str()][..], "session_over"),
        (Some(&token), &[""][..], "session_over"),
        (Some(&token), &[his.as_str(), his.as_str()][..], "session_over"),
        (Some(commands), &[his.as_str()][..], "scope_missing"),
        (Some("parindex_x_y"), &[his.as_str()][..], "unauthenticated"),
        (None, &[his.as_str()][..], "unauthenticated"),
    ] {
        assert_eq!(sent(&stack, token, sessions, &score("1.1.1")).await, refused, "{sessions:?}");
    }
    // Nor is the log itself opened by a session, whoever hands it on.
    let events = outward::client().get(format!("{}/intake/desk/survey", stack.url("intake")));
    assert_eq!(events.header(HEADER, &his).send().await.expect("answers").status().as_u16(), 405);
    let asked = outward::client().post(format!("{}/intake/desk/files-kept", stack.url("intake")));
    let asked =
        asked.bearer_auth(&token).body(json!({ "round": "hanoi-2022", "unit": "001", "addresses": [] }).to_string());
    assert_eq!(asked.send().await.expect("answers").status().as_u16(), 401, "the intake asks whose session it is");
    // Nor by a form that another session was given.
    let mut other = signed_in(&stack, &site, "002-d").await;
    let page = drafter.opens(&leaf("1.1.1")).await;
    let fields = [("option", "late"), ("explanation", "x"), ("do", "save")];
    assert_eq!(other.fills(&page, &leaf("1.1.1"), &fields).await.status, 403);
    let own = other.csrf("/me").await;
    let forged = [&fields[..], &[("csrf", own.as_str())]].concat();
    assert_eq!(other.fills(&page, &leaf("1.1.1"), &forged).await.status, 403, "nor in another unit");
    assert_eq!(stack.head().await, head + 2, "a token and an account, and nothing else");
    // With his session along it is his.
    assert_eq!(sent(&stack, Some(&token), &[&his], &score("1.1.1")).await, "");
    assert_eq!(last(&stack).await["actor"]["id"], "001-d");
    // What ends his credential on record ends what his session may do.
    execute(&mut stack.postgres.admin().await, "DELETE FROM identity.sessions").await;
    assert_eq!(sent(&stack, Some(&token), &[&his], &score("1.2.1")).await, "session_over");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_ledger_is_away_a_form_says_so_and_what_was_typed_is_sent_again_once() {
    let mut stack = with_people().await;
    let site = stack.url("dashboard");
    let mut drafter = signed_in(&stack, &site, "001-d").await;
    let (page, head) = (drafter.opens(&leaf("1.1.1")).await, stack.head().await);
    stack.kill("ledger");
    let fields = [("option", "late"), ("explanation", "gõ khi máy chủ vắng (minh họa)"), ("do", "save")];
    let told = drafter.fills(&page, &leaf("1.1.1"), &fields).await;
    assert_eq!(told.status, 503, "{}", told.html);
    assert!(told.html.contains(">gõ khi máy chủ vắng (minh họa)</textarea>"), "{}", told.html);
    assert!(told.html.contains("Chưa ghi được, không có gì thay đổi"), "{}", told.html);
    stack.start_ready(&["ledger"]).await;
    assert_eq!(stack.head().await, head);
    for _ in 0..2 {
        assert_eq!(drafter.fills(&told, &leaf("1.1.1"), &fields).await.status, 303);
    }
    assert_eq!(stack.head().await, head + 1, "sent twice, it is one act");
    // A standby that takes over is found while the form waits.
    stack.start("standby");
    stack.until("standby", |_, told| told["stage"] == "stands_by").await;
    let page = drafter.opens(&leaf("1.2.1")).await;
    stack.kill("ledger");
    let saved = drafter.fills(&page, &leaf("1.2.1"), &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    stack.until_ready("standby").await;
    assert_eq!(stack.head().await, head + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_ballots_go_to_the_intake_as_whoever_sends_them_and_their_keys_stay_there() {
    let mut stack = with_people().await;
    let site = stack.url("dashboard");
    let mut drafter = signed_in(&stack, &site, "001-d").await;
    let plain = pdf(300_000);
    let page = drafter.opens(&leaf("1.1.1")).await;
    let (csrf, to) = (page.value("csrf").expect("a form"), format!("{}/files", leaf("1.1.1")));
    let got = drafter.brings(&to, &[("csrf", &csrf), ("sent", "")], ("biên bản.pdf", &plain)).await;
    assert_eq!(got.status, 303, "{}\n{}", got.html, stack.said("intake"));
    let waits = drafter.opens(got.to.split('#').next().expect("a page")).await;
    assert!(waits.html.contains("biên bản.pdf"), "{}", waits.html);
    let bad = drafter.brings(&to, &[("csrf", &csrf), ("sent", "")], ("a.exe", b"MZ")).await;
    assert!(matches!(bad.status, 415 | 422) && bad.html.contains("id=\"file-fault\""), "{}", bad.html);
    let fields = [("option", "late"), ("explanation", ""), ("do", "save")];
    let saved = drafter.fills(&waits, &leaf("1.1.1"), &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    let event = last(&stack).await;
    let address = event["data"]["evidence"][0]["address"].as_str().expect("a file").to_owned();
    let place = format!("{UNIT}/files/{address}");
    let (status, kept_as, bytes) = drafter.downloads(&place).await;
    assert!(status == 200 && bytes == plain && kept_as.contains(&format!("{address}.pdf")), "{status} {kept_as}");
    let mut other = signed_in(&stack, &site, "002-d").await;
    assert_eq!(other.opens(&place).await.status, 403);
    let told = super::files::accesses(&stack).await;
    let both = [("HandOut".to_owned(), "001-d".to_owned()), ("Refuse".to_owned(), "002-d".to_owned())];
    assert_eq!(told, both, "each access is on record as theirs");

    // Ballots, in the same way; and what waits is recorded as it was shown.
    let mut staff = signed_in(&stack, &site, "srv-1").await;
    let survey = "/rounds/hanoi-2022/survey";
    let form = staff.opens(&format!("{survey}/send")).await;
    assert_eq!(form.status, 200, "{}", form.html);
    let csrf = form.value("csrf").expect("a form");
    let named = [("batch", "phieu-1"), ("method", "paper"), ("unit", "noivu")];
    let fields =
        [&[("csrf", csrf.as_str())], &named[..], &[("replaces", ""), ("reason", ""), ("encoding", "")]].concat();
    let got = staff.brings(&format!("{survey}/send"), &fields, ("phieu.csv", file(600).as_bytes())).await;
    assert_eq!((got.status, got.to.as_str()), (303, "/rounds/hanoi-2022/survey/waiting/phieu-1"), "{}", got.html);
    let seen = staff.opens(&got.to).await;
    assert!(seen.html.contains("<dd>600</dd>"), "{}", seen.html);
    let recorded = staff.fills(&seen, &format!("{}/record", got.to), &[]).await;
    assert_eq!(recorded.status, 303, "{}", recorded.html);
    assert_eq!(last(&stack).await["kind"], "batch_recorded");
    assert!(staff.opens(&recorded.to).await.html.contains("<dd>600</dd>"));
    let csrf = drafter.csrf("/me").await;
    let fields = [&[("csrf", csrf.as_str())], &fields[1..]].concat();
    let refused = drafter.brings(&format!("{survey}/send"), &fields, ("phieu.csv", file(600).as_bytes())).await;
    assert_eq!(refused.status, 403, "{}", refused.html);

    // The intake away: the page says so, and everything else goes on.
    stack.kill("intake");
    let page = drafter.opens(&leaf("1.2.1")).await;
    assert_eq!(page.status, 200, "{}", page.html);
    let csrf = page.value("csrf").expect("a form");
    let to = format!("{}/files", leaf("1.2.1"));
    let told = drafter.brings(&to, &[("csrf", &csrf), ("sent", "")], ("a.pdf", &pdf(9))).await;
    assert!(told.status == 503 && told.html.contains("Kho tệp tạm thời không dùng được"), "{}", told.html);
    assert_eq!(saves(&mut drafter, "1.2.1", &[("option", "late")]).await.status, 303);
    stack.verify();
}

//! Signing in through a browser's eyes: an account made on the terminal and bound on record, its forced change of password, what its
//! session opens and what it never does, and its end.

use std::time::Instant;

use reqwest::header::{CACHE_CONTROL, REFERRER_POLICY};
use serde_json::{Value, json};
use system_tests::folder::Folder;

use super::api::Server;
use super::browser::{Browser, CHOSEN};

/// A server with an account of a drafter, and its first password.
fn served() -> (Server, String) {
    let server = Server::over(Folder::small_round(20), "127.0.0.1:0");
    let first = made(&server);
    (server, first)
}

fn made(server: &Server) -> String {
    let said = server.folder.must(&["account", "--data", "@", "--actor", "282-d", "--name", "An.NV"]);
    said.out.trim().to_owned()
}

/// The facts of an actor's credentials that are no token, in order: kind, credential, reason.
fn on_record(folder: &Folder) -> Vec<(String, String, String)> {
    let _ = std::fs::remove_file(folder.beside("log.ndjson"));
    folder.must(&["export", "--data", "@", "log.ndjson"]);
    let text = std::fs::read_to_string(folder.beside("log.ndjson")).expect("a log");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("an event"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let accounts = lines.filter(|e| text(&e["data"]["credential"]).starts_with("a-"));
    accounts.map(|e| (text(&e["kind"]), text(&e["data"]["credential"]), text(&e["data"]["reason"]))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_in_changes_the_first_password_sees_who_he_is_and_leaves() {
    let (server, first) = served();
    let mut browser = Browser::new(&server);
    let page = browser.opens("/rounds/hanoi-2022/state?lang=vi").await;
    assert!(page.html.contains("href=\"/sign-in?next=/rounds/hanoi-2022/state%3Flang%3Dvi\""), "{}", page.html);
    let mut browser = Browser::new(&server);

    let wrong = browser.signs_in("an.nv", "wrong").await;
    assert_eq!((wrong.status, wrong.set.as_str()), (403, ""));
    assert!(wrong.html.contains("role=\"alert\"") && wrong.html.contains("value=\"an.nv\""), "{}", wrong.html);
    let unknown = browser.signs_in("an.nx", "wrong").await;
    assert_eq!(unknown.html.replace("an.nx", "an.nv"), wrong.html, "the same answer, whether there is such a name");

    // The first password opens nothing but its change, for programs neither.
    let in_first = browser.signs_in("AN.NV ", &first).await;
    assert_eq!((in_first.status, in_first.to.as_str()), (303, "/password"));
    let attributes = "; Path=/; SameSite=Lax; HttpOnly";
    assert!(in_first.set.starts_with("session=") && in_first.set.ends_with(attributes), "{}", in_first.set);
    for page in ["/", "/me", "/rounds/hanoi-2022", "/privacy", "/sign-in"] {
        assert_eq!(browser.opens(page).await.to, "/password", "{page}");
    }
    let csrf = browser.csrf("/password").await;
    let sent =
        browser.sends("/rounds/hanoi-2022/units/001/fill/1.1.1", &[("csrf", csrf.as_str()), ("do", "save")]).await;
    assert_eq!((sent.status, sent.to.as_str()), (303, "/password"), "nor does a form");
    let before = browser.cookie.clone();
    let differs = browser.csrf("/password").await;
    let fields =
        [("csrf", differs.as_str()), ("present", first.as_str()), ("new", CHOSEN), ("again", "something else")];
    assert_eq!(browser.sends("/password", &fields).await.status, 422);
    for (new, field) in [("short", "new-fault"), ("an.nv.an.nv.", "")] {
        let refused = browser.changes(&first, new).await;
        assert_eq!(refused.status, if field.is_empty() { 303 } else { 422 }, "{new}");
        assert!(refused.html.contains(field));
    }
    assert_ne!(browser.cookie, before, "a changed password begins another session");
    let mut stolen = Browser::with(&server, before);
    assert_eq!(stolen.opens("/me").await.to, "/sign-in", "and ends the one of before");
    assert_eq!(browser.changes("wrong", CHOSEN).await.status, 422);
    assert_eq!(browser.changes("an.nv.an.nv.", CHOSEN).await.to, "/me");

    let me = browser.opens("/me").await;
    assert_eq!(me.status, 200);
    for said in ["<code>282-d</code>", "an.nv", "#", "admin-", "<code>a-"] {
        assert!(me.html.contains(said), "{said}: {}", me.html);
    }
    assert!(browser.opens("/rounds/hanoi-2022").await.html.contains("href=\"/me\""));
    let csrf = browser.csrf("/me").await;
    let left = browser.sends("/sign-out", &[("csrf", csrf.as_str())]).await;
    assert!(left.to == "/sign-in" && left.set.contains("Max-Age=0"), "{}", left.set);
    assert_eq!(browser.cookie, None);
    assert_eq!(browser.opens("/me").await.to, "/sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_stands_on_record_by_its_id_and_so_does_each_reset_and_its_end() {
    let (server, first) = served();
    let mut browser = Browser::new(&server);
    browser.enters("an.nv", &first).await;
    let bound = on_record(&server.folder);
    assert_eq!(bound.len(), 1, "a change of one's own password is no event: {bound:?}");
    assert_eq!(bound[0].0, "credential_bound");
    let text = std::fs::read_to_string(server.folder.beside("log.ndjson")).expect("a log");
    assert!(!text.contains("an.nv") && !text.contains("argon2"), "no name and no password is in the log");

    let again = server.folder.run(&["account", "--data", "@", "--actor", "001-d", "--name", "an.nv"]);
    assert!(again.code != Some(0) && again.err.contains("account_exists"), "{}", again.err);
    let silent = server.folder.run(&["account", "--data", "@", "--name", "an.nv", "--reset", "--reason", " "]);
    assert!(silent.err.contains("reason_required"), "{}", silent.err);
    let reset = ["account", "--data", "@", "--name", "an.nv", "--reset", "--reason", "quên mật khẩu"];
    let second = server.folder.must(&reset).out.trim().to_owned();
    assert_eq!(browser.opens("/me").await.to, "/sign-in", "a reset ends every session");
    assert_eq!(browser.signs_in("an.nv", CHOSEN).await.status, 403, "and the password of before");
    browser.enters("an.nv", &second).await;
    let told = on_record(&server.folder);
    let kinds: Vec<&str> = told.iter().map(|(kind, ..)| kind.as_str()).collect();
    assert_eq!(kinds, ["credential_bound", "credential_unbound", "credential_bound"]);
    assert!(told[1].1 == told[0].1 && told[1].2 == "quên mật khẩu" && told[2].1 != told[0].1, "{told:?}");
    let listed = server.folder.must(&["account", "--data", "@", "--list"]).out;
    assert!(listed.contains("282-d  an.nv") && !listed.contains("first password"), "{listed}");

    let token = server.folder.run(&["token", "--data", "@", "--revoke", &told[2].1, "--reason", "x"]);
    assert!(token.err.contains("account --disable"), "{}", token.err);
    server.folder.must(&["account", "--data", "@", "--name", "an.nv", "--disable", "--reason", "nghỉ việc"]);
    assert_eq!(browser.opens("/me").await.to, "/sign-in");
    assert_eq!(browser.signs_in("an.nv", CHOSEN).await.status, 403);
    assert_eq!(on_record(&server.folder).len(), 4);
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_does_nothing() {
    let (server, first) = served();
    let mut browser = Browser::new(&server);
    let sign_in = [("username", "an.nv"), ("password", first.as_str())];
    for said in [("origin", "https://x.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        let refused = browser.sends_from("/sign-in", &sign_in, &[said]).await;
        assert_eq!((refused.status, refused.set.as_str()), (403, ""), "{said:?}");
        assert!(refused.html.contains("form_foreign"));
    }
    browser.enters("an.nv", &first).await;
    let csrf = browser.csrf("/me").await;
    let mut other = Browser::new(&server);
    other.signs_in("an.nv", CHOSEN).await;
    let others = other.csrf("/me").await;
    for path in ["/sign-out", "/sign-out-everywhere", "/password"] {
        let passwords = [("present", CHOSEN), ("new", "một câu khác hẳn"), ("again", "một câu khác hẳn")];
        for wrong in ["", "0", others.as_str()] {
            let fields = [&passwords[..], &[("csrf", wrong)]].concat();
            let refused = browser.sends(path, &fields).await;
            assert_eq!(refused.status, 403, "{path}: {wrong:?}");
            assert!(refused.html.contains("form_foreign"), "{path}");
        }
        let missing = browser.sends(path, &passwords).await;
        assert_eq!(missing.status, 403, "{path}");
        let twice = [&passwords[..], &[("csrf", csrf.as_str()), ("csrf", csrf.as_str())]].concat();
        assert_eq!(browser.sends(path, &twice).await.status, 403, "{path}");
        let right = [&passwords[..], &[("csrf", csrf.as_str())]].concat();
        for said in [("origin", "http://x.example"), ("sec-fetch-site", "same-site")] {
            assert_eq!(browser.sends_from(path, &right, &[said]).await.status, 403, "{path}");
        }
    }
    assert_eq!(browser.opens("/me").await.status, 200, "nothing was done");
    assert_eq!(browser.csrf("/me").await, csrf);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_everywhere_ends_every_session_of_the_account_and_no_other() {
    let (server, first) = served();
    let said = server.folder.must(&["account", "--data", "@", "--actor", "001-d", "--name", "binh"]);
    let (mut here, mut there, mut other) = (Browser::new(&server), Browser::new(&server), Browser::new(&server));
    here.enters("an.nv", &first).await;
    other.enters("binh", said.out.trim()).await;
    there.signs_in("an.nv", CHOSEN).await;
    assert!(here.opens("/me?lang=en").await.html.contains("Open sessions: 2."));
    let csrf = here.csrf("/me").await;
    assert_eq!(here.sends("/sign-out-everywhere", &[("csrf", csrf.as_str())]).await.to, "/sign-in");
    assert_eq!(there.opens("/me").await.to, "/sign-in");
    assert_eq!(other.opens("/me").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_leads_to_a_place_of_this_site_and_begins_a_session_of_its_own() {
    let (server, first) = served();
    Browser::new(&server).enters("an.nv", &first).await;
    let table = [
        ("/rounds/hanoi-2022?lang=en", "/rounds/hanoi-2022?lang=en"),
        ("", "/"),
        ("//x.example", "/"),
        ("/\\x.example", "/"),
        ("https://x.example/", "/"),
        ("/\t/x.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: session=x", "/"),
    ];
    let planted = format!("session={}", "0".repeat(64));
    for (next, to) in table {
        let mut browser = Browser::with(&server, Some(planted.clone()));
        let fields = [("username", "an.nv"), ("password", CHOSEN), ("next", next)];
        let got = browser.sends("/sign-in", &fields).await;
        assert_eq!((got.status, got.to.as_str()), (303, to), "{next:?}");
        assert_ne!(browser.cookie.as_ref(), Some(&planted), "nobody goes on in a session that another gave him");
        let mut asks = Browser::new(&server);
        let page = reqwest::Url::parse_with_params(&format!("{}/sign-in", server.url), [("next", next)]);
        let page = page.expect("an address");
        let html = asks.opens(&page.as_str()[server.url.len()..]).await.html;
        let kept = if to == "/" { "" } else { next };
        assert!(html.contains(&format!("name=\"next\" value=\"{kept}\"")), "{next:?}: {html}");
    }
    let mut browser = Browser::new(&server);
    browser.signs_in("an.nv", CHOSEN).await;
    let before = browser.cookie.clone();
    browser.signs_in("an.nv", CHOSEN).await;
    assert_ne!(browser.cookie, before);
    assert_eq!(Browser::with(&server, before).opens("/me").await.to, "/sign-in", "the one before is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn elsewhere_than_on_loopback_a_session_reads_and_a_cookie_alone_writes_nothing() {
    let server = Server::over(Folder::small_round(20), "0.0.0.0:0");
    let first = made(&server);
    let mut browser = Browser::new(&server);
    let sent = browser.opens("/rounds/hanoi-2022?lang=en").await;
    assert_eq!((sent.status, sent.to.as_str()), (303, "/sign-in?next=/rounds/hanoi-2022%3Flang%3Den"));
    assert_eq!(browser.opens("/api/rounds").await.status, 401, "a program is told, and not led anywhere");
    assert_eq!(browser.opens(&sent.to).await.status, 200);
    browser.signs_in("an.nv", &first).await;
    assert_eq!(browser.opens("/api/rounds").await.status, 401, "the first password reads nothing");
    browser.changes(&first, CHOSEN).await;
    for path in ["/rounds/hanoi-2022/units/282", "/api/rounds"] {
        assert_eq!(browser.opens(path).await.status, 200, "{path}");
    }
    assert_eq!(browser.opens("/api/events").await.status, 401, "the log is for programs, with a token");
    let command = json!([]).to_string();
    let post = Browser::http().post(format!("{}/api/commands", server.url)).body(command.clone());
    assert_eq!(browser.asks(post).await.status, 401, "a command needs a token");
    let posted = Browser::http().post(format!("{}/api/commands", server.url)).body(command);
    let with_token = posted.bearer_auth(server.token("282-d"));
    assert_eq!(browser.asks(with_token).await.status, 200);
    let response = Browser::http().get(format!("{}/sign-in", server.url)).send().await.expect("answers");
    assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
    assert_eq!(response.headers()[REFERRER_POLICY], "same-origin", "or browsers would not say where a form comes from");
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_https_the_cookie_is_held_to_it() {
    let folder = Folder::small_round(0);
    let server = Server::told(folder, "127.0.0.1:0", &["--public-url", "https://cchc.example"]);
    let first = made(&server);
    let mut browser = Browser::new(&server);
    let fields = [("username", "an.nv"), ("password", first.as_str())];
    assert_eq!(browser.sends("/sign-in", &fields).await.status, 403, "not from the address that it is reached by");
    let got = browser.sends_from("/sign-in", &fields, &[("origin", "https://cchc.example")]).await;
    assert!(got.set.starts_with("__Host-session="), "{}", got.set);
    assert!(got.set.ends_with("; Path=/; SameSite=Lax; HttpOnly; Secure"), "{}", got.set);
    // Whoever comes through the proxy comes from loopback too: nothing is open to nobody.
    let mut nobody = Browser::new(&server);
    for (path, status) in
        [("/rounds/hanoi-2022/state", 303), ("/api/rounds/hanoi-2022/state", 401), ("/api/events", 401)]
    {
        assert_eq!(nobody.opens(path).await.status, status, "{path}");
    }
}

/// That all three cost the same work is a law, counted in hashes and in what is written (services/identity/tests/sign_in.rs). Besides, what
/// somebody outside could measure: whether the three answers take as long. It is no claim of speed. Every request makes one hash of 19
/// MiB, which takes tens of milliseconds and everything else beside it less than one: so an answer without its hash is 10 times
/// as quick at the least, and a bound of 1.5 is far from both. The samples are alternated, and so whatever else runs on the machine meets all
/// three alike; of each the median counts, which a few that were held up do not move.
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_name_a_wrong_password_and_a_locked_account_take_as_long_over_http() {
    const ACCOUNTS: usize = 4;
    /// One fewer than lock an account.
    const OF_EACH: usize = 9;
    let server = Server::over(Folder::small_round(0), "127.0.0.1:0");
    let mut names: Vec<String> = (0..ACCOUNTS).map(|n| format!("person.{n}")).collect();
    names.push("locked".to_owned());
    for name in &names {
        server.folder.must(&["account", "--data", "@", "--actor", "282-d", "--name", name]);
    }
    let mut browser = Browser::new(&server);
    for _ in 0..10 {
        assert_eq!(browser.signs_in("locked", "wrong").await.status, 403);
    }
    let mut took: [Vec<u128>; 3] = Default::default();
    for name in &names[..ACCOUNTS] {
        for _ in 0..OF_EACH {
            for (kind, name) in ["nobody.at.all", name.as_str(), "locked"].into_iter().enumerate() {
                let begun = Instant::now();
                assert_eq!(browser.signs_in(name, "wrong").await.status, 403);
                took[kind].push(begun.elapsed().as_micros());
            }
        }
    }
    let medians = took.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    let [unknown, wrong, locked] = medians;
    for other in [unknown, locked] {
        // Between 2/3 and 3/2.
        assert!(other * 3 >= wrong * 2 && other * 2 <= wrong * 3, "{medians:?} microseconds");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_gone_remove_no_fact() {
    let (server, first) = served();
    Browser::new(&server).enters("an.nv", &first).await;
    let folder = server.folder.copy();
    let before = on_record(&server.folder);
    // The copy is served by nobody.
    for name in ["server.json", "identity.db", "identity.db-wal", "identity.db-shm"] {
        let _ = std::fs::remove_file(folder.data().join(name));
    }
    folder.must(&["verify", "--data", "@"]);
    assert_eq!(on_record(&folder), before);
    assert!(folder.must(&["account", "--data", "@", "--list"]).out.is_empty());
}

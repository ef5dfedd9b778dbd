//! Accounts given out on a page by administrators, and the tokens that everybody makes for himself: each on record in the name of whoever
//! did it, none beyond what it takes two people for, and no login name in the log.

use serde_json::Value;
use system_tests::folder::Folder;

use super::api::Server;
use super::browser::{Browser, CHOSEN, Got, signed_in};
use super::chromium::told;
use super::unit_sheets::round;

/// A form of a page, filled in with a command of its own.
async fn does(browser: &mut Browser<'_>, page: &str, to: &str, fields: &[(&str, &str)]) -> Got {
    let page = browser.opens(page).await;
    browser.fills(&page, to, fields).await
}

/// What is shown once.
fn once(got: &Got) -> String {
    let rest = got.html.split("class=\"once\"><code>").nth(1).unwrap_or_else(|| panic!("{}: {}", got.status, got.html));
    rest.split('<').next().expect("its end").to_owned()
}

/// The events of the log that bind or end a credential of an actor: kind, who did it, in which capacity, by what.
fn on_record(folder: &Folder, actor: &str) -> Vec<[String; 4]> {
    let log = exported(folder);
    let events = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("an event"));
    let own =
        events.filter(|e| e["stream"] == format!("grants/{actor}") && e["kind"].to_string().contains("credential"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told = own
        .map(|e| [text(&e["kind"]), text(&e["actor"]["id"]), text(&e["actor"]["capacity"]), text(&e["via"]["kind"])]);
    told.collect()
}

fn exported(folder: &Folder) -> String {
    let _ = std::fs::remove_file(folder.beside("log.ndjson"));
    folder.must(&["export", "--data", "@", "log.ndjson"]);
    std::fs::read_to_string(folder.beside("log.ndjson")).expect("a log")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_gives_accounts_out_on_a_page_resets_unlocks_and_ends_them_and_each_is_on_record_as_his() {
    let server = Server::over(round(), "127.0.0.1:0");
    let mut admin = signed_in(&server, "admin-a").await;
    let made = does(&mut admin, "/accounts", "/accounts/make", &[("actor", "ldtbxh-d"), ("name", "Binh.TT")]).await;
    assert_eq!(made.status, 200, "{}", made.html);
    let first = once(&made);
    assert!(made.html.contains("chưa đổi mật khẩu đầu tiên") && made.html.contains("chưa lần nào"), "{}", made.html);
    assert!(!admin.opens("/accounts").await.html.contains(&first), "it is shown once");
    let again = does(&mut admin, "/accounts", "/accounts/make", &[("actor", "gtvt-d"), ("name", "binh.tt")]).await;
    assert_eq!(again.status, 409);
    for (actor, name, status) in
        [("gtvt-d", "b", 422), ("gtvt-d", "\"><script>alert(1)</script>", 422), ("", "an", 400)]
    {
        let got = does(&mut admin, "/accounts", "/accounts/make", &[("actor", actor), ("name", name)]).await;
        assert!(got.status == status && !got.html.contains("<script>alert"), "{name}: {}", got.status);
    }

    let mut person = Browser::new(&server);
    person.enters("binh.tt", &first).await;
    let list = admin.opens("/accounts").await.html;
    assert!(list.contains("dùng được") && !list.contains("chưa lần nào"), "{list}");

    // Locked by too many wrong passwords, and opened again.
    let mut guesser = Browser::new(&server);
    for _ in 0..10 {
        assert_eq!(guesser.signs_in("binh.tt", "wrong").await.status, 403);
    }
    assert_eq!(guesser.signs_in("binh.tt", CHOSEN).await.status, 403);
    assert!(admin.opens("/accounts").await.html.contains("khóa đến"));
    assert_eq!(does(&mut admin, "/accounts", "/accounts/unlock", &[("name", "binh.tt")]).await.status, 200);
    assert_eq!(guesser.signs_in("binh.tt", CHOSEN).await.status, 303);

    // Another password: the old one and every session are over. The form sent twice is one act.
    let reset = [("name", "binh.tt"), ("reason", "quên mật khẩu")];
    assert_eq!(
        does(&mut admin, "/accounts", "/accounts/reset", &[("name", "binh.tt"), ("reason", " ")]).await.status,
        422
    );
    assert_eq!(person.opens("/me").await.status, 200, "nothing was done without a reason");
    let form = admin.opens("/accounts").await;
    let second = once(&admin.fills(&form, "/accounts/reset", &reset).await);
    assert_eq!(admin.fills(&form, "/accounts/reset", &reset).await.status, 409);
    assert_eq!(person.opens("/me").await.to, "/sign-in");
    assert_eq!(person.signs_in("binh.tt", CHOSEN).await.status, 403);
    person.enters("binh.tt", &second).await;
    let ended = does(&mut admin, "/accounts", "/accounts/end", &[("name", "binh.tt"), ("reason", "nghỉ việc")]).await;
    assert_eq!(ended.status, 200, "{}", ended.html);
    assert_eq!(person.opens("/me").await.to, "/sign-in");
    assert_eq!(does(&mut admin, "/accounts", "/accounts/reset", &reset).await.status, 404);

    let by_page = |kind: &str| [kind, "admin-a", "administrator", "session"].map(str::to_owned);
    let facts = ["credential_bound", "credential_unbound", "credential_bound", "credential_unbound"].map(by_page);
    let told = on_record(&server.folder, "ldtbxh-d");
    assert_eq!(told[told.len() - 4..], facts, "{told:?}");
    let log = exported(&server.folder);
    assert!(!log.contains("binh.tt") && !log.contains(&second) && log.contains("quên mật khẩu"), "no login name");
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_two_people_is_given_out_on_no_page_nor_does_anybody_there_give_himself_an_account() {
    let server = Server::over(round(), "127.0.0.1:0");
    let mut admin = signed_in(&server, "admin-a").await;
    for actor in ["admin-b", "insp-1"] {
        server.folder.must(&["account", "--data", "@", "--actor", actor, "--name", actor]);
    }
    let before = ["admin-a", "admin-b", "insp-1"].map(|actor| on_record(&server.folder, actor).len());
    let page = admin.opens("/accounts").await;
    assert!(page.html.contains("chỉ tại máy chủ") && page.html.contains("của chính mình"), "{}", page.html);
    assert!(!page.html.contains("action=\"/accounts/reset\""), "nothing is offered for any of the three");
    for name in ["admin-a", "admin-b", "insp-1"] {
        for doing in ["reset", "end"] {
            let fields = [("name", name), ("reason", "x")];
            let got = does(&mut admin, "/accounts", &format!("/accounts/{doing}"), &fields).await;
            assert!(got.status == 403 && got.html.contains("phải có hai người"), "{doing} {name}: {}", got.html);
        }
        let fields = [("actor", name), ("name", "another.one")];
        assert_eq!(does(&mut admin, "/accounts", "/accounts/make", &fields).await.status, 403, "{name}");
    }
    assert_eq!(does(&mut admin, "/accounts", "/accounts/unlock", &[("name", "admin-a")]).await.status, 403);
    assert_eq!(admin.opens("/me").await.status, 200, "he is in still");
    let after = ["admin-a", "admin-b", "insp-1"].map(|actor| on_record(&server.folder, actor).len());
    assert_eq!(after, before, "nothing went on record");

    // The page is for administrators, and its forms for their own session alone.
    for who in ["sec-1", "ldtbxh-d", "council-1"] {
        let mut other = signed_in(&server, who).await;
        assert_eq!(other.opens("/accounts").await.status, 403, "{who}");
        let csrf = other.csrf("/me").await;
        let command = super::unit_sheets::id(90);
        let forged = [("csrf", csrf.as_str()), ("command", &command), ("actor", "x-1"), ("name", "x.x")];
        assert_eq!(other.sends("/accounts/make", &forged).await.status, 403, "{who}");
        let theirs = admin.sends("/accounts/make", &forged).await;
        assert!(theirs.status == 403 && theirs.html.contains("form_foreign"), "{}", theirs.html);
    }
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_makes_tokens_for_himself_no_wider_than_he_is_and_revokes_them_on_record() {
    let server = Server::over(round(), "0.0.0.0:0");
    let mut drafter = signed_in(&server, "ldtbxh-d").await;
    let make = |scopes: &[&'static str]| {
        let label = [("label", "máy của phòng <b>")];
        label.into_iter().chain(scopes.iter().map(|scope| ("scope", *scope))).collect::<Vec<_>>()
    };
    let to = "/me/tokens/make";
    assert_eq!(does(&mut drafter, "/me", to, &make(&[])).await.status, 422, "one scope at least");
    assert_eq!(does(&mut drafter, "/me", to, &make(&["everything"])).await.status, 400);
    for wide in [&["log"][..], &["read", "log"]] {
        assert_eq!(does(&mut drafter, "/me", to, &make(wide)).await.status, 403, "{wide:?}");
    }
    let made = does(&mut drafter, "/me", to, &make(&["read"])).await;
    assert_eq!(made.status, 200, "{}", made.html);
    let token = once(&made);
    assert!(made.html.contains("máy của phòng &#60;b&#62;"), "{}", made.html);
    let page = drafter.opens("/me").await;
    assert!(!page.html.contains(&token), "it is shown once");

    let http = Browser::http();
    let asks = async |path: &str| {
        let got = http.get(format!("{}{path}", server.url)).bearer_auth(&token).send().await.expect("answers");
        got.status().as_u16()
    };
    let table = [
        ("/api/rounds/hanoi-2022/units/ldtbxh", 200),
        ("/api/rounds/hanoi-2022/units/gtvt", 403),
        ("/api/events", 403),
        ("/api/who?actor=sec-1", 403),
    ];
    for (path, status) in table {
        assert_eq!(asks(path).await, status, "{path}");
    }
    let sent = http.post(format!("{}/api/commands", server.url)).bearer_auth(&token).body("[]");
    assert_eq!(sent.send().await.expect("answers").status().as_u16(), 403, "it is not for sending");

    let credential = format!("t-{}", token.split('_').nth(1).expect("its middle part"));
    let listed = server.folder.must(&["token", "--data", "@", "--list"]).out;
    assert!(listed.lines().any(|line| line.starts_with(&credential) && line.contains("  read  ")), "{listed}");
    // Nobody else's.
    let mut other = signed_in(&server, "gtvt-d").await;
    let revoke = [("credential", credential.as_str()), ("reason", "máy đã thanh lý")];
    assert_eq!(does(&mut other, "/me", "/me/tokens/revoke", &revoke).await.status, 403);
    assert!(!other.opens("/me").await.html.contains(&credential));
    assert_eq!(asks("/api/rounds").await, 200, "it speaks still");
    let silent = [("credential", credential.as_str()), ("reason", "")];
    assert_eq!(does(&mut drafter, "/me", "/me/tokens/revoke", &silent).await.status, 422);
    assert_eq!(does(&mut drafter, "/me", "/me/tokens/revoke", &revoke).await.status, 200);
    assert_eq!(asks("/api/rounds").await, 401);
    let told = on_record(&server.folder, "ldtbxh-d");
    let own = |kind: &str| [kind, "ldtbxh-d", "drafter", "session"].map(str::to_owned);
    assert_eq!(told[told.len() - 2..], ["credential_bound", "credential_unbound"].map(own), "{told:?}");
    server.folder.must(&["verify", "--data", "@"]);
}

#[test]
fn accounts_are_given_out_and_tokens_made_in_a_real_browser_by_clicking_and_typing_alone() {
    let server = Server::over(round(), "127.0.0.1:0");
    let told = told("accounts.mjs", &server, &["admin-a", "insp-1"]).output().expect("node runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(told.status.success(), "{}\n{}", text(&told.stdout), text(&told.stderr));
    let by = |kind: &str, who: &str| {
        let told = on_record(&server.folder, "ldtbxh-d");
        told.iter().filter(|fact| fact[0] == kind && fact[1] == who && fact[3] == "session").count()
    };
    assert_eq!([by("credential_bound", "admin-a"), by("credential_unbound", "admin-a")], [2, 2]);
    assert_eq!([by("credential_bound", "ldtbxh-d"), by("credential_unbound", "ldtbxh-d")], [1, 1]);
    server.folder.must(&["verify", "--data", "@"]);
}

#[test]
fn an_administrator_is_recovered_at_the_terminal_where_too_few_are_left_and_that_is_on_record() {
    let folder = Folder::small_round(0);
    let administrators: Vec<String> = {
        let log = exported(&folder);
        let genesis: Value = serde_json::from_str(log.lines().next().expect("genesis")).expect("an event");
        let named = genesis["data"]["administrators"].as_array().expect("two");
        named.iter().map(|actor| actor.as_str().expect("an id").to_owned()).collect()
    };
    let recover = ["recover", "--data", "@", "--administrator", "rescuer"];
    let early = folder.run(&recover);
    assert!(early.code == Some(2) && early.err.contains("recovery_not_needed"), "{}", early.err);

    // One takes back both, the other's first.
    let token = folder.must(&["token", "--data", "@", "--actor", &administrators[0]]).out.trim().to_owned();
    let back = |n: u8, actor: &str| {
        let id = super::unit_sheets::id(n);
        let data = serde_json::json!({ "actor": actor, "grant": "genesis", "reason": "nghỉ hưu (minh họa)" });
        serde_json::json!({ "id": id, "capacity": "administrator", "kind": "revoke_capacity", "data": data })
            .to_string()
    };
    let lines = format!("{}\n{}\n", back(1, &administrators[1]), back(2, &administrators[0]));
    std::fs::write(folder.beside("back.ndjson"), lines).expect("writes");
    folder.must(&["submit", "--data", "@", "--token", &token, "back.ndjson"]);
    let said = folder.must(&recover);
    assert!(
        said.out.contains("rescuer is granted") && !said.err.contains("it holds once"),
        "{} {}",
        said.out,
        said.err
    );
    // He is left alone: a second one is made by two, the operator and he.
    let second = folder.must(&["recover", "--data", "@", "--administrator", "another"]);
    assert!(second.err.contains("it holds once"), "{}", second.err);
    folder.must(&["account", "--data", "@", "--actor", "rescuer", "--name", "rescuer"]);
    let log = exported(&folder);
    let events = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("an event"));
    let granted: Vec<Value> =
        events.filter(|e| e["kind"] == "capacity_granted" && e["actor"]["id"] == "operator").collect();
    let awaits: Vec<&Value> = granted.iter().map(|e| &e["data"]["awaits_second"]).collect();
    assert_eq!(awaits, [false, true]);
    assert!(granted.iter().all(|e| e["via"]["kind"] == "cli" && e["actor"]["capacity"] == "operator"));
    folder.must(&["verify", "--data", "@"]);
}

//! Notices on pages and by mail, with a server of mail that nobody here wrote.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use super::api::Server;
use super::browser::{Browser, signed_in};
use super::chromium::{moved, set_up, small};
use super::unit_sheets::data;

const ROUND: &str = "/rounds/hanoi-2022";
const FROM: &str = "Chỉ số CCHC <par@example.vn>";
/// The longest that a message may take, in seconds; what is there is seen at once.
const MAIL_S: u64 = 90;

/// A server of mail; it is ended with the test.
struct Post {
    child: Child,
    url: String,
    taken: Receiver<Value>,
}

impl Drop for Post {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Post {
    fn start(port: &str) -> Self {
        let mut python = Command::new("python3");
        python.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("mail/server.py")).arg(port);
        python.env("PYTHONPATH", set_up("PARINDEX_SMTP", "../target/smtp"));
        let mut child = python.stdout(Stdio::piped()).spawn().expect("python runs");
        let (told, taken) = channel();
        let from = child.stdout.take().expect("piped");
        std::thread::spawn(move || {
            for line in BufReader::new(from).lines().map_while(Result::ok) {
                let _ = told.send(serde_json::from_str(&line).expect("a line of JSON"));
            }
        });
        let said: Value = taken.recv_timeout(Duration::from_secs(MAIL_S)).expect("it says its port");
        Self { child, url: format!("smtp://127.0.0.1:{}", said["port"]), taken }
    }

    fn next(&self) -> Value {
        self.taken.recv_timeout(Duration::from_secs(MAIL_S)).expect("a message")
    }

    /// What the next message holds to confirm an address by.
    fn asked(&self, address: &str) -> String {
        let told = self.next();
        assert_eq!((&told["to"][0], &told["subject"]), (&address.into(), &"Chỉ số CCHC: xác nhận địa chỉ thư".into()));
        secret(told["text"].as_str().expect("a text"))
    }

    /// Somebody confirms his address by the letter that comes to it.
    async fn confirms(&self, who: &mut Browser<'_>, address: &str) {
        let secret = self.asked(address);
        let page = who.opens("/notices").await;
        let got = who.fills(&page, "/notices/confirm", &[("token", &secret)]).await;
        assert_eq!(got.to, "/notices?saved=confirmed", "{}", got.html);
    }
}

/// The 64 digits that a letter holds.
fn secret(text: &str) -> String {
    let mut words = text.split(|c: char| !c.is_ascii_hexdigit());
    words.find(|word| word.len() == 64).unwrap_or_else(|| panic!("a letter that asks: {text}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gave_an_address_is_sent_each_new_notice_once_and_no_figure() {
    let post = Post::start("0");
    let url = post.url.clone();
    let mails = ["--smtp", &url, "--mail-from", FROM];
    let server = Server::told(small(), "127.0.0.1:0", &mails);
    let mut drafter = signed_in(&server, "ldtbxh-d").await;
    let page = drafter.opens("/notices").await;
    assert!(page.status == 200 && page.html.contains("Không có thông báo."), "{}", page.html);
    for wrong in ["ldtbxh", "a@example.vn, b@example.vn", "<script>@x", "a@example.vn\r\nBcc: b@example.vn"] {
        let refused = drafter.fills(&page, "/notices", &[("address", wrong)]).await;
        assert!(refused.status == 422 && refused.html.contains("role=\"alert\""), "{wrong}: {}", refused.html);
        assert!(!refused.html.contains("<script>@"), "escaped");
    }
    assert_eq!(drafter.fills(&page, "/notices", &[("address", " ldtbxh@example.vn ")]).await.to, "/notices?saved=yes");
    let kept = drafter.opens("/notices").await;
    assert!(kept.html.contains("value=\"ldtbxh@example.vn\""), "{}", kept.html);
    let foreign = drafter.sends("/notices", &[("csrf", "of another"), ("address", "b@example.vn")]).await;
    assert_eq!(foreign.status, 403);
    post.confirms(&mut drafter, "ldtbxh@example.vn").await;
    let mut chief = signed_in(&server, "ldtbxh-c").await;
    let page = chief.opens("/notices").await;
    assert_eq!(chief.fills(&page, "/notices", &[("address", "refused@example.vn")]).await.status, 303);
    let (of_drafter, of_chief) = (drafter.cookie.clone(), chief.cookie.clone());

    // Two days before the deadline whoever has something to do is told; who appraises and has nothing yet is not.
    let (folder, _) = server.stop();
    moved(&folder, 2, "2022-11-29T02:00:00.000000Z");
    let server = Server::told(folder, "127.0.0.1:0", &mails);
    let near = "Sắp hết hạn tự chấm điểm: trước 01/12/2022 00:00, còn 4 nội dung chưa xong";
    let told = post.next();
    assert_eq!((&told["to"][0], &told["from"]), (&"ldtbxh@example.vn".into(), &FROM.into()));
    assert_eq!(told["subject"], "Chỉ số CCHC: 1 thông báo mới");
    assert!(told["text"].as_str().is_some_and(|text| text.contains(near)), "{told}");
    assert!(told["id"].as_str().is_some_and(|id| id.ends_with("@example.vn>")) && told["date"] != "", "{told}");
    let mut drafter = Browser::with(&server, of_drafter);
    for place in ["/notices".to_owned(), format!("{ROUND}/work")] {
        let page = drafter.opens(&place).await;
        assert!(page.html.contains(near) && page.html.contains("/units/ldtbxh/fill\""), "{place}: {}", page.html);
    }
    let english = drafter.opens("/notices?lang=en").await;
    assert!(english.html.contains("The deadline of self-scoring is near"), "{}", english.html);
    // Nothing is tried again for an address that is refused for good, and its owner sees why.
    let mut chief = Browser::with(&server, of_chief.clone());
    let seen = loop {
        let page = chief.opens("/notices?lang=vi").await;
        if page.html.contains("there is nobody of that name") {
            break page;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert!(seen.html.contains("value=\"refused@example.vn\""), "{}", seen.html);

    // While the server of mail is away nothing is lost, and what was sent is not sent again.
    drop(post);
    let page = chief.opens("/notices").await;
    assert_eq!(chief.fills(&page, "/notices", &[("address", "thutruong@example.vn")]).await.status, 303);
    let (folder, _) = server.stop();
    moved(&folder, 3, "2022-11-29T03:00:00.000000Z");
    let server = Server::told(folder, "127.0.0.1:0", &mails);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let post = Post::start(url.rsplit(':').next().expect("a port"));
    let mut chief = Browser::with(&server, of_chief);
    post.confirms(&mut chief, "thutruong@example.vn").await;
    let told = post.next();
    assert_eq!(told["to"][0], "thutruong@example.vn", "{told}");

    // A deadline that is over is nobody's notice any more; and nobody's address outlives his account.
    let (folder, _) = server.stop();
    moved(&folder, 4, "2022-12-01T02:00:00.000000Z");
    let server = Server::told(folder, "127.0.0.1:0", &mails);
    let mut secretary = signed_in(&server, "sec-1").await;
    let page = secretary.opens("/notices").await;
    assert_eq!(secretary.fills(&page, "/notices", &[("address", "thuky@example.vn")]).await.status, 303);
    post.confirms(&mut secretary, "thuky@example.vn").await;
    server.folder.must(&["account", "--data", "@", "--name", "ldtbxh-d", "--disable", "--reason", "leaves"]);
    let again = signed_in_again(&server, "ldtbxh-d").await;
    assert!(!again.contains("ldtbxh@example.vn"), "{again}");
    assert!(post.taken.try_recv().is_err(), "each notice is sent once, and what is over never");
    assert_eq!(data(&server.folder, "self_scored").len(), 0, "nothing of it is on record");
    server.folder.must(&["verify", "--data", "@"]);
}

/// The page of notices of somebody whose account was ended and who has another now.
async fn signed_in_again(server: &Server, actor: &str) -> String {
    signed_in(server, actor).await.opens("/notices").await.html
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_given_with_an_account_is_sent_one_letter_and_nothing_before_its_owner_confirms_it() {
    let post = Post::start("0");
    let url = post.url.clone();
    let mails = ["--smtp", &url, "--mail-from", FROM, "--public-url", "https://cchc.example.vn"];
    let folder = small();
    moved(&folder, 2, "2022-11-29T02:00:00.000000Z");
    let server = Server::told(folder, "127.0.0.1:0", &mails[..4]);
    let account = |more: &[&str]| server.folder.run(&[&["account", "--data", "@"], more].concat());

    // By the operator, with the account; what is no address makes none.
    let new = ["--actor", "ldtbxh-d", "--name", "ldtbxh-d"];
    let refused = account(&[&new[..], &["--mail", "ldtbxh"]].concat());
    assert!(refused.err.contains("mail_address_wrong"), "{}", refused.err);
    let first = account(&[&new[..], &["--mail", "ldtbxh@example.vn"]].concat());
    assert_eq!(first.code, Some(0), "{}", first.err);
    let mut drafter = Browser::new(&server);
    drafter.enters("ldtbxh-d", first.out.trim()).await;
    let of_first = post.asked("ldtbxh@example.vn");
    let waits = drafter.opens("/notices").await;
    assert!(waits.html.contains("Thư xác nhận đã gửi lúc"), "{}", waits.html);
    assert!(waits.html.contains("Sắp hết hạn tự chấm điểm"), "the page tells what mail does not yet: {}", waits.html);

    // By an administrator, on the page; and what is no address there.
    let mut admin = signed_in(&server, "admin-a").await;
    let page = admin.opens("/accounts").await;
    let new = [("actor", "ldtbxh-c"), ("name", "ldtbxh-c")];
    let refused = admin.fills(&page, "/accounts/make", &[&new[..], &[("mail", "no address")]].concat()).await;
    assert!(refused.status == 422 && refused.value("mail").as_deref() == Some("no address"), "{}", refused.html);
    let made = admin.fills(&page, "/accounts/make", &[&new[..], &[("mail", "thutruong@example.vn")]].concat()).await;
    assert!(made.status == 200 && made.html.contains("Đã khai địa chỉ thư cho ldtbxh-c"), "{}", made.html);
    let password =
        made.html.split("<p class=\"once\"><code>").nth(1).expect("a password").split('<').next().expect("it");
    let mut chief = Browser::new(&server);
    chief.enters("ldtbxh-c", password).await;
    let of_chief = post.asked("thutruong@example.vn");
    let page = admin.opens("/accounts").await;
    for (name, address, status, told) in [
        ("ldtbxh-c", "chief@example.vn", 200, "Đã khai địa chỉ thư cho ldtbxh-c"),
        ("nobody", "chief@example.vn", 404, "Không có tài khoản nobody"),
        ("ldtbxh-c", "", 422, "Đây không phải là một địa chỉ thư điện tử."),
    ] {
        let got = admin.fills(&page, "/accounts/mail", &[("name", name), ("mail", address)]).await;
        assert!(got.status == status && got.html.contains(told), "{name} {address}: {} {}", got.status, got.html);
    }
    let own = drafter.csrf("/me").await;
    let forged = [("csrf", own.as_str()), ("command", "x"), ("name", "ldtbxh-c"), ("mail", "x@example.vn")];
    assert_eq!(drafter.sends("/accounts/mail", &forged).await.status, 403);
    let of_new = post.asked("chief@example.vn");

    // Only whoever it was sent to, by the last letter, in his own session, once.
    let page = chief.opens("/notices").await;
    for wrong in [of_chief.as_str(), of_first.as_str(), "", "<b>"] {
        let got = chief.fills(&page, "/notices/confirm", &[("token", wrong)]).await;
        assert!(got.status == 422 && got.html.contains("id=\"token-fault\""), "{wrong}: {}", got.html);
        assert!(!got.html.contains("<b>"), "escaped");
    }
    assert_eq!(chief.sends("/notices/confirm", &[("csrf", "x"), ("token", &of_new)]).await.status, 403);
    let brought = Browser::new(&server).opens(&format!("/notices?token={of_new}")).await;
    assert!(brought.to.starts_with("/sign-in?next=/notices%3Ftoken%3D"), "{}", brought.to);
    let page = chief.opens(&format!("/notices?token={of_new}")).await;
    assert_eq!(page.value("token").as_deref(), Some(of_new.as_str()), "to be sent, and confirmed by no look at it");
    assert!(!page.html.contains("đã được xác nhận lúc") && post.taken.try_recv().is_err());
    assert_eq!(chief.fills(&page, "/notices/confirm", &[("token", &of_new)]).await.status, 303);
    assert_eq!(chief.fills(&page, "/notices/confirm", &[("token", &of_new)]).await.status, 422);
    assert!(chief.opens("/notices").await.html.contains("đã được xác nhận lúc"));
    // He is told what stands already, and nobody else is.
    let told = post.next();
    assert!(told["to"][0] == "chief@example.vn" && told["text"].as_str().is_some_and(|t| t.contains("Sắp hết hạn")));
    // What somebody confirmed is changed by nobody but him.
    let given = account(&["--name", "ldtbxh-c", "--mail", "x@example.vn"]);
    assert!(given.err.contains("mail_address_own"), "{}", given.err);
    let page = admin.opens("/accounts").await;
    let got = admin.fills(&page, "/accounts/mail", &[("name", "ldtbxh-c"), ("mail", "x@example.vn")]).await;
    assert!(got.html.contains("ldtbxh-c đã tự xác nhận một địa chỉ thư"), "{}", got.html);
    let given = account(&["--name", "ldtbxh-d", "--mail", "moi@example.vn"]);
    assert_eq!(given.code, Some(0), "{}", given.err);
    post.asked("moi@example.vn");

    // Where browsers reach the site by one address, a letter leads there.
    let (folder, _) = server.stop();
    let server = Server::told(folder, "127.0.0.1:0", &mails);
    server.folder.must(&["account", "--data", "@", "--name", "ldtbxh-d", "--mail", "khac@example.vn"]);
    let letter = post.next();
    let text = letter["text"].as_str().expect("a text");
    let link = format!("https://cchc.example.vn/notices?token={}#mail-title", secret(text));
    assert!(letter["to"][0] == "khac@example.vn" && text.contains(&link), "{text}");
    assert!(post.taken.try_recv().is_err());
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_does_not_want_is_not_sent_to_him_and_stands_on_his_page() {
    let post = Post::start("0");
    let mails = ["--smtp", &post.url, "--mail-from", FROM];
    let server = Server::told(small(), "127.0.0.1:0", &mails);
    let mut cookies = Vec::new();
    for (actor, wanted) in [("ldtbxh-d", &["flag_raised", "appeal_decided"][..]), ("ldtbxh-c", &["deadline_near"][..])]
    {
        let address = format!("{actor}@example.vn");
        let mut browser = signed_in(&server, actor).await;
        let page = browser.opens("/notices").await;
        assert_eq!(page.html.matches(" checked").count(), 5, "at first all of it: {}", page.html);
        assert_eq!(page.html.matches(" disabled").count(), 1, "a result is told to everybody");
        assert_eq!(browser.fills(&page, "/notices", &[("address", &address)]).await.status, 303);
        post.confirms(&mut browser, &address).await;
        let kinds: Vec<(&str, &str)> = wanted.iter().map(|kind| ("kind", *kind)).collect();
        assert_eq!(browser.fills(&page, "/notices/kinds", &kinds).await.status, 303);
        let kept = browser.opens("/notices?saved=yes").await;
        assert!(kept.html.matches(" checked").count() == kinds.len() + 1 && kept.html.contains("Đã lưu."));
        assert_eq!(browser.sends("/notices/kinds", &[("csrf", "x"), ("kind", "flag_raised")]).await.status, 403);
        cookies.push(browser.cookie.clone());
    }
    let (folder, _) = server.stop();
    moved(&folder, 2, "2022-11-29T02:00:00.000000Z");
    let server = Server::told(folder, "127.0.0.1:0", &mails);
    assert_eq!(post.next()["to"][0], "ldtbxh-c@example.vn");
    let mut drafter = Browser::with(&server, cookies.swap_remove(0));
    let page = drafter.opens("/notices").await;
    assert!(page.html.contains("Sắp hết hạn tự chấm điểm"), "{}", page.html);
    // What is asked for later comes later: between the two there is nothing.
    let mut secretary = signed_in(&server, "sec-1").await;
    let of_secretary = secretary.opens("/notices").await;
    assert_eq!(secretary.fills(&of_secretary, "/notices", &[("address", "thuky@example.vn")]).await.status, 303);
    post.asked("thuky@example.vn");
    // Wanted again, what still stands is told.
    let all = ["deadline_near", "flag_raised", "appraisal_released", "appeal_decided"].map(|kind| ("kind", kind));
    assert_eq!(drafter.fills(&page, "/notices/kinds", &all).await.status, 303);
    let (folder, _) = server.stop();
    let _server = Server::told(folder, "127.0.0.1:0", &mails);
    assert_eq!(post.next()["to"][0], "ldtbxh-d@example.vn");
}

#[test]
fn a_server_of_mail_that_is_told_wrong_is_refused_before_anything_is_held() {
    let folder = small();
    let serve = |more: &[&str]| folder.run(&[&["serve", "--data", "@", "--listen", "127.0.0.1:0"], more].concat());
    for (more, code) in [
        (&["--smtp", "http://example.vn", "--mail-from", "par@example.vn"][..], "smtp_unusable"),
        (&["--smtp", "smtps://par:secret@example.vn", "--mail-from", "par@example.vn"][..], "smtp_unusable"),
        (&["--smtp", "smtp://127.0.0.1:25", "--mail-from", "nobody"][..], "mail_from_unusable"),
    ] {
        let said = serve(more);
        assert!(said.err.contains(code) && !said.err.contains("secret"), "{}", said.err);
        assert_ne!(said.code, Some(0));
    }
    assert!(serve(&["--smtp", "smtp://127.0.0.1:25"]).err.contains("--mail-from"));
}

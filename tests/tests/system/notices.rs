//! Notices on pages and by mail, with a server of mail that nobody here wrote.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use super::api::Server;
use super::browser::signed_in;
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
    let mut drafter = super::browser::Browser::with(&server, of_drafter);
    for place in ["/notices".to_owned(), format!("{ROUND}/work")] {
        let page = drafter.opens(&place).await;
        assert!(page.html.contains(near) && page.html.contains("/units/ldtbxh/fill\""), "{place}: {}", page.html);
    }
    let english = drafter.opens("/notices?lang=en").await;
    assert!(english.html.contains("The deadline of self-scoring is near"), "{}", english.html);
    // Nothing is tried again for an address that is refused for good, and its owner sees why.
    let mut chief = super::browser::Browser::with(&server, of_chief);
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
    let told = post.next();
    assert_eq!(told["to"][0], "thutruong@example.vn", "{told}");

    // A deadline that is over is nobody's notice any more; and nobody's address outlives his account.
    let (folder, _) = server.stop();
    moved(&folder, 4, "2022-12-01T02:00:00.000000Z");
    let server = Server::told(folder, "127.0.0.1:0", &mails);
    let mut secretary = signed_in(&server, "sec-1").await;
    let page = secretary.opens("/notices").await;
    assert_eq!(secretary.fills(&page, "/notices", &[("address", "thuky@example.vn")]).await.status, 303);
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

//! What else a unit does on pages, through a browser's eyes: files sent, attached, opened and taken back, flags explained, its sheet as a
//! workbook out and in, what became of its claims, an appeal. Right, form and session are asked for at every door.

use serde_json::{Value, json};
use system_tests::folder::{Folder, sample_round};

use super::api::Server;
use super::browser::{Browser, Got, signed_in};
use super::chromium::moved;
use super::files::pdf;
use super::survey_pages::events;
use super::unit_sheets::{SAID, by_typing, data, filled_in, id, play, round};

const UNIT: &str = "/rounds/hanoi-2022/units/ldtbxh";

fn leaf(code: &str) -> String {
    format!("{UNIT}/fill/{code}")
}

/// Sends a file by the form of a page.
async fn brings(browser: &mut Browser<'_>, page: &Got, code: &str, file: (&str, &[u8])) -> Got {
    let (csrf, sent) = (page.value("csrf").expect("a form"), page.value("sent").expect("a form"));
    browser.brings(&format!("{}/files", leaf(code)), &[("csrf", &csrf), ("sent", &sent)], file).await
}

/// The addresses that a page's own address names.
fn sent(to: &str) -> Vec<String> {
    let sent = to.split("sent=").nth(1).and_then(|rest| rest.split(['&', '#']).next()).unwrap_or_default();
    sent.split(',').map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_sent_attached_opened_and_taken_back_on_a_leafs_page() {
    let server = Server::over(round(), "127.0.0.1:0");
    let (mut drafter, mut chief) = (signed_in(&server, "ldtbxh-d").await, signed_in(&server, "ldtbxh-c").await);
    let (plain, second) = (pdf(400_000), pdf(10 << 20));
    let page = drafter.opens(&leaf("1.1")).await;
    let got = brings(&mut drafter, &page, "1.1", ("Biên bản <ký>.pdf", &plain)).await;
    assert_eq!(got.status, 303, "{}", got.html);
    // The same form once more is the same file; a second one comes beside it, larger than any other form may be.
    let again = brings(&mut drafter, &page, "1.1", ("Biên bản <ký>.pdf", &plain)).await;
    assert_eq!((&again.to, sent(&again.to).len()), (&got.to, 1));
    let page = drafter.opens(&got.to).await;
    assert!(page.html.contains("Biên bản &#60;ký&#62;.pdf") && page.html.contains("chờ gắn"), "{}", page.html);
    assert!(!page.html.contains("<ký>"), "a file's name is text wherever it stands: {}", page.html);
    let got = brings(&mut drafter, &page, "1.1", ("hai.pdf", &second)).await;
    let addresses = sent(&got.to);
    assert_eq!(addresses.len(), 2, "{}", got.to);
    assert!(data(&server.folder, "self_scored").is_empty(), "nothing of a file that waits is on record");

    // What is wrong with the score keeps the files where they wait; a score that is saved attaches them, once.
    let page = drafter.opens(&got.to).await;
    let of_page = format!("page.{}", addresses[0]);
    let typed = |option| [("option", option), ("explanation", ""), ("do", "save"), (of_page.as_str(), "tr. 3")];
    let wrong = drafter.fills(&page, &leaf("1.1"), &typed("never-heard-of")).await;
    assert_eq!((wrong.status, wrong.value("sent")), (422, Some(addresses.join(","))), "{}", wrong.html);
    assert_eq!(wrong.value(&of_page).as_deref(), Some("tr. 3"), "what was typed stays");
    for _ in 0..2 {
        let saved = drafter.fills(&wrong, &leaf("1.1"), &typed("late")).await;
        assert_eq!(saved.status, 303, "{}", saved.html);
    }
    let scores = data(&server.folder, "self_scored");
    let files: Vec<[&Value; 2]> =
        scores[0]["evidence"].as_array().expect("files").iter().map(|file| [&file["address"], &file["page"]]).collect();
    let [first, other] = [Value::from(addresses[0].as_str()), Value::from(addresses[1].as_str())];
    assert_eq!((scores.len(), files), (1, vec![[&first, &Value::from("tr. 3")], [&other, &Value::from("")]]));

    // Opened in the session of the page, by right and on record.
    let file = format!("{UNIT}/files/{}", addresses[0]);
    for who in [&drafter, &chief, &signed_in(&server, "insp-1").await] {
        let (status, kept, bytes) = who.downloads(&file).await;
        assert!(status == 200 && bytes == plain, "{status}");
        let name = "filename*=UTF-8''Bi%C3%AAn%20b%E1%BA%A3n%20%3Ck%C3%BD%3E.pdf";
        assert!(kept.starts_with("attachment; ") && kept.ends_with(name), "{kept}");
    }
    let stranger = signed_in(&server, "yte-d").await;
    assert_eq!(stranger.downloads(&file).await.0, 403);
    assert_eq!(Browser::new(&server).downloads(&file).await.0, 303, "nobody is led to where he signs in");
    assert_eq!(chief.opens(&format!("{UNIT}/files/{}", "0".repeat(64))).await.status, 404);
    assert_eq!(chief.opens(&format!("{UNIT}/files/..%2Fkeys.db")).await.status, 404);
    let log = server.folder.must(&["evidence", "log", "--data", "@"]).out;
    let told: Vec<&str> = log.lines().filter_map(|line| line.split(" to ").nth(1)?.split(' ').next()).collect();
    assert_eq!(told, ["ldtbxh-d", "ldtbxh-c", "insp-1", "yte-d"], "{log}");

    // Taken back with a reason, once; without one it stays, and so does what was typed beside it.
    let page = chief.opens(&leaf("1.1")).await;
    let to = format!("{}/files/take-back", leaf("1.1"));
    let (one, two) = (addresses[0].as_str(), addresses[1].as_str());
    let refused = chief.fills(&page, &to, &[("address", one), ("reason", " ")]).await;
    assert!(refused.status == 422 && refused.html.contains(&format!("id=\"reason-{one}-fault\"")), "{}", refused.html);
    for _ in 0..2 {
        let taken = chief.fills(&page, &to, &[("address", one), ("reason", "Nhầm tệp (minh họa)")]).await;
        assert_eq!(taken.status, 303, "{}", taken.html);
    }
    assert_eq!(data(&server.folder, "evidence_withdrawn").len(), 1);
    let page = chief.opens(&leaf("1.1")).await;
    assert!(!page.html.contains(one) && page.html.contains(two), "{}", page.html);
    // A score that would have neither a file nor a word on why keeps its last one.
    let refused = chief.fills(&page, &to, &[("address", two), ("reason", "Nhầm tệp (minh họa)")]).await;
    assert_eq!(refused.status, 422, "{}", refused.html);
    assert!(refused.html.contains(">Nhầm tệp (minh họa)</textarea>"), "{}", refused.html);
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_of_the_units_is_told_beside_its_field_and_leaves_nothing() {
    let server = Server::over(round(), "127.0.0.1:0");
    let mut drafter = signed_in(&server, "ldtbxh-d").await;
    let page = drafter.opens(&leaf("1.1")).await;
    let zip: Vec<u8> = b"PK\x05\x06".iter().copied().chain([0; 18]).collect();
    let table: [(&str, &[u8], u16, &str); 7] = [
        ("a.pdf", b"<script>alert(1)</script>", 415, ""),
        ("a.pdf", &[], 415, ""),
        ("a.pdf", &zip, 415, ""),
        ("a.docx", &pdf(9), 422, "docx"),
        ("a/../b.pdf", &pdf(9), 422, ""),
        (&format!("{}.pdf", "x".repeat(260)), &pdf(9), 422, "255"),
        ("", &[], 422, "Hãy chọn một tệp."),
    ];
    for (name, bytes, status, told) in table {
        let got = brings(&mut drafter, &page, "1.1", (name, bytes)).await;
        assert_eq!(got.status, status, "{name:?}: {}", got.html);
        assert!(got.html.contains("id=\"file-fault\"") && got.html.contains(told), "{name:?}: {}", got.html);
    }

    // Of nobody else: neither of those who may only read, nor by a form of another session, nor with another's.
    let (mut stranger, mut inspector) = (signed_in(&server, "yte-d").await, signed_in(&server, "insp-1").await);
    let to = format!("{}/files", leaf("1.1"));
    let csrf = page.value("csrf").expect("a form");
    for who in [&mut stranger, &mut inspector] {
        let own = who.csrf("/me").await;
        for (csrf, told) in [(own.as_str(), 403), (csrf.as_str(), 403), ("", 403)] {
            let got = who.brings(&to, &[("csrf", csrf), ("sent", "")], ("a.pdf", &pdf(9))).await;
            assert_eq!(got.status, told, "{}", got.html);
        }
    }
    for foreign in ["", "of another"] {
        let got = drafter.brings(&to, &[("csrf", foreign), ("sent", "")], ("a.pdf", &pdf(9))).await;
        assert_eq!(got.status, 403, "another site's form brings his cookie along: {}", got.html);
    }
    let out = Browser::new(&server).brings(&to, &[("csrf", &csrf), ("sent", "")], ("a.pdf", &pdf(9))).await;
    assert!(out.status == 303 && out.to == "/sign-in", "{}", out.to);
    let form = [("csrf", csrf.as_str()), ("sent", "")];
    let forms: [&[(&str, &str)]; 4] = [&[], &[("sent", ""), form[0]], &[form[0]], &[form[0], ("sent", "x")]];
    for fields in forms {
        let got = drafter.brings(&to, fields, ("a.pdf", &pdf(9))).await;
        assert_eq!(got.status, 400, "{fields:?}: {}", got.html);
    }
    let plain = drafter.sends(&to, &form).await;
    assert_eq!(plain.status, 400, "{}", plain.html);
    let foreign = drafter.brings("/rounds/hanoi-2022/units/yte/fill/1.1/files", &form, ("a.pdf", &pdf(9))).await;
    assert_eq!(foreign.status, 403, "{}", foreign.html);

    // A file that waits nowhere is attached to nothing.
    let nowhere = "0".repeat(64);
    let typed = [("sent", nowhere.as_str()), ("option", "late"), ("explanation", "x"), ("do", "save")];
    let hidden = [("csrf", csrf), ("command", page.value("command").expect("one")), ("revision", "0".to_owned())];
    let hidden: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = drafter.sends(&leaf("1.1"), &[&hidden[..], &typed].concat()).await;
    assert_eq!(refused.status, 404, "{}", refused.html);
    assert!(data(&server.folder, "self_scored").is_empty());
    let said = server.folder.run(&["scrub", "--data", "@"]).out;
    assert!(said.contains("; 0 more are stored"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_pdf_goes_along_with_the_version_that_it_was_sent_for_and_with_no_other() {
    let folder = round();
    by_typing(&folder);
    let server = Server::over(folder, "127.0.0.1:0");
    let (mut chief, mut drafter) = (signed_in(&server, "ldtbxh-c").await, signed_in(&server, "ldtbxh-d").await);
    let (sheet, to) = (format!("{UNIT}/fill"), format!("{UNIT}/sign/files"));
    let page = chief.opens(&sheet).await;
    let (csrf, version) = (page.value("csrf").expect("a form"), page.value("version").expect("a form"));
    let plain = pdf(2_000);
    assert_eq!(chief.brings(&to, &[("csrf", ""), ("version", &version)], ("a.pdf", &plain)).await.status, 403);
    let own = drafter.csrf("/me").await;
    assert_eq!(drafter.brings(&to, &[("csrf", &csrf), ("version", &version)], ("a.pdf", &plain)).await.status, 403);
    let jpeg: Vec<u8> = [0xff, 0xd8, 0xff, 0xe0].into_iter().chain([0; 400]).chain([0xff, 0xd9]).collect();
    let other = chief.brings(&to, &[("csrf", &csrf), ("version", &version)], ("a.jpg", &jpeg)).await;
    assert!(matches!(other.status, 415 | 422) && other.html.contains("role=\"alert\""), "{}", other.html);
    let got = chief.brings(&to, &[("csrf", &csrf), ("version", &version)], ("bản ký.pdf", &plain)).await;
    assert_eq!(got.status, 303, "{}", got.html);
    let waits = chief.opens(&got.to).await;
    assert!(waits.html.contains("Bản ký bản ký.pdf sẽ được nộp cùng phiếu."), "{}", waits.html);

    // The sheet moves on: what was signed before is bound to nothing, and a form of before signs nothing.
    let leaf_page = drafter.opens(&leaf("1.1")).await;
    let typed = [("option", "ontime"), ("explanation", SAID), ("do", "save")];
    assert_eq!(drafter.fills(&leaf_page, &leaf("1.1"), &typed).await.status, 303);
    assert_eq!(chief.fills(&waits, &format!("{UNIT}/sign"), &[]).await.status, 409);
    let moved_on = chief.opens(&got.to).await;
    assert!(moved_on.html.contains("không gắn với phiếu này"), "{}", moved_on.html);
    assert_eq!(moved_on.value("signed").as_deref(), Some(""));

    let version = moved_on.value("version").expect("a form");
    let got = chief.brings(&to, &[("csrf", &csrf), ("version", &version)], ("bản ký.pdf", &plain)).await;
    let waits = chief.opens(&got.to).await;
    let signed = chief.fills(&waits, &format!("{UNIT}/sign"), &[]).await;
    assert_eq!(signed.status, 303, "{}", signed.html);
    let submitted = data(&server.folder, "sheet_submitted");
    let address = submitted[0]["evidence"][0]["address"].as_str().expect("a file");
    assert_eq!((submitted.len(), submitted[0]["version"].to_string()), (1, version));
    let page = chief.opens(&sheet).await;
    assert!(page.html.contains("Bản ký PDF") && page.html.contains(&format!("files/{address}")), "{}", page.html);
    let (status, _, bytes) = signed_in(&server, "insp-1").await.downloads(&format!("{UNIT}/files/{address}")).await;
    assert!(status == 200 && bytes == plain, "{status}");
    assert_ne!(own, csrf);
    server.folder.must(&["verify", "--data", "@"]);
}

/// A line of a script.
pub fn line(at: &str, actor: &str, command: &Value) -> String {
    format!("{}\n", json!({ "at": at, "actor": actor, "command": command }))
}

pub fn appraises(n: u8, kind: &str, leaf: &str, revision: u64, more: &Value) -> Value {
    let mut data = json!({ "round": "hanoi-2022", "unit": "ldtbxh", "leaf": leaf, "revision": revision });
    data.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    json!({ "id": id(n), "capacity": "appraiser", "unit": "noivu", "kind": kind, "data": data })
}

/// A round in which a unit that did not sign was appraised: a leaf lowered, one raised, one left as it was, one to be explained. The clock
/// stands where flags are explained.
fn appraised() -> Folder {
    let folder = appraising();
    moved(&folder, 40, "2023-01-10T02:00:00.000000Z");
    folder
}

/// The same in the middle of its first appraisal.
pub fn appraising() -> Folder {
    let folder = round();
    by_typing(&folder);
    let reason = |reason: &str| json!({ "reason": reason });
    let adjusted = json!({
        "appraisal": "first", "points": "2", "reason": "Chỉ hai sáng kiến (minh họa)",
        "inputs": { "figures": [{ "name": "initiatives", "value": "2" }] },
    });
    let raised = json!({
        "appraisal": "first", "points": "1", "reason": "Ban hành đúng hạn (minh họa)", "inputs": { "option": "ontime" },
    });
    let same = json!({
        "appraisal": "first", "points": "2.5", "reason": "Giữ nguyên (minh họa)",
        "inputs": { "figures": [{ "name": "violations", "value": "1" }] },
    });
    let grant = json!({
        "id": id(120), "capacity": "administrator", "kind": "grant_capacity", "data": {
            "actor": "apr-x", "capacity": "appraiser", "fields": ["2"], "from": "2022-12-07T17:00:00.000000Z",
            "grant": "later", "round": "hanoi-2022", "unit": "noivu" },
    });
    let scores = data(&folder, "self_scored");
    let revision = |leaf: &str| scores.iter().position(|score| score["leaf"] == leaf).expect("a score") as u64 + 1;
    let lines = [
        line("2022-12-08T02:00:00.000000Z", "admin-a", &grant),
        line(
            "2022-12-08T03:00:00.000000Z",
            "apr-1",
            &appraises(121, "flag_score", "1.6", revision("1.6"), &reason("Lớp nào <b>chưa</b> rõ? (minh họa)")),
        ),
        line(
            "2022-12-08T03:01:00.000000Z",
            "apr-1",
            &appraises(122, "adjust_score", "1.5", revision("1.5"), &adjusted),
        ),
        line("2022-12-08T03:02:00.000000Z", "apr-1", &appraises(123, "adjust_score", "1.1", revision("1.1"), &raised)),
        line("2022-12-08T03:03:00.000000Z", "apr-1", &appraises(125, "adjust_score", "1.7", revision("1.7"), &same)),
    ];
    play(&folder, &lines.concat());
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_appraiser_asks_is_shown_and_answered_once_with_files() {
    let server = Server::over(appraised(), "127.0.0.1:0");
    let (mut drafter, mut stranger) = (signed_in(&server, "ldtbxh-d").await, signed_in(&server, "yte-d").await);
    let page = drafter.opens(&leaf("1.6")).await;
    for shown in ["Lớp nào &#60;b&#62;chưa&#60;/b&#62; rõ? (minh họa)", "apr-1", "name=\"answer\"", "Phiếu đã khóa"]
    {
        assert!(page.html.contains(shown), "{shown}: {}", page.html);
    }
    assert!(!drafter.opens(&leaf("1.5")).await.html.contains("name=\"answer\""), "nothing is asked of it");
    let inspected = signed_in(&server, "insp-1").await.opens(&leaf("1.6")).await;
    assert!(inspected.html.contains("Lớp nào") && !inspected.html.contains("name=\"answer\""), "{}", inspected.html);

    let got = brings(&mut drafter, &page, "1.6", ("lớp.pdf", &pdf(1_000))).await;
    let page = drafter.opens(&got.to).await;
    let to = format!("{}/explain", leaf("1.6"));
    let blank = drafter.fills(&page, &to, &[("answer", "\r\n ")]).await;
    assert!(blank.status == 422 && blank.html.contains("id=\"answer-fault\""), "{}", blank.html);
    let long = "dài ".repeat(2_500);
    let refused = drafter.fills(&page, &to, &[("answer", &long)]).await;
    assert!(refused.status == 422 && refused.html.contains(long.trim()), "what was typed stays");
    let own = stranger.csrf("/me").await;
    let command = page.value("command").expect("one");
    let forged = [("csrf", own.as_str()), ("command", &command), ("revision", "7"), ("sent", ""), ("answer", "x")];
    assert_eq!(stranger.sends(&to, &forged).await.status, 403);
    let foreign = [("csrf", ""), ("command", &command), ("revision", "7"), ("sent", ""), ("answer", "x")];
    assert_eq!(drafter.sends(&to, &foreign).await.status, 403);
    let file = format!("page.{}", sent(&got.to)[0]);
    let fields = [("answer", "Năm lớp, danh sách kèm theo (minh họa)"), (file.as_str(), "tr. 1")];
    for _ in 0..2 {
        let answered = drafter.fills(&refused, &to, &fields).await;
        assert_eq!(answered.status, 303, "{}", answered.html);
        let page = drafter.opens(&answered.to).await;
        assert!(page.html.contains("Đã gửi giải trình: sự kiện #") && page.html.contains("lớp.pdf"), "{}", page.html);
        assert!(!page.html.contains("name=\"answer\""), "{}", page.html);
    }
    let explained = data(&server.folder, "flag_explained");
    assert_eq!((explained.len(), &explained[0]["text"]), (1, &Value::from(fields[0].1)));
    let evidence = explained[0]["evidence"].as_array().expect("files");
    assert_eq!((evidence.len(), &evidence[0]["page"]), (1, &Value::from("tr. 1")));
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_sees_what_became_of_its_claims() {
    let server = Server::over(appraised(), "127.0.0.1:0");
    let (mut drafter, mut stranger) = (signed_in(&server, "ldtbxh-d").await, signed_in(&server, "yte-d").await);
    let path = format!("{UNIT}/outcome");
    let page = drafter.opens(&path).await;
    for shown in [
        "thẩm định lần 1: 2",
        "Chỉ hai sáng kiến (minh họa)",
        SAID,
        "/history?leaf=1.5",
        "outcome-lowered\">2<",
        "outcome-raised\">1<",
        "outcome-kept\">2,5<",
        "chờ giải trình",
        "Tạm tính",
        // What was never signed counts for nothing, where nobody has appraised it.
        "chưa nộp",
        "1 tiêu chí giữ nguyên, 11 tiêu chí bị giảm, 1 tiêu chí tăng, 0 tiêu chí chưa có điểm.",
    ] {
        assert!(page.html.contains(shown), "{shown}: {}", page.html);
    }
    assert_eq!(stranger.opens(&path).await.status, 403);
    assert_eq!(Browser::new(&server).opens(&path).await.status, 303);
    assert_eq!(signed_in(&server, "insp-1").await.opens(&path).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_goes_out_as_a_workbook_and_comes_back_previewed_and_then_sent() {
    let server = Server::over(round(), "127.0.0.1:0");
    let other = server.folder.copy();
    let (mut drafter, mut stranger) = (signed_in(&server, "ldtbxh-d").await, signed_in(&server, "yte-d").await);
    let mut inspector = signed_in(&server, "insp-1").await;
    let path = format!("{UNIT}/workbook");
    let (status, kept, bytes) = drafter.downloads(&path).await;
    assert!(status == 200 && kept.contains("hanoi-2022-ldtbxh-"), "{status} {kept}");
    assert_eq!(inspector.downloads(&path).await.0, 200);
    assert_eq!(stranger.downloads(&path).await.0, 403);
    assert_eq!(Browser::new(&server).downloads(&path).await.0, 303);

    let csrf = drafter.csrf(&format!("{UNIT}/fill")).await;
    let filled = filled_in(bytes.clone());
    assert_eq!(drafter.brings(&path, &[("csrf", "")], ("a.xlsx", &filled)).await.status, 403, "another site's form");
    let seen = drafter.brings(&path, &[("csrf", &csrf)], ("a.xlsx", &filled)).await;
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert!(seen.html.contains("13 tiêu chí thay đổi, 0 xung đột") && seen.html.contains("Trễ hạn"), "{}", seen.html);
    assert!(data(&server.folder, "self_scored").is_empty(), "a preview sends nothing");
    let changes = seen.values("change");
    assert_eq!(changes.len(), 13);

    // What is sent is a session's own form of changes to this sheet, and nothing else.
    let send = format!("{path}/send");
    let form = |csrf: &'static str| [("csrf", csrf)];
    assert_eq!(drafter.sends(&send, &form("")).await.status, 403);
    assert_eq!(drafter.sends(&send, &[("csrf", &csrf)]).await.status, 400);
    for (change, status) in [
        ("{}".to_owned(), 422),
        (changes[0].replace("\"ldtbxh\"", "\"yte\""), 403),
        (changes[0].replace("score_self", "withdraw_sheet"), 422),
    ] {
        let got = drafter.sends(&send, &[("csrf", &csrf), ("change", &change)]).await;
        assert_eq!(got.status, status, "{change}: {}", got.html);
    }
    let (own, inspects) = (stranger.csrf("/me").await, inspector.csrf("/me").await);
    for (who, csrf) in [(&mut stranger, &own), (&mut inspector, &inspects)] {
        assert_eq!(who.sends(&send, &[("csrf", csrf), ("change", &changes[0])]).await.status, 403);
        assert_eq!(who.brings(&path, &[("csrf", csrf)], ("a.xlsx", &filled)).await.status, 403);
    }
    let all: Vec<(&str, &str)> =
        [("csrf", csrf.as_str())].into_iter().chain(changes.iter().map(|change| ("change", change.as_str()))).collect();
    for _ in 0..2 {
        let taken = drafter.sends(&send, &all).await;
        assert_eq!(taken.status, 303, "{}", taken.html);
        assert!(drafter.opens(&taken.to).await.html.contains("Đã ghi các thay đổi từ phiếu Excel"), "{}", taken.to);
    }
    assert_eq!(
        (data(&server.folder, "self_scored").len(), data(&server.folder, "self_scored")),
        (13, by_typing(&other))
    );
    let done = drafter.brings(&path, &[("csrf", &csrf)], ("a.xlsx", &filled)).await;
    assert!(done.html.contains("13 đã có sẵn") && done.values("change").is_empty(), "{}", done.html);

    // What two have changed is shown and never sent; a change that was overtaken since is refused by itself.
    let page = drafter.opens(&leaf("1.1")).await;
    let typed = [("option", "ontime"), ("explanation", SAID), ("do", "save")];
    assert_eq!(drafter.fills(&page, &leaf("1.1"), &typed).await.status, 303);
    let conflict = drafter.brings(&path, &[("csrf", &csrf)], ("a.xlsx", &filled)).await;
    assert!(conflict.html.contains("0 tiêu chí thay đổi, 1 xung đột"), "{}", conflict.html);
    assert!(conflict.html.contains("xung đột: không gửi") && conflict.values("change").is_empty(), "{}", conflict.html);
    let mut late: Value = serde_json::from_str(&changes[0]).expect("a command");
    late["id"] = json!(id(77));
    let stale = drafter.sends(&send, &[("csrf", &csrf), ("change", &late.to_string())]).await;
    assert!(stale.status == 409 && stale.html.contains("Đã ghi 0 thay đổi; 1 thay đổi"), "{}", stale.html);
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_workbook_of_the_sheet_is_told_with_its_faults() {
    let server = Server::over(round(), "127.0.0.1:0");
    let (mut drafter, stranger) = (signed_in(&server, "ldtbxh-d").await, signed_in(&server, "yte-d").await);
    let (_, _, theirs) = stranger.downloads("/rounds/hanoi-2022/units/yte/workbook").await;
    let path = format!("{UNIT}/workbook");
    let csrf = drafter.csrf(&format!("{UNIT}/fill")).await;
    let large = vec![b'x'; (16 << 20) + 1];
    let table: [(&str, &[u8], &str); 4] = [
        ("a.xlsx", &theirs, "phiếu của đơn vị yte"),
        ("a.xlsx", b"<script>alert(1)</script>", "không phải tệp Excel"),
        ("a.xlsx", &large, "16777216 byte"),
        ("", &[], "Hãy chọn một tệp."),
    ];
    for (name, bytes, told) in table {
        let got = drafter.brings(&path, &[("csrf", &csrf)], (name, bytes)).await;
        assert!(got.status == 422 && got.html.contains(told), "{told}: {} {}", got.status, got.html);
        assert!(got.values("change").is_empty());
    }
    assert_eq!(drafter.brings(&path, &[("csrf", "")], ("a.xlsx", &theirs)).await.status, 403);
}

/// The sample up to its publication, with the first appeal of the file after it: the clock stands where appeals are lodged.
fn published() -> Folder {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--until", "publication", "--data", "@"]);
    let script = std::fs::read_to_string(sample_round().join("09-appeals.ndjson")).expect("it is there");
    play(&folder, &format!("{}\n", script.lines().next().expect("a line")));
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chief_appeals_once_about_leaves_with_claims_that_the_log_decides() {
    let server = Server::over(published(), "127.0.0.1:0");
    let path = "/rounds/hanoi-2022/units/278/appeal";
    let (mut chief, mut drafter) = (signed_in(&server, "278-c").await, signed_in(&server, "278-d").await);
    let mut stranger = signed_in(&server, "273-c").await;
    let sheet = chief.opens("/rounds/hanoi-2022/units/278/fill").await;
    assert!(sheet.html.contains("units/278/appeal"), "{}", sheet.html);
    let page = chief.opens(path).await;
    assert!(page.html.contains("Kiến nghị sẽ mang số 2.") && page.values("leaf").len() > 20, "{}", page.html);
    let read = drafter.opens(path).await;
    assert!(read.html.contains("Chỉ thủ trưởng đơn vị") && !read.html.contains("name=\"text\""), "{}", read.html);
    assert_eq!(stranger.opens(path).await.status, 403);

    let chosen = [("leaf", "1.2.1"), ("claim", "adjusted_by_interested 1.2.1"), ("claim", "published_differs 1.2.1")];
    let blank = chief.fills(&page, path, &[&chosen[..], &[("text", " ")]].concat()).await;
    assert!(blank.status == 422 && blank.html.contains("id=\"text-fault\""), "{}", blank.html);
    assert_eq!(blank.html.matches(" checked").count(), 3, "what was chosen stays");
    let many: Vec<String> = page.values("claim").into_iter().take(17).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|claim| ("claim", claim.as_str())).collect();
    let refused = chief.fills(&blank, path, &[&many[..], &[("text", "Đề nghị xem lại")]].concat()).await;
    assert!(refused.status == 422 && refused.html.contains(">Đề nghị xem lại</textarea>"), "{}", refused.html);
    for (who, csrf) in [(&mut drafter, "/me"), (&mut stranger, "/me")] {
        let own = who.csrf(csrf).await;
        let command = page.value("command").expect("one");
        let forged = [("csrf", own.as_str()), ("command", &command), ("number", "2"), ("text", "x")];
        assert_eq!(who.sends(path, &forged).await.status, 403);
    }
    assert_eq!(stranger.fills(&page, path, &[("text", "x")]).await.status, 403, "a form of another's session");
    let bad = chief.fills(&page, path, &[("claim", "batch_omitted A B"), ("text", "x")]).await;
    assert_eq!(bad.status, 400, "{}", bad.html);
    for _ in 0..2 {
        let fields = [&chosen[..], &[("text", "Đề nghị\r\nxem lại (minh họa)")]].concat();
        let lodged = chief.fills(&refused, path, &fields).await;
        assert_eq!((lodged.status, lodged.to.as_str()), (303, "/rounds/hanoi-2022/appeals/2"), "{}", lodged.html);
    }
    let shown = chief.opens("/rounds/hanoi-2022/appeals/2").await;
    assert!(shown.status == 200 && shown.html.contains("xem lại (minh họa)"), "{}", shown.html);
    assert!(chief.opens(path).await.html.contains("Kiến nghị sẽ mang số 3."), "one act");
    let lodged = events(&server.folder, "appeal_lodged").pop().expect("the appeal")["data"].clone();
    let kinds = lodged["claims"].as_array().expect("claims").iter().map(|claim| &claim["that"]["kind"]);
    assert_eq!(
        kinds.collect::<Vec<_>>(),
        ["adjusted_by_interested", "published_differs"],
        "what was chosen, and no more"
    );
    assert_eq!((&lodged["leaves"], &lodged["number"]), (&json!(["1.2.1"]), &2.into()));
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appeal_brings_files_and_claims_scores_files_and_batches_out_of_the_rounds_own() {
    let server = Server::over(published(), "127.0.0.1:0");
    let path = "/rounds/hanoi-2022/units/278/appeal";
    let mut chief = signed_in(&server, "278-c").await;
    let page = chief.opens(path).await;
    let csrf = page.value("csrf").expect("a form");
    let to = format!("{path}/files");
    let plain = pdf(5_000);
    assert_eq!(chief.brings(&to, &[("csrf", ""), ("sent", "")], ("a.pdf", &plain)).await.status, 403);
    let wrong = chief.brings(&to, &[("csrf", &csrf), ("sent", "")], ("a.pdf", b"<script>")).await;
    assert!(wrong.status == 415 && wrong.html.contains("id=\"file-fault\""), "{}", wrong.html);
    let mut last = String::new();
    for _ in 0..2 {
        let got = chief.brings(&to, &[("csrf", &csrf), ("sent", &last)], ("<b>.pdf", &plain)).await;
        assert_eq!(got.status, 303, "{}", got.html);
        assert_eq!(sent(&got.to).len(), 1, "a file that is sent twice waits once");
        last = sent(&got.to).concat();
    }
    let page = chief.opens(&format!("{path}?sent={last}&received=1")).await;
    assert!(page.html.contains("&#60;b&#62;.pdf") && !page.html.contains("<b>.pdf"), "{}", page.html);
    let offered = page.values("claim");
    let of = |kind: &str| offered.iter().find(|claim| claim.starts_with(&format!("{kind} "))).cloned();
    let kinds = ["self_scored", "evidence_attached", "batch_omitted", "published_differs"];
    let chosen: Vec<String> =
        kinds.iter().map(|kind| of(kind).unwrap_or_else(|| panic!("{kind} is offered"))).collect();
    let mut fields: Vec<(&str, &str)> = chosen.iter().map(|claim| ("claim", claim.as_str())).collect();
    let blank = chief.fills(&page, path, &[&fields[..], &[("text", " ")]].concat()).await;
    assert_eq!(
        (blank.status, blank.html.matches(" checked").count(), blank.value("sent")),
        (422, 4, Some(last.clone()))
    );
    fields.push(("text", "Đề nghị đối chiếu (minh họa)"));
    for _ in 0..2 {
        let lodged = chief.fills(&blank, path, &fields).await;
        assert_eq!(lodged.status, 303, "{}", lodged.html);
    }
    server.folder.must(&["export", "--data", "@", "log.ndjson"]);
    let log = std::fs::read_to_string(server.folder.beside("log.ndjson")).expect("the log");
    let lodged: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("an event")["data"].clone())
        .filter(|data| data["text"] == "Đề nghị đối chiếu (minh họa)")
        .collect();
    let ours: Vec<&Value> = lodged.iter().collect();
    assert_eq!(ours.len(), 1);
    let claims: Vec<&Value> =
        ours[0]["claims"].as_array().expect("claims").iter().map(|claim| &claim["that"]["kind"]).collect();
    assert_eq!(claims, kinds);
    assert_eq!(ours[0]["evidence"][0]["address"], last.as_str());
    let file = format!("/rounds/hanoi-2022/units/278/files/{last}");
    assert_eq!(signed_in(&server, "insp-1").await.downloads(&file).await.2, plain);
    assert_eq!(chief.opens("/rounds/hanoi-2022/appeals/2").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn before_a_result_is_published_nobody_is_offered_an_appeal() {
    let server = Server::over(round(), "127.0.0.1:0");
    let mut chief = signed_in(&server, "ldtbxh-c").await;
    let path = format!("{UNIT}/appeal");
    let page = chief.opens(&path).await;
    assert!(page.status == 200 && page.html.contains("Hiện không nhận kiến nghị"), "{}", page.html);
    assert!(!page.html.contains("name=\"text\"") && !chief.opens(&format!("{UNIT}/fill")).await.html.contains(&path));
    let csrf = chief.csrf("/me").await;
    let command = chief.opens(&leaf("1.1")).await.value("command").expect("one");
    let form = [("csrf", csrf.as_str()), ("command", &command), ("number", "1"), ("text", "x")];
    let refused = chief.sends(&path, &form).await;
    assert!(refused.status >= 400 && refused.html.contains("class=\"note fault\""), "{}", refused.html);
}

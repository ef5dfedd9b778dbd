//! The pages of a survey's staff over HTTP: ballots sent, looked at, recorded as they were shown or destroyed; what a batch counts, and what is missing;
//! samples for asking again. And who may not, and what becomes of files that are none.

use std::fs;

use proto::Hash;
use serde_json::{Value, json};
use system_tests::folder::Folder;

use super::api::Server;
use super::browser::{Browser, Got, signed_in};
use super::survey::file;
use super::unit_sheets::{id, play};

const SURVEY: &str = "/rounds/hanoi-2022/survey";

/// The sample's round while its survey is held, with a plan for two departments.
pub fn surveyed() -> Folder {
    let folder = Folder::small_round(0);
    let planned = |unit: &str, respondents: u32| json!({ "unit": unit, "group": "so-5", "respondents": respondents });
    let plan = json!({ "round": "hanoi-2022", "rows": [planned("congthuong", 600), planned("dulich", 400)] });
    let command =
        json!({ "id": id(150), "capacity": "secretariat", "unit": "noivu", "kind": "plan_sample", "data": plan });
    let line = json!({ "at": "2023-02-15T02:00:00.000000Z", "actor": "sec-1", "command": command });
    play(&folder, &format!("{line}\n"));
    folder
}

/// What of a kind of event stands in the log.
pub fn events(folder: &Folder, kind: &str) -> Vec<Value> {
    folder.must(&["export", "--data", "@", "log.ndjson"]);
    let log = fs::read_to_string(folder.beside("log.ndjson")).expect("the log");
    let events = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("an event"));
    events.filter(|event| event["kind"] == kind).collect()
}

/// Sends a file of ballots as the page's form does.
pub async fn brings(who: &mut Browser<'_>, batch: &str, encoding: &str, (name, bytes): (&str, &[u8])) -> Got {
    let csrf = who.csrf("/me").await;
    let fields = [
        ("csrf", csrf.as_str()),
        ("batch", batch),
        ("method", "paper"),
        ("unit", "noivu"),
        ("replaces", ""),
        ("reason", ""),
        ("encoding", encoding),
    ];
    who.brings(&format!("{SURVEY}/send"), &fields, (name, bytes)).await
}

pub fn waiting(batch: &str) -> String {
    format!("{SURVEY}/waiting/{batch}")
}

/// A ballot shown by the command line to be counted.
fn proved(folder: &Folder, batch: &str) -> bool {
    let of = ["--data", "@", "--round", "hanoi-2022", "--batch", batch];
    let _ = fs::remove_file(folder.beside("proof.json"));
    let made = folder.run(&[&["survey", "prove"], &of[..], &["--index", "0", "proof.json"]].concat());
    made.code == Some(0)
        && folder.run(&[&["survey", "check-ballot"], &of[..], &["--proof", "proof.json"]].concat()).code == Some(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn ballots_are_sent_on_a_page_looked_at_and_recorded_once_as_they_were_shown() {
    let server = Server::over(surveyed(), "127.0.0.1:0");
    let mut staff = signed_in(&server, "srv-1").await;
    let form = staff.opens(&format!("{SURVEY}/send")).await;
    assert!(form.status == 200 && form.value("batch").as_deref() == Some("dot-1"), "{}", form.html);
    assert!(!form.html.contains("<select id=\"encoding\""), "what is seen for sure is not asked for");

    let ballots = file(1_000);
    for _ in 0..2 {
        let sent = brings(&mut staff, "phieu-1", "", ("phieu.csv", ballots.as_bytes())).await;
        assert_eq!((sent.status, sent.to.as_str()), (303, waiting("phieu-1").as_str()), "{}", sent.html);
    }
    assert!(events(&server.folder, "batch_recorded").is_empty(), "nothing is on record before it was looked at");
    let seen = staff.opens(&waiting("phieu-1")).await;
    for shown in ["<dd>1.000</dd>", "1/12/2022", "Sở Du lịch", "phiếu giấy", "500 phiếu, kế hoạch 600."] {
        assert!(seen.html.contains(shown), "{shown}: {}", seen.html);
    }
    assert!(!seen.html.contains("dtv-rieng"), "no collector is named");
    // Another file for the batch that waits takes no place of it unasked.
    let other = brings(&mut staff, "phieu-1", "", ("phieu.csv", file(999).as_bytes())).await;
    assert!(other.status == 422 && other.html.contains("<code>batch_stored</code>"), "{}", other.html);

    // What was not shown is not recorded; what was is, once.
    let record = format!("{}/record", waiting("phieu-1"));
    let none = Hash([0; 32]).to_string();
    let moved = staff.fills(&seen, &record, &[("digest", &none)]).await;
    assert!(moved.status == 409 && moved.html.contains("không còn là phiếu bạn đã xem"), "{}", moved.html);
    assert!(events(&server.folder, "batch_recorded").is_empty());
    let mut places = Vec::new();
    for _ in 0..2 {
        let got = staff.fills(&seen, &record, &[]).await;
        assert_eq!(got.status, 303, "{}", got.html);
        places.push(got.to);
    }
    assert_eq!(places[0], places[1], "sent twice, it is one act");
    let recorded = events(&server.folder, "batch_recorded");
    assert_eq!((recorded.len(), &recorded[0]["data"]["respondents"]), (1, &Value::from(1_000)));
    assert!(proved(&server.folder, "phieu-1"));

    // The batch's own page, and how far the plan was reached.
    let page = staff.opens(&places[0]).await;
    for shown in ["sự kiện #", "<dd>1.000</dd>", "Bảng tổng hợp", "1.6.1", "Điều cần xem xét", ">500<"]
    {
        assert!(page.html.contains(shown), "{shown}: {}", page.html);
    }
    let coverage = staff.opens(&format!("{SURVEY}/coverage")).await;
    // By group: what one unit has too many of does not make up for what another one misses.
    for shown in ["Sở Du lịch", ">500<", "83,3 %", ">1.000<", "90,0 %", "<strong>100</strong>", "đủ"] {
        assert!(coverage.html.contains(shown), "{shown}: {}", coverage.html);
    }
    let missing = staff.opens(&format!("{SURVEY}/coverage?missing=1")).await;
    assert!(missing.html.contains("Sở Công Thương") && !missing.html.contains("Sở Du lịch"), "{}", missing.html);

    // Voided, with a reason, it counts no more.
    let void = "/rounds/hanoi-2022/acts/void";
    let voided = staff.fills(&page, void, &[("batch", "phieu-1"), ("reason", "Gửi nhầm (minh họa)")]).await;
    assert_eq!(voided.status, 303, "{}", voided.html);
    let after = staff.opens(&format!("{SURVEY}/batches/phieu-1")).await;
    assert!(after.html.contains("đã hủy") && !after.html.contains("acts/void"), "{}", after.html);
    let coverage = staff.opens(&format!("{SURVEY}/coverage")).await;
    assert!(!coverage.html.contains(">500<") && coverage.html.contains("<strong>600</strong>"), "{}", coverage.html);
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_batch_is_told_with_all_its_faults_and_leaves_nothing() {
    let server = Server::over(surveyed(), "127.0.0.1:0");
    let mut staff = signed_in(&server, "srv-1").await;
    let good = file(40);
    let hostile = good.replacen("congthuong;", "<script>alert(1)</script>;", 1);
    let faulty = good.replacen("congthuong;", "congthuongx;", 1).replacen("240;b;b;b", "240;b;e;b", 1);
    let many: String = good.replace("so-5", "so-9") + &"dulich;so-9;1/12/2022\r\n".repeat(200);
    let formula = good.replacen(";dtv-rieng;", ";=cmd|'/c x'!A1;", 1);
    let table: [(&str, &[u8], &[&str]); 8] = [
        ("a.csv", faulty.as_bytes(), &["dòng 2, cột A “Đơn vị” (A2)", "unit_unknown", "answer_unknown"]),
        ("a.csv", hostile.as_bytes(), &["unit_unknown", "&#60;script&#62;"]),
        ("a.csv", many.as_bytes(), &["group_unknown", "lỗi nữa"]),
        ("a.csv", formula.as_bytes(), &["<code>"]),
        ("a.csv", b"", &["file_empty"]),
        ("a.csv", b"a;b;c\r\n1;2;3\r\n", &["headings_missing"]),
        ("a.xlsx", b"PK\x03\x04 no workbook at all", &["<code>"]),
        ("", b"", &["Chưa chọn tệp."]),
    ];
    for (name, bytes, told) in table {
        let got = brings(&mut staff, "phieu-1", "", (name, bytes)).await;
        assert_eq!(got.status, 422, "{told:?}: {}", got.html);
        for told in told {
            assert!(got.html.contains(told), "{told}: {}", got.html);
        }
        assert!(!got.html.contains("<script>alert"), "escaped");
        assert_eq!(got.value("batch").as_deref(), Some("phieu-1"), "what was typed stays");
        assert_eq!(staff.opens(&waiting("phieu-1")).await.status, 404, "nothing of it is kept");
    }
    // An encoding is asked for where it cannot be seen, and where alone.
    let old = b"don_vi;nhom;ngay;1.6.1;1.6.2;1.6.3\r\nS\xf5\xd2;so-5;1/12/2022;a;b;c\r\n";
    let got = brings(&mut staff, "phieu-1", "", ("a.csv", old)).await;
    assert!(got.status == 422 && got.html.contains("<select id=\"encoding\""), "{}", got.html);
    let got = brings(&mut staff, "phieu-1", "cp1258", ("a.csv", old)).await;
    assert!(got.status == 422 && got.html.contains("“Sở”") && got.html.contains("unit_unknown"), "{}", got.html);
    assert!(got.html.contains("value=\"cp1258\" selected"), "{}", got.html);
    // Ids that are none, and forms that are none of ours.
    let got = brings(&mut staff, "Đợt 1", "", ("a.csv", good.as_bytes())).await;
    assert!(got.status == 422 && got.html.contains("Chữ thường không dấu"), "{}", got.html);
    let got = staff.brings(&format!("{SURVEY}/send"), &[("csrf", "x"), ("batch", "a")], ("a.csv", b"x")).await;
    assert_eq!(got.status, 400);

    // After all that a good file is taken as if nothing had been.
    let sent = brings(&mut staff, "phieu-1", "", ("phieu.csv", good.as_bytes())).await;
    assert_eq!(sent.status, 303, "{}", sent.html);
    let seen = staff.opens(&sent.to).await;
    assert_eq!(staff.fills(&seen, &format!("{}/record", sent.to), &[]).await.status, 303);
    assert!(proved(&server.folder, "phieu-1"));
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ballots_that_wait_are_destroyed_on_a_page_and_never_those_on_record() {
    let server = Server::over(surveyed(), "127.0.0.1:0");
    let mut staff = signed_in(&server, "srv-1").await;
    let forget = format!("{}/forget", waiting("phieu-1"));
    let first = brings(&mut staff, "phieu-1", "", ("phieu.csv", file(300).as_bytes())).await;
    let seen = staff.opens(&first.to).await;
    let gone = staff.fills(&seen, &forget, &[]).await;
    assert_eq!((gone.status, gone.to), (303, format!("{SURVEY}/send")), "{}", gone.html);
    assert_eq!(staff.opens(&waiting("phieu-1")).await.status, 404);
    assert!(!proved(&server.folder, "phieu-1"));
    // What was shown is gone, and its form records nothing; another file takes its place.
    assert_eq!(staff.fills(&seen, &format!("{}/record", waiting("phieu-1")), &[]).await.status, 404);
    let second = brings(&mut staff, "phieu-1", "", ("phieu.csv", file(200).as_bytes())).await;
    assert_eq!(second.status, 303, "{}", second.html);
    let stale = staff.fills(&seen, &format!("{}/record", waiting("phieu-1")), &[]).await;
    assert_eq!(stale.status, 409, "other ballots than those that were looked at");
    let seen = staff.opens(&second.to).await;
    assert_eq!(staff.fills(&seen, &format!("{}/record", waiting("phieu-1")), &[]).await.status, 303);
    let refused = staff.fills(&seen, &forget, &[]).await;
    assert_eq!(refused.status, 409, "{}", refused.html);
    assert!(proved(&server.folder, "phieu-1"), "what is on record stays");
    let again = staff.opens(&waiting("phieu-1")).await;
    assert!(again.html.contains("Đợt này đã ghi") && !again.html.contains("/record\""), "{}", again.html);
    assert_eq!(events(&server.folder, "batch_recorded")[0]["data"]["respondents"], 200);
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_survey_is_worked_on_by_its_staff_and_seen_by_those_who_see_it_alone() {
    let server = Server::over(surveyed(), "127.0.0.1:0");
    let mut staff = signed_in(&server, "srv-1").await;
    let sent = brings(&mut staff, "phieu-1", "", ("phieu.csv", file(40).as_bytes())).await;
    let seen = staff.opens(&sent.to).await;
    let digest = seen.value("digest").expect("a digest");
    let ballots = file(40);
    for actor in ["sec-1", "council-1", "insp-1", "apr-8", "ldtbxh-d", "admin-a"] {
        let mut other = signed_in(&server, actor).await;
        let csrf = other.csrf("/me").await;
        for page in ["send".to_owned(), "waiting/phieu-1".to_owned()] {
            let got = other.opens(&format!("{SURVEY}/{page}")).await;
            assert_eq!(got.status, 403, "{actor} {page}: {}", got.html);
        }
        assert_eq!(brings(&mut other, "phieu-2", "", ("phieu.csv", ballots.as_bytes())).await.status, 403, "{actor}");
        for (doing, field) in [("record", ("digest", digest.as_str())), ("forget", ("digest", ""))] {
            let got = other.sends(&format!("{}/{doing}", waiting("phieu-1")), &[("csrf", &csrf), field]).await;
            assert_eq!(got.status, 403, "{actor} {doing}: {}", got.html);
        }
        let sees = matches!(actor, "sec-1" | "council-1" | "insp-1");
        for page in ["/coverage", "/samples"] {
            let status = other.opens(&format!("{SURVEY}{page}")).await.status;
            assert_eq!(status, if sees { 200 } else { 403 }, "{actor} {page}");
        }
    }
    // A form of nobody's session does nothing.
    let record = format!("{}/record", waiting("phieu-1"));
    assert_eq!(staff.sends(&record, &[("csrf", "x"), ("digest", &digest)]).await.status, 403);
    assert_eq!(Browser::new(&server).sends(&record, &[("digest", &digest)]).await.status, 303, "to sign in");
    assert!(events(&server.folder, "batch_recorded").is_empty());
    assert_eq!(staff.opens(&waiting("phieu-1")).await.status, 200, "what waits waits still");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_is_drawn_on_pages_from_a_seed_that_nobody_here_has_kept() {
    let server = Server::over(surveyed(), "127.0.0.1:0");
    let mut secretary = signed_in(&server, "sec-1").await;
    let (mut staff, path) = (signed_in(&server, "srv-1").await, format!("{SURVEY}/samples"));
    let page = secretary.opens(&path).await;
    let csrf = page.value("csrf").expect("a form");
    assert!(page.value("sample").as_deref() == Some("mau-1") && !page.html.contains("survey/draw"), "{}", page.html);
    let taken = secretary.sends(&format!("{SURVEY}/seed"), &[("csrf", &csrf), ("sample", "mau-1")]).await;
    let seed: proto::seed_file::Seed = taken.html.parse().expect("a seed's file");
    assert!(taken.status == 200 && events(&server.folder, "seed_committed").is_empty(), "nothing is on record yet");
    let again = secretary.sends(&format!("{SURVEY}/seed"), &[("csrf", &csrf), ("sample", "mau-1")]).await;
    assert_ne!(again.html, taken.html, "each file has a seed of its own, for none is kept here");

    // Committed to once, however often the form is sent; another seed for the same sample is refused, and what is no seed.
    let (commit, command) = (format!("{SURVEY}/commit"), page.value("command").expect("a command"));
    let form = [("csrf", csrf.as_str()), ("command", command.as_str())];
    let other = [("csrf", csrf.as_str()), ("command", "0183f2f3-fd8c-7631-b305-c684c75328ba")];
    for (fields, bytes, status) in [
        (&form, b"<script>alert(1)</script>".as_slice(), 422),
        (&form, &[b'x'; 5_000], 422),
        (&form, taken.html.replace("hanoi-2022", "hue-2022").as_bytes(), 422),
        (&form, taken.html.as_bytes(), 303),
        (&form, taken.html.as_bytes(), 303),
        (&other, again.html.as_bytes(), 409),
    ] {
        let got = secretary.brings(&commit, fields, ("mau.seed", bytes)).await;
        assert_eq!(got.status, status, "{}", got.html);
        assert!(!got.html.contains("<script>alert") && !got.html.contains(&seed.seed.to_string()), "{}", got.html);
    }
    let committed = events(&server.folder, "seed_committed");
    assert_eq!(committed.len(), 1);
    assert_eq!(committed[0]["data"]["commitment"], proto::sample::commitment(&seed.seed).to_string());
    let theirs = staff.csrf("/me").await;
    let foreign = [("csrf", theirs.as_str()), ("command", command.as_str())];
    assert_eq!(staff.brings(&commit, &foreign, ("mau.seed", again.html.as_bytes())).await.status, 403);
    assert_eq!(staff.sends(&format!("{SURVEY}/seed"), &[("csrf", &theirs), ("sample", "mau-2")]).await.status, 403);

    // The ballots come, and the sample is drawn.
    let sent = brings(&mut staff, "phieu-1", "", ("phieu.csv", file(200).as_bytes())).await;
    let seen = staff.opens(&sent.to).await;
    assert_eq!(staff.fills(&seen, &format!("{}/record", sent.to), &[]).await.status, 303);
    let page = secretary.opens(&path).await;
    let (draw, command) = (format!("{SURVEY}/draw"), page.value("command").expect("a command"));
    for (many, bytes, status) in [
        ("nhiều", taken.html.as_str(), 422),
        ("25%", again.html.as_str(), 422),
        ("201", taken.html.as_str(), 422),
        ("25%", taken.html.as_str(), 303),
        ("25%", taken.html.as_str(), 303),
    ] {
        let fields = [("csrf", csrf.as_str()), ("command", command.as_str()), ("batch", "phieu-1"), ("many", many)];
        let got = secretary.brings(&draw, &fields, ("mau.seed", bytes.as_bytes())).await;
        let is_refused = status != 303 && (400..500).contains(&got.status);
        assert!(got.status == status || is_refused, "{many}: {} {}", got.status, got.html);
        assert!(status != 303 || got.to.starts_with(&format!("{path}/mau-1?position=")), "{}", got.to);
    }
    let drawn = events(&server.folder, "sample_drawn");
    let root = events(&server.folder, "batch_recorded")[0]["data"]["ballots"]["root"].clone();
    let root = Hash::parse(root.as_str().expect("a root")).expect("a hash");
    let expected = proto::sample::drawn(&seed.seed, &root, 200, 50);
    assert_eq!((drawn.len(), &drawn[0]["data"]["indexes"]), (1, &json!(expected)));
    // The list counts from one, as people do.
    let list = staff.opens(&format!("{path}/mau-1")).await;
    for index in &expected {
        assert!(list.html.contains(&format!("class=\"num\">{}</th>", index + 1)), "{index}: {}", list.html);
    }
    assert_eq!(list.html.matches("<th scope=\"row\" class=\"num\">").count(), 50);
    assert_eq!(staff.opens(&format!("{path}/mau-2")).await.status, 404);
    server.folder.must(&["verify", "--data", "@"]);
}

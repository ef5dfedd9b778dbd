//! What those of a batch said who were asked again, over HTTP: a workbook given out, filled in, shown against the batch, and recorded once; what does
//! not fit the batch, and who may not.

use system_tests::folder::Folder;

use super::api::Server;
use super::browser::{Browser, Got, signed_in};
use super::survey::file;
use super::survey_pages::{brings, events, surveyed, waiting};
use super::unit_sheets::{N, T, rows, set};

const BATCH: &str = "/rounds/hanoi-2022/survey/batches/phieu-1";

/// The row of the workbook, from 1, that is about a first answer and a second one to a question about the first unit.
fn row(book: &[u8], question: &str, first: &str, second: &str) -> usize {
    let rows = rows(book, "Hỏi lại");
    let is = |row: &Vec<String>| row[0] == "congthuong" && row[2] == question && row[3] == first && row[4] == second;
    rows.iter().position(is).expect("such a row") + 1
}

/// The workbook with some numbers of people in it.
fn filled(book: &[u8], people: &[(&str, &str, &str, &str)]) -> Vec<u8> {
    let cell = |(question, first, second, people)| (format!("F{}", row(book, question, first, second)), N(people));
    set(book, "sheet1.xml", &people.iter().copied().map(cell).collect::<Vec<_>>())
}

async fn looks(who: &mut Browser<'_>, people: &str, reason: &str, file: &[u8]) -> Got {
    let csrf = who.csrf("/me").await;
    let fields = [("csrf", csrf.as_str()), ("method", "interview"), ("respondents", people), ("reason", reason)];
    who.brings(&format!("{BATCH}/again"), &fields, ("hoi-lai.xlsx", file)).await
}

async fn sends(who: &mut Browser<'_>, changes: &[String]) -> Got {
    let csrf = who.csrf("/me").await;
    let fields = [("csrf", csrf.as_str())].into_iter().chain(changes.iter().map(|c| ("change", c.as_str())));
    who.sends(&format!("{BATCH}/again/send"), &fields.collect::<Vec<_>>()).await
}

/// A round whose batch of 400 ballots is on record.
async fn recorded(folder: Folder) -> Server {
    let server = Server::over(folder, "127.0.0.1:0");
    let mut staff = signed_in(&server, "srv-1").await;
    let sent = brings(&mut staff, "phieu-1", "", ("phieu.csv", file(400).as_bytes())).await;
    let seen = staff.opens(&sent.to).await;
    assert_eq!(staff.fills(&seen, &format!("{}/record", waiting("phieu-1")), &[]).await.status, 303);
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn what_those_said_who_were_asked_again_is_filled_in_shown_against_the_batch_and_recorded_once() {
    let server = recorded(surveyed()).await;
    let mut staff = Browser::new(&server);
    assert_eq!(staff.signs_in("srv-1", super::browser::CHOSEN).await.status, 303);
    let page = staff.opens(BATCH).await;
    assert!(page.html.contains(&format!("{BATCH}/again")) && !page.html.contains("Kết quả hỏi lại<"), "{}", page.html);
    let form = staff.opens(&format!("{BATCH}/again")).await;
    assert!(form.status == 200 && form.html.contains("Tải bảng hỏi lại"), "{}", form.html);
    let (status, disposition, book) = staff.downloads(&format!("{BATCH}/again/book")).await;
    assert_eq!((status, disposition.contains("hoi-lai-hanoi-2022-phieu-1.xlsx")), (200, true), "{disposition}");

    // What does not fit is told, and nothing is on record.
    let good = filled(&book, &[("1.6.1", "a", "a", "30"), ("1.6.1", "a", "b", "10"), ("1.6.1", "c", "c", "5")]);
    let many = filled(&book, &[("1.6.1", "a", "b", "101")]);
    let at = format!("A{}", row(&book, "1.6.1", "a", "b"));
    let hostile = set(&many, "sheet1.xml", &[(at, T("<script>alert(1)</script>"))]);
    let tries: [(&str, &str, &[u8], &str); 7] = [
        ("0", "x", &good, "phải là số lớn hơn 0"),
        ("45", "  ", &good, "Cần nêu lý do"),
        ("44", "x", &good, "nhiều hơn số phiếu"),
        ("400", "x", &many, "nhiều hơn số đã trả lời như vậy"),
        ("400", "x", &hostile, "unit_unknown"),
        ("45", "x", &book, "rows_none"),
        ("45", "x", b"PK\x03\x04 none", "<code>"),
    ];
    for (people, reason, file, told) in tries {
        let got = looks(&mut staff, people, reason, file).await;
        assert!((400..500).contains(&got.status) && got.html.contains(told), "{told}: {} {}", got.status, got.html);
        assert!(got.values("change").is_empty() && !got.html.contains("<script>alert"), "{}", got.html);
    }
    let shown = looks(&mut staff, "45", "Kiểm tra 10% (minh họa)", &good).await;
    assert_eq!(shown.status, 200, "{}", shown.html);
    for told in ["35 trên 45 câu trả lời giống lần đầu (77,8 %)", "→", ": 10"] {
        assert!(shown.html.contains(told), "{told}: {}", shown.html);
    }
    assert!(events(&server.folder, "batch_rechecked").is_empty(), "only looked at");

    // What was shown is recorded whole or not at all, once, and by survey staff.
    let changes = shown.values("change");
    let (last, parts) = changes.split_last().expect("commands");
    for part in [parts, &changes[1..], std::slice::from_ref(last), &[]] {
        assert_eq!(sends(&mut staff, part).await.status, 400);
    }
    for actor in ["sec-1", "council-1", "insp-1", "apr-8", "ldtbxh-d"] {
        let mut other = signed_in(&server, actor).await;
        assert_eq!(other.opens(&format!("{BATCH}/again")).await.status, 403, "{actor}");
        assert_eq!(other.downloads(&format!("{BATCH}/again/book")).await.0, 403, "{actor}");
        assert_eq!(looks(&mut other, "45", "x", &good).await.status, 403, "{actor}");
        assert_eq!(sends(&mut other, &changes).await.status, 403, "{actor}");
    }
    assert!(events(&server.folder, "batch_rechecked").is_empty(), "nobody else has recorded it");
    for _ in 0..2 {
        let sent = sends(&mut staff, &changes).await;
        assert!(sent.status == 303 && sent.to.starts_with(&format!("{BATCH}?position=")), "{}", sent.html);
    }
    let on_record = events(&server.folder, "batch_rechecked");
    assert_eq!((on_record.len(), &on_record[0]["data"]["respondents"]), (1, &45.into()));

    // The batch's page says what it said, and so does another one beside it.
    for actor in ["srv-1", "sec-1", "insp-1"] {
        let mut who = Browser::new(&server);
        who.signs_in(actor, super::browser::CHOSEN).await;
        let page = who.opens(BATCH).await;
        for told in ["Kết quả hỏi lại", "35 trên 45", "45 người", "Kiểm tra 10% (minh họa)", ": 10"] {
            assert!(page.html.contains(told), "{actor} {told}: {}", page.html);
        }
    }
    let other = filled(&book, &[("1.6.2", "b", "b", "4")]);
    let shown = looks(&mut staff, "4", "Lần hai (minh họa)", &other).await;
    assert_eq!(sends(&mut staff, &shown.values("change")).await.status, 303);
    let page = staff.opens(BATCH).await;
    assert!(page.html.contains("35 trên 45") && page.html.contains("4 trên 4"), "{}", page.html);
    server.folder.must(&["verify", "--data", "@"]);
}

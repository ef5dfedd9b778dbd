//! Reports as files, taken through the door and read back by programs that did not write them.

mod fixture;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use axum::http::StatusCode;
use calamine::{Data, Reader, Xlsx};
use fixture::{HOSTILE, RANKING_POSITION, STEERING, Site, root};
use quick_xml::events::Event;
use rqrr::PreparedImage;
use zip::ZipArchive;

const REPORT: &str = "/rounds/hanoi-2022/report";

/// The parts of an office file.
fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut parts = BTreeMap::new();
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).expect("a part");
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("it reads");
        assert!(parts.insert(part.name().expect("a name").into_owned(), bytes).is_none(), "a part stands twice");
    }
    parts
}

/// The texts of a part of a document, each run's as it is shown. All of the part must be XML.
fn texts(part: &[u8]) -> Vec<String> {
    let part = std::str::from_utf8(part).expect("UTF-8");
    let mut reader = quick_xml::Reader::from_str(part);
    let (mut texts, mut run, mut depth) = (Vec::new(), None, 0);
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(tag) => {
                depth += 1;
                run = (tag.name().as_ref() == "w:t").then(String::new).or(run);
            }
            Event::End(tag) => {
                depth -= 1;
                if tag.name().as_ref() == "w:t" {
                    texts.push(run.take().expect("a run's text"));
                }
            }
            Event::Text(text) => run.iter_mut().for_each(|run| *run += &text),
            Event::GeneralRef(name) => {
                let spoken = match (name.resolve_char_ref().expect("a reference"), &*name) {
                    (Some(c), _) => c,
                    (None, "amp") => '&',
                    (None, "lt") => '<',
                    (None, "gt") => '>',
                    (None, "quot") => '"',
                    (None, other) => panic!("what is &{other};?"),
                };
                run.iter_mut().for_each(|run| run.push(spoken));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "every tag is closed");
    texts
}

async fn docx(site: &Site, query: &str) -> BTreeMap<String, Vec<u8>> {
    let got = site.get(&format!("{REPORT}.docx{query}")).await;
    assert_eq!(got.status, StatusCode::OK, "{}", got.body);
    parts(&got.bytes)
}

/// The cells of a workbook's sheets; no cell of them is a formula.
async fn xlsx(site: &Site, query: &str) -> Vec<(String, Vec<Data>)> {
    let got = site.get(&format!("{REPORT}.xlsx{query}")).await;
    assert_eq!(got.status, StatusCode::OK, "{}", got.body);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(got.bytes)).expect("a workbook");
    let names = book.sheet_names();
    let mut sheets = Vec::new();
    for name in names {
        assert!(book.worksheet_formula(&name).expect("a sheet").is_empty(), "{name}");
        let cells = book.worksheet_range(&name).expect("a sheet").rows().flatten().cloned().collect();
        sheets.push((name, cells));
    }
    sheets
}

#[tokio::test]
async fn the_same_position_gives_the_same_bytes_under_the_same_tag() {
    let (one, other) = (Site::full().await, Site::full().await);
    let mut tags = BTreeSet::new();
    for file in
        ["report.docx", "report.xlsx", "report.docx?publication=live", "report.xlsx?publication=1&place=Hu%E1%BA%BF"]
    {
        let path = format!("/rounds/hanoi-2022/{file}");
        let (first, second) = (one.get(&path).await, other.get(&path).await);
        assert!(first.status == StatusCode::OK && first.bytes == second.bytes, "{file}");
        let tag = first.header("etag");
        assert!(tag.len() == 66 && tag == second.header("etag"), "{tag}");
        let again = one.get_as(&path, ("if-none-match", tag)).await;
        assert_eq!((again.status, again.bytes.len(), again.header("etag")), (StatusCode::NOT_MODIFIED, 0, tag));
        let changed = one.get_as(&path, ("if-none-match", "\"x\"")).await;
        assert_eq!(changed.status, StatusCode::OK, "{file}");
        assert!(tags.insert(tag.to_owned()), "other bytes are under another tag");
    }
}

#[tokio::test]
async fn a_file_has_a_name_that_every_browser_can_keep() {
    let site = Site::full().await;
    let got = site.get(&format!("{REPORT}.docx")).await;
    let (plain, spelled) =
        ("bao-cao-hanoi-2022-lan-2.docx", "B%C3%A1o%20c%C3%A1o%20hanoi-2022%2C%20l%E1%BA%A7n%202.docx");
    let named = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{spelled}");
    assert_eq!(got.header("content-disposition"), named);
    assert!(got.header("content-type").ends_with("wordprocessingml.document"));
    let live = site.get(&format!("{REPORT}.xlsx?publication=live")).await;
    assert!(live.header("content-disposition").contains("bao-cao-hanoi-2022-tam-tinh.xlsx"));
    let ranking = site.get("/rounds/hanoi-2022?publication=1").await.body;
    assert!(ranking.contains("href=\"/rounds/hanoi-2022/report?publication=1\""));
    let page = site.get(&format!("{REPORT}?publication=1&number=1%2FBC")).await.body;
    assert!(page.contains("href=\"/rounds/hanoi-2022/report.docx?publication=1&#38;number=1%2FBC\""), "{page}");
}

#[tokio::test]
async fn a_name_stays_text_whatever_it_holds() {
    let site = Site::steered().await;
    let (_, shown) = STEERING;
    let all = docx(&site, "").await;
    let document = texts(&all["word/document.xml"]);
    for name in [HOSTILE, shown] {
        assert!(document.iter().filter(|text| *text == name).count() >= 2, "{name}: in the ranking and by field");
    }
    for (name, part) in all.iter().filter(|(name, _)| name.ends_with(".xml") || name.ends_with(".rels")) {
        texts(part);
        assert!(!String::from_utf8_lossy(part).contains('\u{202e}'), "{name}");
    }
    let book = xlsx(&site, "").await;
    for name in [HOSTILE, shown] {
        let held = Data::String(name.to_owned());
        assert!(book.iter().filter(|(_, cells)| cells.contains(&held)).count() >= 2, "{name}");
    }
    let page = site.get(REPORT).await.body;
    assert!(page.contains("=HYPERLINK(&#34;x&#34;)\u{fffd}_x0041_]]&#62;&#38;amp;") && !page.contains(HOSTILE));
    assert!(!page.contains('\u{202e}') && !page.contains('\u{1}'));
}

#[tokio::test]
async fn figures_are_the_rows_with_the_declared_digits() {
    let site = Site::full().await;
    let document = texts(&docx(&site, "").await["word/document.xml"]);
    // Of ldtbxh: points appraised and surveyed, index, band, movement; and the mean (91.68 + 89.01 + 81) / 3.
    let at = document.iter().position(|t| t == "Sở Lao động - Thương binh và Xã hội").expect("its row");
    assert_eq!(
        document[at - 1..at + 6],
        ["1", "Sở Lao động - Thương binh và Xã hội", "63,00", "28,00", "91,68", "A", "▲ 1"]
    );
    assert!(document.contains(&"87,23".to_owned()) && document.contains(&"Hạng".to_owned()));
    let unranked = document.iter().position(|t| t.starts_with("Ban Quản lý")).expect("its row");
    assert_eq!((document[unranked - 1].as_str(), document[unranked + 3].as_str()), ("–", "81,00"));
    let book = xlsx(&site, "").await;
    let tabs: Vec<&str> = book.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "Báo cáo",
        "Xếp hạng Khối sở",
        "Xếp hạng Khối UBND quận, huyện,",
        "Điều chỉnh",
        "Lĩnh vực Khối sở",
        "Lĩnh vực Khối UBND quận, huyện,",
        "Kiểm chứng",
    ];
    assert_eq!(tabs, expected);
    let cells = &book[1].1;
    let at = cells
        .iter()
        .position(|c| *c == Data::String("Sở Lao động - Thương binh và Xã hội".to_owned()))
        .expect("its row");
    let row =
        [Data::Float(63.0), Data::Float(28.0), Data::Float(91.68), Data::String("A".to_owned()), Data::Float(1.0)];
    assert_eq!((&cells[at - 1], &cells[at + 1..at + 6]), (&Data::Float(1.0), &row[..]));
    let got = site.get(&format!("{REPORT}.xlsx")).await;
    let styles = String::from_utf8(parts(&got.bytes)["xl/styles.xml"].clone()).expect("text");
    assert!(styles.contains("formatCode=\"[$-42A]#,##0.00\""), "two digits, as the round declares: {styles}");
}

#[tokio::test]
async fn points_by_field_are_printed_only_while_they_are_those_of_the_result() {
    let site = Site::full().await;
    let document = texts(&docx(&site, "").await["word/document.xml"]);
    let head = document.iter().position(|t| t == "Lĩnh vực 1 (30,00)").expect("a field");
    let row = document[head..].iter().position(|t| t == "Sở Lao động - Thương binh và Xã hội").expect("its row") + head;
    // The index has moved on: 82 and 9.68 points there, 63 and 28 in the publication.
    assert_eq!(document[row + 1..row + 3], ["–", "–"]);
    assert!(document.iter().any(|t| t.contains("3 đơn vị ghi “–” đã thay đổi")), "{document:?}");
}

#[tokio::test]
async fn a_provisional_report_says_so_on_every_page_and_a_published_one_does_not() {
    let site = Site::full().await;
    for (query, provisional) in [("?publication=live", true), ("", false)] {
        let all = docx(&site, query).await;
        let document = String::from_utf8(all["word/document.xml"].clone()).expect("text");
        // Every section refers to both headers, and says that its first page has one of its own.
        let sections = document.matches("<w:sectPr>").count();
        assert_eq!(sections, if provisional { 4 } else { 5 }, "the report and its annexes");
        for needed in [
            "w:type=\"first\" r:id=\"rId3\"",
            "w:type=\"default\" r:id=\"rId4\"",
            "<w:titlePg/>",
            "<w:pgNumType w:start=\"1\"/>",
        ] {
            assert_eq!(document.matches(needed).count(), sections, "{needed}");
        }
        for header in ["word/header1.xml", "word/header2.xml"] {
            let marks = texts(&all[header]);
            assert_eq!(marks.contains(&"TẠM TÍNH".to_owned()), provisional, "{header}: {marks:?}");
            assert!(marks.iter().any(|m| m.starts_with("KỲ TẬP HUẤN")), "{header}: {marks:?}");
        }
        assert!(String::from_utf8_lossy(&all["word/header2.xml"]).contains(" PAGE "));
        assert!(!String::from_utf8_lossy(&all["word/header1.xml"]).contains(" PAGE "));
        let sheets = parts(&site.get(&format!("{REPORT}.xlsx{query}")).await.bytes);
        let sheets: Vec<_> = sheets.iter().filter(|(name, _)| name.starts_with("xl/worksheets/sheet")).collect();
        assert!(sheets.len() >= 5);
        for (name, sheet) in sheets {
            let sheet = String::from_utf8_lossy(sheet);
            let (_, header) = sheet.split_once("<oddHeader>").unwrap_or_else(|| panic!("{name} has no header"));
            let header = header.split("</oddHeader>").next().expect("its text");
            assert_eq!(header.contains("TẠM TÍNH"), provisional, "{name}: {header}");
            assert!(header.contains("KỲ TẬP HUẤN") && sheet.contains(&root(RANKING_POSITION).to_string()), "{name}");
        }
        let page = site.get(&format!("{REPORT}{query}")).await.body;
        let (_, mark) = page.split_once("<p class=\"print-mark\"").expect("the mark of every printed page");
        assert_eq!(mark.split("</p>").next().expect("its text").contains("TẠM TÍNH"), provisional);
    }
}

#[tokio::test]
async fn a_superseded_publication_and_the_one_in_its_place_say_so() {
    let site = Site::full().await;
    let first = docx(&site, "?publication=1").await;
    assert!(texts(&first["word/header2.xml"]).contains(&"ĐÃ ĐƯỢC THAY THẾ BỞI LẦN CÔNG BỐ 2".to_owned()));
    let second = texts(&docx(&site, "?publication=2").await["word/document.xml"]).join("\n");
    assert!(second.contains("thay thế lần công bố trước. Lý do: Sửa số liệu <b>GTVT</b>. Các đơn vị"), "{second}");
    assert!(second.contains("CÁC ĐƠN VỊ CÓ KẾT QUẢ THAY ĐỔI") && second.contains("Không có đơn vị nào thay đổi"));
}

#[tokio::test]
async fn what_nobody_gave_is_a_blank_and_what_was_given_stands_as_given() {
    let site = Site::full().await;
    let document = texts(&docx(&site, "").await["word/document.xml"]);
    assert!(document.contains(&"Số: ........../BC-..........".to_owned()));
    assert!(document.iter().filter(|t| t.starts_with("....")).count() >= 3, "place, title and name: {document:?}");
    let given = "?number=12%2FBC-UBND&place=H%C3%A0%20N%E1%BB%99i&date=2023-02-05&signer_title=TM.%20x%7Cch%E1%BB%A7%20t%E1%BB%8Bch\
                 &signer=%3Ci%3EA&recipients=S%E1%BB%9F%20A;S%E1%BB%9F%20B";
    let document = texts(&docx(&site, given).await["word/document.xml"]);
    for text in [
        "Số: 12/BC-UBND",
        "Hà Nội, ngày 05 tháng 02 năm 2023",
        "TM. X",
        "CHỦ TỊCH",
        "<i>A",
        "- Sở A;",
        "- Sở B;",
        "(Kèm theo Báo cáo số 12/BC-UBND, ngày 05 tháng 02 năm 2023 của UBND thành phố Hà Nội)",
    ] {
        assert!(document.contains(&text.to_owned()), "{text}: {document:?}");
    }
}

#[tokio::test]
async fn the_code_leads_to_the_root_that_the_report_names() {
    let site = Site::full().await;
    let said = format!("hanoi.example/training\n{RANKING_POSITION}\n{}\n", root(RANKING_POSITION).base64());
    let all = docx(&site, "").await;
    assert_eq!(scanned(&all["word/media/code.png"]), said);
    let book = parts(&site.get(&format!("{REPORT}.xlsx")).await.bytes);
    assert_eq!(scanned(&book["xl/media/image1.png"]), said);
    assert!(texts(&all["word/document.xml"]).contains(&root(RANKING_POSITION).to_string()));
    assert!(texts(&all["word/footer1.xml"]).concat().contains(&root(RANKING_POSITION).to_string()));
}

/// What a code says that stands in a picture as the report writes it: one bit for a point, in blocks that are stored.
fn scanned(png: &[u8]) -> String {
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes")) as usize;
    let (width, height) = (number(16), number(20));
    let (mut at, mut data) = (8, Vec::new());
    while at < png.len() {
        let long = number(at);
        if &png[at + 4..at + 8] == b"IDAT" {
            data.extend(&png[at + 8..at + 8 + long]);
        }
        at += long + 12;
    }
    let (mut rows, mut at) = (Vec::<u8>::new(), 2);
    while at + 4 < data.len() {
        let long = usize::from(u16::from_le_bytes([data[at + 1], data[at + 2]]));
        rows.extend(&data[at + 5..at + 5 + long]);
        at += 5 + long;
    }
    let line = width.div_ceil(8) + 1;
    let grey = |x: usize, y: usize| if rows[y * line + 1 + x / 8] >> (7 - x % 8) & 1 == 1 { 255 } else { 0 };
    let mut image = PreparedImage::prepare_from_greyscale(width, height, grey);
    let grids = image.detect_grids();
    grids.first().expect("a code").decode().expect("it reads").1
}

#[tokio::test]
async fn what_is_not_there_or_cannot_be_said_is_refused_by_its_code() {
    let site = Site::full().await;
    let table = [
        ("/rounds/none/report", 404, "round_unknown"),
        ("/rounds/none/report.docx", 404, "round_unknown"),
        ("/rounds/hanoi-2022/report.xlsx?publication=9", 404, "publication_unknown"),
        ("/rounds/hanoi-2022/report?publication=9", 404, "publication_unknown"),
        ("/rounds/hanoi-2022/report.docx?publication=x", 400, "bad_query"),
        ("/rounds/hanoi-2022/report.docx?date=5/2/2023", 400, "bad_query"),
        ("/rounds/hanoi-2022/report?place=a&place=b", 400, "bad_query"),
        ("/rounds/hanoi-2022/report.pdf", 404, "page_unknown"),
    ];
    for (path, status, code) in table {
        let got = site.get(path).await;
        assert_eq!(got.status.as_u16(), status, "{path}");
        assert!(got.body.contains(code), "{path}: {}", got.body);
    }
}

//! What is wrong with a file is told at its place, by a stable code and in both languages; all at once, and never half taken.

mod typed;

use intake::{Document, Faults, Spelling};
use proto::document::{Catalogue, DocKind, Lang};
use typed::C::{B, D, F, N, No, T};
use typed::{C, book, catalogue, row};

fn read(bytes: &[u8]) -> Result<Document, Faults> {
    Document::read(bytes, None)
}

/// Codes and places, as `code sheet!A1` or `code path`.
fn told(bytes: &[u8]) -> Vec<String> {
    let faults = read(bytes).expect_err("a file with faults");
    let each = faults.told.iter().map(|fault| {
        let (vi, en) = (fault.told().vi, fault.told().en);
        assert!(!fault.what.vi.is_empty() && !fault.what.en.is_empty() && vi != en, "{vi}");
        let place = match &fault.place {
            intake::Place::Sheet { sheet, row, column, .. } => {
                let at = column.map_or(String::new(), |c| char::from(b'A' + u8::try_from(c).expect("few")).to_string());
                format!("{}!{at}{}", sheet.trim(), row.map_or(String::new(), |r| r.to_string()))
            }
            other => other.text().get(Lang::En).to_owned(),
        };
        format!("{} {place}", fault.code)
    });
    each.collect()
}

#[test]
fn a_workbook_typed_by_hand_is_taken() {
    let document = read(&catalogue(|_| {})).unwrap_or_else(|f| panic!("{f}"));
    let catalogue: Catalogue = serde_json::from_slice(&document.json(Spelling::Canonical)).expect("a catalogue");
    let unit = &catalogue.units[2];
    assert_eq!((unit.unit.as_str(), unit.name.vi.as_str(), unit.name.en.as_str()), ("00004", "UBND phường Ba", ""));
    assert_eq!(unit.succeeds.iter().map(|u| u.as_str()).collect::<Vec<_>>(), ["001", "002"]);
    assert_eq!(unit.effective.as_ref().expect("days").from.to_string(), "2025-07-01");
    assert_eq!(catalogue.units[0].effective.as_ref().expect("days").until.expect("an end").to_string(), "2025-06-30");
}

type Change = fn(&mut Vec<Vec<C<'static>>>);

#[test]
fn every_fault_of_a_cell_is_told_at_its_place() {
    let table: [(Change, &str); 22] = [
        (|rows| rows[2][0] = N(1.0), "cell_code_number Danh mục đơn vị!A3"),
        (|rows| rows[2][0] = No, "cell_required Danh mục đơn vị!A3"),
        (|rows| rows[2][0] = T("Quận Một"), "cell_not_code Danh mục đơn vị!A3"),
        (|rows| rows[2][0] = F("=1+1"), "cell_formula Danh mục đơn vị!A3"),
        (|rows| rows[2][1] = F("=\"UBND\""), "cell_formula Danh mục đơn vị!B3"),
        (|rows| rows[2][1] = B(true), "cell_not_text Danh mục đơn vị!B3"),
        (|rows| rows[2][4] = T("31/02/2021"), "cell_not_day Danh mục đơn vị!E3"),
        (|rows| rows[2][4] = N(44_197.0), "cell_not_day Danh mục đơn vị!E3"),
        (|rows| rows[2][4] = D("1950-01-01"), "cell_not_day Danh mục đơn vị!E3"),
        (|rows| rows[2][4] = No, "effective_begin Danh mục đơn vị!E3"),
        (|rows| rows[4][6] = T("001, Quận Hai"), "cell_not_code Danh mục đơn vị!G5"),
        (|rows| rows[4].extend([No, N(7.0)]), "cell_unexpected Danh mục đơn vị!I5"),
        (|rows| rows[1].push(T("Dân số")), "column_unknown Danh mục đơn vị!I2"),
        (|rows| rows[1].push(T("Tên tắt")), "column_twice Danh mục đơn vị!I2"),
        (|rows| rows[1][3] = No, "column_missing Danh mục đơn vị!3"),
        (|rows| rows[1][0] = T("Mã số"), "headings_missing Danh mục đơn vị!"),
        // Faults of domain stand where the unit stands.
        (|rows| rows[3][0] = T("001"), "unit_twice Danh mục đơn vị!4"),
        (|rows| rows[3][5] = T("30/06/2020"), "unit_effective_order Danh mục đơn vị!4"),
        (|rows| rows[4][6] = T("001, 009"), "lineage_unknown Danh mục đơn vị!5"),
        (|rows| rows[4][4] = T("30/06/2025"), "lineage_order Danh mục đơn vị!5"),
        (|rows| rows.truncate(2), "units_none Danh mục đơn vị!"),
        (|rows| rows.clear(), "headings_missing Danh mục đơn vị!"),
    ];
    for (change, expected) in table {
        let found = told(&catalogue(change));
        assert!(found.iter().any(|f| f == expected), "{expected} is not among {found:?}");
    }
}

#[test]
fn all_faults_are_told_at_once_and_a_long_list_is_cut_short() {
    let found = told(&catalogue(|rows| {
        rows[2][0] = N(1.0);
        rows[3][4] = T("mai");
        rows[4][3] = T("Xã");
    }));
    let expected =
        ["cell_code_number Danh mục đơn vị!A3", "cell_not_day Danh mục đơn vị!E4", "cell_not_code Danh mục đơn vị!D5"];
    assert_eq!(found, expected);
    let faults =
        read(&catalogue(|rows| rows.extend((0..300).map(|_| row(&["MÃ", "x", "x", "x"]))))).expect_err("faults");
    assert_eq!((faults.told.len(), faults.more), (100, 200));
    assert!(faults.to_string().ends_with("and 200 more"));
}

/// A rulebook with one leaf, whose rows below the headings can be changed.
fn rulebook(change: impl FnOnce(&mut Vec<Vec<C<'static>>>)) -> Vec<u8> {
    let mut tree = vec![
        row(&[
            "STT",
            "Lĩnh vực / Tiêu chí / Tiêu chí thành phần",
            "Điểm tối đa",
            "Nguồn điểm",
            "Quy tắc",
            "Mã",
            "Cận dưới",
            "Từ",
            "Cận trên",
            "Đến",
            "Điểm / giá trị",
            "Cần tài liệu",
            "Được miễn",
            "Tài liệu kiểm chứng",
        ]),
        vec![N(1.0), T("Lĩnh vực một"), N(2.5)],
        row(&[
            "1.1",
            "Tỷ lệ hoàn thành",
            "2,5",
            "thẩm định",
            "KHOẢNG TỶ LỆ",
            "-",
            "-",
            "-",
            "-",
            "-",
            "-",
            "có",
            "-",
            "Báo cáo",
        ]),
        row(&["-", "Đã làm", "-", "-", "Tử số", "done"]),
        row(&["-", "Phải làm", "-", "-", "Whole", "due"]),
        vec![No, No, No, No, T("Khoảng"), No, T(">="), N(0.0), T("dưới"), N(70.0), N(0.0)],
        vec![No, No, No, No, T("Band"), No, T("từ"), N(70.0), T("≤"), T("100"), T("2,5")],
        row(&["-", "-", "-", "-", "Khi chia cho 0", "-", "-", "-", "-", "-", "0 điểm"]),
    ];
    change(&mut tree);
    let head = vec![
        row(&["Mục", "Nội dung", "Bản tiếng Anh", "Tổng điểm", "Trang tính"]),
        row(&["Tên bộ tiêu chí", "Bộ tiêu chí", "Rulebook"]),
        row(&["Căn cứ", "Minh họa", "Illustrative"]),
        vec![T("Loại đơn vị"), T("so"), No, N(2.5), T("Sở")],
    ];
    book(&[("Bộ tiêu chí", head), ("Sở", tree)])
}

#[test]
fn every_fault_of_a_rulebook_is_told_at_its_place() {
    let document = read(&rulebook(|_| {})).unwrap_or_else(|f| panic!("{f}"));
    assert_eq!(document.kind(), DocKind::Rulebook);
    let table: [(Change, &str); 26] = [
        (|rows| rows[1][0] = N(1.1), "cell_code_number Sở!A2"),
        (|rows| rows[1][2] = N(0.1 + 0.2), "number_places Sở!C2"),
        (|rows| rows[1][2] = T("1.250"), "number_ambiguous Sở!C2"),
        (|rows| rows[1][2] = T("hai"), "cell_not_number Sở!C2"),
        (|rows| rows[1][2] = F("=SUM(C3:C3)"), "cell_formula Sở!C2"),
        (|rows| rows[2][3] = T("Tự chấm"), "cell_not_word Sở!D3"),
        (|rows| rows[2][3] = No, "cell_required Sở!D3"),
        (|rows| rows[2][4] = T("Tử số"), "cell_not_word Sở!E3"),
        (|rows| rows[2][11] = T("nếu có"), "cell_not_mark Sở!L3"),
        (|rows| rows[3][4] = T("Tuyến tính"), "cell_not_word Sở!E4"),
        (|rows| rows[3][5] = T("đã làm"), "cell_not_code Sở!F4"),
        (|rows| rows[3].extend([No, No, No, No, N(1.0)]), "cell_unexpected Sở!K4"),
        (|rows| rows[5][6] = T("<"), "cell_not_word Sở!G6"),
        (|rows| rows[5][10] = No, "cell_required Sở!K6"),
        (|rows| rows[4] = row(&["-", "Đã làm", "-", "-", "Tử số", "done"]), "row_twice Sở!5"),
        (|rows| drop(rows.remove(4)), "row_missing Sở!E3"),
        (|rows| rows.push(vec![No, No, No, No, T("Mỗi lần"), No, No, No, No, No, N(1.0)]), "row_unexpected Sở!E9"),
        (|rows| rows.insert(1, row(&["-", "Không có STT"])), "row_unexpected Sở!A2"),
        // Faults of domain stand where the node stands.
        (|rows| rows[1][2] = N(3.0), "sum_differs Sở!2"),
        (|rows| rows[1][2] = N(3.0), "total_differs Bộ tiêu chí!4"),
        (|rows| rows[5][9] = N(60.0), "cover_gap Sở!3"),
        (|rows| rows[6][10] = N(2.0), "maximum_unreached Sở!3"),
        (|rows| rows[4][5] = T("done"), "figure_twice Sở!3"),
        (|rows| rows[2][3] = T("Điều tra xã hội học"), "source_rule Sở!3"),
        (|rows| rows[2][0] = T("2.1"), "parent_missing Sở!3"),
        (|rows| rows[2][1] = T("  "), "node_untitled Sở!3"),
    ];
    for (change, expected) in table {
        let found = told(&rulebook(change));
        assert!(found.iter().any(|f| f == expected), "{expected} is not among {found:?}");
    }
}

#[test]
fn every_fault_of_a_head_is_told_at_its_place() {
    let head = |more: &[&[&'static str]]| {
        let mut rows = vec![row(&["Mục", "Nội dung", "Bản tiếng Anh", "Tổng điểm", "Trang tính"])];
        rows.extend(more.iter().map(|cells| row(cells)));
        told(&book(&[("Bộ tiêu chí", rows), ("Lạ", vec![row(&["gì"])])]))
    };
    let title: &[&str] = &["Tên bộ tiêu chí", "A"];
    let basis: &[&str] = &["Căn cứ", "B"];
    assert_eq!(head(&[]), ["item_missing Bộ tiêu chí!", "item_missing Bộ tiêu chí!", "sheet_unknown Lạ!"]);
    assert_eq!(head(&[title, title, basis])[0], "item_twice Bộ tiêu chí!3");
    assert_eq!(head(&[title, basis, &["Người ký", "ai"]])[0], "item_unknown Bộ tiêu chí!A4");
    assert_eq!(head(&[title, basis, &["Loại đơn vị", "so", "-", "1", "Tên khác"]])[0], "sheet_missing Bộ tiêu chí!E4");
    assert_eq!(head(&[title, basis, &["Hiệu lực đến ngày", "1/1/2025"]])[0], "effective_begin Bộ tiêu chí!4");
    assert_eq!(head(&[title, basis, &["Nhóm thiếu mẫu", "tùy"]])[0], "cell_not_word Bộ tiêu chí!B4");
    assert_eq!(told(&book(&[("Lạ", vec![row(&["gì"])])])), ["kind_unknown the file"]);
}

#[test]
fn every_fault_of_json_is_told_with_its_path() {
    let good = r#"{"title":{"vi":"A","en":""},"basis":{"vi":"","en":""},"units":[
        {"unit":"a","name":{"vi":"A","en":"A"},"short":"","code":"","kind":"so"}]}"#;
    assert!(read(good.as_bytes()).is_ok());
    assert!(read(&[b"\xef\xbb\xbf", good.as_bytes()].concat()).is_ok());
    let table = [
        ("", vec!["not_json the file"]),
        ("{", vec!["not_json the file"]),
        ("[]", vec!["kind_unknown the file"]),
        ("{\"a\":1}", vec!["kind_unknown the file"]),
        (&good.replace("\"code\":\"\"", "\"code\":1.5"), vec!["not_json the file"]),
        (&good.replace("\"short\":\"\"", "\"short\":null"), vec!["not_json the file"]),
        (&good.replace("\"kind\":\"so\"", "\"kind\":\"Sở\""), vec!["wrong_shape units[0] (Sở a )"]),
        (
            &good.replace("\"basis\"", "\"base\"").replace("\"short\"", "\"long\""),
            vec!["wrong_shape units[0] (so a )", "wrong_shape document"],
        ),
        (&good.replace("[\n", "[{},{\"unit\":7},\n"), vec!["wrong_shape units[0]", "wrong_shape units[1]"]),
        // Faults of domain keep domain's path.
        (&good.replace("\"kind\":\"so\"", "\"kind\":\"so\",\"succeeds\":[\"b\"]"), vec!["lineage_unknown unit a"]),
    ];
    for (text, expected) in table {
        assert_eq!(told(text.as_bytes()), expected, "{text}");
    }
    let kind = Document::read(good.as_bytes(), Some(DocKind::Form)).expect_err("another kind");
    assert_eq!(kind.told[0].code, "kind_differs");
}

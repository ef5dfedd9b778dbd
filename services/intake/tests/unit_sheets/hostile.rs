//! What people and programs do to sheets: each fault by its code and at its place, texts that look like formulas, and any other bytes. What
//! is wrong is never half taken.

use intake::unit_sheet::Outcome;
use proptest::prelude::*;

use super::filled::V::{B, E, F, N, No, T};
use super::filled::{self, changed, set, typed, value, xml};
use super::stood::{Stood, drafter, of, rulebook, scored};
use super::{back, codes, export, preview, scores};

/// What is done to a workbook.
type Change = fn(&Stood, Vec<u8>) -> Vec<u8>;

fn card(bytes: &[u8], item: &str, value: filled::V) -> Vec<u8> {
    let rows = filled::rows(bytes, "Thông tin phiếu");
    let row = rows.iter().position(|row| row[0].starts_with(item)).expect("the item") + 1;
    set(bytes, "sheet3.xml", &[(format!("B{row}"), value)])
}

#[test]
fn every_broken_or_hostile_workbook_is_refused_by_its_code() {
    let table: [(&str, Change); 39] = [
        ("workbook_other", |_, _| Vec::new()),
        ("workbook_other", |_, _| b"Ma;Tieu chi\n1.1;x\n".to_vec()),
        ("archive_damaged", |_, bytes| bytes[..bytes.len() / 2].to_vec()),
        ("workbook_old", |_, _| b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old".to_vec()),
        ("workbook_macros", |_, bytes| {
            changed(&bytes, "Types].xml", |xml| xml.replace("</Types>", "<x y=\"macroEnabled\"/></Types>"))
        }),
        ("workbook_damaged", |_, bytes| changed(&bytes, "sheet1.xml", |_| "<worksheet>".to_owned())),
        ("workbook_damaged", |_, bytes| changed(&bytes, "workbook.xml", |_| String::new())),
        ("sheet_no_card", |_, bytes| {
            changed(&bytes, "workbook.xml", |xml| xml.replace("Thông tin phiếu", "Thông tin"))
        }),
        ("sheet_missing", |_, bytes| changed(&bytes, "workbook.xml", |xml| xml.replace("\"Phiếu\"", "\"Phieu\""))),
        ("sheet_kind", |_, bytes| card(&bytes, "Loại phiếu", T("phieu-la"))),
        ("sheet_other_log", |_, bytes| card(&bytes, "Nhật ký", T("another.example/log"))),
        ("sheet_card_altered", |_, bytes| card(&bytes, "Nhật ký", T("KHÔNG HỢP LỆ"))),
        ("sheet_other_round", |_, bytes| card(&bytes, "Kỳ đánh giá", T("r23"))),
        ("sheet_other_unit", |_, bytes| card(&bytes, "Đơn vị", T("z"))),
        ("sheet_other_root", |_, bytes| card(&bytes, "Vị trí", T("9"))),
        ("sheet_other_root", |_, bytes| card(&bytes, "Gốc", T(&"ab".repeat(32)))),
        ("sheet_card_altered", |_, bytes| card(&bytes, "Vị trí", T("-1"))),
        ("sheet_card_altered", |_, bytes| card(&bytes, "Gốc", T("abc"))),
        ("sheet_other_rulebook", |_, bytes| card(&bytes, "Mã băm", T(&"cd".repeat(32)))),
        ("cell_formula", |_, bytes| typed(&bytes, "1.5", &[("Số liệu (1)", F("1+1", "2"))])),
        ("cell_formula", |_, bytes| typed(&bytes, "1.1", &[("Điểm tự chấm", F("SUM(1,0)", "1"))])),
        ("cell_formula", |_, bytes| typed(&bytes, "1.1", &[("Giải trình", F("HYPERLINK(1)", "x"))])),
        ("cell_error", |_, bytes| typed(&bytes, "1.5", &[("Số liệu (1)", E("#REF!"))])),
        ("cell_not_number", |_, bytes| typed(&bytes, "1.5", &[("Số liệu (1)", T("ba"))])),
        ("cell_not_number", |_, bytes| typed(&bytes, "1.5", &[("Số liệu (1)", B)])),
        ("number_ambiguous", |_, bytes| typed(&bytes, "1.5", &[("Số liệu (1)", T("1.250"))])),
        ("number_places", |_, bytes| typed(&bytes, "1.4", &[("Số liệu (1)", N("0.30000000000000004"))])),
        ("cell_not_day", |_, bytes| typed(&bytes, "2.3", &[("Ngày", T("31/02/2022"))])),
        ("option_unknown", |_, bytes| typed(&bytes, "1.1", &[("Phương án", T("Gần đúng hạn"))])),
        ("figures_unclear", |_, bytes| typed(&bytes, "2.5", &[("Số liệu (1)", T("percent 87"))])),
        ("inputs_contradict", |_, bytes| typed(&bytes, "2.3", &[("Phương án", T("Không thực hiện"))])),
        ("bad_inputs", |_, bytes| typed(&bytes, "1.2", &[("Số liệu (1)", N("11"))])),
        ("bad_inputs", |_, bytes| typed(&bytes, "1.2", &[("Số liệu (2)", No)])),
        ("points_over_maximum", |_, bytes| typed(&bytes, "2.5", &[("Điểm tự chấm", N("4.5"))])),
        ("points_off_step", |_, bytes| typed(&bytes, "2.5", &[("Điểm tự chấm", N("3.3"))])),
        ("evidence_required", |_, bytes| typed(&bytes, "1.1", &[("Giải trình", No)])),
        ("score_cleared", |_, bytes| typed(&bytes, "1.5", &[("Số liệu (1)", No), ("Giải trình", No)])),
        ("revision_altered", |_, bytes| typed(&bytes, "1.1", &[("Lần sửa đổi", N("9"))])),
        ("row_altered", |_, bytes| typed(&bytes, "1.1", &[("Tiêu chí", T("Tiêu chí khác"))])),
    ];
    let stood = scored();
    for (n, (code, change)) in table.iter().enumerate() {
        let found = codes(&change(&stood, export(&stood)), &stood);
        assert!(found.contains(code), "{n}: {code} is not among {found:?}");
    }
    let rows: [(&str, Change); 6] = [
        ("row_unknown", |_, bytes| typed(&bytes, "1.1", &[("Mã", T("9.9"))])),
        ("cell_code_number", |_, bytes| typed(&bytes, "1.1", &[("Mã", N("1.1"))])),
        ("row_unexpected", |_, bytes| typed(&bytes, "1.1", &[("Mã", No)])),
        ("row_twice", |_, bytes| {
            let title = value(&bytes, "Tiêu chí", "1.1", None);
            typed(&bytes, "1.2", &[("Tiêu chí", T(&title)), ("Mã", T("1.1"))])
        }),
        ("cell_unexpected", |_, bytes| typed(&bytes, "3.1", &[("Điểm tự chấm", N("12"))])),
        ("cell_unexpected", |_, bytes| typed(&bytes, "1.5", &[("Số liệu (2)", N("1"))])),
    ];
    for (code, change) in rows {
        let found = codes(&change(&stood, export(&stood)), &stood);
        assert!(found.contains(&code), "{code} is not among {found:?}");
    }
}

#[test]
fn all_faults_are_told_at_once_each_at_its_place() {
    let stood = Stood::new();
    let bytes = typed(&export(&stood), "1.5", &[("Số liệu (1)", T("ba"))]);
    let bytes = typed(&bytes, "1.1", &[("Phương án", T("x"))]);
    let faults = preview(&bytes, &stood, &stood, &drafter("a")).expect_err("faults");
    let told: Vec<String> = faults.told.iter().map(|f| format!("{} {}", f.code, f.place.text().vi)).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("option_unknown trang “Phiếu”, dòng") && told[0].contains("“Phương án”"), "{told:?}");
    assert!(told[1].starts_with("cell_not_number") && told[1].contains("“Số liệu (1)”"), "{told:?}");
}

#[test]
fn texts_that_look_like_formulas_stay_texts() {
    let texts = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)"];
    let mut book = rulebook();
    for (node, text) in book.nodes.iter_mut().filter(|n| n.leaf.is_some()).zip(texts) {
        node.title.vi = text.to_owned();
    }
    let stood = of(book).own("a", "1.1", (r#"{"option":"late"}"#, None, "=HYPERLINK(\"http://x\")"));
    let bytes = export(&stood);
    let table = xml(&bytes, "sheet1.xml");
    // Every formula is one of ours, by what it begins with.
    let formulas: Vec<&str> = table.split("<f>").skip(1).map(|f| f.split("</f>").next().unwrap_or_default()).collect();
    assert!(
        formulas.len() > 10 && formulas.iter().all(|f| f.starts_with("IF(") || f.starts_with("SUM(")),
        "{formulas:?}"
    );
    assert_eq!(value(&bytes, "Tiêu chí", "1.1", None), texts[0]);
    assert_eq!(value(&bytes, "Giải trình", "1.1", None), "=HYPERLINK(\"http://x\")");
    assert_eq!(back(&bytes, &stood).count(Outcome::Unchanged), 15);
    // Typed as text, it is text.
    let bytes = typed(&bytes, "1.1", &[("Giải trình", T("=1+1"))]);
    assert_eq!(scores(&back(&bytes, &stood))[0].explanation, "=1+1");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_sheet_with_other_bytes_is_judged(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        cut in prop::option::of(any::<prop::sample::Index>())
    ) {
        let stood = scored();
        let mut bytes = export(&stood);
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Err(faults) = preview(&bytes, &stood, &stood, &drafter("a")) {
            prop_assert!(!faults.told.is_empty() && faults.told.iter().all(|f| !f.code.is_empty()));
        }
    }

    #[test]
    fn a_sheet_with_other_xml_is_judged(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, "[<>/\"&;A-Z0-9 =.-]{0,8}"), 1..6)
    ) {
        let stood = scored();
        let bytes = changed(&export(&stood), "sheet1.xml", |mut xml| {
            for (at, length, put) in &edits {
                let mut from = at.index(xml.len());
                while !xml.is_char_boundary(from) {
                    from -= 1;
                }
                let mut to = (from + length).min(xml.len());
                while !xml.is_char_boundary(to) {
                    to += 1;
                }
                xml.replace_range(from..to, put);
            }
            xml
        });
        if let Ok(preview) = preview(&bytes, &stood, &stood, &drafter("a")) {
            prop_assert!(preview.commands().count() <= preview.entries.len());
        }
    }
}

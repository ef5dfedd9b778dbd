//! A table that was published elsewhere, as a workbook: rows of text with their numbers, for whoever checks it.

mod typed;

use intake::{is_workbook, printed_rows};
use typed::C::{F, N, No, T};
use typed::{book, row};

#[test]
fn a_tables_rows_come_as_they_are_shown_with_their_numbers() {
    let table = vec![
        row(&["BẢNG XẾP HẠNG"]),
        vec![],
        row(&["Xếp hạng", "Đơn vị", "Chỉ số CCHC"]),
        vec![N(1.0), T(" ldtbxh "), N(91.68)],
        vec![No, T("noivu"), T("91,59")],
    ];
    let bytes = book(&[("Trống", vec![]), ("Bảng", table)]);
    assert!(is_workbook(&bytes) && !is_workbook(b"place;unit;index"));
    let rows = printed_rows(&bytes).unwrap_or_else(|f| panic!("{f}"));
    let texts = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
    let wanted = [
        (1, texts(["BẢNG XẾP HẠNG", "", ""])),
        (3, texts(["Xếp hạng", "Đơn vị", "Chỉ số CCHC"])),
        (4, texts(["1", "ldtbxh", "91.68"])),
        (5, texts(["", "noivu", "91,59"])),
    ];
    assert_eq!(rows, wanted);
}

#[test]
fn a_formula_and_an_empty_workbook_are_no_table() {
    let faults = printed_rows(&book(&[("B", vec![vec![T("index"), F("=1+1")]])])).expect_err("a formula");
    let place = faults.told[0].place.text().en;
    assert_eq!((faults.told[0].code, place.as_str()), ("cell_formula", "sheet \"B\", row 1, column B (B1)"));
    assert_eq!(printed_rows(&book(&[("B", vec![])])).expect_err("nothing").told[0].code, "workbook_empty");
}

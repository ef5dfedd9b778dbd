//! Workbooks as people type them: sheets of rows, written by the same library that any program may use.
//! Nothing here knows the layouts; each test types what it means.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::io::{Cursor, Read, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// A typed cell.
#[derive(Clone, Copy)]
pub enum C<'t> {
    /// Nothing.
    No,
    /// Text.
    T(&'t str),
    /// A number.
    N(f64),
    /// A formula and what it last gave.
    F(&'t str),
    /// TRUE or FALSE.
    B(bool),
    /// A date, as `2025-07-01`.
    D(&'t str),
}

/// A workbook of sheets: name and rows.
pub fn book(sheets: &[(&str, Vec<Vec<C>>)]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).expect("a name");
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                match cell {
                    C::No => continue,
                    C::T(text) => sheet.write_string(row, column, *text),
                    C::N(number) => sheet.write_number(row, column, *number),
                    C::F(formula) => sheet.write_formula(row, column, *formula),
                    C::B(bool) => sheet.write_boolean(row, column, *bool),
                    C::D(day) => {
                        let day = ExcelDateTime::parse_from_str(day).expect("a day");
                        sheet.write_datetime_with_format(row, column, &day, &Format::new().set_num_format("d/m/yy"))
                    }
                }
                .expect("writes");
            }
        }
    }
    book.save_to_buffer().expect("a workbook")
}

/// A row of texts; `-` is an empty cell.
pub fn row<'t>(texts: &[&'t str]) -> Vec<C<'t>> {
    texts.iter().map(|t| if *t == "-" { C::No } else { C::T(t) }).collect()
}

/// A catalogue of three units as somebody typed it, whose rows can be changed.
pub fn catalogue(change: impl FnOnce(&mut Vec<Vec<C<'static>>>)) -> Vec<u8> {
    let mut units = vec![
        row(&["Danh sách đơn vị của tôi"]),
        row(&["MÃ", "Tên  đơn vị", "Tên tắt", "Loại đơn vị", "Từ ngày", "Đến ngày", "Kế thừa từ", "Ghi chú"]),
        row(&["001", "UBND quận Một", "Một", "huyen", "1/1/2021", "30/06/2025", "-", "hết hiệu lực"]),
        row(&["002", "UBND quận Hai", "Hai", "huyen", "2021-01-01", "2025-06-30"]),
        vec![
            C::T("00004"),
            C::T("UBND phường Ba"),
            C::T("Ba"),
            C::T("xa"),
            C::D("2025-07-01"),
            C::No,
            C::T("001; 002"),
        ],
    ];
    change(&mut units);
    let head =
        vec![row(&["Mục", "Nội dung"]), row(&["Tên danh mục", "Danh mục"]), row(&["căn cứ (Basis)", "Minh họa"])];
    book(&[("danh mục ", head), ("Danh mục đơn vị", units), ("Ghi chú của tôi", vec![row(&["bất kỳ"])])])
}

/// The files of a workbook's archive.
pub fn files(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut files = Vec::new();
    for place in 0..archive.len() {
        let mut file = archive.by_index(place).expect("a file");
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("reads");
        files.push((file.name().expect("a name").into_owned(), content));
    }
    files
}

/// An archive of files.
pub fn archive(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        out.start_file(name.as_str(), SimpleFileOptions::default()).expect("a name");
        out.write_all(content).expect("writes");
    }
    out.finish().expect("an archive").into_inner()
}

/// A workbook with text replaced in the files whose name ends so.
pub fn edited(bytes: &[u8], name: &str, from: &str, to: &str) -> Vec<u8> {
    let mut files = files(bytes);
    let mut found = false;
    for (_, content) in files.iter_mut().filter(|(n, _)| n.ends_with(name)) {
        let text = String::from_utf8(content.clone()).expect("XML");
        found |= text.contains(from);
        *content = text.replacen(from, to, 1).into_bytes();
    }
    assert!(found, "{from} stands in {name}");
    archive(&files)
}

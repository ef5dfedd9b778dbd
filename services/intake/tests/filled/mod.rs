//! Workbooks filled in as a spreadsheet program would: cells known by heading and code, changed in the archive's XML.
//! Nothing here knows the layout of columns; a test says which heading it means.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::io::{Cursor, Read, Write};

use calamine::{Data, Reader, Xlsx};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// What is typed into a cell.
#[derive(Debug, Clone, Copy)]
pub enum V<'t> {
    /// Nothing.
    No,
    /// Text.
    T(&'t str),
    /// A number.
    N(&'t str),
    /// A formula and what it last gave.
    F(&'t str, &'t str),
    /// TRUE.
    B,
    /// An error.
    E(&'t str),
}

/// The rows of a sheet, as texts.
pub fn rows(bytes: &[u8], sheet: &str) -> Vec<Vec<String>> {
    let mut book = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let range = book.worksheet_range(sheet).expect("the sheet");
    let (height, width) = range.end().map_or((0, 0), |(row, column)| (row + 1, column + 1));
    let cell = |row, column| range.get_value((row, column)).map_or(String::new(), Data::to_string);
    (0..height).map(|row| (0..width).map(|column| cell(row, column)).collect()).collect()
}

/// A cell of the table by its heading and the code of its row; in a sheet of many units, of the unit too.
pub fn at(bytes: &[u8], heading: &str, code: &str, unit: Option<&str>) -> String {
    let rows = rows(bytes, "Phiếu");
    let head = rows.iter().position(|row| row.iter().any(|cell| cell == "Mã")).expect("headings");
    let column = |name: &str| rows[head].iter().position(|cell| cell == name).unwrap_or_else(|| panic!("no {name}"));
    let is = |row: &Vec<String>| row[column("Mã")] == code && unit.is_none_or(|unit| row[column("Đơn vị")] == unit);
    let row = rows.iter().position(is).unwrap_or_else(|| panic!("no row of {code}"));
    format!("{}{}", letters(column(heading)), row + 1)
}

/// What stands in such a cell.
pub fn value(bytes: &[u8], heading: &str, code: &str, unit: Option<&str>) -> String {
    let at = at(bytes, heading, code, unit);
    let letters: usize = at.bytes().take_while(u8::is_ascii_alphabetic).count();
    let column = at[..letters].bytes().fold(0, |n, b| n * 26 + usize::from(b - b'A') + 1) - 1;
    let row: usize = at[letters..].parse().expect("a row");
    rows(bytes, "Phiếu")[row - 1][column].clone()
}

fn letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(column % 26).expect("below 26")));
        if column < 26 {
            return letters.iter().rev().collect();
        }
        column = column / 26 - 1;
    }
}

/// Types into cells of the table.
pub fn typed(bytes: &[u8], code: &str, cells: &[(&str, V)]) -> Vec<u8> {
    typed_of(bytes, code, None, cells)
}

/// Types into cells of the table, in the row of a unit.
pub fn typed_of(bytes: &[u8], code: &str, unit: Option<&str>, cells: &[(&str, V)]) -> Vec<u8> {
    let cells: Vec<(String, V)> = cells.iter().map(|(heading, v)| (at(bytes, heading, code, unit), *v)).collect();
    set(bytes, "sheet1.xml", &cells)
}

/// Types into cells by their names, in a file of the archive.
pub fn set(bytes: &[u8], file: &str, cells: &[(String, V)]) -> Vec<u8> {
    changed(bytes, file, |mut xml| {
        for (name, v) in cells {
            let begin = xml.find(&format!("<c r=\"{name}\"")).unwrap_or_else(|| panic!("no cell {name}"));
            let head = begin + xml[begin..].find('>').expect("a tag ends");
            let end = if xml[..head].ends_with('/') {
                head + 1
            } else {
                begin + xml[begin..].find("</c>").expect("a cell ends") + 4
            };
            let style = xml[begin..head].split("s=\"").nth(1).and_then(|s| s.split('"').next()).unwrap_or("0");
            let open = format!("<c r=\"{name}\" s=\"{style}\"");
            let new = match v {
                V::No => format!("{open}/>"),
                V::T(t) => format!("{open} t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>", escaped(t)),
                V::N(n) => format!("{open}><v>{n}</v></c>"),
                V::F(f, n) => format!("{open}><f>{}</f><v>{n}</v></c>", escaped(f)),
                V::B => format!("{open} t=\"b\"><v>1</v></c>"),
                V::E(e) => format!("{open} t=\"e\"><v>{e}</v></c>"),
            };
            xml.replace_range(begin..end, &new);
        }
        xml
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The text of a file of the archive.
pub fn xml(bytes: &[u8], file: &str) -> String {
    let mut text = String::new();
    changed(bytes, file, |xml| {
        text.clone_from(&xml);
        xml
    });
    text
}

/// The workbook with one file of its archive changed.
pub fn changed(bytes: &[u8], file: &str, change: impl FnOnce(String) -> String) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let mut change = Some(change);
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).expect("a file");
        let name = entry.name().expect("a name").into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("reads");
        if name.ends_with(file)
            && let Some(change) = change.take()
        {
            content = change(String::from_utf8(content).expect("XML")).into_bytes();
        }
        out.start_file(name.as_str(), SimpleFileOptions::default()).expect("a name");
        out.write_all(&content).expect("writes");
    }
    assert!(change.is_none(), "{file} is in the archive");
    out.finish().expect("an archive").into_inner()
}

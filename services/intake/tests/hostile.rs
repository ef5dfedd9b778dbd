//! Files from somebody who means harm, or from a bad disk: no panic, no memory without bounds, a clear error or a document
//! that comes back as it was.

mod typed;

use std::io::{Cursor, Write};

use intake::limits::{
    ARCHIVE_BYTES_MAX, ARCHIVE_FILES_MAX, COLUMNS_MAX, FAULTS_MAX, JSON_BYTES_MAX, ROWS_MAX, SHEETS_MAX,
    WORKBOOK_BYTES_MAX,
};
use intake::{Document, Spelling};
use proptest::prelude::*;
use typed::C::{N, T};
use typed::{archive, book, catalogue, edited, files, row};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Refused by faults that can be told, or taken and given back.
fn judged(bytes: &[u8]) -> Result<(), TestCaseError> {
    match Document::read(bytes, None) {
        Ok(document) => {
            let again = document.workbook().map(|bytes| Document::read(&bytes, None));
            if let Ok(again) = again {
                prop_assert_eq!(again.expect("its own workbook is taken").digest(), document.digest());
            }
            let json = Document::read(&document.json(Spelling::Canonical), None);
            prop_assert_eq!(json.expect("its own JSON is taken").digest(), document.digest());
        }
        Err(faults) => {
            prop_assert!(!faults.told.is_empty() && faults.told.len() <= FAULTS_MAX);
            for fault in &faults.told {
                let told = fault.told();
                prop_assert!(!fault.code.is_empty() && told.vi.len() < 5_000 && told.en.len() < 5_000);
            }
        }
    }
    Ok(())
}

fn code(bytes: &[u8]) -> &'static str {
    Document::read(bytes, None).expect_err("refused").told[0].code
}

fn all_kinds() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/rulebooks/all-kinds.json");
    let document = Document::read(&std::fs::read(path).expect("the file"), None).expect("a rulebook");
    document.workbook().expect("a workbook")
}

/// What is put into XML: ends of ranges, references that lead nowhere, entities, markup out of place.
const SNIPPETS: [&str; 26] = [
    "99999999999999999999",
    "-1",
    "1e308",
    "NaN",
    "",
    "A1048577",
    "XFE1",
    "AAAAAAAAAAAAAAAA1",
    "A99999999999",
    "A0",
    "1A",
    " t=\"s\"",
    " t=\"e\"",
    " t=\"d\"",
    " t=\"inlineStr\"",
    "<f>1+1</f>",
    "<f t=\"shared\" si=\"4294967295\" ref=\"A1:XFD1048576\">A1</f>",
    "<v>#REF!</v>",
    "<is><t>x</t></is>",
    "&#0;",
    "&bogus;",
    "<![CDATA[x]]>",
    "<!DOCTYPE a [<!ENTITY b \"c\">]>",
    "</row>",
    "\u{0}",
    "\u{10ffff}",
];

fn small() -> Vec<u8> {
    catalogue(|_| {})
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_workbook_with_other_bytes_is_judged(
        at in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20), cut in prop::option::of(any::<prop::sample::Index>())
    ) {
        let mut bytes = small();
        for (at, byte) in at {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        judged(&bytes)?;
    }

    #[test]
    fn a_workbook_with_other_xml_inside_is_judged(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_usize..12, 0..SNIPPETS.len()), 1..5),
        large in any::<bool>()
    ) {
        let mut files = files(&if large { all_kinds() } else { small() });
        for (file, at, length, snippet) in edits {
            let place = file.index(files.len());
            let content = &mut files[place].1;
            let from = at.index(content.len() + 1);
            let to = (from + length).min(content.len());
            content.splice(from..to, SNIPPETS[snippet].bytes());
        }
        judged(&archive(&files))?;
    }

    #[test]
    fn a_workbook_with_other_values_in_its_cells_is_judged(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..SNIPPETS.len()), 1..6), large in any::<bool>()
    ) {
        // Whole attributes and texts are exchanged, so that the XML stays well formed.
        let mut files = files(&if large { all_kinds() } else { small() });
        for (at, snippet) in edits {
            let sheets: Vec<usize> = (0..files.len()).filter(|f| files[*f].0.contains("sheet") || files[*f].0.contains("sharedStrings")).collect();
            let place = sheets[at.index(sheets.len())];
            let text = String::from_utf8(files[place].1.clone()).expect("XML");
            let ends: Vec<(usize, char)> = text.match_indices(['"', '>']).map(|(i, s)| (i + 1, if s == "\"" { '"' } else { '<' })).collect();
            let (from, until) = ends[at.index(ends.len())];
            let Some(length) = text[from..].find(until) else { continue };
            let plain: String = SNIPPETS[snippet].chars().filter(|c| !matches!(c, '"' | '<' | '>' | '&' | '\0')).collect();
            files[place].1 = format!("{}{plain}{}", &text[..from], &text[from + length..]).into_bytes();
        }
        judged(&archive(&files))?;
    }

    #[test]
    fn any_bytes_are_judged(bytes in prop::collection::vec(any::<u8>(), 0..2_000), begin in 0_usize..4) {
        let begins: [&[u8]; 4] = [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\"units\":"];
        judged(&[begins[begin], &bytes].concat())?;
    }

    #[test]
    fn json_with_other_bytes_is_judged(at in prop::collection::vec((any::<prop::sample::Index>(), ".{0,3}"), 1..6)) {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/rulebooks/all-kinds.json");
        let mut text = std::fs::read_to_string(path).expect("the file");
        for (at, new) in at {
            let places: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
            let from = places[at.index(places.len())];
            let to = from + text[from..].chars().next().map_or(0, char::len_utf8);
            text.replace_range(from..to, &new);
        }
        judged(text.as_bytes())?;
    }

    #[test]
    fn any_cells_are_judged(cells in prop::collection::vec(prop::collection::vec(cell(), 0..12), 0..12), numbers in any::<bool>()) {
        let mut rows = vec![row(&["STT", "Lĩnh vực / Tiêu chí / Tiêu chí thành phần", "Điểm tối đa", "Nguồn điểm", "Quy tắc", "Mã",
            "Cận dưới", "Từ", "Cận trên", "Đến", "Điểm / giá trị", "Thứ tự"])];
        for cells in &cells {
            rows.push(cells.iter().map(|(text, number)| if numbers && *number != 0.0 { N(*number) } else { T(text) }).collect());
        }
        let head = vec![row(&["Mục", "Nội dung", "Bản tiếng Anh", "Tổng điểm", "Trang tính"]), row(&["Tên bộ tiêu chí", "A"]),
            row(&["Căn cứ", "B"]), row(&["Chỉ là một phần", "x"]), vec![T("Loại đơn vị"), T("so"), T(""), N(1.0), T("S")]];
        judged(&book(&[("Bộ tiêu chí", head), ("S", rows)]))?;
    }
}

/// Words that a rulebook's cells may hold, in any cell.
fn cell() -> impl Strategy<Value = (String, f64)> {
    let words = prop::sample::select(vec![
        "",
        "1",
        "1.1",
        "1.10",
        "Thẩm định",
        "Chọn phương án",
        "Phương án",
        "Tuyến tính",
        "Tử số",
        "Mẫu số",
        "Khi chia cho 0",
        "0 điểm",
        "≥",
        "<",
        "0",
        "100",
        "x",
        "Hạn",
        "28/10/2022",
        "Công thức",
        "a/b",
        "Số điểm",
        "Bước điểm",
    ]);
    (words.prop_map(str::to_owned), prop_oneof![Just(0.0), any::<f64>().prop_filter("a number", |n| n.is_finite())])
}

#[test]
fn what_is_no_workbook_is_refused_by_name() {
    let good = small();
    let named = |name: &str, content: &str| archive(&[(name.to_owned(), content.as_bytes().to_vec())]);
    assert_eq!(code(b""), "not_json");
    assert_eq!(code(b"PK"), "archive_damaged");
    assert_eq!(code(&good[..good.len() / 2]), "archive_damaged");
    assert_eq!(code(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a workbook of 1997"), "workbook_old");
    let locked: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(code(&[b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &locked].concat()), "workbook_encrypted");
    assert_eq!(code(&named("mimetype", "application/vnd.oasis.opendocument.spreadsheet")), "workbook_other");
    assert_eq!(code(&named("word/document.xml", "<a/>")), "workbook_other");
    assert_eq!(code(&named("[Content_Types].xml", "<a wordprocessingml=\"\"/>")), "workbook_other");
    assert_eq!(code(&named("[Content_Types].xml", "<a sheet.binary=\"\"/>")), "workbook_other");
    assert_eq!(code(&named("[Content_Types].xml", "spreadsheetml")), "workbook_damaged");
    assert_eq!(code(&edited(&good, "[Content_Types].xml", "sheet.main", "sheet.macroEnabled.main")), "workbook_macros");
    let mut macros = files(&good);
    macros.push(("xl/vbaProject.bin".to_owned(), vec![1]));
    assert_eq!(code(&archive(&macros)), "workbook_macros");
}

#[test]
fn every_limit_is_held_before_memory_is_spent() {
    assert_eq!(code(&[b"PK".as_slice(), &vec![0; WORKBOOK_BYTES_MAX]].concat()), "file_too_large");
    assert_eq!(code(&vec![b' '; JSON_BYTES_MAX + 1]), "file_too_large");
    let many: Vec<(String, Vec<u8>)> = (0..=ARCHIVE_FILES_MAX).map(|n| (n.to_string(), Vec::new())).collect();
    assert_eq!(code(&archive(&many)), "archive_too_many_files");
    // A bomb: megabytes of zeros in a few kilobytes.
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    out.start_file("[Content_Types].xml", SimpleFileOptions::default()).expect("a name");
    let block = vec![0; 1024 * 1024];
    for _ in 0..=ARCHIVE_BYTES_MAX / (1024 * 1024) {
        out.write_all(&block).expect("writes");
    }
    let mut bomb = out.finish().expect("an archive").into_inner();
    assert!(bomb.len() < 200_000);
    assert_eq!(code(&bomb), "archive_too_large");
    // One that declares 5 bytes: the size stands in the directory at the end, 24 bytes into its entry.
    let entry = bomb.windows(4).rposition(|w| w == b"PK\x01\x02").expect("a directory");
    bomb[entry + 24..entry + 28].copy_from_slice(&5_u32.to_le_bytes());
    assert!(["archive_damaged", "archive_too_large"].contains(&code(&bomb)));
    let good = small();
    let moved = |to: &str| edited(&good, "sheet2.xml", "<c r=\"A3\"", &format!("<c r=\"{to}\""));
    assert_eq!(code(&moved(&format!("A{}", ROWS_MAX + 1))), "rows_too_many");
    assert_eq!(code(&moved("XFD1048576")), "rows_too_many");
    assert_eq!(code(&moved("BM3")), "columns_too_many");
    assert_eq!(COLUMNS_MAX, 64, "BM is the first column too many");
    let sheets: Vec<String> = (0..=SHEETS_MAX).map(|n| format!("s{n}")).collect();
    let sheets: Vec<(&str, Vec<Vec<typed::C>>)> = sheets.iter().map(|s| (s.as_str(), vec![row(&["x"])])).collect();
    assert_eq!(code(&book(&sheets)), "sheets_too_many");
    let long = format!("<t>{}", "x".repeat(40_000));
    assert_eq!(code(&edited(&good, "sharedStrings.xml", "<t>UBND quận Một", &long)), "cell_too_long");
    // One string of 30,000 bytes in 2,000 cells.
    let long = "y".repeat(30_000);
    let rows: Vec<Vec<typed::C>> = (0..1_200).map(|_| vec![T(&long), T(&long)]).collect();
    assert_eq!(code(&book(&[("Danh mục", rows)])), "text_too_long");
    for open in ["[", "{\"a\":"] {
        assert_eq!(code(format!("{{\"units\":{}", open.repeat(200_000)).as_bytes()), "not_json");
    }
}

#[test]
fn tricks_with_cells_are_refused_or_read_as_they_are_shown() {
    let good = small();
    let cell = |from: &str, to: &str| edited(&good, "sheet2.xml", from, to);
    assert_eq!(code(&cell("<c r=\"A3\" t=\"s\"><v>", "<c r=\"A3\" t=\"s\"><v>9999")), "workbook_damaged");
    // The reader panics here; it must look like any other damaged file.
    assert_eq!(code(&cell("<c r=\"A3\"", "<c r=\"AAAAAAAAAAAAAAAA3\"")), "workbook_damaged");
    assert_eq!(
        code(&cell("<c r=\"A3\" t=\"s\"><v>", "<c r=\"A3\" t=\"e\"><v>#REF!</v></c><c r=\"L3\" t=\"s\"><v>")),
        "cell_error"
    );
    let shared = "<c r=\"A3\" t=\"s\"><f t=\"shared\" si=\"4294967295\" ref=\"A3:A4\">B3</f><v>";
    assert_eq!(code(&cell("<c r=\"A3\" t=\"s\"><v>", shared)), "cell_formula");
    for day in ["-1", "2958466", "1e300", "45000.5"] {
        let date = edited(&good, "sheet2.xml", "<v>45839</v>", &format!("<v>{day}</v>"));
        assert_eq!(code(&date), "cell_not_day", "{day}");
    }
    // Merged cells hold their value in the first one; the others are empty.
    let merged = cell("</sheetData>", "</sheetData><mergeCells count=\"1\"><mergeCell ref=\"A1:H1\"/></mergeCells>");
    assert!(Document::read(&merged, None).is_ok());
    // Two cells of one place: the last one counts, as programs show it.
    let twice = cell("<c r=\"A3\" t=\"s\">", "<c r=\"A3\" t=\"inlineStr\"><is><t>zzz</t></is></c><c r=\"A3\" t=\"s\">");
    let digest = |bytes: &[u8]| Document::read(bytes, None).map(|d| d.digest()).ok();
    assert_eq!(digest(&twice), digest(&good));
}

//! Workbooks of ballots: read row by row, no formula believed, and whatever an archive or its XML says is held to limits.

mod asked;
mod typed;

use asked::{QUESTIONS, asks, asks_by_leaf, codes, head};
use intake::Faults;
use intake::survey::{Asks, Marked, read_workbook};
use proptest::prelude::*;
use proto::Hash;
use proto::document::Tally;
use typed::C::{B, D, F, N, No, T};
use typed::{C, archive, book, edited, files};

/// What is read of a workbook.
fn read(asks: &Asks, bytes: &[u8]) -> Result<(Tally, Vec<Marked>), Faults> {
    let mut ballots = Vec::new();
    let counting = read_workbook(bytes, asks, true, |more| ballots.extend(more))?;
    Ok((counting.tally(asks, |name| Hash::digest(name.as_bytes())), ballots))
}

fn first(asks: &Asks, bytes: &[u8]) -> &'static str {
    read(asks, bytes).expect_err("refused").told[0].code
}

fn headings() -> Vec<C<'static>> {
    ["Đơn vị", "Nhóm", "Ngày", "Điều tra viên", "Số giây", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10"]
        .map(T)
        .to_vec()
}

fn ballot(cells: [C<'static>; 5], answer: C<'static>) -> Vec<C<'static>> {
    [cells.to_vec(), vec![answer; QUESTIONS]].concat()
}

fn usual() -> Vec<C<'static>> {
    ballot([T("SNV"), T("Người dân"), D("2022-12-01"), T("dtv01"), N(95.0)], T("a"))
}

fn sheet(rows: Vec<Vec<C>>) -> Vec<u8> {
    book(&[("Phiếu", rows)])
}

#[test]
fn a_workbook_gives_the_ballots_that_a_table_of_text_gives() {
    let asks = asks();
    let rows = vec![
        vec![],
        headings(),
        usual(),
        ballot([T("taichinh"), T("firms"), T("2/12/2022"), No, No], T("Bình thường")),
        vec![],
        ballot([T("Sở Nội vụ"), T("citizens"), T("2022-12-03"), T("dtv02"), N(12.0)], N(0.5)),
    ];
    // A code that Excel made a number of: 0.5 could have been 0.50.
    let faults = read(&asks, &sheet(rows.clone())).expect_err("refused");
    let places: Vec<String> = faults.told.iter().map(|fault| fault.place.text().en).collect();
    assert_eq!((faults.told.len(), faults.told[0].code), (QUESTIONS, "cell_code_number"));
    assert_eq!(places[0], "sheet \"Phiếu\", row 6, column F “q1” (F6)");
    let mut rows = rows;
    rows[5] = ballot([T("Sở Nội vụ"), T("citizens"), T("2022-12-03"), T("dtv02"), N(12.0)], T("0,5"));
    let (tally, ballots) = read(&asks, &sheet(rows)).expect("is read");
    let text = [
        head().join(";"),
        format!("SNV;Người dân;1/12/2022;dtv01;95{}", ";a".repeat(QUESTIONS)),
        format!("taichinh;firms;2/12/2022;;{}", ";c".repeat(QUESTIONS)),
        format!("Sở Nội vụ;citizens;3/12/2022;dtv02;12{}", ";0.5".repeat(QUESTIONS)),
    ]
    .join("\n");
    assert_eq!(asked::read(&asks, text.as_bytes(), None, 99).expect("is read"), (tally, ballots));
    // Remarks on a sheet of their own are nobody's ballots; anything else is.
    let remarks = book(&[("Ghi chú", vec![vec![T("x")]]), ("Phiếu", vec![headings(), usual()]), ("Trống", vec![])]);
    assert_eq!(read(&asks, &remarks).expect("is read").1.len(), 1);
    let more = book(&[("Phiếu", vec![headings(), usual()]), ("Phiếu 2", vec![headings(), usual()])]);
    assert_eq!(first(&asks, &more), "sheet_unknown");
}

#[test]
fn each_kind_of_broken_workbook_has_its_code() {
    let asks = asks();
    let with = |at: usize, cell: C<'static>| {
        let mut row = usual();
        row[at] = cell;
        sheet(vec![headings(), row])
    };
    let good = sheet(vec![headings(), usual()]);
    let no_sheet = "xl/worksheets/sheet1.xml";
    let xml = |from: &str, to: &str| edited(&good, no_sheet, from, to);
    let mut macros = files(&good);
    macros.push(("xl/vbaProject.bin".to_owned(), vec![1]));
    let entity = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    let bomb = {
        let mut files = files(&good);
        let strings = files.iter_mut().find(|(name, _)| name.contains("sharedStrings")).expect("strings");
        let text = String::from_utf8(strings.1.clone()).expect("XML");
        strings.1 = text.replacen("<sst", &format!("{entity}<sst"), 1).replacen("SNV", "&b;&b;&b;", 1).into_bytes();
        archive(&files)
    };
    let swollen = {
        let mut files = files(&good);
        files.push(("xl/media/zeros.bin".to_owned(), vec![0; 65 << 20]));
        archive(&files)
    };
    let table: Vec<(&str, Vec<u8>, &str)> = vec![
        ("half of it", good[..good.len() / 2].to_vec(), "archive_damaged"),
        ("PK", b"PK".to_vec(), "archive_damaged"),
        ("of 1997", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "workbook_old"),
        ("macros", archive(&macros), "workbook_macros"),
        ("no workbook", archive(&[("a.txt".to_owned(), b"x".to_vec())]), "workbook_other"),
        ("inflates too far", swollen, "archive_too_large"),
        ("an entity bomb", bomb, "workbook_damaged"),
        ("no sheet with anything", sheet(vec![]), "ballots_none"),
        ("headings alone", sheet(vec![headings()]), "ballots_none"),
        ("no headings", sheet(vec![usual()]), "headings_missing"),
        ("a formula for a unit", with(0, F("=\"SNV\"")), "cell_formula"),
        ("a formula for an answer", with(5, F("=cmd|'/C calc'!A0")), "cell_formula"),
        ("a text that is a formula", with(5, T("=cmd|'/C calc'!A0")), "cell_formula"),
        ("a unit's number", with(0, N(1.0)), "unit_unknown"),
        ("a day's number", with(2, N(44_896.0)), "cell_not_day"),
        ("a moment", xml("<v>44896</v>", "<v>44896.5</v>"), "cell_not_text"),
        ("a day out of range", xml("<v>44896</v>", "<v>2958466</v>"), "cell_not_text"),
        ("half seconds", with(4, N(95.5)), "cell_not_count"),
        ("TRUE", with(5, B(true)), "answer_unknown"),
        ("a cell far to the right", xml("r=\"O2\"", "r=\"XFD2\""), "row_too_long"),
        ("a cell below its row", xml("r=\"A2\"", "r=\"A9\""), "workbook_damaged"),
        ("a reference of many letters", xml("r=\"A2\"", "r=\"AAAAAAAAAAAAAAAA2\""), "workbook_damaged"),
        (
            "a string that is not there",
            xml("<c r=\"A2\" t=\"s\"><v>", "<c r=\"A2\" t=\"s\"><v>9999"),
            "workbook_damaged",
        ),
        ("a column more", sheet(vec![headings(), [usual(), vec![T("a")]].concat()]), "cells_too_many"),
        ("one heading twice", sheet(vec![[headings(), vec![T("q1")]].concat(), usual()]), "column_twice"),
    ];
    for (name, bytes, code) in table {
        assert_eq!(first(&asks, &bytes), code, "{name}");
    }
    let by_leaf = asks_by_leaf();
    let rows =
        vec![vec![T("unit"), T("group"), T("day"), N(2.1)], vec![T("SNV"), T("citizens"), T("1/12/2022"), T("a")]];
    assert_eq!(first(&by_leaf, &sheet(rows)), "cell_code_number");
    assert_eq!(codes(&asks, &good), ["file_no_text"], "a workbook is no table of text");
}

/// As few as CI has time for; many where everything is repeated.
fn cases() -> u32 {
    if std::env::var_os("PARINDEX_FULL").is_some() { 30_000 } else { 256 }
}

/// Refused by faults that can be told, or taken.
fn judged(read: Result<(Tally, Vec<Marked>), Faults>) -> Result<(), TestCaseError> {
    match read {
        Ok((tally, ballots)) => {
            let counted: u32 = tally.respondents.iter().map(|row| row.ballots).sum();
            prop_assert!(counted as usize == ballots.len() && counted > 0);
        }
        Err(faults) => {
            prop_assert!(!faults.told.is_empty() && faults.told.len() <= intake::limits::FAULTS_MAX);
            for fault in &faults.told {
                let told = fault.told();
                prop_assert!(!fault.code.is_empty() && told.vi.len() < 5_000 && told.en.len() < 5_000);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_judged_as_a_table(
        bytes in prop::collection::vec(any::<u8>(), 0..400), begin in 0_usize..4, named in 0_usize..6, piece in 1_usize..90
    ) {
        let begins: [&[u8]; 4] = [b"", b"unit;group;day;q1;d2\n", b"\xff\xfeu\0n\0i\0t\0", "đơn vị\tnhóm\tngày\tq1\n001\tcitizens\t1/12/2022\ta".as_bytes()];
        let named = intake::survey::Encoding::ALL.get(named).copied();
        judged(asked::read(&asks(), &[begins[begin], &bytes].concat(), named, piece))?;
    }

    #[test]
    fn a_table_with_other_bytes_is_judged(at in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4), piece in 1_usize..90) {
        let mut bytes = format!("unit;group;day;q1;d2\n{}", "001;citizens;1/12/2022;a;b\n002;citizens;\"2/12/2022\";c;\n".repeat(3)).into_bytes();
        for (at, byte) in at {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        judged(asked::read(&asks(), &bytes, None, piece))?;
    }

    #[test]
    fn a_workbook_with_other_bytes_inside_is_judged(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..5)
    ) {
        let mut files = files(&sheet(vec![headings(), usual()]));
        for (file, at, byte) in edits {
            let place = file.index(files.len());
            let content = &mut files[place].1;
            let at = at.index(content.len());
            content[at] = byte;
        }
        judged(read(&asks(), &archive(&files)))?;
    }
}

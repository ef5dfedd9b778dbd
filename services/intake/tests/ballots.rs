//! Files of ballots as offices make them, and as nobody should: every way of writing gives the same ballots, and whatever is wrong is
//! told at its place, with all else that is wrong.

mod asked;

use asked::{asks, asks_by_leaf, codes, head, read, row, table};
use encoding_rs::WINDOWS_1258;
use intake::survey::{Encoding, Reading};
use proto::document::BallotFindingKind;
use unicode_normalization::UnicodeNormalization;

/// Letters of TCVN3 that the tables here need, as glibc's iconv writes them (TCVN5712-1).
const TCVN3: [(char, u8); 24] = [
    ('đ', 0xae),
    ('ơ', 0xac),
    ('ị', 0xde),
    ('ó', 0xe3),
    ('à', 0xb5),
    ('ề', 0xd2),
    ('ở', 0xeb),
    ('ộ', 0xe9),
    ('ụ', 0xf4),
    ('ư', 0xad),
    ('ờ', 0xea),
    ('â', 0xa9),
    ('ấ', 0xca),
    ('ò', 0xdf),
    ('ì', 0xd7),
    ('ệ', 0xd6),
    ('ê', 0xaa),
    ('i', b'i'),
    ('í', 0xdd),
    ('ô', 0xab),
    ('á', 0xb8),
    ('ậ', 0xcb),
    ('ể', 0xd3),
    ('ễ', 0xd4),
];

fn tcvn3(text: &str) -> Vec<u8> {
    let byte = |c: char| {
        TCVN3.iter().find(|(letter, _)| *letter == c).map_or_else(|| u8::try_from(c).expect("ASCII"), |(_, b)| *b)
    };
    text.chars().map(byte).collect()
}

/// Letters with their hats, tones behind them: the only way in which Windows-1258 can say them all.
fn cp1258(text: &str) -> Vec<u8> {
    let mut apart = String::new();
    for c in text.nfd() {
        match (c, apart.chars().last()) {
            ('\u{302}' | '\u{306}' | '\u{31b}', Some(letter)) => {
                apart.pop();
                apart.extend([letter, c].into_iter().nfc());
            }
            // A dot below comes before the hat in canonical order.
            _ => apart.push(c),
        }
    }
    let ordered = apart.replace("o\u{323}\u{302}", "ô\u{323}").replace("e\u{323}\u{302}", "ê\u{323}");
    let (bytes, _, lost) = WINDOWS_1258.encode(&ordered);
    assert!(!lost, "{ordered:?}");
    bytes.into_owned()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn encodings_separators_and_forms_of_days_and_accents_give_the_same_ballots() {
    let asks = asks();
    let rows = |day: fn(u32) -> String| {
        let of = |n: u32| match n % 4 {
            0 => row("Sở Nội vụ", "Người dân", &day(n), "Rất hài lòng"),
            1 => row("noivu", "citizens", &day(n), "b"),
            2 => row("STC", "Doanh nghiệp", &day(n), ""),
            _ => row("taichinh", "firms", &day(n), "c"),
        };
        let mut rows: Vec<Vec<String>> = std::iter::once(head()).chain((0..9).map(of)).collect();
        // Whoever answers nothing else answers this.
        rows.iter_mut().skip(1).for_each(|row| row[5] = "Không hài lòng".to_owned());
        rows
    };
    let days: [fn(u32) -> String; 3] =
        [|n| format!("0{}/12/2022", n + 1), |n| format!("{}/12/2022", n + 1), |n| format!("2022-12-0{}", n + 1)];
    let expected = read(&asks, table(';', &rows(days[0])).as_bytes(), None, 1_000).expect("is read");
    assert_eq!(expected.1.len(), 9);
    let mut seen = 0;
    for separator in [';', '\t', ','] {
        for day in days {
            let mut rows = rows(day);
            if separator == ',' {
                rows.iter_mut().skip(1).for_each(|row| row[4] = "\"95,0\"".to_owned());
            }
            let text = table(separator, &rows);
            let apart: String = text.nfd().collect();
            // Small letters alone: TCVN3 has no others with a tone. None stands in the table.
            let ways: [(Vec<u8>, Option<Encoding>); 9] = [
                (text.clone().into_bytes(), None),
                ([b"\xef\xbb\xbf", text.as_bytes()].concat(), None),
                ([b"\xff\xfe".to_vec(), utf16(&text, u16::to_le_bytes)].concat(), None),
                ([b"\xfe\xff".to_vec(), utf16(&text, u16::to_be_bytes)].concat(), None),
                (utf16(&text, u16::to_le_bytes), None),
                (utf16(&apart, u16::to_be_bytes), None),
                (apart.clone().into_bytes(), None),
                (cp1258(&text), Some(Encoding::Cp1258)),
                (tcvn3(&text), Some(Encoding::Tcvn3)),
            ];
            for (bytes, named) in ways {
                for piece in [1, 7, 100_000] {
                    let found = read(&asks, &bytes, named, piece);
                    assert_eq!(found.as_ref(), Ok(&expected), "{separator:?} {named:?} {piece}");
                    seen += 1;
                }
            }
        }
    }
    assert_eq!(seen, 3 * 3 * 9 * 3);
}

#[test]
fn every_faulty_row_is_told_at_its_place_and_none_is_taken() {
    let asks = asks();
    let good = row("SNV", "citizens", "1/12/2022", "a");
    let with = |column: usize, text: &str| {
        let mut row = good.clone();
        row[column] = text.to_owned();
        row
    };
    let rows = [
        head(),
        good.clone(),
        with(0, "Sở Ngoại vụ"),
        with(2, "31/11/2022"),
        good.clone(),
        with(7, "e"),
        with(7, "0,5"),
    ];
    let faults = read(&asks, table(';', &rows).as_bytes(), None, 100).expect_err("refused");
    let told: Vec<String> = faults.told.iter().map(|fault| fault.told().vi).collect();
    assert_eq!(
        told,
        [
            "dòng 3, cột A “đơn vị” (A3): “Sở Ngoại vụ”; cần mã, tên viết tắt hoặc tên đơn vị của kỳ này",
            "dòng 4, cột C “ngày” (C4): “31/11/2022”; cần ngày dạng dd/mm/yyyy",
            "dòng 6, cột H “q3” (H6): “e”; cần một trong: a, b, c, 0.5",
        ]
    );
    // Behind the first fault no ballot is given out.
    let long: Vec<Vec<String>> = [head(), with(0, "?")].into_iter().chain((0..2_000).map(|_| good.clone())).collect();
    let mut reading = Reading::begin(&asks, None, true);
    reading.take(table(';', &long).as_bytes());
    assert!(reading.ready().is_empty() && reading.end().is_err());
    // Of very many the first are told, and the rest counted.
    let many: Vec<Vec<String>> = std::iter::once(head()).chain((0..500).map(|_| with(0, "?"))).collect();
    let faults = read(&asks, table(';', &many).as_bytes(), None, 9_999).expect_err("refused");
    assert_eq!((faults.told.len(), faults.more), (intake::limits::FAULTS_MAX, 500 - intake::limits::FAULTS_MAX));
}

#[test]
fn each_kind_of_broken_row_has_its_code() {
    let asks = asks();
    let good = row("SNV", "citizens", "1/12/2022", "a");
    let with = |column: usize, text: &str| {
        let mut row = good.clone();
        row[column] = text.to_owned();
        row
    };
    let cut = |cells: usize| good[..cells].to_vec();
    let more = |text: &str| [good.clone(), vec![text.to_owned()]].concat();
    let district = |answer: &str| [with(0, "001")[..6].to_vec(), vec![answer.to_owned(); 9]].concat();
    let long = "x".repeat(101);
    let table_of: [(Vec<String>, &[&str]); 31] = [
        (good.clone(), &[]),
        (more(""), &[]),
        (with(3, ""), &[]),
        (with(4, ""), &[]),
        (with(6, ""), &[]),
        (with(0, "BĐ"), &["unit_ambiguous"]),
        (with(0, ""), &["unit_unknown"]),
        (with(0, "noi vu"), &["unit_unknown"]),
        (with(0, "sở nội vụ"), &["unit_unknown"]),
        (with(1, "leaders"), &["group_unknown"]),
        (with(1, ""), &["group_unknown"]),
        (with(2, "32/12/2022"), &["cell_not_day"]),
        (with(2, "12/2022"), &["cell_not_day"]),
        (with(2, "44896"), &["cell_not_day"]),
        (with(2, ""), &["cell_not_day"]),
        (with(2, "9/11/2022"), &["day_outside"]),
        (with(2, "20/12/2022"), &["day_outside"]),
        (with(3, "=cmd|'/C calc'!A0"), &["cell_formula"]),
        (with(3, "-1+1"), &["cell_not_name"]),
        (with(3, &long), &["cell_not_name"]),
        (with(4, "95,5"), &["cell_not_count"]),
        (with(4, "-5"), &["cell_not_count"]),
        (with(5, "e"), &["answer_unknown"]),
        (with(5, "A"), &["answer_unknown"]),
        (with(5, "=1+1"), &["cell_formula"]),
        (with(5, "@SUM(A1)"), &["cell_formula"]),
        (with(5, "a\0"), &["text_control"]),
        (with(5, "a\u{fffd}"), &["text_unreadable"]),
        (cut(14), &["cells_missing"]),
        (more("a"), &["cells_too_many"]),
        (row("SNV", "citizens", "1/12/2022", ""), &["ballot_empty"]),
    ];
    for (row, expected) in table_of {
        let text = table(';', &[head(), row.clone()]);
        assert_eq!(codes(&asks, text.as_bytes()), expected, "{row:?}");
    }
    // A district's group is asked q1 and d2; the table has no d2, and answers that nobody was asked.
    let mut expected = vec!["column_missing"];
    expected.extend(["answer_unasked"; 9]);
    assert_eq!(codes(&asks, table(';', &[head(), district("a")]).as_bytes()), expected);
}

#[test]
fn each_kind_of_broken_file_has_its_code() {
    let asks = asks();
    let good = table(';', &[head(), row("SNV", "citizens", "1/12/2022", "a")]);
    let headed = |change: fn(&mut Vec<String>)| {
        let (mut head, row) = (head(), row("SNV", "citizens", "1/12/2022", "a"));
        change(&mut head);
        table(';', &[head, row]).into_bytes()
    };
    let latin = |bytes: &[u8]| [b"don_vi;nhom;ngay;q1\r\n".as_slice(), bytes].concat();
    let long = [good.as_bytes(), &vec![b'x'; 10 << 20]].concat();
    let columns = format!("{}\r\n", "q;".repeat(600));
    let files: [(&str, Vec<u8>, &str); 26] = [
        ("nothing", vec![], "file_empty"),
        ("a mark alone", b"\xef\xbb\xbf".to_vec(), "headings_missing"),
        ("blank lines", b"\r\n\r\n \r\n".to_vec(), "headings_missing"),
        ("headings alone", table(';', &[head()]).into_bytes(), "ballots_none"),
        ("headings and blank rows", format!("{};;\r\n;;;\r\n", table(';', &[head()])).into_bytes(), "ballots_none"),
        ("an archive", b"PK\x03\x04 and so on".to_vec(), "file_no_text"),
        ("a workbook of 1997", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "file_no_text"),
        ("bars for separators", good.replace(';', "|").into_bytes(), "headings_missing"),
        ("spaces for separators", good.replace(';', " ").into_bytes(), "headings_missing"),
        ("no headings", good.split_once('\n').expect("lines").1.as_bytes().to_vec(), "headings_missing"),
        ("8 bits unnamed", latin(b"S\xeb N\xe9i v\xf4;a;1/12/2022;a"), "encoding_unknown"),
        ("UTF-8 cut in a letter", "đơn vị;nhóm;ngày;q1\r\nSở".as_bytes()[..29].to_vec(), "cells_missing"),
        ("no unit", headed(|h| h[0] = "tên".to_owned()), "headings_missing"),
        ("a column twice", headed(|h| h[6] = "q1".to_owned()), "column_twice"),
        ("the unit twice", headed(|h| h[3] = "Mã đơn vị".to_owned()), "column_twice"),
        ("an unknown column", headed(|h| h[5] = "q11".to_owned()), "column_unknown"),
        ("a heading in capitals", headed(|h| h[5] = "Q1".to_owned()), "column_unknown"),
        ("a formula for a heading", headed(|h| h[5] = "=A1".to_owned()), "column_unknown"),
        ("NUL in the headings", headed(|h| h[5] = "q1\0".to_owned()), "text_control"),
        ("an answer below no heading", headed(|h| h[5] = String::new()), "column_missing"),
        ("a row of 10 MB", long, "row_too_long"),
        ("an open quote", format!("{good}\"{}", good.repeat(2_000)).into_bytes(), "row_too_long"),
        ("600 columns", columns.into_bytes(), "headings_missing"),
        ("zeros", vec![0; 5_000], "headings_missing"),
        (
            "UTF-32",
            [b"\xff\xfe\0\0".to_vec(), good.chars().flat_map(|c| (c as u32).to_le_bytes()).collect()].concat(),
            "headings_missing",
        ),
        ("JSON", b"{\"units\":[]}".to_vec(), "headings_missing"),
    ];
    for (name, bytes, code) in files {
        assert_eq!(codes(&asks, &bytes).first(), Some(&code), "{name}");
    }
    let marked = [b"\xef\xbb\xbf", good.as_bytes()].concat();
    let faults = read(&asks, &marked, Some(Encoding::Tcvn3), 99).expect_err("refused");
    assert_eq!(faults.told[0].code, "encoding_differs");
    // Bytes that have no meaning in the encoding that was named are told at their cell, and become no letter.
    let cell = read(&asks, &latin(b"SNV\xff;citizens;1/12/2022;a"), Some(Encoding::Tcvn3), 99).expect_err("refused");
    assert_eq!(
        (cell.told[0].code, cell.told[0].place.text().en.as_str()),
        ("text_unreadable", "row 2, column A “don_vi” (A2)")
    );
}

#[test]
fn a_round_without_forms_is_asked_by_its_survey_leaves() {
    let asks = asks_by_leaf();
    let text = "unit,group,day,2.1,notes\nnoivu,citizens,2022-12-01,a,=x\n001,Người dân,2022-12-02,\"0,5\",\n";
    let (tally, ballots) = read(&asks, text.as_bytes(), None, 10).expect("is read");
    assert_eq!((ballots.len(), tally.rows.len()), (2, 2));
    let counts: Vec<&[u32]> = tally.rows.iter().map(|row| row.counts.as_slice()).collect();
    assert_eq!(counts, [&[1, 0, 0, 0], &[0, 0, 0, 1]]);
    assert!(tally.rows.iter().all(|row| row.question.is_none() && row.leaf.as_str() == "2.1"));
    assert_eq!(
        codes(&asks, b"unit,group,day,2.10\nnoivu,citizens,2022-12-01,a\n"),
        ["column_unknown", "column_missing"]
    );
}

#[test]
fn what_somebody_should_look_at_is_noticed_and_nothing_else_is() {
    let asks = asks();
    let ballot = |unit: &str, who: &str, seconds: u32, answers: &str| {
        let answers = answers.chars().map(|c| c.to_string());
        [unit, "citizens", "1/12/2022", who, &seconds.to_string()]
            .map(str::to_owned)
            .into_iter()
            .chain(answers)
            .collect::<Vec<_>>()
    };
    let kinds = |rows: Vec<Vec<String>>| {
        let text = table(';', &std::iter::once(head()).chain(rows).collect::<Vec<_>>());
        let (tally, _) = read(&asks, text.as_bytes(), None, 5_000).expect("is read");
        tally
            .findings
            .iter()
            .map(|f| (f.kind, f.unit.as_ref().map(|u| u.to_string()), f.ballots, f.of))
            .collect::<Vec<_>>()
    };
    let unit = |unit: &str| Some(unit.to_owned());
    let various: Vec<String> =
        (0..60_usize).map(|n| (0..10).map(|q| ["a", "b", "c"][(n / (q + 1) + n * q) % 3]).collect()).collect();
    let mixed = |unit: &'static str| various.iter().map(move |a| ballot(unit, "", 60, a)).collect::<Vec<_>>();
    assert_eq!(kinds(mixed("SNV")), [], "60 various ballots");
    let few = mixed("SNV").into_iter().skip(1).take(3).collect();
    assert_eq!(kinds(few), [(BallotFindingKind::UnderPlan, unit("noivu"), 3, 4)]);
    let alike = |times: usize| {
        mixed("SNV").into_iter().chain((0..times).map(|_| ballot("SNV", "", 60, "abcabcabca"))).collect()
    };
    assert_eq!(kinds(alike(5)), [], "five are alike");
    assert_eq!(kinds(alike(6)), [(BallotFindingKind::Alike, unit("noivu"), 6, 66)]);
    let straight = |times: usize| {
        mixed("SNV")
            .into_iter()
            .chain((0..times).map(|n| ballot("SNV", "", 60, if n % 2 == 0 { "aaaaaaaaaa" } else { "bbbbbbbbbb" })))
            .collect()
    };
    // The first of the various ones is straight, too.
    assert_eq!(kinds(straight(5)), [], "6 of 65 are fewer than one of ten");
    assert_eq!(kinds(straight(6)), [(BallotFindingKind::StraightLine, unit("noivu"), 7, 66)]);
    // What is answered less often than five times says nothing by being the same, and less often than eight times nothing by being alike.
    let seven =
        |answers: &str| mixed("SNV").into_iter().chain((0..7).map(|_| ballot("SNV", "", 60, answers))).collect();
    assert_eq!(kinds(seven("aaaaa     ")), [(BallotFindingKind::StraightLine, unit("noivu"), 8, 67)]);
    assert_eq!(kinds(seven("aaaa      ")), []);
    assert_eq!(kinds(seven("abcabcab  ")), [(BallotFindingKind::Alike, unit("noivu"), 7, 67)]);
    assert_eq!(kinds(seven("abcabca   ")), []);
    let fast = |times: usize, seconds: u32| {
        mixed("SNV")
            .into_iter()
            .chain(mixed("STC").into_iter().take(times).map(|mut row| {
                row[4] = seconds.to_string();
                row
            }))
            .collect()
    };
    assert_eq!(kinds(fast(20, 30)), []);
    assert_eq!(kinds(fast(20, 29)), [(BallotFindingKind::Fast, unit("taichinh"), 20, 20)]);
    // One collector's twenty ballots differ in one question alone; the others' in nearly all.
    let even = |answers: fn(usize) -> String| {
        let others =
            various.iter().enumerate().map(|(n, a)| ballot("SNV", if n % 2 == 0 { "d1" } else { "d2" }, 60, a));
        others.chain((0..20).map(|n| ballot("STC", "d3", 60, &answers(n)))).collect::<Vec<_>>()
    };
    let found = kinds(even(|n| format!("abcabcabc{}", ["a", "b", "c"][n % 3])));
    assert!(found.contains(&(BallotFindingKind::Even, None, 20, 80)), "{found:?}");
    // Of nineteen nobody can say so.
    let mut few = even(|n| format!("abcabcabc{}", ["a", "b", "c"][n % 3]));
    few.pop();
    assert!(!kinds(few).iter().any(|(kind, ..)| *kind == BallotFindingKind::Even));
    let found = kinds(even(|n| (0..10).map(|q| ["a", "b", "c"][(n / (q + 1) + n * q) % 3]).collect()));
    assert!(!found.iter().any(|(kind, ..)| *kind == BallotFindingKind::Even), "{found:?}");
}

#[test]
fn ten_thousand_ballots_are_counted_each_once() {
    let asks = asks();
    let mut text = table(';', &[head()]);
    for n in 0..10_000_usize {
        let unit = ["noivu", "STC", "Sở Nội vụ"][n % 3];
        let answers: Vec<&str> = (0..10).map(|q| ["a", "b", "c", "0.5", ""][(n + q) % 5]).collect();
        text += &format!(
            "{unit};{};{}/12/2022;dtv{};{};{}\r\n",
            ["citizens", "firms"][n % 2],
            n % 19 + 1,
            n % 40,
            n % 300,
            answers.join(";")
        );
    }
    let (tally, ballots) = read(&asks, text.as_bytes(), None, 65_536).expect("is read");
    assert_eq!(ballots.len(), 10_000);
    // However the pieces fall, and whatever a letter is made of.
    let wide = read(&asks, &utf16(&text, u16::to_le_bytes), None, 4_099).expect("is read");
    let narrow = read(&asks, &tcvn3(&text), Some(Encoding::Tcvn3), 333).expect("is read");
    assert!(wide == (tally.clone(), ballots.clone()) && narrow == wide);
    assert_eq!(tally.respondents.iter().map(|row| row.ballots).sum::<u32>(), 10_000);
    assert_eq!((tally.respondents.len(), tally.rows.len(), tally.collectors.len()), (4, 40, 40));
    // Of every five ballots, four answer a question.
    assert_eq!(tally.rows.iter().flat_map(|row| &row.counts).sum::<u32>(), 10_000 * 10 * 4 / 5);
    assert!(tally.collectors.iter().all(|collected| collected.ballots == 250));
    assert!(tally.collectors.is_sorted_by_key(|collected| collected.collector));
}

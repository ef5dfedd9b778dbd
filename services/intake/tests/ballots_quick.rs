//! The quick way through a table of ballots comes to what the plain way comes to: the same ballots, counts, findings and faults, whatever
//! stands in the file and however its pieces fall.

mod asked;

use asked::{QUESTIONS, asks, asks_by_leaf, head, read, read_plainly, row, table};
use proptest::prelude::*;
use proptest::sample::Index;

/// As few as CI has time for; many where everything is repeated.
fn cases() -> u32 {
    if std::env::var_os("PARINDEX_FULL").is_some() { 20_000 } else { 400 }
}

/// What may stand in a column: what is good first, and how much of it that is.
const UNITS: (&[&str], usize) = (
    &[
        "SNV",
        "noivu",
        "Sở Nội vụ",
        "STC",
        " SNV",
        "\"STC\"",
        "So\u{302}\u{309} No\u{302}\u{323}i vu\u{323}",
        "001",
        "BĐ",
        "?",
        "",
    ],
    6,
);
const GROUPS: (&[&str], usize) =
    (&["citizens", "firms", "Người dân", "Doanh nghiệp", " citizens ", "\"firms\"", "leaders", "firms;"], 6);
const DAYS: (&[&str], usize) =
    (&["1/12/2022", "01/12/2022", "2022-12-02", "\"3/12/2022\"", "32/12/2022", "9/11/2022", ""], 4);
const COLLECTORS: (&[&str], usize) =
    (&["dtv01", "dtv02", "", " dtv01", "Đỗ A", "\"a\"\"b\"", "\"a;b\"", "\"a\nb\"", "=x", "-1"], 7);
const SECONDS: (&[&str], usize) =
    (&["", "95", "007", "0", "95,0", "\"12\"", "4294967296", "999999999", "-5", "9\u{301}"], 6);
const ANSWERS: (&[&str], usize) = (
    &[
        "a",
        "b",
        "c",
        "",
        "0.5",
        "0,5",
        " a",
        "Hài lòng",
        "Không hài lòng",
        "\"b\"",
        "\u{a0}",
        "e",
        "a\0",
        "=1",
        "\u{fffd}",
        "hài lòng",
    ],
    11,
);
const TAILS: (&[&str], usize) = (&["", ";", "; ", ";x"], 3);
const ENDS: (&[&str], usize) = (&["\r\n", "\n", "\r", "\r\n\r\n", "\n;;\n", "\n \n"], 6);

/// The numbers that a row is drawn from: one for each cell, and some for what stands around them.
const DRAWN: usize = QUESTIONS + 10;

/// One of them: a good one, but for the few that are wild.
fn one((of, good): (&'static [&'static str], usize), drawn: u16, wild: u8) -> &'static str {
    let [chance, which] = drawn.to_be_bytes();
    of[usize::from(which) % if chance < wild { of.len() } else { good }]
}

/// A table of rows out of drawn numbers; every number of the same value gives the same cell, so cells repeat as they do in life. With
/// the district's own question at its end, one row in three is about a district, which is asked two questions and no other.
fn drawn_table(rows: &[Vec<u16>], times: usize, wild: u8, districts: &[&'static str]) -> String {
    let columns = head().into_iter().chain(districts.first().map(|_| "d2".to_owned())).collect::<Vec<_>>();
    let mut text = columns.join(";") + "\r\n";
    for drawn in (0..times).flat_map(|_| rows) {
        let of = [UNITS, GROUPS, DAYS, COLLECTORS, SECONDS].into_iter().chain([ANSWERS; QUESTIONS + 1]);
        let mut cells: Vec<&str> = of.zip(drawn).take(columns.len()).map(|(of, drawn)| one(of, *drawn, wild)).collect();
        let last = |n: usize| drawn[drawn.len() - n];
        if !districts.is_empty() {
            let district = last(3).is_multiple_of(3);
            if district {
                (cells[0], cells[1]) = (districts[usize::from(last(3)) % districts.len()], "citizens");
            }
            // Now and then somebody answers what he was not asked.
            let unasked = if district { 6..QUESTIONS + 5 } else { QUESTIONS + 5..QUESTIONS + 6 };
            unasked.filter(|_| last(4).to_be_bytes()[0] >= wild).for_each(|at| cells[at] = "");
        }
        text += &cells.join(";");
        text += one(TAILS, last(1), wild);
        text += one(ENDS, last(2), 0);
    }
    text
}

fn rows() -> impl Strategy<Value = Vec<Vec<u16>>> {
    prop::collection::vec(prop::collection::vec(any::<u16>(), DRAWN), 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_quick_way_comes_to_what_the_plain_way_comes_to(
        rows in rows(), again in 1_usize..4, wild in prop::sample::select(vec![0_u8, 0, 1, 8, 60]), one in 1_usize..400, other in 1_usize..400,
        edits in prop::collection::vec((any::<Index>(), any::<u8>()), 0..2), cut in any::<Option<Index>>(), edited in any::<bool>(),
        districts in prop::sample::select(vec![&[][..], &["001", "002"]])
    ) {
        // Each row stands there more than once: at first it is read the plain way by both.
        let mut bytes = drawn_table(&rows, again, wild, districts).into_bytes();
        if edited {
            for (at, byte) in edits {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len()) + 1));
        }
        for asks in [asks(), asks_by_leaf()] {
            prop_assert_eq!(read(&asks, &bytes, None, one), read_plainly(&asks, &bytes, None, other));
        }
    }
}

#[test]
fn what_the_law_draws_is_mostly_taken_and_read_the_quick_way_too() {
    let asks = asks();
    let drawn = |n: usize| (0..DRAWN).map(|c| u16::try_from((n * 7 + c * 3) % 5).expect("few")).collect();
    let rows: Vec<Vec<u16>> = (0..50).map(drawn).collect();
    let text = drawn_table(&rows, 3, 0, &["001", "002"]);
    let (_, ballots) = read(&asks, text.as_bytes(), None, 100).expect("is taken");
    assert_eq!(ballots.len(), 150);
}

#[test]
fn what_only_looks_like_what_was_read_before_is_read_the_plain_way() {
    let asks = asks();
    let plain = |unit: &str, group: &str| {
        let mut row = row(unit, group, "1/12/2022", "a");
        // With seconds that the quick way takes too.
        row[4] = "95".to_owned();
        row
    };
    // The same letters, parted otherwise between unit and group.
    let (good, parted) = (plain("SNV", "citizens"), plain("SNVc", "itizens"));
    let text = table(';', &[head(), good.clone(), parted]);
    let quick = read(&asks, text.as_bytes(), None, 50);
    assert!(quick.as_ref().is_err_and(|faults| faults.told[0].code == "unit_unknown"), "{quick:?}");
    assert_eq!(quick, read_plainly(&asks, text.as_bytes(), None, 50));
    // A second mark at the beginning is no part of the first heading, by whichever way that row is read.
    let text = format!("\u{feff}\u{feff}{}", table(';', &[head(), good]));
    assert_eq!(read(&asks, text.as_bytes(), None, 50), read_plainly(&asks, text.as_bytes(), None, 50));
}

#[test]
fn a_limit_is_met_at_the_same_row_by_both_ways() {
    let asks = asks();
    let from = |n: usize| {
        let mut row = row("SNV", "citizens", "1/12/2022", "a");
        row[3] = format!("dtv{n}");
        row
    };
    // One collector more than a batch may have, and ballots of known ones before and behind.
    let many: Vec<Vec<String>> = std::iter::once(head()).chain((0..5_003).map(|n| from(n % 5_001))).collect();
    let text = table(';', &many);
    let quick = read(&asks, text.as_bytes(), None, 60_000).expect_err("refused");
    assert_eq!((quick.told.len(), quick.told[0].code), (1, "collectors_too_many"));
    assert_eq!(quick.told[0].place.text().en, "row 5002");
    assert_eq!(Err(quick), read_plainly(&asks, text.as_bytes(), None, 60_000));
    // A row of many cells, and a long one, just within and just beyond the limits.
    for cells in [250, 255, 256, 257, 500, 511, 512, 513, 514] {
        let text = table(';', &[head(), from(1)]) + &";".repeat(cells) + "\r\n" + &table(';', &[from(2)]);
        assert_eq!(read(&asks, text.as_bytes(), None, 700), read_plainly(&asks, text.as_bytes(), None, 900), "{cells}");
    }
    for bytes in [32_000, 32_767, 32_768, 32_769, 65_000, 65_530, 65_536, 65_540] {
        let text = table(';', &[head(), from(1)]) + &"x".repeat(bytes) + "\r\n" + &table(';', &[from(2)]);
        assert_eq!(
            read(&asks, text.as_bytes(), None, 9_000),
            read_plainly(&asks, text.as_bytes(), None, 70_000),
            "{bytes}"
        );
    }
}

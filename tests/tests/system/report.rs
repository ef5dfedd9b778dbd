//! Reports through the binary: the sample round's result as a document and as a workbook, read back figure by figure by programs
//! that did not write them, and held against the log by the code that they carry.

mod printed;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use index::Reader as IndexReader;
use proto::exact::RoundingMode;
use proto::rows::{Level, StandingRow, TotalRow};
use proto::{BlockId, Code, Exact, RoundId, UnitId};
use quick_xml::events::Event;
use ranking::{Reader as RankingReader, Which};
use system_tests::folder::Folder;
use zip::ZipArchive;

/// The part of an office file.
fn part(file: &[u8], name: &str) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(file)).expect("an archive");
    let mut bytes = Vec::new();
    archive.by_name(name).expect("the part is there").read_to_end(&mut bytes).expect("it reads");
    bytes
}

/// The tables of a document, each as rows of cells.
fn tables(document: &[u8]) -> Vec<Vec<Vec<String>>> {
    let document = std::str::from_utf8(document).expect("UTF-8");
    let mut reader = quick_xml::Reader::from_str(document);
    let mut tables: Vec<Vec<Vec<String>>> = Vec::new();
    // Texts stand between the tables too.
    let (mut in_cell, mut within) = (false, false);
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(tag) => match tag.name().as_ref() {
                "w:tbl" => tables.push(Vec::new()),
                "w:tr" => tables.last_mut().expect("a table").push(Vec::new()),
                "w:tc" => {
                    in_cell = true;
                    tables.last_mut().and_then(|t| t.last_mut()).expect("a row").push(String::new());
                }
                "w:t" => within = in_cell,
                _ => {}
            },
            Event::End(tag) => match tag.name().as_ref() {
                "w:tc" => in_cell = false,
                "w:t" => within = false,
                _ => {}
            },
            Event::Text(text) if within => {
                let cell = tables.last_mut().and_then(|t| t.last_mut()).and_then(|r| r.last_mut());
                cell.into_iter().for_each(|cell| *cell += &text);
            }
            Event::Eof => return tables,
            _ => {}
        }
    }
}

/// A number as a report in Vietnamese writes it.
fn written(value: &Exact) -> String {
    value.rounded(2, RoundingMode::HalfUp).replace('.', ",").replace('-', "\u{2212}")
}

/// What the projections say of the sample round's second publication.
struct Rows {
    standings: Vec<StandingRow>,
    totals: BTreeMap<(UnitId, Code), TotalRow>,
    fields: BTreeMap<BlockId, Vec<Code>>,
}

async fn rows(folder: &Folder) -> Rows {
    let round = RoundId::parse("hanoi-2022").expect("a round");
    let mut ranking =
        RankingReader::open(&folder.data().join("ranking.db")).await.expect("opens").view().await.expect("reads");
    let (_, standings) = ranking.standings(&round, Which::Publication(2)).await.expect("reads");
    let mut index =
        IndexReader::open(&folder.data().join("index.db")).await.expect("opens").view().await.expect("reads");
    let mut fields = BTreeMap::new();
    for block in index.blocks(&round).await.expect("reads") {
        let nodes = index.nodes(&round, &block.kind).await.expect("reads");
        let codes = nodes.into_iter().filter(|n| n.level == Level::Field).map(|n| n.code).collect();
        fields.insert(block.block, codes);
    }
    let totals = index.round_totals(&round).await.expect("reads");
    Rows { standings, totals: totals.into_iter().map(|t| ((t.unit.clone(), t.node.clone()), t)).collect(), fields }
}

impl Rows {
    /// A unit's row by field: points, then bonus, penalty, sum, maximum, index.
    fn by_field(&self, row: &StandingRow) -> Vec<Exact> {
        let of = |field: &Code| self.totals[&(row.unit.clone(), field.clone())].reached.clone();
        let mut all: Vec<Exact> = self.fields[&row.block].iter().map(of).collect();
        // What is printed of a unit adds up to its sum.
        assert_eq!(
            all.iter().cloned().sum::<Exact>() + row.bonus.clone() - row.penalty.clone(),
            row.reached,
            "{}",
            row.unit
        );
        all.extend([&row.bonus, &row.penalty, &row.reached, &row.maximum].map(Exact::clone));
        all.push(row.index_value.clone().expect("all units of the sample have an index"));
        all
    }
}

#[tokio::test]
async fn every_figure_of_the_sample_rounds_report_is_the_projections_and_its_code_leads_to_the_logs_root() {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--data", "@"]);
    for file in ["a.docx", "b.docx", "a.xlsx", "b.xlsx"] {
        let said =
            folder.must(&["report", "--data", "@", "--round", "hanoi-2022", "--publication", "2", "--out", file]).out;
        assert!(said.contains("publication 2 of the round hanoi-2022"), "{said}");
    }
    let read = |name: &str| std::fs::read(folder.beside(name)).expect("it was written");
    let (docx, xlsx) = (read("a.docx"), read("a.xlsx"));
    assert!(docx == read("b.docx") && xlsx == read("b.xlsx"), "two processes write the same bytes");
    folder.must(&["report", "--data", "@", "--out", "latest.docx"]);
    assert!(docx == read("latest.docx"), "the latest publication is meant where none is named");

    let rows = rows(&folder).await;
    assert_eq!(rows.standings.len(), 52);
    in_the_document(&rows, &tables(&part(&docx, "word/document.xml")));
    in_the_workbook(&rows, &xlsx);
    leads_to_the_root(&folder, &docx);
    refused(&folder);
    printed::by_a_program_that_offices_use(&folder);
}

fn in_the_document(rows: &Rows, tables: &[Vec<Vec<String>>]) {
    for row in &rows.standings {
        let lines = |columns: usize| -> Vec<&Vec<String>> {
            let all = tables.iter().flatten().filter(|line| line.len() == columns);
            all.filter(|line| line[1] == row.name_vi && line[0] == row.rank.to_string()).collect()
        };
        let moved = match row.movement {
            0 => "–".to_owned(),
            up if up > 0 => format!("▲ {up}"),
            down => format!("▼ {}", -down),
        };
        let ranked = [
            row.rank.to_string(),
            row.name_vi.clone(),
            written(&row.appraisal_reached),
            written(&row.survey_reached),
            row.printed.replace('.', ","),
            row.band.as_ref().map_or(String::new(), |b| b.as_str().to_uppercase()),
            moved,
        ];
        assert!(lines(7).iter().any(|line| ***line == ranked), "{ranked:?}: {:?}", lines(7));
        let by_field: Vec<String> = rows.by_field(row).iter().map(written).collect();
        let found = lines(by_field.len() + 2);
        assert!(found.iter().any(|line| line[2..] == by_field[..]), "{}: {by_field:?}: {found:?}", row.unit);
    }
}

fn in_the_workbook(rows: &Rows, file: &[u8]) {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).expect("a workbook");
    let sheets: Vec<Vec<Vec<Data>>> = book
        .sheet_names()
        .iter()
        .map(|name| book.worksheet_range(name).expect("a sheet").rows().map(<[Data]>::to_vec).collect())
        .collect();
    let double = |value: &Exact| value.rounded(2, RoundingMode::HalfUp).parse::<f64>().expect("a number");
    for row in &rows.standings {
        let name = Data::String(row.name_vi.clone());
        let named: Vec<&Vec<Data>> = sheets
            .iter()
            .flatten()
            .filter(|line| line.get(1) == Some(&name) && matches!(line[0], Data::Float(_)))
            .collect();
        let holds = |numbers: &[f64]| {
            let numbers: Vec<Data> = numbers.iter().map(|n| Data::Float(*n)).collect();
            named.iter().any(|line| line.len() >= numbers.len() + 2 && line[2..numbers.len() + 2] == numbers[..])
        };
        let index: f64 = row.printed.parse().expect("a number");
        assert!(
            holds(&[double(&row.appraisal_reached), double(&row.survey_reached), index]),
            "{}: {named:?}",
            row.unit
        );
        let by_field: Vec<f64> = rows.by_field(row).iter().map(double).collect();
        assert!(holds(&by_field), "{}: {by_field:?}: {named:?}", row.unit);
    }
}

/// The three lines of the code are a head that `verify` holds the log against; of another root it says so.
fn leads_to_the_root(folder: &Folder, docx: &[u8]) {
    let head = printed::scanned(&part(docx, "word/media/code.png"));
    std::fs::write(folder.beside("head.txt"), &head).expect("writes");
    let said = folder.must(&["verify", "--data", "@", "--head", "head.txt"]).out;
    assert!(said.contains("vouches for the end"), "{said}");
    let mut lines: Vec<&str> = head.lines().collect();
    let root = lines[2].to_owned();
    let other = root.replacen(&root[..1], if root.starts_with('A') { "B" } else { "A" }, 1);
    lines[2] = &other;
    std::fs::write(folder.beside("other.txt"), lines.join("\n") + "\n").expect("writes");
    assert_eq!(folder.run(&["verify", "--data", "@", "--head", "other.txt"]).code, Some(1));
}

fn refused(folder: &Folder) {
    let table: [(&[&str], &str); 6] = [
        (&["--round", "none", "--out", "x.docx"], "round_unknown"),
        (&["--publication", "9", "--out", "x.docx"], "publication_unknown"),
        (&["--out", "x.pdf"], "usage"),
        (&["--date", "2022-02-30", "--out", "x.docx"], "usage"),
        (&["--recipient", "a\u{7}", "--out", "x.docx"], "usage"),
        (&["--out", "a.docx"], "io_failed"),
    ];
    for (arguments, code) in table {
        let said = folder.run(&[&["report", "--data", "@"], arguments].concat());
        assert!(said.code == Some(2) && said.err.contains(code), "{arguments:?}: {:?} {}", said.code, said.err);
    }
    assert!(!folder.beside("x.docx").exists() && !folder.beside("x.pdf").exists());
}

#[test]
fn a_report_before_the_result_was_published_says_that_it_is_provisional() {
    let folder = Folder::small_round(3);
    folder.must(&["report", "--data", "@", "--out", "live.docx"]);
    let docx = std::fs::read(folder.beside("live.docx")).expect("it was written");
    for header in ["word/header1.xml", "word/header2.xml"] {
        assert!(String::from_utf8_lossy(&part(&docx, header)).contains("TẠM TÍNH"), "{header}");
    }
    let said = folder.run(&["report", "--data", "@", "--publication", "1", "--out", "one.docx"]);
    assert!(said.code == Some(2) && said.err.contains("publication_unknown"), "{}", said.err);
}

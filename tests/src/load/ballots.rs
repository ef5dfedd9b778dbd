//! What a file of ballots costs: read and counted, and taken in whole, beside the same file's cells read by the crate alone that is
//! under it; and beside what must be done for each ballot that is kept, whoever does it: a salt, a commitment, the tree, the cipher.
//! Each way has a process of its own, so that its memory is its own.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use calamine::Reader;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use inspector::Source;
use intake::evidence::{Files, MasterKey};
use intake::survey::{Asks, Ballots, Sent, preview, take_in};
use platform::objects::Objects;
use proto::Hash;
use proto::act::survey::Method;
use proto::ballot::{Answered, Ballot};
use proto::canon::to_vec;
use proto::commitment::commit;
use proto::tree::CompactRange;

use super::round::begin;
use super::{bar, median, peak_mib, rate};

/// Ballots of the workbook.
const IN_WORKBOOK: usize = 100_000;
const REPEATS: usize = 3;
/// The most memory of a process that takes a million ballots in, in MiB.
const PEAK_MIB_MAX: f64 = 300.0;
/// The sample's round, some units, a group, the answers, and the survey leaves of the sample's departments.
const ROUND: &str = "hanoi-2022";
const UNITS: [&str; 3] = ["congthuong", "dulich", "gtvt"];
const GROUP: &str = "so-5";
const ANSWERS: [&str; 4] = ["a", "b", "c", "d"];
const LEAVES: [(&str, u32); 8] =
    [("1.6", 3), ("2.6", 3), ("3.7", 5), ("4.5", 3), ("5.8", 4), ("6.4", 3), ("7.7", 4), ("8.2", 7)];

fn head() -> Vec<String> {
    let leaves = LEAVES.iter().flat_map(|(field, last)| (1..=*last).map(move |n| format!("{field}.{n}")));
    ["unit", "group", "day", "collector", "seconds"].map(str::to_owned).into_iter().chain(leaves).collect()
}

/// A ballot's cells; no two of a unit are alike.
fn cells(n: usize, width: usize) -> Vec<String> {
    let mut cells = vec![
        UNITS[n % 3].to_owned(),
        GROUP.to_owned(),
        format!("{}/{}/2022", n % 28 + 1, n % 12 + 1),
        format!("dtv{:03}", n / 3 % 300),
        (180 + n % 400).to_string(),
    ];
    let mut left = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    while cells.len() < width {
        cells.push(ANSWERS[left % 4].to_owned());
        left = (left >> 2) ^ n.rotate_left(u32::try_from(cells.len()).unwrap_or(0));
    }
    cells
}

fn write_table(path: &Path, ballots: usize) -> Result<()> {
    let head = head();
    let mut text = head.join(";") + "\r\n";
    for n in 0..ballots {
        writeln!(text, "{}\r", cells(n, head.len()).join(";"))?;
    }
    Ok(std::fs::write(path, text)?)
}

fn write_workbook(path: &Path) -> Result<()> {
    let head = head();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in (0_u16..).zip(&head) {
        sheet.write_string(0, column, heading)?;
    }
    for (row, n) in (1_u32..).zip(0..IN_WORKBOOK) {
        for (column, cell) in (0_u16..).zip(cells(n, head.len())) {
            match cell.parse::<u32>() {
                Ok(number) => sheet.write_number(row, column, number)?,
                Err(_) => sheet.write_string(row, column, cell)?,
            };
        }
    }
    Ok(book.save(path)?)
}

/// Measures and prints.
///
/// # Errors
/// When a file cannot be written, or is not taken.
pub async fn measure(folder: &Path, ballots: usize) -> Result<()> {
    let home = folder.join("survey");
    std::fs::create_dir_all(&home)?;
    begin(home.join("ledger.db")).await?.ledger.stop().await;
    let table = folder.join("phieu.csv");
    write_table(&table, ballots)?;
    println!("\n{ballots} ballots of {} questions in a table, {REPEATS} times in turn", head().len() - 5);
    let names = ("reading and counting / csv alone", "taking in whole / csv alone");
    let [parsed, _, taken] = held(&home, &table, ["csv", "read", "take"], ballots, names)?;
    let mut floors = Vec::new();
    for _ in 0..REPEATS {
        floors.push(alone(&home, &table, &format!("floor {ballots}"))?.0);
    }
    let floor = median(floors);
    println!("  salts, commitments, tree and cipher alone, on two cores: {:.2} of taking in whole", floor / taken);
    println!("  csv alone / these alone, more than taking in whole could ever reach: {:.2}", parsed / floor);
    let book = folder.join("phieu.xlsx");
    write_workbook(&book)?;
    println!("\n{IN_WORKBOOK} ballots in a workbook, {REPEATS} times in turn");
    let names = ("reading and counting / calamine alone", "taking in whole / calamine alone");
    held(&home, &book, ["calamine", "read", "take"], IN_WORKBOOK, names).map(drop)
}

/// The seconds that each way took.
fn held(home: &Path, file: &Path, ways: [&str; 3], ballots: usize, names: (&str, &str)) -> Result<[f64; 3]> {
    let mut took = [Vec::new(), Vec::new(), Vec::new()];
    let mut peaks = [0.0_f64; 3];
    for _ in 0..REPEATS {
        for (at, way) in ways.iter().enumerate() {
            let (seconds, peak) = alone(home, file, way)?;
            took[at].push(seconds);
            peaks[at] = peaks[at].max(peak);
        }
    }
    let [alone, read, take] = took.map(median);
    for ((way, seconds), peak) in ways.iter().zip([alone, read, take]).zip(peaks) {
        let rate = rate(ballots, std::time::Duration::from_secs_f64(seconds));
        println!("  {way}: {rate:.0} ballots/s, at most {peak:.0} MiB");
    }
    bar(names.0, alone / read, 0.25, false);
    bar(names.1, alone / take, 0.25, false);
    bar("the most memory of taking in, in MiB", peaks[2], PEAK_MIB_MAX, true);
    Ok([alone, read, take])
}

/// One way in a process of its own: seconds, and the most memory that it held, in MiB.
fn alone(home: &Path, file: &Path, way: &str) -> Result<(f64, f64)> {
    let mut command = std::process::Command::new(std::env::current_exe()?);
    let output = command.arg("--ballots").arg(home).arg(file).arg(way).output()?;
    let told = String::from_utf8(output.stdout)?;
    let failed = || String::from_utf8_lossy(&output.stderr).into_owned();
    let (seconds, mib) = told.trim().split_once(' ').with_context(failed)?;
    Ok((seconds.parse()?, mib.parse()?))
}

/// What [`alone`] reads.
///
/// # Errors
/// When the file is not taken.
pub async fn told(home: &Path, file: &Path, way: &str) -> Result<String> {
    let source = Source::open(home.join("ledger.db")).await?;
    let asks = Arc::new(Asks::read(&source, &ROUND.parse()?).await?);
    let start = Instant::now();
    match way {
        "csv" => {
            let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(file)?;
            let mut record = csv::StringRecord::new();
            let mut cells = 0;
            while reader.read_record(&mut record)? {
                cells += record.len();
            }
            ensure!(cells > 0, "cells");
        }
        "calamine" => {
            let bytes = std::fs::read(file)?;
            let mut book = calamine::Xlsx::new(std::io::Cursor::new(bytes))?;
            let name = book.sheet_names().first().cloned().context("a sheet")?;
            let mut reader = book.worksheet_cells_reader(&name)?;
            let mut cells = 0;
            while reader.next_cell()?.is_some() {
                cells += 1;
            }
            ensure!(cells > 0, "cells");
        }
        "read" => {
            let tally = preview(&asks, None, tokio::fs::File::open(file).await?).await?;
            ensure!(!tally.rows.is_empty(), "rows");
        }
        "take" => take(&asks, file).await?,
        _ => floor(way.trim_start_matches("floor ").parse()?)?,
    }
    Ok(format!("{} {}", start.elapsed().as_secs_f64(), peak_mib()))
}

async fn take(asks: &Arc<Asks>, file: &Path) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let master = MasterKey::make(&scratch.path().join("files.key"))?;
    let objects = Objects::in_folder(&scratch.path().join("files"))?;
    let files = Files::open(objects, &scratch.path().join("keys.db").into(), Box::new(master)).await?;
    let mut ballots = Ballots::open(&scratch.path().join("ballots.db").into()).await?;
    let sent = Sent {
        batch: "load".parse()?,
        method: Method::Paper,
        unit: "noivu".parse()?,
        name: file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        encoding: None,
        tally: "load".parse()?,
        replaces: None,
    };
    let taken = take_in((&files, &mut ballots), asks, &sent, tokio::fs::File::open(file).await?).await?;
    ensure!(taken.record.respondents > 0, "ballots");
    Ok(())
}

/// Ballots that are sealed at once, and bytes of each beside its salt where nothing stands in it twice.
const BLOCK: usize = 256;
const ROW_BYTES: usize = 60;
const CORES: usize = 2;

/// What cannot be left out for ballots that are committed to one by one, on two cores: salts from the operating system, HMAC over the
/// canonical form, the tree's entries and nodes, the cipher over salts and rows. No file is read and no database written.
fn floor(ballots: usize) -> Result<()> {
    let canonical = canonical()?;
    let some = || -> Result<Hash> {
        let cipher = XChaCha20Poly1305::new(&Key::from([7; 32]));
        let (mut range, mut sealed) = (CompactRange::default(), 0);
        let (mut salts, mut block) = (vec![0; BLOCK * 32], vec![0; BLOCK * (32 + ROW_BYTES)]);
        for first in (0..ballots / CORES).step_by(BLOCK) {
            getrandom::fill(&mut salts)?;
            for salt in salts.as_chunks::<32>().0 {
                range.append(Hash::entry(&commit(salt, &canonical).0));
            }
            block[..salts.len()].copy_from_slice(&salts);
            let mut nonce = [0; 24];
            nonce[..8].copy_from_slice(&first.to_be_bytes());
            sealed += cipher.encrypt(&XNonce::from(nonce), &block[..]).ok().context("a short text")?.len();
        }
        ensure!(sealed > 0, "it was sealed");
        Ok(range.root())
    };
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..CORES).map(|_| scope.spawn(some)).collect();
        all.into_iter().try_for_each(|one| one.join().expect("nothing panics").map(drop))
    })
}

/// A ballot of the table as the protocol writes it.
fn canonical() -> Result<Vec<u8>> {
    let questions = LEAVES.iter().flat_map(|(field, last)| (1..=*last).map(move |n| format!("{field}.{n}")));
    let answer = |leaf: String| Ok(Answered { leaf: leaf.parse()?, question: None, answer: ANSWERS[0].parse()? });
    let ballot = Ballot {
        unit: UNITS[0].parse()?,
        group: GROUP.parse()?,
        day: "2022-10-28".parse()?,
        answers: questions.map(answer).collect::<Result<_>>()?,
        seconds: Some(200),
        collector: "dtv000".to_owned(),
    };
    Ok(to_vec(&ballot)?)
}

//! The sample round in deploy/rounds/hanoi-2022: made again the same, played line by line, and its figures those published.
//! It reads the files as they lie there; the generator is asked only in the first test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use domain::{Publication, Round};
use proto::canon::to_vec;
use proto::exact::RoundingMode::HalfUp;
use proto::script::Line;
use proto::{Command, RoundId};
use system_tests::sample::calendar::{office_times, working_days};
use system_tests::sample::figures::{means, table};
use system_tests::sample::prng::Rng;
use system_tests::sample::simulation::Simulation;

/// The departments' indices as published, in the order of their ranks; GTVT corrected, TN&MT as chosen.
const PUBLISHED: [(&str, &str); 22] = [
    ("ldtbxh", "91.68"),
    ("noivu", "91.59"),
    ("taichinh", "90.57"),
    ("tuphap", "90.42"),
    ("congthuong", "89.66"),
    ("xaydung", "89.03"),
    ("vpub", "88.86"),
    ("dulich", "88.83"),
    ("gtvt", "88.41"),
    ("gddt", "88.33"),
    ("khcn", "87.04"),
    ("thanhtra", "84.81"),
    ("bandantoc", "83.15"),
    ("nnptnt", "82.76"),
    ("khdt", "82.01"),
    ("vhtt", "81.97"),
    ("qhkt", "81.62"),
    ("kcncx", "81.24"),
    ("ngoaivu", "81.21"),
    ("tnmt", "81.02"),
    ("yte", "81.01"),
    ("tttt", "80.90"),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../deploy/rounds/hanoi-2022")
}

fn files() -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder()).expect("the folder is there").map(|e| e.expect("an entry"));
    let name = |e: &std::fs::DirEntry| e.file_name().into_string().expect("an ASCII name");
    entries.map(|e| (name(&e), std::fs::read(e.path()).expect("a file"))).collect()
}

/// File by file in the order of their names, the lines as they stand.
fn scripts() -> Vec<(String, Vec<Vec<u8>>)> {
    let scripts = files().into_iter().filter(|(name, _)| name.ends_with(".ndjson"));
    let lines = |bytes: &[u8]| {
        assert_eq!(bytes.last(), Some(&b'\n'), "the last line ends");
        bytes[..bytes.len() - 1].split(|b| *b == b'\n').map(<[u8]>::to_vec).collect()
    };
    scripts.map(|(name, bytes)| (name, lines(&bytes))).collect()
}

fn line(bytes: &[u8]) -> Line {
    serde_json::from_slice(bytes).expect("a line of a script")
}

fn played() -> Simulation {
    let mut simulation = Simulation::default();
    for (_, lines) in scripts() {
        lines.iter().for_each(|bytes| simulation.take(&line(bytes)));
    }
    simulation
}

fn round(simulation: &Simulation) -> &Round {
    &simulation.world.rounds[&RoundId::parse("hanoi-2022").expect("an id")]
}

#[test]
fn the_generator_makes_the_folder_again_byte_for_byte() {
    let made: BTreeMap<String, Vec<u8>> = system_tests::sample::generate().into_iter().collect();
    let lying = files();
    assert_eq!(made.keys().collect::<Vec<_>>(), lying.keys().collect::<Vec<_>>());
    for (name, bytes) in made {
        assert!(lying[&name] == bytes, "{name} is not what the generator makes: run generate-round again");
    }
}

#[test]
fn every_line_is_a_canonical_command_and_time_never_goes_back() {
    let mut ids = BTreeSet::new();
    let mut last = None;
    for (name, lines) in scripts() {
        for bytes in lines {
            let line = line(&bytes);
            assert_eq!(to_vec(&line).expect("form"), bytes, "{name}");
            let command = to_vec(&line.command).expect("form");
            let parsed = Command::parse(&command).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(parsed.to_canonical(), command, "{name}");
            assert!(ids.insert(parsed.id), "{name}: an id stands twice");
            assert!(last <= Some(line.at), "{name}: {}", line.at);
            last = Some(line.at);
        }
    }
}

#[test]
fn the_files_are_named_by_phase_and_small_enough() {
    let scripts = scripts();
    let names: Vec<&str> = scripts.iter().map(|(name, _)| name.as_str()).collect();
    let phases = [
        "01-setup",
        "02-self-scoring",
        "03-first-appraisal",
        "04-explanation",
        "05-second-appraisal",
        "06-survey",
        "07-council",
        "08-publication",
        "09-appeals",
    ];
    assert_eq!(names, phases.map(|p| format!("{p}.ndjson")));
    let lines: usize = scripts.iter().map(|(_, lines)| lines.len()).sum();
    assert!((13_000..=20_000).contains(&lines), "{lines} lines");
    let bytes: usize = files().values().map(Vec::len).sum();
    assert!(bytes <= 8_000_000, "{bytes} bytes");
}

#[test]
fn the_readme_counts_what_is_there() {
    let readme = String::from_utf8(files().remove("README.md").expect("a README")).expect("UTF-8");
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut total = 0;
    for (name, lines) in scripts() {
        let row = format!("| `{name}` | {} |", lines.len());
        assert!(readme.contains(&row), "{row}");
        total += lines.len();
        for bytes in lines {
            let command = Command::from_value(line(&bytes).command).expect("a command");
            *kinds.entry(command.act.kind()).or_default() += 1;
        }
    }
    for (kind, count) in &kinds {
        assert!(readme.contains(&format!("| `{kind}` | {count} |\n")), "{kind} {count}");
    }
    assert_eq!(readme.lines().filter(|l| l.starts_with("| `") && l.matches('|').count() == 3).count(), kinds.len());
    assert!(readme.contains(&format!("{total} lines, each one command")));
}

#[test]
fn a_fresh_ledger_takes_the_whole_script_and_reaches_the_published_figures() {
    let simulation = played();
    let round = round(&simulation);
    assert!(round.closed);
    let [first, second] = &round.publications[..] else { panic!("two publications") };
    for publication in [first, second] {
        departments_stand_as_published(round, publication);
        let print = |e: &proto::Exact| e.rounded(2, HalfUp);
        let so = means(round, publication, "so");
        assert_eq!([&so.index, &so.appraisal, &so.survey].map(print), ["85.73", "84.19", "89.19"]);
        let huyen = means(round, publication, "huyen");
        assert_eq!([&huyen.index, &huyen.appraisal, &huyen.survey].map(print), ["92.75", "91.56", "95.49"]);
        let districts = table(round, publication, "huyen");
        assert_eq!(districts[0], ("002".to_owned(), 1, "96.08".to_owned()));
        assert!(districts[1..].iter().all(|(_, rank, index)| *rank > 1 && index.as_str() < "96.08"));
        assert_eq!(districts.len(), 30);
    }
    let readme = String::from_utf8(files().remove("README.md").expect("a README")).expect("UTF-8");
    assert!(readme.contains(&format!("they make {} events", simulation.world.position)));
}

fn departments_stand_as_published(round: &Round, publication: &Publication) {
    let rows = table(round, publication, "so");
    let expected = (1..).zip(PUBLISHED).map(|(rank, (unit, index))| (unit.to_owned(), rank, index.to_owned()));
    assert_eq!(rows, expected.collect::<Vec<_>>());
}

#[test]
fn the_correction_moves_one_district_past_another() {
    let simulation = played();
    let round = round(&simulation);
    let of = |publication: &Publication, unit: &str| {
        table(round, publication, "huyen").into_iter().find(|(u, _, _)| u == unit).expect("a district")
    };
    let [first, second] = &round.publications[..] else { panic!("two publications") };
    assert_eq!(of(first, "273"), ("273".to_owned(), 16, "92.81".to_owned()));
    assert_eq!(of(second, "273"), ("273".to_owned(), 15, "92.91".to_owned()));
    assert_eq!((of(first, "008").1, of(second, "008").1), (15, 16));
    let moved: Vec<i64> = second.standings.iter().map(|s| s.movement).filter(|m| *m != 0).collect();
    assert_eq!(moved, [-1, 1]);
}

#[test]
fn the_press_table_keeps_its_misprints() {
    let text = |name: &str| String::from_utf8(files().remove(name).expect(name)).expect("UTF-8");
    let table = text("press-2023-03-23.csv");
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|l| l.split(',').collect()).collect();
    assert_eq!(rows.len(), 22);
    let printed = |unit: &str| rows.iter().find(|r| r[1] == unit).map(|r| (r[0], r[4])).expect("a row");
    assert_eq!(printed("gtvt"), ("9", "81.41"));
    assert_eq!((printed("ngoaivu"), printed("kcncx")), (("18", "81.21"), ("19", "81.24")));
    assert_eq!(printed("tnmt"), ("20", ""));
    for (unit, index) in PUBLISHED.iter().filter(|(u, _)| !["gtvt", "tnmt"].contains(u)) {
        assert_eq!(printed(unit).1, *index);
    }
    assert_eq!(
        text("press-2023-03-23-means.csv"),
        "block,index,appraisal,survey\nso,85.73,84.19,89.19\nhuyen,92.75,91.56,\"42,11\"\n"
    );
}

#[test]
fn november_2022_has_22_working_days_and_acts_fall_into_office_hours() {
    assert_eq!(working_days((2022, 11, 1), (2022, 11, 30)).len(), 22);
    assert_eq!(working_days((2023, 1, 16), (2023, 1, 31)).len(), 7, "Tết");
    let times = office_times((2022, 11, 1), (2022, 11, 30), 500, &mut Rng::of("test"));
    assert!(times.windows(2).all(|w| w[0] < w[1]));
    let hour = |text: &str| text[11..13].parse::<u32>().expect("an hour");
    assert!(times.iter().all(|t| (8..17).contains(&hour(&t.vietnam()))));
}

#[test]
fn a_parts_stream_is_its_own_and_the_same_in_every_run() {
    let draws = |part: &str| {
        let mut rng = Rng::of(part);
        [rng.below(1000), rng.below(1000), rng.between(-5, 5)]
    };
    assert_eq!(draws("a"), draws("a"));
    assert_ne!(draws("a"), draws("b"));
    assert!((0..100).all(|_| (3..=4).contains(&Rng::of("c").between(3, 4))));
}

//! Sheets that officials fill in offline, through the binary: out of the log, filled in, previewed, sent; the same events as by typing.
//! With `--full` a real spreadsheet program opens, fills in and saves them.

#[path = "../../../services/intake/tests/filled/mod.rs"]
mod filled;

use std::path::{Path, PathBuf};
use std::process::Command;

use filled::{V, at, typed, value, xml};
use serde_json::{Value, json};
use system_tests::folder::{Folder, Said, sample_round};

pub use filled::V::{N, T};
pub use filled::{rows, set, typed_of};

/// The unit that fills its sheet in.
pub const UNIT: &str = "ldtbxh";

pub fn deploy(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(below)
}

/// Plays lines of a script.
pub fn play(folder: &Folder, lines: &str) {
    std::fs::write(folder.beside("script.ndjson"), lines).expect("the scratch folder takes it");
    folder.must(&["play", "--data", "@", "script.ndjson"]);
}

fn token(folder: &Folder, actor: &str) -> String {
    folder.must(&["token", "--data", "@", "--actor", actor]).out.trim().to_owned()
}

pub fn id(n: u8) -> String {
    proto::ids::uuid_v7(1_667_500_000_000, [n; 10])
}

/// The sample's people, as far as they are wanted, and the line that opens its round; a log on a script's clock.
pub fn people(is_wanted: impl Fn(&str) -> bool) -> (Folder, Value) {
    let folder = Folder::new();
    let setup = std::fs::read_to_string(sample_round().join("01-setup.ndjson")).expect("the sample");
    let (before, open) = setup.trim_end().rsplit_once('\n').expect("its last line opens the round");
    let first: Value = serde_json::from_str(before.lines().next().expect("lines")).expect("a line");
    let from = first["at"].as_str().expect("a moment").to_owned();
    let mut init = vec!["init", "--data", "@", "--origin", "test.example/sheets", "--training"];
    init.extend(["--administrator", "admin-a", "--administrator", "admin-b", "--scripted-from", &from]);
    folder.must(&init);
    let wanted: Vec<&str> = before.lines().filter(|line| is_wanted(line)).collect();
    play(&folder, &format!("{}\n", wanted.join("\n")));
    (folder, serde_json::from_str(open).expect("a line"))
}

/// Enters a rulebook, and has a round of two departments bound to it.
pub fn bound(folder: &Folder, id: &str, book: &Path, open: &mut Value) {
    let secretary = token(folder, "sec-1");
    let enter = ["document", "enter", "--data", "@", "--token", &secretary, "--id", id, "--unit", "noivu"];
    let digest = folder.must(&[&enter[..], &[book.to_str().expect("a path")]].concat()).out.trim().to_owned();
    let data = &mut open["command"]["data"];
    data["rulebook"] = json!({ "id": id, "digest": digest });
    data["blocks"].as_array_mut().expect("blocks").truncate(1);
    data["blocks"][0]["units"] = json!([UNIT, "yte"]);
}

/// The sample's people with a round of the rulebook that has every kind of rule, in which two departments score themselves.
pub fn round() -> Folder {
    let (folder, mut open) = people(|_| true);
    bound(&folder, "all-kinds", &deploy("rulebooks/all-kinds.json"), &mut open);
    // The other unit's first score brings the clock into the window.
    let own = json!({
        "at": "2022-11-02T02:00:00.000000Z",
        "actor": "yte-d",
        "command": score(1, "yte", "1.7", 0, &json!({ "figures": [{ "name": "violations", "value": "1" }] }), "2.5", ""),
    });
    play(&folder, &format!("{open}\n{own}\n"));
    folder
}

pub fn score(n: u8, unit: &str, leaf: &str, revision: u64, inputs: &Value, claimed: &str, explanation: &str) -> Value {
    json!({
        "id": id(n), "capacity": "drafter", "unit": unit, "kind": "score_self",
        "data": { "round": "hanoi-2022", "unit": unit, "leaf": leaf, "revision": revision, "inputs": inputs,
                  "claimed": claimed, "explanation": explanation },
    })
}

/// A leaf, what is typed into its row by column, the inputs that come of it, and the points.
type Filling = (&'static str, Vec<(&'static str, V<'static>)>, Value, &'static str);

/// What is filled in: leaf, cells, and the same as a command says it.
fn filling() -> Vec<Filling> {
    let figures = |all: &[(&str, &str)]| json!({ "figures": all.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect::<Vec<_>>() });
    let (one, two, three) = ("Số liệu (1)", "Số liệu (2)", "Số liệu (3)");
    vec![
        ("1.1", vec![("Phương án", T("Trễ hạn"))], json!({ "option": "late" }), "0.5"),
        ("1.2", vec![(one, N("91")), (two, N("100"))], figures(&[("done", "91"), ("due", "100")]), "2"),
        ("1.3", vec![(one, N("2")), (two, N("3"))], figures(&[("in_time", "2"), ("files", "3")]), "2"),
        ("1.4", vec![(one, N("61.5")), (two, N("90"))], figures(&[("online", "61.5"), ("files", "90")]), "2.05"),
        ("1.5", vec![(one, N("3"))], figures(&[("initiatives", "3")]), "3"),
        ("1.6", vec![(one, N("5"))], figures(&[("trainings", "5")]), "1.25"),
        ("1.7", vec![(one, N("1"))], figures(&[("violations", "1")]), "2.5"),
        ("1.8", vec![(one, N("7")), (two, N("10"))], figures(&[("done", "7"), ("due", "10")]), "1.5"),
        ("2.1", vec![(one, N("87.35"))], figures(&[("value", "87.35")]), "6.988"),
        ("2.2", vec![("Phương án", T("Có"))], json!({ "option": "yes" }), "2"),
        ("2.3", vec![("Ngày", N("44913"))], json!({ "date": "2022-12-18" }), "1"),
        (
            "2.4",
            vec![(one, N("2")), (two, N("3")), (three, N("0"))],
            figures(&[("cut", "2"), ("all", "3"), ("overdue", "0")]),
            "2.67",
        ),
        ("2.5", vec![("Điểm tự chấm", N("3.5"))], json!({}), "3.5"),
    ]
}

pub const SAID: &str = "Có văn bản kèm theo (minh họa)";

fn export(folder: &Folder, to: &str) -> Vec<u8> {
    folder.must(&["sheet", "export", "--data", "@", "--unit", UNIT, "--out", to]);
    std::fs::read(folder.beside(to)).expect("the workbook")
}

pub fn filled_in(mut bytes: Vec<u8>) -> Vec<u8> {
    for (leaf, cells, ..) in filling() {
        bytes = typed(&bytes, leaf, &[&cells[..], &[("Giải trình", T(SAID))]].concat());
    }
    bytes
}

/// The data of a unit's events of a kind, as they stand in the log.
pub fn data(folder: &Folder, kind: &str) -> Vec<Value> {
    folder.must(&["export", "--data", "@", "log.ndjson"]);
    let log = std::fs::read_to_string(folder.beside("log.ndjson")).expect("the log");
    let events = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("an event"));
    let mine = events.filter(|e| e["kind"] == kind && e["stream"].as_str().is_some_and(|s| s.ends_with(UNIT)));
    mine.map(|event| event["data"].clone()).collect()
}

fn submit(folder: &Folder, actor: &str, commands: &[Value]) -> Said {
    let lines: String = commands.iter().map(|c| format!("{c}\n")).collect();
    std::fs::write(folder.beside("typed.ndjson"), lines).expect("writes");
    folder.run(&["submit", "--data", "@", "--token", &token(folder, actor), "typed.ndjson"])
}

fn read(folder: &Folder, file: &str, more: &[&str]) -> Said {
    folder.run(&[&["sheet", "read", "--data", "@", file, "--lang", "en"], more].concat())
}

/// The same scores by typing.
pub fn by_typing(folder: &Folder) -> Vec<Value> {
    let typed = filling();
    let commands =
        (20..).zip(&typed).map(|(n, (leaf, _, inputs, claimed))| score(n, UNIT, leaf, 0, inputs, claimed, SAID));
    let _ = submit(folder, "ldtbxh-d", &commands.collect::<Vec<_>>()).well(&["submit"]);
    data(folder, "self_scored")
}

#[test]
fn a_sheet_filled_in_offline_makes_the_events_that_typing_makes() {
    let folder = round();
    let other = folder.copy();
    let bytes = export(&folder, "a.xlsx");
    assert!(export(&folder, "b.xlsx") == bytes, "the same position gives the same bytes");
    std::fs::write(folder.beside("filled.xlsx"), filled_in(bytes.clone())).expect("writes");
    let seen = read(&folder, "filled.xlsx", &["--commands", "commands.ndjson"]);
    assert_eq!(seen.code, Some(0), "{}{}", seen.out, seen.err);
    assert!(seen.out.contains("13 changed, 0 CONFLICT, 0 elsewhere, 0 done, 2 unchanged"), "{}", seen.out);
    assert!(data(&folder, "self_scored").is_empty(), "a preview sends nothing");
    let mine = token(&folder, "ldtbxh-d");
    let sent = read(&folder, "filled.xlsx", &["--token", &mine, "--submit"]);
    assert_eq!(sent.code, Some(0), "{}{}", sent.out, sent.err);
    let by_sheet = data(&folder, "self_scored");
    assert_eq!((by_sheet.len(), &by_sheet), (13, &by_typing(&other)));
    // What was previewed is what was sent: the same commands have the same answers.
    let again = folder.must(&["submit", "--data", "@", "--token", &mine, "commands.ndjson"]);
    assert!(again.err.contains("13 accepted"), "{}", again.err);
    let done = read(&folder, "filled.xlsx", &[]);
    assert!(done.out.contains("0 changed, 0 CONFLICT, 0 elsewhere, 13 done, 2 unchanged"), "{}", done.out);
    // What it was made from can be made again, whatever came since.
    let position = 1 + bytes_position(&bytes);
    let as_of = (position - 1).to_string();
    folder.must(&["sheet", "export", "--data", "@", "--unit", UNIT, "--as-of", &as_of, "--out", "then.xlsx"]);
    assert!(std::fs::read(folder.beside("then.xlsx")).expect("a file") == bytes);
    folder.must(&["verify", "--data", "@"]);
}

/// The position that a workbook says it was made at.
fn bytes_position(bytes: &[u8]) -> u64 {
    let card = filled::rows(bytes, "Thông tin phiếu");
    let row = card.iter().find(|row| row[0].starts_with("Vị trí")).expect("a position");
    row[1].parse().expect("a number")
}

#[test]
fn what_two_have_changed_is_shown_and_never_sent() {
    let folder = round();
    let bytes = filled_in(export(&folder, "a.xlsx"));
    std::fs::write(folder.beside("filled.xlsx"), &bytes).expect("writes");
    let meanwhile = [
        score(90, UNIT, "1.1", 0, &json!({ "option": "ontime" }), "1", "đúng hạn"),
        score(91, UNIT, "1.5", 0, &json!({ "figures": [{ "name": "initiatives", "value": "3" }] }), "3", SAID),
    ];
    let _ = submit(&folder, "ldtbxh-d", &meanwhile).well(&["submit"]);
    let said = read(&folder, "filled.xlsx", &["--token", &token(&folder, "ldtbxh-d"), "--submit"]);
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(said.out.contains("11 changed, 1 CONFLICT, 0 elsewhere, 1 done, 2 unchanged"), "{}", said.out);
    assert!(said.err.contains("11 accepted, 0 refused"), "{}", said.err);
    let scored = data(&folder, "self_scored");
    let first: Vec<&Value> = scored.iter().filter(|d| d["leaf"] == "1.1").collect();
    assert_eq!((scored.len(), first.len(), &first[0]["inputs"]["option"]), (13, 1, &json!("ontime")));
    // Of another log it is not even looked at.
    let stranger = Folder::small_round(0);
    std::fs::write(stranger.beside("filled.xlsx"), &bytes).expect("writes");
    let said = read(&stranger, "filled.xlsx", &[]);
    assert!(said.code == Some(1) && said.out.starts_with("sheet_other_log"), "{}{}", said.out, said.err);
    let kind = folder.run(&["appraisal", "read", "--data", "@", "filled.xlsx"]);
    assert!(kind.code == Some(1) && kind.out.starts_with("sheet_other_kind"), "{}{}", kind.out, kind.err);
}

#[test]
fn an_appraisers_sheet_makes_the_acts_that_he_chose() {
    let folder = round();
    by_typing(&folder);
    // At the deadline the sheets are closed; the clock stands in the first appraisal.
    let grant = json!({
        "at": "2022-12-08T02:00:00.000000Z", "actor": "admin-a",
        "command": { "id": id(200), "capacity": "administrator", "kind": "grant_capacity", "data": {
            "actor": "apr-x", "capacity": "appraiser", "fields": ["2"], "from": "2022-12-07T17:00:00.000000Z",
            "grant": "later", "round": "hanoi-2022", "unit": "noivu" } },
    });
    play(&folder, &format!("{grant}\n"));
    let export = ["appraisal", "export", "--data", "@", "--block", "so", "--field", "1", "--out", "f1.xlsx"];
    folder.must(&export);
    let bytes = std::fs::read(folder.beside("f1.xlsx")).expect("the workbook");
    let bytes = typed_of(&bytes, "1.1", Some(UNIT), &[("Quyết định", T("công nhận"))]);
    let cells =
        [("Quyết định", T("điều chỉnh")), ("Số liệu (1)", N("2")), ("Lý do", T("Chỉ hai sáng kiến (minh họa)"))];
    let bytes = typed_of(&bytes, "1.5", Some(UNIT), &cells);
    let cells = [("Quyết định", T("yêu cầu giải trình")), ("Lý do", T("Chưa rõ số lớp (minh họa)"))];
    let bytes = typed_of(&bytes, "1.6", Some(UNIT), &cells);
    std::fs::write(folder.beside("f1.xlsx"), bytes).expect("writes");
    let mine = token(&folder, "apr-1");
    let sent = folder.run(&[
        "appraisal",
        "read",
        "--data",
        "@",
        "f1.xlsx",
        "--unit",
        "noivu",
        "--token",
        &mine,
        "--submit",
        "--lang",
        "en",
    ]);
    assert_eq!(sent.code, Some(0), "{}{}", sent.out, sent.err);
    assert!(sent.out.contains("3 changed, 0 CONFLICT"), "{}", sent.out);
    let of = |kind: &str| data(&folder, kind).into_iter().map(|d| d["act"].clone()).collect::<Vec<_>>();
    let (confirmed, adjusted, flagged) = (of("score_confirmed"), of("score_adjusted"), of("score_flagged"));
    assert_eq!((confirmed.len(), confirmed[0]["leaf"].as_str()), (1, Some("1.1")));
    assert_eq!((adjusted.len(), adjusted[0]["points"].as_str()), (1, Some("2")));
    assert_eq!((flagged.len(), flagged[0]["leaf"].as_str()), (1, Some("1.6")));
    let again = folder.must(&["appraisal", "read", "--data", "@", "f1.xlsx", "--unit", "noivu", "--lang", "en"]);
    assert!(again.out.contains("0 changed, 0 CONFLICT, 0 elsewhere, 3 done"), "{}", again.out);
    folder.must(&["verify", "--data", "@"]);
}

/// Fills cells in with LibreOffice; what the cells that are to be shown hold then.
fn office(folder: &Folder, from: &str, to: &str, cells: &Value) -> String {
    std::fs::write(folder.beside("cells.json"), cells.to_string()).expect("writes");
    // The system's own Python: the bridge to the program is a package of the system.
    let mut fill = Command::new("/usr/bin/python3");
    fill.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/office/fill.py"));
    fill.args([folder.beside(from), folder.beside(to), folder.beside("cells.json")]);
    Said::by(fill).well(&["fill.py"]).out
}

/// Only `tests/run --full` installs the program.
#[test]
fn a_sheet_filled_in_with_libreoffice_makes_the_events_that_typing_makes() {
    if std::env::var_os("PARINDEX_FULL").is_none() {
        return;
    }
    let folder = round();
    let other = folder.copy();
    let bytes = export(&folder, "a.xlsx");
    let (mut cells, mut shown) = (Vec::new(), Vec::new());
    for (leaf, filled, _, claimed) in filling() {
        for (heading, v) in filled.iter().chain(&[("Giải trình", T(SAID))]) {
            let (kind, value) = match v {
                V::N(n) => ("number", *n),
                V::T(t) => ("text", *t),
                _ => unreachable!("only these are filled in"),
            };
            cells.push(json!([at(&bytes, heading, leaf, None), kind, value]));
        }
        shown.push((at(&bytes, "Điểm tính", leaf, None), claimed));
    }
    cells.extend(shown.iter().map(|(cell, _)| json!([cell, "show", ""])));
    let out = office(&folder, "a.xlsx", "filled.xlsx", &json!(cells));
    // The spreadsheet reckons what the rules give.
    for (cell, claimed) in &shown {
        let line = out.lines().find_map(|line| line.strip_prefix(&format!("{cell} "))).expect("it is shown");
        let shown: f64 = line.replace(',', ".").parse().expect("a number");
        let claimed: f64 = claimed.parse().expect("a number");
        assert!((shown - claimed).abs() < 0.005_1, "{cell}: {shown}, not {claimed}");
    }
    let saved = std::fs::read(folder.beside("filled.xlsx")).expect("the workbook");
    // Locks and drop-downs survive.
    let (before, after) = (xml(&bytes, "sheet1.xml"), xml(&saved, "sheet1.xml"));
    let lists = |xml: &str| xml.matches("type=\"list\"").count();
    assert!(after.contains("<sheetProtection"), "the lock is gone");
    assert!(lists(&before) > 0 && lists(&after) == lists(&before), "{} of {}", lists(&after), lists(&before));
    assert_eq!(value(&saved, "Giải trình", "1.1", None), SAID);
    let seen = read(&folder, "filled.xlsx", &["--token", &token(&folder, "ldtbxh-d"), "--submit"]);
    assert_eq!(seen.code, Some(0), "{}{}", seen.out, seen.err);
    assert_eq!(data(&folder, "self_scored"), by_typing(&other));
}

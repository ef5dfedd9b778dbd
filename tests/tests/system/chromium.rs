//! Pages in a real browser: `tests/browser` clicks and types in Debian's Chromium, and the log is read afterwards.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use system_tests::folder::Folder;

use super::api::Server;
use super::browser::signed_in;
use super::opening::empty;
use super::survey_pages::{events, surveyed};
use super::unit_sheets::{bound, data, deploy, id, people, play, round};

/// Where something is that `tests/run` has set up.
pub fn set_up(variable: &str, usual: &str) -> PathBuf {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join(usual);
    let place = std::env::var_os(variable).map_or_else(usual, PathBuf::from);
    assert!(place.exists(), "tests/run sets it up; {} is not there", place.display());
    place
}

/// A story in the browser, against a server, with some people's first passwords.
pub fn told(story: &str, server: &Server, people: &[&str]) -> Command {
    let first = |actor: &&str| {
        let said = server.folder.must(&["account", "--data", "@", "--actor", actor, "--name", actor]);
        format!("{actor}={}", said.out.trim())
    };
    let screenshots =
        std::env::var_os("PARINDEX_SCREENSHOTS").map_or_else(|| server.folder.beside("seen"), PathBuf::from);
    std::fs::create_dir_all(&screenshots).expect("a folder");
    let mut node = Command::new("node");
    node.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("browser").join(story));
    node.arg(&server.url).arg(set_up("PARINDEX_CHROMIUM", "/usr/bin/chromium"));
    node.arg(set_up("PARINDEX_BROWSER_MODULES", "../target/browser"));
    node.arg(screenshots).args(people.iter().map(first));
    node
}

#[test]
fn a_sheet_is_filled_in_and_signed_in_a_real_browser_by_clicking_and_typing_alone() {
    let server = Server::over(round(), "127.0.0.1:0");
    let told = told("story.mjs", &server, &["ldtbxh-d", "ldtbxh-c"]).output().expect("node runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(told.status.success(), "{}\n{}", text(&told.stdout), text(&told.stderr));

    let scores = data(&server.folder, "self_scored");
    let leaves: Vec<&str> = scores.iter().filter_map(|score| score["leaf"].as_str()).collect();
    assert_eq!(
        leaves,
        [
            "1.1", "1.2", "2.3", "1.5", "1.6", "1.6", "1.6", "1.6", "1.7", "1.7", "2.5", "1.3", "1.4", "1.8", "2.1",
            "2.4", "2.2"
        ]
    );
    let over =
        scores.iter().filter(|score| score["revision"] != 0).map(|score| &score["inputs"]["figures"][0]["value"]);
    // What two people changed of one leaf: his who was chosen, theirs who alone changed a field, and again his.
    assert_eq!(over.collect::<Vec<_>>(), ["5", "6", "6", "0"]);
    let files = |leaf: &str| scores.iter().find(|score| score["leaf"] == leaf).map(|score| score["evidence"].clone());
    for (leaf, page) in [("1.1", "tr. 3"), ("1.3", "")] {
        let evidence = files(leaf).expect("a score");
        assert_eq!(
            evidence.as_array().map(|files| (files.len(), &files[0]["page"])),
            Some((1, &page.into())),
            "{leaf}"
        );
    }
    let submitted = data(&server.folder, "sheet_submitted");
    assert_eq!((submitted.len(), &submitted[0]["evidence"][0]["type"]), (1, &"application/pdf".into()));
    server.folder.must(&["verify", "--data", "@"]);
}

/// The people of a small round: three members of the council, and no unit but two.
const PEOPLE: [&str; 10] =
    ["sec-1", "ldtbxh-d", "ldtbxh-c", "apr-8", "apr-9", "srv-1", "council-1", "council-2", "pub-1", "admin-a"];

/// Where the log's clock is moved to, for each phase that the story waits for.
const MOMENTS: [(&str, &str); 7] = [
    ("self_scoring", "2022-11-02T02:00:00.000000Z"),
    ("first_appraisal", "2022-12-08T02:00:00.000000Z"),
    ("explanation", "2023-01-10T02:00:00.000000Z"),
    ("second_appraisal", "2023-02-01T02:00:00.000000Z"),
    ("council", "2023-03-02T02:00:00.000000Z"),
    ("appeals", "2023-03-25T02:00:00.000000Z"),
    ("end", "2023-04-12T02:00:00.000000Z"),
];

/// The sample's people, as far as a small round needs them, in a log with or without its documents; and the line that opens its round.
fn few(is_wanted: impl Fn(&str) -> bool) -> (Folder, Value) {
    let few = |line: &str| {
        !line.contains("\"capacity\":\"council\"")
            || ["council-1", "council-2", "council-3"].iter().any(|who| line.contains(&format!("\"{who}\"")))
    };
    people(|line| few(line) && is_wanted(line))
}

/// What of a rulebook a small round needs: four leaves.
const APPRAISED: [&str; 6] = ["1", "1.1", "1.2", "2", "2.2", "2.5"];
/// A field with a leaf that respondents of a survey answer for.
const SURVEYED: [&str; 2] = ["3", "3.1"];

/// A rulebook of some nodes of the one with every kind of rule, as a file beside the folder.
fn small_book(folder: &Folder, codes: &[&str]) -> PathBuf {
    let mut book: Value =
        serde_json::from_slice(&std::fs::read(deploy("rulebooks/all-kinds.json")).expect("a book")).expect("JSON");
    let nodes = book["nodes"].as_array_mut().expect("nodes");
    nodes.retain(|node| codes.iter().any(|code| node["code"] == **code));
    let whole = |node: &Value| node["maximum"].as_str().and_then(|m| m.parse::<u32>().ok()).expect("a whole number");
    let sums: Vec<(&str, u32)> = codes
        .iter()
        .filter(|code| code.len() == 1)
        .map(|field| {
            let below = |node: &&Value| node["code"].as_str().is_some_and(|c| c.starts_with(field) && c.len() > 1);
            (*field, nodes.iter().filter(below).map(whole).sum())
        })
        .collect();
    for (field, sum) in &sums {
        let node = nodes.iter_mut().find(|node| node["code"] == **field).expect("a field");
        node["maximum"] = sum.to_string().into();
    }
    book["kinds"] = json!([{ "kind": "so", "total": sums.iter().map(|(_, sum)| sum).sum::<u32>().to_string() }]);
    let file = folder.beside("small.json");
    std::fs::write(&file, book.to_string()).expect("the scratch folder takes it");
    file
}

/// A round of such a rulebook, without a survey.
pub fn small() -> Folder {
    let (folder, mut open) = few(|_| true);
    let file = small_book(&folder, &APPRAISED);
    bound(&folder, "small", &file, &mut open);
    open["command"]["data"]["phases"].as_array_mut().expect("phases").retain(|window| window["phase"] != "survey");
    play(&folder, &format!("{open}\n"));
    moved(&folder, 1, "2022-11-02T02:00:00.000000Z");
    folder
}

/// A log in which nobody is granted anything but its two administrators; the files that people are granted and such a round with a survey is opened
/// with, where they are, and the departments that take no part.
fn unopened() -> (Folder, PathBuf, String) {
    let (sample, open) = few(|_| true);
    let folder = empty();
    let book = small_book(&folder, &[&APPRAISED[..], &SURVEYED].concat());
    let beside = book.parent().expect("a folder").to_owned();
    let units = beside.join("units.xlsx");
    let units = units.to_str().expect("a path");
    sample.must(&["document", "export", "--data", "@", "--kind", "catalogue", "--id", "hanoi-2022", units]);
    let sample = Server::over(sample, "127.0.0.1:0");
    let table = async { signed_in(&sample, "insp-1").await.downloads("/open/people/book").await };
    let (status, _, people) = tokio::runtime::Runtime::new().expect("a runtime").block_on(table);
    assert_eq!(status, 200);
    std::fs::write(beside.join("people.xlsx"), people).expect("the scratch folder takes it");
    let all = open["command"]["data"]["blocks"][0]["units"].as_array().expect("units").iter();
    let without: Vec<&str> = all.filter_map(Value::as_str).filter(|unit| !["ldtbxh", "yte"].contains(unit)).collect();
    (folder, beside, without.join(", "))
}

/// Moves the log's clock on: somebody is granted something that is nothing to the round.
pub fn moved(folder: &Folder, n: u8, to: &str) {
    let data = json!({ "grant": format!("clock-{n}"), "actor": format!("clock-{n}"), "capacity": "drafter", "unit": "khcn", "from": "2022-01-01T00:00:00.000000Z" });
    let command = json!({ "id": id(200 + n), "capacity": "administrator", "kind": "grant_capacity", "data": data });
    play(folder, &format!("{}\n", json!({ "at": to, "actor": "admin-a", "command": command })));
}

#[test]
fn ballots_are_sent_and_a_sample_is_drawn_in_a_real_browser_by_clicking_alone() {
    let server = Server::over(surveyed(), "127.0.0.1:0");
    let told = told("survey.mjs", &server, &["sec-1", "srv-1"]).output().expect("node runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(told.status.success(), "{}\n{}", text(&told.stdout), text(&told.stderr));
    for kind in ["seed_committed", "batch_recorded", "sample_drawn", "batch_rechecked"] {
        assert_eq!(events(&server.folder, kind).len(), 1, "{kind}");
    }
    server.folder.must(&["verify", "--data", "@"]);
}

#[test]
fn a_whole_round_is_played_in_a_real_browser_by_each_role_in_its_own() {
    let (folder, files, without) = unopened();
    let mut server = Server::over(folder, "127.0.0.1:0");
    let mut node = told("round.mjs", &server, &PEOPLE);
    node.env("PARINDEX_STORY_FILES", files).env("PARINDEX_STORY_WITHOUT", without);
    let mut node = node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("node runs");
    let (mut to, from) = (node.stdin.take().expect("piped"), node.stdout.take().expect("piped"));
    let mut gone_on = 0;
    for line in BufReader::new(from).lines() {
        let line = line.expect("a line");
        let Some(phase) = line.strip_prefix("NEXT ") else { continue };
        let (n, (_, moment)) = MOMENTS.iter().enumerate().find(|(_, (name, _))| *name == phase).expect("a phase");
        let (folder, address) = server.stop();
        moved(&folder, u8::try_from(n).expect("few") + 2, moment);
        server = Server::over(folder, &address);
        to.write_all(b"\n").expect("node reads");
        gone_on += 1;
    }
    let mut said = String::new();
    node.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
    assert!(node.wait().expect("it ends").success(), "{said}");
    assert_eq!(gone_on, MOMENTS.len());

    server.folder.must(&["export", "--data", "@", "log.ndjson"]);
    let log = std::fs::read_to_string(server.folder.beside("log.ndjson")).expect("the log");
    let kinds_of = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("an event")["kind"].clone());
    let happened: Vec<Value> = kinds_of.collect();
    let count = |kind: &str| happened.iter().filter(|happened| **happened == kind).count();
    let kinds = [
        ("document_sealed", 3),
        ("round_opened", 1),
        ("deadline_extended", 1),
        ("self_scored", 3),
        ("exemption_claimed", 1),
        ("sheet_submitted", 1),
        ("score_adjusted", 1),
        ("bonus_awarded", 1),
        ("score_flagged", 1),
        ("flag_explained", 1),
        ("score_confirmed", 2),
        ("exemption_accepted", 1),
        ("seed_committed", 1),
        ("batch_recorded", 1),
        ("survey_merged", 1),
        ("decision_proposed", 3),
        ("vote_cast", 6),
        ("decision_recorded", 3),
        ("council_scored", 1),
        ("result_published", 2),
        ("appeal_lodged", 1),
        ("appeal_examined", 1),
        ("appeal_answered", 1),
        ("appeal_decided", 1),
        ("score_corrected", 1),
        ("round_closed", 1),
    ];
    assert_eq!(kinds.map(|(kind, _)| (kind, count(kind))), kinds);
    server.folder.must(&["verify", "--data", "@"]);
}

#[test]
fn an_inspector_finds_his_way_verifies_and_takes_a_dossier_in_a_real_browser() {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--data", "@"]);
    let server = Server::over(folder, "127.0.0.1:0");
    let told = told("inspect.mjs", &server, &["insp-1"]).output().expect("node runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(told.status.success(), "{}\n{}", text(&told.stdout), text(&told.stderr));
}

#[test]
fn what_is_only_read_holds_in_a_real_browser_at_a_desk_and_on_a_phone_in_one_language_each() {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--data", "@"]);
    let server = Server::over(folder, "127.0.0.1:0");
    let told = told("pages.mjs", &server, &["insp-1", "ldtbxh-c", "sec-1", "admin-a"]).output().expect("node runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(told.status.success(), "{}\n{}", text(&told.stdout), text(&told.stderr));
}

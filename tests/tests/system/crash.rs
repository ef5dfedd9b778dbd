//! SIGKILL at seeded moments, restart, the same file again: what was acknowledged is there, once.
//! `tests/run --full` kills ten times as often.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

use proto::Answer;
use system_tests::folder::{Folder, sample_round};

fn kills() -> u64 {
    if std::env::var_os("PARINDEX_FULL").is_some() { 100 } else { 10 }
}

/// A number from a seed, always the same.
fn seeded(seed: u64, below: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % below
}

/// What clients were told: the position of every acknowledged command.
#[derive(Default)]
struct Told(HashMap<String, u64>);

impl Told {
    /// Takes a result line; an answer must be the same as any earlier one.
    fn take(&mut self, line: &str, seed: u64) {
        let Ok(answer) = serde_json::from_str::<Answer>(line) else { return };
        match answer {
            Answer::Accepted(a) => {
                let id = a.command.to_string();
                let before = self.0.insert(id.clone(), a.position);
                assert!(
                    before.is_none_or(|b| b == a.position),
                    "seed {seed}: {id} was told {before:?}, now {}",
                    a.position
                );
            }
            Answer::Refused(r) => panic!("seed {seed}: {} refused: {} {}", r.command, r.code, r.en),
        }
    }
}

/// Runs the binary and kills it with SIGKILL at a seeded moment: some lines of the file after those that were answered
/// before, and some microseconds more.
fn run_and_kill(folder: &Folder, arguments: &[&str], lines: u64, seed: u64, told: &mut Told) {
    let mut child = folder.command(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
    let out = BufReader::new(child.stdout.take().expect("piped"));
    let last = told.0.len() as u64 + seeded(seed, 2 * lines / kills());
    for (count, line) in (0..).zip(out.lines().map_while(Result::ok)) {
        told.take(&line, seed);
        if count == last {
            std::thread::sleep(Duration::from_micros(seeded(seed + 1_000, 5_000)));
            child.kill().expect("kills");
        }
    }
    child.wait().expect("waits");
}

/// Everything that was told is in the log exactly once, at its position, and the log holds.
fn check(folder: &Folder, told: &Told) {
    folder.must(&["export", "--data", "@", "after.ndjson"]);
    let mut found: HashMap<String, u64> = HashMap::new();
    let file = std::fs::File::open(folder.beside("after.ndjson")).expect("exported");
    for (at, line) in (1_u64..).zip(BufReader::new(file).lines()) {
        let event = proto::Event::decode(line.expect("a line").as_bytes()).expect("an event");
        let twice = found.insert(event.envelope.command.id.to_string(), at);
        assert!(twice.is_none(), "{} stands twice", event.envelope.command.id);
    }
    for (id, position) in &told.0 {
        assert_eq!(found.get(id), Some(position), "{id} was acknowledged");
    }
    let said = folder.run(&["verify", "--data", "@"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
}

#[test]
fn every_acknowledged_line_of_a_script_survives_sigkill_once() {
    let folder = Folder::small_round(0);
    let script = sample_round().join("02-self-scoring.ndjson");
    let second = sample_round().join("03-first-appraisal.ndjson");
    let arguments = ["play", "--data", "@", script.to_str().expect("a path"), second.to_str().expect("a path")];
    let mut told = Told::default();
    for seed in 0..kills() {
        run_and_kill(&folder, &arguments, 10_000, seed, &mut told);
    }
    let said = folder.must(&arguments);
    for line in said.out.lines() {
        told.take(line, u64::MAX);
    }
    assert!(told.0.len() >= 10_000, "{} lines were played", told.0.len());
    check(&folder, &told);
}

#[test]
fn every_acknowledged_command_of_a_file_survives_sigkill_once() {
    let folder = Folder::small_round(1);
    let token = folder.must(&["token", "--data", "@", "--actor", "001-d"]).out.trim().to_owned();
    let commands: String = (0..10_000).map(|i| score(i) + "\n").collect();
    std::fs::write(folder.beside("commands.ndjson"), commands).expect("writes");
    let arguments = ["submit", "--data", "@", "--token", &token, "commands.ndjson"];
    let mut told = Told::default();
    for seed in 100..100 + kills() {
        run_and_kill(&folder, &arguments, 10_000, seed, &mut told);
    }
    let said = folder.must(&arguments);
    for line in said.out.lines() {
        told.take(line, u64::MAX);
    }
    assert_eq!(told.0.len(), 10_000);
    check(&folder, &told);
}

#[test]
fn every_command_that_a_killed_server_acknowledged_is_there_once() {
    let folder = Folder::small_round(1);
    let token = folder.must(&["token", "--data", "@", "--actor", "001-d"]).out.trim().to_owned();
    let commands: String = (0..10_000).map(|i| score(i) + "\n").collect();
    std::fs::write(folder.beside("commands.ndjson"), commands).expect("writes");
    let arguments = ["submit", "--data", "@", "--token", &token, "commands.ndjson"];
    let mut told = Told::default();
    for seed in 200..200 + kills() {
        let mut server = folder
            .command(&["serve", "--data", "@", "--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        // It says where it serves once it does.
        let mut lines = BufReader::new(server.stderr.take().expect("piped")).lines().map_while(Result::ok);
        assert!(lines.any(|l| l.starts_with("serving ")), "seed {seed}");
        let mut client =
            folder.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
        let out = BufReader::new(client.stdout.take().expect("piped"));
        let last = told.0.len() as u64 + seeded(seed, 2 * 10_000 / kills());
        for (count, line) in (0..).zip(out.lines().map_while(Result::ok)) {
            told.take(&line, seed);
            if count == last {
                std::thread::sleep(Duration::from_micros(seeded(seed + 1_000, 5_000)));
                server.kill().expect("kills");
            }
        }
        client.wait().expect("waits");
        let _ = server.kill();
        server.wait().expect("waits");
    }
    let said = folder.must(&arguments);
    for line in said.out.lines() {
        told.take(line, u64::MAX);
    }
    assert_eq!(told.0.len(), 10_000);
    check(&folder, &told);
}

/// The i-th change of one score, on top of the one before.
fn score(i: u64) -> String {
    let id = proto::ids::uuid_v7(1_667_500_000_000 + i, [i as u8; 10]);
    format!(
        "{{\"id\":\"{id}\",\"capacity\":\"drafter\",\"unit\":\"001\",\"kind\":\"score_self\",\"data\":{{\
         \"round\":\"hanoi-2022\",\"unit\":\"001\",\"leaf\":\"{}\",\"revision\":{i},\"inputs\":{{\"option\":\"{}\"}},\
         \"claimed\":\"{}\",\"explanation\":\"lần {i}\"}}}}",
        LEAF.0, LEAF.1, LEAF.2
    )
}

/// A leaf of the sample's district tree, one of its options, and that option's points.
const LEAF: (&str, &str, &str) = ("1.1.1", "late", "0.2");

//! SIGKILL at seeded moments, restart, the same file again: what was acknowledged is there, once.
//! `tests/run --full` kills ten times as often.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

use platform::clock::Clock;
use proto::script::Line;
use proto::{Answer, Command, CommandId, Origin};
use system_tests::folder::{Folder, sample_round};
use system_tests::prove::{Projected, paths, prove};
use system_tests::record::{Records, Sent};

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

/// One who sends a file, again and again from its beginning, through programs that are killed.
struct Sender {
    commands: Vec<Command>,
    records: Records,
    acknowledged: HashSet<CommandId>,
    since: u64,
}

impl Sender {
    /// Sends commands; behind the position `since` stands nothing but these.
    fn of(commands: Vec<Command>, since: u64) -> Self {
        Self { commands, records: Records::default(), acknowledged: HashSet::new(), since }
    }

    /// Writes down a run of a program that sent the file: each line that it printed is an answer, and what it printed
    /// nothing of may have been sent. `each` sees how many lines came.
    fn run(&mut self, lines: impl Iterator<Item = String>, seed: u64, mut each: impl FnMut(u64)) {
        let (began, mut told) = (Clock::System.now(), HashMap::new());
        for (count, line) in (0..).zip(lines) {
            // A program that is killed may break off in the middle of a line.
            if let Ok(answer) = serde_json::from_str::<Answer>(&line) {
                let Answer::Accepted(accepted) = &answer else { panic!("seed {seed}: {line}") };
                self.acknowledged.insert(accepted.command.clone());
                told.insert(accepted.command.clone(), (Clock::System.now(), answer));
            }
            each(count);
        }
        for (turn, command) in (0..).zip(&self.commands) {
            let (command, digest) = (command.id.clone(), command.digest);
            let told = told.remove(&command);
            self.records.take(Sent { client: "the file".to_owned(), turn, command, digest, began, told });
        }
    }

    /// Every command was acknowledged in the end, and everything holds.
    async fn end(self, folder: &Folder) {
        assert_eq!(self.acknowledged.len(), self.commands.len());
        let origin = Origin::parse("test.example/small").expect("an origin");
        let proof = prove(&paths(&folder.data()), origin, &self.records, self.since, Projected::Followed).await;
        assert_eq!(proof.counts.acknowledged, self.commands.len() as u64);
    }
}

/// Runs the binary and kills it with SIGKILL at a seeded moment: some lines of the file after those that were answered
/// before, and some microseconds more.
fn run_and_kill(folder: &Folder, arguments: &[&str], seed: u64, sender: &mut Sender) {
    let mut child = folder.command(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
    let out = BufReader::new(child.stdout.take().expect("piped"));
    let last = last(seed, sender);
    sender.run(out.lines().map_while(Result::ok), seed, |count| {
        if count == last {
            std::thread::sleep(Duration::from_micros(seeded(seed + 1_000, 5_000)));
            child.kill().expect("kills");
        }
    });
    child.wait().expect("waits");
}

/// After which line the process is killed.
fn last(seed: u64, sender: &Sender) -> u64 {
    sender.acknowledged.len() as u64 + seeded(seed, 2 * 10_000 / kills())
}

/// The position that the log of a folder stands at.
async fn head(folder: &Folder) -> u64 {
    u64::try_from(folder.count("ledger.db", "events").await).expect("a number of events")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_line_of_a_script_survives_sigkill_once() {
    let folder = Folder::small_round(0);
    let files = ["02-self-scoring.ndjson", "03-first-appraisal.ndjson"].map(|name| sample_round().join(name));
    let mut arguments = vec!["play", "--data", "@"];
    arguments.extend(files.iter().map(|file| file.to_str().expect("a path")));
    let lines = files.iter().map(|file| std::fs::read_to_string(file).expect("the sample")).collect::<String>();
    let commands = lines.lines().map(|line| {
        let line: Line = serde_json::from_str(line).expect("a line of a script");
        Command::from_value(line.command).expect("a command")
    });
    // The script's speakers are bound by the program itself, as they come.
    let mut sender = Sender::of(commands.collect(), u64::MAX);
    for seed in 0..kills() {
        run_and_kill(&folder, &arguments, seed, &mut sender);
    }
    let said = folder.must(&arguments);
    sender.run(said.out.lines().map(str::to_owned), u64::MAX, |_| {});
    sender.end(&folder).await;
}

/// A folder, its file of commands with the arguments to send it, and who does so.
async fn begun() -> (Folder, [String; 6], Sender) {
    let folder = Folder::small_round(1);
    let token = folder.must(&["token", "--data", "@", "--actor", "001-d"]).out.trim().to_owned();
    let commands: Vec<String> = (0..10_000).map(score).collect();
    std::fs::write(folder.beside("commands.ndjson"), commands.join("\n") + "\n").expect("writes");
    let arguments = ["submit", "--data", "@", "--token", &token, "commands.ndjson"].map(str::to_owned);
    let commands = commands.iter().map(|text| Command::parse(text.as_bytes()).expect("a command"));
    let sender = Sender::of(commands.collect(), head(&folder).await);
    (folder, arguments, sender)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_command_of_a_file_survives_sigkill_once() {
    let (folder, arguments, mut sender) = begun().await;
    let arguments = arguments.each_ref().map(String::as_str);
    for seed in 100..100 + kills() {
        run_and_kill(&folder, &arguments, seed, &mut sender);
    }
    let said = folder.must(&arguments);
    sender.run(said.out.lines().map(str::to_owned), u64::MAX, |_| {});
    sender.end(&folder).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_that_a_killed_server_acknowledged_is_there_once() {
    let (folder, arguments, mut sender) = begun().await;
    let arguments = arguments.each_ref().map(String::as_str);
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
        let last = last(seed, &sender);
        sender.run(out.lines().map_while(Result::ok), seed, |count| {
            if count == last {
                std::thread::sleep(Duration::from_micros(seeded(seed + 1_000, 5_000)));
                server.kill().expect("kills");
            }
        });
        client.wait().expect("waits");
        let _ = server.kill();
        server.wait().expect("waits");
    }
    let said = folder.must(&arguments);
    sender.run(said.out.lines().map(str::to_owned), u64::MAX, |_| {});
    sender.end(&folder).await;
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

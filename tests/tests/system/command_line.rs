//! Bad input of every kind at the command line: a clear error with a code, nothing lost, nothing half done.

use std::process::{Command, Stdio};

use proto::Answer;
use system_tests::folder::{Folder, copy_folder, execute};

fn code_of(line: &str) -> String {
    match serde_json::from_str::<Answer>(line).expect(line) {
        Answer::Accepted(_) => "accepted".to_owned(),
        Answer::Refused(r) => r.code,
    }
}

fn score(n: u8, leaf: &str, more: &str) -> String {
    let id = proto::ids::uuid_v7(1_667_500_000_000, [n; 10]);
    format!(
        "{{\"id\":\"{id}\",\"capacity\":\"drafter\",\"unit\":\"001\",\"kind\":\"score_self\",\"data\":{{\
         \"round\":\"hanoi-2022\",\"unit\":\"001\",\"leaf\":\"{leaf}\",\"revision\":0,\
         \"inputs\":{{\"option\":\"late\"}},\"claimed\":\"0.2\",\"explanation\":\"x\"{more}}}}}"
    )
}

#[test]
fn bad_lines_are_refused_one_by_one_and_the_good_ones_are_taken() {
    let folder = Folder::small_round(1);
    let token = folder.must(&["token", "--data", "@", "--actor", "001-d"]).out.trim().to_owned();
    let long = format!(",\"from_paper\":{}", "t".repeat(70_000));
    let lines = [
        (score(1, "1.1.1", ""), "accepted"),
        ("this is not JSON".to_owned(), "not_json"),
        ("{\"a\":1,\"a\":2}".to_owned(), "not_json"),
        ("{\"a\":1.5}".to_owned(), "not_json"),
        ("[]".to_owned(), "wrong_shape"),
        (score(2, "1.1.1", "").replace("score_self", "burn_sheet"), "unknown_kind"),
        (score(3, "1.1.1", "").replace("\"revision\":0", "\"revision\":\"0\""), "wrong_shape"),
        (score(4, "1.1.1", ",\"actor\":\"someone\""), "wrong_shape"),
        (score(5, "1.1.1", &long), "command_too_large"),
        (score(6, "9.9.9", ""), "leaf_unknown"),
        (score(7, "1.1.1", ""), "stale_revision"),
        (score(1, "1.1.1", ""), "accepted"),
        (score(1, "1.1.2", ""), "command_reused"),
        (score(8, "1.1.1", "").replace("\"unit\":\"001\",\"kind\"", "\"unit\":\"002\",\"kind\""), "capacity_missing"),
        (score(9, "1.1.1", "").replace("\"capacity\":\"drafter\"", "\"capacity\":\"chief\""), "capacity_missing"),
        (score(10, "1.1.1", "").replace("drafter", "system"), "capacity_wrong"),
    ];
    let mut file: String = lines.iter().map(|(line, _)| format!("{line}\n")).collect();
    let broken_off = score(11, "1.1.1", "");
    file.push_str(&broken_off[..broken_off.len() / 2]);
    std::fs::write(folder.beside("bad.ndjson"), file).expect("writes");
    let said = folder.run(&["submit", "--data", "@", "--token", &token, "bad.ndjson"]);
    assert_eq!(said.code, Some(1), "{}", said.err);
    let mut answers: Vec<&str> = said.out.lines().collect();
    let last = answers.pop().expect("an answer for the broken line");
    assert_eq!(code_of(last), "not_json");
    assert!(last.contains("breaks off in the middle of line 17"), "{last}");
    for ((line, code), answer) in lines.iter().zip(&answers) {
        assert_eq!(code_of(answer), *code, "{line}");
    }
    assert_eq!(answers[0], answers[11], "sent twice it is one event and the same answer");
    folder.must(&["verify", "--data", "@"]);
}

#[test]
fn commands_come_from_standard_input_too() {
    let folder = Folder::small_round(1);
    let token = folder.must(&["token", "--data", "@", "--actor", "001-d"]).out.trim().to_owned();
    let mut child = folder
        .command(&["submit", "--data", "@", "--token", &token, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut input = child.stdin.take().expect("piped");
    std::io::Write::write_all(&mut input, score(1, "1.1.1", "").as_bytes()).expect("writes");
    drop(input);
    let output = child.wait_with_output().expect("ends");
    assert_eq!(code_of(String::from_utf8_lossy(&output.stdout).trim()), "accepted");
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let folder = Folder::small_round(1);
    let mut verify = folder.command(&["verify", "--data", "@"]);
    let mut child = verify.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    let said = child.wait_with_output().expect("waits");
    assert_eq!((said.status.code(), said.stderr.len()), (Some(141), 0), "{}", String::from_utf8_lossy(&said.stderr));
}

#[tokio::test]
async fn every_wrong_folder_has_its_code() {
    let folder = Folder::small_round(0);
    let fails = |folder: &Folder, arguments: &[&str], code: &str| {
        let said = folder.run(arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}: {}", said.out);
        assert!(said.err.contains(code), "{arguments:?}: {code} in {}", said.err);
    };
    let init = ["init", "--data", "@", "--origin", "a/b", "--training"];
    let two = ["--administrator", "a", "--administrator", "b"];
    fails(&Folder::new(), &["verify", "--data", "@"], "data_missing");
    fails(&folder, &[init.as_slice(), &two].concat(), "folder_taken");
    let one = Folder::new();
    fails(&one, &[init.as_slice(), &["--administrator", "a"]].concat(), "bad_genesis");
    fails(&one, &[init.as_slice(), &["--administrator", "a", "--administrator", "a"]].concat(), "bad_genesis");
    one.must(&[init.as_slice(), &two].concat());
    std::fs::write(one.beside("s.ndjson"), "").expect("writes");
    fails(&one, &["play", "--data", "@", "s.ndjson"], "not_scripted");
    fails(&one, &["demo", "--no-serve", "--data", "@"], "not_the_demo");
    let namesake = Folder::new();
    let demos = ["init", "--data", "@", "--origin", "parindex.example/hanoi-2022/training", "--training"];
    namesake.must(&[demos.as_slice(), &two].concat());
    fails(&namesake, &["demo", "--no-serve", "--data", "@"], "not_the_demo");
    assert_eq!(namesake.count("ledger.db", "events").await, 1, "nothing was written");
    fails(&one, &["submit", "--data", "@", "--token", "wrong", "s.ndjson"], "unauthenticated");
    fails(&one, &["submit", "--data", "@", "--token", "wrong", "absent.ndjson"], "file_missing");
    fails(&folder, &["play", "--data", "@", "script.ndjson", "absent.ndjson"], "file_missing");
    fails(&folder, &["export", "--data", "@", "absent/x.ndjson"], "io_failed");
    fails(&folder, &["replay", "--data", "@", "--unit", "nobody"], "unit_unknown");
    fails(&folder, &["replay", "--data", "@", "--unit", "001", "--leaf", "9.9"], "leaf_unknown");
    fails(&folder, &["replay", "--data", "@", "--round", "r", "--unit", "001"], "round_unknown");
    fails(&one, &["replay", "--data", "@", "--unit", "001"], "round_unknown");
    folder.must(&["replay", "--data", "@", "--unit", "001", "--as-of", "2022-11-30"]);
    let busy = std::net::TcpListener::bind("127.0.0.1:0").expect("binds");
    let taken = busy.local_addr().expect("an address").to_string();
    fails(&one, &["serve", "--data", "@", "--listen", &taken], "address_taken");
    fails(&Folder::new(), &["demo", "--data", "@", "--listen", "192.0.2.1:1"], "address_unusable");
    fails(&one, &["ranking", "--data", "@"], "round_unknown");
    fails(&folder, &["ranking", "--data", "@", "--block", "none"], "block_unknown");
    fails(&folder, &["verify", "--data", "@", "--head", "absent"], "file_missing");
    std::fs::write(folder.beside("bad.head"), "a\n01\nx\n").expect("writes");
    fails(&folder, &["verify", "--data", "@", "--head", "bad.head"], "bad_head");
    let live = Folder::new();
    let live_init =
        ["init", "--data", "@", "--origin", "a/b", "--live", "--scripted-from", "2022-10-20T00:00:00.000000Z"];
    fails(&live, &[live_init.as_slice(), &two].concat(), "bad_genesis");

    let card = folder.data().join("parindex.json");
    let text = std::fs::read_to_string(&card).expect("the card");
    std::fs::write(&card, text.replace("\"format\":1", "\"format\":2")).expect("writes");
    fails(&folder, &["verify", "--data", "@"], "data_newer");
    fails(&folder, &["serve", "--data", "@"], "data_newer");
    std::fs::write(&card, &text).expect("writes");
    for database in ["ledger.db", "index.db", "ranking.db", "identity.db"] {
        let copy = folder.copy();
        let mut db = copy.tamper(database).await;
        execute(&mut db, "UPDATE format SET version = 2").await;
        sqlx::Connection::close(db).await.expect("closes");
        fails(&copy, &["play", "--data", "@", "/dev/null"], "data_newer");
    }
    folder.must(&["verify", "--data", "@"]);
}

#[test]
fn a_folder_that_has_lost_its_log_gets_no_empty_one() {
    let folder = Folder::small_round(1);
    let log = folder.data().join("ledger.db");
    std::fs::remove_file(&log).expect("removes");
    for writer in
        [&["serve", "--data", "@"][..], &["token", "--data", "@", "--actor", "001-d"], &["rebuild", "--data", "@"]]
    {
        let said = folder.run(writer);
        assert_eq!(said.code, Some(2));
        assert!(said.err.contains("data_missing"), "{writer:?}: {}", said.err);
        assert!(!log.exists(), "{writer:?} made a log");
    }
}

#[test]
fn a_script_of_another_shape_is_told_from_one_that_is_no_json() {
    let folder = Folder::small_round(0);
    std::fs::write(folder.beside("odd.ndjson"), "{\"at\":1}\nnot JSON\n{\"at\":").expect("writes");
    let said = folder.run(&["play", "--data", "@", "odd.ndjson"]);
    let codes: Vec<String> = said.out.lines().map(code_of).collect();
    assert_eq!((said.code, codes), (Some(1), ["wrong_shape", "not_json", "not_json"].map(str::to_owned).to_vec()));
    assert!(said.out.contains("breaks off in the middle of a line"));
}

#[test]
fn a_token_without_a_grant_is_made_with_a_warning_and_can_be_revoked() {
    let folder = Folder::small_round(0);
    let said = folder.must(&["token", "--data", "@", "--actor", "nobody"]);
    assert!(said.err.contains("no grant names this actor yet"), "{}", said.err);
    let known = folder.must(&["token", "--data", "@", "--actor", "001-d"]);
    assert!(!known.err.contains("no grant"), "{}", known.err);
    let credential = format!("t-{}", said.out.split('_').nth(1).expect("its middle part"));
    folder.must(&["token", "--data", "@", "--revoke", &credential, "--reason", "Nhầm người"]);
    std::fs::write(folder.beside("none.ndjson"), "").expect("writes");
    let said = folder.run(&["submit", "--data", "@", "--token", said.out.trim(), "none.ndjson"]);
    assert!(said.code == Some(2) && said.err.contains("unauthenticated"), "{}", said.err);
    let said = folder.run(&["token", "--data", "@", "--revoke", &credential]);
    assert_eq!(said.code, Some(2), "a reason is needed");
}

#[test]
fn what_a_killed_server_left_behind_misleads_nobody() {
    let folder = Folder::small_round(1);
    let mut server = folder
        .command(&["serve", "--data", "@", "--listen", "127.0.0.1:0"])
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    wait_for_server(&folder);
    server.kill().expect("kills");
    server.wait().expect("ends");
    assert!(folder.data().join("server.json").exists());
    folder.must(&["token", "--data", "@", "--actor", "001-d"]);
    assert!(!folder.data().join("server.json").exists(), "whoever holds the folder next takes it away");
}

#[test]
fn a_second_writer_is_refused_and_readers_run_beside_the_first() {
    let folder = Folder::small_round(50);
    let mut server = folder
        .command(&["serve", "--data", "@", "--listen", "127.0.0.1:0"])
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    wait_for_server(&folder);
    for writer in [&["play", "--data", "@", "script.ndjson"][..], &["serve", "--data", "@"]] {
        let said = folder.run(writer);
        assert_eq!(said.code, Some(2));
        assert!(said.err.contains("folder_locked"), "{writer:?}: {}", said.err);
    }
    folder.must(&["verify", "--data", "@"]);
    folder.must(&["rebuild", "--data", "@"]);
    folder.must(&["ranking", "--data", "@", "--live"]);
    folder.must(&["export", "--data", "@", "x.ndjson"]);
    folder.must(&["replay", "--data", "@", "--unit", "001"]);
    let token = folder.must(&["token", "--data", "@", "--actor", "282-d"]).out.trim().to_owned();
    std::fs::write(folder.beside("one.ndjson"), score(1, "1.1.1", "").replace("001", "282")).expect("writes");
    let said = folder.must(&["submit", "--data", "@", "--token", &token, "one.ndjson"]);
    assert_eq!(code_of(said.out.trim()), "accepted");
    // More bytes than one request may have: each line still gets its answer.
    let long = format!(",\"padding\":\"{}\"", "x".repeat(50_000));
    let many: String = (0..200).map(|n| score(n, "1.1.1", &long) + "\n").collect();
    std::fs::write(folder.beside("many.ndjson"), many).expect("writes");
    let said = folder.run(&["submit", "--data", "@", "--token", &token, "many.ndjson"]);
    assert_eq!((said.code, said.out.lines().count()), (Some(1), 200), "{}", said.err);
    let pid = server.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
    assert_eq!(server.wait().expect("ends").code(), Some(0), "SIGTERM is a clean end");
    folder.must(&["verify", "--data", "@"]);
}

/// Waits until the server has said where it is.
fn wait_for_server(folder: &Folder) {
    while !folder.data().join("server.json").exists() {
        std::thread::yield_now();
    }
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let folder = Folder::small_round(0);
    let small = folder.beside("small");
    std::fs::create_dir(&small).expect("a folder");
    let root = |arguments: &[&str]| {
        let as_root = Command::new("sh").args(["-c", "[ $(id -u) = 0 ]"]).status().expect("sh").success();
        let mut command = Command::new(if as_root { arguments[0] } else { "sudo" });
        command.args(if as_root { &arguments[1..] } else { arguments });
        command.status().expect("mount").success()
    };
    let at = small.to_str().expect("a path");
    assert!(root(&["mount", "-t", "tmpfs", "-o", "size=4m,mode=777", "tmpfs", at]), "tests run as root or with sudo");
    for file in std::fs::read_dir(folder.data()).expect("the folder") {
        let file = file.expect("a file");
        let to = small.join(file.file_name());
        if file.path().is_dir() {
            copy_folder(&file.path(), &to);
        } else {
            std::fs::copy(file.path(), to).expect("copies");
        }
    }
    let script = system_tests::folder::sample_round().join("02-self-scoring.ndjson");
    let script = script.to_str().expect("a path");
    let full = folder.run(&["play", "--data", at, script]);
    assert_ne!(full.code, Some(0));
    let refused = full.out.lines().filter(|l| code_of(l) == "not_written").count();
    // The first thing that is refused may be the credential of somebody whom the script lets speak: that ends it.
    let ended = ["disk_full", "not_written"].iter().any(|code| full.err.contains(code));
    assert!(refused > 0 || ended, "{}", full.err);
    let accepted: Vec<String> = full.out.lines().filter(|l| code_of(l) == "accepted").map(str::to_owned).collect();
    assert!(root(&["mount", "-o", "remount,size=200m", at]));
    let again = folder.run(&["play", "--data", at, script]);
    assert_eq!(again.code, Some(0), "{}", again.err);
    for line in &accepted {
        assert!(again.out.lines().any(|l| l == line), "acknowledged on the full disk: {line}");
    }
    let said = folder.run(&["verify", "--data", at]);
    assert!(root(&["umount", at]));
    assert_eq!(said.code, Some(0), "{}", said.out);
}

//! The runbook: every command that it names is one that the program takes, and everything else that it names is there.
//! What it says of a restore is what happens.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use platform::config::keys;
use system_tests::folder::parindex;
use system_tests::postgres::{Disk, Postgres, execute};

use super::{SERVICES, compose, make_secrets, nats, port, read, root, sources, words};

fn runbook() -> String {
    read("deploy/RUNBOOK.md")
}

/// The lines of fenced blocks, and the texts between backticks outside them.
fn code() -> Vec<String> {
    let mut found = Vec::new();
    for (i, part) in runbook().split("```").enumerate() {
        if i % 2 == 1 {
            found.extend(part.lines().skip(1).map(|line| line.trim().to_owned()));
        } else {
            found.extend(part.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

/// The words of a command line, quotes respected.
fn split(line: &str) -> Vec<String> {
    let mut all = Vec::new();
    let (mut word, mut quote) = (String::new(), None);
    for c in line.chars() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, ' ') => all.extend(Some(std::mem::take(&mut word)).filter(|w| !w.is_empty())),
            _ => word.push(c),
        }
    }
    all.extend(Some(word).filter(|w| !w.is_empty()));
    all
}

/// The arguments of each `parindex` that a line of code runs, on its own or as the container of the operator.
fn commands() -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for line in code() {
        let words = split(&line);
        let alone = words.first().filter(|word| *word == "parindex").map(|_| 0);
        let in_container = || words.windows(3).position(|w| w == ["run", "--rm", "operator"]).map(|at| at + 2);
        let begins = alone.or_else(in_container);
        let Some(begins) = begins else { continue };
        let arguments = words[begins + 1..].iter().take_while(|w| ![">", "|", "&&", "#"].contains(&w.as_str()));
        found.extend(Some(arguments.cloned().collect::<Vec<_>>()).filter(|all| !all.is_empty()));
    }
    found
}

fn help(arguments: &[String]) -> std::process::Output {
    let mut command = Command::new(parindex());
    // Asked for help last, the program reads all that stands before it, and does nothing.
    command.args(arguments).arg("--help").env_clear().stdin(Stdio::null()).output().expect("the binary starts")
}

#[test]
fn every_command_is_one_that_the_program_takes() {
    let all = commands();
    assert!(all.len() > 25, "{all:?}");
    let mut used = BTreeSet::new();
    for arguments in &all {
        let said = help(arguments);
        assert!(said.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said.stderr));
        used.insert(arguments[0].as_str());
    }
    for needed in ["config", "export", "init", "move", "prepare", "rebuild", "run", "token", "verify"] {
        assert!(used.contains(needed), "{needed} is told");
    }
}

#[test]
fn every_token_of_a_service_is_for_the_log_and_for_nothing_else() {
    let mut made = 0;
    for line in runbook().lines().filter(|line| line.contains("token --actor svc-")) {
        assert!(line.contains("--scope log "), "{line}");
        made += 1;
    }
    assert!(made > 8, "{made}");
}

#[test]
fn every_variable_role_user_port_and_file_is_there() {
    let text = runbook();
    let compose = read("deploy/compose.yaml");
    let told = String::from_utf8(help(&["verify".to_owned()]).stdout).expect("text");
    for variable in words(&text, "PARINDEX_") {
        let key = keys::of_variable(variable).or_else(|| keys::of_variable(variable.strip_suffix("_FILE")?));
        let of_compose = compose.contains(&format!("${{{variable}:?"));
        assert!(key.is_some() || of_compose || told.contains(&format!("[env: {variable}]")), "nobody reads {variable}");
    }
    let conf = read("deploy/nats/server.conf") + &read("deploy/nats/accounts.conf");
    for variable in words(&text, "NATS_") {
        assert!(words(&conf, variable).contains(&variable), "no server reads {variable}");
    }
    let (_, metrics) = text.split_once("## Metrics").expect("a section");
    let metrics = metrics.split("\n## ").next().expect("it ends");
    let mut roles = BTreeSet::from(["parindex_owner".to_owned()]);
    let sql = read("deploy/postgres/roles.sql");
    let (_, array) = sql.split_once("ARRAY[").expect("the services' roles");
    let services = array.split(']').next().expect("it ends").split('\'').skip(1).step_by(2);
    roles.extend(services.map(|service| format!("parindex_{service}")));
    for word in words(&text, "parindex_") {
        assert!(roles.contains(word) || words(metrics, "parindex_").contains(&word), "{word} is no role");
    }
    for metric in
        ["position", "lag_events", "lag_seconds", "http_requests_total", "http_request_seconds", "groups_total"]
    {
        assert!(words(metrics, "parindex_").contains(&format!("parindex_{metric}").as_str()), "{metric}");
    }
    // What runs where: a row for each service.
    let users: Vec<String> = nats::users().into_iter().map(|(name, _)| name).collect();
    for service in &SERVICES {
        let row = text.lines().find(|l| l.starts_with(&format!("| {}", service.name))).expect("a row");
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        assert_eq!(cells[2], port(service.name).to_string(), "{}", service.name);
        let logins = if service.asked { vec![service.name, "identity"] } else { vec![service.name] };
        let logins: Vec<String> = logins.iter().map(|login| format!("`parindex_{login}`")).collect();
        assert_eq!(cells[3], logins.join(", "), "{}", service.name);
        let user = if service.bus { format!("`{}`", service.name) } else { "-".to_owned() };
        assert_eq!(cells[4], user, "{}", service.name);
        assert!(!service.bus || users.iter().any(|u| u == service.name));
        assert_eq!(cells[5] != "-", service.asks, "{}", service.name);
    }
    let mut ports: BTreeSet<u16> = SERVICES.iter().map(|s| port(s.name)).collect();
    // PostgreSQL, NATS, the proxy, and a witness at another authority.
    ports.extend([5432, 4222, 6222, 443, 8287]);
    for after_colon in text.split(':').skip(1) {
        let digits: String = after_colon.chars().take_while(char::is_ascii_digit).collect();
        // Of an address or a list of users' numbers it is something else.
        let of_other = after_colon[digits.len()..].starts_with('.') || ["999", "10001"].contains(&digits.as_str());
        let port = digits.parse::<u16>().ok().filter(|_| digits.len() >= 3 && !of_other);
        assert!(port.is_none_or(|port| ports.contains(&port)), ":{digits}");
    }
}

#[test]
fn every_file_key_and_code_is_there() {
    let text = runbook();
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    for link in links.filter(|link| !link.contains("://")) {
        assert!(root().join("deploy").join(link).exists(), "{link}");
    }
    for word in
        code().iter().flat_map(|line| split(line)).filter(|w| w.starts_with("deploy/") || w.starts_with("proto/"))
    {
        match word.split_once('*') {
            Some((before, after)) => {
                let path = root().join(before);
                let (folder, stem) = (path.parent().expect("a folder"), path.file_name().expect("a name"));
                let found = std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok).any(|entry| {
                    let name = entry.file_name().into_string().unwrap_or_default();
                    name.starts_with(stem.to_str().expect("a name")) && name.ends_with(after)
                });
                assert!(found, "{word}");
            }
            None => assert!(root().join(&word).exists(), "{word}"),
        }
    }
    let sections: BTreeSet<&str> = keys::KEYS.iter().filter_map(|key| key.path.split('.').next()).collect();
    let keys_named: Vec<String> = code()
        .into_iter()
        .filter(|c| c.split_once('.').is_some_and(|(s, n)| sections.contains(s) && words(n, "") == [n]))
        .collect();
    assert!(keys_named.len() >= 5, "{keys_named:?}");
    for name in &keys_named {
        assert!(keys::KEYS.iter().any(|key| key.path == name), "{name} is no key");
    }
    let sources = sources().concat();
    let (_, codes) = text.split_once("## Codes").expect("a section");
    let rows = codes.lines().filter(|line| line.starts_with("| `"));
    let codes: Vec<&str> =
        rows.flat_map(|row| row.split('|').nth(1).expect("a cell").split('`').skip(1).step_by(2)).collect();
    assert!(codes.len() > 25, "{codes:?}");
    for code in codes {
        let said = [format!("\"{code}\""), format!("\"{code}: ")].iter().any(|said| sources.contains(said.as_str()));
        // A sentence may begin on the line after its quote.
        assert!(said || sources.contains(&format!(" {code}: ")), "nobody says {code}");
    }
}

/// A sentence of the runbook between backticks, by its beginning.
fn sentence(beginning: &str) -> String {
    code().into_iter().find(|c| c.starts_with(beginning)).unwrap_or_else(|| panic!("it says {beginning}"))
}

/// Runs a script of the machine's administrator in a folder.
fn shell(folder: &Path, script: &str) {
    let done = Command::new("sh").args(["-ec", script]).current_dir(folder).output().expect("a shell");
    assert!(done.status.success(), "{script}: {}", String::from_utf8_lossy(&done.stderr));
}

/// The runbook's lines for recovery, for an archive and a moment of this test.
fn recovery(archive: &str, moment: &str) -> String {
    let lines: Vec<String> = code().into_iter().filter(|c| c.contains(" = '")).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    let of_test = |line: String| match line.split_once("recovery_target_time = ") {
        Some(_) => format!("recovery_target_time = '{moment}'\n"),
        None => line.replace("/archive", archive) + "\n",
    };
    lines.into_iter().map(of_test).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_says_of_recovery_to_a_moment_is_what_the_inspector_says() {
    let mut postgres = Postgres::start(Disk::Unsynced);
    let scratch = postgres.beside("");
    make_secrets(&postgres.beside("secrets"), &[]);
    let sql = std::fs::read_to_string(postgres.beside("secrets/role_passwords.sql")).expect("made");
    execute(&mut postgres.admin().await, sql).await;
    let logins = "SELECT count(*) FROM pg_authid WHERE rolname LIKE 'parindex%' AND rolpassword IS NOT NULL";
    let count: i64 = sqlx::query_scalar(logins).fetch_one(&mut postgres.admin().await).await.expect("counts");
    assert_eq!(count, 9, "each role that logs in has its password");

    // The server archives its log by the command of compose.yaml.
    let archive = postgres.beside("archive").display().to_string();
    let command = compose::archive_command().replace("/archive", &archive);
    postgres.stop();
    std::fs::write(scratch.join("more.conf"), format!("archive_mode = on\narchive_command = '{command}'\n"))
        .expect("writes");
    shell(&scratch, "mkdir archive; cat more.conf >> data/postgresql.auto.conf; chown --reference=data archive");
    postgres.start_again();
    let init = "init --origin cchc.example.vn/2026 --live --administrator admin-a --administrator admin-b";
    postgres.must(&init.split(' ').collect::<Vec<_>>());
    postgres.must(&["export", "old.ndjson"]);
    let url = postgres.url("admin");
    let (_, port) = url.rsplit_once(':').expect("a port");
    let port = port.split('/').next().expect("a port");
    let backup = code().into_iter().find(|c| c.contains("pg_basebackup -U")).expect("it says how");
    let (_, backup) = backup.split_once("pg_basebackup -U administrator").expect("as its administrator");
    let backup = backup.replace('\'', "");
    shell(&scratch, &format!("pg_basebackup -h 127.0.0.1 -p {port} -U admin{backup}"));
    let moment: String = sqlx::query_scalar("SELECT clock_timestamp()::text")
        .fetch_one(&mut postgres.admin().await)
        .await
        .expect("it has a clock");

    postgres.must(&["token", "--actor", "svc-index", "--label", "feed"]);
    postgres.must(&["export", "new.ndjson"]);
    let vouched = postgres.must(&["verify", "--head", "new.ndjson.head"]);
    assert!(vouched.out.contains(&sentence("the head vouches for the end")), "{}", vouched.out);
    execute(&mut postgres.admin().await, "SELECT pg_switch_wal()").await;
    postgres.stop();

    std::fs::write(scratch.join("recovery.conf"), recovery(&archive, &moment)).expect("writes");
    let restore = "mv data gone; mkdir data; tar xf base.tar -C data; cat recovery.conf >> data/postgresql.auto.conf; \
        touch data/recovery.signal; chmod 700 data; chown -R --reference=gone data";
    shell(&scratch, restore);
    postgres.start_again();
    let lost = postgres.run(&["verify", "--head", "new.ndjson.head"]);
    let told = sentence("BROKEN  the end").replace(" N", " 1").replace(" M", " 2");
    assert!(lost.code == Some(1) && lost.out.contains(&told), "{told}: {}", lost.out);
    let whole = postgres.must(&["verify", "--head", "old.ndjson.head"]);
    assert!(whole.out.contains("the head vouches for the end"), "{}", whole.out);

    // The act is done again: the log has as many events, and is another one from there on. The inspector's own login is
    // enough to see it.
    postgres.must(&["token", "--actor", "svc-index", "--label", "feed"]);
    let mut other = postgres.command(&["verify", "--head", "new.ndjson.head"]);
    let other = other.env("PARINDEX_DATABASE_URL", postgres.url("parindex_inspector")).output().expect("starts");
    let out = String::from_utf8_lossy(&other.stdout).into_owned();
    assert!(out.contains(&sentence("BROKEN  position M").replace(" M", " 2")), "{out}");
    let older = postgres.must(&["verify", "--head", "old.ndjson.head"]);
    assert!(older.out.contains(&sentence("the head vouches for the first K").replace(" K", " 1")), "{}", older.out);
}

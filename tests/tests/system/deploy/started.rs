//! What containers run, run without them: their own words, by a shell of this machine, ending in the real programs.
//! None of them may begin with a secret that is not there.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use system_tests::folder::parindex;
use system_tests::nats::program;

use super::compose::{compose, environment, filled, members, names};
use super::{read, root, secrets, words};

/// What a container would run, by a shell of this machine, with the program's folder first on its path.
fn script(container: &Value, secrets: &Path, first_on_path: &Path, arguments: &[&str]) -> Output {
    let path = format!("{}:/usr/bin:/bin", first_on_path.display());
    let mut words = names(&container["entrypoint"]);
    words.extend(names(&container["command"]));
    let words: Vec<String> = words.iter().map(|word| filled(word, secrets)).collect();
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).args(arguments).env_clear().env("PATH", path).envs(environment(container, secrets));
    command.current_dir(secrets).output().expect("a shell")
}

/// A folder with a program in it that is another one, called in the same way with something before its arguments.
fn stands_for(name: &str, program: &Path, script: &str) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = folder.path().join(name);
    std::fs::write(&file, format!("#!/bin/sh\n{}\n", script.replace("PROGRAM", program.to_str().expect("a path"))))
        .expect("writes");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("may be run");
    folder
}

#[test]
fn what_the_nats_containers_run_is_taken_by_the_real_server() {
    let (all, made) = (compose(), secrets());
    let conf = root().join("deploy/nats");
    // The server itself, told to check what it was given; the folder of its configuration is the tree's.
    let script_of = format!("shift 2; exec PROGRAM -t -c {}/server.conf \"$@\"", conf.display());
    let server = stands_for("nats-server", &program(), &script_of);
    let nodes: Vec<_> = members(&all, "services").into_iter().filter(|(name, _)| name.starts_with("nats-")).collect();
    assert_eq!(nodes.len(), 3);
    for (name, node) in nodes {
        assert_eq!(node["environment"]["NATS_NAME"], name);
        let said = script(node, made.path(), server.path(), &[]);
        assert!(said.status.success(), "{name}: {}", String::from_utf8_lossy(&said.stderr));
        let targets: Vec<_> =
            node["configs"].as_array().expect("configs").iter().map(|c| c["target"].clone()).collect();
        assert_eq!(targets, ["/etc/nats/server.conf", "/etc/nats/accounts.conf"], "one includes the other");
        let variables: BTreeSet<String> = words(&read("deploy/nats/server.conf"), "NATS_")
            .into_iter()
            .chain(words(&read("deploy/nats/accounts.conf"), "NATS_"))
            .map(str::to_owned)
            .collect();
        let said_in_all = node.to_string();
        assert!(variables.iter().all(|v| said_in_all.contains(v.as_str())), "{name}: each of {variables:?} is given");
        assert!(
            said_in_all.contains("-m 8222") && said_in_all.contains("http://127.0.0.1:8222/healthz"),
            "where it is asked"
        );
    }
    // One password less, whichever, and it does not begin with an empty one instead.
    let (_, node) = members(&all, "services").into_iter().find(|(name, _)| *name == "nats-a").expect("one of them");
    for secret in names(&node["secrets"]) {
        let (file, away) = (made.path().join(&secret), made.path().join("away"));
        std::fs::rename(&file, &away).expect("was there");
        assert!(!script(node, made.path(), server.path(), &[]).status.success(), "{secret}");
        std::fs::rename(&away, &file).expect("is back");
    }
}

#[test]
fn what_the_one_shots_run_is_what_the_program_takes() {
    let (all, made) = (compose(), secrets());
    let password = std::fs::read_to_string(made.path().join("administrator_password")).expect("made");
    // The program is asked for its help, so that it reads all its arguments and does nothing.
    let program = stands_for(
        "parindex",
        &parindex(),
        "echo \"$PGPASSWORD|$PARINDEX_DATABASE_URL|$#\"; exec PROGRAM \"$@\" --help",
    );
    let prepare = script(&all["services"]["prepare"], made.path(), program.path(), &[]);
    let told = String::from_utf8_lossy(&prepare.stdout).into_owned();
    assert!(prepare.status.success(), "{}", String::from_utf8_lossy(&prepare.stderr));
    assert!(told.starts_with(&format!("{}||3\n", password.trim())), "{told}");
    assert!(told.contains("Usage: parindex prepare"), "{told}");
    let login = all["services"]["postgres"]["environment"]["POSTGRES_USER"].as_str().expect("a name");
    let base = all["services"]["postgres"]["environment"]["POSTGRES_DB"].as_str().expect("a name");
    assert!(
        names(&all["services"]["prepare"]["command"])[0].contains(&format!("postgres://{login}@postgres/{base}\n"))
    );

    let keys = std::fs::read_to_string(made.path().join("keys_administrator_password")).expect("made");
    let prepare = script(&all["services"]["prepare-keys"], made.path(), program.path(), &[]);
    let told = String::from_utf8_lossy(&prepare.stdout).into_owned();
    assert!(told.starts_with(&format!("{}||4\n", keys.trim())) && told.contains("Usage: parindex prepare"), "{told}");
    assert!(names(&all["services"]["prepare-keys"]["command"])[0].contains("postgres://administrator@keys/keys\n"));

    let verify = script(&all["services"]["operator"], made.path(), program.path(), &["verify", "--head", "x y"]);
    let told = String::from_utf8_lossy(&verify.stdout).into_owned();
    let url = std::fs::read_to_string(made.path().join("database_url_parindex")).expect("made");
    assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stderr));
    assert!(told.starts_with(&format!("|{}|3\n", url.trim())) && told.contains("Usage: parindex verify"), "{told}");
    assert!(url.ends_with(&format!("@postgres/{base}\n")), "{url}");

    // Without the password's file none of them begins.
    std::fs::remove_file(made.path().join("administrator_password")).expect("was there");
    std::fs::remove_file(made.path().join("database_url_parindex")).expect("was there");
    std::fs::remove_file(made.path().join("keys_administrator_password")).expect("was there");
    let without = ["prepare", "passwords", "prepare-keys", "passwords-keys"].map(|name| (name, [].as_slice()));
    for (name, arguments) in without.into_iter().chain([("operator", ["verify"].as_slice())]) {
        let said = script(&all["services"][name], made.path(), program.path(), arguments);
        assert!(!said.status.success() && said.stdout.is_empty(), "{name}");
    }
    std::fs::write(made.path().join("administrator_password"), &password).expect("writes");
    std::fs::write(made.path().join("keys_administrator_password"), &keys).expect("writes");

    let psql = stands_for(
        "psql",
        &parindex(),
        "echo \"$PGPASSWORD\"; for word; do [ -f \"$word\" ] && cat \"$word\"; done; true",
    );
    let passwords = script(&all["services"]["passwords"], made.path(), psql.path(), &[]);
    let sql = std::fs::read_to_string(made.path().join("role_passwords.sql")).expect("made");
    assert_eq!(String::from_utf8_lossy(&passwords.stdout), format!("{password}{sql}"));
    let passwords = script(&all["services"]["passwords-keys"], made.path(), psql.path(), &[]);
    let sql = std::fs::read_to_string(made.path().join("keys_passwords.sql")).expect("made");
    assert_eq!(String::from_utf8_lossy(&passwords.stdout), format!("{keys}{sql}"));
}

//! What lies in `deploy/`, held against the programs that read it: ports, users, variables, files, commands.
//! No file there is taken at its word, and none is only looked at where its own reader can be asked.

mod compose;
mod container;
mod nats;
mod proxy;
mod runbook;
mod started;
mod systemd;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use platform::config::{Config, keys};
use tempfile::TempDir;

/// A service, and what it has to be given.
struct Service {
    name: &'static str,
    /// Whether others ask it with tokens, so that it reads who speaks.
    asked: bool,
    /// Whether it speaks on the bus.
    bus: bool,
    /// Whether it asks others, with a token.
    asks: bool,
}

const SERVICES: [Service; 7] = [
    Service { name: "ledger", asked: true, bus: true, asks: true },
    Service { name: "signer", asked: true, bus: false, asks: false },
    Service { name: "index", asked: false, bus: true, asks: true },
    Service { name: "ranking", asked: false, bus: true, asks: true },
    Service { name: "inspector", asked: true, bus: false, asks: false },
    Service { name: "dashboard", asked: true, bus: false, asks: true },
    Service { name: "intake", asked: true, bus: false, asks: false },
];

/// Secrets that come from elsewhere than `deploy/secrets`: the program's own tokens, its signing key, the proxy's certificate.
const FROM_ELSEWHERE: [&str; 8] = [
    "service_token_ledger",
    "service_token_index",
    "service_token_ranking",
    "service_token_dashboard",
    "signing_key",
    "files_key",
    "tls_certificate",
    "tls_key",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the tree")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The sources of the program: all that is compiled into it and ours.
fn sources() -> Vec<String> {
    let (mut folders, mut found) = (vec![root().join("services"), root().join("proto")], Vec::new());
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            match path.extension() {
                _ if path.is_dir() && !path.ends_with("tests") => folders.push(path),
                Some(rs) if rs == "rs" => found.push(std::fs::read_to_string(path).expect("text")),
                _ => {}
            }
        }
    }
    found
}

/// The port at which a service listens if nothing else is said.
fn port(service: &str) -> u16 {
    let (_, path) = keys::LISTEN.iter().find(|(name, _)| *name == service).expect("a service");
    let key = keys::KEYS.iter().find(|key| key.path == *path).expect("a key");
    let (_, port) = key.default.expect("it has a default").rsplit_once(':').expect("with a port");
    port.parse().expect("a number")
}

/// How long a service that is told to stop takes at most, in seconds.
fn drain() -> u64 {
    let key = keys::KEYS.iter().find(|key| key.path == "limits.drain_seconds").expect("a key");
    key.default.expect("it has a default").parse().expect("a number")
}

/// The words of a text that begin in some way and go on with letters, digits and `_`.
fn words<'t>(text: &'t str, beginning: &str) -> Vec<&'t str> {
    let of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let ours = text.split(|c| !of_word(c)).filter(|word| word.starts_with(beginning));
    ours.collect()
}

/// A folder of secrets, made by the real script; those from elsewhere are put beside them.
fn secrets() -> TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder");
    make_secrets(folder.path(), &[]);
    for name in FROM_ELSEWHERE {
        std::fs::write(folder.path().join(name), "parindex_t-0123456789_stand-in\n").expect("writes");
    }
    folder
}

fn make_secrets(folder: &Path, more: &[&str]) {
    let made = Command::new(root().join("deploy/secrets")).arg(folder).args(more).output().expect("a shell");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// Holds what a service is given against what it must be given, and has it read.
fn given(service: &Service, environment: &BTreeMap<String, String>) -> Config {
    let name = service.name;
    let of_key = |variable: &str| {
        keys::of_variable(variable).map(|key| (key, false)).or_else(|| {
            let of_file = variable.strip_suffix("_FILE").and_then(keys::of_variable)?;
            Some((of_file, true))
        })
    };
    let mut secrets = BTreeMap::new();
    for (variable, value) in environment.iter().filter(|(variable, _)| variable.starts_with("PARINDEX_")) {
        let (key, from_file) = of_key(variable).unwrap_or_else(|| panic!("{name}: nobody reads {variable}"));
        assert_eq!(key.secret, from_file, "{name}: {variable}: secrets come as files, and nothing else does");
        if from_file {
            let text = std::fs::read_to_string(value).unwrap_or_else(|e| panic!("{name}: {value}: {e}"));
            secrets.insert(key.path, text);
        }
    }
    let begins = |path: &str, login: &str| {
        secrets.get(path).is_some_and(|text| text.starts_with(&format!("postgres://parindex_{login}:")))
    };
    assert!(begins("database.url", name), "{name} logs in as itself");
    assert_eq!(begins("identity.database_url", "identity"), service.asked, "{name}: who reads tokens");
    assert_eq!(begins("keys.database_url", "intake"), name == "intake", "{name}: who comes to keys");
    assert_eq!(secrets.contains_key("keys.database_url"), name == "intake", "{name}: who comes to keys");
    assert_eq!(secrets.contains_key("service.token"), service.asks, "{name}: who has a token");
    assert_eq!(secrets.contains_key("nats.password"), service.bus, "{name}: who speaks on the bus");
    let user = environment.get("PARINDEX_NATS_USER").map(String::as_str);
    assert_eq!(user, service.bus.then_some(name), "{name}: as whom it speaks on the bus");
    let file = root().join("deploy/parindex.toml");
    let config = Config::read(Some(&file), environment.clone()).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert_eq!(config.token.is_some(), service.asks);
    config
}

#[test]
fn the_documented_file_is_that_of_the_keys() {
    if std::env::var_os("DEPLOY_FILES").is_some_and(|how| how == "write") {
        std::fs::write(root().join("deploy/parindex.toml"), keys::documented()).expect("writes");
    }
    assert_eq!(read("deploy/parindex.toml"), keys::documented(), "DEPLOY_FILES=write makes it anew");
}

#[test]
fn secrets_are_made_once_and_what_hangs_on_a_new_one_is_made_anew() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a scratch folder");
    let all = || -> BTreeMap<String, String> {
        let entries = std::fs::read_dir(folder.path()).expect("reads").map(|entry| entry.expect("an entry"));
        let whole = |entry: std::fs::DirEntry| {
            let text = std::fs::read_to_string(entry.path()).expect("text");
            (entry.file_name().into_string().expect("a name"), text)
        };
        entries.map(whole).collect()
    };
    make_secrets(folder.path(), &["db.example:5432", "sslmode=verify-full"]);
    let first = all();
    let mode = std::fs::metadata(folder.path()).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "nobody else enters the folder");
    make_secrets(folder.path(), &["db.example:5432", "sslmode=verify-full"]);
    assert_eq!(first, all(), "made once");
    std::fs::remove_file(folder.path().join("password_parindex_index")).expect("was there");
    make_secrets(folder.path(), &["db.example:5432", "sslmode=verify-full"]);
    let again = all();
    let changed: Vec<&str> = first.keys().filter(|k| first[*k] != again[*k]).map(String::as_str).collect();
    assert_eq!(changed, ["database_url_parindex_index", "password_parindex_index", "role_passwords.sql"]);
    let password = again["password_parindex_index"].trim();
    let url = format!("postgres://parindex_index:{password}@db.example:5432/parindex?sslmode=verify-full\n");
    assert_eq!(again["database_url_parindex_index"], url);
    assert!(again["role_passwords.sql"].contains(&format!("ALTER ROLE parindex_index PASSWORD '{password}';\n")));
    assert!(password.len() >= 22 && password.starts_with('p') && password.bytes().all(|b| b.is_ascii_alphanumeric()));
    // Each role that can log in has a password of its own, and no other.
    let roles = read("deploy/postgres/roles.sql");
    let mut named: Vec<&str> = words(&again["role_passwords.sql"], "parindex");
    named.sort_unstable();
    let services = ["dashboard", "identity", "index", "inspector", "intake", "ledger", "ranking", "signer"];
    let logins: Vec<String> =
        ["parindex".to_owned()].into_iter().chain(services.map(|s| format!("parindex_{s}"))).collect();
    assert_eq!(named, logins);
    assert!(services.iter().all(|s| roles.contains(&format!("'{s}'"))), "roles.sql makes them");
    let passwords: std::collections::BTreeSet<&String> =
        again.iter().filter(|(name, _)| name.contains("password") && !name.ends_with(".sql")).map(|(_, p)| p).collect();
    assert_eq!(passwords.len(), 17, "no two are the same");
}

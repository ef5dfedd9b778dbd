//! The house itself: who may depend on whom, and the invariants that can be read off the source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the tree")
}

/// The Rust files below a folder of the tree.
fn sources(below: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(below)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && path.file_name().is_some_and(|n| n != "target") {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).expect("a file");
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{below} has sources");
    found
}

/// The code of a file without its tests and comments.
fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    before_tests.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Dependencies between the crates of the workspace: of the code, not of the tests.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo metadata");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("metadata");
    let packages = metadata["packages"].as_array().expect("packages");
    let names: BTreeSet<String> = packages.iter().map(|p| p["name"].as_str().expect("a name").to_owned()).collect();
    let of = |package: &serde_json::Value| {
        let all = package["dependencies"].as_array().expect("dependencies").iter();
        let normal = all.filter(|d| d["kind"].is_null()).filter_map(|d| d["name"].as_str().map(str::to_owned));
        normal.filter(|name| names.contains(name)).collect()
    };
    packages.iter().map(|p| (p["name"].as_str().expect("a name").to_owned(), of(p))).collect()
}

#[test]
fn who_may_depend_on_whom() {
    let allowed: [(&str, &[&str]); 12] = [
        ("proto", &[]),
        ("domain", &["proto"]),
        ("platform", &["proto"]),
        ("identity", &["proto", "platform"]),
        ("ledger", &["proto", "domain", "platform"]),
        ("signer", &["proto", "platform"]),
        ("index", &["proto", "domain", "platform"]),
        ("ranking", &["proto", "domain", "platform"]),
        ("inspector", &["proto", "domain", "platform"]),
        ("intake", &["proto", "domain", "platform"]),
        ("dashboard", &["proto", "platform", "identity", "index", "ranking"]),
        (
            "standalone",
            &[
                "proto",
                "platform",
                "ledger",
                "signer",
                "index",
                "ranking",
                "identity",
                "dashboard",
                "inspector",
                "intake",
            ],
        ),
    ];
    let found = dependencies();
    for (name, may) in allowed {
        let has = found.get(name).unwrap_or_else(|| panic!("{name} is missing"));
        let more: Vec<_> = has.iter().filter(|d| !may.contains(&d.as_str())).collect();
        assert!(more.is_empty(), "{name} depends on {more:?}");
    }
    let named: BTreeSet<&str> = allowed.iter().map(|(name, _)| *name).chain(["system-tests"]).collect();
    let unnamed: Vec<_> = found.keys().filter(|name| !named.contains(name.as_str())).collect();
    assert!(unnamed.is_empty(), "{unnamed:?} stand in no line of the table");
}

#[test]
fn events_have_one_insert_and_no_other_statement_that_writes() {
    let mut inserts = Vec::new();
    for (path, text) in sources("proto").into_iter().chain(sources("services")) {
        let upper = code(&text).to_uppercase();
        inserts.extend(upper.matches("INSERT INTO EVENTS").map(|_| path.clone()));
        for forbidden in ["UPDATE EVENTS", "DELETE FROM EVENTS", "REPLACE INTO EVENTS", "DROP TRIGGER"] {
            assert!(!upper.contains(forbidden), "{}: {forbidden}", path.display());
        }
        // Whoever puts a projection's next generation in its place knows of no log.
        let drops = upper.contains("DROP TABLE");
        let switches = path.to_string_lossy().contains("services/platform/src/generation/");
        assert!(!drops || switches && !upper.contains("EVENTS"), "{}: DROP TABLE", path.display());
    }
    assert_eq!(inserts.len(), 1, "{inserts:?}");
    assert!(inserts[0].ends_with("services/ledger/src/append.rs"));
}

/// Words of SQL that one engine alone understands, and the files that may say them: the group's append, the lead, opening a
/// database, the triggers of the log and their count, reading by COPY, the copy of a file, how what was deleted leaves a server,
/// and how a projection's next generation takes its place (RULINGS 25).
const OF_ONE_ENGINE: [(&str, &[&str]); 22] = [
    ("UNNEST(", &["services/ledger/src/append/postgres.rs"]),
    ("IDLE_SESSION_TIMEOUT", &["services/ledger/src/append/postgres.rs"]),
    (
        "LOCK_TIMEOUT",
        &[
            "services/ledger/src/append/postgres.rs",
            "services/platform/src/generation/postgres.rs",
            "services/platform/src/db/postgres/sweep.rs",
        ],
    ),
    ("PG_TRY_ADVISORY_LOCK", &["services/ledger/src/lead.rs", "services/platform/src/generation/postgres.rs"]),
    ("PG_ADVISORY_XACT_LOCK", &["services/platform/src/db/postgres.rs"]),
    (
        "TO_REGCLASS",
        &[
            "services/platform/src/db/postgres.rs",
            "services/platform/src/generation/postgres.rs",
            "services/inspector/src/source.rs",
        ],
    ),
    ("COLLATE", &["services/platform/src/db/postgres.rs"]),
    ("ISOLATION LEVEL", &["services/platform/src/db/postgres.rs"]),
    (
        "BEGIN IMMEDIATE",
        &[
            "services/platform/src/db.rs",
            "services/platform/src/generation/sqlite.rs",
            "services/ledger/src/append/sqlite.rs",
        ],
    ),
    ("ATTACH DATABASE", &["services/platform/src/generation/sqlite.rs"]),
    ("PG_TABLES", &["services/platform/src/generation/postgres.rs"]),
    ("SET SCHEMA", &["services/platform/src/generation/postgres.rs"]),
    ("LOCK TABLE", &["services/platform/src/generation/postgres.rs"]),
    ("SAVEPOINT", &["services/platform/src/generation/postgres.rs"]),
    ("VACUUM", &["services/platform/src/db/sqlite.rs"]),
    ("COPY (", &["services/inspector/src/source/copied.rs"]),
    ("PG_TRIGGER", &["services/inspector/src/source.rs", "services/platform/src/db/postgres/sweep.rs"]),
    ("SQLITE_MASTER", &["services/platform/src/generation/sqlite.rs", "services/inspector/src/source.rs"]),
    ("CREATE OR REPLACE", &["services/ledger/src/log.rs", "services/platform/src/db/postgres/sweep.rs"]),
    ("PG_CLASS", &["services/platform/src/db/postgres/sweep.rs"]),
    ("PG_SWITCH_WAL", &["services/platform/src/db/postgres/sweep.rs"]),
    ("UNLOGGED", &["services/platform/src/db/postgres/sweep.rs"]),
];

#[test]
fn what_one_engine_alone_is_told_stands_in_named_files() {
    let all = sources("services");
    for (words, files) in OF_ONE_ENGINE {
        let found: BTreeSet<&str> = all
            .iter()
            .filter(|(path, text)| {
                !path.to_string_lossy().contains("/tests/") && code(text).to_uppercase().contains(words)
            })
            .map(|(path, _)| files.iter().copied().find(|file| path.ends_with(file)).unwrap_or("another file"))
            .collect();
        assert_eq!(found, files.iter().copied().collect(), "{words}");
    }
}

#[test]
fn the_rules_see_no_time_io_randomness_or_float() {
    let forbidden = [
        "std::time",
        "SystemTime",
        "Utc::now",
        "std::fs",
        "std::io",
        "std::net",
        "std::env",
        "std::thread",
        "tokio",
        "async ",
        "sqlx",
        "getrandom",
        "rand::",
        "f32",
        "f64",
        "println!",
        "tracing",
    ];
    for (path, text) in sources("services/domain/src") {
        let code = code(&text);
        for word in forbidden {
            assert!(!code.contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn the_protocol_does_no_io_and_reads_no_clock() {
    for (path, text) in sources("proto/src") {
        let code = code(&text);
        for word in ["std::fs", "std::net", "std::env", "SystemTime", "Utc::now", "Instant::now", "tokio"] {
            let in_tests = path.ends_with("proto/src/schema.rs") || path.ends_with("proto/src/schema/answers.rs");
            assert!(in_tests || !code.contains(word), "{}: {word}", path.display());
        }
    }
}

/// Types outside proto that serde may write or read: none of them says anything about a round.
const OWN_FORMATS: [&str; 10] = [
    // The data folder's card, and how the operator's programs reach the server.
    "services/standalone/src/folder.rs",
    // What the operator asks of the server, and what is known of a token and of an account.
    "services/standalone/src/operate.rs",
    "services/identity/src/tokens.rs",
    "services/identity/src/accounts.rs",
    // Parameters of an address.
    "services/ledger/src/http.rs",
    "services/dashboard/src/ask.rs",
    "services/intake/src/http.rs",
    "services/intake/src/survey/http.rs",
    "services/intake/src/unit_sheet/http.rs",
    // What the places in a stored ballot stand for, sealed beside it.
    "services/intake/src/survey/legend.rs",
];

#[test]
fn only_the_protocols_types_are_serialised() {
    for (path, text) in sources("services") {
        let exempt = OWN_FORMATS.iter().any(|own| path.ends_with(own)) || path.to_string_lossy().contains("/tests/");
        let derives =
            text.lines().any(|l| l.contains("derive(") && (l.contains("Serialize") || l.contains("Deserialize")));
        assert!(exempt || !derives, "{}", path.display());
    }
}

#[test]
fn the_inspector_shares_no_query_with_the_ledger() {
    let statements = |below: &str| -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (_, text) in sources(below) {
            let joined = code(&text).replace("\\\n", " ");
            for literal in joined.split('"').skip(1).step_by(2) {
                let normal = literal.split_whitespace().collect::<Vec<_>>().join(" ");
                let verb = normal.split(' ').next().unwrap_or_default();
                // Both must ask for the head row, in the same words: there is only one way to say it.
                let head = normal == "SELECT position, hash, root, range FROM head WHERE one = 1";
                if ["SELECT", "INSERT", "UPDATE", "DELETE"].contains(&verb) && !head {
                    found.insert(normal);
                }
            }
        }
        found
    };
    let (ledger, inspector) = (statements("services/ledger/src"), statements("services/inspector/src"));
    assert!(ledger.len() > 5 && inspector.len() > 4, "{ledger:?} {inspector:?}");
    let shared: Vec<_> = ledger.intersection(&inspector).collect();
    assert!(shared.is_empty(), "{shared:?}");
}

#[test]
fn clients_over_http_are_made_in_one_place() {
    for (path, text) in sources("services").into_iter().chain(sources("tests")) {
        let own = path.ends_with("services/platform/src/outward.rs") || path.ends_with("tests/tests/system/house.rs");
        let made = ["Client::new()", "Client::builder()", "ClientBuilder::new()", "reqwest::get("];
        assert!(own || !made.iter().any(|made| code(&text).contains(made)), "{}", path.display());
    }
}

#[test]
fn every_file_says_what_it_is() {
    for (path, text) in sources("proto").into_iter().chain(sources("services")).chain(sources("tests")) {
        assert!(text.starts_with("//!"), "{} opens without a word on what it is", path.display());
    }
}

#[test]
fn every_dependency_has_its_reason_beside_it() {
    let text = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let (_, dependencies) = text.split_once("[workspace.dependencies]").expect("dependencies");
    let dependencies = dependencies.split("\n[").next().unwrap_or_default();
    let mut reason = false;
    for line in dependencies.lines() {
        match line {
            "" => reason = false,
            comment if comment.starts_with('#') => reason = true,
            dependency => assert!(reason, "no reason stands above {dependency}"),
        }
    }
}

#[test]
fn the_readme_names_every_invariant_with_a_test_that_exists() {
    let text = std::fs::read_to_string(root().join("services/README.md")).expect("services/README.md");
    let all: String = ["proto", "services", "tests"].into_iter().flat_map(sources).map(|(_, text)| text).collect();
    let mut named = 0;
    for line in text.lines().filter(|l| l.starts_with("| ")) {
        let Some(test) = line.split('`').nth(1).filter(|t| t.contains('_')) else { continue };
        assert!(all.contains(&format!("fn {test}(")), "services/README.md names {test}, which is no test");
        named += 1;
    }
    assert!(named >= 12, "{named} invariants are named with their tests");
}

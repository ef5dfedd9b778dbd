//! The container file: it cannot be built where the tests run, so it is read line by line.
//! Nothing in it may be unpinned, nor run as root.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;

use super::{read, root, sources};

/// The instructions of a container file: the word, and what follows, lines joined.
fn instructions(text: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim_start().starts_with('#')).collect();
    let joined = lines.join("\n").replace("\\\n", " ");
    let split = |line: &str| {
        let (word, rest) = line.trim().split_once(' ')?;
        Some((word.to_owned(), rest.split_whitespace().collect::<Vec<_>>().join(" ")))
    };
    joined.lines().filter_map(split).collect()
}

/// A value of the workspace's `Cargo.toml` or of another TOML file, by its first line that says so.
fn said(file: &str, name: &str) -> String {
    let text = read(file);
    let line = text.lines().find(|l| l.starts_with(&format!("{name} = "))).expect("it is said");
    line.split('"').nth(1).expect("in quotes").to_owned()
}

#[test]
fn the_image_is_built_of_pinned_parts_and_runs_as_nobody() {
    let all = instructions(&read("deploy/container/Containerfile"));
    let known: BTreeSet<&str> = ["FROM", "WORKDIR", "COPY", "RUN", "LABEL", "USER", "ENTRYPOINT"].into();
    let others: Vec<_> = all.iter().filter(|(word, _)| !known.contains(word.as_str())).collect();
    assert!(others.is_empty(), "no ADD, VOLUME, ENV with secrets, HEALTHCHECK: {others:?}");
    let stages: Vec<&str> = all.iter().filter(|(word, _)| word == "FROM").map(|(_, rest)| rest.as_str()).collect();
    let rust = format!("docker.io/library/rust:{}-slim-bookworm AS build", said("rust-toolchain.toml", "channel"));
    assert_eq!(stages.len(), 2);
    assert_eq!(stages[0], rust, "built by the toolchain that the tests ran with");
    let (image, tag) = stages[1].rsplit_once(':').expect("a tag");
    assert_eq!(image, "docker.io/library/debian");
    assert!(tag.ends_with("-slim") && tag.split(['.', '-']).filter(|p| p.parse::<u32>().is_ok()).count() == 2, "{tag}");

    let second = all.iter().rposition(|(word, _)| word == "FROM").expect("two stages");
    let (building, running) = all.split_at(second);
    let build = building.iter().find(|(word, _)| word == "RUN").map(|(_, rest)| rest.as_str());
    assert_eq!(build, Some("cargo build --locked --package standalone --bin parindex"));
    assert!(running.iter().all(|(word, _)| word != "RUN"), "nothing is fetched into what runs");
    for (_, copied) in running.iter().filter(|(word, _)| word == "COPY") {
        let from = copied.strip_prefix("--from=build ").unwrap_or_else(|| panic!("{copied}: of the first stage"));
        if let Some(of_tree) = from.split(' ').next().and_then(|path| path.strip_prefix("/src/deploy/")) {
            assert!(root().join("deploy").join(of_tree).exists(), "{of_tree}");
        }
    }
    // The profile whose output is copied is the one that is built.
    assert!(running.iter().any(|(_, rest)| rest.contains("/src/target/debug/parindex /usr/local/bin/parindex")));
    let last: Vec<(&str, &str)> = all[all.len() - 2..].iter().map(|(w, r)| (w.as_str(), r.as_str())).collect();
    assert_eq!(last, [("USER", "10001:10001"), ("ENTRYPOINT", "[\"parindex\"]")]);
    let label = &running.iter().find(|(word, _)| word == "LABEL").expect("labels").1;
    for (name, value) in [("title", "parindex"), ("version", &said("Cargo.toml", "version")), ("licenses", "MIT")] {
        assert!(label.contains(&format!("org.opencontainers.image.{name}=\"{value}\"")), "{name} {value}");
    }
}

#[test]
fn the_image_is_built_of_the_workspace_and_of_no_secret() {
    let text = read(".dockerignore");
    let lines: Vec<&str> = text.lines().filter(|l| !l.starts_with('#')).collect();
    assert_eq!(lines[0], "*", "what is not named stays out");
    let named: BTreeSet<&str> = lines.iter().filter_map(|l| l.strip_prefix('!')).collect();
    assert!(named.iter().all(|name| root().join(name).exists()), "{named:?}");
    // What building needs: every member of the workspace, what their sources include, and how cargo is told to build.
    let manifest = read("Cargo.toml");
    let (_, members) = manifest.split_once("members = [").expect("members");
    let members = members.split(']').next().expect("they end").split('"').skip(1).step_by(2);
    let folders = members.map(|member| member.split('/').next().expect("a folder"));
    for needed in folders.chain(["Cargo.toml", "Cargo.lock", ".cargo", "deploy/container"]) {
        assert!(named.contains(needed), "{needed}");
    }
    // What the program holds of deploy/; nothing else of it goes in, for secrets may lie beside.
    let mut held = BTreeSet::from(["deploy/container".to_owned()]);
    for source in sources() {
        let included = source.split("\"../../../deploy/").skip(1).filter_map(|rest| rest.split('/').next());
        held.extend(included.map(|folder| format!("deploy/{folder}")));
    }
    let of_deploy: BTreeSet<String> =
        named.iter().filter(|name| name.starts_with("deploy")).map(|name| (*name).to_owned()).collect();
    assert_eq!(of_deploy, held);
    assert!(!named.contains("rust-toolchain.toml"), "the image brings its toolchain");
}

/// Answers one request with a status; gives what was asked.
fn one_answer(listener: TcpListener, status: &'static str) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("it is asked");
        let lines = BufReader::new(stream.try_clone().expect("a handle")).lines();
        let head: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
        write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").expect("answers");
        head.join("\n")
    })
}

fn healthz(at: SocketAddr) -> bool {
    let mut asked = Command::new(root().join("deploy/container/healthz"));
    let asked = asked.arg(at.ip().to_string()).arg(at.port().to_string()).output().expect("bash is there");
    asked.status.success()
}

#[test]
fn the_health_check_is_well_with_200_alone() {
    for (status, well) in [("200 OK", true), ("503 Service Unavailable", false), ("404 Not Found", false)] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let at = listener.local_addr().expect("an address");
        let asked = one_answer(listener, status);
        assert_eq!(healthz(at), well, "{status}");
        assert!(asked.join().expect("it was asked").starts_with("GET /healthz HTTP/1.1"), "{status}");
    }
    let gone = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    assert!(!healthz(gone), "nobody listens");
}

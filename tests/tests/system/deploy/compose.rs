//! `compose.yaml`: what each container may, what it is given, and whether that is what the programs take.
//! No container may have more than what it needs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::{FROM_ELSEWHERE, SERVICES, Service, drain, given, port, read, root, secrets};

/// What runs once and ends.
const ONE_SHOTS: [&str; 5] = ["operator", "passwords", "passwords-keys", "prepare", "prepare-keys"];

/// The file.
pub fn compose() -> Value {
    serde_saphyr::from_str(&read("deploy/compose.yaml")).expect("it is YAML")
}

/// The members of a member, by name.
pub fn members<'v>(value: &'v Value, name: &str) -> Vec<(&'v str, &'v Value)> {
    let of = value[name].as_object().unwrap_or_else(|| panic!("{name} are there"));
    of.iter().map(|(name, value)| (name.as_str(), value)).collect()
}

/// A list of texts, or the names of a map.
pub fn names(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().map(|v| v.as_str().expect("text").to_owned()).collect(),
        Value::Object(members) => members.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

/// How PostgreSQL is told to keep its log.
pub fn archive_command() -> String {
    let command = names(&compose()["services"]["postgres"]["command"]);
    let said = command.iter().find_map(|word| word.strip_prefix("archive_command="));
    said.expect("it archives").to_owned()
}

/// The container of a service; two of them are ledgers.
fn service_of(container: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|s| s.name == container.trim_end_matches("-standby"))
}

fn seconds(value: &Value) -> u64 {
    value.as_str().and_then(|text| text.strip_suffix('s')?.parse().ok()).expect("a number of seconds")
}

/// A text with what Compose puts into it, and with secrets that are on this machine.
pub fn filled(text: &str, secrets: &Path) -> String {
    let mut text = text.replace("/run/secrets", secrets.to_str().expect("a path"));
    let secrets = secrets.to_str().expect("a path");
    for (variable, value) in [
        ("PARINDEX_ORIGIN", "a.example/1"),
        ("PARINDEX_PUBLIC_URL", "https://par.example"),
        ("PARINDEX_SECRETS", secrets),
    ] {
        while let Some(at) = text.find(&format!("${{{variable}")) {
            let end = at + text[at..].find('}').expect("it ends");
            text.replace_range(at..=end, value);
        }
    }
    text.replace("$$", "$")
}

/// The environment of a container.
pub fn environment(container: &Value, secrets: &Path) -> BTreeMap<String, String> {
    let of = container["environment"].as_object().map(|e| e.iter().collect::<Vec<_>>()).unwrap_or_default();
    of.into_iter().map(|(k, v)| (k.clone(), filled(v.as_str().expect("text"), secrets))).collect()
}

#[test]
fn no_container_can_write_its_files_gain_a_privilege_or_take_the_machine() {
    let all = compose();
    for (name, container) in members(&all, "services") {
        assert_eq!(container["read_only"], true, "{name}");
        assert_eq!(names(&container["cap_drop"]), ["ALL"], "{name}");
        let added = names(&container["cap_add"]);
        assert_eq!(added, if name == "proxy" { vec!["NET_BIND_SERVICE".to_owned()] } else { Vec::new() }, "{name}");
        assert_eq!(names(&container["security_opt"]), ["no-new-privileges:true"], "{name}");
        let once = ONE_SHOTS.contains(&name);
        assert_eq!(container["restart"], if once { "no" } else { "unless-stopped" }, "{name}");
        let limits = &container["deploy"]["resources"]["limits"];
        assert!(["cpus", "memory", "pids"].iter().all(|limit| !limits[limit].is_null()), "{name}: {limits}");
        assert!(!container["logging"]["options"]["max-size"].is_null(), "{name}: its log has an end");
        let user = container["user"].as_str().unwrap_or_else(|| panic!("{name} has a user"));
        assert_eq!(user == "0:0", name.starts_with("nats-"), "{name}: {user}");
        for refused in
            ["privileged", "network_mode", "pid", "ipc", "userns_mode", "devices", "volumes_from", "env_file"]
        {
            assert!(container[refused].is_null(), "{name}: {refused}");
        }
        assert!(!container.to_string().contains("docker.sock"), "{name}");
        assert_eq!(container["healthcheck"].is_null(), once, "{name}: whether it is asked for its health");
        if service_of(name).is_some() {
            assert!(seconds(&container["stop_grace_period"]) >= 2 * drain(), "{name}: it may drain");
        }
    }
}

#[test]
fn images_are_pinned_to_the_versions_that_the_tests_run_on() {
    let all = compose();
    let images: BTreeSet<&str> =
        members(&all, "services").iter().map(|(_, c)| c["image"].as_str().expect("an image")).collect();
    assert_eq!(images.len(), 4, "{images:?}");
    for image in &images {
        let (_, tag) = image.rsplit_once(':').unwrap_or_else(|| panic!("{image} has a tag"));
        let numbers = tag.split(['.', '-']).take_while(|part| part.parse::<u32>().is_ok()).count();
        assert!(numbers >= 2, "{image}: a version down to the last number that its maker gives");
    }
    let run = read("tests/run");
    let nats = run.lines().find_map(|l| l.strip_prefix("nats=")).expect("tests/run says which");
    assert!(images.contains(format!("docker.io/library/nats:{nats}-alpine").as_str()), "{nats}");
    let manifest = read("Cargo.toml");
    let version = manifest.lines().find_map(|l| l.strip_prefix("version = ")).expect("a version").trim_matches('"');
    assert!(images.contains(format!("parindex:{version}").as_str()), "{version}");
    let built: Vec<_> = members(&all, "services").into_iter().filter(|(_, c)| !c["build"].is_null()).collect();
    assert_eq!(built.len(), 1, "it is built once");
    assert_eq!(built[0].1["build"]["dockerfile"], "deploy/container/Containerfile");
    assert!(
        root()
            .join("deploy")
            .join(built[0].1["build"]["context"].as_str().expect("a folder"))
            .join("Cargo.toml")
            .exists()
    );
}

#[test]
fn only_the_proxy_is_reached_from_outside() {
    let all = compose();
    let open: Vec<&str> =
        members(&all, "networks").iter().filter(|(_, n)| n["internal"] != true).map(|(n, _)| *n).collect();
    assert_eq!(open, ["edge"]);
    let expected = |name: &str| -> &[&str] {
        match name {
            "proxy" => &["edge", "services"],
            "postgres" | "prepare" | "passwords" => &["store"],
            "keys" | "prepare-keys" | "passwords-keys" => &["keys"],
            "intake" => &["keys", "services", "store"],
            "inspector" | "signer" | "dashboard" | "operator" => &["services", "store"],
            nats if nats.starts_with("nats-") => &["bus"],
            _ => &["services", "bus", "store"],
        }
    };
    for (name, container) in members(&all, "services") {
        assert_eq!(!container["ports"].is_null(), name == "proxy", "{name}: published ports");
        let on: BTreeSet<String> = names(&container["networks"]).into_iter().collect();
        assert_eq!(on, expected(name).iter().map(|n| (*n).to_owned()).collect(), "{name}");
    }
    assert_eq!(names(&all["services"]["proxy"]["ports"]), ["443:8443"]);
    assert!(read("deploy/proxy/Caddyfile").contains("\n:8443 {\n"), "where the proxy listens");
}

#[test]
fn what_is_named_is_there_and_what_is_there_is_used() {
    let (all, made) = (compose(), secrets());
    let mut used: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (name, container) in members(&all, "services") {
        used.entry("secrets").or_default().extend(names(&container["secrets"]));
        for config in container["configs"].as_array().into_iter().flatten() {
            used.entry("configs").or_default().insert(config["source"].as_str().expect("a name").to_owned());
        }
        for volume in container["volumes"].as_array().into_iter().flatten() {
            let source = volume["source"].as_str().expect("a source");
            match volume["type"].as_str() {
                Some("volume") => drop(used.entry("volumes").or_default().insert(source.to_owned())),
                Some("bind") => assert!(source.starts_with("${PARINDEX_") && source.contains(":?"), "{name}: {source}"),
                other => panic!("{name}: {other:?}"),
            }
        }
        for (on, how) in container["depends_on"].as_object().into_iter().flatten() {
            let other = &all["services"][on];
            let condition = how["condition"].as_str().expect("a condition");
            let can = match condition {
                "service_healthy" => !other["healthcheck"].is_null(),
                "service_completed_successfully" => other["restart"] == "no",
                _ => false,
            };
            assert!(can, "{name}: {on} {condition}");
        }
        // A secret that a container's words name is one that it has.
        for named in container.to_string().split("/run/secrets/").skip(1) {
            let end = named.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').unwrap_or(named.len());
            assert!(names(&container["secrets"]).iter().any(|s| s == &named[..end]), "{name}: {}", &named[..end]);
        }
    }
    for kind in ["secrets", "configs", "volumes"] {
        let there: BTreeSet<String> = names(&all[kind]).into_iter().collect();
        assert_eq!(used[kind], there, "{kind}");
    }
    for (name, config) in members(&all, "configs") {
        assert!(root().join("deploy").join(config["file"].as_str().expect("a file")).exists(), "{name}");
    }
    for (name, secret) in members(&all, "secrets") {
        let file = filled(secret["file"].as_str().expect("a file"), made.path());
        assert_eq!(Path::new(&file), made.path().join(name), "{name}");
        assert!(Path::new(&file).exists() || FROM_ELSEWHERE.contains(&name), "{name}: nobody makes it");
    }
}

#[test]
fn every_service_is_given_what_it_reads_and_nothing_else() {
    let (all, made) = (compose(), secrets());
    let mut ledgers = Vec::new();
    for (name, container) in members(&all, "services") {
        let Some(service) = service_of(name) else {
            assert!(environment(container, made.path()).keys().all(|v| !v.starts_with("PARINDEX_")), "{name}");
            continue;
        };
        let config = given(service, &environment(container, made.path()));
        let address = container["networks"]["services"]["ipv4_address"].as_str().expect("an address of its own");
        let listens = config.listen[service.name];
        assert_eq!(listens.to_string(), format!("{address}:{}", port(service.name)), "{name}");
        let subnet = all["networks"]["services"]["ipam"]["config"][0]["subnet"].as_str().expect("a subnet");
        let (network, host) = address.rsplit_once('.').expect("four numbers");
        assert_eq!(subnet, format!("{network}.0/24"), "{name}");
        assert!(host.parse::<u8>().is_ok_and(|host| host < 128), "{name}: the upper half is given out");
        let health = ["CMD", "healthz", address, &port(service.name).to_string()].map(str::to_owned);
        assert_eq!(names(&container["healthcheck"]["test"]), health, "{name}");
        let command = ["run", service.name, "--config", "/etc/parindex/parindex.toml"].map(str::to_owned);
        assert_eq!(names(&container["command"]), command, "{name}");
        assert_eq!(container["configs"][0]["target"], "/etc/parindex/parindex.toml", "{name}");
        if service.name == "ledger" {
            ledgers.push(format!("http://{listens}"));
        }
        if service.name == "signer" {
            assert_eq!(config.signer_url, Some(format!("http://{listens}")));
        }
        if service.name == "intake" {
            assert_eq!(config.intake_url, Some(vec![format!("http://{listens}")]));
        }
        if service.name == "inspector" {
            assert_eq!(config.inspector_url, format!("http://{listens}"));
        }
        let bus = config.nats.filter(|_| service.bus);
        let servers = ["nats://nats-a:4222", "nats://nats-b:4222", "nats://nats-c:4222"];
        assert_eq!(bus.map(|b| (b.servers, b.replicas)), service.bus.then(|| (servers.map(str::to_owned).to_vec(), 3)));
    }
    for (name, container) in members(&all, "services").into_iter().filter(|(name, _)| service_of(name).is_some()) {
        let config = given(service_of(name).expect("just asked"), &environment(container, made.path()));
        assert_eq!(config.ledger_url, ledgers, "{name} finds both ledgers");
    }
}

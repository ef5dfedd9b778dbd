//! The systemd units: the same walls around each, its own secrets within, and nothing that systemd does not know.
//! Where the machine has systemd's own checker it is asked too.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use system_tests::folder::parindex;

use super::{FROM_ELSEWHERE, SERVICES, drain, given, read, secrets};

/// What keeps a service to the network and its own memory.
const WALLS: &str = "
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
ProtectProc=invisible
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
UMask=0077
KeyringMode=private
LimitCORE=0
";
/// How open to the machine `systemd-analyze security` may find a unit, of 100.
const EXPOSURE_MAX: &str = "20";

fn unit(service: &str) -> String {
    read(&format!("deploy/systemd/parindex-{service}.service"))
}

/// The lines of a unit as section, name and value, in order.
fn lines(text: &str) -> Vec<(String, String, String)> {
    let (mut section, mut found) = (String::new(), Vec::new());
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            section = name.to_owned();
            continue;
        }
        let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("{line}"));
        found.push((section.clone(), name.to_owned(), value.to_owned()));
    }
    found
}

fn values<'l>(lines: &'l [(String, String, String)], name: &str) -> Vec<&'l str> {
    lines.iter().filter(|(_, n, _)| n == name).map(|(_, _, value)| value.as_str()).collect()
}

#[test]
fn every_unit_has_the_same_walls_its_own_account_and_time_to_drain() {
    let mut accounts = BTreeSet::new();
    for service in &SERVICES {
        let (name, lines) = (service.name, lines(&unit(service.name)));
        let of_service = |text: &str| lines.iter().any(|(s, n, v)| s == "Service" && format!("{n}={v}") == text);
        for wall in WALLS.lines().filter(|wall| !wall.is_empty()) {
            assert!(of_service(wall), "{name}: {wall}");
        }
        let start = format!("ExecStart=/usr/local/bin/parindex run {name} --config /etc/parindex/parindex.toml");
        for line in [start.as_str(), "Type=exec", "Restart=always", "DynamicUser=yes"] {
            assert!(of_service(line), "{name}: {line}");
        }
        let stop: u64 = values(&lines, "TimeoutStopSec")[0].parse().expect("seconds");
        assert!(stop >= 2 * drain(), "{name}: it may drain");
        assert_eq!(values(&lines, "StartLimitIntervalSec"), ["0"], "{name}: it is started for as long as it takes");
        assert!(!values(&lines, "MemoryMax").is_empty() && !values(&lines, "TasksMax").is_empty(), "{name}");
        assert_eq!(values(&lines, "User"), [format!("parindex-{name}")]);
        accounts.insert(values(&lines, "User")[0].to_owned());
        // Order among the services is order alone: none is stopped because another one is.
        for binding in ["Requires", "BindsTo", "PartOf", "Requisite"] {
            assert!(values(&lines, binding).is_empty(), "{name}: {binding}");
        }
        for after in values(&lines, "After").iter().flat_map(|value| value.split(' ')) {
            let other = after.strip_prefix("parindex-").and_then(|a| a.strip_suffix(".service"));
            assert!(other.is_none_or(|o| o != name && SERVICES.iter().any(|s| s.name == o)), "{name}: {after}");
        }
    }
    assert_eq!(accounts.len(), SERVICES.len());
    let files = std::fs::read_dir(super::root().join("deploy/systemd")).expect("reads").count();
    assert_eq!(files, SERVICES.len(), "no unit that nobody looks at");
}

#[test]
fn every_unit_hands_over_what_its_service_reads_and_nothing_else() {
    let made = secrets();
    for service in &SERVICES {
        let (name, lines) = (service.name, lines(&unit(service.name)));
        let mut handed = BTreeSet::new();
        for credential in values(&lines, "LoadCredential") {
            let (as_name, from) = credential.split_once(':').expect("name:path");
            assert_eq!(from, format!("/etc/parindex/secrets/{as_name}"), "{name}");
            assert!(made.path().join(as_name).exists() || FROM_ELSEWHERE.contains(&as_name), "{name}: {as_name}");
            handed.insert(as_name.to_owned());
        }
        let mut environment = BTreeMap::new();
        let mut read = BTreeSet::new();
        for assignment in values(&lines, "Environment") {
            let (variable, value) = assignment.split_once('=').expect("NAME=value");
            if let Some(credential) = value.strip_prefix("%d/") {
                read.insert(credential.to_owned());
            }
            let value = value.replace("%d", made.path().to_str().expect("a path"));
            environment.insert(variable.to_owned(), value);
        }
        assert_eq!(handed, read, "{name}: handed over, and read");
        // What its operator writes into the configuration, which all services have in common.
        environment.insert("PARINDEX_LOG_ORIGIN".to_owned(), "a.example/1".to_owned());
        environment.insert("PARINDEX_NATS_URL".to_owned(), "nats://a:4222,nats://b:4222,nats://c:4222".to_owned());
        given(service, &environment);
    }
}

#[test]
fn systemd_itself_finds_nothing_wrong_and_little_open() {
    let there = Command::new("systemd-analyze").arg("--version").output();
    let Ok(version) = there else {
        eprintln!("this machine has no systemd-analyze; the units were read by the other tests alone");
        return;
    };
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let number: u32 = version.split_whitespace().nth(1).and_then(|v| v.parse().ok()).unwrap_or(0);
    // Before, it knows neither %d nor --offline.
    if number < 252 {
        eprintln!("systemd {number} is too old to check these units");
        return;
    }
    let folder = tempfile::tempdir().expect("a scratch folder");
    for service in &SERVICES {
        // The program is not installed here; its place in the unit is the one thing that differs.
        let text = unit(service.name).replace("/usr/local/bin/parindex", parindex().to_str().expect("a path"));
        let file = folder.path().join(format!("parindex-{}.service", service.name));
        std::fs::write(&file, text).expect("writes");
        let checked = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&file).output().expect("starts");
        let said = String::from_utf8_lossy(&checked.stderr).into_owned();
        let ours: Vec<&str> = said.lines().filter(|line| line.contains("parindex-")).collect();
        assert!(checked.status.success() && ours.is_empty(), "{}: {said}", service.name);
        let mut security = Command::new("systemd-analyze");
        security.args(["security", "--no-pager", "--offline=yes", &format!("--threshold={EXPOSURE_MAX}")]).arg(&file);
        let security = security.output().expect("starts");
        assert!(security.status.success(), "{}: {}", service.name, String::from_utf8_lossy(&security.stdout));
    }
}

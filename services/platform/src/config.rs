//! The configuration of services that run apart: one file, with the environment over it.
//! A key that nobody reads is refused, wherever it stands, and all faults are told at once.

pub mod keys;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use proto::Origin;
use proto::subject::LogName;

use crate::db::Server;
use crate::jetstream::{Bus, Settings, User};
use keys::{KEYS, Key};

/// What every variable of ours begins with.
const PREFIX: &str = "PARINDEX_";
/// A variable of this ending names a file that holds the value: how secrets come in (systemd credentials, container secrets).
const FROM_FILE: &str = "_FILE";
/// Variables that other parts of the program read.
const OTHERS: [&str; 3] = ["PARINDEX_CONFIG", "PARINDEX_LOG", "PARINDEX_TOKEN"];
/// The longest file that is read for a value, in bytes.
const VALUE_BYTES_MAX: u64 = 64 * 1024;

/// A fault of the configuration. It never holds a value that may be secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {at}: {what}")]
pub struct Fault {
    /// The stable code.
    pub code: &'static str,
    /// The file, the key or the variable.
    pub at: String,
    /// What is wrong.
    pub what: String,
}

/// The configuration is not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl std::fmt::Display for Faults {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        for (i, fault) in self.0.iter().enumerate() {
            write!(f, "{}{fault}", if i == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}
impl std::error::Error for Faults {}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// A JSON object a line.
    Json,
    /// For a person at a terminal.
    Text,
}

/// What a service tells about itself.
#[derive(Debug, Clone)]
pub struct Telemetry {
    /// Which log lines are written, as `tracing` spells it.
    pub filter: String,
    /// How.
    pub format: LogFormat,
    /// Where traces go by OTLP over HTTP, if anywhere.
    pub otlp_url: Option<String>,
}

/// What a service takes at most.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Connections at once; further ones wait in the kernel's queue.
    pub connections: usize,
    /// Requests at once; further ones are answered 429.
    pub requests: usize,
    /// How far behind the log a service may be and still call itself ready.
    pub lag: Duration,
    /// How long a service that is told to stop waits for the requests that it has.
    pub drain: Duration,
}

/// The configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The log's origin.
    pub origin: Origin,
    /// The database, with the login of this service.
    pub database: Server,
    /// The database, with the login that reads and writes tokens.
    pub identity: Server,
    /// The bus; without it projectors read the log from the ledger.
    pub nats: Option<Settings>,
    /// Where each service listens, by its name.
    pub listen: BTreeMap<&'static str, SocketAddr>,
    /// Where the ledgers are: the one that leads and those that stand by, in any order.
    pub ledger_url: Vec<String>,
    /// Where this very ledger is for the operator's programs, where that does not follow from where it listens.
    pub announce: Option<String>,
    /// Where the inspector is.
    pub inspector_url: String,
    /// The token by which this service reads from others.
    pub token: Option<String>,
    /// What it takes at most.
    pub limits: Limits,
    /// What it tells.
    pub telemetry: Telemetry,
}

impl Default for Limits {
    /// As the table of keys has them.
    fn default() -> Self {
        Values::default().limits().expect("every default can be read")
    }
}

impl Config {
    /// Reads a file, if there is one, and the environment over it.
    ///
    /// # Errors
    /// [`Faults`], all of them.
    pub fn read(file: Option<&Path>, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, Faults> {
        let mut values = Values::default();
        if let Some(path) = file {
            values.add_file(path);
        }
        values.add_environment(environment);
        values.into_config()
    }
}

/// Values by their keys, before they are understood.
#[derive(Default)]
struct Values {
    /// The value, and where it stands.
    given: BTreeMap<&'static str, (String, String)>,
    faults: Vec<Fault>,
}

impl Values {
    fn fault(&mut self, code: &'static str, at: impl Into<String>, what: impl Into<String>) {
        self.faults.push(Fault { code, at: at.into(), what: what.into() });
    }

    fn add_file(&mut self, path: &Path) {
        let shown = path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return self.fault("config_unreadable", shown, error.to_string()),
        };
        let table: toml::Table = match text.parse() {
            Ok(table) => table,
            Err(error) => {
                // Its own words would repeat the line, and a secret with it.
                let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
                return self.fault("config_malformed", format!("{shown}: line {line}"), error.message());
            }
        };
        for (section, inner) in table {
            let toml::Value::Table(inner) = inner else {
                self.fault("config_key_unknown", format!("{shown}: {section}"), "keys stand in sections");
                continue;
            };
            for (name, value) in inner {
                let at = format!("{shown}: {section}.{name}");
                match (keys::find(&section, &name), plain(&value)) {
                    (None, _) => self.fault("config_key_unknown", at, "there is no such key"),
                    (Some(_), None) => self.fault("config_value_bad", at, "a text, a whole number or a list of texts"),
                    (Some(key), Some(value)) => drop(self.given.insert(key.path, (value, at))),
                }
            }
        }
    }

    fn add_environment(&mut self, environment: impl IntoIterator<Item = (String, String)>) {
        let mut ours: Vec<(String, String)> =
            environment.into_iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
        ours.sort();
        for (name, value) in ours {
            if OTHERS.contains(&name.as_str()) {
                continue;
            }
            if let Some(key) = keys::of_variable(&name) {
                self.given.insert(key.path, (value, name));
                continue;
            }
            match name.strip_suffix(FROM_FILE).and_then(keys::of_variable) {
                Some(key) => match read_value(Path::new(&value)) {
                    Ok(value) => drop(self.given.insert(key.path, (value, name))),
                    Err(error) => self.fault("config_unreadable", name, format!("{value}: {error}")),
                },
                None => self.fault("config_key_unknown", name, "there is no such variable"),
            }
        }
    }

    fn text(&self, key: &'static Key) -> Option<(String, String)> {
        let fallback = key.default.map(|value| (value.to_owned(), key.path.to_owned()));
        self.given.get(key.path).cloned().or(fallback).filter(|(value, _)| !value.trim().is_empty())
    }

    /// A value that may be absent.
    fn optional<T>(&mut self, path: &'static str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let key = KEYS.iter().find(|key| key.path == path).expect("every key that is read stands in the table");
        let (value, at) = self.text(key)?;
        match read(value.trim()) {
            Ok(value) => Some(value),
            Err(what) => {
                self.fault("config_value_bad", at, what);
                None
            }
        }
    }

    /// A value that must be there.
    fn required<T>(&mut self, path: &'static str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let before = self.faults.len();
        let value = self.optional(path, read);
        if value.is_none() && self.faults.len() == before {
            self.fault("config_value_missing", path, "it must be set");
        }
        value
    }

    fn number(&mut self, path: &'static str, least: usize, most: usize) -> Option<usize> {
        let told = format!("a whole number from {least} to {most}");
        self.required(path, |text| {
            let number = text.parse().ok().filter(|n| (least..=most).contains(n));
            number.ok_or(told)
        })
    }

    fn seconds(&mut self, path: &'static str) -> Option<Duration> {
        Some(Duration::from_secs(self.number(path, 0, 3_600)? as u64))
    }

    fn into_config(mut self) -> Result<Config, Faults> {
        let origin = self.required("log.origin", |text| Origin::parse(text).map_err(|e| e.to_string()));
        let database = self.required("database.url", Server::from_str);
        let identity = self.optional("identity.database_url", Server::from_str).or_else(|| database.clone());
        let nats = self.nats(origin.as_ref());
        let mut listen = BTreeMap::new();
        for (service, path) in keys::LISTEN {
            let address =
                self.required(path, |text| text.parse().map_err(|_| "an address as in 127.0.0.1:8282".into()));
            listen.extend(address.map(|address| (service, address)));
        }
        let ledger_url = self.required("ledger.url", |text| text.split(',').map(url).collect());
        let announce = self.optional("ledger.announce", url);
        let inspector_url = self.required("inspector.url", url);
        let token = self.optional("service.token", |text| Ok(text.to_owned()));
        let limits = self.limits();
        let telemetry = self.telemetry();
        let whole = || {
            Some(Config {
                origin: origin?,
                database: database?,
                identity: identity?,
                nats,
                listen,
                ledger_url: ledger_url?,
                announce,
                inspector_url: inspector_url?,
                token,
                limits: limits?,
                telemetry: telemetry?,
            })
        };
        whole().filter(|_| self.faults.is_empty()).ok_or(Faults(self.faults))
    }

    fn limits(&mut self) -> Option<Limits> {
        let body_bytes = self.number("limits.body_bytes", 64 * 1024, 256 * 1024 * 1024);
        let connections = self.number("limits.connections", 1, 100_000);
        let requests = self.number("limits.requests", 1, 100_000);
        let (lag, drain) = (self.seconds("limits.lag_seconds"), self.seconds("limits.drain_seconds"));
        Some(Limits {
            body_bytes: body_bytes?,
            connections: connections?,
            requests: requests?,
            lag: lag?,
            drain: drain?,
        })
    }

    fn telemetry(&mut self) -> Option<Telemetry> {
        let filter = self.required("telemetry.filter", |text| {
            tracing_subscriber::EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|e| e.to_string())
        });
        let format = self.required("telemetry.format", |text| match text {
            "json" => Ok(LogFormat::Json),
            "text" => Ok(LogFormat::Text),
            _ => Err("json or text".to_owned()),
        });
        let otlp_url = self.optional("telemetry.otlp_url", url);
        Some(Telemetry { filter: filter?, format: format?, otlp_url })
    }

    fn nats(&mut self, origin: Option<&Origin>) -> Option<Settings> {
        let servers = self.optional("nats.url", |text| Ok(text.split(',').map(|s| s.trim().to_owned()).collect()));
        let user = self.optional("nats.user", |text| Ok(text.to_owned()));
        let password = self.optional("nats.password", |text| Ok(text.to_owned()));
        let ca = self.optional("nats.ca", |text| {
            let path = PathBuf::from(text);
            std::fs::metadata(&path).map(|_| path).map_err(|e| format!("{text}: {e}"))
        });
        let replicas = self.number("nats.replicas", 1, 5);
        let log = self.optional("nats.log", |text| LogName::parse(text).map_err(|e| e.to_string()));
        if user.is_some() != password.is_some() {
            self.fault("config_value_missing", "nats.user and nats.password", "one goes with the other");
        }
        let mut settings = Settings::new(servers?, origin?.clone());
        settings.user = user.zip(password).map(|(name, password)| User { name, password });
        settings.ca = ca;
        settings.replicas = replicas?;
        settings.log = log.unwrap_or(settings.log);
        if let Err(error) = Bus::new(settings.clone()) {
            self.fault("config_value_bad", "nats.url", error.to_string());
        }
        Some(settings)
    }
}

fn url(text: &str) -> Result<String, String> {
    let text = text.trim().trim_end_matches('/');
    let parsed = reqwest::Url::parse(text).map_err(|e| format!("an address as in http://127.0.0.1:8281: {e}"))?;
    let plain =
        matches!(parsed.scheme(), "http" | "https") && parsed.username().is_empty() && parsed.password().is_none();
    if plain { Ok(text.to_owned()) } else { Err("http:// or https://, and no password in it".to_owned()) }
}

/// A value as text; a list's with commas between.
fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(list) => {
            let texts: Option<Vec<&str>> = list.iter().map(toml::Value::as_str).collect();
            Some(texts?.join(","))
        }
        _ => None,
    }
}

fn read_value(path: &Path) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|e| e.to_string())?.len();
    if size > VALUE_BYTES_MAX {
        return Err(format!("more than {VALUE_BYTES_MAX} bytes"));
    }
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Config, Faults, keys};

    fn of(file: &str, environment: &[(&str, &str)]) -> Result<Config, Faults> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("parindex.toml");
        std::fs::write(&path, file).expect("writes");
        Config::read(Some(&path), environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    const LEAST: &str = "[log]\norigin = \"a.example/1\"\n[database]\nurl = \"postgres://u:secret@h/d\"\n";

    #[test]
    fn a_file_of_two_values_is_enough_and_the_environment_goes_over_it() {
        let config =
            of(LEAST, &[("PARINDEX_LIMITS_REQUESTS", "7"), ("PARINDEX_LOG", "debug"), ("HOME", "/")]).expect("reads");
        assert_eq!((config.origin.as_str(), config.limits.requests), ("a.example/1", 7));
        assert!(config.nats.is_none() && config.token.is_none() && config.telemetry.otlp_url.is_none());
        let config = of(LEAST, &[("PARINDEX_LOG_ORIGIN", "b.example/1")]).expect("reads");
        assert_eq!(config.origin.as_str(), "b.example/1");
    }

    #[test]
    fn a_variable_may_name_a_file_that_holds_its_value() {
        let folder = tempfile::tempdir().expect("a folder");
        let secret = folder.path().join("token");
        std::fs::write(&secret, "parindex_a_b\n").expect("writes");
        let path = secret.to_str().expect("a name");
        let config = of(LEAST, &[("PARINDEX_SERVICE_TOKEN_FILE", path)]).expect("reads");
        assert_eq!(config.token.as_deref(), Some("parindex_a_b"));
        let faults = of(LEAST, &[("PARINDEX_SERVICE_TOKEN_FILE", "/nowhere")]).expect_err("no such file");
        assert_eq!(faults.0[0].code, "config_unreadable");
    }

    #[test]
    fn every_fault_is_told_at_once_with_its_place_and_no_secret() {
        let file = "[log]\norigin = \"bad origin\"\n[database]\nurl = \"mysql://u:secret@h/d\"\nurls = \"x\"\n[limit]\nx = 1\n";
        let environment = [
            ("PARINDEX_LIMITS_REQUESTS", "0"),
            ("PARINDEX_LEDGER_LISTEN", "here"),
            ("PARINDEX_NATS_USER", "index"),
            ("PARINDEX_TELEMETRY_FORMAT", "xml"),
            ("PARINDEX_INSPECTOR_URL", "http://u:secret@h"),
            ("PARINDEX_SURPRISE", "1"),
        ];
        let faults = of(file, &environment).expect_err("many faults");
        let found: Vec<(&str, &str)> =
            faults.0.iter().map(|f| (f.code, f.at.rsplit(": ").next().expect("a place"))).collect();
        let expected = [
            ("config_key_unknown", "database.urls"),
            ("config_key_unknown", "limit.x"),
            ("config_key_unknown", "PARINDEX_SURPRISE"),
            ("config_value_bad", "log.origin"),
            ("config_value_bad", "database.url"),
            ("config_value_missing", "nats.user and nats.password"),
            ("config_value_bad", "PARINDEX_LEDGER_LISTEN"),
            ("config_value_bad", "PARINDEX_INSPECTOR_URL"),
            ("config_value_bad", "PARINDEX_LIMITS_REQUESTS"),
            ("config_value_bad", "PARINDEX_TELEMETRY_FORMAT"),
        ];
        assert_eq!(found, expected);
        assert!(!faults.to_string().contains("secret"), "{faults}");
    }

    #[test]
    fn what_is_no_toml_and_what_is_not_there_is_told() {
        assert_eq!(of("[log", &[]).expect_err("malformed").0[0].code, "config_malformed");
        let missing = of("", &[]).expect_err("nothing is set");
        let found: Vec<_> = missing.0.iter().map(|f| (f.code, f.at.as_str())).collect();
        assert_eq!(found, [("config_value_missing", "log.origin"), ("config_value_missing", "database.url")]);
    }

    #[test]
    fn the_documented_file_is_a_configuration_once_its_two_values_are_set() {
        let uncommented = |line: &str| match line.strip_prefix("# ").filter(|rest| rest.contains(" = ")) {
            Some(value) => format!("{value}\n"),
            None => format!("{line}\n"),
        };
        let file: String = keys::documented().lines().map(uncommented).collect();
        let set = [("PARINDEX_LOG_ORIGIN", "a.example/1"), ("PARINDEX_DATABASE_URL", "postgres://u@h/d")];
        let (written, absent) = (of(&file, &set).expect("reads"), of("", &set).expect("reads"));
        assert_eq!(format!("{written:?}"), format!("{absent:?}"), "what is written as a default is the default");
    }
}

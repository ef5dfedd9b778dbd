//! The values of a configuration before they are understood: from its file, from the environment over it, from files that
//! variables name. All that is wrong with them is gathered, and no secret is repeated.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use proto::Origin;
use proto::subject::LogName;

use super::keys::{self, KEYS, Key};
use super::{Config, Fault, Faults, Keys, Limits, LogFormat, PREFIX, Signing, Telemetry};
use crate::db::Server;
use crate::jetstream::{Bus, Settings, User};
use crate::objects::{Bucket, FilesPlace, Login};
use crate::provider::ProviderPlace;

/// A variable of this ending names a file that holds the value: how secrets come in (systemd credentials, container secrets).
const FROM_FILE: &str = "_FILE";
/// Variables that other parts of the program read.
const OTHERS: [&str; 3] = ["PARINDEX_CONFIG", "PARINDEX_LOG", "PARINDEX_TOKEN"];
/// The longest file that is read for a value, in bytes.
const VALUE_BYTES_MAX: u64 = 64 * 1024;

/// Values by their keys, before they are understood.
#[derive(Default)]
pub(super) struct Values {
    /// The value, and where it stands.
    given: BTreeMap<&'static str, (String, String)>,
    faults: Vec<Fault>,
}

impl Values {
    /// A file's, if there is one, and the environment's over it.
    pub(super) fn read(file: Option<&Path>, environment: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut values = Self::default();
        if let Some(path) = file {
            values.add_file(path);
        }
        values.add_environment(environment);
        values
    }

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

    pub(super) fn into_config(mut self) -> Result<Config, Faults> {
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
        let anchor_hours = self.number("ledger.anchor_hours", 0, 8_760);
        let signer_url = self.optional("signer.url", url);
        let signer = self.signing();
        let inspector_url = self.required("inspector.url", url);
        let public_url = self.optional("dashboard.public_url", site);
        let provider = self.provider(public_url.as_deref());
        let intake_url = self.optional("intake.url", |text| text.split(',').map(url).collect());
        let keys = self.keys();
        let token = self.optional("service.token", |text| Ok(text.to_owned()));
        let files = self.files();
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
                anchor_every: Some(Duration::from_secs(anchor_hours? as u64 * 3_600)).filter(|every| !every.is_zero()),
                signer_url,
                signer: signer?,
                inspector_url: inspector_url?,
                public_url,
                provider,
                intake_url,
                keys,
                token,
                files,
                limits: limits?,
                telemetry: telemetry?,
            })
        };
        whole().filter(|_| self.faults.is_empty()).ok_or(Faults(self.faults))
    }

    fn signing(&mut self) -> Option<Signing> {
        let keys =
            self.optional("signer.key", |text| Ok(text.split(',').map(|file| PathBuf::from(file.trim())).collect()));
        let store = self.optional("signer.store", |text| Ok(PathBuf::from(text)));
        let witnesses = self.optional("signer.witnesses", |text| Ok(PathBuf::from(text)));
        let interval = self.number("signer.interval_ms", 50, 3_600_000)?;
        Some(Signing {
            keys: keys.unwrap_or_default(),
            store,
            interval: Duration::from_millis(interval as u64),
            witnesses,
        })
    }

    /// The identity provider.
    fn provider(&mut self, public_url: Option<&str>) -> Option<ProviderPlace> {
        let issuer = self.optional("dashboard.oidc_issuer", |text| Ok(text.to_owned()));
        let client_id = self.optional("dashboard.oidc_client_id", |text| Ok(text.to_owned()));
        let secret = self.optional("dashboard.oidc_client_secret", |text| Ok(text.to_owned()));
        let claim = self.required("dashboard.oidc_claim", |text| Ok(text.to_owned()))?;
        if issuer.is_none() && client_id.is_none() && secret.is_none() {
            return None;
        }
        let (Some(issuer), Some(client_id), Some(client_secret), Some(_)) = (issuer, client_id, secret, public_url)
        else {
            let needed = "dashboard.oidc_issuer, oidc_client_id and oidc_client_secret";
            self.fault("config_value_missing", needed, "all three are needed, and dashboard.public_url");
            return None;
        };
        let place = ProviderPlace { issuer, client_id, client_secret, claim };
        if let Err(bad) = place.check() {
            self.fault("config_value_bad", "dashboard.oidc_issuer", bad.to_string());
        }
        Some(place)
    }

    fn keys(&mut self) -> Keys {
        let database = self.optional("keys.database_url", Server::from_str);
        let master = self.optional("keys.master", |text| Ok(PathBuf::from(text)));
        Keys { database, master }
    }

    fn files(&mut self) -> Option<FilesPlace> {
        let folder = self.optional("files.folder", |text| Ok(PathBuf::from(text)));
        let bucket = self.optional("files.bucket", bucket_name);
        let endpoint = self.optional("files.endpoint", url);
        let region = self.required("files.region", |text| Ok(text.to_owned()))?;
        let prefix = self.optional("files.prefix", prefix);
        let access_key = self.optional("files.access_key", |text| Ok(text.to_owned()));
        let secret_key = self.optional("files.secret_key", |text| Ok(text.to_owned()));
        let Some(name) = bucket else { return folder.map(FilesPlace::Folder) };
        if folder.is_some() {
            self.fault("config_value_bad", "files.folder and files.bucket", "files are kept in one place: either or");
        }
        let Some((access_key, secret_key)) = access_key.zip(secret_key) else {
            self.fault("config_value_missing", "files.access_key and files.secret_key", "a bucket needs both");
            return None;
        };
        Some(FilesPlace::S3(Bucket { name, endpoint, region, prefix, login: Login { access_key, secret_key } }))
    }

    /// Where files are kept, of a configuration of which nothing else is asked for.
    pub(super) fn into_files(mut self) -> Result<FilesPlace, Faults> {
        let files = self.files();
        if files.is_none() && self.faults.is_empty() {
            self.fault("config_value_missing", "files.folder or files.bucket", "one must be set");
        }
        files.filter(|_| self.faults.is_empty()).ok_or(Faults(self.faults))
    }

    pub(super) fn limits(&mut self) -> Option<Limits> {
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

/// The address of a site: sessions cross no network in the clear.
fn site(text: &str) -> Result<String, String> {
    let told = || "https://HOST and nothing behind it, or http:// and a loopback address".to_owned();
    let text = url(text).map_err(|_| told())?;
    let parsed = reqwest::Url::parse(&text).map_err(|_| told())?;
    let is_plain = parsed.path() == "/" && parsed.query().is_none() && parsed.fragment().is_none();
    let host = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback = host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    if is_plain && (parsed.scheme() == "https" || is_loopback) { Ok(text) } else { Err(told()) }
}

/// A bucket's name, as every store takes it (Amazon S3 User Guide, bucket naming rules).
fn bucket_name(text: &str) -> Result<String, String> {
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.');
    let told = "3 to 63 of a-z, 0-9, - and .";
    if plain && (3..=63).contains(&text.len()) { Ok(text.to_owned()) } else { Err(told.to_owned()) }
}

/// What names begin with: parts of plain letters, none of which leads anywhere else.
fn prefix(text: &str) -> Result<String, String> {
    let text = text.trim_matches('/');
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let told = "parts of A-Z, a-z, 0-9, - and _ with / between";
    let parts = text.split('/').all(|part| !part.is_empty() && part.bytes().all(plain));
    if parts { Ok(text.to_owned()) } else { Err(told.to_owned()) }
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

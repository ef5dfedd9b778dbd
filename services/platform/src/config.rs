//! The configuration of services that run apart: one file, with the environment over it.
//! A key that nobody reads is refused, wherever it stands, and all faults are told at once.

pub mod keys;
mod values;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proto::Origin;

use crate::db::Server;
use crate::jetstream::Settings;
use crate::objects::FilesPlace;
use crate::provider::ProviderPlace;
use values::Values;

/// What every variable of ours begins with.
const PREFIX: &str = "PARINDEX_";
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

/// What the signer signs with; key and folder are needed by nobody else.
#[derive(Debug, Clone)]
pub struct Signing {
    /// The key's file; two while one takes the other's place.
    pub keys: Vec<PathBuf>,
    /// The signer's folder.
    pub store: Option<PathBuf>,
    /// How often the log is looked at.
    pub interval: Duration,
    /// The policy that names the witnesses.
    pub witnesses: Option<PathBuf>,
}

/// What opens files, and where ballots are.
#[derive(Debug, Clone)]
pub struct Keys {
    /// The database, on a server of its own.
    pub database: Option<Server>,
    /// The master key's file.
    pub master: Option<PathBuf>,
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
    /// How often an anchor is made where something was written; only when a result is published or a round ends, if absent.
    pub anchor_every: Option<Duration>,
    /// Where the signer is, for whoever waits for receipts.
    pub signer_url: Option<String>,
    /// What the signer signs with, and how often.
    pub signer: Signing,
    /// Where the inspector is.
    pub inspector_url: String,
    /// By which address browsers reach the dashboard; none where nobody signs in.
    pub public_url: Option<String>,
    /// The identity provider by which people sign in at the dashboard too.
    pub provider: Option<ProviderPlace>,
    /// Where the intakes are, in any order; none where nobody is asked whether files are there.
    pub intake_url: Option<Vec<String>>,
    /// What opens files; needed by nobody but the intake.
    pub keys: Keys,
    /// The token by which this service reads from others.
    pub token: Option<String>,
    /// Where files are kept, if any are.
    pub files: Option<FilesPlace>,
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
        Values::read(file, environment).into_config()
    }

    /// The same, for a program that wants to know where files are kept, and nothing else.
    ///
    /// # Errors
    /// [`Faults`], all of them; where it says nothing of files, too.
    pub fn files(file: &Path, environment: impl IntoIterator<Item = (String, String)>) -> Result<FilesPlace, Faults> {
        Values::read(Some(file), environment).into_files()
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, Faults, FilesPlace, keys};

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
    fn files_are_kept_in_a_folder_or_in_a_bucket_whose_key_is_never_told() {
        let config = of(&format!("{LEAST}[files]\nfolder = \"/srv/files\"\n"), &[]).expect("reads");
        assert_eq!(config.files, Some(FilesPlace::Folder("/srv/files".into())));
        assert_eq!(of(LEAST, &[]).expect("reads").files, None);
        let bucket = "[files]\nbucket = \"par-files\"\nendpoint = \"https://s3.example/\"\nprefix = \"live/1\"\naccess_key = \"par\"\n";
        let secret = [("PARINDEX_FILES_SECRET_KEY", "hidden1hidden2")];
        let config = of(&format!("{LEAST}{bucket}"), &secret).expect("reads");
        assert!(!format!("{config:?}").contains("hidden1"), "{config:?}");
        let Some(FilesPlace::S3(read)) = config.files else { panic!("a bucket") };
        assert_eq!((read.name.as_str(), read.endpoint.as_deref()), ("par-files", Some("https://s3.example")));
        assert_eq!((read.prefix.as_deref(), read.login.secret_key.as_str()), (Some("live/1"), "hidden1hidden2"));
        let bad = [
            (
                "folder = \"/f\"\nbucket = \"par-files\"\naccess_key = \"a\"\nsecret_key = \"b\"\n",
                "files.folder and files.bucket",
            ),
            ("bucket = \"par-files\"\naccess_key = \"a\"\n", "files.access_key and files.secret_key"),
            ("bucket = \"Par Files\"\naccess_key = \"a\"\nsecret_key = \"b\"\n", "files.bucket"),
            ("bucket = \"par-files\"\nprefix = \"../up\"\naccess_key = \"a\"\nsecret_key = \"b\"\n", "files.prefix"),
            (
                "bucket = \"par-files\"\nendpoint = \"ftp://s3\"\naccess_key = \"a\"\nsecret_key = \"b\"\n",
                "files.endpoint",
            ),
        ];
        for (lines, at) in bad {
            let faults = of(&format!("{LEAST}[files]\n{lines}"), &[]).expect_err(at);
            assert!(faults.0.len() == 1 && faults.0[0].at.ends_with(at), "{at}: {faults}");
        }
    }

    #[test]
    fn people_sign_in_over_https_or_on_one_machine() {
        let told = |url: &str| of(&format!("{LEAST}[dashboard]\npublic_url = \"{url}\"\n"), &[]);
        for good in ["https://par.example", "https://par.example:8443/", "http://127.0.0.1:8282", "http://[::1]:1"] {
            let read = told(good).expect(good).public_url;
            assert_eq!(read.as_deref(), Some(good.trim_end_matches('/')));
        }
        assert!(of(LEAST, &[]).expect("reads").public_url.is_none());
        for bad in ["http://par.example", "https://par.example/pages", "https://u:p@par.example", "par.example"] {
            let faults = told(bad).expect_err(bad);
            assert!(faults.0.len() == 1 && faults.0[0].at.ends_with("dashboard.public_url"), "{bad}: {faults}");
        }
    }

    #[test]
    fn an_identity_provider_is_named_whole_and_for_people_who_come_by_an_address() {
        let url = "public_url = \"https://par.example\"\n";
        let whole =
            "oidc_issuer = \"https://id.example/r\"\noidc_client_id = \"par\"\noidc_client_secret = \"hidden1\"\n";
        let told = |lines: &str| of(&format!("{LEAST}[dashboard]\n{lines}"), &[]);
        let place = told(&format!("{url}{whole}")).expect("reads").provider.expect("one");
        assert_eq!((place.issuer.as_str(), place.claim.as_str()), ("https://id.example/r", "sub"));
        assert!(!format!("{place:?}").contains("hidden1") && place.client_secret == "hidden1");
        assert!(told(url).expect("reads").provider.is_none());
        let half = whole.replace("oidc_client_id", "# oidc_client_id");
        let open = format!("{url}{}", whole.replace("https://id", "http://id"));
        let wrong = [
            (whole.to_owned(), "oidc_client_secret"),
            (format!("{url}{half}"), "oidc_client_secret"),
            (open, "oidc_issuer"),
        ];
        for (lines, at) in wrong {
            let faults = told(&lines).expect_err(&lines);
            assert!(faults.0.len() == 1 && faults.0[0].at.ends_with(at), "{lines}: {faults}");
        }
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

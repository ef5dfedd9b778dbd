//! Every key of the configuration: its place, its default, what it is. The documented file and the environment's variables
//! are made from this table, so that none of the three can say what the others do not.

/// A key.
#[derive(Debug)]
pub struct Key {
    /// Section and name, with a point between.
    pub path: &'static str,
    /// The value where none is given; none for what is absent then, or must be given.
    pub default: Option<&'static str>,
    /// Whether its value is kept out of files that many may read.
    pub secret: bool,
    /// What it is.
    pub what: &'static str,
}

const fn key(path: &'static str, default: Option<&'static str>, what: &'static str) -> Key {
    Key { path, default, secret: false, what }
}

const fn secret(path: &'static str, what: &'static str) -> Key {
    Key { path, default: None, secret: true, what }
}

/// All of them, in the order of the file.
pub const KEYS: &[Key] = &[
    key("log.origin", None, "The log's origin, as `parindex init` was told. It must be set."),
    secret(
        "database.url",
        "The database, with the login of this service: postgres://parindex_index@db.example/parindex. It must be set.",
    ),
    secret(
        "identity.database_url",
        "The same database with the login parindex_identity, for services that are asked with tokens (ledger, signer, \
         dashboard, inspector, intake). Where it is absent, database.url serves, whose login must then be a member of that role.",
    ),
    key(
        "nats.url",
        None,
        "The bus, several servers with commas between. Without it, projectors read from the ledger alone.",
    ),
    key("nats.user", None, "The user, as deploy/nats/accounts.conf has it: ledger, index or ranking."),
    secret("nats.password", "The user's password."),
    key("nats.ca", None, "Certificates by which the servers are trusted, beside the machine's own."),
    key(
        "nats.replicas",
        Some("3"),
        "On how many servers each event stands: 3 in a cluster of three, 1 on a single server.",
    ),
    key("nats.log", None, "The log's short name on the bus; made from its origin if absent."),
    key(
        "ledger.listen",
        Some("127.0.0.1:8281"),
        "Where the ledger listens. The standby has the same, on its own machine.",
    ),
    key(
        "ledger.url",
        Some("http://127.0.0.1:8281"),
        "Where the others find the ledgers: all of them, with commas between. The one that leads answers.",
    ),
    key(
        "ledger.announce",
        None,
        "The address of this very ledger for the operator's programs (`parindex token`); made from ledger.listen if absent.",
    ),
    key(
        "ledger.anchor_hours",
        Some("24"),
        "How often an anchor (where every stream ends) is put on record where something was written, in hours; 0: only when a result is published or a round ends.",
    ),
    key("signer.listen", Some("127.0.0.1:8286"), "Where the signer serves checkpoints, tiles and receipts."),
    key(
        "signer.url",
        None,
        "Where the ledgers find the signer, for answers that wait for their receipts, and anchors that hold its last cosigned checkpoint. Without it, receipts stay pending.",
    ),
    key(
        "signer.key",
        None,
        "The signing key's file, made by `parindex keygen`; nobody but the signer's own account may read it. Two files with a comma between while one key takes the other's place. The signer needs it.",
    ),
    key(
        "signer.store",
        None,
        "The signer's folder, made by `parindex signer-store`: its last checkpoint, and the tiles. The signer needs it.",
    ),
    key(
        "signer.witnesses",
        None,
        "A policy (C2SP tlog-policy): the witnesses that are asked to cosign, and how many are enough. Without it nobody is asked.",
    ),
    key(
        "signer.interval_ms",
        Some("1000"),
        "How often the signer looks at the log while nobody waits for a checkpoint, in milliseconds.",
    ),
    key("index.listen", Some("127.0.0.1:8283"), "Where the index says how it is. Nobody but a monitor comes here."),
    key("ranking.listen", Some("127.0.0.1:8284"), "The same of the ranking."),
    key("inspector.listen", Some("127.0.0.1:8285"), "Where the inspector listens."),
    key("inspector.url", Some("http://127.0.0.1:8285"), "Where the dashboard finds the inspector."),
    key("dashboard.listen", Some("127.0.0.1:8282"), "Where the dashboard listens."),
    key(
        "dashboard.public_url",
        None,
        "The address by which browsers reach the dashboard: https://par.example, or http:// and a loopback address on one machine. With it people sign in there and do their work, and whoever reads is shown what is for him; without it the dashboard tells rows to whoever has a token for the log.",
    ),
    key(
        "dashboard.oidc_issuer",
        None,
        "The identity provider by which people sign in there too (OpenID Connect), as it writes its issuer; http:// on loopback alone. It sends people back to /sign-in/oidc/back at dashboard.public_url.",
    ),
    key("dashboard.oidc_client_id", None, "As which client the dashboard is registered there."),
    secret("dashboard.oidc_client_secret", "That client's secret."),
    key(
        "dashboard.oidc_claim",
        Some("sub"),
        "By which claim of an ID token people are known: one that the provider never gives to somebody else.",
    ),
    key("intake.listen", Some("127.0.0.1:8288"), "Where the intake takes files and hands them out."),
    key(
        "intake.url",
        None,
        "Where the ledgers and the dashboard find the intake, several with commas between: it is asked before a file is attached, told of erasures, and takes and hands out what people send and open on pages. Without it, nobody is asked whether a file is there, and pages take none.",
    ),
    secret(
        "keys.database_url",
        "The database of files' keys and of ballots, on a server of its own, with the login parindex_intake. The intake needs it.",
    ),
    key(
        "keys.master",
        None,
        "The master key's file, under which the keys of files are wrapped; made by `parindex keygen --kind files`. Nobody but the intake's own account may read it. The intake needs it.",
    ),
    secret(
        "service.token",
        "The token by which this service reads from others; made by `parindex token`, for an actor that has no capacity.",
    ),
    key(
        "files.folder",
        None,
        "Where files are kept, encrypted: a folder whose disk is flushed for each. Either this or files.bucket; none where no files are taken.",
    ),
    key(
        "files.bucket",
        None,
        "Where they are kept instead: a bucket of a store that speaks S3, for this system alone.",
    ),
    key("files.endpoint", None, "Where that store is, as in https://s3.example; Amazon's own in the region if absent."),
    key("files.region", Some("us-east-1"), "The store's region, as it spells it."),
    key("files.prefix", None, "What all names in the bucket begin with."),
    key("files.access_key", None, "The name of the key by which the bucket is read and written."),
    secret("files.secret_key", "That key."),
    key("limits.body_bytes", Some("8388608"), "The most bytes of a request's body; more is answered 413."),
    key("limits.connections", Some("1024"), "The most connections at once; further ones wait until one is free."),
    key("limits.requests", Some("512"), "The most requests at once; further ones are answered 429 with Retry-After."),
    key("limits.lag_seconds", Some("30"), "How long a service may be behind the log and still be ready."),
    key("limits.drain_seconds", Some("20"), "How long a service that is told to stop waits for requests that it has."),
    key("telemetry.filter", Some("info"), "Which log lines are written, as in \"warn,ledger=debug\"."),
    key("telemetry.format", Some("json"), "json, or text for a terminal."),
    key("telemetry.otlp_url", None, "Where traces go, by OTLP over HTTP: http://127.0.0.1:4318. Nowhere if absent."),
];

/// Where each service listens.
pub const LISTEN: [(&str, &str); 7] = [
    ("ledger", "ledger.listen"),
    ("signer", "signer.listen"),
    ("index", "index.listen"),
    ("ranking", "ranking.listen"),
    ("inspector", "inspector.listen"),
    ("dashboard", "dashboard.listen"),
    ("intake", "intake.listen"),
];

impl Key {
    /// Its variable in the environment.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("{}{}", super::PREFIX, self.path.replace('.', "_").to_uppercase())
    }

    fn parts(&self) -> (&'static str, &'static str) {
        self.path.split_once('.').expect("every key has a section")
    }
}

/// The key of a section and a name.
#[must_use]
pub fn find(section: &str, name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.parts() == (section, name))
}

/// The key of a variable.
#[must_use]
pub fn of_variable(variable: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.variable() == variable)
}

/// The documented file: every key with what it is and its default.
#[must_use]
pub fn documented() -> String {
    let mut text = String::from(
        "# The configuration of PAR Index Ledger's services: `parindex run SERVICE --config FILE`.\n\
         # `parindex run SERVICE --config FILE --check-config` says what is wrong with it, and starts nothing.\n\
         #\n\
         # Every key can also be set by a variable of the environment, which goes before the file, or by a file that the\n\
         # variable with _FILE behind its name names. Secrets belong there, not here. Unknown keys are refused.\n",
    );
    let mut section = "";
    for key in KEYS {
        let (of, name) = key.parts();
        if of != section {
            text.push_str(&format!("\n[{of}]\n"));
            section = of;
        }
        let secret = if key.secret { "; a secret" } else { "" };
        text.push_str(&wrapped(key.what));
        text.push_str(&format!("# ({}{secret})\n", key.variable()));
        let default = key.default.unwrap_or_default();
        let quoted = if default.parse::<u64>().is_ok() { default.to_owned() } else { format!("\"{default}\"") };
        text.push_str(&format!("# {name} = {quoted}\n"));
    }
    text
}

/// A sentence as comment lines.
fn wrapped(what: &str) -> String {
    let (mut text, mut line) = (String::new(), String::from("#"));
    for word in what.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > 118 {
            text.push_str(&line);
            text.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    text + &line + "\n"
}

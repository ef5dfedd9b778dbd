//! What the log's stream on JetStream must be like: whole, on disk, kept forever, and nothing in it ever deleted.
//! A stream that may lose a message by its configuration is never filled.

use std::collections::HashMap;
use std::time::Duration;

use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};

use super::bus::Settings;

/// How long the server remembers message ids, in seconds: longer than any publish is under way.
pub const DUPLICATES_S: u64 = 120;
/// The member of the stream's metadata that names the log's origin.
pub const ORIGIN: &str = "parindex_origin";

/// The configuration of a log's stream.
#[must_use]
pub fn wanted(settings: &Settings) -> Config {
    Config {
        name: settings.stream(),
        description: Some("Events of a PAR Index log: sequence = position, bodies verbatim.".to_owned()),
        subjects: vec![settings.log.filter()],
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::New,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_bytes: -1,
        max_consumers: -1,
        max_age: Duration::ZERO,
        num_replicas: settings.replicas,
        duplicate_window: Duration::from_secs(DUPLICATES_S),
        deny_delete: true,
        deny_purge: true,
        allow_rollup: false,
        allow_direct: true,
        first_sequence: (settings.first > 1).then_some(settings.first),
        metadata: HashMap::from([(ORIGIN.to_owned(), settings.origin.to_string())]),
        ..Config::default()
    }
}

/// In what a stream's configuration differs from what it must be: names of its members, none if it is right.
#[must_use]
pub fn differences(found: &Config, settings: &Settings) -> Vec<&'static str> {
    let wanted = wanted(settings);
    let unlimited = |n: i64| n <= 0;
    let checks = [
        ("subjects", found.subjects == wanted.subjects),
        ("storage", found.storage == wanted.storage),
        ("retention", found.retention == wanted.retention),
        ("discard", found.discard == wanted.discard),
        ("max_msgs", unlimited(found.max_messages)),
        ("max_msgs_per_subject", unlimited(found.max_messages_per_subject)),
        ("max_bytes", unlimited(found.max_bytes)),
        ("max_age", found.max_age.is_zero()),
        ("max_msg_size", found.max_message_size <= 0),
        ("num_replicas", found.num_replicas == wanted.num_replicas),
        ("duplicate_window", found.duplicate_window == wanted.duplicate_window),
        ("deny_delete", found.deny_delete),
        ("deny_purge", found.deny_purge),
        ("allow_rollup_hdrs", !found.allow_rollup),
        ("no_ack", !found.no_ack),
        ("sealed", !found.sealed),
        ("mirror", found.mirror.is_none()),
        ("sources", found.sources.as_ref().is_none_or(Vec::is_empty)),
        ("subject_transform", found.subject_transform.is_none()),
        ("first_seq", found.first_sequence.unwrap_or(1).max(1) == settings.first),
        ("metadata", found.metadata.get(ORIGIN) == wanted.metadata.get(ORIGIN)),
    ];
    checks.into_iter().filter(|(_, holds)| !holds).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::{differences, wanted};
    use crate::jetstream::Settings;
    use async_nats::jetstream::stream::{Config, StorageType};
    use proto::Origin;
    use std::time::Duration;

    /// A member's name and what makes it wrong.
    type Case = (&'static str, fn(&mut Config));

    #[test]
    fn whatever_could_lose_a_message_is_seen() {
        let settings = Settings::new(Vec::new(), Origin::parse("test.example/log").expect("an origin"));
        assert!(differences(&wanted(&settings), &settings).is_empty());
        let table: [Case; 10] = [
            ("deny_delete", |c| c.deny_delete = false),
            ("deny_purge", |c| c.deny_purge = false),
            ("max_msgs", |c| c.max_messages = 10),
            ("max_msgs_per_subject", |c| c.max_messages_per_subject = 1),
            ("max_bytes", |c| c.max_bytes = 1),
            ("max_age", |c| c.max_age = Duration::from_secs(1)),
            ("storage", |c| c.storage = StorageType::Memory),
            ("allow_rollup_hdrs", |c| c.allow_rollup = true),
            ("subjects", |c| c.subjects.push("other.>".to_owned())),
            ("first_seq", |c| c.first_sequence = Some(7)),
        ];
        for (name, spoil) in table {
            let mut found = wanted(&settings);
            spoil(&mut found);
            assert_eq!(differences(&found, &settings), [name]);
        }
    }
}

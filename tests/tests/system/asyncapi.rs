//! `proto/asyncapi.yaml` against what is on the wire: the sample round's whole log, published by the real publisher.
//! What the file says and nobody sends, or somebody sends and the file does not say, is an error.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_nats::jetstream::Message;
use ledger::Log;
use platform::feed::Feed;
use platform::jetstream::{Bus, Publisher};
use proto::document::DocKind;
use proto::subject::subject;
use proto::{Event, Origin};
use serde_json::Value;
use system_tests::bus::{messages, until};
use system_tests::folder::Folder;
use system_tests::nats::Nats;
use tokio::sync::watch;

fn proto_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto")
}

fn asyncapi() -> Value {
    let text = std::fs::read_to_string(proto_folder().join("asyncapi.yaml")).expect("it is there");
    serde_saphyr::from_str(&text).expect("it is YAML")
}

/// Every reference below a value.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

fn resolve<'v>(all: &'v Value, value: &'v Value) -> &'v Value {
    match value["$ref"].as_str().and_then(|to| to.strip_prefix('#')) {
        Some(to) => all.pointer(to).unwrap_or_else(|| panic!("{to} is nowhere")),
        None => value,
    }
}

#[test]
fn its_references_lead_somewhere_and_its_addresses_have_their_parameters() {
    let all = asyncapi();
    assert_eq!(all["asyncapi"], "3.0.0");
    let mut found = Vec::new();
    references(&all, &mut found);
    assert!(found.len() > 20, "{found:?}");
    for to in found {
        match to.strip_prefix('#') {
            Some(inside) => assert!(all.pointer(inside).is_some(), "{to}"),
            None => assert!(proto_folder().join(&to).exists(), "{to}"),
        }
    }
    for (name, channel) in all["channels"].as_object().expect("channels") {
        let address = channel["address"].as_str().expect("an address");
        let named: BTreeSet<&str> = address.split('.').filter_map(parameter).collect();
        let listed: BTreeSet<&str> =
            channel["parameters"].as_object().expect("parameters").keys().map(String::as_str).collect();
        assert_eq!(named, listed, "{name}");
    }
    let documents = all.pointer("/channels/document/parameters/document/enum").expect("an enumeration");
    for kind in documents.as_array().expect("kinds") {
        assert!(DocKind::parse(kind.as_str().expect("text")).is_some(), "{kind}");
    }
}

fn parameter(token: &str) -> Option<&str> {
    token.strip_prefix('{')?.strip_suffix('}')
}

/// Whether a subject is of a channel's address: parameters stand for any token, or for one of those listed.
fn matches(all: &Value, channel: &Value, subject: &str) -> bool {
    let address: Vec<&str> = channel["address"].as_str().expect("an address").split('.').collect();
    let tokens: Vec<&str> = subject.split('.').collect();
    let fits = |address: &str, token: &str| match parameter(address) {
        None => address == token,
        Some(name) => match resolve(all, &channel["parameters"][name])["enum"].as_array() {
            Some(of) => of.iter().any(|one| one == token),
            None => !token.is_empty(),
        },
    };
    address.len() == tokens.len() && address.iter().zip(tokens).all(|(a, t)| fits(a, t))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_the_wire_is_what_it_says() {
    let (all, nats) = (asyncapi(), Nats::one().await);
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--data", "@"]);
    let origin = Origin::parse("parindex.example/hanoi-2022/training").expect("an origin");
    let (moved, head) = watch::channel(0);
    let log = Log::open(&folder.data().join("ledger.db"), head).await.expect("opens");
    let size = log.head_row().await.expect("reads").position;
    moved.send_replace(size);
    let settings = nats.settings(&origin, "ledger");
    let (publisher, mut published) =
        Publisher::new(Bus::new(settings.clone()).expect("addresses"), Arc::new(log.clone()));
    let (stop, stopped) = watch::channel(false);
    let publisher = tokio::spawn(publisher.run(stopped));
    until(&mut published, "the stream holds the log", |p| p.position == size).await;
    stop.send_replace(true);
    publisher.await.expect("it ends");

    let context = nats.connect("ledger").await.expect("lets in");
    let bodies = log.after(0, usize::MAX >> 1).await.expect("reads");
    let sent = messages(&context, &settings.stream(), bodies.len()).await.expect("reads");
    let envelope = std::fs::read_to_string(proto_folder().join("schema/envelope.json")).expect("it is there");
    let envelope: Value = serde_json::from_str(&envelope).expect("a schema");
    let members = |names: &Value| -> BTreeSet<String> {
        names.as_array().expect("names").iter().map(|n| n.as_str().expect("text").to_owned()).collect()
    };
    let (required, event) = (members(&envelope["required"]), &all["components"]["messages"]["event"]);
    let headers = members(&event["headers"]["required"]);
    let listed: BTreeSet<String> =
        event["headers"]["properties"].as_object().expect("headers").keys().cloned().collect();
    assert_eq!(headers, listed);
    let mut used = BTreeSet::new();
    for (position, (message, body)) in (1..).zip(sent.iter().zip(&bodies)) {
        let message: &Message = message;
        assert!(message.payload[..] == body[..], "#{position}");
        let sequence = message.info().expect("it has a place").stream_sequence;
        let said = message.headers.as_ref().expect("headers");
        let names: BTreeSet<String> = said.iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!((sequence, &names), (position, &headers));
        let decoded = Event::decode(&message.payload).expect("an event");
        assert_eq!(said.get("Nats-Msg-Id").expect("an id").as_str(), decoded.envelope.id.as_str());
        assert_eq!(said.get("Nats-Expected-Last-Sequence").expect("one").as_str(), (position - 1).to_string());
        assert_eq!(message.subject.as_str(), subject(&settings.log, &decoded.envelope.stream));
        let payload: Value = serde_json::from_slice(&message.payload).expect("json");
        let payload: BTreeSet<String> = payload.as_object().expect("an object").keys().cloned().collect();
        assert_eq!(payload, required, "#{position}");
        let channels = all["channels"].as_object().expect("channels").iter();
        let of: Vec<&String> =
            channels.filter(|(_, c)| matches(&all, c, &message.subject)).map(|(name, _)| name).collect();
        assert_eq!(of.len(), 1, "{} is of the channels {of:?}", message.subject);
        used.insert(of[0].clone());
    }
    let channels: BTreeSet<String> = all["channels"].as_object().expect("channels").keys().cloned().collect();
    assert_eq!(used, channels, "every channel is used");

    let stream = context.get_stream(settings.stream()).await.expect("is there");
    let config = serde_json::to_value(&stream.cached_info().config).expect("a configuration");
    let told = all.pointer("/components/channelBindings/stream/nats/x-jetstream").expect("a configuration");
    for (name, value) in told.as_object().expect("members") {
        let value: Value =
            serde_json::from_str(&value.to_string().replace("{log}", settings.log.as_str())).expect("json");
        assert_eq!(config[name], value, "{name}");
    }
}

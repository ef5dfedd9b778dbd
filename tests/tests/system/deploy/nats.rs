//! The bus's configuration, as its own server reads it and as our services meet it.
//! Only the ledger may publish events.

use std::process::{Command, Stdio};

use system_tests::nats::{Nats, program};

use super::{read, root, words};

/// The users of `accounts.conf`, each with its block.
pub fn users() -> Vec<(String, String)> {
    let text = read("deploy/nats/accounts.conf");
    let code: String = text.lines().filter(|l| !l.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n");
    let blocks = code.split("user: ").skip(1);
    blocks.map(|block| (words(block, "")[0].to_owned(), block.to_owned())).collect()
}

/// What a user's block says he may publish to, or subscribe to.
fn allowed(block: &str, what: &str) -> Vec<String> {
    let Some((_, list)) = block.split_once(&format!("{what}: [")) else { return Vec::new() };
    let list = list.split(']').next().expect("it ends");
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn only_the_ledger_publishes_events_and_nobody_hears_another() {
    let users = users();
    let names: Vec<&str> = users.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["ledger", "index", "ranking", "operator"]);
    for (name, block) in users.iter().filter(|(name, _)| name != "operator") {
        let publish = allowed(block, "publish");
        let events: Vec<_> = publish.iter().filter(|subject| !subject.starts_with("$JS.API.")).collect();
        let root = format!("{}.>", proto::subject::ROOT);
        assert_eq!(events.contains(&&root), name == "ledger", "{name}");
        assert_eq!(events.len(), usize::from(name == "ledger"), "{name}: {events:?}");
        assert!(publish.iter().all(|s| s != ">" && s != "$JS.API.>" && !s.starts_with('*')), "{name}: {publish:?}");
        assert_eq!(allowed(block, "subscribe"), [format!("_INBOX.{name}.>")]);
        // A projector touches no stream, and no consumer but the one of its own name.
        let of_streams = publish.iter().filter(|s| s.starts_with("$JS.API.STREAM.") && !s.contains(".INFO."));
        let of_others =
            publish.iter().filter(|s| s.starts_with("$JS.API.CONSUMER.") && !s.ends_with(&format!(".{name}")));
        assert_eq!(of_streams.chain(of_others).count() == 0, name != "ledger", "{name}: {publish:?}");
    }
    let variables = words(&read("deploy/nats/accounts.conf"), "NATS_").len();
    assert_eq!(variables, names.len(), "a password for each");
}

#[test]
fn the_server_takes_both_configurations_and_refuses_them_without_a_password() {
    for conf in ["server.conf", "single.conf"] {
        let check = |without: &str| {
            let mut command = Command::new(program());
            command.arg("-t").arg("-c").arg(root().join("deploy/nats").join(conf)).stdin(Stdio::null());
            for (name, value) in [
                ("NATS_NAME", "nats-a"),
                ("NATS_LISTEN", "127.0.0.1:4222"),
                ("NATS_CLUSTER_LISTEN", "127.0.0.1:6222"),
                ("NATS_ROUTES", "[nats-route://route:password@127.0.0.1:6222]"),
                ("NATS_ROUTE_PASSWORD", "password"),
                ("NATS_STORE", "/tmp"),
            ] {
                command.env(name, value);
            }
            for (user, _) in users() {
                let variable = format!("NATS_{}_PASSWORD", user.to_uppercase());
                command.env(&variable, Nats::password(&user));
            }
            command.env_remove(without).output().expect("nats-server starts")
        };
        let taken = check("NATS_NOTHING");
        assert!(taken.status.success(), "{conf}: {}", String::from_utf8_lossy(&taken.stderr));
        assert!(!check("NATS_INDEX_PASSWORD").status.success(), "{conf}");
    }
}

//! The signer: what it signs anyone can follow, and what does not go on from what it signed it does not sign.
//! The log is played by the binary; what is done to it in between is done as a tamperer would.

mod apart;
mod followed;
mod held;
mod receipts;
mod refused;
mod rotated;
mod strangers;

use std::path::Path;
use std::process::{Child, Stdio};

use proto::note::Key;
use serde_json::Value;
use system_tests::folder::Folder;

/// A running server; it is ended with the test.
struct Server {
    child: Child,
    url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(folder: &Folder, listen: &str) -> Self {
        let serve = folder.command(&["serve", "--data", "@", "--listen", listen]).stderr(Stdio::null()).spawn();
        let child = serve.expect("starts");
        let card = loop {
            if let Ok(text) = std::fs::read_to_string(folder.data().join("server.json")) {
                break serde_json::from_str::<Value>(&text).expect("a card");
            }
            std::thread::yield_now();
        };
        let url = card["url"].as_str().expect("an address").replace("0.0.0.0", "127.0.0.1");
        Self { child, url }
    }
}

/// The public half of the key that signs in a signer's folder.
pub(super) fn public_key(store: &Path) -> Key {
    let text = std::fs::read_to_string(store.join("key")).expect("a card");
    Key::parse(text.trim_end()).expect("a key")
}

//! An identity provider that nobody here wrote (npm's oidc-provider), started on loopback, and somebody's way through its own pages.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use reqwest::Url;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use system_tests::folder::Folder;

use super::super::api::Server;
use super::super::browser::Browser;
use super::super::chromium::set_up;

/// The secret of our client there, as it has it.
pub const CLIENT_SECRET: &str = "a secret of thirty-two characters";
/// The steps of a sign-in at the provider: two pages, and what leads to them and away.
const STEPS_MAX: usize = 12;

/// A running provider; it is ended with the test.
pub struct Provider {
    child: Child,
    pub issuer: String,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Provider {
    /// One that has keys of its own, at an address.
    pub fn at(address: &str) -> Self {
        let mut node = Command::new("node");
        node.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/provider.mjs"));
        node.arg(set_up("PARINDEX_BROWSER_MODULES", "../target/browser")).arg(address);
        let mut child = node.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("node runs");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let issuer = lines.next().expect("it says where it is").expect("a line");
        Self { child, issuer }
    }

    /// A server whose people sign in by it, over a folder, told more.
    pub async fn served(&self, folder: Folder, more: &[&str]) -> Server {
        let secret = secret(&folder);
        let secret = secret.to_str().expect("a path");
        let named =
            ["--oidc-issuer", &self.issuer, "--oidc-client-id", "parindex", "--oidc-client-secret-file", secret];
        let server = Server::told(folder, "127.0.0.1:0", &[&named[..], more].concat());
        self.sends_back(&server.url).await;
        server
    }

    /// Tells it where people are sent back.
    pub async fn sends_back(&self, server: &str) {
        self.control("back", &format!("{server}/sign-in/oidc/back")).await;
    }

    /// Tells it what becomes of the tokens that it hands out.
    pub async fn alters(&self, what: &str) {
        self.control("alter", what).await;
    }

    async fn control(&self, name: &str, value: &str) {
        let url = Url::parse_with_params(&format!("{}/control", self.issuer), [(name, value)]).expect("an address");
        assert!(Browser::http().get(url).send().await.expect("answers").status().is_success());
    }

    /// Somebody who was sent there signs in under a name, and agrees: where he is sent back.
    pub async fn lets(&self, name: &str, sent: &str) -> String {
        let (http, mut cookies) = (Browser::http(), BTreeMap::new());
        let mut at = Url::parse(sent).expect("an address");
        let mut form: Option<Vec<(&str, &str)>> = None;
        for _ in 0..STEPS_MAX {
            if !at.as_str().starts_with(&self.issuer) {
                return at.into();
            }
            let request = match form.take() {
                Some(fields) => {
                    let mut body = Url::parse("http://x").expect("an address");
                    body.query_pairs_mut().extend_pairs(fields);
                    let body = body.query().unwrap_or_default().to_owned();
                    http.post(at.clone()).header("content-type", "application/x-www-form-urlencoded").body(body)
                }
                None => http.get(at.clone()),
            };
            let kept = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
            let answer = request.header(COOKIE, kept).send().await.expect("answers");
            for line in answer.headers().get_all(SET_COOKIE) {
                let pair = line.to_str().expect("text").split(';').next().unwrap_or_default();
                let (name, value) = pair.split_once('=').expect("a pair");
                cookies.insert(name.to_owned(), value.to_owned());
            }
            if let Some(to) = answer.headers().get(LOCATION) {
                at = at.join(to.to_str().expect("text")).expect("an address");
                continue;
            }
            let html = answer.text().await.expect("a page");
            let action = html.split("action=\"").nth(1).and_then(|rest| rest.split('"').next());
            at = at.join(action.unwrap_or_else(|| panic!("a form: {html}"))).expect("an address");
            let login = vec![("prompt", "login"), ("login", name), ("password", "any")];
            form = Some(if html.contains("name=\"login\"") { login } else { vec![("prompt", "consent")] });
        }
        panic!("{sent} leads nowhere");
    }
}

/// The client's secret in a file for its owner alone.
fn secret(folder: &Folder) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let file = folder.beside("oidc-secret");
    std::fs::write(&file, format!("{CLIENT_SECRET}\n")).expect("writes");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("its mode");
    file
}

//! The command line's way to a running server.

use clap::Args;
use platform::outward;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use proto::Answer;

use crate::failure::Failure;
use crate::folder::Server;
use crate::operate::{Done, Operation};
use crate::submit::Sent;

/// A client with a token.
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Client {
    /// A client of a server.
    pub fn new(server: &Server, token: String) -> Self {
        Self { http: outward::client(), url: server.url.clone(), token }
    }

    /// Submits lines; those that are no commands are answered here, in their place.
    pub async fn submit(&self, batch: Vec<Sent>) -> anyhow::Result<Vec<Answer>> {
        let mut body = Vec::new();
        for sent in batch.iter().filter(|s| s.command.is_ok()) {
            body.push(if body.is_empty() { b'[' } else { b',' });
            body.extend_from_slice(&sent.bytes);
        }
        let mut answers =
            if body.is_empty() { Vec::new() } else { self.post([body.as_slice(), b"]"].concat()).await? };
        answers.reverse();
        let answer = |sent: Sent| match sent.command {
            Err(rejection) => Ok(Answer::refused(None, &rejection)),
            Ok(_) => answers.pop().context("the server gave too few answers"),
        };
        batch.into_iter().map(answer).collect()
    }

    async fn post(&self, body: Vec<u8>) -> anyhow::Result<Vec<Answer>> {
        let request = self.http.post(format!("{}/api/commands", self.url)).bearer_auth(&self.token).body(body);
        let response = request.send().await.context("server_unreachable")?;
        let (status, bytes) = (response.status(), response.bytes().await.context("server_unreachable")?);
        if !status.is_success() {
            return Err(refused(&bytes));
        }
        serde_json::from_slice(&bytes).context("the server's answer is not understood")
    }

    /// Asks whether the token is valid, by a request without commands.
    pub async fn check(&self) -> anyhow::Result<()> {
        self.post(b"[]".to_vec()).await.map(|_| ())
    }
}

/// Asks the server for what only the operator may ask, with the secret from the data folder.
pub async fn operate(server: &Server, operation: &Operation) -> anyhow::Result<Done> {
    let body = serde_json::to_string(operation)?;
    let request = outward::client().post(format!("{}/api/operator", server.url));
    let request = request.bearer_auth(&server.operator).header("content-type", "application/json").body(body);
    let response = request.send().await.context("server_unreachable")?;
    let (status, bytes) = (response.status(), response.bytes().await.context("server_unreachable")?);
    if !status.is_success() {
        return Err(refused(&bytes));
    }
    serde_json::from_slice(&bytes).context("the server's answer is not understood")
}

/// A problem as the server told it.
fn refused(bytes: &[u8]) -> anyhow::Error {
    let problem: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
    let text = |name: &str| problem.get(name).and_then(|v| v.as_str()).unwrap_or("unknown").to_owned();
    Failure::new(text("code"), text("detail")).into()
}

/// How long a service may take to say how it is, in milliseconds.
const HEALTH_MS: u64 = 5_000;

/// `health`
#[derive(Debug, Args)]
pub struct Health {
    /// The address.
    pub url: String,
}

/// `health`: prints what a service says of itself.
pub async fn health(url: &str) -> anyhow::Result<ExitCode> {
    let client = outward::builder().timeout(Duration::from_millis(HEALTH_MS)).build()?;
    let response = client.get(url).send().await.context("server_unreachable")?;
    let well = response.status().is_success();
    say!("{}", response.text().await.context("server_unreachable")?.trim_end());
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

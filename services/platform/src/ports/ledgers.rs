//! The ledgers' door over HTTP, for whoever is signed in: his session goes along with every command, and the ledger looks it up for itself.
//! The service that sends speaks for nobody. A command has its id, so that one whose answer did not come is sent again, and makes one event.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use proto::{Answer, Command, CommandId, Principal, Refused, Rejection};
use reqwest::{Client, StatusCode};
use serde_json::Value;

use super::{SharedSubmit, Submit};
use crate::http::SESSION;
use crate::outward;

/// How long making a connection may take, in milliseconds.
const CONNECT_MS: u64 = 1_000;
/// How long a ledger may take for an answer, in milliseconds.
const ANSWER_MS: u64 = 20_000;
/// How long another ledger is looked for that answers, in milliseconds: a standby takes over within five seconds.
const LOOK_MS: u64 = 8_000;
/// How long to rest between two looks, in milliseconds.
const REST_MS: u64 = 250;
/// The most commands of one request, as the ledgers take them.
const COMMANDS_MAX: usize = 1_000;
/// The most bytes of one request's commands: fewer than any service takes in a body by default.
const BODY_BYTES: usize = 4 * 1024 * 1024;
/// The most bytes of an answer.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Ledgers that run apart: the one that leads, and those that stand by.
#[derive(Debug, Clone)]
pub struct FarLedgers {
    http: Client,
    urls: Arc<[String]>,
    token: Option<String>,
    /// The one that answered last.
    now: Arc<AtomicUsize>,
}

/// The door for one session.
struct ForSession {
    ledgers: FarLedgers,
    secret: String,
}

/// A command on its way.
struct Sent {
    id: CommandId,
    body: Vec<u8>,
}

/// Why no ledger has answered.
enum NoAnswer {
    /// None has taken the commands.
    NotSent(String),
    /// One may have.
    Unknown(String),
    /// One has said why it takes none of them.
    Refused(Box<Refused>),
}

impl FarLedgers {
    /// The ledgers at some addresses, with this service's own token.
    ///
    /// # Errors
    /// What keeps the machine from giving a client.
    pub fn new(urls: &[String], token: Option<String>) -> Result<Self, String> {
        let http = outward::builder()
            .timeout(Duration::from_millis(ANSWER_MS))
            .connect_timeout(Duration::from_millis(CONNECT_MS))
            .build()
            .map_err(|e| e.to_string())?;
        let urls = urls.iter().map(|url| format!("{}/api/commands", url.trim_end_matches('/'))).collect();
        Ok(Self { http, urls, token, now: Arc::default() })
    }

    /// The door for the session that has this secret.
    #[must_use]
    pub fn of(&self, secret: &str) -> SharedSubmit {
        Arc::new(ForSession { ledgers: self.clone(), secret: secret.to_owned() })
    }

    /// Sends commands to whoever leads; looks for him as long as a standby may need to take over.
    async fn send(&self, secret: &str, commands: &[Sent]) -> Result<Vec<Answer>, NoAnswer> {
        let bodies: Vec<&[u8]> = commands.iter().map(|sent| sent.body.as_slice()).collect();
        let body = [b"[".as_slice(), &bodies.join(&b','), b"]"].concat();
        let (begun, mut unknown) = (Instant::now(), false);
        loop {
            let first = self.now.load(Ordering::Relaxed);
            let mut failure = "no ledger is named".to_owned();
            for at in (0..self.urls.len()).map(|i| (first + i) % self.urls.len()) {
                match self.one(&self.urls[at], secret, body.clone()).await {
                    Ok(answers) if answers.len() == commands.len() => {
                        self.now.store(at, Ordering::Relaxed);
                        return Ok(answers);
                    }
                    Ok(_) => return Err(NoAnswer::Unknown("the ledger answered something else".to_owned())),
                    Err(NoAnswer::Refused(refused)) => return Err(NoAnswer::Refused(refused)),
                    Err(NoAnswer::NotSent(told)) => failure = told,
                    Err(NoAnswer::Unknown(told)) => (failure, unknown) = (told, true),
                }
            }
            if begun.elapsed() >= Duration::from_millis(LOOK_MS) {
                return Err(if unknown { NoAnswer::Unknown(failure) } else { NoAnswer::NotSent(failure) });
            }
            tokio::time::sleep(Duration::from_millis(REST_MS)).await;
        }
    }

    async fn one(&self, url: &str, secret: &str, body: Vec<u8>) -> Result<Vec<Answer>, NoAnswer> {
        let mut request = self.http.post(url).header(SESSION, secret).body(body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let cut = |e: reqwest::Error| NoAnswer::Unknown(format!("the ledger: {}", e.without_url()));
        let sent = request.send().await.map_err(|e| {
            let is_away = e.is_connect();
            let told = format!("the ledger: {}", e.without_url());
            if is_away { NoAnswer::NotSent(told) } else { NoAnswer::Unknown(told) }
        });
        let mut response = sent?;
        let (status, mut answer) = (response.status(), Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(cut)? {
            if answer.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(NoAnswer::Unknown("the ledger sent too much".to_owned()));
            }
            answer.extend_from_slice(&chunk);
        }
        if status == StatusCode::OK {
            return serde_json::from_slice(&answer).map_err(|e| NoAnswer::Unknown(format!("the ledger's answer: {e}")));
        }
        // One that stands by, or is not there yet, has looked at nothing.
        let is_away = status == StatusCode::SERVICE_UNAVAILABLE;
        let told = serde_json::from_slice(&answer).ok().filter(|_| !is_away).and_then(|told| refused(&told, status));
        Err(match told {
            Some(refused) => NoAnswer::Refused(Box::new(refused)),
            None => NoAnswer::NotSent(format!("the ledger answered {status}")),
        })
    }
}

/// A refusal out of problem details.
fn refused(told: &Value, status: StatusCode) -> Option<Refused> {
    let text = |name: &str| told.get(name)?.as_str().map(str::to_owned);
    Some(Refused {
        command: String::new(),
        code: text("code")?,
        en: text("en")?,
        vi: text("vi")?,
        members: BTreeMap::new(),
        status: status.as_u16(),
    })
}

#[async_trait]
impl Submit for ForSession {
    /// Whose session it is, and who speaks by it, the ledger finds: the principal that is given here is not sent.
    async fn submit(&self, _: Principal, commands: Vec<Result<Command, Rejection>>) -> Vec<Answer> {
        let mut answers = Vec::with_capacity(commands.len());
        let (mut group, mut bytes, mut away) = (Vec::new(), 0, None);
        for command in commands {
            let command = match command {
                Ok(command) => Sent { id: command.id.clone(), body: command.to_canonical() },
                Err(rejection) => {
                    self.group(std::mem::take(&mut group), &mut away, &mut answers).await;
                    answers.push(Answer::refused(None, &rejection));
                    continue;
                }
            };
            if group.len() == COMMANDS_MAX || bytes + command.body.len() > BODY_BYTES {
                self.group(std::mem::take(&mut group), &mut away, &mut answers).await;
                bytes = 0;
            }
            bytes += command.body.len();
            group.push(command);
        }
        self.group(group, &mut away, &mut answers).await;
        answers
    }
}

impl ForSession {
    /// Sends some commands, unless those before them found no ledger: what comes later may rest on them.
    async fn group(&self, commands: Vec<Sent>, away: &mut Option<String>, answers: &mut Vec<Answer>) {
        if commands.is_empty() {
            return;
        }
        let told = match away.as_ref() {
            Some(detail) => Err(NoAnswer::NotSent(detail.clone())),
            None => self.ledgers.send(&self.secret, &commands).await,
        };
        let all =
            |rejection: &Rejection| commands.iter().map(|sent| Answer::refused(Some(&sent.id), rejection)).collect();
        let told: Vec<Answer> = match told {
            Ok(told) => told,
            Err(NoAnswer::NotSent(detail)) => {
                *away = Some(detail.clone());
                all(&Rejection::NotWritten { detail })
            }
            Err(NoAnswer::Unknown(detail)) => {
                *away = Some(detail.clone());
                all(&Rejection::OutcomeUnknown { detail })
            }
            Err(NoAnswer::Refused(refused)) => {
                let each =
                    |sent: &Sent| Answer::Refused(Refused { command: sent.id.to_string(), ..(*refused).clone() });
                commands.iter().map(each).collect()
            }
        };
        answers.extend(told);
    }
}

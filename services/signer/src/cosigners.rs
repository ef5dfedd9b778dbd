//! Asking witnesses for cosignatures (C2SP tlog-witness): all at once, each with a limit of time, none holding up another.
//! It believes no answer: a cosignature is verified over the very text, and what is said of sizes moves nothing that is signed.

use platform::outward;
use std::sync::Mutex;
use std::time::Duration;

use futures::future::join_all;
use platform::clock::Clock;
use proto::Hash;
use proto::checkpoint::Checkpoint;
use proto::note::{Key, Note, NoteSignature};
use proto::policy::Policy;
use proto::tree::{TreeHead, verify_consistency};
use proto::witness::{ADD_CHECKPOINT, ANSWER_BYTES_MAX, AddCheckpoint, SIZE_MEDIA, read_cosignatures, read_size};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response, StatusCode, redirect};

/// How long a witness may take to answer, both times that it is asked, in milliseconds.
pub const WITNESS_WAIT_MS: u64 = 5_000;
/// How long making a connection may take, in milliseconds.
const CONNECT_MS: u64 = 3_000;
/// The most bytes of a code in a witness's answer.
const CODE_BYTES_MAX: usize = 64;
/// How far a cosignature's time may lie from this machine's clock, in seconds.
const CLOCK_DRIFT_S: u64 = 300;

/// The witnesses that are asked.
#[derive(Debug)]
pub struct Cosigners {
    http: Client,
    logs: Vec<Key>,
    each: Vec<Cosigner>,
    within: Duration,
}

/// One of them.
#[derive(Debug)]
struct Cosigner {
    name: String,
    key: Key,
    url: String,
    /// Up to which size it has cosigned, as far as is known here.
    size: Mutex<u64>,
}

/// What came of asking a witness.
#[derive(Debug)]
pub struct Outcome {
    /// Its name in the policy.
    pub witness: String,
    /// Its cosignature, or why there is none.
    pub answer: Result<NoteSignature, NoCosignature>,
}

/// Why there is no cosignature. Each begins with a stable code.
#[derive(Debug, thiserror::Error)]
pub enum NoCosignature {
    /// It has cosigned more of the log than there is: the log was cut off, or a backup was restored. Nothing more must be
    /// signed before somebody has looked.
    #[error("witness_ahead: it has cosigned {size} events")]
    Ahead {
        /// What it says that it has cosigned.
        size: u64,
        /// The checkpoint that says so over the log's own signature, where the witness shows one. Without it, it is its word.
        proof: Option<Box<Note>>,
    },
    /// It holds another tree than this one. Nothing more must be signed before somebody has looked.
    #[error("witness_contradicts: at {size} events it has cosigned another tree")]
    Contradicts {
        /// Up to where it has cosigned.
        size: u64,
        /// The checkpoint over the log's own signature, which this tree does not go on from. Without it, it is its word.
        proof: Option<Box<Note>>,
    },
    /// Its answer is no cosignature of this checkpoint by its key.
    #[error("witness_wrong: {0}")]
    Wrong(&'static str),
    /// It has recomputed the log, and does not come to this checkpoint or to an event under it. That is its word.
    #[error("witness_disputes: {code}, at position {position}")]
    Disputes {
        /// The stable code of what it cannot make of the log.
        code: String,
        /// Where.
        position: u64,
    },
    /// It refuses.
    #[error("witness_refuses: it answers {0}")]
    Refuses(u16),
    /// It cannot be reached, or breaks off.
    #[error("witness_away: {0}")]
    Away(String),
    /// Whoever answers at its address has no certificate by an authority that is trusted here.
    #[error("witness_untrusted: {0}")]
    Untrusted(String),
    /// It does not answer in time.
    #[error("witness_silent: no answer within {0} ms")]
    Silent(u128),
    /// The proof that it needs cannot be made here.
    #[error("witness_unproven: no proof from {old} events: {error}")]
    Unproven {
        /// From where.
        old: u64,
        /// Why not.
        error: String,
    },
}

impl NoCosignature {
    /// Whether it says that this log is not the one that was cosigned, or holds what it must not, and whether that is proven
    /// by the log's own signature. One witness alone can lie, but it cannot make the proof.
    #[must_use]
    pub fn alarm(&self) -> Option<Alarm> {
        match self {
            Self::Ahead { proof, .. } | Self::Contradicts { proof, .. } => {
                Some(if proof.is_some() { Alarm::Proven } else { Alarm::Said })
            }
            Self::Disputes { .. } => Some(Alarm::Said),
            Self::Wrong(_)
            | Self::Refuses(_)
            | Self::Away(_)
            | Self::Untrusted(_)
            | Self::Silent(_)
            | Self::Unproven { .. } => None,
        }
    }
}

/// How sure it is that something is wrong with the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// A witness says so.
    Said,
    /// The log's own signature says so.
    Proven,
}

/// What a witness answers, as far as it is an answer.
enum Answer {
    Signatures(Vec<NoteSignature>),
    Size(u64),
    Conflict,
    Unproven,
}

impl Cosigners {
    /// The witnesses of a policy that have an address there, each with so much time.
    ///
    /// # Errors
    /// What keeps the machine from giving a client.
    pub fn new(policy: &Policy, within: Duration) -> Result<Self, String> {
        let client = outward::builder()
            .connect_timeout(Duration::from_millis(CONNECT_MS))
            // A witness is where the policy says, and nowhere else.
            .redirect(redirect::Policy::none())
            .build();
        let each = policy.witnesses().iter().filter_map(|known| {
            let url = known.url.as_ref()?.trim_end_matches('/').to_owned();
            Some(Cosigner { name: known.name.clone(), key: known.key.clone(), url, size: Mutex::new(0) })
        });
        let logs = policy.logs().iter().map(|known| known.key.clone()).collect();
        Ok(Self { http: client.map_err(|e| e.to_string())?, logs, each: each.collect(), within })
    }

    /// Whether there is none to ask.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.each.is_empty()
    }

    /// Asks every witness to cosign a signed checkpoint, where `prove` gives the consistency proof from an older size: one
    /// that it has found to lead to this checkpoint's root, for what a witness holds is judged by it.
    /// They are asked all at once; the answer has an outcome for each, after no more than the time that one may take.
    pub async fn ask<F, E>(&self, note: &Note, head: TreeHead, prove: impl Fn(u64) -> F) -> Vec<Outcome>
    where
        F: Future<Output = Result<Vec<Hash>, E>>,
        E: std::fmt::Display,
    {
        let one = async |cosigner: &Cosigner| {
            let asked = Asked { http: &self.http, logs: &self.logs, cosigner, note, head };
            let answer = tokio::time::timeout(self.within, asked.cosignature(&prove)).await;
            let answer = answer.unwrap_or(Err(NoCosignature::Silent(self.within.as_millis())));
            Outcome { witness: cosigner.name.clone(), answer }
        };
        join_all(self.each.iter().map(one)).await
    }
}

/// A witness that is asked to cosign a checkpoint.
struct Asked<'a> {
    http: &'a Client,
    logs: &'a [Key],
    cosigner: &'a Cosigner,
    note: &'a Note,
    head: TreeHead,
}

impl Asked<'_> {
    async fn cosignature<F, E>(&self, prove: &impl Fn(u64) -> F) -> Result<NoteSignature, NoCosignature>
    where
        F: Future<Output = Result<Vec<Hash>, E>>,
        E: std::fmt::Display,
    {
        let (mut old, mut again) = (self.remembered().min(self.head.size), false);
        loop {
            let failed = |error: E| NoCosignature::Unproven { old, error: error.to_string() };
            let proof = prove(old).await.map_err(failed)?;
            let size = match self.post(AddCheckpoint { old, proof: proof.clone(), note: self.note.clone() }).await? {
                Answer::Signatures(lines) => {
                    let signature = self.verified(lines)?;
                    self.remember(self.head.size);
                    return Ok(signature);
                }
                Answer::Unproven => return Err(self.contradicted(old, &proof).await),
                Answer::Conflict => return Err(self.contradicted(self.head.size, &[]).await),
                Answer::Size(size) => size,
            };
            if size > self.head.size {
                let proof = self.held().await.filter(|(_, head)| head.size > self.head.size);
                return Err(NoCosignature::Ahead { size, proof: proof.map(|(note, _)| Box::new(note)) });
            }
            if size == old {
                // It knows this size and says no all the same: some say a differing root so.
                return Err(self.contradicted(size, &proof).await);
            }
            if again {
                return Err(NoCosignature::Refuses(StatusCode::CONFLICT.as_u16()));
            }
            if size < self.remembered() {
                tracing::warn!(witness = self.cosigner.name, size, known = self.remembered(), "witness.went_back");
            }
            self.remember(size);
            (old, again) = (size, true);
        }
    }

    fn remembered(&self) -> u64 {
        *self.cosigner.size.lock().expect("no thread panics while it holds this")
    }

    fn remember(&self, size: u64) {
        *self.cosigner.size.lock().expect("no thread panics while it holds this") = size;
    }

    async fn post(&self, request: AddCheckpoint) -> Result<Answer, NoCosignature> {
        let url = format!("{}{ADD_CHECKPOINT}", self.cosigner.url);
        let response = self.http.post(url).body(request.to_string()).send().await.map_err(away)?;
        let (status, sized) = (response.status(), is_size(&response));
        let body = read(response).await?;
        match status {
            StatusCode::OK => {
                let lines =
                    read_cosignatures(&body).map_err(|_| NoCosignature::Wrong("the answer is no signature lines"));
                lines.map(Answer::Signatures)
            }
            StatusCode::CONFLICT if sized => {
                let size = read_size(&body).ok_or(NoCosignature::Wrong("the answer is no size"));
                size.map(Answer::Size)
            }
            StatusCode::CONFLICT => Ok(Answer::Conflict),
            StatusCode::UNPROCESSABLE_ENTITY => Ok(Answer::Unproven),
            StatusCode::FAILED_DEPENDENCY => Err(disputes(&body)),
            status => Err(NoCosignature::Refuses(status.as_u16())),
        }
    }

    /// The witness's own cosignature among the lines of an answer; others' are passed over.
    fn verified(&self, lines: Vec<NoteSignature>) -> Result<NoteSignature, NoCosignature> {
        let key = &self.cosigner.key;
        let mut own = lines.into_iter().filter(|line| line.id == key.id() && line.name == *key.name());
        let line = own.next().ok_or(NoCosignature::Wrong("no cosignature is by the key that is known"))?;
        let wrong = |_| NoCosignature::Wrong("the cosignature is not of this checkpoint");
        let mut note = Note::new(self.note.text().to_owned()).map_err(wrong)?;
        note.push(line.clone()).map_err(wrong)?;
        let signed = note.verify(std::slice::from_ref(key)).map_err(wrong)?;
        let now = Clock::System.now().millis() / 1_000;
        if signed.iter().any(|signed| signed.time.is_none_or(|time| time.abs_diff(now) > CLOCK_DRIFT_S)) {
            return Err(NoCosignature::Wrong("the cosignature's time is minutes off"));
        }
        Ok(line)
    }

    /// The witness holds another tree: by what it shows over the log's own signature, or by its word.
    async fn contradicted(&self, size: u64, proof: &[Hash]) -> NoCosignature {
        let held = self.held().await.filter(|(_, held)| {
            held.size == size && size <= self.head.size && verify_consistency(*held, self.head, proof).is_err()
        });
        NoCosignature::Contradicts { size, proof: held.map(|(note, _)| Box::new(note)) }
    }

    /// The checkpoint of this log that the witness shows, if the log signed it.
    async fn held(&self) -> Option<(Note, TreeHead)> {
        let origin = Checkpoint::parse(self.note.text()).ok()?.origin;
        let url = format!("{}/{}/checkpoint", self.cosigner.url, Hash::digest(origin.as_bytes()));
        let response = self.http.get(url).send().await.ok()?.error_for_status().ok()?;
        let note = Note::parse(&read(response).await.ok()?).ok()?;
        let (checkpoint, _) = Checkpoint::open(&note, self.logs).ok()?;
        (checkpoint.origin == origin).then_some((note, checkpoint.head))
    }
}

fn away(error: reqwest::Error) -> NoCosignature {
    if let Some(why) = outward::bad_certificate(&error) {
        return NoCosignature::Untrusted(why);
    }
    let error = error.without_url();
    let cause = std::error::Error::source(&error).map_or(String::new(), |cause| format!(": {cause}"));
    NoCosignature::Away(format!("{error}{cause}"))
}

/// What a witness that recomputes the log says of it; of its words none is told on but a code.
fn disputes(body: &[u8]) -> NoCosignature {
    let told: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let code = told.get("code").and_then(serde_json::Value::as_str).unwrap_or_default();
    let is_code =
        (1..=CODE_BYTES_MAX).contains(&code.len()) && code.bytes().all(|b| b == b'_' || b.is_ascii_lowercase());
    let position = told.get("position").and_then(serde_json::Value::as_u64).unwrap_or_default();
    NoCosignature::Disputes { code: if is_code { code } else { "unknown" }.to_owned(), position }
}

fn is_size(response: &Response) -> bool {
    let media = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media.split(';').next().is_some_and(|media| media.trim() == SIZE_MEDIA)
}

/// A body, as far as an answer may go.
async fn read(mut response: Response) -> Result<Vec<u8>, NoCosignature> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(away)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(NoCosignature::Wrong("the answer is too long"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

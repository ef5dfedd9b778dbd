//! Having the last checkpoint cosigned beside signing the next one: one question under way at a time.
//! What a witness says moves nothing that is signed; what it shows over the log's own signature stops signing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use proto::checkpoint::Checkpoint;
use proto::note::Note;
use proto::policy::Policy;
use proto::tree::TreeHead;
use tokio::task::JoinHandle;

use crate::cosigners::{Alarm, Cosigners, Outcome};
use crate::proofs::{Checkpointed, NoProof, Proofs};
use crate::sign::Refusal;

/// How long a checkpoint rests that not all have cosigned, if no later one comes.
const AGAIN: Duration = Duration::from_secs(15);

/// The witnesses of a log.
#[derive(Debug)]
pub struct Witnesses {
    cosigners: Arc<Cosigners>,
    policy: Policy,
    proofs: Proofs,
    asking: Option<JoinHandle<(Note, Vec<Outcome>)>>,
    /// The text of the last checkpoint that was asked about, and when to ask about it again; never once all have cosigned.
    done: Option<(String, Option<Instant>)>,
}

/// What came of asking.
pub struct Asked {
    /// The checkpoint with the cosignatures that came.
    pub note: Note,
    /// Whether they are enough.
    pub enough: bool,
    /// Why nothing more may be signed.
    pub refusal: Option<Refusal>,
}

impl Witnesses {
    /// The witnesses of a policy that have an address there; none where it names none.
    #[must_use]
    pub fn new(cosigners: Cosigners, policy: Policy, proofs: Proofs) -> Option<Self> {
        let some = !cosigners.is_empty();
        some.then(|| Self { cosigners: Arc::new(cosigners), policy, proofs, asking: None, done: None })
    }

    /// A checkpoint that was cosigned before this signer began, if it is enough by the policy.
    #[must_use]
    pub fn cosigned(&self, bytes: &[u8]) -> Option<Checkpointed> {
        let note = Note::parse(bytes).ok()?;
        let believed = self.policy.open(&note).ok()?;
        let enough = believed.quorum_met && !believed.cosigned_by.is_empty();
        enough.then_some(Checkpointed { head: believed.checkpoint.head, note })
    }

    /// Asks for cosignatures of a checkpoint, unless somebody is being asked, or all have given theirs.
    pub fn ask(&mut self, note: &Note) {
        let rests = |(text, again): &(String, Option<Instant>)| {
            text == note.text() && again.is_none_or(|at| Instant::now() < at)
        };
        if self.asking.is_some() || self.done.as_ref().is_some_and(rests) {
            return;
        }
        let (cosigners, proofs, note) = (Arc::clone(&self.cosigners), self.proofs.clone(), note.clone());
        self.asking = Some(tokio::spawn(async move {
            let head = Checkpoint::parse(note.text()).expect("what was signed is a checkpoint").head;
            let outcomes = cosigners.ask(&note, head, |old| prove(proofs.clone(), old, head)).await;
            (note, outcomes)
        }));
    }

    /// Waits until those who were asked have answered; for ever where nobody was.
    pub async fn answered(&mut self) -> Asked {
        let answered = match &mut self.asking {
            Some(asking) => asking.await,
            None => std::future::pending().await,
        };
        self.asking = None;
        let (note, outcomes) = answered.expect("asking does not panic");
        self.taken(&note, outcomes)
    }

    fn taken(&mut self, asked: &Note, outcomes: Vec<Outcome>) -> Asked {
        let (mut fresh, mut refusal, all) = (Vec::new(), None, outcomes.iter().all(|o| o.answer.is_ok()));
        for Outcome { witness, answer } in outcomes {
            match answer {
                Ok(signature) => fresh.push(signature),
                Err(error) => {
                    tracing::warn!(witness, %error, "witness.no_cosignature");
                    if error.alarm() == Some(Alarm::Proven) {
                        refusal = Some(Refusal::Witness { witness, what: error.to_string() });
                    }
                }
            }
        }
        let mut note = Note::new(asked.text().to_owned()).expect("it was a note's text before");
        let replaced =
            |line: &&proto::note::NoteSignature| !fresh.iter().any(|f| f.id == line.id && f.name == line.name);
        for line in asked.signatures().iter().filter(replaced).chain(&fresh) {
            note.push(line.clone()).expect("a policy has no more witnesses than a note takes signatures");
        }
        let believed = self.policy.open(&note);
        let enough = believed.is_ok_and(|b| b.quorum_met && !b.cosigned_by.is_empty());
        self.done = Some((note.text().to_owned(), (!all).then(|| Instant::now() + AGAIN)));
        Asked { note, enough, refusal }
    }
}

/// The proof that a signed tree goes on from an older size, found to lead to its root.
async fn prove(proofs: Proofs, old: u64, head: TreeHead) -> Result<Vec<proto::Hash>, NoProof> {
    let made = tokio::task::spawn_blocking(move || {
        let older = proofs.tree_at(old, head)?;
        proofs.consistency(older, head, head.size)
    });
    made.await.expect("making a proof does not panic")
}

//! The signer's loop: look at the log, sign what has grown, say how it stands.
//! A refusal ends nothing: it is said aloud, again at each look, until whoever is responsible has dealt with it.

use std::sync::Arc;
use std::time::Duration;

use proto::checkpoint::Checkpoint;
use proto::note::Note;
use tokio::sync::{Notify, watch};

use crate::proofs::{Checkpointed, State};
use crate::sign::{Refusal, Signer};
use crate::witnessed::{Asked, Witnesses};

/// How long there is at least between two checkpoints, however many wait for one, in milliseconds.
const REST_MS: u64 = 50;

/// What the loop is told and tells.
#[derive(Debug)]
pub struct Following {
    /// How often the log is looked at when nobody waits.
    pub every: Duration,
    /// Wakes it: somebody waits for a checkpoint.
    pub wanted: Arc<Notify>,
    /// How signing stands.
    pub state: watch::Sender<State>,
    /// Whether to end.
    pub stopped: watch::Receiver<bool>,
}

/// Signs until it is told to stop; once more then, so that a log that is at rest is signed to its end.
pub async fn follow(mut signer: Signer, mut witnesses: Option<Witnesses>, mut following: Following) {
    // What a witness has shown stands until somebody has looked, and begun anew.
    let mut shown: Option<Refusal> = None;
    if let Some(witnesses) = &witnesses {
        let kept = signer.store().cosigned().ok().flatten().and_then(|bytes| witnesses.cosigned(&bytes));
        following.state.send_modify(|state| state.cosigned = kept.map(Arc::new));
    }
    tell(&signer, &following, None);
    let mut first = true;
    loop {
        let last = *following.stopped.borrow();
        // Whoever begins asks first: a witness may know more of the log than is left here.
        let begins = std::mem::take(&mut first) && witnesses.is_some() && signer.note().is_some() && !last;
        if !begins && shown.is_none() {
            let signed = signer.sign().await;
            tell(&signer, &following, signed.as_ref().err());
        }
        if let (Some(witnesses), Some(note)) = (&mut witnesses, signer.note()) {
            witnesses.ask(note);
        }
        if last {
            break;
        }
        let (wanted, every) = (Arc::clone(&following.wanted), following.every);
        let looks = async {
            tokio::time::sleep(Duration::from_millis(REST_MS)).await;
            tokio::select! {
                () = wanted.notified() => {}
                () = tokio::time::sleep(every) => {}
            }
        };
        let asked = tokio::select! {
            () = looks, if !begins => None,
            asked = answered(&mut witnesses) => Some(asked),
            _ = following.stopped.wait_for(|stopped| *stopped) => None,
        };
        if let Some(asked) = asked {
            let kept = signer.add(&asked.note, asked.enough);
            cosigned(&following, &asked);
            shown = asked.refusal.or(kept.err()).or(shown);
            tell(&signer, &following, shown.as_ref());
        }
    }
    signer.rows().close().await;
}

/// Waits for witnesses; for ever where there are none.
async fn answered(witnesses: &mut Option<Witnesses>) -> Asked {
    match witnesses {
        Some(witnesses) => witnesses.answered().await,
        None => std::future::pending().await,
    }
}

/// Says which checkpoint enough witnesses have cosigned.
fn cosigned(following: &Following, asked: &Asked) {
    if asked.enough {
        let checkpointed = Arc::new(checkpointed(&asked.note));
        following.state.send_modify(|state| state.cosigned = Some(checkpointed));
    }
}

fn checkpointed(note: &Note) -> Checkpointed {
    let checkpoint = Checkpoint::parse(note.text()).expect("what was signed is a checkpoint");
    Checkpointed { note: note.clone(), head: checkpoint.head }
}

fn tell(signer: &Signer, following: &Following, refusal: Option<&Refusal>) {
    let refused = refusal.map(ToString::to_string);
    following.state.send_if_modified(|state| {
        let signed = signer.note().map(|note| Arc::new(checkpointed(note)));
        let changed = state.signed != signed || state.refused != refused || state.log != signer.seen();
        if state.refused != refused {
            match &refused {
                Some(error) => tracing::error!(error, "signer.refuses"),
                None => tracing::info!("signer.signs_again"),
            }
        }
        (state.signed, state.refused, state.log) = (signed, refused, signer.seen());
        changed
    });
}

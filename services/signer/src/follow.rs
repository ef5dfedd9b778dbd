//! The signer's loop: look at the log, sign what has grown, say how it stands.
//! A refusal ends nothing: it is said aloud, again at each look, until whoever is responsible has dealt with it.

use std::sync::Arc;
use std::time::Duration;

use proto::checkpoint::Checkpoint;
use proto::note::Note;
use tokio::sync::{Notify, watch};

use crate::proofs::{Checkpointed, State};
use crate::sign::{Refusal, Signer};

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
pub async fn follow(mut signer: Signer, mut following: Following) {
    tell(&signer, &following, None);
    loop {
        let last = *following.stopped.borrow();
        let signed = signer.sign().await;
        tell(&signer, &following, signed.err());
        if last {
            break;
        }
        let looks = async {
            tokio::time::sleep(Duration::from_millis(REST_MS)).await;
            tokio::select! {
                () = following.wanted.notified() => {}
                () = tokio::time::sleep(following.every) => {}
            }
        };
        tokio::select! {
            () = looks => {}
            _ = following.stopped.wait_for(|stopped| *stopped) => {}
        }
    }
    signer.rows().close().await;
}

fn tell(signer: &Signer, following: &Following, refusal: Option<Refusal>) {
    let checkpointed = |note: &Note| {
        let checkpoint = Checkpoint::parse(note.text()).expect("what was signed is a checkpoint");
        Arc::new(Checkpointed { note: note.clone(), head: checkpoint.head })
    };
    let refused = refusal.map(|refusal| refusal.to_string());
    following.state.send_if_modified(|state| {
        let signed = signer.note().map(checkpointed);
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

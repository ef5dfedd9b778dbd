//! T15: an old checkpoint is served for ever. Whoever watches sees the log go on, or cosignatures grow old.

use std::time::Duration;

use inspector::{Now, Source, Watching};
use proto::note::KeyKind;
use proto::policy::Policy;

use super::ground::Ground;
use super::notes::{THEN, all_of, cosigned_by};
use super::verifiers::Verdict;
use super::{Attack, Case};
use crate::grown::key;

pub const ATTACKS: [Attack; 1] = [Attack {
    id: "T15",
    by: "S",
    what: "serve an old checkpoint for ever",
    evidence: "the log, or a cosignature's time",
    run: for_ever,
}];

/// After how long a checkpoint is an old one.
const STALE: Duration = Duration::from_secs(600);

impl Ground {
    /// What whoever watches says at the last of these looks; at those before it everything holds.
    fn watched(&self, done: &str, policy: &str, looks: &[(Vec<u8>, Now)]) -> Case {
        let policy = Policy::parse(policy).expect("a policy");
        let say = self.runtime.block_on(async {
            let source = Source::open(self.folder.data().join("ledger.db")).await.expect("opens");
            let mut watching = Watching::new(source.clone(), self.origin.clone(), policy, STALE);
            let ((checkpoint, now), before) = looks.split_last().expect("looks");
            for (checkpoint, now) in before {
                watching.look(checkpoint, *now).await.expect("it holds");
            }
            let alarm = watching.look(checkpoint, *now).await.err().map(|alarm| alarm.to_string());
            // Whoever copies the folder next must not meet a connection that is about to take its files away.
            source.close().await;
            alarm
        });
        Case::new(done, vec![Verdict::of("watch", || say)])
    }
}

fn for_ever(ground: &Ground) -> Vec<Case> {
    let kept = |i: usize| std::fs::read(ground.kept_file(i)).expect("reads");
    let at = |seconds: u64| Now { unix: THEN + seconds, running: Duration::from_secs(seconds) };
    let long = STALE.as_secs() + 1;
    let own = std::fs::read_to_string(ground.policy_file()).expect("reads");
    let witness = key("w.example", KeyKind::Witness, 7);
    let (all, cosigned) = (all_of(ground, &[("w", witness.key().to_string())]), cosigned_by(ground, &witness, THEN));
    let cosigned = cosigned.to_string().into_bytes();
    assert!(!ground.watched("nothing", &own, &[(kept(0), at(0)), (kept(1), at(long))]).is_detected(), "it went on");
    vec![
        ground.watched("while the log goes on", &own, &[(kept(0), at(0)), (kept(0), at(1)), (kept(0), at(long))]),
        ground.watched("after a newer one", &own, &[(kept(1), at(0)), (kept(0), at(1))]),
        ground.watched("its cosignature grows old", &all, &[(cosigned.clone(), at(1)), (cosigned, at(long))]),
    ]
}

//! Verification when somebody asks for it on a page: one at a time, on threads of its own, so that nobody who reads or writes waits for
//! it. What the last one found is kept as long as the process runs, and nowhere else.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant as Monotonic};

use async_trait::async_trait;
use platform::clock::Clock;
use platform::ports::Verifies;
use proto::verification::{FoundFault, Verdict, Verification, VerifiedHead, VerifiedProjection, Verifying};
use proto::{Instant, Origin, Principal};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::against::{Against, Kept};
use crate::finding::Finding;
use crate::verify::{Paths, Report, verify};

/// How long one may take, in seconds: far longer than the largest log that there may be.
const VERIFY_S_MAX: u64 = 6 * 3_600;
/// How long a process that ends waits for one to break off, in milliseconds.
const BREAK_OFF_MS_MAX: u64 = 5_000;
/// After so many events it rests as long as they took: the cores are for those who wait for an answer.
const EVENTS_A_REST: u64 = 256;
/// The longest rest, in milliseconds.
const REST_MS_MAX: u64 = 20;
/// The most faults that are told; further ones are counted.
const FAULTS_TOLD_MAX: usize = 100;

/// What a log is to be held against at this moment.
pub type AgainstNow = Box<dyn Fn() -> Result<Against, String> + Send + Sync>;

/// Whoever verifies a log on request.
pub struct Verifier {
    task: Arc<Task>,
    stop: watch::Sender<bool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What one verification needs, and where it tells how far it is.
struct Task {
    paths: Paths,
    origin: Origin,
    against: AgainstNow,
    clock: Clock,
    stands: Mutex<Verification>,
}

impl Verifier {
    /// One of a log and its projections, held against what is kept whenever a verification begins.
    #[must_use]
    pub fn new(paths: Paths, origin: Origin, against: AgainstNow) -> Self {
        // The machine's clock, also where the log runs on a script's: what is told is when somebody looked.
        let task = Task { paths, origin, against, clock: Clock::System, stands: Mutex::default() };
        Self { task: Arc::new(task), stop: watch::channel(false).0, thread: Mutex::default() }
    }

    /// Breaks off the one that runs. A thread that does not end in time is left to the process's own end.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        let thread = unpoisoned(&self.thread).take();
        if let Some(thread) = thread {
            let joined = tokio::task::spawn_blocking(move || thread.join().is_ok());
            if tokio::time::timeout(Duration::from_millis(BREAK_OFF_MS_MAX), joined).await.is_err() {
                tracing::warn!("verifying.not_broken_off");
            }
        }
    }
}

#[async_trait]
impl Verifies for Verifier {
    async fn begin(&self, principal: &Principal) -> bool {
        let mut stands = self.task.stands();
        if stands.running.is_some() || *self.stop.borrow() {
            return false;
        }
        let begun = Verifying { by: principal.actor.clone(), begun: self.task.clock.now(), walked: 0, of: 0 };
        stands.running = Some(begun.clone());
        drop(stands);
        let running = Running { task: Arc::clone(&self.task), begun, told: false };
        let stopped = self.stop.subscribe();
        let spawned = std::thread::Builder::new().name("verifying".to_owned()).spawn(move || running.run(stopped));
        match spawned {
            Ok(thread) => *unpoisoned(&self.thread) = Some(thread),
            // It was dropped where it could not be begun, and has said so.
            Err(error) => tracing::error!(%error, "verifying.not_begun"),
        }
        true
    }

    async fn stands(&self) -> Verification {
        self.task.stands().clone()
    }
}

impl Task {
    fn stands(&self) -> MutexGuard<'_, Verification> {
        unpoisoned(&self.stands)
    }
}

/// What is behind a lock is whole at every moment, whoever held it when he fell.
fn unpoisoned<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A verification that runs. However it ends, it says that it has.
struct Running {
    task: Arc<Task>,
    begun: Verifying,
    /// Whether it has told its verdict: from then on another one may be running.
    told: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.told {
            return;
        }
        let mut stands = self.task.stands();
        if stands.running.take().is_some() {
            stands.last = Some(self.failed("it ended without a verdict".to_owned()));
        }
    }
}

impl Running {
    fn run(mut self, stopped: watch::Receiver<bool>) {
        // Its own threads: the walk on one, rules and fold on this one, and none of those that answer people.
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("verifying").enable_all().build();
        let verdict = match runtime {
            Ok(runtime) => self.verdict(runtime, stopped),
            Err(error) => self.failed(error.to_string()),
        };
        self.told = true;
        let mut stands = self.task.stands();
        stands.running = None;
        stands.last = Some(verdict);
    }

    fn verdict(&self, runtime: Runtime, mut stopped: watch::Receiver<bool>) -> Verdict {
        let verdict = runtime.block_on(async {
            let longest = Duration::from_secs(VERIFY_S_MAX);
            tokio::select! {
                report = tokio::time::timeout(longest, self.report()) => match report {
                    Ok(Ok(report)) => self.told(report),
                    Ok(Err(error)) => self.failed(error),
                    Err(_) => self.failed(format!("it was broken off after {VERIFY_S_MAX} s")),
                },
                _ = stopped.wait_for(|stop| *stop) => self.failed("the server is stopping".to_owned()),
            }
        });
        runtime.shutdown_background();
        verdict
    }

    async fn report(&self) -> Result<Report, String> {
        let task = &*self.task;
        let against = (task.against)()?;
        let mut since = Monotonic::now();
        let progress = |walked: u64, of: u64| {
            if walked.is_multiple_of(EVENTS_A_REST) || walked == of {
                if let Some(running) = &mut task.stands().running {
                    (running.walked, running.of) = (walked, of);
                }
                std::thread::sleep(since.elapsed().min(Duration::from_millis(REST_MS_MAX)));
                since = Monotonic::now();
            }
        };
        verify(&task.paths, task.origin.clone(), &against, progress).await.map_err(|e| e.to_string())
    }

    fn told(&self, report: Report) -> Verdict {
        let rebuild = report.needs_rebuild();
        let projections = report.projections.iter().map(|p| VerifiedProjection {
            name: p.name.to_owned(),
            position: p.position,
            digest: p.digest,
        });
        let heads = report.vouched.iter().map(|kept| VerifiedHead {
            name: kept.name.clone(),
            size: kept.head.size,
            outside: kept.kept == Kept::Outside,
        });
        Verdict {
            events: report.events,
            root: report.root,
            projections: projections.collect(),
            heads: heads.collect(),
            anchors: report.anchors,
            notes: report.notes,
            faults: report.findings.iter().take(FAULTS_TOLD_MAX).map(fault).collect(),
            left_out: report.findings.len().saturating_sub(FAULTS_TOLD_MAX) as u64,
            rebuild,
            failed: None,
            ..self.failed(String::new())
        }
    }

    /// A verdict of one that came to none.
    fn failed(&self, why: String) -> Verdict {
        let ended: Instant = self.task.clock.now();
        Verdict {
            by: self.begun.by.clone(),
            begun: self.begun.begun,
            ended,
            events: 0,
            root: None,
            projections: Vec::new(),
            heads: Vec::new(),
            anchors: 0,
            notes: Vec::new(),
            faults: Vec::new(),
            left_out: 0,
            rebuild: false,
            failed: Some(why),
        }
    }
}

fn fault(finding: &Finding) -> FoundFault {
    FoundFault {
        code: finding.place.code().to_owned(),
        position: finding.place.position(),
        place: finding.place.to_string(),
        what: finding.what.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};
    use std::sync::{Arc, Mutex};

    use platform::db::Place;
    use platform::ports::Verifies;
    use proto::{ActorId, CredentialId, Origin, Principal};

    use super::{AgainstNow, Verifier, unpoisoned};
    use crate::verify::Paths;

    fn inspector(name: &str) -> Principal {
        Principal::token(ActorId::parse(name).expect("an id"), CredentialId::parse("c-1").expect("an id"))
    }

    /// One whose every verification says that it has begun, and then stands still until it is let go, to no verdict.
    fn standing_still() -> (Verifier, Receiver<()>, std::sync::mpsc::Sender<()>) {
        let (begins, begun) = channel();
        let (let_go, waits) = channel::<()>();
        let waits = Mutex::new(waits);
        let against: AgainstNow = Box::new(move || {
            begins.send(()).map_err(|e| e.to_string())?;
            unpoisoned(&waits).recv().map_err(|e| e.to_string())?;
            Err("nothing is looked at here".to_owned())
        });
        let nowhere = || Place::File("nowhere.db".into());
        let paths = Paths { ledger: nowhere(), index: nowhere(), ranking: nowhere() };
        (Verifier::new(paths, Origin::parse("test.example/one").expect("an origin"), against), begun, let_go)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_many_who_begin_at_once_one_begins_and_all_others_are_told_that_one_runs() {
        let (verifier, begun, let_go) = standing_still();
        let verifier = Arc::new(verifier);
        for _ in 0..2 {
            let all = (0..16).map(|n| {
                let verifier = Arc::clone(&verifier);
                tokio::spawn(async move { verifier.begin(&inspector(&format!("insp-{n}"))).await })
            });
            let told = futures::future::join_all(all).await;
            let began = told.into_iter().filter(|told| *told.as_ref().expect("it answers")).count();
            assert_eq!(began, 1);
            begun.recv().expect("it begins");
            assert!(!verifier.begin(&inspector("late")).await, "nor does one begin beside it later");
            let runs = verifier.stands().await.running.expect("one runs");
            assert_ne!(runs.by.as_str(), "late");

            let_go.send(()).expect("it waits");
            while verifier.stands().await.running.is_some() {
                tokio::task::yield_now().await;
            }
            let last = verifier.stands().await.last.expect("a verdict");
            assert_eq!((last.by, last.failed.as_deref()), (runs.by, Some("nothing is looked at here")));
            assert!(begun.try_recv().is_err(), "and nobody has begun another one");
        }
    }
}

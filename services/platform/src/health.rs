//! How a service is: its stage, how far it is behind the log, whether what it needs answers.
//! It judges nobody but its own service, and gives reasons in words and numbers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use serde_json::{Map, Value, json};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::behind::Behind;

/// How long what a service needs may take to answer, in milliseconds.
const ANSWER_MS: u64 = 3_000;

/// Where a service is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It starts.
    Starting,
    /// It waits for another ledger to end.
    StandsBy,
    /// It serves.
    Serving,
    /// It ends; requests that it has are still answered.
    Draining,
}

impl Stage {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::StandsBy => "stands_by",
            Self::Serving => "serving",
            Self::Draining => "draining",
        }
    }
}

/// Asks something that a service needs.
type Ask = Box<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// How a service is.
pub struct Health {
    service: &'static str,
    lag_max: Duration,
    stage: watch::Sender<Stage>,
    readers: Mutex<Vec<(Arc<Behind>, bool)>>,
    needs: Mutex<Vec<(&'static str, Arc<Ask>)>>,
}

impl Health {
    /// A service that starts, and how far behind the log it may be and still be ready.
    #[must_use]
    pub fn new(service: &'static str, lag_max: Duration) -> Self {
        let stage = watch::channel(Stage::Starting).0;
        Self { service, lag_max, stage, readers: Mutex::default(), needs: Mutex::default() }
    }

    /// Whose it is.
    #[must_use]
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// The service has come to a stage.
    pub fn is_at(&self, stage: Stage) {
        if self.stage.send_replace(stage) != stage {
            tracing::info!(service = self.service, stage = stage.word(), "service.stage");
        }
    }

    /// Its stage.
    #[must_use]
    pub fn stage(&self) -> Stage {
        *self.stage.borrow()
    }

    /// A reader of the log belongs to the service; without it, or with it far behind, the service may not be ready.
    pub fn reads(&self, behind: Arc<Behind>, needed: bool) {
        self.readers.lock().expect("no thread panics while it holds this").push((behind, needed));
    }

    /// The service needs something that can be asked.
    pub fn needs<F>(&self, name: &'static str, ask: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        let ask: Ask = Box::new(move || Box::pin(ask()));
        self.needs.lock().expect("no thread panics while it holds this").push((name, Arc::new(ask)));
    }

    /// Whether the service is ready, and why, as JSON.
    pub async fn told(&self) -> (bool, Value) {
        let stage = self.stage();
        let mut ready = stage == Stage::Serving;
        let (mut readers, mut needs) = (Map::new(), Map::new());
        for (behind, needed) in self.readers.lock().expect("no thread panics while it holds this").iter() {
            let late = behind.time() > self.lag_max;
            ready &= !(*needed && late);
            let told = json!({
                "position": behind.position(),
                "head": behind.head(),
                "head_known": behind.is_known(),
                "lag_events": behind.events(),
                "lag_seconds": behind.time().as_secs(),
                "late": late,
                "needed": needed,
            });
            readers.insert(behind.name().to_owned(), told);
        }
        let asked: Vec<_> = self.needs.lock().expect("no thread panics while it holds this").clone();
        for (name, ask) in asked {
            let answer = timeout(Duration::from_millis(ANSWER_MS), ask()).await;
            let answer = answer.unwrap_or_else(|_| Err(format!("no answer within {ANSWER_MS} ms")));
            ready &= answer.is_ok();
            needs.insert(name.to_owned(), answer.err().unwrap_or_else(|| "ok".to_owned()).into());
        }
        let told = json!({
            "service": self.service,
            "ready": ready,
            "stage": stage.word(),
            "lag_seconds_max": self.lag_max.as_secs(),
            "readers": readers,
            "needs": needs,
        });
        (ready, told)
    }
}

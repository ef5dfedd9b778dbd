//! Callers who send commands until a test has done what it wants to do meanwhile, through whatever fails, and write down
//! every sending and every answer. Now and then one gives a command up, and goes on with another.
//! They judge nothing but the codes they may be told: the checker does.

use platform::outward;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ledger::Door;
use platform::ports::Submit;
use proto::{Answer, Command, Refused};
use tokio::task::JoinHandle;

use crate::load::round::Caller;
use crate::record::Records;
use crate::seed::Seed;

/// How long anything that is waited for may take.
pub const WAIT: Duration = Duration::from_secs(60);
/// How long a caller rests who was told that it did not go well.
const REST: Duration = Duration::from_millis(5);
/// How long an HTTP caller waits for his answer.
const ANSWER: Duration = Duration::from_secs(30);
/// One in so many commands that did not go well is given up.
const GIVEN_UP: u64 = 5;
/// What a caller may be told under a fault.
const CODES: [&str; 5] = ["not_written", "outcome_unknown", "lost_lead", "overloaded", "stale_revision"];

/// How a caller reaches the ledger.
#[derive(Clone)]
pub enum Way {
    /// Through its door, in this process.
    Door(Door),
    /// Over HTTP: a client, the ledger's address, a token.
    Http(reqwest::Client, String, String),
}

impl Way {
    /// Over HTTP with a token.
    ///
    /// # Panics
    /// When the machine gives no client.
    #[must_use]
    pub fn http(url: &str, token: &str) -> Self {
        let client = outward::builder().timeout(ANSWER).build().expect("a client");
        Self::Http(client, format!("{url}/api/commands"), token.to_owned())
    }

    /// Sends a command; none where no answer came.
    pub async fn send(&self, caller: &Caller, command: &Command) -> Option<Answer> {
        match self {
            Self::Door(door) => door.submit(caller.principal(), vec![Ok(command.clone())]).await.pop(),
            Self::Http(client, url, token) => {
                let request = client.post(url).bearer_auth(token).body(command.to_canonical());
                let response = request.send().await.ok()?;
                let status = response.status().as_u16();
                answer(status, &response.bytes().await.ok()?)
            }
        }
    }
}

/// The answer in a response; none where it is not the ledger's.
fn answer(status: u16, body: &[u8]) -> Option<Answer> {
    if status == 200 {
        return serde_json::from_slice(body).ok();
    }
    let problem: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(body).ok()?;
    let text = |name: &str| Some(problem.get(name)?.as_str()?.to_owned());
    let members = problem.iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
    let (command, code) = (text("command")?, text("code")?);
    Some(Answer::Refused(Refused { command, code, en: text("en")?, vi: text("vi")?, members, status }))
}

/// Callers at work.
pub struct Calling {
    over: Arc<AtomicBool>,
    accepted: Arc<AtomicUsize>,
    unsure: Arc<AtomicUsize>,
    tasks: Vec<JoinHandle<Caller>>,
}

/// What a caller's task holds.
struct Line {
    name: String,
    caller: Caller,
    way: Way,
    records: Records,
    seed: Seed,
    over: Arc<AtomicBool>,
    accepted: Arc<AtomicUsize>,
    unsure: Arc<AtomicUsize>,
}

impl Calling {
    /// Sets callers to work, each on his way. The same callers may be set to work again, under the same records.
    #[must_use]
    pub fn start(callers: Vec<(Caller, Way)>, records: &Records, seed: &mut Seed) -> Self {
        let mut calling =
            Self { over: Arc::default(), accepted: Arc::default(), unsure: Arc::default(), tasks: vec![] };
        for (caller, way) in callers {
            let line = Line {
                name: caller.name().to_owned(),
                caller,
                way,
                records: records.clone(),
                seed: seed.apart(),
                over: Arc::clone(&calling.over),
                accepted: Arc::clone(&calling.accepted),
                unsure: Arc::clone(&calling.unsure),
            };
            calling.tasks.push(tokio::spawn(line.call()));
        }
        calling
    }

    /// Waits until so many more commands were acknowledged.
    ///
    /// # Panics
    /// When they are not in time.
    pub async fn more(&self, count: usize) {
        let wanted = self.accepted.load(Ordering::SeqCst) + count;
        wait(&self.accepted, wanted, "commands acknowledged").await;
    }

    /// Waits until so often somebody was told that it did not go well, or was told nothing.
    ///
    /// # Panics
    /// When it does not come to that in time.
    pub async fn trouble(&self, count: usize) {
        let wanted = self.unsure.load(Ordering::SeqCst) + count;
        wait(&self.unsure, wanted, "in trouble").await;
    }

    /// Commands acknowledged so far.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    /// Ends the work once every command is acknowledged or given up, and gives the callers back.
    ///
    /// # Panics
    /// When it does not end in time.
    pub async fn end(self) -> Vec<Caller> {
        self.over.store(true, Ordering::SeqCst);
        let mut callers = Vec::new();
        for task in self.tasks {
            let ended = tokio::time::timeout(WAIT, task).await.expect("the caller ends in time");
            callers.push(ended.expect("the caller ends"));
        }
        callers
    }
}

async fn wait(count: &AtomicUsize, wanted: usize, what: &str) {
    let until = Instant::now() + WAIT;
    loop {
        let now = count.load(Ordering::SeqCst);
        if now >= wanted {
            return;
        }
        assert!(Instant::now() < until, "{now} of {wanted} {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

impl Line {
    async fn call(mut self) -> Caller {
        while !self.over.load(Ordering::SeqCst) || self.caller.is_waiting() {
            let command = self.caller.pending().expect("a command");
            let open = self.records.begin(&self.name, self.caller.turn(), &command);
            let answer = self.way.send(&self.caller, &command).await;
            if let Some(answer) = &answer {
                self.records.told(open, answer.clone());
            }
            match answer {
                Some(Answer::Accepted(accepted)) => {
                    self.caller.scored(&accepted);
                    self.accepted.fetch_add(1, Ordering::SeqCst);
                }
                refused => self.did_not_go_well(refused).await,
            }
        }
        self.caller
    }

    async fn did_not_go_well(&mut self, refused: Option<Answer>) {
        self.unsure.fetch_add(1, Ordering::SeqCst);
        if let Some(Answer::Refused(r)) = refused {
            assert!(CODES.contains(&r.code.as_str()), "{}: {}: {}", self.name, r.code, r.en);
            if r.code == "stale_revision" {
                // A command that he had given up was written after all; he is told where his score stands.
                let current = r.members.get("current").and_then(|n| n.parse().ok()).expect("it says the revision");
                assert!(self.caller.has_given_up(), "{}: {}", self.name, r.en);
                return self.caller.scored_at(current);
            }
        }
        if self.seed.next(0, GIVEN_UP) == 0 {
            self.caller.give_up();
        }
        // A server that is away takes a while to come back; until then the answer is the same.
        tokio::time::sleep(REST).await;
    }
}

//! All services in one process: the ledger, identity, both projectors, the readers, the inspector.
//! It stops in order: nobody submits any more, the ledger ends, the projectors come to its end.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context;
use identity::{Identity, Provider};
use index::Index;
use inspector::{Inspector, Source};
use intake::erasure::{Erasing, Here};
use intake::evidence::Store;
use ledger::{Attaching, Config, Door, Lead, Ledger};
use platform::behind::Behind;
use platform::clock::Clock;
use platform::feed::SharedFeed;
use platform::jetstream::{Bus, JetStreamFeed, Published, Publisher};
use platform::ports::{FarFiles, SharedErases, SharedReceipts, SharedStoredFiles, SharedSubmit};
use platform::projector::{Projection, follow, make};
use platform::shell::Shell;
use proto::{
    Act, Acting, ActorId, Answer, Capacity, Command, CommandId, CredentialId, Instant, Origin, Principal, Scope,
    Scopes, Vouched,
};
use ranking::Ranking;
use signer::Served;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::failure::Failure;
use crate::files_home::KeptElsewhere;
use crate::folder::Server;
use crate::home::{Held, Home, Part};
use crate::signing::{Running, Signing};

/// How long a stopping node waits for its projectors to come to the log's end, in milliseconds.
const CATCH_UP_MS_MAX: u64 = 60_000;

/// The running services.
pub struct Node {
    held: Held,
    /// The token store.
    pub identity: Arc<Identity>,
    /// The identity provider by which people sign in too, where one is named.
    pub provider: Option<Arc<Provider>>,
    ledger: Ledger,
    projectors: Vec<JoinHandle<()>>,
    /// The bus and the publisher, where there is one.
    bus: Option<(Bus, JoinHandle<()>)>,
    cursors: Vec<(&'static str, watch::Receiver<u64>)>,
    published: Option<watch::Receiver<Published>>,
    signing: Option<Running>,
    /// The home's files, where it has a place for them.
    pub files: Option<Arc<Store>>,
    /// Who has them otherwise.
    intake: Option<FarFiles>,
    /// Who gives receipts.
    pub receipts: Option<SharedReceipts>,
    stop: watch::Sender<bool>,
}

/// What a node is opened with, beside its home.
pub struct Opening {
    /// The origin of a log that has not begun.
    pub origin: Option<Origin>,
    /// Where the script of a new log on a scripted clock begins.
    pub scripted_from: Option<Instant>,
    /// What to do where another ledger writes the log on the same server.
    pub lead: Lead,
    /// Where the log is published, and followed by the projectors; they follow the log itself without it.
    pub bus: Option<Bus>,
    /// Whether the projectors run here too.
    pub projects: bool,
    /// Where the signing key is.
    pub signing: Signing,
    /// Who gives receipts, where the log is signed elsewhere.
    pub receipts: Option<SharedReceipts>,
    /// How often an anchor is made where something was written.
    pub anchor_every: Option<Duration>,
    /// Where files are kept, if not in a home that is a folder.
    pub files: KeptElsewhere,
    /// Who keeps them where the home is a database.
    pub intake: Option<FarFiles>,
}

impl Opening {
    /// Of a log that has begun, by one who does not wait for another to end. Whoever serves the log next publishes it.
    pub fn passing() -> Self {
        Self {
            origin: None,
            scripted_from: None,
            lead: Lead::Now,
            bus: None,
            projects: true,
            signing: Signing::default(),
            receipts: None,
            anchor_every: None,
            files: KeptElsewhere::default(),
            intake: None,
        }
    }

    /// Of a log that has begun, by one who stands by while another writes it.
    pub fn standing_by() -> Self {
        Self { lead: Lead::Wait, ..Self::passing() }
    }
}

impl Node {
    /// Opens everything in a home.
    pub async fn open(held: Held, opening: Opening) -> anyhow::Result<Self> {
        let Opening { origin, scripted_from, lead, bus, projects, signing, receipts, anchor_every, files, intake } =
            opening;
        let origin = match &held {
            Held::Folder(folder) => Some(folder.folder().origin().clone()),
            Held::Database(_) => origin,
        };
        let config = Config { place: held.place(Part::Ledger), origin, scripted_from, lead, anchor_every };
        let ledger = Ledger::open(config).await.context("opening the ledger")?;
        let identity = Identity::open(held.place(Part::Identity)).await.context("opening identity")?;
        let identity = Arc::new(identity);
        let (stop, stopped) = watch::channel(false);
        let mut published = None;
        let bus = bus.map(|bus| {
            let (publisher, at) = Publisher::new(bus.clone(), Arc::new(ledger.log()));
            published = Some(at);
            (bus, tokio::spawn(publisher.run(stopped.clone())))
        });
        let files = match &held {
            Held::Folder(held) => Some(Arc::new(files.store(held.folder())?)),
            Held::Database(_) => None,
        };
        let mut node = Self {
            held,
            identity,
            provider: None,
            projectors: Vec::new(),
            bus,
            cursors: Vec::new(),
            published,
            signing: None,
            files,
            intake,
            receipts,
            stop,
            ledger,
        };

        let (place, origin) = (node.home().signer(), node.ledger.origin().clone());
        node.signing = Running::begin(&signing, &node.held, place, origin).await.context("opening the signer")?;
        if let Some(served) = node.signed() {
            node.receipts = Some(Arc::new(served.proofs));
        }
        if let Some(signer) = &node.receipts {
            node.ledger.asks_for_checkpoints(Arc::clone(signer));
        }
        if projects {
            node.project::<Index>(Part::Index, stopped.clone()).await?;
            node.project::<Ranking>(Part::Ranking, stopped).await?;
        }
        Ok(node)
    }

    async fn project<P: Projection>(&mut self, part: Part, stopped: watch::Receiver<bool>) -> anyhow::Result<()> {
        let place = self.held.place(part);
        make::<P>(&place).await.with_context(|| format!("opening {}", P::NAME))?;
        let (cursor, at) = watch::channel(0);
        let log: SharedFeed = Arc::new(self.ledger.log());
        let feed = match &self.bus {
            Some((bus, _)) => Arc::new(JetStreamFeed::new(bus.clone(), P::NAME, log)),
            None => log,
        };
        let origin = self.ledger.origin().clone();
        self.projectors.push(tokio::spawn(follow::<P>(place, origin, feed, cursor, stopped)));
        self.cursors.push((P::NAME, at));
        Ok(())
    }

    /// The home, for reading.
    pub fn home(&self) -> Home {
        self.held.home(self.ledger.origin())
    }

    /// Says how the node is, and its figures, in a shell.
    pub fn observe(&self, shell: &Shell) {
        let head = || platform::feed::Feed::head(&self.ledger.log());
        for (name, cursor) in &self.cursors {
            shell.reads(Behind::new(name, cursor.clone(), head()), true);
        }
        if let Some(published) = &self.published {
            // Writing goes on without the bus, so a service is ready without it too.
            shell.reads(Behind::new("stream", positions(published.clone()), head()), false);
        }
        if let Some(signing) = &self.signing {
            signing.observe(shell);
        }
        let (groups, waiting, metrics) = (self.ledger.groups(), self.ledger.waiting(), shell.metrics());
        metrics.log(head());
        metrics.counter("parindex_groups", "Groups of events that were made durable", Vec::new(), move || {
            groups.load(Ordering::Relaxed) as f64
        });
        metrics
            .gauge("parindex_queue_jobs", "Submissions that wait for their turn", Vec::new(), move || waiting() as f64);
        let log = self.ledger.log();
        shell.health().needs("log", move || {
            let log = log.clone();
            async move { log.head_row().await.map(|_| ()).map_err(|e| e.to_string()) }
        });
    }

    /// Says how the operator's programs reach the server.
    pub async fn announce(&self, server: &Server) -> anyhow::Result<()> {
        match &self.held {
            Held::Folder(held) => held.announce(server),
            Held::Database(_) => Ok(self.identity.announce(&server.url, &server.operator).await?),
        }
    }

    /// Takes the announcement back.
    pub async fn withdraw(&self, server: &Server) {
        match &self.held {
            Held::Folder(held) => held.withdraw(),
            Held::Database(_) => {
                // One that stays behind is replaced by whoever serves next.
                if let Err(error) = self.identity.withdraw(&server.operator).await {
                    tracing::warn!(%error, "node.withdraw");
                }
            }
        }
    }

    /// The door to the ledger.
    pub fn door(&self) -> Door {
        self.ledger.door()
    }

    /// The door for whoever comes with a token: what refers to a file goes on only if whoever keeps files has it. A log on a
    /// scripted clock tells of files that nobody has. What is confirmed to be erased is erased before its sender has the answer.
    pub fn gate(&self) -> SharedSubmit {
        let door: SharedSubmit = Arc::new(self.door());
        let log = self.ledger.log();
        let (files, erases): (SharedStoredFiles, SharedErases) = match (&self.files, &self.intake) {
            (Some(store), _) => {
                (store.clone(), Arc::new(Here { store: Arc::clone(store), feed: Arc::new(log.clone()) }))
            }
            (None, Some(far)) => (Arc::new(far.clone()), Arc::new(far.clone())),
            (None, None) => return door,
        };
        let door: SharedSubmit = match *self.ledger.clock() {
            Clock::System => Arc::new(Attaching { door, files, log }),
            Clock::Scripted(_) => door,
        };
        Arc::new(Erasing { door, erases })
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What is served of the signer, where one runs here.
    pub fn signed(&self) -> Option<Served> {
        self.signing.as_ref().map(Running::served)
    }

    /// The inspector.
    pub async fn inspector(&self) -> anyhow::Result<Inspector> {
        let source = Source::open(self.home().paths().ledger).await?;
        Ok(Inspector::new(source, self.ledger.origin().clone()))
    }

    /// Submits a command as the operator at the data folder.
    pub async fn operate(&self, act: Act, now: Instant, at: Option<Instant>) -> Answer {
        let mut bits = [0; 10];
        getrandom::fill(&mut bits).expect("the operating system gives random bytes");
        let acting = Acting { capacity: Capacity::Operator, unit: None };
        let command = Command::new(CommandId::v7(now.millis(), bits), acting, act);
        let door = self.door();
        let mut answers = match at {
            Some(at) => door.play(at, Principal::operator(), vec![command]).await,
            None => platform::ports::Submit::submit(&door, Principal::operator(), vec![Ok(command)]).await,
        };
        answers.pop().expect("one answer for each command")
    }

    /// The credential by which `play` speaks for an actor; made and bound at its first use.
    pub async fn play_credential(&self, actor: &ActorId, at: Instant) -> anyhow::Result<CredentialId> {
        if let Some(credential) = self.identity.labelled(actor, "play") {
            return Ok(credential);
        }
        // Its secret is kept by nobody: what plays speaks by its id alone.
        let minted = Identity::mint(actor.clone(), Scopes::of([Scope::Commands])?)?;
        let credential = minted.bind.credential.clone();
        accepted(&self.operate(Act::BindCredential(minted.bind.clone()), at, Some(at)).await)?;
        self.identity.store(minted, "play", at).await?;
        Ok(credential)
    }

    /// Waits until both projectors have come to the log's end, telling how far the slower one is.
    pub async fn caught_up(&mut self, mut progress: impl FnMut(u64, u64)) -> anyhow::Result<()> {
        let head = *platform::feed::Feed::head(&self.ledger.log()).borrow();
        for (_, cursor) in &mut self.cursors {
            loop {
                let at = *cursor.borrow_and_update();
                progress(at, head);
                if at >= head {
                    break;
                }
                let moved = tokio::time::timeout(Duration::from_millis(CATCH_UP_MS_MAX), cursor.changed()).await;
                if !matches!(moved, Ok(Ok(()))) {
                    return Err(Failure::new("projection_behind", "a projection does not move on").into());
                }
            }
        }
        Ok(())
    }

    /// Waits until the signer has come to the log's end too. What keeps it from that it tells itself.
    pub async fn signed_up(&self) {
        if let Some(served) = self.signed() {
            let head = *platform::feed::Feed::head(&self.ledger.log()).borrow();
            let wait = Duration::from_millis(CATCH_UP_MS_MAX);
            if served.proofs.under(head, Vouched::Signed, wait).await.is_none() {
                tracing::warn!(head, "node.unsigned");
            }
        }
    }

    /// Stops everything in order. Whoever comes to a door later is refused.
    pub async fn stop(mut self) {
        // Whoever has lost the lead leaves the rest to the one who has it.
        if !*self.ledger.lost().borrow()
            && let Err(error) = self.caught_up(|_, _| {}).await
        {
            tracing::warn!(%error, "node.stopping");
        }
        let log = self.ledger.log();
        self.ledger.stop().await;
        self.stop.send_replace(true);
        for projector in self.projectors {
            if let Err(error) = projector.await {
                tracing::error!(%error, "node.projector_ended");
            }
        }
        if let Some(signing) = self.signing
            && let Err(error) = signing.stop().await
        {
            tracing::error!(%error, "node.signer_ended");
        }
        if let Some((_, publisher)) = self.bus
            && let Err(error) = publisher.await
        {
            tracing::error!(%error, "node.publisher_ended");
        }
        log.close().await;
        // The server that shared it has ended.
        if let Some(identity) = Arc::into_inner(self.identity)
            && let Err(error) = identity.close().await
        {
            tracing::warn!(%error, "node.identity_close");
        }
    }
}

/// How far a publisher is, as a position alone.
fn positions(mut published: watch::Receiver<Published>) -> watch::Receiver<u64> {
    let (position, at) = watch::channel(published.borrow().position);
    tokio::spawn(async move {
        while published.changed().await.is_ok() {
            position.send_replace(published.borrow_and_update().position);
        }
    });
    at
}

/// An answer that must be an acceptance.
pub fn accepted(answer: &Answer) -> Result<(), Failure> {
    match answer {
        Answer::Accepted(_) => Ok(()),
        Answer::Refused(r) => Err(Failure::new(r.code.clone(), r.en.clone())),
    }
}

//! The end of every fault test: the clients' records against the log, both projections at its end, and a full verify.
//! What it reads it reads by the inspector, in its own connections; it changes nothing but a projection nobody follows.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use index::Index;
use inspector::{Paths, Report, Source};
use platform::db::{Place, open_readers};
use platform::feed::{Feed, SharedFeed};
use platform::projector::{Projection, Projector, Snapshot, schema};
use proto::Origin;
use ranking::Ranking;
use tokio::sync::watch;

use crate::record::{Counts, Records, check};

/// How long projectors may take to come to the log's end.
const WAIT: Duration = Duration::from_secs(60);
/// How often it is asked how far they are.
const ASK: Duration = Duration::from_millis(20);

/// Who brings the projections to the log's end.
pub enum Projected {
    /// Somebody who follows the log, and is waited for.
    Followed,
    /// Nobody: they are made here, by the ordinary projector, where they are to be written.
    Here {
        /// The index.
        index: Place,
        /// The ranking.
        ranking: Place,
    },
}

/// What was proven.
#[derive(Debug)]
pub struct Proof {
    /// By the records.
    pub counts: Counts,
    /// By the inspector.
    pub report: Report,
}

/// The databases of a data folder.
#[must_use]
pub fn paths(folder: &Path) -> Paths {
    let at = |name: &str| folder.join(name).into();
    Paths { ledger: at("ledger.db"), index: at("index.db"), ranking: at("ranking.db") }
}

/// Holds everything against everything. Events behind `since` are of commands in the records.
///
/// # Panics
/// When anything does not hold, naming it all.
pub async fn prove(paths: &Paths, origin: Origin, records: &Records, since: u64, projected: Projected) -> Proof {
    let source = Source::open(paths.ledger.clone()).await.expect("the log can be read");
    let bodies = source.after(0, usize::MAX >> 1).await.expect("the log can be read");
    let head = bodies.len() as u64;
    let counts = check(&records.all(), &bodies, origin.clone(), since).unwrap_or_else(|faults| {
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("the records do not hold ({} faults):\n{}", told.len(), told.join("\n"));
    });
    match projected {
        Projected::Followed => {
            until_at::<Index>(&paths.index, head).await;
            until_at::<Ranking>(&paths.ranking, head).await;
        }
        Projected::Here { index, ranking } => {
            let feed: SharedFeed = Arc::new(source);
            make::<Index>(index, origin.clone(), feed.clone()).await;
            make::<Ranking>(ranking, origin.clone(), feed).await;
        }
    }
    let report =
        inspector::verify(paths, origin, &inspector::Against::default(), |_, _| {}).await.expect("it can be verified");
    assert!(report.holds(), "{:?}", report.findings);
    assert!(report.notes.is_empty(), "{:?}", report.notes);
    assert_eq!(report.events, head, "nobody writes any more");
    let positions: Vec<u64> = report.projections.iter().map(|p| p.position).collect();
    assert_eq!(positions, [head, head], "both projections stand at the log's end");
    eprintln!("proven: {counts:?}");
    Proof { counts, report }
}

/// Waits until a projection that somebody follows stands at a position.
///
/// # Panics
/// When it does not in time.
pub async fn until_at<P: Projection>(place: &Place, position: u64) {
    let until = Instant::now() + WAIT;
    let mut told;
    loop {
        match at::<P>(place).await {
            Ok(at) if at >= position => return,
            Ok(at) => told = format!("it stands at {at}"),
            Err(error) => told = error,
        }
        assert!(Instant::now() < until, "{} does not come to #{position}: {told}", P::NAME);
        tokio::time::sleep(ASK).await;
    }
}

/// Where a projection stands.
///
/// # Errors
/// Why it cannot be read.
pub async fn at<P: Projection>(place: &Place) -> Result<u64, String> {
    let db = open_readers(place, &schema::<P>()).await.map_err(|e| e.to_string())?;
    let at = Snapshot::begin(&db).await.map(|snapshot| snapshot.cursor().position).map_err(|e| e.to_string());
    db.close().await;
    at
}

async fn make<P: Projection>(place: Place, origin: Origin, feed: SharedFeed) {
    let mut projector = Projector::<P>::open(place, origin, feed, watch::channel(0).0).await.expect("opens");
    projector.catch_up(|_| {}).await.expect("projects");
    projector.close().await.expect("closes");
}

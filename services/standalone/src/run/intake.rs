//! The intake apart: it takes files, keeps them and their keys, hands them out, and answers the ledger whether a file is there. It
//! serves nobody before everything is destroyed that the log orders to be. It holds no lead: several share their stores.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::middleware;
use inspector::{Inspector, Source, SourceError};
use intake::access::{AccessError, AccessLog};
use intake::erasure::{ErasureError, Here, carry_out, ordered};
use intake::evidence::{FileError, KeysError, Store};
use intake::survey::{BallotsHttp, OnSurveys, StoreError};
use intake::unit_sheet::SheetsHttp;
use intake::{FilesByRight, IntakeHttp};
use ledger::{Log, LogError};
use platform::behind::Behind;
use platform::db::{DbError, Place, Role};
use platform::http::guard_reading;
use platform::ports::{far_desk, far_files};
use tokio::sync::watch;

use super::{Running, clock};
use crate::files_home::apart;
use crate::rounds::Folding;

/// How often the log is looked at for erasures that nobody asked for here, in milliseconds.
const LOOK_MS: u64 = 500;

/// Runs it.
pub async fn run(running: Running) -> anyhow::Result<ExitCode> {
    let store = Arc::new(apart(&running.config)?);
    let served = running.serve(std::future::pending())?;
    let place = |schema| Place::Schema { server: served.config.database.clone(), schema, role: Role::Intake };
    let (head, at) = watch::channel(0);
    let Some(log) = served.opened("log", || Log::open(place("ledger"), at.clone())).await? else {
        return served.ended().await;
    };
    let clock = clock(&log).await?;
    let Some(access) = served.opened("access", || async { AccessLog::open(&place("access")).await }).await? else {
        return served.ended().await;
    };
    let Some(files) = served.opened("keys", || store.begun()).await? else { return served.ended().await };
    let Some(source) = served.opened("rounds", || Source::open(place("ledger"))).await? else {
        return served.ended().await;
    };
    let Some(guard) = served.guard().await? else { return served.ended().await };
    // Keys that came out of an older backup are destroyed again before anybody is served.
    let Some(done) = served.opened("erasures", || carried_out(&log, &store)).await? else {
        return served.ended().await;
    };
    let (erased, upto) = watch::channel(done);
    served.shell.metrics().log(at.clone());
    served.shell.reads(Behind::new("erasures", upto, at), true);
    served.shell.health().needs("files", move || {
        let files = Arc::clone(&files);
        async move { files.answers().await.map_err(|e| e.to_string()) }
    });
    let here = Arc::new(Here { store: Arc::clone(&store), feed: Arc::new(log.clone()) });
    let of_ledgers = far_files(store.clone(), here);
    let (origin, authenticate) = (served.config.origin.clone(), guard.authenticate.clone());
    let by_right = Arc::new(FilesByRight {
        store: Arc::clone(&store),
        access,
        feed: Arc::new(log.clone()),
        clock: Arc::clone(&clock),
    });
    let files = intake::router(IntakeHttp { files: Arc::clone(&by_right), authenticate: authenticate.clone() });
    let ballots = intake::survey::router(BallotsHttp {
        origin: origin.clone(),
        store: Arc::clone(&store),
        authenticate: authenticate.clone(),
        feed: Arc::new(log.clone()),
        clock: Arc::clone(&clock),
    });
    let folding = Folding::new(Inspector::new(source, origin.clone()));
    // What pages ask that a dashboard shows which runs apart: as somebody who is signed in there.
    let surveys = OnSurveys {
        origin: origin.clone(),
        rounds: Box::new(folding.clone()),
        feed: Arc::new(log.clone()),
        store: Some(Arc::clone(&store)),
        clock: Arc::clone(&clock),
    };
    let of_pages = far_desk(by_right, Arc::new(surveys), authenticate.clone());
    let sheets = intake::unit_sheet::router(SheetsHttp { rounds: Box::new(folding), origin, authenticate, clock });
    let routes = files.merge(ballots).merge(sheets);
    let of_services = of_ledgers.merge(of_pages).layer(middleware::from_fn_with_state(guard, guard_reading));
    served.shell.open(routes.merge(of_services));
    let following = tokio::spawn(follow(log, store, (head, erased), served.stopped.clone()));
    let ended = served.ended().await;
    following.await?;
    ended
}

/// Carries out what the log orders; gives the position up to which that is done.
async fn carried_out(log: &Log, store: &Store) -> anyhow::Result<u64> {
    let head = log.head_row().await?.position;
    for erasure in carry_out(log, store).await?.iter().filter(|erasure| erasure.now) {
        // What it was is in the log; here it is said that it is gone.
        tracing::info!(position = erasure.position, "intake.erased");
    }
    Ok(head)
}

/// Follows the log, and carries out what nobody has asked this service for, until it is told to stop.
async fn follow(
    log: Log,
    store: Arc<Store>,
    (head, erased): (watch::Sender<u64>, watch::Sender<u64>),
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        let done = *erased.borrow();
        match look(&log, &store, &head, done).await {
            Ok(done) => drop(erased.send_replace(done)),
            Err(error) => tracing::warn!(error = format!("{error:#}"), "intake.erasures_wait"),
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
    }
}

async fn look(log: &Log, store: &Store, head: &watch::Sender<u64>, done: u64) -> anyhow::Result<u64> {
    let position = log.head_row().await?.position;
    head.send_if_modified(|before| std::mem::replace(before, position) != position);
    if position == done {
        return Ok(done);
    }
    let ordered = ordered(log).await?;
    if ordered.iter().all(|erasure| erasure.position <= done) {
        return Ok(position);
    }
    carried_out(log, store).await
}

/// What a database says where files' keys, the access log or the log itself cannot be opened.
pub fn db_error<'e>(cause: &'e (dyn Error + 'static)) -> Option<&'e DbError> {
    if let Some(error) = cause.downcast_ref::<FileError>() {
        return of_files(error);
    }
    if let Some(error) = cause.downcast_ref::<ErasureError>() {
        return match error {
            ErasureError::File(error) => of_files(error),
            ErasureError::Ballots(StoreError::Db(db)) => Some(db),
            _ => None,
        };
    }
    if let Some(AccessError::Db(db)) = cause.downcast_ref::<AccessError>() {
        return Some(db);
    }
    if let Some(SourceError::Db(db)) = cause.downcast_ref::<SourceError>() {
        return Some(db);
    }
    match cause.downcast_ref::<LogError>() {
        Some(LogError::Db(db)) => Some(db),
        _ => None,
    }
}

fn of_files(error: &FileError) -> Option<&DbError> {
    match error {
        FileError::Keys(KeysError::Db(db)) => Some(db),
        _ => None,
    }
}

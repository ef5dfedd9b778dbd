//! The routes of whatever comes as a file, over the node that holds the log: evidence, ballots, sheets filled in offline. Each is
//! wired to the log and to who speaks; none of them writes an event.

use std::sync::Arc;

use axum::Router;
use intake::access::AccessLog;
use intake::erasure::carry_out;
use intake::survey::{BallotsHttp, OnSurveys};
use intake::unit_sheet::{OnDesks, OnFields, OnPages, SheetsHttp};
use intake::{FilesByRight, IntakeHttp, OnOpening};

use crate::files_home::ACCESS;
use crate::home::Home;
use crate::node::Node;
use crate::rounds::Folding;

/// Those of sheets, which need no store: only where the node's login may read as the inspector does.
pub async fn sheets(node: &Node) -> anyhow::Result<Router> {
    Ok(intake::unit_sheet::router(SheetsHttp {
        origin: node.ledger().origin().clone(),
        rounds: Box::new(Folding::new(node.inspector().await?)),
        authenticate: node.identity.clone(),
        clock: node.ledger().clock(),
    }))
}

/// Sheets for the pages on which people fill them in, likewise.
pub async fn on_pages(node: &Node) -> anyhow::Result<OnPages> {
    Ok(OnPages {
        origin: node.ledger().origin().clone(),
        rounds: Box::new(Folding::new(node.inspector().await?)),
        feed: Arc::new(node.ledger().log()),
        clock: node.ledger().clock(),
    })
}

/// Rounds for the pages of those who appraise, decide, hold the survey or keep the secretariat, likewise.
pub async fn on_desks(node: &Node) -> anyhow::Result<OnDesks> {
    Ok(OnDesks { rounds: Box::new(Folding::new(node.inspector().await?)), clock: node.ledger().clock() })
}

/// The opening of rounds, for the pages on which it is prepared, likewise.
pub async fn on_opening(node: &Node) -> anyhow::Result<OnOpening> {
    Ok(OnOpening {
        origin: node.ledger().origin().clone(),
        rounds: Box::new(Folding::new(node.inspector().await?)),
        feed: Arc::new(node.ledger().log()),
        clock: node.ledger().clock(),
    })
}

/// Fields as workbooks for the pages of those who appraise them, likewise.
pub async fn on_fields(node: &Node) -> anyhow::Result<OnFields> {
    Ok(OnFields {
        origin: node.ledger().origin().clone(),
        rounds: Box::new(Folding::new(node.inspector().await?)),
        clock: node.ledger().clock(),
    })
}

/// Surveys for the pages of their staff; ballots are taken in where the home has a store.
pub async fn on_surveys(node: &Node) -> anyhow::Result<OnSurveys> {
    Ok(OnSurveys {
        origin: node.ledger().origin().clone(),
        rounds: Box::new(Folding::new(node.inspector().await?)),
        feed: Arc::new(node.ledger().log()),
        store: node.files.clone(),
        clock: node.ledger().clock(),
    })
}

/// The files of units by right, where the home has a store.
pub async fn by_right(node: &Node) -> anyhow::Result<Option<Arc<FilesByRight>>> {
    let (Some(store), Home::Folder(folder)) = (&node.files, node.home()) else { return Ok(None) };
    Ok(Some(Arc::new(FilesByRight {
        store: Arc::clone(store),
        access: AccessLog::open(&folder.file(ACCESS).into()).await?,
        feed: Arc::new(node.ledger().log()),
        clock: node.ledger().clock(),
    })))
}

/// Those of files that are kept, where there are any.
pub async fn kept(node: &Node, files: Option<Arc<FilesByRight>>) -> anyhow::Result<Router> {
    let Some(files) = files else { return Ok(Router::new()) };
    let store = &files.store;
    // Keys that came out of an older backup are destroyed again before anybody is served.
    for erasure in carry_out(&node.ledger().log(), store).await?.iter().filter(|erasure| erasure.now) {
        eprintln!("erased: {}, as confirmed at #{}", erasure.what, erasure.position);
    }
    let ballots = intake::survey::router(BallotsHttp {
        origin: node.ledger().origin().clone(),
        store: Arc::clone(store),
        authenticate: node.identity.clone(),
        feed: Arc::clone(&files.feed),
        clock: Arc::clone(&files.clock),
    });
    Ok(intake::router(IntakeHttp { files, authenticate: node.identity.clone() }).merge(ballots))
}

//! A projector apart: it follows the bus, with the ledgers' own feed beside it, or that alone.
//! It has no routes of its own: what it makes is read from its database.

use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use platform::behind::Behind;
use platform::db::{Place, Role};
use platform::feed::{Feed, SharedFeed};
use platform::jetstream::{Bus, JetStreamFeed};
use platform::projector::{Projection, follow};
use tokio::sync::watch;

use super::Running;

/// Runs it.
pub async fn run<P: Projection>(running: Running, schema: &'static str, role: Role) -> anyhow::Result<ExitCode> {
    let served = running.serve(std::future::pending())?;
    let far = Arc::new(served.feed()?);
    let (head, reached) = (far.head(), far.reached());
    let feed: SharedFeed = match served.config.nats.clone() {
        Some(settings) => Arc::new(JetStreamFeed::new(Bus::new(settings)?, P::NAME, far)),
        None => far,
    };
    let place = Place::Schema { server: served.config.database.clone(), schema, role };
    let (cursor, at) = watch::channel(0);
    served.shell.metrics().log(head.clone());
    served.shell.reads(Behind::of_far(P::NAME, at, head, reached), true);
    served.shell.open(Router::new());
    let following =
        tokio::spawn(follow::<P>(place, served.config.origin.clone(), feed, cursor, served.stopped.clone()));
    let ended = served.ended().await;
    following.await?;
    ended
}

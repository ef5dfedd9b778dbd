//! The ledger apart: it stands by until it has the lead, then writes, publishes, and answers.
//! One that has lost the lead ends; whoever watches over processes starts it again, and it stands by.

use std::process::ExitCode;
use std::sync::Arc;

use platform::feed::Feed;
use platform::health::Stage;
use platform::jetstream::Bus;
use platform::ports::{FarFiles, FarReceipts, SharedReceipts};
use tokio::sync::{oneshot, watch};

use super::Running;
use crate::failure::Failure;
use crate::home::{Held, Logins};
use crate::node::{Node, Opening};
use crate::serve;

/// Runs it.
pub async fn run(running: Running) -> anyhow::Result<ExitCode> {
    let bus = running.config.nats.clone().map(Bus::new).transpose()?;
    let url = match &running.config.announce {
        Some(url) => url.clone(),
        None => format!("http://{}", running.listener.local_addr()?),
    };
    let loopback = running.listener.local_addr()?.ip().is_loopback();
    let (tell, told) = oneshot::channel::<watch::Receiver<bool>>();
    let served = running.serve(async {
        match told.await {
            Ok(lost) => serve::step_down(lost).await,
            Err(_) => std::future::pending().await,
        }
    })?;
    served.shell.health().is_at(Stage::StandsBy);
    let logins = Logins { own: served.config.database.clone(), identity: served.config.identity.clone() };
    let far = served.config.signer_url.as_deref().map(FarReceipts::new).transpose();
    let receipts = far.map_err(|e| Failure::new("signer_unusable", e))?.map(|far| Arc::new(far) as SharedReceipts);
    let far = served.config.intake_url.as_deref().map(|urls| FarFiles::new(urls, served.config.token.clone()));
    let intake = far.transpose().map_err(|e| Failure::new("intake_unusable", e))?;
    let open = || {
        let opening = Opening {
            origin: Some(served.config.origin.clone()),
            bus: bus.clone(),
            projects: false,
            receipts: receipts.clone(),
            anchor_every: served.config.anchor_every,
            intake: intake.clone(),
            ..Opening::standing_by()
        };
        Node::open(Held::Database(logins.clone()), opening)
    };
    let Some(node) = served.opened("ledger", open).await? else { return served.ended().await };
    if node.ledger().log().after(0, 1).await?.is_empty() {
        node.stop().await;
        return Err(Failure::new("log_missing", "no log has begun: run `parindex init`").into());
    }
    let _ = tell.send(node.ledger().lost());
    tokio::spawn(identity::Identity::follow(node.identity.clone()));
    serve::lead(node, served.shell, (url, loopback, None), served.serving, || {}).await
}

//! The signer apart, under an account of its own: it reads the log's rows, signs, and serves what it signed.
//! It writes nothing but its own folder.

use std::process::ExitCode;

use axum::middleware;
use platform::db::{Place, Role};
use platform::http::guard_reading;
use platform::key_file;
use signer::LogRows;

use super::Running;
use crate::failure::Failure;
use crate::signing;

/// Runs it.
pub async fn run(running: Running) -> anyhow::Result<ExitCode> {
    let settings = running.config.signer.clone();
    let missing = |key| Failure::new("config_value_missing", format!("{key} must be set for the signer"));
    let files = if settings.keys.is_empty() { Err(missing("signer.key")) } else { Ok(settings.keys) };
    let keys = files?.iter().map(|file| key_file::read(file)).collect::<Result<_, _>>()?;
    let store = settings.store.ok_or_else(|| missing("signer.store"))?;
    let served = running.serve(std::future::pending())?;
    let place = || Place::Schema { server: served.config.database.clone(), schema: "ledger", role: Role::Signer };
    let origin = || served.config.origin.clone();
    let Some(rows) = served.opened("signer", || LogRows::open(place(), origin())).await? else {
        return served.ended().await;
    };
    let Some(guard) = served.guard().await? else { return served.ended().await };
    let signing = signing::Running::of(keys, store, rows, settings.interval, settings.witnesses.as_deref())?;
    signing.observe(&served.shell);
    let (public, entries) = signer::router(signing.served());
    served.shell.open(public.merge(entries.layer(middleware::from_fn_with_state(guard, guard_reading))));
    let ended = served.ended().await;
    signing.stop().await?;
    ended
}

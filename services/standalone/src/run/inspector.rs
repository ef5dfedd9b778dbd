//! The inspector apart: it reads the log with statements of its own and answers questions over HTTP.
//! It writes nothing anywhere.

use std::process::ExitCode;
use std::sync::Arc;

use axum::middleware;
use inspector::{CasesHttp, Inspector, Source, cases_router};
use platform::clock::Clock;
use platform::db::{Place, Role};
use platform::http::guard_reading;
use platform::ports::far_inspector;

use super::Running;

/// Runs it.
pub async fn run(running: Running) -> anyhow::Result<ExitCode> {
    let served = running.serve(std::future::pending())?;
    let place = || Place::Schema { server: served.config.database.clone(), schema: "ledger", role: Role::Inspector };
    let Some(source) = served.opened("inspector", || Source::open(place())).await? else {
        return served.ended().await;
    };
    let Some(guard) = served.guard().await? else { return served.ended().await };
    let asked = source.clone();
    served.shell.health().needs("log", move || {
        let source = asked.clone();
        async move { source.answers().await.map_err(|e| e.to_string()) }
    });
    let inspector = Inspector::new(source, served.config.origin.clone());
    let cases = cases_router(CasesHttp {
        inspector: inspector.clone(),
        authenticate: guard.authenticate.clone(),
        clock: Arc::new(Clock::System),
    });
    let routes = far_inspector(Arc::new(inspector));
    served.shell.open(routes.layer(middleware::from_fn_with_state(guard, guard_reading)).merge(cases));
    served.ended().await
}

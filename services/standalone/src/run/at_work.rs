//! The pages of people at work where services run apart: they sign in at the dashboard, their rights are folded from the log as the dashboard's
//! own login reads it, and what they do goes to the ledger, the files that they send to the intake, each with their session along. The dashboard
//! writes nothing but sessions, and speaks for nobody.

use std::sync::Arc;

use axum::{Router, middleware};
use dashboard::{BACK, Dashboard, Desk, Doors, SIGN_IN, Seeing, SignIn, Site, recognising};
use identity::{Identity, Provider};
use inspector::{Inspector, Source};
use intake::OnOpening;
use intake::survey::OnSurveys;
use intake::unit_sheet::{OnDesks, OnFields, OnPages};
use ledger::Log;
use platform::clock::Clock;
use platform::db::{Place, Role};
use platform::http::{ReadGuard, guard_reading};
use platform::ports::{BySession, FarDesk, FarLedgers, SharedSheets, SharedWork, Surveys, UnitFiles};
use platform::provider::ProviderPlace;
use proto::Scope;
use tokio::sync::watch;

use super::{Served, clock};
use crate::failure::Failure;
use crate::rounds::Folding;

/// Everything that a dashboard serves at an address by which browsers reach it; none if it is told to stop before.
pub async fn routes(served: &Served, pages: &Dashboard, url: &str) -> anyhow::Result<Option<Router>> {
    let Some(identity) = served.identity().await? else { return Ok(None) };
    let Some(log) = opened_log(served).await? else { return Ok(None) };
    let Some(source) = served.opened("rounds", || Source::open(of_log(served))).await? else { return Ok(None) };
    let clock = clock(&log).await?;
    let sign_in = sign_in(&identity, served.config.provider.as_ref(), url)?;
    let rounds = Folding::new(Inspector::new(source, pages.origin.clone()));
    let work: SharedWork = Arc::new(OnDesks { rounds: Box::new(rounds.clone()), clock: Arc::clone(&clock) });
    let sheets: SharedSheets = Arc::new(OnPages {
        origin: pages.origin.clone(),
        rounds: Box::new(rounds.clone()),
        feed: Arc::new(log.clone()),
        clock: Arc::clone(&clock),
    });
    let desk = desk(served, (pages, &sign_in), (&work, &sheets), (rounds, log, clock))?;
    let public = dashboard::public(pages.origin.clone()).merge(dashboard::doors(pages.clone(), sign_in.clone()));
    // Whoever is reached by an address of his own is reached by others: nothing is open here, on loopback neither.
    let guard = ReadGuard { authenticate: identity.clone(), open: false, scope: Scope::Read, sign_in: Some(SIGN_IN) };
    let read = dashboard::router(pages.clone()).layer(middleware::from_fn_with_state(guard, guard_reading));
    let seeing = Seeing { dashboard: pages.clone(), work, sheets, authenticate: identity };
    let read = dashboard::seeing(read, seeing);
    Ok(Some(recognising(read.merge(public).merge(dashboard::desk(desk)), sign_in)))
}

/// How people sign in here.
fn sign_in(identity: &Arc<Identity>, place: Option<&ProviderPlace>, url: &str) -> anyhow::Result<SignIn> {
    let site = if url.starts_with("https://") { url.parse()? } else { Site::default() };
    let provider = place.map(|place| Provider::new(place, format!("{url}{BACK}"))).transpose()?.map(Arc::new);
    // The machine's clock: a session is of today.
    Ok(SignIn { identity: Arc::clone(identity), clock: Arc::new(Clock::System), site, provider })
}

fn of_log(served: &Served) -> Place {
    Place::Schema { server: served.config.database.clone(), schema: "ledger", role: Role::Dashboard }
}

async fn opened_log(served: &Served) -> anyhow::Result<Option<Log>> {
    // Nobody here waits for the log's end: it is read when somebody asks.
    let (_, at) = watch::channel(0);
    served.opened("log", || Log::open(of_log(served), at.clone())).await
}

/// What the pages of people at work are made from. Files and ballots, with what opens them, are the intake's alone.
fn desk(
    served: &Served,
    (pages, sign_in): (&Dashboard, &SignIn),
    (work, sheets): (&SharedWork, &SharedSheets),
    (rounds, log, clock): (Folding, Log, Arc<Clock>),
) -> anyhow::Result<Desk> {
    let (config, origin) = (&served.config, pages.origin.clone());
    let ledgers = FarLedgers::new(&config.ledger_url, config.token.clone());
    let ledgers = ledgers.map_err(|e| Failure::new("ledger_unusable", e))?;
    let intake = config.intake_url.as_deref().map(|urls| FarDesk::new(urls, config.token.clone())).transpose();
    let intake = intake.map_err(|e| Failure::new("intake_unusable", e))?;
    let files = intake.clone().map(|intake| BySession::<dyn UnitFiles>::each(move |secret| intake.files(secret)));
    let surveys = match intake {
        Some(intake) => BySession::<dyn Surveys>::each(move |secret| intake.surveys(secret)),
        None => BySession::<dyn Surveys>::one(Arc::new(OnSurveys {
            origin: origin.clone(),
            rounds: Box::new(rounds.clone()),
            feed: Arc::new(log.clone()),
            store: None,
            clock: Arc::clone(&clock),
        })),
    };
    Ok(Desk {
        doors: Doors { dashboard: pages.clone(), sign_in: sign_in.clone() },
        sheets: Arc::clone(sheets),
        work: Arc::clone(work),
        openings: Arc::new(OnOpening {
            origin: origin.clone(),
            rounds: Box::new(rounds.clone()),
            feed: Arc::new(log),
            clock: Arc::clone(&clock),
        }),
        surveys,
        fields: Arc::new(OnFields { origin, rounds: Box::new(rounds), clock }),
        files,
        // Both want the log's own folder: their pages say by which command they are done.
        verifies: None,
        dossiers: None,
        receipts: None,
        mails: false,
        submit: BySession::each(move |secret| ledgers.of(secret)),
    })
}

//! Pages beside the queries that they are made of, in a round of 2,000 units and 300,000 scores; and the ranking that is kept for
//! everybody, beside a file of the same bytes from the same server. The round is the sample's, its rows multiplied here by chain, which
//! a load program may.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::routing::get;
use dashboard::Dashboard;
use inspector::{Inspector, Source};
use platform::outward;
use proto::{Origin, RoundId, UnitId};
use ranking::Which;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use tokio::net::TcpListener;

use super::{bar, median, rate};
use crate::folder::Folder;

const UNITS: i64 = 2_000;
const REPEATS: usize = 5;
const PAGES: usize = 20;
/// How many ask at once, and for how long in each turn.
const CALLERS: usize = 16;
const TURN: Duration = Duration::from_secs(2);

/// Measures and prints.
///
/// # Errors
/// When the sample cannot be played, multiplied or served.
pub async fn measure() -> Result<()> {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--data", "@"]);
    let data = folder.data();
    let scores = multiply(&data.join("index.db")).await?;
    multiply(&data.join("ranking.db")).await?;
    let origin = Origin::parse("parindex.example/hanoi-2022/training")?;
    let dashboard = Dashboard {
        index: index::Reader::open(data.join("index.db")).await?,
        ranking: ranking::Reader::open(data.join("ranking.db")).await?,
        inspector: Arc::new(Inspector::new(Source::open(data.join("ledger.db")).await?, origin.clone())),
        origin,
        receipts: false,
    };
    let round = RoundId::parse("hanoi-2022")?;
    let unit = dashboard.index.view().await?.units(&round).await?.pop().context("units")?;
    println!("\npages: {UNITS} units and more, {scores} scores");
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let http = outward::client();
    let (ranked, own) = (format!("{url}/rounds/{round}"), format!("{url}/rounds/{round}/units/{}", unit.unit));
    let routes = dashboard::router(dashboard.clone());
    let serving = tokio::spawn(async move { axum::serve(listener, routes).await });
    // Another query each time, so that none of them is one that is kept.
    let mut nth = 0;
    let mut page = async |place: &str, n: usize| -> Result<f64> {
        let start = Instant::now();
        for _ in 0..n {
            nth += 1;
            let answer = http.get(format!("{place}?publication=live&x={nth}")).send().await?;
            ensure!(answer.status().is_success(), "{place}: {}", answer.status());
            answer.bytes().await?;
        }
        Ok(rate(n, start.elapsed()))
    };
    let (mut ranking, mut ranking_alone, mut sheet, mut sheet_alone) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..REPEATS {
        ranking.push(page(&ranked, PAGES).await?);
        ranking_alone.push(queries(&dashboard, &round, None).await?);
        sheet.push(page(&own, PAGES).await?);
        sheet_alone.push(queries(&dashboard, &round, Some(&unit.unit)).await?);
    }
    let told = |name: &str, page: Vec<f64>, alone: Vec<f64>| {
        let (page, alone) = (median(page), median(alone));
        println!("  {name}: {page:.0} pages/s; its queries alone {alone:.0}/s");
        bar(&format!("a page of {name} / its queries alone, in time"), alone / page, 2.0, true);
    };
    told("the ranking", ranking, ranking_alone);
    told("a unit", sheet, sheet_alone);
    serving.abort();
    kept(&dashboard, &round).await
}

/// The queries of a page, as it asks them.
async fn queries(dashboard: &Dashboard, round: &RoundId, unit: Option<&UnitId>) -> Result<f64> {
    let start = Instant::now();
    for _ in 0..PAGES {
        let mut view = dashboard.index.view().await?;
        view.rounds().await?;
        view.blocks(round).await?;
        let mut ranked = dashboard.ranking.view().await?;
        match unit {
            None => {
                ranked.publications(round).await?;
                ranked.standings(round, Which::Live).await?;
            }
            Some(unit) => {
                let row = view.unit(round, unit).await?.context("the unit")?;
                view.nodes(round, &row.kind).await?;
                view.totals(round, unit).await?;
                view.scores(round, unit).await?;
                view.extras(round, unit).await?;
                ranked.standings(round, Which::Live).await?;
                ranked.standings(round, Which::Latest).await?;
            }
        }
    }
    Ok(rate(PAGES, start.elapsed()))
}

/// The published ranking as it is kept for everybody, beside the same bytes as a file.
async fn kept(dashboard: &Dashboard, round: &RoundId) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let ranked = format!("{url}/rounds/{round}");
    let routes = dashboard::router(dashboard.clone());
    let first = tokio::spawn(async move { axum::serve(listener, routes).await });
    let body = outward::client().get(&ranked).send().await?.bytes().await?;
    first.abort();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let file = body.clone();
    let same = Router::new().route("/same", get(move || std::future::ready(file.clone())));
    let routes = dashboard::router(dashboard.clone()).merge(same);
    let serving = tokio::spawn(async move { axum::serve(listener, routes).await });
    let (mut pages, mut files) = (Vec::new(), Vec::new());
    for _ in 0..REPEATS {
        pages.push(asked(&format!("{url}/rounds/{round}"), body.len()).await?);
        files.push(asked(&format!("{url}/same"), body.len()).await?);
    }
    serving.abort();
    let (pages, files) = (median(pages), median(files));
    println!("  the kept ranking, {} bytes: {pages:.0}/s; the same bytes as a file {files:.0}/s", body.len());
    bar("the kept ranking / a file of the same bytes", pages / files, 0.33, false);
    Ok(())
}

/// How often in a second an address answers when many ask at once.
async fn asked(place: &str, bytes: usize) -> Result<f64> {
    let http = outward::client();
    let start = Instant::now();
    let callers = (0..CALLERS).map(|_| {
        let (http, place) = (http.clone(), place.to_owned());
        tokio::spawn(async move {
            let mut answers = 0;
            while start.elapsed() < TURN {
                let body = http.get(&place).send().await?.bytes().await?;
                ensure!(body.len() == bytes, "{} bytes, and not {bytes}", body.len());
                answers += 1;
            }
            Ok(answers)
        })
    });
    let mut answers = 0;
    for caller in callers.collect::<Vec<_>>() {
        answers += caller.await??;
    }
    Ok(rate(answers, start.elapsed()))
}

/// Multiplies every unit's rows until there are enough units; gives the number of scores.
async fn multiply(database: &Path) -> Result<i64> {
    let mut db = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(database)).await?;
    let tables: Vec<(String,)> = sqlx::query_as(
        "SELECT m.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'unit'",
    )
    .fetch_all(&mut db)
    .await?;
    for (table,) in &tables {
        let names: Vec<(String,)> =
            sqlx::query_as(AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')")))
                .fetch_all(&mut db)
                .await?;
        let into: Vec<&str> = names.iter().map(|(name,)| name.as_str()).collect();
        let from: Vec<String> = into
            .iter()
            .map(|name| if *name == "unit" { "unit || '-' || n".to_owned() } else { (*name).to_owned() })
            .collect();
        let count: (i64,) = sqlx::query_as(AssertSqlSafe(format!("SELECT COUNT(DISTINCT unit) FROM {table}")))
            .fetch_one(&mut db)
            .await?;
        let times = UNITS / count.0.max(1);
        let multiplied = format!(
            "WITH RECURSIVE times(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM times WHERE n < {times}) \
             INSERT INTO {table} ({}) SELECT {} FROM {table}, times",
            into.join(", "),
            from.join(", ")
        );
        sqlx::query(AssertSqlSafe(multiplied)).execute(&mut db).await?;
    }
    let scores: (i64,) = match tables.iter().find(|(table,)| table.starts_with("scores")) {
        Some((table,)) => {
            sqlx::query_as(AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"))).fetch_one(&mut db).await?
        }
        None => (0,),
    };
    db.close().await?;
    Ok(scores.0)
}

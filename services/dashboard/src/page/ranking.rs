//! The ranking's page: each block with its bars, in a publication or as it stands now.
//! It ranks nothing itself: ranks, bands and movements are the projection's rows.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::document::Lang;
use proto::rows::{PublicationRow, RoundRow, StandingRow};
use proto::{BlockId, Exact};
use ranking::Which;

use super::{Bar, Frame, Moment, answer, open};
use crate::Dashboard;
use crate::ask::Ask;
use crate::blocks::Blocks;
use crate::number::{Printer, percent, width};
use crate::refusal::Refusal;
use crate::words::{ReportWords, Words, fill, pick, short_beside};

#[derive(Template)]
#[template(path = "ranking.html")]
struct RankingPage {
    t: &'static Words,
    w: &'static ReportWords,
    f: Frame,
    id: String,
    /// The standing that is shown, as a query names it.
    named: String,
    shown: Shown,
    /// Other standings that can be shown: the query's value, its name, whether it is this one.
    views: Vec<(String, String, bool)>,
    /// Between which moments places moved, as a query names them.
    why: Option<String>,
    blocks: Vec<Block>,
}

/// Which standing is shown.
struct Shown {
    title: String,
    /// Why it is provisional; none in a publication.
    provisional: Option<&'static str>,
    publication: Option<Published>,
}

/// A publication that is shown.
struct Published {
    at: Moment,
    position: u64,
    decision: String,
    digest: String,
    reason: String,
    superseded: Option<String>,
}

struct Block {
    id: BlockId,
    title: String,
    count: String,
    /// The bands that stand in the block: code and title.
    bands: Vec<(String, String)>,
    rows: Vec<Place>,
    mean_index: String,
    mean_appraisal: String,
    mean_survey: String,
}

/// A unit's place.
struct Place {
    rank: Option<u64>,
    unit: String,
    name: String,
    short: String,
    index: String,
    bar: Bar,
    band: Option<(String, String)>,
    movement: Option<Movement>,
    appraisal: String,
    survey: String,
}

struct Movement {
    up: bool,
    places: u64,
    words: String,
}

/// `/rounds/{round}`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<RankingPage, Refusal> {
    let t = Words::of(ask.lang);
    let which = ask.which()?;
    let mut opened = open(dashboard, ask, t.ranking_title).await?;
    let order = Blocks(opened.view.blocks(&opened.round.round).await?);
    let mut f = opened.frame;
    let mut view = dashboard.ranking.view().await?;
    f.reads_at(t.as_of_ranking, view.cursor());
    f.here = "ranking";
    let publications = view.publications(&opened.round.round).await?;
    let (number, rows) = view.standings(&opened.round.round, which).await?;
    if matches!(which, Which::Publication(n) if !publications.iter().any(|p| p.publication == n)) {
        return Err(Refusal::unknown("publication_unknown"));
    }
    let shown = publications.iter().find(|p| p.publication == number);
    f.follows(ask, &format!("/rounds/{}", opened.round.round));
    Ok(RankingPage {
        t,
        w: ReportWords::of(ask.lang),
        named: if number == 0 { "live".to_owned() } else { number.to_string() },
        f,
        id: opened.round.round.to_string(),
        shown: self::shown(t, &opened.round, shown, &publications),
        why: since(shown, &publications),
        views: views(t, number, &publications),
        blocks: blocks(&opened.printer, &order, rows),
    })
}

fn shown(t: &Words, round: &RoundRow, shown: Option<&PublicationRow>, all: &[PublicationRow]) -> Shown {
    let Some(row) = shown else {
        let why = if round.decided { t.provisional_decided } else { t.provisional_open };
        return Shown { title: t.provisional.to_owned(), provisional: Some(why), publication: None };
    };
    let latest = all.last().map_or(0, |p| p.publication);
    let superseded = (row.publication < latest).then(|| fill(t.superseded, &[&latest.to_string()]));
    let publication = Published {
        at: row.at.into(),
        position: row.position,
        decision: row.decision.to_string(),
        digest: row.digest.to_string(),
        reason: row.reason.clone(),
        superseded,
    };
    let title = fill(t.publication, &[&row.publication.to_string()]);
    Shown { title, provisional: None, publication: Some(publication) }
}

/// The two moments between which the places moved that are shown, as a query names them; none where none was before.
fn since(shown: Option<&PublicationRow>, all: &[PublicationRow]) -> Option<String> {
    let earlier = |p: &&PublicationRow| shown.is_none_or(|row| p.publication < row.publication);
    let before = all.iter().rfind(earlier)?;
    let to = shown.map_or(String::new(), |row| row.position.to_string());
    Some(format!("from={}&to={to}", before.position))
}

fn views(t: &Words, number: u64, publications: &[PublicationRow]) -> Vec<(String, String, bool)> {
    let mut views: Vec<(String, String, bool)> = publications
        .iter()
        .map(|p| {
            let n = p.publication.to_string();
            let title = fill(t.publication, &[&n]);
            (n, title, p.publication == number)
        })
        .collect();
    if !views.is_empty() {
        views.push(("live".to_owned(), t.view_live.to_owned(), number == 0));
    }
    views
}

/// The rows by block, in the round's order.
fn blocks(printer: &Printer, order: &Blocks, rows: Vec<StandingRow>) -> Vec<Block> {
    let mut groups: Vec<(BlockId, Vec<StandingRow>)> = Vec::new();
    for row in rows {
        match groups.last_mut() {
            Some((block, group)) if *block == row.block => group.push(row),
            _ => groups.push((row.block.clone(), vec![row])),
        }
    }
    groups.sort_by_key(|(id, _)| order.place(id));
    groups.into_iter().map(|(id, rows)| block(printer, order.title(printer.lang, &id), id, &rows)).collect()
}

fn block(printer: &Printer, title: String, id: BlockId, rows: &[StandingRow]) -> Block {
    let t = Words::of(printer.lang);
    let indices = rows.iter().filter_map(|r| r.index_value.clone());
    let appraisals = rows.iter().filter_map(|r| percent(&r.appraisal_reached, &r.appraisal_maximum));
    let surveys = rows.iter().filter_map(|r| percent(&r.survey_reached, &r.survey_maximum));
    let mut bands: Vec<(String, String)> = rows.iter().filter_map(|row| band(printer.lang, row)).collect();
    bands.dedup();
    Block {
        title,
        count: fill(t.block_count, &[&printer.count(rows.len() as u64)]),
        bands,
        mean_index: mean(printer, indices),
        mean_appraisal: mean(printer, appraisals),
        mean_survey: mean(printer, surveys),
        rows: rows.iter().map(|row| place(printer, row)).collect(),
        id,
    }
}

/// The mean over the units that have the value: each unit counts once, whatever its maximum.
fn mean(printer: &Printer, values: impl Iterator<Item = Exact>) -> String {
    let values: Vec<Exact> = values.collect();
    let count = i64::try_from(values.len()).expect("a block has not 2^63 units");
    let mean = values.into_iter().sum::<Exact>().checked_div(&Exact::whole(count));
    printer.points_or_dash(mean.as_ref())
}

fn place(printer: &Printer, row: &StandingRow) -> Place {
    let name = pick(printer.lang, &row.name_vi, &row.name_en);
    Place {
        rank: (row.rank > 0).then_some(row.rank),
        unit: row.unit.to_string(),
        short: short_beside(name, &row.short),
        name: name.to_owned(),
        index: printer.printed(&row.printed),
        bar: bar(row),
        band: band(printer.lang, row),
        movement: movement(printer.lang, row.movement),
        appraisal: printer.percent(&row.appraisal_reached, &row.appraisal_maximum),
        survey: printer.percent(&row.survey_reached, &row.survey_maximum),
    }
}

/// The band's code as a table prints it, and its title.
fn band(lang: Lang, row: &StandingRow) -> Option<(String, String)> {
    let code = row.band.as_ref()?.as_str().to_uppercase();
    Some((code, pick(lang, &row.band_vi, &row.band_en).to_owned()))
}

/// The bar ends at the index; within it stands the share that appraised points make.
fn bar(row: &StandingRow) -> Bar {
    let index = row.index_value.clone().unwrap_or_default();
    let appraised = percent(&row.appraisal_reached, &row.maximum).unwrap_or_default();
    let first = if appraised < index { &appraised } else { &index };
    Bar { first: width(first), whole: width(&index) }
}

fn movement(lang: Lang, places: i64) -> Option<Movement> {
    let t = Words::of(lang);
    let up = places > 0;
    let sentence = if up { t.movement_up } else { t.movement_down };
    let places = places.unsigned_abs();
    (places > 0).then(|| Movement { up, places, words: fill(sentence, &[&places.to_string()]) })
}

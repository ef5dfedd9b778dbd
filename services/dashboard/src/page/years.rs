//! A unit over years: what each round has published of it. Figures that are not published never stand here, whoever asks.
//! It ranks nothing; places gained since the round before are told only where both are of one block.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::document::Lang;
use proto::rows::{PublicationRow, RoundRow, StandingRow};
use proto::{Rejection, UnitId};
use ranking::Which;

use super::standing;
use super::{Frame, head};
use crate::Dashboard;
use crate::ask::Ask;
use crate::blocks::Blocks;
use crate::chart::{Line, Named};
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::table::{self, Row, Table, Tabled, Value, cell, column, count, text};
use crate::words::{ChartWords, Words, fill, pick};

#[derive(Template)]
#[template(path = "years.html")]
struct YearsPage {
    t: &'static Words,
    c: &'static ChartWords,
    f: Frame,
    unit: UnitId,
    line: Line,
    /// That the axis does not begin at 0, where it does not.
    axis: Option<String>,
    table: Table,
}

/// What a round has published of the unit.
struct Year {
    round: RoundRow,
    publication: PublicationRow,
    row: StandingRow,
    block: String,
    /// How many units of its block are ranked.
    ranked: u64,
}

impl Tabled for YearsPage {
    fn frame(&self) -> &Frame {
        &self.f
    }

    fn tables(&self) -> Vec<&Table> {
        vec![&self.table]
    }

    fn standing(&self) -> Vec<String> {
        vec![self.c.years_lead.to_owned()]
    }

    fn file(&self) -> String {
        format!("cac-nam-{}", self.unit)
    }
}

/// `/units/{unit}`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    table::answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<YearsPage, Refusal> {
    let (t, c) = (Words::of(ask.lang), ChartWords::of(ask.lang));
    let unit = ask.unit()?;
    let mut index = dashboard.index.view().await?;
    let mut ranking = dashboard.ranking.view().await?;
    let mut years = Vec::new();
    let rounds = index.rounds().await?;
    for (publication, row) in ranking.published_of(&unit).await? {
        let Some(round) = rounds.iter().find(|round| round.round == row.round) else { continue };
        let blocks = Blocks(index.blocks(&row.round).await?);
        let (_, all) = ranking.standings(&row.round, Which::Publication(row.publication)).await?;
        let ranked = all.iter().filter(|other| other.block == row.block && other.rank > 0).count() as u64;
        years.push(Year { block: blocks.title(ask.lang, &row.block), round: round.clone(), publication, row, ranked });
    }
    years.sort_by(|a, b| (a.round.year, &a.round.round).cmp(&(b.round.year, &b.round.round)));
    let newest = years.last().ok_or(Rejection::UnitUnknown { unit: unit.clone() })?;
    let name = pick(ask.lang, &newest.row.name_vi, &newest.row.name_en).to_owned();
    let mut f = Frame::new(ask, &dashboard.origin, &fill(c.years_title, &[&name]));
    f.reads_at(t.as_of_index, index.cursor());
    f.reads_at(t.as_of_ranking, ranking.cursor());
    f.round = Some(head(ask, &newest.round));
    let table = table_of(ask.lang, &years, &f.title)?;
    let mut line = Line::of(
        Named { id: "years".to_owned(), title: format!("{}: {}", t.index, f.title), desc: String::new() },
        &table,
        ("year", "index"),
    );
    let lowest = line.lowest.to_string();
    line.named.desc = fill(c.years_desc, &[&lowest]);
    let axis = (line.lowest > 0).then(|| fill(c.years_axis, &[&lowest]));
    Ok(YearsPage { t, c, f, unit, line, axis, table })
}

fn table_of(lang: Lang, years: &[Year], title: &str) -> Result<Table, Refusal> {
    let (t, c) = (Words::of(lang), ChartWords::of(lang));
    let columns = vec![
        // A year is no count: it is set without groups.
        column("year", c.years_year, "num").naming(),
        column("round", c.years_round, "unit"),
        column("publication", c.years_publication, "num"),
        column("index", t.index, "num index"),
        column("rank", t.rank, "num"),
        column("ranked", c.years_ranked, "num"),
        column("band", t.band, "middle"),
        column("movement", c.years_moved, "movement"),
        column("block", c.years_block, ""),
    ];
    let before = std::iter::once(None).chain(years.iter().map(Some));
    let rows = years.iter().zip(before).map(|(year, before)| line(lang, year, before)).collect::<Result<_, _>>()?;
    Ok(Table {
        name: "cac-nam".to_owned(),
        caption: title.to_owned(),
        class: "years",
        label: "years-table".to_owned(),
        lang,
        digits: years.iter().map(|y| u8::try_from(y.round.digits).unwrap_or(2)).max().unwrap_or(2),
        columns,
        rows,
    })
}

fn line(lang: Lang, year: &Year, before: Option<&Year>) -> Result<Row, Refusal> {
    let (t, row) = (Words::of(lang), &year.row);
    let printer = Printer::of(lang, &year.round)?;
    let was = before.map(|before| &before.row).filter(|was| was.block == row.block && was.rank > 0 && row.rank > 0);
    let whole = |rank: u64| i64::try_from(rank).expect("a block has not 2^63 units");
    let moved = was.map(|was| whole(was.rank) - whole(row.rank));
    Ok(table::row(vec![
        text(year.round.year.to_string()),
        text(pick(lang, &year.round.title_vi, &year.round.title_en))
            .to(format!("/rounds/{}?publication={}", row.round, row.publication)),
        cell(Value::Count(year.publication.publication)),
        cell(Value::printed(&row.printed)),
        standing::rank(t, row),
        count(year.ranked),
        standing::band(&printer, row),
        moved.map_or_else(|| cell(Value::Empty), |places| standing::moved(&printer, places)),
        text(year.block.clone()),
    ]))
}

//! The projections against the log: their digests, and where those differ their rows, by name (RULINGS 23).
//! A doctored read model is found whether or not anyone looks at the page that shows it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Round, TouchedRound, World, all_totals, index_rows, ranking_rows};
use platform::db::{Db, DbError, Place as Where, Schema, open_readers};
use platform::feed::Feed;
use platform::projector::{Cursor, ProjectError, Snapshot};
use platform::rows::{rounds_in, select_cells};
use proto::fold::Streams;
use proto::rows::{
    BlockRow, Cell, ExtraRow, NodeRow, PhaseRow, PublicationRow, RoundRow, Row, ScoreRow, StandingRow, Table,
    TableRows, TotalRow, UnitRow, projection_digest, round_digest, row_json,
};
use proto::walk::Walk;
use proto::{Event, Hash, Instant, RoundId};

use crate::finding::{Finding, Place};
use crate::verify::{Paths, ProjectionReport, VerifyError};

const INDEX: &[&Table] = &[
    RoundRow::TABLE,
    PhaseRow::TABLE,
    BlockRow::TABLE,
    NodeRow::TABLE,
    UnitRow::TABLE,
    TotalRow::TABLE,
    ScoreRow::TABLE,
    ExtraRow::TABLE,
];
const RANKING: &[&Table] = &[StandingRow::TABLE, PublicationRow::TABLE];

/// How many differing rows are named before the rest is only counted.
const NAMED_ROWS_MAX: usize = 5;

/// The rows that the log leads to, in both projections.
pub(crate) fn expected_rows(world: &World, round: &Round) -> [Vec<TableRows>; 2] {
    let everything = TouchedRound::everything(round);
    let ranking = ranking_rows(round, &all_totals(round), &everything);
    [index_rows(world, round, &everything).tables(), ranking.tables()]
}

/// The digests of rounds that have ended and were dropped from memory.
#[derive(Default)]
pub struct Expected {
    closed: BTreeMap<RoundId, [Hash; 2]>,
}

impl Expected {
    /// Notes an event that was folded: a round that has ended leaves its digests and is dropped.
    pub fn note(&mut self, world: &mut World, event: &Event) {
        if let Some(id) = event.envelope.stream.round() {
            self.settle(world, id);
        }
    }

    /// Leaves the digests of a round, if it has ended, and drops it.
    pub fn settle(&mut self, world: &mut World, id: &RoundId) {
        let Some(round) = world.rounds.get(id).filter(|r| r.closed) else { return };
        let digests = expected_rows(world, round).map(|tables| round_digest(&tables));
        self.closed.insert(id.clone(), digests);
        world.forget_closed();
    }
}

/// Both projections as they are held in their databases.
pub struct Held {
    projections: Vec<Projection>,
}

struct Projection {
    name: &'static str,
    which: usize,
    tables: &'static [&'static Table],
    db: Db,
    cursor: Cursor,
    /// Its rows at the cursor, once they are awaited there: it had gone on before the walk came to where it stood.
    frozen: Option<Snapshot>,
    report: Option<ProjectionReport>,
    reached: bool,
}

impl Projection {
    async fn open(
        name: &'static str,
        which: usize,
        tables: &'static [&'static Table],
        place: &Where,
    ) -> Result<Self, ProjectError> {
        let db = open_readers(place, &Schema { name, format: 1, ddl: Vec::new() }).await?;
        let cursor = Snapshot::begin(&db).await?.cursor().clone();
        Ok(Self { name, which, tables, db, cursor, frozen: None, report: None, reached: false })
    }
}

/// Holds one projection against a fold of the log up to a position: what differs, and the digest of its rows.
///
/// # Errors
/// [`ProjectError`] when it cannot be opened.
pub async fn hold_against(
    (name, place): (&'static str, &Where),
    (position, at, walk): (u64, Instant, &Walk),
    fold: (&dyn Feed, &World, &Expected),
) -> Result<(Vec<Finding>, Option<ProjectionReport>), ProjectError> {
    let (which, tables) = if name == "index" { (0, INDEX) } else { (1, RANKING) };
    let mut projection = Projection::open(name, which, tables, place).await?;
    let findings = projection.at(position, at, walk, fold).await;
    projection.db.close().await;
    Ok((findings, projection.report))
}

impl Held {
    /// Opens both. One that cannot be opened is a finding: the log is walked all the same.
    ///
    /// # Errors
    /// [`VerifyError::Db`] for one of a newer format, of which nothing can be said.
    pub async fn open(paths: &Paths) -> Result<(Self, Vec<Finding>), VerifyError> {
        let (mut held, mut findings) = (Self { projections: Vec::new() }, Vec::new());
        for (which, (name, tables, path)) in
            [("index", INDEX, &paths.index), ("ranking", RANKING, &paths.ranking)].into_iter().enumerate()
        {
            match Projection::open(name, which, tables, path).await {
                Ok(projection) => held.projections.push(projection),
                Err(ProjectError::Db(error @ DbError::Newer { .. })) => return Err(error.into()),
                Err(ProjectError::Cursor) => findings.push(Finding::new(Place::Cursor(name), "it is no cursor")),
                Err(error) => findings.push(Finding::new(Place::Projection(name), error.to_string())),
            }
        }
        Ok((held, findings))
    }

    /// What was found to hold.
    pub fn reports(self) -> Vec<ProjectionReport> {
        self.projections.into_iter().filter_map(|p| p.report).collect()
    }

    /// Where the walk comes to a projection's cursor, the projection is held against the fold.
    pub async fn at(
        &mut self,
        position: u64,
        at: Instant,
        walk: &Walk,
        (log, world, expected): (&dyn Feed, &World, &Expected),
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        for projection in &mut self.projections {
            let cursor = &projection.cursor;
            if projection.reached || cursor.position != position {
                continue;
            }
            findings.extend(projection.at(position, at, walk, (log, world, expected)).await);
        }
        findings
    }

    /// Whether each stands at a position or behind it.
    pub fn all_from(&self, position: u64) -> bool {
        self.projections.iter().all(|projection| projection.cursor.position >= position)
    }

    /// The furthest position behind this one at which a projection is still to be compared.
    pub fn awaits(&self, position: u64) -> Option<u64> {
        let behind = self.projections.iter().filter(|p| !p.reached).map(|p| p.cursor.position);
        behind.filter(|awaited| *awaited > position).max()
    }

    /// What is left to say once the whole log was walked.
    pub fn end(&self, walk: &Walk) -> Vec<Finding> {
        let behind = self.projections.iter().filter(|p| !p.reached).map(|projection| {
            let what = format!("it stands at {}, the log ends at {}", projection.cursor.position, walk.position());
            Finding::new(Place::Cursor(projection.name), what)
        });
        behind.collect()
    }
}

impl Projection {
    /// What differs where the walk has come to its cursor.
    async fn at(
        &mut self,
        position: u64,
        at: Instant,
        walk: &Walk,
        (log, world, expected): (&dyn Feed, &World, &Expected),
    ) -> Vec<Finding> {
        self.reached = true;
        let mut rows = match self.frozen.take() {
            Some(rows) => rows,
            None => match Snapshot::begin(&self.db).await {
                Ok(rows) => rows,
                Err(error) => return vec![Finding::new(Place::Projection(self.name), error.to_string())],
            },
        };
        if rows.cursor().position > position {
            // Its rows are those of a later event by now. They are held as they are until the walk has come there.
            self.cursor = rows.cursor().clone();
            (self.frozen, self.reached) = (Some(rows), false);
            return Vec::new();
        }
        let (name, cursor) = (self.name, &self.cursor);
        let checks = [
            (cursor.position == position, "it stands elsewhere"),
            (cursor.hash == walk.hash(), "its hash is not that of the event there"),
            (cursor.root == walk.root(), "its root is not the tree's"),
            (cursor.range == walk.range().to_bytes(), "its range is not the tree's"),
            (cursor.at.is_none_or(|c| c == at) || position == 0, "its time is not that of the event there"),
        ];
        let wrong = checks.into_iter().find(|(fits, _)| !fits);
        let mut findings: Vec<_> = wrong.into_iter().map(|(_, what)| Finding::new(Place::Cursor(name), what)).collect();
        match self.compare(&mut rows, (log, world, expected), position).await {
            Ok((digest, differing)) => {
                findings.extend(differing);
                self.report = Some(ProjectionReport { name, position, digest });
            }
            Err(error) => findings.push(Finding::new(Place::Projection(name), error)),
        }
        findings
    }

    /// The digest of the rows held, and the rows that differ from the fold's.
    async fn compare(
        &self,
        db: &mut Snapshot,
        (log, world, expected): (&dyn Feed, &World, &Expected),
        position: u64,
    ) -> Result<(Hash, Vec<Finding>), String> {
        let mut rounds: BTreeSet<String> = world.rounds.keys().map(ToString::to_string).collect();
        rounds.extend(expected.closed.keys().map(ToString::to_string));
        for table in self.tables {
            rounds.extend(rounds_in(db.at(), table).await.map_err(|e| e.to_string())?);
        }
        let mut digests: Vec<(RoundId, Hash)> = Vec::new();
        let mut findings = Vec::new();
        for name in rounds {
            let mut tables: Vec<TableRows> = Vec::new();
            for table in self.tables {
                let filter = [("round", Cell::Text(name.clone()))];
                tables.push((table, select_cells(db.at(), table, &filter).await.map_err(|e| e.to_string())?));
            }
            let digest = round_digest(&tables);
            let Ok(round) = RoundId::parse(&name) else {
                findings.extend(self.differing(&tables, &[]));
                continue;
            };
            let must = match (world.rounds.get(&round), expected.closed.get(&round)) {
                (Some(held), _) => Some(round_digest(&expected_rows(world, held)[self.which])),
                (None, closed) => closed.map(|digests| digests[self.which]),
            };
            if must != Some(digest) {
                let rows = self.rows_of(log, world, &round, position).await?;
                findings.extend(self.differing(&tables, &rows));
            }
            digests.push((round, digest));
        }
        Ok((projection_digest(digests.iter().map(|(round, digest)| (round, *digest))), findings))
    }

    /// The rows that the log leads to, of a round that may have been dropped.
    async fn rows_of(
        &self,
        log: &dyn Feed,
        world: &World,
        round: &RoundId,
        position: u64,
    ) -> Result<Vec<TableRows>, String> {
        let rows = |world: &World| world.rounds.get(round).map(|r| expected_rows(world, r)[self.which].clone());
        if let Some(rows) = rows(world) {
            return Ok(rows);
        }
        let mut again = World::default();
        for streams in [Streams::Log, Streams::Round(round.clone())] {
            let restored = platform::restore::restore(log, &mut again, streams, position).await;
            restored.map_err(|e| e.to_string())?;
        }
        Ok(rows(&again).unwrap_or_default())
    }

    /// The rows that differ, by name.
    fn differing(&self, held: &[TableRows], must: &[TableRows]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (table, held) in held {
            let key = |row: &Vec<Cell>| row[..table.key].to_vec();
            let held: BTreeMap<_, _> = held.iter().map(|row| (key(row), row)).collect();
            let of_table = must.iter().find(|(t, _)| t.name == table.name);
            let must: BTreeMap<_, _> = of_table.iter().flat_map(|(_, rows)| rows).map(|row| (key(row), row)).collect();
            let keys: BTreeSet<_> = held.keys().chain(must.keys()).collect();
            for key in keys {
                let what = match (held.get(key), must.get(key)) {
                    (Some(held), Some(must)) if held == must => continue,
                    (Some(held), Some(must)) => columns_that_differ(table, held, must),
                    (Some(held), None) => format!("no event leads to it: {}", json(table, held)),
                    (None, Some(must)) => format!("it is missing: {}", json(table, must)),
                    (None, None) => continue,
                };
                let key: Vec<String> = key.iter().skip(1).map(cell).collect();
                let key = if key.is_empty() { "of the round".to_owned() } else { key.join(" ") };
                findings.push(Finding::new(Place::Row { projection: self.name, table: table.name, key }, what));
            }
        }
        let more = findings.len().saturating_sub(NAMED_ROWS_MAX);
        if more > 0 {
            findings.truncate(NAMED_ROWS_MAX);
            findings.push(Finding::new(Place::Projection(self.name), format!("{more} more rows differ")));
        }
        findings
    }
}

fn columns_that_differ(table: &Table, held: &[Cell], must: &[Cell]) -> String {
    let columns = table.columns.iter().zip(held.iter().zip(must)).filter(|(_, (held, must))| held != must);
    let told: Vec<String> = columns
        .map(|(column, (held, must))| format!("{} is {}, the log leads to {}", column.name, cell(held), cell(must)))
        .collect();
    told.join("; ")
}

fn json(table: &Table, cells: &[Cell]) -> String {
    String::from_utf8(row_json(table, cells)).expect("canonical JSON is UTF-8")
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Int(n) => n.to_string(),
        Cell::Text(text) if text.is_empty() => "nothing".to_owned(),
        Cell::Text(text) => text.clone(),
    }
}

//! The store of a projection's rows: tables, writing, reading, made from the same list of columns that the digest uses.
//!
//! The statements are put together from the tables' own names and never from what anyone sends; writing them out by
//! hand would say every column five times, and a column forgotten in one of them would be a number that nobody checks.

mod nul;

use std::collections::HashMap;
use std::sync::Arc;

use proto::rows::{Cell, Row, Table};
use sqlx::{AssertSqlSafe, ColumnIndex, Decode, Type};

use crate::db::At;
use crate::on;

/// Rows per statement, from many to one.
const CHUNKS: [usize; 3] = [64, 8, 1];

/// A row on its way to its table.
#[derive(Debug, Clone)]
pub struct Write {
    /// The table.
    pub table: &'static Table,
    /// The values.
    pub cells: Vec<Cell>,
}

impl Write {
    /// A row for its table.
    pub fn row<R: Row>(row: &R) -> Self {
        Self { table: R::TABLE, cells: row.cells() }
    }
}

/// The statement that makes a table.
#[must_use]
pub fn create(table: &Table) -> String {
    let columns = table.columns.iter().map(|c| {
        let kind = if c.integer { "BIGINT" } else { "TEXT" };
        format!("{} {kind} NOT NULL", c.name)
    });
    let columns: Vec<String> = columns.collect();
    let key: Vec<&str> = table.columns[..table.key].iter().map(|c| c.name).collect();
    format!("CREATE TABLE IF NOT EXISTS {} ({}, PRIMARY KEY ({}))", table.name, columns.join(", "), key.join(", "))
}

fn upsert(table: &Table, rows: usize) -> String {
    let names: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
    let width = names.len();
    let values = (0..rows).map(|r| {
        let places: Vec<String> = (1..=width).map(|c| format!("${}", r * width + c)).collect();
        format!("({})", places.join(", "))
    });
    let values: Vec<String> = values.collect();
    let sets: Vec<String> = names[table.key..].iter().map(|n| format!("{n} = excluded.{n}")).collect();
    format!(
        "INSERT INTO {} ({}) VALUES {} ON CONFLICT ({}) DO UPDATE SET {}",
        table.name,
        names.join(", "),
        values.join(", "),
        names[..table.key].join(", "),
        sets.join(", ")
    )
}

/// Writes rows, each in place of the one with its key.
#[derive(Debug, Default)]
pub struct Writer {
    statements: HashMap<(&'static str, usize), Arc<str>>,
}

impl Writer {
    /// Writes all rows within the caller's transaction. Of rows with one key, the last one stands.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn write(&mut self, db: impl Into<At<'_>>, rows: Vec<Write>) -> Result<(), sqlx::Error> {
        let mut db = db.into();
        let mut tables: Vec<(&'static Table, Vec<Vec<Cell>>)> = Vec::new();
        for row in rows {
            match tables.iter_mut().find(|(t, _)| t.name == row.table.name) {
                Some((_, rows)) => rows.push(row.cells),
                None => tables.push((row.table, vec![row.cells])),
            }
        }
        for (table, mut rows) in tables {
            // PostgreSQL refuses a statement that has two rows of one key; SQLite takes them in their order.
            if matches!(db, At::Postgres(_)) {
                rows = last_of_each_key(table, rows);
                rows.iter_mut().flatten().for_each(nul::hide);
            }
            self.write_table(db.again(), table, rows).await?;
        }
        Ok(())
    }

    async fn write_table(
        &mut self,
        mut db: At<'_>,
        table: &'static Table,
        rows: Vec<Vec<Cell>>,
    ) -> Result<(), sqlx::Error> {
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let chunk = CHUNKS.into_iter().find(|c| *c <= rows.len()).unwrap_or(1);
            let statement = self.statements.entry((table.name, chunk));
            let statement = Arc::clone(statement.or_insert_with(|| upsert(table, chunk).into()));
            on!(&mut db, db => {
                let mut query = sqlx::query(AssertSqlSafe(statement));
                for cell in rows.by_ref().take(chunk).flatten() {
                    query = match cell {
                        Cell::Int(n) => query.bind(n),
                        Cell::Text(t) => query.bind(t),
                    };
                }
                query.execute(&mut **db).await.map(|_| ())
            })?;
        }
        Ok(())
    }
}

/// The rows without those that a later one of the same key replaces.
fn last_of_each_key(table: &Table, rows: Vec<Vec<Cell>>) -> Vec<Vec<Cell>> {
    let mut last: HashMap<Vec<Cell>, usize> = HashMap::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        last.insert(row[..table.key].to_vec(), i);
    }
    let stands = |i: usize, row: &[Cell]| last.get(&row[..table.key]) == Some(&i);
    rows.into_iter().enumerate().filter(|(i, row)| stands(*i, row)).map(|(_, row)| row).collect()
}

/// Why rows could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// What the engine said.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// A row that has not its columns' form.
    #[error("a row of {table} is malformed: {cells:?}")]
    Malformed {
        /// The table.
        table: &'static str,
        /// What stands there.
        cells: Vec<Cell>,
    },
}

/// Reads rows whose named columns have the given values, in no particular order.
///
/// # Errors
/// [`ReadError`].
pub async fn select<R: Row>(db: At<'_>, filter: &[(&'static str, Cell)]) -> Result<Vec<R>, ReadError> {
    let rows = select_cells(db, R::TABLE, filter).await?;
    let table = R::TABLE.name;
    let row = |cells: Vec<Cell>| R::from_cells(cells.clone()).ok_or(ReadError::Malformed { table, cells });
    rows.into_iter().map(row).collect()
}

/// Reads rows as they stand, whatever stands in them.
///
/// # Errors
/// What the engine says.
pub async fn select_cells(
    db: At<'_>,
    table: &'static Table,
    filter: &[(&'static str, Cell)],
) -> Result<Vec<Vec<Cell>>, sqlx::Error> {
    let names: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
    let mut sql = format!("SELECT {} FROM {}", names.join(", "), table.name);
    for (i, (name, _)) in filter.iter().enumerate() {
        assert!(names.contains(name), "a filter by a column that the table has");
        let word = if i == 0 { "WHERE" } else { "AND" };
        sql.push_str(&format!(" {word} {name} = ${}", i + 1));
    }
    let hidden = matches!(db, At::Postgres(_));
    let mut found: Vec<Vec<Cell>> = on!(db, db => {
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (_, cell) in filter {
            query = match cell.clone() {
                Cell::Int(n) => query.bind(n),
                Cell::Text(t) => query.bind(t),
            };
        }
        let rows = query.fetch_all(db).await?;
        rows.iter().map(|row| (0..names.len()).map(|i| cell(row, i)).collect()).collect()
    });
    if hidden {
        found.iter_mut().flatten().for_each(nul::show);
    }
    Ok(found)
}

/// The rounds that stand in a table.
///
/// # Errors
/// What the engine says.
pub async fn rounds_in(db: At<'_>, table: &'static Table) -> Result<Vec<String>, sqlx::Error> {
    let sql = format!("SELECT DISTINCT round FROM {}", table.name);
    on!(db, db => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(db).await)
}

/// What stands in a column: an integer or text; anything else as a text that no row has.
fn cell<'r, R>(row: &'r R, column: usize) -> Cell
where
    R: sqlx::Row,
    usize: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
{
    if let Ok(n) = row.try_get::<i64, _>(column) {
        return Cell::Int(n);
    }
    match row.try_get::<String, _>(column) {
        Ok(text) => Cell::Text(text),
        Err(_) => Cell::Text("\u{fffd}".to_owned()),
    }
}

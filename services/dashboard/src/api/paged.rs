//! Rows in pieces: at most so many at once, after the one that was told last, and how the next ones are asked for.
//! The next piece is asked for as of the position that this one stands on, so that no row is told twice or passed over.

use serde_json::{Map, Value};

use crate::ask::Ask;
use crate::refusal::Refusal;

/// The most rows of an answer, and how many there are where nobody asks for fewer: more than any round has units.
pub const ROWS_MAX: usize = 5_000;

/// Which rows are asked for.
#[derive(Debug)]
pub struct Paged<'a> {
    ask: &'a Ask,
    limit: usize,
    after: Option<&'a str>,
}

/// Rows of an answer.
pub struct Piece<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// How many fit what was asked for, in all pieces together.
    total: usize,
    /// The key of the last one, where there are more.
    last: Option<String>,
}

impl<T> Piece<T> {
    /// A piece that somebody else has cut: how many rows there are in all, and the key of its last one where there are more.
    pub fn cut_before(total: usize, last: Option<String>) -> Self {
        Self { rows: Vec::new(), total, last }
    }
}

impl<'a> Paged<'a> {
    /// What a request asks for by `limit` and `after`.
    ///
    /// # Errors
    /// `bad_query`.
    pub fn asked(ask: &'a Ask) -> Result<Self, Refusal> {
        let limit = match ask.value("limit")? {
            None => ROWS_MAX,
            Some(text) => text.parse().ok().filter(|n| (1..=ROWS_MAX).contains(n)).ok_or(Refusal::BadQuery("limit"))?,
        };
        Ok(Self { ask, limit, after: ask.value("after")? })
    }

    /// A piece of rows that stand in their order, each under a key of its own.
    ///
    /// # Errors
    /// `bad_query` where no row has the key after which they are asked for.
    pub fn cut<T>(&self, rows: Vec<T>, key: impl Fn(&T) -> String) -> Result<Piece<T>, Refusal> {
        let from = match self.after {
            None => 0,
            Some(after) => rows.iter().position(|row| key(row) == after).ok_or(Refusal::BadQuery("after"))? + 1,
        };
        Ok(self.piece(rows, from, key))
    }

    /// The same of rows that stand in the order of their positions: after a position, whether one of them stands there or not.
    ///
    /// # Errors
    /// `bad_query` where what they are asked for after is no position.
    pub fn cut_at<T>(&self, rows: Vec<T>, position: impl Fn(&T) -> u64) -> Result<Piece<T>, Refusal> {
        let after = self.after.map(str::parse::<u64>).transpose().map_err(|_| Refusal::BadQuery("after"))?;
        let from = after.map_or(0, |after| rows.partition_point(|row| position(row) <= after));
        Ok(self.piece(rows, from, |row| position(row).to_string()))
    }

    /// Whether rows are asked for in pieces.
    ///
    /// # Errors
    /// `bad_query`.
    pub fn is_asked(&self) -> Result<bool, Refusal> {
        Ok(self.after.is_some() || self.ask.value("limit")?.is_some())
    }

    /// The most rows, and the position after which they are asked for.
    ///
    /// # Errors
    /// `bad_query` where that is no position.
    pub fn at_position(&self) -> Result<(u64, u64), Refusal> {
        let after = self.after.map(str::parse::<u64>).transpose().map_err(|_| Refusal::BadQuery("after"))?;
        Ok((self.limit as u64, after.unwrap_or(0)))
    }

    fn piece<T>(&self, rows: Vec<T>, from: usize, key: impl Fn(&T) -> String) -> Piece<T> {
        let total = rows.len();
        let rows: Vec<T> = rows.into_iter().skip(from).take(self.limit).collect();
        let last = rows.last().filter(|_| from + rows.len() < total).map(key);
        Piece { rows, total, last }
    }

    /// Says how many rows there are, and how the next ones are asked for, so that they stand where these do.
    pub fn tell<T>(&self, piece: &Piece<T>, stands: Stands, members: &mut Map<String, Value>) {
        members.insert("total".to_owned(), piece.total.into());
        let Some(last) = &piece.last else { return };
        let (kept, stands) = match stands {
            Stands::AsOf(position) => (MOMENT, format!("&as_of={position}")),
            Stands::Publication(number) => (&["after", "publication"][..], format!("&publication={number}")),
            Stands::AsAsked => (&["after"][..], String::new()),
        };
        let kept = self.ask.without(kept);
        let kept = if kept.is_empty() { kept } else { format!("{kept}&") };
        members.insert("next".to_owned(), format!("?{kept}after={last}{stands}").into());
    }
}

/// What names a moment, and after what rows are asked for.
const MOMENT: &[&str] = &["after", "as_of", "position", "at"];

/// By what the rows of the next piece stand where those of this one do.
#[derive(Debug, Clone, Copy)]
pub enum Stands {
    /// By the position that this piece stands on.
    AsOf(u64),
    /// By the publication that they are of, which never changes.
    Publication(u64),
    /// By what was asked.
    AsAsked,
}

/// Whether a row's column has the value that the query asks for under that name; with no value, each row has.
///
/// # Errors
/// `bad_query`.
pub fn asks<'a>(ask: &'a Ask, name: &'static str) -> Result<impl Fn(&str) -> bool + use<'a>, Refusal> {
    let wanted = ask.value(name)?;
    Ok(move |value: &str| wanted.is_none_or(|wanted| wanted == value))
}

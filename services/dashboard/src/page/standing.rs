//! Which standing a page shows: a publication, or the figures of this moment. It is said on the page and in every file of its tables.
//! It decides nothing: which publications there are, the projection says.

use proto::rows::{PublicationRow, RoundRow, StandingRow};

use super::{Frame, Moment, open};
use crate::Dashboard;
use crate::ask::Ask;
use crate::blocks::Blocks;
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::report::Sources;
use crate::report::read::{Found, found};
use crate::table::{Cell, Value, cell, text};
use crate::words::{ChartWords, Words, fill, pick};

/// Which standing is shown.
pub struct Shown {
    /// Its name.
    pub title: String,
    /// Why it is provisional; none in a publication.
    pub provisional: Option<&'static str>,
    /// The publication.
    pub publication: Option<Published>,
    /// Its number; 0 for the figures of this moment.
    pub number: u64,
    /// The same, as a query names it.
    pub named: String,
    /// Others that can be shown: the query's value, its name, whether it is this one.
    pub views: Vec<(String, String, bool)>,
}

/// A standing with all rows that its pages are made from, each projection read at one moment.
pub struct Told {
    /// The frame of the page.
    pub frame: Frame,
    /// The rows.
    pub found: Found,
    /// How numbers are printed.
    pub printer: Printer,
    /// Which standing it is.
    pub shown: Shown,
    /// The round's blocks.
    pub order: Blocks,
}

/// Reads the standing that is asked for.
pub async fn told(dashboard: &Dashboard, ask: &Ask, title: &str, here: &'static str) -> Result<Told, Refusal> {
    let t = Words::of(ask.lang);
    let opened = open(dashboard, ask, title).await?;
    let sources = Sources { index: &dashboard.index, ranking: &dashboard.ranking, origin: &dashboard.origin };
    let found = found(sources, &opened.round.round, ask.which()?).await?;
    let mut frame = opened.frame;
    // The figures were read after the frame: the page names the places of that reading alone.
    frame.readings.clear();
    frame.reads(t.as_of_index, found.index.position, found.index.root, None);
    frame.reads(t.as_of_ranking, found.ranking.position, found.ranking.root, None);
    frame.here = here;
    let number = found.publication.as_ref().map_or(0, |p| p.publication);
    let shown = Shown::of(t, &found.round, number, &found.publications);
    let order = Blocks(found.blocks.clone());
    Ok(Told { frame, printer: opened.printer, shown, order, found })
}

/// A publication that is shown.
pub struct Published {
    /// When.
    pub at: Moment,
    /// The position of its event.
    pub position: u64,
    /// The council's decision.
    pub decision: String,
    /// The digest of its rows.
    pub digest: String,
    /// Why it supersedes the one before.
    pub reason: String,
    /// By which it is superseded.
    pub superseded: Option<String>,
}

impl Shown {
    /// The standing of a number; 0 for the figures of this moment.
    pub fn of(t: &Words, round: &RoundRow, number: u64, all: &[PublicationRow]) -> Self {
        let row = all.iter().find(|p| p.publication == number);
        let open = if round.decided { t.provisional_decided } else { t.provisional_open };
        Self {
            title: row.map_or_else(|| t.provisional.to_owned(), |row| titled(t, row.publication)),
            provisional: row.is_none().then_some(open),
            publication: row.map(|row| published(t, row, all)),
            number,
            named: if number == 0 { "live".to_owned() } else { number.to_string() },
            views: views(t, number, all),
        }
    }

    /// What files say of it.
    pub fn said(&self, t: &Words) -> Vec<String> {
        let Some(p) = &self.publication else {
            return vec![format!("{}: {}", self.title, self.provisional.unwrap_or_default())];
        };
        let (at, position) = (&p.at.text, p.position);
        let mut said = vec![format!("{}: {} {at}, {} #{position}", self.title, t.published_at, t.published_event)];
        said.push(format!("{}: {}", t.decision, p.decision));
        said.push(format!("{}: {}", t.digest, p.digest));
        said.extend(p.superseded.clone());
        said
    }

    /// How a file's name tells it.
    pub fn end(&self) -> String {
        if self.number == 0 { "tam-tinh".to_owned() } else { format!("lan-{}", self.number) }
    }
}

fn titled(t: &Words, number: u64) -> String {
    fill(t.publication, &[&number.to_string()])
}

fn published(t: &Words, row: &PublicationRow, all: &[PublicationRow]) -> Published {
    let latest = all.last().map_or(0, |p| p.publication);
    let superseded = (row.publication < latest).then(|| fill(t.superseded, &[&latest.to_string()]));
    Published {
        at: row.at.into(),
        position: row.position,
        decision: row.decision.to_string(),
        digest: row.digest.to_string(),
        reason: row.reason.clone(),
        superseded,
    }
}

fn views(t: &Words, number: u64, publications: &[PublicationRow]) -> Vec<(String, String, bool)> {
    let of = |p: &PublicationRow| (p.publication.to_string(), titled(t, p.publication), p.publication == number);
    let mut views: Vec<(String, String, bool)> = publications.iter().map(of).collect();
    if !views.is_empty() {
        views.push(("live".to_owned(), t.view_live.to_owned(), number == 0));
    }
    views
}

/// A unit's rank; a dash where it has none.
pub fn rank(t: &Words, row: &StandingRow) -> Cell {
    if row.rank > 0 {
        return cell(Value::Count(row.rank));
    }
    Cell { title: t.unranked.to_owned(), ..cell(Value::Dash) }
}

/// A unit's name, leading to how it stood in other years.
pub fn name(printer: &Printer, row: &StandingRow) -> Cell {
    let name = pick(printer.lang, &row.name_vi, &row.name_en);
    let years = ChartWords::of(printer.lang).years_link;
    Cell { more: Some((format!("/units/{}", row.unit), years, name.to_owned())), ..text(name) }
}

/// The band's code, as tables print it.
pub fn band(printer: &Printer, row: &StandingRow) -> Cell {
    match &row.band {
        Some(code) => Cell {
            title: pick(printer.lang, &row.band_vi, &row.band_en).to_owned(),
            look: "band",
            ..text(code.as_str().to_uppercase())
        },
        None => cell(Value::Empty),
    }
}

/// Places gained or lost.
pub fn moved(printer: &Printer, places: i64) -> Cell {
    let t = Words::of(printer.lang);
    let (class, sentence) = if places > 0 { ("up", t.movement_up) } else { ("down", t.movement_down) };
    let count = places.unsigned_abs().to_string();
    let value = Value::Moved(places);
    let mark = crate::table::Mark { class, sign: value.read(printer.lang), words: fill(sentence, &[&count]) };
    Cell { mark: (places != 0).then_some(mark), ..cell(value) }
}

/// A unit's abbreviation, by which charts name it; its name where it has none.
pub fn short(printer: &Printer, row: &StandingRow) -> Cell {
    let name = pick(printer.lang, &row.name_vi, &row.name_en);
    text(if row.short.is_empty() { name } else { &row.short })
}

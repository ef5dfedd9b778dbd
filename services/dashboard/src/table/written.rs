//! A page's tables as an answer: the page itself, or what its query asks for instead, `as=csv`, `xlsx` or `json`, of one `table` or all.
//! A file names the log, and every position and root that its figures stand on; the same positions give the same bytes.

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use proto::Origin;

use super::{Table, csv, json, xlsx};
use crate::ask::Ask;
use crate::page::{self, Frame, Reading, start};
use crate::refusal::Refusal;
use crate::words::{ChartWords, Words, fill};

/// A page with tables.
pub trait Tabled: Template {
    /// Its frame.
    fn frame(&self) -> &Frame;
    /// Its tables, each under a name of its own.
    fn tables(&self) -> Vec<&Table>;
    /// Which figures they show: of a publication, or provisional.
    fn standing(&self) -> Vec<String>;
    /// The name of a file with them, in ASCII, without its end.
    fn file(&self) -> String;
}

/// What files say beside their tables.
pub struct Whole<'a> {
    /// The page's title.
    pub title: String,
    /// The log.
    pub origin: &'a str,
    /// Which figures are shown.
    pub standing: Vec<String>,
    /// Where they stand.
    pub stands: &'a [Reading],
    t: &'static Words,
}

impl Whole<'_> {
    /// The lines below a table, each of one text or several; without a caption where it stands elsewhere.
    pub fn said(&self, caption: &str) -> Vec<Vec<String>> {
        let mut lines = Vec::new();
        if !caption.is_empty() {
            lines.push(vec![self.title.clone(), caption.to_owned()]);
        }
        lines.extend(self.standing.iter().map(|text| vec![text.clone()]));
        lines.push(vec![self.t.log.to_owned(), self.origin.to_owned()]);
        lines.extend(self.stands.iter().map(|stand| {
            let at = format!("{} #{}", self.t.as_of, stand.position);
            vec![stand.name.clone(), at, self.t.root.to_owned(), stand.root.to_string()]
        }));
        lines
    }

    /// The same on one line.
    pub fn foot(&self) -> String {
        let stands = self.stands.iter().map(|stand| format!("{}: #{} {}", stand.name, stand.position, stand.root));
        format!("{}; {}", self.origin, stands.collect::<Vec<_>>().join("; "))
    }
}

/// What tables are written as.
#[derive(Clone, Copy)]
enum Kind {
    Csv,
    Xlsx,
    Json,
}

/// A page, or its tables as a file.
pub fn answer<T: Tabled>(ask: &Ask, origin: &Origin, page: Result<T, Refusal>) -> Response {
    match asked(ask) {
        Ok(None) => page::answer(ask, origin, page),
        Ok(Some(kind)) => match page.and_then(|page| file(ask, kind, &page)) {
            Ok(response) => response,
            Err(refusal) => start::refused(ask, origin, refusal),
        },
        Err(refusal) => start::refused(ask, origin, refusal),
    }
}

fn asked(ask: &Ask) -> Result<Option<Kind>, Refusal> {
    match ask.value("as")? {
        None => Ok(None),
        Some("csv") => Ok(Some(Kind::Csv)),
        Some("xlsx") => Ok(Some(Kind::Xlsx)),
        Some("json") => Ok(Some(Kind::Json)),
        Some(_) => Err(Refusal::BadQuery("as")),
    }
}

fn file(ask: &Ask, kind: Kind, page: &impl Tabled) -> Result<Response, Refusal> {
    let (t, frame) = (Words::of(ask.lang), page.frame());
    let mut tables = page.tables();
    let mut name = page.file();
    if let Some(wanted) = ask.value("table")? {
        tables.retain(|table| table.name == wanted);
        name = format!("{name}-{wanted}");
    }
    let first = tables.first().ok_or(Refusal::BadQuery("table"))?;
    let training = frame.round.as_ref().is_some_and(|round| round.training);
    let whole = Whole {
        title: match &frame.round {
            Some(round) => format!("{} – {}", frame.title, round.title),
            None => frame.title.clone(),
        },
        origin: &frame.origin,
        standing: training.then(|| t.training.to_owned()).into_iter().chain(page.standing()).collect(),
        stands: &frame.readings,
        t,
    };
    let (bytes, media, end) = match kind {
        // Such a file holds one table: which of several, the query says.
        Kind::Csv if tables.len() > 1 => return Err(Refusal::BadQuery("table")),
        Kind::Csv => (csv::written(&whole, first), "text/csv; charset=utf-8; header=present", "csv"),
        Kind::Xlsx => (
            xlsx::written(&whole, &tables)?,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "xlsx",
        ),
        Kind::Json => (json::written(&whole, &tables), "application/json", "json"),
    };
    let kept = HeaderValue::from_str(&format!("attachment; filename=\"{name}.{end}\""));
    let kept = kept.map_err(|_| Refusal::BadQuery("table"))?;
    let mut response = ([(header::CONTENT_TYPE, media)], bytes).into_response();
    response.headers_mut().insert(header::CONTENT_DISPOSITION, kept);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Cookie"));
    Ok(response)
}

impl Table {
    /// What the ways to take it away stand behind.
    pub fn takes(&self) -> &'static str {
        ChartWords::of(self.lang).take
    }

    /// The ways to take it away: where each leads, its name, and that name with the table's.
    pub fn ways(&self, asked: &str) -> Vec<(String, &'static str, String)> {
        let glue = if asked.is_empty() { "" } else { "&" };
        let says = ChartWords::of(self.lang).take_table;
        let way = |(kind, name): (&str, &'static str)| {
            (format!("?{asked}{glue}as={kind}&table={}", self.name), name, fill(says, &[&self.caption, name]))
        };
        [("csv", "CSV"), ("xlsx", "XLSX"), ("json", "JSON")].map(way).to_vec()
    }
}

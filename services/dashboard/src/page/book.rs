//! A workbook that came back, as its page shows it: row by row what it would change, or all that is wrong with it; and its changes, sent once somebody
//! says so. What two have changed is shown and never sent. Whose workbook it is, the pages around this know.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::Session;
use proto::document::Lang;
use proto::returned_sheet::{ReturnedFault, ReturnedRow, ReturnedSheet, RowOutcome, SheetBook};
use proto::{Answer, Command, Rejection};

use super::fill::sign::told;
use super::fill::text;
use crate::desk::{Desk, principal};
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{UnitWords, fill};

/// The media type of a workbook.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The most changes of one form: as many as the ledger's own door takes at once.
const CHANGES_MAX: usize = 1_000;

/// A workbook on its page.
#[derive(Default)]
pub struct Book {
    /// At which position it was made.
    pub made: Option<String>,
    /// Why it cannot be taken; and how many more faults there are.
    pub faults: Vec<String>,
    pub more: Option<String>,
    pub remarks: Vec<String>,
    pub counts: String,
    pub rows: Vec<Row>,
    /// The commands that would be sent, and what the button says.
    pub changes: Vec<String>,
    pub send: String,
    /// What became of changes that were sent, where some were refused.
    pub sent: Option<String>,
    pub refused: Vec<String>,
}

/// A row.
pub struct Row {
    /// Where the score stands.
    pub place: String,
    pub code: String,
    pub title: String,
    pub outcome: &'static str,
    pub class: &'static str,
    pub was: String,
    pub now: String,
    pub wanted: String,
}

/// A workbook as a download, by a name.
pub fn download(book: SheetBook, name: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, XLSX.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}-{}.xlsx\"", book.position)),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, book.bytes).into_response()
}

impl Book {
    /// One that nobody has chosen.
    pub fn unchosen(lang: Lang) -> Self {
        Self { faults: vec![UnitWords::of(lang).send_nothing.to_owned()], ..Self::default() }
    }

    /// The status of its page.
    pub fn status(&self) -> StatusCode {
        if self.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    /// What it would change; `about` tells where each row's score stands, and whose it is where that is to be said.
    pub fn shown(printer: &Printer, returned: ReturnedSheet, about: impl Fn(&ReturnedRow) -> (String, String)) -> Self {
        let (lang, u) = (printer.lang, UnitWords::of(printer.lang));
        let said = |fault: &ReturnedFault| format!("{}: {}", text(lang, &fault.place), text(lang, &fault.text));
        let mut book = Self {
            made: (returned.made > 0).then(|| fill(u.book_made, &[&returned.made.to_string()])),
            faults: returned.faults.iter().map(said).collect(),
            more: (returned.more > 0).then(|| fill(u.book_more, &[&printer.count(returned.more)])),
            remarks: returned.remarks.iter().map(said).collect(),
            ..Self::default()
        };
        if !book.faults.is_empty() {
            return book;
        }
        let count = |outcome| printer.count(returned.rows.iter().filter(|row| row.outcome == outcome).count() as u64);
        let counts = [RowOutcome::Changed, RowOutcome::Conflict, RowOutcome::Elsewhere, RowOutcome::Done].map(count);
        let [changed, conflict, elsewhere, done] = &counts;
        book.counts = fill(u.book_counts, &[changed, conflict, elsewhere, done, &printer.count(returned.unchanged)]);
        book.send = fill(u.book_send, &[changed]);
        book.rows = returned.rows.iter().map(|row| line(lang, row, about(row))).collect();
        book.changes = returned.rows.into_iter().filter_map(|row| row.command).collect();
        book
    }
}

fn line(lang: Lang, row: &ReturnedRow, (place, whose): (String, String)) -> Row {
    let u = UnitWords::of(lang);
    let (outcome, class) = match row.outcome {
        RowOutcome::Changed => (u.book_changed, "now"),
        RowOutcome::Conflict => (u.book_conflict, "due"),
        RowOutcome::Elsewhere => (u.book_elsewhere, "later"),
        RowOutcome::Done => (u.book_done, "done"),
    };
    let title = text(lang, &row.title);
    Row {
        place,
        code: row.leaf.to_string(),
        title: if whose.is_empty() { title } else { format!("{title} – {whose}") },
        outcome,
        class,
        was: text(lang, &row.was),
        now: text(lang, &row.now),
        wanted: text(lang, &row.wanted),
    }
}

/// What became of changes.
pub enum Sent {
    /// They are on record; the last of them here.
    All(u64),
    /// Some are not: so the page says it.
    Some(StatusCode, Box<Book>),
}

/// Sends the changes that were shown; `known` names a change, and refuses what its page does not send.
///
/// # Errors
/// A form that is none of ours; what `known` refuses.
pub async fn send(
    desk: &Desk,
    (printer, session): (&Printer, &Session),
    fields: &Fields,
    known: impl Fn(&Command) -> Result<String, Rejection>,
) -> Result<Sent, Refusal> {
    let changes: Vec<Command> = fields
        .all("change")
        .take(CHANGES_MAX + 1)
        .map(|change| Command::parse(change.as_bytes()))
        .collect::<Result<_, _>>()?;
    if changes.is_empty() || changes.len() > CHANGES_MAX {
        return Err(Refusal::BadForm);
    }
    let names: Vec<String> = changes.iter().map(known).collect::<Result<_, _>>()?;
    let answers = desk.submit(session).submit(principal(session), changes.into_iter().map(Ok).collect()).await;
    let (mut last, mut refusals) = (0, Vec::new());
    let mut status = StatusCode::OK;
    for (name, answer) in names.iter().zip(&answers) {
        match answer {
            Answer::Accepted(accepted) => last = last.max(accepted.position),
            Answer::Refused(refused) => {
                let (why, sentence) = told(printer.lang, refused);
                status = why;
                refusals.push(format!("{name}: {sentence}"));
            }
        }
    }
    if refusals.is_empty() {
        return Ok(Sent::All(last));
    }
    let count = |n: usize| printer.count(n as u64);
    let done = [count(answers.len() - refusals.len()), count(refusals.len())];
    let sent = fill(UnitWords::of(printer.lang).book_refused, &[&done[0], &done[1]]);
    Ok(Sent::Some(status, Box::new(Book { sent: Some(sent), refused: refusals, ..Book::default() })))
}

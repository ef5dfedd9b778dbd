//! The files of a leaf: sent, opened, taken back. A file that was sent waits, named in the page's address, until a score or an explanation
//! attaches it; whose it is and who may open it is asked anew each time, and not of the page.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::Session;
use platform::http::see_other;
use platform::ports::SharedUnitFiles;
use proto::act::sheet::{Evidence, WithdrawEvidence};
use proto::document::Lang;
use proto::filling::{LeafForm, SheetForm};
use proto::kept_file::{FileBrought, FileQuery, FilesQuery, KeptFile};
use proto::{Accepted, Act, Hash, Refused, Rejection};

use super::leaf::{self, Saved, Shown, leaf_of};
use super::sign::told;
use super::{asked, closed, session};
use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::number::Printer;
use crate::page::inputs::written;
use crate::page::start::refused;
use crate::refusal::Refusal;
use crate::sign_in::{Fields, Upload};
use crate::words::{FillWords, UnitWords, fill};

/// The digits of an address by which a file is called whose name is not told.
const ADDRESS_DIGITS: usize = 12;
/// The most files that wait on one page.
const WAITING_MAX: usize = proto::act::sheet::EVIDENCE_MAX;

/// What a page says of files beside those that stand there.
#[derive(Default)]
pub struct Waiting {
    /// Those that were sent and are not attached.
    pub sent: Vec<Hash>,
    /// The page or section that was typed for each, where one was.
    pub pages: Vec<String>,
    /// Whether one has come in just now.
    pub received: bool,
    /// Why one was not taken.
    pub fault: Option<String>,
    /// One that was not taken back, why it was to be, and why not.
    pub kept: Option<(Hash, String, String)>,
}

/// The files of a leaf's page.
pub struct Files {
    pub attached: Vec<Line>,
    pub waiting: Vec<Line>,
    /// Those that wait, as the forms carry them.
    pub sent: String,
    pub may_send: bool,
    pub may_take_back: bool,
    pub received: Option<&'static str>,
    pub fault: Option<String>,
}

/// A file.
pub struct Line {
    pub address: String,
    pub name: String,
    pub size: String,
    pub page: Option<String>,
    /// Whether it can be opened here.
    pub there: bool,
    /// How its page or section is asked for, and what was typed there.
    pub page_label: String,
    pub page_typed: String,
    pub take_back: String,
    pub reason: String,
    pub fault: Option<String>,
}

/// `POST /rounds/{round}/units/{unit}/fill/{leaf}/files`
pub async fn send(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, mut upload: Upload) -> Response {
    let (fields, session) = match upload.of_session(&["csrf", "sent"], &ask, &desk.doors, &headers).await {
        Ok(brought) => brought,
        Err(answer) => return *answer,
    };
    let brought = brought(&desk, &ask, &session, (&fields, &mut upload)).await;
    if !matches!(brought, Ok(Saved::There(_))) {
        upload.rest().await;
    }
    leaf::shown(&desk, &ask, &session, brought).await
}

async fn brought(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    (fields, upload): (&Fields, &mut Upload),
) -> Result<Saved, Refusal> {
    let (_, form) = asked(desk, ask, session).await?;
    let leaf = leaf_of(ask, &form)?;
    let mut sent = addresses(fields.get("sent"))?;
    let not = |status, sent: &[Hash], fault: String| {
        let files = Waiting { sent: sent.to_vec(), fault: Some(fault), ..Waiting::default() };
        Saved::Not(status, Box::new(Shown { files, ..Shown::default() }))
    };
    match take_in(desk, ask, session, &form, upload).await? {
        Ok(address) => waits_too(&mut sent, address),
        Err((status, fault)) => return Ok(not(status, &sent, fault)),
    }
    let (round, unit) = (&form.query.round, &form.query.unit);
    let to = format!("/rounds/{round}/units/{unit}/fill/{}?sent={}&received=1#files", leaf.leaf, joined(&sent));
    Ok(Saved::There(to))
}

/// Takes the file of a form in, for those who fill in the sheet; or says why not.
pub async fn take_in(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    form: &SheetForm,
    upload: &mut Upload,
) -> Result<Result<Hash, (StatusCode, String)>, Refusal> {
    let files = files(desk, session)?;
    let Some((name, pieces)) = upload.file().await? else {
        return Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, UnitWords::of(ask.lang).send_nothing.to_owned())));
    };
    let (round, unit) = (form.query.round.clone(), form.query.unit.clone());
    let file = FileBrought { round, unit, name: name.clone(), page: String::new() };
    let taken = match files.take_in(&principal(session), file, pieces).await {
        Ok(taken) => taken,
        Err(rejection) => return Ok(Err(told(ask.lang, &Refused::from(&rejection)))),
    };
    // A form that was sent twice brings one file: what stands there already under this name is that.
    let before = match taken.again {
        Some(again) => kept(desk, session, form, vec![again]).await?.into_iter().find(|file| file.name == name),
        None => None,
    };
    Ok(Ok(before.map_or(taken.receipt.evidence.address, |file| file.evidence.address)))
}

/// One more file waits, once.
pub fn waits_too(sent: &mut Vec<Hash>, address: Hash) {
    if !sent.contains(&address) && sent.len() < WAITING_MAX {
        sent.push(address);
    }
}

/// What a file is called; by its address, where its name is not told.
pub fn named(lang: Lang, address: Hash, known: &[KeptFile]) -> String {
    let file = known.iter().find(|file| file.evidence.address == address);
    let short = || fill(UnitWords::of(lang).file_named, &[&address.to_string()[..ADDRESS_DIGITS]]);
    file.map_or_else(short, |file| file.name.clone())
}

/// `GET /rounds/{round}/units/{unit}/files/{address}`
pub async fn hand_out(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    match handed_out(&desk, &ask, &session).await {
        Ok(response) => response,
        Err(refusal) => refused(&ask, &desk.doors.dashboard.origin, refusal),
    }
}

async fn handed_out(desk: &Desk, ask: &Ask, session: &Session) -> Result<Response, Refusal> {
    let address =
        Hash::parse(ask.named("address").unwrap_or_default()).map_err(|_| Refusal::unknown("file_missing"))?;
    let query = FileQuery { round: ask.round()?, unit: ask.unit()?, address };
    let file = files(desk, session)?.hand_out(&principal(session), query).await?;
    let headers = [
        (header::CONTENT_TYPE, file.media_type),
        (header::CONTENT_LENGTH, file.bytes.to_string()),
        (header::CONTENT_DISPOSITION, file.kept_as),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(file.pieces)).into_response())
}

/// `POST /rounds/{round}/units/{unit}/fill/{leaf}/files/take-back`
pub async fn take_back(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(foreign) => return foreign.page(&ask, &desk.doors.dashboard.origin),
    };
    let taken = taken_back(&desk, &ask, &session, &fields).await;
    leaf::shown(&desk, &ask, &session, taken).await
}

async fn taken_back(desk: &Desk, ask: &Ask, session: &Session, fields: &Fields) -> Result<Saved, Refusal> {
    let (_, form) = asked(desk, ask, session).await?;
    let leaf = leaf_of(ask, &form)?.leaf.clone();
    let revision = fields.get("revision").parse().map_err(|_| Refusal::BadForm)?;
    let address = Hash::parse(fields.get("address")).map_err(|_| Refusal::BadForm)?;
    let (round, unit, reason) = (form.query.round.clone(), form.query.unit.clone(), written(fields.get("reason")));
    let place = format!("/rounds/{round}/units/{unit}/fill/{leaf}");
    let data = WithdrawEvidence { round, unit, leaf, revision, address, reason: reason.clone() };
    match leaf::send(desk, session, &form, fields, Act::WithdrawEvidence(data)).await? {
        Ok(Accepted { position, .. }) => Ok(Saved::There(format!("{place}?position={position}"))),
        Err(refused) if refused.code == "stale_revision" => {
            Ok(leaf::not(ask.lang, &refused, revision, Shown::default()))
        }
        Err(refused) => {
            let (status, fault) = told(ask.lang, &refused);
            let files = Waiting { kept: Some((address, reason, fault)), ..Waiting::default() };
            Ok(Saved::Not(status, Box::new(Shown { files, ..Shown::default() })))
        }
    }
}

/// The store of files.
fn files(desk: &Desk, session: &Session) -> Result<SharedUnitFiles, Refusal> {
    desk.files(session).ok_or_else(|| Refusal::unknown("page_unknown"))
}

/// Addresses, as a form or the page's address carries them.
pub fn addresses(text: &str) -> Result<Vec<Hash>, Refusal> {
    let each = text.split(',').filter(|part| !part.is_empty()).take(WAITING_MAX);
    let mut found = Vec::new();
    for part in each {
        let address = Hash::parse(part).map_err(|_| Refusal::BadQuery("sent"))?;
        if !found.contains(&address) {
            found.push(address);
        }
    }
    Ok(found)
}

pub fn joined(addresses: &[Hash]) -> String {
    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// What its own people see of a sheet's files; nothing for those who only read it.
pub async fn kept(
    desk: &Desk,
    session: &Session,
    form: &SheetForm,
    addresses: Vec<Hash>,
) -> Result<Vec<KeptFile>, Refusal> {
    let (Some(files), Some(_)) = (desk.files(session), form.fills_in) else { return Ok(Vec::new()) };
    if addresses.is_empty() {
        return Ok(Vec::new());
    }
    let (round, unit) = (form.query.round.clone(), form.query.unit.clone());
    Ok(files.kept(&principal(session), FilesQuery { round, unit, addresses }).await?)
}

/// The files that a form attaches, as a command refers to them.
pub async fn attached(
    desk: &Desk,
    session: &Session,
    form: &SheetForm,
    waiting: &Waiting,
) -> Result<Vec<Evidence>, Refusal> {
    let mut kept = kept(desk, session, form, waiting.sent.clone()).await?.into_iter();
    let mut attached = Vec::new();
    for (address, page) in waiting.sent.iter().zip(&waiting.pages) {
        let file = kept.next().filter(|file| file.evidence.address == *address);
        let file = file.ok_or(Rejection::FileMissing { address: *address })?;
        attached.push(Evidence { page: page.clone(), ..file.evidence });
    }
    Ok(attached)
}

/// The files that wait, as a form says them.
pub fn waiting(fields: &Fields) -> Result<Waiting, Refusal> {
    let sent = addresses(fields.get("sent"))?;
    let pages = sent.iter().map(|address| fields.get(&page_field(*address)).trim().to_owned()).collect();
    Ok(Waiting { sent, pages, ..Waiting::default() })
}

fn page_field(address: Hash) -> String {
    format!("page.{address}")
}

/// The files of a leaf as its page shows them.
pub async fn shown(
    desk: &Desk,
    session: &Arc<Session>,
    printer: &Printer,
    (form, leaf): (&SheetForm, &LeafForm),
    waiting: Waiting,
) -> Result<Files, Refusal> {
    let w = UnitWords::of(printer.lang);
    let attached = leaf.claimed.as_ref().map_or(&[][..], |claimed| &claimed.evidence);
    let pages = waiting.pages.into_iter().chain(std::iter::repeat(String::new()));
    let new = |(sent, _): &(Hash, String)| attached.iter().all(|file| file.address != *sent);
    let (sent, pages): (Vec<Hash>, Vec<String>) = waiting.sent.into_iter().zip(pages).filter(new).unzip();
    let addresses = attached.iter().map(|file| file.address).chain(sent.iter().copied()).collect();
    let known = kept(desk, session, form, addresses).await?;
    let named = |address: Hash| known.iter().find(|file| file.evidence.address == address);
    let open = closed(FillWords::of(printer.lang), form).is_none();
    let explains = super::flag::is_asked(form, leaf);
    let line = |address: Hash, stored: Option<&Evidence>| {
        let known = named(address);
        let short = fill(w.file_named, &[&address.to_string()[..ADDRESS_DIGITS]]);
        let name = known.map_or(short, |file| file.name.clone());
        let (reason, fault) = match &waiting.kept {
            Some((kept, reason, fault)) if *kept == address => (reason.clone(), Some(fault.clone())),
            _ => (String::new(), None),
        };
        Line {
            address: address.to_string(),
            size: known
                .map(|file| file.bytes)
                .or(stored.map(|file| file.size))
                .map_or_else(String::new, |bytes| size(printer.lang, bytes)),
            page: stored.filter(|file| !file.page.is_empty()).map(|file| fill(w.file_page, &[&file.page])),
            there: desk.files.is_some() && (known.is_some() || form.fills_in.is_none()),
            page_label: fill(w.page_label, &[&name]),
            page_typed: String::new(),
            take_back: fill(w.take_back, &[&name]),
            name,
            reason,
            fault,
        }
    };
    let received = if explains { w.files_received_flag } else { w.files_received };
    Ok(Files {
        attached: attached.iter().map(|file| line(file.address, Some(file))).collect(),
        waiting: sent
            .iter()
            .zip(pages)
            .map(|(address, page_typed)| Line { page_typed, ..line(*address, None) })
            .collect(),
        sent: joined(&sent),
        may_send: desk.files.is_some() && form.fills_in.is_some() && (open || explains),
        may_take_back: open,
        received: waiting.received.then_some(received),
        fault: waiting.fault,
    })
}

/// A number of bytes as people say it, rounded up.
fn size(lang: Lang, bytes: u64) -> String {
    let one_decimal = |tenths: u64| crate::number::set(lang, &format!("{}.{}", tenths / 10, tenths % 10));
    match bytes {
        0..1_000 => format!("{bytes} byte"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{} MB", one_decimal(bytes.div_ceil(100_000))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Lang, addresses, size};

    #[test]
    fn a_size_is_said_in_the_unit_that_people_use() {
        let table = [(0, "0 byte"), (999, "999 byte"), (1_001, "2 kB"), (999_999, "1000 kB"), (2_855_339, "2,9 MB")];
        for (bytes, said) in table {
            assert_eq!(size(Lang::Vi, bytes), said);
        }
        assert_eq!(size(Lang::En, 1 << 30), "1,073.8 MB");
    }

    #[test]
    fn addresses_in_an_address_are_few_and_each_once() {
        let one = "0f".repeat(32);
        assert_eq!(addresses(&format!("{one},{one},")).ok().map(|found| found.len()), Some(1));
        assert!(addresses("").is_ok_and(|found| found.is_empty()));
        for bad in ["x", "../keys.db", "0f", &format!("{one},x")] {
            assert!(addresses(bad).is_err(), "{bad}");
        }
    }
}

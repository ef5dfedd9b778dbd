//! The report's page, which a browser prints, and the report as files to take away.
//! All three are one value; the page lays it out and adds nothing to it but what stands on the screen alone.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use proto::Hash;

use super::{Frame, answer, open, start};
use crate::Dashboard;
use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::report::form::Typed;
use crate::report::{Form, Kind, Report, ReportFile, Sources, said};
use crate::words::{ReportWords, Words};

/// The names of what the record does not hold, as a query gives it.
const ASKED: [&str; 6] = ["number", "place", "date", "signer_title", "signer", "recipients"];

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    t: &'static Words,
    w: &'static ReportWords,
    f: Frame,
    id: String,
    r: Report,
    /// What was asked, for the links to the files.
    kept: String,
    /// The standing that is shown, as the query names it.
    shown: String,
    /// Fields of the form: name, label, what was typed.
    fields: Vec<(&'static str, &'static str, String)>,
}

/// `/rounds/{round}/report`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
}

/// `/rounds/{round}/report.docx`.
pub async fn docx(State(dashboard): State<Dashboard>, headers: HeaderMap, ask: Ask) -> Response {
    file(&dashboard, &headers, &ask, Kind::Docx).await
}

/// `/rounds/{round}/report.xlsx`.
pub async fn xlsx(State(dashboard): State<Dashboard>, headers: HeaderMap, ask: Ask) -> Response {
    file(&dashboard, &headers, &ask, Kind::Xlsx).await
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<ReportPage, Refusal> {
    let (t, w) = (Words::of(ask.lang), ReportWords::of(ask.lang));
    let r = read(dashboard, ask).await?;
    let mut f = open(dashboard, ask, w.title).await?.frame;
    // The figures are the report's, read before the frame: the page names the places of that reading alone.
    f.readings.clear();
    f.reads(t.as_of_index, r.index.position, r.index.root, None);
    f.reads(t.as_of_ranking, r.ranking.position, r.ranking.root, None);
    let labels = [w.number, w.place, w.date, w.signer_title, w.signer, w.recipients];
    let field = |(name, label)| Ok((name, label, ask.value(name)?.unwrap_or_default().to_owned()));
    let fields = ASKED.into_iter().zip(labels).map(field).collect::<Result<Vec<_>, Refusal>>()?;
    let shown = ask.value("publication")?.unwrap_or_default().to_owned();
    Ok(ReportPage { t, w, f, id: r.round.to_string(), r, kept: ask.kept(), shown, fields })
}

async fn read(dashboard: &Dashboard, ask: &Ask) -> Result<Report, Refusal> {
    let [number, place, date, signer_title, signer, recipients] = ASKED.map(|name| ask.value(name));
    let typed = Typed {
        number: number?.unwrap_or_default(),
        place: place?.unwrap_or_default(),
        date: date?.unwrap_or_default(),
        signer_title: signer_title?.unwrap_or_default(),
        signer: signer?.unwrap_or_default(),
        recipients: recipients?.unwrap_or_default(),
    };
    let form = Form::parse(typed)?;
    let sources = Sources { index: &dashboard.index, ranking: &dashboard.ranking, origin: &dashboard.origin };
    Report::read(sources, &ask.round()?, ask.which()?, form).await
}

async fn file(dashboard: &Dashboard, headers: &HeaderMap, ask: &Ask, kind: Kind) -> Response {
    match read(dashboard, ask).await.and_then(|report| report.file(kind)) {
        Ok(file) => as_file(headers, file),
        Err(refusal) => start::refused(ask, &dashboard.origin, refusal),
    }
}

/// A file under a tag of its bytes. They are the same as long as the projections stand where they stood.
fn as_file(asked: &HeaderMap, file: ReportFile) -> Response {
    let tag = format!("\"{}\"", Hash::digest(&file.bytes));
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let known = known.flat_map(|tags| tags.split(',')).any(|known| known.trim() == tag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let name = disposition(&file);
        let headers = [(header::CONTENT_TYPE, file.kind.media()), (header::CONTENT_DISPOSITION, &name)];
        (headers, file.bytes).into_response()
    };
    let tag = HeaderValue::from_str(&tag).expect("a digest is plain ASCII");
    response.headers_mut().insert(header::ETAG, tag);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

/// Under which name a browser keeps it: in ASCII, and in UTF-8 for all that know RFC 8187.
fn disposition(file: &ReportFile) -> String {
    let end = file.kind.extension();
    let spelled: String = format!("{}.{end}", file.name)
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    format!("attachment; filename=\"{}.{end}\"; filename*=UTF-8''{spelled}", file.plain_name)
}

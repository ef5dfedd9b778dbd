//! The sheet as its chief has signed it outside, a PDF. It waits, named in the page's address with the version of the sheet that it was sent
//! for, until the chief submits that version; with any other it is bound to nothing.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::act::sheet::Evidence;
use proto::filling::SheetForm;
use proto::{Hash, Rejection};

use super::files::{kept, named, take_in};
use super::{FillPage, asked, page};
use crate::ask::Ask;
use crate::desk::Desk;
use crate::page::personal_answer;
use crate::refusal::Refusal;
use crate::sign_in::{Fields, Upload};
use crate::words::{ClaimWords, fill};

/// The media type of what is signed.
const PDF: &str = "application/pdf";

/// What a sheet's page says of a signed file.
#[derive(Default)]
pub struct SignedFile {
    /// The one that goes along; empty for none.
    pub address: String,
    /// What is said of it.
    pub said: Option<String>,
}

/// `POST /rounds/{round}/units/{unit}/sign/files`
pub async fn send(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, mut upload: Upload) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let (fields, session) = match upload.of_session(&["csrf", "version"], &ask, &desk.doors, &headers).await {
        Ok(brought) => brought,
        Err(answer) => return *answer,
    };
    let brought = brought(&desk, &ask, &session, (&fields, &mut upload)).await;
    if !matches!(brought, Ok(Ok(_))) {
        upload.rest().await;
    }
    match brought {
        Ok(Ok(place)) => see_other(&place),
        Ok(Err((status, fault))) => {
            personal_answer(&ask, origin, status, page(&desk, &ask, &session, Some(fault)).await)
        }
        Err(refusal) => personal_answer::<FillPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

async fn brought(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    (fields, upload): (&Fields, &mut Upload),
) -> Result<Result<String, (StatusCode, String)>, Refusal> {
    let (_, form) = asked(desk, ask, session).await?;
    let version: u64 = fields.get("version").parse().map_err(|_| Refusal::BadForm)?;
    let address = match take_in(desk, ask, session, &form, upload).await? {
        Ok(address) => address,
        Err(not) => return Ok(Err(not)),
    };
    if !is_pdf(desk, session, &form, address).await? {
        return Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, ClaimWords::of(ask.lang).signed_pdf.to_owned())));
    }
    let (round, unit) = (&form.query.round, &form.query.unit);
    Ok(Ok(format!("/rounds/{round}/units/{unit}/fill?signed={address}&version={version}#sign-title")))
}

async fn is_pdf(desk: &Desk, session: &Session, form: &SheetForm, address: Hash) -> Result<bool, Refusal> {
    let kept = kept(desk, session, form, vec![address]).await?;
    Ok(kept.first().is_some_and(|file| file.evidence.media_type == PDF))
}

/// What the page's address says of a signed file, as the page shows it.
pub async fn shown(desk: &Desk, ask: &Ask, session: &Session, form: &SheetForm) -> Result<SignedFile, Refusal> {
    let w = ClaimWords::of(ask.lang);
    let Some(address) = ask.value("signed")? else { return Ok(SignedFile::default()) };
    let address = Hash::parse(address).map_err(|_| Refusal::BadQuery("signed"))?;
    let version: u64 =
        ask.value("version")?.and_then(|version| version.parse().ok()).ok_or(Refusal::BadQuery("version"))?;
    if form.version != version {
        let said = fill(w.signed_other, &[&version.to_string(), &form.version.to_string()]);
        return Ok(SignedFile { said: Some(said), ..SignedFile::default() });
    }
    let Some(file) = kept(desk, session, form, vec![address]).await?.pop() else { return Ok(SignedFile::default()) };
    Ok(SignedFile { address: address.to_string(), said: Some(fill(w.signed_waits, &[&file.name])) })
}

/// The signed file that a form brings along, as the command refers to it.
pub async fn attached(desk: &Desk, ask: &Ask, session: &Session, fields: &Fields) -> Result<Vec<Evidence>, Refusal> {
    let address = match fields.get("signed") {
        "" => return Ok(Vec::new()),
        address => Hash::parse(address).map_err(|_| Refusal::BadForm)?,
    };
    let (_, form) = asked(desk, ask, session).await?;
    let file = kept(desk, session, &form, vec![address]).await?.pop();
    Ok(vec![file.ok_or(Rejection::FileMissing { address })?.evidence])
}

/// The signed file that stands with a submitted sheet: its address, and what it is called.
pub async fn standing(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    form: &SheetForm,
) -> Result<Option<(String, String)>, Refusal> {
    let Some(file) = &form.signed else { return Ok(None) };
    let known = kept(desk, session, form, vec![file.address]).await?;
    Ok(Some((file.address.to_string(), named(ask.lang, file.address, &known))))
}

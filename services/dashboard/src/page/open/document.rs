//! The rulebook, the catalogue of units and the survey forms of a round: those on record to choose from, and a file that is brought, shown with all its faults or
//! with what it holds. What is recorded are the commands that were shown, checked again to be one whole document and nothing else.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::Session;
use platform::http::{BODY_BYTES_MAX, see_other};
use proto::act::documents::SealDocument;
use proto::canon::{Value, to_vec};
use proto::document::{DocKind, Lang, join};
use proto::opening::{BroughtDocument, DocumentQuery, DocumentSummary, KeptDocument};
use proto::{Act, Answer, Capacity, Command, DocId, Hash};

use super::draft::Draft;
use super::reading::Reading;
use super::{Around, Opening};
use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::number::{count, set};
use crate::page::fill::session;
use crate::page::fill::sign::told;
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::{Fields, Upload};
use crate::words::{OpenWords, Words, changed, document, fill, pick};

/// The most times that a byte of a command is longer in a form.
const SPELLED_MAX: usize = 3;

#[derive(Template)]
#[template(path = "open_document.html")]
struct DocumentPage {
    t: &'static Words,
    f: Frame,
    a: Around,
    /// Where a file is sent, and where what was shown is.
    bring: String,
    send: String,
    may_send: bool,
    only_read: Option<String>,
    /// Where the survey's forms are, beside the rulebook that they ask for.
    forms: Option<String>,
    kept: Vec<Kept>,
    /// The id that was typed, and what is wrong with it.
    id: String,
    id_fault: Option<&'static str>,
    faults: Vec<String>,
    more: Option<String>,
    brought: Option<Brought>,
}

struct Kept {
    id: String,
    title: String,
    digest: Option<String>,
    state: String,
    class: &'static str,
    /// Where it is chosen, and what the link says.
    choose: Option<(String, String)>,
    chosen: bool,
    holds: Option<Holds>,
}

/// What a document holds.
struct Holds {
    basis: String,
    trees: Vec<TreeHolds>,
    kinds: Vec<(String, String)>,
    /// A form's questions: code, leaf, what is asked.
    questions: Vec<[String; 3]>,
}

struct TreeHolds {
    kind: String,
    fields: Vec<[String; 4]>,
    all: [String; 3],
}

struct Brought {
    title: String,
    digest: String,
    same: bool,
    holds: Holds,
    /// That there is something to hold it against, and what has changed.
    against: Option<String>,
    changes: Vec<[String; 4]>,
    commands: Vec<String>,
}

/// `GET /open/documents/{kind}`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, session, None).await.map(|(page, _)| page);
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

/// `POST /open/documents/{kind}`: shows what a file holds.
pub async fn look(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, mut upload: Upload) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let (fields, session) = match upload.of_session(&["csrf", "id"], &ask, &desk.doors, &headers).await {
        Ok(brought) => brought,
        Err(answer) => return *answer,
    };
    let page = looked(&desk, &ask, session, (fields.get("id").trim(), &mut upload)).await;
    upload.rest().await;
    let status = match &page {
        Ok(page) if page.brought.is_none() => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    personal_answer(&ask, origin, status, page)
}

async fn looked(
    desk: &Desk,
    ask: &Ask,
    session: Arc<Session>,
    (id, upload): (&str, &mut Upload),
) -> Result<DocumentPage, Refusal> {
    let (w, kind) = (OpenWords::of(ask.lang), kind(ask)?);
    let (mut page, opening) = page(desk, ask, Arc::clone(&session), None).await?;
    id.clone_into(&mut page.id);
    let named = DocId::parse(id);
    if named.is_err() {
        page.id_fault = Some(w.id_bad);
    }
    let Some((_, pieces)) = upload.file().await? else {
        page.faults.push(w.file_none.to_owned());
        return Ok(page);
    };
    // A file whose id is none is looked at all the same: all that is wrong is told at once.
    let asked = named.clone().or_else(|_| DocId::parse("unnamed")).map_err(|e| Refusal::Malformed(e.to_string()))?;
    let brought = desk.openings.brought(&principal(&session), DocumentQuery { kind, id: asked }, pieces).await?;
    page.faults = brought
        .faults
        .iter()
        .map(|f| {
            format!(
                "{}: {} ({})",
                pick(ask.lang, &f.place.vi, &f.place.en),
                pick(ask.lang, &f.text.vi, &f.text.en),
                f.code
            )
        })
        .collect();
    page.more = (brought.more > 0).then(|| fill(w.more, &[&count(ask.lang, brought.more)]));
    let known = opening.desk.documents.iter().find(|kept| kept.kind == kind && kept.id.as_str() == id);
    let sealed = known.and_then(|kept| kept.sealed);
    if sealed.is_some() && brought.digest.is_some() && sealed != brought.digest {
        page.id_fault = Some(w.id_taken);
    }
    let bytes: usize = brought.commands.iter().map(|command| command.len() * SPELLED_MAX).sum();
    if bytes > BODY_BYTES_MAX / 2 {
        page.faults.push(w.too_long.to_owned());
    }
    if page.faults.is_empty() && page.id_fault.is_none() {
        page.brought = shown(ask.lang, brought, sealed);
        let title = page.brought.as_ref().map_or("", |brought| brought.title.as_str());
        page.f.title = fill(w.preview, &[title]);
    }
    Ok(page)
}

fn shown(lang: Lang, brought: BroughtDocument, sealed: Option<Hash>) -> Option<Brought> {
    let (digest, summary) = (brought.digest?, brought.summary?);
    let text = |text: &proto::document::Text| pick(lang, &text.vi, &text.en).to_owned();
    Some(Brought {
        title: text(&summary.title),
        digest: digest.to_string(),
        same: sealed == Some(digest),
        holds: holds(lang, &summary),
        against: brought.against.map(|id| {
            let w = OpenWords::of(lang);
            let is_same = brought.changes.is_empty() && brought.rules.is_empty();
            fill(if is_same { w.changes_none } else { w.changes }, &[id.as_str()])
        }),
        changes: {
            let units = brought.changes.iter().map(|c| (c.unit.to_string(), c.change, &c.was, &c.now));
            let rules = brought.rules.iter().map(|c| (text(&c.of), c.change, &c.was, &c.now));
            let all = units.chain(rules);
            all.map(|(of, change, was, now)| [of, changed(lang, change).to_owned(), text(was), text(now)]).collect()
        },
        commands: brought.commands,
    })
}

/// `POST /open/documents/{kind}/send`: records the document that was shown.
pub async fn send(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(foreign) => return foreign.page(&ask, origin),
    };
    let sent = async {
        let (kind, draft) = (kind(&ask)?, ask.draft()?);
        let (id, commands) = whole(kind, &fields)?;
        Ok((kind, draft, id, sent(&desk, &ask, &session, commands).await))
    };
    match sent.await {
        Ok((kind, draft, id, Ok(position))) => {
            let draft = chosen(draft, kind, &id);
            let place = draft.at(&format!("/open/documents/{kind}"));
            see_other(&format!("{place}&position={position}"))
        }
        Ok((.., Err((status, said)))) => {
            let page = page(&desk, &ask, session, Some(said)).await.map(|(page, _)| page);
            personal_answer(&ask, origin, status, page)
        }
        Err(refusal) => personal_answer::<DocumentPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

/// The commands of a form, if they are the parts of one document and the seal over just these parts, of the kind that the page is for and
/// with the digest that it showed.
fn whole(kind: DocKind, fields: &Fields) -> Result<(DocId, Vec<Command>), Refusal> {
    let commands: Vec<Command> =
        fields.all("change").map(|text| Command::parse(text.as_bytes())).collect::<Result<_, _>>()?;
    let (id, digest) = one_document(kind, &commands)?;
    if Hash::parse(fields.get("digest")).ok() != Some(digest) {
        return Err(Refusal::BadForm);
    }
    Ok((id, commands))
}

/// The document that commands enter and seal, whole, and nothing else.
///
/// # Errors
/// `form_malformed` where they do anything else.
pub fn one_document(kind: DocKind, commands: &[Command]) -> Result<(DocId, Hash), Refusal> {
    let mut joined = Value::Object([].into());
    let mut sealed: Option<&SealDocument> = None;
    for (place, command) in (1_u32..).zip(commands) {
        match &command.act {
            Act::EnterPart(part) if part.document == kind && part.part == place && sealed.is_none() => {
                join(&mut joined, &part.content).map_err(|_| Refusal::BadForm)?;
            }
            Act::SealDocument(seal) if seal.document == kind && seal.parts + 1 == place => sealed = Some(seal),
            _ => return Err(Refusal::BadForm),
        }
    }
    let seal = sealed.ok_or(Refusal::BadForm)?;
    let digest = Hash::digest(&to_vec(&joined).map_err(|_| Refusal::BadForm)?);
    let of_one = |command: &Command| match &command.act {
        Act::EnterPart(part) => part.id == seal.id,
        _ => true,
    };
    if digest != seal.digest || !commands.iter().all(of_one) {
        return Err(Refusal::BadForm);
    }
    Ok((seal.id.clone(), digest))
}

/// Sends one command after the other. The first that is refused ends it, so that nothing is added to a document of somebody else's.
///
/// # Errors
/// Status and sentence of the first refusal.
pub async fn sent(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    commands: Vec<Command>,
) -> Result<u64, (StatusCode, String)> {
    let mut last = 0;
    for command in commands {
        for answer in desk.submit(session).submit(principal(session), vec![Ok(command)]).await {
            match answer {
                Answer::Accepted(accepted) => last = accepted.position,
                Answer::Refused(refused) => return Err(told(ask.lang, &refused)),
            }
        }
    }
    Ok(last)
}

/// A draft in which a document is chosen: of forms there may be several.
fn chosen(draft: Draft, kind: DocKind, id: &DocId) -> Draft {
    match kind {
        DocKind::Form => draft.with(&format!("form.{id}"), "yes"),
        _ => draft.with(kind.as_str(), id.as_str()),
    }
}

/// Who enters documents of a kind.
fn enters(kind: DocKind) -> Capacity {
    match kind {
        DocKind::Rulebook | DocKind::Catalogue => Capacity::Secretariat,
        DocKind::Form | DocKind::Tally => Capacity::SurveyStaff,
    }
}

/// The kind that the address names: one that a round binds.
fn kind(ask: &Ask) -> Result<DocKind, Refusal> {
    let named = ask.named("kind").and_then(DocKind::parse);
    let of_round = |kind: &DocKind| matches!(kind, DocKind::Rulebook | DocKind::Catalogue | DocKind::Form);
    named.filter(of_round).ok_or_else(|| Refusal::unknown("page_unknown"))
}

async fn page(
    desk: &Desk,
    ask: &Ask,
    session: Arc<Session>,
    fault: Option<String>,
) -> Result<(DocumentPage, Opening), Refusal> {
    let (w, kind) = (OpenWords::of(ask.lang), kind(ask)?);
    let opening = match kind {
        DocKind::Form => Opening::of(desk, session, ask.draft()?, kind).await?,
        _ => Opening::at(desk, session, ask.draft()?).await?,
    };
    let path = format!("/open/documents/{kind}");
    let (mut f, mut a) = opening.around(ask, &desk.doors.dashboard.origin, &path)?;
    a.fault = fault;
    document(ask.lang, kind).clone_into(&mut f.title);
    let reading = Reading::new(&opening.desk, &opening.draft, w);
    let is_chosen = |kept: &KeptDocument| match kind {
        DocKind::Form => reading.value(&format!("form.{}", kept.id)) == "yes",
        _ => reading.value(kind.as_str()) == kept.id.as_str(),
    };
    let of_kind = opening.desk.documents.iter().rev().filter(|kept| kept.kind == kind);
    let kept = of_kind.map(|kept| told_of(ask.lang, kept, &opening.draft, is_chosen(kept))).collect();
    let page = DocumentPage {
        t: Words::of(ask.lang),
        f,
        a,
        bring: opening.draft.at(&path),
        send: opening.draft.at(&format!("{path}/send")),
        may_send: opening.has(enters(kind)),
        only_read: opening.only_read(ask.lang, enters(kind)),
        forms: (kind == DocKind::Rulebook).then(|| opening.draft.at("/open/documents/form")),
        kept,
        id: String::new(),
        id_fault: None,
        faults: Vec::new(),
        more: None,
        brought: None,
    };
    Ok((page, opening))
}

fn told_of(lang: Lang, kept: &KeptDocument, draft: &Draft, is_chosen: bool) -> Kept {
    let w = OpenWords::of(lang);
    let (state, class) = match kept.sealed {
        Some(_) => (fill(w.sealed, &[&kept.position.to_string()]), "done"),
        None => (fill(w.parts_of, &[&count(lang, kept.parts.into())]), "due"),
    };
    let place = |_| {
        let place = chosen(draft.clone(), kept.kind, &kept.id);
        (place.at(&format!("/open/documents/{}", kept.kind)), fill(w.choose_which, &[kept.id.as_str()]))
    };
    let summary = kept.summary.as_ref();
    Kept {
        id: kept.id.to_string(),
        title: summary.map_or_else(String::new, |s| pick(lang, &s.title.vi, &s.title.en).to_owned()),
        digest: kept.sealed.map(|digest| digest.to_string()),
        state,
        class,
        choose: kept.sealed.map(place),
        chosen: kept.sealed.is_some() && is_chosen,
        holds: summary.map(|summary| holds(lang, summary)),
    }
}

fn holds(lang: Lang, summary: &DocumentSummary) -> Holds {
    let points = |points: proto::Decimal| set(lang, &points.to_string());
    let trees = summary.trees.iter().map(|tree| TreeHolds {
        kind: tree.kind.to_string(),
        fields: tree
            .fields
            .iter()
            .map(|field| {
                [
                    format!("{} {}", field.field, pick(lang, &field.title.vi, &field.title.en)),
                    points(field.maximum),
                    count(lang, field.leaves),
                    count(lang, field.survey),
                ]
            })
            .collect(),
        all: [points(tree.total), count(lang, tree.leaves), count(lang, tree.survey)],
    });
    let mut kinds: Vec<(String, u64)> = Vec::new();
    for unit in &summary.units {
        match kinds.iter_mut().find(|(kind, _)| kind == unit.kind.as_str()) {
            Some((_, of)) => *of += 1,
            None => kinds.push((unit.kind.to_string(), 1)),
        }
    }
    Holds {
        basis: pick(lang, &summary.basis.vi, &summary.basis.en).to_owned(),
        trees: trees.collect(),
        kinds: kinds.into_iter().map(|(kind, of)| (kind, count(lang, of))).collect(),
        questions: summary
            .questions
            .iter()
            .map(|q| [q.question.to_string(), q.leaf.to_string(), pick(lang, &q.text.vi, &q.text.en).to_owned()])
            .collect(),
    }
}

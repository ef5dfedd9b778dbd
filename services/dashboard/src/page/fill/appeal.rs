//! A unit's chief appeals against a published result: about which leaves, what he says, and what he claims of the log where the leaf alone
//! says what that is. Whether it comes in time, and whether it may be made, the ledger decides.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::act::appeal::LodgeAppeal;
use proto::act::examination::{Asserted, Claim};
use proto::act::round::Stage;
use proto::filling::{AppealBatch, AppealForm, LeafForm, SheetForm};
use proto::kept_file::{ADDRESSES_MAX, KeptFile};
use proto::{Act, Acting, BatchId, Capacity, Code, CommandId, Decimal, Exact, Hash, Instant};

use super::files::{self, Waiting};
use super::sign::told;
use super::{Here, asked, framed, here, name, session, text};
use crate::ask::Ask;
use crate::desk::{Desk, command_id};
use crate::number::Printer;
use crate::page::inputs::written;
use crate::page::{Frame, Moment, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::{Fields, Upload};
use crate::words::{ClaimWords, FillWords, UnitWords, Words, fill};

/// The codes of refusals that are about the text.
const OF_THE_TEXT: [&str; 2] = ["reason_required", "text_too_long"];
/// The most files whose names are looked up for claims.
const NAMES_MAX: usize = ADDRESSES_MAX;
/// What is claimed where the leaf alone says what that is, as the form names it.
const CLAIMS: [&str; 3] = ["adjusted_after_deadline", "adjusted_by_interested", "published_differs"];

#[derive(Template)]
#[template(path = "fill_appeal.html")]
struct AppealPage {
    t: &'static Words,
    w: &'static FillWords,
    u: &'static UnitWords,
    f: Frame,
    here: Here,
    unit: String,
    csrf: String,
    command: String,
    /// How it goes in; none where it does not.
    form: Option<Open>,
    /// Why it does not.
    closed: &'static str,
    /// What each column claims.
    columns: [&'static str; 3],
    lines: Vec<Line>,
    text: String,
    text_fault: Option<String>,
    fault: Option<String>,
    c: &'static ClaimWords,
    /// Batches that can be claimed to be left out.
    batches: Vec<Choice>,
    /// The files that wait: where each is, and what it is called; and how the form carries them.
    waiting: Vec<(String, String)>,
    sent: String,
    may_send: bool,
    received: bool,
    file_fault: Option<String>,
}

struct Open {
    number: u32,
    lead: String,
}

struct Line {
    code: String,
    title: String,
    claimed: String,
    counts: String,
    chosen: bool,
    claims: Vec<Choice>,
    /// What else can be claimed of it, and how that is called.
    more: Vec<Choice>,
    more_label: String,
    more_chosen: bool,
}

/// A claim that can be made of a leaf.
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// What was said and not taken.
#[derive(Default)]
struct Said {
    leaves: Vec<Code>,
    claims: Vec<String>,
    text: String,
    text_fault: Option<String>,
    fault: Option<String>,
    files: Waiting,
}

/// `GET /rounds/{round}/units/{unit}/appeal`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = match looked(&ask) {
        Ok(files) => page(&desk, &ask, &session, Said { files, ..Said::default() }).await,
        Err(refusal) => Err(refusal),
    };
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

/// The files that the address says were sent.
fn looked(ask: &Ask) -> Result<Waiting, Refusal> {
    let sent = files::addresses(ask.value("sent")?.unwrap_or_default())?;
    Ok(Waiting { received: !sent.is_empty() && ask.value("received")?.is_some(), sent, ..Waiting::default() })
}

/// `POST /rounds/{round}/units/{unit}/appeal/files`
pub async fn brings(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, mut upload: Upload) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let (fields, session) = match upload.of_session(&["csrf", "sent"], &ask, &desk.doors, &headers).await {
        Ok(brought) => brought,
        Err(answer) => return *answer,
    };
    let brought = brought(&desk, &ask, &session, (&fields, &mut upload)).await;
    if !matches!(brought, Ok(Lodged::There(_))) {
        upload.rest().await;
    }
    match brought {
        Ok(Lodged::There(place)) => see_other(&place),
        Ok(Lodged::Not(status, said)) => {
            personal_answer(&ask, origin, status, page(&desk, &ask, &session, *said).await)
        }
        Err(refusal) => personal_answer::<AppealPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

async fn brought(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    (fields, upload): (&Fields, &mut Upload),
) -> Result<Lodged, Refusal> {
    let (_, form) = asked(desk, ask, session).await?;
    let mut sent = files::addresses(fields.get("sent"))?;
    match files::take_in(desk, ask, session, &form, upload).await? {
        Ok(address) => files::waits_too(&mut sent, address),
        Err((status, fault)) => {
            let files = Waiting { sent, fault: Some(fault), ..Waiting::default() };
            return Ok(Lodged::Not(status, Box::new(Said { files, ..Said::default() })));
        }
    }
    let (round, unit) = (&form.query.round, &form.query.unit);
    let sent = files::joined(&sent);
    Ok(Lodged::There(format!("/rounds/{round}/units/{unit}/appeal?sent={sent}&received=1#files")))
}

/// `POST /rounds/{round}/units/{unit}/appeal`
pub async fn lodge(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(foreign) => return foreign.page(&ask, origin),
    };
    match lodged(&desk, &ask, &session, &fields).await {
        Ok(Lodged::There(place)) => see_other(&place),
        Ok(Lodged::Not(status, said)) => {
            personal_answer(&ask, origin, status, page(&desk, &ask, &session, *said).await)
        }
        Err(refusal) => personal_answer::<AppealPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

/// What became of a form.
enum Lodged {
    /// It is on record; the browser goes on there.
    There(String),
    /// It is not, and the page says why.
    Not(StatusCode, Box<Said>),
}

async fn lodged(desk: &Desk, ask: &Ask, session: &Session, fields: &Fields) -> Result<Lodged, Refusal> {
    let (round, unit) = (ask.round()?, ask.unit()?);
    let id = CommandId::parse(fields.get("command")).map_err(|_| Refusal::BadForm)?;
    let number = fields.get("number").parse().map_err(|_| Refusal::BadForm)?;
    let leaves: Vec<Code> =
        fields.all("leaf").map(Code::parse).collect::<Result<_, _>>().map_err(|_| Refusal::BadForm)?;
    let claims: Vec<String> = fields.all("claim").map(str::to_owned).collect();
    let (_, form) = asked(desk, ask, session).await?;
    let asserted: Vec<Claim> =
        claims.iter().map(|claim| claimed(claim, form.until)).collect::<Option<_>>().ok_or(Refusal::BadForm)?;
    let text = written(fields.get("text"));
    let files = files::waiting(fields)?;
    let evidence = files::attached(desk, session, &form, &files).await?;
    let (of, acting) = (round.clone(), Acting { capacity: Capacity::Chief, unit: Some(unit.clone()) });
    // A leaf of which something is claimed is one that the appeal is about; one that is about all names none.
    let mut about = leaves.clone();
    if !about.is_empty() {
        let more = asserted.iter().filter_map(|claim| claim.that.leaf()).filter(|leaf| !leaves.contains(leaf)).cloned();
        for leaf in more {
            if !about.contains(&leaf) {
                about.push(leaf);
            }
        }
    }
    let data = LodgeAppeal { round, number, unit, leaves: about, text: text.clone(), evidence, claims: asserted };
    match desk.send(session, (id, acting), Act::LodgeAppeal(data)).await {
        Ok(_) => Ok(Lodged::There(format!("/rounds/{of}/appeals/{number}"))),
        Err(not_taken) => {
            let (status, sentence) = told(ask.lang, &not_taken);
            let of_text = OF_THE_TEXT.contains(&not_taken.code.as_str());
            let (text_fault, fault) = if of_text { (Some(sentence), None) } else { (None, Some(sentence)) };
            Ok(Lodged::Not(status, Box::new(Said { leaves, claims, text, text_fault, fault, files })))
        }
    }
}

/// A claim as the form names it: its kind, the leaf or batch, and what else it says. What a unit has entered it claims to have entered in
/// time: before its sheet's deadline.
fn claimed(text: &str, before: Option<Instant>) -> Option<Claim> {
    let (kind, rest) = text.split_once(' ')?;
    if kind == "batch_omitted" {
        let that = Asserted::BatchOmitted { batch: BatchId::parse(rest).ok()? };
        return Some(Claim { that, text: String::new() });
    }
    let mut parts = rest.split(' ');
    let leaf = Code::parse(parts.next()?).ok()?;
    let mut points = || parts.next().and_then(|points| Decimal::parse(points).ok());
    let that = match kind {
        "self_scored" => Asserted::SelfScored { leaf, points: points()?, before },
        "adjusted_without_reason" => Asserted::AdjustedWithoutReason { leaf, from: points()?, to: points()? },
        "evidence_attached" => {
            let address = Hash::parse(parts.next()?).ok()?;
            Asserted::EvidenceAttached { leaf, address, digest_commitment: None, before }
        }
        "adjusted_after_deadline" => Asserted::AdjustedAfterDeadline { leaf },
        "adjusted_by_interested" => Asserted::AdjustedByInterested { leaf, unit: None },
        "published_differs" => Asserted::PublishedDiffers { leaf, publication: None },
        _ => return None,
    };
    parts.next().is_none().then_some(Claim { that, text: String::new() })
}

async fn page(desk: &Desk, ask: &Ask, session: &Session, said: Said) -> Result<AppealPage, Refusal> {
    let u = UnitWords::of(ask.lang);
    let (mut opened, form) = asked(desk, ask, session).await?;
    let unit = name(&mut opened, ask.lang, &form.query.unit).await?;
    let printer = opened.printer;
    let mut f = framed(ask, opened, &form);
    f.title = fill(u.appeal_title_of, &[&unit]);
    let open = form.appeal.as_ref().filter(|_| form.signs);
    let files = said.files.sent.clone();
    let known = files::kept(desk, session, &form, files.clone()).await?;
    let of_leaves = form.leaves.iter().filter_map(|leaf| leaf.claimed.as_ref()).flat_map(|claimed| &claimed.evidence);
    let of_leaves = of_leaves.map(|file| file.address).take(open.map_or(0, |_| NAMES_MAX)).collect();
    let names = files::kept(desk, session, &form, of_leaves).await?;
    let batches = open.map_or_else(Vec::new, |appeal| batches(&printer, appeal, &said));
    Ok(AppealPage {
        t: Words::of(ask.lang),
        w: FillWords::of(ask.lang),
        u,
        here: here(&form),
        unit,
        csrf: session.csrf.clone(),
        command: command_id(desk)?.to_string(),
        closed: if form.appeal.is_none() { u.appeal_closed } else { u.appeal_only_chief },
        columns: columns(u),
        lines: open.map_or_else(Vec::new, |_| lines(&printer, &form, &names, &said)),
        c: ClaimWords::of(ask.lang),
        batches,
        waiting: files.iter().map(|file| (file.to_string(), files::named(ask.lang, *file, &known))).collect(),
        sent: files::joined(&files),
        may_send: desk.files.is_some() && open.is_some(),
        received: said.files.received,
        file_fault: said.files.fault,
        form: open.map(|appeal| lead(u, appeal)),
        text: said.text,
        text_fault: said.text_fault,
        fault: said.fault,
        f,
    })
}

fn lead(u: &'static UnitWords, appeal: &AppealForm) -> Open {
    let until = Moment::from(appeal.until).text;
    let lead = fill(u.appeal_lead, &[&appeal.publication.to_string(), &until, &appeal.number.to_string()]);
    Open { number: appeal.number, lead }
}

/// What each of [`CLAIMS`] is called.
fn columns(u: &'static UnitWords) -> [&'static str; 3] {
    [u.appeal_late, u.appeal_interested, u.appeal_published]
}

/// The batches that can be claimed to be left out.
fn batches(printer: &Printer, appeal: &AppealForm, said: &Said) -> Vec<Choice> {
    let c = ClaimWords::of(printer.lang);
    let choice = |batch: &AppealBatch| {
        let state = if batch.merged { c.batch_merged } else { c.batch_apart };
        let people = printer.count(batch.respondents.into());
        let value = format!("batch_omitted {}", batch.batch);
        Choice {
            label: fill(c.batch, &[batch.batch.as_str(), &people, state]),
            chosen: said.claims.contains(&value),
            value,
        }
    };
    appeal.batches.iter().map(choice).collect()
}

/// What else can be claimed of a leaf, out of what stands there.
fn more(printer: &Printer, leaf: &LeafForm, names: &[KeptFile], said: &Said) -> Vec<Choice> {
    let c = ClaimWords::of(printer.lang);
    let choice = |value: String, label: String| Choice { chosen: said.claims.contains(&value), label, value };
    // What is stated in a claim is a decimal; points that are none are claimed in words.
    let decimal = |points: &Exact| Decimal::parse(&points.plain()).ok();
    let mut all = Vec::new();
    if let Some(claimed) = &leaf.claimed {
        all.extend(decimal(&claimed.points).map(|points| {
            let label = fill(c.self_scored, &[&printer.exact(&claimed.points)]);
            choice(format!("self_scored {} {points}", leaf.leaf), label)
        }));
        all.extend(claimed.evidence.iter().map(|file| {
            let label = fill(c.evidence_attached, &[&files::named(printer.lang, file.address, names)]);
            choice(format!("evidence_attached {} {}", leaf.leaf, file.address), label)
        }));
    }
    for pair in leaf.stages.windows(2) {
        let appraised = matches!(pair[1].stage, Stage::First | Stage::Second);
        let Some((from, to)) = decimal(&pair[0].points).zip(decimal(&pair[1].points)) else { continue };
        if appraised && from != to {
            let label = fill(c.without_reason, &[&printer.exact(&pair[0].points), &printer.exact(&pair[1].points)]);
            all.push(choice(format!("adjusted_without_reason {} {from} {to}", leaf.leaf), label));
        }
    }
    all
}

fn lines(printer: &Printer, form: &SheetForm, names: &[KeptFile], said: &Said) -> Vec<Line> {
    let u = UnitWords::of(printer.lang);
    let points = |points: Option<&Exact>| points.map_or_else(String::new, |points| printer.exact(points));
    let line = |leaf: &LeafForm| {
        let claim = |(kind, column): (&str, &str)| {
            let value = format!("{kind} {}", leaf.leaf);
            Choice { label: format!("{column}: {}", leaf.leaf), chosen: said.claims.contains(&value), value }
        };
        let more = more(printer, leaf, names, said);
        Line {
            code: leaf.leaf.to_string(),
            title: text(printer.lang, &leaf.title),
            claimed: points(leaf.claimed.as_ref().map(|claimed| &claimed.points)),
            counts: points(leaf.counts.as_ref()),
            chosen: said.leaves.contains(&leaf.leaf),
            claims: CLAIMS.into_iter().zip(columns(u)).map(claim).collect(),
            more_label: fill(ClaimWords::of(printer.lang).more_of, &[leaf.leaf.as_str()]),
            more_chosen: more.iter().any(|choice| choice.chosen),
            more,
        }
    };
    form.leaves.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::{CLAIMS, claimed};

    #[test]
    fn every_claim_that_the_form_names_is_one_of_its_leaf() {
        for kind in CLAIMS {
            let claim = claimed(&format!("{kind} 1.2"), None).expect("a claim");
            assert_eq!((claim.that.word(), claim.that.leaf().map(ToString::to_string)), (kind, Some("1.2".to_owned())));
        }
        let address = "0f".repeat(32);
        let more = [
            ("self_scored 1.2 0.5", "self_scored"),
            ("adjusted_without_reason 1.2 2 0.5", "adjusted_without_reason"),
            (&format!("evidence_attached 1.2 {address}"), "evidence_attached"),
            ("batch_omitted b-1", "batch_omitted"),
        ];
        for (text, word) in more {
            assert_eq!(claimed(text, None).map(|claim| claim.that.word()), Some(word), "{text}");
        }
        for bad in [
            "",
            "judgement",
            "judgement 1.2",
            "batch_omitted A B",
            "self_scored 1.2",
            "self_scored 1.2 x",
            "self_scored 1.2 1 2",
            "adjusted_without_reason 1.2 1",
            "evidence_attached 1.2 0f",
            "published_differs",
            "published_differs A B",
        ] {
            assert!(claimed(bad, None).is_none(), "{bad}");
        }
    }
}

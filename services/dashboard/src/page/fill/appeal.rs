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
use proto::filling::{AppealForm, LeafForm, SheetForm};
use proto::{Act, Acting, Capacity, Code, CommandId, Exact};

use super::sign::told;
use super::{Here, asked, framed, here, name, session, text};
use crate::ask::Ask;
use crate::desk::{Desk, command_id};
use crate::number::Printer;
use crate::page::inputs::written;
use crate::page::{Frame, Moment, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{FillWords, UnitWords, Words, fill};

/// The codes of refusals that are about the text.
const OF_THE_TEXT: [&str; 2] = ["reason_required", "text_too_long"];
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
}

/// `GET /rounds/{round}/units/{unit}/appeal`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session, Said::default()).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
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
    let asserted: Vec<Claim> =
        claims.iter().map(|claim| claimed(claim)).collect::<Option<_>>().ok_or(Refusal::BadForm)?;
    let text = written(fields.get("text"));
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
    let data =
        LodgeAppeal { round, number, unit, leaves: about, text: text.clone(), evidence: Vec::new(), claims: asserted };
    match desk.send(session, (id, acting), Act::LodgeAppeal(data)).await {
        Ok(_) => Ok(Lodged::There(format!("/rounds/{of}/appeals/{number}"))),
        Err(refused) => {
            let (status, sentence) = told(ask.lang, &refused);
            let of_text = OF_THE_TEXT.contains(&refused.code.as_str());
            let (text_fault, fault) = if of_text { (Some(sentence), None) } else { (None, Some(sentence)) };
            Ok(Lodged::Not(status, Box::new(Said { leaves, claims, text, text_fault, fault })))
        }
    }
}

/// A claim as the form names it: its kind, and the leaf.
fn claimed(text: &str) -> Option<Claim> {
    let (kind, leaf) = text.split_once(' ')?;
    let leaf = Code::parse(leaf).ok()?;
    let that = match kind {
        "adjusted_after_deadline" => Asserted::AdjustedAfterDeadline { leaf },
        "adjusted_by_interested" => Asserted::AdjustedByInterested { leaf, unit: None },
        "published_differs" => Asserted::PublishedDiffers { leaf, publication: None },
        _ => return None,
    };
    Some(Claim { that, text: String::new() })
}

async fn page(desk: &Desk, ask: &Ask, session: &Session, said: Said) -> Result<AppealPage, Refusal> {
    let u = UnitWords::of(ask.lang);
    let (mut opened, form) = asked(desk, ask, session).await?;
    let unit = name(&mut opened, ask.lang, &form.query.unit).await?;
    let printer = opened.printer;
    let mut f = framed(ask, opened, &form);
    f.title = fill(u.appeal_title_of, &[&unit]);
    let open = form.appeal.as_ref().filter(|_| form.signs);
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
        lines: open.map_or_else(Vec::new, |_| lines(&printer, &form, &said)),
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

fn lines(printer: &Printer, form: &SheetForm, said: &Said) -> Vec<Line> {
    let u = UnitWords::of(printer.lang);
    let points = |points: Option<&Exact>| points.map_or_else(String::new, |points| printer.exact(points));
    let line = |leaf: &LeafForm| {
        let claim = |(kind, column): (&str, &str)| {
            let value = format!("{kind} {}", leaf.leaf);
            Choice { label: format!("{column}: {}", leaf.leaf), chosen: said.claims.contains(&value), value }
        };
        Line {
            code: leaf.leaf.to_string(),
            title: text(printer.lang, &leaf.title),
            claimed: points(leaf.claimed.as_ref().map(|claimed| &claimed.points)),
            counts: points(leaf.counts.as_ref()),
            chosen: said.leaves.contains(&leaf.leaf),
            claims: CLAIMS.into_iter().zip(columns(u)).map(claim).collect(),
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
            let claim = claimed(&format!("{kind} 1.2")).expect("a claim");
            assert_eq!((claim.that.word(), claim.that.leaf().map(ToString::to_string)), (kind, Some("1.2".to_owned())));
        }
        for bad in ["", "judgement", "batch_omitted 1", "self_scored 1.2", "published_differs", "published_differs A B"]
        {
            assert!(claimed(bad).is_none(), "{bad}");
        }
    }
}

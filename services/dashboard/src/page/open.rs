//! A round opened by pages: which steps there are, how far each is, and the act itself, over what was looked at. What is on record the log says,
//! every time anew; what is only declared stands in the address. Whether the round may be opened is decided by the ledger.

mod blocks;
pub mod declare;
pub mod document;
mod draft;
pub mod people;
mod reading;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::act::round::OpenRound;
use proto::document::{DocKind, Lang};
use proto::opening::{CheckedOpening, OpeningDesk, OpeningFault, OpeningQuery};
use proto::said::Named;
use proto::work::Role;
use proto::{Act, Acting, Capacity, CommandId, Hash, RoundId};

use super::fill::session;
use super::fill::sign::told;
use super::{Frame, Moment, personal_answer};
use crate::ask::Ask;
use crate::desk::{Desk, command_id, principal};
use crate::number::count;
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{OpenWords, Words, fill, pick};
pub use draft::Draft;
use reading::{FieldFault, Reading, field_of};

/// What every page of the opening has.
pub struct Around {
    /// The words of these pages.
    pub w: &'static OpenWords,
    /// The secret of the session's forms.
    pub csrf: String,
    /// The steps: address, name, whether it is this one.
    pub steps: Vec<(String, &'static str, bool)>,
    /// What was done just now.
    pub done: Option<String>,
    /// What kept the last form from being recorded.
    pub fault: Option<String>,
}

/// What stands on record, beside what was declared.
pub struct Opening {
    /// What stands.
    pub desk: OpeningDesk,
    /// What was declared.
    pub draft: Draft,
    session: Arc<Session>,
}

#[derive(Template)]
#[template(path = "open.html")]
struct OpenPage {
    t: &'static Words,
    f: Frame,
    a: Around,
    at: Moment,
    states: Vec<StepState>,
    /// The round that was opened just now.
    opened: Option<String>,
    faults: Vec<Fault>,
    missing: Vec<String>,
    round: Option<Declared>,
    begin: Option<Begin>,
    only_read: Option<String>,
}

struct StepState {
    address: String,
    name: &'static str,
    stands: String,
    class: &'static str,
    state: String,
}

/// A fault with the place where it is mended.
struct Fault {
    code: String,
    text: String,
    address: String,
}

struct Declared {
    title: String,
    id: String,
    phases: Vec<(&'static str, Moment, Moment)>,
    blocks: Vec<BlockDeclared>,
}

struct BlockDeclared {
    id: String,
    title: String,
    of: String,
    units: Vec<String>,
}

struct Begin {
    command: String,
    digest: String,
    fields: Vec<(String, String)>,
}

/// `GET /open`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = match ask.draft() {
        Ok(draft) => page(&desk, &ask, (session, draft), None).await,
        Err(refusal) => Err(refusal),
    };
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

/// `POST /open`: opens the round that was looked at, and no other.
pub async fn begin(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(foreign) => return foreign.page(&ask, origin),
    };
    let draft = Draft::of(fields.pairs());
    match begun(&desk, &ask, (&session, &draft), &fields).await {
        Ok(Ok(place)) => see_other(&place),
        Ok(Err((status, said))) => {
            let page = page(&desk, &ask, (session, draft), Some(said)).await;
            personal_answer(&ask, origin, status, page)
        }
        Err(refusal) => personal_answer::<OpenPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

/// Where it goes on, or why the round is not open.
type Begun = Result<String, (StatusCode, String)>;

async fn begun(
    desk: &Desk,
    ask: &Ask,
    (session, draft): (&Session, &Draft),
    fields: &Fields,
) -> Result<Begun, Refusal> {
    let w = OpenWords::of(ask.lang);
    let id = CommandId::parse(fields.get("command")).map_err(|_| Refusal::BadForm)?;
    let seen = Hash::parse(fields.get("digest")).map_err(|_| Refusal::BadForm)?;
    let told_desk = desk.openings.stands(&principal(session), OpeningQuery { like: None, only: None }).await?;
    let Ok(round) = Reading::new(&told_desk, draft, w).round() else {
        return Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, w.changed.to_owned())));
    };
    if digest(&round)? != seen {
        return Ok(Err((StatusCode::CONFLICT, w.changed.to_owned())));
    }
    let acting = acting(&told_desk.roles, Capacity::Secretariat);
    let name = round.round.clone();
    Ok(match desk.send(session, (id, acting), Act::OpenRound(round)).await {
        Ok(accepted) => Ok(format!("/open?opened={name}&position={}", accepted.position)),
        Err(refused) => Err(told(ask.lang, &refused)),
    })
}

/// What the round's command holds, as a digest.
fn digest(round: &OpenRound) -> Result<Hash, Refusal> {
    let data = Act::OpenRound(round.clone()).data().map_err(|e| Refusal::Malformed(e.to_string()))?;
    Ok(Hash::digest(&data))
}

/// In which role somebody does what one capacity does. Whoever does not hold it asks as one who does, and is told so.
pub fn acting(roles: &[Role], capacity: Capacity) -> Acting {
    let role = roles.iter().find(|role| role.capacity == capacity);
    Acting { capacity, unit: role.and_then(|role| role.unit.clone()) }
}

impl Opening {
    /// What stands now, for somebody who may look.
    ///
    /// # Errors
    /// `capacity_missing`, and where the log or the rows cannot be read.
    pub async fn at(desk: &Desk, session: Arc<Session>, draft: Draft) -> Result<Self, Refusal> {
        let rounds = desk.doors.dashboard.index.view().await?.rounds().await?;
        let like = rounds.into_iter().next().map(|round| round.round);
        Self::asked(desk, session, draft, OpeningQuery { like, only: None }).await
    }

    /// The documents of one kind alone, for whoever enters them too.
    ///
    /// # Errors
    /// As [`Opening::at`].
    pub async fn of(desk: &Desk, session: Arc<Session>, draft: Draft, kind: DocKind) -> Result<Self, Refusal> {
        Self::asked(desk, session, draft, OpeningQuery { like: None, only: Some(kind) }).await
    }

    async fn asked(desk: &Desk, session: Arc<Session>, draft: Draft, query: OpeningQuery) -> Result<Self, Refusal> {
        let told = desk.openings.stands(&principal(&session), query).await?;
        Ok(Self { desk: told, draft, session })
    }

    /// Whether whoever looks acts in a capacity.
    pub fn has(&self, capacity: Capacity) -> bool {
        self.desk.roles.iter().any(|role| role.capacity == capacity)
    }

    /// That he does not, as he is told.
    pub fn only_read(&self, lang: Lang, capacity: Capacity) -> Option<String> {
        (!self.has(capacity)).then(|| fill(OpenWords::of(lang).only_read, &[capacity.name(lang)]))
    }

    /// What every page has around it, and its frame.
    ///
    /// # Errors
    /// A query that cannot be read.
    pub fn around(&self, ask: &Ask, origin: &proto::Origin, here: &str) -> Result<(Frame, Around), Refusal> {
        let (t, w) = (Words::of(ask.lang), OpenWords::of(ask.lang));
        let mut f = Frame::new(ask, origin, w.title);
        f.reads(t.as_of_inspector, self.desk.position, self.desk.root, None);
        let is_told =
            [Capacity::Secretariat, Capacity::Administrator, Capacity::Inspector].into_iter().any(|c| self.has(c));
        let steps =
            STEPS.into_iter().filter(|_| is_told).map(|(path, name)| (self.draft.at(path), name(w), path == here));
        let done = ask.position()?.map(|position| fill(w.done, &[&position.to_string()]));
        let csrf = self.session.csrf.clone();
        Ok((f, Around { w, csrf, steps: steps.collect(), done, fault: None }))
    }

    /// The declared round, or all that is wrong with it; what keeps it from being opened, and whom it will want.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub async fn checked(&self, desk: &Desk, lang: Lang) -> Result<Checked, Refusal> {
        let round = match Reading::new(&self.desk, &self.draft, OpenWords::of(lang)).round() {
            Ok(round) => round,
            Err(faults) => return Ok(Checked { round: None, faults, missing: Vec::new() }),
        };
        let CheckedOpening { faults, missing } =
            desk.openings.checked(&principal(&self.session), round.clone()).await?;
        let at_field = |fault: OpeningFault| FieldFault {
            field: field_of(&round, &fault.path),
            code: fault.code,
            text: pick(lang, &fault.text.vi, &fault.text.en).to_owned(),
        };
        let faults = faults.into_iter().map(at_field).collect();
        Ok(Checked {
            round: Some(round),
            faults,
            missing: missing.iter().map(|one| pick(lang, &one.text.vi, &one.text.en).to_owned()).collect(),
        })
    }
}

/// A draft that was held against the log.
pub struct Checked {
    /// The round; none where a field cannot be read.
    pub round: Option<OpenRound>,
    /// What keeps it from being opened, each at its field.
    pub faults: Vec<FieldFault>,
    /// Whom it will want.
    pub missing: Vec<String>,
}

/// A step: where it is, and its name.
type Step = (&'static str, fn(&'static OpenWords) -> &'static str);
/// The steps.
const STEPS: [Step; 5] = [
    ("/open/documents/rulebook", |w| w.step_rulebook),
    ("/open/documents/catalogue", |w| w.step_catalogue),
    ("/open/round", |w| w.step_round),
    ("/open/people", |w| w.step_people),
    ("/open", |w| w.step_open),
];

async fn page(
    desk: &Desk,
    ask: &Ask,
    (session, draft): (Arc<Session>, Draft),
    fault: Option<String>,
) -> Result<OpenPage, Refusal> {
    let (w, lang) = (OpenWords::of(ask.lang), ask.lang);
    let opening = Opening::at(desk, session, draft).await?;
    let checked = opening.checked(desk, lang).await?;
    let (f, mut a) = opening.around(ask, &desk.doors.dashboard.origin, "/open")?;
    a.fault = fault;
    let opened = ask.id::<RoundId>("opened")?.map(|round| round.to_string());
    if let (Some(round), Some(position)) = (&opened, ask.position()?) {
        a.done = Some(fill(w.opened, &[round, &position.to_string()]));
    }
    let is_begun = opening.draft.is_begun();
    let address = opening.draft.at("/open/round");
    let to = |fault: &FieldFault| format!("{address}#{}", fault.field);
    let faults = declare::named(&opening, (w, lang), &checked.faults);
    let faults = faults.iter().filter(|_| is_begun);
    let faults: Vec<Fault> =
        faults.map(|fault| Fault { code: fault.code.clone(), text: fault.text.clone(), address: to(fault) }).collect();
    let ready = checked.round.as_ref().filter(|_| is_begun && faults.is_empty());
    let begin = match ready.filter(|_| opening.has(Capacity::Secretariat)) {
        Some(round) => Some(Begin {
            command: command_id(desk)?.to_string(),
            digest: digest(round)?.to_string(),
            fields: declare::fields(&opening, w),
        }),
        None => None,
    };
    Ok(OpenPage {
        t: Words::of(ask.lang),
        at: opening.desk.at.into(),
        states: states(&opening, &checked, lang),
        opened,
        faults,
        missing: if ready.is_some() { checked.missing.clone() } else { Vec::new() },
        round: ready.map(|round| declared(lang, round)),
        begin,
        only_read: opening.only_read(lang, Capacity::Secretariat),
        f,
        a,
    })
}

/// How far each step is.
fn states(opening: &Opening, checked: &Checked, lang: Lang) -> Vec<StepState> {
    let w = OpenWords::of(lang);
    let reading = Reading::new(&opening.desk, &opening.draft, w);
    let chosen = |name, kind| match reading.chosen(name, kind) {
        Some(kept) => {
            let title = kept.summary.as_ref().map_or("", |summary| pick(lang, &summary.title.vi, &summary.title.en));
            (format!("{}: {title}", kept.id), "done", fill(w.sealed, &[&kept.position.to_string()]))
        }
        None => (String::new(), "due", w.none_yet.to_owned()),
    };
    let n = |all: usize| count(lang, all as u64);
    let declared = match (opening.draft.is_begun(), checked.faults.len()) {
        (false, _) => (String::new(), "due", w.not_begun.to_owned()),
        (true, 0) => (reading.value("round"), "done", w.complete.to_owned()),
        (true, faults) => (reading.value("round"), "due", fill(w.faults_of, &[&n(faults)])),
    };
    let people = match (&checked.round, checked.missing.len()) {
        (None, _) => (String::new(), "later", w.not_begun.to_owned()),
        (Some(_), 0) => (String::new(), "done", w.complete.to_owned()),
        (Some(_), missing) => (String::new(), "due", fill(w.missing_of, &[&n(missing)])),
    };
    let told = [chosen("rulebook", DocKind::Rulebook), chosen("catalogue", DocKind::Catalogue), declared, people];
    let steps = STEPS.into_iter().zip(told);
    steps
        .map(|((path, name), (stands, class, state))| StepState {
            address: opening.draft.at(path),
            name: name(w),
            stands,
            class,
            state,
        })
        .collect()
}

fn declared(lang: Lang, round: &OpenRound) -> Declared {
    let w = OpenWords::of(lang);
    let block = |block: &proto::act::round::Block| BlockDeclared {
        id: block.block.to_string(),
        title: pick(lang, &block.title.vi, &block.title.en).to_owned(),
        of: fill(w.units_of, &[&count(lang, block.units.len() as u64)]),
        units: block
            .units
            .iter()
            .map(|unit| match block.unranked.contains(unit) {
                true => format!("{unit} ({})", w.unranked),
                false => unit.to_string(),
            })
            .collect(),
    };
    let phases = round.phases.iter();
    Declared {
        title: pick(lang, &round.title.vi, &round.title.en).to_owned(),
        id: round.round.to_string(),
        phases: phases.map(|w| (w.phase.name(lang), w.from.into(), w.until.into())).collect(),
        blocks: round.blocks.iter().map(block).collect(),
    }
}

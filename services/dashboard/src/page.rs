//! What all pages have in common: the frame around them, and what their figures stand on.
//! A page never shows a number without naming the position and root that it was read at.

pub mod accounts;
pub mod appeal;
pub mod appraise;
pub mod between;
pub mod book;
pub mod check;
pub mod compare;
pub mod diff;
pub mod docs;
pub mod dossiers;
pub mod explain;
pub mod fields;
pub mod fill;
pub mod history;
pub mod inputs;
pub mod inspect;
pub mod me;
pub mod moderation;
pub mod movement;
pub mod notices;
pub mod open;
pub mod password;
pub mod powers;
pub mod privacy;
pub mod provided;
pub mod ranking;
pub mod report;
pub mod sign_in;
pub mod standing;
pub mod start;
pub mod state;
pub mod then;
pub mod unit;
pub mod verify;
pub mod who;
pub mod why_rank;
pub mod work;
pub mod years;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use platform::projector::Cursor;
use proto::rows::RoundRow;
use proto::{Exact, Hash, Instant, Origin, Rejection};

use crate::ask::Ask;
use crate::number::{Printer, percent, width};
use crate::refusal::Refusal;
use crate::report::{Code, Stand};
use crate::table::{self, Tabled};
use crate::tagged::StandsAt;
use crate::words::{LiveWords, ReleasedWords, Words, pick};
use crate::{Dashboard, assets};

/// A moment as it is read, and as machines read it.
#[derive(Clone)]
pub struct Moment {
    /// On Vietnamese clocks.
    pub text: String,
    /// RFC 3339.
    pub iso: String,
}

/// A projection or history that a page was made from.
#[derive(Clone)]
pub struct Reading {
    /// Its name, or several that stand at one place.
    pub name: String,
    /// The last position it holds.
    pub position: u64,
    /// The root over everything up to there.
    pub root: Hash,
    /// When the last event happened, where that is known.
    pub at: Option<Moment>,
}

/// The round that a page is about.
#[derive(Clone)]
pub struct RoundHead {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The authority.
    pub authority: String,
    /// What the rulebook rests on.
    pub basis: String,
    /// Whether it is a training round.
    pub training: bool,
}

/// The frame of a page.
#[derive(Clone)]
pub struct Frame {
    /// The page's title, its one heading of the first level.
    pub title: String,
    /// The same page in the other language.
    pub switch: String,
    /// The log.
    pub origin: String,
    /// The assets' version.
    pub assets: &'static str,
    /// The round; none on pages about none.
    pub round: Option<RoundHead>,
    /// All rounds: id, year, whether it is this one. Empty where there is no other.
    pub rounds: Vec<(String, u64, bool)>,
    /// What was asked, for links to the same tables as files.
    pub asked: String,
    /// Which entry of the navigation this page is: `ranking`, `fields`, `movement`, `compare`, `state`, `check`, `diff`, `who`, `work` or
    /// none of them.
    pub here: &'static str,
    /// What the page was made from.
    pub readings: Vec<Reading>,
    /// By what the page follows what is new, where it does.
    pub live: Option<Followed>,
    /// Where to sign in, for whoever can and has not.
    pub sign_in: Option<String>,
    /// The login name of whoever is signed in.
    pub signed_in: Option<String>,
    /// Whether proofs of single events are to be had here.
    pub receipts: bool,
    /// That something is held back from whoever reads the page; none where nothing is.
    pub held: Option<&'static str>,
    /// The position of what was read beside, and is not said.
    pub beside: Option<u64>,
}

/// What a page follows while somebody looks at it.
#[derive(Clone)]
pub struct Followed {
    /// The address of the events.
    pub events: String,
    /// The position that the whole page has reached.
    pub position: u64,
    /// What it says.
    pub w: &'static LiveWords,
}

/// A bar of up to two parts in percent of its length, as text for SVG.
pub struct Bar {
    /// How long the first part is.
    pub first: String,
    /// How long both are together.
    pub whole: String,
}

impl From<Instant> for Moment {
    fn from(at: Instant) -> Self {
        Self { text: at.vietnam(), iso: at.to_string() }
    }
}

impl Frame {
    /// A frame around a page about no round.
    pub fn new(ask: &Ask, origin: &Origin, title: &str) -> Self {
        Self {
            title: title.to_owned(),
            switch: ask.switch(),
            origin: origin.to_string(),
            assets: &assets::VERSION,
            round: None,
            rounds: Vec::new(),
            asked: ask.asked(),
            here: "",
            readings: Vec::new(),
            live: None,
            sign_in: ask.visitor.as_ref().filter(|v| v.0.is_none()).map(|_| ask.sign_in.clone()),
            signed_in: ask.visitor.as_ref().and_then(|v| v.0.as_ref()).map(|session| session.name.clone()),
            receipts: false,
            held: ask.own.as_ref().map(|_| ReleasedWords::of(ask.lang).held),
            beside: None,
        }
    }

    /// Says what was read. Readings of one position and root are said together.
    pub fn reads(&mut self, name: &str, position: u64, root: Hash, at: Option<Instant>) {
        match self.readings.iter_mut().find(|r| r.position == position && r.root == root) {
            Some(same) if same.name == name => {}
            Some(same) => {
                same.name = format!("{}, {}", same.name, name.to_lowercase());
                same.at = same.at.take().or_else(|| at.map(Moment::from));
            }
            None => self.readings.push(Reading { name: name.to_owned(), position, root, at: at.map(Moment::from) }),
        }
    }

    /// The places that the figures stand on as codes for cameras, in the form that `verify --head` reads: each with its position.
    pub fn codes(&self) -> Vec<(u64, Code)> {
        let read = self.readings.iter().filter(|reading| reading.position > 0);
        // An origin that is too long for a code stands in letters alone.
        let code = |reading: &Reading| {
            let origin = Origin::parse(&self.origin).ok()?;
            let stand = Stand { position: reading.position, root: reading.root };
            Some((reading.position, Code::of(&origin, &stand).ok()?))
        };
        read.filter_map(code).collect()
    }

    /// Follows what is new, once all has been read that the page stands on; below its own address, so that who may see it may hear of it.
    pub fn follows(&mut self, ask: &Ask, page: &str) {
        let Some(position) = self.readings.iter().map(|reading| reading.position).min() else { return };
        let kept = ask.without(&["lang"]);
        let query = if kept.is_empty() { kept } else { format!("?{kept}") };
        self.live = Some(Followed { events: format!("{page}/events{query}"), position, w: LiveWords::of(ask.lang) });
    }

    /// All that the page stands on, for its tag.
    pub fn stands(&self) -> StandsAt {
        let read = self.readings.iter().map(|reading| (reading.position, reading.root));
        StandsAt(format!("{:?}{:?}", read.collect::<Vec<_>>(), self.beside))
    }

    /// Says what was read from a projection.
    pub fn reads_at(&mut self, name: &str, cursor: &Cursor) {
        self.reads(name, cursor.position, cursor.root, cursor.at);
    }
}

impl Bar {
    /// A bar of one part.
    pub fn one(reached: &Exact, maximum: &Exact) -> Self {
        let whole = percent(reached, maximum).unwrap_or_default();
        Self { first: width(&whole), whole: width(&whole) }
    }
}

/// A round that was opened for reading, with the index at that moment.
pub struct Opened {
    /// The index.
    pub view: index::View,
    /// The round.
    pub round: RoundRow,
    /// How its numbers are printed.
    pub printer: Printer,
    /// The frame of its page.
    pub frame: Frame,
}

/// Opens the round of the path for a page.
pub async fn open(dashboard: &Dashboard, ask: &Ask, title: &str) -> Result<Opened, Refusal> {
    let id = ask.round()?;
    let mut view = dashboard.index.view().await?;
    let rounds = view.rounds().await?;
    let entries: Vec<(String, u64, bool)> =
        rounds.iter().map(|r| (r.round.to_string(), r.year, r.round == id)).collect();
    let round = rounds.into_iter().find(|r| r.round == id).ok_or(Rejection::RoundUnknown { round: id })?;
    let mut frame = Frame::new(ask, &dashboard.origin, title);
    frame.reads_at(Words::of(ask.lang).as_of_index, view.cursor());
    frame.receipts = dashboard.receipts;
    frame.round = Some(head(ask, &round));
    if entries.len() > 1 {
        frame.rounds = entries;
    }
    let printer = Printer::of(ask.lang, &round)?;
    Ok(Opened { view, round, printer, frame })
}

/// The head of a round, for the frame of a page about it.
pub fn head(ask: &Ask, round: &RoundRow) -> RoundHead {
    RoundHead {
        id: round.round.to_string(),
        title: pick(ask.lang, &round.title_vi, &round.title_en).to_owned(),
        authority: pick(ask.lang, &round.authority_vi, &round.authority_en).to_owned(),
        basis: pick(ask.lang, &round.basis_vi, &round.basis_en).to_owned(),
        training: round.training,
    }
}

/// A page as an answer; a refusal as its page.
pub fn answer<T: Template>(ask: &Ask, origin: &Origin, page: Result<T, Refusal>) -> Response {
    match page.and_then(|page| Ok(page.render()?)) {
        Ok(html) => html_answer(ask, StatusCode::OK, html),
        Err(refusal) => start::refused(ask, origin, refusal),
    }
}

/// A page that is folded from the log, as an answer that says where it stands: it is tagged by that.
pub fn told_answer<T: Template>(
    ask: &Ask,
    origin: &Origin,
    page: Result<T, Refusal>,
    frame: fn(&T) -> &Frame,
) -> Response {
    let stands = page.as_ref().ok().map(|page| frame(page).stands());
    told_at(answer(ask, origin, page), stands)
}

/// The same of a page whose tables go out as files.
pub fn tabled_answer<T: Tabled>(ask: &Ask, origin: &Origin, page: Result<T, Refusal>) -> Response {
    let stands = page.as_ref().ok().map(|page| page.frame().stands());
    told_at(table::answer(ask, origin, page), stands)
}

fn told_at(mut response: Response, stands: Option<StandsAt>) -> Response {
    if let Some(stands) = stands {
        response.extensions_mut().insert(stands);
    }
    response
}

/// A page that is about one person, as an answer that nobody keeps, neither a proxy nor the browser.
pub fn personal_answer<T: Template>(
    ask: &Ask,
    origin: &Origin,
    status: StatusCode,
    page: Result<T, Refusal>,
) -> Response {
    let mut response = answer(ask, origin, page);
    if response.status().is_success() {
        *response.status_mut() = status;
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A rendered page with its headers.
pub fn html_answer(ask: &Ask, status: StatusCode, html: String) -> Response {
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(Words::of(ask.lang).lang));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("Cookie"));
    if let Some(cookie) = ask.remember() {
        headers.insert(header::SET_COOKIE, cookie);
    }
    response
}

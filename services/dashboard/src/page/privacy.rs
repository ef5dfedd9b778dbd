//! Which personal data is held, where, why, for how long, who sees it and how it is erased. It shows no personal data itself, and no
//! figure of a round: it stands on nothing but this program.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use platform::register::{NAMES, REGISTER};
use proto::Origin;

use super::{Frame, answer};
use crate::ask::Ask;
use crate::words::Words;

#[derive(Template)]
#[template(path = "privacy.html")]
struct PrivacyPage {
    t: &'static Words,
    f: Frame,
    records: Vec<Shown>,
}

/// A record of the register in one language.
struct Shown {
    number: usize,
    what: &'static str,
    /// What each member is called, and what it says.
    members: Vec<(&'static str, &'static str)>,
}

/// `/privacy`
pub async fn show(State(origin): State<Origin>, ask: Ask) -> Response {
    let t = Words::of(ask.lang);
    let shown = |(i, record): (usize, &platform::register::Record)| Shown {
        number: i + 1,
        what: record.what.get(ask.lang),
        members: NAMES.iter().zip(record.members()).map(|(n, said)| (n.get(ask.lang), said.get(ask.lang))).collect(),
    };
    let records = REGISTER.iter().enumerate().map(shown).collect();
    let f = Frame::new(&ask, &origin, t.privacy_title);
    answer(&ask, &origin, Ok(PrivacyPage { t, f, records }))
}

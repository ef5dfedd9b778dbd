//! The read API's answers of the inspector about what happened between two moments, and who did it: each as it is, with
//! `as_of`. Nothing is added to them and nothing left out.

use axum::extract::State;
use axum::response::Response;
use proto::who::GrantLine;

use super::paged::{Paged, Piece, Stands};
use super::{Answer, answer, told_as_of};
use crate::Dashboard;
use crate::ask::Ask;
use crate::page;
use crate::page::who::Asked;
use crate::refusal::Refusal;

/// `GET /api/rounds/{round}/diff?from=&to=&unit=&leaf=`: what changed between two moments.
pub async fn diff(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(one_diff(&dashboard, &ask).await)
}

/// `GET /api/rounds/{round}/units/{unit}/why-rank?from=&to=`: which events moved a unit's rank, by size of effect.
pub async fn why_rank(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(one_why_rank(&dashboard, &ask).await)
}

/// `GET /api/who?actor=&as_of=` or `GET /api/who?capacity=&unit=&as_of=`: an actor's acts and grants, or a capacity's holders. An actor's
/// latest acts are told; by `limit` all of them from the first one on, in pieces, as the holders always are.
pub async fn who(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(one_who(&dashboard, &ask).await)
}

async fn one_diff(dashboard: &Dashboard, ask: &Ask) -> Answer {
    let told = dashboard.inspector.diff(page::diff::asked(ask)?).await?;
    told_as_of(&told, told.position, told.root)
}

async fn one_why_rank(dashboard: &Dashboard, ask: &Ask) -> Answer {
    let told = dashboard.inspector.why_rank(page::why_rank::asked(ask)?).await?;
    told_as_of(&told, told.position, told.root)
}

async fn one_who(dashboard: &Dashboard, ask: &Ask) -> Answer {
    match page::who::asked(ask)?.ok_or(Refusal::BadQuery("actor, capacity"))? {
        Asked::Actor(mut query) => {
            let paged = Paged::asked(ask)?;
            let in_pieces = paged.is_asked()?;
            if in_pieces {
                let (limit, after) = paged.at_position()?;
                (query.limit, query.after) = (Some(limit), Some(after));
            }
            let told = dashboard.inspector.who(query).await?;
            let mut members = told_as_of(&told, told.position, told.root)?;
            if in_pieces {
                let all: u64 = told.kinds.iter().map(|kind| kind.events).sum();
                let last = told.acts.last().filter(|_| told.acts_behind > 0).map(|act| act.position.to_string());
                let piece = Piece::<()>::cut_before(usize::try_from(all).unwrap_or(usize::MAX), last);
                paged.tell(&piece, Stands::AsOf(told.position), &mut members);
            }
            Ok(members)
        }
        Asked::Capacity(query) => {
            let paged = Paged::asked(ask)?;
            let mut told = dashboard.inspector.holders(query).await?;
            let key = |line: &GrantLine| format!("{}/{}", line.actor, line.grant);
            let mut piece = paged.cut(std::mem::take(&mut told.held), key)?;
            told.held = std::mem::take(&mut piece.rows);
            let mut members = told_as_of(&told, told.position, told.root)?;
            paged.tell(&piece, Stands::AsOf(told.position), &mut members);
            Ok(members)
        }
    }
}

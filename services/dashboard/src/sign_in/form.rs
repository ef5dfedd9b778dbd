//! What a form brings back, and whether it is one that this site gave to this session. Nothing of it goes on from here but as text
//! that somebody parses.

use std::sync::Arc;

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::Hash;

use super::{SIGN_IN, SignIn, Visitor};
use crate::ask::Ask;
use crate::refusal::Refusal;

/// The fields of a form; none where it cannot be read.
#[derive(Clone)]
pub struct Fields(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Response;
    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        match Form::<Vec<(String, String)>>::from_request(request, state).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(_) => Err(Refusal::BadForm.problem()),
        }
    }
}

impl Fields {
    /// Fields that were read already.
    pub(super) fn read(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// Every field with its value, in their order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Every value of a field, in their order.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A field's value; empty where there is none, or more than one.
    pub fn get(&self, name: &str) -> &str {
        let mut values = self.0.iter().filter(|(key, _)| key == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => value,
            _ => "",
        }
    }

    /// Fields as they are, for a form that nobody has sent yet.
    pub fn of(pairs: Vec<(&str, String)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// The session under which the form was given out. A cookie alone is not enough: another site's form brings that along too,
    /// but knows neither the session's secret for forms, nor how to say that it is of this site.
    pub fn of_session(&self, ask: &Ask, sign_in: &SignIn, headers: &HeaderMap) -> Result<Arc<Session>, FormRefused> {
        let Some(Visitor(Some(session))) = &ask.visitor else { return Err(FormRefused::NotSignedIn) };
        // As digests, so that the time it takes tells nothing of the secret.
        let same = Hash::digest(self.get("csrf").as_bytes()) == Hash::digest(session.csrf.as_bytes());
        if same && sign_in.site.is_own(headers) { Ok(Arc::clone(session)) } else { Err(FormRefused::Foreign) }
    }
}

/// Why a form does nothing.
#[derive(Debug)]
pub enum FormRefused {
    /// Its session is over.
    NotSignedIn,
    /// This site did not give it to this session.
    Foreign,
}

impl FormRefused {
    /// The page that says so, or the one to sign in anew.
    pub fn page(&self, ask: &Ask, origin: &proto::Origin) -> Response {
        match self {
            Self::NotSignedIn => see_other(SIGN_IN),
            Self::Foreign => crate::page::start::refused(ask, origin, Refusal::FormForeign),
        }
    }
}

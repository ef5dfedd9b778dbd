//! The moment that a page of the inspector is asked for: how its form shows it, how the page says it, and how it goes along to the next
//! page. A page that is asked for no moment shows what stands now.

use proto::Instant;

use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::words::{Words, fill};

/// A moment as a page is asked for it.
#[derive(Clone, Default)]
pub struct Then {
    /// Up to this position, included.
    pub position: Option<u64>,
    /// Up to this moment, included.
    pub at: Option<Instant>,
    /// The position, as the form shows it.
    pub position_asked: String,
    /// The moment, as the form shows it: `28/10/2022 08:30`, or as it was written if that says more.
    pub at_asked: String,
    /// Which moment the page shows, in words; none for now.
    pub said: Option<String>,
}

impl Then {
    /// The one that a request names.
    ///
    /// # Errors
    /// `bad_query`.
    pub fn asked(ask: &Ask) -> Result<Self, Refusal> {
        let (t, position, at) = (Words::of(ask.lang), ask.position()?, ask.at()?);
        let written = ask.value("at")?.unwrap_or_default();
        let by_position = position.map(|p| fill(t.history_asked_position, &[&p.to_string()]));
        Ok(Self {
            said: match (by_position, at.map(|at| fill(t.history_asked_at, &[&at.vietnam()]))) {
                // The earlier of the two: each is a limit.
                (Some(position), Some(at)) => Some(format!("{position} {at}")),
                (position, at) => position.or(at),
            },
            position_asked: position.map_or_else(String::new, |p| p.to_string()),
            at_asked: match at {
                Some(at) if written.len() == 16 => at.vietnam(),
                _ => written.to_owned(),
            },
            position,
            at,
        })
    }

    /// What a link takes along behind what it asks for already: `&position=812`; nothing for now.
    pub fn more(&self) -> String {
        let position = self.position.map(|p| format!("&position={p}"));
        let at = (!self.at_asked.is_empty()).then(|| format!("&at={}", spelled(&self.at_asked)));
        position.into_iter().chain(at).collect()
    }

    /// The same as all that a link asks for: `?position=812`.
    pub fn query(&self) -> String {
        self.more().replacen('&', "?", 1)
    }

    /// The same where a page takes a moment in one field: `&to=812`.
    pub fn one(&self, name: &str) -> String {
        match (self.position, self.at_asked.as_str()) {
            (Some(position), _) => format!("&{name}={position}"),
            (None, "") => String::new(),
            (None, at) => format!("&{name}={}", spelled(at)),
        }
    }
}

/// A moment that was read, in a query: there a space is a plus, and nothing else in it means anything.
pub fn spelled(moment: &str) -> String {
    moment.replace('+', "%2B").replace(' ', "+")
}

//! What a provider says of itself: its addresses and its keys. Asked for when it is needed, kept for an hour, and asked for again where a
//! token names a key that is not among them: a few times a minute at the most, and once a second while it is away, whoever sends what.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use openidconnect::IssuerUrl;
use openidconnect::core::CoreProviderMetadata;
use openidconnect::url::ParseError;
use platform::provider::may_be_asked;
use tokio::sync::Mutex;

use super::ProviderError;
use super::http::{Http, told};

/// How long it is believed, in seconds: a key that the provider takes back is trusted for so long at the most.
const BELIEVED_S: u64 = 3_600;
/// For how long nobody asks again after there was no answer, in milliseconds: whoever comes meanwhile is told so at once.
const AWAY_MS: u64 = 1_000;
/// How often it is asked within [`WITHIN_S`].
const ASKED_MAX: usize = 6;
/// In seconds.
const WITHIN_S: u64 = 60;

pub type Metadata = CoreProviderMetadata;

/// What is known of a provider.
pub struct Known {
    issuer: IssuerUrl,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    found: Option<(Arc<Metadata>, Moment)>,
    away: Option<(String, Moment)>,
    /// When it was asked lately.
    asked: VecDeque<Moment>,
}

impl Known {
    pub fn new(issuer: &str) -> Result<Self, ParseError> {
        Ok(Self { issuer: IssuerUrl::new(issuer.to_owned())?, state: Mutex::default() })
    }

    /// What it says, or newer than what it was known to say. All who wait share one question.
    pub async fn of(&self, http: &Http, newer_than: Option<&Arc<Metadata>>) -> Result<Arc<Metadata>, ProviderError> {
        let mut state = self.state.lock().await;
        let now = Moment::now();
        let enough = state.asked_enough(now);
        let believed = |(_, at): &&(Arc<Metadata>, Moment)| now.duration_since(*at) < Duration::from_secs(BELIEVED_S);
        if let Some((found, _)) = state.found.as_ref().filter(believed) {
            let is_newer = newer_than.is_none_or(|known| !Arc::ptr_eq(known, found));
            if is_newer || enough {
                return Ok(Arc::clone(found));
            }
        }
        if let Some((why, at)) = &state.away
            && now.duration_since(*at) < Duration::from_millis(AWAY_MS)
        {
            return Err(ProviderError::Away(why.clone()));
        }
        state.asked.push_back(now);
        match self.asks(http).await {
            Ok(found) => {
                let found = Arc::new(found);
                state.found = Some((Arc::clone(&found), now));
                state.away = None;
                Ok(found)
            }
            Err(why) => {
                state.away = Some((why.clone(), Moment::now()));
                Err(ProviderError::Away(why))
            }
        }
    }

    async fn asks(&self, http: &Http) -> Result<Metadata, String> {
        let found = Metadata::discover_async(self.issuer.clone(), http).await.map_err(|error| told(&error))?;
        // Whoever is sent to one of them, or asks one, would otherwise do it where others listen.
        let token = found.token_endpoint().ok_or("it names no token endpoint")?;
        for url in [found.authorization_endpoint().url(), token.url(), found.jwks_uri().url()] {
            if !may_be_asked(url) {
                return Err(format!("its address {url} is not https"));
            }
        }
        Ok(found)
    }
}

impl State {
    /// Whether it was asked as often as may be.
    fn asked_enough(&mut self, now: Moment) -> bool {
        while self.asked.front().is_some_and(|at| now.duration_since(*at) >= Duration::from_secs(WITHIN_S)) {
            self.asked.pop_front();
        }
        self.asked.len() >= ASKED_MAX
    }
}

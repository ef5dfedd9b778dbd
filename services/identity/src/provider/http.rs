//! HTTP to a provider, by the one client that the program has: it follows no redirection, waits for nobody long, and reads no answer that
//! is longer than a provider's ever is.

use std::error::Error;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::http::Response;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use platform::outward;
use reqwest::redirect::Policy;
use reqwest::{Client, Request};

/// How long the provider may take to let us in, in seconds.
const CONNECT_S_MAX: u64 = 5;
/// How long an answer may take, in seconds: somebody waits for it at a page.
const ANSWER_S_MAX: u64 = 10;
/// The most bytes of an answer: a set of some dozens of keys, with their certificates.
const ANSWER_BYTES_MAX: usize = 1_048_576;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// Nobody answered.
    #[error("no answer")]
    Http(#[from] reqwest::Error),
    /// More came than any provider says.
    #[error("the answer is longer than {ANSWER_BYTES_MAX} bytes")]
    TooLong,
}

impl Unanswered {
    /// With every cause, for whoever looks after it.
    pub fn told(&self) -> String {
        told(self)
    }
}

/// An error with its causes.
pub fn told(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

/// An answer that is awaited.
type Answer<'c> = Pin<Box<dyn Future<Output = Result<HttpResponse, Unanswered>> + Send + 'c>>;

/// The client.
pub struct Http(Client);

impl Http {
    pub fn new() -> Self {
        let builder = outward::builder()
            .redirect(Policy::none())
            .connect_timeout(Duration::from_secs(CONNECT_S_MAX))
            .timeout(Duration::from_secs(ANSWER_S_MAX));
        Self(builder.build().expect("the machine gives a client"))
    }

    /// One question, and its whole answer.
    async fn asks(&self, request: HttpRequest) -> Result<HttpResponse, Unanswered> {
        let mut answer = self.0.execute(Request::try_from(request)?).await.map_err(reqwest::Error::without_url)?;
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
            if body.len() + piece.len() > ANSWER_BYTES_MAX {
                return Err(Unanswered::TooLong);
            }
            body.extend_from_slice(&piece);
        }
        let mut whole = Response::new(body);
        *whole.status_mut() = answer.status();
        *whole.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(whole)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Unanswered;
    type Future = Answer<'c>;

    fn call(&'c self, request: HttpRequest) -> Answer<'c> {
        Box::pin(self.asks(request))
    }
}

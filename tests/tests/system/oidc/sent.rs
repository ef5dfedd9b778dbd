//! A browser on its way to an identity provider and back, as far as its cookies go.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};

use super::super::api::Server;
use super::super::browser::Browser;
use super::provider::Provider;

/// A browser that is sent to the provider: it keeps the cookie by which it is awaited, beside that of its session.
pub struct Sent<'s> {
    site: &'s str,
    pub awaited: String,
    pub session: Option<String>,
}

/// What it is shown once it is back.
pub struct Back {
    pub status: u16,
    pub to: String,
    pub html: String,
    pub session: Option<String>,
}

impl<'s> Sent<'s> {
    pub fn new(server: &'s Server) -> Self {
        Self::at(&server.url)
    }

    /// At a site that no [`Server`] stands for.
    pub fn at(site: &'s str) -> Self {
        Self { site, awaited: String::new(), session: None }
    }

    /// Begins: where it is sent.
    pub async fn begins(&mut self, next: &str) -> String {
        let url = reqwest::Url::parse_with_params(&format!("{}/sign-in/oidc", self.site), [("next", next)]);
        let answer = Browser::http().get(url.expect("an address")).send().await.expect("answers");
        let status = answer.status().as_u16();
        let said = |name| answer.headers().get(name).map_or("", |value| value.to_str().expect("text")).to_owned();
        let (to, set) = (said(LOCATION), said(SET_COOKIE));
        assert_eq!(status, 303, "{}", answer.text().await.unwrap_or_default());
        let attributes = "; Max-Age=600; Path=/; SameSite=Lax; HttpOnly";
        assert!(set.starts_with("oidc=") && set.ends_with(attributes), "{set}");
        self.awaited = set.split(';').next().unwrap_or_default().to_owned();
        to
    }

    /// Comes back with what the provider said, or somebody else.
    pub async fn comes_back(&mut self, address: &str) -> Back {
        let cookies = [Some(self.awaited.as_str()), self.session.as_deref()];
        let cookies = cookies.into_iter().flatten().collect::<Vec<_>>().join("; ");
        let answer = Browser::http().get(address).header(COOKIE, cookies).send().await.expect("answers");
        let to = answer.headers().get(LOCATION).map_or("", |to| to.to_str().expect("text")).to_owned();
        let set: Vec<String> =
            answer.headers().get_all(SET_COOKIE).iter().map(|set| set.to_str().expect("text").to_owned()).collect();
        let session = set
            .iter()
            .find(|set| set.starts_with("session="))
            .map(|set| set.split(';').next().expect("a pair").to_owned());
        let status = answer.status().as_u16();
        Back { status, to, html: answer.text().await.expect("a body"), session }
    }

    /// The whole way.
    pub async fn signs_in(&mut self, provider: &Provider, name: &str, next: &str) -> Back {
        let sent = self.begins(next).await;
        let back = provider.lets(name, &sent).await;
        self.comes_back(&back).await
    }
}

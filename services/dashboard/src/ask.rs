//! What a request asks for: language, names in the path, values in the query.
//! Nothing that a sender writes goes on from here but as a parsed type or as a text that the templates escape.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Query, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use platform::http::leading_back;
use proto::document::Lang;
use proto::rows::NodeRow;
use proto::work::Held;
use proto::{AsOf, BlockId, Capacity, Code, Instant, Rejection, RoundId, UnitId};
use ranking::Which;

use crate::own_eyes::OwnEyes;
use crate::page::open::Draft;
use crate::refusal::Refusal;
use crate::sign_in::{SIGN_IN, Visitor};

/// How long a browser remembers the language, in seconds: one year.
const LANG_KEPT_S: u32 = 31_536_000;

/// A request, as far as the dashboard looks at it.
#[derive(Debug)]
pub struct Ask {
    /// The language of the answer.
    pub lang: Lang,
    /// The language that the query names; it is remembered.
    chosen: Option<Lang>,
    names: BTreeMap<String, String>,
    query: Option<Vec<(String, String)>>,
    raw_query: String,
    /// Who asks, on a site where people can sign in.
    pub visitor: Option<Visitor>,
    /// Where a page leads to sign in, and back to itself.
    pub sign_in: String,
    /// That something is held back from whoever asks, as one of the unit's own people.
    pub own: Option<OwnEyes>,
}

impl<S: Send + Sync> FromRequestParts<S> for Ask {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let names = RawPathParams::from_request_parts(parts, state).await.ok();
        let names = names.iter().flatten().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).ok().map(|q| q.0);
        let named = query.iter().flatten().filter(|(k, _)| k == "lang").filter_map(|(_, v)| lang(v)).next_back();
        Ok(Self {
            lang: named.or_else(|| cookie(&parts.headers)).unwrap_or_default(),
            chosen: named,
            names,
            query,
            raw_query: parts.uri.query().unwrap_or_default().to_owned(),
            visitor: parts.extensions.get().cloned(),
            sign_in: leading_back(SIGN_IN, &parts.uri),
            own: parts.extensions.get().cloned(),
        })
    }
}

impl Ask {
    /// The round in the path.
    ///
    /// # Errors
    /// `round_unknown` where the text can be no round.
    pub fn round(&self) -> Result<RoundId, Refusal> {
        self.named("round").and_then(|r| RoundId::parse(r).ok()).ok_or_else(|| Refusal::unknown("round_unknown"))
    }

    /// The unit in the path.
    ///
    /// # Errors
    /// `unit_unknown` where the text can be no unit.
    pub fn unit(&self) -> Result<UnitId, Refusal> {
        self.named("unit").and_then(|u| UnitId::parse(u).ok()).ok_or_else(|| Refusal::unknown("unit_unknown"))
    }

    /// A name in the path.
    pub fn named(&self, name: &str) -> Option<&str> {
        self.names.get(name).map(String::as_str)
    }

    /// Which standing is asked for: `publication=3`, `live`, `latest` or nothing.
    ///
    /// # Errors
    /// `bad_query`.
    pub fn which(&self) -> Result<Which, Refusal> {
        match self.value("publication")? {
            None | Some("latest") => Ok(Which::Latest),
            Some("live") => Ok(Which::Live),
            Some(number) => match number.parse() {
                Ok(number) if number > 0 => Ok(Which::Publication(number)),
                _ => Err(Refusal::BadQuery("publication")),
            },
        }
    }

    /// The block asked for.
    ///
    /// # Errors
    /// `bad_query`.
    pub fn block(&self) -> Result<Option<BlockId>, Refusal> {
        self.parsed("block", |text| BlockId::parse(text).ok())
    }

    /// The leaf asked for: one of the tree's leaves, or a bonus or penalty of the unit.
    ///
    /// # Errors
    /// `leaf_unknown`.
    pub fn leaf(&self, nodes: &[NodeRow], extras: &[proto::rows::ExtraRow]) -> Result<Option<Code>, Refusal> {
        let Some(text) = self.value("leaf")? else { return Ok(None) };
        let leaf = Code::parse(text).map_err(|_| Refusal::unknown("leaf_unknown"))?;
        let in_tree = nodes.iter().any(|n| n.level == proto::rows::Level::Leaf && n.code == leaf);
        if in_tree || extras.iter().any(|e| e.code == leaf) {
            return Ok(Some(leaf));
        }
        Err(Rejection::LeafUnknown { leaf }.into())
    }

    /// A code asked for by a name of its own.
    ///
    /// # Errors
    /// `bad_query`.
    pub fn code(&self, name: &'static str) -> Result<Option<Code>, Refusal> {
        self.parsed(name, |text| Code::parse(text).ok())
    }

    /// The position asked for.
    ///
    /// # Errors
    /// `bad_query`.
    pub fn position(&self) -> Result<Option<u64>, Refusal> {
        self.parsed("position", |text| text.parse().ok().filter(|p| (1..=i64::MAX.unsigned_abs()).contains(p)))
    }

    /// The moment asked for: `28/10/2022 08:30` on Vietnamese clocks, its whole minute included, `28/10/2022` with that whole day, either
    /// also as browsers and programs write it, or an exact instant.
    ///
    /// # Errors
    /// `bad_query`.
    pub fn at(&self) -> Result<Option<Instant>, Refusal> {
        self.parsed("at", moment)
    }

    /// The bounds of what is asked for: `as_of`, or `position` and `at`.
    ///
    /// # Errors
    /// `bad_query`, also where `as_of` stands beside one of the others.
    pub fn bounds(&self) -> Result<(Option<u64>, Option<Instant>), Refusal> {
        match (self.as_of("as_of")?, self.position()?, self.at()?) {
            (Some(as_of), None, None) => Ok(as_of.split()),
            (None, position, at) => Ok((position, at)),
            (Some(_), ..) => Err(Refusal::BadQuery("as_of")),
        }
    }

    /// The one moment asked for: by `as_of`, `position` or `at`.
    ///
    /// # Errors
    /// `bad_query`, also where two are named.
    pub fn moment(&self) -> Result<Option<AsOf>, Refusal> {
        match self.bounds()? {
            (Some(_), Some(_)) => Err(Refusal::BadQuery("as_of")),
            (position, at) => Ok(position.map(AsOf::Position).or(at.map(AsOf::At))),
        }
    }

    /// What was asked but for some values, as a query.
    pub fn without(&self, names: &[&str]) -> String {
        let name = |pair: &&str| !pair.is_empty() && !names.contains(&pair.split('=').next().unwrap_or_default());
        self.raw_query.split('&').filter(name).collect::<Vec<_>>().join("&")
    }

    /// A moment asked for by a name of its own: a position, a day, an instant, or a minute on Vietnamese clocks, as people or programs
    /// write it.
    ///
    /// # Errors
    /// `bad_query`.
    pub fn as_of(&self, name: &'static str) -> Result<Option<AsOf>, Refusal> {
        self.parsed(name, as_of)
    }

    /// An id asked for by a name of its own.
    ///
    /// # Errors
    /// `bad_query`.
    pub fn id<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, Refusal> {
        self.parsed(name, |text| text.parse().ok())
    }

    /// The capacity asked for: one that a person can hold.
    ///
    /// # Errors
    /// `bad_query`.
    pub fn capacity(&self) -> Result<Option<Capacity>, Refusal> {
        let grantable = |c: &Capacity| c.is_grantable();
        self.parsed("capacity", |text| Capacity::ALL.into_iter().filter(grantable).find(|c| c.as_str() == text))
    }

    /// A value of the query; an empty one, as forms send it, is none.
    ///
    /// # Errors
    /// `bad_query` where the query cannot be read or names it twice.
    pub fn value(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        let query = self.query.as_ref().ok_or(Refusal::BadQuery("?"))?;
        let mut values = query.iter().filter(|(k, _)| k == name).map(|(_, v)| v.trim());
        let value = values.next();
        if values.next().is_some() {
            return Err(Refusal::BadQuery(name));
        }
        Ok(value.filter(|v| !v.is_empty()))
    }

    /// What is declared of a round that is to be opened, as the address holds it.
    ///
    /// # Errors
    /// `bad_query` where the query cannot be read.
    pub fn draft(&self) -> Result<Draft, Refusal> {
        let query = self.query.as_ref().ok_or(Refusal::BadQuery("?"))?;
        Ok(Draft::of(query.iter().map(|(name, value)| (name.as_str(), value.as_str()))))
    }

    /// What is held back from whoever asks, as the inspector is told.
    pub fn held(&self) -> Option<Held> {
        self.own.as_ref().map(|own| own.held.clone())
    }

    /// The same page in the other language, as a link.
    pub fn switch(&self) -> String {
        let other = match self.lang {
            Lang::Vi => "lang=en",
            Lang::En => "lang=vi",
        };
        let kept = self.kept();
        if kept.is_empty() { format!("?{other}") } else { format!("?{kept}&{other}") }
    }

    /// What was asked but for the language, as a query.
    pub fn kept(&self) -> String {
        let kept = self.raw_query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
        kept.collect::<Vec<_>>().join("&")
    }

    /// What was asked but for the language and for how it is answered, as a query.
    pub fn asked(&self) -> String {
        let kept = self.kept();
        let of_files = |pair: &&str| ["as=", "table="].iter().all(|name| !pair.starts_with(name));
        kept.split('&').filter(of_files).collect::<Vec<_>>().join("&")
    }

    /// The cookie that remembers a language that was chosen.
    pub fn remember(&self) -> Option<HeaderValue> {
        let lang = match self.chosen? {
            Lang::Vi => "vi",
            Lang::En => "en",
        };
        let cookie = format!("lang={lang}; Path=/; Max-Age={LANG_KEPT_S}; SameSite=Lax; HttpOnly");
        Some(HeaderValue::from_str(&cookie).expect("the cookie is plain ASCII"))
    }

    fn parsed<T>(&self, name: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Refusal> {
        let Some(text) = self.value(name)? else { return Ok(None) };
        parse(text).map(Some).ok_or(Refusal::BadQuery(name))
    }
}

fn lang(text: &str) -> Option<Lang> {
    match text {
        "vi" => Some(Lang::Vi),
        "en" => Some(Lang::En),
        _ => None,
    }
}

fn cookie(headers: &HeaderMap) -> Option<Lang> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|line| line.split(';')).find_map(|pair| lang(pair.trim().strip_prefix("lang=")?))
}

fn moment(text: &str) -> Option<Instant> {
    match as_of(text)? {
        AsOf::At(at) => Some(at),
        AsOf::Position(_) => None,
    }
}

fn as_of(text: &str) -> Option<AsOf> {
    let written = of_the_protocol(text);
    AsOf::parse(written.as_deref().unwrap_or(text)).ok()
}

/// `28/10/2022` and `28/10/2022 08:30` as the protocol writes them; none for what is written otherwise.
fn of_the_protocol(text: &str) -> Option<String> {
    let (day, clock) = text.split_once(' ').map_or((text, None), |(day, clock)| (day, Some(clock.trim())));
    let parts: Vec<&str> = day.split('/').collect();
    let [day, month, year] = parts[..] else { return None };
    let day = format!("{year}-{month:0>2}-{day:0>2}");
    Some(clock.map_or_else(|| day.clone(), |clock| format!("{day}T{clock:0>5}")))
}

#[cfg(test)]
mod tests {
    use super::{Ask, moment};
    use axum::extract::FromRequestParts;
    use axum::http::Request;
    use proto::document::Lang;
    use ranking::Which;

    async fn ask(uri: &str, cookie: &str) -> Ask {
        let request = Request::builder().uri(uri).header("cookie", cookie).body(()).expect("a request");
        let (mut parts, ()) = request.into_parts();
        Ask::from_request_parts(&mut parts, &()).await.expect("never fails")
    }

    #[tokio::test]
    async fn the_query_comes_before_the_cookie_and_vietnamese_before_all() {
        assert_eq!(ask("/", "").await.lang, Lang::Vi);
        assert_eq!(ask("/", "a=b; lang=en").await.lang, Lang::En);
        assert_eq!(ask("/?lang=vi", "lang=en").await.lang, Lang::Vi);
        assert_eq!(ask("/?lang=fr", "lang=en").await.lang, Lang::En);
        assert!(ask("/", "lang=en").await.remember().is_none());
        assert!(ask("/?lang=en", "").await.remember().is_some());
    }

    #[tokio::test]
    async fn the_switch_keeps_what_was_asked() {
        assert_eq!(ask("/rounds/r?publication=2&lang=vi", "").await.switch(), "?publication=2&lang=en");
        assert_eq!(ask("/?lang=en", "").await.switch(), "?lang=vi");
    }

    #[tokio::test]
    async fn a_standing_is_asked_for_in_one_way() {
        let table =
            [("", Some(Which::Latest)), ("publication=", Some(Which::Latest)), ("publication=live", Some(Which::Live))];
        for (query, which) in table {
            assert_eq!(ask(&format!("/?{query}"), "").await.which().ok(), which);
        }
        assert_eq!(ask("/?publication=7", "").await.which().ok(), Some(Which::Publication(7)));
        for bad in ["0", "-1", "x", "1&publication=2", "99999999999999999999"] {
            let refused = ask(&format!("/?publication={bad}"), "").await.which();
            assert_eq!(refused.expect_err(bad).code(), "bad_query");
        }
    }

    #[test]
    fn a_minute_is_included_whole_and_read_on_vietnamese_clocks() {
        let at = |text: &str| moment(text).map(|i| i.to_string());
        assert_eq!(at("2022-10-28T08:30").as_deref(), Some("2022-10-28T01:30:59.999999Z"));
        assert_eq!(at("2022-10-28T08:30:15").as_deref(), Some("2022-10-28T01:30:15.999999Z"));
        assert_eq!(at("2022-10-28T01:30:00.000000Z").as_deref(), Some("2022-10-28T01:30:00.000000Z"));
        for as_people_write in ["28/10/2022 08:30", "28/10/2022 8:30", "28/10/2022  08:30"] {
            assert_eq!(at(as_people_write), at("2022-10-28T08:30"), "{as_people_write}");
        }
        assert_eq!(at("2/3/2023").as_deref(), Some("2023-03-02T16:59:59.999999Z"), "a day is included whole");
        for bad in [
            "812",
            "31/02/2023",
            "13/13/2023",
            "28/10/22",
            "28/10",
            "1/2/3/2023",
            "28/10/2022 8",
            "2022-13-01T00:00",
            "ngày mai, lúc 8 h",
        ] {
            assert_eq!(moment(bad), None, "{bad}");
        }
    }
}

//! How browsers reach this site, and whether a request comes from one of its own pages.
//! It believes what a browser says of a request, which no page can make it say; a program that is no browser may say anything.

use axum::http::{HeaderMap, header};

/// This site as browsers reach it: over plain http at whatever host they name, or over https at one address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Site {
    https: Option<String>,
}

/// A text that is no address of a site.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("say https:// and a host, perhaps with a port, and nothing behind it")]
pub struct BadSite;

impl std::str::FromStr for Site {
    type Err = BadSite;
    fn from_str(text: &str) -> Result<Self, BadSite> {
        let text = text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
        let host = text.strip_prefix("https://").ok_or(BadSite)?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
        if host.is_empty() || !host.bytes().all(plain) {
            return Err(BadSite);
        }
        // The port that https has anyway a browser leaves out.
        Ok(Self { https: Some(text.strip_suffix(":443").unwrap_or(&text).to_owned()) })
    }
}

impl Site {
    /// Whether browsers reach it over https alone.
    pub fn is_https(&self) -> bool {
        self.https.is_some()
    }

    /// Its address, where browsers reach it by one.
    pub fn address(&self) -> Option<&str> {
        self.https.as_deref()
    }

    /// Whether a form comes from a page of this site, as far as the browser says where it comes from. Every browser of today says
    /// one of the two; a request that says neither was made by no browser, and so by nobody whose cookies another could use.
    pub fn is_own(&self, headers: &HeaderMap) -> bool {
        let said = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?").to_ascii_lowercase());
        let from_here = said("sec-fetch-site").is_none_or(|site| site == "same-origin");
        let own_origin = said(header::ORIGIN.as_str()).is_none_or(|origin| match &self.https {
            Some(https) => origin == *https,
            None => said(header::HOST.as_str()).is_some_and(|host| origin == format!("http://{host}")),
        });
        from_here && own_origin
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, Site};
    use axum::http::{HeaderName, HeaderValue};

    fn own(site: &Site, said: &[(&'static str, &'static str)]) -> bool {
        let pairs = said.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v)));
        site.is_own(&pairs.collect::<HeaderMap>())
    }

    #[test]
    fn a_form_of_another_site_is_told_from_ones_own() {
        let (plain, https) = (Site::default(), "https://CCHC.example:443/".parse::<Site>().expect("a site"));
        let host = ("host", "127.0.0.1:8282");
        assert!(own(&plain, &[host]) && own(&plain, &[host, ("origin", "http://127.0.0.1:8282")]));
        assert!(own(&plain, &[host, ("origin", "http://127.0.0.1:8282"), ("sec-fetch-site", "same-origin")]));
        assert!(own(&https, &[("host", "dashboard:8282"), ("origin", "https://cchc.example")]));
        let foreign: [&[(&str, &str)]; 7] = [
            &[host, ("origin", "http://x.example")],
            &[host, ("origin", "null")],
            &[host, ("origin", "http://127.0.0.1:9999")],
            &[host, ("sec-fetch-site", "cross-site")],
            &[host, ("sec-fetch-site", "same-site")],
            &[host, ("origin", "http://127.0.0.1:8282"), ("sec-fetch-site", "none")],
            &[("origin", "http://127.0.0.1:8282")],
        ];
        for said in foreign {
            assert!(!own(&plain, said) && !own(&https, said), "{said:?}");
        }
        assert!(!own(&https, &[("host", "cchc.example"), ("origin", "http://cchc.example")]), "not over https");
    }

    #[test]
    fn a_site_is_https_and_a_host() {
        for bad in ["http://x.example", "x.example", "https://", "https://x.example/pages", "https://a@x.example"] {
            assert!(bad.parse::<Site>().is_err(), "{bad}");
        }
        assert!("https://[::1]:8443".parse::<Site>().is_ok_and(|site| site.is_https()));
    }
}

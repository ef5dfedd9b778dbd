//! The cookie of a session, and of somebody who was sent to an identity provider: no script reads them, no other site's form or picture
//! brings them along, and over https nothing but https carries them. When either is over the server knows.

use axum::http::{HeaderMap, HeaderValue, header};

use identity::AWAITED_MINUTES;

use super::Site;

/// How many digits a secret has.
const SECRET_DIGITS: usize = 64;
/// Over https the browser itself holds a cookie to this host and to https, by such a name (RFC 6265bis, 4.1.3.2).
const SESSION: [&str; 2] = ["session", "__Host-session"];
/// Of somebody who is awaited back from the provider.
const AWAITED: [&str; 2] = ["oidc", "__Host-oidc"];

/// The secret of a session that a request brings.
pub fn secret<'h>(headers: &'h HeaderMap, site: &Site) -> Option<&'h str> {
    brought(headers, name(SESSION, site))
}

/// The secret of somebody who comes back from the provider.
pub fn awaited<'h>(headers: &'h HeaderMap, site: &Site) -> Option<&'h str> {
    brought(headers, name(AWAITED, site))
}

fn brought<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let secret = pairs.find(|(key, _)| *key == name)?.1;
    let whole = secret.len() == SECRET_DIGITS && secret.bytes().all(|b| b.is_ascii_hexdigit());
    whole.then_some(secret)
}

/// What makes a browser keep a session's secret.
pub fn kept(secret: &str, site: &Site) -> HeaderValue {
    line(&format!("{}={secret}", name(SESSION, site)), site)
}

/// What makes a browser forget it.
pub fn cleared(site: &Site) -> HeaderValue {
    line(&format!("{}=; Max-Age=0", name(SESSION, site)), site)
}

/// What makes a browser keep the secret by which somebody is awaited, for as long.
pub fn awaiting(secret: &str, site: &Site) -> HeaderValue {
    line(&format!("{}={secret}; Max-Age={}", name(AWAITED, site), AWAITED_MINUTES * 60), site)
}

/// What makes a browser forget it.
pub fn no_longer_awaited(site: &Site) -> HeaderValue {
    line(&format!("{}=; Max-Age=0", name(AWAITED, site)), site)
}

fn name([plain, https]: [&'static str; 2], site: &Site) -> &'static str {
    if site.is_https() { https } else { plain }
}

fn line(pair: &str, site: &Site) -> HeaderValue {
    let secure = if site.is_https() { "; Secure" } else { "" };
    let cookie = format!("{pair}; Path=/; SameSite=Lax; HttpOnly{secure}");
    HeaderValue::from_str(&cookie).expect("a name, hexadecimal digits and attributes are plain ASCII")
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, HeaderValue, Site, awaited, awaiting, cleared, kept, secret};

    #[test]
    fn a_cookie_is_this_sites_alone_and_read_under_its_own_name() {
        let (plain, https) = (Site::default(), "https://cchc.example".parse::<Site>().expect("a site"));
        let digits = "0f".repeat(32);
        assert_eq!(kept(&digits, &plain), format!("session={digits}; Path=/; SameSite=Lax; HttpOnly"));
        assert_eq!(kept(&digits, &https), format!("__Host-session={digits}; Path=/; SameSite=Lax; HttpOnly; Secure"));
        assert!(cleared(&https).to_str().expect("text").contains("Max-Age=0"));
        let sent = awaiting(&digits, &https);
        let attributes = "; Max-Age=600; Path=/; SameSite=Lax; HttpOnly; Secure";
        assert_eq!(sent, format!("__Host-oidc={digits}{attributes}"));
        let mut headers = HeaderMap::new();
        let both = format!("__Host-oidc={digits}; __Host-session={}", "a".repeat(64));
        headers.insert("cookie", HeaderValue::from_str(&both).expect("a header"));
        assert_eq!((awaited(&headers, &https), awaited(&headers, &plain)), (Some(digits.as_str()), None));
        let brought = |cookie: &str, site: &Site| {
            let mut headers = HeaderMap::new();
            headers.insert("cookie", HeaderValue::from_str(cookie).expect("a header"));
            secret(&headers, site).map(str::to_owned)
        };
        assert_eq!(brought(&format!("lang=vi; session={digits}"), &plain), Some(digits.clone()));
        assert_eq!(brought(&format!("session={digits}"), &https), None, "one that plain http could have set");
        for bad in ["session=", "session=x", &format!("session={digits}0"), &format!("xsession={digits}")] {
            assert_eq!(brought(bad, &plain), None, "{bad}");
        }
    }
}

//! The cookie of a session: no script reads it, no other site's form or picture brings it along, and over https nothing but
//! https carries it. It has no end of its own: the server knows when a session is over.

use axum::http::{HeaderMap, HeaderValue, header};

use super::Site;

/// How many digits a session's secret has.
const SECRET_DIGITS: usize = 64;

/// The secret that a request brings.
pub fn secret<'h>(headers: &'h HeaderMap, site: &Site) -> Option<&'h str> {
    let name = name(site);
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let secret = pairs.find(|(key, _)| *key == name)?.1;
    let whole = secret.len() == SECRET_DIGITS && secret.bytes().all(|b| b.is_ascii_hexdigit());
    whole.then_some(secret)
}

/// What makes a browser keep a secret.
pub fn kept(secret: &str, site: &Site) -> HeaderValue {
    line(&format!("{}={secret}", name(site)), site)
}

/// What makes a browser forget it.
pub fn cleared(site: &Site) -> HeaderValue {
    line(&format!("{}=; Max-Age=0", name(site)), site)
}

/// Over https the browser itself holds the cookie to this host and to https, by its name (RFC 6265bis, 4.1.3.2).
fn name(site: &Site) -> &'static str {
    if site.is_https() { "__Host-session" } else { "session" }
}

fn line(pair: &str, site: &Site) -> HeaderValue {
    let secure = if site.is_https() { "; Secure" } else { "" };
    let cookie = format!("{pair}; Path=/; SameSite=Lax; HttpOnly{secure}");
    HeaderValue::from_str(&cookie).expect("a name, hexadecimal digits and attributes are plain ASCII")
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, HeaderValue, Site, cleared, kept, secret};

    #[test]
    fn a_cookie_is_this_sites_alone_and_read_under_its_own_name() {
        let (plain, https) = (Site::default(), "https://cchc.example".parse::<Site>().expect("a site"));
        let digits = "0f".repeat(32);
        assert_eq!(kept(&digits, &plain), format!("session={digits}; Path=/; SameSite=Lax; HttpOnly"));
        assert_eq!(kept(&digits, &https), format!("__Host-session={digits}; Path=/; SameSite=Lax; HttpOnly; Secure"));
        assert!(cleared(&https).to_str().expect("text").contains("Max-Age=0"));
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

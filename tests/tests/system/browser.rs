//! A browser as far as forms need one: it keeps one cookie, follows nothing by itself, and says of a form where it comes from.

use platform::outward;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;

use super::api::Server;

/// The password that everybody here chooses.
pub const CHOSEN: &str = "một câu dài dễ nhớ";

/// What came back.
pub struct Got {
    pub status: u16,
    pub to: String,
    pub set: String,
    pub html: String,
}

/// A browser with one cookie.
pub struct Browser<'s> {
    site: &'s str,
    pub cookie: Option<String>,
}

/// What a page's forms send along without asking.
const HIDDEN: [&str; 11] = [
    "csrf",
    "command",
    "revision",
    "version",
    "digest",
    "sent",
    "number",
    "appraisal",
    "decision",
    "contested",
    "signed",
];

/// Somebody who has an account, signed in for the first time.
pub async fn signed_in<'s>(server: &'s Server, actor: &str) -> Browser<'s> {
    let said = server.folder.must(&["account", "--data", "@", "--actor", actor, "--name", actor]);
    let mut browser = Browser::new(server);
    browser.enters(actor, said.out.trim()).await;
    browser
}

impl<'s> Browser<'s> {
    /// Fills in a form of a page, whose hidden fields come along unless they are given.
    pub async fn fills(&mut self, page: &Got, to: &str, fields: &[(&str, &str)]) -> Got {
        let given = |name: &&str| fields.iter().all(|(known, _)| known != name);
        let hidden: Vec<(&str, String)> =
            HIDDEN.into_iter().filter(given).filter_map(|name| Some((name, page.value(name)?))).collect();
        let was = page.html.split("name=\"was.").skip(1).filter_map(|rest| rest.split('"').next());
        let was: Vec<(String, String)> = was
            .map(|field| format!("was.{field}"))
            .filter_map(|name| Some((name.clone(), page.values(&name).pop()?)))
            .collect();
        let was = was.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let hidden = hidden.iter().map(|(name, value)| (*name, value.as_str())).chain(was);
        self.sends(to, &hidden.chain(fields.iter().copied()).collect::<Vec<_>>()).await
    }

    pub fn new(server: &'s Server) -> Self {
        Self::with(server, None)
    }

    /// One that has a cookie already.
    pub fn with(server: &'s Server, cookie: Option<String>) -> Self {
        Self::at(&server.url, cookie)
    }

    /// One at a site that is reached by an address.
    pub fn at(site: &'s str, cookie: Option<String>) -> Self {
        Self { site, cookie }
    }

    pub async fn asks(&mut self, request: reqwest::RequestBuilder) -> Got {
        let request = match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        };
        let response = request.send().await.expect("answers");
        let text = |name| response.headers().get(name).map_or(String::new(), |v| v.to_str().expect("text").to_owned());
        let (status, to, set) = (response.status().as_u16(), text(LOCATION), text(SET_COOKIE));
        if let Some(pair) = set.split(';').next().filter(|pair| pair.contains("session=")) {
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        Got { status, to, set, html: response.text().await.expect("a body") }
    }

    pub fn http() -> reqwest::Client {
        outward::builder().redirect(Policy::none()).build().expect("a client")
    }

    pub async fn opens(&mut self, path: &str) -> Got {
        self.asks(Self::http().get(format!("{}{path}", self.site))).await
    }

    /// Sends a form as one from a page of this site.
    pub async fn sends(&mut self, path: &str, fields: &[(&str, &str)]) -> Got {
        let own = self.site;
        self.sends_from(path, fields, &[("origin", own), ("sec-fetch-site", "same-origin")]).await
    }

    pub async fn sends_from(&mut self, path: &str, fields: &[(&str, &str)], said: &[(&str, &str)]) -> Got {
        let mut address = reqwest::Url::parse("http://x").expect("an address");
        address.query_pairs_mut().extend_pairs(fields);
        let mut request = Self::http().post(format!("{}{path}", self.site));
        request = request.header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in said {
            request = request.header(*name, *value);
        }
        self.asks(request.body(address.query().unwrap_or_default().to_owned())).await
    }

    /// Sends a form with a file behind its fields, as one from a page of this site.
    pub async fn brings(&mut self, path: &str, fields: &[(&str, &str)], (name, file): (&str, &[u8])) -> Got {
        const BOUNDARY: &str = "----xyz";
        let disposition = |of: &str| format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{of}\"");
        let mut body: Vec<u8> = Vec::new();
        for (of, value) in fields {
            body.extend_from_slice(format!("{}\r\n\r\n{value}\r\n", disposition(of)).as_bytes());
        }
        let media = "Content-Type: application/octet-stream";
        let head = format!("{}; filename=\"{name}\"\r\n{media}\r\n\r\n", disposition("file"));
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let request = Self::http().post(format!("{}{path}", self.site));
        let request = request.header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
        let request = request.header("origin", self.site).header("sec-fetch-site", "same-origin");
        self.asks(request.body(body)).await
    }

    /// What is downloaded from an address: the status, how it is to be kept, and the bytes.
    pub async fn downloads(&self, path: &str) -> (u16, String, Vec<u8>) {
        let mut request = Self::http().get(format!("{}{path}", self.site));
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let response = request.send().await.expect("answers");
        let kept = response.headers().get("content-disposition").map_or("", |kept| kept.to_str().expect("text"));
        let (status, kept) = (response.status().as_u16(), kept.to_owned());
        (status, kept, response.bytes().await.expect("a body").to_vec())
    }

    pub async fn signs_in(&mut self, name: &str, password: &str) -> Got {
        self.sends("/sign-in", &[("username", name), ("password", password), ("next", "")]).await
    }

    /// The secret of the forms of a page.
    pub async fn csrf(&mut self, page: &str) -> String {
        let html = self.opens(page).await.html;
        let rest = html.split("name=\"csrf\" value=\"").nth(1).unwrap_or_else(|| panic!("a form: {html}"));
        rest.split('"').next().expect("its end").to_owned()
    }

    pub async fn changes(&mut self, present: &str, new: &str) -> Got {
        let csrf = self.csrf("/password").await;
        self.sends("/password", &[("csrf", csrf.as_str()), ("present", present), ("new", new), ("again", new)]).await
    }

    /// Signs in for the first time, and changes the password.
    pub async fn enters(&mut self, name: &str, first: &str) {
        assert_eq!(self.signs_in(name, first).await.to, "/password");
        assert_eq!(self.changes(first, CHOSEN).await.to, "/me");
    }
}

impl Got {
    /// The value of the first field of a name.
    pub fn value(&self, name: &str) -> Option<String> {
        let field = self.html.split('<').find(|tag| tag.contains(&format!("name=\"{name}\"")))?;
        let value = field.split("value=\"").nth(1)?.split('"').next()?;
        Some(value.to_owned())
    }

    /// The values of every field of a name, as a browser would send them.
    pub fn values(&self, name: &str) -> Vec<String> {
        let fields = self.html.split('<').filter(|tag| tag.contains(&format!("name=\"{name}\"")));
        let values = fields.filter_map(|tag| tag.split("value=\"").nth(1)?.split('"').next());
        values
            .map(|value| {
                value
                    .replace("&#34;", "\"")
                    .replace("&#60;", "<")
                    .replace("&#62;", ">")
                    .replace("&#39;", "'")
                    .replace("&#38;", "&")
            })
            .collect()
    }
}

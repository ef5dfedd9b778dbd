//! The stylesheet, the icon and the scripts, inside the binary.
//! Under the path with their version they never change, so that a browser keeps them. No page needs a script.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use proto::Hash;

use crate::refusal::Refusal;

const STYLE: &str = concat!(include_str!("../assets/style.css"), include_str!("../assets/charts.css"));
const ICON: &str = include_str!("../assets/favicon.svg");
const FILL: &str = include_str!("../assets/fill.js");
const LIVE: &str = include_str!("../assets/live.js");
const SEND: &str = include_str!("../assets/send.js");

const KEPT: &str = "public, max-age=31536000, immutable";
const ASKED_AGAIN: &str = "no-cache";

/// The assets' version: the first digits of the digest over their bytes.
pub static VERSION: LazyLock<String> = LazyLock::new(|| {
    let digest = Hash::digest(&[STYLE, ICON, FILL, LIVE, SEND].map(str::as_bytes).concat()).to_string();
    digest[..16].to_owned()
});

/// An asset by its name alone; a browser asks for it again each time.
pub async fn plain(Path(file): Path<String>) -> Response {
    asset(&file, ASKED_AGAIN)
}

/// An asset under its version.
pub async fn versioned(Path((version, file)): Path<(String, String)>) -> Response {
    asset(&file, if version == *VERSION { KEPT } else { ASKED_AGAIN })
}

fn asset(file: &str, keep: &'static str) -> Response {
    let (media, body) = match file {
        "style.css" => ("text/css; charset=utf-8", STYLE),
        "favicon.svg" => ("image/svg+xml", ICON),
        "fill.js" => ("text/javascript; charset=utf-8", FILL),
        "live.js" => ("text/javascript; charset=utf-8", LIVE),
        "send.js" => ("text/javascript; charset=utf-8", SEND),
        _ => return Refusal::unknown("page_unknown").problem(),
    };
    ([(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, keep)], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::{FILL, ICON, LIVE, SEND, STYLE};

    #[test]
    fn assets_load_nothing_from_elsewhere() {
        for text in [STYLE, FILL, LIVE, SEND, ICON.replace("http://www.w3.org/2000/svg", "").as_str()] {
            for reach in ["http:", "https:", "@import", "url(", "<script", "<style", "style="] {
                assert!(!text.contains(reach), "{reach}");
            }
        }
    }
}

//! Problem details in the language that was asked for: by `lang=` in the address, else by what the sender accepts (RFC 9110, 12.5.4).
//! The code, the status and both sentences stay what they are; who asks for no language is told in English, as programs were before.

use axum::body::{Body, HttpBody, to_bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use proto::document::Lang;
use serde_json::{Map, Value};

/// The most bytes of problem details that are read again; longer ones are told as they are.
const PROBLEM_BYTES_MAX: u64 = 1_048_576;
/// A weight of one, in thousandths.
const WHOLE: u32 = 1_000;

/// The language that a request asks for; none where it names none that is spoken here.
pub fn asked(uri: &Uri, headers: &HeaderMap) -> Option<Lang> {
    let pairs = uri.query().unwrap_or_default().split('&');
    let named = pairs.filter_map(|pair| lang(pair.strip_prefix("lang=")?)).next_back();
    named.or_else(|| accepted(headers))
}

/// The language that is accepted with the greatest weight; of two with one weight, the first.
fn accepted(headers: &HeaderMap) -> Option<Lang> {
    let lines = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|line| line.to_str().ok());
    let mut best: Option<(u32, Lang)> = None;
    for range in lines.flat_map(|line| line.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let primary = parts.next().unwrap_or_default().split('-').next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(WHOLE, thousandths);
        let Some(lang) = lang(&primary).filter(|_| weight > 0) else { continue };
        if best.is_none_or(|(before, _)| weight > before) {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

/// A weight from "0" to "1" with up to three digits; what is none weighs nothing.
fn thousandths(text: &str) -> u32 {
    let (whole, digits) = text.split_once('.').unwrap_or((text, ""));
    if digits.len() > 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return 0;
    }
    match whole {
        "1" => WHOLE,
        "0" => format!("{digits:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

fn lang(text: &str) -> Option<Lang> {
    match text {
        "vi" => Some(Lang::Vi),
        "en" => Some(Lang::En),
        _ => None,
    }
}

/// An answer in a language, if it is problem details; any other as it is.
pub async fn spoken(mut response: Response, lang: Option<Lang>) -> Response {
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|m| m == "application/problem+json");
    if !is_problem {
        return response;
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Language"));
    let lang = lang.unwrap_or(Lang::En);
    let said = HeaderValue::from_static(match lang {
        Lang::Vi => "vi",
        Lang::En => "en",
    });
    response.headers_mut().insert(header::CONTENT_LANGUAGE, said);
    let is_short = response.body().size_hint().exact().is_some_and(|bytes| bytes <= PROBLEM_BYTES_MAX);
    if !is_short {
        return response;
    }
    let status = response.status();
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { return Response::from_parts(parts, Body::empty()) };
    let Ok(mut problem) = serde_json::from_slice::<Map<String, Value>>(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    if lang == Lang::Vi {
        problem.insert("title".to_owned(), title(status).into());
    }
    // What a rejection calls its own detail is in the sentence.
    if let Some(sentence) = problem.get(if lang == Lang::Vi { "vi" } else { "en" }).cloned() {
        problem.insert("detail".to_owned(), sentence);
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(Value::Object(problem).to_string()))
}

/// What a status says, in Vietnamese. In English the title is the code in words.
fn title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "Yêu cầu không đọc được",
        401 => "Chưa xác thực",
        403 => "Không có quyền",
        404 => "Không tìm thấy",
        405 => "Phương thức không được nhận",
        406 => "Không có dạng được yêu cầu",
        409 => "Không phù hợp với hiện trạng",
        410 => "Không còn nữa",
        413 => "Quá lớn",
        415 => "Loại nội dung không được nhận",
        422 => "Nội dung không hợp lệ",
        429 => "Quá nhiều yêu cầu",
        503 => "Tạm thời không phục vụ được",
        status if status >= 500 => "Lỗi bên trong hệ thống",
        _ => "Yêu cầu bị từ chối",
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
    use proto::document::Lang;

    use super::{asked, spoken};
    use crate::http::problem;

    fn asks(query: &str, accepts: &str) -> Option<Lang> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(accepts).expect("a header"));
        asked(&format!("/api/x{query}").parse().expect("an address"), &headers)
    }

    #[test]
    fn the_address_names_the_language_before_what_is_accepted_and_the_greater_weight_before_the_lesser() {
        let (vi, en) = (Some(Lang::Vi), Some(Lang::En));
        let table = [
            ("", "vi", vi),
            ("", "vi-VN,vi;q=0.9,en;q=0.8", vi),
            ("", "fr, en-GB;q=0.7, vi;q=0.75", vi),
            ("", "vi;q=0, en;q=0.1", en),
            ("", "en, vi", en),
            ("", "fr", None),
            ("", "", None),
            ("", "vi;q=2, en;q=x", None),
            ("?lang=en", "vi", en),
            ("?a=b&lang=vi", "en", vi),
            ("?lang=fr", "vi", vi),
        ];
        for (query, accepts, lang) in table {
            assert_eq!(asks(query, accepts), lang, "{query} {accepts}");
        }
    }

    #[tokio::test]
    async fn a_problem_says_its_title_and_detail_in_the_language_and_keeps_its_code_and_both_sentences() {
        for (lang, title, detail) in [
            (Some(Lang::Vi), "Không tìm thấy", "Không có."),
            (Some(Lang::En), "x unknown", "None."),
            (None, "x unknown", "None."),
        ] {
            let told = problem(StatusCode::NOT_FOUND, "x_unknown", ("Không có.".to_owned(), "None.".to_owned()), []);
            let told = spoken(told, lang).await;
            let said = if lang == Some(Lang::Vi) { "vi" } else { "en" };
            assert_eq!(
                (&told.headers()["content-language"], &told.headers()["vary"]),
                (&said.parse::<HeaderValue>().expect("one"), &"Accept-Language".parse::<HeaderValue>().expect("one"))
            );
            let bytes = axum::body::to_bytes(told.into_body(), usize::MAX).await.expect("a body");
            let told: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
            assert_eq!(
                (&told["title"], &told["detail"], &told["code"]),
                (&title.into(), &detail.into(), &"x_unknown".into())
            );
            assert_eq!(
                (&told["vi"], &told["en"], &told["status"]),
                (&"Không có.".into(), &"None.".into(), &404.into())
            );
        }
    }
}

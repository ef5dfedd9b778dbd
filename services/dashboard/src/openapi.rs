//! The document that describes the API (OpenAPI 3.1): every route below `/api` of every service, with what it takes and gives.
//! It is put together here from one table of routes, the columns of the rows and the schemas of the protocol's own types; no answer is
//! described by hand that has a type.
//!
//! Not by `utoipa`: its schemas are a second description of every type beside `schemars`' (proto/src/schema.rs), and cannot carry what a
//! schema of draft 2020-12 says beyond their own members; routes stand in six crates, most of which know nothing of each other; and its
//! version 6.0.0 does not compile without its macros.

mod params;
mod route;
mod routes;
mod schemas;

use std::sync::LazyLock;

use proto::document::Lang;
use serde_json::{Map, Value, json};

use self::params::{in_path, in_query};
use self::route::{Gives, Opens, PARTS, Route, Takes};
use self::routes::ROUTES;

static VI: LazyLock<Value> = LazyLock::new(|| made(Lang::Vi));
static EN: LazyLock<Value> = LazyLock::new(|| made(Lang::En));

/// The document in a language.
pub fn document(lang: Lang) -> &'static Value {
    match lang {
        Lang::Vi => &VI,
        Lang::En => &EN,
    }
}

/// A sentence in both languages.
pub type Said = (&'static str, &'static str);

fn said(lang: Lang, (vi, en): Said) -> &'static str {
    match lang {
        Lang::Vi => vi,
        Lang::En => en,
    }
}

const ABOUT: Said = (
    "Đọc và ghi nhật ký Chỉ số CCHC. Mọi câu trả lời đọc từ bảng kết xuất hoặc từ nhật ký đều nêu vị trí và gốc mà nó dựa vào (`as_of`). \
     Lỗi có dạng problem details (RFC 9457): mã ở `code` không đổi, `title` và `detail` theo `?lang=` hoặc Accept-Language, \
     câu tiếng Việt và tiếng Anh ở `vi` và `en`. Danh sách trả tối đa 5.000 dòng; còn nữa thì `next` là truy vấn của phần sau.",
    "Reads and writes the PAR index ledger. Every answer from a projection or from the log names the position and root that it stands on \
     (`as_of`). Errors are problem details (RFC 9457): `code` stays, `title` and `detail` follow `?lang=` or Accept-Language, both \
     sentences are in `vi` and `en`. A list has at most 5,000 rows; where there are more, `next` is the query of what follows.",
);

fn made(lang: Lang) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES {
        let path = route.path.replace("{*", "{");
        let of_path = paths.entry(path).or_insert_with(|| json!({}));
        of_path[route.method] = operation(lang, route);
    }
    let tags: Vec<Value> =
        PARTS.iter().map(|part| json!({ "name": part.name(), "description": said(lang, part.said()) })).collect();
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "PAR Index Ledger",
            "version": env!("CARGO_PKG_VERSION"),
            "description": said(lang, ABOUT),
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas::all(),
            "responses": responses(lang),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": said(lang, ("Mã truy cập do `parindex token` cấp.", "A token that `parindex token` gave.")),
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "session",
                    "description": said(lang, ("Phiên đăng nhập trên trang.", "A session of somebody who signed in on a page.")),
                },
            },
        },
    })
}

/// The answers that many routes give.
fn responses(lang: Lang) -> Value {
    let problem = |about: Said| {
        json!({
            "description": said(lang, about),
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        })
    };
    json!({
        "NotChanged": { "description": said(lang, ("Không có gì mới kể từ ETag đã nêu.", "Nothing is newer than the ETag that was named.")) },
        "Unauthenticated": problem(("Cần mã truy cập hợp lệ.", "A valid token is needed.")),
        "NotAllowed": problem(("Không có quyền; xem deploy/RIGHTS.md.", "Not for whoever asks; see deploy/RIGHTS.md.")),
        "Unknown": problem(("Không có.", "There is no such thing.")),
        "Problem": problem(("Bị từ chối; lý do ở `code`.", "Refused; `code` says why.")),
    })
}

fn operation(lang: Lang, route: &Route) -> Value {
    let path = in_path(lang, route.path);
    let parameters: Vec<Value> = path.into_iter().chain(route.query.iter().map(|name| in_query(lang, name))).collect();
    let mut answers = Map::new();
    let (status, content) = given(route);
    let mut answer = json!({ "description": said(lang, route.said), "content": content });
    if route.is_tagged {
        answer["headers"] = json!({ "ETag": { "schema": { "type": "string" } } });
        answers.insert("304".to_owned(), json!({ "$ref": "#/components/responses/NotChanged" }));
    }
    answers.insert(status.to_owned(), answer);
    let reference = |name: &str| json!({ "$ref": format!("#/components/responses/{name}") });
    if route.opens != Opens::Everybody {
        answers.insert("401".to_owned(), reference("Unauthenticated"));
    }
    if matches!(route.opens, Opens::ByRight | Opens::ByRightOfToken) {
        answers.insert("403".to_owned(), reference("NotAllowed"));
    }
    if route.path.contains('{') {
        answers.insert("404".to_owned(), reference("Unknown"));
    }
    answers.insert("default".to_owned(), reference("Problem"));
    let mut operation = json!({
        "operationId": named(route),
        "tags": [route.part.name()],
        "summary": said(lang, route.said),
        "parameters": parameters,
        "responses": answers,
        "security": security(route.opens),
    });
    if let Some(body) = taken(route) {
        operation["requestBody"] = body;
    }
    operation
}

/// The operation's own name, of its method and path.
fn named(route: &Route) -> String {
    let words = route.path.trim_start_matches("/api/").replace(['{', '}', '*'], "");
    format!("{}_{}", route.method, words.replace(['/', '-', '.'], "_"))
}

fn security(opens: Opens) -> Value {
    match opens {
        Opens::Everybody => json!([{}]),
        // On loopback nobody needs one.
        Opens::Readers => json!([{ "token": [] }, {}]),
        Opens::ByRight => json!([{ "token": [] }, { "session": [] }, {}]),
        Opens::ByRightOfToken | Opens::Operator => json!([{ "token": [] }]),
    }
}

fn given(route: &Route) -> (&'static str, Value) {
    let schema = |name: &str| json!({ "schema": { "$ref": format!("#/components/schemas/{name}") } });
    match route.gives {
        Gives::Json(name) => ("200", json!({ "application/json": schema(name) })),
        Gives::OneOf(names) => {
            let all: Vec<Value> = names.iter().map(|name| schema(name)["schema"].clone()).collect();
            ("200", json!({ "application/json": { "schema": { "anyOf": all } } }))
        }
        Gives::Created(name) => ("201", json!({ "application/json": schema(name) })),
        Gives::Lines(name) => {
            let lines =
                json!({ "schema": { "type": "string" }, "x-line": { "$ref": format!("#/components/schemas/{name}") } });
            ("200", json!({ "application/x-ndjson": lines }))
        }
        Gives::Media(media) => ("200", json!({ media: { "schema": { "type": "string" } } })),
        Gives::Any => ("200", json!({ "*/*": {} })),
        Gives::Object => ("200", json!({ "application/json": { "schema": { "type": "object" } } })),
    }
}

fn taken(route: &Route) -> Option<Value> {
    let content = match route.takes {
        Takes::Nothing => return None,
        Takes::Commands => {
            let one = json!({ "$ref": "#/components/schemas/Command" });
            let many = json!({ "type": "array", "maxItems": 1000, "items": one });
            json!({ "application/json": { "schema": { "anyOf": [one, many] } } })
        }
        Takes::Object => json!({ "application/json": { "schema": { "type": "object" } } }),
        Takes::Bytes => json!({ "application/octet-stream": { "schema": { "type": "string" } } }),
    };
    Some(json!({ "required": true, "content": content }))
}

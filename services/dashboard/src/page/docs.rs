//! The API as a page to read, made from the same document that programs fetch: what is not described there is not shown here.
//! It shows no figure of a round: it stands on nothing but this program.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use proto::Origin;
use serde_json::Value;

use super::{Frame, answer};
use crate::ask::Ask;
use crate::openapi::document;
use crate::words::{ApiWords, Words};

#[derive(Template)]
#[template(path = "docs.html")]
struct DocsPage {
    t: &'static Words,
    w: &'static ApiWords,
    f: Frame,
    about: String,
    parts: Vec<Part>,
    schemas: Vec<(String, String)>,
}

/// The routes of a service.
struct Part {
    name: String,
    about: String,
    routes: Vec<Route>,
}

struct Route {
    id: String,
    method: String,
    path: String,
    about: String,
    /// Who may ask.
    opens: Vec<&'static str>,
    params: Vec<Param>,
    /// What is sent: media types and schemas.
    takes: Vec<Shape>,
    /// What is answered: status, media types and schemas.
    gives: Vec<(String, Vec<Shape>)>,
    /// How a program asks for it in the sample round.
    example: String,
}

struct Param {
    name: String,
    place: String,
    required: bool,
    about: String,
    form: String,
    example: String,
}

/// A media type, and the schemas that it is of.
struct Shape {
    media: String,
    schemas: Vec<String>,
}

/// `/api/openapi.json`
pub async fn json(ask: Ask) -> Response {
    ([(header::CACHE_CONTROL, "no-cache")], Json(document(ask.lang))).into_response()
}

/// `/api/docs`
pub async fn show(State(origin): State<Origin>, ask: Ask) -> Response {
    let (t, w) = (Words::of(ask.lang), ApiWords::of(ask.lang));
    let document = document(ask.lang);
    let tags = document["tags"].as_array().into_iter().flatten();
    let parts = tags.map(|tag| Part {
        name: text(&tag["name"]),
        about: text(&tag["description"]),
        routes: routes(w, document, &tag["name"]),
    });
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let page = DocsPage {
        t,
        w,
        f: Frame::new(&ask, &origin, w.title),
        about: text(&document["info"]["description"]).replace('`', ""),
        parts: parts.collect(),
        schemas: schemas.map(|(name, schema)| (name.clone(), format!("{schema:#}"))).collect(),
    };
    answer(&ask, &origin, Ok(page))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn routes(w: &ApiWords, document: &Value, tag: &Value) -> Vec<Route> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, methods)| {
        methods.as_object().into_iter().flatten().map(move |(method, operation)| (path, method, operation))
    });
    all.filter(|(_, _, operation)| operation["tags"][0] == *tag).map(|of| route(w, of)).collect()
}

fn route(w: &ApiWords, (path, method, operation): (&String, &String, &Value)) -> Route {
    let params: Vec<Param> = operation["parameters"].as_array().into_iter().flatten().map(param).collect();
    let answers = operation["responses"].as_object().into_iter().flatten();
    let gives = answers.filter(|(_, answer)| answer.get("content").is_some());
    Route {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.clone(),
        about: text(&operation["summary"]),
        opens: opens(w, &operation["security"]),
        example: example(path, method, &params),
        params,
        takes: shapes(&operation["requestBody"]["content"]),
        gives: gives.map(|(status, answer)| (status.clone(), shapes(&answer["content"]))).collect(),
    }
}

fn param(param: &Value) -> Param {
    let schema = &param["schema"];
    let words = schema["enum"].as_array().map(|all| all.iter().map(text).collect::<Vec<_>>().join(" | "));
    let example = &param["example"];
    Param {
        name: text(&param["name"]),
        place: text(&param["in"]),
        required: param["required"] == true,
        about: text(&param["description"]).replace('`', ""),
        form: words.unwrap_or_else(|| text(&schema["type"])),
        example: example
            .as_str()
            .map_or_else(|| example.as_u64().map_or_else(String::new, |n| n.to_string()), str::to_owned),
    }
}

fn opens(w: &ApiWords, security: &Value) -> Vec<&'static str> {
    let ways = security.as_array().into_iter().flatten();
    let word = |way: &Value| match () {
        () if way.get("token").is_some() => w.by_token,
        () if way.get("session").is_some() => w.by_session,
        () => w.by_nothing,
    };
    let all: Vec<&'static str> = ways.map(word).collect();
    // What is for everybody names no other way.
    if all == [w.by_nothing] { vec![w.everybody] } else { all }
}

fn shapes(content: &Value) -> Vec<Shape> {
    let media = content.as_object().into_iter().flatten();
    media.map(|(media, of)| Shape { media: media.clone(), schemas: names(of) }).collect()
}

/// The schemas of a media type: its own, one of several, or that of each line.
fn names(of: &Value) -> Vec<String> {
    let choices = of["schema"]["anyOf"].as_array().into_iter().flatten();
    let all = [&of["schema"], &of["x-line"]].into_iter().chain(choices);
    all.filter_map(|schema| Some(schema["$ref"].as_str()?.rsplit('/').next()?.to_owned())).collect()
}

/// A request of the sample round, as the command line's usual client sends it.
fn example(path: &str, method: &str, params: &[Param]) -> String {
    let placed = params.iter().filter(|p| p.place == "path" && !p.example.is_empty());
    let path = placed.fold(path.to_owned(), |path, p| path.replace(&format!("{{{}}}", p.name), &p.example));
    let asked = params.iter().filter(|p| p.required && p.place == "query").map(|p| format!("{}={}", p.name, p.example));
    let query = asked.collect::<Vec<_>>().join("&");
    let query = if query.is_empty() { query } else { format!("?{query}") };
    let verb = if method == "post" { "--data-binary @- " } else { "" };
    format!("curl -H \"Authorization: Bearer $TOKEN\" {verb}\"$URL{path}{query}\"")
}

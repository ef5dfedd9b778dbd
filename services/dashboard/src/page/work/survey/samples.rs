//! Samples for asking again: a seed given out as a file that nobody here keeps, committed to before there are ballots, opened to draw; and the list of
//! those who are asked (proto/README.md, section 31).

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::TryStreamExt;
use identity::Session;
use platform::http::see_other;
use platform::ports::Pieces;
use proto::act::survey::{CommitSeed, DrawSample};
use proto::sample::commitment;
use proto::seed_file::Seed;
use proto::surveyed::{SampleQuery, SampleWork};
use proto::{Act, Acting, BatchId, Capacity, CommandId, Hash, SampleId};

use super::{Places, places, told};
use crate::ask::Ask;
use crate::desk::{Desk, command_id, principal};
use crate::page::fill::session;
use crate::page::fill::sign::told as refusal_told;
use crate::page::start::refused;
use crate::page::work::{Desktop, OF_SURVEY, Worked, asked};
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::{Fields, Upload};
use crate::words::{SurveyWords, Words, WorkWords, fill};

/// The most bytes of a seed's file: four short lines.
const SEED_BYTES_MAX: usize = 1024;

#[derive(Template)]
#[template(path = "survey_samples.html")]
struct SamplesPage {
    t: &'static Words,
    w: &'static WorkWords,
    s: &'static SurveyWords,
    f: Frame,
    d: Desktop,
    places: Places,
    fault: Option<String>,
    samples: Vec<Sample>,
    /// Whether he commits and draws.
    may: bool,
    next: String,
    command: String,
    batches: Vec<String>,
}

struct Sample {
    id: String,
    committed: String,
    state: String,
    class: &'static str,
    drawn: bool,
}

#[derive(Template)]
#[template(path = "survey_sample.html")]
struct SamplePage {
    t: &'static Words,
    w: &'static WorkWords,
    s: &'static SurveyWords,
    f: Frame,
    d: Desktop,
    places: Places,
    lead: String,
    seed: String,
    drawn_at: u64,
    ballots: Vec<String>,
}

/// `GET /rounds/{round}/survey/samples`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session, None).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

/// The secretariat alone commits and draws.
fn may(worked: &Worked) -> bool {
    worked.has(&[Capacity::Secretariat]) && !worked.work.closed
}

async fn page(desk: &Desk, ask: &Ask, session: &Session, fault: Option<String>) -> Result<SamplesPage, Refusal> {
    let (w, s, lang) = (WorkWords::of(ask.lang), SurveyWords::of(ask.lang), ask.lang);
    let worked = asked(desk, ask, session).await?;
    worked.only(&OF_SURVEY)?;
    let survey = told(desk, session, &worked).await?;
    let mut f = worked.framed(ask, s.samples);
    f.reads(Words::of(lang).as_of_inspector, survey.position, survey.root, None);
    let mut batches: Vec<String> =
        survey.samples.iter().flat_map(|sample| &sample.of).map(ToString::to_string).collect();
    batches.sort();
    batches.dedup();
    let known = |id: &String| survey.samples.iter().any(|sample| sample.sample.as_str() == id);
    let mut ids = (survey.samples.len() + 1..).map(|n| format!("mau-{n}"));
    Ok(SamplesPage {
        t: Words::of(lang),
        w,
        s,
        f,
        d: worked.desktop(ask, session, "survey")?,
        places: places(&worked, lang, "/samples"),
        fault,
        may: may(&worked),
        next: ids.find(|id| !known(id)).unwrap_or_default(),
        command: command_id(desk)?.to_string(),
        samples: survey.samples.iter().map(|sample| sample_told(s, sample)).collect(),
        batches,
    })
}

fn sample_told(s: &SurveyWords, sample: &SampleWork) -> Sample {
    let (state, class) = match &sample.drawn {
        Some(batch) => (fill(s.drawn_of, &[batch.as_str()]), "done"),
        None if sample.of.is_empty() => (s.too_early.to_owned(), "later"),
        None => (s.undrawn.to_owned(), "now"),
    };
    Sample {
        id: sample.sample.to_string(),
        committed: format!("#{}", sample.position),
        state,
        class,
        drawn: sample.drawn.is_some(),
    }
}

/// `POST /rounds/{round}/survey/seed`: a file with a seed of its own. Nothing of it stays here, and nothing goes on record.
pub async fn seed(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(foreign) => return foreign.page(&ask, origin),
    };
    match made(&desk, &ask, &session, &fields).await {
        Ok(response) => response,
        Err(refusal) => refused(&ask, origin, refusal),
    }
}

async fn made(desk: &Desk, ask: &Ask, session: &Session, fields: &Fields) -> Result<Response, Refusal> {
    let worked = asked(desk, ask, session).await?;
    worked.only(&[Capacity::Secretariat])?;
    let sample = SampleId::parse(fields.get("sample")).map_err(|_| Refusal::BadQuery("sample"))?;
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Refusal::Malformed(error.to_string()))?;
    let seed = Seed { round: worked.work.query.round.clone(), sample, seed: Hash(bytes) };
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}-{}.seed\"", seed.round, seed.sample)),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, seed.to_string()).into_response())
}

/// The seed of a file that is sent; or why it is none.
async fn read(worked: &Worked, s: &SurveyWords, pieces: Option<(String, Pieces<'_>)>) -> Result<Seed, String> {
    let Some((_, mut pieces)) = pieces else { return Err(s.file_none.to_owned()) };
    let bad = |why: &str| fill(s.seed_bad, &[why]);
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.try_next().await.map_err(|error| bad(&error.to_string()))? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > SEED_BYTES_MAX {
            return Err(bad(&format!("> {SEED_BYTES_MAX} byte")));
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| bad("UTF-8"))?;
    let seed: Seed = text.parse().map_err(|why: String| bad(&why))?;
    if seed.round == worked.work.query.round { Ok(seed) } else { Err(fill(s.seed_other, &[seed.round.as_str()])) }
}

/// Sends what a seed's file leads to, or shows the page again with why not.
async fn with_seed(
    (desk, ask, headers): (&Desk, &Ask, &HeaderMap),
    names: &[&str],
    mut upload: Upload,
    act: impl FnOnce(Seed, &Fields) -> Result<Act, String>,
) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let (fields, session) = match upload.of_session(names, ask, &desk.doors, headers).await {
        Ok(brought) => brought,
        Err(answer) => return *answer,
    };
    let done = async {
        let worked = asked(desk, ask, &session).await?;
        worked.only(&[Capacity::Secretariat])?;
        let id = CommandId::parse(fields.get("command")).map_err(|_| Refusal::BadForm)?;
        let unit = worked.work.roles.iter().find(|role| role.capacity == Capacity::Secretariat);
        let acting = Acting { capacity: Capacity::Secretariat, unit: unit.and_then(|role| role.unit.clone()) };
        let unfit = |fault| Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, fault)));
        let seed = match read(&worked, SurveyWords::of(ask.lang), upload.file().await?).await {
            Ok(seed) => seed,
            Err(fault) => return unfit(fault),
        };
        let sample = seed.sample.clone();
        let act = match act(seed, &fields) {
            Ok(act) => act,
            Err(fault) => return unfit(fault),
        };
        let is_drawn = matches!(act, Act::DrawSample(_));
        Ok(match desk.send(&session, (id, acting), act).await {
            Ok(accepted) => {
                let below = if is_drawn { format!("/{sample}") } else { String::new() };
                let round = &worked.work.query.round;
                Ok(format!("/rounds/{round}/survey/samples{below}?position={}", accepted.position))
            }
            Err(refusal) => Err(refusal_told(ask.lang, &refusal)),
        })
    };
    let done: Result<Result<String, (StatusCode, String)>, Refusal> = done.await;
    if !matches!(done, Ok(Ok(_))) {
        upload.rest().await;
    }
    match done {
        Ok(Ok(place)) => see_other(&place),
        Ok(Err((status, fault))) => personal_answer(ask, origin, status, page(desk, ask, &session, Some(fault)).await),
        Err(refusal) => personal_answer::<SamplesPage>(ask, origin, StatusCode::OK, Err(refusal)),
    }
}

/// `POST /rounds/{round}/survey/commit`
pub async fn commit(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, upload: Upload) -> Response {
    let act = |Seed { round, sample, seed }, _: &Fields| {
        Ok(Act::CommitSeed(CommitSeed { round, sample, commitment: commitment(&seed) }))
    };
    with_seed((&desk, &ask, &headers), &["csrf", "command"], upload, act).await
}

/// `POST /rounds/{round}/survey/draw`
pub async fn draw(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, upload: Upload) -> Response {
    let s = SurveyWords::of(ask.lang);
    let act = |Seed { round, sample, seed }, fields: &Fields| {
        let batch = BatchId::parse(fields.get("batch")).map_err(|_| s.draw_batch.to_owned())?;
        let (count, share) = many(fields.get("many")).ok_or_else(|| s.draw_bad.to_owned())?;
        Ok(Act::DrawSample(DrawSample { round, sample, batch, seed, count, share }))
    };
    with_seed((&desk, &ask, &headers), &["csrf", "command", "batch", "many"], upload, act).await
}

/// How many ballots, or which share of them: `50`, `1.000`, `10%`, `10 %`.
fn many(text: &str) -> Option<(Option<u32>, Option<u32>)> {
    let text = text.trim();
    match text.strip_suffix('%') {
        Some(share) => share.trim().parse().ok().map(|share| (None, Some(share))),
        None => text.replace('.', "").parse().ok().map(|count| (Some(count), None)),
    }
}

/// `GET /rounds/{round}/survey/samples/{sample}`
pub async fn one(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = listed(&desk, &ask, &session).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

async fn listed(desk: &Desk, ask: &Ask, session: &Session) -> Result<SamplePage, Refusal> {
    let (w, s, lang) = (WorkWords::of(ask.lang), SurveyWords::of(ask.lang), ask.lang);
    let worked = asked(desk, ask, session).await?;
    worked.only(&OF_SURVEY)?;
    let sample = ask.named("sample").and_then(|sample| SampleId::parse(sample).ok());
    let sample = sample.ok_or_else(|| Refusal::unknown("sample_unknown"))?;
    let query = SampleQuery { round: worked.work.query.round.clone(), sample };
    let drawn = desk.surveys(session).sample(&principal(session), query).await?;
    let printer = worked.opened.printer;
    let mut f = worked.framed(ask, &fill(s.sample_title, &[drawn.query.sample.as_str(), drawn.batch.as_str()]));
    f.reads(Words::of(lang).as_of_inspector, drawn.position, drawn.root, None);
    let (count, of) = (drawn.indexes.len() as u64, u64::from(drawn.ballots));
    Ok(SamplePage {
        t: Words::of(lang),
        w,
        s,
        f,
        d: worked.desktop(ask, session, "survey")?,
        places: places(&worked, lang, "/samples"),
        lead: fill(s.sample_lead, &[&printer.count(count), &printer.count(of)]),
        seed: drawn.seed.to_string(),
        drawn_at: drawn.drawn_at,
        // People count from one.
        ballots: drawn.indexes.iter().map(|index| printer.count(u64::from(*index) + 1)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::many;

    #[test]
    fn how_many_are_asked_again_is_a_number_or_a_share() {
        for (text, said) in [
            ("50", (Some(50), None)),
            (" 1.000 ", (Some(1_000), None)),
            ("10%", (None, Some(10))),
            ("10 %", (None, Some(10))),
        ] {
            assert_eq!(many(text), Some(said), "{text}");
        }
        for bad in ["", "%", "mười", "-1", "1,5", "10%%"] {
            assert_eq!(many(bad), None, "{bad}");
        }
    }
}

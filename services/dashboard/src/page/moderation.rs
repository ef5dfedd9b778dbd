//! What a council looks at before it decides: spreads, claims brought down, units that stand apart, each with the table beneath its bars. The
//! figures come as exact fractions, and are rounded here once, as the round declares.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::Exact;
use proto::exact::RoundingMode;
use proto::moderation::{BlockModeration, CLASSES, Claimed, FieldModeration, Outlier, Side, Spread, UnitModeration};
use proto::work::RoundQuery;

use super::fill::session;
use super::work::{Desktop, OF_MODERATION, asked};
use super::{Bar, Frame, Moment, personal_answer};
use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::words::{ModerationWords, Words, WorkWords, pick};

/// How high a histogram is, in its own measure; the axis stands below.
const HIGH: i64 = 38;

#[derive(Template)]
#[template(path = "moderation.html")]
struct ModerationPage {
    t: &'static Words,
    w: &'static WorkWords,
    o: &'static ModerationWords,
    f: Frame,
    d: Desktop,
    at: Moment,
    decided: bool,
    /// The classes of shares, as column heads.
    classes: Vec<String>,
    blocks: Vec<Block>,
}

struct Block {
    id: String,
    title: String,
    fields: Vec<Field>,
    units: Vec<Unit>,
    outliers: Vec<Apart>,
}

struct Field {
    code: String,
    title: String,
    /// Each bar: from the left, from the top, its height.
    bars: Vec<(String, String, String)>,
    spread: Vec<String>,
    claims: Vec<String>,
}

struct Unit {
    unit: String,
    name: String,
    claims: Vec<String>,
    /// How far it was brought down, beside the one that was most.
    bar: Option<Bar>,
}

struct Apart {
    unit: String,
    name: String,
    field: String,
    share: String,
    side: &'static str,
    bound: String,
}

/// `GET /rounds/{round}/moderation`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

async fn page(desk: &Desk, ask: &Ask, session: &Session) -> Result<ModerationPage, Refusal> {
    let (t, o) = (Words::of(ask.lang), ModerationWords::of(ask.lang));
    let worked = asked(desk, ask, session).await?;
    worked.only(&OF_MODERATION)?;
    let query = RoundQuery { round: worked.work.query.round.clone() };
    let told = desk.work.moderation(&principal(session), query).await?;
    let mut f = worked.framed(ask, o.title);
    f.readings.clear();
    f.reads(t.as_of_inspector, told.position, told.root, None);
    let printer = worked.opened.printer;
    let class = |n: usize| format!("{}–{}", n * 100 / CLASSES, (n + 1) * 100 / CLASSES);
    Ok(ModerationPage {
        t,
        w: WorkWords::of(ask.lang),
        o,
        f,
        d: worked.desktop(ask, session, "moderation")?,
        at: told.at.into(),
        decided: told.decided,
        classes: (0..CLASSES).map(class).collect(),
        blocks: told.blocks.iter().map(|one| block(&printer, o, one)).collect(),
    })
}

fn block(printer: &Printer, o: &'static ModerationWords, block: &BlockModeration) -> Block {
    let means = block.units.iter().filter_map(|unit| unit.claims.mean.as_ref());
    let most = means.filter(|mean| !mean.is_negative() && !mean.is_zero()).max();
    Block {
        id: block.block.to_string(),
        title: pick(printer.lang, &block.title.vi, &block.title.en).to_owned(),
        fields: block.fields.iter().map(|one| field(printer, one)).collect(),
        units: block.units.iter().map(|one| unit(printer, one, most)).collect(),
        outliers: block.outliers.iter().map(|one| apart(printer, o, one)).collect(),
    }
}

fn field(printer: &Printer, field: &FieldModeration) -> Field {
    let (bars, spread) = match &field.spread {
        Some(spread) => (bars(spread), spread_told(printer, spread)),
        // Eight figures and the classes: without values, none of them.
        None => (Vec::new(), vec!["–".to_owned(); 7 + CLASSES]),
    };
    Field {
        code: field.field.to_string(),
        title: pick(printer.lang, &field.title.vi, &field.title.en).to_owned(),
        bars,
        spread,
        claims: claims(printer, &field.claims),
    }
}

fn spread_told(printer: &Printer, spread: &Spread) -> Vec<String> {
    let Spread { of, least, low, median, high, most, mean, classes } = spread;
    let figures = [least, low, median, high, most, mean].map(|value| printer.points(value));
    let counts = classes.iter().map(|count| printer.count(*count));
    [printer.count(*of)].into_iter().chain(figures).chain(counts).collect()
}

/// A bar for each class, the fullest as high as there is room.
fn bars(spread: &Spread) -> Vec<(String, String, String)> {
    let fullest = spread.classes.iter().copied().max().unwrap_or(0).max(1);
    let bar = |(place, count): (usize, &u64)| {
        let high = Exact::ratio(i128::from(*count) * i128::from(HIGH), i128::from(fullest)).unwrap_or_default();
        let set = |value: &Exact| value.rounded(1, RoundingMode::HalfUp);
        let top = &Exact::whole(HIGH + 1) - &high;
        (format!("{}.5", place * 100 / CLASSES), set(&top), set(&high))
    };
    spread.classes.iter().enumerate().filter(|(_, count)| **count > 0).map(bar).collect()
}

fn claims(printer: &Printer, claims: &Claimed) -> Vec<String> {
    vec![
        printer.count(claims.of),
        printer.count(claims.lowered),
        printer.count(claims.raised),
        printer.points(&claims.sum),
        printer.points_or_dash(claims.mean.as_ref()),
    ]
}

fn unit(printer: &Printer, unit: &UnitModeration, most: Option<&Exact>) -> Unit {
    let brought_down = unit.claims.mean.as_ref().filter(|mean| !mean.is_negative());
    Unit {
        unit: unit.unit.to_string(),
        name: pick(printer.lang, &unit.name.vi, &unit.name.en).to_owned(),
        claims: claims(printer, &unit.claims),
        bar: brought_down.zip(most).map(|(mean, most)| Bar::one(mean, most)),
    }
}

fn apart(printer: &Printer, o: &'static ModerationWords, one: &Outlier) -> Apart {
    Apart {
        unit: one.unit.to_string(),
        name: pick(printer.lang, &one.name.vi, &one.name.en).to_owned(),
        field: one.field.to_string(),
        share: printer.points(&one.share),
        side: match one.side {
            Side::Below => o.below,
            Side::Above => o.above,
        },
        bound: printer.points(&one.bound),
    }
}

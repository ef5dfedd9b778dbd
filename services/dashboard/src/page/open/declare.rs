//! The form in which a round is declared: whatever of it is not a document. It is sent by GET, so that its address is the draft; what is wrong
//! stands beside its field.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use platform::http::see_other;
use proto::document::{DocKind, Lang};
use proto::said::Named;

use super::blocks::FURTHER;
use super::draft::{BANDS, BLOCKS, PHASES};
use super::reading::{FieldFault, Reading};
use super::{Around, Opening};
use crate::ask::Ask;
use crate::desk::Desk;
use crate::page::fill::session;
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::words::{OpenWords, Words, fill, pick};

#[derive(Template)]
#[template(path = "open_round.html")]
struct RoundPage {
    t: &'static Words,
    f: Frame,
    a: Around,
    faults: Vec<FieldFault>,
    round: Vec<Field>,
    blocks: Vec<Kind>,
    phases: Vec<Phase>,
    rules: Vec<Field>,
    bands: Vec<Vec<Field>>,
}

/// The blocks of one kind of unit.
struct Kind {
    first: Vec<Field>,
    more: Vec<Further>,
}

/// A further block of that kind.
struct Further {
    title: String,
    /// Whether something stands in it, so that it is not folded.
    open: bool,
    fields: Vec<Field>,
}

struct Phase {
    name: &'static str,
    from: Field,
    until: Field,
}

/// A field of the form.
struct Field {
    name: String,
    label: String,
    value: String,
    /// What can be chosen, where it is chosen: what is sent, what it says.
    options: Vec<(String, String)>,
    faults: Vec<String>,
}

impl Field {
    /// What its faults stand at, for whoever hears them.
    fn told_by(&self) -> String {
        format!("{}-fault", self.name)
    }
}

/// `GET /open/round`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let shown = async {
        let opening = Opening::at(&desk, session, ask.draft()?).await?;
        page(&desk, &ask, opening).await
    };
    match shown.await {
        Ok(Shown::Further(place)) => see_other(&place),
        Ok(Shown::Form(page)) => personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, Ok(*page)),
        Err(refusal) => personal_answer::<RoundPage>(&ask, &desk.doors.dashboard.origin, StatusCode::OK, Err(refusal)),
    }
}

enum Shown {
    /// Nothing is wrong: it goes on there.
    Further(String),
    Form(Box<RoundPage>),
}

async fn page(desk: &Desk, ask: &Ask, opening: Opening) -> Result<Shown, Refusal> {
    let w = OpenWords::of(ask.lang);
    let faults = match opening.draft.is_begun() {
        true => opening.checked(desk, ask.lang).await?.faults,
        false => Vec::new(),
    };
    if ask.value("go")? == Some("on") && opening.draft.is_begun() && faults.is_empty() {
        return Ok(Shown::Further(opening.draft.at("/open")));
    }
    let (mut f, a) = opening.around(ask, &desk.doors.dashboard.origin, "/open/round")?;
    w.step_round.clone_into(&mut f.title);
    let reading = Reading::new(&opening.desk, &opening.draft, w);
    let form = Form { reading: &reading, lang: ask.lang, faults: &faults };
    Ok(Shown::Form(Box::new(RoundPage {
        t: Words::of(ask.lang),
        round: form.of_round(),
        blocks: form.of_blocks(),
        phases: PHASES.map(|phase| form.phase(phase)).into(),
        rules: form.of_rules(),
        bands: (0..BANDS).map(|place| form.band(place)).collect(),
        f,
        a,
        faults: named(&opening, (w, ask.lang), &faults),
    })))
}

/// Faults with the name of their field before each, for lists that stand apart from the form.
pub fn named(opening: &Opening, (w, lang): (&'static OpenWords, Lang), faults: &[FieldFault]) -> Vec<FieldFault> {
    let reading = Reading::new(&opening.desk, &opening.draft, w);
    let fields = all(&Form { reading: &reading, lang, faults: &[] });
    let label = |fault: &FieldFault| fields.iter().find(|field| field.name == fault.field).map(|field| &field.label);
    let named = faults.iter().map(|fault| match label(fault) {
        Some(label) => FieldFault { text: format!("{label}: {}", fault.text), ..fault.clone() },
        None => fault.clone(),
    });
    named.collect()
}

/// Every field of the form.
fn all(form: &Form) -> Vec<Field> {
    let phases = PHASES.into_iter().map(|phase| form.phase(phase)).flat_map(|phase| [phase.from, phase.until]);
    let bands = (0..BANDS).flat_map(|place| form.band(place));
    let blocks = form.of_blocks().into_iter().flat_map(|kind| {
        let more = kind.more.into_iter().flat_map(|further| further.fields);
        kind.first.into_iter().chain(more.collect::<Vec<_>>())
    });
    form.of_round().into_iter().chain(blocks).chain(phases).chain(form.of_rules()).chain(bands).collect()
}

/// Every field with what stands in it, for the form that opens the round over what was looked at.
pub fn fields(opening: &Opening, w: &'static OpenWords) -> Vec<(String, String)> {
    let reading = Reading::new(&opening.desk, &opening.draft, w);
    let fields = all(&Form { reading: &reading, lang: Lang::Vi, faults: &[] });
    fields.into_iter().map(|field| (field.name, field.value)).filter(|(_, value)| !value.is_empty()).collect()
}

struct Form<'r> {
    reading: &'r Reading<'r>,
    lang: Lang,
    faults: &'r [FieldFault],
}

impl Form<'_> {
    fn line(&self, name: impl Into<String>, label: impl Into<String>) -> Field {
        self.one(name, label, Vec::new())
    }

    fn one(&self, name: impl Into<String>, label: impl Into<String>, options: Vec<(String, String)>) -> Field {
        let name = name.into();
        let faults = self.faults.iter().filter(|fault| fault.field == name);
        let faults = faults.map(|fault| format!("{} ({})", fault.text, fault.code)).collect();
        Field { value: self.reading.value(&name), label: label.into(), options, faults, name }
    }

    fn words(&self, name: &str, label: &str, options: &[(&str, &str)]) -> Field {
        let options = options.iter().map(|(value, text)| ((*value).to_owned(), (*text).to_owned())).collect();
        self.one(name, label, options)
    }

    fn document(&self, name: &str, label: &str, kind: DocKind) -> Field {
        let title = |kept: &proto::opening::KeptDocument| {
            let title = kept.summary.as_ref().map_or("", |s| pick(self.lang, &s.title.vi, &s.title.en));
            (kept.id.to_string(), format!("{}: {title}", kept.id))
        };
        self.one(name, label, self.reading.sealed(kind).map(title).collect())
    }

    fn of_round(&self) -> Vec<Field> {
        let w = self.reading.w;
        let mut fields = vec![
            self.line("round", w.f_round),
            self.line("year", w.f_year),
            self.line("title.vi", w.f_title_vi),
            self.line("title.en", w.f_title_en),
            self.line("authority.vi", w.f_authority_vi),
            self.line("authority.en", w.f_authority_en),
            self.document("rulebook", w.f_rulebook, DocKind::Rulebook),
            self.document("catalogue", w.f_catalogue, DocKind::Catalogue),
            self.line("units_on", w.f_units_on),
        ];
        let yes_no = [("no", w.no), ("yes", w.yes)];
        let forms = self.reading.sealed(DocKind::Form);
        fields.extend(
            forms.map(|kept| self.words(&format!("form.{}", kept.id), &fill(w.f_form, &[kept.id.as_str()]), &yes_no)),
        );
        fields
    }

    fn of_blocks(&self) -> Vec<Kind> {
        let w = self.reading.w;
        let block = |kind: proto::Code| {
            let named =
                |member: &str, label| self.line(format!("block.{kind}.{member}"), fill(label, &[kind.as_str()]));
            let first = vec![
                named("id", w.f_block_id),
                named("vi", w.f_block_vi),
                named("en", w.f_block_en),
                named("without", w.f_without),
                named("unranked", w.f_unranked),
            ];
            // Those in which something stands, and one more.
            let last = (2..=BLOCKS).rfind(|place| self.reading.has_block(*place, &kind)).unwrap_or(1);
            Kind { first, more: (2..=BLOCKS.min(last + 1)).map(|place| self.further(place, &kind)).collect() }
        };
        self.reading.kinds().into_iter().map(block).collect()
    }

    fn further(&self, place: usize, kind: &proto::Code) -> Further {
        let (w, n) = (self.reading.w, place.to_string());
        let labels = [w.f_more_id, w.f_more_vi, w.f_more_en, w.f_more_units, w.f_more_unranked];
        let field = |(member, label): (&str, &str)| {
            self.line(format!("more.{place}.{kind}.{member}"), fill(label, &[&n, kind.as_str()]))
        };
        let fields: Vec<Field> = FURTHER.into_iter().zip(labels).map(field).collect();
        Further { title: fill(w.f_more, &[&n, kind.as_str()]), open: self.reading.has_block(place, kind), fields }
    }

    fn phase(&self, phase: proto::act::round::Phase) -> Phase {
        let (w, name) = (self.reading.w, phase.name(self.lang));
        Phase {
            name,
            from: self.line(format!("from.{phase}"), fill(w.f_from, &[name])),
            until: self.line(format!("until.{phase}"), fill(w.f_until, &[name])),
        }
    }

    fn of_rules(&self) -> Vec<Field> {
        let w = self.reading.w;
        let yes_no = [("yes", w.yes), ("no", w.no)];
        vec![
            self.words("own_unit", w.f_own_unit, &[("refuse", w.refuse), ("record", w.noted)]),
            self.words("unsubmitted", w.f_unsubmitted, &[("zero", w.zero), ("as_drafted", w.as_drafted)]),
            self.words("count.second", w.f_second, &yes_no),
            self.words("count.council", w.f_council, &yes_no),
            self.words("count.correction", w.f_correction, &yes_no),
            self.line("digits", w.f_digits),
            self.words(
                "rounding",
                w.f_rounding,
                &[("half_up", w.half_up), ("half_even", w.half_even), ("down", w.down)],
            ),
            self.words("ties", w.f_ties, &[("competition", w.competition), ("dense", w.dense)]),
            self.line("deciding", w.f_deciding),
            self.words(
                "receipts",
                w.f_receipts,
                &[("none", w.receipts_none), ("signed", w.receipts_signed), ("cosigned", w.receipts_cosigned)],
            ),
            self.line("wait", w.f_wait),
        ]
    }

    fn band(&self, place: usize) -> Vec<Field> {
        let (w, n) = (self.reading.w, (place + 1).to_string());
        let members =
            [("code", w.band_code), ("from", w.band_from), ("vi", w.band_vi), ("en", w.band_en), ("kind", w.band_kind)];
        members.map(|(member, label)| self.line(format!("band.{place}.{member}"), fill(label, &[&n]))).into()
    }
}

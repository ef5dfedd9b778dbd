//! Given, when, then. A story that asks something and does not look at the answer fails.

use proto::act::council::DecisionRecorded;
use proto::rows::{ScoreRow, StandingRow, UnitRow};
use proto::{Act, Event, Exact, Fact, Instant, Rejection};

use super::check::{index_of, ranking_of};
use super::fixture::{moment, r22};
use super::given::{Steps, founded, play};
use super::harness::Log;
use super::kinds::fact_of;
use super::people::Who;

/// A story on its way.
pub struct Story {
    /// The log.
    pub log: Log,
    asked: Option<(Act, Result<Event, Rejection>)>,
    last: Option<Event>,
}

/// What a story expects to have happened: a kind whose data is the act's own, or a whole fact.
pub enum Expected {
    /// The kind.
    Kind(&'static str),
    /// The fact.
    Fact(Box<Fact>),
}

impl From<&'static str> for Expected {
    fn from(kind: &'static str) -> Self {
        Self::Kind(kind)
    }
}
impl From<Fact> for Expected {
    fn from(fact: Fact) -> Self {
        Self::Fact(Box::new(fact))
    }
}

/// A story that begins in a log with people and documents, after these steps.
pub fn given<const N: usize>(steps: [Steps; N]) -> Story {
    let mut log = Log::of(founded()).checked();
    play(&mut log, steps.concat());
    Story { log, asked: None, last: None }
}

/// A story that begins before the first event, after these steps.
pub fn given_nothing<const N: usize>(steps: [Steps; N]) -> Story {
    let mut log = Log::empty().checked();
    play(&mut log, steps.concat());
    Story { log, asked: None, last: None }
}

impl Story {
    /// Time passes, and the timer does what falls due.
    pub fn at(self, text: &str) -> Self {
        self.at_instant(moment(text))
    }

    /// As [`Story::at`], to the microsecond.
    pub fn at_instant(mut self, at: Instant) -> Self {
        self.log.go_to(at);
        self
    }

    /// Time passes, but the timer comes late.
    pub fn at_before_the_timer(mut self, text: &str) -> Self {
        self.log.at = moment(text);
        self
    }

    /// More of what was given.
    pub fn and(mut self, steps: Steps) -> Self {
        self.looked();
        play(&mut self.log, steps);
        self
    }

    /// Someone asks for something.
    pub fn when(mut self, who: Who, act: Act) -> Self {
        self.looked();
        let act = self.log.as_it_stands(act);
        let answer = self.log.send(&who, act.clone());
        self.asked = Some((act, answer));
        self
    }

    /// It happened, and nothing else did: in the stream and kind of the act, as the fact says.
    pub fn then(mut self, expected: impl Into<Expected>) -> Self {
        let (act, answer) = self.asked.take().expect("then follows when");
        let event = answer.unwrap_or_else(|e| panic!("{} was refused: {e}", act.kind()));
        assert_eq!(event.fact.kind(), fact_of(act.kind()), "the kind of fact that {} makes", act.kind());
        match expected.into() {
            Expected::Fact(fact) => assert_eq!(event.fact, *fact),
            Expected::Kind(kind) => {
                assert_eq!(event.fact.kind(), kind);
                says_what_was_asked(&act, &event.fact);
            }
        }
        self.last = Some(event);
        self
    }

    /// It was refused for this reason, and nothing changed.
    pub fn then_refused(mut self, code: &str) -> Self {
        let (act, answer) = self.asked.take().expect("then follows when");
        let Err(rejection) = answer else { panic!("{} was accepted, not refused with {code}", act.kind()) };
        assert_eq!(rejection.code(), code, "{}: {rejection}", act.kind());
        self
    }

    /// It was refused for this reason, and the refusal names this.
    pub fn then_refused_with(mut self, code: &str, member: &str, value: &str) -> Self {
        if let Some((_, Err(rejection))) = &self.asked {
            let members = rejection.members();
            assert_eq!(members.get(member).map(String::as_str), Some(value), "{member} of {rejection}");
        }
        self = self.then_refused(code);
        self
    }

    /// The stream of what happened.
    pub fn in_stream(self, stream: &str) -> Self {
        assert_eq!(self.event().envelope.stream.to_string(), stream);
        self
    }

    /// What happened follows from the last event of this kind.
    pub fn because_of(self, kind: &str) -> Self {
        let cause = self.log.events.iter().rev().find(|e| e.fact.kind() == kind).map(|e| e.envelope.id.clone());
        assert_eq!(self.event().envelope.cause, Some(cause.expect(kind)));
        self
    }

    /// What happened follows from nothing else.
    pub fn without_cause(self) -> Self {
        assert_eq!(self.event().envelope.cause, None);
        self
    }

    /// What happened last.
    pub fn event(&self) -> &Event {
        self.last.as_ref().expect("something happened")
    }

    /// A decision as it was just recorded.
    pub fn recorded(&self) -> &DecisionRecorded {
        match &self.event().fact {
            Fact::DecisionRecorded(f) => f,
            other => panic!("{} is no record", other.kind()),
        }
    }

    /// A score shows this: its stages and states, as in "self 6, first 5, flag raised".
    pub fn shows(self, unit: &str, leaf: &str, expected: &str) -> Self {
        assert_eq!(told(&self.log.score_row(unit, leaf)), expected, "{unit} {leaf}");
        self
    }

    /// A score's final points; "" for none.
    pub fn counts(self, unit: &str, leaf: &str, points: &str) -> Self {
        let row = self.log.score_row(unit, leaf);
        assert_eq!(row.final_points.map_or(String::new(), |p| plain(&p)), points, "{unit} {leaf}");
        self
    }

    /// A unit's sheet: its state, and how many of its leaves are scored.
    pub fn sheet(self, unit: &str, state: &str, scored: u64) -> Self {
        let row = self.unit(unit);
        assert_eq!((row.state.as_str(), row.scored), (state, scored), "{unit}");
        self
    }

    /// A unit's points reached and applicable maximum.
    pub fn reaches(self, unit: &str, reached: &str, maximum: &str) -> Self {
        let row = self.unit(unit);
        assert_eq!((plain(&row.reached), plain(&row.maximum)), (reached.to_owned(), maximum.to_owned()), "{unit}");
        self
    }

    /// A unit stands so in a publication (0: live): printed index, rank, band.
    pub fn stands(self, publication: u64, unit: &str, printed: &str, rank: u64, band: &str) -> Self {
        let row = self.standing(publication, unit);
        let of = row.band.as_ref().map_or("", |b| b.as_str());
        assert_eq!((row.printed.as_str(), row.rank, of), (printed, rank, band), "{unit}");
        self
    }

    /// A unit's row of the index.
    pub fn unit(&self, unit: &str) -> UnitRow {
        let rows = index_of(&self.log.world, &r22()).units;
        rows.into_iter().find(|r| r.unit.as_str() == unit).expect(unit)
    }

    /// A unit's row of the ranking, in a publication or (0) live.
    pub fn standing(&self, publication: u64, unit: &str) -> StandingRow {
        let rows = ranking_of(&self.log.world, &r22()).standings;
        let found = rows.into_iter().find(|r| r.publication == publication && r.unit.as_str() == unit);
        found.unwrap_or_else(|| panic!("no standing of {unit} in publication {publication}"))
    }

    fn looked(&self) {
        assert!(self.asked.is_none(), "the story did not look at an answer");
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.looked();
        }
    }
}

/// A fact says what the act asked for: its own data, or an object that holds it as `act` or `grant`.
fn says_what_was_asked(act: &Act, fact: &Fact) {
    let parse = |bytes: Vec<u8>| -> serde_json::Value { serde_json::from_slice(&bytes).expect("canonical JSON") };
    let (asked, said) = (parse(act.data().expect("data")), parse(fact.data().expect("data")));
    let said = ["act", "grant"].iter().find_map(|m| said.get(m).filter(|v| v.is_object())).unwrap_or(&said);
    let (Some(asked), Some(said)) = (asked.as_object(), said.as_object()) else { panic!("data that is no object") };
    for (member, value) in asked {
        assert_eq!(said.get(member), Some(value), "{member} of {}", fact.kind());
    }
}

/// A fraction without its denominator where that is 1.
pub fn plain(points: &Exact) -> String {
    let text = points.to_string();
    text.strip_suffix("/1").map_or(text.clone(), str::to_owned)
}

/// The stages and states of a score in one line.
fn told(row: &ScoreRow) -> String {
    let stages = [
        ("self", &row.self_points),
        ("first", &row.first_points),
        ("second", &row.second_points),
        ("council", &row.council_points),
        ("correction", &row.correction_points),
        ("survey", &row.survey_points),
    ];
    let stages = stages.iter().filter_map(|(stage, points)| Some(format!("{stage} {}", plain(points.as_ref()?))));
    let flag = row.flag.map(|f| format!("flag {f}"));
    let exemption = row.exemption.map(|e| format!("exemption {e}"));
    stages.chain(flag).chain(exemption).collect::<Vec<_>>().join(", ")
}

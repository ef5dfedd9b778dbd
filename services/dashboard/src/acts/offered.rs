//! The forms: what each act asks for, filled with what is known or was typed.

use proto::act::council::Matter;
use proto::document::{Lang, Text};
use proto::rows::SheetState;
use proto::said::Named;
use proto::work::{DecisionWork, RoundWork};

use super::read::next_decision;
use super::{ActForm, Button, Doing, Field, Kind};
use crate::sign_in::Fields;
use crate::words::{SurveyWords, WorkWords, fill, matter, pick};

/// What all forms of a page have.
pub struct Forms<'a> {
    /// The language.
    pub lang: Lang,
    /// The round.
    pub work: &'a RoundWork,
}

/// What is told before a form, what it is about, what it asks for and its buttons.
struct Parts<'g> {
    title: &'static str,
    lead: String,
    hidden: Vec<(&'static str, String)>,
    given: &'g Fields,
    fields: Vec<Field>,
    buttons: Vec<Button>,
}

impl<'g> Parts<'g> {
    fn new(title: &'static str, given: &'g Fields) -> Self {
        let button = Button { name: "", value: "", text: title.to_owned(), second: false };
        Self { title, lead: String::new(), hidden: Vec::new(), given, fields: Vec::new(), buttons: vec![button] }
    }

    fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = lead.into();
        self
    }

    /// What it is about, as it was given.
    fn about(mut self, names: &[&'static str]) -> Self {
        self.hidden.extend(names.iter().map(|name| (*name, self.given.get(name).to_owned())));
        self
    }

    /// What it is about, as it stands.
    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.hidden.push((name, value.to_string()));
        self
    }

    fn ask(mut self, name: &'static str, label: &str, required: bool, kind: Kind) -> Self {
        let value = self.given.get(name).to_owned();
        self.fields.push(Field { name, label: label.to_owned(), value, required, kind });
        self
    }

    fn until(self, w: &WorkWords) -> Self {
        self.ask("until", w.new_deadline, true, Kind::Line("datetime-local"))
    }

    fn reason(self, w: &WorkWords) -> Self {
        self.ask("reason", w.reason, true, Kind::Lines)
    }
}

impl Forms<'_> {
    fn said(&self, text: &Text) -> String {
        pick(self.lang, &text.vi, &text.en).to_owned()
    }

    fn units(&self, wanted: impl Fn(SheetState) -> bool) -> Vec<(String, String)> {
        let units = self.work.units.iter().filter(|unit| wanted(unit.state));
        units.map(|unit| (unit.unit.to_string(), self.said(&unit.name))).collect()
    }

    fn phases(&self) -> Vec<(String, String)> {
        let open = self.work.phases.iter().filter(|phase| self.work.at < phase.until);
        open.map(|phase| (phase.phase.to_string(), phase.phase.name(self.lang).to_owned())).collect()
    }

    /// The decisions by which the result as it stands can be published.
    pub fn published_by(&self) -> Vec<(String, String)> {
        let later = !self.work.publications.is_empty();
        let rests = |decision: &&DecisionWork| {
            let fits = match decision.matter {
                Matter::Result { digest } => digest == self.work.digest,
                Matter::Scores { .. } | Matter::Appeal { .. } => later,
            };
            decision.carried == Some(true) && fits
        };
        // The latest first: it is the one that is meant.
        let decisions = self.work.decisions.iter().rev().filter(rests);
        decisions
            .map(|d| (d.decision.to_string(), format!("{}: {}", d.decision, matter(self.lang, &d.matter))))
            .collect()
    }

    fn batches(&self, given: &Fields) -> Vec<(String, String, bool)> {
        let chosen: Vec<&str> = given.all("batches").collect();
        let stands = self.work.batches.iter().filter(|batch| !batch.voided && batch.replaced_by.is_none());
        let offered = stands.map(|batch| {
            let is_on = chosen.is_empty() || chosen.contains(&batch.batch.as_str());
            (batch.batch.to_string(), batch.batch.to_string(), is_on)
        });
        offered.collect()
    }

    /// The form of an act, with what was given: what it is about, and what was typed before.
    pub fn form(&self, doing: Doing, given: &Fields, command: String) -> ActForm {
        let Parts { title, lead, hidden, fields, buttons, .. } = self.parts(doing, given);
        // Forms of one kind stand on a page several times: each is told apart by what it is about.
        let about = hidden.iter().filter(|(name, _)| *name != "digest").map(|(_, value)| value.as_str());
        let id = std::iter::once(doing.name()).chain(about).collect::<Vec<_>>().join("-");
        let action = format!("/rounds/{}/acts/{}", self.work.query.round, doing.name());
        ActForm { action, id, title: title.to_owned(), lead, command, hidden, fields, buttons }
    }

    fn parts<'g>(&self, doing: Doing, given: &'g Fields) -> Parts<'g> {
        let (w, work) = (WorkWords::of(self.lang), self.work);
        let new = |title| Parts::new(title, given);
        match doing {
            Doing::Extend => {
                let all = std::iter::once((String::new(), w.all_units.to_owned()));
                let units = all.chain(self.units(|_| true)).collect();
                let phases = Kind::One(self.phases());
                let parts =
                    new(w.extend).ask("phase", w.phase, true, phases).ask("unit", w.unit, false, Kind::One(units));
                parts.until(w).reason(w)
            }
            Doing::Reopen => {
                let locked = Kind::One(self.units(|state| state != SheetState::Open));
                new(w.reopen).lead(w.reopen_lead).ask("unit", w.unit, true, locked).until(w).reason(w)
            }
            Doing::ProposeResult => {
                let lead = fill(w.propose_result_lead, &[&work.digest.to_string()]);
                let decision = next_decision(work).map_or_else(String::new, |id| id.to_string());
                new(w.propose_result).lead(lead).with("decision", decision).with("digest", work.digest)
            }
            Doing::Vote => {
                let manners = [("meeting", w.in_meeting), ("writing", w.in_writing)];
                let manners = manners.map(|(value, text)| (value.to_owned(), text.to_owned())).to_vec();
                let button = |value, text: &str, second| Button { name: "vote", value, text: text.to_owned(), second };
                let parts = new(w.vote).about(&["decision"]).ask("manner", w.manner, true, Kind::One(manners));
                let (for_it, against) = (button("for", w.vote_for, false), button("against", w.vote_against, true));
                Parts { buttons: vec![for_it, against, button("abstain", w.vote_abstain, true)], ..parts }
            }
            Doing::Record => {
                let parts = new(w.record).lead(w.record_lead).about(&["decision"]);
                parts.ask("minutes", w.minutes, true, Kind::Lines)
            }
            Doing::CarryOut => new(w.carry_out).about(&["decision", "unit", "leaf", "revision"]),
            Doing::Publish => {
                let number = work.publications.len() + 1;
                let needs_reason = number > 1 || !work.faults.is_empty();
                let lead = fill(w.publish_lead, &[&number.to_string(), &work.digest.to_string()]);
                let parts = new(w.publish).lead(lead).with("publication", number).with("position", work.position);
                parts.with("digest", work.digest).ask("decision", w.rests_on, true, Kind::One(self.published_by())).ask(
                    "reason",
                    w.publish_reason,
                    needs_reason,
                    Kind::Lines,
                )
            }
            Doing::Examine => new(w.examine).lead(w.examine_lead).about(&["number", "position", "digest"]),
            Doing::Answer => new(w.answer).about(&["number"]).ask("text", w.answer_text, true, Kind::Lines),
            Doing::Decide => new(w.decide).lead(w.decide_lead).about(&["number", "decision"]),
            Doing::Correct => new(w.correct).about(&["number", "unit", "leaf", "revision"]),
            Doing::Void => new(w.void).lead(w.void_lead).about(&["batch"]).reason(w),
            Doing::Merge => {
                let batches = Kind::Many(self.batches(given));
                new(w.merge).lead(w.merge_lead).ask("batches", w.batches, true, batches)
            }
            Doing::Award | Doing::Impose => {
                let s = SurveyWords::of(self.lang);
                let parts = new(if doing == Doing::Award { s.award } else { s.impose });
                let parts = parts.about(&["unit", "code", "revision"]);
                parts.ask("points", s.set_points, true, Kind::Line("text")).reason(w)
            }
            Doing::Close => new(w.close_round).lead(w.close_round_lead),
        }
    }
}

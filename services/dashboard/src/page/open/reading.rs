//! A draft's way into the command that opens the round: every field is parsed, and all that cannot be is told at once, each at its field.
//! Whether a round of that kind may be opened is the ledger's.

use std::str::FromStr;

use proto::act::round::{Band, OpenRound, OwnUnit, Phase, Policy, ReceiptRule, Stage, Ties, Unsubmitted, Window};
use proto::document::{DocKind, DocRef, Text};
use proto::exact::RoundingMode;
use proto::opening::{KeptDocument, OpeningDesk};
use proto::{Code, Day, Decimal, Instant, RoundId, Vouched};

use super::draft::{BANDS, Draft, PHASES};
use crate::moment;
use crate::words::OpenWords;

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The field.
    pub field: String,
    /// The stable code.
    pub code: String,
    /// What is wrong, in the reader's language.
    pub text: String,
}

/// A draft beside what is on record.
pub struct Reading<'d> {
    /// What is on record.
    pub desk: &'d OpeningDesk,
    /// What was typed.
    pub draft: &'d Draft,
    /// The words of faults.
    pub w: &'static OpenWords,
    faults: Vec<FieldFault>,
}

impl<'d> Reading<'d> {
    /// Of a draft.
    pub fn new(desk: &'d OpeningDesk, draft: &'d Draft, w: &'static OpenWords) -> Self {
        Self { desk, draft, w, faults: Vec::new() }
    }

    /// What stands in a field: as it was typed, or else as the round before declared it.
    pub fn value(&self, name: &str) -> String {
        self.draft.get(name).map_or_else(|| self.usual(name), str::to_owned)
    }

    /// The sealed documents of a kind, the newest first.
    pub fn sealed(&self, kind: DocKind) -> impl Iterator<Item = &'d KeptDocument> {
        self.desk.documents.iter().rev().filter(move |kept| kept.kind == kind && kept.sealed.is_some())
    }

    /// The document that is chosen in a field.
    pub fn chosen(&self, name: &str, kind: DocKind) -> Option<&'d KeptDocument> {
        let id = self.value(name);
        self.sealed(kind).find(|kept| kept.id.as_str() == id)
    }

    fn usual(&self, name: &str) -> String {
        let like = self.desk.like.as_ref();
        let policy = like.map(|like| &like.policy);
        let text = |pick: fn(&OpenRound) -> &Text, vi: bool| {
            like.map_or_else(String::new, |like| if vi { pick(like).vi.clone() } else { pick(like).en.clone() })
        };
        let newest = |kind| self.sealed(kind).next().map_or_else(String::new, |kept| kept.id.to_string());
        let yes = |stage| yes_no(policy.is_none_or(|policy| policy.counts.contains(&stage)));
        match name {
            "rulebook" => newest(DocKind::Rulebook),
            "catalogue" => newest(DocKind::Catalogue),
            "year" => like.map_or_else(String::new, |like| (like.year + 1).to_string()),
            "authority.vi" => text(|like| &like.authority, true),
            "authority.en" => text(|like| &like.authority, false),
            "own_unit" => word(&OWN_UNIT, policy.map_or(OwnUnit::Refuse, |policy| policy.own_unit)),
            "unsubmitted" => word(&UNSUBMITTED, policy.map_or(Unsubmitted::Zero, |policy| policy.unsubmitted)),
            "count.second" => yes(Stage::Second),
            "count.council" => yes(Stage::Council),
            "count.correction" => yes(Stage::Correction),
            "digits" => policy.map_or(2, |policy| policy.digits).to_string(),
            "rounding" => word(&ROUNDING, policy.map_or(RoundingMode::HalfUp, |policy| policy.rounding)),
            "ties" => word(&TIES, policy.map_or(Ties::Competition, |policy| policy.ties)),
            "deciding" => policy.map_or_else(String::new, |policy| listed(&policy.deciding)),
            "receipts" => word(&RECEIPTS, policy.and_then(|policy| policy.receipts).map(|rule| rule.vouched)),
            "wait" => policy.and_then(|p| p.receipts).map_or(10, |rule| rule.wait_seconds).to_string(),
            _ => self.usual_of(name).unwrap_or_default(),
        }
    }

    /// Of a block or a band.
    fn usual_of(&self, name: &str) -> Option<String> {
        let (of, rest) = name.split_once('.')?;
        let (which, member) = rest.rsplit_once('.')?;
        let block = match of {
            "block" => Some((1, which)),
            "more" => which.split_once('.').and_then(|(place, kind)| Some((place.parse().ok()?, kind))),
            _ => None,
        };
        if let Some((place, kind)) = block {
            return Some(self.usual_of_block(place, kind, member));
        }
        let like = self.desk.like.as_ref()?;
        let band = like.policy.bands.get(which.parse::<usize>().ok().filter(|_| of == "band")?)?;
        Some(match member {
            "code" => band.code.to_string(),
            "from" => band.from.to_string(),
            "vi" => band.title.vi.clone(),
            "en" => band.title.en.clone(),
            _ => band.kind.as_ref().map_or_else(String::new, ToString::to_string),
        })
    }

    /// The round that the draft declares.
    ///
    /// # Errors
    /// All that cannot be read, each at its field.
    pub fn round(mut self) -> Result<OpenRound, Vec<FieldFault>> {
        let round = self.must("round", |text| RoundId::parse(text).ok(), self.w.bad_id);
        let year = self.must("year", |text| text.parse().ok(), self.w.bad_number);
        let title = self.text("title", true);
        let authority = self.text("authority", true);
        let rulebook = self.document("rulebook", DocKind::Rulebook);
        let catalogue = self.document("catalogue", DocKind::Catalogue);
        let units_on = self.maybe("units_on", moment::day, self.w.bad_day);
        let forms = self.forms();
        let day = units_on.or_else(|| Day::parse(&format!("{:04}-12-31", year.unwrap_or(0_u32))).ok());
        let blocks = self.blocks(day);
        let phases = PHASES.into_iter().filter_map(|phase| self.window(phase)).collect();
        let policy = self.policy();
        match (round, year, rulebook, catalogue, policy) {
            (Some(round), Some(year), Some(rulebook), Some(catalogue), Some(policy)) if self.faults.is_empty() => {
                Ok(OpenRound {
                    round,
                    year,
                    title,
                    authority,
                    rulebook,
                    catalogue,
                    units_on,
                    forms,
                    blocks,
                    phases,
                    policy,
                })
            }
            _ => Err(self.faults),
        }
    }

    pub(super) fn fault(&mut self, field: &str, code: &str, text: &str) {
        self.faults.push(FieldFault { field: field.to_owned(), code: code.to_owned(), text: text.to_owned() });
    }

    fn maybe<T>(&mut self, name: &str, parse: impl Fn(&str) -> Option<T>, else_said: &str) -> Option<T> {
        let value = self.value(name);
        if value.is_empty() {
            return None;
        }
        let parsed = parse(&value);
        if parsed.is_none() {
            self.fault(name, "field_malformed", else_said);
        }
        parsed
    }

    pub(super) fn must<T>(&mut self, name: &str, parse: impl Fn(&str) -> Option<T>, else_said: &str) -> Option<T> {
        if self.value(name).is_empty() {
            self.fault(name, "field_required", self.w.bad_required);
            return None;
        }
        self.maybe(name, parse, else_said)
    }

    /// A text in both languages; English may stay empty, as in documents.
    pub(super) fn text(&mut self, name: &str, is_needed: bool) -> Text {
        let (vi, en) = (format!("{name}.vi"), self.value(&format!("{name}.en")));
        if is_needed && self.value(&vi).is_empty() {
            self.fault(&vi, "field_required", self.w.bad_required);
        }
        Text { vi: self.value(&vi), en }
    }

    fn chosen_word<T: Copy>(&mut self, name: &str, of: &[(&str, T)]) -> Option<T> {
        let find = |text: &str| of.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        self.must(name, find, self.w.bad_choice)
    }

    fn document(&mut self, name: &str, kind: DocKind) -> Option<DocRef> {
        let kept = self.chosen(name, kind);
        if kept.is_none() {
            self.fault(name, "document_unknown", self.w.bad_document);
        }
        kept.and_then(reference)
    }

    fn forms(&self) -> Vec<DocRef> {
        let is_chosen = |kept: &&KeptDocument| self.value(&format!("form.{}", kept.id)) == "yes";
        let mut forms: Vec<DocRef> = self.sealed(DocKind::Form).filter(is_chosen).filter_map(reference).collect();
        forms.reverse();
        forms
    }

    /// A phase's window; none where both of its fields are empty.
    fn window(&mut self, phase: Phase) -> Option<Window> {
        let (from, until) = (format!("from.{phase}"), format!("until.{phase}"));
        if self.value(&from).is_empty() && self.value(&until).is_empty() {
            return None;
        }
        let from: Option<Instant> = self.must(&from, moment::minute, self.w.bad_moment);
        let until = self.must(&until, moment::minute, self.w.bad_moment);
        Some(Window { phase, from: from?, until: until? })
    }

    fn policy(&mut self) -> Option<Policy> {
        let own_unit = self.chosen_word("own_unit", &OWN_UNIT);
        let unsubmitted = self.chosen_word("unsubmitted", &UNSUBMITTED);
        let mut counts = vec![Stage::Own, Stage::First];
        let later = [
            ("count.second", Stage::Second),
            ("count.council", Stage::Council),
            ("count.correction", Stage::Correction),
        ];
        for (name, stage) in later {
            if self.chosen_word(name, &YES_NO) == Some(true) {
                counts.push(stage);
            }
        }
        let digits = self.must("digits", |text| text.parse().ok(), self.w.bad_number);
        let rounding = self.chosen_word("rounding", &ROUNDING);
        let ties = self.chosen_word("ties", &TIES);
        let codes = |text: &str| parts(text).map(|code| Code::from_str(code).ok()).collect::<Option<Vec<_>>>();
        let deciding = self.maybe("deciding", codes, self.w.bad_id).unwrap_or_default();
        let vouched = self.chosen_word("receipts", &RECEIPTS);
        let wait = self.must("wait", |text| text.parse().ok(), self.w.bad_number);
        let receipts = match (vouched, wait) {
            (Some(Some(vouched)), Some(wait_seconds)) => Some(ReceiptRule { vouched, wait_seconds }),
            _ => None,
        };
        let bands = (0..BANDS).filter_map(|place| self.band(place)).collect();
        Some(Policy {
            own_unit: own_unit?,
            unsubmitted: unsubmitted?,
            counts,
            digits: digits?,
            rounding: rounding?,
            ties: ties?,
            deciding,
            bands,
            receipts,
        })
    }

    /// A band; none where all of its fields are empty.
    fn band(&mut self, place: usize) -> Option<Band> {
        let name = |member: &str| format!("band.{place}.{member}");
        if ["code", "from", "vi", "en", "kind"].iter().all(|member| self.value(&name(member)).is_empty()) {
            return None;
        }
        let code = self.must(&name("code"), |text| Code::parse(text).ok(), self.w.bad_id);
        let from = self.must(&name("from"), |text| Decimal::parse(&text.replace(',', ".")).ok(), self.w.bad_number);
        let kind = self.maybe(&name("kind"), |text| Code::parse(text).ok(), self.w.bad_id);
        let title = self.text(&format!("band.{place}"), true);
        Some(Band { code: code?, title, from: from?, kind })
    }
}

/// The field at which a fault of the command is mended.
pub fn field_of(round: &OpenRound, path: &str) -> String {
    match path.split_once(' ') {
        Some(("block", block)) => field_of_block(round, block),
        Some(("phase", phase)) => format!("from.{phase}"),
        _ => match path {
            "blocks" => "catalogue".to_owned(),
            "bands" => "band.0.code".to_owned(),
            "counts" => "count.second".to_owned(),
            "forms" | "form" => "rulebook".to_owned(),
            "receipts" => "wait".to_owned(),
            other => other.to_owned(),
        },
    }
}

/// Of the blocks of one kind the first stands in fields of its own, and each further one in those of its place.
fn field_of_block(round: &OpenRound, name: &str) -> String {
    // Of two of one name it is the later one that has taken it.
    let Some(block) = round.blocks.iter().rfind(|block| block.block.as_str() == name) else {
        return "catalogue".to_owned();
    };
    let alike: Vec<_> = round.blocks.iter().filter(|other| other.kind == block.kind).collect();
    match alike.iter().rposition(|other| other.block == block.block) {
        Some(place @ 1..) => format!("more.{}.{}.units", place + 1, block.kind),
        _ => format!("block.{}.without", block.kind),
    }
}

fn reference(kept: &KeptDocument) -> Option<DocRef> {
    Some(DocRef { id: kept.id.clone(), digest: kept.sealed? })
}

pub(super) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', ' ']).map(str::trim).filter(|part| !part.is_empty())
}

pub(super) fn listed<T: ToString>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn yes_no(yes: bool) -> String {
    word(&YES_NO, yes)
}

fn word<T: PartialEq>(of: &[(&str, T)], value: T) -> String {
    of.iter().find(|(_, known)| *known == value).map_or_else(String::new, |(word, _)| (*word).to_owned())
}

/// An appraiser's own unit, as forms send it.
pub const OWN_UNIT: [(&str, OwnUnit); 2] = [("refuse", OwnUnit::Refuse), ("record", OwnUnit::Record)];
/// Sheets that were never submitted.
pub const UNSUBMITTED: [(&str, Unsubmitted); 2] = [("zero", Unsubmitted::Zero), ("as_drafted", Unsubmitted::AsDrafted)];
/// Rounding.
pub const ROUNDING: [(&str, RoundingMode); 3] =
    [("half_up", RoundingMode::HalfUp), ("half_even", RoundingMode::HalfEven), ("down", RoundingMode::Down)];
/// Equal values.
pub const TIES: [(&str, Ties); 2] = [("competition", Ties::Competition), ("dense", Ties::Dense)];
/// Yes or no.
pub const YES_NO: [(&str, bool); 2] = [("yes", true), ("no", false)];
/// Which answers wait for a checkpoint.
pub const RECEIPTS: [(&str, Option<Vouched>); 3] =
    [("none", None), ("signed", Some(Vouched::Signed)), ("cosigned", Some(Vouched::Cosigned))];

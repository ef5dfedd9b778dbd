//! What the pages have in common that tell what happened between two moments: the moments, events, points and their changes
//! in words. Nothing is reckoned here: the inspector's answer is set in type.

use proto::between::{Effects, EventLine, KindCount, ScoreShown, Stood};
use proto::document::Lang;
use proto::rows::PublicationRow;
use proto::said::Named;
use proto::{AsOf, Exact};

use super::Moment;
use super::then::spelled;
use crate::ask::Ask;
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::words::{self, InspectorWords, fill};

/// Digits of an event's hash that a page shows; the read API gives all of them.
const HASH_DIGITS: usize = 12;
/// Digits by which a small change is printed beyond the declared ones.
const FINER_DIGITS: u8 = 4;

/// Two moments as a page asks for them.
pub struct Moments {
    /// The first.
    pub from: AsOf,
    /// What the form shows as the first.
    pub from_asked: String,
    /// What the form shows as the second; empty for now.
    pub to_asked: String,
    /// Moments that are worth a look: their words, and how a query names them.
    pub shortcuts: Vec<(String, String)>,
}

impl Moments {
    /// Those that a request names. One that names no first moment is told of what came since the last publication but one.
    pub fn asked(ask: &Ask, publications: &[PublicationRow]) -> Result<Self, Refusal> {
        let w = InspectorWords::of(ask.lang);
        let from = ask.as_of("from")?;
        let before_last = publications.iter().rev().nth(1).map_or(0, |p| p.position);
        let from_asked = ask.value("from")?.map_or_else(|| before_last.to_string(), str::to_owned);
        let to_asked = ask.value("to")?.unwrap_or_default().to_owned();
        let mut stops = vec![(w.beginning.to_owned(), "0".to_owned())];
        stops.extend(publications.iter().map(|p| {
            let number = p.publication.to_string();
            (fill(w.published, &[&number]), p.position.to_string())
        }));
        stops.push((w.now.to_owned(), String::new()));
        let shortcut = |pair: &[(String, String)]| {
            let said = fill(w.between, &[&pair[0].0, &pair[1].0]);
            (said, format!("from={}&to={}", pair[0].1, pair[1].1))
        };
        let shortcuts = stops.windows(2).map(shortcut).collect();
        let from = from.unwrap_or(AsOf::Position(before_last));
        Ok(Self { from, from_asked, to_asked, shortcuts })
    }

    /// The second moment, as a page takes it along that is asked for one: `&position=812`, `&at=28/10/2022`; nothing for now.
    pub fn then(&self) -> String {
        match self.to_asked.as_str() {
            "" => String::new(),
            to if to.bytes().all(|b| b.is_ascii_digit()) => format!("&position={to}"),
            to => format!("&at={}", spelled(to)),
        }
    }

    /// The same where a page takes a moment in one field: `&as_of=812`.
    pub fn as_of(&self) -> String {
        let to = spelled(&self.to_asked);
        if to.is_empty() { to } else { format!("&as_of={to}") }
    }

    /// The two moments as a query names them.
    pub fn as_query(&self) -> String {
        format!("from={}&to={}", spelled(&self.from_asked), spelled(&self.to_asked))
    }
}

/// An event as a page names it.
pub struct EventRow {
    /// Its position.
    pub position: u64,
    /// The first digits of its hash.
    pub hash: String,
    /// When.
    pub at: Moment,
    /// What, in words.
    pub kind: String,
    /// The leaf, bonus or penalty.
    pub leaf: Option<String>,
    /// Its stream.
    pub stream: String,
    /// Who.
    pub actor: String,
    /// In which capacity.
    pub capacity: &'static str,
    /// In which unit; empty for none.
    pub unit: String,
    /// Why; empty for nothing.
    pub reason: String,
    /// What a link to its actor takes along: `&as_of=812`; empty for now.
    pub kept: String,
}

impl EventRow {
    /// The same, on a page that shows a moment.
    pub fn keeping(self, kept: &str) -> Self {
        Self { kept: kept.to_owned(), ..self }
    }
}

/// An event in a language.
pub fn event(lang: Lang, line: &EventLine) -> EventRow {
    let reason = if line.kind == "vote_cast" { words::vote(lang, &line.reason) } else { &line.reason };
    EventRow {
        position: line.position,
        hash: line.hash.to_string()[..HASH_DIGITS].to_owned(),
        at: line.at.into(),
        kind: words::kind(lang, &line.kind).to_owned(),
        leaf: line.leaf.as_ref().map(ToString::to_string),
        stream: line.stream.to_string(),
        actor: line.actor.id.to_string(),
        capacity: line.actor.capacity.name(lang),
        unit: line.actor.unit.as_ref().map_or(String::new(), ToString::to_string),
        reason: reason.to_owned(),
        kept: String::new(),
    }
}

/// Kinds of events with how many there were of each: "12 × Tự chấm điểm; ...".
pub fn kinds(lang: Lang, counts: &[KindCount]) -> String {
    let said = |k: &KindCount| format!("{} × {}", crate::number::count(lang, k.events), words::kind(lang, &k.kind));
    counts.iter().map(said).collect::<Vec<_>>().join("; ")
}

/// A value before and after, and whether it changed.
pub struct Change {
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

impl Change {
    /// A change of what is said of two things.
    pub fn of<T: ?Sized>(before: Option<&T>, after: &T, said: impl Fn(&T) -> String) -> Self {
        Self { before: before.map_or_else(|| "–".to_owned(), &said), after: said(after) }
    }

    /// Both, the earlier one first.
    pub fn ends(&self) -> [String; 2] {
        [self.before.clone(), self.after.clone()]
    }

    /// Whether both are said alike.
    pub fn same(&self) -> bool {
        self.before == self.after
    }
}

/// A rank; a dash for none.
pub fn rank(rank: u64) -> String {
    if rank == 0 { "–".to_owned() } else { rank.to_string() }
}

/// A rank with its index: "9 (88,41)".
pub fn stood(printer: &Printer, stood: &Stood) -> String {
    format!("{} ({})", rank(stood.rank), printer.points_or_dash(stood.index.as_ref()))
}

/// A change of an index with its sign: "+0,40"; with more digits where it would be printed as nothing.
pub fn signed(printer: &Printer, change: &Exact) -> String {
    let finer = Printer { digits: printer.digits + FINER_DIGITS, ..*printer };
    let by_round = printer.points(change);
    let nothing = by_round == printer.points(&Exact::zero()) && !change.is_zero();
    let said = if nothing { finer.points(change) } else { by_round };
    if change.is_negative() || change.is_zero() { said } else { format!("+{said}") }
}

/// What events did, in words: "+2 bậc, chỉ số +0,40".
pub fn effects(printer: &Printer, all: &Effects) -> String {
    let w = InspectorWords::of(printer.lang);
    let places = match all.places {
        0 => w.why_no_places.to_owned(),
        n if n > 0 => fill(w.why_places, &[&format!("+{n}")]),
        n => fill(w.why_places, &[&format!("\u{2212}{}", n.unsigned_abs())]),
    };
    format!("{places}, {}", fill(w.why_index, &[&signed(printer, &all.index)]))
}

/// A score in words: its stages, what counts where that is something else, flag, exemption, evidence.
pub fn score(printer: &Printer, shown: &ScoreShown) -> String {
    let (lang, w) = (printer.lang, InspectorWords::of(printer.lang));
    let points = |p: &Exact| printer.fraction(&p.to_string()).unwrap_or_else(|| printer.points(p));
    let mut said: Vec<String> =
        shown.stages.iter().map(|s| format!("{} ({})", points(&s.points), s.stage.name(lang))).collect();
    let last = shown.stages.last().map(|s| &s.points);
    said.extend(shown.points.iter().filter(|p| Some(*p) != last).map(|p| fill(w.counts, &[&points(p)])));
    said.extend(shown.flag.map(|flag| words::flag(lang, flag).to_owned()));
    said.extend(shown.exemption.map(|exemption| words::exemption(lang, exemption).to_owned()));
    if shown.evidence > 0 {
        said.push(fill(w.evidence, &[&printer.count(shown.evidence)]));
    }
    if said.is_empty() { "–".to_owned() } else { said.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::{effects, signed};
    use crate::number::Printer;
    use proto::Exact;
    use proto::between::Effects;
    use proto::document::Lang;
    use proto::exact::RoundingMode;

    #[test]
    fn a_change_has_its_sign_and_is_never_printed_as_nothing() {
        let printer = Printer { lang: Lang::Vi, digits: 2, rounding: RoundingMode::HalfUp };
        let table = [
            ((2, 5), "+0,40"),
            ((-2, 5), "\u{2212}0,40"),
            ((0, 1), "0,00"),
            ((1, 1000), "+0,001000"),
            ((3, 1), "+3,00"),
        ];
        for ((n, d), said) in table {
            assert_eq!(signed(&printer, &Exact::ratio(n, d).expect("not zero")), said);
        }
        let all = Effects { events: 3, places: -2, index: Exact::ratio(1, 2).expect("not zero") };
        assert_eq!(effects(&printer, &all), "\u{2212}2 bậc, chỉ số +0,50");
    }
}

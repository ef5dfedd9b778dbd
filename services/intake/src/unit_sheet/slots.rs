//! Which cells a rule is answered in, how inputs stand in them, and how they are read back.
//! It refuses what can be read in two ways; whether inputs are lawful is for domain to say.

use proto::act::sheet::{Figure, Inputs};
use proto::document::{FigureName, Rule, Text};
use proto::text;
use proto::{Code, Decimal};
use unicode_normalization::UnicodeNormalization;

use crate::fault::Faults;
use crate::table::Row;
use crate::unit_sheet::layout::{DAY, FIGURE, OPTION};
use crate::value;

/// What is chosen where a thing with a deadline was never done.
pub const NEVER: &str = "Không thực hiện";
/// The same on a page in English.
pub const NEVER_EN: &str = "Never done";

/// A choice of a drop-down.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Choice {
    /// What stands in the cell.
    pub text: String,
    /// The option; none for what was never done.
    pub code: Option<Code>,
    /// Its points, where the choice alone gives them.
    pub points: Option<Decimal>,
}

impl Choice {
    /// What it says on a page. In a workbook the text is what is read back, and is Vietnamese alone.
    pub fn said(&self, rule: &Rule) -> Text {
        let en = match (rule, self.code.as_ref()) {
            (Rule::Options { options }, Some(code)) => {
                let title = options.iter().find(|o| o.code == *code).map(|o| o.title.en.trim()).unwrap_or_default();
                let alike = options.iter().filter(|o| folded(&o.title.en) == folded(title)).count();
                match (title, alike) {
                    ("", _) => self.text.clone(),
                    (title, 1) => title.to_owned(),
                    (title, _) => format!("{title} [{code}]"),
                }
            }
            (Rule::YesNo { .. }, Some(code)) => if code.as_str() == "yes" { "Yes" } else { "No" }.to_owned(),
            (_, None) => NEVER_EN.to_owned(),
            (_, Some(_)) => self.text.clone(),
        };
        Text::new(self.text.clone(), en)
    }
}

/// The cells of a rule.
#[derive(Debug)]
pub struct Slots<'a> {
    /// The drop-down; empty where there is none.
    pub choices: Vec<Choice>,
    /// The figures, each in a cell of its own.
    pub named: Vec<&'a FigureName>,
    /// Whether the first cell of figures takes any, as `name = 1,5; other = 2`: the rule asks for none and refuses none.
    pub free: bool,
    /// Whether a day is taken.
    pub day: bool,
}

/// The cells of a rule; the survey's has none.
pub fn slots(rule: &Rule) -> Slots<'_> {
    let choice = |text: &str, code: &Code, points| Choice { text: text.to_owned(), code: Some(code.clone()), points };
    let mut slots = Slots { choices: Vec::new(), named: Vec::new(), free: false, day: false };
    match rule {
        Rule::Options { options } => {
            slots.free = true;
            let alike = |title: &str| options.iter().filter(|o| folded(&o.title.vi) == folded(title)).count();
            slots.choices.extend(options.iter().map(|o| match o.title.vi.as_str() {
                title if title.trim().is_empty() => choice(o.code.as_str(), &o.code, Some(o.points)),
                title if alike(title) == 1 => choice(title, &o.code, Some(o.points)),
                title => choice(&format!("{title} [{}]", o.code), &o.code, Some(o.points)),
            }));
        }
        Rule::YesNo { yes, no } => {
            slots.free = true;
            let code = |text: &str| Code::parse(text).expect("it is a code");
            slots.choices = vec![choice("Có", &code("yes"), Some(*yes)), choice("Không", &code("no"), Some(*no))];
        }
        Rule::Number { .. } => slots.free = true,
        Rule::RatioBands { part, whole, .. }
        | Rule::Linear { part, whole, .. }
        | Rule::LinearFloor { part, whole, .. }
        | Rule::Tiers { part, whole, .. } => slots.named = vec![part, whole],
        Rule::Steps { count: one, .. }
        | Rule::PerUnit { count: one, .. }
        | Rule::Deduct { count: one, .. }
        | Rule::ExternalIndex { value: one, .. } => slots.named = vec![one],
        Rule::Deadline { never, .. } => {
            (slots.free, slots.day) = (true, true);
            slots.choices = vec![Choice { text: NEVER.to_owned(), code: None, points: Some(*never) }];
        }
        Rule::Formula { figures, .. } => slots.named = figures.iter().collect(),
        Rule::SurveyAverage {} => {}
    }
    slots
}

/// Inputs as they stand in cells.
#[derive(Debug, Default, PartialEq)]
pub struct Filled {
    /// In the drop-down's cell.
    pub option: Option<String>,
    /// In the figures' cells.
    pub figures: Vec<Option<Decimal>>,
    /// In the first of them, where any are taken.
    pub free: Option<String>,
    /// In the day's cell.
    pub day: Option<proto::Day>,
}

impl Slots<'_> {
    /// How many cells of figures there are.
    pub fn width(&self) -> usize {
        self.named.len().max(usize::from(self.free))
    }

    /// How inputs stand in the cells.
    pub fn fill(&self, inputs: &Inputs) -> Filled {
        let figure = |name: &&FigureName| inputs.figures.iter().find(|f| f.name == name.name).map(|f| f.value);
        let never = self.day && inputs.date.is_none();
        let chosen = self.choices.iter().find(|c| match &c.code {
            Some(code) => inputs.option.as_ref() == Some(code),
            None => never,
        });
        let free = inputs.figures.iter().map(|f| format!("{} = {}", f.name, proto::said::with_comma(&f.value)));
        let free = free.collect::<Vec<_>>().join("; ");
        Filled {
            option: chosen.map(|c| c.text.clone()),
            figures: self.named.iter().map(figure).collect(),
            free: Some(free).filter(|free| self.free && !free.is_empty()),
            day: inputs.date,
        }
    }

    /// The inputs of a row; `Some(None)` where all its cells are empty.
    pub fn read(&self, row: &Row, faults: &mut Faults) -> Option<Option<Inputs>> {
        let option = if self.choices.is_empty() { Some(None) } else { self.choice(row, faults) };
        let figures = if self.free { free(row, faults) } else { self.figures(row, faults) };
        let date = if self.day { row.some_day(DAY, faults) } else { Some(None) };
        let (option, figures, date) = (option?, figures?, date?);
        if option.is_none() && figures.is_empty() && date.is_none() {
            return Some(None);
        }
        if self.day && option.is_some() == date.is_some() {
            let what = text!(
                "cần một trong hai: ngày thực hiện, hoặc “{NEVER}”",
                "one of the two is expected: the day, or that it was never done"
            );
            faults.push("inputs_contradict", row.place_of(DAY), what);
            return None;
        }
        Some(Some(Inputs { option: option.and_then(|c| c.code.clone()), figures, date }))
    }

    fn choice(&self, row: &Row, faults: &mut Faults) -> Option<Option<&Choice>> {
        let text = row.text(OPTION, faults)?;
        if text.trim().is_empty() {
            return Some(None);
        }
        let is = |c: &&Choice| {
            folded(&c.text) == folded(&text) || c.code.as_ref().is_some_and(|c| c.as_str() == text.trim())
        };
        let found = self.choices.iter().find(is);
        if found.is_none() {
            let list = self.choices.iter().map(|c| c.text.as_str()).collect::<Vec<_>>().join(" | ");
            let what = text!("cần một trong: {list}", "one of these is expected: {list}");
            faults.push("option_unknown", row.place_of(OPTION), what);
            return None;
        }
        Some(found)
    }

    fn figures(&self, row: &Row, faults: &mut Faults) -> Option<Vec<Figure>> {
        let read = |(i, name): (usize, &&FigureName)| {
            let value = row.some_decimal(FIGURE + i, faults)?;
            Some(value.map(|value| Figure { name: name.name.clone(), value }))
        };
        let read: Vec<Option<Option<Figure>>> = self.named.iter().enumerate().map(read).collect();
        Some(read.into_iter().collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
    }
}

/// Figures that no rule names, as somebody wrote them into one cell.
fn free(row: &Row, faults: &mut Faults) -> Option<Vec<Figure>> {
    let text = row.text(FIGURE, faults)?;
    let each = text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value::decimal(&crate::grid::Cell::Text(value.trim().to_owned())).ok()?;
        Some(Figure { name: Code::parse(name.trim()).ok()?, value })
    });
    let figures: Option<Vec<Figure>> = each.collect();
    if figures.is_none() {
        let what = text!(
            "cần dạng “tên = số; tên = số”, tên gồm a-z 0-9 . _ -",
            "\"name = number; name = number\" is expected, names of a-z 0-9 . _ -"
        );
        faults.push("figures_unclear", row.place_of(FIGURE), what);
    }
    figures
}

/// Inputs say the same in any order of figures.
pub fn same(a: &Inputs, b: &Inputs) -> bool {
    let figures = |of: &Inputs| {
        let mut figures: Vec<_> = of.figures.iter().map(|f| (f.name.clone(), f.value)).collect();
        figures.sort();
        figures
    };
    a.option == b.option && a.date == b.date && figures(a) == figures(b)
}

fn folded(text: &str) -> String {
    text.nfc().collect::<String>().to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

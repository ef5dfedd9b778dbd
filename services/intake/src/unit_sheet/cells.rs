//! The cells of a leaf as both kinds of sheet have them: its title and rule, its inputs, what it comes to, its present state.
//! Nothing is decided here, and no cell that is locked is ever read back.

use domain::{LeafNode, Round, UnitState, computed};
use proto::Exact;
use proto::act::sheet::Inputs;
use proto::document::{Lang, Rule, Source, Text};
use proto::rows::{ExemptionState, FlagState};
use proto::said::{Named, with_comma};

use super::formula::{Cells, formula};
use super::layout::{CODE, DAY, FIGURE, FILES, MAXIMUM, OPTION, PRESENT, RECKONED, REVISION, RULE, STATE, TITLE};
use super::paper::{Asks, Ink, Line, Lists, Look, Paper};
use super::rule_words;
use super::slots::{Filled, NEVER, Slots, slots};
use crate::value::marked;

/// How much of a text is shown in a list of what changes.
const SHOWN_CHARS: usize = 60;

/// Where a line of a sheet will stand.
pub struct At<'a> {
    /// The columns.
    pub order: &'a [usize],
    /// The row of the first line, from 0.
    pub first_row: u32,
    /// The line's number.
    pub line: usize,
}

impl At<'_> {
    /// One of its cells, as formulas name it.
    pub fn cell(&self, column: usize) -> String {
        Paper::cell(self.order, self.first_row, column, self.line)
    }
}

/// Text as a cell holds it.
pub fn text(text: &str) -> Ink {
    if text.is_empty() { Ink::Blank } else { Ink::Text(marked(text)) }
}

/// How many cells of figures a tree needs, of the leaves that are asked for.
pub fn width<'a>(leaves: impl Iterator<Item = &'a LeafNode>) -> usize {
    leaves.map(|leaf| slots(&leaf.leaf.rule).width()).max().unwrap_or(0)
}

/// The title of a leaf.
pub fn title<'t>(tree: &'t domain::Tree, leaf: &LeafNode) -> &'t proto::document::Text {
    &tree.nodes[*leaf.path.last().expect("a leaf's path ends in itself")].title
}

/// A leaf's row with what nobody changes.
pub fn told(round: &Round, unit: &UnitState, at: usize) -> Line {
    let (leaf, score) = (&unit.tree.leaves[at], &unit.sheet.scores[at]);
    let points = domain::leaf_points(round, unit, at).0;
    let line = Line::new(Look::Leaf)
        .shut(CODE, Ink::Text(leaf.code.to_string()))
        .shut(TITLE, text(&title(&unit.tree, leaf).vi))
        .shut(RULE, text(&rule(leaf)))
        .shut(MAXIMUM, Ink::Points(leaf.maximum.into()))
        .shut(PRESENT, points.map_or(Ink::Blank, Ink::Points))
        .shut(STATE, text(&state(round, unit, at)))
        .shut(REVISION, Ink::Count(score.revision));
    if leaf.leaf.source == Source::Survey { line } else { line.shut(FILES, Ink::Count(score.evidence.len() as u64)) }
}

/// The rule in words, and which files it asks for.
fn rule(leaf: &LeafNode) -> String {
    let said = rule_words::said(&leaf.leaf.rule, leaf.maximum).vi;
    match leaf.leaf.asks.as_ref().map(|asks| asks.vi.trim()).filter(|asks| !asks.is_empty()) {
        Some(asks) => format!("{said}\nTài liệu: {asks}."),
        None => said,
    }
}

/// Of which stage the present points are, and what became of flag and exemption.
pub fn state(round: &Round, unit: &UnitState, at: usize) -> String {
    let score = &unit.sheet.scores[at];
    if unit.tree.leaves[at].leaf.source == Source::Survey {
        return "điều tra xã hội học".to_owned();
    }
    let stage = unit.sheet.final_stage(score, round.policy()).map_or("chưa chấm", |s| s.stage.name(Lang::Vi));
    let flag = score.flag.map(|flag| match flag {
        FlagState::Raised => "yêu cầu giải trình",
        FlagState::Explained => "đã giải trình",
        FlagState::Settled => "đã xử lý giải trình",
    });
    let exemption = score.exemption.map(|exemption| match exemption {
        ExemptionState::Claimed => "đề nghị không áp dụng",
        ExemptionState::Accepted => "không áp dụng",
        ExemptionState::Refused => "không chấp nhận miễn",
    });
    [Some(stage), flag, exemption].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// The cells of a leaf's inputs, to be filled in.
pub fn inputs(mut line: Line, leaf: &LeafNode, inputs: Option<&Inputs>, lists: &mut Lists) -> Line {
    let slots = slots(&leaf.leaf.rule);
    let filled = inputs.map_or_else(Filled::default, |inputs| slots.fill(inputs));
    if !slots.choices.is_empty() {
        let (first, last) = lists.put(&slots.choices);
        let ink = filled.option.as_deref().map_or(Ink::Blank, text);
        line = line.open(OPTION, ink, Asks::Choice(first, last), "Chọn trong danh sách");
    }
    for (i, name) in slots.named.iter().enumerate() {
        let ink = filled.figures.get(i).copied().flatten().map_or(Ink::Blank, Ink::Number);
        line = line.open(FIGURE + i, ink, Asks::Number(None), &name.title.vi);
    }
    if slots.free {
        let ink = filled.free.as_deref().map_or(Ink::Blank, text);
        let prompt = "Số liệu kèm theo, nếu có, dạng: tên = số; tên = số. Không bắt buộc.";
        line = line.open(FIGURE, ink, Asks::Text, prompt);
    }
    if slots.day {
        let prompt =
            "Ngày thực hiện (dd/mm/yyyy). Nếu không thực hiện, để trống và chọn “Không thực hiện” ở cột Phương án.";
        line = line.open(DAY, filled.day.map_or(Ink::Blank, Ink::Day), Asks::Day, prompt);
    }
    line
}

/// What the row comes to: points that were stated, else the rule's.
pub fn reckoned(
    line: Line,
    leaf: &LeafNode,
    stated: usize,
    at: &At,
    (lists, value): (&mut Lists, Option<Exact>),
) -> Line {
    let slots: Slots = slots(&leaf.leaf.rule);
    let choices = (!slots.choices.is_empty()).then(|| Lists::ranges(lists.put(&slots.choices)));
    let cells = Cells {
        option: if slots.choices.is_empty() { String::new() } else { at.cell(OPTION) },
        figures: (0..slots.named.len()).map(|i| at.cell(FIGURE + i)).collect(),
        day: if slots.day { at.cell(DAY) } else { String::new() },
        choices,
    };
    let own = at.cell(stated);
    let by_rule = formula(&leaf.leaf.rule, leaf.maximum, &cells).unwrap_or_else(|| "\"\"".to_owned());
    line.shut(RECKONED, Ink::Formula(format!("IF({own}<>\"\",{own},{by_rule})"), value))
}

/// The sum of other rows of the same column.
pub fn sum(at: &[String], value: Exact) -> Ink {
    /// More than a spreadsheet takes at once is summed in parts.
    const AT_ONCE: usize = 100;
    let parts: Vec<String> = at.chunks(AT_ONCE).map(|part| format!("SUM({})", part.join(","))).collect();
    let whole = match parts.as_slice() {
        [] => "0".to_owned(),
        [one] => one.clone(),
        many => format!("SUM({})", many.join(",")),
    };
    Ink::Formula(whole, Some(value))
}

/// Points that were stated and are not the rule's: what stands in the cell for them.
pub fn stated_apart(leaf: &LeafNode, inputs: &Inputs, points: &Exact, digits: u8) -> Option<proto::Decimal> {
    match computed(leaf, inputs) {
        Ok(Some(by_rule)) if by_rule == *points => None,
        _ => super::rows::stated(points, digits),
    }
}

/// Inputs and points in words, for a list of what changes.
pub fn in_words(leaf: &LeafNode, inputs: Option<&Inputs>, points: Option<&Exact>, more: &str) -> Text {
    let said = |lang: Lang| {
        let number = |number: &dyn std::fmt::Display| match lang {
            Lang::Vi => with_comma(&number.to_string()),
            Lang::En => number.to_string(),
        };
        let mut parts = Vec::new();
        if let Some(inputs) = inputs {
            parts.extend(chosen(&leaf.leaf.rule, inputs, lang));
            let named = slots(&leaf.leaf.rule).named;
            parts.extend(inputs.figures.iter().map(|f| {
                let title = named.iter().find(|named| named.name == f.name).map(|named| named.title.get(lang));
                format!("{} {}", title.unwrap_or(f.name.as_str()), number(&f.value))
            }));
            parts.extend(inputs.date.map(|day| if lang == Lang::Vi { day.vietnam() } else { day.to_string() }));
        }
        let unit = if lang == Lang::Vi { "điểm" } else { "points" };
        parts.extend(points.map(|points| format!("{} {unit}", number(&points.plain()))));
        if !more.trim().is_empty() {
            let short: String = more.trim().replace('\n', " ").chars().take(SHOWN_CHARS).collect();
            parts.push(format!("“{short}”"));
        }
        if parts.is_empty() { "–".to_owned() } else { parts.join("; ") }
    };
    Text::new(said(Lang::Vi), said(Lang::En))
}

/// What was chosen, in words.
fn chosen(rule: &Rule, inputs: &Inputs, lang: Lang) -> Option<String> {
    let pick = |vi: &str, en: &str| Some(if lang == Lang::Vi { vi } else { en }.to_owned());
    match (rule, &inputs.option) {
        (Rule::Deadline { .. }, _) if inputs.date.is_none() => pick(NEVER, "never done"),
        (Rule::YesNo { .. }, Some(option)) => {
            if option.as_str() == "yes" {
                pick("Có", "Yes")
            } else {
                pick("Không", "No")
            }
        }
        (Rule::Options { options }, Some(option)) => {
            options.iter().find(|o| o.code == *option).map(|o| o.title.get(lang).to_owned())
        }
        (_, option) => option.as_ref().map(ToString::to_string),
    }
}

/// Whether a rule leaves the points to whoever states them.
pub fn is_stated(rule: &Rule) -> bool {
    matches!(rule, Rule::Number { .. })
}

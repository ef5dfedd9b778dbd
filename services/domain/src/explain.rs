//! How a number came about: inputs, rule, arithmetic with exact fractions, the one rounding, the events it rests on.
//! Every expression evaluates to the value beside it; a law holds that for all rules.

mod survey;

use std::fmt::Write;

use proto::document::{Lang, Source, Text};
use proto::exact::RoundingMode;
use proto::inquiry::{EventAt, Line};
use proto::said::Named;
use proto::score::StageState;
use proto::text;
use proto::{Code, Exact, Rejection, Stream, UnitId};

use crate::result::{UnitTotals, leaf_points, standings};
use crate::round::{Round, UnitState};
use crate::rule::explain::rule_line;
use survey::survey_lines;

/// What is explained, and how it came about.
pub type Told = (Text, Vec<Line>);

/// Explains a node of a unit's tree, or the unit's index and rank.
///
/// # Errors
/// `unit_unknown`, `leaf_unknown`.
pub fn explain(round: &Round, unit: &UnitId, node: Option<&Code>) -> Result<Told, Rejection> {
    let unknown = || Rejection::UnitUnknown { unit: unit.clone() };
    let (place, unit) = round.unit(unit).ok_or_else(unknown)?;
    let Some(code) = node else { return Ok(of_unit(round, Some(place), unit)) };
    of_node(round, unit, code)
}

/// The same for the unit's own people, of a round from which is taken what is held back from them: where it stands among others is held
/// back with it.
///
/// # Errors
/// As [`explain`].
pub fn explain_own(round: &Round, unit: &UnitId, node: Option<&Code>) -> Result<Told, Rejection> {
    let unknown = || Rejection::UnitUnknown { unit: unit.clone() };
    let (_, unit) = round.unit(unit).ok_or_else(unknown)?;
    match node {
        Some(code) => of_node(round, unit, code),
        None => Ok(of_unit(round, None, unit)),
    }
}

fn of_node(round: &Round, unit: &UnitState, code: &Code) -> Result<Told, Rejection> {
    if let Some((leaf, _)) = unit.tree.leaf(code) {
        return Ok(of_leaf(round, unit, leaf));
    }
    let node = unit.tree.nodes.iter().position(|n| n.code == *code);
    let node = node.ok_or_else(|| Rejection::LeafUnknown { leaf: code.clone() })?;
    let totals = crate::result::unit_totals(round, unit);
    let title = unit.tree.nodes[node].title.clone();
    Ok((title, vec![sum_line(unit, &totals, node)]))
}

/// A line with arithmetic.
pub fn line(text: Text, expression: impl Into<String>, value: Exact) -> Line {
    Line { text, expression: expression.into(), value: Some(value), event: None }
}

/// A line of words alone.
pub fn words(text: Text) -> Line {
    Line { text, expression: String::new(), value: None, event: None }
}

/// A value as a number of an expression: a decimal, or a fraction in brackets.
pub fn number(value: &Exact) -> String {
    let plain = value.plain();
    if plain.contains('/') || plain.starts_with('-') { format!("({plain})") } else { plain }
}

fn of_leaf(round: &Round, unit: &UnitState, leaf: usize) -> Told {
    let node = &unit.tree.leaves[leaf];
    let title = unit.tree.nodes[*node.path.last().expect("a leaf's path ends in itself")].title.clone();
    let maximum = node.maximum;
    let mut lines = vec![words(text!("điểm tối đa {maximum}", "maximum {maximum}"; maximum))];
    if node.leaf.source == Source::Survey {
        match round.survey_leaf(unit, leaf) {
            Some(found) => lines.extend(survey_lines(round, &unit.tree.kind, found, &maximum.into())),
            None => lines.push(words(text!(
                "chưa có trả lời: không tính vào mẫu số",
                "nobody has answered: it is left out of the maximum"
            ))),
        }
        return (title, lines);
    }
    let score = &unit.sheet.scores[leaf];
    let stream = Stream::Sheet(round.id().clone(), unit.unit.clone());
    for stage in &score.stages {
        let event = EventAt { stream: stream.clone(), version: stage.event };
        lines.push(Line { event: Some(event), ..stage_line(node, stage) });
    }
    if crate::sheet::exempt(score) {
        let what = text!("không áp dụng: trừ khỏi mẫu số", "it does not apply: it is left out of the maximum");
        lines.push(words(what));
        return (title, lines);
    }
    match (leaf_points(round, unit, leaf).0, unit.sheet.final_stage(score, round.policy())) {
        (Some(points), Some(stage)) => {
            let stage = stage.stage;
            let zero = points.is_zero() && unit.sheet.own_counts_as_zero();
            let what = if zero {
                text!("phiếu chưa nộp: tính 0", "the sheet was not submitted: it counts as 0")
            } else {
                let (vi, en) = (stage.name(Lang::Vi), stage.name(Lang::En));
                text!("điểm tính: {vi}", "what counts: {en}")
            };
            lines.push(line(what, number(&points), points));
        }
        _ => lines.push(words(text!("chưa có điểm: tính 0", "no points yet: it counts as 0"))),
    }
    (title, lines)
}

fn stage_line(node: &crate::rulebook::LeafNode, stage: &StageState) -> Line {
    let mut told = rule_line(node, &stage.inputs, &stage.points);
    let reason = stage.reason.trim().replace('\n', " ");
    told.text.vi = format!("{}: {}", stage.stage.name(Lang::Vi), told.text.vi);
    told.text.en = format!("{}: {}", stage.stage.name(Lang::En), told.text.en);
    if !reason.is_empty() {
        write!(told.text.vi, "; lý do: {reason}").expect("a string takes all");
        write!(told.text.en, "; reason: {reason}").expect("a string takes all");
    }
    told
}

/// What stands below a node adds up to it.
fn sum_line(unit: &UnitState, totals: &UnitTotals, node: usize) -> Line {
    let below = (0..unit.tree.nodes.len()).filter(|&i| unit.tree.nodes[i].parent == Some(node));
    let parts: Vec<String> = below.map(|i| number(&totals.nodes[i].0)).collect();
    let (code, n) = (&unit.tree.nodes[node].code, &unit.tree.nodes[node].title);
    let (reached, maximum) = &totals.nodes[node];
    let (vi, en, out_of) = (&n.vi, &n.en, maximum.plain());
    let what = text!("{code} {vi}, trên {out_of}", "{code} {en}, out of {out_of}"; out_of);
    line(what, if parts.is_empty() { number(reached) } else { parts.join(" + ") }, reached.clone())
}

/// Of a unit, with its rank where its place among the round's units is named.
fn of_unit(round: &Round, place: Option<usize>, unit: &UnitState) -> Told {
    let totals = &crate::result::unit_totals(round, unit);
    let fields = (0..unit.tree.nodes.len()).filter(|&i| unit.tree.nodes[i].parent.is_none());
    let mut lines: Vec<Line> = fields.map(|i| sum_line(unit, totals, i)).collect();
    let (a, s) = (&totals.appraisal, &totals.survey);
    let whole = |what, parts: [&Exact; 2], value: &Exact| {
        line(what, format!("{} + {}", number(parts[0]), number(parts[1])), value.clone())
    };
    let reached =
        format!("{} + {} + {} - {}", number(&a.0), number(&s.0), number(&totals.bonus), number(&totals.penalty));
    let what =
        text!("điểm đạt = thẩm định + điều tra + thưởng - trừ", "reached = appraised + survey + bonus - penalty");
    lines.push(line(what, reached, totals.reached.clone()));
    let what = text!("mẫu số = thẩm định + điều tra", "applicable maximum = appraised + survey");
    lines.push(whole(what, [&a.1, &s.1], &totals.maximum));
    if let Some(index) = &totals.index {
        let expression = format!("{} / {} * 100", number(&totals.reached), number(&totals.maximum));
        let what = text!("chỉ số = điểm đạt / mẫu số x 100", "index = reached / applicable maximum x 100");
        lines.push(line(what, expression, index.clone()));
        lines.push(words(rounding(round, index)));
        lines.extend(band(round, unit, index).map(words));
    }
    if let Some(place) = place {
        let standings = standings(round);
        let standing = standings.iter().find(|s| s.place == place).expect("every unit has its standing");
        lines.push(words(rank(round, unit, standing.rank, &standings)));
    }
    let event = EventAt { stream: Stream::Sheet(round.id().clone(), unit.unit.clone()), version: unit.sheet.version };
    let version = unit.sheet.version;
    let what = text!("các sự kiện của phiếu, đến số {version}", "the events of the sheet, up to number {version}");
    lines.push(Line { event: Some(event).filter(|e| e.version > 0), ..words(what) });
    (unit.entry.name.clone(), lines)
}

fn rounding(round: &Round, index: &Exact) -> Text {
    let (digits, printed) = (round.policy().digits, index.rounded(round.policy().digits, round.policy().rounding));
    let (vi, en) = match round.policy().rounding {
        RoundingMode::HalfUp => ("nửa lên", "half up"),
        RoundingMode::HalfEven => ("nửa về chẵn", "half to even"),
        RoundingMode::Down => ("xuống", "down"),
    };
    text!("làm tròn một lần, {digits} chữ số, {vi}: {printed}", "rounded once, {digits} digits, {en}: {printed}"; printed)
}

fn band(round: &Round, unit: &UnitState, index: &Exact) -> Option<Text> {
    let band = round.policy().bands_of(&unit.tree.kind).find(|b| *index >= Exact::from(b.from))?;
    let (from, vi, en) = (band.from, &band.title.vi, &band.title.en);
    Some(text!(
        "xếp loại từ {from} trở lên, theo giá trị chưa làm tròn: {vi}",
        "band from {from} up, by the unrounded value: {en}";
        from
    ))
}

fn rank(round: &Round, unit: &UnitState, rank: u64, standings: &[crate::result::Standing]) -> Text {
    if rank == 0 {
        return text!("không xếp hạng", "not ranked");
    }
    let of_block = standings.iter().filter(|s| round.units[s.place].block == unit.block && s.rank > 0);
    let (ranked, above) = of_block.fold((0, 0), |(all, above), s| (all + 1, above + usize::from(s.rank < rank)));
    text!(
        "hạng {rank} trong {ranked} đơn vị của khối; {above} đơn vị đứng trên, theo giá trị chưa làm tròn",
        "rank {rank} of {ranked} in the block; {above} stand above, by unrounded values"
    )
}

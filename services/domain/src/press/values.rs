//! Values by themselves: within 0 to 100, and the index between its two parts.
//! It compares no unit with another.

use proto::document::Text;
use proto::inquiry::{Bounds, Figure, Observation, Severity};
use proto::{Decimal, Exact};

use super::{Figures, PrintedRow, PrintedTable, name, said, say, seen};

/// Every row's figures, then the block's.
pub fn values(table: &PrintedTable) -> Vec<Observation> {
    let rows = table.rows.iter().map(|row| (Some(row), row.figures));
    rows.chain([(None, table.means)]).flat_map(|(row, figures)| of(table, row, figures)).collect()
}

fn of(table: &PrintedTable, row: Option<&PrintedRow>, figures: Figures) -> Vec<Observation> {
    let whose = row.map_or(Text::new("Trung bình của khối", "Block mean"), name);
    let values = Figure::ALL.into_iter().filter_map(|figure| Some((figure, figures.get(figure)?)));
    let mut found: Vec<_> = values.filter_map(|(figure, value)| range(table, row, &whose, (figure, value))).collect();
    if let (Some(index), Some(appraisal), Some(survey)) = (figures.index, figures.appraisal, figures.survey) {
        let parts = Parts { index, appraisal, survey };
        found.extend(between(table, row, &whose, &parts));
        found.extend(by_split(table, row, &whose, &parts));
    }
    found
}

/// An index may pass 100 by a bonus; a part may not.
fn range(
    table: &PrintedTable,
    row: Option<&PrintedRow>,
    whose: &Text,
    (figure, value): (Figure, Decimal),
) -> Option<Observation> {
    let over = Exact::from(value) > Exact::whole(100);
    if !over && !value.is_negative() {
        return None;
    }
    let severity = if over && figure == Figure::Index { Severity::Note } else { Severity::Fault };
    let (figure_said, value) = (said(figure), table.said(value));
    let text = say!(
        "{whose}: {figure_said} {value} nằm ngoài khoảng từ 0 đến 100.",
        "{whose}: {figure_said} {value} lies outside 0 to 100.",
        whose,
        figure_said,
        value
    );
    Some(seen("out_of_range", severity, row, text).about(figure, None))
}

struct Parts {
    index: Decimal,
    appraisal: Decimal,
    survey: Decimal,
}

/// index = w x appraisal + (1 - w) x survey lies between the two for any split 0 <= w <= 1. Both sides are rounded,
/// each by half a unit of the last place at most. One unit's bonus or penalty may explain it; a whole block's hardly.
fn between(table: &PrintedTable, row: Option<&PrintedRow>, whose: &Text, parts: &Parts) -> Option<Observation> {
    let low = Exact::from(parts.appraisal.min(parts.survey));
    let high = Exact::from(parts.appraisal.max(parts.survey));
    let slack = table.last_place();
    let bounds = Bounds::within(&(&low - &slack), &(&high + &slack), table.digits())?;
    if bounds.contains(parts.index) {
        return None;
    }
    let (code, severity) = match row {
        Some(_) => ("index_outside_parts", Severity::Doubt),
        None => ("mean_outside_parts", Severity::Fault),
    };
    let [index, appraisal, survey] = [parts.index, parts.appraisal, parts.survey].map(|d| table.said(d));
    let text = say!(
        "{whose}: Chỉ số CCHC {index} không nằm giữa điểm thẩm định {appraisal} và điểm điều tra xã hội học {survey}; \
         không tỷ trọng nào cho kết quả này.",
        "{whose}: the index {index} does not lie between appraisal {appraisal} and survey {survey}; \
         no split between them gives it.",
        whose,
        index,
        appraisal,
        survey
    );
    Some(seen(code, severity, row, text).about(Figure::Index, Some(bounds)))
}

/// Where the split is known and does not fit, what each figure would have to be with the other two as printed.
/// |100 x index - w x appraisal - (100 - w) x survey| is at most 100 + w + (100 - w) = 200 half units of the last place.
fn by_split(table: &PrintedTable, row: Option<&PrintedRow>, whose: &Text, parts: &Parts) -> Vec<Observation> {
    let (zero, hundred) = (Exact::zero(), Exact::whole(100));
    let Some(w) = table.split.map(Exact::from).filter(|w| (&zero..=&hundred).contains(&w)) else { return Vec::new() };
    let rest = &hundred - &w;
    let slack = &table.last_place() * &hundred;
    let index = &Exact::from(parts.index) * &hundred;
    let appraisal = &Exact::from(parts.appraisal) * &w;
    let survey = &Exact::from(parts.survey) * &rest;
    let off = &(&index - &appraisal) - &survey;
    if (-slack.clone()..=slack.clone()).contains(&off) {
        return Vec::new();
    }
    let implied = [
        (Figure::Index, parts.index, &appraisal + &survey, hundred.clone()),
        (Figure::Appraisal, parts.appraisal, &index - &survey, w),
        (Figure::Survey, parts.survey, &index - &appraisal, rest),
    ];
    let observe = |(figure, printed, weighted, weight): (Figure, Decimal, Exact, Exact)| {
        let from = (&weighted - &slack).checked_div(&weight)?.max(zero.clone());
        let to = (&weighted + &slack).checked_div(&weight)?.min(hundred.clone());
        let bounds = Bounds::within(&from, &to, table.digits())?;
        let (figure_said, printed, must) = (said(figure), table.said(printed), table.said_bounds(bounds));
        let share = table.split?.to_string();
        let share = Text::new(share.replace('.', ","), share);
        let text = say!(
            "{whose}: nếu thẩm định chiếm {share} % và hai số kia đúng thì {figure_said} phải là {must}, không phải {printed}.",
            "{whose}: with appraisal at {share} % and the other two as printed, {figure_said} would have to be {must}, \
             not {printed}.",
            whose,
            share,
            figure_said,
            must,
            printed
        );
        Some(seen("implied_by_split", Severity::Doubt, row, text).about(figure, Some(bounds)))
    };
    implied.into_iter().filter_map(observe).collect()
}

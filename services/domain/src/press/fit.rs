//! What a missing or misprinted index can be, by its place and by the block's mean.
//! It takes every other row as printed, and says so: it is a conclusion, never a correction.
//!
//! **Slack.** Let p be the printed values of n rows and m the stated mean. Each p is off by at most h and so is m, hence
//! n x m - 2nh <= sum of p <= n x m + 2nh. That is the widest reading. But it needs the rounding of all rows to lie the
//! same way; as a rule their errors cancel, and the mean's own rounding is what counts. So `bounds` take the rows as
//! they are printed and give slack to the mean alone, n x m - nh <= sum of p <= n x m + nh; if nothing fits that, and
//! something fits the widest reading, they are the widest. Bounds are printed values, rounded inward. Corrections are
//! sought within the widest reading, so that the only one is the only one by any rounding.

use proto::decimal::SCALE_MAX;
use proto::document::Text;
use proto::inquiry::{Bounds, Figure, Observation, Severity};
use proto::{Decimal, Exact};

use super::order::Order;
use super::{PrintedTable, listed, name, say, seen};

/// What a row's index can be.
struct Fit {
    row: usize,
    bounds: Bounds,
    widest: Bounds,
}

/// How far rounding may have moved the mean, in half units of the last place: its own, or every row's too.
#[derive(Clone, Copy)]
enum Slack {
    Mean = 1,
    All = 2,
}

/// What the open rows can be: those without a value, and those that are astray.
pub fn fits(table: &PrintedTable) -> Vec<Observation> {
    let mut values = table.indices();
    let order = Order::of(&values);
    let Some(fits) = fit(table, &values, &order) else { return vec![nothing_fits(table, &values, &order)] };
    let mut found = Vec::new();
    for fit in &fits {
        let corrections = values[fit.row].map_or(Vec::new(), |value| one_digit(table, value, fit.widest));
        found.push(observe(table, fit, values[fit.row], &corrections));
        if let [only] = corrections[..] {
            values[fit.row] = Some(only);
        }
    }
    let corrected = Order::of(&values);
    if order.astray.is_empty() || !corrected.astray.is_empty() {
        return found;
    }
    for fit in fit(table, &values, &corrected).unwrap_or_default() {
        let this = name(&table.rows[fit.row]);
        let (bounds, widest) = (table.said_bounds(fit.bounds), table.said_bounds(fit.widest));
        let text = say!(
            "Nếu sửa đúng một chữ số theo cách duy nhất có thể thì giá trị của {this} là {bounds} (rộng nhất theo làm tròn: \
             {widest}).",
            "With the only possible corrections of one digit made, {this} is {bounds} (at the widest by rounding: {widest}).",
            this,
            bounds,
            widest
        );
        found.push(observation("missing_value_if_corrected", Severity::Note, table, &fit, text));
    }
    found
}

/// The open rows' bounds; none where no values fit place and mean together.
fn fit(table: &PrintedTable, values: &[Option<Decimal>], order: &Order) -> Option<Vec<Fit>> {
    let open: Vec<usize> = (0..values.len()).filter(|r| values[*r].is_none() || order.astray.contains(r)).collect();
    let places: Vec<Bounds> = open.iter().map(|&row| by_place(values, order, row)).collect();
    let known =
        values.iter().enumerate().filter(|(row, _)| !open.contains(row)).filter_map(|(_, value)| value.as_ref());
    let known = Exact::sum_decimals(known);
    let widest = by_mean(table, &places, &known, Slack::All)?;
    let bounds = by_mean(table, &places, &known, Slack::Mean).unwrap_or_else(|| widest.clone());
    Some(open.into_iter().zip(bounds).zip(widest).map(|((row, bounds), widest)| Fit { row, bounds, widest }).collect())
}

/// Between the nearest rows that are surely in order, as a row in doubt bounds nothing; at the ends 0 and 100, or what is printed beyond them.
fn by_place(values: &[Option<Decimal>], order: &Order, row: usize) -> Bounds {
    let hundred = Decimal::new(100, 0).expect("small");
    let sure = |r: &usize| values[*r];
    let above = order.sure.iter().rfind(|r| **r < row).and_then(sure);
    let below = order.sure.iter().find(|r| **r > row).and_then(sure);
    Bounds {
        from: below.unwrap_or_else(|| above.map_or(Decimal::ZERO, |a| a.min(Decimal::ZERO))),
        to: above.unwrap_or_else(|| below.map_or(hundred, |b| b.max(hundred))),
    }
}

/// Tightens the rows' bounds by what the mean leaves for their sum. One pass is the fixed point: a value can be met if
/// and only if the others, anywhere in their bounds, can make up the rest.
fn by_mean(table: &PrintedTable, places: &[Bounds], known: &Exact, slack: Slack) -> Option<Vec<Bounds>> {
    let Some(mean) = table.means.index.filter(|_| !places.is_empty()) else { return Some(places.to_vec()) };
    let rows = Exact::whole(i64::try_from(table.rows.len()).ok()?);
    let half = &table.last_place() * &Exact::ratio(1, 2)?;
    let slack = &(&half * &rows) * &Exact::whole(slack as i64);
    let left = &(&Exact::from(mean) * &rows) - known;
    let (least, most) = (&left - &slack, &left + &slack);
    let (froms, tos) = (places.iter().map(|p| Exact::from(p.from)), places.iter().map(|p| Exact::from(p.to)));
    let (low, high): (Exact, Exact) = (froms.sum(), tos.sum());
    if low > most || high < least {
        return None;
    }
    let tighten = |place: &Bounds| {
        let (from, to) = (Exact::from(place.from), Exact::from(place.to));
        let others = (&low - &from, &high - &to);
        Bounds::within(&from.max(&least - &others.1), &to.min(&most - &others.0), table.digits())
    };
    places.iter().map(tighten).collect()
}

/// The values within bounds that differ from a printed one in one of its digits.
fn one_digit(table: &PrintedTable, value: Decimal, bounds: Bounds) -> Vec<Decimal> {
    let digits = table.digits().max(value.scale());
    let units = value.nanos().abs() / 10_i128.pow(u32::from(SCALE_MAX - digits));
    let sign = if value.is_negative() { -1 } else { 1 };
    let mut found = Vec::new();
    let mut place = 1;
    // Every digit that is printed: those after the point, one before it, and whatever stands further left.
    while place <= units || place <= 10_i128.pow(u32::from(digits)) {
        let others = units - units / place % 10 * place;
        let changed = (0..10).map(|digit| others + digit * place).filter(|other| *other != units);
        let decimal = |other: i128| Decimal::new(i64::try_from(sign * other).ok()?, digits);
        found.extend(changed.filter_map(decimal).filter(|other| bounds.contains(*other)));
        place *= 10;
    }
    found.sort();
    found
}

fn observe(table: &PrintedTable, fit: &Fit, printed: Option<Decimal>, corrections: &[Decimal]) -> Observation {
    let this = name(&table.rows[fit.row]);
    let (bounds, widest) = (table.said_bounds(fit.bounds), table.said_bounds(fit.widest));
    let by = match table.means.index {
        Some(_) => Text::new("thứ hạng và trung bình của khối", "its place and the block's mean"),
        None => Text::new("thứ hạng", "its place"),
    };
    let may = say!(
        "{this}: nếu các dòng khác đúng như đã in thì theo {by} giá trị là {bounds} (rộng nhất theo làm tròn: {widest}).",
        "{this}: with the other rows as printed, by {by} the value is {bounds} (at the widest by rounding: {widest}).",
        this,
        by,
        bounds,
        widest
    );
    let Some(printed) = printed else { return observation("missing_value", Severity::Note, table, fit, may) };
    let (printed, list) = (table.said(printed), listed(corrections.iter().map(|c| table.said(*c))));
    let text = match corrections {
        [] => say!(
            "{may} Không có cách sửa một chữ số nào của {printed} cho giá trị như vậy.",
            "{may} No correction of one digit of {printed} gives such a value.",
            may,
            printed
        ),
        [..] => say!(
            "{may} Sửa một chữ số của {printed} cho: {list}.",
            "{may} Corrections of one digit of {printed}: {list}.",
            may,
            printed,
            list
        ),
    };
    let found = observation("misprinted_value", Severity::Doubt, table, fit, text);
    Observation { corrections: corrections.to_vec(), ..found }
}

fn observation(code: &'static str, severity: Severity, table: &PrintedTable, fit: &Fit, text: Text) -> Observation {
    let found = seen(code, severity, [&table.rows[fit.row]], text).about(Figure::Index, Some(fit.bounds));
    Observation { widest: Some(fit.widest), ..found }
}

fn nothing_fits(table: &PrintedTable, values: &[Option<Decimal>], order: &Order) -> Observation {
    let open = |row: &usize| values[*row].is_none() || order.astray.contains(row);
    let rows: Vec<_> = (0..values.len()).filter(open).map(|row| &table.rows[row]).collect();
    let names = listed(rows.iter().map(|row| name(row)));
    let text = say!(
        "Không giá trị nào vừa hợp thứ hạng vừa hợp trung bình của khối: {names}. Sai ở thứ hạng, ở trung bình hoặc ở \
         dòng khác.",
        "No value fits both place and block mean: {names}. The place, the mean or another row is wrong.",
        names
    );
    seen("nothing_fits", Severity::Fault, rows, text).about(Figure::Index, None)
}

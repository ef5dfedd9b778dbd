//! A scoring rule in words, as it stands beside a leaf in a sheet that officials fill in.
//! It says every number of the rule and computes none.

use proto::document::{Bound, Delay, FigureName, Rule, WhenNone};
use proto::said::with_comma;
use proto::{Decimal, Exact};

use crate::unit_sheet::slots::NEVER;

/// The rule of a leaf, in Vietnamese.
pub fn said(rule: &Rule, maximum: Decimal) -> String {
    let all = n(maximum);
    match rule {
        Rule::Options { options } => {
            let each = options.iter().map(|o| format!("{}: {}", o.title.vi, points(o.points)));
            format!("Chọn một phương án. {}.", joined(each))
        }
        Rule::Number { step } => format!("Ghi điểm từ 0 đến {all}, bước {}.", n(*step)),
        Rule::YesNo { yes, no } => format!("Có: {}; không: {}.", points(*yes), points(*no)),
        Rule::RatioBands { part, whole, bands, none } => {
            let each = bands.iter().map(|b| format!("{}: {}", interval(&b.from, &b.to), points(b.points)));
            format!("{} {}. {}", ratio(part, whole), sentence(joined(each)), nothing(*none))
        }
        Rule::Tiers { part, whole, tiers, none } => {
            let percent = |share: Decimal| (Exact::from(share) * Exact::whole(100)).plain();
            let each = tiers
                .iter()
                .map(|t| format!("{}: {}% điểm tối đa", interval(&t.from, &t.to), with_comma(&percent(t.share))));
            format!("{} {}. {}", ratio(part, whole), sentence(joined(each)), nothing(*none))
        }
        Rule::Linear { part, whole, none } => {
            format!("{} Điểm = tỷ lệ × {all}. {}", ratio(part, whole), nothing(*none))
        }
        Rule::LinearFloor { part, whole, floor, none } => {
            let reached = if floor.closed { "từ" } else { "trên" };
            let at = n(floor.at);
            format!(
                "{} Đạt {reached} {at}%: điểm = tỷ lệ × {all}; thấp hơn: 0 điểm. {}",
                ratio(part, whole),
                nothing(*none)
            )
        }
        Rule::Steps { count, steps } => {
            let each = steps.iter().map(|s| format!("từ {}: {}", s.from, points(s.points)));
            format!("{} {}.", counted(count), sentence(joined(each)))
        }
        Rule::PerUnit { count, each } => {
            format!("{} Mỗi một được {}, tối đa {all}.", counted(count), points(*each))
        }
        Rule::Deduct { count, each } => {
            format!("{} Từ {all} trừ {} mỗi một, không dưới 0.", counted(count), points(*each))
        }
        Rule::ExternalIndex { value, scale } => {
            format!("{} Điểm = giá trị / {} × {all}.", counted(value), n(*scale))
        }
        Rule::Deadline { due, delays, after, never } => {
            let each = delays.iter().map(delay);
            let due = due.vietnam();
            let rest = format!("muộn hơn: {}; {}: {}", points(*after), NEVER.to_lowercase(), points(*never));
            format!("Hạn {due}. {}; {rest}.", sentence(joined(each)))
        }
        Rule::Formula { figures, expression, none } => {
            let each =
                (1..).zip(figures).map(|(i, f): (usize, &FigureName)| format!("({i}) {} = {}", f.title.vi, f.name));
            let expression = expression.split_whitespace().collect::<Vec<_>>().join(" ");
            format!("{}. Điểm = {expression}, từ 0 đến {all}. {}", joined(each), nothing(*none))
        }
        Rule::SurveyAverage {} => "Điểm do điều tra xã hội học, không chấm ở phiếu này.".to_owned(),
    }
}

fn n(number: Decimal) -> String {
    with_comma(&number)
}

fn points(points: Decimal) -> String {
    format!("{} điểm", n(points))
}

fn joined(each: impl Iterator<Item = String>) -> String {
    each.collect::<Vec<_>>().join("; ")
}

/// With a capital letter at its beginning.
fn sentence(text: String) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn ratio(part: &FigureName, whole: &FigureName) -> String {
    format!("Tỷ lệ % = (1) {} / (2) {}.", part.title.vi, whole.title.vi)
}

fn counted(count: &FigureName) -> String {
    format!("(1) {}.", count.title.vi)
}

fn interval(from: &Bound, to: &Bound) -> String {
    let low = if from.closed { "từ" } else { "trên" };
    let high = if to.closed { "đến" } else { "đến dưới" };
    format!("{low} {}% {high} {}%", n(from.at), n(to.at))
}

fn delay(delay: &Delay) -> String {
    match delay.days {
        0 => format!("đúng hạn: {}", points(delay.points)),
        days => format!("chậm đến {days} ngày: {}", points(delay.points)),
    }
}

fn nothing(none: WhenNone) -> &'static str {
    match none {
        WhenNone::Zero => "Mẫu số bằng 0: 0 điểm.",
        WhenNone::Maximum => "Mẫu số bằng 0: điểm tối đa.",
        WhenNone::Refuse => "Mẫu số bằng 0: không nhận, nếu không phát sinh thì đề nghị không áp dụng.",
    }
}

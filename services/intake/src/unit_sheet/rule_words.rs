//! A scoring rule in words, as it stands beside a leaf in a sheet that officials fill in.
//! It says every number of the rule and computes none.

use proto::document::{Bound, Delay, FigureName, Rule, Text, WhenNone};
use proto::{Decimal, Exact, text};

use crate::unit_sheet::slots::{NEVER, NEVER_EN};

/// The rule of a leaf.
pub fn said(rule: &Rule, maximum: Decimal) -> Text {
    let all = maximum;
    match rule {
        Rule::Options { options } => {
            let each = joined(options.iter().map(|o| titled(&o.title, &points(o.points))));
            text("Chọn một phương án. {}.", "Choose one option. {}.", &[&each])
        }
        Rule::Number { step } => {
            text!("Ghi điểm từ 0 đến {all}, bước {step}.", "Enter points from 0 to {all}, in steps of {step}."; all, step)
        }
        Rule::YesNo { yes, no } => text("Có: {}; không: {}.", "Yes: {}; no: {}.", &[&points(*yes), &points(*no)]),
        Rule::RatioBands { part, whole, bands, none } => {
            let each = joined(bands.iter().map(|b| titled(&interval(&b.from, &b.to), &points(b.points))));
            text("{} {}. {}", "{} {}. {}", &[&ratio(part, whole), &sentence(each), &nothing(*none)])
        }
        Rule::Tiers { part, whole, tiers, none } => {
            let share = |share: Decimal| {
                let percent = (Exact::from(share) * Exact::whole(100)).plain();
                text!("{percent}% điểm tối đa", "{percent}% of the maximum"; percent)
            };
            let each = joined(tiers.iter().map(|t| titled(&interval(&t.from, &t.to), &share(t.share))));
            text("{} {}. {}", "{} {}. {}", &[&ratio(part, whole), &sentence(each), &nothing(*none)])
        }
        Rule::Linear { part, whole, none } => {
            let of = text!("Điểm = tỷ lệ × {all}.", "Points = ratio × {all}."; all);
            text("{} {} {}", "{} {} {}", &[&ratio(part, whole), &of, &nothing(*none)])
        }
        Rule::LinearFloor { part, whole, floor, none } => {
            let at = floor.at;
            let of = match floor.closed {
                true => text!(
                    "Đạt từ {at}%: điểm = tỷ lệ × {all}; thấp hơn: 0 điểm.",
                    "From {at}% up: points = ratio × {all}; below: 0 points.";
                    at, all
                ),
                false => text!(
                    "Đạt trên {at}%: điểm = tỷ lệ × {all}; thấp hơn: 0 điểm.",
                    "Above {at}%: points = ratio × {all}; otherwise: 0 points.";
                    at, all
                ),
            };
            text("{} {} {}", "{} {} {}", &[&ratio(part, whole), &of, &nothing(*none)])
        }
        Rule::Steps { count, steps } => {
            let from = |from: &dyn std::fmt::Display| text!("từ {from}", "from {from}"; from);
            let each = joined(steps.iter().map(|s| titled(&from(&s.from), &points(s.points))));
            text("{} {}.", "{} {}.", &[&counted(count), &sentence(each)])
        }
        Rule::PerUnit { count, each } => {
            let (each, most) = (points(*each), text!("{all}", "{all}"; all));
            text(
                "{} Mỗi một được {}, tối đa {}.",
                "{} Each one gives {}, {} at most.",
                &[&counted(count), &each, &most],
            )
        }
        Rule::Deduct { count, each } => {
            let (each, most) = (points(*each), text!("{all}", "{all}"; all));
            text(
                "{} Từ {} trừ {} mỗi một, không dưới 0.",
                "{} From {}, {} less for each one, not below 0.",
                &[&counted(count), &most, &each],
            )
        }
        Rule::ExternalIndex { value, scale } => {
            let of = text!("Điểm = giá trị / {scale} × {all}.", "Points = value / {scale} × {all}."; scale, all);
            text("{} {}", "{} {}", &[&counted(value), &of])
        }
        Rule::Deadline { due, delays, after, never } => {
            let day = due.vietnam();
            let day = text!("{day}", "{day}");
            let each = sentence(joined(delays.iter().map(delay)));
            let never_done = Text::new(NEVER.to_lowercase(), NEVER_EN.to_lowercase());
            text(
                "Hạn {}. {}; muộn hơn: {}; {}: {}.",
                "Due {}. {}; later: {}; {}: {}.",
                &[&day, &each, &points(*after), &never_done, &points(*never)],
            )
        }
        Rule::Formula { figures, expression, none } => {
            let figure = |(i, f): (usize, &FigureName)| {
                let (vi, en, name) = (&f.title.vi, english(&f.title), &f.name);
                text!("({i}) {vi} = {name}", "({i}) {en} = {name}")
            };
            let each = joined((1..).zip(figures).map(figure));
            let expression = expression.split_whitespace().collect::<Vec<_>>().join(" ");
            let of = text!("Điểm = {expression}, từ 0 đến", "Points = {expression}, from 0 to");
            let most = text!("{all}", "{all}"; all);
            text("{}. {} {}. {}", "{}. {} {}. {}", &[&each, &of, &most, &nothing(*none)])
        }
        Rule::SurveyAverage {} => text!(
            "Điểm do điều tra xã hội học, không chấm ở phiếu này.",
            "The survey gives the points; they are not scored in this sheet."
        ),
    }
}

/// Parts in both languages, each in the next place of a sentence.
fn text(vi: &str, en: &str, parts: &[&Text]) -> Text {
    let put = |sentence: &str, part: fn(&Text) -> &str| {
        let mut places = sentence.split("{}");
        let first = places.next().unwrap_or_default().to_owned();
        places.zip(parts).fold(first, |told, (place, text)| told + part(text) + place)
    };
    Text::new(put(vi, |text| &text.vi), put(en, english))
}

/// What a text says in English; what it says at all, where nobody has written that.
fn english(text: &Text) -> &str {
    if text.en.trim().is_empty() { &text.vi } else { &text.en }
}

fn titled(title: &Text, what: &Text) -> Text {
    text("{}: {}", "{}: {}", &[title, what])
}

fn points(points: Decimal) -> Text {
    match points.to_string().as_str() {
        "1" => text!("1 điểm", "1 point"),
        _ => text!("{points} điểm", "{points} points"; points),
    }
}

fn joined(each: impl Iterator<Item = Text>) -> Text {
    let (vi, en): (Vec<_>, Vec<_>) = each.map(|text| (text.vi.clone(), english(&text).to_owned())).unzip();
    Text::new(vi.join("; "), en.join("; "))
}

/// With a capital letter at its beginning.
fn sentence(text: Text) -> Text {
    let capital = |text: &str| {
        let mut letters = text.chars();
        letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect::<String>())
    };
    Text::new(capital(&text.vi), capital(&text.en))
}

fn ratio(part: &FigureName, whole: &FigureName) -> Text {
    let titles = [&part.title, &whole.title];
    text("Tỷ lệ % = (1) {} / (2) {}.", "Ratio % = (1) {} / (2) {}.", &titles)
}

fn counted(count: &FigureName) -> Text {
    text("(1) {}.", "(1) {}.", &[&count.title])
}

fn interval(from: &Bound, to: &Bound) -> Text {
    let (low, high) = (from.at, to.at);
    let low = match from.closed {
        true => text!("từ {low}%", "from {low}%"; low),
        false => text!("trên {low}%", "above {low}%"; low),
    };
    let high = match to.closed {
        true => text!("đến {high}%", "to {high}%"; high),
        false => text!("đến dưới {high}%", "to below {high}%"; high),
    };
    text("{} {}", "{} {}", &[&low, &high])
}

fn delay(delay: &Delay) -> Text {
    let days = delay.days;
    let when = match days {
        0 => text!("đúng hạn", "in time"),
        1 => text!("chậm đến 1 ngày", "up to 1 day late"),
        days => text!("chậm đến {days} ngày", "up to {days} days late"),
    };
    titled(&when, &points(delay.points))
}

fn nothing(none: WhenNone) -> Text {
    match none {
        WhenNone::Zero => text!("Mẫu số bằng 0: 0 điểm.", "If (2) is 0: 0 points."),
        WhenNone::Maximum => text!("Mẫu số bằng 0: điểm tối đa.", "If (2) is 0: the maximum."),
        WhenNone::Refuse => text!(
            "Mẫu số bằng 0: không nhận, nếu không phát sinh thì đề nghị không áp dụng.",
            "If (2) is 0: not taken; where nothing of it came up, claim that it does not apply."
        ),
    }
}

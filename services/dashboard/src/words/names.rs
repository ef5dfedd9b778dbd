//! The protocol's own words (stages, flags, votes) as people say them; `proto::said` has those that rejections use too.
//! Every match is whole: a new word of the protocol breaks the build here.

use proto::act::examination::Found;
use proto::act::round::Stage;
use proto::document::{Lang, Sign};
use proto::rows::{ExemptionState, FlagState, SheetState};
use proto::said::Named;

use crate::number::Printer;

/// One of two texts; the Vietnamese one where there is no English.
pub fn pick<'a>(lang: Lang, vi: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::En if !en.is_empty() => en,
        Lang::En | Lang::Vi => vi,
    }
}

/// A unit's abbreviation where it says more than its name does: "LĐTBXH", not "Nội vụ" beside "Sở Nội vụ".
pub fn short_beside(name: &str, short: &str) -> String {
    if name.contains(short) { String::new() } else { short.to_owned() }
}

/// What became of a flag.
pub fn flag(lang: Lang, flag: FlagState) -> &'static str {
    let (vi, en) = match flag {
        FlagState::Raised => ("chờ giải trình", "to be explained"),
        FlagState::Explained => ("đã giải trình", "explained"),
        FlagState::Settled => ("đã xem xét giải trình", "flag settled"),
    };
    pick(lang, vi, en)
}

/// What became of an exemption.
pub fn exemption(lang: Lang, exemption: ExemptionState) -> &'static str {
    let (vi, en) = match exemption {
        ExemptionState::Claimed => ("đề nghị không áp dụng", "exemption claimed"),
        ExemptionState::Accepted => ("không áp dụng", "not applicable"),
        ExemptionState::Refused => ("không chấp nhận miễn", "exemption refused"),
    };
    pick(lang, vi, en)
}

/// Which way an extra counts.
pub fn sign(lang: Lang, sign: Sign) -> &'static str {
    match sign {
        Sign::Bonus => pick(lang, "điểm thưởng", "bonus"),
        Sign::Penalty => pick(lang, "điểm trừ", "penalty"),
    }
}

/// A vote as the history tells it; any other text as it stands.
pub fn vote(lang: Lang, text: &str) -> &str {
    match text {
        "for" => pick(lang, "tán thành", "for"),
        "against" => pick(lang, "không tán thành", "against"),
        "abstain" => pick(lang, "không biểu quyết", "abstained"),
        other => other,
    }
}

/// The verdicts of an examination as the history tells them, in the order of the claims.
pub fn verdicts(lang: Lang, text: &str) -> String {
    let said = |word: &str| {
        let found = Found::ALL.into_iter().find(|found| found.word() == word);
        found.map_or(word, |found| found.name(lang)).to_owned()
    };
    text.split(", ").map(said).collect::<Vec<_>>().join("; ")
}

/// The state before or after a step, as the history tells it: "first 33/4, flag raised", "submitted".
/// What is not understood is said as it stands.
pub fn standing_words(printer: &Printer, text: &str) -> String {
    let parts: Vec<String> = text.split(", ").map(|part| part_words(printer, part)).collect();
    parts.join("; ")
}

fn part_words(printer: &Printer, part: &str) -> String {
    let lang = printer.lang;
    if let Some(points) = printer.fraction(part) {
        return points;
    }
    if let Ok(state) = part.parse::<SheetState>() {
        return state.name(lang).to_owned();
    }
    let Some((head, tail)) = part.split_once(' ') else { return part.to_owned() };
    let known = match head {
        "flag" => tail.parse().ok().map(|f| flag(lang, f).to_owned()),
        "exemption" => tail.parse().ok().map(|e| exemption(lang, e).to_owned()),
        _ => head
            .parse::<Stage>()
            .ok()
            .zip(printer.fraction(tail))
            .map(|(s, points)| format!("{points} ({})", s.name(lang))),
    };
    known.unwrap_or_else(|| part.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{short_beside, standing_words, vote};
    use crate::number::Printer;
    use proto::document::Lang;
    use proto::exact::RoundingMode;

    #[test]
    fn states_of_a_history_are_said_in_words() {
        let vi = Printer { lang: Lang::Vi, digits: 2, rounding: RoundingMode::HalfUp };
        let en = Printer { lang: Lang::En, ..vi };
        let table = [
            ("self 33/4", "8,25 (tự chấm)", "8.25 (self)"),
            ("first 2/1, flag raised", "2 (thẩm định lần 1); chờ giải trình", "2 (first appraisal); to be explained"),
            ("exemption accepted", "không áp dụng", "not applicable"),
            ("17/30", "≈ 0,57", "≈ 0.57"),
            ("submitted", "đã nộp", "submitted"),
            ("", "", ""),
            ("something new", "something new", "something new"),
        ];
        for (text, in_vi, in_en) in table {
            assert_eq!(standing_words(&vi, text), in_vi);
            assert_eq!(standing_words(&en, text), in_en);
        }
    }

    #[test]
    fn an_unknown_vote_is_named_as_it_stands() {
        assert_eq!(vote(Lang::En, "perhaps"), "perhaps");
    }

    #[test]
    fn an_abbreviation_stands_beside_a_name_only_where_it_says_more() {
        assert_eq!(short_beside("Sở Nội vụ", "Nội vụ"), "");
        assert_eq!(short_beside("Sở Giao thông vận tải", "GTVT"), "GTVT");
    }
}

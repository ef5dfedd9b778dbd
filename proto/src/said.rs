//! How the sentence of a rejection says each of its members, in either language.
//! What a program needs stands in the members as it is on the wire; this is for people.

mod examination;

use crate::act::round::{Phase, Stage};
use crate::document::{Lang, Text};
use crate::envelope::Capacity;
use crate::hash::Hash;
use crate::ids::{ActorId, BatchId, CaseId, Code, CommandId, DecisionId, DocId, GrantId, RoundId, SampleId, UnitId};
use crate::instant::Instant;
use crate::rows::SheetState;
use crate::scope::Scope;

/// A text in both languages from two formats: Vietnamese, English.
#[macro_export]
macro_rules! text {
    ($vi:literal, $en:literal) => {
        $crate::document::Text::new(format!($vi), format!($en))
    };
    // The names behind the semicolon are numbers: Vietnamese writes a comma where English has a point.
    ($vi:literal, $en:literal; $($number:ident),+) => {
        $crate::document::Text {
            vi: { $(let $number = $crate::said::with_comma(&$number);)+ format!($vi) },
            en: format!($en),
        }
    };
}

/// A number as Vietnamese writes it: 8,25.
#[must_use]
pub fn with_comma(number: &impl std::fmt::Display) -> String {
    number.to_string().replace('.', ",")
}

/// What can stand in a rejection's sentence.
pub(crate) trait Said {
    /// As people say it.
    fn said(&self, lang: Lang) -> String;
}

impl Said for Text {
    fn said(&self, lang: Lang) -> String {
        self.get(lang).to_owned()
    }
}

/// A word of the protocol as people say it.
pub trait Named {
    /// In one language, with a capital where it stands alone.
    fn name(self, lang: Lang) -> &'static str;
}

fn pick(lang: Lang, (vi, en): (&'static str, &'static str)) -> &'static str {
    match lang {
        Lang::Vi => vi,
        Lang::En => en,
    }
}

impl Named for Capacity {
    fn name(self, lang: Lang) -> &'static str {
        pick(
            lang,
            match self {
                Self::Administrator => ("Quản trị viên", "Administrator"),
                Self::Secretariat => ("Thường trực (Sở Nội vụ)", "Secretariat"),
                Self::Drafter => ("Người lập phiếu", "Drafter"),
                Self::Chief => ("Thủ trưởng đơn vị", "Chief of the unit"),
                Self::Appraiser => ("Người thẩm định", "Appraiser"),
                Self::Council => ("Thành viên Hội đồng thẩm định", "Council member"),
                Self::SurveyStaff => ("Cán bộ điều tra", "Survey staff"),
                Self::Publisher => ("Người công bố", "Publisher"),
                Self::Inspector => ("Thanh tra", "Inspector"),
                Self::Operator => ("Người vận hành", "Operator"),
                Self::System => ("Hệ thống (hẹn giờ)", "System (timer)"),
            },
        )
    }
}

impl Named for Phase {
    fn name(self, lang: Lang) -> &'static str {
        pick(
            lang,
            match self {
                Self::SelfScoring => ("Tự chấm điểm", "Self-scoring"),
                Self::FirstAppraisal => ("Thẩm định lần 1", "First appraisal"),
                Self::Explanation => ("Giải trình", "Explanation"),
                Self::SecondAppraisal => ("Thẩm định lần 2", "Second appraisal"),
                Self::Survey => ("Điều tra xã hội học", "Survey"),
                Self::Council => ("Hội đồng quyết định", "Council"),
                Self::Appeals => ("Kiến nghị, phúc tra", "Appeals"),
            },
        )
    }
}

impl Named for SheetState {
    fn name(self, lang: Lang) -> &'static str {
        pick(
            lang,
            match self {
                Self::Open => ("đang chấm", "being filled in"),
                Self::Submitted => ("đã nộp", "submitted"),
                Self::Closed => ("chưa nộp", "not submitted"),
            },
        )
    }
}

impl Named for Stage {
    fn name(self, lang: Lang) -> &'static str {
        pick(
            lang,
            match self {
                Self::Own => ("tự chấm", "self"),
                Self::First => ("thẩm định lần 1", "first appraisal"),
                Self::Second => ("thẩm định lần 2", "second appraisal"),
                Self::Council => ("Hội đồng", "council"),
                Self::Correction => ("điều chỉnh", "correction"),
            },
        )
    }
}

/// A name in the middle of a sentence.
fn within(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

impl Said for Capacity {
    fn said(&self, lang: Lang) -> String {
        within(self.name(lang))
    }
}

impl Said for Phase {
    fn said(&self, lang: Lang) -> String {
        within(self.name(lang))
    }
}

impl Said for SheetState {
    fn said(&self, lang: Lang) -> String {
        self.name(lang).to_owned()
    }
}

impl Said for Instant {
    fn said(&self, lang: Lang) -> String {
        match lang {
            Lang::Vi => self.vietnam(),
            Lang::En => self.to_string(),
        }
    }
}

macro_rules! as_it_stands {
    ($($type:ty),*) => {$(
        impl Said for $type {
            fn said(&self, _: Lang) -> String {
                self.to_string()
            }
        }
    )*};
}
as_it_stands!(
    String, usize, u64, u32, ActorId, BatchId, CaseId, Code, CommandId, DecisionId, DocId, GrantId, Hash, RoundId,
    SampleId, Scope, UnitId
);

#[cfg(test)]
mod tests {
    use super::Said;
    use crate::document::{Lang, Text};
    use crate::envelope::Capacity;

    #[test]
    fn a_name_within_a_sentence_loses_its_first_capital_only() {
        assert_eq!(Capacity::Secretariat.said(Lang::Vi), "thường trực (Sở Nội vụ)");
        let both = [Text::new("một", "one"), Text::new("hai", "two")];
        assert_eq!(Text::join(&both), Text::new("một; hai", "one; two"));
    }
}

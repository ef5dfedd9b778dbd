//! The round's opening: blocks, windows, declared rules.
//! The dates of the plan and of publication are real; the windows between them are illustrative.

use proto::act::round::{Band, Block, OpenRound, OwnUnit, Phase, Policy, Stage, Ties, Unsubmitted, Window};
use proto::document::DocRef;
use proto::exact::RoundingMode;
use proto::{BlockId, Instant};

use super::calendar::{Day, midnight};
use super::units::{HUYEN, SO, Unit};
use super::words::{code, hundredths, round, text};

/// The first day on which units score themselves.
pub const SELF_SCORING_FROM: Day = (2022, 11, 1);
/// The deadline of self-scoring: 30 November is the last day.
pub const SELF_SCORING_UNTIL: Day = (2022, 12, 1);

/// Each phase's first day and the first day that is too late.
const WINDOWS: [(Phase, Day, Day); 7] = [
    (Phase::SelfScoring, SELF_SCORING_FROM, SELF_SCORING_UNTIL),
    (Phase::FirstAppraisal, (2022, 12, 7), (2023, 1, 7)),
    (Phase::Explanation, (2023, 1, 9), (2023, 1, 19)),
    (Phase::SecondAppraisal, (2023, 1, 30), (2023, 2, 16)),
    (Phase::Survey, (2022, 11, 21), (2023, 2, 25)),
    (Phase::Council, (2023, 3, 1), (2023, 3, 24)),
    (Phase::Appeals, (2023, 3, 24), (2023, 4, 11)),
];

/// Bands of the national scale, from the highest down: code, least index, titles.
const BANDS: [(&str, i64, &str, &str); 4] = [
    ("a", 90, "Loại A - Xuất sắc (thang quốc gia, minh họa)", "A - excellent (national scale, illustrative)"),
    ("b", 80, "Loại B - Tốt (thang quốc gia, minh họa)", "B - good (national scale, illustrative)"),
    ("c", 70, "Loại C - Khá (thang quốc gia, minh họa)", "C - fair (national scale, illustrative)"),
    ("d", 0, "Loại D - Trung bình (thang quốc gia, minh họa)", "D - average (national scale, illustrative)"),
];

/// The act that opens the round.
#[must_use]
pub fn opening(units: &[Unit], rulebook: DocRef, catalogue: DocRef) -> OpenRound {
    let block = |kind: &str, vi, en| Block {
        block: BlockId::parse(kind).expect("the sample's blocks are well named"),
        title: text(vi, en),
        kind: code(kind),
        units: units.iter().filter(|u| u.kind().as_str() == kind).map(|u| u.id().clone()).collect(),
        unranked: Vec::new(),
    };
    let window = |(phase, from, until)| -> Window {
        let (from, until): (Instant, Instant) = (midnight(from), midnight(until));
        Window { phase, from, until }
    };
    OpenRound {
        round: round(),
        year: 2022,
        title: text(
            "Chỉ số CCHC năm 2022 của các Sở, cơ quan tương đương Sở và UBND các quận, huyện, thị xã (số liệu minh họa)",
            "PAR Index 2022 of Hanoi's departments and districts (illustrative data)",
        ),
        authority: text("UBND thành phố Hà Nội", "People's Committee of Hanoi"),
        rulebook,
        catalogue,
        units_on: None,
        forms: Vec::new(),
        blocks: vec![
            block(SO, "Các Sở, cơ quan tương đương Sở", "Departments and equivalents"),
            block(HUYEN, "UBND các quận, huyện, thị xã", "District People's Committees"),
        ],
        phases: WINDOWS.map(window).to_vec(),
        policy: Policy {
            own_unit: OwnUnit::Refuse,
            unsubmitted: Unsubmitted::Zero,
            counts: vec![Stage::Own, Stage::First, Stage::Second, Stage::Council, Stage::Correction],
            digits: 2,
            rounding: RoundingMode::HalfUp,
            ties: Ties::Competition,
            receipts: None,
            deciding: Vec::new(),
            bands: BANDS
                .map(|(band, from, vi, en)| Band {
                    code: code(band),
                    title: text(vi, en),
                    from: hundredths(from * 100),
                    kind: None,
                })
                .to_vec(),
        },
    }
}

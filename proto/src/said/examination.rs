//! An appeal's claims and the log's verdicts on them as people say them, in either language.
//! What a program needs is the kind and the word on the wire; nothing is read back from here.

use super::{Named, pick};
use crate::act::examination::{Asserted, Found};
use crate::document::{Lang, Text};
use crate::instant::Instant;
use crate::text;

impl Named for Found {
    fn name(self, lang: Lang) -> &'static str {
        pick(
            lang,
            match self {
                Self::BorneOut => ("Nhật ký xác nhận", "Borne out by the log"),
                Self::Contradicted => ("Nhật ký cho thấy khác", "Contradicted by the log"),
                Self::NotOnRecord => ("Nhật ký không ghi nhận", "Not on record"),
                Self::NeedsJudgement => ("Cần người xem xét", "For people to judge"),
            },
        )
    }
}

/// ", before ..." where a moment is given.
fn before(moment: Option<Instant>) -> Text {
    match moment {
        None => text!("", ""),
        Some(at) => Text::new(format!(" trước {}", at.vietnam()), format!(" before {at}")),
    }
}

impl Asserted {
    /// The claim as a sentence.
    #[must_use]
    pub fn sentence(&self) -> Text {
        match self {
            Self::SelfScored { leaf, points, before: moment } => {
                let Text { vi, en } = before(*moment);
                let told = text!(
                    "Đơn vị đã tự chấm {points} điểm cho {leaf}",
                    "The unit scored itself {points} points at {leaf}";
                    points
                );
                Text::new(format!("{}{vi}.", told.vi), format!("{}{en}.", told.en))
            }
            Self::EvidenceAttached { leaf, address, digest_commitment, before: moment } => {
                let Text { vi, en } = before(*moment);
                let with = digest_commitment.map_or(text!("", ""), |c| text!(" (cam kết {c})", " (commitment {c})"));
                Text::new(
                    format!("Tài liệu {address}{} đã được gửi kèm {leaf}{vi}.", with.vi),
                    format!("The file {address}{} was attached to {leaf}{en}.", with.en),
                )
            }
            Self::AdjustedWithoutReason { leaf, from, to } => text!(
                "Thẩm định đổi điểm {leaf} từ {from} thành {to} mà không nêu lý do.",
                "The appraisal changed {leaf} from {from} to {to} without a reason.";
                from, to
            ),
            Self::AdjustedAfterDeadline { leaf } => {
                text!("{leaf} được thẩm định sau khi hết hạn.", "{leaf} was appraised after its deadline.")
            }
            Self::AdjustedByInterested { leaf, unit: None } => text!(
                "{leaf} được thẩm định bởi người thuộc chính đơn vị.",
                "{leaf} was appraised by somebody of the unit itself."
            ),
            Self::AdjustedByInterested { leaf, unit: Some(unit) } => text!(
                "{leaf} được thẩm định bởi người thuộc {unit}, đơn vị có liên quan.",
                "{leaf} was appraised by somebody of {unit}, an interested unit."
            ),
            Self::PublishedDiffers { leaf, publication: None } => text!(
                "Điểm công bố của {leaf} khác với điểm thẩm định.",
                "The published points of {leaf} are not the appraised ones."
            ),
            Self::PublishedDiffers { leaf, publication: Some(n) } => text!(
                "Ở lần công bố {n}, điểm của {leaf} khác với điểm thẩm định.",
                "In publication {n} the points of {leaf} are not the appraised ones."
            ),
            Self::BatchOmitted { batch } => text!(
                "Kết quả điều tra đã công bố bỏ sót đợt {batch}.",
                "The published survey leaves out the batch {batch}."
            ),
            Self::Judgement {} => text!("Nội dung cần người xem xét.", "A matter for people to judge."),
        }
    }
}

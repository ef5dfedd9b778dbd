//! Every kind of event in words.
//! It invents no kind: the list is the protocol's, and a test holds the two together.

use proto::document::Lang;

use super::pick;

/// A kind, Vietnamese, English.
const KINDS: &[(&str, &str, &str)] = &[
    ("log_created", "Khởi tạo nhật ký", "Log begun"),
    ("key_named", "Ghi nhận khóa ký", "Signing key named"),
    ("anchored", "Lập mốc chốt", "Anchor made"),
    ("log_closed", "Kết thúc nhật ký", "Log ended"),
    ("capacity_granted", "Cấp tư cách", "Capacity granted"),
    ("grant_confirmed", "Xác nhận việc cấp tư cách", "Grant confirmed"),
    ("capacity_revoked", "Thu hồi tư cách", "Capacity revoked"),
    ("credential_bound", "Gắn thông tin xác thực", "Credential bound"),
    ("credential_unbound", "Chấm dứt thông tin xác thực", "Credential ended"),
    ("part_entered", "Nhập một phần tài liệu", "Part of a document entered"),
    ("document_sealed", "Đóng tài liệu", "Document sealed"),
    ("round_opened", "Mở kỳ đánh giá", "Round opened"),
    ("phase_closed", "Đóng giai đoạn", "Phase closed"),
    ("deadline_extended", "Gia hạn", "Deadline extended"),
    ("self_scored", "Tự chấm điểm", "Self-score set"),
    ("evidence_withdrawn", "Rút tài liệu kiểm chứng", "Evidence withdrawn"),
    ("exemption_claimed", "Đề nghị không áp dụng", "Exemption claimed"),
    ("sheet_submitted", "Thủ trưởng ký, nộp phiếu", "Sheet signed and submitted"),
    ("sheet_withdrawn", "Rút phiếu", "Sheet withdrawn"),
    ("sheet_reopened", "Mở lại phiếu", "Sheet reopened"),
    ("sheet_closed", "Đóng phiếu chưa nộp", "Sheet closed, not submitted"),
    ("score_confirmed", "Công nhận điểm", "Points confirmed"),
    ("score_adjusted", "Điều chỉnh điểm", "Points adjusted"),
    ("score_flagged", "Yêu cầu giải trình", "Explanation demanded"),
    ("flag_explained", "Giải trình", "Explanation given"),
    ("exemption_accepted", "Chấp nhận không áp dụng", "Exemption accepted"),
    ("exemption_refused", "Không chấp nhận đề nghị không áp dụng", "Exemption refused"),
    ("bonus_awarded", "Cho điểm thưởng", "Bonus awarded"),
    ("penalty_imposed", "Trừ điểm", "Penalty imposed"),
    ("sample_planned", "Lập cỡ mẫu điều tra", "Samples planned"),
    ("seed_committed", "Cam kết hạt giống của mẫu hỏi lại", "Seed of a sample committed to"),
    ("batch_recorded", "Ghi nhận đợt điều tra", "Survey batch recorded"),
    ("batch_voided", "Hủy đợt điều tra", "Survey batch voided"),
    ("batch_rechecked", "Kiểm tra lại đợt điều tra", "Survey batch checked again"),
    ("sample_drawn", "Rút mẫu hỏi lại", "Sample to be asked again drawn"),
    ("survey_merged", "Tổng hợp kết quả điều tra", "Survey merged"),
    ("decision_proposed", "Trình Hội đồng biểu quyết", "Put to the council's vote"),
    ("vote_cast", "Biểu quyết", "Vote cast"),
    ("decision_recorded", "Ghi nhận quyết nghị", "Decision recorded"),
    ("council_scored", "Hội đồng quyết định điểm", "Points set by the council"),
    ("result_published", "Công bố kết quả", "Result published"),
    ("appeal_lodged", "Gửi kiến nghị", "Appeal lodged"),
    ("appeal_examined", "Đối chiếu kiến nghị với nhật ký", "Appeal held against the log"),
    ("appeal_answered", "Trả lời kiến nghị", "Appeal answered"),
    ("appeal_decided", "Giải quyết kiến nghị", "Appeal decided"),
    ("score_corrected", "Điều chỉnh điểm sau kiến nghị", "Points corrected after an appeal"),
    ("round_closed", "Kết thúc kỳ đánh giá", "Round ended"),
    ("case_opened", "Tiếp nhận yêu cầu về dữ liệu cá nhân", "Case about personal data opened"),
    ("case_answered", "Trả lời người yêu cầu", "Request answered"),
    ("erasure_ordered", "Ra lệnh xóa dữ liệu", "Erasure ordered"),
    ("erasure_confirmed", "Xác nhận lệnh xóa", "Erasure confirmed"),
    ("case_closed", "Kết thúc hồ sơ yêu cầu", "Case closed"),
];

/// A kind in words; a kind of a later version as it stands.
pub fn kind(lang: Lang, kind: &str) -> &str {
    KINDS.iter().find(|(name, ..)| *name == kind).map_or(kind, |(_, vi, en)| pick(lang, vi, en))
}

#[cfg(test)]
mod tests {
    use super::KINDS;
    use proto::Fact;

    #[test]
    fn every_kind_of_event_has_its_words_and_no_other_has() {
        let names: Vec<&str> = KINDS.iter().map(|(name, ..)| *name).collect();
        assert_eq!(names, Fact::KINDS);
        assert!(KINDS.iter().all(|(_, vi, en)| !vi.is_empty() && !en.is_empty()));
    }
}

//! The texts of the pages where a unit fills in its sheet, in both languages side by side.

use proto::document::Lang;

use super::words;

words! { FillWords:
    title: "Phiếu tự chấm điểm", "Self-scoring sheet";
    title_of: "Phiếu tự chấm điểm: {0}", "Self-scoring sheet: {0}";
    until: "Hạn nộp", "Deadline";
    state: "Trạng thái", "State";
    scored: "Đã chấm", "Scored";
    scored_of: "{0} / {1} tiêu chí", "{0} of {1} leaves";
    missing: "Còn thiếu", "Missing";
    missing_none: "Không thiếu tiêu chí nào.", "Nothing is missing.";
    missing_count: "{0} tiêu chí chưa chấm", "{0} leaves without a score";
    to_explain: "Chờ giải trình", "To be explained";
    only_read: "Bạn chỉ xem được phiếu này.", "You may only read this sheet.";
    locked: "Phiếu đã khóa: điểm không sửa được nữa.", "The sheet is locked: scores cannot be changed any more.";
    maximum: "Điểm tối đa", "Maximum";
    files: "{0} tệp", "{0} files";
    tag_scored: "đã chấm", "scored";
    tag_missing: "chưa chấm", "missing";

    rule: "Quy tắc chấm", "Rule";
    asks: "Tài liệu kiểm chứng", "Evidence";
    stands: "Đang ghi nhận", "On record";
    stands_none: "Chưa chấm.", "No score yet.";
    stands_points: "{0} điểm (bản {1}).", "{0} points (revision {1}).";
    choice: "Phương án", "Option";
    choice_points: "{0} điểm", "{0} points";
    day: "Ngày thực hiện", "Day on which it was done";
    stated: "Điểm tự chấm, từ 0 đến {0}", "Own points, from 0 to {0}";
    differing: "Điểm đề nghị, nếu khác điểm theo quy tắc (phải nêu lý do ở phần giải trình)",
        "Claimed points, where they are not the rule's (the explanation must say why)";
    explanation: "Giải trình", "Explanation";
    explanation_hint: "Nêu lý do khi không có tài liệu kiểm chứng, hoặc điều cần lưu ý khi thẩm định.",
        "Why there is no evidence, or what an appraiser should know.";
    by_rule: "Theo quy tắc: {0} điểm", "By the rule: {0} points";
    calculate: "Tính thử", "Calculate";
    save: "Lưu", "Save";
    save_next: "Lưu và sang tiêu chí chưa chấm tiếp theo", "Save and go to the next leaf without a score";
    saved: "Đã lưu: sự kiện #{0} của nhật ký.", "Saved: event #{0} of the log.";
    kept: "Nội dung bạn đã nhập mà chưa lưu được khôi phục bên dưới.", "What you had typed and not saved stands below again.";
    offline: "Mất kết nối: chưa lưu được. Nội dung bạn nhập vẫn còn; hãy lưu lại khi có mạng.",
        "The connection is cut: nothing was saved. What you typed is still here; save it when the network is back.";
    faults: "Chưa lưu được:", "Not saved:";
    stale: "Trong lúc bạn nhập, tiêu chí này đã được người khác sửa (bản {0}, nay là bản {1}). Nội dung bạn nhập còn nguyên bên dưới; hãy so với phần “Đang ghi nhận” rồi lưu lại nếu vẫn đúng.",
        "While you were typing, somebody else changed this leaf (revision {0}, now {1}). What you typed is still below; compare it with what is on record, and save again if it still holds.";
    before: "Tiêu chí trước", "Leaf before";
    after: "Tiêu chí sau", "Next leaf";
    exempt: "Đề nghị không áp dụng", "Claim that it does not apply";
    exempt_lead: "Tiêu chí không áp dụng được trừ khỏi điểm tối đa nếu người thẩm định chấp nhận.",
        "A leaf that does not apply leaves the maximum, if the appraiser accepts it.";
    exempt_ground: "Căn cứ", "Ground";

    sign_title: "Ký và nộp", "Sign and submit";
    sign_lead: "Thủ trưởng ký đúng bản {0} của phiếu, giá trị băm {1}. Sau khi nộp, phiếu bị khóa; trước hạn có thể rút lại kèm lý do.",
        "The chief signs version {0} of the sheet, digest {1}. Once submitted it is locked; before the deadline it can be withdrawn, with a reason.";
    sign: "Ký và nộp phiếu", "Sign and submit the sheet";
    sign_missing: "Chưa nộp được: còn thiếu {0} tiêu chí.", "It cannot be submitted: {0} leaves are missing.";
    signed: "Đã ký và nộp: sự kiện #{0} của nhật ký.", "Signed and submitted: event #{0} of the log.";
    withdraw_title: "Rút lại phiếu đã nộp", "Withdraw the sheet";
    withdraw_reason: "Lý do", "Reason";
    withdraw: "Rút lại phiếu", "Withdraw it";
    withdrawn: "Đã rút lại: sự kiện #{0} của nhật ký. Phiếu mở lại để sửa.", "Withdrawn: event #{0} of the log. The sheet is open again.";
    only_chief: "Chỉ thủ trưởng đơn vị (hoặc người được ký thay) ký và nộp.", "Only the unit's chief, or whoever acts for him, signs.";
}

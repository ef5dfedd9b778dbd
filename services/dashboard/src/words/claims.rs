//! The texts of files and further claims of an appeal, and of a signature that was made outside, in both languages side by side.

use proto::document::Lang;

use super::words;

words! { ClaimWords:
    files_title: "Tệp gửi kèm kiến nghị", "Files of the appeal";
    files_hint: "Hãy gửi tệp trước, viết kiến nghị sau: tệp được gắn khi kiến nghị được gửi.",
        "Send files first, and write the appeal then: they are attached when it is lodged.";
    files_received: "Đã nhận tệp. Tệp được gửi kèm khi bạn gửi kiến nghị.", "The file was received. It goes along when you lodge the appeal.";
    kept: "Nội dung bạn đã viết mà chưa gửi được khôi phục bên dưới.", "What you had written and not sent stands below again.";
    offline: "Mất kết nối: chưa gửi được. Nội dung vẫn còn; hãy gửi lại khi có mạng.",
        "The connection is cut: nothing was sent. What you wrote is still here; send it when the network is back.";
    more: "Khẳng định khác", "More claims";
    more_of: "Khẳng định khác về {0}", "More claims of {0}";
    self_scored: "Đơn vị đã tự chấm {0} điểm trong hạn", "The unit claimed {0} points in time";
    evidence_attached: "Tệp {0} đã được gắn trong hạn", "The file {0} was attached in time";
    without_reason: "Điều chỉnh từ {0} thành {1} điểm mà không nêu lý do", "Adjusted from {0} to {1} points without a reason";
    batches: "Đợt điều tra bị bỏ sót", "Batches of the survey that were left out";
    batch: "{0}: {1} người trả lời, {2}", "{0}: {1} people answered, {2}";
    batch_merged: "đã gộp vào kết quả", "part of the survey";
    batch_apart: "chưa gộp vào kết quả", "not part of the survey";

    signed_title: "Bản ký số PDF (nếu có)", "The sheet signed outside, as a PDF (where there is one)";
    signed_hint: "In phiếu này ra PDF, ký số bên ngoài rồi gửi tệp: bản ký gắn với đúng bản {0} của phiếu.",
        "Print this sheet into a PDF, sign it outside, and send the file: it is bound to version {0} of the sheet.";
    signed_send: "Gửi bản ký", "Send the signed PDF";
    signed_waits: "Bản ký {0} sẽ được nộp cùng phiếu.", "The signed file {0} goes along with the sheet.";
    signed_other: "Phiếu đã thay đổi sau khi gửi bản ký (bản {0}, nay là bản {1}): bản ký đó không gắn với phiếu này. Hãy in, ký và gửi lại.",
        "The sheet has changed since the signed file was sent (version {0}, now {1}): that file is not bound to this sheet. Print, sign and send it again.";
    signed_pdf: "Bản ký phải là tệp PDF.", "What was signed must be a PDF.";
    signed_stands: "Bản ký PDF", "Signed PDF";
}

//! The texts of what else a unit does on pages, in both languages side by side: flags explained, files, workbooks, appeals, outcomes.

use proto::document::Lang;

use super::words;

words! { UnitWords:
    flag_title: "Người thẩm định yêu cầu giải trình", "The appraiser asks for an explanation";
    flag_asked: "{0} {1}, {2}", "{0} {1}, {2}";
    flag_unknown: "Nội dung yêu cầu nằm trong lịch sử của tiêu chí.", "What is asked stands in the leaf's history.";
    flag_until: "Trả lời trước {0}.", "To be answered before {0}.";
    flag_not_now: "Chưa đến hoặc đã hết thời hạn giải trình.", "It is not the time to explain, or not any more.";
    flag_answer: "Nội dung giải trình", "Your explanation";
    flag_send: "Gửi giải trình", "Send the explanation";
    flag_files: "Các tệp đã gửi mà chưa gắn (mục “Tệp tài liệu kiểm chứng”) được gửi kèm giải trình.",
        "Files that were sent and are not attached yet (under “Files of evidence”) go along with it.";
    flag_sent: "Đã gửi giải trình: sự kiện #{0} của nhật ký.", "The explanation was sent: event #{0} of the log.";

    files_title: "Tệp tài liệu kiểm chứng", "Files of evidence";
    files_none: "Chưa có tệp nào.", "No files yet.";
    file_named: "Tệp {0}…", "File {0}…";
    file_gone: "Tệp đã bị hủy hoặc không còn trong kho.", "The file was destroyed, or is not in the store.";
    file_page: "trang, mục: {0}", "page or section: {0}";
    file_attached: "đã gắn", "attached";
    file_waits: "chờ gắn", "not attached yet";
    files_waiting: "Tệp “chờ gắn” được gắn vào điểm khi bạn bấm Lưu.", "Files that are not attached yet are attached to the score when you save it.";
    files_received: "Đã nhận tệp. Tệp chưa được ghi vào nhật ký: nhập điểm bên dưới rồi bấm Lưu để gắn tệp.",
        "The file was received. It is not on record yet: enter the score below, and save to attach it.";
    files_received_flag: "Đã nhận tệp. Tệp được gửi kèm khi bạn gửi giải trình.", "The file was received. It goes along when you send the explanation.";
    page_label: "Trang, mục cần xem trong {0}", "Page or section that matters in {0}";
    send_label: "Chọn tệp", "Choose a file";
    send_hint: "PDF, JPEG, PNG, Word (.docx), Excel (.xlsx), .odt, .ods; mỗi tệp không quá 1 GiB. Hãy gửi tệp trước, nhập điểm sau.",
        "PDF, JPEG, PNG, Word (.docx), Excel (.xlsx), .odt, .ods; up to 1 GiB each. Send files first, and enter the score then.";
    send: "Gửi tệp", "Send the file";
    send_nothing: "Hãy chọn một tệp.", "Choose a file.";
    send_progress: "Đang gửi: {0}%", "Sending: {0}%";
    send_offline: "Mất kết nối: tệp chưa được gửi. Hãy gửi lại khi có mạng.", "The connection is cut: the file was not sent. Send it again when the network is back.";
    take_back: "Gỡ tệp {0}", "Take {0} back";
    take_back_reason: "Lý do gỡ", "Why it is taken back";
    take_back_send: "Gỡ tệp khỏi điểm", "Take it back from the score";

    receipt: "Tải biên nhận (tlog-proof)", "Download the receipt (tlog-proof)";

    outcome_link: "Kết quả của các điểm tự chấm", "What became of our claims";
    outcome_title_of: "Kết quả của các điểm tự chấm: {0}", "What became of the claims of {0}";
    outcome_lead: "Mỗi tiêu chí: điểm đơn vị tự chấm, điểm ở từng bước và lý do, điểm đang được tính. Bấm mã tiêu chí để xem từng sự kiện.",
        "Of each leaf: what the unit claimed, the points and the reason of each stage, and the points that count. Its code leads to every event.";
    outcome_kept: "{0} tiêu chí giữ nguyên, {1} tiêu chí bị giảm, {2} tiêu chí tăng, {3} tiêu chí chưa có điểm.",
        "{0} leaves stand as claimed, {1} were lowered, {2} raised, {3} have no points.";
    outcome_provisional: "Tạm tính: Hội đồng chưa thông qua kết quả.", "Provisional: the council has not adopted the result.";
    outcome_claimed: "Tự chấm", "Claimed";
    outcome_stages: "Các bước và lý do", "Stages and reasons";
    outcome_counts: "Đang tính", "Counts";
    outcome_explained: "Giải trình: {0}", "Explained: {0}";
    outcome_signed: "Phiếu đã ký: sự kiện #{0}", "The signed sheet: event #{0}";

    book_title: "Phiếu Excel", "The sheet as a workbook";
    book_download: "Tải phiếu Excel", "Download the workbook";
    book_label: "Gửi lại phiếu Excel đã điền", "Send the workbook back, filled in";
    book_hint: "Chưa có gì được ghi: trước hết là bản xem trước các thay đổi.", "Nothing is written by that: what it would change is shown first.";
    book_look: "Xem trước thay đổi", "Show what it would change";
    book_preview: "Xem trước phiếu Excel", "What the workbook would change";
    book_made: "Phiếu được xuất tại vị trí #{0} của nhật ký.", "It was made at position #{0} of the log.";
    book_faults: "Không nhận được phiếu này:", "This workbook cannot be taken:";
    book_more: "và {0} lỗi nữa", "and {0} more faults";
    book_remarks: "Lưu ý", "Remarks";
    book_counts: "{0} tiêu chí thay đổi, {1} xung đột, {2} chỉ thay đổi trong nhật ký, {3} đã có sẵn, {4} không đổi.",
        "{0} leaves change, {1} conflict, {2} were changed in the log alone, {3} stand there already, {4} are unchanged.";
    book_was: "Khi xuất phiếu", "When it was made";
    book_now: "Hiện nay", "Now";
    book_wanted: "Theo phiếu Excel", "In the workbook";
    book_changed: "thay đổi", "changes";
    book_conflict: "xung đột: không gửi", "conflict: not sent";
    book_elsewhere: "người khác đã sửa", "changed by others";
    book_done: "đã có sẵn", "there already";
    book_send: "Ghi {0} thay đổi vào phiếu", "Put {0} changes on record";
    book_nothing: "Không có thay đổi nào để ghi.", "There is nothing to put on record.";
    book_taken: "Đã ghi các thay đổi từ phiếu Excel: đến sự kiện #{0} của nhật ký.", "The workbook's changes are on record: up to event #{0} of the log.";
    book_refused: "Đã ghi {0} thay đổi; {1} thay đổi không được nhận:", "{0} changes are on record; {1} were refused:";
    book_back: "Về phiếu", "Back to the sheet";

    appeal_link: "Gửi kiến nghị", "Lodge an appeal";
    appeal_title_of: "Kiến nghị của {0}", "Appeal of {0}";
    appeal_lead: "Kiến nghị về lần công bố {0}, gửi trước {1}. Kiến nghị sẽ mang số {2}.",
        "Against publication {0}, before {1}. It will have the number {2}.";
    appeal_closed: "Hiện không nhận kiến nghị: kết quả chưa được công bố, hoặc không trong thời hạn kiến nghị.",
        "No appeals now: no result is published, or it is not the time for them.";
    appeal_only_chief: "Chỉ thủ trưởng đơn vị (hoặc người được ký thay) gửi kiến nghị.", "Only the unit's chief, or whoever acts for him, appeals.";
    appeal_text: "Nội dung kiến nghị", "What the unit says";
    appeal_leaves: "Tiêu chí kiến nghị", "The leaves it is about";
    appeal_leaves_hint: "Không chọn tiêu chí nào là kiến nghị về toàn bộ kết quả. Các khẳng định ở các cột bên phải được đối chiếu máy móc với nhật ký; không bắt buộc.",
        "An appeal that names no leaf is about all of the result. The claims in the columns on the right are held against the log mechanically; none is needed.";
    appeal_about: "Kiến nghị", "Appeal";
    appeal_late: "Thẩm định sau hạn", "Appraised too late";
    appeal_interested: "Người thẩm định thuộc chính đơn vị", "Appraised by one of the unit's own";
    appeal_published: "Điểm công bố khác điểm thẩm định", "Published points are not the appraised ones";
    appeal_send: "Gửi kiến nghị", "Lodge the appeal";
}

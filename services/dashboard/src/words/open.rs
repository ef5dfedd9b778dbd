//! The texts of the pages on which a round is opened, in both languages side by side.

use proto::document::{DocKind, Lang};
use proto::opening::{GrantOutcome, UnitChanged};

use super::{pick, words};

words! { OpenWords:
    title: "Mở kỳ đánh giá", "Open a round";
    lead: "Năm bước, làm theo thứ tự nào cũng được. Tài liệu và tư cách được ghi vào nhật ký ngay ở bước của nó; phần khai báo nằm trong địa chỉ của trang này cho đến khi mở kỳ: giữ địa chỉ là giữ được bản đang soạn.",
        "Five steps, in any order. Documents and capacities go on record at their own step; what is declared stands in this page's address until the round is opened: whoever keeps the address keeps the draft.";
    steps: "Các bước", "Steps";
    step: "Bước", "Step";
    stands: "Đang có", "As it stands";
    step_rulebook: "1. Bộ tiêu chí", "1. Rulebook";
    step_catalogue: "2. Danh mục đơn vị", "2. Catalogue of units";
    step_round: "3. Khai báo kỳ và thời hạn", "3. Declarations and deadlines";
    step_people: "4. Tư cách, phân công", "4. Capacities and assignments";
    step_open: "5. Tổng hợp và mở kỳ", "5. Overview and opening";
    none_yet: "chưa có", "none yet";
    complete: "đủ", "complete";
    faults_of: "{0} lỗi", "{0} faults";
    missing_of: "còn thiếu {0}", "{0} missing";
    not_begun: "chưa khai", "not begun";
    done: "Đã ghi vào nhật ký: sự kiện #{0}.", "On record: event #{0} of the log.";
    opened: "Kỳ {0} đã mở: sự kiện #{1}.", "Round {0} is open: event #{1} of the log.";
    to_work: "Đến trang làm việc của kỳ", "To the round's work";
    only_read: "Bạn chỉ xem được: việc này của {0}.", "You may only read: this is for the capacity {0}.";
    at: "Tính đến", "As of";

    faults_title: "Những lỗi còn phải sửa", "What is still wrong";
    missing_title: "Những người còn thiếu", "Who is still missing";
    missing_lead: "Không ngăn việc mở kỳ, nhưng thiếu họ thì đến giai đoạn của họ sẽ không ai làm được.",
        "This does not keep the round from being opened; without them nobody can act once their phase has come.";
    overview: "Kỳ sẽ mở như sau", "The round as it will be opened";
    phases: "Các giai đoạn", "Phases";
    phase: "Giai đoạn", "Phase";
    from: "Bắt đầu", "From";
    until: "Hạn", "Deadline";
    units_of: "{0} đơn vị", "{0} units";
    unranked: "không xếp hạng", "not ranked";
    digest: "Giá trị băm (SHA-256)", "Digest (SHA-256)";
    open: "Mở kỳ đánh giá", "Open the round";
    open_lead: "Sau khi mở, bộ tiêu chí, khối và quy định của kỳ không đổi được nữa; chỉ thời hạn còn gia hạn được.",
        "Once it is open, its rulebook, blocks and rules do not change any more; deadlines alone can be extended.";
    changed: "Nội dung gửi lên không còn là nội dung đã xem; hãy xem lại bên dưới rồi mở.",
        "What was sent is not what was looked at any more: look again below, then open it.";

    on_record: "Đang có trong nhật ký", "On record";
    on_record_none: "Chưa có tài liệu nào.", "There is none yet.";
    id: "Mã", "Id";
    state: "Tình trạng", "State";
    sealed: "đã đóng, #{0}", "sealed, #{0}";
    parts_of: "mới nhập {0} phần, chưa đóng: gửi lại đúng tệp đó để nhập tiếp", "{0} parts entered, not sealed: send the same file again to go on";
    choose_which: "Chọn {0}", "Choose {0}";
    chosen: "đang chọn", "chosen";
    bring: "Nhập từ tệp", "From a file";
    bring_lead: "Tệp Excel (.xlsx) hoặc JSON. Trước khi ghi, trang sau cho xem mọi lỗi cùng lúc, hoặc tóm tắt nội dung.",
        "An Excel workbook (.xlsx) or JSON. Before anything is recorded, the next page shows all faults at once, or what the file holds.";
    doc_id: "Mã để ghi (a-z 0-9 . _ -)", "Id to record it under (a-z 0-9 . _ -)";
    file: "Tệp", "File";
    look: "Xem trước", "Preview";
    preview: "Xem trước: {0}", "Preview: {0}";
    faulty: "Tệp chưa nhận được; chưa có gì được ghi.", "The file cannot be taken; nothing was recorded.";
    more: "và {0} lỗi nữa", "and {0} more";
    file_none: "Chưa chọn tệp.", "No file was chosen.";
    id_bad: "Mã gồm 1 đến 64 ký tự a-z 0-9 . _ -, bắt đầu bằng chữ hoặc số.", "An id is 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit.";
    id_taken: "Mã này đã thuộc tài liệu khác trong nhật ký; hãy lấy mã khác.", "Another document is on record under this id: take another one.";
    id_same: "Tài liệu này đã có trong nhật ký dưới mã này; gửi nữa cũng không ghi thêm.", "This document is on record under this id; sending it adds nothing.";
    too_long: "Tệp quá dài để ghi qua trang; hãy dùng parindex document enter.", "The file is too long for a page: use parindex document enter.";
    record: "Ghi vào nhật ký", "Record it";
    kind: "Loại đơn vị", "Kind of unit";
    field: "Lĩnh vực", "Field";
    maximum: "Điểm tối đa", "Maximum";
    leaves: "Tiêu chí chấm điểm", "Scoring leaves";
    survey: "Trong đó điều tra xã hội học", "Of them by survey";
    all_fields: "Cộng", "In all";
    basis: "Căn cứ", "Rests on";
    changes: "Thay đổi so với {0}", "Changes since {0}";
    changes_none: "Không có thay đổi so với {0}.", "Nothing has changed since {0}.";
    of: "Của", "Of";
    forms: "Phiếu hỏi của kỳ có điều tra: xem, nhập", "Survey forms, for a round with a survey: look, enter";
    question: "Câu hỏi", "Question";
    leaf: "Tiêu chí", "Leaf";
    asked: "Nội dung hỏi", "What is asked";
    change: "Thay đổi", "Change";
    was: "Trước", "Before";
    now: "Nay", "Now";

    declare_lead: "Điền rồi bấm “Kiểm tra và tiếp tục”. Ngày giờ theo giờ Việt Nam, dạng 28/10/2022 17:00; hạn là thời điểm đầu tiên không còn kịp.",
        "Fill it in and press “Check and go on”. Moments are Vietnam time, as 28/10/2022 17:00; a deadline is the first moment that is too late.";
    next: "Kiểm tra và tiếp tục", "Check and go on";
    part_round: "Kỳ đánh giá", "The round";
    part_blocks: "Khối", "Blocks";
    part_blocks_lead: "Mỗi loại đơn vị một khối: mọi đơn vị của loại đó, trừ đơn vị không tham gia. Muốn chia loại đó thành nhiều khối thì khai thêm khối và các đơn vị của nó; khối đầu gồm những đơn vị còn lại.",
        "One for each kind of unit, of all units of the kind but those that take no part. Where a kind is to have several blocks, declare further ones with their units: the first one has all that are left.";
    part_phases: "Thời hạn các giai đoạn", "Deadlines";
    part_phases_lead: "Để trống cả hai ô: kỳ không có giai đoạn đó. Bắt buộc: tự chấm điểm, thẩm định lần 1, Hội đồng.",
        "Both empty: the round has no such phase. Needed: self-scoring, first appraisal, council.";
    part_rules: "Quy định của kỳ", "Rules of the round";
    part_bands: "Mức xếp loại, từ cao xuống; mức cuối từ 0", "Bands from the highest down; the last from 0";
    f_round: "Mã kỳ (a-z 0-9 . _ -)", "Id of the round (a-z 0-9 . _ -)";
    f_year: "Năm đánh giá", "Index year";
    f_title_vi: "Tên kỳ", "Title in Vietnamese";
    f_title_en: "Tên kỳ, tiếng Anh", "Title in English";
    f_authority_vi: "Cơ quan", "Authority in Vietnamese";
    f_authority_en: "Cơ quan, tiếng Anh", "Authority in English";
    f_rulebook: "Bộ tiêu chí", "Rulebook";
    f_catalogue: "Danh mục đơn vị", "Catalogue";
    f_units_on: "Lấy đơn vị tồn tại ngày (dd/mm/yyyy; để trống: ngày cuối năm đánh giá)", "Units that exist on (dd/mm/yyyy; empty: the last day of the index year)";
    f_form: "Phiếu hỏi {0}", "Survey form {0}";
    f_block_id: "Mã khối ({0})", "Id of the block ({0})";
    f_block_vi: "Tên khối ({0})", "Title of the block in Vietnamese ({0})";
    f_block_en: "Tên khối, tiếng Anh ({0})", "Title of the block in English ({0})";
    f_without: "Đơn vị không tham gia, cách nhau dấu phẩy ({0})", "Units that take no part, by commas ({0})";
    f_unranked: "Đơn vị tham gia nhưng không xếp hạng ({0})", "Units that take part unranked ({0})";
    f_more: "Thêm khối thứ {0} ({1})", "A further block, number {0} ({1})";
    f_more_id: "Khối thứ {0}: mã ({1})", "Block {0}: id ({1})";
    f_more_vi: "Khối thứ {0}: tên ({1})", "Block {0}: title in Vietnamese ({1})";
    f_more_en: "Khối thứ {0}: tên, tiếng Anh ({1})", "Block {0}: title in English ({1})";
    f_more_units: "Khối thứ {0}: mã các đơn vị, cách nhau dấu phẩy ({1})", "Block {0}: its units, by commas ({1})";
    f_more_unranked: "Khối thứ {0}: đơn vị không xếp hạng ({1})", "Block {0}: units that take part unranked ({1})";
    f_own_unit: "Người thẩm định gặp đơn vị của chính mình", "An appraiser's own unit";
    f_unsubmitted: "Phiếu không nộp", "Sheets never submitted";
    f_second: "Thẩm định lần 2 có tính điểm", "The second appraisal counts";
    f_council: "Hội đồng quyết định có tính điểm", "The council's decision counts";
    f_correction: "Điều chỉnh sau kiến nghị có tính điểm", "Corrections after appeals count";
    f_digits: "Số chữ số thập phân của chỉ số", "Digits of the index after the point";
    f_rounding: "Cách làm tròn", "Rounding";
    f_ties: "Khi bằng điểm", "Equal values";
    f_deciding: "Lĩnh vực phân định khi bằng điểm, cách nhau dấu phẩy", "Deciding fields between equal values, by commas";
    f_receipts: "Câu trả lời chờ biên nhận", "Answers wait for receipts";
    f_wait: "Chờ nhiều nhất (giây)", "At the most (seconds)";
    f_from: "{0}: bắt đầu", "{0}: from";
    f_until: "{0}: hạn", "{0}: deadline";
    band_code: "Mã mức {0}", "Code of band {0}";
    band_from: "Mức {0} từ chỉ số", "Band {0} from the index";
    band_vi: "Tên mức {0}", "Title of band {0} in Vietnamese";
    band_en: "Tên mức {0}, tiếng Anh", "Title of band {0} in English";
    band_kind: "Chỉ cho loại đơn vị (mức {0})", "For this kind of unit alone (band {0})";
    h_code: "Mã", "Code";
    h_from: "Từ", "From";
    h_vi: "Tên", "In Vietnamese";
    h_en: "Tiếng Anh", "In English";
    h_kind: "Loại đơn vị", "Kind";
    refuse: "không nhận", "refused";
    noted: "nhận và ghi rõ", "taken, and the event says so";
    zero: "tính 0 điểm", "count as 0";
    as_drafted: "tính như bản đang soạn", "count as drafted";
    yes: "có", "yes";
    no: "không", "no";
    half_up: "nửa lên", "half up";
    half_even: "nửa về số chẵn", "half to even";
    down: "cắt xuống", "down";
    competition: "1, 2, 2, 4", "1, 2, 2, 4";
    dense: "1, 2, 2, 3", "1, 2, 2, 3";
    receipts_none: "không", "no";
    receipts_signed: "có chữ ký của nhật ký", "signed by the log";
    receipts_cosigned: "có đồng ký của bên chứng kiến", "cosigned by witnesses";
    bad_required: "phải điền", "it must be filled in";
    bad_id: "gồm 1 đến 64 ký tự a-z 0-9 . _ -", "1 to 64 of a-z 0-9 . _ - are expected";
    bad_number: "phải là số", "a number is expected";
    bad_moment: "phải có dạng dd/mm/yyyy hh:mm", "it must look like dd/mm/yyyy hh:mm";
    bad_day: "phải có dạng dd/mm/yyyy", "it must look like dd/mm/yyyy";
    bad_choice: "phải là một trong các lựa chọn", "it must be one of the choices";
    bad_document: "không có tài liệu đã đóng với mã này", "no sealed document has this id";
    bad_excluded: "đơn vị {0} vừa được ghi là không tham gia", "unit {0} is named among those that take no part";
    bad_unit: "đơn vị {0} không có trong danh mục với loại này", "the catalogue has no unit {0} of this kind";

    people_lead: "Ai được làm gì trong kỳ này, theo nhật ký. Chỉ quản trị viên cấp; không ai tự cấp cho mình.",
        "Who may do what in this round, by the log. Administrators alone grant; nobody grants himself.";
    people_all: "Tư cách đang có", "Who holds what";
    people_none: "Chưa cấp tư cách nào cho kỳ này.", "Nothing is granted for this round yet.";
    person: "Người", "Person";
    capacity: "Tư cách", "Capacity";
    scope: "Phạm vi", "Scope";
    dates: "Thời gian", "Dates";
    add_one: "Cấp cho một người", "Grant to one person";
    bring_grants: "Nhập từ Excel", "From Excel";
    bring_grants_lead: "Tải bảng đang có về, sửa và thêm dòng, rồi gửi lên. Dòng đã cấp rồi thì bỏ qua.",
        "Download the table as it stands, change it and add rows, and send it. Rows that are granted already are passed over.";
    book: "Tải bảng tư cách (.xlsx)", "Download the table (.xlsx)";
    row: "Dòng", "Row";
    outcome: "Kết quả", "Outcome";
    grant_all: "Cấp {0} tư cách", "Grant {0}";
    grant_nothing: "Không có gì mới để cấp.", "There is nothing new to grant.";
    granted_some: "Đã cấp {0} tư cách; {1} dòng không ghi được:", "{0} were granted; {1} were not:";
}

/// A kind of document.
pub fn document(lang: Lang, kind: DocKind) -> &'static str {
    match kind {
        DocKind::Rulebook => pick(lang, "Bộ tiêu chí", "Rulebook"),
        DocKind::Catalogue => pick(lang, "Danh mục đơn vị", "Catalogue of units"),
        DocKind::Form => pick(lang, "Phiếu hỏi", "Survey form"),
        DocKind::Tally => pick(lang, "Kết quả kiểm phiếu", "Tally"),
    }
}

/// In which way a unit has changed.
pub fn changed(lang: Lang, change: UnitChanged) -> &'static str {
    match change {
        UnitChanged::Added => pick(lang, "thêm mới", "new"),
        UnitChanged::Gone => pick(lang, "không còn", "gone"),
        UnitChanged::Changed => pick(lang, "đổi", "changed"),
    }
}

/// What a row of grants comes to.
pub fn granted(lang: Lang, outcome: GrantOutcome) -> &'static str {
    match outcome {
        GrantOutcome::New => pick(lang, "sẽ cấp", "would be granted"),
        GrantOutcome::Done => pick(lang, "đã cấp rồi", "granted already"),
        GrantOutcome::Refused => pick(lang, "không cấp được", "refused"),
    }
}

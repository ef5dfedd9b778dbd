//! The texts of the pages of appraisers, the council, its secretariat and survey staff, in both languages side by side.

use proto::act::council::{Matter, Outcome};
use proto::act::survey::Method;
use proto::document::Lang;

use super::{fill, pick, words};

words! { WorkWords:
    title: "Việc của kỳ đánh giá", "Work on the round";
    roles: "Bạn làm việc với tư cách", "You act as";
    role_fields: "lĩnh vực {0}", "fields {0}";
    role_all: "mọi lĩnh vực", "all fields";
    at: "Tính đến", "As of";
    places: "Các trang làm việc", "Where the work is done";
    done: "Đã ghi vào nhật ký: sự kiện #{0}.", "On record: event #{0} of the log.";
    refused_title: "Chưa ghi được", "Not recorded";
    refused_lead: "Nội dung bạn nhập còn nguyên bên dưới. Sửa rồi gửi lại, hoặc quay về.",
        "What you typed stands below. Change it and send it again, or go back.";
    back: "Quay về", "Go back";

    phases: "Các giai đoạn", "Phases";
    phase: "Giai đoạn", "Phase";
    from: "Bắt đầu", "From";
    until: "Hạn", "Deadline";
    now: "Lúc này", "Now";
    phase_now: "đang mở", "open";
    phase_over: "đã hết hạn", "over";
    phase_later: "chưa mở", "not yet open";
    units: "Tiến độ các đơn vị", "How far the units are";
    together: "Đã nộp {0} / {1} đơn vị", "Submitted: {0} of {1} units";
    together_leaves: "tự chấm {0} / {2}, thẩm định {1} / {2} điểm; {3}", "scored {0}, appraised {1} of {2} scores; {3}";
    unit: "Đơn vị", "Unit";
    all_units: "Tất cả đơn vị", "All units";
    sheet: "Phiếu", "Sheet";
    scored: "Tự chấm", "Scored";
    appraised: "Thẩm định", "Appraised";
    flags: "Giải trình", "Explanations";
    flags_of: "{0} chờ đơn vị, {1} chờ thẩm định", "{0} wait for the unit, {1} for the appraisers";

    extend: "Gia hạn", "Extend a deadline";
    new_deadline: "Hạn mới (giờ Việt Nam)", "New deadline (Vietnam time)";
    reopen: "Mở lại phiếu", "Open a sheet again";
    reopen_lead: "Phiếu đã khóa được mở lại cho đơn vị sửa đến hạn mới; việc mở lại và lý do nằm trong nhật ký.",
        "A locked sheet is opened for its unit until the new deadline; that and the reason stand in the log.";
    reason: "Lý do", "Reason";
    close_round: "Kết thúc kỳ đánh giá", "End the round";
    close_round_lead: "Sau khi kết thúc, không ghi thêm được gì vào kỳ này.", "Nothing can be recorded in the round afterwards.";

    appraise: "Thẩm định", "Appraisal";
    appraise_first: "Thẩm định lần 1", "First appraisal";
    appraise_second: "Thẩm định lần 2", "Second appraisal";
    appraise_shut: "Lúc này không có đợt thẩm định nào đang mở; bạn chỉ xem được.", "No appraisal is open now: you may only read.";
    appraise_only_read: "Bạn chỉ xem được.", "You may only read.";
    fields: "Theo lĩnh vực", "By field";
    field: "Lĩnh vực", "Field";
    field_all: "Tất cả lĩnh vực", "All fields";
    waiting_of: "{0} chờ / {1}", "{0} of {1} wait";
    filter: "Lọc", "Filter";
    only_waiting: "Chỉ những điểm đang chờ", "Only what waits";
    show: "Xem", "Show";
    rows_of: "{0} điểm, đang xem từ {1} đến {2}", "{0} scores, shown {1} to {2}";
    rows_none: "Không có điểm nào.", "There are none.";
    rows_before: "Trang trước", "Page before";
    rows_after: "Trang sau", "Next page";
    choose: "Chọn", "Choose";
    choose_row: "Chọn {0}, {1}", "Choose {0}, {1}";
    leaf: "Tiêu chí", "Leaf";
    maximum: "Tối đa", "Maximum";
    claimed: "Tự chấm", "Claimed";
    stands: "Đang tính", "Counts";
    files: "Tệp", "Files";
    marks: "Ghi chú", "Marks";
    waits: "chờ thẩm định", "waits";
    kept_off: "đơn vị của bạn: không tự thẩm định", "your own unit: you do not appraise it";
    confirm_chosen: "Công nhận các điểm đã chọn", "Confirm the chosen points";
    confirmed_all: "Đã công nhận {0} điểm; sự kiện cuối cùng #{1}.", "{0} scores were confirmed; the last event is #{1}.";
    confirmed_some: "Đã công nhận {0} điểm; {1} điểm chưa công nhận được:", "{0} scores were confirmed; {1} were not:";
    chosen_none: "Chưa chọn điểm nào.", "Nothing was chosen.";

    case_claim: "Đơn vị tự chấm", "The unit's claim";
    case_none: "Đơn vị chưa chấm.", "The unit has not scored it.";
    case_files: "Tài liệu kiểm chứng", "Evidence";
    case_files_none: "Không có tệp nào.", "There are no files.";
    case_file: "Tệp {0} ({1}, {2} byte)", "File {0} ({1}, {2} bytes)";
    case_pages: "trang {0}", "pages {0}";
    case_stages: "Các bước đã qua", "Stages so far";
    stage: "Bước", "Stage";
    points: "Điểm", "Points";
    rests: "Căn cứ", "Rests on";
    case_others: "Đơn vị khác cùng tiêu chí", "Other units at the same leaf";
    case_history: "Diễn biến", "What happened";
    case_history_link: "Toàn bộ lịch sử", "The whole history";
    case_open_sheet: "Phiếu chưa nộp: chưa thẩm định được.", "The sheet is not submitted: nothing can be appraised yet.";
    confirm: "Công nhận", "Confirm";
    confirm_next: "Công nhận và sang tiêu chí tiếp theo", "Confirm and go to the next leaf";
    confirm_lead: "Giữ nguyên số điểm đang tính: {0}.", "The points stand as they are: {0}.";
    adjust: "Điều chỉnh", "Adjust";
    adjust_points: "Điểm thẩm định, nếu khác điểm theo quy tắc", "Appraised points, where they are not the rule's";
    adjust_stated: "Điểm thẩm định", "Appraised points";
    adjust_reason: "Lý do điều chỉnh", "Reason";
    adjust_reason_hint: "Bắt buộc. Đơn vị và thanh tra đọc được.", "Needed. The unit and inspectors read it.";
    reasons_used: "Lý do đã dùng cho tiêu chí này", "Reasons given before at this leaf";
    flag: "Yêu cầu giải trình", "Ask for an explanation";
    flag_question: "Điều cần giải trình", "What is to be explained";
    exempt_judge: "Đề nghị không áp dụng", "Claim that it does not apply";
    exempt_accept: "Chấp nhận: không áp dụng", "Accept: it does not apply";
    exempt_refuse: "Không chấp nhận: có áp dụng", "Refuse: it applies";
    propose_link: "Trình Hội đồng điểm khác", "Put other points to the council";

    council: "Hội đồng", "Council";
    decisions: "Các vấn đề trình biểu quyết", "Matters put to the vote";
    decisions_none: "Chưa trình vấn đề nào.", "Nothing was put to the vote yet.";
    votes: "{0} tán thành, {1} không tán thành, {2} không biểu quyết / {3} thành viên",
        "{0} for, {1} against, {2} abstained, of {3} members";
    own_vote: "Bạn đã biểu quyết: {0}. Phiếu sau cùng được tính.", "You voted: {0}. The last vote counts.";
    recused: "Bạn thuộc đơn vị {0}: không biểu quyết vấn đề này.", "You belong to {0}: you do not vote on this.";
    carried: "đã thông qua", "carried";
    not_carried: "không thông qua", "not carried";
    being_voted: "đang biểu quyết", "being voted on";
    result_moved: "Số liệu đã thay đổi sau khi trình: kết quả này không còn là kết quả hiện tại.",
        "The figures have changed since: this is not the result as it stands.";
    change: "{0}, tiêu chí {1}: {2} điểm", "{0}, leaf {1}: {2} points";
    vote: "Biểu quyết", "Vote";
    manner: "Hình thức", "How";
    in_meeting: "Tại phiên họp", "In the meeting";
    in_writing: "Bằng văn bản", "In writing";
    vote_for: "Tán thành", "For";
    vote_against: "Không tán thành", "Against";
    vote_abstain: "Không biểu quyết", "Abstain";
    record: "Ghi nhận kết quả biểu quyết", "Count the votes";
    record_lead: "Sau khi ghi nhận, không biểu quyết thêm được.", "Nobody votes on it afterwards.";
    minutes: "Số, ngày biên bản hoặc nội dung", "Number and date of the minutes, or their text";
    carry_out: "Thực hiện quyết nghị", "Carry it out";
    carry_out_one: "{0}, tiêu chí {1}: đặt {2} điểm", "{0}, leaf {1}: set {2} points";
    propose: "Trình Hội đồng", "Put to the council";
    propose_result: "Trình thông qua kết quả", "Put the result to the vote";
    propose_result_lead: "Kết quả hiện tại, giá trị băm {0}. Nếu số liệu thay đổi sau đó, phải trình lại.",
        "The result as it stands, digest {0}. If figures change afterwards it must be put again.";
    propose_scores: "Trình điểm của từng tiêu chí", "Put single scores to the vote";
    propose_scores_lead: "Chọn đơn vị, ghi mã tiêu chí.", "Choose a unit, name a leaf.";
    propose_title: "Trình Hội đồng quyết định điểm", "Put points to the council's vote";
    propose_appeal: "Trình Hội đồng giải quyết kiến nghị {0}", "Put appeal {0} to the council's vote";
    propose_leaf_code: "Mã tiêu chí", "Code of the leaf";
    propose_go: "Tiếp tục", "Go on";
    propose_points: "Điểm đề nghị", "Points proposed";
    propose_reason: "Lý do", "Reason";
    propose_reason_hint: "Ghi vào điểm nếu Hội đồng thông qua.", "It stands with the points if the council decides so.";
    propose_change: "Đề nghị điểm khác cho tiêu chí này", "Propose other points for this leaf";
    propose_send: "Trình biểu quyết", "Put to the vote";
    outcome: "Đề nghị giải quyết", "Proposed outcome";
    outcome_reason: "Lý do giải quyết", "Why";
    publication: "Công bố", "Publication";
    publish: "Công bố kết quả", "Publish the result";
    publish_lead: "Công bố lần {0}, giá trị băm {1}.", "Publication {0}, digest {1}.";
    publish_reason: "Lý do (bắt buộc khi thay thế lần công bố trước, hoặc còn lỗi kiểm tra)",
        "Reason (needed where it supersedes another one, or checks find faults)";
    publish_faults: "Kiểm tra còn {0} lỗi:", "Checks find {0} faults:";
    publish_nothing: "Chưa có quyết nghị nào để công bố: kết quả hiện tại phải được Hội đồng thông qua.",
        "There is no decision to publish by: the result as it stands must be adopted by the council.";
    rests_on: "Theo quyết nghị", "By the decision";
    published_before: "Công bố lần {0}", "Publication {0}";

    appeals: "Kiến nghị", "Appeals";
    appeals_none: "Chưa có kiến nghị nào.", "There are no appeals.";
    appeal: "Kiến nghị số {0}", "Appeal {0}";
    appeal_leaves: "Tiêu chí", "Leaves";
    appeal_claims: "{0} khẳng định đối chiếu được với nhật ký", "{0} claims that the log can be asked about";
    appeal_look: "Xem đối chiếu", "See what the log says";
    appeal_answers: "Đã trả lời {0} lần", "Answered {0} times";
    appeal_decided: "Đã giải quyết theo quyết nghị {0}: {1}", "Decided by {0}: {1}";
    examine: "Ghi kết quả đối chiếu vào nhật ký", "Put what the log says on record";
    examine_lead: "Kết quả đối chiếu như trang kiến nghị đang hiện được ghi vào nhật ký trước khi Hội đồng quyết định.",
        "What the appeal's page shows is put on record before the council decides.";
    answer: "Trả lời đơn vị", "Answer the unit";
    answer_text: "Nội dung trả lời", "Answer";
    decide: "Giải quyết theo quyết nghị", "Decide it as the council decided";
    decide_lead: "Hội đồng đã thông qua; kết quả giải quyết được ghi và gửi đơn vị.", "The council has voted; the outcome is put on record.";
    correct: "Điều chỉnh điểm", "Correct the points";
    correct_one: "Tiêu chí {0}: đặt {1} điểm", "Leaf {0}: set {1} points";

    survey: "Điều tra xã hội học", "Survey";
    survey_none: "Kỳ này không điều tra xã hội học.", "No survey is held in this round.";
    batches: "Các đợt phiếu", "Batches";
    batches_none: "Chưa có đợt nào.", "There are no batches yet.";
    batch: "Đợt", "Batch";
    method: "Hình thức", "Collected";
    respondents: "Số người", "People";
    groups: "Nhóm", "Groups";
    days: "Ngày", "Days";
    batch_merged: "đã tổng hợp", "merged";
    batch_stands: "chưa tổng hợp", "not merged";
    batch_voided: "đã hủy", "voided";
    batch_replaced: "thay bằng {0}", "replaced by {0}";
    batch_rechecked: "hỏi lại: {0}", "asked again: {0}";
    void: "Hủy đợt phiếu", "Void the batch";
    void_lead: "Đợt bị hủy không được tổng hợp nữa; nếu đã tổng hợp thì phải tổng hợp lại.",
        "A voided batch counts no more; if it was merged, the survey must be merged anew.";
    merge: "Tổng hợp kết quả điều tra", "Merge the survey";
    merge_lead: "Những đợt được chọn trở thành kết quả điều tra của kỳ.", "The chosen batches become the round's survey.";
}

/// What a decision is about.
pub fn matter(lang: Lang, matter: &Matter) -> String {
    match matter {
        Matter::Result { .. } => pick(lang, "thông qua kết quả", "adopt the result").to_owned(),
        Matter::Scores { .. } => pick(lang, "quyết định điểm", "decide points").to_owned(),
        Matter::Appeal { number, outcome: said, .. } => {
            let told = pick(lang, "kiến nghị {0}: {1}", "appeal {0}: {1}");
            fill(told, &[&number.to_string(), outcome(lang, *said)])
        }
    }
}

/// What becomes of an appeal.
pub fn outcome(lang: Lang, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Upheld => pick(lang, "chấp nhận", "upheld"),
        Outcome::UpheldInPart => pick(lang, "chấp nhận một phần", "upheld in part"),
        Outcome::Dismissed => pick(lang, "không chấp nhận", "dismissed"),
    }
}

/// How answers were collected.
pub fn method(lang: Lang, method: Method) -> &'static str {
    match method {
        Method::Paper => pick(lang, "phiếu giấy", "on paper"),
        Method::Online => pick(lang, "trực tuyến", "online"),
        Method::Interview => pick(lang, "phỏng vấn", "by interview"),
    }
}

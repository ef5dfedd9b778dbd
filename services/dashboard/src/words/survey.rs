//! The texts of the pages of a survey's staff, in both languages side by side.

use proto::document::{BallotFindingKind, Lang};

use super::{pick, words};

words! { SurveyWords:
    nav: "Các trang điều tra", "Pages of the survey";
    batches: "Các đợt phiếu", "Batches";
    coverage: "Độ phủ so với kế hoạch", "Coverage against the plan";
    send_title: "Gửi tệp phiếu", "Send a file of ballots";
    samples: "Hỏi lại", "Asking again";
    open_batch: "Số liệu của đợt {0}", "What batch {0} counts";

    send_lead: "Chọn tệp bảng phiếu (.csv, .tsv, .txt, .xlsx): mỗi dòng một phiếu, cột có đơn vị, nhóm, ngày và từng câu hỏi; có thể thêm điều tra viên, số giây. Tệp được đọc hết và niêm phong; chưa có gì ghi vào nhật ký cho tới khi bạn xem số liệu và xác nhận.",
        "Choose a table of ballots (.csv, .tsv, .txt, .xlsx): a ballot a row, with columns for unit, group, day and each question; collector and seconds may stand beside. The file is read whole and sealed; nothing goes on record before you have seen what it counts and confirm it.";
    send_shut: "Lúc này không nhận phiếu: ngoài thời gian điều tra, hoặc nơi này không lưu tệp.",
        "No ballots are taken now: the survey is not open, or no files are kept here.";
    batch_id: "Mã đợt", "Id of the batch";
    batch_hint: "Chữ thường không dấu, chữ số, dấu gạch nối. Bảng tổng hợp mang cùng mã.",
        "Lower-case letters, digits, hyphens. Its tally has the same id.";
    method: "Hình thức thu thập", "How it was collected";
    whose: "Cơ quan tổ chức điều tra", "Body that held the survey";
    replaces: "Thay cho đợt", "In the place of";
    replaces_none: "Không thay đợt nào", "None";
    replaces_reason: "Lý do thay (bắt buộc khi thay đợt khác)", "Why (needed where it replaces a batch)";
    encoding: "Bảng mã của tệp", "Encoding of the file";
    encoding_hint: "Không nhận ra chắc chắn bảng mã của tệp. Chọn đúng bảng mã rồi chọn lại tệp.",
        "The file's encoding cannot be seen for sure. Say which it is, and choose the file again.";
    encoding_cp1258: "Windows-1258 (tiếng Việt)", "Windows-1258 (Vietnamese)";
    encoding_tcvn3: "TCVN3 (ABC, phông .VnTime)", "TCVN3 (ABC, fonts .VnTime)";
    file: "Tệp phiếu", "File of ballots";
    file_hint: "Tối đa 1.000.000 phiếu một đợt; bảng tính tối đa 64 MiB.", "At most 1,000,000 ballots a batch; a workbook of at most 64 MiB.";
    file_none: "Chưa chọn tệp.", "No file was chosen.";
    send: "Đọc tệp", "Read the file";
    faults: "Tệp chưa nhận được; không phiếu nào được lưu. Sửa các lỗi sau rồi gửi lại:",
        "The file was not taken, and no ballot of it is kept. Set right what follows, and send it again:";
    faults_more: "và {0} lỗi nữa.", "and {0} more.";
    faults_place: "Vị trí", "Place";
    faults_what: "Lỗi", "What is wrong";
    faults_code: "Mã lỗi", "Code";

    waiting: "Xem lại đợt {0} trước khi ghi", "Look at batch {0} before it goes on record";
    waiting_lead: "Tệp đã được đọc hết, không có lỗi. Phiếu đang được niêm phong và chờ; chưa ghi vào nhật ký.",
        "The file was read whole and has no fault. Its ballots are sealed and wait; nothing is on record yet.";
    waiting_recorded: "Đợt này đã ghi vào nhật ký.", "The batch is on record.";
    waiting_moved: "Phiếu đang chờ không còn là phiếu bạn đã xem. Xem lại bên dưới.",
        "The ballots that wait are not those that you have seen. Look at them again below.";
    record: "Ghi đợt này vào nhật ký", "Put the batch on record";
    forget: "Bỏ, không ghi", "Destroy it, record nothing";
    forget_lead: "Phiếu đang chờ và tệp của chúng bị hủy khóa, không mở lại được.", "The ballots that wait and their file are destroyed, and open for nobody any more.";
    digest: "Giá trị băm của nội dung sẽ ghi", "Digest of what would be recorded";

    collectors: "Điều tra viên", "Collectors";
    tally: "Bảng tổng hợp", "Tally";
    ballots: "Số phiếu", "Ballots";
    ballots_root: "Gốc cây phiếu", "Root of the ballots' tree";
    by_unit: "Theo đơn vị và nhóm", "By unit and group";
    by_question: "Theo câu hỏi", "By question";
    of_group: "{0}: số trả lời từng mức", "{0}: how many gave each answer";
    question: "Câu hỏi", "Question";
    answered: "Có trả lời", "Answered";
    group: "Nhóm", "Group";
    planned: "Kế hoạch", "Planned";
    collected: "Đã thu", "Collected";
    share: "Tỷ lệ", "Share";
    missing: "Còn thiếu", "Missing";
    bar: "So với kế hoạch", "Against the plan";
    unplanned: "không có kế hoạch", "none planned";
    enough: "đủ", "enough";
    findings: "Điều cần xem xét", "What somebody should look at";
    findings_lead: "Tự nó không có hệ quả gì: có thể có lý do chính đáng.", "Nothing follows from it by itself: there may be a good reason.";
    findings_none: "Không có gì bất thường.", "Nothing was noticed.";
    more_rows: "và {0} dòng nữa", "and {0} more";
    replaced: "Thay cho đợt {0}: {1}", "In the place of {0}: {1}";

    coverage_lead: "Tính các đợt còn hiệu lực, đã tổng hợp hay chưa.", "Of the batches that stand, merged or not.";
    coverage_groups: "Theo nhóm đối tượng", "By group";
    only_missing: "Chỉ nơi còn thiếu", "Only where some are missing";
    all_rows: "Tất cả", "All of them";
    units: "Đơn vị", "Units";
    coverage_full: "Không nơi nào còn thiếu.", "None is missing anywhere.";

    samples_lead: "Ai trong một đợt được hỏi lại không do ai chọn: mẫu suy ra từ hạt giống đã cam kết trước khi có phiếu và từ gốc của cây phiếu. Người giữ hạt giống không được là người thu phiếu.",
        "Nobody chooses who of a batch is asked again: the sample follows from a seed that was committed to before the ballots, and from their tree's root. Whoever keeps the seed must not be who brings the ballots.";
    samples_none: "Chưa cam kết hạt giống nào.", "No seed was committed to.";
    sample: "Mẫu", "Sample";
    sample_state: "Trạng thái", "State";
    committed_at: "Cam kết tại", "Committed at";
    drawn_of: "đã rút từ đợt {0}", "drawn of batch {0}";
    undrawn: "chưa rút", "not drawn";
    too_early: "chưa có đợt nào sau cam kết", "no batch since";
    seed_step: "Bước 1. Lấy tệp hạt giống", "Step 1. Take a file with a seed";
    seed_lead: "Hệ thống tạo 32 byte ngẫu nhiên, đưa cho bạn thành tệp và không giữ lại. Cất tệp nơi chỉ bạn đọc được; mất tệp thì mẫu này không rút được nữa. Có thể tự tạo tệp ở máy khác theo cùng mẫu.",
        "32 random bytes are made, given to you as a file, and not kept here. Keep it where nobody else reads it: without it the sample can never be drawn. You may as well make such a file elsewhere.";
    sample_id: "Mã mẫu", "Id of the sample";
    seed_take: "Tải tệp hạt giống", "Download a seed";
    commit_step: "Bước 2. Cam kết, trước khi có phiếu", "Step 2. Commit to it, before there are ballots";
    commit_lead: "Chọn tệp vừa tải: nhật ký chỉ ghi giá trị băm của hạt giống.", "Choose the file: the log holds only a digest of the seed.";
    commit: "Cam kết", "Commit";
    draw_step: "Bước 3. Rút mẫu, sau khi ghi đợt", "Step 3. Draw, once the batch is on record";
    draw_lead: "Hạt giống được mở và ghi vào nhật ký; ai cũng rút lại được đúng mẫu này.", "The seed is opened and stands in the log: everybody draws the same sample from it.";
    draw_batch: "Đợt", "Batch";
    draw_many: "Số phiếu hỏi lại, hoặc tỷ lệ như 10%", "How many ballots, or a share as 10%";
    draw_bad: "Cần một số phiếu, hoặc một tỷ lệ từ 1% đến 100%.", "A number of ballots is needed, or a share of 1% to 100%.";
    draw: "Rút mẫu", "Draw the sample";
    seed_file: "Tệp hạt giống", "File of the seed";
    seed_bad: "Đây không phải tệp hạt giống: {0}.", "This is no file of a seed: {0}.";
    seed_other: "Tệp là hạt giống của kỳ khác ({0}).", "The file is of another round ({0}).";
    samples_only_secretariat: "Cam kết và rút mẫu là việc của cơ quan thường trực.", "It is for the secretariat to commit and to draw.";

    sample_title: "Mẫu hỏi lại {0}, đợt {1}", "Sample {0}, of batch {1}";
    sample_lead: "{0} trên {1} phiếu, theo thứ tự phiếu trong tệp đã gửi (phiếu đầu tiên là 1).", "{0} of {1} ballots, by their places in the file that was sent (the first one is 1).";
    seed: "Hạt giống", "Seed";
    drawn_at: "Rút tại", "Drawn at";
    ballot_number: "Phiếu thứ", "Ballot";
    asked_by: "Người hỏi lại", "Asked by";
    asked_on: "Ngày", "Day";
    asked_result: "Kết quả, ghi chú", "Result, remarks";
    sample_list: "Danh sách phiếu hỏi lại", "Ballots that are asked again";

    again_link: "Ghi kết quả hỏi lại của đợt này", "Record what those said who were asked again";
    again_title: "Kết quả hỏi lại, đợt {0}", "Asked again, of batch {0}";
    again_section: "Kết quả hỏi lại", "Asked again";
    again_lead: "Bảng có mỗi câu hỏi với từng cặp trả lời lần đầu và khi hỏi lại. Điền số người vào dòng có người trả lời như vậy; dòng trống thì bỏ qua. Cũng có thể tự lập bảng cùng các cột này, mỗi người một dòng: các dòng giống nhau được cộng lại.",
        "The table has each question with every pair of first and second answer. Fill in how many people answered so; rows without a number are passed over. A table of your own with these columns will do, with a row for each person: rows that are alike are added up.";
    again_book_step: "Bước 1. Tải bảng để điền", "Step 1. Download the table";
    again_book: "Tải bảng hỏi lại (.xlsx)", "Download the table (.xlsx)";
    again_bring_step: "Bước 2. Gửi bảng đã điền", "Step 2. Send it, filled in";
    again_method: "Hình thức hỏi lại", "How they were asked again";
    again_people: "Số người được hỏi lại", "How many people were asked again";
    again_people_bad: "Số người được hỏi lại phải là số lớn hơn 0.", "How many people were asked again is a number above 0.";
    again_reason: "Lý do hỏi lại, ai hỏi", "Why they were asked again, and by whom";
    again_reason_bad: "Cần nêu lý do hỏi lại.", "Why they were asked again must be said.";
    again_file: "Bảng đã điền", "The table, filled in";
    again_read: "Đọc bảng", "Read the table";
    again_faults: "Bảng chưa nhận được; chưa có gì được ghi. Sửa các lỗi sau rồi gửi lại:",
        "The table was not taken, and nothing is on record. Set right what follows, and send it again:";
    again_look: "Xem trước khi ghi", "Look at it before it goes on record";
    again_look_lead: "Bảng khớp với số liệu của đợt; chưa ghi vào nhật ký.", "The table fits what the batch counts; nothing is on record yet.";
    again_record: "Ghi kết quả hỏi lại vào nhật ký", "Put it on record";
    again_told: "{0} trên {1} câu trả lời giống lần đầu ({2}).", "{0} of {1} answers are the same as at first ({2}).";
    again_recorded: "{0} người, {1}", "{0} people, {1}";
    again_asked: "Hỏi lại", "Asked again";
    again_same: "Giống lần đầu", "The same";
    again_moved: "Trả lời khác lần đầu", "Answered otherwise";

    extras: "Điểm thưởng, điểm trừ", "Bonus and penalty";
    extras_lead: "Điểm thưởng, điểm trừ nằm ngoài tổng điểm, mỗi mục có mức tối đa riêng. Chỉ đặt khi phiếu đã khóa.",
        "They stand outside the total, each with a cap of its own. They are set once a sheet is locked.";
    extras_none: "Bộ tiêu chí này không có điểm thưởng, điểm trừ.", "The rulebook has none.";
    extras_unset: "Chưa đặt điểm thưởng, điểm trừ nào.", "None was set yet.";
    extras_shut: "Lúc này không đặt được: ngoài thời gian thẩm định và Hội đồng, hoặc đã công bố.",
        "None can be set now: no appraisal is open, nor the council's phase, or the result is published.";
    extras_unlocked: "Phiếu của đơn vị chưa khóa.", "The unit's sheet is not locked.";
    extras_own: "Đơn vị của bạn: không tự đặt.", "Your own unit: you do not set them.";
    extras_cap: "Tối đa", "At most";
    extras_points: "Điểm đang tính", "Points that count";
    extras_kind: "Loại", "Kind";
    extras_all: "Đã đặt trong kỳ", "Set in the round";
    award: "Đặt điểm thưởng", "Set the bonus";
    impose: "Đặt điểm trừ", "Set the penalty";
    set_points: "Số điểm", "Points";
    bonus: "điểm thưởng", "bonus";
    penalty: "điểm trừ", "penalty";

    books: "Thẩm định trên bảng tính", "Appraise in a workbook";
    books_lead: "Tải bảng của một lĩnh vực, điền quyết định, rồi gửi lên: các thay đổi được xem trước, chỗ đã bị sửa ở nơi khác không được gửi.",
        "Download a field, fill in what you decide, and send it back: changes are shown before they are sent, and what was changed elsewhere is not.";
    book_get: "Tải bảng tính", "Download the workbook";
    book_file: "Bảng tính đã điền", "The workbook, filled in";
    book_look: "Xem thay đổi", "Show what it changes";
    book_title: "Bảng thẩm định gửi lên", "A workbook that came back";
    book_back: "Về trang thẩm định", "Back to the appraisal";
}

/// A finding in words: `{0}` ballots of `{1}`.
pub fn finding(lang: Lang, kind: BallotFindingKind) -> &'static str {
    match kind {
        BallotFindingKind::Alike => {
            pick(lang, "{0} trên {1} phiếu giống nhau ở mọi câu", "{0} of {1} ballots are alike in every answer")
        }
        BallotFindingKind::StraightLine => pick(
            lang,
            "{0} trên {1} phiếu chọn một mức cho mọi câu",
            "{0} of {1} ballots give one answer to everything",
        ),
        BallotFindingKind::Fast => pick(
            lang,
            "{0} trên {1} phiếu có ghi thời gian được điền nhanh hơn 3 giây mỗi câu",
            "{0} of {1} ballots that say how long they took were filled in faster than 3 seconds an answer",
        ),
        BallotFindingKind::Even => pick(
            lang,
            "{0} trên {1} phiếu khác nhau ít hơn hẳn so với phiếu của những người khác",
            "{0} of {1} ballots, which differ far less from each other than those of all others",
        ),
        BallotFindingKind::UnderPlan => pick(lang, "{0} phiếu, kế hoạch {1}", "{0} ballots, {1} were planned"),
    }
}

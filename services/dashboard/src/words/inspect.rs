//! The texts of the pages on which an inspector finds his way, steps through a history, verifies and takes dossiers, in both languages
//! side by side.

use proto::document::Lang;

use super::{pick, words};

words! { InspectWords:
    // A history, step by step.
    steps: "Từng bước", "Step by step";
    step_of: "Bước {0} trên {1}", "Step {0} of {1}";
    step_none: "Trước bước đầu tiên", "Before the first step";
    first: "bước đầu", "first";
    before: "bước trước", "before";
    next: "bước sau", "next";
    last: "mới nhất", "latest";
    stood_note: "Mũi tên so với bước liền trước trong danh sách; thứ hạng có thể đổi do việc của đơn vị khác.",
        "Arrows compare with the step before in this list; a rank may have moved by what others did.";
    score: "Điểm của tiêu chí", "The score";
    points: "Tổng điểm / tối đa", "Points / maximum";
    index: "Chỉ số", "Index";
    rank: "Hạng trong khối", "Rank in the block";
    reason: "Lý do", "Reason";
    files: "Tài liệu", "Files";
    stream: "Chuỗi {0}, phiên bản {1}", "Stream {0}, version {1}";
    receipt: "bằng chứng (tlog-proof)", "proof (tlog-proof)";
    here: "xem mọi trang như tại đây", "show every page as of here";
    explain: "giải thích như tại đây", "explain as of here";

    // The ways in.
    title: "Thanh tra: các lối vào", "Inspection: the ways in";
    lead: "Mọi trang dưới đây dựng lại từ nhật ký, chỉ đọc, và nêu vị trí của mình. Thời điểm chọn ở đây được giữ khi sang trang khác.",
        "Every page below is folded from the log, only reads, and names its position. A moment that is chosen here goes along from page to page.";
    find: "Tìm một điểm số", "Find a score";
    unit: "Đơn vị", "Unit";
    any_unit: "mọi đơn vị", "every unit";
    leaf: "Tiêu chí", "Leaf";
    any_leaf: "cả phiếu", "the whole sheet";
    every_leaf: "mọi tiêu chí", "every leaf";
    history: "Lịch sử", "History";
    explained: "Giải thích", "How it came about";
    diff: "Thay đổi giữa hai thời điểm", "What changed between two moments";
    why: "Vì sao đổi hạng giữa hai thời điểm", "Why a rank moved between two moments";
    who: "Ai đã làm gì, ai giữ tư cách gì", "Who did what, who held what";
    show: "Xem", "Show";
    appeal: "Kiến nghị và nhật ký", "An appeal and the log";
    appeal_number: "Kiến nghị số", "Appeal number";
    appeals: "Danh sách kiến nghị", "All appeals";
    checks: "Kiểm tra trước khi công bố", "Checks before publication";
    more: "Kiểm chứng và hồ sơ", "Verification and dossiers";
    signed_out: "Hãy đăng nhập với tư cách thanh tra để kiểm chứng nhật ký và lấy hồ sơ.", "Sign in as an inspector to verify the log and to take dossiers.";
    apart: "Máy chủ này không nhận đăng nhập, nên không có trang kiểm chứng và hồ sơ; dùng lệnh parindex verify và parindex inspector export.",
        "People do not sign in at this server, so there are no pages to verify and for dossiers; use parindex verify and parindex inspector export.";

    // Verification.
    verify: "Kiểm chứng nhật ký", "Verify the log";
    verify_lead: "Thanh tra đọc lại toàn bộ nhật ký từ sự kiện đầu tiên: băm từng sự kiện, kiểm tra các cột và mắt xích, quyết định lại từng lệnh theo quy tắc, rồi so sánh với bảng chỉ số và bảng xếp hạng. Việc ghi và đọc của người khác không phải chờ.",
        "The inspector reads the whole log again from its first event: it hashes every event, holds columns and links against it, decides every command once more by the rules, and compares the tables of the index and the ranking. Nobody who writes or reads waits for it.";
    verify_absent: "Nơi này không kiểm chứng trên trang (verify_absent): các dịch vụ chạy riêng; dùng lệnh parindex verify.",
        "Nothing is verified on a page here (verify_absent): the services run apart; use parindex verify.";
    verify_begin: "Bắt đầu kiểm chứng", "Begin to verify";
    verify_runs: "Đang kiểm chứng", "Verifying";
    verify_begun: "Bắt đầu lúc {0} (giờ Việt Nam), do {1}.", "Begun at {0} (Vietnam time) by {1}.";
    verify_walked: "Đã đọc và dựng lại {0} trên {1} sự kiện.", "{0} of {1} events walked and folded.";
    verify_compares: "Đã đọc hết {0} sự kiện; đang so sánh các bảng.", "All {0} events are walked; the tables are being compared.";
    verify_opens: "Đang mở nhật ký.", "The log is being opened.";
    verify_follow: "Trang tự tải lại sau mỗi {0} giây.", "The page loads itself again every {0} seconds.";
    verify_unfollow: "Dừng tự tải lại", "Stop that";
    verify_refollow: "Tự tải lại", "Load again by itself";
    verify_again: "Tải lại", "Load again";
    verdict: "Kết luận lần gần nhất", "The last verdict";
    verdict_none: "Chưa kiểm chứng lần nào từ khi máy chủ khởi động.", "Nothing was verified since the server began.";
    verdict_kept: "Kết luận chỉ được giữ đến khi máy chủ dừng; nó nói về vị trí nêu ở đây, không nói gì về các sự kiện sau đó.",
        "A verdict is kept until the server stops; it speaks of the position named here, and of nothing behind it.";
    verdict_holds: "Nhật ký và cả hai bảng đều đúng.", "The log and both projections hold.";
    verdict_fails: "Có điều không đúng.", "Something does not hold.";
    verdict_rebuild: "Nhật ký đúng; chỉ các bảng sai và dựng lại được từ nhật ký bằng lệnh parindex rebuild.",
        "The log holds; only projections do not, and parindex rebuild makes them again from it.";
    verdict_failed: "Chưa kiểm chứng xong: {0}", "It was not carried out: {0}";
    verdict_ended: "Kết thúc lúc {0} (giờ Việt Nam), do {1} yêu cầu.", "Ended at {0} (Vietnam time); asked for by {1}.";
    verdict_upto: "Đúng đến sự kiện", "Holds up to event";
    verdict_checked: "Đã kiểm tra", "What was checked";
    checked_log: "{0} sự kiện: nội dung, các cột, mắt xích, số thứ tự, cây Merkle", "{0} events: bodies, columns, links, positions, the Merkle tree";
    checked_rules: "mỗi lệnh được quyết định lại theo quy tắc và dẫn đến đúng sự kiện ấy", "every command decided once more by the rules, and leading to the same event";
    checked_table: "bảng {0} tại sự kiện #{1}, giá trị băm {2}", "the projection {0} at event #{1}, digest {2}";
    checked_anchors: "{0} điểm neo", "{0} anchors";
    checked_head: "điểm kiểm tra giữ ở bên ngoài: {0} sự kiện", "a checkpoint kept outside: {0} events";
    checked_signer: "điểm kiểm tra và các mảnh cây của bộ ký để bên cạnh: {0} sự kiện", "the checkpoint and tiles of the signer beside: {0} events";
    checked_outside: "Không có gì giữ ở bên ngoài xác nhận phần cuối của nhật ký: chủ máy chủ có thể đã cắt hoặc viết lại. Hãy giữ điểm kiểm tra ở nơi khác và dùng parindex verify --checkpoint.",
        "Nothing outside vouches for the end of the log: whoever owns the server could have cut it or written it anew. Keep checkpoints elsewhere, and use parindex verify --checkpoint.";
    faults: "Những điều không đúng", "What does not hold";
    fault_at: "Vị trí", "Position";
    fault_code: "Mã", "Code";
    fault_where: "Nơi", "Where";
    fault_what: "Điều không đúng (nguyên văn của thanh tra)", "What (in the inspector's words)";
    fault_more: "và {0} điều nữa; parindex verify nêu tất cả.", "and {0} more; parindex verify names them all.";
    notes: "Ghi chú", "Notes";

    // Dossiers.
    dossiers: "Hồ sơ", "Dossiers";
    dossiers_lead: "Hồ sơ là một tệp giữ lâu dài và kiểm tra được mà không cần hệ thống này: các sự kiện, bằng chứng, điểm kiểm tra đã ký. Việc giao hồ sơ được ghi vào sổ truy cập tệp trước khi gửi.",
        "A dossier is one file that can be kept and checked without this system: events, proofs, a signed checkpoint. That it was handed out is entered in the access log of files before it is sent.";
    dossiers_under: "Dưới điểm kiểm tra", "Under the checkpoint";
    dossiers_unsigned: "Nhật ký chưa có điểm kiểm tra nào được ký, nên chưa có hồ sơ.", "The log has no signed checkpoint yet, so there are no dossiers.";
    dossiers_absent: "Nơi này không ghi sổ truy cập tệp, nên không giao hồ sơ trên trang; dùng lệnh parindex inspector export.",
        "There is no access log of files here, so no dossier is handed out on a page; use parindex inspector export.";
    of_round: "Cả kỳ đánh giá", "The whole round";
    of_round_lead: "Mọi sự kiện của kỳ, kết quả công bố, trang để đọc và in.", "Every event of the round, its results, a page to read and print.";
    of_score: "Một đơn vị, một điểm số hoặc một kiến nghị", "One unit, one score, or an appeal";
    of_score_lead: "Lịch sử điểm của một đơn vị, gồm cả các kiến nghị của đơn vị đó, mỗi sự kiện có bằng chứng.", "The history of a unit's scores with the appeals that it lodged, each event with its proof.";
    complete: "Chứng minh là không thiếu sự kiện nào (kèm kiến nghị của đơn vị khác: dùng cho tòa án, cơ quan thanh tra)",
        "Prove that no event is missing (it then holds the appeals of other units too: for a court or an inspectorate)";
    of_publication: "Bằng chứng của một lần công bố, để in", "A publication's proof, to print";
    publication: "Lần công bố", "Publication";
    publications_none: "Chưa công bố lần nào.", "Nothing is published yet.";
    take: "Tải hồ sơ", "Take it";
    check_how: "Cách kiểm tra", "How it is checked";
    check_binary: "Bằng chương trình này, với khóa của nhật ký lấy từ nơi khác:", "By this program, with the log's key from elsewhere:";
    check_python: "Không cần hệ thống này, chỉ cần Python:", "Without this system, by Python alone:";
    check_note: "verify.py nằm sẵn trong hồ sơ (protocol/verify.py); hãy lấy khóa và chương trình từ nơi bạn tin, không lấy từ chính hồ sơ.",
        "verify.py is in the dossier (protocol/verify.py); take the key and the program from where you trust, not from the dossier itself.";
}

/// A kind of place in which something does not hold.
pub fn fault(lang: Lang, code: &str) -> &str {
    let (vi, en) = match code {
        "event" => ("một sự kiện của nhật ký", "an event of the log"),
        "log_end" => ("phần cuối của nhật ký", "the log's end"),
        "head_row" => ("dòng đầu mục của nhật ký", "the head row"),
        "cursor" => ("con trỏ của một bảng", "a projection's cursor"),
        "row" => ("một dòng của bảng chỉ số hoặc xếp hạng", "a row of a projection"),
        "projection" => ("một bảng chỉ số hoặc xếp hạng", "a projection"),
        "tile" => ("một mảnh cây đã ký", "a tile of the signer's"),
        other => return other,
    };
    pick(lang, vi, en)
}

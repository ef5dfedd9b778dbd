//! The texts of the pages on which an inspector finds his way and steps through a history, in both languages side by side.

use proto::document::Lang;

use super::words;

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
}

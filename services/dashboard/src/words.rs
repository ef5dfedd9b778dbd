//! Every text of the pages, in both languages side by side.
//! No template says a word of its own: what stands on a page in one language stands here in both.

mod accounts;
mod api;
mod chart;
mod claims;
mod fill;
mod inspect;
mod inspector;
mod kinds;
mod live;
mod merge;
mod moderation;
mod names;
mod notices;
mod open;
mod powers;
mod released;
mod report;
mod sign_in;
mod survey;
mod unit;
mod work;

pub use accounts::{AccountWords, scope};
pub use api::ApiWords;
pub use chart::ChartWords;
pub use claims::ClaimWords;
pub use fill::FillWords;
pub use inspect::{InspectWords, fault};
pub use inspector::{InspectorWords, stands};
pub use kinds::kind;
pub use live::LiveWords;
pub use merge::MergeWords;
pub use moderation::ModerationWords;
pub use names::{exemption, flag, pick, short_beside, sign, standing_words, verdicts, vote};
pub use notices::{NoticeWords, kind as notice_kind, notice};
pub use open::{OpenWords, changed, document, granted};
pub use powers::PowerWords;
pub use released::ReleasedWords;
pub use report::ReportWords;
pub use sign_in::SignInWords;
pub use survey::{SurveyWords, finding};
pub use unit::UnitWords;
pub use work::{WorkWords, matter, method, outcome};

use proto::document::Lang;

/// Declares words: a name, Vietnamese, English.
macro_rules! words {
    ($words:ident: $($name:ident: $vi:literal, $en:literal;)*) => {
        /// Words in one language.
        pub struct $words { $(pub $name: &'static str,)* }

        static VI: $words = $words { $($name: $vi,)* };
        static EN: $words = $words { $($name: $en,)* };

        impl $words {
            /// The words of a language.
            pub fn of(lang: Lang) -> &'static Self {
                match lang {
                    Lang::Vi => &VI,
                    Lang::En => &EN,
                }
            }
        }

        /// Each word's name, Vietnamese and English.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str, &str)] = &[$((stringify!($name), $vi, $en),)*];
    };
}
use words;

/// Puts values in the places of a sentence: `{0}`, `{1}` ...
pub fn fill(sentence: &str, values: &[&str]) -> String {
    let mut out = sentence.to_owned();
    for (i, value) in values.iter().enumerate() {
        out = out.replace(&format!("{{{i}}}"), value);
    }
    out
}

words! { Words:
    // How a number came about, and what would be.
    explain_title: "Giải thích điểm số", "How it came about";
    explain_index: "Chỉ số và thứ hạng", "Index and rank";
    explain_then: "Giải thích như tại", "Explain as of";
    explain_reset: "Giải thích hiện tại", "Explain as it stands";
    explain_link: "giải thích", "explain";
    as_of_inspector: "Nhật ký", "The log";
    check_title: "Kiểm tra trước khi công bố", "Checks before publication";
    check_lead: "Lỗi chưa được giải thích thì không công bố được nếu không nêu lý do; nghi vấn và ghi chú để người xem xét.",
        "A result with faults is published only with a written reason; doubts and notes are for people to look at.";
    check_then: "Kiểm tra như tại", "Check as of";
    check_code: "Mã", "Code";
    check_reset: "Kiểm tra hiện tại", "Check as it stands";
    state_then: "Tình trạng như tại", "The state as of";
    now_instead: "Như hiện tại", "As it stands now";
    check_faults: "Lỗi", "Faults";
    check_doubts: "Nghi vấn", "Doubts";
    check_notes: "Ghi chú", "Notes";
    check_count: "({0})", "({0})";
    check_none: "Không có.", "None.";
    nav_check: "Kiểm tra", "Checks";
    nav_diff: "Thay đổi", "Changes";
    diff_link: "Thay đổi giữa hai thời điểm", "What changed between two moments";
    why_rank_link: "Vì sao đổi hạng", "Why the rank moved";
    nav_who: "Ai, tư cách gì", "Who did what";
    what_if_title: "Nếu điểm khác đi", "What if";
    what_if_note: "Chỉ là phép tính thử: không có gì được ghi lại.", "A calculation only: nothing is written.";
    what_if_ask: "Giả sử một tiêu chí có số điểm khác", "Suppose that a leaf had other points";
    what_if_points: "Số điểm", "Points";
    what_if_show: "Tính thử", "Calculate";

    // An appeal and what the log says to its claims.
    appeal_title: "Kiến nghị số {0}", "Appeal {0}";
    appeal_link: "đối chiếu với nhật ký", "held against the log";
    appeal_then: "Đối chiếu với nhật ký như tại", "Hold it against the log as of";
    appeal_claims: "Các khẳng định và nhật ký", "What it claims, and what the log says";
    appeal_lead: "Mỗi khẳng định được đối chiếu máy móc với nhật ký; sự kiện nêu dưới đây là căn cứ. Việc đánh giá thuộc về con người.",
        "Each claim is held against the log mechanically, and the events named decide it. What follows from it is for people.";
    appeal_no_claims: "Kiến nghị không nêu khẳng định nào để đối chiếu.", "The appeal makes no claims that could be held against the log.";
    appeal_more: "và {0} sự kiện nữa", "and {0} more events";
    appeal_recorded: "Đã ghi vào nhật ký", "On record";
    appeal_same: "đúng như trên.", "the verdicts above.";
    appeal_other: "kết quả khác với trên.", "other verdicts than those above.";
    appeal_rests: "Quyết định dựa trên lần đối chiếu này.", "The decision rests on this one.";
    appeal_outcome: "Kết quả giải quyết", "Outcome";
    appeal_upheld: "chấp nhận", "upheld";
    appeal_upheld_in_part: "chấp nhận một phần", "upheld in part";
    appeal_dismissed: "không chấp nhận", "dismissed";

    // The frame of every page.
    lang: "vi", "en";
    other_lang: "en", "vi";
    other_lang_name: "English", "Tiếng Việt";
    system: "Sổ cái Chỉ số CCHC", "PAR Index Ledger";
    skip: "Đến nội dung chính", "Skip to the content";
    door: "Đăng nhập", "Sign in";
    door_me: "Tôi là ai:", "Who I am:";
    nav: "Điều hướng", "Navigation";
    nav_ranking: "Xếp hạng", "Ranking";
    nav_fields: "Lĩnh vực", "Fields";
    nav_movement: "Biến động", "Movement";
    nav_compare: "So sánh", "Comparison";
    nav_state: "Tiến độ của kỳ", "State of the round";
    nav_unit: "Đơn vị", "Unit";
    fill_link: "Phiếu tự chấm điểm", "Self-scoring sheet";
    nav_history: "Lịch sử", "History";
    nav_inspect: "Thanh tra", "Inspection";
    nav_rounds: "Các kỳ", "Rounds";
    nav_work: "Việc của tôi", "My work";
    training: "KỲ TẬP HUẤN / TRAINING ROUND", "TRAINING ROUND / KỲ TẬP HUẤN";
    training_note: "Số liệu để tập huấn, không có giá trị pháp lý.", "Figures for training only; they have no legal effect.";
    basis: "Căn cứ của bộ tiêu chí", "What the rulebook rests on";
    footer: "Nguồn số liệu của trang này", "Where the figures on this page come from";
    log: "Nhật ký", "Log";
    as_of_index: "Chỉ số", "Index";
    as_of_ranking: "Xếp hạng", "Ranking";
    as_of_history: "Lịch sử", "History";
    as_of: "tính đến sự kiện", "as of event";
    as_of_none: "nhật ký chưa có sự kiện nào", "the log holds no event yet";
    root: "gốc (root)", "root";
    last_event: "sự kiện cuối lúc", "last event at";
    vietnam_time: "giờ Việt Nam", "Vietnam time";
    none: "–", "–";

    // No round yet; nothing found; something failed.
    empty_title: "Chưa có kỳ đánh giá nào", "There is no round yet";
    empty_text: "Nhật ký chưa ghi nhận việc mở kỳ đánh giá. Khi kỳ đầu tiên được mở, bảng xếp hạng sẽ hiện tại đây.",
        "The log does not say yet that a round was opened. Once the first one is open, its ranking stands here.";
    empty_open: "Mở kỳ đánh giá", "Open a round";
    refused_404: "Không tìm thấy", "Not found";
    refused_4xx: "Yêu cầu không hợp lệ", "This cannot be asked";
    refused_500: "Hệ thống chưa trả lời được", "The system could not answer";
    refused_code: "Mã", "Code";
    refused_home: "Về trang đầu", "To the first page";

    // The register of personal data.
    privacy_title: "Dữ liệu cá nhân được lưu giữ", "Which personal data is held";
    privacy_lead: "Hệ thống lưu những dữ liệu cá nhân sau. Người có dữ liệu được yêu cầu cung cấp thông tin, chỉnh sửa, xóa: trả lời trong 2 ngày làm việc, thực hiện trong 10 đến 20 ngày (Luật 91/2025/QH15, Nghị định 356/2025/NĐ-CP).",
        "This is the personal data that the system holds. Whoever it is about may ask to be told, to have it corrected or erased: he is answered within 2 working days, and it is carried out in 10 to 20 days (Law 91/2025, Decree 356/2025).";
    privacy_link: "Dữ liệu cá nhân được lưu giữ", "Which personal data is held";

    // The ranking.
    ranking_title: "Xếp hạng Chỉ số cải cách hành chính", "Ranking by the administrative reform index";
    provisional: "Tạm tính", "Provisional";
    provisional_open: "Hội đồng thẩm định chưa quyết định; số liệu còn thay đổi.",
        "The appraisal council has not decided yet; figures may still change.";
    provisional_decided: "Kết quả tại thời điểm này, chưa công bố.", "The standing of this moment; it is not published.";
    publication: "Công bố lần {0}", "Publication {0}";
    published_at: "Công bố lúc", "Published at";
    published_event: "sự kiện", "event";
    decision: "Quyết nghị", "Decision";
    digest: "Giá trị băm", "Digest";
    supersedes: "Thay thế lần công bố trước. Lý do", "It supersedes the publication before. Reason";
    superseded: "Đã được thay thế bởi lần công bố {0}.", "Superseded by publication {0}.";
    views: "Xem", "Show";
    view_live: "Số liệu tạm tính", "Provisional standing";
    block_count: "{0} đơn vị", "{0} units";
    rank: "Hạng", "Rank";
    unit: "Đơn vị", "Unit";
    unit_id: "Mã đơn vị", "Unit's id";
    short: "Tên viết tắt", "Abbreviation";
    code_short: "Viết tắt", "Short";
    index: "Chỉ số", "Index";
    composition: "Cơ cấu", "Composition";
    band: "Xếp loại", "Band";
    movement: "Thay đổi", "Change";
    movement_up: "tăng {0} bậc", "up {0} places";
    movement_down: "giảm {0} bậc", "down {0} places";
    appraisal_percent: "Thẩm định (%)", "Appraisal (%)";
    survey_percent: "ĐTXHH (%)", "Survey (%)";
    mean: "Trung bình khối", "Mean of the block";
    unranked: "không xếp hạng", "not ranked";
    legend_appraisal: "Điểm thẩm định", "Appraised points";
    legend_rest: "Điểm điều tra xã hội học (cùng điểm thưởng, điểm trừ)", "Survey points (with bonus and penalty)";
    legend_index: "Chỉ số = điểm đạt / điểm tối đa áp dụng × 100; thanh đầy là 100.",
        "Index = points reached / applicable maximum × 100; a full bar is 100.";
    ranking_none: "Chưa có số liệu xếp hạng.", "There are no standings yet.";

    // The state of the round.
    state_title: "Tiến độ của kỳ đánh giá", "State of the round";
    phases: "Các giai đoạn", "Phases";
    phase: "Giai đoạn", "Phase";
    opens: "Bắt đầu", "Opens";
    until: "Kết thúc trước", "Ends before";
    state: "Trạng thái", "State";
    phase_closed: "đã đóng", "closed";
    phase_now: "đang diễn ra", "now";
    phase_due: "đã hết hạn, chờ đóng", "past its deadline, to be closed";
    phase_later: "chưa bắt đầu", "not begun";
    phase_clock: "“Đang diễn ra” tính theo thời điểm của sự kiện cuối cùng",
        "“Now” is the time of the last event";
    milestones: "Các mốc", "Milestones";
    survey: "Điều tra xã hội học", "Survey";
    survey_not_held: "kỳ này không điều tra", "not held in this round";
    survey_waiting: "chưa tổng hợp", "not merged yet";
    survey_merged: "đã tổng hợp", "merged";
    council: "Hội đồng thẩm định", "Appraisal council";
    council_waiting: "chưa quyết định", "has not decided";
    council_decided: "đã thông qua kết quả", "has adopted the result";
    round_state: "Kỳ đánh giá", "Round";
    round_running: "đang mở", "open";
    round_closed: "đã kết thúc", "ended";
    progress: "Tiến độ tự chấm điểm", "Progress of self-scoring";
    scored: "Đã chấm", "Scored";
    to_score: "Tổng số tiêu chí", "Leaves in all";
    scored_all: "Tiêu chí đã chấm trong khối", "Leaves scored in the block";
    sheet: "Phiếu", "Sheet";
    flags: "Chờ giải trình", "Flags waiting";
    exemptions: "Không áp dụng", "Not applicable";
    version: "Phiên bản", "Version";
    publications: "Các lần công bố", "Publications";
    publications_none: "Chưa công bố lần nào.", "Nothing is published yet.";
    number: "Lần", "Number";
    time: "Thời điểm", "Time";
    position: "Vị trí", "Position";
    reason: "Lý do", "Reason";

    // A unit.
    unit_rank: "Hạng {0} / {1}", "Rank {0} of {1}";
    reached: "Điểm đạt", "Points reached";
    appraisal: "Thẩm định", "Appraisal";
    total: "Tổng cộng", "Total";
    code: "Mã thống kê", "Statistical code";
    published_same: "Số liệu hiện tại trùng với lần công bố {0}.", "The present figures are those of publication {0}.";
    published_differs: "Lần công bố {0}: chỉ số {1}. Số liệu hiện tại đã thay đổi sau lần công bố đó.",
        "Publication {0}: index {1}. The present figures have changed since.";
    sheet_part: "Phiếu tự chấm điểm", "The sheet";
    sheet_digest: "Giá trị băm của phiếu", "Digest of the sheet";
    sheet_history: "Lịch sử của cả phiếu", "History of the whole sheet";
    fields: "Kết quả theo lĩnh vực", "Result by field";
    field: "Lĩnh vực", "Field";
    percent: "Tỷ lệ (%)", "Share (%)";
    leaves: "Chi tiết từng tiêu chí", "Every criterion";
    leaf: "Tiêu chí", "Criterion";
    leaf_code: "Mã tiêu chí", "Criterion's code";
    leaf_difference: "So với điểm tự chấm", "Against the unit's own score";
    col_maximum: "Tối đa", "Max.";
    col_self: "Tự chấm", "Self";
    col_first: "TĐ 1", "1st app.";
    col_first_long: "Thẩm định lần 1", "First appraisal";
    col_second: "TĐ 2", "2nd app.";
    col_second_long: "Thẩm định lần 2", "Second appraisal";
    col_council: "HĐTĐ", "Council";
    col_council_long: "Hội đồng thẩm định", "Appraisal council";
    col_correction: "Đ.chỉnh", "Corr.";
    col_correction_long: "Điều chỉnh sau kiến nghị", "Correction after an appeal";
    col_survey: "ĐTXHH", "Survey";
    col_survey_long: "Điều tra xã hội học", "Survey";
    col_final: "Kết quả", "Final";
    col_marks: "Ghi chú", "Marks";
    col_evidence: "TL", "Evid.";
    col_evidence_long: "Số tài liệu kiểm chứng", "Pieces of evidence";
    col_revision: "Bản", "Rev.";
    col_revision_long: "Phiên bản của điểm", "Revision of the score";
    lowered: "thấp hơn điểm tự chấm {0}", "{0} below the unit's own score";
    raised: "cao hơn điểm tự chấm {0}", "{0} above the unit's own score";
    lowered_sum: "Thẩm định hạ điểm tự chấm ở {0} tiêu chí, tổng cộng {1} điểm (đánh dấu ▼).",
        "Appraisal lowered the unit's own score at {0} criteria, by {1} points in all (marked ▼).";
    lowered_none: "Thẩm định không hạ điểm tự chấm ở tiêu chí nào.", "Appraisal lowered no score of the unit.";
    kind: "Loại", "Kind";

    // A history.
    history_title: "Lịch sử", "History";
    history_sheet: "Cả phiếu", "The whole sheet";
    history_count: "{0} sự kiện", "{0} events";
    history_none: "Không có sự kiện nào trong phạm vi này.", "There are no events in this range.";
    history_cut: "Chỉ hiện {0} sự kiện gần nhất trong {1}; dùng vị trí để xem các sự kiện trước.",
        "Only the latest {0} of {1} events are shown; ask by position for earlier ones.";
    history_then: "Xem lịch sử như tại", "Show the history as of";
    history_position: "Vị trí trong nhật ký", "Position in the log";
    history_at: "hoặc ngày, giờ Việt Nam", "or a day and Vietnam time";
    history_at_form: "dd/mm/yyyy hh:mm", "dd/mm/yyyy hh:mm";
    history_show: "Xem", "Show";
    history_reset: "Xem đến hiện tại", "Show up to now";
    history_asked_position: "Đang xem như tại sự kiện #{0}.", "Shown as of event #{0}.";
    history_asked_at: "Đang xem như tại {0} (giờ Việt Nam).", "Shown as of {0} (Vietnam time).";
    history_back: "Về trang của đơn vị", "Back to the unit";
    what: "Việc", "Act";
    change: "Trước → sau", "Before → after";
    before: "trước", "before";
    after: "sau", "after";
    who: "Người thực hiện", "By";
    own_unit: "thuộc chính đơn vị", "of the same unit";
    event_hash: "mã băm", "hash";
}

#[cfg(test)]
mod tests {
    use super::{
        ALL, accounts, api, chart, claims, fill, inspect, inspector, live, merge, moderation, notices, open, powers,
        released, report, sign_in, survey, unit, work,
    };

    #[test]
    fn every_word_is_said_in_both_languages_with_the_same_places() {
        for (name, vi, en) in ALL
            .iter()
            .chain(chart::ALL)
            .chain(inspector::ALL)
            .chain(inspect::ALL)
            .chain(report::ALL)
            .chain(sign_in::ALL)
            .chain(fill::ALL)
            .chain(api::ALL)
            .chain(live::ALL)
            .chain(unit::ALL)
            .chain(work::ALL)
            .chain(powers::ALL)
            .chain(notices::ALL)
            .chain(open::ALL)
            .chain(moderation::ALL)
            .chain(accounts::ALL)
            .chain(released::ALL)
            .chain(merge::ALL)
            .chain(claims::ALL)
            .chain(survey::ALL)
        {
            assert!(!vi.trim().is_empty() && !en.trim().is_empty(), "{name}");
            for place in ["{0}", "{1}", "{2}", "{3}"] {
                assert_eq!(vi.contains(place), en.contains(place), "{name}: {place}");
            }
        }
    }

    #[test]
    fn values_stand_in_their_places() {
        assert_eq!(fill("{0} of {1}", &["3", "22"]), "3 of 22");
    }
}

//! The texts of the pages that tell what happened between two moments, and who did it, in both languages side by side.
//! What all pages say stands in `words`.

use proto::document::Lang;
use proto::who::GrantStands;

use super::{pick, words};

words! { InspectorWords:
    // Two moments.
    legend: "Giữa hai thời điểm", "Between two moments";
    from: "Từ", "From";
    to: "Đến", "To";
    hint: "Vị trí (812), ngày (28/10/2022) hoặc ngày và giờ Việt Nam (28/10/2022 08:30); 0 là trước sự kiện đầu tiên.",
        "A position (812), a day (28/10/2022) or a day and Vietnam time (28/10/2022 08:30); 0 is before the first event.";
    moments: "Chọn nhanh", "Shortcuts";
    between: "{0} → {1}", "{0} → {1}";
    beginning: "đầu nhật ký", "the beginning";
    published: "công bố lần {0}", "publication {0}";
    now: "hiện tại", "now";
    stands_from: "Nhật ký tại thời điểm đầu", "The log at the first moment";
    stands_to: "Nhật ký tại thời điểm cuối", "The log at the last moment";
    span: "Từ sau sự kiện #{0} đến hết sự kiện #{1}.", "From behind event #{0} up to event #{1}, included.";
    kinds: "Các sự kiện trong khoảng này", "The events in between";
    kinds_none: "Không có sự kiện nào của kỳ trong khoảng này.", "There are no events of the round in between.";
    follows: "theo sự kiện #{0}", "follows from #{0}";
    earlier: "và {0} sự kiện trước đó", "and {0} events before";
    event: "Sự kiện", "Event";

    // What changed.
    diff_title: "Thay đổi giữa hai thời điểm", "What changed between two moments";
    diff_none: "Không có gì thay đổi.", "Nothing changed.";
    diff_units: "Đơn vị có thay đổi", "Units that changed";
    diff_unit: "Đơn vị", "Unit";
    diff_leaf: "Tiêu chí", "Leaf";
    diff_points: "Điểm đạt / tối đa", "Points / maximum";
    diff_leaves: "Số tiêu chí đổi", "Leaves changed";
    diff_cut: "{0} tiêu chí thay đổi nữa không hiện ở đây; hãy chọn một đơn vị hoặc một tiêu chí.",
        "{0} more leaves changed that are not shown; ask for one unit or one leaf.";
    diff_by: "Do sự kiện", "By";
    counts: "tính {0}", "counts {0}";
    evidence: "{0} tài liệu", "{0} pieces of evidence";

    // Why a rank moved.
    why_title: "Vì sao đổi hạng", "Why the rank moved";
    why_lead: "Hạng {0} → {1}, chỉ số {2} → {3}.", "Rank {0} → {1}, index {2} → {3}.";
    why_count: "{0} trong {1} sự kiện của kỳ có tác động.", "{0} of {1} events of the round had an effect.";
    why_how: "Tác động của mỗi sự kiện là thay đổi khi sự kiện đó được ghi; cộng lại đúng bằng toàn bộ thay đổi. Hạng ở đây tính theo điểm tại từng thời điểm, dù đã công bố hay chưa.",
        "An event's effect is what changed when it was written; all of them add up exactly to the whole change. Ranks here follow the scores of each moment, published or not.";
    why_none: "Không có sự kiện nào làm đổi hạng hay chỉ số.", "No event changed its rank or its index.";
    why_movers: "Do điểm của đơn vị nào", "By whose scores";
    why_own: "chính đơn vị", "the unit itself";
    why_several: "nhiều đơn vị cùng lúc", "several units at once";
    why_causes: "Do việc gì dẫn đến nhiều sự kiện", "By what several events follow from";
    why_events: "Từng sự kiện, tác động lớn trước", "Event by event, the greatest effect first";
    why_effect: "Tác động", "Effect";
    why_events_count: "Số sự kiện", "Events";
    why_own_rank: "Hạng của đơn vị ấy", "That unit's own rank";
    why_overtook: "vượt {0}", "overtook {0}";
    why_overtaken: "bị {0} vượt", "overtaken by {0}";
    why_cut: "{0} tác động nhỏ hơn không hiện ở đây, cộng lại: {1}.", "{0} smaller effects are not shown; together: {1}.";
    why_whole: "Tổng cộng", "In all";
    why_places: "{0} bậc", "{0} places";
    why_no_places: "không đổi hạng", "no place";
    why_index: "chỉ số {0}", "index {0}";

    // Who.
    who_title: "Ai đã làm gì, với tư cách nào", "Who did what, in which capacity";
    who_ask: "Hỏi theo người hoặc theo tư cách", "Ask by actor or by capacity";
    who_actor: "Mã người", "Actor's id";
    who_capacity: "hoặc tư cách", "or capacity";
    who_unit: "trong đơn vị", "in unit";
    who_as_of: "Tại", "As of";
    who_note: "Nhật ký chỉ ghi mã của người; họ tên không nằm trong nhật ký.", "The log holds opaque ids only; names are not in it.";
    who_at: "Tính tại {0} (giờ Việt Nam).", "As of {0} (Vietnam time).";
    who_grants: "Tư cách được cấp", "Capacities granted";
    who_grants_none: "Nhật ký không ghi tư cách nào được cấp cho người này.", "The log says of no capacity granted to this actor.";
    who_grant: "Lần cấp", "Grant";
    who_holds_in: "Phạm vi", "Scope";
    who_dates: "Thời hạn", "Dates";
    who_state: "Trạng thái", "State";
    who_on_record: "Sự kiện", "On record";
    who_from: "từ {0}", "from {0}";
    who_until: "đến {0}", "until {0}";
    who_round: "kỳ {0}", "round {0}";
    who_fields: "lĩnh vực {0}", "fields {0}";
    who_acting: "ký thay {0}", "acting for {0}";
    who_everywhere: "mọi phạm vi", "without limits";
    who_credentials: "Thông tin xác thực", "Credentials";
    who_credentials_none: "Không có.", "None.";
    who_bound: "gắn", "bound";
    who_unbound: "chấm dứt", "ended";
    who_grant_id: "Mã cấp", "Grant's id";
    who_acts: "Việc đã làm", "Acts";
    who_acts_none: "Nhật ký không ghi việc nào của người này.", "The log says of no act by this actor.";
    who_cut: "{0} việc trước đó không hiện ở đây.", "{0} acts before these are not shown.";
    who_cut_link: "Xem các việc trước", "Show the acts before";
    who_left_out: "{0} dòng nữa không hiện ở đây.", "{0} more lines are not shown.";
    who_held: "Người giữ tư cách “{0}”", "Who held the capacity “{0}”";
    who_held_none: "Không ai giữ tư cách này tại thời điểm đó.", "Nobody held it at that moment.";
}

/// How a grant stands.
pub fn stands(lang: Lang, stands: GrantStands) -> &'static str {
    let (vi, en) = match stands {
        GrantStands::Pending => ("chờ người thứ hai xác nhận", "to be confirmed by a second person"),
        GrantStands::NotYet => ("chưa đến hạn", "not yet"),
        GrantStands::Holds => ("đang có hiệu lực", "holds"),
        GrantStands::Over => ("đã hết hạn", "over"),
        GrantStands::Revoked => ("đã thu hồi", "revoked"),
    };
    pick(lang, vi, en)
}

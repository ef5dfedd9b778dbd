//! The texts of the page on who may do what, in both languages side by side.

use proto::document::Lang;

use super::words;

words! { PowerWords:
    title: "Ai được làm gì", "Who may do what";
    lead: "Mọi quyền đều do nhật ký cấp, có người cấp và thời hạn; tài khoản tự nó không cho quyền gì. Không ai tự cấp cho mình; quản trị và thanh tra phải có hai người.",
        "Every power is granted in the log, by somebody and from a day on; an account alone gives none. Nobody grants himself; administrators and inspectors take two people.";
    at: "Tính đến", "As of";
    done: "Đã ghi vào nhật ký: sự kiện #{0}.", "On record: event #{0} of the log.";
    credentials: "{0} thông tin xác thực", "{0} credentials";
    capacity: "Tư cách", "Capacity";
    granted: "cấp", "granted";
    confirmed: "xác nhận", "confirmed";
    revoked: "thu hồi", "taken back";
    by_whom: "bởi", "by";
    people: "Từng người", "Person by person";
    offices: "Bàn giao và ký thay", "Offices handed over, and acting for the chief";
    holder: "Người giữ", "Holder";
    from_day: "Từ", "From";
    to_day: "Đến", "Until";
    state: "Tình trạng", "State";
    accounts: "Tài khoản đăng nhập", "Accounts to sign in with";
    of_title: "Tư cách của {0}", "The capacities of {0}";
    all: "Ai được làm gì", "Who may do what";
    acts: "Mọi việc người này đã làm", "Everything that he did";
    receipt: "biên nhận", "receipt";
    stream: "Mọi sự kiện này nằm trong chuỗi", "All of these events stand in the stream";
    everywhere: "mọi kỳ, mọi đơn vị", "every round and unit";
    of_round: "kỳ {0}", "round {0}";
    of_fields: "lĩnh vực {0}", "fields {0}";
    acting: "ký thay {0}", "acting for {0}";
    since: "từ {0}", "from {0}";
    to: "đến {0}", "until {0}";
    confirm: "Xác nhận", "Confirm";
    revoke: "Thu hồi", "Take back";
    reason_label: "Lý do thu hồi", "Why it is taken back";
    new: "Cấp tư cách", "Grant a capacity";
    actor: "Mã người nhận (không phải tên)", "Id of the person (no name)";
    grant_id: "Mã của lần cấp", "Id of the grant";
    unit: "Đơn vị", "Unit";
    round: "Chỉ kỳ này (để trống: mọi kỳ)", "This round alone (empty: every round)";
    fields: "Chỉ các lĩnh vực này (để trống: mọi lĩnh vực)", "These fields alone (empty: every field)";
    from: "Từ (giờ Việt Nam)", "From (Vietnam time)";
    until: "Đến trước (giờ Việt Nam; để trống: đến khi thu hồi)", "Until before (Vietnam time; empty: until taken back)";
    acting_for: "Ký thay thủ trưởng (mã)", "Acting for the chief (id)";
}

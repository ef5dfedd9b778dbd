//! The texts of the pages on accounts and tokens, in both languages side by side.

use proto::Scope;
use proto::document::Lang;

use super::{pick, words};

words! { AccountWords:
    title: "Tài khoản đăng nhập", "Accounts to sign in with";
    lead: "Tài khoản chỉ cho biết ai đang dùng; được làm gì là do nhật ký. Mỗi lần cấp, cấp lại và đóng được ghi vào nhật ký bằng mã, không ghi tên đăng nhập.",
        "An account only says who is there; what he may do the log says. Each one given out, reset and ended is on record by its id, never by a login name.";
    terminal: "Tài khoản của quản trị viên, của thanh tra và của chính mình chỉ được cấp, cấp lại hay đóng tại máy chủ (parindex account): những quyền này phải có hai người.",
        "Accounts of administrators, of inspectors and one's own are given out, reset and ended at the terminal alone (parindex account): what these may do takes two people.";
    powers: "Ai được làm gì", "Who may do what";
    at: "Tính đến", "As of";
    list: "Các tài khoản", "The accounts";
    none: "Chưa có tài khoản nào.", "There is no account.";
    name: "Tên đăng nhập", "Login name";
    actor: "Mã người thực hiện", "Actor";
    since: "Từ", "Since";
    last: "Đăng nhập gần nhất", "Last sign-in";
    never: "chưa lần nào", "never";
    state: "Tình trạng", "State";
    usual: "dùng được", "in use";
    locked: "khóa đến {0}", "locked until {0}";
    first: "chưa đổi mật khẩu đầu tiên", "first password still to change";
    at_terminal: "chỉ tại máy chủ", "at the terminal alone";
    own: "của chính mình", "one's own";
    acts: "Việc có thể làm", "What can be done";
    new: "Cấp tài khoản", "Give an account out";
    new_actor: "Mã người thực hiện (không phải tên)", "Id of the person (no name)";
    new_name: "Tên đăng nhập (2 đến 64 ký tự a-z 0-9 . _ -)", "Login name (2 to 64 of a-z 0-9 . _ -)";
    mail: "Địa chỉ thư nhận thông báo", "Mail address for notices";
    mail_hint: "Có thể để trống. Không ghi vào nhật ký; chưa có thông báo nào được gửi trước khi người dùng xác nhận địa chỉ.",
        "May be left empty. It stands on no record, and no notice is sent there before the person has confirmed it.";
    mail_give: "Khai địa chỉ", "Give the address";
    mail_given: "Đã khai địa chỉ thư cho {0}; một thư xác nhận được gửi tới đó.",
        "The mail address of {0} is kept; a letter that asks to confirm it is sent there.";
    mail_own: "{0} đã tự xác nhận một địa chỉ thư; chỉ người đó đổi được.",
        "{0} has confirmed an address already, which is changed by that person alone.";
    bind: "Gắn tài khoản của tỉnh", "Bind an account of the province's";
    bind_subject: "Người đó theo hệ thống đăng nhập của tỉnh ({0}), đúng từng chữ", "Who it is to the province's sign-in ({0}), to the letter";
    bound: "Tài khoản của tỉnh {0} nay nói thay cho {1}.", "The province's account {0} speaks for {1} now.";
    subject_wrong: "Tên theo hệ thống đăng nhập của tỉnh có 1 đến 255 ký tự.", "Who somebody is to the province's sign-in has 1 to 255 characters.";
    by_provider: "của tỉnh", "the province's";
    reset: "Cấp lại mật khẩu", "Give another password";
    end: "Đóng tài khoản", "End the account";
    unlock: "Mở khóa", "Unlock";
    reason: "Lý do (ghi vào nhật ký)", "Why (it stands on record)";
    password: "Mật khẩu đầu tiên của {0}, chỉ hiện một lần này; người dùng phải đổi khi đăng nhập lần đầu:",
        "The first password of {0}, shown this once; it must be changed at the first sign-in:";
    unknown_actor: "Nhật ký chưa cấp tư cách nào cho {0}.", "No grant of the log names {0} yet.";
    ended: "Tài khoản {0} đã đóng; mọi phiên của nó đã kết thúc.", "The account {0} has ended, with all of its sessions.";
    unlocked: "Tài khoản {0} đã mở khóa.", "The account {0} is locked no more.";
    exists: "Đã có tài khoản {0}.", "There is an account {0} already.";
    unknown: "Không có tài khoản {0}.", "There is no account {0}.";
    name_wrong: "Tên đăng nhập gồm 2 đến 64 ký tự a-z 0-9 . _ -", "A login name has 2 to 64 of a-z 0-9 . _ -";

    tokens: "Mã truy cập cho chương trình", "Tokens for programs";
    tokens_lead: "Chương trình dùng mã truy cập thay cho bạn, không vượt quá quyền của bạn. Mã đọc toàn bộ nhật ký chỉ được cấp tại máy chủ.",
        "A program speaks for you by a token, and may do no more than you. One that reads the log itself is given out at the terminal alone.";
    tokens_none: "Bạn chưa có mã truy cập nào.", "You have no token.";
    token_label: "Dùng cho", "What for";
    token_scopes: "Phạm vi", "Scopes";
    token_id: "Mã thông tin xác thực", "Credential";
    token_since: "Tạo lúc", "Made";
    token_new: "Tạo mã truy cập", "Make a token";
    token_no_capacity: "Chỉ người đang có tư cách mới tạo được mã truy cập.", "Only who holds a capacity makes a token.";
    token_scope_needed: "Hãy chọn ít nhất một phạm vi.", "Choose one scope at least.";
    token_once: "Mã truy cập, chỉ hiện một lần này:", "The token, shown this once:";
    token_revoke: "Thu hồi mã", "Revoke it";
    token_revoked: "Mã truy cập đã thu hồi, không dùng được nữa.", "The token is revoked: it speaks for nobody any more.";
    everything: "mọi thứ (tạo trước khi có phạm vi)", "everything (made before there were scopes)";
}

/// A scope as people say it.
pub fn scope(lang: Lang, scope: Scope) -> &'static str {
    let (vi, en) = match scope {
        Scope::Commands => ("gửi lệnh, tệp và phiếu (commands)", "send commands, files and sheets (commands)"),
        Scope::Read => ("đọc những gì bạn được đọc (read)", "read what you may read (read)"),
        Scope::Log => ("đọc toàn bộ nhật ký (log)", "read the log itself (log)"),
    };
    pick(lang, vi, en)
}

//! The texts of the pages where people sign in and out, in both languages side by side.
//! None of them says whether a name exists.

use proto::document::Lang;

use super::words;

words! { SignInWords:
    sign_in: "Đăng nhập", "Sign in";
    name: "Tên đăng nhập", "Login name";
    password: "Mật khẩu", "Password";
    refused: "Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đang tạm khóa: sau {0} lần sai liên tiếp, tài khoản bị khóa {1} phút.",
        "The login name or the password is wrong, or the account is locked: after {0} failures in a row it is, for {1} minutes.";
    by_provider: "Đăng nhập bằng tài khoản của tỉnh", "Sign in with the province's account";
    by_password: "Hoặc bằng tài khoản của hệ thống này", "Or with an account of this system";
    me_provider: "Tài khoản của tỉnh", "The province's account";
    help: "Tài khoản do người vận hành cấp; quên mật khẩu thì đề nghị cấp lại.",
        "Accounts are given out by the operator; whoever forgets a password asks for another.";

    password_title: "Đổi mật khẩu", "Change the password";
    must_change: "Mật khẩu hiện tại do người khác cấp nên phải đổi trước khi làm việc khác.",
        "Somebody else has given out the present password, so it must be changed before anything else.";
    password_rule: "Từ {0} đến {1} ký tự; một câu dài dễ nhớ là tốt nhất. Không bắt buộc chữ hoa, chữ số hay ký hiệu.",
        "From {0} to {1} characters; a long sentence that is easy to remember is best. Capitals, digits and signs are not asked for.";
    present: "Mật khẩu hiện tại", "Present password";
    new: "Mật khẩu mới", "New password";
    again: "Mật khẩu mới, nhập lại", "New password once more";
    present_wrong: "Mật khẩu hiện tại không đúng, hoặc tài khoản đang tạm khóa.", "The present password is wrong, or the account is locked.";
    again_differs: "Hai lần nhập mật khẩu mới không giống nhau.", "The new password was typed in two ways.";
    new_is_name: "Mật khẩu không được trùng tên đăng nhập.", "The password must not be the login name.";
    new_obvious: "Mật khẩu này quá dễ đoán.", "This password is one that everybody tries.";
    new_is_old: "Mật khẩu mới phải khác mật khẩu hiện tại.", "The new password must be another than the present one.";
    change: "Đổi mật khẩu", "Change it";
    change_note: "Mọi phiên đăng nhập khác của tài khoản này sẽ kết thúc.", "Every other session of this account ends.";

    me_title: "Tôi là ai", "Who I am";
    me_lead: "Tài khoản này nói thay cho người thực hiện sau đây. Được làm gì là do nhật ký ghi nhận, không do tài khoản.",
        "This account speaks for the following actor. What he may do the log says, and not the account.";
    me_actor: "Mã người thực hiện", "Actor";
    me_credential: "Mã thông tin xác thực", "Credential";
    me_grants: "Tư cách đang có theo nhật ký", "Capacities that the log grants";
    me_grants_none: "Nhật ký chưa giao tư cách nào đang có hiệu lực.", "The log grants no capacity that holds.";
    me_granted: "giao bởi", "granted by";
    me_sessions_title: "Phiên đăng nhập", "Sessions";
    me_sessions: "Số phiên đang mở: {0}.", "Open sessions: {0}.";
    sign_out: "Đăng xuất", "Sign out";
    sign_out_everywhere: "Đăng xuất mọi nơi", "Sign out everywhere";
    notices: "Thông báo, và nhận thông báo bằng thư", "Notices, and notices by mail";
    forms: "Phiếu hỏi điều tra (cho cán bộ điều tra)", "Survey forms (for survey staff)";
    open: "Mở kỳ đánh giá (cho thư ký, quản trị, thanh tra)", "Open a round (for the secretariat, administrators, inspectors)";
    powers: "Ai được làm gì (cho quản trị, thư ký, thanh tra)", "Who may do what (for administrators, secretariat, inspectors)";
}

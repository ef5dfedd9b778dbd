//! The texts of notices, on pages and by mail, in both languages side by side. None of them holds a figure of the result.

use proto::act::round::Stage;
use proto::document::Lang;
use proto::notices::{Notice, NoticeKind};
use proto::said::Named;

use super::work::outcome;
use super::{fill, pick, words};

words! { NoticeWords:
    title: "Thông báo", "Notices";
    lead: "Những việc cần biết hoặc cần làm trong các kỳ đang mở, tính từ nhật ký. Một thông báo mất đi khi việc đó không còn.",
        "What you should know of or do in the rounds that are open, as it follows from the log. A notice goes when what it tells of is over.";
    none: "Không có thông báo.", "There are no notices.";
    deadline: "Sắp hết hạn {0}: trước {1}, còn {2} nội dung chưa xong", "The deadline of {0} is near: before {1}; {2} still to be done";
    flag: "Tiêu chí {0} bị yêu cầu giải trình, trước {1}", "Leaf {0} was asked about; explain it before {1}";
    released_first: "Đã có kết quả thẩm định lần một", "The first appraisal was released";
    released_second: "Đã có kết quả thẩm định lần hai", "The second appraisal was released";
    published: "Đã công bố kết quả (lần {0})", "The result was published (number {0})";
    published_appeal: "Đã công bố kết quả (lần {0}); có thể kiến nghị trước {1}", "The result was published (number {0}); it can be appealed against before {1}";
    appeal: "Kiến nghị số {0} đã được giải quyết: {1}", "Appeal {0} was decided: {1}";
    open: "Mở", "Open";

    mail: "Nhận thông báo bằng thư", "Notices by mail";
    mail_lead: "Mỗi thông báo mới được gửi một lần tới địa chỉ này, khi ông/bà đã xác nhận địa chỉ; trong thư không có điểm số. Để trống rồi lưu để không nhận nữa.",
        "Each new notice is sent to this address once, as soon as you have confirmed it; no mail holds a score. Leave it empty and save to have none any more.";
    mail_none: "Máy chủ này chưa được cài để gửi thư; địa chỉ được giữ cho đến khi có.",
        "This server has not been told how to send mail; an address is kept until it is.";
    address: "Địa chỉ thư điện tử", "Mail address";
    address_wrong: "Đây không phải là một địa chỉ thư điện tử.", "This is no mail address.";
    address_refused: "Máy chủ thư không nhận thư gửi tới địa chỉ này: {0}. Hãy sửa hoặc lưu lại để thử lần nữa.",
        "The mail server takes nothing for this address: {0}. Correct it, or save it again for another try.";
    save: "Lưu địa chỉ", "Save the address";
    saved: "Đã lưu.", "Saved.";
    confirmed: "Địa chỉ này đã được xác nhận lúc {0}.", "This address was confirmed at {0}.";
    letter_due: "Địa chỉ chưa được xác nhận. Một thư xác nhận đang được gửi tới đó.",
        "This address is not confirmed. A letter that asks for it is on its way there.";
    letter_sent: "Địa chỉ chưa được xác nhận. Thư xác nhận đã gửi lúc {0}, có giá trị trước {1}. Không nhận được thư thì lưu lại địa chỉ.",
        "This address is not confirmed. A letter was sent there at {0}, and is good before {1}. If none came, save the address again.";
    letter_over: "Địa chỉ chưa được xác nhận, và thư xác nhận đã hết giá trị. Lưu lại địa chỉ để nhận thư khác.",
        "This address is not confirmed, and the letter is good for nothing any more. Save the address again for another one.";
    letter_many: "Địa chỉ chưa được xác nhận. Hôm nay đã gửi đủ số thư xác nhận; thư tiếp theo được gửi sau {0}.",
        "This address is not confirmed. As many letters as may be in a day were sent; the next one is sent after {0}.";
    token: "Mã xác nhận trong thư", "The code in the letter";
    confirm: "Xác nhận địa chỉ này là của tôi", "Confirm that this address is mine";
    confirmed_now: "Đã xác nhận địa chỉ.", "The address is confirmed.";
    token_wrong: "Mã này không xác nhận được địa chỉ đang lưu: mã đã dùng, đã quá hạn, hoặc của một địa chỉ hay một người khác.",
        "This does not confirm the address that is kept: it was used, is too old, or is another address's or somebody else's.";
    kinds: "Gửi thư khi", "Send mail of";
    kinds_lead: "Trên trang này luôn có đủ các thông báo. Việc công bố kết quả luôn được gửi tới ai có địa chỉ.",
        "This page always shows all notices. That a result was published is always sent to whoever has an address.";
    kind_deadline: "sắp hết hạn", "deadlines that come near";
    kind_flag: "bị yêu cầu giải trình", "questions about a score";
    kind_appraisal: "đã có kết quả thẩm định", "appraisals that were released";
    kind_result: "đã công bố kết quả", "results that were published";
    kind_appeal: "kiến nghị đã được giải quyết", "appeals that were decided";
    save_kinds: "Lưu lựa chọn", "Save the choice";

    letter: "Chỉ số CCHC: xác nhận địa chỉ thư", "PAR Index: confirm your mail address";
    letter_lead: "Địa chỉ này được khai để nhận thông báo của hệ thống chấm điểm cải cách hành chính. Chưa có thông báo nào được gửi trước khi địa chỉ được xác nhận.",
        "This address was given to receive notices of the PAR Index. None is sent before it is confirmed.";
    letter_link: "Để xác nhận, hãy đăng nhập và mở: {0}", "To confirm it, sign in and open {0}";
    letter_code: "Để xác nhận, hãy đăng nhập, mở trang Thông báo và nhập mã: {0}", "To confirm it, sign in, open the page of notices and enter the code {0}";
    letter_until: "Thư này có giá trị trong {0} giờ, dùng một lần.", "This is good for {0} hours, and for one use.";
    letter_foreign: "Nếu ông/bà không có tài khoản ở đó, xin bỏ qua thư này: sẽ không có thư nào khác.",
        "If you have no account there, leave this alone: nothing more is sent to you.";

    subject: "Chỉ số CCHC: {0} thông báo mới", "PAR Index: {0} new notices";
    greeting: "Ông/Bà có thông báo mới về kỳ chấm điểm cải cách hành chính:", "There is news for you of a round of the PAR Index:";
    more: "và {0} thông báo khác", "and {0} others";
    at_site: "Xem tại: {0}", "See {0}";
    at_page: "Xem ở trang Thông báo của hệ thống.", "See the system's page of notices.";
    footer: "Thư này được gửi tự động vì địa chỉ đã được khai ở trang Thông báo; có thể bỏ địa chỉ ở đó bất cứ lúc nào.",
        "This was sent because the address was given on the page of notices, where it can be taken away at any time.";
}

/// What a kind of notices tells of.
pub fn kind(lang: Lang, kind: NoticeKind) -> &'static str {
    let w = NoticeWords::of(lang);
    match kind {
        NoticeKind::DeadlineNear => w.kind_deadline,
        NoticeKind::FlagRaised => w.kind_flag,
        NoticeKind::AppraisalReleased => w.kind_appraisal,
        NoticeKind::ResultPublished => w.kind_result,
        NoticeKind::AppealDecided => w.kind_appeal,
    }
}

/// What a notice says, with the unit that it is about.
pub fn notice(lang: Lang, notice: &Notice) -> String {
    let w = NoticeWords::of(lang);
    let until = notice.until.map(proto::Instant::vietnam).unwrap_or_default();
    let number = notice.number.unwrap_or_default().to_string();
    let said = match notice.kind {
        NoticeKind::DeadlineNear => {
            let phase = notice.phase.map(|phase| phase.name(lang).to_lowercase()).unwrap_or_default();
            fill(w.deadline, &[&phase, &until, &notice.waiting.unwrap_or_default().to_string()])
        }
        NoticeKind::FlagRaised => {
            fill(w.flag, &[&notice.leaf.as_ref().map(ToString::to_string).unwrap_or_default(), &until])
        }
        NoticeKind::AppraisalReleased if notice.stage == Some(Stage::Second) => w.released_second.to_owned(),
        NoticeKind::AppraisalReleased => w.released_first.to_owned(),
        NoticeKind::ResultPublished if notice.until.is_some() => fill(w.published_appeal, &[&number, &until]),
        NoticeKind::ResultPublished => fill(w.published, &[&number]),
        NoticeKind::AppealDecided => {
            fill(w.appeal, &[&number, notice.outcome.map(|became| outcome(lang, became)).unwrap_or_default()])
        }
    };
    match &notice.name {
        Some(name) => format!("{}: {said}", pick(lang, &name.vi, &name.en)),
        None => said,
    }
}

//! The records themselves, one for each kind of data. A law stands here only where the field's own sources name it; how long what is
//! kept is configuration where the law leaves it so.

use super::{Record, Said};

const fn said(vi: &'static str, en: &'static str) -> Said {
    Said { vi, en }
}

/// What both acts on personal data say for every record.
const LAW: Said = said(
    "Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15 và Nghị định 356/2025/NĐ-CP",
    "Law 91/2025 on personal data and Decree 356/2025",
);
const LAW_AND_ARCHIVE: Said = said(
    "Luật 91/2025/QH15 và Nghị định 356/2025/NĐ-CP; Luật Lưu trữ 33/2024/QH15 (bản gốc, đầy đủ, theo trình tự sự kiện)",
    "Law 91/2025 and Decree 356/2025; Law 33/2024 on archives (originals, complete, in the sequence of events)",
);
const LAW_AND_SECURITY: Said = said(
    "Luật 91/2025/QH15 và Nghị định 356/2025/NĐ-CP; Nghị định 85/2016/NĐ-CP, Thông tư 12/2022 và Nghị định 53/2022/NĐ-CP (nhật ký truy cập, phân tách nhiệm vụ)",
    "Law 91/2025 and Decree 356/2025; Decree 85/2016, Circular 12/2022 and Decree 53/2022 (access log, separation of duties)",
);
const CONSENT: Said = said(
    "Sự đồng ý của chính người đó; Luật 91/2025/QH15 và Nghị định 356/2025/NĐ-CP",
    "The person's own consent; Law 91/2025 and Decree 356/2025",
);
const BY_ORDER: Said = said(
    "Thường trực mở hồ sơ và ra lệnh, quản trị viên là người khác xác nhận; khóa bị hủy và ghi đè ngay, hoàn tất khi bản sao lưu khóa cuối cùng hết hạn (10 ngày)",
    "The secretariat opens a case and orders it, an administrator, another person, confirms; the key is destroyed and overwritten at once, and it is complete once the last backup of keys is over (10 days)",
);

/// Every kind of personal data that is held.
pub const REGISTER: &[Record] = &[
    Record {
        what: said(
            "Mã của người tham gia, tư cách, đơn vị và thời điểm của từng việc",
            "Opaque ids of those who act, their capacities, units, and when they did what",
        ),
        place: said("Nhật ký: ledger.db hoặc lược đồ ledger", "The log: ledger.db or the schema ledger"),
        why: said(
            "Ai cũng kiểm chứng được ai đã làm gì, với tư cách gì",
            "So that it can be shown who did what, in which capacity",
        ),
        ground: LAW_AND_ARCHIVE,
        kept: said(
            "Cùng nhật ký; sự kiện không bao giờ bị sửa hay xóa",
            "As long as the log: an event is never changed or removed",
        ),
        seen_by: said(
            "Thanh tra xem cả nhật ký; đơn vị xem phiếu của mình; trang web chỉ hiện tư cách và đơn vị, trừ trang “Ai, tư cách gì” hiện mã",
            "Inspectors the log, a unit its own sheet; pages show capacity and unit, and the page “Who did what” ids",
        ),
        erased: said(
            "Không xóa trong nhật ký. Nhật ký chỉ có mã; danh bạ tên nằm ngoài hệ thống này",
            "Not in the log. It has ids alone; which name an id stands for is kept outside this system",
        ),
        columns: &["ledger.events.body", "ledger.events.stream"],
    },
    Record {
        what: said(
            "Văn bản nghiệp vụ: lý do, giải thích, căn cứ, nội dung kiến nghị",
            "Official texts: reasons, explanations, grounds, what an appeal says",
        ),
        place: said(
            "Nhật ký; lý do công bố cũng ở ranking.db hoặc lược đồ ranking",
            "The log; a publication's reason in ranking.db or the schema ranking too",
        ),
        why: said("Mỗi thay đổi điểm phải nêu lý do", "Every change of points gives its reason"),
        ground: LAW_AND_ARCHIVE,
        kept: said("Cùng nhật ký", "As long as the log"),
        seen_by: said(
            "Như nhật ký; bảng đã công bố thì ai cũng xem được",
            "As the log; what is published everybody sees",
        ),
        erased: said(
            "Không xóa; không được ghi gì về đời tư của cá nhân vào đó",
            "Not erased; nothing that touches a private person is to be written there",
        ),
        columns: &["ledger.events.body", "ranking.publications.reason"],
    },
    Record {
        what: said(
            "Cam kết (HMAC có muối) về người yêu cầu, điều tra viên, tên tệp",
            "Salted commitments to who asks, to collectors and to files' names",
        ),
        place: said("Nhật ký", "The log"),
        why: said(
            "Đối chiếu được về sau mà không ghi danh tính",
            "So that it can be held against a value later, without naming anybody",
        ),
        ground: LAW,
        kept: said("Cùng nhật ký", "As long as the log"),
        seen_by: said(
            "Như nhật ký; không ai tìm ra giá trị nếu không có muối",
            "As the log; nobody finds the value without the salt",
        ),
        erased: said(
            "Muối nằm ngoài nhật ký và bị hủy cùng giá trị",
            "The salt stands outside the log, and is destroyed with the value",
        ),
        columns: &["ledger.events.body"],
    },
    Record {
        what: said("Tài liệu kiểm chứng: nội dung và tên tệp", "Files of evidence: what is in them, and their names"),
        place: said(
            "Kho tệp (thư mục hoặc bucket), mã hóa; khóa, tên và muối được bọc trong keys.db",
            "The store of files (a folder or a bucket), encrypted; keys, names and salts wrapped in keys.db",
        ),
        why: said(
            "Chứng minh điểm tự chấm, giải trình, kiến nghị",
            "To show what a self-score, an explanation or an appeal rests on",
        ),
        ground: LAW_AND_ARCHIVE,
        kept: said(
            "Theo quy tắc lưu trữ: số năm kể từ khi kết thúc kỳ; kỳ chưa kết thúc thì giữ tất cả",
            "By the rule of retention: years after the round's closing; a round that never closed keeps everything",
        ),
        seen_by: said(
            "Đơn vị gửi, Hội đồng, thanh tra, người thẩm định lĩnh vực đó; mỗi lần mở đều được ghi",
            "The unit itself, the council, inspectors, and appraisers of the field; each opening is on record",
        ),
        erased: BY_ORDER,
        columns: &["keys.files.address", "keys.files.unit", "keys.files.fingerprint", "keys.files.sealed"],
    },
    Record {
        what: said(
            "Phiếu điều tra: từng câu trả lời, nhóm, ngày, điều tra viên, và tệp chứa phiếu",
            "Ballots of a survey: each answer, group, day and collector, and the file that they came in",
        ),
        place: said(
            "ballots.db, phiếu niêm phong theo khối 256; tệp gốc ở kho tệp; khóa của đợt trong keys.db",
            "ballots.db, ballots in sealed blocks of 256; the file in the store of files; a batch's key in keys.db",
        ),
        why: said(
            "Chứng minh một phiếu được tính, và hỏi lại theo mẫu",
            "To show that a ballot is counted, and to ask some respondents again",
        ),
        ground: LAW,
        kept: said(
            "Theo quy tắc lưu trữ: số năm kể từ khi kết thúc kỳ",
            "By the rule of retention: years after the round's closing",
        ),
        seen_by: said(
            "Người vận hành có khóa của thư mục; nhật ký chỉ có số đếm và gốc của cây",
            "Who operates the folder and has its key; the log has counts and the tree's root alone",
        ),
        erased: said(
            "Từng phiếu hoặc cả đợt: như tài liệu kiểm chứng, và cùng với muối; số đếm và bằng chứng của các phiếu khác còn nguyên",
            "One ballot or a whole batch, as files of evidence are, with the salt; counts, and the proofs of other ballots, stay as they were",
        ),
        columns: &[
            "ballots.blocks.sealed",
            "ballots.batches.record",
            "ballots.batches.tally",
            "ballots.entries.hashes",
            "keys.batches.sealed",
        ],
    },
    Record {
        what: said(
            "Ai đã được giao tệp nào, lúc nào, bằng thông tin xác thực nào",
            "Who was handed which file, when, by which credential",
        ),
        place: said("Nhật ký truy cập: access.db", "The access log: access.db"),
        why: said("Biết ai đã mở tệp có dữ liệu cá nhân", "So that it is known who opened files with personal data"),
        ground: LAW_AND_SECURITY,
        kept: said(
            "Theo quy tắc lưu trữ; `parindex retention` báo mục nào đã hết hạn",
            "By the rule of retention; `parindex retention` tells which entries are past it",
        ),
        seen_by: said("Người vận hành", "Who operates the folder"),
        erased: said(
            "Không xóa từng mục: mỗi mục nối với mục trước bằng mã băm",
            "No entry by itself: each is linked to the one before by its hash",
        ),
        columns: &["access.accesses.body"],
    },
    Record {
        what: said(
            "Mã truy cập: người mang mã, nhãn do người vận hành đặt",
            "Tokens: whose they are, and the label that the operator gave",
        ),
        place: said(
            "identity.db hoặc lược đồ identity; bí mật chỉ lưu mã băm",
            "identity.db or the schema identity; of the secret, the hash alone",
        ),
        why: said("Biết lệnh do ai gửi", "So that it is known who sends a command"),
        ground: LAW_AND_SECURITY,
        kept: said("Đến khi mã bị thu hồi", "Until the token is revoked"),
        seen_by: said("Người vận hành (`parindex token --list`)", "Who operates the folder (`parindex token --list`)"),
        erased: said(
            "`parindex token --revoke` xóa dòng; việc thu hồi được ghi vào nhật ký",
            "`parindex token --revoke` removes the row; that it was revoked is on record",
        ),
        columns: &[
            "identity.scoped_tokens.actor",
            "identity.scoped_tokens.created_at",
            "identity.scoped_tokens.credential",
            "identity.scoped_tokens.label",
            "identity.scoped_tokens.salt",
            "identity.scoped_tokens.scopes",
            "identity.scoped_tokens.secret_hash",
            "identity.tokens.actor",
            "identity.tokens.created_at",
            "identity.tokens.credential",
            "identity.tokens.label",
            "identity.tokens.salt",
            "identity.tokens.secret_hash",
        ],
    },
    Record {
        what: said(
            "Tài khoản và phiên đăng nhập: tên đăng nhập, mã băm mật khẩu, số lần sai, tên theo hệ thống đăng nhập của tỉnh, lúc dùng và lúc đăng nhập gần nhất",
            "Accounts and sessions: login name, hash of the password, failed attempts, who somebody is to the province's identity provider, when last used and when last let in",
        ),
        place: said(
            "identity.db hoặc lược đồ identity; mật khẩu chỉ lưu mã băm argon2id, bí mật của phiên chỉ lưu mã băm, không lưu gì khác của hệ thống đăng nhập của tỉnh; trong nhật ký chỉ có cam kết về tên đăng nhập",
            "identity.db or the schema identity; of a password an argon2id hash alone, of a session's secret a digest, nothing else of the identity provider; the log has a commitment to the login name",
        ),
        why: said(
            "Biết ai đang đọc trang và giữ tài khoản khỏi người khác",
            "So that it is known who reads a page, and an account is kept from others",
        ),
        ground: LAW_AND_SECURITY,
        kept: said(
            "Tài khoản: đến khi bị đóng; phiên: nhiều nhất 12 giờ, xóa ở lần đăng nhập kế tiếp; lần đăng nhập đang chờ: 10 phút",
            "An account until it is disabled; a session 12 hours at the most, removed when somebody next signs in; a sign-in that is awaited 10 minutes",
        ),
        seen_by: said(
            "Người vận hành (`parindex account --list`) và quản trị viên (trang “Tài khoản đăng nhập”); mỗi người xem của mình ở trang “Tôi là ai”",
            "Who operates the folder (`parindex account --list`), and administrators (the page “Accounts to sign in with”); each his own on the page “Who I am”",
        ),
        erased: said(
            "`parindex account --disable` xóa tài khoản và mọi phiên; việc đóng được ghi vào nhật ký bằng mã",
            "`parindex account --disable` removes it with every session; that it ended is on record by its id",
        ),
        columns: &[
            "identity.accounts.actor",
            "identity.accounts.created_at",
            "identity.accounts.credential",
            "identity.accounts.failed",
            "identity.accounts.locked_until",
            "identity.accounts.must_change",
            "identity.accounts.name",
            "identity.accounts.password",
            "identity.accounts.salt",
            "identity.provided_accounts.actor",
            "identity.provided_accounts.claim",
            "identity.provided_accounts.created_at",
            "identity.provided_accounts.credential",
            "identity.provided_accounts.issuer",
            "identity.provided_accounts.salt",
            "identity.provided_accounts.subject",
            "identity.sessions.created_at",
            "identity.sessions.credential",
            "identity.sessions.csrf",
            "identity.sessions.digest",
            "identity.sessions.seen_at",
            "identity.sign_ins_awaited.begun_at",
            "identity.sign_ins_awaited.digest",
            "identity.sign_ins_awaited.next",
            "identity.signed_in.at",
            "identity.signed_in.credential",
        ],
    },
    Record {
        what: said(
            "Thư báo: địa chỉ thư của người có tài khoản, ngôn ngữ, lúc người đó xác nhận, các loại không muốn nhận, các thông báo đã gửi",
            "Notices by mail: the address of whoever has an account, its language, when he confirmed it, what he does not want, which notices were sent",
        ),
        place: said(
            "identity.db hoặc lược đồ identity; không vào nhật ký; thư đi qua máy chủ thư do người vận hành chọn",
            "identity.db or the schema identity; never in the log; mail goes through the server that the operator names",
        ),
        why: said(
            "Báo cho người có việc: sắp hết hạn, bị yêu cầu giải trình, thẩm định đã gửi, kết quả, kiến nghị đã giải quyết; thư không có điểm số",
            "So that whoever has something to do is told of it: a deadline, a question, an appraisal, a result, an appeal; no mail holds a score",
        ),
        ground: CONSENT,
        kept: said(
            "Đến khi người đó bỏ địa chỉ hoặc không còn tài khoản; một thông báo đã gửi thì đến khi nó hết hiệu lực",
            "Until he takes the address away or has no account any more; that a notice was sent, as long as the notice stands",
        ),
        seen_by: said(
            "Mỗi người xem của mình ở trang “Thông báo”; máy chủ thư",
            "Each his own on the page “Notices”; the server of mail",
        ),
        erased: said(
            "Để trống địa chỉ ở trang “Thông báo”; `parindex account --disable` xóa tất cả cùng tài khoản cuối cùng",
            "By an empty address on the page “Notices”; `parindex account --disable` removes all of it with the last account",
        ),
        columns: &[
            "identity.mail_addresses.actor",
            "identity.mail_addresses.address",
            "identity.mail_addresses.lang",
            "identity.mail_addresses.refused",
            "identity.mail_addresses.set_at",
            "identity.mail_confirmed.actor",
            "identity.mail_confirmed.address",
            "identity.mail_confirmed.confirmed_at",
            "identity.mail_left_out.actor",
            "identity.mail_left_out.kind",
            "identity.mail_letters.actor",
            "identity.mail_letters.address",
            "identity.mail_letters.digest",
            "identity.mail_letters.good_until",
            "identity.mail_letters.letters",
            "identity.mail_letters.sent_at",
            "identity.mail_letters.since",
            "identity.mails_sent.actor",
            "identity.mails_sent.notice",
            "identity.mails_sent.sent_at",
        ],
    },
    Record {
        what: said(
            "Bản sao: sao lưu, bản xuất nhật ký, hồ sơ của kỳ, bản sao đối chiếu của bên chứng kiến",
            "Copies: backups, exports of the log, dossiers, a witness's mirror",
        ),
        place: said(
            "Nơi người vận hành đặt; phiếu và khóa không vào bản sao lưu thư mục",
            "Where the operator puts them; ballots and keys go into no backup of the folder",
        ),
        why: said("Khôi phục, lưu trữ, kiểm chứng độc lập", "To restore, to archive, and to verify independently"),
        ground: LAW_AND_ARCHIVE,
        kept: said(
            "Bản sao lưu khóa nhiều nhất 10 ngày; còn lại do nơi giữ quyết định",
            "Backups of keys for at most 10 days; all else as whoever keeps them decides",
        ),
        seen_by: said(
            "Ai giữ bản sao; tệp trong bản sao lưu không có khóa thì không mở được",
            "Whoever keeps them; files in a backup open for nobody without the keys",
        ),
        erased: said(
            "Hủy khóa thì bản sao của tệp cũng không mở được nữa",
            "Once a key is destroyed, copies of its file open for nobody either",
        ),
        columns: &[],
    },
];

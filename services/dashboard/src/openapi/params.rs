//! What stands in an address and its query: each name with its form, what it says, and how the sample has it.

use proto::document::Lang;
use serde_json::{Value, json};

use super::{Said, said};
use crate::api::paged::ROWS_MAX;

/// The form of a value.
enum Form {
    /// An id.
    Id,
    /// Any text.
    Text,
    /// A whole number in bounds.
    Number(u64, u64),
    /// One of these words.
    Word(&'static [&'static str]),
}
use Form::{Id, Number, Text, Word};

/// The greatest position.
const LAST: u64 = 9_007_199_254_740_991;

/// A name, its form, how the sample has it, and what it says.
type Param = (&'static str, Form, &'static str, Said);

const PARAMS: [Param; 49] = [
    ("round", Id, "hanoi-2022", ("Kỳ.", "The round.")),
    ("unit", Id, "ldtbxh", ("Đơn vị.", "The unit.")),
    ("block", Id, "so", ("Khối.", "The block.")),
    ("field", Id, "1", ("Lĩnh vực.", "The field.")),
    ("number", Number(1, 4_294_967_295), "1", ("Số của kiến nghị.", "The appeal's number.")),
    (
        "stream",
        Text,
        "round/hanoi-2022",
        ("Chuỗi sự kiện; tên có thể có dấu gạch chéo.", "The stream; its name may have slashes."),
    ),
    ("address", Id, "", ("SHA-256 của nội dung đã lưu.", "SHA-256 of the stored bytes.")),
    ("batch", Id, "", ("Đợt phiếu.", "The batch.")),
    ("lang", Word(&["vi", "en"]), "vi", ("Ngôn ngữ của tên và câu chữ.", "The language of names and sentences.")),
    ("limit", Number(1, ROWS_MAX as u64), "10", ("Số dòng tối đa.", "The most rows.")),
    (
        "after",
        Text,
        "",
        (
            "Sau dòng nào: mã của dòng cuối đã nhận; thường lấy từ `next`.",
            "After which row: the key of the last one received; usually out of `next`.",
        ),
    ),
    (
        "as_of",
        Text,
        "400",
        (
            "Thời điểm: vị trí, ngày (2022-10-28), giờ Việt Nam (2022-10-28T08:30) hoặc RFC 3339.",
            "A moment: a position, a day (2022-10-28), Vietnam time (2022-10-28T08:30) or RFC 3339.",
        ),
    ),
    (
        "as_of_position",
        Number(1, LAST),
        "400",
        ("Vị trí mà bản trả lời dựa vào.", "The position that the answer stands on."),
    ),
    ("position", Number(1, LAST), "400", ("Vị trí trong nhật ký.", "A position in the log.")),
    ("at", Text, "2022-10-28T08:30", ("Giờ Việt Nam, hoặc RFC 3339.", "Vietnam time, or RFC 3339.")),
    (
        "from",
        Text,
        "60",
        (
            "Thời điểm đầu, như `as_of`; không có: trước sự kiện đầu tiên.",
            "The first moment, like `as_of`; none: before the first event.",
        ),
    ),
    (
        "to",
        Text,
        "812",
        ("Thời điểm cuối, như `as_of`; không có: hiện tại.", "The last moment, like `as_of`; none: now."),
    ),
    (
        "publication",
        Text,
        "latest",
        (
            "Lần công bố: số, `latest`, hoặc `live` cho số liệu hiện tại chưa công bố.",
            "A publication: its number, `latest`, or `live` for what stands now, published or not.",
        ),
    ),
    ("leaf", Id, "1.1.1", ("Tiêu chí chấm điểm, điểm thưởng hoặc điểm trừ.", "A leaf, a bonus or a penalty.")),
    ("node", Id, "1.1", ("Nút của cây tiêu chí; không có: chỉ số.", "A node of the tree; none: the index.")),
    ("points", Text, "0.5", ("Điểm giả định.", "The points to be supposed.")),
    ("year", Number(2000, 2999), "2022", ("Chỉ các kỳ của năm này.", "Only rounds of this year.")),
    ("kind", Text, "", ("Chỉ loại này.", "Only of this kind.")),
    ("state", Text, "", ("Chỉ phiếu ở trạng thái này.", "Only sheets in this state.")),
    ("band", Text, "", ("Chỉ đơn vị xếp loại này.", "Only units of this band.")),
    ("flag", Text, "", ("Chỉ điểm có cờ ở trạng thái này.", "Only scores whose flag stands so.")),
    ("exemption", Text, "", ("Chỉ điểm có miễn áp dụng ở trạng thái này.", "Only scores whose exemption stands so.")),
    ("actor", Id, "sec-1", ("Mã người hành động; hoặc `capacity`.", "An actor's opaque id; or `capacity`.")),
    ("capacity", Text, "chief", ("Tư cách.", "A capacity.")),
    (
        "receipt",
        Word(&["signed", "cosigned"]),
        "signed",
        ("Chờ biên nhận được ai bảo chứng.", "Wait for a receipt vouched for by whom."),
    ),
    ("wait_ms", Number(0, 30_000), "5000", ("Chờ tối đa, mili giây.", "How long to wait at most, in milliseconds.")),
    ("after_position", Number(0, LAST), "0", ("Sau vị trí này.", "After this position.")),
    ("events", Number(0, LAST), "100", ("Số sự kiện tối đa.", "The most events.")),
    (
        "streams",
        Text,
        "round/hanoi-2022",
        (
            "log, grants, document/KIND/ID, round/R, sheet/R/U hoặc one/STREAM.",
            "log, grants, document/KIND/ID, round/R, sheet/R/U or one/STREAM.",
        ),
    ),
    ("upto", Number(1, LAST), "400", ("Đến hết vị trí này.", "Up to this position.")),
    (
        "cosigned",
        Word(&["0", "1"]),
        "1",
        ("1: chỉ điểm kiểm chứng được đủ bên chứng kiến ký.", "1: only a checkpoint that enough witnesses vouch for."),
    ),
    (
        "size",
        Number(1, LAST),
        "812",
        (
            "Số sự kiện của cây; không có: điểm kiểm chứng mới nhất.",
            "The events of the tree; none: the last checkpoint.",
        ),
    ),
    ("old", Number(0, LAST), "400", ("Số sự kiện của cây trước.", "The events of the earlier tree.")),
    (
        "new",
        Number(1, LAST),
        "812",
        (
            "Số sự kiện của cây sau; không có: điểm kiểm chứng mới nhất.",
            "The events of the later tree; none: the last checkpoint.",
        ),
    ),
    ("name", Text, "", ("Tên tệp.", "The file's name.")),
    ("page", Text, "", ("Trang hoặc mục cần xem.", "The page or section that matters.")),
    ("encoding", Text, "", ("Bảng mã, nếu không tự nhận ra.", "The encoding, where it cannot be seen.")),
    ("tally", Id, "", ("Mã bảng tổng hợp.", "The tally's id.")),
    ("method", Text, "", ("Cách thu thập phiếu.", "How the answers were collected.")),
    ("held_in", Id, "", ("Đơn vị mà người gửi là cán bộ điều tra.", "The unit in which the sender is survey staff.")),
    ("replaces", Id, "", ("Đợt phiếu được thay.", "The batch that it takes the place of.")),
    ("reason", Text, "", ("Lý do thay.", "Why it does.")),
    ("appraisal", Word(&["first", "second"]), "first", ("Lượt thẩm định.", "Which appraisal.")),
    ("cause_unit", Id, "", ("Đơn vị của người gửi.", "The unit of the sender.")),
];

/// The name under which a value is sent, where several mean different things.
fn sent_as(name: &str) -> &str {
    match name {
        "as_of_position" => "as_of",
        "after_position" => "after",
        "events" => "limit",
        "cause_unit" => "unit",
        other => other,
    }
}

fn found(name: &str) -> &'static Param {
    PARAMS.iter().find(|(known, ..)| *known == name).expect("a test asks for every route's parameters")
}

fn told(lang: Lang, name: &str, place: &str, required: bool) -> Value {
    let (_, form, example, about) = found(name);
    let schema = match form {
        Id => json!({ "type": "string", "pattern": "^[0-9A-Za-z._-]+$" }),
        Text => json!({ "type": "string" }),
        Number(least, greatest) => json!({ "type": "integer", "minimum": least, "maximum": greatest }),
        Word(words) => json!({ "type": "string", "enum": words }),
    };
    let mut param = json!({
        "name": sent_as(name),
        "in": place,
        "required": required,
        "description": said(lang, *about),
        "schema": schema,
    });
    if !example.is_empty() {
        let number = example.parse::<u64>().ok().filter(|_| matches!(form, Number(..)));
        param["example"] = number.map_or_else(|| (*example).into(), Into::into);
    }
    param
}

/// The parameters of a path, in its order.
pub fn in_path(lang: Lang, path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| told(lang, name.trim_start_matches('*'), "path", true)).collect()
}

/// A parameter of the query; one whose name ends in `!` must be there.
pub fn in_query(lang: Lang, name: &str) -> Value {
    told(lang, name.trim_end_matches('!'), "query", name.ends_with('!'))
}

//! Documents of the sample: what their basis says, the respondent groups, and how a document is cut into parts.
//! A part never exceeds what a command may hold.

use proto::act::documents::{EnterPart, SealDocument};
use proto::canon::{Value, to_vec};
use proto::document::{DocKind, DocRef, Group, PART_BYTES_MAX, Text};
use proto::{Act, DocId, Hash};

use super::units::{HUYEN, SO};
use super::words::{code, text};

/// The bytes that a part's entries may take, leaving room for the rest of it.
const ENTRIES_BYTES_MAX: usize = PART_BYTES_MAX - 5_000;

/// What in the rulebook is real and what illustrative.
#[must_use]
pub fn rulebook_basis() -> Text {
    text(
        "Thật: tên 8 lĩnh vực theo Quyết định số 4210/QĐ-UBND ngày 20/9/2021; số tiêu chí chấm điểm 161 (Sở) và 164 \
         (huyện); điểm tối đa từng lĩnh vực 10 + 10 + 14,5 + 11 + 16 + 7 + 16 + 15,5 là của bộ tiêu chí quốc gia \
         (Quyết định số 2948/QĐ-BNV năm 2017), dùng thay vì chưa tìm được bảng điểm của Hà Nội; nhóm đối tượng điều \
         tra theo Kế hoạch số 282/KH-UBND ngày 28/10/2022 (nhóm 4 và 5 của khối huyện là suy ra). Minh họa: tên tiêu \
         chí, tiêu chí thành phần, điểm tối đa của từng tiêu chí, phương án chấm, điểm thưởng, điểm trừ, thang trả \
         lời A 100%, B 60%, C 20%, D 0%. Tỷ lệ thẩm định/điều tra 69,2/30,8 của khối Sở suy từ các số trung bình đã \
         công bố; 70/30 của khối huyện là minh họa.",
        "Real: the names of the 8 fields after Decision 4210/QĐ-UBND of 20/9/2021; the number of scoring leaves, 161 \
         (departments) and 164 (districts); the fields' maxima 10 + 10 + 14.5 + 11 + 16 + 7 + 16 + 15.5 are those of \
         the national set (Decision 2948/QĐ-BNV of 2017), used because Hanoi's table of points was not found; the \
         respondent groups after Plan 282/KH-UBND of 28/10/2022 (groups 4 and 5 of the districts are inferred). \
         Illustrative: titles of criteria and leaves, their maxima, options, bonus, penalty, the scale A 100 %, B 60 \
         %, C 20 %, D 0 %. The departments' split of 69.2 appraised and 30.8 surveyed follows from the published \
         means; the districts' 70/30 is illustrative.",
    )
}

/// The respondent groups of Plan 282; its text breaks off before the districts' groups 4 and 5.
#[must_use]
pub fn groups() -> Vec<Group> {
    let group = |kind: &str, number: usize, vi: &str, en: &str| Group {
        kind: code(kind),
        code: code(&format!("{kind}-{number}")),
        title: text(vi, en),
        weight: None,
        sample: None,
        margin: None,
    };
    vec![
        group(SO, 1, "Đại biểu HĐND Thành phố", "Delegates of the City People's Council"),
        group(SO, 2, "Công chức, viên chức thuộc Sở, cơ quan tương đương Sở", "The department's own staff"),
        group(SO, 3, "Lãnh đạo phòng chuyên môn thuộc UBND cấp huyện", "Heads of district specialist divisions"),
        group(SO, 4, "Doanh nghiệp, tổ chức có giao dịch TTHC", "Firms and organisations with procedures there"),
        group(SO, 5, "Người dân có giao dịch TTHC", "Citizens with procedures there"),
        group(HUYEN, 1, "Đại biểu HĐND cấp huyện", "Delegates of the district People's Council"),
        group(HUYEN, 2, "Công chức, viên chức thuộc UBND cấp huyện", "The district's own staff"),
        group(HUYEN, 3, "Lãnh đạo UBND cấp xã", "Leaders of commune People's Committees"),
        group(HUYEN, 4, "Doanh nghiệp, tổ chức (suy ra)", "Firms and organisations (inferred)"),
        group(HUYEN, 5, "Người dân (suy ra)", "Citizens (inferred)"),
    ]
}

/// A document as a canonical value.
#[must_use]
pub fn value<T: serde::Serialize>(document: &T) -> Value {
    let bytes = to_vec(document).expect("a document has a canonical form");
    Value::parse(&bytes).expect("canonical JSON is JSON")
}

/// The commands that enter a document, and its reference: first every member but `long`, then slices of that array, then
/// the seal.
#[must_use]
pub fn enter(document: DocKind, id: &str, whole: &Value, long: &str) -> (Vec<Act>, DocRef) {
    let id = DocId::parse(id).expect("the sample's documents are well named");
    let Value::Object(members) = whole else { panic!("a document is an object") };
    let mut first = members.clone();
    let Some(Value::Array(entries)) = first.remove(long) else { panic!("{id} has no array {long}") };
    let mut contents = vec![Value::Object(first)];
    let mut slice = Vec::new();
    let mut bytes = 0;
    for entry in entries {
        let more = to_vec(&entry).expect("an entry has a canonical form").len() + 1;
        if bytes + more > ENTRIES_BYTES_MAX {
            contents.push(Value::Object([(long.to_owned(), Value::Array(std::mem::take(&mut slice)))].into()));
            bytes = 0;
        }
        bytes += more;
        slice.push(entry);
    }
    contents.push(Value::Object([(long.to_owned(), Value::Array(slice))].into()));
    let parts = u32::try_from(contents.len()).expect("a document has few parts");
    let digest = Hash::digest(&to_vec(whole).expect("a document has a canonical form"));
    let mut acts: Vec<Act> = (1..)
        .zip(contents)
        .map(|(part, content)| Act::EnterPart(EnterPart { document, id: id.clone(), part, content }))
        .collect();
    acts.push(Act::SealDocument(SealDocument { document, id: id.clone(), parts, digest }));
    (acts, DocRef { id, digest })
}

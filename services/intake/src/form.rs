//! A survey form as a workbook: a head, and a sheet of questions with their own scales below them.
//! A question without a scale is answered by the rulebook's.

use proto::Code;
use proto::document::{Form, Question};
use proto::text;

use crate::book::Book;
use crate::fault::{Faults, Place, Places};
use crate::head::{self, ENGLISH, Head, Item, VALUE};
use crate::scale::{self, At};
use crate::sheet::{Line, Look, Put, Sheet};
use crate::table::{Column, Holds, Row, Table, column};

/// The head's name.
pub const HEAD: &str = "Phiếu hỏi";
/// The sheet of questions.
pub const QUESTIONS: &str = "Câu hỏi";

const TITLE: Item = Item { vi: "Tên phiếu hỏi", en: "Title", path: "title" };
const BASIS: Item = Item { vi: "Căn cứ", en: "Basis", path: "basis" };
const KIND: Item = Item { vi: "Loại đơn vị", en: "Kind of unit", path: "kind" };
const GROUP: Item = Item { vi: "Nhóm đối tượng", en: "Respondent group", path: "groups" };

const STT: usize = 0;
const TEXT: usize = 1;
const LEAF: usize = 2;
const WEIGHT: usize = 3;
const TEXT_EN: usize = 6;
/// An answer stands in a row below its question.
const ANSWER: At = At { code: 4, share: 5, title: TEXT, title_en: TEXT_EN };

static COLUMNS: [Column; 7] = [
    column("STT", "No.", 10.0, Holds::Codes),
    column("Câu hỏi / phương án trả lời", "Question / answer", 70.0, Holds::Codes),
    column("Tiêu chí", "Survey leaf", 12.0, Holds::Codes),
    column("Trọng số", "Weight", 10.0, Holds::Plain),
    column("Mã phương án", "Answer's code", 12.0, Holds::Codes),
    column("Tỷ lệ điểm", "Share of the maximum", 12.0, Holds::Plain),
    column("Tiếng Anh", "In English", 60.0, Holds::Codes),
];

/// A form's sheets.
pub fn write(form: &Form) -> Vec<Sheet> {
    let mut lines = vec![
        head::line(TITLE).texts(VALUE, ENGLISH, &form.title),
        head::line(BASIS).texts(VALUE, ENGLISH, &form.basis),
        head::line(KIND).with(VALUE, Put::Code(form.kind.to_string())),
    ];
    lines.extend(form.groups.iter().map(|g| head::line(GROUP).with(VALUE, Put::Code(g.to_string()))));
    let title = text!("PHIẾU ĐIỀU TRA XÃ HỘI HỌC", "Survey form");
    let head = Sheet { name: HEAD.to_owned(), title, columns: &head::COLUMNS, printed: head::COLUMNS.len(), lines };
    let mut lines = Vec::new();
    for question in &form.questions {
        let line = Line::new(Look::Minor)
            .with(STT, Put::Code(question.code.to_string()))
            .texts(TEXT, TEXT_EN, &question.text)
            .with(LEAF, Put::Code(question.leaf.to_string()))
            .maybe(WEIGHT, question.weight.map(Put::Number));
        lines.push(line);
        lines.extend(question.answers.iter().map(|a| scale::write(a, ANSWER, Look::Part)));
    }
    let title = text!(
        "CÂU HỎI (không có phương án riêng: theo thang trả lời của bộ tiêu chí)",
        "Questions (without answers of their own: the rulebook's scale)"
    );
    vec![head, Sheet { name: QUESTIONS.to_owned(), title, columns: &COLUMNS, printed: COLUMNS.len(), lines }]
}

/// The form of a workbook; none if there was a fault.
pub fn read(book: &Book, places: &mut Places, faults: &mut Faults) -> Option<Form> {
    let parse = |t: &str| Code::parse(t).ok();
    let grid = book.must(HEAD, faults)?;
    let table = Table::find(grid, &head::COLUMNS, faults)?;
    let head = Head::read(&table, HEAD, faults);
    let (title, basis) = (head.texts(TITLE, places, faults), head.texts(BASIS, places, faults));
    let kind = head.must(KIND, places, faults).and_then(|row| row.code(VALUE, faults, parse));
    let groups: Vec<Option<Code>> = head.all(GROUP).map(|row| row.code(VALUE, faults, parse)).collect();
    let first = head.all(GROUP).next().map_or_else(|| Place::sheet(HEAD), Row::place);
    places.put(GROUP.path, first);
    head.rest(faults);
    let grid = book.must(QUESTIONS, faults)?;
    places.put("questions", Place::sheet(QUESTIONS));
    let table = Table::find(grid, &COLUMNS, faults)?;
    let questions = questions(&table, places, faults);
    let groups = groups.into_iter().collect::<Option<_>>();
    Some(Form { title: title?, basis: basis?, kind: kind?, groups: groups?, questions: questions? })
}

fn questions(table: &Table, places: &mut Places, faults: &mut Faults) -> Option<Vec<Question>> {
    let rows: Vec<Row> = table.rows().collect();
    let mut questions = Vec::new();
    let mut whole = true;
    let mut at = 0;
    while at < rows.len() {
        let row = &rows[at];
        let below = rows[at + 1..].iter().take_while(|r| r.is_blank(STT)).count();
        let question = if row.is_blank(STT) {
            let what = text!("phải có STT, hoặc đứng dưới dòng có STT", "it needs an STT, or a row with one above it");
            faults.push("row_unexpected", row.place_of(STT), what);
            None
        } else {
            question(row, &rows[at + 1..=at + below], places, faults)
        };
        match question {
            Some(question) => questions.push(question),
            None => whole = false,
        }
        at += 1 + below;
    }
    whole.then_some(questions)
}

fn question(row: &Row, below: &[Row], places: &mut Places, faults: &mut Faults) -> Option<Question> {
    let code = row.numbering(STT, faults);
    let text = row.texts(TEXT, TEXT_EN, faults);
    let leaf = row.code(LEAF, faults, |t| Code::parse(t).ok());
    let weight = row.some_decimal(WEIGHT, faults);
    row.rest(faults);
    let path = code.as_ref().map_or(String::new(), |code| format!("question {code} "));
    if code.is_some() {
        places.put(path.trim_end(), row.place());
    }
    let answers: Vec<_> = below.iter().map(|row| scale::read(row, ANSWER, &path, places, faults)).collect();
    let answers = answers.into_iter().collect::<Option<_>>();
    Some(Question { code: code?, leaf: leaf?, text: text?, weight: weight?, answers: answers? })
}

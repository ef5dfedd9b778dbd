//! An appraiser's sheet: one field over all units of a block, written with what stands, to be decided row by row.
//! Nothing in it is decided before he has chosen it.

use domain::{LeafNode, Round, UnitState};
use proto::act::appraisal::Appraisal;
use proto::act::round::Stage;
use proto::document::Source;
use proto::rows::ExemptionState;
use proto::score::StageState;
use proto::{BlockId, Code, text};

use super::cells::{self, At};
use super::ink::print;
use super::layout::{CLAIMED, DECISION, DECISIONS, EXPLANATION, POINTS, REASON, TITLE, UNIT, of_appraisal};
use super::paper::{Asks, Ink, Line, Lists, Look, Paper};
use super::slots::Choice;
use super::{Basis, Of, card};
use crate::fault::{Faults, Place};

/// What an appraiser's sheet is of.
pub type What<'a> = (&'a BlockId, &'a Code, Appraisal);

/// The units of a block and the leaves of a field, survey leaves left out, in the round's order.
pub fn scope<'r>(round: &'r Round, block: &BlockId, field: &Code) -> Vec<(&'r UnitState, Vec<usize>)> {
    let units = round.units.iter().filter(|unit| round.block(unit) == block);
    let leaves = |unit: &UnitState| {
        let of_field = |leaf: &LeafNode| leaf.code.field() == field.as_str() && leaf.leaf.source != Source::Survey;
        let leaves = unit.tree.leaves.iter().enumerate();
        leaves.filter(|(_, leaf)| of_field(leaf)).map(|(at, _)| at).collect()
    };
    units.map(|unit| (unit, leaves(unit))).collect()
}

/// Writes the workbook.
pub fn write(basis: &Basis, block: &BlockId, field: &Code, appraisal: Appraisal) -> Result<Vec<u8>, Faults> {
    let round = basis.round;
    let scope = scope(round, block, field);
    let Some((first, leaves)) = scope.first() else {
        let what = text!("kỳ này không có khối {block}", "the round has no block {block}");
        return Err(Faults::one("block_unknown", Place::File, what));
    };
    if leaves.is_empty() {
        let what = text!(
            "không có tiêu chí thẩm định nào trong lĩnh vực {field}",
            "no leaf of the field {field} is appraised"
        );
        return Err(Faults::one("field_unknown", Place::File, what));
    }
    let node = first.tree.nodes.iter().find(|node| node.code == *field);
    let titled = node.map_or(String::new(), |node| format!("{field}. {}", node.title.vi));
    let times = if appraisal == Appraisal::First { 1 } else { 2 };
    let block_title = round.config.blocks.iter().find(|b| b.block == *block).map_or("", |b| b.title.vi.as_str());
    let mut paper = Paper {
        above: vec![
            format!("PHIẾU THẨM ĐỊNH LẦN {times}, CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM {}{}", round.config.year, card::training(basis)),
            format!("Lĩnh vực {titled}. {block_title}."),
            "Chỉ điền các ô nền vàng. Không chọn quyết định thì dòng không được gửi; điều chỉnh và yêu cầu giải trình phải có lý do.".to_owned(),
            card::stood(basis),
        ],
        order: of_appraisal(cells::width(leaves.iter().map(|at| &first.tree.leaves[*at]))),
        lines: Vec::new(),
        lists: Lists::default(),
        digits: round.book.claims.digits,
        foot: card::foot(basis),
    };
    for (unit, leaves) in &scope {
        lines(round, unit, leaves, appraisal, &mut paper);
    }
    let card = card::write(basis, &Of::Appraisal { block: block.clone(), field: field.clone(), appraisal });
    print(&paper, &card, (crate::print::GUIDE, &guide())).map_err(|e| card::unwritable(&e.to_string()))
}

fn guide() -> Vec<String> {
    [
        "HƯỚNG DẪN",
        "1. Điền ngoại tuyến các ô nền vàng của trang “Phiếu”, lưu lại dạng .xlsx rồi gửi lên; trang này không được đọc.",
        "2. “công nhận”: giữ điểm hiện hành, không ghi gì thêm. “điều chỉnh”: sửa phương án, số liệu hoặc ngày cho đúng; để trống “Điểm thẩm định” nếu theo quy tắc; phải có lý do. “yêu cầu giải trình”: phải có lý do.",
        "3. “Điểm tính” do bảng tính hiện để tham khảo; khi nhận phiếu, điểm được tính lại chính xác từ số liệu. Ô tự nhập công thức không được nhận: hãy dán giá trị.",
        "4. Khóa ô không có mật khẩu: chỉ để tránh sửa nhầm. Mọi ô đều được kiểm tra khi nhận.",
        "5. Không xóa, chèn, đổi chỗ dòng. Dòng được nhận theo mã đơn vị và mã tiêu chí; dòng bị xóa coi như không quyết định.",
        "6. Nếu một tiêu chí đã thay đổi trên hệ thống sau khi xuất phiếu, quyết định ở dòng đó bị báo xung đột và không được gửi.",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn lines(round: &Round, unit: &UnitState, leaves: &[usize], appraisal: Appraisal, paper: &mut Paper) {
    let heading = Line::new(Look::Major)
        .shut(UNIT, Ink::Text(unit.unit.to_string()))
        .shut(TITLE, cells::text(&unit.entry.name.vi));
    paper.lines.push(heading);
    let (order, first_row) = (paper.order.clone(), paper.first_row());
    for at in leaves {
        let place = At { order: &order, first_row, line: paper.lines.len() };
        let line = leaf_line(round, unit, (*at, appraisal), &place, &mut paper.lists);
        paper.lines.push(line);
    }
}

/// The stage whose inputs an appraiser corrects: the one that counts.
pub fn standing<'u>(round: &Round, unit: &'u UnitState, at: usize) -> Option<&'u StageState> {
    unit.sheet.final_stage(&unit.sheet.scores[at], round.policy())
}

fn leaf_line(
    round: &Round,
    unit: &UnitState,
    (at, appraisal): (usize, Appraisal),
    place: &At,
    lists: &mut Lists,
) -> Line {
    let (leaf, score) = (&unit.tree.leaves[at], &unit.sheet.scores[at]);
    let own = score.stage(Stage::Own).map_or(Ink::Blank, |s| Ink::Points(s.points.clone()));
    let line = cells::told(round, unit, at)
        .shut(UNIT, Ink::Text(unit.unit.to_string()))
        .shut(CLAIMED, own)
        .shut(EXPLANATION, cells::text(&score.explanation));
    if score.exemption == Some(ExemptionState::Accepted) {
        return line;
    }
    let stands = standing(round, unit, at);
    let line = cells::inputs(line, leaf, stands.map(|s| &s.inputs), lists);
    let line = cells::reckoned(line, leaf, POINTS, place, (lists, stands.map(|s| s.points.clone())));
    let offered = DECISIONS.all.iter().filter(|word| word.code != "flag" || appraisal == Appraisal::First);
    let choices: Vec<Choice> =
        offered.map(|word| Choice { text: word.vi.to_owned(), code: None, points: None }).collect();
    let (first, last) = lists.put(&choices);
    line.open(DECISION, Ink::Blank, Asks::Choice(first, last), "Để trống: chưa quyết định")
        .open(POINTS, Ink::Blank, Asks::Number(Some(leaf.maximum)), "Chỉ khi điều chỉnh; để trống: theo quy tắc")
        .open(REASON, Ink::Blank, Asks::Text, "Bắt buộc khi điều chỉnh hoặc yêu cầu giải trình")
}

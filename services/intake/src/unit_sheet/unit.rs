//! A unit's sheet, written with its present scores, to be filled in by whoever drafts it.
//! Survey leaves and those that do not apply are shown and cannot be filled in.

use domain::{Round, UnitState};
use proto::act::round::Stage;
use proto::document::{Lang, Source};
use proto::rows::{ExemptionState, Level};
use proto::said::Named;
use proto::{Exact, UnitId, text};

use super::cells::{self, At};
use super::ink::print;
use super::layout::{CLAIMED, CODE, EXPLANATION, MAXIMUM, RECKONED, TITLE, of_unit};
use super::paper::{Asks, Ink, Line, Lists, Look, Paper};
use super::rows::TOTAL;
use super::{Basis, Of, card};
use crate::fault::{Faults, Place};

/// Writes the workbook.
pub fn write(basis: &Basis, id: &UnitId) -> Result<Vec<u8>, Faults> {
    let round = basis.round;
    let Some((_, unit)) = round.unit(id) else {
        return Err(Faults::one(
            "unit_unknown",
            Place::File,
            text!("kỳ này không có đơn vị {id}", "the round has no unit {id}"),
        ));
    };
    let above = above(basis, unit);
    let order = of_unit(cells::width(unit.tree.leaves.iter()));
    let mut paper = Paper {
        lines: Vec::new(),
        lists: Lists::default(),
        digits: round.book.claims.digits,
        foot: card::foot(basis),
        above,
        order,
    };
    lines(round, unit, &mut paper);
    let card = card::write(basis, &Of::Unit(id.clone()));
    print(&paper, &card, (crate::print::GUIDE, &guide())).map_err(|e| card::unwritable(&e.to_string()))
}

fn above(basis: &Basis, unit: &UnitState) -> Vec<String> {
    let round = basis.round;
    let state = unit.sheet.state.name(Lang::Vi);
    let until =
        round.sheet_until(unit).map_or(String::new(), |until| format!("; hạn tự chấm: trước {}", until.vietnam()));
    let training = card::training(basis);
    vec![
        format!("PHIẾU TỰ CHẤM ĐIỂM CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM {}{training}", round.config.year),
        format!("Đơn vị: {} ({}). Phiếu {state}{until}.", unit.entry.name.vi, unit.unit),
        "Chỉ điền các ô nền vàng. “Điểm tự chấm” để trống nếu theo đúng quy tắc; ghi khác quy tắc thì phải giải trình."
            .to_owned(),
        card::stood(basis),
    ]
}

fn guide() -> Vec<String> {
    [
        "HƯỚNG DẪN",
        "1. Điền ngoại tuyến các ô nền vàng của trang “Phiếu”, lưu lại dạng .xlsx rồi gửi lên; trang này không được đọc.",
        "2. Phương án chọn trong danh sách. Số liệu (1), (2)… theo thứ tự ghi ở cột “Quy tắc chấm điểm”; số viết 8,25 hoặc 8.25.",
        "3. “Điểm tính” do bảng tính hiện để tham khảo. Khi nhận phiếu, điểm được tính lại chính xác từ số liệu; ô tự nhập công thức không được nhận, vì giá trị của công thức có thể đã cũ: hãy dán giá trị.",
        "4. Khóa ô không có mật khẩu: chỉ để tránh sửa nhầm. Mọi ô đều được kiểm tra khi nhận.",
        "5. Tài liệu kiểm chứng đính kèm trên hệ thống; cột “Số tệp” chỉ để xem. Tài liệu đã đính kèm được giữ nguyên.",
        "6. Không xóa, chèn, đổi chỗ dòng. Dòng được nhận theo mã; dòng bị xóa coi như không thay đổi.",
        "7. Nếu một tiêu chí đã thay đổi trên hệ thống sau khi xuất phiếu và cũng bị sửa trong phiếu, dòng đó bị báo xung đột và không được gửi.",
        "8. Tiêu chí điều tra xã hội học không chấm ở phiếu này.",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn lines(round: &Round, unit: &UnitState, paper: &mut Paper) {
    let (tree, first_row, order) = (&unit.tree, paper.first_row(), paper.order.clone());
    let sums = sums(unit);
    // Sums are of direct children, so that a tree may list its nodes in any order.
    let below = |parent: Option<usize>| {
        let children = (0..tree.nodes.len()).filter(|at| tree.nodes[*at].parent == parent && sums[*at].is_some());
        children.map(|at| Paper::cell(&order, first_row, RECKONED, at)).collect::<Vec<_>>()
    };
    for (at, node) in tree.nodes.iter().enumerate() {
        let line = match node.leaf {
            Some(leaf) => leaf_line(round, unit, leaf, &At { order: &order, first_row, line: at }, &mut paper.lists),
            None => {
                let look = if node.level == Level::Field { Look::Major } else { Look::Minor };
                let sum = sums[at].as_ref().map_or(Ink::Blank, |sum| cells::sum(&below(Some(at)), sum.clone()));
                Line::new(look)
                    .shut(CODE, Ink::Text(node.code.to_string()))
                    .shut(TITLE, cells::text(&node.title.vi))
                    .shut(MAXIMUM, Ink::Points(node.maximum.into()))
                    .shut(RECKONED, sum)
            }
        };
        paper.lines.push(line);
    }
    let fields = tree.nodes.iter().zip(&sums).filter(|(node, _)| node.parent.is_none());
    let whole = fields.filter_map(|(_, sum)| sum.clone()).sum();
    let total = Line::new(Look::Major)
        .shut(TITLE, Ink::Text(TOTAL.to_owned()))
        .shut(MAXIMUM, Ink::Points(tree.total.into()))
        .shut(RECKONED, cells::sum(&below(None), whole));
    paper.lines.push(total);
}

/// What the unit has claimed at every node; none where there is nothing but the survey below.
fn sums(unit: &UnitState) -> Vec<Option<Exact>> {
    let tree = &unit.tree;
    let own = |leaf: usize| {
        let claimed = unit.sheet.scores[leaf].stage(Stage::Own).map_or_else(Exact::zero, |stage| stage.points.clone());
        (tree.leaves[leaf].leaf.source != Source::Survey).then_some(claimed)
    };
    let mut sums: Vec<Option<Exact>> = tree.nodes.iter().map(|node| node.leaf.and_then(own)).collect();
    for at in (0..tree.nodes.len()).rev() {
        if let (Some(parent), Some(below)) = (tree.nodes[at].parent, sums[at].clone()) {
            sums[parent] = Some(sums[parent].take().map_or_else(|| below.clone(), |sum| &sum + &below));
        }
    }
    sums
}

fn leaf_line(round: &Round, unit: &UnitState, at: usize, place: &At, lists: &mut Lists) -> Line {
    let (leaf, score) = (&unit.tree.leaves[at], &unit.sheet.scores[at]);
    let line = cells::told(round, unit, at);
    if leaf.leaf.source == Source::Survey || score.exemption == Some(ExemptionState::Accepted) {
        return line;
    }
    let own = score.stage(Stage::Own);
    let line = cells::inputs(line, leaf, own.map(|s| &s.inputs), lists);
    let line = cells::reckoned(line, leaf, CLAIMED, place, (lists, own.map(|s| s.points.clone())));
    let apart = own.and_then(|s| cells::stated_apart(leaf, &s.inputs, &s.points, round.book.claims.digits));
    let prompt = match cells::is_stated(&leaf.leaf.rule) {
        true => "Ghi điểm tự chấm.",
        false => "Để trống: theo quy tắc. Ghi khác quy tắc thì phải có giải trình.",
    };
    let explanation =
        if leaf.leaf.evidence { "Bắt buộc nếu chưa đính kèm tài liệu kiểm chứng." } else { "" };
    line.open(CLAIMED, apart.map_or(Ink::Blank, |d| Ink::Points(d.into())), Asks::Number(Some(leaf.maximum)), prompt)
        .open(EXPLANATION, cells::text(&score.explanation), Asks::Text, explanation)
}

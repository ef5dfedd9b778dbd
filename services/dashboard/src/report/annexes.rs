//! The annexes: what changed since the publication before, points by field, and how all of it is checked.
//! Points by field stand in the index as they are now: a unit's are printed only while its sums are still the published ones.

use proto::rows::{BlockRow, Level, NodeRow, StandingRow};

use super::cell::{Align, Cell, Column, Line, Table, column};
use super::compose::{self, Composing};
use super::said::{self, plain};
use super::{Annex, Code, Paragraph};

/// The widths of a page across, in millimetres.
const WIDE_MM: u32 = 247;
/// Of that the column of ranks, of a field, and the least that is left for names.
const RANK_MM: u32 = 13;
const FIELD_MM: u32 = 14;
const UNIT_LEAST_MM: u32 = 45;

/// All annexes in their order: corrections, fields, checking.
pub fn all(all: &Composing, code: &Code) -> Vec<Annex> {
    let mut annexes = Vec::new();
    annexes.extend(all.corrections().then(|| corrections(all)));
    annexes.extend(all.found.blocks.iter().map(|block| fields(all, block)));
    annexes.push(checking(all, code));
    for (annex, n) in annexes.iter_mut().zip(1..) {
        annex.number = said::roman(n);
    }
    annexes
}

fn corrections(all: &Composing) -> Annex {
    let columns = vec![
        column("Đơn vị", 66, Align::Start),
        column("Hạng trước", 15, Align::Middle),
        column("Hạng sau", 15, Align::Middle),
        column("Chỉ số trước", 17, Align::End),
        column("Chỉ số sau", 17, Align::End),
        column("Xếp loại trước", 18, Align::Middle),
        column("Xếp loại sau", 17, Align::Middle),
    ];
    let changed = |now: &&StandingRow| all.found.before.iter().any(|was| was.unit == now.unit && differs(was, now));
    let line = |now: &StandingRow| {
        let was = all.found.before.iter().find(|was| was.unit == now.unit).unwrap_or(now);
        let cells = vec![
            Cell::Text(plain(&now.name_vi)),
            rank(was),
            rank(now),
            index(was),
            index(now),
            compose::band(was),
            compose::band(now),
        ];
        Line { cells, sum: false }
    };
    let ordered = all.found.blocks.iter().flat_map(|block| all.rows(block));
    let shown: Vec<&StandingRow> = ordered.filter(changed).collect();
    let lines: Vec<Line> = shown.iter().map(|now| line(now)).collect();
    let both = all.found.before.iter().filter(|was| shown.iter().any(|now| now.unit == was.unit));
    let legend = compose::bands(both.chain(shown.iter().copied()));
    let reason = all.found.publication.as_ref().map(|p| plain(&p.reason)).unwrap_or_default();
    let mut above = vec![Paragraph::Plain(format!("Lý do thay thế lần công bố trước: {reason}"))];
    if lines.is_empty() {
        above.push(Paragraph::Plain("Không có đơn vị nào thay đổi điểm, hạng hoặc xếp loại.".to_owned()));
    }
    let title = "Các đơn vị có kết quả thay đổi so với lần công bố trước".to_owned();
    let digits = all.printer.digits;
    let table = Table { title: title.clone(), tab: "Điều chỉnh".to_owned(), digits, columns, lines, legend };
    Annex { table: (!table.lines.is_empty()).then_some(table), above, ..annex(&title, "Điều chỉnh") }
}

fn differs(was: &StandingRow, now: &StandingRow) -> bool {
    was.rank != now.rank || was.reached != now.reached || was.maximum != now.maximum || was.band != now.band
}

fn rank(row: &StandingRow) -> Cell {
    if row.rank > 0 { Cell::Count(row.rank) } else { Cell::Dash }
}

fn index(row: &StandingRow) -> Cell {
    if row.printed.is_empty() { Cell::Dash } else { Cell::Points(row.printed.clone()) }
}

fn fields(all: &Composing, block: &BlockRow) -> Annex {
    let none = Vec::new();
    let nodes = all.found.nodes.get(&block.kind).unwrap_or(&none);
    let fields: Vec<&NodeRow> = nodes.iter().filter(|n| n.level == Level::Field).collect();
    let lines: Vec<Line> = all.rows(block).map(|row| field_line(all, &fields, row)).collect();
    let moved = all.rows(block).filter(|row| !all.found.still(row)).count();
    let mut below = vec![Paragraph::Plain(
        "Trong ngoặc là điểm tối đa của lĩnh vực theo bộ tiêu chí; điểm tối đa áp dụng của từng đơn vị không tính các tiêu \
         chí được xác định là không áp dụng."
            .to_owned(),
    )];
    if moved > 0 {
        below.push(Paragraph::Strong(format!(
            "Điểm theo lĩnh vực của {moved} đơn vị ghi “–” đã thay đổi sau kết quả này; bảng chỉ in điểm nào còn đúng với kết \
             quả."
        )));
    }
    let title = format!("Điểm theo lĩnh vực - {}", plain(&block.title_vi));
    let tab = format!("Lĩnh vực {}", plain(&block.title_vi));
    let columns = field_columns(all, &fields);
    let table = Table {
        title: title.clone(),
        tab: tab.clone(),
        digits: all.printer.digits,
        columns,
        lines,
        legend: String::new(),
    };
    let titles: Vec<String> = fields.iter().map(|f| format!("{}. {}", f.code, plain(&f.title_vi))).collect();
    let named = Paragraph::Plain(format!("Lĩnh vực: {}.", titles.join("; ")));
    let above = Vec::from_iter((!titles.is_empty()).then_some(named));
    Annex { wide: true, above, table: Some(table), below, ..annex(&title, &tab) }
}

fn field_columns(all: &Composing, fields: &[&NodeRow]) -> Vec<Column> {
    let fixed = [("Điểm thưởng", 16), ("Điểm trừ", 12), ("Điểm đạt", 14), ("Tối đa áp dụng", 15), ("Chỉ số", 14)];
    let rest = WIDE_MM - RANK_MM - fixed.iter().map(|(_, width)| width).sum::<u32>();
    let count = u32::try_from(fields.len().max(1)).expect("a tree has few fields");
    let each = FIELD_MM.min((rest - UNIT_LEAST_MM) / count);
    let units = rest - each * u32::try_from(fields.len()).expect("a tree has few fields");
    let mut columns = vec![column("Hạng", RANK_MM, Align::Middle), column("Đơn vị", units, Align::Start)];
    for field in fields {
        let head = format!("Lĩnh vực {} ({})", field.code, all.points(&field.maximum).text());
        columns.push(column(&head, each, Align::End));
    }
    columns.extend(fixed.iter().map(|(head, width)| column(head, *width, Align::End)));
    columns
}

fn field_line(all: &Composing, fields: &[&NodeRow], row: &StandingRow) -> Line {
    let current = all.found.still(row);
    let mut cells = vec![rank(row), Cell::Text(plain(&row.name_vi))];
    for field in fields {
        let total = all.found.totals.get(&(row.unit.clone(), field.code.clone()));
        cells.push(total.filter(|_| current).map_or(Cell::Dash, |t| all.points(&t.reached)));
    }
    let rest = [&row.bonus, &row.penalty, &row.reached, &row.maximum];
    cells.extend(rest.map(|value| all.points(value)));
    cells.push(index(row));
    Line { cells, sum: false }
}

fn checking(all: &Composing, code: &Code) -> Annex {
    let found = &all.found;
    let mut above = vec![
        Paragraph::Plain(format!("Nhật ký: {}", all.origin)),
        Paragraph::Plain(format!("Xếp hạng tính đến sự kiện số {}, gốc:", found.ranking.position)),
        Paragraph::Exact(found.ranking.root.to_string()),
    ];
    if found.index != found.ranking {
        let position = found.index.position;
        above.push(Paragraph::Plain(format!("Điểm theo lĩnh vực tính đến sự kiện số {position}, gốc:")));
        above.push(Paragraph::Exact(found.index.root.to_string()));
    }
    if let Some(p) = &found.publication {
        above.push(Paragraph::Plain(format!(
            "Công bố lần {}: sự kiện số {}; giá trị băm của bảng kết quả (SHA-256):",
            p.publication, p.position
        )));
        above.push(Paragraph::Exact(p.digest.to_string()));
    }
    let round = &found.round.round;
    above.extend([
        Paragraph::Plain(
            "Mã QR dưới đây ghi ba dòng: tên nhật ký, số sự kiện, gốc (base64). Lưu ba dòng đó vào tệp head.txt rồi đối chiếu \
             với nhật ký:"
                .to_owned(),
        ),
        Paragraph::Exact("parindex verify --data D --head head.txt".to_owned()),
        Paragraph::Plain("Lập lại báo cáo này từ nhật ký, và lập bằng chứng của lần công bố để kiểm tra ngoại tuyến:".to_owned()),
        Paragraph::Exact(format!("parindex report --data D --round {round}{} --out F.docx", numbered(all))),
        Paragraph::Exact(format!("parindex inspector export publication --data D --round {round}{} F.svg", numbered(all))),
    ]);
    if found.publication.is_none() {
        // What was not published has no proof of its own.
        above.pop();
        above[0] = Paragraph::Plain(format!("Nhật ký: {} (kết quả tạm tính, chưa công bố)", all.origin));
    }
    let below = code.text.lines().map(|line| Paragraph::Exact(line.to_owned())).collect();
    Annex { code: true, above, below, ..annex("Kiểm chứng", "Kiểm chứng") }
}

/// How the command line names the reported publication.
fn numbered(all: &Composing) -> String {
    all.found.publication.as_ref().map_or_else(|| " --live".to_owned(), |p| format!(" --publication {}", p.publication))
}

fn annex(title: &str, tab: &str) -> Annex {
    Annex {
        number: String::new(),
        title: title.to_uppercase(),
        tab: tab.to_owned(),
        wide: false,
        above: Vec::new(),
        table: None,
        below: Vec::new(),
        code: false,
    }
}

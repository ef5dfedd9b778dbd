//! The report from its rows: what its paragraphs say, the summary, the ranking of each block.
//! It ranks and scores nothing: ranks, bands, movements and points are the rows' own, printed with the declared digits.

use proto::document::Lang;
use proto::rows::{BlockRow, StandingRow};
use proto::{Exact, Origin};

use super::cell::{Align, Cell, Column, Line, Table, column};
use super::read::Found;
use super::said::{self, plain};
use super::{Code, Form, Paragraph, Report, annexes};
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::words::fill;

/// What composing needs beside the rows.
pub struct Composing {
    /// The rows.
    pub found: Found,
    /// How its numbers are printed.
    pub printer: Printer,
    /// The log.
    pub origin: Origin,
    /// What the record does not hold.
    pub form: Form,
}

/// Composes the report.
pub fn report(found: Found, origin: &Origin, form: Form) -> Result<Report, Refusal> {
    let printer = Printer::of(Lang::Vi, &found.round)?;
    let code = Code::of(origin, &found.ranking)?;
    let all = Composing { found, printer, origin: origin.clone(), form };
    let annexes = annexes::all(&all, &code);
    let number = |code: bool| annexes.iter().find(|a| a.code == code).map(|a| a.number.clone()).unwrap_or_default();
    let corrections = all.corrections().then(|| number(false));
    Ok(Report {
        round: all.found.round.round.clone(),
        publication: all.found.publication.as_ref().map_or(0, |p| p.publication),
        authority: plain(&all.found.round.authority_vi),
        title: format!("Kết quả {}", plain(&all.found.round.title_vi)),
        marks: all.marks(),
        opening: all.opening(corrections.as_deref()),
        summary: all.summary(),
        rankings: all.found.blocks.iter().map(|block| all.ranking(block)).collect(),
        closing: all.closing(&number(true)),
        annexes,
        ranking: all.found.ranking.clone(),
        index: all.found.index.clone(),
        origin: all.origin,
        form: all.form,
        code,
    })
}

impl Composing {
    /// The rows of a block, by rank.
    pub fn rows(&self, block: &BlockRow) -> impl Iterator<Item = &StandingRow> {
        self.found.rows.iter().filter(|row| row.block == block.block)
    }

    /// Points with the declared digits.
    pub fn points(&self, value: &Exact) -> Cell {
        Cell::Points(self.printer.decimal(value))
    }

    /// Whether a publication is reported that supersedes another one.
    pub fn corrections(&self) -> bool {
        self.found.publication.is_some() && !self.found.before.is_empty()
    }

    /// The publication that has taken the reported one's place.
    fn superseded_by(&self) -> Option<u64> {
        let latest = self.found.publications.last()?.publication;
        self.found.publication.as_ref().is_some_and(|p| p.publication < latest).then_some(latest)
    }

    fn marks(&self) -> Vec<String> {
        let mut marks = Vec::new();
        if self.found.publication.is_none() {
            marks.push(said::PROVISIONAL.to_owned());
        }
        if let Some(latest) = self.superseded_by() {
            marks.push(format!("ĐÃ ĐƯỢC THAY THẾ BỞI LẦN CÔNG BỐ {latest}"));
        }
        if self.found.round.training {
            marks.push(said::TRAINING.to_owned());
        }
        marks
    }

    fn opening(&self, corrections: Option<&str>) -> Vec<Paragraph> {
        let round = &self.found.round;
        let mut out = vec![
            Paragraph::Plain(format!(
                "{} báo cáo kết quả {} như sau:",
                plain(&round.authority_vi),
                plain(&round.title_vi)
            )),
            Paragraph::Head(said::STATUS.to_owned()),
        ];
        match &self.found.publication {
            Some(p) => out.push(Paragraph::Plain(fill(
                "Kết quả được công bố lần {0}, lúc {1} (giờ Việt Nam), theo quyết nghị {2} của Hội đồng thẩm định. \
                 Việc công bố là sự kiện số {3} của nhật ký {4}.",
                &[
                    &p.publication.to_string(),
                    &p.at.vietnam(),
                    p.decision.as_str(),
                    &p.position.to_string(),
                    self.origin.as_str(),
                ],
            ))),
            None if round.decided => {
                out.push(Paragraph::Strong(
                    "Kết quả này là TẠM TÍNH: Hội đồng thẩm định đã quyết định, kết quả chưa được công bố.".to_owned(),
                ));
            }
            None => out.push(Paragraph::Strong(
                "Kết quả này là TẠM TÍNH: Hội đồng thẩm định chưa quyết định, số liệu còn thay đổi.".to_owned(),
            )),
        }
        if let (Some(p), Some(annex)) = (&self.found.publication, corrections) {
            out.push(Paragraph::Plain(fill(
                "Lần công bố này thay thế lần công bố trước. Lý do: {0} Các đơn vị có kết quả thay đổi nêu tại Phụ lục {1}.",
                &[&sentence(&plain(&p.reason)), annex],
            )));
        }
        if let Some(latest) = self.superseded_by() {
            out.push(Paragraph::Strong(format!("Kết quả này đã được thay thế bởi lần công bố {latest}.")));
        }
        if round.training {
            out.push(Paragraph::Strong(
                "Đây là kỳ tập huấn: số liệu để tập huấn, không có giá trị pháp lý.".to_owned(),
            ));
        }
        if !round.basis_vi.is_empty() {
            out.push(Paragraph::Plain(format!("Về bộ tiêu chí: {}", sentence(&plain(&round.basis_vi)))));
        }
        out
    }

    fn closing(&self, annex: &str) -> Vec<Paragraph> {
        let (ranking, index) = (self.found.ranking.position, self.found.index.position);
        let stands = if self.found.index == self.found.ranking {
            format!("tính đến sự kiện số {ranking}")
        } else {
            format!("tính đến sự kiện số {ranking} (xếp hạng) và số {index} (điểm theo lĩnh vực)")
        };
        vec![
            Paragraph::Head(said::CHECKING.to_owned()),
            Paragraph::Plain(format!(
                "Mọi số liệu trong báo cáo này do hệ thống tính từ nhật ký {}, {stands}. Cách kiểm tra và mã QR nêu tại \
                 Phụ lục {annex}./.",
                self.origin
            )),
        ]
    }

    fn summary(&self) -> Table {
        let columns = vec![
            column("Khối", 69, Align::Start),
            column("Số đơn vị", 21, Align::Middle),
            column("Trung bình", 25, Align::End),
            column("Cao nhất", 25, Align::End),
            column("Thấp nhất", 25, Align::End),
        ];
        let line = |block: &BlockRow| {
            let indices: Vec<Exact> = self.rows(block).filter_map(|r| r.index_value.clone()).collect();
            let cell = |value: Option<&Exact>| value.map_or(Cell::Dash, |v| self.points(v));
            let cells = vec![
                Cell::Text(plain(&block.title_vi)),
                Cell::Count(self.rows(block).count() as u64),
                self.mean(indices.iter().cloned().map(Some)),
                cell(indices.iter().max()),
                cell(indices.iter().min()),
            ];
            Line { cells, sum: false }
        };
        let lines = self.found.blocks.iter().map(line).collect();
        let title = "Chỉ số của các khối".to_owned();
        let legend = "Chỉ số = điểm đạt / điểm tối đa áp dụng × 100.".to_owned();
        Table { title, tab: "Báo cáo".to_owned(), digits: self.printer.digits, columns, lines, legend }
    }

    /// The mean over the units that have the value; each counts once.
    fn mean(&self, values: impl Iterator<Item = Option<Exact>>) -> Cell {
        let values: Vec<Exact> = values.flatten().collect();
        let count = i64::try_from(values.len()).expect("a block has not 2^63 units");
        let mean = values.into_iter().sum::<Exact>().checked_div(&Exact::whole(count));
        mean.map_or(Cell::Dash, |mean| self.points(&mean))
    }

    fn ranking(&self, block: &BlockRow) -> Table {
        // Movements are against the publication before; a first one has none to show.
        let moved = !self.found.before.is_empty();
        let line = |row: &StandingRow| {
            let mut cells = vec![
                if row.rank > 0 { Cell::Count(row.rank) } else { Cell::Dash },
                Cell::Text(plain(&row.name_vi)),
                self.points(&row.appraisal_reached),
                self.points(&row.survey_reached),
                if row.printed.is_empty() { Cell::Dash } else { Cell::Points(row.printed.clone()) },
                self::band(row),
            ];
            cells.extend(moved.then_some(Cell::Moved(row.movement)));
            Line { cells, sum: false }
        };
        let mut lines: Vec<Line> = self.rows(block).map(line).collect();
        if !lines.is_empty() {
            lines.push(self.means(block, moved));
        }
        let title = format!("Xếp hạng {}", plain(&block.title_vi));
        let (digits, columns, legend) = (self.printer.digits, ranking_columns(moved), bands(self.rows(block)));
        Table { tab: title.clone(), title, digits, columns, lines, legend }
    }

    fn means(&self, block: &BlockRow, moved: bool) -> Line {
        let mut cells = vec![
            Cell::Empty,
            Cell::Text("Trung bình khối".to_owned()),
            self.mean(self.rows(block).map(|r| Some(r.appraisal_reached.clone()))),
            self.mean(self.rows(block).map(|r| Some(r.survey_reached.clone()))),
            self.mean(self.rows(block).map(|r| r.index_value.clone())),
            Cell::Empty,
        ];
        cells.extend(moved.then_some(Cell::Empty));
        Line { cells, sum: true }
    }
}

fn ranking_columns(moved: bool) -> Vec<Column> {
    let mut columns = vec![
        column("Hạng", 14, Align::Middle),
        column("Đơn vị", if moved { 71 } else { 86 }, Align::Start),
        column("Điểm thẩm định", 18, Align::End),
        column("Điểm điều tra XHH", 18, Align::End),
        column("Chỉ số", 15, Align::End),
        column("Xếp loại", 14, Align::Middle),
    ];
    columns.extend(moved.then(|| column("Thay đổi", 15, Align::Middle)));
    columns
}

/// A band as a table prints it; its title stands below the table.
pub fn band(row: &StandingRow) -> Cell {
    row.band.as_ref().map_or(Cell::Dash, |code| Cell::Text(code.as_str().to_uppercase()))
}

/// The titles of the bands that stand in some rows.
pub fn bands<'a>(rows: impl Iterator<Item = &'a StandingRow>) -> String {
    let mut titles: Vec<String> = Vec::new();
    for row in rows {
        let Some(code) = &row.band else { continue };
        let title = format!("{}: {}", code.as_str().to_uppercase(), plain(&row.band_vi));
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    if titles.is_empty() { String::new() } else { format!("Xếp loại {}.", titles.join("; ")) }
}

/// A text as a sentence: with a full stop where it has no end of its own.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

//! The report as a workbook: a sheet for the report itself, for each block's ranking, for each annex; laid out for A4.
//! Every text is written as text, whatever it begins with, and every number as the decimal that the report holds.

use std::collections::BTreeSet;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, FormatUnderline};
use rust_xlsxwriter::{Image, Workbook, Worksheet, XlsxError};

use super::cell::{Align, Cell, Line, Table};
use super::{Annex, Paragraph, Report, said};
use crate::refusal::Refusal;

const FONT: &str = "Times New Roman";
/// Points of a table's text, of a paragraph's, and of a title's.
const CELL_POINTS: f64 = 12.0;
const TEXT_POINTS: f64 = 13.0;
const TITLE_POINTS: f64 = 14.0;
/// How high a line of text is, in points.
const LINE_POINTS: f64 = 17.0;
/// A4, as printers number it.
const PAPER_A4: u8 = 9;
/// The most characters of the name of a sheet, and of a header or footer, that a workbook can hold.
const TAB_CHARS_MAX: usize = 31;
const FOOT_CHARS_MAX: usize = 255;
/// The code's sides on paper, in inches, and points of a picture in an inch.
const CODE_IN: f64 = 1.65;
const PICTURE_DPI: f64 = 96.0;

/// Writes it.
pub fn written(report: &Report) -> Result<Vec<u8>, Refusal> {
    bytes(report).map_err(|e| Refusal::Write(e.to_string()))
}

fn bytes(report: &Report) -> Result<Vec<u8>, XlsxError> {
    let mut book = Book { book: Workbook::new(), tabs: BTreeSet::new(), report };
    // A fixed moment: the workbook says what the report says, not when somebody asked for it.
    let fixed = ExcelDateTime::from_ymd(2022, 1, 1)?;
    let properties = DocProperties::new().set_creation_datetime(&fixed).set_title(&report.title);
    book.book.set_properties(&properties);
    book.cover()?;
    for table in &report.rankings {
        let (page, _) = book.page(&table.tab, false)?;
        let mut at = Rows { page, next: 0, columns: columns(table) };
        at.title(&table.title.to_uppercase())?;
        at.note(&report.with())?;
        at.table(table)?;
    }
    for annex in &report.annexes {
        book.annex(annex)?;
    }
    book.book.save_to_buffer()
}

/// A workbook under way.
struct Book<'a> {
    book: Workbook,
    tabs: BTreeSet<String>,
    report: &'a Report,
}

/// A sheet that is written from its top down.
struct Rows<'a> {
    page: &'a mut Worksheet,
    next: u32,
    /// The widths of its columns, in millimetres.
    columns: Vec<u32>,
}

fn columns(table: &Table) -> Vec<u32> {
    table.columns.iter().map(|c| c.width_mm).collect()
}

fn base(points: f64) -> Format {
    Format::new().set_font_name(FONT).set_font_size(points).set_text_wrap().set_align(FormatAlign::VerticalCenter)
}

fn center(points: f64) -> Format {
    base(points).set_align(FormatAlign::Center)
}

/// How many lines a text takes in a width: letters of 13 points are 2 mm wide on the average, capitals 3 mm.
fn lines(text: &str, width_mm: u32) -> f64 {
    let letters = text.chars().map(|c| if c.is_uppercase() { 15 } else { 10 }).sum::<u32>();
    f64::from((letters / 5).div_ceil(width_mm.max(1)).max(1))
}

impl Book<'_> {
    /// A new sheet with the marks, the place and the page numbers of every page.
    fn page(&mut self, tab: &str, wide: bool) -> Result<(&mut Worksheet, &Report), XlsxError> {
        let name = self.tab(tab);
        let page = self.book.add_worksheet();
        page.set_name(name)?;
        page.set_paper_size(PAPER_A4).set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
        if wide {
            page.set_landscape();
        }
        // 30 mm on the left, 15 mm on the right, 20 mm above and below, as the decree has it.
        page.set_margins(1.18, 0.59, 0.79, 0.79, 0.4, 0.4);
        let escaped = |text: &str| text.replace('&', "&&");
        let marks = escaped(&self.report.marks.join(" - "));
        page.set_header(format!("&C&\"{FONT},Regular\"&13&P&R&\"{FONT},Bold\"&9{marks}"));
        let foot = escaped(&self.report.foot());
        let short = format!("#{} {}", self.report.ranking.position, self.report.ranking.root);
        let foot = if foot.chars().count() + 40 > FOOT_CHARS_MAX { short } else { foot };
        page.set_footer(format!("&C&\"{FONT},Regular\"&7{foot}"));
        Ok((page, self.report))
    }

    /// A name that no other sheet has, without what no name may hold.
    fn tab(&mut self, wanted: &str) -> String {
        let fits = |c: char| if "[]:*?/\\'".contains(c) { ' ' } else { c };
        let plain: String = wanted.chars().map(fits).take(TAB_CHARS_MAX).collect();
        let mut name = plain.trim().to_owned();
        let mut n = 2;
        while !self.tabs.insert(name.to_lowercase()) {
            let end = format!(" {n}");
            name = plain.chars().take(TAB_CHARS_MAX - end.len()).collect::<String>() + &end;
            n += 1;
        }
        name
    }

    fn cover(&mut self) -> Result<(), XlsxError> {
        let (page, r) = self.page(&self.report.summary.tab.clone(), false)?;
        let mut at = Rows { page, next: 0, columns: columns(&r.summary) };
        at.page.set_print_gridlines(false);
        let bold = |points| center(points).set_bold();
        at.widths()?;
        at.halves((&r.authority.to_uppercase(), &bold(CELL_POINTS)), (said::NATION, &bold(CELL_POINTS)))?;
        at.halves(("", &bold(TEXT_POINTS)), (said::MOTTO, &bold(TEXT_POINTS).set_underline(FormatUnderline::Single)))?;
        let number = format!("Số: {}", r.form.number());
        let date = format!("{}, {}", r.form.place(), r.form.date());
        at.halves((&number, &center(TEXT_POINTS)), (&date, &center(TEXT_POINTS).set_italic()))?;
        at.next += 1;
        at.title(said::KIND)?;
        at.title(&r.title)?;
        at.next += 1;
        for p in &r.opening {
            at.paragraph(p)?;
        }
        at.paragraph(&Paragraph::Head(said::SUMMARY.to_owned()))?;
        at.grid(&r.summary)?;
        for p in &r.closing {
            at.paragraph(p)?;
        }
        at.next += 1;
        at.signature(r)
    }

    fn annex(&mut self, annex: &Annex) -> Result<(), XlsxError> {
        let (page, r) = self.page(&annex.tab, annex.wide)?;
        // Of one column that is wider than the paper some programs make no page that fits; of several they do.
        let widths = annex.table.as_ref().map_or_else(|| vec![55; 3], columns);
        let mut at = Rows { page, next: 0, columns: widths };
        at.widths()?;
        at.title(&r.annex_head(annex))?;
        at.title(&annex.title)?;
        at.note(&r.with())?;
        for p in &annex.above {
            at.paragraph(p)?;
        }
        if let Some(table) = &annex.table {
            at.table(table)?;
        }
        for p in &annex.below {
            at.paragraph(p)?;
        }
        if annex.code {
            let image = Image::new_from_buffer(&r.code.png())?;
            let scale = CODE_IN * PICTURE_DPI / image.width();
            let image = image.set_scale_width(scale).set_scale_height(scale).set_alt_text(&r.code.text);
            at.page.insert_image(at.next + 1, 0, &image)?;
        }
        Ok(())
    }
}

impl Rows<'_> {
    fn last(&self) -> u16 {
        u16::try_from(self.columns.len() - 1).expect("a table has few columns")
    }

    fn width(&self) -> u32 {
        self.columns.iter().sum()
    }

    /// Sets the columns' widths: a digit is 7 points of a screen wide, of which a millimetre has 3.78, and 5 are margin.
    fn widths(&mut self) -> Result<(), XlsxError> {
        for (at, mm) in (0_u16..).zip(self.columns.clone()) {
            self.page.set_column_width(at, (f64::from(mm) * 3.78 - 5.0) / 7.0)?;
        }
        Ok(())
    }

    /// A text over the whole width.
    fn across(&mut self, text: &str, format: &Format) -> Result<(), XlsxError> {
        self.page.set_row_height(self.next, lines(text, self.width()) * LINE_POINTS + 3.0)?;
        match self.last() {
            0 => self.page.write_string_with_format(self.next, 0, text, format)?,
            last => self.page.merge_range(self.next, 0, self.next, last, text, format)?,
        };
        self.next += 1;
        Ok(())
    }

    fn title(&mut self, text: &str) -> Result<(), XlsxError> {
        self.across(text, &center(TITLE_POINTS).set_bold())
    }

    fn note(&mut self, text: &str) -> Result<(), XlsxError> {
        self.across(text, &center(TEXT_POINTS).set_italic())
    }

    fn paragraph(&mut self, p: &Paragraph) -> Result<(), XlsxError> {
        let format = match p {
            Paragraph::Head(_) | Paragraph::Strong(_) => base(TEXT_POINTS).set_bold(),
            Paragraph::Plain(_) => base(TEXT_POINTS).set_align(FormatAlign::Justify),
            Paragraph::Exact(_) => base(CELL_POINTS).set_indent(1),
        };
        self.across(p.text(), &format)
    }

    /// Two texts side by side: over the first column, and over the others.
    fn halves(&mut self, left: (&str, &Format), right: (&str, &Format)) -> Result<(), XlsxError> {
        let rest = self.width() - self.columns[0];
        let high = lines(left.0, self.columns[0]).max(lines(right.0, rest));
        self.page.set_row_height(self.next, high * LINE_POINTS + 1.0)?;
        self.page.write_string_with_format(self.next, 0, left.0, left.1)?;
        self.page.merge_range(self.next, 1, self.next, self.last(), right.0, right.1)?;
        self.next += 1;
        Ok(())
    }

    /// A table whose head stands on every page and stays in sight.
    fn table(&mut self, table: &Table) -> Result<(), XlsxError> {
        self.widths()?;
        let head = self.next;
        self.grid(table)?;
        self.page.set_repeat_rows(head, head)?.set_freeze_panes(head + 1, 0)?;
        Ok(())
    }

    fn grid(&mut self, table: &Table) -> Result<(), XlsxError> {
        let head = center(CELL_POINTS).set_bold().set_border(FormatBorder::Thin);
        let high = table.columns.iter().map(|c| lines(&c.head, c.width_mm) * 1.2).fold(1.0, f64::max).ceil();
        self.page.set_row_height(self.next, high * LINE_POINTS)?;
        for (at, column) in (0_u16..).zip(&table.columns) {
            self.page.write_string_with_format(self.next, at, &column.head, &head)?;
        }
        self.next += 1;
        for line in &table.lines {
            self.line(table, line)?;
        }
        if table.legend.is_empty() { Ok(()) } else { self.across(&table.legend, &base(11.0).set_italic()) }
    }

    fn line(&mut self, table: &Table, line: &Line) -> Result<(), XlsxError> {
        let decimals = "0".repeat(usize::from(table.digits));
        let points = if decimals.is_empty() { "#,##0".to_owned() } else { format!("#,##0.{decimals}") };
        let mut high = 1.0_f64;
        for (at, (column, cell)) in (0_u16..).zip(table.set(line)) {
            let format = base(CELL_POINTS).set_border(FormatBorder::Thin).set_align(match column.align {
                Align::Start => FormatAlign::Left,
                Align::Middle => FormatAlign::Center,
                Align::End => FormatAlign::Right,
            });
            let format = if line.sum { format.set_bold() } else { format };
            let (page, row) = (&mut *self.page, self.next);
            match cell {
                // A decimal of at most 15 digits is the same number in a workbook, which knows doubles alone.
                Cell::Points(decimal) => match decimal.parse::<f64>() {
                    // The locale is Vietnamese: 1.234,50.
                    Ok(n) => {
                        page.write_number_with_format(row, at, n, &format.set_num_format(format!("[$-42A]{points}")))?
                    }
                    Err(_) => page.write_string_with_format(row, at, cell.text(), &format)?,
                },
                Cell::Count(n) => {
                    let n = u32::try_from(*n).map_or(f64::from(u32::MAX), f64::from);
                    page.write_number_with_format(row, at, n, &format.set_num_format("[$-42A]#,##0"))?
                }
                Cell::Moved(places) if *places != 0 => {
                    let places = i32::try_from(*places).map_or(0.0, f64::from);
                    page.write_number_with_format(row, at, places, &format.set_num_format("\"▲ \"0;\"▼ \"0"))?
                }
                Cell::Empty => page.write_blank(row, at, &format)?,
                Cell::Text(text) => {
                    high = high.max(lines(text, column.width_mm));
                    page.write_string_with_format(row, at, text, &format)?
                }
                Cell::Moved(_) | Cell::Dash => page.write_string_with_format(row, at, cell.text(), &format)?,
            };
        }
        self.page.set_row_height(self.next, high * LINE_POINTS + 2.0)?;
        self.next += 1;
        Ok(())
    }

    fn signature(&mut self, r: &Report) -> Result<(), XlsxError> {
        let (left, right) = (base(11.0), center(TITLE_POINTS).set_bold());
        let titles = r.form.signer_title();
        let recipients = [vec![said::RECIPIENTS.to_owned()], r.form.recipients()].concat();
        // The name stands below the last recipient, and below room for a signature.
        let rows = recipients.len().max(titles.len() + 4);
        for i in 0..rows {
            let text = |texts: &[String]| texts.get(i).cloned().unwrap_or_default();
            let format = if i == 0 { base(CELL_POINTS).set_bold().set_italic() } else { left.clone() };
            self.halves((&text(&recipients), &format), (&text(&titles), &right))?;
        }
        self.halves(("", &left), (&r.form.signer(), &right))
    }
}

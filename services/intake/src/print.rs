//! A workbook from sheets: formats, widths, drop-downs, a print set-up for A4, the guide to its words.
//! The same sheets always give the same bytes: nothing of the moment or the machine goes in.

use std::collections::BTreeMap;

use proto::document::Text;
use proto::text;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula,
    Workbook, Worksheet, XlsxError,
};

use crate::fault::{Faults, Place};
use crate::limits::{CELL_CHARS_MAX, SHEETS_MAX};
use crate::sheet::{Line, Look, Put, Sheet};
use crate::table::{Column, Holds};
use crate::value::double;
use crate::words::{LISTS, Words};

/// The name of the sheet that says which words there are. It is not read.
pub const GUIDE: &str = "Hướng dẫn";
/// The rows of title, note and headings.
const TITLE_ROW: u32 = 0;
const NOTE_ROW: u32 = 1;
const HEADING_ROW: u32 = 2;
const ENGLISH_ROW: u32 = 3;
const FIRST_ROW: u32 = 4;
/// How many empty rows below the last one still have drop-downs and formats.
const SPARE_ROWS: u32 = 200;
/// A4, as printers number it.
pub const PAPER_A4: u8 = 9;
pub const FONT: &str = "Times New Roman";
const FONT_POINTS: f64 = 12.0;
const TITLE_POINTS: f64 = 14.0;
/// How high a line of text is, in points, and how much wider than a digit an average letter may run.
const LINE_POINTS: f64 = 16.0;
/// No row is made higher than this many lines.
const LINES_MAX: usize = 20;
pub const HEADING_COLOR: u32 = 0x00D9_E2F3;
pub const MAJOR_COLOR: u32 = 0x00F2_F2F2;
pub const DAY_FORMAT: &str = "dd/mm/yyyy";
pub const TEXT_FORMAT: &str = "@";

/// Writes a workbook.
///
/// # Errors
/// What no workbook can hold: too long a text, too many sheets.
pub fn print(sheets: &[Sheet]) -> Result<Vec<u8>, Faults> {
    let mut faults = Faults::default();
    if sheets.len() >= SHEETS_MAX {
        let what = text!("cần quá {SHEETS_MAX} trang", "it needs more than {SHEETS_MAX} sheets");
        faults.push("sheets_too_many", Place::File, what);
    }
    for sheet in sheets {
        for (row, line) in (FIRST_ROW..).zip(&sheet.lines) {
            let long = |put: &Put| matches!(put, Put::Text(t) if t.encode_utf16().count() > CELL_CHARS_MAX);
            for (column, _) in line.cells.iter().filter(|(_, put)| long(put)) {
                let what = text!("dài hơn {CELL_CHARS_MAX} ký tự", "it is longer than {CELL_CHARS_MAX} characters");
                let heading = Some(sheet.columns[*column].vi);
                let column = u32::try_from(*column).ok();
                let place = Place::Sheet { sheet: sheet.name.clone(), row: Some(row + 1), column, heading };
                faults.push("cell_too_long", place, what);
            }
        }
    }
    faults.none()?;
    bytes(sheets).map_err(|e| {
        let what = text!("không ghi được bảng tính (chi tiết kỹ thuật: {e})", "no workbook can be written: {e}");
        Faults::one("workbook_unwritable", Place::File, what)
    })
}

fn bytes(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed moment: the workbook says what the document says, not when somebody asked for it.
    let properties = DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2022, 1, 1)?);
    book.set_properties(&properties);
    let mut formats = Formats::default();
    for sheet in sheets {
        write(book.add_worksheet(), sheet, &mut formats)?;
    }
    guide(book.add_worksheet(), &mut formats)?;
    book.save_to_buffer()
}

/// How a cell is formatted, as far as it differs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Style {
    look: Look,
    number: String,
    align: Align,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Align {
    Start,
    Middle,
    End,
}

#[derive(Default)]
struct Formats(BTreeMap<Style, Format>);

fn base() -> Format {
    Format::new().set_font_name(FONT).set_font_size(FONT_POINTS).set_text_wrap().set_align(FormatAlign::Top)
}

impl Formats {
    fn get(&mut self, style: Style) -> Format {
        let make = |style: &Style| {
            let format = base().set_border(FormatBorder::Thin).set_num_format(&style.number);
            let format = match style.align {
                Align::Start if style.look == Look::Part => format.set_indent(1),
                Align::Start => format,
                Align::Middle => format.set_align(FormatAlign::Center),
                Align::End => format.set_align(FormatAlign::Right),
            };
            match style.look {
                Look::Major => format.set_bold().set_background_color(MAJOR_COLOR),
                Look::Minor => format.set_bold(),
                Look::Plain => format,
                Look::Part => format.set_italic(),
            }
        };
        self.0.entry(style.clone()).or_insert_with(|| make(&style)).clone()
    }

    fn heading(english: Option<()>) -> Format {
        let format = base().set_border(FormatBorder::Thin).set_background_color(HEADING_COLOR);
        let format = format.set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter);
        if english.is_some() { format.set_italic() } else { format.set_bold() }
    }
}

fn write(out: &mut Worksheet, sheet: &Sheet, formats: &mut Formats) -> Result<(), XlsxError> {
    out.set_name(&sheet.name)?;
    heads(out, &sheet.title, sheet.columns)?;
    for (row, line) in (FIRST_ROW..).zip(&sheet.lines) {
        write_line(out, row, line, sheet.columns, formats)?;
    }
    let last = FIRST_ROW + u32::try_from(sheet.lines.len()).expect("a document has few rows");
    let printed = u16::try_from(sheet.printed).expect("a sheet has few columns") - 1;
    out.set_print_area(TITLE_ROW, 0, last.saturating_sub(1).max(ENGLISH_ROW), printed)?;
    for (at, column) in (0_u16..).zip(sheet.columns) {
        if let Holds::Words(lists) = column.holds {
            out.add_data_validation(FIRST_ROW, at, last + SPARE_ROWS, at, &drop_down(lists))?;
        }
    }
    out.set_landscape().set_paper_size(PAPER_A4).set_print_fit_to_pages(1, 0);
    out.set_margins(0.4, 0.4, 0.5, 0.5, 0.3, 0.3).set_footer("&C&P/&N");
    out.set_repeat_rows(HEADING_ROW, ENGLISH_ROW)?.set_freeze_panes(FIRST_ROW, 0)?;
    Ok(())
}

fn heads(out: &mut Worksheet, title: &Text, columns: &'static [Column]) -> Result<(), XlsxError> {
    let large = base().set_bold().set_font_size(TITLE_POINTS);
    let plain = |format: Format| format.unset_text_wrap();
    out.write_string_with_format(TITLE_ROW, 0, &title.vi, &plain(large))?;
    out.write_string_with_format(NOTE_ROW, 0, &title.en, &plain(base().set_italic()))?;
    for row in [HEADING_ROW, ENGLISH_ROW] {
        let heading = |c: &Column| lines(if row == HEADING_ROW { c.vi } else { c.en }, c.width);
        height(out, row, columns.iter().map(heading).max().unwrap_or(1))?;
    }
    for (at, column) in (0_u16..).zip(columns) {
        out.set_column_width(at, column.width)?;
        out.write_string_with_format(HEADING_ROW, at, column.vi, &Formats::heading(None))?;
        out.write_string_with_format(ENGLISH_ROW, at, column.en, &Formats::heading(Some(())))?;
        // Rows that somebody adds below keep the cell's kind: a code typed there stays a code.
        let kind = if matches!(column.holds, Holds::Codes) { TEXT_FORMAT } else { "General" };
        out.set_column_format(at, &base().set_num_format(kind))?;
    }
    Ok(())
}

/// How many lines a text takes in a column: programs do not all find out by themselves.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a column has few characters")]
pub fn lines(text: &str, width: f64) -> usize {
    let width = (width as usize).max(1);
    text.split('\n').map(|line| line.chars().count().div_ceil(width).max(1)).sum()
}

/// Makes a row as high as so many lines, within its limit.
pub fn height(out: &mut Worksheet, row: u32, lines: usize) -> Result<(), XlsxError> {
    let lines = u32::try_from(lines.clamp(1, LINES_MAX)).expect("few lines");
    out.set_row_height(row, LINE_POINTS * f64::from(lines))?;
    Ok(())
}

fn write_line(
    out: &mut Worksheet,
    row: u32,
    line: &Line,
    columns: &'static [Column],
    formats: &mut Formats,
) -> Result<(), XlsxError> {
    let style = |number: &str, align| Style { look: line.look, number: number.to_owned(), align };
    let taken = |(column, put): &(usize, Put)| match put {
        Put::Text(text) | Put::Code(text) => lines(text, columns[*column].width),
        Put::Word(words, code) => lines(words.of(code).vi, columns[*column].width),
        Put::Number(_) | Put::Count(_) | Put::Day(_) | Put::Mark => 1,
    };
    height(out, row, line.cells.iter().map(taken).max().unwrap_or(1))?;
    let mut bare: Vec<u16> = (0_u16..).take(columns.len()).collect();
    for (column, put) in &line.cells {
        let at = u16::try_from(*column).expect("a sheet has few columns");
        bare.retain(|b| *b != at);
        // Among texts a number stands as they do.
        let end = if matches!(columns[*column].holds, Holds::Codes) { Align::Start } else { Align::End };
        match put {
            Put::Text(text) => {
                out.write_string_with_format(row, at, text, &formats.get(style(TEXT_FORMAT, Align::Start)))?
            }
            Put::Code(code) => {
                out.write_string_with_format(row, at, code, &formats.get(style(TEXT_FORMAT, Align::Start)))?
            }
            Put::Number(number) => {
                let places = usize::from(number.scale());
                let shown = if places == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(places)) };
                match double(*number) {
                    Some(double) => out.write_number_with_format(row, at, double, &formats.get(style(&shown, end)))?,
                    None => {
                        let format = formats.get(style(TEXT_FORMAT, end));
                        out.write_string_with_format(row, at, number.to_string(), &format)?
                    }
                }
            }
            Put::Count(count) => out.write_number_with_format(row, at, *count, &formats.get(style("0", end)))?,
            Put::Day(day) => {
                let moment = ExcelDateTime::parse_from_str(&day.to_string())?;
                out.write_datetime_with_format(row, at, &moment, &formats.get(style(DAY_FORMAT, Align::Middle)))?
            }
            Put::Word(words, code) => {
                // A cell with a list of its own, where its column has none.
                if !matches!(columns[*column].holds, Holds::Words(_)) {
                    out.add_data_validation(row, at, row, at, &drop_down(&[words]))?;
                }
                let word = words.of(code).vi;
                let align = if word.chars().count() == 1 { Align::Middle } else { Align::Start };
                out.write_string_with_format(row, at, word, &formats.get(style("General", align)))?
            }
            Put::Mark => out.write_string_with_format(row, at, "x", &formats.get(style("General", Align::Middle)))?,
        };
    }
    for at in bare {
        let kind = if matches!(columns[usize::from(at)].holds, Holds::Codes) { TEXT_FORMAT } else { "General" };
        out.write_blank(row, at, &formats.get(style(kind, Align::Start)))?;
    }
    Ok(())
}

/// A drop-down from the guide's lists, which must stand beside each other there.
fn drop_down(lists: &[&'static Words]) -> DataValidation {
    let place = |words: &Words| LISTS.iter().position(|l| l.name == words.name).expect("every list is in the guide");
    let first = 1 + guide_row(place(lists[0]));
    let last = guide_row(place(lists[lists.len() - 1])) + lists[lists.len() - 1].all.len();
    DataValidation::new()
        .allow_list_formula(Formula::new(format!("='{GUIDE}'!$B${first}:$B${last}")))
        .set_error_style(DataValidationErrorStyle::Stop)
}

/// The row in the guide (from 0) at which a list begins: below the headings, one list under the other.
fn guide_row(list: usize) -> usize {
    usize::try_from(FIRST_ROW).expect("a small number") + LISTS[..list].iter().map(|l| l.all.len()).sum::<usize>()
}

/// The guide: every word that cells are chosen from.
fn guide(out: &mut Worksheet, formats: &mut Formats) -> Result<(), XlsxError> {
    static COLUMNS: [Column; 3] = [
        crate::table::column("Dùng cho", "Used for", 30.0, Holds::Plain),
        crate::table::column("Từ ngữ", "Word", 36.0, Holds::Plain),
        crate::table::column("Tiếng Anh", "In English", 30.0, Holds::Plain),
    ];
    out.set_name(GUIDE)?;
    let title = text!(
        "HƯỚNG DẪN: từ ngữ dùng trong các ô chọn. Trang này không được đọc khi nhập tệp.",
        "Guide: the words of the drop-downs. This sheet is not read. Columns headed “Ghi chú” are not read either."
    );
    heads(out, &title, &COLUMNS)?;
    for (list, words) in LISTS.iter().enumerate() {
        let first = u32::try_from(guide_row(list)).expect("the guide is short");
        for (row, word) in (first..).zip(words.all) {
            let text = |t: &str| Put::Text(t.to_owned());
            let used = format!("{} ({})", words.name, words.name_en);
            let line = Line::new(Look::Plain).with(0, text(&used)).with(1, text(word.vi)).with(2, text(word.en));
            write_line(out, row, &line, &COLUMNS, formats)?;
        }
    }
    out.set_landscape().set_paper_size(PAPER_A4).set_print_fit_to_pages(1, 0);
    out.set_repeat_rows(HEADING_ROW, ENGLISH_ROW)?.set_freeze_panes(FIRST_ROW, 0)?;
    Ok(())
}

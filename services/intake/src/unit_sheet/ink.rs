//! A sheet to be filled in as a workbook: locked but for what may be filled in, with drop-downs, prompts and a print set-up.
//! The same lines always give the same bytes; nothing of the moment or the machine goes in.
//!
//! The lock has no password: it keeps a hand from slipping, and nobody's will. What comes back is checked as if there were none.

use std::collections::BTreeMap;

use proto::Exact;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties, ExcelDateTime, Format,
    FormatAlign, FormatBorder, Formula, ProtectionOptions, Workbook, Worksheet, XlsxError,
};

use crate::print::{DAY_FORMAT, FONT, HEADING_COLOR, MAJOR_COLOR, PAPER_A4, TEXT_FORMAT, height, lines};
use crate::table::Holds;
use crate::unit_sheet::layout::{CARD, CHOICES, CODE, COLUMNS, TABLE, TITLE};
use crate::unit_sheet::paper::{Asks, Field, Ink, Line, Lists, Look, Paper};
use crate::value::double;

const FONT_POINTS: f64 = 12.0;
const TITLE_POINTS: f64 = 15.0;
const OPEN_COLOR: u32 = 0x00FF_F7D6;
const SHUT_COLOR: u32 = 0x00FA_FAFA;
const BORDER_COLOR: u32 = 0x009A_A3AF;
/// What a program takes as a prompt's heading, and as its text.
const PROMPT_TITLE_CHARS: usize = 32;
const PROMPT_CHARS: usize = 255;
/// Digits with which points are shown whose fraction has no end.
const SHOWN_DIGITS: u8 = 4;
/// How many letters of running text stand in the width of a digit.
const LETTERS: f64 = 1.2;
/// Widths of the sheets of texts: within a page.
const GUIDE_WIDTHS: [f64; 1] = [86.0];
const CARD_WIDTHS: [f64; 2] = [28.0, 58.0];

/// Writes the workbook: the table, the card and the guide as rows of texts, the lists of drop-downs.
///
/// # Errors
/// What no workbook can hold.
pub fn print(paper: &Paper, card: &[[String; 2]], guide: (&str, &[String])) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed moment: the workbook says at which position of the log it stands, not when somebody asked for it.
    let made = DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2022, 1, 1)?);
    book.set_properties(&made);
    let mut formats = Formats::default();
    table(book.add_worksheet(), paper, &mut formats)?;
    plain(book.add_worksheet(), guide.0, &guide.1.iter().map(|l| vec![l.clone()]).collect::<Vec<_>>(), &GUIDE_WIDTHS)?;
    let rows: Vec<Vec<String>> = card.iter().map(|row| row.to_vec()).collect();
    plain(book.add_worksheet(), CARD, &rows, &CARD_WIDTHS)?;
    choices(book.add_worksheet(), &paper.lists)?;
    book.save_to_buffer()
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Style {
    look: Look,
    open: bool,
    number: String,
    align: u8,
}

#[derive(Default)]
struct Formats(BTreeMap<Style, Format>);

fn base() -> Format {
    Format::new().set_font_name(FONT).set_font_size(FONT_POINTS).set_text_wrap().set_align(FormatAlign::Top)
}

fn bordered(format: Format) -> Format {
    format.set_border(FormatBorder::Thin).set_border_color(Color::RGB(BORDER_COLOR))
}

impl Formats {
    fn get(&mut self, style: Style) -> &Format {
        let make = |style: &Style| {
            let format = bordered(base()).set_num_format(&style.number);
            let format = match style.align {
                0 => format,
                1 => format.set_align(FormatAlign::Center),
                _ => format.set_align(FormatAlign::Right),
            };
            match (style.look, style.open) {
                (Look::Major, _) => format.set_bold().set_background_color(Color::RGB(HEADING_COLOR)),
                (Look::Minor, _) => format.set_bold().set_background_color(Color::RGB(MAJOR_COLOR)),
                (Look::Leaf, true) => format.set_unlocked().set_background_color(Color::RGB(OPEN_COLOR)),
                (Look::Leaf, false) => format.set_background_color(Color::RGB(SHUT_COLOR)),
            }
        };
        self.0.entry(style.clone()).or_insert_with(|| make(&style))
    }
}

fn table(out: &mut Worksheet, paper: &Paper, formats: &mut Formats) -> Result<(), XlsxError> {
    out.set_name(TABLE)?;
    let heading = paper.first_row() - 1;
    for (row, text) in (0_u32..).zip(&paper.above) {
        let large = base().set_bold().set_font_size(TITLE_POINTS);
        let format = if row == 0 { large } else { base() };
        out.write_string_with_format(row, 0, text, &format.unset_text_wrap())?;
    }
    let columns = || (0_u16..).zip(&paper.order).map(|(at, column)| (at, &COLUMNS[*column]));
    for (at, column) in columns() {
        let format = bordered(base()).set_bold().set_background_color(Color::RGB(HEADING_COLOR));
        let format = format.set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter);
        out.set_column_width(at, column.width)?;
        out.write_string_with_format(heading, at, column.vi, &format)?;
    }
    height(out, heading, columns().map(|(_, c)| lines(c.vi, c.width)).max().unwrap_or(1).max(3))?;
    for (row, line) in (paper.first_row()..).zip(&paper.lines) {
        write_line(out, row, line, paper, formats)?;
    }
    let last = paper.first_row() + u32::try_from(paper.lines.len()).expect("few rows");
    let right = u16::try_from(paper.order.len()).expect("few columns") - 1;
    out.set_print_area(0, 0, last - 1, right)?;
    out.set_landscape().set_paper_size(PAPER_A4).set_print_fit_to_pages(1, 0);
    out.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3)
        .set_footer(format!("&L&8{}&R&8Trang &P/&N", paper.foot.replace('&', "&&")));
    let frozen = paper.order.iter().position(|c| *c == TITLE).map_or(1, |at| at + 1);
    out.set_repeat_rows(heading, heading)?;
    out.set_freeze_panes(heading + 1, u16::try_from(frozen).expect("few columns"))?;
    out.protect_with_options(&ProtectionOptions {
        format_columns: true,
        format_rows: true,
        ..ProtectionOptions::default()
    });
    Ok(())
}

fn write_line(
    out: &mut Worksheet,
    row: u32,
    line: &Line,
    paper: &Paper,
    formats: &mut Formats,
) -> Result<(), XlsxError> {
    let mut tallest = 1;
    for (at, column) in (0_u16..).zip(&paper.order) {
        let blank = Field { ink: Ink::Blank, open: None };
        let field = line.cells.get(column).unwrap_or(&blank);
        // A title above criteria has the room of the rule beside it.
        if let (Ink::Text(text), true) = (&field.ink, line.look == Look::Leaf) {
            tallest = tallest.max(lines(text, COLUMNS[*column].width * LETTERS));
        }
        let kind =
            if matches!(COLUMNS[*column].holds, Holds::Codes) { TEXT_FORMAT.to_owned() } else { "General".to_owned() };
        let (number, align) = match &field.ink {
            Ink::Points(_) | Ink::Formula(..) => (shown(paper.digits), 2),
            Ink::Count(_) => ("0".to_owned(), 1),
            Ink::Day(_) => (DAY_FORMAT.to_owned(), 1),
            Ink::Number(_) => ("General".to_owned(), 2),
            Ink::Text(_) => (TEXT_FORMAT.to_owned(), 0),
            Ink::Blank => match &field.open {
                Some((Asks::Day, _)) => (DAY_FORMAT.to_owned(), 1),
                Some((Asks::Number(Some(_)), _)) => (shown(paper.digits), 2),
                Some((Asks::Text, _)) => (TEXT_FORMAT.to_owned(), 0),
                _ => (kind, 0),
            },
        };
        let wrapped = line.look == Look::Leaf || *column == CODE;
        let style = Style { look: line.look, open: field.open.is_some(), number, align };
        let format = formats.get(style);
        let format = if wrapped { format.clone() } else { format.clone().unset_text_wrap() };
        ink(out, (row, at), &field.ink, &format)?;
        if let Some((asks, prompt)) = &field.open {
            out.add_data_validation(row, at, row, at, &validation(asks, COLUMNS[*column].vi, prompt)?)?;
        }
    }
    height(out, row, tallest)
}

/// Points with all their digits, up to nine, and two at least.
fn shown(digits: u8) -> String {
    let least = usize::from(digits.max(2));
    format!("0.{}", "0".repeat(least))
}

fn ink(out: &mut Worksheet, (row, at): (u32, u16), ink: &Ink, format: &Format) -> Result<(), XlsxError> {
    match ink {
        Ink::Blank => out.write_blank(row, at, format)?,
        Ink::Text(text) => out.write_string_with_format(row, at, text, format)?,
        Ink::Number(number) => match double(*number) {
            Some(double) => out.write_number_with_format(row, at, double, format)?,
            None => out.write_string_with_format(row, at, number.to_string(), format)?,
        },
        Ink::Points(points) => out.write_number_with_format(row, at, near(points), format)?,
        Ink::Count(count) => {
            #[expect(clippy::cast_precision_loss, reason = "a count of events in a sheet is small")]
            let count = *count as f64;
            out.write_number_with_format(row, at, count, format)?
        }
        Ink::Day(day) => {
            let moment = ExcelDateTime::parse_from_str(&day.to_string())?;
            out.write_datetime_with_format(row, at, &moment, format)?
        }
        Ink::Formula(text, result) => {
            // An empty result is shown as 0 by programs that do not reckon anew on opening.
            let result = result.as_ref().map_or(" ".to_owned(), |points| format!("{}", near(points)));
            out.write_formula_with_format(row, at, Formula::new(format!("={text}")).set_result(result), format)?
        }
    };
    Ok(())
}

/// Points as a program shows them; nothing is read back from there.
fn near(points: &Exact) -> f64 {
    let exact = points.decimal().and_then(double);
    exact.unwrap_or_else(|| points.rounded(SHOWN_DIGITS, proto::exact::RoundingMode::HalfUp).parse().unwrap_or(0.0))
}

fn validation(asks: &Asks, heading: &str, prompt: &str) -> Result<DataValidation, XlsxError> {
    let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    let made = match asks {
        Asks::Choice(first, last) => {
            let (texts, _) = Lists::ranges((*first, *last));
            let list = DataValidation::new().allow_list_formula(Formula::new(format!("={texts}")));
            list.set_error_style(DataValidationErrorStyle::Stop)
        }
        // A warning only: a number that was typed as text with a decimal comma is read as one.
        Asks::Number(most) => {
            let rule = match most.and_then(double) {
                Some(most) => DataValidationRule::Between(0.0, most),
                None => DataValidationRule::GreaterThanOrEqualTo(0.0),
            };
            DataValidation::new().allow_decimal_number(rule).set_error_style(DataValidationErrorStyle::Warning)
        }
        Asks::Day => {
            let rule = DataValidationRule::GreaterThanOrEqualTo(ExcelDateTime::from_ymd(1970, 1, 1)?);
            DataValidation::new().allow_date(rule).set_error_style(DataValidationErrorStyle::Warning)
        }
        Asks::Text => DataValidation::new().allow_any_value(),
    };
    if prompt.is_empty() {
        return Ok(made);
    }
    made.set_input_title(cut(heading, PROMPT_TITLE_CHARS))?.set_input_message(cut(prompt, PROMPT_CHARS))
}

/// A sheet of texts, locked.
fn plain(out: &mut Worksheet, name: &str, rows: &[Vec<String>], widths: &[f64]) -> Result<(), XlsxError> {
    out.set_name(name)?;
    for (at, width) in (0_u16..).zip(widths) {
        out.set_column_width(at, *width)?;
    }
    for (row, cells) in (0_u32..).zip(rows) {
        let mut tallest = 1;
        for ((at, text), width) in (0_u16..).zip(cells).zip(widths) {
            let format = base().set_num_format(TEXT_FORMAT);
            let format = if row == 0 { format.set_bold() } else { format };
            tallest = tallest.max(lines(text, *width));
            out.write_string_with_format(row, at, text, &format)?;
        }
        height(out, row, tallest)?;
    }
    out.set_landscape().set_paper_size(PAPER_A4).set_print_fit_to_pages(1, 0).protect();
    Ok(())
}

fn choices(out: &mut Worksheet, lists: &Lists) -> Result<(), XlsxError> {
    out.set_name(CHOICES)?;
    let format = base().set_num_format(TEXT_FORMAT).unset_text_wrap();
    for (row, choice) in (0_u32..).zip(&lists.rows) {
        out.write_string_with_format(row, 0, &choice.text, &format)?;
        if let Some(points) = choice.points {
            out.write_number(row, 1, near(&points.into()))?;
        }
    }
    out.set_hidden(true).protect();
    Ok(())
}

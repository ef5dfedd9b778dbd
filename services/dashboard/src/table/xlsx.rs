//! Tables as a workbook, a sheet for each, laid out for A4.
//! Every text is written as text, whatever it begins with, and every number as the decimal that its cell holds.

use std::collections::BTreeSet;

use proto::document::Lang;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::written::Whole;
use super::{Column, Row, Table, Value};
use crate::refusal::Refusal;
use crate::report::said::plain;

/// A4, as printers number it.
const PAPER_A4: u8 = 9;
/// More columns than that stand on a page across.
const UPRIGHT_COLUMNS_MAX: usize = 7;
/// The most characters of a sheet's name, and of a footer, that a workbook can hold.
const TAB_CHARS_MAX: usize = 31;
const FOOT_CHARS_MAX: usize = 255;
/// How wide columns are, in digits: of numbers, and the bounds of texts.
const NUMBER_DIGITS: u16 = 11;
const TEXT_DIGITS: (usize, usize) = (9, 48);

/// Writes them.
pub fn written(whole: &Whole, tables: &[&Table]) -> Result<Vec<u8>, Refusal> {
    bytes(whole, tables).map_err(|e| Refusal::Write(e.to_string()))
}

fn bytes(whole: &Whole, tables: &[&Table]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed moment: the workbook says what the page says, not when somebody asked for it.
    let fixed = ExcelDateTime::from_ymd(2022, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&fixed).set_title(plain(&whole.title)));
    let mut tabs = BTreeSet::new();
    for table in tables {
        let page = book.add_worksheet();
        page.set_name(tab(&mut tabs, &table.name))?;
        sheet(page, whole, table)?;
    }
    book.save_to_buffer()
}

/// A name that no other sheet has.
fn tab(tabs: &mut BTreeSet<String>, wanted: &str) -> String {
    let plain: String = wanted.chars().take(TAB_CHARS_MAX).collect();
    let (mut name, mut n) = (plain.clone(), 2);
    while !tabs.insert(name.to_lowercase()) {
        let end = format!(" {n}");
        name = plain.chars().take(TAB_CHARS_MAX - end.len()).collect::<String>() + &end;
        n += 1;
    }
    name
}

fn sheet(page: &mut Worksheet, whole: &Whole, table: &Table) -> Result<(), XlsxError> {
    let columns: Vec<&Column> = table.in_files().collect();
    page.set_paper_size(PAPER_A4).set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
    if columns.len() > UPRIGHT_COLUMNS_MAX {
        page.set_landscape();
    }
    let foot = whole.foot().replace('&', "&&");
    let foot = foot.chars().take(FOOT_CHARS_MAX - 20).collect::<String>();
    page.set_footer(format!("&L&7{foot}&R&7&P / &N"));
    page.write_string_with_format(0, 0, plain(&whole.title), &Format::new().set_bold().set_font_size(14))?;
    page.write_string_with_format(1, 0, plain(&table.caption), &Format::new().set_bold())?;
    let head = Format::new().set_bold().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::Center);
    for (at, column) in (0_u16..).zip(&columns) {
        page.set_column_width(at, f64::from(width(table, column)))?;
        page.write_string_with_format(3, at, plain(column.said()), &head)?;
    }
    page.set_repeat_rows(3, 3)?.set_freeze_panes(4, 0)?;
    let mut next = 4;
    for row in &table.rows {
        line(page, next, table, row)?;
        next += 1;
    }
    for said in whole.said("") {
        next += 1;
        for (at, text) in (0_u16..).zip(&said) {
            page.write_string(next, at, plain(text))?;
        }
    }
    Ok(())
}

fn width(table: &Table, column: &Column) -> u16 {
    let values = table.rows.iter().filter_map(|row| table.held(row).find(|(of, _)| of.name == column.name));
    let texts =
        values.filter_map(|(_, value)| if let Value::Text(text) = value { Some(text.chars().count()) } else { None });
    let (least, most) = TEXT_DIGITS;
    texts.max().map_or(NUMBER_DIGITS, |long| u16::try_from(long.clamp(least, most)).unwrap_or(NUMBER_DIGITS))
}

fn line(page: &mut Worksheet, at_row: u32, table: &Table, row: &Row) -> Result<(), XlsxError> {
    // The locale of numbers is Vietnamese on Vietnamese pages: 1.234,50.
    let locale = if table.lang == Lang::Vi { "[$-42A]" } else { "" };
    let decimals = "0".repeat(usize::from(table.digits));
    let points = if decimals.is_empty() { format!("{locale}#,##0") } else { format!("{locale}#,##0.{decimals}") };
    let format = Format::new().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::Top);
    let format = if row.sum { format.set_bold() } else { format };
    for (at, (_, value)) in (0_u16..).zip(table.held(row)) {
        match value {
            // A decimal of at most 15 digits is the same number in a workbook, which knows doubles alone.
            Value::Number(decimal) => match decimal.parse::<f64>() {
                Ok(n) => page.write_number_with_format(at_row, at, n, &format.clone().set_num_format(&points))?,
                Err(_) => page.write_string_with_format(at_row, at, plain(decimal), &format)?,
            },
            Value::Count(n) => {
                let n = u32::try_from(*n).map_or(f64::from(u32::MAX), f64::from);
                page.write_number_with_format(at_row, at, n, &format.clone().set_num_format(format!("{locale}#,##0")))?
            }
            Value::Moved(places) => {
                let places = i32::try_from(*places).map_or(0.0, f64::from);
                page.write_number_with_format(at_row, at, places, &format.clone().set_num_format("\"▲ \"0;\"▼ \"0;0"))?
            }
            Value::Time(moment) => page.write_string_with_format(at_row, at, moment.vietnam(), &format)?,
            Value::Text(text) => page.write_string_with_format(at_row, at, plain(text), &format)?,
            Value::Dash | Value::Empty => page.write_blank(at_row, at, &format)?,
        };
    }
    Ok(())
}

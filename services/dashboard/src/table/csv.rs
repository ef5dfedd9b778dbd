//! A table as values separated by semicolons, as Excel with Vietnamese settings opens them: UTF-8 with its mark, decimals with a comma.
//! No text becomes a formula, and none hides or turns what stands beside it.

use super::written::Whole;
use super::{Table, Value};
use crate::report::said::plain;

/// What Excel knows UTF-8 by.
const MARK: char = '\u{feff}';

/// Writes it; behind the table, after an empty line, stands what its figures are and where they stand.
pub fn written(whole: &Whole, table: &Table) -> Vec<u8> {
    let mut out = String::from(MARK);
    line(&mut out, table.in_files().map(|column| shown(column.said())));
    for row in &table.rows {
        line(&mut out, table.held(row).map(|(_, value)| held(value)));
    }
    line(&mut out, std::iter::empty());
    for said in whole.said(&table.caption) {
        line(&mut out, said.iter().map(|text| shown(text)));
    }
    out.into_bytes()
}

fn line(out: &mut String, values: impl Iterator<Item = String>) {
    out.push_str(&values.collect::<Vec<_>>().join(";"));
    out.push_str("\r\n");
}

fn held(value: &Value) -> String {
    match value {
        Value::Number(decimal) => decimal.replace('.', ","),
        Value::Count(n) => n.to_string(),
        Value::Moved(places) => places.to_string(),
        Value::Time(at) => shown(&at.vietnam()),
        Value::Text(text) => shown(text),
        Value::Dash | Value::Empty => String::new(),
    }
}

/// A text as a value: one that a spreadsheet would take for a formula begins with an apostrophe instead.
fn shown(text: &str) -> String {
    let text = plain(text);
    let steers = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let text = if steers { format!("'{text}") } else { text };
    if text.contains([';', ',', '"', '\'', ' ']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::{held, shown};
    use crate::table::Value;

    #[test]
    fn a_text_is_never_a_formula_and_a_number_is_never_a_text() {
        let table = [
            ("Sở Nội vụ", "\"Sở Nội vụ\""),
            ("=1+1", "\"'=1+1\""),
            ("  @SUM(A1)", "\"'  @SUM(A1)\""),
            ("-2;x", "\"'-2;x\""),
            ("a\t=1", "a\u{fffd}=1"),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("gtvt", "gtvt"),
        ];
        for (text, written) in table {
            assert_eq!(shown(text), written);
        }
        // Each of them by itself, and behind what a spreadsheet passes over: what is missing from the list above is found here.
        for sign in "=+-@＝＋－＠".chars() {
            for before in ["", " ", "\u{a0}", "\u{3000}"] {
                let written = shown(&format!("{before}{sign}1"));
                assert_eq!(written, format!("\"'{before}{sign}1\""));
            }
            for before in ['\t', '\r', '\n', '\0'] {
                let written = shown(&format!("{before}{sign}1"));
                assert_eq!(written, format!("\u{fffd}{sign}1"), "no steering character leaves, nor does the sign lead");
            }
        }
        assert_eq!(held(&Value::Number("-1234.50".to_owned())), "-1234,50");
        assert_eq!((held(&Value::Moved(-3)), held(&Value::Dash)), ("-3".to_owned(), String::new()));
    }
}

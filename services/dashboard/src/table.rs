//! A table as one value: the page lays it out, and a table of values separated by semicolons, a workbook and JSON are written from it.
//! No form of it adds, leaves out or rounds a figure: what a cell holds was decided before.

mod csv;
mod json;
mod written;
mod xlsx;

use proto::document::Lang;
use proto::{Exact, Instant};

pub use written::{Tabled, answer};

use crate::number::{Printer, set};
use crate::page::{Bar, Moment};

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A number that was rounded as declared, with a point: "91.68".
    Number(String),
    /// A count.
    Count(u64),
    /// Places gained, or lost where it is below 0.
    Moved(i64),
    /// A moment.
    Time(Instant),
    /// Nothing that could be said.
    Dash,
    /// Nothing.
    Empty,
}

impl Value {
    /// The value as people read it.
    pub fn read(&self, lang: Lang) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(decimal) => set(lang, decimal),
            Self::Count(n) => set(lang, &n.to_string()),
            Self::Moved(0) | Self::Empty => String::new(),
            Self::Moved(places) if *places > 0 => format!("▲ {places}"),
            Self::Moved(places) => format!("▼ {}", places.unsigned_abs()),
            Self::Time(at) => at.vietnam(),
            Self::Dash => "–".to_owned(),
        }
    }

    /// The number that people read; none where it is none.
    pub fn exact(&self) -> Option<Exact> {
        match self {
            Self::Number(decimal) => exact(decimal),
            Self::Count(n) => i64::try_from(*n).ok().map(Exact::whole),
            Self::Text(_) | Self::Moved(_) | Self::Time(_) | Self::Dash | Self::Empty => None,
        }
    }

    /// A decimal that was rounded before; a dash for none.
    pub fn printed(decimal: &str) -> Self {
        if decimal.is_empty() { Self::Dash } else { Self::Number(decimal.to_owned()) }
    }
}

/// A decimal as it is printed, which may end in zeros.
fn exact(printed: &str) -> Option<Exact> {
    let (whole, part) = printed.split_once('.').unwrap_or((printed, ""));
    let tens = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
    Exact::ratio(format!("{whole}{part}").parse().ok()?, tens)
}

/// A mark beside or in the place of a value: a sign for the eye, and words for whoever does not see it.
pub struct Mark {
    /// How it looks.
    pub class: &'static str,
    /// The sign.
    pub sign: String,
    /// The same in words.
    pub words: String,
}

/// A cell: its value, and what the page alone shows with it.
pub struct Cell {
    /// What every form of the table holds.
    pub value: Value,
    /// Where the value leads.
    pub link: Option<String>,
    /// What a short word means.
    pub title: String,
    /// How that looks.
    pub look: &'static str,
    /// Whether it is compared letter by letter.
    pub code: bool,
    /// A short word behind the value.
    pub short: String,
    /// What stands before the value: where it leads ("" for nowhere) and its text.
    pub lead: Option<(String, String)>,
    /// A mark behind the value.
    pub mark: Option<Mark>,
    /// What the link says beside that.
    pub linked: &'static str,
    /// Short words with a look, in the place of the value that joins them.
    pub tags: Vec<(&'static str, &'static str)>,
    /// A further link behind: where it leads, its text, and what tells it from others of the same text.
    pub more: Option<(String, &'static str, String)>,
    /// The value as a bar.
    pub bar: Option<Bar>,
}

/// A cell with a value alone.
pub fn cell(value: Value) -> Cell {
    Cell {
        value,
        link: None,
        title: String::new(),
        look: "",
        code: false,
        short: String::new(),
        lead: None,
        mark: None,
        linked: "",
        tags: Vec::new(),
        more: None,
        bar: None,
    }
}

/// A cell with a text.
pub fn text(text: impl Into<String>) -> Cell {
    cell(Value::Text(text.into()))
}

/// A cell with a count.
pub fn count(n: u64) -> Cell {
    cell(Value::Count(n))
}

impl Cell {
    /// A cell of short words with a look.
    pub fn tagged(tags: Vec<(&'static str, &'static str)>) -> Self {
        let joined: Vec<&str> = tags.iter().map(|(_, text)| *text).collect();
        Self { tags, ..text(joined.join("; ")) }
    }

    /// A text that is compared letter by letter.
    pub fn exact(value: impl Into<String>) -> Self {
        Self { code: true, ..text(value) }
    }

    /// The same, leading somewhere.
    pub fn to(self, link: String) -> Self {
        Self { link: Some(link), ..self }
    }

    /// The text that the page shows: places gained or lost are a mark there.
    pub fn shown(&self, lang: &Lang) -> String {
        if matches!(self.value, Value::Moved(_)) || !self.tags.is_empty() {
            String::new()
        } else {
            self.value.read(*lang)
        }
    }

    /// A moment, as the page shows it.
    pub fn moment(&self) -> Option<Moment> {
        if let Value::Time(at) = self.value { Some(at.into()) } else { None }
    }
}

/// Where a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    Everything,
    /// What only eyes need, or another column says.
    PageAlone,
    /// What programs need beside.
    FilesAlone,
}

/// A column.
pub struct Column {
    /// Its name for programs, in ASCII.
    pub name: String,
    /// What stands at its top on the page.
    pub head: String,
    /// The same at length, where that is short.
    pub long: String,
    /// How it looks.
    pub class: &'static str,
    /// Whether its cells name their rows.
    pub names_row: bool,
    /// Whether its head is for those alone who hear the page.
    pub silent: bool,
    on: On,
}

/// A column that stands everywhere.
pub fn column(name: impl Into<String>, head: impl Into<String>, class: &'static str) -> Column {
    Column {
        name: name.into(),
        head: head.into(),
        long: String::new(),
        class,
        names_row: false,
        silent: false,
        on: On::Everything,
    }
}

impl Column {
    /// The same with its head at length.
    pub fn long(self, long: impl Into<String>) -> Self {
        Self { long: long.into(), ..self }
    }

    /// The same, naming its rows.
    pub fn naming(self) -> Self {
        Self { names_row: true, ..self }
    }

    /// The same, on the page alone.
    pub fn on_page(self) -> Self {
        Self { on: On::PageAlone, ..self }
    }

    /// The same, in files alone.
    pub fn in_files(self) -> Self {
        Self { on: On::FilesAlone, ..self }
    }

    /// The same, with a head that only those hear who do not see the page.
    pub fn silent(self) -> Self {
        Self { silent: true, ..self }
    }

    /// What stands at its top in a file.
    pub fn said(&self) -> &str {
        if self.long.is_empty() { &self.head } else { &self.long }
    }
}

/// A row.
pub struct Row {
    /// How it looks.
    pub class: &'static str,
    /// Whether it sums up those above.
    pub sum: bool,
    /// A cell for each column.
    pub cells: Vec<Cell>,
}

/// A plain row.
pub fn row(cells: Vec<Cell>) -> Row {
    Row { class: "", sum: false, cells }
}

/// A table.
pub struct Table {
    /// Its name among the tables of its page, in ASCII: what a query asks for it by.
    pub name: String,
    /// What it shows.
    pub caption: String,
    /// How it is laid out.
    pub class: &'static str,
    /// The element of the page that names it.
    pub label: String,
    /// The language of its words.
    pub lang: Lang,
    /// Digits after the point of its numbers.
    pub digits: u8,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
}

impl Table {
    /// A table that a page lays out in its own way, and that goes out as a file.
    pub fn of_file(printer: &Printer, (name, caption): (&str, &str), columns: Vec<Column>, rows: Vec<Row>) -> Self {
        let (lang, digits) = (printer.lang, printer.digits);
        let (name, caption) = (name.to_owned(), caption.to_owned());
        Self { name, caption, class: "", label: String::new(), lang, digits, columns, rows }
    }

    /// The columns of the page.
    pub fn on_page(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.on != On::FilesAlone)
    }

    /// The cells of a row on the page, each with its column.
    pub fn shown<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = (&'a Column, &'a Cell)> {
        self.columns.iter().zip(&row.cells).filter(|(column, _)| column.on != On::FilesAlone)
    }

    /// The columns of files.
    fn in_files(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.on != On::PageAlone)
    }

    /// The values of a row in files, each with its column.
    fn held<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = (&'a Column, &'a Value)> {
        let cells = self.columns.iter().zip(&row.cells).filter(|(column, _)| column.on != On::PageAlone);
        cells.map(|(column, cell)| (column, &cell.value))
    }

    /// The place of a column.
    pub fn place(&self, name: &str) -> usize {
        self.columns.iter().position(|column| column.name == name).expect("a chart is of columns that its table has")
    }
}

#[cfg(test)]
mod tests {
    use super::Value;
    use proto::Exact;

    #[test]
    fn a_printed_number_is_the_number_that_it_says() {
        let of = |text: &str| Value::Number(text.to_owned()).exact();
        assert_eq!((of("75.00"), of("91")), (Some(Exact::whole(75)), Some(Exact::whole(91))));
        assert_eq!((of("-0.25"), of("x"), of("")), (Exact::ratio(-1, 4), None, None));
    }
}

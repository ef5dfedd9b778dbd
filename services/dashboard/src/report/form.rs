//! What an official document says and the record does not: its number, place and date, who signs it, who receives it.
//! Nothing of it is ever made up: what nobody gives stays a dotted blank.

use proto::as_of::on_vietnamese_clocks;

/// The most characters of one of the texts.
pub const FORM_CHARS_MAX: usize = 200;
/// The most recipients.
pub const RECIPIENTS_MAX: usize = 30;

/// A text that cannot stand in a document's head or foot; it names which one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("bad_query: {0}")]
pub struct BadForm(pub &'static str);

/// What whoever asks for a report gives. Empty where nothing is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    number: String,
    place: String,
    /// Year, month and day, as they were written.
    date: Option<(String, String, String)>,
    signer_title: String,
    signer: String,
    recipients: Vec<String>,
}

/// The same as it was typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Typed<'a> {
    /// Number and symbol, as in "12/BC-UBND".
    pub number: &'a str,
    /// Where it is issued.
    pub place: &'a str,
    /// The day, as in "2023-03-23".
    pub date: &'a str,
    /// The signer's title; "|" begins another line.
    pub signer_title: &'a str,
    /// The signer's name.
    pub signer: &'a str,
    /// Recipients, with ";" between them.
    pub recipients: &'a str,
}

impl Form {
    /// Reads what was typed.
    ///
    /// # Errors
    /// [`BadForm`] naming the first text that is too long, has a control character, or is no day.
    pub fn parse(typed: Typed) -> Result<Self, BadForm> {
        let recipients: Vec<String> =
            typed.recipients.split(';').map(str::trim).filter(|r| !r.is_empty()).map(str::to_owned).collect();
        if recipients.len() > RECIPIENTS_MAX {
            return Err(BadForm("recipients"));
        }
        let recipients = recipients.iter().map(|r| line(r, "recipients")).collect::<Result<_, _>>()?;
        Ok(Self {
            number: line(typed.number, "number")?,
            place: line(typed.place, "place")?,
            date: day(typed.date)?,
            signer_title: line(typed.signer_title, "signer_title")?,
            signer: line(typed.signer, "signer")?,
            recipients,
        })
    }

    /// Number and symbol; "BC" is the decree's symbol of a report.
    #[must_use]
    pub fn number(&self) -> String {
        given_or(&self.number, "........../BC-..........")
    }

    /// Where.
    #[must_use]
    pub fn place(&self) -> String {
        given_or(&self.place, "....................")
    }

    /// The day in words. Days below ten and the first two months have a nought before them, as the decree has it.
    #[must_use]
    pub fn date(&self) -> String {
        let Some((year, month, day)) = &self.date else {
            return "ngày ..... tháng ..... năm .........".to_owned();
        };
        let month = if matches!(month.as_str(), "01" | "02") { month } else { month.trim_start_matches('0') };
        format!("ngày {day} tháng {month} năm {year}")
    }

    /// The signer's title, in lines and capitals.
    #[must_use]
    pub fn signer_title(&self) -> Vec<String> {
        let given = given_or(&self.signer_title, "..............................");
        given.split('|').map(|line| line.trim().to_uppercase()).collect()
    }

    /// The signer's name.
    #[must_use]
    pub fn signer(&self) -> String {
        given_or(&self.signer, "..............................")
    }

    /// The recipients, a line each; the last one is the archive's copy, whose holder is for the office to fill in.
    #[must_use]
    pub fn recipients(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.recipients.iter().map(|r| format!("- {r};")).collect();
        if lines.is_empty() {
            lines.push("- ..............................;".to_owned());
        }
        lines.push("- Lưu: VT, ...............".to_owned());
        lines
    }
}

fn given_or(given: &str, blank: &str) -> String {
    if given.is_empty() { blank.to_owned() } else { given.to_owned() }
}

fn line(text: &str, name: &'static str) -> Result<String, BadForm> {
    let text = text.trim();
    let fits = text.chars().count() <= FORM_CHARS_MAX && !text.chars().any(char::is_control);
    if fits { Ok(super::said::plain(text)) } else { Err(BadForm(name)) }
}

fn day(text: &str) -> Result<Option<(String, String, String)>, BadForm> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    // A minute of that day is one on the calendar exactly when the day is.
    let on_calendar = text.len() == "2023-03-23".len() && on_vietnamese_clocks(&format!("{text}T12:00")).is_some();
    let parts: Vec<&str> = text.split('-').collect();
    match parts[..] {
        [year, month, day] if on_calendar => Ok(Some((year.to_owned(), month.to_owned(), day.to_owned()))),
        _ => Err(BadForm("date")),
    }
}

#[cfg(test)]
mod tests {
    use super::{BadForm, FORM_CHARS_MAX, Form, Typed};

    #[test]
    fn what_is_not_given_is_a_blank_and_nothing_else() {
        let form = Form::parse(Typed::default()).expect("nothing is a form");
        for blank in [form.number(), form.place(), form.date(), form.signer(), form.signer_title().concat()] {
            assert!(blank.contains("....."), "{blank}");
        }
        assert!(form.recipients().iter().all(|line| line.contains("....")), "{:?}", form.recipients());
    }

    #[test]
    fn a_day_is_written_as_the_decree_writes_it() {
        let table = [
            ("2023-03-23", "ngày 23 tháng 3 năm 2023"),
            ("2023-02-05", "ngày 05 tháng 02 năm 2023"),
            ("2023-12-31", "ngày 31 tháng 12 năm 2023"),
        ];
        for (typed, said) in table {
            assert_eq!(Form::parse(Typed { date: typed, ..Typed::default() }).expect("a day").date(), said);
        }
    }

    #[test]
    fn what_no_document_can_say_is_refused_by_name() {
        let (long, many) = ("x".repeat(FORM_CHARS_MAX + 1), "a;".repeat(31));
        let none = Typed::default();
        let table = [
            (Typed { date: "23/3/2023", ..none }, "date"),
            (Typed { date: "2023-02-30", ..none }, "date"),
            (Typed { number: &long, ..none }, "number"),
            (Typed { place: "Hà\u{7}Nội", ..none }, "place"),
            (Typed { signer: "a\nb", ..none }, "signer"),
            (Typed { signer_title: &long, ..none }, "signer_title"),
            (Typed { recipients: &many, ..none }, "recipients"),
        ];
        for (typed, name) in table {
            assert_eq!(Form::parse(typed), Err(BadForm(name)));
        }
    }
}

//! The report as a document of text, WordprocessingML (ECMA-376), laid out as Decree 30/2020/NĐ-CP, appendix I, has it.
//! It holds no figure of its own: its parts are templates over the report's value, which escape everything they are given.
//!
//! The parts are written here and by no library: the one that was looked at (docx-rs) marks no row of a table as a head that
//! every page repeats.

use askama::Template;

use super::package::packed;
use super::{Column, Report, Table, said};
use crate::refusal::Refusal;

/// The code's sides on paper, in millimetres.
const CODE_MM: u32 = 42;
/// English Metric Units of a millimetre.
const EMU_PER_MM: u32 = 36_000;

#[derive(Template)]
#[template(path = "report/document.xml")]
struct Document<'a> {
    r: &'a Report,
    code_emu: u32,
}

#[derive(Template)]
#[template(path = "report/header.xml")]
struct Header<'a> {
    marks: &'a [String],
    numbered: bool,
}

#[derive(Template)]
#[template(path = "report/footer.xml")]
struct Footer<'a> {
    r: &'a Report,
}

#[derive(Template)]
#[template(path = "report/core.xml")]
struct Core<'a> {
    r: &'a Report,
}

const TYPES: &str = include_str!("../../templates/report/content_types.xml");
const PACKAGE_RELATIONS: &str = include_str!("../../templates/report/package.rels");
const RELATIONS: &str = include_str!("../../templates/report/document.rels");
const STYLES: &str = include_str!("../../templates/report/styles.xml");
const SETTINGS: &str = include_str!("../../templates/report/settings.xml");

/// Writes it.
pub fn written(report: &Report) -> Result<Vec<u8>, Refusal> {
    let document = Document { r: report, code_emu: CODE_MM * EMU_PER_MM }.render()?;
    let first = Header { marks: &report.marks, numbered: false }.render()?;
    let others = Header { marks: &report.marks, numbered: true }.render()?;
    let (footer, core, code) = (Footer { r: report }.render()?, Core { r: report }.render()?, report.code.png());
    packed(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", PACKAGE_RELATIONS.as_bytes()),
        ("docProps/core.xml", core.as_bytes()),
        ("word/document.xml", document.as_bytes()),
        ("word/_rels/document.xml.rels", RELATIONS.as_bytes()),
        ("word/styles.xml", STYLES.as_bytes()),
        ("word/settings.xml", SETTINGS.as_bytes()),
        ("word/header1.xml", first.as_bytes()),
        ("word/header2.xml", others.as_bytes()),
        ("word/footer1.xml", footer.as_bytes()),
        ("word/media/code.png", &code),
    ])
    .map_err(|e| Refusal::Write(e.to_string()))
}

/// Millimetres as twentieths of a point.
fn twips(mm: &u32) -> u32 {
    mm * 14_400 / 254
}

impl Table {
    /// Its width in twentieths of a point.
    fn twips(&self) -> u32 {
        self.columns.iter().map(|c| twips(&c.width_mm)).sum()
    }
}

impl Column {
    fn twips(&self) -> u32 {
        twips(&self.width_mm)
    }
}

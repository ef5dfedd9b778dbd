//! Reports as pages: their code as a camera reads it, from the picture in the file and off the printed page.
//! LibreOffice, which nobody here wrote, opens both files and prints them; that is done by `tests/run --full` alone.

use std::path::Path;
use std::process::Command;

use rqrr::PreparedImage;
use system_tests::folder::{Folder, Said};

/// What a picture's code says, as one that is stored uncompressed with a bit for each point.
pub fn scanned(png: &[u8]) -> String {
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes")) as usize;
    let (width, height) = (number(16), number(20));
    let (mut at, mut data) = (8, Vec::new());
    while at < png.len() {
        let long = number(at);
        if &png[at + 4..at + 8] == b"IDAT" {
            data.extend(&png[at + 8..at + 8 + long]);
        }
        at += long + 12;
    }
    let (mut rows, mut at) = (Vec::<u8>::new(), 2);
    while at + 4 < data.len() {
        let long = usize::from(u16::from_le_bytes([data[at + 1], data[at + 2]]));
        rows.extend(&data[at + 5..at + 5 + long]);
        at += 5 + long;
    }
    let line = width.div_ceil(8) + 1;
    let white = |x: usize, y: usize| rows[y * line + 1 + x / 8] >> (7 - x % 8) & 1 == 1;
    code(width, height, |x, y| if white(x, y) { 255 } else { 0 }).expect("a code")
}

fn code(width: usize, height: usize, grey: impl FnMut(usize, usize) -> u8) -> Option<String> {
    let mut image = PreparedImage::prepare_from_greyscale(width, height, grey);
    image.detect_grids().first()?.decode().ok().map(|(_, text)| text)
}

fn must(folder: &Folder, program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    // A profile of its own: two of them do not get in each other's way.
    command.args(arguments).current_dir(folder.beside("")).env("HOME", folder.beside(""));
    Said::by(command).well(arguments).out
}

/// The code on a page, printed in grey.
fn on_page(page: &Path) -> Option<String> {
    let bytes = std::fs::read(page).expect("a page");
    let mut words = bytes.split(u8::is_ascii_whitespace);
    let mut number = || std::str::from_utf8(words.next()?).ok()?.parse::<usize>().ok();
    let (_, width, height, _) = (number(), number()?, number()?, number()?);
    let points = &bytes[bytes.len() - width * height..];
    code(width, height, |x, y| points[y * width + x])
}

/// Both files of the folder as LibreOffice prints them: A4, no page lost, every block's last unit there, the code readable.
pub fn by_a_program_that_offices_use(folder: &Folder) {
    if std::env::var_os("PARINDEX_FULL").is_none() {
        return;
    }
    let expected =
        scanned(&super::part(&std::fs::read(folder.beside("a.docx")).expect("a file"), "word/media/code.png"));
    for (file, least) in [("a.docx", 6), ("a.xlsx", 7)] {
        must(folder, "soffice", &["--headless", "--convert-to", "pdf", file]);
        let pdf = file.replace(".docx", ".pdf").replace(".xlsx", ".pdf");
        let told = must(folder, "pdfinfo", &[&pdf]);
        let pages = told.lines().find_map(|l| l.strip_prefix("Pages:")).and_then(|n| n.trim().parse::<usize>().ok());
        assert!(pages >= Some(least) && told.contains("A4"), "{file}: {told}");
        let text = must(folder, "pdftotext", &["-layout", &pdf, "-"]);
        for wanted in ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "BÁO CÁO", "Nơi nhận:", "91,68", "96,08"] {
            assert!(text.contains(wanted), "{file}: {wanted}");
        }
        assert_eq!(
            text.matches("KỲ TẬP HUẤN - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ").count(),
            pages.expect("pages"),
            "{file}: on every page"
        );
        // Whoever holds a camera tries again nearer by: one page's points fall so that a code is read at one resolution and not at another.
        let codes = RESOLUTIONS.iter().map(|dots| codes(folder, &pdf, dots)).find(|codes| !codes.is_empty());
        assert_eq!(codes.unwrap_or_default(), [expected.as_str()], "{file}");
    }
}

/// Dots per inch.
const RESOLUTIONS: [&str; 3] = ["150", "300", "220"];

/// The codes that stand on the pages of a document.
fn codes(folder: &Folder, pdf: &str, dots: &str) -> Vec<String> {
    must(folder, "pdftoppm", &["-gray", "-r", dots, pdf, "page"]);
    let found = std::fs::read_dir(folder.beside("")).expect("a folder").flatten().map(|entry| entry.path());
    let pages: Vec<_> = found.filter(|path| path.extension().is_some_and(|end| end == "pgm")).collect();
    let codes = pages.iter().filter_map(|page| on_page(page)).collect();
    pages.iter().for_each(|page| std::fs::remove_file(page).expect("it goes"));
    codes
}

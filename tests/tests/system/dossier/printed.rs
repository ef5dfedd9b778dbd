//! The sheet of a publication: its codes are read off the sheet as a camera's program reads them, and verify offline.

use std::process::Command;

use rqrr::PreparedImage;
use system_tests::folder::{Folder, Said};

/// Points of an image for each module of a code.
const SCALE: usize = 4;

/// What a code on the sheet says.
fn scanned(sheet: &str, id: &str) -> String {
    let (_, from) = sheet.split_once(&format!("<svg id=\"{id}\"")).expect("the code is there");
    let within = |from: &str, open: &str| {
        let (_, rest) = from.split_once(open).expect("an attribute");
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    let sides: usize = within(from, "viewBox=\"0 0 ").split(' ').next().and_then(|n| n.parse().ok()).expect("sides");
    let mut dark = vec![false; sides * sides];
    for run in within(from, "path d=\"").split('M').skip(1) {
        let (place, rest) = run.split_once('h').expect("a run");
        let (x, y) = place.split_once(' ').expect("a place");
        let number = |text: &str| text.parse::<usize>().expect("a number");
        let long = number(rest.split('v').next().unwrap_or_default());
        (number(x)..number(x) + long).for_each(|x| dark[number(y) * sides + x] = true);
    }
    let points = sides * SCALE;
    let of = |x: usize, y: usize| if dark[y / SCALE * sides + x / SCALE] { 0 } else { 255 };
    let mut image = PreparedImage::prepare_from_greyscale(points, points, of);
    let grids = image.detect_grids();
    let (_, text) = grids.first().expect("a code").decode().expect("it reads");
    text
}

fn both(folder: &Folder, code: &str, event: &str, key: &str) -> [Said; 2] {
    let mut python = Command::new("python3");
    python.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../proto/verify.py"));
    python.arg("--receipt").arg(folder.beside(code)).arg("--event").arg(folder.beside(event)).args(["--log-key", key]);
    [folder.run(&["inspector", "verify-receipt", code, "--event", event, "--log-key", key]), Said::by(python)]
}

/// A publication's sheet, scanned and verified by nothing but the log's key.
pub fn is_read_off_the_sheet_and_verifies(folder: &Folder, key: &str) {
    let said = folder.must(&["inspector", "export", "publication", "--data", "@", "two.svg"]).out;
    assert!(said.contains("publication 2"), "{said}");
    folder.must(&["inspector", "export", "publication", "--data", "@", "--publication", "1", "one.svg"]);
    for (sheet, number) in [("two", 2), ("one", 1)] {
        let svg = std::fs::read_to_string(folder.beside(&format!("{sheet}.svg"))).expect("a sheet");
        assert!(svg.contains(&format!("Công bố lần {number}")) && svg.contains("TRAINING ROUND"));
        for id in ["proof", "event"] {
            // As a scanner writes a line to a file.
            std::fs::write(folder.beside(&format!("{sheet}.{id}")), scanned(&svg, id) + "\n").expect("writes");
        }
        for said in both(folder, &format!("{sheet}.proof"), &format!("{sheet}.event"), key) {
            assert!(said.code == Some(0) && said.out.contains("result_published"), "{}{}", said.out, said.err);
        }
    }
    for said in both(folder, "two.proof", "one.event", key) {
        assert_eq!(said.code, Some(1), "the event of another publication: {}{}", said.out, said.err);
    }
    let code = std::fs::read_to_string(folder.beside("two.proof")).expect("a code");
    let changed = format!("{}{}", &code[..code.len() - 3], if code.ends_with("0\n") { "11\n" } else { "00\n" });
    std::fs::write(folder.beside("changed.proof"), changed).expect("writes");
    for said in both(folder, "changed.proof", "two.event", key) {
        assert_ne!(said.code, Some(0), "a changed code: {}{}", said.out, said.err);
    }
    let none = folder.run(&["inspector", "export", "publication", "--data", "@", "--publication", "9", "nine.svg"]);
    assert!(none.code == Some(2) && none.err.contains("publication_unknown"), "{}", none.err);
}

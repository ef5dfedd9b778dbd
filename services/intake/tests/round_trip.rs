//! Out and in again: a document comes back from JSON and from a workbook with the very bytes that are hashed.
//! No document is left out: what domain takes, a workbook holds.

mod drawn;

use std::path::Path;

use intake::{Document, Spelling};
use proptest::prelude::*;
use proto::canon::{Value, to_vec};
use proto::document::{DocKind, join};
use serde::Serialize;

fn document<T: Serialize>(kind: DocKind, of: &T) -> Document {
    let value = Value::parse(&to_vec(of).expect("canonical")).expect("json");
    Document::of(kind, value).unwrap_or_else(|faults| panic!("the drawing is at fault: {faults}"))
}

/// Through both kinds of file and back.
fn comes_back(document: &Document) -> Result<(), TestCaseError> {
    for spelling in [Spelling::Canonical, Spelling::Indented] {
        let back = Document::read(&document.json(spelling), Some(document.kind()));
        prop_assert_eq!(back.expect("its own JSON is taken").digest(), document.digest());
    }
    let bytes = document.workbook().expect("a workbook");
    let back = Document::read(&bytes, None).map_err(|faults| TestCaseError::fail(faults.to_string()))?;
    if back.digest() != document.digest() {
        let text = |d: &Document| String::from_utf8(d.json(Spelling::Indented)).expect("UTF-8");
        let (was, is) = (text(document), text(&back));
        let other = was.lines().zip(is.lines()).find(|(was, is)| was != is);
        return Err(TestCaseError::fail(format!("{other:?}")));
    }
    prop_assert!(back.workbook().expect("a workbook") == bytes, "the same document gives the same bytes");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_rulebook_comes_back_as_it_was(rulebook in drawn::rulebook()) {
        comes_back(&document(DocKind::Rulebook, &rulebook))?;
    }

    #[test]
    fn every_catalogue_comes_back_as_it_was(catalogue in drawn::catalogue()) {
        comes_back(&document(DocKind::Catalogue, &catalogue))?;
    }

    #[test]
    fn every_form_comes_back_as_it_was(form in drawn::form()) {
        comes_back(&document(DocKind::Form, &form))?;
    }
}

fn deploy(below: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(below)
}

#[test]
fn the_documents_that_are_delivered_come_back_as_they_were() {
    let mut count = 0;
    for folder in ["rulebooks", "catalogues"] {
        for file in std::fs::read_dir(deploy(folder)).expect("the folder") {
            let path = file.expect("a file").path();
            if path.extension().is_some_and(|e| e == "json") {
                let bytes = std::fs::read(&path).expect("reads");
                let document = Document::read(&bytes, None).unwrap_or_else(|f| panic!("{}: {f}", path.display()));
                comes_back(&document).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                count += 1;
            }
        }
    }
    assert!(count >= 6, "{count} files");
}

#[test]
fn the_documents_of_the_sample_round_come_back_as_they_were() {
    let script = std::fs::read_to_string(deploy("rounds/hanoi-2022/01-setup.ndjson")).expect("the script");
    for kind in [DocKind::Rulebook, DocKind::Catalogue] {
        let mut whole = Value::Object([].into());
        for line in script.lines().filter(|line| line.contains("\"enter_part\"")) {
            let Value::Object(line) = Value::parse(line.as_bytes()).expect("a line") else { panic!("a line") };
            let Value::Object(command) = &line["command"] else { panic!("a command") };
            let Value::Object(data) = &command["data"] else { panic!("data") };
            if data["document"] == Value::Text(kind.as_str().to_owned()) {
                join(&mut whole, &data["content"]).expect("joins");
            }
        }
        let document = Document::of(kind, whole).unwrap_or_else(|f| panic!("{kind}: {f}"));
        comes_back(&document).unwrap_or_else(|e| panic!("{kind}: {e}"));
    }
}

//! The rulebooks that lie in deploy/: each is sealed as it stands, says what is real, and holds what it is there to show.
//! A fragment is kept and shown, and no round binds it.

use std::collections::BTreeSet;
use std::path::Path;

use domain::Book;
use proto::canon::{Value, to_vec};
use proto::document::{DocRef, Rule, Rulebook};
use proto::{DocId, Exact, Hash};

/// Name, whether it is a fragment, how many trees and nodes.
const FILES: [(&str, bool, usize, usize); 5] = [
    ("all-kinds", false, 1, 18),
    ("national-2948-2017", true, 1, 8),
    ("ministries-876-2022", true, 1, 7),
    ("hanoi-3598-2024", true, 3, 6),
    ("ca-mau-1880-2013", true, 1, 8),
];

fn read(name: &str) -> (Rulebook, Book) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../deploy/rulebooks/{name}.json"));
    let value = Value::parse(&std::fs::read(path).expect("the file")).expect("JSON with a canonical form");
    let bytes = to_vec(&value).expect("a canonical form");
    let rulebook: Rulebook = serde_json::from_slice(&bytes).expect("a rulebook");
    let doc = DocRef { id: DocId::parse(name).expect("an id"), digest: Hash::digest(&bytes) };
    let book = Book::build(doc, rulebook.clone()).unwrap_or_else(|faults| panic!("{name}: {}", faults.told().en));
    (rulebook, book)
}

#[test]
fn every_rulebook_is_without_fault_and_says_what_is_real() {
    for (name, fragment, trees, nodes) in FILES {
        let (rulebook, book) = read(name);
        assert_eq!((book.fragment, book.trees.len(), rulebook.nodes.len()), (fragment, trees, nodes), "{name}");
        let said = |text: &str, words: [&str; 2]| words.iter().any(|w| text.contains(w));
        assert!(said(&book.basis.en, ["Real", "Illustrative"]) && said(&book.basis.vi, ["Thật", "Minh họa"]), "{name}");
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/rulebooks");
    let files = std::fs::read_dir(folder)
        .expect("a folder")
        .filter(|f| f.as_ref().expect("a file").path().extension().is_some_and(|e| e == "json"));
    assert_eq!(files.count(), FILES.len(), "each file is in the list");
}

#[test]
fn the_sample_has_every_kind_of_rule() {
    let (rulebook, _) = read("all-kinds");
    let kind = |rule: &Rule| serde_json::to_value(rule).expect("json")["kind"].as_str().expect("a kind").to_owned();
    let kinds: BTreeSet<String> = rulebook.nodes.iter().filter_map(|n| Some(kind(&n.leaf.as_ref()?.rule))).collect();
    let all = [
        "deadline",
        "deduct",
        "external_index",
        "formula",
        "linear",
        "linear_floor",
        "number",
        "options",
        "per_unit",
        "ratio_bands",
        "steps",
        "survey_average",
        "tiers",
        "yes_no",
    ];
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), all);
    assert_eq!(rulebook.extras.len(), 2, "bonus and penalty stand outside the total");
}

#[test]
fn the_known_figures_are_those_of_the_record() {
    let sum = |name: &str, kind: &str| {
        let (rulebook, book) = read(name);
        let fields = rulebook.nodes.iter().filter(|n| n.kind.as_str() == kind && !n.code.as_str().contains('.'));
        let total = book.trees.iter().find(|(k, _)| k.as_str() == kind).expect("a tree").1.total;
        (Exact::sum_decimals(fields.map(|n| &n.maximum)).plain(), total.to_string())
    };
    assert_eq!(sum("national-2948-2017", "tinh"), ("100".to_owned(), "100".to_owned()));
    assert_eq!(sum("hanoi-3598-2024", "so"), ("100".to_owned(), "100".to_owned()));
    assert_eq!(sum("hanoi-3598-2024", "trung-uong"), ("60".to_owned(), "60".to_owned()));
    assert_eq!(sum("all-kinds", "so"), ("60".to_owned(), "60".to_owned()));
}

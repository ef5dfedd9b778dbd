//! Documents at the command line: from one kind of file into the other, into the log and out of it, and refused with all faults.

use std::path::{Path, PathBuf};

use system_tests::folder::{Folder, Said};

fn deploy(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(below)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path is text")
}

fn enter(folder: &Folder, token: &str, id: &str, file: &str) -> Said {
    folder.run(&["document", "enter", "--data", "@", "--token", token, "--id", id, "--unit", "noivu", file])
}

#[test]
fn a_document_goes_from_json_to_a_workbook_into_the_log_and_out_again_as_one() {
    let folder = Folder::small_round(0);
    let catalogue = deploy("catalogues/hanoi.json");
    let checked = folder.must(&["document", "check", text(&catalogue)]).out;
    let digest = checked.trim().strip_prefix("catalogue ").expect("the kind, then the digest").to_owned();
    assert_eq!(folder.must(&["document", "convert", text(&catalogue), "hanoi.xlsx"]).out, checked);
    assert_eq!(folder.must(&["document", "check", "hanoi.xlsx", "--kind", "catalogue"]).out, checked);
    assert_eq!(folder.must(&["document", "convert", "hanoi.xlsx", "a.json", "--canonical"]).out, checked);

    let token = folder.must(&["token", "--data", "@", "--actor", "sec-1"]).out.trim().to_owned();
    let entered = enter(&folder, &token, "hanoi", "hanoi.xlsx");
    assert_eq!((entered.code, entered.out.trim()), (Some(0), digest.as_str()), "{}", entered.err);
    let position = |folder: &Folder| folder.must(&["verify", "--data", "@"]).out;
    let stood = position(&folder);
    // Sent again, from the other kind of file and with another token: it is the same document.
    let other = folder.must(&["token", "--data", "@", "--actor", "sec-1"]).out.trim().to_owned();
    let events = |folder: &Folder| {
        folder.must(&["export", "--data", "@", "log.ndjson"]);
        let log = std::fs::read_to_string(folder.beside("log.ndjson")).expect("the log");
        log.lines().filter(|l| l.contains("\"stream\":\"catalogue/hanoi\"")).count()
    };
    let count = events(&folder);
    let again = enter(&folder, &other, "hanoi", text(&catalogue));
    assert_eq!((again.code, again.out.trim()), (Some(0), digest.as_str()), "{}", again.err);
    assert_eq!(events(&folder), count, "sent twice, it is one document");
    assert!(stood.contains("OK"), "{stood}");

    // Another document under that id is refused, and leaves what is there as it was.
    let mut changed = std::fs::read_to_string(&catalogue).expect("reads");
    changed = changed.replace("Ba Đình", "Ba Dinh");
    std::fs::write(folder.beside("changed.json"), changed).expect("writes");
    let refused = enter(&folder, &token, "hanoi", "changed.json");
    assert_eq!(refused.code, Some(1));
    assert!(refused.out.contains("document_sealed"), "{}", refused.out);
    assert_eq!(events(&folder), count);

    for (to, more) in [("out.xlsx", None), ("out.json", Some("--canonical"))] {
        let mut arguments = vec!["document", "export", "--data", "@", "--kind", "catalogue", "--id", "hanoi", to];
        arguments.extend(more);
        assert_eq!(folder.must(&arguments).out, checked);
    }
    let bytes = |name: &str| std::fs::read(folder.beside(name)).expect("a file");
    assert!(bytes("out.json") == bytes("a.json"), "the canonical bytes that are hashed");
    assert!(bytes("out.xlsx") == bytes("hanoi.xlsx"), "the same document gives the same workbook");
    let none = folder.run(&["document", "export", "--data", "@", "--kind", "form", "--id", "hanoi", "no.json"]);
    assert_eq!(none.code, Some(2));
    assert!(none.err.contains("document_unknown"), "{}", none.err);
    folder.must(&["verify", "--data", "@"]);
}

#[test]
fn a_document_with_faults_goes_nowhere_and_all_its_faults_are_told() {
    let folder = Folder::small_round(0);
    let good = std::fs::read_to_string(deploy("rulebooks/all-kinds.json")).expect("the file");
    let bad = good.replacen("\"maximum\": \"20\"", "\"maximum\": \"21\"", 2);
    assert_ne!(good, bad);
    std::fs::write(folder.beside("bad.json"), bad).expect("writes");
    let token = folder.must(&["token", "--data", "@", "--actor", "sec-1"]).out.trim().to_owned();
    let ways: [&[&str]; 3] = [
        &["document", "check", "bad.json", "--lang", "en"],
        &["document", "convert", "bad.json", "bad.xlsx", "--lang", "en"],
        &["document", "enter", "--data", "@", "--token", &token, "--id", "bad", "bad.json", "--lang", "en"],
    ];
    for way in ways {
        let said = folder.run(way);
        assert_eq!(said.code, Some(1), "{way:?}: {}", said.err);
        let faults: Vec<&str> = said.out.lines().collect();
        assert_eq!(faults.len(), 3, "{}", said.out);
        assert!(said.out.contains("sum_differs: so ") && said.out.contains("total_differs: so: "), "{}", said.out);
    }
    assert!(!folder.beside("bad.xlsx").exists(), "nothing is written");
    let export = folder.run(&["document", "export", "--data", "@", "--kind", "rulebook", "--id", "bad", "x.json"]);
    assert!(export.err.contains("document_unknown"), "{}", export.err);
    let vietnamese = folder.run(&["document", "check", "bad.json"]);
    assert!(vietnamese.out.contains("tổng tối đa các mục con khác 21"), "{}", vietnamese.out);
    let ending = folder.run(&["document", "convert", "bad.json", "bad.pdf"]);
    assert!(ending.code == Some(2) && ending.err.contains("file_ending"), "{}", ending.err);
    let kind = folder.run(&["document", "check", text(&deploy("rulebooks/all-kinds.json")), "--kind", "form"]);
    assert!(kind.code == Some(1) && kind.out.contains("kind_differs"), "{}", kind.out);
}

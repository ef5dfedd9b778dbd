//! Pages in a real browser: `tests/browser/story.mjs` clicks and types in Debian's Chromium, and the log is read afterwards.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::api::Server;
use super::unit_sheets::{data, round};

/// Where something is that `tests/run` has set up.
fn set_up(variable: &str, usual: &str) -> PathBuf {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join(usual);
    let place = std::env::var_os(variable).map_or_else(usual, PathBuf::from);
    assert!(place.exists(), "tests/run sets it up; {} is not there", place.display());
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_is_filled_in_and_signed_in_a_real_browser_by_clicking_and_typing_alone() {
    let server = Server::over(round(), "127.0.0.1:0");
    let first = |actor: &str| {
        let said = server.folder.must(&["account", "--data", "@", "--actor", actor, "--name", actor]);
        format!("{actor}={}", said.out.trim())
    };
    let screenshots =
        std::env::var_os("PARINDEX_SCREENSHOTS").map_or_else(|| server.folder.beside("seen"), PathBuf::from);
    std::fs::create_dir_all(&screenshots).expect("a folder");
    let story = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/story.mjs");
    let mut node = Command::new("node");
    node.arg(story).arg(&server.url).arg(set_up("PARINDEX_CHROMIUM", "/usr/bin/chromium"));
    node.arg(set_up("PARINDEX_BROWSER_MODULES", "../target/browser"));
    node.arg(screenshots).args(["ldtbxh-d", "ldtbxh-c"].map(first));
    let told = tokio::task::spawn_blocking(move || node.output().expect("node runs")).await.expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(told.status.success(), "{}\n{}", text(&told.stdout), text(&told.stderr));

    let scores = data(&server.folder, "self_scored");
    let leaves: Vec<&str> = scores.iter().filter_map(|score| score["leaf"].as_str()).collect();
    assert_eq!(leaves, ["1.1", "1.2", "2.3", "1.5", "1.6", "1.7", "2.5", "1.3", "1.4", "1.8", "2.1", "2.4", "2.2"]);
    assert_eq!(scores.iter().filter(|score| score["revision"] != 0).count(), 0, "nothing was overwritten");
    let files = |leaf: &str| scores.iter().find(|score| score["leaf"] == leaf).map(|score| score["evidence"].clone());
    for (leaf, page) in [("1.1", "tr. 3"), ("1.3", "")] {
        let evidence = files(leaf).expect("a score");
        assert_eq!(
            evidence.as_array().map(|files| (files.len(), &files[0]["page"])),
            Some((1, &page.into())),
            "{leaf}"
        );
    }
    assert_eq!(data(&server.folder, "sheet_submitted").len(), 1);
    server.folder.must(&["verify", "--data", "@"]);
}

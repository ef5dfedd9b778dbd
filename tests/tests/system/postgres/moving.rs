//! From a folder to PostgreSQL: every byte, every token, and no way back by mistake. And what can be made anew there is.

use system_tests::folder::Folder;
use system_tests::postgres::{Disk, Postgres, execute};

#[test]
fn a_log_is_moved_byte_for_byte_with_its_tokens_and_its_folder_is_written_no_more() {
    let (folder, server) = (Folder::small_round(300), Postgres::start(Disk::Unsynced));
    let token = folder.must(&["token", "--data", "@", "--actor", "001-d"]).out.trim().to_owned();
    folder.must(&["export", "--data", "@", "before.ndjson"]);
    let url = server.url("parindex");
    let moved = folder.must(&["move", "--data", "@", "--database-url", &url]);
    assert!(moved.out.contains("OK: the log and both projections hold"), "{}", moved.out);
    server.must(&["export", "after.ndjson"]);
    for suffix in ["", ".head"] {
        let before = std::fs::read(folder.beside(&format!("before.ndjson{suffix}"))).expect("exported");
        assert_eq!(std::fs::read(server.beside(&format!("after.ndjson{suffix}"))).expect("exported"), before);
    }
    // The folder can be read, and written by nobody.
    folder.must(&["verify", "--data", "@"]);
    for writer in [&["token", "--data", "@", "--actor", "001-d"][..], &["move", "--data", "@", "--database-url", &url]]
    {
        let said = folder.run(writer);
        assert!(said.code == Some(2) && said.err.starts_with("error: log_moved: "), "{}", said.err);
    }
    // A database with a log takes no other one.
    let other = Folder::small_round(1);
    let said = other.run(&["move", "--data", "@", "--database-url", &url]);
    assert!(said.code == Some(2) && said.err.starts_with("error: target_not_empty: "), "{}", said.err);
    other.must(&["token", "--data", "@", "--actor", "001-d"]);
    let said = server.run(&[
        "init",
        "--origin",
        "test.example/small",
        "--live",
        "--administrator",
        "a",
        "--administrator",
        "b",
    ]);
    assert!(said.code == Some(2) && said.err.starts_with("error: log_exists: "), "{}", said.err);
    // Work goes on with the same token.
    let id = proto::ids::uuid_v7(1_667_500_000_000, [3; 10]);
    let command = format!(
        "{{\"id\":\"{id}\",\"capacity\":\"drafter\",\"unit\":\"001\",\"kind\":\"score_self\",\"data\":{{\
         \"round\":\"hanoi-2022\",\"unit\":\"001\",\"leaf\":\"7.1.1\",\"revision\":0,\"inputs\":{{\"option\":\"late\"}},\
         \"claimed\":\"0.25\",\"explanation\":\"x\"}}}}\n"
    );
    std::fs::write(server.beside("one.ndjson"), command).expect("writes");
    let said = server.run(&["submit", "--token", &token, "one.ndjson"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    server.must(&["verify", "--head", folder.beside("before.ndjson.head").to_str().expect("a path")]);
}

#[tokio::test]
async fn a_projection_that_was_dropped_is_made_anew_to_the_same_digest() {
    let (folder, server) = (Folder::small_round(300), Postgres::start(Disk::Unsynced));
    folder.must(&["move", "--data", "@", "--database-url", &server.url("parindex")]);
    let digests = || {
        let said = server.must(&["verify"]).out;
        said.lines().filter(|l| l.contains("digest")).map(str::to_owned).collect::<Vec<_>>()
    };
    let before = digests();
    assert_eq!(before.len(), 2);
    let mut admin = server.admin().await;
    execute(&mut admin, "DROP SCHEMA index CASCADE; DROP SCHEMA ranking CASCADE").await;
    let said = server.run(&["verify"]);
    assert!(said.code == Some(1) && said.out.contains("BROKEN  the projection index: "), "{}", said.out);
    server.must(&["prepare", "--database-url", &server.url("admin")]);
    std::fs::write(server.beside("nothing.ndjson"), "").expect("writes");
    server.must(&["play", "nothing.ndjson"]);
    assert_eq!(digests(), before);
}

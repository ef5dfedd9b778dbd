//! ATTACKS T41 and T42 on PostgreSQL: what is erased stands in no file of the server any more, its own log and the planner's
//! statistics included, and is gone again after older keys were restored, before anybody is served.

use std::process::Command;
use std::time::{Duration, Instant};

use platform::outward;
use serde_json::json;
use system_tests::postgres::{KEYS_DATABASE, Postgres, execute};
use system_tests::stack::Stack;

use super::super::super::erasure::{of, request, traces};
use super::super::super::files::{Client, code, pdf};
use super::{apart, client, log_holds};

/// The sealed row of a file.
async fn sealed(server: &Postgres, address: &str) -> Option<Vec<u8>> {
    let mut db = server.server_of("admin", KEYS_DATABASE).connect().await.expect("the administrator comes in");
    let read = "SELECT sealed FROM keys.files WHERE address = $1";
    sqlx::query_scalar(read).bind(address).fetch_optional(&mut db).await.expect("reads")
}

/// Says something in the database of keys as its administrator.
async fn in_keys(server: &Postgres, statement: &str) {
    execute(&mut server.server_of("admin", KEYS_DATABASE).connect().await.expect("comes in"), statement).await;
}

/// Runs one of PostgreSQL's programs on the database of keys.
fn program(server: &Postgres, line: &str) {
    let url = server.url_of("admin", KEYS_DATABASE);
    let script = format!("{line} \"$0\"");
    let ran = Command::new("sh").args(["-ec", &script, &url]).current_dir(server.beside("")).output().expect("a shell");
    assert!(ran.status.success(), "{line}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// Where any piece of a row stands in the server's files.
fn left(stack: &Stack, row: &[u8]) -> Vec<String> {
    traces(&stack.postgres.beside("data"), row)
}

/// Opens a case, orders the erasure of a file, and confirms it.
async fn erase(stack: &Stack, address: &str) {
    let (secretariat, administrator) = (client(stack, "sec-1"), client(stack, "admin-a"));
    assert_eq!(secretariat.ask(of("open_case", "secretariat", request())).await, "accepted");
    let order = json!({ "ground": "Người có dữ liệu yêu cầu", "files": [address] });
    assert_eq!(secretariat.ask(of("order_erasure", "secretariat", order)).await, "accepted");
    assert_eq!(administrator.ask(of("confirm_erasure", "administrator", json!({}))).await, "accepted");
}

/// A file that is attached, and another one; the first one's address and its row.
async fn two_files(stack: &Stack, drafter: &Client) -> (String, String, Vec<u8>) {
    let erased = drafter.taken("001", "erased.pdf", pdf(5_000)).await.receipt.evidence;
    let kept = drafter.taken("001", "kept.pdf", pdf(6_000)).await.receipt.evidence.address.to_string();
    assert_eq!(drafter.attach(&erased).await, "accepted");
    let address = erased.address.to_string();
    let row = sealed(&stack.postgres, &address).await.expect("it is there");
    (address, kept, row)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_file_is_gone_from_every_file_of_the_server_and_gone_again_after_a_restore() {
    let mut stack = apart(None).await;
    stack.start_ready(&["ledger", "intake", "intake-too"]).await;
    let drafter = client(&stack, "001-d");
    let (address, kept, row) = two_files(&stack, &drafter).await;
    // The server has had time to do what servers do: statistics, a checkpoint, a look at the pages.
    for statement in ["ANALYZE", "CHECKPOINT", "VACUUM"] {
        in_keys(&stack.postgres, statement).await;
    }
    assert!(left(&stack, &row).len() >= 2, "it stands in the table and in the log: {:?}", left(&stack, &row));
    program(&stack.postgres, "pg_dump -f older.sql");

    // Somebody looks at the table for long meanwhile: what he could still see is not taken along.
    let mut looking = stack.postgres.server_of("admin", KEYS_DATABASE).connect().await.expect("comes in");
    execute(&mut looking, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT txid_current()").await;
    erase(&stack, &address).await;
    assert_eq!(left(&stack, &row), Vec::<String>::new(), "when the answer came");
    execute(&mut looking, "ROLLBACK").await;
    assert_eq!(code(drafter.open("001", &address).await).await, "file_key_missing");
    assert_eq!(drafter.open("001", &kept).await.status().as_u16(), 200, "the other one is as it was");
    log_holds(&stack);

    // Older keys are restored: whoever asks from the first moment on is never shown what was erased, the ledger away or not.
    for name in ["intake", "intake-too", "ledger"] {
        stack.kill(name);
    }
    in_keys(&stack.postgres, "DROP SCHEMA keys, ballots CASCADE").await;
    program(&stack.postgres, "psql -X -q -v ON_ERROR_STOP=1 -f older.sql");
    assert!(sealed(&stack.postgres, &address).await.is_some() && !left(&stack, &row).is_empty(), "they have it");
    let url = format!("{}/api/files/hanoi-2022/001/{address}", stack.url("intake"));
    let asking = tokio::spawn(ask_from_the_first_moment(url, drafter.token.clone()));
    stack.start_ready(&["intake"]).await;
    let (answers, last) = asking.await.expect("it ends");
    assert_eq!(last, "file_key_missing");
    assert!(
        answers.iter().all(|answer| ["", "starting", "file_key_missing"].contains(&answer.as_str())),
        "{answers:?}"
    );
    assert_eq!(left(&stack, &row), Vec::<String>::new());
    assert_eq!(drafter.open("001", &kept).await.status().as_u16(), 200);
    assert!(stack.said("intake").contains("intake.erased"), "{}", stack.said("intake"));
}

/// Every answer's code until the service serves, and the last one.
async fn ask_from_the_first_moment(url: String, token: String) -> (Vec<String>, String) {
    let (http, begun, mut answers) = (outward::client(), Instant::now(), Vec::new());
    loop {
        let answer = match http.get(&url).bearer_auth(&token).send().await {
            Ok(response) if response.status().is_success() => "HANDED OUT".to_owned(),
            Ok(response) => code(response).await,
            Err(_) => String::new(),
        };
        answers.push(answer.clone());
        if !answer.is_empty() && answer != "starting" {
            return (answers, answer);
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{answers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_nobody_could_be_asked_for_or_that_broke_off_is_carried_out_by_whoever_follows() {
    let mut stack = apart(None).await;
    stack.start_ready(&["ledger", "intake"]).await;
    let drafter = client(&stack, "001-d");
    let (address, _, row) = two_files(&stack, &drafter).await;
    // The intake is away when it is confirmed: that stands all the same, and is carried out before it serves again.
    stack.kill("intake");
    erase(&stack, &address).await;
    assert!(stack.said("ledger").contains("intake.erasure_failed"), "{}", stack.said("ledger"));
    assert!(!left(&stack, &row).is_empty());
    // It gets as far as the row and no further: that it is not swept yet is remembered.
    in_keys(&stack.postgres, &format!("DELETE FROM keys.files WHERE address = '{address}'")).await;
    assert!(!left(&stack, &row).is_empty(), "a row that was deleted stands where it stood");
    stack.start_ready(&["intake"]).await;
    assert_eq!(left(&stack, &row), Vec::<String>::new());

    // Without being asked by a ledger that knows of it: it follows the log.
    let other = drafter.taken("001", "other.pdf", pdf(7_000)).await.receipt.evidence.address.to_string();
    let row = sealed(&stack.postgres, &other).await.expect("it is there");
    stack.kill("ledger");
    stack.set("PARINDEX_INTAKE_URL", "");
    stack.start_ready(&["ledger"]).await;
    let (secretariat, administrator) = (client(&stack, "sec-1"), client(&stack, "admin-a"));
    let in_another = |mut command: serde_json::Value| {
        command["data"]["case"] = json!("2026-2");
        command
    };
    let order = json!({ "ground": "Người có dữ liệu yêu cầu", "files": [other] });
    for (who, command) in [
        (&secretariat, of("open_case", "secretariat", request())),
        (&secretariat, of("order_erasure", "secretariat", order)),
        (&administrator, of("confirm_erasure", "administrator", json!({}))),
    ] {
        assert_eq!(who.ask(in_another(command)).await, "accepted");
    }
    let head = stack.head().await;
    stack.until_at("intake", "erasures", head).await;
    assert_eq!(code(drafter.open("001", &other).await).await, "file_key_missing");
    assert_eq!(left(&stack, &row), Vec::<String>::new());
    log_holds(&stack);
}

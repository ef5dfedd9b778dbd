//! `inspector watch` on a log that goes on, and on one that was taken back, cut off or written anew under its eyes.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use sqlx::Connection;
use system_tests::folder::{Folder, execute};

/// Whoever watches; he ends with the test.
struct Watcher(Child);

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn whoever_watches_follows_a_log_and_raises_the_alarm_when_it_is_changed() {
    let base = Folder::small_round(100);
    let once = base.must(&["inspector", "watch", "--data", "@", "--looks", "2", "--every", "0"]).out;
    assert_eq!(once.lines().filter(|l| l.starts_with("holds up to #")).count(), 1, "{once}");
    let changes = [
        ("cut off", "DELETE FROM events WHERE position > 150", "watch_log_short"),
        ("changed where it was last seen", "UPDATE events SET body = body || ' '", "watch_log_changed"),
        ("taken away whole", "DELETE FROM head", "watch_log_short"),
    ];
    for (what, change, code) in changes {
        let folder = base.copy();
        let arguments = ["inspector", "watch", "--data", "@", "--every", "1"];
        let mut child = folder.command(&arguments).stdout(Stdio::piped()).spawn().expect("starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
        let mut watcher = Watcher(child);
        let first = lines.next().expect("it looks");
        folder.play_scores(100, 20);
        let second = lines.next().expect("it looks again");
        assert!(
            first.starts_with("holds up to #") && second.starts_with("holds up to #") && first != second,
            "{second}"
        );
        let mut db = folder.tamper("ledger.db").await;
        execute(&mut db, change).await;
        if change.contains("position > ") {
            execute(&mut db, "UPDATE head SET position = 150").await;
        }
        db.close().await.expect("closes");
        let alarm = lines.next().expect("it says why");
        assert!(alarm.starts_with("ALARM: ") && alarm.contains(code), "{what}: {alarm}");
        assert_eq!(watcher.0.wait().expect("ends").code(), Some(1), "{what}");
    }
}

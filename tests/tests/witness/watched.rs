//! `inspector watch` of a log that is only served: it is taken into a mirror, and whatever does not hold is an alarm.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::{Arc, Mutex};

use inspector::Source;
use platform::feed::Feed;
use system_tests::folder::Folder;

use super::shown::{Showing, Shown, WELL, show};

/// Events under the checkpoint that is shown first.
const FIRST: usize = 280;

/// A log of real events, and who watches it in a folder of his own.
struct Watched {
    folder: Folder,
    showing: Arc<Mutex<Showing>>,
    url: String,
}

/// Whoever watches, and what he says; he ends with the test.
struct Watcher(Child, std::io::Lines<BufReader<ChildStdout>>);

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Watcher {
    fn says(&mut self) -> String {
        self.1.next().expect("it says something").expect("text")
    }
}

async fn events() -> Shown {
    let folder = Folder::small_round(200);
    let source = Source::open(folder.data().join("ledger.db")).await.expect("opens");
    let entries = source.after(0, 100_000).await.expect("reads");
    assert!(entries.len() > FIRST + 40, "{}", entries.len());
    Shown::of_events(entries)
}

impl Watched {
    async fn new(log: &Shown) -> Self {
        let (folder, (showing, url)) = (Folder::new(), show(log.clone(), FIRST).await);
        std::fs::write(folder.beside("policy"), log.policy()).expect("writes");
        std::fs::write(folder.beside("token"), "a-token\n").expect("writes");
        Self { folder, showing, url }
    }

    fn arguments<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let line = ["inspector", "watch", "--from", &self.url, "--mirror", "mirror", "--policy", "policy"];
        [&line[..], &["--token", "token", "--every", "1"], more].concat()
    }

    fn watch(&self, more: &[&str]) -> Watcher {
        let mut child = self.folder.command(&self.arguments(more)).stdout(Stdio::piped()).spawn().expect("starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        Watcher(child, lines)
    }

    fn show(&self, log: &Shown, size: usize) {
        let mut showing = self.showing.lock().expect("free");
        (showing.log, showing.size) = (log.clone(), size);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_watches_a_log_that_is_only_served_raises_the_alarm_when_it_is_changed() {
    let log = events().await;
    let all = log.entries.len();
    let mut unlinked = log.clone();
    unlinked.entries.swap(all - 2, all - 3);
    let place = format!("watch_broken: position {}: ", all - 2);
    let changes = [
        ("taken back", log.clone(), FIRST - 1, "watch_went_back"),
        ("written anew from the middle on", log.forked(270), all, "watch_log_changed: position 271: "),
        ("another event long before", log.with(100), all, "watch_root_differs"),
        ("two checkpoints of one size", log.with(100), FIRST + 20, "watch_two_roots"),
        ("a log that does not hold, and was signed", unlinked, all, &place),
    ];
    for (what, other, size, alarm) in changes {
        let watched = Watched::new(&log).await;
        let mut watcher = watched.watch(&[]);
        let first = watcher.says();
        assert!(first.starts_with(&format!("holds up to #{FIRST}, ")), "{what}: {first}");
        assert!(first.ends_with(&format!("; {} events behind it", all - FIRST)), "{what}: {first}");
        watched.show(&log, FIRST + 20);
        assert!(watcher.says().starts_with(&format!("holds up to #{}, ", FIRST + 20)), "{what}");
        watched.show(&other, size);
        let said = watcher.says();
        assert!(said.starts_with(&format!("ALARM: {alarm}")), "{what}: {said}");
        assert_eq!(watcher.0.wait().expect("ends").code(), Some(1), "{what}");
        // Whoever begins anew with the same mirror knows what he had seen.
        if what == "taken back" {
            let again = watched.folder.run(&watched.arguments(&["--looks", "1"]));
            assert!(again.code == Some(1) && again.out.starts_with("ALARM: watch_went_back"), "{}", again.out);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_served_log_that_goes_on_unsigned_or_is_away_for_too_long_is_an_alarm() {
    let log = events().await;
    let watched = Watched::new(&log).await;
    let mut watcher = watched.watch(&["--stale", "2"]);
    assert!(watcher.says().starts_with("holds up to #"));
    let said = watcher.says();
    assert!(said.starts_with("ALARM: watch_stale: ") && said.ends_with("the log went on"), "{said}");

    // At its end, nothing is missing. Then it is away: for a while that is borne.
    watched.show(&log, log.entries.len());
    let mut watcher = watched.watch(&["--stale", "3"]);
    assert!(watcher.says().starts_with("holds up to #"));
    let begun = std::time::Instant::now();
    watched.showing.lock().expect("free").harm = |_, _| None;
    let said = watcher.says();
    assert!(said.starts_with("ALARM: watch_away: ") && begun.elapsed().as_secs() >= 2, "{said}");
    let looked = watched.folder.run(&watched.arguments(&["--looks", "1"]));
    assert!(looked.code == Some(2) && looked.err.contains("error: watch_away: "), "{}", looked.err);
    watched.showing.lock().expect("free").harm = WELL;
    watched.folder.must(&watched.arguments(&["--looks", "1"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_keeps_a_mirror_and_says_what_it_holds() {
    let log = events().await;
    let watched = Watched::new(&log).await;
    let mirror = |more: &[&str]| {
        let line = ["inspector", "mirror", "--from", &watched.url, "--policy", "policy"];
        watched.folder.run(&[&line[..], more].concat())
    };
    let holds = |size: usize| format!("holds {size} events, root {}\n", log.head(size).root.base64());
    assert_eq!(mirror(&["--into", "m", "--token", "token"]).well(&[]).out, holds(FIRST));
    watched.show(&log, FIRST + 1);
    assert_eq!(mirror(&["--into", "m", "--every", "0", "--looks", "3"]).well(&[]).out, holds(FIRST + 1));
    watched.show(&log, FIRST);
    let refused = |more: &[&str], code: &str| {
        let said = mirror(more);
        assert!(said.code == Some(2) && said.err.contains(&format!("{code}: ")), "{more:?}: {}", said.err);
    };
    refused(&["--into", "m"], "mirror_went_back");
    refused(&["--into", "n", "--token", "absent"], "file_missing");
    std::fs::create_dir(watched.folder.beside("full")).expect("a folder");
    std::fs::write(watched.folder.beside("full/file"), "").expect("writes");
    refused(&["--into", "full"], "mirror_taken");
    watched.showing.lock().expect("free").harm = |_, _| None;
    refused(&["--into", "n"], "mirror_refused");
    let other = Shown { origin: "other.example/1".to_owned(), seed: 2, ..log.clone() };
    std::fs::write(watched.folder.beside("policy"), other.policy() + &log.policy().replace("quorum none\n", ""))
        .expect("writes");
    refused(&["--into", "n"], "policy_of_many_logs");
}

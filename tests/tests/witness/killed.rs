//! The witness's own program, killed at any moment: after it was started again it knows all that it has answered.

use platform::outward;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use proto::note::{Key, Note};
use proto::policy::Policy;
use proto::witness::{read_cosignatures, read_size};
use system_tests::folder::{Said, parindex};
use system_tests::grown::Grown;
use system_tests::seed::Seed;
use system_tests::served::{Kind, lasting_address};
use tempfile::TempDir;

use super::fixture::{Answer, log, post};

const KILLS: usize = 12;

/// A witness by its command line alone.
struct Installed {
    scratch: TempDir,
    key: Key,
}

impl Installed {
    fn new(log: &Grown) -> Self {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        std::fs::write(scratch.path().join("logs"), log.policy()).expect("writes");
        let run = |line: &str| Self::command(&scratch, line).output().expect("the binary starts");
        let made = Said::from(run("keygen --kind witness --name w.example key")).well(&[]);
        let key = Key::parse(made.out.trim()).expect("its public half");
        let init = Said::from(run("inspector witness-init --key key --store store")).well(&[]);
        assert_eq!(Key::parse(init.out.trim()).as_ref(), Ok(&key));
        Self { scratch, key }
    }

    fn command(scratch: &TempDir, line: &str) -> Command {
        let mut command = Command::new(parindex());
        command.args(line.split(' ')).stdin(Stdio::null()).current_dir(scratch.path());
        command
    }

    fn run(&self, line: &str) -> Said {
        Self::command(&self.scratch, line).output().expect("the binary starts").into()
    }

    fn kind(&self, address: std::net::SocketAddr) -> Kind {
        let folder = self.scratch.path().to_owned();
        let command = move || {
            let mut command = Command::new(parindex());
            let line = format!("inspector witness --key key --store store --logs logs --listen {address}");
            command.args(line.split(' ')).stdin(Stdio::null()).current_dir(&folder);
            command
        };
        Kind { name: "the witness", command: Box::new(command), ready: "serving " }
    }
}

/// T36: killed between persisting and answering, or anywhere else.
#[tokio::test(flavor = "multi_thread")]
async fn a_witness_killed_at_any_moment_goes_back_on_nothing_that_it_answered() {
    let log = Arc::new(log(3_000));
    let (installed, address) = (Installed::new(&log), lasting_address());
    let (kind, url) = (installed.kind(address), format!("http://{address}"));
    let mut seed = Seed::drawn();
    let mut running = kind.start().await;
    let answered = Arc::new(AtomicU64::new(0));
    for kill in 0..KILLS {
        let (grown, to, last, key) = (Arc::clone(&log), url.clone(), Arc::clone(&answered), installed.key.clone());
        let asking = tokio::spawn(async move {
            let http = outward::client();
            let mut old = last.load(Ordering::SeqCst);
            loop {
                let new = old + 1;
                let request = grown.request(old, new);
                let sent = http.post(format!("{to}/add-checkpoint")).body(request.to_string()).send().await;
                let Ok(response) = sent else { return };
                let status = response.status().as_u16();
                let Ok(body) = response.bytes().await else { return };
                match status {
                    200 => {
                        let mut note = Note::new(request.note.text().to_owned()).expect("a text");
                        note.push(read_cosignatures(&body).expect("a line").remove(0)).expect("room");
                        note.verify(std::slice::from_ref(&key)).expect("it verifies");
                        last.store(new, Ordering::SeqCst);
                        old = new;
                    }
                    409 => {
                        let size = read_size(&body).expect("a size");
                        // What was persisted and not answered: one step, at most.
                        assert!(size == old || size == old + 1, "{size} {old}");
                        last.store(size, Ordering::SeqCst);
                        old = size;
                    }
                    status => panic!("{status}"),
                }
            }
        });
        tokio::time::sleep(Duration::from_micros(seed.next(2_000, 60_000))).await;
        running.kill();
        asking.await.expect("nothing contradicts");
        running = kind.start().await;
        let known = answered.load(Ordering::SeqCst);
        let http = outward::client();
        let forked = log.forked(known.saturating_sub(1), 1);
        let asked: Answer = post(&http, &url, forked.request(known, known)).await;
        assert!(
            known == 0 || asked.status == 409,
            "kill {kill}: what it cosigned at {known} is not cosigned otherwise"
        );
    }
    assert!(answered.load(Ordering::SeqCst) > 10, "there was something to lose");
    let exhibit = std::fs::read_dir(installed.scratch.path().join("store/exhibits")).expect("a folder").count();
    assert!(exhibit > 0, "forks at the very size were kept");
}

#[tokio::test]
async fn the_command_line_makes_a_witness_refuses_a_second_store_and_reads_exhibits() {
    let log = log(40);
    let (installed, address) = (Installed::new(&log), lasting_address());
    let refused = |line: &str, code: &str| {
        let said = installed.run(line);
        assert!(said.code == Some(2) && said.err.starts_with(&format!("error: {code}: ")), "{line}: {}", said.err);
    };
    refused("inspector witness-init --key key --store other", "witness_key_used");
    refused("inspector witness --key key --store other --logs logs", "witness_store_missing");
    refused("inspector witness --key key --store store --logs nowhere", "file_missing");
    std::fs::write(installed.scratch.path().join("empty"), "quorum none\n").expect("writes");
    refused("inspector witness --key key --store store --logs empty", "policy_without_logs");
    std::fs::write(installed.scratch.path().join("bad"), "quorum x\n").expect("writes");
    refused("inspector witness --key key --store store --logs bad", "bad_policy");

    let _running = installed.kind(address).start().await;
    refused("inspector witness --key key --store store --logs logs", "witness_store_locked");
    let (http, url) = (outward::client(), format!("http://{address}"));
    assert_eq!(post(&http, &url, log.request(0, 20)).await.status, 200);
    assert_eq!(post(&http, &url, log.forked(5, 1).request(20, 20)).await.status, 409);
    assert_eq!(post(&http, &url, log.forked(5, 1).request(20, 30)).await.status, 422);
    let folder = installed.scratch.path().join("store/exhibits");
    let mut told: Vec<(String, Option<i32>)> = std::fs::read_dir(&folder)
        .expect("a folder")
        .map(|file| {
            let path = file.expect("a file").path();
            let said = installed.run(&format!("inspector exhibit --logs logs {}", path.display()));
            (said.out.lines().next().expect("a line").to_owned(), said.code)
        })
        .collect();
    told.sort();
    let contradiction = "CONTRADICTION: the log signed two roots for one size";
    let unproven = "UNPROVEN: the log signed a checkpoint that came with a proof which does not hold";
    assert_eq!(told, [(contradiction.to_owned(), Some(0)), (unproven.to_owned(), Some(1))]);
    let policy = Grown::new(log.origin(), 2, 1).policy();
    Policy::parse(&policy).expect("of another key");
    std::fs::write(installed.scratch.path().join("others"), policy).expect("writes");
    let path = std::fs::read_dir(&folder).expect("a folder").next().expect("one").expect("a file").path();
    let said = installed.run(&format!("inspector exhibit --logs others {}", path.display()));
    assert!(said.code == Some(1) && said.out.starts_with("nothing: "), "{}{}", said.out, said.err);
}

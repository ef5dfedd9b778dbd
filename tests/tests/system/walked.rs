//! The walk in stretches: of a log's rows, where it finds what the ordinary one finds, and of a log in files, as anyone has it
//! who copied it from where it is served. The files are made from a real log; nothing else is known of it.

use std::fs;
use std::path::{Path, PathBuf};

use inspector::{Against, Bundles, Place, Source, Wide, verify_log, walk_log};
use platform::feed::Feed;
use proto::Origin;
use proto::tile::{Resource, TILE_WIDTH, write_bundle};
use proto::tree::CompactRange;
use proto::walk::Walk;
use sqlx::Connection;
use system_tests::attacks::Ground;
use system_tests::folder::{Folder, execute};
use system_tests::forged::chained;

use super::signing::public_key;

const SELF_SCORES: usize = 700;
const BUNDLE: usize = TILE_WIDTH as usize;

fn origin() -> Origin {
    Origin::parse("test.example/small").expect("an origin")
}

async fn bodies(folder: &Folder) -> Vec<Vec<u8>> {
    let source = Source::open(folder.data().join("ledger.db")).await.expect("opens");
    let bodies = source.after(0, 100_000).await.expect("reads");
    source.close().await;
    bodies
}

fn path(files: &Path, index: usize, width: usize) -> PathBuf {
    let width = u16::try_from(width).expect("at most 256");
    files.join(Resource::Entries { index: index as u64, width }.to_string())
}

fn write(files: &Path, bodies: &[Vec<u8>]) {
    for (index, entries) in bodies.chunks(BUNDLE).enumerate() {
        let path = path(files, index, entries.len());
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, write_bundle(entries.iter().map(Vec::as_slice))).expect("writes");
    }
}

/// What is found in the files of these bodies, as a log of so many; on one core and on two it is the same.
#[track_caller]
fn found(bodies: &[Vec<u8>], size: usize) -> String {
    let files = tempfile::tempdir().expect("a folder");
    write(files.path(), bodies);
    walk(files.path(), size)
}

#[track_caller]
fn walk(files: &Path, size: usize) -> String {
    let bundles = Bundles::of(files, size as u64);
    let on = |cores, level| match bundles.walk(&origin(), Wide { cores, level }) {
        Ok((walk, None)) => format!("{} {}", walk.position(), walk.root()),
        Ok((_, Some(finding))) => finding.to_string(),
        Err(error) => error.to_string().split(": ").next().unwrap_or_default().to_owned(),
    };
    let one = on(1, 16);
    assert_eq!(on(2, 8), one);
    assert_eq!(on(3, 9), one);
    one
}

#[tokio::test]
async fn a_log_in_files_is_walked_to_its_root_and_what_was_changed_is_named() {
    let good = bodies(&Folder::small_round(SELF_SCORES)).await;
    let n = good.len();
    assert!(n > 3 * BUNDLE && n % BUNDLE > 2, "{n} events");
    for size in [1, BUNDLE - 1, BUNDLE, BUNDLE + 1, n] {
        let mut range = CompactRange::default();
        good[..size].iter().for_each(|body| range.append(proto::Hash::entry(body)));
        // A log may have grown since: what is left of its last bundle counts.
        assert_eq!(found(&good, size), format!("{size} {}", range.root()));
    }
    // On both sides of bundles' and stretches' edges.
    for p in [1, 2, BUNDLE - 1, BUNDLE, BUNDLE + 1, 2 * BUNDLE, n - 2] {
        let mut changed = good.clone();
        let (body, at) = (&mut changed[p - 1], changed_byte(&good[p - 1]));
        body[at] ^= 1;
        assert_eq!(
            found(&changed, n),
            format!("position {p}: the event was changed: the next one holds another hash of it")
        );
        let mut gone = good.clone();
        gone.remove(p - 1);
        assert_eq!(found(&gone, n - 1), format!("position {p}: the body says position {}", p + 1));
        let mut exchanged = good.clone();
        exchanged.swap(p - 1, p);
        assert_eq!(found(&exchanged, n), format!("position {p}: the body says position {}", p + 1));
    }
    let mut twice = good.clone();
    twice[BUNDLE] = twice[BUNDLE - 1].clone();
    assert_eq!(found(&twice, n), format!("position {}: the body says position {BUNDLE}", BUNDLE + 1));
}

/// A digit in the body's data.
fn changed_byte(body: &[u8]) -> usize {
    let data = body.windows(7).position(|w| w == b"\"data\":").expect("data") + 12;
    (data..body.len()).find(|&i| body[i].is_ascii_digit()).expect("a digit")
}

#[tokio::test]
async fn files_that_are_missing_short_or_no_bundles_are_refused() {
    let good = bodies(&Folder::small_round(SELF_SCORES)).await;
    let n = good.len();
    let last = path(Path::new(""), n / BUNDLE, n % BUNDLE);
    type Damage = fn(&Path) -> std::io::Result<()>;
    let damages: [(&str, PathBuf, Damage); 5] = [
        ("gone", path(Path::new(""), 1, BUNDLE), |path| fs::remove_file(path)),
        ("the last one gone", last, |path| fs::remove_file(path)),
        ("cut off", path(Path::new(""), 0, BUNDLE), |path| fs::write(path, &fs::read(path)?[..1_000])),
        ("of too few", path(Path::new(""), 0, BUNDLE), |path| fs::write(path, write_bundle([&b"one"[..]]))),
        ("too large", path(Path::new(""), 2, BUNDLE), |path| {
            fs::File::options().write(true).open(path)?.set_len(1 << 30)
        }),
    ];
    for (what, file, damage) in damages {
        let files = tempfile::tempdir().expect("a folder");
        write(files.path(), &good);
        damage(&files.path().join(file)).expect("the file is there");
        assert_eq!(walk(files.path(), n), "bundle_unreadable", "{what}");
    }
}

/// The walk in stretches finds what the walk from the first row finds, word for word.
#[track_caller]
pub fn walks_agree(ledger: &Path) {
    let (found, wide) = std::thread::scope(|scope| {
        let walked = scope.spawn(|| {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                let source = Source::open(ledger).await.expect("opens");
                let (_, found) =
                    walk_log(&source, origin(), async |_: &Walk, _: &[u8]| Ok(())).await.expect("it can be read");
                source.close().await;
                let (against, wide) = (Against::default(), Wide { cores: 2, level: 6 });
                let report = verify_log(&ledger.into(), origin(), &against, wide, |_, _| {}).await;
                (found, report.expect("it can be read"))
            })
        });
        walked.join().expect("both walks end")
    });
    assert!(found.is_none() || wide.findings.first() == found.as_ref(), "{found:?}, in stretches {:?}", wide.findings);
    let by_row = wide.findings.iter().any(|f| matches!(f.place, Place::Position(_)) && !f.what.contains("command has"));
    assert_eq!(by_row, found.is_some(), "{found:?}, in stretches {:?}", wide.findings);
}

/// Stretches of 64 events: on their edges, over them, and where one is empty.
#[tokio::test]
async fn rows_missing_at_a_stretchs_edge_or_far_behind_are_found_as_by_the_ordinary_walk() {
    let base = Folder::small_round(300);
    let last = format!("position = {}", base.count("ledger.db", "events").await);
    let edits = [
        "DELETE FROM events WHERE position = 64".to_owned(),
        "DELETE FROM events WHERE position = 65".to_owned(),
        "DELETE FROM events WHERE position BETWEEN 60 AND 70".to_owned(),
        "DELETE FROM events WHERE position BETWEEN 65 AND 192".to_owned(),
        "DELETE FROM events WHERE position <= 64".to_owned(),
        format!("UPDATE events SET position = 200000 WHERE {last}"),
        format!("UPDATE events SET position = {} WHERE {last}", i64::MAX),
        format!("UPDATE events SET position = {} WHERE {last}", i64::MIN),
        format!("UPDATE events SET position = 0 WHERE {last}"),
    ];
    for edit in edits {
        let copy = base.copy();
        let mut db = copy.tamper("ledger.db").await;
        execute(&mut db, edit).await;
        db.close().await.expect("closes");
        walks_agree(&copy.data().join("ledger.db"));
    }
}

/// Every link is made to fit, so that no row is at fault by itself: within one stretch, and across two.
#[test]
fn a_command_that_stands_twice_is_seen_without_the_rules() {
    let ground = Ground::new();
    let mut events = ground.events();
    let mut again = events[usize::try_from(ground.scored() - 1).expect("small")].clone();
    again.envelope.at = events.last().expect("events").envelope.at;
    events.push(again);
    let copy = ground.rewritten(&chained(events));
    let named = format!("position {}: the command has an event already", ground.last() + 1);
    for level in [6, 16] {
        let (ledger, against) = (copy.data().join("ledger.db").into(), Against::default());
        let verified = verify_log(&ledger, origin(), &against, Wide { cores: 2, level }, |_, _| {});
        let found = ground.runtime.block_on(verified).expect("it can be read").findings;
        assert!(found.iter().any(|f| f.to_string().starts_with(&named)), "{named}: {found:?}");
    }
}

#[tokio::test]
async fn a_mirror_is_verified_by_its_checkpoint_and_the_keys() {
    let folder = Folder::small_round(SELF_SCORES);
    let key = public_key(&folder.data().join("signer")).to_string();
    let files = folder.beside("mirror");
    let good = bodies(&folder).await;
    write(&files, &good);
    fs::copy(folder.data().join("signer/checkpoint"), files.join("checkpoint")).expect("it was signed");
    let verify = |key: &str| folder.run(&["inspector", "verify-mirror", "mirror", "--log-key", key, "--cores", "2"]);
    let said = verify(&key);
    assert!(said.code == Some(0) && said.out.contains("OK: the log holds"), "{}{}", said.out, said.err);
    let stranger = folder.must(&["keygen", "--kind", "log", "--name", "test.example/small", "stranger.key"]).out;
    let said = verify(stranger.trim());
    assert!(said.code == Some(2) && said.err.contains("checkpoint"), "{}{}", said.out, said.err);
    // The last event is held by no other: only the signed root tells that it was changed.
    for (p, what) in [(300, "position 300: the event was changed"), (good.len(), "the root of the events is not")] {
        let mut changed = good.clone();
        let at = changed_byte(&good[p - 1]);
        changed[p - 1][at] ^= 1;
        write(&files, &changed);
        let said = verify(&key);
        assert!(said.code == Some(1) && said.out.contains(&format!("BROKEN  {what}")), "{}{}", said.out, said.err);
    }
}

//! Mirrors of served logs: what they take, what they refuse, and that nothing which is refused or broken off leaves a trace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use inspector::{Mirror, MirrorError, Served, Source};
use platform::feed::{Feed, read_spelled};
use proto::Origin;
use proto::policy::Policy;
use system_tests::folder::{Folder, Said, parindex};
use system_tests::seed::Seed;
use tempfile::TempDir;

use super::shown::{Harm, Shown, WELL, show, witness};

/// Entries of a log that fills two bundles and begins a third.
const ENTRIES: usize = 700;

fn open(folder: &Path, log: &Shown) -> Result<Mirror, MirrorError> {
    let policy = Policy::parse(&log.policy()).expect("a policy");
    Mirror::open(folder, Origin::parse(&log.origin).expect("an origin"), policy)
}

fn served(url: &str) -> Served {
    Served::new(url, None).expect("a client")
}

/// The files of a mirror, and what is in them.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut folders, mut found) = (vec![folder.to_owned()], BTreeMap::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != "lock") {
                found.insert(path.clone(), std::fs::read(path).expect("reads"));
            }
        }
    }
    found
}

/// What a mirror says why it does not go on.
async fn refused(mirror: &Mirror, url: &str) -> String {
    let error = mirror.follow(&served(url)).await.expect_err("it is refused").to_string();
    error.split(':').next().expect("a code").to_owned()
}

#[tokio::test]
async fn a_mirror_follows_a_log_and_holds_what_was_signed_at_the_addresses_of_tiles() {
    let (scratch, log) = (tempfile::tempdir().expect("a folder"), Shown::of(ENTRIES as u64));
    let (showing, url) = show(log.clone(), 0).await;
    let folder = scratch.path().join("a/mirror");
    let mirror = open(&folder, &log).expect("opens");
    for size in [0, 1, 200, 255, 256, 257, 512, 700, 700] {
        showing.lock().expect("free").size = size;
        let believed = mirror.follow(&served(&url)).await.expect("it goes on");
        assert_eq!((believed.checkpoint.head, mirror.size_and_root()), (log.head(size), log.head(size)));
        assert_eq!(mirror.after(0, 4_096).await.expect("reads"), log.entries[..size]);
        let mut must = vec!["checkpoint".to_owned(), "mirror".to_owned()];
        must.extend((0..size / 256).map(|i| format!("tile/entries/{i:03}")));
        must.extend((size % 256 > 0).then(|| format!("tile/entries/{:03}.p/{}", size / 256, size % 256)));
        let there: Vec<String> = files(&folder)
            .keys()
            .map(|path| path.strip_prefix(&folder).expect("within").display().to_string())
            .collect();
        assert_eq!(there, must, "{size}");
    }
    assert_eq!(mirror.after(600, 50).await.expect("reads"), log.entries[600..650]);
    assert_eq!(mirror.root_at(300), Some(log.head(300).root));
    assert_eq!(mirror.root_at(701), None);
    assert!(matches!(open(&folder, &log), Err(MirrorError::Locked(_))));
    drop(mirror);
    let again = open(&folder, &log).expect("opens again");
    assert_eq!((again.size_and_root(), *again.head().borrow()), (log.head(ENTRIES), ENTRIES as u64));
}

#[tokio::test]
async fn a_mirror_takes_nothing_that_does_not_come_to_the_signed_root() {
    let (scratch, log) = (tempfile::tempdir().expect("a folder"), Shown::of(ENTRIES as u64));
    let (showing, url) = show(log.clone(), 300).await;
    let folder = scratch.path().join("mirror");
    let mirror = open(&folder, &log).expect("opens");
    mirror.follow(&served(&url)).await.expect("it goes on");
    let before = files(&folder);
    let harms: [(&str, Harm, &str); 10] = [
        ("a byte of the checkpoint", |path, b| on(path, "checkpoint", b, flipped), "bad_checkpoint"),
        ("a byte of a new entry", |path, b| on(path, "tile/entries/002.p/188", b, flipped), "mirror_root_differs"),
        ("a byte of an entry that is held", |path, b| on(path, "tile/entries/001", b, first), "mirror_log_changed"),
        ("an entry less", |path, b| on(path, "tile/entries/002.p/188", b, shorter), "mirror_bundle_bad"),
        ("an entry more", |path, b| on(path, "tile/entries/001", b, |b| [b, vec![0, 0]].concat()), "mirror_bundle_bad"),
        ("two entries exchanged", |path, b| on(path, "tile/entries/002.p/188", b, exchanged), "mirror_root_differs"),
        ("broken off", |path, b| on(path, "tile/entries/001", b, |b| b[..b.len() - 1].to_vec()), "mirror_bundle_bad"),
        ("nothing", |path, b| on(path, "tile/entries/001", b, |_| Vec::new()), "mirror_bundle_bad"),
        ("too much", |path, b| on(path, "checkpoint", b, |_| vec![b'x'; 100_000]), "mirror_away"),
        ("not there", |path, b| (path != "tile/entries/002.p/188").then_some(b), "mirror_refused"),
    ];
    for (what, harm, code) in harms {
        {
            let mut showing = showing.lock().expect("free");
            (showing.size, showing.harm) = (ENTRIES, harm);
        }
        assert_eq!(refused(&mirror, &url).await, code, "{what}");
        assert_eq!(mirror.size_and_root(), log.head(300), "{what}");
        assert_eq!(files(&folder), before, "{what}");
    }
    showing.lock().expect("free").harm = WELL;
    let others = [
        ("another key's", Shown { seed: 2, ..log.clone() }, 700, "bad_checkpoint"),
        ("another log's", Shown { origin: "other.example/1".to_owned(), ..log.clone() }, 700, "bad_checkpoint"),
        ("an older one", log.clone(), 299, "mirror_went_back"),
        ("another root", log.forked(200), 300, "mirror_two_roots"),
        ("another event long before", log.with(100), 700, "mirror_root_differs"),
        ("another log from the last bundle on", log.forked(260), 700, "mirror_log_changed"),
    ];
    for (what, other, size, code) in others {
        {
            let mut showing = showing.lock().expect("free");
            (showing.log, showing.size) = (other, size);
        }
        assert_eq!(refused(&mirror, &url).await, code, "{what}");
        assert_eq!(files(&folder), before, "{what}");
    }
    showing.lock().expect("free").log = log.clone();
    mirror.follow(&served(&url)).await.expect("after all of it, it goes on");
    assert_eq!(mirror.after(0, 4_096).await.expect("reads"), log.entries);
}

/// Harms what stands at one address.
fn on(path: &str, at: &str, bytes: Vec<u8>, harm: impl Fn(Vec<u8>) -> Vec<u8>) -> Option<Vec<u8>> {
    Some(if path == at { harm(bytes) } else { bytes })
}

fn flipped(mut bytes: Vec<u8>) -> Vec<u8> {
    *bytes.last_mut().expect("some") ^= 1;
    bytes
}

fn first(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes[2] ^= 1;
    bytes
}

fn entries(bytes: &[u8]) -> Vec<&[u8]> {
    proto::tile::read_bundle(bytes).expect("a bundle")
}

fn shorter(bytes: Vec<u8>) -> Vec<u8> {
    let entries = entries(&bytes);
    proto::tile::write_bundle(entries[..entries.len() - 1].iter().copied())
}

fn exchanged(bytes: Vec<u8>) -> Vec<u8> {
    let mut entries = entries(&bytes);
    entries.swap(10, 11);
    proto::tile::write_bundle(entries)
}

#[tokio::test]
async fn the_same_checkpoint_with_more_cosignatures_takes_the_others_place_and_one_with_less_does_not() {
    let (scratch, mut log) = (tempfile::tempdir().expect("a folder"), Shown::of(20));
    let (showing, url) = show(log.clone(), 20).await;
    let keys: String = [7, 8].map(|seed| format!("witness w{seed} {}\n", witness(seed).key())).concat();
    let policy = format!("log {}\n{keys}group both all w7 w8\nquorum both\n", log.signer().key());
    let origin = Origin::parse(&log.origin).expect("an origin");
    let mirror =
        Mirror::open(&scratch.path().join("m"), origin, Policy::parse(&policy).expect("a policy")).expect("opens");
    let held =
        || std::fs::read_to_string(scratch.path().join("m/checkpoint")).expect("reads").matches("example ").count();
    for (cosigned, met, lines) in [(vec![], false, 0), (vec![8], false, 1), (vec![7, 8], true, 2), (vec![7], false, 2)]
    {
        log.cosigned = cosigned;
        showing.lock().expect("free").log = log.clone();
        let believed = mirror.follow(&served(&url)).await.expect("it is the same log");
        assert_eq!((believed.quorum_met, held()), (met, lines), "{:?}", log.cosigned);
    }
}

#[tokio::test]
async fn a_mirror_that_was_changed_where_it_lies_is_not_read() {
    let (scratch, log) = (tempfile::tempdir().expect("a folder"), Shown::of(ENTRIES as u64));
    let (_, url) = show(log.clone(), ENTRIES).await;
    let folder = scratch.path().join("mirror");
    let mirror = open(&folder, &log).expect("opens");
    mirror.follow(&served(&url)).await.expect("it goes on");
    let path = folder.join("tile/entries/001");
    let whole = std::fs::read(&path).expect("reads");
    std::fs::write(&path, first(whole.clone())).expect("writes");
    assert_eq!(mirror.after(0, 256).await.expect("the other bundles are as they were").len(), 256);
    let said = mirror.after(256, 1).await.expect_err("it is not the one that came").to_string();
    assert!(said.starts_with("feed: mirror_damaged: ") && mirror.failed() == 1, "{said}");
    drop(mirror);
    let damaged = |why: &str| match open(&folder, &log) {
        Err(MirrorError::Damaged { .. }) => {}
        other => panic!("{why}: {other:?}"),
    };
    damaged("a byte");
    std::fs::remove_file(&path).expect("removes");
    damaged("a bundle is gone");
    std::fs::write(&path, shorter(whole.clone())).expect("writes");
    damaged("an entry is gone");
    std::fs::write(&path, whole).expect("writes");
    drop(open(&folder, &log).expect("as it was"));
    let other = Shown { origin: "other.example/1".to_owned(), ..log.clone() };
    assert!(matches!(open(&folder, &other), Err(MirrorError::Taken(_))), "it is another log's");
    std::fs::remove_file(folder.join("mirror")).expect("removes");
    assert!(matches!(open(&folder, &log), Err(MirrorError::Taken(_))), "a folder of something else is left alone");
}

/// The command that keeps a mirror of what is shown.
struct Installed {
    scratch: TempDir,
    url: String,
}

impl Installed {
    fn command(&self, more: &str) -> Command {
        let mut command = Command::new(parindex());
        let line = format!("inspector mirror --from {} --policy policy --into mirror{more}", self.url);
        command.args(line.split(' ')).stdin(Stdio::null()).current_dir(self.scratch.path());
        command
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_killed_at_any_moment_goes_on_from_what_it_held() {
    let log = Shown::of(6_000);
    let (showing, url) = show(log.clone(), 1).await;
    let installed = Installed { scratch: tempfile::tempdir().expect("a folder"), url };
    std::fs::write(installed.scratch.path().join("policy"), log.policy()).expect("writes");
    let folder = installed.scratch.path().join("mirror");
    let (mut seed, mut size, mut held, mut killed) = (Seed::drawn(), 1, 0, 0);
    while size < log.entries.len() {
        size = (size + usize::try_from(seed.next(1, 300)).expect("small")).min(log.entries.len());
        showing.lock().expect("free").size = size;
        let mut child: Child = installed.command("").stdout(Stdio::null()).spawn().expect("starts");
        tokio::time::sleep(Duration::from_micros(seed.next(1_000, 25_000))).await;
        child.kill().expect("kills");
        killed += usize::from(!child.wait().expect("ends").success());
        let mirror = open(&folder, &log).expect("it holds");
        let now = mirror.size_and_root();
        assert!(now.size >= held && now == log.head(usize::try_from(now.size).expect("small")));
        held = now.size;
    }
    assert!(killed > 3, "{killed} were killed on their way");
    let said = Said::by(installed.command("")).well(&[]).out;
    assert_eq!(said, format!("holds 6000 events, root {}\n", log.head(6_000).root.base64()));
    let fresh = installed.scratch.path().join("fresh");
    open(&fresh, &log).expect("opens").follow(&served(&installed.url)).await.expect("it goes on");
    let below = |folder: &Path| -> BTreeMap<PathBuf, Vec<u8>> {
        files(folder).into_iter().map(|(path, b)| (path.strip_prefix(folder).expect("within").to_owned(), b)).collect()
    };
    assert_eq!(below(&folder), below(&fresh), "what was broken off left nothing behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_reads_as_the_log_does() {
    let folder = Folder::small_round(60);
    let source = Source::open(folder.data().join("ledger.db")).await.expect("opens");
    let entries = source.after(0, 100_000).await.expect("reads");
    let log = Shown::of_events(entries);
    let (_, url) = show(log.clone(), log.entries.len()).await;
    let mirror = open(&folder.beside("mirror"), &log).expect("opens");
    mirror.follow(&served(&url)).await.expect("it goes on");
    let size = log.entries.len() as u64;
    for after in [0, 1, 100, 255, 256, size - 1, size, size + 10, u64::MAX] {
        for limit in [0, 1, 300, 4_096] {
            let (one, other) =
                (mirror.after(after.min(i64::MAX as u64), limit).await, source.after(after, limit).await);
            assert_eq!(one.expect("reads"), other.expect("reads"), "{limit} after {after}");
        }
    }
    let mut found = 0;
    for spelled in ["log", "grants", "document/rulebook/hanoi-2022-so", "round/hanoi-2022", "sheet/hanoi-2022/282"] {
        for upto in [0, 50, 200, size, u64::MAX] {
            let streams = read_spelled(spelled).expect(spelled);
            let must = source.streams(&streams, upto).await.expect("reads");
            assert_eq!(mirror.streams(&streams, upto).await.expect("reads"), must, "{spelled} up to {upto}");
            found += must.len();
        }
    }
    assert!(found > 100, "{found}");
}

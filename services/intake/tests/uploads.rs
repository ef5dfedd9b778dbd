//! Files on their way in, in whatever pieces they come and wherever they break off: what is stored is what was sent, or nothing is.

use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use intake::evidence::{FileError, Files, MasterKey, TakenIn};
use platform::objects::Objects;
use proto::{Hash, UnitId};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::oneshot;

/// The plain bytes of a block, which is what goes from stage to stage.
const BLOCK_BYTES: usize = 1 << 20;
/// How long whatever an upload has begun may need to end once it was dropped, in seconds.
const ENDING_S: u64 = 30;

async fn files(folder: &Path) -> Files {
    let master = MasterKey::make(&folder.join("files.key")).expect("a key");
    let objects = Objects::in_folder(&folder.join("files")).expect("a folder");
    Files::open(objects, &folder.join("keys.db").into(), Box::new(master)).await.expect("opens")
}

async fn take_in(files: &Files, plain: impl AsyncRead + Unpin) -> Result<TakenIn, FileError> {
    files.take_in((&UnitId::parse("001").expect("a unit"), "a.pdf", ""), plain).await
}

fn pdf(bytes: usize) -> Vec<u8> {
    let body = (0..bytes).map(|n| (n % 251) as u8);
    b"%PDF-1.7\n".iter().copied().chain(body).chain(*b"\n%%EOF\n").take(bytes - 7).chain(*b"\n%%EOF\n").collect()
}

/// Every file that lies under the store's folder.
fn stored(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path());
    entries.map(|path| if path.is_dir() { stored(&path) } else { 1 }).sum()
}

/// Bytes in pieces of a size, and an error or silence behind them.
struct Coming<'a> {
    bytes: &'a [u8],
    piece: usize,
    ends: Ends,
}

enum Ends {
    Whole,
    BreaksOff,
    /// Nothing more ever comes; it is told once.
    Waits(Option<oneshot::Sender<()>>),
}

impl AsyncRead for Coming<'_> {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let (now, rest) = self.bytes.split_at(self.piece.min(self.bytes.len()).min(into.remaining()));
        into.put_slice(now);
        self.bytes = rest;
        match &mut self.ends {
            Ends::BreaksOff if now.is_empty() => Poll::Ready(Err(std::io::Error::other("the line is cut"))),
            Ends::Waits(tell) if now.is_empty() => {
                tell.take().map(|tell| tell.send(()));
                Poll::Pending
            }
            _ => Poll::Ready(Ok(())),
        }
    }
}

#[tokio::test]
async fn a_file_comes_out_as_it_went_in_whatever_its_size_and_the_pieces_that_it_came_in() {
    let scratch = tempfile::tempdir().expect("a folder");
    let files = files(scratch.path()).await;
    let around = |size: usize| [size - 1, size, size + 1];
    let sizes = [vec![100, 65_535, 65_536, 65_537], around(BLOCK_BYTES).into(), around(3 * BLOCK_BYTES).into()];
    for (n, size) in sizes.into_iter().flatten().chain([7 * BLOCK_BYTES + 12_345]).enumerate() {
        let plain = pdf(size);
        let piece = [5_000, 65_536, BLOCK_BYTES, 9 * BLOCK_BYTES][n % 4];
        let taken = take_in(&files, Coming { bytes: &plain, piece, ends: Ends::Whole }).await.expect("is taken in");
        assert_eq!(taken.receipt.opening.digest, Hash::digest(&plain), "{size} in pieces of {piece}");
        let mut out = Vec::new();
        files.hand_out(taken.receipt.evidence.address, &mut out).await.expect("is handed out");
        assert!(out == plain, "{size} in pieces of {piece}");
        assert_eq!(files.standing(&taken.receipt.evidence).await.expect("is read"), intake::evidence::Standing::Sound);
    }
}

#[tokio::test]
async fn a_file_that_breaks_off_is_an_error_wherever_it_does_and_nothing_of_it_is_kept() {
    let scratch = tempfile::tempdir().expect("a folder");
    let files = files(scratch.path()).await;
    let plain = pdf(8 * BLOCK_BYTES);
    for bytes in [0, 1, 65_536, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 8 * BLOCK_BYTES - 1, 8 * BLOCK_BYTES] {
        let coming = Coming { bytes: &plain[..bytes], piece: 100_000, ends: Ends::BreaksOff };
        let error = take_in(&files, coming).await.expect_err("it broke off");
        assert_eq!(error.to_string(), "reading: the line is cut", "{bytes}");
        assert_eq!(stored(&scratch.path().join("files")), 0, "{bytes}");
    }
    take_in(&files, &plain[..]).await.expect("the next one is taken in");
}

/// On a runtime of its own, so that it is seen to end.
#[test]
fn an_upload_that_is_dropped_leaves_no_task_and_no_file_behind() {
    let scratch = tempfile::tempdir().expect("a folder");
    let plain = pdf(16 * BLOCK_BYTES);
    for bytes in [1, BLOCK_BYTES, 5 * BLOCK_BYTES, 6 * BLOCK_BYTES + 7, 16 * BLOCK_BYTES] {
        let folder = scratch.path().join(bytes.to_string());
        std::fs::create_dir(&folder).expect("a folder");
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let files = files(&folder).await;
            let before = tokio::runtime::Handle::current().metrics().num_alive_tasks();
            let (tell, told) = oneshot::channel();
            let coming = Coming { bytes: &plain[..bytes], piece: 70_000, ends: Ends::Waits(Some(tell)) };
            tokio::select! {
                _ = take_in(&files, coming) => panic!("it waits for ever"),
                _ = told => {}
            }
            while tokio::runtime::Handle::current().metrics().num_alive_tasks() > before {
                tokio::task::yield_now().await;
            }
            files.close().await.expect("closes");
            // The store takes away what has come on a thread that nobody waits for, and a runtime that ends would not begin it.
            let start = Instant::now();
            while stored(&folder.join("files")) > 0 && start.elapsed() < Duration::from_secs(ENDING_S) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        let start = Instant::now();
        // It waits for whatever a thread is at.
        runtime.shutdown_timeout(Duration::from_secs(ENDING_S));
        assert!(start.elapsed() < Duration::from_secs(ENDING_S), "{bytes}: a thread goes on");
        assert_eq!(stored(&folder.join("files")), 0, "{bytes}");
    }
}

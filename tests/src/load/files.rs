//! What it costs to take a file of evidence in, beside what has to be done to its bytes in any case: hashing, encrypting, and
//! writing to a disk that is flushed, each alone. Everything is measured in turn, in the same folder, over the same bytes.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use aead_stream::EncryptorBE32;
use anyhow::{Context, Result};
use chacha20poly1305::{Key, XChaCha20Poly1305};
use intake::evidence::{Files, MasterKey};
use platform::objects::Objects;
use proto::UnitId;
use proto::hash::Digesting;
use tokio::io::AsyncReadExt;

use super::{bar, median};

/// The file's size in MiB, and with the full volumes: a little less than the most that is taken.
const SMALL_MIB: u64 = 128;
const LARGE_MIB: u64 = 1_000;
const REPEATS: usize = 5;
/// What is hashed, encrypted and written at once: as much as a chunk of a file at rest has.
const PIECE_BYTES: usize = 65_536;
/// What must be reached of the slowest of the three alone.
const BAR: f64 = 0.4;

/// Measures and prints.
///
/// # Errors
/// When the folder cannot be written.
pub async fn measure(folder: &Path, full: bool) -> Result<()> {
    let mib = if full { LARGE_MIB } else { SMALL_MIB };
    let files = Store::open(&folder.join("files")).await?;
    let [mut hashing, mut encrypting, mut writing, mut taking] = [const { Vec::new() }; 4];
    for _ in 0..REPEATS {
        hashing.push(hashed(mib));
        encrypting.push(encrypted(mib)?);
        writing.push(written(&folder.join("alone"), mib)?);
        taking.push(files.taken_in(mib).await?);
    }
    let [hash, encrypt, write, take] = [hashing, encrypting, writing, taking].map(median);
    println!("\na file of {mib} MiB taken in, and its bytes alone, {REPEATS} times in turn, MiB/s");
    println!("  hashing: {hash:.0}; encrypting: {encrypt:.0}; writing, flushed: {write:.0}; taken in: {take:.0}");
    bar("taking a file in / the slowest of the three alone", take / hash.min(encrypt).min(write), BAR, false);
    Ok(())
}

/// MiB per second.
fn speed(mib: u64, start: Instant) -> f64 {
    mib as f64 / start.elapsed().as_secs_f64()
}

/// How many pieces a file has.
fn pieces(mib: u64) -> u64 {
    (mib << 20) / PIECE_BYTES as u64
}

fn hashed(mib: u64) -> f64 {
    let (start, piece, mut digest) = (Instant::now(), [b'x'; PIECE_BYTES], Digesting::default());
    for _ in 0..pieces(mib) {
        digest.take(&piece);
    }
    assert!(digest.bytes() == mib << 20 && digest.digest().0 != [0; 32], "it was hashed");
    speed(mib, start)
}

fn encrypted(mib: u64) -> Result<f64> {
    let start = Instant::now();
    let mut stream = EncryptorBE32::<XChaCha20Poly1305>::new(&Key::from([7; 32]), &[9; 19].into());
    let (piece, mut bytes) = ([b'x'; PIECE_BYTES], 0);
    for _ in 0..pieces(mib) {
        bytes += stream.encrypt_next(&piece[..]).ok().context("few chunks")?.len();
    }
    anyhow::ensure!(bytes as u64 > mib << 20, "it was encrypted");
    Ok(speed(mib, start))
}

fn written(path: &Path, mib: u64) -> Result<f64> {
    let (start, piece) = (Instant::now(), [b'x'; PIECE_BYTES]);
    let mut file = File::create(path)?;
    for _ in 0..pieces(mib) {
        file.write_all(&piece)?;
    }
    file.sync_all()?;
    let speed = speed(mib, start);
    std::fs::remove_file(path)?;
    Ok(speed)
}

/// A folder of files with its keys.
struct Store {
    files: Files,
    objects: Objects,
    unit: UnitId,
}

impl Store {
    async fn open(folder: &Path) -> Result<Self> {
        let objects = Objects::in_folder(folder)?;
        let master = MasterKey::make(&folder.with_extension("key"))?;
        let files = Files::open(objects.clone(), &folder.with_extension("db").into(), Box::new(master)).await?;
        Ok(Self { files, objects, unit: UnitId::parse("001")? })
    }

    /// What it ran at; the file is gone again, so that the disk does not fill.
    async fn taken_in(&self, mib: u64) -> Result<f64> {
        let (head, tail) = (&b"%PDF-1.7\n"[..], &b"\n%%EOF\n"[..]);
        let body = tokio::io::repeat(b'x').take((mib << 20) - (head.len() + tail.len()) as u64);
        let start = Instant::now();
        let taken = self.files.take_in((&self.unit, "load.pdf", ""), head.chain(body).chain(tail)).await?;
        let speed = speed(mib, start);
        anyhow::ensure!(taken.receipt.evidence.size > mib << 20, "it was taken in");
        for kept in self.objects.all().await? {
            self.files.remove(&kept).await?;
        }
        Ok(speed)
    }
}

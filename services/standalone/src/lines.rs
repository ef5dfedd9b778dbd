//! Lines of a file or of standard input, in bounded memory. A file that breaks off in the middle of a line is told apart
//! from one whose last line is whole but has no line feed.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::Context;

/// The most bytes of one line.
pub const LINE_BYTES_MAX: usize = 1_000_000;

/// A line as it was read.
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// Its bytes, without the line feed.
    pub bytes: Vec<u8>,
    /// Whether it ended in a line feed.
    pub ended: bool,
}

impl Line {
    /// The bytes that it took in its file.
    pub fn length(&self) -> u64 {
        self.bytes.len() as u64 + 1
    }
}

/// Lines one by one.
pub struct Lines {
    from: Box<dyn BufRead + Send>,
    number: u64,
    /// The length of the whole in bytes, where it is known.
    pub length: Option<u64>,
}

impl Lines {
    /// The lines of a file; - stands for standard input.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            return Ok(Self { from: Box::new(BufReader::new(std::io::stdin())), number: 0, length: None });
        }
        let file = std::fs::File::open(path).with_context(|| format!("file_missing: {}", path.display()))?;
        let length = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|m| m.len());
        Ok(Self { from: Box::new(BufReader::new(file)), number: 0, length })
    }

    /// The lines of bytes at hand.
    pub fn of(bytes: &'static [u8]) -> Self {
        Self { from: Box::new(bytes), number: 0, length: Some(bytes.len() as u64) }
    }

    /// The next line that is not empty.
    pub fn next(&mut self) -> anyhow::Result<Option<Line>> {
        loop {
            self.number += 1;
            let mut bytes = Vec::new();
            let limit = LINE_BYTES_MAX as u64 + 1;
            let read = self.from.by_ref().take(limit).read_until(b'\n', &mut bytes).context("reading")?;
            if read == 0 {
                return Ok(None);
            }
            let ended = bytes.last() == Some(&b'\n');
            if !ended && bytes.len() > LINE_BYTES_MAX {
                anyhow::bail!("line_too_long: line {} has more than {LINE_BYTES_MAX} bytes", self.number);
            }
            while matches!(bytes.last(), Some(b'\n' | b'\r')) {
                bytes.pop();
            }
            if !bytes.is_empty() {
                return Ok(Some(Line { number: self.number, bytes, ended }));
            }
        }
    }
}

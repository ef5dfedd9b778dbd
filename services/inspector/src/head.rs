//! A head kept outside: the three lines of a checkpoint's body (C2SP tlog-checkpoint): origin, size, root.
//! It is copied from the stored head when it is exported, never recomputed (RULINGS 36).

use std::fmt;

use proto::{Hash, Origin};

/// Origin, size and root of a log at some moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadFile {
    /// The log's origin.
    pub origin: Origin,
    /// Its size in events.
    pub size: u64,
    /// The tree's root over them.
    pub root: Hash,
}

/// A file that holds no head.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("bad_head: the head is not origin, size and root on three lines: {0}")]
pub struct BadHead(&'static str);

impl HeadFile {
    /// Parses the three lines; lines that follow (signatures) are not read.
    ///
    /// # Errors
    /// [`BadHead`] saying which line is wrong.
    pub fn parse(text: &str) -> Result<Self, BadHead> {
        let mut lines = text.split('\n');
        let origin = lines.next().and_then(|l| Origin::parse(l).ok()).ok_or(BadHead("the origin"))?;
        let size_line = lines.next().unwrap_or("");
        let size: u64 = size_line.parse().map_err(|_| BadHead("the size"))?;
        if size.to_string() != size_line {
            return Err(BadHead("the size"));
        }
        let root = lines.next().and_then(Hash::from_base64).ok_or(BadHead("the root"))?;
        match lines.next() {
            Some(_) => Ok(Self { origin, size, root }),
            None => Err(BadHead("the last line has no end")),
        }
    }
}

impl fmt::Display for HeadFile {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root.base64())
    }
}

#[cfg(test)]
mod tests {
    use super::HeadFile;
    use proto::{Hash, Origin};

    #[test]
    fn a_head_reads_back_the_same_and_other_lines_are_refused() {
        let head = HeadFile { origin: Origin::parse("a/b").expect("origin"), size: 7, root: Hash([9; 32]) };
        let text = head.to_string();
        assert_eq!(HeadFile::parse(&text), Ok(head));
        for bad in [
            text.replace('7', "07"),
            text.replace('7', "+7"),
            text.replace("CQk", "CQ"),
            text.trim_end().to_owned(),
            String::new(),
            text.replace("a/b", "A b"),
        ] {
            assert!(HeadFile::parse(&bad).is_err(), "{bad:?}");
        }
    }
}

//! Files that others have made, read up to a limit: their length is believed by nobody, and what is no file is not read.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The bytes of a file that has at most so many.
///
/// # Errors
/// What the system says; [`io::ErrorKind::InvalidData`] for what is no file, or has more.
pub fn read_bounded(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    let refused = |what: String| Err(io::Error::new(io::ErrorKind::InvalidData, what));
    // A pipe would wait for whoever opens it to write.
    if !path.metadata()?.is_file() {
        return refused("it is no file".to_owned());
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most { refused(format!("it has more than {most} bytes")) } else { Ok(bytes) }
}

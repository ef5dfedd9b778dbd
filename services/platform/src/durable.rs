//! Files that stand whole or not at all, and folders that one process holds.
//! Nothing is ever changed in place: a power loss leaves the old bytes or the new ones.

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readable {
    /// Whoever may come into its folder.
    ByAll,
    /// Its owner alone.
    ByOwner,
}

impl Readable {
    fn mode(self) -> u32 {
        match self {
            Self::ByAll => 0o644,
            Self::ByOwner => 0o600,
        }
    }
}

/// Writes a file, in place of the one that is there; once this returns it outlasts a power loss.
///
/// # Errors
/// What the system says. The old file stands then, or the new one, whole.
pub fn write(path: &Path, bytes: &[u8], readable: Readable) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let mut file = File::options().create(true).write(true).truncate(true).mode(readable.mode()).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Writes a file that must not be there yet.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`], or what the system says.
pub fn create(path: &Path, bytes: &[u8], readable: Readable) -> io::Result<()> {
    let mut file = File::options().create_new(true).write(true).mode(readable.mode()).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Makes the names in a folder durable.
///
/// # Errors
/// What the system says.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(path)?.sync_all()
}

/// Holds a folder as long as what is given lives; none where another process holds it.
///
/// # Errors
/// What the system says.
pub fn hold(folder: &Path) -> io::Result<Option<File>> {
    let file = File::options().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::{Readable, create, hold, write};

    #[test]
    fn a_file_is_replaced_whole_and_a_new_one_replaces_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.b");
        create(&path, b"one", Readable::ByOwner).expect("writes");
        assert!(create(&path, b"two", Readable::ByOwner).is_err());
        write(&path, b"three", Readable::ByAll).expect("writes");
        assert_eq!(std::fs::read(&path).expect("reads"), b"three");
        assert_eq!(std::fs::read_dir(folder.path()).expect("lists").count(), 1);
    }

    #[test]
    fn a_folder_is_held_by_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let held = hold(folder.path()).expect("holds");
        assert!(held.is_some());
        assert!(hold(folder.path()).expect("asks").is_none());
        drop(held);
        assert!(hold(folder.path()).expect("holds").is_some());
    }
}

//! Key files: a secret key on one line, for its owner's eyes alone. It never stands in a database or in a backup of one.
//! A key file that others may read is not used.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use proto::note::{BadKey, KeyKind, KeyName, NoteSigner};

use crate::durable::{self, Readable};

/// The most bytes of a key file.
const KEY_FILE_BYTES_MAX: u64 = 1_024;

/// Why a key file is not used, or not made.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It is there already.
    #[error("key_file_taken: {0} is there already; a key is never written over")]
    Taken(PathBuf),
    /// Others may read it.
    #[error("key_file_open: {path} has the mode {mode:o}; only its owner may read it: chmod 600")]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It cannot be read or written.
    #[error("key_file_unusable: {path}: {source}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no key in it.
    #[error("key_file_bad: {path}: {source}")]
    Bad {
        /// The file.
        path: PathBuf,
        /// What is wrong with it. It never shows the key.
        source: BadKey,
    },
}

/// Makes a key from the operating system's randomness and writes it to a new file.
///
/// # Errors
/// [`KeyFileError`].
pub fn generate(path: &Path, name: KeyName, kind: KeyKind) -> Result<NoteSigner, KeyFileError> {
    let unusable = |source| KeyFileError::Unusable { path: path.to_owned(), source };
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|e| unusable(io::Error::other(e)))?;
    let signer =
        NoteSigner::new(name, kind, &seed).map_err(|source| KeyFileError::Bad { path: path.to_owned(), source })?;
    let line = format!("{}\n", signer.secret());
    match durable::create(path, line.as_bytes(), Readable::ByOwner) {
        Ok(()) => Ok(signer),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Err(KeyFileError::Taken(path.to_owned())),
        Err(e) => Err(unusable(e)),
    }
}

/// Reads a key.
///
/// # Errors
/// [`KeyFileError`].
pub fn read(path: &Path) -> Result<NoteSigner, KeyFileError> {
    let unusable = |source| KeyFileError::Unusable { path: path.to_owned(), source };
    let about = std::fs::metadata(path).map_err(unusable)?;
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Open { path: path.to_owned(), mode });
    }
    let bad = |source| KeyFileError::Bad { path: path.to_owned(), source };
    if about.len() > KEY_FILE_BYTES_MAX {
        return Err(bad(BadKey::Form));
    }
    let text = std::fs::read_to_string(path).map_err(unusable)?;
    NoteSigner::parse(text.trim_end_matches('\n')).map_err(bad)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use proto::note::{KeyKind, KeyName};

    use super::{KeyFileError, generate, read};

    #[test]
    fn a_key_is_read_back_and_one_that_others_may_read_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let name = || KeyName::parse("a.example/1").expect("a name");
        let made = generate(&path, name(), KeyKind::Log).expect("makes a key");
        assert_eq!(read(&path).expect("reads").key(), made.key());
        assert!(matches!(generate(&path, name(), KeyKind::Log), Err(KeyFileError::Taken(_))));
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).expect("sets");
        assert!(matches!(read(&path), Err(KeyFileError::Open { mode: 0o640, .. })));
        std::fs::write(&path, "PRIVATE+KEY+x").expect("writes");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).expect("sets");
        assert!(matches!(read(&path), Err(KeyFileError::Bad { .. })));
    }
}

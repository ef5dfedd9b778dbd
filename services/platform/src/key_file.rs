//! Key files: a secret key on one line, for its owner's eyes alone. It never stands in a database or in a backup of one.
//! A key file that others may read is not used. A mark behind the key says for what it is in use, and goes where the key goes.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use proto::note::{BadKey, KeyKind, KeyName, NoteSigner};

use crate::durable::{self, Readable};

/// The most bytes of a key file.
const KEY_FILE_BYTES_MAX: u64 = 1_024;

/// How the line begins that marks a key.
const MARK: &str = "# ";

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
    create(path, &format!("{}\n", signer.secret()))?;
    Ok(signer)
}

/// Writes a secret to a new file.
///
/// # Errors
/// [`KeyFileError`].
pub fn create(path: &Path, text: &str) -> Result<(), KeyFileError> {
    durable::create(path, text.as_bytes(), Readable::ByOwner).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => KeyFileError::Taken(path.to_owned()),
        _ => KeyFileError::Unusable { path: path.to_owned(), source },
    })
}

/// The text of a secret's file, which nobody but its owner may read.
///
/// # Errors
/// [`KeyFileError`].
pub fn text(path: &Path) -> Result<String, KeyFileError> {
    let unusable = |source| KeyFileError::Unusable { path: path.to_owned(), source };
    let about = std::fs::metadata(path).map_err(unusable)?;
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Open { path: path.to_owned(), mode });
    }
    if about.len() > KEY_FILE_BYTES_MAX {
        return Err(KeyFileError::Bad { path: path.to_owned(), source: BadKey::Form });
    }
    std::fs::read_to_string(path).map_err(unusable)
}

/// Reads a key.
///
/// # Errors
/// [`KeyFileError`].
pub fn read(path: &Path) -> Result<NoteSigner, KeyFileError> {
    both(path).map(|(key, _)| key)
}

/// The mark behind a key, where it has one.
///
/// # Errors
/// [`KeyFileError`].
pub fn mark(path: &Path) -> Result<Option<String>, KeyFileError> {
    both(path).map(|(_, mark)| mark)
}

/// Marks a key, in place of the mark that it has.
///
/// # Errors
/// [`KeyFileError`]. The file is as it was then.
pub fn put_mark(path: &Path, mark: &str) -> Result<(), KeyFileError> {
    let (key, _) = both(path)?;
    let text = format!("{}\n{MARK}{mark}\n", key.secret());
    durable::write(path, text.as_bytes(), Readable::ByOwner)
        .map_err(|source| KeyFileError::Unusable { path: path.to_owned(), source })
}

fn both(path: &Path) -> Result<(NoteSigner, Option<String>), KeyFileError> {
    let bad = |source| KeyFileError::Bad { path: path.to_owned(), source };
    let text = text(path)?;
    let (key, rest) = text.trim_end_matches('\n').split_once('\n').unzip();
    let mark = rest.map(|rest: &str| rest.strip_prefix(MARK).filter(|mark| !mark.contains('\n')));
    let mark = mark.map(|mark| mark.ok_or(BadKey::Form)).transpose().map_err(bad)?;
    let key = NoteSigner::parse(key.unwrap_or(text.trim_end_matches('\n'))).map_err(bad)?;
    Ok((key, mark.map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use proto::note::{KeyKind, KeyName};

    use super::{KeyFileError, generate, mark, put_mark, read};

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
    #[test]
    fn a_mark_stays_behind_the_key_and_is_replaced_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let made = generate(&path, KeyName::parse("w.example").expect("a name"), KeyKind::Witness).expect("makes");
        assert_eq!(mark(&path).expect("reads"), None);
        for text in ["store 1", "store 2"] {
            put_mark(&path, text).expect("writes");
            assert_eq!(mark(&path).expect("reads").as_deref(), Some(text));
            assert_eq!(read(&path).expect("reads").key(), made.key());
        }
        let whole = std::fs::read_to_string(&path).expect("reads");
        for bad in [whole.replace("# ", ""), format!("{whole}# more\n"), format!("\n{whole}")] {
            std::fs::write(&path, bad).expect("writes");
            assert!(matches!(read(&path), Err(KeyFileError::Bad { .. })));
        }
    }
}

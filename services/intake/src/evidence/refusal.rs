//! What is answered over HTTP where a file is not taken, or not handed out: the same codes as on the command line, in both
//! languages.

use proto::Rejection;

use super::{FILE_BYTES_MAX, FileError, NAME_BYTES_MAX, UNIT_BYTES_MAX};

impl From<FileError> for Rejection {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Kind(not_taken) => Self::FileRefused { detail: not_taken.told() },
            FileError::Ending { ending, kind } => Self::FileNameDiffers { ending, kind: kind.to_owned() },
            FileError::Name => Self::FileNameBad { maximum: NAME_BYTES_MAX },
            FileError::TooLarge => Self::FileTooLarge { maximum: FILE_BYTES_MAX },
            FileError::UnitFull(unit) => Self::UnitFull { unit, maximum: UNIT_BYTES_MAX },
            FileError::Missing(address) => Self::FileMissing { address },
            FileError::NoKey(address) => Self::FileKeyMissing { address },
            FileError::Altered(address) => Self::FileAltered { address },
            FileError::Io(_)
            | FileError::Objects(_)
            | FileError::Keys(_)
            | FileError::Master(_)
            | FileError::Sealed(_)
            | FileError::Random(_) => Self::FilesUnusable { detail: error.to_string() },
        }
    }
}

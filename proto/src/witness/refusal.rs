//! Why a witness does not cosign: the status that the specification has for it, a stable code, a sentence in both languages.
//! It never says what the witness would have to be told to change its mind.

use super::BadRequest;
use crate::document::Lang;
use crate::note::BadNote;
use crate::tree::BadProof;

/// Why a witness does not cosign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is no request.
    Malformed(BadRequest),
    /// The log is none of those that the witness watches.
    Unknown,
    /// None of the log's keys signed it, or a signature of one does not verify.
    Untrusted(BadNote),
    /// The old size is beyond the checkpoint's.
    OldAhead {
        /// The old size.
        old: u64,
        /// The checkpoint's.
        size: u64,
    },
    /// The old size is not the one up to which the witness has cosigned.
    Size {
        /// That size.
        size: u64,
    },
    /// The checkpoint has the size of the one that was cosigned last, and another root.
    Root {
        /// The size.
        size: u64,
    },
    /// The proof does not hold.
    Proof(BadProof),
    /// A checkpoint over no entries has not the root of none.
    EmptyRoot,
}

impl From<BadRequest> for Refusal {
    fn from(bad: BadRequest) -> Self {
        Self::Malformed(bad)
    }
}

impl Refusal {
    /// The status that answers it.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::OldAhead { .. } => 400,
            Self::Untrusted(_) => 403,
            Self::Unknown => 404,
            Self::Size { .. } | Self::Root { .. } => 409,
            Self::Proof(_) | Self::EmptyRoot => 422,
        }
    }

    /// Its stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "checkpoint_malformed",
            Self::Unknown => "log_unknown",
            Self::Untrusted(_) => "checkpoint_untrusted",
            Self::OldAhead { .. } => "old_size_ahead",
            Self::Size { .. } => "old_size_differs",
            Self::Root { .. } => "root_differs",
            Self::Proof(_) | Self::EmptyRoot => "proof_wrong",
        }
    }

    /// What it says to people. Details that a reader or a proof gives stand in English, marked as such.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let vi = lang == Lang::Vi;
        match self {
            Self::Malformed(bad) if vi => format!("Yêu cầu không đúng cấu trúc (chi tiết kỹ thuật: {bad})."),
            Self::Malformed(bad) => format!("The request is none: {bad}."),
            Self::Unknown if vi => "Nhân chứng này không theo dõi nhật ký đó.".to_owned(),
            Self::Unknown => "This witness does not watch that log.".to_owned(),
            Self::Untrusted(bad) if vi => {
                format!("Điểm kiểm chứng không có chữ ký hợp lệ của nhật ký (chi tiết kỹ thuật: {bad}).")
            }
            Self::Untrusted(bad) => format!("No key of the log vouches for the checkpoint: {bad}."),
            Self::OldAhead { old, size } if vi => {
                format!("Kích thước cũ {old} lớn hơn kích thước {size} của điểm kiểm chứng.")
            }
            Self::OldAhead { old, size } => {
                format!("The old size {old} is beyond the size {size} of the checkpoint.")
            }
            Self::Size { size } if vi => {
                format!("Nhân chứng đã xác nhận đến kích thước {size}: hãy chứng minh từ đó.")
            }
            Self::Size { size } => format!("The witness has cosigned up to the size {size}: prove from there."),
            Self::Root { size } if vi => {
                format!("Nhân chứng đã xác nhận một gốc khác ở kích thước {size}; cả hai được giữ lại.")
            }
            Self::Root { size } => {
                format!("The witness has cosigned another root at the size {size}; both are kept.")
            }
            Self::Proof(bad) if vi => {
                format!("Chứng minh tính nhất quán không đúng (chi tiết kỹ thuật: {bad}).")
            }
            Self::Proof(bad) => format!("The proof of consistency does not hold: {bad}."),
            Self::EmptyRoot if vi => "Gốc này không phải của một nhật ký chưa có mục nào.".to_owned(),
            Self::EmptyRoot => "The root is not that of a log without entries.".to_owned(),
        }
    }
}

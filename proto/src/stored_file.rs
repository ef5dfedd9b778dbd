//! What is kept apart from the log of a file that an event refers to: what opens the event's commitments, and the file's key
//! (proto/README.md, section 27).

use crate::act::sheet::Evidence;
use crate::act::wire;
use crate::commitment::commit;
use crate::hash::Hash;

wire! {
    /// What opens the commitments of a reference to evidence.
    pub struct FileOpening {
        /// SHA-256 of the plain bytes.
        pub digest: Hash,
        /// The salt under which the digest is committed to.
        pub digest_salt: Hash,
        /// The file's name.
        pub name: String,
        /// The salt under which the name is committed to.
        pub name_salt: Hash,
    }

    /// What whoever brought a file keeps: by it he shows which file an event refers to, and that it had this name.
    pub struct FileReceipt {
        /// The reference, as it stands in the event.
        pub evidence: Evidence,
        /// What opens its commitments.
        pub opening: FileOpening,
    }

    /// What is answered to whoever has brought a file.
    pub struct FileTaken {
        /// The receipt.
        pub receipt: FileReceipt,
        /// Where the same bytes stand already, if the unit has brought them before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub again: Option<Hash>,
    }

    /// What is kept of a file under the master key, and destroyed with an erasure.
    pub struct FileSecrets {
        /// The key of what is stored.
        pub key: Hash,
        /// What opens the commitments.
        pub opening: FileOpening,
    }
}

impl FileOpening {
    /// Whether it opens the commitments of a reference.
    #[must_use]
    pub fn opens(&self, evidence: &Evidence) -> bool {
        commit(&self.digest_salt.0, &self.digest.0) == evidence.digest_commitment
            && commit(&self.name_salt.0, self.name.as_bytes()) == evidence.name_commitment
    }
}

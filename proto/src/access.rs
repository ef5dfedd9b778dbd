//! The access log of files: who was handed which file out, when and through what, one entry linked to the one before.
//! It is no part of the round's log, and no event is made of it (proto/README.md, section 29).

use crate::act::{wire, words};
use crate::canon::{WriteError, to_vec};
use crate::envelope::ViaKind;
use crate::hash::Hash;
use crate::ids::{ActorId, CredentialId};
use crate::instant::Instant;

words! {
    /// What was done.
    pub enum AccessKind {
        /// A file was handed out. The entry is durable before its first byte leaves.
        HandOut,
        /// Somebody who has no right to a file asked for it.
        Refuse,
    }
}

wire! {
    /// An entry of the access log.
    pub struct AccessEntry {
        /// Who asked.
        pub actor: ActorId,
        /// The file.
        pub address: Hash,
        /// When.
        pub at: Instant,
        /// The credential, where one was used.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub credential: Option<CredentialId>,
        /// What was done.
        pub kind: AccessKind,
        /// 1, 2, 3 ... without gaps.
        pub number: u64,
        /// The hash of the entry before; none at the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub prev: Option<Hash>,
        /// Through what he spoke.
        pub via: ViaKind,
    }
}

/// Where the access log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccessHead {
    /// How many entries.
    pub number: u64,
    /// The hash of the last one; none where there is none.
    pub hash: Option<Hash>,
}

/// An access log that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAccess {
    /// An entry cannot be read.
    #[error("access_damaged: the entry {number} cannot be read: {detail}")]
    Unreadable {
        /// Which one it should be.
        number: u64,
        /// Why.
        detail: String,
    },
    /// An entry is not the next one, or not linked to the one before.
    #[error("access_damaged: the entry {number} does not follow the one before")]
    Unlinked {
        /// Which one it should be.
        number: u64,
    },
}

impl AccessEntry {
    /// Its bytes: canonical JSON.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn encode(&self) -> Result<Vec<u8>, WriteError> {
        to_vec(self)
    }
}

impl AccessHead {
    /// Goes one entry further.
    ///
    /// # Errors
    /// [`BadAccess`].
    pub fn step(&mut self, body: &[u8]) -> Result<AccessEntry, BadAccess> {
        let number = self.number + 1;
        let unreadable = |detail: String| BadAccess::Unreadable { number, detail };
        let entry: AccessEntry = serde_json::from_slice(body).map_err(|e| unreadable(e.to_string()))?;
        if entry.encode().map_err(|e| unreadable(e.to_string()))? != body {
            return Err(unreadable("it is not in canonical form".to_owned()));
        }
        if entry.number != number || entry.prev != self.hash {
            return Err(BadAccess::Unlinked { number });
        }
        *self = Self { number, hash: Some(Hash::entry(body)) };
        Ok(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::{AccessEntry, AccessHead, AccessKind, BadAccess};
    use crate::envelope::ViaKind;
    use crate::hash::Hash;
    use crate::instant::Instant;

    fn entry(number: u64, prev: Option<Hash>) -> Vec<u8> {
        let entry = AccessEntry {
            actor: "inspector-1".parse().expect("an actor"),
            address: Hash([7; 32]),
            at: Instant::from_micros(0).expect("1970"),
            credential: None,
            kind: AccessKind::HandOut,
            number,
            prev,
            via: ViaKind::Cli,
        };
        entry.encode().expect("it has a canonical form")
    }

    #[test]
    fn entries_are_numbered_linked_and_canonical() {
        let mut head = AccessHead::default();
        let first = entry(1, None);
        assert!(head.step(&first).is_ok());
        let second = entry(2, Some(Hash::entry(&first)));
        let mut spaced = second.clone();
        spaced.insert(1, b' ');
        for (bad, unlinked) in [
            (entry(3, Some(Hash::entry(&first))), true),
            (entry(2, None), true),
            (entry(2, Some(Hash([0; 32]))), true),
            (spaced, false),
            (b"{}".to_vec(), false),
        ] {
            let mut head = head;
            let found = head.step(&bad).expect_err("it is not the next one");
            assert_eq!(matches!(found, BadAccess::Unlinked { number: 2 }), unlinked, "{found}");
        }
        assert!(head.step(&second).is_ok());
        assert_eq!(head.number, 2);
    }
}

//! Whom to believe (C2SP tlog-policy): the keys of logs and witnesses, and how many of the witnesses must have cosigned.
//! One key counts once, under however many names it comes.

mod parse;

use std::collections::BTreeSet;

use crate::checkpoint::{BadCheckpoint, Checkpoint};
use crate::note::{Key, KeyKind, Note};

pub use parse::BadPolicy;

/// The most bytes of a policy.
pub const POLICY_BYTES_MAX: usize = 262_144;
/// The most logs, witnesses and groups of a policy, each.
pub const POLICY_LINES_MAX: usize = 64;

/// A key and where its holder is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The name within the policy; a log has none.
    pub name: String,
    /// The key.
    pub key: Key,
    /// The address, where one is given.
    pub url: Option<String>,
}

/// A rule of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    /// Nobody needs to have cosigned.
    Nobody,
    /// The witness at this place.
    Witness(usize),
    /// At least so many of these.
    Group(usize, Vec<Rule>),
}

impl Rule {
    fn is_met(&self, by: &BTreeSet<usize>) -> bool {
        match self {
            Self::Nobody => true,
            Self::Witness(place) => by.contains(place),
            Self::Group(least, members) => members.iter().filter(|m| m.is_met(by)).count() >= *least,
        }
    }

    /// The fewest witnesses that meet it.
    fn least(&self) -> usize {
        match self {
            Self::Nobody => 0,
            Self::Witness(_) => 1,
            Self::Group(least, members) => {
                let mut each: Vec<usize> = members.iter().map(Self::least).collect();
                each.sort_unstable();
                each.iter().take(*least).sum()
            }
        }
    }
}

/// Whom to believe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Known>,
    witnesses: Vec<Known>,
    quorum: Rule,
    /// The keys of both, logs first.
    keys: Vec<Key>,
}

/// What a policy says of a signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Believed {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// The log's keys that signed it.
    pub signed_by: Vec<Key>,
    /// The witnesses that cosigned it, and when each says that it did, in seconds since 1970.
    pub cosigned_by: Vec<(String, u64)>,
    /// Whether those are enough.
    pub quorum_met: bool,
    /// When enough of them had cosigned, and since when enough of them did; none where they are not enough, or nobody cosigned.
    enough: Option<(u64, u64)>,
}

impl Believed {
    /// By when the log stood so, as enough witnesses say: the first moment at which enough of them had cosigned, in seconds
    /// since 1970. What the checkpoint covers was made before.
    #[must_use]
    pub fn no_later_than(&self) -> Option<u64> {
        self.enough.map(|(by, _)| by)
    }

    /// Since when these cosignatures can have been known, as enough witnesses say: the last moment since which enough of them
    /// cosigned, in seconds since 1970. What holds their bytes was made after.
    #[must_use]
    pub fn not_before(&self) -> Option<u64> {
        self.enough.map(|(_, since)| since)
    }
}

impl Policy {
    fn new(logs: Vec<Known>, witnesses: Vec<Known>, quorum: Rule) -> Self {
        let keys = logs.iter().chain(&witnesses).map(|known| known.key.clone()).collect();
        Self { logs, witnesses, quorum, keys }
    }

    /// A policy that believes logs by their keys alone and asks for no witness. A witness's key among them is left out: it
    /// signs no log.
    #[must_use]
    pub fn of_logs(keys: impl IntoIterator<Item = Key>) -> Self {
        let known = |key| Known { name: String::new(), key, url: None };
        let logs = keys.into_iter().filter(|key| key.kind() == KeyKind::Log).map(known).collect();
        Self::new(logs, Vec::new(), Rule::Nobody)
    }

    /// The logs.
    #[must_use]
    pub fn logs(&self) -> &[Known] {
        &self.logs
    }

    /// The witnesses.
    #[must_use]
    pub fn witnesses(&self) -> &[Known] {
        &self.witnesses
    }

    /// The fewest witnesses that are enough: 0 where none is needed.
    #[must_use]
    pub fn least_witnesses(&self) -> usize {
        self.quorum.least()
    }

    /// Reads a signed checkpoint: one of the logs must have signed it. Whether the witnesses are enough is told.
    ///
    /// # Errors
    /// [`BadCheckpoint`].
    pub fn open(&self, note: &Note) -> Result<Believed, BadCheckpoint> {
        let (checkpoint, signed) = Checkpoint::open(note, &self.keys)?;
        let (signed_by, cosigned_by, quorum_met) = (Vec::new(), Vec::new(), false);
        let mut believed = Believed { checkpoint, signed_by, cosigned_by, quorum_met, enough: None };
        let mut by = Vec::new();
        for signed in signed {
            match (signed.key.kind(), signed.time) {
                (KeyKind::Witness, Some(time)) => {
                    let place = self.witnesses.iter().position(|w| w.key == *signed.key);
                    let place = place.expect("the witnesses' keys are those of the policy");
                    by.push((time, place));
                    believed.cosigned_by.push((self.witnesses[place].name.clone(), time));
                }
                // A key of another log vouches for nothing here.
                _ if signed.key.name().as_str() != believed.checkpoint.origin => {}
                (KeyKind::Witness, None) | (KeyKind::Log, _) => {
                    believed.signed_by.push(signed.key.clone());
                }
            }
        }
        by.sort_unstable();
        believed.quorum_met = self.quorum.is_met(&by.iter().map(|(_, place)| *place).collect());
        believed.enough = self.when_enough(by.iter()).zip(self.when_enough(by.iter().rev()));
        Ok(believed)
    }

    /// The time of the cosignature with which there are enough, as they come. Where nobody is needed, one is.
    fn when_enough<'c>(&self, cosigned: impl Iterator<Item = &'c (u64, usize)>) -> Option<u64> {
        let mut by = BTreeSet::new();
        for (time, place) in cosigned {
            by.insert(*place);
            if self.quorum.is_met(&by) {
                return Some(*time);
            }
        }
        None
    }
}

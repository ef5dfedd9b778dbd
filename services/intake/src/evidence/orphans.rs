//! Files that nothing in the log refers to: which they are, and how they are taken away once they are old. It never says of a
//! file that it is an orphan before whoever asks has read the log to its end.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use platform::objects::Kept;
use proto::Hash;

use super::{FileError, Files};

/// How many days a file may stand before it is an orphan that may be removed: who takes a file in has so long to refer to it.
/// The store's clock says since when it stands, ours what the time is now.
pub const ORPHAN_DAYS: u64 = 30;

/// Files that nothing in the log refers to, by their names in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orphans {
    /// Such as came whole.
    pub whole: Vec<Kept>,
    /// Such as broke off, or are coming still.
    pub broken_off: Vec<Kept>,
}

impl Orphans {
    /// Those that may be removed.
    #[must_use]
    pub fn old(&self, now: SystemTime) -> Self {
        let old = |kept: &&Kept| {
            let stood = now.duration_since(kept.since);
            stood.is_ok_and(|stood| stood > Duration::from_secs(ORPHAN_DAYS * 86_400))
        };
        let all = |kept: &[Kept]| kept.iter().filter(old).cloned().collect();
        Self { whole: all(&self.whole), broken_off: all(&self.broken_off) }
    }
}

impl Files {
    /// Files that nothing in the log refers to.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn orphans(&self, referred: &HashSet<Hash>) -> Result<Orphans, FileError> {
        let orphan = |kept: &Kept| Hash::parse(&kept.name).map_or(true, |address| !referred.contains(&address));
        let sorted = |mut kept: Vec<Kept>| {
            kept.sort_by(|a, b| a.name.cmp(&b.name));
            kept
        };
        let mut whole = sorted(self.objects.all().await?);
        whole.retain(orphan);
        Ok(Orphans { whole, broken_off: sorted(self.objects.broken_off().await?) })
    }

    /// Takes a file away that nothing refers to. Its key goes first: killed in between, this leaves a file that nothing opens, an
    /// orphan still, and never a key whose bytes count for its unit. The key stands in the database's files until
    /// [`Files::leave_no_trace`].
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn remove(&self, orphan: &Kept) -> Result<(), FileError> {
        if let Ok(address) = Hash::parse(&orphan.name)
            && orphan.came_whole()
        {
            self.keys.forget_file(address).await?;
        }
        Ok(self.objects.remove(orphan).await?)
    }
}

//! The commands that a walk has gone over, to see whether one stands twice: each as a number that a random key makes of its id.
//! Where two numbers are alike, or there are too many to keep, the database is asked.

use std::hash::{BuildHasher, RandomState};

use crate::source::Source;

/// The most that are kept: 16 MiB of them.
const KEPT_MAX: usize = 1 << 21;

/// Commands that were gone over.
#[derive(Debug, Clone)]
pub(crate) struct Commands {
    key: RandomState,
    numbers: Vec<u64>,
    /// Whether there were others, of which nothing is kept.
    others: bool,
}

impl Commands {
    /// None yet, of a walk that begins behind a position.
    pub(crate) fn behind(position: u64) -> Self {
        Self { key: RandomState::new(), numbers: Vec::new(), others: position > 0 }
    }

    /// None yet, of another part of the same walk.
    pub(crate) fn elsewhere(&self) -> Self {
        Self { key: self.key.clone(), numbers: Vec::new(), others: false }
    }

    /// Takes the id of an event's command.
    pub(crate) fn take(&mut self, id: &[u8]) {
        if self.makes_room(1) {
            self.numbers.push(self.key.hash_one(id));
        }
    }

    /// Takes those of another part.
    pub(crate) fn join(&mut self, part: Self) {
        if self.makes_room(part.numbers.len()) && !part.others {
            self.numbers.extend(part.numbers);
        } else {
            *self = Self { others: true, ..self.elsewhere() };
        }
    }

    /// Whether so many more are kept; if not, none is.
    fn makes_room(&mut self, more: usize) -> bool {
        self.others |= self.numbers.len() + more > KEPT_MAX;
        if self.others {
            self.numbers = Vec::new();
        }
        !self.others
    }

    /// The command that stands at two positions, and the later one.
    ///
    /// # Errors
    /// What the engine says.
    pub(crate) async fn twice(mut self, source: &Source) -> Result<Option<(u64, String)>, sqlx::Error> {
        self.numbers.sort_unstable();
        let alike = self.numbers.windows(2).any(|pair| pair[0] == pair[1]);
        if alike || self.others { source.command_twice().await } else { Ok(None) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(ids: impl IntoIterator<Item = u64>, mut commands: Commands) -> Commands {
        ids.into_iter().for_each(|id| commands.take(&id.to_be_bytes()));
        commands
    }

    #[test]
    fn an_id_has_one_number_in_every_part_and_is_kept_while_there_are_not_too_many() {
        let whole = Commands::behind(0);
        let mut first = taken(0..4, whole.clone());
        first.join(taken(3..5, first.elsewhere()));
        assert_eq!(first.numbers.len(), 6);
        assert_eq!(first.numbers[3], first.numbers[4]);
        assert_ne!(first.numbers[4], first.numbers[5]);
        let most = KEPT_MAX as u64;
        let full = taken(0..most, whole.clone());
        assert!(!full.others);
        assert!(taken(0..=most, whole.clone()).others, "of one too many nothing is kept");
        let mut joined = taken(0..1, whole);
        joined.join(full);
        assert!(joined.others && joined.numbers.is_empty());
        assert!(taken(0..1, Commands::behind(1)).numbers.is_empty(), "others went before");
    }
}

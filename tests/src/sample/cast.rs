//! Everything that the sample is made from: units, rulebook, survey, and the way of every score.
//! It is made before the first line is written and never changes.

use proto::document::Rulebook;

use super::plan::fit;
use super::rulebook::{LeafSpec, rulebook};
use super::specials::special;
use super::story::{Story, stories};
use super::survey::{Surveyed, surveyed};
use super::units::{Unit, units};

/// A unit with its survey and the ways of its scores.
#[derive(Debug)]
pub struct Player {
    /// The unit.
    pub unit: Unit,
    /// The answers about it.
    pub surveyed: Surveyed,
    /// The ways of its own leaves, in the tree's order.
    pub stories: Vec<Story>,
}

/// All that is played.
#[derive(Debug)]
pub struct Cast {
    /// The rulebook.
    pub rulebook: Rulebook,
    /// The units in the round's order.
    pub players: Vec<Player>,
}

impl Cast {
    /// Makes it.
    #[must_use]
    pub fn make() -> Self {
        let (rulebook, kinds) = rulebook();
        let player = |unit: Unit| {
            let (_, leaves): &(_, Vec<LeafSpec>) =
                kinds.iter().find(|(kind, _)| *kind == unit.kind().as_str()).expect("each kind has its tree");
            let (surveyed, special) = (surveyed(&unit, leaves), special(&unit, leaves));
            let finals = fit(&unit, leaves, &surveyed, &special);
            let stories = stories(&unit, &finals, &special);
            Player { unit, surveyed, stories }
        };
        let players = units().into_iter().map(player).collect();
        Self { rulebook, players }
    }

    /// A unit's part.
    ///
    /// # Panics
    /// When there is no such unit.
    #[must_use]
    pub fn player(&self, unit: &str) -> &Player {
        self.players.iter().find(|p| p.unit.id().as_str() == unit).unwrap_or_else(|| panic!("no unit {unit}"))
    }
}

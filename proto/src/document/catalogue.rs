//! The units of an authority, as a document: which there are, from when until when, and what each came from.
//! A unit never leaves a catalogue: what has ended is still named by old rounds.

use super::{Effective, Text};
use crate::act::wire;
use crate::ids::{Code, UnitId};

wire! {
    /// The units of an authority.
    pub struct Catalogue {
        /// Its title.
        pub title: Text,
        /// Where it comes from.
        pub basis: Text,
        /// The units.
        pub units: Vec<CatalogueUnit>,
    }

    /// A unit of the catalogue.
    pub struct CatalogueUnit {
        /// Its id.
        pub unit: UnitId,
        /// Its name.
        pub name: Text,
        /// Its usual abbreviation, or short name.
        pub short: String,
        /// Its statistical code; may be empty.
        pub code: String,
        /// The kind of unit.
        pub kind: Code,
        /// The days between which it exists; without it, always.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub effective: Option<Effective>,
        /// The units that it came from: each of them ended before it began.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub succeeds: Vec<UnitId>,
    }
}

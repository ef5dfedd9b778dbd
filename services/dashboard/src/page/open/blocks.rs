//! The blocks of a draft: one for each kind of unit, and further ones of units that are named. What is typed is parsed here, and each fault told at its
//! field; whether a unit may take part is the ledger's.

use proto::act::round::Block;
use proto::document::{CatalogueUnit, DocKind};
use proto::opening::DocumentSummary;
use proto::{BlockId, Code, Day, UnitId};

use super::draft::BLOCKS;
use super::reading::{Reading, listed, parts};
use crate::words::fill;

/// What is asked of a further block.
pub const FURTHER: [&str; 5] = ["id", "vi", "en", "units", "unranked"];

impl<'d> Reading<'d> {
    /// Of the block that stands in a place among those of its kind, from 1.
    pub(super) fn usual_of_block(&self, place: usize, kind: &str, member: &str) -> String {
        let blocks = self.desk.like.iter().flat_map(|like| &like.blocks);
        let block = blocks.filter(|block| block.kind.as_str() == kind).nth(place - 1);
        match (block, member) {
            (Some(block), "id") => block.block.to_string(),
            (Some(block), "vi") => block.title.vi.clone(),
            (Some(block), "en") => block.title.en.clone(),
            (Some(block), "units") => listed(&block.units),
            (Some(block), "unranked") => listed(&block.unranked),
            (None, "id") if place == 1 => kind.to_owned(),
            _ => String::new(),
        }
    }

    /// Whether anything stands in the fields of a further block.
    pub fn has_block(&self, place: usize, kind: &Code) -> bool {
        FURTHER.iter().any(|member| !self.value(&format!("more.{place}.{kind}.{member}")).is_empty())
    }

    /// The kinds of the chosen rulebook that have units in the chosen catalogue.
    pub fn kinds(&self) -> Vec<Code> {
        let (Some(book), Some(catalogue)) = (self.summary("rulebook"), self.summary("catalogue")) else {
            return Vec::new();
        };
        let has_units = |kind: &&Code| catalogue.units.iter().any(|unit| unit.kind == **kind);
        book.trees.iter().map(|tree| &tree.kind).filter(has_units).cloned().collect()
    }

    fn summary(&self, name: &str) -> Option<&'d DocumentSummary> {
        let kind = if name == "rulebook" { DocKind::Rulebook } else { DocKind::Catalogue };
        self.chosen(name, kind)?.summary.as_ref()
    }

    /// The blocks of each kind: further ones of the units that are named there, the first one of all others that are there on a day, but for
    /// those that take no part. Whether each may take part is decided by the ledger.
    pub(super) fn blocks(&mut self, day: Option<Day>) -> Vec<Block> {
        let Some(catalogue) = self.summary("catalogue") else { return Vec::new() };
        let mut blocks = Vec::new();
        for kind in self.kinds() {
            let of_kind: Vec<&CatalogueUnit> = catalogue.units.iter().filter(|unit| unit.kind == kind).collect();
            let without = self.units(&format!("block.{kind}.without"), &of_kind);
            let unranked = self.units(&format!("block.{kind}.unranked"), &of_kind);
            let there = |unit: &&&CatalogueUnit| day.is_none_or(|day| is_there(unit, day));
            let places = (2..=BLOCKS).filter(|place| self.has_block(*place, &kind)).collect::<Vec<_>>();
            let further = places.into_iter().map(|place| self.further(place, &kind, (&of_kind, &without)));
            let further: Vec<Option<Block>> = further.collect();
            let elsewhere = |unit: &UnitId| further.iter().flatten().any(|block| block.units.contains(unit));
            let units = of_kind.iter().filter(there).map(|unit| unit.unit.clone());
            let units: Vec<UnitId> = units.filter(|unit| !without.contains(unit) && !elsewhere(unit)).collect();
            if !units.is_empty() {
                let block = self.must(&format!("block.{kind}.id"), |text| BlockId::parse(text).ok(), self.w.bad_id);
                let title = self.text(&format!("block.{kind}"), true);
                blocks.extend(block.map(|block| Block { block, title, kind, units, unranked }));
            }
            blocks.extend(further.into_iter().flatten());
        }
        blocks
    }

    /// A block beside the first one of its kind.
    fn further(
        &mut self,
        place: usize,
        kind: &Code,
        (of_kind, without): (&[&CatalogueUnit], &[UnitId]),
    ) -> Option<Block> {
        let name = |member: &str| format!("more.{place}.{kind}.{member}");
        let block = self.must(&name("id"), |text| BlockId::parse(text).ok(), self.w.bad_id);
        let title = self.text(&format!("more.{place}.{kind}"), true);
        self.must(&name("units"), |text| Some(text.to_owned()), self.w.bad_required);
        let (units, unranked) = (self.units(&name("units"), of_kind), self.units(&name("unranked"), of_kind));
        for unit in units.iter().filter(|unit| without.contains(unit)) {
            self.fault(&name("units"), "unit_excluded", &fill(self.w.bad_excluded, &[unit.as_str()]));
        }
        Some(Block { block: block?, title, kind: kind.clone(), units, unranked })
    }

    fn units(&mut self, name: &str, of: &[&CatalogueUnit]) -> Vec<UnitId> {
        let value = self.value(name);
        let mut units = Vec::new();
        for text in parts(&value) {
            match of.iter().find(|unit| unit.unit.as_str() == text) {
                Some(unit) => units.push(unit.unit.clone()),
                None => self.fault(name, "unit_unknown", &fill(self.w.bad_unit, &[text])),
            }
        }
        units
    }
}

fn is_there(unit: &CatalogueUnit, day: Day) -> bool {
    unit.effective.as_ref().is_none_or(|e| e.from <= day && e.until.is_none_or(|until| day <= until))
}

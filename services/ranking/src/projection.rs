//! The fold behind the ranking's rows. A unit's totals are kept and added up anew only when its own sheet changed,
//! so that one changed score costs its unit and a sort, not the whole round.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{TouchedRound, UnitTotals, World, ranking_rows, unit_totals};
use platform::projector::Projection;
use platform::rows::Write;
use proto::fold::{Fold, Streams, Unfit};
use proto::rows::{PublicationRow, Row, StandingRow, Table};
use proto::{Event, RoundId};

/// The ranking's fold.
pub struct Ranking {
    world: World,
    totals: BTreeMap<RoundId, Vec<Arc<UnitTotals>>>,
}

impl Fold for Ranking {
    fn fold(&mut self, event: &Event) -> Result<(), Unfit> {
        self.world.fold(event)
    }
    fn restore(&mut self, event: &Event) -> Result<(), Unfit> {
        self.world.restore(event)
    }
    fn needs(&self, event: &Event) -> Vec<Streams> {
        self.world.needs(event)
    }
}

impl Projection for Ranking {
    const NAME: &'static str = "ranking";
    const FORMAT: i64 = 1;
    const NEXT: &'static str = "ranking_next";
    const TABLES: &'static [&'static Table] = &[StandingRow::TABLE, PublicationRow::TABLE];

    fn new() -> Self {
        Self { world: World::tracking(), totals: BTreeMap::new() }
    }

    fn rows(&mut self) -> Vec<Write> {
        let touched = self.world.take_touched();
        let mut writes = Vec::new();
        for (id, touched) in &touched.rounds {
            let Some(round) = self.world.rounds.get(id) else { continue };
            let kept = self.totals.remove(id);
            let totals = totals(round, kept, touched);
            let rows = ranking_rows(round, &totals, touched);
            writes.extend(rows.standings.iter().map(Write::row));
            writes.extend(rows.publications.iter().map(Write::row));
            self.totals.insert(id.clone(), totals);
        }
        self.world.forget_closed();
        self.totals.retain(|id, _| self.world.rounds.contains_key(id));
        writes
    }
}

/// The totals of all units: those kept, and anew those of units that were touched.
fn totals(round: &domain::Round, kept: Option<Vec<Arc<UnitTotals>>>, touched: &TouchedRound) -> Vec<Arc<UnitTotals>> {
    match kept {
        Some(mut totals) if !touched.all => {
            for place in touched.units.keys() {
                totals[*place] = Arc::new(unit_totals(round, &round.units[*place]));
            }
            totals
        }
        Some(_) | None => domain::all_totals(round),
    }
}

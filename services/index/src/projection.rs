//! The fold behind the index's rows: the working state of open rounds, and what changed in it.
//! The rules are in `domain`; nothing is decided here.

use domain::{World, index_rows};
use platform::projector::Projection;
use platform::rows::Write;
use proto::Event;
use proto::fold::{Fold, Streams, Unfit};
use proto::rows::{BlockRow, ExtraRow, NodeRow, PhaseRow, RoundRow, Row, ScoreRow, Table, TotalRow, UnitRow};

/// The index's fold.
pub struct Index {
    world: World,
}

impl Fold for Index {
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

impl Projection for Index {
    const NAME: &'static str = "index";
    const FORMAT: i64 = 1;
    const NEXT: &'static str = "index_next";
    const TABLES: &'static [&'static Table] = &[
        RoundRow::TABLE,
        PhaseRow::TABLE,
        BlockRow::TABLE,
        NodeRow::TABLE,
        UnitRow::TABLE,
        TotalRow::TABLE,
        ScoreRow::TABLE,
        ExtraRow::TABLE,
    ];

    fn new() -> Self {
        Self { world: World::tracking() }
    }

    fn rows(&mut self) -> Vec<Write> {
        let touched = self.world.take_touched();
        let mut writes = Vec::new();
        for (id, touched) in &touched.rounds {
            let Some(round) = self.world.rounds.get(id) else { continue };
            let rows = index_rows(&self.world, round, touched);
            writes.extend(rows.rounds.iter().map(Write::row));
            writes.extend(rows.phases.iter().map(Write::row));
            writes.extend(rows.blocks.iter().map(Write::row));
            writes.extend(rows.nodes.iter().map(Write::row));
            writes.extend(rows.units.iter().map(Write::row));
            writes.extend(rows.totals.iter().map(Write::row));
            writes.extend(rows.scores.iter().map(Write::row));
            writes.extend(rows.extras.iter().map(Write::row));
        }
        self.world.forget_closed();
        writes
    }
}

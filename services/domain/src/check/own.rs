//! The table that would be published, looked at as one that came from elsewhere: order, means, parts.
//! It believes nothing of how the rows were made; only what will be printed is read.

use proto::exact::RoundingMode;
use proto::inquiry::{Observation, Severity};
use proto::{Decimal, Exact};

use crate::press::{Figures, PrintedRow, PrintedTable, ROWS_MAX, check_printed};
use crate::result::Standing;
use crate::round::Round;

/// What in the printed tables of a round cannot be. Digits that are cut off instead of rounded are not covered.
pub fn own_tables(round: &Round, standings: &[Standing]) -> Vec<Observation> {
    if round.policy().rounding == RoundingMode::Down {
        return Vec::new();
    }
    let blocks = (0..round.config.blocks.len()).map(|block| table(round, standings, block));
    let seen = blocks.filter(|t| t.rows.len() <= ROWS_MAX).flat_map(|table| check_printed(&table));
    seen.filter(|o| o.severity == Severity::Fault).collect()
}

/// A block's table as it would be printed, with its means.
fn table(round: &Round, standings: &[Standing], block: usize) -> PrintedTable {
    let of_block = standings.iter().filter(|s| round.units[s.place].block == block && s.rank > 0);
    let mut ranked: Vec<&Standing> = of_block.collect();
    ranked.sort_by_key(|s| s.rank);
    let rows: Vec<PrintedRow> = ranked
        .iter()
        .map(|s| {
            let unit = &round.units[s.place];
            let figures = figures(round, &shares(s));
            PrintedRow { place: s.rank, unit: unit.unit.to_string(), name: unit.entry.name.vi.clone(), figures }
        })
        .collect();
    // Bonuses and penalties lie outside both parts: with them a mean of the parts says nothing about that of the index.
    let outside = ranked.iter().any(|s| !s.totals.bonus.is_zero() || !s.totals.penalty.is_zero());
    let all: Vec<[Option<Exact>; 3]> = ranked.iter().map(|s| shares(s)).collect();
    let mean = |which: usize| {
        let values: Vec<&Exact> = all.iter().filter_map(|shares| shares[which].as_ref()).collect();
        let n = i64::try_from(values.len()).ok().filter(|n| *n > 0 && values.len() == all.len())?;
        Some(values.into_iter().cloned().sum::<Exact>() / n)
    };
    let parts = |which| if outside { None } else { mean(which) };
    let means = figures(round, &[mean(0), parts(1), parts(2)]);
    PrintedTable { rows, means, split: None, digits: round.policy().digits }
}

/// Index, appraisal and survey in percent.
fn shares(standing: &Standing) -> [Option<Exact>; 3] {
    let share = |(reached, maximum): &(Exact, Exact)| Some(reached.checked_div(maximum)? * Exact::whole(100));
    let totals = &standing.totals;
    [totals.index.clone(), share(&totals.appraisal), share(&totals.survey)]
}

/// The figures as they are printed.
fn figures(round: &Round, shares: &[Option<Exact>; 3]) -> Figures {
    let (digits, mode) = (round.policy().digits, round.policy().rounding);
    let printed = |value: &Option<Exact>| -> Option<Decimal> {
        let text = value.as_ref()?.rounded(digits, mode);
        let short = if digits > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        Decimal::parse(short).ok()
    };
    Figures { index: printed(&shares[0]), appraisal: printed(&shares[1]), survey: printed(&shares[2]) }
}

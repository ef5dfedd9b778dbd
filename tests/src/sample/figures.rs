//! What a publication of the sample says: printed indices and means of a block.
//! It adds up what `domain` computed and rounds only what is printed.

use domain::{Publication, Round, Standing};
use proto::Exact;

/// Means of a block over its units, exact.
#[derive(Debug)]
pub struct Means {
    /// Of the indices.
    pub index: Exact,
    /// Of the appraised shares, in per cent.
    pub appraisal: Exact,
    /// Of the survey's shares, in per cent.
    pub survey: Exact,
}

/// A block's means in a publication.
///
/// # Panics
/// When a unit has no index.
#[must_use]
pub fn means(round: &Round, publication: &Publication, block: &str) -> Means {
    let of: Vec<&Standing> = block_of(round, publication, block).collect();
    let count = i64::try_from(of.len()).expect("a block is small");
    let mean = |value: &dyn Fn(&Standing) -> Exact| of.iter().map(|s| value(s)).sum::<Exact>() / count;
    let share = |(reached, maximum): &(Exact, Exact)| {
        (reached * &Exact::whole(100)).checked_div(maximum).expect("something applies to every unit")
    };
    Means {
        index: mean(&|s| s.totals.index.clone().expect("something applies to every unit")),
        appraisal: mean(&|s| share(&s.totals.appraisal)),
        survey: mean(&|s| share(&s.totals.survey)),
    }
}

/// Unit, rank and printed index of a block in a publication, by rank.
#[must_use]
pub fn table(round: &Round, publication: &Publication, block: &str) -> Vec<(String, u64, String)> {
    let printed = |s: &Standing| {
        let policy = round.policy();
        let index = s.totals.index.as_ref().map_or(String::new(), |i| i.rounded(policy.digits, policy.rounding));
        (round.units[s.place].unit.to_string(), s.rank, index)
    };
    let mut rows: Vec<_> = block_of(round, publication, block).map(printed).collect();
    rows.sort_by_key(|(_, rank, _)| *rank);
    rows
}

fn block_of<'a>(round: &'a Round, publication: &'a Publication, block: &'a str) -> impl Iterator<Item = &'a Standing> {
    publication.standings.iter().filter(move |s| round.block(&round.units[s.place]).as_str() == block)
}

//! The score card: a line for each attack, counted from its cases.

use std::fmt::Write as _;
use std::time::Duration;

use super::ground::Ground;
use super::{Attack, Case, attacks};

/// Where the card begins in the README of tests/.
pub const BEGIN: &str = "<!-- score card: begin -->";
/// Where it ends.
pub const END: &str = "<!-- score card: end -->";

/// What was seen of every attack.
pub struct Card {
    rows: Vec<(Attack, Vec<Case>)>,
}

impl Card {
    /// Carries every attack out whose number begins so.
    #[must_use]
    pub fn seen(ground: &Ground, only: &str) -> Self {
        let wanted = attacks().into_iter().filter(|attack| attack.id.starts_with(only));
        Self {
            rows: wanted
                .map(|attack| {
                    let cases = (attack.run)(ground);
                    (attack, cases)
                })
                .collect(),
        }
    }

    /// Cases that some verifier let pass, or placed wrongly, each with what was said.
    #[must_use]
    pub fn missed(&self) -> Vec<String> {
        let mut missed = Vec::new();
        for (attack, cases) in &self.rows {
            for case in cases.iter().filter(|c| !c.is_detected() || c.is_placed() == Some(false)) {
                missed.push(format!("{} {}: {:#?}", attack.id, case.done, case.verdicts));
            }
        }
        missed
    }

    /// The card as a table.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table =
            "| | by | attack | evidence | detected | right position | events left open | without the evidence | ms |\n\
             | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
                .to_owned();
        for (attack, cases) in &self.rows {
            let Attack { id, by, what, evidence, .. } = attack;
            let n = cases.len();
            let detected = cases.iter().filter(|c| c.is_detected()).count();
            let placed: Vec<bool> = cases.iter().filter_map(Case::is_placed).collect();
            let right = placed.iter().filter(|right| **right).count();
            let right = if placed.is_empty() { "-".to_owned() } else { format!("{right}/{}", placed.len()) };
            let without: Vec<bool> = cases.iter().filter_map(|c| c.without).collect();
            let without = match without.iter().filter(|found| **found).count() {
                _ if without.is_empty() => "-".to_owned(),
                0 => "not detected".to_owned(),
                found => format!("{found}/{}", without.len()),
            };
            let (window, ms) = (window(cases), median(cases).as_millis());
            writeln!(
                table,
                "| {id} | {by} | {what} | {evidence} | {detected}/{n} | {right} | {window} | {without} | {ms} |"
            )
            .expect("a string takes it");
        }
        table
    }
}

/// A line of the card without its last column, which is another one each time.
#[must_use]
pub fn columns(line: &str) -> Vec<&str> {
    let mut columns: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
    columns.pop();
    columns
}

fn window(cases: &[Case]) -> String {
    let windows: Vec<u64> = cases.iter().filter_map(|c| c.window).collect();
    match (windows.iter().min(), windows.iter().max()) {
        (Some(least), Some(most)) if least == most => least.to_string(),
        (Some(least), Some(most)) => format!("{least} to {most}"),
        _ => "-".to_owned(),
    }
}

/// The median time of the first verifier, who is ours.
fn median(cases: &[Case]) -> Duration {
    let mut took: Vec<Duration> = cases.iter().filter_map(|c| c.verdicts.first()).map(|v| v.took).collect();
    took.sort_unstable();
    took.get(took.len() / 2).copied().unwrap_or_default()
}

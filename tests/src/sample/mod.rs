//! The sample round of Hanoi 2022: the whole of `deploy/rounds/hanoi-2022`, made the same in every run.
//! It reads no clock, no entropy and no file; what it makes up is called illustrative in the data itself.

pub mod appeals;
pub mod appraisal;
pub mod calendar;
pub mod cast;
pub mod council;
pub mod documents;
pub mod figures;
pub mod opening;
pub mod people;
pub mod plan;
pub mod press;
pub mod prng;
pub mod readme;
pub mod rulebook;
pub mod script;
pub mod self_scoring;
pub mod setup;
pub mod simulation;
pub mod specials;
pub mod story;
pub mod survey;
pub mod surveying;
pub mod texts;
pub mod units;
pub mod words;

use cast::Cast;
use script::Script;

/// Plays the whole round.
///
/// # Panics
/// When the simulated ledger refuses a line, which is a defect of the generator.
#[must_use]
pub fn play() -> Script {
    let cast = Cast::make();
    let mut script = Script::default();
    setup::play(&mut script, &cast);
    self_scoring::play(&mut script, &cast);
    appraisal::play_first(&mut script, &cast);
    appraisal::play_explanation(&mut script, &cast);
    appraisal::play_second(&mut script, &cast);
    surveying::play(&mut script, &cast);
    council::play(&mut script, &cast);
    council::play_publication(&mut script);
    appeals::play(&mut script, &cast);
    script
}

/// Every file of the folder: its name and its bytes.
///
/// # Panics
/// As [`play`].
#[must_use]
pub fn generate() -> Vec<(String, Vec<u8>)> {
    let script = play();
    let mut files = vec![
        ("README.md".to_owned(), readme::readme(&script).into_bytes()),
        ("press-2023-03-23-means.csv".to_owned(), press::means().into_bytes()),
        ("press-2023-03-23.csv".to_owned(), press::table().into_bytes()),
    ];
    files.extend(script.files.into_iter().map(|(name, bytes, _)| (name, bytes)));
    files
}

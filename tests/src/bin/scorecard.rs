//! The score card: carries out the list of attacks on a log of the sample round and prints what every verifier said.
//!   scorecard          the whole list
//!   scorecard T1       the attacks whose number begins so

use std::process::ExitCode;

use system_tests::attacks::{Card, Ground, stories};

fn main() -> ExitCode {
    let only = std::env::args().nth(1).unwrap_or_default();
    let card = Card::seen(&Ground::new(), &only);
    print!("{}", card.table());
    for told in stories().iter().filter(|told| told.id.starts_with(&only)) {
        println!("{}: {}: told by {}", told.id, told.what, told.by.join(", "));
    }
    let missed = card.missed();
    for miss in &missed {
        eprintln!("MISSED: {miss}");
    }
    if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

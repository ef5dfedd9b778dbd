//! The folder's README, with the counts and means that the script really has.
//! Its prose is `readme.md`; every {{name}} there is filled in here, and none may be left.

use proto::exact::RoundingMode;

use super::figures::means;
use super::script::Script;
use super::units::{HUYEN, SO};

const PROSE: &str = include_str!("readme.md");

/// What happens in each file, in their order.
const FILES: [&str; 9] = [
    "grants, rulebook, catalogue, opening",
    "self-scores with evidence or an explanation, signatures; one withdrawal, one extension, one reopening",
    "confirmed, adjusted with a reason, flagged; exemptions judged",
    "answers to the flags",
    "flags settled; bonuses and a penalty",
    "ten tallies by kind and group, merged",
    "points of three leaves, then the result: proposed, voted, recorded",
    "the first publication",
    "two appeals with claims, their examination, a correction, the second publication, the end",
];

/// The README.
///
/// # Panics
/// When the prose names what is not filled in.
#[must_use]
pub fn readme(script: &Script) -> String {
    let lines: u64 = script.files.iter().map(|(_, _, lines)| lines).sum();
    let bytes: usize = script.files.iter().map(|(_, bytes, _)| bytes.len()).sum();
    let events = &script.simulation.events;
    let count = |kind: &str| events.get(kind).copied().unwrap_or(0);
    let filled = [
        ("{{means}}", means_table(script)),
        ("{{files}}", files_table(script)),
        ("{{kinds}}", rows(script.kinds.iter().map(|(kind, lines)| format!("| `{kind}` | {lines} |")))),
        ("{{lines}}", lines.to_string()),
        ("{{bytes}}", bytes.to_string()),
        ("{{events}}", script.simulation.world.position.to_string()),
        ("{{bindings}}", count("credential_bound").to_string()),
        ("{{timer}}", (count("phase_closed") + count("sheet_closed")).to_string()),
    ];
    let text = filled.iter().fold(PROSE.to_owned(), |text, (name, value)| text.replace(name, value));
    assert!(!text.contains("{{"), "the README's prose names what is not filled in");
    text
}

fn rows(rows: impl Iterator<Item = String>) -> String {
    rows.collect::<Vec<_>>().join("\n")
}

fn files_table(script: &Script) -> String {
    let told = script.files.iter().zip(FILES);
    rows(told.map(|((name, _, lines), what)| format!("| `{name}` | {lines} | {what} |")))
}

fn means_table(script: &Script) -> String {
    let round = script.round();
    let print = |value: &proto::Exact| value.rounded(2, RoundingMode::HalfUp);
    let blocks = round.publications.iter().flat_map(|p| [SO, HUYEN].map(|block| (p, block)));
    rows(blocks.map(|(publication, block)| {
        let means = means(round, publication, block);
        let [index, appraisal, survey] = [&means.index, &means.appraisal, &means.survey].map(print);
        format!("| {} | `{block}` | {index} | {appraisal} | {survey} |", publication.number)
    }))
}

//! The protocol's own words as text and back, by the one spelling that its types have.
//! There is no second list of them.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// How the protocol writes a word.
///
/// # Panics
/// For what is no word, which only a defect can bring about.
pub fn spelled<T: Serialize>(word: &T) -> String {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(text)) => text,
        _ => unreachable!("a word of the protocol is a string"),
    }
}

/// The word that is written so.
///
/// # Panics
/// As [`spelled`].
pub fn read<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_value(text.into()).expect("the lists hold the protocol's words only")
}

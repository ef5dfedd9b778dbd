//! Short ways to write ids, texts and decimals that are known to be well formed.
//! A malformed one is a defect of the generator and stops it.

use proto::document::Text;
use proto::{ActorId, Code, Decimal, RoundId, UnitId};

/// The sample's round.
pub const ROUND: &str = "hanoi-2022";

/// The sample's round as an id.
#[must_use]
pub fn round() -> RoundId {
    RoundId::parse(ROUND).expect("the round's id is well formed")
}

/// A code.
#[must_use]
pub fn code(text: &str) -> Code {
    Code::parse(text).expect("the sample's codes are well formed")
}

/// A unit's id.
#[must_use]
pub fn unit(text: &str) -> UnitId {
    UnitId::parse(text).expect("the sample's units are well formed")
}

/// An actor's id.
#[must_use]
pub fn actor(text: &str) -> ActorId {
    ActorId::parse(text).expect("the sample's actors are well formed")
}

/// A text in both languages.
#[must_use]
pub fn text(vi: &str, en: &str) -> Text {
    Text { en: en.to_owned(), vi: vi.to_owned() }
}

/// A decimal from hundredths.
#[must_use]
pub fn hundredths(n: i64) -> Decimal {
    Decimal::new(n, 2).expect("the sample's numbers are small")
}

/// Hundredths as Vietnamese texts write them, as in 92,5.
#[must_use]
pub fn spoken(n: i64) -> String {
    hundredths(n).to_string().replace('.', ",")
}

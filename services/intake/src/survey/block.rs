//! A block of ballots as it is sealed: each with its salt, behind each other, those that were destroyed as empty places. A block that was
//! changed by one ballot holds nothing of it any more, and all of the others.

use proto::{Day, Hash};

use super::count::Marked;
use super::written::Days;

/// The most ballots of a block.
pub const BLOCK_BALLOTS: usize = 256;
/// What stands before each ballot: how many bytes it has.
const LENGTH_BYTES: usize = 2;

/// The first ballot of the block in which one stands, and its place there.
#[must_use]
pub fn place_of(index: u64) -> (u64, usize) {
    let within = index % BLOCK_BALLOTS as u64;
    (index - within, usize::try_from(within).expect("below the size of a block"))
}

/// Adds a ballot with its salt to a block that is written.
pub fn push(block: &mut Vec<u8>, salt: &[u8; 32], marked: &Marked, days: &mut Days) {
    let begin = block.len();
    block.extend_from_slice(&[0; LENGTH_BYTES]);
    block.extend_from_slice(salt);
    let number = |place: usize| u32::try_from(place).expect("a round has fewer").to_be_bytes();
    block.extend_from_slice(&number(marked.unit));
    block.extend_from_slice(&number(marked.sheet));
    block.extend_from_slice(&days.text(marked.day));
    block.push(u8::from(marked.seconds.is_some()));
    block.extend_from_slice(&marked.seconds.unwrap_or(0).to_be_bytes());
    block.push(u8::try_from(marked.collector.len()).expect("a collector has 100 bytes at most"));
    block.extend_from_slice(marked.collector.as_bytes());
    block.extend_from_slice(&marked.answers);
    let length = u16::try_from(block.len() - begin - LENGTH_BYTES).expect("a row has few cells").to_be_bytes();
    block[begin..begin + LENGTH_BYTES].copy_from_slice(&length);
}

/// The ballot in a place, with its salt: none in it for an empty place, none at all where this is no block or has no such place.
#[must_use]
pub fn at(block: &[u8], place: usize) -> Option<Option<(Hash, Marked)>> {
    let (begin, end) = bounds(block, place)?;
    let bytes = &block[begin + LENGTH_BYTES..end];
    if bytes.is_empty() { Some(None) } else { read(bytes).map(Some) }
}

/// The same block with an empty place there; none where this is no block, or has no such place.
#[must_use]
pub fn without(block: &[u8], place: usize) -> Option<Vec<u8>> {
    let (begin, end) = bounds(block, place)?;
    Some([&block[..begin], &[0; LENGTH_BYTES], &block[end..]].concat())
}

/// Where a place begins, and where it ends.
fn bounds(block: &[u8], place: usize) -> Option<(usize, usize)> {
    let mut begin = 0;
    for before in 0.. {
        let (length, _) = block.get(begin..)?.split_first_chunk::<LENGTH_BYTES>()?;
        let end = begin + LENGTH_BYTES + usize::from(u16::from_be_bytes(*length));
        if end > block.len() {
            return None;
        }
        if before == place {
            return Some((begin, end));
        }
        begin = end;
    }
    None
}

fn read(bytes: &[u8]) -> Option<(Hash, Marked)> {
    let (salt, rest) = bytes.split_first_chunk::<32>()?;
    let (unit, rest) = rest.split_first_chunk::<4>()?;
    let (sheet, rest) = rest.split_first_chunk::<4>()?;
    let (day, rest) = rest.split_first_chunk::<10>()?;
    let (timed, rest) = rest.split_first()?;
    let (seconds, rest) = rest.split_first_chunk::<4>()?;
    let (collector, rest) = rest.split_first()?;
    let (collector, answers) = rest.split_at_checked(usize::from(*collector))?;
    let number = |bytes: &[u8; 4]| usize::try_from(u32::from_be_bytes(*bytes)).ok();
    let marked = Marked {
        unit: number(unit)?,
        sheet: number(sheet)?,
        day: Day::parse(std::str::from_utf8(day).ok()?).ok()?,
        answers: answers.to_vec(),
        seconds: (*timed == 1).then(|| u32::from_be_bytes(*seconds)),
        collector: std::str::from_utf8(collector).ok()?.to_owned(),
    };
    Some((Hash(*salt), marked))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;
    use proto::{Day, Hash};

    use super::{Marked, at, push, without};
    use crate::survey::written::Days;

    fn ballots() -> impl Strategy<Value = Vec<(Hash, Marked)>> {
        let ballot = (any::<[u8; 32]>(), any::<(u16, u16)>(), 0_u32..40_000, any::<Option<u32>>(), "\\PC{0,9}");
        let ballot = (ballot, prop::collection::vec(any::<u8>(), 0..40));
        let made = ballot.prop_map(|((salt, (unit, sheet), day, seconds, collector), answers)| {
            let day = Day::parse("1970-01-01").expect("a day").plus_days(day);
            (Hash(salt), Marked { unit: unit.into(), sheet: sheet.into(), day, answers, seconds, collector })
        });
        prop::collection::vec(made, 1..20)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_block_without_a_ballot_has_every_other_and_no_byte_of_that_one(ballots in ballots(), gone in any::<Index>()) {
            let (mut block, mut days) = (Vec::new(), Days::default());
            ballots.iter().for_each(|(salt, marked)| push(&mut block, &salt.0, marked, &mut days));
            let gone = gone.index(ballots.len());
            let left = without(&block, gone).expect("it was there");
            for (place, ballot) in ballots.iter().enumerate() {
                prop_assert_eq!(at(&block, place), Some(Some(ballot.clone())));
                let expected = (place != gone).then(|| ballot.clone());
                prop_assert_eq!(at(&left, place), Some(expected));
            }
            prop_assert!(at(&block, ballots.len()).is_none() && without(&block, ballots.len()).is_none());
            let alone = |n: &usize| { let mut one = Vec::new(); push(&mut one, &ballots[*n].0.0, &ballots[*n].1, &mut Days::default()); one.len() };
            prop_assert_eq!(left.len(), 2 + (0..ballots.len()).filter(|n| *n != gone).map(|n| alone(&n)).sum::<usize>());
            prop_assert_eq!(without(&left, gone), Some(left), "once more changes nothing");
        }

        #[test]
        fn any_bytes_are_a_block_or_none(bytes in prop::collection::vec(any::<u8>(), 0..300), place in 0_usize..5) {
            let _ = (at(&bytes, place), without(&bytes, place));
        }
    }
}

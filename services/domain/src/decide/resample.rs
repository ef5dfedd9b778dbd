//! Samples for asking respondents again: a seed is committed to before there are ballots, and opened when the sample is drawn.
//! Whoever commits knows no ballots of the batch, whoever collects no seed: so neither chooses who is asked.

use proto::act::survey::{CommitSeed, DrawSample, SampleDrawn};
use proto::sample::{self, SAMPLE_MAX};
use proto::text;
use proto::{Capacity, Fact, Rejection, Stream};

use super::Decision;
use super::batch::standing;
use super::hearing::Hearing;
use super::publication::not_published;

pub fn commit(hearing: &Hearing, act: &CommitSeed) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Secretariat], Some(round.id()))?;
    if !round.survey_held() {
        return Err(Rejection::NoSurvey {});
    }
    if round.seeds.contains_key(&act.sample) {
        return Err(Rejection::SampleExists { sample: act.sample.clone() });
    }
    if let Some((sample, _)) = round.seeds.iter().find(|(_, seed)| seed.commitment == act.commitment) {
        return Err(Rejection::SeedReused { sample: sample.clone() });
    }
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::SeedCommitted(act.clone())))
}

pub fn draw(hearing: &Hearing, act: &DrawSample) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Secretariat], Some(round.id()))?;
    let seed = round.seeds.get(&act.sample);
    let seed = seed.ok_or_else(|| Rejection::SampleUnknown { sample: act.sample.clone() })?;
    if seed.drawn.is_some() {
        return Err(Rejection::SampleDrawn { sample: act.sample.clone() });
    }
    if sample::commitment(&act.seed) != seed.commitment {
        return Err(Rejection::SeedDiffers { sample: act.sample.clone() });
    }
    let batch = standing(round, &act.batch)?;
    not_published(round)?;
    if batch.position < seed.position {
        return Err(Rejection::BatchBeforeSeed { batch: act.batch.clone(), sample: act.sample.clone() });
    }
    let without = || Rejection::BatchWithoutBallots { batch: act.batch.clone() };
    let root = batch.recorded.ballots.as_ref().ok_or_else(without)?.root;
    let ballots = batch.recorded.respondents;
    let count = wanted(act, ballots)?;
    let indexes = sample::drawn(&act.seed, &root, ballots, count);
    let fact = Fact::SampleDrawn(SampleDrawn { act: act.clone(), indexes });
    Ok(Decision::new(Stream::Round(act.round.clone()), fact))
}

/// How many ballots are asked for, of those that there are.
fn wanted(act: &DrawSample, ballots: u32) -> Result<u32, Rejection> {
    let bad = |detail| Err(Rejection::BadSample { detail });
    let count = match (act.count, act.share) {
        (Some(count), None) => count,
        (None, Some(share @ 1..=100)) => sample::of_share(ballots, share),
        _ => {
            return bad(text!(
                "cần số phiếu hoặc tỷ lệ từ 1 đến 100 phần trăm",
                "either a number of ballots or a share of 1 to 100 in a hundred"
            ));
        }
    };
    if count == 0 || count > ballots {
        return bad(text!("{count} phiếu, đợt có {ballots}", "{count} ballots, the batch has {ballots}"));
    }
    if count > SAMPLE_MAX {
        return bad(text!("nhiều hơn {SAMPLE_MAX} phiếu", "more than {SAMPLE_MAX} ballots"));
    }
    Ok(count)
}

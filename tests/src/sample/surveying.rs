//! 06: the survey's tallies enter batch by batch, and the secretariat merges them.
//! Field work ran beside the other phases; its counts come in afterwards.

use proto::act::survey::{MergeSurvey, Method, RecordBatch};
use proto::document::DocKind;
use proto::{Act, BatchId};

use super::calendar::{at, office_times};
use super::cast::Cast;
use super::documents::{enter, value};
use super::people::{secretariat, survey_staff};
use super::prng::Rng;
use super::script::Script;
use super::survey::{GROUPS, tally};
use super::units::{HUYEN, SO};
use super::words::{code, round};

/// How each group was asked.
const METHODS: [Method; GROUPS] = [Method::Paper, Method::Online, Method::Online, Method::Interview, Method::Interview];

/// Writes the file.
pub fn play(script: &mut Script, cast: &Cast) {
    script.begin("survey");
    let units: Vec<_> = cast.players.iter().map(|p| (&p.unit, &p.surveyed)).collect();
    let by = survey_staff();
    let (mut deeds, mut batches) = (Vec::new(), Vec::new());
    for kind in [SO, HUYEN] {
        for group in 1..=GROUPS {
            let name = format!("{kind}-{group}");
            let (tally, respondents) = tally(&units, kind, group);
            let (acts, tally) = enter(DocKind::Tally, &format!("hanoi-2022-{name}"), &value(&tally), "rows");
            deeds.extend(acts.into_iter().map(|act| by.does(act)));
            let batch = BatchId::parse(&name).expect("it is well formed");
            batches.push(batch.clone());
            let (groups, method) = (vec![code(&name)], METHODS[group - 1]);
            let (ballots, replaces) = (None, None);
            let record = RecordBatch { round: round(), batch, tally, groups, method, respondents, ballots, replaces };
            deeds.push(by.does(Act::RecordBatch(record)));
        }
    }
    let moments = office_times((2023, 2, 16), (2023, 2, 22), deeds.len(), &mut Rng::of("survey"));
    script.send_all(moments, deeds);
    let merge = Act::MergeSurvey(MergeSurvey { round: round(), batches });
    script.send(at((2023, 2, 24), 9, 30), secretariat().does(merge));
}

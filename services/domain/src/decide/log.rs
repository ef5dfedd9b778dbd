//! The log's beginning.

use std::collections::BTreeSet;

use proto::act::log::{ClockKind, CreateLog, Mode};
use proto::{Fact, Rejection, Stream};

use super::Decision;
use super::hearing::Hearing;

pub fn create(hearing: &Hearing, act: &CreateLog) -> Result<Decision, Rejection> {
    if hearing.world.log.is_some() {
        return Err(Rejection::LogExists {});
    }
    let bad = |detail: &str| Rejection::BadGenesis { detail: detail.to_owned() };
    let distinct: BTreeSet<_> = act.administrators.iter().collect();
    if act.administrators.len() != 2 || distinct.len() != 2 {
        return Err(bad("two different administrators must be named"));
    }
    if act.mode == Mode::Live && act.clock == ClockKind::Scripted {
        return Err(bad("only a training log may run on a scripted clock"));
    }
    Ok(Decision::new(Stream::Log, Fact::LogCreated(act.clone())))
}

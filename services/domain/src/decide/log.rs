//! The log's beginning, and the keys that sign its checkpoints.

use std::collections::BTreeSet;

use proto::act::log::{ClockKind, CreateLog, Mode, NameKey};
use proto::key_statement::KeyStatement;
use proto::text;
use proto::{Fact, Rejection, Stream};

use super::Decision;
use super::hearing::Hearing;

pub fn create(hearing: &Hearing, act: &CreateLog) -> Result<Decision, Rejection> {
    if hearing.world.log.is_some() {
        return Err(Rejection::LogExists {});
    }
    let bad = |detail| Rejection::BadGenesis { detail };
    let distinct: BTreeSet<_> = act.administrators.iter().collect();
    if act.administrators.len() != 2 || distinct.len() != 2 {
        return Err(bad(text!("phải nêu hai quản trị viên khác nhau", "two different administrators must be named")));
    }
    if act.mode == Mode::Live && act.clock == ClockKind::Scripted {
        return Err(bad(text!(
            "chỉ nhật ký tập huấn được chạy theo đồng hồ kịch bản",
            "only a training log may run on a scripted clock"
        )));
    }
    Ok(Decision::new(Stream::Log, Fact::LogCreated(act.clone())))
}

/// The keys that are named have signed it themselves: that is what it rests on, not the operator who hands it in.
pub fn name_key(hearing: &Hearing, act: &NameKey) -> Result<Decision, Rejection> {
    let log = hearing.log()?;
    let bad = |detail| Rejection::BadKeyStatement { detail };
    let statement = KeyStatement::open(act.statement.as_bytes()).map_err(|e| {
        let told = e.to_string();
        bad(text!("{told}", "{told}"))
    })?;
    log.fits(&statement, hearing.at).map_err(bad)?;
    Ok(Decision::new(Stream::Log, Fact::KeyNamed(act.clone())))
}

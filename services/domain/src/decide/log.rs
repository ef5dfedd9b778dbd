//! The log's beginning, the keys that sign its checkpoints, and anchors.

use std::collections::BTreeSet;

use proto::act::log::{Anchor, ClockKind, CreateLog, Mode, NameKey};
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

/// What is known here of an anchor is the log's own root. The heads map is the fold of whoever sends it, and of everyone who
/// folds again.
pub fn anchor(hearing: &Hearing, act: &Anchor) -> Result<Decision, Rejection> {
    let log = hearing.log()?;
    let bad = |detail| Rejection::BadAnchor { detail };
    let (size, last) = (act.size, log.anchor.as_ref().map_or(0, |anchor| anchor.size));
    if size == 0 || size > hearing.world.position {
        return Err(bad(text!("nhật ký không có {size} sự kiện", "the log has no {size} events")));
    }
    let Some(root) = hearing.past.root(size).filter(|_| size > last) else {
        return Err(Rejection::AnchorStale { size, last });
    };
    if root != act.root {
        return Err(bad(text!("gốc không phải là gốc của nhật ký", "the root is not the log's")));
    }
    Ok(Decision::new(Stream::Log, Fact::Anchored(act.clone())))
}

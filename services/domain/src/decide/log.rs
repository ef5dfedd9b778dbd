//! The log's beginning, the keys that sign its checkpoints, and anchors.

use std::collections::BTreeSet;

use proto::act::log::{Anchor, ClockKind, CloseLog, CreateLog, Mode, NameKey};
use proto::checkpoint::Checkpoint;
use proto::key_statement::KeyStatement;
use proto::text;
use proto::tree::TreeHead;
use proto::{Fact, Rejection, Stream};

use super::Decision;
use super::hearing::{Hearing, required};

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
    if let Some(old) = &act.continues {
        let (_, end) = Checkpoint::on_record(&old.checkpoint).map_err(|e| {
            let told = e.to_string();
            bad(text!("{told}", "{told}"))
        })?;
        if end.origin != old.origin.as_str() || end.head != (TreeHead { size: old.size, root: old.root }) {
            return Err(bad(text!(
                "điểm kiểm chứng không phải của phần cuối nhật ký trước đã nêu",
                "the checkpoint is not over the end of the log before that is named"
            )));
        }
        if old.size == 0 {
            return Err(bad(text!("nhật ký trước không có sự kiện nào", "the log before has no events")));
        }
    }
    Ok(Decision::new(Stream::Log, Fact::LogCreated(act.clone())))
}

/// The operator ends it; rounds that are open end with it as they stand.
pub fn close(hearing: &Hearing, act: &CloseLog) -> Result<Decision, Rejection> {
    hearing.log()?;
    required(&act.reason)?;
    Ok(Decision::new(Stream::Log, Fact::LogClosed(act.clone())))
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

/// What is known here of an anchor are the log's own roots and keys. The heads map is the fold of whoever sends it, and of everyone
/// who folds again; a cosignature is for whoever knows its witness.
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
    if let Some(checkpoint) = &act.checkpoint {
        let bad = |detail| Rejection::BadAnchorCheckpoint { detail };
        let Checkpoint { head, .. } = log.cosigned(checkpoint).map_err(bad)?;
        if head.size > size {
            let covered = head.size;
            return Err(bad(text!(
                "điểm kiểm chứng bao gồm {covered} sự kiện, mốc chốt chỉ {size}",
                "it covers {covered} events, the anchor {size}"
            )));
        }
        if hearing.past.root(head.size) != Some(head.root) {
            return Err(bad(text!("gốc không phải là gốc của nhật ký", "its root is not the log's")));
        }
    }
    Ok(Decision::new(Stream::Log, Fact::Anchored(act.clone())))
}
